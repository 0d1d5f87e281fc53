"""The message server is killed and comes back with nothing, five times; its hints are worth seconds."""

from __future__ import annotations

import random
import time

import pytest

from tests.faults.aftermath import aftermath
from tests.faults.conftest import UNHURRIED, Crew, until
from tests.faults.questions import ask, done, goes_on, is_replayed
from tests.servers.fixtures import scripted
from tests.services.broker import MortalBroker

pytestmark = pytest.mark.faults
ANSWER = {"tokens": 4, "first_token": 0.2}
MANNERS = {"good": ANSWER, "weak": ANSWER | {"accuracy": 0.3}}
KILLS = 5


def test_the_broker_dies_five_times_and_nothing_is_asked_twice(crew: Crew, broker: MortalBroker) -> None:
    """Slices of two seconds, so that every death falls between a hint and the next."""
    moments = random.Random(f"broker on {crew.place.engine}")
    crew.start(**UNHURRIED, CROSSOVER_FEED_SLICE_SECONDS="2")
    with scripted(MANNERS) as vendor:
        run = ask(vendor.base_url, *MANNERS, samples=110)
        until(lambda: done(run) > 0, within=180)
        weight = crew.weigh()
        for _ in range(KILLS):
            time.sleep(moments.uniform(0.5, 2.0))
            broker.kill()
            time.sleep(moments.uniform(0.2, 2.0))
            broker.start()
            goes_on(run, what="no answer after the wipe")
        crew.weighed_until(lambda: is_replayed(run), within=180)
        crew.kept_its_weight(weight)
        after = aftermath(run, vendor.log()["requests"])
    assert not after.failures() and after.unknown() == 0
    assert len(after.attempts) == len(after.items), "nothing was asked twice"
