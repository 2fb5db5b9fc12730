"""Rendered scenes whose depth is known exactly: rooms, tabletops, streets and landscapes.

`render` gives a `Scene`: a picture as a camera would take it, and for every pixel the depth in metres, which object
it shows and of which class that is.
"""

from __future__ import annotations

import atexit
import copy
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers import checks
from helpers.scenes.world import BOX, CLASSES, SPHERE, View, World

if TYPE_CHECKING:
    from helpers.camera import Pinhole

__all__ = ["CAPS", "CLASSES", "KINDS", "Scene", "render", "render_world"]

KINDS = ("room", "tabletop", "street", "landscape")
"""The kinds of scene that `render` knows."""

CAPS = {"room": 10.0, "tabletop": 10.0, "street": 80.0, "landscape": 80.0}
"""The largest depth, in metres, that counts in each kind of scene when a prediction is measured."""


def _make_room_for_compiled_code() -> None:
    """Where neither this folder nor the user's own can be written, numba keeps what it compiles in a temporary one.

    Without any such place it refuses to import the code. Nothing happens where NUMBA_CACHE_DIR is set.
    """
    if os.environ.get("NUMBA_CACHE_DIR"):
        return
    # As in numba.misc.appdirs, which cannot be asked: the setting is read when numba is imported.
    if sys.platform == "win32":
        users = Path(os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/AppData/Local"), "numba", "Cache")
    elif sys.platform == "darwin":
        users = Path(os.path.expanduser("~/Library/Caches"), "numba")
    else:
        users = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "numba")
    for folder in (Path(__file__).parent / "__pycache__", users):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return
        except OSError:
            continue
    try:
        room = tempfile.mkdtemp(prefix="dpt-numba-")  # with a name nobody could know before: numba runs what lies there
    except OSError:
        return  # numba says so when something is to be rendered
    atexit.register(shutil.rmtree, room, ignore_errors=True)
    os.environ["NUMBA_CACHE_DIR"] = room


_make_room_for_compiled_code()

_COMPOSERS = {"room": "rooms", "tabletop": "tabletops", "street": "streets", "landscape": "landscapes"}
_ATTEMPTS = 8
TOO_NEAR, HIDDEN = 0.15, 0.25
"""A scene is composed anew where more than this part of the picture is nearer than so many metres."""


@dataclass(frozen=True)
class Scene:
    """A rendered picture and what is known about it.

    image: uint8 (H, W, 3). depth: float32 (H, W), metres along the optical axis, inf for sky. object_id: int32 (H, W),
    0 sky, 1 ground, 2 and up the objects. class_id: uint8 (H, W), an index into `CLASSES`. camera: the pinhole that
    took it. pose: camera to world (4, 4), camera frame x right, y down, z forward; world frame z up, metres.
    """

    image: np.ndarray
    depth: np.ndarray
    object_id: np.ndarray
    class_id: np.ndarray
    camera: Pinhole
    pose: np.ndarray
    kind: str
    seed: int
    _source: dict[str, Any] = field(repr=False, compare=False, default_factory=dict)

    def stereo_twin(self, baseline: float) -> Scene:
        """The same scene seen by a second camera, moved `baseline` metres along this camera's own x axis (right).

        Exposure and look are the same; the sensor's noise differs. A pixel at depth z shifts left by
        fx * baseline / z pixels. Raises ValueError if baseline is not a finite number.
        """
        if not checks.finite(baseline):
            raise ValueError(f"baseline is {baseline!r}; give the distance between the cameras in metres.")
        return self.moved(right=baseline)

    def moved(self, right: float = 0.0, down: float = 0.0) -> Scene:
        """The same scene seen by a camera moved `right` and `down` metres in its own picture plane, not turned.

        Exposure and look are the same; the sensor's noise differs. Raises ValueError for a move that is not finite.
        """
        checks.pair((right, down), "the camera's move (right, down)", "two finite numbers of metres")
        pose = self.pose.copy()
        pose[:3, 3] += right * pose[:3, 0] + down * pose[:3, 1]
        return _photograph(pose=pose, **{**self._source, "twin": self._source["twin"] + 1})

    def changed(self, change: Callable[[World], Any]) -> Scene:
        """The same photograph of a changed world: `change(world)` gets a copy to add things to, or light, or haze.

        Camera, exposure, look and noise are the same, so that pictures can be compared pixel by pixel. What is added
        has object numbers above all those of this scene's world.
        """
        world = copy.deepcopy(self._source["world"])
        change(world)
        return _photograph(pose=self.pose, **{**self._source, "world": world})

    def extent(self, number: int, axes: Any) -> tuple[np.ndarray, np.ndarray]:
        """How far object `number` really reaches along axes of the camera frame: (low, high), metres from the camera.

        axes: (K, 3), directions of length 1, one a row; low and high: (K,). Computed from the shapes the object is made
        of, so what is hidden or outside the picture counts too. Raises ValueError for a number that is no object (the
        sky, the ground) and axes of a wrong shape or length.
        """
        axes = checks.numbers(axes, "axes").astype(np.float64)
        if axes.ndim != 2 or axes.shape[1] != 3 or not np.allclose(np.linalg.norm(axes, axis=1), 1, atol=1e-3):
            raise ValueError("axes must be directions of length 1, one in each row: (K, 3).")
        world = self._source.get("world")
        shapes = [row for row, one in enumerate(world._objects if world else ()) if one == number]
        if not shapes:
            raise ValueError(f"{number!r} is no object of this scene: see object_id for the numbers from 2 up.")
        axes = axes @ self.pose[:3, :3].T  # in the world
        lows, highs = [], []
        for row in shapes:
            matrix = np.array(world._matrices[row])
            middle, reach = axes @ (matrix[:3, 3] - self.pose[:3, 3]), axes @ matrix[:3, :3]  # (K,), (K, 3)
            if world._kinds[row] == BOX:
                ends = [(middle, np.abs(reach).sum(axis=1))]
            elif world._kinds[row] == SPHERE:
                ends = [(middle, np.linalg.norm(reach, axis=1))]
            else:  # the circles at both ends
                round_ = np.hypot(reach[:, 0], reach[:, 1])
                ends = [(middle - reach[:, 2], round_), (middle + reach[:, 2], world._tapers[row] * round_)]
            lows += [centre - half for centre, half in ends]
            highs += [centre + half for centre, half in ends]
        return np.min(lows, axis=0), np.max(highs, axis=0)


