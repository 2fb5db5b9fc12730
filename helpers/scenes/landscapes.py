"""Landscapes: meadows, forests, mountains, shores, parks, gardens, farms, ruins, snow and sand."""

from __future__ import annotations

import math
from dataclasses import dataclass

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
    street_furniture,
    terrain,
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
from helpers.scenes.world import Material, View, World


def compose(world: World, rng: np.random.Generator) -> View:
    """Fills `world` with a landscape and returns where it is photographed from."""
    return pick(rng, _SCENES)(world, rng)


def _meadow(world: World, rng: np.random.Generator) -> View:
    """Grass with trees, bushes, a fence, animals and a path."""
    weather.weather(world, rng)
    terrain.land(world, rng, outdoor_materials.grass(rng))
    autumn = pick(rng, (0.0, 0.05, 0.05, 0.7))
    terrain.trees(world, rng, int(rng.integers(2, 9)), 7, 70, autumn=autumn)
    terrain.scatter(
        world,
        rng,
        int(rng.integers(0, 7)),
        4,
        40,
        (plants.bush, plants.bush, countryside.rock, plants.tufts, plants.flowers),
    )
    if chance(rng, 0.45):
        terrain.fences(world, rng, uniform(rng, 4, 20))
    if chance(rng, 0.4):
        terrain.path(world, rng, earth(rng), uniform(rng, 0.8, 3.0))
    if chance(rng, 0.4):
        kind = pick(rng, ("cow", "horse", "sheep", "deer"))
        terrain.scatter(
            world, rng, int(rng.integers(1, 6)), 4, 35, (lambda w, r: people_outdoors.animal(w, r, kind, 1),)
        )
    terrain.company(world, rng)
    terrain.far_things(world, rng)
    if chance(rng, 0.15):
        terrain.birds(world, rng)
    eye = terrain.eye_of(world, rng)
    terrain.near_things(world, rng, eye)
    return outdoors.look(rng, eye, rng.normal(0, 8), rng.normal(-1, 5), uniform(rng, 38, 80))


