"""Pictures from a file, an address or the bundled set: the right RGB picture, or one clear `ImageError`.

What is accepted, and what becomes of it:

- A picture is decoded whole and judged by that, never by its name or by a server's word.
- Turned upright by its EXIF orientation; embedded colour profiles are converted to sRGB.
- Transparent pixels are laid over white. Of an animation the first frame is taken.
- 16-bit grey is divided by the full range: 65535 becomes 255. Grey of 32-bit integers counts as 16-bit where every
  value fits, and is stretched from its least to its greatest value otherwise. Grey of floats is multiplied by 255 where
  every value lies in 0..1, and stretched otherwise; what is not finite becomes black.
- CMYK without a profile is converted by the plain formula; CMYK JPEGs are read as inverted, as browsers do.

Memory stays below about 9 bytes a pixel and twice the file's size. Every function here may be called from many threads.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import math
import numbers
import os
import re
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import numpy as np
from PIL import ExifTags, Image, ImageFile

from helpers.files import atomic_write, home_expanded, remove_stale_partials
from helpers.integrity import is_lfs_pointer, is_web_page

if TYPE_CHECKING:
    import requests

__all__ = ["ImageError", "bundled_names", "decode_image", "load_image", "read_source", "without_secrets"]

MAX_DOWNLOAD_BYTES = 64 * 2**20
MAX_FILE_BYTES = 512 * 2**20  # a file on disk may be an uncompressed picture: 120 megapixels of RGB are 360 MB
MAX_PIXELS = 120_000_000
MAX_SCANS = 100  # of a progressive JPEG; ten are usual, thousands would decode for hours
MAX_REDIRECTS = 5
CONNECT_TIMEOUT = 8.0  # seconds
READ_TIMEOUT = 10.0  # seconds of silence
DEADLINE = 20.0  # seconds of a whole download, where nobody asks for others
USER_AGENT = "dpt-depth-course/1.0 (educational; python-requests)"

_DATA = Path(__file__).parent / "data"
_STRIP_PIXELS = 2**21  # pictures are converted strip by strip, so that no second full copy is needed

# Left out: formats that start another program or cannot be drawn without one, and films.
_REFUSED_FORMATS = frozenset({"EPS", "WMF", "BUFR", "GRIB", "HDF5", "MPEG"})


class ImageError(ValueError):
    """A picture cannot be had: the message is one line that names the source and says what to do."""


def load_image(source: str | os.PathLike[str], *, sha256: str | None = None, deadline: float = DEADLINE) -> Image.Image:
    """Return the picture at `source` as an upright RGB `PIL.Image.Image`.

    source: the path of a file (`~` stands for your home folder), an http(s) address, or a bundled name such as "room"
        (a file that is called the same is reached as "./room").
    sha256: what the source's bytes must hash to, as 64 hexadecimal digits.
    deadline: seconds that a download may take in all.

    Downloads are limited to 64 MB, files to 512 MB and every picture to 120 megapixels. A downloaded picture is kept in
    a folder (`$DPT_CACHE`, else the system's folder for caches), checked whenever it is read, and not fetched again.
    Raises ImageError.
    """
    data, fresh = _read(source, sha256, deadline)
    picture = decode_image(data, source)
    if fresh:
        _store(str(source).strip(), data)
    return picture


def read_source(source: str | os.PathLike[str]) -> bytes:
    """Return the bytes of the picture at `source`, as `load_image` would read them; they are known to decode.

    With this, a picture is fetched once and both hashed and decoded (`decode_image`). Raises ImageError.
    """
    data, fresh = _read(source, None, DEADLINE)
    decode_image(data, source)
    if fresh:
        _store(str(source).strip(), data)
    return data


def decode_image(data: bytes, source: str | os.PathLike[str] = "the picture") -> Image.Image:
    """Return the picture in `data`, the bytes of an image file, as upright RGB; `source` names it in errors.

    Raises ImageError.
    """
    name = _shown(source)
    if not data:
        raise ImageError(f"{name} is empty (0 bytes). {_advice()}")
    hint = _what_else_it_is(data)
    if hint is not None:
        raise ImageError(f"{name} is {hint}")
    # Decoders meet hostile bytes here and raise all sorts of exceptions: whatever they say, the reader gets one kind.
    try:
        with _quiet_pillow(), _open(data, name) as opened:
            _check_whole(data, opened, name)
            opened.load()
            _check_size(opened.size, name)
            orientation = _orientation(opened)
            picture = _to_rgb(opened, data)
            del opened
            return _turn(picture, orientation)
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        pixels = re.search(r"\d+", str(error))
        raise _too_many_pixels(name, int(pixels.group()) if pixels else None) from None
    except MemoryError:
        raise ImageError(f"{name} does not fit into this machine's memory. Make the picture smaller.") from None
    except Exception as error:
        raise ImageError(
            f"{name} is damaged or cut off: it begins like a picture, but cannot be decoded ({_one_line(error)}). "
            "Copy or download it again, or save it anew as PNG."
        ) from None


def bundled_names() -> list[str]:
    """Return the names of the pictures that ship with the course, sorted."""
    return sorted(path.stem for path in _DATA.glob("*.png"))


# ------------------------------------------------------------------------------------------------ where bytes come from


def _read(source: Any, sha256: str | None, deadline: float) -> tuple[bytes, bool]:
    """Return the bytes of the source, and whether they were downloaded just now (and so may be worth keeping)."""
    if not isinstance(source, (str, os.PathLike)) or isinstance(os.fspath(source), bytes):
        raise ImageError(f"An object of type {type(source).__name__} is not a source of a picture. {_advice()}")
    if isinstance(deadline, bool) or not isinstance(deadline, numbers.Real) or not 0 < deadline < math.inf:
        raise ImageError(f"deadline must be a positive number of seconds, not {_shown(repr(deadline))}.")
    if sha256 is not None and not (isinstance(sha256, str) and re.fullmatch("[0-9a-fA-F]{64}", sha256)):
        raise ImageError(f"sha256 must be 64 hexadecimal digits, not {_shown(repr(sha256))}.")
    expected = None if sha256 is None else sha256.lower()

    text = os.fspath(source)
    if not text.strip():
        raise ImageError(f"The source of the picture is an empty name. {_advice()}")
    scheme = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]+):(//)?", text)
    kind = scheme.group(1).lower() if scheme else ""
    if isinstance(source, str) and scheme and (scheme.group(2) or kind in {"data", "http", "https"}):
        if kind not in {"http", "https"}:
            what = "the path itself, without file://" if kind == "file" else "an http(s) address, or save it to a file"
            raise ImageError(f"{_shown(text)} is a {kind}: address, and only http and https are fetched. Give {what}.")
        return _read_url(text.strip(), expected, float(deadline))
    if isinstance(source, str) and text in bundled_names():
        data = _read_file(_DATA / f"{text}.png", text)
    else:
        data = _read_file(Path(text), text)
    _check_sha256(data, expected, _shown(text))
    return data, False


def _read_file(path: Path, text: str) -> bytes:
    name = _shown(text)
    try:
        path = home_expanded(path)
        if path.is_dir():
            raise ImageError(f"{name} is a folder. Give the path of one picture in it.")
        if not path.exists():
            raise ImageError(f"{name} does not exist (looked in {_shown(Path.cwd())}). {_advice(text)}")
        if not path.is_file():
            raise ImageError(f"{name} is not an ordinary file (but a device, pipe or socket). {_advice()}")
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except PermissionError:
        raise ImageError(f"{name} may not be read by you: change its permissions or copy it elsewhere.") from None
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, ImageError):
            raise
        raise ImageError(f"{name} cannot be read ({_one_line(error)}). {_advice()}") from None
    if len(data) > MAX_FILE_BYTES:
        raise ImageError(
            f"{name} is larger than {MAX_FILE_BYTES // 2**20} MB, the limit for a file. Save a smaller picture."
        )
    return data


def _check_sha256(data: bytes, expected: str | None, name: str) -> None:
    found = hashlib.sha256(data).hexdigest()
    if expected is not None and found != expected:
        raise ImageError(
            f"{name} is not the file you asked for: its sha256 is {found}, not {expected}. "
            "It has changed or is damaged: get it again, or correct sha256= if you trust it."
        )


def _advice(text: str | None = None) -> str:
    bundled = ", ".join(bundled_names()) or "none are installed"
    looks_like_address = text is not None and re.match(r"(www\.|([\w-]+\.)+(com|org|net|edu|io)/)", text)
    hint = "If it is an address, begin it with https://. " if looks_like_address else ""
    return f"{hint}Give a JPEG or PNG file, an http(s) address, or a bundled name: {bundled}."


def _shown(source: Any) -> str:
    """Return the source as it may stand in a message: in one line, not too long, without passwords or keys."""
    text = without_secrets(os.fspath(source) if isinstance(source, os.PathLike) else str(source))
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text.strip())
    return text if len(text) <= 120 else f"{text[:70]}…{text[-40:]}"


def without_secrets(source: str) -> str:
    """The source of a picture as it may be shown to others: an address without name, password, query and fragment."""
    if not re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]+://|https?:)", source, re.IGNORECASE):
        return source
    source = re.sub(r"^(\s*[A-Za-z][A-Za-z0-9+.-]+:[/\s]*)[^/?#]*@", r"\1", source)
    return re.sub(r"[?#].*", "?…", source, flags=re.DOTALL)


def _one_line(error: BaseException) -> str:
    words = " ".join((getattr(error, "strerror", None) or str(error)).split())
    words = re.sub(r"<[^<>]* at 0x[0-9a-f]+>", "the data", words)
    return _shown(words).rstrip(".") or type(error).__name__


# ------------------------------------------------------------------------------------------------------------ downloads


def _read_url(url: str, expected: str | None, deadline: float) -> tuple[bytes, bool]:
    data = _recall(url)
    if data is not None and expected in (None, hashlib.sha256(data).hexdigest()):
        return data, False
    data = _download(url, deadline)
    _check_sha256(data, expected, _shown(url))
    return data, True


class _Download:
    """One download on its own thread: looking up a name or waiting for a header cannot be interrupted otherwise."""

    def __init__(self, url: str, deadline: float) -> None:
        self.url = url
        self.name = _shown(url)
        self.ends = time.monotonic() + deadline
        self.abandoned = False
        self.sockets: list[Any] = []
        self.data: bytes | None = None
        self.error: ImageError | None = None
        self.received = 0
        self.done = threading.Event()

    def work(self) -> None:
        try:
            self.data = self._fetch()
        except ImageError as error:
            self.error = error
        except Exception as error:  # requests lets some exceptions of urllib3 and of the codecs through
            self.error = _network_error(self.name, error)
        finally:
            self.done.set()

    def abandon(self) -> None:
        """Let go of the server, so that the thread ends too."""
        self.abandoned = True
        for sock in self.sockets:
            with contextlib.suppress(Exception):
                sock.shutdown(2)

    def _fetch(self) -> bytes:
        import requests

        url = self.url
        with requests.Session() as session:
            session.mount("http://", _adapter(self.sockets))
            session.mount("https://", _adapter(self.sockets))
            session.headers.update(
                {"User-Agent": USER_AGENT, "Accept": "image/*,*/*;q=0.5", "Accept-Encoding": "identity"}
            )
            for _ in range(MAX_REDIRECTS + 1):
                remaining = self.ends - time.monotonic()
                if remaining <= 0 or self.abandoned:
                    raise ImageError(f"{self.name} was given up.")
                # A little longer than the deadline, so that it is always the deadline which is reported.
                timeout = (min(CONNECT_TIMEOUT, remaining + 1), min(READ_TIMEOUT, remaining + 1))
                with session.get(url, stream=True, allow_redirects=False, timeout=timeout) as response:
                    target = session.get_redirect_target(response)
                    if target is None:
                        return self._receive(response)
                    url = urljoin(url, target)
                if urlsplit(url).scheme.lower() not in {"http", "https"}:
                    raise ImageError(
                        f"{self.name} sends on to {_shown(url)}, and only http and https are followed. {_advice()}"
                    )
        raise ImageError(
            f"{self.name} sends on from address to address ({MAX_REDIRECTS} were followed). "
            "Open it in your browser and copy the address of the picture itself."
        )

    def _receive(self, response: requests.Response) -> bytes:
        _check_status(response, self.name)
        length = response.headers.get("Content-Length", "")
        if length.isdigit() and int(length) > MAX_DOWNLOAD_BYTES:
            raise _too_many_bytes(self.name)
        chunks = []
        for chunk in response.iter_content(2**16):
            if self.abandoned:
                raise ImageError(f"{self.name} was given up.")
            chunks.append(chunk)
            self.received += len(chunk)
            if self.received > MAX_DOWNLOAD_BYTES:
                raise _too_many_bytes(self.name)
        return b"".join(chunks)


def _download(url: str, deadline: float) -> bytes:
    job = _Download(url, deadline)
    threading.Thread(target=job.work, name="picture-download", daemon=True).start()
    try:
        finished = job.done.wait(min(deadline, threading.TIMEOUT_MAX))
    finally:
        if not job.done.is_set():
            job.abandon()
    if not finished:
        got = f"{job.received} bytes had come" if job.received else "no picture had come"
        raise ImageError(
            f"{job.name} did not arrive within {deadline:g} s ({got}). Try again with a longer deadline=. {_advice()}"
        )
    if job.error is not None:
        raise job.error
    assert job.data is not None
    return job.data


def _adapter(sockets: list[Any]) -> Any:
    from requests.adapters import HTTPAdapter

    class Adapter(HTTPAdapter):
        """Keeps the sockets at hand: closing them is the only way to wake a thread that waits for a silent server."""

        def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
            pool = super().get_connection_with_tls_context(*args, **kwargs)
            plain = pool.ConnectionCls

            class Connection(plain):  # type: ignore[misc, valid-type]
                def connect(self) -> None:
                    super().connect()
                    sockets.append(self.sock)

            pool.ConnectionCls = Connection
            return pool

    return Adapter(max_retries=0)


def _check_status(response: requests.Response, name: str) -> None:
    status = response.status_code
    if status == 200:
        return
    reason = "".join(c for c in str(response.reason or "") if c.isprintable())[:40]
    answer = f"{status} {reason}".strip()
    if status in {401, 403, 407, 451}:
        told = f"{name} is refused by the server ({answer}). Save it with your browser and give the file."
    elif status in {404, 410}:
        told = f"{name} is not there: the server answers {answer}. Check the address."
    elif status == 429:
        told = f"{name} was asked for too often ({answer}). Wait some minutes, or save it once and give the file."
    elif status >= 500:
        told = f"{name} cannot be had now: the server answers {answer}. Try later, or {_lower(_advice())}"
    else:
        told = f"{name} does not answer with a picture, but with {answer}. {_advice()}"
    raise ImageError(told)


def _network_error(name: str, error: Exception) -> ImageError:
    # The exceptions' own words are not shown: they are long and may carry a password that stands in the address.
    import requests
    from urllib3.exceptions import NameResolutionError

    seen: list[BaseException] = []
    pending: list[Any] = [error]
    while pending:
        cause = pending.pop()
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            pending += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]
    if any(isinstance(cause, NameResolutionError) for cause in seen):
        what = "its host is not found. Check the spelling and the network"
    elif isinstance(error, requests.exceptions.SSLError):
        what = "the secure connection fails (certificate or protocol). Check the address and this machine's clock"
    elif isinstance(error, requests.exceptions.ProxyError):
        what = "the proxy does not let it through. Check HTTP_PROXY and HTTPS_PROXY"
    elif isinstance(error, requests.exceptions.ConnectTimeout):
        what = "its server does not answer. Check the address and the network"
    elif isinstance(error, requests.exceptions.ReadTimeout) or any(isinstance(c, TimeoutError) for c in seen):
        what = "its server fell silent. Try again later"
    elif any(isinstance(cause, ConnectionRefusedError) for cause in seen):
        what = "its server refuses the connection. Check the address"
    elif isinstance(error, requests.exceptions.ContentDecodingError):
        what = "it arrives packed in a way that cannot be unpacked. Save it with your browser and give the file"
    elif isinstance(error, requests.exceptions.ChunkedEncodingError):
        what = "the transfer broke off before the end. Try again"
    elif isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError)):
        what = "the address is not well formed. Check it"
    elif isinstance(error, (requests.exceptions.ConnectionError, OSError)):
        what = "the connection fails. Check the network and try again"
    else:
        what = f"the server's answer is not understood ({type(error).__name__}). Check the address"
    return ImageError(f"{name} cannot be fetched: {what}, or {_lower(_advice())}")


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _too_many_bytes(name: str) -> ImageError:
    return ImageError(
        f"{name} is larger than {MAX_DOWNLOAD_BYTES // 2**20} MB, the limit for a download. Take a smaller picture."
    )


# ---------------------------------------------------------------------------------------------------------------- cache

_MAGIC = b"dpt-depth-course picture 1\n"  # then the data's sha256 in hexadecimal, a line end, and the data itself


def _cache_folder() -> Path:
    chosen = os.environ.get("DPT_CACHE")
    if chosen:
        return home_expanded(chosen) / "pictures"
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        chosen = os.environ.get("XDG_CACHE_HOME", "")
        base = Path(chosen) if os.path.isabs(chosen) else Path.home() / ".cache"
    return base / "dpt-depth-course" / "pictures"


def _cache_path(url: str) -> Path | None:
    host = urlsplit(url).hostname or ""
    if _is_this_machine(host):
        return None
    return _cache_folder() / hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def _is_this_machine(host: str) -> bool:
    # Programs on this machine share and reuse its ports: the same address may be another picture tomorrow.
    return host in {"localhost", "::1"} or host.startswith("127.")


def _recall(url: str) -> bytes | None:
    """Return the bytes kept for this address, or None; what is damaged is removed."""
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        path = _cache_path(url)
        if path is None or not path.is_file():
            return None
        head = len(_MAGIC) + 65
        with path.open("rb") as file:
            kept = file.read(head + MAX_DOWNLOAD_BYTES + 1)
        data = kept[head:]
        sealed = _MAGIC + hashlib.sha256(data).hexdigest().encode() + b"\n"
        if kept[:head] == sealed and 0 < len(data) <= MAX_DOWNLOAD_BYTES:
            return data
        path.unlink()
    return None


def _store(url: str, data: bytes) -> None:
    # A folder that cannot be written only costs the next download: no reason to refuse the picture.
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        path = _cache_path(url)
        if path is not None:
            atomic_write(path, _MAGIC + hashlib.sha256(data).hexdigest().encode() + b"\n" + data)
            remove_stale_partials(path.parent)


# ------------------------------------------------------------------------------------------------------------- decoding


def _what_else_it_is(data: bytes) -> str | None:
    """Say what readers give in place of a picture, and what to do; None for anything else."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if is_web_page(start):
        return (
            "a web page, not a picture. Open it in your browser, choose “Copy image address” on the picture "
            "and give that address, or save the picture and give the file."
        )
    if start.startswith(b"<") and b"<svg" in start:
        return "an SVG drawing, made of lines and not of pixels. Export it as PNG and give that."
    if start.startswith(b"%pdf-"):
        return "a PDF document. Export the page or picture as PNG and give that."
    if start.startswith(b"%!ps"):
        return "a PostScript drawing. Export it as PNG and give that."
    if data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}:
        if b"avif" in data[8:64]:
            return None
        return "a HEIC photo, which Pillow cannot read. Export it as JPEG (on the phone: “Most compatible”)."
    if is_lfs_pointer(start):
        return "a placeholder of Git LFS, not the picture itself. Run `git lfs pull` and try again."
    return None


