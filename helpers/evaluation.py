"""How good a checkpoint is: on held-out rendered scenes, and on a folder of real pictures with measured depth.

    python -m helpers.evaluation --scenes 500 --real FOLDER --out out/evaluation [--checkpoint X]

Protocol, as in MiDaS (Ranftl et al. 2020) and Table 1 of the DPT paper: the prediction is resized to the picture's
size, its scale and shift are fitted by least squares in inverse depth, it is clamped to 1 / cap and inverted, and
depths are compared. Rendered scenes are capped at 80 m outdoors and 10 m indoors, and truth beyond the cap is left out.
Beside every figure stands that of the better of two predictions that look at no picture: what is lower is nearer
(row ramp), and all is equally far (constant).

A folder of real pictures holds, for each picture, NAME.png or NAME.jpg; NAME.npy, float (height, width), depth in
metres, NaN or inf where nothing was measured; and NAME.json with {"cap": 10}, the largest depth in metres, and
"kind": "inverse" where NAME.npy holds inverse depth of unknown scale and shift, which is only ranked and correlated.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageDraw

from helpers import checks, metrics
from helpers.files import atomic_path, atomic_write
from helpers.images import decode_image
from helpers.scenes import CAPS, Scene

__all__ = [
    "CAPS",
    "HELD_OUT",
    "Case",
    "EvaluationError",
    "bootstrap_interval",
    "boundary_scores",
    "evaluate",
    "held_out_scenes",
    "markdown_table",
    "mean_of",
    "measure",
    "measure_baselines",
    "picture_sheet",
    "real_cases",
    "rendered_cases",
    "summary",
    "write_report",
]

HELD_OUT = 10_000
"""Scenes 0 to HELD_OUT - 1 are never trained on."""

_SHEET_HEIGHT = 150  # of each picture on the sheet, in pixels
_SHOWN = {
    "bad_delta125": "delta > 1.25, %",
    "delta1": "delta1",
    "abs_rel": "abs_rel",
    "rmse": "rmse, m",
    "spearman": "rank correlation",
    "boundary_f1": "boundary F1",
}
_PROTOCOL = (
    "MiDaS protocol: scale and shift by least squares in inverse depth, clamped to 1 / cap, compared as depth. "
    "Rendered scenes: cap 80 m outdoors, 10 m indoors, truth beyond the cap left out. "
    "Mean [95 % bootstrap interval] / mean of the better of row ramp and constant (rank correlation: of the row ramp)."
)


class EvaluationError(ValueError):
    """A folder of real pictures, or a wish, that cannot be evaluated; says what is wrong and what to do."""


@dataclass(frozen=True)
class Case:
    """One picture and its truth.

    image: uint8 (H, W, 3). inverse: float64 (H, W) true inverse depth, NaN where it does not count. metric: whether
    inverse is 1 / metres; otherwise its scale and shift are unknown. cap: largest depth in metres.
    """

    name: str
    kind: str
    image: np.ndarray
    inverse: np.ndarray
    metric: bool
    cap: float

    @property
    def depth(self) -> np.ndarray:
        """(H, W) metres, NaN where it does not count."""
        return 1.0 / self.inverse


def held_out_scenes(
    count: int, *, size: int = 256, kinds: Sequence[str] | None = None, first: int = 0
) -> Iterator[Scene]:
    """Held-out scenes first, first + 1, ...: the kinds in turn, shapes of photographs, about size^2 pixels each.

    Raises EvaluationError where a scene of this number may have been trained on, and for none; ValueError for a size
    that is not positive.
    """
    from helpers import scenes

    kinds = tuple(kinds or scenes.KINDS)
    whole = checks.whole(first) and checks.whole(count)
    if not whole or first < 0 or count < 1 or first + count > HELD_OUT:
        raise EvaluationError(
            f"{count!r} scenes from {first!r} on: only 0 to {HELD_OUT - 1} are held out, one at least."
        )
    checks.positive(size, "size", "pixels")
    for seed in range(first, first + count):
        kind = kinds[seed % len(kinds)]
        aspect = float(np.random.default_rng([seed, 11]).choice([1.0, 4 / 3, 4 / 3, 3 / 2, 16 / 9, 3 / 4]))
        yield scenes.render(seed, round(size * aspect**0.5), round(size / aspect**0.5), kind)


def rendered_cases(
    count: int, *, size: int = 256, kinds: Sequence[str] | None = None, first: int = 0
) -> Iterator[Case]:
    """Those of `held_out_scenes` of which a twentieth or more lies nearer than their kind's cap."""
    for scene in held_out_scenes(count, size=size, kinds=kinds, first=first):
        cap = CAPS[scene.kind]
        inverse = np.where(scene.depth <= cap, 1.0 / scene.depth.astype(np.float64), np.nan)
        if np.isfinite(inverse).mean() >= 0.05:
            yield Case(f"{scene.kind}-{scene.seed:04d}", scene.kind, scene.image, inverse, True, cap)


