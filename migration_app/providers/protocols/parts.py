"""A conversation's parts, taken out of OpenAI's shapes, for protocols that have shapes of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from migration_app.evaluation.conversations import Conversation, Message, ToolCall

from ..errors import NotTakenError
from ..wording import Template, gettext_noop

_DATA_URL = re.compile(r"data:(image/[a-z0-9.+-]+);base64,([A-Za-z0-9+/=\s]+)", re.IGNORECASE)


class Text(NamedTuple):
    """A piece of text. `cached`: the sample itself marks the end of a part worth caching here."""

    text: str
    cached: bool = False


class Image(NamedTuple):
    """An image inside the request: `base64` of a `media_type`; or `url`, somewhere on the net."""

    media_type: str
    base64: str
    url: str = ""
    cached: bool = False


class Tool(NamedTuple):
    """A function that the model may call. `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: Mapping[str, Any]


class Schema(NamedTuple):
    """The JSON schema that the answer has to follow."""

    name: str
    schema: Mapping[str, Any]


def parts_of(message: Message) -> Iterator[Text | Image]:
    """What a message says, piece by piece; empty texts are nothing. Raises NotTakenError."""
    content = message.content
    for part in [{"type": "text", "text": content}] if isinstance(content, str) else content:
        kind, cached = part.get("type"), bool(part.get("cache_control"))
        if kind == "text" and isinstance(text := part.get("text"), str):
            if text:
                yield Text(text, cached)
        elif kind == "image_url":
            yield _image(part.get("image_url"), cached)
        else:
            raise NotTakenError(_STRANGE_PART(kind=str(kind)[:40]))


def text_in(message: Message) -> str:
    """All text of a message, which must hold nothing else. Raises NotTakenError."""
    texts = []
    for part in parts_of(message):
        if isinstance(part, Image):
            raise NotTakenError(_IMAGE_IN(role=message.role))
        texts.append(part.text)
    return "\n".join(texts)


def instructions_of(messages: Sequence[Message]) -> tuple[list[Text], list[Message]]:
    """(what system and developer messages say, the other messages), each in order."""
    told: list[Text] = []
    others: list[Message] = []
    for message in messages:
        if message.role not in ("system", "developer"):
            others.append(message)
            continue
        for part in parts_of(message):
            if isinstance(part, Image):
                raise NotTakenError(
                    gettext_noop("The instructions hold an image, which this vendor takes from users only.")
                )
            told.append(part)
    return told, others


def in_turns(
    messages: Sequence[Message],
    said: Callable[[Message], list[dict[str, Any]]],
    *,
    model: str = "assistant",
    holds: str = "content",
) -> list[dict[str, Any]]:
    """Turns of user and model: what follows in one voice is one turn, and results of tools are the user's.

    said: a message in the protocol's blocks. model: what it calls the model's role; holds: the name
    under which a turn has its blocks.
    """
    turns: list[dict[str, Any]] = []
    for message in messages:
        role = model if message.role == "assistant" else "user"
        blocks = said(message)
        if turns and turns[-1]["role"] == role:
            turns[-1][holds] += blocks
        elif blocks:
            turns.append({"role": role, holds: blocks})
    return turns


def tools_of(conversation: Conversation) -> list[Tool]:
    """The functions on offer. Raises NotTakenError for tools that are no functions."""
    tools = []
    for tool in conversation.tools:
        function = tool.get("function")
        if tool.get("type", "function") != "function" or not isinstance(function, Mapping):
            raise NotTakenError(_STRANGE_TOOL(kind=str(tool.get("type"))[:40]))
        parameters = function.get("parameters") or {"type": "object", "properties": {}}
        tools.append(Tool(str(function.get("name", "")), str(function.get("description") or ""), parameters))
    return tools


def schema_of(conversation: Conversation) -> Schema | None:
    """The schema that the answer has to follow, None where none is given."""
    wanted = conversation.response_format or {}
    if wanted.get("type") != "json_schema":
        return None
    given = wanted.get("json_schema")
    given = given if isinstance(given, Mapping) else {}
    return Schema(str(given.get("name") or "answer"), given.get("schema") or {})


def wants_json(conversation: Conversation) -> bool:
    """Whether JSON of any shape is asked for."""
    return (conversation.response_format or {}).get("type") == "json_object"


def arguments_in(call: ToolCall) -> dict[str, Any]:
    """A former call's arguments as an object. Raises NotTakenError when they are none."""
    try:
        value = orjson.loads(call.arguments or "{}")
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise NotTakenError(_NO_ARGUMENTS(tool=call.name[:60]))
    return value


def as_json(body: Mapping[str, Any]) -> bytes:
    """Raises ValueError when the body holds something JSON cannot say."""
    try:
        return orjson.dumps(body, default=_plain)
    except TypeError as error:
        raise ValueError(_NOT_JSON(error=error)) from error


def given(**settings: object) -> dict[str, Any]:
    """Only the settings that say something."""
    return {name: value for name, value in settings.items() if value is not None}


def _image(image: object, cached: bool) -> Image:
    url = image.get("url") if isinstance(image, Mapping) else image
    if isinstance(url, str) and (found := _DATA_URL.fullmatch(url)):
        return Image(found[1].lower(), "".join(found[2].split()), cached=cached)
    if isinstance(url, str) and url.startswith("https://"):
        return Image("", "", url, cached)
    raise NotTakenError(
        gettext_noop("A message holds an image that is neither a data: URL nor an https:// address.")
    )


def _plain(value: Any) -> Any:
    """Mappings that are no dict (frozen ones, say) as dicts, for orjson."""
    if hasattr(value, "items"):
        return dict(value.items())
    raise TypeError(f"a {type(value).__name__} has no JSON form")


_STRANGE_PART = Template(gettext_noop("A message holds a part of type “{kind}”, which cannot be sent on."))
_IMAGE_IN = Template(
    gettext_noop("A {role} message holds an image, which this vendor takes from users only.")
)
_STRANGE_TOOL = Template(gettext_noop("A tool of type “{kind}” is known to OpenAI alone."))
_NO_ARGUMENTS = Template(
    gettext_noop(
        "An earlier call of the tool {tool} has arguments that are no JSON object. "
        "This vendor cannot be sent them; correct the sample."
    )
)
_NOT_JSON = Template(gettext_noop("The conversation cannot be written as JSON: {error}."))
