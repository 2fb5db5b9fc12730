"""From depth to a way through: the ground, a bird's-eye grid of free, occupied and unknown cells, sectors, a path.

For lessons only, and no safety system: what a picture does not show, and what a prediction gets wrong, is not here.

Ground coordinates are (right, forward, height) in metres: the origin is the point of the ground under the camera,
forward is the camera's optical axis laid onto the ground, height is the distance from the ground, up.
What is of another kind than an argument should be is a ValueError everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import distance_transform_edt
from skimage.draw import line
from skimage.graph import route_through_array
from skimage.measure import label

from helpers import checks
from helpers.checks import finite
from helpers.planes import Plane, find_plane

__all__ = [
    "FREE",
    "OCCUPIED",
    "UNKNOWN",
    "Grid",
    "Ground",
    "find_ground",
    "free_space_scores",
    "nearest_by_sector",
    "nearest_reachable",
    "occupancy_grid",
    "plan_path",
    "room_for",
    "time_to_collision",
]

UNKNOWN, FREE, OCCUPIED = 0, 1, 2
"""What a cell of a grid holds."""

_LARGEST_GRID = 4_000_000  # cells


@dataclass(frozen=True, eq=False)
class Ground:
    """A ground plane in the camera frame, and coordinates on it.

    Raises ValueError for what is no Plane, and where the camera looks square down at it or lies in it: there is no
    forward then.
    """

    plane: Plane

    def __post_init__(self) -> None:
        if not checks.instance(self.plane, Plane, "plane").offset > 0:
            raise ValueError(f"the camera is {self.plane.offset:g} m above the ground: it must be above it.")
        forward = np.array([0.0, 0.0, 1.0]) - self.plane.normal[2] * self.plane.normal
        length = float(np.linalg.norm(forward))
        if length < 1e-3:
            raise ValueError("the camera looks square down at the ground: no direction on it is forward.")
        object.__setattr__(self, "forward", forward / length)
        object.__setattr__(self, "right", np.cross(self.forward, self.plane.normal))

    @classmethod
    def level(cls, camera_height: float) -> Ground:
        """The ground of a level camera `camera_height` metres above it, where it cannot be found in the depth.

        Raises ValueError for a height that is not a positive number.
        """
        return cls(Plane(np.array([0.0, -1.0, 0.0]), checks.positive(camera_height, "camera_height", "metres")))

    @property
    def camera_height(self) -> float:
        """How high the camera is above the ground, in metres."""
        return self.plane.offset

    def coordinates(self, points: Any) -> np.ndarray:
        """Points (..., 3) of the camera frame in ground coordinates (..., 3): right, forward, height. NaN stays NaN.

        Raises ValueError unless the last axis has three real numbers.
        """
        height = self.plane.distance(points)
        points = np.asarray(points, dtype=np.float64)
        return np.stack([points @ self.right, points @ self.forward, height], axis=-1)

    def points(self, right: Any, forward: Any, height: Any = 0.0) -> np.ndarray:
        """The way back: points (..., 3) of the camera frame from ground coordinates in metres.

        Raises ValueError for what is no real number or array of such.
        """
        given = {"right": right, "forward": forward, "height": height}
        right, forward, height = (
            checks.numbers(values, name).astype(np.float64)[..., None] for name, values in given.items()
        )
        return right * self.right + forward * self.forward + (height - self.plane.offset) * self.plane.normal


def find_ground(points: Any, *, tolerance: float = 0.03, max_angle: float = 40.0, seed: int = 0) -> Ground:
    """The ground among points (H, W, 3) of the camera frame, by RANSAC: see `helpers.planes.find_plane`.

    max_angle: how far, in degrees, the camera may be tilted or rolled. Raises ValueError where there is no ground
    plane, as in a picture that is all sky or all wall.
    """
    try:
        plane, _ = find_plane(points, tolerance=tolerance, up=(0.0, -1.0, 0.0), max_angle=max_angle, seed=seed)
    except ValueError as error:
        raise ValueError(f"no ground plane in this picture: {error}") from error
    return Ground(plane)


@dataclass(frozen=True, eq=False)
class Grid:
    """Square cells of the ground seen from above.

    states: uint8 (rows, columns) of UNKNOWN, FREE and OCCUPIED; row 0 begins under the camera, rows go forward, columns
    go right. cell: a cell's side in metres. left: the `right` coordinate of the left border, metres, negative.
    Raises ValueError for other states, no cells, or a side that is not positive.
    """

    states: np.ndarray
    cell: float
    left: float

    def __post_init__(self) -> None:
        states = checks.array(self.states, "states")
        whole_numbers = states.ndim == 2 and states.size > 0 and states.dtype.kind in checks.WHOLE
        if not whole_numbers or not np.isin(states, (UNKNOWN, FREE, OCCUPIED)).all():
            raise ValueError("states must be (rows, columns) of 0 (unknown), 1 (free) and 2 (occupied).")
        if not (finite(self.cell) and self.cell > 0 and finite(self.left)):
            raise ValueError(f"cell is {self.cell!r}, left is {self.left!r}: give metres, the cell's side positive.")
        object.__setattr__(self, "states", states.astype(np.uint8, copy=False))

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """left, right, near and far border in metres, as matplotlib's imshow wants it with origin="lower"."""
        rows, columns = self.states.shape
        return self.left, self.left + columns * self.cell, 0.0, rows * self.cell

    def centres(self) -> tuple[np.ndarray, np.ndarray]:
        """right and forward coordinate of every cell's centre, two arrays (rows, columns) in metres."""
        rows, columns = self.states.shape
        right, forward = self.at(np.arange(rows)[:, None], np.arange(columns)[None, :])
        return np.broadcast_to(right, self.states.shape), np.broadcast_to(forward, self.states.shape)

    def at(self, row: Any, column: Any) -> tuple[Any, Any]:
        """(right, forward) in metres of the centre of a cell, or of many. Raises ValueError for what is no number."""
        row, column = checks.numbers(row, "row"), checks.numbers(column, "column")
        return self.left + (column + 0.5) * self.cell, (row + 0.5) * self.cell

    def cell_of(self, right: float, forward: float) -> tuple[int, int]:
        """(row, column) of the cell that holds a point of the ground. Raises ValueError for a point off the grid."""
        if finite(right) and finite(forward):
            row, column = math.floor(forward / self.cell), math.floor((right - self.left) / self.cell)
            if 0 <= row < self.states.shape[0] and 0 <= column < self.states.shape[1]:
                return row, column
        left, far_right, _, far = self.extent
        place = ", ".join(f"{value:g}" if finite(value) else repr(value) for value in (right, forward))
        raise ValueError(
            f"({place}) is off the grid, which reaches from {left:g} to {far_right:g} m to the right "
            f"and from 0 to {far:g} m forward."
        )


