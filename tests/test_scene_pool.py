"""Training pictures made on a GPU: what can be checked of it without one."""

from __future__ import annotations

import io
import itertools
import os
import queue
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter

from helpers import augment, scene_pool, scenes, spoil
from helpers.scenes import photo, raycast

SIZE = 64


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return scenes.render(4, SIZE, SIZE, "room").image


def tensor(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image).permute(2, 0, 1)[None].float()


def array(image: torch.Tensor) -> np.ndarray:
    return image[0].permute(1, 2, 0).numpy()


@pytest.mark.parametrize(("box", "out"), [((0, 0, 64, 64), 32), ((5, 9, 41, 60), 32), ((3, 0, 33, 40), 64)])
def test_resizing_is_pillows(picture, box, out):
    left, top, right, bottom = box
    wide, high = (
        spoil.resize_weights(torch.tensor([float(low)]), torch.tensor([float(end - low)]), SIZE, out, (out, SIZE))
        for low, end in ((left, right), (top, bottom))
    )
    mine = array(high[:, None] @ tensor(picture) @ wide.mT[:, None])
    theirs = np.asarray(Image.fromarray(picture).resize((out, out), Image.Resampling.BILINEAR, box=box))
    assert np.abs(mine - theirs).max() < 1.6  # Pillow rounds twice


def test_a_smaller_picture_made_large_again_is_pillows(picture):
    zero, small = torch.zeros(1), torch.tensor([29.0])
    down = spoil.resize_weights(zero, torch.tensor([64.0]), SIZE, small, (SIZE, SIZE))
    up = spoil.resize_weights(zero, small, small, SIZE, (SIZE, SIZE))
    assert not down[0, 29:].any() and not up[0, :, 29:].any()
    both = (up @ down)[:, None]
    theirs = Image.fromarray(picture).resize((29, 29), Image.Resampling.BILINEAR)
    theirs = np.asarray(theirs.resize((SIZE, SIZE), Image.Resampling.BILINEAR))
    assert np.abs(array(both @ tensor(picture) @ both.mT) - theirs).max() < 2.1


def test_blur_is_gaussian(picture):
    weights = spoil.blur_weights(torch.tensor([1.2]), SIZE)[:, None]
    mine = array(weights @ tensor(picture) @ weights.mT)
    theirs = np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(1.2)), float)
    assert np.abs(mine - theirs)[8:-8, 8:-8].mean() < 1.0  # Pillow's is three box blurs
    assert torch.allclose(spoil.blur_weights(torch.zeros(2), 5), torch.eye(5).expand(2, 5, 5))


@pytest.mark.parametrize("quality", [25, 60, 94])
def test_jpeg_is_nearly_pillows(picture, quality):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    theirs = np.asarray(Image.open(file), float)
    mine = array(spoil.jpeg(tensor(picture), torch.tensor([float(quality)])))
    lost = np.abs(theirs - picture).mean()
    assert np.abs(mine - theirs).mean() < 0.35 * lost + 0.3
    assert 0.8 < np.abs(mine - picture).mean() / lost < 1.25


def test_photographs_are_as_bright_as_the_cameras():
    linear = np.stack([traced(seed, kind)[0] for seed, kind in enumerate(scenes.KINDS * 2)])
    draw = torch.Generator().manual_seed(0)
    many = torch.cat([spoil.develop(torch.from_numpy(linear), draw) for _ in range(12)]).float()
    rng = np.random.default_rng(0)
    theirs = np.stack([photo.develop(image, rng) for _ in range(12) for image in linear]).astype(float)
    mine = many.permute(0, 2, 3, 1).numpy()
    assert np.allclose(mine.mean(axis=(0, 1, 2)), theirs.mean(axis=(0, 1, 2)), atol=6)
    assert mine.std() == pytest.approx(theirs.std(), rel=0.08)
    rough = [np.abs(np.diff(images, axis=2)).mean() for images in (mine, theirs)]
    assert rough[0] == pytest.approx(rough[1], rel=0.15)  # noise and sharpness


