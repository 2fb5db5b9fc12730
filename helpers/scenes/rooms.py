"""Rooms as people photograph them: living rooms, kitchens, offices, corridors, libraries and more."""

from __future__ import annotations

from math import atan2, cos, pi, radians, sin

import numpy as np

from helpers.scenes import (
    fittings,
    house_plants,
    household,
    lamps,
    people_indoors,
    seating,
    small_things,
    storage,
    tables,
)
from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.floor_plan import BACK, FRONT, LEFT, Plan
from helpers.scenes.furnishing import ENOUGH, clutter, hang, people, put, rug, set_table, several
from helpers.scenes.indoor_materials import colour, mixed, random_material
from helpers.scenes.photographer import take
from helpers.scenes.shell import shell
from helpers.scenes.world import Material, View, World

ROOMS = (
    "living", "living", "living", "bedroom", "bedroom", "kitchen", "kitchen", "dining", "office", "office", "office",
    "classroom", "library", "corridor", "hall", "studio", "studio", "bathroom", "stairs",
)  # fmt: skip
"""The kinds of room; those named more often are drawn more often."""


def _living(world, rng, plan):
    names = ["sofa", pick(rng, ("sideboard", "bookcase", "desk", "fireplace", "wardrobe"))]
    names += [
        pick(rng, ("armchair", "bookcase", "sideboard", "plant", "floor_lamp", "piano", "chair", "sofa", "table"))
        for _ in range(5)
    ]
    names += [pick(rng, ("plant", "floor_lamp", "boxes", "bin", "bag", "radiator", "easel")) for _ in range(2)]
    several(world, rng, plan, names)
    if chance(rng, 0.85):
        place = plan.somewhere(rng, 1.2, 0.8, 0.4)
        if place:
            if chance(rng, 0.65):
                rug(world, rng, plan, place[0], place[1])
            h = uniform(rng, 0.32, 0.5)
            set_table(
                world,
                rng,
                plan,
                uniform(rng, 0.6, 1.1),
                uniform(rng, 0.5, 0.7),
                h,
                "living",
                0,
                whole(rng, 1, 6),
                place,
            )
    if chance(rng, 0.4) and len(world) < ENOUGH:
        place = plan.somewhere(rng, 1.0, 1.0, 0.9)
        if place:
            with world.placed((place[0], place[1], 0), place[2]), world.placed((0, 0.45, 0)):
                seating.sofa(world, rng, uniform(rng, 0.8, 1.0), 0.9, uniform(rng, 0.75, 1.0))
    if chance(rng, 0.3):
        set_table(
            world,
            rng,
            plan,
            uniform(rng, 0.8, 1.5),
            uniform(rng, 0.75, 0.9),
            0.75,
            "meal",
            whole(rng, 1, 4),
            whole(rng, 0, 4),
        )


def _bedroom(world, rng, plan):
    names = ["bed", pick(rng, ("wardrobe", "chest")), pick(rng, ("chest", "desk", "bookcase"))]
    names += [
        pick(
            rng,
            (
                "bed",
                "plant",
                "armchair",
                "chair",
                "floor_lamp",
                "bookcase",
                "rack",
                "boxes",
                "table",
                "radiator",
                "bag",
            ),
        )
        for _ in range(4)
    ]
    several(world, rng, plan, names)
    if chance(rng, 0.5):
        rug(world, rng, plan, uniform(rng, -1, 1), uniform(rng, -0.5, 0.5))


def _kitchen(world, rng, plan):
    side = whole(rng, 0, 3)
    put(world, rng, plan, "kitchen", wall=side)
    put(world, rng, plan, "fridge", wall=side)
    if chance(rng, 0.6):
        put(world, rng, plan, "kitchen", wall=(side + 1) % 4)
    if chance(rng, 0.65):
        wide = uniform(rng, 0.7, 1.5)
        set_table(
            world,
            rng,
            plan,
            wide,
            uniform(rng, 0.65, 0.9),
            uniform(rng, 0.72, 0.9),
            "kitchen",
            whole(rng, 0, 4),
            whole(rng, 2, 7),
        )
    several(
        world,
        rng,
        plan,
        [
            pick(rng, ("fridge", "sideboard", "chair", "bin", "plant", "bookcase", "boxes", "radiator"))
            for _ in range(2)
        ],
    )
    people(world, rng, plan, int(chance(rng, 0.35)))


