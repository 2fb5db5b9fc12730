"""Trains a small DPT on rendered scenes, for hours and over several sittings: the loop, its settings, its results.

    python -m helpers.training --minutes 60              train, or go on training what runs/depth holds
    python -m helpers.training --minutes 15 --decay 15   the last part: the learning rate falls to zero
    python -m helpers.training publish                   put the averaged weights into helpers/weights/depth

A new run begins with the bundled weights where its settings make a model of their shape, with the losses and the sizes
of pictures that their manifest tells of; --fresh begins at random.
The same code runs on processors, on one GPU, and on several (the two dashes in the middle keep torchrun's hands off the
options behind them). On two cores two processes of one thread each train more pictures a second than one of two:

    torchrun --nproc-per-node 4 -m -- helpers.training --device cuda
    torchrun --nproc-per-node 2 -m -- helpers.training --threads 1 --workers 0

On an NVIDIA GPU the GPU also draws the scenes, where numba-cuda is installed (`pip install "numba-cuda[cu13]"`). What a
GPU needs besides are larger batches; on one H200 with 16 cores this trained ten batches a second, of 128 pictures of
256 x 256 or as many pixels:

    python -m helpers.training --device cuda --pixels-per-batch 8388608 --learning-rate 1e-3 --warmup 300 --reuse 6
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import math
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from helpers import load_dpt
from helpers.architecture import new_model, small_config, square_processor, with_positions_for, without_unused
from helpers.arguments import at_least_zero, positive
from helpers.augment import FIRST_SEED, Batch, SceneStream
from helpers.checkpoints import BUNDLED, RELATIVE_INVERSE_DEPTH
from helpers.files import atomic_path, from_here
from helpers.integrity import CheckpointError, read_json_object
from helpers.losses import LossWeights
from helpers.publishing import publish_checkpoint
from helpers.scenes import KINDS
from helpers.steps import Average, Optimiser, calibrate, fast_bfloat16, fast_cpu, predict_picture, prepare, train_step
from helpers.training_run import (
    Learner,
    Progress,
    Sitting,
    add_run_options,
    add_settings,
    check_steps,
    exit_code,
    how_far,
    known_settings,
    load_state,
    loader,
    log_row,
    run_is_there,
    saved_state,
    told,
    usable_device,
    wished,
    write_state,
)

if TYPE_CHECKING:
    from transformers import DPTConfig, DPTForDepthEstimation

__all__ = ["Settings", "made_by", "progress_of", "publish", "train"]

NAME, PLAIN_NAME = "dpt-course-small", "dpt-course-plain"


@dataclass
class Settings:
    """Everything that decides a long run. `pixels_per_batch` counts the batches of all processes together.

    kinds: the kinds of scene; none named: all of them.
    """

    hidden: int = 192
    layers: int = 6
    fusion: int = 32
    stem: tuple[int, ...] = (64, 128, 256)
    size: int = 192
    sizes: tuple[int, ...] = (96, 128, 160, 192, 224)
    first_size: int = 128
    first_size_images: int = 100_000
    pixels_per_batch: int = 32 * 128 * 128
    learning_rate: float = 4e-4
    warmup: int = 200
    muon: bool = False
    average: float = 0.999
    reuse: int = 4
    kinds: tuple[str, ...] = ()
    seed: int = 0
    anchored: float = 1.0
    invariant: float = 0.0
    gradient: float = 0.5
    ratio: float = 0.0
    ratio_gradient: float = 0.0

    def check(self) -> None:
        """Raises ValueError where a value makes no sense, before anything is made or written."""
        self.config()
        check_steps(self)
        if not set(self.kinds) <= set(KINDS):
            raise ValueError(f"kinds are {', '.join(self.kinds)}: choose among {', '.join(KINDS)}.")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"seed is {self.seed}: give a whole number, 0 or more, below 2^31.")
        weights = asdict(self.loss_weights())
        if not all(math.isfinite(value) and value >= 0 for value in weights.values()) or not any(weights.values()):
            parts = ", ".join(f"{name} {value}" for name, value in weights.items())
            raise ValueError(f"the parts of the loss weigh {parts}: give numbers of 0 or more, not all 0.")

    def config(self) -> DPTConfig:
        """The configuration of the model that is trained."""
        return small_config(self.size, self.hidden, self.layers, self.fusion, stem=self.stem)

    def loss_weights(self) -> LossWeights:
        """How much each part of the loss counts. From random weights only the anchored part sets out."""
        return LossWeights(self.anchored, self.invariant, self.gradient, self.ratio, self.ratio_gradient)

    def size_weights(self, images: int) -> list[float]:
        """The odds of each size: small ones first, which are learned from fastest; then all, mostly the last's own."""
        if images < self.first_size_images:
            first = self.first_size if self.first_size in self.sizes else self.sizes[0]
            return [float(size == first) for size in self.sizes]
        return [3.0 if size == self.size else 2.0 if size == self.first_size else 1.0 for size in self.sizes]