def real_cases(folder: str | Path) -> Iterator[Case]:
    """The real pictures of a folder, in the form that the top of this file describes.

    Raises EvaluationError for a folder without any, a truth without a picture or of another size,
    and a file that cannot be read.
    """
    folder = Path(folder)
    truths = sorted(folder.glob("*.npy"))
    if not truths:
        raise EvaluationError(
            f"{folder} holds no NAME.npy: see the top of helpers/evaluation.py for what it must hold."
        )
    for path in truths:
        pictures = [
            path.with_suffix(ending) for ending in (".png", ".jpg", ".jpeg") if path.with_suffix(ending).is_file()
        ]
        if not pictures:
            raise EvaluationError(f"{path} has no picture beside it: add {path.stem}.png or {path.stem}.jpg.")
        notes = path.with_suffix(".json")
        metric, cap = _notes_of(notes)
        image = _read(pictures[0], _decoded)
        values = _read(path, lambda file: np.load(file, allow_pickle=False).astype(np.float64, casting="same_kind"))
        if values.shape != image.shape[:2]:
            raise EvaluationError(f"{path} has shape {values.shape}, its picture {image.shape[:2]}: they must agree.")
        with np.errstate(divide="ignore", invalid="ignore"):
            usable = np.isfinite(values) & (values > 0) if metric else np.isfinite(values)
            values = np.where(usable, 1.0 / values if metric else values, np.nan)
        near = usable & (values >= 1.0 / cap) if metric else usable
        if np.unique(values[near]).size < 2:
            raise EvaluationError(f"{path} has no two different values that count: nothing can be fitted to it.")
        yield Case(path.stem, "real", image, values, metric, cap)


def _decoded(file: BinaryIO) -> np.ndarray:
    return np.array(decode_image(file.read(), "it"))  # as the notebooks and `make run` see the same file


def _read(path: Path, decode: Callable[[BinaryIO], np.ndarray]) -> np.ndarray:
    try:
        with path.open("rb") as file:
            return decode(file)
    except Exception as error:  # decoders of damaged files raise all sorts of things
        said = " ".join(str(error).split()) or type(error).__name__
        raise EvaluationError(f"{path} cannot be read ({said}).") from None


def _notes_of(path: Path) -> tuple[bool, float]:
    """What the JSON file beside a truth says: whether it is in metres, and the cap. Raises EvaluationError."""
    try:
        about = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        kind, cap = about.get("kind", "depth"), about.get("cap", 80.0)
        if kind not in ("depth", "inverse") or isinstance(cap, bool) or not 0 < cap < math.inf:
            raise ValueError
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise EvaluationError(
            f'{path} must be a JSON object: "kind" is "depth" or "inverse", "cap" a number of metres above 0.'
        ) from None
    return kind == "depth", float(cap)


def measure_baselines(case: Case) -> dict[str, float]:
    """What looking at no picture gives: ramp_spearman, the row ramp's rank correlation with the truth, and for metric
    truth baseline_...: the figures of `metrics.evaluate_relative` for the better of row ramp and constant."""
    result = {"ramp_spearman": metrics.spearman(metrics.row_ramp(case.inverse.shape), case.inverse)}
    if case.metric:
        _, baseline = metrics.better_baseline(case.depth, cap=case.cap)
        result |= {f"baseline_{name}": value for name, value in baseline.items()}
    return result


def measure(case: Case, inverse_depth: np.ndarray) -> dict[str, float]:
    """All figures of one predicted inverse depth (H, W), larger is nearer.

    scale: the fitted scale; negative where near and far are exchanged. spearman: rank correlation with the truth. For
    metric truth also what `metrics.evaluate_relative` gives, and boundary precision, recall and F1. Raises ValueError
    as `metrics.evaluate_relative` does.
    """
    scale, _ = metrics.align_scale_shift(inverse_depth, case.inverse)
    result = {"scale": scale, "spearman": metrics.spearman(inverse_depth, case.inverse)}
    if case.metric:
        depth = case.depth
        result |= metrics.evaluate_relative(inverse_depth, depth, cap=case.cap)
        aligned = metrics.align_to_depth(inverse_depth, depth, cap=case.cap)
        # where the truth is not known any prediction is allowed, even one of no depth at all
        result |= boundary_scores(np.where(np.isnan(depth), np.nan, aligned), depth)
    return result


