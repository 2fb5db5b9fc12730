"""Disparity and depth, StereoSGBM, the left-right check, and the courtyard that they are tried on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.scenes import CLASSES, render_world
from helpers.scenes.courtyard import BOARD, FENCE, courtyard
from helpers.stereo import disparity_to_depth, match_stereo, matched

RNG = np.random.default_rng(0)
TEXTURE = RNG.integers(0, 256, (60, 200), dtype=np.uint8)
BASELINE = 0.15


def shifted(picture, pixels):
    """The pair of a plane whose disparity is `pixels`, cut so that both pictures are full of texture."""
    return picture[:, :-pixels], picture[:, pixels:]


def test_depth_by_hand():
    assert disparity_to_depth([14.0], focal=700, baseline=0.1)[0] == pytest.approx(5)


def test_the_sky_and_the_unknown():
    depth = disparity_to_depth([[0, np.nan, 2]], 100, 0.5)
    assert np.isinf(depth[0, 0]) and np.isnan(depth[0, 1]) and depth[0, 2] == 25
    assert depth.dtype == np.float32 and depth.shape == (1, 3)


@given(st.floats(0.1, 1e4), st.floats(10, 1e4), st.floats(0.01, 10))
def test_there_and_back(depth, focal, baseline):
    assert disparity_to_depth([focal * baseline / depth], focal, baseline)[0] == pytest.approx(depth, rel=1e-6)


def test_one_pixel_is_enough():
    assert disparity_to_depth(np.array(4.0), 100, 0.5) == np.float32(12.5)


@pytest.mark.parametrize(
    ("values", "focal", "baseline", "word"),
    [
        ([-1.0, 2.0], 100, 0.5, "negative"),
        ([np.inf], 100, 0.5, "infinite"),
        ([np.nan, np.nan], 100, 0.5, "NaN everywhere"),
        ([], 100, 0.5, "empty"),
        (["a"], 100, 0.5, "dtype"),
        ([True], 100, 0.5, "dtype"),
        ([1.0], 0, 0.5, "focal"),
        ([1.0], -3, 0.5, "focal"),
        ([1.0], np.nan, 0.5, "focal"),
        ([1.0], 100, 0, "baseline"),
        ([1.0], 100, -0.1, "baseline"),
        ([1.0], 100, np.inf, "baseline"),
    ],
)
def test_bad_numbers(values, focal, baseline, word):
    with pytest.raises(ValueError, match=word):
        disparity_to_depth(values, focal, baseline)


@pytest.mark.parametrize("pixels", [3, 20])
def test_finds_the_shift_of_a_plane(pixels):
    left, right = shifted(TEXTURE, pixels)
    disparity = match_stereo(left, right, max_disparity=32)
    assert disparity.shape == left.shape and disparity.dtype == np.float32
    assert np.isnan(disparity[:, :32]).all(), "the first columns cannot be searched"
    inner = disparity[5:-5, 40:-10]
    assert np.isfinite(inner).mean() > 0.95
    assert np.nanmedian(np.abs(inner - pixels)) < 0.1


def test_colours_and_grey_agree_and_odd_ranges_are_rounded_up():
    left, right = shifted(TEXTURE, 6)
    grey = match_stereo(left, right, max_disparity=16)
    colours = match_stereo(*(np.repeat(picture[..., None], 3, axis=2) for picture in (left, right)), max_disparity=10)
    assert np.array_equal(grey, colours, equal_nan=True)


def test_noise_that_has_nothing_in_common_is_not_matched():
    other = RNG.integers(0, 256, TEXTURE.shape, dtype=np.uint8)
    assert np.isfinite(match_stereo(TEXTURE, other, max_disparity=32)).mean() < 0.2


@pytest.mark.parametrize(
    ("left", "right", "options", "word"),
    [
        (TEXTURE, TEXTURE[:, 1:], {}, "shapes"),
        (TEXTURE.astype(float), TEXTURE.astype(float), {}, "uint8"),
        (TEXTURE[0], TEXTURE[0], {}, "uint8"),
        (TEXTURE[:, :0], TEXTURE[:, :0], {}, "uint8"),
        (TEXTURE[:, :, None].repeat(4, 2), TEXTURE[:, :, None].repeat(4, 2), {}, "RGB"),
        (TEXTURE, TEXTURE, {"block": 4}, "odd"),
        (TEXTURE, TEXTURE, {"block": 0}, "odd"),
        (TEXTURE, TEXTURE, {"block": 2.5}, "odd"),
        (TEXTURE, TEXTURE, {"max_disparity": 0}, "at least 1"),
        (TEXTURE, TEXTURE, {"max_disparity": 16.5}, "whole"),
        (TEXTURE, TEXTURE, {"max_disparity": 200}, "wider"),
        (TEXTURE[:3], TEXTURE[:3], {"max_disparity": 16}, "high"),
        (TEXTURE[:1, :1], TEXTURE[:1, :1], {}, "wider"),
    ],
)
def test_pictures_that_cannot_be_matched(left, right, options, word):
    with pytest.raises(ValueError, match=word):
        match_stereo(left, right, **options)


def test_left_right_check_by_hand():
    left = np.array([[0, 0, 0, 0, 3, 3, 0, 0]])  # two near pixels, seen in the right picture at columns 1 and 2
    right = np.array([[0, 3, 3, 0, 0, 0, 0, 0]])
    assert matched(left, right).tolist() == [[True, False, False, True, True, True, True, True]]


def test_what_is_unknown_or_outside_is_not_matched():
    left = np.array([[2.0, np.nan, 2.0, 1.0]])
    right = np.array([[2.0, 2.0, np.nan, np.nan]])
    assert matched(left, right).tolist() == [[False, False, True, False]]


@pytest.mark.parametrize(
    ("left", "right", "tolerance", "word"),
    [
        (np.ones((2, 3)), np.ones((3, 2)), 1, "shapes"),
        (np.ones(3), np.ones(3), 1, "shapes"),
        (np.full((2, 3), np.nan), np.ones((2, 3)), 1, "NaN everywhere"),
        (np.ones((2, 3)), np.full((2, 3), np.nan), 1, "NaN everywhere"),
        (-np.ones((2, 3)), np.ones((2, 3)), 1, "negative"),
        (np.ones((2, 3)), np.full((2, 3), np.inf), 1, "infinite"),
        (np.ones((0, 3)), np.ones((0, 3)), 1, "empty"),
        (np.ones((2, 3)), np.ones((2, 3)), -1, "tolerance"),
        (np.ones((2, 3)), np.ones((2, 3)), np.nan, "tolerance"),
    ],
)
def test_disparities_that_cannot_be_checked(left, right, tolerance, word):
    with pytest.raises(ValueError, match=word):
        matched(left, right, tolerance=tolerance)


@pytest.fixture(scope="module")
def pair():
    scene = render_world(*courtyard(), 320, 240, seed=6)
    return scene, scene.stereo_twin(BASELINE)


def test_the_courtyard_names_its_parts(pair):
    scene, _ = pair
    names = {part: {CLASSES[number] for number in scene.class_id[scene.object_id == part]} for part in (BOARD, FENCE)}
    assert names == {BOARD: {"sign"}, FENCE: {"fence"}}
    assert np.isinf(scene.depth).any() and scene.depth.min() > 2


def test_the_exact_disparity_lines_the_pair_up(pair):
    scene, twin = pair
    exact, other = (scene.camera.fx * BASELINE / s.depth for s in pair)
    both = matched(exact, other)
    assert 0.9 < both.mean() < 1
    column = np.clip(np.rint(np.arange(320) - exact).astype(int), 0, None)
    fetched = np.take_along_axis(twin.image, column[..., None], axis=1)
    difference = np.abs(scene.image.astype(float) - fetched).mean(axis=2)
    assert difference[~both].mean() > 5 * difference[both].mean()


def test_stereo_measures_the_courtyard(pair):
    scene, twin = pair
    disparity = match_stereo(scene.image, twin.image, max_disparity=32)
    good = np.isfinite(disparity) & np.isfinite(scene.depth)
    depth = disparity_to_depth(disparity, scene.camera.fx, BASELINE)[good]
    assert good.mean() > 0.6
    assert np.median(np.abs(depth - scene.depth[good]) / scene.depth[good]) < 0.06


def test_a_giant_courtyard_gives_the_same_picture():
    small, giant = (render_world(*courtyard(size), 160, 120, seed=6) for size in (1.0, 2.0))
    ground = np.isfinite(small.depth)
    assert np.allclose(giant.depth[ground], 2 * small.depth[ground], rtol=1e-4)
    assert (np.abs(small.image.astype(int) - giant.image) > 2).mean() < 0.01


@pytest.mark.parametrize("size", [0, -1, np.nan, np.inf])
def test_a_courtyard_without_size(size):
    with pytest.raises(ValueError, match="size"):
        courtyard(size)


@pytest.mark.parametrize("value", ["a", None, True, 2.5, math.nan, math.inf])
def test_sizes_that_are_no_whole_numbers_are_refused(value):
    picture = np.zeros((20, 60, 3), np.uint8)
    with pytest.raises(ValueError, match="block is"):
        match_stereo(picture, picture, max_disparity=16, block=value)
    with pytest.raises(ValueError, match="max_disparity is"):
        match_stereo(picture, picture, max_disparity=value)
