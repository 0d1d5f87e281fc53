"""A conversation as the body of Anthropic's Messages API.

Reference: https://docs.claude.com/en/api/messages, …/build-with-claude/prompt-caching,
…/build-with-claude/structured-outputs, …/api/claude-on-vertex-ai.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from migration_app.evaluation.conversations import Conversation, Message

from ..errors import NotTakenError
from ..wording import gettext_noop
from .parts import (
    Image,
    Text,
    arguments_in,
    as_json,
    given,
    in_turns,
    instructions_of,
    parts_of,
    schema_of,
    tools_of,
)

if TYPE_CHECKING:
    from ..endpoints import Endpoint

# The API requires a limit; a run always sets one.
MAX_TOKENS = 4096
_VERTEX_VERSION = "vertex-2023-10-16"
_CACHED = {"cache_control": {"type": "ephemeral"}}


def request_body(conversation: Conversation, endpoint: Endpoint) -> bytes:
    """The JSON body, streaming.

    Where the connection asks for prompt caching, the tools and the instructions are marked: the
    part that a workload's requests have in common. Marks that the sample itself sets are kept.
    The names of participants have no place in this format and stay out.

    Raises NotTakenError, ValueError.
    """
    told, messages = instructions_of(conversation.messages)
    settings, schema = conversation.settings, schema_of(conversation)
    if settings.temperature is not None and settings.temperature > 1:
        raise NotTakenError(
            gettext_noop("Anthropic takes a temperature from 0 to 1. Lower it in the assessment.")
        )
    system = [_block(part) for part in told]
    tools = [
        {"name": tool.name, "description": tool.description, "input_schema": tool.parameters}
        for tool in tools_of(conversation)
    ]
    if endpoint.prompt_caching and (system or tools):
        (system or tools)[-1].update(_CACHED)
    on_vertex = endpoint.vendor == "vertex_anthropic"
    body = given(
        # There the model stands in the path, and the version in the body instead of a header.
        model=None if on_vertex else endpoint.model,
        anthropic_version=_VERTEX_VERSION if on_vertex else None,
        max_tokens=settings.max_output_tokens or MAX_TOKENS,
        messages=in_turns(messages, _blocks),
        stream=True,
        system=system or None,
        tools=tools or None,
        temperature=settings.temperature,
        top_p=settings.top_p,
        stop_sequences=list(settings.stop) or None,
        output_config=schema and {"format": {"type": "json_schema", "schema": schema.schema}},
    )
    return as_json(body)


def _blocks(message: Message) -> list[dict[str, Any]]:
    if message.role == "tool":
        return _result(message)
    calls = [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": arguments_in(call)}
        for call in message.tool_calls
    ]
    return [*_said(parts_of(message)), *calls]


def _result(message: Message) -> list[dict[str, Any]]:
    content = _said(parts_of(message))
    return [{"type": "tool_result", "tool_use_id": message.tool_call_id or "", "content": content}]


def _said(parts: Iterable[Text | Image]) -> list[dict[str, Any]]:
    return [_block(part) for part in parts]


def _block(part: Text | Image) -> dict[str, Any]:
    mark = _CACHED if part.cached else {}
    if isinstance(part, Text):
        return {"type": "text", "text": part.text, **mark}
    if part.url:
        return {"type": "image", "source": {"type": "url", "url": part.url}, **mark}
    source = {"type": "base64", "media_type": part.media_type, "data": part.base64}
    return {"type": "image", "source": source, **mark}
