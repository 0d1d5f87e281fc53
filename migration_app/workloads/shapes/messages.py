"""Conversations as vendors and tools write them, put into OpenAI's chat form.

Read are the shapes of OpenAI (chat and Responses), Anthropic, Gemini, Bedrock Converse, Cohere,
OpenTelemetry, LangChain and ShareGPT, also mixed. A message that answers a tool becomes a message
of its own. Thinking is left out: no other model could have thought it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..conversations import json_in
from ..errors import BadRow
from .parts import Pieces, pieces_of
from .tools import tool_calls_in

_ROLES = {
    "system": "system",
    "developer": "developer",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "gpt": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "chatbot": "assistant",
    "tool": "tool",
    "function": "tool",
    "observation": "tool",
    # LangChain's classes
    "systemmessage": "system",
    "humanmessage": "user",
    "aimessage": "assistant",
    "toolmessage": "tool",
    "functionmessage": "tool",
    "humanmessagechunk": "user",
    "aimessagechunk": "assistant",
}


def conversation_in(value: Any, what: str = "conversation") -> list[dict[str, Any]]:
    """Messages in OpenAI's form. A plain text is one question. Raises BadRow with a sentence."""
    if isinstance(value, str):
        if not value.lstrip().startswith(("[", "{")):
            return [_question(value, what)]
        value = json_in(value, what)
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, list) or not value:
        raise BadRow(
            _("“%(field)s” must be a list of messages, each with a role and content.") % {"field": what}
        )
    if len(value) == 1 and isinstance(value[0], list):
        value = value[0]  # a batch of one, as LangChain writes it
    messages: list[dict[str, Any]] = []
    for position, message in enumerate(value, start=1):
        for found in _messages(message, f"{what}[{position}]"):
            _append(messages, found)
    if not messages:
        raise BadRow(_("“%(field)s” holds no message that can be sent.") % {"field": what})
    return messages


def _question(text: str, what: str) -> dict[str, Any]:
    if not text.strip():
        raise BadRow(_("“%(field)s” is empty; expected is the text of a question.") % {"field": what})
    return {"role": "user", "content": text}


def _append(messages: list[dict[str, Any]], message: dict[str, Any]) -> None:
    """Tool calls that come as items of their own belong to one turn of the assistant."""
    last = messages[-1] if messages else {}
    if (
        last.get("role") == message["role"] == "assistant"
        and message.get("tool_calls")
        and not message["content"]
    ):
        last["tool_calls"] = [*last.get("tool_calls", ()), *message["tool_calls"]]
        return
    messages.append(message)


def _messages(message: Any, where: str) -> Iterator[dict[str, Any]]:
    """One message as written gives one, or several when it answers tools."""
    if isinstance(message, str):
        yield _question(message, where)
        return
    if not isinstance(message, Mapping):
        raise BadRow(_("“%(where)s” is not an object with role and content.") % {"where": where})
    message = _unwrapped(message)
    if (kind := message.get("type")) in ("reasoning", "item_reference"):
        return
    if kind in ("function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output"):
        yield _item(message)
        return
    role = _role(message, where)
    pieces = pieces_of(_content(message), where)
    calls = [*tool_calls_in(message, where), *pieces.calls]
    yield from _tool_answers(message, role, pieces)
    if role == "tool":
        return
    checked: dict[str, Any] = {"role": role, "content": pieces.content()}
    if calls and role == "assistant":
        checked["tool_calls"] = calls
    if role != "assistant" and isinstance(name := message.get("name"), str) and name:
        checked["name"] = name
    if checked["content"] or "tool_calls" in checked or (role == "assistant" and not pieces.answers):
        yield checked
    elif not pieces.answers:
        raise BadRow(_("“%(where)s” (%(role)s) is empty.") % {"where": where, "role": role})


def _unwrapped(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """LangChain keeps a message's fields one level down, beside the name of its class."""
    if isinstance(inner := message.get("kwargs"), Mapping) and isinstance(path := message.get("id"), list):
        return {**inner, "role": str(path[-1]) if path else ""}
    if isinstance(inner := message.get("data"), Mapping) and "type" in message and "content" in inner:
        return {**inner, "role": message["type"]}
    if set(message) == {"message"} and isinstance(inner := message["message"], Mapping):
        return inner
    return message


def _role(message: Mapping[str, Any], where: str) -> str:
    written = message.get("role") or message.get("from") or message.get("author") or message.get("type")
    role = _ROLES.get(str(written).lower().removesuffix("_message"))
    if role is None:
        raise BadRow(
            _("“%(where)s” has the role “%(role)s”. Known roles: system, developer, user, assistant, tool.")
            % {"where": where, "role": str(written)[:40]}
        )
    return role


def _content(message: Mapping[str, Any]) -> Any:
    for key in ("content", "parts", "value", "text", "message"):
        if message.get(key) is not None:
            return message[key]
    return message.get("refusal")


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    """A call of a tool, or its answer, as OpenAI's Responses API lists them."""
    call = str(item.get("call_id") or item.get("id") or "")
    if str(item["type"]).endswith("_output"):
        output = pieces_of(item.get("output"), "output")
        return {"role": "tool", "content": output.text(), "tool_call_id": call}
    named = {"name": item.get("name"), "arguments": item.get("arguments", item.get("input")), "id": call}
    return {"role": "assistant", "content": "", "tool_calls": tool_calls_in({"tool_calls": [named]}, "item")}


def _tool_answers(message: Mapping[str, Any], role: str, pieces: Pieces) -> Iterator[dict[str, Any]]:
    for call, answer in pieces.answers:
        yield {"role": "tool", "content": answer, "tool_call_id": call}
    if role == "tool" and not pieces.answers:
        call = message.get("tool_call_id") or message.get("tool_use_id") or message.get("name") or ""
        yield {"role": "tool", "content": pieces.content(), "tool_call_id": str(call)}
