"""SIGTERM: what is in flight is finished and stored, nothing new is sent, and somebody else goes on."""

from __future__ import annotations

import signal
from time import monotonic

import pytest

from migration_app.pipeline import control
from migration_app.runs.drafts import choose_load
from migration_app.runs.models import Attempt, AttemptState, Item, ItemState, Run, RunState
from tests.pipeline.conftest import patience
from tests.pipeline.test_story import put_question, state_of
from tests.servers.fixtures import scripted

pytestmark = pytest.mark.faults

CALL_SECONDS = 0.8
MANNERS = {name: {"tokens": 4, "first_token": CALL_SECONDS} for name in ("good", "weak")}
GRACE = 60.0  # seconds; an idle machine needs two


@pytest.mark.parametrize("load", [{}, {"load": "poisson", "peak_per_minute": 600}])
def test_a_worker_told_to_end_leaves_nothing_unknown(workers, broker, load):
    first = workers.start()
    with scripted(MANNERS) as vendor, patience(300) as until:
        question = put_question(vendor.base_url, samples=60)
        if load:
            choose_load(assessment=question, **load)
        run = control.start(assessment=question, user=None)
        until(lambda: Item.objects.filter(run=run, state=ItemState.DONE).count() > 15)
        told = monotonic()
        first.send_signal(signal.SIGTERM)
        assert first.wait(timeout=GRACE) == 0
        requests = vendor.log()["requests"]
        assert [one for one in requests if one["received"] > told + 5] == []
        assert [one for one in requests if one["client_left"] is not None] == [], "none was cut off"
        done = set(Item.objects.filter(run=run, state=ItemState.DONE).values_list("pk", flat=True))
        assert len(done) == len(requests), "every answer that was paid for is stored"
        assert not Item.objects.filter(run=run, state=ItemState.LEASED).exists()
        assert Run.objects.get(pk=run.pk).reserved_nanos == 0
        workers.start()
        until(lambda: state_of(run) in (RunState.FINISHED, RunState.FAILED))
        assert len(vendor.log()["requests"]) == 120, "nothing was asked twice"
    assert state_of(run) == RunState.FINISHED
    assert not Attempt.objects.filter(item__run=run, state=AttemptState.UNKNOWN).exists()
    assert Attempt.objects.filter(item__run=run).count() == 120
