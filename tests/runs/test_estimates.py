"""What a run will take is said as a range, and as unknown where nobody can know."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from migration_app.accounts.models import Team
from migration_app.candidates.actions import add_price
from migration_app.candidates.exchange.actions import add_rate
from migration_app.candidates.models import Candidate
from migration_app.runs.actions import CannotStart, start_run
from migration_app.runs.estimates import LEAST_MEASURED, estimate
from migration_app.runs.models import Attempt, AttemptState, Item
from migration_app.runs.plans import Plan
from migration_app.workloads.models import Workload
from tests.builders import a_candidate, a_connection, a_question, a_team, a_workload

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return a_team()


@pytest.fixture
def workload(team: Team) -> Workload:
    return a_workload(team, 20)


@pytest.fixture
def priced(team: Team) -> Candidate:
    return a_candidate(a_connection(team, "http://127.0.0.1:9/v1"), "model-a", price=("10", "20"))


def test_requests_are_samples_times_repetitions_times_models(workload: Workload, priced: Candidate) -> None:
    other = a_candidate(priced.connection, "model-b")
    plan = Plan(workload, [priced, other], repetitions=3, sample_limit=5)
    assert estimate(plan).requests == 5 * 3 * 2
    assert estimate(Plan(workload, [priced], sample_limit=500)).requests == 20, "never more than there are"


def test_the_range_holds_what_the_requests_own_tokens_would_cost(
    workload: Workload, priced: Candidate
) -> None:
    found = estimate(Plan(workload, [priced]))
    # "Question 7 [[gold:answer7x]]" and the marks of a chat are 19 tokens, "answer7x" is 3.
    middle = 20 * (Decimal(19) * 10 + Decimal(3) * 20) / 1_000_000
    assert found.low is not None and found.high is not None
    assert found.low < middle < found.high and not found.per_candidate[0].measured


def test_openai_s_own_models_are_counted_as_openai_counts(workload: Workload, priced: Candidate) -> None:
    own = a_candidate(priced.connection, "gpt-4o", label="own", price=("1000", "0"))
    other = a_candidate(priced.connection, "llama", label="other", price=("1000", "0"))
    sure, unsure = estimate(Plan(workload, [own, other])).per_candidate
    assert sure.low is not None and sure.high is not None and unsure.high is not None
    assert sure.high / sure.low < Decimal("1.12") < unsure.high / (unsure.low or 1)


def test_pictures_widen_the_range(workload: Workload, priced: Candidate) -> None:
    before = estimate(Plan(workload, [priced]))
    pictured = a_workload(workload.team, 20, name="Pictures")
    for sample in pictured.samples.all():
        picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
        sample.messages = [{"role": "user", "content": [{"type": "text", "text": "What?"}, picture]}]
        sample.save()
    after = estimate(Plan(pictured, [priced]))
    assert before.high is not None and after.high is not None
    assert after.high > before.high + 20 * Decimal(1_600) * 10 / 1_000_000


def test_a_limit_on_the_answer_bounds_the_upper_end(workload: Workload, priced: Candidate) -> None:
    workload.samples.update(references=[])
    free, tight = (estimate(Plan(workload, [priced], max_output_tokens=limit)) for limit in (None, 5))
    assert free.high is not None and tight.high is not None
    assert tight.high < free.high
    [part] = estimate(Plan(workload, [priced], max_output_tokens=5)).per_candidate
    assert part.high is not None and part.high < 20 * (Decimal(30) * 10 + Decimal(5) * 20) / 1_000_000


def test_one_unknown_price_makes_the_whole_unknown_and_not_smaller(
    workload: Workload, priced: Candidate
) -> None:
    unknown = a_candidate(priced.connection, "model-b", price=None)
    found = estimate(Plan(workload, [priced, unknown]))
    assert found.low is None and found.high is None and found.known_high > 0
    assert [part.candidate for part in found.uncapped] == [unknown]
    assert found.unknown[0].why_unknown == "Its price is unknown."


def test_half_a_price_is_no_price(workload: Workload, priced: Candidate) -> None:
    half = a_candidate(priced.connection, "model-b", price=None)
    add_price(
        candidate=half,
        user=None,
        kind="tokens",
        input_per_million=Decimal(1),
        source="x",
        as_of=date(2026, 11, 1),
    )
    assert estimate(Plan(workload, [half])).low is None


def test_another_currency_is_not_added_up(workload: Workload, priced: Candidate) -> None:
    found = estimate(Plan(workload, [priced], currency="EUR"))
    assert found.low is None and "USD" in found.per_candidate[0].why_unknown and found.uncapped


def test_a_run_takes_no_euros_for_dollars(team: Team, workload: Workload, priced: Candidate) -> None:
    european = a_candidate(priced.connection, "model-b", price=None)
    quote = {"kind": "tokens", "currency": "EUR", "source": "x", "as_of": date(2026, 11, 1)}
    amounts = {"input_per_million": Decimal(1), "output_per_million": Decimal(2)}
    add_price(candidate=european, user=None, **quote, **amounts)
    run = start_run(assessment=a_question(team, workload, priced, european), user=None).run
    prices = {entry.label: entry.price for entry in run.candidates.all()}
    assert prices["model-b"] is None and prices["model-a"]["currency"] == "USD"


def test_a_rate_of_the_team_s_converts_and_is_frozen_with_the_run(
    team: Team, workload: Workload, priced: Candidate
) -> None:
    other = a_candidate(priced.connection, "model-b", price=("10", "20"))
    question = a_question(team, workload, priced, other, budget=Decimal(5))
    question.currency = "EUR"
    question.save()
    with pytest.raises(CannotStart, match="exchange rate"):
        start_run(assessment=question, user=None)
    rate = {"currency": "EUR", "into": "USD", "source": "ECB", "as_of": date(2026, 11, 24)}
    add_rate(team=team, user=None, rate=Decimal("1.25"), **rate)
    dollars, euros = (estimate(Plan(workload, [priced], currency=one)) for one in ("USD", "EUR"))
    assert euros.low is not None and dollars.low is not None and not euros.uncapped
    assert euros.low * Decimal("1.25") == dollars.low and euros.per_candidate[0].exchange is not None
    run = start_run(assessment=question, user=None).run
    add_rate(team=team, user=None, rate=Decimal("2"), **rate)
    price = run.candidates.get(is_baseline=True).price
    assert (price["currency"], price["input_per_million"]) == ("EUR", "8")
    assert price["exchange"]["rate"] == "1.25" and price["stated"]["input_per_million"] == "10"


def test_machine_time_is_unknown_until_it_was_measured_but_can_be_capped(
    team: Team, workload: Workload, priced: Candidate
) -> None:
    own = a_candidate(
        a_connection(team, "http://127.0.0.1:9/v1", name="Own", machine="gpu-1"), "m", price=None
    )
    quote = {"kind": "machine_time", "per_hour": Decimal("0.36"), "source": "x", "as_of": date(2026, 11, 1)}
    add_price(candidate=own, user=None, **quote)
    before = estimate(Plan(workload, [own]))
    assert before.low is None and not before.uncapped and before.minutes_high is None
    _answered(team, workload, own, priced, seconds=10.0)
    after = estimate(Plan(workload, [own]))
    assert after.low is not None and after.high is not None and after.minutes_high is not None
    assert after.per_candidate[0].measured and after.low < 20 * 10 * Decimal("0.0001") < after.high
    assert after.minutes_low is not None and after.minutes_low < 20 * 10 / 60 < after.minutes_high


def test_what_was_measured_replaces_the_guess(team: Team, workload: Workload, priced: Candidate) -> None:
    other = a_candidate(priced.connection, "model-b")
    _answered(team, workload, priced, other, input_tokens=1000, output_tokens=10)
    found = estimate(Plan(workload, [priced], requests_per_month=1000)).per_candidate[0]
    each = (Decimal(1000) * 10 + Decimal(10) * 20) / 1_000_000
    assert found.low is not None and found.high is not None and found.month_low is not None
    assert found.low < each * 20 < found.high and found.high < each * 20 * Decimal("1.3")
    assert found.month_low < each * 1000 and found.measured


def _answered(
    team: Team,
    workload: Workload,
    candidate: Candidate,
    other: Candidate,
    *,
    seconds: float = 1.0,
    input_tokens: int = 100,
    output_tokens: int = 5,
) -> None:
    """An earlier run in which `candidate` answered often enough to go by."""
    run = start_run(assessment=a_question(team, workload, candidate, other), user=None).run
    items = Item.objects.filter(run=run, run_candidate__candidate=candidate)[:LEAST_MEASURED]
    Attempt.objects.bulk_create(
        Attempt(
            item=item,
            number=1,
            state=AttemptState.COMPLETED,
            total=seconds,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
        )
        for item in items
    )
