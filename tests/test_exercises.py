"""Every check of an exercise: the untouched stub, wrong answers with their hints, the right answer."""

from __future__ import annotations

import importlib
import inspect
import platform
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from PIL import Image, ImageOps

from helpers import exercises
from helpers.depth import resize_inverse_depth, sixteen_bit

RNG = np.random.default_rng(0)
NOISE = RNG.integers(0, 256, (20, 30, 3), dtype=np.uint8)
NOISE[:8, :12] = 255  # white, where values go around that are not clipped
PHOTO = Image.fromarray(NOISE)
INVERSE_DEPTH = RNG.uniform(1, 9, (6, 8)).astype(np.float32)
INVERSE_DEPTH[2, 6] = 20
FINE = RNG.uniform(1, 9, (60, 80)).astype(np.float32)
PREDICTED = RNG.uniform(0, 5, (8, 8)).astype(np.float32)
PREDICTED[3, 3] = 60
MODEL = torch.nn.ModuleDict(
    {
        "dpt": torch.nn.ModuleDict({"embeddings": torch.nn.Linear(3, 5), "encoder": torch.nn.Linear(10, 10)}),
        "head": torch.nn.Linear(5, 5),
    }
)  # 20 + 110 + 30 parameters
REPORT = {
    "python": platform.python_version(),
    "torch": torch.__version__,
    "transformers": transformers.__version__,
    "device": "cuda" if torch.cuda.is_available() else "cpu",
}


@pytest.fixture(scope="module")
def processor():
    return transformers.DPTImageProcessorPil(
        size={"height": 16, "width": 16},
        resample=Image.Resampling.BILINEAR,
        image_mean=[0.5] * 3,
        image_std=[0.5] * 3,
        keep_aspect_ratio=False,
    )


def pixels(scaled=True, normalised=True, resample=Image.Resampling.BILINEAR):
    values = np.asarray(PHOTO.resize((16, 16), resample), dtype=np.float32)
    values = values / 255 if scaled else values
    values = (values - 0.5) / 0.5 if normalised else values
    return values.transpose(2, 0, 1)[None]


def lowest_and_highest(levels, dtype, values=FINE):
    return np.rint((values - values.min()) / np.ptp(values) * levels).astype(dtype)


def undo(pixel_values):
    return np.rint((np.asarray(pixel_values)[0].transpose(1, 2, 0) * 0.5 + 0.5) * 255).clip(0, 255).astype(np.uint8)


def undo_without_clip(pixel_values):
    values = np.asarray(pixel_values)[0].transpose(1, 2, 0) * 0.5 + 0.5
    return np.rint(values * 255 + 2).astype(np.int64).astype(np.uint8)


SEEN = np.asarray(PHOTO.resize((16, 16), Image.Resampling.BILINEAR))
POINTS = {"cup": (0, 1), "shelf": (3, 2), "wall": (5, 7)}
ORDER = sorted(POINTS, key=lambda name: -INVERSE_DEPTH[POINTS[name]])
NEAREST = tuple(int(n) for n in np.unravel_index(INVERSE_DEPTH.argmax(), INVERSE_DEPTH.shape))
FARTHEST = tuple(int(n) for n in np.unravel_index(INVERSE_DEPTH.argmin(), INVERSE_DEPTH.shape))
RESIZED = resize_inverse_depth(PREDICTED, (20, 30))


def raw_resize(mode, **options):
    stack = torch.tensor(PREDICTED)[None, None]
    return torch.nn.functional.interpolate(stack, size=(20, 30), mode=mode, **options)[0, 0].numpy()


DEPTHS = [1.0, 2.0, 2.5, 4.0, 20.0]


def normalised(values, middle=np.median, spread=lambda left: np.abs(left).mean()):
    left = np.asarray(values, float) - middle(values)
    return left / spread(left)


NORMALISED = normalised(1 / np.array(DEPTHS))


