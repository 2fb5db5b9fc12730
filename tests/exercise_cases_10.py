"""Right and wrong answers to the exercises of notebook 10: name -> (arguments, right ones, wrong ones with a hint)."""

from __future__ import annotations

import numpy as np
import torch

INF = np.inf
OBJECT = np.array([[INF, 2.0, 2.0], [INF, 1.5, 2.5]])
SCENE = np.array([[INF, INF, 1.0], [3.0, 4.0, 2.4]])
SEEN = np.array([[False, True, False], [False, True, False]])

DEPTHS = [0.5, 1.0, 2.0, 4.0, 1000.0]
SIGNED = 600 * 0.1 * (1 / np.array(DEPTHS) - 1 / 2.0)

CASES = {
    "check_extinction": (
        (50.0,),
        [np.log(50) / 50, -np.log(0.02) / 50, 0.0782, np.float32(0.0782)],
        [
            (np.log(0.02) / 50, "sign"),
            (1 / 50, "37 %"),
            (-np.log10(0.02) / 50, "base 10"),
            (50 / np.log(50), "upside down"),
            (0.5, "both sides"),
            ("0.0782", "one number"),
        ],
    ),
    "check_visible": (
        (OBJECT, SCENE),
        [SEEN, SEEN.astype(int), SEEN.tolist(), torch.tensor(SEEN)],
        [
            (np.isfinite(OBJECT), "pasted"),
            (OBJECT > SCENE, "smaller depth"),
            (OBJECT <= SCENE, "inf < inf"),
            (SEEN & np.isfinite(SCENE), "sky"),
            (np.zeros_like(SEEN), "smaller than"),
            (SEEN[0], "shape"),
            (np.minimum(np.nan_to_num(OBJECT), 5), "True and False"),
            ("everywhere", "array of numbers"),
        ],
    ),
    "check_confusion": (
        (DEPTHS, 600.0, 0.1, 2.0),
        [np.abs(SIGNED), list(np.abs(SIGNED)), torch.tensor(np.abs(SIGNED)), np.abs(SIGNED).round(2)],
        [
            (SIGNED, "no sign"),
            (-SIGNED, "no sign"),
            (np.abs(SIGNED) / 2, "radii"),
            (600 * 0.1 * np.abs(np.array(DEPTHS) - 2), "not that of the depths"),
            (np.abs(SIGNED) / 600, "Times the focal length"),
            (np.abs(SIGNED) + 1, "focal_length"),
            (np.abs(SIGNED)[:2], "shape"),
            ("pixels", "array of numbers"),
        ],
    ),
}
