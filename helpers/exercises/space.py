"""The checks of notebook 09: from one picture to 3D."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from helpers.camera import Pinhole
from helpers.exercises.common import as_array, assert_not_rounded, assert_number, close, exercise


@exercise
def check_focal_pixels(answer: float, focal_mm: float, sensor_mm: float, width: int) -> str:
    """answer: the focal length in pixels of a picture `width` pixels wide; right within 0.1 %."""
    assert_number(answer, "the focal length in pixels")
    expected = focal_mm * width / sensor_mm
    if abs(answer - expected) > 1e-3 * expected:
        ratio = answer / expected
        assert not np.isclose(ratio, (sensor_mm / focal_mm) ** 2, rtol=1e-3), (
            "Hint: the fraction is upside down. A longer focal length gives more pixels."
        )
        assert not np.isclose(answer * width, expected, rtol=1e-3), (
            "Hint: this is the focal length in widths of the picture. Multiply by its width in pixels."
        )
        assert not (ratio > 1.5 and np.isclose(ratio, round(ratio), rtol=1e-3)), (
            "Hint: this is the focal length for the large picture. The width of the copy you work on counts."
        )
        raise AssertionError("Hint: millimetres of focal length, times pixels of width, by millimetres of sensor.")
    return f"{focal_mm:g} mm are {expected:g} pixels of this picture."


@exercise
def check_length(answer: float, depth: np.ndarray, camera: Pinhole, ends: Sequence[tuple[int, int]]) -> str:
    """answer: the distance in metres between the points that two pixels (row, column) show; right within 1 %.

    depth: (H, W) in metres along the optical axis.
    """
    assert_number(answer, "the length in metres")
    points = camera.unproject(np.asarray(depth))
    first, second = (points[tuple(end)].astype(np.float64) for end in ends)
    expected = float(np.linalg.norm(first - second))

    if not close(answer, expected):
        (row, column), (other_row, other_column) = ends
        assert not close(answer, float(np.hypot(row - other_row, column - other_column))), (
            "Hint: this is the length in pixels. Turn both pixels into points first."
        )
        assert not close(answer, 100 * expected), "Hint: this is in centimetres. Answer in metres."
        assert not close(answer, float(np.linalg.norm((first - second)[:2]))), (
            "Hint: the ends do not lie equally deep. Take all three coordinates of the difference."
        )
        assert not close(answer, abs(float(first[2] - second[2]))), (
            "Hint: this is how much deeper one end lies. Take all three coordinates of the difference."
        )
        assert_not_rounded(answer, expected)
        raise AssertionError(
            "Hint: make a point of each end with its true depth Z, x = (u - cx) Z / f and y = (v - cy) Z / f, where u "
            "is the column plus 0.5 and v the row plus 0.5; then take the length of their difference."
        )
    return f"from one end to the other it is {float(f'{expected:.3g}'):g} m."


@exercise
def check_triangles(answer: Any, height: int, width: int) -> str:
    """answer: (N, 3) whole numbers, all triangles of a grid of height x width pixels counted row by row.

    Two for each square, on both sides of the diagonal from its top left to its lower right pixel, anticlockwise as the
    camera sees them.
    """
    faces = as_array(answer, "the triangles")
    assert faces.ndim == 2 and faces.shape[1] == 3, (
        f"Hint: the shape is {faces.shape}. A triangle is three numbers: the array must be (N, 3)."
    )
    assert np.array_equal(faces, np.rint(faces)), "Hint: the numbers of points are whole numbers."
    faces = faces.astype(np.int64)
    assert faces.min() >= 0 and faces.max() < height * width, (
        f"Hint: the points are numbered from 0 to {height * width - 1}, row by row."
    )
    rows, columns = np.divmod(faces, width)
    assert (np.ptp(rows, axis=1) == 1).all() and (np.ptp(columns, axis=1) == 1).all(), (
        "Hint: a triangle joins three pixels of one square of 2 x 2. Is a row counted as long as the picture is wide?"
    )
    x, y = columns, -rows  # y up
    twice_area = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])
    assert (twice_area != 0).all(), "Hint: a triangle has the same point twice."
    assert (twice_area > 0).all(), "Hint: some triangles run clockwise. Exchange two of their three corners."
    squares, counts = np.unique(rows.min(axis=1) * width + columns.min(axis=1), return_counts=True)
    wanted = (height - 1) * (width - 1)
    assert len(squares) == wanted, f"Hint: {wanted} squares of 2 x 2 pixels need triangles, {len(squares)} have some."
    assert (counts == 2).all(), "Hint: each square needs two triangles."
    order = np.argsort(rows.min(axis=1) * width + columns.min(axis=1), kind="stable")
    assert _share_a_diagonal(rows[order], columns[order]), (
        "Hint: in some square the two triangles overlap. Both must share the same diagonal."
    )
    assert (np.ptp(faces, axis=1) == width + 1).all(), "Hint: this is the diagonal from above. Take the other one."
    return f"{len(faces)} triangles, two for each of {wanted} squares."


def _share_a_diagonal(rows: np.ndarray, columns: np.ndarray) -> bool:
    # Triangles in the order of their squares, two each. The corners that they leave out lie opposite.
    corner = (rows - rows.min(axis=1, keepdims=True)) * 2 + (columns - columns.min(axis=1, keepdims=True))
    missing = (6 - corner.sum(axis=1)).reshape(-1, 2)  # of the corners 0, 1, 2, 3
    return bool((missing.sum(axis=1) == 3).all())
