"""Indoor things for rendered scenes, each drawn around its own origin in a random style.

Things that stand have z = 0 at their foot. Things with a front look towards -y; things made for a wall have their back
at y = 0. Sizes are metres: width along x, depth along y, height along z. All randomness comes from `rng`.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Sequence
from math import cos, pi, sin

import numpy as np

from helpers.scenes.world import Material, World

Colour = tuple[float, float, float]


def uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A number between `low` and `high`."""
    return low + (high - low) * rng.random()


def chance(rng: np.random.Generator, probability: float) -> bool:
    """True with the given probability."""
    return rng.random() < probability


def pick(rng: np.random.Generator, items: Sequence):
    """One of `items`, each as likely as the others (far quicker than Generator.choice)."""
    return items[int(rng.random() * len(items))]


def whole(rng: np.random.Generator, low: int, high: int) -> int:
    """A whole number between `low` and `high`, both included."""
    return low + int(rng.random() * (high - low + 1))


def turn_x(angle: float) -> np.ndarray:
    """Rotation (3, 3) by `angle` radians about x."""
    c, s = cos(angle), sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def turn_y(angle: float) -> np.ndarray:
    """Rotation (3, 3) by `angle` radians about y."""
    c, s = cos(angle), sin(angle)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def turn_z(angle: float) -> np.ndarray:
    """Rotation (3, 3) by `angle` radians about z."""
    c, s = cos(angle), sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


# ---------------------------------------------------------------------------------------------------------------------
# Colours and materials


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


def lit(color: Colour, glow: float) -> Material:
    """A plain material that gives light."""
    return Material(color, pattern="plain", glow=glow)


def lamp_colour(rng: np.random.Generator) -> Colour:
    """The colour of lamp light, from candle-warm to daylight-cool, brightest channel about 1."""
    warm = rng.random()
    return (1.0 - 0.12 * warm, 0.82 + 0.1 * warm, 0.55 + 0.45 * warm)


# ---------------------------------------------------------------------------------------------------------------------
# Small things: each stands on z = 0


def cup(world: World, rng: np.random.Generator) -> None:
    """A cup or mug with a handle, something to drink in it, sometimes a saucer."""
    material = random_material(rng, "ceramic")
    radius, height = uniform(rng, 0.032, 0.05), uniform(rng, 0.06, 0.12)
    foot = radius * uniform(rng, 0.6, 1.0)
    with world.thing("cup"), world.placed((0, 0, 0), uniform(rng, 0, 2 * pi)):
        base = 0.0
        if chance(rng, 0.35):
            base = 0.012
            saucer = random_material(rng, "ceramic", tint=material.color)
            world.tube((0, 0, 0.002), (0, 0, 0.016), radius * 1.0, saucer, top_radius=radius * 1.9)
            world.frustum((0, 0, 0), (0, 0, 0.008), radius * 1.1, saucer)
        world.tube((0, 0, base), (0, 0, base + height), foot, material, top_radius=radius)
        world.frustum((0, 0, base), (0, 0, base + 0.01), foot, material)
        inside = pick(rng, ((0.05, 0.02, 0.008), (0.4, 0.25, 0.12), (0.6, 0.5, 0.4), (0.25, 0.1, 0.02)))
        level = uniform(rng, 0.4, 0.92)
        world.frustum(
            (0, 0, base + 0.01),
            (0, 0, base + height * level),
            (foot + (radius - foot) * level) * 0.97,
            Material(inside, gloss=0.5),
            top_radius=(foot + (radius - foot) * level) * 0.96,
        )
        if chance(rng, 0.8):
            grip = uniform(rng, 0.018, 0.032)
            r = radius * 0.93
            low, high, wire = base + height * 0.25, base + height * 0.8, uniform(rng, 0.004, 0.007)
            world.frustum((r * 0.9, 0, high), (r + grip, 0, high), wire, material)
            world.frustum((r + grip, 0, low), (r + grip, 0, high), wire, material)
            world.frustum((r * 0.8, 0, low), (r + grip, 0, low), wire, material)


def drinking_glass(world: World, rng: np.random.Generator) -> None:
    """A tumbler or a stemmed glass."""
    material = random_material(rng, "glass")
    radius, height = uniform(rng, 0.028, 0.045), uniform(rng, 0.08, 0.16)
    with world.thing("cup"):
        if chance(rng, 0.4):
            stem = height * uniform(rng, 0.4, 0.6)
            world.frustum((0, 0, 0), (0, 0, 0.008), radius * 0.9, material, top_radius=0.01)
            world.frustum((0, 0, 0), (0, 0, stem), 0.004, material)
            world.ellipsoid((0, 0, stem + 0.012), (radius, radius, 0.016), material)
            world.tube((0, 0, stem + 0.01), (0, 0, height + 0.04), radius, material, top_radius=radius * 0.8)
        else:
            world.tube((0, 0, 0), (0, 0, height), radius * uniform(rng, 0.7, 1), material, top_radius=radius)
            fill = Material(colour(rng, pick(rng, ("muted", "wood", "white"))), gloss=0.6)
            world.frustum((0, 0, 0), (0, 0, height * uniform(rng, 0.1, 0.8)), radius * 0.72, fill)


def plate(world: World, rng: np.random.Generator) -> None:
    """A plate, empty or with food or cutlery."""
    material = random_material(rng, "ceramic")
    radius = uniform(rng, 0.08, 0.14)
    with world.thing("dish"):
        world.frustum((0, 0, 0), (0, 0, 0.008), radius * 0.7, material)
        world.tube((0, 0, 0.004), (0, 0, uniform(rng, 0.014, 0.03)), radius * 0.7, material, top_radius=radius)
        if chance(rng, 0.5):
            food(world, rng, radius * 0.55, 0.008)
        if chance(rng, 0.4):
            cutlery(world, rng, radius + 0.03)


def food(world: World, rng: np.random.Generator, radius: float, z: float) -> None:
    """Something to eat, within `radius` of the origin, lying at height `z`."""
    for _ in range(whole(rng, 1, 4)):
        color = colour(rng, pick(rng, ("wood", "wood", "muted", "green", "white", "vivid")))
        size = radius * uniform(rng, 0.25, 0.6)
        material = Material(color, times(color, 0.6), "noise", size * 0.5, 0.15, 0.5)
        x, y = uniform(rng, -0.5, 0.5) * radius, uniform(rng, -0.5, 0.5) * radius
        if chance(rng, 0.6):
            world.ellipsoid(
                (x, y, z + size * 0.3), (size, size * uniform(rng, 0.5, 1), size * 0.5), material, yaw=x * 50
            )
        else:
            world.box((x, y, z + size * 0.3), (size * 1.4, size, size * 0.6), material, yaw=y * 60)


def cutlery(world: World, rng: np.random.Generator, x: float) -> None:
    """A fork and a knife at both sides of a plate."""
    metal = random_material(rng, "metal")
    for side in (-1, 1):
        world.box((side * x, 0, 0.003), (0.012, 0.1, 0.003), metal)
        world.box((side * x, 0.075, 0.003), (0.02, 0.06, 0.003), metal)


def bowl(world: World, rng: np.random.Generator) -> None:
    """A bowl, often with fruit or food."""
    material = random_material(rng, "ceramic" if chance(rng, 0.8) else "wood")
    radius, height = uniform(rng, 0.06, 0.16), uniform(rng, 0.04, 0.1)
    with world.thing("dish"):
        world.tube((0, 0, 0.0), (0, 0, height), radius * uniform(rng, 0.35, 0.6), material, top_radius=radius)
        world.frustum((0, 0, 0), (0, 0, 0.01), radius * 0.6, material)
        if chance(rng, 0.6):
            kind = whole(rng, 0, 5)
            for k in range(whole(rng, 3, 6)):
                with world.placed(
                    (radius * 0.4 * cos(k * 2.4), radius * 0.4 * sin(k * 2.4), height * 0.45 + 0.012 * k)
                ):
                    fruit(world, rng, kind, radius * 0.36)
        else:
            fill = random_material(rng, "clay")
            world.ellipsoid((0, 0, height * 0.55), (radius * 0.72, radius * 0.72, height * 0.2), fill)


def fruit(world: World, rng: np.random.Generator, kind: int | None = None, radius: float | None = None) -> None:
    """An apple, orange, lemon, banana, pear or aubergine."""
    kind = whole(rng, 0, 5) if kind is None else kind
    r = radius or uniform(rng, 0.03, 0.045)
    colours = (
        (0.55, 0.05, 0.03),
        (0.8, 0.25, 0.02),
        (0.8, 0.6, 0.05),
        (0.75, 0.55, 0.07),
        (0.35, 0.5, 0.05),
        (0.08, 0.02, 0.07),
    )
    color = mixed(colours[kind], colour(rng, "vivid"), 0.2 * rng.random())
    skin = Material(color, mixed(color, (0.5, 0.5, 0.1), 0.4), "noise", r * 0.6, 0.3)
    stalk = Material((0.08, 0.05, 0.02))
    with world.thing("fruit"), world.placed((0, 0, 0), uniform(rng, 0, 2 * pi)):
        if kind <= 1:
            world.ellipsoid((0, 0, r * 0.92), (r, r, r * 0.93), skin)
            world.frustum((0, 0, r * 1.7), (r * 0.2, 0, r * 2.15), r * 0.07, stalk)
        elif kind == 2:
            world.ellipsoid((0, 0, r * 0.75), (r * 1.15, r * 0.75, r * 0.75), skin)
        elif kind == 3:
            for angle in (-0.9, -0.3, 0.3, 0.9):
                turn = turn_z(angle)
                centre = (2.2 * r * sin(angle), 2.2 * r * (1 - cos(angle)), r * 0.5)
                world.ellipsoid(centre, (r * 1.0, r * 0.42, r * 0.45), skin, rotation=turn)
        elif kind == 4:
            world.ellipsoid((0, 0, r * 0.9), (r, r, r * 0.92), skin)
            world.frustum((0, 0, r * 1.2), (0, 0, r * 2.4), r * 0.8, skin, top_radius=r * 0.25)
        else:
            world.ellipsoid((0, 0, r * 0.8), (r * 1.9, r * 0.8, r * 0.8), skin)
            world.frustum((r * 1.7, 0, r * 0.8), (r * 2.4, 0, r * 0.9), r * 0.35, Material((0.1, 0.25, 0.05)))


def bottle(world: World, rng: np.random.Generator) -> None:
    """A bottle, flask or jar with a neck, a cap and a label."""
    material = random_material(rng, pick(rng, ("glass", "glass", "plastic", "ceramic")))
    radius, height = uniform(rng, 0.025, 0.05), uniform(rng, 0.14, 0.32)
    shoulder = height * uniform(rng, 0.55, 0.75)
    with world.thing("bottle"):
        world.frustum((0, 0, 0), (0, 0, shoulder), radius, material)
        world.frustum((0, 0, shoulder), (0, 0, height * 0.86), radius, material, top_radius=radius * 0.38)
        world.frustum((0, 0, height * 0.86), (0, 0, height * 0.95), radius * 0.36, material)
        world.frustum((0, 0, height * 0.94), (0, 0, height), radius * 0.42, random_material(rng, "plastic"))
        if chance(rng, 0.7):
            low = shoulder * uniform(rng, 0.15, 0.35)
            world.tube((0, 0, low), (0, 0, shoulder * 0.85), radius * 1.02, random_material(rng, "cover"))


def jar(world: World, rng: np.random.Generator) -> None:
    """A jar or tin with a lid."""
    radius, height = uniform(rng, 0.03, 0.06), uniform(rng, 0.06, 0.16)
    with world.thing("bottle"):
        world.frustum((0, 0, 0), (0, 0, height), radius, random_material(rng, pick(rng, ("cover", "glass", "ceramic"))))
        world.frustum(
            (0, 0, height), (0, 0, height + 0.015), radius * uniform(rng, 0.85, 1.0), random_material(rng, "metal")
        )


def carton(world: World, rng: np.random.Generator) -> None:
    """A packet: tea, cereals, tissues, medicine."""
    size = (uniform(rng, 0.06, 0.2), uniform(rng, 0.04, 0.1), uniform(rng, 0.06, 0.28))
    with world.thing("box"):
        world.box((0, 0, size[2] / 2), size, random_material(rng, "cover"))
        if chance(rng, 0.5):
            z = size[2] * uniform(rng, 0.4, 0.7)
            front = (size[0] * uniform(rng, 0.4, 0.8), 0.002, size[2] * 0.3)
            world.box((0, -size[1] / 2, z), front, random_material(rng, "cover"))


def book_material(rng: np.random.Generator) -> Material:
    """The cover of a book."""
    return random_material(rng, "cover", wild=0.0)


def one_book(world: World, rng: np.random.Generator, z: float = 0.0, yaw: float = 0.0) -> float:
    """A book lying at height `z`; returns the height of its top."""
    w, d, t = uniform(rng, 0.11, 0.24), uniform(rng, 0.16, 0.31), uniform(rng, 0.012, 0.05)
    cover = book_material(rng)
    with world.thing("book"):
        world.box(
            (0, 0, z + t / 2),
            (w - 0.008, d - 0.008, t - 0.004),
            Material((0.75, 0.7, 0.6), pattern="stripes", scale=0.004),
            yaw=yaw,
        )
        world.box((0, 0, z + 0.0015), (w, d, 0.003), cover, yaw=yaw)
        world.box((0, 0, z + t - 0.0015), (w, d, 0.003), cover, yaw=yaw)
        c, s = cos(yaw), sin(yaw)
        world.box((-c * w / 2, -s * w / 2, z + t / 2), (0.004, d, t), cover, yaw=yaw)
    return z + t


def books(world: World, rng: np.random.Generator) -> None:
    """A stack of books, neat or not, sometimes with a thing on top."""
    z, yaw = 0.0, uniform(rng, 0, 2 * pi)
    for _ in range(whole(rng, 1, 5)):
        z = one_book(world, rng, z, yaw)
        yaw += uniform(rng, -0.25, 0.25)
    if chance(rng, 0.3):
        with world.placed((0, 0, z)):
            pick(rng, (cup, fruit, candle, glasses, toy_block))(world, rng)


