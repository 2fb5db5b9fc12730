"""Freed memory that the process keeps, instead of fetching it again page by page."""

from __future__ import annotations

import contextlib
import ctypes
import os

__all__ = ["keep_freed_memory"]

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1  # malloc.h
_LARGEST = (1 << 31) - 1  # mallopt takes a C int


def keep_freed_memory(block: int, free: int) -> None:
    """Have glibc keep blocks below `block` bytes after their use, up to `free` bytes of them at the end of its memory.

    By itself it returns every block of some hundred kilobytes to the system. A network's forward pass then fetches each
    of its maps anew, and that can take longer than the arithmetic in between. Nothing happens without glibc, nor where
    the environment sets one of the two limits (MALLOC_MMAP_THRESHOLD_, MALLOC_TRIM_THRESHOLD_) or any glibc.malloc
    tunable (GLIBC_TUNABLES).
    """
    if {"MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"} & os.environ.keys():
        return
    if "glibc.malloc." in os.environ.get("GLIBC_TUNABLES", ""):
        return
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(_MMAP_THRESHOLD, min(block, _LARGEST))
        libc.mallopt(_TRIM_THRESHOLD, min(free, _LARGEST))
