"""The view that can be turned: what its page holds, and that a browser draws it."""

from __future__ import annotations

import base64
import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from helpers.camera import Pinhole
from helpers.export import outside_resources
from helpers.surfaces import depth_mesh
from helpers.viewer import MAX_POINTS, mesh_page, show_mesh

HEIGHT, WIDTH = 48, 64
CAMERA = Pinhole.from_fov(60, WIDTH, HEIGHT)
ALT = "A red wall with a green board before it."
BACKGROUND = (0x23, 0x27, 0x2E)
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)


def scene() -> tuple[np.ndarray, np.ndarray]:
    """A red wall 4 m away; before its middle a green board 2 m away."""
    depth = np.full((HEIGHT, WIDTH), 4.0)
    image = np.full((HEIGHT, WIDTH, 3), (200, 30, 30), np.uint8)
    depth[12:36, 20:44] = 2.0
    image[12:36, 20:44] = (30, 180, 40)
    return image, depth


def board_and_wall(texture: bool = True) -> trimesh.Trimesh:
    return depth_mesh(*scene(), CAMERA, texture=texture)


def stored(page: str) -> dict:
    return json.loads(re.search(r"^const data = (\{.*\});$", page, flags=re.MULTILINE).group(1))


def numbers(text: str, dtype: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype)


@pytest.mark.parametrize("texture", [True, False])
def test_the_page_holds_the_mesh(texture):
    mesh = board_and_wall(texture)
    data = stored(mesh_page(mesh, ALT))
    points = np.array(data["low"]) + np.array(data["span"]) * numbers(data["points"], "<u2").reshape(-1, 3) / 65535
    assert np.abs(points - mesh.vertices).max() < 1e-4
    assert np.array_equal(numbers(data["faces"], "<u2").reshape(-1, 3), mesh.faces)
    if texture:
        assert data["colours"] is None
        assert np.abs(numbers(data["uv"], "<u2").reshape(-1, 2) / 65535 - mesh.visual.uv).max() < 1e-4
    else:
        assert data["uv"] is None
        assert np.array_equal(numbers(data["colours"], "u1").reshape(-1, 3), mesh.visual.vertex_colors[:, :3])
    assert data["distance"] == 4.0


def test_nothing_comes_from_outside_and_nothing_may():
    page = mesh_page(board_and_wall(), ALT)
    assert outside_resources(page) == []
    program = page.replace(json.dumps(stored(page)), "")
    assert len(program) < 12_000
    assert not re.search(r"https?:|//[a-z]|\bfetch\(|XMLHttpRequest|\bimport\b", program)
    assert "default-src 'none'" in page


def test_the_alternative_text_cannot_break_the_page():
    page = mesh_page(board_and_wall(), 'A board "in front" of a </script> wall & more.')
    assert 'aria-label="A board &quot;in front&quot; of a &lt;/script&gt; wall &amp; more."' in page
    assert page.count("</script>") == 1


def test_a_large_picture_is_made_smaller():
    image, depth = (np.kron(values, np.ones((25, 25, 1)[: values.ndim], values.dtype)) for values in scene())
    camera = Pinhole.from_fov(60, 25 * WIDTH, 25 * HEIGHT)
    page = mesh_page(depth_mesh(image, depth, camera, step=25, texture=True), ALT)
    assert len(page) < 200_000


def test_in_a_notebook_the_page_has_a_frame_of_its_own(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append((data, options)))
    show_mesh(board_and_wall(), ALT, height=300)
    ((data, options),) = shown
    assert options == {"raw": True}
    assert data["text/plain"] == ALT
    frame = re.fullmatch(
        r'<iframe title="(.*?)" height="300" style="[^"]*" srcdoc="([^"]*)"></iframe>', data["text/html"]
    )
    assert html.unescape(frame.group(2)) == mesh_page(board_and_wall(), ALT)


def points_at(z: float) -> trimesh.Trimesh:
    return trimesh.Trimesh([[0, 0, z], [1, 0, z], [0, 1, z]], [[0, 1, 2]], process=False)


@pytest.mark.parametrize(
    ("mesh", "alt", "words"),
    [
        (points_at(-1.0), "short", "20 characters"),
        (points_at(-1.0), None, "20 characters"),
        (points_at(1.0), ALT, "behind the camera"),
        (points_at(np.nan), ALT, "NaN"),
        (trimesh.Trimesh(), ALT, "with triangles"),
        (trimesh.PointCloud(np.ones((3, 3))), ALT, "with triangles"),
        (trimesh.Trimesh(np.full((MAX_POINTS + 1, 3), -1.0), [[0, 1, 2]], process=False), ALT, "larger step"),
    ],
)
def test_what_cannot_be_viewed(mesh, alt, words):
    with pytest.raises(ValueError, match=words):
        mesh_page(mesh, alt)


def photograph(page: str, folder: Path, width: int, height: int) -> np.ndarray:
    """What the browser shows of a page, (height, width, 3), drawn by WebGL without a graphics card."""
    source, picture = folder / "page.html", folder / "page.png"
    source.write_text(page, encoding="utf-8")
    command = [
        BROWSER, "--headless", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
        "--use-angle=swiftshader", "--enable-unsafe-swiftshader", f"--user-data-dir={folder / 'profile'}",
        "--force-device-scale-factor=1", f"--window-size={width},{height}", "--virtual-time-budget=3000",
        f"--screenshot={picture}", source.as_uri(),
    ]  # fmt: skip
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=True)
    return np.asarray(Image.open(picture).convert("RGB")).astype(int)


@pytest.mark.skipif(BROWSER is None, reason="the package chromium is not installed (apt-get install chromium)")
def test_a_browser_draws_it(tmp_path, monkeypatch):
    frames = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: frames.append(data["text/html"]))
    for texture in (True, False):
        show_mesh(board_and_wall(texture), ALT, height=240)
    halves = "".join(f"<div style='float: left; width: 320px'>{frame}</div>" for frame in frames)
    page = f"<!DOCTYPE html><html><body style='margin: 0'>{halves}</body></html>"
    for seen in np.split(photograph(page, tmp_path, 640, 240), 2, axis=1):
        red = (seen[..., 0] > 150) & (seen[..., 1] < 80)
        green = (seen[..., 1] > 130) & (seen[..., 0] < 80)
        empty = (np.abs(seen - BACKGROUND) < 8).all(axis=2)
        assert red.mean() > 0.2, "the wall is not drawn"
        assert green.mean() > 0.05, "the board is not drawn"
        assert empty.mean() > 0.05, "the view begins beside the camera's place, so what was hidden is empty"
        assert (red | green | empty).mean() > 0.7
        rows, columns = np.nonzero(green)
        assert np.ptp(rows) > 60 and np.ptp(columns) > 60, "the board is too small"
