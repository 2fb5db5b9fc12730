"""Training: architecture, losses, steps, samples and runs, on models and scenes of 32 pixels."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import json
import math
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import types
import warnings
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from conftest import let_time_fly
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import architecture, augment, evaluation, metrics, segmentation_training, steps, training, training_run
from helpers.architecture import new_model, small_config
from helpers.augment import ANCHOR, FIRST_SEED, Batch, SceneStream, far_values, normalise_inverse_depth
from helpers.integrity import CheckpointError
from helpers.losses import LossWeights, depth_loss, gradient_matching_loss, log_ratio, ratio_losses, ssi_loss
from helpers.steps import Average, Optimiser, predict, train_steps
from helpers.training import Settings

pytestmark = pytest.mark.usefixtures("one_thread")
STEM = (8, 16, 24)
STEMS = pytest.mark.parametrize("stem", [(), STEM], ids=["plain", "hybrid"])


def tiny_config(stem=()):
    return small_config(32, hidden=64, layers=4, fusion=16, neck=(8, 16, 16, 16), stem=stem)


def fake_render(seed, width, height, kind=None, *, aspect=None, plain=False):
    """A slope with a near box; the red value tells the depth, so that pictures and depths can be matched."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width] / height
    depth = 1.5 + rng.uniform(1, 3) * (1 - rows) + 0.5 * columns
    top, left = rng.uniform(0.1, 0.6, 2)
    depth[(abs(rows - top) < 0.2) & (abs(columns - left) < 0.2)] = 1.0
    image = np.stack([depth * 40, rows * 200, columns * 200], axis=2).astype(np.uint8)
    return SimpleNamespace(image=image, depth=depth.astype(np.float32))


def stream(**changes):
    values = {"sizes": [32], "size_weights": torch.ones(1), "pixels_per_batch": 8 * 32**2} | changes
    return SceneStream(values.pop("sizes"), values.pop("size_weights"), **values)


# Targets and losses


def test_target_has_median_at_the_anchor_and_deviation_one():
    depth = np.random.default_rng(0).uniform(1, 20, (40, 50))
    target = normalise_inverse_depth(depth).astype(np.float64)
    assert target.dtype == np.float64 and abs(np.median(target) - ANCHOR) < 1e-5
    assert abs(np.abs(target - np.median(target)).mean() - 1) < 0.02  # a few values are cut
    order = np.argsort(depth.ravel())
    assert (np.diff(target.ravel()[order]) <= 0).all()


def test_target_of_sky_is_the_smallest_and_a_wall_is_flat():
    depth = np.array([[np.inf, 5.0], [2.0, 3.0]])
    target = normalise_inverse_depth(depth)
    assert target.dtype == np.float32 and target.min() == target[0, 0] >= 0
    assert (normalise_inverse_depth(np.full((3, 3), 2.0)) == ANCHOR).all()
    assert (normalise_inverse_depth(np.full((3, 3), np.inf)) == ANCHOR).all()


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan])
def test_target_refuses_depth_that_is_none(bad):
    with pytest.raises(ValueError, match="NaN, zero or negative"):
        normalise_inverse_depth(np.array([1.0, bad]))


def random_maps(seed, count=3, side=16):
    return torch.from_numpy(np.random.default_rng(seed).normal(4, 1, (count, side, side)).astype(np.float32))


@settings(max_examples=25)
@given(scale=st.floats(0.5, 20), shift=st.floats(-20, 20), seed=st.integers(0, 99))
def test_losses_do_not_see_what_they_are_invariant_to(scale, shift, seed):
    target = random_maps(seed)
    moved = scale * target + shift
    assert float(ssi_loss(moved, target)) < 2e-4
    assert float(ssi_loss(-moved, target)) > 0.5
    assert float(gradient_matching_loss(target + shift, target)) < 1e-3


