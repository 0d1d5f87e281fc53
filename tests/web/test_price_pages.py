"""Our prices: what moved since a decision, and whether it would change it. The verdict itself stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from migration_app.candidates.actions import add_price
from migration_app.candidates.exchange.models import ExchangeRate
from migration_app.candidates.models import Candidate
from migration_app.comparisons.models import Verdict
from migration_app.comparisons.repricing import changed_runs, revise
from migration_app.runs.models import Run
from tests import builders
from tests.reports.finished import a_question, finished, right
from tests.web.people import People

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


@pytest.fixture
def run(people: People) -> Run:
    """Today's model at $0.056 per 1,000 requests, Lumen at $0.028, and a rule of at most $0.05."""
    question = a_question(people.team, "Today", "Lumen", samples=30, rules={"max_cost_per_1000": "0.05"})
    return finished(question, {"Today": right, "Lumen": right})


def reprice(label: str, **parts: Any) -> None:
    values = {"kind": "tokens", "source": "a new list", "as_of": date(2026, 11, 20), **parts}
    add_price(candidate=Candidate.objects.get(label=label), user=None, **values)


def test_nothing_moved_is_said(people: People, run: Run) -> None:
    assert changed_runs(people.team.pk, TODAY) == []
    page = people.alice.get(reverse("prices-run", args=[run.pk])).content.decode()
    assert "No price moved since this test" in page
    assert "Decided at other prices" not in people.alice.get(reverse("prices")).content.decode()


def test_a_price_four_times_as_high_breaks_the_rule_and_turns_the_saving(people: People, run: Run) -> None:
    kind = Verdict.objects.get().kind
    reprice("Lumen", input_per_million=Decimal(4), output_per_million=Decimal(8))
    [(found, [entry])] = changed_runs(people.team.pk, TODAY)
    assert (found, entry.label) == (run, "Lumen")
    revision = revise(run, TODAY)
    lumen = revision.options[1]
    assert (lumen.then, lumen.now) == (Decimal("0.028"), Decimal("0.112")) and lumen.calls == 30
    assert (lumen.holds_then, lumen.holds_now) == (True, False) and revision.saving_turned(lumen)
    page = people.alice.get(reverse("prices-run", args=[run.pk])).content.decode()
    assert "would now break your rule on cost" in page and "would no longer save money" in page
    assert "+300%" in page and Verdict.objects.get().kind == kind, "the stored verdict is not touched"
    assert "Decided at other prices" in people.bob.get(reverse("prices")).content.decode()


def test_a_broken_rule_turns_the_verdict_and_a_kept_one_turns_it_back(people: People) -> None:
    question = a_question(people.team, "Today", "Lumen", samples=80, rules={"max_cost_per_1000": "0.05"})
    run = finished(question, {"Today": right, "Lumen": right})
    assert Verdict.objects.get().kind == "switch"
    reprice("Lumen", input_per_million=Decimal(4), output_per_million=Decimal(8))
    lumen = revise(run, TODAY).options[1]
    assert (lumen.verdict_then, lumen.verdict_now) == ("switch", "keep")
    page = people.alice.get(reverse("prices-run", args=[run.pk])).content.decode()
    assert "The verdict on Lumen would be “Keep today&#x27;s” instead of “Switch”" in page
    assert "was: Switch" in page and Verdict.objects.get().kind == "switch"
    reprice("Lumen", input_per_million=Decimal(1), output_per_million=Decimal(2), as_of=date(2026, 11, 21))
    assert revise(run, TODAY).options[1].verdict_now == "switch"


def test_a_price_that_nobody_knows_any_more_leaves_the_rule_unchecked(people: People) -> None:
    question = a_question(people.team, "Today", "Lumen", samples=80, rules={"max_cost_per_1000": "0.05"})
    run = finished(question, {"Today": right, "Lumen": right})
    reprice("Lumen", input_per_million=Decimal(1), output_per_million=Decimal(2), currency="EUR")
    assert revise(run, TODAY).options[1].verdict_now == "not_enough_evidence"


def test_a_rule_that_was_broken_and_now_holds_makes_the_switch_possible(people: People) -> None:
    question = a_question(people.team, "Today", "Lumen", samples=80, rules={"max_cost_per_1000": "0.01"})
    run = finished(question, {"Today": right, "Lumen": right})
    assert Verdict.objects.get().kind == "keep"
    reprice("Lumen", input_per_million=Decimal("0.1"), output_per_million=Decimal("0.2"))
    assert revise(run, TODAY).options[1].verdict_now == "switch"
    page = people.alice.get(reverse("prices-run", args=[run.pk])).content.decode()
    assert "would be “Switch” instead of “Keep today&#x27;s”" in page


