"""The ground of a landscape and what is on it: trees, woods, paths, fences, people and birds, near and far things."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from helpers.scenes import (
    foreground,
    houses,
    landmarks,
    outdoors,
    people_outdoors,
    plants,
    shapes,
    street_furniture,
    weather,
)
from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.outdoor_materials import foliage
from helpers.scenes.raycast import ground_height
from helpers.scenes.world import Material, World


def on(world: World, x: float, y: float) -> tuple[float, float, float]:
    """The point of the ground at (x, y)."""
    return x, y, ground_height(world.ground, x, y) if world.ground.relief > 0 else 0.0


def spot(rng: np.random.Generator, near: float, far: float, spread: float = 0.75) -> tuple[float, float]:
    """A place before the camera, more often near than far, in or a little beside the picture."""
    d = near * (far / near) ** rng.random()
    return uniform(rng, -spread, spread) * d, d


def land(
    world: World,
    rng: np.random.Generator,
    material: Material,
    *,
    relief: float | None = None,
    wavelength: float | None = None,
    flat: float | None = None,
) -> None:
    """Lays the ground: flat, gently rolling from close by, or with hills behind a plain."""
    if relief is None:
        kind = rng.random()
        if kind < 0.3:
            relief, wavelength, flat = 0.0, 60.0, 20.0
        elif kind < 0.6:
            relief, wavelength, flat = uniform(rng, 0.6, 2.5), uniform(rng, 8, 25), 2.0
        else:
            relief, wavelength, flat = uniform(rng, 5, 40), uniform(rng, 40, 160), uniform(rng, 8, 60)
    world.ground = weather.ground_of(material, "ground", relief, wavelength or 60.0, 20.0 if flat is None else flat)
    world.ground.seed = int(rng.integers(100_000))


def eye_of(world: World, rng: np.random.Generator, low: float = 0.5, high: float = 1.85) -> tuple[float, float, float]:
    """The camera's place above the origin, `low` to `high` metres over the ground."""
    return 0.0, 0.0, on(world, 0.0, 0.0)[2] + uniform(rng, low, high)


def trees(
    world: World,
    rng: np.random.Generator,
    count: int,
    near: float,
    far: float,
    kinds: Sequence[str] | None = None,
    tall: tuple[float, float] = (4, 14),
    spread: float = 0.85,
    autumn: float = 0.08,
) -> None:
    """Trees of these kinds, or of any, `near` to `far` metres ahead and `tall` metres high."""
    for _ in range(count):
        x, y = spot(rng, near, far, spread)
        with world.placed(on(world, x, y), uniform(rng, 0, 6.3)):
            plants.tree(
                world,
                rng,
                pick(rng, kinds) if kinds else None,
                uniform(rng, *tall),
                outdoors.detail_at(y, 10, 25),
                autumn,
            )


def scatter(
    world: World, rng: np.random.Generator, count: int, near: float, far: float, makers: Sequence, spread: float = 0.7
) -> None:
    """Things that the makers make, each chosen anew, `near` to `far` metres ahead."""
    for _ in range(count):
        x, y = spot(rng, near, far, spread)
        with world.placed(on(world, x, y), uniform(rng, 0, 6.3)):
            pick(rng, makers)(world, rng)


def wood_edge(world: World, rng: np.random.Generator, y: float, count: int = 12, high: float = 9.0) -> None:
    """A distant edge of a wood: a row of crowns."""
    leaves = [foliage(rng, cutout=0.15, size=3.0) for _ in range(2)]
    conifers = chance(rng, 0.3)
    gap = 1.6 * y / count
    with world.thing("tree"):
        for i in range(count):
            x = (i - count / 2) * gap + rng.normal(0, 0.3) * gap
            px, py, pz = on(world, x, y + rng.normal(0, 0.05) * y)
            h = high * uniform(rng, 0.6, 1.2)
            if conifers:
                world.frustum((px, py, pz), (px, py, pz + 1.3 * h), 0.3 * h, leaves[i % 2], top_radius=0.1)
            else:
                world.ellipsoid((px, py, pz + 0.4 * h), (gap * uniform(rng, 0.5, 0.9), 0.5 * h, 0.6 * h), leaves[i % 2])


