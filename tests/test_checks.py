"""Arguments that are no numbers, pictures in unusual forms and names with `~`, in every module that takes them."""

from __future__ import annotations

import os
from fractions import Fraction

import nbformat
import numpy as np
import pytest
from PIL import Image, ImageSequence

from helpers import (
    augmented,
    depth,
    export,
    files,
    navigation,
    planes,
    plots,
    range_sensor,
    run,
    stereo,
    surfaces,
    things,
)
from helpers.camera import Pinhole
from helpers.checks import depth_map, finite, picture_array, whole
from helpers.images import load_image
from helpers.run import Settings

CAMERA = Pinhole(10.0, 10.0, 4.0, 3.0)
DEPTH = np.full((6, 8), 2.0)
DEPTH[:, 4:] = 4.0
PICTURE = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
INVERSE = np.linspace(1, 2, 48, dtype=np.float32).reshape(6, 8)
FLOOR = planes.Plane(np.array([0.0, -1.0, 0.0]), 1.5)
POINTS = CAMERA.unproject(DEPTH)
GRID = navigation.Grid(np.ones((3, 4), np.uint8), 1.0, -2.0)
ALT = "A sentence that says what there is to see."


@pytest.mark.parametrize("value", [1, -2.5, np.float32(3), Fraction(1, 2), np.array(4.0), 10**300])
def test_finite_numbers(value):
    assert finite(value)


@pytest.mark.parametrize("value", ["1", None, [1.0], np.nan, np.inf, -np.inf, 10**400, np.ones(2)])
def test_what_is_no_finite_number(value):
    assert not finite(value)


def test_whole_numbers():
    assert whole(3) and whole(np.int64(0)) and not any(whole(value) for value in (True, 3.0, "3", None, np.bool_(1)))


def test_a_map_of_depth_may_have_sky_and_holes():
    depths = [[1, np.inf], [np.nan, 2]]
    np.testing.assert_array_equal(depth_map(depths), depths)
    with pytest.raises(ValueError, match="NaN values: fill them"):
        depth_map(depths, holes=False)
    with pytest.raises(ValueError, match="Fill pixels without a measurement"):
        depth_map([[0.0]], holes=False)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.ones(3), "shape"),
        (np.ones((0, 3)), "shape"),
        ([["1", "2"]], "real numbers"),
        ([[1j]], "real numbers"),
        ([[True]], "real numbers"),
        ([[1.0, 0.0]], "zero or negative"),
        ([[np.nan, -1.0]], "zero or negative"),
    ],
)
def test_what_is_no_map_of_depth(values, said):
    with pytest.raises(ValueError, match=said):
        depth_map(values)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Pinhole.from_fov("60", 10, 10), "field of view"),
        (lambda: Pinhole.from_fov(5e-324, 10, 10), "so small an angle"),
        (lambda: Pinhole.from_fov(60, None, 10), "at least 1 pixel"),
        (lambda: Pinhole(None, 1, 1, 1), "fx is None"),
        (lambda: Pinhole(1, 1, "1", 1), "cx is '1'"),
        (lambda: depth.inverse_depth_to_depth(INVERSE, "1", 0, 10), "scale and shift must be finite"),
        (lambda: depth.inverse_depth_to_depth(INVERSE, 1, 0, None), "max_depth is None"),
        (lambda: depth.resize_inverse_depth(INVERSE, 5), "size is"),
        (lambda: depth.resize_inverse_depth(INVERSE, (np.inf, 4)), "size is"),
        (lambda: depth.resize_inverse_depth(INVERSE, (np.nan, 4)), "size is"),
        (lambda: depth.colour_view(INVERSE, limits=(1, 2, 3)), "limits are"),
        (lambda: depth.range_scale_shift(INVERSE, 1, 5, (1, 2, 3)), "percentiles must be"),
        (lambda: stereo.disparity_to_depth([1.0], None, 0.1), "focal is None"),
        (lambda: stereo.matched(INVERSE, INVERSE, tolerance="a"), "tolerance is 'a'"),
        (lambda: range_sensor.lidar_scan(DEPTH, CAMERA, noise="a"), "noise is 'a'"),
        (lambda: surfaces.depth_jumps(DEPTH, "1"), "ratio is '1'"),
        (lambda: planes.find_plane(POINTS, trials=np.inf), "trials is inf"),
        (lambda: planes.Plane(np.array([0.0, 1.0, 0.0]), "1"), "offset is '1'"),
        (lambda: navigation.Grid([[1, 3]], 1.0, 0.0), "states must be"),
        (lambda: navigation.Grid([[1.0, 2.0]], 1.0, 0.0), "states must be"),
        (lambda: navigation.Grid([[1, 2]], "1", 0.0), "cell is '1'"),
        (lambda: navigation.plan_path(GRID, (-1, 0.5), (1, "a"), 0.1), "goal"),
        (lambda: things.nearest_graspable([], "1"), "opening is '1'"),
        (lambda: things.in_corridor(POINTS, (0, 0, 2), (0, 0, 1), radius="1", length=1), "radius and length must be"),
        (lambda: things.approach_directions((0, 0, 1), (0, -1, 0), turns=[np.inf]), "turns must"),
        (lambda: things.approach_directions((0, 0, 1), (0, -1, 0), elevations=np.zeros(0)), "elevations must be"),
        (lambda: things.separate_things(np.ones((6, 8), int), DEPTH, [-1]), "classes has -1"),
        (lambda: things.unseen_share(-DEPTH, CAMERA, (0, 0, 1), (0, 0, 1), radius=0.1, length=0.5), "zero or negative"),
        (lambda: augmented.disc("a"), "radius is 'a'"),
        (lambda: augmented.floor_light(POINTS, FLOOR, (0, 1, 2), 0.2, (0, -1, 0), softness="a"), "softness is 'a'"),
        (lambda: augmented.place_on_plane(CAMERA, FLOOR, (5, 4), (6, 8, 3)), "shape is"),
        (lambda: augmented.shifted_view(PICTURE.astype(np.uint32), DEPTH, CAMERA, 0.1), "uint8 or float"),
        (lambda: augmented.shifted_view(PICTURE[:0], DEPTH[:0], CAMERA, 0.1), "32,767"),
        (lambda: augmented.shifted_view(np.zeros((1, 40000, 3), np.uint8), np.ones((1, 40000)), CAMERA, 0.1), "32,767"),
        (lambda: augmented.save_gif("never.gif", [PICTURE], seconds=656), "655 s"),
        (lambda: augmented.save_gif("never.gif", [np.zeros((1, 70000, 3), np.uint8)]), "65,535"),
        (lambda: depth.range_scale_shift(INVERSE, None, 5), "nearest and farthest must be"),
        (lambda: depth.range_scale_shift(INVERSE, 1, 5, ("a", "b")), "percentiles must be"),
        (lambda: depth.colour_view(INVERSE, limits=("a", "b")), "limits are"),
        (lambda: things.separate_things(np.ones((6, 8), int), DEPTH, [1], least="a"), "least is 'a'"),
        (lambda: planes.find_plane(POINTS, tolerance="a"), "tolerance is 'a'"),
        (lambda: range_sensor.lidar_scan(DEPTH, CAMERA, dropout="a"), "dropout is 'a'"),
        (lambda: augmented.save_gif("never.gif", [PICTURE, PICTURE], seconds=400), "more than 655 s"),
    ],
)
def test_one_clear_error(call, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=said):
        call()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mode", ["P", "HSV", "RGBA", "CMYK"])
