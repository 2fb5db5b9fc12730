"""What else stands on the floor of a room: rugs, boxes, bags, shoes, an easel, a bicycle, a fireplace, a piano.

Each thing stands on z = 0 around its own origin and looks towards -y, in a random style; metres.
"""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.indoor_materials import colour, random_material, times_material
from helpers.scenes.shapes import turn_x
from helpers.scenes.small_things import scatter
from helpers.scenes.world import Material, World


def rug(world: World, rng: np.random.Generator, w: float, d: float) -> None:
    """A rug, rectangular or oval."""
    material = random_material(rng, "carpet")
    with world.thing("cloth"):
        if chance(rng, 0.2):
            world.frustum((0, 0, 0.001), (0, 0, 0.012), min(w, d) / 2, material)
        else:
            world.box((0, 0, 0.006), (w, d, 0.012), material)
            if chance(rng, 0.5):
                b = uniform(rng, 0.05, 0.25)
                world.box((0, 0, 0.008), (w - 2 * b, d - 2 * b, 0.012), random_material(rng, "carpet"))


def boxes(world: World, rng: np.random.Generator) -> None:
    """One to four cardboard boxes, crates or suitcases, stacked or side by side."""
    z, material = 0.0, random_material(rng, "card")
    for k in range(whole(rng, 1, 4)):
        size = (uniform(rng, 0.2, 0.55), uniform(rng, 0.2, 0.45), uniform(rng, 0.12, 0.45))
        if k and chance(rng, 0.5):
            material = random_material(rng, pick(rng, ("card", "plastic")))
        with world.thing("box"):
            yaw = uniform(rng, -0.4, 0.4)
            world.box((0, 0, z + size[2] / 2), size, material, yaw=yaw)
            if chance(rng, 0.5):
                world.box(
                    (0, 0, z + size[2] / 2),
                    (size[0] * 1.004, 0.05, size[2] * 1.004),
                    times_material(material, 1.4),
                    yaw=yaw,
                )
        z += size[2]
        if z > 1.1:
            break


def waste_bin(world: World, rng: np.random.Generator) -> None:
    """A waste-paper basket or a bucket."""
    r, h = uniform(rng, 0.1, 0.19), uniform(rng, 0.22, 0.55)
    material = random_material(rng, pick(rng, ("plastic", "metal", "fabric")))
    with world.thing("other"):
        world.tube((0, 0, 0), (0, 0, h), r * uniform(rng, 0.75, 1.0), material, top_radius=r)
        world.frustum((0, 0, 0), (0, 0, h * uniform(rng, 0.05, 0.8)), r * 0.73, random_material(rng, "paper"))


def bag(world: World, rng: np.random.Generator) -> None:
    """A rucksack, handbag or sack."""
    material = random_material(rng, "fabric" if chance(rng, 0.7) else "leather")
    w, d, h = uniform(rng, 0.22, 0.4), uniform(rng, 0.12, 0.22), uniform(rng, 0.22, 0.5)
    strap = times_material(material, 0.6)
    with world.thing("cloth"), world.placed((0, 0, 0), uniform(rng, -1, 1)):
        world.box((0, 0, h * 0.4), (w * 0.9, d * 0.85, h * 0.8), material, rotation=turn_x(-0.1))
        world.ellipsoid((0, 0, h * 0.45), (w * 0.52, d * 0.6, h * 0.5), material)
        if chance(rng, 0.6):
            world.box((0, -d * 0.55, h * 0.3), (w * 0.6, d * 0.3, h * 0.35), strap)
        for s in (-1, 1):
            world.frustum((s * w * 0.25, 0, h * 0.85), (s * w * 0.1, 0, h * 1.15), 0.012, strap)
        world.frustum((-w * 0.1, 0, h * 1.15), (w * 0.1, 0, h * 1.15), 0.012, strap)


def shoes(world: World, rng: np.random.Generator) -> None:
    """A pair of shoes or slippers."""
    material, sole = random_material(rng, "leather"), random_material(rng, "plastic")
    with world.thing("cloth"):
        for s in (-1, 1):
            with world.placed((s * 0.07, uniform(rng, -0.06, 0.06), 0), uniform(rng, -0.3, 0.3)):
                world.ellipsoid((0, -0.05, 0.04), (0.045, 0.1, 0.04), material)
                world.ellipsoid((0, 0.07, 0.055), (0.04, 0.07, 0.055), material)
                world.box((0, 0, 0.01), (0.085, 0.27, 0.02), sole)


def cable(world: World, rng: np.random.Generator) -> None:
    """A cable that winds over the floor."""
    material = Material(colour(rng, pick(rng, ("dark", "white", "vivid"))))
    x, y, a = 0.0, 0.0, uniform(rng, 0, 2 * pi)
    with world.thing("other"):
        for _ in range(whole(rng, 3, 6)):
            a += uniform(rng, -0.9, 0.9)
            step = uniform(rng, 0.12, 0.3)
            nx, ny = x + step * cos(a), y + step * sin(a)
            world.frustum((x, y, 0.008), (nx, ny, 0.008), 0.008, material)
            x, y = nx, ny


