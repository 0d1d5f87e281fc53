"""Scorers that say right or wrong by comparing texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..wording import english, gettext_noop
from .base import Answer, Expected, Score, best_of, parameter, scored, unscored
from .text import excerpt, holds_phrase, normalise, same_signs

WHOLE_WORDS_HELP = gettext_noop(
    "Match whole words only: “lift” is not in “lifted”. Scripts without spaces are searched as they are."
)


@dataclass(frozen=True, slots=True)
class ExactMatch:
    """1 when the answer is a reference, character for character; otherwise 0.

    What looks the same is the same: composed and decomposed letters, every kind of line break.
    """

    name: ClassVar[str] = "exact_match"
    label: ClassVar[str] = gettext_noop("Exactly the same text")
    explanation: ClassVar[str] = gettext_noop(
        "Right only if the answer equals the expected one, character for character."
    )
    needs_reference: ClassVar[bool] = True

    strip: bool = parameter(
        True, gettext_noop("Ignore spaces and line breaks around the answer."), kind="boolean"
    )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        return best_of(expected.references, lambda reference: self._compare(answer.text, reference))

    def _compare(self, text: str, reference: str) -> Score:
        if self.strip:
            text, reference = text.strip(), reference.strip()
        return _match(same_signs(text) == same_signs(reference), text, reference)


@dataclass(frozen=True, slots=True)
class NormalisedMatch:
    """1 when answer and a reference are the same words; otherwise 0."""

    name: ClassVar[str] = "normalised_match"
    label: ClassVar[str] = gettext_noop("Same words")
    explanation: ClassVar[str] = gettext_noop(
        "Right if the answer equals the expected one once capitals, spacing and punctuation are set aside."
    )
    needs_reference: ClassVar[bool] = True

    ignore_articles: bool = parameter(False, gettext_noop("Ignore “a”, “an” and “the”."), kind="boolean")

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        said = normalise(answer.text, ignore_articles=self.ignore_articles)
        return best_of(expected.references, lambda reference: self._compare(said, answer.text, reference))

    def _compare(self, said: str, text: str, reference: str) -> Score:
        wanted = normalise(reference, ignore_articles=self.ignore_articles)
        if not wanted:
            return unscored(
                english(
                    "The reference {reference} has no words to compare; use an exact match.",
                    reference=excerpt(reference),
                )
            )
        return _match(said == wanted, text, reference)


@dataclass(frozen=True, slots=True)
class Contains:
    """1 when the answer contains a reference (or all of them); otherwise 0."""

    name: ClassVar[str] = "contains"
    label: ClassVar[str] = gettext_noop("Contains the right phrase")
    explanation: ClassVar[str] = gettext_noop(
        "Right if the expected answer appears in the answer, whatever stands around it."
    )
    needs_reference: ClassVar[bool] = True

    require: str = parameter(
        "any",
        gettext_noop("With several expected answers: is one enough, or must all appear?"),
        kind="choice",
        choices=("any", "all"),
    )
    whole_words: bool = parameter(
        True,
        WHOLE_WORDS_HELP,
        kind="boolean",
    )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        wanted = {reference: normalise(reference) for reference in expected.references}
        empty = [reference for reference, words in wanted.items() if not words]
        if empty or not wanted:
            return unscored(
                english(
                    "The reference {value} has no words to look for.",
                    value=excerpt(empty[0] if empty else ""),
                )
            )
        said = normalise(answer.text)
        missing = [reference for reference, words in wanted.items() if not self._holds(said, words)]
        return self._verdict(answer.text, list(wanted), missing)

    def _holds(self, said: str, words: str) -> bool:
        return holds_phrase(said, words) if self.whole_words else words in said

    def _verdict(self, text: str, wanted: list[str], missing: list[str]) -> Score:
        enough = not missing if self.require == "all" else len(missing) < len(wanted)
        if enough:
            found = next(reference for reference in wanted if reference not in missing)
            return scored(1, english("The answer contains {found}.", found=excerpt(found)))
        return scored(
            0,
            english(
                "The answer {value} does not contain {missing}.",
                value=excerpt(text),
                missing=excerpt(missing[0]),
            ),
        )


def _match(same: bool, text: str, reference: str) -> Score:
    if same:
        return scored(1, english("The answer is {reference}, as expected.", reference=excerpt(reference)))
    if not text.strip():
        return scored(
            0, english("The answer is empty; {reference} was expected.", reference=excerpt(reference))
        )
    return scored(
        0,
        english(
            "The answer is {value}; {reference} was expected.",
            value=excerpt(text),
            reference=excerpt(reference),
        ),
    )
