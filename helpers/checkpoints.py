"""Where weights come from: a checkpoint that ships with the course, a folder, or the Hub.

`load_dpt` gives the right weights or one clear error; nothing that fails a check is ever loaded. The same door serves
`helpers.segmentation.load_segmenter`.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.files import home_expanded
from helpers.integrity import (
    CheckpointError,
    check_weights_file,
    combined_sha256,
    read_json_object,
    sha256_of,
    shard_names,
)

if TYPE_CHECKING:
    import torch
    from transformers import DPTForDepthEstimation, DPTImageProcessorPil, PreTrainedModel

__all__ = [
    "BUNDLED",
    "BUNDLED_PLAIN",
    "BUNDLED_SEGMENTER",
    "CLASS_LOGITS",
    "LISTED",
    "LISTED_SEGMENTERS",
    "RELATIVE_INVERSE_DEPTH",
    "Card",
    "CheckpointError",
    "Dpt",
    "Listed",
    "Task",
    "check_checkpoint",
    "checkpoint_folder",
    "load_dpt",
    "load_for",
    "segmentation_task",
]

BUNDLED = Path(__file__).parent / "weights" / "depth"
BUNDLED_PLAIN = Path(__file__).parent / "weights" / "plain"
"""A smaller and weaker one, built as Intel/dpt-large is, without a convolutional stem: notebook 06 takes it apart."""
BUNDLED_SEGMENTER = Path(__file__).parent / "weights" / "segmentation"
RELATIVE_INVERSE_DEPTH = "relative inverse depth, larger is nearer, no unit"
CLASS_LOGITS = "one number for each class and pixel: the largest names the class"
_OF_EACH_PICTURE = f"{RELATIVE_INVERSE_DEPTH}; scale and shift differ from picture to picture"
_UNSTATED_MEANING = f"not stated; DPT models for depth usually give {_OF_EACH_PICTURE}"
_UNSTATED_LICENCE = "not stated"

# The first fusion layer has no second input, so its residual_layer1 never runs: Intel/dpt-large has no such tensors.
_NEVER_USED = re.compile(r"neck\.fusion_stage\.layers\.0\.residual_layer1\.")
_HUB_ID = re.compile(r"(?P<id>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(@(?P<revision>[\w][\w./-]*))?")


@dataclass(frozen=True)
class Listed:
    """A checkpoint on the Hub that the course knows: its pinned revision, its licence and what its numbers mean.

    pickle: it has no safetensors file, so its pickle is read, with `weights_only`.
    """

    revision: str
    licence: str
    meaning: str = _OF_EACH_PICTURE
    pickle: bool = False


LISTED = {
    "Intel/dpt-large": Listed("bc15f29aa3a80d532f2ed650b5e16ac48d8958f9", "Apache-2.0"),
    "Intel/dpt-hybrid-midas": Listed("11eaf7a1cf4bd70740697dbc216f98980c0aeb03", "Apache-2.0", pickle=True),
    "Intel/dpt-swinv2-tiny-256": Listed("f7f350e1a10a5ea58671b68ab5f49dc18ec00483", "MIT"),
}
LISTED_SEGMENTERS = {
    "Intel/dpt-large-ade": Listed("5ca59e2439c8340340eafccba2377816903f444a", "Apache-2.0", CLASS_LOGITS, pickle=True),
}


@dataclass(frozen=True)
class Card:
    """What is known about a checkpoint.

    name: a word or a Hub id. revision: a version or a Hub commit, "" where there is none. sha256: of the weights file,
    or of a `sha256  name` list where there are several. meaning: of the model's output. source: a folder or a Hub id.
    """

    name: str
    revision: str
    sha256: str
    licence: str
    meaning: str
    source: str


@dataclass(frozen=True)
class Dpt:
    """A model ready to predict, with the image processor that belongs to it and its card."""

    processor: DPTImageProcessorPil
    model: DPTForDepthEstimation
    card: Card


@dataclass(frozen=True)
class Task:
    """What a checkpoint is for, and so what is asked of it.

    architecture: the class of its model in transformers. purpose: a word for it. bundled: the folder of the one that
    ships. listed: the ids on the Hub that the course knows. example: one of them. meaning: of the output, where the
    checkpoint does not say. variable: the environment variable that names another one than the bundled. also: the
    folders of others that ship.
    """

    architecture: str
    purpose: str
    bundled: Path
    listed: Mapping[str, Listed]
    example: str
    meaning: str
    variable: str | None = None
    also: tuple[Path, ...] = ()


def _depth() -> Task:
    return Task(
        "DPTForDepthEstimation",
        "depth",
        BUNDLED,
        LISTED,
        "Intel/dpt-large",
        _UNSTATED_MEANING,
        "DPT_CHECKPOINT",
        also=(BUNDLED_PLAIN,),
    )


def segmentation_task() -> Task:
    """What `helpers.segmentation.load_segmenter` asks of a checkpoint."""
    return Task(
        "DPTForSemanticSegmentation",
        "semantic segmentation",
        BUNDLED_SEGMENTER,
        LISTED_SEGMENTERS,
        "Intel/dpt-large-ade",
        "not stated; DPT models for segmentation give " + CLASS_LOGITS,
    )


@dataclass(frozen=True)
class _Found:
    folder: Path
    card: Card
    pickle: bool = False


def load_dpt(
    checkpoint: str | os.PathLike[str] | None = None,
    *,
    device: str | torch.device | None = None,
    dtype: str | torch.dtype | None = None,
) -> Dpt:
    """Load a DPT for depth with its image processor, in evaluation mode.

    checkpoint: None for `$DPT_CHECKPOINT` or else the one that ships with the course; a folder (relative to the working
    folder, `~` is expanded); a Hub id such as "Intel/dpt-large", or "name/model@revision". An existing folder of that
    name wins over the Hub. Listed ids are pinned to a revision; any other id is resolved once and then kept, until
    `python -m helpers.checkpoints fetch` asks again.
    device: None for the first CUDA device, else the CPU. Others ("mps") only where you ask for them.
    dtype: float32 (default), bfloat16, or, on a GPU, float16.
    Raises CheckpointError (an OSError) naming what failed and what to do; ValueError for a wrong device or dtype.
    """
    return Dpt(*load_for(_depth(), checkpoint, device=device, dtype=dtype))


def load_for(
    task: Task,
    checkpoint: str | os.PathLike[str] | None = None,
    *,
    device: str | torch.device | None = None,
    dtype: str | torch.dtype | None = None,
) -> tuple[DPTImageProcessorPil, PreTrainedModel, Card]:
    """The image processor, the model in evaluation mode and the card of a checkpoint for any task: see `load_dpt`.

    Raises what `load_dpt` raises.
    """
    import torch

    place, kind = _device_and_dtype(device, dtype)
    model_class, processor_class = _import_dpt(task.architecture)
    found = _find(checkpoint, task)  # last, as it may download
    processor = _load_processor(found, processor_class)
    model = _load_model(found, model_class, kind)
    # On processors convolutions are faster with the channels of a pixel side by side; answers differ by rounding only.
    layout = {"memory_format": torch.channels_last} if place.type == "cpu" else {}
    try:
        model = model.to(place, **layout).eval()
    except RuntimeError as error:
        raise CheckpointError(
            f"{found.card.name} does not fit on device {str(place)!r} ({_first_line(error)}). Use device='cpu'."
        ) from error
    return processor, model, found.card


def check_checkpoint(checkpoint: str | os.PathLike[str] | None = None, task: Task | None = None) -> Card:
    """Make sure that a checkpoint is here and whole, without building the model; a Hub id is downloaded if need be.

    checkpoint: as `load_dpt` takes it. task: what it is for, depth unless another is given. Raises CheckpointError.
    """
    return _find(checkpoint, task or _depth()).card


def checkpoint_folder(checkpoint: str | os.PathLike[str] | None = None) -> Path:
    """The folder that holds a checked checkpoint: what `from_pretrained` of transformers wants.

    Takes what `load_dpt` takes. Raises CheckpointError.
    """
    return _find(checkpoint, _depth()).folder


def callers_checkpoint(environment: Mapping[str, str] | None = None) -> str | None:
    """What $DPT_CHECKPOINT names, or None; a path is that of the folder that make was called from ($DPT_CALLER)."""
    environment = os.environ if environment is None else environment
    name = environment.get("DPT_CHECKPOINT") or None
    if name is None:
        return None
    try:
        path = Path(environment.get("DPT_CALLER") or Path.cwd(), home_expanded(name))
        return str(path) if name.startswith((".", os.sep)) or path.exists() else name
    except (OSError, ValueError, RuntimeError):  # what can be no path
        return name


def _find(checkpoint: str | os.PathLike[str] | None, task: Task, *, newest: bool = False) -> _Found:
    if checkpoint is None or checkpoint == "":
        checkpoint = (os.environ.get(task.variable) if task.variable else None) or task.bundled
    text = os.fspath(checkpoint)
    if not isinstance(text, str) or "\0" in text:
        raise CheckpointError(f"{text!r} is no checkpoint: give a folder or a Hub id such as {task.example}.")
    folder = home_expanded(text)
    try:
        is_folder, is_there = folder.is_dir(), folder.exists()
    except OSError as error:  # a name that is too long, a folder above that may not be entered
        raise CheckpointError(f"{text[:100]} cannot be looked up ({error.strerror}). Check the name.") from None
    if is_folder:
        return _in_folder(folder, task)
    if is_there:
        raise CheckpointError(f"{text} is a file. Give the folder that holds config.json and model.safetensors.")
    if folder in (task.bundled, *task.also):
        raise CheckpointError(f"{text} is missing. {_RESTORE}")
    match = _HUB_ID.fullmatch(text) if isinstance(checkpoint, str) else None
    if match is None:
        raise CheckpointError(
            f"There is no folder {text!r} (looked from {os.getcwd()}), and it is no Hub id such as "
            f"{task.example}. Check the name."
        )
    return _on_hub(match["id"], match["revision"], task, newest)


_RESTORE = "Restore the course's files (`git checkout -- helpers/weights`) or install the course again."


def _in_folder(folder: Path, task: Task) -> _Found:
    shipped = folder.resolve() in [path.resolve() for path in (task.bundled, *task.also)]
    try:
        _check_config(folder, task)
        weights = _weights_in(folder, pickle=False)
        manifest = _check_manifest(folder, weights, required=shipped)
        for path in weights:
            check_weights_file(path)
        digests = {path.name: sha256_of(path) for path in weights}
    except CheckpointError as error:
        if shipped:
            raise CheckpointError(f"The checkpoint of the course is damaged: {error} {_RESTORE}") from None
        raise
    except OSError as error:
        raise CheckpointError(f"{error.filename or folder} cannot be read ({error.strerror}).") from None
    card = Card(
        name=str(manifest.get("name") or folder.resolve().name),
        revision=str(manifest.get("revision") or ""),
        sha256=combined_sha256(digests),
        licence=str(manifest.get("licence") or _UNSTATED_LICENCE),
        meaning=str(manifest.get("meaning") or task.meaning),
        source=str(folder),
    )
    return _Found(folder, card)


def _on_hub(name: str, revision: str | None, task: Task, newest: bool) -> _Found:
    from helpers import hub

    listed = task.listed.get(name)
    pickle = listed is not None and listed.pickle
    if revision is None and listed is not None:
        revision = listed.revision
    snapshot = hub.fetch(name, revision, pickle=pickle, newest=newest)
    _check_config(snapshot.folder, task)
    weights = _weights_in(snapshot.folder, pickle=pickle)
    for path in weights:
        check_weights_file(path)
    card = Card(
        name=name,
        revision=snapshot.revision,
        sha256=combined_sha256({path.name: snapshot.sha256[path.name] for path in weights}),
        licence=listed.licence if listed else f"{_UNSTATED_LICENCE} here; see the model's page on the Hub",
        meaning=listed.meaning if listed else task.meaning,
        source=name,
    )
    return _Found(snapshot.folder, card, pickle)


def _check_config(folder: Path, task: Task) -> None:
    # Without config.json transformers would use its default configuration, silently.
    config = read_json_object(folder / "config.json")
    kind = config.get("model_type")
    if kind != "dpt":
        raise CheckpointError(
            f"{folder} holds a model of type {kind!r}, not 'dpt'. Choose a DPT checkpoint such as {task.example}."
        )
    architectures = config.get("architectures") or []
    if not isinstance(architectures, list):
        raise CheckpointError(f"{folder / 'config.json'} is damaged: its architectures are no list. Get it again.")
    if architectures and task.architecture not in architectures:
        raise CheckpointError(
            f"{folder} holds {', '.join(map(str, architectures))}: a DPT, but not one for {task.purpose}. "
            f"Choose a checkpoint for {task.purpose} such as {task.example}."
        )
    if config.get("use_pretrained_backbone") or (config.get("backbone") and not config.get("backbone_config")):
        raise CheckpointError(
            f"{folder} takes its backbone {config.get('backbone')!r} from elsewhere. Choose a checkpoint that is whole."
        )
    read_json_object(folder / "preprocessor_config.json")


def _weights_in(folder: Path, *, pickle: bool) -> list[Path]:
    if pickle:
        return [folder / "pytorch_model.bin"]
    single, index = folder / "model.safetensors", folder / "model.safetensors.index.json"
    if single.exists():
        return [single]
    if index.exists():
        return [folder / name for name in shard_names(index)]
    pickles = sorted(path.name for path in folder.iterdir() if path.suffix in {".bin", ".pt", ".pth", ".ckpt"})
    if pickles:
        raise CheckpointError(
            f"{folder} has only {pickles[0]}, a pickle, which may run code when it is opened. "
            "Save the model again as model.safetensors (`save_pretrained` of transformers does)."
        )
    raise CheckpointError(f"{single} is missing. Get the whole checkpoint again.")


def _check_manifest(folder: Path, weights: list[Path], *, required: bool) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not required and not path.exists():
        return {}
    manifest = read_json_object(path)
    files = manifest.get("files")
    expected = {"config.json", "preprocessor_config.json", *(weight.name for weight in weights)}
    if not isinstance(files, dict) or not expected <= files.keys():
        raise CheckpointError(f"{path} does not list the sha256 of every file of the checkpoint.")
    for name, digest in files.items():
        if Path(name).name != name:
            raise CheckpointError(f"{path} names {name!r}, which is outside its folder.")
        if not (folder / name).is_file():
            raise CheckpointError(f"{folder / name} is missing.")
        if sha256_of(folder / name) != digest:
            hint = "" if required else " Get it again; if you changed it on purpose, delete manifest.json."
            raise CheckpointError(f"{folder / name} differs from its sha256 in manifest.json.{hint}")
    return manifest


def _import_dpt(architecture: str) -> tuple[type[PreTrainedModel], type[DPTImageProcessorPil]]:
    try:
        import transformers

        model_class, processor_class = getattr(transformers, architecture), transformers.DPTImageProcessorPil
    except Exception as error:  # a broken neighbour may raise anything at all while it is imported
        if importlib.util.find_spec("torchvision") is not None:
            raise CheckpointError(
                "transformers cannot be imported, most likely because the torchvision that is installed does not fit "
                "this torch; the course needs none. Run `python -m pip uninstall torchvision`, then restart the "
                f"kernel. ({_first_line(error)})"
            ) from error
        raise CheckpointError(
            f"transformers cannot be imported ({_first_line(error)}). Install the course again: `make` does, or "
            "`python -m pip install -e .` in its folder."
        ) from error
    return model_class, processor_class


def _device_and_dtype(
    device: str | torch.device | None, dtype: str | torch.dtype | None
) -> tuple[torch.device, torch.dtype]:
    import torch

    if device is None:
        place = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    else:
        try:
            place = torch.device(device)
            torch.empty(0, device=place)
        except (RuntimeError, AssertionError, TypeError) as error:
            raise ValueError(f"Device {device!r} cannot be used ({_first_line(error)}). Use device='cpu'.") from None
    kind = getattr(torch, dtype, None) if isinstance(dtype, str) else torch.float32 if dtype is None else dtype
    if kind not in (torch.float32, torch.bfloat16, torch.float16):
        raise ValueError(f"dtype {dtype!r} is not offered. Use float32 or bfloat16, or float16 on a GPU.")
    if kind == torch.float16 and place.type == "cpu":
        raise ValueError("float16 is about 80 times slower than float32 on a CPU. Use float32 or bfloat16.")
    return place, kind


def _load_processor(found: _Found, processor_class: type[DPTImageProcessorPil]) -> DPTImageProcessorPil:
    with _quiet_transformers():
        try:
            return processor_class.from_pretrained(str(found.folder), local_files_only=True)
        except Exception as error:
            raise CheckpointError(
                f"{found.folder / 'preprocessor_config.json'} is no image processor's configuration "
                f"({_first_line(error)}). Get the file again."
            ) from error


def _load_model(found: _Found, model_class: type[PreTrainedModel], kind: torch.dtype) -> PreTrainedModel:
    import torch

    # Tensors that are missing start random: that shall not move the dice of whoever calls.
    with _quiet_transformers(), torch.random.fork_rng(devices=[]):
        try:
            model, report = model_class.from_pretrained(
                str(found.folder),
                dtype=kind,  # an fp16 file would else be loaded, and run, as fp16
                use_safetensors=not found.pickle,
                weights_only=True,
                local_files_only=True,
                ignore_mismatched_sizes=True,  # reported below, in one line
                output_loading_info=True,
            )
        except Exception as error:
            raise CheckpointError(
                f"{found.card.name}: transformers cannot load the model from {found.folder} ({_first_line(error)}). "
                "Get the whole checkpoint again, or use the one that ships with the course."
            ) from error
    missing = sorted(key for key in report["missing_keys"] if not _NEVER_USED.match(key))
    faults = {
        "lack": missing,
        "have, beyond what the model knows,": sorted(report["unexpected_keys"]),
        "have in another shape": sorted(str(entry[0]) for entry in report["mismatched_keys"]),
    }
    for verb, keys in faults.items():
        if keys:
            more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
            raise CheckpointError(
                f"{found.card.name}: the weights {verb} {keys[0]}{more}. They do not belong to this config.json: get "
                "the whole checkpoint again."
            )
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name in report["missing_keys"]:
                tensor.zero_()  # never used: zeros are the same on every machine, a random start is not
            elif not _all_finite(tensor):
                raise CheckpointError(
                    f"{found.card.name}: the weights hold NaN or infinity in {name}. Get the whole checkpoint again."
                )
    return model


def _all_finite(tensor: torch.Tensor) -> bool:
    # A sum is one pass without a second array; only a sum that overflows needs the longer way.
    return bool(tensor.sum().isfinite()) or bool(tensor.isfinite().all())


@contextlib.contextmanager
def _quiet_transformers() -> Iterator[None]:
    """Keep transformers' bars and reports off the page: what they would say is checked here, and raised."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__


