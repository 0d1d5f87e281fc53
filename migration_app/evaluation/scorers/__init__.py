"""Scorers: from an answer and its references to a value between 0 and 1, or a reason for none.

`SCORERS` lists them; `build` makes one; `suggest` proposes one; `score_outcome` applies one.
"""

from .base import (
    Answer,
    BadParameter,
    Expected,
    Parameter,
    Score,
    Scorer,
    ScorerError,
    UnknownScorer,
    parameters_of,
)
from .outcomes import score_outcome
from .registry import DEFAULT_SCORER, SCORERS, build, is_judged, label_of, settings_of
from .suggestions import Suggestion, suggest

__all__ = [
    "DEFAULT_SCORER",
    "SCORERS",
    "Answer",
    "BadParameter",
    "Expected",
    "Parameter",
    "Score",
    "Scorer",
    "ScorerError",
    "Suggestion",
    "UnknownScorer",
    "build",
    "is_judged",
    "label_of",
    "parameters_of",
    "score_outcome",
    "settings_of",
    "suggest",
]