def _dining(world, rng, plan):
    w = uniform(rng, 1.0, min(2.2, plan.width - 1.4))
    d = w if chance(rng, 0.2) and w < 1.4 else uniform(rng, 0.8, 1.05)
    spot = (uniform(rng, -0.3, 0.3), uniform(rng, -0.3, 0.3), pick(rng, (0.0, pi / 2)) + uniform(rng, -0.1, 0.1))
    plan.taken.append((spot[0] - 1.0, spot[1] - 1.0, spot[0] + 1.0, spot[1] + 1.0))
    if chance(rng, 0.4):
        rug(world, rng, plan, 0, 0)
    set_table(world, rng, plan, w, d, uniform(rng, 0.72, 0.78), "meal", whole(rng, 2, 6), whole(rng, 2, 8), spot)
    several(
        world,
        rng,
        plan,
        [
            pick(
                rng,
                ("sideboard", "bookcase", "plant", "wardrobe", "fireplace", "floor_lamp", "chest", "radiator", "piano"),
            )
            for _ in range(4)
        ],
    )
    people(world, rng, plan, int(chance(rng, 0.2)))


def _office(world, rng, plan):
    several(world, rng, plan, ["desk", pick(rng, ("desk", "bookcase")), pick(rng, ("desk", "wardrobe", "bookcase"))])
    if chance(rng, 0.6):
        place = plan.somewhere(rng, 1.5, 1.7, 0.75)
        if place and len(world) < ENOUGH:
            with world.placed((place[0], place[1], 0), place[2]):
                with world.placed((0, 0.35, 0)):
                    tables.desk(world, rng, 1.4, 0.75, 0.74)
                with world.placed((0, -0.6, 0), pi + uniform(rng, -0.8, 0.8)):
                    seating.office_chair(world, rng)
    names = [
        pick(rng, ("bookcase", "desk", "plant", "bin", "boxes", "chest", "radiator", "chair", "bag", "table", "rack"))
        for _ in range(5)
    ]
    several(world, rng, plan, names)
    people(world, rng, plan, int(chance(rng, 0.25)))


def _classroom(world, rng, plan):
    long = plan.depth > plan.width
    rows, style = whole(rng, 2, 3), {}
    material = random_material(rng, "wood")
    frame = random_material(rng, "metal")
    columns = whole(rng, 1, 3)
    for i in range(rows):
        for j in range(columns):
            if len(world) > ENOUGH:
                break
            x = (j + 0.5) / columns * (plan.width - 1.0) - (plan.width - 1.0) / 2
            y = (i + 0.5) / rows * (plan.depth - 1.6) - (plan.depth - 1.6) / 2
            w = min(1.5, (plan.width - 1.0) / columns * 0.8)
            box = (x - w / 2, y - 0.6, x + w / 2, y + 0.6)
            if not plan.free(box, 0.0):
                continue
            plan.taken.append(box)
            plan.spots.append((x, y, 0.75, w))
            with world.placed((x, y + 0.1, 0), uniform(rng, -0.05, 0.05)):
                with world.thing("table"):
                    world.box((0, 0, 0.73), (w, 0.6, 0.03), material)
                    for s in (-1, 1):
                        world.box((s * (w / 2 - 0.06), 0, 0.36), (0.03, 0.5, 0.72), frame)
                if chance(rng, 0.5):
                    small_things.scatter(world, rng, w, 0.55, whole(rng, 1, 3), "desk", 0.745)
                for s in (-1, 1):
                    if w > 1.0 and chance(rng, 0.8):
                        with world.placed((s * w / 4, -0.4 - uniform(rng, 0, 0.2), 0), pi + uniform(rng, -0.3, 0.3)):
                            seating.chair(world, rng, style)
    x, y, yaw = plan.on_wall(LEFT if long else BACK, 0.0)
    with world.placed((x, y, 1.5), yaw), world.thing("picture"):
        board = pick(rng, ((0.02, 0.05, 0.03), (0.8, 0.8, 0.8), (0.02, 0.02, 0.02)))
        world.box((0, -0.03, 0), (min(3.0, plan.length(BACK) * 0.5), 0.04, 1.1), Material(board, gloss=0.15))
    several(
        world, rng, plan, [pick(rng, ("bookcase", "desk", "wardrobe", "bin", "plant", "radiator")) for _ in range(2)]
    )
    people(world, rng, plan, whole(rng, 0, 2))


