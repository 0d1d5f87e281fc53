"""Today's model over several runs of the same requests: who is compared, and what is told of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from migration_app.comparisons.actions import compare_run
from migration_app.comparisons.models import Comparison
from migration_app.reports.build import freeze
from migration_app.reports.pdf import render_pdf
from migration_app.runs.models import Assessment, Run
from tests import builders
from tests.reports.finished import a_question, every, finished, right
from tests.reports.test_schema import kept

pytestmark = pytest.mark.django_db
SAME = {"Today": right, "Twin": right}


@pytest.fixture
def first(client):
    """Alice's first run: today's model knew every answer. Run a month ago."""
    question = a_question(builders.a_team(), "Today", "Twin", samples=60)
    return _a_month_earlier(finished(question, SAME))


def _a_month_earlier(run: Run) -> Run:
    Run.objects.filter(pk=run.pk).update(replayed_at=run.replayed_at - timedelta(days=30))
    run.refresh_from_db()
    return run


def again(run: Run, speech=SAME, **changes) -> Run:
    """Another question about the same requests and models, asked and finished."""
    old = run.assessment
    others = [one.candidate for one in run.candidates.exclude(is_baseline=True).select_related("candidate")]
    question = builders.a_question(old.team, old.workload, old.baseline, *others, name="Once more")
    for name, value in changes.items():
        setattr(question, name, value)
    question.save()
    return finished(question, speech)


def timeline(run: Run) -> list[dict]:
    return Comparison.objects.get(run=run).data["steadiness"]["timeline"]


def test_a_first_run_has_no_timeline(first):
    assert timeline(first) == []
    assert freeze(Comparison.objects.get(run=first).data)["timeline"] is None


def test_a_later_run_shows_every_earlier_one_and_itself_last(first):
    second = _a_month_earlier(again(first))
    Run.objects.filter(pk=first.pk).update(replayed_at=first.replayed_at - timedelta(days=30))
    third = again(first, {"Today": every(4), "Twin": right})
    found = timeline(third)
    assert [one["run"] for one in found] == [str(run.pk) for run in (first, second, third)]
    assert len(kept(freeze(Comparison.objects.get(run=third).data))["timeline"]["rows"]) == 3
    assert [one["mean"] for one in found] == [1.0, 1.0, 0.75]
    assert all(one["interval"]["low"] < one["mean"] <= one["interval"]["high"] for one in found)
    assert [one["changed"] for one in found] == [True, True, False]
    assert found[0]["finding"]["difference"] == pytest.approx(-0.25) and found[0]["finding"]["n"] == 60
    assert found[-1]["finding"] is None


def test_only_the_samples_that_both_scored_are_compared(first):
    from migration_app.comparisons.projection import project_run
    from migration_app.scoring.models import SampleScore

    SampleScore.objects.filter(item__run=first, item__sample__position__lt=20).update(
        value=None, unscored="It could not be read."
    )
    project_run(first)
    (then, _now) = timeline(again(first))
    assert (then["scored"], then["finding"]["n"], then["finding"]["difference"]) == (40, 40, 0.0)
    assert not then["changed"]


@pytest.mark.parametrize(
    "other",
    [
        {"settings": {"temperature": 0.7}},
        {"scoring": {"default": {"name": "exact_match", "parameters": {}}}},
    ],
    ids=["settings", "scoring"],
)
def test_a_run_that_was_asked_or_scored_otherwise_is_left_out(first, other):
    assert timeline(again(first, **other)) == []


def test_a_run_that_is_not_over_or_came_later_is_left_out(first):
    second = again(first)
    Run.objects.filter(pk=second.pk).update(state="comparing")
    assert compare_run(run=first).data["steadiness"]["timeline"] == [], "the second came later"
    third = again(first)
    assert [one["run"] for one in timeline(third)] == [str(first.pk), str(third.pk)]


def test_another_model_or_another_version_of_the_requests_is_left_out(first):
    stranger = builders.a_candidate(first.assessment.baseline.connection, "other", label="Other")
    question = builders.a_question(
        first.assessment.team, first.assessment.workload, stranger, first.assessment.baseline
    )
    assert timeline(finished(question, {"Today": right, "Other": right})) == []


def test_alice_reads_it_on_the_evidence_page_and_in_the_pdf(first, client):
    second = again(first, {"Today": every(4), "Twin": right})
    report = second.reports.get()
    told = report.data["timeline"]
    assert told["headline"] == "Today differs from 1 of 1 earlier run by more than chance"
    assert [row["quality"] for row in told["rows"]] == ["100.0%", "75.0%"]
    assert told["rows"][0]["change"] == "−25.0\u00a0points" and told["rows"][1]["change"] == ""
    client.force_login(builders.person())
    page = client.get(reverse("evidence", args=[second.pk])).content.decode()
    assert told["headline"] in page and "−25.0\u00a0points" in page and "this run" in page
    assert render_pdf(report.data, sha256="a" * 64).startswith(b"%PDF")


def test_a_report_of_before_there_were_timelines_still_makes_a_pdf(first):
    data = {name: part for name, part in first.reports.get().data.items() if name != "timeline"}
    assert render_pdf(data, sha256="a" * 64).startswith(b"%PDF")


def test_a_run_that_a_judge_scored_has_no_timeline(first):
    second = again(first)
    judged = {"default": {"name": "rubric_judge", "parameters": {}}}
    Assessment.objects.filter(pk__in=[first.assessment_id, second.assessment_id]).update(scoring=judged)
    second = Run.objects.select_related("assessment").get(pk=second.pk)
    assert compare_run(run=second).data["steadiness"]["timeline"] == []
