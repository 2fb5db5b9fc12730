"""What is fixed to the walls of a room: pictures, televisions, radiators, curtains, doors, windows.

The back of each is at y = 0 and its front looks towards -y. The origin is on the wall, at the middle of the thing
unless said otherwise. Sizes are metres: width along x, depth along y, height along z.
"""

from __future__ import annotations

import numpy as np

from helpers.scenes.desk_things import screen_material
from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.indoor_materials import colour, random_material, times, times_material
from helpers.scenes.shapes import turn_y
from helpers.scenes.world import Material, World


def picture(world: World, rng: np.random.Generator) -> None:
    """A picture, poster, mirror, clock or board."""
    w, h = uniform(rng, 0.2, 1.1), uniform(rng, 0.2, 0.9)
    kind = rng.random()
    with world.thing("picture"):
        if kind < 0.6:
            frame = random_material(rng, pick(rng, ("wood", "metal", "plastic")))
            b = uniform(rng, 0.015, 0.06)
            world.box((0, -0.012, 0), (w + 2 * b, 0.024, h + 2 * b), frame)
            if chance(rng, 0.4):
                world.box((0, -0.0245, 0), (w, 0.004, h), Material((0.75, 0.74, 0.7)))
                world.box((0, -0.027, 0), (w * 0.65, 0.004, h * 0.65), random_material(rng, "picture"))
            else:
                world.box((0, -0.025, 0), (w, 0.004, h), random_material(rng, "picture"))
        elif kind < 0.8:
            world.box((0, -0.003, 0), (w, 0.005, h), random_material(rng, "picture"))
        elif kind < 0.9:
            r = uniform(rng, 0.12, 0.3)
            world.frustum((0, 0, 0), (0, -0.04, 0), r, random_material(rng, "plastic"))
            world.frustum((0, 0, 0), (0, -0.043, 0), r * 0.88, Material((0.8, 0.8, 0.78)))
            world.box(
                (0.1 * r, -0.045, 0.2 * r), (0.02, 0.005, r * 0.6), Material((0.01, 0.01, 0.01)), rotation=turn_y(0.4)
            )
            world.box(
                (-0.2 * r, -0.045, 0), (r * 0.8, 0.005, 0.015), Material((0.01, 0.01, 0.01)), rotation=turn_y(0.2)
            )
        else:
            world.box((0, -0.01, 0), (w * 1.5, 0.02, h * 1.3), random_material(rng, "wood"))
            board = pick(rng, ((0.02, 0.05, 0.03), (0.8, 0.8, 0.8), (0.45, 0.28, 0.13), (0.02, 0.02, 0.02)))
            world.box((0, -0.021, 0), (w * 1.5 - 0.06, 0.004, h * 1.3 - 0.06), Material(board, gloss=0.2))
            for _ in range(whole(rng, 0, 5)):
                spot = (uniform(rng, -0.6, 0.6) * w, -0.025, uniform(rng, -0.5, 0.5) * h)
                world.box(
                    spot, (uniform(rng, 0.05, 0.2), 0.004, uniform(rng, 0.05, 0.25)), random_material(rng, "paper")
                )


def television(world: World, rng: np.random.Generator) -> None:
    """A flat screen on the wall, or a projector's screen."""
    w = uniform(rng, 0.7, 1.5)
    with world.thing("screen"):
        world.box((0, -0.04, 0), (w, 0.06, w * 0.57), Material((0.015, 0.015, 0.015), gloss=0.5))
        world.box((0, -0.071, 0), (w - 0.03, 0.004, w * 0.57 - 0.03), screen_material(rng))


