"""What one sits and lies on: chairs, stools, sofas, beds, pillows.

Each thing stands on z = 0 around its own origin and looks towards -y, in a random style. Sizes are metres:
width along x, depth along y, height along z.
"""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from helpers.scenes.draws import chance, pick, uniform, whole
from helpers.scenes.indoor_materials import colour, random_material
from helpers.scenes.people_indoors import animal, person
from helpers.scenes.shapes import turn_x, turn_y
from helpers.scenes.tables import leg
from helpers.scenes.toys import plush
from helpers.scenes.world import Material, World, rotation_z


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
                leg(world, sx * (w / 2 - r), sy * (d / 2 - r), h, r, frame, style["round"], style["splay"])
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
    turn = rotation_z(yaw) @ turn_x(-lean)
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
