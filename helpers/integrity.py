"""Is a file of a checkpoint what it should be? Digests, JSON, and the header of a safetensors file, without torch."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any

__all__ = [
    "CheckpointError",
    "check_safetensors",
    "check_weights_file",
    "combined_sha256",
    "file_identity",
    "read_json_object",
    "sha256_of",
    "shard_names",
]

_LARGEST_HEADER = 100_000_000  # the limit of the safetensors library itself
_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "U16": 16, "I16": 16, "F16": 16, "BF16": 16,
    "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64,
}  # fmt: skip


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


def check_safetensors(path: Path) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Check that a safetensors file is whole and return {tensor: (dtype, shape)}; the tensor data are not read.

    Raises CheckpointError for a file that is empty, cut, too long, or something else under that name: a Git LFS
    pointer, a web page, a pickle.
    """
    _refuse_strangers(path)
    size = path.stat().st_size
    with open(path, "rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= length <= _LARGEST_HEADER:
            raise CheckpointError(f"{path} is no safetensors file: its header is unreadable. Get the file again.")
        raw = file.read(length)
    if len(raw) < length:
        raise CheckpointError(f"{path} is cut short: {size} bytes end inside its header. Get the file again.")
    try:
        header = json.loads(raw)
        header.pop("__metadata__", None)
        tensors = {name: (str(t["dtype"]), tuple(t["shape"]), tuple(t["data_offsets"])) for name, t in header.items()}
        for _, (dtype, shape, (begin, end)) in tensors.items():
            if not 0 <= begin <= end or (dtype in _BITS and math.prod(shape) * _BITS[dtype] != 8 * (end - begin)):
                raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CheckpointError(f"{path} has a damaged header. Get the file again.") from None
    expected = 8 + length + max((offsets[1] for _, _, offsets in tensors.values()), default=0)
    if size != expected:
        what = "is cut short" if size < expected else "is longer than its header says"
        raise CheckpointError(f"{path} {what}: {size} bytes instead of {expected}. Get the file again.")
    return {name: (dtype, shape) for name, (dtype, shape, _) in tensors.items()}


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


def _refuse_strangers(path: Path) -> None:
    try:
        with open(path, "rb") as file:
            start = file.read(512)
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing. Get the whole checkpoint again.") from None
    except IsADirectoryError:
        raise CheckpointError(f"{path} is a folder where a file is expected. Get the checkpoint again.") from None
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read ({error.strerror}). Check its permissions.") from None
    if not start.strip():
        raise CheckpointError(f"{path} is empty. Get the file again.")
    if start.startswith(b"version https://git-lfs"):
        raise CheckpointError(
            f"{path} is a Git LFS pointer (a note of {path.stat().st_size} bytes), not the file itself. "
            "Run `git lfs pull` in its folder, or download the file."
        )
    if _begins_with(start, (b"<!doctype", b"<html", b"<?xml", b"<head")):
        raise CheckpointError(
            f"{path} is a web page, not a checkpoint's file: probably an error or log-in page saved under that name. "
            "Download the file again."
        )
    # A safetensors header may have a length that reads like a pickle's first bytes; its ninth byte is a brace.
    pickled = start.startswith((b"PK\x03\x04", b"\x80\x02", b"\x80\x04")) and start[8:9] != b"{"
    if path.suffix == ".safetensors" and pickled:
        raise CheckpointError(f"{path} is a pickle under a safetensors name. Get the real safetensors file.")


def _begins_with(start: bytes, prefixes: Iterable[bytes]) -> bool:
    return start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(tuple(prefixes))
