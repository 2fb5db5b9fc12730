"""Things: separated at depth jumps, matched with the truth, measured, chosen, and reached through a free corridor."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.camera import Pinhole
from helpers.planes import Plane
from helpers.things import (
    Thing,
    above_plane,
    approach_directions,
    first_free_direction,
    in_corridor,
    match_things,
    measure_thing,
    measure_things,
    nearest_graspable,
    separate_things,
    unseen_share,
)

UP = np.array([0.0, -1.0, 0.0])
CAMERA = Pinhole(100.0, 100.0, 40.0, 30.0)
AHEAD = np.array([0.0, 0.0, 1.0])


def two_cups(front=0.8, back=1.0):
    """Two cups of class 5 that touch in the picture, before a wall of class 3 at 2 m: (60, 80) maps."""
    classes, depth = np.full((60, 80), 3, np.uint8), np.full((60, 80), 2.0, np.float32)
    classes[20:40, 20:45] = 5
    depth[20:40, 20:32], depth[20:40, 32:45] = front, back
    return classes, depth


def scattered(centre, size, count=4000, seed=0):
    """Points evenly spread in a box of `size` metres around `centre`."""
    return np.asarray(centre) + np.random.default_rng(seed).uniform(-0.5, 0.5, (count, 3)) * size


# Separating


def test_touching_cups_are_two_by_depth_and_one_without_a_jump():
    classes, depth = two_cups()
    things = separate_things(classes, depth, [5])
    assert things.dtype == np.int32 and things.shape == depth.shape
    assert np.unique(things).tolist() == [0, 1, 2]
    assert (things[20:40, 20:32] == 1).all() and (things[20:40, 32:45] == 2).all()
    assert separate_things(*two_cups(1.0, 1.0), [5]).max() == 1
    assert separate_things(classes, depth, [5], ratio=1.3).max() == 1


def test_things_are_numbered_from_near_to_far():
    things = separate_things(*two_cups(1.0, 0.8), [5])
    assert (things[20:40, 20:32] == 2).all() and (things[20:40, 32:45] == 1).all()


def test_equal_depth_but_other_classes_are_two_things():
    classes, depth = two_cups(1.0, 1.0)
    classes[20:40, 32:45] = 6
    assert separate_things(classes, depth, [5, 6]).max() == 2
    assert separate_things(classes, depth, [5]).max() == 1


def test_corners_do_not_join_and_a_slope_does_not_part():
    classes = np.zeros((60, 80), np.uint8)
    classes[0:10, 0:10] = classes[10:20, 10:20] = 1
    depth = np.tile(np.linspace(1, 3, 80), (60, 1))
    assert separate_things(classes, depth, [1]).max() == 2
    assert separate_things(np.ones((60, 80), int), depth, [1]).max() == 1


def test_crumbs_are_dropped():
    classes, depth = two_cups()
    classes[5, 5] = 5
    assert separate_things(classes, depth, [5]).max() == 2
    assert separate_things(classes, depth, [5], least=0).max() == 3
    with pytest.raises(ValueError, match="no thing covers"):
        separate_things(classes, depth, [5], least=0.5)


def test_the_sky_is_never_a_thing():
    classes, depth = two_cups()
    depth[20:40, 20:32] = np.inf
    assert separate_things(classes, depth, [5]).max() == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c, d: (c, d[:10], [5]), "both must have the picture's height"),
        (lambda c, d: (c.astype(float), d, [5]), "class_map .* whole numbers"),
        (lambda c, d: (c, d, []), "classes is empty"),
        (lambda c, d: (c, d, [7]), "nothing to grasp"),
        (lambda c, d: (c, np.full_like(d, np.inf), [5]), "all sky"),
        (lambda c, d: (c, np.full_like(d, np.nan), [5]), "NaN"),
        (lambda c, d: (c, np.where(np.arange(80) == 3, np.nan, d), [5]), "NaN"),
        (lambda c, d: (c, -d, [5]), "zero or negative"),
        (lambda c, d: (c, d * 0, [5]), "zero or negative"),
        (lambda c, d: (c[:0], d[:0], [5]), "height, width"),
        (lambda c, d: (c, d[..., None], [5]), "height, width"),
    ],
)
def test_bad_maps(change, message):
    with pytest.raises(ValueError, match=message):
        separate_things(*change(*two_cups()))


@pytest.mark.parametrize("options", [{"ratio": 1.0}, {"ratio": np.nan}, {"least": 1.0}, {"least": -0.1}])
def test_bad_limits(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        separate_things(*two_cups(), [5], **options)


# Above a plane


def table_scene():
    """A level table 0.5 m below the camera from 1 to 2 m, a box on it and one of the same height beside it."""
    points = np.full((60, 80, 3), np.nan)
    across, along = np.meshgrid(np.linspace(-0.5, 0.5, 80), np.linspace(1, 2, 60))
    points[...] = np.stack([across, np.full_like(across, 0.5), along], axis=-1)
    support = np.ones((60, 80), bool)
    support[20:30, 20:30] = False
    points[20:30, 20:30, 1] = 0.4
    support[:, 70:] = False
    points[:, 70:, 1], points[:, 70:, 0] = 0.4, 2.0
    return points, Plane(UP, 0.5), support


def test_only_what_stands_on_the_table_is_above_it():
    points, plane, support = table_scene()
    above = above_plane(points, plane, support)
    assert above[20:30, 20:30].all() and above.sum() == 100
    assert not above_plane(points, plane, support, lowest=0.11).any()
    assert not above_plane(points, plane, support, highest=0.09).any()


def test_the_sky_is_not_above():
    points, plane, support = table_scene()
    points[20:25, 20:30] = np.nan
    assert above_plane(points, plane, support).sum() == 50


def test_bad_support():
    points, plane, support = table_scene()
    with pytest.raises(ValueError, match="true or false for each point"):
        above_plane(points, plane, support[:3])
    with pytest.raises(ValueError, match="true or false for each point"):
        above_plane(points, plane, support.astype(int))
    with pytest.raises(ValueError, match="fewer than 3 pixels"):
        above_plane(points, plane, np.zeros_like(support))
    with pytest.raises(ValueError, match="one line"):
        above_plane(points, plane, np.arange(60)[:, None] == np.where(np.arange(80) > 0, 3, 3)[None])
    with pytest.raises(ValueError, match="lowest and highest"):
        above_plane(points, plane, support, lowest=0.3, highest=0.2)
    with pytest.raises(ValueError, match="H, W, 3"):
        above_plane(points[0], plane, support)


# Matching


def test_matching_counts_found_missed_and_extra():
    truth = np.zeros((20, 30), np.int32)
    truth[:10, :10], truth[:10, 15:25], truth[12:, :10] = 7, 9, 11
    things = np.zeros_like(truth)
    things[:10, :8], things[:10, 15:25], things[15:18, 20:25] = 2, 1, 3
    result = match_things(things, truth)
    assert [pair[:2] for pair in result.pairs] == [(2, 7), (1, 9)]
    assert [pair[2] for pair in result.pairs] == pytest.approx([0.8, 1.0])
    assert (result.found, result.total, result.extra) == (2, 3, 1)
    assert result.mean_iou == pytest.approx(1.8 / 3)
    assert match_things(things, truth, least_iou=0.9).found == 1


def test_two_true_things_merged_into_one_match_at_most_once():
    truth = np.zeros((10, 20), int)
    truth[:, :12], truth[:, 12:] = 1, 2
    result = match_things(np.ones_like(truth), truth)
    assert (result.found, result.extra) == (1, 0) and result.mean_iou == pytest.approx(0.3)


def test_nothing_found_is_legal_but_nothing_true_is_not():
    truth = np.ones((4, 4), int)
    result = match_things(np.zeros_like(truth), truth)
    assert (result.found, result.total, result.extra, result.mean_iou) == (0, 1, 0, 0.0)
    with pytest.raises(ValueError, match="no thing"):
        match_things(truth, np.zeros_like(truth))
    with pytest.raises(ValueError, match="shape"):
        match_things(truth, truth[:2])
    with pytest.raises(ValueError, match="whole numbers"):
        match_things(truth.astype(float), truth)
    with pytest.raises(ValueError, match="least_iou"):
        match_things(truth, truth, least_iou=0)


# Measuring


def test_a_box_is_measured():
    # only the front is seen of a box 10 cm wide, 20 cm high, 1 m away
    thing = measure_thing(scattered((0.1, 0.2, 1.0), (0.10, 0.20, 0.0)), UP)
    assert thing.width == pytest.approx(0.096, abs=0.003) and thing.height == pytest.approx(0.192, abs=0.004)
    assert np.abs(thing.centre - [0.1, 0.2, 1.05]).max() < 0.012
    assert thing.distance == pytest.approx(np.linalg.norm(thing.centre))


def test_size_and_distance_grow_with_the_scale():
    points = scattered((0.1, 0.2, 1.0), (0.1, 0.2, 0.02))
    one, double = measure_thing(points, UP), measure_thing(2 * points, UP)
    assert double.width == pytest.approx(2 * one.width) and double.distance == pytest.approx(2 * one.distance)
    assert np.allclose(double.centre, 2 * one.centre)


def test_height_is_along_up_in_a_camera_that_looks_down():
    angle = np.radians(40)
    turn = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    points = scattered((0.0, 0.0, 1.0), (0.1, 0.3, 0.0)) @ turn.T
    assert measure_thing(points, turn @ UP).height == pytest.approx(0.288, abs=0.005)
    assert measure_thing(points, UP).height < 0.25


def test_straight_from_above_width_is_still_across():
    thing = measure_thing(scattered((0.0, 0.0, 1.0), (0.1, 0.2, 0.05)), -AHEAD)
    assert thing.width == pytest.approx(0.096, abs=0.003) and thing.height == pytest.approx(0.048, abs=0.003)


def test_all_things_of_a_map_from_near_to_far():
    classes, depth = two_cups()
    depth[:, 0] = np.inf
    things = separate_things(classes, depth, [3, 5])
    measured = measure_things(things, CAMERA.unproject(depth), UP)
    assert [thing.number for thing in measured] == [1, 2, 3]
    assert [thing.whole for thing in measured] == [True, True, False]
    # 12 columns at 0.8 m, 100 pixels focal length
    assert measured[0].width == pytest.approx(12 * 0.8 / 100, rel=0.1)
    with pytest.raises(ValueError, match="no thing"):
        measure_things(np.zeros_like(things), CAMERA.unproject(depth), UP)
    with pytest.raises(ValueError, match="for each pixel"):
        measure_things(things[:3], CAMERA.unproject(depth), UP)


@pytest.mark.parametrize(
    ("points", "up", "message"),
    [
        (np.ones((2, 3)), UP, "at least 3"),
        (np.ones((1, 3)), UP, "at least 3"),
        (np.ones((5, 2)), UP, "shape"),
        (np.full((5, 3), np.nan), UP, "finite"),
        (-np.ones((5, 3)), UP, "before the camera"),
        (np.ones((5, 3)), np.zeros(3), "up .* not all 0"),
        (np.ones((5, 3)), [0, np.nan, 1], "three finite numbers"),
    ],
)
def test_bad_points(points, up, message):
    with pytest.raises(ValueError, match=message):
        measure_thing(points, up)


def test_a_focal_length_of_0_is_refused():
    with pytest.raises(ValueError, match="focal length"):
        Pinhole(0.0, 0.0, 40.0, 30.0)


# Choosing


def thing(z, width, whole=True, number=0):
    return Thing(np.array([0.0, 0.0, z]), width, 0.1, number, whole)


def test_the_nearest_that_fits_and_is_whole():
    things = [thing(0.5, 0.2), thing(0.6, 0.05, whole=False), thing(0.7, 0.06), thing(0.9, 0.03)]
    assert nearest_graspable(things, 0.08) is things[2]
    assert nearest_graspable(things, 0.25) is things[0]


def test_a_thing_needs_room_to_spare():
    things = [thing(0.5, 0.074), thing(0.8, 0.06)]
    assert nearest_graspable(things, 0.08) is things[1]
    assert nearest_graspable(things, 0.08, margin=0) is things[0]
    with pytest.raises(ValueError, match="2.5 cm to spare"):
        nearest_graspable(things, 0.08, margin=0.025)
    for margin in (-0.01, np.nan):
        with pytest.raises(ValueError, match="margin"):
            nearest_graspable(things, 0.08, margin=margin)


def test_nothing_fits():
    with pytest.raises(ValueError, match="narrowest is 20.0 cm"):
        nearest_graspable([thing(0.5, 0.2)], 0.08)
    with pytest.raises(ValueError, match="border of the picture"):
        nearest_graspable([thing(0.5, 0.02, whole=False)], 0.08)
    with pytest.raises(ValueError, match="no thing"):
        nearest_graspable([], 0.08)
    for opening in (0, -1, np.nan):
        with pytest.raises(ValueError, match="opening"):
            nearest_graspable([thing(0.5, 0.02)], opening)


# The approach


def test_directions_start_at_the_camera_side_and_end_above():
    directions = approach_directions([0, 0.3, 1.0], UP, elevations=(0, 45, 90), turns=(0, 30))
    assert len(directions) == 5
    assert np.allclose(np.linalg.norm(directions, axis=1), 1)
    assert np.allclose(directions[0], AHEAD) and np.allclose(directions[-1], -UP)
    assert directions[1][0] == pytest.approx(0.5) and directions[2][1] == pytest.approx(np.sqrt(0.5))
    with pytest.raises(ValueError, match="elevations"):
        approach_directions([0, 0, 1], UP, elevations=(100,))
    with pytest.raises(ValueError, match="target"):
        approach_directions([0, 0, 0], UP)


def test_a_corridor_is_round_and_ends_at_the_target():
    target, size = [0.0, 0.0, 1.0], {"radius": 0.1, "length": 0.3}
    points = np.array(
        [[0, 0, 0.9], [0, 0, 1.01], [0, 0, 0.69], [0.09, 0, 0.8], [0.09, 0.09, 0.8], [np.nan, 0, 0.9]], float
    )
    assert in_corridor(points, target, AHEAD, **size).tolist() == [True, False, False, True, False, False]
    assert (in_corridor(points, target, 7 * AHEAD, **size) == in_corridor(points, target, AHEAD, **size)).all()
    assert in_corridor(points.reshape(2, 3, 3), target, AHEAD, **size).shape == (2, 3)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((np.ones((4, 2)), [0, 0, 1], AHEAD), {}, "shape"),
        ((np.ones((4, 3)), [0, 0, np.nan], AHEAD), {}, "target"),
        ((np.ones((4, 3)), [0, 0, 1], [0, 0, 0]), {}, "direction .* not all 0"),
        ((np.ones((4, 3)), [0, 0, 1], AHEAD), {"radius": 0}, "positive"),
        ((np.ones((4, 3)), [0, 0, 1], AHEAD), {"length": np.inf}, "positive"),
    ],
)
def test_bad_corridors(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        in_corridor(*arguments, **{"radius": 0.1, "length": 0.3, **options})


def test_the_first_free_direction_goes_over_the_obstacle():
    target = np.array([0.0, 0.0, 1.0])
    directions = approach_directions(target, UP, elevations=(0, 45, 90), turns=(0,))
    box = scattered((0, 0, 0.8), 0.05)  # between camera and thing
    chosen, inside = first_free_direction(directions, box, target, radius=0.06, length=0.3)
    assert chosen == 1 and inside[0] == len(box) and inside[1:] == [0, 0]
    everywhere = scattered(target, 0.8)
    assert first_free_direction(directions, everywhere, target, radius=0.06, length=0.3)[0] == -1
    empty = np.zeros((0, 3))
    assert first_free_direction(directions, empty, target, radius=0.06, length=0.3)[0] == 0
    assert first_free_direction(directions, box[:3], target, radius=0.06, length=0.3, allowed=3)[0] == 0
    with pytest.raises(ValueError, match="at least one direction"):
        first_free_direction(np.zeros((0, 3)), box, target, radius=0.06, length=0.3)
    with pytest.raises(ValueError, match="positive"):
        first_free_direction(directions, box, target, radius=0.06, length=-1)


def test_counts_agree_with_the_corridor_itself():
    target = np.array([0.1, 0.2, 1.0])
    directions = approach_directions(target, UP)
    cloud = scattered(target, 1.0)
    _, inside = first_free_direction(directions, cloud, target, radius=0.07, length=0.3)
    assert inside == [in_corridor(cloud, target, one, radius=0.07, length=0.3).sum() for one in directions]
    assert min(inside) > 0


def test_unseen_is_what_lies_behind_a_surface_or_outside():
    target, size = np.array([0.0, 0.0, 1.0]), {"radius": 0.05, "length": 0.3}
    wall = np.full((60, 80), 1.2)
    assert unseen_share(wall, CAMERA, target, AHEAD, **size) == 0
    assert unseen_share(np.full((60, 80), 0.5), CAMERA, target, AHEAD, **size) == 1
    assert unseen_share(wall, CAMERA, target, -AHEAD, **size) > 0.3  # it comes from behind
    assert unseen_share(np.full((60, 80), np.inf), CAMERA, target, -AHEAD, **size) == 0
    assert unseen_share(wall, CAMERA, [3.0, 0.0, 1.0], AHEAD, **size) == 1
    assert unseen_share(np.full((60, 80), np.nan), CAMERA, target, AHEAD, **size) == 1
    with pytest.raises(ValueError, match="height, width"):
        unseen_share(np.ones(3), CAMERA, target, AHEAD, **size)
    with pytest.raises(ValueError, match="not all 0"):
        unseen_share(wall, CAMERA, target, [0, 0, 0], **size)


def test_a_rendered_scene_from_classes_to_corridor():
    from helpers.scenes import CLASSES, render

    scene = render(1417, 320, 240, "tabletop", plain=True)
    wanted = [CLASSES.index(name) for name in ("cup", "bottle", "dish")]
    things = separate_things(scene.class_id, scene.depth, wanted)
    truth = np.where(np.isin(scene.class_id, wanted), scene.object_id, 0)
    assert match_things(things, truth).found == 8
    up = scene.pose[:3, :3].T @ [0, 0, 1]
    points = scene.camera.unproject(scene.depth)
    chosen = nearest_graspable(measure_things(things, points, up), 0.08)
    assert 0.8 < chosen.distance < 0.95 and 0.05 < chosen.width < 0.07


def test_the_true_extent_of_what_is_rendered():
    from helpers.scenes import render_world
    from helpers.scenes.world import Material, View, World

    world, grey = World(np.random.default_rng(0)), Material((0.5, 0.5, 0.5))
    with world.thing("box") as box:  # turned by 45 degrees: its diagonal lies across
        world.box((0, 2, 0), (0.2, 0.2, 0.4), grey, yaw=np.pi / 4)
    with world.thing("ball") as ball:
        world.ellipsoid((1, 3, 0), (0.1, 0.2, 0.3), grey)
    with world.thing("cup") as cup:  # wider at its upper end, and lying tilted
        world.tube((0, 2, 1), (0.3, 2, 1.4), 0.1, grey, top_radius=0.2)
    with world.thing("toy") as toy:  # two shapes, one outside the picture
        world.box((0, 1, -1), (0.2, 0.2, 0.2), grey)
        world.box((-50, 1, -1), (0.2, 0.2, 0.2), grey)
    scene = render_world(world, View((0, 0, 0), (0, 1, 0)), 32, 24)  # right, down and forward are x, -z and y

    def extent(number, axes=((1, 0, 0), (0, 1, 0), (0, 0, 1))):
        return np.round(np.array(scene.extent(number, axes)).T, 6).tolist()

    half = round(0.1 * np.sqrt(2), 6)
    assert extent(box) == [[-half, half], [-0.2, 0.2], [round(2 - half, 6), round(2 + half, 6)]]
    assert extent(ball) == [[0.9, 1.1], [-0.3, 0.3], [2.8, 3.2]]
    assert extent(cup, [[1, 0, 0]]) == [[-0.08, 0.46]]  # a disc tilted by 3:4:5 reaches 0.8 of its radius aside
    assert extent(cup, [[0, 0, 1]]) == [[1.8, 2.2]]
    assert extent(toy, [[1, 0, 0]]) == [[-50.1, 0.1]]
    for number in (0, 1, 99):
        with pytest.raises(ValueError, match="no object"):
            scene.extent(number, np.eye(3))
    for axes in (np.ones(3), 2 * np.eye(3), np.full((1, 3), np.nan)):
        with pytest.raises(ValueError, match="length 1"):
            scene.extent(box, axes)


def test_a_measured_thing_is_a_little_narrower_than_it_is():
    from helpers.scenes import CLASSES, render

    scene = render(1417, 320, 240, "tabletop", plain=True)
    up = scene.pose[:3, :3].T @ [0, 0, 1]
    glass = measure_thing(scene.camera.unproject(scene.depth)[scene.object_id == 24], up)
    right = np.cross(glass.centre - (glass.centre @ up) * up, up)
    low, high = scene.extent(24, [right / np.linalg.norm(right), up])
    assert CLASSES[scene.class_id[scene.object_id == 24][0]] == "cup"
    assert 0.8 < glass.width / (high - low)[0] < 0.95
    assert glass.height == pytest.approx((high - low)[1], rel=0.05)
