"""The published schema of the JSON export describes all of a report, and real ones keep to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from migration_app.comparisons.break_even import break_evens
from migration_app.reports.build import freeze
from tests import builders
from tests.comparisons.test_break_even import options, plan
from tests.reports.factories import baseline, candidate, comparison_data
from tests.reports.finished import a_question, every, finished, right
from tests.reports.test_money import PAYBACK
from tests.reports.test_money import report as with_money
from tests.reports.test_split import report_with, split

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text())
REPORT = {"$defs": SCHEMA["$defs"], "$ref": "#/$defs/report"}
DESCRIBED = set(SCHEMA["$defs"]["report"]["properties"])


def kept(report: Any) -> dict[str, Any]:
    """The report as its readers get it, once it is found to keep to the schema."""
    read: dict[str, Any] = json.loads(json.dumps(report))
    jsonschema.validate(read, REPORT)
    assert set(read) == DESCRIBED
    return read


@pytest.mark.django_db
def test_a_report_of_a_real_run_keeps_to_it(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    question = a_question(builders.a_team(), "Today", "Lumen", rules={"places": ["eu"]})
    found = kept(finished(question, {"Today": right, "Lumen": every(10)}).reports.get().data)
    assert [row["label"] for row in found["terms"]] == ["Today", "Lumen"]
    assert found["ranking"]["options"][1]["passes"] is False


@pytest.mark.django_db
def test_a_report_of_a_run_in_which_every_call_failed_keeps_to_it(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    question = a_question(builders.a_team(), "Today", "Lumen", samples=40)
    run = finished(question, {"Today": lambda _index: None, "Lumen": lambda _index: None})
    found = kept(run.reports.get().data)
    assert "neither Today nor Lumen answered one" in found["verdict"]["lead"][0]["text"]
    assert all(row["numbers"]["quality"] is None for row in found["table"]["rows"])


def test_a_split_and_what_the_move_changes_are_described() -> None:
    assert kept(report_with(split()))["split"]["rows"]
    assert kept(with_money(payback=PAYBACK))["changes"]


def test_a_break_even_is_described() -> None:
    data = comparison_data(*options(plan()))
    data["break_even"] = break_evens(data["options"], 1_000_000)
    assert kept(freeze(data))["break_even"][0]["chart"]["lines"]


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("split", {"headline": "A split"}),
        ("ranking", {"options": [], "weights": {"quality": 200, "cost": 0, "speed": 0}}),
        ("break_even", [{}]),
        ("terms", [{"label": "Lumen"}]),
    ],
)
def test_what_does_not_keep_to_it_is_found(part: str, wrong: Any) -> None:
    report = freeze(comparison_data(baseline(), candidate(1, "Lumen"))) | {part: wrong}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(json.dumps(report)), REPORT)
