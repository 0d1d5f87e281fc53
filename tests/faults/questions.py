"""Runs for the fault tests: a team, a workload, models on scripted vendors, and a cap."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from migration_app.pipeline import control
from migration_app.runs.models import WAITING, Assessment, Item, ItemState, Run, RunState
from tests.builders import a_candidate, a_connection, a_question, a_team, a_workload
from tests.faults.conftest import until


def ask(base_url: str, *models: str, **settings: Any) -> Run:
    """Start a run of the models; those named "vendor/model" have a connection of their own."""
    return start(a_capped_question(base_url, *models, **settings))


def start(question: Assessment) -> Run:
    return control.start(assessment=question, user=None)


def a_capped_question(
    base_url: str,
    *models: str,
    samples: int = 20,
    concurrency: int = 4,
    cap: Decimal = Decimal(1),
    max_output_tokens: int = 32,
) -> Assessment:
    team = a_team()
    vendors: dict[str, Any] = {}
    candidates = []
    for model in models:
        vendor = model.partition("/")[0] if "/" in model else ""
        if vendor not in vendors:
            vendors[vendor] = a_connection(
                team, base_url, name=vendor or "Scripted", max_concurrency=concurrency
            )
        candidates.append(a_candidate(vendors[vendor], model))
    return a_question(
        team,
        a_workload(team, samples),
        *candidates,
        budget=cap,
        settings={"max_output_tokens": max_output_tokens},
    )


def state_of(run: Run) -> str:
    return Run.objects.values_list("state", flat=True).get(pk=run.pk)


def done(run: Run, models: Sequence[str] = ()) -> int:
    """How many items are answered, of some models or of all."""
    items = Item.objects.filter(run=run, state=ItemState.DONE)
    return (items.filter(run_candidate__model__in=models) if models else items).count()


def is_replayed(run: Run) -> bool:
    """Whether nothing is left to ask; the stages after it may still run."""
    return state_of(run) not in (RunState.RUNNING, *WAITING)


def goes_on(run: Run, *, by: int = 1, what: str = "no answer") -> None:
    """Wait until so many more are answered, or, on a machine that was slow to look, all."""
    wanted = done(run) + by
    until(lambda: done(run) >= wanted or is_replayed(run), within=60, what=what)
