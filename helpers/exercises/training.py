"""The checks of notebook 13: training a DPT."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helpers.exercises.common import as_array, assert_number, close, exercise


@exercise
def check_normalised(answer: Sequence[float], depths: Sequence[float]) -> str:
    """answer: the inverse depths of `depths` (metres), moved and scaled to median 0 and mean absolute deviation 1.

    In the order of `depths`; each right within 0.005.
    Source: Ranftl et al., Towards Robust Monocular Depth Estimation, 2020, equations 5 and 6.
    """
    depth = as_array(depths, "depths")
    values = as_array(answer, "the normalised inverse depths")
    assert values.shape == depth.shape, (
        f"Hint: the shape is {values.shape}, it must be {depth.shape}: one for each depth."
    )
    inverse = 1 / depth
    centred, off_mean = inverse - np.median(inverse), inverse - inverse.mean()
    away = depth - np.median(depth)
    expected = centred / np.abs(centred).mean()

    def same(*others: np.ndarray) -> bool:
        return any(bool(np.abs(values - other).max() <= 0.005) for other in others)

    if not same(expected):
        assert not same(np.clip(expected + 4, 0, 24)), (
            "Hint: this is the training target, moved up by 4. Leave the 4 away: the median must be 0."
        )
        assert not same(-expected), "Hint: the signs are swapped. Subtract the median from the inverse depths."
        assert not same(away / np.abs(away).mean(), -away / np.abs(away).mean()), (
            "Hint: this is the depth, normalised. Take 1 / depth first."
        )
        assert not same(off_mean / np.abs(off_mean).mean(), off_mean / off_mean.std()), (
            "Hint: the mean was subtracted. Subtract the median, which a few extreme values do not move."
        )
        assert not same(
            centred / inverse.std(), centred / np.sqrt((centred**2).mean()), centred / inverse.std(ddof=1)
        ), "Hint: divide by the mean absolute deviation, not by the standard deviation."
        assert not same(centred), "Hint: the median is 0. Now divide by the mean absolute deviation."
        raise AssertionError(
            "Hint: take 1 / depth, subtract the median, then divide by the mean of the absolute values that are left."
        )
    return "median 0 and mean absolute deviation 1: scale and shift are gone."


@exercise
def check_swapped(answer: str) -> str:
    """answer: which loss does not see that near and far are swapped: "anchored", "invariant", "gradient" or "none"."""
    hints = {
        "anchored": "the anchored loss compares number with number: 8 - y is y only where y is 4.",
        "invariant": "the invariant loss forgives scale and shift, but only divides by a positive number: "
        "the sign stays.",
        "gradient": "the gradient loss compares the steps between neighbours, and each of them has changed its sign.",
    }
    word = answer.strip().lower() if isinstance(answer, str) else ""
    assert word in (*hints, "none"), (
        'Hint: answer with one of four words, "anchored", "invariant", "gradient" or "none".'
    )
    assert word == "none", f"Hint: {hints[word]}"
    return "a swap turns every sign round, and none of the three forgives that."


@exercise
def check_hours(answer: float, pictures: int, rounds: int, per_second: float) -> str:
    """answer: the hours for training on `pictures`, `rounds` times over, at `per_second` pictures. Right within 1 %."""
    assert_number(answer, "the hours")
    hours = pictures * rounds / per_second / 3600

    if not close(answer, hours):
        assert not close(answer, 3600 * hours), "Hint: these are seconds. An hour has 3600 of them."
        assert not close(answer, 60 * hours), "Hint: these are minutes. An hour has 60 of them."
        assert not close(answer, hours / rounds), "Hint: this is one round. Each picture is seen once in every round."
        raise AssertionError("Hint: pictures x rounds / pictures per second gives seconds. Turn them into hours.")
    return f"{pictures:,} pictures x {rounds:,} / {per_second:g} per second is {hours:.4g} hours."
