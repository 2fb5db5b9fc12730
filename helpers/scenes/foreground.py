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


def foreground(world: World, rng: np.random.Generator, eye: Sequence[float], kinds: Sequence[str] | None = None) -> str:
    """Puts something close before a camera at `eye` that looks along +y, mostly at the picture's edge; returns what."""
    kind = pick(
        rng,
        kinds
        or (
            "twig",
            "twig",
            "trunk",
            "person",
            "person",
            "pole",
            "bush",
            "railing",
            "tufts",
            "wall",
            "bench",
            "planter",
            "rock",
        ),
    )
    side = pick(rng, (-1, 1))
    x, y, h = eye
    if kind == "twig":
        d = uniform(rng, 0.9, 3.0)
        with world.placed(
            (x + side * d * uniform(rng, 0.5, 0.9), y + d, h + d * uniform(rng, 0.15, 0.5)),
            math.pi if side > 0 else 0.0,
        ):
            twig(world, rng, d * uniform(rng, 0.5, 0.9))
    elif kind == "trunk":
        d = uniform(rng, 1.2, 4.0)
        with world.placed((x + side * d * uniform(rng, 0.25, 0.6), y + d, 0)):
            tree(world, rng, "broadleaf", uniform(rng, 9, 16))
    elif kind == "person":
        d = uniform(rng, 1.3, 4.5)
        with world.placed((x + side * d * uniform(rng, 0.05, 0.5), y + d, 0), uniform(rng, 0, 6.3)):
            person(world, rng)
    elif kind == "pole":
        d = uniform(rng, 1.5, 5.0)
        with world.placed((x + side * d * uniform(rng, 0.2, 0.6), y + d, 0), side * math.pi / 2):
            pick(rng, (lamp_post, traffic_sign, bollard))(world, rng)
    elif kind == "bush":
        d = uniform(rng, 1.2, 3.5)
        with world.placed((x + side * d * uniform(rng, 0.3, 0.7), y + d, 0)):
            bush(world, rng, h * uniform(rng, 0.5, 1.2), 2)
    elif kind == "railing":
        d = uniform(rng, 1.2, 3.0)
        with world.placed((x, y + d, 0), rng.normal(0, 0.2)):
            fence(world, rng, 3.5 * d, pick(rng, ("bars", "rails", "pickets", "wire")))
    elif kind == "tufts":
        for _ in range(3):
            d = uniform(rng, 0.8, 2.5)
            with world.placed((x + rng.normal(0, 0.6) * d, y + d, 0)):
                (tufts if chance(rng, 0.6) else flowers)(world, rng, 12, 0.8, h * uniform(rng, 0.3, 0.7))
    elif kind == "wall":
        high = uniform(rng, 0.6, 3.5)
        with (
            world.placed((x + side * uniform(rng, 0.8, 2.0), y + 3.0, 0), math.pi / 2 + rng.normal(0, 0.15)),
            world.thing("wall"),
        ):
            world.box((0, 0, high / 2), (uniform(rng, 5, 14), 0.3, high), masonry(rng))
    elif kind == "bench":
        d = uniform(rng, 2.0, 5.0)
        with world.placed((x + side * d * uniform(rng, 0, 0.4), y + d, 0), uniform(rng, 0, 6.3)):
            bench(world, rng)
            if chance(rng, 0.3):
                with world.placed((0, 0, 0), math.pi):
                    person(world, rng, "sit")
    elif kind == "planter":
        d = uniform(rng, 1.2, 3.0)
        with world.placed((x + side * d * uniform(rng, 0.2, 0.6), y + d, 0)):
            planter(world, rng)
    else:
        d = uniform(rng, 1.2, 4.0)
        with world.placed((x + side * d * uniform(rng, 0.0, 0.5), y + d, 0), uniform(rng, 0, 6.3)):
            rock(world, rng, uniform(rng, 0.4, 1.6))
    return kind
