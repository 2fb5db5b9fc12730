"""Trains the small DPT that says what every pixel shows, on rendered scenes, and measures it on scenes held out.

    python -m helpers.segmentation_training --minutes 30              train, or go on with what runs/segmentation holds
    python -m helpers.segmentation_training --minutes 10 --decay 10   the last part: the learning rate falls to zero
    python -m helpers.segmentation_training --run runs/more --start helpers/weights/segmentation
                                                                      a new run, from a segmenter's own weights
    python -m helpers.segmentation_training publish                   put the weights into helpers/weights/segmentation
    python -m helpers.segmentation_training evaluate                  a table of figures on held-out scenes

A new run begins with the encoder and the neck of the bundled depth checkpoint, as far as they fit. With --start and the
folder of a segmenter it begins with all of that, and counts on from where its manifest says.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from helpers import checkpoints, checks, evaluation, scenes, steps, training_run
from helpers.architecture import small_config, square_processor, with_positions_for, without_unused
from helpers.arguments import at_least_one, positive
from helpers.augment import FIRST_SEED, Batch, SceneStream
from helpers.checkpoints import BUNDLED_SEGMENTER, CLASS_LOGITS
from helpers.files import from_here
from helpers.integrity import CheckpointError, read_json_object
from helpers.publishing import publish_checkpoint
from helpers.scenes import CLASSES
from helpers.segmentation import GRASPABLE, Segmenter, load_segmenter, predict_classes
from helpers.steps import Average, fast_bfloat16, fast_cpu
from helpers.training import made_by, progress_of
from helpers.training_run import Learner, Progress, Sitting, known_settings

if TYPE_CHECKING:
    from transformers import DPTForSemanticSegmentation

__all__ = [
    "Settings",
    "class_loss",
    "class_weights",
    "evaluate",
    "held_out_cases",
    "measure",
    "new_segmentation_model",
    "publish",
    "rows_baseline",
    "train",
]

NAME = "dpt-course-small-segmentation"
TRAINED_KINDS = ("tabletop", "tabletop", "room", "street", "landscape")
"""What training renders, in equal parts: table tops twice, as things to grasp lie there."""


@dataclass
class Settings:
    """Everything that decides a run."""

    hidden: int = 192
    layers: int = 6
    fusion: int = 32
    stem: tuple[int, ...] = (64, 128, 256)
    size: int = 256
    sizes: tuple[int, ...] = (128, 192, 256)
    size_weights: tuple[float, ...] = (3.0, 2.0, 2.0)
    pixels_per_batch: int = 16 * 128 * 128
    learning_rate: float = 5e-4
    warmup: int = 100
    average: float = 0.998
    reuse: int = 3

    def __post_init__(self) -> None:
        odds = self.size_weights
        if len(odds) != len(self.sizes) or min(odds) < 0 or not 0 < sum(odds) < math.inf:
            raise ValueError(f"size_weights are {self.size_weights}: give odds for each of the sizes {self.sizes}.")


_WEIGHTS = 0.5, 4.0  # the least and the most that a pixel of a class may count
_OPTIONS = ("pixels_per_batch", "learning_rate", "warmup", "reuse")

_SHAPE = ("hidden", "layers", "fusion", "stem", "size", "sizes", "size_weights")
"""What a new run takes over from the manifest of the segmenter that it begins with."""


class Case(NamedTuple):
    """A held-out scene. image: uint8 (H, W, 3). class_id: uint8 (H, W), an index into `helpers.scenes.CLASSES`."""

    kind: str
    image: np.ndarray
    class_id: np.ndarray


# The model


def new_segmentation_model(
    settings: Settings, start: str | os.PathLike[str] | None = None
) -> DPTForSemanticSegmentation:
    """A small DPT for the classes of the rendered scenes.

    start: the folder of a depth checkpoint; every tensor of its encoder and neck whose name and shape fit is taken
    over, and the encoder's layers beyond this model's are left out. The head begins at random, unless the folder holds
    a segmenter of the same classes, which is taken over whole.
    Raises FileNotFoundError where `start` holds no model.safetensors, CheckpointError for one that is damaged or knows
    other classes, ValueError for a segmenter of another shape.
    """
    from safetensors.torch import load_file
    from transformers import DPTForSemanticSegmentation

    config = small_config(settings.size, settings.hidden, settings.layers, settings.fusion, stem=settings.stem)
    if not settings.stem and settings.layers == 6:
        config.backbone_out_indices = [1, 3, 4, 5]  # two of them where a plain depth encoder of 8 layers has its taps
    config.id2label = dict(enumerate(CLASSES))
    config.label2id = {name: number for number, name in enumerate(CLASSES)}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = DPTForSemanticSegmentation(config)
    mine = model.state_dict()
    if start is not None:
        path = Path(start, "model.safetensors")
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing: give the folder of a checkpoint.")
        whole = _is_segmenter(start)
        checkpoints.check_checkpoint(path.parent, checkpoints.segmentation_task() if whole else None)
        theirs = {name: value.float() for name, value in load_file(path).items()}
        if not whole:
            theirs = {name: value for name, value in theirs.items() if not name.startswith("head.")}
        else:
            theirs = with_positions_for(theirs, settings.size)
            other = [name for name in mine if name not in theirs or theirs[name].shape != mine[name].shape]
            other += [name for name in theirs if name not in mine]
            if other:
                raise ValueError(f"{start} holds a segmenter of another shape than the settings ask for: {other[0]}.")
        mine |= {name: value for name, value in theirs.items() if name in mine and value.shape == mine[name].shape}
        model.load_state_dict(mine)
    return without_unused(model)


def _is_segmenter(start: str | os.PathLike[str] | None) -> bool:
    """Whether the folder holds a segmenter; CheckpointError where its classes are not those of the rendered scenes."""
    path = Path(start, "config.json") if start is not None else None
    config = read_json_object(path) if path is not None and path.is_file() else {}
    if "DPTForSemanticSegmentation" not in (config.get("architectures") or []):
        return False
    if config.get("id2label") != {str(number): name for number, name in enumerate(CLASSES)}:
        raise CheckpointError(f"{start} knows other classes than the rendered scenes: it cannot be trained on here.")
    return True


def prepare(model: DPTForSemanticSegmentation, device: str | torch.device = "cpu") -> DPTForSemanticSegmentation:
    """The same model ready to be trained, with logits of half the size: its last layer only enlarges them."""
    steps.prepare(model, device)
    model.head.head[-1].forward = lambda logits: logits
    return model


def class_weights(counts: np.ndarray) -> np.ndarray:
    """How much a pixel of each class counts, float32: the inverse root of the class's share, from 0.5 to 4.

    counts: pixels of each class, (classes,). A class of average share has weight 1, and so has one never seen.
    Raises ValueError for counts that are not a list of numbers of 0 or more.
    """
    counts = checks.numbers(counts, "counts")
    if counts.ndim != 1 or not (counts >= 0).all():
        raise ValueError(f"counts has shape {counts.shape}: give the number of pixels, 0 or more, of each class.")
    share = counts.astype(float) / max(float(np.sum(counts)), 1.0) * len(counts)
    weights = np.ones(len(share))
    weights[share > 0] = np.clip(share[share > 0] ** -0.5, *_WEIGHTS)
    return weights.astype(np.float32)


def class_loss(logits: torch.Tensor, classes: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Weighted cross-entropy of logits (N, C, H, W) with classes (N, S, S), looked up where the logits' pixels lie.

    DPT enlarges its logits with corners aligned: the first and the last pixel of a row stay where they are.
    """
    rows, columns = (
        torch.linspace(0, have - 1, want, device=classes.device).round().long()
        for have, want in zip(classes.shape[-2:], logits.shape[-2:], strict=True)
    )
    target = classes.long()[:, rows[:, None], columns]
    return functional.cross_entropy(logits.float(), target, weights)


