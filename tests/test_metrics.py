"""Metrics against the papers' formulas written out again, a pixel at a time, and what must not change them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers import metrics

KEYS = {"abs_rel", "rmse", "log10", "silog", "delta1", "delta2", "delta3"}


# An implementation of its own: loops over pixels, sums by math.fsum. That of the alignment is in test_metrics_papers.


def slow_metrics(depth, truth):
    """Eigen et al. 2014, section 4, and its followers, a pixel at a time."""
    pairs = [
        (float(z), float(t))
        for z, t in zip(np.ravel(depth), np.ravel(truth), strict=True)
        if not math.isnan(t) and not math.isinf(t) and t > 0
    ]
    n = len(pairs)
    d = [math.log(z / t) for z, t in pairs]
    mean = math.fsum(d) / n
    worse = [max(z / t, t / z) for z, t in pairs]
    return {
        "abs_rel": math.fsum(abs(z - t) / t for z, t in pairs) / n,
        "rmse": math.sqrt(math.fsum((z - t) ** 2 for z, t in pairs) / n),
        "log10": math.fsum(abs(math.log10(z / t)) for z, t in pairs) / n,
        "silog": 100 * math.sqrt(max(0.0, math.fsum((value - mean) ** 2 for value in d) / n)),
        "delta1": sum(value < 1.25 for value in worse) / n,
        "delta2": sum(value < 1.5625 for value in worse) / n,
        "delta3": sum(value < 1.953125 for value in worse) / n,
    }


def depths(size: int):
    return st.lists(st.floats(0.125, 128, width=32), min_size=size, max_size=size).map(np.array)


sizes = st.integers(2, 24)
two_depths = sizes.flatmap(lambda size: st.tuples(depths(size), depths(size)))


@given(two_depths)
def test_depth_metrics_against_loops(pair):
    depth, truth = pair
    ours, theirs = metrics.depth_metrics(depth, truth), slow_metrics(depth, truth)
    assert set(ours) == KEYS
    for key in KEYS:
        assert ours[key] == pytest.approx(theirs[key], rel=1e-9, abs=1e-7), key


@given(two_depths, st.floats(0.01, 100), st.floats(-50, 50))
def test_relative_evaluation_forgets_scale_and_shift(pair, scale, shift):
    inverse_depth, truth = pair
    assume(np.ptp(inverse_depth) > 1e-1)
    before = metrics.evaluate_relative(inverse_depth, truth, cap=80)
    after = metrics.evaluate_relative(scale * inverse_depth + shift, truth, cap=80)
    for key in ("abs_rel", "rmse", "log10", "silog"):
        assert after[key] == pytest.approx(before[key], rel=1e-4, abs=1e-4), key


@given(two_depths, st.floats(0.01, 100))
def test_figures_without_unit_do_not_change_with_the_unit(pair, unit):
    depth, truth = pair
    before, after = metrics.depth_metrics(depth, truth), metrics.depth_metrics(unit * depth, unit * truth)
    for key in ("abs_rel", "log10", "silog"):
        assert after[key] == pytest.approx(before[key], rel=1e-6, abs=1e-6), key
    assert after["rmse"] == pytest.approx(unit * before["rmse"], rel=1e-6, abs=1e-6)


@given(two_depths, st.floats(0.01, 100))
def test_silog_does_not_see_the_scale(pair, scale):
    depth, truth = pair
    silog = metrics.depth_metrics(depth, truth)["silog"]
    assert metrics.depth_metrics(scale * depth, truth)["silog"] == pytest.approx(silog, rel=1e-6, abs=1e-5)


@given(two_depths)
def test_deltas_are_symmetric_and_grow(pair):
    depth, truth = pair
    one, other = metrics.depth_metrics(depth, truth), metrics.depth_metrics(truth, depth)
    assert 0 <= one["delta1"] <= one["delta2"] <= one["delta3"] <= 1
    assert [one[f"delta{k}"] for k in (1, 2, 3)] == [other[f"delta{k}"] for k in (1, 2, 3)]


@given(two_depths, st.floats(0.5, 2), st.floats(-1, 1))
def test_no_other_line_fits_better(pair, by, plus):
    prediction, target = pair
    scale, shift = metrics.align_scale_shift(prediction, target)

    def loss(a, b):
        return float(np.sum((a * prediction + b - target) ** 2))

    best = loss(scale, shift)
    assert best <= loss(scale * by, shift + plus) * (1 + 1e-9) + 1e-6


def test_metrics_by_hand():
    figures = metrics.depth_metrics(np.array([[2.0, 2.0]]), np.array([[1.0, 4.0]]))
    assert figures["abs_rel"] == pytest.approx((1 + 0.5) / 2)
    assert figures["rmse"] == pytest.approx(math.sqrt((1 + 4) / 2))
    assert figures["log10"] == pytest.approx(math.log10(2))
    assert figures["silog"] == pytest.approx(100 * math.log(2))
    assert figures["delta1"] == figures["delta2"] == figures["delta3"] == 0


def test_a_perfect_depth():
    truth = np.random.default_rng(0).uniform(1, 10, (6, 7))
    figures = metrics.depth_metrics(truth, truth)
    assert [figures[key] for key in ("abs_rel", "rmse", "log10", "silog")] == [0, 0, 0, 0]
    assert [figures[key] for key in ("delta1", "delta2", "delta3")] == [1, 1, 1]


def test_alignment_recovers_scale_and_shift():
    prediction = np.random.default_rng(0).uniform(0, 30, (40, 50)).astype(np.float32)
    scale, shift = metrics.align_scale_shift(prediction, 0.02 * prediction.astype(float) + 0.1)
    assert (scale, shift) == (pytest.approx(0.02, rel=1e-9), pytest.approx(0.1, rel=1e-9))
    assert isinstance(scale, float) and isinstance(shift, float)


def test_alignment_of_a_mirrored_prediction_has_a_negative_scale():
    target = np.random.default_rng(0).uniform(0, 1, (8, 8))
    assert metrics.align_scale_shift(1 - target, target)[0] == pytest.approx(-1)


@pytest.mark.parametrize("value", [0.0, 3.0, -2.5, 1e300, 5e-324])
def test_constant_prediction_gives_scale_zero_and_the_mean(value):
    assert metrics.align_scale_shift(np.full((2, 3), value), np.arange(6.0).reshape(2, 3)) == (0.0, 2.5)


@pytest.mark.parametrize("factor", [1e-200, 1e-30, 1e30, 1e200])
def test_alignment_survives_huge_and_tiny_numbers(factor):
    prediction = np.array([0.0, 1, 2, 3])
    scale, shift = metrics.align_scale_shift(prediction * factor, 2 * prediction + 1)
    assert scale * factor == pytest.approx(2) and shift == pytest.approx(1)


def test_alignment_keeps_its_digits_on_a_large_offset():
    x = np.linspace(0, 1, 1000)
    scale, shift = metrics.align_scale_shift(1e6 + x, x)
    assert scale == pytest.approx(1, rel=1e-6) and shift == pytest.approx(-1e6, rel=1e-6)


def test_half_precision_sums_do_not_overflow():
    prediction = np.linspace(0, 60000, 10_000).astype(np.float16)
    scale, shift = metrics.align_scale_shift(prediction, prediction.astype(float) / 60000)
    assert scale == pytest.approx(1 / 60000, rel=1e-9) and shift == pytest.approx(0, abs=1e-9)


def test_the_cap_is_a_clamp_and_keeps_far_truth():
    truth = np.array([1.0, 2.0, 4.0, 200.0])
    depth = metrics.align_to_depth(1 / truth, truth, cap=80)
    np.testing.assert_allclose(depth, [1, 2, 4, 80], rtol=1e-9)
    figures = metrics.evaluate_relative(1 / truth, truth, cap=80)
    assert figures["abs_rel"] == pytest.approx(0.6 / 4) and figures["bad_delta125"] == pytest.approx(25)


def test_prediction_that_turns_negative_is_clamped():
    truth = np.array([1.0, 1.0, 1.0, 50.0, 1.0])
    depth = metrics.align_to_depth(np.array([1.0, 1.1, 0.9, 0.0, 0.3]), truth, cap=80)
    assert (depth > 0).all() and depth.max() <= 80 + 1e-9


def test_integer_predictions_count():
    truth = np.array([1.0, 2.0, 4.0])
    assert metrics.evaluate_relative(np.array([4, 2, 1], np.uint8), truth, cap=10)["abs_rel"] == pytest.approx(
        0, abs=1e-9
    )


@pytest.mark.parametrize("hole", [np.nan, np.inf, -np.inf, 0.0, -3.0])
def test_invalid_truth_is_left_out(hole):
    depth, truth = np.array([2.0, 3.0, 5.0, 7.0]), np.array([2.5, 3.0, 4.0, hole])
    assert metrics.depth_metrics(depth, truth) == metrics.depth_metrics(depth[:3], truth[:3])
    assert metrics.evaluate_relative(1 / depth, truth, cap=9) == metrics.evaluate_relative(
        1 / depth[:3], truth[:3], cap=9
    )


def test_mask_leaves_out_pixels_even_broken_ones():
    depth, truth = np.array([2.0, 3.0, np.nan, -1.0]), np.array([2.5, 3.0, 4.0, 4.0])
    mask = np.array([True, True, False, False])
    assert metrics.depth_metrics(depth, truth, mask) == metrics.depth_metrics(depth[:2], truth[:2])
    assert metrics.depth_metrics(depth, truth, mask.astype(np.uint8)) == metrics.depth_metrics(depth[:2], truth[:2])
    assert metrics.align_scale_shift(depth, truth, mask) == metrics.align_scale_shift(depth[:2], truth[:2])
    assert metrics.evaluate_relative(depth, truth, cap=9, mask=mask)["abs_rel"] == pytest.approx(0, abs=1e-12)


def test_inputs_stay_as_they_are():
    prediction, truth = np.array([1.0, 2.0, np.nan]), np.array([3.0, np.inf, np.nan])
    copies = prediction.copy(), truth.copy()
    mask = np.array([True, True, False])
    with pytest.raises(ValueError):
        metrics.evaluate_relative(prediction, truth, cap=10, mask=mask)
    np.testing.assert_array_equal(prediction, copies[0])
    np.testing.assert_array_equal(truth, copies[1])


def slow_ranks(values):
    return [
        sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2 for value in values
    ]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=20))
def test_spearman_against_correlation_of_ranks_with_ties(pairs):
    x, y = zip(*pairs, strict=True)
    a, b = np.array(slow_ranks(x)), np.array(slow_ranks(y))
    expected = np.corrcoef(a, b)[0, 1] if a.std() > 0 and b.std() > 0 else 0.0
    assert metrics.spearman(np.array(x, float), np.array(y, float)) == pytest.approx(expected, abs=1e-9)


def test_spearman_sees_order_only():
    x = np.random.default_rng(0).uniform(0, 3, (7, 9))
    assert metrics.spearman(np.exp(5 * x), x) == pytest.approx(1)
    assert metrics.spearman(-x, x) == pytest.approx(-1)
    assert metrics.spearman(np.ones_like(x), x) == 0


def test_pairs_are_clearly_ordered_and_repeatable():
    truth = np.random.default_rng(0).uniform(1, 20, (30, 40))
    truth[:3], truth[5, 5] = np.inf, np.nan
    pairs = metrics.sample_pairs(truth, 500, seed=3, ratio=1.2)
    assert pairs.shape[1:] == (2, 2) and 300 < len(pairs) <= 500
    z = truth[pairs[..., 0], pairs[..., 1]]
    assert (z.max(axis=1) / z.min(axis=1) >= 1.2 - 1e-12).all()
    np.testing.assert_array_equal(pairs, metrics.sample_pairs(truth, 500, seed=3, ratio=1.2))
    assert not np.array_equal(pairs[:50], metrics.sample_pairs(truth, 500, seed=4, ratio=1.2)[:50])


def test_pairs_stay_inside_the_mask():
    truth = np.random.default_rng(0).uniform(1, 20, (10, 10))
    mask = np.zeros((10, 10), bool)
    mask[2:5, 3:7] = True
    pairs = metrics.sample_pairs(truth, 200, mask=mask)
    assert len(pairs) and mask[pairs[..., 0], pairs[..., 1]].all()


def test_ordinal_accuracy_by_hand():
    truth = np.array([[1.0, 2.0], [3.0, 4.0]])
    pairs = np.array([[[0, 0], [0, 1]], [[1, 0], [0, 0]], [[1, 1], [1, 0]], [[0, 1], [1, 1]]])
    assert metrics.ordinal_accuracy(1 / truth, truth, pairs) == 1
    assert metrics.ordinal_accuracy(truth, truth, pairs) == 0
    assert metrics.ordinal_accuracy(np.ones((2, 2)), truth, pairs) == 0.5
    assert metrics.ordinal_accuracy(np.array([[4.0, 3.0], [3.0, 3.5]]), truth, pairs) == pytest.approx(2 / 4)


def test_baselines():
    ramp = metrics.row_ramp((4, 3))
    assert ramp.shape == (4, 3) and ramp.dtype == np.float32
    np.testing.assert_allclose(ramp[:, 1], [0.125, 0.375, 0.625, 0.875])
    flat = metrics.constant((4, 3))
    assert flat.shape == (4, 3) and np.ptp(flat) == 0


def test_the_ramp_wins_on_a_floor():
    floor = 1 / (0.05 + np.broadcast_to(np.linspace(0, 1, 20)[:, None], (20, 30)))
    name, figures = metrics.better_baseline(floor, cap=80)
    assert name == "row ramp"
    assert figures == metrics.evaluate_relative(metrics.row_ramp((20, 30)), floor, cap=80)


def test_the_better_baseline_is_the_better_one_by_every_figure():
    rng = np.random.default_rng(1)
    for truth in (rng.uniform(1, 3, (12, 9)), np.exp(rng.normal(1, 1, (12, 9)))):
        both = [
            metrics.evaluate_relative(make(truth.shape), truth, cap=30) for make in (metrics.row_ramp, metrics.constant)
        ]
        for key in both[0]:
            best = (max if key.startswith("delta") else min)(figures[key] for figures in both)
            assert metrics.better_baseline(truth, cap=30, key=key)[1][key] == best
