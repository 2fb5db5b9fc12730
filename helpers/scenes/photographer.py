"""The photographer indoors: where the camera stands, what it looks at, and how promising a picture would be."""

from __future__ import annotations

from dataclasses import replace
from math import atan2, cos, hypot, pi, radians, sin, tan
from typing import NamedTuple

import numpy as np

from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.floor_plan import Plan
from helpers.scenes.world import View, World

Point = tuple[float, float, float]


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


def quality(distances: np.ndarray, objects: int, *, nearest: float, wanted: int) -> float:
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


CRAMPED = -40.0
"""What `judged` gives is below this where the camera would touch something."""


def judged(probe: Probe, view: View, *, room: float, nearest: float, wanted: int) -> float:
    """How promising a view is: above 0 is good enough; below `CRAMPED`: less than `room` metres around it."""
    space = probe.clearance(view.eye)
    if space < room:
        return -50 + space
    seen = probe.look(view.eye, grid_directions(view.eye, view.target, view.fov))
    return quality(*seen, nearest=nearest, wanted=wanted)


def nearly_level(eye: Point, target: Point, level: float, steepest: float) -> Point:
    """The target, `level` metres away over the ground, moved up or down into what people look at.

    That is from `steepest` degrees down to 20 degrees up.
    """
    pitch = min(radians(20), max(radians(-steepest), atan2(target[2] - eye[2], level)))
    return target[0], target[1], eye[2] + level * tan(pitch)


class _Aim(NamedTuple):
    """Where the camera stands and what it is aimed at, metres; outside: it stands beyond a doorway."""

    eye: Point
    target: Point
    outside: bool = False


def take(world: World, rng: np.random.Generator, plan: Plan) -> View:
    """Chooses a place for the camera in a room and what it looks at."""
    probe = Probe(world)
    best, best_quality = None, CRAMPED
    wanted = pick(rng, (5, 6, 7, 7, 8, 8, 9, 10))  # objects in the picture
    for _ in range(14):
        fov = field_of_view(rng)
        eye, target, outside = _aim(rng, plan)
        if not (outside or (abs(eye[0]) < plan.width / 2 - 0.2 and abs(eye[1]) < plan.depth / 2 - 0.2)):
            continue
        level = hypot(target[0] - eye[0], target[1] - eye[1])
        if level < 0.2:
            continue
        view = View(eye, nearly_level(eye, target, level, 60), fov)
        value = judged(probe, view, room=0.16, nearest=0.3, wanted=wanted)
        if value > best_quality:
            best, best_quality = replace(view, roll=tilt(rng)), value
        if value > 0:
            break
    return best or _any_view(rng, plan, probe)


def _aim(rng: np.random.Generator, plan: Plan) -> _Aim:
    """One of the ways to photograph a room, from a random place where the way does not name one."""
    x, y = uniform(rng, -1, 1) * (plan.width / 2 - 0.25), uniform(rng, -1, 1) * (plan.depth / 2 - 0.25)
    heights = ((1.2, 1.7), (1.2, 1.7), (0.6, 1.3), (0.9, 1.6), (1.7, 2.2), (0.3, 0.7))
    z = min(pick(rng, [uniform(rng, *span) for span in heights]), plan.height - 0.2)
    eye = (x, y, z)
    way = rng.random()
    if way < 0.4 and plan.spots:
        return _at_a_thing(rng, plan, eye)
    if way < 0.62:
        return _across(rng, plan, eye)
    if way < 0.74:  # into a corner
        corner = (pick(rng, (-0.5, 0.5)) * plan.width, pick(rng, (-0.5, 0.5)) * plan.depth)
        return _Aim(eye, (*corner, uniform(rng, 0.3, 1.5)))
    if way < 0.84:
        return _along_a_wall(rng, plan, eye)
    if way < 0.92 and plan.doors:
        return _through_a_doorway(rng, plan, eye)
    a = uniform(rng, 0, 2 * pi)  # anywhere, up or down
    pitch = radians(pick(rng, (uniform(rng, -60, -25), uniform(rng, -25, 0), uniform(rng, 0, 20))))
    return _Aim(eye, (x + cos(a) * cos(pitch), y + sin(a) * cos(pitch), z + sin(pitch)))


def _at_a_thing(rng: np.random.Generator, plan: Plan, eye: Point) -> _Aim:
    """At something worth a photograph, from a little distance."""
    x, y, z, size = pick(rng, plan.spots)
    away = uniform(rng, 0.55, 1.5) * size + uniform(rng, 0.3, 1.6)
    a = uniform(rng, 0, 2 * pi)
    target = (
        x + uniform(rng, -0.3, 0.3) * size,
        y + uniform(rng, -0.3, 0.3) * size,
        z + uniform(rng, -0.25, 0.25) * size,
    )
    return _Aim((x + away * cos(a), y + away * sin(a), eye[2]), target)


def _across(rng: np.random.Generator, plan: Plan, eye: Point) -> _Aim:
    """Across the room, from near a wall or a corner."""
    x, y, z = eye
    w, d = plan.width, plan.depth
    if chance(rng, 0.5):
        x = pick(rng, (-1, 1)) * (w / 2 - uniform(rng, 0.25, 0.7))
    else:
        y = pick(rng, (-1, 1)) * (d / 2 - uniform(rng, 0.25, 0.7))
    target = (uniform(rng, -0.5, 0.5) * w * 0.6, uniform(rng, -0.5, 0.5) * d * 0.6, z - uniform(rng, -0.1, 0.6))
    return _Aim((x, y, z), target)


def _along_a_wall(rng: np.random.Generator, plan: Plan, eye: Point) -> _Aim:
    """Along a wall on one side, towards the end of the room."""
    z = eye[2]
    along_y = chance(rng, 0.5)
    half, long = (plan.width / 2, plan.depth / 2) if along_y else (plan.depth / 2, plan.width / 2)
    side = pick(rng, (-1, 1))
    near, end = side * (half - uniform(rng, 0.25, 0.9)), pick(rng, (-1, 1))
    start = -end * uniform(rng, 0.0, 0.9) * (long - 0.3)
    goal, height = side * (half - uniform(rng, -0.5, 0.9)), z - uniform(rng, -0.2, 0.5)
    if along_y:
        return _Aim((near, start, z), (goal, end * long, height))
    return _Aim((start, near, z), (end * long, goal, height))


def _through_a_doorway(rng: np.random.Generator, plan: Plan, eye: Point) -> _Aim:
    """Out through an open door, or in from beyond it."""
    x, y, nx, ny = pick(rng, plan.doors)
    target = (x + uniform(rng, -0.4, 0.4), y + uniform(rng, -0.4, 0.4), uniform(rng, 0.6, 1.6))
    if not chance(rng, 0.5):
        return _Aim(eye, target)
    out = uniform(rng, 0.25, 1.1)
    target = (
        x - 2 * nx + uniform(rng, -1.2, 1.2),
        y - 2 * ny + uniform(rng, -1.2, 1.2),
        eye[2] - uniform(rng, 0, 0.6),
    )
    return _Aim((x + out * nx, y + out * ny, eye[2]), target, outside=True)


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
