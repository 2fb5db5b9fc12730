"""An image server on loopback that misbehaves as told: one path, one behaviour."""

from __future__ import annotations

import contextlib
import gzip
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ImageServer

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        self.server.hits[path] += 1
        self.server.last_headers = dict(self.headers.items())
        behaviour = self.server.behaviours.get(path, answers(404, b"nothing here"))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, ValueError):
            behaviour(self)

    def log_message(self, *arguments: object) -> None:
        pass

    def head(self, status: int, **headers: str | int) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def hold(self, seconds: float | None = None) -> bool:
        """Wait until the server is told to stop (or so many seconds); True once it is."""
        return self.server.stopping.wait(seconds)


class ImageServer(ThreadingHTTPServer):
    """`with ImageServer() as server`: `server.add(path, behaviour)` returns the address."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours: dict[str, Behaviour] = {}
        self.hits: Counter[str] = Counter()
        self.last_headers: dict[str, str] = {}
        self.stopping = threading.Event()
        self.hung_up = threading.Event()

    def __enter__(self) -> ImageServer:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        pass

    def add(self, path: str, behaviour: Behaviour) -> str:
        self.behaviours[path] = behaviour
        return self.address(path)

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


def answers(status: int, body: bytes, content_type: str = "image/png", **headers: str | int) -> Behaviour:
    """The whole body at once, with its true length."""

    def behave(handler: Handler) -> None:
        handler.head(status, Content_Type=content_type, Content_Length=len(body), **headers)
        handler.wfile.write(body)

    return behave


def redirects(target: str, status: int = 302) -> Behaviour:
    return answers(status, b"", Location=target)


def chunked(body: bytes, size: int = 100) -> Behaviour:
    """Chunked transfer, without a length."""

    def behave(handler: Handler) -> None:
        handler.head(200, Content_Type="image/png", Transfer_Encoding="chunked")
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")

    return behave


def claims(length: int, body: bytes) -> Behaviour:
    """Says that the body has `length` bytes, sends `body` and closes."""

    def behave(handler: Handler) -> None:
        handler.head(200, Content_Type="image/png", Content_Length=length, Connection="close")
        handler.wfile.write(body)
        handler.close_connection = True

    return behave


def without_length(body: bytes) -> Behaviour:
    """Sends the body and closes, as old servers do: the client cannot know whether it is whole."""

    def behave(handler: Handler) -> None:
        handler.head(200, Content_Type="image/png", Connection="close")
        handler.wfile.write(body)
        handler.close_connection = True

    return behave


def cuts_chunks(body: bytes) -> Behaviour:
    """Chunked transfer that stops in the middle of a chunk."""

    def behave(handler: Handler) -> None:
        handler.head(200, Content_Type="image/png", Transfer_Encoding="chunked", Connection="close")
        handler.wfile.write(b"%x\r\n%s" % (len(body), body[: len(body) // 2]))
        handler.close_connection = True

    return behave


def resets(after: bytes) -> Behaviour:
    """Sends a few bytes of a body and resets the connection."""

    def behave(handler: Handler) -> None:
        import socket
        import struct

        handler.head(200, Content_Type="image/png", Content_Length=10 * len(after))
        handler.wfile.write(after)
        handler.wfile.flush()
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        handler.close_connection = True

    return behave


def never_answers(handler: Handler) -> None:
    """Takes the request and is silent."""
    handler.hold()


def drips(body: bytes, pause: float = 0.05) -> Behaviour:
    """The right length, one byte at a time: no single read ever waits long."""

    def behave(handler: Handler) -> None:
        handler.head(200, Content_Type="image/png", Content_Length=len(body))
        _drip(handler, body, pause)

    return behave


def drips_its_header(pause: float = 0.05) -> Behaviour:
    """A header that never ends, one byte at a time."""

    def behave(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        _drip(handler, b"a" * 100_000, pause)

    return behave


def _drip(handler: Handler, body: bytes, pause: float) -> None:
    try:
        for byte in body:
            handler.wfile.write(bytes([byte]))
            if handler.hold(pause):
                return
    except OSError:
        handler.server.hung_up.set()


def stops_halfway(body: bytes) -> Behaviour:
    """Sends the first half and then is silent, with the connection open."""

    def behave(handler: Handler) -> None:
        handler.head(200, Content_Type="image/png", Content_Length=len(body))
        handler.wfile.write(body[: len(body) // 2])
        handler.wfile.flush()
        handler.hold()

    return behave


def slow(body: bytes, pieces: int = 10, pause: float = 0.05) -> Behaviour:
    """Slow, but it arrives."""

    def behave(handler: Handler) -> None:
        handler.head(200, Content_Type="image/png", Content_Length=len(body))
        step = -(-len(body) // pieces)
        for start in range(0, len(body), step):
            handler.wfile.write(body[start : start + step])
            handler.wfile.flush()
            if handler.hold(pause):
                return

    return behave


def endless(piece: bytes = b"\0" * 2**20) -> Behaviour:
    """A body without a length that never ends."""

    def behave(handler: Handler) -> None:
        handler.head(200, Content_Type="image/png", Connection="close")
        try:
            while not handler.hold(0):
                handler.wfile.write(piece)
        except OSError:
            handler.server.hung_up.set()

    return behave


def gzip_bomb(megabytes: int) -> bytes:
    """So many megabytes of zeros, packed to a thousandth."""
    return gzip.compress(b"\0" * (megabytes * 2**20), 6)


def speaks_garbage(handler: Handler) -> None:
    """Something that is not HTTP."""
    handler.wfile.write(b"\x00\x01 220 mail.example ESMTP ready\r\n\r\n")
    handler.close_connection = True
