"""Rooms as people photograph them: living rooms, kitchens, offices, corridors, libraries and more."""

from __future__ import annotations

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
    toys,
)
from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.indoor_materials import colour, lamp_colour, mixed, random_material
from helpers.scenes.world import Material, Sky, View, World

ROOMS = (
    "living", "living", "living", "bedroom", "bedroom", "kitchen", "kitchen", "dining", "office", "office", "office",
    "classroom", "library", "corridor", "hall", "studio", "studio", "bathroom", "stairs",
)  # fmt: skip
"""The kinds of room; those named more often are drawn more often."""

_ENOUGH = 170  # shapes after which no optional thing is added
_BACK, _RIGHT, _FRONT, _LEFT = range(4)


class Plan:
    """The floor plan of a rectangular room about the origin: what is taken, where the openings are.

    width along x, depth along y, height along z, metres. `taken` holds rectangles (x0, y0, x1, y1); `spots` holds
    (x, y, z, size) of things worth a photograph; `doors` holds x, y and the outward direction of open doorways.
    """

    def __init__(self, width: float, depth: float, height: float) -> None:
        self.width, self.depth, self.height = width, depth, height
        self.taken: list[tuple[float, float, float, float]] = []
        self.spots: list[tuple[float, float, float, float]] = []
        self.openings: list[list[tuple[float, float, float, float, str]]] = [[], [], [], []]
        self.doors: list[tuple[float, float, float, float]] = []

    def length(self, wall: int) -> float:
        """The length of a wall (0 back at +y, 1 right, 2 front, 3 left)."""
        return self.width if wall in (_BACK, _FRONT) else self.depth

    def wall_frame(self, wall: int) -> tuple[float, float, float]:
        """x, y of the middle of a wall's foot and the yaw that makes -y point into the room."""
        return (
            (0.0, self.depth / 2, 0.0),
            (self.width / 2, 0.0, -pi / 2),
            (0.0, -self.depth / 2, pi),
            (-self.width / 2, 0.0, pi / 2),
        )[wall]

    def on_wall(self, wall: int, along: float, out: float = 0.0) -> tuple[float, float, float]:
        """x, y and yaw of the place at `along` from the wall's middle and `out` into the room."""
        x, y, yaw = self.wall_frame(wall)
        return x + along * cos(yaw) + out * sin(yaw), y + along * sin(yaw) - out * cos(yaw), yaw

    def free(self, box: tuple[float, float, float, float], margin: float = 0.02) -> bool:
        """Whether a rectangle lies inside the room and on nothing that is taken."""
        x0, y0, x1, y1 = box
        if (
            x0 < -self.width / 2 - 1e-6
            or x1 > self.width / 2 + 1e-6
            or y0 < -self.depth / 2 - 1e-6
            or y1 > self.depth / 2 + 1e-6
        ):
            return False
        return all(
            x1 + margin <= a or c + margin <= x0 or y1 + margin <= b or d + margin <= y0 for a, b, c, d in self.taken
        )

    def rectangle(self, wall: int, along: float, w: float, d: float) -> tuple[float, float, float, float]:
        """The floor that a thing of width w and depth d against a wall covers."""
        ax, ay, _ = self.on_wall(wall, along - w / 2, 0.0)
        bx, by, _ = self.on_wall(wall, along + w / 2, d)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)

    def against(
        self, rng: np.random.Generator, w: float, d: float, h: float, *, wall: int | None = None, tries: int = 9
    ):
        """A place against a wall for a thing w x d x h: (x, y, yaw), marked as taken, or None."""
        for _ in range(tries):
            k = int(rng.random() * 4) if wall is None else wall
            half = (self.length(k) - w) / 2
            if half < 0:
                continue
            # corners are popular
            along = pick(rng, (-half, half)) if chance(rng, 0.3) else uniform(rng, -half, half)
            if any(along - w / 2 < b and a < along + w / 2 and h > low for a, b, low, _, _ in self.openings[k]):
                continue
            box = self.rectangle(k, along, w, d)
            if self.free(box):
                self.taken.append(box)
                x, y, yaw = self.on_wall(k, along)
                cx, cy, _ = self.on_wall(k, along, d / 2)
                self.spots.append((cx, cy, h * 0.6, max(w, h)))
                return x, y, yaw
        return None

    def somewhere(self, rng: np.random.Generator, w: float, d: float, h: float, *, tries: int = 5, margin: float = 0.1):
        """A place on the free floor for a thing w x d x h: (x, y, yaw), marked as taken, or None."""
        for _ in range(tries):
            yaw = int(rng.random() * 4) * pi / 2 + (uniform(rng, -0.5, 0.5) if chance(rng, 0.3) else 0.0)
            c, s = abs(cos(yaw)), abs(sin(yaw))
            ex, ey = (w * c + d * s) / 2, (w * s + d * c) / 2
            if 2 * ex > self.width or 2 * ey > self.depth:
                continue
            x = uniform(rng, -1, 1) * (self.width / 2 - ex)
            y = uniform(rng, -1, 1) * (self.depth / 2 - ey)
            box = (x - ex, y - ey, x + ex, y + ey)
            if self.free(box, margin):
                self.taken.append(box)
                self.spots.append((x, y, h * 0.6, max(w, h)))
                return x, y, yaw
        return None


