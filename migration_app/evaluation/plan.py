"""What is settled before any result is seen: the margins, the error rate, the minimum samples."""

from __future__ import annotations

from dataclasses import dataclass

from .looks import Looks


class InvalidPlanError(ValueError):
    """A plan that cannot be tested: the message says what to change."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The test's settings, frozen when a run starts.

    margin: largest acceptable drop in mean score over the whole workload. category_margin: the
    same within one category, critical or not. critical_categories: each must hold by itself
    before a switch. alpha: one-sided chance of a false *switch* among all candidates together.
    minimum_samples, minimum_category_samples: scored samples below which nothing is decided.
    looks: the looks taken so far where the run may stop early; `None` where it is judged once.
    Raises InvalidPlanError.
    """

    margin: float = 0.05
    category_margin: float = 0.10
    critical_categories: frozenset[str] = frozenset()
    alpha: float = 0.05
    minimum_samples: int = 30
    minimum_category_samples: int = 20
    looks: Looks | None = None

    def __post_init__(self) -> None:
        if not (0 < self.margin < 1 and 0 < self.category_margin < 1):
            raise InvalidPlanError("A margin is a drop between 0 and 1; 0.05 is five points of 100.")
        if not 0 < self.alpha < 0.5:
            raise InvalidPlanError("The error rate (alpha) lies between 0 and 0.5; 0.05 is usual.")
        if min(self.minimum_samples, self.minimum_category_samples) < 2:
            raise InvalidPlanError("A verdict needs at least two samples.")

    def at_this_look(self, p_value: float) -> float:
        """The p-value as it counts now: repeated, where this is one look of several."""
        return p_value if self.looks is None else self.looks.repeated(p_value)
