"""Landscapes: meadows, forests, mountains, shores, parks, gardens, farms, ruins, snow and sand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from helpers.scenes import (
    countryside,
    foreground,
    houses,
    landmarks,
    outdoor_materials,
    outdoors,
    people_outdoors,
    plants,
    shapes,
    street_furniture,
    vehicles,
    weather,
)
from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.outdoor_materials import (
    asphalt,
    bark,
    darker,
    earth,
    foliage,
    masonry,
    metal,
    paving,
    shade,
    stone,
    timber,
    water,
)
from helpers.scenes.raycast import ground_height
from helpers.scenes.world import Material, View, World


def compose(world: World, rng: np.random.Generator) -> View:
    """Fills `world` with a landscape and returns where it is photographed from."""
    return pick(rng, _SCENES)(world, rng)


def _on(world: World, x: float, y: float) -> tuple[float, float, float]:
    """The point of the ground at (x, y)."""
    return x, y, ground_height(world.ground, x, y) if world.ground.relief > 0 else 0.0


def _spot(rng, near: float, far: float, spread: float = 0.75) -> tuple[float, float]:
    """A place before the camera, more often near than far, in or a little beside the picture."""
    d = near * (far / near) ** rng.random()
    return uniform(rng, -spread, spread) * d, d


def _land(
    world: World,
    rng,
    material: Material,
    *,
    relief: float | None = None,
    wavelength: float | None = None,
    flat: float | None = None,
    name: str = "ground",
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
    world.ground = weather.ground_of(material, name, relief, wavelength or 60.0, 20.0 if flat is None else flat)
    world.ground.seed = int(rng.integers(100_000))


def _eye(world: World, rng, low: float = 0.5, high: float = 1.85) -> tuple[float, float, float]:
    return 0.0, 0.0, _on(world, 0.0, 0.0)[2] + uniform(rng, low, high)


def _trees(
    world: World,
    rng,
    count: int,
    near: float,
    far: float,
    kinds: Sequence[str] | None = None,
    tall: tuple[float, float] = (4, 14),
    spread: float = 0.85,
    autumn: float = 0.08,
) -> None:
    for _ in range(count):
        x, y = _spot(rng, near, far, spread)
        with world.placed(_on(world, x, y), uniform(rng, 0, 6.3)):
            plants.tree(
                world,
                rng,
                pick(rng, kinds) if kinds else None,
                uniform(rng, *tall),
                outdoors.detail_at(y, 10, 25),
                autumn,
            )


def _scatter(world: World, rng, count: int, near: float, far: float, makers: Sequence, spread: float = 0.7) -> None:
    for _ in range(count):
        x, y = _spot(rng, near, far, spread)
        with world.placed(_on(world, x, y), uniform(rng, 0, 6.3)):
            pick(rng, makers)(world, rng)


def _wood_edge(world: World, rng, y: float, count: int = 12, high: float = 9.0) -> None:
    """A distant edge of a wood: a row of crowns."""
    leaves = [foliage(rng, cutout=0.15, size=3.0) for _ in range(2)]
    conifers = chance(rng, 0.3)
    gap = 1.6 * y / count
    with world.thing("tree"):
        for i in range(count):
            x = (i - count / 2) * gap + rng.normal(0, 0.3) * gap
            px, py, pz = _on(world, x, y + rng.normal(0, 0.05) * y)
            h = high * uniform(rng, 0.6, 1.2)
            if conifers:
                world.frustum((px, py, pz), (px, py, pz + 1.3 * h), 0.3 * h, leaves[i % 2], top_radius=0.1)
            else:
                world.ellipsoid((px, py, pz + 0.4 * h), (gap * uniform(rng, 0.5, 0.9), 0.5 * h, 0.6 * h), leaves[i % 2])


def _path(world: World, rng, material: Material, width: float, reach: float = 40.0, name: str = "pavement") -> None:
    """A winding path that leads away from the camera over the ground."""
    x, y, a = rng.normal(0, 1.0), -2.0, rng.normal(0, 0.25)
    bend, step = rng.normal(0, 0.06), 2.2
    here = _on(world, x, y)
    with world.thing(name):
        while y < reach:
            x, y = x - math.sin(a) * step, y + math.cos(a) * step
            there = _on(world, x, y)
            lap = np.subtract(there, here) * 0.04
            start, end = here - lap, there + lap
            start[2], end[2] = start[2] - 0.05, end[2] - 0.05
            shapes.plank(world, start, end, width, 0.2, material)
            here = there
            a = max(-1.0, min(1.0, a + bend))
            bend += rng.normal(0, 0.05) - 0.15 * bend


def _fences(world: World, rng, y: float) -> None:
    """A fence that crosses the picture, or runs away along one side."""
    kind = pick(rng, ("rails", "rails", "wire", "pickets", "wall"))
    if chance(rng, 0.5):
        turn = rng.normal(0, 0.3)
        for i in (-1, 0, 1):
            x = i * 9.5 * math.cos(turn)
            with world.placed(_on(world, x, y + i * 9.5 * math.sin(turn)), turn):
                street_furniture.fence(world, rng, 9.5, kind, 1)
        return
    side, out, turn = pick(rng, (-1, 1)), uniform(rng, 1.5, 4.5), rng.normal(0, 0.12)
    for i in range(4):
        s = 3 + 8 * i
        with world.placed(_on(world, side * out - math.sin(turn) * s, s), math.pi / 2 + turn):
            street_furniture.fence(world, rng, 8, kind, 1)


def _birds(world: World, rng) -> None:
    for _ in range(int(rng.integers(1, 6))):
        x, y = _spot(rng, 8, 50, 0.6)
        with world.placed((x, y, uniform(rng, 0.25, 0.6) * y), uniform(rng, 0, 6.3), uniform(rng, 0.7, 1.6)):
            people_outdoors.bird(world, rng)


def _company(
    world: World, rng, near: float = 3.0, far: float = 25.0, most: int = 4, animals: Sequence[str] = ("dog",)
) -> None:
    """Nobody, or a few people and animals."""
    for _ in range(int(rng.integers(0, most + 1))):
        x, y = _spot(rng, near, far, 0.5)
        with world.placed(_on(world, x, y), uniform(rng, 0, 6.3)):
            if chance(rng, 0.72):
                people_outdoors.person(world, rng, None, outdoors.detail_at(y, 8, 18))
            elif chance(rng, 0.7):
                people_outdoors.animal(world, rng, pick(rng, animals), 1)
            else:
                people_outdoors.cyclist(world, rng)


def _frame(
    world: World,
    rng,
    eye,
    probability: float = 0.45,
    kinds: Sequence[str] = ("twig", "twig", "trunk", "trunk", "bush", "tufts", "tufts", "rock", "person"),
) -> None:
    """Now and then something close to the camera."""
    if chance(rng, probability):
        ground = eye[2] - max(0.4, min(1.8, eye[2] - _on(world, 0, 0)[2]))
        with world.placed((0, 0, ground)):
            foreground.foreground(world, rng, (eye[0], eye[1], eye[2] - ground), kinds)


def _far(world: World, rng) -> None:
    """What closes the view: a wood, a village, a church, a mill, or nothing."""
    kind = rng.random()
    if kind < 0.4:
        _wood_edge(world, rng, uniform(rng, 30, 110), high=uniform(rng, 7, 14))
    elif kind < 0.6:
        for _ in range(int(rng.integers(2, 7))):
            x, y = uniform(rng, -60, 60), uniform(rng, 45, 110)
            with world.placed(_on(world, x, y), rng.normal(0, 0.8)):
                houses.house(world, rng, 0)
        if chance(rng, 0.5):
            with world.placed(_on(world, rng.normal(0, 25), 95), rng.normal(0, 0.5)):
                landmarks.church(world, rng, 0)
    elif kind < 0.7:
        for _ in range(2):
            with world.placed(_on(world, uniform(rng, -50, 50), uniform(rng, 50, 160)), rng.normal(0, 0.6)):
                landmarks.windmill(world, rng)


def _meadow(world: World, rng) -> View:
    """Grass with trees, bushes, a fence, animals and a path."""
    weather.weather(world, rng)
    _land(world, rng, outdoor_materials.grass(rng))
    autumn = pick(rng, (0.0, 0.05, 0.05, 0.7))
    _trees(world, rng, int(rng.integers(2, 9)), 7, 70, autumn=autumn)
    _scatter(
        world,
        rng,
        int(rng.integers(0, 7)),
        4,
        40,
        (plants.bush, plants.bush, countryside.rock, plants.tufts, plants.flowers),
    )
    if chance(rng, 0.45):
        _fences(world, rng, uniform(rng, 4, 20))
    if chance(rng, 0.4):
        _path(world, rng, earth(rng), uniform(rng, 0.8, 3.0))
    if chance(rng, 0.4):
        kind = pick(rng, ("cow", "horse", "sheep", "deer"))
        _scatter(world, rng, int(rng.integers(1, 6)), 4, 35, (lambda w, r: people_outdoors.animal(w, r, kind, 1),))
    _company(world, rng)
    _far(world, rng)
    if chance(rng, 0.15):
        _birds(world, rng)
    eye = _eye(world, rng)
    _frame(world, rng, eye)
    return outdoors.look(rng, eye, rng.normal(0, 8), rng.normal(-1, 5), uniform(rng, 38, 80))


def _forest(world: World, rng) -> View:
    """Between trunks, with undergrowth, a path and leaves overhead."""
    weather.weather(world, rng)
    _land(
        world,
        rng,
        earth(rng) if chance(rng, 0.6) else outdoor_materials.grass(rng),
        relief=pick(rng, (0.0, 0.5, 1.5, 4.0)),
        wavelength=uniform(rng, 8, 25),
        flat=1.5,
    )
    wood = [bark(rng) for _ in range(2)]
    slim, tall = uniform(rng, 0.08, 0.35), uniform(rng, 9, 22)
    path = chance(rng, 0.5)
    clear = uniform(rng, 0.8, 2.0) if path else 0.0
    if path:
        _path(world, rng, earth(rng), clear * 1.2, 30.0)
    conifer = chance(rng, 0.4)
    leaves = foliage(rng, autumn=0.25, cutout=0.5, size=2.0)
    for i in range(int(rng.integers(20, 45))):
        x, y = _spot(rng, 2.0, 45, 0.95)
        if abs(x) < clear:
            x = math.copysign(clear + 0.3, x)
        px, py, pz = _on(world, x, y)
        r = slim * uniform(rng, 0.4, 1.4)
        lean = rng.normal(0, 0.03, 2) * tall
        with world.thing("tree"):
            world.frustum(
                (px, py, pz - 0.2), (px + lean[0], py + lean[1], pz + tall), r, wood[i % 2], top_radius=r * 0.45
            )
            if y < 8:
                world.frustum((px, py, pz - 0.2), (px, py, pz + 0.5), r * 1.6, wood[i % 2], top_radius=r)
            for _ in range(2 if y < 15 else 0):
                z = uniform(rng, 0.15, 0.5) * tall
                a, out = uniform(rng, 0, 6.3), uniform(rng, 0.6, 2.5)
                foot = (px + lean[0] * z / tall, py + lean[1] * z / tall, pz + z)
                world.frustum(
                    foot,
                    (foot[0] + out * math.cos(a), foot[1] + out * math.sin(a), foot[2] + out * 0.3),
                    r * 0.25,
                    wood[i % 2],
                    top_radius=0.01,
                )
            if chance(rng, 0.6):
                top = tall * uniform(rng, 0.55, 0.85)
                if conifer:
                    world.frustum(
                        (px, py, pz + top * 0.6), (px, py, pz + tall), uniform(rng, 1.2, 2.2), leaves, top_radius=0.1
                    )
                else:
                    world.ellipsoid(
                        (px, py, pz + top),
                        (uniform(rng, 1.5, 3), uniform(rng, 1.5, 3), uniform(rng, 1.0, 2.5)),
                        leaves,
                    )
    _scatter(
        world,
        rng,
        int(rng.integers(3, 12)),
        2.5,
        20,
        (plants.bush, plants.bush, plants.tufts, countryside.rock, plants.bush, countryside.log_pile),
    )
    if chance(rng, 0.5):
        _wood_edge(world, rng, 50, 10, 12)
    if chance(rng, 0.4):
        x, y = _spot(rng, 2.5, 12, 0.4)
        base = np.array(_on(world, x, y))
        a, long = uniform(rng, 0, 3.1), uniform(rng, 2, 7)
        with world.thing("tree"):
            end = base + (long * math.cos(a), long * math.sin(a), 0.3)
            world.frustum(base + (0, 0, 0.2), end, 0.22, wood[0], top_radius=0.12)
    _company(world, rng, 3, 15, 2)
    eye = _eye(world, rng, 0.4, 1.8)
    _frame(world, rng, eye, 0.3, ("trunk", "trunk", "bush", "tufts", "twig", "person"))
    pitch = rng.normal(0, 6) if chance(rng, 0.85) else uniform(rng, 12, 30)
    return outdoors.look(rng, eye, rng.normal(0, 10), pitch, uniform(rng, 45, 85))


def _mountains(world: World, rng) -> View:
    """High mountains behind a valley or a lake, with conifers, rocks and perhaps a hut."""
    weather.weather(world, rng)
    world.sky.haze = pick(rng, (0.0, 0.0003, 0.0006, 0.0012))
    rocky = chance(rng, 0.4)
    colour = shade(rng, (0.35, 0.33, 0.3) if rocky else (0.16, 0.24, 0.08))
    snow = (0.85, 0.86, 0.9) if chance(rng, 0.3) else shade(rng, (0.3, 0.28, 0.26))
    skin = Material(colour, snow, "noise", uniform(rng, 0.3, 12), bump=0.5)
    _land(
        world,
        rng,
        skin,
        relief=uniform(rng, 60, 420),
        wavelength=uniform(rng, 120, 500),
        flat=uniform(rng, 15, 90),
    )
    if chance(rng, 0.4):
        x, y = rng.normal(0, 15), uniform(rng, 25, 60)
        with world.thing("water"):
            world.ellipsoid((x, y + 15, 0), (uniform(rng, 25, 60), uniform(rng, 15, 30), 0.08), water(rng))
    kinds = pick(rng, (("conifer",), ("conifer",), None))
    _trees(world, rng, int(rng.integers(3, 14)), 8, 130, kinds, (5, 16), 0.8)
    _scatter(
        world,
        rng,
        int(rng.integers(2, 9)),
        3,
        30,
        (
            countryside.rock,
            countryside.rock,
            lambda w, r: countryside.rock(w, r, uniform(r, 1, 4)),
            plants.bush,
            plants.tufts,
        ),
    )
    if chance(rng, 0.4):
        x, y = _spot(rng, 15, 60, 0.5)
        with world.placed(_on(world, x, y), rng.normal(0, 0.8)):
            (houses.house if chance(rng, 0.6) else landmarks.barn)(world, rng)
    if chance(rng, 0.3):
        _path(world, rng, earth(rng), uniform(rng, 0.8, 3))
    if chance(rng, 0.25):
        _fences(world, rng, uniform(rng, 4, 12))
    _company(world, rng, 2.5, 20, 2, ("dog", "cow", "sheep", "horse"))
    eye = _eye(world, rng)
    _frame(world, rng, eye, 0.45)
    return outdoors.look(rng, eye, rng.normal(0, 10), rng.normal(5, 5), uniform(rng, 38, 80))


def _shore(world: World, rng) -> View:
    """A beach, a lake's edge or a quay: sand or rocks, water to the horizon or to a far bank."""
    weather.weather(world, rng)
    world.ground = weather.ground_of(water(rng), "water")
    sand = (
        earth(rng)
        if chance(rng, 0.3)
        else Material(shade(rng, (0.62, 0.52, 0.37)), (0.5, 0.42, 0.3), "noise", uniform(rng, 0.1, 1), bump=0.2)
    )
    side = pick(rng, (-1, 1))
    beach = chance(rng, 0.7)
    with world.thing("ground"):
        if beach:  # a broad flat back of sand along one side, or right across before the camera
            if chance(rng, 0.5):
                world.ellipsoid((side * 24, 25, -0.6), (uniform(rng, 23, 27), 90, 1.6), sand)
                world.ellipsoid((0, -6, -0.5), (30, uniform(rng, 9, 14), 1.4), sand)
            else:
                world.ellipsoid((0, -10, -0.6), (60, uniform(rng, 17, 26), 1.5), sand)
            if chance(rng, 0.6):
                grass = outdoor_materials.grass(rng)
                world.ellipsoid((side * 32, 35, -0.5), (20, 60, uniform(rng, 2.5, 6)), grass)
        else:
            world.box(
                (0, -3, 0.2), (80, uniform(rng, 9, 14), 0.9), pick(rng, (paving, outdoor_materials.grass, timber))(rng)
            )
    top = 0.85 if beach else 0.65
    far = rng.random()
    if far < 0.65:
        land = outdoor_materials.grass(rng)
        with world.thing("ground"):
            for _ in range(int(rng.integers(2, 6))):
                x, y = uniform(rng, -120, 120), uniform(rng, 80, 220)
                world.ellipsoid((x, y, -1), (uniform(rng, 30, 110), 30, uniform(rng, 4, 30)), land)
        for _ in range(6):
            with world.placed((uniform(rng, -60, 60), uniform(rng, 60, 90), 0)):
                houses.house(world, rng, 0) if chance(rng, 0.3) else plants.tree(
                    world, rng, None, uniform(rng, 6, 14), 0
                )
    for _ in range(int(rng.integers(0, 4))):
        x, y = _spot(rng, 18, 90, 0.5)
        with world.placed((x, y, 0), uniform(rng, 0, 6.3)):
            vehicles.boat(world, rng)
    for _ in range(int(rng.integers(0, 8))):
        x, y = _spot(rng, 3.5, 25, 0.6)
        with world.placed((x, y, 0.2), uniform(rng, 0, 6.3)):
            countryside.rock(world, rng, uniform(rng, 0.4, 2.0 if chance(rng, 0.3) else 0.9))
    near = 9.0 if beach else 3.2
    for _ in range(int(rng.integers(1, 7))):
        x, y = _spot(rng, 2.2, near, 0.8)
        with world.placed((x, y, top - 0.12 - (0.02 * y if beach else 0)), uniform(rng, 0, 6.3)):
            makers = (
                (
                    people_outdoors.person,
                    people_outdoors.person,
                    street_furniture.cafe,
                    plants.tufts,
                    street_furniture.bench,
                    people_outdoors.animal,
                    people_outdoors.person,
                )
                if beach
                else (
                    street_furniture.bench,
                    street_furniture.bollard,
                    people_outdoors.person,
                    vehicles.bicycle,
                    street_furniture.lamp_post,
                )
            )
            pick(rng, makers)(world, rng)
    if chance(rng, 0.3):  # a jetty
        wood, x = timber(rng), rng.normal(0, 3)
        with world.thing("pavement"):
            world.box((x, 18, 0.75), (uniform(rng, 1.2, 2.5), 26, 0.12), wood)
            for i in range(8):
                for s in (-0.8, 0.8):
                    world.frustum((x + s, 6 + 3.4 * i, -1), (x + s, 6 + 3.4 * i, pick(rng, (0.8, 1.6))), 0.1, wood)
    if chance(rng, 0.3):
        for i in range(3):
            with world.placed((side * (6 + 2 * i), 5 + 7 * i, 0.7)):
                plants.tree(world, rng, pick(rng, ("palm", "palm", "broadleaf", "bare")), uniform(rng, 5, 10), 1)
    if chance(rng, 0.4):
        _birds(world, rng)
    eye = (0.0, 0.0, top + uniform(rng, 0.7, 1.7) if chance(rng, 0.85) else uniform(rng, 4, 10))
    if chance(rng, 0.35):
        with world.placed((0, 0, top - 0.15)):
            foreground.foreground(
                world, rng, (0, 0, eye[2] - top), ("twig", "person", "person", "tufts", "railing", "rock", "bush")
            )
    return outdoors.look(
        rng,
        eye,
        side * -uniform(rng, -10, 20),
        rng.normal(-2, 4) if eye[2] < 3 else -uniform(rng, 2, 18),
        uniform(rng, 38, 80),
    )


