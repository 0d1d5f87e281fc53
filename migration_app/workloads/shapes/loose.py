"""Inputs and outputs of tools that take whatever a program gives them: text, messages, any object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.translation import gettext as _

from ..errors import BadRow
from ..roles import BY_KEY
from .answers import answer_in
from .messages import conversation_in
from .requests import Asked, asked_in
from .tools import tools_in
from .values import unpacked, written_as_json

_REQUEST_KEYS = ("messages", "contents", "message", "prompt", "inputText", "chat_history")
_ANSWER_KEYS = ("answer", "output", "response", "text", "content", "result", "expected", "reference", "label")


def asked_loosely(value: Any, what: str) -> tuple[Asked, tuple[str, ...]]:
    """What an input asks, and warnings about how it was understood. Raises BadRow when it is empty."""
    value = unpacked(value)
    if value in (None, "", [], {}):
        raise BadRow(_("“%(field)s” is empty; expected is what was asked.") % {"field": what})
    if isinstance(value, Mapping) and not _is_message(value):
        return _of_object(value, what)
    if isinstance(value, list) and not all(isinstance(item, Mapping | list) for item in value):
        return _as_json(value)
    if isinstance(value, int | float):
        return _as_json(value)
    return Asked(conversation_in(value, what), [], None), ()


def _is_message(value: Mapping[str, Any]) -> bool:
    return ("role" in value or "kwargs" in value) and (
        "content" in value or "kwargs" in value or "parts" in value
    )


def _of_object(value: Mapping[str, Any], what: str) -> tuple[Asked, tuple[str, ...]]:
    """A request's body; else the one text in it, or the one that is named like a question."""
    if any(value.get(key) for key in _REQUEST_KEYS) and not isinstance(value.get("message"), Mapping):
        return asked_in(value, what), ()
    inner = value.get("input")
    if isinstance(inner, Mapping | list) or (isinstance(inner, str) and inner[:1] in "[{"):
        asked, warnings = asked_loosely(inner, f"{what}.input")
        return asked._replace(tools=asked.tools or tools_in(value.get("tools"))), warnings
    question = _named(value, BY_KEY["prompt"].names)
    if question is None:
        return _as_json(value)
    left = [key for key, item in value.items() if item not in (None, "", [], {}) and item is not question]
    return _question(question), _about(left)


def _named(value: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    texts = {key: item for key, item in value.items() if isinstance(item, str) and item.strip()}
    if len(texts) == 1 and len(value) == 1:
        return next(iter(texts.values()))
    plain = {key.lower().replace("_", " "): item for key, item in texts.items()}
    return next((plain[name] for name in names if name in plain), None)


def _about(left: list[str]) -> tuple[str, ...]:
    if not left:
        return ()
    return (
        _("The input has more than a question; left out: %(names)s.")
        % {"names": ", ".join(sorted(left)[:6])[:120]},
    )


def _question(text: str) -> Asked:
    return Asked([{"role": "user", "content": text}], [], None)


def _as_json(value: Any) -> tuple[Asked, tuple[str, ...]]:
    text = written_as_json(value, option=orjson.OPT_INDENT_2)
    return _question(text), (_("The input is an object without a question; its JSON is sent as it is."),)


def references_in(value: Any) -> list[str]:
    """Accepted answers: of a message its text, of an object with one answer that, else its JSON."""
    value = unpacked(value)
    if value in (None, "", [], {}):
        return []
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [item for item in value if item.strip()]
    if isinstance(value, Mapping) or (
        isinstance(value, list) and all(isinstance(item, Mapping) for item in value)
    ):
        return [_reference(value)]
    return [value if isinstance(value, str) else written_as_json(value)]


def _reference(value: Any) -> str:
    if isinstance(value, Mapping) and len(value) == 1:
        key, inner = next(iter(value.items()))
        if isinstance(inner, str) and key in _ANSWER_KEYS:
            return inner
    if isinstance(value, list) or any(
        key in value for key in ("role", "choices", "messages", "kwargs", "generations")
    ):
        turns = (
            value["messages"]
            if isinstance(value, Mapping) and isinstance(value.get("messages"), list)
            else value
        )
        answer = answer_in(turns[-1:] if isinstance(turns, list) else turns)
        if answer.text.strip():
            return answer.text
        if answer.tool_calls:
            return written_as_json(answer.tool_calls)
    return written_as_json(value)
