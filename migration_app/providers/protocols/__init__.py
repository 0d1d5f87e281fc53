"""The wire formats: how a conversation is written, and what the events of an answer mean.

    NAME_request.py   a conversation → the body to send
    NAME_pieces.py    an event of a stream → text, reasoning, tool calls, reason, token counts

A new protocol is two such modules and a row of `PROTOCOLS`; `reading.py` does the rest. A
vendor that speaks one of these is a row of `vendors.VENDORS` and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migration_app.evaluation.conversations import Conversation

from ..model_lists import bedrock_ids, cohere_names, gemini_names, openai_ids
from ..pieces import Pieces
from ..sse import Event, events, looks_like_events
from ..vendors import Vendor, vendor_named
from . import (
    anthropic_request,
    cohere_request,
    converse_request,
    eventstream,
    gemini_request,
    openai_request,
)
from .anthropic_pieces import AnthropicPieces
from .cohere_pieces import CoherePieces
from .converse_pieces import ConversePieces
from .gemini_pieces import GeminiPieces
from .openai_pieces import OpenAIPieces

if TYPE_CHECKING:
    from ..endpoints import Endpoint


@dataclass(frozen=True, slots=True)
class Protocol:
    """One wire format.

    write: (conversation, endpoint) → the body. Raises NotTakenError for what cannot be said
        in this format, ValueError for what JSON cannot say.
    pieces: an empty answer, to put together.
    model_ids: the names in the body of a list of models; `None` when it is no such list.
    headers: fixed headers of every request, "name: value".
    frames: the events of a body. streams: whether a body is such a stream, by its content type or
        its looks.
    """

    write: Callable[[Conversation, Endpoint], bytes]
    pieces: Callable[[Vendor], Pieces]
    model_ids: Callable[[bytes], list[str] | None]
    headers: tuple[tuple[str, str], ...] = ()
    frames: Callable[[bytes], Iterator[Event]] = events
    streams: Callable[[bytes, str], bool] = looks_like_events


def _openai(conversation: Conversation, endpoint: Endpoint) -> bytes:
    return openai_request.request_body(conversation, endpoint.model, vendor_named(endpoint.vendor))


PROTOCOLS: dict[str, Protocol] = {
    "openai": Protocol(
        write=_openai,
        pieces=lambda vendor: OpenAIPieces(thinking_outside_output=vendor.thinking_outside_output),
        model_ids=openai_ids,
    ),
    "anthropic": Protocol(
        write=anthropic_request.request_body,
        pieces=lambda _: AnthropicPieces(),
        model_ids=openai_ids,
        headers=(("anthropic-version", "2023-06-01"),),
    ),
    "gemini": Protocol(
        write=gemini_request.request_body, pieces=lambda _: GeminiPieces(), model_ids=gemini_names
    ),
    "cohere": Protocol(
        write=cohere_request.request_body, pieces=lambda _: CoherePieces(), model_ids=cohere_names
    ),
    "converse": Protocol(
        write=converse_request.request_body,
        pieces=lambda _: ConversePieces(),
        model_ids=bedrock_ids,
        frames=eventstream.frames,
        streams=eventstream.is_stream,
    ),
}


def protocol_of(vendor: Vendor) -> Protocol:
    return PROTOCOLS[vendor.protocol]
