"""People and pets as one meets them indoors, facing -y, in random clothes and coats; metres."""

from __future__ import annotations

from math import cos, sin

import numpy as np

from helpers.scenes.draws import chance, pick, uniform
from helpers.scenes.indoor_materials import colour, mixed, random_material
from helpers.scenes.shapes import turn_x
from helpers.scenes.world import Material, World

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