# ---------------------------------------------------------------------------------------------------------------------
# The shell


def wall(world: World, length: float, height: float, thickness: float, openings, material: Material) -> None:
    """A wall along x about the origin, from y = 0 to y = thickness, with rectangular openings (x0, x1, z0, z1, ...)."""
    edge = -length / 2 - thickness
    for x0, x1, z0, z1, *_ in sorted(openings):
        if x0 - edge > 0.001:
            world.box(((edge + x0) / 2, thickness / 2, height / 2), (x0 - edge, thickness, height), material)
        if z0 > 0.001:
            world.box(((x0 + x1) / 2, thickness / 2, z0 / 2), (x1 - x0, thickness, z0), material)
        if height - z1 > 0.001:
            world.box(((x0 + x1) / 2, thickness / 2, (z1 + height) / 2), (x1 - x0, thickness, height - z1), material)
        edge = x1
    end = length / 2 + thickness
    world.box(((edge + end) / 2, thickness / 2, height / 2), (end - edge, thickness, height), material)


def shell(
    world: World,
    rng: np.random.Generator,
    plan: Plan,
    *,
    floor: Material | None = None,
    walls: Material | None = None,
    windows: int | None = None,
    doors: int | None = None,
    power: float | None = None,
) -> None:
    """Floor, walls, ceiling, doors, windows and lamps of a room; fills in the plan's openings."""
    w, d, h = plan.width, plan.depth, plan.height
    floor = floor or random_material(rng, "floor")
    walls = walls or random_material(rng, "wall")
    ceiling = random_material(rng, "ceiling")
    accent = whole(rng, 0, 3) if chance(rng, 0.25) else -1
    other = random_material(rng, "wall")
    with world.thing("floor"):
        world.box((0, 0, -0.1), (w + 0.6, d + 0.6, 0.2), floor)
    with world.thing("ceiling"):
        world.box((0, 0, h + 0.1), (w + 0.6, d + 0.6, 0.2), ceiling)
        if chance(rng, 0.12):
            beam = random_material(rng, "wood")
            n = whole(rng, 3, 6)
            for k in range(n):
                world.box((0, (k + 0.5) * d / n - d / 2, h - 0.07), (w, 0.14, 0.15), beam)
        if chance(rng, 0.08) and h < 3.2:
            side, run, low = pick(rng, (-1, 1)), w * uniform(rng, 0.3, 0.5), h * uniform(rng, 0.3, 0.6)
            slope = atan2(h - low, run)
            centre = (side * (w / 2 - run / 2 + 0.06 * sin(slope)), 0, (h + low) / 2 + 0.06 * cos(slope))
            world.box(centre, (hypot(run, h - low) + 0.1, d, 0.1), ceiling, rotation=shapes.turn_y(side * slope))
    _openings(rng, plan, windows, doors)
    strong = LAMP_FACTOR * max(0.5, (w * d) / 16.0) if power is None else power
    lit = chance(rng, 0.65) or not any(o[4] == "window" for openings in plan.openings for o in openings)
    thick = uniform(rng, 0.1, 0.3)
    skirting = random_material(rng, "painted") if chance(rng, 0.65) else None
    board, door_material = uniform(rng, 0.06, 0.16), random_material(rng, "painted" if chance(rng, 0.6) else "wood")
    outside = False
    for k in range(4):
        x, y, yaw = plan.wall_frame(k)
        material = other if k == accent else walls
        openings = plan.openings[k]
        with world.placed((x, y, 0), yaw):
            with world.thing("wall"):
                wall(world, plan.length(k), h, thick, openings, material)
                edge, end = -plan.length(k) / 2, plan.length(k) / 2
                if skirting:
                    for x0, x1, *_ in [*sorted(o for o in openings if o[4] == "door"), (end, end)]:
                        if x0 - edge > 0.02:
                            world.box(((edge + x0) / 2, -0.006, board / 2), (x0 - edge, 0.012, board), skirting)
                        edge = x1
            for x0, x1, z0, z1, kind in openings:
                middle, ow, oh = (x0 + x1) / 2, x1 - x0, z1 - z0
                if kind == "window":
                    through = chance(rng, 0.4)
                    outside |= through
                    bright = uniform(rng, 0.8, 3.0)
                    with world.placed((middle, thick * uniform(rng, 0.2, 0.9), (z0 + z1) / 2)):
                        fittings.window_pane(world, rng, ow, oh, 0.0 if through else bright)
                    if chance(rng, 0.4):
                        low = 0.02 if chance(rng, 0.5) else max(0.02, z0 - 0.15)
                        with world.placed((middle, 0, low)):
                            fittings.curtain(world, rng, ow, min(h, z1 + 0.15) - low)
                    daylight = uniform(rng, 0.25, 1.2) * min(2.5, ow * oh)
                    world.add_lamp(
                        (middle, -0.25, (z0 + z1) / 2), 0.35, tuple(3.0 * daylight * c for c in (0.9, 0.96, 1.0))
                    )
                else:
                    _door(world, rng, plan, k, x0, x1, z1, thick, door_material)
    if lit:
        n = 1 if w * d < 22 else 2
        for i in range(n):
            across = ((i + 0.5) / n - 0.5) * max(w, d)
            position = (across, 0, h) if w > d else (0, across, h)
            with world.placed(position, 0.0 if chance(rng, 0.5) else pi / 2):
                lamps.ceiling_lamp(world, rng, strong / n)
    _daylight(world, rng)
    if outside:
        _outside(world, rng, plan)


