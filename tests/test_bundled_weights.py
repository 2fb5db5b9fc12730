"""The networks that ship see: a dozen held-out scenes, far better than looking at no picture."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from helpers import load_dpt, predict_inverse_depth
from helpers.checkpoints import BUNDLED, BUNDLED_PLAIN
from helpers.evaluation import CAPS
from helpers.metrics import align_scale_shift, constant, evaluate_relative, row_ramp
from helpers.scenes import KINDS, render
from helpers.segmentation import load_segmenter, predict_classes

SHAPE = (192, 192)


@pytest.fixture(scope="module")
def held_out():
    return [render(3000 + number, *SHAPE, KINDS[number % 4]) for number in range(12)]


# Measured when this was written: 14.7 % and 0.853, 36.8 % and 0.632, 73 % of the classes.
@pytest.mark.parametrize(
    ("checkpoint", "worst_bad", "least_delta1"), [(BUNDLED, 19.0, 0.81), (BUNDLED_PLAIN, 46.0, 0.54)]
)
def test_depth_is_seen(held_out, checkpoint, worst_bad, least_delta1):
    dpt = load_dpt(checkpoint)
    figures, baselines = [], []
    for scene in held_out:
        cap, inverse = CAPS[scene.kind], 1 / scene.depth
        usable = scene.depth <= cap
        prediction = predict_inverse_depth(dpt, Image.fromarray(scene.image))
        assert align_scale_shift(prediction, inverse, usable)[0] > 0, f"{scene.kind}: near and far are swapped"
        figures.append(evaluate_relative(prediction, scene.depth, cap=cap, mask=usable))
        blind = row_ramp(SHAPE), constant(SHAPE)
        scores = [evaluate_relative(one, scene.depth, cap=cap, mask=usable)["bad_delta125"] for one in blind]
        baselines.append(min(scores))
    bad = np.mean([one["bad_delta125"] for one in figures])
    assert bad < worst_bad and np.mean([one["delta1"] for one in figures]) > least_delta1
    assert bad < np.mean(baselines)


def test_classes_are_seen(held_out):
    segmenter = load_segmenter()
    right = [(predict_classes(segmenter, Image.fromarray(scene.image)) == scene.class_id).mean() for scene in held_out]
    assert np.mean(right) > 0.62
