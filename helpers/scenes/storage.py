"""What holds things: cupboards, bookcases, shelves, kitchen units, fridges, filled at random.

What stands has z = 0 at its foot and looks towards -y; what hangs has its back at y = 0. Sizes are metres: width
along x, depth along y, height along z.
"""

from __future__ import annotations

import numpy as np

from helpers.scenes.desk_things import book_row
from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.indoor_materials import random_material, times_material
from helpers.scenes.lamps import candle
from helpers.scenes.small_things import clock, scatter
from helpers.scenes.tableware import bottle, bowl, carton, cup, jar, pan
from helpers.scenes.toys import ball, toy_car
from helpers.scenes.world import Material, World


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
                few_things(world, rng, width * (1 - share), depth, height)
    elif chance(rng, 0.3):
        material = random_material(rng, pick(rng, ("card", "fabric", "plastic")))
        n = whole(rng, 1, 4)
        with world.thing("box"):
            for k in range(n):
                bw, bh = width / n * 0.9, height * uniform(rng, 0.5, 0.85)
                world.box((-width / 2 + (k + 0.5) * width / n, depth * 0.5, bh / 2), (bw, depth * 0.85, bh), material)
    elif chance(rng, 0.85):
        with world.placed((0, depth / 2, 0)):
            few_things(world, rng, width, depth, height)


def few_things(world: World, rng: np.random.Generator, width: float, depth: float, height: float) -> None:
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