def _park(world: World, rng) -> View:
    """Lawns, paths, benches, lamps, trees, a pond, and people walking."""
    mood = weather.weather(world, rng)
    _land(world, rng, outdoor_materials.grass(rng), relief=pick(rng, (0.0, 0.8, 2.0)), wavelength=20.0, flat=4.0)
    if chance(rng, 0.8):
        _path(world, rng, pick(rng, (earth, paving, asphalt))(rng), uniform(rng, 1.5, 4.0))
    _trees(world, rng, int(rng.integers(4, 10)), 6, 60, autumn=pick(rng, (0.0, 0.1, 0.6)))
    _scatter(
        world,
        rng,
        int(rng.integers(1, 5)),
        3.5,
        25,
        (
            street_furniture.bench,
            street_furniture.bench,
            street_furniture.bin_,
            plants.flowers,
            plants.bush,
            street_furniture.planter,
            lambda w, r: street_furniture.lamp_post(w, r, 1, mood == "dusk"),
        ),
    )
    if chance(rng, 0.3):
        x, y = _spot(rng, 8, 22, 0.5)
        with world.thing("water"):
            world.ellipsoid(
                (x, y, world.to_world(_on(world, x, y))[2]),
                (uniform(rng, 4, 9), uniform(rng, 2.5, 5), 0.1),
                water(rng),
            )
    if chance(rng, 0.35):
        x, y = _spot(rng, 6, 25, 0.4)
        with world.placed(_on(world, x, y), rng.normal(0, 0.5)):
            pick(
                rng,
                (
                    street_furniture.statue,
                    street_furniture.statue,
                    street_furniture.fountain,
                    landmarks.round_tower,
                    landmarks.temple,
                ),
            )(world, rng)
    if chance(rng, 0.3):
        turn = rng.normal(0, 0.6)
        for i in range(3):
            with world.placed(_on(world, (i - 1) * 7, uniform(rng, 10, 14)), turn):
                plants.hedge(world, rng, 7, uniform(rng, 0.6, 1.8))
    _company(world, rng, 2.5, 25, 6, ("dog", "dog", "duck", "cat"))
    _far(world, rng)
    eye = _eye(world, rng)
    _frame(world, rng, eye, 0.45)
    return outdoors.look(rng, eye, rng.normal(0, 10), rng.normal(-2, 5), uniform(rng, 38, 80))


