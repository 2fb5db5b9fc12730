"""Jumps, point clouds, meshes and their files."""

from __future__ import annotations

import math

import numpy as np
import pytest
import trimesh
from PIL import Image

from helpers.camera import Pinhole
from helpers.depth import range_scale_shift
from helpers.surfaces import (
    depth_jumps,
    depth_mesh,
    grid_faces,
    point_cloud,
    save_mesh,
    to_gltf_frame,
    usable_pixels,
)

HEIGHT, WIDTH = 12, 16
CAMERA = Pinhole.from_fov(60, WIDTH, HEIGHT)
IMAGE = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)


def slanted() -> np.ndarray:
    """A floor-like plane: inverse depth linear in the row, so from 5 m above to 2 m below."""
    return np.repeat(1 / np.linspace(1 / 5, 1 / 2, HEIGHT)[:, None], WIDTH, axis=1)


def stepped() -> np.ndarray:
    """A wall 4 m away, and before its right part a board 2 m away."""
    depth = np.full((HEIGHT, WIDTH), 4.0)
    depth[:, 10:] = 2.0
    return depth


# Jumps


def test_both_sides_of_a_jump_are_marked_and_nothing_else():
    marked = depth_jumps(stepped())
    expected = np.zeros((HEIGHT, WIDTH), bool)
    expected[:, 9:11] = True
    assert marked.dtype == bool
    assert np.array_equal(marked, expected)
    assert np.array_equal(depth_jumps(stepped().T), expected.T)


@pytest.mark.parametrize(("ratio", "found"), [(1.99, True), (2.01, False)])
def test_a_jump_is_a_ratio_whatever_the_unit(ratio, found):
    for unit in (1e-3, 1, 1e6):
        assert depth_jumps(stepped() * unit, ratio).any() == found


def test_the_border_of_the_sky_is_a_jump_and_that_of_the_unknown_is_none():
    depth = np.full((4, 6), 3.0)
    depth[0] = np.inf
    depth[:, 5] = np.nan
    marked = depth_jumps(depth)
    assert marked[:2, :5].all()
    assert not marked[2:].any()
    assert not marked[:, 5].any()
    assert not depth_jumps(np.full((3, 3), np.inf)).any()


@pytest.mark.parametrize("shape", [(1, 5), (5, 1), (1, 1)])
def test_a_single_row_or_column(shape):
    assert not depth_jumps(np.ones(shape)).any()


@pytest.mark.parametrize(
    ("depth", "ratio", "words"),
    [
        (np.ones(5), 1.1, "height, width"),
        (np.ones((0, 5)), 1.1, "height, width"),
        (np.zeros((2, 2)), 1.1, "zero or negative"),
        (-np.ones((2, 2)), 1.1, "zero or negative"),
        (np.ones((2, 2), complex), 1.1, "real numbers"),
        (np.ones((2, 2)), 1.0, "above 1"),
        (np.ones((2, 2)), math.nan, "above 1"),
        (np.ones((2, 2)), math.inf, "above 1"),
    ],
)
def test_bad_jumps(depth, ratio, words):
    with pytest.raises(ValueError, match=words):
        depth_jumps(depth, ratio)


# Masks


def test_usable_pixels_leaves_out_jumps_far_points_and_the_unknown():
    depth = stepped()
    depth[0, 0], depth[0, 1] = np.nan, np.inf
    assert np.array_equal(
        usable_pixels(depth, ratio=3.0), np.isfinite(depth) & ~depth_jumps(depth, 3.0) & ~np.isnan(depth)
    )
    assert np.array_equal(usable_pixels(stepped(), max_depth=2.0), np.arange(WIDTH)[None] >= 11 + np.zeros((HEIGHT, 1)))


@pytest.mark.parametrize(
    ("depth", "options", "words"),
    [
        (np.full((3, 3), np.nan), {}, "finite nowhere"),
        (np.full((3, 3), np.inf), {}, "finite nowhere"),
        (np.full((3, 3), 5.0), {"max_depth": 4.0}, "larger max_depth"),
        (np.full((3, 3), 5.0), {"max_depth": 0.0}, "positive"),
        (np.full((3, 3), 5.0), {"max_depth": math.nan}, "positive"),
        (np.array([[1.0, 2.0], [2.0, 4.0]]), {}, "larger ratio"),
    ],
)
def test_everything_masked(depth, options, words):
    with pytest.raises(ValueError, match=words):
        usable_pixels(depth, **options)


# Triangles


