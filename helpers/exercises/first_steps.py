"""The checks of notebooks 01 to 05: the five steps."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from helpers.exercises.common import as_array, assert_number, exercise

# Notebook 01


@exercise
def check_installation_report(answer: Mapping[str, Any]) -> str:
    """answer: a dict with python, torch, transformers (versions) and device ("cuda" where torch has it, else "cpu")."""
    import torch
    import transformers

    assert isinstance(answer, Mapping), "Hint: make a dict with the keys python, torch, transformers and device."
    missing = [key for key in ("python", "torch", "transformers", "device") if key not in answer]
    assert not missing, f"Hint: these keys are missing: {', '.join(missing)}."
    versions = {
        "python": (platform.python_version(), "platform.python_version()"),
        "torch": (torch.__version__, "torch.__version__"),
        "transformers": (transformers.__version__, "transformers.__version__"),
    }
    for name, (version, source) in versions.items():
        # What follows a plus sign tells the build (+cpu, +cu130), not the version.
        assert str(answer[name]).split("+")[0] == str(version).split("+")[0], (
            f"Hint: {name} is not {answer[name]!r}. Ask it: {source}."
        )
    device = "cuda" if torch.cuda.is_available() else "cpu"
    assert str(answer["device"]).split(":")[0] == device, (
        f"Hint: the device is not {str(answer['device'])!r}. torch.cuda.is_available() says whether there is a GPU: "
        '"cuda" if so, else "cpu".'
    )
    return "these are the versions and the device of this installation."


@exercise
def check_nearer(answer: Sequence[str]) -> str:
    """answer: which of A (5.1) and B (6.2) in one picture is nearer, and which of B and C (7.0 in another picture)."""
    words = ("A", "B", "C", "unknown")
    assert isinstance(answer, Sequence) and not isinstance(answer, str) and len(answer) == 2, (
        'Hint: answer with a pair, such as ("A", "C").'
    )
    said = [part.strip().lower() if isinstance(part, str) else part for part in answer]
    assert all(part in [word.lower() for word in words] for part in said), (
        f"Hint: answer with two of the words {', '.join(words)}."
    )
    assert said[0] != "unknown", "Hint: A and B are in one picture, with one scale and one shift: compare them."
    assert said[0] == "b", "Hint: inverse depth is 1 / depth. Compute it for a cup at 0.5 m and a house at 50 m."
    assert said[1] == "unknown", (
        "Hint: B and C are in two pictures, and each picture has a scale and a shift of its own."
    )
    return "within one picture the larger value is nearer; between two pictures the values say nothing."


@exercise
def check_stereo_depth(answer: float, focal: float, baseline: float, disparity: float) -> str:
    """answer: the depth in metres of a match `disparity` pixels apart; focal in pixels, baseline in metres."""
    assert_number(answer, "the depth in metres")
    depth = focal * baseline / disparity
    if abs(answer - depth) > 1e-3 * depth:
        assert abs(answer - 1 / depth) > 1e-3 / depth, "Hint: this is the inverse depth. Turn the fraction round."
        raise AssertionError("Hint: solve d = f B / Z for Z, in pixels and metres.")
    return f"{focal:g} x {baseline:g} / {disparity:g} is {depth:g} metres."


# Notebook 02


@exercise
def check_parameter_count(answer: int, model: Any) -> str:
    """answer: how many numbers the model has learned (all its parameters)."""
    assert_number(answer, "the number of parameters")
    counts = [parameter.numel() for parameter in model.parameters()]
    assert answer != len(counts), "Hint: this is the number of tensors. Add up what parameter.numel() gives for each."
    assert answer == sum(counts), (
        "Hint: add up parameter.numel() over the parameters of the module that the question names, and of no other."
    )
    return f"{sum(counts):,} parameters."


@exercise
def check_token_count(answer: int, image_size: int, patch_size: int) -> str:
    """answer: the tokens that the encoder works on: one for each patch of the square picture, and the readout token."""
    assert_number(answer, "the number of tokens")
    side = image_size // patch_size
    assert answer != side, f"Hint: {side} patches lie along one side. The picture has two sides."
    assert answer != side**2, "Hint: there is one token more, which stands for no patch: the readout token."
    assert answer == side**2 + 1, (
        f"Hint: count the patches of {patch_size} x {patch_size} pixels in {image_size} x {image_size}, "
        "then add the readout token."
    )
    return f"{side} x {side} patches and 1 readout token are {side**2 + 1} tokens."


@exercise
def check_part_share(answer: float, model: Any, part: str = "dpt.encoder.") -> str:
    """answer: the fraction, 0 to 1, of the parameters whose names begin with `part`. Right within 0.005."""
    assert_number(answer, "the share")
    inside = sum(parameter.numel() for name, parameter in model.named_parameters() if name.startswith(part))
    share = inside / sum(parameter.numel() for parameter in model.parameters())
    assert not (answer > 1 and abs(answer / 100 - share) <= 0.005), (
        "Hint: answer with a fraction from 0 to 1, no percentage."
    )
    assert 0 <= answer <= 1, "Hint: a share lies between 0 and 1: divide the part by the whole."
    assert abs(answer - share) <= 0.005, (
        f'Hint: add up parameter.numel() for the names in model.named_parameters() that begin with "{part}", '
        "and divide by the sum over all names."
    )
    return f"{100 * share:.0f} % of the parameters are in {part.rstrip('.')}."


# Notebook 03


@exercise
def check_to_pixel_values(answer: Any, image: Any, processor: Any) -> str:
    """answer: (1, 3, S, S), made from `image` by hand, equal to what the processor makes, within 0.01."""
    expected = np.asarray(processor(images=image, return_tensors="np")["pixel_values"], dtype=np.float64)
    values = as_array(answer, "pixel values")
    assert values.shape != expected.shape[1:], "Hint: the batch is missing. Put an axis of length 1 in front."
    assert values.shape != (1, *expected.shape[2:], 3) and values.shape != (*expected.shape[2:], 3), (
        "Hint: the colours come last. The model wants them before height and width: (1, 3, height, width)."
    )
    assert values.shape == expected.shape, f"Hint: the shape is {values.shape}, it must be {expected.shape}."
    assert np.isfinite(values).all(), "Hint: some values are NaN or infinite."
    worst = float(np.abs(values - expected).max())
    if worst > 0.01:
        assert values.max() <= 2 * np.abs(expected).max() + 2, (
            "Hint: the values go up to 255 or so. Divide by 255 before you normalise."
        )
        assert np.abs((values - 0.5) / 0.5 - expected).max() > 0.05 or values.min() < 0, (
            "Hint: the values go from 0 to 1. Subtract the mean and divide by the standard deviation."
        )
        assert np.abs(values[:, ::-1] - expected).max() > 0.05, "Hint: red and blue have changed places."
        _assert_axes_kept(values[0], expected[0], 0.05)
        raise AssertionError(
            f"Hint: the largest difference is {worst:.2g}. Is it the picture that is asked for? Resize it with the "
            "method of the processor (its resample) while the values are still 0 to 255, then divide, then normalise."
        )
    mean, deviation = (np.reshape(values_, (3, 1, 1)) for values_ in (processor.image_mean, processor.image_std))
    by_256 = ((expected * deviation + mean) * 255 / 256 - mean) / deviation
    assert np.abs(values - by_256).max() > 1e-3 or np.abs(values - expected).max() <= 1e-3, (
        "Hint: this was divided by 256. Divide by 255, the largest value, so that white becomes 1."
    )
    return "these are the processor's own pixel values."


def _assert_axes_kept(planes: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    """Asserts that the three planes (3, S, S) are not those of `expected` with mixed axes."""
    assert np.abs(planes.swapaxes(1, 2) - expected).max() > tolerance, (
        "Hint: height and width have changed places. transpose(2, 0, 1) and transpose(1, 2, 0) keep their order."
    )
    mixed = (
        planes.reshape(*planes.shape[1:], 3).transpose(2, 0, 1),
        planes.transpose(1, 2, 0).reshape(planes.shape),
    )
    assert all(np.abs(other - expected).max() > tolerance for other in mixed), (
        "Hint: reshape mixes colours and places. Move the axis, with transpose."
    )


@exercise
def check_undo_normalise(answer: Any, pixel_values: Any, expected: Any) -> str:
    """answer: a function of `pixel_values` (1, 3, S, S), or its result: the picture (S, S, 3), uint8, as `expected`."""
    picture = answer(pixel_values) if callable(answer) else answer
    assert picture is not None and picture is not Ellipsis, "Hint: the function gives nothing back. Has it a return?"
    assert picture is not expected, "Hint: this is the picture to compare with. Make your own of the pixel values."
    dtype = str(getattr(picture, "dtype", "uint8"))
    picture, wanted = as_array(picture, "the picture"), np.asarray(expected)
    assert picture.shape != (1, 3, *wanted.shape[:2]) and picture.shape != (3, *wanted.shape[:2]), (
        "Hint: a picture has its colours last. Take [0] of the batch, then move the first axis to the end."
    )
    assert picture.shape == wanted.shape, f"Hint: the shape is {picture.shape}, it must be {wanted.shape}."
    assert "uint8" in dtype, f"Hint: the values are {dtype}. Round, clip to 0..255 and turn them into uint8."
    difference = np.abs(picture - wanted.astype(np.float64))
    if difference.max() > 1:
        assert not (difference > 250).any(), (
            "Hint: some values went around, 256 became 0. Clip to 0..255 before you turn them into uint8."
        )
        assert picture.max() > 2, "Hint: all values are 0, 1 or 2. Multiply by 255 before you turn them into uint8."
        _assert_axes_kept(picture.transpose(2, 0, 1), wanted.transpose(2, 0, 1).astype(np.float64), 1.5)
        assert np.abs(picture[..., ::-1] - wanted).max() > 1, "Hint: red and blue have changed places."
        raise AssertionError(
            "Hint: go back in the opposite order: times the standard deviation, plus the mean, times 255."
        )
    return "this is the picture that the model sees."


@exercise
def check_upright(answer: Any, expected: Any) -> str:
    """answer: the picture turned upright; expected: the same picture upright. Right within what JPEG loses."""
    assert hasattr(answer, "size") and hasattr(answer, "convert"), "Hint: answer with the PIL picture itself."
    assert answer is not expected, "Hint: this is the picture to compare with. Turn the one that lies on its side."
    width, height = expected.size
    assert answer.size != (height, width) or width == height, (
        "Hint: the picture still lies on its side. Its EXIF orientation, 6, says how to turn it: 90 degrees clockwise."
    )
    assert answer.size == expected.size, (
        f"Hint: the size is {answer.size}, it must be {expected.size}: turn, do not resize."
    )
    wanted = np.asarray(expected.convert("RGB"), dtype=np.float64)
    given = np.asarray(answer.convert("RGB"), dtype=np.float64)
    turns = {"as it is": given, "upside down": given[::-1, ::-1], "mirrored": given[:, ::-1], "flipped": given[::-1]}
    off = {turn: float(np.abs(turned - wanted).mean()) for turn, turned in turns.items()}
    found = min(off, key=off.get)
    assert off[found] < 4, "Hint: this is another picture, or a squeezed one, or its colours have changed."
    assert found == "as it is", (
        f"Hint: the picture is {found}. Turn it, do not mirror it; clockwise by 90 is anticlockwise by 270 degrees."
    )
    return "the picture stands upright."


# Notebook 04


@exercise
def check_forward_shape(answer: Sequence[int], size: int | Sequence[int] | Mapping[str, int], batch: int = 1) -> str:
    """answer: the shape of predicted_depth for `batch` pictures of the processor's size (int, pair or its dict)."""
    if isinstance(size, int):
        height = width = size
    else:
        height, width = size if isinstance(size, list | tuple) else (size["height"], size["width"])
    assert isinstance(answer, list | tuple), "Hint: answer with a tuple of whole numbers."
    answer, expected = tuple(answer), (batch, height, width)
    assert answer != (height, width), "Hint: there is an axis for the batch, even for one picture."
    assert answer not in ((batch, 1, height, width), (batch, 3, height, width)), (
        "Hint: there is no axis of colours in the output: one number for each pixel."
    )
    assert answer == expected, "Hint: the output has the size that the processor made, with the batch in front."
    return f"the output has shape {expected}."


