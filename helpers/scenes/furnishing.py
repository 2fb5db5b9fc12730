"""Furnishing a room: things against walls and on them, tables with chairs, rugs, people, what lies about."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin

import numpy as np

from helpers.scenes import (
    desk_things,
    fittings,
    house_plants,
    household,
    lamps,
    people_indoors,
    seating,
    small_things,
    storage,
    tables,
    toys,
)
from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.floor_plan import BACK, FRONT, LEFT, RIGHT, Plan
from helpers.scenes.world import World

ENOUGH = 170
"""Shapes after which no optional thing is added to a room."""

# name: (width, depth, height) ranges of things against walls
_SIZES = {
    "sofa": ((1.4, 2.5), (0.8, 1.0), (0.7, 0.95)),
    "armchair": ((0.8, 1.05), (0.8, 0.95), (0.75, 1.05)),
    "sideboard": ((0.8, 2.0), (0.35, 0.5), (0.5, 1.0)),
    "chest": ((0.5, 1.1), (0.4, 0.5), (0.7, 1.3)),
    "wardrobe": ((0.8, 2.2), (0.45, 0.62), (1.7, 2.25)),
    "bookcase": ((0.5, 1.6), (0.22, 0.4), (0.8, 2.2)),
    "desk": ((0.9, 1.8), (0.55, 0.8), (0.7, 0.78)),
    "bed": ((0.85, 1.9), (1.9, 2.15), (0.4, 0.62)),
    "kitchen": ((1.2, 3.0), (0.58, 0.65), (0.84, 0.95)),
    "fridge": ((0.55, 0.75), (0.6, 0.7), (0.85, 1.9)),
    "fireplace": ((1.1, 1.7), (0.3, 0.5), (0.9, 1.25)),
    "piano": ((1.35, 1.5), (0.6, 0.65), (1.1, 1.3)),
    "radiator": ((0.6, 1.6), (0.08, 0.14), (0.5, 0.8)),
    "plant": ((0.4, 0.6), (0.4, 0.6), (0.5, 1.8)),
    "floor_lamp": ((0.4, 0.5), (0.4, 0.5), (1.3, 1.9)),
    "boxes": ((0.5, 0.6), (0.5, 0.6), (0.4, 1.1)),
    "chair": ((0.45, 0.5), (0.5, 0.6), (0.8, 1.0)),
    "rack": ((1.3, 1.5), (0.5, 0.5), (1.4, 1.7)),
    "bin": ((0.35, 0.4), (0.35, 0.4), (0.3, 0.6)),
    "bag": ((0.4, 0.45), (0.35, 0.4), (0.3, 0.5)),
    "bicycle": ((1.7, 1.8), (0.6, 0.6), (1.0, 1.1)),
    "easel": ((0.8, 0.9), (0.8, 0.9), (1.4, 1.8)),
    "table": ((0.6, 1.2), (0.4, 0.7), (0.45, 0.8)),
}  # fmt: skip

_BACKED = {
    "sofa": seating.sofa, "armchair": seating.sofa, "sideboard": storage.cupboard, "chest": storage.cupboard,
    "wardrobe": storage.cupboard,
    "bookcase": storage.bookcase, "desk": tables.desk, "bed": seating.bed, "kitchen": storage.kitchen_unit,
    "fridge": storage.fridge,
    "fireplace": household.fireplace, "piano": household.piano, "radiator": fittings.radiator,
}  # fmt: skip
_CENTRED = {
    "floor_lamp": lamps.floor_lamp, "boxes": household.boxes, "chair": seating.chair, "rack": household.clothes_rack,
    "bin": household.waste_bin,
    "bag": household.bag, "bicycle": household.bicycle, "easel": household.easel,
}  # fmt: skip


def put(world: World, rng: np.random.Generator, plan: Plan, name: str, *, wall: int | None = None) -> bool:
    """Puts a thing against a wall where there is room; whether there was."""
    w, d, h = (uniform(rng, *r) for r in _SIZES[name])
    h = min(h, plan.height - 0.1)
    place = plan.against(rng, w, d, h, wall=wall)
    if place is None and w > 1.0:
        w *= 0.65
        place = plan.against(rng, w, d, h, wall=wall)
    if place is None:
        return False
    x, y, yaw = place
    with world.placed((x, y, 0), yaw):
        if name in _BACKED:
            _BACKED[name](world, rng, w, d, h)
        else:
            with world.placed((0, -d / 2, 0), uniform(rng, -0.3, 0.3)):
                if name == "plant":
                    house_plants.plant(world, rng, h)
                elif name == "table":
                    tables.table(world, rng, w * 0.9, d * 0.9, h)
                    small_things.scatter(world, rng, w * 0.85, d * 0.85, whole(rng, 0, 5), "living", h)
                else:
                    _CENTRED[name](world, rng)
        if name == "desk" and chance(rng, 0.85):
            with world.placed(
                (uniform(rng, -0.15, 0.15), -d - uniform(rng, 0.0, 0.35), 0), pi + uniform(rng, -0.7, 0.7)
            ):
                (seating.office_chair if chance(rng, 0.65) else seating.chair)(world, rng)
            if chance(rng, 0.12):
                with world.placed((0, -d - 0.15, 0.47), pi):
                    people_indoors.person(world, rng, "sitting")
        if name == "bed" and chance(rng, 0.5):
            side = pick(rng, (-1, 1))
            box = plan.rectangle(_wall_of(yaw), _along(plan, x, y, yaw) + side * (w / 2 + 0.3), 0.42, 0.4)
            if plan.free(box):
                plan.taken.append(box)
                with world.placed((side * (w / 2 + 0.3), 0, 0)):
                    storage.cupboard(world, rng, 0.42, 0.38, 0.5)
    return True


def _wall_of(yaw: float) -> int:
    return {0: BACK, -1: RIGHT, 2: FRONT, 1: LEFT}[round(yaw / (pi / 2))]


def _along(plan: Plan, x: float, y: float, yaw: float) -> float:
    wx, wy, _ = plan.wall_frame(_wall_of(yaw))
    return (x - wx) * cos(yaw) + (y - wy) * sin(yaw)


def hang(world: World, rng: np.random.Generator, plan: Plan, n: int) -> None:
    """Hangs up to n pictures, shelves and screens between the openings of the walls."""
    used: list[list[tuple[float, float]]] = [[], [], [], []]
    for _ in range(n):
        k = int(rng.random() * 4)
        room = plan.length(k)
        w = uniform(rng, 0.7, 1.3)
        if room < w:
            continue
        a = uniform(rng, -1, 1) * (room - w) / 2
        if any(a - w / 2 < x1 and x0 < a + w / 2 for x0, x1, *_ in [*plan.openings[k], *used[k]]):
            continue
        used[k].append((a - w / 2, a + w / 2))
        x, y, yaw = plan.on_wall(k, a)
        kind = rng.random()
        z = uniform(rng, 1.35, max(1.4, min(2.0, plan.height - 0.6)))
        plan.spots.append((x, y, z, 0.8))
        with world.placed((x, y, z), yaw):
            if kind < 0.72:
                fittings.picture(world, rng)
                if chance(rng, 0.3):
                    with world.placed((pick(rng, (-0.6, 0.6)), 0, uniform(rng, -0.4, 0.3)), 0, 0.5):
                        fittings.picture(world, rng)
            elif kind < 0.9:
                storage.wall_shelf(world, rng, uniform(rng, 0.5, 1.2), uniform(rng, 0.15, 0.28))
                if chance(rng, 0.4):
                    with world.placed((0, 0, -0.4)):
                        storage.wall_shelf(world, rng, uniform(rng, 0.5, 1.2), 0.2)
            else:
                fittings.television(world, rng)


def set_table(
    world: World,
    rng: np.random.Generator,
    plan: Plan,
    w: float,
    d: float,
    h: float,
    theme: str,
    chairs: int,
    things: int,
    place=None,
) -> bool:
    """A table with chairs around it and things on it, on free floor or at `place` (x, y, yaw)."""
    room = 0.45 if chairs else 0.1
    place = place or plan.somewhere(rng, w + 2 * room, d + 2 * room, h, tries=8)
    if place is None:
        return False
    x, y, yaw = place
    plan.spots.append((x, y, h, max(w, d)))
    round_ = abs(w - d) < 0.15 and chance(rng, 0.6)
    style: dict = {}
    with world.placed((x, y, 0), yaw):
        tables.table(world, rng, w, d, h, round_=round_)
        inner = 0.7 if round_ else 0.95
        small_things.scatter(world, rng, w * inner, d * inner, things, theme, h)
        seats = []
        per_side = max(1, int(w / 0.62))
        for k in range(per_side):
            for s in (-1, 1):
                seats.append(((k + 0.5) / per_side * w - w / 2, s * (d / 2), 0.0 if s > 0 else pi))
        seats += [(-w / 2, 0.0, pi / 2), (w / 2, 0.0, -pi / 2)]
        for _ in range(min(chairs, len(seats))):
            sx, sy, turn = seats.pop(int(rng.random() * len(seats)))
            out = uniform(rng, -0.12, 0.3)
            # the chair faces the table: its back (+y) points away from it
            cx, cy = sx - out * sin(turn), sy + out * cos(turn)
            wild = uniform(rng, -1.2, 1.2) if chance(rng, 0.2) else uniform(rng, -0.15, 0.15)
            with world.placed((cx, cy, 0), turn + wild):
                seating.chair(world, rng, style)
                if chance(rng, 0.1):
                    with world.placed((0, 0, 0.48)):
                        people_indoors.person(world, rng, "sitting")
    return True


def clutter(world: World, rng: np.random.Generator, plan: Plan, n: int) -> None:
    """Things on the floor: bags, boxes, toys, shoes, cables, animals, people, balls."""
    for _ in range(n):
        if len(world) > ENOUGH + 20:
            return
        size = uniform(rng, 0.25, 0.45)
        place = plan.somewhere(rng, size, size, 0.3, tries=3, margin=0.0)
        if place is None:
            continue
        x, y, _ = place
        with world.placed((x, y, 0.012), uniform(rng, 0, 2 * pi)):
            thing = pick(
                rng,
                (
                    household.bag,
                    household.boxes,
                    household.shoes,
                    household.cable,
                    household.waste_bin,
                    toys.ball,
                    desk_things.books,
                    toys.plush,
                    toys.toy_block,
                    toys.toy_car,
                    desk_things.papers,
                    people_indoors.animal,
                    seating.stool,
                    people_indoors.person,
                ),
            )
            thing(world, rng)


def rug(world: World, rng: np.random.Generator, plan: Plan, x: float, y: float) -> None:
    """A rug about (x, y), no larger than the room."""
    w, d = uniform(rng, 1.2, 2.6), uniform(rng, 0.9, 1.9)
    with world.placed((x, y, 0), uniform(rng, -0.15, 0.15) + (pi / 2 if chance(rng, 0.5) else 0)):
        household.rug(world, rng, min(w, plan.width * 0.8), min(d, plan.depth * 0.8))


def people(world: World, rng: np.random.Generator, plan: Plan, n: int) -> None:
    """Up to n people on the free floor."""
    for _ in range(n):
        place = plan.somewhere(rng, 0.5, 0.5, 1.6)
        if place:
            plan.spots += [(place[0], place[1], uniform(rng, 0.9, 1.5), 0.9)] * 2
            with world.placed((place[0], place[1], 0), uniform(rng, 0, 2 * pi)):
                people_indoors.person(world, rng)


def several(world: World, rng: np.random.Generator, plan: Plan, names: Sequence[str]) -> None:
    """Puts things against walls, one after the other, until there are enough."""
    for name in names:
        if len(world) > ENOUGH:
            return
        put(world, rng, plan, name)
