"""A conversation as the body of Cohere's v2 chat.

Close to OpenAI's shapes, so those go through as they are. Reference:
https://docs.cohere.com/v2/reference/chat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migration_app.evaluation.conversations import Conversation, Message

from .parts import Image, as_json, given, parts_of, schema_of, text_in, tools_of, wants_json

if TYPE_CHECKING:
    from ..endpoints import Endpoint


def request_body(conversation: Conversation, endpoint: Endpoint) -> bytes:
    """The JSON body, streaming. The names of participants stay out. Raises NotTakenError, ValueError."""
    settings = conversation.settings
    tools = [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
        }
        for tool in tools_of(conversation)
    ]
    body = given(
        model=endpoint.model,
        messages=[_message(message) for message in conversation.messages],
        stream=True,
        tools=tools or None,
        response_format=_format(conversation),
        max_tokens=settings.max_output_tokens,
        temperature=settings.temperature,
        p=settings.top_p,
        seed=settings.seed,
        stop_sequences=list(settings.stop) or None,
    )
    return as_json(body)


def _format(conversation: Conversation) -> dict[str, Any] | None:
    if schema := schema_of(conversation):
        return {"type": "json_object", "json_schema": schema.schema}
    return {"type": "json_object"} if wants_json(conversation) else None


def _message(message: Message) -> dict[str, Any]:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.tool_call_id or "", "content": text_in(message)}
    role = "system" if message.role == "developer" else message.role
    if not message.tool_calls:
        return {"role": role, "content": _content(message)}
    calls = [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        for call in message.tool_calls
    ]
    said = text_in(message)
    return {"role": role, "tool_calls": calls, **({"tool_plan": said} if said else {})}


def _content(message: Message) -> str | list[dict[str, Any]]:
    if isinstance(message.content, str):
        return message.content
    return [
        {
            "type": "image_url",
            "image_url": {"url": part.url or f"data:{part.media_type};base64,{part.base64}"},
        }
        if isinstance(part, Image)
        else {"type": "text", "text": part.text}
        for part in parts_of(message)
    ]