def _open(data: bytes, name: str) -> Image.Image:
    try:
        opened = Image.open(io.BytesIO(data), formats=_formats())
    except Image.UnidentifiedImageError:
        raise ImageError(
            f"{name} is not a picture that Pillow can read (it begins with {_beginning(data)}). {_advice()}"
        ) from None
    _check_size(opened.size, name)
    return opened


_formats_lock = threading.Lock()


def _formats() -> list[str]:
    with _formats_lock:
        Image.init()
        return [name for name in Image.ID if name not in _REFUSED_FORMATS]


def _beginning(data: bytes) -> str:
    start = data[:9]
    if all(32 <= byte < 127 for byte in start):
        return f'"{start.decode("ascii")}"'
    return f"the bytes {start[:4].hex(' ')}"


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise ImageError(f"{name} has no pixels ({width} x {height}). Give another picture.")
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(name, width * height, f"{width} x {height} = ")


def _too_many_pixels(name: str, pixels: int | None, sides: str = "") -> ImageError:
    many = "Its" if pixels is None else f"{sides}{pixels / 1e6:.1f}"
    return ImageError(
        f"{name} has too many pixels ({many} megapixels; the limit is {MAX_PIXELS // 10**6}). Save a smaller picture."
    )


def _check_whole(data: bytes, opened: Image.Image, name: str) -> None:
    """Refuse what Pillow's decoders would take silently."""
    if opened.format == "PNG":
        # Decoding stops at the last pixel and checks no sums.
        with Image.open(io.BytesIO(data), formats=["PNG"]) as again:
            again.verify()
    elif opened.format in {"JPEG", "MPO"}:
        scans = _count_scans(data)
        if scans > MAX_SCANS:
            raise ImageError(f"{name} is a JPEG of {scans} scans (usual: 1 to 12). Save it anew and give that.")


