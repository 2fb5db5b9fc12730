"""Right and wrong answers for the checks of notebook 06, in the form of test_exercises."""

from __future__ import annotations

import numpy as np
import torch
from small_dpt import SIZES, UNUSED
from transformers import DPTConfig, DPTForDepthEstimation

with torch.random.fork_rng():
    torch.manual_seed(0)
    MODEL = DPTForDepthEstimation(DPTConfig(**SIZES)).eval()
PIXELS = torch.zeros(1, 3, 32, 32)
NUMBERS = {name: parameter.numel() for name, parameter in MODEL.named_parameters()}
UNIT = sum(number for name, number in NUMBERS.items() if name.startswith(UNUSED))
NORM = sum(number for name, number in NUMBERS.items() if name.startswith("dpt.layernorm."))
assert (UNIT, NORM) == (2 * (9 * 8 * 8 + 8), 2 * 32)

T, H, M = 10, 8, 32
PROJECTIONS, PRODUCTS, MLP = 8 * T * H * H, 4 * T * T * H, 4 * T * H * M
LAYER = PROJECTIONS + PRODUCTS + MLP

SIDES = [(64, 64), (64, 256), (32, 128), (64, 128), (80, 48)]
SILENT = [(64, 256), (32, 128)]

CASES = {
    "check_unused_parameters": (
        (MODEL, PIXELS),
        [UNIT + NORM, np.int64(UNIT + NORM)],
        [
            (UNIT, "encoder"),
            (NORM, "residual_layer1"),
            (6, "numel"),
            (sum(NUMBERS.values()) - UNIT - NORM, "used"),
            (0, "allow_unused"),
            ("all", "one number"),
        ],
    ),
    "check_layer_flop": (
        (T, H, M),
        [LAYER, float(LAYER), np.float64(LAYER * 1.0005)],
        [
            (LAYER / 1e9, "not in millions"),
            (LAYER / 2, "counts two"),
            (PROJECTIONS + MLP, "attention itself"),
            (PROJECTIONS + PRODUCTS / 2 + MLP, "two products"),
            (PROJECTIONS * 3 / 4 + PRODUCTS + MLP, "four projections"),
            (PROJECTIONS + PRODUCTS + MLP / 2, "two matrices"),
            (4 * H * H + 2 * H * M, "number of weights"),
            (1, "2abc"),
            ("1", "one number"),
        ],
    ),
    "check_silent_sizes": (
        (SIDES, 16),
        [SILENT, SILENT[::-1], tuple(SILENT), [list(size) for size in SILENT], set(SILENT)],
        [
            ([*SILENT, (64, 64)], "square sizes are right"),
            ([*SILENT, (64, 128)], "fail with an error"),
            (SILENT[:1], "more"),
            ([], "more"),
            ([(16, 16)], "given"),
            ([64, 256], "pair"),
            (2, "list"),
        ],
    ),
}
