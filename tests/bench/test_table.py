"""A bench is honest: what was not measured, or failed, counts as missed."""

from __future__ import annotations

import json

import pytest

from bench import replay, table
from bench.table import Row


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "FOLDER", tmp_path)
    return tmp_path


def measures(*found):
    return [((lambda row=row: [row]), ((row.name, row.bar),)) for row in found]


def test_all_bars_met_is_a_success_and_is_kept_as_json(monkeypatch, own_folder):
    monkeypatch.setattr(replay, "MEASURES", measures(Row("speed", "≥ 1", "2", True, values={"rate": 2.0})))
    assert replay.main()
    stored = json.loads((own_folder / "replay.json").read_text())
    assert stored["met"] and stored["rows"][0]["values"] == {"rate": 2.0}


def test_a_missed_bar_is_a_failure(monkeypatch):
    monkeypatch.setattr(replay, "MEASURES", measures(Row("a", "≥ 1", "2", True), Row("b", "≥ 1", "0", False)))
    assert not replay.main()


def test_a_measurement_that_fails_is_shown_and_missed_and_hides_no_other(monkeypatch, capsys):
    def fails():
        raise RuntimeError("nothing came back")

    good = measures(Row("good", "≥ 1", "2", True))
    monkeypatch.setattr(replay, "MEASURES", [(fails, (("bad", "≥ 1"),)), *good])
    assert not replay.main()
    printed = capsys.readouterr().out
    assert "not measured: RuntimeError: nothing came back" in printed
    assert "1 of 2 rows met" in printed


def test_figures_are_refused_when_requests_are_missing():
    with pytest.raises(RuntimeError, match="2 were to be asked, 0 were, 0 came back"):
        replay._figures({"timings": []}, [], slots=1, requests=2)
