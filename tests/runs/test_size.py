"""What happens every few seconds walks an index, however many items there are or ever were."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from migration_app.runs.models import Item, Run
from migration_app.runs.queries import next_reservation
from migration_app.runs.reconcile import expire_leases, feeds_to_wake, replays_to_close

ITEMS = Item._meta.db_table
# SQLite names a table in a subquery by an alias: a walk through any but these few is one too many.
WALK = re.compile(rf"Seq Scan on {ITEMS}|^SCAN (?!runs_feed|runs_run\b|runs_lane|CONSTANT)")
SORT = re.compile("FOR ORDER BY")


@contextmanager
def indexes_preferred() -> Iterator[None]:
    """PostgreSQL reads a small table whole, unless it is told that this is dear."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        yield
        cursor.execute("RESET enable_seqscan")


def plan_of(steps: Callable[[], object]) -> list[str]:
    """What the database does, step by step, to answer what is asked about items."""
    with CaptureQueriesContext(connection) as asked:
        steps()
    asked_items = [one["sql"] for one in asked if f'"{ITEMS}"' in one["sql"] and "SELECT" in one["sql"][:6]]
    assert asked_items
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    steps_taken = []
    with indexes_preferred(), connection.cursor() as cursor:
        for sql in asked_items:
            cursor.execute(explain + sql)
            steps_taken += [str(row[-1]) for row in cursor.fetchall()]
    return steps_taken


@pytest.mark.parametrize("step", [expire_leases, feeds_to_wake, replays_to_close])
def test_looking_for_what_to_repair_walks_through_no_items(started, step):
    started("weak", samples=30)
    assert not list(filter(WALK.search, plan_of(step)))


def test_the_next_reservation_is_that_of_the_first_in_order_and_found_by_index(started):
    run: Run = started("weak", samples=30).run
    order = run.items.order_by("order").values_list("pk", flat=True)
    Item.objects.filter(pk=order[0]).update(reserve_nanos=77)
    assert next_reservation(run) == 77
    plan = plan_of(lambda: next_reservation(run))
    assert not list(filter(WALK.search, plan)) and not list(filter(SORT.search, plan))
    run.candidates.update(parked_reason="Its key was refused.")
    assert next_reservation(run) is None