_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # the others stand within the data of a scan


def _count_scans(data: bytes) -> int:
    """Count the scans of a JPEG's first picture; previews in its head and films behind its end do not count."""
    scans, place = 0, 2
    while (found := _MARKER.search(data, place)) is not None:
        marker, place = data[found.end() - 1], found.end()
        if marker == 0xD9:
            break
        scans += marker == 0xDA
        if marker not in {0x01, 0xD8}:
            place += int.from_bytes(data[place : place + 2], "big")
    return scans


_quiet_lock = threading.Lock()
_quiet_users = 0
_quiet_exit: contextlib.ExitStack | None = None


@contextlib.contextmanager
def _quiet_pillow() -> Iterator[None]:
    """Silence Pillow's warnings, and have it refuse cut files even where a program told it to accept them.

    Both are settings of the whole process: the first thread to come sets them, the last to go puts them back.
    """
    global _quiet_users, _quiet_exit
    with _quiet_lock:
        if _quiet_users == 0:
            _quiet_exit = contextlib.ExitStack()
            _quiet_exit.enter_context(warnings.catch_warnings())
            warnings.filterwarnings("ignore", module=r"PIL\.|helpers\.images")
            _quiet_exit.callback(setattr, ImageFile, "LOAD_TRUNCATED_IMAGES", ImageFile.LOAD_TRUNCATED_IMAGES)
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        _quiet_users += 1
    try:
        yield
    finally:
        with _quiet_lock:
            _quiet_users -= 1
            if _quiet_users == 0 and _quiet_exit is not None:
                _quiet_exit.close()
                _quiet_exit = None