LAMP_FACTOR = 0.8


def _openings(rng: np.random.Generator, plan: Plan, windows: int | None, doors: int | None) -> None:
    """Chooses where doors and windows are and keeps the floor before doors free."""
    for kind, n in (
        ("door", pick(rng, (1, 1, 1, 2)) if doors is None else doors),
        ("window", pick(rng, (0, 1, 1, 1, 2)) if windows is None else windows),
    ):
        for _ in range(n):
            k = int(rng.random() * 4)
            length, h = plan.length(k), plan.height
            if kind == "door":
                w, z0, z1 = uniform(rng, 0.75, 1.0), 0.0, min(h - 0.1, uniform(rng, 1.95, 2.15))
                if chance(rng, 0.15):
                    w = uniform(rng, 1.3, 1.9)
            else:
                w, z0 = uniform(rng, 0.6, 2.2), pick(rng, (uniform(rng, 0.7, 1.1), uniform(rng, 0.7, 1.1), 0.05))
                z1 = min(h - 0.1, max(z0 + 0.7, uniform(rng, 1.9, 2.4)))
            w = min(w, length - 0.3)
            if w < 0.5:
                continue
            a = uniform(rng, -1, 1) * (length - w - 0.2) / 2
            if any(a - w / 2 - 0.1 < x1 and x0 < a + w / 2 + 0.1 for x0, x1, *_ in plan.openings[k]):
                continue
            plan.openings[k].append((a - w / 2, a + w / 2, z0, z1, kind))
            if kind == "door":
                plan.taken.append(plan.rectangle(k, a, w, 0.7))


def _door(world: World, rng: np.random.Generator, plan: Plan, k: int, x0, x1, z1, thick, material) -> None:
    """Frame and leaf of a door; when it stands open there is another room behind it."""
    frame = random_material(rng, "painted") if chance(rng, 0.6) else material
    w, b = x1 - x0, uniform(rng, 0.05, 0.11)
    with world.thing("door"):
        for x in (x0 - b / 2 + 0.01, x1 + b / 2 - 0.01):
            world.box((x, thick / 2, (z1 + b) / 2), (b, thick + 0.04, z1 + b), frame)
        world.box(((x0 + x1) / 2, thick / 2, z1 + b / 2), (w, thick + 0.04, b), frame)
    style = rng.random()
    if style < 0.5:
        with world.placed((x0, 0.03, 0)):
            fittings.door_leaf(world, rng, w, z1, 0.0, material)
        return
    if style < 0.85:
        with world.placed((x0, 0.0, 0)):
            fittings.door_leaf(world, rng, w, z1, uniform(rng, 0.6, 1.75), material)
    x, y, _ = plan.on_wall(k, (x0 + x1) / 2)
    _, _, yaw = plan.wall_frame(k)
    plan.doors.append((x, y, -sin(yaw), cos(yaw)))
    _next_room(world, rng, (x0 + x1) / 2, w, z1, thick)


