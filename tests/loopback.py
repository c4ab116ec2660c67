"""A server on the loopback that serves files, and misbehaves as it is told; files of known kinds to serve."""

from __future__ import annotations

import functools
import io
import threading
import zipfile
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def block(kind: bytes, data: bytes) -> bytes:
    """A block of OpenStreetMap's pbf: the length of its header, the header, the data."""
    size = bytes([0x80 | len(data) & 0x7F, 0x80 | len(data) >> 7 & 0x7F, len(data) >> 14])
    header = b"\x0a" + bytes([len(kind)]) + kind + b"\x18" + size
    return len(header).to_bytes(4, "big") + header + data


def pbf(data: bytes) -> bytes:
    """What looks like an OpenStreetMap pbf with one block of data."""
    return block(b"OSMHeader", b"head") + block(b"OSMData", data)


def zipped(**members: str) -> bytes:
    """A zip with members of these names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return stream.getvalue()


class Server(ThreadingHTTPServer):
    """Serve `files` by path.

    Answers are numbered from 0. Those in `cuts` end after so many bytes of their body, those in `statuses`
    are errors, those in `answers` are given by a function of the handler. `moved` redirects paths.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.moved: dict[str, str] = {}
        self.headers: dict[str, str] = {"ETag": '"first"'}
        self.cuts: dict[int, int] = {}
        self.statuses: dict[int, int] = {}
        self.answers: dict[int, Callable[[Handler], None]] = {}
        self.ranges = True
        self.asked: list[tuple[str, str]] = []
        self.requests: list[dict[str, str]] = []
        self.bodies: list[str] = []
        self.released = threading.Event()

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_GET(self):
        server = self.server
        number = len(server.asked)
        span = self.headers.get("Range", "")
        server.requests.append(dict(self.headers))
        server.asked.append((self.path, span))
        path = self.path.partition("?")[0]
        if number in server.answers:
            server.answers[number](self)
        elif number in server.statuses:
            self.send_error(server.statuses[number])
        elif path in server.moved:
            self.answer(302, {"Location": server.moved[path]}, b"")
        elif path not in server.files:
            self.send_error(404)
        elif self.headers.get("If-None-Match", "none") == server.headers.get("ETag"):
            self.answer(304, server.headers, b"")
        else:
            self.serve(server.files[path], span, server.cuts.get(number))

    def do_POST(self):
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.do_GET()

    def serve(self, body, span, cut):
        """Give a file, or the part of it that is asked for."""
        server = self.server
        same = self.headers.get("If-Range") in {None, server.headers.get("ETag")}
        start = int(span.removeprefix("bytes=").removesuffix("-")) if span and server.ranges and same else 0
        if start >= len(body) and span:
            self.answer(416, {"Content-Range": f"bytes */{len(body)}"}, b"")
            return
        place = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {}
        length = {"Content-Length": str(len(body) - start)}
        self.answer(206 if start else 200, place | length | server.headers, body[start:][:cut])

    def answer(self, status, headers, body):
        """Send an answer just as it is given, lies about its length included."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server; what stalls in it is released at the end."""
    with Server() as running:
        thread = threading.Thread(target=functools.partial(running.serve_forever, 0.01))
        thread.start()
        try:
            yield running
        finally:
            running.released.set()
            running.shutdown()
            thread.join()
