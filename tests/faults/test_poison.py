"""A request that is the end of whoever asks it: kill -9 of the process, before a byte of an answer."""

from __future__ import annotations

from itertools import pairwise

import pytest

from migration_app.runs.models import Item, ItemState
from migration_app.workloads.models import Sample
from tests.faults.aftermath import aftermath
from tests.faults.conftest import Crew, until
from tests.faults.questions import a_capped_question, done, is_replayed, start
from tests.servers.fixtures import scripted

pytestmark = pytest.mark.faults
MANNERS = {"good": {"tokens": 4, "first_token": 0.1}, "weak": {"tokens": 4, "first_token": 0.1}}


def test_a_poison_request_fails_by_name_after_three_tries_and_the_others_finish(crew: Crew) -> None:
    """One sample kills the worker with each model: two poisons, among 14 requests that stand beside them."""
    question = a_capped_question("http://127.0.0.1:9/v1", *MANNERS, samples=8, concurrency=8)
    poison = Sample.objects.get(position=3)
    poison.messages = [{"role": "user", "content": "Question 3 [[fault:kills]]"}]
    poison.save()
    crew.start()
    with scripted(MANNERS) as vendor:
        question.baseline.connection.__class__.objects.update(base_url=vendor.base_url)
        run = start(question)
        until(lambda: done(run) > 0, within=180)
        weight = crew.weigh()
        crew.weighed_until(lambda: is_replayed(run), within=240)
        crew.kept_its_weight(weight)
        after = aftermath(run, vendor.log()["requests"])
    asked = sorted(request["received"] for request in after.requests.values())
    assert max(later - one for one, later in pairwise(asked)) < 30, "each death was got over soon"
    failed = Item.objects.filter(run=run, state=ItemState.FAILED)
    assert {item.sample_id for item in failed} == {poison.pk}
    assert [item.tries for item in failed] == [3, 3]
    assert after.failures() == {"unknown": 2}
    assert "too often" in after.attempts[failed[0].pk, 3].message
