"""People on foot and on two wheels, animals and birds, heading towards +y, standing on z = 0; metres.

`detail` is 2 near by, 1 in the middle distance, 0 far away: fewer shapes for what is small in the picture.
"""

from __future__ import annotations

import math

import numpy as np

from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.outdoor_materials import HAIR, RUBBER, SKIN, any_colour, darker, plain, shade, textile
from helpers.scenes.shapes import plank
from helpers.scenes.vehicles import bicycle
from helpers.scenes.world import Material, World


def person(world: World, rng: np.random.Generator, pose: str | None = None, detail: int = 2) -> None:
    """Somebody standing, walking or sitting (on something 0.45 m high) and facing +y; height 1.0 to 1.95 m."""
    pose = pose or pick(rng, ("stand", "stand", "walk", "walk", "walk"))
    height = uniform(rng, 1.55, 1.92) if chance(rng, 0.88) else uniform(rng, 1.0, 1.4)
    skin, hair = plain(rng, pick(rng, SKIN)), plain(rng, pick(rng, HAIR))
    top, trousers, shoe = textile(rng), textile(rng), Material(any_colour(rng, 0.3))
    if chance(rng, 0.5):
        trousers = Material(
            shade(rng, pick(rng, ((0.05, 0.06, 0.12), (0.03, 0.03, 0.03), (0.1, 0.14, 0.25), (0.3, 0.26, 0.2))))
        )
    stride = uniform(rng, 0.12, 0.35) if pose == "walk" else uniform(rng, 0.0, 0.06)
    build = uniform(rng, 0.85, 1.25)
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
                (0, 0, uniform(rng, 0.25, 0.55)), (0, 0, hip + 0.12), uniform(rng, 0.2, 0.3), top, top_radius=0.13
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
                (0.2 * side, 0.25, chest - 0.05 + uniform(rng, -0.1, 0.25))
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


def cyclist(world: World, rng: np.random.Generator, detail: int = 2) -> None:
    """Somebody riding a bicycle towards +y."""
    bicycle(world, rng, detail)
    skin, top, trousers = plain(rng, pick(rng, SKIN)), textile(rng), textile(rng)
    with world.thing("person"):
        lean = uniform(rng, 0.1, 0.35)
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
        up = uniform(rng, -0.15, 0.15)
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
    size = uniform(rng, 0.7, 1.2) if kind == "dog" else uniform(rng, 0.9, 1.1)
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
            step = uniform(rng, -0.12, 0.12) * half
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
                    (0, -half * 1.25, middle - girth * uniform(rng, -1.5, 0.8)),
                    leg,
                    dark if kind == "horse" else coat,
                    top_radius=leg * 0.5,
                )


def bird(world: World, rng: np.random.Generator) -> None:
    """A bird in flight around the origin, wings spread along x."""
    coat = Material(shade(rng, pick(rng, ((0.7, 0.7, 0.7), (0.05, 0.05, 0.05), (0.3, 0.25, 0.2)))))
    lift = uniform(rng, -0.1, 0.25)
    with world.thing("animal"):
        world.ellipsoid((0, 0, 0), (0.07, 0.2, 0.07), coat)
        for side in (-1, 1):
            plank(world, (side * 0.03, 0, 0), (side * 0.5, -0.05, lift), 0.16, 0.015, coat)