def traced(seed: int, kind: str, size: int = SIZE) -> tuple[np.ndarray, np.ndarray]:
    world, view = scenes.compose(seed, kind)
    pose, intrinsics = scenes.camera_of(view, size, size, 1.3)
    image, depth, _, _ = raycast.trace(world, pose, *intrinsics, size, size)
    return image, depth


def test_spoiling_is_as_strong_as_it_was(picture):
    draw = torch.Generator().manual_seed(1)
    number = 400
    fault = spoil.faults(number, SIZE, draw)[:, None]
    mine = spoil.spoil(fault @ tensor(picture).expand(number, -1, -1, -1) @ fault.mT, draw)
    assert mine.dtype == torch.uint8 and mine.shape == (number, 3, SIZE, SIZE)
    mine = mine.permute(0, 2, 3, 1).numpy().astype(float)
    rng = np.random.default_rng(1)
    theirs = np.stack([augment.augment(picture, rng) for _ in range(number)]).astype(float)
    for measure in (np.mean, np.std):
        a, b = (measure(images, axis=(1, 2, 3)) for images in (mine, theirs))
        assert a.mean() == pytest.approx(b.mean(), rel=0.06)
        assert a.std() == pytest.approx(b.std(), rel=0.25)
    rough = [np.abs(np.diff(images, axis=2)).mean(axis=(1, 2, 3)) for images in (mine, theirs)]
    assert rough[0].mean() == pytest.approx(rough[1].mean(), rel=0.1)
    grey = [(np.ptp(images, axis=3).max(axis=(1, 2)) <= 2).mean() for images in (mine, theirs)]
    assert grey[0] == pytest.approx(grey[1], abs=0.05)