@pytest.mark.parametrize(
    "call",
    [
        augmented.to_linear,
        lambda picture: plots.show_images([picture], ["red"], alt=ALT),
        lambda picture: surfaces.point_cloud(picture, DEPTH, CAMERA),
        picture_array,
    ],
)
def test_pictures_whose_numbers_are_no_colours(call, mode):
    picture = Image.new("RGB", (8, 6), (255, 0, 0)).convert(mode)
    with pytest.raises(ValueError, match=f"mode {mode}.*convert"):
        call(picture)


def test_a_view_in_any_kind_of_float():
    usual = augmented.shifted_view(PICTURE / np.float32(255), DEPTH, CAMERA, 0.3)[0]
    for dtype in (">f4", "f2", "f8", ">f8"):
        given = (PICTURE / np.float32(255)).astype(dtype)
        np.testing.assert_allclose(augmented.shifted_view(given, DEPTH, CAMERA, 0.3)[0], usual, atol=2e-3)


def test_resizing_a_mirrored_map():
    mirrored = depth.resize_inverse_depth(np.fliplr(INVERSE), (12, 16))
    np.testing.assert_allclose(mirrored, np.fliplr(depth.resize_inverse_depth(INVERSE, (12, 16))), rtol=1e-5)
    np.testing.assert_array_equal(depth.resize_inverse_depth(INVERSE.astype(">f4"), (6, 8)), INVERSE)


def test_a_thing_straight_below_a_level_camera():
    away = things.approach_directions((0, 1, 0.01), (0, -1, 0))
    np.testing.assert_allclose(np.linalg.norm(away, axis=1), 1)
    np.testing.assert_allclose(away[0], [0, np.sin(np.radians(15)), np.cos(np.radians(15))], atol=1e-9)
    thing = things.measure_thing([[0, 1, 0.01], [0.1, 1, 0.01], [0, 1, 0.02]], (0, -1, 0))
    assert np.isfinite(thing.centre).all() and thing.width > 0.09


def test_no_obstacle_stands_in_the_way():
    assert things.first_free_direction([(0, 0, 1)], [], (0, 0, 1), radius=0.1, length=0.3) == (0, [0])
    assert not things.in_corridor([[np.inf, 0, 0]], (0, 0, 1), (0, 0, 1), radius=0.1, length=0.3).any()


def test_planes_and_grids_keep_what_they_were_given():
    normal = np.array([0.0, -1.0, 0.0])
    plane = planes.Plane(normal, 1.0)
    normal[:] = [1, 0, 0]
    np.testing.assert_array_equal(plane.normal, [0, -1, 0])
    assert navigation.Grid([[1, 1]], 1.0, 0.0).states.dtype == np.uint8


