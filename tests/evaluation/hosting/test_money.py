"""Speed, fleets and break-even: monotone where they must be, and right against a plain search."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migration_app.evaluation.hosting.break_even import always_volume, break_even, first_volume
from migration_app.evaluation.hosting.fleet import (
    HOURS_PER_MONTH,
    InvalidHostingError,
    Terms,
    Traffic,
    capacity,
    fleet,
    fleet_range,
)
from migration_app.evaluation.hosting.memory import PRECISIONS, Load
from migration_app.evaluation.hosting.throughput import Rate, estimate_speed

from .builders import DEEPSEEK_V3, H100, LLAMA_3_8B, MI300X

FP16 = PRECISIONS["fp16"]


def test_one_request_decodes_as_fast_as_the_memory_is_read():
    speed = estimate_speed(LLAMA_3_8B, FP16, Load(2048, 1), H100, 1, 100, 100)
    # 16.06 GB at 55% of 3,350 GB/s is 8.7 ms a token; the cache of 150 tokens adds 0.1%.
    assert speed.seconds_per_token == pytest.approx(16.06e9 / (3350e9 * 0.55), rel=0.05)
    assert speed.rate.low < speed.rate.value < speed.rate.high and not speed.rate.measured


def test_a_shared_reading_serves_more():
    rates = [
        estimate_speed(LLAMA_3_8B, FP16, Load(2048, n), H100, 1, 500, 200).rate.value for n in (1, 8, 64)
    ]
    assert rates[0] * 4 < rates[1] and rates[1] * 2 < rates[2]


def test_a_mixture_reads_a_part_of_its_weights_until_many_share_it():
    alone = estimate_speed(DEEPSEEK_V3, PRECISIONS["fp8"], Load(4096, 1), MI300X, 8, 100, 100)
    many = estimate_speed(DEEPSEEK_V3, PRECISIONS["fp8"], Load(4096, 64), MI300X, 8, 100, 100)
    # One request touches 37 of 671 thousand million weights, 64 nearly all.
    assert alone.seconds_per_token * 8 < many.seconds_per_token


def test_a_fleet_is_built_for_the_peak_and_pays_for_its_idle_hours():
    # 2,628,000 a month is one a second; three at the peak; a replica serves two, at most 70% full.
    found = fleet(Traffic(2_628_000, 3), Terms(Decimal(4), monthly=Decimal(1000), spare=1), 2.0)
    assert found.replicas == 3 + 1 and found.machines == 4 * 4 * HOURS_PER_MONTH
    assert found.hours_busy == pytest.approx(365) and found.hours_idle == pytest.approx(4 * 730 - 365)
    assert found.utilised == pytest.approx(0.125)
    assert found.total == 11_680 + 1000
    assert found.per_1000 == Decimal(12_680) * 1000 / Decimal("2628000.0")


def test_the_slow_end_of_the_rate_is_the_dear_end_of_the_cost():
    dear, expected, cheap = fleet_range(Traffic(10_000_000), Terms(Decimal(3)), Rate(2.0, 1.0, 4.0))
    assert dear.total > expected.total > cheap.total


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Traffic(0),
        lambda: Traffic(10, 0.5),
        lambda: Terms(Decimal(1), utilisation=0),
        lambda: Terms(Decimal(-1)),
        lambda: fleet(Traffic(1e18), Terms(Decimal(1)), 0.001),
        lambda: fleet(Traffic(10), Terms(Decimal(1)), 0.0),
    ],
)
def test_what_cannot_be_worked_out_is_refused_with_a_sentence(wrong):
    with pytest.raises(InvalidHostingError, match=r"\."):
        wrong()


def test_break_even_of_one_machine_is_its_rent_over_the_api_s_price():
    terms = Terms(Decimal(2), utilisation=1.0)
    assert first_volume(terms, 10.0, 1.0, 0.001) == pytest.approx(1_460_000)  # 1,460 a month ÷ 0.001


def test_a_machine_that_is_dearer_when_full_never_breaks_even():
    terms = Terms(Decimal(100), utilisation=0.5)
    found = break_even(terms, Rate(0.1, 0.05, 0.2), 3.0, 0.001)
    assert (found.first, found.always, found.high) == (None, None, None)


def test_the_interval_holds_the_ends_of_price_and_rate():
    found = break_even(Terms(Decimal(2)), Rate(3.0, 2.0, 4.0), 3.0, 0.002, 0.0015, 0.0025)
    assert found.first is not None and found.low is not None and found.high is not None
    assert found.low < found.first < found.high
    slow = break_even(Terms(Decimal(2)), Rate(3.0, 1.0, 4.0), 3.0, 0.002, 0.0015, 0.0025)
    assert slow.first == found.first and slow.high is None, "at the unfavourable ends it never comes"


@settings(max_examples=60, deadline=None)
@given(
    st.decimals("0.5", "20", places=1), st.floats(0.2, 5), st.floats(1, 4), st.floats(0.0002, 0.02),
    st.integers(0, 2), st.integers(0, 5000),
)  # fmt: skip
def test_break_even_is_what_a_search_finds(per_hour, rate, peak, per_request, spare, staff):
    terms = Terms(per_hour, utilisation=0.7, spare=spare, monthly=Decimal(staff))
    first, always = (
        first_volume(terms, rate, peak, per_request),
        always_volume(terms, rate, peak, per_request),
    )
    step = capacity(terms, rate, peak)

    def cheaper(volume):
        return float(fleet(Traffic(volume, peak), terms, rate).total) <= per_request * volume * (1 + 1e-9)

    marks = [step * n / 8 for n in range(1, 400)]
    if first is None:
        assert always is None and not any(cheaper(volume) for volume in marks)
        return
    if first < step * 90_000:
        assert cheaper(first * (1 + 1e-6)) or cheaper(first)
        assert not any(cheaper(volume) for volume in marks if volume < first * (1 - 1e-6))
    assert always >= first * (1 - 1e-9)
    assert all(cheaper(volume) for volume in marks if volume > always * (1 + 1e-6))
