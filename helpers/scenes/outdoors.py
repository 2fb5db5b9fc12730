"""What streets and landscapes share: a view in a direction, and how finely something at a distance is built."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from helpers.scenes.world import View


def look(rng: np.random.Generator, eye: Sequence[float], yaw: float, pitch: float, fov: float) -> View:
    """A view from `eye`, `yaw` degrees to the left of +y, `pitch` degrees up, held almost level."""
    a, b = math.radians(yaw), math.radians(pitch)
    way = (-math.sin(a) * math.cos(b), math.cos(a) * math.cos(b), math.sin(b))
    target = tuple(float(e + 10 * w) for e, w in zip(eye, way, strict=True))
    return View(tuple(map(float, eye)), target, fov, float(rng.normal(0, 1.8)))


def detail_at(distance: float, near: float, middle: float) -> int:
    """2 for what is nearer than `near` metres, 1 up to `middle`, 0 beyond: fewer shapes for what is small."""
    return 2 if distance < near else 1 if distance < middle else 0