def _garden(world: World, rng) -> View:
    """A garden behind a house: lawn, beds, bushes, a fence, furniture; often looking a little down."""
    weather.weather(world, rng)
    world.ground = weather.ground_of(
        outdoor_materials.grass(rng) if chance(rng, 0.75) else pick(rng, (paving, earth))(rng)
    )
    deep = uniform(rng, 8, 22)
    if chance(rng, 0.65):
        with world.placed((rng.normal(0, 4), deep, 0), rng.normal(0, 0.3)):
            houses.house(world, rng)
    else:
        _wood_edge(world, rng, deep + 8, 8, 7)
    for side in (-1, 1):
        with world.placed((side * uniform(rng, 2.5, 8), deep / 2, 0), math.pi / 2 + rng.normal(0, 0.1)):
            what = rng.random()
            if what < 0.35:
                plants.hedge(world, rng, deep, uniform(rng, 1, 2.5))
            elif what < 0.75:
                street_furniture.fence(world, rng, deep, pick(rng, ("boards", "pickets", "mesh", "wall", "rails")))
    if chance(rng, 0.5):
        with world.thing("pavement"):
            world.box(
                (rng.normal(0, 1), deep / 2 - 1, 0),
                (uniform(rng, 0.8, 3.5), deep, 0.05),
                paving(rng),
                yaw=rng.normal(0, 0.15),
            )
    _scatter(
        world,
        rng,
        int(rng.integers(3, 9)),
        2.0,
        deep,
        (
            plants.bush,
            plants.bush,
            plants.flowers,
            plants.flowers,
            street_furniture.planter,
            countryside.rock,
            plants.tufts,
        ),
    )
    _scatter(
        world,
        rng,
        int(rng.integers(1, 4)),
        2.5,
        deep * 0.9,
        (
            street_furniture.cafe,
            street_furniture.bench,
            vehicles.bicycle,
            street_furniture.planter,
            street_furniture.bin_,
            people_outdoors.animal,
            people_outdoors.person,
            countryside.tent,
            countryside.log_pile,
        ),
        0.5,
    )
    _trees(world, rng, int(rng.integers(1, 4)), 5, deep, ("broadleaf", "young", "conifer"), (2.5, 7))
    eye = (0.0, 0.0, uniform(rng, 0.5, 1.8) if chance(rng, 0.85) else uniform(rng, 2.5, 6))
    if chance(rng, 0.45):
        foreground.foreground(world, rng, eye)
    pitch = rng.normal(-5, 6) if eye[2] < 2 else -uniform(rng, 12, 30)
    return outdoors.look(rng, eye, rng.normal(0, 15), pitch, uniform(rng, 42, 85))