def radiator(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """A radiator under a window, its foot at z = 0."""
    color = Material(colour(rng, "white"), gloss=0.2)
    with world.thing("other"):
        low = uniform(rng, 0.08, 0.2)
        if chance(rng, 0.5):
            ribs = Material(color.color, times(color.color, 0.6), "stripes", 0.06, 0.2, 0.4)
            world.box((0, -d / 2 - 0.03, (low + h) / 2), (w, d, h - low), ribs)
        else:
            n = min(12, max(4, round(w / 0.09)))
            for k in range(n):
                x = -w / 2 + (k + 0.5) * w / n
                world.box((x, -d / 2 - 0.03, (low + h) / 2), (w / n * 0.62, d, h - low), color)
            world.box((0, -d / 2 - 0.03, low + 0.06), (w, 0.04, 0.05), color)
            world.box((0, -d / 2 - 0.03, h - 0.06), (w, 0.04, 0.05), color)
        world.frustum((w / 2, -d / 2 - 0.03, low + 0.08), (w / 2 + 0.1, -d / 2 - 0.03, low + 0.08), 0.015, color)
        world.frustum((w / 2 + 0.1, -d / 2 - 0.03, 0), (w / 2 + 0.1, -d / 2 - 0.03, low + 0.12), 0.012, color)


def curtain(world: World, rng: np.random.Generator, w: float, h: float) -> None:
    """Curtains at both sides of a window of width `w`; z = 0 is their lower edge, h the rod's height above it."""
    cloth = random_material(rng, "fabric")
    cloth = Material(cloth.color, cloth.color2, cloth.pattern, cloth.scale, 0.0, 0.3)
    with world.thing("cloth"):
        for s in (-1, 1):
            share = uniform(rng, 0.12, 0.4)
            n = whole(rng, 3, 5)
            for k in range(n):
                x = s * (w / 2 + 0.15 - share * w * (k + 0.5) / n)
                # folds: strips turned to and fro
                world.box((x, -0.09, h / 2), (share * w / n * 1.25, 0.03, h), cloth, yaw=0.55 if k % 2 else -0.55)
        world.frustum(
            (-w / 2 - 0.25, -0.1, h + 0.01), (w / 2 + 0.25, -0.1, h + 0.01), 0.014, random_material(rng, "metal")
        )


def door_leaf(world: World, rng: np.random.Generator, w: float, h: float, opened: float, material: Material) -> None:
    """A door whose hinge is at the origin and that extends to +x when shut; `opened` radians turn it towards -y."""
    metal = random_material(rng, "metal")
    with world.thing("door"), world.placed((0, 0, 0), -opened):
        world.box((w / 2, 0, h / 2), (w - 0.01, 0.04, h - 0.01), material)
        style = whole(rng, 0, 3)
        panel = times_material(material, uniform(rng, 0.75, 1.1))
        if style:
            for k in range(style):
                z = (k + 0.5) * h / style
                world.box((w / 2, 0, z), (w * 0.68, 0.05, h / style * 0.75), panel)
        for s in (-1, 1):
            world.frustum((w - 0.07, 0, h * 0.49), (w - 0.07, s * 0.06, h * 0.49), 0.012, metal)
            world.box((w - 0.12, s * 0.06, h * 0.49), (0.12, 0.018, 0.018), metal)


def window_pane(world: World, rng: np.random.Generator, w: float, h: float, glow: float) -> None:
    """Frame and bars of a window, centred on the origin in the wall's plane; with glow > 0 also a shining pane."""
    frame = Material(colour(rng, pick(rng, ("white", "white", "wood", "dark"))), gloss=0.2)
    b = uniform(rng, 0.03, 0.07)
    with world.thing("window"):
        for s in (-1, 1):
            world.box((s * (w - b) / 2, 0, 0), (b, 0.06, h), frame)
            world.box((0, 0, s * (h - b) / 2), (w, 0.06, b), frame)
        nx, nz = (whole(rng, 1, 3), whole(rng, 1, 3)) if chance(rng, 0.6) else (1 + (w > 1.0), 1)
        for k in range(1, nx):
            world.box((-w / 2 + k * w / nx, 0, 0), (b * 0.8, 0.05, h), frame)
        for k in range(1, nz):
            world.box((0, 0, -h / 2 + k * h / nz), (w, 0.05, b * 0.6), frame)
        if glow > 0:
            sky = pick(rng, ((0.85, 0.92, 1.0), (1.0, 0.97, 0.92), (0.95, 0.97, 1.0)))
            other = times(sky, uniform(rng, 0.4, 0.95))
            world.box(
                (0, 0.01, 0),
                (w - b, 0.008, h - b),
                Material(sky, other, pick(rng, ("plain", "noise")), h * 0.4, 0.0, 0.0, 0.0, glow),
            )
        if chance(rng, 0.25):
            world.box((0, -0.1, -h / 2 - 0.02), (w + 0.1, 0.22, 0.03), frame)
    if chance(rng, 0.25):
        slats = Material(colour(rng, "white"), times(colour(rng, "white"), 0.5), "stripes", 0.05)
        drop = h * uniform(rng, 0.15, 0.9)
        with world.thing("cloth"):
            world.box((0, -0.06, h / 2 - drop / 2), (w * 0.95, 0.02, drop), slats)
