"""The ground, the bird's-eye grid, sectors and paths: worked out by hand, on a bundled scene, and with bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest

from helpers.bundled import load_truth
from helpers.navigation import (
    FREE,
    OCCUPIED,
    UNKNOWN,
    Grid,
    Ground,
    find_ground,
    free_space_scores,
    nearest_by_sector,
    nearest_reachable,
    occupancy_grid,
    plan_path,
    room_for,
    time_to_collision,
)
from helpers.planes import Plane

TILT = np.radians(15)
TILTED = Ground(Plane(np.array([0.0, -np.cos(TILT), -np.sin(TILT)]), 1.4))  # the camera looks 15 degrees down
SMALL = {"cell": 0.5, "reach": 6.0, "side": 3.0}


def floor(near=2.0, far=6.0, seed=0, count=20_000):
    """Ground coordinates of a floor seen from `near` to `far`, inside a field of view of 90 degrees."""
    rng = np.random.default_rng(seed)
    forward = rng.uniform(near, far, count)
    return np.stack([rng.uniform(-1, 1, count) * forward, forward, np.zeros(count)], axis=1)


def block(right, forward, height, count=10):
    return np.tile(np.array([[right, forward, height]], float), (count, 1))


def grid_from(letters, cell=1.0):
    """A grid from lines of `.` free, `#` occupied, `?` unknown; the lowest line is the nearest row."""
    lines = letters.split()[::-1]
    states = np.array([["?.#".index(letter) for letter in line] for line in lines], np.uint8)
    return Grid(states, cell, -cell * states.shape[1] / 2)


def gap_to_obstacles(grid, places):
    """Metres from places (N, 2) to the nearest point, corners included, of an occupied cell."""
    centres = np.stack([axis[grid.states == OCCUPIED] for axis in grid.centres()], axis=1)
    beyond = np.maximum(np.abs(places[:, None] - centres) - grid.cell / 2, 0)
    return np.hypot(beyond[..., 0], beyond[..., 1]).min()


def test_level_ground_by_hand():
    ground = Ground.level(1.5)
    points = np.array([[2.0, 1.5, 7.0], [-1.0, 0.5, 3.0], [0.0, 0.0, 0.0], [np.nan, 1, 1]])
    np.testing.assert_allclose(ground.coordinates(points)[:3], [[2, 7, 0], [-1, 3, 1], [0, 0, 1.5]], atol=1e-12)
    assert np.isnan(ground.coordinates(points)[3]).all()
    np.testing.assert_allclose(ground.points([2, -1], [7, 3], [0, 1]), points[:2], atol=1e-12)
    assert ground.camera_height == 1.5


def test_tilted_ground_there_and_back():
    axes = np.stack([TILTED.right, TILTED.forward, TILTED.plane.normal])
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(TILTED.right, [1, 0, 0], atol=1e-12)
    assert TILTED.forward[2] > 0.9
    points = np.random.default_rng(0).normal(size=(5, 7, 3))
    back = TILTED.points(*np.moveaxis(TILTED.coordinates(points), -1, 0))
    np.testing.assert_allclose(back, points, atol=1e-12)
    np.testing.assert_allclose(TILTED.plane.distance(TILTED.points(np.arange(4), np.arange(4))), 0, atol=1e-12)


def test_no_forward_where_the_camera_looks_square_down():
    with pytest.raises(ValueError, match="square down"):
        Ground(Plane(np.array([0, 0, -1.0]), 2.0))


@pytest.mark.parametrize("offset", [0.0, -1.0])
def test_the_camera_is_above_the_ground(offset):
    with pytest.raises(ValueError, match="must be above it"):
        Ground(Plane(np.array([0, -1.0, 0]), offset))


@pytest.mark.parametrize("height", [0, -1, float("nan"), float("inf")])
def test_a_level_ground_needs_a_height(height):
    with pytest.raises(ValueError, match="camera_height is"):
        Ground.level(height)


def test_find_ground():
    rng = np.random.default_rng(1)
    right, forward = rng.uniform(-4, 4, (30, 40)), rng.uniform(2, 12, (30, 40))
    ground = find_ground(TILTED.points(right, forward))
    assert ground.camera_height == pytest.approx(1.4)
    np.testing.assert_allclose(ground.plane.normal, TILTED.plane.normal, atol=1e-6)


def test_no_ground_in_the_sky_or_before_a_wall():
    with pytest.raises(ValueError, match="no ground plane in this picture.*sky"):
        find_ground(np.full((8, 9, 3), np.nan))
    rng = np.random.default_rng(1)
    wall = np.stack([rng.uniform(-3, 3, 2000), rng.uniform(-2, 1, 2000), np.full(2000, 5.0)], axis=1)
    with pytest.raises(ValueError, match="no ground plane in this picture.*within 40 degrees of up"):
        find_ground(wall)


def test_cells_and_metres():
    grid = grid_from("....... .......", cell=0.5)
    assert grid.extent == (-1.75, 1.75, 0.0, 1.0)
    assert grid.cell_of(0, 0) == (0, 3) and grid.cell_of(-1.75, 0.99) == (1, 0)
    for row, column in [(0, 0), (1, 6), (1, 3)]:
        assert grid.cell_of(*grid.at(row, column)) == (row, column)
    right, forward = grid.centres()
    assert right.shape == forward.shape == (2, 7)
    assert (right[1, 2], forward[1, 2]) == grid.at(1, 2)


@pytest.mark.parametrize("place", [(1.75, 0.5), (-1.8, 0.5), (0, 1.0), (0, -0.01), (np.nan, 0.5), (0, np.inf)])
def test_off_the_grid(place):
    with pytest.raises(ValueError, match="off the grid, which reaches from -1.75 to 1.75"):
        grid_from("....... .......", cell=0.5).cell_of(*place)


@pytest.mark.parametrize("states", [np.zeros((0, 3), np.uint8), np.zeros(3, np.uint8), np.full((2, 2), 3, np.uint8)])
def test_bad_states(states):
    with pytest.raises(ValueError, match="states must be"):
        Grid(states, 1.0, 0.0)


@pytest.mark.parametrize("cell", [0, -1, float("nan")])
def test_bad_cells(cell):
    with pytest.raises(ValueError, match="cell is"):
        Grid(np.zeros((2, 2), np.uint8), cell, 0.0)


def test_free_before_occupied_at_unknown_behind():
    grid = occupancy_grid(np.concatenate([floor(), block(0.25, 4.25, 1.0)]), **SMALL)
    assert grid.states.shape == (12, 12)
    assert (grid.states[:, 6] == [UNKNOWN] * 4 + [FREE] * 4 + [OCCUPIED] + [UNKNOWN] * 3).all()
    assert (grid.states[5:, 2] == FREE).all()  # beside it one sees farther
    assert (grid.states[:4] == UNKNOWN).all()  # below the picture's lower edge nobody looked
    assert grid.states[4, 0] == UNKNOWN  # nor outside the field of view


def test_ground_behind_an_obstacle_is_not_free_even_if_it_is_seen_over_it():
    grid = occupancy_grid(np.concatenate([floor(), block(0.25, 3.25, 0.3)]), **SMALL)
    assert grid.states[6, 6] == OCCUPIED and (grid.states[7:, 6] == UNKNOWN).all()


def test_free_ends_where_no_more_ground_is_seen():
    grid = occupancy_grid(floor(far=4.0), **SMALL)
    assert (grid.states[4:8, 6] == FREE).all() and (grid.states[8:] == UNKNOWN).all()


def test_a_gap_in_the_seen_ground_is_filled_along_the_ray():
    points = floor()
    seen = (points[:, 1] < 3) | (points[:, 1] > 4)
    assert (occupancy_grid(points[seen], **SMALL).states[4:, 6] == FREE).all()


@pytest.mark.parametrize(
    ("height", "state"), [(2.5, FREE), (1.0, OCCUPIED), (0.1, FREE), (-0.1, FREE), (-0.5, OCCUPIED), (0.2, FREE)]
)
def test_what_stops_the_robot(height, state):
    grid = occupancy_grid(np.concatenate([floor(), block(0.25, 4.25, height)]), **SMALL)
    assert grid.states[8, 6] == state


def test_single_points_are_noise():
    few = np.concatenate([floor(), block(0.25, 4.25, 1.0, count=2)])
    assert occupancy_grid(few, **SMALL).states[8, 6] == FREE
    assert occupancy_grid(few, least_points=2, **SMALL).states[8, 6] == OCCUPIED


def test_order_shape_and_nan_make_no_difference():
    points = np.concatenate([floor(), block(0.25, 4.25, 1.0), np.full((6, 3), np.nan), [[0, np.inf, 0]] * 4])
    expected = occupancy_grid(points, **SMALL).states
    shuffled = np.random.default_rng(3).permutation(points)
    assert (occupancy_grid(shuffled.reshape(2, -1, 3), **SMALL).states == expected).all()


def test_all_metres_doubled_give_the_same_grid():
    points = np.concatenate([floor(), block(0.25, 4.25, 1.0)])
    doubled = occupancy_grid(2 * points, cell=1, reach=12, side=6, low=0.4, high=4.0)
    assert (doubled.states == occupancy_grid(points, **SMALL).states).all()
    assert doubled.cell == 1 and doubled.left == -6


def test_points_on_the_border_of_the_grid():
    edge = np.nextafter(3.0, 0)
    grid = occupancy_grid(np.concatenate([block(edge, np.nextafter(6.0, 0), 1.0), block(-3.0, 0.0, 1.0)]), **SMALL)
    assert grid.states[-1, -1] == OCCUPIED
    assert (grid.states == OCCUPIED).sum() == 1  # the left border itself is outside


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"low": 0}, "0 < low < high"),
        ({"low": 2, "high": 1}, "0 < low < high"),
        ({"high": float("nan")}, "0 < low < high"),
        ({"cell": 0}, "positive metres"),
        ({"cell": -1}, "positive metres"),
        ({"reach": float("inf")}, "positive metres"),
        ({"side": 0.1}, "cell the smallest"),
        ({"cell": 1e-4}, "too large"),
        ({"least_points": 0}, "least_points"),
        ({"least_points": math.nan}, "least_points"),
        ({"least_points": "three"}, "least_points"),
    ],
)
def test_bad_grids(bad, said):
    with pytest.raises(ValueError, match=said):
        occupancy_grid(floor(count=20), **{**SMALL, **bad})


@pytest.mark.parametrize(
    ("coordinates", "said"),
    [(np.zeros((4, 2)), "right, forward and height"), (np.array([["a"] * 3] * 2), "coordinates .* real numbers")],
)
def test_bad_coordinates(coordinates, said):
    with pytest.raises(ValueError, match=said):
        occupancy_grid(coordinates)


@pytest.mark.parametrize("coordinates", [np.full((4, 5, 3), np.nan), np.zeros((0, 3))])
def test_nothing_to_put_on_the_grid(coordinates):
    with pytest.raises(ValueError, match="all sky"):
        occupancy_grid(coordinates)


def test_the_nearest_obstacle_of_the_street_is_the_nearest_point_in_the_way():
    truth = load_truth("street")
    points = truth.camera.unproject(truth.depth)
    coordinates = find_ground(points).coordinates(points)
    grid = occupancy_grid(coordinates)
    right, forward, height = np.moveaxis(coordinates, -1, 0)
    blocked = (height > 0.2) & (height < 2.0) & (np.abs(right) < 8)
    direct = np.hypot(right, forward)[blocked].min()
    assert nearest_by_sector(grid, [-90, 90])[0] == pytest.approx(direct, abs=0.5)
    assert (grid.states == FREE).mean() > 0.25


def test_sectors_by_hand():
    grid = grid_from("....# #.... ..#..")  # centres at (2, 2.5), (-2, 1.5), (0, 0.5)
    nearest = nearest_by_sector(grid, [-90, -30, 30, 60, 90])
    np.testing.assert_allclose(nearest, [2.5, 0.5, np.hypot(2, 2.5), np.inf])


@pytest.mark.parametrize("edges", [[0], [], [10, 0], [0, 0], [0, np.nan], [[0, 1]]])
def test_bad_sectors(edges):
    with pytest.raises(ValueError, match="edges must be"):
        nearest_by_sector(grid_from(".."), edges)


def test_time_is_distance_by_speed():
    np.testing.assert_allclose(time_to_collision([6.0, np.inf, 0.0], 2.0), [3, np.inf, 0])
    assert time_to_collision(5, 2.5) == 2


@pytest.mark.parametrize("speed", [0, -1, float("nan"), float("inf")])
def test_no_time_without_a_speed(speed):
    with pytest.raises(ValueError, match="speed is"):
        time_to_collision(1.0, speed)


@pytest.mark.parametrize("distance", [-1.0, np.nan, [1, -2]])
def test_no_time_for_a_distance_that_is_none(distance):
    with pytest.raises(ValueError, match="distance has negative or NaN"):
        time_to_collision(distance, 1.0)


def test_room_by_hand():
    grid = grid_from("..... ..... ..#.. ..... .?...")
    assert (room_for(grid, 0.25) == (grid.states == FREE)).all()  # a quarter of a metre stays inside a cell
    room = room_for(grid, 1.0)
    assert room[4].tolist() == [True, True, True, True, True]
    assert room[2].tolist() == [True, False, False, False, True]
    assert not room[0, :3].any() and not room[1, 1]
    room = room_for(grid, 1.0, through_unknown=True)
    assert room[0].all()


def test_the_corner_of_a_diagonal_obstacle_is_as_near_as_it_is():
    grid = grid_from("..# ... ...")  # from the middle cell's centre to the corner: half a diagonal, 0.707 m
    assert room_for(grid, 0.7)[1, 1] and not room_for(grid, 0.72)[1, 1]


@pytest.mark.parametrize("radius", [0.1, 0.3, 0.5, 0.6, 0.8])
def test_no_point_of_an_obstacle_is_nearer_than_the_radius(radius):
    states = np.full((40, 40), FREE, np.uint8)
    states[tuple(np.random.default_rng(5).integers(0, 40, (2, 25)))] = OCCUPIED
    grid = Grid(states, 0.25, -5.0)
    room = room_for(grid, radius)
    assert room.any() and gap_to_obstacles(grid, np.stack([axis[room] for axis in grid.centres()], axis=1)) >= radius


def test_room_where_nothing_is_in_the_way():
    assert room_for(grid_from("... ..."), 5.0).all()
    assert not room_for(grid_from("??? ???"), 0.0).any()


@pytest.mark.parametrize("radius", [-0.1, float("nan"), float("inf")])
def test_bad_radius(radius):
    with pytest.raises(ValueError, match="radius is"):
        room_for(grid_from("..."), radius)


def places(path):
    return [tuple(float(value) for value in place) for place in path]


def test_a_straight_path():
    path = plan_path(grid_from("... ... ... ..."), (0, 0.5), (0, 3.5), 0.0)
    assert places(path) == [(0, 0.5), (0, 1.5), (0, 2.5), (0, 3.5)]
    assert places(plan_path(grid_from("..."), (1, 0.5), (1, 0.5), 0.0)) == [(1, 0.5)]


def test_a_path_round_a_wall():
    grid = grid_from("....... ....... ######. ....... .......")
    path = plan_path(grid, (-3, 0.5), (-3, 4.5), 0.25)
    assert (3.0, 2.5) in places(path)
    assert all(grid.states[grid.cell_of(*place)] == FREE for place in path)
    assert np.abs(np.diff(path, axis=0)).max() == 1


def test_a_path_keeps_the_radius():
    rng = np.random.default_rng(4)
    states = np.full((60, 60), FREE, np.uint8)
    states[rng.integers(5, 55, 25), rng.integers(0, 60, 25)] = OCCUPIED
    grid = Grid(states, 0.25, -7.5)
    path = plan_path(grid, (0, 0.2), (0, 14.8), 0.6)
    assert gap_to_obstacles(grid, path) >= 0.6 and len(path) >= 59


def test_a_path_keeps_away_where_that_is_cheap():
    corridor = grid_from("#...# #...# #...# #...# #...#")
    path = plan_path(corridor, (-1, 0.5), (-1, 4.5), 0.25)
    assert 0.0 in path[:, 0]


def test_no_path():
    with pytest.raises(ValueError, match="no path leads from .* radius 0.25 m"):
        plan_path(grid_from("..... ##### ....."), (0, 0.5), (0, 2.5), 0.25)


def test_a_gap_that_is_too_narrow():
    grid = grid_from("....... ....... ....... ###.### ....... ....... .......")
    assert len(plan_path(grid, (0, 0.5), (0, 6.5), 0.25)) == 7
    with pytest.raises(ValueError, match="no path leads"):
        plan_path(grid, (0, 0.5), (0, 6.5), 0.9)


def test_unknown_cells_are_forbidden_or_dear():
    grid = grid_from("..... .???. .???. .???. .....")
    start, goal = (0, 0.5), (0, 4.5)
    states = grid.states
    round_it = [states[grid.cell_of(*place)] for place in plan_path(grid, start, goal, 0.25)]
    assert set(round_it) == {FREE}
    cheap = [states[grid.cell_of(*place)] for place in plan_path(grid, start, goal, 0.25, unknown_cost=1)]
    assert cheap.count(UNKNOWN) == 3
    dear = [states[grid.cell_of(*place)] for place in plan_path(grid, start, goal, 0.25, unknown_cost=50)]
    assert set(dear) == {FREE}
    with pytest.raises(ValueError, match="goal cell at .* is unknown, and unknown cells are forbidden"):
        plan_path(grid, start, (0, 2.5), 0.25)
    assert len(plan_path(grid, start, (0, 2.5), 0.25, unknown_cost=3)) == 3


@pytest.mark.parametrize(
    ("start", "goal", "radius", "said"),
    [
        ((0, 1.5), (2, 2.5), 0.5, "start cell at .* is occupied"),
        ((2, 0.5), (0, 1.5), 0.5, "goal cell at .* is occupied"),
        ((0, 0.5), (2, 2.5), 0.9, "start cell at .* is free, but nearer"),
        ((-2, 0.5), (2, 2.5), 0.5, "start cell at .* is unknown"),
        ((9, 0.5), (2, 2.5), 0.5, "the start .* is off the grid"),
        ((2, 0.5), (2, 99), 0.5, "the goal .* is off the grid"),
        ((2, 0.5, 1), (2, 2.5), 0.5, "start is"),
    ],
)
def test_bad_starts_and_goals(start, goal, radius, said):
    with pytest.raises(ValueError, match=said):
        plan_path(grid_from("..... ..#.. ?...."), start, goal, radius)


@pytest.mark.parametrize("cost", [0.5, 0, -1, float("nan"), float("inf")])
def test_bad_cost_of_unknown_cells(cost):
    with pytest.raises(ValueError, match="unknown_cost is"):
        plan_path(grid_from("..."), (0, 0.5), (1, 0.5), 0.0, unknown_cost=cost)


def test_nearest_reachable():
    grid = grid_from("..... ##### ....? .....")
    assert nearest_reachable(grid, (0, 0.5), (1, 1.5), 0.25) == (1, 1.5)
    assert nearest_reachable(grid, (0, 0.5), (0, 3.5), 0.25) == (0, 1.5)  # this side of the wall
    assert nearest_reachable(grid, (0, 0.5), (40, 1.5), 0.25) == (2, 0.5)  # off the grid
    assert nearest_reachable(grid, (0, 0.5), (40, 1.5), 0.25, through_unknown=True) == (2, 1.5)
    with pytest.raises(ValueError, match="start cell"):
        nearest_reachable(grid, (0, 2.5), (0, 0.5), 0.25)
    with pytest.raises(ValueError, match="goal is"):
        nearest_reachable(grid, (0, 0.5), (0, np.nan), 0.25)


def test_scores_by_hand():
    truth = grid_from("..## ??..")
    assert free_space_scores(truth, truth) == {"iou": 1.0, "danger": 0.0}
    scores = free_space_scores(grid_from("?..# ..?."), truth)
    assert scores == {"iou": pytest.approx(2 / 7), "danger": 0.5}
    assert free_space_scores(grid_from(".... ...."), truth)["danger"] == 1
    assert free_space_scores(grid_from("#### ####"), truth) == {"iou": 0.0, "danger": 0.0}
    assert free_space_scores(grid_from("...."), grid_from("...?"))["danger"] == 0


def test_scores_of_grids_that_do_not_match():
    with pytest.raises(ValueError, match="different ground"):
        free_space_scores(grid_from("..."), grid_from("...."))
    with pytest.raises(ValueError, match="different ground"):
        free_space_scores(grid_from("..."), grid_from("...", cell=0.5))
    with pytest.raises(ValueError, match="neither grid has a free cell"):
        free_space_scores(grid_from("??"), grid_from("##"))


@pytest.mark.parametrize("ahead", [0.35, 0.65, 1.65])
def test_the_free_space_beside_an_obstacle_is_the_same_on_either_side(ahead):
    rng = np.random.default_rng(5)
    right, forward = rng.uniform(0, 5, 60_000), rng.uniform(0, 10, 60_000)
    ground = np.stack([right, forward, np.zeros_like(right)], axis=1)
    ground = np.concatenate([ground, ground * (-1, 1, 1)])
    states = [
        occupancy_grid(np.concatenate([ground, block(side * 0.05, ahead, 1.0)]), cell=0.1, reach=10, side=5).states
        for side in (1, -1)
    ]
    assert (states[0] == FREE).any() and (states[0] == states[1][:, ::-1]).all()
