"""What every test may ask for."""

import gc
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import TransactionTestCase

from tests.services import tables

pytest_plugins = ["tests.services.fixtures"]

# Fixtures by which a test says that it works on the database.
USES_THE_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}

gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what works on the database: `tests/run.py` runs no other test twice."""
    for item in items:
        asked_for = set(getattr(item, "fixturenames", ()))
        if asked_for & USES_THE_DATABASE or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database)


def pytest_collection_finish() -> None:
    """Thousands of collected tests live to the end: every full collection would walk through them again."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Tables made at once, and emptied quickly after each test that committed."""
    with django_db_blocker.unblock():
        tables.note_as_migrated(connection)
    with patch.object(TransactionTestCase, "_fixture_teardown", tables.empty):
        yield
