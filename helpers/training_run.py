"""What a long training needs: batches from other processes, an end when it is told to stop, files that stay whole."""

from __future__ import annotations

import contextlib
import csv
import math
import multiprocessing
import os
import pickle
import signal
import threading
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from helpers.files import atomic_path, remove_stale_partials
from helpers.integrity import CheckpointError

if TYPE_CHECKING:
    from helpers.augment import Batch, SceneStream

__all__ = [
    "Progress",
    "check_steps",
    "load_state",
    "loader",
    "log_row",
    "steps_lost",
    "until_stopped",
    "usable_device",
    "write_state",
]


@dataclass
class Progress:
    """How far a run is."""

    step: int = 0
    images: int = 0
    scenes: int = 0
    minutes: float = 0.0


def check_steps(settings: Any) -> None:
    """Raises ValueError where the numbers that steps are taken with make no sense; for the settings of either training.

    Those are pixels_per_batch, reuse, warmup, learning_rate and average.
    """
    for name, smallest in (("pixels_per_batch", 1), ("reuse", 1), ("warmup", 0)):
        value = getattr(settings, name)
        if not smallest <= value < 2**31:
            raise ValueError(f"{name} is {value}: give a whole number, {smallest} or more, below 2^31.")
    if not (math.isfinite(settings.learning_rate) and settings.learning_rate > 0):
        raise ValueError(f"learning_rate is {settings.learning_rate}: give a number above 0.")
    if not 0 <= settings.average < 1:
        raise ValueError(f"average is {settings.average}: give a number from 0 up to below 1, as 0.999.")


def usable_device(device: str) -> torch.device:
    """The device of this name. Raises ValueError where nothing can be computed on it here."""
    try:
        torch.zeros(1, device=device).item()
    except (RuntimeError, AssertionError, AttributeError, NotImplementedError):  # torch has one for each reason
        gpus = torch.cuda.device_count()
        seen = f"torch sees {gpus} CUDA device{'s' * (gpus != 1)} here"
        raise ValueError(f"device is {device!r}: nothing can be computed on it, {seen}. Give cpu or cuda.") from None
    return torch.device(device)


def loader(stream: SceneStream, workers: int, device: torch.device) -> Iterable[Batch]:
    """The batches of a stream, rendered by so many other processes; 0 renders in this one."""
    if workers == 0:
        return stream
    # numba's threads hang in forked processes: spawn. Each worker gets one thread; there are enough workers.
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")
    return torch.utils.data.DataLoader(
        stream,
        batch_size=None,
        num_workers=workers,
        multiprocessing_context="spawn",
        prefetch_factor=4,
        pin_memory=device.type == "cuda",
        worker_init_fn=_calm_worker,
    )


@contextlib.contextmanager
def until_stopped(stream: Iterable[Batch]) -> Iterator[tuple[Iterator[Batch], list[bool]]]:
    """The batches of a stream, and a list that is no longer empty after an interrupt or SIGTERM.

    Both signals are sent to the whole group: the workers that this starts are born deaf to them, so that the run can be
    saved first. They end with the block, which may take seconds.
    """
    stopped: list[bool] = []
    handlers = {name: signal.signal(name, signal.SIG_IGN) for name in (signal.SIGTERM, signal.SIGINT)}
    batches: Iterator[Batch] | None = None
    try:
        batches = iter(stream)
        for name in handlers:
            signal.signal(name, lambda *_: stopped.append(True))
        yield batches, stopped
    finally:
        getattr(batches, "close", bool)()  # a generator's, so that its thread ends
        # A loader's: where something still refers to it at exit, Python would wait for the deaf workers for ever.
        getattr(batches, "_shutdown_workers", bool)()
        for name, handler in handlers.items():
            signal.signal(name, handler)


def _calm_worker(number: int) -> None:
    torch.set_num_threads(1)
    # see `until_stopped`; and torch has set a handler of its own since
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A killed parent cannot end its workers; torch's own watch misses one that dies while they begin."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def load_state(path: Path, *, classes: bool = False) -> dict | None:
    """What a run saved in its checkpoint.pt, or None where there is none. Tensors and plain values only are read.

    classes: whether the run learns classes instead of depth. Raises CheckpointError for a damaged file and for a run
    that learns the other.
    """
    if not path.is_file():
        return None
    try:
        with zipfile.ZipFile(path) as file:  # torch does not look whether what it reads is what was written
            if file.testzip() is not None:
                raise ValueError
        state = torch.load(path, map_location="cpu", weights_only=True)
        if not {"settings", "progress", "model", "average", "optimiser"} <= set(state):
            raise ValueError
    except (
        RuntimeError, EOFError, pickle.UnpicklingError, LookupError, ValueError, TypeError, AttributeError,
        zipfile.BadZipFile,
    ):  # fmt: skip
        raise CheckpointError(
            f"{path} is damaged or holds no run. Move it away: the next run begins with the bundled weights."
        ) from None
    if ("weights" in state) != classes:  # each class has its weight in the loss
        other = "training" if classes else "segmentation_training"
        raise CheckpointError(f"{path} is a run of helpers.{other}: give another folder with --run.")
    return state


_NOT_FINITE = "the network's numbers are not finite any more: lower --learning-rate. {} is as it was."


def steps_lost(before: int, figure: float, path: Path, most: int = 20) -> int:
    """How many steps were lost one after another, this one with them: 0 where its figure (a loss, a norm) is finite.

    before: what the step before gave. Raises ValueError, which says that the run in `path` is as it was, at `most`.
    """
    lost = 0 if math.isfinite(figure) else before + 1
    if lost >= most:
        raise ValueError(_NOT_FINITE.format(path))
    return lost


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Writes a run's state, in one step; `load_state` reads it.

    Raises ValueError for weights that are not finite, OSError where it cannot be written; the file is then as it was.
    """
    if not all(bool(value.isfinite().all()) for part in ("model", "average") for value in state[part].values()):
        raise ValueError(_NOT_FINITE.format(path))
    remove_stale_partials(path.parent)
    try:
        with atomic_path(path) as partial:
            torch.save(state, partial)
    except RuntimeError as error:  # so torch says that a disk is full
        said = str(error).strip().splitlines()[0]
        raise OSError(f"{path} cannot be written ({said}): make room on the disk. It is as it was.") from None


def log_row(path: Path, row: dict[str, Any]) -> None:
    """Adds a row to a CSV file, with the names of its columns first where the file is new.

    In a file that was begun with other columns each value goes below its own name; names that it lacks are left out.
    A last line that was cut short stays a line of its own.
    """
    names = list(row)
    new = not path.is_file() or path.stat().st_size == 0
    cut = False
    if not new:
        with path.open(newline="") as file:
            names = next(csv.reader(file), names)
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            cut = file.read(1) != b"\n"
    with path.open("a", newline="") as file:
        if cut:
            file.write("\r\n")
        writer = csv.DictWriter(file, names, restval="", extrasaction="ignore")
        if new:
            writer.writeheader()
        writer.writerow({name: f"{value:.5g}" if isinstance(value, float) else value for name, value in row.items()})
