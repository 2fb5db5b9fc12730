"""Shapes beyond those that a world offers itself (slanted boxes, gables, planks, wires), and rotations."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from helpers.scenes.world import Material, World


def turn_x(angle: float) -> np.ndarray:
    """Rotation (3, 3) by `angle` radians about x."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def turn_y(angle: float) -> np.ndarray:
    """Rotation (3, 3) by `angle` radians about y."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def slanted_box(
    world: World, y: tuple[float, float], z: tuple[float, float], width: float, shift: float, material: Material
) -> None:
    """A box from y[0] to y[1] and z[0] to z[1], `width` across x, whose top is pushed by `shift` along y."""
    linear = np.array([[width / 2, 0, 0], [0, (y[1] - y[0]) / 2, shift / 2], [0, 0, (z[1] - z[0]) / 2]])
    world.box((0, (y[0] + y[1] + shift) / 2, (z[0] + z[1]) / 2), (2, 2, 2), material, rotation=linear)


def prism(world: World, width: float, height: float, length: float, z: float, material: Material) -> None:
    """A gable along y: `width` across, ridge `height` above z (and, hidden by what stands below, as much beneath)."""
    linear = np.array([[width / 4, -width / 4, 0], [0, 0, length / 2], [height / 2, height / 2, 0]])
    world.box((0, 0, z), (2, 2, 2), material, rotation=linear)


def plank(
    world: World, start: Sequence[float], end: Sequence[float], across: float, thick: float, material: Material
) -> None:
    """A flat board from one point to another, `across` wide horizontally and `thick` the other way."""
    a, b = np.asarray(start, float), np.asarray(end, float)
    along = b - a
    side = np.array([along[1], -along[0], 0.0])
    norm = math.hypot(side[0], side[1])
    side = side / norm if norm > 1e-9 else np.array([1.0, 0.0, 0.0])
    up = np.cross(side, along)
    up /= math.sqrt(up @ up)
    world.box((a + b) / 2, (2, 2, 2), material, rotation=np.stack([side * across / 2, along / 2, up * thick / 2], 1))


def wire(
    world: World,
    start: Sequence[float],
    end: Sequence[float],
    sag: float,
    radius: float,
    material: Material,
    parts: int = 4,
) -> None:
    """A hanging wire in `parts` straight pieces."""
    a, b = np.asarray(start, float), np.asarray(end, float)
    points = []
    for i in range(parts + 1):
        t = i / parts
        points.append(a + (b - a) * t - np.array([0, 0, sag * 4 * t * (1 - t)]))
    for p, q in zip(points, points[1:], strict=False):
        world.frustum(p, q, radius, material)