def _forest(world: World, rng: np.random.Generator) -> View:
    """Between trunks, with undergrowth, a path and leaves overhead."""
    weather.weather(world, rng)
    terrain.land(
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
        terrain.path(world, rng, earth(rng), clear * 1.2, 30.0)
    conifer = chance(rng, 0.4)
    leaves = foliage(rng, autumn=0.25, cutout=0.5, size=2.0)
    for i in range(int(rng.integers(20, 45))):
        x, y = terrain.spot(rng, 2.0, 45, 0.95)
        if abs(x) < clear:
            x = math.copysign(clear + 0.3, x)
        px, py, pz = terrain.on(world, x, y)
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
    terrain.scatter(
        world,
        rng,
        int(rng.integers(3, 12)),
        2.5,
        20,
        (plants.bush, plants.bush, plants.tufts, countryside.rock, plants.bush, countryside.log_pile),
    )
    if chance(rng, 0.5):
        terrain.wood_edge(world, rng, 50, 10, 12)
    if chance(rng, 0.4):
        x, y = terrain.spot(rng, 2.5, 12, 0.4)
        base = np.array(terrain.on(world, x, y))
        a, long = uniform(rng, 0, 3.1), uniform(rng, 2, 7)
        with world.thing("tree"):
            end = base + (long * math.cos(a), long * math.sin(a), 0.3)
            world.frustum(base + (0, 0, 0.2), end, 0.22, wood[0], top_radius=0.12)
    terrain.company(world, rng, 3, 15, 2)
    eye = terrain.eye_of(world, rng, 0.4, 1.8)
    terrain.near_things(world, rng, eye, 0.3, ("trunk", "trunk", "bush", "tufts", "twig", "person"))
    pitch = rng.normal(0, 6) if chance(rng, 0.85) else uniform(rng, 12, 30)
    return outdoors.look(rng, eye, rng.normal(0, 10), pitch, uniform(rng, 45, 85))


def _mountains(world: World, rng: np.random.Generator) -> View:
    """High mountains behind a valley or a lake, with conifers, rocks and perhaps a hut."""
    weather.weather(world, rng)
    world.sky.haze = pick(rng, (0.0, 0.0003, 0.0006, 0.0012))
    rocky = chance(rng, 0.4)
    colour = shade(rng, (0.35, 0.33, 0.3) if rocky else (0.16, 0.24, 0.08))
    snow = (0.85, 0.86, 0.9) if chance(rng, 0.3) else shade(rng, (0.3, 0.28, 0.26))
    skin = Material(colour, snow, "noise", uniform(rng, 0.3, 12), bump=0.5)
    terrain.land(
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
    terrain.trees(world, rng, int(rng.integers(3, 14)), 8, 130, kinds, (5, 16), 0.8)
    terrain.scatter(
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
        x, y = terrain.spot(rng, 15, 60, 0.5)
        with world.placed(terrain.on(world, x, y), rng.normal(0, 0.8)):
            (houses.house if chance(rng, 0.6) else landmarks.barn)(world, rng)
    if chance(rng, 0.3):
        terrain.path(world, rng, earth(rng), uniform(rng, 0.8, 3))
    if chance(rng, 0.25):
        terrain.fences(world, rng, uniform(rng, 4, 12))
    terrain.company(world, rng, 2.5, 20, 2, ("dog", "cow", "sheep", "horse"))
    eye = terrain.eye_of(world, rng)
    terrain.near_things(world, rng, eye, 0.45)
    return outdoors.look(rng, eye, rng.normal(0, 10), rng.normal(5, 5), uniform(rng, 38, 80))


@dataclass(frozen=True)
class _Shore:
    """Where one stands at the water. side: -1 or 1, the side the land is on. top: metres above the water."""

    beach: bool
    side: int

    @property
    def top(self) -> float:
        return 0.85 if self.beach else 0.65


def _shore(world: World, rng: np.random.Generator) -> View:
    """A beach, a lake's edge or a quay: sand or rocks, water to the horizon or to a far bank."""
    weather.weather(world, rng)
    world.ground = weather.ground_of(water(rng), "water")
    shore = _bank(world, rng)
    side, top = shore.side, shore.top
    if chance(rng, 0.65):
        _far_bank(world, rng)
    for _ in range(int(rng.integers(0, 4))):
        x, y = terrain.spot(rng, 18, 90, 0.5)
        with world.placed((x, y, 0), uniform(rng, 0, 6.3)):
            vehicles.boat(world, rng)
    for _ in range(int(rng.integers(0, 8))):
        x, y = terrain.spot(rng, 3.5, 25, 0.6)
        with world.placed((x, y, 0.2), uniform(rng, 0, 6.3)):
            countryside.rock(world, rng, uniform(rng, 0.4, 2.0 if chance(rng, 0.3) else 0.9))
    _on_the_bank(world, rng, shore)
    if chance(rng, 0.3):
        _jetty(world, rng)
    if chance(rng, 0.3):
        for i in range(3):
            with world.placed((side * (6 + 2 * i), 5 + 7 * i, 0.7)):
                plants.tree(world, rng, pick(rng, ("palm", "palm", "broadleaf", "bare")), uniform(rng, 5, 10), 1)
    if chance(rng, 0.4):
        terrain.birds(world, rng)
    eye = (0.0, 0.0, top + uniform(rng, 0.7, 1.7) if chance(rng, 0.85) else uniform(rng, 4, 10))
    if chance(rng, 0.35):
        kinds = ("twig", "person", "person", "tufts", "railing", "rock", "bush")
        with world.placed((0, 0, top - 0.15)):
            foreground.foreground(world, rng, (0, 0, eye[2] - top), kinds)
    yaw = side * -uniform(rng, -10, 20)
    pitch = rng.normal(-2, 4) if eye[2] < 3 else -uniform(rng, 2, 18)
    return outdoors.look(rng, eye, yaw, pitch, uniform(rng, 38, 80))


def _bank(world: World, rng: np.random.Generator) -> _Shore:
    """The ground one stands on: a beach, along one side or right across before the camera, or a quay."""
    if chance(rng, 0.3):
        sand = earth(rng)
    else:
        colour = shade(rng, (0.62, 0.52, 0.37))
        sand = Material(colour, (0.5, 0.42, 0.3), "noise", uniform(rng, 0.1, 1), bump=0.2)
    side = pick(rng, (-1, 1))
    beach = chance(rng, 0.7)
    with world.thing("ground"):
        if not beach:
            size = (80, uniform(rng, 9, 14), 0.9)
            world.box((0, -3, 0.2), size, pick(rng, (paving, outdoor_materials.grass, timber))(rng))
            return _Shore(beach, side)
        if chance(rng, 0.5):
            world.ellipsoid((side * 24, 25, -0.6), (uniform(rng, 23, 27), 90, 1.6), sand)
            world.ellipsoid((0, -6, -0.5), (30, uniform(rng, 9, 14), 1.4), sand)
        else:
            world.ellipsoid((0, -10, -0.6), (60, uniform(rng, 17, 26), 1.5), sand)
        if chance(rng, 0.6):
            grass = outdoor_materials.grass(rng)
            world.ellipsoid((side * 32, 35, -0.5), (20, 60, uniform(rng, 2.5, 6)), grass)
    return _Shore(beach, side)


def _far_bank(world: World, rng: np.random.Generator) -> None:
    """Hills beyond the water, trees and houses before them."""
    land = outdoor_materials.grass(rng)
    with world.thing("ground"):
        for _ in range(int(rng.integers(2, 6))):
            x, y = uniform(rng, -120, 120), uniform(rng, 80, 220)
            world.ellipsoid((x, y, -1), (uniform(rng, 30, 110), 30, uniform(rng, 4, 30)), land)
    for _ in range(6):
        with world.placed((uniform(rng, -60, 60), uniform(rng, 60, 90), 0)):
            if chance(rng, 0.3):
                houses.house(world, rng, 0)
            else:
                plants.tree(world, rng, None, uniform(rng, 6, 14), 0)


_ON_A_BEACH = (
    people_outdoors.person, people_outdoors.person, street_furniture.cafe, plants.tufts, street_furniture.bench,
    people_outdoors.animal, people_outdoors.person,
)  # fmt: skip
_ON_A_QUAY = (
    street_furniture.bench, street_furniture.bollard, people_outdoors.person, vehicles.bicycle,
    street_furniture.lamp_post,
)  # fmt: skip


def _on_the_bank(world: World, rng: np.random.Generator, shore: _Shore) -> None:
    """People and things where one stands; a beach falls towards the water, a quay does not."""
    far, fall, makers = (9.0, 0.02, _ON_A_BEACH) if shore.beach else (3.2, 0, _ON_A_QUAY)
    for _ in range(int(rng.integers(1, 7))):
        x, y = terrain.spot(rng, 2.2, far, 0.8)
        with world.placed((x, y, shore.top - 0.12 - fall * y), uniform(rng, 0, 6.3)):
            pick(rng, makers)(world, rng)


def _jetty(world: World, rng: np.random.Generator) -> None:
    """A jetty of planks on posts, out into the water."""
    wood, x = timber(rng), rng.normal(0, 3)
    with world.thing("pavement"):
        world.box((x, 18, 0.75), (uniform(rng, 1.2, 2.5), 26, 0.12), wood)
        for i in range(8):
            for s in (-0.8, 0.8):
                world.frustum((x + s, 6 + 3.4 * i, -1), (x + s, 6 + 3.4 * i, pick(rng, (0.8, 1.6))), 0.1, wood)


def _park(world: World, rng: np.random.Generator) -> View:
    """Lawns, paths, benches, lamps, trees, a pond, and people walking."""
    mood = weather.weather(world, rng)
    terrain.land(world, rng, outdoor_materials.grass(rng), relief=pick(rng, (0.0, 0.8, 2.0)), wavelength=20.0, flat=4.0)
    if chance(rng, 0.8):
        terrain.path(world, rng, pick(rng, (earth, paving, asphalt))(rng), uniform(rng, 1.5, 4.0))
    terrain.trees(world, rng, int(rng.integers(4, 10)), 6, 60, autumn=pick(rng, (0.0, 0.1, 0.6)))
    terrain.scatter(
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
        x, y = terrain.spot(rng, 8, 22, 0.5)
        with world.thing("water"):
            world.ellipsoid(
                (x, y, world.to_world(terrain.on(world, x, y))[2]),
                (uniform(rng, 4, 9), uniform(rng, 2.5, 5), 0.1),
                water(rng),
            )
    if chance(rng, 0.35):
        x, y = terrain.spot(rng, 6, 25, 0.4)
        with world.placed(terrain.on(world, x, y), rng.normal(0, 0.5)):
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
            with world.placed(terrain.on(world, (i - 1) * 7, uniform(rng, 10, 14)), turn):
                plants.hedge(world, rng, 7, uniform(rng, 0.6, 1.8))
    terrain.company(world, rng, 2.5, 25, 6, ("dog", "dog", "duck", "cat"))
    terrain.far_things(world, rng)
    eye = terrain.eye_of(world, rng)
    terrain.near_things(world, rng, eye, 0.45)
    return outdoors.look(rng, eye, rng.normal(0, 10), rng.normal(-2, 5), uniform(rng, 38, 80))


def _garden(world: World, rng: np.random.Generator) -> View:
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
        terrain.wood_edge(world, rng, deep + 8, 8, 7)
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
    terrain.scatter(
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
    terrain.scatter(
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
    terrain.trees(world, rng, int(rng.integers(1, 4)), 5, deep, ("broadleaf", "young", "conifer"), (2.5, 7))
    eye = (0.0, 0.0, uniform(rng, 0.5, 1.8) if chance(rng, 0.85) else uniform(rng, 2.5, 6))
    if chance(rng, 0.45):
        foreground.foreground(world, rng, eye)
    pitch = rng.normal(-5, 6) if eye[2] < 2 else -uniform(rng, 12, 30)
    return outdoors.look(rng, eye, rng.normal(0, 15), pitch, uniform(rng, 42, 85))


def _farm(world: World, rng: np.random.Generator) -> View:
    """Fields in rows, a barn, bales, animals behind a fence, perhaps an orchard or a vineyard."""
    weather.weather(world, rng)
    terrain.land(
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
        terrain.scatter(world, rng, int(rng.integers(3, 8)), 6, 50, (countryside.bale,))
    if chance(rng, 0.7):
        x, y = terrain.spot(rng, 14, 50, 0.5)
        with world.placed(terrain.on(world, x, y), rng.normal(0, 0.7)):
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
        terrain.fences(world, rng, uniform(rng, 3, 9))
        herd = pick(rng, ("cow", "horse", "sheep"))
        terrain.scatter(
            world, rng, int(rng.integers(1, 6)), 4, 25, (lambda w, r: people_outdoors.animal(w, r, herd),), 0.5
        )
    if chance(rng, 0.3):
        x, y = terrain.spot(rng, 5, 20, 0.5)
        with world.placed((x, y, 0), uniform(rng, 0, 6.3)):
            pick(rng, (vehicles.car, vehicles.lorry, vehicles.van))(world, rng)
    terrain.trees(world, rng, int(rng.integers(1, 5)), 10, 80)
    terrain.company(world, rng, 3, 20, 2)
    terrain.far_things(world, rng)
    eye = terrain.eye_of(world, rng)
    terrain.near_things(world, rng, eye, 0.35)
    return outdoors.look(rng, eye, rng.normal(0, 8), rng.normal(-2, 4), uniform(rng, 40, 80))


def _ruins(world: World, rng: np.random.Generator) -> View:
    """Broken walls, a castle or a temple in the open."""
    weather.weather(world, rng)
    terrain.land(
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
    terrain.scatter(
        world, rng, int(rng.integers(2, 8)), 3, 25, (countryside.rock, countryside.rock, plants.bush, plants.tufts)
    )
    terrain.trees(world, rng, int(rng.integers(1, 5)), 6, 50, ("broadleaf", "poplar", "conifer", "bare", "palm"))
    if chance(rng, 0.5):
        terrain.path(world, rng, earth(rng), uniform(rng, 1, 4), away + 4)
    terrain.company(world, rng, 3, away, 4)
    eye = terrain.eye_of(world, rng)
    terrain.near_things(world, rng, eye, 0.4)
    return outdoors.look(rng, eye, rng.normal(0, 8), rng.normal(4, 6), uniform(rng, 40, 80))


def _snow(world: World, rng: np.random.Generator) -> View:
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
    terrain.land(
        world,
        rng,
        snow,
        relief=pick(rng, (0.0, 1.5, 20.0, 60.0, 200.0)),
        wavelength=uniform(rng, 25, 150),
        flat=uniform(rng, 4, 40),
    )
    terrain.trees(world, rng, int(rng.integers(4, 13)), 5, 70, ("conifer", "conifer", "conifer", "bare"), (4, 14))
    if chance(rng, 0.5):
        x, y = terrain.spot(rng, 12, 35, 0.5)
        with world.placed(terrain.on(world, x, y), rng.normal(0, 0.6)):
            houses.house(world, rng)
    if chance(rng, 0.4):
        terrain.path(
            world,
            rng,
            earth(rng) if chance(rng, 0.3) else Material((0.6, 0.62, 0.66), (0.45, 0.46, 0.5), "noise", 0.3),
            uniform(rng, 1, 4),
        )
    terrain.scatter(
        world,
        rng,
        int(rng.integers(0, 6)),
        3,
        20,
        (countryside.rock, countryside.snowman, plants.tufts, countryside.log_pile, plants.bush),
    )
    if chance(rng, 0.4):
        terrain.fences(world, rng, uniform(rng, 4, 14))
    terrain.company(world, rng, 3, 20, 4)
    eye = terrain.eye_of(world, rng)
    terrain.near_things(world, rng, eye, 0.35, ("trunk", "twig", "person", "rock", "pole"))
    return outdoors.look(rng, eye, rng.normal(0, 8), rng.normal(0, 5), uniform(rng, 40, 80))


def _desert(world: World, rng: np.random.Generator) -> View:
    """Dunes or stony desert with rocks, palms, table mountains and travellers."""
    weather.weather(world, rng)
    colour = shade(rng, pick(rng, ((0.62, 0.42, 0.22), (0.65, 0.52, 0.34), (0.5, 0.25, 0.14))))
    sand = Material(
        colour, darker(colour, 0.8), pick(rng, ("noise", "stripes", "gravel")), uniform(rng, 0.1, 1.0), bump=0.3
    )
    terrain.land(
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
            px, py, pz = terrain.on(world, x, y)
            r = high * uniform(rng, 0.4, 1.6)
            world.frustum((px, py, pz - 2), (px, py, pz + high), r, red, top_radius=r * uniform(rng, 0.3, 0.9))
            world.frustum((px + r, py, pz - 2), (px + r, py, pz + high * 0.5), r * 0.8, red, top_radius=r * 0.5)
    terrain.scatter(
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
    terrain.trees(world, rng, int(rng.integers(0, 6)), 7, 45, ("palm", "palm", "bare"), (4, 9))
    terrain.company(world, rng, 3, 25, 4, ("horse", "dog"))
    eye = terrain.eye_of(world, rng)
    terrain.near_things(world, rng, eye, 0.35, ("rock", "person", "tufts", "trunk", "wall"))
    return outdoors.look(rng, eye, rng.normal(0, 10), rng.normal(-1, 5), uniform(rng, 40, 80))


def _gorge(world: World, rng: np.random.Generator) -> View:
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
    terrain.scatter(
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
    terrain.trees(world, rng, int(rng.integers(1, 6)), 8, 50, None, (4, 12))
    if chance(rng, 0.5):
        terrain.path(world, rng, earth(rng), uniform(rng, 0.8, 2.5))
    terrain.wood_edge(world, rng, 55, 8, 12)
    terrain.company(world, rng, 3, 15, 2)
    eye = (0.0, 0.0, uniform(rng, 0.6, 1.8))
    if chance(rng, 0.3):
        foreground.foreground(world, rng, eye, ("rock", "rock", "bush", "twig", "trunk", "person", "tufts"))
    return outdoors.look(rng, eye, rng.normal(0, 12), rng.normal(5, 7), uniform(rng, 45, 85))


def _portrait(world: World, rng: np.random.Generator) -> View:
    """Somebody, an animal or a statue close to the camera, before one of the other landscapes."""
    view = pick(rng, (_meadow, _park, _shore, _snow, _desert, _ruins, _garden, _mountains))(world, rng)
    ex, ey, ez = view.eye
    floor = 0.7 if world.ground.class_name == "water" else terrain.on(world, 0.0, 0.0)[2]
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
