"""Cases for the checks of notebook 12: name -> (arguments, right answers, wrong answers with a word of their hint)."""

from __future__ import annotations

import numpy as np

POINTS = [
    [0.0, 0.0, 0.9],  # inside
    [0.04, 0.03, 0.8],  # inside, exactly within 5 cm of the axis
    [0.045, 0.045, 0.8],  # inside a square, not a round corridor
    [0.0, 0.01, 1.1],  # behind the target
    [0.0, 0.0, 0.5],  # before the corridor begins
    [0.3, 0.0, 0.9],  # far beside
    [0.0, 0.4, 0.85],  # far below
]

CASES = {
    "check_width": (
        (60, 1.5, 600.0),
        [15, 15.0, np.float64(15.05)],
        [
            (0.15, "centimetres"),
            (100 * 60 / 1.5 / 600, "multiply by the depth"),
            (100 * 600 * 1.5 / 60, "changed places"),
            (100 * 60 * 600 / 1.5, "Solve"),
            (12, "Solve for the width"),
            ("15", "one number"),
            (float("nan"), "one number"),
        ],
    ),
    "check_blocking": (
        (POINTS, [0.0, 0.0, 1.0], 0.051, 0.3),
        [2, 2.0, np.int64(2)],
        [
            (7, "all the points"),
            (4, "behind the target"),
            (5, "farther than the radius"),
            (3, "round"),
            (0, "distance from the axis"),
            ("2", "one number"),
        ],
    ),
    "check_scale_limit": (
        (0.8, 0.02),
        [2.5, np.float64(2.51)],
        [
            (0.025, "fraction"),
            (40, "turned round"),
            (4000, "turned round"),
            (250, "metres"),
            (5, "percent of its distance"),
            (None, "one number"),
        ],
    ),
}