def _farm(world: World, rng) -> View:
    """Fields in rows, a barn, bales, animals behind a fence, perhaps an orchard or a vineyard."""
    weather.weather(world, rng)
    _land(
        world,
        rng,
        outdoor_materials.grass(rng) if chance(rng, 0.5) else earth(rng),
        relief=pick(rng, (0.0, 0.0, 8.0, 25.0)),
        wavelength=90.0,
        flat=45.0,
    )
    kind = rng.random()
    if kind < 0.45:  # rows of a crop, vines or fruit trees
        turn, gap = rng.normal(0, 0.35), uniform(rng, 0.7, 3.0)
        crop = foliage(rng, cutout=0.3, size=0.5)
        high = uniform(rng, 0.3, 1.6) if gap > 1 else uniform(rng, 0.15, 0.6)
        n = int(min(11, 18 / gap))
        with world.placed((0, 3, 0), turn), world.thing("plant"):
            for i in range(-n, n + 1):
                world.box(((i + 0.5) * gap, 22, high / 2), (gap * 0.4, 44, high), crop)
    elif kind < 0.65:
        turn, gap = rng.normal(0, 0.3), uniform(rng, 3.5, 5)
        tall = uniform(rng, 3, 5)
        for i in range(-2, 3):
            for j in range(4):
                px, py = (i + 0.5) * gap, 5 + j * gap
                x, y = px * math.cos(turn) - py * math.sin(turn), px * math.sin(turn) + py * math.cos(turn)
                with world.placed((x, y, 0)):
                    plants.tree(world, rng, "young", tall, 0)
    else:
        _scatter(world, rng, int(rng.integers(3, 8)), 6, 50, (countryside.bale,))
    if chance(rng, 0.7):
        x, y = _spot(rng, 14, 50, 0.5)
        with world.placed(_on(world, x, y), rng.normal(0, 0.7)):
            landmarks.barn(world, rng)
            if chance(rng, 0.6):
                with world.placed((uniform(rng, 12, 18), 3, 0), rng.normal(0, 0.3)):
                    houses.house(world, rng, 1)
            if chance(rng, 0.4):
                with world.thing("building"):
                    for k in range(2):
                        world.frustum((-9 - 4 * k, 4, 0), (-9 - 4 * k, 4, 9), 1.7, metal(rng))
                        world.ellipsoid((-9 - 4 * k, 4, 9), (1.7, 1.7, 1.0), metal(rng))
    if chance(rng, 0.55):
        _fences(world, rng, uniform(rng, 3, 9))
        herd = pick(rng, ("cow", "horse", "sheep"))
        _scatter(world, rng, int(rng.integers(1, 6)), 4, 25, (lambda w, r: people_outdoors.animal(w, r, herd),), 0.5)
    if chance(rng, 0.3):
        x, y = _spot(rng, 5, 20, 0.5)
        with world.placed((x, y, 0), uniform(rng, 0, 6.3)):
            pick(rng, (vehicles.car, vehicles.lorry, vehicles.van))(world, rng)
    _trees(world, rng, int(rng.integers(1, 5)), 10, 80)
    _company(world, rng, 3, 20, 2)
    _far(world, rng)
    eye = _eye(world, rng)
    _frame(world, rng, eye, 0.35)
    return outdoors.look(rng, eye, rng.normal(0, 8), rng.normal(-2, 4), uniform(rng, 40, 80))