def test_two_triangles_for_each_square_anticlockwise():
    faces = grid_faces(np.ones((3, 4), bool))
    assert len(faces) == 2 * 2 * 3
    y, x = np.divmod(faces, 4)
    y = -y
    area = ((x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (x[:, 2] - x[:, 0]) * (y[:, 1] - y[:, 0])) / 2
    assert (area == 0.5).all()
    assert len(np.unique(np.sort(faces, axis=1), axis=0)) == len(faces)


def test_a_masked_pixel_takes_its_triangles_with_it():
    kept = np.ones((3, 3), bool)
    kept[1, 1] = False
    faces = grid_faces(kept)
    assert 4 not in faces
    assert len(faces) == 2
    corner = np.ones((3, 3), bool)
    corner[0, 0] = False
    assert len(grid_faces(corner)) == 7


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (np.ones((1, 5), bool), "no triangle"),
        (np.zeros((3, 3), bool), "no triangle"),
        (np.eye(4, dtype=bool), "no triangle"),
        (np.ones(4, bool), "bool"),
        (np.ones((3, 3)), "bool"),
    ],
)
def test_no_triangles(kept, words):
    with pytest.raises(ValueError, match=words):
        grid_faces(kept)


# Clouds and meshes


def test_the_frame_of_gltf_is_a_turn_not_a_mirror():
    points = np.random.default_rng(1).normal(size=(5, 7, 3)).astype(np.float32)
    turned = to_gltf_frame(points)
    assert turned.dtype == np.float32
    assert np.array_equal(turned, points * [1, -1, -1])
    assert np.array_equal(to_gltf_frame(turned), points)
    assert np.linalg.det(to_gltf_frame(np.eye(3))) == pytest.approx(1)
    with pytest.raises(ValueError, match=r"\.\.\., 3"):
        to_gltf_frame(np.ones((3, 2)))


def test_a_cloud_has_the_points_and_colours_of_its_pixels():
    depth = stepped()
    cloud = point_cloud(Image.fromarray(IMAGE), depth, CAMERA)
    kept = ~depth_jumps(depth)
    assert np.allclose(cloud.vertices, CAMERA.unproject(depth)[kept] * [1, -1, -1])
    assert np.array_equal(cloud.colors[:, :3], IMAGE[kept])
    assert (cloud.colors[:, 3] == 255).all()


def test_a_mesh_spans_no_jump_and_faces_the_camera():
    mesh = depth_mesh(IMAGE, stepped(), CAMERA)
    assert len(mesh.vertices) == HEIGHT * (WIDTH - 2)
    assert len(mesh.faces) == 2 * (HEIGHT - 1) * (8 + 4)
    assert np.ptp(mesh.vertices[mesh.faces][..., 2], axis=1).max() == 0
    assert np.allclose(mesh.face_normals, [0, 0, 1])
    assert mesh.vertices[:, 2].max() < 0
    slope = depth_mesh(IMAGE, slanted(), CAMERA, ratio=1.5)
    assert (np.einsum("ij,ij->i", slope.face_normals, slope.triangles_center) < 0).all()


def test_the_corners_of_a_mesh_appear_in_their_own_pixels_with_their_own_colours():
    for step in (1, 2, 5):
        mesh = depth_mesh(IMAGE, slanted(), CAMERA, step=step, ratio=3)
        places = CAMERA.project(to_gltf_frame(mesh.vertices))
        columns, rows = np.floor(places.T + 1e-6).astype(int)
        assert (rows % step == 0).all() and (columns % step == 0).all()
        assert np.array_equal(mesh.visual.vertex_colors[:, :3], IMAGE[rows, columns])
        textured = depth_mesh(IMAGE, slanted(), CAMERA, step=step, ratio=3, texture=True)
        assert np.allclose(textured.visual.uv, np.stack([places[:, 0] / WIDTH, 1 - places[:, 1] / HEIGHT], axis=1))


def test_points_without_a_triangle_are_not_kept():
    depth = np.full((HEIGHT, WIDTH), np.nan)
    depth[2:5, 3:6] = 2.0
    depth[10, 10] = 2.0
    mesh = depth_mesh(IMAGE, depth, CAMERA)
    assert len(mesh.vertices) == 9
    assert len(mesh.faces) == 8


def test_a_constant_depth_is_a_flat_card_but_a_constant_prediction_has_no_scale():
    mesh = depth_mesh(IMAGE, np.full((HEIGHT, WIDTH), 2.0), CAMERA)
    assert np.ptp(mesh.vertices[:, 2]) == 0
    assert len(mesh.faces) == 2 * (HEIGHT - 1) * (WIDTH - 1)
    with pytest.raises(ValueError, match="constant"):
        range_scale_shift(np.full((HEIGHT, WIDTH), 2.0), 1, 5)


