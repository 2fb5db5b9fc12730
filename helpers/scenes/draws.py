"""Random draws that every scene is made with: a chance, one of several, a number in a range."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A number between `low` and `high`."""
    return low + (high - low) * rng.random()


def chance(rng: np.random.Generator, probability: float) -> bool:
    """True with the given probability."""
    return rng.random() < probability


def pick(rng: np.random.Generator, items: Sequence):
    """One of `items`, each as likely as the others (far quicker than Generator.choice)."""
    return items[int(rng.random() * len(items))]


def whole(rng: np.random.Generator, low: int, high: int) -> int:
    """A whole number between `low` and `high`, both included."""
    return low + int(rng.random() * (high - low + 1))
