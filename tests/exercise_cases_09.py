"""Right and wrong answers to the exercises of notebook 09."""

from __future__ import annotations

import numpy as np

from helpers.camera import Pinhole

CAMERA = Pinhole(100.0, 100.0, 10.0, 8.0)
DEPTH = np.linspace(2, 6, 320).reshape(16, 20)
ENDS = (3, 4), (12, 17)


def length(offset: float = 0.5, axes: slice = slice(None)) -> float:
    """The length between the ends, where pixels' middles are `offset` off their corner."""
    points = []
    for row, column in ENDS:
        z = DEPTH[row, column]
        points.append(
            np.array([(column + offset - CAMERA.cx) / CAMERA.fx * z, (row + offset - CAMERA.cy) / CAMERA.fy * z, z])
        )
    return float(np.linalg.norm((points[0] - points[1])[axes]))


def triangles(height: int, width: int) -> np.ndarray:
    index = np.arange(height * width).reshape(height, width)
    a, b, c, d = (part.ravel() for part in (index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]))
    return np.concatenate([np.stack([a, c, d], axis=1), np.stack([a, d, b], axis=1)])


FACES = triangles(3, 4)
MIRRORED = FACES // 4 * 4 + 3 - FACES % 4  # left and right exchanged: on the other diagonal
OVERLAPPING = FACES.copy()
OVERLAPPING[0] = [0, 4, 1]  # with the other triangle of its square, (0, 5, 1), on the other diagonal

CASES = {
    "check_focal_pixels": (
        (4.2, 5.6, 1000),
        [750, 750.0, np.float64(750.3)],
        [
            (1000 * 5.6 / 4.2, "upside down"),
            (0.75, "Multiply by its width"),
            (3000, "copy"),
            (4.2, "millimetres"),
            ("750", "one number"),
            (float("nan"), "one number"),
        ],
    ),
    "check_length": (
        (DEPTH, CAMERA, ENDS),
        [length(), np.float64(length() * 1.005)],
        [
            (float(np.hypot(9, 13)), "pixels"),
            (100 * length(), "centimetres"),
            (length(axes=slice(2)), "equally deep"),
            (length(axes=slice(2, 3)), "how much deeper"),
            (2 * length(), "make a point"),
            (None, "one number"),
        ],
    ),
    "check_triangles": (
        (3, 4),
        [FACES, FACES[::-1], np.roll(FACES, 1, axis=1), FACES.tolist()],
        [
            (FACES[:, ::-1], "clockwise"),
            (MIRRORED[:, ::-1], "diagonal from above"),
            (FACES[:-1], "two triangles"),
            (FACES[[0, 6]], "squares"),
            (triangles(4, 3), "row counted"),
            (FACES + 1, "numbered from 0"),
            (OVERLAPPING, "overlap"),
            (np.where(FACES == 4, 0, FACES), "2 x 2|twice"),
            (FACES.T, "three numbers"),
            (FACES + 0.5, "whole"),
            ("triangles", "array"),
        ],
    ),
}
