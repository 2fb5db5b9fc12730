"""The rendered pictures that ship with the course, each with its exact depth."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import numpy as np

from helpers.camera import Pinhole
from helpers.images import bundled_names, without_secrets

if TYPE_CHECKING:
    from helpers.scenes import Scene

DATA = Path(__file__).parent / "data"

SEEDS = {"landscape": 1, "room": 47, "street": 62, "tabletop": 68}
"""The number that each bundled picture's scene was rendered from; its name is the kind of scene."""


@dataclass(frozen=True)
class Truth:
    """What the renderer knows about a bundled picture.

    depth: (H, W) float32, metres along the optical axis, inf where there is sky. camera: in pixels of that picture.
    """

    depth: np.ndarray
    camera: Pinhole


def names() -> tuple[str, ...]:
    """The names that `load_image` and `load_truth` know, in alphabetical order."""
    return tuple(bundled_names())


def picture_path(name: str) -> Path:
    """The file of a bundled picture. Raises ValueError for a name that is not bundled."""
    if name not in names():
        raise ValueError(f"No bundled picture is called {name!r}. Choose one of: {', '.join(names())}.")
    return DATA / f"{name}.png"


def load_truth(name: str) -> Truth:
    """The exact depth and the camera of a bundled picture. Raises ValueError for a name that is not bundled."""
    picture_path(name)
    with np.load(DATA / f"{name}.depth.npz") as stored:
        return Truth(stored["depth"], Pinhole(*(float(value) for value in stored["camera"])))


def load_scene(name: str) -> Scene:
    """The whole scene behind a bundled picture, rendered again: object numbers, classes, the pose, a stereo twin.

    Takes about half a second once the renderer is compiled. Raises ValueError for a name that is not bundled.
    """
    from helpers.scenes import render

    picture_path(name)
    return render(SEEDS[name], 640, 480, name)


def describe(source: str | os.PathLike[str]) -> str:
    """A sentence that says what a picture shows, for alternative texts; for a picture of the reader's, its name."""
    descriptions = json.loads((DATA / "descriptions.json").read_text(encoding="utf-8"))
    name = PurePath(without_secrets(os.fspath(source))).name.removesuffix("?…")
    return descriptions.get(os.fspath(source)) or f"The picture {name}."
