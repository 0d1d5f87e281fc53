"""Costs to the last digit, and never a guess."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migration_app.evaluation.outcomes import Usage
from migration_app.evaluation.pricing import (
    MachineTimePrice,
    TokenPrice,
    cost_of_call,
    most_a_call_can_cost,
)


def dollars(fresh=None, cached=None, written=None, output=None, fee=None):
    prices = [None if price is None else Decimal(price) for price in (fresh, cached, written, output, fee)]
    return TokenPrice("USD", *prices)


def test_cached_tokens_are_charged_once():
    # BerriAI/litellm issue 15945
    usage = Usage(input_tokens=9126, cached_input_tokens=4864, output_tokens=3197)
    assert cost_of_call(dollars("1.25", "0.125", None, "10"), usage, None) == Decimal("0.0379055")


def test_cache_reads_and_writes_are_parts_of_the_prompt():
    # browser-use issue 5305, the input part
    usage = Usage(input_tokens=2000, cached_input_tokens=500, cache_write_tokens=300, output_tokens=0)
    assert cost_of_call(dollars("3", "0.30", "3.75"), usage, None) == Decimal("0.004875")


def test_a_cache_write_is_not_charged_as_input_too():
    # BerriAI/litellm issue 6575
    usage = Usage(input_tokens=1000, cache_write_tokens=1000, output_tokens=0)
    assert cost_of_call(dollars("3", None, "3.75", "15"), usage, None) == Decimal("0.00375")
    assert cost_of_call(dollars(None, None, "3.75"), usage, None) == Decimal("0.00375")


def test_without_a_price_of_their_own_cached_tokens_are_ordinary_input():
    usage = Usage(input_tokens=1000, cached_input_tokens=400, cache_write_tokens=100, output_tokens=10)
    assert cost_of_call(dollars("2", output="8"), usage, None) == Decimal("0.00208")


def test_reasoning_is_output_already():
    usage = Usage(input_tokens=0, output_tokens=100, reasoning_tokens=90)
    assert cost_of_call(dollars("1", output="10"), usage, None) == Decimal("0.001")


def test_a_fee_per_request_is_added():
    assert cost_of_call(dollars("1", output="1", fee="0.005"), Usage(10, 0, 0, 10), None) == Decimal(
        "0.00502"
    )


@pytest.mark.parametrize(
    ("price", "usage"),
    [
        (dollars("1", output="2"), Usage()),
        (dollars("1", output="2"), Usage(input_tokens=10)),
        (dollars("1", output="2"), Usage(output_tokens=10)),
        (dollars("1"), Usage(input_tokens=10, output_tokens=10)),
        (dollars(output="1"), Usage(input_tokens=10, output_tokens=10)),
        (dollars(), Usage(input_tokens=10, cached_input_tokens=10, output_tokens=0)),
    ],
)
def test_what_is_not_known_costs_an_unknown_amount_not_nothing(price, usage):
    assert cost_of_call(price, usage, 1.0) is None


def test_a_price_of_zero_is_a_price():
    assert cost_of_call(dollars("0", output="0"), Usage(input_tokens=10, output_tokens=10), None) == 0


def test_machine_time_is_shared_by_the_slots():
    # 90 s of a machine at 4.00 an hour that serves 8 at once: 0.025 h × 4.00 / 8
    price = MachineTimePrice("EUR", Decimal("4.00"), 8)
    assert cost_of_call(price, Usage(), 90) == Decimal("0.0125")
    assert cost_of_call(price, Usage(), None) is None


def test_a_machine_without_slots_is_refused():
    with pytest.raises(ValueError, match="1 slot"):
        MachineTimePrice("EUR", Decimal(1), 0)


def test_a_reservation_takes_the_dearest_input_price():
    price = dollars("3", "0.30", "3.75", "15")
    assert most_a_call_can_cost(price, 1000, 200, None) == Decimal("0.00675")  # 1000 × 3.75 + 200 × 15
    assert most_a_call_can_cost(MachineTimePrice("EUR", Decimal("3.6"), 1), 1, 1, 60) == Decimal("0.06")


def test_a_reservation_without_a_bound_is_unknown():
    assert most_a_call_can_cost(dollars("1", output="1"), 10, None, 60) is None
    assert most_a_call_can_cost(dollars(output="1"), 10, 10, 60) is None
    assert most_a_call_can_cost(MachineTimePrice("EUR", Decimal(1), 1), 10, 10, None) is None


@given(
    st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6),
    st.lists(st.decimals("0", "100", places=4), min_size=5, max_size=5),
)  # fmt: skip
def test_no_call_costs_more_than_was_reserved_for_it(fresh, cached, written, output, prices):
    price = TokenPrice("USD", *prices)
    usage = Usage(fresh + cached + written, cached, written, output)
    assert cost_of_call(price, usage, None) <= most_a_call_can_cost(price, usage.input_tokens, output, None)
