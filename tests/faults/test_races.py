"""Twenty starts at once make one run; several reconcilers repair a row once."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection

from migration_app.clock import database_began
from migration_app.runs.models import Attempt, AttemptState, Feed, Item, Run
from migration_app.runs.reconcile import expire_leases
from tests.faults.aftermath import aftermath
from tests.faults.conftest import UNHURRIED, Crew, until
from tests.faults.questions import a_capped_question, ask, done, goes_on, is_replayed, start
from tests.servers.fixtures import scripted

pytestmark = pytest.mark.faults
MANNERS = {"good": {"tokens": 4}, "weak": {"tokens": 4}}
STARTS, RECONCILERS = 20, 6


def test_twenty_starts_at_once_make_one_run(crew: Crew) -> None:
    with scripted(MANNERS) as vendor:
        question = a_capped_question(vendor.base_url, *MANNERS, samples=10)
        together = threading.Barrier(STARTS)

        def press(_: int) -> Run:
            together.wait()
            try:
                return start(question)
            finally:
                connection.close()

        with ThreadPoolExecutor(STARTS) as people:
            runs = list(people.map(press, range(STARTS)))
        assert len({run.pk for run in runs}) == Run.objects.count() == 1
        crew.start(**UNHURRIED)
        until(lambda: done(runs[0]) > 0, within=180)
        weight = crew.weigh()
        crew.weighed_until(lambda: is_replayed(runs[0]), within=60, what="not replayed")
        crew.kept_its_weight(weight)
        after = aftermath(runs[0], vendor.log()["requests"])
    assert len(after.requests) == len(after.items) == 20, "and each of its requests was sent once"


def test_many_reconcilers_repair_a_row_once(crew: Crew) -> None:
    """Workers die with their calls; then six threads reconcile at once."""
    slow = {name: manner | {"first_token": 2.0} for name, manner in MANNERS.items()}
    with scripted(slow) as vendor:
        run = ask(vendor.base_url, *slow, samples=8, concurrency=8)
        first = crew.start(**UNHURRIED)
        until(lambda: vendor.log()["in_flight"] >= 8, within=180)
        crew.kill(first)
        Feed.objects.filter(lane__run=run).update(expires=1.0, hinted=1.0)
        held = Item.objects.filter(run=run, state="leased").update(lease_expires=1.0)
        until(lambda: not database_began(settings.LEASE_SECONDS), within=60)
        together = threading.Barrier(RECONCILERS)

        def repair(_: int) -> int:
            together.wait()
            try:
                return expire_leases()
            finally:
                connection.close()

        with ThreadPoolExecutor(RECONCILERS) as reconcilers:
            repaired = list(reconcilers.map(repair, range(RECONCILERS)))
        assert sum(repaired) == held > 0
        assert Attempt.objects.filter(item__run=run, state=AttemptState.UNKNOWN).count() == held
        crew.start(**UNHURRIED)
        goes_on(run, what="not resumed")
        weight = crew.weigh()
        crew.weighed_until(lambda: is_replayed(run), within=60, what="not replayed")
        crew.kept_its_weight(weight)
        after = aftermath(run, vendor.log()["requests"])
    assert after.unknown() == held
    assert max(Counter(item.tries for item in after.items.values())) <= 2
