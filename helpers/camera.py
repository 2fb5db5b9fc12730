"""A pinhole camera: from pixels and depth to points, and back.

Pixels are counted from the top left corner of the picture; the centre of the pixel in row r and column c is at
(c + 0.5, r + 0.5), so that the middle of a picture is at (width / 2, height / 2). The camera frame has x to the right,
y down and z forward, along the optical axis, in the unit of the depth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from helpers import checks
from helpers.checks import finite


@dataclass(frozen=True)
class Pinhole:
    """A camera without distortion: focal lengths fx, fy and principal point cx, cy, all in pixels.

    Raises ValueError for a focal length that is not a positive number or a principal point that is not finite.
    Source: Hartley and Zisserman, Multiple View Geometry in Computer Vision, section 6.1.
    """

    fx: float
    fy: float
    cx: float
    cy: float

    def __post_init__(self) -> None:
        for name in ("fx", "fy"):
            value = getattr(self, name)
            if not (finite(value) and value > 0):
                raise ValueError(
                    f"{name} is {value!r}: a focal length in pixels must be a positive number. "
                    "From millimetres: focal length * picture width in pixels / sensor width in millimetres."
                )
        for name in ("cx", "cy"):
            value = getattr(self, name)
            if not finite(value):
                raise ValueError(f"{name} is {value!r}: the principal point must be finite, in pixels.")

    @classmethod
    def from_fov(cls, fov_degrees: float, width: int, height: int) -> Pinhole:
        """The camera whose picture of width x height pixels spans `fov_degrees` from left to right.

        Pixels are square and the principal point is the middle of the picture. The angle is the horizontal one,
        whichever side is longer: fx = fy = width / (2 tan(fov / 2)).
        Raises ValueError for an angle outside 0 to 180 degrees (exclusive) or a size below 1 pixel.
        """
        if not (finite(fov_degrees) and 0 < fov_degrees < 180):
            raise ValueError(f"fov_degrees is {fov_degrees!r}: the field of view must lie between 0 and 180 degrees.")
        if not (finite(width) and finite(height) and width >= 1 and height >= 1):
            raise ValueError(f"the picture is {width!r} x {height!r}: width and height must be at least 1 pixel.")
        tangent = math.tan(math.radians(fov_degrees) / 2)
        if not (tangent > 0 and finite(width / tangent)):
            raise ValueError(f"fov_degrees is {fov_degrees!r}: so small an angle has no focal length.")
        focal = width / (2 * tangent)
        return cls(focal, focal, width / 2, height / 2)

    def unproject(self, depth: np.ndarray) -> np.ndarray:
        """The point seen by each pixel: (H, W) depth along the optical axis -> (H, W, 3) points x, y, z.

        x = (c + 0.5 - cx) z / fx, y = (r + 0.5 - cy) z / fy. float32 depth gives float32 points, all else float64.
        Where depth is NaN or infinite (the sky), there is no point: all three coordinates are NaN.
        Raises ValueError unless depth is a two-dimensional array of real numbers, none of them zero or negative.
        """
        depth = checks.depth_map(depth)
        dtype = np.float32 if depth.dtype == np.float32 else np.float64
        height, width = depth.shape
        points = np.empty((height, width, 3), dtype)
        z = points[..., 2]
        z[...] = depth
        z[~np.isfinite(z)] = np.nan
        points[..., 0] = z * ((np.arange(width) + 0.5 - self.cx) / self.fx).astype(dtype)[None, :]
        points[..., 1] = z * ((np.arange(height) + 0.5 - self.cy) / self.fy).astype(dtype)[:, None]
        return points

    def project(self, points: np.ndarray) -> np.ndarray:
        """Where points appear in the picture: (..., 3) x, y, z -> (..., 2) column and row, in pixels.

        u = fx x / z + cx, v = fy y / z + cy; the pixel is (floor(v), floor(u)). Points that are not in front of the
        camera (z <= 0) or not finite are not seen: both coordinates are NaN. float64, and not cut at the border.
        Raises ValueError unless the last axis has three real numbers.
        """
        points = checks.points(points).astype(np.float64)
        seen = np.isfinite(points).all(axis=-1) & (points[..., 2] > 0)
        z = np.where(seen, points[..., 2], np.nan)
        with np.errstate(over="ignore", invalid="ignore"):
            u = self.fx * points[..., 0] / z + self.cx
            v = self.fy * points[..., 1] / z + self.cy
        return np.stack([u, v], axis=-1)