def _ruins(world: World, rng) -> View:
    """Broken walls, a castle or a temple in the open."""
    weather.weather(world, rng)
    _land(
        world,
        rng,
        outdoor_materials.grass(rng) if chance(rng, 0.6) else earth(rng),
        relief=pick(rng, (0.0, 1.5, 15.0)),
        wavelength=50.0,
        flat=30.0,
    )
    away = uniform(rng, 7, 25)
    with world.placed((rng.normal(0, 3), away, 0), rng.normal(0, 0.6)):
        kind = rng.random()
        if kind < 0.5:
            landmarks.ruin(world, rng)
        elif kind < 0.7:
            landmarks.arcade(world, rng, int(rng.integers(2, 6)), upper=uniform(rng, 0.2, 2.5))
        elif kind < 0.85:
            wall = masonry(rng)
            for x in (-8, 0, 9):
                with world.placed((x, uniform(rng, -2, 4), 0)):
                    landmarks.round_tower(world, rng, uniform(rng, 6, 14))
            with world.thing("building"):
                for x in (-4, 4.5):
                    world.box((x, 2, 2.6), (9, 1.2, 5.2), wall)
                    for k in range(5):
                        world.box((x - 3.6 + 1.8 * k, 2, 5.6), (0.9, 1.2, 0.9), wall)
        else:
            landmarks.colonnade(world, rng, int(rng.integers(3, 8)), uniform(rng, 2, 3.5), uniform(rng, 4, 9))
    _scatter(
        world, rng, int(rng.integers(2, 8)), 3, 25, (countryside.rock, countryside.rock, plants.bush, plants.tufts)
    )
    _trees(world, rng, int(rng.integers(1, 5)), 6, 50, ("broadleaf", "poplar", "conifer", "bare", "palm"))
    if chance(rng, 0.5):
        _path(world, rng, earth(rng), uniform(rng, 1, 4), away + 4)
    _company(world, rng, 3, away, 4)
    eye = _eye(world, rng)
    _frame(world, rng, eye, 0.4)
    return outdoors.look(rng, eye, rng.normal(0, 8), rng.normal(4, 6), uniform(rng, 40, 80))


