"""Lamp posts, traffic lights, signs, fences, benches, statues, fountains, cafes, stalls.

They stand on z = 0; benches and stalls face -y; metres. `detail` is 2 near by, 1 in the middle distance, 0 far away:
fewer shapes for what is small in the picture.
"""

from __future__ import annotations

import math

import numpy as np

from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.houses import railing
from helpers.scenes.outdoor_materials import (
    RUBBER,
    any_colour,
    darker,
    foliage,
    masonry,
    metal,
    plain,
    shade,
    stone,
    textile,
    timber,
    water,
)
from helpers.scenes.shapes import plank, slanted_box
from helpers.scenes.world import Material, World


def lamp_post(world: World, rng: np.random.Generator, detail: int = 2, lit: bool = False) -> None:
    """A street lamp; its arm reaches towards -y."""
    paint, high = metal(rng), uniform(rng, 3.5, 9.0)
    bulb = Material((0.9, 0.8, 0.6), glow=6.0) if lit else Material((0.7, 0.7, 0.68), gloss=0.5)
    with world.thing("pole"):
        world.frustum((0, 0, 0), (0, 0, high), uniform(rng, 0.06, 0.11), paint, top_radius=0.045)
        if detail:
            world.frustum((0, 0, 0), (0, 0, 0.9), 0.12, paint, top_radius=0.09)
        if high < 5:
            world.frustum((0, 0, high), (0, 0, high + 0.5), 0.14, bulb, top_radius=0.22)
            world.frustum((0, 0, high + 0.5), (0, 0, high + 0.7), 0.28, paint, top_radius=0.05)
        else:
            for side in (-1, 1) if chance(rng, 0.15) else (-1,):
                reach = uniform(rng, 0.8, 2.0)
                world.frustum((0, 0, high - 0.1), (0, side * reach, high + 0.35), 0.04, paint)
                world.ellipsoid((0, side * (reach + 0.2), high + 0.33), (0.15, 0.4, 0.08), bulb)


def traffic_light(world: World, rng: np.random.Generator) -> None:
    """A traffic light on a post, facing -y."""
    dark = Material((0.03, 0.03, 0.03))
    arm = chance(rng, 0.25)
    high = 5.5 if arm else uniform(rng, 2.9, 3.5)
    lamps = ((0.8, 0.05, 0.03), (0.8, 0.45, 0.03), (0.05, 0.6, 0.2))
    on = int(rng.integers(3))
    with world.thing("pole"):
        world.frustum((0, 0, 0), (0, 0, high), 0.07, metal(rng))
        x = 0.0
        if arm:
            x = uniform(rng, 1.5, 3.5)
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
    high = uniform(rng, 1.9, 2.8)
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
                (uniform(rng, 0.9, 1.8), 0.04, uniform(rng, 0.3, 0.8)),
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


def power_pole(world: World, rng: np.random.Generator) -> tuple[tuple[float, float, float], ...]:
    """A wooden or concrete pole for wires that run along y; returns where they hang."""
    high = 8.0
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
            high, material = uniform(rng, 0.5, 2.0), masonry(rng)
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
        high = uniform(rng, 0.9, 1.9)
        wood = timber(rng) if kind != "mesh" else metal(rng)
        posts = min(14, max(2, int(length / uniform(rng, 2.0, 3.0)))) if detail else 2
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
    wood, frame, wide = timber(rng), metal(rng), uniform(rng, 1.3, 2.0)
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
            high = uniform(rng, 0.6, 1.1)
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
    base, wide = uniform(rng, 0.8, 2.8), uniform(rng, 0.9, 2.2)
    plinth = stone(rng)
    with world.thing("other"):
        world.box((0, 0, 0.15), (wide * 1.6, wide * 1.6, 0.3), plinth)
        world.box((0, 0, base / 2 + 0.2), (wide, wide, base), plinth)
        world.box((0, 0, base + 0.2), (wide * 1.15, wide * 1.15, 0.18), plinth)
        top = base + 0.3
        kind = pick(rng, ("figure", "figure", "figure", "obelisk", "column", "urn", "rider"))
        if kind == "obelisk":
            high = uniform(rng, 4, 14)
            world.frustum((0, 0, top), (0, 0, top + high), wide * 0.42, material, top_radius=wide * 0.25)
            world.frustum((0, 0, top + high), (0, 0, top + high * 1.08), wide * 0.25, material, top_radius=0.01)
            return top + high
        if kind == "column":
            high = uniform(rng, 4, 12)
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
        tall = uniform(rng, 1.0, 1.7)
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
    material, radius = stone(rng), uniform(rng, 1.5, 5.0)
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
            world.frustum((0, 0, 2.1), (0, 0, 2.6), uniform(rng, 1.1, 1.6), cloth, top_radius=0.04)


def planter(world: World, rng: np.random.Generator) -> None:
    """A pot or trough with a plant in it."""
    size = uniform(rng, 0.25, 0.6)
    pot = plain(rng, pick(rng, ((0.45, 0.2, 0.1), (0.4, 0.4, 0.38), (0.1, 0.1, 0.1))))
    with world.thing("plant"):
        world.frustum((0, 0, 0), (0, 0, size), size * 0.6, pot, top_radius=size * 0.6) if chance(
            rng, 0.3
        ) else world.tube((0, 0, 0), (0, 0, size), size * 0.42, pot, top_radius=size * 0.6)
        leaves = foliage(rng, size=0.4)
        tall = uniform(rng, 0.4, 1.4)
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
