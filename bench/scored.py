"""Rows about the stage that scores a run: stored answers read, scored and written a second, in SQLite.

`python -m bench.scored SCORER ANSWERS` is one run in a process of its own, on the data folder of the
environment: it writes the run, then does the stage as the worker does, loading what the scorer needs.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from collections.abc import Iterator
from time import monotonic, process_time
from typing import Any

import django

from bench.scoring import CHEAP, EMBEDDINGS, PARAMETERS, asked
from bench.table import Row, not_measured

# By scorer: the answers to score, and how many a second are wanted.
STAGES = {"contains": (20_000, CHEAP), "embedding": (4_000, EMBEDDINGS)}
_OPTIONS, _GAPS = 2, [0.005] * 60


def rows() -> Iterator[Row]:
    from bench.verdict import step

    for name, (answers, wanted) in STAGES.items():
        title, bar = f"scoring a run by {name}, answers a second", f"≥ {wanted:,}"
        with tempfile.TemporaryDirectory(prefix="crossover-bench-") as folder:
            found = step("bench.scored", name, str(answers), folder=folder)
        if found is None:
            yield not_measured(title, bar, "the step failed")
            continue
        shown = f"{found['rate']:,.0f} (CPU {found['cpu'] * 1e6:,.0f} µs each)"
        yield Row(title, bar, shown, found["rate"] >= wanted, values=found)


def measured(name: str, answers: int) -> dict[str, float]:
    from migration_app.scoring.actions import score_run
    from migration_app.scoring.models import SampleScore

    run = _replayed(name, answers)
    began, cpu = monotonic(), process_time()
    score_run(run=run)
    seconds, cpu = monotonic() - began, process_time() - cpu
    if SampleScore.objects.filter(scorer=name, value__isnull=False).count() != answers:
        raise RuntimeError(f"{name} left answers without a mark: not all was measured.")
    return {"rate": answers / seconds, "cpu": cpu / answers}


def _replayed(name: str, answers: int) -> Any:
    """A run that waits to be scored: all its answers are in, each as a vendor that streams sent it."""
    from migration_app.runs.actions import start_run
    from migration_app.runs.models import Attempt, AttemptState, Item, ItemState, Run, RunState
    from migration_app.workloads.models import Sample, Workload
    from tests import builders

    team = builders.a_team("Bench", "bench")
    connection = builders.a_connection(team, "http://127.0.0.1:9/v1")
    options = [builders.a_candidate(connection, f"model-{k}") for k in range(_OPTIONS)]
    workload, samples = builders.a_workload(team, 0), answers // _OPTIONS
    Workload.objects.filter(pk=workload.pk).update(sample_count=samples)
    Sample.objects.bulk_create(_sample(workload, name, number) for number in range(samples))
    workload.refresh_from_db()
    choice = {"default": {"name": name, "parameters": PARAMETERS[name]}, "by_category": {}}
    run = start_run(assessment=builders.a_question(team, workload, *options, scoring=choice), user=None).run
    Item.objects.filter(run=run).update(state=ItemState.DONE, tries=1)
    numbers = Item.objects.filter(run=run).values_list("pk", "sample__position")
    Attempt.objects.bulk_create(
        Attempt(item_id=pk, number=1, state=AttemptState.COMPLETED, **_answer(name, number))
        for pk, number in numbers
    )
    Run.objects.filter(pk=run.pk).update(state=RunState.SCORING)
    run.refresh_from_db()
    return run


def _sample(workload: Any, name: str, number: int) -> Any:
    from migration_app.workloads.models import Sample

    outcome, expected = asked(name, number)
    return Sample(
        workload=workload,
        position=number,
        messages=[{"role": "user", "content": f"{number}. {outcome.text}"}],
        references=list(expected.references),
        content_hash=f"{number:064}",
    )


def _answer(name: str, number: int) -> dict[str, Any]:
    outcome, _ = asked(name, number)
    return {
        "text": outcome.text,
        "finish_reason": "stop",
        "first_byte": 0.1,
        "ttft": 0.2,
        "total": 0.9,
        "token_gaps": _GAPS,
        "input_tokens": 80,
        "output_tokens": len(_GAPS) + 1,
        "usage_raw": {"prompt_tokens": 80, "completion_tokens": len(_GAPS) + 1},
        "cost_nanos": 56_000,
    }


if __name__ == "__main__":
    django.setup()
    logging.disable(logging.CRITICAL)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(measured(sys.argv[1], int(sys.argv[2]))))