@exercise
def check_nearest_pixel(answer: Sequence[int], inverse_depth: Any) -> str:
    """answer: (row, column) of the nearest pixel of inverse_depth (H, W)."""
    values = as_array(inverse_depth, "inverse_depth")
    assert np.ndim(answer) != 0, (
        "Hint: this is the place in the flat array. np.unravel_index makes row and column of it."
    )
    assert np.shape(answer) == (2,), "Hint: answer with two whole numbers, (row, column)."
    answer = answer.tolist() if hasattr(answer, "tolist") else answer
    for number in answer:
        assert_number(number, "for the row and for the column")
        assert number == int(number), "Hint: answer with two whole numbers, (row, column)."
    row, column = (int(number) for number in answer)
    height, width = values.shape
    inside = 0 <= row < height and 0 <= column < width
    swapped = 0 <= column < height and 0 <= row < width and values[column, row] == values.max()
    if not (inside and values[row, column] == values.max()):
        assert not swapped, "Hint: row and column have changed places: the row comes first."
        assert inside, f"Hint: ({row}, {column}) lies outside {height} rows and {width} columns."
        assert values[row, column] > values.min(), (
            "Hint: this is the farthest pixel. Larger is nearer: look for the maximum."
        )
        raise AssertionError("Hint: a larger value is nearer. np.argmax finds the place of the largest.")
    return "no pixel has a larger inverse depth."