_LOSSES = tuple(field.name for field in fields(LossWeights))

_OPTIONS = (
    "hidden", "layers", "fusion", "size", "first_size_images", "pixels_per_batch", "learning_rate", "warmup", "average",
    "reuse", "seed", *_LOSSES,
)  # fmt: skip

_INHERITED = ("hidden", "layers", "fusion", "stem", "size", "sizes", *_LOSSES)
"""What a new run takes over from the manifest of the weights that it begins with."""

_SHAPE = (
    "patch_size", "num_channels", "hidden_size", "num_hidden_layers", "num_attention_heads",
    "intermediate_size", "qkv_bias", "backbone_out_indices", "neck_hidden_sizes", "reassemble_factors",
    "fusion_hidden_size", "readout_type", "is_hybrid", "use_batch_norm_in_fusion_residual",
    "use_bias_in_fusion_residual", "add_projection", "hidden_act", "head_in_index", "neck_ignore_stages",
    "backbone_config",
)  # fmt: skip


class _Machines:
    """The processes of a run: one, or one per GPU where torchrun started it."""

    def __init__(self, device: str):
        self.world, self.rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
        self.first = self.rank == 0  # the one that writes and speaks
        local = int(os.environ.get("LOCAL_RANK", 0))
        self.device = usable_device(f"cuda:{local}" if device == "cuda" else device)
        if self.device.type == "cuda":
            torch.cuda.set_device(self.device)
        if self.world > 1:
            torch.distributed.init_process_group("nccl" if self.device.type == "cuda" else "gloo")

    def wrap(self, model: nn.Module) -> nn.Module:
        if self.world == 1:
            return model
        devices = [self.device.index] if self.device.type == "cuda" else None
        # The encoder's last norm is behind all taps: it gets no gradient, which must be looked for.
        return nn.parallel.DistributedDataParallel(model, device_ids=devices, find_unused_parameters=True)

    def agree(self, values: list[float]) -> list[float]:
        """What the first process says, in every process: clocks differ, and all must do the same step."""
        if self.world == 1:
            return values
        shared = torch.tensor(values, dtype=torch.float64, device=self.device)
        torch.distributed.broadcast(shared, 0)
        return shared.tolist()

    def total(self, numbers: list[int]) -> list[int]:
        """The sums over all processes: each draws its own sizes, so their batches differ."""
        if self.world == 1:
            return numbers
        shared = torch.tensor(numbers, device=self.device)
        torch.distributed.all_reduce(shared)
        return shared.tolist()

    def close(self) -> None:
        """Ends what the processes share; drop the wrapped model first.

        It lies in a circle of references. Left to the interpreter's end, it holds the group's threads until then, and
        gloo may abort the process though all its work is done: in 5 of 14 short runs, and in 0 of 10 with this.
        """
        if self.world > 1:
            gc.collect()
            torch.distributed.destroy_process_group()


