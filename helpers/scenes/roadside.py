"""What stands along a road: houses, trees, hedges, walls, works and fields; parked cars; lamps, signs and people."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from helpers.scenes import (
    countryside,
    houses,
    outdoor_materials,
    outdoors,
    people_outdoors,
    plants,
    shapes,
    street_furniture,
    vehicles,
)
from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.outdoor_materials import any_colour, foliage, metal
from helpers.scenes.roads import Path, detail_along
from helpers.scenes.world import Material, World

_START = -3.0  # metres along the road where a row begins, behind the camera


@dataclass(frozen=True)
class Side:
    """One side of a road, as far as it goes.

    sign: -1 left, 1 right. edge: metres from the middle of the road to where this side begins, unsigned.
    reach: metres along the road.
    """

    path: Path
    sign: int
    edge: float
    reach: float

    def beside(self, s: float, out: float) -> tuple[float, float, float]:
        """Position (x, y) of the point `s` metres along and `out` metres beyond the edge, and the road's heading."""
        return self.path(s, self.sign * (self.edge + out))

    def at(self, s: float, out: float) -> tuple[tuple[float, float, float], float]:
        """Position and yaw of what stands on that point and faces the road."""
        x, y, a = self.beside(s, out)
        return (x, y, 0.0), a - self.sign * math.pi / 2


def row(world: World, rng: np.random.Generator, side: Side, kind: str) -> None:
    """A row of that kind, one of `_ROWS`, along a side of a road."""
    _ROWS[kind](world, rng, side)


def _houses(
    world: World, rng: np.random.Generator, side: Side, *, setback: tuple[float, float], gap: tuple[float, float]
) -> None:
    """Houses `setback` metres from the pavement and `gap` metres apart; before deep gardens hedges or fences."""
    garden = uniform(rng, *setback)
    boundary = pick(rng, ("hedge", "wall", "bars", "rails", "pickets", "none", "hedge", "boards"))
    s = _START
    while s < side.reach:
        wide, detail = uniform(rng, 7, 13), detail_along(s + 2)
        with world.placed(*side.at(s + wide / 2, garden)):
            houses.house(world, rng, detail, wide)
        if garden > 2 and s < 40:
            _garden(world, rng, side, s, wide, garden, boundary)
        s += wide + uniform(rng, *gap)


def _garden(
    world: World, rng: np.random.Generator, side: Side, s: float, wide: float, deep: float, boundary: str
) -> None:
    """What closes a front garden `wide` metres long and `deep` metres deep, and perhaps a tree or a bush in it."""
    length = wide * uniform(rng, 0.55, 1.0)
    with world.placed(*side.at(s + length / 2, 0.3)):
        if boundary == "hedge":
            plants.hedge(world, rng, length, uniform(rng, 0.8, 2.2))
        elif boundary != "none":
            street_furniture.fence(world, rng, length, boundary, 1 if s < 6 else 0)
    if chance(rng, 0.5):
        detail = min(1, detail_along(s + 2))
        with world.placed(*side.at(s + wide * rng.random(), deep * 0.55)):
            if chance(rng, 0.5):
                plants.tree(world, rng, None, uniform(rng, 4, 9), detail)
            else:
                plants.bush(world, rng, uniform(rng, 0.8, 2.2), detail)


def _terrace(world: World, rng: np.random.Generator, side: Side) -> None:
    """Facades wall to wall, now and then with a gap."""
    storeys = int(rng.integers(2, 6))
    s = _START
    while s < side.reach:
        wide = uniform(rng, 7, 17)
        with world.placed(*side.at(s + wide / 2, 0.3)):
            high = max(2, storeys + int(rng.integers(-1, 2)))
            houses.facade(world, rng, wide, high, detail=2 if -1 < s < 6 else 1 if s < 30 else 0)
        s += wide + (uniform(rng, 3, 8) if chance(rng, 0.12) else 0.0)


