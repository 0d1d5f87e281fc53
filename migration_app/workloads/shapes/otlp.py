"""OTLP/JSON: spans and their attributes as plain values, and where spans keep what was said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .values import first, number, unpacked

_GROUPS = (
    ("resourceSpans", "resource_spans"),
    ("scopeSpans", "scope_spans", "instrumentationLibrarySpans"),
    ("spans",),
)
_NUMBERED = re.compile(
    r"gen_ai\.(prompt|completion)\.(\d+)\.(role|content|finish_reason|tool_calls\.(\d+)\.(\w+))"
)
_INPUT_EVENTS = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}


def spans_in(values: Mapping[str, Any], level: int = 0) -> Iterator[Mapping[str, Any]]:
    """Every span under a line's groups, or the line itself when it is a span."""
    for deeper in range(level, len(_GROUPS)):
        group = first(values, *_GROUPS[deeper])
        if isinstance(group, list):
            for item in group:
                if isinstance(item, Mapping):
                    yield from [item] if deeper == len(_GROUPS) - 1 else spans_in(item, deeper + 1)
            return
    if "attributes" in values and level == 0:
        yield values


def attributes_of(written: Any) -> dict[str, Any]:
    """Attributes by name, from OTLP's list of key and value, or from a plain object."""
    if isinstance(written, Mapping):
        return {str(key): _value(value) for key, value in written.items()}
    if not isinstance(written, list):
        return {}
    return {
        str(one["key"]): _value(one.get("value"))
        for one in written
        if isinstance(one, Mapping) and "key" in one
    }


def _value(value: Any) -> Any:
    """OTLP wraps a value in the name of its type; numbers come as numbers or as text."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return value
    kind, inner = next(iter(value.items()))
    if kind in ("arrayValue", "array_value"):
        return [_value(item) for item in _values(inner)]
    if kind in ("kvlistValue", "kvlist_value"):
        return attributes_of(_values(inner))
    if kind in ("intValue", "int_value", "doubleValue", "double_value"):
        return number(inner)
    return (
        inner if kind in ("stringValue", "string_value", "boolValue", "bool_value", "bytesValue") else value
    )


def _values(inner: Any) -> list[Any]:
    values = inner.get("values") if isinstance(inner, Mapping) else inner
    return values if isinstance(values, list) else []


def gen_ai_content(span: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[Any, Any]:
    """Messages asked and answered, wherever this span keeps them; None where it does not."""
    asked = unpacked(first(facts, "gen_ai.input.messages", "gen_ai.request.messages", "gen_ai.prompt"))
    answered = unpacked(
        first(facts, "gen_ai.output.messages", "gen_ai.response.messages", "gen_ai.completion")
    )
    if not asked:
        asked, numbered = _numbered(facts, "prompt"), _numbered(facts, "completion")
        answered = answered or numbered
    if not asked or not answered:
        event_asked, event_answered = _events(span.get("events"))
        asked, answered = asked or event_asked, answered or event_answered
    return asked or None, answered or None


def _numbered(facts: Mapping[str, Any], what: str) -> list[dict[str, Any]]:
    """`gen_ai.prompt.0.content` and so on, as older instrumentations write them."""
    found: dict[int, dict[str, Any]] = {}
    for key, value in facts.items():
        match = _NUMBERED.fullmatch(key)
        if not match or match[1] != what:
            continue
        message = found.setdefault(int(match[2]), {"role": "assistant" if what == "completion" else "user"})
        if match[4] is None:
            message[match[3]] = unpacked(value) if match[3] == "content" else value
        else:
            message.setdefault("calls", {}).setdefault(int(match[4]), {})[match[5]] = value
    for message in found.values():
        calls = message.pop("calls", {})
        if calls:
            message["tool_calls"] = [call for _, call in sorted(calls.items())]
    return [message for _, message in sorted(found.items())]


def _events(events: Any) -> tuple[list[Any], list[Any]]:
    asked: list[Any] = []
    answered: list[Any] = []
    for event in events if isinstance(events, list) else ():
        if isinstance(event, Mapping):
            _take_event(str(event.get("name")), attributes_of(event.get("attributes")), asked, answered)
    return asked, answered


def _take_event(name: str, facts: Mapping[str, Any], asked: list[Any], answered: list[Any]) -> None:
    """One event: a message, a choice, or a whole conversation in its attributes."""
    body = unpacked(first(facts, "body", "event.body", "gen_ai.event.content"))
    message = {**facts, **(body if isinstance(body, Mapping) else {})}
    if name in _INPUT_EVENTS:
        asked.append(_plain(message, _INPUT_EVENTS[name]))
    elif name == "gen_ai.choice":
        answered.append(_plain(unpacked(message.get("message")), "assistant") or _plain(message, "assistant"))
    else:
        asked.extend(_list(first(facts, "gen_ai.input.messages", "gen_ai.prompt")))
        answered.extend(_list(first(facts, "gen_ai.output.messages", "gen_ai.completion")))


def _plain(message: Any, role: str) -> dict[str, Any]:
    if isinstance(message, str):
        return {"role": role, "content": message}
    if not isinstance(message, Mapping):
        return {}
    kept = {key: unpacked(message[key]) for key in ("content", "parts", "tool_calls") if key in message}
    if call := message.get("id", message.get("tool_call_id")):
        kept["tool_call_id"] = call
    return {"role": message.get("role") or role, **kept} if kept else {}


def _list(value: Any) -> list[Any]:
    value = unpacked(value)
    if value in (None, ""):
        return []
    return value if isinstance(value, list) else [value]