def train(
    run: str | os.PathLike[str],
    minutes: float,
    settings: Settings | None = None,
    *,
    decay: float = 0.0,
    device: str = "cpu",
    workers: int = 1,
    threads: int | None = None,
    kinds: Sequence[str] | None = None,
    start: str | os.PathLike[str] | None = None,
    check_minutes: float = 6.0,
    check_scenes: int = 64,
    real: str | os.PathLike[str] | None = None,
) -> Progress:
    """Trains for so many minutes in the folder `run`, or goes on where the run there stopped; returns how far it is.

    decay: minutes at the end over which the learning rate falls to zero; the state before it is kept as stable.pt.
    start: a checkpoint folder whose weights a new run begins with, without optimiser state; its manifest, if there is
    one, says from where the run counts on. `settings.size` may differ from what the run or `start` had: position
    embeddings are resized. kinds: the kinds of scene, in the place of those in the settings. real: a folder of real
    pictures with depth (see `helpers.evaluation`), measured at each check beside `check_scenes` held-out scenes.
    An interrupt or SIGTERM saves and ends the run. In `run`: checkpoint.pt, log.csv, checks.csv, previews/.
    Raises ValueError for settings that do not fit, FileNotFoundError for a `start` that is not there, and
    CheckpointError for one with a manifest that makes no sense.
    """
    run = Path(run)
    state = load_state(run / "checkpoint.pt")
    settings = settings or (_settings_of(state) if state else _settings_from(start))
    settings.kinds = tuple(kinds or settings.kinds)
    settings.check()
    machines = _Machines(device)
    fast_cpu(threads)
    progress = Progress(**state["progress"]) if state else progress_of(start)
    learner = _learner(settings, state, start, machines)
    odds = torch.tensor(settings.size_weights(progress.images)).share_memory_()
    with _made(run):
        check = _Check(run, settings.size, check_scenes, settings.kinds or None, real) if machines.first else None
    sitting = Sitting(
        run, settings, progress, minutes, decay=decay, save_minutes=check_minutes,
        logged=(*_LOSSES, "loss", "gradient_norm", "rate", "size"), shown=_LOSSES,
        agree=machines.agree, silent=not machines.first,
    )  # fmt: skip

    def save() -> None:
        write_state(run / "checkpoint.pt", learner.state(settings, progress, cooled=cooled))
        sitting.say(check(learner.average.model, progress))

    wrapped, bfloat16 = machines.wrap(learner.model), fast_bfloat16(machines.device)
    cooled = bool(state) and state.get("cooled", False)  # whether the rate has begun to fall, in this sitting or before
    try:
        with sitting.steps(_batches(settings, odds, machines, workers, progress.scenes)) as steps:
            for batch, rate in steps:
                if sitting.falling and not cooled and machines.first:
                    write_state(run / "stable.pt", learner.state(settings, progress, cooled=False))
                cooled = sitting.falling
                weights = settings.loss_weights()
                figures = train_step(wrapped, learner.optimiser, batch, rate, weights, bfloat16=bfloat16)
                learner.average.update(learner.model)
                figures |= {"size": batch.pixels.shape[-1], "rate": rate}
                sitting.took(figures, "gradient_norm", *machines.total([len(batch.pixels), batch.scenes]))
                odds.copy_(torch.tensor(settings.size_weights(progress.images)))
                if machines.first and sitting.save_is_due():
                    save()
            if machines.first:
                save()
    finally:
        del wrapped
        machines.close()
    return progress


def _learner(
    settings: Settings, state: dict | None, start: str | os.PathLike[str] | None, machines: _Machines
) -> Learner:
    """What is trained, ready to go on from `state`, or to begin."""
    model = _begin(settings, state, start)
    average = Average(model.to(machines.device), settings.average)
    model = prepare(model, machines.device).train()
    optimiser = Optimiser(model, settings.learning_rate, muon=settings.muon)
    if state:
        average.model.load_state_dict(with_positions_for(state["average"], settings.size))
        average.steps = state["progress"]["step"]
        if state["settings"]["size"] == settings.size and optimiser.fits(state["optimiser"]):
            optimiser.load_state_dict(state["optimiser"])
        elif machines.first:
            print("Another optimiser or another size than before: the optimiser's state starts afresh.", flush=True)
    return Learner(model, average, optimiser)


@contextlib.contextmanager
def _made(run: Path) -> Iterator[None]:
    """Makes the folder of a run; a new one is gone again where what is inside fails, which leaves nothing behind."""
    new = not run.exists()
    run.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if new:
            with contextlib.suppress(OSError):
                run.rmdir()
        raise


def _batches(settings: Settings, odds: torch.Tensor, machines: _Machines, workers: int, scenes: int) -> Iterable[Batch]:
    """What is trained with: drawn on the GPU where that can be done, else by `workers` processes on the processor."""
    from helpers import scene_pool

    common = {
        "pixels_per_batch": settings.pixels_per_batch // machines.world,
        "kinds": settings.kinds or None,
        "first_seed": FIRST_SEED + 100_000_000 * settings.seed + scenes + machines.rank,
        "stride": machines.world,
    }
    why_not = scene_pool.why_not(machines.device)
    if why_not is None:
        torch.backends.cudnn.benchmark = True  # few sizes, many batches of each
        seed = settings.seed * machines.world + machines.rank
        return scene_pool.pool_batches(
            settings.sizes, odds, **common, reuse=settings.reuse, workers=workers, device=machines.device, seed=seed
        )
    if machines.device.type == "cuda" and machines.first:
        print(f"Scenes are drawn by the processor: {why_not}", flush=True)
    stream = SceneStream(settings.sizes, odds, **common, reuse=settings.reuse, buffer=256)
    return loader(stream, workers, machines.device)


