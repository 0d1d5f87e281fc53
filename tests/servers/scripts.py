"""A vendor's answer as a list of steps to play: what to send, and how long after the step before.

A fault is a function from a plain answer to a worse one.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Literal

import orjson

from .behaviour import Behaviour, Fault

# What the server does with the connection after the last step; "kill": with the client, before the first.
End = Literal["keep", "close", "abort", "hang", "kill"]


@dataclass(frozen=True)
class Step:
    """Send `data`, `after` seconds after the step before. `token`: holds the first content."""

    after: float
    data: bytes
    token: bool = False


@dataclass(frozen=True)
class Script:
    """One whole answer. `events` are server-sent events; `framed` turns them into HTTP."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    events: tuple[Step, ...] = ()
    end: End = "keep"
    framing: Literal["chunked", "length", "close"] = "chunked"
    head_after: float = 0.0
    completion_tokens: int = 0
    prompt_tokens: int = 0
    billed: bool = True
    kept_for: float | None = None

    def steps(self) -> Iterator[Step]:
        """The bytes as they go over the wire; the head is the first step."""
        if self.status == 0 or self.end == "kill":
            return
        if self.status == -1:
            yield Step(0.0, b"SSH-2.0-OpenSSH_9.2\r\n")
            return
        yield Step(self.head_after, self._head())
        for event in self.events:
            yield replace(event, data=self._framed(event.data))
        if self.framing == "chunked" and self.end in ("keep", "close"):
            yield Step(0.0, b"0\r\n\r\n")

    def _framed(self, data: bytes) -> bytes:
        return b"%x\r\n%s\r\n" % (len(data), data) if self.framing == "chunked" and data else data

    def _head(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} {_phrase(self.status)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.framing == "chunked":
            lines.append("Transfer-Encoding: chunked")
        elif self.framing == "length":
            lines.append(f"Content-Length: {sum(len(step.data) for step in self.events)}")
        lines.append("Connection: keep-alive" if self.end == "keep" else "Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


@dataclass(frozen=True)
class Reply:
    """What a script is written from."""

    model: str
    tokens: list[str]
    prompt_tokens: int
    behaviour: Behaviour
    delays: list[float]
    wants_usage: bool
    id: str
    key: str = ""

    def usage(self) -> dict[str, Any]:
        thought = self.behaviour.reasoning_tokens
        written = len(self.tokens) + thought
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": written,
            "total_tokens": self.prompt_tokens + written,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": thought},
        }

    def chunk(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return event({**self._frame(), "choices": [choice], **more})

    def _frame(self) -> dict[str, Any]:
        return {"id": self.id, "object": "chat.completion.chunk", "created": 1, "model": self.model}

    def usage_chunk(self) -> bytes:
        return event({**self._frame(), "choices": [], "usage": self.usage()})

    def whole(self) -> bytes:
        message = {"role": "assistant", "content": "".join(self.tokens)}
        return orjson.dumps(
            {
                "id": self.id,
                "object": "chat.completion",
                "created": 1,
                "model": self.model,
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": self.usage() if self.behaviour.usage else None,
            }
        )


EVENT_STREAM = {"Content-Type": "text/event-stream; charset=utf-8", "X-Request-Id": "req-scripted"}
DONE = Step(0.0, b"data: [DONE]\n\n")
# Seconds: two pieces so far apart are two reads, though the reader be woken late.
_APART = 0.2


def event(value: object) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"


def streamed(reply: Reply) -> Script:
    """A proper stream: role, reasoning, tokens, finish, usage, [DONE]."""
    steps = [Step(0.0, reply.chunk({"role": "assistant", "content": ""}))]
    thought = [{"reasoning_content": f"thought{n} "} for n in range(reply.behaviour.reasoning_tokens)]
    deltas = thought + [{"content": token} for token in reply.tokens]
    for delta, delay in zip(deltas, reply.delays, strict=False):
        steps.append(Step(delay, reply.chunk(delta), token="content" in delta))
    steps.append(Step(0.0, reply.chunk({}, "stop")))
    if reply.wants_usage and reply.behaviour.usage:
        steps.append(Step(0.0, reply.usage_chunk()))
    return Script(
        headers=EVENT_STREAM,
        events=(*steps, DONE),
        completion_tokens=len(deltas),
        prompt_tokens=reply.prompt_tokens,
    )


def whole(reply: Reply) -> Script:
    """The same answer in one piece, for a request that does not stream."""
    return Script(
        headers={"Content-Type": "application/json", "X-Request-Id": "req-scripted"},
        events=(Step(sum(reply.delays), reply.whole(), token=True),),
        framing="length",
        completion_tokens=len(reply.tokens),
        prompt_tokens=reply.prompt_tokens,
    )


def refused(status: int, body: bytes, headers: dict[str, str] | None = None) -> Script:
    """An error answer, not billed."""
    return Script(
        status=status,
        headers={"Content-Type": "application/json", **(headers or {})},
        events=(Step(0.0, body),),
        framing="length",
        billed=False,
    )


def error_body(message: str, kind: str = "", code: str | None = None) -> bytes:
    return orjson.dumps({"error": {"message": message, "type": kind, "code": code}})


# ── the faults ────────────────────────────────────────────────────────────────


def _status(reply: Reply, fault: Fault) -> Script:
    status = int(fault.number("status", 500))
    headers = {"Retry-After": fault.settings["retry_after"]} if "retry_after" in fault.settings else {}
    if "retry_after_ms" in fault.settings:
        headers["Retry-After-Ms"] = fault.settings["retry_after_ms"]
    if 300 <= status < 400:
        headers["Location"] = "/elsewhere"
    message = fault.settings.get("message", f"scripted {status} for {reply.key}")
    return refused(status, error_body(message, "scripted_error", fault.settings.get("code")), headers)


def _drop(reply: Reply, fault: Fault) -> Script:
    script = streamed(reply)
    return replace(script, events=script.events[: int(fault.number("after", 3))], end="abort")


def _hang_up(reply: Reply, fault: Fault) -> Script:
    return replace(streamed(reply), status=0, events=(), end="abort")


def _stall(reply: Reply, fault: Fault) -> Script:
    script = streamed(reply)
    return replace(script, events=script.events[: int(fault.number("after", 3))], end="hang")


def _silence(reply: Reply, fault: Fault) -> Script:
    return replace(streamed(reply), events=(), end="hang")


def _no_answer(reply: Reply, fault: Fault) -> Script:
    return replace(streamed(reply), status=0, events=(), end="hang")


def _one_byte(reply: Reply, fault: Fault) -> Script:
    script = streamed(reply)
    single = [
        Step(step.after if first == 0 else 0.0, step.data[first : first + 1], step.token and first == 0)
        for step in script.events
        for first in range(len(step.data))
    ]
    return replace(script, events=tuple(single))


def _drip(reply: Reply, fault: Fault) -> Script:
    """A proper stream at one byte every so many seconds: never silent for long, never done."""
    body = b"".join(step.data for step in streamed(reply).events)
    every = fault.number("every", 10.0)
    single = (Step(every, body[place : place + 1]) for place in range(len(body)))
    return replace(streamed(reply), events=tuple(single))


def _kills(reply: Reply, fault: Fault) -> Script:
    """A request that is the end of whoever sent it: kill -9, before a byte of an answer."""
    return replace(streamed(reply), events=(), end="kill")


def _inserted(reply: Reply, data: bytes, end: End = "keep") -> Script:
    """A proper stream with `data` after its third event."""
    script = streamed(reply)
    return replace(script, events=(*script.events[:3], Step(0.0, data), *script.events[3:]), end=end)


def _invalid_json(reply: Reply, fault: Fault) -> Script:
    return _inserted(reply, b'data: {"choices": [{"delta": {"content": oops}}]}\n\n')


def _error_event(reply: Reply, fault: Fault) -> Script:
    error = {"message": fault.settings.get("message", "the engine fell over"), "code": 500}
    return replace(_cut(reply, 3), events=(*_cut(reply, 3).events, Step(0.0, event({"error": error}))))


def _cut(reply: Reply, after: int) -> Script:
    script = streamed(reply)
    return replace(script, events=script.events[:after])


def _cut_utf8(reply: Reply, fault: Fault) -> Script:
    """Half of a two-byte letter inside a chunk."""
    broken = reply.chunk({"content": "caf\u00e9"}).replace("\u00e9".encode(), b"\xc3")
    return _inserted(reply, broken)


def _split_utf8(reply: Reply, fault: Fault) -> Script:
    """A whole letter, its bytes in two reads: nothing is wrong with that."""
    data = reply.chunk({"content": "\u00e9\u20ac"})
    place = data.index("\u20ac".encode()) + 1
    script = streamed(reply)
    halves = (Step(0.0, data[:place]), Step(_APART, data[place:]))
    return replace(script, events=(*script.events[:-2], *halves, *script.events[-2:]))


def _crlf(reply: Reply, fault: Fault) -> Script:
    script = streamed(reply)
    steps = [replace(step, data=step.data.replace(b"\n", b"\r\n")) for step in script.events]
    return replace(script, events=(Step(0.0, b": hello\r\n\r\n"), *steps))


def _comments(reply: Reply, fault: Fault) -> Script:
    script = streamed(reply)
    steps = [replace(step, data=b": keep-alive\n\nretry: 10\n" + step.data) for step in script.events]
    return replace(script, events=tuple(steps))


def _no_done(reply: Reply, fault: Fault) -> Script:
    script = streamed(reply)
    return replace(script, events=script.events[:-1])


def _no_end(reply: Reply, fault: Fault) -> Script:
    """All the text, and then neither a finish_reason nor [DONE]."""
    return _cut(reply, 1 + reply.behaviour.reasoning_tokens + len(reply.tokens))


def _doubled_finish(reply: Reply, fault: Fault) -> Script:
    return replace(
        streamed(reply),
        events=(*streamed(reply).events[:-1], Step(0.0, reply.chunk({}, "length")), DONE),
    )


def _html(reply: Reply, fault: Fault) -> Script:
    page = b"<!doctype html><html><body><h1>Welcome to nginx</h1></body></html>"
    return replace(refused(200, page), headers={"Content-Type": "text/html"})


def _other_json(reply: Reply, fault: Fault) -> Script:
    return refused(200, b'{"status": "ok"}')


def _huge(reply: Reply, fault: Fault) -> Script:
    piece = Step(0.0, reply.chunk({"content": "x" * 60_000}), token=True)
    count = int(fault.number("bytes", 20_000_000)) // 60_000
    return replace(streamed(reply), events=(piece,) * count + (DONE,))


@lru_cache(maxsize=2)
def _bomb(size: int) -> bytes:
    return gzip.compress(b"data: " + b" " * size, 1)


def _gzip_bomb(reply: Reply, fault: Fault) -> Script:
    headers = {**EVENT_STREAM, "Content-Encoding": "gzip"}
    bomb = _bomb(int(fault.number("bytes", 8_000_000)))
    return Script(headers=headers, events=(Step(0.0, bomb),), framing="length")


def _gzip(reply: Reply, fault: Fault) -> Script:
    body = gzip.compress(b"".join(step.data for step in streamed(reply).events))
    headers = {**EVENT_STREAM, "Content-Encoding": "gzip"}
    halves = (Step(0.0, body[:60]), Step(_APART, body[60:]))
    return replace(streamed(reply), headers=headers, events=halves)


def _brotli(reply: Reply, fault: Fault) -> Script:
    return replace(_gzip(reply, fault), headers={**EVENT_STREAM, "Content-Encoding": "br"})


def _not_streamed(reply: Reply, fault: Fault) -> Script:
    return whole(reply)


def _tool_calls(reply: Reply, fault: Fault) -> Script:
    """Two calls in pieces. `style`: indexed (OpenAI), same_index, unindexed (as others do)."""
    style = fault.settings.get("style", "indexed")
    pieces = [
        (0, {"id": "call_a", "type": "function", "function": {"name": "weather", "arguments": ""}}),
        (0, {"function": {"arguments": '{"city": '}}),
        (0, {"function": {"arguments": '"Oslo"}'}}),
        (1, {"id": "call_b", "type": "function", "function": {"name": "time", "arguments": "{}"}}),
    ]
    places = {"indexed": lambda n: {"index": n}, "same_index": lambda n: {"index": 0}}
    place = places.get(style, lambda n: {})
    steps = [Step(0.005, reply.chunk({"tool_calls": [{**place(n), **piece}]}), True) for n, piece in pieces]
    start = Step(0.0, reply.chunk({"role": "assistant", "content": None}))
    return replace(streamed(reply), events=(start, *steps, Step(0.0, reply.chunk({}, "tool_calls")), DONE))


def _refusal(reply: Reply, fault: Fault) -> Script:
    steps = [Step(0.0, reply.chunk({"refusal": text}), True) for text in ("I cannot ", "help with that.")]
    return replace(streamed(reply), events=(*steps, Step(0.0, reply.chunk({}, "stop")), DONE))


def _filtered(reply: Reply, fault: Fault) -> Script:
    cut = streamed(reply).events[:3]
    return replace(streamed(reply), events=(*cut, Step(0.0, reply.chunk({}, "content_filter")), DONE))


def _odd_usage(reply: Reply, fault: Fault) -> Script:
    usage = orjson.loads(fault.settings["usage"].replace(";", ",").replace("'", '"'))
    odd = Step(0.0, event({"choices": [], "usage": usage}))
    return replace(streamed(reply), events=(*streamed(reply).events[:-2], odd, DONE))


def _close_delimited(reply: Reply, fault: Fault) -> Script:
    return replace(streamed(reply), framing="close", end="close")


def _cut_after_finish(reply: Reply, fault: Fault) -> Script:
    """The finish_reason came; then the connection breaks without [DONE]."""
    return replace(_cut(reply, 2 + len(reply.tokens)), end="abort")


def _closes_idle(reply: Reply, fault: Fault) -> Script:
    """A proper answer on a connection that is closed `after` seconds later without a word."""
    return replace(streamed(reply), kept_for=fault.number("after", 0.0))


def _not_http(reply: Reply, fault: Fault) -> Script:
    return Script(status=-1, end="close", billed=False)


FAULTS: dict[str, Callable[[Reply, Fault], Script]] = {
    "status": _status,
    "drop": _drop,
    "hang_up": _hang_up,
    "stall": _stall,
    "silence": _silence,
    "no_answer": _no_answer,
    "one_byte": _one_byte,
    "drip": _drip,
    "kills": _kills,
    "invalid_json": _invalid_json,
    "error_event": _error_event,
    "cut_utf8": _cut_utf8,
    "split_utf8": _split_utf8,
    "crlf": _crlf,
    "comments": _comments,
    "no_done": _no_done,
    "no_end": _no_end,
    "doubled_finish": _doubled_finish,
    "html": _html,
    "other_json": _other_json,
    "huge": _huge,
    "gzip_bomb": _gzip_bomb,
    "gzip": _gzip,
    "brotli": _brotli,
    "not_streamed": _not_streamed,
    "tool_calls": _tool_calls,
    "refusal": _refusal,
    "filtered": _filtered,
    "odd_usage": _odd_usage,
    "close_delimited": _close_delimited,
    "cut_after_finish": _cut_after_finish,
    "closes_idle": _closes_idle,
    "not_http": _not_http,
}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Scripted"
