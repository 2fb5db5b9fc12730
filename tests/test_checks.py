"""Arguments that are no numbers, pictures in unusual forms and names with `~`, in every module that takes them."""

from __future__ import annotations

import os
import traceback
from fractions import Fraction
from pathlib import Path

import IPython.display
import nbformat
import numpy as np
import pytest
from PIL import Image, ImageSequence

from helpers import (
    augment,
    augmented,
    depth,
    evaluation,
    export,
    files,
    metrics,
    navigation,
    planes,
    plots,
    range_sensor,
    run,
    scenes,
    segmentation_training,
    stereo,
    surfaces,
    things,
    viewer,
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
LINEAR = augmented.to_linear(PICTURE)
MESH = surfaces.depth_mesh(PICTURE, DEPTH, CAMERA)
GRID = navigation.Grid(np.ones((3, 4), np.uint8), 1.0, -2.0)
GROUND = navigation.Ground.level(1.5)
ALT = "A sentence that says what there is to see."


@pytest.mark.parametrize("value", [1, -2.5, np.float32(3), Fraction(1, 2), np.array(4.0), 10**300])
def test_finite_numbers(value):
    assert finite(value)


@pytest.mark.parametrize(
    "value", ["1", None, [1.0], np.nan, np.inf, -np.inf, 10**400, np.ones(2), True, np.True_, 1j, np.complex64(1)]
)
def test_what_is_no_finite_number(value):
    assert not finite(value)


def test_infinity_where_it_is_asked_for():
    assert finite(np.inf, endless=True) and finite(np.float32(1), endless=True)
    assert not any(finite(value, endless=True) for value in (np.nan, True, "inf", None, [np.inf]))


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
        (lambda: depth.inverse_depth_to_depth(INVERSE, 1, 0, None), "max_depth is None: give a positive number"),
        (lambda: depth.resize_inverse_depth(INVERSE, 5), "size is"),
        (lambda: depth.resize_inverse_depth(INVERSE, (np.inf, 4)), "size is"),
        (lambda: depth.resize_inverse_depth(INVERSE, (np.nan, 4)), "size is"),
        (lambda: depth.colour_view(INVERSE, limits=(1, 2, 3)), "limits is .*the smaller first"),
        (lambda: depth.range_scale_shift(INVERSE, 1, 5, (1, 2, 3)), "percentiles is .*the smaller first"),
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
        (lambda: things.in_corridor(POINTS, (0, 0, 2), (0, 0, 1), radius="1", length=1), "radius is '1'"),
        (lambda: things.approach_directions((0, 0, 1), (0, -1, 0), turns=[np.inf]), "turns must"),
        (lambda: things.approach_directions((0, 0, 1), (0, -1, 0), elevations=np.zeros(0)), "elevations must be"),
        (lambda: things.separate_things(np.ones((6, 8), int), DEPTH, [-1]), "a class is -1"),
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
        (lambda: depth.range_scale_shift(INVERSE, 1, 5, ("a", "b")), "percentiles is"),
        (lambda: depth.colour_view(INVERSE, limits=("a", "b")), "limits is"),
        (lambda: things.separate_things(np.ones((6, 8), int), DEPTH, [1], least="a"), "least is 'a'"),
        (lambda: planes.find_plane(POINTS, tolerance="a"), "tolerance is 'a'"),
        (lambda: range_sensor.lidar_scan(DEPTH, CAMERA, dropout="a"), "dropout is 'a'"),
        (lambda: augmented.save_gif("never.gif", [PICTURE, PICTURE], seconds=400), "more than 655 s"),
        (lambda: augmented.save_gif(None, [PICTURE]), "None is no path"),
        (lambda: augmented.refocus([[1, 2], [3]], DEPTH, 50, 2, 0.01), "the picture has rows of different lengths"),
        (lambda: augmented.composite(LINEAR, DEPTH, None), "layer is a NoneType: pass a helpers.augmented.Layer"),
        (lambda: depth.load_inverse_depth16(5), "5 is no path"),
        (lambda: depth.two_point_scale_shift(2, (1, 2)), "inverse_depths is 2"),
        (lambda: evaluation.bootstrap_interval([1.0], draws=0), "draws is 0"),
        (lambda: evaluation.boundary_scores(DEPTH, DEPTH[1:]), "resize the depth"),
        (lambda: evaluation.boundary_scores(DEPTH, -DEPTH), "truth has .*zero or negative"),
        (lambda: evaluation.boundary_scores(DEPTH, DEPTH, [1.0]), "factors above 1"),
        (lambda: evaluation.picture_sheet([(1, 2, 3)]), "a row must be a Case"),
        (lambda: evaluation.picture_sheet([]), "nothing to draw"),
        (lambda: metrics.row_ramp((True, True)), "height, width"),
        (lambda: navigation.find_ground(POINTS, seed="a"), "seed is 'a': give a whole number of at least 0"),
        (lambda: navigation.time_to_collision("5", 1.0), "distance has dtype .*real numbers"),
        (lambda: navigation.room_for("grid", 0.1), "grid is a str: pass a helpers.navigation.Grid"),
        (lambda: navigation.plan_path(GRID, 3, (1, 1), 0.1), r"start is 3: give \(right, forward\)"),
        (lambda: planes.Plane("up", 1.0), "normal is 'up': give three finite numbers"),
        (lambda: planes.find_plane(POINTS, up=(0, 1e200, 0)), "none of them huge"),
        (lambda: plots.show_lines([1, 2], [1, 2], "t", "x", "y", ALT), "lines is a list: pass a dict"),
        (lambda: plots.show_scatter([1], [1], "t", "x", "y", ALT, line=3), r"line is 3: give \(scale, shift\)"),
        (lambda: stereo.disparity_to_depth([[1.0, 2.0], [3.0]], 10, 0.1), "disparity has rows of different lengths"),
        (lambda: things.nearest_graspable(["cup"], 0.1), "a thing is a str: pass a helpers.things.Thing"),
        (lambda: viewer.show_mesh(MESH, ALT, height=None), "height is None"),
    ],
)
def test_one_clear_error(call, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=said):
        call()
    assert not list(tmp_path.iterdir())


