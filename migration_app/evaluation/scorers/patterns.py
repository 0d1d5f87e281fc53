"""Scorers by rules of the customer's own: a pattern to match, phrases never to say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import regex

from ..wording import english, gettext_noop
from .base import Answer, BadParameter, Expected, Score, best_of, parameter, scored, unscored
from .matching import WHOLE_WORDS_HELP
from .patience import patience, patiently
from .text import compared_part, excerpt, holds_phrase, normalise

MAX_PATTERN_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Pattern:
    """1 when a regular expression matches the answer (or, inverted, when it does not); otherwise 0."""

    name: ClassVar[str] = "regex"
    label: ClassVar[str] = gettext_noop("Matches a pattern")
    explanation: ClassVar[str] = gettext_noop(
        "Right if the answer fits a regular expression, such as an order number's."
    )
    needs_reference: ClassVar[bool] = False

    pattern: str = parameter(
        "",
        gettext_noop("The regular expression. Left empty, each sample's expected answer is one."),
        kind="text",
    )
    where: str = parameter(
        "anywhere",
        gettext_noop("Must it match anywhere in the answer, be the whole answer, or match nowhere?"),
        kind="choice",
        choices=("anywhere", "whole", "nowhere"),
    )
    ignore_case: bool = parameter(
        False, gettext_noop("Treat capitals and small letters alike."), kind="boolean"
    )

    def __post_init__(self) -> None:
        if self.pattern:
            _compiled(self.pattern, self.ignore_case)

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        patterns = (self.pattern,) if self.pattern else expected.references
        if not patterns:
            return unscored(english("There is no pattern: neither the scorer nor this sample has one."))
        text, note = compared_part(answer.text)
        with patience():
            return best_of(patterns, lambda pattern: self._compare(text, pattern, note))

    def _compare(self, text: str, pattern: str, note: str) -> Score:
        try:
            compiled = _compiled(pattern, self.ignore_case)
            look = compiled.fullmatch if self.where == "whole" else compiled.search
            found = patiently(look, text.strip() if self.where == "whole" else text)
        except BadParameter as error:
            return unscored(str(error))
        except TimeoutError:
            return unscored(
                english(
                    "The pattern {pattern} took too long on this answer; simplify it.",
                    pattern=excerpt(pattern),
                )
            )
        right = (found is None) == (self.where == "nowhere")
        said = (
            english("matches {group}", group=excerpt(found.group())) if found else english("does not match")
        )
        return scored(
            right,
            english("The pattern {pattern} {said}.{note}", pattern=excerpt(pattern), said=said, note=note),
        )


@lru_cache(maxsize=256)
def _compiled(pattern: str, ignore_case: bool) -> Any:
    """Raises BadParameter with a sentence."""
    if len(pattern) > MAX_PATTERN_CHARS:
        raise BadParameter(
            english(
                "The pattern has {pattern:,} characters; the most is {max_pattern_chars:,}. Split it.",
                pattern=len(pattern),
                max_pattern_chars=MAX_PATTERN_CHARS,
            )
        )
    try:
        return regex.compile(pattern, regex.IGNORECASE if ignore_case else 0)
    except (regex.error, OverflowError, RecursionError, MemoryError) as error:
        raise BadParameter(
            english(
                "The pattern {pattern} is not a regular expression: {error}.",
                pattern=excerpt(pattern),
                error=excerpt(str(error)),
            )
        ) from error


@dataclass(frozen=True, slots=True)
class NotContains:
    """1 when none of the phrases appears in the answer; otherwise 0."""

    name: ClassVar[str] = "not_contains"
    label: ClassVar[str] = gettext_noop("Avoids forbidden phrases")
    explanation: ClassVar[str] = gettext_noop("Right if the answer says none of the phrases that you forbid.")
    needs_reference: ClassVar[bool] = False

    phrases: tuple[str, ...] = parameter(
        (), gettext_noop("The forbidden phrases, one on each line."), kind="lines"
    )
    whole_words: bool = parameter(
        True,
        WHOLE_WORDS_HELP,
        kind="boolean",
    )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        forbidden = {phrase: words for phrase in self.phrases if (words := normalise(phrase))}
        if not forbidden:
            return unscored(english("No phrase was forbidden; name at least one."))
        said = normalise(answer.text)
        for phrase, words in forbidden.items():
            if holds_phrase(said, words) if self.whole_words else words in said:
                return scored(
                    0, english("The answer says {phrase}, which is forbidden.", phrase=excerpt(phrase))
                )
        return scored(1, english("The answer says none of the forbidden phrases."))
