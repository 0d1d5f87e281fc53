import time
from decimal import Decimal

import pytest

from migration_app.evaluation.scorers.numeric import numbers_in


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1234.5", "1234.5"),
        ("1,234.50", "1234.5"),
        ("1.234,50", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1\u202f234.5", "1234.5"),
        ("1'234.5", "1234.5"),
        ("1,234", "1234"),
        ("1.234", "1.234"),
        ("3,5", "3.5"),
        ("0,125", "0.125"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("-£5.20", "-5.2"),
        ("£-5.20", "-5.2"),
        ("−7", "-7"),
        ("1.5e3", "1500"),
        (".5", "0.5"),
        ("12%", "12"),
        ("It is 42.", "42"),
        ("- 3 apples", "3"),
        ("٤٢", "42"),
        ("１２", "12"),
        ("$1,200.00", "1200"),
        ("R$ 1.234,56", "1234.56"),
        ("USD1200", "1200"),
        ("12,34,567.89", "1234567.89"),
        ("1.5 × 10^6", "1500000"),
        ("6.02x10²³", "602000000000000000000000"),
        ("2·10⁻³", "0.002"),
        ("25 m²", "25"),
        ("25 m2", "25"),
        ("CO2: 7", "7"),
        ("Q3 closed at 8", "8"),
        ("½", "0.5"),
        ("1½", "1.5"),
        ("3/4", "0.75"),
        ("2 1/4", "2.25"),
        ("1200円", "1200"),
        ("価格は1200円", "1200"),
        ("10:30", "630"),
        ("1:00:30", "60.5"),
    ],
)
def test_a_number_is_read_however_it_is_written(written, number):
    assert list(numbers_in(written)) == [Decimal(number)]


def test_a_decimal_comma_changes_how_an_ambiguous_number_is_read():
    assert list(numbers_in("1,234 and 1.234", ",")) == [Decimal("1.234"), Decimal(1234)]


def test_what_a_comma_only_lists_is_not_one_number():
    assert list(numbers_in("1,2,3")) == [1, 2, 3]
    assert list(numbers_in("3x4 or 10/12/2026")) == [3, 4, 10, 12, 2026]


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        *[("9:30", "3:30"), ("30 m²", "25 m²"), ("1/4 cup", "3/4 cup")],
        *[("10²", "102"), ("infinity", "1"), ("NaN", "0")],
    ],
)
def test_what_only_looks_alike_is_another_number(ask, text, reference):
    assert ask("numeric", text, reference).value == 0


def test_long_runs_of_letters_and_digits_end(ask):
    for text in ("é" * 20_000, "a1" * 10_000, "1/" * 10_000, "1 " * 10_000, "9" * 20_000, "1×10" * 5_000):
        began = time.process_time()
        ask("numeric", text, "1")
        assert time.process_time() - began < 1


def test_parts_of_a_date_are_not_negative():
    assert list(numbers_in("2026-03-14")) == [2026, 3, 14]


def test_the_last_number_counts_because_models_reason_first(ask):
    text = "3 boxes of 14 make 42."
    assert ask("numeric", text, "42").value == 1
    assert ask("numeric", text, "3").value == 0
    assert ask("numeric", text, "3", take="first").value == 1


def test_equal_values_match_in_any_notation(ask):
    assert ask("numeric", "€1.249,00", "1249").value == 1


@pytest.mark.parametrize(("text", "value"), [("100.5", 1), ("99.5", 1), ("100.51", 0)])
def test_absolute_tolerance_includes_its_edge(ask, text, value):
    assert ask("numeric", text, "100", absolute=0.5).value == value


@pytest.mark.parametrize(("text", "value"), [("202", 1), ("198", 1), ("203", 0)])
def test_relative_tolerance_is_a_share_of_the_reference(ask, text, value):
    assert ask("numeric", text, "200", relative=0.01).value == value


def test_the_wider_tolerance_holds(ask):
    assert ask("numeric", "0.05", "0", absolute=0.1, relative=0.5).value == 1


def test_tenths_are_exact_where_binary_fractions_are_not(ask):
    assert ask("numeric", "0.3", "0.1", absolute=0.2).value == 1


def test_an_answer_without_a_number_is_wrong(ask):
    score = ask("numeric", "I cannot tell", "12")
    assert score.value == 0
    assert "no number" in score.explanation


def test_a_reference_without_a_number_leaves_the_sample_unscored(ask):
    assert ask("numeric", "12", "twelve").value is None


def test_the_nearest_of_several_references_counts(ask):
    assert ask("numeric", "7", "5", "7").value == 1
