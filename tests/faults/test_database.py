"""PostgreSQL is stopped as by a crash, three times for ten seconds; a disk is full for a while."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from migration_app.runs.models import AttemptState, RunState
from tests.faults.aftermath import aftermath
from tests.faults.conftest import Crew, until
from tests.faults.places import Place
from tests.faults.questions import ask, done, state_of
from tests.servers.fixtures import scripted

pytestmark = pytest.mark.faults
ANSWER = {"tokens": 4, "first_token": 0.2}
MANNERS = {"good": ANSWER, "weak": ANSWER | {"accuracy": 0.3}}
STOPS, SECONDS = 3, 10.0


def test_postgresql_is_away_for_ten_seconds_three_times(
    make_place: Callable[..., Place], use: Callable[[Place], Crew]
) -> None:
    moments = random.Random("postgres stops")
    crew = use(make_place("postgres"))
    crew.start()
    with scripted(MANNERS) as vendor:
        run = ask(vendor.base_url, *MANNERS, samples=90)
        for _ in range(STOPS):
            before = done(run)
            until(lambda before=before: done(run) > before + 8, within=60)
            time.sleep(moments.uniform(0.0, 0.5))
            crew.away(SECONDS)
            before = done(run)
            until(lambda before=before: done(run) > before, within=30, what="no answer stored")
        until(lambda: state_of(run) == RunState.FINISHED, within=90)
        after = aftermath(run, vendor.log()["requests"])
    assert not after.failures()
    lost = [key for key in after.requests if after.attempts[key].state == AttemptState.UNKNOWN]
    assert not lost, "answers that came meanwhile were held, and stored afterwards"
