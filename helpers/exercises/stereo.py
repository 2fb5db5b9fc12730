"""The checks of notebook 08: stereo, sensors, and one picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from helpers.exercises.common import as_array, assert_not_rounded, assert_number, close, exercise
from helpers.metrics import align_scale_shift


@exercise
def check_baseline(answer: float, depth: float, depth_error: float, focal: float, disparity_error: float) -> str:
    """answer: the baseline in metres with which a disparity error (pixels) gives `depth_error` metres at `depth`.

    focal in pixels. Right within 1 %. From depth_error = depth^2 / (focal * baseline) * disparity_error.
    """
    assert_number(answer, "the baseline in metres")
    baseline = depth**2 * disparity_error / (focal * depth_error)

    if not close(answer, baseline):
        assert not close(answer, baseline / depth), (
            "Hint: the depth enters squared: twice as far, four times the error."
        )
        assert not close(answer, 100 * baseline), "Hint: these are centimetres. Answer in metres."
        assert not close(answer, 1 / baseline), (
            "Hint: turn the fraction round: a better camera needs a longer baseline."
        )
        assert not close(answer, baseline / disparity_error), "Hint: this is for an error of one whole pixel."
        assert not close(answer, depth**2 * depth_error / (focal * disparity_error)), (
            "Hint: the two errors have changed places: one is in pixels, the other in metres."
        )
        assert_not_rounded(answer, baseline)
        raise AssertionError("Hint: solve error = Z^2 / (f B) * disparity error for B.")
    return f"{depth:g} squared x {disparity_error:g} / ({focal:g} x {depth_error:g}) is {baseline:.3g} metres."


@exercise
def check_slipped_match(answer: float, depth: float, baseline: float, period: float) -> str:
    """answer: the depth that stereo sees where a pattern at `depth` is matched one `period` too far; all in metres.

    Right within 1 %. The disparity is focal * (baseline + period) / depth instead of focal * baseline / depth.
    """
    assert_number(answer, "the depth in metres")
    seen = depth * baseline / (baseline + period)

    if not close(answer, seen):
        assert not (baseline > period and close(answer, depth * baseline / (baseline - period))), (
            "Hint: this is one period too small. The disparity comes out too large, so the fence looks nearer."
        )
        assert not close(answer, depth * (baseline + period) / baseline), (
            "Hint: this is farther away than the fence. A larger disparity means nearer: turn the fraction round."
        )
        assert not close(answer, depth * baseline / period), "Hint: add the period's disparity to the true one."
        raise AssertionError(
            "Hint: the true disparity is f B / Z, one period is f period / Z. Add them and solve for the depth."
        )
    return f"the fence at {depth:g} m seems to stand at {seen:.3g} m."


@exercise
def check_fused(answer: Any, inverse_depth: Any, rows: Any, columns: Any, depths: Any, max_depth: float) -> str:
    """answer: depth (H, W) in metres from inverse_depth (H, W), scale and shift fitted to 1 / depths at the points.

    rows, columns, depths: (N,) the points. scale * inverse_depth + shift is kept at or above 1 / max_depth.
    Right within 1 % of the depth at 99 % of the pixels.
    """
    prediction = as_array(inverse_depth, "inverse_depth")
    rows, columns = np.asarray(rows), np.asarray(columns)
    z = as_array(depths, "depths")
    values = as_array(answer, "the depth map")
    assert values.shape != prediction.T.shape or values.shape == prediction.shape, (
        "Hint: rows and columns have changed places: the map is (height, width)."
    )
    assert values.shape == prediction.shape, (
        f"Hint: the shape is {values.shape}, it must be {prediction.shape}: a depth for every pixel."
    )

    def same(other: np.ndarray) -> bool:
        return bool((np.abs(values - other) <= 0.01 * np.abs(other)).mean() >= 0.99)

    scale, shift = align_scale_shift(prediction[rows, columns], 1 / z)
    aligned = scale * prediction + shift
    if not same(1 / np.maximum(aligned, 1 / max_depth)):
        assert not same(aligned) and not same(np.maximum(aligned, 1 / max_depth)), (
            "Hint: this is the inverse depth. Take 1 / of it."
        )
        in_depth = align_scale_shift(prediction[rows, columns], z)
        line = in_depth[0] * prediction + in_depth[1]
        ends = ((-np.inf, np.inf), (0, max_depth), (1 / max_depth, np.inf), (1 / max_depth, max_depth), (0, np.inf))
        assert not any(same(np.clip(line, *limits)) for limits in (*ends, (-np.inf, max_depth))), (
            "Hint: this was fitted to the depth. DPT predicts inverse depth: fit to 1 / Z, then invert."
        )
        assert np.isfinite(values).all() and values.min() > 0 and values.max() <= 1.01 * max_depth, (
            f"Hint: depths must lie between 0 and {max_depth:g}. First np.maximum(..., 1 / {max_depth:g}), then invert."
        )
        raise AssertionError("Hint: np.linalg.lstsq with the columns prediction and 1 at the points, and 1 / Z there.")
    return f"{len(z)} points give {values.size:,} pixels their metres."