def _snow(world: World, rng) -> View:
    """Winter: snow on the ground, conifers and bare trees, a hut, children with a snowman."""
    weather.weather(world, rng)
    white = uniform(rng, 0.7, 0.88)
    snow = Material(
        (white, white, min(0.92, white * 1.04)),
        (white * 0.88, white * 0.9, white * 0.96),
        "noise",
        uniform(rng, 0.2, 2),
        bump=0.3,
    )
    _land(
        world,
        rng,
        snow,
        relief=pick(rng, (0.0, 1.5, 20.0, 60.0, 200.0)),
        wavelength=uniform(rng, 25, 150),
        flat=uniform(rng, 4, 40),
    )
    _trees(world, rng, int(rng.integers(4, 13)), 5, 70, ("conifer", "conifer", "conifer", "bare"), (4, 14))
    if chance(rng, 0.5):
        x, y = _spot(rng, 12, 35, 0.5)
        with world.placed(_on(world, x, y), rng.normal(0, 0.6)):
            houses.house(world, rng)
    if chance(rng, 0.4):
        _path(
            world,
            rng,
            earth(rng) if chance(rng, 0.3) else Material((0.6, 0.62, 0.66), (0.45, 0.46, 0.5), "noise", 0.3),
            uniform(rng, 1, 4),
        )
    _scatter(
        world,
        rng,
        int(rng.integers(0, 6)),
        3,
        20,
        (countryside.rock, countryside.snowman, plants.tufts, countryside.log_pile, plants.bush),
    )
    if chance(rng, 0.4):
        _fences(world, rng, uniform(rng, 4, 14))
    _company(world, rng, 3, 20, 4)
    eye = _eye(world, rng)
    _frame(world, rng, eye, 0.35, ("trunk", "twig", "person", "rock", "pole"))
    return outdoors.look(rng, eye, rng.normal(0, 8), rng.normal(0, 5), uniform(rng, 40, 80))


