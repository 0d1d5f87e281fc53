"""What a request's body asks, whichever vendor it was written for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from ..conversations import response_format_from
from ..errors import BadRow
from .messages import conversation_in
from .settings import settings_in
from .tools import tools_in
from .values import get

_PROMPTS = ("prompt", "inputText", "input_text", "inputs", "text")


class Asked(NamedTuple):
    """What is sent: messages, tools and response format in OpenAI's form; and with which settings."""

    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]]
    response_format: dict[str, Any] | None
    settings: Mapping[str, Any] = MappingProxyType({})


def asked_in(body: Any, what: str = "body") -> Asked:
    """The request in a body. Raises BadRow with a sentence that names the field at fault."""
    if not isinstance(body, Mapping):
        return Asked(conversation_in(body, what), [], None)
    messages = _messages(body, what)
    system = _system(body)
    if system and not any(message["role"] in ("system", "developer") for message in messages):
        messages.insert(0, {"role": "system", "content": system})
    return Asked(messages, _tools(body), _format(body), settings_in(body))


def _messages(body: Mapping[str, Any], what: str) -> list[dict[str, Any]]:
    """Chat messages, Gemini's contents, the Responses API's input, Cohere's message, or a prompt."""
    if body.get("messages"):
        return conversation_in(body["messages"], "messages")
    if body.get("contents"):
        return conversation_in(_gemini(body["contents"]), "contents")
    if body.get("input"):
        return conversation_in(body["input"], "input")
    if isinstance(body.get("message"), str):
        history = body.get("chat_history") or []
        return [
            *(conversation_in(history, "chat_history") if history else []),
            *conversation_in(body["message"], "message"),
        ]
    for key in _PROMPTS:
        if key in body:
            return _prompt(body[key], key)
    raise BadRow(
        _(
            "“%(field)s” holds no messages; expected is a request with “messages”, “input”, "
            "“contents” or “prompt”."
        )
        % {"field": what}
    )


def _prompt(value: Any, key: str) -> list[dict[str, Any]]:
    """The older completions take a text or a list of them; a list of several is several requests."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        raise BadRow(_("“%(field)s” must be one text.") % {"field": key})
    if not value.strip():
        raise BadRow(_("“%(field)s” is empty; expected is the text of a question.") % {"field": key})
    return [{"role": "user", "content": value}]


def _gemini(contents: Any) -> Any:
    """A content without a role is the user's; a tool's answer has the role of whoever carries it."""
    if not isinstance(contents, list):
        return contents
    return [
        {**content, "role": "user"} if isinstance(content, Mapping) and not content.get("role") else content
        for content in contents
    ]


def _system(body: Mapping[str, Any]) -> str:
    for key in ("system", "instructions", "preamble", "systemInstruction", "system_instruction"):
        if value := body.get(key):
            return _plain(value)
    return ""


def _plain(value: Any) -> str:
    """Instructions as one text: they come as a text, as parts, or as an object with parts."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        value = value.get("parts") or value.get("content") or value.get("text")
        return _plain(value) if value else ""
    if isinstance(value, list):
        return "\n".join(text for part in value if (text := _plain(part)))
    return ""


def _tools(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    tools = body.get("tools") or body.get("functions") or get(body, "toolConfig", "tools")
    return tools_in(tools)


def _format(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """OpenAI's chat and Responses forms, and Gemini's. Others have none."""
    if body.get("response_format"):
        return response_format_from(body["response_format"])
    if isinstance(given := get(body, "text", "format"), Mapping):
        if given.get("type") == "json_schema":
            inner = {key: given[key] for key in ("name", "schema", "strict", "description") if key in given}
            return {"type": "json_schema", "json_schema": inner}
        return response_format_from(dict(given))
    config = body.get("generationConfig") or body.get("generation_config")
    if isinstance(config, Mapping) and config.get("responseMimeType") == "application/json":
        schema = config.get("responseJsonSchema")
        return response_format_from(schema if isinstance(schema, Mapping) else "json_object")
    return None
