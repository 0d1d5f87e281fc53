"""Dana's team, which the areas fill: a workload, three priced models, runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from migration_app.accounts.models import Team, User
from migration_app.candidates.models import Candidate
from migration_app.runs.actions import start_run
from migration_app.runs.events import log
from migration_app.runs.models import Assessment, Run, RunCandidate
from tests.browser.journeys import PASSWORD
from tests.builders import a_candidate, a_connection, a_question, a_team, a_workload
from tests.reports.finished import every, finished, right

UNDER_WAY = {"running", "paused", "budget_reached", "cancelled", "failed"}
LIMITED = "The vendor's rate limit was reached. Ask fewer things a minute, or have it raised."
ENDED, ALL = (47, 31), (60, 60)  # of 60 requests to each of two options
SPOKEN = "<b>Your parcel</b> is on its way; see ![here](https://example.com/a.png) \u202eand wait"


def dana() -> User:
    """A person with a password and an empty team."""
    a_team("Acme", owner="dana")
    user = User.objects.get(username="dana")
    user.set_password(PASSWORD)
    user.save()
    return user


@dataclass
class World:
    """What there is to show."""

    team: Team
    dana: User
    workload: Any
    models: list[Candidate]

    def question(self, *models: Candidate, **fields: Any) -> Assessment:
        return a_question(self.team, self.workload, *(models or self.models), **fields)

    def finished(self, **fields: Any) -> Run:
        speech = {"Aurora Large": right, "Borealis 70B": every(30, SPOKEN), "Wren 8B": every(2)}
        return finished(self.question(requests_per_month=100_000, **fields), speech)

    def run_that_is(self, state: str) -> Run:
        """A run of two options that stands still in a state."""
        question = self.question(*self.models[:2], name=f"It is {state}")
        run = start_run(assessment=question, user=self.dana).run
        began = timezone.now() - timedelta(minutes=3)
        Run.objects.filter(pk=run.pk).update(state=state, started_at=began, spent_nanos=4_310_000)
        for entry, ended in zip(run.candidates.all(), ENDED if state in UNDER_WAY else ALL, strict=True):
            tally = {"items_done": ended - 1, "items_failed": 1, "retries": 3, "spent_nanos": 2_155_000}
            RunCandidate.objects.filter(pk=entry.pk).update(last_settle_at=began, **tally)
            log(run.pk, LIMITED, entry.pk)
        return run


def a_full_team() -> World:
    user = dana()
    team = user.teams.get()
    workload = a_workload(team, 60)
    workload.profile = {"categories": {"routing": 30, "sentiment": 30}}
    workload.save()
    connection = a_connection(team, "http://127.0.0.1:9/v1", name="Northwind AI")
    names = ("Aurora Large", "Borealis 70B", "Wren 8B")
    models = [a_candidate(connection, name.lower(), label=name) for name in names]
    return World(team, user, workload, models)
