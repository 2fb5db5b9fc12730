"""The networks that ship see: a dozen held-out scenes, far better than looking at no picture."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from helpers import evaluation, load_dpt, predict_inverse_depth
from helpers.checkpoints import BUNDLED, BUNDLED_PLAIN
from helpers.scenes import CAPS, KINDS, render
from helpers.segmentation import load_segmenter, predict_classes


@pytest.fixture(scope="module")
def held_out():
    return [render(3000 + number, 192, 192, KINDS[number % 4]) for number in range(12)]


# Measured when this was written: 14.7 % and 0.853, 36.8 % and 0.632, 73 % of the classes.
@pytest.mark.parametrize(
    ("checkpoint", "worst_bad", "least_delta1"), [(BUNDLED, 19.0, 0.81), (BUNDLED_PLAIN, 46.0, 0.54)]
)
def test_depth_is_seen(held_out, checkpoint, worst_bad, least_delta1):
    dpt, results = load_dpt(checkpoint), []
    for scene in held_out:
        cap = CAPS[scene.kind]
        inverse = np.where(scene.depth <= cap, 1 / scene.depth, np.nan)
        case = evaluation.Case(scene.kind, scene.kind, scene.image, inverse, True, cap)
        prediction = predict_inverse_depth(dpt, Image.fromarray(scene.image))
        results.append(evaluation.measure(case, prediction) | evaluation.measure_baselines(case))
        assert results[-1]["scale"] > 0, f"{scene.kind}: near and far are swapped"
    mean = evaluation.mean_of(results)
    assert mean["bad_delta125"] < min(worst_bad, mean["baseline_bad_delta125"]) and mean["delta1"] > least_delta1


def test_classes_are_seen(held_out):
    segmenter = load_segmenter()
    right = [(predict_classes(segmenter, Image.fromarray(scene.image)) == scene.class_id).mean() for scene in held_out]
    assert np.mean(right) > 0.62
