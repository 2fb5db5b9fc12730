"""Alignment of relative inverse depth and the field's metrics.

Depth is in metres along the optical axis; true depth that is not finite (sky, nothing measured) or not positive is left
out everywhere. Inverse depth is 1 / depth, or for a relative prediction any a / depth + b with a > 0: larger is nearer.
All sums are taken in float64.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from helpers import checks
from helpers.checks import numbers

__all__ = [
    "HIGHER_IS_BETTER",
    "align_scale_shift",
    "align_to_depth",
    "better_baseline",
    "constant",
    "depth_metrics",
    "evaluate_relative",
    "ordinal_accuracy",
    "row_ramp",
    "sample_pairs",
    "spearman",
]

HIGHER_IS_BETTER = frozenset({"delta1", "delta2", "delta3"})


def align_scale_shift(prediction: Any, target: Any, mask: Any = None) -> tuple[float, float]:
    """Scale and shift for which scale * prediction + shift fits target best: least squares, both in inverse depth.

    prediction, target and mask (true where a pixel counts) have the same shape, any shape. Pixels whose target is not
    finite are left out. A constant prediction gives scale 0 and shift = mean of the target. A negative scale means that
    the prediction has near and far exchanged.
    Raises ValueError for shapes that differ, for a prediction that is not finite at a pixel that counts, and for fewer
    than two pixels that count.
    Source: Ranftl et al., Towards Robust Monocular Depth Estimation, 2020, equation 4.
    """
    prediction = numbers(prediction, "prediction")
    target = numbers(target, "target")
    valid = _valid(np.isfinite(target), {"prediction": prediction, "target": target}, mask)
    p, t = prediction[valid].astype(np.float64), target[valid].astype(np.float64)
    if not np.isfinite(p).all():
        raise ValueError("the prediction has NaN or infinite values at valid pixels: leave them out with mask.")
    if p.size < 2:
        raise ValueError("only one valid pixel: scale and shift need at least two.")
    low, high = p.min(), p.max()
    mean = float(t.mean())
    if high == low:
        return 0.0, mean
    # Differences over their own range keep the squares away from overflow and underflow.
    centre = low / 2 + high / 2
    half_range = high / 2 - low / 2
    x = p / half_range - centre / half_range
    x_mean = x.mean()
    x -= x_mean
    slope = float(np.dot(x, t - mean) / np.dot(x, x)) if x.any() else 0.0
    scale = slope / float(half_range)
    shift = mean - slope * float(x_mean + centre / half_range)
    if not (math.isfinite(scale) and math.isfinite(shift)):
        return 0.0, mean  # the prediction differs by less than float64 can divide by: constant for all that matters
    return scale, shift


def depth_metrics(depth: Any, truth: Any, mask: Any = None) -> dict[str, float]:
    """The field's figures for depth against true depth, both in metres, of the same shape.

    abs_rel = mean(|depth - truth| / truth); rmse = sqrt(mean((depth - truth)^2)) in metres;
    log10 = mean(|log10 depth - log10 truth|); silog = 100 sqrt(mean(d^2) - mean(d)^2), d = ln depth - ln truth;
    delta1, delta2, delta3 = fraction of pixels with max(depth / truth, truth / depth) < 1.25, 1.25^2, 1.25^3.
    Truth that is not finite or <= 0 is left out, and so is what `mask` (same shape) has false.
    Raises ValueError for shapes that differ, no valid pixel, and a depth that is not finite or <= 0 at a valid pixel.
    Source: Eigen, Puhrsch and Fergus, Depth Map Prediction from a Single Image, 2014, section 4; silog is 100 times the
    root of equation 3 with lambda = 1; log10 is usual for NYU Depth V2, as in table 2 of the DPT paper.
    """
    depth, truth = numbers(depth, "depth"), numbers(truth, "truth")
    valid = _valid(_measured(truth), {"depth": depth, "truth": truth}, mask)
    z, t = depth[valid].astype(np.float64), truth[valid].astype(np.float64)
    if not (np.isfinite(z).all() and (z > 0).all()):
        raise ValueError(
            "depth has values at valid pixels that are not finite, zero or negative: a depth is a positive distance. "
            "Was an inverse depth passed? Clamp it to 1 / cap and invert it first."
        )
    log_ratio = np.log(z) - np.log(t)
    ratio = np.maximum(z / t, t / z)
    return {
        "abs_rel": float(np.mean(np.abs(z - t) / t)),
        "rmse": float(np.sqrt(np.mean((z - t) ** 2))),
        "log10": float(np.mean(np.abs(np.log10(z) - np.log10(t)))),
        # np.std is sqrt(mean(d^2) - mean(d)^2), without the loss of digits of the difference.
        "silog": float(100 * np.std(log_ratio)),
        "delta1": float(np.mean(ratio < 1.25)),
        "delta2": float(np.mean(ratio < 1.25**2)),
        "delta3": float(np.mean(ratio < 1.25**3)),
    }


def align_to_depth(inverse_depth: Any, true_depth: Any, *, cap: float, mask: Any = None) -> np.ndarray:
    """Depth in metres, (H, W) float64, from a relative inverse depth and the truth that fixes its scale and shift.

    Fits scale and shift in inverse depth over valid pixels, clamps scale * inverse_depth + shift to at least 1 / cap
    (cap in metres), inverts. Raises ValueError as `align_scale_shift` does, and for a cap that is not positive.
    """
    checks.positive(cap, "cap", "metres")
    inverse_depth, true_depth = numbers(inverse_depth, "inverse_depth"), numbers(true_depth, "true_depth")
    valid = _valid(_measured(true_depth), {"inverse_depth": inverse_depth, "true_depth": true_depth}, mask)
    target = np.full(true_depth.shape, np.nan)
    target[valid] = 1 / true_depth[valid].astype(np.float64)
    scale, shift = align_scale_shift(inverse_depth, target, valid)
    with np.errstate(invalid="ignore"):  # an infinite prediction outside the mask, times 0
        return 1 / np.maximum(scale * inverse_depth.astype(np.float64) + shift, 1 / cap)


def evaluate_relative(inverse_depth: Any, true_depth: Any, *, cap: float, mask: Any = None) -> dict[str, float]:
    """How good a relative inverse depth is, by the protocol of MiDaS and of the DPT paper's Table 1.

    inverse_depth and true_depth (metres) have the same shape: resize the prediction to the truth first. Scale and shift
    are fitted by least squares in inverse depth over valid pixels, the result is clamped to 1 / cap, inverted, and
    compared as depth. Truth beyond the cap stays in. Returns the keys of `depth_metrics` and bad_delta125, the
    percentage of pixels with max(depth / truth, truth / depth) > 1.25.
    The fit forgives a prediction that has near and far exchanged: look at the sign of `align_scale_shift` as well.
    Raises ValueError for shapes that differ, fewer than two valid pixels, a prediction that is not finite at a valid
    pixel, or a cap that is not positive.
    """
    depth = align_to_depth(inverse_depth, true_depth, cap=cap, mask=mask)
    figures = depth_metrics(depth, true_depth, mask)
    truth = np.asarray(true_depth)
    valid = _valid(_measured(truth), {"true_depth": truth}, mask)
    z, t = depth[valid], truth[valid].astype(np.float64)
    return {**figures, "bad_delta125": float(100 * np.mean(np.maximum(z / t, t / z) > 1.25))}


def spearman(prediction: Any, target: Any, mask: Any = None) -> float:
    """Spearman's rank correlation, -1 to 1: does the prediction put the pixels in the target's order?

    Equal values share the mean of their ranks. 0 where either side is constant, as it then gives no order.
    Pixels whose target is not finite are left out. Raises ValueError as `align_scale_shift` does.
    """
    prediction, target = numbers(prediction, "prediction"), numbers(target, "target")
    valid = _valid(np.isfinite(target), {"prediction": prediction, "target": target}, mask)
    p, t = prediction[valid], target[valid]
    if not np.isfinite(p).all():
        raise ValueError("the prediction has NaN or infinite values at valid pixels: leave them out with mask.")
    if p.size < 2:
        raise ValueError("only one valid pixel: an order needs at least two.")
    x, y = _ranks(p), _ranks(t)
    x, y = x - x.mean(), y - y.mean()
    size = math.sqrt(float(np.dot(x, x)) * float(np.dot(y, y)))
    return float(np.clip(np.dot(x, y) / size, -1, 1)) if size > 0 else 0.0


def sample_pairs(
    true_depth: Any, count: int = 10_000, *, seed: int = 0, ratio: float = 1.05, mask: Any = None
) -> np.ndarray:
    """Random pairs of pixels of which one is clearly nearer: (N, 2, 2) int64, pair x point x (row, column).

    true_depth is (H, W) in metres. Draws `count` pairs of valid pixels and keeps those whose depths differ at least by
    the factor `ratio`, so N is at most `count` and may be 0. The same seed gives the same pairs.
    Raises ValueError for a wrong shape, fewer than two valid pixels, a ratio below 1, or a count below 1 or a seed
    below 0 or either no whole number.
    """
    truth = numbers(true_depth, "true_depth")
    if truth.ndim != 2:
        raise ValueError(f"true_depth has shape {truth.shape}: pairs are drawn from (height, width).")
    count, seed = checks.count(count, "count"), checks.count(seed, "seed", 0)
    checks.at_least(ratio, "ratio", 1)
    where = np.flatnonzero(_valid(_measured(truth), {"true_depth": truth}, mask))
    if where.size < 2:
        raise ValueError("only one valid pixel: a pair needs two.")
    flat = where[np.random.default_rng(seed).integers(where.size, size=(count, 2))]
    z = truth.ravel()[flat].astype(np.float64)
    near, far = z.min(axis=1), z.max(axis=1)
    flat = flat[(far >= near * ratio) & (far > near)]
    return np.stack(np.unravel_index(flat, truth.shape), axis=-1).astype(np.int64)


def ordinal_accuracy(inverse_depth: Any, true_depth: Any, pairs: Any) -> float:
    """Fraction of pixel pairs, 0 to 1, in which the truly nearer pixel has the larger inverse depth.

    inverse_depth and true_depth (metres) are (H, W); pairs is (N, 2, 2), pair x point x (row, column), as
    `sample_pairs` gives. Equal predictions count a half, so that a constant map reaches 0.5, what chance reaches.
    1 - ordinal_accuracy is the unweighted WHDR of Chen et al., Single-Image Depth Perception in the Wild, 2016.
    Raises ValueError for shapes that differ, no pairs, points outside the map, and pairs without two different valid
    true depths or without two finite predictions.
    """
    inverse_depth, true_depth = numbers(inverse_depth, "inverse_depth"), numbers(true_depth, "true_depth")
    _same_shape({"inverse_depth": inverse_depth, "true_depth": true_depth})
    pairs = checks.array(pairs, "pairs")
    if true_depth.ndim != 2 or pairs.ndim != 3 or pairs.shape[1:] != (2, 2) or pairs.dtype.kind not in checks.WHOLE:
        raise ValueError(
            f"pairs has shape {pairs.shape}, dtype {pairs.dtype}: it must be (N, 2, 2) integers, pair x point x "
            f"(row, column), and the maps (height, width), not {true_depth.shape}."
        )
    if len(pairs) == 0:
        raise ValueError("there are no pairs: draw more of them, or with a smaller ratio.")
    if (pairs < 0).any() or (pairs >= true_depth.shape).any():
        raise ValueError(f"pairs has points outside the map of {true_depth.shape[0]} x {true_depth.shape[1]} pixels.")
    rows, columns = pairs[..., 0], pairs[..., 1]
    z, p = true_depth[rows, columns].astype(np.float64), inverse_depth[rows, columns].astype(np.float64)
    if not (np.isfinite(z).all() and (z > 0).all() and (z[:, 0] != z[:, 1]).all()):
        raise ValueError("every pair needs two valid true depths that differ: draw them with sample_pairs.")
    if not np.isfinite(p).all():
        raise ValueError("the prediction has NaN or infinite values at the pairs.")
    first_is_nearer = z[:, 0] < z[:, 1]
    agreement = np.where(p[:, 0] == p[:, 1], 0.5, (p[:, 0] > p[:, 1]) == first_is_nearer)
    return float(agreement.mean())


def row_ramp(shape: tuple[int, int]) -> np.ndarray:
    """The baseline "what is lower in the picture is nearer": float32 (H, W), from 0 above to 1 below.

    Raises ValueError for a shape without rows and columns.
    """
    height, width = checks.size(shape, "shape")
    ramp = (np.arange(height, dtype=np.float32) + 0.5) / height
    return np.ascontiguousarray(np.broadcast_to(ramp[:, None], (height, width)), dtype=np.float32)


def constant(shape: tuple[int, int]) -> np.ndarray:
    """The baseline "all is equally far": float32 (H, W) of ones. Raises ValueError for a shape without pixels."""
    return np.ones(checks.size(shape, "shape"), np.float32)


def better_baseline(true_depth: Any, *, cap: float, key: str = "bad_delta125") -> tuple[str, dict[str, float]]:
    """The better of row ramp and constant by the figure `key`: its name and its figures of `evaluate_relative`.

    What a prediction must beat before it is worth anything. Raises ValueError as `evaluate_relative` does, and for an
    unknown key.
    """
    shape = numbers(true_depth, "true_depth").shape
    figures = {
        "row ramp": evaluate_relative(row_ramp(shape), true_depth, cap=cap),
        "constant": evaluate_relative(constant(shape), true_depth, cap=cap),
    }
    known = list(figures["constant"])
    if key not in known:
        raise ValueError(f"there is no figure {key!r}: choose one of {', '.join(known)}.")
    sign = -1 if key in HIGHER_IS_BETTER else 1
    name = min(figures, key=lambda baseline: sign * figures[baseline][key])
    return name, figures[name]


def _measured(truth: np.ndarray) -> np.ndarray:
    return np.isfinite(truth) & (truth > 0)


def _same_shape(arrays: dict[str, np.ndarray]) -> None:
    shapes = {name: array.shape for name, array in arrays.items()}
    if len(set(shapes.values())) > 1:
        said = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"shapes differ: {said}. Resize the prediction to the size of the truth first.")


def _valid(usable: np.ndarray, arrays: dict[str, np.ndarray], mask: Any) -> np.ndarray:
    _same_shape(arrays)
    if mask is not None:
        mask = checks.array(mask, "mask")
        if mask.dtype.kind not in checks.BOOL + checks.WHOLE:
            raise ValueError(f"mask has dtype {mask.dtype}: it must be boolean, true where a pixel counts.")
        _same_shape({**arrays, "mask": mask})
        usable = usable & mask.astype(bool)
    if not usable.any():
        raise ValueError("no valid pixel: the truth is finite and positive nowhere inside the mask.")
    return usable


def _ranks(values: np.ndarray) -> np.ndarray:
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[which.ravel()]
