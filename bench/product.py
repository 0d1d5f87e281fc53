"""The product's own way, one step a process: `python -m bench.product STEP ARGUMENTS`.

plan URL SAMPLES SLOTS WARM    a team, two models, and a started run; before it one of WARM samples to warm up
feed OUTPUT [SEAT …]      replay the seats to their end, from claim to settled row
settle OUTPUT ROWS        rows settled a second, nothing else
stored OUTPUT             how many items are answered, how many calls have an unknown result
summary OUTPUT            seconds from 1,000,000 stored attempts to a summary's figures
"""

from __future__ import annotations

import gc
import hashlib
import json
import resource
import statistics
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from time import monotonic, process_time
from typing import Any

import django

django.setup()

from bench.contestants import MODELS, prompt  # noqa: E402
from migration_app.accounts.actions import create_team  # noqa: E402
from migration_app.accounts.models import User  # noqa: E402
from migration_app.candidates.models import Candidate, Connection, PriceKind, PriceQuote  # noqa: E402
from migration_app.candidates.prices import thaw  # noqa: E402
from migration_app.candidates.secrets import Secret  # noqa: E402
from migration_app.evaluation.outcomes import Completed, Timing, Usage  # noqa: E402
from migration_app.runs.actions import create_assessment, start_run  # noqa: E402
from migration_app.runs.claims import claim  # noqa: E402
from migration_app.runs.feed import replay  # noqa: E402
from migration_app.runs.models import Attempt, Feed, Item, ItemState, Run  # noqa: E402
from migration_app.runs.settling import Result, settle  # noqa: E402
from migration_app.workloads.models import Sample, Workload  # noqa: E402

PATIENCE = 240.0
SUMMARIES = 5
OPEN = (ItemState.PENDING, ItemState.LEASED)


def plan(url: str, samples: str, slots: str, warm: str) -> None:
    """Two runs of the same models: `warm` first, if it has any sample, then the one that is measured."""
    user = User.objects.create(username="bench")
    team = create_team(name="Bench", owner=user)
    connection = Connection.objects.create(
        team=team,
        name="Scripted",
        vendor="other",
        base_url=url,
        api_key=Secret.of("sk-bench"),
        max_concurrency=int(slots),
    )
    candidates = [_candidate(connection, model) for model in MODELS]
    for name, count in (("warm", int(warm)), ("s", int(samples))):
        if not count:
            continue
        baseline, *others = candidates
        question = create_assessment(
            team=team,
            user=user,
            name=name,
            workload=_workload(team, name, count),
            baseline=baseline,
            candidates=others,
            settings={"max_output_tokens": 64},
            warm_up_calls=0,
        )
        start_run(assessment=question, user=None)
    Feed.objects.update(hinted=0)  # else whoever replays the one would take in the other beside it


def _candidate(connection: Connection, model: str) -> Candidate:
    candidate = Candidate.objects.create(
        team=connection.team, connection=connection, label=model, model=model
    )
    PriceQuote.objects.create(
        candidate=candidate,
        kind=PriceKind.TOKENS,
        input_per_million=Decimal(1),
        output_per_million=Decimal(2),
        source="the bench",
        as_of=date(2026, 11, 1),
    )
    return candidate


def _workload(team: Any, name: str, count: int) -> Workload:
    workload = Workload.objects.create(
        team=team,
        name=name,
        content_hash=hashlib.sha256(name.encode()).hexdigest(),
        sample_count=count,
        scoring={"default": {"name": "contains", "parameters": {}}, "by_category": {}},
    )
    Sample.objects.bulk_create(
        (
            Sample(
                workload=workload,
                position=index,
                external_id=f"{name}-{index}",
                messages=[{"role": "user", "content": prompt(f"{name}-{index}")}],
                references=["answer"],
                content_hash=hashlib.sha256(f"{name}{index}".encode()).hexdigest(),
            )
            for index in range(count)
        ),
        batch_size=2_000,
    )
    return workload


def feed(output: str, *seats: str) -> None:
    """Warm up, then replay: CPU of this whole process, wall, memory, and every stored latency."""
    warm, measured = Run.objects.order_by("started_at")
    if not seats:
        _replay(warm, [])
    gc.collect()
    before = _peak_mb()
    wall, cpu = monotonic(), process_time()
    _replay(measured, [int(seat) for seat in seats])
    result = {"cpu": process_time() - cpu, "wall": monotonic() - wall, "peak_mb": _peak_mb(), "grown_mb": 0.0}
    result["grown_mb"] = result["peak_mb"] - before
    Path(output).write_text(json.dumps(result | {"timings": _timings(measured)}))


