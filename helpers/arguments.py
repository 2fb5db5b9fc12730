"""Numbers on a command line: types for argparse, which says so where one is not what it must be."""

from __future__ import annotations

import argparse
import math
import os

__all__ = ["at_least_one", "at_least_zero", "none_or_more", "positive", "thread_count"]


def positive(text: str) -> float:
    """A command line's number above 0.

    Raises ArgumentTypeError for another one, ValueError for what is no number.
    """
    value = float(text)
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"{text} is no number above 0")
    return value


def none_or_more(text: str) -> float:
    """A command line's number of 0 or more.

    Raises ArgumentTypeError for another one, ValueError for what is no number.
    """
    value = float(text)
    if not (math.isfinite(value) and value >= 0):
        raise argparse.ArgumentTypeError(f"{text} is no number of 0 or more")
    return value


def at_least_one(text: str) -> int:
    """A command line's whole number of 1 or more.

    Raises ArgumentTypeError for another one, ValueError for what is no number.
    """
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return int(text)


def at_least_zero(text: str) -> int:
    """A command line's whole number of 0 or more.

    Raises ArgumentTypeError for another one, ValueError for what is no number.
    """
    if int(text) < 0:
        raise argparse.ArgumentTypeError(f"{text} is less than 0")
    return int(text)


def thread_count(text: str) -> int:
    """A command line's number of threads: 1 or more, and no more than there are processors.

    Raises ArgumentTypeError for another one, ValueError for what is no number.
    """
    processors = os.cpu_count() or 1
    if not 1 <= int(text) <= processors:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and {processors}, the number of processors here")
    return int(text)
