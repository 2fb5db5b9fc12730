"""Small questions about arguments that many functions ask before they begin."""

from __future__ import annotations

import math
from numbers import Integral
from typing import Any

import numpy as np
from PIL import Image

__all__ = ["depth_map", "finite", "picture_array", "whole"]


def finite(value: Any) -> bool:
    """Whether this is one finite real number; text, None and lists are none."""
    try:
        return math.isfinite(value)
    except (TypeError, ValueError, OverflowError):
        return False


def whole(value: Any) -> bool:
    """Whether this is a whole number; True and False are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def depth_map(depth: Any, *, holes: bool = True) -> np.ndarray:
    """A map of depth (H, W) as an array: real numbers above zero, inf for the sky, NaN where nothing is known.

    holes: whether there may be NaN. Raises ValueError for anything else.
    """
    depth = np.asarray(depth)
    if depth.ndim != 2 or depth.size == 0:
        raise ValueError(f"depth has shape {depth.shape}: it must be (height, width).")
    if depth.dtype.kind not in "iuf":
        raise ValueError(f"depth has dtype {depth.dtype}: it must be real numbers.")
    if (depth <= 0).any():
        unknown = "Set pixels without a measurement to NaN" if holes else "Fill pixels without a measurement"
        raise ValueError(
            "depth has values that are zero or negative: nothing lies there. "
            f"{unknown}; if this is inverse depth, turn it into depth first."
        )
    if not holes and np.isnan(depth).any():
        raise ValueError("depth has NaN values: fill them, or choose another picture.")
    return depth


def picture_array(image: Any, modes: tuple[str, ...] = ("RGB",)) -> np.ndarray:
    """A picture as an array. Raises ValueError for a PIL picture in a mode whose bytes are no colours as they stand."""
    if isinstance(image, Image.Image) and image.mode not in modes:
        raise ValueError(f'the picture has mode {image.mode}: give it as image.convert("RGB").')
    return np.asarray(image)