def _next_room(world: World, rng: np.random.Generator, middle: float, w: float, top: float, thick: float) -> None:
    """A simple room behind an opening in the wall along x at y = thick."""
    deep, high = uniform(rng, 1.2, 5.0), max(top + 0.15, uniform(rng, 2.3, 3.0))
    left, right = middle - w / 2 - uniform(rng, 0.3, 2.0), middle + w / 2 + uniform(rng, 0.3, 2.0)
    wide, centre = right - left, (left + right) / 2
    y0 = thick + 0.005
    material = random_material(rng, "wall")
    with world.thing("floor"):
        world.box((centre, y0 + deep / 2, -0.1), (wide, deep + 0.01, 0.196), random_material(rng, "floor"))
        world.box((middle, thick / 2, -0.09), (w, thick + 0.02, 0.19), random_material(rng, "wood"))
    with world.thing("ceiling"):
        world.box((centre, y0 + deep / 2, high + 0.05), (wide, deep, 0.1), random_material(rng, "ceiling"))
    with world.thing("wall"):
        world.box((centre, y0 + deep + 0.05, high / 2), (wide + 0.2, 0.1, high), material)
        for x in (left - 0.05, right + 0.05):
            world.box((x, y0 + deep / 2, high / 2), (0.1, deep, high), material)
    light = lamp_colour(rng)
    if chance(rng, 0.8):
        power = uniform(rng, 1.0, 6.0)
        world.add_lamp((centre, y0 + deep / 2, high - 0.4), 0.2, tuple(power * c for c in light))
    for _ in range(whole(rng, 1, 2)):
        fw = uniform(rng, 0.5, max(0.6, min(1.4, wide - 0.2)))
        if fw > wide:
            continue
        with world.placed((uniform(rng, left + fw / 2, right - fw / 2), y0 + deep, 0)):
            kind = whole(rng, 0, 3)
            if kind == 0 and deep > 1.6:
                storage.bookcase(world, rng, fw, 0.3, uniform(rng, 1.0, 2.1), books_most=5)
            elif kind == 1 and deep > 1.6:
                storage.cupboard(world, rng, fw, 0.4, uniform(rng, 0.7, 2.0), things=False)
            elif kind == 2:
                with world.placed((0, 0, uniform(rng, 1.4, 1.7))):
                    fittings.picture(world, rng)
            else:
                with world.placed((0, 0, 1.5)):
                    fittings.window_pane(world, rng, fw, 1.1, uniform(rng, 0.8, 2.5))
            break


def _daylight(world: World, rng: np.random.Generator) -> None:
    """What the sky outside is like."""
    grey = rng.random()
    bright = uniform(rng, 0.6, 1.8)
    zenith = mixed((0.25, 0.45, 0.85), (0.7, 0.72, 0.75), grey)
    horizon = mixed((0.75, 0.85, 0.95), (0.85, 0.85, 0.85), grey)
    sun = uniform(rng, 0.5, 2.5) * (1 - grey)
    angle, low = uniform(rng, 0, 2 * pi), uniform(rng, 0.2, 0.9)
    world.sky = Sky(
        sun_direction=(cos(angle), sin(angle), low),
        sun_color=(sun, sun * 0.9, sun * 0.75),
        zenith=tuple(bright * c for c in zenith),
        horizon=tuple(bright * c for c in horizon),
        clouds=grey,
    )


def _outside(world: World, rng: np.random.Generator, plan: Plan) -> None:
    """What is seen through windows: the ground some way below, a house or two, trees."""
    below = -uniform(rng, 0.3, 7.0)
    with world.thing("ground"):
        color = colour(rng, pick(rng, ("green", "neutral")))
        world.box((0, 0, below - 0.5), (140, 140, 1.0), Material(color, pattern="grass", scale=0.3))
    for _ in range(whole(rng, 1, 3)):
        a, r = uniform(rng, 0, 2 * pi), uniform(rng, 14, 40)
        x, y = r * cos(a), r * sin(a)
        if chance(rng, 0.5):
            size = (uniform(rng, 6, 14), uniform(rng, 6, 10), uniform(rng, 4, 12))
            with world.thing("building"):
                color = colour(rng, pick(rng, ("white", "neutral", "wood")))
                world.box((x, y, below + size[2] / 2), size, Material(color, pattern="facade", scale=3.0), yaw=a)
        else:
            h = uniform(rng, 4, 10)
            with world.thing("tree"):
                world.frustum((x, y, below), (x, y, below + h * 0.6), 0.2, Material((0.1, 0.07, 0.05)))
                leaves = Material(colour(rng, "green"), None, "leaves", 0.5, 0.0, 0.5, 0.3)
                world.ellipsoid((x, y, below + h * 0.7), (h * 0.3, h * 0.3, h * 0.36), leaves)


