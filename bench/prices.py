"""Rows about prices: a million attempts priced at once, and the catalogue's page with 3,000 models."""

from __future__ import annotations

import logging
import os
import tempfile
from datetime import date
from decimal import Decimal
from time import monotonic, process_time

import numpy as np

from bench.asked import signed_in, timed
from bench.table import Row, tell

ATTEMPTS, MODELS, CHECKED, TIMES = 1_000_000, 3_000, 2_000, 7


def main() -> bool:
    return tell("prices", (measure() for measure in (_priced, _page)))


def _priced() -> Row:
    """With caches, reasoning and a tier. Some rows are checked one by one."""
    from migration_app.evaluation.price_lists import LengthTier, TokenPrice
    from migration_app.evaluation.pricing import cost_of_call
    from migration_app.evaluation.pricing_columns import UsageColumns, costs_of_calls

    rng = np.random.default_rng(7)
    given = rng.integers(50, 300_000, ATTEMPTS)
    cached, output = rng.integers(0, given), rng.integers(1, 4_000, ATTEMPTS)
    usage = UsageColumns.of(input=given, cached=cached, output=output, reasoning=output // 3)
    tier = LengthTier(200_000, input_per_million=Decimal("2.5"), output_per_million=Decimal(15))
    price = TokenPrice(
        "USD",
        input_per_million=Decimal("1.25"),
        cached_input_per_million=Decimal("0.125"),
        output_per_million=Decimal(10),
        tiers=(tier,),
    )
    began, cpu = monotonic(), process_time()
    costs = costs_of_calls(price, usage)
    total = costs.total(np.ones(ATTEMPTS, np.int64))
    seconds, cpu = monotonic() - began, process_time() - cpu
    some = rng.integers(0, ATTEMPTS, CHECKED)
    exact = [cost_of_call(price, usage.row(int(index)), None) for index in some]
    units = Decimal(1).scaleb(-costs.exponent)
    right = all(costs.units[index] * units == cost for index, cost in zip(some, exact, strict=True))
    return Row(
        f"{ATTEMPTS:,} attempts priced by token", "< 2 s, exact",
        f"{seconds * 1000:,.0f} ms (CPU {cpu * 1000:,.0f}), total ${total:,.2f}, {CHECKED:,} checked",
        seconds < 2 and right, values={"seconds": seconds, "cpu": cpu, "exact": float(right)},
    )  # fmt: skip


def _page() -> Row:
    """The slowest of several pages and orders, each the median of a few readings, signed in."""
    with tempfile.TemporaryDirectory() as folder:
        _database(folder)
        from tests.builders import a_team

        a_team("Bench", "bench")
        browser = signed_in()
        _fill()
        addresses = ("?", "?page=40", "?q=70b", "?sort=output", "?weights=open&context=131072&sort=input")
        times = {address: timed(browser, f"/catalogue/{address}", TIMES)[0] for address in addresses}
    worst = max(times, key=lambda address: times[address])
    shown = f"{times[worst] * 1000:.0f} ms ({worst})"
    name = f"catalogue page with {MODELS:,} models"
    return Row(name, "< 100 ms", shown, times[worst] < 0.1, values=times)


def _database(folder: str) -> None:
    """The product itself in this process, on a database of its own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)


def _fill() -> None:
    """What comes with the product, and as many more as it takes."""
    from migration_app.candidates.catalogue.models import CatalogueModel
    from migration_app.candidates.catalogue.seeding import seed_catalogue

    more = MODELS - seed_catalogue(date.today())
    CatalogueModel.objects.bulk_create(
        CatalogueModel(
            host="elsewhere", host_label="Elsewhere", model=f"model-{index}-70b", name=f"Model {index} 70B",
            family=f"model-{index}-70b", source="a bench", as_of=date.today(),
            search_text=f"model {index} 70b elsewhere", output_per_million=Decimal(index),
        )
        for index in range(more)
    )  # fmt: skip
