"""Training pictures made on a GPU: processes compose worlds, the GPU draws them, keeps them and cuts samples out.

The same scenes and the same kinds of fault as `helpers.augment`, but thousands of pictures a second. A `ScenePool`
holds the newest scenes. Every sample is cut out of one of them at random; new ones, `_AT_ONCE` at a time, are drawn as
often as makes `reuse` samples of each on average, if the processes keep up.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from helpers import scenes, spoil
from helpers.augment import ANCHOR, MARGIN, TOP, Batch, batch_size, first_made, photograph_aspect

__all__ = ["ScenePool", "WorldStream", "pool_batches", "targets", "why_not"]

_AT_ONCE = 64  # worlds that are drawn together
_FIRST = 32  # draws before the first sample is cut
_LATE = 4  # draws that the processes were late with and that are made up for, at most


def why_not(device: torch.device) -> str | None:
    """Why scenes cannot be drawn there, in a sentence; None where they can: on an NVIDIA GPU with numba-cuda."""
    if device.type != "cuda":
        return f"{device} is no NVIDIA GPU."
    try:
        from helpers.scenes import raycast_cuda

        raycast_cuda.check(device)
    except Exception as error:  # versions that do not fit each other fail in many ways
        return f"numba-cuda does not work here ({type(error).__name__}: {str(error).strip().splitlines()[0][:200]})."
    return None


class WorldStream(torch.utils.data.IterableDataset):
    """Endless packs of composed worlds, `_AT_ONCE` in each: see `raycast_cuda.Packed`.

    kinds: kinds of scene in equal parts; None: all. first_seed, stride: as in `helpers.augment.SceneStream`.
    """

    def __init__(self, size: int, *, kinds: Sequence[str] | None = None, first_seed: int, stride: int = 1):
        self.size, self.kinds, self.first_seed, self.stride = size, list(kinds or scenes.KINDS), first_seed, stride

    def __iter__(self) -> Iterator[tuple[torch.Tensor, ...]]:
        from helpers.scenes.raycast_cuda import pack_many

        worker = torch.utils.data.get_worker_info()
        workers, number = (worker.num_workers, worker.id) if worker else (1, 0)
        first, step = self.first_seed + self.stride * number, self.stride * workers
        seeds, rng = itertools.count(first, step), np.random.default_rng([first, 7])

        def composed(seed: int) -> tuple[Any, float, int]:
            kind = self.kinds[int(rng.integers(len(self.kinds)))]
            world, view = scenes.compose(seed, kind)
            camera = scenes.camera_of(view, self.size, self.size, photograph_aspect(rng, kind))
            return (world, *camera), scenes.CAPS[kind], seed

        # a world that fails is not one more pack that fails: each is counted by itself
        packs = ([first_made(composed, seeds) for _ in range(_AT_ONCE)] for _ in itertools.count())
        while True:
            yield tuple(first_made(lambda pack: pack_many(*zip(*pack, strict=True)), packs))


class ScenePool:
    """The newest scenes, on the GPU: pictures, inverse depths, and the largest depths that count.

    size: side of the scenes in pixels. capacity: how many are kept; the oldest make room. seed: of all that is random.
    """

    def __init__(self, size: int, capacity: int, device: torch.device, seed: int = 0):
        self.size, self.capacity, self.filled, self.next = size, capacity, 0, 0
        self.images = torch.empty((capacity, 3, size, size), dtype=torch.uint8, device=device)
        self.inverse = torch.empty((capacity, size, size), dtype=torch.float32, device=device)
        self.caps = torch.empty(capacity, dtype=torch.float32, device=device)
        self.generator = torch.Generator(device).manual_seed(seed)

    def add(self, linear: torch.Tensor, depth: torch.Tensor, caps: torch.Tensor) -> int:
        """Develops pictures, linear radiance (N, S, S, 3) with depth (N, S, S), and keeps them; returns how many.

        Left out are those in which something right before the lens hides most, or nothing but sky is seen.
        """
        good = ((depth < scenes.TOO_NEAR).float().mean(dim=(1, 2)) <= scenes.HIDDEN) & depth.isfinite().any(2).any(1)
        good &= linear.isfinite().flatten(1).all(1) & (depth > 0).flatten(1).all(1)
        linear, depth, caps = linear[good], depth[good], caps[good]
        if not len(linear):
            return 0
        places = (self.next + torch.arange(len(linear), device=linear.device)) % self.capacity
        self.images[places] = spoil.develop(linear, self.generator)
        self.inverse[places] = 1 / depth
        self.caps[places] = caps
        self.next = (self.next + len(linear)) % self.capacity
        self.filled = min(self.capacity, self.filled + len(linear))
        return len(linear)

    def samples(self, size: int, number: int, scenes_since: int = 0, spoilt: bool = True) -> Batch:
        """A batch as `SceneStream` makes them: parts of random scenes, mirrored or not, spoilt, with their targets."""
        device, draw = self.images.device, self.generator

        def chance() -> torch.Tensor:
            return torch.rand(number, generator=draw, device=device)

        which = torch.randint(self.filled, (number,), generator=draw, device=device)
        # mostly nearly all of the scene, seldom a small part: perspective is a cue, and small parts have less of it
        lengths = [(self.size * (1 - 0.4 * chance() ** 1.5)).floor() for _ in range(2)]
        begins = [(chance() * (self.size - length + 1)).floor() for length in lengths]
        mirrored = chance() < 0.5
        rows, columns = (
            (begin[:, None] + ((torch.arange(size, device=device) + 0.5) * length[:, None] / size).floor()).long()
            for begin, length in zip(begins, lengths, strict=True)
        )
        columns = torch.where(mirrored[:, None], columns.flip(1), columns)
        inverse = self.inverse[which[:, None, None], rows[:, :, None], columns[:, None, :]]
        high, wide = (
            spoil.resize_weights(begin, length, self.size, size, (size, self.size))
            for begin, length in zip(begins, lengths, strict=True)
        )
        wide = torch.where(mirrored[:, None, None], wide.flip(1), wide)
        if spoilt:
            fault = spoil.faults(number, size, draw)
            high, wide = fault @ high, fault @ wide
        kind = torch.float16 if device.type == "cuda" else torch.float32
        images = self.images[which].to(kind)
        images = high.to(kind)[:, None] @ images @ wide.to(kind).mT[:, None]
        images = spoil.spoil(images, draw) if spoilt else images.float().round().clamp(0, 255).to(torch.uint8)
        target, far = targets(inverse, self.caps[which])
        return Batch(images, target, scenes_since, far)


def targets(inverse: torch.Tensor, caps: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """`helpers.augment.normalise_inverse_depth` and `far_values` for inverse depths (N, S, S) and caps (N,)."""
    flat = inverse.flatten(1)
    # torch takes the lower of the two in the middle; -(-x) gives the upper one
    middle = (flat.median(dim=1).values - (-flat).median(dim=1).values) / 2
    deviation = (flat - middle[:, None]).abs().mean(dim=1)
    deviation = torch.where(deviation > 1e-9, deviation, 1.0)
    target = (inverse - middle[:, None, None]) / deviation[:, None, None] + ANCHOR
    far = (torch.stack([torch.zeros_like(caps), 1 / caps], dim=1) - middle[:, None]) / deviation[:, None] + ANCHOR
    return target.clamp(0, TOP), far


def pool_batches(
    sizes: Sequence[int],
    size_weights: torch.Tensor,
    *,
    pixels_per_batch: int,
    kinds: Sequence[str] | None,
    first_seed: int,
    stride: int,
    workers: int,
    device: torch.device,
    reuse: int = 4,
    seed: int = 0,
) -> Iterator[Batch]:
    """Endless batches on the GPU, of scenes composed by so many processes and drawn as they arrive.

    The arguments are those of `helpers.augment.SceneStream`. The pool takes at most a third of the free memory.
    """
    from helpers.scenes.raycast_cuda import Packed, draw
    from helpers.training_run import loader

    side = round(max(sizes) * MARGIN)
    free, _ = torch.cuda.mem_get_info(device)
    capacity = max(1024, min(32_768, int(free / 3 / (7 * side**2))))
    pool = ScenePool(side, capacity, device, seed)
    rng = np.random.default_rng([seed, 11])
    stream = WorldStream(side, kinds=kinds, first_seed=first_seed, stride=stride)
    arrived: queue.Queue = queue.Queue(maxsize=8)
    over = threading.Event()
    failed: list[BaseException] = []

    def receive() -> None:
        try:
            for pack in loader(stream, max(1, workers), device):
                while not over.is_set():
                    with contextlib.suppress(queue.Full):
                        arrived.put(pack, timeout=0.5)
                        break
                if over.is_set():
                    break
        except BaseException as error:  # shown by the loop below, which would wait for ever
            failed.append(error.with_traceback(None))  # a traceback would keep the processes alive

    receiver = threading.Thread(target=receive, daemon=True)
    receiver.start()
    new = draws = 0
    owed = 0.0
    try:
        while True:
            wanted = max(_FIRST - draws, int(owed))
            while wanted and (draws < _FIRST or not arrived.empty()):
                try:
                    pack = arrived.get(timeout=1.0)
                except queue.Empty:
                    if failed:
                        raise failed[0] from None
                    continue
                packed = Packed(*(part.to(device, non_blocking=True) for part in pack))
                new += pool.add(*draw(packed, side), packed.caps)
                draws, wanted, owed = draws + 1, wanted - 1, max(0.0, owed - 1)
            if failed:
                raise failed[0]
            odds = size_weights.double().numpy()
            size = int(rng.choice(list(sizes), p=odds / odds.sum()))
            number = batch_size(pixels_per_batch, size)
            owed = min(owed, _LATE) + number / (reuse * _AT_ONCE)
            yield pool.samples(size, number, new)
            new = 0
    finally:
        over.set()
        receiver.join()  # and with it the processes, which ignore the interpreter's end
