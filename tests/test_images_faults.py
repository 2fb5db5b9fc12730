"""`load_image` against servers that hang, drip and flood, files that are damaged, and processes that are killed."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from image_files import encode, png
from image_server import (
    answers,
    drips,
    drips_its_header,
    endless,
    gzip_bomb,
    never_answers,
    redirects,
    slow,
    stops_halfway,
)
from PIL import Image

from helpers import ImageError, images, load_image

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("own_cache")]
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="needs signals and resource limits")
ROOT = Path(__file__).parents[1]


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def downloads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "picture-download"]


def start(code: str, *arguments: str, **environment: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# -------------------------------------------------------------------------------------------------- servers in no hurry


@pytest.mark.parametrize(
    "behaviour",
    [
        never_answers,
        stops_halfway(encode(noise(64, 64))),
        drips(encode(noise(64, 64))),
        drips_its_header(),
        slow(encode(noise(64, 64)), pieces=1000, pause=0.1),
    ],
    ids=["never answers", "stops half-way", "drips its body", "drips its header", "too slow"],
)
def test_no_server_holds_the_reader_longer_than_the_deadline(server, behaviour):
    url, began = server.add("/a.png", behaviour), time.monotonic()
    with pytest.raises(ImageError, match="did not arrive within 0.7 s") as error:
        load_image(url, deadline=0.7)
    assert time.monotonic() - began < 60, "each of these servers would take longer"
    assert str(error.value).isprintable() and url in str(error.value)
    for thread in downloads():
        thread.join(30)
        assert not thread.is_alive(), "the thread lets go of the server too"


def test_the_deadline_counts_over_all_redirects(server):
    def slow_redirect(handler):
        if not handler.hold(0.4):
            redirects("/next")(handler)

    server.add("/next", slow_redirect)
    with pytest.raises(ImageError, match="did not arrive within 1 s"):
        load_image(server.add("/first", slow_redirect), deadline=1.0)
    assert server.hits["/next"] < images.MAX_REDIRECTS


def test_a_silent_server_is_told_from_a_slow_one(server, monkeypatch):
    monkeypatch.setattr(images, "READ_TIMEOUT", 0.3)
    with pytest.raises(ImageError, match="fell silent"):
        load_image(server.add("/a.png", never_answers), deadline=60.0)
    with pytest.raises(ImageError, match="fell silent|connection fails|broke off"):
        load_image(server.add("/b.png", stops_halfway(encode(noise(64, 64)))), deadline=60.0)


def test_a_slow_server_is_waited_for(server):
    picture = noise(50, 60)
    assert np.array_equal(np.asarray(load_image(server.add("/a.png", slow(encode(picture), 20, 0.05)))), picture)


@needs_signals
def test_an_interrupt_is_obeyed_at_once(server):
    # A job in the background begins with interrupts ignored.
    code = """
import signal, sys, helpers.images as i
signal.signal(signal.SIGINT, signal.default_int_handler)
print('ready', flush=True)
i.load_image(sys.argv[1], deadline=600)
"""
    process = start(code, server.add("/a.png", never_answers))
    assert process.stdout.readline() == "ready\n"
    while not server.hits["/a.png"]:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=120)
    assert "KeyboardInterrupt" in complaint


# ------------------------------------------------------------------------------------------------------------- floods

MEASURE = """
import resource, sys
from helpers.images import ImageError, load_image
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    picture = load_image(sys.argv[1], deadline=120)
    print(picture.size, picture.getpixel((0, 0)), picture.getpixel((picture.width - 1, picture.height - 1)), sep=";")
except ImageError as error:
    print(error)
