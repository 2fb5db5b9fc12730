"""A Hub on the loopback address, for tests: it speaks to the real huggingface_hub client and can go wrong on demand."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "bc15f29aa3a80d532f2ed650b5e16ac48d8958f9"  # the pinned revision of Intel/dpt-large

_RESOLVE = re.compile(r"/(?P<model>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)")
_API = re.compile(r"/api/models/(?P<model>[^/]+/[^/]+)(/revision/(?P<revision>[^/]+))?")


@dataclass
class Model:
    """The files of a model, at one commit; branches that point there."""

    files: dict[str, bytes]
    commit: str = COMMIT
    branches: tuple[str, ...] = ("main",)


@dataclass(frozen=True)
class Asked:
    """One request: its method, path and Range header ("" where there is none)."""

    method: str
    path: str
    range: str


# A fault looks at a request before it is answered. It returns True when it has dealt with it itself.
Fault = Callable[["Handler", "bytes | None"], bool]


@dataclass
class Hub:
    """The running server. fault: how it goes wrong, None for a good Hub. asked: every request so far."""

    url: str
    models: dict[str, Model]
    fault: Fault | None = None
    ranges: bool = True
    plain_etags: bool = False
    asked: list[Asked] = field(default_factory=list)
    sent: int = 0  # bytes of weights

    @property
    def environment(self) -> dict[str, str]:
        """What makes the client turn here."""
        return {"HF_ENDPOINT": self.url, "HF_HUB_DISABLE_XET": "1", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


class Handler(BaseHTTPRequestHandler):
    """Answers HEAD and GET as the Hub does."""

    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_: object) -> None:  # no lines on stderr
        pass

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.hub.asked.append(Asked(self.command, self.path, self.headers.get("Range", "")))
        match = _RESOLVE.fullmatch(self.path)
        model = self.hub.models.get(match["model"]) if match else None
        body = model.files.get(match["file"]) if match and model else None
        with contextlib.suppress(ConnectionError):
            if self.hub.fault is not None and self.hub.fault(self, body):
                return
            if match is None:
                self._api()
            elif model is None:
                self.refuse(404, "RepoNotFound")
            elif match["revision"] not in (model.commit, *model.branches):
                self.refuse(404, "RevisionNotFound")
            elif body is None:
                self.refuse(404, "EntryNotFound", model.commit)
            else:
                self.send_file(body, body)

    def _api(self) -> None:
        match = _API.fullmatch(self.path)
        model = self.hub.models.get(match["model"]) if match else None
        if match is None or model is None:
            self.refuse(404, "RepoNotFound")
            return
        siblings = [{"rfilename": name} for name in model.files]
        page = json.dumps({"id": match["model"], "sha": model.commit, "siblings": siblings}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def refuse(self, status: int, code: str = "", commit: str = "", **headers: str) -> None:
        """Answer with an error, as the Hub words it."""
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        if commit:
            self.send_header("X-Repo-Commit", commit)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    @property
    def is_weights(self) -> bool:
        """Whether the request is for weights, which the Hub keeps apart from small files (LFS)."""
        return self.path.endswith((".safetensors", ".bin"))

    def start_file(self, body: bytes, length: int | None = None) -> int:
        """Send the head of the answer for a file; return the byte at which its body starts."""
        match = _RESOLVE.fullmatch(self.path)
        assert match is not None
        start, total = 0, len(body) if length is None else length
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if wanted and self.hub.ranges and self.command == "GET":
            start = int(wanted[1])
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        else:
            self.send_response(200)
        digest = hashlib.sha256(body).hexdigest()
        if not self.is_weights or self.hub.plain_etags:
            digest = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
        self.send_header("ETag", f'"{digest}"')
        self.send_header("X-Repo-Commit", self.hub.models[match["model"]].commit)
        self.send_header("Accept-Ranges", "bytes" if self.hub.ranges else "none")
        if self.is_weights and not self.hub.plain_etags:
            self.send_header("X-Linked-Etag", f'"{digest}"')
            self.send_header("X-Linked-Size", str(total))
        self.send_header("Content-Length", str(total - start))
        self.end_headers()
        return start

    def send_file(self, named: bytes, body: bytes, *, length: int | None = None) -> None:
        """Answer with `body` under the ETag of `named`: a good Hub sends the same."""
        start = self.start_file(named, length)
        if self.command == "GET":
            self.wfile.write(body[start:])
            if self.is_weights:
                self.hub.sent += len(body) - start

    def hang(self, seconds: float = 60.0) -> None:
        """Say nothing until the other side leaves, or the time is over."""
        self.connection.settimeout(seconds)
        with contextlib.suppress(OSError):
            while self.connection.recv(4096):
                pass
        self.close_connection = True


# Faults


def refuses(status: int, **headers: str) -> Fault:
    """Every request is answered with this status."""

    def fault(handler: Handler, body: bytes | None) -> bool:
        handler.refuse(status, **headers)
        return True

    return fault


def refuses_weights(status: int, **headers: str) -> Fault:
    """All is well until the weights themselves are asked for."""

    def fault(handler: Handler, body: bytes | None) -> bool:
        if not (handler.is_weights and handler.command == "GET"):
            return False
        handler.refuse(status, **headers)
        return True

    return fault


def silent(handler: Handler, body: bytes | None) -> bool:
    """It accepts the connection and never answers."""
    handler.hang()
    return True


def drips_its_head(handler: Handler, body: bytes | None) -> bool:
    """The answer's first line comes, then one byte of a header each half second: no read ever times out."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(120):
        handler.wfile.write(b"x")
        time.sleep(0.5)
    return True