def _orientation(opened: Image.Image) -> int:
    try:
        value = opened.getexif().get(0x0112, 1)
    except Exception:  # damaged metadata is no reason to refuse a sound picture
        return 1
    return value if isinstance(value, int) else 1


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _turn(picture: Image.Image, orientation: int) -> Image.Image:
    return picture.transpose(_TURNS[orientation]) if orientation in _TURNS else picture


def _to_rgb(opened: Image.Image, data: bytes) -> Image.Image:
    """Return a new RGB picture without metadata (a left-over orientation would turn it a second time)."""
    scale = _grey_scale(opened)
    _mend_transparency(opened, data)
    profile = opened.info.get("icc_profile")
    convert = _ToSrgb(profile) if isinstance(profile, bytes) and profile else None
    width, height = opened.size
    picture = Image.new("RGB", opened.size, "white")
    rows = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, rows):
        strip = opened.crop((0, top, width, min(top + rows, height)))
        alpha = None
        if scale is not None:
            strip, alpha = _grey_to_8_bits(strip, *scale)
        elif strip.has_transparency_data:
            if strip.mode not in {"RGBA", "LA"}:
                strip = strip.convert({"La": "LA", "1": "LA", "L": "LA"}.get(strip.mode, "RGBA"))
            alpha = strip.getchannel("A")
            strip = _without_alpha(strip)
        elif strip.mode == "P":
            strip = strip.convert("RGB")
        elif strip.mode == "1":
            strip = strip.convert("L")
        colours = convert(strip) if convert is not None else None
        if colours is None:
            colours = strip.convert("RGB")
        picture.paste(colours, (0, top), alpha)
    return picture