def test_targets_are_those_of_the_other_stream():
    depth = np.stack([traced(seed, kind)[1] for seed, kind in enumerate(scenes.KINDS)])
    half = np.full_like(depth[:1], np.inf)  # the two values in the middle differ
    half[:, half.shape[1] // 2 :] = np.linspace(2, 9, half.shape[2])
    depth = np.concatenate([depth, half])
    caps = [*(scenes.CAPS[kind] for kind in scenes.KINDS), 80.0]
    target, far = scene_pool.targets(torch.from_numpy(1 / depth), torch.tensor(caps))
    for number, cap in enumerate(caps):
        assert np.allclose(target[number], augment.normalise_inverse_depth(depth[number]), atol=0.02, rtol=0.01)
        assert np.allclose(far[number], augment.far_values(depth[number], cap), atol=0.02, rtol=0.01)


def test_worlds_that_can_never_be_packed_end_the_stream(monkeypatch):
    def never(*arguments):
        tries.append(arguments)
        raise ValueError("no packing today")

    tries = []

    monkeypatch.setitem(sys.modules, "helpers.scenes.raycast_cuda", SimpleNamespace(pack_many=never))
    monkeypatch.setattr(scene_pool, "_AT_ONCE", 1)
    stream = iter(scene_pool.WorldStream(32, kinds=["street"], first_seed=augment.FIRST_SEED))
    with pytest.warns(RuntimeWarning, match="no packing today"), pytest.raises(ValueError, match="no packing today"):
        next(stream)
    assert len(tries) == augment.ATTEMPTS


def test_a_world_that_fails_is_passed_over_but_not_all_of_them(monkeypatch):
    def some(seed, kind, compose=scenes.compose):
        if seed % 2 or fail_all:
            raise ArithmeticError("no world")
        return compose(seed, kind)

    monkeypatch.setitem(sys.modules, "helpers.scenes.raycast_cuda", SimpleNamespace(pack_many=lambda *parts: parts))
    monkeypatch.setattr(scene_pool, "_AT_ONCE", 2)
    monkeypatch.setattr(scenes, "compose", some)
    fail_all, stream = False, iter(scene_pool.WorldStream(32, kinds=["street"], first_seed=1001))
    with pytest.warns(RuntimeWarning, match="ArithmeticError: no world"):
        worlds, caps, seeds = next(stream)
    assert seeds == (1002, 1004) and caps == (scenes.CAPS["street"],) * 2 and len(worlds) == 2
    fail_all = True
    with pytest.warns(RuntimeWarning), pytest.raises(ArithmeticError, match="no world"):
        next(stream)


def filled_pool() -> scene_pool.ScenePool:
    """Scenes whose brightness is their inverse depth."""
    pool = scene_pool.ScenePool(80, 8, torch.device("cpu"))
    draw = torch.Generator().manual_seed(3)
    smooth = torch.nn.functional.interpolate(torch.rand((8, 1, 6, 6), generator=draw), (80, 80), mode="bicubic")
    smooth = smooth[:, 0].clamp(0.05, 1)
    pool.images[:] = (255 * smooth[:, None]).round().to(torch.uint8)
    pool.inverse[:], pool.caps[:], pool.filled = smooth, 10.0, 8
    return pool


@pytest.mark.parametrize("spoilt", [False, True])
def test_samples_and_targets_belong_together(spoilt):
    batch = filled_pool().samples(64, 16, 5, spoilt)
    assert batch.scenes == 5 and batch.pixels.dtype == torch.uint8 and batch.pixels.shape == (16, 3, 64, 64)
    assert batch.target.dtype == torch.float32 and batch.target.shape == (16, 64, 64) and batch.far.shape == (16, 2)
    alike = []
    for pixels, target in zip(batch.pixels.float().mean(dim=1), batch.target, strict=True):
        both = torch.stack([pixels.flatten(), target.flatten()])
        alike.append(float(torch.corrcoef(both)[0, 1]))
    assert min(alike) > (0.5 if spoilt else 0.995) and np.mean(alike) > 0.9  # uneven light takes some away


def test_some_samples_are_mirrored_and_all_differ():
    pool = filled_pool()
    pool.images[:], pool.inverse[:] = pool.images[:1], pool.inverse[:1]
    ramp = torch.linspace(0.1, 1, 80).expand(8, 80, 80)
    pool.inverse[:] = ramp
    target = pool.samples(32, 64).target
    rising = (target[:, :, -1] > target[:, :, 0]).all(dim=1)
    assert 16 < int(rising.sum()) < 48
    assert len({tuple(row[0].tolist()) for row in target}) > 40


def test_the_newest_scenes_are_kept_and_bad_ones_left_out():
    pool = scene_pool.ScenePool(32, 4, torch.device("cpu"))
    light, depth = torch.rand(3, 32, 32, 3), torch.full((3, 32, 32), 2.0)
    depth[1, :16] = 0.1  # something right before the lens
    assert pool.add(light, depth, torch.tensor([1.0, 2.0, 3.0])) == 2
    assert pool.filled == 2 and pool.caps[:2].tolist() == [1.0, 3.0]
    assert pool.add(light, torch.full((3, 32, 32), torch.inf), torch.ones(3)) == 0  # sky alone
    assert pool.add(light, torch.full((3, 32, 32), 4.0), torch.tensor([4.0, 5.0, 6.0])) == 3
    assert pool.filled == 4 and pool.caps.tolist() == [6.0, 3.0, 4.0, 5.0]
    assert pool.inverse[0].unique().tolist() == [0.25]


def test_without_a_gpu_scenes_are_drawn_on_the_processor():
    assert scene_pool.why_not(torch.device("cpu")) == "cpu is no NVIDIA GPU."
    if not torch.cuda.is_available():
        assert scene_pool.why_not(torch.device("cuda")).startswith("numba-cuda does not work here (")


@pytest.fixture
def processor_draws(monkeypatch) -> list[int]:
    """Draws with the processor in the GPU's place; gives the numbers of the scenes that were drawn."""
    drawn: list[int] = []

    def draw(packed, size):
        drawn.extend(packed.seeds.tolist())
        light = torch.rand(len(packed.env), size, size, 3)
        return light, torch.full((len(packed.env), size, size), 2.0)

    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (1 << 28, 1 << 28))
    monkeypatch.setattr(scene_pool, "_FIRST", 1)
    monkeypatch.setattr("helpers.scenes.raycast_cuda.draw", draw)
    return drawn


