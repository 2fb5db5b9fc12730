"""`load_image`: the right colours from every mode and container, and one clear error for everything else."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import struct
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from image_files import encode, png
from image_server import (
    ImageServer,
    answers,
    chunked,
    claims,
    cuts_chunks,
    redirects,
    resets,
    slow,
    speaks_garbage,
    without_length,
)
from PIL import Image, ImageCms, ImageFile, ImageOps

from helpers import ImageError, images, load_image
from helpers.files import atomic_path, atomic_write, remove_stale_partials

pytestmark = [
    pytest.mark.usefixtures("own_cache"),
    pytest.mark.filterwarnings("ignore:IM image format:DeprecationWarning"),  # still read, so still tested
]

RGB = np.array(
    [
        [[255, 0, 0], [0, 255, 0], [0, 0, 255]],
        [[255, 255, 255], [0, 0, 0], [200, 100, 50]],
        [[12, 34, 56], [128, 128, 128], [255, 254, 1]],
        [[1, 2, 3], [90, 180, 45], [77, 0, 200]],
    ],
    np.uint8,
)


@pytest.fixture
def cached_server(server, monkeypatch):
    """A server whose pictures are kept (those of this machine usually are not)."""
    monkeypatch.setattr(images, "_is_this_machine", lambda host: False)
    return server


def grey(values) -> np.ndarray:
    return np.repeat(np.asarray(values, np.uint8)[..., None], 3, axis=-1)


def over_white(colour, alpha) -> np.ndarray:
    colour, alpha = np.asarray(colour, float), np.asarray(alpha, float)[..., None] / 255
    return np.rint(colour * alpha + 255 * (1 - alpha)).astype(np.uint8)


def check(data: bytes, expected, tolerance: int = 0) -> None:
    picture = images.decode_image(data, "test picture")
    assert picture.mode == "RGB"
    found = np.asarray(picture)
    assert found.shape == np.shape(expected)
    difference = np.abs(found.astype(int) - np.asarray(expected, int)).max()
    assert difference <= tolerance, f"off by {difference}"


def one_line(error: pytest.ExceptionInfo) -> str:
    message = str(error.value)
    assert isinstance(error.value, ValueError)
    assert message.isprintable(), "an error is one line"
    assert len(message) < 500
    return message


# ---------------------------------------------------------------------------------------------------- modes and colours

LOSSLESS = {
    "png": ("PNG", {}),
    "bmp": ("BMP", {}),
    "dib": ("DIB", {}),
    "tiff": ("TIFF", {}),
    "tiff lzw": ("TIFF", {"compression": "tiff_lzw"}),
    "tiff deflate": ("TIFF", {"compression": "tiff_deflate"}),
    "tiff packbits": ("TIFF", {"compression": "packbits"}),
    "big tiff": ("TIFF", {"big_tiff": True}),
    "webp": ("WEBP", {"lossless": True, "quality": 100, "exact": True}),
    "jpeg 2000": ("JPEG2000", {"irreversible": False}),
    "ppm": ("PPM", {}),
    "tga": ("TGA", {}),
    "tga rle": ("TGA", {"compression": "tga_rle"}),
    "pcx": ("PCX", {}),
    "sgi": ("SGI", {}),
    "dds": ("DDS", {}),
    "im": ("IM", {}),
    "gif": ("GIF", {}),
    "qoi": ("QOI", {}),
    "ico": ("ICO", {"sizes": [(3, 4)]}),
}


@pytest.mark.parametrize("container", LOSSLESS)
def test_lossless_containers_give_every_pixel(container):
    kind, options = LOSSLESS[container]
    check(encode(RGB, kind, **options), RGB)


BLOCKS = np.kron(RGB.astype(int), np.ones((16, 16, 1), int)).astype(np.uint8)


@pytest.mark.parametrize(
    ("kind", "options", "tolerance"),
    [
        ("JPEG", {"quality": 100, "subsampling": 0}, 3),
        ("JPEG", {"quality": 100, "subsampling": 0, "progressive": True}, 3),
        ("MPO", {"quality": 100, "subsampling": 0}, 3),
        ("AVIF", {"quality": 100, "subsampling": "4:4:4"}, 4),
        ("WEBP", {"quality": 100}, 12),
        ("TIFF", {"compression": "jpeg", "quality": 100}, 12),
    ],
    ids=["jpeg", "progressive", "mpo", "avif", "webp lossy", "tiff with jpeg"],
)
def test_lossy_containers_give_the_colours(kind, options, tolerance):
    # The middles of flat blocks: the edges may bleed where colour is stored at half the resolution.
    picture = np.asarray(images.decode_image(encode(BLOCKS, kind, **options)))
    middles = picture[8::16, 8::16].astype(int)
    assert np.abs(middles - RGB).max() <= tolerance


def test_icns_gives_the_colours():
    picture = Image.new("RGBA", (32, 32), (10, 200, 30, 255))
    found = np.asarray(images.decode_image(encode(picture, "ICNS")))
    assert (found == (10, 200, 30)).all()


VALUES = np.array([[0, 1, 100], [127, 200, 255]], np.uint8)
ALPHA = np.array([[255, 0, 128], [51, 254, 1]], np.uint8)
COLOUR = RGB[:2]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "TGA", "BMP", "WEBP", "GIF", "ICO"])
def test_alpha_lies_over_white(kind):
    alpha = np.where(ALPHA > 127, 255, 0).astype(np.uint8) if kind == "GIF" else ALPHA
    options = {"WEBP": {"lossless": True, "exact": True}, "ICO": {"sizes": [(3, 2)]}}.get(kind, {})
    data = encode(np.dstack([COLOUR, alpha]), kind, **options)
    expected = over_white(COLOUR, alpha)
    if kind == "BMP":
        # The header that Pillow writes does not call the fourth byte alpha, so the colours stand alone.
        expected = COLOUR
    check(data, expected, tolerance=1)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "TGA", "JPEG2000"])
def test_grey_with_alpha_lies_over_white(kind):
    check(
        encode(Image.merge("LA", [Image.fromarray(VALUES), Image.fromarray(ALPHA)]), kind),
        over_white(grey(VALUES), ALPHA),
        1,
    )


@pytest.mark.parametrize(
    "kind", ["PNG", "JPEG", "TIFF", "BMP", "PPM", "TGA", "GIF", "PCX", "SGI", "DDS", "IM", "JPEG2000"]
)
def test_grey(kind):
    values = np.kron(VALUES, np.ones((16, 16), int)).astype(np.uint8)
    check(
        encode(values, kind, **({"quality": 100} if kind == "JPEG" else {})), grey(values), 1 if kind == "JPEG" else 0
    )


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "PPM", "XBM", "MSP", "GIF", "PCX", "IM"])
def test_one_bit(kind):
    pattern = np.array([[True, False, True], [False, False, True]])
    check(encode(Image.fromarray(pattern), kind), grey(np.where(pattern, 255, 0)))


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF", "PCX", "TGA"])
def test_palette(kind):
    picture = Image.fromarray(np.array([[0, 1, 2], [3, 4, 5]], np.uint8))
    picture.putpalette(COLOUR.reshape(-1).tolist() + [9] * (768 - 18))
    check(encode(picture, kind), COLOUR)


def test_palette_with_one_transparent_colour():
    for kind in ("PNG", "GIF"):
        picture = Image.fromarray(np.array([[0, 1, 2], [3, 4, 5]], np.uint8))
        picture.putpalette(COLOUR.reshape(-1).tolist())
        check(encode(picture, kind, transparency=5), over_white(COLOUR, [[255] * 3, [255, 255, 0]]))


def test_palette_with_alpha_for_every_colour():
    picture = Image.fromarray(np.array([[0, 1, 2], [3, 4, 5]], np.uint8))
    picture.putpalette(COLOUR.reshape(-1).tolist())
    check(encode(picture, transparency=ALPHA.tobytes()), over_white(COLOUR, ALPHA), 1)


def test_palette_beside_alpha():
    palette = Image.fromarray(np.array([[0, 1, 2], [3, 4, 5]], np.uint8))
    palette.putpalette(COLOUR.reshape(-1).tolist())
    picture = palette.convert("PA")
    picture.putalpha(Image.fromarray(ALPHA))
    assert picture.mode == "PA"
    check(encode(picture, "IM"), over_white(COLOUR, ALPHA), 1)


def test_transparent_colour_of_rgb_and_grey():
    expected = over_white(COLOUR, [[0, 255, 255], [255, 255, 255]])
    check(encode(COLOUR, transparency=(255, 0, 0)), expected)
    check(encode(VALUES, transparency=100), over_white(grey(VALUES), [[255, 255, 0], [255, 255, 255]]))
    ones = Image.fromarray(np.array([[True, False]]))
    check(encode(ones, transparency=0), grey([[255, 255]]))


def test_transparent_colour_of_few_bits_and_of_sixteen():
    # Two bits a pixel: 0, 1, 2, 3; the key is 1 (which becomes 85 of 255).
    check(png(4, 1, 2, 0, [bytes([0b00011011])], (b"tRNS", b"\0\1")), grey([[0, 255, 170, 255]]))
    # 16 bits a channel; the key is the second pixel.
    row = struct.pack(">6H", 0, 0x8000, 0xFFFF, 0x1200, 0x3400, 0x5600)
    key = struct.pack(">3H", 0x1200, 0x3400, 0x5600)
    check(png(2, 1, 16, 2, [row], (b"tRNS", key)), [[[0, 128, 255], [255, 255, 255]]])
    check(png(2, 1, 16, 2, [row]), [[[0, 128, 255], [0x12, 0x34, 0x56]]])
    check(
        png(2, 1, 16, 0, [struct.pack(">2H", 1000, 65535 // 2)], (b"tRNS", struct.pack(">H", 1000))),
        grey([[255, 127]]),
        1,
    )


SIXTEEN = np.array([[0, 257, 32896, 65535], [128, 129, 1000, 40000]], np.uint16)
AS_EIGHT = np.rint(SIXTEEN / 257).astype(np.uint8)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM", "IM"])
def test_sixteen_bit_grey_is_scaled_not_clipped(kind):
    assert AS_EIGHT.max() == 255 and AS_EIGHT[0, 2] == 128
    check(encode(SIXTEEN, kind), grey(AS_EIGHT))


def test_sixteen_bit_grey_of_either_byte_order():
    big = Image.frombytes("I;16B", (4, 2), SIXTEEN.astype(">u2").tobytes())
    check(encode(big, "TIFF"), grey(AS_EIGHT))
    check(b"P5 4 2 65535\n" + SIXTEEN.astype(">u2").tobytes(), grey(AS_EIGHT))
    check(b"P5 4 2 1023\n" + np.array([[0, 1, 512, 1023]] * 2, ">u2").tobytes(), grey([[0, 0, 128, 255]] * 2), 1)


def test_integer_grey_beyond_sixteen_bits_is_stretched():
    values = np.array([[-1000, 0, 99_000]], np.int32)
    check(encode(values, "TIFF"), grey([[0, 3, 255]]))
    check(encode(np.array([[0, 257, 65535]], np.int32), "TIFF"), grey([[0, 1, 255]]))


def test_float_grey():
    check(encode(np.array([[0, 0.5, 1]], np.float32), "TIFF"), grey([[0, 128, 255]]))
    check(encode(np.array([[-2, 0, 2, np.nan, np.inf]], np.float32), "TIFF"), grey([[0, 128, 255, 0, 0]]))
    check(encode(np.full((2, 2), np.nan, np.float32), "TIFF"), grey([[0, 0], [0, 0]]))
    check(encode(np.full((2, 2), 7.0, np.float32), "TIFF"), grey([[0, 0], [0, 0]]))


INKS = np.array(
    [[[0, 0, 0, 0], [255, 0, 0, 0], [0, 255, 0, 0]], [[0, 0, 255, 0], [0, 0, 0, 255], [128, 0, 64, 30]]], np.uint8
)


def inks_to_rgb(inks) -> np.ndarray:
    inks = np.asarray(inks, float) / 255
    return np.rint(255 * (1 - inks[..., :3]) * (1 - inks[..., 3:])).astype(np.uint8)


def test_cmyk():
    check(encode(Image.fromarray(INKS, "CMYK"), "TIFF"), inks_to_rgb(INKS), 1)
    blocks = np.kron(INKS, np.ones((8, 8, 1), int)).astype(np.uint8)
    data = encode(Image.fromarray(blocks, "CMYK"), "JPEG", quality=100)
    assert b"Adobe" in data
    check(data, inks_to_rgb(blocks), 4)


def test_ycck_jpeg():
    # A CMYK JPEG whose planes hold Y, Cb, Cr and K, and whose Adobe marker is then told so.
    inks = np.kron(INKS, np.ones((8, 8, 1), int)).astype(np.uint8)
    # Adobe stores inks inverted, and Y, Cb, Cr stand for 255 minus what is stored: the inks again (K stays inverted).
    ycc = np.asarray(Image.fromarray(inks[..., :3].copy()).convert("YCbCr"))
    planes = 255 - np.dstack([ycc, 255 - inks[..., 3]])  # Pillow inverts when it writes
    data = bytearray(encode(Image.fromarray(planes, "CMYK"), "JPEG", quality=100))
    marker = data.index(b"Adobe")
    assert data[marker + 11] == 0
    data[marker + 11] = 2
    check(bytes(data), inks_to_rgb(inks), 6)


def test_lab_tiff():
    lab = ImageCms.applyTransform(
        Image.fromarray(RGB),
        ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"),
    )
    # Eight bits of Lab are coarse, and the pure primaries lie at the edge of what they hold.
    check(encode(lab, "TIFF"), RGB, 24)
    muted = np.array([[[90, 120, 100], [128, 128, 128], [200, 180, 170]]], np.uint8)
    forth = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    check(encode(ImageCms.applyTransform(Image.fromarray(muted), forth), "TIFF"), muted, 4)


def test_first_frame_of_animations():
    first, second = Image.fromarray(RGB), Image.fromarray(255 - RGB)
    for kind, options in (("GIF", {}), ("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {})):
        check(encode(first, kind, save_all=True, append_images=[second, first], **options), RGB)


# ------------------------------------------------------------------------------------------- orientation and profiles

UPRIGHT = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].transpose(1, 0, 2),
    8: lambda stored: np.rot90(stored, 1),
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_orientation(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}.get(kind, {})
    stored = BLOCKS if kind == "JPEG" else RGB
    data = encode(stored, kind, exif=exif, **options)
    check(data, UPRIGHT[orientation](stored), 3 if kind == "JPEG" else 0)
    picture = images.decode_image(data)
    assert ImageOps.exif_transpose(picture).tobytes() == picture.tobytes(), "it must not be turned a second time"


@pytest.mark.parametrize("value", [0, 9, 255, 65535])
def test_unknown_orientation_is_taken_as_upright(value):
    exif = Image.Exif()
    exif[0x0112] = value
    check(encode(RGB, exif=exif), RGB)


def test_damaged_exif_is_ignored():
    for exif in (b"Exif\0\0", b"Exif\0\0MM\0*\0\0\xff\xff", b"Exif\0\0" + b"\xff" * 50, b"nonsense"):
        check(encode(RGB, exif=exif), RGB)


def exchanged_profile() -> bytes:
    """The sRGB profile with its red and green exchanged, under another name."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {}
    for index in range(struct.unpack(">I", profile[128:132])[0]):
        name, offset, size = struct.unpack(">4sII", profile[132 + 12 * index : 144 + 12 * index])
        tags[name] = (offset, size)
    (red, size), (green, _) = tags[b"rXYZ"], tags[b"gXYZ"]
    profile[red : red + size], profile[green : green + size] = profile[green : green + size], profile[red : red + size]
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))


