"""The wire formats: how a conversation is written, and what the events of an answer mean.

    NAME_request.py   a conversation → the body to send
    NAME_pieces.py    an event of a stream → text, reasoning, tool calls, reason, token counts

A new protocol is two such modules and a row of `PROTOCOLS`; `reading.py` does the rest. A
vendor that speaks one of these is a row of `vendors.VENDORS` and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from migration_app.evaluation.conversations import Conversation

from ..model_lists import openai_ids
from ..pieces import Pieces
from ..sse import Event, events, looks_like_events
from ..vendors import Vendor
from . import openai_request
from .openai_pieces import OpenAIPieces


@dataclass(frozen=True, slots=True)
class Protocol:
    """One wire format.

    write: (conversation, model, vendor) → the body. Raises NotTakenError for what cannot be said
        in this format, ValueError for what JSON cannot say.
    pieces: an empty answer, to put together.
    model_ids: the names in the body of a list of models; `None` when it is no such list.
    headers: fixed headers of every request, "name: value".
    frames: the events of a body. streams: whether a body is such a stream, by its content type or
        its looks.
    """

    write: Callable[[Conversation, str, Vendor], bytes]
    pieces: Callable[[Vendor], Pieces]
    model_ids: Callable[[bytes], list[str] | None]
    headers: tuple[tuple[str, str], ...] = ()
    frames: Callable[[bytes], Iterator[Event]] = events
    streams: Callable[[bytes, str], bool] = looks_like_events


PROTOCOLS: dict[str, Protocol] = {
    "openai": Protocol(
        write=openai_request.request_body,
        pieces=lambda vendor: OpenAIPieces(thinking_outside_output=vendor.thinking_outside_output),
        model_ids=openai_ids,
    ),
}


def protocol_of(vendor: Vendor) -> Protocol:
    return PROTOCOLS[vendor.protocol]
