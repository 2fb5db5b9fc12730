"""Arcades, temples, churches, towers, barns, windmills, ruins and steps.

They stand on z = 0 and face -y; metres. `detail` is 2 near by, 1 in the middle distance, 0 far away: fewer shapes for
what is small in the picture.
"""

from __future__ import annotations

import math

import numpy as np

from helpers.scenes.countryside import rock
from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.outdoor_materials import GLASS, darker, masonry, plain, roofing, shade, stone, timber
from helpers.scenes.shapes import plank, prism
from helpers.scenes.world import Material, World


def arcade(
    world: World,
    rng: np.random.Generator,
    bays: int,
    *,
    pitch: float | None = None,
    deep: float = 0.7,
    upper: float = 1.5,
) -> tuple[float, float]:
    """A row of round arches on piers or columns along x, centred, its face in y = 0; returns (length, height)."""
    pitch = pitch or uniform(rng, 2.5, 4.5)
    material = stone(rng)
    pier = pitch * uniform(rng, 0.16, 0.35)
    radius = (pitch - pier) / 2
    spring = uniform(rng, 1.8, 3.2) + 0.3 * pitch
    top = spring + radius + uniform(rng, 0.3, 0.5)
    length = bays * pitch + pier
    columns = chance(rng, 0.4)
    with world.thing("building"):
        for i in range(bays + 1):
            x = -length / 2 + pier / 2 + i * pitch
            if columns:
                world.frustum(
                    (x, deep / 2, 0),
                    (x, deep / 2, spring),
                    min(pier, deep) / 2,
                    material,
                    top_radius=min(pier, deep) * 0.42,
                )
                world.box((x, deep / 2, spring - 0.1), (pier * 1.1, deep, 0.25), material)
                world.box((x, deep / 2, 0.15), (pier * 1.2, deep, 0.3), material)
            else:
                world.box((x, deep / 2, spring / 2), (pier, deep, spring), material)
            world.box((x, deep / 2, (spring + top) / 2), (pier, deep * 0.99, top - spring), material)
        for i in range(bays):  # each arch: wedges of stone, long enough to fill the corners
            centre = -length / 2 + pier + radius + i * pitch
            for k in range(7):
                a = math.pi * (k + 0.5) / 7
                reach = (
                    min((top - spring) / max(0.05, math.sin(a)), (radius + pier / 2) / max(0.05, abs(math.cos(a))))
                    - radius
                )
                reach = max(0.15, reach)
                mid = radius + reach / 2
                c, s = math.cos(a), math.sin(a)
                across = 2.0 * math.tan(math.pi / 14) * (radius + 0.4 * reach) + 0.02
                linear = np.array(
                    [
                        [c * reach / 2, 0, -s * across / 2],
                        [0, deep * (0.48 + 0.005 * (k % 2)), 0],
                        [s * reach / 2, 0, c * across / 2],
                    ]
                )
                world.box((centre + mid * c, deep / 2, spring + mid * s), (2, 2, 2), material, rotation=linear)
        world.box((0, deep / 2, top + upper / 2), (length, deep * 1.02, upper), material)
        world.box((0, deep / 2, top + upper), (length + 0.3, deep + 0.35, 0.2), material)
    return length, top + upper


def colonnade(
    world: World, rng: np.random.Generator, count: int, spacing: float, height: float, material: Material | None = None
) -> None:
    """Columns along x with base, capital and an entablature above."""
    material = material or stone(rng)
    radius = height * uniform(rng, 0.045, 0.075)
    with world.thing("building"):
        for i in range(count):
            x = spacing * (i - (count - 1) / 2)
            world.frustum((x, 0, 0), (x, 0, height), radius, material, top_radius=radius * 0.84)
            world.box((x, 0, 0.12 * radius), (radius * 2.6, radius * 2.6, radius * 0.6), material)
            world.box((x, 0, height), (radius * 2.4, radius * 2.4, radius * 0.6), material)
        span = spacing * (count - 1) + radius * 3
        world.box((0, 0, height + radius * 1.2), (span, radius * 2.6, radius * 1.8), material)