def made_by(start: str | os.PathLike[str] | None) -> dict[str, Any]:
    """What the manifest of the checkpoint in `start` says of its training; empty where it says nothing.

    Raises CheckpointError for a manifest that says something else.
    """
    path = Path(start, "manifest.json") if start is not None else None
    if path is None or not path.is_file():
        return {}
    made = read_json_object(path).get("training", {})
    numbers = [made.get(field.name, 0) for field in fields(Progress)] if isinstance(made, dict) else [None]
    kinds = [int if type(value) is int else (int, float) for value in asdict(Progress()).values()]
    whole = len(numbers) == len(kinds) and all(
        isinstance(number, kind) and number >= 0 for number, kind in zip(numbers, kinds, strict=True)
    )
    if not whole or not _are_settings(made.get("settings", {})):
        raise CheckpointError(f"{path} does not say how its weights were trained: mend it, or delete it.")
    return made


def _are_settings(values: Any) -> bool:
    """Whether what is inherited has the types that `Settings` has."""
    if not isinstance(values, dict):
        return False
    usual = asdict(Settings())
    for name in _INHERITED:
        value = values.get(name, usual[name])
        if isinstance(usual[name], tuple):
            if not isinstance(value, (list, tuple)) or not all(isinstance(one, int) for one in value):
                return False
        elif not isinstance(value, int if isinstance(usual[name], int) else (int, float)):
            return False
    return True


def _settings_from(start: str | os.PathLike[str] | None) -> Settings:
    """Settings of a new run that begins with these weights: their shape, losses and sizes; the rest as always."""
    made = made_by(start).get("settings", {})
    return known_settings(Settings, {name: made[name] for name in _INHERITED if name in made})


def progress_of(start: str | os.PathLike[str] | None) -> Progress:
    """How far the weights in `start` are: a run that begins with them counts on from there.

    So it renders scenes that they have not seen, but for a few where several processes had rendered unevenly many; and
    the next manifest tells of all the work.
    """
    made = made_by(start)
    return Progress(**{field.name: made[field.name] for field in fields(Progress) if field.name in made})


def _checkpoint_folder(start: str | os.PathLike[str]) -> Path:
    """The folder of a checkpoint; FileNotFoundError where it is none."""
    if not Path(start, "config.json").is_file():
        raise FileNotFoundError(f"{start} holds no config.json: give the folder of a checkpoint.")
    return Path(start)


def _begin(settings: Settings, state: dict | None, start: str | os.PathLike[str] | None) -> DPTForDepthEstimation:
    from transformers import DPTForDepthEstimation

    if start is not None and not state:
        there = load_dpt(_checkpoint_folder(start), device="cpu").model  # whole, or one line that says what is not
        if not _fit(settings, Path(start)):
            raise ValueError(
                f"{start} holds no depth model of the shape asked for: see --hidden, --layers, --fusion, --stem."
            )
        if there.config.image_size == settings.size:
            return without_unused(there)
        there.config.image_size = settings.size
        model = DPTForDepthEstimation(there.config)
        model.load_state_dict(with_positions_for(there.state_dict(), settings.size))
        return without_unused(model)
    model = new_model(settings.config(), settings.seed)
    if state:
        model.load_state_dict(with_positions_for(state["model"], settings.size))
    return model


def _fit(settings: Settings, folder: Path) -> bool:
    """Whether `folder` holds a depth model of the shape that the settings describe; its size may differ."""
    from transformers import DPTConfig

    if not (folder / "config.json").is_file() or not (folder / "model.safetensors").is_file():
        return False
    there = DPTConfig.from_pretrained(folder)
    if there.architectures and "DPTForDepthEstimation" not in there.architectures:
        return False
    wanted = settings.config()

    def value(config: DPTConfig, name: str) -> Any:
        value = getattr(config, name, None)
        if name == "backbone_config" and value is not None:
            return [getattr(value, part, None) for part in ("embedding_size", "hidden_sizes", "depths", "layer_type")]
        return list(value) if isinstance(value, tuple) else value  # files know lists only

    return all(value(there, name) == value(wanted, name) for name in _SHAPE)


def _settings_of(state: dict) -> Settings:
    return known_settings(Settings, state["settings"])


