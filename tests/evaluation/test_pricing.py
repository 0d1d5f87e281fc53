"""Costs to the last digit, and never a guess."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migration_app.evaluation.outcomes import Usage
from migration_app.evaluation.price_lists import InvalidPriceError, LengthTier, MachineTimePrice, TokenPrice
from migration_app.evaluation.pricing import cost_of_call, most_a_call_can_cost


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


# ── tiers by length, batch, images, reasoning ────────────────────────────────


GEMINI_2_5_PRO = TokenPrice(  # ai.google.dev/gemini-api/docs/pricing
    "USD",
    input_per_million=Decimal("1.25"),
    cached_input_per_million=Decimal("0.125"),
    output_per_million=Decimal(10),
    batch_share=Decimal("0.5"),
    tiers=(
        LengthTier(
            200_000,
            input_per_million=Decimal("2.50"),
            cached_input_per_million=Decimal("0.25"),
            output_per_million=Decimal(15),
        ),
    ),
)
CLAUDE_SONNET = TokenPrice(  # platform.claude.com/docs/en/about-claude/pricing
    "USD",
    input_per_million=Decimal(3),
    cached_input_per_million=Decimal("0.30"),
    cache_write_per_million=Decimal("3.75"),
    cache_write_1h_per_million=Decimal(6),
    output_per_million=Decimal(15),
    batch_share=Decimal("0.5"),
    tiers=(
        LengthTier(
            200_000,
            input_per_million=Decimal(6),
            cached_input_per_million=Decimal("0.60"),
            cache_write_per_million=Decimal("7.50"),
            cache_write_1h_per_million=Decimal(12),
            output_per_million=Decimal("22.50"),
        ),
    ),
)


@pytest.mark.parametrize(
    ("given", "output", "cost"),
    [
        (200_000, 1_000, "0.26"),  # at the edge: 200,000 × 1.25 + 1,000 × 10
        (200_001, 1_000, "0.5150025"),  # one token more doubles the whole prompt, and the output pays too
    ],
)
def test_beyond_its_edge_a_tier_charges_the_whole_call(given, output, cost):
    assert cost_of_call(GEMINI_2_5_PRO, Usage(given, 0, 0, output), None) == Decimal(cost)


def test_a_tier_looks_at_the_prompt_with_its_cached_part():
    # 250,000 tokens, 200,000 of them read from the cache: 50,000 × 6 + 200,000 × 0.60 + 1,000 × 22.50
    usage = Usage(input_tokens=250_000, cached_input_tokens=200_000, output_tokens=1_000)
    assert cost_of_call(CLAUDE_SONNET, usage, None) == Decimal("0.4425")


def test_a_tier_may_charge_only_what_is_beyond_it():
    price = TokenPrice(
        "USD",
        input_per_million=Decimal(1),
        cached_input_per_million=Decimal("0.1"),
        output_per_million=Decimal(4),
        tiers=(LengthTier(1_000, whole_call=False, input_per_million=Decimal(2)),),
    )
    # 600 cached, then 900 fresh: 600 × 0.1 + 400 × 1 + 500 × 2 + 100 × 4
    usage = Usage(input_tokens=1_500, cached_input_tokens=600, output_tokens=100)
    assert cost_of_call(price, usage, None) == Decimal("0.001860")


def test_cache_writes_for_an_hour_are_part_of_the_cache_writes():
    # 1,000 in the prompt: 300 written for 5 minutes, 200 for an hour, 100 read, 400 fresh
    usage = Usage(
        input_tokens=1_000, cached_input_tokens=100, cache_write_tokens=500, output_tokens=0,
        cache_write_1h_tokens=200,
    )  # fmt: skip
    expected = (400 * Decimal(3) + 100 * Decimal("0.3") + 300 * Decimal("3.75") + 200 * Decimal(6)) / 10**6
    assert cost_of_call(CLAUDE_SONNET, usage, None) == expected == Decimal("0.003555")


def test_a_batch_pays_its_share_of_every_token_price_and_the_whole_fee():
    price = replace(CLAUDE_SONNET, per_request=Decimal("0.01"))
    batch = price.in_batch()
    assert batch is not None
    usage = Usage(input_tokens=10_000, cached_input_tokens=4_000, cache_write_tokens=2_000, output_tokens=500)
    # (4,000 × 3 + 4,000 × 0.30 + 2,000 × 3.75 + 500 × 15) ÷ 2, and the fee
    assert cost_of_call(batch, usage, None) == Decimal("0.0241")
    long = Usage(input_tokens=300_000, output_tokens=100)
    assert cost_of_call(batch, long, None) == Decimal("0.911125")  # 300,000 × 3 + 100 × 11.25
    assert dollars("1", output="1").in_batch() is None


def test_reasoning_with_a_price_of_its_own_leaves_the_output():
    price = TokenPrice(  # perplexity sonar-deep-research: 2 in, 8 out, 3 reasoning
        "USD",
        input_per_million=Decimal(2),
        output_per_million=Decimal(8),
        reasoning_per_million=Decimal(3),
    )
    usage = Usage(input_tokens=1_000, output_tokens=900, reasoning_tokens=400)
    assert cost_of_call(price, usage, None) == Decimal("0.0072")  # 2,000 + 500 × 8 + 400 × 3


def test_images_are_priced_apart_by_token_and_by_piece():
    price = TokenPrice(
        "USD",
        input_per_million=Decimal(5),
        image_input_per_million=Decimal(10),
        per_image=Decimal("0.002"),
        output_per_million=Decimal(1),
    )
    usage = Usage(input_tokens=1_000, output_tokens=0, image_input_tokens=700, images=2)
    assert cost_of_call(price, usage, None) == Decimal("0.0125")  # 300 × 5 + 700 × 10, and 2 × 0.002
    assert cost_of_call(price, Usage(1_000, output_tokens=0), None) is None, "how many images is unknown"
    assert cost_of_call(price, Usage(1_000, output_tokens=0, images=-2), None) is None, "a count is a fault"


def test_parts_that_exceed_their_whole_are_charged_once():
    price = dollars("1", "0.1", "2", "10")
    usage = Usage(100, cached_input_tokens=80, cache_write_tokens=50, output_tokens=10, reasoning_tokens=99)
    assert cost_of_call(price, usage, None) == Decimal("0.000208")


@pytest.mark.parametrize("fault", [{"input_tokens": -1}, {"cached_input_tokens": -5}, {"output_tokens": -1}])
def test_a_negative_count_is_a_fault_and_never_a_rebate(fault):
    usage = replace(Usage(input_tokens=10, output_tokens=10), **fault)
    assert cost_of_call(dollars("1", output="1"), usage, None) is None
    assert cost_of_call(MachineTimePrice("USD", Decimal(1), 1), usage, -3.0) is None


@pytest.mark.parametrize(
    ("tiers", "words"),
    [
        ((LengthTier(5), LengthTier(5)), "higher than"),
        ((LengthTier(0),), "above 0"),
        ((LengthTier(5), LengthTier(9, whole_call=False)), "all for"),
        ((LengthTier(5, whole_call=False, output_per_million=Decimal(1)),), "no price for output"),
    ],
)
def test_tiers_that_contradict_themselves_are_refused(tiers, words):
    with pytest.raises(InvalidPriceError, match=words):
        TokenPrice("USD", tiers=tiers)


def test_a_reservation_reaches_into_the_dearest_tier():
    assert most_a_call_can_cost(GEMINI_2_5_PRO, 300_000, 1_000, None) == Decimal("0.765")
    assert most_a_call_can_cost(GEMINI_2_5_PRO, 100_000, 1_000, None) == Decimal("0.135")
