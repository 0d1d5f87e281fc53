"""A conversation as the body of a chat/completions request.

Reference: https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

from typing import Any

from migration_app.evaluation.conversations import Conversation, Message, Settings, ToolCall

from ..vendors import Vendor
from .parts import as_json


def request_body(conversation: Conversation, model: str, vendor: Vendor) -> bytes:
    """The JSON body, streaming, with the vendor's own names for the settings.

    Raises ValueError when the conversation holds something JSON cannot say.
    """
    body: dict[str, Any] = {
        "model": model,
        "messages": [_message(message, vendor) for message in conversation.messages],
        "stream": True,
    }
    if vendor.usage_in_stream == "ask":
        body["stream_options"] = {"include_usage": True}
    if conversation.tools:
        body["tools"] = conversation.tools
    if conversation.response_format is not None:
        body["response_format"] = conversation.response_format
    body.update(_settings(conversation.settings, vendor))
    return as_json(body)


def _settings(settings: Settings, vendor: Vendor) -> dict[str, Any]:
    named = {
        vendor.max_tokens_field: settings.max_output_tokens,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "stop": list(settings.stop) or None,
    }
    if vendor.seed_field is not None:
        named[vendor.seed_field] = settings.seed
    return {name: value for name, value in named.items() if value is not None}


def _message(message: Message, vendor: Vendor) -> dict[str, Any]:
    developer = message.role == "developer" and not vendor.developer_role
    written: dict[str, Any] = {"role": "system" if developer else message.role, "content": message.content}
    if message.tool_calls:
        written["content"] = message.content or None
        written["tool_calls"] = [_tool_call(call) for call in message.tool_calls]
    if message.tool_call_id is not None:
        written["tool_call_id"] = message.tool_call_id
    if message.name is not None:
        written["name"] = message.name
    return written


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
