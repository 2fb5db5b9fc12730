"""What a long training needs, whatever is learned: batches from other processes, a clock, an end when it is told to
stop, files that stay whole, and a command line.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import math
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from torch import nn

from helpers.arguments import at_least_zero, none_or_more, positive, thread_count
from helpers.files import atomic_path, remove_stale_partials
from helpers.integrity import CheckpointError

if TYPE_CHECKING:
    from helpers.augment import Batch, SceneStream
    from helpers.steps import Average, Optimiser

__all__ = [
    "Learner",
    "Progress",
    "Sitting",
    "add_run_options",
    "add_settings",
    "check_steps",
    "exit_code",
    "how_far",
    "known_settings",
    "load_state",
    "loader",
    "log_row",
    "rate_factor",
    "run_is_there",
    "saved_state",
    "steps_lost",
    "told",
    "until_stopped",
    "usable_device",
    "wished",
    "write_state",
]

_Settings = TypeVar("_Settings")


@dataclass
class Progress:
    """How far a run is."""

    step: int = 0
    images: int = 0
    scenes: int = 0
    minutes: float = 0.0


@dataclass
class Learner:
    """What the steps of a run change. average: of the model's weights; it is what is measured and published."""

    model: nn.Module
    average: Average
    optimiser: Optimiser | torch.optim.Optimizer

    def state(self, settings: Any, progress: Progress, **more: Any) -> dict[str, Any]:
        """What `write_state` writes: all that it takes to go on."""
        return {
            "settings": asdict(settings),
            "progress": asdict(progress),
            "model": self.model.state_dict(),
            "average": self.average.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            **more,
        }


def known_settings(kind: type[_Settings], values: Mapping[str, Any]) -> _Settings:
    """Settings from what a run or a manifest tells of them: lists become tuples, unknown names are left out.

    Settings that tell of no stem are older than stems: they have none. Where nothing is told, all is as always.
    """
    known = {field.name for field in fields(kind)}
    given = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name in known
    }
    return kind(**({"stem": ()} | given if given else {}))


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


def rate_factor(step: int, warmup: int, left: float, decay: float) -> float:
    """The part of the learning rate, 0 to 1, that a step of a sitting is taken with; the first is step 0.

    It rises over the first `warmup` steps, and falls to zero while `left`, the minutes to the end, are below `decay`.
    """
    warm = (step + 1) / max(1, warmup)
    cool = max(0.0, left / decay) if decay > 0 else 1.0
    return min(1.0, warm, cool)


class Sitting:
    """One sitting at a run, for so many minutes: its clock, its learning rates, its log, its bar, and when to save.

    settings: those of either training. progress: how far the run is, counted on with every step. decay: minutes at the
    end over which the rate falls to zero. save_minutes: how often `save_is_due`. logged: the figures of a step whose
    means over 50 steps go to log.csv; shown: those of them behind the bar. agree: makes the numbers of this process
    those of all that train together. silent: another process writes the log and shows the bar.
    """

    def __init__(
        self,
        run: Path,
        settings: Any,
        progress: Progress,
        minutes: float,
        *,
        decay: float,
        save_minutes: float,
        logged: Sequence[str],
        shown: Sequence[str],
        agree: Callable[[list[float]], list[float]] = list,
        silent: bool = False,
    ):
        from tqdm.auto import tqdm

        self.run, self.settings, self.progress, self.minutes, self.decay = run, settings, progress, minutes, decay
        self.save_minutes, self.logged, self.shown, self.agree, self.silent = save_minutes, logged, shown, agree, silent
        quiet = {"disable": True} if silent else {}  # left out, so that TQDM_DISABLE still decides
        self.bar = tqdm(unit=" images", mininterval=0.5 if sys.stderr.isatty() else 30.0, **quiet)
        self.began, self.minutes_before, self.first_step = time.monotonic(), progress.minutes, progress.step
        self.gone, self.next_save = 0.0, save_minutes
        self.falling = False
        self.rows: list[dict[str, float]] = []
        self.lost = 0

    @contextlib.contextmanager
    def steps(self, stream: Iterable[Batch]) -> Iterator[Iterator[tuple[Batch, float]]]:
        """Batches, each with its learning rate, until time is up or the run is told to stop: see `until_stopped`.

        `falling` says at each step whether the rate has begun to fall.
        """
        try:
            with until_stopped(stream) as (batches, stopped):
                yield self._steps(batches, stopped)
        finally:
            self.bar.close()

    def _steps(self, batches: Iterator[Batch], stopped: list[bool]) -> Iterator[tuple[Batch, float]]:
        for batch in batches:
            self.gone = self._minutes_gone()
            left = self.minutes - self.gone
            factor = rate_factor(self.progress.step - self.first_step, self.settings.warmup, left, self.decay)
            over = left <= 0 or bool(stopped)
            rate, over = self.agree([self.settings.learning_rate * factor, float(over)])
            if over:
                return
            self.falling = left < self.decay
            yield batch, rate

    def _minutes_gone(self) -> float:
        return (time.monotonic() - self.began) / 60

    def took(self, figures: dict[str, float], must_be_finite: str, images: int, scenes: int) -> None:
        """Counts a step with its figures, and logs every fifty.

        Raises ValueError where the figure that must be finite was not for many steps: see `steps_lost`.
        """
        self.lost = steps_lost(self.lost, figures[must_be_finite], self.run / "checkpoint.pt")
        progress = self.progress
        progress.step += 1
        progress.images += images
        progress.scenes += scenes
        progress.minutes = self.minutes_before + self._minutes_gone()
        self.rows.append(figures)
        self.bar.update(images)
        if not self.silent and progress.step % 50 == 0:
            means = {name: float(np.mean([row.get(name, math.nan) for row in self.rows])) for name in self.logged}
            log_row(self.run / "log.csv", {**asdict(progress), **means})
            shown = {name: f"{means[name]:.3f}" for name in self.shown if math.isfinite(means[name])}
            self.bar.set_postfix(shown, refresh=False)
            self.rows = []

    def save_is_due(self) -> bool:
        """Whether `save_minutes` are over since the last time that this was so."""
        if self.gone < self.next_save:
            return False
        self.next_save = self.gone + self.save_minutes
        return True

    def say(self, line: str) -> None:
        """Shows a line above the bar, at once where the output goes to a file, too."""
        self.bar.write(line, file=sys.stderr)
        sys.stderr.flush()


