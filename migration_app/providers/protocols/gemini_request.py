"""A conversation as the body of Gemini's streamGenerateContent.

The native format, because Google's OpenAI layer tells neither why a prompt was blocked nor how
many tokens were thoughts. Reference: https://ai.google.dev/api/generate-content and
https://ai.google.dev/gemini-api/docs/thought-signatures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from migration_app.evaluation.conversations import Conversation, Message, ToolCall

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
    wants_json,
)

if TYPE_CHECKING:
    from ..endpoints import Endpoint

# Gemini 3 and later want a signature on each former call; this one says that another model made it.
_FOREIGN_CALL = {"thoughtSignature": "skip_thought_signature_validator"}
_SIGNED = re.compile(r"gemini-([3-9]|\d\d)")


def request_body(conversation: Conversation, endpoint: Endpoint) -> bytes:
    """The JSON body; the model and the wish to stream stand in the path.

    The names of participants have no place in this format and stay out.
    Raises NotTakenError, ValueError.
    """
    told, messages = instructions_of(conversation.messages)
    tools = [
        {"name": tool.name, "description": tool.description, "parametersJsonSchema": tool.parameters}
        for tool in tools_of(conversation)
    ]
    names = {call.id: call.name for message in messages for call in message.tool_calls}
    said = partial(_parts, names=names, signed=bool(_SIGNED.search(endpoint.model)))
    body = given(
        contents=in_turns(messages, said, model="model", holds="parts"),
        systemInstruction={"parts": [{"text": part.text} for part in told]} if told else None,
        tools=[{"functionDeclarations": tools}] if tools else None,
        generationConfig=_settings(conversation) or None,
    )
    return as_json(body)


def _settings(conversation: Conversation) -> dict[str, Any]:
    settings, schema = conversation.settings, schema_of(conversation)
    json = "application/json" if schema or wants_json(conversation) else None
    return given(
        maxOutputTokens=settings.max_output_tokens,
        temperature=settings.temperature,
        topP=settings.top_p,
        seed=settings.seed,
        stopSequences=list(settings.stop) or None,
        responseMimeType=json,
        responseJsonSchema=schema and schema.schema,
    )


def _parts(message: Message, *, names: Mapping[str, str], signed: bool) -> list[dict[str, Any]]:
    if message.role == "tool":
        return [_result(message, names)]
    return [*map(_part, parts_of(message)), *(_call(call, signed) for call in message.tool_calls)]


def _call(call: ToolCall, signed: bool) -> dict[str, Any]:
    mark = _FOREIGN_CALL if signed else {}
    return {"functionCall": {"name": call.name, "args": arguments_in(call)}, **mark}


def _result(message: Message, names: Mapping[str, str]) -> dict[str, Any]:
    """What a tool answered. Gemini knows a call by its function's name, not by an id."""
    name = names.get(message.tool_call_id or "") or message.name or ""
    if not name:
        raise NotTakenError(
            gettext_noop("A tool's result belongs to no call of this conversation. Correct the sample.")
        )
    return {"functionResponse": {"name": name, "response": {"result": text_in(message)}}}


def _part(part: Text | Image) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"text": part.text}
    if part.url:
        raise NotTakenError(
            gettext_noop(
                "Gemini takes images only inside the request. Put them into the sample as data: URLs."
            )
        )
    return {"inlineData": {"mimeType": part.media_type, "data": part.base64}}
