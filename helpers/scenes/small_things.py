"""The list of all small things, which of them lie together, and `scatter`, which lays them out on a surface."""

from __future__ import annotations

from collections.abc import Callable
from math import pi

import numpy as np

from helpers.scenes.desk_things import books, glasses, keyboard, laptop, monitor, open_book, papers, pen, pen_pot, phone
from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.house_plants import potted, vase
from helpers.scenes.indoor_materials import random_material
from helpers.scenes.lamps import candle, desk_lamp
from helpers.scenes.shapes import turn_x
from helpers.scenes.tableware import bottle, bowl, carton, cup, drinking_glass, fruit, jar, pan, plate, teapot
from helpers.scenes.toys import ball, chess_piece, plush, toy_block, toy_car
from helpers.scenes.world import World


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