def batches(**changes):
    wanted = {
        "pixels_per_batch": 8 * 32**2,
        "kinds": ["tabletop"],
        "first_seed": augment.FIRST_SEED,
        "stride": 3,
        "workers": 1,
        "device": torch.device("cpu"),
    }
    return scene_pool.pool_batches((32, 64), torch.tensor([1.0, 0.0]), **wanted | changes)


def test_batches_come_from_worlds_that_another_process_composed(processor_draws):
    stream = batches()
    first = next(stream)
    assert first.pixels.shape == (8, 3, 32, 32) and first.scenes == len(processor_draws)
    wanted = range(augment.FIRST_SEED, augment.FIRST_SEED + 3 * len(processor_draws), 3)
    assert processor_draws == list(wanted)  # held-out scenes are below FIRST_SEED
    before = len(processor_draws)
    assert next(stream).scenes == len(processor_draws) - before
    stream.close()  # and the process with it, or the test would never end


def test_each_scene_is_used_as_often_as_asked_for(processor_draws, monkeypatch):
    """New scenes come as samples are cut, so that the mean number of samples of each is `reuse`."""
    pack = next(iter(scene_pool.WorldStream(80, kinds=["tabletop"], first_seed=augment.FIRST_SEED)))
    monkeypatch.setattr("helpers.training_run.loader", lambda *_: itertools.repeat(pack))
    monkeypatch.setattr(queue.Queue, "empty", lambda self: False)  # the next pack is on its way
    for reuse, number in ((2, 128), (8, 128), (1, 512)):
        stream = batches(pixels_per_batch=number * 32**2, reuse=reuse)
        next(stream)  # the first draws fill the pool
        taken = [next(stream) for _ in range(8)]
        stream.close()
        samples, new = sum(len(batch.pixels) for batch in taken), sum(batch.scenes for batch in taken)
        assert samples / new == reuse


def test_what_goes_wrong_in_the_other_process_is_told(processor_draws):
    with pytest.raises(ValueError, match="ValueError"):
        next(batches(kinds=["underwater"]))


SIMULATED = """
import numpy as np, torch
from helpers import scenes
from helpers.scenes import raycast, raycast_cuda

raycast_cuda._numpy_on_the_device = lambda: np  # the simulator runs Python
worlds, truth = [], []
for seed, kind in ((1, "room"), (2, "street"), (3, "landscape")):
    world, view = scenes.compose(seed, kind)
    camera = scenes.camera_of(view, 16, 16, 1.3)
    worlds.append((world, *camera))
    truth.append(raycast.trace(world, camera[0], *camera[1], 16, 16)[:2])
image, depth = raycast_cuda.draw(raycast_cuda.pack_many(worlds, [1.0] * 3, [1, 2, 3]), 16)
for number, (light, far) in enumerate(truth):
    # hills are looked for from the eye on, not from where the pixel below met them
    assert np.isclose(depth[number], far, rtol=1e-3).mean() > 0.98
    off = np.abs(image[number].numpy() - light) > 0.01 * (light + 0.01)
    assert off.mean() < 0.02, off.mean()
print("same")
"""


def test_kernels_draw_what_the_processor_draws():
    """In numba's simulator, which runs each thread of a kernel in Python."""
    done = subprocess.run(
        [sys.executable, "-c", SIMULATED],
        env={**os.environ, "NUMBA_ENABLE_CUDASIM": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout.strip() == "same", done.stderr[-2000:]
