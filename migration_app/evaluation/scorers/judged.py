"""Scorers whose mark comes from a judge: another model that reads the answers by a rubric.

They say what a judge is asked; asking is not theirs. Called by themselves they leave an answer
unscored, because nobody has judged it yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..wording import english, gettext_noop
from .base import Answer, Expected, Score, parameter, unscored

_NOT_YET = english("No judge has read this answer.")
RUBRIC_HELP = gettext_noop(
    "What makes an answer good here, in your own words. The judge gets it as it stands."
)
GRADING_RUBRIC = (
    "Grade how well the answer does what the user asked: correct, complete, to the point, and in the form "
    "that was asked for. 5: nothing to improve. 4: good, a small flaw. 3: usable, but with a gap. "
    "2: mostly wrong or missing the point. 1: wrong, harmful or no answer."
)
COMPARING_RUBRIC = (
    "The better answer is the one that serves the user's request better: correct first, then complete, "
    "then to the point and in the form that was asked for. Length is no merit."
)


@dataclass(frozen=True, slots=True)
class RubricJudge:
    """A judge's grade from 1 to 5 as (grade − 1)/4; of several judges, the median."""

    name: ClassVar[str] = "rubric_judge"
    label: ClassVar[str] = gettext_noop("Graded by a judge")
    explanation: ClassVar[str] = gettext_noop(
        "Another model grades each answer from 1 to 5 by your rubric. Have people review some of its grades."
    )
    needs_reference: ClassVar[bool] = False

    rubric: str = parameter(GRADING_RUBRIC, RUBRIC_HELP, kind="prose")
    show_reference: bool = parameter(
        True, gettext_noop("Show the judge the expected answer, where there is one."), kind="boolean"
    )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        return unscored(_NOT_YET)


@dataclass(frozen=True, slots=True)
class PairwiseJudge:
    """1 where a judge prefers the answer to today's in both orders, 0 where not, ½ otherwise.

    Today's own answers are worth ½ each: the difference is how far the share of wins is from even.
    """

    name: ClassVar[str] = "pairwise_judge"
    label: ClassVar[str] = gettext_noop("Compared by a judge")
    explanation: ClassVar[str] = gettext_noop(
        "Another model says which of two answers is better, asked twice with their places swapped. "
        "Have people review some of its choices."
    )
    needs_reference: ClassVar[bool] = False

    rubric: str = parameter(COMPARING_RUBRIC, RUBRIC_HELP, kind="prose")
    show_reference: bool = parameter(
        True, gettext_noop("Show the judge the expected answer, where there is one."), kind="boolean"
    )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        return unscored(_NOT_YET)