def _library(world, rng, plan):
    gap = uniform(rng, 1.0, 1.6)
    h = min(plan.height - 0.15, uniform(rng, 1.5, 2.4))
    y = -plan.depth / 2 + 0.7
    while y < plan.depth / 2 - 0.6 and len(world) < ENOUGH - 30:
        w = uniform(rng, 0.4, 0.7) * plan.width
        x = pick(rng, (-1, 1)) * (plan.width - w) / 2
        box = (x - w / 2, y - 0.2, x + w / 2, y + 0.2)
        if plan.free(box, 0.0):
            plan.taken.append(box)
            plan.spots.append((x, y, h * 0.55, w * 0.6))
            flip = 0.0 if chance(rng, 0.5) else pi
            with world.placed((x, y + (0.16 if flip == 0 else -0.16), 0), flip):
                storage.bookcase(world, rng, w, 0.32, h, books_most=12)
        y += gap + 0.4
    several(
        world,
        rng,
        plan,
        ["bookcase", "bookcase", "bookcase", pick(rng, ("desk", "armchair", "table")), "chair", "plant"],
    )
    people(world, rng, plan, whole(rng, 0, 2))


def _corridor(world, rng, plan):
    names = [
        pick(rng, ("bookcase", "chest", "plant", "radiator", "bin", "boxes", "chair", "table", "rack", "bicycle"))
        for _ in range(5)
    ]
    several(world, rng, plan, names)
    if chance(rng, 0.4):
        with world.placed((0, 0, 0)):
            household.rug(world, rng, plan.width * 0.5, plan.depth * 0.6)
    people(world, rng, plan, whole(rng, 0, 2))


def _hall(world, rng, plan):
    columns = random_material(rng, "stone")
    radius, n = uniform(rng, 0.12, 0.3), whole(rng, 0, 3)
    for k in range(n):
        for s in (-1, 1):
            x, y = s * plan.width * 0.28, (k + 0.5) / n * plan.depth - plan.depth / 2
            box = (x - radius, y - radius, x + radius, y + radius)
            if plan.free(box):
                plan.taken.append(box)
                with world.thing("wall"):
                    if radius < 0.2:
                        world.frustum((x, y, 0), (x, y, plan.height), radius, columns)
                    else:
                        world.box((x, y, plan.height / 2), (radius * 1.8, radius * 1.8, plan.height), columns)
    for _ in range(whole(rng, 1, 4)):
        if len(world) > ENOUGH:
            break
        pick_one = rng.random()
        if pick_one < 0.5:
            size = uniform(rng, 0.6, 1.2)
            set_table(world, rng, plan, size, size, 0.74, "meal", whole(rng, 1, 4), whole(rng, 0, 4))
        else:
            put(
                world,
                rng,
                plan,
                pick(rng, ("sofa", "plant", "bookcase", "sideboard", "wardrobe", "piano", "bin", "armchair")),
            )
    people(world, rng, plan, whole(rng, 0, 4))


def _studio(world, rng, plan):
    hero = whole(rng, 0, 6)
    place = plan.somewhere(rng, 0.9, 0.9, 0.9, tries=10)
    if place:
        x, y, _ = place
        plan.spots += [(x, y, 0.5, 1.0)] * 3
        with world.placed((x, y, 0), uniform(rng, 0, 2 * pi)):
            if hero <= 2:
                seating.chair(world, rng)
            elif hero == 3:
                with world.placed((0, 0.45, 0)):
                    seating.sofa(world, rng, 0.9, 0.9, 0.9)
            elif hero == 4:
                household.easel(world, rng)
            elif hero == 5:
                household.bicycle(world, rng)
            else:
                seating.office_chair(world, rng)
    names = [
        pick(
            rng,
            (
                "boxes",
                "boxes",
                "bookcase",
                "table",
                "desk",
                "rack",
                "bicycle",
                "easel",
                "chair",
                "plant",
                "bag",
                "floor_lamp",
                "wardrobe",
                "bin",
            ),
        )
        for _ in range(7)
    ]
    several(world, rng, plan, names)
    clutter(world, rng, plan, whole(rng, 2, 5))