def _without_alpha(strip: Image.Image) -> Image.Image:
    return Image.merge(strip.mode[:-1], strip.split()[:-1]) if strip.mode == "RGBA" else strip.getchannel("L")


def _mend_transparency(opened: Image.Image, data: bytes) -> None:
    """Bring the transparent colour of a PNG to the 8 bits that its pixels are decoded to."""
    key = opened.info.get("transparency")
    if opened.format != "PNG" or opened.mode not in {"L", "RGB"} or key is None:
        return
    depth = data[24]
    if isinstance(key, tuple) and depth == 16:
        opened.info["transparency"] = tuple(value >> 8 for value in key)
    elif isinstance(key, int) and depth < 8:
        opened.info["transparency"] = key * 255 // (2**depth - 1)


def _grey_scale(opened: Image.Image) -> tuple[float, float] | None:
    """Return (black, white) of a grey picture with more than 8 bits, None for the other modes."""
    if opened.mode.startswith("I;16"):
        tags = getattr(opened, "tag_v2", {})  # a TIFF may have 12 bits, and 0 for white
        white = 2.0 ** tags.get(ExifTags.Base.BitsPerSample, (16,))[0] - 1
        return (white, 0.0) if tags.get(ExifTags.Base.PhotometricInterpretation) == 0 else (0.0, white)
    if opened.mode not in {"I", "F"}:
        return None
    least, greatest = math.inf, -math.inf
    width, height = opened.size
    rows = max(1, _STRIP_PIXELS // width)
    for top in range(0, height, rows):
        values = np.asarray(opened.crop((0, top, width, min(top + rows, height))))
        values = values[np.isfinite(values)]
        if values.size:
            least, greatest = min(least, float(values.min())), max(greatest, float(values.max()))
    full = 65535.0 if opened.mode == "I" else 1.0
    if least > greatest or (least >= 0 and greatest <= full):
        return 0.0, full
    return least, greatest


def _grey_to_8_bits(strip: Image.Image, black: float, white: float) -> tuple[Image.Image, Image.Image | None]:
    values = np.asarray(strip)
    key = strip.info.get("transparency")
    alpha = Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8)) if isinstance(key, int) else None
    span = (white - black) or 1.0
    with np.errstate(all="ignore"):
        scaled = (values.astype(np.float64) - black) * (255.0 / span)
    scaled = np.nan_to_num(scaled, nan=0.0, posinf=0.0, neginf=0.0)
    return Image.fromarray(np.clip(np.rint(scaled), 0, 255).astype(np.uint8)), alpha