@exercise
def check_order(answer: Sequence[str], points: Mapping[str, Sequence[int]], inverse_depth: Any) -> str:
    """answer: the names in `points` (name -> (row, column)), the nearest first, by inverse_depth (H, W)."""
    values = as_array(inverse_depth, "inverse_depth")
    assert isinstance(answer, list | tuple), "Hint: answer with a list of names."
    assert sorted(map(str, answer)) == sorted(points), f"Hint: name each of {', '.join(points)} once."
    given = [float(values[tuple(points[name])]) for name in answer]
    assert given != sorted(given) or given == sorted(given, reverse=True), (
        "Hint: this is the order from far to near. Larger inverse depth is nearer, and the nearest comes first."
    )
    assert given == sorted(given, reverse=True), (
        "Hint: read inverse_depth[row, column] at each point and sort the names by it, the largest first."
    )
    return "from near to far: " + ", ".join(answer) + "."


# Notebook 05


@exercise
def check_resize(answer: Any, predicted: Any, size: Sequence[int]) -> str:
    """answer: predicted (h, w) at `size` = (height, width): bicubic, align_corners=False, clamped at 0.

    Right within 1e-4 of the largest value.
    """
    import torch

    from helpers.depth import resize_inverse_depth

    source = as_array(predicted, "predicted")
    source = source.reshape(source.shape[-2:])
    height, width = (int(side) for side in size)
    expected = resize_inverse_depth(source.astype(np.float32), (height, width))
    values = as_array(answer, "the resized map")
    assert values.shape != (width, height) or width == height, (
        "Hint: height and width have changed places. image.size is (width, height), torch wants (height, width)."
    )
    assert values.ndim == 2, f"Hint: the shape is {values.shape}. Take the batch and channel axes away again: [0, 0]."
    assert values.shape == expected.shape, f"Hint: the shape is {values.shape}, it must be {expected.shape}."
    assert np.isfinite(values).all(), "Hint: some values are NaN or infinite."
    tolerance = 1e-4 * max(1e-12, float(expected.max()))
    if np.abs(values - expected).max() > tolerance:
        assert values.min() >= -tolerance, (
            "Hint: some values are below 0. Bicubic undershoots beside edges: clamp at 0."
        )
        stack = torch.tensor(source, dtype=torch.float32)[None, None]
        for mode, corners in (("bilinear", False), ("nearest", None), ("bicubic", True)):
            other = torch.nn.functional.interpolate(stack, size=(height, width), mode=mode, align_corners=corners)
            said = f'mode="{mode}"' + (", align_corners=True" if corners else "")
            assert np.abs(values - other[0, 0].clamp(min=0).numpy()).max() > tolerance, (
                f'Hint: this is {said}. Use mode="bicubic", align_corners=False.'
            )
        raise AssertionError(
            'Hint: torch.nn.functional.interpolate with mode="bicubic", align_corners=False, then clamp.'
        )
    return f"{expected.shape[0]} x {expected.shape[1]} values, none below 0."