def test_today_s_model_may_move_too(people: People, run: Run) -> None:
    reprice("Today", input_per_million=Decimal("0.25"), output_per_million=Decimal("0.5"))
    revision = revise(run, TODAY)
    assert revision.baseline.now == Decimal("0.014") and revision.saving_turned(revision.options[1])


def test_machine_time_is_priced_by_the_seconds_of_all_calls(people: People, run: Run) -> None:
    reprice("Lumen", kind="machine_time", per_hour=Decimal("3.6"))
    lumen = revise(run, TODAY).options[1]
    # Eight calls share the machine: the seconds of the run's 30 calls × 0.001 ÷ 8.
    entry = lumen.entry
    seconds = sum(entry.items.values_list("attempts__total", flat=True))
    then = Decimal(30 * 56) / 10**6
    assert lumen.now is not None and lumen.then is not None
    assert float(lumen.now) == pytest.approx(float(lumen.then) * seconds * 0.001 / 8 / float(then))


def test_another_currency_is_unknown_and_said(people: People, run: Run) -> None:
    reprice("Lumen", input_per_million=Decimal(1), output_per_million=Decimal(2), currency="EUR")
    lumen = revise(run, TODAY).options[1]
    assert lumen.now is None and lumen.holds_now is None
    page = people.alice.get(reverse("prices-run", args=[run.pk])).content.decode()
    assert "costs today is unknown" in page


def in_euros(people: People, rate: str = "1.25", **changes: Any) -> Any:
    today = date(2026, 11, 20).isoformat()
    form = {"currency": "EUR", "rate": rate, "into": "USD", "as_of": today, "source": "ECB"} | changes
    return people.bob.post(reverse("prices-rate-new"), form)


def test_a_rate_makes_another_currency_known_and_its_day_is_shown(people: People, run: Run) -> None:
    reprice("Lumen", input_per_million=Decimal(2), output_per_million=Decimal(4), currency="EUR")
    page = people.alice.get(reverse("prices")).content.decode()
    assert "Prices are in EUR and USD, and no rate links the two" in page
    assert in_euros(people).status_code == 302
    page = people.alice.get(reverse("prices")).content.decode()
    assert "1 EUR = 1.25 USD" in page and "ECB" in page and "no rate links" not in page
    lumen = revise(run, TODAY).options[1]
    assert lumen.then == Decimal("0.028") and lumen.now == Decimal("0.07"), "at 2.5 times the price"
    page = people.alice.get(reverse("prices-run", args=[run.pk])).content.decode()
    assert "at 1 EUR = 1.25 USD of 20 Nov 2026" in page and "would now break your rule" in page


def test_another_rate_is_another_price(people: People) -> None:
    in_euros(people)
    question = a_question(people.team, "Today", "Lumen", samples=30)
    reprice("Lumen", input_per_million=Decimal(2), output_per_million=Decimal(4), currency="EUR")
    finished(question, {"Today": right, "Lumen": right})
    assert changed_runs(people.team.pk, TODAY) == []
    in_euros(people, "1.5")
    [(_, [entry])] = changed_runs(people.team.pk, TODAY)
    assert entry.label == "Lumen"


def test_a_wrong_rate_says_what_is_wrong_and_can_be_taken_back(people: People) -> None:
    page = in_euros(people, "0")
    assert page.status_code == 422 and "0.000001" in page.content.decode()
    assert "three letters" in in_euros(people, currency="E1R").content.decode()
    in_euros(people)
    rate = ExchangeRate.objects.get()
    remove = reverse("prices-rate-remove", args=[rate.pk])
    assert people.vera.post(remove).status_code == 403 and people.charlie.post(remove).status_code == 404
    assert "Add rate" not in people.vera.get(reverse("prices")).content.decode()
    people.bob.post(remove)
    assert not ExchangeRate.objects.exists()


def test_another_source_alone_is_no_change(people: People, run: Run) -> None:
    reprice("Lumen", input_per_million=Decimal(1), output_per_million=Decimal(2), origin="contract")
    assert changed_runs(people.team.pk, TODAY) == []


def test_charlie_and_strangers_see_nothing_of_it(people: People, run: Run) -> None:
    address = reverse("prices-run", args=[run.pk])
    assert people.charlie.get(address).status_code == 404 and Client().get(address).status_code == 302
    assert people.vera.get(reverse("prices")).status_code == 200


def test_a_model_without_a_price_says_what_that_means(people: People) -> None:
    builders.a_candidate(builders.a_connection(people.team, "http://127.0.0.1:9/v1"), "m", price=None)
    page = people.alice.get(reverse("prices")).content.decode()
    assert "Price unknown" in page and "cannot be capped" in page
