"""The pages about connections, models and prices, as Alice and Vera use them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from migration_app.candidates.models import Candidate, Connection
from migration_app.pipeline import testing
from migration_app.providers.vendors import VENDORS
from tests.web.people import People

KEY = "sk-never-to-be-shown-1234"
NEW = {
    "name": "Ours",
    "base_url": "http://127.0.0.1:9/v1",
    "max_concurrency": "4",
    "machine": "",
    "api_key": KEY,
}


@pytest.fixture(autouse=True)
def loopback_is_open(settings: Settings) -> None:
    settings.PRIVATE_ADDRESSES = ["127.0.0.1"]


def new_url(vendor: str = "vllm") -> str:
    return f"{reverse('connection-new')}?vendor={vendor}"


def test_choosing_a_vendor_fills_in_its_address(people: People) -> None:
    assert "?vendor=openai" in people.alice.get(reverse("connection-new")).content.decode()
    assert "https://api.openai.com/v1" in people.alice.get(new_url("openai")).content.decode()


def test_the_key_goes_in_and_never_comes_out(people: People) -> None:
    pages = [people.alice.post(new_url(), NEW, follow=True)]
    ours = Connection.objects.get(team=people.team, name="Ours")
    assert ours.api_key.reveal() == KEY
    names = ("connection", "connection-edit", "connection-key", "candidate-new")
    pages += [people.alice.get(reverse(name, args=[ours.pk])) for name in names]
    pages += [people.alice.get(reverse("connections")), people.alice.post(new_url(), NEW | {"name": ""})]
    pages += [people.alice.post(reverse("connection-key", args=[ours.pk]), {"api_key": KEY + "\nx"})]
    for page in pages:
        assert page.status_code == 200 and KEY not in page.content.decode()
    assert "Ends in 1234" in pages[0].content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"base_url": "ftp://example.com"}, "must begin with https://"),
        ({"base_url": "http://10.0.0.1/v1"}, "CROSSOVER_PRIVATE_ADDRESSES"),
        ({"base_url": ""}, "required"),
        ({"max_concurrency": "0"}, "greater than or equal to 1"),
        ({"max_concurrency": "a few"}, "whole number"),
        ({"requests_per_minute": "0"}, "greater than or equal to 1"),
        ({"tokens_per_minute": "9999999999"}, "less than or equal to"),
        ({"api_key": "sk–dash"}, "Copy it again"),
        ({"name": "x" * 121}, "at most 120"),
    ],
)
def test_bad_input_is_answered_beside_its_field(people: People, wrong: dict[str, str], words: str) -> None:
    page = people.alice.post(new_url(), NEW | wrong)
    assert page.status_code == 200 and words in page.content.decode()
    assert not Connection.objects.exists()


def test_limits_a_minute_are_kept_shown_changed_and_taken_away(people: People) -> None:
    limits = {"requests_per_minute": "500", "tokens_per_minute": "30000"}
    page = people.alice.post(new_url(), NEW | limits, follow=True)
    ours = Connection.objects.get(team=people.team, name="Ours")
    assert (ours.requests_per_minute, ours.tokens_per_minute) == (500, 30_000)
    assert "at most 500" in page.content.decode() and "at most 30,000" in page.content.decode()
    form = people.alice.get(reverse("connection-edit", args=[ours.pk])).content.decode()
    assert 'value="500"' in form and 'value="30000"' in form
    people.alice.post(reverse("connection-edit", args=[ours.pk]), NEW | {"requests_per_minute": "60"})
    ours.refresh_from_db()
    assert (ours.requests_per_minute, ours.tokens_per_minute) == (60, None)


def test_testing_answers_with_the_table_alone_for_htmx_and_a_page_without(
    people: People, models: list[Candidate]
) -> None:
    address = reverse("connection-test", args=[models[0].connection_id])
    part = people.alice.post(address, headers={"HX-Request": "true"}).content.decode()
    assert 'id="checks"' in part and "<html" not in part and "does not work" in part
    assert people.alice.post(address).status_code == 302


def test_a_model_is_added_and_its_unknown_price_is_said(people: People, models: list[Candidate]) -> None:
    address = reverse("candidate-new", args=[models[0].connection_id])
    page = people.alice.post(address, {"model": "model-z", "label": "New one"}, follow=True)
    assert "Its price is unknown" in page.content.decode()
    assert Candidate.objects.get(label="New one").team == people.team


def test_what_a_vendor_lists_can_be_chosen_and_is_not_trusted(
    people: People, models: list[Candidate]
) -> None:
    connection = models[0].connection
    connection.checks = [
        {
            "name": "models",
            "label": "m",
            "passed": True,
            "detail": "",
            "models": ["<script>alert(1)</script>"],
        }
    ]
    connection.save()
    page = people.alice.get(reverse("candidate-new", args=[connection.pk])).content.decode()
    assert "&lt;script&gt;" in page and "<script>alert" not in page


def test_prices_are_added_and_the_other_kind_is_not_looked_at(
    people: People, models: list[Candidate]
) -> None:
    address = reverse("candidate", args=[models[0].pk])
    price = {"kind": "machine_time", "per_hour": "0.40", "input_per_million": "7", "currency": "eur"}
    page = people.alice.post(address, price | {"source": "our books", "as_of": "2026-11-02"}, follow=True)
    assert "an hour of machine time" in page.content.decode()
    newest = models[0].prices.first()
    assert newest is not None and newest.input_per_million is None and newest.currency == "EUR"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"as_of": "2999-01-01"}, "a day to come"),
        ({"input_per_million": "-1"}, "greater than or equal to 0"),
        ({"input_per_million": "", "output_per_million": ""}, "at least one price"),
        ({"input_per_million": "NaN"}, "Enter a number"),
        ({"source": ""}, "required"),
    ],
)
def test_a_bad_price_is_refused(
    people: People, models: list[Candidate], wrong: dict[str, str], words: str
) -> None:
    good = {"kind": "tokens", "input_per_million": "1", "output_per_million": "2", "currency": "USD"}
    page = people.alice.post(
        reverse("candidate", args=[models[0].pk]), good | {"source": "list", "as_of": "2026-11-02"} | wrong
    )
    assert words in page.content.decode() and models[0].prices.count() == 1


def test_vera_sees_no_buttons_she_may_not_press(people: People, models: list[Candidate]) -> None:
    page = people.vera.get(reverse("connection", args=[models[0].connection_id])).content.decode()
    assert "Archive connection" not in page and "Test connection" not in page
    assert people.vera.post(new_url(), NEW).status_code == 403


def test_a_contract_with_a_batch_queue_and_a_tier_is_kept_in_full(
    people: People, models: list[Candidate]
) -> None:
    price = {"kind": "tokens", "origin": "contract", "input_per_million": "1.25", "output_per_million": "10"}
    tier = {"tier_above": "200000", "tier_whole_call": "whole", "tier_input_per_million": "2.50"}
    rest = {"currency": "USD", "source": "contract 7", "as_of": "2026-11-02", "batch_discount": "50"}
    people.alice.post(reverse("candidate", args=[models[0].pk]), price | tier | rest)
    newest = models[0].prices.first()
    assert newest is not None and (newest.origin, newest.batch_share) == ("contract", Decimal("0.5"))
    assert newest.tiers == [{"above": 200_000, "whole_call": True, "input_per_million": "2.5"}]


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"input_per_million": "0"}, "really costs nothing"),
        ({"input_per_million": "99999999"}, "less than or equal to 1000000"),
        ({"tier_input_per_million": "3"}, "above how many tokens"),
        ({"batch_discount": "120"}, "less than or equal to 99.9"),
    ],
)
def test_an_odd_price_is_asked_about(
    people: People, models: list[Candidate], odd: dict[str, str], words: str
) -> None:
    good = {"kind": "tokens", "input_per_million": "1", "output_per_million": "2", "currency": "USD"}
    sent = good | {"source": "list", "as_of": "2026-11-02"} | odd
    page = people.alice.post(reverse("candidate", args=[models[0].pk]), sent)
    assert words in page.content.decode() and models[0].prices.count() == 1
    if odd == {"input_per_million": "0"}:
        page = people.alice.post(reverse("candidate", args=[models[0].pk]), sent | {"states_free": "on"})
        assert page.status_code == 302 and models[0].prices.count() == 2


# ── every vendor's own form ──────────────────────────────────────────────────

ASKED = {
    "vllm": {"machine"},
    "azure": {"api_version"},
    "bedrock": {"region", "access_key_id", "secret_access_key", "session_token", "prompt_caching"},
    "anthropic": {"prompt_caching"},
    "vertex": {"region", "project", "service_account", "token_url"},
}
SOMETIMES = set.union(*ASKED.values()) | {"tenant_id", "client_id", "client_secret"}


@pytest.mark.parametrize("name", ASKED)
def test_a_form_asks_only_what_its_vendor_needs(people: People, name: str) -> None:
    page = people.alice.get(new_url(name)).content.decode()
    assert {field for field in SOMETIMES if f'name="{field}"' in page} == ASKED[name]


def test_every_vendor_has_a_form_for_each_way_in(people: People) -> None:
    for vendor in VENDORS.values():
        for way in vendor.auth:
            page = people.alice.get(f"{new_url(vendor.name)}&auth={way}")
            assert page.status_code == 200 and page.content.decode().count('aria-current="true"') == (
                len(vendor.auth) > 1
            )
    azure = people.alice.get(f"{new_url('azure')}&auth=entra").content.decode()
    assert 'name="tenant_id"' in azure and 'name="client_secret"' in azure and 'name="api_key"' not in azure


def test_several_secrets_go_in_and_only_their_ends_come_out(people: People) -> None:
    aws = {"access_key_id": "AKIAEXAMPLEKEY", "secret_access_key": "aws-never-to-be-shown-abcd"}
    form = {"name": "Amazon", "region": "eu-central-1", "max_concurrency": "4", **aws}
    pages = [people.alice.post(new_url("bedrock"), form | {"region": ""})]
    assert "needs this" in pages[0].content.decode() or "required" in pages[0].content.decode()
    pages.append(people.alice.post(new_url("bedrock"), form, follow=True))
    ours = Connection.objects.get(name="Amazon")
    assert "Ends in EKEY, abcd" in pages[-1].content.decode() and "eu-central-1" in pages[-1].content.decode()
    for name in ("connection", "connection-edit", "connection-key"):
        pages.append(people.alice.get(reverse(name, args=[ours.pk])))
    edit = reverse("connection-edit", args=[ours.pk])
    assert "eu-central-1.amazonaws" not in people.alice.get(edit).content.decode().partition("<form")[2]
    pages.append(people.alice.post(edit, form | {"region": "us-east-1"}, follow=True))
    ours.refresh_from_db()
    assert ours.base_url == "https://bedrock-runtime.us-east-1.amazonaws.com", "it follows the region"
    wrong = {"service_account": "never-to-be-shown-and-no-JSON", "region": "global", "project": "p"}
    pages.append(people.alice.post(new_url("vertex"), {**form, **wrong}))
    assert "whole file" in pages[-1].content.decode()
    for page in pages:
        assert "never-to-be-shown" not in page.content.decode() and "AKIAEXAMPLE" not in page.content.decode()


def test_changing_another_thing_leaves_a_vendors_address_as_it_is(people: People) -> None:
    people.alice.post(new_url("openai"), NEW | {"base_url": "https://api.openai.com/v1"})
    ours = Connection.objects.get(name="Ours")
    edit = reverse("connection-edit", args=[ours.pk])
    assert 'value="https://api.openai.com/v1"' in people.alice.get(edit).content.decode()
    people.alice.post(edit, {"name": "New", "base_url": ours.base_url, "max_concurrency": "2"})
    ours.refresh_from_db()
    assert (ours.name, ours.max_concurrency, ours.api_key.reveal()) == ("New", 2, KEY)


def test_whoever_moves_a_connection_is_asked_for_its_key_at_the_field(people: People) -> None:
    people.alice.post(new_url(), NEW)
    ours = Connection.objects.get(name="Ours")
    edit = reverse("connection-edit", args=[ours.pk])
    moved = {name: value for name, value in NEW.items() if name != "api_key"}
    moved["base_url"] = "http://127.0.0.1:9/elsewhere"
    page = people.alice.post(edit, moved).content.decode()
    assert "enter the key again" in page and "/elsewhere" in page
    ours.refresh_from_db()
    assert ours.base_url == NEW["base_url"] and ours.api_key.reveal() == KEY
    people.alice.post(edit, moved | {"api_key": "sk-known-to-alice-1"})
    ours.refresh_from_db()
    assert ours.base_url.endswith("/elsewhere") and ours.api_key.reveal() == "sk-known-to-alice-1"


def test_a_test_goes_on_in_the_background_and_the_page_follows_it(
    people: People, models: list[Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(testing.examine, "delay", sent.append)
    connection = models[0].connection
    pages = {name: reverse(f"connection-{name}", args=[connection.pk]) for name in ("test", "checks")}
    before = people.alice.get(reverse("connection", args=[connection.pk])).content.decode()
    assert "None of your samples is sent" in before and "costs a few hundred tokens" in before
    for _ in range(2):
        part = people.alice.post(pages["test"], headers={"HX-Request": "true"}).content.decode()
        assert "Testing this connection" in part and f'hx-get="{pages["checks"]}"' in part
    assert sent == [str(connection.pk)], "pressed twice, tested once, and the message holds no secret"
    Connection.objects.update(testing_since=timezone.now() - timedelta(minutes=1))
    assert "Nobody has taken the test up" in people.alice.get(pages["checks"]).content.decode()
    Connection.objects.update(testing_since=timezone.now() - timedelta(minutes=4))
    part = people.alice.get(pages["checks"]).content.decode()
    assert "came to no end" in part and "Test connection" in part and "hx-get" not in part
    testing.examine(sent[0])
    part = people.alice.get(pages["checks"]).content.decode()
    assert "does not work yet" in part and "hx-get" not in part and "Test again" in part


def test_a_test_without_a_model_claims_no_more_than_it_saw(people: People, models: list[Candidate]) -> None:
    connection, why = models[0].connection, "Not tried yet: add a model first, then test again."
    connection.checks = [
        {"name": "reaches", "label": "Reaches the address", "passed": True, "detail": "host answers."},
        {"name": "answers", "label": "Answers a prompt", "passed": None, "detail": why},
        {"name": "streams", "label": "Streams its answer", "passed": None, "detail": why},
    ]
    connection.save()
    page = people.alice.get(reverse("connection", args=[connection.pk])).content.decode()
    assert "So far it works" in page and "This connection works" not in page and page.count(why) == 1
    assert "Tested in part" in people.alice.get(reverse("connections")).content.decode()


def test_what_a_vendor_lacks_is_marked_and_breaks_nothing(people: People, models: list[Candidate]) -> None:
    connection = models[0].connection
    connection.checks = [
        {"name": "answers", "label": "Answers", "passed": True, "detail": ""},
        {"name": "tools", "label": "Calls tools", "passed": False, "detail": "Leave them out."},
    ]
    connection.checked_at = timezone.now()
    connection.save()
    page = people.alice.get(reverse("connection", args=[connection.pk])).content.decode()
    assert "This connection works" in page and 'class="is-limit"' in page and "Leave them out." in page


def test_an_empty_form_removes_no_key_and_the_button_does(people: People) -> None:
    people.alice.post(new_url(), NEW)
    ours = Connection.objects.get(team=people.team, name="Ours")
    address = reverse("connection-key", args=[ours.pk])
    page = people.alice.post(address, {"api_key": ""}).content.decode()
    assert "Enter the new key" in page and "Remove the key" in page
    ours.refresh_from_db()
    assert ours.api_key.reveal() == KEY
    people.alice.post(address, {"api_key": "", "remove": "1"})
    ours.refresh_from_db()
    assert not ours.api_key
    assert "Remove the key" not in people.alice.get(address).content.decode()


def test_a_hosted_service_is_not_offered_without_its_key_and_a_server_of_ones_own_is(people: People) -> None:
    asked = '<label for="id_api_key">API key</label>'
    assert asked in people.alice.get(new_url("openai")).content.decode()
    assert asked not in people.alice.get(new_url("vllm")).content.decode()