@exercise
def check_sixteen_bit(answer: Any, inverse_depth: Any) -> str:
    """answer: inverse_depth (H, W) as uint16, its smallest value at 0 and its largest at 65535, evenly between."""
    from helpers.depth import sixteen_bit

    truth = as_array(inverse_depth, "inverse_depth")
    values = np.asarray(answer)
    assert values.dtype != np.uint8, "Hint: uint8 has 256 levels. Multiply by 65535 and use uint16."
    assert values.dtype == np.uint16, f"Hint: the values are {values.dtype}. Round them and turn them into uint16."
    assert values.shape == truth.shape, f"Hint: the shape is {values.shape}, it must be {truth.shape}."
    expected = sixteen_bit(truth)[0].astype(np.int64)
    values = values.astype(np.int64)
    if np.abs(values - expected).max() > 1:
        assert np.abs((65535 - values) - expected).max() > 1, (
            "Hint: near and far are exchanged: the largest becomes 65535."
        )
        if truth.max() > truth.min():
            assert values.max() > 256, "Hint: only the lowest levels are used. Multiply by 65535, not by 255."
            assert np.unique(values).size > 256 or np.unique(expected).size <= 256, (
                "Hint: there are at most 256 levels left. Was the map turned into 8 bits on the way?"
            )
            ordered = values.ravel()[np.argsort(truth, axis=None, kind="stable")]
            assert not (np.diff(ordered) <= 0).all() or values.min() == values.max(), (
                "Hint: near and far are exchanged. Scale the inverse depth itself: the nearest becomes 65535."
            )
            assert (np.diff(ordered) >= 0).all(), (
                "Hint: the order is lost: some larger values became smaller numbers. Did they go around at 65536?"
            )
            assert values.min() == 0 and values.max() == 65535, (
                "Hint: use the whole range: the smallest value becomes 0 and the largest 65535."
            )
        raise AssertionError("Hint: (value - smallest) / (largest - smallest) * 65535, rounded.")
    return "the whole range is used and the order is kept."


@exercise
def check_line_through_points(answer: Sequence[float], predictions: Sequence[float], inverse: Sequence[float]) -> str:
    """answer: (a, b) with a * prediction + b = 1 / depth at both of two points, whose predictions differ."""
    values = as_array(answer, "the answer")
    assert values.shape == (2,), "Hint: answer with two numbers, (a, b)."
    x, y = np.asarray(predictions, dtype=np.float64), np.asarray(inverse, dtype=np.float64)
    a, b = values.tolist()

    def meets(slope: float, offset: float) -> bool:
        return bool(np.allclose(slope * x + offset, y, rtol=1e-3, atol=1e-3 * float(np.abs(y).max())))

    assert meets(a, b) or not meets(b, a), "Hint: a and b have changed places: (a, b)."
    assert meets(a, b), "Hint: subtract the two equations: a = (1/Z1 - 1/Z2) / (p1 - p2); then b = 1/Z1 - a p1."
    return "the line goes through both points."
