"""Things one meets outdoors: weather, vehicles, people, animals, plants, buildings, street furniture.

Every function draws one thing around the origin of the current placement, standing on z = 0, in a random style.
Vehicles, people and animals head towards +y; buildings, benches and stalls face -y. `detail` is 2 near by, 1 in the
middle distance, 0 far away: fewer shapes for what is small in the picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from helpers.scenes.world import Ground, Material, Sky, World

Colour = tuple[float, float, float]


# --- chance and colour --------------------


def chance(rng: np.random.Generator, probability: float) -> bool:
    """True with the given probability."""
    return rng.random() < probability


def pick(rng: np.random.Generator, options: Sequence):
    """One of the options, all equally likely (repeat one to favour it)."""
    return options[int(rng.random() * len(options))]


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """A number drawn evenly between two others."""
    return low + (high - low) * rng.random()


def shade(rng: np.random.Generator, colour: Colour, spread: float = 0.25) -> Colour:
    """The colour made lighter or darker (log-normal, `spread`) and tinted a little, kept within 0.01..0.92."""
    a, b, c, d = rng.standard_normal(4)
    light = math.exp(spread * a)
    tints = (math.exp(0.3 * spread * t) for t in (b, c, d))
    return tuple(min(0.92, max(0.01, x * light * t)) for x, t in zip(colour, tints, strict=True))


_HUES = (
    (0.6, 0.05, 0.04), (0.5, 0.04, 0.06), (0.65, 0.25, 0.04), (0.7, 0.5, 0.08), (0.05, 0.12, 0.4), (0.06, 0.2, 0.5),
    (0.15, 0.35, 0.6), (0.05, 0.06, 0.16), (0.06, 0.25, 0.1), (0.15, 0.3, 0.08), (0.05, 0.3, 0.3), (0.35, 0.2, 0.1),
    (0.55, 0.42, 0.28), (0.3, 0.06, 0.25), (0.6, 0.3, 0.35),
)  # fmt: skip
"""Hues of dyes and paints, the usual ones more than once."""


def any_colour(rng: np.random.Generator, vivid: float = 0.6) -> Colour:
    """Any colour of a painted or woven thing: a grey mixed with a hue, `vivid` (0..1) of the way at most."""
    grey = 0.02 + 0.7 * rng.random() ** 1.5
    share = vivid * rng.random() ** 0.7
    hue = pick(rng, _HUES)
    mixed = tuple(grey * (1 - share) + share * h for h in hue)
    return shade(rng, mixed, 0.25)


def darker(colour: Colour, factor: float = 0.6) -> Colour:
    """The colour times a factor."""
    return tuple(c * factor for c in colour)


# --- materials --------------------

BARK = ((0.16, 0.11, 0.07), (0.25, 0.2, 0.15), (0.1, 0.08, 0.06), (0.45, 0.43, 0.4))
FOLIAGE = (
    (0.09, 0.2, 0.03), (0.13, 0.27, 0.05), (0.06, 0.15, 0.03), (0.2, 0.3, 0.06), (0.08, 0.18, 0.06),
    (0.11, 0.22, 0.04), (0.26, 0.32, 0.1),
)  # fmt: skip
AUTUMN = ((0.5, 0.28, 0.04), (0.45, 0.15, 0.04), (0.55, 0.4, 0.08), (0.3, 0.18, 0.06))
WALLS = (
    (0.72, 0.68, 0.6), (0.8, 0.78, 0.74), (0.6, 0.5, 0.36), (0.55, 0.53, 0.5), (0.7, 0.58, 0.4), (0.62, 0.4, 0.3),
    (0.48, 0.44, 0.38), (0.75, 0.7, 0.5), (0.4, 0.4, 0.42), (0.66, 0.6, 0.55), (0.5, 0.58, 0.6), (0.7, 0.5, 0.42),
)  # fmt: skip
BRICKS = ((0.42, 0.17, 0.1), (0.5, 0.26, 0.16), (0.35, 0.2, 0.14), (0.55, 0.42, 0.28), (0.3, 0.13, 0.1))
ROOFS = (
    (0.38, 0.14, 0.08),
    (0.45, 0.2, 0.11),
    (0.16, 0.15, 0.16),
    (0.25, 0.22, 0.2),
    (0.1, 0.1, 0.11),
    (0.3, 0.2, 0.14),
)
PAINTS = (
    (0.75, 0.76, 0.77), (0.8, 0.8, 0.78), (0.45, 0.46, 0.48), (0.25, 0.26, 0.28), (0.03, 0.03, 0.035),
    (0.05, 0.06, 0.08), (0.04, 0.07, 0.2), (0.4, 0.03, 0.03), (0.5, 0.5, 0.5), (0.12, 0.13, 0.14), (0.08, 0.2, 0.35),
    (0.02, 0.02, 0.025), (0.6, 0.6, 0.58), (0.3, 0.28, 0.22), (0.06, 0.15, 0.08), (0.65, 0.45, 0.05), (0.3, 0.02, 0.03),
)  # fmt: skip
SKIN = ((0.6, 0.4, 0.3), (0.68, 0.48, 0.38), (0.35, 0.2, 0.13), (0.16, 0.09, 0.06), (0.5, 0.32, 0.2))
HAIR = (
    (0.03, 0.02, 0.02),
    (0.08, 0.05, 0.03),
    (0.2, 0.12, 0.06),
    (0.45, 0.33, 0.16),
    (0.4, 0.4, 0.4),
    (0.25, 0.08, 0.03),
)
STONE = ((0.5, 0.47, 0.42), (0.36, 0.35, 0.34), (0.6, 0.53, 0.42), (0.3, 0.27, 0.24), (0.45, 0.36, 0.28))
RUBBER = Material((0.02, 0.02, 0.022))
GLASS = Material((0.03, 0.04, 0.05), gloss=0.85)
WHITE_LINE = Material((0.68, 0.68, 0.66), (0.5, 0.5, 0.5), "noise", 0.3)


def bark(rng: np.random.Generator) -> Material:
    """Bark of some tree."""
    colour = shade(rng, pick(rng, BARK))
    return Material(
        colour, darker(colour, 0.45), pick(rng, ("noise", "wood", "plaster")), between(rng, 0.03, 0.15), bump=0.6
    )


def foliage(
    rng: np.random.Generator, *, autumn: float = 0.08, cutout: float | None = None, size: float = 1.0
) -> Material:
    """Leaves with holes between them; `size` multiplies the size of a tuft."""
    colour = shade(rng, pick(rng, AUTUMN if chance(rng, autumn) else FOLIAGE), 0.3)
    holes = between(rng, 0.25, 0.6) if cutout is None else cutout
    return Material(
        colour,
        darker(colour, between(rng, 0.25, 0.6)),
        "leaves",
        size * between(rng, 0.07, 0.25),
        bump=0.7,
        cutout=holes,
    )


def grass(rng: np.random.Generator) -> Material:
    """A lawn, a meadow or a dry field."""
    base = pick(rng, ((0.13, 0.26, 0.05), (0.2, 0.3, 0.07), (0.1, 0.2, 0.04), (0.36, 0.33, 0.14), (0.26, 0.28, 0.1)))
    colour = shade(rng, base)
    other = shade(rng, pick(rng, ((0.25, 0.2, 0.1), darker(colour, 0.5), darker(colour, 0.65))))
    return Material(colour, other, "grass", between(rng, 0.05, 0.5), bump=0.4)


def asphalt(rng: np.random.Generator) -> Material:
    """The surface of a road."""
    colour = shade(rng, pick(rng, ((0.12, 0.12, 0.125), (0.2, 0.2, 0.2), (0.27, 0.26, 0.25), (0.07, 0.07, 0.075))))
    wet = between(rng, 0.3, 0.7) if chance(rng, 0.1) else 0.0
    return Material(colour, darker(colour, between(rng, 0.6, 0.85)), "asphalt", between(rng, 0.02, 0.5), gloss=wet)


def paving(rng: np.random.Generator) -> Material:
    """Slabs, setts, bricks or plain concrete to walk on."""
    colour = shade(
        rng,
        pick(rng, ((0.45, 0.44, 0.42), (0.35, 0.33, 0.31), (0.55, 0.5, 0.43), (0.4, 0.28, 0.22), (0.25, 0.25, 0.26))),
    )
    pattern = pick(rng, ("tiles", "tiles", "brick", "plain", "noise", "gravel", "checker"))
    factor = between(rng, 0.8, 0.95) if pattern == "checker" else between(rng, 0.55, 0.9)
    return Material(colour, darker(colour, factor), pattern, between(rng, 0.15, 0.9), bump=0.3)


def earth(rng: np.random.Generator) -> Material:
    """Bare soil, gravel, sand or fallen leaves."""
    base, pattern = pick(
        rng,
        (
            ((0.3, 0.22, 0.14), "noise"), ((0.45, 0.4, 0.33), "gravel"), ((0.6, 0.5, 0.35), "noise"),
            ((0.25, 0.17, 0.1), "leaves"), ((0.35, 0.28, 0.2), "gravel"),
        ),
    )  # fmt: skip
    colour = shade(rng, base)
    return Material(colour, darker(colour, between(rng, 0.5, 0.85)), pattern, between(rng, 0.05, 0.4), bump=0.4)


def water(rng: np.random.Generator) -> Material:
    """The surface of a lake, river or sea."""
    colour = shade(
        rng,
        pick(rng, ((0.03, 0.08, 0.1), (0.04, 0.1, 0.08), (0.02, 0.05, 0.1), (0.06, 0.16, 0.18), (0.08, 0.08, 0.06))),
    )
    return Material(
        colour,
        darker(colour, 0.7),
        "water",
        between(rng, 0.2, 2.5),
        gloss=between(rng, 0.5, 0.95),
        bump=between(rng, 0.1, 0.6),
    )


def masonry(rng: np.random.Generator) -> Material:
    """A wall of brick, plaster, stone, wood or concrete."""
    kind = rng.random()
    if kind < 0.3:
        colour = shade(rng, pick(rng, BRICKS))
        mortar = shade(rng, (0.5, 0.47, 0.43)) if chance(rng, 0.6) else darker(colour, 0.5)
        return Material(colour, mortar, "brick", between(rng, 0.18, 0.3), bump=0.4)
    if kind < 0.72:
        colour = shade(rng, pick(rng, WALLS)) if chance(rng, 0.85) else any_colour(rng, 0.8)
        return Material(
            colour,
            darker(colour, between(rng, 0.7, 0.93)),
            pick(rng, ("plaster", "noise", "plaster")),
            between(rng, 0.1, 1.5),
            bump=0.2,
        )
    if kind < 0.87:
        colour = shade(rng, pick(rng, STONE))
        return Material(
            colour,
            darker(colour, between(rng, 0.5, 0.8)),
            pick(rng, ("brick", "tiles", "marble", "noise")),
            between(rng, 0.3, 1.0),
            bump=0.5,
        )
    colour = shade(
        rng, pick(rng, ((0.35, 0.22, 0.12), (0.5, 0.48, 0.44), (0.4, 0.1, 0.06), (0.6, 0.6, 0.58), (0.18, 0.13, 0.1)))
    )
    return Material(colour, darker(colour, 0.6), "planks", between(rng, 0.12, 0.25), bump=0.5)


def roofing(rng: np.random.Generator) -> Material:
    """Tiles, slate or sheet metal of a roof."""
    colour = shade(rng, pick(rng, ROOFS))
    return Material(
        colour,
        darker(colour, between(rng, 0.5, 0.8)),
        pick(rng, ("tiles", "brick", "stripes", "planks")),
        between(rng, 0.2, 0.45),
        bump=0.5,
    )


def stone(rng: np.random.Generator) -> Material:
    """Rock, or the stone of a monument."""
    colour = shade(rng, pick(rng, STONE))
    return Material(
        colour,
        darker(colour, between(rng, 0.45, 0.8)),
        pick(rng, ("noise", "marble", "plaster", "noise")),
        between(rng, 0.05, 0.8),
        bump=0.6,
    )


def timber(rng: np.random.Generator) -> Material:
    """Sawn wood, fresh, painted or weathered."""
    colour = shade(
        rng,
        pick(
            rng,
            (
                (0.35, 0.22, 0.12),
                (0.45, 0.32, 0.18),
                (0.3, 0.28, 0.25),
                (0.75, 0.75, 0.72),
                (0.12, 0.2, 0.12),
                (0.15, 0.09, 0.06),
            ),
        ),
    )
    return Material(
        colour, darker(colour, 0.65), pick(rng, ("wood", "planks", "plain")), between(rng, 0.05, 0.2), bump=0.3
    )


def metal(rng: np.random.Generator) -> Material:
    """Painted or galvanised metal of posts and rails."""
    colour = shade(
        rng,
        pick(
            rng,
            (
                (0.35, 0.36, 0.37),
                (0.05, 0.05, 0.05),
                (0.1, 0.15, 0.11),
                (0.5, 0.5, 0.5),
                (0.15, 0.14, 0.13),
                (0.7, 0.7, 0.7),
            ),
        ),
    )
    return Material(colour, gloss=between(rng, 0.0, 0.5))


def textile(rng: np.random.Generator) -> Material:
    """Cloth of garments, awnings and flags."""
    colour = any_colour(rng, 0.9)
    pattern = pick(rng, ("plain", "cloth", "cloth", "stripes", "checker", "print", "noise"))
    other = any_colour(rng, 0.9) if chance(rng, 0.3) else darker(colour, between(rng, 0.5, 0.9))
    return Material(colour, other, pattern, between(rng, 0.02, 0.15))


def plain(rng: np.random.Generator, colour: Colour, gloss: float = 0.0) -> Material:
    """A plain colour, varied a little."""
    return Material(shade(rng, colour, 0.2), gloss=gloss)


# --- weather --------------------


def weather(world: World, rng: np.random.Generator, *, heading: float = math.pi / 2) -> str:
    """Sets sun, sky, clouds and haze, and returns the kind; at dusk the sun tends to stand where `heading` points."""
    kind = pick(
        rng,
        ("noon",) * 6 + ("afternoon",) * 6 + ("overcast",) * 5 + ("evening",) * 3 + ("dusk", "fog", "bright", "bright"),
    )
    around = between(rng, 0, 2 * math.pi)
    light = between(rng, 0.75, 1.3)
    if kind == "noon":
        height, sun, angle = between(rng, 0.6, 1.3), (2.4, 2.2, 1.9), between(rng, 0.005, 0.03)
        zenith, horizon, clouds = (0.22, 0.42, 0.85), (0.7, 0.82, 0.95), between(rng, 0, 0.7)
    elif kind == "afternoon":
        height, sun, angle = between(rng, 0.2, 0.6), (2.5, 2.0, 1.4), between(rng, 0.005, 0.04)
        zenith, horizon, clouds = (0.2, 0.38, 0.75), (0.8, 0.82, 0.85), between(rng, 0, 0.8)
    elif kind == "bright":  # thin cloud: white sky, weak soft sun
        height, sun, angle = between(rng, 0.3, 1.2), (0.9, 0.85, 0.75), between(rng, 0.05, 0.15)
        zenith, horizon, clouds = (0.75, 0.8, 0.9), (1.1, 1.1, 1.1), between(rng, 0.5, 1.0)
    elif kind in ("overcast", "fog"):
        height, sun, angle = 0.8, (0.0, 0.0, 0.0), 0.1
        grey = between(rng, 0.6, 1.3)
        zenith, horizon, clouds = (
            (grey, grey, 1.05 * grey),
            (0.9 * grey, 0.9 * grey, 0.92 * grey),
            between(rng, 0.3, 1.0),
        )
    elif kind == "evening":
        height, sun, angle = between(rng, 0.04, 0.2), (2.3, 1.25, 0.5), between(rng, 0.005, 0.03)
        zenith, horizon, clouds = (0.15, 0.25, 0.5), (0.95, 0.6, 0.35), between(rng, 0.1, 0.7)
        around = heading + between(rng, -1.5, 1.5) if chance(rng, 0.5) else around
    else:
        height, sun, angle = between(rng, 0.01, 0.06), (0.35, 0.14, 0.05), 0.05
        zenith, horizon, clouds = (0.1, 0.14, 0.3), (0.75, 0.4, 0.25), between(rng, 0.2, 0.8)
        around = heading + between(rng, -0.7, 0.7)
    haze = pick(rng, (0.0, 0.0, 0.0, 0.0003, 0.0008, 0.002, 0.004))
    if kind == "fog":
        haze = between(rng, 0.005, 0.016)
    direction = (math.cos(height) * math.cos(around), math.cos(height) * math.sin(around), math.sin(height))
    tint = np.exp(rng.normal(0, 0.06, 3))
    scale = lambda colour: tuple(float(c * light * t) for c, t in zip(colour, tint, strict=True))  # noqa: E731
    world.sky = Sky(
        direction, scale(sun), angle, scale(zenith), scale(horizon), scale((0.18, 0.17, 0.14)), clouds, haze,
        scale(tuple(0.9 * c for c in horizon)),
    )  # fmt: skip
    return kind


# --- shapes the world does not offer directly --------------------


def slanted_box(
    world: World, y: tuple[float, float], z: tuple[float, float], width: float, shift: float, material: Material
) -> None:
    """A box from y[0] to y[1] and z[0] to z[1], `width` across x, whose top is pushed by `shift` along y."""
    linear = np.array([[width / 2, 0, 0], [0, (y[1] - y[0]) / 2, shift / 2], [0, 0, (z[1] - z[0]) / 2]])
    world.box((0, (y[0] + y[1] + shift) / 2, (z[0] + z[1]) / 2), (2, 2, 2), material, rotation=linear)


def prism(
    world: World, width: float, height: float, length: float, z: float, material: Material, y: float = 0.0
) -> None:
    """A gable along y: `width` across, ridge `height` above z (and, hidden by what stands below, as much beneath)."""
    linear = np.array([[width / 4, -width / 4, 0], [0, 0, length / 2], [height / 2, height / 2, 0]])
    world.box((0, y, z), (2, 2, 2), material, rotation=linear)


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


# --- vehicles --------------------

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
    size = between(rng, 0.93, 1.07)
    length, height = length * size, height * between(rng, 0.95, 1.05)
    body = Material(shade(rng, pick(rng, PAINTS), 0.2), gloss=between(rng, 0.25, 0.7))
    glass = GLASS
    low, belt = between(rng, 0.2, 0.28), 0.6 * height
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
            between(rng, 0.29, 0.34),
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
    length, width, height = between(rng, 4.6, 6.2), between(rng, 1.85, 2.1), between(rng, 1.9, 2.7)
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
    length, width, height = between(rng, 6.5, 12.0), 2.45, between(rng, 2.8, 3.9)
    cab = Material(shade(rng, pick(rng, PAINTS)), gloss=0.4)
    load = Material(
        shade(rng, pick(rng, ((0.8, 0.8, 0.8), *PAINTS))),
        pattern=pick(rng, ("plain", "stripes", "print", "plain")),
        scale=between(rng, 0.2, 1.5),
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
    length, width, height = between(rng, 9.0, 13.0), 2.5, between(rng, 2.9, 3.3)
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


# --- people and animals --------------------


def person(world: World, rng: np.random.Generator, pose: str | None = None, detail: int = 2) -> None:
    """Somebody standing, walking or sitting (on something 0.45 m high) and facing +y; height 1.0 to 1.95 m."""
    pose = pose or pick(rng, ("stand", "stand", "walk", "walk", "walk"))
    height = between(rng, 1.55, 1.92) if chance(rng, 0.88) else between(rng, 1.0, 1.4)
    skin, hair = plain(rng, pick(rng, SKIN)), plain(rng, pick(rng, HAIR))
    top, trousers, shoe = textile(rng), textile(rng), Material(any_colour(rng, 0.3))
    if chance(rng, 0.5):
        trousers = Material(
            shade(rng, pick(rng, ((0.05, 0.06, 0.12), (0.03, 0.03, 0.03), (0.1, 0.14, 0.25), (0.3, 0.26, 0.2))))
        )
    stride = between(rng, 0.12, 0.35) if pose == "walk" else between(rng, 0.0, 0.06)
    build = between(rng, 0.85, 1.25)
    with world.placed((0, 0, 0), 0.0, height / 1.75), world.thing("person"):
        drop = 0.42 if pose == "sit" else 0.0
        hip, chest = 0.9 - drop, 1.2 - drop
        world.ellipsoid((0, 0, chest), (0.2 * build, 0.125 * build, 0.32), top)
        if detail:
            world.ellipsoid((0, 0, chest + 0.18), (0.215 * build, 0.1, 0.1), top)
            world.ellipsoid((0, 0, hip + 0.03), (0.17 * build, 0.13 * build, 0.15), trousers)
            world.frustum((0, 0, chest + 0.22), (0, 0.01, chest + 0.36), 0.055, skin)
        world.ellipsoid((0, 0.02, chest + 0.43), (0.08, 0.1, 0.125), skin)
        style = rng.random()
        world.ellipsoid((0, -0.015, chest + 0.47), (0.092, 0.1, 0.105), hair)
        if style < 0.25 and detail:
            world.ellipsoid((0, -0.07, chest + 0.33), (0.095, 0.06, 0.17), hair)
        elif style < 0.4 and detail:
            brim = textile(rng)
            world.frustum((0, 0, chest + 0.5), (0, 0, chest + 0.6), 0.1, brim, top_radius=0.07)
            world.frustum((0, 0.02, chest + 0.49), (0, 0.02, chest + 0.51), 0.15, brim)
        skirt = pose != "sit" and chance(rng, 0.15)
        if skirt:
            world.frustum(
                (0, 0, between(rng, 0.25, 0.55)), (0, 0, hip + 0.12), between(rng, 0.2, 0.3), top, top_radius=0.13
            )
        for side, sign in ((-1, 1), (1, -1)):
            x = 0.09 * side * build
            if pose == "sit":
                world.frustum((x, 0, hip + 0.02), (x, 0.42, hip + 0.02), 0.085, trousers, top_radius=0.065)
                world.frustum((x, 0.42, hip + 0.02), (x, 0.45, 0.08), 0.062, trousers, top_radius=0.045)
                world.ellipsoid((x, 0.52, 0.05), (0.05, 0.13, 0.05), shoe)
            else:
                knee = (x, 0.5 * stride * sign + 0.04 * (stride > 0.1), 0.5)
                foot = (x, stride * sign - (0.05 if sign < 0 else 0.0), 0.07)
                leg = skin if skirt else trousers
                if detail:
                    world.frustum((x, 0, hip), knee, 0.085 * build, leg, top_radius=0.06)
                    world.frustum(knee, foot, 0.06, leg, top_radius=0.045)
                    world.ellipsoid((x, foot[1] + 0.06, 0.045), (0.05, 0.13, 0.05), shoe)
                else:
                    world.frustum((x, 0, hip), foot, 0.085 * build, leg, top_radius=0.05)
            shoulder = (0.215 * side * build, 0, chest + 0.2)
            swing = -0.6 * stride * sign
            bent = pose == "sit" or chance(rng, 0.3)
            elbow = (0.27 * side * build, swing * 0.5 - 0.03, chest - 0.08)
            hand = (
                (0.2 * side, 0.25, chest - 0.05 + between(rng, -0.1, 0.25))
                if bent
                else (0.27 * side * build, swing + 0.05, chest - 0.34)
            )
            if detail:
                world.frustum(shoulder, elbow, 0.05, top, top_radius=0.042)
                world.frustum(elbow, hand, 0.042, top if chance(rng, 0.5) else skin, top_radius=0.032)
                if detail > 1:
                    world.ellipsoid(hand, 0.045, skin)
            else:
                world.frustum(shoulder, hand, 0.05, top)
        if detail and chance(rng, 0.2):
            world.ellipsoid((0, -0.19, chest + 0.05), (0.15, 0.1, 0.22), textile(rng))
        if detail and pose != "sit" and chance(rng, 0.15):
            world.box((0.3, 0.0, 0.55), (0.1, 0.32, 0.28), textile(rng))


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


def cyclist(world: World, rng: np.random.Generator, detail: int = 2) -> None:
    """Somebody riding a bicycle towards +y."""
    bicycle(world, rng, detail)
    skin, top, trousers = plain(rng, pick(rng, SKIN)), textile(rng), textile(rng)
    with world.thing("person"):
        lean = between(rng, 0.1, 0.35)
        hip, neck = np.array([0, -0.22, 0.98]), np.array([0, -0.22 + lean, 1.5])
        world.frustum(hip, neck, 0.16, top, top_radius=0.14)
        world.ellipsoid(neck, (0.2, 0.12, 0.1), top)
        head = neck + (0, 0.06, 0.2)
        world.ellipsoid(head, (0.08, 0.1, 0.12), skin)
        world.ellipsoid(
            head + (0, -0.02, 0.05),
            (0.1, 0.13, 0.09),
            plain(rng, pick(rng, HAIR)) if chance(rng, 0.5) else Material(any_colour(rng, 0.9)),
        )
        up = between(rng, -0.15, 0.15)
        for side in (-1, 1):
            knee = (0.11 * side, 0.15, 0.72 + up * side)
            world.frustum((0.08 * side, -0.2, 0.95), knee, 0.085, trousers, top_radius=0.06)
            world.frustum(knee, (0.11 * side, -0.02, 0.3 + up * side), 0.06, trousers, top_radius=0.045)
            world.frustum((0.19 * side, neck[1], 1.5), (0.25 * side, 0.32, 1.03), 0.048, top, top_radius=0.035)


def motorcyclist(world: World, rng: np.random.Generator, detail: int = 2) -> None:
    """A motorcycle or scooter with its rider, heading +y."""
    paint, suit = Material(any_colour(rng, 0.9), gloss=0.5), textile(rng)
    with world.thing("car"):
        for y in (-0.65, 0.68):
            world.frustum((-0.07, y, 0.3), (0.07, y, 0.3), 0.3, RUBBER)
        world.ellipsoid((0, 0.1, 0.75), (0.17, 0.4, 0.22), paint)
        world.box((0, -0.35, 0.75), (0.25, 0.75, 0.14), RUBBER)
        world.frustum((0, 0.68, 0.3), (0, 0.45, 1.0), 0.05, RUBBER)
        world.frustum((-0.35, 0.42, 1.02), (0.35, 0.42, 1.02), 0.025, RUBBER)
    with world.thing("person"):
        world.frustum((0, -0.3, 0.85), (0, -0.1, 1.35), 0.17, suit, top_radius=0.15)
        world.ellipsoid((0, -0.03, 1.58), 0.15, Material(any_colour(rng, 0.9), gloss=0.6))
        for side in (-1, 1):
            world.frustum((0.1 * side, -0.25, 0.85), (0.22 * side, 0.15, 0.7), 0.09, suit)
            world.frustum((0.22 * side, 0.15, 0.7), (0.2 * side, -0.1, 0.25), 0.07, suit)
            world.frustum((0.2 * side, -0.1, 1.35), (0.3 * side, 0.4, 1.03), 0.06, suit)


def animal(world: World, rng: np.random.Generator, kind: str | None = None, detail: int = 2) -> None:
    """A dog, cat, sheep, cow, horse, deer or duck, heading +y."""
    kind = kind or pick(rng, ("dog", "dog", "sheep", "cow", "horse", "deer", "cat", "duck"))
    colour = shade(
        rng,
        pick(
            rng,
            (
                (0.35, 0.22, 0.12),
                (0.1, 0.07, 0.05),
                (0.6, 0.55, 0.48),
                (0.5, 0.35, 0.2),
                (0.04, 0.04, 0.04),
                (0.7, 0.68, 0.64),
            ),
        ),
        0.3,
    )
    pattern = pick(rng, ("plain", "noise", "noise"))
    coat = Material(
        colour,
        shade(rng, pick(rng, ((0.7, 0.68, 0.62), darker(colour))))
        if kind in ("cow", "dog", "horse")
        else darker(colour),
        pattern,
        0.3,
    )
    dark = Material(darker(colour, 0.4))
    # shoulder height, body half length, body radius, leg radius, neck length, neck slope, head half length
    shapes = {
        "dog": (0.5, 0.34, 0.13, 0.035, 0.2, 0.8, 0.13), "cat": (0.26, 0.22, 0.08, 0.022, 0.08, 0.8, 0.06),
        "sheep": (0.65, 0.45, 0.27, 0.045, 0.2, 0.5, 0.15), "cow": (1.3, 0.85, 0.4, 0.09, 0.4, 0.3, 0.3),
        "horse": (1.45, 0.8, 0.34, 0.075, 0.75, 0.9, 0.32), "deer": (1.0, 0.5, 0.2, 0.04, 0.45, 1.0, 0.17),
        "duck": (0.2, 0.2, 0.11, 0.012, 0.14, 1.2, 0.05),
    }  # fmt: skip
    shoulder, half, girth, leg, neck, slope, head = shapes[kind]
    if kind == "sheep":
        coat = Material(shade(rng, (0.6, 0.56, 0.48), 0.15), (0.4, 0.37, 0.3), "noise", 0.06, bump=0.8)
    grazing = kind in ("sheep", "cow", "horse", "deer") and chance(rng, 0.4)
    size = between(rng, 0.7, 1.2) if kind == "dog" else between(rng, 0.9, 1.1)
    with world.placed((0, 0, 0), 0.0, size), world.thing("animal"):
        middle = shoulder - girth * 0.7
        world.ellipsoid((0, 0, middle), (girth * 0.85, half * 1.1, girth), coat)
        world.ellipsoid((0, half * 0.6, middle + girth * 0.1), (girth * 0.8, half * 0.45, girth * 1.05), coat)
        root = np.array([0, half * 0.85, middle + girth * 0.45])
        lift = -0.9 if grazing else slope
        tip = root + neck * np.array([0, math.cos(lift), math.sin(lift)])
        world.frustum(root, tip, girth * 0.55, coat, top_radius=girth * 0.35)
        tilt = -1.2 if grazing else -0.45
        nose = tip + head * np.array([0, math.cos(tilt), math.sin(tilt)])
        world.frustum(
            tip - (nose - tip) * 0.4, nose, girth * 0.42, coat if chance(rng, 0.7) else dark, top_radius=girth * 0.22
        )
        legs = ((-1, -0.75), (1, -0.7), (-1, 0.72), (1, 0.78))
        for side, y in legs[: 2 if kind == "duck" else 4]:
            step = between(rng, -0.12, 0.12) * half
            world.frustum(
                (side * girth * 0.5, y * half, middle),
                (side * girth * 0.5, y * half + step, 0),
                leg * 1.4,
                coat,
                top_radius=leg * 0.8,
            )
        if detail:
            for side in (-1, 1):
                world.ellipsoid(
                    tip + (side * girth * 0.3, -0.02, girth * 0.4), (girth * 0.1, girth * 0.08, girth * 0.3), dark
                )
            if kind != "duck":
                world.frustum(
                    (0, -half, middle + girth * 0.5),
                    (0, -half * 1.25, middle - girth * between(rng, -1.5, 0.8)),
                    leg,
                    dark if kind == "horse" else coat,
                    top_radius=leg * 0.5,
                )


def bird(world: World, rng: np.random.Generator) -> None:
    """A bird in flight around the origin, wings spread along x."""
    coat = Material(shade(rng, pick(rng, ((0.7, 0.7, 0.7), (0.05, 0.05, 0.05), (0.3, 0.25, 0.2)))))
    lift = between(rng, -0.1, 0.25)
    with world.thing("animal"):
        world.ellipsoid((0, 0, 0), (0.07, 0.2, 0.07), coat)
        for side in (-1, 1):
            plank(world, (side * 0.03, 0, 0), (side * 0.5, -0.05, lift), 0.16, 0.015, coat)


# --- plants --------------------

TREES = ("broadleaf",) * 8 + ("conifer",) * 3 + ("bare", "poplar", "young", "birch")


def tree(
    world: World,
    rng: np.random.Generator,
    kind: str | None = None,
    height: float | None = None,
    detail: int = 2,
    autumn: float = 0.08,
) -> None:
    """A tree: broad-leaved, conifer, bare, poplar, birch, young or palm; 3 to 25 m high."""
    kind = kind or pick(rng, TREES)
    height = height or between(rng, 5.0, 14.0)
    trunk = bark(rng)
    lean = rng.normal(0, 0.03, 2) * height
    with world.thing("tree"):
        if kind == "conifer":
            _conifer(world, rng, height, trunk, detail, autumn)
        elif kind == "bare":
            _bare(world, rng, height, trunk, detail)
        elif kind == "palm":
            _palm(world, rng, height, trunk)
        elif kind == "poplar":
            leaves = foliage(rng, autumn=autumn, size=1.5)
            world.frustum((0, 0, 0), (0, 0, height * 0.6), 0.02 * height, trunk, top_radius=0.008 * height)
            width = between(rng, 0.08, 0.14) * height
            world.ellipsoid((0, 0, height * 0.52), (width, width, height * 0.44), leaves)
            if detail:
                world.ellipsoid((width * 0.2, 0, height * 0.38), (width * 1.1, width * 1.1, height * 0.28), leaves)
        else:
            _broadleaf(world, rng, kind, height, trunk, lean, detail, autumn)


def _broadleaf(world, rng, kind, height, trunk, lean, detail, autumn):
    if kind == "birch":
        trunk = Material((0.62, 0.6, 0.56), (0.05, 0.05, 0.05), "noise", 0.12, bump=0.2)
    leaves = foliage(rng, autumn=autumn, size=1.0 + 0.06 * height)
    second = foliage(rng, autumn=autumn, size=1.0 + 0.06 * height) if chance(rng, 0.15) else leaves
    clear = between(rng, 0.15, 0.42)
    thick = height * between(rng, 0.012, 0.03) * (0.6 if kind in ("young", "birch") else 1.0)
    fork = np.array([lean[0] * 0.5, lean[1] * 0.5, height * (clear + 0.12)])
    crown = height * (1 - clear)
    centre = np.array([lean[0], lean[1], height * clear + crown * 0.5])
    spread = crown * between(rng, 0.36, 0.62) * (0.7 if kind in ("young", "birch") else 1.0)
    world.frustum((0, 0, -0.1), fork, thick, trunk, top_radius=thick * 0.65)
    if detail > 1:
        world.frustum((0, 0, -0.1), (0, 0, height * 0.05), thick * 1.7, trunk, top_radius=thick)
    tufts = (3, 6, 11)[detail] + int(rng.integers(0, 3))
    turn = between(rng, 0, 6.3)
    for i in range(tufts):
        a = turn + i * 2.4
        level = (i + 0.5) / tufts
        out = spread * 0.62 * math.sqrt(max(0.05, 1 - (1.7 * level - 0.7) ** 2)) * between(rng, 0.7, 1.15)
        at = centre + (out * math.cos(a), out * math.sin(a), crown * 0.42 * (level * 1.7 - 0.8))
        size = spread * between(rng, 0.34, 0.62) * (1.25, 1.1, 1.0)[detail]
        world.ellipsoid(
            at, (size, size * between(rng, 0.8, 1.1), size * between(rng, 0.6, 0.9)), leaves if i % 3 else second, yaw=a
        )
        if i < (0, 2, 5)[detail]:
            world.frustum(fork, at, thick * 0.45, trunk, top_radius=thick * 0.12)
    if detail < 2:
        world.ellipsoid(centre, (spread * 0.85, spread * 0.85, crown * 0.42), leaves)
    else:
        world.frustum(fork, centre + (0, 0, crown * 0.3), thick * 0.6, trunk, top_radius=thick * 0.1)


def _conifer(world, rng, height, trunk, detail, autumn):
    colour = shade(rng, pick(rng, ((0.05, 0.11, 0.04), (0.04, 0.09, 0.05), (0.08, 0.14, 0.05), (0.1, 0.17, 0.13))))
    needles = Material(
        colour, darker(colour, 0.4), "leaves", between(rng, 0.12, 0.3), bump=0.8, cutout=between(rng, 0.2, 0.5)
    )
    width = height * between(rng, 0.14, 0.24)
    clear = pick(rng, (0.04, 0.08, 0.15, 0.4))
    world.frustum((0, 0, -0.1), (0, 0, height * 0.9), 0.018 * height, trunk, top_radius=0.004 * height)
    tiers = (2, 4, 6)[detail]
    for i in range(tiers):
        t = i / tiers
        low = height * (clear + (1 - clear) * t * 0.95)
        tall = height * (1 - clear) / tiers * 1.9
        world.frustum(
            (0, 0, low),
            (0, 0, min(height, low + tall)),
            width * (1 - t) * between(rng, 0.85, 1.1) + 0.1,
            needles,
            top_radius=0.02,
        )


def _bare(world, rng, height, trunk, detail):
    thick = height * between(rng, 0.014, 0.025)
    top = np.array([*rng.normal(0, 0.04 * height, 2), height * between(rng, 0.3, 0.45)])
    world.frustum((0, 0, -0.1), top, thick, trunk, top_radius=thick * 0.7)
    ends = [(top, thick * 0.65, np.array([0, 0, 1.0]), height * 0.3)]
    budget = (6, 12, 24)[detail]
    while ends and budget > 0:
        base, radius, direction, length = ends.pop(0)
        for _ in range(3 if radius > thick * 0.5 else 2):
            way = direction + rng.normal(0, 0.5, 3)
            way[2] = abs(way[2]) * 0.8 + 0.15
            way /= math.sqrt(way @ way)
            tip = base + way * length * between(rng, 0.6, 1.1)
            world.frustum(base, tip, radius, trunk, top_radius=radius * 0.45)
            ends.append((tip, radius * 0.5, way, length * 0.7))
            budget -= 1


def _palm(world, rng, height, trunk):
    bend = rng.normal(0, 0.08, 2) * height
    before = np.zeros(3)
    for t in (0.4, 0.75, 1.0):
        now = np.array([bend[0] * t * t, bend[1] * t * t, height * t])
        world.frustum(before, now, height * (0.028 - 0.012 * t) + 0.03, trunk)
        before = now
    leaf = Material(shade(rng, (0.14, 0.26, 0.06)), (0.05, 0.1, 0.03), "stripes", 0.05, cutout=0.25)
    for i in range(9):
        a, droop = i * 2.4, between(rng, -0.5, 0.5)
        out = height * 0.25 + 0.6
        middle = before + (out * 0.5 * math.cos(a), out * 0.5 * math.sin(a), 0.25 * out)
        end = before + (out * math.cos(a), out * math.sin(a), droop * out)
        plank(world, before, middle, 0.35, 0.03, leaf)
        plank(world, middle, end, 0.45, 0.03, leaf)


def bush(world: World, rng: np.random.Generator, size: float = 1.0, detail: int = 1) -> None:
    """A shrub about `size` metres high, now and then in flower."""
    leaves = foliage(rng, cutout=between(rng, 0.15, 0.45), size=0.5)
    if chance(rng, 0.12):
        leaves = Material(leaves.color, any_colour(rng, 1.0), "leaves", leaves.scale, bump=0.6, cutout=leaves.cutout)
    with world.thing("plant"):
        for _ in range((1, 3, 5)[detail]):
            x, y = rng.normal(0, 0.35 * size, 2)
            r = size * between(rng, 0.3, 0.6)
            world.ellipsoid((x, y, r * 0.75), (r * between(rng, 0.8, 1.3), r, r * between(rng, 0.8, 1.2)), leaves)


def hedge(
    world: World, rng: np.random.Generator, length: float, height: float | None = None, thickness: float = 0.8
) -> None:
    """A clipped or a shaggy hedge along x, centred at the origin."""
    height = height or between(rng, 0.8, 2.4)
    leaves = foliage(rng, autumn=0.03, cutout=between(rng, 0.08, 0.3), size=0.5)
    with world.thing("plant"):
        world.box((0, 0, height / 2), (length, thickness, height), leaves)
        if chance(rng, 0.5):
            n = min(10, int(length / 1.5))
            for i in range(n):
                r = between(rng, 0.5, 0.8) * thickness
                x = length * ((i + 0.5) / max(n, 1) - 0.5)
                world.ellipsoid((x, 0, height * between(rng, 0.7, 1.0)), (1.2, r, height * 0.25), leaves)


def flowers(world: World, rng: np.random.Generator, count: int = 10, spread: float = 1.0, height: float = 0.4) -> None:
    """Flowers on stalks, `spread` metres around the origin."""
    stalk = Material((0.1, 0.22, 0.05))
    petal = Material(any_colour(rng, 1.0))
    with world.thing("plant"):
        for _ in range(count):
            x, y = rng.normal(0, spread * 0.5, 2)
            top = (x + rng.normal(0, 0.05), y, height * between(rng, 0.6, 1.3))
            world.frustum((x, y, 0), top, 0.008, stalk)
            world.ellipsoid(top, (0.06, 0.06, 0.03), petal)


def tufts(world: World, rng: np.random.Generator, count: int = 12, spread: float = 1.0, height: float = 0.4) -> None:
    """Blades of tall grass or reed, `spread` metres around the origin."""
    blade = Material(shade(rng, pick(rng, ((0.15, 0.28, 0.05), (0.4, 0.36, 0.16), (0.1, 0.2, 0.04)))))
    with world.thing("plant"):
        for _ in range(count):
            x, y = rng.normal(0, spread * 0.5, 2)
            bend = rng.normal(0, 0.25 * height, 2)
            world.frustum(
                (x, y, 0), (x + bend[0], y + bend[1], height * between(rng, 0.6, 1.2)), 0.012, blade, top_radius=0.002
            )


def twig(world: World, rng: np.random.Generator, length: float = 1.5) -> None:
    """A leafy branch that reaches from the origin along +x and hangs a little."""
    wood, leaves = bark(rng), foliage(rng, cutout=between(rng, 0.4, 0.65), size=0.35)
    with world.thing("tree"):
        end = np.array([length, 0, -0.15 * length])
        world.frustum((0, 0, 0), end, 0.02 + 0.012 * length, wood, top_radius=0.006)
        for i in range(6):
            t = (i + 0.6) / 6
            at = end * t + rng.normal(0, 0.12 * length, 3) * (1, 1, 0.6)
            world.frustum(end * t * 0.85, at, 0.01, wood, top_radius=0.004)
            r = length * between(rng, 0.07, 0.18)
            world.ellipsoid(at, (r * 1.3, r, r * 0.8), leaves)


def rock(world: World, rng: np.random.Generator, size: float = 0.6, material: Material | None = None) -> None:
    """A boulder about `size` metres across, part of it in the ground."""
    surface = material or stone(rng)
    with world.thing("rock"):
        world.ellipsoid(
            (0, 0, size * 0.2), (size * 0.5, size * between(rng, 0.3, 0.55), size * between(rng, 0.25, 0.5)), surface
        )
        turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        world.box(
            (size * 0.12, 0, size * 0.15), size * np.array([0.6, 0.5, between(rng, 0.35, 0.6)]), surface, rotation=turn
        )


# --- buildings --------------------


def window(
    world: World,
    x: float,
    z: float,
    wide: float,
    high: float,
    frame: Material,
    glass: Material,
    detail: int = 1,
    y: float = 0.0,
) -> None:
    """A window in a wall whose face is the plane y: frame, panes, sill."""
    with world.thing("window"):
        world.box((x, y, z), (wide + 0.14, 0.08, high + 0.14), frame)
        world.box((x, y - 0.01, z), (wide, 0.09, high), glass)
        if detail:
            world.box((x, y - 0.02, z), (0.05, 0.1, high), frame)
            world.box((x, y - 0.06, z - high / 2 - 0.08), (wide + 0.25, 0.2, 0.07), frame)


def door(
    world: World, rng: np.random.Generator, x: float, z: float, wide: float = 1.0, high: float = 2.1, y: float = 0.0
) -> None:
    """A house door in a wall whose face is the plane y, with frame, handle and now and then a step."""
    leaf = Material(any_colour(rng, 0.8), pattern=pick(rng, ("plain", "planks", "wood")), scale=0.15, gloss=0.2)
    with world.thing("door"):
        world.box((x, y, z + high / 2), (wide + 0.2, 0.1, high + 0.2), plain(rng, (0.6, 0.6, 0.58)))
        world.box((x, y - 0.01, z + high / 2), (wide, 0.12, high), leaf)
        world.ellipsoid((x + 0.4 * wide, y - 0.1, z + high * 0.48), 0.04, Material((0.5, 0.45, 0.3), gloss=0.7))
        if chance(rng, 0.4):
            world.box((x, y - 0.02, z + high * 0.75), (wide * 0.6, 0.12, high * 0.3), GLASS)
    if chance(rng, 0.5):
        with world.thing("stairs"):
            world.box((x, y - 0.3, z + 0.04), (wide + 0.6, 0.8, 0.16), plain(rng, (0.5, 0.49, 0.46)))


def pane(rng: np.random.Generator, lit: float = 0.0) -> Material:
    """Window glass seen by day (dark, or with curtains behind), or lit from inside with probability `lit`."""
    if chance(rng, lit):
        return Material((0.8, 0.6, 0.3), glow=between(rng, 0.5, 1.5), gloss=0.4)
    if chance(rng, 0.25):
        return Material(shade(rng, (0.4, 0.4, 0.4)), (0.1, 0.1, 0.1), "stripes", 0.2, gloss=0.6)
    return Material(
        shade(rng, pick(rng, ((0.03, 0.04, 0.05), (0.06, 0.08, 0.1), (0.12, 0.15, 0.18)))),
        gloss=between(rng, 0.5, 0.95),
    )


def house(world: World, rng: np.random.Generator, detail: int = 2, width: float | None = None) -> float:
    """A detached house with a pitched or flat roof, its front wall in y = 0, facing -y; returns its width."""
    width = width or between(rng, 6.5, 13.0)
    deep, storeys = between(rng, 7.0, 11.0), pick(rng, (1, 1, 2, 2, 2, 3))
    high = storeys * between(rng, 2.6, 3.0) + between(rng, 0.1, 0.6)
    wall, roof = masonry(rng), roofing(rng)
    trim = plain(rng, pick(rng, ((0.75, 0.75, 0.73), (0.75, 0.75, 0.73), (0.2, 0.13, 0.08), (0.12, 0.13, 0.14))))
    with world.thing("building"):
        world.box((0, deep / 2, high / 2), (width, deep, high), wall)
        if chance(rng, 0.25) and detail:
            world.box((0, deep / 2, 0.3), (width + 0.06, deep + 0.06, 0.7), plain(rng, (0.35, 0.34, 0.33)))
        style = rng.random()
        if style < 0.12:
            world.box((0, deep / 2, high + 0.12), (width + 0.7, deep + 0.7, 0.25), trim)
        else:
            across = style < 0.5  # ridge along y: the gable faces the street
            span, run = (width, deep) if across else (deep, width)
            rise = span * between(rng, 0.22, 0.55)
            with world.placed((0, deep / 2, high), 0.0 if across else math.pi / 2):
                prism(world, span, rise, run, 0.0, wall if chance(rng, 0.8) else roof)
                over, thick = between(rng, 0.2, 0.7), 0.18
                slope = rise / (span / 2)
                for side in (-1, 1):
                    out = span / 2 + over
                    a, b = (0, 0, rise + 0.12), (side * out, 0, -over * slope + 0.12)
                    along = np.subtract(b, a)
                    linear = np.array([[along[0] / 2, 0, 0], [0, run / 2 + over, 0], [along[2] / 2, 0, thick / 2]])
                    world.box(np.add(a, b) / 2, (2, 2, 2), roof, rotation=linear)
                if detail and chance(rng, 0.6):
                    x = span * between(rng, -0.25, 0.25)
                    world.box(
                        (x, run * between(rng, -0.3, 0.3), rise * 0.85), (0.7, 0.5, rise * 0.6 + 1.0), masonry(rng)
                    )
                if detail and not across and rise > 2 and chance(rng, 0.4):  # dormers
                    for k in (-0.25, 0.25):
                        with world.placed((-span * 0.3, k * run, rise * 0.38), -math.pi / 2):
                            world.box((0, 0, 0.4), (1.4, 1.5, 1.3), wall)
                            world.box((0, -0.74, 0.5), (1.0, 0.08, 0.8), GLASS)
                            prism(world, 1.7, 0.6, 1.45, 1.05, roof)
    if detail == 0:
        glass = pane(rng)
        for s in range(storeys):
            with world.thing("window"):
                for k in (-0.27, 0.27):
                    world.box((k * width, 0, 1.5 + s * high / storeys), (1.3, 0.06, 1.3), glass)
        return width
    columns = max(2, int(width / between(rng, 2.6, 3.6)))
    wide, tall = between(rng, 0.8, 1.6), between(rng, 1.0, 1.5)
    entrance = int(rng.integers(columns))
    shutters = Material(any_colour(rng, 0.7), pattern="planks", scale=0.1) if chance(rng, 0.25) else None
    glass = pane(rng)
    for s in range(storeys):
        z = (s + 0.55) * high / storeys
        for c in range(columns):
            x = width * ((c + 0.5) / columns - 0.5)
            if s == 0 and c == entrance:
                door(world, rng, x, 0.1)
                continue
            window(world, x, z, wide, tall, trim, glass, detail - 1)
            if shutters and detail > 1:
                with world.thing("window"):
                    for side in (-1, 1):
                        world.box((x + side * wide * 0.78, -0.02, z), (wide * 0.5, 0.06, tall + 0.1), shutters)
    with world.thing("window"):  # the sides that show when one walks past
        for side in (-1, 1):
            for s in range(storeys):
                world.box(
                    (side * width / 2, deep * between(rng, 0.25, 0.6), (s + 0.55) * high / storeys),
                    (0.06, wide, tall),
                    glass,
                )
    if chance(rng, 0.3):  # garage
        side = pick(rng, (-1, 1))
        garage_width = between(rng, 3.0, 5.5)
        with world.thing("building"):
            x = side * (width / 2 + garage_width / 2)
            world.box((x, 3.3, 1.35), (garage_width, 6.0, 2.7), wall)
            world.box((x, 3.3, 2.78), (garage_width + 0.3, 6.3, 0.2), roof)
        with world.thing("door"):
            world.box(
                (x, 0.3, 1.1),
                (garage_width - 0.7, 0.1, 2.15),
                Material(shade(rng, (0.6, 0.6, 0.58)), pattern=pick(rng, ("planks", "stripes", "plain")), scale=0.3),
            )
    return width


def facade(
    world: World, rng: np.random.Generator, width: float, storeys: int | None = None, *, detail: int = 2,
    deep: float = 10.0, style: str | None = None, ground_floor: str | None = None, lit: float = 0.0,
) -> float:  # fmt: skip
    """A town house or office whose front is y = 0, facing -y, windows set into the wall; returns its height.

    Piers and bands of wall stand before a sheet of glass, so that windows are real recesses at little cost.
    """
    storeys = storeys or int(rng.integers(2, 7))
    style = style or pick(rng, ("old", "old", "old", "plain", "modern"))
    ground_floor = ground_floor or pick(rng, ("windows", "shop", "shop", "entrance"))
    if storeys == 1 and ground_floor == "shop":
        ground_floor = "entrance"
    floor_height = between(rng, 2.8, 3.8)
    base = floor_height * between(rng, 1.0, 1.35)
    high = base + floor_height * (storeys - 1)
    wall = masonry(rng)
    if detail == 0:
        paint = Material(wall.color, shade(rng, (0.06, 0.07, 0.09)), "facade", between(rng, 2.6, 4.0), bump=0.2)
        with world.thing("building"):
            world.box((0, deep / 2, high / 2), (width, deep, high), paint)
            world.box((0, deep / 2, high + 0.2), (width + 0.3, deep + 0.3, 0.5), plain(rng, (0.3, 0.28, 0.27)))
        return high
    trim = plain(rng, pick(rng, ((0.72, 0.7, 0.66), (0.5, 0.48, 0.44), wall.color, (0.2, 0.2, 0.2))))
    columns = max(2, round(width / between(rng, 1.9, 3.4)))
    pitch = width / columns
    share = between(rng, 0.42, 0.6) if style != "modern" else between(rng, 0.7, 0.92)
    wide = pitch * share
    recess = between(rng, 0.12, 0.35)
    glass = pane(rng, lit)
    sill, head = floor_height * between(rng, 0.25, 0.33), floor_height * between(rng, 0.12, 0.2)
    if style == "modern":
        sill, head = floor_height * between(rng, 0.08, 0.3), floor_height * 0.1
    with world.thing("building"):
        world.box((0, deep / 2 + recess + 0.1, high / 2), (width - 0.1, deep, high - 0.1), wall)
        for c in range(columns + 1):
            x = -width / 2 + c * pitch
            w = pitch - wide
            if c in (0, columns):
                x += w / 4 if c == 0 else -w / 4
                w /= 2
            low = 0.0 if ground_floor != "shop" else base
            world.box((x, recess / 2, (high + low) / 2), (w, recess, high - low), wall)
        for s in range(storeys + 1):
            z0 = high - head if s == storeys else (base + (s - 1) * floor_height - head if s else 0.0)
            z1 = high if s == storeys else (base + (s - 1) * floor_height + sill if s else sill * 0.9)
            if s == 0 and ground_floor == "shop":
                continue
            world.box((0, recess / 2 + 0.01, (z0 + z1) / 2), (width - 0.06, recess - 0.01, z1 - z0), wall)
        if style != "modern":
            cornice = between(rng, 0.15, 0.5)
            world.box((0, 0.0, high + 0.1), (width + 0.04, 2 * cornice, 0.35), trim)
            world.box((0, 0.05, base - 0.1), (width + 0.02, 0.3, 0.22), trim)
            if chance(rng, 0.5):
                roof = roofing(rng)
                rise = between(rng, 1.5, 3.5)
                with world.placed((0, deep / 2, high + 0.2), math.pi / 2):
                    prism(world, deep + 0.5, rise, width - 0.1, 0.0, roof)
        else:
            world.box((0, deep / 2, high + 0.3), (width, deep, 0.7), wall)
    with world.thing("window"):
        low = 0.0 if ground_floor != "shop" else base
        world.box((0, recess + 0.03, (high + low) / 2), (width - 0.12, 0.06, high - low - 0.1), glass)
        if detail > 1:
            for c in range(columns):  # mullions and transoms run behind the wall, one box for all floors
                x = -width / 2 + (c + 0.5) * pitch
                world.box((x, recess - 0.02, (high + low) / 2), (0.07, 0.06, high - low), trim)
            if style != "modern":
                for s in range(1, storeys):
                    z = base + (s - 1) * floor_height + sill
                    world.box((0, -0.02, z + 0.02), (width * 0.995, 0.14, 0.09), trim)
                    world.box(
                        (0, recess - 0.02, z + (floor_height - sill - head) * 0.68), (width - 0.2, 0.05, 0.06), trim
                    )
    if ground_floor == "shop":
        _shop(world, rng, width, base, columns, detail)
    elif detail > 1 or ground_floor == "entrance":
        c = int(rng.integers(columns))
        door(world, rng, -width / 2 + (c + 0.5) * pitch, 0.0, min(1.3, wide + 0.2), min(2.5, base - 0.6))
    if detail > 1 and style != "modern" and chance(rng, 0.35):
        bars = metal(rng)
        for s in range(1, storeys):
            for c in range(columns):
                if chance(rng, 0.35):
                    with world.placed((-width / 2 + (c + 0.5) * pitch, 0, base + (s - 1) * floor_height + sill - 0.75)):
                        balcony(world, rng, pitch * 0.8, bars, trim)
    if detail > 1 and chance(rng, 0.4):
        pipe = metal(rng)
        with world.thing("pole"):
            x = pick(rng, (-1, 1)) * (width / 2 - 0.15)
            world.frustum((x, -0.1, 0), (x, -0.1, high), 0.06, pipe)
    return high


def _shop(world, rng, width, base, columns, detail):
    sign = Material(any_colour(rng, 0.9), any_colour(rng, 0.9), pick(rng, ("print", "plain")), between(rng, 0.15, 0.5))
    frame = plain(
        rng, pick(rng, ((0.05, 0.05, 0.05), (0.5, 0.5, 0.5), (0.12, 0.2, 0.12), (0.3, 0.04, 0.04), (0.6, 0.58, 0.52)))
    )
    inside = Material(
        any_colour(rng, 0.7), any_colour(rng, 0.8), "print", 0.4, gloss=0.5, glow=pick(rng, (0, 0, 0.3, 0.8))
    )
    with world.thing("window"):
        world.box((0, 0.45, base / 2), (width - 0.2, 0.1, base), pick(rng, (GLASS, inside, GLASS)))
        for c in range(columns + 1):
            x = -width / 2 + c * width / columns
            world.box(
                (min(width / 2 - 0.15, max(0.15 - width / 2, x)), 0.2, base / 2),
                (0.28 if c % 2 else 0.12, 0.4, base),
                frame,
            )
        world.box((0, 0.25, 0.25), (width, 0.36, 0.5), frame)
    with world.thing("sign"):
        world.box((0, -0.02, base - 0.4), (width * 0.96, 0.24, between(rng, 0.45, 0.8)), sign)
        if detail > 1 and chance(rng, 0.4):
            x = width * between(rng, -0.45, 0.45)
            world.box((x, -0.5, base + 0.3), (0.08, 0.8, 0.8), sign)
    if chance(rng, 0.45):
        with world.thing("cloth"):
            out = between(rng, 0.8, 1.8)
            slanted_box(world, (-0.05, 0.05), (base - 1.15, base - 0.5), width * between(rng, 0.4, 0.95), 0.0, frame)
            cloth = Material(
                any_colour(rng, 0.9),
                (0.75, 0.73, 0.7),
                pick(rng, ("stripes", "plain", "stripes")),
                between(rng, 0.2, 0.5),
            )
            plank(world, (0, -out, base - 1.0), (0, 0, base - 0.55), width * between(rng, 0.4, 0.95), 0.03, cloth)
    door(world, rng, width * between(rng, -0.3, 0.3), 0.0, 1.0, 2.2, 0.32)


def balcony(world: World, rng: np.random.Generator, wide: float, bars: Material, slab: Material) -> None:
    """A balcony that sticks out of the wall y = 0 towards -y, its floor at z = 0."""
    out = between(rng, 0.6, 1.3)
    with world.thing("fence"):
        world.box((0, -out / 2, -0.08), (wide, out, 0.16), slab)
        with world.placed((0, -out, 0)):
            railing(world, rng, wide, bars, height=1.0)
        for side in (-1, 1):
            world.box((side * wide / 2, -out / 2, 0.98), (0.05, out, 0.05), bars)
            world.box((side * wide / 2, -out / 2, 0.5), (0.04, out, 0.04), bars)


def railing(
    world: World,
    rng: np.random.Generator,
    length: float,
    bars: Material | None = None,
    height: float = 1.05,
    spacing: float | None = None,
) -> None:
    """A railing of thin bars along x, centred at the origin."""
    bars = bars or metal(rng)
    gap = spacing or between(rng, 0.14, 0.35)
    count = min(24, max(3, int(length / gap)))
    with world.thing("fence"):
        world.box((0, 0, height), (length, 0.06, 0.05), bars)
        world.box((0, 0, 0.12), (length, 0.04, 0.04), bars)
        for i in range(count + 1):
            x = length * (i / count - 0.5)
            world.box((x, 0, height / 2), (0.025, 0.025, height), bars)


def arcade(
    world: World,
    rng: np.random.Generator,
    bays: int,
    *,
    pitch: float | None = None,
    material: Material | None = None,
    deep: float = 0.7,
    upper: float = 1.5,
) -> tuple[float, float]:
    """A row of round arches on piers or columns along x, centred, its face in y = 0; returns (length, height)."""
    pitch = pitch or between(rng, 2.5, 4.5)
    material = material or stone(rng)
    pier = pitch * between(rng, 0.16, 0.35)
    radius = (pitch - pier) / 2
    spring = between(rng, 1.8, 3.2) + 0.3 * pitch
    top = spring + radius + between(rng, 0.3, 0.5)
    length = bays * pitch + pier
    columns = chance(rng, 0.4)
    with world.thing("building"):
        for i in range(bays + 1):
            x = -length / 2 + pier / 2 + i * pitch
            if columns:
                world.frustum(
                    (x, deep / 2, 0),
                    (x, deep / 2, spring),
                    min(pier, deep) / 2,
                    material,
                    top_radius=min(pier, deep) * 0.42,
                )
                world.box((x, deep / 2, spring - 0.1), (pier * 1.1, deep, 0.25), material)
                world.box((x, deep / 2, 0.15), (pier * 1.2, deep, 0.3), material)
            else:
                world.box((x, deep / 2, spring / 2), (pier, deep, spring), material)
            world.box((x, deep / 2, (spring + top) / 2), (pier, deep * 0.99, top - spring), material)
        for i in range(bays):  # each arch: wedges of stone, long enough to fill the corners
            centre = -length / 2 + pier + radius + i * pitch
            for k in range(7):
                a = math.pi * (k + 0.5) / 7
                reach = (
                    min((top - spring) / max(0.05, math.sin(a)), (radius + pier / 2) / max(0.05, abs(math.cos(a))))
                    - radius
                )
                reach = max(0.15, reach)
                mid = radius + reach / 2
                c, s = math.cos(a), math.sin(a)
                across = 2.0 * math.tan(math.pi / 14) * (radius + 0.4 * reach) + 0.02
                linear = np.array(
                    [
                        [c * reach / 2, 0, -s * across / 2],
                        [0, deep * (0.48 + 0.005 * (k % 2)), 0],
                        [s * reach / 2, 0, c * across / 2],
                    ]
                )
                world.box((centre + mid * c, deep / 2, spring + mid * s), (2, 2, 2), material, rotation=linear)
        world.box((0, deep / 2, top + upper / 2), (length, deep * 1.02, upper), material)
        world.box((0, deep / 2, top + upper), (length + 0.3, deep + 0.35, 0.2), material)
    return length, top + upper


def colonnade(
    world: World, rng: np.random.Generator, count: int, spacing: float, height: float, material: Material | None = None
) -> None:
    """Columns along x with base, capital and an entablature above."""
    material = material or stone(rng)
    radius = height * between(rng, 0.045, 0.075)
    with world.thing("building"):
        for i in range(count):
            x = spacing * (i - (count - 1) / 2)
            world.frustum((x, 0, 0), (x, 0, height), radius, material, top_radius=radius * 0.84)
            world.box((x, 0, 0.12 * radius), (radius * 2.6, radius * 2.6, radius * 0.6), material)
            world.box((x, 0, height), (radius * 2.4, radius * 2.4, radius * 0.6), material)
        span = spacing * (count - 1) + radius * 3
        world.box((0, 0, height + radius * 1.2), (span, radius * 2.6, radius * 1.8), material)


def temple(world: World, rng: np.random.Generator) -> float:
    """A portico with steps, columns and a gable before a hall; returns its height."""
    material, count = stone(rng), pick(rng, (4, 6, 6, 8))
    height = between(rng, 6, 11)
    spacing = height * between(rng, 0.26, 0.36)
    width = spacing * (count + 0.2)
    with world.placed((0, 0, 1.2)):
        colonnade(world, rng, count, spacing, height, material)
    with world.thing("building"):
        prism_base = 1.2 + height * 1.1 + width * 0.14
        with world.placed((0, height * 0.6, 0)):
            prism(world, width * 1.04, width * 0.14, height * 1.5, prism_base, material)
            low = prism_base - width * 0.07  # the architrave, in front of the hidden half of the gable
            world.box((0, 0, low), (width * 1.05, height * 1.53, width * 0.141), material)
        world.box((0, height * 1.1, 1.2 + height * 0.55), (width * 0.95, height * 1.5, height * 1.1), material)
    with world.thing("stairs"):
        for i in range(6):
            world.box(
                (0, height * 0.6, 0.1 + 0.2 * i), (width + (6 - i) * 0.7, height * 2.2 + (6 - i) * 0.8, 0.2), material
            )
    return height * 1.4


def church(world: World, rng: np.random.Generator, detail: int = 2) -> float:
    """A church with nave and tower, its front facing -y; returns the height of the tower."""
    wall, roof = masonry(rng), roofing(rng)
    nave, long, eaves = between(rng, 8, 13), between(rng, 16, 30), between(rng, 6, 11)
    side, tower = between(rng, 4, 6.5), between(rng, 15, 32)
    trim = stone(rng)
    with world.thing("building"):
        world.box((0, long / 2 + 2, eaves / 2), (nave, long, eaves), wall)
        with world.placed((0, long / 2 + 2, eaves)):
            prism(world, nave * 1.08, nave * between(rng, 0.4, 0.7), long - 0.1, 0.0, roof)
        x = pick(rng, (0, 0, -0.5, 0.5)) * nave
        world.box((x, side / 2, tower / 2), (side, side, tower), wall)
        world.box((x, side / 2, tower * 0.7), (side + 0.3, side + 0.3, 0.4), trim)
        world.box((x, side / 2, tower), (side + 0.5, side + 0.5, 0.5), trim)
        if chance(rng, 0.75):
            spire = tower * between(rng, 0.25, 0.7)
            world.frustum((x, side / 2, tower), (x, side / 2, tower + spire), side * 0.62, roof, top_radius=0.05)
        else:
            world.ellipsoid((x, side / 2, tower), (side * 0.5, side * 0.5, side * 0.7), roof)
    if detail:
        with world.thing("window"):
            for z in (tower * 0.5, tower * 0.83):
                world.box((x, -0.02, z), (side * 0.25, 0.1, side * 0.5), GLASS)
                world.frustum((x, -0.07, z + side * 0.25), (x, 0.0, z + side * 0.25), side * 0.125, GLASS)
            for k in range(4):
                for s in (-1, 1):
                    y = 2 + long * (k + 0.6) / 4
                    world.box((s * nave / 2, y, eaves * 0.55), (0.1, 1.1, eaves * 0.5), GLASS)
        with world.thing("door"):
            world.box((x, -0.03, 1.4), (1.8, 0.12, 2.8), timber(rng))
            world.frustum((x, -0.09, 2.8), (x, 0.0, 2.8), 0.9, timber(rng))
    return tower


def round_tower(
    world: World, rng: np.random.Generator, height: float | None = None, radius: float | None = None
) -> None:
    """A tower of stone with battlements or a pointed roof, or a white lighthouse."""
    height, radius = height or between(rng, 8, 22), radius or between(rng, 1.8, 4.0)
    wall = masonry(rng)
    with world.thing("building"):
        world.frustum((0, 0, 0), (0, 0, height), radius, wall, top_radius=radius * between(rng, 0.75, 0.98))
        world.frustum((0, 0, height * 0.93), (0, 0, height), radius * 1.12, wall)
        if chance(rng, 0.5):
            world.frustum(
                (0, 0, height),
                (0, 0, height + radius * between(rng, 1.0, 2.5)),
                radius * 1.25,
                roofing(rng),
                top_radius=0.05,
            )
        else:
            for i in range(10):
                a = i * 2 * math.pi / 10
                world.box((radius * math.cos(a), radius * math.sin(a), height + 0.45), (0.5, 0.9, 0.9), wall, yaw=a)
    with world.thing("window"):
        for z in (0.35, 0.65):
            world.box((0, -radius * 0.96, height * z), (0.4, 0.5, 1.2), GLASS)


def barn(world: World, rng: np.random.Generator) -> None:
    """A barn of planks with a wide door, its front facing -y."""
    wide, deep, high = between(rng, 8, 14), between(rng, 10, 20), between(rng, 3.5, 6)
    colour = shade(rng, pick(rng, ((0.4, 0.09, 0.06), (0.3, 0.22, 0.15), (0.25, 0.24, 0.23), (0.6, 0.58, 0.55))))
    wall = Material(colour, darker(colour), "planks", 0.25, bump=0.5)
    with world.thing("building"):
        world.box((0, deep / 2, high / 2), (wide, deep, high), wall)
        with world.placed((0, deep / 2, high)):
            prism(world, wide, wide * 0.4, deep, 0.0, wall)
            prism(world, wide * 1.08, wide * 0.43, deep - 0.05, 0.02, roofing(rng))
    with world.thing("door"):
        dark = darker(colour, 0.35)
        world.box((0, -0.05, high * 0.4), (wide * 0.35, 0.15, high * 0.8), Material(dark, darker(dark), "planks", 0.2))


def windmill(world: World, rng: np.random.Generator) -> None:
    """A windmill, or a slim wind turbine, facing -y."""
    if chance(rng, 0.5):
        white, tall = Material((0.75, 0.75, 0.76)), between(rng, 40, 70)
        with world.thing("building"):
            world.frustum((0, 0, 0), (0, 0, tall), 1.6, white, top_radius=0.9)
            world.ellipsoid((0, 0.5, tall), (1.2, 3.0, 1.3), white)
            turn = between(rng, 0, 6.3)
            for k in range(3):
                a = turn + k * 2.094
                world.frustum(
                    (0, -2.4, tall),
                    (0.45 * tall * math.cos(a), -2.4, tall + 0.45 * tall * math.sin(a)),
                    1.0,
                    white,
                    top_radius=0.15,
                )
        return
    wall, tall = masonry(rng), between(rng, 9, 14)
    with world.thing("building"):
        world.frustum((0, 0, 0), (0, 0, tall), tall * 0.3, wall, top_radius=tall * 0.19)
        world.ellipsoid((0, 0, tall), (tall * 0.2, tall * 0.22, tall * 0.18), roofing(rng))
        turn, wood = between(rng, 0, 6.3), timber(rng)
        for k in range(4):
            a = turn + k * math.pi / 2
            tip = (0.75 * tall * math.cos(a), -tall * 0.3, tall + 0.75 * tall * math.sin(a))
            world.frustum((0, -tall * 0.3, tall), tip, 0.12, wood)
            plank(world, (0.2 * tip[0], -tall * 0.32, tall + 0.2 * (tip[2] - tall)), tip, 0.05, 1.6, wood)


def ruin(world: World, rng: np.random.Generator) -> None:
    """Broken walls, stumps of columns and fallen blocks around the origin."""
    material = stone(rng)
    with world.thing("building"):
        for _ in range(int(rng.integers(4, 9))):
            x, y, wide, a = between(rng, -8, 8), between(rng, -3, 8), between(rng, 1, 4), pick(rng, (0.0, math.pi / 2))
            high = between(rng, 0.6, 4.5)
            world.box((x, y, high / 2), (wide, 0.7, high), material, yaw=a)
            with world.placed((x, y, 0), a):
                world.box((wide * 0.6, 0, high * 0.3), (wide * 0.5, 0.68, high * 0.6), material)
                world.box((-wide * 0.55, 0, high * 0.15), (wide * 0.4, 0.66, high * 0.3), material)
        for _ in range(int(rng.integers(2, 8))):
            x, y, high = between(rng, -8, 8), between(rng, -3, 6), between(rng, 0.8, 5.0)
            world.frustum((x, y, 0), (x, y, high), 0.4, material, top_radius=0.36)
            world.box((x, y, 0.1), (1.1, 1.1, 0.3), material)
    for _ in range(8):
        with world.placed((between(rng, -8, 8), between(rng, -4, 6), 0), between(rng, 0, 6)):
            rock(world, rng, between(rng, 0.3, 1.1), material)


def steps(
    world: World, rng: np.random.Generator, count: int = 8, wide: float = 4.0, rise: float = 0.16, run: float = 0.32
) -> float:
    """Stairs that climb towards +y from y = 0; returns their height."""
    material = stone(rng) if chance(rng, 0.6) else plain(rng, (0.5, 0.49, 0.47))
    with world.thing("stairs"):
        for i in range(count):
            depth = run * (count - i)
            world.box((0, run * i + depth / 2, rise * (i + 0.5)), (wide, depth, rise * 0.999), material)
            world.box((0, run * i + 0.01, rise * (i + 1) - 0.02), (wide + 0.02, 0.06, 0.045), material)
    return count * rise


# --- street furniture --------------------


def lamp_post(world: World, rng: np.random.Generator, detail: int = 2, lit: bool = False) -> None:
    """A street lamp; its arm reaches towards -y."""
    paint, high = metal(rng), between(rng, 3.5, 9.0)
    bulb = Material((0.9, 0.8, 0.6), glow=6.0) if lit else Material((0.7, 0.7, 0.68), gloss=0.5)
    with world.thing("pole"):
        world.frustum((0, 0, 0), (0, 0, high), between(rng, 0.06, 0.11), paint, top_radius=0.045)
        if detail:
            world.frustum((0, 0, 0), (0, 0, 0.9), 0.12, paint, top_radius=0.09)
        if high < 5:
            world.frustum((0, 0, high), (0, 0, high + 0.5), 0.14, bulb, top_radius=0.22)
            world.frustum((0, 0, high + 0.5), (0, 0, high + 0.7), 0.28, paint, top_radius=0.05)
        else:
            for side in (-1, 1) if chance(rng, 0.15) else (-1,):
                reach = between(rng, 0.8, 2.0)
                world.frustum((0, 0, high - 0.1), (0, side * reach, high + 0.35), 0.04, paint)
                world.ellipsoid((0, side * (reach + 0.2), high + 0.33), (0.15, 0.4, 0.08), bulb)


def traffic_light(world: World, rng: np.random.Generator) -> None:
    """A traffic light on a post, facing -y."""
    dark = Material((0.03, 0.03, 0.03))
    arm = chance(rng, 0.25)
    high = 5.5 if arm else between(rng, 2.9, 3.5)
    lamps = ((0.8, 0.05, 0.03), (0.8, 0.45, 0.03), (0.05, 0.6, 0.2))
    on = int(rng.integers(3))
    with world.thing("pole"):
        world.frustum((0, 0, 0), (0, 0, high), 0.07, metal(rng))
        x = 0.0
        if arm:
            x = between(rng, 1.5, 3.5)
            world.frustum((0, 0, high - 0.1), (x + 0.3, 0, high), 0.06, dark)
        world.box((x, -0.12, high - 0.45), (0.32, 0.22, 0.95), dark)
        for i, colour in enumerate(lamps):
            glow = 3.0 if i == on else 0.0
            tone = colour if i == on else darker(colour, 0.25)
            world.frustum(
                (x, -0.22, high - 0.16 - 0.29 * i), (x, -0.26, high - 0.16 - 0.29 * i), 0.11, Material(tone, glow=glow)
            )


def traffic_sign(world: World, rng: np.random.Generator) -> None:
    """A road sign on a thin post, facing -y: disc, triangle-like, square or board."""
    kind = pick(rng, ("disc", "disc", "diamond", "square", "board", "triangle"))
    high = between(rng, 1.9, 2.8)
    colour = shade(
        rng, pick(rng, ((0.6, 0.03, 0.03), (0.03, 0.1, 0.45), (0.7, 0.5, 0.03), (0.03, 0.3, 0.12), (0.75, 0.75, 0.75)))
    )
    edge, face = Material(colour), Material((0.75, 0.75, 0.75), (0.1, 0.1, 0.1), "print", 0.25)
    with world.thing("pole"):
        world.frustum((0, 0, 0), (0, 0, high + 0.3), 0.035, Material((0.4, 0.4, 0.41)))
    with world.thing("sign"):
        if kind == "disc":
            world.frustum((0, -0.04, high), (0, -0.07, high), 0.32, edge)
            world.frustum((0, -0.06, high), (0, -0.08, high), 0.24, face)
        elif kind == "board":
            world.box(
                (0, -0.05, high),
                (between(rng, 0.9, 1.8), 0.04, between(rng, 0.3, 0.8)),
                Material(colour, (0.75, 0.75, 0.75), "print", 0.3),
            )
        elif kind == "triangle":
            for k in range(3):
                a = math.pi * (0.5 + 2 * k / 3)
                b = a + 2 * math.pi / 3
                world.frustum(
                    (0.4 * math.cos(a), -0.06, high + 0.4 * math.sin(a)),
                    (0.4 * math.cos(b), -0.06, high + 0.4 * math.sin(b)),
                    0.05,
                    edge,
                )
            world.frustum((0, -0.05, high), (0, -0.06, high), 0.22, face)
        else:
            turn = np.array([[1, 0, -1], [0, math.sqrt(2), 0], [1, 0, 1]]) / math.sqrt(2) if kind == "diamond" else None
            world.box((0, -0.05, high), (0.62, 0.03, 0.62), edge, rotation=turn)
            world.box((0, -0.06, high), (0.5, 0.03, 0.5), face, rotation=turn)


def power_pole(world: World, rng: np.random.Generator, high: float = 8.0) -> tuple[tuple[float, float, float], ...]:
    """A wooden or concrete pole for wires that run along y; returns where they hang."""
    wood = timber(rng) if chance(rng, 0.6) else plain(rng, (0.45, 0.44, 0.42))
    with world.thing("pole"):
        world.frustum((0, 0, 0), (0, 0, high), 0.15, wood, top_radius=0.1)
        world.box((0, 0, high - 0.5), (1.8, 0.1, 0.12), wood)
        for x in (-0.8, 0.8):
            world.frustum((x, 0, high - 0.45), (x, 0, high - 0.25), 0.04, wood)
    return ((-0.8, 0, high - 0.25), (0.8, 0, high - 0.25), (0, 0, high))


def fence(world: World, rng: np.random.Generator, length: float, kind: str | None = None, detail: int = 2) -> None:
    """A fence along x, centred: rails, pickets, boards, mesh, railing or a low wall."""
    kind = kind or pick(rng, ("rails", "rails", "pickets", "boards", "mesh", "bars", "wall", "wire"))
    with world.thing("fence"):
        if kind == "wall":
            high, material = between(rng, 0.5, 2.0), masonry(rng)
            world.box((0, 0, high / 2), (length, 0.25, high), material)
            world.box((0, 0, high + 0.03), (length, 0.35, 0.08), plain(rng, (0.5, 0.48, 0.45)))
            return
        if kind == "bars":
            n = max(1, int(length / 6)) if detail > 1 else 1
            if detail > 1 and length <= 14:
                for i in range(n):
                    with world.placed((length * ((i + 0.5) / n - 0.5), 0, 0)):
                        railing(world, rng, length / n, height=1.2, spacing=0.25)
                return
            kind = "mesh"
        high = between(rng, 0.9, 1.9)
        wood = timber(rng) if kind != "mesh" else metal(rng)
        posts = min(14, max(2, int(length / between(rng, 2.0, 3.0)))) if detail else 2
        for i in range(posts + 1):
            x = length * (i / posts - 0.5)
            world.box((x, 0.04, high / 2), (0.1, 0.1, high + 0.05), wood)
        if kind == "rails":
            for z in (0.35, 0.65, 0.92)[: int(rng.integers(2, 4))]:
                world.box((0, -0.03, z * high), (length, 0.05, 0.11), wood)
        elif kind == "wire":
            for z in (0.3, 0.6, 0.9):
                world.box((0, 0, z * high), (length, 0.012, 0.012), metal(rng))
        elif kind == "mesh":
            net = Material(wood.color, wood.color, "stripes", 0.1, cutout=0.6)
            world.box((0, 0, high / 2), (length, 0.01, high), net)
            world.box((0, 0, high), (length, 0.04, 0.04), wood)
        elif kind == "boards":
            world.box(
                (0, -0.03, high / 2),
                (length, 0.04, high * 0.95),
                Material(wood.color, darker(wood.color, 0.4), "planks", 0.14, bump=0.6),
            )
        else:
            count = min(26, int(length / 0.25)) if detail > 1 else 0
            for i in range(count):
                world.box((length * ((i + 0.5) / count - 0.5), -0.05, high * 0.5), (0.09, 0.025, high * 0.95), wood)
            for z in (0.3, 0.8):
                world.box((0, -0.02, z * high), (length, 0.04, 0.09), wood)


def bench(world: World, rng: np.random.Generator) -> None:
    """A park bench facing -y, its seat 0.45 m high."""
    wood, frame, wide = timber(rng), metal(rng), between(rng, 1.3, 2.0)
    with world.thing("bench"):
        for y in (-0.18, -0.02, 0.14):
            world.box((0, y, 0.45), (wide, 0.12, 0.04), wood)
        for z, y in ((0.62, 0.24), (0.78, 0.28)):
            world.box((0, y, z), (wide, 0.04, 0.11), wood)
        for side in (-1, 1):
            x = side * wide * 0.4
            world.box((x, -0.15, 0.22), (0.06, 0.06, 0.44), frame)
            world.box((x, 0.2, 0.43), (0.06, 0.07, 0.86), frame)


def bin_(world: World, rng: np.random.Generator) -> None:
    """A litter bin or a wheeled dustbin."""
    colour = Material(
        shade(
            rng,
            pick(
                rng, ((0.05, 0.15, 0.07), (0.05, 0.05, 0.05), (0.35, 0.35, 0.35), (0.5, 0.35, 0.03), (0.05, 0.1, 0.25))
            ),
        ),
        gloss=0.2,
    )
    with world.thing("other"):
        if chance(rng, 0.5):
            world.frustum((0, 0, 0.05), (0, 0, 0.9), 0.25, colour, top_radius=0.24)
            world.frustum((0, 0, 0.9), (0, 0, 1.0), 0.27, colour, top_radius=0.15)
        else:
            slanted_box(world, (-0.28, 0.28), (0.08, 1.0), 0.55, -0.06, colour)
            world.box((0, -0.05, 1.03), (0.6, 0.68, 0.07), colour)
            world.frustum((-0.28, 0.22, 0.1), (0.28, 0.22, 0.1), 0.1, RUBBER)


def bollard(world: World, rng: np.random.Generator) -> None:
    """A post as high as a knee or a hip, or a traffic cone."""
    with world.thing("pole"):
        if chance(rng, 0.2):
            orange = Material((0.7, 0.15, 0.02), (0.75, 0.75, 0.75), "stripes", 0.3)
            world.frustum((0, 0, 0), (0, 0, 0.7), 0.16, orange, top_radius=0.03)
            world.box((0, 0, 0.02), (0.4, 0.4, 0.04), RUBBER)
        else:
            high = between(rng, 0.6, 1.1)
            paint = metal(rng) if chance(rng, 0.7) else stone(rng)
            world.frustum((0, 0, 0), (0, 0, high), 0.09, paint)
            world.ellipsoid((0, 0, high), 0.1, paint)


def statue(world: World, rng: np.random.Generator) -> float:
    """A figure, an urn, an obelisk or a column on a pedestal; returns its height."""
    material = (
        stone(rng)
        if chance(rng, 0.6)
        else Material(shade(rng, (0.1, 0.14, 0.11)), (0.05, 0.06, 0.05), "noise", 0.2, gloss=0.3)
    )
    base, wide = between(rng, 0.8, 2.8), between(rng, 0.9, 2.2)
    plinth = stone(rng)
    with world.thing("other"):
        world.box((0, 0, 0.15), (wide * 1.6, wide * 1.6, 0.3), plinth)
        world.box((0, 0, base / 2 + 0.2), (wide, wide, base), plinth)
        world.box((0, 0, base + 0.2), (wide * 1.15, wide * 1.15, 0.18), plinth)
        top = base + 0.3
        kind = pick(rng, ("figure", "figure", "figure", "obelisk", "column", "urn", "rider"))
        if kind == "obelisk":
            high = between(rng, 4, 14)
            world.frustum((0, 0, top), (0, 0, top + high), wide * 0.42, material, top_radius=wide * 0.25)
            world.frustum((0, 0, top + high), (0, 0, top + high * 1.08), wide * 0.25, material, top_radius=0.01)
            return top + high
        if kind == "column":
            high = between(rng, 4, 12)
            world.frustum((0, 0, top), (0, 0, top + high), wide * 0.3, material, top_radius=wide * 0.25)
            world.box((0, 0, top + high), (wide * 0.8, wide * 0.8, 0.3), material)
            top += high + 0.15
        if kind == "urn":
            world.frustum((0, 0, top), (0, 0, top + 0.3), 0.25, material, top_radius=0.15)
            world.ellipsoid((0, 0, top + 0.7), (0.45, 0.45, 0.5), material)
            return top + 1.2
        if kind == "rider":
            world.ellipsoid((0, 0, top + 1.5), (0.4, 1.0, 0.45), material)
            world.frustum((0, -0.7, top + 1.7), (0, -1.2, top + 2.6), 0.3, material, top_radius=0.15)
            world.frustum((0, -1.1, top + 2.6), (0, -1.7, top + 2.2), 0.2, material, top_radius=0.1)
            for x in (-0.25, 0.25):
                for y in (-0.75, 0.75):
                    world.frustum((x, y, top + 1.4), (x, y, top), 0.15, material, top_radius=0.08)
            top += 1.7
        tall = between(rng, 1.0, 1.7)
        world.frustum((0, 0, top), (0, 0, top + 1.0 * tall), 0.34 * tall, material, top_radius=0.2 * tall)
        world.ellipsoid((0, 0, top + 1.2 * tall), (0.27 * tall, 0.18 * tall, 0.35 * tall), material)
        world.ellipsoid((0, -0.02, top + 1.68 * tall), (0.1 * tall, 0.12 * tall, 0.15 * tall), material)
        for side in (-1, 1):
            raised = chance(rng, 0.3)
            elbow = (side * 0.42 * tall, -0.05, top + (1.4 if raised else 1.1) * tall)
            hand = (side * 0.45 * tall, -0.25, top + (1.8 if raised else 0.95) * tall)
            world.frustum((side * 0.25 * tall, 0, top + 1.4 * tall), elbow, 0.08 * tall, material)
            world.frustum(elbow, hand, 0.07 * tall, material, top_radius=0.04)
    return top + 1.8 * tall


def fountain(world: World, rng: np.random.Generator) -> None:
    """A round basin of water with a bowl or a jet in the middle."""
    material, radius = stone(rng), between(rng, 1.5, 5.0)
    with world.thing("other"):
        world.tube((0, 0, 0), (0, 0, 0.6), radius, material)
        world.tube((0, 0, 0), (0, 0, 0.6), radius - 0.3, material)
        world.frustum((0, 0, 0.0), (0, 0, 0.12), radius * 1.15, material)
        for k in range(12):
            a = k * math.pi / 6
            world.box(
                ((radius - 0.15) * math.cos(a), (radius - 0.15) * math.sin(a), 0.6),
                (0.42, radius * 0.54, 0.12),
                material,
                yaw=a,
            )
        world.frustum((0, 0, 0), (0, 0, 1.8), 0.35, material, top_radius=0.2)
        world.tube((0, 0, 1.3), (0, 0, 1.7), 0.3, material, top_radius=radius * 0.4)
    with world.thing("water"):
        world.frustum((0, 0, 0.1), (0, 0, 0.42), radius - 0.31, water(rng))
        if chance(rng, 0.5):
            world.frustum(
                (0, 0, 1.7),
                (0, 0, 3.0),
                0.12,
                Material((0.8, 0.85, 0.9), pattern="leaves", scale=0.05, cutout=0.4),
                top_radius=0.04,
            )


def bus_stop(world: World, rng: np.random.Generator) -> None:
    """A shelter open towards -y, with a seat and a poster."""
    frame = metal(rng)
    with world.thing("other"):
        for x in (-1.7, 1.7):
            for y in (0.0, 1.3):
                world.box((x, y, 1.2), (0.07, 0.07, 2.4), frame)
        world.box((0, 0.6, 2.45), (3.8, 1.7, 0.12), frame)
        world.box((0, 1.32, 1.25), (3.4, 0.02, 1.9), Material((0.15, 0.18, 0.2), gloss=0.7))
        world.box((0, 1.0, 0.5), (2.4, 0.35, 0.06), timber(rng))
    with world.thing("sign"):
        world.box((1.75, 0.65, 1.3), (0.1, 1.1, 1.7), Material(any_colour(rng), any_colour(rng, 1.0), "print", 0.3))


def cafe(world: World, rng: np.random.Generator) -> None:
    """A table under a parasol with two or three chairs."""
    frame, seat = metal(rng), Material(any_colour(rng, 0.8))
    with world.thing("table"):
        world.frustum((0, 0, 0.7), (0, 0, 0.74), 0.4, frame)
        world.frustum((0, 0, 0), (0, 0, 0.7), 0.04, frame)
        world.frustum((0, 0, 0), (0, 0, 0.04), 0.25, frame)
    for a in (0.3, 2.3, 4.4)[: int(rng.integers(2, 4))]:
        with world.placed((0.75 * math.cos(a), 0.75 * math.sin(a), 0), a + math.pi / 2), world.thing("chair"):
            world.box((0, 0, 0.45), (0.42, 0.42, 0.04), seat)
            world.box((0, -0.2, 0.7), (0.42, 0.04, 0.4), seat)
            for x in (-0.18, 0.18):
                for y in (-0.18, 0.18):
                    world.box((x, y, 0.22), (0.03, 0.03, 0.45), frame)
    if chance(rng, 0.6):
        with world.thing("cloth"):
            world.frustum((0, 0, 0), (0, 0, 2.4), 0.025, frame)
            cloth = Material(any_colour(rng, 0.9), (0.75, 0.74, 0.7), pick(rng, ("plain", "stripes")), 0.4)
            world.frustum((0, 0, 2.1), (0, 0, 2.6), between(rng, 1.1, 1.6), cloth, top_radius=0.04)


def planter(world: World, rng: np.random.Generator) -> None:
    """A pot or trough with a plant in it."""
    size = between(rng, 0.25, 0.6)
    pot = plain(rng, pick(rng, ((0.45, 0.2, 0.1), (0.4, 0.4, 0.38), (0.1, 0.1, 0.1))))
    with world.thing("plant"):
        world.frustum((0, 0, 0), (0, 0, size), size * 0.6, pot, top_radius=size * 0.6) if chance(
            rng, 0.3
        ) else world.tube((0, 0, 0), (0, 0, size), size * 0.42, pot, top_radius=size * 0.6)
        leaves = foliage(rng, size=0.4)
        tall = between(rng, 0.4, 1.4)
        world.ellipsoid((0, 0, size + tall * 0.35), (size * 0.8, size * 0.8, tall * 0.5), leaves)
        world.ellipsoid((0.2 * size, 0.1, size + tall * 0.2), (size, size * 0.7, tall * 0.3), leaves)


def stall(world: World, rng: np.random.Generator) -> None:
    """A market stall with a striped roof and crates of fruit, facing -y."""
    wood = timber(rng)
    cloth = Material(any_colour(rng, 0.9), (0.75, 0.74, 0.7), pick(rng, ("stripes", "plain")), 0.4)
    with world.thing("table"):
        world.box((0, 0, 0.45), (2.6, 1.1, 0.9), textile(rng))
        for x in (-1.35, 1.35):
            for y in (-0.7, 0.7):
                world.box((x, y, 1.15), (0.06, 0.06, 2.3), wood)
        plank(world, (0, -1.1, 2.0), (0, 0.9, 2.6), 3.1, 0.04, cloth)
    for i in range(5):
        with world.thing("box"):
            world.box((-1.05 + 0.52 * i, -0.15, 1.0), (0.46, 0.6, 0.2), wood)
        with world.thing("fruit"):
            world.ellipsoid(
                (-1.05 + 0.52 * i, -0.15, 1.08),
                (0.2, 0.27, 0.12),
                Material(any_colour(rng, 1.0), (0.1, 0.08, 0.03), "noise", 0.08),
            )


def tent(world: World, rng: np.random.Generator) -> None:
    """A ridge tent, its entrance facing -y."""
    cloth = Material(any_colour(rng, 1.0))
    with world.thing("cloth"):
        prism(world, between(rng, 1.8, 2.8), between(rng, 1.2, 1.8), between(rng, 2.2, 3.5), 0.0, cloth)


def boat(world: World, rng: np.random.Generator) -> None:
    """A rowing, motor or sailing boat on water z = 0, heading +y."""
    length = between(rng, 3.0, 9.0)
    hull, wide = Material(any_colour(rng, 0.7), gloss=0.3), length * between(rng, 0.25, 0.35)
    with world.thing("other"):
        world.ellipsoid((0, 0, 0.1), (wide / 2, length / 2, 0.5 + 0.05 * length), hull)
        world.box((0, -length * 0.05, 0.45 + 0.05 * length), (wide * 0.7, length * 0.6, 0.15), timber(rng))
        if chance(rng, 0.5):
            tall = length * between(rng, 1.1, 1.5)
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


def log_pile(world: World, rng: np.random.Generator) -> None:
    """Logs lying along x, some on top of others."""
    wood, long = bark(rng), between(rng, 1.5, 4.0)
    with world.thing("tree"):
        for row, count in enumerate((4, 3, 2)):
            for i in range(count):
                r = between(rng, 0.13, 0.18)
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


def snowman(world: World, rng: np.random.Generator) -> None:
    """Three balls of snow with a nose and a hat, facing -y."""
    snow = Material((0.85, 0.86, 0.88), (0.75, 0.78, 0.82), "noise", 0.1, bump=0.3)
    with world.thing("other"):
        for z, r in ((0.4, 0.48), (1.05, 0.36), (1.55, 0.25)):
            world.ellipsoid((0, 0, z), r, snow)
        world.frustum((0, -0.2, 1.55), (0, -0.5, 1.53), 0.05, Material((0.7, 0.25, 0.03)), top_radius=0.005)
        world.frustum((0, 0, 1.72), (0, 0, 2.0), 0.18, RUBBER)


# --- what stands close to the camera --------------------


def ground_of(
    material: Material,
    class_name: str = "ground",
    relief: float = 0.0,
    wavelength: float = 60.0,
    flat_radius: float = 20.0,
) -> Ground:
    """A ground of that material, with hills when relief > 0."""
    return Ground(material, class_name, relief, wavelength, flat_radius)


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
        d = between(rng, 0.9, 3.0)
        with world.placed(
            (x + side * d * between(rng, 0.5, 0.9), y + d, h + d * between(rng, 0.15, 0.5)),
            math.pi if side > 0 else 0.0,
        ):
            twig(world, rng, d * between(rng, 0.5, 0.9))
    elif kind == "trunk":
        d = between(rng, 1.2, 4.0)
        with world.placed((x + side * d * between(rng, 0.25, 0.6), y + d, 0)):
            tree(world, rng, "broadleaf", between(rng, 9, 16))
    elif kind == "person":
        d = between(rng, 1.3, 4.5)
        with world.placed((x + side * d * between(rng, 0.05, 0.5), y + d, 0), between(rng, 0, 6.3)):
            person(world, rng)
    elif kind == "pole":
        d = between(rng, 1.5, 5.0)
        with world.placed((x + side * d * between(rng, 0.2, 0.6), y + d, 0), side * math.pi / 2):
            pick(rng, (lamp_post, traffic_sign, bollard))(world, rng)
    elif kind == "bush":
        d = between(rng, 1.2, 3.5)
        with world.placed((x + side * d * between(rng, 0.3, 0.7), y + d, 0)):
            bush(world, rng, h * between(rng, 0.5, 1.2), 2)
    elif kind == "railing":
        d = between(rng, 1.2, 3.0)
        with world.placed((x, y + d, 0), rng.normal(0, 0.2)):
            fence(world, rng, 3.5 * d, pick(rng, ("bars", "rails", "pickets", "wire")))
    elif kind == "tufts":
        for _ in range(3):
            d = between(rng, 0.8, 2.5)
            with world.placed((x + rng.normal(0, 0.6) * d, y + d, 0)):
                (tufts if chance(rng, 0.6) else flowers)(world, rng, 12, 0.8, h * between(rng, 0.3, 0.7))
    elif kind == "wall":
        high = between(rng, 0.6, 3.5)
        with (
            world.placed((x + side * between(rng, 0.8, 2.0), y + 3.0, 0), math.pi / 2 + rng.normal(0, 0.15)),
            world.thing("wall"),
        ):
            world.box((0, 0, high / 2), (between(rng, 5, 14), 0.3, high), masonry(rng))
    elif kind == "bench":
        d = between(rng, 2.0, 5.0)
        with world.placed((x + side * d * between(rng, 0, 0.4), y + d, 0), between(rng, 0, 6.3)):
            bench(world, rng)
            if chance(rng, 0.3):
                with world.placed((0, 0, 0), math.pi):
                    person(world, rng, "sit")
    elif kind == "planter":
        d = between(rng, 1.2, 3.0)
        with world.placed((x + side * d * between(rng, 0.2, 0.6), y + d, 0)):
            planter(world, rng)
    else:
        d = between(rng, 1.2, 4.0)
        with world.placed((x + side * d * between(rng, 0.0, 0.5), y + d, 0), between(rng, 0, 6.3)):
            rock(world, rng, between(rng, 0.4, 1.6))
    return kind