def numpy_align(values):
    values = values.reshape(len(values), -1).astype(np.float64)
    median = np.sort(values, axis=1)[:, (values.shape[1] - 1) // 2][:, None]  # torch takes the lower one
    return (values - median) / np.abs(values - median).mean(axis=1, keepdims=True)


def test_ssi_loss_is_the_papers_formula():
    prediction, target = random_maps(1), random_maps(2)
    difference = np.abs(numpy_align(prediction.numpy()) - numpy_align(target.numpy()))
    kept = np.sort(difference, axis=1)[:, : int(0.8 * difference.shape[1])]
    assert float(ssi_loss(prediction, target)) == pytest.approx(kept.sum() / difference.size, rel=1e-4)
    assert float(ssi_loss(prediction, target, keep=1)) == pytest.approx(difference.mean(), rel=1e-4)


def test_gradient_loss_is_the_papers_formula():
    prediction, target = random_maps(3), random_maps(4)
    difference = prediction.numpy().astype(np.float64) - target.numpy()
    expected = 0.0
    for scale in range(4):
        part = difference[:, :: 2**scale, :: 2**scale]
        expected += np.abs(np.diff(part, axis=1)).mean() + np.abs(np.diff(part, axis=2)).mean()
    assert float(gradient_matching_loss(prediction, target)) == pytest.approx(expected, rel=1e-4)


def test_gradient_loss_prefers_sharp_borders():
    target = torch.full((1, 32, 32), 3.0)
    target[:, 8:20, 8:20] = 6.0
    soft = torch.nn.functional.avg_pool2d(target[:, None], 5, 1, 2, count_include_pad=False)[:, 0]
    softer = torch.nn.functional.avg_pool2d(target[:, None], 9, 1, 4, count_include_pad=False)[:, 0]
    assert gradient_matching_loss(target, target) < gradient_matching_loss(soft, target)
    assert gradient_matching_loss(soft, target) < gradient_matching_loss(softer, target)


def test_far_values_are_the_targets_of_far_things():
    depth = np.random.default_rng(0).uniform(1, 20, (40, 50))
    depth[0, 0], depth[0, 1] = np.inf, 40.0
    target = normalise_inverse_depth(depth)
    assert far_values(depth, 40.0) == pytest.approx([target[0, 0], target[0, 1]], abs=1e-5)
    assert far_values(np.full((3, 3), 2.0), 10.0) == pytest.approx([ANCHOR - 0.5, ANCHOR - 0.4])
    for cap in (0, -1, np.nan, np.inf):
        with pytest.raises(ValueError, match="cap"):
            far_values(depth, cap)


def slopes(cap=10.0):
    """Targets of three depths, some of it beyond the cap, their far values, and the depths."""
    depths = [fake_render(seed, 32, 32).depth * 3 for seed in range(3)]
    targets = torch.from_numpy(np.stack([normalise_inverse_depth(depth) for depth in depths]))
    return targets, torch.from_numpy(np.stack([far_values(depth, cap) for depth in depths])), depths


def test_log_ratio_is_that_of_the_protocol():
    target, far, depths = slopes()
    said = target + 0.1 * torch.randn(target.shape, generator=torch.Generator().manual_seed(0))
    ratio, counts = log_ratio(said, target, far, soft=1e-6)
    for number, depth in enumerate(depths):
        truth = np.where(depth <= 10, depth, np.nan)
        assert np.array_equal(counts[number].numpy(), np.isfinite(truth)) and not counts[number].all()
        aligned = metrics.align_to_depth(said[number].numpy(), truth, cap=1e6)  # clamped far away: nowhere here
        expected = np.log(truth / aligned)[counts[number].numpy()]
        assert ratio[number][counts[number]].numpy() == pytest.approx(expected, abs=2e-3)


def test_ratio_losses_forgive_scale_and_shift_but_neither_blur_nor_mirrors():
    target, far, _ = slopes()
    soft = torch.nn.functional.avg_pool2d(target[:, None], 5, 1, 2, count_include_pad=False)[:, 0]
    right, blurred, mirrored = (ratio_losses(said, target, far) for said in (0.5 * target + 3, soft, -target))
    assert max(map(float, right)) < 1e-4
    assert float(blurred[0]) > 0.01 and float(blurred[1]) > 0.1
    assert float(mirrored[0]) > 3 * float(blurred[0])


def test_ratio_losses_do_not_see_what_lies_beyond_the_cap():
    target, far, _ = slopes()
    beyond = target < far[:, 1:, None]
    other = torch.where(beyond, torch.rand(target.shape) * 5, target).requires_grad_()
    wrong, rough = ratio_losses(other, target, far)
    assert beyond.any() and float(wrong.detach()) < 1e-4 and float(rough.detach()) < 1e-4
    (wrong + rough).backward()
    assert other.grad.isfinite().all() and float(other.grad[beyond].abs().max()) == 0
    sky = torch.full((1, 8, 8), ANCHOR)  # nothing within the cap at all
    nothing = ratio_losses(sky, sky, torch.tensor([[ANCHOR, ANCHOR + 0.1]]))
    assert [float(part) for part in nothing] == [0, 0]


def test_what_was_cut_tells_no_ratio():
    depth = 3 + np.linspace(-0.1, 0.1, 1024).reshape(32, 32)
    depth[0, :3] = np.inf, 50.0, 9.0  # so far beyond a wall that all three targets are 0
    target, far = normalise_inverse_depth(depth), far_values(depth, 10.0)
    assert (target[0, :3] == 0).all() and far[1] < 0
    _, counts = log_ratio(*(torch.from_numpy(values)[None] for values in (target, target, far)))
    assert not counts[0, 0, :3].any() and counts.sum() == 1021


@pytest.mark.parametrize("shape", ["flat", "mirrored"])
def test_ratio_losses_lead_towards_the_truth(shape):
    target, far, _ = slopes()
    said = (torch.full_like(target, 4.0) if shape == "flat" else 8 - target).requires_grad_()
    towards = target - target.mean(dim=(1, 2), keepdim=True)
    for part in ratio_losses(said, target, far):
        (slope,) = torch.autograd.grad(part, said, retain_graph=True)
        assert slope.isfinite().all() and float((slope * towards).sum()) < 0


def test_ratio_losses_call_back_what_lies_beyond_infinity():
    target, far, _ = slopes()
    said = target.clone()
    said[:, 16, 16] = far[:, 0] - 1
    said.requires_grad_()
    ratio, counts = log_ratio(said, target, far)
    assert counts[:, 16, 16].all() and (ratio[:, 16, 16] < -3).all()
    ratio_losses(said, target, far)[0].backward()
    assert (said.grad[:, 16, 16] < 0).all()


def test_depth_loss_with_ratios_needs_the_far_values():
    target, far, _ = slopes()
    weights = LossWeights(1.0, 0.0, 0.5, ratio=3.0, ratio_gradient=1.0)
    total, parts = depth_loss(target + 0.3 * target**2, target, weights, far)
    expected = sum(getattr(weights, name) * value for name, value in parts.items())
    assert set(parts) == {"anchored", "gradient", "ratio", "ratio_gradient"} and float(total) == pytest.approx(expected)
    with pytest.raises(ValueError, match="far"):
        depth_loss(target, target, weights)


def test_depth_loss_adds_its_parts():
    prediction, target = random_maps(5), random_maps(6)
    total, parts = depth_loss(prediction, target, LossWeights(0.5, 2.0, 0.25))
    assert set(parts) == {"anchored", "invariant", "gradient"}
    assert float(total) == pytest.approx(
        0.5 * parts["anchored"] + 2 * parts["invariant"] + 0.25 * parts["gradient"], rel=1e-5
    )
    assert parts["anchored"] == pytest.approx(float((prediction - target).abs().mean()), rel=1e-5)


def test_depth_loss_refuses_other_shapes():
    with pytest.raises(ValueError, match="must both be"):
        depth_loss(torch.zeros(2, 8, 8), torch.zeros(2, 8, 9))
    with pytest.raises(ValueError, match="must both be"):
        depth_loss(torch.zeros(8, 8), torch.zeros(8, 8))


def test_settings_say_how_much_is_invariant():
    assert Settings().loss_weights() == LossWeights(1.0, 0.0, 0.5)
    assert Settings(invariant=0.7).loss_weights().invariant == 0.7
    assert Settings(ratio=3.0, ratio_gradient=1.0).loss_weights() == LossWeights(1.0, 0.0, 0.5, 3.0, 1.0)


def test_sizes_begin_with_the_first_and_then_mix():
    run = Settings(sizes=(96, 128, 192), first_size=128, first_size_images=1000, size=192)
    assert run.size_weights(999) == [0, 1, 0]
    odds = run.size_weights(1000)
    assert odds == [1, 2, 3], "the last size most often, then the first"
    assert Settings(sizes=(96, 192), first_size=128, first_size_images=1000).size_weights(0) == [1, 0]


def test_every_process_and_every_seed_has_scenes_of_its_own(monkeypatch):
    def begins(seed, rank, world=2, scenes=0):
        settings = Settings(seed=seed, sizes=(64,), pixels_per_batch=8 * 64**2)
        machines = types.SimpleNamespace(rank=rank, world=world, device=torch.device("cpu"))
        return training._batches(settings, torch.ones(1), machines, 0, scenes)

    first, second = begins(0, 0), begins(0, 1)
    assert (first.first_seed, second.first_seed) == (FIRST_SEED, FIRST_SEED + 1)
    assert first.stride == second.stride == 2 and augment.batch_size(first.pixels_per_batch, 64) == 4, (
        "each process has its part of a batch"
    )
    assert begins(0, 1, scenes=500).first_seed == FIRST_SEED + 501, "a run that goes on does not draw its scenes again"
    assert begins(1, 0).first_seed - begins(0, 0).first_seed == 100_000_000


def test_most_pictures_have_a_colour_cast():
    rng = np.random.default_rng(0)
    curves = [np.reshape(augment._tone_curves(rng), (3, 256)).astype(int) for _ in range(400)]
    casts = [np.abs(curve - curve[1]).max() for curve in curves]
    assert 0.5 < np.mean(np.array(casts) > 0) < 0.7
    # a gain of its own for each colour, spread by about 0.06: red and green differ by 0.085 of about 128
    halves = [curve[0, 128] - curve[1, 128] for curve in curves if 30 < curve[1, 128] < 220]
    assert 5 < np.std([half for half in halves if half]) < 16 and abs(np.mean(halves)) < 2
    assert all((np.diff(curve) >= 0).all() for curve in curves), "brighter stays brighter"


# The model


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"size": 40}, "size is 40"), ({"size": 48}, "size is 48"), ({"size": 16}, "size is 16"),
     ({"hidden": 100}, "hidden must be"), ({"layers": 3}, "layers at least 4"), ({"fusion": 33}, "fusion even"),
     ({"neck": (8, 8, 8)}, "neck four numbers"), ({"stem": (8, 16)}, "three maps")],
)  # fmt: skip
def test_small_config_refuses_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        small_config(**changes)


def test_a_stem_takes_the_places_of_the_first_two_taps():
    model = new_model(tiny_config(STEM)).eval()
    with torch.inference_mode():
        taps = model.dpt.embeddings(torch.zeros(1, 3, 32, 32)).intermediate_activations
    assert [tuple(tap.shape[1:]) for tap in taps] == [(8, 8, 8), (16, 4, 4)]  # a quarter and an eighth of the picture
    assert model.config.backbone_out_indices[2:] == [1, 3] and model.config.neck_hidden_sizes == [8, 16, 64, 64]


