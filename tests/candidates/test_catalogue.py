"""The catalogue: seeded from what comes with the product, as often as one likes, without a network."""

from __future__ import annotations

import importlib.metadata
import socket
from datetime import date
from decimal import Decimal

import pytest

from migration_app.candidates.catalogue import price_data
from migration_app.candidates.catalogue.families import family_of, maker_of
from migration_app.candidates.catalogue.limits import limits_of_hosted
from migration_app.candidates.catalogue.models import (
    CAPABILITIES,
    OWN_SERVERS,
    CatalogueModel,
    CataloguePrice,
)
from migration_app.candidates.catalogue.open_weights import open_models, said_of_hosted
from migration_app.candidates.catalogue.queries import Wish, listed_for, listed_price, same_model, search
from migration_app.candidates.catalogue.seeding import price_on, seed_catalogue
from migration_app.candidates.hosting.machines import gpus
from migration_app.candidates.prices import thaw
from migration_app.evaluation.outcomes import Usage
from migration_app.evaluation.price_lists import TokenPrice
from migration_app.evaluation.pricing import cost_of_call

TODAY = date(2026, 11, 25)


@pytest.mark.django_db
def test_seeding_needs_no_network_and_twice_is_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("the catalogue reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refused)
    count = seed_catalogue(TODAY)
    assert count > 2_000 and CatalogueModel.objects.filter(host=OWN_SERVERS).count() == len(open_models())
    before = set(CataloguePrice.objects.values_list("pk", flat=True))
    assert seed_catalogue(date(2026, 11, 26)) == count, "another day, the same lists"
    assert set(CataloguePrice.objects.values_list("pk", flat=True)) == before
    _reads(TODAY)


def _reads(today: date) -> None:
    """What the seeded lists say, checked against the vendors' own pages."""
    sonnet = CatalogueModel.objects.get(host="anthropic", model="claude-sonnet-4-5")
    assert (sonnet.maker, sonnet.weights, sonnet.retires_on) == ("Anthropic", "closed", date(2026, 11, 30))
    found = listed_price(sonnet, today)
    assert found is not None
    price = thaw(found.terms)
    assert isinstance(price, TokenPrice)
    assert (price.input_per_million, price.cached_input_per_million) == (Decimal(3), Decimal("0.3"))
    assert price.cache_write_1h_per_million == 6 and price.batch_share == Decimal("0.5")
    gemini = listed_price(CatalogueModel.objects.get(host="google", model="gemini-2.5-pro"), today)
    assert gemini is not None
    pro = thaw(gemini.terms)
    assert pro is not None and cost_of_call(pro, Usage(200_001, 0, 0, 1_000), None) == Decimal("0.5150025")
    novita = CatalogueModel.objects.filter(host="novita", output_limit__isnull=False)
    assert novita.count() > 50 and CatalogueModel.objects.exclude(retires_on=None).count() > 90
    llama = CatalogueModel.objects.get(host=OWN_SERVERS, model="meta-llama/Llama-3.3-70B-Instruct")
    assert {"groq", "together"} <= set(same_model(llama).values_list("host", flat=True))
    assert [entry.model for entry in listed_for("openai", "gpt-4o")] == ["gpt-4o"]
    assert listed_for("vllm", "gpt-4o") == [], "an own server has no list price"
    cheap = search(Wish(words="llama 70b", weights="open", sort="output"))
    amounts = [entry.output_per_million for entry in cheap if entry.output_per_million is not None]
    assert amounts == sorted(amounts) and len(amounts) > 5
    assert all(entry.context_window >= 1_000_000 for entry in search(Wish(context=1_000_000)))


def test_whoever_raises_the_pin_looks_at_the_day_again() -> None:
    assert importlib.metadata.version(price_data.PACKAGE) == price_data.VERSION


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("meta-llama/Llama-3.3-70B-Instruct-Turbo", "llama-3.3-70b"),
        ("llama-3.3-70b-versatile", "llama-3.3-70b"),
        ("@cf/meta/llama-3.3-70b-instruct-fp8-fast", "llama-3.3-70b"),
        ("meta-llama/llama-3.3-70b-instruct:free", "llama-3.3-70b"),
        ("openai/gpt-oss-120b", "gpt-oss-120b"),
        ("gpt-4o-mini", "gpt-4o-mini"),
        (":free", ":free"),
    ],
)
def test_a_host_s_dress_is_no_other_model(model: str, family: str) -> None:
    assert family_of(model) == family


def test_what_the_name_does_not_say_is_unknown() -> None:
    assert maker_of("gpt-oss-20b") == ("OpenAI", False) and maker_of("gpt-4o") == ("OpenAI", True)
    assert maker_of("somebody-s-model") == ("", None)


def test_every_open_model_says_what_a_server_s_memory_depends_on() -> None:
    for model in open_models():
        says = model.architecture
        assert model.parameters and model.context and model.licence, model.model
        assert says["layers"] > 0 and ("latent" in says or says["kv_heads"] * says["head_dim"] > 0)
        assert model.active is None or model.active < model.parameters
        assert ("window" in says) == ("full_layers" in says) and says.get("full_layers", 1) <= says["layers"]
    families = {model.model.split("/")[0] for model in open_models()}
    wanted = "meta-llama mistralai tiiuae mosaicml Qwen google microsoft allenai HuggingFaceTB"
    assert set(wanted.split()) <= families


def test_vendors_words_belong_to_models_that_are_listed() -> None:
    listed = {(model.host, model.model) for model in price_data.hosted_models()}
    assert set(said_of_hosted()) <= listed


def test_public_limits_belong_to_listed_models_and_contradict_no_vendor() -> None:
    listed = {(model.host, model.model): model for model in price_data.hosted_models()}
    limits, said = limits_of_hosted(), said_of_hosted()
    assert len(limits) > 400 and set(limits) <= set(listed)
    for key, found in limits.items():
        context = listed[key].context_window or found.context
        assert found.output is None or context is None or found.output < context, key
        assert set(found.can) <= set(CAPABILITIES), key
        own = said.get(key)
        if own is not None:
            assert own.output is None or found.output in (None, own.output), key
            assert own.retires_on is None or found.retires_on in (None, own.retires_on), key


def test_every_processor_s_price_has_a_source_and_a_day() -> None:
    for gpu in gpus().values():
        assert gpu.sheet.startswith("https://")
        assert gpu.hour is None or (gpu.hour > 0 and gpu.source and gpu.as_of and gpu.as_of <= TODAY)


def test_the_price_of_a_day_is_the_last_that_had_begun() -> None:
    prices = [(None, {"n": 1}), (date(2026, 9, 1), {"n": 2}), (date(2026, 12, 1), {"n": 3})]
    assert [price_on(prices, day) for day in (date(2026, 8, 31), TODAY, date(2027, 1, 1))] == [
        {"n": 1}, {"n": 2}, {"n": 3},
    ]  # fmt: skip
    assert price_on(prices[1:], date(2026, 8, 1)) is None