def path(world: World, rng: np.random.Generator, material: Material, width: float, reach: float = 40.0) -> None:
    """A winding path that leads away from the camera over the ground."""
    x, y, a = rng.normal(0, 1.0), -2.0, rng.normal(0, 0.25)
    bend, step = rng.normal(0, 0.06), 2.2
    here = on(world, x, y)
    with world.thing("pavement"):
        while y < reach:
            x, y = x - math.sin(a) * step, y + math.cos(a) * step
            there = on(world, x, y)
            lap = np.subtract(there, here) * 0.04
            start, end = here - lap, there + lap
            start[2], end[2] = start[2] - 0.05, end[2] - 0.05
            shapes.plank(world, start, end, width, 0.2, material)
            here = there
            a = max(-1.0, min(1.0, a + bend))
            bend += rng.normal(0, 0.05) - 0.15 * bend


def fences(world: World, rng: np.random.Generator, y: float) -> None:
    """A fence that crosses the picture, or runs away along one side."""
    kind = pick(rng, ("rails", "rails", "wire", "pickets", "wall"))
    if chance(rng, 0.5):
        turn = rng.normal(0, 0.3)
        for i in (-1, 0, 1):
            x = i * 9.5 * math.cos(turn)
            with world.placed(on(world, x, y + i * 9.5 * math.sin(turn)), turn):
                street_furniture.fence(world, rng, 9.5, kind, 1)
        return
    side, out, turn = pick(rng, (-1, 1)), uniform(rng, 1.5, 4.5), rng.normal(0, 0.12)
    for i in range(4):
        s = 3 + 8 * i
        with world.placed(on(world, side * out - math.sin(turn) * s, s), math.pi / 2 + turn):
            street_furniture.fence(world, rng, 8, kind, 1)


def birds(world: World, rng: np.random.Generator) -> None:
    """A few birds in the air."""
    for _ in range(int(rng.integers(1, 6))):
        x, y = spot(rng, 8, 50, 0.6)
        with world.placed((x, y, uniform(rng, 0.25, 0.6) * y), uniform(rng, 0, 6.3), uniform(rng, 0.7, 1.6)):
            people_outdoors.bird(world, rng)


def company(
    world: World,
    rng: np.random.Generator,
    near: float = 3.0,
    far: float = 25.0,
    most: int = 4,
    animals: Sequence[str] = ("dog",),
) -> None:
    """Nobody, or a few people and animals."""
    for _ in range(int(rng.integers(0, most + 1))):
        x, y = spot(rng, near, far, 0.5)
        with world.placed(on(world, x, y), uniform(rng, 0, 6.3)):
            if chance(rng, 0.72):
                people_outdoors.person(world, rng, None, outdoors.detail_at(y, 8, 18))
            elif chance(rng, 0.7):
                people_outdoors.animal(world, rng, pick(rng, animals), 1)
            else:
                people_outdoors.cyclist(world, rng)


def near_things(
    world: World,
    rng: np.random.Generator,
    eye,
    probability: float = 0.45,
    kinds: Sequence[str] = ("twig", "twig", "trunk", "trunk", "bush", "tufts", "tufts", "rock", "person"),
) -> None:
    """Now and then something close to the camera."""
    if chance(rng, probability):
        ground = eye[2] - max(0.4, min(1.8, eye[2] - on(world, 0, 0)[2]))
        with world.placed((0, 0, ground)):
            foreground.foreground(world, rng, (eye[0], eye[1], eye[2] - ground), kinds)


def far_things(world: World, rng: np.random.Generator) -> None:
    """What closes the view: a wood, a village, a church, a mill, or nothing."""
    kind = rng.random()
    if kind < 0.4:
        wood_edge(world, rng, uniform(rng, 30, 110), high=uniform(rng, 7, 14))
    elif kind < 0.6:
        for _ in range(int(rng.integers(2, 7))):
            x, y = uniform(rng, -60, 60), uniform(rng, 45, 110)
            with world.placed(on(world, x, y), rng.normal(0, 0.8)):
                houses.house(world, rng, 0)
        if chance(rng, 0.5):
            with world.placed(on(world, rng.normal(0, 25), 95), rng.normal(0, 0.5)):
                landmarks.church(world, rng, 0)
    elif kind < 0.7:
        for _ in range(2):
            with world.placed(on(world, uniform(rng, -50, 50), uniform(rng, 50, 160)), rng.normal(0, 0.6)):
                landmarks.windmill(world, rng)
