"""From a cell to a conversation: OpenAI's message shapes, checked and put into one form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from migration_app.evaluation.wording import english

from .errors import BadRow
from .json_values import fault_of_json

ROLES = ("system", "developer", "user", "assistant", "tool")
_PARTS = {"text": "text", "image_url": "image_url"}


def json_in(value: Any, what: str) -> Any:
    """The JSON value of a cell that holds it as text, or the value itself. Raises BadRow."""
    if not isinstance(value, str):
        return value
    try:
        read = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise BadRow(
            english(
                "The {what} is not valid JSON: {msg} at character {value}.",
                what=what,
                msg=error.msg,
                value=error.pos + 1,
            )
        ) from error
    if fault := fault_of_json(read, value):
        raise BadRow(f"The {what} is JSON that cannot be used. {fault}")
    return read


def messages_from(value: Any) -> list[dict[str, Any]]:
    """A checked list of messages. Raises BadRow with a sentence."""
    messages = json_in(value, "conversation")
    if not isinstance(messages, list) or not messages:
        raise BadRow(english("The conversation must be a list of messages, each with a role and content."))
    return [_message(message, position) for position, message in enumerate(messages, start=1)]


def _message(message: Any, position: int) -> dict[str, Any]:
    if not isinstance(message, Mapping):
        raise BadRow(
            english(
                "Message {position} of the conversation is not an object with role and content.",
                position=position,
            )
        )
    role = message.get("role")
    if role not in ROLES:
        raise BadRow(
            english(
                "Message {position} has the role “{role}”. Known roles: {roles}.",
                position=position,
                role=str(role)[:40],
                roles=", ".join(ROLES),
            )
        )
    checked: dict[str, Any] = {"role": role, "content": _content(message.get("content"), position)}
    if message.get("tool_calls"):
        checked["tool_calls"] = _tool_calls(message["tool_calls"], position)
    for key in ("tool_call_id", "name"):
        if isinstance(message.get(key), str):
            checked[key] = message[key]
    if not checked["content"] and "tool_calls" not in checked and role != "assistant":
        raise BadRow(english("Message {position} ({role}) is empty.", position=position, role=role))
    return checked


def _content(content: Any, position: int) -> str | list[dict[str, Any]]:
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, list) and all(_is_part(part) for part in content):
        return [dict(part) for part in content]
    raise BadRow(
        english(
            "The content of message {position} must be text, or a list of text and image parts.",
            position=position,
        )
    )


def _is_part(part: Any) -> bool:
    if not isinstance(part, Mapping) or part.get("type") not in tuple(_PARTS):
        return False
    inner = part.get(_PARTS[part["type"]])
    if part["type"] == "text":
        return isinstance(inner, str)
    return isinstance(inner, Mapping) and isinstance(inner.get("url"), str)


def _tool_calls(calls: Any, position: int) -> list[dict[str, Any]]:
    if not isinstance(calls, list):
        raise BadRow(english("The tool calls of message {position} must be a list.", position=position))
    return [_tool_call(call, position) for call in calls]


def _tool_call(call: Any, position: int) -> dict[str, Any]:
    function = call.get("function") if isinstance(call, Mapping) else None
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        raise BadRow(english("A tool call of message {position} names no function.", position=position))
    arguments = function.get("arguments", "{}")
    written = arguments if isinstance(arguments, str) else orjson.dumps(arguments).decode()
    return {
        "id": str(call.get("id") or ""),
        "type": "function",
        "function": {"name": function["name"], "arguments": written},
    }


def tools_from(value: Any) -> list[dict[str, Any]]:
    """Tool definitions; the older bare functions are wrapped. Raises BadRow."""
    tools = json_in(value, "list of tools")
    if not isinstance(tools, list):
        raise BadRow(english("The tools must be a list of function definitions."))
    return [_tool(tool) for tool in tools]


def _tool(tool: Any) -> dict[str, Any]:
    if isinstance(tool, Mapping) and isinstance(tool.get("name"), str):
        tool = {"type": "function", "function": dict(tool)}
    function = tool.get("function") if isinstance(tool, Mapping) else None
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        raise BadRow(english("A tool has no function with a name."))
    return dict(tool)


def response_format_from(value: Any) -> dict[str, Any] | None:
    """OpenAI's response format; a bare JSON schema is wrapped. Raises BadRow."""
    if value in ("text", ""):
        return None
    if value in ("json", "json_object"):
        return {"type": "json_object"}
    stored = json_in(value, "response format")
    if not isinstance(stored, Mapping):
        raise BadRow(english("The response format must be an object, a JSON schema or the word json."))
    kind = stored.get("type")
    if kind == "json_schema" and isinstance(stored.get("json_schema"), Mapping):
        return dict(stored)
    if kind == "json_object":
        return {"type": "json_object"}
    if kind == "text":
        return None
    if "properties" in stored or "$schema" in stored or kind in ("object", "array"):
        return {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(stored)}}
    raise BadRow(english("The response format must be json_object, json_schema or a JSON schema."))


def text_of(message: Mapping[str, Any]) -> str:
    """The text of a message, without its images."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content if part.get("type") == "text")


def images_in(messages: Iterable[Mapping[str, Any]]) -> int:
    """How many images the messages hold."""
    contents = (message.get("content") for message in messages)
    return sum(
        part.get("type") == "image_url"
        for content in contents
        if isinstance(content, list)
        for part in content
    )