# Training


def train(
    run: str | os.PathLike[str],
    minutes: float,
    settings: Settings | None = None,
    *,
    decay: float = 0.0,
    device: str = "cpu",
    workers: int = 1,
    threads: int | None = None,
    start: str | os.PathLike[str] | None = checkpoints.BUNDLED,
    save_minutes: float = 3.0,
    check_scenes: int = 32,
) -> Progress:
    """Trains for so many minutes in the folder `run`, or goes on where the run there stopped; returns how far it is.

    decay: minutes at the end over which the learning rate falls to zero. start: see `new_segmentation_model`; only a
    new run uses it, and counts on from a segmenter's own steps, so that it renders scenes that the segmenter has not
    seen. Every `save_minutes`, and at the end, the run is saved and measured on `check_scenes` held-out scenes. An
    interrupt or SIGTERM saves and ends the run. In `run`: checkpoint.pt, log.csv, checks.csv.
    Raises ValueError for settings that make no sense and a device that is not there, and what `new_segmentation_model`
    raises for `start`.
    """
    run, place = Path(run), training_run.usable_device(device)
    state = training_run.load_state(run / "checkpoint.pt", classes=True)
    settings = settings or (_settings_of(state) if state else Settings())
    training_run.check_steps(settings)
    fast_cpu(threads)
    progress = Progress(**state["progress"]) if state else _progress_of(start)
    learner = _learner(settings, state, start, place)
    run.mkdir(parents=True, exist_ok=True)
    weights = state["weights"] if state else torch.from_numpy(class_weights(_class_counts(200)))
    weights = weights.to(place)
    cases = list(held_out_cases(check_scenes, size=settings.size)) if check_scenes else []
    stream = SceneStream(
        settings.sizes,
        torch.tensor(settings.size_weights),
        pixels_per_batch=settings.pixels_per_batch,
        reuse=settings.reuse,
        kinds=TRAINED_KINDS,
        first_seed=FIRST_SEED + progress.scenes,
        truth="class_id",
    )
    sitting = Sitting(
        run, settings, progress, minutes, decay=decay, save_minutes=save_minutes, logged=("loss",), shown=("loss",)
    )

    def save() -> None:
        training_run.write_state(run / "checkpoint.pt", learner.state(settings, progress, weights=weights.cpu()))
        found = measure(_predictor(_segmenter(learner.average.model, settings)), cases)["all"] if cases else {}
        training_run.log_row(run / "checks.csv", {**asdict(progress), **found})
        said = ", ".join(f"{name} {value:.3f}" for name, value in found.items())
        sitting.say(f"{progress.minutes:.1f} min, step {progress.step}: {said}")

    with sitting.steps(training_run.loader(stream, workers, place)) as batches:
        for batch, rate in batches:
            loss = _step(learner.model, learner.optimiser, batch, weights, rate)
            learner.average.update(learner.model)
            sitting.took({"loss": loss}, "loss", len(batch.pixels), batch.scenes)
            if sitting.save_is_due():
                save()
        save()
    return progress


