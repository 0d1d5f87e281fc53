"""A private message server as a fixture: a real one, started once for a run, gone after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.broker import private_broker


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a Redis-protocol server of this run's own."""
    with private_broker() as url:
        yield url
