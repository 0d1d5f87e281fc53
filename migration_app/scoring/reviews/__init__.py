"""Blind review: people say which of two answers is better, without knowing whose they are.

drawing     which answers are reviewed: a random part, drawn by a seed
labelling   the next case for a reviewer, and what the reviewer says
hiding      models' names that answers themselves mention
counting    progress, agreement, and people's word as figures for the verdict
"""

from .counting import (
    Agreement,
    ReviewProgress,
    agreement_of,
    human_differences,
    reviews_of,
)
from .drawing import MOST_SAMPLES, CannotReview, draw_more
from .hiding import hidden_names, without_names
from .labelling import Shown, bring_back, label_case, next_case, skip_case, take_back

__all__ = [
    "MOST_SAMPLES",
    "Agreement",
    "CannotReview",
    "ReviewProgress",
    "Shown",
    "agreement_of",
    "bring_back",
    "draw_more",
    "hidden_names",
    "human_differences",
    "label_case",
    "next_case",
    "reviews_of",
    "skip_case",
    "take_back",
    "without_names",
]
