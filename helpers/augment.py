"""What training sees: rendered scenes, cropped, flipped and spoilt as cameras and files spoil pictures, in batches.

A `SceneStream` renders endlessly, in its own process where a data loader starts one. Everything random comes from the
numbers of the scenes, so that the same stream gives the same batches.
"""

from __future__ import annotations

import functools
import io
import itertools
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from PIL import Image, ImageFilter

from helpers import checks

__all__ = [
    "ANCHOR",
    "ATTEMPTS",
    "FIRST_SEED",
    "MARGIN",
    "TOP",
    "Batch",
    "SceneStream",
    "augment",
    "batch_size",
    "far_values",
    "first_made",
    "normalise_inverse_depth",
    "photograph_aspect",
]

_Given, _Made = TypeVar("_Given"), TypeVar("_Made")

FIRST_SEED = 1_000_000
"""Training renders scenes of this number and up. Scenes 0 to 9999 are held out: nothing ever trains on them."""

ANCHOR = 4.0
"""Where the median of a picture's normalised inverse depth lies: far enough above 0 for a head that ends in a ReLU."""

MARGIN = 1.25  # scenes are rendered this much larger than a sample, and random parts are cut out
ATTEMPTS = 20  # scenes in a row that may fail before the stream gives up
TOP = 24.0  # larger normalised values are cut: something right before the lens must not rule the loss


class Batch(NamedTuple):
    """pixels: uint8 (N, 3, S, S). target: (N, S, S), float32 as `normalise_inverse_depth` gives it, or uint8 classes.
    scenes: new ones. far: float32 (N, 2) as `far_values` gives it, or None where the target is not depth."""

    pixels: torch.Tensor
    target: torch.Tensor
    scenes: int
    far: torch.Tensor | None = None


def normalise_inverse_depth(depth: np.ndarray) -> np.ndarray:
    """What the network learns to say for a picture of this depth: float32, same shape, from 0 to 24.

    depth is in metres, inf for sky, whose inverse depth is 0. The inverse depth of each picture is moved and scaled to
    median 0 and mean absolute deviation 1, then raised by `ANCHOR`. A picture of one single depth becomes `ANCHOR`.
    Raises ValueError for a depth that is NaN, zero or negative.
    Source: Ranftl et al., Towards Robust Monocular Depth Estimation, 2020, equations 5 and 6.
    """
    inverse, middle, deviation = _middle_and_deviation(depth)
    return np.clip((inverse - middle) / deviation + ANCHOR, 0.0, TOP).astype(np.float32)


def far_values(depth: np.ndarray, cap: float) -> np.ndarray:
    """What `normalise_inverse_depth` of this depth would say at infinity and at `cap` metres, if it cut nothing.

    Returns float32 (2,). With them the normalised values can be turned into ratios of depths again. Raises ValueError
    as that does, and for a cap that is not a positive number.
    """
    checks.positive(cap, "cap", "metres")
    _, middle, deviation = _middle_and_deviation(depth)
    return ((np.array([0.0, 1.0 / cap]) - middle) / deviation + ANCHOR).astype(np.float32)


