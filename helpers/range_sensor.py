"""A range sensor that measures a few directions only, like a spinning LiDAR: simulated from a depth that is known.

The sensor stands where the camera stands. Its lines are directions of equal elevation, spaced evenly in angle, and each
line is measured at even steps of the azimuth. It measures the distance along the ray; what is given back is the depth
along the optical axis, as everywhere in this course.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from helpers import checks
from helpers.camera import Pinhole
from helpers.checks import finite

__all__ = ["Scan", "lidar_scan"]


class Scan(NamedTuple):
    """What a range sensor answered: the pixels its rays went through, (N,) rows and columns, and (N,) depth, metres."""

    rows: np.ndarray
    columns: np.ndarray
    depth: np.ndarray


def lidar_scan(
    depth: Any,
    camera: Pinhole,
    *,
    lines: int = 16,
    points_per_line: int = 64,
    noise: float = 0.02,
    dropout: float = 0.0,
    max_range: float = math.inf,
    seed: int = 0,
) -> Scan:
    """A scan of a scene whose depth (H, W) is known, in metres along the optical axis; the same for the same seed.

    lines, points_per_line: directions, evenly spaced in angle over the picture. noise: standard deviation of the
    measured distance, metres. dropout: share of the rays that get no answer, 0 to below 1. max_range: metres.
    A ray gets no answer either where depth is inf (sky) or NaN, and where it leaves the picture (lines of equal
    elevation bend towards the left and right border).
    Raises ValueError for a depth that is not (H, W) or has values that are zero or negative, settings out of their
    range, and where no ray gets an answer.
    """
    depth, camera = checks.depth_map(depth), checks.instance(camera, Pinhole, "camera")
    lines, points_per_line = checks.count(lines, "lines"), checks.count(points_per_line, "points_per_line")
    checks.at_least(noise, "noise", 0, "metres")
    if not (finite(dropout) and 0 <= dropout < 1):
        raise ValueError(f"dropout is {dropout!r}: give a share from 0 to below 1.")
    checks.positive(max_range, "max_range", "metres", endless=True)
    seed = checks.count(seed, "seed", 0)

    height, width = depth.shape
    azimuth = _even_angles((0 - camera.cx) / camera.fx, (width - camera.cx) / camera.fx, points_per_line)[None, :]
    elevation = _even_angles((0 - camera.cy) / camera.fy, (height - camera.cy) / camera.fy, lines)[:, None]
    x, y = np.tan(azimuth), np.tan(elevation) / np.cos(azimuth)  # the ray (x, y, 1) has this azimuth and elevation
    columns = np.floor(camera.cx + camera.fx * np.broadcast_to(x, y.shape)).astype(int).ravel()
    rows = np.floor(camera.cy + camera.fy * y).astype(int).ravel()
    stretch = np.sqrt(1 + x**2 + y**2).ravel()  # distance along the ray / depth along the optical axis

    seen = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    rows, columns, stretch = rows[seen], columns[seen], stretch[seen]
    rng = np.random.default_rng(seed)
    distance = depth[rows, columns].astype(np.float64) * stretch
    answered = rng.random(distance.size) >= dropout
    measured = distance + noise * rng.standard_normal(distance.size)
    answered &= np.isfinite(distance) & (distance <= max_range) & (measured > 0)
    if not answered.any():
        raise ValueError("no ray gets an answer: all is sky, unknown or beyond max_range, or there are too few rays.")
    return Scan(rows[answered], columns[answered], (measured / stretch)[answered])


def _even_angles(low: float, high: float, count: int) -> np.ndarray:
    """The middles of `count` equal parts of the angle between two tangents, (count,) radians."""
    edges = np.linspace(math.atan(low), math.atan(high), count + 1)
    return (edges[:-1] + edges[1:]) / 2
