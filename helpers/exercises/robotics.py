"""The checks of notebook 12: which thing, where?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helpers.exercises.common import as_array, assert_not_rounded, assert_number, close, exercise
from helpers.things import in_corridor


@exercise
def check_width(answer: float, pixels: float, depth: float, focal: float) -> str:
    """answer: the width in centimetres of a thing `pixels` wide at `depth` metres; focal length in pixels.

    Right within 1 %. Source: the pinhole camera, see `helpers.camera.Pinhole`.
    """
    assert_number(answer, "the width in centimetres")
    width = 100 * pixels * depth / focal

    if not close(answer, width):
        assert not close(answer, width / 100), "Hint: this is the width in metres. Give centimetres."
        assert not close(answer, 100 * pixels / depth / focal), (
            "Hint: what is farther away is larger: multiply by the depth."
        )
        assert not close(answer, 100 * focal * depth / pixels) and not close(answer, focal * depth / pixels), (
            "Hint: pixels and focal length have changed places."
        )
        assert not close(answer, 100 * pixels * focal / depth), (
            "Hint: this is turned round. Solve pixels = f * width / Z."
        )
        assert_not_rounded(answer, width)
        raise AssertionError("Hint: pixels = f * width / Z. Solve for the width, and give it in centimetres.")
    return f"{pixels:g} pixels at {depth:g} m are {width:.1f} cm."


@exercise
def check_blocking(
    answer: int, points: Sequence[Sequence[float]], target: Sequence[float], radius: float, length: float
) -> str:
    """answer: how many of points (N, 3) block a corridor straight along the optical axis, forward, to `target`.

    The corridor is round, `radius` metres to all sides, and begins `length` metres before the target.
    """
    assert_number(answer, "how many points lie in the corridor")
    places, end = as_array(points, "points"), as_array(target, "target")
    forward = np.array([0.0, 0.0, 1.0])
    inside = int(in_corridor(places, end, forward, radius=radius, length=length).sum())
    along = (places - end)[:, 2]
    beside = np.linalg.norm((places - end)[:, :2], axis=1) <= radius
    square = np.abs((places - end)[:, :2]).max(axis=1) <= radius
    before = (along >= -length) & (along <= 0)
    if answer != inside:
        assert answer != len(places), "Hint: these are all the points. Only those inside the corridor count."
        assert answer != beside.sum(), (
            "Hint: near the axis is not enough. Leave out what lies behind the target or before the corridor begins."
        )
        assert answer != (beside & (along >= -length)).sum(), "Hint: leave out what lies behind the target."
        assert answer != (beside & (along <= 0)).sum(), "Hint: leave out what lies before the corridor begins."
        assert answer != before.sum(), "Hint: leave out the points farther than the radius from the axis."
        assert answer != (square & before).sum(), (
            "Hint: the corridor is round. The distance from the axis is the root of x squared plus y squared."
        )
        raise AssertionError("Hint: a point counts where its z is in reach and its distance from the axis is small.")
    return f"{inside} of {len(places)} points stand in the way."


@exercise
def check_scale_limit(answer: float, distance: float, reach: float) -> str:
    """answer: by how many percent the scale may be wrong, so that the hand misses by at most `reach`; both in metres.

    Right within 1 %.
    """
    assert_number(answer, "a percentage")
    limit = 100 * reach / distance

    if not close(answer, limit):
        assert not close(answer, limit / 100), "Hint: this is a fraction. Multiply by 100 for percent."
        assert not close(answer, 100 * distance / reach) and not close(answer, distance / reach), (
            "Hint: this is turned round. What part of the distance is the reach?"
        )
        assert not close(answer, 100 * limit), "Hint: are both lengths in metres?"
        raise AssertionError("Hint: a scale wrong by s percent moves the point by s percent of its distance.")
    return f"a scale wrong by more than {limit:.1f} % misses."