def _bathroom(world, rng, plan):
    white = Material(colour(rng, "white"), gloss=0.5)
    place = plan.against(rng, 1.6, 0.75, 0.58, tries=8)
    if place:
        with world.placed((place[0], place[1], 0), place[2]), world.thing("other"):
            for s in (-1, 1):
                world.box((s * 0.75, -0.375, 0.29), (0.1, 0.75, 0.58), white)
                world.box((0, -0.375 + s * 0.33, 0.29), (1.6, 0.08, 0.58), white)
            world.box((0, -0.375, 0.08), (1.5, 0.6, 0.14), white)
        if chance(rng, 0.4):
            with world.placed((place[0], place[1], 0), place[2]), world.thing("cloth"):
                curtain = random_material(rng, "fabric")
                for k in range(5):
                    world.box((-0.75 + 0.09 * k, -0.76 + 0.03 * (k % 2), 1.15), (0.085, 0.03, 1.7), curtain)
    place = plan.against(rng, 0.7, 0.5, 0.85, tries=8)
    if place:
        with world.placed((place[0], place[1], 0), place[2]):
            with world.thing("other"):
                world.box((0, -0.22, 0.82), (0.62, 0.44, 0.1), white)
                world.ellipsoid((0, -0.24, 0.87), (0.24, 0.15, 0.02), Material((0.3, 0.3, 0.3)))
                world.frustum((0, -0.05, 0.85), (0, -0.05, 1.0), 0.014, random_material(rng, "metal"))
                world.frustum((0, -0.05, 0.99), (0, -0.18, 0.97), 0.012, random_material(rng, "metal"))
                world.box((0, -0.2, 0.4), (0.5, 0.36, 0.76) if chance(rng, 0.6) else (0.15, 0.15, 0.76), white)
            with world.placed((0, 0, 1.5)):
                fittings.picture(world, rng)
            with world.placed((0, -0.3, 0.87)):
                small_things.scatter(world, rng, 0.6, 0.3, 2, "kitchen")
    place = plan.against(rng, 0.5, 0.7, 0.8, tries=8)
    if place:
        with world.placed((place[0], place[1], 0), place[2]), world.thing("other"):
            world.box((0, -0.1, 0.6), (0.4, 0.18, 0.36), white)
            world.ellipsoid((0, -0.42, 0.3), (0.19, 0.26, 0.13), white)
            world.frustum((0, -0.38, 0), (0, -0.38, 0.3), 0.12, white)
            world.ellipsoid((0, -0.42, 0.41), (0.2, 0.25, 0.03), white)
    several(
        world, rng, plan, [pick(rng, ("chest", "bin", "plant", "radiator", "bookcase", "fridge")) for _ in range(2)]
    )


def _stairs(world, rng, plan):
    tread, riser = uniform(rng, 0.24, 0.3), uniform(rng, 0.16, 0.19)
    n = min(11, int(plan.height / riser), int((plan.length(LEFT) - 1.2) / tread))
    width = min(plan.width * 0.45, uniform(rng, 0.8, 1.3))
    material = random_material(rng, pick(rng, ("wood", "stone", "painted")))
    other = random_material(rng, "painted") if chance(rng, 0.5) else material
    side = pick(rng, (-1, 1))
    x = side * (plan.width - width) / 2
    y = -plan.depth / 2 + 1.1
    plan.taken.append((x - width / 2, y, x + width / 2, plan.depth / 2))
    plan.spots += [(x, y + 0.5, 0.5, 1.5), (x, y + 1.5, 1.2, 1.5)]
    solid = chance(rng, 0.6)
    with world.thing("stairs"):
        for k in range(n):
            top = (k + 1) * riser
            yk = y + (k + 0.5) * tread
            if solid:
                world.box((x, yk, (top - 0.03) / 2), (width, tread, top - 0.03), other)
            world.box((x, yk - 0.015, top - 0.015), (width, tread + 0.03, 0.035), material)
        rest = plan.depth / 2 - (y + n * tread)
        if rest > 0.05:
            world.box((x, plan.depth / 2 - rest / 2, n * riser - 0.1), (width, rest, 0.2), material)
    rail = random_material(rng, pick(rng, ("wood", "metal")))
    rx = x - side * (width / 2 - 0.03)
    with world.thing("fence"):
        low, high = (rx, y, riser + 0.9), (rx, y + n * tread, (n + 1) * riser + 0.9)
        world.frustum(low, high, 0.028, rail)
        for k in range(0, n, 1 if n < 9 else 2):
            yk, zk = y + (k + 0.5) * tread, (k + 1) * riser
            world.box((rx, yk, zk + 0.44), (0.02, 0.02, 0.9), rail)
        world.box((rx, y, 0.55), (0.08, 0.08, 1.1), rail)
    several(
        world,
        rng,
        plan,
        [pick(rng, ("chest", "plant", "bookcase", "chair", "rack", "table", "radiator", "boxes")) for _ in range(4)],
    )
    people(world, rng, plan, whole(rng, 0, 1))