def test_embedded_profile_is_converted_to_srgb():
    profile = exchanged_profile()
    exchanged = COLOUR[..., [1, 0, 2]]
    check(encode(COLOUR, icc_profile=profile), exchanged, 2)
    check(encode(np.dstack([COLOUR, ALPHA]), icc_profile=profile), over_white(exchanged, ALPHA), 3)
    check(encode(VALUES, icc_profile=profile), grey(VALUES), 2)
    palette = Image.fromarray(np.array([[0, 1, 2], [3, 4, 5]], np.uint8))
    palette.putpalette(COLOUR.reshape(-1).tolist())
    check(encode(palette, icc_profile=profile), exchanged, 2)


def test_srgb_profile_leaves_every_pixel_and_damaged_ones_are_ignored():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    check(encode(RGB, icc_profile=profile), RGB)
    for damaged in (b"not a profile", exchanged_profile()[:200], exchanged_profile()[:128] + b"\xff" * 400):
        check(encode(RGB, icc_profile=damaged), RGB)
    check(encode(Image.fromarray(INKS, "CMYK"), "TIFF", icc_profile=exchanged_profile()), inks_to_rgb(INKS), 1)


# -------------------------------------------------------------------------------------------------------------- sizes


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (5, 7), (20_000, 2)])
def test_tiny_and_extreme_pictures(size):
    check(encode(Image.new("RGB", size, (9, 8, 7))), np.broadcast_to((9, 8, 7), (size[1], size[0], 3)))