def open_book(world: World, rng: np.random.Generator) -> None:
    """An open book or a notebook."""
    w, d = uniform(rng, 0.13, 0.2), uniform(rng, 0.2, 0.28)
    page = random_material(rng, "paper")
    with world.thing("book"), world.placed((0, 0, 0), uniform(rng, 0, 2 * pi)):
        for side in (-1, 1):
            world.box((side * w / 2, 0, 0.014), (w, d, 0.012), page, rotation=turn_y(side * 0.07))
        world.box((0, 0, 0.003), (2 * w + 0.01, d + 0.01, 0.004), book_material(rng))


def book_row(world: World, rng: np.random.Generator, width: float, depth: float, height: float, most: int = 14) -> None:
    """Books that stand side by side from -width/2 on, at most `most`, their spines towards -y at y = 0."""
    left, end = -width / 2, width / 2
    thick = max(0.018, width / most * 0.75)
    family = pick(rng, ("any", "any", "neutral", "muted", "vivid", "dark"))
    n = 0
    with world.thing("book"):
        while n < most:
            t = thick * uniform(rng, 0.6, 1.6)
            if left + t > end:
                break
            h, d = height * uniform(rng, 0.62, 0.97), depth * uniform(rng, 0.65, 0.95)
            color = colour(rng, family)
            other = times(color, uniform(rng, 0.3, 1.8))
            material = Material(color, other, "stripes" if chance(rng, 0.3) else "plain", h * 0.3, uniform(rng, 0, 0.3))
            if n == most - 1 or chance(rng, 0.06):
                lean = uniform(rng, 0.1, 0.3)
                world.box(
                    (left + t / 2 + h * 0.5 * sin(lean), d / 2, h / 2 * cos(lean) + t * 0.2),
                    (t, d, h),
                    material,
                    rotation=turn_y(-lean),
                )
                left += t + h * sin(lean)
            else:
                world.box((left + t / 2, d / 2 + uniform(rng, 0, 0.02), h / 2), (t * 0.97, d, h), material)
                left += t
            n += 1
            if chance(rng, 0.04):
                left += uniform(rng, 0.05, 0.25) * width


def laptop(world: World, rng: np.random.Generator) -> None:
    """A laptop computer, open."""
    w, d = uniform(rng, 0.3, 0.38), uniform(rng, 0.2, 0.26)
    body = Material(pick(rng, ((0.5, 0.5, 0.52), (0.03, 0.03, 0.035), (0.25, 0.25, 0.27), (0.7, 0.7, 0.7))), gloss=0.3)
    angle = uniform(rng, -0.1, 0.6)
    with world.thing("screen"):
        world.box((0, 0, 0.009), (w, d, 0.016), body)
        keys = Material((0.02, 0.02, 0.02), (0.08, 0.08, 0.08), "tiles", 0.019)
        world.box((0, d * 0.16, 0.0175), (w * 0.88, d * 0.45, 0.002), keys)
        world.box((0, -d * 0.28, 0.0175), (w * 0.3, d * 0.28, 0.0015), Material(times(body.color, 0.8), gloss=0.3))
        turn = turn_x(-angle)
        hinge = np.array([0, d / 2, 0.016])
        world.box(hinge + turn @ [0, 0, d / 2], (w, 0.008, d), body, rotation=turn)
        world.box(hinge + turn @ [0, -0.005, d / 2], (w * 0.94, 0.002, d * 0.88), screen_material(rng), rotation=turn)


def screen_material(rng: np.random.Generator) -> Material:
    """What a screen shows: dark when off, or a bright pattern."""
    if chance(rng, 0.4):
        return Material((0.01, 0.01, 0.012), gloss=0.7)
    color = colour(rng, pick(rng, ("white", "pale", "muted", "vivid", "dark")))
    return Material(
        color,
        colour(rng, "any"),
        pick(rng, ("print", "plain", "stripes", "noise")),
        0.06,
        0.2,
        0.0,
        0.0,
        uniform(rng, 0.3, 1.5),
    )


def monitor(world: World, rng: np.random.Generator) -> None:
    """A computer screen on its foot."""
    w, h = uniform(rng, 0.42, 0.7), uniform(rng, 0.28, 0.4)
    body = Material(pick(rng, ((0.02, 0.02, 0.022), (0.02, 0.02, 0.022), (0.5, 0.5, 0.5), (0.7, 0.68, 0.6))), gloss=0.3)
    z = uniform(rng, 0.1, 0.2)
    thick = 0.03 if chance(rng, 0.75) else uniform(rng, 0.1, 0.35)
    with world.thing("screen"):
        world.box((0, 0.02, 0.008), (w * 0.4, 0.18, 0.016), body)
        world.box((0, 0.04, z * 0.6), (0.05, 0.03, z * 1.2), body)
        world.box((0, thick / 2, z + h / 2), (w, thick, h), body)
        world.box((0, -0.002, z + h / 2 + 0.004), (w - 0.03, 0.006, h - 0.035), screen_material(rng))


def keyboard(world: World, rng: np.random.Generator) -> None:
    """A keyboard, often with a mouse beside it."""
    w = uniform(rng, 0.28, 0.46)
    color = colour(rng, pick(rng, ("dark", "white", "dark", "neutral")))
    with world.thing("screen"):
        world.box((0, 0, 0.01), (w, 0.15, 0.02), Material(color), rotation=turn_x(0.06))
        keys = Material(times(color, 1.5), times(color, 0.5), "tiles", 0.02, 0.1, 0.3)
        world.box((0, 0.0, 0.02), (w * 0.95, 0.12, 0.008), keys, rotation=turn_x(0.06))
        if chance(rng, 0.7):
            world.ellipsoid(
                (w / 2 + 0.1, uniform(rng, -0.06, 0.03), 0.012), (0.032, 0.055, 0.022), Material(color, gloss=0.3)
            )


def phone(world: World, rng: np.random.Generator) -> None:
    """A phone, a remote control or a calculator lying flat."""
    remote = (uniform(rng, 0.04, 0.055), uniform(rng, 0.15, 0.22), 0.02)
    size = (0.075, 0.15, 0.009) if chance(rng, 0.5) else remote
    body = Material(colour(rng, pick(rng, ("dark", "dark", "white", "neutral", "vivid"))), gloss=0.4)
    with world.thing("screen"):
        world.box((0, 0, size[2] / 2), size, body)
        if size[2] < 0.01:
            world.box((0, 0, size[2]), (size[0] * 0.92, size[1] * 0.93, 0.001), screen_material(rng))
        else:
            keys = Material((0.1, 0.1, 0.1), (0.4, 0.4, 0.4), "tiles", 0.014)
            world.box((0, 0.01, size[2]), (size[0] * 0.75, size[1] * 0.7, 0.004), keys)


def pen(world: World, rng: np.random.Generator) -> None:
    """A few pens and pencils lying about."""
    with world.thing("other"):
        for _ in range(whole(rng, 1, 3)):
            a, r = uniform(rng, 0, 2 * pi), uniform(rng, 0.003, 0.006)
            x, y = uniform(rng, -0.03, 0.03), uniform(rng, -0.03, 0.03)
            dx, dy = 0.075 * cos(a), 0.075 * sin(a)
            world.frustum((x - dx, y - dy, r), (x + dx, y + dy, r), r, random_material(rng, "plastic"))
            world.frustum(
                (x + dx, y + dy, r), (x + 1.2 * dx, y + 1.2 * dy, r), r, Material((0.6, 0.4, 0.2)), top_radius=0.0005
            )


def pen_pot(world: World, rng: np.random.Generator) -> None:
    """A pot of pens, brushes or wooden spoons."""
    h, r = uniform(rng, 0.08, 0.14), uniform(rng, 0.03, 0.05)
    with world.thing("cup"):
        world.tube((0, 0, 0), (0, 0, h), r, random_material(rng, "ceramic"))
    with world.thing("other"):
        for k in range(whole(rng, 3, 7)):
            a = k * 2.4
            top = (r * 1.5 * cos(a), r * 1.5 * sin(a), h * uniform(rng, 1.2, 1.9))
            world.frustum((r * -0.4 * cos(a), r * -0.4 * sin(a), 0.005), top, 0.0045, random_material(rng, "plastic"))


def candle(world: World, rng: np.random.Generator) -> None:
    """A candle, alight or not."""
    r, h = uniform(rng, 0.012, 0.04), uniform(rng, 0.05, 0.22)
    with world.thing("lamp"):
        world.frustum((0, 0, 0), (0, 0, h), r, Material(colour(rng, pick(rng, ("white", "vivid", "muted")))))
        world.frustum((0, 0, h), (0, 0, h + 0.01), 0.0015, Material((0.02, 0.02, 0.02)))
        if chance(rng, 0.4):
            world.ellipsoid((0, 0, h + 0.022), (0.006, 0.006, 0.015), lit((1.0, 0.7, 0.3), 6.0))


def glasses(world: World, rng: np.random.Generator) -> None:
    """A pair of spectacles."""
    frame = Material(colour(rng, "dark"), gloss=0.4)
    with world.thing("other"):
        for side in (-1, 1):
            x = side * 0.034
            world.tube((x, 0, 0.02), (x, 0.004, 0.02), 0.025, frame)
            world.frustum((side * 0.065, 0, 0.025), (side * 0.062, 0.13, 0.012), 0.0025, frame)
        world.frustum((-0.01, 0, 0.025), (0.01, 0, 0.025), 0.0025, frame)


def vase(world: World, rng: np.random.Generator) -> None:
    """A vase, with flowers, twigs or nothing."""
    material = random_material(rng, pick(rng, ("ceramic", "glass", "clay")))
    h, r = uniform(rng, 0.12, 0.34), uniform(rng, 0.035, 0.09)
    belly = h * uniform(rng, 0.3, 0.6)
    neck = r * uniform(rng, 0.35, 0.9)
    with world.thing("bottle"):
        if chance(rng, 0.5):
            world.tube((0, 0, 0), (0, 0, belly), r * uniform(rng, 0.5, 0.9), material, top_radius=r)
            world.tube((0, 0, belly), (0, 0, h), r, material, top_radius=neck)
        else:
            world.ellipsoid((0, 0, belly), (r, r, belly), material)
            world.tube((0, 0, belly), (0, 0, h), neck, material, top_radius=neck * uniform(rng, 1, 1.5))
        world.frustum((0, 0, 0), (0, 0, 0.01), r * 0.6, material)
    if chance(rng, 0.75):
        with world.placed((0, 0, h * 0.8)):
            flowers(world, rng, uniform(rng, 0.12, 0.4), neck)


def flowers(world: World, rng: np.random.Generator, height: float, neck: float) -> None:
    """Stems that spread from the origin, with blossoms and leaves."""
    stem, leaf = random_material(rng, "leaf"), random_material(rng, "leaf")
    color = colour(rng, pick(rng, ("vivid", "pale", "white", "vivid")))
    blossom = Material(color, times(color, 0.6), "noise", 0.01, 0.0, 0.4)
    size = uniform(rng, 0.012, 0.04)
    n = whole(rng, 2, 9)
    with world.thing("plant"):
        for k in range(n):
            a, spread = k * 2.4 + uniform(rng, -0.4, 0.4), uniform(rng, 0.05, 0.55) * height
            tip = np.array([spread * cos(a), spread * sin(a), height * uniform(rng, 0.6, 1.0)])
            world.frustum((0.4 * neck * cos(a), 0.4 * neck * sin(a), -0.03), tip, 0.0025, stem, top_radius=0.0015)
            world.ellipsoid(tip, (size, size, size * uniform(rng, 0.5, 1.0)), blossom)
            if k % 2 == 0:
                turn = turn_z(a) @ turn_y(uniform(rng, -0.9, 0.3))
                world.ellipsoid(tip * 0.6, (height * 0.14, height * 0.05, 0.003), leaf, rotation=turn)


def chess_piece(
    world: World, rng: np.random.Generator, material: Material | None = None, kind: int | None = None
) -> None:
    """A turned piece, 5 to 10 cm high: pawn, rook, bishop, queen, king or knight."""
    material = material or random_material(rng, pick(rng, ("wood", "plastic", "stone")), wild=0.0)
    kind = whole(rng, 0, 5) if kind is None else kind
    h = (0.05, 0.055, 0.075, 0.085, 0.095, 0.065)[kind]
    r = 0.017 + 0.003 * (kind > 0)
    with world.thing("toy"):
        world.frustum((0, 0, 0), (0, 0, h * 0.12), r, material, top_radius=r * 0.9)
        world.frustum((0, 0, h * 0.12), (0, 0, h * 0.68), r * 0.72, material, top_radius=r * 0.38)
        world.frustum((0, 0, h * 0.64), (0, 0, h * 0.7), r * 0.65, material, top_radius=r * 0.55)
        if kind == 0:
            world.ellipsoid((0, 0, h * 0.83), h * 0.19, material)
        elif kind == 1:
            world.tube((0, 0, h * 0.7), (0, 0, h), r * 0.65, material, top_radius=r * 0.72)
            world.frustum((0, 0, h * 0.7), (0, 0, h * 0.9), r * 0.6, material)
        elif kind == 2:
            world.ellipsoid((0, 0, h * 0.84), (r * 0.55, r * 0.55, h * 0.16), material)
            world.ellipsoid((0, 0, h * 1.0), r * 0.15, material)
        elif kind in (3, 4):
            world.tube((0, 0, h * 0.7), (0, 0, h * 0.92), r * 0.4, material, top_radius=r * 0.75)
            world.ellipsoid((0, 0, h * 0.92), r * 0.45, material)
            if kind == 4:
                world.box((0, 0, h * 1.05), (0.003, 0.003, h * 0.14), material)
                world.box((0, 0, h * 1.06), (0.01, 0.003, 0.003), material)
        else:
            world.box((0, 0, h * 0.82), (r * 0.7, r * 1.0, h * 0.34), material, rotation=turn_x(-0.3))
            world.box((0, -r * 0.6, h * 0.9), (r * 0.55, r * 1.2, h * 0.16), material, rotation=turn_x(0.35))