_FURNISH = {
    "living": (_living, (2.8, 5.2), (2.8, 5.0), (2.3, 3.2)),
    "bedroom": (_bedroom, (2.5, 4.3), (2.7, 4.3), (2.3, 2.9)),
    "kitchen": (_kitchen, (2.2, 4.3), (2.4, 4.3), (2.3, 2.9)),
    "dining": (_dining, (3.0, 5.0), (3.0, 5.0), (2.4, 3.1)),
    "office": (_office, (2.5, 5.0), (2.7, 5.2), (2.4, 3.1)),
    "classroom": (_classroom, (5.0, 9.0), (5.0, 9.0), (2.6, 3.4)),
    "library": (_library, (3.0, 6.5), (3.5, 7.0), (2.5, 3.4)),
    "corridor": (_corridor, (1.5, 2.6), (5.0, 14.0), (2.3, 3.0)),
    "hall": (_hall, (5.0, 9.0), (6.0, 13.0), (2.8, 5.0)),
    "studio": (_studio, (2.2, 4.4), (2.3, 4.4), (2.3, 3.2)),
    "bathroom": (_bathroom, (1.9, 3.4), (2.0, 3.6), (2.2, 2.7)),
    "stairs": (_stairs, (2.6, 4.5), (4.2, 6.0), (2.6, 4.5)),
}


def compose(world: World, rng: np.random.Generator) -> View:
    """Fills `world` with a furnished room and returns where the photograph is taken from."""
    world.indoor = True
    kind = pick(rng, ROOMS)
    furnish, *sizes = _FURNISH[kind]
    w, d, h = (uniform(rng, *size) for size in sizes)
    plan = Plan(w, d, h)
    walls = random_material(rng, "wall")
    if kind == "bathroom" and chance(rng, 0.7):
        tile = colour(rng, pick(rng, ("white", "white", "pale", "muted")))
        walls = Material(tile, mixed(tile, (0.5, 0.5, 0.5), 0.4), "tiles", uniform(rng, 0.08, 0.3), 0.4)
    doors = whole(rng, 2, 5) if kind == "corridor" else None
    windows = 0 if kind == "corridor" and chance(rng, 0.6) else None
    shell(world, rng, plan, walls=walls, doors=doors, windows=windows)
    if chance(rng, 0.15) and kind in ("living", "office", "studio", "kitchen", "hall", "bedroom"):
        _partition(world, rng, plan, walls)
    furnish(world, rng, plan)
    hang(world, rng, plan, whole(rng, 2, 7))
    if len(world) < ENOUGH:
        clutter(world, rng, plan, pick(rng, (0, 1, 2, 3, 5)))
    view = take(world, rng, plan)
    if chance(rng, 0.25) and len(world) < ENOUGH + 40:
        _foreground(world, rng, plan, view)
    return view


def _foreground(world: World, rng: np.random.Generator, plan: Plan, view: View) -> None:
    """Puts something near into the left or right margin of the picture."""
    ahead = atan2(view.target[1] - view.eye[1], view.target[0] - view.eye[0])
    side = pick(rng, (-1, 1))
    away = uniform(rng, 0.65, 1.3)
    a = ahead + side * (radians(view.fov) / 2 + uniform(rng, -0.12, 0.1))
    x, y = view.eye[0] + away * cos(a), view.eye[1] + away * sin(a)
    if abs(x) > plan.width / 2 - 0.3 or abs(y) > plan.depth / 2 - 0.3:
        return
    if not plan.free((x - 0.22, y - 0.22, x + 0.22, y + 0.22), 0.0):
        return
    things = (
        seating.chair,
        seating.chair,
        people_indoors.person,
        lamps.floor_lamp,
        seating.office_chair,
        seating.stool,
        household.boxes,
    )
    with world.placed((x, y, 0.0), uniform(rng, 0, 2 * pi)):
        if chance(rng, 0.25):
            house_plants.plant(world, rng, uniform(rng, 0.8, 1.6))
        else:
            pick(rng, things)(world, rng)


def _partition(world: World, rng: np.random.Generator, plan: Plan, material: Material) -> None:
    """A short wall that sticks out into the room, or a pillar."""
    k = int(rng.random() * 4)
    out = uniform(rng, 0.3, 0.4) * (plan.depth if k in (BACK, FRONT) else plan.width)
    thick = uniform(rng, 0.12, 0.4)
    box = plan.rectangle(k, uniform(rng, -0.3, 0.3) * plan.length(k), thick, out)
    if plan.free(box):
        plan.taken.append(box)
        x0, y0, x1, y1 = box
        h = plan.height if chance(rng, 0.7) else uniform(rng, 0.9, 1.3)
        with world.thing("wall"):
            world.box(((x0 + x1) / 2, (y0 + y1) / 2, h / 2), (x1 - x0, y1 - y0, h), material)
