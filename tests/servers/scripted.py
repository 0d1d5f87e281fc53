"""A scripted OpenAI-compatible server.

    python -m tests.servers.scripted --port 0 --behaviours '{"model-a": {"tokens": 40}}'

prints one JSON line with its port, and serves until its standard input closes. It plays
each answer from timers, without a task or a thread a stream, so that it is never the
bottleneck of a measurement, and logs the true `time.monotonic()` moments of what it sent
(the clock is the machine's: a client on the same machine may compare).

    GET  /v1/models  POST /v1/chat/completions       what a vendor offers
    GET  /__log  POST /__reset  POST /__behaviours   what a test needs
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any

import httptools
import orjson

from .behaviour import Behaviour, answer_for, dice, fault_for
from .clients import kill_owner
from .scripts import FAULTS, Reply, Script, Step, error_body, refused, streamed, whole


@dataclass
class Served:
    """One request, as the server saw it. Moments are `time.monotonic()` seconds, None: never."""

    id: str
    model: str
    prompt: str
    attempt: int
    connection: int
    received: float
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    fault: str | None = None
    status: int = 0
    headers_sent: float | None = None
    first_token_sent: float | None = None
    last_byte_sent: float | None = None
    client_left: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    billed: bool = False  # from its receipt on: a vendor bills what it has begun to answer
    answer: str = ""  # the text of the whole answer, whether or not all of it was sent


@dataclass
class Scene:
    """What all connections share: the behaviours, the keys and the log."""

    behaviours: dict[str, Behaviour]
    keys: frozenset[str] = frozenset()
    seed: int = 1
    keep_bodies: bool = True
    served: list[Served] = field(default_factory=list)
    attempts: Counter[tuple[str, str]] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    freezes: int = 0
    connections: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    frozen_until: float = 0.0

    def reset(self) -> None:
        self.served.clear()
        self.asked.clear()
        self.attempts.clear()
        self.freezes = 0
        self.most_in_flight = self.in_flight

    def log(self) -> dict[str, Any]:
        return {
            "requests": [asdict(one) for one in self.served],
            "in_flight": self.in_flight,
            "most_in_flight": self.most_in_flight,
            "connections": self.connections,
            "freezes": self.freezes,
            "now": monotonic(),
        }

    def authorised(self, headers: dict[str, str]) -> str | None:
        """The key, when it is one of ours or none is asked for; None otherwise."""
        key = headers.get("api-key") or headers.get("authorization", "").removeprefix("Bearer ")
        return key if not self.keys or key in self.keys else None

    def answer(self, served: Served, key: str) -> Script:
        """Write the script for one chat request."""
        behaviour = self.behaviours.get(served.model)
        if behaviour is None:
            return refused(
                404, error_body(f"The model `{served.model}` does not exist", code="model_not_found")
            )
        self.asked[served.model] += 1
        if self.asked[served.model] == behaviour.freeze_after:
            self.freezes += 1
            self.frozen_until = monotonic() + behaviour.freeze_for
        rolled = dice(self.seed, served.model, served.prompt, served.attempt)
        fault = fault_for(behaviour, served.prompt, served.attempt, rolled)
        tokens = answer_for(behaviour, served.prompt, rolled)
        reply = Reply(
            model=served.model,
            tokens=tokens,
            prompt_tokens=len(served.prompt.split()),
            behaviour=behaviour,
            delays=_delays(behaviour, len(tokens), rolled),
            wants_usage=bool((served.body.get("stream_options") or {}).get("include_usage")),
            id=served.id,
            key=key,
        )
        served.answer = "".join(tokens)
        if fault is not None:
            served.fault = fault.name
            return FAULTS[fault.name](reply, fault)
        return streamed(reply) if served.body.get("stream") else whole(reply)


def _delays(behaviour: Behaviour, tokens: int, rolled: Any) -> list[float]:
    plain = [behaviour.first_token] + [behaviour.gap] * (tokens + behaviour.reasoning_tokens - 1)
    if not behaviour.spread:
        return plain
    return [delay * rolled.lognormvariate(0.0, behaviour.spread) for delay in plain]


class Vendor(asyncio.Protocol):
    """One connection to the scripted vendor."""

    def __init__(self, scene: Scene, loop: asyncio.AbstractEventLoop) -> None:
        self.scene, self.loop = scene, loop
        self.timer: asyncio.TimerHandle | None = None
        self.served: Served | None = None
        self.full = False  # more is written than the client has taken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.scene.connections += 1
        self.number = self.scene.connections
        self._fresh()

    def data_received(self, data: bytes) -> None:
        self.now = monotonic()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.timer is not None:
            self.timer.cancel()
        if self.served is not None:
            self.served.client_left = monotonic()
            self._over()

    def pause_writing(self) -> None:
        self.full = True

    def resume_writing(self) -> None:
        self.full = False
        self.due = max(self.due, monotonic())
        self._next()

    # ── the request ───────────────────────────────────────────────────────────

    def _fresh(self) -> None:
        self.parser = httptools.HttpRequestParser(self)
        self.headers: dict[str, str] = {}
        self.path = b""
        self.body = bytearray()

    def on_url(self, url: bytes) -> None:
        self.path += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        path = self.path.partition(b"?")[0].decode("latin-1")
        # The parser is still inside its own call: begin the answer when it has returned.
        self.loop.call_soon(self._route, path)

    def _route(self, path: str) -> None:
        headers, body = self.headers, bytes(self.body)
        self._fresh()
        if path.startswith("/__"):
            return self._send_json(self._control(path, body))
        key = self.scene.authorised(headers)
        if key is None:
            offered = headers.get("authorization", headers.get("api-key", ""))
            message = f"Incorrect API key provided: {offered}"
            return self._play(None, refused(401, error_body(message, code="invalid_api_key")))
        if path.endswith("/models"):
            names = [{"id": name, "object": "model"} for name in self.scene.behaviours]
            return self._send_json({"object": "list", "data": names})
        if not path.endswith("/chat/completions"):
            return self._play(None, refused(404, error_body(f"No route {path}")))
        self._chat(headers, body, key)

    def _control(self, path: str, body: bytes) -> object:
        if path == "/__log":
            return self.scene.log()
        if path == "/__reset":
            self.scene.reset()
        elif path == "/__behaviours":
            self.scene.behaviours.update(behaviours(body))
        return {"done": path}

    def _send_json(self, value: object) -> None:
        self._play(None, refused(200, orjson.dumps(value)))

    def _chat(self, headers: dict[str, str], body: bytes, key: str) -> None:
        try:
            asked = orjson.loads(body)
            prompt = _prompt(asked["messages"])
            model = str(asked["model"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return self._play(None, refused(400, error_body("The body is no chat request")))
        scene = self.scene
        scene.attempts[model, prompt] += 1
        served = Served(
            id=f"chatcmpl-{len(scene.served)}",
            model=model,
            prompt=prompt,
            attempt=scene.attempts[model, prompt],
            connection=self.number,
            received=self.now,
            headers=headers,
            body=asked,
        )
        scene.served.append(served)
        scene.in_flight += 1
        scene.most_in_flight = max(scene.most_in_flight, scene.in_flight)
        script = scene.answer(served, key)
        if not scene.keep_bodies:
            served.body, served.headers = None, {}
        self._play(served, script)

    # ── the answer ────────────────────────────────────────────────────────────

    def _play(self, served: Served | None, script: Script) -> None:
        self.served, self.script = served, script
        self.steps: Iterator[Step] = script.steps()
        self.due = self.now
        if script.end == "kill":
            kill_owner(self.transport.get_extra_info("peername"))
        if served is not None:
            served.status, served.billed = script.status, script.billed
            served.prompt_tokens, served.completion_tokens = script.prompt_tokens, script.completion_tokens
        self._next()

    def _next(self) -> None:
        """Send what is due; sleep until the next step is. Delays add up from the request, without drift."""
        if self.full:
            return
        for step in self.steps:
            self.due = max(self.due + step.after, self.scene.frozen_until)
            if self.due > monotonic():
                self.timer = self.loop.call_at(self.due, self._send_and_go_on, step)
                return
            self._send(step)
            if self.full:
                return  # until `resume_writing`: a client that reads slowly is not buffered for
        self._end()

    def _send_and_go_on(self, step: Step) -> None:
        self._send(step)
        self._next()

    def _send(self, step: Step) -> None:
        now = monotonic()
        self.transport.write(step.data)
        served = self.served
        if served is None:
            return
        served.last_byte_sent = now
        if served.headers_sent is None:
            served.headers_sent = now
        if step.token and served.first_token_sent is None:
            served.first_token_sent = now

    def _end(self) -> None:
        if self.script.end in ("hang", "kill"):
            return
        served, self.timer = self.served, None
        if served is not None:
            self._over()
        if self.script.end == "abort":
            # Bytes first, then the break: an abort at once would take back what was sent.
            self.loop.call_later(0.02, self.transport.abort)
        elif self.script.end == "close":
            self.transport.close()
        elif self.script.kept_for is not None:
            self.loop.call_later(self.script.kept_for, self.transport.close)

    def _over(self) -> None:
        self.served = None
        self.scene.in_flight -= 1


def _prompt(messages: list[dict[str, Any]]) -> str:
    """All text of all messages."""
    texts = []
    for message in messages:
        content = message.get("content") or ""
        parts = content if isinstance(content, list) else [{"text": content}]
        texts += [part["text"] for part in parts if isinstance(part, dict) and "text" in part]
    return "\n".join(texts)


def behaviours(text: str | bytes) -> dict[str, Behaviour]:
    """Read `{"model": {"tokens": 40, …}, …}`."""
    return {name: Behaviour(**settings) for name, settings in orjson.loads(text).items()}


async def serve(scene: Scene, port: int, tls: ssl.SSLContext | None) -> None:
    """Serve until standard input closes: a server never outlives the test that started it."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Vendor(scene, loop), "127.0.0.1", port, ssl=tls, backlog=1024)
    over = asyncio.Event()
    loop.add_reader(sys.stdin, lambda: sys.stdin.buffer.read1(4096) or over.set())
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await over.wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--behaviours", default='{"model-a": {}}', help="JSON: settings by model")
    parser.add_argument("--key", action="append", default=[], help="accepted API key; none: any")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--certificate", help="PEM file with certificate and key: speak TLS")
    parser.add_argument("--lean", action="store_true", help="do not keep requests' bodies in the log")
    given = parser.parse_args()
    tls = None
    if given.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(given.certificate)
    scene = Scene(
        behaviours(given.behaviours), frozenset(given.key), seed=given.seed, keep_bodies=not given.lean
    )
    asyncio.run(serve(scene, given.port, tls))


if __name__ == "__main__":
    main()
