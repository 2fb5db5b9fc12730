"""What a rendered world is made of: shapes, materials, lights, sky. Plain data; `raycast` draws it.

World frame: x right, y forward, z up, metres. Ground level is usually z = 0.
Every shape is a unit shape under an affine map, so that one intersection routine per kind serves all of them:

========  ==========================================================================
BOX       the cube [-1, 1]^3
SPHERE    radius 1 at the origin (an ellipsoid once scaled)
FRUSTUM   axis z from -1 to 1, radius 1 below and `taper` above, with caps (taper 1: cylinder, 0: cone)
TUBE      a frustum without caps, seen from both sides (cups, lampshades, bowls)
========  ==========================================================================
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

BOX, SPHERE, FRUSTUM, TUBE = range(4)

CLASSES = (
    "sky", "ground", "floor", "wall", "ceiling", "door", "window", "stairs", "table", "chair", "sofa", "bed",
    "cupboard", "lamp", "screen", "picture", "cloth", "book", "cup", "bottle", "dish", "box", "ball", "fruit",
    "plant", "toy", "person", "animal", "tree", "rock", "water", "road", "pavement", "building", "car",
    "pole", "fence", "sign", "bench", "other",
)  # fmt: skip
"""Names of the semantic classes; `class_id` of a scene indexes this tuple."""

PATTERNS = (
    "plain", "noise", "wood", "planks", "brick", "tiles", "checker", "stripes", "cloth", "marble", "plaster",
    "print", "grass", "leaves", "gravel", "asphalt", "facade", "water",
)  # fmt: skip
"""Names of the surface patterns; see `raycast` for what each looks like."""

Vector = Sequence[float]


@dataclass(frozen=True)
class Material:
    """How a surface looks.

    color, color2: linear reflectance, 0..1 per channel; patterns mix the two (color2 defaults to 0.6 * color).
    scale: metres, the size of one feature of the pattern (a brick, a plank, a blob).
    gloss: 0 (matt) to 1 (polished). bump: 0..1, how much the pattern tilts the normal.
    cutout: 0..0.9, the share of the surface that is holes (leaves, wire); rays pass through those.
    glow: light the surface gives by itself, in units of its colour (lamps, screens, lit windows).
    """

    color: tuple[float, float, float]
    color2: tuple[float, float, float] | None = None
    pattern: str = "plain"
    scale: float = 0.2
    gloss: float = 0.0
    bump: float = 0.0
    cutout: float = 0.0
    glow: float = 0.0


@dataclass(frozen=True)
class Lamp:
    """A glowing ball that lights the scene: position (3,) metres, radius metres, colour times power (3,)."""

    position: tuple[float, float, float]
    radius: float
    power: tuple[float, float, float]


@dataclass
class Sky:
    """The light from outside. Colours are linear and may exceed 1.

    sun_direction points from the ground to the sun; sun_color all zero means no sun (indoors, overcast).
    sun_angle: radians, the sun's apparent radius (larger: softer shadows; 0.005 is the real one, 0.1 hazy).
    zenith, horizon: colour of the sky above and at the horizon; below: light coming up from the ground.
    clouds: 0..1, their cover. haze: 1/metres, extinction towards haze_color (0: clear).
    """

    sun_direction: tuple[float, float, float] = (0.3, -0.4, 0.8)
    sun_color: tuple[float, float, float] = (2.2, 2.0, 1.7)
    sun_angle: float = 0.02
    zenith: tuple[float, float, float] = (0.25, 0.45, 0.85)
    horizon: tuple[float, float, float] = (0.75, 0.85, 0.95)
    below: tuple[float, float, float] = (0.20, 0.18, 0.15)
    clouds: float = 0.3
    haze: float = 0.0
    haze_color: tuple[float, float, float] = (0.75, 0.80, 0.88)


@dataclass
class Ground:
    """The surface that extends to the horizon: z = 0, or hills when relief > 0.

    relief: metres, height of the hills; wavelength: metres, their size; flat_radius: metres around the origin
    that stay flat (hills grow beyond it). seed: which hills; `raycast.ground_height` gives their height.
    """

    material: Material
    class_name: str = "ground"
    relief: float = 0.0
    wavelength: float = 60.0
    flat_radius: float = 10.0
    seed: int = 0


def rotation_z(angle: float) -> np.ndarray:
    """Rotation by `angle` radians about the vertical, counter-clockwise seen from above, (3, 3)."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def frame_along(direction: Vector) -> np.ndarray:
    """A rotation (3, 3) whose third column is `direction`, made a unit vector. Raises ValueError if it is zero."""
    x, y, z = map(float, direction)
    return np.array(_axes_along(x, y, z)[0]).reshape(3, 3)


