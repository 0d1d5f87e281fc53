"""Letters and near relations of languages: what a text of three words tells, and what it cannot."""

from __future__ import annotations

from collections.abc import Mapping

import regex

FEWEST_LETTERS = 3
MOSTLY = 0.6  # of the letters; names and terms may be foreign

_LATIN = frozenset({"Latin"})
# Languages not named here are written in Latin letters.
_SCRIPTS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("ar", "fa", "ur"), frozenset({"Arabic"})),
    **dict.fromkeys(("bg", "ru", "uk"), frozenset({"Cyrillic"})),
    "sr": frozenset({"Cyrillic", "Latin"}),
    "bn": frozenset({"Bengali"}),
    "el": frozenset({"Greek"}),
    "he": frozenset({"Hebrew"}),
    "hi": frozenset({"Devanagari"}),
    "ja": frozenset({"Han", "Hiragana", "Katakana"}),
    "ko": frozenset({"Hangul", "Han"}),
    "ta": frozenset({"Tamil"}),
    "th": frozenset({"Thai"}),
    "zh": frozenset({"Han"}),
}
_LETTERS = {
    name: regex.compile(rf"\p{{{name}}}") for name in sorted(frozenset.union(_LATIN, *_SCRIPTS.values()))
}
# Written so much alike that a sentence may be either.
_NEAR = (frozenset({"da", "no"}), frozenset({"hr", "sr"}), frozenset({"id", "ms"}), frozenset({"cs", "sk"}))
_ANY = regex.compile(r"\p{L}")


def foreign_script(text: str, language: str) -> str | None:
    """The script most of `text` is written in, where `language` is not written in it; else None."""
    own = _SCRIPTS.get(language, _LATIN)
    part = text[:2_000]
    if part.isascii() and "Latin" in own:
        return None
    letters = len(_ANY.findall(part))
    if letters < FEWEST_LETTERS:
        return None
    at_home = sum(len(_LETTERS[name].findall(part)) for name in own)
    # Brands and terms are in Latin letters everywhere.
    foreign = (name for name in _LETTERS if name not in own and not (name == "Latin" and at_home >= 2))
    return next((name for name in foreign if len(_LETTERS[name].findall(part)) > MOSTLY * letters), None)


def is_near(one: str, other: str) -> bool:
    """Whether two different languages are told apart by long texts only."""
    return one != other and any({one, other} <= group for group in _NEAR)
