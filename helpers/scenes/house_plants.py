"""Plants in pots and flowers in vases.

Each thing stands on z = 0 around its own origin, in a random style; metres.
"""

from __future__ import annotations

from math import cos, sin

import numpy as np

from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.indoor_materials import colour, random_material, times
from helpers.scenes.shapes import turn_y
from helpers.scenes.world import Material, World, rotation_z


def vase(world: World, rng: np.random.Generator) -> None:
    """A vase, with flowers, twigs or nothing."""
    material = random_material(rng, pick(rng, ("ceramic", "glass", "clay")))
    h, r = uniform(rng, 0.12, 0.34), uniform(rng, 0.035, 0.09)
    belly = h * uniform(rng, 0.3, 0.6)
    neck = r * uniform(rng, 0.35, 0.9)
    with world.thing("bottle"):
        if chance(rng, 0.5):
            world.tube((0, 0, 0), (0, 0, belly), r * uniform(rng, 0.5, 0.9), material, top_radius=r)
            world.tube((0, 0, belly), (0, 0, h), r, material, top_radius=neck)
        else:
            world.ellipsoid((0, 0, belly), (r, r, belly), material)
            world.tube((0, 0, belly), (0, 0, h), neck, material, top_radius=neck * uniform(rng, 1, 1.5))
        world.frustum((0, 0, 0), (0, 0, 0.01), r * 0.6, material)
    if chance(rng, 0.75):
        with world.placed((0, 0, h * 0.8)):
            flowers(world, rng, uniform(rng, 0.12, 0.4), neck)


def flowers(world: World, rng: np.random.Generator, height: float, neck: float) -> None:
    """Stems that spread from the origin, with blossoms and leaves."""
    stem, leaf = random_material(rng, "leaf"), random_material(rng, "leaf")
    color = colour(rng, pick(rng, ("vivid", "pale", "white", "vivid")))
    blossom = Material(color, times(color, 0.6), "noise", 0.01, 0.0, 0.4)
    size = uniform(rng, 0.012, 0.04)
    n = whole(rng, 2, 9)
    with world.thing("plant"):
        for k in range(n):
            a, spread = k * 2.4 + uniform(rng, -0.4, 0.4), uniform(rng, 0.05, 0.55) * height
            tip = np.array([spread * cos(a), spread * sin(a), height * uniform(rng, 0.6, 1.0)])
            world.frustum((0.4 * neck * cos(a), 0.4 * neck * sin(a), -0.03), tip, 0.0025, stem, top_radius=0.0015)
            world.ellipsoid(tip, (size, size, size * uniform(rng, 0.5, 1.0)), blossom)
            if k % 2 == 0:
                turn = rotation_z(a) @ turn_y(uniform(rng, -0.9, 0.3))
                world.ellipsoid(tip * 0.6, (height * 0.14, height * 0.05, 0.003), leaf, rotation=turn)


def plant(world: World, rng: np.random.Generator, height: float) -> None:
    """A plant in a pot: bush, broad leaves, sword leaves, palm or cactus; `height` from the floor to its top."""
    pot_r, pot_h = height * uniform(rng, 0.13, 0.24), height * uniform(rng, 0.18, 0.35)
    pot = random_material(rng, pick(rng, ("clay", "ceramic", "plastic")))
    leaf = random_material(rng, "leaf")
    with world.thing("plant"):
        world.tube((0, 0, 0), (0, 0, pot_h), pot_r * uniform(rng, 0.6, 1.0), pot, top_radius=pot_r)
        world.frustum((0, 0, 0), (0, 0, pot_h * 0.9), pot_r * 0.8, random_material(rng, "soil"))
        kind = whole(rng, 0, 4)
        top = height - pot_h
        if kind == 0:
            bush = Material(
                leaf.color, leaf.color2, "leaves", height * uniform(rng, 0.04, 0.09), 0.0, 0.5, uniform(rng, 0.3, 0.6)
            )
            for _ in range(whole(rng, 2, 4)):
                x, y = uniform(rng, -0.12, 0.12) * height, uniform(rng, -0.12, 0.12) * height
                r = top * uniform(rng, 0.25, 0.45)
                world.ellipsoid((x, y, pot_h + top * 0.55), (r, r, top * 0.45), bush)
            world.frustum((0, 0, pot_h * 0.8), (0, 0, pot_h + top * 0.4), height * 0.015, random_material(rng, "soil"))
        elif kind == 1 or kind == 3:
            n = whole(rng, 6, 13)
            for k in range(n):
                a = k * 2.4 + uniform(rng, -0.3, 0.3)
                tilt = uniform(rng, 0.2, 1.1)
                length = top * uniform(rng, 0.45, 0.95)
                tip = np.array([length * sin(tilt) * cos(a), length * sin(tilt) * sin(a), pot_h + length * cos(tilt)])
                size = top * uniform(rng, 0.12, 0.24)
                world.frustum((0, 0, pot_h * 0.85), tip, height * 0.006, leaf, top_radius=height * 0.003)
                turn = rotation_z(a) @ turn_y(uniform(rng, -0.2, 1.0))
                shift = turn @ [size * 0.8, 0, 0]
                world.ellipsoid(
                    tip + shift, (size, size * (0.6 if kind == 1 else 0.2), size * 0.04), leaf, rotation=turn
                )
        elif kind == 2:
            for k in range(whole(rng, 7, 14)):
                a, tilt = k * 2.4, uniform(rng, 0.05, 0.7)
                length = top * uniform(rng, 0.6, 1.0)
                turn = rotation_z(a) @ turn_y(tilt)
                centre = np.array([0, 0, pot_h * 0.8]) + turn @ [0, 0, length / 2]
                world.ellipsoid(centre, (top * 0.012, top * 0.05, length / 2), leaf, rotation=turn)
        else:
            r = height * uniform(rng, 0.08, 0.14)
            skin = Material(leaf.color, times(leaf.color, 1.6), "stripes", r * 0.4, 0.1, 0.5)
            world.frustum((0, 0, pot_h * 0.8), (0, 0, height - r), r, skin)
            world.ellipsoid((0, 0, height - r), r, skin)
            if chance(rng, 0.5):
                arm = (r * 2.0, 0, pot_h + top * 0.45)
                world.frustum((0, 0, pot_h + top * 0.35), arm, r * 0.5, skin)
                world.frustum(arm, (r * 2.1, 0, pot_h + top * 0.8), r * 0.5, skin, top_radius=r * 0.4)


def potted(world: World, rng: np.random.Generator) -> None:
    """A small plant in a pot."""
    plant(world, rng, uniform(rng, 0.15, 0.45))
