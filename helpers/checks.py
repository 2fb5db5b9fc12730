"""Questions about arguments that many functions ask before they begin, each answered in the same words.

What asks yes or no is `finite` and `whole`. All others give back the argument, ready to work with, or raise one
ValueError that names it, says what is wrong and what to give instead.
"""

from __future__ import annotations

import math
from numbers import Integral
from typing import Any, TypeVar

import numpy as np
from PIL import Image

__all__ = [
    "alt_text",
    "array",
    "at_least",
    "count",
    "depth_map",
    "finite",
    "instance",
    "listed",
    "map_of",
    "numbers",
    "pair",
    "picture_array",
    "points",
    "positive",
    "rgb",
    "size",
    "unit",
    "vector",
    "whole",
]

BOOL, WHOLE, REAL = "b", "iu", "iuf"
"""Kinds of numpy's dtypes."""

_LEAST_ALT = 20  # characters
_Kind = TypeVar("_Kind")


def finite(value: Any, *, endless: bool = False) -> bool:
    """Whether this is one finite real number (or where `endless`, infinite); text, None, lists, True are none."""
    if isinstance(value, bool | np.bool_ | np.complexfloating):  # which turn into floats without a word
        return False
    try:
        return math.isfinite(value) or (endless and math.isinf(value))
    except (TypeError, ValueError, OverflowError):
        return False


def whole(value: Any) -> bool:
    """Whether this is a whole number; True and False are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def count(value: Any, name: str, least: int = 1) -> int:
    """A whole number of at least `least`."""
    if not (whole(value) and value >= least):
        raise ValueError(f"{name} is {value!r}: give a whole number of at least {least}.")
    return int(value)


def positive(value: Any, name: str, unit: str = "", *, endless: bool = False) -> float:
    """A finite number above 0, or where `endless`, infinity."""
    if not (finite(value, endless=endless) and value > 0):
        which = f"a positive number{unit and ' of ' + unit}{', or inf' if endless else ''}"
        raise ValueError(f"{name} is {value!r}: give {which}.")
    return float(value)


def at_least(value: Any, name: str, least: float, unit: str = "") -> float:
    """A finite number of `least` or more."""
    if not (finite(value) and value >= least):
        raise ValueError(f"{name} is {value!r}: give a number{unit and ' of ' + unit}, {least:g} or more.")
    return float(value)


def pair(values: Any, name: str, wanted: str = "two finite numbers", *, rising: bool = False) -> tuple[float, float]:
    """Two finite numbers, where `rising` the smaller first; `wanted` says in the error what they are."""
    try:
        first, second = values
    except (TypeError, ValueError):
        first = second = None
    if not (finite(first) and finite(second)) or (rising and not first < second):
        raise ValueError(f"{name} is {values!r}: give {wanted}{', the smaller first' if rising else ''}.")
    return float(first), float(second)


def size(values: Any, name: str) -> tuple[int, int]:
    """(height, width) in whole pixels, both at least 1."""
    sides = tuple(values) if np.iterable(values) else ()
    if len(sides) != 2 or not all(whole(side) and side >= 1 for side in sides):
        raise ValueError(f"{name} is {values!r}: give (height, width) in whole pixels, both at least 1.")
    return int(sides[0]), int(sides[1])


def listed(values: Any, name: str) -> list:
    """What can be gone through one by one, as a list."""
    try:
        return list(values)
    except TypeError:
        raise ValueError(f"{name} is {values!r}: give a list.") from None


def instance(value: _Kind, kind: type[_Kind], name: str) -> _Kind:
    """An object of this kind."""
    if not isinstance(value, kind):
        known = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
        raise ValueError(f"{name} is a {type(value).__name__}: pass a {known}.")
    return value


def alt_text(alt: Any) -> str:
    """An alternative text of at least 20 characters, its line breaks turned into spaces."""
    if not isinstance(alt, str) or len(alt.strip()) < _LEAST_ALT:
        raise ValueError(f"alt is {alt!r}: say in a sentence of at least {_LEAST_ALT} characters what there is to see.")
    return " ".join(alt.split())


def array(values: Any, name: str) -> np.ndarray:
    """An array of anything, not copied where it is one already."""
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths: it must be an array of numbers.") from None


def numbers(values: Any, name: str, kinds: str = REAL) -> np.ndarray:
    """An array of any shape, not copied, of real numbers or of the dtypes' `kinds`."""
    values = array(values, name)
    if values.dtype.kind not in kinds:
        what = "real" if "f" in kinds else "whole"
        raise ValueError(f"{name} has dtype {values.dtype}: it must be {what} numbers.")
    return values


