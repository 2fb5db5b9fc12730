"""The shell of a room: floor, walls, ceiling, doors and windows with what is behind them, lamps and daylight."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin

import numpy as np

from helpers.scenes import fittings, lamps, shapes, storage
from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.floor_plan import Opening, Plan
from helpers.scenes.indoor_materials import colour, lamp_colour, mixed, random_material
from helpers.scenes.world import Material, Sky, World


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


@dataclass(frozen=True)
class _Finish:
    """What all walls of a room share. thick: metres. skirting: its material, if there is any; and its height."""

    thick: float
    skirting: Material | None
    skirting_height: float
    door: Material


def shell(
    world: World,
    rng: np.random.Generator,
    plan: Plan,
    *,
    walls: Material | None = None,
    windows: int | None = None,
    doors: int | None = None,
) -> None:
    """Floor, walls, ceiling, doors, windows and lamps of a room; fills in the plan's openings."""
    floor = random_material(rng, "floor")
    walls = walls or random_material(rng, "wall")
    ceiling = random_material(rng, "ceiling")
    accent = whole(rng, 0, 3) if chance(rng, 0.25) else -1
    other = random_material(rng, "wall")
    with world.thing("floor"):
        world.box((0, 0, -0.1), (plan.width + 0.6, plan.depth + 0.6, 0.2), floor)
    _ceiling(world, rng, plan, ceiling)
    _openings(rng, plan, windows, doors)
    lit = chance(rng, 0.65) or not any(o.kind == "window" for openings in plan.openings for o in openings)
    finish = _Finish(
        thick=uniform(rng, 0.1, 0.3),
        skirting=random_material(rng, "painted") if chance(rng, 0.65) else None,
        skirting_height=uniform(rng, 0.06, 0.16),
        door=random_material(rng, "painted" if chance(rng, 0.6) else "wood"),
    )
    seen_through = [_side(world, rng, plan, k, other if k == accent else walls, finish) for k in range(4)]
    if lit:
        _ceiling_lamps(world, rng, plan)
    _daylight(world, rng)
    if any(seen_through):
        _outside(world, rng)


def _ceiling(world: World, rng: np.random.Generator, plan: Plan, material: Material) -> None:
    """The ceiling, now and then with beams, or with a slope on one side as under a roof."""
    w, d, h = plan.width, plan.depth, plan.height
    with world.thing("ceiling"):
        world.box((0, 0, h + 0.1), (w + 0.6, d + 0.6, 0.2), material)
        if chance(rng, 0.12):
            beam = random_material(rng, "wood")
            n = whole(rng, 3, 6)
            for k in range(n):
                world.box((0, (k + 0.5) * d / n - d / 2, h - 0.07), (w, 0.14, 0.15), beam)
        if chance(rng, 0.08) and h < 3.2:
            side, run, low = pick(rng, (-1, 1)), w * uniform(rng, 0.3, 0.5), h * uniform(rng, 0.3, 0.6)
            slope = atan2(h - low, run)
            centre = (side * (w / 2 - run / 2 + 0.06 * sin(slope)), 0, (h + low) / 2 + 0.06 * cos(slope))
            world.box(centre, (hypot(run, h - low) + 0.1, d, 0.1), material, rotation=shapes.turn_y(side * slope))


def _side(world: World, rng: np.random.Generator, plan: Plan, k: int, material: Material, finish: _Finish) -> bool:
    """Wall number `k` with its skirting, doors and windows; returns whether one sees out through a window."""
    openings, outside = plan.openings[k], False
    x, y, yaw = plan.wall_frame(k)
    with world.placed((x, y, 0), yaw):
        with world.thing("wall"):
            wall(world, plan.length(k), plan.height, finish.thick, openings, material)
            if finish.skirting:
                _skirting(world, plan.length(k), openings, finish.skirting, finish.skirting_height)
        for opening in openings:
            if opening.kind == "window":
                outside |= _window(world, rng, opening, finish.thick, plan.height)
            else:
                _door(world, rng, plan, k, opening, finish)
    return outside


def _skirting(world: World, length: float, openings: list[Opening], material: Material, height: float) -> None:
    """A board along the foot of a wall, but not across its doors."""
    edge, end = -length / 2, length / 2
    doors = sorted((o.left, o.right) for o in openings if o.kind == "door")
    for left, right in [*doors, (end, end)]:
        if left - edge > 0.02:
            world.box(((edge + left) / 2, -0.006, height / 2), (left - edge, 0.012, height), material)
        edge = right


def _window(world: World, rng: np.random.Generator, opening: Opening, thick: float, ceiling: float) -> bool:
    """Pane, curtain and daylight of a window in a wall along x; returns whether one sees through it."""
    left, right, low, high, _ = opening
    middle, height, w, h = (left + right) / 2, (low + high) / 2, right - left, high - low
    through = chance(rng, 0.4)
    bright = uniform(rng, 0.8, 3.0)
    with world.placed((middle, thick * uniform(rng, 0.2, 0.9), height)):
        fittings.window_pane(world, rng, w, h, 0.0 if through else bright)
    if chance(rng, 0.4):
        hem = 0.02 if chance(rng, 0.5) else max(0.02, low - 0.15)
        with world.placed((middle, 0, hem)):
            fittings.curtain(world, rng, w, min(ceiling, high + 0.15) - hem)
    daylight = uniform(rng, 0.25, 1.2) * min(2.5, w * h)
    world.add_lamp((middle, -0.25, height), 0.35, tuple(3.0 * daylight * c for c in (0.9, 0.96, 1.0)))
    return through


def _ceiling_lamps(world: World, rng: np.random.Generator, plan: Plan) -> None:
    """One lamp, or two in a large room; together they are as strong as its floor is large."""
    w, d, h = plan.width, plan.depth, plan.height
    strong = 0.8 * max(0.5, (w * d) / 16.0)
    n = 1 if w * d < 22 else 2
    for i in range(n):
        across = ((i + 0.5) / n - 0.5) * max(w, d)
        position = (across, 0, h) if w > d else (0, across, h)
        with world.placed(position, 0.0 if chance(rng, 0.5) else pi / 2):
            lamps.ceiling_lamp(world, rng, strong / n)


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
            plan.openings[k].append(Opening(a - w / 2, a + w / 2, z0, z1, kind))
            if kind == "door":
                plan.taken.append(plan.rectangle(k, a, w, 0.7))


def _door(world: World, rng: np.random.Generator, plan: Plan, k: int, opening: Opening, finish: _Finish) -> None:
    """Frame and leaf of a door; when it stands open there is another room behind it."""
    x0, x1, _, z1, _ = opening
    thick, material = finish.thick, finish.door
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


def _outside(world: World, rng: np.random.Generator) -> None:
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
