"""Prediction at the picture's size, interpolation, inverse depth to depth, and the three files."""

from __future__ import annotations

import math
import struct
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PIL import Image

from helpers import depth
from helpers.metrics import align_scale_shift


@pytest.fixture(scope="module")
def dpt():
    """A DPT of a few thousand random weights, lively enough for its output to vary."""
    from transformers import DPTConfig, DPTForDepthEstimation, DPTImageProcessorPil

    torch.manual_seed(0)
    config = DPTConfig(
        hidden_size=32,
        num_hidden_layers=4,
        num_attention_heads=2,
        intermediate_size=64,
        image_size=32,
        patch_size=8,
        backbone_out_indices=[0, 1, 2, 3],
        neck_hidden_sizes=[8, 8, 16, 16],
        fusion_hidden_size=8,
        is_hybrid=False,
        initializer_range=0.3,
    )
    model = DPTForDepthEstimation(config).eval()
    with torch.no_grad():
        model.head.head[4].bias.fill_(0.5)
    processor = DPTImageProcessorPil(
        size={"height": 32, "width": 32}, image_mean=[0.5] * 3, image_std=[0.5] * 3, keep_aspect_ratio=False
    )
    return SimpleNamespace(processor=processor, model=model)


def photo(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(width * 1000 + height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


class Fixed(torch.nn.Module):
    """Stands for a model: gives the same output whatever it sees."""

    def __init__(self, output, dtype=torch.float32):
        super().__init__()
        self.output, self.dtype, self.device = torch.tensor(output, dtype=dtype), dtype, torch.device("cpu")
        self.config = SimpleNamespace(backbone_config=None, is_hybrid=False)

    def forward(self, pixel_values):
        self.seen = pixel_values
        return SimpleNamespace(predicted_depth=self.output[None])


SIZES = [
    (64, 48),
    (48, 64),
    (1, 1),
    (2, 1),
    (1, 3),
    (3, 1),
    (3, 3),
    (3, 7),
    (5, 3),
    (500, 2),
    (2, 500),
    (32, 32),
    (31, 33),
]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_prediction_has_the_size_of_the_picture(dpt, width, height):
    inverse_depth = depth.predict_inverse_depth(dpt, photo(width, height))
    assert inverse_depth.shape == (height, width) and inverse_depth.dtype == np.float32
    assert np.isfinite(inverse_depth).all() and (inverse_depth >= 0).all()


def test_prediction_is_what_transformers_gives(dpt):
    picture = photo(61, 47)
    with torch.no_grad():
        outputs = dpt.model(**dpt.processor(images=picture, return_tensors="pt"))
        expected = dpt.processor.post_process_depth_estimation(outputs, [picture.size[::-1]])[0]["predicted_depth"]
    assert expected.std() > 1e-4  # a constant would prove nothing
    np.testing.assert_allclose(
        depth.predict_inverse_depth(dpt, picture), expected.clamp(min=0).numpy(), rtol=1e-6, atol=1e-6
    )


def test_undershoot_is_clamped(dpt):
    spike = np.zeros((8, 8), np.float32)
    spike[4, 4] = 10
    picture = photo(80, 80)
    raw = torch.nn.functional.interpolate(torch.tensor(spike)[None, None], size=(80, 80), mode="bicubic")
    assert raw.min() < -0.5
    inverse_depth = depth.predict_inverse_depth(SimpleNamespace(processor=dpt.processor, model=Fixed(spike)), picture)
    assert inverse_depth.min() == 0 and inverse_depth.max() > 9


def test_bfloat16_model(dpt):
    model = Fixed(np.ones((4, 4)), torch.bfloat16)
    inverse_depth = depth.predict_inverse_depth(SimpleNamespace(processor=dpt.processor, model=model), photo(9, 5))
    assert model.seen.dtype == torch.bfloat16
    assert inverse_depth.dtype == np.float32 and inverse_depth.shape == (5, 9)


def test_keeping_the_aspect_ratio_is_overruled(dpt):
    from transformers import DPTImageProcessorPil

    processor = DPTImageProcessorPil(size={"height": 32, "width": 32}, keep_aspect_ratio=True, ensure_multiple_of=8)
    picture = photo(128, 32)
    wide = processor(images=picture, return_tensors="pt")["pixel_values"].shape
    assert wide[-1] != wide[-2]
    model = Fixed(np.ones((4, 4)))
    assert depth.predict_inverse_depth(SimpleNamespace(processor=processor, model=model), picture).shape == (32, 128)
    assert tuple(model.seen.shape) == (1, 3, 32, 32)


def test_a_processor_without_a_square_is_refused():
    from transformers import DPTImageProcessorPil

    processor = DPTImageProcessorPil(size={"height": 32, "width": 64}, keep_aspect_ratio=False)
    with pytest.raises(ValueError, match="needs a square"):
        depth.predict_inverse_depth(SimpleNamespace(processor=processor, model=Fixed(np.ones((4, 4)))), photo(64, 32))


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "I;16"])
def test_only_rgb_is_taken(dpt, mode):
    with pytest.raises(ValueError, match="mode"):
        depth.predict_inverse_depth(dpt, Image.new(mode, (8, 8)))


