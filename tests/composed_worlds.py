"""Worlds for the tests of the composers: one of a kind from a seed."""

from __future__ import annotations

import numpy as np

from helpers.scenes import landscapes, rooms, streets, tabletops
from helpers.scenes.world import View, World

COMPOSERS = {
    "room": rooms.compose,
    "tabletop": tabletops.compose,
    "street": streets.compose,
    "landscape": landscapes.compose,
}


def composed(kind: str, seed: int) -> tuple[World, View]:
    """A world of that kind and the view of it."""
    rng = np.random.default_rng(seed)
    world = World(rng)
    return world, COMPOSERS[kind](world, rng)
