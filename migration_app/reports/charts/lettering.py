"""How wide names are in Inter, in em (times the size of the letters), and how long ones are shortened."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Measured on the regular and the semibold cut, the wider of both.
NARROW, BROAD, WIDE = "ijltfrI.,:;'|!() \u00a0", "mwM", "W%@—…"
END = 0.4  # of a shortened text's width that its end keeps
# A character with what changes it or is joined to it.
_CHANGING = "[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]*"
_CHARACTER = re.compile(f"(?s:.){_CHANGING}(?:\u200d(?s:.){_CHANGING})*")


def text_width(text: str, size: float) -> float:
    """About how wide Inter sets `text`, rather too wide; full-width characters and emoji count one em."""
    return size * sum(_em(character) for character in text)


def _em(character: str) -> float:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if character in WIDE or ord(character) > 0xFFFF or unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in NARROW:
        return 0.37
    return 0.9 if character in BROAD else 0.61 + 0.12 * character.isupper()


def shortened(text: str, ems: float) -> str:
    """The text, or its two ends with an ellipsis: no wider than `ems` times the size of its letters.

    Versions and sizes, which tell models apart, stand at the end. What belongs to the character before
    it (an accent, a part of an emoji) is never parted from it.
    """
    if text_width(text, 1.0) <= ems:
        return text
    whole = _CHARACTER.findall(text)
    room = ems - text_width("…", 1.0)
    end = _fitting(whole[::-1], END * room)[::-1]
    start = _fitting(whole[: len(whole) - len(end)], room - text_width("".join(end), 1.0))
    return "".join(start).rstrip() + "…" + "".join(end).lstrip()


def _fitting(characters: Sequence[str], room: float) -> list[str]:
    """The first of them, as many as fit."""
    kept: list[str] = []
    for character in characters:
        room -= text_width(character, 1.0)
        if room < 0:
            break
        kept.append(character)
    return kept
