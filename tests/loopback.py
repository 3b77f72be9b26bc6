"""A web server on the loopback address that serves what a test gives it, and misbehaves on demand.

It answers on 127.0.0.1 at a port of the system's choice, in threads of its own, and is gone when
the `with` block ends. Nothing here, and no test that uses it, speaks to any other machine.
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

HTML = b"<!DOCTYPE html><html><body>Sign in to the hotel network</body></html>"
DATE = formatdate(1_767_225_600, usegmt=True)


@dataclass(frozen=True)
class Asked:
    """One request that came in."""

    method: str
    path: str
    headers: dict[str, str]
    query: str = ""


@dataclass
class File:
    """What lies at a path: bytes with the headers of a file that can be asked for in parts."""

    content: bytes
    etag: str = '"one"'
    headers: dict[str, str] = field(default_factory=dict)
    ranges: bool = True


Trouble = Callable[["Handler", bytes], None]
"""Answers a request instead of the server; the bytes are those that it would have sent."""


@dataclass
class Loopback:
    """The server as a test sees it: files and answers by path, troubles in the order they come."""

    url: str = ""
    files: dict[str, File] = field(default_factory=dict)
    answers: dict[str, Callable[[Asked], bytes]] = field(default_factory=dict)
    troubles: dict[str, list[Trouble]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    at_once: int = 0
    most_at_once: int = 0

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    loopback: Loopback
    timeout = 5.0

    def do_GET(self) -> None:
        self._answer("GET", "")

    def do_HEAD(self) -> None:
        self._answer("HEAD", "")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        self._answer("POST", parse_qs(body).get("data", [body])[0])

    def _answer(self, method: str, query: str) -> None:
        asked = Asked(method, self.path, dict(self.headers.items()), query)
        with self.loopback.lock:
            self.loopback.asked.append(asked)
            self.loopback.at_once += 1
            self.loopback.most_at_once = max(self.loopback.at_once, self.loopback.most_at_once)
            troubles = self.loopback.troubles.get(self.path, [])
            trouble = troubles.pop(0) if troubles else None
        try:
            with suppress(ConnectionError):
                self._serve(asked, trouble)
        finally:
            with self.loopback.lock:
                self.loopback.at_once -= 1

    def _serve(self, asked: Asked, trouble: Trouble | None) -> None:
        make = self.loopback.answers.get(asked.path)
        file = self.loopback.files.get(asked.path)
        if trouble is not None:
            trouble(self, make(asked) if make else file.content if file else b"")
        elif make is not None:
            self.send(200, make(asked), {"Content-Type": "application/json"})
        elif file is None:
            self.send(404, b"nothing here")
        else:
            self.send_file(file)

    def send_file(self, file: File) -> None:
        headers = {"ETag": file.etag, "Accept-Ranges": "bytes"} | file.headers
        first, last = self._range(file)
        if first is None:
            self.send(200, file.content, headers)
        elif first >= len(file.content):
            self.send(416, b"", {"Content-Range": f"bytes */{len(file.content)}"})
        else:
            end = min(last, len(file.content) - 1)
            said = {"Content-Range": f"bytes {first}-{end}/{len(file.content)}"}
            self.send(206, file.content[first : end + 1], headers | said)

    def _range(self, file: File) -> tuple[int | None, int]:
        said = self.headers.get("Range", "")
        same = self.headers.get("If-Range", file.etag) == file.etag
        if not said.startswith("bytes=") or not file.ranges or not same:
            return None, 0
        first, _, last = said.removeprefix("bytes=").partition("-")
        return int(first), int(last) if last else len(file.content)

    def send(self, code: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response_only(code)
        for name, value in (
            {"Date": DATE, "Content-Length": str(len(body))} | (headers or {})
        ).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the log of the tests clean."""


# --- troubles


def status(code: int, **headers: str) -> Trouble:
    """Answer with a status, and headers whose names are written with _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, _body: handler.send(code, b"not now", named)


def page(handler: Handler, _body: bytes) -> None:
    """Answer 200 with a web page."""
    handler.send(200, HTML, {"Content-Type": "text/html"})


def reset(handler: Handler, _body: bytes) -> None:
    """Reset the connection without an answer."""
    shape = "hh" if sys.platform == "win32" else "ii"
    linger = struct.pack(shape, 1, 0)  # on, for no time: close sends a reset
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True
    handler.connection.close()


def silence(seconds: float) -> Trouble:
    """Say nothing for a while, then hang up."""

    def say_nothing(handler: Handler, _body: bytes) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return say_nothing


def truncated(size: int) -> Trouble:
    """Promise the whole file and hang up after `size` bytes of it."""

    def break_off(handler: Handler, body: bytes) -> None:
        file = handler.loopback.files.get(handler.path, File(body))
        first = handler._range(file)[0] or 0
        rest = body[first:]
        headers = {"ETag": file.etag, "Content-Length": str(len(rest))} | file.headers
        if first:
            headers["Content-Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
        handler.send_response_only(206 if first else 200)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(rest[:size])
        handler.close_connection = True

    return break_off


def sent_on(path: str) -> Trouble:
    """Redirect to another path."""
    return lambda handler, _body: handler.send(302, b"", {"Location": path})


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Let a client hang up; what else goes wrong is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def loopback() -> Iterator[Loopback]:
    """Run a server until the block ends."""
    told = Loopback()
    handler = type("TheHandler", (Handler,), {"loopback": told})
    server = Server(("127.0.0.1", 0), handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5.0)
