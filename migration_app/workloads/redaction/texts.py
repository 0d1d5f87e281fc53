"""Every text of a request in which something private may stand, joined for one look.

Joining them costs less than asking every rule once a text; the seam is a character that no stored
text can hold, so nothing is found across it and the parts come back as they went in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

from ..drafts import Draft

SEAM = "\0"


def joined(draft: Draft) -> str:
    """The texts of a draft: messages, tools and their arguments, stop words, references, answer, names."""
    return SEAM.join(text for text, _ in _texts(draft))


def put_back(draft: Draft, texts: str) -> None:
    """Write changed texts, joined as they came from `joined`, back into the draft."""
    parts = texts.split(SEAM)
    places = list(_texts(draft))
    if len(parts) != len(places):
        raise ValueError("A text of the request holds the seam character.")
    for part, (before, write) in zip(parts, places, strict=True):
        if part != before:
            write(part)


_Place = tuple[str, Callable[[str], None]]


def _texts(draft: Draft) -> Iterator[_Place]:
    for message in draft.messages:
        yield from _message(message)
    for tool in draft.tools:
        yield from _inside(tool)
    if draft.response_format:
        yield from _inside(draft.response_format)
    if draft.settings:
        yield from _inside(draft.settings)
    for position, reference in enumerate(draft.references):
        yield reference, _item(draft.references, position)
    if draft.logged:
        yield from _logged(draft.logged)
    for name in ("external_id", "cluster"):
        if value := getattr(draft, name):
            yield value, _attribute(draft, name)


def _message(message: dict[str, Any]) -> Iterator[_Place]:
    content = message.get("content")
    if isinstance(content, str):
        yield content, _item(message, "content")
    else:
        for part in content or ():
            if isinstance(part.get("text"), str):
                yield part["text"], _item(part, "text")
            elif isinstance(picture := part.get("image_url"), dict) and _is_address(picture.get("url")):
                yield picture["url"], _item(picture, "url")
    if isinstance(message.get("name"), str):
        yield message["name"], _item(message, "name")
    yield from _calls(message)


def _is_address(url: Any) -> bool:
    """An image's web address may name a person; the data of an image is no text."""
    return isinstance(url, str) and not url.startswith("data:")


def _calls(answer: dict[str, Any]) -> Iterator[_Place]:
    for call in answer.get("tool_calls") or ():
        function = call.get("function") or {}
        if isinstance(function.get("arguments"), str):
            yield function["arguments"], _item(function, "arguments")


def _logged(logged: dict[str, Any]) -> Iterator[_Place]:
    for name in ("text", "refusal"):
        if isinstance(logged.get(name), str):
            yield logged[name], _item(logged, name)
    yield from _calls(logged)


def _inside(value: Any) -> Iterator[_Place]:
    """Every text in a JSON value, but for its keys."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        if isinstance(inner, str):
            yield inner, _item(value, key)
        else:
            yield from _inside(inner)


def _item(holder: MutableMapping[Any, Any] | list[Any], key: Any) -> Callable[[str], None]:
    def write(text: str) -> None:
        holder[key] = text

    return write


def _attribute(draft: Draft, name: str) -> Callable[[str], None]:
    def write(text: str) -> None:
        setattr(draft, name, text)

    return write