def occupancy_grid(
    coordinates: Any,
    *,
    low: float = 0.2,
    high: float = 2.0,
    cell: float = 0.25,
    reach: float = 20.0,
    side: float = 8.0,
    least_points: int = 3,
) -> Grid:
    """A bird's-eye grid from ground coordinates (..., 3), `reach` metres forward and `side` metres to either side.

    A cell is OCCUPIED where at least `least_points` points are between `low` and `high` metres above the ground, or
    more than `low` below it: a hole stops a wheel too. Then a ray goes from the camera to every cell of the border:
    along it cells are FREE from the first one where ground is seen (within `low` of the plane) to the first occupied
    one, or to the last one where ground is seen. All else is UNKNOWN: before the picture's lower edge, outside its
    field of view, behind an obstacle, beyond what was seen. Things higher than `high` are passed under.
    Points that are NaN are left out. Raises ValueError for a wrong shape, bad limits, and where no point is finite.
    """
    coordinates = checks.points(coordinates, name="coordinates", what="right, forward and height")
    if not (finite(low) and finite(high) and 0 < low < high):
        raise ValueError(f"low and high must be 0 < low < high, in metres, not {low!r} and {high!r}.")
    if not (all(map(finite, (cell, reach, side))) and 0 < cell <= min(reach, side)):
        raise ValueError(
            f"cell, reach and side must be positive metres, cell the smallest: {cell!r}, {reach!r}, {side!r}."
        )
    checks.at_least(least_points, "least_points", 1)
    rows, half = math.ceil(reach / cell - 1e-9), math.ceil(side / cell - 1e-9)
    if rows * 2 * half > _LARGEST_GRID:
        raise ValueError(f"a grid of {rows} x {2 * half} cells is too large: choose larger cells or a smaller reach.")
    flat = coordinates.reshape(-1, 3).astype(np.float64)
    flat = flat[np.isfinite(flat).all(axis=1)]
    if len(flat) == 0:
        raise ValueError("no point is finite: there is nothing to put on the grid. Is it all sky?")

    shape = (rows, 2 * half)
    left = -half * cell
    inside = (flat[:, 1] >= 0) & (flat[:, 1] < rows * cell) & (np.abs(flat[:, 0]) < half * cell)
    right, forward, height = flat[inside].T
    row = np.minimum((forward / cell).astype(np.int64), rows - 1)  # a point on the border may round up
    column = np.minimum(((right - left) / cell).astype(np.int64), shape[1] - 1)
    index = row * shape[1] + column
    in_the_way = ((height > low) & (height < high)) | (height < -low)
    occupied = np.bincount(index[in_the_way], minlength=rows * shape[1]).reshape(shape) >= least_points
    ground = np.bincount(index[np.abs(height) <= low], minlength=rows * shape[1]).reshape(shape) > 0
    return Grid(_cast_rays(occupied, ground), float(cell), float(left))