@pytest.mark.parametrize("make", [point_cloud, depth_mesh])
@pytest.mark.parametrize(
    ("image", "depth", "options", "words"),
    [
        (IMAGE[:5], slanted(), {}, "same height and width"),
        (IMAGE[..., 0], slanted(), {}, "uint8"),
        (IMAGE / 255, slanted(), {}, "uint8"),
        (IMAGE, -slanted(), {}, "zero or negative"),
        (IMAGE, slanted() * np.nan, {}, "finite nowhere"),
        (IMAGE, slanted(), {"max_depth": 0.1}, "max_depth"),
        (IMAGE, slanted(), {"ratio": 0.5}, "above 1"),
        (IMAGE, slanted()[None], {}, "height, width"),
    ],
)
def test_bad_input(make, image, depth, options, words):
    with pytest.raises(ValueError, match=words):
        make(image, depth, CAMERA, **options)


@pytest.mark.parametrize("step", [0, -1, 1.5, True, "2"])
def test_a_bad_step(step):
    with pytest.raises(ValueError, match="whole number"):
        depth_mesh(IMAGE, slanted(), CAMERA, step=step)


def test_a_step_that_leaves_one_row():
    with pytest.raises(ValueError, match="no triangle"):
        depth_mesh(IMAGE, slanted(), CAMERA, step=100)


def test_a_focal_length_of_zero():
    with pytest.raises(ValueError, match="focal length"):
        depth_mesh(IMAGE, slanted(), Pinhole(0, 0, 8, 6))


# Files


@pytest.mark.parametrize("suffix", [".ply", ".glb", ".PLY"])
def test_a_mesh_comes_back_from_its_file(tmp_path, suffix):
    mesh = depth_mesh(IMAGE, slanted(), CAMERA, ratio=1.5)
    path = save_mesh(tmp_path / "new" / f"surface{suffix}", mesh)
    read = trimesh.load_mesh(path, process=False)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert np.allclose(read.vertices, mesh.vertices, atol=1e-6)
    assert np.array_equal(read.faces, mesh.faces)
    assert np.array_equal(read.visual.vertex_colors, mesh.visual.vertex_colors)


def test_a_texture_comes_back_from_its_file(tmp_path):
    mesh = depth_mesh(IMAGE, slanted(), CAMERA, ratio=1.5, step=3, texture=True)
    read = trimesh.load_mesh(save_mesh(tmp_path / "surface.glb", mesh), process=False)
    assert np.array_equal(np.asarray(read.visual.material.baseColorTexture.convert("RGB")), IMAGE)
    assert np.allclose(read.visual.uv, mesh.visual.uv, atol=1e-6)
    assert np.allclose(read.bounds, mesh.bounds, atol=1e-6)


@pytest.mark.parametrize("suffix", [".ply", ".glb"])
def test_a_cloud_comes_back_from_its_file(tmp_path, suffix):
    cloud = point_cloud(IMAGE, slanted(), CAMERA, ratio=1.5)
    read = trimesh.load(save_mesh(tmp_path / f"points{suffix}", cloud))
    if isinstance(read, trimesh.Scene):
        (read,) = read.geometry.values()
    assert np.allclose(read.vertices, cloud.vertices, atol=1e-6)
    assert np.array_equal(read.colors, cloud.colors)


def test_what_cannot_be_saved(tmp_path):
    mesh = depth_mesh(IMAGE, slanted(), CAMERA, ratio=1.5)
    broken = mesh.copy()
    broken.vertices = np.where(np.arange(len(mesh.vertices))[:, None] == 3, np.nan, mesh.vertices)
    cases = [
        ("surface.obj", mesh, "choose one of"),
        ("surface", mesh, "choose one of"),
        ("surface.ply", depth_mesh(IMAGE, slanted(), CAMERA, ratio=1.5, texture=True), "texture"),
        ("surface.ply", trimesh.Trimesh(), "empty"),
        ("surface.glb", trimesh.PointCloud(np.empty((0, 3))), "empty"),
        ("surface.ply", broken, "NaN"),
        ("surface.ply", mesh.vertices, "no mesh"),
    ]
    for name, thing, words in cases:
        with pytest.raises(ValueError, match=words):
            save_mesh(tmp_path / name, thing)
    assert not list(tmp_path.iterdir())


def test_the_old_file_stays_where_writing_fails(tmp_path, monkeypatch):
    mesh = depth_mesh(IMAGE, slanted(), CAMERA, ratio=1.5)
    path = save_mesh(tmp_path / "surface.ply", mesh)
    before = path.read_bytes()

    def fail(self, file, **options):
        file.write_bytes(b"half")
        raise OSError("the disk is full")

    monkeypatch.setattr(trimesh.Trimesh, "export", fail)
    with pytest.raises(OSError, match="full"):
        save_mesh(path, mesh)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["surface.ply"]