def _desert(world: World, rng) -> View:
    """Dunes or stony desert with rocks, palms, table mountains and travellers."""
    weather.weather(world, rng)
    colour = shade(rng, pick(rng, ((0.62, 0.42, 0.22), (0.65, 0.52, 0.34), (0.5, 0.25, 0.14))))
    sand = Material(
        colour, darker(colour, 0.8), pick(rng, ("noise", "stripes", "gravel")), uniform(rng, 0.1, 1.0), bump=0.3
    )
    _land(
        world,
        rng,
        sand,
        relief=pick(rng, (1.5, 5.0, 12.0, 40.0)),
        wavelength=uniform(rng, 15, 80),
        flat=uniform(rng, 2, 20),
    )
    red = Material(colour, darker(colour, 0.6), "noise", uniform(rng, 0.5, 3), bump=0.7)
    with world.thing("rock"):
        for _ in range(int(rng.integers(0, 6))):
            x, y, high = uniform(rng, -80, 80), uniform(rng, 40, 150), uniform(rng, 6, 35)
            px, py, pz = _on(world, x, y)
            r = high * uniform(rng, 0.4, 1.6)
            world.frustum((px, py, pz - 2), (px, py, pz + high), r, red, top_radius=r * uniform(rng, 0.3, 0.9))
            world.frustum((px + r, py, pz - 2), (px + r, py, pz + high * 0.5), r * 0.8, red, top_radius=r * 0.5)
    _scatter(
        world,
        rng,
        int(rng.integers(3, 12)),
        2.5,
        35,
        (
            countryside.rock,
            countryside.rock,
            plants.tufts,
            plants.bush,
            lambda w, r: countryside.rock(w, r, uniform(r, 1, 4)),
        ),
    )
    _trees(world, rng, int(rng.integers(0, 6)), 7, 45, ("palm", "palm", "bare"), (4, 9))
    _company(world, rng, 3, 25, 4, ("horse", "dog"))
    eye = _eye(world, rng)
    _frame(world, rng, eye, 0.35, ("rock", "person", "tufts", "trunk", "wall"))
    return outdoors.look(rng, eye, rng.normal(0, 10), rng.normal(-1, 5), uniform(rng, 40, 80))


