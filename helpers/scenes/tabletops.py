"""Close views: tables, desks, shelves, worktops, sofas and floors with things on them, a room behind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import atan2, cos, hypot, pi, radians, sin, tan

import numpy as np

from helpers.scenes import (
    desk_things,
    fittings,
    house_plants,
    household,
    lamps,
    people_indoors,
    seating,
    shapes,
    small_things,
    storage,
    tables,
    tableware,
    toys,
)
from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.floor_plan import Plan
from helpers.scenes.furnishing import hang, put
from helpers.scenes.indoor_materials import colour, random_material
from helpers.scenes.photographer import CRAMPED, Point, Probe, judged, nearly_level, tilt
from helpers.scenes.shell import shell
from helpers.scenes.world import Material, View, World

Places = list[tuple]
"""Where things lie on a surface: x, y, radius and, where it matters, a height and the direction its face looks in."""

_ENOUGH = 150  # shapes after which nothing more is put on the table


def _clutter(world: World, rng: np.random.Generator, w: float, d: float) -> Places:
    theme = pick(rng, ("any", "any", "meal", "kitchen", "desk", "living", "toys", "shelf"))
    patch_w, patch_d = min(w, uniform(rng, 0.45, 1.2)), min(d, uniform(rng, 0.4, 0.9))
    n = max(5, int(uniform(rng, 12, 40) * patch_w * patch_d))
    x, y = uniform(rng, -0.4, 0.4) * (w - patch_w), uniform(rng, -0.4, 0.4) * (d - patch_d)
    with world.placed((x, y, 0)):
        found = small_things.scatter(world, rng, patch_w, patch_d, n, theme)
    return [(x + a, y + b, r) for a, b, r in found]


def _chess(world: World, rng: np.random.Generator, w: float, d: float) -> Places:
    field = uniform(rng, 0.045, 0.06)
    light, dark = (
        colour(rng, pick(rng, ("white", "wood", "pale"))),
        colour(rng, pick(rng, ("dark", "wood", "green"))),
    )
    white = Material(colour(rng, pick(rng, ("white", "wood"))), gloss=0.4)
    black = Material(colour(rng, pick(rng, ("dark", "wood", "vivid"))), gloss=0.4)
    places = []
    with world.placed((0, 0, 0), uniform(rng, 0, 2 * pi)):
        with world.thing("box"):
            world.box((0, 0, 0.01), (8.6 * field, 8.6 * field, 0.018), random_material(rng, "wood"))
            world.box((0, 0, 0.0105), (8 * field, 8 * field, 0.019), Material(light, dark, "checker", field, 0.3))
        used = set()
        opening = chance(rng, 0.5)
        for k in range(whole(rng, 6, 13)):
            own = k % 2 == 0
            row = (whole(rng, 0, 1) if own else whole(rng, 6, 7)) if opening else whole(rng, 0, 7)
            cell = (whole(rng, 0, 7), row)
            if cell in used or len(world) > _ENOUGH + 30:
                continue
            used.add(cell)
            x, y = (cell[0] - 3.5) * field, (cell[1] - 3.5) * field
            kind = 0 if chance(rng, 0.5) else whole(rng, 1, 5)
            with world.placed((x, y, 0.02), 0.0 if own else pi, field / 0.05):
                toys.chess_piece(world, rng, white if own else black, kind)
            point = world.to_world((x, y, 0.0))
            places.append((*point[:2], 0.03))
    origin = world.to_world((0, 0, 0))
    places = [_local(world, origin, p) for p in places]
    return [*places, *_around(world, rng, w, d, 0.33, whole(rng, 1, 6), "living")]


def _local(world: World, origin: np.ndarray, place) -> tuple[float, float, float]:
    """A place in world x, y seen from the current placement."""
    turn = world._placement[:3, :3]
    x, y, _ = turn.T @ (np.array([place[0], place[1], origin[2]]) - origin) / max(1e-9, np.linalg.det(turn)) ** (2 / 3)
    return float(x), float(y), place[2]


def _around(world: World, rng: np.random.Generator, w: float, d: float, clear: float, n: int, theme: str) -> Places:
    """Up to n things on the surface outside a circle of radius `clear` about its middle."""
    places: Places = []
    for _ in range(n):
        function, radius = small_things.SMALL[pick(rng, small_things.THEMES[theme])]
        out = clear + radius + 0.35 * rng.random()
        a = uniform(rng, 0, 2 * pi)
        x, y = out * cos(a), out * sin(a)
        if abs(x) > w / 2 - radius or abs(y) > d / 2 - radius or len(world) > _ENOUGH:
            continue
        if any(hypot(x - a, y - b) < radius + r for a, b, r in places):
            continue
        places.append((x, y, radius))
        with world.placed((x, y, 0), uniform(rng, -pi, pi)):
            function(world, rng)
    return places


def _rows(world: World, rng: np.random.Generator, w: float, d: float) -> Places:
    names = pick(
        rng,
        (
            ("bottle",),
            ("jar", "bottle"),
            ("carton", "jar"),
            ("cup",),
            ("glass", "bottle"),
            ("block",),
            ("fruit",),
            ("candle",),
            ("clock", "vase"),
            ("potted",),
        ),
    )
    radius = max(small_things.SMALL[name][1] for name in names) * uniform(rng, 1.0, 1.3)
    columns, rows = max(2, min(6, int(w / 2.1 / radius))), max(1, min(3, int(d / 2.1 / radius)))
    places = []
    turn = uniform(rng, -0.3, 0.3)
    for i in range(columns):
        for j in range(rows):
            if len(world) > _ENOUGH or chance(rng, 0.1):
                continue
            x, y = (i - (columns - 1) / 2) * 2.1 * radius, (j - (rows - 1) / 2) * 2.1 * radius
            x, y = x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)
            if abs(x) > w / 2 - radius * 0.7 or abs(y) > d / 2 - radius * 0.7:
                continue
            with world.placed((x, y, 0), uniform(rng, 0, 6)):
                small_things.SMALL[pick(rng, names)][0](world, rng)
            places.append((x, y, radius))
    return places


def _hero(world: World, rng: np.random.Generator, w: float, d: float) -> Places:
    name = pick(
        rng,
        (
            "cup",
            "cup",
            "plate",
            "bowl",
            "teapot",
            "bottle",
            "vase",
            "books",
            "fruit",
            "plush",
            "toy_car",
            "potted",
            "laptop",
            "glass",
            "jar",
            "carton",
            "desk_lamp",
            "hand",
            "block",
            "clock",
            "phone",
            "open_book",
        ),
    )
    function, radius = small_things.SMALL[name]
    scale = uniform(rng, 0.9, 1.3)
    with world.placed((0, 0, 0), uniform(rng, -pi, pi), scale):
        function(world, rng)
    theme = pick(rng, ("any", "living", "meal", "desk"))
    return [(0.0, 0.0, radius * scale)] * 4 + _around(world, rng, w, d, radius * scale, whole(rng, 3, 11), theme)


def _setting(world: World, rng: np.random.Generator, w: float, d: float) -> Places:
    places: Places = []
    n = max(1, int(w / 0.6))
    mat = random_material(rng, "fabric") if chance(rng, 0.4) else None
    for k in range(n):
        for s in (-1, 1):
            if len(world) > _ENOUGH:
                break
            x, y = (k + 0.5) / n * w - w / 2, s * (d / 2 - 0.2)
            with world.placed((x, y, 0), 0.0 if s < 0 else pi):
                if mat:
                    with world.thing("cloth"):
                        world.box((0, 0, 0.002), (0.42, 0.3, 0.004), mat)
                with world.placed((0, 0, 0.004)):
                    pick(rng, (tableware.plate, tableware.plate, tableware.bowl))(world, rng)
                with world.placed((0.18, 0.15, 0)):
                    pick(rng, (tableware.drinking_glass, tableware.cup, tableware.drinking_glass))(world, rng)
            places.append((x, y, 0.14))
    for _ in range(whole(rng, 1, 4)):
        x = uniform(rng, -0.4, 0.4) * w
        if all(hypot(x - a, b) > r + 0.08 for a, b, r in places):
            with world.placed((x, 0, 0), uniform(rng, -pi, pi)):
                pick(
                    rng,
                    (
                        tableware.bottle,
                        house_plants.vase,
                        tableware.bowl,
                        lamps.candle,
                        tableware.teapot,
                        tableware.jar,
                    ),
                )(world, rng)
            places.append((x, 0.0, 0.1))
    return places


def _workspace(world: World, rng: np.random.Generator, w: float, d: float) -> Places:
    places: Places = [(0.0, d * 0.1, 0.3)]
    if chance(rng, 0.6):
        with world.placed((0, d * 0.2, 0), uniform(rng, -0.4, 0.4)):
            desk_things.monitor(world, rng)
        with world.placed((0, -d * 0.2, 0), uniform(rng, -0.2, 0.2)):
            desk_things.keyboard(world, rng)
    else:
        with world.placed((0, 0, 0), uniform(rng, -0.5, 0.5)):
            desk_things.laptop(world, rng)
    for s in (-1, 1):
        side = (w - 0.6) / 2
        if side > 0.15:
            with world.placed((s * (0.3 + side / 2), 0, 0)):
                found = small_things.scatter(world, rng, side, d, whole(rng, 1, 5), "desk")
            places += [(s * (0.3 + side / 2) + x, y, r) for x, y, r in found]
    return places


def _animals(world: World, rng: np.random.Generator, w: float, d: float) -> Places:
    places: Places = []
    if chance(rng, 0.5):
        with world.thing("cloth"):
            material = random_material(rng, "fabric")
            world.box((0, 0, 0.008), (min(w, 1.1), min(d, 0.8), 0.016), material, yaw=uniform(rng, -0.4, 0.4))
    n = pick(rng, (1, 1, 2))
    for k in range(n):
        size = uniform(rng, 0.35, 0.55)
        x = 0.0 if n == 1 else (k - 0.5) * min(0.9, w * 0.6)
        pose, yaw = pick(rng, ("lying", "lying", "curled", "sitting", "sitting", "standing")), uniform(rng, -1.2, 1.2)
        with world.placed((x, 0.0, 0.016), yaw):
            people_indoors.animal(world, rng, size, pose)
        hx, hy, hz = (size * c for c in people_indoors.HEADS[pose])
        # the face, from before it, or the whole animal
        face = (x + hx * cos(yaw) - hy * sin(yaw), hx * sin(yaw) + hy * cos(yaw), 0.12, hz, yaw - pi / 2)
        places += [face, face, (x, 0.0, 0.3), (x, 0.0, 0.3)]
    return [*places, *_around(world, rng, w, d, 0.5, whole(rng, 0, 4), "living")]


def _still_life(world: World, rng: np.random.Generator, w: float, d: float) -> Places:
    with world.thing("cloth"):
        material = random_material(rng, "fabric")
        world.box((0, 0, 0.003), (min(w, 0.9), min(d, 0.6), 0.006), material, yaw=uniform(rng, -0.6, 0.6))
        for _ in range(whole(rng, 0, 4)):
            spot = (uniform(rng, -0.3, 0.3), uniform(rng, 0.0, 0.2), 0.005)
            world.ellipsoid(
                spot, (uniform(rng, 0.06, 0.2), 0.03, uniform(rng, 0.015, 0.05)), material, yaw=uniform(rng, 0, 3)
            )
    places: Places = []
    for function in (
        house_plants.vase,
        tableware.bottle,
        tableware.bowl,
        tableware.fruit,
        tableware.fruit,
        tableware.fruit,
        tableware.teapot,
        tableware.cup,
        tableware.jar,
        desk_things.books,
    ):
        if chance(rng, 0.3):
            continue
        for _ in range(5):
            x, y, r = uniform(rng, -0.3, 0.3), uniform(rng, -0.2, 0.2), 0.09
            if all(hypot(x - a, y - b) > 0.11 for a, b, _ in places):
                with world.placed((x, y, 0.006), uniform(rng, 0, 6)):
                    function(world, rng)
                places.append((x, y, r))
                break
    return places or [(0.0, 0.0, 0.1)]


def _stacks(world: World, rng: np.random.Generator, w: float, d: float) -> Places:
    places: Places = []
    for _ in range(whole(rng, 2, 7)):
        x, y, r = uniform(rng, -0.4, 0.4) * min(w, 1.2), uniform(rng, -0.4, 0.4) * min(d, 0.9), uniform(rng, 0.08, 0.16)
        if any(hypot(x - a, y - b) < r + c for a, b, c in places):
            continue
        places.append((x, y, r))
        with world.placed((x, y, 0), uniform(rng, 0, 6)):
            kind = whole(rng, 0, 2)
            if kind == 0:
                desk_things.books(world, rng)
            else:
                z = 0.0
                with world.thing("box"):
                    for _ in range(whole(rng, 1, 4)):
                        size = (r * uniform(rng, 0.7, 1.5), r * uniform(rng, 0.6, 1.2), uniform(rng, 0.04, 0.2))
                        world.box(
                            (0, 0, z + size[2] / 2), size, random_material(rng, "cover"), yaw=uniform(rng, -0.4, 0.4)
                        )
                        z += size[2]
                if chance(rng, 0.5):
                    with world.placed((0, 0, z)):
                        pick(
                            rng, (tableware.cup, toys.ball, tableware.fruit, toys.plush, toys.toy_car, toys.chess_piece)
                        )(world, rng)
    return places or [(0.0, 0.0, 0.1)]


_ARRANGEMENTS = (
    _clutter, _clutter, _clutter, _chess, _rows, _hero, _hero, _setting, _workspace, _animals, _still_life, _stacks,
)  # fmt: skip


@dataclass(frozen=True)
class _Surface:
    """What things will stand on: its middle (x, y), yaw, height, and the width and depth that are free; metres.

    walled: a wall is behind it. soft: it is a sofa or a bed.
    """

    x: float
    y: float
    yaw: float
    height: float
    width: float
    depth: float
    walled: bool = False
    soft: bool = False


def _surface(world: World, rng: np.random.Generator, plan: Plan, kind: float) -> _Surface:
    """A table, something against a wall, a sofa or a bed, or the floor, as `kind` (0 to 1) says and where it fits."""
    w, d = uniform(rng, 0.6, 1.7), uniform(rng, 0.5, 1.0)
    if kind < 0.6:
        return _table(world, rng, plan, min(w, plan.width * 0.6), min(d, plan.depth * 0.6))
    wall = int(rng.random() * 4)
    surface = None
    if kind < 0.72:
        surface = _against_wall(world, rng, plan, wall)
    if surface is None and kind < 0.86:
        surface = _soft(world, rng, plan, wall)
    return surface or _floor(world, rng, plan)


def _table(world: World, rng: np.random.Generator, plan: Plan, w: float, d: float) -> _Surface:
    """A table in the room, now and then round, with chairs or without."""
    h = pick(rng, [uniform(rng, *span) for span in ((0.7, 0.8), (0.7, 0.8), (0.4, 0.55), (0.85, 1.0))])
    x, y = uniform(rng, -0.3, 0.3) * (plan.width - w), uniform(rng, -0.3, 0.3) * (plan.depth - d)
    round_ = chance(rng, 0.2)
    if round_:
        d = w = max(w, d) * 0.9
    yaw = uniform(rng, 0, 2 * pi)
    r = hypot(w, d) / 2 + 0.1
    plan.taken.append((x - r, y - r, x + r, y + r))
    with world.placed((x, y, 0), yaw):
        role = pick(rng, ("wood", "wood", "wood", "painted", "stone", "fabric", "metal"))
        tables.table(world, rng, w, d, h, round_=round_, role=role, cloth=0.2)
        if chance(rng, 0.5):
            _chairs(world, rng, w, d)
    inner = 0.7 if round_ else 1.0
    return _Surface(x, y, yaw, h + 0.004, inner * w, inner * d)


def _chairs(world: World, rng: np.random.Generator, w: float, d: float) -> None:
    """Up to three chairs behind and beside a table about the origin, facing it."""
    style: dict = {}
    for side in range(whole(rng, 1, 3)):
        a = (0.0, pi / 2, -pi / 2)[side]
        out = (d if side == 0 else w) / 2 + uniform(rng, 0.05, 0.3)
        with world.placed((-out * sin(a), out * cos(a), 0), a + uniform(rng, -0.4, 0.4)):
            seating.chair(world, rng, style)
            if chance(rng, 0.15):
                with world.placed((0, 0, 0.48)):
                    people_indoors.person(world, rng, "sitting")


def _against_wall(world: World, rng: np.random.Generator, plan: Plan, wall: int) -> _Surface | None:
    """A desk, sideboard, worktop or sill against a wall; None where there is no room."""
    w = min(uniform(rng, 0.9, 2.0), plan.length(wall) - 0.1)
    d, h = uniform(rng, 0.35, 0.75), uniform(rng, 0.6, 0.95)
    place = plan.against(rng, w, d, min(h, 0.65), wall=wall, tries=12)
    if place is None:
        return None
    x, y, yaw = place
    with world.placed((x, y, 0), yaw):
        if chance(rng, 0.5):
            storage.cupboard(world, rng, w, d, h, things=False)
            h += 0.026
        else:
            with world.placed((0, -d / 2, 0)):
                tables.table(world, rng, w, d, h, role=pick(rng, ("wood", "stone", "painted")), cloth=0.0)
        if chance(rng, 0.5):
            with world.placed((0, 0, h + uniform(rng, 0.4, 0.7))):
                pick(rng, (fittings.picture, fittings.picture, fittings.television))(world, rng)
    return _Surface(x + d / 2 * sin(yaw), y - d / 2 * cos(yaw), yaw, h, w, d, walled=True)


def _soft(world: World, rng: np.random.Generator, plan: Plan, wall: int) -> _Surface | None:
    """A sofa or a bed against a wall; None where there is no room."""
    w = min(uniform(rng, 1.3, 2.2), plan.length(wall) - 0.1)
    bed = chance(rng, 0.5)
    d, h = (1.95, uniform(rng, 0.45, 0.6)) if bed else (0.95, uniform(rng, 0.75, 0.95))
    place = plan.against(rng, w, d, h, wall=wall, tries=12)
    if place is None:
        return None
    x, y, yaw = place
    with world.placed((x, y, 0), yaw):
        if bed:
            _bed(world, rng, w, d, h)
        else:
            _sofa(world, rng, w, d, h)
    deep, back = (d - 0.45, 0.45) if bed else (0.6, 0.3)  # what is free, and what is not before the wall
    middle, height = back + deep / 2, h if bed else _SEAT + 0.04
    return _Surface(x + middle * sin(yaw), y - middle * cos(yaw), yaw, height, w - 0.4, deep, walled=True, soft=True)


_SEAT = 0.44  # metres, the height of a sofa's seat below its cushions


def _bed(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """A made bed, its head at y = 0."""
    with world.thing("bed"):
        cover = random_material(rng, "fabric" if chance(rng, 0.85) else "leather")
        world.box((0, -d / 2, h / 2), (w, d, h), cover)
        for k in range(2):
            spot = ((k - 0.5) * w * 0.45, -0.25, h + 0.08)
            world.ellipsoid(spot, (w * 0.2, 0.2, 0.09), random_material(rng, "fabric"))
        for _ in range(3):
            spot = (uniform(rng, -0.4, 0.4) * w, uniform(rng, -0.5, 0.0) * d - 0.3, h)
            world.ellipsoid(spot, (uniform(rng, 0.2, 0.5), uniform(rng, 0.1, 0.3), 0.06), cover, yaw=spot[0] * 5)
        world.box((0, -0.03, 0.5), (w, 0.06, 1.0), random_material(rng, "wood"))


def _sofa(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """A sofa of two seats, its back at y = 0, perhaps with a pillow."""
    with world.thing("sofa"):
        cover = random_material(rng, "fabric" if chance(rng, 0.85) else "leather")
        world.box((0, -d / 2, _SEAT / 2), (w, d, _SEAT), cover)
        world.box((0, -0.12, h / 2), (w, 0.24, h), cover, rotation=shapes.turn_x(-0.05))
        for s in (-1, 1):
            world.box((s * (w / 2 - 0.09), -d / 2, 0.31), (0.18, d, 0.62), cover)
        for k in range(2):
            world.box(((k - 0.5) * (w - 0.36) / 2, -0.57, _SEAT), ((w - 0.37) / 2, 0.68, 0.08), cover)
        if chance(rng, 0.7):
            spot = (uniform(rng, -0.3, 0.3) * w, -0.36, 0.64)
            seating.pillow(world, rng, spot, 0.45, 0.3, 0.2, random_material(rng, "fabric"))


def _floor(world: World, rng: np.random.Generator, plan: Plan) -> _Surface:
    """The floor, or a rug on it."""
    x, y = uniform(rng, -0.2, 0.2) * plan.width, uniform(rng, -0.2, 0.2) * plan.depth
    plan.taken.append((x - 0.6, y - 0.6, x + 0.6, y + 0.6))
    h = 0.0
    if chance(rng, 0.6):
        with world.placed((x, y, 0), uniform(rng, 0, pi)):
            household.rug(world, rng, uniform(rng, 1.2, 2.0), uniform(rng, 0.9, 1.5))
        h = 0.015
    yaw = uniform(rng, 0, 2 * pi)
    return _Surface(x, y, yaw, h, uniform(rng, 0.8, 1.4), uniform(rng, 0.8, 1.2))


@dataclass(frozen=True)
class _Target:
    """Something to look at. point: (x, y, z) and radius, metres. face: the azimuth it looks in, if it has a face."""

    point: Point
    radius: float
    face: float | None = None


@dataclass(frozen=True)
class _Subject:
    """What the photograph is of: one of the targets, from a distance within `reach`, metres.

    facing: the yaw of the wall behind, if there is one: then the view is from its front. shelves: it is a bookcase.
    """

    targets: list[_Target]
    facing: float | None
    reach: tuple[float, float]
    shelves: bool = False


def _shelves(world: World, rng: np.random.Generator, plan: Plan) -> _Subject | None:
    """A bookcase seen from near; None where there is no room."""
    w, d, h = uniform(rng, 0.8, 1.8), uniform(rng, 0.25, 0.4), uniform(rng, 1.2, 2.1)
    place = plan.against(rng, w, d, h, tries=15)
    if place is None:
        return None
    x, y, yaw = place
    with world.placed((x, y, 0), yaw):
        storage.bookcase(world, rng, w, d, min(h, plan.height - 0.1), books_most=11)
    along, z = uniform(rng, -0.35, 0.35) * w, uniform(rng, 0.4, 0.95 * h)
    front = (x + d * sin(yaw) + along * cos(yaw), y - d * cos(yaw) + along * sin(yaw), z)
    return _Subject([_Target(front, 0.15)], yaw, (0.4, 1.4), shelves=True)


def _things(world: World, rng: np.random.Generator, plan: Plan) -> _Subject:
    """Things arranged on a surface."""
    kind = rng.random()
    arrange = pick(rng, _ARRANGEMENTS)
    if arrange is _animals:  # on something soft or on the floor, hardly ever on a table
        kind = uniform(rng, 0.55, 1.0)
    surface = _surface(world, rng, plan, kind)
    if surface.soft and arrange in (_setting, _rows, _workspace):
        arrange = _animals
    w, d, turn = surface.width, surface.depth, 0.0
    if d > w and arrange is not _setting:
        w, d, turn = d, w, pi / 2
    targets = []
    with world.placed((surface.x, surface.y, surface.height), surface.yaw + turn):
        for x, y, radius, *face in arrange(world, rng, w, d):
            height = face[0] if face else radius * uniform(rng, 0.0, 1.2)
            point = tuple(world.to_world((x, y, height)))
            targets.append(_Target(point, radius, face[1] + surface.yaw + turn if face else None))
    targets = targets or [_Target((surface.x, surface.y, surface.height), 0.1)]
    return _Subject(targets, surface.yaw if surface.walled else None, (0.3, 1.2))


_AROUND = (
    "bookcase", "sideboard", "plant", "chair", "armchair", "wardrobe", "floor_lamp", "boxes", "radiator", "chest",
    "fridge", "desk", "sofa",
)  # fmt: skip
"""What stands in the room behind."""


def compose(world: World, rng: np.random.Generator) -> View:
    """Fills `world` with a close view of things on a surface and returns where the photograph is taken from."""
    world.indoor = True
    plan = Plan(uniform(rng, 2.2, 5.5), uniform(rng, 2.2, 5.5), uniform(rng, 2.3, 3.0))
    shell(world, rng, plan)
    subject = (_shelves(world, rng, plan) if chance(rng, 0.1) else None) or _things(world, rng, plan)
    for _ in range(whole(rng, 3, 6)):
        if len(world) > _ENOUGH + 20:
            break
        put(world, rng, plan, pick(rng, _AROUND))
    hang(world, rng, plan, whole(rng, 2, 6))
    return _take(world, rng, plan, subject)


def _take(world: World, rng: np.random.Generator, plan: Plan, subject: _Subject) -> View:
    """The first good view of the subject, or the best of some."""
    probe = Probe(world)
    best, best_quality = None, -99.0
    wanted = pick(rng, (4, 5, 6, 6, 7, 8))
    for _ in range(14):
        view = _close_view(rng, plan, subject)
        if view is None:
            continue
        value = judged(probe, view, room=0.1, nearest=0.14, wanted=wanted)
        if value > best_quality:
            best, best_quality = replace(view, roll=tilt(rng)), value
        if value > 0:
            break
    if best_quality < CRAMPED:
        return _view_from_above(rng, plan, probe, subject.targets[0].point)
    return best


def _close_view(rng: np.random.Generator, plan: Plan, subject: _Subject) -> View | None:
    """A view of one of the targets, not yet tilted; None where the camera would be outside the room."""
    aim = pick(rng, subject.targets)
    x, y, z = aim.point
    fov = float(np.clip(56 + 9 * rng.standard_normal(), 35, 80))
    half = tan(radians(fov) / 2)
    if chance(rng, 0.25):  # fill the frame
        distance = max(0.2, aim.radius * uniform(rng, 1.8, 3.2) / half * 0.7)
    else:
        distance = uniform(rng, *subject.reach) if chance(rng, 0.8) else uniform(rng, 1.0, 1.7)
    front = subject.facing
    azimuth = uniform(rng, 0, 2 * pi) if front is None else front - pi / 2 + uniform(rng, -1.1, 1.1)
    if aim.face is not None:
        azimuth = aim.face + uniform(rng, -0.9, 0.9)
    steep = pick(rng, (uniform(rng, 3, 20), uniform(rng, 10, 40), uniform(rng, 15, 45), uniform(rng, 35, 65)))
    if subject.shelves:
        steep = uniform(rng, -25, 25)
    pitch = radians(steep)
    eye = (
        x + distance * cos(pitch) * cos(azimuth),
        y + distance * cos(pitch) * sin(azimuth),
        z + distance * sin(pitch),
    )
    inside = (
        abs(eye[0]) < plan.width / 2 - 0.12
        and abs(eye[1]) < plan.depth / 2 - 0.12
        and 0.1 < eye[2] < min(2.2, plan.height - 0.15)
    )
    if not inside:
        return None
    shift = distance * half * 0.45  # the target is not always in the middle
    a = azimuth + pi / 2
    side, up = uniform(rng, -1, 1) * shift, uniform(rng, -0.6, 0.8) * shift
    target = (x + side * cos(a), y + side * sin(a), z + up)
    level = max(0.05, hypot(target[0] - eye[0], target[1] - eye[1]))
    return View(eye, nearly_level(eye, target, level, 62), fov)


def _view_from_above(rng: np.random.Generator, plan: Plan, probe: Probe, target: Point) -> View:
    """A view from the free place that is nearest to the target, or from the roomiest."""
    x, y, z = target
    eyes = []
    for _ in range(16):
        height = min(2.1, plan.height - 0.2, z + uniform(rng, 0.3, 1.2))
        eyes.append((uniform(rng, -0.45, 0.45) * plan.width, uniform(rng, -0.45, 0.45) * plan.depth, height))
    eyes.sort(key=lambda e: hypot(e[0] - x, e[1] - y))
    eye = next(
        (e for e in eyes if probe.clearance(e) > 0.12 and hypot(e[0] - x, e[1] - y) > 0.2),
        max(eyes, key=probe.clearance),
    )
    level = max(0.1, hypot(x - eye[0], y - eye[1]))
    down = max(radians(-60), atan2(z - eye[2], level))
    ahead = (eye[0] + (x - eye[0]) / level, eye[1] + (y - eye[1]) / level, eye[2] + tan(down))
    return View(eye, ahead, 60.0, tilt(rng))