@STEMS
def test_predict_takes_every_size(stem):
    model = new_model(tiny_config(stem)).eval()
    for size in (32, 64, 96):
        pixels = torch.randint(0, 256, (1, 3, size, size), dtype=torch.uint8)
        assert predict(model, pixels).shape == (1, size, size)
    if stem:  # and leaves the model as it was
        with pytest.raises(ValueError, match="doesn't match"):
            model(pixel_values=torch.zeros(1, 3, 64, 64))


@STEMS
def test_new_model_begins_alive(stem):
    model = new_model(tiny_config(stem))
    pixels = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8)
    said = predict(model, pixels)
    assert said.requires_grad and said.shape == (2, 32, 32)
    assert float((said - ANCHOR).abs().mean().detach()) < 1  # far above the ReLU's dead half
    depth_loss(said, random_maps(0, 2, 32))[0].backward()
    silent = [
        name
        for name, value in model.named_parameters()
        if value.requires_grad and (value.grad is None or not value.grad.abs().sum() > 0)
    ]
    # the last norm feeds no tap; a key's bias moves all scores of a query alike
    assert all("dpt.layernorm" in name or "key.bias" in name for name in silent), silent


@STEMS
def test_new_model_is_the_same_for_the_same_seed(stem):
    first, second, other = (new_model(tiny_config(stem), seed) for seed in (1, 1, 2))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    assert any(not torch.equal(a, b) for a, b in zip(first.parameters(), other.parameters(), strict=True))


@STEMS
def test_prepared_model_says_the_same(stem):
    model = new_model(tiny_config(stem)).eval()
    pixels = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8)
    with torch.inference_mode():
        before = predict(model, pixels)
        after = predict(steps.prepare(model), pixels)
    torch.testing.assert_close(before, after, rtol=1e-4, atol=1e-4)


def test_average_follows_the_weights():
    model = new_model(tiny_config())
    average = Average(model, decay=0.5)
    name = "head.head.4.bias"
    with torch.no_grad():
        model.get_parameter(name).fill_(10.0)
    average.update(model)
    decay = min(0.5, 2 / 11)
    assert float(average.model.get_parameter(name)) == pytest.approx(decay * ANCHOR + (1 - decay) * 10)
    assert not average.model.get_parameter(name).requires_grad


def test_average_follows_what_a_stem_has_counted():
    model = new_model(tiny_config(STEM)).train()
    average = Average(model, decay=0.5)
    predict(model, torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8))
    average.update(model)
    name = "dpt.embeddings.backbone.embedder.embedder.normalization.running_mean"
    moved = model.get_buffer(name)
    torch.testing.assert_close(average.model.get_buffer(name), (1 - 2 / 11) * moved)  # it began at 0
    assert moved.abs().sum() > 0


@STEMS
@pytest.mark.parametrize("muon", [False, True])
def test_optimiser_steps_all_weights_and_skips_what_is_not_finite(muon, stem):
    model = new_model(tiny_config(stem))
    optimiser = Optimiser(model, 1e-2, muon=muon)
    assert len(optimiser.parts) == 1 + muon
    free = [value for value in model.parameters() if value.requires_grad]
    assert sum(value.numel() for value in [*optimiser.clipped, *optimiser.last]) == sum(value.numel() for value in free)
    before = [value.detach().clone() for value in free]
    for value in free:
        value.grad = torch.full_like(value, float("nan"))
    optimiser.step(1e-2)
    assert all(torch.equal(a, b) for a, b in zip(before, free, strict=True))
    for value in free:
        value.grad = torch.randn_like(value)
    assert optimiser.step(1e-2) > 0
    assert not any(torch.equal(a, b) for a, b in zip(before, free, strict=True))
    assert all(value.grad is None for value in free)


# Samples


def test_stream_gives_what_it_promises(fake_scenes):
    batch = next(iter(stream()))
    assert batch.pixels.dtype == torch.uint8 and batch.pixels.shape == (8, 3, 32, 32)
    assert batch.target.dtype == torch.float32 and batch.target.shape == (8, 32, 32)
    assert batch.scenes == len(fake_scenes) >= 1
    assert batch.far.dtype == torch.float32 and batch.far.shape == (8, 2)
    assert (batch.far[:, 0] < batch.target.amin(dim=(1, 2))).all()  # no sky here: nothing is at infinity
    assert (batch.far[:, 0] < batch.far[:, 1]).all()
    assert min(fake_scenes) == FIRST_SEED >= evaluation.HELD_OUT  # held-out scenes are never trained on


def test_stream_is_the_same_each_time(fake_scenes):
    first, second = iter(stream()), iter(stream())
    for _ in range(3):
        a, b = next(first), next(second)
        assert torch.equal(a.pixels, b.pixels) and torch.equal(a.target, b.target)
    assert not torch.equal(next(iter(stream(first_seed=FIRST_SEED + 1000))).pixels, next(iter(stream())).pixels)


def test_picture_and_target_stay_in_register(fake_scenes):
    batch = next(iter(stream(spoil=False)))
    for pixels, target in zip(batch.pixels, batch.target, strict=True):
        red = pixels[0].numpy().astype(float) + 1e-3 * np.arange(32)  # tells the depth: more is farther
        order = np.corrcoef(1 / (red.ravel() + 1), target.numpy().ravel())[0, 1]
        assert order > 0.95


def test_stream_reuses_scenes(fake_scenes):
    batches = iter(stream(reuse=8))
    samples = sum(len(next(batches).pixels) for _ in range(20))
    assert 10 <= len(fake_scenes) <= 35 and samples == 160
    assert len(set(fake_scenes)) == len(fake_scenes)


def test_stream_follows_the_odds_of_sizes_while_it_runs(fake_scenes):
    odds = torch.tensor([1.0, 0.0])
    batches = iter(stream(sizes=[32, 64], size_weights=odds))
    assert {next(batches).pixels.shape[-1] for _ in range(4)} == {32}
    odds.copy_(torch.tensor([0.0, 1.0]))
    batch = next(batches)
    assert batch.pixels.shape == (4, 3, 64, 64)


def test_stream_passes_over_a_scene_that_fails_but_not_over_all(monkeypatch):
    from helpers import scenes

    def some_fail(seed, *args, **kwargs):
        if seed % 3 == 0:
            raise ValueError("no such scene")
        return fake_render(seed, *args, **kwargs)

    monkeypatch.setattr(scenes, "render", some_fail)
    with pytest.warns(RuntimeWarning, match=r"is passed over, up to 20 in a row \(ValueError: no such scene\)"):
        batch = next(iter(stream(reuse=1)))
    assert len(batch.pixels) == 8

    def all_fail(*args, **kwargs):
        tries.append(args)
        raise ValueError("no scene at all")

    tries = []
    monkeypatch.setattr(scenes, "render", all_fail)
    with warnings.catch_warnings(record=True) as said, pytest.raises(ValueError, match="no scene at all"):
        warnings.simplefilter("default")  # as it is outside of tests
        next(iter(stream()))
    assert len(tries) == augment.ATTEMPTS and len(said) == 1, "told once"


@pytest.mark.parametrize("changes", [{"sizes": []}, {"sizes": [40]}, {"sizes": [48]}, {"sizes": [16]}, {"reuse": 0}])
def test_stream_refuses_what_does_not_fit(changes):
    ((name, value),) = changes.items()
    with pytest.raises(ValueError, match=re.escape(str(value))) as error:
        stream(**changes)
    assert name in str(error.value)


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6))
def test_augmented_picture_is_a_picture(seed):
    image = fake_render(seed, 32, 32).image
    once, twice = (augment.augment(image, np.random.default_rng(seed)) for _ in range(2))
    assert once.shape == image.shape and once.dtype == np.uint8
    assert np.array_equal(once, twice)


