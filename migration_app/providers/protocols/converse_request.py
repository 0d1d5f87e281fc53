"""A conversation as the body of Amazon Bedrock's ConverseStream.

Reference: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
and …/userguide/prompt-caching.html, …/userguide/structured-output.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

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
    text_in,
    tools_of,
)

if TYPE_CHECKING:
    from ..endpoints import Endpoint

_CACHE_POINT = {"cachePoint": {"type": "default"}}
_FORMATS = ("png", "jpeg", "gif", "webp")


def request_body(conversation: Conversation, endpoint: Endpoint) -> bytes:
    """The JSON body; the model stands in the path. The names of participants stay out.

    Where the connection asks for prompt caching, a point after the instructions, or else after
    the tools, ends the part that a workload's requests have in common. Raises NotTakenError, ValueError.
    """
    told, messages = instructions_of(conversation.messages)
    settings = conversation.settings
    system: list[dict[str, Any]] = [{"text": part.text} for part in told]
    tools = _tools(conversation)
    if endpoint.prompt_caching and (system or tools):
        (system or tools).append(_CACHE_POINT)
    inference = given(
        maxTokens=settings.max_output_tokens,
        temperature=settings.temperature,
        topP=settings.top_p,
        stopSequences=list(settings.stop) or None,
    )
    body = given(
        messages=in_turns(messages, _blocks),
        system=system or None,
        toolConfig={"tools": tools} if tools else None,
        inferenceConfig=inference or None,
        outputConfig=_format(conversation),
    )
    return as_json(body)


def _tools(conversation: Conversation) -> list[dict[str, Any]]:
    return [
        {
            "toolSpec": {
                "name": tool.name,
                # An empty description is refused there.
                "description": tool.description or tool.name,
                "inputSchema": {"json": tool.parameters},
            }
        }
        for tool in tools_of(conversation)
    ]


def _format(conversation: Conversation) -> dict[str, Any] | None:
    schema = schema_of(conversation)
    if schema is None:
        return None
    # The schema travels as text.
    named = {"name": schema.name, "schema": orjson.dumps(schema.schema, default=dict).decode()}
    return {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": named}}}


def _blocks(message: Message) -> list[dict[str, Any]]:
    if message.role == "tool":
        return [_result(message)]
    calls = [
        {"toolUse": {"toolUseId": call.id, "name": call.name, "input": arguments_in(call)}}
        for call in message.tool_calls
    ]
    return [*map(_block, parts_of(message)), *calls]


def _result(message: Message) -> dict[str, Any]:
    content = [{"text": text_in(message)}]
    return {"toolResult": {"toolUseId": message.tool_call_id or "", "content": content}}


def _block(part: Text | Image) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"text": part.text}
    kind = part.media_type.removeprefix("image/").replace("jpg", "jpeg")
    if part.url or kind not in _FORMATS:
        raise NotTakenError(
            gettext_noop(
                "Bedrock takes images only inside the request, as PNG, JPEG, GIF or WebP. "
                "Put them into the sample as data: URLs."
            )
        )
    return {"image": {"format": kind, "source": {"bytes": part.base64}}}
