"""What the last comparison says of the reviews still to come, beside those that came since."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migration_app.runs.models import Run

from .models import Comparison


class Outlook(StrEnum):
    TOO_EARLY = "too_early"  # too few reviews were weighed to say
    MORE = "more"
    ENOUGH = "enough"  # as many as were asked for are in; weighing them shows
    SETTLED = "settled"
    BEYOND = "beyond"  # no number of reviews of these samples would do


@dataclass(frozen=True, slots=True)
class ReviewAdvice:
    """`more`: reviews of each model still to come, where the outlook is that they would settle it."""

    outlook: Outlook
    more: int = 0


def review_advice(run: Run, reviewed: int) -> ReviewAdvice:
    """`reviewed`: answers of the least reviewed candidate by now, weighed or not."""
    stored = Comparison.objects.filter(run=run).values_list("data", flat=True).first() or {}
    compared = [one for option in stored.get("options", ()) if (one := option.get("comparison"))]
    if not compared or any(not _is_weighed(one) for one in compared):
        return ReviewAdvice(Outlook.TOO_EARLY)
    still_open = [one for one in compared if not one.get("settled")]
    if not still_open:
        return ReviewAdvice(Outlook.SETTLED)
    wanted = [
        one["overall"]["labels"] + one["more_reviews_needed"]
        for one in still_open
        if one.get("more_reviews_needed") is not None
    ]
    if not wanted:
        return ReviewAdvice(Outlook.BEYOND)
    more = max(wanted) - reviewed
    return ReviewAdvice(Outlook.MORE, more) if more > 0 else ReviewAdvice(Outlook.ENOUGH)


def _is_weighed(compared: dict) -> bool:
    return (compared.get("overall") or {}).get("method") == "ppi"