def test_augmentation_keeps_places():
    image = np.zeros((64, 64, 3), np.uint8)
    image[20:40, 10:30] = 220
    for seed in range(40):
        grey = augment.augment(image, np.random.default_rng(seed)).mean(axis=2)
        assert grey[24:36, 14:26].mean() > grey[45:, 35:].mean() + 10


def test_aspects_are_those_of_photographs():
    aspects = [augment.photograph_aspect(np.random.default_rng(seed)) for seed in range(400)]
    assert min(aspects) >= 0.6 and max(aspects) <= 3.5
    assert np.mean([1 <= aspect <= 1.6 for aspect in aspects]) > 0.7
    streets = [augment.photograph_aspect(np.random.default_rng(seed), "street") for seed in range(400)]
    assert 0.25 < np.mean([aspect > 1.8 for aspect in streets]) < 0.5 and max(streets) <= 3.5


# Loops


def test_train_steps_learns():
    torch.manual_seed(0)
    batch = next(batches_of_fakes())
    model = new_model(tiny_config())
    history = train_steps(model, [batch] * 80, steps=80, progress=False, learning_rate=5e-3)
    assert len(history) == 80
    assert history[-1]["anchored"] < 0.7 * history[0]["anchored"]
    assert not model.training


def batches_of_fakes():
    rng = np.random.default_rng(0)
    while True:
        scenes = [fake_render(int(rng.integers(100)), 32, 32) for _ in range(8)]
        pixels = torch.from_numpy(np.stack([scene.image for scene in scenes])).permute(0, 3, 1, 2).contiguous()
        yield Batch(pixels, torch.from_numpy(np.stack([normalise_inverse_depth(s.depth) for s in scenes])), 8)


def test_train_steps_stops_after_its_seconds():
    model = new_model(tiny_config())
    history = train_steps(model, batches_of_fakes(), seconds=0.3, progress=False)
    assert history and all(np.isfinite(row["loss"]) for row in history)


@pytest.mark.parametrize("limits", [{}, {"steps": 1, "seconds": 1.0}])
def test_train_steps_wants_one_limit(limits):
    with pytest.raises(ValueError, match="one of them"):
        train_steps(new_model(tiny_config()), [], progress=False, **limits)


@pytest.mark.parametrize("limits", [{"steps": 0}, {"steps": -1}, {"seconds": 0.0}, {"seconds": math.nan}])
def test_train_steps_refuses_no_time(limits):
    with pytest.raises(ValueError, match="above 0"):
        train_steps(new_model(tiny_config()), batches_of_fakes(), progress=False, **limits)


def test_a_step_with_an_infinite_gradient_is_skipped():
    model = new_model(tiny_config())
    optimiser, before = Optimiser(model, 5e-4), {k: v.clone() for k, v in model.state_dict().items()}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            parameter.grad = torch.full_like(parameter, math.inf if name == "head.head.4.weight" else 0.1)
    optimiser.step(1e-3)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def tiny_settings():
    return Settings(
        hidden=64, layers=4, fusion=16, stem=STEM, size=32, sizes=(32,), first_size=32, pixels_per_batch=4 * 32**2
    )


def rendered_cases(count, first=0, **options):
    assert first >= 1000  # make evaluate measures 0 to 499: nothing may be chosen by them
    for seed in range(first, first + count):
        scene = fake_render(seed, 40, 30)
        yield evaluation.Case(f"fake-{seed}", "room", scene.image, 1.0 / scene.depth, True, 10.0)


@pytest.fixture
def fake_cases(monkeypatch, quick_clock):
    monkeypatch.setattr(evaluation, "rendered_cases", rendered_cases)


def train_a_little(run, ratio=0.0, **options):
    """Six steps, by the clock of `quick_clock`, with a check after the fourth and at the end."""
    settings = replace(tiny_settings(), ratio=ratio, ratio_gradient=ratio)
    return training.train(run, 0.05, settings, workers=0, check_minutes=0.03, check_scenes=2, **options)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, one_thread):
    """The folder of a run, which is copied and never changed."""
    from helpers import scenes

    folder = tmp_path_factory.mktemp("trained") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scenes, "render", fake_render)
        patch.setattr(evaluation, "rendered_cases", rendered_cases)
        let_time_fly(patch)
        train_a_little(folder)
    return folder


@pytest.fixture
def run(trained, tmp_path, fake_scenes, fake_cases):
    """The folder of a run of a few steps."""
    return Path(shutil.copytree(trained, tmp_path / "run"))


