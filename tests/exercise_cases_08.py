"""The cases of notebook 08's exercises: name -> (arguments, right answers, wrong answers with a word of their hint)."""

from __future__ import annotations

import numpy as np
import torch

RNG = np.random.default_rng(8)
PREDICTION = RNG.uniform(0.5, 9, (20, 30)).astype(np.float32)
PREDICTION[0, 0] = 0  # where scale * prediction + shift falls below 1 / MAX_DEPTH
ROWS, COLUMNS = RNG.integers(1, 20, 40), RNG.integers(0, 30, 40)
SCALE, SHIFT, MAX_DEPTH = 0.05, 0.002, 60.0
DEPTHS = 1 / (SCALE * PREDICTION[ROWS, COLUMNS].astype(float) + SHIFT) + RNG.normal(0, 0.02, 40)


def fitted(target, prediction=PREDICTION):
    columns = np.stack([PREDICTION[ROWS, COLUMNS], np.ones(40)], axis=1).astype(float)
    (a, b), *_ = np.linalg.lstsq(columns, target, rcond=None)
    return a * prediction.astype(float) + b


ALIGNED = fitted(1 / DEPTHS)
FUSED = 1 / np.maximum(ALIGNED, 1 / MAX_DEPTH)
HOLED = FUSED.copy()
HOLED[:5] = np.nan

CASES = {
    "check_baseline": (
        (20.0, 0.5, 700.0, 0.25),
        [2 / 7, 0.286, np.float64(0.2857)],
        [
            (2 / 7 / 20, "squared"),
            (28.57, "centimetres"),
            (3.5, "fraction"),
            (8 / 7, "one whole pixel"),
            (1.0, "solve"),
            (0.29, "three digits"),
            ("0.286", "one number"),
            (float("nan"), "one number"),
        ],
    ),
    "check_slipped_match": (
        (5.0, 0.3, 0.2),
        [3, 3.0, 3.01],
        [
            (15, "too small"),
            (5 * 0.5 / 0.3, "fraction"),
            (7.5, "true one"),
            (4.0, "solve for the depth"),
            (None, "one number"),
        ],
    ),
    "check_fused": (
        (PREDICTION, ROWS, COLUMNS, DEPTHS, MAX_DEPTH),
        [FUSED, FUSED.astype(np.float32), torch.tensor(FUSED)],
        [
            (ALIGNED, "inverse depth"),
            (np.maximum(ALIGNED, 1 / MAX_DEPTH), "inverse depth"),
            (fitted(DEPTHS), "fitted to the depth"),
            (np.maximum(fitted(DEPTHS), 1 / MAX_DEPTH), "fitted to the depth"),
            (fitted(DEPTHS).clip(0, MAX_DEPTH), "fitted to the depth"),
            (FUSED.T, "changed places"),
            (FUSED[ROWS, COLUMNS], "shape"),
            (HOLED, "must lie between"),
            (FUSED * 100, "must lie between"),
            (0.9 * FUSED, "lstsq"),
            ("depth", "array of numbers"),
        ],
    ),
}
