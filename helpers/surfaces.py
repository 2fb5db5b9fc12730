"""From depth to surfaces: jumps in depth, point clouds, triangle meshes, their files and a view of them in a page."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["depth_jumps"]


def depth_jumps(depth: Any, ratio: float = 1.1) -> np.ndarray:
    """The pixels beside a jump: bool (H, W), true where a neighbour's depth differs by more than the factor `ratio`.

    depth: (H, W), positive; NaN where nothing is known, inf for the sky. Neighbours are the pixels above, below, left
    and right; both sides of a jump are marked. The border of the sky is a jump, the border of NaN is none.
    Raises ValueError for a wrong shape, depth that is zero or negative, and a ratio that is not above 1.
    """
    depth = _depth(depth)
    if not (np.isfinite(ratio) and ratio > 1):
        raise ValueError(f"ratio is {ratio!r}: a jump is a factor above 1, such as 1.1.")
    log_depth = np.log(depth, dtype=np.float64)
    marked = np.zeros(depth.shape, bool)
    with np.errstate(invalid="ignore"):  # inf - inf, inside the sky, is NaN: no jump
        below = np.abs(np.diff(log_depth, axis=0)) > np.log(ratio)
        beside = np.abs(np.diff(log_depth, axis=1)) > np.log(ratio)
    marked[:-1] |= below
    marked[1:] |= below
    marked[:, :-1] |= beside
    marked[:, 1:] |= beside
    return marked


def _depth(depth: Any) -> np.ndarray:
    depth = np.asarray(depth)
    if depth.ndim != 2 or depth.size == 0:
        raise ValueError(f"depth has shape {depth.shape}: it must be (height, width).")
    if depth.dtype.kind not in "iuf":
        raise ValueError(f"depth has dtype {depth.dtype}: it must be real numbers.")
    if (depth <= 0).any():
        raise ValueError(
            "depth has values that are zero or negative: nothing lies there. "
            "Set pixels without a measurement to NaN; if this is inverse depth, turn it into depth first."
        )
    return depth