SCATTERED = np.random.default_rng(1).uniform(-1, 1, (20, 3)) + (0, 0, 3)
FLAT = np.random.default_rng(0).uniform(0, 1, (6, 8, 3)) * (1, 0, 1) + (0, 1.5, 1)
KEPT = np.ones((6, 8), bool)
LAYER = augmented.ball(CAMERA, (6, 8), (0, 0, 3), 0.5)
THING = things.Thing(np.array([0.0, 0.0, 1.0]), 0.05, 0.1)
CASE = evaluation.Case("x", "room", PICTURE, 1 / DEPTH, True, 10.0)
ROW = (CASE, INVERSE, evaluation.measure(CASE, INVERSE) | evaluation.measure_baselines(CASE))
SCENE = scenes.render(0, 16, 16, "room")
LABELS = {"title": "t", "label": "l", "alt": ALT}
AXES = {"title": "t", "x_label": "x", "y_label": "y", "alt": ALT}
CORRIDOR = {"target": (0, 0, 2), "direction": (0, 0, 1), "radius": 0.1, "length": 0.5}


def held_out(**options):
    return list(evaluation.held_out_scenes(**options))


def measured_classes(said):
    case = segmentation_training.Case("room", PICTURE, np.zeros((6, 8), np.uint8))
    return segmentation_training.measure(lambda image: said, [case])


def drawn_things(image, things, title):
    plots.draw_things(plots.new_figure().subplots(), image, things, title)