class _ToSrgb:
    """Converts strips by an embedded colour profile; gives None where the profile does not fit or is damaged."""

    def __init__(self, profile: bytes) -> None:
        from PIL import ImageCms

        self._cms = ImageCms
        self._transforms: dict[str, Any] = {}
        self._source = None
        self._space = ""
        with contextlib.suppress(Exception):  # a damaged profile only costs its correction
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            # Most photographs carry sRGB itself: nothing to convert, and no time to lose on it.
            if not ImageCms.getProfileDescription(source).startswith("sRGB"):
                self._space = source.profile.xcolor_space.strip()
                self._source = source

    def __call__(self, strip: Image.Image) -> Image.Image | None:
        if self._source is None:
            return None
        if self._space == "RGB" and strip.mode != "RGB" and strip.mode != "CMYK":
            strip = strip.convert("RGB")
        if {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK", "Lab": "LAB"}.get(self._space) != strip.mode:
            return None
        try:
            if strip.mode not in self._transforms:
                self._transforms[strip.mode] = self._cms.buildTransform(
                    self._source,
                    self._cms.createProfile("sRGB"),
                    strip.mode,
                    "RGB",
                    renderingIntent=self._cms.Intent.RELATIVE_COLORIMETRIC,
                    flags=self._cms.Flags.BLACKPOINTCOMPENSATION,
                )
            return self._cms.applyTransform(strip, self._transforms[strip.mode])
        except Exception:
            self._source = None
            return None
