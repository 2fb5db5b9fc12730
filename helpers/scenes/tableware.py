"""What one eats and drinks from, and what is in it: cups, plates, bottles, pots, fruit.

Each thing stands on z = 0 around its own origin, in a random style; metres.
"""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.indoor_materials import colour, mixed, random_material, times
from helpers.scenes.world import Material, World, rotation_z


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
                turn = rotation_z(angle)
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
