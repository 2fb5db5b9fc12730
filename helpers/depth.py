"""Predicting relative inverse depth, changing its size, turning it into depth, and keeping it in files.

What DPT gives is relative inverse depth: larger is nearer, no unit. With a scale and a shift that differ from picture
to picture, 1 / depth = scale * inverse_depth + shift. As the shift is unknown, zero stands for no particular depth.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from PIL import Image, PngImagePlugin

from helpers import checks
from helpers.checkpoints import RELATIVE_INVERSE_DEPTH
from helpers.checks import finite
from helpers.files import atomic_path, home_expanded

if TYPE_CHECKING:
    from helpers.checkpoints import Dpt
    from helpers.segmentation import Segmenter

__all__ = [
    "COLORMAPS",
    "colour_view",
    "inverse_depth_to_depth",
    "load_inverse_depth16",
    "network_input",
    "predict_inverse_depth",
    "range_scale_shift",
    "resize_inverse_depth",
    "save_inverse_depth",
    "sixteen_bit",
    "two_point_scale_shift",
]

COLORMAPS = ("inferno", "magma", "plasma", "viridis", "cividis", "gray")
"""Colour maps whose lightness rises evenly, so that equal steps look equal."""

_STRIP = 1 << 22  # pixels worked on at once, so that large pictures need no second large array


def predict_inverse_depth(dpt: Dpt, image: Image.Image) -> np.ndarray:
    """The relative inverse depth of a picture: float32 (height, width) of the picture, finite, >= 0, larger is nearer.

    `dpt` has the processor and the model, `image` is an RGB picture as `helpers.load_image` gives. The processor makes
    the square that DPT needs, the result is brought back to the picture's size by bicubic interpolation as in
    transformers' `post_process_depth_estimation`, and the undershoot of the interpolation is clamped to 0.
    Raises ValueError for a picture that is not RGB or has no pixels, a processor that makes no square where the model
    needs one, and a model whose output is not finite.
    """
    pixel_values = network_input(dpt, image)
    with torch.inference_mode():
        predicted = dpt.model(pixel_values=pixel_values).predicted_depth
    predicted = predicted.detach().to(device="cpu", dtype=torch.float32)
    if not bool(torch.isfinite(predicted).all()):
        raise ValueError("the model's output is not finite: load the checkpoint with dtype=torch.float32.")
    return _bicubic(predicted[0], (image.height, image.width))


def resize_inverse_depth(inverse_depth: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Inverse depth (H, W) at another size (height, width): bicubic, clamped at 0, float32.

    As transformers' `post_process_depth_estimation` (bicubic, align_corners=False, no low-pass filter), with the
    undershoot clamped: bicubic weights are partly negative, so the result could fall below 0 beside an edge.
    Raises ValueError for values that are not finite or negative, a wrong shape, or a size below 1 pixel.
    """
    inverse_depth = _inverse_depth(inverse_depth)
    if float(inverse_depth.min()) < 0:
        raise ValueError("inverse_depth has negative values, which DPT never gives: clamp them to 0.")
    size = checks.size(size, "size")
    return _bicubic(torch.from_numpy(np.array(inverse_depth, dtype=np.float32, order="C")), size)


def inverse_depth_to_depth(inverse_depth: np.ndarray, scale: float, shift: float, max_depth: float) -> np.ndarray:
    """Depth = 1 / max(scale * inverse_depth + shift, 1 / max_depth): float32, same shape, in max_depth's unit.

    Scale and shift come from `helpers.metrics.align_scale_shift` or `two_point_scale_shift`; without them there is no
    metric depth. Raises ValueError for values, scale or shift that are not finite and a max_depth that is not positive.
    """
    inverse_depth = _inverse_depth(inverse_depth)
    if not (finite(scale) and finite(shift)):
        raise ValueError(f"scale and shift must be finite numbers, not {scale!r} and {shift!r}.")
    checks.positive(max_depth, "max_depth")
    aligned = inverse_depth.astype(np.float64)
    aligned *= scale
    aligned += shift
    np.maximum(aligned, 1 / max_depth, out=aligned)
    np.reciprocal(aligned, out=aligned)
    return aligned.astype(np.float32)


