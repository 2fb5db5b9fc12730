"""Books, computers and what else lies on a desk: pens, papers, a phone, glasses.

Each thing stands on z = 0 around its own origin, in a random style; what has a front looks towards -y; metres.
"""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.indoor_materials import colour, random_material, times
from helpers.scenes.lamps import candle
from helpers.scenes.shapes import turn_x, turn_y
from helpers.scenes.tableware import cup, fruit
from helpers.scenes.toys import toy_block
from helpers.scenes.world import Material, World


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


def glasses(world: World, rng: np.random.Generator) -> None:
    """A pair of spectacles."""
    frame = Material(colour(rng, "dark"), gloss=0.4)
    with world.thing("other"):
        for side in (-1, 1):
            x = side * 0.034
            world.tube((x, 0, 0.02), (x, 0.004, 0.02), 0.025, frame)
            world.frustum((side * 0.065, 0, 0.025), (side * 0.062, 0.13, 0.012), 0.0025, frame)
        world.frustum((-0.01, 0, 0.025), (0.01, 0, 0.025), 0.0025, frame)


def papers(world: World, rng: np.random.Generator) -> None:
    """Loose sheets, envelopes or a magazine."""
    with world.thing("book"):
        for k in range(whole(rng, 1, 3)):
            size = pick(rng, ((0.21, 0.297), (0.148, 0.21), (0.11, 0.22)))
            centre = (uniform(rng, -0.06, 0.06), uniform(rng, -0.06, 0.06), 0.002 + 0.003 * k)
            world.box(centre, (*size, 0.002), random_material(rng, "paper"), yaw=uniform(rng, 0, pi))
