"""The split recommendation of a run: which model for which category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from migration_app.evaluation.plan import Plan
from migration_app.evaluation.splits import Choices, recommend
from migration_app.evaluation.verdicts import Verdict

from .columns import SampleColumns
from .moves import Traffic, money
from .option import Judged, Option


def split_of(
    samples: SampleColumns,
    options: Sequence[Option],
    verdicts: Mapping[int, Verdict],
    plan: Plan,
    traffic: Traffic,
    *,
    seed: int,
    judges: Mapping[int, Judged],
) -> dict[str, Any] | None:
    """`None` where there is none, or the run is incomplete. Options are named by their entry's key."""
    baseline, *others = options
    if any(option.unanswered for option in options):
        return None
    keep_rules = [
        str(pk) for pk, verdict in verdicts.items() if not verdict.broken_rules and not verdict.unknown_rules
    ]
    choices = Choices(
        baseline=baseline.scores.values,
        baseline_costs=baseline.paired.costs,
        scores={str(other.entry.pk): other.scores.values for other in others},
        costs={str(other.entry.pk): other.paired.costs for other in others},
        categories=samples.categories,
        clusters=samples.clusters,
        judges={str(pk): one.evidence for pk, one in judges.items()},
        human={str(pk): one.human for pk, one in judges.items() if one.human is not None},
        silent=baseline.scores.failed,
        answered=baseline.scores.answered,
        lowest={
            str(other.entry.pk): other.scores.lowest for other in others if other.scores.lowest is not None
        },
    )
    found = recommend(choices, plan, allowed=keep_rules, volumes=traffic.volumes, seed=seed)
    if found is None:
        return None
    saved = found.saving
    return {
        "assignment": {
            name: None if option is None else int(option) for name, option in found.assignment.items()
        },
        "finding": found.finding,
        "p_value": found.p_value,
        "proven": found.proven,
        "chosen_on": found.chosen_on,
        "judged_on": found.judged_on,
        "saving": None
        if saved is None
        else {
            "amount": money(saved.amount),
            "low": money(saved.interval.low),
            "high": money(saved.interval.high),
            "today": money(saved.today),
            "after": money(saved.after),
        },
    }