def two_point_scale_shift(inverse_depths: Sequence[float], depths: Sequence[float]) -> tuple[float, float]:
    """Scale and shift from two points whose depths are known: solves 1 / depth = scale * inverse_depth + shift.

    `inverse_depths` are the two predicted values, `depths` the two measured depths along the optical axis.
    Raises ValueError unless there are two of each, finite, depths positive, the predictions different, and the nearer
    point is the one with the larger prediction.
    """
    p, q = checks.pair(inverse_depths, "inverse_depths", "the finite predictions at two points")
    y, z = checks.pair(depths, "depths", "the positive, finite depths of two points")
    if min(y, z) <= 0:
        raise ValueError(f"depths is {depths!r}: give the positive, finite depths of two points.")
    if p == q:
        raise ValueError("the prediction is the same at both points: choose one point near and one far away.")
    if y == z:
        raise ValueError(f"both points are {y:g} away: choose one point near and one far away.")
    if (p > q) != (y < z):
        raise ValueError(
            f"the prediction has near and far the other way round: {p:g} at {y:g}, {q:g} at {z:g}. "
            "Larger is nearer: check which distance belongs to which point, or choose points farther apart in depth."
        )
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        inverse, other = np.float64(1) / y, np.float64(1) / z
        scale = float((inverse - other) / (p - q))
        shift = float(inverse - scale * p)
    if not (finite(inverse) and finite(other)):
        raise ValueError(f"the depths {y:g} and {z:g} are too small to be turned into inverse depth.")
    if not (finite(scale) and finite(shift)):
        raise ValueError(f"the predictions {p:g} and {q:g} are too close together: choose points farther apart.")
    return scale, shift


def range_scale_shift(
    inverse_depth: np.ndarray, nearest: float, farthest: float, percentiles: tuple[float, float] = (1.0, 99.0)
) -> tuple[float, float]:
    """Scale and shift from a guess of how near and how far the picture reaches, where nothing was measured.

    The given percentiles of `inverse_depth` (H, W) get the depths `farthest` and `nearest`; percentiles rather than the
    extremes, so that single pixels do not decide. `farthest` may be math.inf, for a picture with sky.
    Raises ValueError for values that are not finite or hardly vary, unless 0 < nearest < farthest, and for percentiles
    that are not two numbers from 0 to 100, the smaller first.
    """
    inverse_depth = _inverse_depth(inverse_depth)
    if not (finite(nearest) and finite(farthest, endless=True) and 0 < nearest < farthest):
        raise ValueError(f"nearest and farthest must be 0 < nearest < farthest, not {nearest!r} and {farthest!r}.")
    low, high = checks.pair(percentiles, "percentiles", "two numbers from 0 to 100", rising=True)
    if low < 0 or high > 100:
        raise ValueError(f"percentiles is {percentiles!r}: they lie from 0 to 100.")
    far, near = (float(value) for value in np.percentile(inverse_depth, (low, high)))
    if not near > far:
        raise ValueError("the prediction is constant between these percentiles: no scale and shift spread it out.")
    scale = (1 / nearest - 1 / farthest) / (near - far)
    return scale, 1 / farthest - scale * far


def sixteen_bit(inverse_depth: np.ndarray) -> tuple[np.ndarray, float, float]:
    """Inverse depth (H, W) as 16-bit integers: (uint16 (H, W), scale, offset); the whole range 0 to 65535 is used.

    inverse_depth = value * scale + offset, off by at most scale / 2. A constant map gives zeros and scale 0.
    Raises ValueError for values that are not finite or a wrong shape.
    """
    inverse_depth = _inverse_depth(inverse_depth)
    low, high = float(inverse_depth.min()), float(inverse_depth.max())
    scale = (high - low) / 65535
    values = np.zeros(inverse_depth.shape, np.uint16)
    if scale > 0:
        for rows in _strips(inverse_depth.shape):
            values[rows] = np.rint((inverse_depth[rows].astype(np.float64) - low) / (high - low) * 65535)
    return values, scale, low


