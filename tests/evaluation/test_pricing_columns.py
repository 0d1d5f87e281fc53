"""A million calls priced at once come out as they do one by one."""

from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from migration_app.evaluation.price_lists import LengthTier, TokenPrice
from migration_app.evaluation.pricing import cost_of_call
from migration_app.evaluation.pricing_columns import UsageColumns, costs_of_calls

AMOUNTS = st.none() | st.decimals("0", "1000", places=6)
COUNTS = st.none() | st.integers(0, 400_000) | st.integers(0, 50) | st.integers(-3, 10**8)
NAMES = ("input", "cached", "written", "written_1h", "image", "output", "reasoning", "images")


@st.composite
def prices(draw):
    whole = draw(st.booleans())
    tiers = tuple(
        LengthTier(
            above,
            whole,
            input_per_million=draw(AMOUNTS),
            cached_input_per_million=draw(AMOUNTS),
            output_per_million=draw(AMOUNTS) if whole else None,
        )
        for above in draw(st.sampled_from([(), (200_000,), (10, 128_000)]))
    )
    names = ("input", "cached_input", "cache_write", "cache_write_1h", "image_input", "output", "reasoning")
    rates = {f"{name}_per_million": draw(AMOUNTS) for name in names}
    return TokenPrice("USD", **rates, per_request=draw(AMOUNTS), per_image=draw(AMOUNTS), tiers=tiers)


@settings(max_examples=150, deadline=None)
@given(prices(), st.lists(st.tuples(*[COUNTS] * len(NAMES)), min_size=1, max_size=20))
def test_every_row_costs_what_it_costs_alone(price, rows):
    usage = UsageColumns.of(**dict(zip(NAMES, zip(*rows, strict=True), strict=True)))
    alone = [cost_of_call(price, usage.row(index), None) for index in range(len(rows))]
    together = costs_of_calls(price, usage)
    assert list(together.decimals()) == alone
    times = np.arange(len(rows))
    counted = (cost * count for cost, count in zip(alone, times.tolist(), strict=True) if cost is not None)
    assert together.total(times) == sum(counted, Decimal(0))


def test_absurd_prices_and_counts_lose_no_digit():
    price = TokenPrice("USD", input_per_million=Decimal("99999999.999999"), output_per_million=Decimal(1))
    costs = costs_of_calls(price, UsageColumns.of(input=[10**8, 3], output=[0, 0]))
    assert list(costs.decimals()) == [Decimal("9999999999.9999"), Decimal("299.999999999997")]


def test_no_calls_cost_nothing():
    costs = costs_of_calls(TokenPrice("USD", Decimal(1)), UsageColumns.of(input=[], output=[]))
    assert costs.total(np.array([], np.int64)) == 0
