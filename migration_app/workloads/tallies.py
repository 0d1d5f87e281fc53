"""Sentences, and how often each was said."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

_MOST = 100  # different sentences; a hostile file could have one for each of its lines


class Tally:
    """Sentences, how often each was said, and the first line it was said about."""

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}

    def add(self, sentence: str, line: int) -> None:
        if sentence not in self.counts and len(self.counts) >= _MOST:
            sentence = _("For other reasons.")
        self.counts.setdefault(sentence, [0, line])[0] += 1

    def as_json(self) -> list[dict[str, Any]]:
        """The most frequent first."""
        ranked = sorted(self.counts.items(), key=lambda pair: -pair[1][0])
        return [{"message": text, "count": count, "line": line} for text, (count, line) in ranked]
