"""Virtual things in a picture whose depth is known: placing, hiding, shadows, refocusing, another point of view, GIFs.

Pictures are linear light here, float (H, W, 3), 0 to about 1: light adds up in it, as the bytes of a file do not.
`to_linear` and `to_bytes` go there and back. Depth is (H, W) in metres along the optical axis, inf for sky, never NaN.
Points and directions are in the camera frame of `helpers.camera.Pinhole`, x right, y down, z forward.
What is of another kind than an argument should be is a ValueError everywhere.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from helpers import checks
from helpers.camera import Pinhole
from helpers.checks import finite, whole
from helpers.files import atomic_path, home_expanded
from helpers.planes import Plane

__all__ = [
    "Layer",
    "ball",
    "composite",
    "disc",
    "floor_light",
    "place_on_plane",
    "refocus",
    "save_gif",
    "shifted_view",
    "to_bytes",
    "to_linear",
]

_SAMPLES = 4  # rays per pixel and side, for smooth outlines
_JUMP = 1.1  # neighbours whose depths differ by more than this factor belong to two surfaces
_BOUNCE = 0.5  # share of the surrounding light that the floor sends back up


@dataclass(frozen=True)
class Layer:
    """A drawn object, as large as the picture.

    colour: float32 (H, W, 3), linear light, times alpha. alpha: float32 (H, W), 0 to 1, the share of the pixel that the
    object covers. depth: float32 (H, W), metres, inf where the object is not.
    """

    colour: np.ndarray
    alpha: np.ndarray
    depth: np.ndarray


def to_linear(image: Any) -> np.ndarray:
    """Linear light, float32 (H, W, 3) from 0 to 1, of a picture in sRGB bytes (uint8 array or RGB PIL picture).

    Raises ValueError for another shape or type. Source: IEC 61966-2-1, the sRGB transfer function.
    """
    pixels = checks.rgb(image)
    levels = np.arange(256) / 255
    table = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return table[pixels]


def to_bytes(linear: Any) -> np.ndarray:
    """sRGB bytes, uint8 (H, W, 3), of linear light; below 0 becomes black, above 1 white. Undoes `to_linear`.

    Raises ValueError for a wrong shape or values that are not finite.
    """
    linear = np.clip(_linear(linear), 0, 1)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-6) ** (1 / 2.4) - 0.055)
    return np.rint(255 * curved).astype(np.uint8)


def place_on_plane(
    camera: Pinhole, plane: Plane, pixel: Sequence[int], shape: tuple[int, int], depth: Any = None
) -> np.ndarray:
    """The point (3,), in metres, of a plane that the pixel (row, column) of a picture (height, width) looks at.

    What stands between the camera and the plane does not matter, so that a thing can be put behind another one.
    depth: (H, W) of that shape; with it, a pixel that shows sky is refused.
    Raises ValueError for a pixel outside the picture, on sky, or whose ray does not meet the plane in front of the
    camera.
    """
    checks.instance(camera, Pinhole, "camera")
    checks.instance(plane, Plane, "plane")
    row, column = (math.floor(place) for place in checks.pair(pixel, "pixel", "(row, column)"))
    height, width = checks.size(shape, "shape")
    if not (0 <= row < height and 0 <= column < width):
        raise ValueError(
            f"the pixel (row {row}, column {column}) is outside the picture of {height} rows and {width} columns: "
            "choose one inside it."
        )
    if depth is not None:
        depth = _depth(depth, (height, width))
        if not math.isfinite(depth[row, column]):
            raise ValueError(f"the pixel (row {row}, column {column}) shows sky: choose one where the floor is.")
    ray = np.array([(column + 0.5 - camera.cx) / camera.fx, (row + 0.5 - camera.cy) / camera.fy, 1.0])
    falling = float(ray @ plane.normal)
    if not (abs(falling) > 1e-6 and -plane.offset / falling > 0):
        raise ValueError(
            f"the pixel (row {row}, column {column}) looks over the floor, at or above its horizon: choose one lower."
        )
    return -plane.offset / falling * ray


def ball(
    camera: Pinhole,
    shape: tuple[int, int],
    centre: Sequence[float],
    radius: float,
    *,
    colours: Sequence[Sequence[float]] = ((0.75, 0.12, 0.03), (0.85, 0.80, 0.70)),
    stripes: int = 8,
    light: Sequence[float] = (1.0, 1.0, 1.0),
    direction: Sequence[float] = (0.0, -1.0, 0.0),
    up: Sequence[float] = (0.0, -1.0, 0.0),
    ambient: float = 0.5,
) -> Layer:
    """A striped ball as the camera sees it in a picture of `shape` (height, width), with its own depth.

    centre (3,) and radius in metres. colours: reflectance, 0 to 1, of the stripes in turn; `stripes` of them run from
    pole to pole. light: what a level floor receives, times which its reflectance is what one sees of it; `ambient`
    (0 to 1) of it comes from all around, the rest from `direction` (3,), which points to the lamp. up: (3,).
    16 rays for each pixel make the outline smooth; depth is the mean of those that hit.
    Raises ValueError for a radius that is not positive, a ball that reaches behind the camera or is outside the
    picture, and directions without a length.
    """
    checks.instance(camera, Pinhole, "camera")
    height, width = checks.size(shape, "shape")
    centre, radius = checks.vector(centre, "centre"), checks.positive(radius, "radius", "metres")
    to_lamp, up, light = checks.unit(direction, "direction"), checks.unit(up, "up"), checks.vector(light, "light")
    stripes = checks.count(stripes, "stripes")
    _check_share(ambient, "ambient")
    palette = checks.points(colours, 2, "colours", "red, green and blue").astype(np.float64)
    if len(palette) == 0:
        raise ValueError("colours is empty: a ball needs at least one.")
    if centre[2] - radius <= 1e-3:
        raise ValueError(f"the ball at {centre[2]:.2f} m with radius {radius:g} m reaches the camera: move it away.")
    corners = centre + radius * np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    low, high = (getattr(camera.project(corners), side)(axis=0) for side in ("min", "max"))
    left, top = (max(0, math.floor(value) - 1) for value in low)
    right, bottom = (min(side, math.ceil(value) + 1) for side, value in zip((width, height), high, strict=True))
    if left >= right or top >= bottom:
        raise ValueError("the ball is outside the picture: place it where the camera looks.")

    steps = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    columns = (np.arange(left, right)[:, None] + steps).ravel()
    rows = (np.arange(top, bottom)[:, None] + steps).ravel()
    x, y = np.meshgrid((columns - camera.cx) / camera.fx, (rows - camera.cy) / camera.fy)
    rays = np.stack([x, y, np.ones_like(x)], axis=-1)
    # The point z * ray lies on the ball where |z * ray - centre| = radius: a quadratic equation in z.
    a, b, c = (rays**2).sum(axis=-1), rays @ centre, float(centre @ centre) - radius**2
    under_root = b**2 - a * c
    hit = under_root > 0
    z = (b - np.sqrt(np.maximum(under_root, 0))) / a
    normals = (z[..., None] * rays - centre) / radius

    side = np.cross(up, checks.unit((0.35, 0.1, 1.0), "axis"))
    pole = checks.unit(up + 0.9 * side + np.array([0.25, 0, -0.2]), "axis")
    first = checks.unit(np.cross(pole, (0.3, 0.2, 1.0)), "axis")
    turn = np.arctan2(normals @ np.cross(pole, first), normals @ first) / (2 * np.pi) + 0.5
    albedo = palette[np.minimum((turn * stripes).astype(int), stripes - 1) % len(palette)]
    upward = normals @ up
    around = (1 + upward) / 2 + _BOUNCE * (1 - upward) / 2
    lamp = np.maximum(normals @ to_lamp, 0) / max(float(to_lamp @ up), 0.25)
    shade = ambient * around + (1 - ambient) * lamp
    colour = albedo * light * shade[..., None] * hit[..., None]

    def pixels(values: np.ndarray) -> np.ndarray:
        blocks = values.reshape(bottom - top, _SAMPLES, right - left, _SAMPLES, *values.shape[2:])
        return blocks.mean(axis=(1, 3))

    share = pixels(hit.astype(float))
    layer = Layer(
        np.zeros((height, width, 3), np.float32),
        np.zeros((height, width), np.float32),
        np.full((height, width), np.inf, np.float32),
    )
    window = slice(top, bottom), slice(left, right)
    layer.colour[window] = pixels(colour)
    layer.alpha[window] = share
    layer.depth[window] = np.where(share > 0, pixels(z * hit) / np.maximum(share, 1e-9), np.inf)
    if not layer.alpha.any():
        raise ValueError("the ball is outside the picture: place it where the camera looks.")
    return layer


def composite(picture: Any, depth: Any, layer: Layer) -> tuple[np.ndarray, np.ndarray]:
    """The picture with the layer in it, hidden by what is nearer: (linear light (H, W, 3), visible alpha (H, W)).

    picture: linear light (H, W, 3). depth: metres (H, W), the picture's. Pass a depth of inf to paste the layer on top.
    Raises ValueError for shapes that differ and depth that is NaN, zero or negative.
    """
    picture = _linear(picture)
    depth = _depth(depth, picture.shape[:2])
    checks.instance(layer, Layer, "layer")
    if layer.alpha.shape != depth.shape:
        raise ValueError(f"the layer is {layer.alpha.shape}, the picture {depth.shape}: draw it in the picture's size.")
    nearer = layer.depth < depth
    visible = np.where(nearer, layer.alpha, 0)
    return picture * (1 - visible[..., None]) + layer.colour * nearer[..., None], visible


def floor_light(
    points: Any,
    plane: Plane,
    centre: Sequence[float],
    radius: float,
    direction: Sequence[float],
    *,
    ambient: float = 0.5,
    softness: float = 0.1,
    tolerance: float = 0.03,
) -> np.ndarray:
    """The share of its light, float (H, W) from 0 to 1, that the floor keeps under and beside a ball.

    points: (H, W, 3), what each pixel sees; only those within `tolerance` times their depth of the plane are floor, all
    others keep 1. Of the surrounding light (share `ambient`), taken as equally bright on all sides, the ball takes away
    (r / d)^2 cos(angle) at distance d of its centre, the view factor of a sphere; the lamp's is gone where the way to
    it, along `direction`, passes the centre closer than the radius. softness: the lamp's apparent radius in radians,
    which blurs the shadow's border.
    Raises ValueError for a radius that is not positive, negative softness, or a lamp that is not above the floor.
    """
    points = checks.points(points, 3)
    checks.instance(plane, Plane, "plane")
    centre, radius = checks.vector(centre, "centre"), checks.positive(radius, "radius", "metres")
    to_lamp = checks.unit(direction, "direction")
    _check_share(ambient, "ambient")
    softness = checks.at_least(softness, "softness", 0, "radians")
    tolerance = checks.positive(tolerance, "tolerance", endless=True)
    if float(to_lamp @ plane.normal) <= 0.05:
        raise ValueError("the direction to the lamp does not point above the floor: its shadow would have no end.")
    with np.errstate(invalid="ignore"):
        floor = np.abs(plane.distance(points)) < tolerance * points[..., 2]
    away = centre - points[floor]
    distance = np.maximum(np.linalg.norm(away, axis=-1), 1e-9)
    hidden = np.clip((radius / distance) ** 2 * np.clip(away @ plane.normal / distance, 0, 1), 0, 1)
    along = away @ to_lamp
    past = np.linalg.norm(away - along[:, None] * to_lamp, axis=-1)
    border = np.maximum(softness * np.maximum(along, 0), 1e-3 * radius)
    ramp = np.clip((past - radius + border) / (2 * border), 0, 1)
    lit = np.where(along > 0, ramp * ramp * (3 - 2 * ramp), 1)
    kept = np.ones(points.shape[:2], np.float32)
    kept[floor] = ambient * (1 - hidden) + (1 - ambient) * lit
    return kept


def disc(radius: float) -> np.ndarray:
    """A disc of `radius` pixels as a filter: float32, odd side, sum 1; a fraction of a pixel counts at the border.

    Raises ValueError for a radius that is negative or not finite.
    """
    checks.at_least(radius, "the disc's radius", 0, "pixels")
    reach = math.ceil(radius)
    offset = np.arange(-reach, reach + 1)
    kernel = np.clip(radius + 0.5 - np.hypot(offset[:, None], offset), 0, 1).astype(np.float32)
    return kernel / kernel.sum()


def refocus(
    picture: Any, depth: Any, focal_length: float, focus: float, aperture: float, *, layers: int = 24
) -> np.ndarray:
    """The picture as through a wide lens focused at `focus`: linear light, float32 (H, W, 3).

    picture: linear light (H, W, 3), sharp everywhere. depth: metres (H, W), inf for sky. focal_length in pixels; focus
    and aperture (the lens opening's diameter) in metres. The disc of confusion has the diameter
    focal_length * aperture * |1 / depth - 1 / focus| pixels. The picture is cut into `layers` of equal steps in
    1 / depth. Each goes on behind the nearer ones with the colours beside them, and none takes a colour of theirs.
    Times its mask, it is blurred with its disc and laid over the farther ones.
    Raises ValueError for a focal length or focus that is not positive, a negative aperture, no layers, shapes that
    differ, depth that is NaN, zero or negative, and a disc larger than the picture.
    """
    picture = _linear(picture)
    depth = _depth(depth, picture.shape[:2])
    focal_length = checks.positive(focal_length, "focal_length", "pixels")
    focus = checks.positive(focus, "focus", "metres")
    checks.at_least(aperture, "aperture", 0, "metres")
    layers = checks.count(layers, "layers")
    inverse = 1 / depth.astype(np.float64)
    low, high = float(inverse.min()), float(inverse.max())
    widest = focal_length * aperture * max(abs(low - 1 / focus), abs(high - 1 / focus))
    if widest > max(picture.shape):
        raise ValueError(
            f"the disc of confusion would be {widest:.0f} pixels wide, more than the picture: choose a smaller "
            "aperture, or check the depth for values close to 0."
        )
    which = np.clip(((inverse - low) / max(high - low, 1e-12) * layers).astype(int), 0, layers - 1)
    total = np.zeros_like(picture)
    for layer in range(layers):  # from far to near
        if not (which == layer).any():
            continue
        middle = float(inverse[which == layer].mean())
        radius = focal_length * aperture * abs(middle - 1 / focus) / 2
        mask = which >= layer
        part = np.dstack([_spread(picture, which > layer), np.ones(depth.shape, np.float32)]) * mask[..., None]
        rows, columns = (_reach(mask.any(axis=axis), math.ceil(radius) + 1) for axis in (1, 0))
        part = np.ascontiguousarray(part[rows, columns], np.float32)
        if radius > 0.05:
            part = cv2.filter2D(part, -1, disc(radius), borderType=cv2.BORDER_REPLICATE)
        total[rows, columns] = part[..., :3] + total[rows, columns] * (1 - np.clip(part[..., 3:], 0, 1))
    return total


def shifted_view(
    picture: Any, depth: Any, camera: Pinhole, right: float = 0.0, down: float = 0.0, *, pivot: float = math.inf
) -> tuple[np.ndarray, np.ndarray]:
    """What a camera sees that moved `right` and `down` metres: (picture (H, W, 3), holes (H, W) boolean).

    picture: (H, W, 3), uint8 or float. depth: metres (H, W). The new camera looks the same way, its picture pushed so
    that what is `pivot` metres away stays where it was (inf: nothing but the sky). Each surface is pulled to its new
    place, the nearest one wins; holes, which the first camera did not see, get the farther one of their two neighbours
    in the row. Raises ValueError for shapes that differ, depth that is NaN, zero or negative, moves that are not
    finite, or a pivot that is not positive.
    """
    picture, camera = checks.picture_array(picture), checks.instance(camera, Pinhole, "camera")
    if picture.ndim != 3 or picture.shape[2] != 3 or not (picture.dtype == np.uint8 or picture.dtype.kind == "f"):
        raise ValueError(
            f"the picture has shape {picture.shape}, dtype {picture.dtype}: it must be uint8 or float (H, W, 3)."
        )
    height, width = picture.shape[:2]
    if not 0 < min(height, width) <= max(height, width) < 1 << 15:  # OpenCV counts pixels in 16 bits here
        raise ValueError(f"the picture is {width} x {height}: each side must have 1 to 32,767 pixels.")
    if picture.dtype.kind == "f":
        picture = picture.astype(np.float64 if picture.dtype.itemsize >= 8 else np.float32)  # in native byte order
    depth = _depth(depth, (height, width))
    checks.pair((right, down), "the camera's move (right, down)", "two finite numbers of metres")
    checks.positive(pivot, "pivot", "metres", endless=True)
    inverse = 1 / depth.astype(np.float64)
    near = inverse - 1 / pivot
    rows, columns = np.mgrid[:height, :width]
    to_row, to_column = rows - camera.fy * down * near, columns - camera.fx * right * near
    # Beside a nearer surface the pixel's colour is a mixture of both: such pixels are not moved.
    mixed = cv2.dilate(inverse, np.ones((3, 3), np.uint8)) > _JUMP * inverse
    order = np.argsort(inverse, axis=None)  # far to near: what is painted last stays
    order = order[~mixed.ravel()[order]]
    seen = np.full((height, width), -1.0)
    # Every pixel paints the two by two pixels around its new place: one alone would leave cracks between them.
    for row, column in ((np.floor, np.floor), (np.floor, np.ceil), (np.ceil, np.floor), (np.ceil, np.ceil)):
        r, c = row(to_row).ravel()[order].astype(int), column(to_column).ravel()[order].astype(int)
        inside = (r >= 0) & (r < height) & (c >= 0) & (c < width)
        painted = np.full((height, width), -1.0)
        painted[r[inside], c[inside]] = inverse.ravel()[order][inside]
        seen = np.maximum(seen, painted)
    holes = seen < 0
    near = np.where(holes, 0, seen) - 1 / pivot
    from_column = (columns + camera.fx * right * near).astype(np.float32)
    from_row = (rows + camera.fy * down * near).astype(np.float32)
    view = cv2.remap(picture, from_column, from_row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return _fill(view, seen, holes), holes


def save_gif(path: str | os.PathLike[str], frames: Sequence[Any], *, seconds: float = 0.1, colours: int = 128) -> Path:
    """Write pictures, uint8 (H, W, 3) of one size, as a GIF that plays for ever; the file is whole or absent.

    seconds: how long each frame stays, 0.02 to 655, rounded to hundredths as the format has them. All frames share one
    palette of `colours` (2 to 256), so that nothing flickers.
    Raises ValueError for no frames, frames that differ in size or are not pictures, or a wrong duration or palette.
    """
    arrays = [checks.rgb(frame, "a frame") for frame in checks.listed(frames, "frames")]
    if not arrays:
        raise ValueError("there are no frames: a film needs at least one.")
    if len({array.shape for array in arrays}) > 1:
        raise ValueError("the frames differ in size: make them equal before.")
    if max(arrays[0].shape) > 65535:
        raise ValueError(f"the frames have shape {arrays[0].shape}: a GIF has at most 65,535 pixels on a side.")
    hundredths = round(100 * seconds) if finite(seconds) else 0
    if not 2 <= hundredths <= 65500:
        raise ValueError(
            f"seconds is {seconds!r}: a frame must stay for at least 0.02 s, or viewers slow it down, and the format "
            "ends at 655 s."
        )
    if not (whole(colours) and 2 <= colours <= 256):
        raise ValueError(f"colours is {colours!r}: a GIF has a whole number of them, 2 to 256.")
    together = Image.fromarray(np.concatenate([array[::2, ::2] for array in arrays]))
    palette = together.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    pictures = [Image.fromarray(array).quantize(palette=palette, dither=Image.Dither.NONE) for array in arrays]
    path = home_expanded(path)
    options = {"format": "GIF", "save_all": True, "append_images": pictures[1:], "loop": 0}
    try:
        with atomic_path(path) as partial:
            pictures[0].save(partial, duration=10 * hundredths, **options)
    except OverflowError:  # frames that are alike become one, which stays as long as all of them
        raise ValueError(
            "frames that are alike follow each other for more than 655 s: a GIF cannot hold that."
        ) from None
    return path


def _spread(picture: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """The picture with every unknown pixel replaced by the nearest known one."""
    if not unknown.any():
        return picture
    _, labels = cv2.distanceTransformWithLabels(
        unknown.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    colours = np.zeros((int(labels.max()) + 1, 3), picture.dtype)
    colours[labels[~unknown]] = picture[~unknown]
    return np.where(unknown[..., None], colours[labels], picture)


def _fill(view: np.ndarray, inverse: np.ndarray, holes: np.ndarray) -> np.ndarray:
    """Each hole gets the colour of its nearest seen neighbour in the row, left or right: the farther one of the two."""
    height, width = holes.shape
    columns = np.broadcast_to(np.arange(width), holes.shape)
    left = np.maximum.accumulate(np.where(holes, -1, columns), axis=1)
    right = np.minimum.accumulate(np.where(holes, width, columns)[:, ::-1], axis=1)[:, ::-1]
    rows = np.arange(height)[:, None]
    far_left = np.where(left >= 0, inverse[rows, np.maximum(left, 0)], np.inf)
    far_right = np.where(right < width, inverse[rows, np.minimum(right, width - 1)], np.inf)
    source = np.where(far_left <= far_right, left, right)
    # A pixel further on, where there is one: the border itself mixes both surfaces.
    beyond = np.clip(np.where(source == left, source - 1, source + 1), 0, width - 1)
    source = np.where(holes[rows, beyond], np.clip(source, 0, width - 1), beyond)
    filled = view.copy()
    filled[holes] = view[rows, source][holes]
    return filled


def _reach(occupied: np.ndarray, margin: int) -> slice:
    first, last = np.flatnonzero(occupied)[[0, -1]]
    return slice(max(0, first - margin), min(len(occupied), last + margin + 1))


def _linear(picture: Any) -> np.ndarray:
    array = checks.array(picture, "the picture")
    if array.ndim != 3 or array.shape[2] != 3 or array.dtype.kind != "f" or array.size == 0:
        raise ValueError(
            f"the picture has shape {array.shape}, dtype {array.dtype}: it must be linear light, float (H, W, 3), as "
            "to_linear gives."
        )
    if not np.isfinite(array).all():
        raise ValueError("the picture has NaN or infinite values.")
    return array.astype(np.float32)


def _depth(depth: Any, shape: tuple[int, ...]) -> np.ndarray:
    depth = checks.depth_map(depth, holes=False)
    if depth.shape != tuple(shape):
        raise ValueError(f"depth has shape {depth.shape}, the picture {tuple(shape)}: they must be the same.")
    return depth


def _check_share(value: float, name: str) -> None:
    if not (finite(value) and 0 <= value <= 1):
        raise ValueError(f"{name} is {value!r}: it is a share, a number from 0 to 1.")
