"""Numbers become text in one place, rounded once, and unknown stays unknown."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from migration_app.evaluation.intervals import Interval
from migration_app.reports import formatting as f


def unbroken(text: str) -> str:
    """Written with ~ where no line may end: between a number and its unit."""
    return text.replace("~", "\u00a0")


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.914, "91.4%"),
        (0, "0.0%"),
        (1, "100.0%"),
        (0.7625, "76.3%"),  # binary floats would make this 76.2
        (Decimal("0.12345"), "12.3%"),
        (-0.01, "−1.0%"),
    ],
)
def test_a_share_is_written_as_a_percentage(share, text):
    assert f.percent(share) == text


def test_rounding_never_turns_few_into_none_or_most_into_all():
    assert f.percent(0.0004) == "<0.1%"
    assert f.percent(0.9999) == ">99.9%"
    assert f.percent(0.996, 0) == ">99%"
    assert f.percent(0.0005) == "0.1%"


@pytest.mark.parametrize(
    ("difference", "text"),
    [(-0.002, "−0.2~pts"), (0.014, "+1.4~pts"), (0, "0.0~pts"), (-0.0004, "0.0~pts"), (-0.153, "−15.3~pts")],
)
def test_a_difference_is_written_in_points_with_a_true_minus_and_no_negative_zero(difference, text):
    assert f.points(difference) == unbroken(text)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (0, "0~ms"),
        (0.0042, "4.2~ms"),
        (0.32, "320~ms"),
        (0.9994, "999~ms"),
        (0.9996, "1.0~s"),  # never "1000 ms"
        (1.5, "1.5~s"),
        (59.94, "59.9~s"),
        (59.97, "1~min"),  # never "60.0 s"
        (125, "2~min~5~s"),
        (3599.6, "1~h"),
        (4320, "1~h~12~min"),
        (7199, "2~h"),
    ],
)
def test_a_duration_takes_the_unit_a_reader_would(duration, text):
    assert f.seconds(duration) == unbroken(text)


def test_a_difference_of_durations_carries_its_sign():
    assert f.seconds(-1.2, signed=True) == unbroken("−1.2~s")
    assert f.seconds(0.3, signed=True) == unbroken("+300~ms")
    assert f.seconds(0, signed=True) == unbroken("0~ms")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("25877.25", "$25,877"),
        ("1210.4", "$1,210"),
        ("999.999", "$1,000"),
        ("38.2", "$38.20"),
        ("0.42", "$0.42"),
        ("0.05", "$0.05"),
        ("0.054", "$0.054"),
        ("0.0042", "$0.0042"),
        ("0.00001", "$0.000010"),
        ("0", "$0"),
        ("-1050", "−$1,050"),
    ],
)
def test_money_keeps_the_digits_that_matter_and_never_shows_a_price_as_nothing(amount, text):
    assert f.money(Decimal(amount)) == text


def test_money_in_a_sentence_has_three_significant_digits():
    assert f.money_about(Decimal("25877.25")) == "$25,900"
    assert f.money_about(Decimal("262527")) == "$263,000"
    assert f.money_about(Decimal("1234.5")) == "$1,230"
    assert f.money_about(Decimal("940.25")) == "$940"
    assert [f.money_tick(value, 500.0) for value in (0.0, 500.0, 1000.0)] == ["$0", "$500", "$1,000"]
    assert [f.money_tick(value, 0.5) for value in (0.0, 0.5, 1.0)] == ["$0.00", "$0.50", "$1.00"]
    assert f.money_tick(0.0025, 0.0005) == "$0.0025"
    assert f.money_about(Decimal("999.7")) == "$1,000"
    assert f.money_about(Decimal("38.2")) == "$38.20"
    assert f.money_about(Decimal("-25877.25")) == "−$25,900"


def test_other_currencies_keep_their_own_sign_and_digits():
    assert f.money(Decimal("12.5"), "EUR") == "€12.50"
    assert f.money(Decimal("1500.4"), "JPY") == "¥1,500"
    assert f.money(Decimal("12.5"), "CHF") == "CHF\u00a012.50"


def test_counts_are_grouped_and_large_ones_may_be_said_in_words():
    assert f.count(1200) == "1,200"
    assert f.count_about(3_100_000) == "3.1 million"
    assert f.count_about(3_000_000) == "3 million"
    assert f.count_about(2_500_000_000) == "2.5 billion"
    assert f.count_about(9_600) == "9,600"
    assert f"{f.count_of(3_100_000)} requests" == "3.1 million requests"
    with translation.override("pt-br"):
        assert (f.count_about(3_100_000), f.count_of(3_100_000)) == ("3,1 milhões", "3,1 milhões de")
        assert f.count_of(9_600) == "9.600"


def test_plain_numbers_and_days():
    assert f.number(0.914) == "0.91"
    assert f.number(-0.004) == "0.00"
    assert f.number(0.62, signed=True) == "+0.62"
    assert f.day(date(2026, 11, 18)) == "18 Nov 2026"
    assert f.day(datetime(2026, 11, 1, 9, 30, tzinfo=UTC)) == "1 Nov 2026"
    assert f.day("2026-11-18T10:00:00+00:00") == "18 Nov 2026"


ALL = (f.number, f.count, f.count_about, f.percent, f.points, f.seconds, f.money, f.money_about, f.day)


@pytest.mark.parametrize("formatter", ALL, ids=lambda formatter: formatter.__name__)
def test_what_is_not_known_is_called_unknown(formatter):
    assert formatter(None) == "unknown"


def test_a_number_that_is_none_is_unknown_too():
    assert f.percent(float("nan")) == "unknown"
    assert f.seconds(float("inf")) == "unknown"


@pytest.mark.parametrize(
    ("interval", "formatter", "text"),
    [
        ((-0.018, 0.014), f.points, "−1.8 to +1.4~pts"),
        ((0.899, 0.931), f.percent, "89.9% to 93.1%"),
        ((1.2, 2.3), f.seconds, "1.2 to 2.3~s"),
        ((0.32, 1.5), f.seconds, "320~ms to 1.5~s"),
        ((65, 125), f.seconds, "1~min~5~s to 2~min~5~s"),
        ((Decimal(57), Decimal(68)), f.money, "$57.00 to $68.00"),
        ((1.2, None), f.seconds, "1.2~s or more"),
        ((None, 2.0), f.seconds, "2.0~s or less"),
        ((2.8, 2.8), f.money, "$2.80 throughout"),
        ((None, None), f.seconds, "not estimable"),
        (None, f.percent, "not estimable"),
        ((Decimal(5), Decimal(15)), partial(f.money, currency="CHF"), "CHF~5.00 to CHF~15.00"),
    ],
)
def test_an_interval_says_a_shared_unit_once_and_a_missing_bound_in_words(interval, formatter, text):
    assert f.range_text(interval, formatter) == unbroken(text)


@dataclass
class Pair:
    low: float
    high: float


def test_an_interval_may_be_an_object_a_mapping_or_a_pair():
    wanted = unbroken("−1.8 to +1.4~pts")
    for interval in (Interval(-0.018, 0.014, 0.95), {"low": -0.018, "high": 0.014}, Pair(-0.018, 0.014)):
        assert f.range_text(interval, f.points) == wanted


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_a_number_shown_is_never_further_off_than_half_its_last_digit(value):
    shown = Decimal(f.number(value, 2).replace(f.MINUS, "-").replace(",", ""))
    assert abs(shown - value) <= Decimal("0.005")


@given(st.decimals(min_value="0.000001", max_value=10**9, places=6))
def test_a_price_is_shown_within_one_in_twenty_of_what_it_is(value):
    shown = Decimal(f.money(value).removeprefix("$").replace(",", ""))
    assert abs(shown - value) <= value / 20
