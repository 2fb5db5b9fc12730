"""The checks of notebook 07: measuring depth."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from helpers.evaluation import bootstrap_interval
from helpers.exercises.common import as_array, assert_not_rounded, assert_number, close, exercise


@exercise
def check_third_depth(answer: float, inverse_depths: Sequence[float], depths: Sequence[float], third: float) -> str:
    """answer: the depth in metres where the prediction is `third`; two points are known. Right within 1 %.

    inverse_depths: the prediction at the two known points. depths: their depths in metres.
    """
    assert_number(answer, "the depth in metres")
    (p, q), (y, z) = inverse_depths, depths
    a = (1 / y - 1 / z) / (p - q)
    inverse = 1 / y + a * (third - p)
    depth = 1 / inverse

    if not close(answer, depth):
        assert not close(answer, inverse), "Hint: this is the inverse depth, a p + b. The depth is 1 over it."
        assert not close(answer, y + (z - y) / (q - p) * (third - p)), (
            "Hint: this line is drawn through depths. The prediction is a straight line of inverse depth: "
            "use 1 / depth at the two points."
        )
        assert not close(answer, y * p / third) and not close(answer, z * q / third), (
            "Hint: this has a scale only. The shift b is unknown too: use both points."
        )
        assert_not_rounded(answer, depth)
        raise AssertionError("Hint: solve 1 / depth = a p + b for a and b with the two known points, then put in p.")
    return f"{depth:.3g} m, as 1 / {depth:.3g} = a x {third:g} + b."


@exercise
def check_delta1(answer: Callable[[np.ndarray, np.ndarray], float]) -> str:
    """answer: a function of depth and truth (metres, same shape): the share of pixels off by less than 1.25.

    Truth that is infinite does not count. It is tried on arrays made here.
    """
    assert callable(answer), "Hint: answer with the function itself, without brackets behind its name."
    truth = np.array([[1.0, 2.0, 4.0, 8.0, 10.0], [3.0, 5.0, 6.0, 7.0, np.inf]])
    factors = np.array([[1.0, 1.2, 0.65, 1.24, 0.82], [0.9, 1.3, 0.78, 0.76, 1.0]])  # each mistake: another share
    depth = np.where(np.isfinite(truth), truth, 9.0) * factors
    value: Any = answer(depth.copy(), truth.copy())
    assert value is not None, "Hint: the function gives nothing back. Has it a return?"
    value = as_array(value, "the share")
    assert value.size == 1, f"Hint: the function gives {value.size} values. Take the mean: one share for all pixels."
    given = float(value.ravel()[0])

    def same(other: float) -> bool:
        return math.isclose(given, other, abs_tol=1e-6)

    right = 5 / 9
    if not same(right):
        assert not math.isnan(given), "Hint: the share is NaN: infinity is still among the pixels that count."
        assert not same(5), "Hint: this is the number of pixels. Divide by how many count."
        assert not same(100 * right), "Hint: this is a percentage. Answer with a share from 0 to 1."
        assert not same(4 / 9), "Hint: this is the share that is off by more. Turn the comparison round."
        assert not any(same(tenths / 10) for tenths in (5, 6, 7, 9)), (
            "Hint: the sky is still counted. Leave out the truth that is infinite."
        )
        assert not same(8 / 9), (
            "Hint: depths that are too small pass as good. Take the larger of depth / truth and truth / depth."
        )
        assert not same(6 / 9), (
            "Hint: depths that are too large pass as good. Take the larger of depth / truth and truth / depth."
        )
        assert not same(3 / 9), "Hint: less than a factor of 1.25 is asked for, not less than 1.25 metres."
        assert not same(9 / 9), "Hint: the limit is 1.25. Its square, 1.5625, is that of delta2."
        assert not same(7 / 9), (
            "Hint: |depth - truth| / truth < 0.25 is not the same: a depth of 0.78 times the truth is off by a factor "
            "of 1.28. Take the larger of depth / truth and truth / depth."
        )
        raise AssertionError(
            "Hint: np.maximum(depth / truth, truth / depth) < 1.25, and the mean of that over finite truth."
        )
    return "5 of the 9 pixels that count are off by less than a factor of 1.25."


@exercise
def check_paired_interval(answer: Sequence[float], first: Sequence[float], second: Sequence[float]) -> str:
    """answer: (low, high), the 95 % bootstrap interval of the mean of first - second, pair by pair.

    Right where both ends are within 15 % of the interval's width: the draws are random.
    """
    values = as_array(answer, "the interval") if np.ndim(answer) == 1 else np.zeros(0)
    assert values.shape == (2,), "Hint: answer with two numbers, (low, high)."
    a, b = as_array(first, "first"), as_array(second, "second")
    low, high = values

    def same(interval: tuple[float, float]) -> bool:
        return bool(np.abs(values - interval).max() <= 0.15 * (interval[1] - interval[0]))

    rng = np.random.default_rng(0)
    paired = bootstrap_interval(a - b, draws=20_000)
    means = (a - b)[rng.integers(a.size, size=(20_000, a.size))].mean(axis=1)
    ninety = np.quantile(means, [0.05, 0.95])  # so close to 95 % that only the nearer of the two tells them apart
    assert not same(paired) or np.abs(values - paired).sum() <= np.abs(values - ninety).sum(), (
        "Hint: this is nearer to the 90 % interval. 95 % leave out 2.5 % at each end, the quantiles 0.025 and 0.975; "
        "and a few hundred draws are too few."
    )
    if not same(paired):
        assert low <= high, "Hint: the smaller end comes first."
        assert not same((-paired[1], -paired[0])), "Hint: this is second minus first. Subtract the other way round."
        assert not same(tuple(np.quantile(a - b, [0.025, 0.975]))), (
            "Hint: this is the spread of the single pictures. Draw pictures again, take the mean of each draw, and "
            "then the quantiles of the means."
        )
        for alone in (a, b):
            assert not same(bootstrap_interval(alone, draws=20_000)), (
                "Hint: this is the interval of one network alone. Subtract picture by picture first."
            )
        apart = [values[rng.integers(values.size, size=(20_000, values.size))].mean(axis=1) for values in (a, b)]
        unpaired = tuple(np.quantile(apart[0] - apart[1], [0.025, 0.975]))
        assert not same(unpaired), (
            "Hint: the two were drawn apart. Both met the same pictures: subtract picture by picture, then draw."
        )
        raise AssertionError(
            "Hint: subtract, draw as many differences with repetition some thousand times, take the mean of each "
            "draw, then the 2.5 % and 97.5 % quantiles."
        )
    side = "contains 0: eight pictures do not tell" if paired[0] <= 0 <= paired[1] else "does not contain 0"
    return f"the interval {side}."
