"""The engine's tests: real rows, a real vendor on loopback, no broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from migration_app.runs import retries
from migration_app.runs.actions import start_run
from migration_app.runs.feed import replay, supply
from migration_app.runs.models import Feed, Run
from migration_app.runs.reconcile import expire_leases
from tests.builders import a_candidate, a_connection, a_question, a_team, a_workload
from tests.servers.fixtures import ScriptedServer, scripted

MODELS = {
    "good": {"tokens": 4},
    "weak": {"tokens": 4, "accuracy": 0.4},
    "slow": {"tokens": 4, "first_token": 0.3},
    "silent": {"tokens": 4, "usage": False},
    "limited": {"tokens": 4, "faults": {"status,status=429,retry_after=1": 0.3}},
    "broken": {"tokens": 4, "faults": {"status,status=500": 1.0}},
}


@pytest.fixture(scope="session")
def vendor() -> Iterator[ScriptedServer]:
    """A scripted vendor of the engine's own: `good`, `weak`, and the faulty ones."""
    with scripted(MODELS) as server:
        yield server


@pytest.fixture
def open_loopback(settings: pytest.FixtureRequest) -> None:
    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]  # type: ignore[attr-defined]


@pytest.fixture
def brisk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of seconds, of which these tests need the order and not the length, are short.

    Not where latencies are measured; `tests/faults` waits as the product does.
    """
    if request.node.get_closest_marker("accuracy") is None:
        monkeypatch.setattr(retries, "_BACKOFF_BASE", 0.05)
        monkeypatch.setattr(supply, "_IDLE_SECONDS", 0.05)
        monkeypatch.setattr(supply, "_IDLE_LIMIT", 1.0)


@dataclass
class Bench:
    """A started run and a hand on its feeds."""

    run: Run
    vendor: ScriptedServer

    def replay(self) -> None:
        """Drive every feed in this process until it has nothing to do."""
        for feed in Feed.objects.filter(lane__run=self.run):
            replay(feed.pk)
        self.run.refresh_from_db()

    def asked(self) -> list[dict]:
        return self.vendor.log()["requests"]


@pytest.fixture
def started(
    transactional_db: None,
    open_loopback: None,
    brisk: None,
    vendor: ScriptedServer,
    settings: pytest.FixtureRequest,
) -> Iterator[Callable[..., Bench]]:
    """Start a run of `good` against other scripted models."""
    settings.FEED_SLICE_SECONDS = 20.0  # type: ignore[attr-defined]
    vendor.reset()
    vendor.behave(**MODELS)

    def start(
        *models: str, samples: int = 12, price: tuple[str, str] | None = ("1", "2"), **fields: object
    ) -> Bench:
        team = a_team()
        connection = a_connection(team, vendor.base_url, max_concurrency=fields.pop("concurrency", 4))
        candidates = [a_candidate(connection, model, price=price) for model in ("good", *models)]
        question = a_question(team, a_workload(team, samples), *candidates, **fields)  # type: ignore[arg-type]
        return Bench(start_run(assessment=question, user=None).run, vendor)

    yield start
    expire_leases()