def colour_view(
    inverse_depth: np.ndarray, colormap: str = "inferno", limits: tuple[float, float] | None = None
) -> np.ndarray:
    """Inverse depth (H, W) as colours to look at: uint8 (H, W, 3), brighter is nearer.

    `limits` are the values at the two ends of the colour map, by default the smallest and the largest; give the same
    limits to all frames of a film, or it flickers. A view is no data: 256 levels are left, and no scale.
    Raises ValueError for values that are not finite, limits not in order, or a colour map not in COLORMAPS.
    """
    inverse_depth = _inverse_depth(inverse_depth)
    lut = _lookup_table(colormap)
    if limits is None:
        low, high = float(inverse_depth.min()), float(inverse_depth.max())
    else:
        low, high = checks.pair(limits, "limits", rising=True)
    view = np.empty((*inverse_depth.shape, 3), np.uint8)
    span = high - low
    for rows in _strips(inverse_depth.shape):
        part = (inverse_depth[rows].astype(np.float64) - low) / (span if span > 0 else 1)
        view[rows] = lut[np.rint(np.clip(part, 0, 1) * 255).astype(np.uint8)]
    return view


def save_inverse_depth(
    folder: str | os.PathLike[str], inverse_depth: np.ndarray, *, colormap: str = "inferno"
) -> dict[str, Path]:
    """Write inverse depth (H, W) three times: as numbers, as a 16-bit picture and as colours to look at.

    Returns the paths: "float" (inverse_depth.npy, float32), "sixteen_bit" (inverse_depth16.png, grey, which says in its
    own text fields what it means and how to undo its scale) and "view" (inverse_depth_view.png, 8-bit colours).
    Each file is whole or absent at any moment; the folder is made. Raises ValueError for values that are not finite, a
    wrong shape, a colour map not in COLORMAPS or no path, before anything is written; OSError where it cannot be
    written.
    """
    inverse_depth = _inverse_depth(inverse_depth)
    _lookup_table(colormap)
    folder = home_expanded(folder)
    paths = {
        "float": folder / "inverse_depth.npy",
        "sixteen_bit": folder / "inverse_depth16.png",
        "view": folder / "inverse_depth_view.png",
    }
    with atomic_path(paths["float"]) as partial, partial.open("wb") as file:
        np.save(file, np.ascontiguousarray(inverse_depth, dtype=np.float32), allow_pickle=False)

    values, scale, offset = sixteen_bit(inverse_depth)
    text = PngImagePlugin.PngInfo()
    text.add_text("meaning", RELATIVE_INVERSE_DEPTH)
    text.add_text("formula", "inverse_depth = value * scale + offset")
    text.add_text("scale", repr(scale))
    text.add_text("offset", repr(offset))
    with atomic_path(paths["sixteen_bit"]) as partial:
        Image.fromarray(values).save(partial, format="PNG", pnginfo=text)
    del values

    text = PngImagePlugin.PngInfo()
    text.add_text("meaning", f"a view in colours ({colormap}, nearer is brighter), not data: {RELATIVE_INVERSE_DEPTH}")
    with atomic_path(paths["view"]) as partial:
        Image.fromarray(colour_view(inverse_depth, colormap)).save(partial, format="PNG", pnginfo=text)
    return paths


