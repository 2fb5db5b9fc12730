"""Things in a picture: where one ends and the next begins, where each is, how large, and how a gripper gets to it.

Points are in the camera frame of `helpers.camera.Pinhole`, x right, y down, z forward, in metres; the camera is at 0.
A map of things is an int32 array (height, width): 0 where there is none, 1 for the first thing, 2 for the second, ...
What is of another kind than an argument should be is a ValueError everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage, optimize, sparse, spatial

from helpers import checks
from helpers.camera import Pinhole
from helpers.checks import finite
from helpers.planes import Plane

__all__ = [
    "Matching",
    "Thing",
    "above_plane",
    "approach_directions",
    "first_free_direction",
    "in_corridor",
    "match_things",
    "measure_thing",
    "measure_things",
    "nearest_graspable",
    "separate_things",
    "unseen_share",
]


@dataclass(frozen=True, eq=False)
class Thing:
    """One thing, in the camera frame and in metres. number: its value in the map of things, 0 where there is no map.

    centre: (3,), the middle of the thing, as far as one picture tells: see `measure_thing`. width: across the line of
    sight, level. height: along "up". distance: from the camera to the centre. whole: no part of it is cut off by the
    border of the picture.
    """

    centre: np.ndarray
    width: float
    height: float
    number: int = 0
    whole: bool = True

    @property
    def distance(self) -> float:
        return float(np.linalg.norm(self.centre))


@dataclass(frozen=True, eq=False)
class Matching:
    """Which things were found. pairs: (number, true number, IoU) of things matched, the true number rising.

    found, total: the number of true things matched, and of all. extra: things that match none. mean_iou: mean of the
    IoU over all true things, 0 for one that was not found.
    """

    pairs: tuple[tuple[int, int, float], ...]
    found: int
    total: int
    extra: int
    mean_iou: float


def separate_things(
    class_map: Any, depth: Any, classes: Iterable[int], *, ratio: float = 1.05, least: float = 3e-4
) -> np.ndarray:
    """The separate things of some classes: int32 (H, W), 0 for none, then 1, 2, ... from near to far (median depth).

    class_map: (H, W) whole numbers. depth: (H, W) metres, inf for the sky. classes: the class numbers that count. Two
    neighbours (above, below, left, right) belong to one thing where their classes are equal and their depths differ by
    a factor of at most `ratio`; parts smaller than `least` of the picture are dropped.
    Raises ValueError for shapes that differ, a class map that is not whole numbers, depth that is NaN, zero or
    negative, all sky, no classes, a ratio that is not above 1, `least` outside 0 to 1, and where no thing is left.
    """
    depth = _depth(depth)
    classes_at = checks.numbers(class_map, "class_map", checks.BOOL + checks.WHOLE)
    if classes_at.shape != depth.shape:
        raise ValueError(
            f"class_map has shape {classes_at.shape}, depth {depth.shape}: both must have the picture's height and "
            "width. Resize the class map with the nearest neighbour, the depth as inverse depth."
        )
    wanted = sorted({checks.count(number, "a class", 0) for number in checks.listed(classes, "classes")})
    if not wanted:
        raise ValueError("classes is empty: name at least one class that counts as a thing.")
    if not (finite(ratio) and ratio > 1):
        raise ValueError(f"ratio is {ratio!r}: a jump in depth is a factor above 1, such as 1.05.")
    if not (finite(least) and 0 <= least < 1):
        raise ValueError(f"least is {least!r}: give the smallest thing's share of the picture, from 0 to below 1.")

    thing = np.isin(classes_at, wanted) & np.isfinite(depth)
    if not thing.any():
        raise ValueError("no pixel belongs to one of the classes: there is nothing to grasp in this picture.")
    parts = _components(np.where(thing, classes_at.astype(np.int64), -1), np.log(np.where(thing, depth, 1)), ratio)
    count = np.bincount(parts[thing], minlength=int(parts.max()) + 1)
    kept = np.flatnonzero(count >= max(1.0, least * depth.size))
    if kept.size == 0:
        raise ValueError(
            f"no thing covers {least:.2%} of the picture: look at the class map, or ask for less with `least`."
        )
    middle = ndimage.median(depth, np.where(thing, parts, -1), kept)
    number_of = np.zeros(count.size, np.int32)
    number_of[kept[np.argsort(middle, kind="stable")]] = np.arange(1, kept.size + 1)
    return np.where(thing, number_of[parts], 0).astype(np.int32)


def above_plane(points: Any, plane: Plane, support: Any, *, lowest: float = 0.01, highest: float = 0.5) -> np.ndarray:
    """What stands on a plane: bool (H, W), true from `lowest` to `highest` metres above the support's own area.

    points: (H, W, 3), NaN where there is none. support: bool (H, W), the pixels of the plane; its largest connected
    part is the table top, and only what is above the convex outline of that counts, so that walls beside it do not.
    Raises ValueError for shapes that differ, heights not in order, and a support of fewer than 3 pixels in one piece.
    """
    points, support = checks.points(points, 3), checks.array(support, "support")
    checks.instance(plane, Plane, "plane")
    if support.shape != points.shape[:2] or support.dtype != np.bool_:
        raise ValueError(f"support is {support.dtype} {support.shape}: it must be true or false for each point.")
    if not (finite(lowest) and finite(highest, endless=True) and 0 <= lowest < highest):
        raise ValueError(f"lowest and highest must be 0 <= lowest < highest, not {lowest!r} and {highest!r}.")
    pieces, _ = ndimage.label(support & np.isfinite(points).all(axis=-1))
    sizes = np.bincount(pieces.ravel())[1:]
    if sizes.size == 0 or sizes.max() < 3:
        raise ValueError("the support has fewer than 3 pixels in one piece: no table top to stand on.")
    top = points[pieces == 1 + sizes.argmax()].astype(np.float64)
    axes = np.linalg.svd(plane.normal[None])[2][1:]  # two directions within the plane
    try:
        outline = spatial.Delaunay(_hull(top @ axes.T))
    except spatial.QhullError:
        raise ValueError("the support lies on one line: no table top to stand on.") from None
    height = plane.distance(points)
    above = (height >= lowest) & (height <= highest)
    above[above] = outline.find_simplex(points[above].astype(np.float64) @ axes.T) >= 0
    return above


def match_things(things: Any, truth: Any, *, least_iou: float = 0.5) -> Matching:
    """Compares a map of things with the true one, both (H, W) whole numbers with 0 for none.

    Each true thing gets at most one found thing and the other way round, so that the sum of the IoU (shared pixels /
    pixels of either) is largest; a pair counts where its IoU is at least `least_iou`.
    Raises ValueError for shapes that differ, maps that are not whole numbers, least_iou outside 0 to 1 (0 exclusive),
    and a truth without a thing.
    """
    things, truth = (
        checks.numbers(values, name, checks.WHOLE) for values, name in ((things, "things"), (truth, "truth"))
    )
    if things.shape != truth.shape or things.ndim != 2:
        raise ValueError(f"things has shape {things.shape}, truth {truth.shape}: both must be (height, width).")
    if not (finite(least_iou) and 0 < least_iou <= 1):
        raise ValueError(f"least_iou is {least_iou!r}: give a share above 0 and at most 1.")
    found, true = (np.unique(values[values > 0]) for values in (things, truth))
    if true.size == 0:
        raise ValueError("the truth has no thing: there is nothing to compare with.")
    iou = np.zeros((true.size, found.size))
    for row, number in enumerate(true):
        inside = truth == number
        shared = np.array([(things[inside] == other).sum() for other in found], dtype=np.float64)
        either = np.array([(things == other).sum() for other in found], dtype=np.float64) + inside.sum() - shared
        iou[row] = shared / either
    rows, columns = optimize.linear_sum_assignment(iou, maximize=True)
    pairs = tuple(
        (int(found[column]), int(true[row]), float(iou[row, column]))
        for row, column in zip(rows, columns, strict=True)
        if iou[row, column] >= least_iou
    )
    mean = sum(pair[2] for pair in pairs) / true.size
    return Matching(pairs, len(pairs), int(true.size), int(found.size) - len(pairs), mean)


def measure_thing(points: Any, up: Any, *, number: int = 0, whole: bool = True) -> Thing:
    """Position and size of one thing from the points seen of it, (N, 3) in metres; up: (3,), away from the ground.

    Width and height go from the 2nd to the 98th percentile, so that stray points do not decide; a round thing comes out
    about a tenth too narrow. Across and upwards the
    centre is their middle; along the line of sight, where only the front is seen, it lies half the width behind the
    front: most things that stand on tables are about as deep as wide.
    Raises ValueError for fewer than 3 points, values that are not finite, points behind the camera and an up of length
    0.
    """
    points = checks.points(points, 2)
    if len(points) < 3:
        raise ValueError(f"only {len(points)} points of the thing are seen: at least 3 are needed.")
    if not np.isfinite(points).all() or not (points[:, 2] > 0).all():
        raise ValueError("points must be finite and before the camera (z > 0): leave out the sky and unknown depth.")
    points = points.astype(np.float64)
    axes = _level_axes(np.median(points, axis=0), up)  # right, up, forward
    along = points @ axes.T
    low, high = np.percentile(along, (2, 98), axis=0)
    width, height, _ = high - low
    middle = (low + high) / 2
    middle[2] = low[2] + width / 2
    return Thing(middle @ axes, float(width), float(height), number, whole)


def measure_things(things: Any, points: Any, up: Any) -> list[Thing]:
    """Every thing of a map (H, W), measured on the points (H, W, 3): from near to far. Raises as `measure_thing`.

    Raises ValueError too for shapes that differ and a map without a thing.
    """
    things, points = checks.map_of(things, "things", checks.BOOL + checks.REAL), checks.points(points, 3)
    if points.shape[:2] != things.shape:
        raise ValueError(f"things has shape {things.shape}, points {points.shape}: a point is needed for each pixel.")
    numbers = np.unique(things[things > 0])
    if numbers.size == 0:
        raise ValueError("the map has no thing: there is nothing to measure.")
    rim = np.concatenate([things[0], things[-1], things[:, 0], things[:, -1]])
    measured = [
        measure_thing(points[things == number], up, number=int(number), whole=bool((rim != number).all()))
        for number in numbers
    ]
    return sorted(measured, key=lambda thing: thing.distance)


def nearest_graspable(things: Sequence[Thing], opening: float, *, margin: float = 0.015) -> Thing:
    """The nearest thing that fits between fingers `opening` metres apart, with room to spare, and is not cut off.

    margin: metres that the opening must exceed the width by: the hand needs room, and `measure_thing` gives widths that
    are about a tenth too small. Raises ValueError for an opening that is not positive, a negative margin, no things,
    and where none fits (the message says why).
    """
    checks.positive(opening, "opening", "metres")
    checks.at_least(margin, "margin", 0, "metres")
    things = [checks.instance(thing, Thing, "a thing") for thing in checks.listed(things, "things")]
    if not things:
        raise ValueError("there is no thing to grasp.")
    fitting = [thing for thing in things if thing.whole and thing.width + margin <= opening]
    if not fitting:
        whole = [thing for thing in things if thing.whole]
        why = (
            f"the narrowest is {100 * min(thing.width for thing in whole):.1f} cm wide"
            if whole
            else "the border of the picture cuts all of them"
        )
        room = f"{100 * opening:.1f} cm, with {100 * margin:.1f} cm to spare"
        raise ValueError(f"none of {len(things)} things fits a gripper that opens {room}: {why}.")
    return min(fitting, key=lambda thing: thing.distance)


def approach_directions(
    target: Any,
    up: Any,
    *,
    elevations: Sequence[float] = (15, 30, 45, 60, 75, 90),
    turns: Sequence[float] = (0, -30, 30, -60, 60),
) -> np.ndarray:
    """Directions in which a gripper may move towards `target` (3,): unit vectors (N, 3), the preferred one first.

    elevations: degrees above the level from which the gripper comes, 0 = level from the camera's side, 90 = straight
    from above. turns: degrees to the side, seen from above. In the order given, the turns of one elevation together;
    from straight above, turning changes nothing and there is only one.
    Raises ValueError for an elevation outside 0 to 90, no directions, a target or up that is no direction.
    """
    elevations, turns = checks.listed(elevations, "elevations"), checks.listed(turns, "turns")
    some = elevations and turns
    if not some or not all(finite(angle) and 0 <= angle <= 90 for angle in elevations) or not all(map(finite, turns)):
        raise ValueError("elevations must be degrees from 0 to 90, and turns must name at least one angle.")
    right, above, forward = _level_axes(checks.vector(target, "target", zero=False), up)
    found = []
    for elevation in elevations:
        rise = math.radians(elevation)
        for turn in turns if elevation < 90 else (0,):
            side = math.radians(turn)
            level = math.cos(side) * forward + math.sin(side) * right
            found.append(math.cos(rise) * level - math.sin(rise) * above)
    return np.array(found)


def in_corridor(points: Any, target: Any, direction: Any, *, radius: float, length: float) -> np.ndarray:
    """Which points (..., 3) lie in a round straight corridor that ends at `target`: bool (...).

    direction: (3,), the way the gripper moves, any length; the corridor reaches from target - length * direction to
    target and `radius` to all sides, in metres. NaN is not inside.
    Raises ValueError for a direction of length 0, a radius or length that is not positive, or values of a wrong shape.
    """
    points = checks.points(points)
    checks.positive(radius, "radius", "metres")
    checks.positive(length, "length", "metres")
    direction = checks.vector(direction, "direction", zero=False)
    offset = points.astype(np.float64) - checks.vector(target, "target")
    with np.errstate(invalid="ignore"):  # infinite points
        along = offset @ direction / np.linalg.norm(direction)  # from -length to 0 inside
        aside = np.einsum("...i,...i", offset, offset) - along**2
        return (along >= -length) & (along <= 0) & (aside <= radius**2)


def unseen_share(depth: Any, camera: Pinhole, target: Any, direction: Any, *, radius: float, length: float) -> float:
    """The share (0 to 1) of a corridor that the camera cannot see: behind a surface, or outside the picture.

    The corridor is that of `in_corridor`, looked at in 300 places on its axis and its mantle; its last `radius` before
    the target is left out, as the thing's own front hides it. depth: (H, W) metres, inf for the sky; where it is NaN,
    nothing is known. Raises ValueError as `in_corridor` does, and for depth that is zero or negative.
    """
    depth, camera = checks.depth_map(depth), checks.instance(camera, Pinhole, "camera")
    in_corridor(np.zeros(3), target, direction, radius=radius, length=length)  # the same errors for bad arguments
    direction = checks.unit(direction, "direction")
    across = np.linalg.svd(direction[None])[2][1:]
    steps = np.linspace(min(radius, 0.9 * length), length, 20)
    angles = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    ring = np.vstack(
        [np.zeros(3), radius * (np.cos(angles)[:, None] * across[0] + np.sin(angles)[:, None] * across[1])]
    )
    places = checks.vector(target, "target") - steps[:, None, None] * direction + ring
    places = places.reshape(-1, 3)
    pixels = camera.project(places)
    seen = np.isfinite(pixels).all(axis=1)
    column, row = np.floor(np.where(seen[:, None], pixels, -1)).clip(-1, 1e9).astype(np.int64).T
    seen &= (row >= 0) & (row < depth.shape[0]) & (column >= 0) & (column < depth.shape[1])
    seen[seen] = depth[row[seen], column[seen]] >= places[seen, 2]
    return float(1 - seen.mean())


def first_free_direction(
    directions: Any,
    obstacles: Any,
    target: Any,
    *,
    radius: float,
    length: float,
    allowed: int = 0,
) -> tuple[int, list[int]]:
    """The first direction whose corridor is free: (its row in `directions`, the number of points in each corridor).

    directions: (N, 3), in the order of preference. obstacles: (M, 3), every point but the thing's own; NaN is left out.
    A corridor is free where at most `allowed` points lie in it. Row -1 says that none is free.
    Raises ValueError as `in_corridor` does.
    """
    directions = checks.points(directions, 2, "directions")
    if len(directions) == 0:
        raise ValueError("directions is empty: at least one direction is needed.")
    checks.at_least(allowed, "allowed", 0, "points")
    obstacles = checks.array(obstacles, "obstacles")
    obstacles = np.zeros((0, 3)) if obstacles.shape == (0,) else checks.points(obstacles, name="obstacles")
    # Its errors, before anything is left out.
    in_corridor(obstacles, target, directions[0], radius=radius, length=length)
    obstacles = obstacles.astype(np.float64)
    # The few points within reach: all corridors lie in this ball.
    near = ((obstacles - np.asarray(target, dtype=np.float64)) ** 2).sum(axis=-1) <= length**2 + radius**2
    obstacles = obstacles[near]
    inside = [int(in_corridor(obstacles, target, one, radius=radius, length=length).sum()) for one in directions]
    free = [row for row, count in enumerate(inside) if count <= allowed]
    return (free[0] if free else -1), inside


def _components(classes_at: np.ndarray, log_depth: np.ndarray, ratio: float) -> np.ndarray:
    """Connected parts (H, W), numbered from 0: neighbours of one class >= 0 with no jump between."""
    index = np.arange(classes_at.size).reshape(classes_at.shape)
    ends = []
    for one, other in (((slice(None), slice(-1)), (slice(None), slice(1, None))), ((slice(-1),), (slice(1, None),))):
        same = (classes_at[one] == classes_at[other]) & (classes_at[one] >= 0)
        same &= np.abs(log_depth[one] - log_depth[other]) <= math.log(ratio)
        ends.append((index[one][same], index[other][same]))
    rows, columns = (np.concatenate(part) for part in zip(*ends, strict=True))
    graph = sparse.coo_array((np.ones(rows.size, bool), (rows, columns)), shape=(classes_at.size, classes_at.size))
    return sparse.csgraph.connected_components(graph, directed=False)[1].reshape(classes_at.shape)


def _level_axes(target: np.ndarray, up: Any) -> np.ndarray:
    """Right, up and forward (3, 3) for looking at `target`: forward is level, and right is across it."""
    up = checks.unit(up, "up")
    forward = target - (target @ up) * up
    if np.linalg.norm(forward) < 0.05 * np.linalg.norm(target):  # straight below or above
        top = np.array([0.0, -1.0, 0.0]) if abs(up[1]) < 0.9 else np.array([0.0, 0.0, 1.0])  # or the view's direction
        forward = top - (top @ up) * up
    forward = forward / np.linalg.norm(forward)
    return np.array([np.cross(forward, up), up, forward])


def _hull(places: np.ndarray) -> np.ndarray:
    """The corners (K, 2) of the convex outline of places (N, 2)."""
    return places[spatial.ConvexHull(places).vertices]


def _depth(depth: Any) -> np.ndarray:
    depth = checks.depth_map(depth, holes=False)
    if not np.isfinite(depth).any():
        raise ValueError("depth is infinite everywhere: the picture is all sky, and nothing in it can be grasped.")
    return depth
