"""Sentences that were stored in English, in the words of whoever reads them.

What a worker found out is written down once, in English: why an answer got its score, why a call
failed, what happened to a run. The catalogue knows the texts that such sentences were made of
(marked with `english` or `_`), so the text is found again from the sentence, and its translation
filled with the same values. What no text fits is shown as it stands: a vendor's own words, say.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.utils.formats import get_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale

_PLACE = re.compile(r"(?:\{(?=\w*[!:}])|%\()(\w*)(?:(?:![rsa])?(?::[^{}]*)?\}|\)[a-z])")
_SENTENCE_END = re.compile(r"(?<=[.!?…”]) (?=[A-Z“])")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_QUOTES = ("“", '"', "'", "‘", "«")
_MARK = "\0"  # begins a name among pieces
_LONGEST = 4000  # signs; no sentence of ours is longer
_MOST_SENTENCES = 20  # in a row; what others said may have any number, and is none of ours
_FEWEST_LETTERS = 6  # of a text's own: one with fewer fits almost everything


class _Text(NamedTuple):
    """A text with places: the pieces around them, their names, and the translation's pieces and names."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]
    translation: tuple[str, ...]


def said(stored: object) -> str:
    """The sentence in the active language; as it stands in English, or where no text of ours fits.

    Markup is no stored sentence: it passes as it is.
    """
    if isinstance(stored, SafeString):
        return stored
    sentence = str(stored)
    language = get_language() or settings.LANGUAGE_CODE
    if language == settings.LANGUAGE_CODE or not sentence.strip() or len(sentence) > _LONGEST:
        return sentence
    core = sentence.strip()
    try:
        return sentence.replace(core, _said(language, core), 1)
    except RecursionError:  # sentences within sentences, as only somebody else would write them
        return sentence


@lru_cache(maxsize=2048)
def _said(language: str, sentence: str) -> str:
    whole = _translated(language, sentence)
    if whole is not None:
        return whole
    first, *others = _SENTENCE_END.split(sentence)
    if len(others) >= _MOST_SENTENCES:
        return sentence
    # Several sentences in a row: the longest beginning that is a text of ours, then the rest.
    for count in range(len(others), 0, -1):
        found = _translated(language, " ".join([first, *others[: count - 1]]))
        if found is not None:
            return f"{found} {_said(language, ' '.join(others[count - 1 :]))}"
    if others:
        return f"{first} {_said(language, ' '.join(others))}"
    parts = sentence.split("; ")
    return "; ".join(_said(language, part) for part in parts) if len(parts) > 1 else sentence


def _translated(language: str, sentence: str) -> str | None:
    plain, filled = _texts(language)
    if sentence in plain:
        return plain[sentence]
    for text in (*filled.get(sentence[:1], ()), *filled.get("", ())):
        values = _values(text.pieces, sentence)
        if values is not None:
            told = (
                # Between quotation marks stands what somebody else said.
                value if piece.endswith(_QUOTES) or value.startswith(_QUOTES) else _value(language, value)
                for piece, value in zip(text.pieces, values, strict=False)
            )
            named = dict(zip(text.names, told, strict=True))
            return "".join(named.get(piece, piece) for piece in text.translation)
    return None


def _values(pieces: tuple[str, ...], sentence: str) -> list[str] | None:
    """What stands in the places of a text, each as short as can be; None when the text does not fit.

    Pieces are looked for from left to right without going back, so that no answer a model might
    give makes this slow.
    """
    head, *middle, tail = pieces
    if len(sentence) < len(head) + len(tail) or not (sentence.startswith(head) and sentence.endswith(tail)):
        return None
    at, end, values = len(head), len(sentence) - len(tail), []
    for piece in middle:
        found = sentence.find(piece, at, end)
        if found < 0:
            return None
        values.append(sentence[at:found])
        at = found + len(piece)
    return [*values, sentence[at:end]]


def _value(language: str, value: str) -> str:
    """A number in the language's marks; a reason inside a sentence is a sentence itself."""
    if _NUMBER.fullmatch(value):
        thousands, decimals = (get_format(f"{mark}_SEPARATOR", language) for mark in ("THOUSAND", "DECIMAL"))
        return value.translate(str.maketrans({",": thousands, ".": decimals}))
    return _said(language, value) if " " in value.strip() else value


@lru_cache(maxsize=8)
def _texts(language: str) -> tuple[dict[str, str], dict[str, list[_Text]]]:
    """The plain texts of the catalogue, and those with places by their first sign, the longest first."""
    plain: dict[str, str] = {}
    filled: dict[str, list[_Text]] = {}
    for source, translation in _catalogue(language):
        pieces, names = _taken_apart(source)
        if not names:
            plain[pieces[0]] = "".join(_in_order(translation))
        elif len("".join(re.findall("[A-Za-z]", "".join(pieces)))) >= _FEWEST_LETTERS:
            filled.setdefault(pieces[0][:1], []).append(_Text(pieces, names, _in_order(translation)))
    for texts in filled.values():
        texts.sort(key=lambda text: sum(map(len, text.pieces)), reverse=True)
    return plain, filled


def _catalogue(language: str) -> Iterator[tuple[str, str]]:
    """Sources and translations. Left out: plurals and texts with a context, which nothing stored is."""
    read = gettext.translation("django", settings.LOCALE_PATHS[0], [to_locale(language)], fallback=True)
    for source, translation in getattr(read, "_catalog", {}).items():
        if isinstance(source, str) and source and "\x04" not in source:
            yield source.strip(), translation.strip()


def _taken_apart(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The pieces of a text around its places, and the places' names: one piece more than names."""
    parts = _in_order(text)
    return parts[0::2], parts[1::2]


def _in_order(text: str) -> tuple[str, ...]:
    """Pieces and names by turns. A name is told from a piece by the sign that begins it."""
    parts = _PLACE.split(text)
    style = "%" if "%(" in text else "{" if len(parts) > 1 else ""
    counted = iter(range(len(parts)))
    return tuple(
        _MARK + (part or str(next(counted))) if index % 2 else _plain(part, style)
        for index, part in enumerate(parts)
    )


def _plain(piece: str, style: str) -> str:
    if style == "%":
        return piece.replace("%%", "%")
    return piece.replace("{{", "{").replace("}}", "}") if style == "{" else piece
