"""Planes: found among outliers and under noise that grows with depth, fitted exactly, and bad input."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from helpers.bundled import load_truth
from helpers.planes import Plane, find_plane, fit_plane

UP = (0.0, -1.0, 0.0)
TILT = np.radians(12)
GROUND = np.array([0.0, -np.cos(TILT), -np.sin(TILT)])  # a camera that looks 12 degrees down, 1.4 m above the ground


def ground(count=2000, noise=0.0, height=1.4, normal=GROUND, seed=0):
    """Points of the plane p @ normal + height = 0, 1 to 20 m away, with an error along the ray of noise * depth."""
    rng = np.random.default_rng(seed)
    x, z = rng.uniform(-5, 5, count), rng.uniform(1, 20, count)
    y = -(x * normal[0] + z * normal[2] + height) / normal[1]
    points = np.stack([x, y, z], axis=1)
    return points * (1 + noise * rng.normal(size=(count, 1)))


def clutter(count, seed=1):
    rng = np.random.default_rng(seed)
    return rng.uniform((-5, -6, 1), (5, 1, 20), (count, 3))


def angle(plane, normal):
    return np.degrees(np.arccos(np.clip(plane.normal @ normal, -1, 1)))


def test_distance_is_signed_and_keeps_the_shape():
    plane = Plane(np.array([0.0, -1.0, 0.0]), 1.5)
    points = np.array([[[0, 1.5, 3], [2, 0.5, 9]], [[0, 2.0, 4], [0, np.nan, 1]]])
    np.testing.assert_allclose(plane.distance(points), [[0, 1], [-0.5, np.nan]])
    assert plane.distance(np.array([0, 0, 0])) == 1.5  # the camera itself


@pytest.mark.parametrize("normal", [(0, 0, 2), (0, 0), (0, 0, np.nan), (0, 0, 0)])
def test_a_plane_needs_a_unit_normal(normal):
    with pytest.raises(ValueError, match="length 1|three finite numbers"):
        Plane(np.array(normal), 1.0)


def test_a_plane_needs_a_finite_offset():
    with pytest.raises(ValueError, match="offset is nan"):
        Plane(np.array([0, 0, 1.0]), float("nan"))


def test_fit_is_exact_and_faces_the_camera():
    plane = fit_plane(ground())
    np.testing.assert_allclose(plane.normal, GROUND, atol=1e-9)
    assert plane.offset == pytest.approx(1.4)


def test_fit_takes_steep_planes_and_three_points():
    wall = np.array([[2.0, 0, 1], [2, 1, 1], [2, 0, 5]])  # x = 2: no function of x, which least squares in y needs
    plane = fit_plane(wall)
    np.testing.assert_allclose(plane.normal, [-1, 0, 0], atol=1e-9)
    assert plane.offset == pytest.approx(2)


def test_fit_measures_distances_square_to_the_plane():
    rng = np.random.default_rng(3)
    points = rng.normal(size=(5000, 3)) * (3, 2, 0.1) + (0, 0, 9)
    plane = fit_plane(points)
    assert angle(plane, np.array([0, 0, -1])) < 0.5
    assert np.abs(plane.distance(points)).mean() == pytest.approx(0.1 * np.sqrt(2 / np.pi), rel=0.05)


@pytest.mark.parametrize("points", [np.zeros((0, 3)), [[0, 0, 1], [1, 0, 1]]])
def test_fit_needs_three_points(points):
    with pytest.raises(ValueError, match="at least 3 points"):
        fit_plane(points)


@pytest.mark.parametrize("find", [fit_plane, find_plane])
def test_points_on_one_line_are_no_plane(find):
    line = np.linspace(1, 9, 50)[:, None] * np.array([0.3, 0.2, 1.0])
    with pytest.raises(ValueError, match="one line"):
        find(line)
    with pytest.raises(ValueError, match="one line"):
        find(np.ones((10, 3)))


def test_fit_refuses_nan():
    points = ground()
    points[7, 1] = np.nan
    with pytest.raises(ValueError, match="NaN or infinite"):
        fit_plane(points)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (np.zeros((4, 2)), "x, y and z"),
        (np.zeros(()), "x, y and z"),
        (np.array([["a", "b", "c"]] * 4), "real numbers"),
        (np.zeros((4, 3), complex), "real numbers"),
    ],
)
@pytest.mark.parametrize("find", [fit_plane, find_plane])
def test_points_of_a_wrong_kind(find, points, said):
    with pytest.raises(ValueError, match=said):
        find(points)


def test_fit_wants_a_list_of_points():
    with pytest.raises(ValueError, match=r"\(N, 3\)"):
        fit_plane(np.ones((4, 5, 3)))


@pytest.mark.parametrize("outliers", [0, 1000, 3000])
def test_found_among_outliers_under_noise_that_grows_with_depth(outliers):
    points = np.concatenate([ground(noise=0.02), clutter(outliers)])
    plane, inliers = find_plane(points, up=UP)
    assert angle(plane, GROUND) < 1 and plane.offset == pytest.approx(1.4, abs=0.05)
    assert inliers.shape == (len(points),) and inliers.dtype == bool
    assert inliers[:2000].mean() > 0.95
    assert inliers[2000:].sum() <= 0.3 * outliers
    relative = np.abs(plane.distance(points)) / points[:, 2]
    assert (inliers == (relative < 0.03)).all()


def test_tolerance_grows_with_depth():
    near, far = np.array([[0.0, 1.4 - 0.2, 2]]), np.array([[0.0, 1.4 - 0.2, 18]])  # both 0.2 m above level ground
    points = np.concatenate([ground(normal=np.array([0, -1.0, 0])), near, far])
    _, inliers = find_plane(points)
    assert not inliers[-2] and inliers[-1]


def test_up_chooses_the_ground_where_a_wall_is_larger():
    rng = np.random.default_rng(2)
    wall = np.stack([rng.uniform(-5, 5, 4000), rng.uniform(-3, 1.4, 4000), np.full(4000, 6.0)], axis=1)
    points = np.concatenate([wall, ground(1000)])
    largest, _ = find_plane(points)
    assert angle(largest, np.array([0, 0, -1])) < 2
    plane, _ = find_plane(points, up=UP)
    assert angle(plane, GROUND) < 2
    plane, _ = find_plane(points, up=np.array(UP) * 7)  # any length
    assert angle(plane, GROUND) < 2


def test_a_ceiling_is_no_ground():
    ceiling = ground() * (1, -1, 1)
    assert find_plane(ceiling)[0].normal[1] > 0.9
    with pytest.raises(ValueError, match="no plane whose normal is within 30 degrees of up"):
        find_plane(ceiling, up=UP)


def test_a_wall_is_no_ground():
    rng = np.random.default_rng(2)
    wall = np.stack([rng.uniform(-5, 5, 4000), rng.uniform(-3, 1.4, 4000), np.full(4000, 6.0)], axis=1)
    with pytest.raises(ValueError, match="no plane"):
        find_plane(wall, up=UP)


def test_nothing_but_clutter_is_no_plane():
    with pytest.raises(ValueError, match="no plane holds at least 5%"):
        find_plane(clutter(3000), tolerance=0.002)


def test_sky_is_left_out_and_a_picture_of_points_is_taken():
    points = ground(2400).reshape(40, 60, 3)
    points[:10] = np.nan
    points[10, 0] = np.inf
    points[11, 0] *= -1  # behind the camera
    plane, inliers = find_plane(points, up=UP)
    assert inliers.shape == (40, 60)
    assert not inliers[:10].any() and not inliers[10, 0] and not inliers[11, 0]
    assert inliers.sum() == 30 * 60 - 2
    assert angle(plane, GROUND) < 0.01


def test_all_sky_is_said():
    with pytest.raises(ValueError, match="only 0 of 100 points .* Is it all sky"):
        find_plane(np.full((100, 3), np.nan))
    with pytest.raises(ValueError, match="only 2 of 2 points"):
        find_plane(ground(2))


def test_the_same_seed_gives_the_same_plane_and_warns_of_nothing():
    points = np.concatenate([ground(6000, noise=0.05), clutter(3000)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one, two = (find_plane(points, up=UP, seed=5)[0] for _ in range(2))
        with pytest.raises(ValueError, match="no plane"):
            find_plane(ground(), up=(1, 0, 0), max_angle=5)
    assert (one.normal == two.normal).all() and one.offset == two.offset


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"tolerance": 0}, "tolerance is 0"),
        ({"tolerance": float("nan")}, "tolerance is nan"),
        ({"tolerance": 1.5}, "tolerance is 1.5"),
        ({"trials": 0}, "trials is 0"),
        ({"trials": 1.5}, "trials is 1.5"),
        ({"max_angle": 0}, "max_angle is 0"),
        ({"max_angle": 120}, "max_angle is 120"),
        ({"up": (0, 0, 0)}, "not all 0"),
        ({"up": (0, 1)}, "three finite numbers"),
        ({"up": (0, np.nan, 1)}, "three finite numbers"),
        ({"up": "up"}, "three finite numbers"),
    ],
)
def test_bad_arguments(bad, said):
    with pytest.raises(ValueError, match=said):
        find_plane(ground(), **bad)


@pytest.mark.parametrize("name", ["room", "street"])
def test_the_ground_of_a_bundled_scene(name):
    truth = load_truth(name)
    points = truth.camera.unproject(truth.depth)
    plane, inliers = find_plane(points, up=UP)
    assert inliers.mean() > 0.1
    assert 0.3 < plane.offset < 4  # the height at which one holds a camera
    lower = points[-20:][inliers[-20:]]
    assert np.abs(plane.distance(lower)).max() < 0.1