def test_arrays_are_no_pictures(dpt):
    with pytest.raises(ValueError, match="load_image"):
        depth.predict_inverse_depth(dpt, np.zeros((8, 8, 3), np.uint8))


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_output_that_is_not_finite_is_refused(dpt, broken):
    output = np.ones((4, 4))
    output[1, 2] = broken
    with pytest.raises(ValueError, match="float32"):
        depth.predict_inverse_depth(SimpleNamespace(processor=dpt.processor, model=Fixed(output)), photo(8, 8))


def test_no_graph_is_kept(dpt):
    seen = []
    handle = dpt.model.register_forward_hook(lambda module, inputs, outputs: seen.append(outputs.predicted_depth))
    try:
        depth.predict_inverse_depth(dpt, photo(8, 8))
    finally:
        handle.remove()
    assert seen[0].is_inference() and not seen[0].requires_grad


def keys(t, a=-0.75):
    """Keys' cubic convolution kernel, 1981, equation 15, with the a that torch uses."""
    t = abs(t)
    if t <= 1:
        return (a + 2) * t**3 - (a + 3) * t**2 + 1
    return a * t**3 - 5 * a * t**2 + 8 * a * t - 4 * a if t < 2 else 0.0


def slow_bicubic(values, size):
    result = np.zeros(size)
    rows, columns = values.shape
    for r in range(size[0]):
        y = (r + 0.5) * rows / size[0] - 0.5
        for c in range(size[1]):
            x = (c + 0.5) * columns / size[1] - 0.5
            for i in range(int(np.floor(y)) - 1, int(np.floor(y)) + 3):
                for j in range(int(np.floor(x)) - 1, int(np.floor(x)) + 3):
                    value = values[np.clip(i, 0, rows - 1), np.clip(j, 0, columns - 1)]
                    result[r, c] += value * keys(y - i) * keys(x - j)
    return np.maximum(result, 0)


@pytest.mark.parametrize("size", [(9, 13), (5, 4), (3, 2), (1, 1), (20, 1)])
def test_resizing_against_the_cubic_kernel(size):
    values = np.random.default_rng(0).uniform(0, 3, (5, 4)).astype(np.float32)
    resized = depth.resize_inverse_depth(values, size)
    assert resized.dtype == np.float32 and resized.shape == size
    np.testing.assert_allclose(resized, slow_bicubic(values.astype(float), size), atol=1e-5)


def test_resizing_leaves_its_input_alone():
    values = np.random.default_rng(0).uniform(0, 3, (5, 4)).astype(np.float32)
    before = values.copy()
    resized = depth.resize_inverse_depth(values, (5, 4))
    resized[:] = 7
    np.testing.assert_array_equal(values, before)


