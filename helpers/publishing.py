"""Putting a trained network where the course finds it: the whole checkpoint folder changes at once."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.files import PARTIAL, atomic_write, remove_stale_partials
from helpers.integrity import sha256_of

if TYPE_CHECKING:
    from transformers import DPTImageProcessorPil, PreTrainedModel

__all__ = ["publish_checkpoint", "write_manifest"]

_FILES = ("config.json", "preprocessor_config.json", "model.safetensors")


def publish_checkpoint(
    folder: str | os.PathLike[str], model: PreTrainedModel, processor: DPTImageProcessorPil, manifest: dict[str, Any]
) -> Path:
    """Makes `folder` a checkpoint that `from_pretrained` loads, with weights in float16; returns the folder.

    The whole folder changes at once: what was there, or all of the new one. Other files in it, such as the model card,
    stay. To `manifest` (name, revision, licence, meaning, training) the sha256 of each file is added; it becomes
    manifest.json. `model` itself is turned into float16. Raises ValueError for weights that are no finite numbers and
    for the folder that one works in, NotADirectoryError for a file.
    """
    folder = Path(folder).resolve()  # where it is a link, what it leads to changes
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file: name a folder for the checkpoint.")
    if Path.cwd().is_relative_to(folder):  # which is replaced by a new one
        raise ValueError(f"you are inside {folder}: go to another folder, and publish from there.")
    if not all(bool(value.isfinite().all()) for value in model.half().state_dict().values()):
        raise ValueError("the weights are not all finite numbers in float16: nothing was published.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    remove_stale_partials(folder.parent)
    with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=folder.parent) as room:
        new = Path(room, folder.name)
        if folder.is_dir():
            shutil.copytree(folder, new, symlinks=True)
        model.save_pretrained(new)
        processor.save_pretrained(new)
        write_manifest(new, manifest)
        _exchange(new, folder)
    return folder


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Writes manifest.json for the files that lie in `folder`: what `manifest` says, and the sha256 of each file."""
    hashes = {name: sha256_of(folder / name) for name in _FILES}
    training = manifest.get("training", {})  # the longest part comes last
    said = {key: value for key, value in manifest.items() if key != "training"}
    text = json.dumps({**said, "files": hashes, "training": training}, indent=2)
    atomic_write(folder / "manifest.json", text + "\n")
    for name in _FILES:  # safetensors lets nobody but the owner read what it writes
        shutil.copymode(folder / "manifest.json", folder / name)


def _exchange(new: Path, folder: Path) -> None:
    """Puts the folder `new` in the place of `folder`, in one step where the system can."""
    if not folder.exists():
        os.rename(new, folder)
        return
    with contextlib.suppress(OSError, AttributeError, TypeError):  # macOS has no renameat2, Windows no CDLL(None)
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
        here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
        if renameat2(here, os.fsencode(new), here, os.fsencode(folder), exchange) == 0:
            return
    old = new.with_name(new.name + ".old")
    os.rename(folder, old)
    try:
        os.rename(new, folder)
    except BaseException:
        os.rename(old, folder)
        raise