def toy_block(world: World, rng: np.random.Generator) -> None:
    """Building blocks: a few boxes, cylinders and cones, perhaps stacked."""
    z = 0.0
    s = uniform(rng, 0.02, 0.05)
    with world.thing("toy"):
        for _ in range(whole(rng, 1, 4)):
            material = Material(colour(rng, "vivid" if chance(rng, 0.7) else "wood"), gloss=uniform(rng, 0, 0.4))
            kind = whole(rng, 0, 3)
            if kind <= 1:
                world.box((0, 0, z + s / 2), (s * uniform(rng, 0.8, 2), s, s), material, yaw=uniform(rng, 0, 3))
            elif kind == 2:
                world.frustum((0, 0, z), (0, 0, z + s), s * 0.5, material)
            else:
                world.frustum((0, 0, z), (0, 0, z + s * 1.2), s * 0.6, material, top_radius=0.001)
                break
            z += s


def ball(world: World, rng: np.random.Generator, radius: float | None = None) -> None:
    """A ball."""
    r = radius or uniform(rng, 0.02, 0.11)
    color = colour(rng, pick(rng, ("vivid", "vivid", "white", "any")))
    pattern = pick(rng, ("plain", "stripes", "checker", "noise"))
    with world.thing("ball"):
        world.ellipsoid((0, 0, r), r, Material(color, colour(rng, "any"), pattern, r * 0.7, uniform(rng, 0, 0.6)))


def toy_car(world: World, rng: np.random.Generator) -> None:
    """A small toy car or lorry."""
    s = uniform(rng, 0.5, 1.6)
    paint = Material(colour(rng, "vivid"), gloss=0.5)
    black = Material((0.02, 0.02, 0.02))
    with world.thing("toy"), world.placed((0, 0, 0), uniform(rng, 0, 2 * pi), s):
        world.box((0, 0, 0.03), (0.15, 0.065, 0.03), paint)
        world.box((uniform(rng, -0.03, 0.02), 0, 0.055), (0.07, 0.055, 0.03), Material(colour(rng, "any"), gloss=0.7))
        for x in (-0.045, 0.045):
            world.frustum((x, -0.036, 0.017), (x, 0.036, 0.017), 0.017, black)


def plush(world: World, rng: np.random.Generator) -> None:
    """A sitting teddy bear, rabbit or doll, 15 to 45 cm high."""
    s = uniform(rng, 0.15, 0.45)
    fur = random_material(rng, "fur")
    light = Material(times(fur.color, 1.5), times(fur.color, 1.2), "noise", 0.03)
    black = Material((0.01, 0.01, 0.01), gloss=0.6)
    with world.thing("toy"), world.placed((0, 0, 0), uniform(rng, -0.6, 0.6), s):
        world.ellipsoid((0, 0, 0.28), (0.22, 0.2, 0.28), fur)
        world.ellipsoid((0, 0, 0.72), (0.19, 0.18, 0.18), fur)
        world.ellipsoid((0, -0.16, 0.67), (0.08, 0.07, 0.065), light)
        long = 0.22 if chance(rng, 0.3) else 0.07
        for side in (-1, 1):
            world.ellipsoid((side * 0.15, 0.02, 0.86 + long * 0.5), (0.07, 0.04, long), fur)
            world.ellipsoid((side * 0.2, -0.25, 0.1), (0.1, 0.2, 0.1), fur)
            world.ellipsoid((side * 0.24, -0.08, 0.42), (0.08, 0.09, 0.19), fur, rotation=turn_y(side * -0.5))
            world.ellipsoid((side * 0.07, -0.165, 0.76), 0.022, black)
        world.ellipsoid((0, -0.23, 0.69), (0.03, 0.02, 0.02), black)


def papers(world: World, rng: np.random.Generator) -> None:
    """Loose sheets, envelopes or a magazine."""
    with world.thing("book"):
        for k in range(whole(rng, 1, 3)):
            size = pick(rng, ((0.21, 0.297), (0.148, 0.21), (0.11, 0.22)))
            centre = (uniform(rng, -0.06, 0.06), uniform(rng, -0.06, 0.06), 0.002 + 0.003 * k)
            world.box(centre, (*size, 0.002), random_material(rng, "paper"), yaw=uniform(rng, 0, pi))


def desk_lamp(world: World, rng: np.random.Generator) -> None:
    """A lamp with a jointed arm, or one with a shade."""
    metal = random_material(rng, pick(rng, ("metal", "plastic")))
    on = chance(rng, 0.5)
    light = lamp_colour(rng)
    with world.thing("lamp"), world.placed((0, 0, 0), uniform(rng, 0, 2 * pi)):
        if chance(rng, 0.55):
            world.frustum((0, 0, 0), (0, 0, 0.02), uniform(rng, 0.07, 0.1), metal)
            elbow = np.array([uniform(rng, -0.15, 0.0), 0, uniform(rng, 0.2, 0.35)])
            head = elbow + [uniform(rng, 0.12, 0.28), 0, uniform(rng, 0.02, 0.2)]
            world.frustum((0, 0, 0.02), elbow, 0.008, metal)
            world.frustum(elbow, head, 0.008, metal)
            mouth = head + [0.07, 0, -0.1]
            world.tube(mouth, head, uniform(rng, 0.06, 0.09), metal, top_radius=0.02)
            if on:
                world.ellipsoid(head + [0.04, 0, -0.06], 0.03, lit(light, 8.0))
                _light(world, mouth + [0.02, 0, -0.02], 0.03, light, 0.12)
        else:
            h, r = uniform(rng, 0.2, 0.4), uniform(rng, 0.08, 0.17)
            body = random_material(rng, "ceramic")
            world.ellipsoid((0, 0, h * 0.4), (r * 0.45, r * 0.45, h * 0.4), body)
            world.frustum((0, 0, 0), (0, 0, h + 0.04), 0.008, metal)
            world.frustum((0, 0, 0), (0, 0, 0.015), r * 0.5, body)
            shade(world, rng, h, r, light, on, 0.1)


def shade(world: World, rng: np.random.Generator, z: float, r: float, light: Colour, on: bool, power: float) -> None:
    """A lampshade from height `z` up, radius `r`, with its light."""
    h = r * uniform(rng, 0.9, 1.6)
    color = colour(rng, pick(rng, ("white", "white", "pale", "muted")))
    cloth = Material(color, times(color, 0.8), "plain", 0.02, 0.0, 0.0, 0.0, 0.0)
    if on:
        cloth = Material(mixed(color, light, 0.5), glow=uniform(rng, 0.8, 2.5))
        _light(world, (0, 0, z - 0.06), 0.06, light, power)
    world.tube((0, 0, z), (0, 0, z + h), r, cloth, top_radius=r * uniform(rng, 0.45, 1.0))


def _light(world: World, position, radius: float, light: Colour, strength: float) -> None:
    world.add_lamp(position, radius, tuple(LAMP_UNIT * strength * c for c in light))


LAMP_UNIT = 10.0
"""Power of a ceiling lamp in a room of 4 m; the strengths in this module are shares of it."""


def clock(world: World, rng: np.random.Generator) -> None:
    """A small standing clock or picture frame, or a figurine."""
    with world.thing("other"):
        if chance(rng, 0.5):
            w, h = uniform(rng, 0.08, 0.2), uniform(rng, 0.1, 0.25)
            turn = turn_x(-0.2)
            world.box((0, 0.02, h / 2), (w, 0.015, h), random_material(rng, "wood"), rotation=turn)
            world.box((0, 0.011, h / 2), (w * 0.8, 0.015, h * 0.82), random_material(rng, "picture"), rotation=turn)
        else:
            stone = random_material(rng, pick(rng, ("stone", "ceramic", "clay", "metal")))
            h = uniform(rng, 0.1, 0.35)
            world.frustum((0, 0, 0), (0, 0, h * 0.15), h * 0.25, stone)
            world.frustum((0, 0, h * 0.1), (0, 0, h * 0.7), h * 0.2, stone, top_radius=h * 0.1)
            world.ellipsoid((0, 0, h * 0.82), (h * 0.12, h * 0.13, h * 0.17), stone)


def teapot(world: World, rng: np.random.Generator) -> None:
    """A teapot, coffee pot or kettle with spout and handle."""
    material = random_material(rng, pick(rng, ("ceramic", "metal", "ceramic")))
    r = uniform(rng, 0.06, 0.1)
    tall = uniform(rng, 0.8, 1.5)
    with world.thing("dish"), world.placed((0, 0, 0), uniform(rng, 0, 2 * pi)):
        world.ellipsoid((0, 0, r * tall), (r, r, r * tall), material)
        world.frustum((0, 0, 0), (0, 0, r * 0.4), r * 0.75, material)
        world.frustum(
            (r * 0.8, 0, r * 0.7 * tall), (r * 1.7, 0, r * 1.7 * tall), r * 0.22, material, top_radius=r * 0.12
        )
        world.ellipsoid((0, 0, r * 2.02 * tall), r * 0.16, material)
        w = r * 0.09
        world.frustum((-r * 0.8, 0, r * 1.5 * tall), (-r * 1.5, 0, r * 1.4 * tall), w, material)
        world.frustum((-r * 1.5, 0, r * 0.7 * tall), (-r * 1.5, 0, r * 1.42 * tall), w, material)
        world.frustum((-r * 0.85, 0, r * 0.6 * tall), (-r * 1.5, 0, r * 0.72 * tall), w, material)


def pan(world: World, rng: np.random.Generator) -> None:
    """A pot or pan with a long handle or two ears."""
    material = random_material(rng, "metal")
    r, h = uniform(rng, 0.08, 0.15), uniform(rng, 0.04, 0.16)
    with world.thing("dish"), world.placed((0, 0, 0), uniform(rng, 0, 2 * pi)):
        world.tube((0, 0, 0), (0, 0, h), r * 0.92, material, top_radius=r)
        world.frustum((0, 0, 0), (0, 0, h * uniform(rng, 0.1, 1.05)), r * 0.9, random_material(rng, "metal"))
        if chance(rng, 0.6):
            world.frustum((r, 0, h * 0.8), (r + uniform(rng, 0.14, 0.2), 0, h), 0.011, Material((0.02, 0.02, 0.02)))
        else:
            for side in (-1, 1):
                world.box((side * (r + 0.015), 0, h * 0.85), (0.04, 0.06, 0.012), material)


def hand(world: World, rng: np.random.Generator) -> None:
    """A hand with a piece of its forearm, lying or reaching from +x."""
    skin = random_material(rng, "skin")
    with world.thing("person"), world.placed((0, 0, 0), uniform(rng, -0.3, 0.3)):
        world.ellipsoid((0, 0, 0.025), (0.05, 0.042, 0.02), skin)
        for k in range(4):
            y = -0.03 + 0.02 * k
            knuckle, tip = (-0.035, y, 0.03), (-0.075, y * 1.1, 0.034 - 0.004 * abs(k - 1))
            world.frustum(knuckle, tip, 0.0105, skin)
            world.frustum(tip, (-0.105, y * 1.15, 0.012), 0.0095, skin, top_radius=0.007)
        world.frustum((0.01, -0.035, 0.025), (-0.04, -0.075, 0.02), 0.012, skin, top_radius=0.009)
        end = (0.32, uniform(rng, -0.05, 0.05), uniform(rng, 0.05, 0.16))
        world.frustum((0.1, 0, 0.04), (0.03, 0, 0.026), 0.031, skin, top_radius=0.026)
        world.frustum(end, (0.1, 0, 0.04), 0.05, random_material(rng, "fabric"), top_radius=0.04)


def potted(world: World, rng: np.random.Generator) -> None:
    """A small plant in a pot."""
    plant(world, rng, uniform(rng, 0.15, 0.45))


SMALL: dict[str, tuple[Callable[[World, np.random.Generator], None], float]] = {
    "cup": (cup, 0.07),
    "glass": (drinking_glass, 0.05),
    "plate": (plate, 0.15),
    "bowl": (bowl, 0.15),
    "fruit": (fruit, 0.06),
    "bottle": (bottle, 0.05),
    "jar": (jar, 0.06),
    "carton": (carton, 0.1),
    "books": (books, 0.18),
    "open_book": (open_book, 0.2),
    "laptop": (laptop, 0.23),
    "monitor": (monitor, 0.33),
    "keyboard": (keyboard, 0.25),
    "phone": (phone, 0.08),
    "pen": (pen, 0.08),
    "pen_pot": (pen_pot, 0.06),
    "candle": (candle, 0.04),
    "glasses": (glasses, 0.08),
    "vase": (vase, 0.09),
    "chess": (chess_piece, 0.025),
    "block": (toy_block, 0.05),
    "ball": (ball, 0.1),
    "toy_car": (toy_car, 0.1),
    "plush": (plush, 0.17),
    "papers": (papers, 0.15),
    "desk_lamp": (desk_lamp, 0.14),
    "clock": (clock, 0.1),
    "teapot": (teapot, 0.14),
    "pan": (pan, 0.2),
    "hand": (hand, 0.13),
    "potted": (potted, 0.14),
}
"""Name: (function, radius in metres of the place it needs)."""

THEMES: dict[str, tuple[str, ...]] = {
    "any": tuple(SMALL),
    "meal": (
        "cup", "glass", "plate", "plate", "bowl", "fruit", "bottle", "jar", "teapot", "candle", "vase", "hand",
        "phone",
    ),
    "kitchen": (
        "cup", "glass", "plate", "bowl", "fruit", "bottle", "bottle", "jar", "carton", "carton", "teapot", "pan",
        "pen_pot", "potted",
    ),
    "desk": (
        "cup", "books", "open_book", "laptop", "monitor", "keyboard", "phone", "pen", "pen_pot", "glasses",
        "papers", "papers", "desk_lamp", "clock", "bottle", "potted",
    ),
    "living": (
        "cup", "glass", "bowl", "books", "books", "open_book", "phone", "candle", "vase", "vase", "papers", "clock",
        "potted", "desk_lamp", "bottle",
    ),
    "toys": (
        "chess", "chess", "block", "block", "block", "ball", "toy_car", "toy_car", "plush", "books", "fruit",
    ),
    "shelf": (
        "bottle", "jar", "carton", "books", "clock", "vase", "potted", "bowl", "candle", "plush", "toy_car", "ball",
        "cup", "teapot",
    ),
}  # fmt: skip
"""What tends to lie together."""