def _cast_rays(occupied: np.ndarray, ground: np.ndarray) -> np.ndarray:
    rows, columns = occupied.shape
    states = np.full(occupied.shape, UNKNOWN, np.uint8)
    border = [(row, column) for row in range(rows) for column in (0, columns - 1)]
    border += [(rows - 1, column) for column in range(columns)]
    for row, column in border:
        # the camera stands between the two middle columns: each side is looked at from its own
        ray = line(0, (columns - 1) // 2 if 2 * column < columns - 1 else columns // 2, row, column)
        stops = np.flatnonzero(occupied[ray])
        end = stops[0] if stops.size else rows + columns
        seen = np.flatnonzero(ground[ray][:end])
        if seen.size:
            last = end if stops.size else seen[-1] + 1
            states[ray[0][seen[0] : last], ray[1][seen[0] : last]] = FREE
    states[occupied] = OCCUPIED
    return states


def nearest_by_sector(grid: Grid, edges: Any) -> np.ndarray:
    """Distance from the camera's foot to the nearest occupied cell's centre in each sector, metres; inf where none is.

    edges: (N + 1,) bearings in degrees, rising, 0 is forward and positive is to the right; sector i holds
    edges[i] <= bearing < edges[i + 1]. Returns (N,). Raises ValueError for fewer than two edges or edges not rising.
    """
    checks.instance(grid, Grid, "grid")
    edges = checks.numbers(edges, "edges").astype(np.float64)
    if edges.ndim != 1 or len(edges) < 2 or not (np.diff(edges) > 0).all():
        raise ValueError("edges must be at least two bearings in degrees, each larger than the one before.")
    right, forward = grid.centres()
    bearing, distance = np.degrees(np.arctan2(right, forward)), np.hypot(right, forward)
    occupied = grid.states == OCCUPIED
    sectors = zip(edges[:-1], edges[1:], strict=True)
    return np.array([distance[occupied & (bearing >= a) & (bearing < b)].min(initial=np.inf) for a, b in sectors])


def time_to_collision(distance: Any, speed: float) -> np.ndarray:
    """Seconds until `distance` metres are driven at a constant `speed` in metres per second: distance / speed.

    inf stays inf. Raises ValueError for a speed that is not positive and finite, or a distance that is negative or NaN.
    """
    if not (finite(speed) and speed > 0):
        raise ValueError(
            f"speed is {speed!r}: it must be a positive number of metres per second. Whoever stands still hits nothing."
        )
    distance = checks.numbers(distance, "distance").astype(np.float64)
    if not (distance >= 0).all():
        raise ValueError("distance has negative or NaN values: it must be in metres, from 0 to infinity.")
    return distance / speed


def room_for(grid: Grid, radius: float, *, through_unknown: bool = False) -> np.ndarray:
    """The cells where the centre of a round robot may be: boolean (rows, columns).

    radius: metres. From such a cell's centre to every point of a cell that is not free, its corners too, it is at least
    `radius`; with `through_unknown`, to every point of an occupied cell. Raises ValueError for a radius that
    is negative or not finite.
    """
    checks.instance(grid, Grid, "grid")
    checks.at_least(radius, "radius", 0, "metres")
    allowed = grid.states != OCCUPIED if through_unknown else grid.states == FREE
    if allowed.all():  # nothing to keep away from
        return allowed
    return allowed & (_clearance(allowed, grid.cell) >= radius - 1e-9)


def _clearance(allowed: np.ndarray, cell: float) -> np.ndarray:
    """Metres from each allowed cell's centre to the nearest other cell, never too many.

    A cell's corner is half its diagonal from its centre. Straight ahead it is a little more than this says.
    """
    return (distance_transform_edt(allowed) - math.sqrt(0.5)) * cell


def nearest_reachable(
    grid: Grid, start: tuple[float, float], goal: tuple[float, float], radius: float, *, through_unknown: bool = False
) -> tuple[float, float]:
    """The point nearest to `goal` that can be reached from `start`: (right, forward) in metres, a cell's centre.

    start, goal: (right, forward) in metres; the goal may be anywhere. Raises ValueError as `plan_path` does for a
    start, and for a goal that is not finite.
    """
    room = room_for(grid, radius, through_unknown=through_unknown)
    first = _place(grid, room, start, "start", radius)
    goal = checks.pair(goal, "goal", "(right, forward) in metres")
    regions = label(room, connectivity=2)
    right, forward = grid.centres()
    reached = regions == regions[first]
    distance = np.where(reached, np.hypot(right - goal[0], forward - goal[1]), np.inf)
    row, column = np.unravel_index(distance.argmin(), distance.shape)
    return float(right[row, column]), float(forward[row, column])


def plan_path(
    grid: Grid,
    start: tuple[float, float],
    goal: tuple[float, float],
    radius: float,
    *,
    unknown_cost: float | None = None,
) -> np.ndarray:
    """The cheapest path over the grid for a round robot: (N, 2) right and forward in metres, from cell to cell.

    start, goal: (right, forward) in metres; radius: of the robot, metres. A metre costs 1 + radius / clearance, with
    the clearance from the nearest occupied cell, so that the path keeps away where that is cheap. Unknown cells are
    forbidden, or cost `unknown_cost` times as much as free ones (at least 1). By skimage.graph.route_through_array
    (Dijkstra's method on the grid, steps to the 8 neighbours, diagonal ones counted longer). For a radius below 0.3
    cells it may pass between two occupied cells that touch at a corner.
    Raises ValueError for a start or goal off the grid or without room for the robot, and where there is no path.
    """
    if unknown_cost is not None and not (finite(unknown_cost) and unknown_cost >= 1):
        raise ValueError(
            f"unknown_cost is {unknown_cost!r}: give a factor of at least 1, or None to forbid unknown cells."
        )
    room = room_for(grid, radius, through_unknown=unknown_cost is not None)
    first, last = _place(grid, room, start, "start", radius), _place(grid, room, goal, "goal", radius)
    regions = label(room, connectivity=2)
    if regions[first] != regions[last]:
        raise ValueError(
            f"no path leads from {_said(start)} to {_said(goal)} for a robot of radius {radius:g} m: "
            "choose another goal or a smaller robot."
        )
    occupied = grid.states == OCCUPIED
    cost = np.ones(room.shape)
    if occupied.any():
        cost[~occupied] += radius / _clearance(~occupied, grid.cell)[~occupied]
    cost[grid.states == UNKNOWN] *= unknown_cost or 1
    cost[~room] = -1  # negative: may not be entered
    cells, _ = route_through_array(cost, first, last, fully_connected=True, geometric=True)
    right, forward = grid.at(*np.array(cells).T)
    return np.stack([right, forward], axis=1)


def _place(grid: Grid, room: np.ndarray, point: tuple[float, float], name: str, radius: float) -> tuple[int, int]:
    checks.pair(point, name, "(right, forward) in metres")
    try:
        cell = grid.cell_of(*point)
    except ValueError as error:
        raise ValueError(f"the {name} {error}") from error
    if not room[cell]:
        state = ("unknown", "free", "occupied")[grid.states[cell]]
        why = {
            "unknown": "and unknown cells are forbidden",
            "free": f"but nearer to one that is not than the radius of {radius:g} m",
            "occupied": "so the robot cannot be there",
        }[state]
        raise ValueError(f"the {name} cell at {_said(point)} is {state}, {why}: choose another {name}.")
    return cell


def _said(point: tuple[float, float]) -> str:
    return f"({point[0]:g}, {point[1]:g})"


def free_space_scores(prediction: Grid, truth: Grid) -> dict[str, float]:
    """How well the free cells of one grid match another's: fractions 0 to 1.

    iou: cells free in both / cells free in either. danger: occupied cells of the truth that the prediction calls free /
    occupied cells of the truth; 0 where the truth has none. Raises ValueError for grids that differ in size or cells,
    and where neither has a free cell.
    """
    for grid, name in ((prediction, "prediction"), (truth, "truth")):
        checks.instance(grid, Grid, name)
    same = prediction.states.shape == truth.states.shape
    if not same or prediction.cell != truth.cell or prediction.left != truth.left:
        raise ValueError("the grids cover different ground: make both with the same cell, reach and side.")
    said, true = prediction.states == FREE, truth.states == FREE
    if not (said | true).any():
        raise ValueError("neither grid has a free cell: there is nothing to compare.")
    occupied = truth.states == OCCUPIED
    return {
        "iou": float((said & true).sum() / (said | true).sum()),
        "danger": float((said & occupied).sum() / max(1, occupied.sum())),
    }
