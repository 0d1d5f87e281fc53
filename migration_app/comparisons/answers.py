"""What one option said to one sample, in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from migration_app.runs.models import Attempt, AttemptState, RunCandidate
from migration_app.runs.money import from_nanos
from migration_app.scoring.models import SampleScore


@dataclass(frozen=True, slots=True)
class Answer:
    """What one option said to one sample, once. Seconds, tokens; `None` is unknown."""

    text: str
    reasoning: str
    tool_calls: Sequence[Any]
    refusal: str
    failed: bool
    message: str
    finish_reason: str
    served_model: str
    tries: int
    score: float | None
    unscored: str
    explanation: str
    seconds: float | None
    ttft: float | None
    thought: float | None  # from the first token of its reasoning to the first of its answer
    output_tokens: int | None
    reasoning_tokens: int | None  # part of the output
    estimated: bool  # tokens and cost were counted here, not by the vendor
    cost: Decimal | None


def answer_of(entry: RunCandidate, sample_pk: int, repetition: int = 0) -> Answer | None:
    """The last try of an item with its score; `None` when it was never asked to the end."""
    last = (
        Attempt.objects.filter(
            item__run_candidate=entry,
            item__sample=sample_pk,
            item__repetition=repetition,
            number=F("item__tries"),
        )
        .exclude(state=AttemptState.IN_FLIGHT)
        .select_related("item")
        .first()
    )
    if last is None:
        return None
    score = SampleScore.objects.filter(item=last.item).first()
    nanos = (
        None
        if entry.price is None
        else last.item.attempts.aggregate(sum=Sum(Coalesce("estimated_cost_nanos", "cost_nanos")))["sum"]
    )
    return Answer(
        text=last.text, reasoning=last.reasoning, tool_calls=last.tool_calls, refusal=last.refusal,
        failed=last.state != AttemptState.COMPLETED, message=last.message, finish_reason=last.finish_reason,
        served_model=last.served_model, tries=last.item.tries, score=score.value if score else None,
        unscored=score.unscored if score else "", explanation=score.explanation if score else "",
        seconds=_since_due(last, last.total), ttft=_since_due(last, last.ttft),
        thought=_thought(last),
        output_tokens=last.output_tokens,
        reasoning_tokens=last.reasoning_tokens,
        estimated=last.usage_estimated,
        cost=None if nanos is None else from_nanos(nanos),
    )  # fmt: skip


def _since_due(attempt: Attempt, seconds: float | None) -> float | None:
    """From the moment the request was due to be sent, as every latency of an open load is counted."""
    return None if seconds is None else seconds + (attempt.lateness or 0.0)


def _thought(attempt: Attempt) -> float | None:
    """Seconds, where the vendor streamed its reasoning; one that hides it leaves this unknown."""
    if attempt.first_reasoning is None or attempt.ttft is None:
        return None
    return max(attempt.ttft - attempt.first_reasoning, 0.0)