# ---------------------------------------------------------------------------------------------------------------------
# Furnishing


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
    return {0: _BACK, -1: _RIGHT, 2: _FRONT, 1: _LEFT}[round(yaw / (pi / 2))]


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
        if len(world) > _ENOUGH + 20:
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


def _rug(world: World, rng: np.random.Generator, plan: Plan, x: float, y: float) -> None:
    w, d = uniform(rng, 1.2, 2.6), uniform(rng, 0.9, 1.9)
    with world.placed((x, y, 0), uniform(rng, -0.15, 0.15) + (pi / 2 if chance(rng, 0.5) else 0)):
        household.rug(world, rng, min(w, plan.width * 0.8), min(d, plan.depth * 0.8))


def _people(world: World, rng: np.random.Generator, plan: Plan, n: int) -> None:
    for _ in range(n):
        place = plan.somewhere(rng, 0.5, 0.5, 1.6)
        if place:
            plan.spots += [(place[0], place[1], uniform(rng, 0.9, 1.5), 0.9)] * 2
            with world.placed((place[0], place[1], 0), uniform(rng, 0, 2 * pi)):
                people_indoors.person(world, rng)


def _living(world, rng, plan):
    names = ["sofa", pick(rng, ("sideboard", "bookcase", "desk", "fireplace", "wardrobe"))]
    names += [
        pick(rng, ("armchair", "bookcase", "sideboard", "plant", "floor_lamp", "piano", "chair", "sofa", "table"))
        for _ in range(5)
    ]
    names += [pick(rng, ("plant", "floor_lamp", "boxes", "bin", "bag", "radiator", "easel")) for _ in range(2)]
    _several(world, rng, plan, names)
    if chance(rng, 0.85):
        place = plan.somewhere(rng, 1.2, 0.8, 0.4)
        if place:
            if chance(rng, 0.65):
                _rug(world, rng, plan, place[0], place[1])
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
    if chance(rng, 0.4) and len(world) < _ENOUGH:
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


def _several(world, rng, plan, names):
    for name in names:
        if len(world) > _ENOUGH:
            return
        put(world, rng, plan, name)


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
    _several(world, rng, plan, names)
    if chance(rng, 0.5):
        _rug(world, rng, plan, uniform(rng, -1, 1), uniform(rng, -0.5, 0.5))


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
    _several(
        world,
        rng,
        plan,
        [
            pick(rng, ("fridge", "sideboard", "chair", "bin", "plant", "bookcase", "boxes", "radiator"))
            for _ in range(2)
        ],
    )
    _people(world, rng, plan, int(chance(rng, 0.35)))


