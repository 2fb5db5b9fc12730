"""Colours and materials of things indoors: `random_material` draws one for a role, such as wood, fabric or ceramic."""

from __future__ import annotations

import colorsys

import numpy as np

from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.world import Material

Colour = tuple[float, float, float]


def hue(rng: np.random.Generator) -> float:
    """A hue as things indoors have them: mostly warm, often blue, seldom purple."""
    kind = rng.random()
    if kind < 0.5:
        return uniform(rng, -0.02, 0.14)
    if kind < 0.72:
        return uniform(rng, 0.52, 0.67)
    if kind < 0.86:
        return uniform(rng, 0.18, 0.46)
    return rng.random()


def colour(rng: np.random.Generator, family: str) -> Colour:
    """A linear reflectance of a family: white, pale, neutral, dark, wood, vivid, muted, green or any."""
    if family == "any":
        family = pick(rng, ("white", "pale", "neutral", "neutral", "dark", "wood", "vivid", "muted", "muted"))
    if family == "white":
        tone, saturation, value = uniform(rng, 0.03, 0.2), uniform(rng, 0.0, 0.12), uniform(rng, 0.5, 0.85)
    elif family == "pale":
        tone, saturation, value = hue(rng), uniform(rng, 0.06, 0.3), uniform(rng, 0.3, 0.75)
    elif family == "neutral":
        tone, saturation = uniform(rng, 0.02, 0.16), uniform(rng, 0.0, 0.4)
        value = 0.03 * (0.65 / 0.03) ** rng.random()
    elif family == "dark":
        tone, saturation, value = hue(rng), uniform(rng, 0.0, 0.5), uniform(rng, 0.008, 0.06)
    elif family == "wood":
        tone, saturation = uniform(rng, 0.03, 0.11), uniform(rng, 0.35, 0.75)
        value = 0.035 * (0.6 / 0.035) ** rng.random()
    elif family == "vivid":
        tone, saturation, value = hue(rng), uniform(rng, 0.65, 0.97), uniform(rng, 0.12, 0.8)
    elif family == "green":
        tone, saturation, value = uniform(rng, 0.2, 0.4), uniform(rng, 0.45, 0.85), uniform(rng, 0.05, 0.35)
    else:  # muted
        tone, saturation, value = hue(rng), uniform(rng, 0.2, 0.6), uniform(rng, 0.05, 0.5)
    return colorsys.hsv_to_rgb(tone % 1.0, saturation, value)


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    """`a` with `share` of `b`."""
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def times(a: Colour, factor: float) -> Colour:
    """`a` made brighter or darker, at most 0.95."""
    return (min(0.95, a[0] * factor), min(0.95, a[1] * factor), min(0.95, a[2] * factor))


# role: (patterns, colour families, feature sizes, gloss range)
_ROLES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[float, float], tuple[float, float]]] = {
    "wall": (
        (
            "plaster",
            "plaster",
            "plaster",
            "plaster",
            "plain",
            "plain",
            "plain",
            "noise",
            "stripes",
            "brick",
            "planks",
            "tiles",
            "wood",
            "cloth",
        ),
        ("white", "white", "white", "white", "pale", "pale", "neutral", "muted"),
        (0.08, 0.6),
        (0.0, 0.1),
    ),
    "floor": (
        (
            "planks",
            "planks",
            "planks",
            "tiles",
            "tiles",
            "cloth",
            "cloth",
            "noise",
            "checker",
            "marble",
            "wood",
            "cloth",
        ),
        ("wood", "wood", "wood", "neutral", "neutral", "white", "muted", "dark"),
        (0.06, 0.5),
        (0.0, 0.45),
    ),
    "ceiling": (
        ("plain", "plain", "plaster", "plaster", "tiles", "planks"),
        ("white", "white", "white", "white", "pale", "wood"),
        (0.2, 0.6),
        (0.0, 0.05),
    ),
    "wood": (
        ("wood", "wood", "wood", "wood", "planks", "plain"),
        ("wood", "wood", "wood", "wood", "white", "neutral", "dark"),
        (0.04, 0.25),
        (0.0, 0.4),
    ),
    "painted": (
        ("plain", "plain", "plain", "wood", "noise"),
        ("white", "white", "neutral", "pale", "muted", "dark"),
        (0.05, 0.3),
        (0.0, 0.35),
    ),
    "fabric": (
        (
            "cloth",
            "cloth",
            "cloth",
            "cloth",
            "noise",
            "noise",
            "plain",
            "plain",
            "stripes",
            "stripes",
            "checker",
            "print",
        ),
        ("neutral", "neutral", "neutral", "muted", "muted", "dark", "white", "pale", "vivid"),
        (0.008, 0.12),
        (0.0, 0.02),
    ),
    "leather": (("noise", "plain"), ("dark", "neutral", "wood", "white"), (0.03, 0.2), (0.1, 0.5)),
    "metal": (("plain", "plain", "noise"), ("neutral", "dark", "white"), (0.1, 0.4), (0.4, 0.9)),
    "plastic": (("plain",), ("any", "white", "dark", "vivid", "neutral"), (0.1, 0.3), (0.1, 0.6)),
    "ceramic": (
        ("plain", "plain", "plain", "stripes", "noise", "print"),
        ("white", "white", "white", "pale", "muted", "vivid", "dark"),
        (0.01, 0.05),
        (0.2, 0.8),
    ),
    "glass": (("plain",), ("pale", "green", "dark", "white", "muted"), (0.1, 0.2), (0.6, 0.95)),
    "paper": (("plain", "plain", "print", "stripes"), ("white", "white", "pale"), (0.01, 0.04), (0.0, 0.05)),
    "cover": (("plain", "print", "print", "stripes", "noise"), ("any",), (0.02, 0.12), (0.0, 0.35)),
    "card": (("plain", "noise", "print"), ("wood", "wood", "white", "any"), (0.05, 0.2), (0.0, 0.05)),
    "picture": (("print", "print", "noise", "marble", "stripes", "leaves"), ("any",), (0.05, 0.3), (0.0, 0.2)),
    "carpet": (
        ("cloth", "cloth", "print", "stripes", "checker", "noise", "marble"),
        ("muted", "muted", "neutral", "vivid", "white", "dark"),
        (0.03, 0.3),
        (0.0, 0.0),
    ),
    "stone": (
        ("marble", "noise", "plaster", "tiles", "plain"),
        ("white", "neutral", "dark"),
        (0.05, 0.4),
        (0.05, 0.6),
    ),
    "clay": (("plain", "noise"), ("wood", "neutral", "white", "dark"), (0.03, 0.1), (0.0, 0.3)),
}
_PATTERNS = (
    "plain", "noise", "wood", "planks", "brick", "tiles", "checker", "stripes", "cloth", "marble", "plaster", "print",
)  # fmt: skip


