"""The checks of notebook 11: heights, safe speeds, and metres from the camera's height."""

from __future__ import annotations

import math
from typing import Any

from helpers.exercises.common import assert_number, close, exercise

__all__ = ["check_camera_height", "check_false_height", "check_safe_speed"]


@exercise
def check_false_height(answer: Any, camera_height: float, factor: float) -> str:
    """answer: metres above the ground at which ground appears whose depth is `factor` times the true one."""
    assert_number(answer, "the height in metres")
    right = camera_height * (1 - factor)
    assert close(answer, right) or not close(answer, camera_height * factor), (
        "Hint: the point moves towards the camera, so this is how far below the camera it appears. How high above the "
        "ground is that?"
    )
    assert not close(answer, -right), "Hint: the size is right. Nearer to the camera means higher, so mind the sign."
    assert close(answer, right), "Hint: h' = h_c + s (h - h_c), with h = 0 for the floor."
    return f"the floor appears {right:g} m high."


@exercise
def check_safe_speed(answer: Any, distance: float, reaction: float, braking: float) -> str:
    """answer: the highest speed in m/s at which reaction way and braking way together are `distance` metres."""
    assert_number(answer, "the speed in metres per second")
    assert float(answer) > 0, "Hint: of the two roots of the quadratic equation, the positive one is a speed forward."
    right = braking * (math.sqrt(reaction**2 + 2 * distance / braking) - reaction)
    assert close(answer, right) or not close(answer, math.sqrt(2 * braking * distance)), (
        "Hint: that brakes at once. Before the brakes hold, the robot drives on for the reaction time."
    )
    way = float(answer) * reaction + float(answer) ** 2 / (2 * braking)
    assert close(answer, right), (
        f"Hint: from {float(answer):.3g} m/s the robot needs {way:.3g} m to stop, and it has {distance:g} m. "
        "Solve v t + v² / (2a) = d for v."
    )
    return f"at {right:.2g} m/s it stops after {distance:g} m."


@exercise
def check_camera_height(answer: Any, found: float, known: float, distance: float, speed: float) -> str:
    """answer: (factor for every depth, seconds to collision) from the found and the known height of the camera."""
    answer = answer.tolist() if hasattr(answer, "tolist") else answer
    assert isinstance(answer, tuple | list) and len(answer) == 2, "Hint: give two numbers, (factor, seconds)."
    factor, seconds = answer
    assert_number(factor, "the factor first")
    assert_number(seconds, "the seconds second")
    right = known / found
    assert not (close(seconds, right) and close(factor, right * distance / speed)) or close(factor, right), (
        "Hint: the factor comes first, then the seconds."
    )
    assert not close(factor, 1 / right) or close(right, 1), (
        "Hint: the factor is upside down. The camera was found too low, so every depth must grow."
        if right > 1
        else "Hint: the factor is upside down. The camera was found too high, so every depth must shrink."
    )
    assert close(factor, right), "Hint: factor = known height / found height."
    assert not close(seconds, distance / speed) or close(right, 1), (
        "Hint: the distance has the wrong scale too: multiply it by the factor before you divide by the speed."
    )
    assert close(seconds, right * distance / speed), "Hint: seconds = factor * distance / speed."
    return f"every depth times {right:g}, and {right * distance / speed:g} s to the obstacle."
