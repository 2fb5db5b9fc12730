"""Tables and desks.

Each thing stands on z = 0 around its own origin, in a random style. Sizes are metres: width along x, depth along y,
height along z.
"""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from helpers.scenes.desk_things import keyboard, monitor
from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.indoor_materials import random_material
from helpers.scenes.small_things import scatter
from helpers.scenes.world import Material, World


def leg(
    world: World, x: float, y: float, h: float, r: float, material: Material, round_: bool, splay: float = 0.0
) -> None:
    if round_ or splay:
        s = 1.0 + splay
        world.frustum((x * s, y * s, 0), (x, y, h), r * 0.7, material, top_radius=r)
    else:
        world.box((x, y, h / 2), (2 * r, 2 * r, h), material)


def table(
    world: World,
    rng: np.random.Generator,
    w: float,
    d: float,
    h: float,
    *,
    round_: bool = False,
    role: str = "wood",
    cloth: float = 0.12,
) -> None:
    """A table top on four legs, a pedestal, trestles or panels; `cloth` is the chance of a tablecloth."""
    material = random_material(rng, role)
    frame = material if chance(rng, 0.6) else random_material(rng, pick(rng, ("metal", "painted", "wood")))
    t = uniform(rng, 0.018, 0.06)
    kind = whole(rng, 0, 6)
    with world.thing("table"):
        if round_:
            world.frustum((0, 0, h - t), (0, 0, h), w / 2, material)
        else:
            world.box((0, 0, h - t / 2), (w, d, t), material)
        if round_ or kind == 0:
            if chance(rng, 0.6):
                world.frustum((0, 0, 0.02), (0, 0, h - t), 0.05, frame)
                if chance(rng, 0.5):
                    world.frustum((0, 0, 0), (0, 0, 0.04), min(w, d) * 0.3, frame)
                else:
                    for k in range(2):
                        world.box((0, 0, 0.03), (min(w, d) * 0.7, 0.07, 0.05), frame, yaw=0.78 + k * pi / 2)
            else:
                for k in range(4):
                    a = pi / 4 + k * pi / 2
                    r = min(w, d) * 0.36
                    world.frustum(
                        (r * cos(a), r * sin(a), 0),
                        (r * 0.8 * cos(a), r * 0.8 * sin(a), h - t),
                        0.02,
                        frame,
                        top_radius=0.028,
                    )
        elif kind == 1 and w > 0.9:
            for sx in (-1, 1):
                world.box((sx * (w / 2 - 0.04), 0, (h - t) / 2), (0.03, d * 0.9, h - t), frame)
        elif kind == 2 and w > 0.9:
            for sx in (-1, 1):
                x = sx * w * 0.38
                for sy in (-1, 1):
                    world.frustum((x, sy * d * 0.42, 0), (x, sy * d * 0.12, h - t), 0.02, frame)
            world.box((0, 0, h * 0.35), (w * 0.76, 0.04, 0.05), frame)
        else:
            r = uniform(rng, 0.015, 0.04)
            turned, inset = chance(rng, 0.35), uniform(rng, 0.0, 0.08)
            for sx in (-1, 1):
                for sy in (-1, 1):
                    leg(
                        world,
                        sx * (w / 2 - r - inset),
                        sy * (d / 2 - r - inset),
                        h - t,
                        r,
                        frame,
                        turned,
                        0.04 * turned,
                    )
            if chance(rng, 0.6):
                apron = uniform(rng, 0.05, 0.12)
                for s in (-1, 1):
                    world.box((0, s * (d / 2 - r - inset), h - t - apron / 2), (w - 2 * inset, 0.02, apron), frame)
                    world.box((s * (w / 2 - r - inset), 0, h - t - apron / 2), (0.02, d - 2 * inset, apron), frame)
    if not round_ and chance(rng, cloth):
        linen, drop = random_material(rng, "fabric"), uniform(rng, 0.1, 0.35)
        with world.thing("cloth"):
            world.box((0, 0, h + 0.001), (w + 0.02, d + 0.02, 0.004), linen)
            for s in (-1, 1):
                world.box((0, s * (d / 2 + 0.012), h - drop / 2), (w + 0.02, 0.006, drop), linen)
                world.box((s * (w / 2 + 0.012), 0, h - drop / 2), (0.006, d + 0.02, drop), linen)


def desk(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """A desk with its back at y = 0, drawers, and the usual things on it."""
    material = random_material(rng, "wood")
    front = material if chance(rng, 0.6) else random_material(rng, "painted")
    with world.thing("table"):
        world.box((0, -d / 2, h - 0.0175), (w, d, 0.035), material)
        sides = [-1, 1]
        for s in sides:
            if chance(rng, 0.45):
                uw = uniform(rng, 0.3, 0.45)
                world.box((s * (w / 2 - uw / 2 - 0.02), -d / 2, (h - 0.035) / 2), (uw, d * 0.9, h - 0.035), material)
                n = whole(rng, 2, 4)
                for k in range(n):
                    z = (k + 0.5) * (h - 0.06) / n + 0.01
                    world.box(
                        (s * (w / 2 - uw / 2 - 0.02), -d * 0.95, z), (uw * 0.93, 0.02, (h - 0.08) / n * 0.93), front
                    )
                    world.box(
                        (s * (w / 2 - uw / 2 - 0.02), -d * 0.95 - 0.02, z),
                        (uw * 0.3, 0.02, 0.015),
                        random_material(rng, "metal"),
                    )
            elif chance(rng, 0.5):
                world.box((s * (w / 2 - 0.02), -d / 2, (h - 0.035) / 2), (0.03, d * 0.92, h - 0.035), material)
            else:
                for y in (-0.05, -d + 0.05):
                    world.box((s * (w / 2 - 0.04), y, (h - 0.035) / 2), (0.04, 0.04, h - 0.035), front)
        if chance(rng, 0.5):
            world.box((0, -0.05, h * 0.65), (w * 0.95, 0.02, h * 0.5), material)
    with world.placed((0, -d / 2, h)):
        x = uniform(rng, -0.2, 0.2) * w
        if chance(rng, 0.75) and w > 0.9:
            with world.placed((x, d * 0.18, 0), uniform(rng, -0.3, 0.3)):
                monitor(world, rng)
            if chance(rng, 0.8):
                with world.placed((x, -d * 0.2, 0), uniform(rng, -0.15, 0.15)):
                    keyboard(world, rng)
            side = w / 2 - abs(x) * 0.5
            for s in (-1, 1):
                with world.placed((s * (side * 0.5 + 0.2), 0, 0)):
                    scatter(world, rng, max(0.2, side - 0.35), d * 0.95, whole(rng, 1, 4), "desk")
        else:
            scatter(world, rng, w, d, whole(rng, 3, 8), "desk")
