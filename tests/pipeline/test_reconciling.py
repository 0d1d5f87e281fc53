"""The reconciler does what it can: one thing that it cannot repair holds nothing else up."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from migration_app.pipeline import tasks


def test_what_one_part_stumbles_over_keeps_no_other_from_its_work(monkeypatch, caplog):
    done = []

    def repair_a_bad_row():
        raise ValueError("nobody thought of this")

    monkeypatch.setattr(tasks, "_PARTS", (repair_a_bad_row, lambda: done.append("the rest")))
    tasks.reconcile()
    assert done == ["the rest"]
    assert "repair_a_bad_row" in caplog.text and "nobody thought of this" in caplog.text


def test_while_the_database_is_away_nothing_more_is_tried(monkeypatch):
    done = []

    def ask_the_database():
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(tasks, "_PARTS", (ask_the_database, lambda: done.append("the rest")))
    with pytest.raises(OperationalError):
        tasks.reconcile()
    assert not done
