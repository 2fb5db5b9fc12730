"""Sun, sky and haze of a random day, and the ground that reaches to the horizon."""

from __future__ import annotations

import math

import numpy as np

from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.world import Ground, Material, Sky, World

_AHEAD = math.pi / 2  # the azimuth of +y, where cameras look outdoors


def weather(world: World, rng: np.random.Generator) -> str:
    """Sets sun, sky, clouds and haze, and returns the kind; at dusk the sun tends to stand ahead, at +y."""
    kind = pick(
        rng,
        ("noon",) * 6 + ("afternoon",) * 6 + ("overcast",) * 5 + ("evening",) * 3 + ("dusk", "fog", "bright", "bright"),
    )
    around = uniform(rng, 0, 2 * math.pi)
    light = uniform(rng, 0.75, 1.3)
    if kind == "noon":
        height, sun, angle = uniform(rng, 0.6, 1.3), (2.4, 2.2, 1.9), uniform(rng, 0.005, 0.03)
        zenith, horizon, clouds = (0.22, 0.42, 0.85), (0.7, 0.82, 0.95), uniform(rng, 0, 0.7)
    elif kind == "afternoon":
        height, sun, angle = uniform(rng, 0.2, 0.6), (2.5, 2.0, 1.4), uniform(rng, 0.005, 0.04)
        zenith, horizon, clouds = (0.2, 0.38, 0.75), (0.8, 0.82, 0.85), uniform(rng, 0, 0.8)
    elif kind == "bright":  # thin cloud: white sky, weak soft sun
        height, sun, angle = uniform(rng, 0.3, 1.2), (0.9, 0.85, 0.75), uniform(rng, 0.05, 0.15)
        zenith, horizon, clouds = (0.75, 0.8, 0.9), (1.1, 1.1, 1.1), uniform(rng, 0.5, 1.0)
    elif kind in ("overcast", "fog"):
        height, sun, angle = 0.8, (0.0, 0.0, 0.0), 0.1
        grey = uniform(rng, 0.6, 1.3)
        zenith, horizon, clouds = (
            (grey, grey, 1.05 * grey),
            (0.9 * grey, 0.9 * grey, 0.92 * grey),
            uniform(rng, 0.3, 1.0),
        )
    elif kind == "evening":
        height, sun, angle = uniform(rng, 0.04, 0.2), (2.3, 1.25, 0.5), uniform(rng, 0.005, 0.03)
        zenith, horizon, clouds = (0.15, 0.25, 0.5), (0.95, 0.6, 0.35), uniform(rng, 0.1, 0.7)
        around = _AHEAD + uniform(rng, -1.5, 1.5) if chance(rng, 0.5) else around
    else:
        height, sun, angle = uniform(rng, 0.01, 0.06), (0.35, 0.14, 0.05), 0.05
        zenith, horizon, clouds = (0.1, 0.14, 0.3), (0.75, 0.4, 0.25), uniform(rng, 0.2, 0.8)
        around = _AHEAD + uniform(rng, -0.7, 0.7)
    haze = pick(rng, (0.0, 0.0, 0.0, 0.0003, 0.0008, 0.002, 0.004))
    if kind == "fog":
        haze = uniform(rng, 0.005, 0.016)
    direction = (math.cos(height) * math.cos(around), math.cos(height) * math.sin(around), math.sin(height))
    tint = np.exp(rng.normal(0, 0.06, 3))
    scale = lambda colour: tuple(float(c * light * t) for c, t in zip(colour, tint, strict=True))  # noqa: E731
    world.sky = Sky(
        direction, scale(sun), angle, scale(zenith), scale(horizon), scale((0.18, 0.17, 0.14)), clouds, haze,
        scale(tuple(0.9 * c for c in horizon)),
    )  # fmt: skip
    return kind


def ground_of(
    material: Material,
    class_name: str = "ground",
    relief: float = 0.0,
    wavelength: float = 60.0,
    flat_radius: float = 20.0,
) -> Ground:
    """A ground of that material, with hills when relief > 0."""
    return Ground(material, class_name, relief, wavelength, flat_radius)