def render(
    seed: int,
    width: int,
    height: int,
    kind: str | None = None,
    *,
    aspect: float | None = None,
    plain: bool = False,
) -> Scene:
    """Renders the scene number `seed`, the same every time.

    width, height: pixels, 16 to 4096. kind: one of `KINDS`, or None to let the seed decide. aspect: width / height of
    the pretended photograph, squashed into width x height (so that fx differs from fy); default width / height.
    plain: no lens blur, sensor noise or random look.
    Raises ValueError for a bad argument.
    """
    seed = checks.count(seed, "seed", 0)
    _check_size(width, height)
    if aspect is not None and not (checks.finite(aspect) and 0.1 <= aspect <= 10):
        raise ValueError(f"aspect is {aspect!r}; give width / height of the photograph, between 0.1 and 10.")
    if kind is None:
        kind = KINDS[int(np.random.default_rng([seed, 1]).integers(len(KINDS)))]
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; choose one of {', '.join(KINDS)}.")
    for attempt in range(_ATTEMPTS):
        world, view = compose(seed, kind, attempt)
        scene = render_world(world, view, width, height, aspect=aspect, seed=seed, kind=kind, plain=plain)
        if float((scene.depth < TOO_NEAR).mean()) <= HIDDEN and np.isfinite(scene.depth).any():
            break
    return scene


def compose(seed: int, kind: str, attempt: int = 0) -> tuple[World, View]:
    """The world of the scene number `seed` of this kind, and the view of it.

    attempt: another world of the same number, which `render` goes on to where something hides most of the picture.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, KINDS.index(kind), attempt]))
    world = World(rng)
    return world, import_module(f"helpers.scenes.{_COMPOSERS[kind]}").compose(world, rng)


def camera_of(view: View, width: int, height: int, aspect: float) -> tuple[np.ndarray, tuple[float, ...]]:
    """The camera of a view: its pose (4, 4) and fx, fy, cx, cy in pixels. See `render` for the aspect."""
    # the larger field of view belongs to the longer side of the pretended photograph
    half = np.tan(np.radians(view.fov) / 2)
    half_x, half_y = (half, half / aspect) if aspect >= 1 else (half * aspect, half)
    return look_at(view), (width / 2 / half_x, height / 2 / half_y, width / 2, height / 2)


def render_world(
    world: World,
    view: View,
    width: int,
    height: int,
    aspect: float | None = None,
    seed: int = 0,
    *,
    kind: str = "other",
    plain: bool = False,
) -> Scene:
    """Renders a world of your own from a view; `seed` decides the photograph's look and noise. See `render`."""
    _check_size(width, height)
    aspect = width / height if aspect is None else float(aspect)
    pose, intrinsics = camera_of(view, width, height, aspect)
    return _photograph(
        world=world, pose=pose, eye=pose[:3, 3].copy(), intrinsics=intrinsics,
        size=(width, height), kind=kind, seed=seed, plain=plain, exposure=None, twin=0,
    )  # fmt: skip


def look_at(view: View) -> np.ndarray:
    """The pose (4, 4), camera to world, of a view; camera frame x right, y down, z forward."""
    eye, target = np.asarray(view.eye, float), np.asarray(view.target, float)
    forward = target - eye
    length = np.linalg.norm(forward)
    if length < 1e-9:
        raise ValueError("The view's eye and target coincide. Move one of them.")
    forward /= length
    right = np.cross(forward, [0.0, 0.0, 1.0])
    if np.linalg.norm(right) < 1e-6:  # straight up or down
        right = np.array([1.0, 0.0, 0.0])
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    c, s = np.cos(np.radians(view.roll)), np.sin(np.radians(view.roll))
    pose = np.eye(4)
    pose[:3, 0] = c * right + s * down
    pose[:3, 1] = c * down - s * right
    pose[:3, 2] = forward
    pose[:3, 3] = eye
    return pose


def _photograph(*, world, pose, eye, intrinsics, size, kind, seed, plain, exposure, twin) -> Scene:
    from helpers.camera import Pinhole
    from helpers.scenes import photo, raycast

    linear, depth, object_id, class_id = raycast.trace(world, pose, *intrinsics, *size, reference_eye=eye)
    if exposure is None:
        exposure = photo.automatic_exposure(linear)
    look = np.random.default_rng(np.random.SeedSequence([seed, 3]))
    noise = np.random.default_rng(np.random.SeedSequence([seed, 4, twin]))
    image = photo.develop(linear, look, exposure=exposure, plain=plain, noise=noise)
    source = {
        "world": world, "eye": eye, "intrinsics": intrinsics, "size": size, "kind": kind, "seed": seed,
        "plain": plain, "exposure": exposure, "twin": twin,
    }  # fmt: skip
    return Scene(image, depth, object_id, class_id, Pinhole(*intrinsics), pose, kind, seed, source)


def _check_size(width: int, height: int) -> None:
    for name, value in (("width", width), ("height", height)):
        if not (checks.whole(value) and 16 <= value <= 4096):
            raise ValueError(f"{name} is {value!r}; give a whole number of pixels from 16 to 4096.")
