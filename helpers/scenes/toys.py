"""Toys: chess pieces, blocks, balls, cars, plush animals.

Each thing stands on z = 0 around its own origin, in a random style; metres.
"""

from __future__ import annotations

from math import pi

import numpy as np

from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.indoor_materials import colour, random_material, times
from helpers.scenes.shapes import turn_x, turn_y
from helpers.scenes.world import Material, World


def chess_piece(
    world: World, rng: np.random.Generator, material: Material | None = None, kind: int | None = None
) -> None:
    """A turned piece, 5 to 10 cm high: pawn, rook, bishop, queen, king or knight."""
    material = material or random_material(rng, pick(rng, ("wood", "plastic", "stone")), wild=0.0)
    kind = whole(rng, 0, 5) if kind is None else kind
    h = (0.05, 0.055, 0.075, 0.085, 0.095, 0.065)[kind]
    r = 0.017 + 0.003 * (kind > 0)
    with world.thing("toy"):
        world.frustum((0, 0, 0), (0, 0, h * 0.12), r, material, top_radius=r * 0.9)
        world.frustum((0, 0, h * 0.12), (0, 0, h * 0.68), r * 0.72, material, top_radius=r * 0.38)
        world.frustum((0, 0, h * 0.64), (0, 0, h * 0.7), r * 0.65, material, top_radius=r * 0.55)
        if kind == 0:
            world.ellipsoid((0, 0, h * 0.83), h * 0.19, material)
        elif kind == 1:
            world.tube((0, 0, h * 0.7), (0, 0, h), r * 0.65, material, top_radius=r * 0.72)
            world.frustum((0, 0, h * 0.7), (0, 0, h * 0.9), r * 0.6, material)
        elif kind == 2:
            world.ellipsoid((0, 0, h * 0.84), (r * 0.55, r * 0.55, h * 0.16), material)
            world.ellipsoid((0, 0, h * 1.0), r * 0.15, material)
        elif kind in (3, 4):
            world.tube((0, 0, h * 0.7), (0, 0, h * 0.92), r * 0.4, material, top_radius=r * 0.75)
            world.ellipsoid((0, 0, h * 0.92), r * 0.45, material)
            if kind == 4:
                world.box((0, 0, h * 1.05), (0.003, 0.003, h * 0.14), material)
                world.box((0, 0, h * 1.06), (0.01, 0.003, 0.003), material)
        else:
            world.box((0, 0, h * 0.82), (r * 0.7, r * 1.0, h * 0.34), material, rotation=turn_x(-0.3))
            world.box((0, -r * 0.6, h * 0.9), (r * 0.55, r * 1.2, h * 0.16), material, rotation=turn_x(0.35))


def toy_block(world: World, rng: np.random.Generator) -> None:
    """Building blocks: a few boxes, cylinders and cones, perhaps stacked."""
    z = 0.0
    s = uniform(rng, 0.02, 0.05)
    with world.thing("toy"):
        for _ in range(whole(rng, 1, 4)):
            material = Material(colour(rng, "vivid" if chance(rng, 0.7) else "wood"), gloss=uniform(rng, 0, 0.4))
            kind = whole(rng, 0, 3)
            if kind <= 1:
                world.box((0, 0, z + s / 2), (s * uniform(rng, 0.8, 2), s, s), material, yaw=uniform(rng, 0, 3))
            elif kind == 2:
                world.frustum((0, 0, z), (0, 0, z + s), s * 0.5, material)
            else:
                world.frustum((0, 0, z), (0, 0, z + s * 1.2), s * 0.6, material, top_radius=0.001)
                break
            z += s


def ball(world: World, rng: np.random.Generator, radius: float | None = None) -> None:
    """A ball."""
    r = radius or uniform(rng, 0.02, 0.11)
    color = colour(rng, pick(rng, ("vivid", "vivid", "white", "any")))
    pattern = pick(rng, ("plain", "stripes", "checker", "noise"))
    with world.thing("ball"):
        world.ellipsoid((0, 0, r), r, Material(color, colour(rng, "any"), pattern, r * 0.7, uniform(rng, 0, 0.6)))


def toy_car(world: World, rng: np.random.Generator) -> None:
    """A small toy car or lorry."""
    s = uniform(rng, 0.5, 1.6)
    paint = Material(colour(rng, "vivid"), gloss=0.5)
    black = Material((0.02, 0.02, 0.02))
    with world.thing("toy"), world.placed((0, 0, 0), uniform(rng, 0, 2 * pi), s):
        world.box((0, 0, 0.03), (0.15, 0.065, 0.03), paint)
        world.box((uniform(rng, -0.03, 0.02), 0, 0.055), (0.07, 0.055, 0.03), Material(colour(rng, "any"), gloss=0.7))
        for x in (-0.045, 0.045):
            world.frustum((x, -0.036, 0.017), (x, 0.036, 0.017), 0.017, black)


def plush(world: World, rng: np.random.Generator) -> None:
    """A sitting teddy bear, rabbit or doll, 15 to 45 cm high."""
    s = uniform(rng, 0.15, 0.45)
    fur = random_material(rng, "fur")
    light = Material(times(fur.color, 1.5), times(fur.color, 1.2), "noise", 0.03)
    black = Material((0.01, 0.01, 0.01), gloss=0.6)
    with world.thing("toy"), world.placed((0, 0, 0), uniform(rng, -0.6, 0.6), s):
        world.ellipsoid((0, 0, 0.28), (0.22, 0.2, 0.28), fur)
        world.ellipsoid((0, 0, 0.72), (0.19, 0.18, 0.18), fur)
        world.ellipsoid((0, -0.16, 0.67), (0.08, 0.07, 0.065), light)
        long = 0.22 if chance(rng, 0.3) else 0.07
        for side in (-1, 1):
            world.ellipsoid((side * 0.15, 0.02, 0.86 + long * 0.5), (0.07, 0.04, long), fur)
            world.ellipsoid((side * 0.2, -0.25, 0.1), (0.1, 0.2, 0.1), fur)
            world.ellipsoid((side * 0.24, -0.08, 0.42), (0.08, 0.09, 0.19), fur, rotation=turn_y(side * -0.5))
            world.ellipsoid((side * 0.07, -0.165, 0.76), 0.022, black)
        world.ellipsoid((0, -0.23, 0.69), (0.03, 0.02, 0.02), black)