def _gorge(world: World, rng) -> View:
    """Between walls of rock, or along the foot of a cliff."""
    weather.weather(world, rng)
    world.ground = weather.ground_of(pick(rng, (earth, earth, outdoor_materials.grass, water))(rng))
    surface = stone(rng)
    surface = Material(surface.color, surface.color2, "noise", uniform(rng, 0.5, 3), bump=0.8)
    sides = (-1, 1) if chance(rng, 0.5) else (pick(rng, (-1, 1)),)
    gap = uniform(rng, 2, 8)
    for side in sides:
        s = -2.0
        with world.thing("rock"):
            while s < 45:
                size = uniform(rng, 4, 9)
                high = uniform(rng, 4, 16)
                x = side * (gap + size * 0.55 + rng.normal(0, 0.6))
                turn = np.linalg.qr(rng.normal(size=(3, 3)) * 0.3 + np.eye(3) * 1.2)[0]
                world.box((x, s, high * 0.4), (size, size * 1.2, high), surface, rotation=turn)
                world.ellipsoid(
                    (x - side * size * 0.2, s + size * 0.4, high * 0.2), (size * 0.5, size * 0.6, high * 0.5), surface
                )
                s += size * 0.85
        for _ in range(3):
            with world.placed((side * (gap + uniform(rng, 0.5, 3)), uniform(rng, 3, 20), uniform(rng, 0.0, 4.0))):
                plants.bush(world, rng, uniform(rng, 0.5, 1.6))
    _scatter(
        world,
        rng,
        int(rng.integers(4, 12)),
        2,
        25,
        (
            countryside.rock,
            countryside.rock,
            lambda w, r: countryside.rock(w, r, uniform(r, 0.8, 2.5)),
            plants.tufts,
            plants.bush,
        ),
        0.4,
    )
    _trees(world, rng, int(rng.integers(1, 6)), 8, 50, None, (4, 12))
    if chance(rng, 0.5):
        _path(world, rng, earth(rng), uniform(rng, 0.8, 2.5))
    _wood_edge(world, rng, 55, 8, 12)
    _company(world, rng, 3, 15, 2)
    eye = (0.0, 0.0, uniform(rng, 0.6, 1.8))
    if chance(rng, 0.3):
        foreground.foreground(world, rng, eye, ("rock", "rock", "bush", "twig", "trunk", "person", "tufts"))
    return outdoors.look(rng, eye, rng.normal(0, 12), rng.normal(5, 7), uniform(rng, 45, 85))


def _portrait(world: World, rng) -> View:
    """Somebody, an animal or a statue close to the camera, before one of the other landscapes."""
    view = pick(rng, (_meadow, _park, _shore, _snow, _desert, _ruins, _garden, _mountains))(world, rng)
    ex, ey, ez = view.eye
    floor = 0.7 if world.ground.class_name == "water" else _on(world, 0.0, 0.0)[2]
    height = max(0.7, min(1.7, ez - floor))
    d = uniform(rng, 1.1, 3.5)
    way = math.atan2(view.target[0] - ex, view.target[1] - ey)
    for k in range(1 if chance(rng, 0.65) else int(rng.integers(2, 4))):
        off = rng.normal(0, 0.18) + (k and (k - 1.5) * 0.5)
        a = way + off
        r = d * (1 + 0.15 * k)
        with world.placed((ex + r * math.sin(a), ey + r * math.cos(a), floor), math.pi - a + rng.normal(0, 0.7)):
            what = rng.random()
            if what < 0.72:
                people_outdoors.person(world, rng, pick(rng, ("stand", "stand", "walk")))
            elif what < 0.9:
                people_outdoors.animal(world, rng, pick(rng, ("dog", "dog", "horse", "cow", "sheep", "cat", "deer")))
            else:
                street_furniture.statue(world, rng)
    pitch = rng.normal(-3, 5)
    return outdoors.look(rng, (ex, ey, floor + height), -math.degrees(way), pitch, uniform(rng, 36, 75))


_SCENES = (
    (_meadow,) * 4 + (_forest,) * 4 + (_mountains,) * 3 + (_shore,) * 3 + (_park,) * 4 + (_garden,) * 4 + (_farm,) * 2
    + (_ruins,) * 2 + (_snow,) * 2 + (_desert,) + (_gorge,) + (_portrait,) * 5
)  # fmt: skip
