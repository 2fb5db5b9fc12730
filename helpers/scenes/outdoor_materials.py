"""Colours and materials outdoors: leaves, ground, road, walls, roofs, metal, cloth; each drawn at random."""

from __future__ import annotations

import math

import numpy as np

from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.world import Material

Colour = tuple[float, float, float]


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
        colour, darker(colour, 0.45), pick(rng, ("noise", "wood", "plaster")), uniform(rng, 0.03, 0.15), bump=0.6
    )


def foliage(
    rng: np.random.Generator, *, autumn: float = 0.08, cutout: float | None = None, size: float = 1.0
) -> Material:
    """Leaves with holes between them; `size` multiplies the size of a tuft."""
    colour = shade(rng, pick(rng, AUTUMN if chance(rng, autumn) else FOLIAGE), 0.3)
    holes = uniform(rng, 0.25, 0.6) if cutout is None else cutout
    return Material(
        colour,
        darker(colour, uniform(rng, 0.25, 0.6)),
        "leaves",
        size * uniform(rng, 0.07, 0.25),
        bump=0.7,
        cutout=holes,
    )


def grass(rng: np.random.Generator) -> Material:
    """A lawn, a meadow or a dry field."""
    base = pick(rng, ((0.13, 0.26, 0.05), (0.2, 0.3, 0.07), (0.1, 0.2, 0.04), (0.36, 0.33, 0.14), (0.26, 0.28, 0.1)))
    colour = shade(rng, base)
    other = shade(rng, pick(rng, ((0.25, 0.2, 0.1), darker(colour, 0.5), darker(colour, 0.65))))
    return Material(colour, other, "grass", uniform(rng, 0.05, 0.5), bump=0.4)


def asphalt(rng: np.random.Generator) -> Material:
    """The surface of a road."""
    colour = shade(rng, pick(rng, ((0.12, 0.12, 0.125), (0.2, 0.2, 0.2), (0.27, 0.26, 0.25), (0.07, 0.07, 0.075))))
    wet = uniform(rng, 0.3, 0.7) if chance(rng, 0.1) else 0.0
    return Material(colour, darker(colour, uniform(rng, 0.6, 0.85)), "asphalt", uniform(rng, 0.02, 0.5), gloss=wet)


def paving(rng: np.random.Generator) -> Material:
    """Slabs, setts, bricks or plain concrete to walk on."""
    colour = shade(
        rng,
        pick(rng, ((0.45, 0.44, 0.42), (0.35, 0.33, 0.31), (0.55, 0.5, 0.43), (0.4, 0.28, 0.22), (0.25, 0.25, 0.26))),
    )
    pattern = pick(rng, ("tiles", "tiles", "brick", "plain", "noise", "gravel", "checker"))
    factor = uniform(rng, 0.8, 0.95) if pattern == "checker" else uniform(rng, 0.55, 0.9)
    return Material(colour, darker(colour, factor), pattern, uniform(rng, 0.15, 0.9), bump=0.3)


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
    return Material(colour, darker(colour, uniform(rng, 0.5, 0.85)), pattern, uniform(rng, 0.05, 0.4), bump=0.4)


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
        uniform(rng, 0.2, 2.5),
        gloss=uniform(rng, 0.5, 0.95),
        bump=uniform(rng, 0.1, 0.6),
    )


def masonry(rng: np.random.Generator) -> Material:
    """A wall of brick, plaster, stone, wood or concrete."""
    kind = rng.random()
    if kind < 0.3:
        colour = shade(rng, pick(rng, BRICKS))
        mortar = shade(rng, (0.5, 0.47, 0.43)) if chance(rng, 0.6) else darker(colour, 0.5)
        return Material(colour, mortar, "brick", uniform(rng, 0.18, 0.3), bump=0.4)
    if kind < 0.72:
        colour = shade(rng, pick(rng, WALLS)) if chance(rng, 0.85) else any_colour(rng, 0.8)
        return Material(
            colour,
            darker(colour, uniform(rng, 0.7, 0.93)),
            pick(rng, ("plaster", "noise", "plaster")),
            uniform(rng, 0.1, 1.5),
            bump=0.2,
        )
    if kind < 0.87:
        colour = shade(rng, pick(rng, STONE))
        return Material(
            colour,
            darker(colour, uniform(rng, 0.5, 0.8)),
            pick(rng, ("brick", "tiles", "marble", "noise")),
            uniform(rng, 0.3, 1.0),
            bump=0.5,
        )
    colour = shade(
        rng, pick(rng, ((0.35, 0.22, 0.12), (0.5, 0.48, 0.44), (0.4, 0.1, 0.06), (0.6, 0.6, 0.58), (0.18, 0.13, 0.1)))
    )
    return Material(colour, darker(colour, 0.6), "planks", uniform(rng, 0.12, 0.25), bump=0.5)


def roofing(rng: np.random.Generator) -> Material:
    """Tiles, slate or sheet metal of a roof."""
    colour = shade(rng, pick(rng, ROOFS))
    return Material(
        colour,
        darker(colour, uniform(rng, 0.5, 0.8)),
        pick(rng, ("tiles", "brick", "stripes", "planks")),
        uniform(rng, 0.2, 0.45),
        bump=0.5,
    )


def stone(rng: np.random.Generator) -> Material:
    """Rock, or the stone of a monument."""
    colour = shade(rng, pick(rng, STONE))
    return Material(
        colour,
        darker(colour, uniform(rng, 0.45, 0.8)),
        pick(rng, ("noise", "marble", "plaster", "noise")),
        uniform(rng, 0.05, 0.8),
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
        colour, darker(colour, 0.65), pick(rng, ("wood", "planks", "plain")), uniform(rng, 0.05, 0.2), bump=0.3
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
    return Material(colour, gloss=uniform(rng, 0.0, 0.5))


def textile(rng: np.random.Generator) -> Material:
    """Cloth of garments, awnings and flags."""
    colour = any_colour(rng, 0.9)
    pattern = pick(rng, ("plain", "cloth", "cloth", "stripes", "checker", "print", "noise"))
    other = any_colour(rng, 0.9) if chance(rng, 0.3) else darker(colour, uniform(rng, 0.5, 0.9))
    return Material(colour, other, pattern, uniform(rng, 0.02, 0.15))


def plain(rng: np.random.Generator, colour: Colour) -> Material:
    """A plain colour, varied a little."""
    return Material(shade(rng, colour, 0.2))
