"""What every test may ask for."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import TransactionTestCase

from tests.services import tables

pytest_plugins = ["tests.services.fixtures"]

# Fixtures by which a test says that it works on the database.
USES_THE_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}

# Files are handed out whole, in this order: none of these is to begin when the others have ended.
LONGEST = (
    "evaluation/scorers/test_hostile_input.py",
    "comparisons/test_bad_input.py",
    "pipeline/test_story.py",
    "web/test_access.py",
    "runs/test_open_load.py",
    "runs/test_replay.py",
    "runs/test_outages.py",
    "runs/test_retries.py",
    "scoring/test_reviews.py",
    "reports/test_pdf.py",
    "web/test_results.py",
    "web/test_without_a_script.py",
    "reports/test_files.py",
    "runs/test_pacing.py",
    "runs/test_extending.py",
    "comparisons/test_looks.py",
    "pipeline/test_startup.py",
)
TESTS = Path(__file__).parent

gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what works on the database: `tests/run.py` runs no other test twice."""
    for item in items:
        asked_for = set(getattr(item, "fixturenames", ()))
        if asked_for & USES_THE_DATABASE or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin with the longest; and collect no garbage among thousands of tests, which live to the end."""
    places = {TESTS / name: place for place, name in enumerate(LONGEST)}
    session.items.sort(key=lambda item: places.get(item.path, len(places)))
    gc.collect()
    gc.freeze()
    # A test leaves a few thousand objects in circles: to look for them after every 700 takes 7% of its time.
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="module")
def kept_rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """Rows that the tests of a module share: `with kept_rows: …` writes them, in a fixture of the module."""
    with django_db_blocker.unblock():
        keeping = tables.kept_rows()
        keeping.__enter__()
    yield django_db_blocker.unblock()
    with django_db_blocker.unblock():
        keeping.__exit__(None, None, None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Tables made at once, and emptied quickly after each test that committed."""
    with django_db_blocker.unblock():
        tables.note_as_migrated(connection)
    with patch.object(TransactionTestCase, "_fixture_teardown", tables.empty):
        yield