def test_a_run_can_be_resumed_and_published(tmp_path, fake_scenes, fake_cases):
    run, folder = tmp_path / "run", tmp_path / "weights" / "depth"
    first = train_a_little(run, decay=0.03, ratio=1.0)
    assert first.step == 6 and first.images == 4 * first.step
    assert len(fake_scenes) - 4 <= first.scenes <= len(fake_scenes)  # the batch at which it stopped is not counted
    assert (run / "stable.pt").is_file() and list((run / "previews").glob("*.jpg"))
    second = train_a_little(run)
    assert second.step > first.step and second.minutes > first.minutes
    assert len(set(fake_scenes)) >= len(fake_scenes) - 4  # the second sitting goes on with new scenes
    with (run / "checks.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert int(rows[-1]["step"]) == second.step and 0 <= float(rows[-1]["held-out delta1"]) <= 1

    folder.mkdir(parents=True)
    (folder / "README.md").write_text("card")
    (folder / "model.safetensors").write_text("old")
    assert training.publish(run, folder) == folder
    assert (folder / "README.md").read_text() == "card"
    assert sorted(path.name for path in folder.parent.iterdir()) == ["depth"]
    manifest = json.loads((folder / "manifest.json").read_text())
    (tmp_path / "plain").touch()  # as the umask has it
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {(tmp_path / "plain").stat().st_mode & 0o777}
    assert manifest["revision"] == f"step-{second.step}" and manifest["training"]["images"] == second.images
    for name in ("config.json", "preprocessor_config.json", "model.safetensors"):
        assert manifest["files"][name] == hashlib.sha256((folder / name).read_bytes()).hexdigest()

    from PIL import Image
    from safetensors.torch import load_file

    from helpers import load_dpt, predict_inverse_depth

    kinds = {value.dtype for value in load_file(folder / "model.safetensors").values() if value.is_floating_point()}
    assert kinds == {torch.float16}
    dpt = load_dpt(folder)
    image = fake_render(3, 60, 40).image
    said = predict_inverse_depth(dpt, Image.fromarray(image))
    assert said.shape == (40, 60)
    mine = steps.predict_picture(dpt.model, image, 32)
    np.testing.assert_allclose(said, mine, rtol=1e-3, atol=1e-3)  # checks measure what users get


@pytest.mark.skipif(sys.platform == "win32", reason="needs the modes of folders")
def test_a_published_folder_keeps_who_may_see_it(tmp_path, run):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    training.publish(run, private)
    assert private.stat().st_mode & 0o777 == 0o700
    (tmp_path / "plain").mkdir()  # as the umask has it
    assert training.publish(run, tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_run_goes_on_with_all_that_it_had(run):
    before = training_run.load_state(run / "checkpoint.pt")
    training.train(run, 0.0, workers=0, check_scenes=2)  # no step: what is saved is what was loaded
    after = training_run.load_state(run / "checkpoint.pt")
    assert before["progress"]["step"] == after["progress"]["step"] > 0
    for part in ("model", "average", "optimiser"):
        torch.testing.assert_close(after[part], before[part], rtol=0, atol=0)


def test_the_rate_rises_at_the_beginning_and_falls_at_the_end(tmp_path, fake_scenes, fake_cases, monkeypatch):
    rates, step = [], steps.train_step

    def train_step(model, optimiser, batch, rate, *others, **more):
        rates.append(rate)
        return step(model, optimiser, batch, rate, *others, **more)

    monkeypatch.setattr(training, "train_step", train_step)
    settings = replace(tiny_settings(), warmup=4, learning_rate=1e-3)
    training.train(tmp_path / "run", 0.1, settings, decay=0.05, workers=0, check_scenes=0)
    assert rates[:4] == pytest.approx([0.25e-3, 0.5e-3, 0.75e-3, 1e-3]) and max(rates) == 1e-3 and len(rates) == 12
    assert rates[-1] < 0.5e-3 and sorted(rates[-6:], reverse=True) == rates[-6:] and len(set(rates[-6:])) == 6


def test_the_rates_factor_is_that_of_the_nearer_end():
    assert [training_run.rate_factor(step, 4, 9.0, 0.0) for step in range(6)] == [0.25, 0.5, 0.75, 1, 1, 1]
    assert [training_run.rate_factor(9, 4, left, 2.0) for left in (3, 2, 1, 0.5, 0, -1)] == [1, 1, 0.5, 0.25, 0, 0]
    assert training_run.rate_factor(0, 4, 1.0, 2.0) == 0.25 and training_run.rate_factor(0, 0, 5.0, 0.0) == 1


def test_the_statistics_of_a_stem_are_those_of_the_samples_seen(fake_scenes):
    model = new_model(tiny_config(STEM)).train()
    for layer in model.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.constant_(layer.running_mean, 7.0)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    assert steps.calibrate(model, 20) == 32, "whole batches"
    changed = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {name for name in before if "running_" in name or "num_batches" in name}
    assert model.training and all(layer.momentum == 0.1 for layer in model.modules() if hasattr(layer, "momentum"))
    assert min(fake_scenes) >= FIRST_SEED, "never a held-out scene"

    convolution, layer = first_convolution_and_normalisation(model)
    batches = stream(pixels_per_batch=16 * 32**2, reuse=2, first_seed=steps._CALIBRATION_SEED)
    seen = [convolution(batch.pixels.float() / 127.5 - 1) for batch in itertools.islice(batches, 2)]
    means = torch.stack([values.mean(dim=(0, 2, 3)) for values in seen]).mean(dim=0)
    variances = torch.stack([values.var(dim=(0, 2, 3)) for values in seen]).mean(dim=0)
    torch.testing.assert_close(layer.running_mean, means, rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(layer.running_var, variances, rtol=1e-3, atol=1e-4)


def first_convolution_and_normalisation(model):
    layers = list(model.dpt.embeddings.backbone.modules())
    return (
        next(layer for layer in layers if isinstance(layer, torch.nn.Conv2d)),
        next(layer for layer in layers if isinstance(layer, torch.nn.BatchNorm2d)),
    )


def test_statistics_are_measured_at_publishing_where_one_asks_for_it(tmp_path, run):
    from safetensors.torch import load_file

    made = {}
    for name, options in (("as-trained", ["--calibrate", "0"]), ("one", []), ("two", [])):
        assert training.main(["publish", "--run", str(run), "--to", str(tmp_path / name), *options]) == 0
        made[name] = load_file(tmp_path / name / "model.safetensors")
        manifest = json.loads((tmp_path / name / "manifest.json").read_text())
        assert manifest["training"]["calibration"] == (0 if options else 400)
        assert manifest["revision"].endswith("-calibrated") == (not options)
    differ = {name for name, value in made["one"].items() if not torch.equal(value, made["as-trained"][name])}
    assert differ and all("running_" in name or "num_batches" in name for name in differ)
    assert all(torch.equal(value, made["two"][name]) for name, value in made["one"].items()), (
        "the same samples each time"
    )


def test_a_model_without_such_statistics_is_left_alone(fake_scenes):
    model = new_model(tiny_config())
    before = {name: value.clone() for name, value in model.state_dict().items()}
    assert steps.calibrate(model) == 0
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items()) and not fake_scenes


def test_a_run_can_begin_with_published_weights(tmp_path, run, capsys):
    folder = training.publish(run, tmp_path / "depth")
    again = train_a_little(tmp_path / "other", start=folder)
    assert again.step > 0
    train_a_little(tmp_path / "other")
    assert "afresh" not in capsys.readouterr().out  # the optimiser's state goes on too
    with pytest.raises(FileNotFoundError, match=r"no config\.json"):
        train_a_little(tmp_path / "third", start=tmp_path / "nothing")


@STEMS
def test_positions_for_another_size_change_no_prediction(stem):
    small = new_model(small_config(64, hidden=64, layers=4, fusion=16, stem=stem)).eval()
    weights = architecture.with_positions_for(small.state_dict(), 96)
    assert architecture.with_positions_for(weights, 96) is weights
    large = new_model(small_config(96, hidden=64, layers=4, fusion=16, stem=stem), seed=1).eval()
    large.load_state_dict(weights)
    for size in (96, 32):
        pixels = torch.randint(0, 256, (1, 3, size, size), dtype=torch.uint8)
        with torch.inference_mode():
            ours, its = predict(large, pixels), predict(small, pixels)
        if size == 96:
            torch.testing.assert_close(ours, its, rtol=1e-4, atol=1e-5)
        else:
            assert ours.shape == its.shape


def test_a_run_can_go_on_at_another_size(tmp_path, run, capsys):
    first = training_run.load_state(run / "checkpoint.pt")["progress"]
    larger = replace(tiny_settings(), size=64, sizes=(32, 64))
    second = training.train(run, 0.05, larger, workers=0, check_minutes=9, check_scenes=2)
    assert second.step > first["step"] and "the optimiser's state starts afresh" in capsys.readouterr().out
    folder = training.publish(run, tmp_path / "depth")
    assert json.loads((folder / "config.json").read_text())["image_size"] == 64
    again = training.train(tmp_path / "other", 0.05, replace(larger, size=96), workers=0, start=folder, check_scenes=2)
    assert again.step > second.step and again.images > second.images  # it counts on from the manifest


def test_with_another_optimiser_its_state_starts_afresh_and_no_other_error_is_called_so(run, capsys, monkeypatch):
    training.train(run, 0.0, replace(tiny_settings(), muon=True), workers=0, check_scenes=0)
    assert "Another optimiser or another size" in capsys.readouterr().out
    training.train(run, 0.0, replace(tiny_settings(), muon=True), workers=0, check_scenes=0)
    assert not capsys.readouterr().out

    def fail(*_):
        raise ValueError("something else")

    monkeypatch.setattr(Optimiser, "load_state_dict", fail)
    with pytest.raises(ValueError, match="something else"):
        training.train(run, 0.0, replace(tiny_settings(), muon=True), workers=0, check_scenes=0)


@pytest.mark.faults
def test_two_processes_train_one_model(tmp_path):
    """torchrun, as on several GPUs, with scenes that are really rendered."""
    run = tmp_path / "run"
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "-m", "--", "helpers.training"]
    small = ["--hidden", "64", "--layers", "4", "--fusion", "16", "--size", "64", "--sizes", "64"]
    small += ["--stem", "8,16,24"]
    small += ["--pixels-per-batch", "16384", "--threads", "1", "--workers", "0", "--check-scenes", "2"]
    wish = [*torchrun, "--fresh", "--run", str(run), "--minutes", "0.4", *small, "--ratio", "1"]
    done = subprocess.run(wish, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("begins with random weights") == 1
    state = training_run.load_state(run / "checkpoint.pt")
    progress = state["progress"]
    assert progress["step"] > 0 and progress["images"] == 2 * 4 * progress["step"]
    assert list((run / "previews").glob("*.jpg"))


@pytest.mark.faults
def test_two_processes_take_the_same_step(tmp_path):
    """Each sees other pictures; after a step both have the same weights."""
    (tmp_path / "step.py").write_text(
        """
import torch
from helpers import architecture, augment, steps, training

machines = training._Machines("cpu")
config = architecture.small_config(32, hidden=64, layers=4, fusion=16, stem=(8, 16, 24))
model = steps.prepare(architecture.new_model(config)).train()
torch.manual_seed(machines.rank)
batch = augment.Batch(torch.randint(0, 256, (4, 3, 32, 32), dtype=torch.uint8), 8 * torch.rand(4, 32, 32), 4)
steps.train_step(machines.wrap(model), steps.Optimiser(model, 5e-4), batch, 1e-3)
mine = torch.cat([value.detach().flatten() for value in model.parameters()])
both = [torch.empty_like(mine) for _ in range(2)]
torch.distributed.all_gather(both, mine)
same = torch.equal(*both)
machines.close()
assert same
"""
    )
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", str(tmp_path / "step.py")]
    done = subprocess.run(torchrun, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.faults
def test_a_run_that_is_told_to_stop_saves_and_goes_on(tmp_path):
    run = tmp_path / "run"
    small = ["--hidden", "64", "--layers", "4", "--fusion", "16", "--size", "64", "--sizes", "64"]
    small += ["--stem", "8,16,24"]
    small += ["--pixels-per-batch", "16384", "--threads", "1", "--workers", "1", "--check-scenes", "2"]
    wish = [sys.executable, "-m", "helpers.training", "--fresh", "--run", str(run), "--minutes", "30", *small]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(wish, start_new_session=True, **pipes) as started:
        deadline = time.monotonic() + 200
        while not (run / "log.csv").is_file() and started.poll() is None and time.monotonic() < deadline:
            time.sleep(0.5)  # written at step 50
        os.killpg(started.pid, signal.SIGTERM)  # as `timeout` does: to the rendering process as well
        _, errors = started.communicate(timeout=100)
    assert started.returncode == 0, errors[-2000:]
    stopped = training_run.load_state(run / "checkpoint.pt")["progress"]["step"]
    assert stopped >= 50
    wish[wish.index("30")] = "0.5"
    wish[wish.index("--workers") + 1] = "0"  # no process that has to begin before the first batch, however slow it is
    wish.remove("--fresh")
    subprocess.run(wish, check=True, capture_output=True, timeout=200)
    assert training_run.load_state(run / "checkpoint.pt")["progress"]["step"] > stopped


def test_the_rendering_processes_end_with_the_run():
    stream = augment.SceneStream((64,), torch.ones(1), pixels_per_batch=4096, reuse=1)
    with training_run.until_stopped(training_run.loader(stream, 1, torch.device("cpu"))) as (batches, stopped):
        next(batches)
        assert multiprocessing.active_children() and not stopped
    assert not multiprocessing.active_children()  # though `batches` still refers to the loader


@pytest.mark.parametrize("sizes", ["", "a", "100", "144", "128;192"])
def test_sizes_that_do_not_fit_are_refused_in_a_line(begun, sizes, capsys):
    assert training.main(["--fresh", "--sizes", sizes or ","]) == 1
    assert "multiples of 32" in capsys.readouterr().err


@pytest.fixture
def begun(monkeypatch, tmp_path):
    """Calls the command line in an empty folder without training; gives what `train` was told to start from.

    The settings that it was told stand in `begun.settings`.
    """
    starts = []

    def note(run, minutes, settings, *, start, **options):
        starts.append(start)
        call.settings = settings
        return training_run.Progress()

    monkeypatch.setattr(training, "train", note)
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        assert training.main(list(arguments)) == 0
        return starts[-1]

    return call


@pytest.fixture
def bundled(monkeypatch, tmp_path):
    """A checkpoint of 32 pixels in the place of the bundled one; its options are those of `SHAPE`."""
    folder = tmp_path / "weights" / "depth"
    new_model(small_config(32, hidden=64, layers=4, fusion=16, stem=STEM)).half().save_pretrained(folder)
    architecture.square_processor(32).save_pretrained(folder)
    monkeypatch.setattr(training, "BUNDLED", folder)
    return folder


SHAPE = ("--size", "32", "--hidden", "64", "--layers", "4", "--fusion", "16", "--stem", "8,16,24")


def test_a_new_run_begins_with_the_bundled_weights(begun, bundled, capsys):
    assert begun(*SHAPE) == bundled
    first, _ = capsys.readouterr().out.splitlines()
    assert "bundled weights, weights/depth" in first.replace("\\", "/") and "--fresh" in first


def test_a_new_run_goes_on_as_its_weights_were_trained(begun, bundled, capsys):
    made = Settings(ratio=3.0, sizes=(64, 96), warmup=7, size=32, hidden=64, layers=4, fusion=16, stem=STEM)
    manifest = {"training": {"step": 3, "images": 24, "scenes": 5, "minutes": 0.5, "settings": asdict(made)}}
    (bundled / "manifest.json").write_text(json.dumps(manifest))
    assert begun("--gradient", "0.25") == bundled
    assert "their losses and sizes" in capsys.readouterr().out
    # size is always trained on; how fast it learns, and how large a batch is, belong to a sitting
    assert begun.settings == replace(made, gradient=0.25, sizes=(64, 96, 32), warmup=Settings().warmup)
    assert training.progress_of(bundled) == training_run.Progress(3, 24, 5, 0.5)
    begun("--fresh")
    assert begun.settings == Settings()


@pytest.mark.parametrize(
    "manifest",
    ["", "[]", '{"training": null}', '{"training": "long"}', '{"training": {"step": "many"}}',
     '{"training": {"images": -1}}', '{"training": {"settings": null}}'],
)  # fmt: skip
def test_a_manifest_that_makes_no_sense_is_refused_in_a_line(bundled, manifest, tmp_path, capsys):
    (bundled / "manifest.json").write_text(manifest)
    assert training.main(["--run", str(tmp_path / "run"), "--minutes", "0.01", *SHAPE]) == 1
    said = capsys.readouterr().err.strip()
    assert said.startswith("CheckpointError") and "manifest.json" in said and "\n" not in said
    assert not (tmp_path / "run" / "checkpoint.pt").exists()


def test_weights_of_another_shape_are_refused_in_a_line(bundled, tmp_path, capsys):
    wish = ["--run", str(tmp_path / "run"), "--start", str(bundled), "--minutes", "0.01", "--size", "32"]
    assert training.main([*wish, "--hidden", "128"]) == 1
    assert "--hidden" in capsys.readouterr().err.strip().splitlines()[-1]


def test_a_log_keeps_its_columns(tmp_path):
    path = tmp_path / "log.csv"
    training_run.log_row(path, {"step": 1, "loss": 0.5})
    training_run.log_row(path, {"loss": 0.25, "ratio": 0.1, "step": 2})
    training_run.log_row(path, {"step": 3})
    assert path.read_text().split() == ["step,loss", "1,0.5", "2,0.25", "3,"]


def test_a_log_survives_a_torn_write(tmp_path):
    path = tmp_path / "log.csv"
    path.touch()  # killed before its first line
    training_run.log_row(path, {"step": 1, "loss": 0.5})
    with path.open("a") as file:
        file.write("2,0.")  # killed in the middle of a line
    training_run.log_row(path, {"step": 3, "loss": 0.25})
    assert path.read_text().split() == ["step,loss", "1,0.5", "2,0.", "3,0.25"]


def test_a_log_that_a_spreadsheet_locks_lacks_a_row(tmp_path, monkeypatch):
    def locked(*_, **__):
        raise PermissionError

    path = tmp_path / "log.csv"
    training_run.log_row(path, {"step": 1})
    with monkeypatch.context() as windows:
        windows.setattr(Path, "open", locked)
        training_run.log_row(path, {"step": 2})
    training_run.log_row(path, {"step": 3})
    assert path.read_text().split() == ["step", "1", "3"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04torn", b"no run"])
def test_a_damaged_run_is_named(tmp_path, capsys, content):
    (tmp_path / "checkpoint.pt").write_bytes(content)
    assert training.main(["publish", "--run", str(tmp_path), "--to", str(tmp_path / "to")]) == 1
    said = capsys.readouterr().err.strip()
    assert str(tmp_path / "checkpoint.pt") in said and "damaged" in said and "\n" not in said


def test_a_run_of_the_other_training_is_named(tmp_path, run, capsys):
    assert segmentation_training.main(["publish", "--run", str(run), "--to", str(tmp_path / "to")]) == 1
    assert "is a run of helpers.training:" in capsys.readouterr().err
    state = training_run.load_state(run / "checkpoint.pt")
    torch.save({**state, "weights": torch.ones(3)}, run / "checkpoint.pt")
    for action in (["publish", "--to", str(tmp_path / "to")], ["--minutes", "0.01"]):
        assert training.main([*action, "--run", str(run)]) == 1
        assert "is a run of helpers.segmentation_training:" in capsys.readouterr().err


def test_what_a_killed_save_left_is_removed_by_the_next(run):
    old, new = run / ".partial-old.pt", run / ".partial-new.pt"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    training.train(run, 0.0, workers=0, check_scenes=0)
    assert not old.exists() and new.exists()


def test_the_state_before_a_fall_is_kept_when_the_fall_goes_on(tmp_path, fake_scenes, fake_cases):
    run = tmp_path / "run"
    train_a_little(run, decay=0.03)
    before = training_run.load_state(run / "stable.pt")["progress"]["step"]
    assert 0 < before < 6
    assert train_a_little(run, decay=0.05).step == 12
    assert training_run.load_state(run / "stable.pt")["progress"]["step"] == before


def test_a_run_remembers_its_kinds_of_scene(tmp_path, fake_scenes, fake_cases):
    train_a_little(tmp_path / "run", kinds=["room"])
    again = training.train(tmp_path / "run", 0.02, workers=0, check_minutes=9, check_scenes=2)
    assert again.step > 6
    assert training_run.load_state(tmp_path / "run" / "checkpoint.pt")["settings"]["kinds"] == ("room",)


def test_checks_need_no_scenes_and_no_metres(tmp_path, fake_scenes, quick_clock):
    from PIL import Image

    real = tmp_path / "real"
    real.mkdir()
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(real / "a.png")
    np.save(real / "a.npy", np.random.default_rng(0).random((8, 8)))
    (real / "a.json").write_text('{"kind": "inverse"}')
    training.train(tmp_path / "run", 0.02, tiny_settings(), workers=0, check_scenes=0, real=real)
    assert "real spearman" in (tmp_path / "run" / "checks.csv").read_text()


def test_weights_that_are_no_numbers_are_not_published(tmp_path, run, capsys):
    to = tmp_path / "to"
    state = training_run.load_state(run / "checkpoint.pt")
    state["average"]["head.head.4.bias"] *= math.nan
    torch.save(state, run / "checkpoint.pt")
    assert training.main(["publish", "--run", str(run), "--to", str(to)]) == 1
    assert "finite" in capsys.readouterr().err and not to.exists()


def no_library(*_, **__):
    raise TypeError


@pytest.mark.parametrize("library", [lambda *_, **__: None, no_library], ids=["macOS, no renameat2 in it", "Windows"])
def test_a_checkpoint_survives_where_folders_cannot_be_exchanged(tmp_path, monkeypatch, library):
    from helpers import publishing

    new, old = tmp_path / "room" / "depth", tmp_path / "depth"
    for folder in (new, old):
        folder.mkdir(parents=True)
        (folder / "which").write_text(folder.parent.name)
    rename, calls = os.rename, []

    def torn(a, b):
        calls.append(a)
        if len(calls) == 2:
            raise KeyboardInterrupt
        rename(a, b)

    monkeypatch.setattr(publishing.ctypes, "CDLL", library)
    monkeypatch.setattr(publishing.os, "rename", torn)
    with pytest.raises(KeyboardInterrupt):
        publishing._exchange(new, old)
    assert (old / "which").read_text() == tmp_path.name


def test_bfloat16_is_left_alone_where_torch_cannot_tell(monkeypatch):
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert steps.fast_bfloat16("cpu") is False


def test_weights_without_a_manifest_count_from_nothing(tmp_path):
    assert training.progress_of(None) == training.progress_of(tmp_path) == training_run.Progress()


def test_a_fresh_run_begins_at_random(begun, bundled, capsys):
    assert begun(*SHAPE, "--fresh") is None
    assert "begins with random weights." in capsys.readouterr().out
    with pytest.raises(SystemExit):
        begun(*SHAPE, "--fresh", "--start", "there")


@pytest.mark.parametrize("option", ["--hidden 128", "--layers 8", "--fusion 32", "--stem none", "--stem 8,16,32"])
def test_bundled_weights_that_do_not_fit_are_left_alone(begun, bundled, capsys, option):
    assert begun(*SHAPE, *option.split()) is None
    assert "no bundled ones fit" in capsys.readouterr().out


def test_bundled_weights_go_on_at_another_size(begun, bundled):
    assert begun(*SHAPE, "--size", "96") == bundled
    assert begun.settings.size == 96 and 96 in begun.settings.sizes


def test_a_new_run_begins_at_random_where_no_weights_are_bundled(begun, bundled):
    (bundled / "model.safetensors").unlink()
    assert begun(*SHAPE) is None


def test_a_new_run_begins_with_the_weights_that_were_asked_for(begun, bundled, capsys):
    shutil.copytree(bundled, "there")
    assert begun(*SHAPE, "--start", "there") == "there"
    assert "begins with the weights in there." in capsys.readouterr().out


def test_a_run_that_goes_on_keeps_its_weights(begun, bundled, capsys, tmp_path):
    (tmp_path / "runs" / "depth").mkdir(parents=True)
    state = {"settings": {"size": 32, "hidden": 64, "layers": 4, "fusion": 16}}
    state |= {"progress": {}, "model": {}, "average": {}, "optimiser": []}
    torch.save(state, tmp_path / "runs" / "depth" / "checkpoint.pt")
    assert begun() is None
    assert "begins" not in capsys.readouterr().out
    assert training.main(["--fresh"]) == 1
    assert "holds a run already" in capsys.readouterr().err
    assert training.main(["--start", "elsewhere"]) == 1
    assert "leave --start out" in capsys.readouterr().err
    assert training.main(["--hidden", "128"]) == 1
    assert "another shape (hidden)" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option",
    [
        "--hidden 0", "--fusion -2", "--average 1.5", "--average nan", "--device nothing", "--device cuda:99",
        "--device meta", "--learning-rate 0", "--learning-rate inf", "--warmup -5", "--pixels-per-batch 0", "--reuse 0",
        "--anchored nan", "--ratio -1", "--anchored 0 --gradient 0", "--seed -1", "--kinds room,kitchen",
    ],
)  # fmt: skip
def test_odd_settings_end_in_one_line_before_anything_is_written(bundled, tmp_path, capsys, option):
    run = tmp_path / "run"
    wish = [*SHAPE, "--fresh", "--run", str(run), "--minutes", "0.01", "--check-scenes", "0", *option.split()]
    assert training.main(wish) == 1
    (said,) = capsys.readouterr().err.strip().splitlines()
    assert said.startswith("ValueError: ")
    assert option.split()[0].strip("-").replace("-", "_") in said
    assert not run.exists()


@pytest.mark.parametrize("option", ["--start", "--real"])
def test_folders_that_are_not_there_end_in_one_line_before_anything_is_written(bundled, tmp_path, capsys, option):
    wish = ["--run", str(tmp_path / "run"), "--minutes", "0.01", "--check-scenes", "0", option, str(tmp_path / "none")]
    assert training.main(wish if option == "--start" else [*wish, *SHAPE, "--fresh"]) == 1
    said = capsys.readouterr()
    (line,) = said.err.strip().splitlines()
    assert str(tmp_path / "none") in line and "none" not in said.out
    if option == "--start":
        assert segmentation_training.main(wish[:4] + wish[6:]) == 1
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "option",
    ["--minutes nan", "--minutes -5", "--workers -1", "--check-scenes -1", "--decay nan", "--decay -1", "--threads 0"],
)
def test_odd_options_are_refused_by_the_command_line(tmp_path, capsys, option):
    for command in (training.main, segmentation_training.main):
        if command is training.main or "check" not in option:
            with pytest.raises(SystemExit):
                command(["--run", str(tmp_path / "run"), *option.split()])
            assert f"argument {option.split()[0]}: " in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_more_threads_than_processors_are_refused(tmp_path, capsys):
    with pytest.raises(SystemExit):
        training.main(["--run", str(tmp_path / "run"), "--threads", "100000"])
    assert "the number of processors here" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--learning-rate 0", "--pixels-per-batch 0", "--reuse 0", "--device nothing"])
def test_odd_settings_of_the_segmenter_end_in_one_line(tmp_path, capsys, option):
    run = tmp_path / "run"
    assert segmentation_training.main(["--run", str(run), "--minutes", "0.01", *option.split()]) == 1
    assert capsys.readouterr().err.startswith(f"ValueError: {option.split()[0].strip('-').replace('-', '_')} is ")
    assert not run.exists()


def test_a_run_from_bundled_weights_learns_on_from_them(bundled):
    settings = Settings(size=32, hidden=64, layers=4, fusion=16, stem=STEM)
    model = training._begin(settings, None, bundled)
    assert model.dtype == torch.float32
    torch.testing.assert_close(model.state_dict(), new_model(settings.config()).state_dict(), rtol=1e-3, atol=1e-3)


def test_weights_that_tell_of_no_stem_have_none(begun, bundled):
    new_model(small_config(32, hidden=64, layers=4, fusion=16)).half().save_pretrained(bundled)
    told = {"hidden": 64, "layers": 4, "fusion": 16, "size": 32}
    (bundled / "manifest.json").write_text(json.dumps({"training": {"settings": told}}))
    assert begun() == bundled and begun.settings.stem == ()


@pytest.mark.parametrize("stem", ["", "a", "8,16", "8,16,0", "8;16;24"])
def test_a_stem_that_does_not_fit_is_refused_in_a_line(begun, stem, capsys):
    assert training.main(["--fresh", "--stem", stem]) == 1
    assert "three maps" in capsys.readouterr().err


def test_the_published_folder_is_named_from_here(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(training, "publish", lambda run, folder, **options: folder)
    for to, named in (
        (tmp_path / "below" / "depth", "below/depth"),
        (tmp_path.parent / "x", str(tmp_path.parent / "x")),
    ):
        assert training.main(["publish", "--to", str(to)]) == 0
        assert capsys.readouterr().out.strip().replace("\\", "/") == f"published: {named}".replace("\\", "/")


def test_command_line_says_what_is_missing(tmp_path, capsys):
    assert training.main(["publish", "--run", str(tmp_path), "--to", str(tmp_path / "depth")]) == 1
    assert "train first" in capsys.readouterr().err
    assert not (tmp_path / "depth").exists()


# What goes wrong


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [(ValueError("odd"), 1, "ValueError: odd"), (CheckpointError("torn"), 1, "CheckpointError: torn"),
     (KeyboardInterrupt(), 130, "Interrupted.")],
)  # fmt: skip
def test_a_command_line_ends_in_one_line(error, code, line, capsys):
    def fail():
        raise error

    assert training_run.exit_code(fail) == code and capsys.readouterr().err == line + "\n"
    assert training_run.exit_code(lambda: None) == 0


def test_a_flipped_or_cut_run_is_refused_in_one_line(run):
    path = run / "checkpoint.pt"
    whole = path.read_bytes()
    for place in np.linspace(100, len(whole) - 100, 40).astype(int):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 16]) + whole[place + 1 :])
        try:
            same = training_run.load_state(path)
        except CheckpointError as error:
            assert "damaged" in str(error)
            continue
        torch.testing.assert_close(same["model"], torch.load(io.BytesIO(whole), weights_only=True)["model"])  # padding
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CheckpointError, match="is damaged or holds no run"):
        training_run.load_state(path)


