"""Cars, vans, lorries, buses, bicycles and boats, heading towards +y, standing on z = 0; metres.

`detail` is 2 near by, 1 in the middle distance, 0 far away: fewer shapes for what is small in the picture.
"""

from __future__ import annotations

import numpy as np

from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.outdoor_materials import GLASS, PAINTS, RUBBER, any_colour, shade, timber
from helpers.scenes.shapes import slanted_box
from helpers.scenes.world import Material, World

CARS = (
    "hatchback",
    "hatchback",
    "hatchback",
    "saloon",
    "saloon",
    "estate",
    "estate",
    "suv",
    "suv",
    "mini",
    "van",
    "pickup",
)
_SHAPES = {  # length, width, height, bonnet end, boot end (share of length), slopes of windscreen and tailgate (metres)
    "hatchback": (4.1, 1.76, 1.47, 0.27, 0.02, 0.75, 0.35),
    "saloon": (4.6, 1.8, 1.44, 0.29, 0.17, 0.8, 0.65),
    "estate": (4.6, 1.8, 1.48, 0.28, 0.01, 0.75, 0.3),
    "suv": (4.5, 1.88, 1.7, 0.27, 0.01, 0.65, 0.25),
    "mini": (3.5, 1.62, 1.5, 0.2, 0.01, 0.6, 0.2),
    "pickup": (5.1, 1.85, 1.75, 0.27, 0.38, 0.6, 0.1),
}


def _axles(world, length, width, radius, positions, detail, rng):
    hub = Material((0.4, 0.4, 0.41), (0.1, 0.1, 0.1), "noise", 0.1, gloss=0.5) if detail > 1 else None
    for y in positions:
        world.frustum((-width / 2, y, radius), (width / 2, y, radius), radius, RUBBER)
        if hub:
            w = width / 2 + 0.015
            world.frustum((-w, y, radius), (w, y, radius), radius * 0.62, hub)


def car(world: World, rng: np.random.Generator, kind: str | None = None, detail: int = 2) -> float:
    """A passenger car or light van heading +y; returns its length in metres."""
    kind = kind or pick(rng, CARS)
    if kind == "van":
        return van(world, rng, detail)
    length, width, height, bonnet, boot, front, back = _SHAPES[kind]
    size = uniform(rng, 0.93, 1.07)
    length, height = length * size, height * uniform(rng, 0.95, 1.05)
    body = Material(shade(rng, pick(rng, PAINTS), 0.2), gloss=uniform(rng, 0.25, 0.7))
    glass = GLASS
    low, belt = uniform(rng, 0.2, 0.28), 0.6 * height
    nose, tail = length / 2, -length / 2
    with world.thing("car"):
        radius = (belt - low) / 2
        mid = (belt + low) / 2
        inset = 0.55 * radius if detail else 0.05
        world.box((0, 0, mid), (width, length - 2 * inset, belt - low), body)
        if detail:  # rounded nose and tail
            for y in (nose - inset, tail + inset):
                world.ellipsoid((0, y, mid - 0.02), (width / 2, inset * 1.25, radius), body)
        a, b = nose - bonnet * length, tail + boot * length
        c = (a + b) / 2 + (back - front) / 4
        cabin = width * 0.88
        if detail:
            slanted_box(world, (c, a), (belt - 0.03, height - 0.04), cabin, -front, glass)
            slanted_box(world, (b, c), (belt - 0.03, height - 0.04), cabin, back, glass)
            world.box(
                (0, (a - front + b + back) / 2, height - 0.03),
                (cabin * 0.98, max(0.5, a - front - b - back + 0.05), 0.07),
                body,
            )
        else:
            slanted_box(world, (b + back / 2, a), (belt - 0.03, height - 0.03), cabin, -front / 2, glass)
            world.box(
                (0, (a - front + b + back) / 2, height - 0.03), (cabin, max(0.5, a - front - b - back), 0.07), body
            )
        _axles(
            world,
            length,
            width + 0.01,
            uniform(rng, 0.29, 0.34),
            (nose - 0.2 * length, tail + 0.19 * length),
            detail,
            rng,
        )
        if detail > 1:
            pillar = (c - 0.05, c + 0.05)
            slanted_box(world, pillar, (belt - 0.05, height - 0.04), cabin + 0.02, 0.0, body)
            if kind in ("saloon", "estate", "suv", "hatchback"):
                slanted_box(world, (b + 0.02, b + 0.22), (belt - 0.05, height - 0.05), cabin + 0.02, back, body)
            lamp, tail_lamp = (
                Material((0.8, 0.8, 0.8), gloss=0.8),
                Material((0.4, 0.02, 0.02), gloss=0.5, glow=0.3 if chance(rng, 0.3) else 0.0),
            )
            for side in (-1, 1):
                x = side * (width / 2 - 0.2)
                world.ellipsoid((x, nose - 0.1, belt - 0.2), (0.17, 0.13, 0.09), lamp)
                world.box((x, tail + 0.07, belt - 0.12), (0.26, 0.16, 0.17), tail_lamp)
                world.ellipsoid((side * (width / 2 + 0.08), a - 0.25, belt + 0.06), (0.1, 0.06, 0.07), body)
            plate = Material(
                (0.75, 0.75, 0.7) if chance(rng, 0.7) else (0.7, 0.55, 0.08), (0.05, 0.05, 0.05), "print", 0.05
            )
            world.box((0, nose - 0.03, low + 0.2), (0.5, 0.1, 0.11), plate)
            world.box((0, tail + 0.03, low + 0.32), (0.5, 0.1, 0.11), plate)
            dark = Material((0.04, 0.04, 0.04))
            world.box((0, 0, low + 0.06), (width * 0.97, length * 0.97, 0.12), dark)
    return length


