"""“Test connection” against a server that answers to do harm: a sentence comes back, and is stored."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from migration_app.candidates import actions, queries
from migration_app.providers.checks import LABELS
from tests.builders import a_candidate, a_connection, a_team

DEEP = b'{"a":' * 1_000 + b"1" + b"}" * 1_000
MODELS = b'{"data": [{"id": "m"}]}'
ANSWER = b'{"choices": [{"index": 0, "message": {"role": "assistant", "content": "Blue"}}]}'
STREAM = b'data: {"choices": [{"index": 0, "delta": {"content": "Blue"}}]}\n\ndata: [DONE]\n\n'

Answers = tuple[int, bytes, bytes, bytes]  # status; the list of models, an answer, a stream
HOSTILE: dict[str, Answers] = {
    "NUL in a model's name": (200, b'{"data": [{"id": "a\\u0000b"}]}', ANSWER, STREAM),
    "names that are no texts": (200, b'{"data": [{"id": {"a": [1]}}, {"id": null}, 7]}', ANSWER, STREAM),
    "a deep list": (200, DEEP, DEEP, b"data: " + DEEP + b"\n\n"),
    "a deep name": (200, b'{"data": [{"id": ' + DEEP + b"}]}", ANSWER, STREAM),
    "a deep stream": (200, MODELS, ANSWER, b"data: " + DEEP + b"\n\n"),
    "a deep choice": (200, MODELS, ANSWER, b'data: {"choices": [' + DEEP + b"]}\n\n"),
    "a deep complaint": (400, b'{"error": {"message": ' + DEEP + b"}}", b"", b""),
    "a stream of other things": (200, MODELS, ANSWER, b'data: [1]\n\ndata: "x"\n\ndata: 7\n\ndata: null\n\n'),
    "a stream of bytes": (200, MODELS, ANSWER, b"data: \xff\xfe\x00\n\n"),
    "choices of other things": (200, MODELS, ANSWER, b'data: {"choices": {"a": 1}, "usage": 3}\n\n'),
    "bytes": (200, b"\xff\x00", b"\xff\x00", b"\xff\x00"),
}


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    status, models, answer, stream = answers

    class Hostile(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            self._send(models)

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            streams = b'"stream":true' in asked.replace(b" ", b"")
            self._send(stream if streams else answer, "text/event-stream" if streams else "application/json")

        def _send(self, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("with_a_model", [True, False], ids=["with a model", "without"])
@pytest.mark.parametrize("answers", HOSTILE.values(), ids=HOSTILE)
def test_every_check_comes_back_and_is_stored(
    answers: Answers, with_a_model: bool, db: None, settings
) -> None:
    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
    with serving(answers) as base_url:
        connection = a_connection(a_team(), base_url)
        if with_a_model:
            a_candidate(connection, "m")
        actions.test_connection(connection=connection)
    connection.refresh_from_db()
    assert [check["name"] for check in connection.checks] == list(LABELS)
    listed = queries.listed_models(connection)
    assert not any("\0" in name for name in listed) and "\0" not in str(connection.checks)