def test_a_run_whose_numbers_are_lost_ends_and_keeps_what_was_saved(run):
    before = (run / "checkpoint.pt").read_bytes()
    settings = replace(tiny_settings(), learning_rate=1e30, warmup=0)  # the first step ends all sense
    with pytest.raises(ValueError, match=r"not finite any more: lower --learning-rate.*as it was"):
        training.train(run, 5.0, settings, workers=0, check_scenes=0)
    state = training_run.load_state(run / "checkpoint.pt")
    state["model"]["head.head.4.bias"][0] = math.inf
    with pytest.raises(ValueError, match="not finite"):
        training_run.write_state(run / "checkpoint.pt", state)
    assert (run / "checkpoint.pt").read_bytes() == before


def test_weights_to_begin_with_must_be_whole(tmp_path):
    folder = tmp_path / "depth"
    shutil.copytree(training.BUNDLED, folder)
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(5_000_000)
        file.write(b"\xff\x00\xff\x00")
    with pytest.raises(CheckpointError, match="differs from its sha256"):
        training.train(tmp_path / "run", 0.01, workers=0, start=folder, check_scenes=0)
    manifest = json.loads((folder / "manifest.json").read_text())
    for changed in ({"step": 1.5}, {"settings": {"sizes": ["a"]}}, {"settings": {"hidden": 192.0}}):
        manifest["training"] = changed
        (folder / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(CheckpointError, match="does not say how its weights were trained"):
            training.train(tmp_path / "run", 0.01, workers=0, start=folder, check_scenes=0)


def test_a_checkpoint_is_not_published_over_a_file_or_from_inside(tmp_path, run, monkeypatch):
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(NotADirectoryError, match="is a file"):
        training.publish(run, tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "precious"
    monkeypatch.chdir(run)
    with pytest.raises(ValueError, match="go to another folder"):
        training.publish(run, ".")


def calm_and_wait(path):
    training_run._calm_worker(0)
    path.write_text(str(os.getpid()))
    time.sleep(600)


def test_a_worker_ends_with_its_parent(tmp_path):
    code = (
        "import multiprocessing, os, pathlib, signal, sys, time\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import test_training\n"
        f"path = pathlib.Path({str(tmp_path / 'pid')!r})\n"
        "if __name__ == '__main__':\n"
        "    multiprocessing.get_context('spawn').Process(target=test_training.calm_and_wait, args=(path,)).start()\n"
        "    while not (path.exists() and path.read_text()): time.sleep(0.1)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    (tmp_path / "parent.py").write_text(code)
    subprocess.run([sys.executable, str(tmp_path / "parent.py")], cwd=Path(__file__).parents[1], timeout=240)
    worker = int((tmp_path / "pid").read_text())
    for _ in range(100):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    pytest.fail("the worker lives on after its parent")