# name -> (arguments after the answer, right answers, wrong answers with a word of their hint)
CASES = {
    "check_installation_report": (
        (),
        [
            REPORT,
            {**REPORT, "torch": REPORT["torch"].split("+")[0]},
            {**REPORT, "device": torch.device(REPORT["device"])},
        ],
        [
            ({**REPORT, "torch": "1.0"}, "torch.__version__"),
            ({**REPORT, "python": "2.7"}, "platform"),
            ({**REPORT, "transformers": None}, "transformers.__version__"),
            ({**REPORT, "device": "tpu"}, "is_available"),
            ({"python": REPORT["python"]}, "missing"),
            ("3.11", "dict"),
        ],
    ),
    "check_nearer": (
        (),
        [("B", "unknown"), ["b", " Unknown "]],
        [
            (("A", "unknown"), "1 / depth"),
            (("unknown", "unknown"), "one picture"),
            (("B", "C"), "scale and a shift"),
            (("B", "larger"), "two of the words"),
            (("B", 1), "two of the words"),
            (("B",), "pair"),
            ("B", "pair"),
            (1, "pair"),
        ],
    ),
    "check_stereo_depth": (
        (700.0, 0.5, 35.0),
        [10, 10.0, 10.005],
        [(0.1, "inverse depth"), (5, "solve"), ("10", "one number")],
    ),
    "check_parameter_count": (
        (MODEL,),
        [160, np.int64(160), np.array(160), torch.tensor(160)],
        [(6, "tensors"), (159, "numel"), ("160", "one number"), (True, "one number"), (None, "one number")],
    ),
    "check_token_count": (
        (384, 16),
        [577],
        [(24, "two sides"), (576, "readout"), (384, "patches"), ("577", "one number")],
    ),
    "check_part_share": (
        (MODEL,),
        [110 / 160, 0.69],
        [(68.75, "percentage"), (110, "between 0 and 1"), (0.5, "dpt.encoder"), (float("nan"), "one number")],
    ),
    "check_to_pixel_values": (
        (PHOTO, "processor"),
        [pixels(), torch.tensor(pixels())],
        [
            (pixels()[0], "batch"),
            (pixels().transpose(0, 2, 3, 1), "colours come last"),
            (pixels()[0].transpose(1, 2, 0), "colours come last"),
            (pixels(scaled=False, normalised=False), "255"),
            (pixels(scaled=False), "255"),
            (pixels(normalised=False), "mean"),
            (pixels()[:, ::-1], "red and blue"),
            (pixels(resample=Image.Resampling.NEAREST), "resample"),
            (np.zeros((1, 3, 8, 8)), "shape"),
            ("pixels", "array"),
            (np.full((1, 3, 16, 16), np.nan), "NaN"),
            (pixels().swapaxes(2, 3), "height and width"),
            (pixels()[0].transpose(1, 2, 0).reshape(1, 3, 16, 16), "reshape"),
            (pixels()[:, :, ::-1, ::-1], "that is asked for"),
            (pixels() / 256 * 255 - 1 / 256, "Divide by 255"),
        ],
    ),
    "check_undo_normalise": (
        (pixels(), SEEN),
        [undo, undo(pixels()), torch.tensor(undo(pixels()))],
        [
            (lambda values: None, "return"),
            (lambda values: values, "colours last"),
            (lambda values: undo(values)[:4], "shape"),
            (lambda values: undo(values).astype(float), "uint8"),
            (undo_without_clip, "around"),
            (lambda values: (undo(values) / 255).astype(np.uint8), "255"),
            (lambda values: (undo(values) // 2).astype(np.uint8), "opposite order"),
            (SEEN, "compare with"),
            (undo(pixels()).swapaxes(0, 1), "height and width"),
            (undo(pixels()).transpose(2, 0, 1).reshape(16, 16, 3), "reshape"),
            (undo(pixels())[..., ::-1], "red and blue"),
        ],
    ),
    "check_upright": (
        (PHOTO,),
        [PHOTO.copy(), Image.fromarray(NOISE)],
        [
            (PHOTO.rotate(90, expand=True), "clockwise"),
            (PHOTO.rotate(180), "upside down"),
            (ImageOps.mirror(PHOTO), "mirrored"),
            (ImageOps.flip(PHOTO), "flipped"),
            (PHOTO.resize((10, 10)), "do not resize"),
            (ImageOps.invert(PHOTO), "another"),
            (PHOTO.resize((20, 30)).resize(PHOTO.size), "squeezed"),
            (PHOTO, "compare with"),
            (np.asarray(PHOTO), "PIL"),
        ],
    ),
    "check_forward_shape": (
        (384,),
        [(1, 384, 384), [1, 384, 384], torch.Size([1, 384, 384])],
        [
            ((384, 384), "batch"),
            ((1, 1, 384, 384), "no axis of colours"),
            ((1, 3, 384, 384), "no axis of colours"),
            ((1, 480, 640), "processor"),
            (384, "tuple"),
        ],
    ),
    "check_nearest_pixel": (
        (INVERSE_DEPTH,),
        [
            NEAREST,
            list(NEAREST),
            np.array(NEAREST),
            torch.tensor(NEAREST),
            tuple(np.array(number) for number in NEAREST),
        ],
        [
            (NEAREST[::-1], "changed places"),
            (FARTHEST, "farthest"),
            (int(INVERSE_DEPTH.argmax()), "unravel_index"),
            ((99, 0), "outside"),
            ((-1, 0), "outside"),
            ((0, 0, 0), "two whole numbers"),
            (("a", "b"), "one number"),
            ((2.5, 3.0), "two whole numbers"),
            ((1.0, float("nan")), "one number"),
            ((0, 0), "argmax"),
        ],
    ),
    "check_order": (
        (POINTS, INVERSE_DEPTH),
        [ORDER, tuple(ORDER)],
        [
            (ORDER[::-1], "far to near"),
            ([ORDER[1], ORDER[0], ORDER[2]], "sort"),
            (ORDER[:2], "once"),
            ([*ORDER, ORDER[0]], "once"),
            ("cup", "list"),
        ],
    ),
    "check_resize": (
        (PREDICTED, (20, 30)),
        [RESIZED, torch.tensor(RESIZED), RESIZED + 1e-6],
        [
            (RESIZED.T, "changed places"),
            (RESIZED[None], "axes away"),
            (RESIZED[:5], "shape"),
            (raw_resize("bicubic"), "clamp"),
            (raw_resize("bilinear"), "bilinear"),
            (raw_resize("nearest"), "nearest"),
            (raw_resize("bicubic", align_corners=True).clip(0), "align_corners=True"),
            (RESIZED + 1, "interpolate"),
            (np.full(RESIZED.shape, np.nan), "NaN"),
        ],
    ),
    "check_sixteen_bit": (
        (FINE,),
        [sixteen_bit(FINE)[0], lowest_and_highest(65535, np.uint16)],
        [
            (lowest_and_highest(255, np.uint8), "256 levels"),
            (lowest_and_highest(65535, np.int32), "uint16"),
            (lowest_and_highest(65535, np.uint16)[:4], "shape"),
            (65535 - lowest_and_highest(65535, np.uint16), "exchanged"),
            (lowest_and_highest(65535, np.uint16, 1 / FINE), "exchanged"),
            (np.full(FINE.shape, 65535, np.uint16), "256 levels"),
            (lowest_and_highest(255, np.uint16), "lowest levels"),
            (lowest_and_highest(255, np.uint16) * np.uint16(257), "8 bits"),
            (lowest_and_highest(131070, np.int64).astype(np.uint16), "order is lost"),
            (lowest_and_highest(40000, np.uint16), "whole range"),
            (np.rint(np.sqrt((FINE - FINE.min()) / np.ptp(FINE)) * 65535).astype(np.uint16), "rounded"),
        ],
    ),
    "check_line_through_points": (
        ((3.0, 1.0), (1.2, 0.2)),
        [(0.5, -0.3), [0.5, -0.3]],
        [
            ((-0.3, 0.5), "changed places"),
            ((2.0, 0.6), "subtract the two equations"),
            ((1, 2, 3), "two numbers"),
        ],
    ),
    "check_normalised": (
        (DEPTHS,),
        [NORMALISED, list(NORMALISED), torch.tensor(NORMALISED), [round(value, 2) for value in NORMALISED]],
        [
            (normalised(DEPTHS), "1 / depth"),
            (-normalised(DEPTHS), "1 / depth"),
            (normalised(1 / np.array(DEPTHS), spread=np.std), "standard deviation"),
            (normalised(1 / np.array(DEPTHS), spread=lambda left: np.sqrt((left**2).mean())), "standard deviation"),
            (normalised(1 / np.array(DEPTHS), middle=np.mean), "mean was subtracted"),
            (normalised(1 / np.array(DEPTHS), middle=np.mean, spread=np.std), "mean was subtracted"),
            (-NORMALISED, "signs"),
            (NORMALISED + 4, "training target"),
            (normalised(1 / np.array(DEPTHS), spread=lambda left: 1), "Now divide"),
            (1 / np.array(DEPTHS), "subtract the median"),
            (NORMALISED[:3], "shape"),
            ("numbers", "array of numbers"),
            ([[1, 2], [3]], "array of numbers"),
        ],
    ),
    "check_swapped": (
        (),
        ["none", " None "],
        [
            ("anchored", "number with number"),
            ("invariant", "sign stays"),
            ("gradient", "changed its sign"),
            ("all", "four words"),
            (None, "four words"),
        ],
    ),
    "check_hours": (
        (60_000, 12, 50.0),
        [4, 4.0, np.float64(4.02)],
        [
            (14_400, "seconds"),
            (240.0, "minutes"),
            (4 / 12, "one round"),
            (5, "Turn them into hours"),
            ("4", "one number"),
        ],
    ),
}

# The later notebooks' cases stand in files of their own, in the same form.
for _path in sorted(Path(__file__).parent.glob("exercise_cases_*.py")):
    CASES |= importlib.import_module(_path.stem).CASES


def arguments_of(name, processor):
    return [
        processor if isinstance(argument, str) and argument == "processor" else argument for argument in CASES[name][0]
    ]


def test_every_check_is_tested():
    checks = {name for name in vars(exercises) if name.startswith("check_")}
    assert checks == set(CASES)
    for name in checks:
        assert next(iter(inspect.signature(getattr(exercises, name)).parameters)) == "answer"
        assert getattr(exercises, name).__doc__


@pytest.mark.parametrize("name", CASES)
def test_untouched(name, processor, capsys):
    assert getattr(exercises, name)(..., *arguments_of(name, processor)) is None
    assert capsys.readouterr().out == "not answered yet\n"


@pytest.mark.parametrize(("name", "index"), [(name, i) for name in CASES for i in range(len(CASES[name][1]))])
def test_right(name, index, processor, capsys):
    assert getattr(exercises, name)(CASES[name][1][index], *arguments_of(name, processor)) is None
    out = capsys.readouterr().out
    assert out.startswith("right: ") and out.count("\n") == 1


@pytest.mark.parametrize(("name", "index"), [(name, i) for name in CASES for i in range(len(CASES[name][2]))])
def test_wrong(name, index, processor, capsys):
    answer, hint = CASES[name][2][index]
    with pytest.raises(AssertionError, match=f"^Hint: (.|\n)*({hint})"):
        getattr(exercises, name)(answer, *arguments_of(name, processor))
    assert not capsys.readouterr().out


@pytest.mark.parametrize("answer", [{"python": ..., "torch": "2"}, {"python": ...}])
def test_a_report_with_gaps_is_untouched(answer, capsys):
    exercises.check_installation_report(answer)
    assert capsys.readouterr().out == "not answered yet\n"


@pytest.mark.parametrize("answer", [(..., ...), [3, ...]])
def test_a_pair_with_gaps_is_untouched(answer, capsys):
    exercises.check_nearest_pixel(answer, INVERSE_DEPTH)
    assert capsys.readouterr().out == "not answered yet\n"


SIZES = [(32, 48), {"height": 32, "width": 48}, transformers.image_utils.SizeDict(height=32, width=48)]


@pytest.mark.parametrize("size", SIZES)
def test_sizes_of_the_processor(size, capsys):
    exercises.check_forward_shape((2, 32, 48), size, batch=2)
    assert capsys.readouterr().out.startswith("right: ")


def test_stereo_depth_of_one_metre_is_its_own_inverse(capsys):
    exercises.check_stereo_depth(1.0, 100, 0.5, 50)
    assert capsys.readouterr().out.startswith("right: ")


def test_any_of_the_nearest_pixels_will_do(capsys):
    for answer in [(0, 0), (1, 2)]:
        exercises.check_nearest_pixel(answer, np.array([[5.0, 1, 1], [1, 1, 5]]))
    assert capsys.readouterr().out.count("right: ") == 2


def test_a_constant_map_in_sixteen_bits(capsys):
    exercises.check_sixteen_bit(np.zeros((2, 3), np.uint16), np.full((2, 3), 4.0))
    assert capsys.readouterr().out.startswith("right: ")


def test_a_right_answer_may_be_what_a_hint_is_about(capsys):
    from helpers.exercises import check_false_height, check_safe_speed

    check_false_height(0.5, 1.0, 0.5)  # as far above the ground as below the camera
    check_safe_speed(12**0.5, 3.0, 0.0, 2.0)  # no reaction time
    assert capsys.readouterr().out.count("right: ") == 2


@pytest.mark.parametrize("answer", [("a", "b"), (None, None), [[1], [1, 2]], (1, 2, 3), "ab"])
def test_a_line_is_two_numbers(answer):
    from helpers.exercises import check_line_through_points

    with pytest.raises(AssertionError, match="Hint: "):
        check_line_through_points(answer, (1.0, 2.0), (0.5, 0.25))
