"""Files that are whole or absent: written beside their place, then moved there in one step."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

__all__ = [
    "PARTIAL",
    "atomic_path",
    "atomic_write",
    "from_here",
    "home_expanded",
    "output_folder",
    "remove_stale_partials",
]

PARTIAL = ".partial-"
"""What the name of everything unfinished begins with: git ignores it, and `remove_stale_partials` finds it."""


def home_expanded(path: str | os.PathLike[str]) -> Path:
    """The path with a leading `~` or `~name` turned into that home folder; where there is none, as it is.

    Raises ValueError for what is no path.
    """
    if not isinstance(path, str | os.PathLike):
        raise ValueError(f"{path!r} is no path: give the name of a file or folder.")
    return Path(os.path.expanduser(path))


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path in the same folder; move it to `path` when the block ends well, remove it otherwise.

    The temporary name ends in the same suffix as `path`, so that libraries which look at the suffix keep working.
    The parent folders are made; a leading `~` is the home folder. A link is replaced, not followed, and the new file
    has the permissions of any new file. Whoever reads `path` sees the old file, the new file or none: never a part.
    Raises OSError where the folder cannot be written, and whatever the block raises.
    """
    path = home_expanded(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=PARTIAL, suffix=path.suffix, dir=path.parent)
    os.close(descriptor)
    partial = Path(name)
    try:
        yield partial
        _flush_to_disk(partial)
        partial.chmod(0o666 & ~_UMASK)
        os.replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    _flush_folder(path.parent)


def atomic_write(path: str | os.PathLike[str], data: bytes | str) -> Path:
    """Write `data` (text as UTF-8) to `path` so that the file is whole or absent at any moment; return the path."""
    with atomic_path(path) as partial:
        partial.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return home_expanded(path)


def output_folder() -> Path:
    """The folder that everything written goes into, made if need be: $DPT_OUT, else out/ beside notebooks/.

    Raises OSError where it cannot be made.
    """
    try:
        folder = Path(os.environ.get("DPT_OUT") or Path(__file__).parent.parent / "out").expanduser()
    except RuntimeError as error:  # ~somebody who is nobody here
        raise OSError(f"DPT_OUT is {os.environ['DPT_OUT']!r}: {error}") from error
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _read_umask() -> int:
    # The umask can only be read by setting it, which is not safe between threads: done once, on import.
    umask = os.umask(0o022)
    os.umask(umask)
    return umask


_UMASK = _read_umask()


def _flush_to_disk(path: Path) -> None:
    # A rename may reach the disk before the data does: without this, a power cut can leave an empty file.
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # some file systems (and Windows) do not allow it
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_stale_partials(folder: str | os.PathLike[str], age: float = 3600.0) -> None:
    """Remove what killed processes left in `folder`: temporary files and folders older than `age` seconds."""
    with contextlib.suppress(OSError):
        for partial in Path(folder).glob(f"{PARTIAL}*"):
            with contextlib.suppress(OSError):
                if time.time() - partial.lstat().st_mtime > age:
                    if partial.is_dir() and not partial.is_symlink():
                        shutil.rmtree(partial)
                    else:
                        partial.unlink()


def from_here(path: str | os.PathLike[str]) -> Path:
    """The path relative to the current folder where it lies below it, else as it is."""
    with contextlib.suppress(ValueError):
        return Path(path).resolve().relative_to(Path.cwd().resolve())
    return Path(path)
