"""Is a file what it should be? Digests, JSON, the header of a safetensors file, and what comes in a file's place.

Without torch.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

__all__ = [
    "CheckpointError",
    "check_safetensors",
    "check_weights_file",
    "combined_sha256",
    "file_identity",
    "is_lfs_pointer",
    "is_web_page",
    "read_json_object",
    "sha256_of",
    "shard_names",
]


class CheckpointError(OSError):
    """A checkpoint cannot be used: one line that names what failed and what to do."""


def file_identity(path: Path) -> list[int]:
    """What changes when a file does: [size, mtime, ctime, inode], times in nanoseconds. Follows links."""
    state = os.stat(path)
    # ctime as well: a program can set mtime back, but not ctime.
    return [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]


_digests: dict[str, tuple[list[int], str]] = {}


def sha256_of(path: str | os.PathLike[str]) -> str:
    """The sha256 of a file as 64 hexadecimal digits, read once per file and change while the process lives.

    Raises OSError where the file cannot be read.
    """
    real = Path(path).resolve()
    identity = file_identity(real)
    known = _digests.get(str(real))
    if known is not None and known[0] == identity:
        return known[1]
    with open(real, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if file_identity(real) == identity:  # nobody wrote to it meanwhile
        _digests[str(real)] = (identity, digest)
    return digest


def combined_sha256(digests: dict[str, str]) -> str:
    """One digest for the weights of a checkpoint: that of the file itself, or of a `sha256  name` list of several."""
    if len(digests) == 1:
        return next(iter(digests.values()))
    lines = "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


def read_json_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file. Raises CheckpointError for anything else: an empty file, a web page, a list."""
    _refuse_strangers(path)
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is not valid JSON ({error}). Get the file again.") from None
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} holds no JSON object, so it is no checkpoint's file. Get it again.")
    return value


def check_safetensors(path: Path) -> None:
    """Check that a safetensors file is whole; the tensor data are not read.

    Raises CheckpointError for a file that is empty, cut, too long, or something else under that name: a Git LFS
    pointer, a web page, a pickle.
    """
    from safetensors import SafetensorError, safe_open

    _refuse_strangers(path)
    try:
        with safe_open(path, framework="np"):
            pass
    except SafetensorError as error:
        raise CheckpointError(f"{path} {_what_is_wrong(path, str(error))}. Get the file again.") from None


def _what_is_wrong(path: Path, said: str) -> str:
    """What the library says of a safetensors file, with the numbers that show it."""
    size = path.stat().st_size
    if "header too" in said:  # small, large
        return "is no safetensors file: its header is unreadable"
    if "invalid header length" in said:
        return f"is cut short: {size} bytes end inside its header"
    if "not fully covered" in said:
        expected = _size_by_header(path)
        what = "is cut short" if size < expected else "is longer than its header says"
        return f"{what}: {size} bytes instead of {expected}"
    return "has a damaged header"


def _size_by_header(path: Path) -> int:
    """How many bytes a safetensors file has by its header, which is sound."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        tensors = json.loads(file.read(length))
    tensors.pop("__metadata__", None)
    return 8 + length + max((tensor["data_offsets"][1] for tensor in tensors.values()), default=0)


def check_weights_file(path: Path) -> None:
    """Check a weights file as far as can be told without loading it: all of a safetensors file, the start of a pickle.

    Raises CheckpointError.
    """
    if path.suffix == ".safetensors":
        check_safetensors(path)
    else:
        _refuse_strangers(path)


def shard_names(index: Path) -> list[str]:
    """The weights files that a model.safetensors.index.json names, sorted. Raises CheckpointError."""
    table = read_json_object(index).get("weight_map")
    names = set(map(str, table.values())) if isinstance(table, dict) else set()
    # A name with a path in it could point anywhere on this machine.
    if not names or not all(re.fullmatch(r"\w[\w.-]*\.safetensors", name) for name in names):
        raise CheckpointError(f"{index} does not name the files of the weights. Get the whole checkpoint again.")
    return sorted(names)


def is_lfs_pointer(start: bytes) -> bool:
    """Whether a file that begins so is the note that Git LFS leaves in a file's place."""
    return _text(start).startswith(b"version https://git-lfs")


def is_web_page(start: bytes) -> bool:
    """Whether a file that begins so is HTML, as servers send it in the place of a file."""
    text = _text(start)
    # what is no markup, such as a picture, may hold the word in a comment
    return text.startswith((b"<!doctype html", b"<head", b"<body")) or (text.startswith(b"<") and b"<html" in text)


def _text(start: bytes) -> bytes:
    """The beginning of a text, without marks and spaces before it, in small letters."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()


def _refuse_strangers(path: Path) -> None:
    if os.path.isdir(path):  # before opening it, which Windows calls a lack of permission
        raise CheckpointError(f"{path} is a folder where a file is expected. Get the checkpoint again.")
    try:
        with open(path, "rb") as file:
            start = file.read(512)
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing. Get the whole checkpoint again.") from None
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read ({error.strerror}). Check its permissions.") from None
    if not start.strip():
        raise CheckpointError(f"{path} is empty. Get the file again.")
    if is_lfs_pointer(start):
        raise CheckpointError(
            f"{path} is a Git LFS pointer (a note of {path.stat().st_size} bytes), not the file itself. "
            "Run `git lfs pull` in its folder, or download the file."
        )
    if is_web_page(start) or _text(start).startswith((b"<?xml", b"<!doctype")):  # servers' errors are XML as well
        raise CheckpointError(
            f"{path} is a web page, not a checkpoint's file: probably an error or log-in page saved under that name. "
            "Download the file again."
        )
    # A safetensors header may have a length that reads like a pickle's first bytes; its ninth byte is a brace.
    pickled = start.startswith((b"PK\x03\x04", b"\x80\x02", b"\x80\x04")) and start[8:9] != b"{"
    if path.suffix == ".safetensors" and pickled:
        raise CheckpointError(f"{path} is a pickle under a safetensors name. Get the real safetensors file.")
