"""What stands close to the camera outdoors, mostly at the edge of the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from helpers.scenes.countryside import rock
from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.outdoor_materials import masonry
from helpers.scenes.people_outdoors import person
from helpers.scenes.plants import bush, flowers, tree, tufts, twig
from helpers.scenes.street_furniture import bench, bollard, fence, lamp_post, planter, traffic_sign
from helpers.scenes.world import World


def _spot(
    rng: np.random.Generator, eye: Sequence[float], side: int, away: tuple[float, float], off: tuple[float, float]
) -> tuple[float, float, float]:
    """A point on the ground `away` metres ahead of the eye and to its left (-1) or right (1) by a share of that."""
    d = uniform(rng, *away)
    return eye[0] + side * d * uniform(rng, *off), eye[1] + d, 0


def _twig(world: World, rng: np.random.Generator, eye: Sequence[float], side: int) -> None:
    """A twig that hangs in from the side, above the eye."""
    x, y, h = eye
    d = uniform(rng, 0.9, 3.0)
    spot = (x + side * d * uniform(rng, 0.5, 0.9), y + d, h + d * uniform(rng, 0.15, 0.5))
    with world.placed(spot, math.pi if side > 0 else 0.0):
        twig(world, rng, d * uniform(rng, 0.5, 0.9))


def _trunk(world: World, rng: np.random.Generator, eye: Sequence[float], side: int) -> None:
    with world.placed(_spot(rng, eye, side, (1.2, 4.0), (0.25, 0.6))):
        tree(world, rng, "broadleaf", uniform(rng, 9, 16))


def _person(world: World, rng: np.random.Generator, eye: Sequence[float], side: int) -> None:
    with world.placed(_spot(rng, eye, side, (1.3, 4.5), (0.05, 0.5)), uniform(rng, 0, 6.3)):
        person(world, rng)


def _pole(world: World, rng: np.random.Generator, eye: Sequence[float], side: int) -> None:
    with world.placed(_spot(rng, eye, side, (1.5, 5.0), (0.2, 0.6)), side * math.pi / 2):
        pick(rng, (lamp_post, traffic_sign, bollard))(world, rng)


def _bush(world: World, rng: np.random.Generator, eye: Sequence[float], side: int) -> None:
    with world.placed(_spot(rng, eye, side, (1.2, 3.5), (0.3, 0.7))):
        bush(world, rng, eye[2] * uniform(rng, 0.5, 1.2), 2)


def _railing(world: World, rng: np.random.Generator, eye: Sequence[float], side: int) -> None:
    """A railing right across the picture."""
    d = uniform(rng, 1.2, 3.0)
    with world.placed((eye[0], eye[1] + d, 0), rng.normal(0, 0.2)):
        fence(world, rng, 3.5 * d, pick(rng, ("bars", "rails", "pickets", "wire")))


def _tufts(world: World, rng: np.random.Generator, eye: Sequence[float], side: int) -> None:
    """Grass or flowers, anywhere before the camera."""
    x, y, h = eye
    for _ in range(3):
        d = uniform(rng, 0.8, 2.5)
        with world.placed((x + rng.normal(0, 0.6) * d, y + d, 0)):
            (tufts if chance(rng, 0.6) else flowers)(world, rng, 12, 0.8, h * uniform(rng, 0.3, 0.7))


def _wall(world: World, rng: np.random.Generator, eye: Sequence[float], side: int) -> None:
    """A wall that runs away along one side."""
    high = uniform(rng, 0.6, 3.5)
    spot = (eye[0] + side * uniform(rng, 0.8, 2.0), eye[1] + 3.0, 0)
    with world.placed(spot, math.pi / 2 + rng.normal(0, 0.15)), world.thing("wall"):
        world.box((0, 0, high / 2), (uniform(rng, 5, 14), 0.3, high), masonry(rng))


def _bench(world: World, rng: np.random.Generator, eye: Sequence[float], side: int) -> None:
    """A bench, perhaps with somebody on it."""
    with world.placed(_spot(rng, eye, side, (2.0, 5.0), (0, 0.4)), uniform(rng, 0, 6.3)):
        bench(world, rng)
        if chance(rng, 0.3):
            with world.placed((0, 0, 0), math.pi):
                person(world, rng, "sit")


def _planter(world: World, rng: np.random.Generator, eye: Sequence[float], side: int) -> None:
    with world.placed(_spot(rng, eye, side, (1.2, 3.0), (0.2, 0.6))):
        planter(world, rng)


def _rock(world: World, rng: np.random.Generator, eye: Sequence[float], side: int) -> None:
    with world.placed(_spot(rng, eye, side, (1.2, 4.0), (0.0, 0.5)), uniform(rng, 0, 6.3)):
        rock(world, rng, uniform(rng, 0.4, 1.6))


_THINGS = {
    "twig": _twig,
    "trunk": _trunk,
    "person": _person,
    "pole": _pole,
    "bush": _bush,
    "railing": _railing,
    "tufts": _tufts,
    "wall": _wall,
    "bench": _bench,
    "planter": _planter,
    "rock": _rock,
}
_USUAL = (
    "twig", "twig", "trunk", "person", "person", "pole", "bush", "railing", "tufts", "wall", "bench", "planter", "rock",
)  # fmt: skip


def foreground(world: World, rng: np.random.Generator, eye: Sequence[float], kinds: Sequence[str] = _USUAL) -> None:
    """Puts something close before a camera at `eye` that looks along +y, mostly at the picture's edge."""
    thing = _THINGS[pick(rng, kinds)]
    thing(world, rng, eye, pick(rng, (-1, 1)))
