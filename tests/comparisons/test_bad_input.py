"""Whatever comes in: never a crash, never a false *switch*, always a sentence that says what is missing.

Each goes the whole way, from rows to the comparison, the report and its pages.
"""

from __future__ import annotations

import math

import pytest
from django.test import Client
from django.urls import reverse

from migration_app.comparisons.actions import compare_run
from migration_app.reports.actions import make_report
from migration_app.runs.models import Run, RunState
from migration_app.scoring.actions import score_run
from migration_app.scoring.models import SampleScore
from migration_app.workloads.models import Sample
from tests import builders
from tests.reports.finished import a_question, every, replayed, right

pytestmark = pytest.mark.django_db
SAME = {"Today": right, "Twin": right}
PAGES = ("results", "evidence", "method")


def told(speech, *, samples=60, before=None, scored=None, **fields):
    """The verdict's kind and the summary's text; `before` changes the workload, `scored` the scores."""
    question = a_question(builders.a_team(), *speech, samples=samples, **fields)
    if before:
        before(Sample.objects.filter(workload=question.workload))
    run = replayed(question, speech)
    score_run(run=run)
    if scored:
        scored(SampleScore.objects.filter(item__run=run))
    compare_run(run=run)
    report = make_report(run=run)
    Run.objects.filter(pk=run.pk).update(state=RunState.FINISHED)
    client = Client()
    client.force_login(builders.person())
    answers = [client.get(reverse(page, args=[run.pk])) for page in PAGES]
    assert [answer.status_code for answer in answers] == [200] * len(PAGES)
    return report.data["verdict"]["kind"], answers[0].text + answers[2].text


def unscore(scores):
    scores.update(value=None, unscored="Nothing to score it with.")


def test_no_references_at_all():
    kind, text = told(SAME, before=lambda samples: samples.update(references=[]))
    assert kind == "not_enough_evidence"
    assert "could be scored beside" in text or "could be set beside" in text


def test_one_sample():
    kind, text = told(SAME, samples=1)
    assert kind == "not_enough_evidence"
    assert "Only 1 samples were scored overall; a verdict needs 30." in text


@pytest.mark.parametrize("samples", [2, 24, 29])
def test_a_handful_of_samples(samples):
    kind, text = told(SAME, samples=samples)
    assert kind == "not_enough_evidence"
    assert "a verdict needs 30" in text


def test_all_identical_requests_are_one_sample_and_prove_nothing():
    kind, text = told(SAME, samples=200, before=lambda samples: samples.update(content_hash="same"))
    assert kind == "not_enough_evidence"
    assert "could not be ruled out" in text


def test_duplicates_count_once():
    """Two hundred rows of twenty requests are twenty, however often each is repeated."""

    def repeat(samples):
        for sample in samples:
            samples.filter(pk=sample.pk).update(content_hash=f"h{sample.position % 20}")

    kind, _text = told(SAME, samples=200, before=repeat)
    assert kind == "not_enough_evidence"


def test_all_failed():
    kind, text = told({"Today": right, "Dead": lambda _index: None})
    assert kind == "keep"
    assert "Dead" in text


def test_all_failed_on_both_sides():
    kind, text = told({"Today": lambda _index: None, "Dead": lambda _index: None})
    assert kind == "not_enough_evidence"
    assert "got any mark overall" in text


def test_todays_model_failed_altogether():
    kind, text = told({"Today": lambda _index: None, "Twin": right})
    assert kind == "switch"  # what answers is better than what does not: every request is shown as failed
    assert "100.0%" in text


def test_every_sample_unscored():
    kind, text = told(SAME, scored=unscore)
    assert kind == "not_enough_evidence"
    assert "No answer of Twin could be scored beside Today" in text


def test_one_side_unscored():
    kind, _text = told(SAME, scored=lambda scores: unscore(scores.filter(item__run_candidate__position=0)))
    assert kind == "not_enough_evidence"


def test_a_score_that_is_no_number_is_unscored(monkeypatch):
    """A scorer that divides nothing by nothing."""
    from migration_app.evaluation.scorers import base
    from migration_app.evaluation.scorers.matching import Contains

    monkeypatch.setattr(Contains, "__call__", lambda *_: base.Score(math.nan))
    kind, text = told(SAME)
    assert kind == "not_enough_evidence"
    assert "could be scored beside" in text


@pytest.mark.parametrize("critical", [[], ["c3"]])
def test_categories_of_one_sample_each(critical):
    def alone(samples):
        for sample in samples:
            samples.filter(pk=sample.pk).update(category=f"c{sample.position}")

    kind, text = told(SAME, samples=60, before=alone, critical_categories=critical)
    assert kind == ("not_enough_evidence" if critical else "switch")  # the whole of it is 60 clean samples
    if critical:
        assert "Only 1 samples were scored in c3; a verdict needs 20." in text


def test_five_hundred_categories():
    def many(samples):
        rows = list(samples)
        for sample in rows:
            sample.category = f"category {sample.position % 500}"
        Sample.objects.bulk_update(rows, ["category"], batch_size=500)

    speech = {"Today": right, "Worse": every(3)}
    kind, text = told(speech, samples=1_000, before=many, requests_per_month=10_000)
    assert kind == "keep"
    assert "more" in text


def test_a_critical_category_that_does_not_exist():
    kind, text = told(SAME, critical_categories=["nowhere"])
    assert kind == "not_enough_evidence"
    assert "Only 0 samples were scored in nowhere; a verdict needs 20." in text


def test_names_of_categories_are_hostile():
    nasty = "<script>alert(1)</script>\u202e\"'"

    def rename(samples):
        samples.filter(position__lt=30).update(category=nasty)

    _kind, text = told(SAME, before=rename)
    assert "<script>alert" not in text
