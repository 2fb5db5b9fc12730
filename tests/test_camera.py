"""The pinhole camera: points worked out by hand, round trips, bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.camera import Pinhole


def test_field_of_view_spans_the_width():
    camera = Pinhole.from_fov(90, 640, 480)
    assert camera.fx == pytest.approx(320) and camera.fy == pytest.approx(320)
    assert (camera.cx, camera.cy) == (320, 240)


def test_field_of_view_is_horizontal_for_upright_pictures_too():
    camera = Pinhole.from_fov(60, 480, 640)
    assert math.degrees(2 * math.atan(240 / camera.fx)) == pytest.approx(60)
    assert camera.fy == camera.fx


def test_unproject_by_hand():
    camera = Pinhole(fx=2, fy=4, cx=1, cy=1)
    points = camera.unproject(np.array([[2.0, 4.0], [8.0, 16.0]]))
    assert points.shape == (2, 2, 3)
    np.testing.assert_allclose(points[0, 0], [-0.5, -0.25, 2])
    np.testing.assert_allclose(points[0, 1], [1, -0.5, 4])
    np.testing.assert_allclose(points[1, 0], [-2, 1, 8])
    np.testing.assert_allclose(points[1, 1], [4, 2, 16])


def test_middle_of_the_picture_lies_on_the_axis():
    points = Pinhole.from_fov(70, 5, 3).unproject(np.full((3, 5), 7.0))
    np.testing.assert_allclose(points[1, 2], [0, 0, 7], atol=1e-12)


def test_axes_point_right_down_and_forward():
    points = Pinhole.from_fov(70, 8, 6).unproject(np.ones((6, 8)))
    assert (np.diff(points[..., 0], axis=1) > 0).all()
    assert (np.diff(points[..., 1], axis=0) > 0).all()
    assert (points[..., 2] == 1).all()


@given(
    st.floats(10, 2000),
    st.floats(10, 2000),
    st.floats(-50, 50),
    st.floats(-50, 50),
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(0, 2**32 - 1),
)
def test_projecting_what_was_unprojected_gives_pixel_centres(fx, fy, cx, cy, height, width, seed):
    camera = Pinhole(fx, fy, cx, cy)
    depth = np.random.default_rng(seed).uniform(0.1, 100, (height, width))
    pixels = camera.project(camera.unproject(depth))
    rows, columns = np.mgrid[:height, :width]
    np.testing.assert_allclose(pixels[..., 0], columns + 0.5, atol=1e-8)
    np.testing.assert_allclose(pixels[..., 1], rows + 0.5, atol=1e-8)


@pytest.mark.parametrize("nowhere", [np.inf, np.nan])
def test_sky_and_holes_have_no_point(nowhere):
    # The column on the optical axis is where 0 times infinity could go unnoticed.
    depth = np.full((3, 3), nowhere, np.float32)
    depth[0, 0] = 2
    points = Pinhole(2, 2, 1.5, 1.5).unproject(depth)
    assert np.isfinite(points[0, 0]).all()
    assert np.isnan(points).all(axis=-1).sum() == 8


@pytest.mark.parametrize(
    ("given_dtype", "expected"), [(np.float32, np.float32), (np.float64, np.float64), (np.int64, np.float64)]
)
def test_precision_of_the_points(given_dtype, expected):
    assert Pinhole(2, 2, 1, 1).unproject(np.ones((2, 2), given_dtype)).dtype == expected


def test_unproject_leaves_its_input_alone():
    depth = np.array([[1.0, np.inf]])
    Pinhole(2, 2, 1, 1).unproject(depth)
    assert depth[0, 1] == np.inf


def test_points_behind_the_camera_are_not_seen():
    pixels = Pinhole(2, 2, 1, 1).project(np.array([[0, 0, 1.0], [0, 0, -1], [0, 0, 0], [np.nan, 0, 1], [0, 0, np.inf]]))
    np.testing.assert_array_equal(pixels[0], [1, 1])
    assert np.isnan(pixels[1:]).all()


def test_project_takes_one_point():
    np.testing.assert_allclose(Pinhole(10, 20, 1, 2).project([1, 1, 2]), [6, 12])


def test_a_camera_cannot_be_changed():
    with pytest.raises(AttributeError):
        Pinhole(2, 2, 1, 1).fx = 3


@pytest.mark.parametrize("focal", [0, -1, math.nan, math.inf])
def test_bad_focal_length(focal):
    with pytest.raises(ValueError, match="fx is"):
        Pinhole(focal, 1, 0, 0)
    with pytest.raises(ValueError, match="fy is"):
        Pinhole(1, focal, 0, 0)


@pytest.mark.parametrize("place", [math.nan, math.inf])
def test_bad_principal_point(place):
    with pytest.raises(ValueError, match="cy is"):
        Pinhole(1, 1, 0, place)


@pytest.mark.parametrize("fov", [0, -10, 180, 360, math.nan])
def test_bad_field_of_view(fov):
    with pytest.raises(ValueError, match="field of view"):
        Pinhole.from_fov(fov, 640, 480)


def test_bad_picture_size():
    with pytest.raises(ValueError, match="at least 1 pixel"):
        Pinhole.from_fov(60, 0, 480)


@pytest.mark.parametrize("shape", [(4,), (2, 3, 1), (0, 4)])
def test_unproject_wants_a_map(shape):
    with pytest.raises(ValueError, match="height, width"):
        Pinhole(1, 1, 0, 0).unproject(np.ones(shape))


@pytest.mark.parametrize("value", [0.0, -1.0, -np.inf])
def test_unproject_refuses_depth_that_is_not_positive(value):
    with pytest.raises(ValueError, match="zero or negative"):
        Pinhole(1, 1, 0, 0).unproject(np.array([[1.0, value]]))


def test_unproject_refuses_what_are_no_numbers():
    with pytest.raises(ValueError, match="real numbers"):
        Pinhole(1, 1, 0, 0).unproject(np.array([["near", "far"]]))


@pytest.mark.parametrize("shape", [(2,), (4, 2), (3, 1)])
def test_project_wants_three_coordinates(shape):
    with pytest.raises(ValueError, match="x, y and z"):
        Pinhole(1, 1, 0, 0).project(np.ones(shape))