def scatter(
    world: World,
    rng: np.random.Generator,
    width: float,
    depth: float,
    n: int,
    theme: str = "any",
    z: float = 0.0,
    spread: float = 1.0,
) -> list[tuple[float, float, float]]:
    """Up to `n` small things without overlap on a rectangle about the origin at height `z`; returns (x, y, radius)."""
    names = THEMES[theme]
    taken: list[tuple[float, float, float]] = []
    for _ in range(n):
        function, radius = SMALL[pick(rng, names)]
        if 2 * radius > min(width, depth) * 1.15:
            continue
        rx, ry = max(0.0, width / 2 - radius) * spread, max(0.0, depth / 2 - radius) * spread
        for _ in range(4):
            x, y = uniform(rng, -rx, rx), uniform(rng, -ry, ry)
            if all((x - a) ** 2 + (y - b) ** 2 > (0.85 * (radius + c)) ** 2 for a, b, c in taken):
                taken.append((x, y, radius))
                yaw = uniform(rng, -0.5, 0.5) if function in (laptop, monitor, keyboard) else uniform(rng, -pi, pi)
                with world.placed((x, y, z), yaw):
                    function(world, rng)
                break
    return taken


# ---------------------------------------------------------------------------------------------------------------------
# Plants, people, animals


def plant(world: World, rng: np.random.Generator, height: float) -> None:
    """A plant in a pot: bush, broad leaves, sword leaves, palm or cactus; `height` from the floor to its top."""
    pot_r, pot_h = height * uniform(rng, 0.13, 0.24), height * uniform(rng, 0.18, 0.35)
    pot = random_material(rng, pick(rng, ("clay", "ceramic", "plastic")))
    leaf = random_material(rng, "leaf")
    with world.thing("plant"):
        world.tube((0, 0, 0), (0, 0, pot_h), pot_r * uniform(rng, 0.6, 1.0), pot, top_radius=pot_r)
        world.frustum((0, 0, 0), (0, 0, pot_h * 0.9), pot_r * 0.8, random_material(rng, "soil"))
        kind = whole(rng, 0, 4)
        top = height - pot_h
        if kind == 0:
            bush = Material(
                leaf.color, leaf.color2, "leaves", height * uniform(rng, 0.04, 0.09), 0.0, 0.5, uniform(rng, 0.3, 0.6)
            )
            for _ in range(whole(rng, 2, 4)):
                x, y = uniform(rng, -0.12, 0.12) * height, uniform(rng, -0.12, 0.12) * height
                r = top * uniform(rng, 0.25, 0.45)
                world.ellipsoid((x, y, pot_h + top * 0.55), (r, r, top * 0.45), bush)
            world.frustum((0, 0, pot_h * 0.8), (0, 0, pot_h + top * 0.4), height * 0.015, random_material(rng, "soil"))
        elif kind == 1 or kind == 3:
            n = whole(rng, 6, 13)
            for k in range(n):
                a = k * 2.4 + uniform(rng, -0.3, 0.3)
                tilt = uniform(rng, 0.2, 1.1)
                length = top * uniform(rng, 0.45, 0.95)
                tip = np.array([length * sin(tilt) * cos(a), length * sin(tilt) * sin(a), pot_h + length * cos(tilt)])
                size = top * uniform(rng, 0.12, 0.24)
                world.frustum((0, 0, pot_h * 0.85), tip, height * 0.006, leaf, top_radius=height * 0.003)
                turn = turn_z(a) @ turn_y(uniform(rng, -0.2, 1.0))
                shift = turn @ [size * 0.8, 0, 0]
                world.ellipsoid(
                    tip + shift, (size, size * (0.6 if kind == 1 else 0.2), size * 0.04), leaf, rotation=turn
                )
        elif kind == 2:
            for k in range(whole(rng, 7, 14)):
                a, tilt = k * 2.4, uniform(rng, 0.05, 0.7)
                length = top * uniform(rng, 0.6, 1.0)
                turn = turn_z(a) @ turn_y(tilt)
                centre = np.array([0, 0, pot_h * 0.8]) + turn @ [0, 0, length / 2]
                world.ellipsoid(centre, (top * 0.012, top * 0.05, length / 2), leaf, rotation=turn)
        else:
            r = height * uniform(rng, 0.08, 0.14)
            skin = Material(leaf.color, times(leaf.color, 1.6), "stripes", r * 0.4, 0.1, 0.5)
            world.frustum((0, 0, pot_h * 0.8), (0, 0, height - r), r, skin)
            world.ellipsoid((0, 0, height - r), r, skin)
            if chance(rng, 0.5):
                arm = (r * 2.0, 0, pot_h + top * 0.45)
                world.frustum((0, 0, pot_h + top * 0.35), arm, r * 0.5, skin)
                world.frustum(arm, (r * 2.1, 0, pot_h + top * 0.8), r * 0.5, skin, top_radius=r * 0.4)


_EYE = Material((0.02, 0.015, 0.01), gloss=0.6)
_LIPS = Material((0.3, 0.08, 0.07), gloss=0.2)


def person(world: World, rng: np.random.Generator, pose: str = "standing") -> None:
    """A person of 1.0 to 1.95 m facing -y, "standing" on z = 0, or "sitting" with the seat at z = 0."""
    s = uniform(rng, 1.5, 1.95) if chance(rng, 0.85) else uniform(rng, 1.0, 1.4)
    skin, hair = random_material(rng, "skin"), random_material(rng, "hair")
    shirt, trousers = random_material(rng, "fabric"), random_material(rng, "fabric")
    shoe = Material(colour(rng, pick(rng, ("dark", "white", "wood"))), gloss=0.2)
    bare = skin if chance(rng, 0.35) else shirt
    wide = uniform(rng, 0.9, 1.25)
    sitting = pose == "sitting"
    with world.thing("person"), world.placed((0, 0, -0.03 if sitting else 0.0), 0.0, s):
        hip = 0.06 if sitting else 0.51
        shoulder, neck = hip + 0.3, hip + 0.33
        bend = uniform(rng, -0.06, 0.03) if sitting else uniform(rng, -0.02, 0.02)
        for side in (-1, 1):
            x = side * 0.055 * wide
            if sitting:
                knee = (x * 1.5, -0.25, hip + 0.01)
                foot = (x * 1.5, -0.25 + uniform(rng, -0.08, 0.08), hip - 0.24)
            else:
                step = uniform(rng, -0.07, 0.07)
                knee, foot = (x * 1.1, step - 0.02, 0.27), (x * 1.1, step * 1.2, 0.03)
            world.frustum((x, 0, hip), knee, 0.05 * wide, trousers, top_radius=0.038)
            world.frustum(knee, foot, 0.037, trousers, top_radius=0.026)
            world.ellipsoid((foot[0], foot[1] - 0.035, foot[2] - 0.012), (0.025, 0.07, 0.02), shoe)
            top = (side * 0.105 * wide, bend, shoulder - 0.015)
            world.ellipsoid(top, 0.035 * wide, shirt)
            reach = rng.random()
            if reach < 0.5 and not sitting:
                elbow = (side * 0.14 * wide, bend + 0.015, shoulder - 0.17)
                wrist = (side * 0.15 * wide, bend - 0.05, shoulder - 0.31)
            else:
                elbow = (side * 0.145 * wide, bend - 0.03, shoulder - 0.16)
                wrist = (side * uniform(rng, 0.02, 0.14), bend - 0.2, shoulder - uniform(rng, 0.05, 0.2))
            world.frustum(top, elbow, 0.029, shirt, top_radius=0.024)
            world.frustum(elbow, wrist, 0.024, bare, top_radius=0.016)
            world.ellipsoid(wrist, (0.02, 0.024, 0.024), skin)
        world.ellipsoid((0, 0, hip + 0.01), (0.095 * wide, 0.065 * wide, 0.07), trousers)
        turn = np.array([[1, 0, 0], [0, 1, bend / 0.3], [0, 0, 1.0]])
        world.frustum((0, 0, hip), (0, bend, hip + 0.2), 0.085 * wide, shirt, top_radius=0.082 * wide)
        world.ellipsoid((0, bend * 0.8, hip + 0.2), (0.115 * wide, 0.07 * wide, 0.125), shirt, rotation=turn)
        world.frustum((0, bend, shoulder), (0, bend - 0.01, neck + 0.04), 0.032, skin)
        head = (0, bend - 0.015, neck + 0.085)
        world.ellipsoid(head, (0.045, 0.055, 0.068), skin)
        world.ellipsoid((0, head[1] + 0.012, head[2] + 0.018), (0.051, 0.056, 0.062), hair)
        world.ellipsoid((0, head[1] - 0.055, head[2] - 0.008), (0.008, 0.012, 0.014), skin)
        for side in (-1, 1):
            world.ellipsoid((side * 0.018, head[1] - 0.0475, head[2] + 0.01), (0.008, 0.008, 0.005), _EYE)
        world.ellipsoid((0, head[1] - 0.047, head[2] - 0.034), (0.016, 0.008, 0.005), _LIPS)
        if chance(rng, 0.35):
            world.ellipsoid((0, head[1] + 0.035, head[2] - 0.06), (0.055, 0.035, 0.1), hair)


HEADS = {
    "lying": (0.0, -0.42, 0.25),
    "curled": (-0.24, -0.2, 0.17),
    "sitting": (0.0, -0.12, 0.78),
    "standing": (0.0, -0.55, 0.78),
}
"""Where the head of an `animal` of 1 m is, by its pose."""


def animal(world: World, rng: np.random.Generator, size: float | None = None, pose: str | None = None) -> None:
    """A cat or a small dog facing -y, lying, sitting or standing on z = 0, its body `size` metres long."""
    s = size or uniform(rng, 0.35, 0.7)
    fur = random_material(rng, "fur")
    pale = random_material(rng, "fur", tint=mixed(fur.color, (0.7, 0.66, 0.6), uniform(rng, 0.2, 0.9)))
    eye = Material(pick(rng, ((0.01, 0.01, 0.01), (0.3, 0.4, 0.05), (0.05, 0.2, 0.3), (0.35, 0.2, 0.02))), gloss=0.9)
    pose = pose or pick(rng, ("lying", "lying", "curled", "sitting", "standing"))
    dog = chance(rng, 0.3)
    with world.thing("animal"), world.placed((0, 0, 0), 0.0, s):
        if pose == "lying":
            world.ellipsoid((0, 0.1, 0.17), (0.2, 0.45, 0.17), fur)
            world.ellipsoid((0.02, 0.35, 0.18), (0.22, 0.25, 0.19), fur)
            head = (uniform(rng, -0.1, 0.1), -0.42, uniform(rng, 0.16, 0.34))
            for side in (-1, 1):
                world.frustum((side * 0.13, -0.2, 0.06), (side * 0.1, -0.62, 0.045), 0.06, pale, top_radius=0.045)
                world.ellipsoid((side * 0.22, 0.4, 0.09), (0.08, 0.18, 0.1), fur)
            _tail(world, rng, fur, (0.05, 0.58, 0.07), flat=True)
        elif pose == "curled":
            world.ellipsoid((0, 0.0, 0.16), (0.38, 0.32, 0.17), fur)
            world.ellipsoid((0.2, 0.1, 0.17), (0.22, 0.24, 0.18), fur)
            head = (-0.24, -0.2, 0.17)
            world.frustum((0.1, -0.28, 0.05), (-0.25, -0.33, 0.05), 0.055, pale)
            _tail(world, rng, fur, (0.38, -0.1, 0.06), flat=True)
        elif pose == "sitting":
            world.ellipsoid((0, 0.15, 0.22), (0.24, 0.28, 0.24), fur)
            world.ellipsoid((0, 0.02, 0.42), (0.18, 0.2, 0.32), fur, rotation=turn_x(0.22))
            world.frustum((0, 0.0, 0.5), (0, -0.11, 0.74), 0.14, fur, top_radius=0.1)
            world.ellipsoid((0, -0.1, 0.44), (0.11, 0.1, 0.2), pale)
            head = (0, -0.12, 0.78)
            for side in (-1, 1):
                world.frustum((side * 0.08, -0.12, 0.35), (side * 0.09, -0.16, 0.02), 0.06, fur, top_radius=0.045)
                world.ellipsoid((side * 0.09, -0.2, 0.03), (0.05, 0.08, 0.035), pale)
                world.ellipsoid((side * 0.2, 0.08, 0.1), (0.09, 0.2, 0.11), fur)
            _tail(world, rng, fur, (0.1, 0.4, 0.05), flat=True)
        else:
            world.ellipsoid((0, 0.05, 0.5), (0.15, 0.45, 0.17), fur)
            world.frustum((0, -0.3, 0.55), (0, -0.5, 0.72), 0.12, fur, top_radius=0.09)
            head = (0, -0.55, 0.78)
            for side in (-1, 1):
                for y in (-0.28, 0.38):
                    world.frustum((side * 0.09, y, 0.48), (side * 0.09, y - 0.02, 0.02), 0.07, fur, top_radius=0.04)
            _tail(world, rng, fur, (0, 0.48, 0.55), flat=False)
        with world.placed(head, uniform(rng, -0.7, 0.7) if pose != "curled" else uniform(rng, -1.6, 0.2)):
            world.ellipsoid((0, 0, 0), (0.145, 0.14, 0.13), fur)
            snout = 0.13 if dog else 0.06
            world.ellipsoid((0, -0.1 - snout * 0.5, -0.045), (0.06, 0.05 + snout * 0.6, 0.045), pale)
            world.ellipsoid((0, -0.14 - snout, -0.025), (0.024, 0.015, 0.016), Material((0.1, 0.03, 0.03), gloss=0.4))
            for side in (-1, 1):
                shut = 0.008 if pose == "curled" else 0.03
                world.ellipsoid((side * 0.06, -0.122, 0.03), (0.026, 0.015, shut), eye)
                if dog and chance(rng, 0.6):
                    world.ellipsoid((side * 0.14, 0.0, 0.0), (0.025, 0.06, 0.12), fur)
                else:
                    world.frustum((side * 0.085, 0.02, 0.06), (side * 0.11, 0.02, 0.23), 0.06, fur, top_radius=0.006)