WORKS = [
    (drawn_things, {"image": PICTURE, "things": np.ones((6, 8), int), "title": "things"}),
    (Pinhole, {"fx": 10.0, "fy": 10.0, "cx": 4.0, "cy": 3.0}),
    (Pinhole.from_fov, {"fov_degrees": 60, "width": 10, "height": 10}),
    (CAMERA.unproject, {"depth": DEPTH}),
    (CAMERA.project, {"points": POINTS}),
    (planes.Plane, {"normal": (0.0, 1.0, 0.0), "offset": 1.0}),
    (FLOOR.distance, {"points": POINTS}),
    (planes.fit_plane, {"points": SCATTERED}),
    (planes.find_plane, {"points": POINTS, "tolerance": 0.03, "up": None, "max_angle": 30, "trials": 9, "seed": 0}),
    (depth.resize_inverse_depth, {"inverse_depth": INVERSE, "size": (3, 4)}),
    (depth.inverse_depth_to_depth, {"inverse_depth": INVERSE, "scale": 1.0, "shift": 0.0, "max_depth": 10.0}),
    (depth.two_point_scale_shift, {"inverse_depths": (2.0, 1.0), "depths": (1.0, 2.0)}),
    (
        depth.range_scale_shift,
        {"inverse_depth": INVERSE, "nearest": 1.0, "farthest": 5.0, "percentiles": (1.0, 99.0)},
    ),
    (depth.sixteen_bit, {"inverse_depth": INVERSE}),
    (depth.colour_view, {"inverse_depth": INVERSE, "colormap": "gray", "limits": (0.0, 1.0)}),
    (depth.save_inverse_depth, {"folder": "maps", "inverse_depth": INVERSE, "colormap": "gray"}),
    (depth.load_inverse_depth16, {"path": "there/inverse_depth16.png"}),
    (stereo.disparity_to_depth, {"disparity": [1.0, 2.0], "focal": 10.0, "baseline": 0.1}),
    (
        stereo.match_stereo,
        {"left": np.zeros((9, 40), np.uint8), "right": np.zeros((9, 40), np.uint8), "max_disparity": 16, "block": 5},
    ),
    (stereo.matched, {"disparity": INVERSE, "other": INVERSE, "tolerance": 1.0}),
    (
        range_sensor.lidar_scan,
        {"depth": DEPTH, "camera": CAMERA, "lines": 4, "points_per_line": 4, "noise": 0.0, "dropout": 0.0}
        | {"max_range": 10.0, "seed": 0},
    ),
    (surfaces.depth_jumps, {"depth": DEPTH, "ratio": 1.1}),
    (surfaces.usable_pixels, {"depth": DEPTH, "ratio": 1.1, "max_depth": 10.0}),
    (surfaces.to_gltf_frame, {"points": POINTS}),
    (surfaces.grid_faces, {"kept": KEPT}),
    (surfaces.point_cloud, {"image": PICTURE, "depth": DEPTH, "camera": CAMERA, "ratio": 1.1, "max_depth": 10.0}),
    (surfaces.depth_mesh, {"image": PICTURE, "depth": DEPTH, "camera": CAMERA, "step": 1, "ratio": 1.1}),
    (surfaces.save_mesh, {"path": "mesh.ply", "mesh": MESH}),
    (navigation.Ground, {"plane": FLOOR}),
    (navigation.Ground.level, {"camera_height": 1.5}),
    (GROUND.coordinates, {"points": POINTS}),
    (GROUND.points, {"right": 0.0, "forward": 1.0, "height": 0.0}),
    (navigation.find_ground, {"points": FLAT, "tolerance": 0.03, "max_angle": 40.0, "seed": 0}),
    (navigation.Grid, {"states": np.ones((3, 4), np.uint8), "cell": 1.0, "left": -2.0}),
    (GRID.at, {"row": 0, "column": 0}),
    (GRID.cell_of, {"right": 0.5, "forward": 0.5}),
    (
        navigation.occupancy_grid,
        {"coordinates": POINTS, "low": 0.2, "high": 2.0, "cell": 0.5, "reach": 5.0, "side": 4.0, "least_points": 1},
    ),
    (navigation.nearest_by_sector, {"grid": GRID, "edges": [-30, 0, 30]}),
    (navigation.time_to_collision, {"distance": [1.0, 2.0], "speed": 1.0}),
    (navigation.room_for, {"grid": GRID, "radius": 0.1}),
    (navigation.nearest_reachable, {"grid": GRID, "start": (0.5, 0.5), "goal": (0.5, 2.5), "radius": 0.1}),
    (
        navigation.plan_path,
        {"grid": GRID, "start": (0.5, 0.5), "goal": (0.5, 2.5), "radius": 0.1, "unknown_cost": None},
    ),
    (navigation.free_space_scores, {"prediction": GRID, "truth": GRID}),
    (augmented.to_linear, {"image": PICTURE}),
    (augmented.to_bytes, {"linear": LINEAR}),
    (
        augmented.place_on_plane,
        {"camera": CAMERA, "plane": FLOOR, "pixel": (5, 4), "shape": (6, 8), "depth": DEPTH},
    ),
    (
        augmented.ball,
        {"camera": CAMERA, "shape": (6, 8), "centre": (0, 0, 3), "radius": 0.5, "colours": ((0.7, 0.1, 0.1),)}
        | {"stripes": 4, "light": (1, 1, 1), "direction": (0, -1, 0), "up": (0, -1, 0), "ambient": 0.5},
    ),
    (augmented.composite, {"picture": LINEAR, "depth": DEPTH, "layer": LAYER}),
    (
        augmented.floor_light,
        {"points": POINTS, "plane": FLOOR, "centre": (0, 1, 2), "radius": 0.2, "direction": (0, -1, 0)}
        | {"ambient": 0.5, "softness": 0.1, "tolerance": 0.03},
    ),
    (augmented.disc, {"radius": 1.0}),
    (
        augmented.refocus,
        {"picture": LINEAR, "depth": DEPTH, "focal_length": 10.0, "focus": 2.0, "aperture": 0.01, "layers": 4},
    ),
    (
        augmented.shifted_view,
        {"picture": PICTURE, "depth": DEPTH, "camera": CAMERA, "right": 0.1, "down": 0.0, "pivot": 2.0},
    ),
    (augmented.save_gif, {"path": "film.gif", "frames": [PICTURE], "seconds": 0.1, "colours": 16}),
    (
        things.separate_things,
        {"class_map": np.ones((6, 8), int), "depth": DEPTH, "classes": [1], "ratio": 1.05, "least": 0.0},
    ),
    (things.above_plane, {"points": FLAT, "plane": FLOOR, "support": KEPT, "lowest": 0.01, "highest": 5.0}),
    (things.match_things, {"things": np.ones((6, 8), int), "truth": np.ones((6, 8), int), "least_iou": 0.5}),
    (things.measure_thing, {"points": SCATTERED, "up": (0, -1, 0)}),
    (things.measure_things, {"things": np.ones((6, 8), int), "points": POINTS, "up": (0, -1, 0)}),
    (things.nearest_graspable, {"things": [THING], "opening": 0.1, "margin": 0.01}),
    (
        things.approach_directions,
        {"target": (0, 0, 1), "up": (0, -1, 0), "elevations": (15,), "turns": (0,)},
    ),
    (things.in_corridor, {"points": POINTS} | CORRIDOR),
    (things.unseen_share, {"depth": DEPTH, "camera": CAMERA} | CORRIDOR),
    (
        things.first_free_direction,
        {"directions": [(0, 0, 1)], "obstacles": SCATTERED, "target": (0, 0, 1), "radius": 0.1, "length": 0.3}
        | {"allowed": 0},
    ),
    (plots.new_figure, {"width": 4.0, "height": 4.0}),
    (plots.show_images, {"images": [PICTURE], "titles": ["a"], "alt": ALT, "columns": 1}),
    (plots.show_depth, {"image": PICTURE, "inverse_depth": INVERSE, "alt": ALT, "limits": (0.0, 1.0)}),
    (plots.show_map, {"values": INVERSE, "colormap": "viridis", "limits": (0.0, 1.0)} | LABELS),
    (plots.show_maps, {"maps": [INVERSE], "titles": ["a"], "label": "l", "alt": ALT, "columns": 3, "limits": (0, 1)}),
    (
        plots.show_comparison,
        {"image": PICTURE, "prediction_aligned": INVERSE, "truth": INVERSE, "error": INVERSE, "alt": ALT},
    ),
    (plots.show_bars, {"labels": ["a"], "values": [1.0], "title": "t", "unit": "u", "alt": ALT, "form": "{:.3g}"}),
    (plots.show_histogram, {"values": INVERSE, "bins": 4} | LABELS),
    (plots.show_lines, {"x": [1, 2], "lines": {"a": [1, 2]}} | AXES),
    (plots.show_scatter, {"x": [1, 2], "y": [1, 2], "line": (1.0, 0.0), "names": ["a", "b"]} | AXES),
    (viewer.mesh_page, {"mesh": MESH, "alt": ALT}),
    (viewer.show_mesh, {"mesh": MESH, "alt": ALT, "height": 300}),
    (augment.normalise_inverse_depth, {"depth": DEPTH}),
    (augment.far_values, {"depth": DEPTH, "cap": 10.0}),
    (evaluation.boundary_scores, {"depth": DEPTH, "truth": DEPTH, "thresholds": [1.1]}),
    (evaluation.bootstrap_interval, {"values": [1.0, 2.0], "draws": 10, "seed": 0}),
    (evaluation.picture_sheet, {"rows": [ROW]}),
    (held_out, {"count": 1, "size": 16, "first": 0}),
    (measured_classes, {"said": np.zeros((6, 8), int)}),
    (segmentation_training.class_weights, {"counts": [1, 2, 3]}),
    (scenes.render, {"seed": 0, "width": 16, "height": 16, "kind": "room", "aspect": 1.0}),
    (SCENE.stereo_twin, {"baseline": 0.1}),
    (SCENE.moved, {"right": 0.1, "down": 0.0}),
    (SCENE.extent, {"number": 2, "axes": np.eye(3)}),
]

NONSENSE = ["a", None, True, 1j, np.nan, object(), {}, [[1, 2], [3]], ("a", "b"), (1, 2, 3, 4, 5)]


@pytest.mark.parametrize(("function", "arguments"), WORKS, ids=lambda part: getattr(part, "__qualname__", ""))
def test_nonsense_is_taken_or_refused_by_a_line_of_our_own(function, arguments, tmp_path, monkeypatch):
    """Whatever one of the arguments is, the function works or says itself, in one ValueError, what is wrong."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plots, "show", lambda figure, alt: None)
    monkeypatch.setattr(IPython.display, "display", lambda *arguments, **options: None)
    depth.save_inverse_depth("there", INVERSE)
    function(**arguments)
    for name in arguments:
        for nonsense in NONSENSE:
            try:
                function(**{**arguments, name: nonsense})
            except ValueError as error:
                *_, innermost = traceback.extract_tb(error.__traceback__)
                # numpy's compiled functions leave no line of their own: the last one must be a raise
                ours = "helpers" in Path(innermost.filename).parts and innermost.line.startswith("raise")
                assert ours, f"{name}={nonsense!r} fails in {innermost}"
            except OSError:  # a name of no file
                assert name == "path"


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
