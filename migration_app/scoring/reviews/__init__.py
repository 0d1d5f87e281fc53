"""Blind review: people say which of two answers is better, without knowing whose they are.

drawing     which answers are reviewed: a random part, drawn by a seed
labelling   the next case for a reviewer, and what the reviewer says
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
from .labelling import Shown, label_case, next_case, take_back

__all__ = [
    "MOST_SAMPLES",
    "Agreement",
    "CannotReview",
    "ReviewProgress",
    "Shown",
    "agreement_of",
    "draw_more",
    "human_differences",
    "label_case",
    "next_case",
    "reviews_of",
    "take_back",
]