# What follows runs for every shape of a world, a few hundred times: plain floats are several times quicker than numpy
# on matrices this small. A linear map is nine floats, row by row; an affine map is that and a shift.
Point = tuple[float, float, float]
Linear = tuple[float, float, float, float, float, float, float, float, float]
Rows = tuple[tuple[float, float, float, float], ...]

_STILL: tuple[Linear, Point] = ((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), (0.0, 0.0, 0.0))
_OTHER = CLASSES.index("other")


def _axes_along(x: float, y: float, z: float) -> tuple[Linear, float]:
    """The rotation of `frame_along`, and the length of its argument."""
    length = math.sqrt(x * x + y * y + z * z)
    if length == 0:
        raise ValueError("A direction must not be the zero vector.")
    x, y, z = x / length, y / length, z / length
    # the first column: across z and whichever axis is well away from it
    ax, ay, az = (0.0, -z, y) if abs(x) < 0.9 else (z, 0.0, -x)
    across = math.sqrt(ax * ax + ay * ay + az * az)
    ax, ay, az = ax / across, ay / across, az / across
    return (ax, y * az - z * ay, x, ay, z * ax - x * az, y, az, x * ay - y * ax, z), length


def _turned(yaw: float, rotation: np.ndarray | None, a: float, b: float, c: float) -> Linear:
    """The axes of length a, b, c, turned by `yaw` about z or by `rotation` (3, 3)."""
    if rotation is not None:
        (r0, r1, r2), (r3, r4, r5), (r6, r7, r8) = np.asarray(rotation, float).tolist()
        return (r0 * a, r1 * b, r2 * c, r3 * a, r4 * b, r5 * c, r6 * a, r7 * b, r8 * c)
    if yaw == 0:
        return (a, 0.0, 0.0, 0.0, b, 0.0, 0.0, 0.0, c)
    cos, sin = math.cos(yaw), math.sin(yaw)
    return (cos * a, -sin * b, 0.0, sin * a, cos * b, 0.0, 0.0, 0.0, c)


def _composed(outer: tuple[Linear, Point], linear: Linear, shift: Point) -> tuple[Linear, Point]:
    """First the map `linear` and `shift`, then the map `outer`."""
    (p0, p1, p2, p3, p4, p5, p6, p7, p8), (px, py, pz) = outer
    m0, m1, m2, m3, m4, m5, m6, m7, m8 = linear
    x, y, z = shift
    return (
        p0 * m0 + p1 * m3 + p2 * m6, p0 * m1 + p1 * m4 + p2 * m7, p0 * m2 + p1 * m5 + p2 * m8,
        p3 * m0 + p4 * m3 + p5 * m6, p3 * m1 + p4 * m4 + p5 * m7, p3 * m2 + p4 * m5 + p5 * m8,
        p6 * m0 + p7 * m3 + p8 * m6, p6 * m1 + p7 * m4 + p8 * m7, p6 * m2 + p7 * m5 + p8 * m8,
    ), (p0 * x + p1 * y + p2 * z + px, p3 * x + p4 * y + p5 * z + py, p6 * x + p7 * y + p8 * z + pz)  # fmt: skip


def _rows(linear: Linear, shift: Point) -> Rows:
    """The same map as the rows of a matrix (4, 4)."""
    a, b, c, d, e, f, g, h, i = linear
    x, y, z = shift
    return ((a, b, c, x), (d, e, f, y), (g, h, i, z), (0.0, 0.0, 0.0, 1.0))


