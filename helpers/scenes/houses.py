"""Houses, the facades of a street, and their parts: windows, doors, shops, balconies, railings.

They stand on z = 0 and face -y; metres. `detail` is 2 near by, 1 in the middle distance, 0 far away: fewer shapes for
what is small in the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.outdoor_materials import GLASS, any_colour, masonry, metal, plain, roofing, shade
from helpers.scenes.shapes import plank, prism, slanted_box
from helpers.scenes.world import Material, World

_DEEP = 10.0  # metres from the front of a facade to its back


def window(
    world: World, x: float, z: float, wide: float, high: float, frame: Material, glass: Material, detail: int = 1
) -> None:
    """A window about (x, z) in a wall whose face is the plane y = 0: frame, panes, sill."""
    with world.thing("window"):
        world.box((x, 0, z), (wide + 0.14, 0.08, high + 0.14), frame)
        world.box((x, -0.01, z), (wide, 0.09, high), glass)
        if detail:
            world.box((x, -0.02, z), (0.05, 0.1, high), frame)
            world.box((x, -0.06, z - high / 2 - 0.08), (wide + 0.25, 0.2, 0.07), frame)


def door(
    world: World, rng: np.random.Generator, x: float, z: float, wide: float = 1.0, high: float = 2.1, y: float = 0.0
) -> None:
    """A house door in a wall whose face is the plane y, with frame, handle and now and then a step."""
    leaf = Material(any_colour(rng, 0.8), pattern=pick(rng, ("plain", "planks", "wood")), scale=0.15, gloss=0.2)
    with world.thing("door"):
        world.box((x, y, z + high / 2), (wide + 0.2, 0.1, high + 0.2), plain(rng, (0.6, 0.6, 0.58)))
        world.box((x, y - 0.01, z + high / 2), (wide, 0.12, high), leaf)
        world.ellipsoid((x + 0.4 * wide, y - 0.1, z + high * 0.48), 0.04, Material((0.5, 0.45, 0.3), gloss=0.7))
        if chance(rng, 0.4):
            world.box((x, y - 0.02, z + high * 0.75), (wide * 0.6, 0.12, high * 0.3), GLASS)
    if chance(rng, 0.5):
        with world.thing("stairs"):
            world.box((x, y - 0.3, z + 0.04), (wide + 0.6, 0.8, 0.16), plain(rng, (0.5, 0.49, 0.46)))


def pane(rng: np.random.Generator) -> Material:
    """Window glass seen by day: dark, or with curtains behind."""
    rng.random()  # decides nothing, but without it all worlds with windows would change
    if chance(rng, 0.25):
        return Material(shade(rng, (0.4, 0.4, 0.4)), (0.1, 0.1, 0.1), "stripes", 0.2, gloss=0.6)
    return Material(
        shade(rng, pick(rng, ((0.03, 0.04, 0.05), (0.06, 0.08, 0.1), (0.12, 0.15, 0.18)))),
        gloss=uniform(rng, 0.5, 0.95),
    )


@dataclass(frozen=True)
class _House:
    """What the parts of a detached house share. width along x, depth along y, height of the walls: metres."""

    width: float
    depth: float
    storeys: int
    height: float
    wall: Material
    roof: Material
    trim: Material
    detail: int


def house(world: World, rng: np.random.Generator, detail: int = 2, width: float | None = None) -> float:
    """A detached house with a pitched or flat roof, its front wall in y = 0, facing -y; returns its width."""
    width = width or uniform(rng, 6.5, 13.0)
    depth, storeys = uniform(rng, 7.0, 11.0), pick(rng, (1, 1, 2, 2, 2, 3))
    height = storeys * uniform(rng, 2.6, 3.0) + uniform(rng, 0.1, 0.6)
    wall, roof = masonry(rng), roofing(rng)
    trim = plain(rng, pick(rng, ((0.75, 0.75, 0.73), (0.75, 0.75, 0.73), (0.2, 0.13, 0.08), (0.12, 0.13, 0.14))))
    plan = _House(width, depth, storeys, height, wall, roof, trim, detail)
    with world.thing("building"):
        world.box((0, depth / 2, height / 2), (width, depth, height), wall)
        if chance(rng, 0.25) and detail:
            world.box((0, depth / 2, 0.3), (width + 0.06, depth + 0.06, 0.7), plain(rng, (0.35, 0.34, 0.33)))
        _roof(world, rng, plan)
    if detail == 0:
        glass = pane(rng)
        for s in range(storeys):
            with world.thing("window"):
                for k in (-0.27, 0.27):
                    world.box((k * width, 0, 1.5 + s * height / storeys), (1.3, 0.06, 1.3), glass)
        return width
    _house_front(world, rng, plan)
    if chance(rng, 0.3):
        _garage(world, rng, plan)
    return width


def _roof(world: World, rng: np.random.Generator, plan: _House) -> None:
    """A flat roof, or a pitched one with its ridge along the street or across, with chimney and dormers."""
    width, depth, height, detail = plan.width, plan.depth, plan.height, plan.detail
    style = rng.random()
    if style < 0.12:
        world.box((0, depth / 2, height + 0.12), (width + 0.7, depth + 0.7, 0.25), plan.trim)
        return
    across = style < 0.5  # ridge along y: the gable faces the street
    span, run = (width, depth) if across else (depth, width)
    rise = span * uniform(rng, 0.22, 0.55)
    with world.placed((0, depth / 2, height), 0.0 if across else math.pi / 2):
        prism(world, span, rise, run, 0.0, plan.wall if chance(rng, 0.8) else plan.roof)
        over, thick = uniform(rng, 0.2, 0.7), 0.18
        slope = rise / (span / 2)
        for side in (-1, 1):
            out = span / 2 + over
            a, b = (0, 0, rise + 0.12), (side * out, 0, -over * slope + 0.12)
            along = np.subtract(b, a)
            linear = np.array([[along[0] / 2, 0, 0], [0, run / 2 + over, 0], [along[2] / 2, 0, thick / 2]])
            world.box(np.add(a, b) / 2, (2, 2, 2), plan.roof, rotation=linear)
        if detail and chance(rng, 0.6):
            x = span * uniform(rng, -0.25, 0.25)
            chimney = (x, run * uniform(rng, -0.3, 0.3), rise * 0.85)
            world.box(chimney, (0.7, 0.5, rise * 0.6 + 1.0), masonry(rng))
        if detail and not across and rise > 2 and chance(rng, 0.4):
            for k in (-0.25, 0.25):
                with world.placed((-span * 0.3, k * run, rise * 0.38), -math.pi / 2):
                    _dormer(world, plan)


def _dormer(world: World, plan: _House) -> None:
    world.box((0, 0, 0.4), (1.4, 1.5, 1.3), plan.wall)
    world.box((0, -0.74, 0.5), (1.0, 0.08, 0.8), GLASS)
    prism(world, 1.7, 0.6, 1.45, 1.05, plan.roof)


def _house_front(world: World, rng: np.random.Generator, plan: _House) -> None:
    """Door and windows of the front, some with shutters, and windows in the sides, which show in passing."""
    width, storeys, height = plan.width, plan.storeys, plan.height
    columns = max(2, int(width / uniform(rng, 2.6, 3.6)))
    wide, tall = uniform(rng, 0.8, 1.6), uniform(rng, 1.0, 1.5)
    entrance = int(rng.integers(columns))
    shutters = Material(any_colour(rng, 0.7), pattern="planks", scale=0.1) if chance(rng, 0.25) else None
    glass = pane(rng)
    for s in range(storeys):
        z = (s + 0.55) * height / storeys
        for c in range(columns):
            x = width * ((c + 0.5) / columns - 0.5)
            if s == 0 and c == entrance:
                door(world, rng, x, 0.1)
                continue
            window(world, x, z, wide, tall, plan.trim, glass, plan.detail - 1)
            if shutters and plan.detail > 1:
                with world.thing("window"):
                    for side in (-1, 1):
                        world.box((x + side * wide * 0.78, -0.02, z), (wide * 0.5, 0.06, tall + 0.1), shutters)
    with world.thing("window"):
        for side in (-1, 1):
            for s in range(storeys):
                spot = (side * width / 2, plan.depth * uniform(rng, 0.25, 0.6), (s + 0.55) * height / storeys)
                world.box(spot, (0.06, wide, tall), glass)


def _garage(world: World, rng: np.random.Generator, plan: _House) -> None:
    """A garage on one side of the house."""
    side, wide = pick(rng, (-1, 1)), uniform(rng, 3.0, 5.5)
    x = side * (plan.width / 2 + wide / 2)
    with world.thing("building"):
        world.box((x, 3.3, 1.35), (wide, 6.0, 2.7), plan.wall)
        world.box((x, 3.3, 2.78), (wide + 0.3, 6.3, 0.2), plan.roof)
    with world.thing("door"):
        leaf = Material(shade(rng, (0.6, 0.6, 0.58)), pattern=pick(rng, ("planks", "stripes", "plain")), scale=0.3)
        world.box((x, 0.3, 1.1), (wide - 0.7, 0.1, 2.15), leaf)


@dataclass(frozen=True)
class _Front:
    """What the parts of a facade share; all lengths in metres.

    base: height of the ground floor. pitch, opening: from window to window, and a window's width. recess: how far
    the glass lies behind the wall. sill, head: the wall below and above a window within a floor.
    """

    width: float
    storeys: int
    modern: bool
    shop: bool
    floor_height: float
    base: float
    columns: int
    pitch: float
    opening: float
    recess: float
    sill: float
    head: float
    wall: Material
    trim: Material
    glass: Material
    detail: int

    @property
    def height(self) -> float:
        return self.base + self.floor_height * (self.storeys - 1)

    @property
    def low(self) -> float:
        """Where the wall begins: above the shop, if there is one."""
        return self.base if self.shop else 0.0

    def sill_of(self, storey: int) -> float:
        """The height of the sills of a storey from 1 up."""
        return self.base + (storey - 1) * self.floor_height + self.sill

    def middle_of(self, column: int) -> float:
        """x of the middle of a column of windows."""
        return -self.width / 2 + (column + 0.5) * self.pitch


def facade(
    world: World,
    rng: np.random.Generator,
    width: float,
    storeys: int | None = None,
    *,
    detail: int = 2,
    style: str | None = None,
    ground_floor: str | None = None,
) -> float:
    """A town house or office whose front is y = 0, facing -y, windows set into the wall; returns its height.

    Piers and bands of wall stand before a sheet of glass, so that windows are real recesses at little cost.
    """
    storeys = storeys or int(rng.integers(2, 7))
    style = style or pick(rng, ("old", "old", "old", "plain", "modern"))
    ground_floor = ground_floor or pick(rng, ("windows", "shop", "shop", "entrance"))
    if storeys == 1 and ground_floor == "shop":
        ground_floor = "entrance"
    floor_height = uniform(rng, 2.8, 3.8)
    base = floor_height * uniform(rng, 1.0, 1.35)
    wall = masonry(rng)
    if detail == 0:
        return _far_facade(world, rng, width, base + floor_height * (storeys - 1), wall)
    modern = style == "modern"
    trim = plain(rng, pick(rng, ((0.72, 0.7, 0.66), (0.5, 0.48, 0.44), wall.color, (0.2, 0.2, 0.2))))
    columns = max(2, round(width / uniform(rng, 1.9, 3.4)))
    pitch = width / columns
    opening = pitch * (uniform(rng, 0.7, 0.92) if modern else uniform(rng, 0.42, 0.6))
    recess = uniform(rng, 0.12, 0.35)
    glass = pane(rng)
    sill, head = floor_height * uniform(rng, 0.25, 0.33), floor_height * uniform(rng, 0.12, 0.2)
    if modern:
        sill, head = floor_height * uniform(rng, 0.08, 0.3), floor_height * 0.1
    front = _Front(
        width, storeys, modern, ground_floor == "shop", floor_height, base, columns, pitch, opening, recess, sill, head,
        wall, trim, glass, detail,
    )  # fmt: skip
    with world.thing("building"):
        _piers_and_bands(world, front)
        _top(world, rng, front)
    with world.thing("window"):
        _glazing(world, front)
    if front.shop:
        _shop(world, rng, width, base, columns, detail)
    elif detail > 1 or ground_floor == "entrance":
        x = front.middle_of(int(rng.integers(columns)))
        door(world, rng, x, 0.0, min(1.3, opening + 0.2), min(2.5, base - 0.6))
    if detail > 1 and not modern and chance(rng, 0.35):
        _balconies(world, rng, front)
    if detail > 1 and chance(rng, 0.4):
        pipe = metal(rng)
        with world.thing("pole"):
            x = pick(rng, (-1, 1)) * (width / 2 - 0.15)
            world.frustum((x, -0.1, 0), (x, -0.1, front.height), 0.06, pipe)
    return front.height


def _far_facade(world: World, rng: np.random.Generator, width: float, height: float, wall: Material) -> float:
    """A block with painted windows, which from far away looks the same; returns its height."""
    paint = Material(wall.color, shade(rng, (0.06, 0.07, 0.09)), "facade", uniform(rng, 2.6, 4.0), bump=0.2)
    with world.thing("building"):
        world.box((0, _DEEP / 2, height / 2), (width, _DEEP, height), paint)
        world.box((0, _DEEP / 2, height + 0.2), (width + 0.3, _DEEP + 0.3, 0.5), plain(rng, (0.3, 0.28, 0.27)))
    return height


def _piers_and_bands(world: World, front: _Front) -> None:
    """The building behind the glass, and the wall before it: piers between columns and bands between floors."""
    width, recess, height = front.width, front.recess, front.height
    world.box((0, _DEEP / 2 + recess + 0.1, height / 2), (width - 0.1, _DEEP, height - 0.1), front.wall)
    for c in range(front.columns + 1):
        x = -width / 2 + c * front.pitch
        w = front.pitch - front.opening
        if c in (0, front.columns):  # half a pier at each end
            x += w / 4 if c == 0 else -w / 4
            w /= 2
        world.box((x, recess / 2, (height + front.low) / 2), (w, recess, height - front.low), front.wall)
    for s in range(1 if front.shop else 0, front.storeys + 1):
        floor = front.base + (s - 1) * front.floor_height
        low, high = floor - front.head, floor + front.sill
        if s == 0:
            low, high = 0.0, front.sill * 0.9
        elif s == front.storeys:
            low, high = height - front.head, height
        world.box((0, recess / 2 + 0.01, (low + high) / 2), (width - 0.06, recess - 0.01, high - low), front.wall)


def _top(world: World, rng: np.random.Generator, front: _Front) -> None:
    """Cornices and perhaps a pitched roof, or the parapet of a modern building."""
    width, height = front.width, front.height
    if front.modern:
        world.box((0, _DEEP / 2, height + 0.3), (width, _DEEP, 0.7), front.wall)
        return
    cornice = uniform(rng, 0.15, 0.5)
    world.box((0, 0.0, height + 0.1), (width + 0.04, 2 * cornice, 0.35), front.trim)
    world.box((0, 0.05, front.base - 0.1), (width + 0.02, 0.3, 0.22), front.trim)
    if chance(rng, 0.5):
        roof = roofing(rng)
        rise = uniform(rng, 1.5, 3.5)
        with world.placed((0, _DEEP / 2, height + 0.2), math.pi / 2):
            prism(world, _DEEP + 0.5, rise, width - 0.1, 0.0, roof)


def _glazing(world: World, front: _Front) -> None:
    """One sheet of glass; near by with mullions and transoms, which run behind the wall, one box for all floors."""
    width, recess, low, height = front.width, front.recess, front.low, front.height
    world.box((0, recess + 0.03, (height + low) / 2), (width - 0.12, 0.06, height - low - 0.1), front.glass)
    if front.detail < 2:
        return
    for c in range(front.columns):
        world.box((front.middle_of(c), recess - 0.02, (height + low) / 2), (0.07, 0.06, height - low), front.trim)
    if front.modern:
        return
    for s in range(1, front.storeys):
        z = front.sill_of(s)
        world.box((0, -0.02, z + 0.02), (width * 0.995, 0.14, 0.09), front.trim)
        transom = z + (front.floor_height - front.sill - front.head) * 0.68
        world.box((0, recess - 0.02, transom), (width - 0.2, 0.05, 0.06), front.trim)


def _balconies(world: World, rng: np.random.Generator, front: _Front) -> None:
    """Balconies before some of the windows above the ground floor."""
    bars = metal(rng)
    for s in range(1, front.storeys):
        for c in range(front.columns):
            if chance(rng, 0.35):
                with world.placed((front.middle_of(c), 0, front.sill_of(s) - 0.75)):
                    balcony(world, rng, front.pitch * 0.8, bars, front.trim)


def _shop(world, rng, width, base, columns, detail):
    sign = Material(any_colour(rng, 0.9), any_colour(rng, 0.9), pick(rng, ("print", "plain")), uniform(rng, 0.15, 0.5))
    frame = plain(
        rng, pick(rng, ((0.05, 0.05, 0.05), (0.5, 0.5, 0.5), (0.12, 0.2, 0.12), (0.3, 0.04, 0.04), (0.6, 0.58, 0.52)))
    )
    inside = Material(
        any_colour(rng, 0.7), any_colour(rng, 0.8), "print", 0.4, gloss=0.5, glow=pick(rng, (0, 0, 0.3, 0.8))
    )
    with world.thing("window"):
        world.box((0, 0.45, base / 2), (width - 0.2, 0.1, base), pick(rng, (GLASS, inside, GLASS)))
        for c in range(columns + 1):
            x = -width / 2 + c * width / columns
            world.box(
                (min(width / 2 - 0.15, max(0.15 - width / 2, x)), 0.2, base / 2),
                (0.28 if c % 2 else 0.12, 0.4, base),
                frame,
            )
        world.box((0, 0.25, 0.25), (width, 0.36, 0.5), frame)
    with world.thing("sign"):
        world.box((0, -0.02, base - 0.4), (width * 0.96, 0.24, uniform(rng, 0.45, 0.8)), sign)
        if detail > 1 and chance(rng, 0.4):
            x = width * uniform(rng, -0.45, 0.45)
            world.box((x, -0.5, base + 0.3), (0.08, 0.8, 0.8), sign)
    if chance(rng, 0.45):
        with world.thing("cloth"):
            out = uniform(rng, 0.8, 1.8)
            slanted_box(world, (-0.05, 0.05), (base - 1.15, base - 0.5), width * uniform(rng, 0.4, 0.95), 0.0, frame)
            cloth = Material(
                any_colour(rng, 0.9),
                (0.75, 0.73, 0.7),
                pick(rng, ("stripes", "plain", "stripes")),
                uniform(rng, 0.2, 0.5),
            )
            plank(world, (0, -out, base - 1.0), (0, 0, base - 0.55), width * uniform(rng, 0.4, 0.95), 0.03, cloth)
    door(world, rng, width * uniform(rng, -0.3, 0.3), 0.0, 1.0, 2.2, 0.32)


def balcony(world: World, rng: np.random.Generator, wide: float, bars: Material, slab: Material) -> None:
    """A balcony that sticks out of the wall y = 0 towards -y, its floor at z = 0."""
    out = uniform(rng, 0.6, 1.3)
    with world.thing("fence"):
        world.box((0, -out / 2, -0.08), (wide, out, 0.16), slab)
        with world.placed((0, -out, 0)):
            railing(world, rng, wide, bars, height=1.0)
        for side in (-1, 1):
            world.box((side * wide / 2, -out / 2, 0.98), (0.05, out, 0.05), bars)
            world.box((side * wide / 2, -out / 2, 0.5), (0.04, out, 0.04), bars)


def railing(
    world: World,
    rng: np.random.Generator,
    length: float,
    bars: Material | None = None,
    height: float = 1.05,
    spacing: float | None = None,
) -> None:
    """A railing of thin bars along x, centred at the origin."""
    bars = bars or metal(rng)
    gap = spacing or uniform(rng, 0.14, 0.35)
    count = min(24, max(3, int(length / gap)))
    with world.thing("fence"):
        world.box((0, 0, height), (length, 0.06, 0.05), bars)
        world.box((0, 0, 0.12), (length, 0.04, 0.04), bars)
        for i in range(count + 1):
            x = length * (i / count - 0.5)
            world.box((x, 0, height / 2), (0.025, 0.025, height), bars)
