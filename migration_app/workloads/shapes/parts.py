"""The parts of a message's content: text, images, calls of tools and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ..errors import BadRow
from .tools import tool_call
from .values import get, written_as_json

_THINKING = ("thinking", "redacted_thinking", "reasoning", "reasoning_content")
_CACHE_MARKS = ("cachePoint", "cache_control", "cachePoints")
# What no chat API takes from a replay, or what only the vendor that stored it can open.
_UNSENDABLE = {
    "audio": "audio",
    "input_audio": "audio",
    "video": "a video",
    "document": "a document",
    "file": "a file",
    "input_file": "a file",
    "container_upload": "a file",
    "file_data": "a file",
    "fileData": "a file",
}


@dataclass(slots=True)
class Pieces:
    """What a message's content consists of, in order."""

    parts: list[dict[str, Any]] = field(default_factory=list)  # OpenAI's text and image parts
    calls: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)  # (id of the call, text)

    def text(self) -> str:
        return "\n".join(part["text"] for part in self.parts if part["type"] == "text")

    def content(self) -> str | list[dict[str, Any]]:
        """Plain text when that is all there is."""
        if any(part["type"] == "image_url" for part in self.parts):
            return self.parts
        return self.text()


def pieces_of(content: Any, where: str) -> Pieces:
    """Raises BadRow for a part that could not be sent again, naming it."""
    pieces = Pieces()
    if content is None:
        return pieces
    for position, part in enumerate(content if isinstance(content, list) else [content], start=1):
        _take(part, pieces, f"{where}.content[{position}]")
    return pieces


def _take(part: Any, pieces: Pieces, where: str) -> None:
    if isinstance(part, str):
        if part:
            pieces.parts.append({"type": "text", "text": part})
        return
    if not isinstance(part, Mapping):
        raise BadRow(_("“%(where)s” must be text or an object with a type.") % {"where": where})
    kind = part.get("type")
    if kind in _THINKING or any(key in part for key in ("reasoningContent", "thought", *_CACHE_MARKS[:1])):
        return
    if _take_tool(part, kind, pieces, where):
        return
    if (url := _image(part, kind)) is not None:
        pieces.parts.append({"type": "image_url", "image_url": url})
        return
    _refuse(part, kind, where)
    written = next(
        (
            part[key]
            for key in ("text", "content", "refusal", "output_text")
            if isinstance(part.get(key), str)
        ),
        None,
    )
    if written is None:
        written = _as_text(part, kind, where)
    if written:
        pieces.parts.append({"type": "text", "text": written})


def _as_text(part: Mapping[str, Any], kind: Any, where: str) -> str:
    if kind in (None, "json") and "json" in part:
        return written_as_json(part["json"])
    if kind in ("text", "input_text", "output_text") and isinstance(part.get("text"), Mapping):
        return str(part["text"].get("value", ""))
    raise BadRow(
        _("“%(where)s” is a part of the kind “%(kind)s”; expected is text, an image or a tool call.")
        % {"where": where, "kind": str(kind or ", ".join(map(str, part)))[:60]}
    )


def _refuse(part: Mapping[str, Any], kind: Any, where: str) -> None:
    kinds = [
        kind,
        part.get("modality"),
        *(key for key in part if key in _UNSENDABLE and not isinstance(part[key], str)),
    ]
    for one in kinds:
        if isinstance(one, str) and one in _UNSENDABLE:
            raise BadRow(
                _("“%(where)s” is %(kind)s, which cannot be replayed; expected is text or an image.")
                % {"where": where, "kind": _UNSENDABLE[one]}
            )


def _take_tool(part: Mapping[str, Any], kind: Any, pieces: Pieces, where: str) -> bool:
    """Keep a call of a tool or the answer to one; False when the part is neither."""
    if kind in ("tool_use", "tool_call", "function_call", "server_tool_use"):
        arguments: Any = next((part[key] for key in ("input", "arguments", "args") if key in part), {})
        pieces.calls.append(
            tool_call(part.get("name"), arguments, part.get("id") or part.get("call_id"), where)
        )
    elif isinstance(used := part.get("toolUse"), Mapping):
        pieces.calls.append(tool_call(used.get("name"), used.get("input"), used.get("toolUseId"), where))
    elif isinstance(used := part.get("functionCall", part.get("function_call")), Mapping):
        pieces.calls.append(
            tool_call(used.get("name"), used.get("args"), used.get("id") or used.get("name"), where)
        )
    elif kind in ("tool_result", "tool_call_response"):
        call = part.get("tool_use_id") or part.get("id") or part.get("tool_call_id")
        result = next(
            (part[key] for key in ("content", "response", "result") if part.get(key) is not None), ""
        )
        pieces.answers.append((str(call or ""), _answer(result, where)))
    elif isinstance(result := part.get("toolResult"), Mapping):
        pieces.answers.append((str(result.get("toolUseId") or ""), _answer(result.get("content"), where)))
    elif isinstance(result := part.get("functionResponse", part.get("function_response")), Mapping):
        call = result.get("id") or result.get("name")
        pieces.answers.append((str(call or ""), _answer(result.get("response"), where)))
    else:
        return False
    return True


def _answer(result: Any, where: str) -> str:
    if isinstance(result, list):
        return pieces_of(result, where).text()
    return result if isinstance(result, str) else written_as_json(result)


def _image(part: Mapping[str, Any], kind: Any) -> dict[str, Any] | None:
    """OpenAI's image_url object from any vendor's image part; None when the part is no image."""
    if kind in ("image_url", "input_image") or (kind is None and "image_url" in part):
        return _address(part.get("image_url"), part.get("detail"))
    if kind == "image" and isinstance(source := part.get("source"), Mapping):
        if source.get("type") == "url":
            return _address(source.get("url"), None)
        return _data(source.get("media_type"), source.get("data"))
    if isinstance(inline := part.get("inlineData", part.get("inline_data")), Mapping):
        return _data(inline.get("mimeType", inline.get("mime_type")), inline.get("data"))
    if isinstance(image := part.get("image"), Mapping):
        return _data(f"image/{image.get('format', 'png')}", get(image, "source", "bytes"))
    if kind == "blob" and str(part.get("modality", part.get("mime_type", ""))).startswith("image"):
        return _data(part.get("mime_type"), part.get("content") or part.get("data"))
    if kind == "uri" and part.get("modality", "image") == "image":
        return _address(part.get("uri"), None)
    if kind == "image":
        return _address(part.get("url") or part.get("image"), None) or _data(
            part.get("mime_type"), part.get("data")
        )
    return None


def _address(url: Any, detail: Any) -> dict[str, Any] | None:
    if isinstance(url, Mapping):
        url, detail = url.get("url"), url.get("detail", detail)
    if not isinstance(url, str) or not url.startswith(("data:", "http://", "https://")):
        return None
    return {"url": url} | ({"detail": detail} if isinstance(detail, str) else {})


def _data(kind: Any, content: Any) -> dict[str, Any] | None:
    if not isinstance(content, str) or not content or not str(kind).startswith("image/"):
        return None
    return {"url": f"data:{kind};base64,{content}"}
