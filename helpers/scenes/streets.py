"""Streets: driving views, pavements, facades, alleys, squares, courtyards, car parks, bridges and railways."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from helpers.scenes import (
    foreground,
    houses,
    landmarks,
    outdoor_materials,
    outdoors,
    people_outdoors,
    plants,
    roadside,
    shapes,
    street_furniture,
    vehicles,
    weather,
)
from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.outdoor_materials import (
    RUBBER,
    WHITE_LINE,
    asphalt,
    earth,
    grass,
    metal,
    paving,
    shade,
    stone,
    textile,
    timber,
    water,
)
from helpers.scenes.roads import CrossSection, Path, cross_section, detail_along, road
from helpers.scenes.roadside import Side
from helpers.scenes.world import Material, View, World


def compose(world: World, rng: np.random.Generator) -> View:
    """Fills `world` with a street and returns where it is photographed from."""
    return pick(rng, _SCENES)(world, rng)


_ALONG = {
    "suburb": ("houses", "villas", "villas", "hedge", "wall", "trees", "terrace", "fence"),
    "city": ("terrace", "terrace", "terrace", "trees", "wall", "works"),
    "avenue": ("trees", "trees", "forest", "trees"),
    "rural": ("open", "open", "forest", "trees", "hedge", "fence"),
    "lane": ("hedge", "forest", "open", "wall", "trees"),
    "works": ("works", "fence", "works", "open"),
}
"""What stands along a street of each style, one kind on each side."""


@dataclass(frozen=True)
class _Street:
    """A street along +y. reach: metres. pavement: its width, metres (0: none). busy: 0 to 2, how many people walk."""

    style: str
    path: Path
    reach: float
    section: CrossSection
    pavement: float
    busy: float


def _street(world: World, rng: np.random.Generator) -> _Street:
    """Builds a whole street: weather, road, both sides, traffic and wires."""
    weather.weather(world, rng)
    style = pick(rng, ("suburb", "suburb", "suburb", "city", "city", "avenue", "rural", "rural", "lane", "works"))
    curvature = 0.0 if chance(rng, 0.6) else pick(rng, (-1, 1)) * uniform(rng, 0.004, 0.022)
    path = Path(curvature, uniform(rng, 5, 40))
    reach = uniform(rng, 65, 110) if curvature == 0 else 80.0
    section = cross_section(rng, style)
    soil = paving(rng) if style == "city" else earth(rng) if chance(rng, 0.15) else grass(rng)
    hills = uniform(rng, 5, 45) if chance(rng, 0.4) else 0.0
    world.ground = weather.ground_of(soil, "ground", hills, 150.0, 120.0)
    world.ground.seed = int(rng.integers(1000))
    pavement = road(world, rng, path, section, style=style, reach=reach * 1.6)
    busy = pick(rng, (0.0, 0.5, 1.0, 2.0)) * (1.0 if style in ("city", "suburb") else 0.3)
    street = _Street(style, path, reach, section, pavement, busy)
    for sign in (-1, 1):
        _street_side(world, rng, street, sign)
    _traffic(world, rng, street)
    if chance(rng, 0.3):
        roadside.power_line(world, rng, path, pick(rng, (section.outer_left - 0.8, section.outer_right + 0.8)))
    return street


def _street_side(world: World, rng: np.random.Generator, street: _Street, sign: int) -> None:
    """What stands on the left (-1) or on the right (1): a row of something, parked cars, life on the pavement."""
    section, pavement = street.section, street.pavement
    edge, bay = (-section.outer_left, section.bays[0]) if sign < 0 else (section.outer_right, section.bays[1])

    def side(edge: float) -> Side:
        return Side(street.path, sign, edge, street.reach)

    kind = pick(rng, _ALONG[street.style])
    roadside.row(world, rng, side(edge + (pavement or uniform(rng, 0.3, 3))), kind)
    if kind == "trees" and street.style == "avenue" and chance(rng, 0.6):
        roadside.row(world, rng, side(edge + pavement + 9), pick(rng, ("terrace", "villas", "forest")))
    if bay:
        roadside.parked(world, rng, side(edge), section.parked_toward(sign))
    if pavement:
        roadside.pavement_life(world, rng, side(edge), pavement, 0.02 + section.kerb, street.busy)


_ON_THE_ROAD = (vehicles.car,) * 4 + (vehicles.van, vehicles.lorry, vehicles.bus)


def _traffic(world: World, rng: np.random.Generator, street: _Street) -> None:
    """Vehicles ahead and oncoming, somebody on two wheels, somebody who crosses the road."""
    path, section = street.path, street.section
    left, right = section.left, section.right
    if chance(rng, 0.5):
        s = uniform(rng, 9, 60)
        x, y, a = path(s, rng.normal(0, 0.2))
        with world.placed((x, y, 0.03), a):
            pick(rng, _ON_THE_ROAD)(world, rng, detail=detail_along(s - 6))
    if section.lanes:
        for _ in range(int(rng.integers(0, 3))):
            s = uniform(rng, 8, 70)
            x, y, a = path(s, section.oncoming)
            with world.placed((x, y, 0.03), a + math.pi):
                pick(rng, _ON_THE_ROAD)(world, rng, detail=detail_along(s - 4))
    if chance(rng, 0.35):
        s = uniform(rng, 6, 25)
        x, y, a = path(s, pick(rng, (left + 0.6, right - 0.5, right - 0.5)))
        with world.placed((x, y, 0.03), a + pick(rng, (0, 0, math.pi))):
            pick(rng, (people_outdoors.cyclist, people_outdoors.cyclist, people_outdoors.motorcyclist))(world, rng)
    if chance(rng, 0.12 * (1 + street.busy)):
        s = uniform(rng, 6, 25)
        with world.placed((uniform(rng, left, right), s, 0.03), pick(rng, (-1, 1)) * math.pi / 2 + rng.normal(0, 0.2)):
            people_outdoors.person(world, rng, "walk")


def _drive(world: World, rng) -> View:
    """From the roof of a car on the road."""
    _street(world, rng)
    eye = (rng.normal(0, 0.25), 0.0, uniform(rng, 1.3, 1.85))
    yaw = rng.normal(0, 2.0) if chance(rng, 0.85) else rng.normal(0, 18.0)
    return outdoors.look(
        rng, eye, yaw, rng.normal(-1.0, 1.8), uniform(rng, 60, 95) if chance(rng, 0.7) else uniform(rng, 38, 60)
    )


def _walk(world: World, rng) -> View:
    """From the pavement, or across the street, or from a window above it."""
    street = _street(world, rng)
    left, right, width = street.section.outer_left, street.section.outer_right, street.pavement
    side = pick(rng, (-1, 1))
    edge = right if side > 0 else -left
    high = uniform(rng, 1.3, 1.75) if chance(rng, 0.8) else uniform(rng, 3.0, 9.0)
    x = side * (edge + max(0.3, width) * uniform(rng, 0.2, 0.8)) if chance(rng, 0.75) else uniform(rng, left, right)
    eye = (x, 0.0, high)
    yaw = side * uniform(rng, -5, 50) if chance(rng, 0.8) else rng.normal(0, 10)
    pitch = rng.normal(0, 6) if high < 2 else -uniform(rng, 5, 30)
    if chance(rng, 0.35) and high < 2:
        foreground.foreground(world, rng, eye, ("person", "pole", "twig", "person", "planter", "trunk", "bench"))
    return outdoors.look(rng, eye, yaw, pitch, uniform(rng, 42, 85))


def _people(world, rng, count: int, x: tuple[float, float], y: tuple[float, float], z: float = 0.0) -> None:
    for _ in range(count):
        px, py = uniform(rng, *x), uniform(rng, *y)
        with world.placed((px, py, z), uniform(rng, 0, 6.3)):
            what = rng.random()
            d = math.hypot(px, py)
            if what < 0.88:
                people_outdoors.person(world, rng, None, outdoors.detail_at(d, 9, 20))
            elif what < 0.94:
                people_outdoors.animal(world, rng, pick(rng, ("dog", "dog", "duck")), 1)
            else:
                people_outdoors.cyclist(world, rng)


def _clutter(world, rng, count: int, x: tuple[float, float], y: tuple[float, float]) -> None:
    for _ in range(count):
        with world.placed((uniform(rng, *x), uniform(rng, *y), 0), uniform(rng, 0, 6.3)):
            pick(
                rng,
                (
                    street_furniture.bench,
                    street_furniture.bench,
                    street_furniture.bin_,
                    street_furniture.planter,
                    street_furniture.planter,
                    street_furniture.bollard,
                    street_furniture.cafe,
                    street_furniture.lamp_post,
                    vehicles.bicycle,
                    street_furniture.traffic_sign,
                ),
            )(world, rng)


def _paved(world, rng) -> None:
    world.ground = weather.ground_of(paving(rng) if chance(rng, 0.8) else earth(rng), "pavement")


def _marks(world, rng, reach: float) -> None:
    """Patches, covers, puddles and lines on the ground."""
    with world.thing("pavement"):
        for i in range(int(rng.integers(0, 7))):
            x, y = rng.normal(0, 0.4) * reach, uniform(rng, 1.5, reach)
            z = 0.012 + 0.004 * i
            what = rng.random()
            if what < 0.3:
                world.frustum((x, y, 0), (x, y, z), 0.35, metal(rng))
            elif what < 0.8:
                surface = pick(rng, (asphalt, paving, paving, earth))(rng)
                size = (uniform(rng, 0.4, 3.0), uniform(rng, 0.4, 6.0), 2 * z)
                world.box((x, y, 0), size, surface, yaw=pick(rng, (0.0, rng.normal(0, 0.5))))
            else:
                wet = Material((0.05, 0.05, 0.06), gloss=0.9)
                world.ellipsoid((x, y, 0), (uniform(rng, 0.4, 1.5), uniform(rng, 0.3, 0.8), z), wet)


def _landmark(world, rng) -> None:
    """A building worth a photograph, its front at y = 0."""
    kind = rng.random()
    if kind < 0.3:
        houses.facade(world, rng, uniform(rng, 10, 26), int(rng.integers(2, 6)))
    elif kind < 0.45:
        houses.house(world, rng, 2)
    elif kind < 0.6:
        landmarks.temple(world, rng)
    elif kind < 0.75:
        landmarks.church(world, rng)
    elif kind < 0.85:
        landmarks.round_tower(world, rng)
        with world.placed((pick(rng, (-1, 1)) * 9, 2, 0)):
            houses.facade(world, rng, 12, 2, detail=1)
    else:
        length, high = landmarks.arcade(world, rng, int(rng.integers(3, 6)), upper=uniform(rng, 0.8, 2.0))
        with world.placed((0, uniform(rng, 2, 4), 0)):
            houses.facade(world, rng, length, int(rng.integers(2, 4)), detail=1)


def _front(world: World, rng) -> View:
    """A building seen from the square before it, straight on or obliquely, now and then looking up."""
    weather.weather(world, rng)
    _paved(world, rng)
    away = 5.0 * 5.0 ** rng.random()
    turn = rng.normal(0, 0.35) if chance(rng, 0.7) else pick(rng, (-1, 1)) * uniform(rng, 0.5, 1.1)
    with world.placed((0, away, 0), turn):
        _landmark(world, rng)
        if chance(rng, 0.7):
            for side in (-1, 1):
                with world.placed((side * uniform(rng, 15, 24), uniform(rng, -3, 6), 0)):
                    if chance(rng, 0.6):
                        houses.facade(world, rng, uniform(rng, 9, 15), detail=1)
                    else:
                        plants.tree(world, rng, None, uniform(rng, 7, 15), 1)
        if chance(rng, 0.25):
            with world.placed((rng.normal(0, 3), -3, 0)):
                plants.hedge(world, rng, uniform(rng, 4, 10), uniform(rng, 0.5, 1.2))
        if chance(rng, 0.3):
            for i in range(int(rng.integers(1, 4))):
                with world.placed((-6 + 5.5 * i + rng.normal(0, 0.3), -3.5, 0), math.pi / 2):
                    vehicles.car(world, rng, detail=1 if away > 14 else 2)
    _people(world, rng, int(rng.integers(0, 6)), (-0.5 * away, 0.5 * away), (3.5, max(5, away - 1.5)))
    _marks(world, rng, away)
    _clutter(world, rng, int(rng.integers(1, 6)), (-0.6 * away, 0.6 * away), (2.5, max(4, away - 1)))
    if chance(rng, 0.35):  # a strip of lawn, a path or a road before it
        with world.thing("road"):
            y = uniform(rng, 0.15, 0.7) * away
            strip = pick(rng, (asphalt, grass, paving))(rng)
            world.box((0, y, 0), (80, uniform(rng, 1.5, 4.0), 0.05), strip, yaw=rng.normal(0, 0.15))
    eye = (0.0, 0.0, uniform(rng, 0.6, 1.8) if chance(rng, 0.85) else uniform(rng, 3, 7))
    if chance(rng, 0.4):
        foreground.foreground(world, rng, eye)
    up = math.degrees(math.atan2(uniform(rng, 1.0, 6.0 if chance(rng, 0.7) else 14.0) - eye[2], away))
    return outdoors.look(rng, eye, rng.normal(0, 8), min(30.0, up), uniform(rng, 45, 85))


def _wall_view(world: World, rng) -> View:
    """A facade or a wall that runs obliquely from close by into the distance."""
    weather.weather(world, rng)
    _paved(world, rng)
    side = pick(rng, (-1, 1))
    near = uniform(rng, 0.9, 3.5)
    s = -4.0
    plain = chance(rng, 0.3)
    high, wall = uniform(rng, 1.5, 5.0), outdoor_materials.masonry(rng)
    while s < 50:
        wide = uniform(rng, 8, 14)
        with world.placed((side * near, s + wide / 2, 0), -side * math.pi / 2):
            if plain:
                with world.thing("wall"):
                    world.box((0, 0.2, high / 2), (wide + 0.1, 0.4, high), wall)
                    world.box((0, 0.2, high), (wide + 0.1, 0.6, 0.15), stone(rng))
                if s < 8 and chance(rng, 0.6):
                    houses.door(world, rng, 0.0, 0.0)
                if chance(rng, 0.4):
                    with world.placed((rng.normal(0, 3), -0.3, 0)):
                        plants.bush(world, rng, uniform(rng, 0.6, 1.8))
            else:
                houses.facade(world, rng, wide, int(rng.integers(2, 5)), detail=2 if s < 6 else 1 if s < 25 else 0)
        s += wide
    away = uniform(rng, 8, 26)
    s = 4.0
    while s < 50:
        wide = uniform(rng, 9, 16)
        with world.placed((-side * away, s + wide / 2, 0), side * math.pi / 2):
            if chance(rng, 0.6):
                houses.facade(world, rng, wide, detail=0)
            else:
                plants.tree(world, rng, None, uniform(rng, 6, 13), 1 if s < 20 else 0)
        s += wide
    with world.placed((rng.normal(0, 4), uniform(rng, 45, 60), 0)):
        _landmark(world, rng) if chance(rng, 0.5) else plants.tree(world, rng, None, 12, 1)
    inner = -side * (away - 2)
    _people(
        world, rng, int(rng.integers(0, 4)), (min(side * near * 0.7, inner), max(side * near * 0.7, inner)), (4, 25)
    )
    _clutter(world, rng, int(rng.integers(1, 5)), (side * (near - 0.5) - 0.2, side * (near - 0.5) + 0.2), (3, 20))
    eye = (0.0, 0.0, uniform(rng, 0.8, 1.8))
    return outdoors.look(rng, eye, -side * uniform(rng, -10, 40), rng.normal(3, 5), uniform(rng, 50, 85))


def _alley(world: World, rng) -> View:
    """A narrow lane between houses, with steps, pots, washing and a bright or a closed end."""
    weather.weather(world, rng)
    _paved(world, rng)
    half = uniform(rng, 0.9, 2.3)
    long = uniform(rng, 12, 35)
    for side in (-1, 1):
        s = -3.0
        while s < long:
            wide = uniform(rng, 6, 10)
            out = half + uniform(rng, 0, 0.7)
            with world.placed((side * out, s + wide / 2, 0), -side * math.pi / 2):
                if chance(rng, 0.35):
                    high, wall = uniform(rng, 2, 9), outdoor_materials.masonry(rng)
                    with world.thing("wall"):
                        world.box((0, 2, high / 2), (wide, 4, high), wall)
                    if chance(rng, 0.7):
                        houses.door(world, rng, rng.normal(0, 1.5), 0.0)
                    houses.window(
                        world, rng.normal(0, 2), min(high * 0.7, 3.5), 0.8, 1.1, timber(rng), houses.pane(rng)
                    )
                else:
                    houses.facade(
                        world,
                        rng,
                        wide,
                        int(rng.integers(2, 5)),
                        detail=2 if s < 5 else 1,
                        style="old",
                        ground_floor=pick(rng, ("windows", "entrance", "shop")),
                    )
            s += wide
    end = rng.random()
    if end < 0.4:
        with world.placed((0, long + uniform(rng, 2, 15), 0)):
            _landmark(world, rng)
    elif end < 0.6:
        with world.placed((0, long * 0.7, 0)):
            landmarks.arcade(world, rng, 1, pitch=2 * half + 0.6, upper=uniform(rng, 1, 4))
    elif end < 0.75:
        with world.placed((0, long * uniform(rng, 0.3, 0.8), 0)):
            landmarks.steps(world, rng, int(rng.integers(5, 14)), 2 * half + 1.5)
    elif end < 0.88:
        with world.placed((0, long + 6, 0)):
            plants.tree(world, rng, None, 9, 1)
    for _ in range(int(rng.integers(2, 7))):
        side = pick(rng, (-1, 1))
        with world.placed((side * (half - 0.25), uniform(rng, 2, long * 0.8), 0), -side * math.pi / 2):
            pick(
                rng,
                (
                    street_furniture.planter,
                    street_furniture.planter,
                    street_furniture.bin_,
                    vehicles.bicycle,
                    street_furniture.bench,
                    street_furniture.bollard,
                ),
            )(world, rng)
    if chance(rng, 0.35):
        y, z = uniform(rng, 3, 12), uniform(rng, 2.6, 5)
        with world.thing("cloth"):
            shapes.wire(world, (-half, y, z), (half, y, z), 0.15, 0.01, RUBBER, 2)
            for i in range(int(3 * half)):
                world.box((-half + 0.35 + 0.6 * i, y, z - 0.5), (0.45, 0.02, uniform(rng, 0.5, 0.9)), textile(rng))
    if chance(rng, 0.3):
        with world.thing("pole"):
            for _ in range(3):
                y, z = uniform(rng, 3, 20), uniform(rng, 4, 6)
                shapes.wire(world, (-half, y, z), (half, y + rng.normal(0, 2), z), 0.3, 0.012, RUBBER, 2)
    _people(world, rng, int(rng.integers(0, 4)), (-half * 0.7, half * 0.7), (3.5, long * 0.9))
    eye = (rng.normal(0, 0.25) * half, 0.0, uniform(rng, 1.2, 1.75))
    return outdoors.look(rng, eye, rng.normal(0, 8), rng.normal(3, 6), uniform(rng, 45, 85))


def _courtyard(world: World, rng) -> View:
    """A yard or terrace closed by buildings, arcades or walls on three sides."""
    weather.weather(world, rng)
    _paved(world, rng)
    half, deep = uniform(rng, 5, 14), uniform(rng, 10, 30)
    for where, turn, length in (
        ((0, deep, 0), 0.0, 2 * half),
        ((-half, deep / 2, 0), math.pi / 2, deep),
        ((half, deep / 2, 0), -math.pi / 2, deep),
    ):
        with world.placed(where, turn):
            kind = rng.random()
            if kind < 0.3:
                bays = max(2, min(5, int(length / 4)))
                _, high = landmarks.arcade(world, rng, bays, pitch=length / bays * 0.97, upper=uniform(rng, 0.4, 3))
                with world.placed((0, uniform(rng, 2, 3.5), 0)):
                    houses.facade(world, rng, length, int(rng.integers(1, 4)), detail=1)
            elif kind < 0.75:
                houses.facade(world, rng, length, int(rng.integers(2, 5)), detail=2 if turn == 0 else 1)
            elif kind < 0.9:
                street_furniture.fence(world, rng, length, "wall")
                for _ in range(4):
                    with world.placed((uniform(rng, -0.5, 0.5) * length, uniform(rng, 2, 8), 0)):
                        plants.tree(world, rng, None, uniform(rng, 5, 12), 1)
            else:
                plants.hedge(world, rng, length, uniform(rng, 1.2, 3))
    with world.placed((rng.normal(0, 0.2) * half, deep * uniform(rng, 0.35, 0.65), 0)):
        pick(
            rng,
            (
                street_furniture.fountain,
                street_furniture.statue,
                plants.tree,
                plants.tree,
                street_furniture.cafe,
                street_furniture.planter,
                street_furniture.bench,
                street_furniture.stall,
            ),
        )(world, rng)
    _marks(world, rng, deep)
    _clutter(world, rng, int(rng.integers(2, 7)), (-half * 0.9, half * 0.9), (2.5, deep * 0.9))
    _people(world, rng, int(rng.integers(0, 4)), (-half * 0.8, half * 0.8), (3.5, deep * 0.9))
    eye = (rng.normal(0, 0.3) * half, 0.0, uniform(rng, 0.7, 1.8) if chance(rng, 0.8) else uniform(rng, 3, 8))
    if chance(rng, 0.3):
        foreground.foreground(world, rng, eye)
    pitch = rng.normal(1, 6) if eye[2] < 2 else -uniform(rng, 8, 30)
    return outdoors.look(rng, eye, rng.normal(0, 20), pitch, uniform(rng, 50, 90))


def _square(world: World, rng) -> View:
    """An open square with a monument, a fountain or a market, and houses around."""
    mood = weather.weather(world, rng)
    _paved(world, rng)
    away = uniform(rng, 5, 22)
    with world.placed((rng.normal(0, 0.15) * away, away, 0), rng.normal(0, 0.5)):
        pick(
            rng,
            (
                street_furniture.statue,
                street_furniture.statue,
                street_furniture.statue,
                street_furniture.fountain,
                street_furniture.fountain,
                landmarks.temple,
                landmarks.church,
                landmarks.round_tower,
            ),
        )(world, rng)
    back = away + uniform(rng, 14, 45)
    x = -1.1 * back
    while x < 1.1 * back:
        wide = uniform(rng, 9, 22)
        with world.placed((x + wide / 2, back + uniform(rng, -1, 1), 0), rng.normal(0, 0.05)):
            what = rng.random()
            if what < 0.75:
                houses.facade(world, rng, wide, int(rng.integers(2, 6)), detail=1 if abs(x) < 12 and back < 40 else 0)
            elif what < 0.88:
                plants.tree(world, rng, None, uniform(rng, 8, 16), 1)
        x += wide
    if chance(rng, 0.4):
        for i in range(int(rng.integers(2, 5))):
            with world.placed((-4 + 3.2 * i, away * uniform(rng, 0.8, 1.3), 0), rng.normal(0, 0.3)):
                street_furniture.stall(world, rng) if chance(rng, 0.4) else street_furniture.cafe(world, rng)
    for _ in range(int(rng.integers(0, 4))):
        with world.placed((uniform(rng, -10, 10), uniform(rng, 4, back * 0.7), 0)):
            street_furniture.lamp_post(world, rng, 1, lit=mood == "dusk")
    _people(world, rng, int(rng.integers(0, 8)), (-7, 7), (3, back * 0.6))
    _marks(world, rng, away * 1.3)
    _clutter(world, rng, int(rng.integers(1, 6)), (-0.7 * away, 0.7 * away), (2.5, away * 1.4))
    eye = (0.0, 0.0, uniform(rng, 0.5, 1.8) if chance(rng, 0.85) else uniform(rng, 4, 10))
    if chance(rng, 0.35):
        foreground.foreground(world, rng, eye)
    pitch = uniform(rng, -4, 12) if eye[2] < 2 else -uniform(rng, 5, 25)
    return outdoors.look(rng, eye, rng.normal(0, 6), pitch, uniform(rng, 40, 80))


def _crossroads(world: World, rng) -> View:
    """Two roads that cross, with lights, zebra crossings, cars from the side and houses at the corners."""
    weather.weather(world, rng)
    world.ground = weather.ground_of(paving(rng), "pavement")
    half, cross, mid = uniform(rng, 3.2, 6.5), uniform(rng, 3.2, 6.5), uniform(rng, 9, 24)
    tar = asphalt(rng)
    with world.thing("road"):
        world.box((0, 70, 0), (2 * half, 190, 0.06), tar)
        world.box((0, mid, 0.0), (160, 2 * cross, 0.062), tar)
        for i in range(int(2 * half / 1.0)):
            world.box((-half + 0.5 + i, mid - cross - 2.0, 0.03), (0.5, 2.6, 0.03), WHITE_LINE)
        for i in range(3):
            world.box((0, mid - cross - 6 - 6 * i, 0.03), (0.13, 3, 0.03), WHITE_LINE)
    city = chance(rng, 0.65)
    for side in (-1, 1):
        for ahead in (False, True):
            y = mid + (cross + 3 if ahead else -cross - 3)
            for k in range(3 if ahead else 1):
                wide = uniform(rng, 9, 16)
                s = (y + wide * (k + 0.5)) if ahead else y - wide / 2
                with world.placed((side * (half + 3), s, 0), -side * math.pi / 2):
                    if city:
                        houses.facade(world, rng, wide, detail=1 if k == 0 else 0)
                    elif chance(rng, 0.6):
                        houses.house(world, rng, 1 if k == 0 else 0, wide * 0.8)
                    else:
                        plants.tree(world, rng, None, uniform(rng, 6, 13), 1)
            if ahead:
                for k in range(2):
                    wide = uniform(rng, 10, 18)
                    with world.placed((side * (half + 14 + 19 * k), y, 0)):
                        houses.facade(world, rng, wide, detail=0) if city else houses.house(world, rng, 0)
            with world.placed(
                (side * (half + 0.6), mid + (cross + 0.6 if ahead else -cross - 0.6), 0),
                0.0 if not ahead else rng.normal(0, 0.2),
            ):
                pick(
                    rng,
                    (
                        street_furniture.traffic_light,
                        street_furniture.traffic_light,
                        street_furniture.traffic_sign,
                        street_furniture.lamp_post,
                    ),
                )(world, rng)
    for _ in range(int(rng.integers(1, 5))):
        lane = pick(rng, (-1, 1))
        x = uniform(rng, -25, 25)
        with world.placed((x, mid + lane * cross / 2, 0.03), -lane * math.pi / 2 + math.pi):
            pick(
                rng,
                (
                    vehicles.car,
                    vehicles.car,
                    vehicles.car,
                    vehicles.van,
                    vehicles.bus,
                    people_outdoors.cyclist,
                    people_outdoors.motorcyclist,
                ),
            )(world, rng, detail=2 if abs(x) < 8 else 1)
    for _ in range(int(rng.integers(0, 3))):
        lane = pick(rng, (-1, 1))
        s = uniform(rng, 8, 50)
        with world.placed((lane * half / 2, s, 0.03), math.pi if lane < 0 else 0.0):
            vehicles.car(world, rng, detail=detail_along(s - 4))
    _people(world, rng, int(rng.integers(0, 5)), (-half - 3, half + 3), (mid - cross - 3.5, mid - cross - 1))
    if chance(rng, 0.65):
        eye = (half / 2 * pick(rng, (-1, 1)), 0.0, uniform(rng, 1.3, 1.8))
    else:
        eye = (half + 1.5, 0.0, uniform(rng, 1.4, 9.0))
    pitch = rng.normal(-1, 3) if eye[2] < 2 else -uniform(rng, 8, 28)
    return outdoors.look(rng, eye, rng.normal(0, 10), pitch, uniform(rng, 50, 90))


def _car_park(world: World, rng) -> View:
    """Rows of parked cars, from standing height or from a window."""
    weather.weather(world, rng)
    world.ground = weather.ground_of(asphalt(rng) if chance(rng, 0.75) else earth(rng), "road")
    rows = [uniform(rng, 3.5, 7)]
    while rows[-1] < 34:
        rows.append(rows[-1] + (5.2 if len(rows) % 2 == 0 and chance(rng, 0.6) else uniform(rng, 9, 12)))
    full = uniform(rng, 0.3, 0.9)
    for r, y in enumerate(rows):
        n = 3 if y < 12 else 5
        for i in range(-n, n + 1):
            if y < 22 and i % 2 == r % 2:
                with world.thing("road"):
                    world.box((2.6 * i - 1.3, y, 0.01), (0.1, 4.8, 0.02), WHITE_LINE)
            if chance(rng, full * (0.8 if y < 20 else 0.6)):
                with world.placed(
                    (2.6 * i + rng.normal(0, 0.12), y + rng.normal(0, 0.2), 0.0),
                    pick(rng, (0, math.pi)) + rng.normal(0, 0.03),
                ):
                    vehicles.car(world, rng, detail=2 if math.hypot(2.6 * i, y) < 8 else 1 if y < 15 else 0)
    for _ in range(5):
        with world.placed((uniform(rng, -16, 16), uniform(rng, 8, 45), 0)):
            pick(rng, (plants.tree, plants.tree, street_furniture.lamp_post))(world, rng, detail=1)
    with world.placed((rng.normal(0, 8), 46, 0), rng.normal(0, 0.2)):
        _landmark(world, rng)
    _people(world, rng, int(rng.integers(0, 4)), (-6, 6), (3, 20))
    eye = (rng.normal(0, 1), 0.0, uniform(rng, 1.4, 1.8) if chance(rng, 0.6) else uniform(rng, 3, 12))
    pitch = rng.normal(-3, 3) if eye[2] < 2 else -uniform(rng, 12, 32)
    return outdoors.look(rng, eye, rng.normal(0, 15), pitch, uniform(rng, 45, 80))


def _railway(world: World, rng) -> View:
    """Tracks with sleepers, masts and wires, a platform and perhaps a train."""
    weather.weather(world, rng)
    world.ground = weather.ground_of(
        grass(rng) if chance(rng, 0.6) else earth(rng), "ground", uniform(rng, 0, 20), 120.0, 90.0
    )
    tracks = int(rng.integers(1, 3))
    ballast = Material(shade(rng, (0.3, 0.27, 0.24)), pattern="gravel", scale=0.08, bump=0.6)
    steel = Material((0.35, 0.33, 0.32), gloss=0.6)
    wood = timber(rng)
    for t in range(tracks):
        x = 4.2 * t
        with world.thing("road"):
            world.box((x, 60, 0.0), (3.4, 160, 0.3), ballast)
            for i in range(22):
                world.box((x, 0.5 + 0.75 * i, 0.15), (2.5, 0.26, 0.08), wood)
            for side in (-0.75, 0.75):
                world.box((x + side, 60, 0.26), (0.07, 160, 0.16), steel)
    side = pick(rng, (-1, 1))
    out = -2.1 if side < 0 else 4.2 * tracks - 2.1
    platform = chance(rng, 0.6)
    if platform:
        wide = uniform(rng, 2.5, 5)
        with world.placed((out + side * wide / 2, 0, 0)):
            with world.thing("pavement"):
                world.box((0, 40, 0.45), (wide, 100, 0.95), paving(rng))
                world.box((-side * (wide / 2 - 0.5), 40, 0.93), (0.15, 100, 0.03), WHITE_LINE)
            for i in range(4):
                with world.placed((side * 0.8, 6 + 9 * i, 0.93), side * math.pi / 2):
                    pick(
                        rng,
                        (
                            street_furniture.lamp_post,
                            street_furniture.bench,
                            street_furniture.lamp_post,
                            street_furniture.bin_,
                        ),
                    )(world, rng)
            _people(world, rng, int(rng.integers(0, 6)), (-wide * 0.3, wide * 0.4), (4, 30), 0.93)
            if chance(rng, 0.5):
                with world.placed((side * (wide / 2 + 0.2), 22, 0.4), -side * math.pi / 2):
                    houses.facade(world, rng, 22, 2, detail=1)
    if chance(rng, 0.4):
        with world.placed((4.2 * int(rng.integers(tracks)), uniform(rng, 18, 45), 0.3), pick(rng, (0, math.pi))):
            for i in range(3):
                with world.placed((0, 13 * i, 0)):
                    vehicles.bus(world, rng, 1)
    if chance(rng, 0.6):
        with world.thing("pole"):
            for i in range(5):
                y = 5 + 16 * i
                world.box((-side * 2.8, y, 3.4), (0.25, 0.25, 6.8), metal(rng))
                world.box((0, y, 6.3), (5.8, 0.08, 0.08), steel)
            for t in range(tracks):
                world.box((4.2 * t, 50, 5.6), (0.03, 130, 0.03), RUBBER)
    for s in (-1, 1):
        edge = (3.0 if s < 0 else 4.2 * tracks - 0.6) + (6 if platform and s == side else 0)
        kind = pick(rng, ("open", "forest", "trees", "fence", "works", "wall"))
        roadside.row(world, rng, Side(Path(0.0, 0.0), s, edge, 70.0), kind)
    if platform and chance(rng, 0.6):
        eye = (out + side * uniform(rng, 0.8, 2.2), 0.0, 0.93 + uniform(rng, 1.3, 1.7))
    else:
        eye = (rng.normal(0, 1.0), 0.0, uniform(rng, 0.7, 5.0))
    return outdoors.look(rng, eye, rng.normal(0, 8), rng.normal(-2, 4), uniform(rng, 45, 80))


def _bridge(world: World, rng) -> View:
    """Along a footbridge or a quay with railings, or towards an arched bridge over water."""
    weather.weather(world, rng)
    world.ground = weather.ground_of(water(rng), "water")
    if chance(rng, 0.5):
        half = uniform(rng, 1.2, 4.0)
        with world.placed((0, 0, uniform(rng, 2, 6))):
            with world.thing("pavement"):
                world.box((0, 30, -0.3), (2 * half, 80, 0.6), pick(rng, (timber, paving))(rng))
            bars = metal(rng)
            for side in (-1, 1):
                for i in range(3):
                    with world.placed((side * half, 1 + 7 * i + 3.5, 0), math.pi / 2):
                        houses.railing(world, rng, 7, bars, spacing=0.4 if i == 0 else 0.8)
                with world.thing("fence"):
                    world.box((side * half, 45, 1.05), (0.06, 46, 0.05), bars)
                for i in range(3):
                    with world.placed((side * half, 6 + 14 * i, 0), side * math.pi / 2):
                        street_furniture.lamp_post(world, rng, 1)
            if chance(rng, 0.4):  # pylons and stays
                steel, y, tall = metal(rng), uniform(rng, 14, 30), uniform(rng, 10, 20)
                with world.thing("building"):
                    for side in (-1, 1):
                        world.box((side * (half + 0.5), y, tall / 2), (0.8, 0.8, tall), steel)
                        for k in range(5):
                            world.frustum(
                                (side * (half + 0.3), y, tall), (side * half, y - 3 - 3.2 * k, 0.2), 0.04, steel
                            )
                    world.box((0, y, tall * 0.9), (2 * half + 1, 0.7, 0.9), steel)
            _people(world, rng, int(rng.integers(0, 5)), (-half * 0.8, half * 0.8), (3, 30))
            base = world.to_world((rng.normal(0, 0.3) * half, 0, 0))
        eye = (base[0], 0.0, base[2] + uniform(rng, 1.3, 1.75))
        pitch = rng.normal(-2, 5)
    else:
        with world.placed((rng.normal(0, 4), uniform(rng, 10, 28), -1), rng.normal(0, 0.5)):
            length, high = landmarks.arcade(
                world, rng, int(rng.integers(2, 5)), pitch=uniform(rng, 5, 9), deep=uniform(rng, 3, 5), upper=0.8
            )
            with world.placed((0, 0.2, high)):
                houses.railing(world, rng, length, spacing=0.8)
        with world.thing("ground"):
            world.box((0, -1.2, 0.3), (30, 8, 1.0), grass(rng))
        eye = (0.0, 0.0, uniform(rng, 1.8, 4.0))
        pitch = rng.normal(1, 5)
        foreground.foreground(world, rng, (0.0, 0.0, eye[2]), ("twig", "twig", "tufts", "railing", "person"))
        with world.placed((uniform(rng, -5, 5), uniform(rng, 6, 14), 0), uniform(rng, 0, 6)):
            vehicles.boat(world, rng)
    x = -70.0
    back = uniform(rng, 45, 75)
    with world.thing("ground"):
        world.box((0, back + 40, 0), (320, 82, 1.4), grass(rng))
    while x < 70:
        wide = uniform(rng, 10, 24)
        with world.placed((x + wide / 2, back + 2, 0.5)):
            houses.facade(world, rng, wide, detail=0) if chance(rng, 0.6) else plants.tree(
                world, rng, None, uniform(rng, 7, 16), 0
            )
        x += wide
    return outdoors.look(rng, eye, rng.normal(0, 8), pitch, uniform(rng, 45, 80))


def _archway(world: World, rng) -> View:
    """A square or a street seen through an arch or between columns close by."""
    view = pick(rng, (_square, _courtyard))(world, rng)
    x, y, z = view.eye
    near = uniform(rng, 1.5, 4.0)
    with world.placed((x + rng.normal(0, 0.3) * near, y + near, 0), rng.normal(0, 0.15)):
        if chance(rng, 0.7):
            landmarks.arcade(world, rng, int(rng.integers(1, 4)), pitch=near * uniform(rng, 0.9, 1.6), upper=4.0)
        else:
            landmarks.colonnade(world, rng, 4, near * uniform(rng, 0.7, 1.2), uniform(rng, 3, 5))
    return outdoors.look(rng, (x, y, min(z, 1.75)), rng.normal(0, 8), rng.normal(2, 4), uniform(rng, 50, 85))


_SCENES = (
    (_drive,) * 9 + (_walk,) * 4 + (_front,) * 4 + (_wall_view,) * 2 + (_alley,) * 2 + (_courtyard,) * 3
    + (_square,) * 3 + (_crossroads,) * 2 + (_car_park, _railway, _bridge, _archway)
)  # fmt: skip