def test_strips_meet_without_a_seam(monkeypatch):
    monkeypatch.setattr(images, "_STRIP_PIXELS", 10)
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (23, 4, 4), np.uint8)
    check(encode(colours), over_white(colours[..., :3], colours[..., 3]), 1)
    sixteen = rng.integers(0, 65536, (23, 4), np.uint16)
    check(encode(sixteen), grey(np.rint(sixteen / 257)))


def bomb(width: int, height: int) -> bytes:
    """A tiny PNG that promises a huge picture."""
    return png(width, height, 8, 2, [b""])


@pytest.mark.parametrize(
    ("width", "height"), [(12_001, 10_000), (15_000, 12_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)]
)
def test_huge_dimensions_are_refused_before_decoding(width, height):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ImageError, match="too many pixels") as error:
            images.decode_image(bomb(width, height), "bomb.png")
    assert f"{width * height / 1e6:.1f} megapixels" in one_line(error)


def test_nothing_of_pillow_is_changed_for_good(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)  # as if the reader had set it: more than 10 warns, 20 raises
    before = list(warnings.filters)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(encode(RGB), RGB)
    with pytest.raises(ImageError, match="too many pixels"):
        images.decode_image(encode(BLOCKS))
    assert Image.MAX_IMAGE_PIXELS == 10
    assert warnings.filters == before