unit = 1 if sys.platform == "darwin" else 1024
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit // 2**20)
"""


def measured(source: str) -> tuple[str, int]:
    """What `load_image` says in a process of its own, and how many MB that took."""
    process = start(MEASURE, source)
    said, complaint = process.communicate(timeout=600)
    assert process.returncode == 0, complaint
    answer, megabytes = said.splitlines()
    return answer, int(megabytes)


@needs_signals
def test_a_body_without_end_is_cut_off(server):
    answer, megabytes = measured(server.add("/a.png", endless()))
    assert "larger than 64 MB" in answer
    assert megabytes < 200
    assert server.hung_up.wait(60), "the connection is closed"


@needs_signals
@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_packed_bomb_is_counted_unpacked(server, encoding):
    packed = gzip_bomb(1000) if encoding == "gzip" else zlib.compress(b"\0" * (1000 * 2**20), 6)
    assert len(packed) < 2 * 2**20
    answer, megabytes = measured(server.add("/a.png", answers(200, packed, Content_Encoding=encoding)))
    assert "larger than 64 MB" in answer
    assert megabytes < 250


@needs_signals
@pytest.mark.parametrize("side", [11_000, 13_000, 60_000])
def test_a_bomb_of_huge_dimensions(server, side):
    data = png(side, side, 8, 2, [b"\0" * 9])
    answer, megabytes = measured(server.add("/a.png", answers(200, data)))
    if side**2 > images.MAX_PIXELS:
        assert "too many pixels" in answer
        assert megabytes < 100
    else:
        assert "damaged or cut off" in answer, "allowed by its size, and refused for what it lacks"
        assert megabytes < 1500


@needs_signals
@pytest.mark.parametrize("case", ["jpeg", "jpeg turned", "png", "png with alpha", "png of 16 bits", "tiff palette"])
def test_a_picture_of_108_megapixels_in_bounded_memory(tmp_path, case):
    size, path = (12_000, 9_000), tmp_path / "large"
    kind = case.split()[0].upper()
    options: dict = {"compress_level": 1} if kind == "PNG" else {"compression": "tiff_lzw"} if kind == "TIFF" else {}
    first, last = (9, 9, 9), (200, 200, 200)
    if case == "png of 16 bits":
        picture = Image.new("I;16", size, 9 * 257)
        picture.putpixel((11_999, 8_999), 200 * 257)
    elif case == "tiff palette":
        picture = Image.new("P", size, 0)
        picture.putpalette([9, 9, 9, 200, 200, 200])
        picture.putpixel((11_999, 8_999), 1)
    elif case == "png with alpha":
        picture = Image.new("RGBA", size, (9, 9, 9, 255))
        picture.putpixel((11_999, 8_999), (200, 200, 200, 255))
    else:
        picture = Image.new("RGB", size, (9, 9, 9))
        picture.paste((200, 200, 200), (11_984, 8_984, 12_000, 9_000))
    if case == "jpeg turned":
        exif = Image.Exif()
        exif[0x0112] = 3
        options["exif"] = exif
        first, last = last, first
    picture.save(path, kind, **options)
    del picture
    answer, megabytes = measured(str(path))
    assert answer == f"{size};{first};{last}"
    assert megabytes < 1300, "about 9 bytes a pixel, and the file"


# ------------------------------------------------------------------------------------------------------- damaged files


@functools.cache
def valid_files() -> dict[str, bytes]:
    """A small valid picture of every container that Pillow writes and `load_image` reads, in several modes."""
    colours = noise(24, 32)
    smooth = np.asarray(Image.fromarray(noise(4, 5)).resize((32, 24), Image.Resampling.BICUBIC))
    rgb, alpha = Image.fromarray(smooth), np.dstack([colours, colours[..., 0]])
    sixteen = np.random.default_rng(1).integers(0, 65536, (24, 32), np.uint16)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a description"
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))
    return {
        "png": encode(rgb, "PNG", exif=exif, icc_profile=profile),
        "png alpha": encode(alpha, "PNG"),
        "png palette": encode(rgb.quantize(16), "PNG", transparency=bytes(range(16))),
        "png 16 bits": encode(sixteen, "PNG"),
        "png animated": encode(rgb, "PNG", save_all=True, append_images=[Image.fromarray(colours)]),
        "jpeg": encode(rgb, "JPEG", exif=exif, icc_profile=profile),
        "jpeg progressive": encode(rgb, "JPEG", progressive=True),
        "jpeg cmyk": encode(rgb.convert("CMYK"), "JPEG"),
        "mpo": encode(rgb, "MPO", save_all=True, append_images=[rgb]),
        "gif": encode(rgb.quantize(16), "GIF", transparency=1),
        "gif animated": encode(rgb, "GIF", save_all=True, append_images=[Image.fromarray(colours)]),
        "bmp": encode(rgb, "BMP"),
        "dib": encode(rgb, "DIB"),
        "tiff": encode(rgb, "TIFF", exif=exif, icc_profile=profile),
        "tiff lzw": encode(rgb, "TIFF", compression="tiff_lzw"),
        "tiff deflate": encode(rgb, "TIFF", compression="tiff_deflate"),
        "tiff jpeg": encode(rgb, "TIFF", compression="jpeg"),
        "tiff fax": encode(rgb.convert("1"), "TIFF", compression="group4"),
        "tiff float": encode(np.float32(smooth[..., 0]), "TIFF"),
        "webp": encode(rgb, "WEBP", exif=exif, icc_profile=profile),
        "webp lossless": encode(alpha, "WEBP", lossless=True),
        "webp animated": encode(rgb, "WEBP", save_all=True, append_images=[Image.fromarray(colours)]),
        "avif": encode(rgb, "AVIF", exif=exif),
        "jpeg 2000": encode(rgb, "JPEG2000"),
        "ppm": encode(rgb, "PPM"),
        "ppm plain": b"P3 2 2 255\n" + b" ".join(b"%d" % value for value in range(11, -1, -1)) + b"\n",
        "pgm 16 bits": encode(sixteen, "PPM"),
        "pbm": encode(rgb.convert("1"), "PPM"),
        "tga": encode(alpha, "TGA", compression="tga_rle"),
        "pcx": encode(rgb, "PCX"),
        "sgi": encode(rgb, "SGI"),
        "dds": encode(alpha, "DDS"),
        "dds packed": encode(Image.fromarray(alpha), "DDS", pixel_format="DXT5"),
        "ico": encode(rgb, "ICO", sizes=[(16, 16), (32, 24)]),
        "icns": encode(rgb.resize((32, 32)), "ICNS"),
        "qoi": encode(rgb, "QOI"),
        "blp": encode(rgb.quantize(16), "BLP"),
        "spider": encode(np.float32(smooth[..., 0]), "SPIDER"),
        "xbm": encode(rgb.convert("1"), "XBM"),
        "msp": encode(rgb.convert("1"), "MSP"),
    }


def mutate(data: bytes, rng: random.Random) -> bytes:
    """One to five random injuries: bits, bytes, numbers of interest, pieces lost, doubled or exchanged, ends cut."""
    body = bytearray(data)
    for _ in range(rng.randint(1, 5)):
        if not body:
            break
        # Half of the injuries fall on the head, where the dimensions, offsets and counts are.
        place = rng.randrange(min(len(body), 64) if rng.random() < 0.5 else len(body))
        length = rng.randint(1, 40)
        match rng.randrange(8):
            case 0:
                body[place] ^= 1 << rng.randrange(8)
            case 1:
                body[place] = rng.choice([0, 1, 127, 128, 255])
            case 2:
                number = rng.choice([0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF])
                body[place : place + 4] = struct.pack(rng.choice("<>") + "I", number)
            case 3:
                del body[place : place + length]
            case 4:
                body[place:place] = body[place : place + length]
            case 5:
                body[place : place + length] = rng.randbytes(min(length, len(body) - place))
            case 6:
                body[place:place] = rng.randbytes(length)
            case 7:
                del body[rng.randrange(len(body)) :]
    return bytes(body)


MUTATIONS = 25  # of each valid file


def fuzz(first_seed: int) -> None:
    """Decode every mutation; print how many became pictures and how many were refused, and anything else."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (6 * 2**30, 6 * 2**30))
    told: dict[str, Counter] = {}
    others = []
    for name, data in valid_files().items():
        told[name] = Counter()
        assert images.decode_image(data, name).mode == "RGB"
        for number in range(MUTATIONS):
            signal.alarm(120)  # its default action ends the process, and with it the test
            broken = mutate(data, random.Random(f"{name} {first_seed + number}"))
            try:
                picture = images.decode_image(broken, name)
                good = type(picture) is Image.Image and picture.mode == "RGB" and min(picture.size) > 0
                told[name]["picture" if good else "wrong"] += 1
            except ImageError as error:
                message = str(error)
                told[name]["refused" if message.isprintable() and len(message) < 500 else "wrong"] += 1
            except BaseException as error:
                others.append(f"{name} {first_seed + number}: {error!r}")
        signal.alarm(0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"told": told, "others": others, "peak": peak}))


