"""Who speaks in a conversation, in a reader's words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SPEAKERS: dict[str, str | Promise] = {
    "system": _("Instructions"),
    "developer": _("Instructions"),
    "user": _("User"),
    "assistant": _("Model"),
    "tool": _("Tool"),
}


def speaker(role: str) -> str:
    """The word for a message's role; a role that no protocol of ours knows is shown as it was written."""
    return str(_SPEAKERS.get(role, role))
