"""From a workload to a running test, and what is said before anything is sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from migration_app.candidates.models import Candidate, Connection
from migration_app.runs.actions import cancel_run
from migration_app.runs.models import Assessment, Run
from migration_app.runs.requests import settings_from
from migration_app.workloads.models import Workload
from tests.web.people import People

RULES = {
    "margin": "5",
    "category_margin": "10",
    "alpha": "0.05",
    "repetitions": "1",
    "max_output_tokens": "64",
    "seed": "0",
    "load": "closed",
    "warm_up_calls": "2",
    "default_scorer": "contains",
    "scorer_0": "exact_match",
    "scorer_1": "contains",
}


@pytest.fixture
def workload(draft: Assessment) -> Workload:
    return draft.workload


def options_url(workload: Workload) -> str:
    return f"{reverse('assessment-new')}?workload={workload.pk}"


def choose(models: list[Candidate], **more: Any) -> dict[str, Any]:
    return {"name": "Q", "baseline": str(models[0].pk), "candidates": [str(models[1].pk)], **more}


def test_the_list_explains_itself_when_there_is_nothing_yet(people: People) -> None:
    page = people.alice.get(reverse("assessments")).content.decode()
    assert "See a verdict with a sample" in page, "three clicks do where models are there"
    assert reverse("connection-new") in page and reverse("upload") in page


def test_a_number_that_no_database_holds_is_refused(people: People, draft: Assessment) -> None:
    address = reverse("assessment-rules", args=[draft.pk])
    assert people.alice.post(address, RULES | {"sample_limit": "9" * 30}).status_code == 200
    draft.refresh_from_db()
    assert draft.sample_limit is None


def test_todays_model_is_proposed_and_choices_make_a_draft(
    people: People, models: list[Candidate], workload: Workload
) -> None:
    page = people.alice.get(options_url(workload)).content.decode()
    assert f'name="baseline" value="{models[0].pk}" checked' in page
    before = Assessment.objects.count()
    answer = people.alice.post(options_url(workload), choose(models))
    assert Assessment.objects.count() == before + 1
    made = Assessment.objects.get(name="Q")
    assert answer["Location"] == reverse("assessment-rules", args=[made.pk])
    assert list(made.candidates.all()) == [models[1]] and made.scoring == workload.scoring


def test_a_box_on_todays_model_means_nothing(
    people: People, models: list[Candidate], workload: Workload
) -> None:
    both = [str(models[0].pk), str(models[1].pk)]
    people.alice.post(options_url(workload), choose(models, candidates=both))
    assert list(Assessment.objects.get(name="Q").candidates.all()) == [models[1]]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"baseline": ""}, "Choose the model that serves this workload today."),
        ({"candidates": []}, "Choose at least one model"),
        ({"candidates": ["nonsense"]}, "Select a valid choice"),
        ({"name": ""}, "required"),
    ],
)
def test_incomplete_options_are_sent_back_with_a_sentence(
    people: People, models: list[Candidate], workload: Workload, wrong: dict[str, Any], words: str
) -> None:
    page = people.alice.post(options_url(workload), choose(models) | wrong)
    assert page.status_code == 200 and words in page.content.decode()
    assert not Assessment.objects.filter(name="Q").exists()


def test_another_teams_model_cannot_be_smuggled_in(
    people: People, models: list[Candidate], workload: Workload
) -> None:
    from tests.builders import a_candidate, a_connection

    theirs = a_candidate(a_connection(people.other_team, "http://127.0.0.1:9/v1"), "model-x")
    page = people.alice.post(options_url(workload), choose(models, candidates=[str(theirs.pk)]))
    assert page.status_code == 200 and not Assessment.objects.filter(name="Q").exists()


def test_two_tabs_do_not_mix(people: People, models: list[Candidate], draft: Assessment) -> None:
    other = people.alice.post(options_url(draft.workload), choose(models, name="Second"))["Location"]
    people.alice.post(reverse("assessment-rules", args=[draft.pk]), RULES | {"margin": "3"})
    people.alice.post(other, RULES | {"margin": "7"})
    draft.refresh_from_db()
    assert (draft.margin, Assessment.objects.get(name="Second").margin) == (0.03, 0.07)


def test_rules_are_kept_in_the_units_of_the_engine(people: People, draft: Assessment) -> None:
    rules = {"max_error_rate": "2", "max_cost_per_1000": "1.50", "max_p95_seconds": "4", "critical_1": "on"}
    more = {"budget": "2.5", "requests_per_month": "1000", "temperature": "0"}
    answer = people.alice.post(reverse("assessment-rules", args=[draft.pk]), RULES | rules | more)
    assert answer["Location"] == reverse("assessment-check", args=[draft.pk])
    draft.refresh_from_db()
    assert draft.rules == {"max_cost_per_1000": "1.50", "max_p95_seconds": 4.0, "max_error_rate": 0.02}
    assert draft.critical_categories == ["sentiment"] and draft.budget_nanos == 2_500_000_000
    assert draft.scoring["by_category"]["routing"] == {"name": "exact_match", "parameters": {}}
    assert draft.settings["temperature"] == 0 and draft.requests_per_month == 1000


@pytest.mark.parametrize(
    "wrong",
    [
        {"margin": "0"},
        {"margin": "a bit"},
        {"alpha": "0.5"},
        {"repetitions": "0"},
        {"scorer_0": "magic"},
        {"budget": "-1"},
    ],
)
def test_rules_out_of_range_change_nothing(people: People, draft: Assessment, wrong: dict[str, str]) -> None:
    page = people.alice.post(reverse("assessment-rules", args=[draft.pk]), RULES | {"margin": "9"} | wrong)
    assert page.status_code == 200 and "field-error" in page.content.decode()
    draft.refresh_from_db()
    assert draft.margin == 0.05


def test_the_check_page_says_what_goes_where_and_what_it_costs(people: People, draft: Assessment) -> None:
    page = people.alice.get(reverse("assessment-check", args=[draft.pk])).content.decode()
    assert "127.0.0.1:9" in page and "All 12 requests" in page and ">36<" in page
    assert "has not been tested" in page and "to $" in page


def test_what_a_vendor_does_not_take_is_said_before_the_start(people: People, draft: Assessment) -> None:
    check = reverse("assessment-check", args=[draft.pk])
    Connection.objects.update(vendor="deepseek")
    assert "does not take a JSON schema" not in people.alice.get(check).content.decode()
    schema = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {}}}
    draft.workload.samples.filter(position=0).update(response_format=schema)
    page = people.alice.get(check).content.decode()
    assert page.count("DeepSeek does not take a JSON schema and will refuse these samples.") == 1


def test_a_way_that_would_mark_no_answer_is_said_before_it_is_paid_for(
    people: People, draft: Assessment
) -> None:
    """Several rules together, of which none was named: the page of its settings gives the draft its parts."""
    check = reverse("assessment-check", args=[draft.pk])
    people.alice.post(reverse("assessment-rules", args=[draft.pk]), RULES | {"scorer_0": "composite"})
    page = people.alice.get(check)
    (row,) = [one for one in page.context["blockers"] if one["name"] == "Scoring"]
    assert "No way of scoring was combined" in row["sentence"] and row["sentence"] in page.content.decode()
    parts = {"scorer": "composite", "part-0-name": "contains", "part-0-shown": "contains"}
    assert people.alice.get(row["url"]).context["form"].scorer == "composite"
    people.alice.post(row["url"], parts)
    draft.refresh_from_db()
    chosen = [one for one in draft.scoring["by_category"].values() if one["name"] == "composite"]
    assert [part["name"] for part in chosen[0]["parameters"]["parts"]] == ["contains"]
    assert "Scoring" not in {one["name"] for one in people.alice.get(check).context["blockers"]}
    people.alice.post(reverse("assessment-rules", args=[draft.pk]), RULES | {"scorer_0": "exact_match"})
    people.alice.post(reverse("assessment-rules", args=[draft.pk]), RULES | {"scorer_0": "composite"})
    draft.refresh_from_db()
    assert chosen[0] in draft.scoring["by_category"].values(), "chosen again, it has its settings"


def test_samples_without_an_expected_answer_are_named_before_the_start(
    people: People, draft: Assessment
) -> None:
    draft.workload.samples.update(references=[])
    page = people.alice.get(reverse("assessment-check", args=[draft.pk])).content.decode()
    assert "no answer would get a mark" in page and "needs a reference answer" in page


def test_an_unknown_price_makes_a_cap_hollow_and_the_start_is_refused(
    people: People, draft: Assessment, models: list[Candidate]
) -> None:
    models[1].prices.all().delete()
    Assessment.objects.filter(pk=draft.pk).update(budget_nanos=10**9)
    page = people.alice.get(reverse("assessment-check", args=[draft.pk])).content.decode()
    assert "The cap cannot be kept while a price is unknown: Bigger" in page and "cost unknown" in page
    page = people.alice.post(reverse("assessment-start", args=[draft.pk]), {"runs": "0"}, follow=True)
    assert "spending cap could not be kept" in page.content.decode() and not Run.objects.exists()


def test_only_a_post_starts_it_and_a_double_click_starts_one(people: People, draft: Assessment) -> None:
    address = reverse("assessment-start", args=[draft.pk])
    assert people.alice.get(address).status_code == 405 and not Run.objects.exists()
    first, second = (people.alice.post(address, {"runs": "0"}) for _ in range(2))
    assert first["Location"] == second["Location"] == reverse("run", args=[Run.objects.get().pk])


def test_an_old_tab_does_not_start_a_second_run_but_the_button_for_it_does(
    people: People, draft: Assessment
) -> None:
    address = reverse("assessment-start", args=[draft.pk])
    people.alice.post(address, {"runs": "0"})
    cancel_run(run=Run.objects.get(), user=None)
    people.alice.post(address, {"runs": "0"})
    assert Run.objects.count() == 1
    people.alice.post(address, {"runs": "1"})
    assert Run.objects.count() == 2


def test_a_started_question_stands(people: People, draft: Assessment) -> None:
    people.alice.post(reverse("assessment-start", args=[draft.pk]), {"runs": "0"})
    answer = people.alice.post(reverse("assessment-rules", args=[draft.pk]), RULES | {"margin": "9"})
    assert answer["Location"] == reverse("assessment", args=[draft.pk])
    people.alice.post(reverse("assessment-discard", args=[draft.pk]))
    draft.refresh_from_db()
    assert draft.margin == 0.05


def test_a_draft_can_be_discarded(people: People, draft: Assessment) -> None:
    people.alice.post(reverse("assessment-discard", args=[draft.pk]))
    assert not Assessment.objects.exists()


def test_the_live_estimate_follows_the_boxes(
    people: People, models: list[Candidate], workload: Workload
) -> None:
    query = {"workload": str(workload.pk), "baseline": str(models[0].pk)}
    alone = people.alice.get(reverse("assessment-estimate"), query).content.decode()
    both = people.alice.get(
        reverse("assessment-estimate"), query | {"candidates": str(models[1].pk)}
    ).content.decode()
    assert "<html" not in both and ">12<" in alone and ">24<" in both


def test_the_spending_cap_of_the_check_page_is_the_one_typed_in(people: People, draft: Assessment) -> None:
    people.alice.post(
        reverse("assessment-rules", args=[draft.pk]), RULES | {"budget": str(Decimal("0.000001"))}
    )
    page = people.alice.get(reverse("assessment-check", args=[draft.pk])).content.decode()
    assert "$0.0000010" in page and "above your cap" in page


def test_a_peak_rate_is_kept_and_told_before_the_start(people: People, draft: Assessment) -> None:
    wish = {"load": "poisson", "peak_per_minute": "120", "slo_ttft": "0.5", "warm_up_calls": "3"}
    people.alice.post(reverse("assessment-rules", args=[draft.pk]), RULES | {"margin": "9"} | wish)
    draft.refresh_from_db()
    assert (draft.load, draft.peak_per_minute) == ("poisson", 120)
    assert (draft.slo_ttft, draft.slo_total, draft.warm_up_calls) == (0.5, None, 3)
    page = people.alice.get(reverse("assessment-check", args=[draft.pk])).content.decode()
    assert "120 a minute to each model at random moments" in page
    assert "first token within 500\u00a0ms" in page and "3 short requests to each model" in page


def test_a_peak_without_its_rate_is_asked_for(people: People, draft: Assessment) -> None:
    wish = {"load": "uniform", "margin": "9"}
    page = people.alice.post(reverse("assessment-rules", args=[draft.pk]), RULES | wish)
    assert "Say how many requests a minute your peak has." in page.content.decode()


def test_the_logs_own_settings_are_offered_and_sent_alike_to_every_model(
    people: People, draft: Assessment
) -> None:
    workload, address = draft.workload, reverse("assessment-rules", args=[draft.pk])
    of = workload.sample_count
    workload.profile["settings"] = {
        name: {"value": value, "count": of, "of": of, "different": 1}
        for name, value in {"temperature": 0.3, "max_output_tokens": 300, "stop": ["###"]}.items()
    }
    workload.save()
    Assessment.objects.filter(pk=draft.pk).update(settings={})
    form = people.alice.get(address).context["form"]
    offered = {name: form[name].value() for name in ("temperature", "max_output_tokens", "as_logged")}
    assert offered == {"temperature": 0.3, "max_output_tokens": 300, "as_logged": True}
    assert "Also as in your log: Stops at “###”" in people.alice.get(address).content.decode()
    own = RULES | {"margin": "9", "temperature": "0.3", "max_output_tokens": "300"}
    people.alice.post(address, own | {"as_logged": "on"})
    draft.refresh_from_db()
    kept = settings_from(draft.settings)
    assert (kept.temperature, kept.max_output_tokens, kept.stop) == (0.3, 300, ("###",))
    assert "“###”" in people.alice.get(reverse("assessment-check", args=[draft.pk])).content.decode()
    people.alice.post(address, own)
    draft.refresh_from_db()
    assert "stop" not in draft.settings