def portal(handler: Handler, body: bytes | None) -> bool:
    """The log-in page of a network answers everything."""
    page = b"<!DOCTYPE html><html><body>Please log in to the guest network.</body></html>"
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", str(len(page)))
    handler.end_headers()
    if handler.command == "GET":
        handler.wfile.write(page)
    return True


def redirects_for_ever(handler: Handler, body: bytes | None) -> bool:
    """Every address points to itself."""
    handler.refuse(307, Location=handler.path)
    return True


def silent_in_the_middle(handler: Handler, body: bytes | None) -> bool:
    """Half of the weights come, then nothing more; the same again for the rest."""
    if body is None or not (handler.is_weights and handler.command == "GET"):
        return False
    start = handler.start_file(body)
    if start == 0:
        handler.wfile.write(body[: len(body) // 2])
        handler.wfile.flush()
    handler.hang()
    return True


def drips(handler: Handler, body: bytes | None) -> bool:
    """The weights come at two bytes a second."""
    if body is None or not (handler.is_weights and handler.command == "GET"):
        return False
    start = handler.start_file(body)
    for at in range(start, len(body)):
        handler.wfile.write(body[at : at + 1])
        time.sleep(0.5)
    return True


def cuts(handler: Handler, body: bytes | None) -> bool:
    """Each answer ends after a third of the weights, without a word."""
    if body is None or not (handler.is_weights and handler.command == "GET"):
        return False
    start = handler.start_file(body)
    handler.wfile.write(body[start : start + len(body) // 3 + 1])
    handler.close_connection = True
    return True


def crawls(seconds: float) -> Fault:
    """The weights come evenly, over so many seconds."""

    def fault(handler: Handler, body: bytes | None) -> bool:
        if body is None or not (handler.is_weights and handler.command == "GET"):
            return False
        start = handler.start_file(body)
        piece = len(body) // 100 + 1
        for at in range(start, len(body), piece):
            handler.wfile.write(body[at : at + piece])
            handler.hub.sent += len(body[at : at + piece])
            time.sleep(seconds / 100)
        return True

    return fault


def flips_a_byte(times: int, suffix: str = ".safetensors") -> Fault:
    """One byte in the middle of a file is wrong, this many times."""
    left = [times]

    def fault(handler: Handler, body: bytes | None) -> bool:
        if body is None or handler.command != "GET" or not handler.path.endswith(suffix) or left[0] == 0:
            return False
        left[0] -= 1
        wrong = bytearray(body)
        wrong[len(body) // 2] ^= 1
        handler.send_file(body, bytes(wrong))
        return True

    return fault


def sends_instead(other: bytes, suffix: str = ".safetensors") -> Fault:
    """Another body under the right ETag, as long as it says itself."""

    def fault(handler: Handler, body: bytes | None) -> bool:
        if body is None or handler.command != "GET" or not handler.path.endswith(suffix):
            return False
        handler.send_file(body, other, length=len(other))
        return True

    return fault


@contextlib.contextmanager
def running(models: dict[str, Model], fault: Fault | None = None) -> Iterator[Hub]:
    """A Hub on a free port of 127.0.0.1, until the block ends."""
    handler = type("BoundHandler", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.block_on_close = False
    hub = Hub(f"http://127.0.0.1:{server.server_address[1]}", models, fault)
    handler.hub = hub
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