def temple(world: World, rng: np.random.Generator) -> float:
    """A portico with steps, columns and a gable before a hall; returns its height."""
    material, count = stone(rng), pick(rng, (4, 6, 6, 8))
    height = uniform(rng, 6, 11)
    spacing = height * uniform(rng, 0.26, 0.36)
    width = spacing * (count + 0.2)
    with world.placed((0, 0, 1.2)):
        colonnade(world, rng, count, spacing, height, material)
    with world.thing("building"):
        prism_base = 1.2 + height * 1.1 + width * 0.14
        with world.placed((0, height * 0.6, 0)):
            prism(world, width * 1.04, width * 0.14, height * 1.5, prism_base, material)
            low = prism_base - width * 0.07  # the architrave, in front of the hidden half of the gable
            world.box((0, 0, low), (width * 1.05, height * 1.53, width * 0.141), material)
        world.box((0, height * 1.1, 1.2 + height * 0.55), (width * 0.95, height * 1.5, height * 1.1), material)
    with world.thing("stairs"):
        for i in range(6):
            world.box(
                (0, height * 0.6, 0.1 + 0.2 * i), (width + (6 - i) * 0.7, height * 2.2 + (6 - i) * 0.8, 0.2), material
            )
    return height * 1.4


def church(world: World, rng: np.random.Generator, detail: int = 2) -> float:
    """A church with nave and tower, its front facing -y; returns the height of the tower."""
    wall, roof = masonry(rng), roofing(rng)
    nave, long, eaves = uniform(rng, 8, 13), uniform(rng, 16, 30), uniform(rng, 6, 11)
    side, tower = uniform(rng, 4, 6.5), uniform(rng, 15, 32)
    trim = stone(rng)
    with world.thing("building"):
        world.box((0, long / 2 + 2, eaves / 2), (nave, long, eaves), wall)
        with world.placed((0, long / 2 + 2, eaves)):
            prism(world, nave * 1.08, nave * uniform(rng, 0.4, 0.7), long - 0.1, 0.0, roof)
        x = pick(rng, (0, 0, -0.5, 0.5)) * nave
        world.box((x, side / 2, tower / 2), (side, side, tower), wall)
        world.box((x, side / 2, tower * 0.7), (side + 0.3, side + 0.3, 0.4), trim)
        world.box((x, side / 2, tower), (side + 0.5, side + 0.5, 0.5), trim)
        if chance(rng, 0.75):
            spire = tower * uniform(rng, 0.25, 0.7)
            world.frustum((x, side / 2, tower), (x, side / 2, tower + spire), side * 0.62, roof, top_radius=0.05)
        else:
            world.ellipsoid((x, side / 2, tower), (side * 0.5, side * 0.5, side * 0.7), roof)
    if detail:
        with world.thing("window"):
            for z in (tower * 0.5, tower * 0.83):
                world.box((x, -0.02, z), (side * 0.25, 0.1, side * 0.5), GLASS)
                world.frustum((x, -0.07, z + side * 0.25), (x, 0.0, z + side * 0.25), side * 0.125, GLASS)
            for k in range(4):
                for s in (-1, 1):
                    y = 2 + long * (k + 0.6) / 4
                    world.box((s * nave / 2, y, eaves * 0.55), (0.1, 1.1, eaves * 0.5), GLASS)
        with world.thing("door"):
            world.box((x, -0.03, 1.4), (1.8, 0.12, 2.8), timber(rng))
            world.frustum((x, -0.09, 2.8), (x, 0.0, 2.8), 0.9, timber(rng))
    return tower


def round_tower(world: World, rng: np.random.Generator, height: float | None = None) -> None:
    """A tower of stone with battlements or a pointed roof, or a white lighthouse."""
    height, radius = height or uniform(rng, 8, 22), uniform(rng, 1.8, 4.0)
    wall = masonry(rng)
    with world.thing("building"):
        world.frustum((0, 0, 0), (0, 0, height), radius, wall, top_radius=radius * uniform(rng, 0.75, 0.98))
        world.frustum((0, 0, height * 0.93), (0, 0, height), radius * 1.12, wall)
        if chance(rng, 0.5):
            world.frustum(
                (0, 0, height),
                (0, 0, height + radius * uniform(rng, 1.0, 2.5)),
                radius * 1.25,
                roofing(rng),
                top_radius=0.05,
            )
        else:
            for i in range(10):
                a = i * 2 * math.pi / 10
                world.box((radius * math.cos(a), radius * math.sin(a), height + 0.45), (0.5, 0.9, 0.9), wall, yaw=a)
    with world.thing("window"):
        for z in (0.35, 0.65):
            world.box((0, -radius * 0.96, height * z), (0.4, 0.5, 1.2), GLASS)


