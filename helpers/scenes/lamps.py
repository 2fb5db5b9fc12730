"""Lamps for desks, floors and ceilings, and candles, with the light they give.

What stands has z = 0 at its foot; what hangs has its origin at the ceiling; metres.
"""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.indoor_materials import Colour, colour, lamp_colour, lit, mixed, random_material, times
from helpers.scenes.world import Material, World

LAMP_UNIT = 10.0
"""Power of a ceiling lamp in a room of 4 m; the strengths in this module are shares of it."""


def _light(world: World, position, radius: float, light: Colour, strength: float) -> None:
    world.add_lamp(position, radius, tuple(LAMP_UNIT * strength * c for c in light))


def shade(world: World, rng: np.random.Generator, z: float, r: float, light: Colour, on: bool, power: float) -> None:
    """A lampshade from height `z` up, radius `r`, with its light."""
    h = r * uniform(rng, 0.9, 1.6)
    color = colour(rng, pick(rng, ("white", "white", "pale", "muted")))
    cloth = Material(color, times(color, 0.8), "plain", 0.02, 0.0, 0.0, 0.0, 0.0)
    if on:
        cloth = Material(mixed(color, light, 0.5), glow=uniform(rng, 0.8, 2.5))
        _light(world, (0, 0, z - 0.06), 0.06, light, power)
    world.tube((0, 0, z), (0, 0, z + h), r, cloth, top_radius=r * uniform(rng, 0.45, 1.0))


def candle(world: World, rng: np.random.Generator) -> None:
    """A candle, alight or not."""
    r, h = uniform(rng, 0.012, 0.04), uniform(rng, 0.05, 0.22)
    with world.thing("lamp"):
        world.frustum((0, 0, 0), (0, 0, h), r, Material(colour(rng, pick(rng, ("white", "vivid", "muted")))))
        world.frustum((0, 0, h), (0, 0, h + 0.01), 0.0015, Material((0.02, 0.02, 0.02)))
        if chance(rng, 0.4):
            world.ellipsoid((0, 0, h + 0.022), (0.006, 0.006, 0.015), lit((1.0, 0.7, 0.3), 6.0))


def desk_lamp(world: World, rng: np.random.Generator) -> None:
    """A lamp with a jointed arm, or one with a shade."""
    metal = random_material(rng, pick(rng, ("metal", "plastic")))
    on = chance(rng, 0.5)
    light = lamp_colour(rng)
    with world.thing("lamp"), world.placed((0, 0, 0), uniform(rng, 0, 2 * pi)):
        if chance(rng, 0.55):
            world.frustum((0, 0, 0), (0, 0, 0.02), uniform(rng, 0.07, 0.1), metal)
            elbow = np.array([uniform(rng, -0.15, 0.0), 0, uniform(rng, 0.2, 0.35)])
            head = elbow + [uniform(rng, 0.12, 0.28), 0, uniform(rng, 0.02, 0.2)]
            world.frustum((0, 0, 0.02), elbow, 0.008, metal)
            world.frustum(elbow, head, 0.008, metal)
            mouth = head + [0.07, 0, -0.1]
            world.tube(mouth, head, uniform(rng, 0.06, 0.09), metal, top_radius=0.02)
            if on:
                world.ellipsoid(head + [0.04, 0, -0.06], 0.03, lit(light, 8.0))
                _light(world, mouth + [0.02, 0, -0.02], 0.03, light, 0.12)
        else:
            h, r = uniform(rng, 0.2, 0.4), uniform(rng, 0.08, 0.17)
            body = random_material(rng, "ceramic")
            world.ellipsoid((0, 0, h * 0.4), (r * 0.45, r * 0.45, h * 0.4), body)
            world.frustum((0, 0, 0), (0, 0, h + 0.04), 0.008, metal)
            world.frustum((0, 0, 0), (0, 0, 0.015), r * 0.5, body)
            shade(world, rng, h, r, light, on, 0.1)


def floor_lamp(world: World, rng: np.random.Generator) -> None:
    """A standing lamp, straight or arched."""
    h, r = uniform(rng, 1.2, 1.75), uniform(rng, 0.12, 0.24)
    metal, light, on = random_material(rng, pick(rng, ("metal", "wood"))), lamp_colour(rng), chance(rng, 0.6)
    with world.thing("lamp"):
        if chance(rng, 0.3):
            for k in range(3):
                a = k * 2 * pi / 3
                world.frustum((0.25 * cos(a), 0.25 * sin(a), 0), (0, 0, h), 0.014, metal)
        else:
            world.frustum((0, 0, 0), (0, 0, 0.03), uniform(rng, 0.11, 0.17), metal)
            world.frustum((0, 0, 0), (0, 0, h + 0.05), 0.012, metal)
        shade(world, rng, h, r, light, on, 0.3)


def ceiling_lamp(world: World, rng: np.random.Generator, power: float) -> None:
    """A lamp under the ceiling at z = 0: pendant, globe, panel, tubes or spots."""
    light = lamp_colour(rng)
    kind = whole(rng, 0, 4)
    with world.thing("lamp"):
        if kind == 0:
            drop = uniform(rng, 0.3, 0.9)
            world.frustum((0, 0, -drop), (0, 0, 0), 0.006, Material((0.05, 0.05, 0.05)))
            world.ellipsoid((0, 0, -drop - 0.1), 0.06, lit(light, 6.0))
            with world.placed((0, 0, -drop - 0.2)):
                shade(world, rng, 0, uniform(rng, 0.15, 0.3), light, False, 0)
            _light(world, (0, 0, -drop - 0.24), 0.12, light, power)
        elif kind == 1:
            r = uniform(rng, 0.1, 0.22)
            drop = uniform(rng, 0.0, 0.7)
            world.frustum((0, 0, -drop), (0, 0, 0), 0.01, Material((0.3, 0.3, 0.3)))
            world.ellipsoid((0, 0, -drop - r * 0.8), (r, r, r * 0.8), lit(light, 2.5))
            _light(world, (0, 0, -drop - r * 1.7), r, light, power)
        elif kind == 2:
            w, d = uniform(rng, 0.5, 1.3), uniform(rng, 0.25, 0.6)
            world.box((0, 0, -0.02), (w, d, 0.04), lit(light, 3.0))
            _light(world, (0, 0, -0.15), 0.25, light, power)
        elif kind == 3:
            for y in (-0.12, 0.12):
                world.frustum((-0.6, y, -0.06), (0.6, y, -0.06), 0.02, lit(light, 5.0))
            world.box((0, 0, -0.015), (1.25, 0.36, 0.03), Material((0.7, 0.7, 0.7)))
            _light(world, (0, 0, -0.2), 0.25, light, power)
        else:
            for x in (-0.5, 0.0, 0.5):
                world.frustum((x, 0, -0.12), (x, 0, 0), 0.04, Material((0.3, 0.3, 0.3)))
                world.frustum((x, 0, -0.125), (x, 0, -0.11), 0.035, lit(light, 8.0))
            _light(world, (0, 0, -0.25), 0.15, light, power)