_CHECKED_FIRST = 9_000  # `make evaluate` begins at 0: a run is not judged by the scenes that it was watched by


class _Check:
    """Measures the averaged weights on held-out scenes, and on real pictures where there are some."""

    def __init__(
        self,
        run: Path,
        size: int,
        scenes: int,
        kinds: Sequence[str] | None,
        real: str | os.PathLike[str] | None,
    ):
        from helpers import evaluation

        self.run, self.size = run, size
        self.cases = []
        if scenes:
            self.cases = list(evaluation.rendered_cases(scenes, size=256, kinds=kinds, first=_CHECKED_FIRST))
        self.real = list(evaluation.real_cases(real)) if real else []
        self.baselines = {case.name: evaluation.measure_baselines(case) for case in [*self.cases, *self.real]}

    def __call__(self, model: nn.Module, progress: Progress) -> str:
        from helpers import evaluation

        said = f"{progress.minutes:.0f} min, step {progress.step}, {progress.images} images"
        row: dict[str, Any] = asdict(progress)
        shown = []
        for name, cases in (("held-out", self.cases), ("real", self.real)):
            if not cases:
                continue
            maps = [predict_picture(model, case.image, self.size) for case in cases]
            results = [
                evaluation.measure(case, map_) | self.baselines[case.name]
                for case, map_ in zip(cases, maps, strict=True)
            ]
            mean = evaluation.mean_of(results)
            positive = float(np.mean([result["scale"] > 0 for result in results]))
            said += f" | {name}: "
            if "bad_delta125" in mean:  # not where all truths are relative
                said += (
                    f"bad {mean['bad_delta125']:.1f} % (baseline {mean['baseline_bad_delta125']:.1f}), "
                    f"delta1 {mean['delta1']:.3f}, abs_rel {mean['abs_rel']:.3f}, "
                )
            said += f"rank {mean['spearman']:.3f} (ramp {mean['ramp_spearman']:.3f}), positive {positive:.2f}"
            row |= {f"{name} {key}": value for key, value in mean.items()} | {f"{name} positive": positive}
            shown += list(zip(cases, maps, results, strict=True))[:12]
        log_row(self.run / "checks.csv", row)
        if not shown:
            return said
        sheet = evaluation.picture_sheet(shown)
        with atomic_path(self.run / "previews" / f"{progress.step:07d}.jpg") as partial:
            sheet.save(partial, quality=85)
        return said


# Publishing


def publish(run: str | os.PathLike[str], folder: str | os.PathLike[str] = BUNDLED, *, calibration: int = 0) -> Path:
    """Puts the run's averaged weights into `folder` as a checkpoint that `from_pretrained` loads; returns the folder.

    The whole folder changes at once: what was there, or all of the new one. Other files in it, such as the model card,
    stay. Weights are stored as float16. calibration: with how many samples the statistics of a stem are measured first,
    see `calibrate`; 0: they stay as training left them. Raises FileNotFoundError where the run has no checkpoint.
    """
    from transformers import DPTForDepthEstimation

    state = saved_state(run)
    settings, progress = _settings_of(state), Progress(**state["progress"])
    model = DPTForDepthEstimation(settings.config())
    model.load_state_dict(state["average"])
    calibrated = calibrate(model, calibration)
    manifest = {
        "name": NAME if settings.stem else PLAIN_NAME,
        "revision": f"step-{progress.step}" + "-calibrated" * (calibrated > 0),
        "licence": "MIT",
        "meaning": RELATIVE_INVERSE_DEPTH,
        "training": told(progress, settings, calibration=calibrated),
    }
    return publish_checkpoint(folder, model, square_processor(settings.size), manifest)


def _beginning(options: argparse.Namespace, state: dict | None) -> tuple[str | Path | None, Settings]:
    """What a run begins with, None for random weights, and its settings; a new run says so in a line.

    Raises ValueError for `--fresh`, `--start` and another shape where there is a run that would go on.
    """
    if state:
        if options.fresh or options.start:
            raise run_is_there(options.run, "--fresh" if options.fresh else "--start")
        before, settings = _settings_of(state), _wished(_settings_of(state), options)
        other = [
            name for name in ("hidden", "layers", "fusion", "stem") if getattr(before, name) != getattr(settings, name)
        ]
        if other:
            raise ValueError(
                f"{options.run} holds a run of another shape ({', '.join(other)}): give another folder with --run."
            )
        return None, settings
    start = None if options.fresh else options.start or BUNDLED
    settings, what = _wished(_settings_from(start), options), "random weights"
    if start == BUNDLED and not _fit(settings, BUNDLED):
        start, settings = None, _wished(Settings(), options)
        what = "random weights: no bundled ones fit its settings"
    elif start is not None:
        what = f"the weights in {start}"
        if start == BUNDLED:
            what = f"the bundled weights, {from_here(BUNDLED)} (--fresh: random weights)"
        if made_by(_checkpoint_folder(start)).get("settings"):
            what += ", their losses and sizes"
    if int(os.environ.get("RANK", 0)) == 0:  # once, where torchrun starts several processes
        print(f"A new run in {options.run} begins with {what}.", flush=True)
    return start, settings


