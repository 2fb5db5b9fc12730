"""Cases for the checks of notebook 12: name -> (arguments, right answers, wrong answers with a word of their hint)."""

from __future__ import annotations

import numpy as np

POINTS = [
    [0.0, 0.0, 0.9],  # inside
    [0.04, 0.03, 0.8],  # inside, exactly within 5 cm of the axis
    [0.045, 0.045, 0.8],  # inside a square, not a round corridor
    [0.0, 0.01, 1.1],  # behind the target
    [0.0, -0.02, 1.2],  # the same
    [0.0, 0.0, 0.5],  # before the corridor begins
    [0.01, 0.0, 0.6],  # the same
    [0.0, 0.03, 0.4],  # the same
    [0.3, 0.0, 0.9],  # far beside
    [0.0, -0.4, 0.75],  # far above
    [-0.2, 0.1, 0.95],  # far beside
]

CASES = {
    "check_width": (
        (80, 1.5, 600.0),
        [20, 20.0, np.float64(20.05)],
        [
            (0.2, "centimetres"),
            (100 * 80 / 1.5 / 600, "multiply by the depth"),
            (100 * 600 * 1.5 / 80, "changed places"),
            (600 * 1.5 / 80, "changed places"),
            (100 * 80 * 600 / 1.5, "Solve"),
            (12, "Solve for the width"),
            (19.5, "three digits"),
            ("20", "one number"),
            (float("nan"), "one number"),
        ],
    ),
    "check_blocking": (
        (POINTS, [0.0, 0.0, 1.0], 0.051, 0.3),
        [2, 2.0, np.int64(2)],
        [
            (11, "all the points"),
            (7, "near the axis is not enough"),
            (4, "what lies behind the target"),
            (5, "before the corridor begins"),
            (6, "farther than the radius"),
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