def test_many_scans_are_refused():
    data = encode(BLOCKS, "JPEG")
    start = data.index(b"\xff\xda")
    with pytest.raises(ImageError, match="scans") as error:
        images.decode_image(data[:start] + data[start:-2] * 200 + data[-2:], "scans.jpg")
    one_line(error)


def test_only_scans_of_the_picture_itself_count():
    data = encode(BLOCKS, "JPEG", progressive=True)
    assert 5 < images._count_scans(data) < 15
    preview = b"\xff\xe1" + struct.pack(">H", 602) + b"\xff\xda" * 300
    film = b"\0\0\0\x18ftypmp42" + b"\xff\xda" * 300
    check(data[:2] + preview + data[2:] + film, images.decode_image(data))


def test_cut_files_are_refused_even_where_pillow_was_told_to_take_them(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    for kind in ("PNG", "JPEG", "BMP", "GIF"):
        data = encode(BLOCKS, kind)
        with pytest.raises(ImageError):
            images.decode_image(data[: len(data) * 2 // 3])
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True, "the reader's own setting stands"


def test_words_of_markup_in_a_comment_do_not_make_a_web_page():
    check(encode(BLOCKS, "JPEG", quality=100, subsampling=0, comment=b"<html><svg>"), BLOCKS, 3)


def test_many_threads_at_once():
    data, failures = encode(np.dstack([RGB, RGB[..., 0]])), []
    expected = images.decode_image(data).tobytes()

    def work() -> None:
        for _ in range(20):
            if images.decode_image(data).tobytes() != expected:
                failures.append("differs")

    before = list(warnings.filters)
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert warnings.filters == before


# --------------------------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    "name", ["plain.png", "with spaces in it.png", "Ærøskøbing – 写真 ☀.png", "no suffix", "wrong.jpg"]
)
def test_names_of_files(tmp_path, name):
    (tmp_path / name).write_bytes(encode(RGB))
    for source in (tmp_path / name, str(tmp_path / name)):
        assert np.array_equal(np.asarray(load_image(source)), RGB)


def test_home_folder_and_relative_paths(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(encode(RGB))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert load_image("~/a.png").size == (3, 4)
    assert load_image(Path("~/a.png")).size == (3, 4)
    monkeypatch.chdir(tmp_path)
    assert load_image("a.png").size == (3, 4)


def test_bundled_names(tmp_path, monkeypatch):
    monkeypatch.setattr(images, "_DATA", tmp_path)
    atomic_write(tmp_path / "room.png", encode(RGB))
    atomic_write(tmp_path / "street.png", encode(COLOUR))
    assert images.bundled_names() == ["room", "street"]
    assert load_image("room").size == (3, 4)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    Path("room").write_bytes(encode(VALUES))
    assert load_image("room").size == (3, 4), "the bundled one"
    assert load_image("./room").size == load_image(Path("room")).size == (3, 2), "the file"
    with pytest.raises(ImageError, match="room, street") as error:
        load_image("kitchen")
    one_line(error)


def test_every_bundled_picture_loads():
    for name in images.bundled_names():
        assert load_image(name).mode == "RGB"


def test_bytes_of_a_source_and_their_hash(tmp_path):
    data = encode(RGB)
    (tmp_path / "a.png").write_bytes(data)
    assert images.read_source(tmp_path / "a.png") == data
    digest = hashlib.sha256(data).hexdigest()
    assert load_image(tmp_path / "a.png", sha256=digest.upper()).size == (3, 4)
    with pytest.raises(ImageError, match=digest) as error:
        load_image(tmp_path / "a.png", sha256="0" * 64)
    one_line(error)
    for wrong in ("abc", "g" * 64, 5, b"0" * 64):
        with pytest.raises(ImageError, match="64 hexadecimal digits"):
            load_image(tmp_path / "a.png", sha256=wrong)


@pytest.mark.parametrize("deadline", [0, -1, float("nan"), float("inf"), "20", None, True])
def test_wrong_deadlines(deadline):
    with pytest.raises(ImageError, match="deadline must be a positive number"):
        load_image("http://127.0.0.1:9/", deadline=deadline)


NOT_PICTURES = {
    "empty": (b"", "is empty"),
    "text named .jpg": (b"hello world, this is text", 'begins with "hello wor"'),
    "zeros": (b"\0" * 1000, "begins with the bytes 00 00 00 00"),
    "one byte": (b"x", "not a picture"),
    "web page": (b"\n <!DOCTYPE html><html><body>cat</body></html>", "web page"),
    "web page without doctype": (b"<HTML lang='en'>", "web page"),
    "xhtml": (b"<?xml version='1.0'?>\n<html xmlns='x'>", "web page"),
    "svg": (b"<?xml version='1.0'?><svg xmlns='x'/>", "SVG"),
    "pdf": (b"%PDF-1.7 ...", "PDF"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "PostScript"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
    "git lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", "git lfs pull"),
    "json": (b'{"error": "not found"}', "not a picture"),
    "numpy": (b"\x93NUMPY\x01\0", "not a picture"),
    "zip": (b"PK\x03\x04" + b"\0" * 40, "not a picture"),
    "only a jpeg's first bytes": (b"\xff\xd8\xff\xe0", "not a picture|damaged or cut off"),
    "only a png's first bytes": (b"\x89PNG\r\n\x1a\n", "not a picture|damaged or cut off"),
}


@pytest.mark.parametrize("name", NOT_PICTURES)
def test_files_that_are_no_pictures(tmp_path, name):
    content, words = NOT_PICTURES[name]
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(ImageError, match=words) as error:
        load_image(path)
    assert "photo.jpg" in one_line(error)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "TGA", "JPEG2000", "AVIF", "DDS"])
def test_cut_files_are_refused(tmp_path, kind):
    rng = np.random.default_rng(1)
    data = encode(rng.integers(0, 256, (40, 50, 3), np.uint8), kind)
    for part in (0.3, 0.6, 0.9):
        with pytest.raises(ImageError) as error:
            images.decode_image(data[: int(len(data) * part)], "cut.jpg")
        assert one_line(error).startswith("cut.jpg")


def test_a_flipped_bit_in_a_png_is_refused():
    data = bytearray(encode(BLOCKS))
    data[data.index(b"IDAT") + 10] ^= 1
    with pytest.raises(ImageError, match="damaged") as error:
        images.decode_image(bytes(data))
    one_line(error)


def test_paths_that_are_no_files(tmp_path, monkeypatch):
    with pytest.raises(ImageError, match="is a folder"):
        load_image(tmp_path)
    with pytest.raises(ImageError, match="does not exist") as error:
        load_image(tmp_path / "none.png")
    one_line(error)
    with pytest.raises(ImageError, match="cannot be read|does not exist"):
        load_image("x" * 5000)
    with pytest.raises(ImageError):
        load_image("nul\0byte.png")
    with pytest.raises(ImageError, match="begin it with https://"):
        load_image("www.example.org/cat.jpg")
    monkeypatch.setattr(images, "MAX_FILE_BYTES", 10)
    (tmp_path / "a.png").write_bytes(encode(RGB))
    with pytest.raises(ImageError, match="larger than"):
        load_image(tmp_path / "a.png")


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
def test_pipes_and_devices_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for source in (tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(ImageError, match="not an ordinary file"):
            load_image(source)


def test_unreadable_file(tmp_path, monkeypatch):
    path = tmp_path / "secret.png"
    path.write_bytes(encode(RGB))

    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ImageError, match="may not be read") as error:
        load_image(path)
    one_line(error)


@pytest.mark.parametrize(
    "source", [None, 3, 2.5, b"room", b"\x89PNG", RGB, Image.fromarray(RGB), ["room"], True, io.BytesIO()]
)
def test_sources_of_other_types(source):
    with pytest.raises(ImageError, match="is not a source of a picture") as error:
        load_image(source)
    assert type(source).__name__ in one_line(error)


@pytest.mark.parametrize("source", ["", "   ", "\n"])
def test_empty_names(source):
    with pytest.raises(ImageError, match="empty name"):
        load_image(source)


@pytest.mark.parametrize(
    "source",
    [
        "file:///etc/hosts",
        "ftp://example.org/a.png",
        "FILE:///a",
        "data:image/png;base64,iVBORw0KGgo=",
        "s3://bucket/a.png",
    ],
)
def test_other_schemes_are_refused(source):
    with pytest.raises(ImageError, match="only http and https") as error:
        load_image(source)
    one_line(error)


def test_messages_stay_one_line_whatever_the_name():
    with pytest.raises(ImageError) as error:
        load_image("two\nlines\tand \x1b[31mred")
    one_line(error)


# ----------------------------------------------------------------------------------------------------------- addresses


def test_a_picture_from_an_address(server):
    url = server.add("/room.png", answers(200, encode(RGB)))
    assert np.array_equal(np.asarray(load_image(f"  {url} \n")), RGB)
    assert server.last_headers["User-Agent"].startswith("dpt-depth-course/")
    assert server.last_headers["Accept-Encoding"] == "identity"
    server.add("/with%20space/%C3%A9.png", answers(200, encode(RGB)))
    assert load_image(server.address("/with space/é.png")).size == (3, 4)


@pytest.mark.parametrize(
    "behaviour",
    [
        lambda data: answers(200, data, "text/html"),
        lambda data: answers(200, data, "application/octet-stream"),
        lambda data: answers(200, data, "image/jpeg"),
        lambda data: chunked(data, 7),
        lambda data: slow(data, 5, 0.01),
        lambda data: without_length(data),
    ],
    ids=["says html", "says octet-stream", "says jpeg", "chunked", "slow", "without a length"],
)
def test_the_picture_counts_not_the_header(server, behaviour):
    assert np.array_equal(np.asarray(load_image(server.add("/a.png", behaviour(encode(RGB))))), RGB)


def test_packed_transfer_is_unpacked_though_not_asked_for(server):
    url = server.add("/a.png", answers(200, gzip.compress(encode(RGB)), Content_Encoding="gzip"))
    assert np.array_equal(np.asarray(load_image(url)), RGB)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "refused"),
        (403, "refused"),
        (404, "is not there"),
        (410, "is not there"),
        (429, "too often"),
        (500, "cannot be had now"),
        (502, "cannot be had now"),
        (503, "cannot be had now"),
        (418, "does not answer with a picture"),
        (204, "does not answer with a picture"),
        (206, "does not answer with a picture"),
        (304, "does not answer with a picture"),
        (300, "does not answer with a picture"),
    ],
)
def test_status(server, own_cache, status, words):
    url = server.add("/a.png", answers(status, b"" if status in (204, 304) else encode(RGB)))
    with pytest.raises(ImageError, match=words) as error:
        load_image(url)
    assert str(status) in one_line(error)