def boundary_scores(
    depth: np.ndarray, truth: np.ndarray, thresholds: Sequence[float] | None = None
) -> dict[str, float]:
    """Precision, recall and F1 of depth's borders, 0 to 1, averaged over thresholds, larger ones counting more.

    A border lies between two neighbouring pixels (right or below) whose depths differ by more than the factor
    `threshold`, with a direction: which side is nearer. It is found where the prediction has a border of the same
    direction at the same place. depth, truth: (H, W) metres; pairs with NaN in truth do not count. At a threshold at
    which only one of the two has borders all three are 0; one at which neither has any is left out; NaN where all are.
    thresholds: default 1.05 to 1.25 in ten steps.
    Raises ValueError for shapes that differ or are not (H, W), depth or truth that is zero or negative, and thresholds
    that are not a list of numbers above 1.
    Source: Bochkovskii et al., Depth Pro, 2024, and its code, which averages over the four directions; here they count
    together, so that each border counts once.
    """
    depth, truth = checks.depth_map(depth), checks.depth_map(truth, "truth")
    if depth.shape != truth.shape:
        raise ValueError(f"depth has shape {depth.shape}, truth {truth.shape}: resize the depth to the truth's size.")
    thresholds = checks.numbers(np.linspace(1.05, 1.25, 10) if thresholds is None else thresholds, "thresholds")
    if thresholds.ndim != 1 or not (np.isfinite(thresholds) & (thresholds > 1)).all():
        raise ValueError(f"thresholds is {thresholds.tolist()}: give a list of factors above 1, such as [1.05, 1.25].")
    pairs_depth, pairs_truth = [], []
    for axis in (0, 1):
        truth_ratio, ratio = (np.diff(np.log(values.astype(np.float64)), axis=axis) for values in (truth, depth))
        valid = np.isfinite(truth_ratio)
        pairs_truth.append(truth_ratio[valid])
        pairs_depth.append(ratio[valid])
    true_ratio, ratio = np.concatenate(pairs_truth), np.concatenate(pairs_depth)
    sums, total = np.zeros(3), 0.0
    for threshold in thresholds:
        limit = math.log(threshold)
        true_borders, borders = np.abs(true_ratio) > limit, np.abs(ratio) > limit
        if not true_borders.any() and not borders.any():
            continue
        hits = float((true_borders & borders & (np.sign(true_ratio) == np.sign(ratio))).sum())
        precision, recall = hits / max(1, borders.sum()), hits / max(1, true_borders.sum())
        f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
        sums += threshold * np.array([precision, recall, f1])
        total += threshold
    precision, recall, f1 = sums / total if total else np.full(3, math.nan)
    return {"boundary_precision": float(precision), "boundary_recall": float(recall), "boundary_f1": float(f1)}


def mean_of(results: Sequence[dict[str, float]]) -> dict[str, float]:
    """The mean of each figure over the results that have it."""
    names = dict.fromkeys(name for result in results for name in result)
    means = {}
    for name in names:
        values = np.array([result[name] for result in results if name in result], float)
        values = values[np.isfinite(values)]
        means[name] = float(values.mean()) if values.size else math.nan
    return means


