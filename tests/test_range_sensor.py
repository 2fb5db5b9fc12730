"""The simulated range sensor: where its rays go, what they measure, and bad input."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.camera import Pinhole
from helpers.range_sensor import lidar_scan

CAMERA = Pinhole(100, 110, 80, 60)
SHAPE = (120, 160)
WALL = np.full(SHAPE, 5.0, np.float32)
RAMP = np.linspace(2, 20, SHAPE[0] * SHAPE[1]).reshape(SHAPE)


def test_without_noise_it_measures_the_depth():
    scan = lidar_scan(RAMP, CAMERA, lines=8, points_per_line=32, noise=0)
    assert scan.rows.shape == scan.columns.shape == scan.depth.shape
    assert 0.8 * 8 * 32 < len(scan.rows) <= 8 * 32
    assert np.allclose(scan.depth, RAMP[scan.rows, scan.columns])


def test_rays_are_even_in_angle():
    scan = lidar_scan(WALL, CAMERA, lines=9, points_per_line=41, noise=0)
    x = (scan.columns + 0.5 - CAMERA.cx) / CAMERA.fx
    y = (scan.rows + 0.5 - CAMERA.cy) / CAMERA.fy
    azimuth = np.unique(np.round(np.arctan(x), 6))
    assert len(azimuth) == 41
    assert np.ptp(np.diff(azimuth)) < 2 / CAMERA.fx
    elevation = np.sort(np.arctan(y / np.sqrt(1 + x**2)))
    steps = np.diff(elevation)
    assert (steps > 0.05).sum() == 8, "nine lines, eight gaps"
    assert np.ptp(steps[steps > 0.05]) < 3 / CAMERA.fy


def test_lines_bend_and_leave_the_picture_at_the_corners():
    scan = lidar_scan(WALL, CAMERA, lines=9, points_per_line=41, noise=0)
    assert len(scan.rows) < 9 * 41
    centre = np.abs(scan.columns - 80) < 10
    assert scan.rows[centre].max() > 105
    assert scan.rows.min() >= 0 and scan.rows.max() < 120 and scan.columns.min() >= 0 and scan.columns.max() < 160


def test_noise_is_along_the_ray():
    scan = lidar_scan(WALL, CAMERA, lines=60, points_per_line=120, noise=0.1)
    x = (scan.columns + 0.5 - CAMERA.cx) / CAMERA.fx
    y = (scan.rows + 0.5 - CAMERA.cy) / CAMERA.fy
    along = (scan.depth - 5) * np.sqrt(1 + x**2 + y**2)
    assert along.std() == pytest.approx(0.1, rel=0.05)
    assert abs(along.mean()) < 0.01


def test_the_same_seed_gives_the_same_scan():
    first, again, other = (lidar_scan(WALL, CAMERA, dropout=0.3, seed=seed) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first.depth[:20], other.depth[:20])


def test_dropout_takes_its_share():
    whole, part = (len(lidar_scan(WALL, CAMERA, lines=40, points_per_line=100, dropout=d).rows) for d in (0, 0.25))
    assert part / whole == pytest.approx(0.75, abs=0.03)


def test_no_answer_from_sky_holes_and_far_away():
    depth = RAMP.copy()
    depth[:30] = np.inf
    depth[:, :40] = np.nan
    scan = lidar_scan(depth, CAMERA, noise=0, max_range=15)
    assert scan.rows.min() >= 30 and scan.columns.min() >= 40
    assert np.isfinite(scan.depth).all() and scan.depth.max() <= 15


def test_a_measurement_is_never_negative():
    scan = lidar_scan(np.full(SHAPE, 0.1), CAMERA, noise=1.0)
    assert (scan.depth > 0).all()


def test_one_ray():
    scan = lidar_scan(WALL, CAMERA, lines=1, points_per_line=1, noise=0)
    assert len(scan.depth) == 1 and scan.depth[0] == pytest.approx(5)


@pytest.mark.parametrize(
    ("depth", "word"),
    [
        (np.ones(5), "shape"),
        (np.ones((0, 4)), "shape"),
        (np.array([["a"]]), "dtype"),
        (np.ones((4, 4), complex), "dtype"),
        (-WALL, "zero or negative"),
        (np.zeros(SHAPE), "zero or negative"),
        (np.full(SHAPE, np.inf), "no ray"),
        (np.full(SHAPE, np.nan), "no ray"),
        (WALL * 100, "no ray"),
    ],
)
def test_bad_depth(depth, word):
    with pytest.raises(ValueError, match=word):
        lidar_scan(depth, CAMERA, max_range=60)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"lines": 0}, "lines"),
        ({"lines": 2.5}, "lines"),
        ({"lines": True}, "lines"),
        ({"points_per_line": -3}, "points_per_line"),
        ({"noise": -0.1}, "noise"),
        ({"noise": np.nan}, "noise"),
        ({"dropout": 1.0}, "dropout"),
        ({"dropout": -0.1}, "dropout"),
        ({"dropout": np.nan}, "dropout"),
        ({"max_range": 0}, "max_range"),
        ({"max_range": np.nan}, "max_range"),
    ],
)
def test_bad_settings(options, word):
    with pytest.raises(ValueError, match=word):
        lidar_scan(WALL, CAMERA, **options)


def test_a_camera_is_needed():
    with pytest.raises(ValueError, match="Pinhole"):
        lidar_scan(WALL, (100, 100, 80, 60))