def _learner(
    settings: Settings, state: dict | None, start: str | os.PathLike[str] | None, place: torch.device
) -> Learner:
    """What is trained, ready to go on from `state`, or to begin."""
    model = new_segmentation_model(settings, None if state else start)
    if state:
        model.load_state_dict(state["model"])
    average = Average(model.to(place), settings.average)
    model = prepare(model, place).train()
    optimiser = _optimiser(model, settings.learning_rate)
    if state:
        average.model.load_state_dict(state["average"])
        average.steps = state["progress"]["step"]
        optimiser.load_state_dict(state["optimiser"])
    return Learner(model, average, optimiser)


def _progress_of(start: str | os.PathLike[str] | None) -> Progress:
    """How far the weights in `start` are: nowhere, unless they are a segmenter's."""
    return progress_of(start) if _is_segmenter(start) else Progress()


def _step(
    model: nn.Module, optimiser: torch.optim.Optimizer, batch: Batch, weights: torch.Tensor, rate: float
) -> float:
    pixels = batch.pixels.to(weights.device)
    logits = steps.forward(model, pixels, fast_bfloat16(weights.device)).logits
    loss = class_loss(logits, batch.target.to(weights.device), weights)
    loss.backward()
    norm = nn.utils.clip_grad_norm_([p for p in model.parameters() if p.grad is not None], 1.0)
    for group in optimiser.param_groups:
        group["lr"] = rate * group["factor"]
    if math.isfinite(float(norm)):
        optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return float(loss.detach())