def bootstrap_interval(values: Sequence[float], *, draws: int = 2000, seed: int = 0) -> tuple[float, float]:
    """The 95 % interval of the mean, by drawing the pictures again with replacement (percentile method).

    Values that are NaN are left out; (NaN, NaN) where none is left. Raises ValueError for values that are no numbers,
    and draws below 1 or a seed below 0 or either no whole number. Source: Efron, Bootstrap Methods, 1979.
    """
    values = checks.numbers(values, "values").astype(float)
    values = values[np.isfinite(values)]
    draws, seed = checks.count(draws, "draws"), checks.count(seed, "seed", 0)
    if not values.size:
        return math.nan, math.nan
    drawn = np.random.default_rng(seed).integers(values.size, size=(draws, values.size))
    low, high = np.quantile(values[drawn].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def picture_sheet(rows: Sequence[tuple[Case, np.ndarray, dict[str, float]]]) -> Image.Image:
    """A sheet of picture, true and predicted inverse depth, yellow near and dark far, the same scale; two cases a line.

    rows: as `evaluate` returns them. Raises EvaluationError for anything else, and for none.
    """
    from matplotlib import colormaps

    tiles, height, rows = [], _SHEET_HEIGHT, checks.listed(rows, "rows")
    if not all(isinstance(row, tuple) and len(row) == 3 and isinstance(row[0], Case) for row in rows):
        raise EvaluationError("a row must be a Case, its predicted inverse depth and its figures, as evaluate returns.")
    for case, prediction, result in rows:
        scale, shift = metrics.align_scale_shift(prediction, case.inverse)
        low, high = np.nanpercentile(case.inverse, [1, 99])
        span = max(high - low, 1e-12)
        pictures = [case.image]
        for values in (case.inverse, scale * prediction + shift):
            colours = colormaps["inferno"](np.nan_to_num(np.clip((values - low) / span, 0, 1)), bytes=True)[..., :3]
            pictures.append(np.where(np.isfinite(values)[..., None], colours, 128).astype(np.uint8))
        width = max(1, round(height * case.image.shape[1] / case.image.shape[0]))
        width = min(width, 2 * height)
        tile = Image.new("RGB", (3 * width + 4, height + 14), "white")
        for number, picture in enumerate(pictures):
            tile.paste(
                Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR), (number * (width + 2), 14)
            )
        note = f"{case.name}  rank {result['spearman']:.2f}" + (" MIRRORED" if result["scale"] < 0 else "")
        if "bad_delta125" in result:
            note += f"  bad {result['bad_delta125']:.0f} % (baseline {result['baseline_bad_delta125']:.0f})"
        ImageDraw.Draw(tile).text((2, 1), note, fill="black")
        tiles.append(tile)
    if not tiles:
        raise EvaluationError("there is nothing to draw.")
    lines = [tiles[start : start + 2] for start in range(0, len(tiles), 2)]
    width = max(sum(tile.width + 6 for tile in line) for line in lines)
    sheet = Image.new("RGB", (width, len(lines) * (height + 20)), "white")
    for number, line in enumerate(lines):
        left = 0
        for tile in line:
            sheet.paste(tile, (left, number * (height + 20)))
            left += tile.width + 6
    return sheet


def evaluate(
    predict: Callable[[Image.Image], np.ndarray],
    scenes: int,
    *,
    real: str | Path | None = None,
    size: int = 384,
    progress: bool = True,
) -> list[tuple[Case, np.ndarray, dict[str, float]]]:
    """Each case with its predicted inverse depth and its figures: held-out scenes first, then real pictures.

    predict: RGB picture -> inverse depth (H, W) of the same size. scenes: how many, 0 for none; about size^2 pixels
    each. Raises EvaluationError where there is nothing to evaluate.
    """
    from itertools import chain

    from tqdm.auto import tqdm

    photographs = list(real_cases(real)) if real else []
    if scenes + len(photographs) < 1:
        raise EvaluationError("there is nothing to evaluate: ask for scenes, or give a folder of real pictures.")
    cases = chain(rendered_cases(scenes, size=size) if scenes else (), photographs)
    results = []
    for case in tqdm(cases, total=scenes + len(photographs), unit="picture", disable=not progress):
        inverse_depth = predict(Image.fromarray(case.image))
        results.append((case, inverse_depth, measure(case, inverse_depth) | measure_baselines(case)))
    return results


def summary(results: Sequence[tuple[Case, np.ndarray, dict[str, float]]]) -> dict[str, dict[str, Any]]:
    """For each kind, and for all rendered and all real pictures: how many, and each figure's mean and 95 % interval.

    Also `positive_scale`, the fraction of pictures whose fitted scale is positive, and `beats_ramp`, the fraction that
    is ranked better than by the row ramp.
    """
    groups: dict[str, list[dict[str, float]]] = {}
    for case, _, result in results:
        groups.setdefault("real" if case.kind == "real" else "rendered", []).append(result)
    for case, _, result in results:
        if case.kind != "real":
            groups.setdefault(case.kind, []).append(result)
    summarised: dict[str, dict[str, Any]] = {}
    for group, rows in groups.items():
        summarised[group] = {
            "pictures": len(rows),
            "positive_scale": float(np.mean([row["scale"] > 0 for row in rows])),
            "beats_ramp": float(np.mean([row["spearman"] > row["ramp_spearman"] for row in rows])),
        }
        for name, mean in mean_of(rows).items():
            if name == "scale":  # its size depends on the scene's size: only its sign means something
                continue
            low, high = bootstrap_interval([row[name] for row in rows if name in row])
            summarised[group][name] = {"mean": mean, "low": low, "high": high}
    return summarised