def _middle_and_deviation(depth: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Inverse depth, its median, and its mean absolute deviation from it (1 where all is equally far)."""
    depth = checks.numbers(depth, "depth")
    if not (depth > 0).all():
        raise ValueError("depth has values that are NaN, zero or negative: a rendered depth is positive, inf for sky.")
    inverse = 1.0 / depth.astype(np.float64)
    middle = float(np.median(inverse))
    deviation = float(np.abs(inverse - middle).mean())
    return inverse, middle, deviation if deviation > 1e-9 else 1.0


def photograph_aspect(rng: np.random.Generator, kind: str | None = None) -> float:
    """Width / height of a photograph as people take them: mostly 1 to 1.6, some upright, some as wide as a road's.

    kind: the kind of scene; a third of all streets are as wide as the pictures of a camera in a car.
    """
    if kind == "street" and rng.random() < 0.33:
        return float(np.exp(rng.uniform(np.log(1.8), np.log(3.5))))
    if rng.random() < 0.75:
        return float(np.exp(rng.uniform(0.0, np.log(1.6))))
    return float(np.exp(rng.uniform(np.log(0.6), np.log(3.5))))


def augment(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same picture from another camera, light and file: uint8 (H, W, 3) in and out, depth stays true.

    Exposure, contrast, gamma, colour cast, saturation, uneven light, blur, low resolution, noise and JPEG, each at
    random and at random strength; about one picture in twelve loses its colour.
    """
    picture = Image.fromarray(image)
    if rng.random() < 0.25:
        picture = picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.4))))
    elif rng.random() < 0.1:
        width, height = picture.size
        part = rng.uniform(0.35, 0.8)
        small = picture.resize((max(8, int(width * part)), max(8, int(height * part))), Image.Resampling.BILINEAR)
        picture = small.resize((width, height), Image.Resampling.BILINEAR)
    picture = picture.point(_tone_curves(rng))
    chance = rng.random()
    if chance < 0.08:
        picture = picture.convert("L").convert("RGB")
    elif chance < 0.5:
        grey = picture.convert("L").convert("RGB")
        picture = Image.blend(grey, picture, float(rng.uniform(0.3, 1.5)))
    light, noise = rng.random() < 0.3, rng.random() < 0.3
    if light or noise:
        values = np.asarray(picture, np.float32)
        if light:
            values = values * _uneven_light(picture.size, rng)[..., None]
        if noise:
            values = values + rng.standard_normal(values.shape, np.float32) * np.float32(rng.uniform(1.0, 12.0))
        picture = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    if rng.random() < 0.3:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=int(rng.integers(25, 95)))
        picture = Image.open(file)
    return np.array(picture)


def _tone_curves(rng: np.random.Generator) -> list[int]:
    """Three look-up tables of 256: gamma, contrast, brightness, and a gain of its own for each colour."""
    level = np.arange(256) / 255.0
    gamma = np.exp(rng.normal(0.0, 0.22))
    contrast, brightness = np.exp(rng.normal(0.0, 0.16)), rng.normal(0.0, 0.06)
    cast = np.exp(rng.normal(0.0, 0.06, size=3)) if rng.random() < 0.6 else np.ones(3)
    curves = [(level**gamma * gain - 0.5) * contrast + 0.5 + brightness for gain in cast]
    return np.clip(np.concatenate(curves) * 255.0 + 0.5, 0, 255).astype(np.uint8).tolist()


def _uneven_light(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    coarse = np.exp(rng.normal(0.0, rng.uniform(0.05, 0.3), size=(4, 4))).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC))


def batch_size(pixels_per_batch: int, size: int) -> int:
    """How many squares of `size` pixels have about so many pixels together: a multiple of 4."""
    return max(4, round(pixels_per_batch / size**2 / 4) * 4)


def first_made(make: Callable[[_Given], _Made], given: Iterator[_Given]) -> _Made:
    """What `make` makes of the next of `given` (the numbers of scenes, packs of worlds) that it can make something of.

    Others are passed over with a warning, which Python shows once for each error's text: one scene that fails must not
    end days of work. But what the last of `ATTEMPTS` in a row raises, a ValueError or an ArithmeticError, is raised.
    """
    failures = 0
    while True:
        one = next(given)
        try:
            return make(one)
        except (ValueError, ArithmeticError) as error:
            failures += 1
            if failures == ATTEMPTS:
                raise
            warnings.warn(
                f"What cannot be rendered is passed over, up to {ATTEMPTS} in a row ({type(error).__name__}: {error}).",
                RuntimeWarning,
                stacklevel=2,
            )