def van(world: World, rng: np.random.Generator, detail: int = 2) -> float:
    """A delivery van or minibus heading +y; returns its length in metres."""
    length, width, height = uniform(rng, 4.6, 6.2), uniform(rng, 1.85, 2.1), uniform(rng, 1.9, 2.7)
    body = Material(shade(rng, pick(rng, ((0.75, 0.75, 0.74), PAINTS[2], PAINTS[6], PAINTS[7], PAINTS[15]))), gloss=0.3)
    nose, tail = length / 2, -length / 2
    with world.thing("car"):
        world.box((0, (tail + nose - 1.3) / 2, 0.3 + (height - 0.3) / 2), (width, length - 1.3, height - 0.3), body)
        world.box((0, nose - 0.75, 0.75), (width * 0.97, 1.5, 0.9), body)
        slanted_box(world, (nose - 1.8, nose - 0.25), (1.15, height - 0.15), width * 0.93, -0.9, GLASS)
        _axles(world, length, width + 0.01, 0.34, (nose - 0.8, tail + 0.9), detail, rng)
        if detail:
            windows = chance(rng, 0.5)
            back = tail + 0.4 if windows else nose - 2.2
            world.box((0, (back + nose - 1.4) / 2, height * 0.7), (width + 0.02, nose - 1.4 - back, 0.5), GLASS)
            world.box((0, tail, height * 0.72), (width * 0.8, 0.05, 0.5), GLASS)
            for side in (-1, 1):
                world.box(
                    (side * (width / 2 - 0.1), tail, 0.9), (0.15, 0.06, 0.4), Material((0.4, 0.03, 0.03), gloss=0.4)
                )
                world.box(
                    (side * (width / 2 - 0.2), nose - 0.01, 0.85),
                    (0.3, 0.06, 0.2),
                    Material((0.8, 0.8, 0.8), gloss=0.8),
                )
    return length


def lorry(world: World, rng: np.random.Generator, detail: int = 2) -> float:
    """A lorry with a box or an open bed heading +y; returns its length in metres."""
    length, width, height = uniform(rng, 6.5, 12.0), 2.45, uniform(rng, 2.8, 3.9)
    cab = Material(shade(rng, pick(rng, PAINTS)), gloss=0.4)
    load = Material(
        shade(rng, pick(rng, ((0.8, 0.8, 0.8), *PAINTS))),
        pattern=pick(rng, ("plain", "stripes", "print", "plain")),
        scale=uniform(rng, 0.2, 1.5),
    )
    nose, tail = length / 2, -length / 2
    with world.thing("car"):
        world.box((0, nose - 0.9, 0.5 + 1.15), (width * 0.95, 1.8, 2.3), cab)
        world.box((0, nose - 0.02, 2.05), (width * 0.86, 0.1, 0.85), GLASS)
        if detail:
            world.box((0, nose - 0.7, 2.05), (width * 0.95 + 0.03, 0.8, 0.7), GLASS)
            world.box((0, nose, 0.7), (width * 0.9, 0.12, 0.35), Material((0.05, 0.05, 0.05)))
        world.box((0, (tail + nose - 2.0) / 2, 0.95 + (height - 0.95) / 2), (width, length - 2.0, height - 0.95), load)
        world.box((0, (tail + nose) / 2, 0.75), (width * 0.7, length - 0.3, 0.3), RUBBER)
        _axles(world, length, width, 0.5, (nose - 1.2, tail + 1.2, tail + 2.4), min(detail, 1), rng)
        if detail > 1:
            for side in (-1, 1):
                world.box((side * 0.95, tail + 0.1, 0.7), (0.35, 0.3, 0.18), Material((0.45, 0.03, 0.03)))
    return length


