"""Small questions about arguments that many functions ask before they begin."""

from __future__ import annotations

import math
from numbers import Integral
from typing import Any

import numpy as np
from PIL import Image

__all__ = ["finite", "picture_array", "whole"]


def finite(value: Any) -> bool:
    """Whether this is one finite real number; text, None and lists are none."""
    try:
        return math.isfinite(value)
    except (TypeError, ValueError, OverflowError):
        return False


def whole(value: Any) -> bool:
    """Whether this is a whole number; True and False are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def picture_array(image: Any, modes: tuple[str, ...] = ("RGB",)) -> np.ndarray:
    """A picture as an array. Raises ValueError for a PIL picture in a mode whose bytes are no colours as they stand."""
    if isinstance(image, Image.Image) and image.mode not in modes:
        raise ValueError(f'the picture has mode {image.mode}: give it as image.convert("RGB").')
    return np.asarray(image)