def markdown_table(summarised: dict[str, dict[str, Any]]) -> str:
    """The summary as a Markdown table: mean [95 % interval], the better baseline's mean behind a slash."""
    lines = [
        "| pictures | n | positive scale | " + " | ".join(_SHOWN.values()) + " |",
        "| --- |" + " ---: |" * (len(_SHOWN) + 2),
    ]
    for group, figures in summarised.items():
        pictures = figures["pictures"]
        # counts, not percent: no mirrored picture is rounded away
        cells = [group, str(pictures), f"{round(figures['positive_scale'] * pictures)} of {pictures}"]
        for name in _SHOWN:
            figure = figures.get(name)
            if figure is None or not math.isfinite(figure["mean"]):
                cells.append("-")
                continue
            cell = f"{figure['mean']:.3g} [{figure['low']:.3g}, {figure['high']:.3g}]"
            other = figures.get("ramp_spearman" if name == "spearman" else f"baseline_{name}")
            cells.append(f"{cell} / {other['mean']:.3g}" if other else cell)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def write_report(
    results: Sequence[tuple[Case, np.ndarray, dict[str, float]]], folder: str | Path, about: dict[str, Any]
) -> list[Path]:
    """Writes results.json, results.md and the sheets best/median/worst (and real) into `folder`; returns their paths.

    about: what was evaluated, written at the head of both. Every file is whole or absent.
    """
    folder, summarised = Path(folder), summary(results)
    cases = [{"name": case.name, "kind": case.kind, "cap": case.cap, **result} for case, _, result in results]
    document = {"about": about, "protocol": _PROTOCOL, "summary": summarised, "cases": cases}
    written = [
        atomic_write(folder / "results.json", json.dumps(_without_nan(document), indent=1) + "\n"),
        atomic_write(
            folder / "results.md",
            "\n".join(f"- {name}: {value}" for name, value in about.items())
            + f"\n\n{_PROTOCOL}\n\n{markdown_table(summarised)}",
        ),
    ]
    rendered = sorted((row for row in results if row[0].kind != "real"), key=lambda row: row[2]["bad_delta125"])
    middle = max(0, len(rendered) // 2 - 4)
    sheets = {
        "best": rendered[:8],
        "median": rendered[middle : middle + 8],
        "worst": rendered[-8:],
        "real": [row for row in results if row[0].kind == "real"],
    }
    for name, rows in sheets.items():
        if rows:
            path = folder / f"{name}.jpg"
            with atomic_path(path) as partial:
                picture_sheet(rows).save(partial, quality=88)
            written.append(path)
    return written


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nan(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def main(arguments: list[str] | None = None) -> int:
    """The command line: see the top of this file."""
    parser = argparse.ArgumentParser(prog="python -m helpers.evaluation", description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=500, help="held-out rendered scenes (default: %(default)s)")
    parser.add_argument("--size", type=int, default=384, help="about size x size pixels each (default: %(default)s)")
    parser.add_argument("--real", help="folder of real pictures: NAME.png, NAME.npy, NAME.json")
    parser.add_argument("--out", default="out/evaluation", help="folder for the report (default: %(default)s)")
    parser.add_argument("--checkpoint", help="a folder or a Hub id (default: $DPT_CHECKPOINT or the bundled one)")
    options = parser.parse_args(arguments)
    from helpers.checkpoints import callers_checkpoint, load_dpt
    from helpers.depth import predict_inverse_depth

    try:
        Path(options.out).mkdir(parents=True, exist_ok=True)  # what cannot be written is better known at once
        dpt = load_dpt(options.checkpoint or callers_checkpoint())
        results = evaluate(
            lambda image: predict_inverse_depth(dpt, image), options.scenes, real=options.real, size=options.size
        )
        card = dpt.card
        about = {"checkpoint": card.name, "revision": card.revision, "sha256": card.sha256}
        paths = write_report(results, options.out, about | {"scenes": options.scenes, "size": options.size})
    except (ValueError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted: the report is missing or incomplete.", file=sys.stderr)
        return 130
    print(markdown_table(summary(results)))
    print("written: " + ", ".join(str(path) for path in paths))
    return 0


if __name__ == "__main__":
    sys.exit(main())
