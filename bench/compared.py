"""One run with stored columns, compared and shown.

    python -m bench.compared prepare SAMPLES     write the run
    python -m bench.compared compare             compare it and ask for the result's page

Each in a process of its own, so that the comparison's memory is its own.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from time import monotonic, process_time
from typing import Any

import django
import numpy as np

from bench.asked import signed_in, timed

CANDIDATES, CATEGORIES, PAGES, KNOWN = 8, 12, 9, 2_000


def compare() -> dict[str, float]:
    from migration_app.comparisons.actions import compare_projected
    from migration_app.runs.models import Run

    run = Run.objects.select_related("assessment__workload").get()
    began, cpu = monotonic(), process_time()
    compare_projected(run=run)
    found = {"seconds": monotonic() - began, "cpu": process_time() - cpu}
    found["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found | {"page": _page(run)}


def prepare(samples: int) -> None:
    """A run of eight options, the most there may be; samples and answers are stored as columns only."""
    from django.utils import timezone

    from migration_app.comparisons.archive import pack
    from migration_app.comparisons.models import Projection
    from migration_app.runs.actions import start_run
    from migration_app.runs.models import Run, RunCandidate, RunState
    from migration_app.workloads.models import Sample
    from tests import builders

    team = builders.a_team("Bench", "bench")
    connection = builders.a_connection(team, "http://127.0.0.1:9/v1")
    options = [builders.a_candidate(connection, f"model-{k}") for k in range(CANDIDATES)]
    names = [f"category {k}" for k in range(CATEGORIES)]
    workload = builders.a_workload(team, KNOWN, categories=names)
    question = builders.a_question(team, workload, *options, requests_per_month=1_000_000)
    run = start_run(assessment=question, user=None).run
    Run.objects.filter(pk=run.pk).update(state=RunState.COMPARING, replayed_at=timezone.now())
    RunCandidate.objects.filter(run=run).update(items_total=samples)
    first = Sample.objects.order_by("pk").values_list("pk", flat=True)[0]
    shared = {
        "ids": np.arange(first, first + samples),
        "category": (np.arange(samples) % CATEGORIES).astype(np.int32),
        "categories": np.array(names, dtype=str),
        "cluster": np.arange(samples, dtype=np.int32),
    }
    Projection.objects.create(run=run, data=pack(shared))
    rng = np.random.default_rng(1)
    for entry in run.candidates.order_by("position"):
        answers = _answers(rng, samples) | (_thinking(rng, samples) if entry.position % 2 else {})
        Projection.objects.create(run=run, run_candidate=entry, data=pack(answers))


def _answers(rng: np.random.Generator, samples: int) -> dict[str, Any]:
    total = rng.lognormal(0.3, 0.4, samples)
    return {
        "sample": np.arange(samples, dtype=np.int32),
        "failed": rng.random(samples) < 0.002,
        "refused": np.zeros(samples, dtype=bool),
        "ttft": total / 4,
        "total": total,
        "input_tokens": rng.integers(50, 900, samples).astype(np.int32),
        "output_tokens": rng.integers(5, 400, samples).astype(np.int32),
        "cost": rng.integers(20_000, 90_000, samples),
        "score": (rng.random(samples) < 0.9).astype(np.float64),
        "all_failed": np.zeros(samples, dtype=bool),
        "gaps": np.arange(1_000, 41_000, 10),
        "gap_counts": rng.integers(1, 99, 4_000),
        "estimated": np.array(False),
    }


def _thinking(rng: np.random.Generator, samples: int) -> dict[str, Any]:
    """Of a model that thinks before it answers."""
    return {
        "content_tokens": rng.integers(5, 400, samples).astype(np.int32),
        "thinking": rng.lognormal(0.1, 0.4, samples),
    }


def _page(run: Any) -> float:
    """Median seconds of the summary page, signed in, from the stored report."""
    from django.urls import reverse

    from migration_app.reports.actions import make_report
    from migration_app.runs.models import RunState

    make_report(run=run)
    type(run).objects.filter(pk=run.pk).update(state=RunState.FINISHED)
    return timed(signed_in(), reverse("results", args=[run.pk]), PAGES)[0]


if __name__ == "__main__":
    django.setup()
    logging.disable(logging.CRITICAL)
    if sys.argv[1] == "prepare":
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        prepare(int(sys.argv[2]))
        print(json.dumps({"samples": int(sys.argv[2])}))
    else:
        print(json.dumps(compare()))