@pytest.mark.parametrize("size", [(0, 4), (4,), (4, 4, 1), (2.5, 4)])
def test_resizing_to_nothing(size):
    with pytest.raises(ValueError, match="size is"):
        depth.resize_inverse_depth(np.ones((3, 3)), size)


def test_resizing_refuses_negative_values():
    with pytest.raises(ValueError, match="negative"):
        depth.resize_inverse_depth(np.array([[1.0, -0.1]]), (2, 2))


TAKES_A_MAP = [
    lambda values: depth.resize_inverse_depth(values, (2, 2)),
    lambda values: depth.inverse_depth_to_depth(values, 1, 0, 10),
    depth.sixteen_bit,
    depth.colour_view,
]


@pytest.mark.parametrize("function", TAKES_A_MAP)
def test_bad_maps_are_refused(function):
    for broken in (np.nan, np.inf, -np.inf):
        with pytest.raises(ValueError, match="NaN or infinite"):
            function(np.array([[1.0, broken]]))
    for shape in [(3,), (1, 2, 2), (0, 2)]:
        with pytest.raises(ValueError, match="height, width"):
            function(np.ones(shape))
    with pytest.raises(ValueError, match="real numbers"):
        function(np.array([["a"]]))
    with pytest.raises(ValueError, match="too large"):
        function(np.array([[1.0, 1e300]]))


def test_inverse_depth_to_depth_by_hand():
    result = depth.inverse_depth_to_depth(np.array([[1.0, 4.0], [0.0, 0.01]]), scale=0.5, shift=0.0, max_depth=20)
    np.testing.assert_allclose(result, [[2, 0.5], [20, 20]])
    assert result.dtype == np.float32


def test_negative_inverse_depth_after_alignment_is_far():
    assert depth.inverse_depth_to_depth(np.array([[0.0]]), scale=1, shift=-3, max_depth=50) == 50


@pytest.mark.parametrize("wrong", [{"scale": np.nan}, {"shift": np.inf}, {"max_depth": 0}, {"max_depth": np.nan}])
def test_bad_scale_shift_or_limit(wrong):
    with pytest.raises(ValueError, match="finite|positive"):
        depth.inverse_depth_to_depth(np.ones((2, 2)), **{"scale": 1, "shift": 0, "max_depth": 10, **wrong})


@given(st.floats(0.5, 5), st.floats(1.1, 10), st.floats(0, 20), st.floats(0.01, 20))
def test_two_points_fix_the_depth(near, times, low, step):
    far = near * times
    scale, shift = depth.two_point_scale_shift((low + step, low), (near, far))
    values = np.array([[low + step, low]])
    result = depth.inverse_depth_to_depth(values, scale, shift, max_depth=1e6)
    np.testing.assert_allclose(result, [[near, far]], rtol=1e-3)
    assert scale > 0


def test_two_points_agree_with_the_fit_over_all():
    truth = np.random.default_rng(0).uniform(1, 9, (6, 6))
    prediction = 40 / truth - 2
    (a, b), (c, d) = (0, 0), (3, 4)
    by_two = depth.two_point_scale_shift((prediction[a, b], prediction[c, d]), (truth[a, b], truth[c, d]))
    np.testing.assert_allclose(by_two, align_scale_shift(prediction, 1 / truth), rtol=1e-9)


@pytest.mark.parametrize(
    ("predictions", "distances", "said"),
    [
        ((1, 1), (2, 3), "the same at both"),
        ((1, 2), (2, 3), "other way round"),
        ((2, 1), (3, 3), "both points are 3 away"),
        ((1, 2), (3, 3), "both points are 3 away"),
        ((1, 2), (2, 1e-320), "too small"),
        ((None, 2), (2, 1), "finite"),
        ((2, 1), (0, 3), "positive"),
        ((2, 1), (-1, 3), "positive"),
        ((2, np.nan), (1, 3), "finite"),
        ((2, 1), (1, np.inf), "finite"),
        ((2, 1, 3), (1, 2, 3), "two points"),
        ((2,), (1,), "two points"),
    ],
)
def test_two_points_that_fix_nothing(predictions, distances, said):
    with pytest.raises(ValueError, match=said):
        depth.two_point_scale_shift(predictions, distances)


