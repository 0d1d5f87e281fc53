"""Private servers as fixtures: real ones, started once for a run, gone after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.broker import private_broker
from tests.services.postgres import PostgresUnavailable, private_postgres


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a Redis-protocol server of this run's own."""
    with private_broker() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """DATABASE_URL of a PostgreSQL of this run's own; skips, saying why, where there is none."""
    try:
        server = private_postgres()
        url = server.__enter__()
    except PostgresUnavailable as reason:
        pytest.skip(f"no private PostgreSQL: {reason}")
    try:
        yield url
    finally:
        server.__exit__(None, None, None)
