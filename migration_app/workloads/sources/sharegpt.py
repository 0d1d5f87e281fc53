"""ShareGPT: conversations as people shared them, with `from` and `value`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..drafts import Draft
from ..errors import BadRow
from ..readers import Row
from ..shapes.messages import conversation_in
from ..shapes.requests import Asked
from ..shapes.tools import tools_in
from ..shapes.values import first, unpacked
from .building import draft_of

_PLACEHOLDERS = ("<image>", "<video>", "<audio>")


def recognises(values: Mapping[str, Any]) -> float:
    turns = unpacked(values.get("conversations") or values.get("conversation"))
    if not isinstance(turns, list) or not turns or not isinstance(turns[0], Mapping):
        return 0.0
    return 1.0 if "from" in turns[0] or "role" in turns[0] else 0.0


def records(row: Row) -> Iterator[Draft]:
    """Everything up to the last answer, which is the reference. An answer to nothing is left out."""
    turns = unpacked(row.values.get("conversations") or row.values.get("conversation"))
    if not isinstance(turns, list):
        raise BadRow(_("“conversations” must be a list of turns, each with from and value."))
    _refuse_missing_media(turns)
    messages = conversation_in(turns, "conversations")
    warnings: tuple[str, ...] = ()
    start = 1 if messages[0]["role"] == "system" else 0
    while len(messages) > start and messages[start]["role"] == "assistant":
        messages.pop(start)
        warnings = (_("The conversation began with an answer to no question; it was left out."),)
    if system := first(row.values, "system", "system_prompt"):
        messages.insert(0, {"role": "system", "content": str(system)})
    tools = tools_in(row.values.get("tools"))
    yield draft_of(
        row.line,
        Asked(messages, tools, None),
        external_id=first(row.values, "id"),
        category=first(row.values, "category", "source"),
        ending="reference",
        warnings=warnings,
    )


def _refuse_missing_media(turns: list[Any]) -> None:
    """A placeholder stands for a file that lies beside the conversation, not in it."""
    for position, turn in enumerate(turns, start=1):
        said = str(turn.get("value", turn.get("content", ""))) if isinstance(turn, Mapping) else ""
        for mark in _PLACEHOLDERS:
            if mark in said:
                raise BadRow(
                    _(
                        "“conversations[%(position)s]” refers to %(mark)s, which is not in the file; "
                        "expected is text."
                    )
                    % {"position": position, "mark": mark}
                )