def _optimiser(model: nn.Module, learning_rate: float) -> torch.optim.AdamW:
    # a head begins at random; the encoder knows most of what it needs
    rates = {"head": 2.0, "neck": 1.0, "dpt": 0.5}
    groups = steps.weight_groups(model, lambda name: rates[name.split(".")[0]])
    return steps.adamw([group for _, group in groups], learning_rate)


def _class_counts(count: int) -> np.ndarray:
    """Pixels of each class in the first `count` scenes that training renders, drawn small."""
    total = np.zeros(len(CLASSES), np.int64)
    for number in range(count):
        scene = scenes.render(FIRST_SEED + number, 64, 64, TRAINED_KINDS[number % len(TRAINED_KINDS)], plain=True)
        total += np.bincount(scene.class_id.ravel(), minlength=len(CLASSES))
    return total


def _settings_of(state: dict) -> Settings:
    return known_settings(Settings, state["settings"])


def _settings_from(start: str | os.PathLike[str]) -> Settings:
    """Settings of a new run that begins with these weights: a segmenter's own shape and sizes, the rest as always."""
    made = made_by(start).get("settings", {}) if _is_segmenter(start) else {}
    return known_settings(Settings, {name: made[name] for name in _SHAPE if name in made})


def _segmenter(model: DPTForSemanticSegmentation, settings: Settings) -> Segmenter:
    card = checkpoints.Card(NAME, "", "", "MIT", CLASS_LOGITS, "")
    return Segmenter(square_processor(settings.size), model.eval(), card, CLASSES)


# Measuring


def held_out_cases(count: int, *, first: int = 0, size: int = 256) -> Iterator[Case]:
    """The pictures and classes of `evaluation.held_out_scenes`, which see."""
    for scene in evaluation.held_out_scenes(count, first=first, size=size):
        yield Case(scene.kind, scene.image, scene.class_id)


def measure(predict: Callable[[np.ndarray], np.ndarray], cases: Iterable[Case]) -> dict[str, dict[str, float]]:
    """The figures of a way to predict classes, over all pixels of the cases: for "all" and for each kind of scene.

    predict: from a picture, uint8 (H, W, 3), to classes (H, W). accuracy: share of pixels that are right. mean_iou:
    intersection over union, mean over the classes that occur in the truth. graspable_iou, graspable_precision and
    graspable_recall: of the classes `GRASPABLE` taken together against the rest; NaN where neither has any.
    Raises ValueError for a prediction of another shape than its picture, or of anything but whole numbers of classes.
    """
    confusions = _confusions(predict, cases)
    return {kind: _figures(confusion) for kind, confusion in confusions.items()}


def _confusions(predict: Callable[[np.ndarray], np.ndarray], cases: Iterable[Case]) -> dict[str, np.ndarray]:
    """Pixels by true class (rows) and predicted class (columns): for "all" and for each kind of scene."""
    count, confusions = len(CLASSES), {"all": np.zeros((len(CLASSES),) * 2, np.int64)}
    for case in cases:
        said = checks.numbers(predict(case.image), "the prediction", checks.BOOL + checks.REAL)
        if said.shape != case.class_id.shape:
            raise ValueError(f"the prediction has shape {said.shape}, the truth {case.class_id.shape}.")
        if not np.isin(said, np.arange(count)).all():
            raise ValueError(f"the prediction holds other values than the classes' numbers: give 0 to {count - 1}.")
        pairs = case.class_id.astype(np.int64).ravel() * count + said.astype(np.int64).ravel()
        found = np.bincount(pairs, minlength=count**2).reshape(count, count)
        confusions["all"] += found
        confusions[case.kind] = confusions.get(case.kind, 0) + found
    return confusions


