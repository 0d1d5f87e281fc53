"""Own servers: worked out by address, kept by post, put to use as a price; bad numbers are asked about."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from migration_app.candidates.hosting.models import HostingPlan
from migration_app.candidates.models import Candidate
from migration_app.candidates.prices import freeze, thaw
from migration_app.candidates.queries import current_price
from migration_app.evaluation.outcomes import Usage
from migration_app.evaluation.pricing import cost_of_call
from migration_app.runs.models import Assessment
from tests.reports.finished import a_question, finished, right
from tests.web.people import People

PLAN = {
    "model": "meta-llama/Llama-3.1-8B-Instruct", "precision": "fp16", "context": "8192", "concurrency": "16",
    "gpu": "H100", "requests_per_month": "2000000", "input_tokens": "600", "output_tokens": "200",
    "peak": "3", "gpu_hour": "2.50", "price_source": "our rental contract", "currency": "USD",
    "utilisation_percent": "70", "staff_hours": "10", "staff_rate": "80", "name": "Llama on H100",
}  # fmt: skip
pytestmark = pytest.mark.django_db


def kept(people: People, **changes: str) -> HostingPlan:
    people.alice.post(reverse("hosting-new"), PLAN | changes)
    return HostingPlan.objects.get(team=people.team)


def test_alice_sees_what_follows_before_anything_is_kept(people: People, models: list[Candidate]) -> None:
    page = people.alice.get(reverse("hosting-new"), PLAN).content.decode()
    assert "fits on one NVIDIA H100" in page and "per 1,000 requests" in page and "is estimated" in page
    assert "Today" in page and "requests a month" in page, "her priced model, and the break-even"
    assert "Lacks this precision" not in page and not HostingPlan.objects.exists()
    fp8 = people.alice.get(reverse("hosting-new"), PLAN | {"precision": "fp8", "gpu": "T4"}).content.decode()
    assert "cannot calculate in this precision" in fp8 and "Lacks this precision" in fp8


def test_a_plan_is_kept_changed_and_archived(people: People) -> None:
    plan = kept(people)
    address = reverse("hosting-plan", args=[plan.pk])
    assert "Llama on H100" in people.vera.get(address).content.decode()
    assert people.charlie.get(address).status_code == 404
    edit = reverse("hosting-edit", args=[plan.pk])
    assert people.vera.post(edit, PLAN).status_code == 403
    people.bob.post(edit, PLAN | {"staff_hours": "0", "name": "Cheaper"})
    assert "Cheaper" in people.alice.get(reverse("hosting")).content.decode()
    people.alice.post(reverse("hosting-archive", args=[plan.pk]))
    assert people.alice.get(address).status_code == 404


def test_a_kept_plan_is_shown_with_what_it_comes_to_when_it_is_opened_for_a_change(people: People) -> None:
    address = reverse("hosting-edit", args=[kept(people).pk])
    page = people.alice.get(address).content.decode()
    assert "fits on one NVIDIA H100" in page and 'value="2.5"' in page and "Save changes" not in page
    asked = people.alice.get(address, PLAN | {"precision": "int8"}).content.decode()
    assert "Save changes" in asked


def test_a_model_priced_by_a_plan_costs_its_share_of_the_servers(
    people: People, models: list[Candidate]
) -> None:
    plan = kept(people, measured_rate="4", measured_source="load test of 3 November")
    price = reverse("hosting-price", args=[plan.pk])
    assert people.charlie.post(price, {"candidate": models[1].pk}).status_code == 404
    people.alice.post(price, {"candidate": models[1].pk})
    quote = current_price(models[1])
    frozen = freeze(quote)
    assert quote is not None and quote.kind == "plan" and frozen is not None
    # 2.28 a second at the peak ÷ (4 × 70%): one server of 730 hours at 2.50, and 800 for people.
    assert Decimal(frozen["plan"]["per_1000"]["amount"]) == Decimal("1.3125")
    found = thaw(frozen)
    assert found is not None and cost_of_call(found, Usage(600, None, None, 200), 1.0) == Decimal("0.0013125")
    page = people.alice.get(reverse("candidate", args=[models[1].pk])).content.decode()
    assert "on own servers" in page
    assert "measured" in people.alice.get(reverse("hosting-plan", args=[plan.pk])).content.decode()


def test_a_plan_without_a_price_prices_nothing(people: People, models: list[Candidate]) -> None:
    plan = kept(people, gpu="H200", gpu_hour="", price_source="", currency="EUR")
    page = people.alice.get(reverse("hosting-plan", args=[plan.pk])).content.decode()
    assert "in USD. State what an hour of it costs you, or write down an exchange rate" in page
    people.alice.post(reverse("hosting-price", args=[plan.pk]), {"candidate": models[1].pk})
    quote = current_price(models[1])
    assert quote is not None and quote.kind == "tokens"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"gpu_hour": "-1"}, "greater than or equal to 0"),
        ({"price_source": ""}, "where the price comes from"),
        ({"requests_per_month": "9" * 30}, "less than or equal to"),
        ({"measured_rate": "nan", "measured_source": "x"}, "Enter a number"),
        ({"measured_rate": "3"}, "which test measured"),
        ({"model": "somebody/unheard-of"}, "valid choice"),
        ({"peak": "0.2"}, "greater than or equal to 1"),
        ({"price_as_of": "2999-01-01"}, "a day to come"),
    ],
)
def test_numbers_that_make_no_sense_are_asked_about(
    people: People, wrong: dict[str, str], words: str
) -> None:
    page = people.alice.post(reverse("hosting-new"), PLAN | wrong).content.decode()
    assert words in page and not HostingPlan.objects.exists()


def test_an_empty_choice_of_model_is_answered(people: People) -> None:
    plan = kept(people)
    assert people.alice.post(reverse("hosting-price", args=[plan.pk]), {"candidate": "x"}).status_code == 302
    assert people.alice.get(reverse("hosting-new") + "?model=%00").status_code == 200
    page = people.alice.get(reverse("hosting-new"), {"model": "llama-3.3-70b"}).content.decode()
    assert 'value="meta-llama/Llama-3.3-70B-Instruct" selected' in page


def test_a_test_under_load_takes_the_place_of_the_estimate(people: People) -> None:
    """Lumen kept its limit on time in all but some of the requests that came at 120 a minute."""
    question = a_question(people.team, "Today", "Lumen", samples=30)
    Assessment.objects.update(load="open", peak_per_minute=120, slo_total=0.6)
    run = finished(question, {"Today": right, "Lumen": right})
    plan = kept(people)
    entry = run.candidates.get(label="Lumen")
    address = reverse("hosting-measured", args=[plan.pk])
    page = people.alice.get(reverse("hosting-plan", args=[plan.pk])).content.decode()
    assert "of 2.00 a second in time" in page
    assert people.vera.post(address, {"measured": entry.pk}).status_code == 403
    assert people.charlie.post(address, {"measured": entry.pk}).status_code == 404
    people.alice.post(address, {"measured": entry.pk})
    plan.refresh_from_db()
    assert plan.measured_rate is not None and plan.measured_low is not None and plan.measured_high is not None
    assert 0 < plan.measured_low < plan.measured_rate < plan.measured_high <= 2.0
    assert "Support desk" in plan.measured_source
    page = people.alice.get(reverse("hosting-plan", args=[plan.pk])).content.decode()
    assert "The speed was measured" in page
    assert people.alice.post(address, {"measured": "7"}).status_code == 302
