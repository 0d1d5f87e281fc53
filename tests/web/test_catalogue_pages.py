"""The catalogue's pages: filters in the address, unknown shown as unknown, hostile addresses answered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from migration_app.candidates.catalogue.models import CatalogueModel, CataloguePrice
from tests.builders import a_candidate, a_connection
from tests.web.people import People

pytestmark = pytest.mark.django_db


def entry(name: str, host: str = "acme", **fields: Any) -> CatalogueModel:
    values = {"host_label": host.title(), "model": name.lower(), "family": name.lower(), "name": name}
    values |= {"source": "a list", "as_of": date(2026, 11, 1), "search_text": f"{name} {host}".lower()}
    return CatalogueModel.objects.create(host=host, **(values | fields))


def test_alice_finds_what_she_asks_for(people: People) -> None:
    entry("Aurora 70B", weights="open", licence="Apache-2.0", input_per_million=Decimal("0.075"))
    entry("Boreal 8B", host="zephyr", weights="closed", context_window=8_192)
    page = people.alice.get(reverse("catalogue"), {"q": "aurora", "weights": "open"}).content.decode()
    assert "Aurora 70B" in page and "Boreal 8B" not in page
    assert "$0.075" in page and "unknown" in page and "Apache-2.0" in page
    page = people.alice.get(reverse("catalogue"), {"context": "131072"}).content.decode()
    assert "No model fits" in page


def test_a_catalogue_that_was_never_read_in_says_so(people: People) -> None:
    page = people.alice.get(reverse("catalogue")).content.decode()
    assert "No models on file" in page and "No model fits" not in page


def test_pages_and_order_are_in_the_address(people: People) -> None:
    for number in range(60):
        entry(f"Model {number:02}", input_per_million=Decimal(60 - number))
    address = reverse("catalogue")
    page = people.alice.get(address, {"sort": "input"}).content.decode()
    assert page.index("Model 59") < page.index("Model 40") and "sort=input&amp;page=2" in page
    assert "Model 00" in people.alice.get(address, {"sort": "input", "page": "3"}).content.decode()


@pytest.mark.parametrize(
    "address",
    ["?q=%00", "?page=9999999999999999999999", "?page=-1", "?sort=--", "?context=99999999999999",
     "?host=%00x", "?can=%27%20OR%201", "?weights=x", "?q=" + "a " * 400],
)  # fmt: skip
def test_any_address_is_answered(people: People, address: str) -> None:
    entry("Aurora 70B")
    assert people.alice.get(reverse("catalogue") + address).status_code == 200


def test_a_model_says_when_it_ends_and_where_else_it_runs(people: People) -> None:
    found = entry("Aurora 70B", retires_on=date(2020, 1, 1), parameters=70_550_000_000, capabilities="tools")
    entry("Aurora 70B", host="zephyr", family=found.family, output_per_million=Decimal(2))
    terms = {"kind": "tokens", "currency": "USD", "input_per_million": "1.25", "output_per_million": None}
    CataloguePrice.objects.create(model=found, terms=terms, source="a list", as_of=date(2026, 11, 1))
    page = people.alice.get(reverse("catalogue-model", args=[found.pk])).content.decode()
    assert "switched this model off" in page and "Zephyr" in page and "70.5 billion" in page
    assert "$1.25" in page and "Calls tools" in page


def test_a_stranger_is_asked_to_sign_in(people: People) -> None:
    assert Client().get(reverse("catalogue")).status_code == 302


def test_the_listed_price_of_a_model_is_taken_with_one_press(people: People) -> None:
    connection = a_connection(people.team, "https://api.openai.com/v1")
    connection.vendor = "openai"
    connection.save()
    mine = a_candidate(connection, "aurora-1", price=None)
    found = entry("aurora-1", host="openai")
    terms = {"kind": "tokens", "currency": "USD", "input_per_million": "1.25", "output_per_million": "10"}
    terms |= {
        "batch_share": "0.5",
        "tiers": [{"above": 200_000, "whole_call": True, "output_per_million": "15"}],
    }
    CataloguePrice.objects.create(model=found, terms=terms, source="a list", as_of=date(2026, 11, 1))
    page = people.alice.get(reverse("candidate", args=[mine.pk])).content.decode()
    assert "Public prices on file" in page and "$1.25 in, $10.00 out" in page
    address = reverse("candidate-listed-price", args=[mine.pk])
    assert people.vera.post(address, {"entry": found.pk}).status_code == 403
    assert people.charlie.post(address, {"entry": found.pk}).status_code == 404
    assert people.alice.post(address, {"entry": "7777"}).status_code == 404
    assert people.alice.post(address, {"entry": found.pk}).status_code == 302
    quote = mine.prices.get()
    assert (quote.output_per_million, quote.batch_share) == (Decimal(10), Decimal("0.5"))
    assert quote.tiers[0]["output_per_million"] == "15" and quote.origin == "list"


@pytest.mark.parametrize(
    "slip",
    [
        {"output_per_million": "99999999"},
        {"tiers": [{"above": 200_000, "whole_call": True, "output_per_million": "99999999"}]},
        {"tiers": [{"above": 0, "whole_call": True, "output_per_million": "1"}]},
    ],
)
def test_a_slip_in_a_public_list_is_said_and_not_taken(people: People, slip: dict) -> None:
    connection = a_connection(people.team, "https://api.openai.com/v1")
    connection.vendor = "openai"
    connection.save()
    mine = a_candidate(connection, "aurora-1", price=None)
    found = entry("aurora-1", host="openai")
    terms = {"kind": "tokens", "currency": "USD", "input_per_million": "1", "output_per_million": "2"}
    terms |= {"tiers": []} | slip
    CataloguePrice.objects.create(model=found, terms=terms, source="a list", as_of=date(2026, 11, 1))
    address = reverse("candidate-listed-price", args=[mine.pk])
    page = people.alice.post(address, {"entry": found.pk}, follow=True).content.decode()
    assert ("Check the decimal point" in page or "Tiers begin above 0" in page) and not mine.prices.exists()
