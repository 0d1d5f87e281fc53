"""Scorers of an answer's form: its length, its language, and whether it answers at all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import regex

from ..wording import english, gettext_noop
from .base import Answer, BadParameter, Expected, Score, parameter, scored, unscored
from .refusals import as_spoken, refusal_in
from .scripts import foreign_script, is_near
from .text import UNSPACED, compared_part, excerpt

TELLING_LETTERS = 20  # shorter texts do not tell their language
SURE_LETTERS = 100  # shorter ones do not tell near languages apart
_LETTERS = regex.compile(r"\p{L}")
SAME_AS_REFERENCE = "same as the reference"
LANGUAGES = (
    SAME_AS_REFERENCE,
    *"ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nl no pl pt ro ru sk sl sr "
    "sv sw ta th tr uk ur vi zh".split(),
)


@dataclass(frozen=True, slots=True)
class Length:
    """1 when the answer's length is within the limits; otherwise 0.

    Words are runs between spaces; letters of scripts without spaces count one each.
    """

    name: ClassVar[str] = "length"
    label: ClassVar[str] = gettext_noop("Right length")
    explanation: ClassVar[str] = gettext_noop("Right if the answer is neither too short nor too long.")
    needs_reference: ClassVar[bool] = False

    min_words: float | None = parameter(None, gettext_noop("Fewest words."), kind="number", low=0)
    max_words: float | None = parameter(None, gettext_noop("Most words."), kind="number", low=0)
    max_characters: float | None = parameter(None, gettext_noop("Most characters."), kind="number", low=0)

    def __post_init__(self) -> None:
        if self.min_words is not None and self.max_words is not None and self.min_words > self.max_words:
            raise BadParameter(english("The fewest words are more than the most words. Swap them."))

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        if (self.min_words, self.max_words, self.max_characters) == (None, None, None):
            return unscored(english("No length was asked for; give at least one limit."))
        words, characters = _word_count(answer.text), len(answer.text.strip())
        said = english(
            "The answer has {words:,} words and {characters:,} characters", words=words, characters=characters
        )
        for broken in self._broken(words, characters):
            return scored(0, f"{said}; {broken}.")
        return scored(1, english("{said}, as asked.", said=said))

    def _broken(self, words: int, characters: int) -> list[str]:
        limits = (
            (
                self.min_words is not None and words < self.min_words,
                english("at least {min_words} words", min_words=self.min_words),
            ),
            (
                self.max_words is not None and words > self.max_words,
                english("at most {max_words} words", max_words=self.max_words),
            ),
            (
                self.max_characters is not None and characters > self.max_characters,
                english("at most {max_characters} characters", max_characters=self.max_characters),
            ),
        )
        return [english("{limit} were asked for", limit=limit) for is_broken, limit in limits if is_broken]


def _word_count(text: str) -> int:
    return len(UNSPACED.sub(lambda letter: f" {letter.group()} ", text).split())


@dataclass(frozen=True, slots=True)
class Language:
    """1 when the answer is in the language asked for; otherwise 0.

    Told by its script where that is not the language's, else by character statistics (py3langid;
    Lui and Baldwin 2012). An answer too short to tell is given the benefit of the doubt.
    """

    name: ClassVar[str] = "language"
    label: ClassVar[str] = gettext_noop("Right language")
    explanation: ClassVar[str] = gettext_noop("Right if the answer is written in the language you expect.")
    needs_reference: ClassVar[bool] = False

    language: str = parameter(
        SAME_AS_REFERENCE,
        gettext_noop("Which language, or that of the expected answer."),
        kind="choice",
        choices=LANGUAGES,
    )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        wanted = self._wanted(expected)
        if wanted is None:
            return unscored(
                english("The reference is missing or too short to tell which language is expected.")
            )
        if not answer.text.strip():
            return scored(0, english("The answer is empty; {wanted} was expected.", wanted=wanted))
        if script := foreign_script(answer.text, wanted):
            return scored(
                0,
                english(
                    "The answer is written in {script} letters; {wanted} was expected.",
                    script=script,
                    wanted=wanted,
                ),
            )
        said = language_of(answer.text)
        if said is None:
            return scored(
                1, english("The answer is too short to tell its language; it is not held against it.")
            )
        if (
            said != wanted
            and is_near(said, wanted)
            and len(_LETTERS.findall(answer.text[:1_000])) < SURE_LETTERS
        ):
            return scored(
                1,
                english(
                    "The answer is in {said} or {wanted}, too short to tell which; it is not held against "
                    "it.",
                    said=said,
                    wanted=wanted,
                ),
            )
        return scored(
            said == wanted,
            english("The answer is in {said}; {wanted} was expected.", said=said, wanted=wanted),
        )

    def _wanted(self, expected: Expected) -> str | None:
        if self.language != SAME_AS_REFERENCE:
            return self.language
        return next((code for text in expected.references if (code := language_of(text))), None)


def language_of(text: str) -> str | None:
    """Two-letter code of the language of `text`; None when it is too short to tell."""
    part, _ = compared_part(text)
    if len(_LETTERS.findall(part)) < TELLING_LETTERS:
        return None
    return str(_identifier().classify(part)[0])


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # a second, so only where it is used

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES[1:]))
    return identifier


@dataclass(frozen=True, slots=True)
class NotRefused:
    """1 when the answer does not decline the request; otherwise 0."""

    name: ClassVar[str] = "not_refused"
    label: ClassVar[str] = gettext_noop("Does not refuse")
    explanation: ClassVar[str] = gettext_noop(
        "Right if the model answers instead of declining; what it says is not judged."
    )
    needs_reference: ClassVar[bool] = False

    phrases: tuple[str, ...] = parameter(
        (), gettext_noop("Further phrases that mean a refusal here, one on each line."), kind="lines"
    )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        if not answer.text.strip() and not answer.tool_calls:
            return scored(0, english("The answer is empty."))
        if phrase := self._refusal(answer.text):
            return scored(0, english("The answer declines: {phrase}.", phrase=excerpt(phrase)))
        return scored(1, english("The answer does not decline."))

    def _refusal(self, text: str) -> str | None:
        own = [spoken for phrase in self.phrases if (spoken := as_spoken(phrase))]
        return refusal_in(compared_part(text)[0], own)
