"""A courtyard that tests stereo: a board without texture, a fence that repeats, boxes that hide what is behind them."""

from __future__ import annotations

import math

import numpy as np

from helpers.scenes.world import Material, Sky, View, World

__all__ = ["BOARD", "FENCE", "POST_SPACING", "courtyard"]

BOARD, FENCE = 4, 6
"""The object ids of the board and of the fence."""

POST_SPACING = 0.18
"""Metres between two posts of the fence, where `size` is 1."""


def courtyard(size: float = 1.0) -> tuple[World, View]:
    """The courtyard and the view of it, for `render_world`; all lengths are multiplied by `size`, the eye's height too.

    Raises ValueError for a size that is not a positive number.
    """
    if not (math.isfinite(size) and size > 0):
        raise ValueError(f"size is {size!r}: give a positive number.")

    def paint(colour, second=None, pattern="plain", scale=200.0) -> Material:  # plain: no detail below 200 metres
        return Material(colour, second or colour, pattern, scale * size)

    white, dark, pale = paint((0.75, 0.75, 0.72)), paint((0.10, 0.13, 0.16)), paint((0.80, 0.78, 0.70))
    world = World(np.random.default_rng(0), sky=Sky(sun_direction=(-0.5, -0.6, 0.8), clouds=0.4))
    with world.placed((0, 0, 0), 0.0, size):
        with world.thing("ground"):
            world.box((0, 14, -0.1), (40, 34, 0.2), paint((0.45, 0.42, 0.38), (0.15, 0.13, 0.11), "gravel", 0.14))
        with world.thing("wall"):
            world.box((3.3, 6.2, 1.6), (9, 0.4, 3.2), paint((0.75, 0.62, 0.45), (0.25, 0.16, 0.10), "noise", 0.5))
        with world.thing("sign"):
            world.box((0.1, 5.95, 1.7), (2.0, 0.1, 1.7), white)
        with world.thing("plant"):
            world.box((-6, 18.5, 1.5), (14, 1, 4), paint((0.10, 0.25, 0.05), (0.25, 0.40, 0.12), "noise", 1.0))
        with world.thing("fence"):
            world.box((3.0, 4.9, 0.95), (3.6, 0.05, 1.5), dark)
            for post in range(20):
                world.box((1.25 + post * POST_SPACING, 4.75, 0.95), (0.07, 0.07, 1.6), pale)
        with world.thing("box"):
            world.box(
                (-0.45, 3.2, 0.45), (0.8, 0.6, 0.9), paint((0.7, 0.45, 0.2), (0.25, 0.12, 0.05), "print", 0.3), yaw=0.4
            )
        with world.thing("box"):
            world.box((-2.3, 7, 0.5), (1, 0.8, 1), paint((0.6, 0.2, 0.2), (0.2, 0.1, 0.05), "print", 0.4), yaw=0.7)
        with world.thing("box"):
            world.box((-4.4, 11, 0.7), (1.4, 1, 1.4), paint((0.2, 0.3, 0.5), (0.7, 0.7, 0.6), "print", 0.5), yaw=0.3)
        with world.thing("ball"):
            world.ellipsoid((0.75, 2.6, 0.3), 0.3, paint((0.7, 0.1, 0.1), (0.8, 0.6, 0.2), "noise", 0.3))
    eye, target = (0.0, -0.5 * size, 1.5 * size), (0.0, 6.0 * size, 1.1 * size)
    return world, View(eye, target, fov=60.0)
