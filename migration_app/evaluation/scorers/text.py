"""Texts made comparable, and texts made safe to show and to store."""

from __future__ import annotations

import unicodedata

import regex

from ..wording import english

MAX_COMPARED_CHARS = 20_000  # similarity of longer texts costs seconds and changes nothing

_ARTICLES = regex.compile(r"\b(?:an?|the)\b")
_INVISIBLE = regex.compile(r"[\p{Cf}\p{Mn}&&\p{Default_Ignorable_Code_Point}]", regex.V1)
# Kept: a mark between two digits (6.95, 10:30), a minus before a number, per cent.
_DROPPED = regex.compile(r"['’ʼ`.](?!(?<=\d.)\d)")
_BLANKED = regex.compile(r"(?![%‰])\p{P}(?!(?<=\d.)\d)(?!(?<=(?:^|\s)[-−])\d)(?!(?<=\p{L}[-#])(?:\s|$))")
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_RUN = regex.compile(
    r"\p{P}{4,}"
)  # rules, ellipses, brackets by the thousand: nothing in them carries a value
_UNSTORABLE = regex.compile(r"[\p{Cs}\x00-\x08\x0b-\x1f\x7f]")


def normalise(text: str, *, ignore_articles: bool = False) -> str:
    """`text` as a reader hears it: one case, plain spaces, no punctuation around words.

    Unicode NFKC and full case folding (Unicode 15, section 3.13, D146). Points and apostrophes
    vanish ("8 a.m." = "8 am"), other punctuation becomes a space ("out-of-date" = "out of
    date"). What carries a value stays: decimal points, signs, per cent, currency, and the mark behind
    a name (A-, BBB-, C#).
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    visible = _INVISIBLE.sub("", folded)
    plain: str = _BLANKED.sub(" ", _DROPPED.sub("", _RUN.sub(" ", visible)))
    if ignore_articles:
        plain = _ARTICLES.sub(" ", plain)
    return " ".join(plain.split())


def words_of(text: str) -> list[str]:
    """The words of `text`, normalised; a letter each in scripts that put no spaces between words."""
    parted: str = UNSPACED.sub(lambda letter: f" {letter.group()} ", normalise(text))
    return parted.split()


def holds_phrase(said: str, phrase: str) -> bool:
    """Whether a normalised text holds a phrase in whole words, as far as its script has words."""
    before = "" if UNSPACED.match(phrase) else " "
    after = "" if UNSPACED.match(phrase[-1:]) else " "
    return f"{before}{phrase}{after}" in f" {said} "


def same_signs(text: str) -> str:
    """`text` in Unicode's composed form, with one kind of line break: what looks the same is the same."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def storable(text: str) -> str:
    """`text` without what a database or a page cannot hold: lone surrogates, control characters."""
    return str(_UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text))


def excerpt(text: str, length: int = 60) -> str:
    """The beginning of `text` in quotation marks, on one line, for an explanation."""
    line = " ".join(text[: 4 * length].split())
    cut = len(line) > length or len(text) > 4 * length
    return f"“{storable(line[:length].rstrip())}{'…' if cut else ''}”"


def compared_part(text: str) -> tuple[str, str]:
    """The part of `text` that is compared, and a note when that is not all of it."""
    if len(text) <= MAX_COMPARED_CHARS:
        return text, ""
    return text[:MAX_COMPARED_CHARS], english(
        " Only the first {max_compared_chars:,} characters were compared.",
        max_compared_chars=MAX_COMPARED_CHARS,
    )