def random_material(rng: np.random.Generator, role: str, *, tint: Colour | None = None, wild: float = 0.05) -> Material:
    """A material fit for `role` (a key of the table above, or skin, hair, fur, leaf, soil).

    tint: use this colour instead of a random one. wild: the share of materials drawn without regard to the role, so
    that a network cannot rely on what things are made of.
    """
    if role in ("skin", "hair", "fur", "leaf", "soil"):
        return _body_material(rng, role, tint)
    patterns, families, sizes, gloss = _ROLES[role]
    if wild and chance(rng, wild):
        patterns, families = _PATTERNS, ("any",)
    pattern = pick(rng, patterns)
    color = tint or colour(rng, pick(rng, families))
    if role == "wall" and pattern in ("brick", "planks", "wood") and tint is None and chance(rng, 0.6):
        color = colour(rng, "wood")
    scale = sizes[0] * (sizes[1] / sizes[0]) ** rng.random()
    if pattern in ("stripes", "print", "checker"):
        other = colour(rng, pick(rng, families)) if chance(rng, 0.6) else times(color, uniform(rng, 0.5, 1.6))
        if role == "wall":  # wallpaper has little contrast
            other = mixed(color, other, uniform(rng, 0.1, 0.5))
    elif pattern in ("brick", "tiles"):
        other = mixed(color, colour(rng, "white" if chance(rng, 0.7) else "neutral"), uniform(rng, 0.3, 0.9))
        scale = uniform(rng, 0.06, 0.3) if pattern == "brick" else uniform(rng, 0.08, 0.5)
    elif role == "wall" and pattern in ("plaster", "noise", "cloth") and chance(rng, 0.8):
        other = times(color, uniform(rng, 0.75, 1.0))
    else:
        other = times(color, uniform(rng, 0.45, 0.95) if chance(rng, 0.75) else uniform(rng, 1.05, 1.6))
    if pattern == "planks":
        scale = uniform(rng, 0.07, 0.22)
    bump = uniform(rng, 0.0, 0.5) if chance(rng, 0.5) else 0.0
    return Material(color, other, pattern, scale, uniform(rng, *gloss), bump)


def _body_material(rng: np.random.Generator, role: str, tint: Colour | None) -> Material:
    if role == "skin":
        value = 0.07 * (0.62 / 0.07) ** rng.random()
        color = tint or colorsys.hsv_to_rgb(uniform(rng, 0.03, 0.075), uniform(rng, 0.35, 0.6), value)
        return Material(color, times(color, 0.85), "noise", 0.05, 0.08)
    if role == "hair":
        color = tint or colour(rng, pick(rng, ("dark", "dark", "wood", "neutral")))
        return Material(color, times(color, 0.5), "noise", 0.015, 0.15, 0.4)
    if role == "fur":
        color = tint or colour(rng, pick(rng, ("wood", "neutral", "neutral", "white", "dark")))
        other = times(color, pick(rng, (0.35, 0.5, 0.7, 0.8, 1.6)))
        return Material(
            color, other, pick(rng, ("noise", "noise", "noise", "stripes")), uniform(rng, 0.012, 0.06), 0.0, 0.5
        )
    if role == "leaf":
        color = tint or colour(rng, "green")
        return Material(color, times(color, uniform(rng, 0.5, 1.5)), "noise", 0.04, uniform(rng, 0.0, 0.4))
    color = tint or times(colour(rng, "wood"), 0.3)
    return Material(color, times(color, 0.5), "noise", 0.02, 0.0, 0.5)


def times_material(material: Material, factor: float) -> Material:
    """The same material, brighter or darker."""
    second = None if material.color2 is None else times(material.color2, factor)
    return Material(
        times(material.color, factor), second, material.pattern, material.scale, material.gloss, material.bump
    )


def lit(color: Colour, glow: float) -> Material:
    """A plain material that gives light."""
    return Material(color, pattern="plain", glow=glow)


def lamp_colour(rng: np.random.Generator) -> Colour:
    """The colour of lamp light, from candle-warm to daylight-cool, brightest channel about 1."""
    warm = rng.random()
    return (1.0 - 0.12 * warm, 0.82 + 0.1 * warm, 0.55 + 0.45 * warm)
