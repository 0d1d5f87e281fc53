"""Nothing starts on a message server that may lose messages, and the person is told why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from migration_app.pipeline import control
from migration_app.runs.actions import CannotStart
from migration_app.runs.models import Run
from tests.pipeline.test_story import put_question
from tests.services.broker import private_broker


@pytest.fixture
def evicting_url() -> Iterator[str]:
    with private_broker() as url:
        with redis.Redis.from_url(url) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
        yield url


def test_a_run_is_refused_where_messages_may_be_evicted(db, settings, evicting_url):
    settings.REDIS_URL = evicting_url
    with pytest.raises(CannotStart, match=r"may throw messages away \(maxmemory-policy allkeys-lru\)"):
        control.start(assessment=put_question("http://127.0.0.1:9/v1", samples=2), user=None)
    assert not Run.objects.exists()


def test_a_run_starts_while_the_message_server_is_away_and_waits_for_it(db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    run = control.start(assessment=put_question("http://127.0.0.1:9/v1", samples=2), user=None)
    assert run.is_open


def test_a_worker_does_not_begin_where_messages_may_be_evicted(workers, evicting_url):
    workers.environment["REDIS_URL"] = evicting_url
    process = workers.start()
    assert process.wait(timeout=120) == 1
    said = workers.log.read_text()
    assert "This worker does not start." in said and "allkeys-lru" in said and "Traceback" not in said
