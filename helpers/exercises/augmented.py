"""The checks of notebook 10: augmented reality."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from helpers.exercises.common import as_array, assert_not_rounded, assert_number, close, exercise

_LEAST_CONTRAST = 0.02  # what an eye can just see, by Koschmieder's convention


@exercise
def check_extinction(answer: float, visibility: float) -> str:
    """answer: the fog's beta, per metre, with which 2 % of the light is left after `visibility` metres; within 1 %."""
    assert_number(answer, "the extinction per metre")
    logarithm = -math.log(_LEAST_CONTRAST)
    beta = logarithm / visibility

    if not close(answer, beta):
        assert not close(answer, -beta), "Hint: the sign. exp(-beta s) falls with s for a positive beta."
        assert not close(answer, 1 / visibility), (
            "Hint: with 1 / visibility there is exp(-1) left, 37 %. Solve exp(-beta s) = 0.02."
        )
        assert not close(answer, -math.log10(_LEAST_CONTRAST) / visibility), (
            "Hint: this is the logarithm to base 10. The inverse of exp is the natural one, np.log."
        )
        assert not close(answer, visibility / logarithm), "Hint: upside down. Far sight means a small beta."
        assert_not_rounded(answer, beta)
        raise AssertionError("Hint: take the logarithm of both sides of exp(-beta * visibility) = 0.02.")
    return f"with beta = {beta:.3g} per metre, 2 % of the light is left after {visibility:g} m."


@exercise
def check_visible(answer: Any, object_depth: Any, scene_depth: Any) -> str:
    """answer: boolean, where an object of `object_depth` (inf where it is not) is seen in a scene of `scene_depth`.

    All of one shape. Where the scene is sky its depth is inf.
    """
    drawn, scene = as_array(object_depth, "object_depth"), as_array(scene_depth, "scene_depth")
    values = as_array(answer, "the visible pixels")
    assert values.shape == drawn.shape, f"Hint: the shape is {values.shape}, it must be {drawn.shape}."
    assert set(np.unique(values)) <= {0.0, 1.0}, "Hint: answer with an array of True and False."
    seen, expected = values.astype(bool), drawn < scene
    if not np.array_equal(seen, expected):
        assert not np.array_equal(seen, np.isfinite(drawn)), (
            "Hint: this is the whole object, pasted on top. Compare its depth with the scene's."
        )
        assert not np.array_equal(seen, drawn > scene), "Hint: the smaller depth is the nearer one, and wins."
        assert not np.array_equal(seen, drawn <= scene), (
            "Hint: where both are inf, there is no object. inf <= inf is true, inf < inf is not."
        )
        assert not np.array_equal(seen, expected & np.isfinite(scene)), (
            "Hint: before the sky, whose depth is inf, the object is seen."
        )
        raise AssertionError("Hint: the object is seen where its depth is smaller than the scene's.")
    return "what is nearer hides what is farther, and everything stands before the sky."


@exercise
def check_confusion(
    answer: Sequence[float], depths: Sequence[float], focal_length: float, aperture: float, focus: float
) -> str:
    """answer: the diameters, in pixels, of the discs of confusion at `depths` (metres); each within 1 % or 0.01 pixels.

    focal_length in pixels, aperture and focus in metres.
    """
    depth, values = as_array(depths, "depths"), as_array(answer, "the diameters")
    assert values.shape == depth.shape, (
        f"Hint: the shape is {values.shape}, it must be {depth.shape}: one for each depth."
    )
    signed = focal_length * aperture * (1 / depth - 1 / focus)
    expected = np.abs(signed)

    def same(other: np.ndarray) -> bool:
        return bool((np.abs(values - other) <= np.maximum(0.01 * np.abs(other), 0.01)).all())

    if not same(expected):
        assert not (same(signed) or same(-signed)), "Hint: a diameter has no sign. Take the absolute value."
        assert not same(expected / 2), "Hint: these are the radii. The diameter is twice as much."
        assert not same(focal_length * aperture * np.abs(depth - focus)), (
            "Hint: the difference is that of 1 / depth, not that of the depths."
        )
        assert not same(expected / focal_length), "Hint: these are not pixels yet. Times the focal length."
        raise AssertionError("Hint: focal_length * aperture * |1 / depth - 1 / focus|.")
    return "0 at the focus, and towards infinity no more than focal length * aperture / focus."
