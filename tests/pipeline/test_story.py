"""A run from start to report, and a worker killed in the middle of it."""

from __future__ import annotations

from collections import Counter

import pytest

from migration_app.pipeline import control
from migration_app.reports.models import Export, ExportState, Report
from migration_app.runs.drafts import choose_judges
from migration_app.runs.models import Attempt, AttemptState, Item, ItemState, Run, RunState
from tests.builders import a_candidate, a_connection, a_question, a_team, a_workload
from tests.pipeline.conftest import patience
from tests.servers.fixtures import scripted

MANNERS = {"good": {"tokens": 4}, "weak": {"tokens": 4, "accuracy": 0.3}}


def put_question(base_url: str, *, samples: int, concurrency: int = 4):
    team = a_team()
    connection = a_connection(team, base_url, max_concurrency=concurrency)
    candidates = [a_candidate(connection, model) for model in ("good", "weak")]
    return a_question(team, a_workload(team, samples), *candidates)


def state_of(run: Run) -> str:
    return Run.objects.values_list("state", flat=True).get(pk=run.pk)


def judged_question(base_url: str):
    team = a_team("Rivals", "charlie")
    connection = a_connection(team, base_url, max_concurrency=4)
    good, weak, judge = (a_candidate(connection, model) for model in ("good", "weak", "fair"))
    scoring = {"default": {"name": "rubric_judge", "parameters": {}}}
    question = a_question(team, a_workload(team, 40), good, weak, scoring=scoring)
    choose_judges(assessment=question, judges=[judge], cap=None)
    return question


def test_runs_go_from_start_to_report_by_themselves_with_and_without_a_judge(workers, broker):
    """Side by side, by the same workers."""
    workers.start()
    with scripted(MANNERS | {"fair": {"judge": "fair"}}) as vendor, patience(300) as until:
        plain = control.start(assessment=put_question(vendor.base_url, samples=60), user=None)
        judged = control.start(assessment=judged_question(vendor.base_url), user=None)
        for run in (plain, judged):
            until(lambda run=run: state_of(run) in (RunState.FINISHED, RunState.FAILED))
            run.refresh_from_db()
            assert run.state == RunState.FINISHED, run.state_note + workers.log.read_text()
    # Of the judged one too: the judge's word alone never lets anybody switch, and a worse model is told
    # from a good one.
    assert [run.comparison.verdicts.get().kind for run in (plain, judged)] == ["keep", "keep"]
    assert judged.judging.state == RunState.FINISHED
    assert judged.judging.items_total == 80
    for run in (plain, judged):
        assert Report.objects.get(run=run).data
        export = Export.objects.get(report__run=run)
        assert export.state == ExportState.READY, export.error
        assert export.file.read(5) == b"%PDF-"


def item_of(request: dict) -> int:
    return int(request["headers"]["idempotency-key"].split("-")[1])


@pytest.mark.faults
def test_a_killed_worker_loses_nothing_and_repeats_only_what_was_in_flight(workers, broker):
    slow = {name: manner | {"first_token": 0.15} for name, manner in MANNERS.items()}
    # Shorter than the product's, for there is a death; long enough that nobody busy loses one.
    workers.environment |= {"CROSSOVER_LEASE_SECONDS": "5"}
    first = workers.start()
    with scripted(slow) as vendor, patience(300) as until:
        run = control.start(assessment=put_question(vendor.base_url, samples=120), user=None)
        until(lambda: Item.objects.filter(run=run, state=ItemState.DONE).count() > 40)
        workers.kill(first)
        done_before = set(Item.objects.filter(run=run, state=ItemState.DONE).values_list("pk", flat=True))
        in_hand = Item.objects.filter(run=run, state=ItemState.LEASED).count()
        workers.start()
        until(lambda: state_of(run) in (RunState.FINISHED, RunState.FAILED))
        requests = vendor.log()["requests"]
    assert state_of(run) == RunState.FINISHED
    assert Item.objects.filter(run=run, state=ItemState.DONE).count() == 240
    # Out of the journal came what was answered and not yet stored, and what was never sent; what the
    # worker left while it was being answered is unknown.
    unknown = Attempt.objects.filter(item__run=run, state=AttemptState.UNKNOWN)
    lost = set(unknown.values_list("item_id", flat=True))
    broken_off = {item_of(one) for one in requests if one["client_left"] is not None}
    assert broken_off <= lost and len(lost) == unknown.count() <= in_hand
    assert not done_before & lost
    asked = Counter(request["headers"]["idempotency-key"] for request in requests)
    assert max(asked.values()) == 1, "no attempt was sent twice"
    per_item = Counter(key.rsplit("-", 1)[0] for key in asked)
    assert not {f"crossover-{pk}" for pk in done_before} & {key for key, n in per_item.items() if n > 1}
    run.refresh_from_db()
    assert run.reserved_nanos == 0


@pytest.mark.faults
def test_a_wiped_broker_delays_a_run_and_loses_nothing(workers, broker):
    import redis

    slow = {name: manner | {"first_token": 0.1} for name, manner in MANNERS.items()}
    workers.start()
    with scripted(slow) as vendor, patience(300) as until:
        run = control.start(assessment=put_question(vendor.base_url, samples=60), user=None)
        for _ in range(4):
            redis.Redis.from_url(broker).flushall()
            done = Item.objects.filter(run=run, state=ItemState.DONE).count()
            until(lambda done=done: Item.objects.filter(run=run, state=ItemState.DONE).count() > done)
        until(lambda: state_of(run) in (RunState.FINISHED, RunState.FAILED))
    assert state_of(run) == RunState.FINISHED
    assert Attempt.objects.filter(item__run=run).count() == 120