def bus(world: World, rng: np.random.Generator, detail: int = 2) -> float:
    """A bus or tram heading +y; returns its length in metres."""
    length, width, height = uniform(rng, 9.0, 13.0), 2.5, uniform(rng, 2.9, 3.3)
    paint = Material(
        shade(
            rng,
            pick(rng, ((0.6, 0.05, 0.04), (0.75, 0.75, 0.72), (0.7, 0.5, 0.05), (0.06, 0.2, 0.4), (0.1, 0.35, 0.15))),
        ),
        gloss=0.4,
    )
    with world.thing("car"):
        world.box((0, 0, 0.3 + (height - 0.3) / 2), (width, length, height - 0.3), paint)
        world.box((0, 0, 1.85), (width + 0.03, length - 0.5, 0.95), GLASS)
        world.box((0, 0, 1.75), (width * 0.9, length + 0.03, 1.3), GLASS)
        _axles(world, length, width + 0.02, 0.48, (length * 0.3, -length * 0.28), min(detail, 1), rng)
        if detail > 1:
            for i in range(5):
                world.box((0, length * (i - 2) / 5.5, 1.85), (width + 0.05, 0.12, 1.0), paint)
            world.box(
                (0, 0, height - 0.35),
                (width * 0.6, length + 0.05, 0.25),
                Material((0.8, 0.5, 0.1), (0.02, 0.02, 0.02), "print", 0.2, glow=0.5),
            )
    return length


def _bicycle_frame(world, paint, radius, detail):
    for y in (-0.52, 0.52):
        world.tube((-0.02, y, radius), (0.02, y, radius), radius, RUBBER)
        if detail:
            world.tube((-0.012, y, radius), (0.012, y, radius), radius - 0.03, paint)
    seat, head, crank = (0, -0.2, 0.85), (0, 0.38, 0.85), (0, -0.05, 0.3)
    for a, b in (
        (seat, crank),
        (head, crank),
        (seat, head),
        (crank, (0, -0.52, radius)),
        ((0, 0.36, 0.98), (0, 0.52, radius)),
    ):
        world.frustum(a, b, 0.022, paint)
    world.frustum((-0.27, 0.34, 1.0), (0.27, 0.34, 1.0), 0.018, paint)
    world.ellipsoid((0, -0.22, 0.92), (0.08, 0.14, 0.04), RUBBER)


def bicycle(world: World, rng: np.random.Generator, detail: int = 2) -> None:
    """A bicycle standing upright, heading +y."""
    with world.thing("other"):
        _bicycle_frame(world, Material(any_colour(rng, 0.8), gloss=0.3), 0.34, detail)


def boat(world: World, rng: np.random.Generator) -> None:
    """A rowing, motor or sailing boat on water z = 0, heading +y."""
    length = uniform(rng, 3.0, 9.0)
    hull, wide = Material(any_colour(rng, 0.7), gloss=0.3), length * uniform(rng, 0.25, 0.35)
    with world.thing("other"):
        world.ellipsoid((0, 0, 0.1), (wide / 2, length / 2, 0.5 + 0.05 * length), hull)
        world.box((0, -length * 0.05, 0.45 + 0.05 * length), (wide * 0.7, length * 0.6, 0.15), timber(rng))
        if chance(rng, 0.5):
            tall = length * uniform(rng, 1.1, 1.5)
            world.frustum(
                (0, 0.1 * length, 0), (0, 0.1 * length, tall), 0.02 + 0.006 * length, Material((0.7, 0.7, 0.7))
            )
            if chance(rng, 0.7):
                sail = Material(shade(rng, (0.8, 0.79, 0.75), 0.1))
                linear = np.array([[0.01, 0, 0], [0, length * 0.2, length * 0.2], [0, 0, tall * 0.43]])
                world.box((0, -length * 0.14, tall * 0.5), (2, 2, 2), sail, rotation=linear)
        else:
            world.box(
                (0, -length * 0.1, 0.9 + 0.05 * length),
                (wide * 0.5, length * 0.25, 0.9),
                Material((0.7, 0.7, 0.7), (0.1, 0.1, 0.1), "facade", 0.5),
            )
