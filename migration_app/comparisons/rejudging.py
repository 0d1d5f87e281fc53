"""A finished run judged again as if its requests had cost something else. Nothing is stored.

Prices reach a verdict only through the must-have rule on cost, so only that changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from migration_app.evaluation.metrics import CandidateMetrics, summarise
from migration_app.runs.models import Run

from .columns import CandidateColumns
from .inputs import Inputs, inputs_of
from .measured import judged, verdicts_of
from .models import Projection

Costs = Mapping[int, Decimal | None]  # per 1,000 requests, by the key of a run's entry


def rejudged(run: Run, then: Costs, now: Costs) -> dict[int, str]:
    """The kind of verdict at the costs `now`, of those candidates where it is another than `then`.

    Both are judged by what is stored today, so that only the costs can make a difference.
    """
    try:
        inputs = inputs_of(run)
    except Projection.DoesNotExist:
        return {}
    candidates = list(inputs.candidates)
    metrics = {one.entry.pk: summarise(one.calls, one.scores) for one in candidates}
    before, after = (_kinds(run, inputs, candidates, metrics, costs) for costs in (then, now))
    return {pk: kind for pk, kind in after.items() if kind != before[pk]}


def _kinds(
    run: Run,
    inputs: Inputs,
    candidates: Sequence[CandidateColumns],
    metrics: Mapping[int, CandidateMetrics],
    costs: Costs,
) -> dict[int, str]:
    priced = {
        pk: replace(each, cost=replace(each.cost, per_1000=costs.get(pk))) for pk, each in metrics.items()
    }
    samples = inputs.samples
    found = verdicts_of(run, inputs.plan, samples, candidates, priced, judged(run, samples))
    return {pk: verdict.kind.value for pk, verdict in found.items()}