def clothes_rack(world: World, rng: np.random.Generator) -> None:
    """A rail with clothes on hangers, a drying rack, or a coat stand."""
    metal = random_material(rng, "metal")
    if chance(rng, 0.35):
        with world.thing("other"):
            world.frustum((0, 0, 0), (0, 0, 1.75), 0.02, metal)
            world.frustum((0, 0, 0), (0, 0, 0.04), 0.22, metal)
        with world.thing("cloth"):
            for k in range(whole(rng, 2, 4)):
                a = k * 1.7
                world.ellipsoid(
                    (0.15 * cos(a), 0.15 * sin(a), 1.25), (0.15, 0.09, 0.42), random_material(rng, "fabric"), yaw=a
                )
        return
    w, h = uniform(rng, 0.8, 1.4), uniform(rng, 1.3, 1.7)
    with world.thing("other"):
        for s in (-1, 1):
            world.frustum((s * w / 2, 0, 0), (s * w / 2, 0, h), 0.014, metal)
            world.box((s * w / 2, 0, 0.02), (0.04, 0.45, 0.03), metal)
        world.frustum((-w / 2, 0, h), (w / 2, 0, h), 0.014, metal)
    with world.thing("cloth"):
        n = whole(rng, 3, 9)
        for k in range(n):
            x = -w / 2 + (k + 0.6) * w / (n + 0.5)
            long = uniform(rng, 0.5, 1.0)
            world.box(
                (x, 0, h - 0.06 - long / 2),
                (0.035, uniform(rng, 0.3, 0.46), long),
                random_material(rng, "fabric"),
                yaw=uniform(rng, -0.3, 0.3),
            )


def easel(world: World, rng: np.random.Generator) -> None:
    """An easel or tripod with a board, a flip chart or a telescope on it."""
    wood, h = random_material(rng, "wood"), uniform(rng, 1.2, 1.7)
    with world.thing("other"):
        for x, y in ((-0.35, -0.15), (0.35, -0.15), (0, 0.45)):
            world.frustum((x, y, 0), (x * 0.1, 0.05, h), 0.014, wood)
    with world.thing("picture"):
        world.box(
            (0, -0.07, h * 0.68),
            (uniform(rng, 0.4, 0.7), 0.02, uniform(rng, 0.4, 0.8)),
            random_material(rng, "picture"),
            rotation=turn_x(-0.2),
        )


def bicycle(world: World, rng: np.random.Generator) -> None:
    """A bicycle seen from its side (along x), on its stand."""
    paint, black = Material(colour(rng, "any"), gloss=0.5), Material((0.015, 0.015, 0.015))
    chrome = Material((0.5, 0.5, 0.5), gloss=0.7)
    r = uniform(rng, 0.28, 0.35)
    with world.thing("other"):
        for x in (-0.52, 0.52):
            world.tube((x, -0.02, r), (x, 0.02, r), r, black)
            world.frustum((x, -0.04, r), (x, 0.04, r), 0.03, chrome)
            for k in range(3):
                a = k * pi / 3 + x
                world.frustum((x - r * cos(a), 0, r - r * sin(a)), (x + r * cos(a), 0, r + r * sin(a)), 0.003, chrome)
        crank, seat, head = (-0.08, 0, 0.28), (-0.2, 0, 0.78), (0.38, 0, 0.8)
        for a, b in (
            (crank, seat),
            (crank, head),
            (seat, head),
            ((-0.52, 0, r), crank),
            ((-0.52, 0, r), seat),
            (head, (0.52, 0, r)),
        ):
            world.frustum(a, b, 0.016, paint)
        world.frustum(head, (0.33, 0, 0.98), 0.013, chrome)
        world.frustum((0.33, -0.28, 0.98), (0.33, 0.28, 0.98), 0.013, black)
        world.ellipsoid((-0.22, 0, 0.86), (0.13, 0.07, 0.035), black)


def fireplace(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """A fireplace with its mantelpiece, back at y = 0."""
    stone = random_material(rng, pick(rng, ("stone", "wood", "painted")))
    with world.thing("other"):
        side = w * 0.22
        for s in (-1, 1):
            world.box((s * (w - side) / 2, -d / 2, h / 2), (side, d, h), stone)
        world.box((0, -d / 2, h * 0.86), (w - 2 * side, d, h * 0.28), stone)
        world.box((0, -d / 2 - 0.03, h + 0.03), (w + 0.12, d + 0.06, 0.06), stone)
        world.box((0, -0.02, h * 0.36), (w - 2 * side, 0.04, h * 0.72), Material((0.02, 0.018, 0.016)))
        if chance(rng, 0.4):
            for k in range(3):
                world.frustum(
                    (-0.18, -d * 0.5, 0.06 + 0.05 * k),
                    (0.2, -d * 0.45 - 0.03 * k, 0.07 + 0.04 * k),
                    0.04,
                    random_material(rng, "wood"),
                )
    with world.placed((0, -d / 2, h + 0.06)):
        scatter(world, rng, w, d, whole(rng, 1, 5), "shelf")


def piano(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """An upright piano, back at y = 0."""
    wood = Material(colour(rng, pick(rng, ("dark", "wood", "white"))), gloss=0.6)
    with world.thing("other"):
        world.box((0, -d * 0.27, h / 2), (w, d * 0.54, h), wood)
        world.box((0, -d * 0.6, 0.66), (w, d * 0.78, 0.1), wood)
        keys = Material((0.75, 0.74, 0.7), (0.05, 0.05, 0.05), "stripes", 0.03, 0.3)
        world.box((0, -d * 0.8, 0.72), (w * 0.92, d * 0.32, 0.025), keys)
        for s in (-1, 1):
            world.box((s * (w / 2 - 0.05), -d * 0.93, 0.31), (0.07, 0.07, 0.62), wood)
            world.box((s * (w / 2 - 0.03), -d * 0.8, 0.73), (0.06, d * 0.4, 0.1), wood)
        if chance(rng, 0.6):
            world.box((0, -d * 0.56, 0.98), (0.4, 0.02, 0.28), random_material(rng, "paper"), rotation=turn_x(-0.2))
    with world.placed((0, -d * 0.27, h)):
        scatter(world, rng, w, d * 0.5, whole(rng, 0, 4), "shelf")
