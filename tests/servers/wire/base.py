"""What the vendors' servers share: HTTP, keys, scenarios, and a list of what was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

KEY = "sk-never-to-be-shown-1234"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


@dataclass(frozen=True)
class Asked:
    """One request as it arrived. `body` is its JSON, None without one; `target` its path, still quoted."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    raw: bytes = b""
    body: Any = None
    target: str = ""


@dataclass(frozen=True)
class Reply:
    """One answer: a whole body, or parts that are sent one by one."""

    status: int = 200
    body: bytes = b""
    parts: tuple[bytes, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


class WireVendor:
    """One vendor. A subclass says how it is asked, and what its scenarios answer."""

    scenarios: Mapping[str, Callable[[Asked], Reply]]

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return self.route(asked)

    def route(self, asked: Asked) -> Reply:
        raise NotImplementedError

    def play(self, name: str, asked: Asked, unknown: Reply) -> Reply:
        """The scenario of that name, or what this vendor says of a model it does not know."""
        scenario = self.scenarios.get(name)
        return scenario(asked) if scenario else unknown


def whole(value: object, status: int = 200, **headers: str) -> Reply:
    """JSON in one piece."""
    told = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return Reply(status, json.dumps(value).encode(), headers=told)


def sse(*events: object, named: bool = False) -> Reply:
    """Server-sent events; `named`: each also goes by the name in its `type`."""
    parts = []
    for event in events:
        data = event if isinstance(event, str) else json.dumps(event)
        name = f"event: {event['type']}\n" if named and isinstance(event, dict) else ""
        parts.append(f"{name}data: {data}\n\n".encode())
    return Reply(parts=tuple(parts), headers={"Content-Type": "text/event-stream; charset=utf-8"})


@contextmanager
def serving(vendor: WireVendor) -> Iterator[str]:
    """Run `vendor` on loopback for the length of a `with`; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            url = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                body = json.loads(raw) if raw else None
            except ValueError:
                body = None
            path = unquote(url.path)
            self._send(vendor.answer(Asked(method, path, url.query, headers, raw, body, self.path)))

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if not reply.parts:
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)
                return
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in reply.parts:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
