"""Stereo: disparity and depth, OpenCV's semi-global block matching, and what only one of two cameras sees.

The two cameras are alike, look in the same direction and stand side by side, the second one `baseline` metres to the
right. A point at depth z then appears disparity = focal * baseline / z pixels farther left in the right picture.
Disparity is in pixels, NaN where nothing is known; 0 belongs to what is infinitely far away, the sky.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from helpers import checks
from helpers.checks import whole

__all__ = ["disparity_to_depth", "match_stereo", "matched"]


def disparity_to_depth(disparity: Any, focal: float, baseline: float) -> np.ndarray:
    """Depth = focal * baseline / disparity: metres, float32, same shape; inf where the disparity is 0, NaN stays NaN.

    disparity: pixels, any shape. focal: pixels (fx). baseline: metres.
    Raises ValueError for a disparity that is negative, infinite or NaN everywhere, and for a focal length or baseline
    that is not a positive number.
    """
    disparity = _measured(disparity, "disparity")
    if (disparity < 0).any() or np.isinf(disparity).any():
        raise ValueError(
            "disparity has negative or infinite values, which no depth has: set them to NaN where nothing was matched; "
            "if all are negative, left and right have changed places."
        )
    product = checks.positive(focal, "focal", "pixels") * checks.positive(baseline, "baseline", "metres")
    with np.errstate(divide="ignore"):
        return (product / disparity).astype(np.float32)


def match_stereo(left: Any, right: Any, *, max_disparity: int = 64, block: int = 5) -> np.ndarray:
    """The disparity of each pixel of the left picture: float32 (H, W) pixels, NaN where no match is trusted.

    left, right: uint8 of the same shape, RGB (H, W, 3) or grey (H, W). max_disparity: the largest one looked for, in
    pixels, rounded up to a multiple of 16; the first columns, as many, get no match. block: pixels, odd. OpenCV's
    StereoSGBM with the penalties its documentation recommends, a left-right check, and small islands taken out.
    Raises ValueError for pictures of different shapes or another type, an even block, and a picture that is not wider
    than max_disparity and the block.
    Source: Hirschmüller, Stereo Processing by Semiglobal Matching and Mutual Information, 2008.
    """
    left, right = (checks.picture_array(picture, ("RGB", "L")) for picture in (left, right))
    if left.shape != right.shape:
        raise ValueError(f"the pictures have shapes {left.shape} and {right.shape}: they must be alike.")
    grey = [_grey(picture) for picture in (left, right)]
    if not whole(block) or block < 1 or block % 2 == 0:
        raise ValueError(f"block is {block!r}: give an odd number of pixels, 3 to 11 as a rule.")
    block, steps = int(block), -(-checks.count(max_disparity, "max_disparity") // 16) * 16
    height, width = grey[0].shape
    if width <= steps + block or height < block:
        raise ValueError(
            f"the pictures are {width} x {height}: for this max_disparity and block they must be wider than "
            f"{steps + block} pixels and at least {block} high."
        )
    matcher = cv2.StereoSGBM_create(
        minDisparity=0,
        numDisparities=steps,
        blockSize=block,
        P1=8 * block**2,
        P2=32 * block**2,
        disp12MaxDiff=1,
        uniquenessRatio=10,
        speckleWindowSize=100,
        speckleRange=2,
    )
    sixteenths = matcher.compute(*grey)  # int16, 16 for each pixel; -16 where there is no match
    return np.where(sixteenths >= 0, sixteenths.astype(np.float32) / 16, np.float32(np.nan))


def matched(disparity: Any, other: Any, *, tolerance: float = 1.0) -> np.ndarray:
    """Which pixels of the left picture the right camera sees too: bool (H, W), the left-right check.

    disparity: (H, W) of the left picture. other: of the right picture, counted in the same direction, so both are 0 or
    more. A pixel at column c passes where the right picture has, at column c - disparity, the same disparity within
    `tolerance` pixels. What is hidden from the right camera fails, and so does NaN and what lies outside its picture.
    Raises ValueError for shapes that differ or are not (H, W), disparities that are negative, infinite or NaN
    everywhere, and a tolerance that is not 0 or more.
    """
    disparity, other = _measured(disparity, "disparity"), _measured(other, "other")
    if disparity.ndim != 2 or disparity.shape != other.shape:
        raise ValueError(f"the disparities have shapes {disparity.shape} and {other.shape}: both must be (H, W) alike.")
    for values in (disparity, other):
        if (values < 0).any() or np.isinf(values).any():
            raise ValueError("a disparity is negative or infinite: set it to NaN where nothing was matched.")
    checks.at_least(tolerance, "tolerance", 0, "pixels")
    height, width = disparity.shape
    known = np.isfinite(disparity)
    target = np.rint(np.arange(width) - np.where(known, disparity, 0)).astype(int)
    inside = known & (target >= 0)
    found = np.take_along_axis(other, np.maximum(target, 0), axis=1)
    return inside & (np.abs(found - disparity) <= tolerance)


def _measured(values: Any, name: str) -> np.ndarray:
    array = checks.numbers(values, name).astype(np.float64)
    if array.size == 0 or np.isnan(array).all():
        raise ValueError(f"{name} is empty or NaN everywhere: there is nothing to work with.")
    return array


def _grey(picture: np.ndarray) -> np.ndarray:
    colours = picture.ndim == 3 and picture.shape[2] == 3
    if picture.dtype != np.uint8 or picture.size == 0 or not (colours or picture.ndim == 2):
        raise ValueError(
            f"a picture has shape {picture.shape} and dtype {picture.dtype}: it must be uint8, (H, W, 3) RGB or (H, W)."
        )
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if colours else np.ascontiguousarray(picture)
