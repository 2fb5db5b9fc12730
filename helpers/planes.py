"""Planes in points: one fitted to all of them, and one found among points that mostly belong to other things.

Points are in the camera frame of `helpers.camera.Pinhole`, x right, y down, z forward, in metres; the camera is at 0.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from skimage.measure import ransac

from helpers import checks
from helpers.checks import finite

__all__ = ["Plane", "find_plane", "fit_plane"]

_SAMPLE = 4000  # points that RANSAC looks at; all points vote in the end
_LEAST_SHARE = 0.05  # a plane that holds fewer of the points than this is none


@dataclass(frozen=True, eq=False)
class Plane:
    """All points p with p @ normal + offset = 0. normal: unit vector (3,). offset: metres.

    Planes from this module have their normal towards the camera, so that `offset` is the camera's distance from it.
    Raises ValueError for a normal that is not three finite numbers of length 1 or an offset that is not finite.
    """

    normal: np.ndarray
    offset: float

    def __post_init__(self) -> None:
        normal = checks.vector(self.normal, "normal")  # a copy: the plane stays when the caller's array changes
        if not abs(float(np.linalg.norm(normal)) - 1) < 1e-6:
            raise ValueError(f"normal is {self.normal!r}: a plane needs a vector (3,) of length 1.")
        if not finite(self.offset):
            raise ValueError(f"offset is {self.offset!r}: it must be a finite number, in metres.")
        object.__setattr__(self, "normal", normal)
        object.__setattr__(self, "offset", float(self.offset))

    def distance(self, points: Any) -> np.ndarray:
        """Signed distance of points (..., 3) from the plane, (...) in metres, positive on the normal's side.

        NaN stays NaN. Raises ValueError unless the last axis has three real numbers.
        """
        return checks.points(points).astype(np.float64) @ self.normal + self.offset


def fit_plane(points: Any) -> Plane:
    """The plane with the least sum of squared distances from points (N, 3): total least squares, all points counted.

    Raises ValueError for fewer than 3 points, values that are not finite, or points that lie on one line.
    """
    points = checks.points(points, 2).astype(np.float64)
    if not np.isfinite(points).all():
        raise ValueError("points has NaN or infinite values (sky?): leave those points out, or use find_plane.")
    if len(points) < 3:
        raise ValueError(f"a plane needs at least 3 points, not {len(points)}.")
    plane = _fit(points, np.ones(len(points)))
    if plane is None:
        raise ValueError("the points lie on one line: many planes go through them, so choose points beside it.")
    return plane


def find_plane(
    points: Any,
    *,
    tolerance: float = 0.03,
    up: Any = None,
    max_angle: float = 30.0,
    trials: int = 400,
    seed: int = 0,
) -> tuple[Plane, np.ndarray]:
    """The plane on which the most points lie, by RANSAC: (plane, inliers), inliers boolean like points without axis -1.

    points: (N, 3) or (H, W, 3) in the camera frame; those that are not finite or not before the camera are left out and
    are no inliers. tolerance: how far an inlier may be off the plane, as a fraction of its depth z, since the error of
    depth grows with depth. up: (3,), any length: only planes whose normal is within `max_angle` degrees of it, and with
    the camera on the upper side; in a level camera "up" is (0, -1, 0). The normal points towards the camera.
    The same seed gives the same plane; the final fit uses all inliers, each divided by its depth.
    Raises ValueError for bad arguments, fewer than 3 usable points, points on one line, and where no such plane holds
    at least 5% of the usable points.
    Source: Fischler and Bolles, Random Sample Consensus, Communications of the ACM 24(6), 1981.
    """
    points = checks.points(points).astype(np.float64)
    if not (finite(tolerance) and 0 < tolerance < 1):
        raise ValueError(f"tolerance is {tolerance!r}: give a fraction of the depth, between 0 and 1.")
    trials, seed = checks.count(trials, "trials"), checks.count(seed, "seed", 0)
    if not (finite(max_angle) and 0 < max_angle <= 90):
        raise ValueError(f"max_angle is {max_angle!r}: give degrees, more than 0 and at most 90.")
    direction = None if up is None else checks.unit(up, "up")

    usable = np.isfinite(points).all(axis=-1) & (points[..., 2] > 0)
    chosen = points[usable]
    if len(chosen) < 3:
        raise ValueError(
            f"no plane: only {len(chosen)} of {usable.size} points are finite and before the camera, and 3 are needed. "
            "Is it all sky?"
        )
    if _fit(chosen, np.ones(len(chosen))) is None:
        raise ValueError("no plane: the points lie on one line, and many planes go through it.")

    def near_up(plane: Plane | None) -> bool:
        if plane is None or direction is None:
            return plane is not None
        return float(plane.normal @ direction) >= math.cos(math.radians(max_angle))

    rng = np.random.default_rng(seed)
    sample = chosen if len(chosen) <= _SAMPLE else chosen[rng.choice(len(chosen), _SAMPLE, replace=False)]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="No inliers found")
        model, _ = ransac(
            sample,
            _PlaneModel,
            min_samples=3,
            residual_threshold=tolerance,
            is_model_valid=lambda model, three: len(three) > 3 or near_up(model.plane),
            max_trials=trials,
            rng=rng,
        )
    plane = None if model is None else model.plane
    for _ in range(3):  # all points vote, and the plane is fitted to those that agree
        if plane is None:
            break
        inliers = _residuals(plane, chosen) < tolerance
        plane = _fit(chosen[inliers], 1 / chosen[inliers, 2] ** 2) if inliers.sum() >= 3 else None
    if near_up(plane):
        inliers = _residuals(plane, chosen) < tolerance
        if inliers.mean() >= _LEAST_SHARE:
            found = np.zeros(usable.shape, bool)
            found[usable] = inliers
            return plane, found
    which = "" if direction is None else f" whose normal is within {max_angle:g} degrees of up"
    raise ValueError(
        f"no plane{which} holds at least {_LEAST_SHARE:.0%} of the {len(chosen)} points within {tolerance:g} of their "
        "depth. Choose points of one surface, a larger tolerance, or look at the depth first."
    )


class _PlaneModel:
    """A plane as skimage's RANSAC wants it; its residual is the distance divided by the depth."""

    def __init__(self, plane: Plane) -> None:
        self.plane = plane

    @classmethod
    def from_estimate(cls, points: np.ndarray) -> _PlaneModel | None:
        plane = _fit(points, np.ones(len(points)))
        return None if plane is None else cls(plane)

    def residuals(self, points: np.ndarray) -> np.ndarray:
        return _residuals(self.plane, points)


def _residuals(plane: Plane, points: np.ndarray) -> np.ndarray:
    return np.abs(points @ plane.normal + plane.offset) / points[:, 2]


def _fit(points: np.ndarray, weights: np.ndarray) -> Plane | None:
    """Weighted total least squares; None where the points lie on one line."""
    weights = weights / weights.sum()
    centre = weights @ points
    moved = points - centre
    # The normal is the direction in which the points vary least.
    variances, directions = np.linalg.eigh((moved * weights[:, None]).T @ moved)
    if not variances[1] > 1e-12 * max(variances[2], float(centre @ centre)):
        return None
    normal = directions[:, 0]
    offset = -float(normal @ centre)
    return Plane(-normal, -offset) if offset < 0 else Plane(normal, offset)