def barn(world: World, rng: np.random.Generator) -> None:
    """A barn of planks with a wide door, its front facing -y."""
    wide, deep, high = uniform(rng, 8, 14), uniform(rng, 10, 20), uniform(rng, 3.5, 6)
    colour = shade(rng, pick(rng, ((0.4, 0.09, 0.06), (0.3, 0.22, 0.15), (0.25, 0.24, 0.23), (0.6, 0.58, 0.55))))
    wall = Material(colour, darker(colour), "planks", 0.25, bump=0.5)
    with world.thing("building"):
        world.box((0, deep / 2, high / 2), (wide, deep, high), wall)
        with world.placed((0, deep / 2, high)):
            prism(world, wide, wide * 0.4, deep, 0.0, wall)
            prism(world, wide * 1.08, wide * 0.43, deep - 0.05, 0.02, roofing(rng))
    with world.thing("door"):
        dark = darker(colour, 0.35)
        world.box((0, -0.05, high * 0.4), (wide * 0.35, 0.15, high * 0.8), Material(dark, darker(dark), "planks", 0.2))


def windmill(world: World, rng: np.random.Generator) -> None:
    """A windmill, or a slim wind turbine, facing -y."""
    if chance(rng, 0.5):
        white, tall = Material((0.75, 0.75, 0.76)), uniform(rng, 40, 70)
        with world.thing("building"):
            world.frustum((0, 0, 0), (0, 0, tall), 1.6, white, top_radius=0.9)
            world.ellipsoid((0, 0.5, tall), (1.2, 3.0, 1.3), white)
            turn = uniform(rng, 0, 6.3)
            for k in range(3):
                a = turn + k * 2.094
                world.frustum(
                    (0, -2.4, tall),
                    (0.45 * tall * math.cos(a), -2.4, tall + 0.45 * tall * math.sin(a)),
                    1.0,
                    white,
                    top_radius=0.15,
                )
        return
    wall, tall = masonry(rng), uniform(rng, 9, 14)
    with world.thing("building"):
        world.frustum((0, 0, 0), (0, 0, tall), tall * 0.3, wall, top_radius=tall * 0.19)
        world.ellipsoid((0, 0, tall), (tall * 0.2, tall * 0.22, tall * 0.18), roofing(rng))
        turn, wood = uniform(rng, 0, 6.3), timber(rng)
        for k in range(4):
            a = turn + k * math.pi / 2
            tip = (0.75 * tall * math.cos(a), -tall * 0.3, tall + 0.75 * tall * math.sin(a))
            world.frustum((0, -tall * 0.3, tall), tip, 0.12, wood)
            plank(world, (0.2 * tip[0], -tall * 0.32, tall + 0.2 * (tip[2] - tall)), tip, 0.05, 1.6, wood)


def ruin(world: World, rng: np.random.Generator) -> None:
    """Broken walls, stumps of columns and fallen blocks around the origin."""
    material = stone(rng)
    with world.thing("building"):
        for _ in range(int(rng.integers(4, 9))):
            x, y, wide, a = uniform(rng, -8, 8), uniform(rng, -3, 8), uniform(rng, 1, 4), pick(rng, (0.0, math.pi / 2))
            high = uniform(rng, 0.6, 4.5)
            world.box((x, y, high / 2), (wide, 0.7, high), material, yaw=a)
            with world.placed((x, y, 0), a):
                world.box((wide * 0.6, 0, high * 0.3), (wide * 0.5, 0.68, high * 0.6), material)
                world.box((-wide * 0.55, 0, high * 0.15), (wide * 0.4, 0.66, high * 0.3), material)
        for _ in range(int(rng.integers(2, 8))):
            x, y, high = uniform(rng, -8, 8), uniform(rng, -3, 6), uniform(rng, 0.8, 5.0)
            world.frustum((x, y, 0), (x, y, high), 0.4, material, top_radius=0.36)
            world.box((x, y, 0.1), (1.1, 1.1, 0.3), material)
    for _ in range(8):
        with world.placed((uniform(rng, -8, 8), uniform(rng, -4, 6), 0), uniform(rng, 0, 6)):
            rock(world, rng, uniform(rng, 0.3, 1.1), material)


def steps(world: World, rng: np.random.Generator, count: int, wide: float) -> float:
    """Stairs that climb towards +y from y = 0; returns their height."""
    rise, run = 0.16, 0.32
    material = stone(rng) if chance(rng, 0.6) else plain(rng, (0.5, 0.49, 0.47))
    with world.thing("stairs"):
        for i in range(count):
            depth = run * (count - i)
            world.box((0, run * i + depth / 2, rise * (i + 0.5)), (wide, depth, rise * 0.999), material)
            world.box((0, run * i + 0.01, rise * (i + 1) - 0.02), (wide + 0.02, 0.06, 0.045), material)
    return count * rise
