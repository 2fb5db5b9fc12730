"""The floor plan of a rectangular room: what is taken, where doors and windows are, where a thing still fits."""

from __future__ import annotations

from math import cos, pi, sin
from typing import NamedTuple

import numpy as np

from helpers.scenes.draws import chance, pick, uniform

BACK, RIGHT, FRONT, LEFT = range(4)
"""The walls of a room: at +y, +x, -y and -x."""


class Opening(NamedTuple):
    """A door or a window in a wall: from where to where along it and above the floor, metres; "door" or "window"."""

    left: float
    right: float
    low: float
    high: float
    kind: str


class Plan:
    """The floor plan of a rectangular room about the origin: what is taken, where the openings are.

    width along x, depth along y, height along z, metres. `taken` holds rectangles (x0, y0, x1, y1); `spots` holds
    (x, y, z, size) of things worth a photograph; `doors` holds x, y and the outward direction of open doorways.
    """

    def __init__(self, width: float, depth: float, height: float) -> None:
        self.width, self.depth, self.height = width, depth, height
        self.taken: list[tuple[float, float, float, float]] = []
        self.spots: list[tuple[float, float, float, float]] = []
        self.openings: list[list[Opening]] = [[], [], [], []]
        self.doors: list[tuple[float, float, float, float]] = []

    def length(self, wall: int) -> float:
        """The length of a wall (0 back at +y, 1 right, 2 front, 3 left)."""
        return self.width if wall in (BACK, FRONT) else self.depth

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
