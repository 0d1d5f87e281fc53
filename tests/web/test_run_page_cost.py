"""A refresh of the run page reads counters: as many queries, and as few rows, however large the run."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from migration_app.runs.actions import start_run
from migration_app.runs.models import Assessment, Attempt, Item, Run, RunCandidate
from tests.web.people import People

MOST_QUERIES = 12  # two of them the session's and the person's


@pytest.fixture
def run(draft: Assessment) -> Run:
    return start_run(assessment=draft, user=None).run


def refresh(people: People, run: Run) -> list[str]:
    address = reverse("run-progress", args=[run.pk])
    with CaptureQueriesContext(connection) as queries:
        people.alice.get(address, {"state": "running"})
    return [query["sql"] for query in queries.captured_queries]


def test_a_refresh_asks_a_fixed_number_of_questions_and_none_of_the_items(people: People, run: Run) -> None:
    refresh(people, run)  # what is read once and kept
    asked = refresh(people, run)
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)
    tables = [f'"{model._meta.db_table}"' for model in (Item, Attempt)]
    assert not [sql for sql in asked if any(table in sql for table in tables)]


def test_more_models_ask_no_more_questions(people: People, run: Run) -> None:
    refresh(people, run)
    few = len(refresh(people, run))
    RunCandidate.objects.filter(run=run, position=2).delete()
    assert len(refresh(people, run)) == few