@pytest.mark.parametrize("content_type", ["text/html", "image/jpeg"])
def test_a_web_page_is_named_as_such(server, content_type):
    page = b"<!doctype html><title>A photo</title><img src=cat.jpg>"
    with pytest.raises(ImageError, match="web page.*Copy image address") as error:
        load_image(server.add("/photo", answers(200, page, content_type)))
    one_line(error)


def test_garbage_that_says_it_is_a_picture(server):
    with pytest.raises(ImageError, match="not a picture"):
        load_image(server.add("/a.jpg", answers(200, b"\x07" * 5000, "image/jpeg")))
    with pytest.raises(ImageError, match="is empty"):
        load_image(server.add("/b.jpg", answers(200, b"", "image/jpeg")))


def test_any_positive_number_is_a_deadline(server):
    url = server.add("/a.png", answers(200, encode(RGB)))
    for deadline in (20, 1e300, np.float32(30), 10**12):
        assert load_image(url, deadline=deadline).size == (3, 4)


def test_redirects(server):
    for hop in range(5):
        server.add(f"/{hop}", redirects(f"/{hop + 1}", [301, 302, 303, 307, 308][hop]))
    server.add("/5", answers(200, encode(RGB)))
    assert load_image(server.address("/0")).size == (3, 4), "five hops are followed, relative ones too"
    server.add("/before", redirects("/0"))
    with pytest.raises(ImageError, match="from address to address"):
        load_image(server.address("/before"))
    with pytest.raises(ImageError, match="from address to address") as error:
        load_image(server.add("/for/ever", redirects("/for/ever")))
    one_line(error)
    assert server.hits["/for/ever"] == images.MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:image/png;base64,AAAA", "javascript:1"]
)
def test_redirects_to_other_schemes_are_refused(server, target):
    with pytest.raises(ImageError, match="only http and https") as error:
        load_image(server.add("/a", redirects(target)))
    one_line(error)


