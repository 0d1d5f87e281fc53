"""From the outcome of a call to a score: what a failure and a refusal are worth."""

from __future__ import annotations

from ..outcomes import Completed, Failed, FailureKind, Outcome
from ..wording import english
from .base import Answer, Expected, ImpossibleScore, Score, Scorer, scored, unscored
from .text import excerpt


def score_outcome(scorer: Scorer, outcome: Outcome, expected: Expected) -> Score:
    """The score of one call, in this order:

    1. No reference where the scorer needs one: unscored, for every candidate alike.
    2. A call whose worker died: unscored. It is our failure, and says nothing about the model.
    3. A failed call: 0, with the failure's own sentence.
    4. A refusal: 0, since an answer was due.
    5. Otherwise what the scorer says; unscored where that is no mark between 0 and 1.
    """
    if scorer.needs_reference and not expected.references:
        return unscored(
            english("“{label}” needs a reference answer and this sample has none.", label=scorer.label)
        )
    match outcome:
        case Failed(kind=FailureKind.UNKNOWN):
            return unscored(english("Nobody knows the answer. {message}", message=outcome.message))
        case Failed():
            return scored(0, english("No answer came: {message}", message=outcome.message))
        case Completed(refusal=str() as refusal) if refusal.strip():
            return scored(0, english("The model refused: {refusal}.", refusal=excerpt(refusal)))
        case Completed():
            return _marked(scorer, Answer(outcome.text, outcome.tool_calls, outcome.refusal), expected)


def _marked(scorer: Scorer, answer: Answer, expected: Expected) -> Score:
    try:
        return scorer(answer, expected)
    except ImpossibleScore as problem:
        return unscored(
            english("“{label}” gave no mark that can be used. {problem}", label=scorer.label, problem=problem)
        )
