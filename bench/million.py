"""A run with 1,000,000 answered attempts, written as plain rows: 2 candidates, 50,000 samples, 10 times.

Streams' token gaps are left out: 40 million numbers more, for one figure of a detail page.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, models, transaction

from migration_app.runs.models import Attempt, AttemptState, Item, ItemState, Run, RunCandidate
from migration_app.scoring.models import SampleScore
from migration_app.workloads.models import Sample

SAMPLES, REPETITIONS = 50_000, 10
FIRST = 1_000_000_000  # ids far from those that are there


@transaction.atomic
def fill(run: Run) -> None:
    """Replace the run's items by SAMPLES × REPETITIONS answered ones a candidate."""
    Item.objects.filter(run=run).delete()
    sample = Sample.objects.get(workload=run.assessment.workload)
    write(sample, SAMPLES, id=f"{FIRST} + i", position="1 + i", content_hash="'h' || i")
    entries = list(run.candidates.all())
    asked = SAMPLES * REPETITIONS
    for number, entry in enumerate(entries):
        write(
            Item(run=run, lane=entry.lane, run_candidate=entry, sample=sample, order=0, tries=1,
                 state=ItemState.DONE),
            asked,
            id=f"{FIRST + number * asked} + i",
            sample_id=f"{FIRST} + i / {REPETITIONS}",
            repetition=f"i % {REPETITIONS}",
        )  # fmt: skip
    attempt = Attempt(
        number=1, state=AttemptState.COMPLETED, cost_nanos=1, text="billing", finish_reason="stop",
        input_tokens=20, output_tokens=40,
    )  # fmt: skip
    ttft = "0.2 + i * 7919 % 1000 / 10000.0"
    of_item = {"item_id": f"{FIRST} + i"}
    write(attempt, asked * len(entries), **of_item, first_byte=ttft, ttft=ttft, total=f"{ttft} + 0.195")
    worth = "CASE WHEN i % 5 > 0 THEN 1.0 ELSE 0.0 END"
    write(SampleScore(scorer="contains"), asked * len(entries), **of_item, value=worth)
    RunCandidate.objects.filter(run=run).update(items_total=asked)


def write(example: models.Model, count: int, **changes: str) -> None:
    """Rows like `example` but for the changed columns, each an expression of `i`, which counts from 0.

    The id is left to the database where none is given.
    """
    alike: dict[str, Any] = {
        field.column: field.get_db_prep_save(field.pre_save(example, add=True), connection)
        for field in example._meta.concrete_fields
        if not field.primary_key
    }
    kept = {column: value for column, value in alike.items() if column not in changes}
    names = ", ".join(f'"{name}"' for name in (*kept, *changes))
    values = ", ".join([*["%s"] * len(kept), *(sql.replace("%", "%%") for sql in changes.values())])
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{example._meta.db_table}" ({names}) '
            "WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < %s) "
            f"SELECT {values} FROM numbers",
            [count, *kept.values()],
        )