def main(arguments: list[str] | None = None) -> int:
    """`python -m helpers.checkpoints fetch [CHECKPOINT]`: prepare a machine for work without network.

    Returns the exit code: 0, or 2 after one line on stderr.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments or arguments[0] != "fetch" or len(arguments) > 2:
        print("Usage: python -m helpers.checkpoints fetch CHECKPOINT   (for example Intel/dpt-large)", file=sys.stderr)
        return 2
    checkpoint = arguments[1] if len(arguments) == 2 else callers_checkpoint() or ""
    try:
        if not checkpoint:
            raise CheckpointError("Say which checkpoint to fetch: make fetch CHECKPOINT=Intel/dpt-large")
        segmenter = checkpoint.partition("@")[0] in LISTED_SEGMENTERS
        found = _find(checkpoint, segmentation_task() if segmenter else _depth(), newest=True)
    except CheckpointError as error:
        print(f"CheckpointError: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. What has arrived is kept: the same command goes on from there.", file=sys.stderr)
        return 2
    card = found.card
    print(f"{card.name} is ready on this machine, also with HF_HUB_OFFLINE=1.")
    print(f"  folder    {found.folder}\n  revision  {card.revision or '-'}")
    print(f"  sha256    {card.sha256}\n  licence   {card.licence}")
    return 0


if __name__ == "__main__":
    # Not main() of this copy of the module: its CheckpointError would be another class than that of helpers.hub.
    sys.exit(importlib.import_module("helpers.checkpoints").main())