def _replay(run: Run, seats: list[int]) -> None:
    chosen = Feed.objects.filter(lane__run=run)
    if seats:
        ids = list(chosen.values_list("pk", flat=True))
        chosen = chosen.filter(pk__in=[ids[seat] for seat in seats])
    ends = monotonic() + PATIENCE
    while Item.objects.filter(run=run, state__in=OPEN).exists():
        if monotonic() > ends:
            raise TimeoutError(f"The run did not end within {PATIENCE:.0f} s.")
        for pk in chosen.values_list("pk", flat=True):
            replay(pk)


def _timings(run: Run) -> list[list[Any]]:
    """(model, sample, attempt, TTFT, total) of the attempt that answered each item."""
    rows = Attempt.objects.filter(item__run=run, state="completed").values_list(
        "item__run_candidate__model", "item__sample__external_id", "number", "ttft", "total"
    )
    return [list(row) for row in rows]


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def settling(output: str, rows: str) -> None:
    """Settle `rows` prepared answers in the feed's own batches; only the settling is timed."""
    run = Run.objects.order_by("started_at").last()
    assert run is not None
    lane = run.lanes.get()
    prices = {entry.pk: thaw(entry.price) for entry in run.candidates.all()}
    seconds, cpu, done = 0.0, 0.0, 0
    while done < int(rows):
        claimed = claim(lane.pk, run.pk, 200).items
        batch = [Result(one, _answer(one.item_id), datetime.now(UTC)) for one in claimed]
        wall, busy = monotonic(), process_time()
        done += settle(run.pk, batch, prices)
        seconds, cpu = seconds + monotonic() - wall, cpu + process_time() - busy
    Path(output).write_text(json.dumps({"rows": done, "wall": seconds, "cpu": cpu}))


def _answer(number: int) -> Completed:
    raw = {"prompt_tokens": 20, "completion_tokens": 40, "total_tokens": 60}
    usage = Usage(input_tokens=20, output_tokens=40, reasoning_tokens=0, cached_input_tokens=0, raw=raw)
    timing = Timing(0.2, 0.2, 0.395, tuple([0.005 + number % 7 * 1e-5] * 39))
    return Completed("the answer of forty words " * 8, usage, timing, "stop", served_model="alpha")


def stored(output: str) -> None:
    items = Item.objects.filter(state=ItemState.DONE).exclude(sample__external_id__startswith="warm")
    unknown = Attempt.objects.filter(state="unknown")
    Path(output).write_text(json.dumps({"answered": items.count(), "unknown": unknown.count()}))


def summary(output: str) -> None:
    """Two candidates, 50,000 samples, ten repetitions: rows made in the database and projected, as the
    comparison does it once; timed is what a summary costs from then on, from the stored columns."""
    from bench.million import fill
    from migration_app.comparisons.projection import project_run

    run = Run.objects.order_by("started_at").last()
    assert run is not None
    fill(run)
    began = monotonic()
    project_run(run)
    projecting = monotonic() - began
    rounds = [_summarised(run) for _ in range(SUMMARIES)]
    seconds, reading = (statistics.median(times) for times in zip(*rounds, strict=True))
    Path(output).write_text(json.dumps({"seconds": seconds, "reading": reading, "projecting": projecting}))


def _summarised(run: Run) -> tuple[float, float]:
    """Seconds in all and of reading alone, for both candidates' metrics with their intervals."""
    from migration_app.comparisons.columns import read_run
    from migration_app.evaluation.metrics import summarise

    began = monotonic()
    _, candidates = read_run(run)
    reading = monotonic() - began
    for candidate in candidates:
        summarise(candidate.calls, candidate.scores)
    return monotonic() - began, reading


STEPS: dict[str, Callable[..., None]] = {
    "plan": plan,
    "feed": feed,
    "settle": settling,
    "stored": stored,
    "summary": summary,
}

if __name__ == "__main__":
    step, *arguments = sys.argv[1:]
    STEPS[step](*arguments)