def saved_state(run: str | os.PathLike[str], *, classes: bool = False) -> dict:
    """What `load_state` reads from the run in this folder. Raises FileNotFoundError where it holds none."""
    state = load_state(Path(run, "checkpoint.pt"), classes=classes)
    if state is None:
        raise FileNotFoundError(f"{run} holds no checkpoint.pt: train first.")
    return state


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
    A last line that was cut short stays a line of its own. A row that must not be written now is left out: on Windows
    a spreadsheet that shows the file locks it, and no training should end for that.
    """
    with contextlib.suppress(PermissionError):
        _add_row(path, row)


def _add_row(path: Path, row: dict[str, Any]) -> None:
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


def told(progress: Progress, settings: Any, **more: Any) -> dict[str, Any]:
    """What the manifest of published weights tells of their training."""
    return {**asdict(progress), "minutes": round(progress.minutes, 1), **more, "settings": asdict(settings)}


# The command line


def add_run_options(parser: argparse.ArgumentParser, *, run: str, minutes: float, workers: int) -> None:
    """Adds the options that both trainings begin with: the run, its time, and what computes; with these defaults."""
    parser.add_argument("--run", default=run, help="folder of the run (default: %(default)s)")
    parser.add_argument("--minutes", type=positive, default=minutes, help="how long to train (default: %(default)s)")
    parser.add_argument("--decay", type=none_or_more, default=0.0, help="last minutes, of a falling rate")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument(
        "--workers", type=at_least_zero, default=workers, help="rendering processes (default: %(default)s)"
    )
    parser.add_argument("--threads", type=thread_count, help="threads of the training process")


def add_settings(parser: argparse.ArgumentParser, settings: Any, names: Iterable[str]) -> None:
    """Adds an option for each setting of these names, which `wished` takes over."""
    for name in names:
        kind = type(getattr(settings, name))
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help=f"Settings.{name}")


def wished(settings: _Settings, options: argparse.Namespace, names: Iterable[str]) -> _Settings:
    """The settings, with what the command line says of these names in their place."""
    said = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    return replace(settings, **said)


def run_is_there(run: str, option: str) -> ValueError:
    """The error that says that an option for new runs was given for one that would go on."""
    return ValueError(f"{run} holds a run already: give another folder with --run, or leave {option} out.")


def how_far(progress: Progress, command: str, run: str) -> str:
    """The line that a training ends with. command: its module."""
    return (
        f"{progress.step} steps, {progress.images} images, {progress.minutes:.0f} minutes; publish with: "
        f"python -m {command} publish --run {run}"
    )


def exit_code(work: Callable[[], None]) -> int:
    """Does the work of a command line: 0, or 1 after an OSError or ValueError and 130 after an interrupt, with a line.

    While a run trains, an interrupt saves and ends it in order; what comes here came before or after.
    """
    try:
        work()
    except (OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    return 0