def _trees(world: World, rng: np.random.Generator, side: Side, *, planted: bool = True) -> None:
    """Trees of one species in a line, or, where not `planted`, of any, closer together and scattered."""
    gap = uniform(rng, 5, 11) if planted else uniform(rng, 3, 6)
    species = pick(rng, plants.TREES)
    tall = uniform(rng, 6, 16)
    s = _START
    while s < min(side.reach, 75):
        along = s + rng.normal(0, 0.1 if planted else 1.5)
        where, yaw = side.at(along, 1.0 if planted else uniform(rng, 0.5, 5))
        with world.placed(where, yaw + rng.random() * 6):
            detail = min(1, detail_along(s * 0.8)) if s > 4 else 2
            plants.tree(world, rng, species if planted else None, tall * uniform(rng, 0.8, 1.2), detail)
        s += gap


def _forest(world: World, rng: np.random.Generator, side: Side) -> None:
    """Trees with a wall of leaves behind them."""
    _trees(world, rng, side, planted=False)
    green = foliage(rng, cutout=0.3, size=3.0)
    with world.thing("tree"):
        for i in range(7):
            (x, y, _), yaw = side.at(i * 13 - 2, 11)
            world.ellipsoid((x, y, 4), (9, 5, uniform(rng, 5, 11)), green, yaw=yaw)


def _hedge(world: World, rng: np.random.Generator, side: Side) -> None:
    """A hedge with gaps."""
    high = uniform(rng, 0.8, 3.0)
    for i in range(5):
        with world.placed(*side.at(i * 11 + 3, 0.8)):
            plants.hedge(world, rng, 11.5 if chance(rng, 0.85) else 7, high * uniform(rng, 0.9, 1.1), 1.0)


def _wall(world: World, rng: np.random.Generator, side: Side) -> None:
    """A long wall with trees behind it."""
    masonry, high = outdoor_materials.masonry(rng), uniform(rng, 0.9, 3.5)
    for i in range(5):
        with world.placed(*side.at(i * 10 + 2, 0.5)), world.thing("wall"):
            world.box((0, 0, high / 2), (10.2, 0.3, high), masonry)
            world.box((0, 0, high), (10.2, 0.4, 0.1), masonry)
    _trees_behind(world, rng, side)


def _fence(world: World, rng: np.random.Generator, side: Side) -> None:
    """A long fence with trees behind it."""
    style = pick(rng, ("mesh", "boards", "bars", "rails"))
    for i in range(5):
        with world.placed(*side.at(i * 10 + 2, 0.5)):
            street_furniture.fence(world, rng, 10, style, 1 if i < 2 else 0)
    _trees_behind(world, rng, side)


def _trees_behind(world: World, rng: np.random.Generator, side: Side) -> None:
    for _ in range(6):
        where, yaw = side.at(uniform(rng, 0, 60), uniform(rng, 2, 14))
        with world.placed(where, yaw):
            plants.tree(world, rng, None, uniform(rng, 5, 13), min(1, detail_along(where[1])))


def _works(world: World, rng: np.random.Generator, side: Side) -> None:
    """Halls of sheet metal with gates."""
    s = _START
    while s < side.reach:
        wide, high = uniform(rng, 15, 35), uniform(rng, 5, 11)
        place = side.at(s + wide / 2, uniform(rng, 3, 12))
        colour, pattern = any_colour(rng, 0.5), pick(rng, ("stripes", "planks", "plain", "facade"))
        skin = Material(colour, pattern=pattern, scale=uniform(rng, 0.3, 3.0), bump=0.3)
        with world.placed(*place):
            with world.thing("building"):
                world.box((0, 9, high / 2), (wide, 18, high), skin)
                world.box((0, 9, high), (wide + 0.3, 18.3, 0.4), metal(rng))
            with world.thing("door"):
                for x in (-0.25, 0.2):
                    world.box((x * wide, 0, 2.0), (3.5, 0.12, 4.0), outdoor_materials.plain(rng, (0.5, 0.5, 0.5)))
        s += wide + uniform(rng, 2, 12)