maps = npst.arrays(
    np.float32, npst.array_shapes(min_dims=2, max_dims=2, max_side=8), elements=st.floats(0, 2**20, width=32)
)


@settings(max_examples=40)
@given(maps)
def test_files_give_back_what_was_saved(tmp_path_factory, inverse_depth):
    paths = depth.save_inverse_depth(tmp_path_factory.mktemp("files"), inverse_depth)
    np.testing.assert_array_equal(np.load(paths["float"]), inverse_depth)
    back = depth.load_inverse_depth16(paths["sixteen_bit"])
    assert back.dtype == np.float32 and back.shape == inverse_depth.shape
    step = (float(inverse_depth.max()) - float(inverse_depth.min())) / 65535
    rounding = 1e-6 * float(inverse_depth.max())
    assert np.abs(back.astype(float) - inverse_depth).max() <= 0.5001 * step + rounding


def test_the_three_files(tmp_path):
    inverse_depth = np.linspace(2, 30, 600, dtype=np.float32).reshape(20, 30)
    paths = depth.save_inverse_depth(tmp_path / "new" / "folder", inverse_depth)
    assert {name: path.name for name, path in paths.items()} == {
        "float": "inverse_depth.npy",
        "sixteen_bit": "inverse_depth16.png",
        "view": "inverse_depth_view.png",
    }
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == sorted(
        p.name for p in paths.values()
    )
    assert np.load(paths["float"]).dtype == np.float32
    with Image.open(paths["sixteen_bit"]) as picture:
        assert picture.mode == "I;16" and picture.size == (30, 20)
        values = np.asarray(picture)
        text = picture.text
    assert values.min() == 0 and values.max() == 65535 and np.unique(values).size == 600
    assert "larger is nearer" in text["meaning"] and text["formula"] == "inverse_depth = value * scale + offset"
    undone = values * float(text["scale"]) + float(text["offset"])
    np.testing.assert_allclose(undone, inverse_depth, atol=28 / 65535)
    with Image.open(paths["view"]) as picture:
        assert picture.mode == "RGB" and picture.size == (30, 20)
        assert "larger is nearer" in picture.text["meaning"]


@pytest.mark.parametrize("value", [0.0, 3.5])
def test_constant_map(tmp_path, value):
    paths = depth.save_inverse_depth(tmp_path, np.full((4, 5), value, np.float32))
    np.testing.assert_array_equal(depth.load_inverse_depth16(paths["sixteen_bit"]), np.full((4, 5), value, np.float32))
    assert np.unique(np.asarray(Image.open(paths["view"])).reshape(-1, 3), axis=0).shape[0] == 1


def test_one_pixel(tmp_path):
    paths = depth.save_inverse_depth(tmp_path, np.array([[2.0]]))
    assert depth.load_inverse_depth16(paths["sixteen_bit"]).tolist() == [[2.0]]


def test_nothing_is_written_for_a_bad_map(tmp_path):
    with pytest.raises(ValueError, match="NaN or infinite"):
        depth.save_inverse_depth(tmp_path, np.array([[1.0, np.nan]]))
    with pytest.raises(ValueError, match="colormap"):
        depth.save_inverse_depth(tmp_path, np.ones((2, 2)), colormap="jet")
    assert not list(tmp_path.iterdir())


def test_saving_again_replaces(tmp_path):
    depth.save_inverse_depth(tmp_path, np.array([[1.0, 2.0]]))
    paths = depth.save_inverse_depth(tmp_path, np.array([[5.0], [9.0]]))
    assert depth.load_inverse_depth16(paths["sixteen_bit"]).shape == (2, 1)
    assert len(list(tmp_path.iterdir())) == 3