def _tail(world: World, rng: np.random.Generator, fur: Material, start, flat: bool) -> None:
    a = uniform(rng, -0.5, 2.5)
    here = np.array(start, float)
    for k in range(3):
        step = 0.2 * np.array([sin(a), cos(a), 0.0 if flat else 0.5 + 0.4 * k])
        world.frustum(here, here + step, 0.04 - 0.007 * k, fur, top_radius=0.033 - 0.007 * k)
        world.ellipsoid(here + step, 0.033 - 0.007 * k, fur)
        here = here + step
        a += uniform(rng, 0.2, 0.9)


# ---------------------------------------------------------------------------------------------------------------------
# Seats


def _leg(
    world: World, x: float, y: float, h: float, r: float, material: Material, round_: bool, splay: float = 0.0
) -> None:
    if round_ or splay:
        s = 1.0 + splay
        world.frustum((x * s, y * s, 0), (x, y, h), r * 0.7, material, top_radius=r)
    else:
        world.box((x, y, h / 2), (2 * r, 2 * r, h), material)


def chair(world: World, rng: np.random.Generator, style: dict | None = None) -> None:
    """A chair: slatted, ladder, panel or upholstered back; wooden, metal, shell, folding or with arms.

    Pass the same `style` dict (first empty) to several calls and they draw the same chair.
    """
    if style is None:
        style = {}
    if not style:
        frame = random_material(rng, pick(rng, ("wood", "wood", "wood", "metal", "painted", "plastic")))
        style.update(
            frame=frame,
            seat=frame
            if chance(rng, 0.4)
            else random_material(rng, pick(rng, ("fabric", "leather", "plastic", "wood"))),
            w=uniform(rng, 0.38, 0.52),
            d=uniform(rng, 0.38, 0.5),
            h=uniform(rng, 0.42, 0.48),
            back=uniform(rng, 0.32, 0.62),
            kind=whole(rng, 0, 4),
            r=uniform(rng, 0.012, 0.024),
            round=chance(rng, 0.4),
            splay=uniform(rng, 0.05, 0.2) if chance(rng, 0.35) else 0.0,
            arms=chance(rng, 0.2),
            lean=uniform(rng, 0.03, 0.3),
            n=whole(rng, 2, 5),
            cushion=chance(rng, 0.5),
        )
    frame, seat, w, d, h = style["frame"], style["seat"], style["w"], style["d"], style["h"]
    back, kind, r, lean = style["back"], style["kind"], style["r"], style["lean"]
    with world.thing("chair"):
        for sx in (-1, 1):
            for sy in (-1, 1):
                _leg(world, sx * (w / 2 - r), sy * (d / 2 - r), h, r, frame, style["round"], style["splay"])
        thick = uniform(rng, 0.05, 0.09) if style["cushion"] else 0.025
        world.box((0, 0, h + 0.0125), (w, d, 0.025), frame)
        if style["cushion"]:
            world.box((0, 0, h + thick / 2 + 0.01), (w * 0.96, d * 0.95, thick), seat)
        y0, y1 = d / 2 - r, d / 2 - r + back * sin(lean)
        z0, z1 = h, h + back * cos(lean)
        turn = turn_x(-lean)
        middle = (0, (y0 + y1) / 2, (z0 + z1) / 2)
        if kind < 4:
            for sx in (-1, 1):
                world.box((sx * (w / 2 - r), middle[1], middle[2]), (2 * r, 2 * r, back), frame, rotation=turn)
        n = style["n"]
        if kind == 0:  # upright slats under a rail
            world.box((0, y1, z1), (w, 2 * r, 0.06), frame, rotation=turn)
            world.box((0, y0 + 0.25 * (y1 - y0), z0 + 0.25 * (z1 - z0)), (w, r * 1.4, 0.03), frame, rotation=turn)
            for k in range(n):
                x = (k + 1) / (n + 1) * w - w / 2
                world.box((x, middle[1], middle[2]), (0.02, r, back * 0.96), frame, rotation=turn)
        elif kind == 1:  # ladder
            for k in range(n):
                f = 1.0 - 0.75 * k / n
                world.box(
                    (0, y0 + f * (y1 - y0), z0 + f * (z1 - z0)), (w, r * 1.2, back * 0.42 / n), frame, rotation=turn
                )
        elif kind == 2:  # panel in a frame
            centre = (0, y0 + 0.65 * (y1 - y0), z0 + 0.65 * (z1 - z0))
            world.box(centre, (w - 2 * r, 0.03, back * 0.62), seat, rotation=turn)
        elif kind == 3:  # upholstered
            world.box(middle, (w * 0.97, 0.06, back), seat, rotation=turn)
        else:  # a shell
            world.box((0, middle[1], middle[2] + 0.05), (w * 0.9, 0.025, back * 0.8), seat, rotation=turn)
            for sx in (-1, 1):
                side = (sx * w * 0.45, y0 - d * 0.2, h + 0.09)
                world.box(side, (0.022, d * 0.6, 0.16), seat, rotation=turn_y(sx * 0.25))
        if style["arms"]:
            for sx in (-1, 1):
                world.box((sx * (w / 2), 0.0, h + 0.22), (0.045, d, 0.025), frame)
                world.box((sx * (w / 2), -d * 0.4, h + 0.11), (0.03, 0.03, 0.22), frame)


def stool(world: World, rng: np.random.Generator) -> None:
    """A stool, from a footstool to a bar stool."""
    h, r = uniform(rng, 0.35, 0.78), uniform(rng, 0.15, 0.22)
    frame, top = random_material(rng, "wood" if chance(rng, 0.6) else "metal"), random_material(rng, "wood")
    with world.thing("chair"):
        for k in range(whole(rng, 3, 4)):
            a = k * 2 * pi / 3.99
            world.frustum(
                (r * 1.1 * cos(a), r * 1.1 * sin(a), 0),
                (r * 0.7 * cos(a), r * 0.7 * sin(a), h),
                0.014,
                frame,
                top_radius=0.014,
            )
        world.frustum((0, 0, h), (0, 0, h + 0.04), r, top if chance(rng, 0.5) else random_material(rng, "leather"))


def office_chair(world: World, rng: np.random.Generator) -> None:
    """A swivel chair on five castors."""
    fabric, black = random_material(rng, pick(rng, ("fabric", "leather"))), Material((0.02, 0.02, 0.022), gloss=0.3)
    if chance(rng, 0.5):
        fabric = Material(colour(rng, "dark"), pattern="cloth", scale=0.02)
    metal = black if chance(rng, 0.6) else random_material(rng, "metal")
    h, back = uniform(rng, 0.42, 0.52), uniform(rng, 0.4, 0.7)
    with world.thing("chair"):
        for k in range(5):
            a = k * 2 * pi / 5
            end = (0.3 * cos(a), 0.3 * sin(a), 0.06)
            world.frustum((0, 0, 0.1), end, 0.025, metal, top_radius=0.018)
            world.ellipsoid((end[0], end[1], 0.03), 0.03, black)
        world.frustum((0, 0, 0.08), (0, 0, h), 0.028, metal)
        world.box((0, 0, h + 0.04), (0.5, 0.48, 0.08), fabric)
        turn = turn_x(-0.12)
        world.box((0, 0.27, h + 0.15), (0.06, 0.03, 0.3), metal, rotation=turn)
        world.box((0, 0.27, h + 0.2 + back / 2), (0.46, 0.07, back), fabric, rotation=turn)
        if chance(rng, 0.6):
            for side in (-1, 1):
                world.box((side * 0.28, 0.02, h + 0.24), (0.06, 0.26, 0.03), black)
                world.box((side * 0.28, 0.05, h + 0.12), (0.03, 0.05, 0.24), metal)


def pillow(
    world: World, rng: np.random.Generator, centre, size: float, lean: float, yaw: float, material: Material
) -> None:
    """A cushion of edge `size` that leans back by `lean` radians."""
    turn = turn_z(yaw) @ turn_x(-lean)
    if chance(rng, 0.2):
        world.ellipsoid(centre, (size * 0.5, size * 0.17, size * 0.45), material, rotation=turn)
    else:
        world.box(centre, (size * 0.9, size * 0.13, size * 0.84), material, rotation=turn)
        world.ellipsoid(centre, (size * 0.5, size * 0.15, size * 0.46), material, rotation=turn)