def _dining(world, rng, plan):
    w = uniform(rng, 1.0, min(2.2, plan.width - 1.4))
    d = w if chance(rng, 0.2) and w < 1.4 else uniform(rng, 0.8, 1.05)
    spot = (uniform(rng, -0.3, 0.3), uniform(rng, -0.3, 0.3), pick(rng, (0.0, pi / 2)) + uniform(rng, -0.1, 0.1))
    plan.taken.append((spot[0] - 1.0, spot[1] - 1.0, spot[0] + 1.0, spot[1] + 1.0))
    if chance(rng, 0.4):
        _rug(world, rng, plan, 0, 0)
    set_table(world, rng, plan, w, d, uniform(rng, 0.72, 0.78), "meal", whole(rng, 2, 6), whole(rng, 2, 8), spot)
    _several(
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
    _people(world, rng, plan, int(chance(rng, 0.2)))


def _office(world, rng, plan):
    _several(world, rng, plan, ["desk", pick(rng, ("desk", "bookcase")), pick(rng, ("desk", "wardrobe", "bookcase"))])
    if chance(rng, 0.6):
        place = plan.somewhere(rng, 1.5, 1.7, 0.75)
        if place and len(world) < _ENOUGH:
            with world.placed((place[0], place[1], 0), place[2]):
                with world.placed((0, 0.35, 0)):
                    tables.desk(world, rng, 1.4, 0.75, 0.74)
                with world.placed((0, -0.6, 0), pi + uniform(rng, -0.8, 0.8)):
                    seating.office_chair(world, rng)
    names = [
        pick(rng, ("bookcase", "desk", "plant", "bin", "boxes", "chest", "radiator", "chair", "bag", "table", "rack"))
        for _ in range(5)
    ]
    _several(world, rng, plan, names)
    _people(world, rng, plan, int(chance(rng, 0.25)))


def _classroom(world, rng, plan):
    long = plan.depth > plan.width
    rows, style = whole(rng, 2, 3), {}
    material = random_material(rng, "wood")
    frame = random_material(rng, "metal")
    columns = whole(rng, 1, 3)
    for i in range(rows):
        for j in range(columns):
            if len(world) > _ENOUGH:
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
    x, y, yaw = plan.on_wall(_LEFT if long else _BACK, 0.0)
    with world.placed((x, y, 1.5), yaw), world.thing("picture"):
        board = pick(rng, ((0.02, 0.05, 0.03), (0.8, 0.8, 0.8), (0.02, 0.02, 0.02)))
        world.box((0, -0.03, 0), (min(3.0, plan.length(_BACK) * 0.5), 0.04, 1.1), Material(board, gloss=0.15))
    _several(
        world, rng, plan, [pick(rng, ("bookcase", "desk", "wardrobe", "bin", "plant", "radiator")) for _ in range(2)]
    )
    _people(world, rng, plan, whole(rng, 0, 2))


def _library(world, rng, plan):
    gap = uniform(rng, 1.0, 1.6)
    h = min(plan.height - 0.15, uniform(rng, 1.5, 2.4))
    y = -plan.depth / 2 + 0.7
    while y < plan.depth / 2 - 0.6 and len(world) < _ENOUGH - 30:
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
    _several(
        world,
        rng,
        plan,
        ["bookcase", "bookcase", "bookcase", pick(rng, ("desk", "armchair", "table")), "chair", "plant"],
    )
    _people(world, rng, plan, whole(rng, 0, 2))


def _corridor(world, rng, plan):
    names = [
        pick(rng, ("bookcase", "chest", "plant", "radiator", "bin", "boxes", "chair", "table", "rack", "bicycle"))
        for _ in range(5)
    ]
    _several(world, rng, plan, names)
    if chance(rng, 0.4):
        with world.placed((0, 0, 0)):
            household.rug(world, rng, plan.width * 0.5, plan.depth * 0.6)
    _people(world, rng, plan, whole(rng, 0, 2))


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
        if len(world) > _ENOUGH:
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
    _people(world, rng, plan, whole(rng, 0, 4))


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
    _several(world, rng, plan, names)
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
    _several(
        world, rng, plan, [pick(rng, ("chest", "bin", "plant", "radiator", "bookcase", "fridge")) for _ in range(2)]
    )


def _stairs(world, rng, plan):
    tread, riser = uniform(rng, 0.24, 0.3), uniform(rng, 0.16, 0.19)
    n = min(11, int(plan.height / riser), int((plan.length(_LEFT) - 1.2) / tread))
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
    _several(
        world,
        rng,
        plan,
        [pick(rng, ("chest", "plant", "bookcase", "chair", "rack", "table", "radiator", "boxes")) for _ in range(4)],
    )
    _people(world, rng, plan, whole(rng, 0, 1))


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


# ---------------------------------------------------------------------------------------------------------------------
# The photographer


class Probe:
    """Quick distances to a world's shapes, round ones taken for the boxes around them."""

    def __init__(self, world: World) -> None:
        self.matrices = np.array(world._matrices)
        self.inverse = np.linalg.inv(self.matrices)
        self.objects = np.array(world._objects)

    def clearance(self, eye) -> float:
        """Metres from a point to the nearest shape, 0 inside one."""
        local = self.inverse[:, :3, :3] @ np.asarray(eye, float) + self.inverse[:, :3, 3]
        gap = local - np.clip(local, -1, 1)
        return float(np.sqrt(((self.matrices[:, :3, :3] @ gap[:, :, None])[:, :, 0] ** 2).sum(1).min()))

    def look(self, eye, directions: np.ndarray) -> tuple[np.ndarray, int]:
        """Metres to the first shape along each direction (n, 3), 60 where there is none; how many objects were met."""
        linear = self.inverse[:, :3, :3]
        origin = (linear @ np.asarray(eye, float) + self.inverse[:, :3, 3])[:, None, :]
        along = linear.reshape(-1, 3) @ np.asarray(directions, float).T
        along = along.reshape(len(linear), 3, -1).transpose(0, 2, 1)
        inverse = 1.0 / np.where(np.abs(along) < 1e-9, 1e-9, along)
        middle, reach = -origin * inverse, np.abs(inverse)
        near, far = (middle - reach).max(2), (middle + reach).min(2)
        hit = np.where((near < far) & (far > 0), np.maximum(near, 0), 60.0)
        first = hit.argmin(0)
        return hit[first, np.arange(hit.shape[1])], len(set(self.objects[first].tolist()))


def grid_directions(eye, target, fov: float) -> np.ndarray:
    """A 5 x 4 grid of directions over a picture (20, 3), unit vectors."""
    forward = np.asarray(target, float) - np.asarray(eye, float)
    forward /= np.linalg.norm(forward)
    flat = max(1e-6, hypot(forward[0], forward[1]))
    right = np.array([forward[1] / flat, -forward[0] / flat, 0.0])
    up = np.array([-forward[2] * forward[0] / flat, -forward[2] * forward[1] / flat, flat])
    half = tan(radians(fov) / 2)
    u, v = np.meshgrid(np.linspace(-0.85, 0.85, 5) * half, np.linspace(-0.65, 0.65, 4) * half)
    rays = forward + u.reshape(-1, 1) * right + v.reshape(-1, 1) * up
    return rays / np.linalg.norm(rays, axis=1, keepdims=True)


def quality(distances: np.ndarray, objects: int, *, nearest: float = 0.3, wanted: int = 6) -> float:
    """How promising a picture with these 20 distances and so many objects is: above 0 is good enough."""
    ordered = np.sort(distances)
    if ordered[3] < nearest or ordered[0] < 0.4 * nearest:
        return -3.0 + float(ordered[3])
    if ordered[10] < 1.9 * nearest:
        return -2.0 + float(ordered[10])
    spread = min(float(ordered[16] / ordered[2]) - 1.4, 0.5)
    return min(spread, (objects - wanted) / 10.0 + 0.05)


def field_of_view(rng: np.random.Generator) -> float:
    """The larger field of view, degrees: most pictures 50 to 72."""
    return float(np.clip(62 + 9 * rng.standard_normal(), 35, 85))


def tilt(rng: np.random.Generator) -> float:
    """The roll of a hand-held camera, radians."""
    return float(rng.standard_normal() * radians(pick(rng, (1.0, 2.0, 3.0, 6.0))))


def take(world: World, rng: np.random.Generator, plan: Plan) -> View:
    """Chooses a place for the camera and what it looks at."""
    probe = Probe(world)
    w, d, h = plan.width, plan.depth, plan.height
    best, best_quality = None, -9.0
    wanted = pick(rng, (5, 6, 7, 7, 8, 8, 9, 10))  # objects in the picture
    for _ in range(14):
        fov = field_of_view(rng)
        x, y = uniform(rng, -1, 1) * (w / 2 - 0.25), uniform(rng, -1, 1) * (d / 2 - 0.25)
        z = pick(
            rng,
            (
                uniform(rng, 1.2, 1.7),
                uniform(rng, 1.2, 1.7),
                uniform(rng, 0.6, 1.3),
                uniform(rng, 0.9, 1.6),
                uniform(rng, 1.7, 2.2),
                uniform(rng, 0.3, 0.7),
            ),
        )
        z = min(z, h - 0.2)
        mode, outside = rng.random(), False
        if mode < 0.4 and plan.spots:  # a thing, from a little distance
            sx, sy, sz, size = pick(rng, plan.spots)
            away = uniform(rng, 0.55, 1.5) * size + uniform(rng, 0.3, 1.6)
            a = uniform(rng, 0, 2 * pi)
            x, y = sx + away * cos(a), sy + away * sin(a)
            target = (
                sx + uniform(rng, -0.3, 0.3) * size,
                sy + uniform(rng, -0.3, 0.3) * size,
                sz + uniform(rng, -0.25, 0.25) * size,
            )
        elif mode < 0.62:  # across the room, from near a wall or a corner
            if chance(rng, 0.5):
                x = pick(rng, (-1, 1)) * (w / 2 - uniform(rng, 0.25, 0.7))
            else:
                y = pick(rng, (-1, 1)) * (d / 2 - uniform(rng, 0.25, 0.7))
            target = (uniform(rng, -0.5, 0.5) * w * 0.6, uniform(rng, -0.5, 0.5) * d * 0.6, z - uniform(rng, -0.1, 0.6))
        elif mode < 0.74:  # into a corner
            target = (pick(rng, (-0.5, 0.5)) * w, pick(rng, (-0.5, 0.5)) * d, uniform(rng, 0.3, 1.5))
        elif mode < 0.84:  # along a wall
            if chance(rng, 0.5):
                s = pick(rng, (-1, 1))
                x, end = s * (w / 2 - uniform(rng, 0.25, 0.9)), pick(rng, (-1, 1))
                y = -end * uniform(rng, 0.0, 0.9) * (d / 2 - 0.3)
                target = (s * (w / 2 - uniform(rng, -0.5, 0.9)), end * d / 2, z - uniform(rng, -0.2, 0.5))
            else:
                s = pick(rng, (-1, 1))
                y, end = s * (d / 2 - uniform(rng, 0.25, 0.9)), pick(rng, (-1, 1))
                x = -end * uniform(rng, 0.0, 0.9) * (w / 2 - 0.3)
                target = (end * w / 2, s * (d / 2 - uniform(rng, -0.5, 0.9)), z - uniform(rng, -0.2, 0.5))
        elif mode < 0.92 and plan.doors:  # through a doorway
            dx, dy, nx, ny = pick(rng, plan.doors)
            target = (dx + uniform(rng, -0.4, 0.4), dy + uniform(rng, -0.4, 0.4), uniform(rng, 0.6, 1.6))
            if chance(rng, 0.5):  # from outside
                out = uniform(rng, 0.25, 1.1)
                x, y, outside = dx + out * nx, dy + out * ny, True
                target = (
                    dx - 2 * nx + uniform(rng, -1.2, 1.2),
                    dy - 2 * ny + uniform(rng, -1.2, 1.2),
                    z - uniform(rng, 0, 0.6),
                )
        else:  # anywhere, up or down
            a, pitch = (
                uniform(rng, 0, 2 * pi),
                radians(pick(rng, (uniform(rng, -60, -25), uniform(rng, -25, 0), uniform(rng, 0, 20)))),
            )
            target = (x + cos(a) * cos(pitch), y + sin(a) * cos(pitch), z + sin(pitch))
        if not (outside or (abs(x) < w / 2 - 0.2 and abs(y) < d / 2 - 0.2)):
            continue
        eye = (x, y, z)
        level = hypot(target[0] - x, target[1] - y)
        if level < 0.2:
            continue
        pitch = min(radians(20), max(radians(-60), atan2(target[2] - z, level)))
        target = (target[0], target[1], z + level * tan(pitch))
        space = probe.clearance(eye)
        if space < 0.16:
            if best is None:
                best, best_quality = View(eye, target, fov, 0.0), -8.0 + space
            continue
        value = quality(*probe.look(eye, grid_directions(eye, target, fov)), wanted=wanted)
        if value > best_quality:
            best, best_quality = View(eye, target, fov, tilt(rng)), value
        if value > 0:
            break
    if best is None or best_quality < -5:
        best = _any_view(rng, plan, probe)
    return best


def _any_view(rng: np.random.Generator, plan: Plan, probe: Probe) -> View:
    """A view from the roomiest of some random places, towards the room's middle or past it."""
    places = [
        (
            uniform(rng, -1, 1) * (plan.width / 2 - 0.3),
            uniform(rng, -1, 1) * (plan.depth / 2 - 0.3),
            uniform(rng, 1.2, min(2.2, plan.height - 0.2)),
        )
        for _ in range(12)
    ]
    eye = max(places, key=probe.clearance)
    a = atan2(-eye[1], -eye[0]) + uniform(rng, -0.4, 0.4)
    return View(eye, (eye[0] + cos(a), eye[1] + sin(a), eye[2] - 0.2), field_of_view(rng), tilt(rng))


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
    if len(world) < _ENOUGH:
        clutter(world, rng, plan, pick(rng, (0, 1, 2, 3, 5)))
    view = take(world, rng, plan)
    if chance(rng, 0.25) and len(world) < _ENOUGH + 40:
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
    out = uniform(rng, 0.3, 0.4) * (plan.depth if k in (_BACK, _FRONT) else plan.width)
    thick = uniform(rng, 0.12, 0.4)
    box = plan.rectangle(k, uniform(rng, -0.3, 0.3) * plan.length(k), thick, out)
    if plan.free(box):
        plan.taken.append(box)
        x0, y0, x1, y1 = box
        h = plan.height if chance(rng, 0.7) else uniform(rng, 0.9, 1.3)
        with world.thing("wall"):
            world.box(((x0 + x1) / 2, (y0 + y1) / 2, h / 2), (x1 - x0, y1 - y0, h), material)
