"""A trial: said before it is sent, small, capped, and telling nobody which model is better."""

from __future__ import annotations

import pytest
from django.urls import reverse

from migration_app.pipeline import control
from migration_app.runs.actions.trial import put_trial, trial_estimate
from migration_app.runs.estimates import LEAST_MEASURED, estimate
from migration_app.runs.models import Assessment, Attempt, AttemptState, Item, Run
from migration_app.runs.money import from_nanos
from tests.web.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "broker_refusal", lambda: "")
    monkeypatch.setattr(control, "wake_feeds", lambda ids: None)


def test_its_cost_stands_beside_its_button(people: People, draft: Assessment) -> None:
    page = people.alice.get(reverse("assessment-check", args=[draft.pk])).content.decode()
    expected = trial_estimate(draft)
    assert expected.requests == LEAST_MEASURED * 3 and "Send the trial" in page
    assert "It costs about" in page and not Run.objects.exists()
    vera = people.vera.get(reverse("assessment-check", args=[draft.pk])).content.decode()
    assert "Send the trial" not in vera


def test_a_trial_is_small_and_capped_and_leaves_the_draft_alone(people: People, draft: Assessment) -> None:
    address = reverse("assessment-trial", args=[draft.pk])
    assert people.vera.post(address).status_code == 403 and people.charlie.post(address).status_code == 404
    assert people.alice.post(address).status_code == 302
    run = Run.objects.select_related("assessment").get()
    trial, expected = run.assessment, trial_estimate(draft)
    assert trial.pk != draft.pk and run.items_total == LEAST_MEASURED * 3
    assert expected.high is not None and run.cap_nanos is not None
    assert from_nanos(run.cap_nanos) == expected.high * 2
    draft.refresh_from_db()
    assert draft.frozen_at is None and not draft.runs.exists()
    assert trial.scoring["default"]["name"] == "not_refused", "nobody sees which one is better"


def test_what_the_trial_measured_replaces_the_guess(people: People, draft: Assessment) -> None:
    people.alice.post(reverse("assessment-trial", args=[draft.pk]))
    Attempt.objects.bulk_create(
        Attempt(
            item=item, number=1, state=AttemptState.COMPLETED, input_tokens=30, output_tokens=9, total=1.0
        )
        for item in Item.objects.all()
    )
    assert all(part.measured for part in estimate(draft).per_candidate)
    page = people.alice.get(reverse("assessment-check", args=[draft.pk])).content.decode()
    assert "Measured in earlier runs" in page and "Send the trial" not in page


def test_few_samples_are_asked_more_than_once(people: People, draft: Assessment) -> None:
    draft.workload.samples.filter(position__gte=4).delete()
    draft.workload.sample_count = 4
    draft.workload.save()
    trial = put_trial(draft=draft, user=None)
    assert (trial.sample_limit, trial.repetitions) == (4, 3)


def test_a_frozen_question_gets_no_trial(people: People, draft: Assessment) -> None:
    Assessment.objects.update(frozen_at="2026-11-01T00:00:00Z")
    assert people.alice.post(reverse("assessment-trial", args=[draft.pk])).status_code == 404


def test_a_trial_that_may_not_start_leaves_no_question_behind(
    people: People, draft: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "broker_refusal", lambda: "The server may throw messages away.")
    answer = people.alice.post(reverse("assessment-trial", args=[draft.pk]), follow=True)
    assert "may throw messages away" in answer.content.decode()
    assert list(Assessment.objects.all()) == [draft]


def test_two_clicks_send_one_trial(people: People, draft: Assessment) -> None:
    address = reverse("assessment-trial", args=[draft.pk])
    places = {people.alice.post(address)["Location"] for _ in range(2)}
    assert len(places) == 1 and Run.objects.count() == 1
    assert Assessment.objects.count() == 2
