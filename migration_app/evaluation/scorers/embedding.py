"""Likeness of meaning, by vectors of a small model that ships in a package.

The model averages the vectors of a text's words (WordLlama, a 256-dimensional extract of a
language model's token embeddings), so it cannot see negation or word order: "approved" and
"not approved" are near neighbours. It is a second opinion for free texts, never the only one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..wording import english, gettext_noop
from .base import Answer, Expected, Score, best_of, parameter, scored, unscored
from .text import compared_part, excerpt, storable

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EmbeddingSimilarity:
    """Cosine of the two texts' vectors, negative ones as 0; or, with a limit, 1 at or above it."""

    name: ClassVar[str] = "embedding"
    label: ClassVar[str] = gettext_noop("Similar meaning")
    explanation: ClassVar[str] = gettext_noop(
        "How close in topic and wording the answer and the expected one are, from 0 to 1. "
        "It cannot see a “not”: combine it with another rule."
    )
    needs_reference: ClassVar[bool] = True

    at_least: float | None = parameter(
        None,
        gettext_noop("Count an answer as right from this similarity on; left empty, the similarity counts."),
        kind="number", low=0,
    )  # fmt: skip

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        text, note = compared_part(answer.text)
        said = _vector(storable(text)) if text.strip() else None
        return best_of(expected.references, lambda reference: self._compare(said, reference, note))

    def _compare(self, said: Vector | None, reference: str, note: str) -> Score:
        text, cut = compared_part(reference)
        wanted = _known_vector(storable(text)) if text.strip() else None
        if wanted is None:
            return unscored(
                english("The reference {reference} has no words to compare.", reference=excerpt(reference))
            )
        if said is None:
            return scored(0, english("The answer holds no words to compare."))
        value = min(1.0, max(0.0, float(said @ wanted)))
        shown = english(
            "Similarity with {reference}: {value:.2f}.{value_2}",
            reference=excerpt(reference),
            value=value,
            value_2=note or cut,
        )
        return scored(value if self.at_least is None else value >= self.at_least, shown)


@lru_cache(maxsize=4_096)
def _known_vector(text: str) -> Vector | None:
    return _vector(text)


def _vector(text: str) -> Vector | None:
    """The text's vector of length 1; None where the model knows none of its words."""
    raw = np.asarray(_model().embed(text)[0], dtype=np.float32)
    length = float(np.linalg.norm(raw))
    return raw / length if np.isfinite(length) and length > 0 else None


@lru_cache(maxsize=1)
def _model() -> Any:
    import wordllama  # 0.7 s and 60 MB, so only where it is used

    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