@dataclass
class World:
    """A world under construction: add shapes, group them into things, then hand it to `raycast`.

    Shapes go through the current placement (see `placed`), so a chair is written once around its own origin and set
    down anywhere. Everything added inside one `thing` shares one object id (0 is the sky, 1 the ground).
    """

    rng: np.random.Generator
    sky: Sky = field(default_factory=Sky)
    ground: Ground | None = None
    lamps: list[Lamp] = field(default_factory=list)
    indoor: bool = False

    def __post_init__(self) -> None:
        self._kinds: list[int] = []
        self._matrices: list[Rows] = []
        self._tapers: list[float] = []
        self._materials: list[Material] = []
        self._objects: list[int] = []
        self._classes: list[int] = []
        self._seeds: list[int] = []
        self._frame = _STILL
        self._next_object = 2
        self._thing: tuple[int, int] | None = None

    def __len__(self) -> int:
        return len(self._kinds)

    @contextmanager
    def placed(self, position: Vector, yaw: float = 0.0, scale: float = 1.0) -> Iterator[None]:
        """Within the block, coordinates are relative to `position`, turned by `yaw` about z and scaled."""
        before = self._frame
        x, y, z = map(float, position)
        scale = float(scale)
        self._frame = _composed(before, _turned(float(yaw), None, scale, scale, scale), (x, y, z))
        try:
            yield
        finally:
            self._frame = before

    @property
    def _placement(self) -> np.ndarray:
        """The current placement, a matrix (4, 4)."""
        return np.array(_rows(*self._frame))

    @contextmanager
    def thing(self, class_name: str) -> Iterator[int]:
        """Within the block, every shape belongs to one new object of class `class_name`; inner things win."""
        before = self._thing
        self._thing = (self._next_object, CLASSES.index(class_name))
        self._next_object += 1
        try:
            yield self._thing[0]
        finally:
            self._thing = before

    def to_world(self, point: Vector) -> np.ndarray:
        """A point (3,) of the current placement in world coordinates."""
        x, y, z = map(float, point)
        (a, b, c, d, e, f, g, h, i), (px, py, pz) = self._frame
        return np.array([a * x + b * y + c * z + px, d * x + e * y + f * z + py, g * x + h * y + i * z + pz])

    def add_lamp(self, position: Vector, radius: float, power: Vector) -> None:
        """Adds a light at `position` of the current placement; it lights, but is not seen: add a glowing shape too."""
        self.lamps.append(Lamp(tuple(self.to_world(position)), float(radius), tuple(map(float, power))))

    def box(self, center: Vector, size: Vector, material: Material, *, yaw: float = 0.0, rotation=None) -> None:
        """A box of full edge lengths `size` (3,), turned by `yaw` about z or by `rotation` (3, 3)."""
        a, b, c = map(float, size)
        self._add(BOX, center, _turned(float(yaw), rotation, a / 2, b / 2, c / 2), material)

    def ellipsoid(self, center: Vector, radii: Vector | float, material: Material, *, yaw=0.0, rotation=None) -> None:
        """A ball (`radii` a number) or an ellipsoid (`radii` (3,))."""
        a, b, c = map(float, (radii, radii, radii) if np.isscalar(radii) else radii)
        self._add(SPHERE, center, _turned(float(yaw), rotation, a, b, c), material)

    def frustum(self, base: Vector, top: Vector, radius: float, material: Material, *, top_radius=None) -> None:
        """A cylinder from `base` to `top`; with another `top_radius` a cone (0) or a stump of one."""
        self._round(FRUSTUM, base, top, radius, radius if top_radius is None else top_radius, material)

    def tube(self, base: Vector, top: Vector, radius: float, material: Material, *, top_radius=None) -> None:
        """Like `frustum` but hollow and open at both ends; `top_radius` may be larger (a bowl, a cup)."""
        self._round(TUBE, base, top, radius, radius if top_radius is None else top_radius, material)

    def _round(self, kind, base, top, radius, top_radius, material) -> None:
        if top_radius > radius:  # the unit shape narrows towards +z: turn it upside down
            base, top, radius, top_radius = top, base, top_radius, radius
        (x0, y0, z0), (x1, y1, z1), r = map(float, base), map(float, top), float(radius)
        (a, b, c, d, e, f, g, h, i), length = _axes_along(x1 - x0, y1 - y0, z1 - z0)
        s = length / 2
        center = ((x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2)
        linear = (a * r, b * r, c * s, d * r, e * r, f * s, g * r, h * r, i * s)
        self._add(kind, center, linear, material, taper=top_radius / radius)

    def _add(self, kind, center, linear: Linear, material, taper=1.0) -> None:
        x, y, z = map(float, center)
        object_id, class_id = self._thing if self._thing else (self._next_object, _OTHER)
        if not self._thing:
            self._next_object += 1
        self._kinds.append(kind)
        self._matrices.append(_rows(*_composed(self._frame, linear, (x, y, z))))
        self._tapers.append(taper)
        self._materials.append(material)
        self._objects.append(object_id)
        self._classes.append(class_id)
        self._seeds.append(object_id)


@dataclass(frozen=True)
class View:
    """Where the photograph is taken from.

    eye, target: (3,) metres. fov: degrees, along the longer side. roll: degrees, clockwise positive.
    """

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    fov: float = 60.0
    roll: float = 0.0
