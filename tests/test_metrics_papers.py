"""The metrics once more, from the papers' own formulas where these differ from the code's, and bad input everywhere.

Nothing here uses numpy's sums or the code under test for the expected value: sums over pixels and pairs are spelt out.
"""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helpers import metrics

CAP = 20.0
NOT_COUNTED = (math.nan, math.inf, -math.inf, 0.0, -2.0)  # what a sensor writes where it saw nothing


@st.composite
def maps_with_holes(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(prediction, truth in metres with holes, mask), all (H, W), with three counted pixels and two predictions."""
    height, width = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    size = height * width
    truth = draw(st.lists(st.floats(0.25, 64, width=32) | st.sampled_from(NOT_COUNTED), min_size=size, max_size=size))
    prediction = draw(st.lists(st.floats(0, 16, width=16), min_size=size, max_size=size))
    mask = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    counted = [p for p, z, kept in zip(prediction, truth, mask, strict=True) if kept and math.isfinite(z) and z > 0]
    assume(len(counted) >= 3 and max(counted) - min(counted) > 0.1)
    return tuple(np.array(values).reshape(height, width) for values in (prediction, truth, mask))


def counted_pixels(prediction: np.ndarray, truth: np.ndarray, mask: np.ndarray) -> list[tuple[float, float]]:
    return [
        (float(prediction[place]), float(truth[place]))
        for place in np.ndindex(truth.shape)
        if mask[place] and math.isfinite(truth[place]) and truth[place] > 0
    ]


def midas_scale_shift(pixels: list[tuple[float, float]]) -> tuple[float, float]:
    """MiDaS, section on scale-and-shift-invariant losses: h = (sum d d^T)^-1 sum d d*, with the vectors d = (p, 1).

    The 2 x 2 matrix is inverted by its adjugate. The predictions are moved to their first value, for the digits' sake;
    the line is the same.
    """
    origin = pixels[0][0]
    d = [(p - origin, 1.0) for p, _ in pixels]
    target = [1 / z for _, z in pixels]
    (m11, m12), (m21, m22) = ([math.fsum(v[i] * v[j] for v in d) for j in (0, 1)] for i in (0, 1))
    r1, r2 = (math.fsum(v[i] * t for v, t in zip(d, target, strict=True)) for i in (0, 1))
    determinant = m11 * m22 - m12 * m21
    scale, shift = (m22 * r1 - m12 * r2) / determinant, (m11 * r2 - m21 * r1) / determinant
    return scale, shift - scale * origin


def eigen_pairwise(z: list[float], truth: list[float]) -> float:
    """Eigen, Puhrsch and Fergus 2014: the scale-invariant error as a mean over all *pairs* of pixels.

    (1 / 2n^2) sum over i, j of ((ln z_i - ln z_j) - (ln t_i - ln t_j))^2.
    """
    n = len(z)
    return math.fsum(
        ((math.log(z[i]) - math.log(z[j])) - (math.log(truth[i]) - math.log(truth[j]))) ** 2
        for i in range(n)
        for j in range(n)
    ) / (2 * n * n)


def eigen_with_alpha(z: list[float], truth: list[float]) -> float:
    """The same paper's first form: mean of (ln z - ln t + alpha)^2 with alpha = mean of (ln t - ln z)."""
    n = len(z)
    alpha = math.fsum(math.log(t) - math.log(value) for value, t in zip(z, truth, strict=True)) / n
    return math.fsum((math.log(value) - math.log(t) + alpha) ** 2 for value, t in zip(z, truth, strict=True)) / n


def whdr(inverse_depth: np.ndarray, truth: np.ndarray, pairs: np.ndarray) -> float:
    """Chen et al. 2016: the share of pairs whose predicted relation differs from the true one, all weights equal.

    The relation is +1, -1 or 0; a predicted 0 is half wrong, as it decides nothing.
    """
    wrong = 0.0
    for (r1, c1), (r2, c2) in pairs.tolist():
        true_relation = 1 if truth[r1, c1] < truth[r2, c2] else -1
        first, second = inverse_depth[r1, c1], inverse_depth[r2, c2]
        relation = (first > second) * 1 - (first < second) * 1
        wrong += 0.5 * abs(relation - true_relation)
    return wrong / len(pairs)


@given(maps_with_holes())
def test_alignment_is_the_normal_equations_of_midas(maps):
    prediction, truth, mask = maps
    pixels = counted_pixels(*maps)
    inverse = np.array([[1 / z if math.isfinite(z) and z > 0 else math.nan for z in row] for row in truth])
    scale, shift = metrics.align_scale_shift(prediction, inverse, mask)
    expected_scale, expected_shift = midas_scale_shift(pixels)
    assert scale == pytest.approx(expected_scale, rel=1e-6, abs=1e-9)
    assert shift == pytest.approx(expected_shift, rel=1e-6, abs=1e-8)
    errors = [scale * p + shift - 1 / z for p, z in pixels]
    assert math.fsum(errors) == pytest.approx(0, abs=1e-7)
    assert math.fsum(p * error for (p, _), error in zip(pixels, errors, strict=True)) == pytest.approx(0, abs=1e-6)


@given(maps_with_holes())
def test_the_protocol_with_holes_and_a_mask(maps):
    prediction, truth, mask = maps
    pixels = counted_pixels(*maps)
    scale, shift = midas_scale_shift(pixels)
    aligned = [scale * p + shift for p, _ in pixels]
    # On the clamp's own edge, and where a factor is 1.25 exactly, rounding may decide either way.
    depths = [1 / value if value > 1 / CAP else CAP for value in aligned]
    factors = [max(z / t, t / z) for z, (_, t) in zip(depths, pixels, strict=True)]
    assume(all(abs(factor - 1.25) > 1e-6 for factor in factors))
    ours = metrics.evaluate_relative(prediction, truth, cap=CAP, mask=mask)
    n = len(pixels)
    assert ours["abs_rel"] == pytest.approx(
        math.fsum(abs(z - t) / t for z, (_, t) in zip(depths, pixels, strict=True)) / n, rel=1e-5, abs=1e-7
    )
    assert ours["rmse"] ** 2 == pytest.approx(
        math.fsum((z - t) ** 2 for z, (_, t) in zip(depths, pixels, strict=True)) / n, rel=1e-5, abs=1e-7
    )
    assert ours["bad_delta125"] == pytest.approx(100 * sum(factor > 1.25 for factor in factors) / n)
    assert ours["delta1"] == pytest.approx(1 - ours["bad_delta125"] / 100)
    map_ = metrics.align_to_depth(prediction, truth, cap=CAP, mask=mask)
    all_others = {name: value for name, value in ours.items() if name != "bad_delta125"}
    assert all_others == metrics.depth_metrics(map_, truth, mask)
    places = [
        place for place in np.ndindex(truth.shape) if mask[place] and truth[place] > 0 and truth[place] < math.inf
    ]
    assert [map_[place] for place in places] == pytest.approx(depths, rel=1e-5)


@given(maps_with_holes())
def test_what_stands_where_nothing_counts_is_never_looked_at(maps):
    prediction, truth, mask = maps
    counted = mask & np.isfinite(truth) & (truth > 0)
    other = np.where(counted, prediction, np.nan)
    assert metrics.evaluate_relative(other, truth, cap=CAP, mask=mask) == metrics.evaluate_relative(
        prediction, truth, cap=CAP, mask=mask
    )


positive = st.lists(st.tuples(st.floats(0.1, 100), st.floats(0.1, 100)), min_size=1, max_size=12)


@given(positive)
def test_silog_is_the_pairwise_error_of_eigen(pixels):
    z, truth = map(list, zip(*pixels, strict=True))
    silog = metrics.depth_metrics(np.array(z), np.array(truth))["silog"]
    assert (silog / 100) ** 2 == pytest.approx(eigen_pairwise(z, truth), rel=1e-7, abs=1e-12)
    assert (silog / 100) ** 2 == pytest.approx(eigen_with_alpha(z, truth), rel=1e-7, abs=1e-12)


@given(positive)
def test_the_metrics_bound_each_other(pixels):
    z, truth = (np.array(side) for side in zip(*pixels, strict=True))
    figures = metrics.depth_metrics(z, truth)
    # ln(1 + x) <= x, and a mean is at most the root of the mean square.
    assert figures["rmse"] >= math.fsum(abs(a - b) for a, b in pixels) / len(pixels) - 1e-9
    assert figures["silog"] / 100 <= math.sqrt(math.fsum(math.log(a / b) ** 2 for a, b in pixels) / len(pixels)) + 1e-9
    below = [(a, b) for a, b in pixels if a <= b]
    if len(below) == len(pixels):
        assert figures["abs_rel"] < 1  # too small a depth costs less than 1


@given(st.floats(0.05, 20))
def test_one_factor_everywhere(factor):
    truth = np.array([[0.5, 1.0], [3.0, 40.0]])
    figures = metrics.depth_metrics(factor * truth, truth)
    assert figures["abs_rel"] == pytest.approx(abs(factor - 1), abs=1e-12)
    assert figures["log10"] == pytest.approx(abs(math.log10(factor)), abs=1e-12)
    assert figures["silog"] == pytest.approx(0, abs=1e-6)
    worse = max(factor, 1 / factor)
    for k in (1, 2, 3):
        if abs(worse - 1.25**k) > 1e-9:
            assert figures[f"delta{k}"] == (worse < 1.25**k)


@given(maps_with_holes(), st.integers(0, 1000))
def test_ordinal_accuracy_is_one_minus_whdr(maps, seed):
    prediction, truth, mask = maps
    pairs = metrics.sample_pairs(truth, 40, seed=seed, ratio=1.0, mask=mask)
    assume(len(pairs))
    accuracy = metrics.ordinal_accuracy(prediction, truth, pairs)
    assert accuracy == pytest.approx(1 - whdr(prediction, truth, pairs))
    assert metrics.ordinal_accuracy(-prediction, truth, pairs) == pytest.approx(1 - accuracy)
    assert metrics.ordinal_accuracy(prediction, truth, pairs[:, ::-1]) == pytest.approx(accuracy)
    rising = np.exp(prediction / 4) * 3 - 7  # keeps the order, changes every distance
    assert metrics.ordinal_accuracy(rising, truth, pairs) == pytest.approx(accuracy)


@given(maps_with_holes(), st.floats(1, 3), st.integers(0, 1000))
def test_pairs_differ_by_the_ratio_and_lie_on_counted_pixels(maps, ratio, seed):
    _, truth, mask = maps
    for (r1, c1), (r2, c2) in metrics.sample_pairs(truth, 60, seed=seed, ratio=ratio, mask=mask).tolist():
        assert mask[r1, c1] and mask[r2, c2]
        near, far = sorted((truth[r1, c1], truth[r2, c2]))
        assert 0 < near < far < math.inf and far >= near * ratio


# Bad input to every public function: one clear ValueError, never a traceback out of numpy.

MAP = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
EMPTY = np.zeros((0, 3))
NOTHING = np.full((2, 3), np.nan)
ONE = np.array([[2.0, np.nan, np.nan], [np.inf, 0.0, -1.0]])
BROKEN = np.where(MAP == 4, np.nan, MAP)
PAIRS = np.array([[[0, 0], [1, 1]]])
WITH_CAP = {"cap": 10.0}

BAD_INPUT = {
    "align_scale_shift": [
        ((MAP, MAP[:1]), {}, "shapes differ"),
        ((MAP, MAP.ravel()), {}, "shapes differ"),
        ((MAP, MAP, MAP[:1] > 0), {}, "shapes differ"),
        ((MAP, MAP, MAP), {}, "mask has dtype"),
        ((MAP, NOTHING), {}, "no valid pixel"),
        ((MAP, MAP, MAP < 0), {}, "no valid pixel"),
        ((EMPTY, EMPTY), {}, "no valid pixel"),
        ((BROKEN, MAP), {}, "NaN or infinite"),
        ((MAP, MAP, MAP == 3), {}, "only one valid pixel"),
        ((MAP.astype(str), MAP), {}, "real numbers"),
        ((MAP, MAP * 1j), {}, "real numbers"),
        ((None, MAP), {}, "real numbers"),
        (([[1.0, 2.0], [3.0]], MAP), {}, "different lengths"),
        ((MAP, MAP, [[True], [False, True]]), {}, "different lengths"),
    ],
    "depth_metrics": [
        ((MAP, MAP[:1]), {}, "shapes differ"),
        ((MAP, NOTHING), {}, "no valid pixel"),
        ((MAP, -MAP), {}, "no valid pixel"),
        ((EMPTY, EMPTY), {}, "no valid pixel"),
        ((MAP, MAP, MAP < 0), {}, "no valid pixel"),
        ((BROKEN, MAP), {}, "not finite, zero or negative"),
        ((-MAP, MAP), {}, "not finite, zero or negative"),
        ((0 * MAP, MAP), {}, "inverse depth"),
        ((MAP * math.inf, MAP), {}, "not finite, zero or negative"),
        ((MAP, "room"), {}, "real numbers"),
        ((MAP, MAP, MAP), {}, "mask has dtype"),
        ((MAP, MAP, MAP[:1] > 0), {}, "shapes differ"),
    ],
    "align_to_depth": [
        ((MAP, MAP[:1]), WITH_CAP, "shapes differ"),
        ((MAP, NOTHING), WITH_CAP, "no valid pixel"),
        ((MAP, -MAP), WITH_CAP, "no valid pixel"),
        ((MAP, ONE), WITH_CAP, "only one valid pixel"),
        ((BROKEN, MAP), WITH_CAP, "NaN or infinite"),
        ((MAP, MAP), {"cap": 0}, "cap is 0"),
        ((MAP, MAP), {"cap": math.inf}, "cap is inf"),
        ((MAP, MAP), {"cap": None}, "cap is None"),
        ((MAP, MAP), {"cap": "10"}, "cap is '10'"),
        ((MAP, "room"), WITH_CAP, "real numbers"),
        ((MAP, MAP), {"cap": 10, "mask": MAP}, "mask has dtype"),
    ],
    "evaluate_relative": [
        ((MAP, MAP[:1]), WITH_CAP, "shapes differ"),
        ((MAP, NOTHING), WITH_CAP, "no valid pixel"),
        ((MAP, -MAP), WITH_CAP, "no valid pixel"),
        ((MAP, ONE), WITH_CAP, "only one valid pixel"),
        ((BROKEN, MAP), WITH_CAP, "NaN or infinite"),
        ((MAP, MAP), {"cap": math.nan}, "cap is nan"),
        ((MAP, MAP), {"cap": [10]}, r"cap is \[10\]"),
        ((MAP, "room"), WITH_CAP, "real numbers"),
        ((MAP, MAP), {"cap": 10, "mask": MAP}, "mask has dtype"),
    ],
    "spearman": [
        ((MAP, MAP[:1]), {}, "shapes differ"),
        ((MAP, NOTHING), {}, "no valid pixel"),
        ((BROKEN, MAP), {}, "NaN or infinite"),
        ((MAP, MAP, MAP == 3), {}, "only one valid pixel"),
        ((MAP, "room"), {}, "real numbers"),
        ((MAP, MAP, MAP), {}, "mask has dtype"),
        ((MAP, MAP, MAP[:1] > 0), {}, "shapes differ"),
        ((MAP * math.inf, MAP), {}, "NaN or infinite"),
    ],
    "sample_pairs": [
        (("room",), {}, "real numbers"),
        ((NOTHING,), {}, "no valid pixel"),
        ((-MAP,), {}, "no valid pixel"),
        ((EMPTY,), {}, "no valid pixel"),
        ((ONE,), {}, "only one valid pixel"),
        ((MAP.ravel(),), {}, "height, width"),
        ((MAP, 10), {"mask": MAP[:1] > 0}, "shapes differ"),
        ((MAP, 0), {}, "count is 0"),
        ((MAP, 2.5), {}, "count is 2.5"),
        ((MAP, "many"), {}, "count is 'many'"),
        ((MAP, True), {}, "count is True"),
        ((MAP, 10), {"ratio": math.nan}, "ratio is nan"),
        ((MAP, 10), {"ratio": 0.5}, "ratio is 0.5"),
        ((MAP, 10), {"ratio": math.inf}, "ratio is inf"),
        ((MAP, 10), {"ratio": None}, "ratio is None"),
        ((MAP, 10), {"seed": -1}, "seed"),
        ((MAP, 10), {"seed": 0.5}, "seed"),
    ],
    "ordinal_accuracy": [
        ((MAP, MAP.astype(str), PAIRS), {}, "real numbers"),
        ((MAP, MAP[:1], PAIRS), {}, "shapes differ"),
        ((MAP, NOTHING, PAIRS), {}, "two valid true depths"),
        ((MAP, -MAP, PAIRS), {}, "two valid true depths"),
        ((NOTHING, MAP, PAIRS), {}, "NaN or infinite"),
        ((MAP, MAP, PAIRS[:0]), {}, "no pairs"),
        ((MAP, MAP, []), {}, r"\(N, 2, 2\)"),
        ((MAP, MAP, [[[0, 0], [1]]]), {}, "different lengths"),
        ((MAP, MAP, PAIRS[0]), {}, r"\(N, 2, 2\)"),
        ((MAP, MAP, PAIRS.astype(float)), {}, r"\(N, 2, 2\)"),
        ((MAP, MAP, PAIRS + 2), {}, "outside the map"),
        ((MAP, MAP, PAIRS - 1), {}, "outside the map"),
        ((MAP, np.ones((2, 3)), PAIRS), {}, "two valid true depths"),
    ],
    "row_ramp": [((shape,), {}, "height, width") for shape in ((0, 3), (3,), 3, None, (2.5, 3), ("2", "3"), (True, 3))],
    "constant": [((shape,), {}, "height, width") for shape in ((3, 0), (1, 2, 3), 3, (2, math.nan), (2, -1))],
    "better_baseline": [
        (("room",), WITH_CAP, "real numbers"),
        ((NOTHING,), WITH_CAP, "no valid pixel"),
        ((EMPTY,), WITH_CAP, "height, width"),
        ((MAP.ravel(),), WITH_CAP, "height, width"),
        ((ONE,), WITH_CAP, "only one valid pixel"),
        ((MAP,), {"cap": -1}, "cap is"),
        ((MAP,), {"cap": 10, "key": "accuracy"}, "no figure"),
        ((MAP,), {"cap": 10, "key": ["rmse"]}, "no figure"),
        (([[1.0, 2.0], [3.0]],), WITH_CAP, "different lengths"),
    ],
}


def test_every_public_function_is_given_bad_input():
    functions = {name for name in metrics.__all__ if inspect.isfunction(getattr(metrics, name))}
    assert functions == set(BAD_INPUT)


@pytest.mark.parametrize(
    ("name", "arguments", "options", "said"),
    [(name, *case) for name, cases in BAD_INPUT.items() for case in cases],
)
def test_bad_input_is_one_clear_error(name, arguments, options, said):
    with pytest.raises(ValueError, match=said) as caught:
        getattr(metrics, name)(*arguments, **options)
    assert len(str(caught.value).splitlines()) == 1
