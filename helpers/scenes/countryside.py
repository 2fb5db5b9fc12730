"""What lies about in field and forest: rocks, piles of logs, bales, a tent, a snowman.

Each thing stands on z = 0 around the origin, in a random style; metres.
"""

from __future__ import annotations

import numpy as np

from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.outdoor_materials import RUBBER, any_colour, bark, shade, stone
from helpers.scenes.shapes import prism
from helpers.scenes.world import Material, World


def rock(world: World, rng: np.random.Generator, size: float = 0.6, material: Material | None = None) -> None:
    """A boulder about `size` metres across, part of it in the ground."""
    surface = material or stone(rng)
    with world.thing("rock"):
        world.ellipsoid(
            (0, 0, size * 0.2), (size * 0.5, size * uniform(rng, 0.3, 0.55), size * uniform(rng, 0.25, 0.5)), surface
        )
        turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        world.box(
            (size * 0.12, 0, size * 0.15), size * np.array([0.6, 0.5, uniform(rng, 0.35, 0.6)]), surface, rotation=turn
        )


def log_pile(world: World, rng: np.random.Generator) -> None:
    """Logs lying along x, some on top of others."""
    wood, long = bark(rng), uniform(rng, 1.5, 4.0)
    with world.thing("tree"):
        for row, count in enumerate((4, 3, 2)):
            for i in range(count):
                r = uniform(rng, 0.13, 0.18)
                y = (i - (count - 1) / 2) * 0.34
                world.frustum(
                    (-long / 2 + rng.normal(0, 0.05), y, 0.17 + row * 0.29), (long / 2, y, 0.17 + row * 0.29), r, wood
                )


def bale(world: World, rng: np.random.Generator) -> None:
    """A round or square bale of straw."""
    straw = Material(
        shade(rng, (0.5, 0.4, 0.18)), (0.3, 0.22, 0.08), pick(rng, ("grass", "stripes", "noise")), 0.1, bump=0.6
    )
    with world.thing("other"):
        if chance(rng, 0.7):
            world.frustum((-0.6, 0, 0.7), (0.6, 0, 0.7), 0.7, straw)
        else:
            world.box((0, 0, 0.4), (2.0, 0.9, 0.8), straw)


def tent(world: World, rng: np.random.Generator) -> None:
    """A ridge tent, its entrance facing -y."""
    cloth = Material(any_colour(rng, 1.0))
    with world.thing("cloth"):
        prism(world, uniform(rng, 1.8, 2.8), uniform(rng, 1.2, 1.8), uniform(rng, 2.2, 3.5), 0.0, cloth)


def snowman(world: World, rng: np.random.Generator) -> None:
    """Three balls of snow with a nose and a hat, facing -y."""
    snow = Material((0.85, 0.86, 0.88), (0.75, 0.78, 0.82), "noise", 0.1, bump=0.3)
    with world.thing("other"):
        for z, r in ((0.4, 0.48), (1.05, 0.36), (1.55, 0.25)):
            world.ellipsoid((0, 0, z), r, snow)
        world.frustum((0, -0.2, 1.55), (0, -0.5, 1.53), 0.05, Material((0.7, 0.25, 0.03)), top_radius=0.005)
        world.frustum((0, 0, 1.72), (0, 0, 2.0), 0.18, RUBBER)
