"""What a batch queue would cost: from the calls' own usage, apart from all else, unknown where it is."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from pypdf import PdfReader

from migration_app.candidates.models import PriceQuote
from migration_app.reports.actions import make_file
from migration_app.reports.build import freeze
from migration_app.reports.models import Report
from tests import builders
from tests.reports.factories import baseline, candidate, comparison_data
from tests.reports.finished import a_question, finished, right

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(settings, tmp_path) -> Report:
    """Today at 1 and 2 dollars with a queue at half price, Lumen with one and a fee, Tern without one."""
    settings.MEDIA_ROOT = tmp_path
    question = a_question(
        builders.a_team(), "Today", "Lumen", "Tern", samples=60, requests_per_month=100_000
    )
    queued = PriceQuote.objects.exclude(candidate__label="Tern")
    queued.update(batch_share=Decimal("0.5"))
    queued.filter(candidate__label="Lumen").update(per_request=Decimal("0.000056"))
    return finished(question, dict.fromkeys(("Today", "Lumen", "Tern"), right)).reports.get()


def by_label(report: Report) -> dict:
    return {row["label"]: row for row in report.data["batch"]["rows"]}


def test_half_the_token_prices_is_half_the_cost(report: Report) -> None:
    today = by_label(report)["Today"]
    assert today["price"] == "50% of the prices per token"
    # 40 tokens in, 8 out: 56 millionths a request, whatever else was charged to the test's ledger.
    assert (today["per_1000"]["value"], today["per_month"]["value"]) == ("$0.028", "$2.80")
    assert today["saving"] == "50%", "waiting alone saves that much, without moving"


def test_a_flat_fee_stays_what_it_is(report: Report) -> None:
    """Tokens cost 56 millionths and the fee as much: half of the one and all of the other is 75%."""
    stored = {entry["position"]: entry for entry in report.run.comparison.data["batch"]}
    lumen, cost = stored[1], report.run.comparison.data["options"][1]["metrics"]["cost_per_1000"]
    assert Decimal(lumen["per_1000"]["amount"]) == Decimal(cost["amount"]) * Decimal("0.75")
    assert Decimal(lumen["per_1000"]["high"]) == Decimal(cost["high"]) * Decimal("0.75")


def test_without_a_known_batch_price_there_is_no_figure_and_it_is_said(report: Report) -> None:
    assert "Tern" not in by_label(report)
    assert report.data["batch"]["unknown"] == "No batch price is known for Tern."
    assert freeze(comparison_data(baseline(), candidate(1, "Lumen")))["batch"] is None


def test_the_workbook_and_the_pdf_tell_the_same(report: Report) -> None:
    book = openpyxl.load_workbook(io.BytesIO(make_file(report=report, kind="xlsx").file.read()))
    rows = [[cell or "" for cell in row] for row in book["Batch queues"].values]
    assert rows[1][0] == "Today" and "$2.80" in rows[1] and "50%" in rows[1]
    pdf = PdfReader(io.BytesIO(make_file(report=report, kind="pdf").file.read()))
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert "If answers may wait up to 24 hours" in text and "No batch price is known for Tern." in text


def test_a_cost_that_is_unknown_stays_unknown_in_the_queue() -> None:
    entry = {"position": 1, "share": "0.5", "per_1000": None, "per_month": None, "paired": None}
    data = comparison_data(baseline(), candidate(1, "Lumen", cost=None, price=None))
    [row] = freeze(data | {"batch": [entry]})["batch"]["rows"]
    assert row["per_1000"]["value"] == row["saving"] == "unknown"
