"""A list asks the database as often for a team that has much as for one that has little."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from migration_app.accounts.models import Team
from migration_app.runs.models import Assessment
from tests.builders import a_candidate, a_connection, a_question, a_workload
from tests.reports.finished import finished, right
from tests.web.people import People

LISTS = ("assessments", "connections", "prices", "workloads", "policy", "team")


def add(team: Team, names: str) -> None:
    """For each name a connection with two models, a workload, and a question about them that was answered."""
    for name in names:
        at = a_connection(team, "http://127.0.0.1:9/v1", name=f"At {name}")
        models = [a_candidate(at, f"{name}{which}", label=f"{name}{which}") for which in "12"]
        question = a_question(team, a_workload(team, 2, name=f"Desk {name}"), *models, name=name)
        finished(question, dict.fromkeys([model.label for model in models], right))


def queries(browser: Client, address: str) -> int:
    browser.get(address)  # what is asked once for all stays known
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


@pytest.mark.django_db
def test_no_list_asks_more_often_the_more_a_team_has(people: People, draft: Assessment) -> None:
    options = f"{reverse('assessment-new')}?workload={draft.workload_id}"
    addresses = [*map(reverse, LISTS), options]
    add(people.team, "ab")
    few = {address: queries(people.alice, address) for address in addresses}
    add(people.team, "cde")
    assert {address: queries(people.alice, address) for address in addresses} == few