def _figures(confusion: np.ndarray) -> dict[str, float]:
    true, said, right = confusion.sum(axis=1), confusion.sum(axis=0), np.diag(confusion)
    present = true > 0
    grasp = np.isin(CLASSES, GRASPABLE)
    both, grasp_true, grasp_said = confusion[np.ix_(grasp, grasp)].sum(), true[grasp].sum(), said[grasp].sum()
    return {
        "accuracy": _ratio(right.sum(), confusion.sum()),
        "mean_iou": float(np.mean(right[present] / (true + said - right)[present])) if present.any() else math.nan,
        "graspable_iou": _ratio(both, grasp_true + grasp_said - both),
        "graspable_precision": _ratio(both, grasp_said),
        "graspable_recall": _ratio(both, grasp_true),
    }


def _ratio(part: int, whole: int) -> float:
    return float(part / whole) if whole else math.nan


def _predictor(segmenter: Segmenter) -> Callable[[np.ndarray], np.ndarray]:
    return lambda image: predict_classes(segmenter, Image.fromarray(image))


def rows_baseline(count: int = 400, rows: int = 64) -> Callable[[np.ndarray], np.ndarray]:
    """What looking at no picture gives: at each height of the picture the class that is most frequent there.

    count: how many scenes of the training are counted. Pass what this returns to `measure`.
    """
    counts = np.zeros((rows, len(CLASSES)), np.int64)
    for number in range(count):
        kind = scenes.KINDS[number % len(scenes.KINDS)]
        class_id = scenes.render(FIRST_SEED + number, rows, rows, kind, plain=True).class_id
        for row in range(rows):
            counts[row] += np.bincount(class_id[row], minlength=len(CLASSES))
    most = counts.argmax(axis=1)

    def predict(image: np.ndarray) -> np.ndarray:
        height, width = image.shape[:2]
        return np.repeat(most[np.arange(height) * rows // height][:, None], width, axis=1)

    return predict


_SHOWN = {
    "accuracy": "pixels right",
    "mean_iou": "mean IoU",
    "graspable_iou": "graspable IoU",
    "graspable_precision": "precision",
    "graspable_recall": "recall",
}


_EVALUATED_FIRST = 5000  # scenes that no check of a run measures


def evaluate(checkpoint: str | os.PathLike[str] | None = None, count: int = 200) -> str:
    """Two tables in Markdown for a segmenter of the rendered scenes' classes: by kind of scene, and by class.

    checkpoint: as `load_segmenter` takes it. Behind each slash stands the baseline, `rows_baseline`.
    Raises ValueError for a checkpoint with other classes or scenes that are not held out.
    """
    segmenter = load_segmenter(checkpoint)
    if segmenter.classes != CLASSES:
        raise ValueError(f"{segmenter.card.name} knows other classes than the rendered scenes: it cannot be measured.")
    cases = list(held_out_cases(count, first=_EVALUATED_FIRST))
    confusions = _confusions(_predictor(segmenter), cases)
    base = measure(rows_baseline(), cases)
    lines = [
        f"| {count} scenes | " + " | ".join(_SHOWN.values()) + " |",
        "| --- |" + " ---: |" * len(_SHOWN),
    ]
    for kind, confusion in confusions.items():
        found = _figures(confusion)
        cells = [f"{_percent(found[name])} / {_percent(base[kind][name])}" for name in _SHOWN]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    total = confusions["all"]
    true, said, right = total.sum(axis=1), total.sum(axis=0), np.diag(total)
    lines += ["", "| class | share of pixels | IoU |", "| --- | ---: | ---: |"]
    for number in np.argsort(-true):
        if true[number]:
            iou = right[number] / (true[number] + said[number] - right[number])
            lines.append(f"| {CLASSES[number]} | {100 * true[number] / true.sum():.2f} % | {_percent(iou)} |")
    return "\n".join(lines)


def _percent(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.1f} %"


# Publishing


def publish(run: str | os.PathLike[str], folder: str | os.PathLike[str] = BUNDLED_SEGMENTER) -> Path:
    """Puts the run's averaged weights into `folder` as a checkpoint that `from_pretrained` loads; returns the folder.

    The whole folder changes at once: what was there, or all of the new one. Other files in it, such as the model card,
    stay. Weights are stored as float16. Raises FileNotFoundError where the run has no checkpoint.
    """
    state = training_run.saved_state(run, classes=True)
    settings, progress = _settings_of(state), Progress(**state["progress"])
    model = new_segmentation_model(settings)
    model.load_state_dict(state["average"])
    _fit_float16(model)
    manifest = {
        "name": NAME,
        "revision": f"step-{progress.step}",
        "licence": "MIT",
        "meaning": CLASS_LOGITS,
        "training": training_run.told(progress, settings),
    }
    return publish_checkpoint(folder, model, square_processor(settings.size), manifest)


@torch.no_grad()
def _fit_float16(model: DPTForSemanticSegmentation, most: float = 1000.0) -> None:
    """Scales the head's convolution so that no variance of the normalisation behind it exceeds `most`.

    The normalisation undoes the scale, so the model says the same; float16 ends at 65504, and variances may not.
    """
    convolution, normalisation = model.head.head[0], model.head.head[1]
    scale = (normalisation.running_var / most).sqrt().clamp(min=1.0)
    convolution.weight /= scale[:, None, None, None]
    normalisation.running_mean /= scale
    normalisation.running_var /= scale**2


def _odds(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f"--size-weights is {text!r}: give numbers separated by commas, as 3,2,2.") from None


def main(arguments: list[str] | None = None) -> int:
    """The command line: see the top of this file."""
    parser = argparse.ArgumentParser(prog="python -m helpers.segmentation_training", description=__doc__.split("\n")[0])
    parser.add_argument("action", nargs="?", choices=["train", "publish", "evaluate"], default="train")
    training_run.add_run_options(parser, run="runs/segmentation", minutes=30.0, workers=1)
    parser.add_argument("--save-minutes", type=positive, default=3.0, help="how often to save and measure")
    training_run.add_settings(parser, Settings(), _OPTIONS)
    parser.add_argument("--size-weights", help="the odds of each size in Settings.sizes, separated by commas")
    parser.add_argument("--start", help="checkpoint that a new run begins with (default: the bundled one for depth)")
    parser.add_argument("--to", default=str(from_here(BUNDLED_SEGMENTER)), help="publish: folder of the checkpoint")
    parser.add_argument("--checkpoint", help="evaluate: folder of a checkpoint (default: the bundled one)")
    parser.add_argument("--scenes", type=at_least_one, default=200, help="evaluate: how many held-out scenes")
    options = parser.parse_args(arguments)
    return training_run.exit_code(lambda: _work(options))


def _work(options: argparse.Namespace) -> None:
    if options.action == "publish":
        print(f"published: {from_here(publish(options.run, options.to))}")
        return
    if options.action == "evaluate":
        print(evaluate(options.checkpoint, options.scenes))
        return
    state = training_run.load_state(Path(options.run, "checkpoint.pt"), classes=True)
    if state and options.start:
        raise training_run.run_is_there(options.run, "--start")
    start = options.start or checkpoints.BUNDLED
    settings = training_run.wished(_settings_of(state) if state else _settings_from(start), options, _OPTIONS)
    if options.size_weights:
        settings = replace(settings, size_weights=_odds(options.size_weights))
    progress = train(
        options.run,
        options.minutes,
        settings,
        decay=options.decay,
        device=options.device,
        workers=options.workers,
        threads=options.threads,
        start=start,
        save_minutes=options.save_minutes,
    )
    print(training_run.how_far(progress, "helpers.segmentation_training", options.run))


if __name__ == "__main__":
    sys.exit(main())
