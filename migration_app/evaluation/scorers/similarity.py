"""Scorers that say how close a text is to the reference, between 0 and 1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from rapidfuzz.distance import LCSseq

from ..wording import english, gettext_noop
from .base import Answer, Expected, Score, best_of, parameter, scored, unscored
from .text import UNSPACED, compared_part, excerpt, same_signs, words_of


@dataclass(frozen=True, slots=True)
class Rouge:
    """ROUGE-1, ROUGE-2 or ROUGE-L, F-measure (Lin 2004, sections 2 and 3.1)."""

    name: ClassVar[str] = "rouge"
    label: ClassVar[str] = gettext_noop("Shared words")
    explanation: ClassVar[str] = gettext_noop(
        "How many words (or pairs, or words in order) the answer shares with the expected one, from 0 to 1."
    )
    needs_reference: ClassVar[bool] = True

    variant: str = parameter(
        "rougeL",
        gettext_noop(
            "rouge1 counts shared words, rouge2 shared pairs of words, rougeL the longest common sequence."
        ),
        kind="choice",
        choices=("rouge1", "rouge2", "rougeL"),
    )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        text, note = compared_part(answer.text)
        said = words_of(text)
        return best_of(expected.references, lambda reference: self._compare(said, reference, note))

    def _compare(self, said: list[str], reference: str, note: str) -> Score:
        text, cut = compared_part(reference)
        wanted = words_of(text)
        if not wanted:
            return unscored(
                english("The reference {reference} has no words to compare.", reference=excerpt(reference))
            )
        if self.variant == "rougeL":
            shared, sizes = int(LCSseq.similarity(said, wanted)), len(said) + len(wanted)
        else:
            shared, sizes = _shared_ngrams(said, wanted, 1 if self.variant == "rouge1" else 2)
        value = 2 * shared / sizes if sizes else float(said == wanted)
        return scored(
            value,
            english(
                "{labels} with {reference}: {value:.2f}.{value_2}",
                labels=LABELS[self.variant],
                reference=excerpt(reference),
                value=value,
                value_2=note or cut,
            ),
        )


LABELS = {
    "rouge1": gettext_noop("Shared words"),
    "rouge2": gettext_noop("Shared word pairs"),
    "rougeL": gettext_noop("Words shared in order"),
}


def _shared_ngrams(said: Sequence[str], wanted: Sequence[str], n: int) -> tuple[int, int]:
    """n-grams in common, and the n-grams of both sides together.

    A reference of fewer than n words has no n-grams; whole texts are compared instead.
    """
    left, right = _ngrams(said, n), _ngrams(wanted, n)
    return (left & right).total(), left.total() + right.total()


def _ngrams(words: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[shift:] for shift in range(n)), strict=False))


@dataclass(frozen=True, slots=True)
class Chrf:
    """chrF2: F-score of character n-grams up to 6, recall weighing double (Popović 2015)."""

    name: ClassVar[str] = "chrf"
    label: ClassVar[str] = gettext_noop("Shared letter sequences")
    explanation: ClassVar[str] = gettext_noop(
        "How many short runs of letters the answer shares with the expected one, from 0 to 1; any language."
    )
    needs_reference: ClassVar[bool] = True

    ignore_case: bool = parameter(
        False, gettext_noop("Treat capitals and small letters alike."), kind="boolean"
    )
    word_pairs: bool = parameter(
        False, gettext_noop("Count words and word pairs too (chrF++)."), kind="boolean"
    )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        text, note = compared_part(answer.text)
        return best_of(expected.references, lambda reference: self._compare(text, reference, note))

    def _compare(self, said: str, reference: str, note: str) -> Score:
        wanted, cut = compared_part(reference)
        if not wanted.strip():
            return unscored(english("The reference is empty."))
        metric = _chrf(self.ignore_case, 2 if self.word_pairs else 0)
        value = metric.sentence_score(same_signs(said), [same_signs(wanted)]).score / 100
        return scored(
            value,
            english(
                "Shared letters with {reference}: {value:.2f}.{value_2}",
                reference=excerpt(reference),
                value=value,
                value_2=note or cut,
            ),
        )


@lru_cache(maxsize=4)
def _chrf(lowercase: bool, word_order: int) -> Any:
    from .letter_runs import CountedCHRF  # 0.2 s and 29 MB, so only where it is used

    return CountedCHRF(lowercase=lowercase, word_order=word_order)


@dataclass(frozen=True, slots=True)
class Bleu:
    """Sentence BLEU with exponential smoothing and effective order (Papineni et al. 2002; Post 2018).

    Words as sacrebleu's 13a parts them; letters where a script has no spaces between words.
    """

    name: ClassVar[str] = "bleu"
    label: ClassVar[str] = gettext_noop("Translation overlap (BLEU)")
    explanation: ClassVar[str] = gettext_noop(
        "How many runs of up to four words the answer shares with the expected one; usual for translations."
    )
    needs_reference: ClassVar[bool] = True

    ignore_case: bool = parameter(
        False, gettext_noop("Treat capitals and small letters alike."), kind="boolean"
    )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        text, note = compared_part(answer.text)
        return best_of(expected.references, lambda reference: self._compare(text, reference, note))

    def _compare(self, said: str, reference: str, note: str) -> Score:
        wanted, cut = compared_part(reference)
        if not wanted.strip():
            return unscored(english("The reference is empty."))
        metric = _bleu(self.ignore_case, "char" if UNSPACED.search(wanted) else "13a")
        value = metric.sentence_score(same_signs(said), [same_signs(wanted)]).score / 100
        return scored(
            value,
            english(
                "BLEU with {reference}: {value:.2f}.{value_2}",
                reference=excerpt(reference),
                value=value,
                value_2=note or cut,
            ),
        )


@lru_cache(maxsize=4)
def _bleu(lowercase: bool, tokenize: str) -> Any:
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(lowercase=lowercase, effective_order=True, tokenize=tokenize)
