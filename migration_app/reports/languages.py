"""The language a file of a report is made in. Light: workers that make no files load it too."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language

# Programs read these: one and the same for every reader.
WITHOUT_WORDS = frozenset({"json"})


def language_of(kind: str) -> str:
    """The language that a file of this kind is made in now: the active one, if the file has words."""
    active = get_language() or settings.LANGUAGE_CODE
    offered = active in dict(settings.LANGUAGES) and kind not in WITHOUT_WORDS
    return active if offered else settings.LANGUAGE_CODE
