"""Trees, bushes, hedges, flowers, tufts of grass and twigs, standing on z = 0, in a random style; metres.

`detail` is 2 near by, 1 in the middle distance, 0 far away: fewer shapes for what is small in the picture.
"""

from __future__ import annotations

import math

import numpy as np

from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.outdoor_materials import any_colour, bark, darker, foliage, shade
from helpers.scenes.shapes import plank
from helpers.scenes.world import Material, World

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
    height = height or uniform(rng, 5.0, 14.0)
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
            width = uniform(rng, 0.08, 0.14) * height
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
    clear = uniform(rng, 0.15, 0.42)
    thick = height * uniform(rng, 0.012, 0.03) * (0.6 if kind in ("young", "birch") else 1.0)
    fork = np.array([lean[0] * 0.5, lean[1] * 0.5, height * (clear + 0.12)])
    crown = height * (1 - clear)
    centre = np.array([lean[0], lean[1], height * clear + crown * 0.5])
    spread = crown * uniform(rng, 0.36, 0.62) * (0.7 if kind in ("young", "birch") else 1.0)
    world.frustum((0, 0, -0.1), fork, thick, trunk, top_radius=thick * 0.65)
    if detail > 1:
        world.frustum((0, 0, -0.1), (0, 0, height * 0.05), thick * 1.7, trunk, top_radius=thick)
    tufts = (3, 6, 11)[detail] + int(rng.integers(0, 3))
    turn = uniform(rng, 0, 6.3)
    for i in range(tufts):
        a = turn + i * 2.4
        level = (i + 0.5) / tufts
        out = spread * 0.62 * math.sqrt(max(0.05, 1 - (1.7 * level - 0.7) ** 2)) * uniform(rng, 0.7, 1.15)
        at = centre + (out * math.cos(a), out * math.sin(a), crown * 0.42 * (level * 1.7 - 0.8))
        size = spread * uniform(rng, 0.34, 0.62) * (1.25, 1.1, 1.0)[detail]
        world.ellipsoid(
            at, (size, size * uniform(rng, 0.8, 1.1), size * uniform(rng, 0.6, 0.9)), leaves if i % 3 else second, yaw=a
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
        colour, darker(colour, 0.4), "leaves", uniform(rng, 0.12, 0.3), bump=0.8, cutout=uniform(rng, 0.2, 0.5)
    )
    width = height * uniform(rng, 0.14, 0.24)
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
            width * (1 - t) * uniform(rng, 0.85, 1.1) + 0.1,
            needles,
            top_radius=0.02,
        )


def _bare(world, rng, height, trunk, detail):
    thick = height * uniform(rng, 0.014, 0.025)
    top = np.array([*rng.normal(0, 0.04 * height, 2), height * uniform(rng, 0.3, 0.45)])
    world.frustum((0, 0, -0.1), top, thick, trunk, top_radius=thick * 0.7)
    ends = [(top, thick * 0.65, np.array([0, 0, 1.0]), height * 0.3)]
    budget = (6, 12, 24)[detail]
    while ends and budget > 0:
        base, radius, direction, length = ends.pop(0)
        for _ in range(3 if radius > thick * 0.5 else 2):
            way = direction + rng.normal(0, 0.5, 3)
            way[2] = abs(way[2]) * 0.8 + 0.15
            way /= math.sqrt(way @ way)
            tip = base + way * length * uniform(rng, 0.6, 1.1)
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
        a, droop = i * 2.4, uniform(rng, -0.5, 0.5)
        out = height * 0.25 + 0.6
        middle = before + (out * 0.5 * math.cos(a), out * 0.5 * math.sin(a), 0.25 * out)
        end = before + (out * math.cos(a), out * math.sin(a), droop * out)
        plank(world, before, middle, 0.35, 0.03, leaf)
        plank(world, middle, end, 0.45, 0.03, leaf)


def bush(world: World, rng: np.random.Generator, size: float = 1.0, detail: int = 1) -> None:
    """A shrub about `size` metres high, now and then in flower."""
    leaves = foliage(rng, cutout=uniform(rng, 0.15, 0.45), size=0.5)
    if chance(rng, 0.12):
        leaves = Material(leaves.color, any_colour(rng, 1.0), "leaves", leaves.scale, bump=0.6, cutout=leaves.cutout)
    with world.thing("plant"):
        for _ in range((1, 3, 5)[detail]):
            x, y = rng.normal(0, 0.35 * size, 2)
            r = size * uniform(rng, 0.3, 0.6)
            world.ellipsoid((x, y, r * 0.75), (r * uniform(rng, 0.8, 1.3), r, r * uniform(rng, 0.8, 1.2)), leaves)


def hedge(
    world: World, rng: np.random.Generator, length: float, height: float | None = None, thickness: float = 0.8
) -> None:
    """A clipped or a shaggy hedge along x, centred at the origin."""
    height = height or uniform(rng, 0.8, 2.4)
    leaves = foliage(rng, autumn=0.03, cutout=uniform(rng, 0.08, 0.3), size=0.5)
    with world.thing("plant"):
        world.box((0, 0, height / 2), (length, thickness, height), leaves)
        if chance(rng, 0.5):
            n = min(10, int(length / 1.5))
            for i in range(n):
                r = uniform(rng, 0.5, 0.8) * thickness
                x = length * ((i + 0.5) / max(n, 1) - 0.5)
                world.ellipsoid((x, 0, height * uniform(rng, 0.7, 1.0)), (1.2, r, height * 0.25), leaves)


def flowers(world: World, rng: np.random.Generator, count: int = 10, spread: float = 1.0, height: float = 0.4) -> None:
    """Flowers on stalks, `spread` metres around the origin."""
    stalk = Material((0.1, 0.22, 0.05))
    petal = Material(any_colour(rng, 1.0))
    with world.thing("plant"):
        for _ in range(count):
            x, y = rng.normal(0, spread * 0.5, 2)
            top = (x + rng.normal(0, 0.05), y, height * uniform(rng, 0.6, 1.3))
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
                (x, y, 0), (x + bend[0], y + bend[1], height * uniform(rng, 0.6, 1.2)), 0.012, blade, top_radius=0.002
            )


def twig(world: World, rng: np.random.Generator, length: float = 1.5) -> None:
    """A leafy branch that reaches from the origin along +x and hangs a little."""
    wood, leaves = bark(rng), foliage(rng, cutout=uniform(rng, 0.4, 0.65), size=0.35)
    with world.thing("tree"):
        end = np.array([length, 0, -0.15 * length])
        world.frustum((0, 0, 0), end, 0.02 + 0.012 * length, wood, top_radius=0.006)
        for i in range(6):
            t = (i + 0.6) / 6
            at = end * t + rng.normal(0, 0.12 * length, 3) * (1, 1, 0.6)
            world.frustum(end * t * 0.85, at, 0.01, wood, top_radius=0.004)
            r = length * uniform(rng, 0.07, 0.18)
            world.ellipsoid(at, (r * 1.3, r, r * 0.8), leaves)
