"""What all checks of the exercises share: the untouched stub, and answers that are numbers or arrays."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

__all__ = ["NOT_ANSWERED", "as_array", "assert_not_rounded", "assert_number", "close", "exercise"]

NOT_ANSWERED = "not answered yet"


def exercise(check: Callable[..., str]) -> Callable[..., None]:
    """Make a check of a function that returns the praise and asserts all else: the stub is taken care of here.

    An answer is untouched when it is `...`, or a list, tuple or dict with a `...` left in it.
    """

    @functools.wraps(check)
    def checked(answer: Any, *arguments: Any, **options: Any) -> None:
        if _unanswered(answer):
            print(NOT_ANSWERED)
            return
        if isinstance(answer, list | tuple):
            answer = (tuple if isinstance(answer, tuple) else list)(_plain(part) for part in answer)
        answer = _plain(answer)
        print(f"right: {check(answer, *arguments, **options)}")

    return checked


def _plain(answer: Any) -> Any:
    """One number in a tensor or an array as that number; all else as it is."""
    return answer.item() if getattr(answer, "ndim", None) == 0 and hasattr(answer, "item") else answer


def _unanswered(answer: Any) -> bool:
    if isinstance(answer, Mapping):
        return any(value is Ellipsis for value in answer.values())
    if isinstance(answer, list | tuple):
        return any(value is Ellipsis for value in answer)
    return answer is Ellipsis


def assert_number(answer: Any, what: str) -> None:
    """Asserts that the answer is one finite number; `what` says which, for the hint."""
    ok = isinstance(answer, int | float | np.integer | np.floating) and not isinstance(answer, bool)
    assert ok and np.isfinite(answer), f"Hint: answer with one number, {what}."


def close(answer: float, other: float, within: float = 0.01) -> bool:
    """Whether the answer differs from the other number by at most this share of it."""
    return bool(abs(answer - other) <= within * abs(other))


def assert_not_rounded(answer: float, right: float) -> None:
    """Asserts that an answer that is not right is not nearly right either."""
    assert abs(answer - right) > 0.05 * abs(right), "Hint: this is close, but not within 1 %. Give three digits."


def as_array(values: Any, what: str) -> np.ndarray:
    """A float64 array from an array, a tensor or a list; asserts that it holds numbers."""
    if hasattr(values, "detach"):  # a tensor, perhaps bfloat16 or on a GPU
        values = values.detach().cpu().float().numpy()
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        array = np.zeros(0)
    assert array.dtype.kind in "biuf" and array.size > 0, f"Hint: {what} must be an array of numbers."
    return array.astype(np.float64)