def _open(world: World, rng: np.random.Generator, side: Side) -> None:
    """Open fields with a few things in them."""
    for _ in range(int(rng.integers(3, 9))):
        along = uniform(rng, 6, 110)
        with world.placed(*side.at(along, uniform(rng, 2, 45))):
            what = rng.random()
            if what < 0.55:
                plants.tree(world, rng, None, uniform(rng, 4, 13), min(1, detail_along(along)))
            elif what < 0.7:
                plants.bush(world, rng, uniform(rng, 0.8, 2.5))
            elif what < 0.8:
                houses.house(world, rng, 0)
            elif what < 0.9:
                countryside.bale(world, rng)
            else:
                people_outdoors.animal(world, rng, pick(rng, ("cow", "horse", "sheep")), 0)
    if chance(rng, 0.35):
        for i in range(3):
            with world.placed(*side.at(i * 12 + 4, 1.2)):
                street_furniture.fence(world, rng, 12, pick(rng, ("rails", "wire")), 1)


_ROWS: dict[str, Callable[[World, np.random.Generator, Side], None]] = {
    "houses": partial(_houses, setback=(0.5, 3.0), gap=(0.0, 4.0)),
    "villas": partial(_houses, setback=(3.5, 9.0), gap=(2.0, 9.0)),
    "terrace": _terrace,
    "trees": _trees,
    "forest": _forest,
    "hedge": _hedge,
    "wall": _wall,
    "fence": _fence,
    "works": _works,
    "open": _open,
}


def parked(world: World, rng: np.random.Generator, side: Side, toward: bool) -> None:
    """Cars at the kerb; `toward`: they face the camera."""
    offset = side.sign * (side.edge - 1.0)
    s, last, density = uniform(rng, -1, 6), uniform(rng, 25, 60), uniform(rng, 0.5, 1.0)
    while s < last:
        gap = uniform(rng, 4.8, 6.2)
        if chance(rng, density):
            x, y, a = side.path(s + gap / 2, offset + rng.normal(0, 0.08))
            turn = math.pi if toward != chance(rng, 0.1) else 0.0
            with world.placed((x, y, 0.03), a + turn + rng.normal(0, 0.015)):
                if chance(rng, 0.04):
                    vehicles.lorry(world, rng, min(1, detail_along(s)))
                    s += 4.0
                else:
                    vehicles.car(world, rng, detail=detail_along(s - 2))
        s += gap


_BY_THE_KERB = (street_furniture.traffic_sign,) * 3 + (
    street_furniture.bollard, street_furniture.bin_, street_furniture.traffic_light,
)  # fmt: skip


def pavement_life(world: World, rng: np.random.Generator, side: Side, width: float, z: float, busy: float) -> None:
    """Lamps, signs, bins and people on a pavement `width` metres wide and `z` metres high; `busy`: 0 to 2."""
    lamps = chance(rng, 0.75)
    gap, first = uniform(rng, 14, 30), uniform(rng, 2, 14)
    for i in range(3):
        s = first + i * gap
        x, y, a = side.beside(s, 0.45)
        if lamps:
            with world.placed((x, y, z), a + side.sign * math.pi / 2):
                street_furniture.lamp_post(world, rng, 1 if s < 20 else 0)
    for _ in range(int(rng.integers(0, 4))):
        x, y, a = side.beside(uniform(rng, 4, 30), 0.4)
        with world.placed((x, y, z), a):
            pick(rng, _BY_THE_KERB)(world, rng)
    for _ in range(int(rng.poisson(1.5 * busy))):
        s = uniform(rng, 4, 35)
        x, y, a = side.beside(s, uniform(rng, 0.4, max(0.6, width - 0.3)))
        with world.placed((x, y, z), a + pick(rng, (0, math.pi)) + rng.normal(0, 0.3)):
            people_outdoors.person(world, rng, None, outdoors.detail_at(s, 10, 18))


def power_line(world: World, rng: np.random.Generator, path: Path, offset: float) -> None:
    """Three poles along the path, `offset` metres to its right, and the wires between them."""
    cable = Material((0.05, 0.05, 0.05))
    ends = None
    for i in range(3):
        x, y, a = path(2 + 28 * i, offset)
        with world.placed((x, y, 0), a):
            hooks = [world.to_world(h) for h in street_furniture.power_pole(world, rng)]
        if ends is not None:
            with world.thing("pole"):
                for p, q in zip(ends, hooks, strict=True):
                    shapes.wire(world, p, q, 0.5, 0.015, cable, 2)
        ends = hooks
