"""Roads: how they run, their cross section, roadway, markings, kerbs and pavements."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.scenes import outdoors
from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.outdoor_materials import WHITE_LINE, asphalt, earth, paving, plain
from helpers.scenes.world import Material, World


def detail_along(distance: float) -> int:
    """How finely something is built that stands so many metres along a road, 2 to 0."""
    return outdoors.detail_at(distance, 13, 32)


@dataclass(frozen=True)
class Path:
    """The middle of a road: straight up to `start`, then a bend with the given curvature (1/m, left is positive)."""

    curvature: float
    start: float

    def __call__(self, s: float, offset: float) -> tuple[float, float, float]:
        """Position (x, y) and heading of the point `s` metres along and `offset` metres to the right."""
        bend = max(0.0, s - self.start)
        k = self.curvature
        if k == 0 or bend == 0:
            return offset, s, 0.0
        a = min(k * bend, 1.4) if k > 0 else max(k * bend, -1.4)
        arc = a / k
        rest = bend - arc
        x = -(1 - math.cos(a)) / k - math.sin(a) * rest
        y = self.start + math.sin(a) / k + math.cos(a) * rest
        return x + offset * math.cos(a), y + offset * math.sin(a), a


def strip(
    world, path, left: float, right: float, z: float, material: Material, reach: float, thick: float = 0.3
) -> None:
    """A band along the path between two offsets, its upper side at z."""
    width, middle = right - left, (left + right) / 2
    if path.curvature == 0:
        world.box((middle, reach / 2 - 15, z - thick / 2), (width, reach + 30, thick), material)
        return
    world.box((middle, path.start / 2 - 10, z - thick / 2), (width, path.start + 20, thick), material)
    step = 9.0
    for i in range(int((reach - path.start) / step)):
        x, y, a = path(path.start + (i + 0.5) * step, middle)
        lap = 0.4 + abs(path.curvature) * (abs(middle) + width / 2) * step
        world.box((x, y, z - thick / 2), (width, step + lap, thick), material, yaw=a)


@dataclass(frozen=True)
class CrossSection:
    """A road across its length: offsets from the camera's own lane, metres, right is positive.

    left, right: the edges of the lanes. bays: whether cars park beside them, on the left and on the right.
    lanes: where lines part the lanes. kerb: metres, the height of the pavement (0: there is none).
    """

    left: float
    right: float
    bays: tuple[bool, bool]
    lanes: tuple[float, ...]
    kerb: float

    @property
    def outer_left(self) -> float:
        """The left edge of the roadway, a parking bay included."""
        return self.left - 2.1 * self.bays[0]

    @property
    def outer_right(self) -> float:
        """The right edge of the roadway, a parking bay included."""
        return self.right + 2.1 * self.bays[1]

    @property
    def oncoming(self) -> float:
        """The middle of the lane of oncoming traffic."""
        left, right = self.left, self.right
        if left < -right - 1:
            return (left + min(-right, left + 3.0)) / 2
        return (right + max(-left, right - 3.0)) / 2

    def parked_toward(self, side: int) -> bool:
        """Whether cars parked on that side (-1 left, 1 right) face the camera."""
        return (side < 0) == (self.left < -self.right - 1 or not self.lanes or self.lanes[0] < 0)


_BAYS = {"suburb": 0.75, "city": 0.75, "avenue": 0.5, "works": 0.4}  # how likely cars park beside the road; else 0.08


def cross_section(rng: np.random.Generator, style: str) -> CrossSection:
    """One lane or more, parking bays and kerbs as a road of that style has them; traffic keeps left now and then."""
    right = uniform(rng, 1.7, 2.6)
    left = -right - (uniform(rng, 2.6, 3.8) if chance(rng, 0.7) else 0.3)
    lanes = (-right,) if left < -right - 1 else ()
    if style in ("city", "avenue", "works") and chance(rng, 0.3):
        left -= 3.4
        lanes += (-right - 3.4,)
    bays = (chance(rng, _BAYS.get(style, 0.08)), chance(rng, _BAYS.get(style, 0.08)))
    if chance(rng, 0.25):  # traffic keeps left
        left, right = -right, -left
        lanes, bays = tuple(-lane for lane in lanes), bays[::-1]
    kerb = 0.0 if style in ("rural", "lane") and chance(rng, 0.85) else uniform(rng, 0.08, 0.16)
    return CrossSection(left, right, bays, lanes, kerb)


def road(
    world: World, rng: np.random.Generator, path: Path, section: CrossSection, *, style: str, reach: float
) -> float:
    """Roadway, markings, kerbs and pavements for `reach` metres; returns the width of the pavement (0: none)."""
    left, right = section.outer_left, section.outer_right
    surface = asphalt(rng) if style != "lane" or chance(rng, 0.5) else earth(rng)
    with world.thing("road"):
        strip(world, path, left, right, 0.03, surface, reach)
        if style != "lane" and chance(rng, 0.7):
            _lane_lines(world, rng, path, section.lanes, reach)
        if style in ("rural", "avenue") and chance(rng, 0.6):
            for x in (left + 0.25, right - 0.25):
                strip(world, path, x - 0.06, x + 0.06, 0.045, WHITE_LINE, min(80.0, reach), 0.03)
        if chance(rng, 0.12):  # a zebra crossing
            y = uniform(rng, 6, 25)
            for i in range(int((right - left) / 1.0)):
                world.box((left + 0.5 + i, y, 0.03), (0.5, 3.2, 0.032), WHITE_LINE)
        if chance(rng, 0.3):
            patch = asphalt(rng)
            for _ in range(2):
                world.box(
                    (uniform(rng, left + 0.8, right - 0.8), uniform(rng, 3, 20), 0.03),
                    (uniform(rng, 0.6, 1.5), uniform(rng, 0.6, 8), 0.012),
                    patch,
                )
    return _pavements(world, rng, path, section, reach) if section.kerb else 0.0


def _lane_lines(world: World, rng: np.random.Generator, path: Path, lanes: Sequence[float], reach: float) -> None:
    """Lines between the lanes, solid or broken."""
    solid, first = chance(rng, 0.3), uniform(rng, 0, 9)
    dash = pick(rng, (3.0, 3.0, 1.5, 6.0))
    for lane in lanes:
        if solid:
            strip(world, path, lane - 0.06, lane + 0.06, 0.045, WHITE_LINE, min(60.0, reach), 0.03)
            continue
        for i in range(6):
            x, y, a = path(first - 3 + i * (2.2 * dash + 1.0), lane)
            world.box((x, y, 0.03), (0.13, dash, 0.03), WHITE_LINE, yaw=a)


def _pavements(world: World, rng: np.random.Generator, path: Path, section: CrossSection, reach: float) -> float:
    """Kerbstones and pavements on both sides; returns the width of each."""
    kerb, width = section.kerb, uniform(rng, 1.3, 4.0)
    stones, slabs = plain(rng, (0.45, 0.44, 0.42)), paving(rng)
    with world.thing("pavement"):
        for side, edge in ((-1, section.outer_left), (1, section.outer_right)):
            a, b = sorted((edge, edge + side * 0.15))
            strip(world, path, a, b, 0.03 + kerb, stones, min(reach, 90.0))
            a, b = sorted((edge + side * 0.15, edge + side * width))
            strip(world, path, a, b, 0.02 + kerb, slabs, reach)
    return width