class SceneStream(torch.utils.data.IterableDataset):
    """Endless batches of rendered scenes, of square samples of changing size.

    size_weights: a float tensor as long as `sizes`, the odds of each size; a tensor in shared memory can be changed
    while worker processes run. pixels_per_batch: a batch of size S has about pixels_per_batch / S^2 samples, a multiple
    of 4. reuse: how many samples are cut out of each rendered scene. kinds: kinds of scene in equal parts; None: all.
    first_seed, stride: this stream renders first_seed, first_seed + stride, ...
    spoil: whether samples pass through `augment`. truth: what the target is made of, "depth" or "class_id" of the
    scenes.
    Raises ValueError for no sizes, a size that is not a multiple of 32, or another truth.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        size_weights: torch.Tensor,
        *,
        pixels_per_batch: int,
        reuse: int = 4,
        kinds: Sequence[str] | None = None,
        first_seed: int = FIRST_SEED,
        stride: int = 1,
        buffer: int = 64,
        spoil: bool = True,
        truth: str = "depth",
    ):
        if not sizes or any(size < 32 or size % 32 for size in sizes):
            raise ValueError(f"sizes are {list(sizes)}: give multiples of 32 pixels.")
        if reuse < 1:
            raise ValueError(f"reuse is {reuse}: every scene is used at least once.")
        if truth not in ("depth", "class_id"):
            raise ValueError(f'truth is {truth!r}: give "depth" or "class_id".')
        self.sizes, self.size_weights, self.pixels_per_batch = list(sizes), size_weights, pixels_per_batch
        self.reuse, self.kinds, self.spoil = reuse, list(kinds) if kinds else None, spoil
        self.truth = truth
        self.first_seed, self.stride, self.buffer = first_seed, stride, max(buffer, 2 * reuse)

    def __iter__(self) -> Iterator[Batch]:
        worker = torch.utils.data.get_worker_info()
        workers, number = (worker.num_workers, worker.id) if worker else (1, 0)
        first, step = self.first_seed + self.stride * number, self.stride * workers
        seeds, rng = itertools.count(first, step), np.random.default_rng([first, 7])
        kept: dict[int, deque] = {size: deque(maxlen=self.buffer) for size in self.sizes}
        while True:
            odds = self.size_weights.double().numpy()
            size = int(rng.choice(self.sizes, p=odds / odds.sum()))
            scenes, new = kept[size], 0
            samples = []
            for _ in range(batch_size(self.pixels_per_batch, size)):
                if not scenes or rng.random() * self.reuse < 1:
                    scenes.append(first_made(functools.partial(self._render, size=size, rng=rng), seeds))
                    new += 1
                samples.append(self._sample(scenes[int(rng.integers(len(scenes)))], size, rng))
            images, targets, fars = zip(*samples, strict=True)
            pixels = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).contiguous()
            far = torch.from_numpy(np.stack(fars)) if self.truth == "depth" else None
            yield Batch(pixels, torch.from_numpy(np.stack(targets)), new, far)

    def _render(self, seed: int, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
        """Picture, truth, and the largest depth that counts in it."""
        from helpers import scenes

        kinds = self.kinds or scenes.KINDS
        kind = kinds[int(rng.integers(len(kinds)))]
        side = round(size * MARGIN)
        scene = scenes.render(seed, side, side, kind, aspect=photograph_aspect(rng, kind))
        return scene.image, getattr(scene, self.truth), scenes.CAPS[kind]

    def _sample(
        self, scene: tuple[np.ndarray, np.ndarray, float], size: int, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        image, truth, cap = scene
        side = image.shape[0]
        # mostly nearly all of the scene, seldom a small part: perspective is a cue, and small parts have less of it
        width, height = (int(side * (1 - 0.4 * rng.random() ** 1.5)) for _ in range(2))
        left, top = int(rng.integers(side - width + 1)), int(rng.integers(side - height + 1))
        box = (left, top, left + width, top + height)
        small = Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR, box=box)
        rows = top + ((np.arange(size) + 0.5) * height / size).astype(int)
        columns = left + ((np.arange(size) + 0.5) * width / size).astype(int)
        image, truth = np.array(small), truth[np.ix_(rows, columns)]
        if rng.random() < 0.5:
            image, truth = image[:, ::-1], truth[:, ::-1]
        image, truth = np.ascontiguousarray(image), np.ascontiguousarray(truth)
        depth = self.truth == "depth"
        far = far_values(truth, cap) if depth else np.zeros(0)
        target = normalise_inverse_depth(truth) if depth else truth
        return augment(image, rng) if self.spoil else image, target, far
