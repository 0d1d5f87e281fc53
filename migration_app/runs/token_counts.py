"""Fill in the tokens that a vendor did not count, once the answers are in; each is marked *estimated*.

It happens after the replay, in the stages' worker: loading a tokenizer beside open streams would
delay the stamps on them. What the ledger was charged stays as it is, the most the call could have
cost: an estimate can be too low, the ledger must not. `estimated_cost_nanos` is for the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.db.models import F, Q

from migration_app.candidates.prices import thaw
from migration_app.evaluation.conversations import ToolCall
from migration_app.evaluation.outcomes import Completed, Timing, Usage
from migration_app.evaluation.price_lists import MachineTimePrice, Price
from migration_app.evaluation.pricing import cost_of_call
from migration_app.providers.tokenizers import estimate_usage

from .models import Attempt, AttemptState, Run, RunCandidate
from .money import to_nanos
from .requests import conversation_of, settings_from

_CHUNK = 500
_FILLED = ["input_tokens", "output_tokens", "reasoning_tokens", "usage_estimated", "estimated_cost_nanos"]


def estimate_missing_usage(run: Run, *, keep: Callable[[], object] = lambda: None) -> int:
    """Estimate what no vendor counted in a run's answers; how many answers. keep: called now and then."""
    settings, counted = settings_from(run.assessment.settings), 0
    for entry in run.candidates.filter(uncounted_calls__gt=0):
        price = thaw(entry.price)
        for chunk in _uncounted(entry):
            for attempt in chunk:
                usage = estimate_usage(
                    conversation_of(attempt.item.sample, settings), _answer(attempt), entry.model
                )
                _fill(attempt, usage, price)
            Attempt.objects.bulk_update(chunk, _FILLED)
            counted += len(chunk)
            keep()
    return counted


def _uncounted(entry: RunCandidate) -> Iterator[Sequence[Attempt]]:
    rows = (
        Attempt.objects.filter(
            Q(input_tokens=None) | Q(output_tokens=None),
            item__run_candidate=entry,
            state=AttemptState.COMPLETED,
            number=F("item__tries"),
        )
        .select_related("item__sample")
        .order_by("pk")
    )
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:_CHUNK]):
        last = chunk[-1].pk
        yield chunk


def _answer(attempt: Attempt) -> Completed:
    return Completed(
        text=attempt.text,
        usage=Usage(
            attempt.input_tokens,
            attempt.cached_input_tokens,
            attempt.cache_write_tokens,
            attempt.output_tokens,
            attempt.reasoning_tokens,
        ),
        timing=Timing(attempt.first_byte, attempt.ttft, attempt.total or 0.0),
        tool_calls=tuple(ToolCall(**call) for call in attempt.tool_calls),
        refusal=attempt.refusal or None,
        reasoning=attempt.reasoning,
    )


def _fill(attempt: Attempt, usage: Usage, price: Price | None) -> None:
    attempt.input_tokens, attempt.output_tokens = usage.input_tokens, usage.output_tokens
    attempt.reasoning_tokens = usage.reasoning_tokens
    attempt.usage_estimated = True
    # Machine time is known whatever the tokens were.
    if price is not None and not isinstance(price, MachineTimePrice):
        amount = cost_of_call(price, usage, attempt.total)
        attempt.estimated_cost_nanos = None if amount is None else to_nanos(amount)
