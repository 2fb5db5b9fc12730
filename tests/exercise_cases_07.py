"""Right and wrong answers to the exercises of notebook 07; tests/test_exercises.py runs them."""

from __future__ import annotations

import numpy as np

from helpers.evaluation import bootstrap_interval

FIRST = np.array([0.21, 0.35, 0.12, 0.28, 0.40, 0.18, 0.31, 0.25])
SECOND = np.array([0.23, 0.36, 0.15, 0.29, 0.44, 0.18, 0.34, 0.26])
LOW, HIGH = bootstrap_interval(FIRST - SECOND)
_RNG = np.random.default_rng(2)
APART = np.quantile(
    FIRST[_RNG.integers(8, size=(9000, 8))].mean(axis=1) - SECOND[_RNG.integers(8, size=(9000, 8))].mean(axis=1),
    [0.025, 0.975],
)
MEANS = (FIRST - SECOND)[_RNG.integers(8, size=(9000, 8))].mean(axis=1)


def worse(z, t):
    return np.maximum(z / t, t / z)


def delta1(depth, truth):
    counted = np.isfinite(truth)
    return np.mean(worse(depth[counted], truth[counted]) < 1.25)


def delta1_as_a_list(depth, truth):
    return [delta1(depth, truth)]


def finite(formula):
    return lambda depth, truth: formula(depth[np.isfinite(truth)], truth[np.isfinite(truth)])


CASES = {
    "check_third_depth": (
        ([9, 4], [2, 10], 6),
        [1 / 0.26, 3.85, np.float64(3.846), np.array(3.846)],
        [
            (0.26, "1 over it"),
            (2 + 8 / -5 * -3, "straight line of inverse depth"),
            (3.0, "scale only"),
            (10 * 4 / 6, "scale only"),
            (5, "solve"),
            (3.8, "three digits"),
            ("3.85", "one number"),
        ],
    ),
    "check_delta1": (
        (),
        [delta1, delta1_as_a_list],
        [
            (5 / 9, "the function itself"),
            (lambda depth, truth: None, "return"),
            (finite(lambda z, t: worse(z, t) < 1.25), "Take the mean"),
            (finite(lambda z, t: np.mean(worse(z, t))), "np.maximum"),
            (finite(lambda z, t: np.sum(worse(z, t) < 1.25)), "number of pixels"),
            (finite(lambda z, t: 100 * np.mean(worse(z, t) < 1.25)), "a percentage"),
            (finite(lambda z, t: np.mean(worse(z, t) > 1.25)), "turn|Turn"),
            (lambda depth, truth: np.mean(worse(depth, truth) < 1.25), "sky"),
            (finite(lambda z, t: np.mean(z / t < 1.25)), "too small"),
            (finite(lambda z, t: np.mean(t / z < 1.25)), "too large"),
            (finite(lambda z, t: np.mean(np.abs(z - t) / t < 0.25)), "not the same"),
            (finite(lambda z, t: np.mean(np.abs(z - t) < 1.25)), "metres"),
            (finite(lambda z, t: np.mean(worse(z, t) < 1.25**2)), "square"),
            (lambda depth, truth: np.mean(depth / truth < 1.25), "sky"),
            (lambda depth, truth: np.mean(truth / depth < 1.25), "sky"),
            (lambda depth, truth: np.nan, "infinity"),
        ],
    ),
    "check_paired_interval": (
        (FIRST, SECOND),
        [(LOW, HIGH), [LOW, HIGH], np.array([LOW, HIGH]), bootstrap_interval(FIRST - SECOND, draws=3000, seed=5)],
        [
            ((HIGH, LOW), "smaller end"),
            ((-HIGH, -LOW), "second minus first"),
            (np.quantile(FIRST - SECOND, [0.025, 0.975]), "single pictures"),
            (bootstrap_interval(FIRST), "one network alone"),
            (bootstrap_interval(SECOND), "one network alone"),
            (APART, "drawn apart"),
            (np.quantile(MEANS, [0.05, 0.95]), "90 %"),
            ((LOW - 0.1, HIGH), "subtract, draw"),
            (-0.02, "two numbers"),
            ((LOW, 0.0, HIGH), "two numbers"),
        ],
    ),
}
