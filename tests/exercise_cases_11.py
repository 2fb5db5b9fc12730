"""The cases of notebook 11's exercises, in the form of tests/test_exercises.py."""

from __future__ import annotations

import numpy as np

CASES = {
    "check_false_height": (
        (1.2, 0.75),
        [0.3, 0.301, np.float64(0.3)],
        [(0.9, "below the camera"), (-0.3, "sign"), (1.2, "h = 0"), ("0.3", "one number"), (None, "one number")],
    ),
    "check_safe_speed": (
        (6.0, 0.5, 2.0),
        [4.0, 4, 4.01, np.float64(4)],
        [
            (4.899, "reaction time"),
            (-6.0, "positive"),
            (3.0, "needs 3.75 m"),
            (5.0, "Solve"),
            ("4", "one number"),
            (float("nan"), "one number"),
        ],
    ),
    "check_camera_height": (
        (0.6, 1.5, 4.0, 2.0),
        [(2.5, 5.0), [2.5, 5.0], (np.float64(2.5), 5), np.array([2.5, 5.0]), (np.array(2.5), np.array(5.0))],
        [
            ((0.4, 0.8), "upside down"),
            ((0.9, 5.0), "known height / found"),
            ((5.0, 2.5), "factor comes first"),
            ((2.5, 2.0), "distance has the wrong scale"),
            ((2.5, 10.0), "seconds = factor"),
            (2.5, "two numbers"),
            ((2.5, 4.0), "seconds = factor"),
            ((2.5, 5.0, 1.0), "two numbers"),
            (("2.5", 5.0), "factor first"),
            ((2.5, None), "seconds second"),
        ],
    ),
}
