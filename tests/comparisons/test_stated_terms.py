"""Rules on data and licences in the verdict and the report: they only lower, and are told in words."""

from __future__ import annotations

import pytest

from migration_app.candidates.models import Candidate
from migration_app.candidates.terms.actions import state_terms
from migration_app.comparisons.models import Verdict
from migration_app.runs.actions import start_run
from tests import builders
from tests.reports import finished as runs
from tests.reports.finished import a_question, finished, right

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepting(monkeypatch):
    """Somebody has accepted on the check page that a rule is broken."""
    monkeypatch.setattr(
        runs, "start_run", lambda **wish: start_run(**wish, accepts_conflicts="Only the public requests")
    )


def outcome(place: str, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    question = a_question(builders.a_team(), "Today", "Lumen", samples=80, rules={"places": ["eu"]})
    if place:
        connection = Candidate.objects.get(label="Lumen").connection
        state_terms(connection=connection, user=None, place=place, source="contract of 2026")
    run = finished(question, {"Today": right, "Lumen": right})
    return Verdict.objects.get(
        run_candidate__run=run, run_candidate__label="Lumen"
    ).kind, run.reports.get().data


def test_a_model_that_keeps_the_rule_may_replace_todays(settings, tmp_path) -> None:
    kind, report = outcome("eu", settings, tmp_path)
    assert kind == "switch"
    section = next(s for s in report["method"]["sections"] if s["title"] == "Data and licences, as stated")
    (lumen,) = [fact["value"] for fact in section["facts"] if fact["term"] == "Lumen"]
    assert lumen.startswith("processed in: European Union or EEA; kept: unknown; training: unknown;")
    assert "contract of 2026" in lumen
    asked = next(
        f["value"] for f in report["method"]["sections"][0]["facts"] if f["term"] == "Must-have rules"
    )
    assert asked == "where requests are processed: only European Union or EEA"


def test_a_model_that_breaks_it_stays_out_however_good(settings, tmp_path, accepting) -> None:
    kind, report = outcome("us", settings, tmp_path)
    assert kind == "keep"
    told = "Lumen breaks your rule on where requests are processed: United States."
    assert any(reason.startswith(told) for reason in report["verdict"]["reasons"])
    assert any(risk["level"] == "high" and told in risk["text"] for risk in report["risks"])


def test_a_model_of_which_it_is_unknown_gets_a_condition_and_no_clean_switch(settings, tmp_path) -> None:
    kind, report = outcome("", settings, tmp_path)
    assert kind == "switch_with_conditions"
    assert any("nobody has written it down yet" in reason for reason in report["verdict"]["reasons"])
    first = report["conditions"]["items"][0]
    assert first["title"] == "Confirm where Scripted processes requests"
    assert "only once its conditions are met" in report["verdict"]["headline"]
    lumen = report["ranking"]["options"][1]
    assert (lumen["label"], lumen["passes"]) == ("Lumen", False)


def test_the_report_says_who_sent_requests_against_a_rule_and_why(settings, tmp_path, accepting) -> None:
    _, report = outcome("us", settings, tmp_path)
    section = next(s for s in report["method"]["sections"] if s["title"] == "Data and licences, as stated")
    (told,) = [fact["value"] for fact in section["facts"] if fact["term"] == "Sent against a rule"]
    assert "Lumen breaks your rule on where requests are processed: United States." in told
    assert "“Only the public requests” (alice, " in told


def test_every_option_s_terms_are_frozen_as_text(settings, tmp_path) -> None:
    _, report = outcome("eu", settings, tmp_path)
    lumen = report["terms"][1]
    assert (lumen["label"], lumen["place"], lumen["kept"]) == ("Lumen", "European Union or EEA", "unknown")
    assert lumen["source"].startswith("contract of 2026, as of ")