def test_broken_transfers(server):
    data = encode(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8))
    half = data[: len(data) // 2]
    for path, behaviour in {
        "/cut": claims(len(data), half),
        "/cut/chunks": cuts_chunks(data),
        "/cut/unknown": without_length(half),
        "/short": claims(len(data) - 50, data),
        "/reset": resets(half),
    }.items():
        with pytest.raises(ImageError) as error:
            load_image(server.add(path, behaviour))
        assert server.address(path) in one_line(error)
        if path in {"/cut", "/cut/chunks"}:
            assert "broke off before the end" in str(error.value)


def test_refused_connection_and_unknown_host():
    with ImageServer() as gone:
        url = gone.address("/a.png")
    with pytest.raises(ImageError, match="refuses the connection") as error:
        load_image(url)
    one_line(error)
    for wrong in (
        "http://",
        "http:///a.png",
        "http://[::1/a",
        "https://exa mple/ü",
        "http://host:99999/a",
        "http://.../",
    ):
        with pytest.raises(ImageError) as error:
            load_image(wrong)
        one_line(error)


def test_passwords_do_not_appear_in_messages(server):
    server.add("/a.png", answers(403, b""))
    page = server.add("/page", answers(200, b"<html>"))
    for url in (server.address("/a.png"), page, "http://127.0.0.1:9/a.png", "http:127.0.0.1:9/a.png"):
        secret = re.sub("^http:(//)?", r"\g<0>anna:password@", url) + "?token=password#password"
        with pytest.raises(ImageError) as error:
            load_image(secret)
        assert "passw" not in one_line(error) and "anna" not in str(error.value)
        assert error.value.__suppress_context__ or error.value.__context__ is None


def test_a_dead_proxy_is_named(monkeypatch):
    with ImageServer() as gone:
        monkeypatch.setenv("HTTP_PROXY", gone.address(""))
    monkeypatch.setenv("NO_PROXY", "")
    with pytest.raises(ImageError, match="proxy does not let it through") as error:
        load_image("http://pictures.invalid/a.png")
    one_line(error)


def test_a_server_that_does_not_speak_tls(server):
    url = server.add("/a.png", answers(200, encode(RGB))).replace("http:", "https:")
    with pytest.raises(ImageError, match="secure connection fails") as error:
        load_image(url)
    one_line(error)


@pytest.mark.parametrize("header", [b"Content-Length: 5, 6", b"Content-Length: -5", b"Content-Encoding: gzip"])
def test_headers_that_make_no_sense(server, header):
    def behave(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + header + b"\r\n\r\nnot a picture at all")
        handler.close_connection = True

    with pytest.raises(ImageError) as error:
        load_image(server.add("/a.png", behave))
    one_line(error)


def test_answers_that_are_not_http(server):
    def floods(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X-More: 1\r\n" * 500 + b"\r\n")
        handler.close_connection = True

    def long_line(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n")
        handler.close_connection = True

    for path, behaviour in {"/garbage": speaks_garbage, "/headers": floods, "/line": long_line}.items():
        with pytest.raises(ImageError, match="cannot be fetched") as error:
            load_image(server.add(path, behaviour))
        one_line(error)


def test_announced_size_over_the_limit(server):
    with pytest.raises(ImageError, match="larger than 64 MB") as error:
        load_image(server.add("/a.png", claims(64 * 2**20 + 1, b"\x89PNG")))
    one_line(error)


def test_sha256_of_an_address(server):
    data = encode(RGB)
    url = server.add("/a.png", answers(200, data))
    assert load_image(url, sha256=hashlib.sha256(data).hexdigest()).size == (3, 4)
    with pytest.raises(ImageError, match="is not the file you asked for"):
        load_image(url, sha256="1" * 64)


# --------------------------------------------------------------------------------------------------------------- cache


def test_a_picture_is_fetched_once(cached_server, own_cache):
    data = encode(RGB)
    url = cached_server.add("/a.png", answers(200, data))
    first, second = load_image(url), load_image(url)
    assert first.tobytes() == second.tobytes()
    assert images.read_source(url) == data
    assert cached_server.hits["/a.png"] == 1
    assert len(list(own_cache.iterdir())) == 1
    other = cached_server.add("/b.png", answers(200, encode(COLOUR)))
    assert images.read_source(other) == encode(COLOUR), "another address is another picture"


@pytest.mark.parametrize(
    "damage",
    [
        lambda kept: kept[:-1],
        lambda kept: b"",
        lambda kept: kept[:100],
        lambda kept: kept + b"x",
        lambda kept: kept[:-5] + bytes([kept[-5] ^ 1]) + kept[-4:],
        lambda kept: b"<html>" + kept[6:],
        lambda kept: b"\0" * len(kept),
    ],
    ids=["one byte short", "empty", "cut", "one byte more", "a flipped bit", "another head", "zeros"],
)
def test_a_damaged_cache_is_fetched_again(cached_server, own_cache, damage):
    url = cached_server.add("/a.png", answers(200, encode(RGB)))
    load_image(url)
    (kept,) = own_cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    assert np.array_equal(np.asarray(load_image(url)), RGB)
    assert cached_server.hits["/a.png"] == 2
    assert kept.read_bytes() == whole


def test_a_damaged_cache_is_removed_even_without_network(cached_server, own_cache):
    url = cached_server.add("/a.png", answers(200, encode(RGB)))
    load_image(url)
    (kept,) = own_cache.iterdir()
    kept.write_bytes(b"rotten")
    cached_server.add("/a.png", answers(503, b""))
    with pytest.raises(ImageError, match="503"):
        load_image(url)
    assert not kept.exists()


def test_what_is_no_picture_is_not_kept(cached_server, own_cache):
    url = cached_server.add("/a.png", answers(200, b"<html>sign in</html>"))
    for call in (load_image, images.read_source):
        with pytest.raises(ImageError, match="web page"):
            call(url)
    cached_server.add("/a.png", answers(200, encode(RGB)))
    assert load_image(url).size == (3, 4)
    assert len(list(own_cache.iterdir())) == 1


def test_a_kept_picture_that_is_not_the_one_asked_for_is_fetched_again(cached_server):
    url = cached_server.add("/a.png", answers(200, encode(COLOUR)))
    load_image(url)
    cached_server.add("/a.png", answers(200, encode(RGB)))
    assert load_image(url, sha256=hashlib.sha256(encode(RGB)).hexdigest()).size == (3, 4)
    assert load_image(url).size == (3, 4), "the newer one is kept"


def test_pictures_of_this_machine_are_not_kept(server, own_cache):
    url = server.add("/a.png", answers(200, encode(RGB)))
    load_image(url)
    server.add("/a.png", answers(200, encode(COLOUR)))
    assert load_image(url).size == (3, 2)
    assert not own_cache.exists()


@pytest.mark.parametrize("obstacle", ["a file", "a folder under the name", "no permission"])
def test_without_a_cache_it_goes_on(cached_server, own_cache, tmp_path, monkeypatch, obstacle):
    url = cached_server.add("/a.png", answers(200, encode(RGB)))
    if obstacle == "a file":
        (tmp_path / "cache").write_bytes(b"in the way")
    elif obstacle == "a folder under the name":
        images._cache_path(url).mkdir(parents=True)
    else:

        def refuse(*arguments):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(images, "atomic_write", refuse)
    for _ in range(2):
        assert np.array_equal(np.asarray(load_image(url)), RGB)
    assert cached_server.hits["/a.png"] == 2


def test_where_the_cache_is(monkeypatch, tmp_path):
    monkeypatch.setenv("DPT_CACHE", "~/mine")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert images._cache_folder() == tmp_path / "mine" / "pictures"
    monkeypatch.delenv("DPT_CACHE")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert images._cache_folder() == tmp_path / "xdg" / "dpt-depth-course" / "pictures"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert images._cache_folder() == tmp_path / ".cache" / "dpt-depth-course" / "pictures"


# --------------------------------------------------------------------------------------------------------- whole files


def test_atomic_write_and_path(tmp_path):
    target = tmp_path / "new folder" / "ünï code.txt"
    assert atomic_write(target, "words €") == target
    assert target.read_text("utf-8") == "words €"
    with pytest.raises(RuntimeError, match="half-way"), atomic_path(target) as partial:
        assert partial.suffix == ".txt" and partial.parent == target.parent
        partial.write_text("half")
        raise RuntimeError("half-way")
    assert target.read_text("utf-8") == "words €"
    assert list(target.parent.iterdir()) == [target], "nothing is left behind"
    with atomic_path(target) as partial:
        partial.write_bytes(b"new")
    assert target.read_bytes() == b"new"
    if sys.platform != "win32":
        plain = tmp_path / "plain"
        plain.write_bytes(b"")
        assert target.stat().st_mode == plain.stat().st_mode, "readable by those who may read other files"


def test_stale_partials_are_removed(tmp_path):
    atomic_write(tmp_path / "kept", b"x")
    old, new, folder, link = (tmp_path / f".partial-{name}" for name in ("old", "new", "folder", "link"))
    for path in (old, new):
        path.write_bytes(b"half")
    (tmp_path / "precious").mkdir()
    link.symlink_to(tmp_path / "precious")
    (folder / "checkpoint").mkdir(parents=True)
    (folder / "checkpoint" / "config.json").write_bytes(b"half")
    for path in (old, folder, link):
        os.utime(path, (0, 0), follow_symlinks=False)
    remove_stale_partials(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".partial-new", "kept", "precious"]
    remove_stale_partials(tmp_path / "no such folder")


@pytest.mark.parametrize(
    ("bits", "photometric", "expected"),
    [(16, 1, [0, 78, 255]), (16, 0, [255, 177, 0]), (12, 1, [0, 127, 255])],
    ids=["16 bits", "white is 0", "12 bits"],
)
def test_grey_tiffs_of_more_than_8_bits_are_as_bright_as_they_are(bits, photometric, expected):
    twelve = bytes([0, 2_048 >> 8, 2_048 & 255, 4_095 >> 4, (4_095 & 15) << 4])  # 0, 2048, 4095
    data = struct.pack("<3H", 0, 20_000, 65_535) if bits == 16 else twelve
    entries = [
        (256, 3, 3), (257, 3, 1), (258, 3, bits), (259, 3, 1), (262, 3, photometric), (273, 4, 122), (277, 3, 1),
        (278, 3, 1), (279, 4, len(data)),
    ]  # fmt: skip
    head = b"II*\0" + struct.pack("<IH", 8, len(entries))
    head += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries) + bytes(4)
    assert len(head) == 122
    picture = np.asarray(images.decode_image(head + data, "handmade"))
    assert picture.shape == (1, 3, 3)
    np.testing.assert_allclose(picture[0, :, 0], expected, atol=1)