def test_files_that_are_something_else(tmp_path):
    text, plain, eight = tmp_path / "a.png", tmp_path / "b.png", tmp_path / "c.png"
    text.write_bytes(b"<html>")
    Image.fromarray(np.zeros((2, 2), np.uint16)).save(plain)
    with pytest.raises(ValueError, match="no PNG"):
        depth.load_inverse_depth16(text)
    with pytest.raises(ValueError, match="scale and offset"):
        depth.load_inverse_depth16(plain)
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("scale", "1")
    info.add_text("offset", "0")
    Image.new("L", (2, 2)).save(eight, pnginfo=info)
    with pytest.raises(ValueError, match="no 16-bit"):
        depth.load_inverse_depth16(eight)
    with pytest.raises(OSError):
        depth.load_inverse_depth16(tmp_path / "absent.png")


def test_a_picture_that_says_it_is_huge_is_refused(tmp_path):
    paths = depth.save_inverse_depth(tmp_path, np.ones((2, 2)))
    data = bytearray(paths["sixteen_bit"].read_bytes())
    data[16:24] = struct.pack(">2I", 40_000, 40_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    paths["sixteen_bit"].write_bytes(data)
    with pytest.raises(ValueError, match="too large"):
        depth.load_inverse_depth16(paths["sixteen_bit"])


def test_strips_change_nothing(monkeypatch):
    inverse_depth = np.random.default_rng(0).uniform(0, 9, (37, 11)).astype(np.float32)
    whole = depth.sixteen_bit(inverse_depth)[0], depth.colour_view(inverse_depth)
    monkeypatch.setattr(depth, "_STRIP", 40)
    np.testing.assert_array_equal(depth.sixteen_bit(inverse_depth)[0], whole[0])
    np.testing.assert_array_equal(depth.colour_view(inverse_depth), whole[1])


@pytest.mark.parametrize("colormap", depth.COLORMAPS)
def test_views_grow_lighter_towards_the_viewer(colormap):
    view = depth.colour_view(np.arange(256.0)[None], colormap).astype(float)[0]
    light = view @ [0.2126, 0.7152, 0.0722]
    assert view.shape == (256, 3) and light[-1] > light[0] + 100
    assert (np.diff(light) > -1.5).all()


def test_views_with_shared_limits():
    view = depth.colour_view(np.array([[0.0, 5.0, 10.0]]), "gray", limits=(0, 5))
    assert view[0, :, 0].tolist() == [0, 255, 255]
    for bad in [(5, 5), (6, 1), (0, np.nan)]:
        with pytest.raises(ValueError, match="limits"):
            depth.colour_view(np.ones((2, 2)), limits=bad)


def test_a_guessed_range_spreads_the_prediction_between_its_ends():
    inverse_depth = np.linspace(3, 7, 101, dtype=np.float32)[None]
    scale, shift = depth.range_scale_shift(inverse_depth, 0.5, 10, percentiles=(0, 100))
    metres = depth.inverse_depth_to_depth(inverse_depth, scale, shift, max_depth=100)
    assert np.allclose([metres[0, 0], metres[0, -1]], [10, 0.5], rtol=1e-5)
    scale, shift = depth.range_scale_shift(inverse_depth, 0.5, math.inf, percentiles=(10, 90))
    assert np.allclose([scale * 3.4 + shift, scale * 6.6 + shift], [0, 2], atol=1e-5)


@pytest.mark.parametrize(
    ("inverse_depth", "arguments", "message"),
    [
        (np.ones((2, 3)), (1, 2), "constant"),
        (np.full((2, 3), np.nan), (1, 2), "finite"),
        (np.arange(6.0), (1, 2), "shape"),
        (np.arange(6.0).reshape(2, 3), (2, 1), "nearest"),
        (np.arange(6.0).reshape(2, 3), (0, 1), "nearest"),
        (np.arange(6.0).reshape(2, 3), (math.nan, 1), "nearest"),
        (np.arange(6.0).reshape(2, 3), (1, 2, (60, 40)), "percentiles"),
    ],
)
def test_a_guessed_range_that_does_not_fit(inverse_depth, arguments, message):
    with pytest.raises(ValueError, match=message):
        depth.range_scale_shift(inverse_depth, *arguments)