def map_of(values: Any, name: str, kinds: str = REAL) -> np.ndarray:
    """`numbers` (H, W), at least one."""
    values = numbers(values, name, kinds)
    if values.ndim != 2 or values.size == 0:
        raise ValueError(f"{name} has shape {values.shape}: it must be (height, width).")
    return values


def depth_map(depth: Any, name: str = "depth", *, holes: bool = True) -> np.ndarray:
    """A map of depth (H, W): real numbers above zero, inf for the sky, NaN, where `holes`, if nothing is known."""
    depth = map_of(depth, name)
    if (depth <= 0).any():
        unknown = "Set pixels without a measurement to NaN" if holes else "Fill pixels without a measurement"
        raise ValueError(
            f"{name} has values that are zero or negative: nothing lies there. "
            f"{unknown}; if this is inverse depth, turn it into depth first."
        )
    if not holes and np.isnan(depth).any():
        raise ValueError(f"{name} has NaN values: fill them, or choose another picture.")
    return depth


def points(values: Any, axes: int | None = None, name: str = "points", what: str = "x, y and z") -> np.ndarray:
    """Points, real numbers (..., 3), or where `axes` says so (N, 3) or (H, W, 3); they may be NaN."""
    values = numbers(values, name)
    if values.shape[-1:] != (3,) or axes not in (None, values.ndim):
        form = {None: "(..., 3)", 2: "(N, 3)", 3: "(H, W, 3)"}[axes]
        raise ValueError(f"{name} has shape {values.shape}: it must be {form}, that is {what}.")
    return values


def vector(values: Any, name: str, *, zero: bool = True) -> np.ndarray:
    """Three finite numbers, a new float64 (3,); without `zero`, not all of them 0, so that it points somewhere."""
    found = array(values, name)
    if found.shape != (3,) or found.dtype.kind not in REAL or not np.isfinite(found).all():
        raise ValueError(f"{name} is {values!r}: give three finite numbers, x, y and z.")
    found = found.astype(np.float64)
    if not zero and not 1e-150 < math.hypot(*found) < 1e150:  # beyond, the squares of a length are 0 or infinite
        raise ValueError(
            f"{name} is {values!r}: give a direction, three numbers that are not all 0, and none of them huge."
        )
    return found


def unit(values: Any, name: str) -> np.ndarray:
    """The direction of a vector of any length but 0: float64 (3,) of length 1."""
    found = vector(values, name, zero=False)
    return found / np.linalg.norm(found)


def picture_array(image: Any, modes: tuple[str, ...] = ("RGB",), name: str = "the picture") -> np.ndarray:
    """A picture as an array; a PIL picture must be in one of the `modes` whose bytes are colours as they stand."""
    if isinstance(image, Image.Image) and image.mode not in modes:
        raise ValueError(f'{name} has mode {image.mode}: give it as image.convert("RGB").')
    return array(image, name)


def rgb(image: Any, name: str = "the picture") -> np.ndarray:
    """A picture, an array or PIL's, as uint8 (H, W, 3) with at least one pixel."""
    pixels = picture_array(image, name=name)
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or pixels.size == 0:
        raise ValueError(f"{name} has shape {pixels.shape}, dtype {pixels.dtype}: it must be uint8 (H, W, 3).")
    return pixels