def load_inverse_depth16(path: str | os.PathLike[str]) -> np.ndarray:
    """Inverse depth, float32 (H, W), from the 16-bit picture that `save_inverse_depth` wrote, scale undone.

    Raises ValueError for what is no path or no such picture, OSError for a file that cannot be read.
    """
    path = home_expanded(path)
    try:
        with warnings.catch_warnings():  # as large as `helpers.load_image` allows is no attack
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=["PNG"]) as picture:
                picture.load()
                text, mode = dict(picture.text), picture.mode
                values = np.asarray(picture)
    except (Image.UnidentifiedImageError, SyntaxError) as error:
        raise ValueError(f"{path} is no PNG picture.") from error
    except Image.DecompressionBombError as error:
        raise ValueError(f"{path} says that it is too large to be inverse depth of a picture.") from error
    try:
        scale, offset = float(text["scale"]), float(text["offset"])
    except (KeyError, ValueError) as error:
        raise ValueError(f"{path} does not say its scale and offset: it was not written by this course.") from error
    if mode not in ("I;16", "I;16B", "I") or not (finite(scale) and finite(offset)):
        raise ValueError(f"{path} has mode {mode}, scale {scale}, offset {offset}: it is no 16-bit inverse depth.")
    return (values.astype(np.float64) * scale + offset).astype(np.float32)


def network_input(dpt: Dpt | Segmenter, image: Image.Image) -> torch.Tensor:
    """What the network gets for an RGB picture: (1, 3, S, S), on the model's device and in its dtype.

    Raises ValueError for a picture that is not RGB or has no pixels, and a processor that makes no square where the
    model needs one.
    """
    if not isinstance(image, Image.Image):
        raise ValueError(f"image is a {type(image).__name__}: pass the picture that helpers.load_image returns.")
    if image.mode != "RGB":
        raise ValueError(f'image has mode {image.mode}: pass what helpers.load_image returns, or image.convert("RGB").')
    if min(image.size) < 1:
        raise ValueError(f"image is {image.width} x {image.height}: it has no pixels.")
    # The order is said outright, as a picture of 1 or 3 rows would be taken for one with its channels first.
    options = {"images": image, "return_tensors": "pt", "input_data_format": "channels_last"}
    pixel_values = dpt.processor(**options)["pixel_values"]
    config = dpt.model.config
    # A backbone of its own knows its height and width; a ViT inside DPT needs a square.
    square = getattr(config, "backbone_config", None) is None or getattr(config, "is_hybrid", False)
    if square and pixel_values.shape[-2] != pixel_values.shape[-1]:
        # DPT takes the root of the number of patches for its height: garbage or an error unless it is a square.
        pixel_values = dpt.processor(**options, keep_aspect_ratio=False)["pixel_values"]
    if square and pixel_values.shape[-2] != pixel_values.shape[-1]:
        raise ValueError(
            f"the processor makes {pixel_values.shape[-2]} x {pixel_values.shape[-1]} pixels, but this DPT needs a "
            "square: set height and width of `size` in preprocessor_config.json to the same number."
        )
    return pixel_values.to(device=dpt.model.device, dtype=dpt.model.dtype)


def _bicubic(inverse_depth: torch.Tensor, size: tuple[int, int]) -> np.ndarray:
    with torch.inference_mode():
        resized = torch.nn.functional.interpolate(
            inverse_depth[None, None], size=size, mode="bicubic", align_corners=False
        )
        return resized[0, 0].clamp_(min=0).numpy()


def _inverse_depth(inverse_depth: Any) -> np.ndarray:
    array = checks.map_of(inverse_depth, "inverse_depth")
    # NaN and infinity both reach the minimum or the maximum, and this way no second array is needed.
    low, high = float(array.min()), float(array.max())
    if not (finite(low) and finite(high)):
        raise ValueError("inverse_depth has NaN or infinite values: set them to a number before.")
    if max(-low, high) > float(np.finfo(np.float32).max):
        raise ValueError(f"inverse_depth reaches {max(-low, high):g}: too large for float32.")
    return array


def _lookup_table(colormap: str) -> np.ndarray:
    if colormap not in COLORMAPS:
        raise ValueError(f"colormap is {colormap!r}: choose an even one, {', '.join(COLORMAPS)}.")
    import matplotlib

    return matplotlib.colormaps[colormap](np.arange(256), bytes=True)[:, :3]


def _strips(shape: tuple[int, ...]) -> Iterator[slice]:
    height, width = shape
    step = max(1, _STRIP // width)
    for start in range(0, height, step):
        yield slice(start, start + step)