def _wished(settings: Settings, options: argparse.Namespace) -> Settings:
    """The settings, with what the command line says in their place. The model's own size is always trained on."""
    settings = wished(settings, options, _OPTIONS)
    if options.sizes:
        settings.sizes = _whole_numbers(options.sizes)
    if options.stem is not None:
        settings.stem = _channels(options.stem)
    if options.optimiser:
        settings.muon = options.optimiser == "muon"
    if settings.size not in settings.sizes:
        settings.sizes = (*settings.sizes, settings.size)
    settings.check()
    return settings


def _whole_numbers(text: str) -> tuple[int, ...]:
    try:
        sizes = tuple(int(word) for word in text.split(","))
    except ValueError:
        sizes = ()
    if not sizes or any(size < 64 or size % 32 for size in sizes):
        raise ValueError(f"--sizes is {text!r}: give multiples of 32 from 64 up, separated by commas, as 128,192,256.")
    return sizes


def _channels(text: str) -> tuple[int, ...]:
    try:
        channels = tuple(int(word) for word in text.split(",")) if text != "none" else ()
    except ValueError:
        channels = (0,)
    if len(channels) not in (0, 3) or any(number < 1 for number in channels):
        raise ValueError(f"--stem is {text!r}: give the channels of three maps, as 64,128,256, or none.")
    return channels


def main(arguments: list[str] | None = None) -> int:
    """The command line: see the top of this file."""
    parser = argparse.ArgumentParser(prog="python -m helpers.training", description=__doc__.splitlines()[0])
    parser.add_argument("action", nargs="?", choices=["train", "publish"], default="train")
    add_run_options(parser, run="runs/depth", minutes=60.0, workers=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument("--kinds", help="kinds of scene, separated by commas (default: all)")
    beginning = parser.add_mutually_exclusive_group()
    beginning.add_argument(
        "--start",
        help="folder of a checkpoint that a new run begins with, taking over its shape, losses and sizes "
        "(default: the bundled weights, if they fit)",
    )
    beginning.add_argument("--fresh", action="store_true", help="a new run begins with random weights")
    parser.add_argument("--real", help="folder of real pictures with depth to measure at each check")
    parser.add_argument("--check-minutes", type=positive, default=6.0)
    parser.add_argument("--check-scenes", type=at_least_zero, default=64, help="held-out scenes of a check, from 9000")
    parser.add_argument(
        "--to", default=str(from_here(BUNDLED)), help="publish: folder of the checkpoint (default: %(default)s)"
    )
    add_settings(parser, Settings(), _OPTIONS)
    parser.add_argument("--sizes", help="Settings.sizes: sides of the training pictures, separated by commas")
    parser.add_argument("--stem", help="Settings.stem: channels of its three maps, as 64,128,256; none: plain patches")
    parser.add_argument(
        "--calibrate", type=at_least_zero, default=400, help="publish: samples to measure a stem's statistics with"
    )
    parser.add_argument("--optimiser", choices=["muon", "adamw"])
    options = parser.parse_args(arguments)
    return exit_code(lambda: _work(options))


def _work(options: argparse.Namespace) -> None:
    if options.action == "publish":
        print(f"published: {from_here(publish(options.run, options.to, calibration=options.calibrate))}")
        return
    start, settings = _beginning(options, load_state(Path(options.run, "checkpoint.pt")))
    progress = train(
        options.run,
        options.minutes,
        settings,
        decay=options.decay,
        device=options.device,
        workers=options.workers,
        threads=options.threads,
        kinds=options.kinds.split(",") if options.kinds else None,
        start=start,
        check_minutes=options.check_minutes,
        check_scenes=options.check_scenes,
        real=options.real,
    )
    print(how_far(progress, "helpers.training", options.run))


if __name__ == "__main__":
    sys.exit(main())
