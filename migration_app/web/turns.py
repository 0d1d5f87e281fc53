"""The messages of a conversation, as pages show them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from migration_app.workloads import queries
from migration_app.workloads.conversations import text_of
from migration_app.workloads.drafts import Draft

from .speakers import speaker

_TURN = 4_000  # characters of a message that the preview shows


def turns_of(sample: Draft | Any) -> list[dict[str, str]]:
    """The messages of a sample as a page shows them: who speaks, and what, cut where it is long."""
    return [
        {"role": speaker(message["role"]), "text": queries.shown(_words(message), _TURN)}
        for message in sample.messages
    ]


def _words(message: dict[str, Any]) -> str:
    calls = [
        f"{call['function']['name']}({call['function']['arguments']})"
        for call in message.get("tool_calls", ())
    ]
    images = (
        "" if isinstance(message.get("content"), str) else ("\n" + _("[with an image]")) * _images(message)
    )
    return "\n".join(part for part in (text_of(message) + images, *calls) if part)


def _images(message: dict[str, Any]) -> int:
    return sum(1 for part in message.get("content") or () if part.get("type") == "image_url")
