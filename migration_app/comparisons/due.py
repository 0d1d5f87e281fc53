"""When a look at a running run is due. Asked every few seconds by every worker, so it loads no statistics."""

from __future__ import annotations

import math

from django.db.models import Max

from migration_app.clock import DatabaseNow
from migration_app.runs.judges import needs_judge
from migration_app.runs.models import Item, ItemState, Run, RunState

from .models import Look

_OPEN = (ItemState.PENDING, ItemState.LEASED)
INTERIM = (0.25, 0.5, 0.75)  # of the planned samples; the comparison at the end is the last look
FEWEST = 30  # samples below which a look could decide nothing


def may_stop_early(run: Run) -> bool:
    """Whether looks are taken: asked for, in the first edition, and scored without a judge."""
    assessment = run.assessment
    return assessment.looks and run.parent_id is None and run.edition == 1 and not needs_judge(assessment)


def plan_looks(run: Run) -> None:
    """Write down a run's looks; doing it again changes nothing."""
    ends = list(last_orders(run).values())
    ends.sort()
    rows = []
    for number, share in enumerate(INTERIM, start=1):
        samples = math.ceil(share * len(ends))
        if samples >= FEWEST:
            rows.append(
                Look(
                    run=run,
                    number=number,
                    share=samples / len(ends),
                    samples=samples,
                    last_order=ends[samples - 1],
                )
            )
    Look.objects.bulk_create(rows, ignore_conflicts=True)


def due_looks() -> list[int]:
    """Looks whose samples are all in and that nobody takes now: the latest of each run."""
    runs = Run.objects.filter(state=RunState.RUNNING, assessment__looks=True, parent=None)
    found = []
    for run in runs.select_related("assessment"):
        if not may_stop_early(run):
            continue
        if not run.looks.exists():
            plan_looks(run)
        due = _due(run)
        if due is not None:
            found.append(due)
    return found


def _due(run: Run) -> int | None:
    first_open = _first_open(run)
    if first_open is None:  # all is in: the comparison at the end sees it
        return None
    complete = [look for look in run.looks.all() if look.last_order < first_open]
    if not complete or complete[-1].taken_at is not None:
        return None
    return complete[-1].pk


def _first_open(run: Run) -> int | None:
    """Where in the plan the first request stands that is still to be asked."""
    waiting = Item.objects.filter(run=run, state__in=_OPEN).order_by("order")
    return waiting.values_list("order", flat=True).first()


def claim(look_id: int, seconds: float = 120.0) -> bool:
    """Take a look for a while; False when it was taken or somebody is at it."""
    free = Look.objects.filter(pk=look_id, taken_at=None, claimed_until__lt=DatabaseNow())
    return bool(free.update(claimed_until=DatabaseNow() + seconds))


def last_orders(run: Run) -> dict[int, int]:
    """Where in the plan each sample's last request stands."""
    rows = Item.objects.filter(run=run).order_by().values_list("sample_id")
    return dict(rows.annotate(last=Max("order")))