def test_a_sparse_map_says_why_nothing_is_drawn():
    sparse = np.full((2400, 2400), np.nan)
    sparse[1::2, 1::2] = 5
    with pytest.raises(ValueError, match="every .*th row and column only"):
        plots.show_map(sparse, "depth", "metres", ALT)


def test_the_legend_of_a_steep_line():
    assert plots._line_label(1500, -2.5) == "1.5e+03 x - 2.5"
    assert plots._line_label(0.5, 0.25) == "0.5 x + 0.25"


@pytest.mark.parametrize(
    ("seconds", "milliseconds"), [(np.float32(0.02), 20), (0.025, 20), (0.0333, 30), (0.12, 120), (655, 655_000)]
)
def test_a_film_says_how_long_each_picture_stays(tmp_path, seconds, milliseconds):
    path = augmented.save_gif(tmp_path / "film.gif", [PICTURE, PICTURE[::-1]], seconds=seconds)
    with Image.open(path) as film:
        assert [frame.info["duration"] for frame in ImageSequence.Iterator(film)] == [milliseconds] * 2


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    paths = depth.save_inverse_depth("~/maps", INVERSE)
    assert paths["float"] == tmp_path / "maps" / "inverse_depth.npy" and paths["view"].is_file()
    np.testing.assert_allclose(depth.load_inverse_depth16("~/maps/inverse_depth16.png"), INVERSE, atol=1e-4)
    assert files.atomic_write("~/a.txt", "x") == tmp_path / "a.txt"
    assert augmented.save_gif("~/b.gif", [PICTURE]).is_file()
    cloud = surfaces.point_cloud(PICTURE, np.full((6, 8), 2.0), CAMERA)
    assert surfaces.save_mesh("~/c.ply", cloud) == tmp_path / "c.ply"
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_name_that_only_begins_like_a_home_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert augmented.save_gif("~film.gif", [PICTURE]).resolve() == tmp_path / "~film.gif"
    assert (tmp_path / "~film.gif").is_file()
    Image.fromarray(PICTURE).save(tmp_path / "~photo.png")
    for name in ("~photo.png", "./~photo.png"):
        assert np.array_equal(load_image(name), PICTURE)
    assert Settings.from_environment({"DPT_IMAGE": "~photo.png"}).image == str(tmp_path / "~photo.png")


def test_an_error_that_is_tiny_is_drawn(monkeypatch):
    drawn = []
    monkeypatch.setattr(plots, "show", lambda figure, alt: drawn.append(figure))
    error = np.linspace(0, 1e-8, 48).reshape(6, 8)
    plots.show_comparison(PICTURE, INVERSE, INVERSE, error, alt=ALT)
    tops = [image.get_clim()[1] for axes in drawn[0].axes for image in axes.get_images()]
    assert any(9e-9 < top <= 1e-8 for top in tops)


def test_predictions_too_close_together():
    with pytest.raises(ValueError, match="too close together"):
        depth.two_point_scale_shift((1e-310, 0), (1, 2))


def test_an_unknown_home_is_an_oserror(monkeypatch):
    monkeypatch.setenv("DPT_OUT", "~nobody-of-that-name/out")
    with pytest.raises(OSError, match="DPT_OUT"):
        files.output_folder()


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<img srcset="http://a/1.png 1x,http://a/2.png 2x">', ["http://a/1.png", "http://a/2.png"]),
        ('<img srcset="data:image/png;base64,AA== 1x,http://x/a.png 2x">', ["http://x/a.png"]),
        ('<img srcset="a.png, b.png 2x, ">', ["a.png", "b.png"]),
        ('<link rel="preload" imagesrcset="c.png 100w">', ["c.png"]),
        ('<p style="background:URL(http://x/y)">', ["http://x/y"]),
        ("<style>p {background: image-set('data:image/png;base64,AA' 1x, 'd.png' 2x)}</style>", ["d.png"]),
        ('<svg><feImage href="e.png"/></svg>', ["e.png"]),
        ('<img src="http://[x">', ["http://[x"]),
        ('<img src="data:image/png;base64,AA=="><a href="http://x">far</a>', []),
    ],
)
def test_what_a_page_would_load(page, found):
    assert export.outside_resources(page) == found


def test_links_with_titles_and_headings_in_code():
    cells = [
        nbformat.v4.new_markdown_cell("  ~~~\n# no heading\n  ~~~\n\n# The heading"),
        nbformat.v4.new_markdown_cell("[next](01_x.ipynb 'a title'), [far](02_y.ipynb)"),
    ]
    page = export.notebook_to_html(nbformat.v4.new_notebook(cells=cells), pages={"01_x.ipynb"})
    assert "<title>The heading</title>" in page
    assert '<a href="01_x.html">next</a>' in page and "ipynb" not in page


def test_a_left_over_folder_of_no_process_is_left_alone():
    assert run._alive("9" * 20) and run._alive("x") and run._alive(str(os.getpid()))