def sofa(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """A sofa, or an armchair when w < 1.2: base, seats, back, arms, cushions, perhaps a blanket, a cat, a person."""
    cover = random_material(rng, "leather" if chance(rng, 0.25) else "fabric")
    second = cover if chance(rng, 0.75) else random_material(rng, "fabric")
    seat_h, arm_w = uniform(rng, 0.38, 0.46), uniform(rng, 0.08, 0.24)
    arm_h = seat_h + uniform(rng, 0.08, 0.26)
    back_d = uniform(rng, 0.16, 0.28)
    foot = uniform(rng, 0.04, 0.14)
    n = 1 if w < 1.2 else whole(rng, 2, 3)
    inner = w - 2 * arm_w
    with world.thing("sofa"):
        world.box((0, -d / 2, (foot + seat_h - 0.12) / 2 + foot / 2), (w, d, seat_h - 0.12 - foot), cover)
        legs = random_material(rng, "wood")
        for sx in (-1, 1):
            for y in (-0.08, -d + 0.08):
                world.frustum((sx * (w / 2 - 0.08), y, 0), (sx * (w / 2 - 0.08), y, foot + 0.02), 0.025, legs)
        world.box((0, -back_d / 2, (h + foot) / 2), (w, back_d, h - foot), cover, rotation=turn_x(-0.04))
        for sx in (-1, 1):
            x = sx * (w - arm_w) / 2
            world.box((x, -d / 2, (arm_h + foot) / 2), (arm_w, d, arm_h - foot), cover)
            if chance(rng, 0.6):
                world.frustum((x, 0, arm_h), (x, -d, arm_h), arm_w * 0.52, cover)
        step = inner / n
        seat_d = d - back_d
        lean = uniform(rng, 0.1, 0.35)
        for k in range(n):
            x = -inner / 2 + (k + 0.5) * step
            world.box((x, -back_d - seat_d / 2 - 0.01, seat_h - 0.06), (step * 0.985, seat_d, 0.15), second)
            if chance(rng, 0.85):
                size = (step * 0.97, 0.15, max(0.25, h - seat_h - 0.02))
                world.box((x, -back_d - 0.05, seat_h + size[2] / 2), size, second, rotation=turn_x(-lean))
    top = seat_h + 0.02
    with world.thing("cloth"):
        for _ in range(whole(rng, 0, 4) if n > 1 else whole(rng, 0, 1)):
            x, size = uniform(rng, -inner / 2 + 0.2, inner / 2 - 0.2) if n > 1 else 0.0, uniform(rng, 0.32, 0.52)
            centre = (x, -back_d - uniform(rng, 0.2, 0.3), top + size * 0.42)
            pillow(
                world,
                rng,
                centre,
                size,
                uniform(rng, 0.15, 0.5),
                uniform(rng, -0.5, 0.5),
                random_material(rng, "fabric"),
            )
        if chance(rng, 0.25):
            blanket = random_material(rng, "fabric")
            x, bw = uniform(rng, -inner / 3, inner / 3), uniform(rng, 0.3, 0.6)
            world.box((x, -back_d / 2, h + 0.005), (bw, back_d + 0.05, 0.03), blanket)
            world.box((x, -d / 2 - 0.05, seat_h + 0.025), (bw, d * 0.8, 0.025), blanket, yaw=uniform(rng, -0.2, 0.2))
    if n > 1 and chance(rng, 0.18):
        with world.placed((uniform(rng, -inner / 3, inner / 3), -d * 0.62, top), uniform(rng, -2, 2)):
            animal(world, rng)
    elif chance(rng, 0.16):
        with world.placed((uniform(rng, -0.3, 0.3) * (n > 1), -d * 0.55, top), uniform(rng, -0.3, 0.3)):
            person(world, rng, "sitting")


# ---------------------------------------------------------------------------------------------------------------------
# Tables and beds


def table(
    world: World,
    rng: np.random.Generator,
    w: float,
    d: float,
    h: float,
    *,
    round_: bool = False,
    role: str = "wood",
    cloth: float = 0.12,
) -> None:
    """A table top on four legs, a pedestal, trestles or panels; `cloth` is the chance of a tablecloth."""
    material = random_material(rng, role)
    frame = material if chance(rng, 0.6) else random_material(rng, pick(rng, ("metal", "painted", "wood")))
    t = uniform(rng, 0.018, 0.06)
    kind = whole(rng, 0, 6)
    with world.thing("table"):
        if round_:
            world.frustum((0, 0, h - t), (0, 0, h), w / 2, material)
        else:
            world.box((0, 0, h - t / 2), (w, d, t), material)
        if round_ or kind == 0:
            if chance(rng, 0.6):
                world.frustum((0, 0, 0.02), (0, 0, h - t), 0.05, frame)
                if chance(rng, 0.5):
                    world.frustum((0, 0, 0), (0, 0, 0.04), min(w, d) * 0.3, frame)
                else:
                    for k in range(2):
                        world.box((0, 0, 0.03), (min(w, d) * 0.7, 0.07, 0.05), frame, yaw=0.78 + k * pi / 2)
            else:
                for k in range(4):
                    a = pi / 4 + k * pi / 2
                    r = min(w, d) * 0.36
                    world.frustum(
                        (r * cos(a), r * sin(a), 0),
                        (r * 0.8 * cos(a), r * 0.8 * sin(a), h - t),
                        0.02,
                        frame,
                        top_radius=0.028,
                    )
        elif kind == 1 and w > 0.9:
            for sx in (-1, 1):
                world.box((sx * (w / 2 - 0.04), 0, (h - t) / 2), (0.03, d * 0.9, h - t), frame)
        elif kind == 2 and w > 0.9:
            for sx in (-1, 1):
                x = sx * w * 0.38
                for sy in (-1, 1):
                    world.frustum((x, sy * d * 0.42, 0), (x, sy * d * 0.12, h - t), 0.02, frame)
            world.box((0, 0, h * 0.35), (w * 0.76, 0.04, 0.05), frame)
        else:
            r = uniform(rng, 0.015, 0.04)
            turned, inset = chance(rng, 0.35), uniform(rng, 0.0, 0.08)
            for sx in (-1, 1):
                for sy in (-1, 1):
                    _leg(
                        world,
                        sx * (w / 2 - r - inset),
                        sy * (d / 2 - r - inset),
                        h - t,
                        r,
                        frame,
                        turned,
                        0.04 * turned,
                    )
            if chance(rng, 0.6):
                apron = uniform(rng, 0.05, 0.12)
                for s in (-1, 1):
                    world.box((0, s * (d / 2 - r - inset), h - t - apron / 2), (w - 2 * inset, 0.02, apron), frame)
                    world.box((s * (w / 2 - r - inset), 0, h - t - apron / 2), (0.02, d - 2 * inset, apron), frame)
    if not round_ and chance(rng, cloth):
        linen, drop = random_material(rng, "fabric"), uniform(rng, 0.1, 0.35)
        with world.thing("cloth"):
            world.box((0, 0, h + 0.001), (w + 0.02, d + 0.02, 0.004), linen)
            for s in (-1, 1):
                world.box((0, s * (d / 2 + 0.012), h - drop / 2), (w + 0.02, 0.006, drop), linen)
                world.box((s * (w / 2 + 0.012), 0, h - drop / 2), (0.006, d + 0.02, drop), linen)


def desk(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """A desk with its back at y = 0, drawers, and the usual things on it."""
    material = random_material(rng, "wood")
    front = material if chance(rng, 0.6) else random_material(rng, "painted")
    with world.thing("table"):
        world.box((0, -d / 2, h - 0.0175), (w, d, 0.035), material)
        sides = [-1, 1]
        for s in sides:
            if chance(rng, 0.45):
                uw = uniform(rng, 0.3, 0.45)
                world.box((s * (w / 2 - uw / 2 - 0.02), -d / 2, (h - 0.035) / 2), (uw, d * 0.9, h - 0.035), material)
                n = whole(rng, 2, 4)
                for k in range(n):
                    z = (k + 0.5) * (h - 0.06) / n + 0.01
                    world.box(
                        (s * (w / 2 - uw / 2 - 0.02), -d * 0.95, z), (uw * 0.93, 0.02, (h - 0.08) / n * 0.93), front
                    )
                    world.box(
                        (s * (w / 2 - uw / 2 - 0.02), -d * 0.95 - 0.02, z),
                        (uw * 0.3, 0.02, 0.015),
                        random_material(rng, "metal"),
                    )
            elif chance(rng, 0.5):
                world.box((s * (w / 2 - 0.02), -d / 2, (h - 0.035) / 2), (0.03, d * 0.92, h - 0.035), material)
            else:
                for y in (-0.05, -d + 0.05):
                    world.box((s * (w / 2 - 0.04), y, (h - 0.035) / 2), (0.04, 0.04, h - 0.035), front)
        if chance(rng, 0.5):
            world.box((0, -0.05, h * 0.65), (w * 0.95, 0.02, h * 0.5), material)
    with world.placed((0, -d / 2, h)):
        x = uniform(rng, -0.2, 0.2) * w
        if chance(rng, 0.75) and w > 0.9:
            with world.placed((x, d * 0.18, 0), uniform(rng, -0.3, 0.3)):
                monitor(world, rng)
            if chance(rng, 0.8):
                with world.placed((x, -d * 0.2, 0), uniform(rng, -0.15, 0.15)):
                    keyboard(world, rng)
            side = w / 2 - abs(x) * 0.5
            for s in (-1, 1):
                with world.placed((s * (side * 0.5 + 0.2), 0, 0)):
                    scatter(world, rng, max(0.2, side - 0.35), d * 0.95, whole(rng, 1, 4), "desk")
        else:
            scatter(world, rng, w, d, whole(rng, 3, 8), "desk")


def bed(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """A bed whose head stands at y = 0 and whose foot is at y = -d; h is the top of the mattress."""
    frame = random_material(rng, pick(rng, ("wood", "wood", "fabric", "metal", "painted")))
    sheet, cover = random_material(rng, "fabric", tint=colour(rng, "white")), random_material(rng, "fabric")
    with world.thing("bed"):
        base = uniform(rng, 0.15, 0.3)
        low = uniform(rng, 0.0, 0.12)
        world.box((0, -d / 2, (low + base) / 2), (w, d, base - low), frame)
        for sx in (-1, 1):
            for y in (-0.06, -d + 0.06):
                world.box((sx * (w / 2 - 0.05), y, base / 2), (0.07, 0.07, base), frame)
        head = h + uniform(rng, 0.1, 0.8)
        if chance(rng, 0.85):
            world.box((0, -0.03, head / 2), (w + 0.04, 0.06, head), frame)
        if chance(rng, 0.25):
            world.box((0, -d + 0.03, (h + 0.15) / 2), (w + 0.04, 0.05, h + 0.15), frame)
        world.box((0, -d / 2, (base + h) / 2), (w * 0.98, d * 0.97, h - base), sheet)
        start = d * uniform(rng, 0.22, 0.5)
        world.box((0, -(start + d) / 2 - 0.01, h - 0.05), (w * 1.03, d - start, 0.2), cover)
        world.ellipsoid((0, -(start + d) / 2, h + 0.03), (w * 0.5, (d - start) * 0.52, uniform(rng, 0.06, 0.16)), cover)
        if chance(rng, 0.5):
            world.box((0, -start - 0.08, h + 0.055), (w * 1.02, 0.25, 0.04), sheet)
        for _ in range(whole(rng, 0, 3)):
            spot = (uniform(rng, -0.35, 0.35) * w, -uniform(rng, start, d - 0.3), h + 0.06)
            world.ellipsoid(
                spot,
                (uniform(rng, 0.2, 0.4), uniform(rng, 0.1, 0.3), uniform(rng, 0.05, 0.13)),
                cover,
                yaw=uniform(rng, 0, 3),
            )
    n = 1 if w < 1.25 else 2
    with world.thing("cloth"):
        for k in range(n):
            x = 0.0 if n == 1 else (k - 0.5) * w * 0.5
            case = sheet if chance(rng, 0.5) else random_material(rng, "fabric")
            world.ellipsoid(
                (x, -0.28, h + 0.07), (w / n * 0.4, 0.21, 0.085), case, rotation=turn_x(uniform(rng, 0.1, 0.5))
            )
            if chance(rng, 0.3):
                size = uniform(rng, 0.3, 0.45)
                pillow(
                    world, rng, (x, -0.42, h + 0.2), size, 0.5, uniform(rng, -0.3, 0.3), random_material(rng, "fabric")
                )
    if chance(rng, 0.2):
        with world.placed((uniform(rng, -0.25, 0.25) * w, -d * 0.65, h + 0.12), uniform(rng, -3, 3)):
            pick(rng, (animal, animal, plush))(world, rng)


# ---------------------------------------------------------------------------------------------------------------------
# Storage


def handle(world: World, rng: np.random.Generator, x: float, y: float, z: float, kind: int, material: Material) -> None:
    """A knob, or a bar upright or level, on a front at y that faces -y."""
    if kind == 0:
        world.ellipsoid((x, y - 0.015, z), 0.016, material)
    elif kind == 1:
        world.box((x, y - 0.018, z), (0.014, 0.016, 0.13), material)
    else:
        world.box((x, y - 0.018, z), (0.13, 0.016, 0.014), material)


def cupboard(world: World, rng: np.random.Generator, w: float, d: float, h: float, *, things: bool = True) -> None:
    """A wardrobe, sideboard or chest of drawers with doors and handles, and things on top when it is low."""
    body = random_material(rng, pick(rng, ("wood", "wood", "painted")))
    front = body if chance(rng, 0.55) else random_material(rng, pick(rng, ("wood", "painted")))
    metal = random_material(rng, "metal")
    foot = uniform(rng, 0.03, 0.16)
    kind = whole(rng, 0, 2)
    with world.thing("cupboard"):
        world.box((0, -d / 2, (h + foot) / 2), (w, d, h - foot), body)
        if chance(rng, 0.5):
            for sx in (-1, 1):
                for y in (-0.05, -d + 0.05):
                    world.box((sx * (w / 2 - 0.05), y, foot / 2), (0.04, 0.04, foot), body)
        else:
            world.box((0, -d / 2 + 0.02, foot / 2), (w * 0.96, d * 0.92, foot), times_material(body, 0.5))
        if chance(rng, 0.4):
            world.box((0, -d / 2 - 0.01, h + 0.012), (w + 0.04, d + 0.02, 0.025), body)
        nx = max(1, round(w / uniform(rng, 0.4, 0.6)))
        drawers = h < 1.3 and chance(rng, 0.45)
        nz = whole(rng, 2, 4) if drawers else (2 if chance(rng, 0.25) else 1)
        if drawers:
            nx = min(nx, 2)
        for i in range(nx):
            for j in range(nz):
                cw, ch = w / nx, (h - foot) / nz
                x, z = -w / 2 + (i + 0.5) * cw, foot + (j + 0.5) * ch
                world.box((x, -d - 0.006, z), (cw - 0.015, 0.014, ch - 0.015), front)
                if drawers:
                    handle(world, rng, x, -d - 0.01, z, 0 if kind == 0 else 2, metal)
                else:
                    side = 1 if i % 2 == 0 else -1
                    handle(world, rng, x + side * (cw / 2 - 0.06), -d - 0.01, z, min(kind, 1), metal)
    if things and h < 1.5 and chance(rng, 0.85):
        with world.placed((0, -d / 2, h + 0.025)):
            scatter(world, rng, w * 0.95, d, whole(rng, 1, 5), "shelf")


def times_material(material: Material, factor: float) -> Material:
    """The same material, brighter or darker."""
    second = None if material.color2 is None else times(material.color2, factor)
    return Material(
        times(material.color, factor), second, material.pattern, material.scale, material.gloss, material.bump
    )


def bookcase(world: World, rng: np.random.Generator, w: float, d: float, h: float, *, books_most: int = 9) -> None:
    """Shelves between two sides, filled with books, boxes and things; some without a back."""
    body = random_material(rng, pick(rng, ("wood", "wood", "painted", "metal")))
    t = uniform(rng, 0.015, 0.035)
    n = max(1, round(h / uniform(rng, 0.28, 0.45)))
    foot = uniform(rng, 0.0, 0.12)
    full = uniform(rng, 0.3, 0.95)
    with world.thing("cupboard"):
        for s in (-1, 1):
            world.box((s * (w - t) / 2, -d / 2, h / 2), (t, d, h), body)
        if chance(rng, 0.75):
            world.box((0, -0.008, h / 2), (w, 0.016, h), times_material(body, uniform(rng, 0.5, 1.0)))
        for k in range(n + 1):
            z = foot + (h - foot - t) * k / n
            world.box((0, -d / 2, z + t / 2), (w - 2 * t, d, t), body)
    inner, gap = w - 2 * t, (h - foot - t) / n - t
    for k in range(n):
        z = foot + (h - foot - t) * k / n + t
        with world.placed((0, -d, z)):
            shelf_row(world, rng, inner, d, gap, full, books_most)
    if h < 1.9 and chance(rng, 0.6):
        with world.placed((0, -d / 2, h)):
            scatter(world, rng, w, d, whole(rng, 1, 4), "shelf")


def shelf_row(
    world: World, rng: np.random.Generator, width: float, depth: float, height: float, full: float, most: int
) -> None:
    """What stands on one shelf of the given inner size; y = 0 is its front edge, y = depth its back."""
    if chance(rng, full):
        share = 1.0 if chance(rng, 0.5) else uniform(rng, 0.35, 0.8)
        x = -width * (1 - share) / 2
        with world.placed((x, uniform(rng, 0.01, 0.05), 0)):
            book_row(world, rng, width * share, depth * 0.85, min(height * 0.97, uniform(rng, 0.2, 0.36)), most)
        if share < 0.7:
            with world.placed((width * share / 2, depth / 2, 0)):
                small_things(world, rng, width * (1 - share), depth, height)
    elif chance(rng, 0.3):
        material = random_material(rng, pick(rng, ("card", "fabric", "plastic")))
        n = whole(rng, 1, 4)
        with world.thing("box"):
            for k in range(n):
                bw, bh = width / n * 0.9, height * uniform(rng, 0.5, 0.85)
                world.box((-width / 2 + (k + 0.5) * width / n, depth * 0.5, bh / 2), (bw, depth * 0.85, bh), material)
    elif chance(rng, 0.85):
        with world.placed((0, depth / 2, 0)):
            small_things(world, rng, width, depth, height)


def small_things(world: World, rng: np.random.Generator, width: float, depth: float, height: float) -> None:
    """A few bottles, boxes, cups or figures that fit under `height`."""
    n = whole(rng, 1, 4)
    for k in range(n):
        x = -width / 2 + (k + uniform(rng, 0.3, 0.7)) * width / n
        scale = min(1.0, height / 0.36, width / n / 0.14)
        if scale < 0.3:
            continue
        with world.placed((x, uniform(rng, -0.2, 0.15) * depth, 0), uniform(rng, -0.5, 0.5), scale):
            pick(rng, (bottle, jar, carton, cup, clock, ball, toy_car, candle, carton, bowl))(world, rng)


def kitchen_unit(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """A run of kitchen units: cupboards, worktop, sink or hob, things on it, cupboards above."""
    front = random_material(rng, pick(rng, ("painted", "painted", "wood")))
    top = random_material(rng, pick(rng, ("stone", "wood", "stone")))
    metal = random_material(rng, "metal")
    n = max(1, round(w / 0.6))
    cw = w / n
    kind = whole(rng, 0, 2)
    oven = whole(rng, 0, n - 1) if chance(rng, 0.6) else -1
    sink = whole(rng, 0, n - 1) if chance(rng, 0.6) else -1
    with world.thing("cupboard"):
        world.box((0, -d / 2 + 0.02, h / 2), (w, d - 0.04, h - 0.02), times_material(front, 0.8))
        for k in range(n):
            x = -w / 2 + (k + 0.5) * cw
            if k == oven:
                world.box((x, -d, h * 0.52), (cw - 0.01, 0.03, h * 0.72), Material((0.02, 0.02, 0.02), gloss=0.6))
                world.box((x, -d - 0.03, h * 0.78), (cw * 0.8, 0.02, 0.02), metal)
                world.box((x, -d - 0.002, h * 0.9), (cw - 0.01, 0.03, 0.08), metal)
                for j in range(3):
                    world.ellipsoid((x + (j - 1) * 0.13, -d - 0.025, h * 0.9), 0.018, metal)
            elif chance(rng, 0.3):
                for j in range(3):
                    z = 0.12 + (j + 0.5) * (h - 0.17) / 3
                    world.box((x, -d, z), (cw - 0.012, 0.03, (h - 0.17) / 3 - 0.01), front)
                    handle(world, rng, x, -d - 0.015, z, 0 if kind == 0 else 2, metal)
            else:
                world.box((x, -d, h * 0.55), (cw - 0.012, 0.03, h * 0.8), front)
                handle(world, rng, x + (0.4 if k % 2 else -0.4) * cw, -d - 0.015, h * 0.8, kind, metal)
        world.box((0, -d / 2 - 0.01, h), (w + 0.02, d + 0.03, 0.04), top)
    with world.placed((0, -d / 2, h + 0.02)):
        if sink >= 0:
            x = -w / 2 + (sink + 0.5) * cw
            with world.thing("cupboard"):
                world.box((x, 0, 0.001), (cw * 0.75, d * 0.6, 0.004), Material((0.06, 0.06, 0.06), gloss=0.5))
                world.frustum((x, d * 0.34, 0), (x, d * 0.34, 0.28), 0.014, metal)
                world.frustum((x, d * 0.34, 0.27), (x, d * 0.05, 0.24), 0.012, metal)
        if oven >= 0:
            x = -w / 2 + (oven + 0.5) * cw
            with world.thing("cupboard"):
                world.box((x, 0, 0.003), (cw * 0.9, d * 0.8, 0.006), Material((0.01, 0.01, 0.01), gloss=0.8))
            if chance(rng, 0.6):
                with world.placed((x + 0.1, uniform(rng, -0.1, 0.1), 0.006)):
                    pan(world, rng)
        scatter(world, rng, w * 0.95, d * 0.8, whole(rng, 2, 3 + n), "kitchen")
    if chance(rng, 0.75):
        uw, z, uh = w * (1.0 if chance(rng, 0.5) else 0.6), uniform(rng, 1.35, 1.5), uniform(rng, 0.5, 0.8)
        side = uniform(rng, -0.5, 0.5) * (w - uw)
        if chance(rng, 0.7):
            with world.thing("cupboard"):
                world.box((side, -0.165, z + uh / 2), (uw, 0.33, uh), times_material(front, 0.8))
                m = max(1, round(uw / 0.5))
                for k in range(m):
                    x = side - uw / 2 + (k + 0.5) * uw / m
                    world.box((x, -0.335, z + uh / 2), (uw / m - 0.012, 0.02, uh - 0.01), front)
                    handle(world, rng, x + (0.4 if k % 2 else -0.4) * uw / m, -0.345, z + 0.1, kind, metal)
        else:
            for k in range(2):
                with world.placed((side, 0, z + 0.35 * k)):
                    wall_shelf(world, rng, uw, 0.25)


def fridge(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """A refrigerator, washing machine or stove, by its height."""
    body = random_material(rng, "metal" if chance(rng, 0.4) else "painted", wild=0.02)
    metal = random_material(rng, "metal")
    with world.thing("cupboard"):
        world.box((0, -d / 2, h / 2 + 0.01), (w, d, h - 0.02), body)
        if h < 1.0 and chance(rng, 0.6):
            world.frustum((0, -d + 0.01, h * 0.47), (0, -d - 0.03, h * 0.47), w * 0.33, metal)
            world.frustum(
                (0, -d, h * 0.47), (0, -d - 0.035, h * 0.47), w * 0.25, Material((0.02, 0.02, 0.025), gloss=0.8)
            )
            world.box((0, -d - 0.004, h * 0.92), (w * 0.96, 0.01, h * 0.11), times_material(body, 0.8))
        else:
            split = h * uniform(rng, 0.3, 0.7)
            world.box((0, -d - 0.02, (split + 0.05) / 2), (w, 0.045, split - 0.06), body)
            world.box((0, -d - 0.02, (split + h) / 2), (w, 0.045, h - split - 0.02), body)
            for z in (split - 0.25, split + 0.25):
                world.box((-w * 0.42, -d - 0.065, z), (0.02, 0.03, 0.3), metal)
            if chance(rng, 0.4):
                for _ in range(whole(rng, 2, 5)):
                    spot = (
                        uniform(rng, -0.4, 0.35) * w,
                        -d - 0.044,
                        uniform(rng, split + 0.1, max(split + 0.2, h - 0.1)),
                    )
                    world.box(
                        spot,
                        (uniform(rng, 0.04, 0.15), 0.004, uniform(rng, 0.04, 0.2)),
                        random_material(rng, "picture"),
                    )


# ---------------------------------------------------------------------------------------------------------------------
# On walls and ceilings: origin on the wall, at the middle of the thing unless said otherwise


def picture(world: World, rng: np.random.Generator) -> None:
    """A picture, poster, mirror, clock or board."""
    w, h = uniform(rng, 0.2, 1.1), uniform(rng, 0.2, 0.9)
    kind = rng.random()
    with world.thing("picture"):
        if kind < 0.6:
            frame = random_material(rng, pick(rng, ("wood", "metal", "plastic")))
            b = uniform(rng, 0.015, 0.06)
            world.box((0, -0.012, 0), (w + 2 * b, 0.024, h + 2 * b), frame)
            if chance(rng, 0.4):
                world.box((0, -0.0245, 0), (w, 0.004, h), Material((0.75, 0.74, 0.7)))
                world.box((0, -0.027, 0), (w * 0.65, 0.004, h * 0.65), random_material(rng, "picture"))
            else:
                world.box((0, -0.025, 0), (w, 0.004, h), random_material(rng, "picture"))
        elif kind < 0.8:
            world.box((0, -0.003, 0), (w, 0.005, h), random_material(rng, "picture"))
        elif kind < 0.9:
            r = uniform(rng, 0.12, 0.3)
            world.frustum((0, 0, 0), (0, -0.04, 0), r, random_material(rng, "plastic"))
            world.frustum((0, 0, 0), (0, -0.043, 0), r * 0.88, Material((0.8, 0.8, 0.78)))
            world.box(
                (0.1 * r, -0.045, 0.2 * r), (0.02, 0.005, r * 0.6), Material((0.01, 0.01, 0.01)), rotation=turn_y(0.4)
            )
            world.box(
                (-0.2 * r, -0.045, 0), (r * 0.8, 0.005, 0.015), Material((0.01, 0.01, 0.01)), rotation=turn_y(0.2)
            )
        else:
            world.box((0, -0.01, 0), (w * 1.5, 0.02, h * 1.3), random_material(rng, "wood"))
            board = pick(rng, ((0.02, 0.05, 0.03), (0.8, 0.8, 0.8), (0.45, 0.28, 0.13), (0.02, 0.02, 0.02)))
            world.box((0, -0.021, 0), (w * 1.5 - 0.06, 0.004, h * 1.3 - 0.06), Material(board, gloss=0.2))
            for _ in range(whole(rng, 0, 5)):
                spot = (uniform(rng, -0.6, 0.6) * w, -0.025, uniform(rng, -0.5, 0.5) * h)
                world.box(
                    spot, (uniform(rng, 0.05, 0.2), 0.004, uniform(rng, 0.05, 0.25)), random_material(rng, "paper")
                )


def wall_shelf(world: World, rng: np.random.Generator, w: float, d: float) -> None:
    """A board on the wall with books and things; z = 0 is its top."""
    with world.thing("cupboard"):
        world.box((0, -d / 2, -0.0125), (w, d, 0.025), random_material(rng, "wood"))
        if chance(rng, 0.5):
            metal = random_material(rng, "metal")
            for s in (-1, 1):
                world.box((s * w * 0.38, -d * 0.4, -0.035), (0.02, d * 0.8, 0.02), metal)
    with world.placed((0, -d, 0)):
        shelf_row(world, rng, w * 0.95, d, 0.35, 0.5, 9)


def television(world: World, rng: np.random.Generator) -> None:
    """A flat screen on the wall, or a projector's screen."""
    w = uniform(rng, 0.7, 1.5)
    with world.thing("screen"):
        world.box((0, -0.04, 0), (w, 0.06, w * 0.57), Material((0.015, 0.015, 0.015), gloss=0.5))
        world.box((0, -0.071, 0), (w - 0.03, 0.004, w * 0.57 - 0.03), screen_material(rng))


def radiator(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """A radiator under a window, its foot at z = 0."""
    color = Material(colour(rng, "white"), gloss=0.2)
    with world.thing("other"):
        low = uniform(rng, 0.08, 0.2)
        if chance(rng, 0.5):
            ribs = Material(color.color, times(color.color, 0.6), "stripes", 0.06, 0.2, 0.4)
            world.box((0, -d / 2 - 0.03, (low + h) / 2), (w, d, h - low), ribs)
        else:
            n = min(12, max(4, round(w / 0.09)))
            for k in range(n):
                x = -w / 2 + (k + 0.5) * w / n
                world.box((x, -d / 2 - 0.03, (low + h) / 2), (w / n * 0.62, d, h - low), color)
            world.box((0, -d / 2 - 0.03, low + 0.06), (w, 0.04, 0.05), color)
            world.box((0, -d / 2 - 0.03, h - 0.06), (w, 0.04, 0.05), color)
        world.frustum((w / 2, -d / 2 - 0.03, low + 0.08), (w / 2 + 0.1, -d / 2 - 0.03, low + 0.08), 0.015, color)
        world.frustum((w / 2 + 0.1, -d / 2 - 0.03, 0), (w / 2 + 0.1, -d / 2 - 0.03, low + 0.12), 0.012, color)


def curtain(world: World, rng: np.random.Generator, w: float, h: float) -> None:
    """Curtains at both sides of a window of width `w`; z = 0 is their lower edge, h the rod's height above it."""
    cloth = random_material(rng, "fabric")
    cloth = Material(cloth.color, cloth.color2, cloth.pattern, cloth.scale, 0.0, 0.3)
    with world.thing("cloth"):
        for s in (-1, 1):
            share = uniform(rng, 0.12, 0.4)
            n = whole(rng, 3, 5)
            for k in range(n):
                x = s * (w / 2 + 0.15 - share * w * (k + 0.5) / n)
                # folds: strips turned to and fro
                world.box((x, -0.09, h / 2), (share * w / n * 1.25, 0.03, h), cloth, yaw=0.55 if k % 2 else -0.55)
        world.frustum(
            (-w / 2 - 0.25, -0.1, h + 0.01), (w / 2 + 0.25, -0.1, h + 0.01), 0.014, random_material(rng, "metal")
        )


def door_leaf(world: World, rng: np.random.Generator, w: float, h: float, opened: float, material: Material) -> None:
    """A door whose hinge is at the origin and that extends to +x when shut; `opened` radians turn it towards -y."""
    metal = random_material(rng, "metal")
    with world.thing("door"), world.placed((0, 0, 0), -opened):
        world.box((w / 2, 0, h / 2), (w - 0.01, 0.04, h - 0.01), material)
        style = whole(rng, 0, 3)
        panel = times_material(material, uniform(rng, 0.75, 1.1))
        if style:
            for k in range(style):
                z = (k + 0.5) * h / style
                world.box((w / 2, 0, z), (w * 0.68, 0.05, h / style * 0.75), panel)
        for s in (-1, 1):
            world.frustum((w - 0.07, 0, h * 0.49), (w - 0.07, s * 0.06, h * 0.49), 0.012, metal)
            world.box((w - 0.12, s * 0.06, h * 0.49), (0.12, 0.018, 0.018), metal)


def window_pane(world: World, rng: np.random.Generator, w: float, h: float, glow: float) -> None:
    """Frame and bars of a window, centred on the origin in the wall's plane; with glow > 0 also a shining pane."""
    frame = Material(colour(rng, pick(rng, ("white", "white", "wood", "dark"))), gloss=0.2)
    b = uniform(rng, 0.03, 0.07)
    with world.thing("window"):
        for s in (-1, 1):
            world.box((s * (w - b) / 2, 0, 0), (b, 0.06, h), frame)
            world.box((0, 0, s * (h - b) / 2), (w, 0.06, b), frame)
        nx, nz = (whole(rng, 1, 3), whole(rng, 1, 3)) if chance(rng, 0.6) else (1 + (w > 1.0), 1)
        for k in range(1, nx):
            world.box((-w / 2 + k * w / nx, 0, 0), (b * 0.8, 0.05, h), frame)
        for k in range(1, nz):
            world.box((0, 0, -h / 2 + k * h / nz), (w, 0.05, b * 0.6), frame)
        if glow > 0:
            sky = pick(rng, ((0.85, 0.92, 1.0), (1.0, 0.97, 0.92), (0.95, 0.97, 1.0)))
            other = times(sky, uniform(rng, 0.4, 0.95))
            world.box(
                (0, 0.01, 0),
                (w - b, 0.008, h - b),
                Material(sky, other, pick(rng, ("plain", "noise")), h * 0.4, 0.0, 0.0, 0.0, glow),
            )
        if chance(rng, 0.25):
            world.box((0, -0.1, -h / 2 - 0.02), (w + 0.1, 0.22, 0.03), frame)
    if chance(rng, 0.25):
        slats = Material(colour(rng, "white"), times(colour(rng, "white"), 0.5), "stripes", 0.05)
        drop = h * uniform(rng, 0.15, 0.9)
        with world.thing("cloth"):
            world.box((0, -0.06, h / 2 - drop / 2), (w * 0.95, 0.02, drop), slats)


def ceiling_lamp(world: World, rng: np.random.Generator, power: float) -> None:
    """A lamp under the ceiling at z = 0: pendant, globe, panel, tubes or spots."""
    light = lamp_colour(rng)
    kind = whole(rng, 0, 4)
    with world.thing("lamp"):
        if kind == 0:
            drop = uniform(rng, 0.3, 0.9)
            world.frustum((0, 0, -drop), (0, 0, 0), 0.006, Material((0.05, 0.05, 0.05)))
            world.ellipsoid((0, 0, -drop - 0.1), 0.06, lit(light, 6.0))
            with world.placed((0, 0, -drop - 0.2)):
                shade(world, rng, 0, uniform(rng, 0.15, 0.3), light, False, 0)
            _light(world, (0, 0, -drop - 0.24), 0.12, light, power)
        elif kind == 1:
            r = uniform(rng, 0.1, 0.22)
            drop = uniform(rng, 0.0, 0.7)
            world.frustum((0, 0, -drop), (0, 0, 0), 0.01, Material((0.3, 0.3, 0.3)))
            world.ellipsoid((0, 0, -drop - r * 0.8), (r, r, r * 0.8), lit(light, 2.5))
            _light(world, (0, 0, -drop - r * 1.7), r, light, power)
        elif kind == 2:
            w, d = uniform(rng, 0.5, 1.3), uniform(rng, 0.25, 0.6)
            world.box((0, 0, -0.02), (w, d, 0.04), lit(light, 3.0))
            _light(world, (0, 0, -0.15), 0.25, light, power)
        elif kind == 3:
            for y in (-0.12, 0.12):
                world.frustum((-0.6, y, -0.06), (0.6, y, -0.06), 0.02, lit(light, 5.0))
            world.box((0, 0, -0.015), (1.25, 0.36, 0.03), Material((0.7, 0.7, 0.7)))
            _light(world, (0, 0, -0.2), 0.25, light, power)
        else:
            for x in (-0.5, 0.0, 0.5):
                world.frustum((x, 0, -0.12), (x, 0, 0), 0.04, Material((0.3, 0.3, 0.3)))
                world.frustum((x, 0, -0.125), (x, 0, -0.11), 0.035, lit(light, 8.0))
            _light(world, (0, 0, -0.25), 0.15, light, power)


# ---------------------------------------------------------------------------------------------------------------------
# On the floor


def floor_lamp(world: World, rng: np.random.Generator) -> None:
    """A standing lamp, straight or arched."""
    h, r = uniform(rng, 1.2, 1.75), uniform(rng, 0.12, 0.24)
    metal, light, on = random_material(rng, pick(rng, ("metal", "wood"))), lamp_colour(rng), chance(rng, 0.6)
    with world.thing("lamp"):
        if chance(rng, 0.3):
            for k in range(3):
                a = k * 2 * pi / 3
                world.frustum((0.25 * cos(a), 0.25 * sin(a), 0), (0, 0, h), 0.014, metal)
        else:
            world.frustum((0, 0, 0), (0, 0, 0.03), uniform(rng, 0.11, 0.17), metal)
            world.frustum((0, 0, 0), (0, 0, h + 0.05), 0.012, metal)
        shade(world, rng, h, r, light, on, 0.3)


def rug(world: World, rng: np.random.Generator, w: float, d: float) -> None:
    """A rug, rectangular or oval."""
    material = random_material(rng, "carpet")
    with world.thing("cloth"):
        if chance(rng, 0.2):
            world.frustum((0, 0, 0.001), (0, 0, 0.012), min(w, d) / 2, material)
        else:
            world.box((0, 0, 0.006), (w, d, 0.012), material)
            if chance(rng, 0.5):
                b = uniform(rng, 0.05, 0.25)
                world.box((0, 0, 0.008), (w - 2 * b, d - 2 * b, 0.012), random_material(rng, "carpet"))


def boxes(world: World, rng: np.random.Generator) -> None:
    """One to four cardboard boxes, crates or suitcases, stacked or side by side."""
    z, material = 0.0, random_material(rng, "card")
    for k in range(whole(rng, 1, 4)):
        size = (uniform(rng, 0.2, 0.55), uniform(rng, 0.2, 0.45), uniform(rng, 0.12, 0.45))
        if k and chance(rng, 0.5):
            material = random_material(rng, pick(rng, ("card", "plastic")))
        with world.thing("box"):
            yaw = uniform(rng, -0.4, 0.4)
            world.box((0, 0, z + size[2] / 2), size, material, yaw=yaw)
            if chance(rng, 0.5):
                world.box(
                    (0, 0, z + size[2] / 2),
                    (size[0] * 1.004, 0.05, size[2] * 1.004),
                    times_material(material, 1.4),
                    yaw=yaw,
                )
        z += size[2]
        if z > 1.1:
            break


def waste_bin(world: World, rng: np.random.Generator) -> None:
    """A waste-paper basket or a bucket."""
    r, h = uniform(rng, 0.1, 0.19), uniform(rng, 0.22, 0.55)
    material = random_material(rng, pick(rng, ("plastic", "metal", "fabric")))
    with world.thing("other"):
        world.tube((0, 0, 0), (0, 0, h), r * uniform(rng, 0.75, 1.0), material, top_radius=r)
        world.frustum((0, 0, 0), (0, 0, h * uniform(rng, 0.05, 0.8)), r * 0.73, random_material(rng, "paper"))


def bag(world: World, rng: np.random.Generator) -> None:
    """A rucksack, handbag or sack."""
    material = random_material(rng, "fabric" if chance(rng, 0.7) else "leather")
    w, d, h = uniform(rng, 0.22, 0.4), uniform(rng, 0.12, 0.22), uniform(rng, 0.22, 0.5)
    strap = times_material(material, 0.6)
    with world.thing("cloth"), world.placed((0, 0, 0), uniform(rng, -1, 1)):
        world.box((0, 0, h * 0.4), (w * 0.9, d * 0.85, h * 0.8), material, rotation=turn_x(-0.1))
        world.ellipsoid((0, 0, h * 0.45), (w * 0.52, d * 0.6, h * 0.5), material)
        if chance(rng, 0.6):
            world.box((0, -d * 0.55, h * 0.3), (w * 0.6, d * 0.3, h * 0.35), strap)
        for s in (-1, 1):
            world.frustum((s * w * 0.25, 0, h * 0.85), (s * w * 0.1, 0, h * 1.15), 0.012, strap)
        world.frustum((-w * 0.1, 0, h * 1.15), (w * 0.1, 0, h * 1.15), 0.012, strap)


def shoes(world: World, rng: np.random.Generator) -> None:
    """A pair of shoes or slippers."""
    material, sole = random_material(rng, "leather"), random_material(rng, "plastic")
    with world.thing("cloth"):
        for s in (-1, 1):
            with world.placed((s * 0.07, uniform(rng, -0.06, 0.06), 0), uniform(rng, -0.3, 0.3)):
                world.ellipsoid((0, -0.05, 0.04), (0.045, 0.1, 0.04), material)
                world.ellipsoid((0, 0.07, 0.055), (0.04, 0.07, 0.055), material)
                world.box((0, 0, 0.01), (0.085, 0.27, 0.02), sole)


def cable(world: World, rng: np.random.Generator) -> None:
    """A cable that winds over the floor."""
    material = Material(colour(rng, pick(rng, ("dark", "white", "vivid"))))
    x, y, a = 0.0, 0.0, uniform(rng, 0, 2 * pi)
    with world.thing("other"):
        for _ in range(whole(rng, 3, 6)):
            a += uniform(rng, -0.9, 0.9)
            step = uniform(rng, 0.12, 0.3)
            nx, ny = x + step * cos(a), y + step * sin(a)
            world.frustum((x, y, 0.008), (nx, ny, 0.008), 0.008, material)
            x, y = nx, ny


def clothes_rack(world: World, rng: np.random.Generator) -> None:
    """A rail with clothes on hangers, a drying rack, or a coat stand."""
    metal = random_material(rng, "metal")
    if chance(rng, 0.35):
        with world.thing("other"):
            world.frustum((0, 0, 0), (0, 0, 1.75), 0.02, metal)
            world.frustum((0, 0, 0), (0, 0, 0.04), 0.22, metal)
        with world.thing("cloth"):
            for k in range(whole(rng, 2, 4)):
                a = k * 1.7
                world.ellipsoid(
                    (0.15 * cos(a), 0.15 * sin(a), 1.25), (0.15, 0.09, 0.42), random_material(rng, "fabric"), yaw=a
                )
        return
    w, h = uniform(rng, 0.8, 1.4), uniform(rng, 1.3, 1.7)
    with world.thing("other"):
        for s in (-1, 1):
            world.frustum((s * w / 2, 0, 0), (s * w / 2, 0, h), 0.014, metal)
            world.box((s * w / 2, 0, 0.02), (0.04, 0.45, 0.03), metal)
        world.frustum((-w / 2, 0, h), (w / 2, 0, h), 0.014, metal)
    with world.thing("cloth"):
        n = whole(rng, 3, 9)
        for k in range(n):
            x = -w / 2 + (k + 0.6) * w / (n + 0.5)
            long = uniform(rng, 0.5, 1.0)
            world.box(
                (x, 0, h - 0.06 - long / 2),
                (0.035, uniform(rng, 0.3, 0.46), long),
                random_material(rng, "fabric"),
                yaw=uniform(rng, -0.3, 0.3),
            )


def easel(world: World, rng: np.random.Generator) -> None:
    """An easel or tripod with a board, a flip chart or a telescope on it."""
    wood, h = random_material(rng, "wood"), uniform(rng, 1.2, 1.7)
    with world.thing("other"):
        for x, y in ((-0.35, -0.15), (0.35, -0.15), (0, 0.45)):
            world.frustum((x, y, 0), (x * 0.1, 0.05, h), 0.014, wood)
    with world.thing("picture"):
        world.box(
            (0, -0.07, h * 0.68),
            (uniform(rng, 0.4, 0.7), 0.02, uniform(rng, 0.4, 0.8)),
            random_material(rng, "picture"),
            rotation=turn_x(-0.2),
        )


def bicycle(world: World, rng: np.random.Generator) -> None:
    """A bicycle seen from its side (along x), on its stand."""
    paint, black = Material(colour(rng, "any"), gloss=0.5), Material((0.015, 0.015, 0.015))
    chrome = Material((0.5, 0.5, 0.5), gloss=0.7)
    r = uniform(rng, 0.28, 0.35)
    with world.thing("other"):
        for x in (-0.52, 0.52):
            world.tube((x, -0.02, r), (x, 0.02, r), r, black)
            world.frustum((x, -0.04, r), (x, 0.04, r), 0.03, chrome)
            for k in range(3):
                a = k * pi / 3 + x
                world.frustum((x - r * cos(a), 0, r - r * sin(a)), (x + r * cos(a), 0, r + r * sin(a)), 0.003, chrome)
        crank, seat, head = (-0.08, 0, 0.28), (-0.2, 0, 0.78), (0.38, 0, 0.8)
        for a, b in (
            (crank, seat),
            (crank, head),
            (seat, head),
            ((-0.52, 0, r), crank),
            ((-0.52, 0, r), seat),
            (head, (0.52, 0, r)),
        ):
            world.frustum(a, b, 0.016, paint)
        world.frustum(head, (0.33, 0, 0.98), 0.013, chrome)
        world.frustum((0.33, -0.28, 0.98), (0.33, 0.28, 0.98), 0.013, black)
        world.ellipsoid((-0.22, 0, 0.86), (0.13, 0.07, 0.035), black)


def fireplace(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """A fireplace with its mantelpiece, back at y = 0."""
    stone = random_material(rng, pick(rng, ("stone", "wood", "painted")))
    with world.thing("other"):
        side = w * 0.22
        for s in (-1, 1):
            world.box((s * (w - side) / 2, -d / 2, h / 2), (side, d, h), stone)
        world.box((0, -d / 2, h * 0.86), (w - 2 * side, d, h * 0.28), stone)
        world.box((0, -d / 2 - 0.03, h + 0.03), (w + 0.12, d + 0.06, 0.06), stone)
        world.box((0, -0.02, h * 0.36), (w - 2 * side, 0.04, h * 0.72), Material((0.02, 0.018, 0.016)))
        if chance(rng, 0.4):
            for k in range(3):
                world.frustum(
                    (-0.18, -d * 0.5, 0.06 + 0.05 * k),
                    (0.2, -d * 0.45 - 0.03 * k, 0.07 + 0.04 * k),
                    0.04,
                    random_material(rng, "wood"),
                )
    with world.placed((0, -d / 2, h + 0.06)):
        scatter(world, rng, w, d, whole(rng, 1, 5), "shelf")


def piano(world: World, rng: np.random.Generator, w: float, d: float, h: float) -> None:
    """An upright piano, back at y = 0."""
    wood = Material(colour(rng, pick(rng, ("dark", "wood", "white"))), gloss=0.6)
    with world.thing("other"):
        world.box((0, -d * 0.27, h / 2), (w, d * 0.54, h), wood)
        world.box((0, -d * 0.6, 0.66), (w, d * 0.78, 0.1), wood)
        keys = Material((0.75, 0.74, 0.7), (0.05, 0.05, 0.05), "stripes", 0.03, 0.3)
        world.box((0, -d * 0.8, 0.72), (w * 0.92, d * 0.32, 0.025), keys)
        for s in (-1, 1):
            world.box((s * (w / 2 - 0.05), -d * 0.93, 0.31), (0.07, 0.07, 0.62), wood)
            world.box((s * (w / 2 - 0.03), -d * 0.8, 0.73), (0.06, d * 0.4, 0.1), wood)
        if chance(rng, 0.6):
            world.box((0, -d * 0.56, 0.98), (0.4, 0.02, 0.28), random_material(rng, "paper"), rotation=turn_x(-0.2))
    with world.placed((0, -d * 0.27, h)):
        scatter(world, rng, w, d * 0.5, whole(rng, 0, 4), "shelf")
