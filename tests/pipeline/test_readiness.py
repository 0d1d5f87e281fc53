"""A worker does not begin on a database of another version, or of another day."""

from __future__ import annotations

import time

import pytest
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder

from migration_app.pipeline import readiness, startup
from migration_app.pipeline.readiness import clock_refusal, database_refusal, schema_refusal

pytestmark = pytest.mark.django_db


def test_a_database_of_this_version_and_hour_is_fine() -> None:
    assert schema_refusal() == clock_refusal() == ""


def test_a_database_that_is_behind_is_refused_with_what_to_do() -> None:
    MigrationRecorder.Migration.objects.filter(app="runs").order_by("-pk").first().delete()
    assert "manage.py migrate" in schema_refusal()


def test_a_database_that_is_ahead_is_refused() -> None:
    MigrationRecorder.Migration.objects.create(app="runs", name="9999_from_the_future")
    assert "newer version of Crossover (runs 9999_from_the_future)" in schema_refusal()


@pytest.mark.parametrize(("apart", "refused"), [(5, False), (600, False), (-600, False), (7200, True)])
def test_clocks_may_differ_by_minutes_and_not_by_hours(
    monkeypatch: pytest.MonkeyPatch, apart: float, refused: bool
) -> None:
    now = time.time()
    monkeypatch.setattr(readiness.time, "time", lambda: now + apart)
    assert bool(clock_refusal()) is refused


def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> str:
        raise OperationalError("connection refused")

    monkeypatch.setattr(readiness, "schema_refusal", away)
    monkeypatch.setattr(readiness.connection, "close", lambda: None)
    assert database_refusal() == ""


def test_a_refused_worker_leaves_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(startup, "broker_refusal", lambda: "")
    monkeypatch.setattr(startup, "database_refusal", lambda: "The database lacks 2 changes.")
    with pytest.raises(SystemExit):
        startup._refuse_to_work()
    assert "This worker does not start. The database lacks 2" in capsys.readouterr().err
