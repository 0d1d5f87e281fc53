"""A run with 1,000,000 answered attempts, written as plain rows: 2 candidates, 50,000 samples, 10 times.

Streams' token gaps are left out: 40 million numbers more, for one figure of a detail page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, models, transaction

from migration_app.runs.models import Attempt, AttemptState, Item, ItemState, Run, RunCandidate
from migration_app.scoring.models import SampleScore
from migration_app.workloads.models import Sample

SAMPLES, REPETITIONS = 50_000, 10
_FIRST = 1_000_000_000  # ids far from those that are there


@transaction.atomic
def fill(run: Run) -> None:
    """Replace the run's items by SAMPLES × REPETITIONS answered ones a candidate."""
    Item.objects.filter(run=run).delete()
    sample = Sample.objects.get(workload=run.assessment.workload)
    _write(sample, ({"id": _FIRST + i, "position": 1 + i, "content_hash": f"h{i}"} for i in range(SAMPLES)))
    entries = list(run.candidates.all())
    item = Item(run=run, lane=entries[0].lane, sample=sample, order=0, tries=1, state=ItemState.DONE)
    _write(item, _items([entry.pk for entry in entries]))
    count = len(entries) * SAMPLES * REPETITIONS
    attempt = Attempt(
        number=1, state=AttemptState.COMPLETED, cost_nanos=1, text="billing", finish_reason="stop",
        input_tokens=20, output_tokens=40,
    )  # fmt: skip
    _write(attempt, _attempts(count))
    score = SampleScore(scorer="contains")
    _write(score, ({"item_id": _FIRST + i, "value": float(i % 5 > 0)} for i in range(count)))
    RunCandidate.objects.filter(run=run).update(items_total=SAMPLES * REPETITIONS)


def _items(entries: list[int]) -> Iterator[dict[str, Any]]:
    number = 0
    for entry in entries:
        for sample in range(SAMPLES):
            for repetition in range(REPETITIONS):
                yield {
                    "id": _FIRST + number,
                    "run_candidate_id": entry,
                    "sample_id": _FIRST + sample,
                    "repetition": repetition,
                }
                number += 1


def _attempts(count: int) -> Iterator[dict[str, Any]]:
    for i in range(count):
        ttft = 0.2 + i * 7919 % 1000 / 1e4
        yield {"item_id": _FIRST + i, "first_byte": ttft, "ttft": ttft, "total": ttft + 0.195}


def _write(example: models.Model, changes: Iterator[dict[str, Any]]) -> None:
    """Rows like `example` but for the changed columns, `id` left to the database where none is given."""
    fields = example._meta.concrete_fields
    alike = {
        field.column: field.get_db_prep_save(field.pre_save(example, add=True), connection)
        for field in fields
    }
    first = next(changes)
    if "id" not in first:
        del alike["id"]
    columns, places = ", ".join(f'"{name}"' for name in alike), ", ".join(["%s"] * len(alike))

    def rows() -> Iterator[tuple[Any, ...]]:
        yield tuple((alike | first).values())
        for change in changes:
            yield tuple((alike | change).values())

    with connection.cursor() as cursor:
        table = example._meta.db_table
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows())