@needs_signals
def test_mutated_files_are_pictures_or_refused():
    seed = int(os.environ.get("DPT_FUZZ_SEED", "0"))
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); "
    process = start(code + f"import test_images_faults; test_images_faults.fuzz({seed})")
    said, complaint = process.communicate(timeout=1800)
    assert process.returncode == 0, complaint
    report = json.loads(said.splitlines()[-1])
    assert not report["others"]
    totals: Counter = Counter()
    for counts in report["told"].values():
        totals.update(counts)
    assert not totals["wrong"]
    assert totals["picture"] + totals["refused"] == MUTATIONS * len(report["told"]) >= 200
    assert totals["picture"] > 0 and totals["refused"] > 0


@pytest.mark.parametrize("name", list(valid_files()))
def test_cut_at_any_place_a_file_is_whole_or_refused(name):
    data = valid_files()[name]
    right = images.decode_image(data).tobytes()
    told = Counter()
    for length in sorted({*range(0, len(data), max(1, len(data) // 60)), *range(len(data) - 12, len(data))}):
        try:
            same = images.decode_image(data[:length]).tobytes() == right
            told["same" if same else "wrong"] += 1
        except ImageError:
            told["refused"] += 1
    assert told["refused"] > 0
    assert told["wrong"] == 0, told


@pytest.mark.parametrize("name", ["png", "png alpha", "png palette", "png 16 bits", "png animated"])
def test_no_flipped_bit_of_a_png_goes_unseen(name):
    data = valid_files()[name]
    right = images.decode_image(data).tobytes()
    rng = random.Random(name)
    for _ in range(150):
        broken = bytearray(data)
        broken[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        try:
            found = images.decode_image(bytes(broken)).tobytes()
        except ImageError:
            continue
        assert found == right


# ---------------------------------------------------------------------------------------------------- killed processes

WORK = """
import itertools, sys
from helpers import images
from helpers.files import atomic_write
images._is_this_machine = lambda host: False
address, results = sys.argv[1:]
print("ready", flush=True)
for number in itertools.count():
    for name in "abcd":
        images.load_image(f"{address}/{name}.png?{number % 3}")
    atomic_write(f"{results}/result.bin", bytes([number % 256]) * 3_000_000)
"""


@needs_signals
def test_killed_at_any_moment_every_file_is_whole_or_absent(server, own_cache, tmp_path, monkeypatch):
    pictures = {name: encode(noise(300, 400, seed)) for seed, name in enumerate("abcd")}
    for name, data in pictures.items():
        server.add(f"/{name}.png", slow(data, 4, 0.005))
    kept = {hashlib.sha256(data).hexdigest(): data for data in pictures.values()}
    rng, seen = random.Random(7), Counter()
    for _ in range(30):
        for path in own_cache.glob("*") if own_cache.exists() else ():
            path.unlink()
        process = start(WORK, server.address(""), str(tmp_path))
        assert process.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0, 0.4))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        for path in own_cache.glob("*") if own_cache.exists() else ():
            if path.name.startswith(".partial-"):
                seen["partial"] += 1
                continue
            magic, digest, data = path.read_bytes().split(b"\n", 2)
            assert magic + b"\n" == images._MAGIC
            assert kept[digest.decode()] == data
            seen["whole"] += 1
        result = tmp_path / "result.bin"
        if result.exists():
            content = result.read_bytes()
            assert len(content) == 3_000_000 and len(set(content)) == 1
            seen["result"] += 1
            result.unlink()
    assert seen["whole"] > 0 and seen["result"] > 0, "the kills came too early to tell anything"
    # What was left behind does not disturb the next reader.
    monkeypatch.setattr(images, "_is_this_machine", lambda host: False)
    for name, data in pictures.items():
        assert images.read_source(server.address(f"/{name}.png?0")) == data


def test_many_readers_of_one_address(server, own_cache, monkeypatch):
    monkeypatch.setattr(images, "_is_this_machine", lambda host: False)
    picture = noise(80, 90)
    url, wrong = server.add("/a.png", slow(encode(picture), 4, 0.01)), []

    def work() -> None:
        for _ in range(5):
            if load_image(url).tobytes() != picture.tobytes():
                wrong.append("differs")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len([path for path in own_cache.iterdir() if not path.name.startswith(".partial-")]) == 1
    assert 1 <= server.hits["/a.png"] <= 8
