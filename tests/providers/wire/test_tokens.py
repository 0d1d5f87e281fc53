"""Tokens from sign-in services: fetched once, renewed in time, never shown, and refused with a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from migration_app.evaluation.outcomes import Completed, Failed
from migration_app.providers import tokens as keeping
from migration_app.providers.addresses import AddressPolicy
from migration_app.providers.client import Client, Endpoint
from tests.providers.conftest import LOOPBACK
from tests.servers.wire.anthropic import Anthropic
from tests.servers.wire.base import serving, whole
from tests.servers.wire.gemini import Gemini
from tests.servers.wire.openai import OpenAI
from tests.servers.wire.sign_in import CLIENT, SECRET, TENANT, TOKEN, SignIn

from .asking import FULL, HELLO, answered, ask, failure, tokens

ENTRA: dict[str, Any] = {"auth": "entra", "api_key": "", "tenant_id": TENANT, "client_id": CLIENT}


@pytest.fixture
def service() -> SignIn:
    return SignIn()


@pytest.fixture
def sign_in(service: SignIn) -> Iterator[str]:
    with serving(service) as address:
        yield address


@pytest.fixture
def azure() -> Iterator[str]:
    with serving(OpenAI("/openai/v1", token=f"{TOKEN}1")) as address:
        yield f"{address}/openai/v1"


def entra(sign_in: str, **more: Any) -> dict[str, Any]:
    given = {
        "credentials": (("client_secret", SECRET),),
        "token_url": f"{sign_in}/{TENANT}/oauth2/v2.0/token",
    }
    return {**ENTRA, **given, **more}


async def test_an_app_signs_in_to_entra_and_its_token_opens_azure(
    azure: str, sign_in: str, service: SignIn
) -> None:
    outcome = await answered("azure", azure, "gpt", **entra(sign_in))
    assert outcome.text == "Hello!" and service.asked[0].path == f"/{TENANT}/oauth2/v2.0/token"


async def test_many_calls_at_once_sign_in_once(azure: str, sign_in: str, service: SignIn) -> None:
    client = Client(policy=LOOPBACK)
    models = ("gpt", "long", "gpt", "long")
    there = [Endpoint("azure", azure, model, **entra(sign_in)) for model in models]
    outcomes = await asyncio.gather(*(client.ask(one, HELLO, deadline=5) for one in there))
    await client.close()
    assert all(isinstance(one, Completed) for one in outcomes) and service.given == 1


async def test_a_token_is_renewed_before_it_ends(
    azure: str, sign_in: str, service: SignIn, monkeypatch
) -> None:
    now = keeping.monotonic()
    monkeypatch.setattr(keeping, "monotonic", lambda: now)
    client = Client(policy=LOOPBACK)
    there = Endpoint("azure", azure, "gpt", **entra(sign_in))
    await client.ask(there, HELLO, deadline=5)
    now += service.seconds - keeping.AHEAD_SECONDS - 1
    await client.ask(there, HELLO, deadline=5)
    assert service.given == 1
    now += 2
    await client.ask(there, HELLO, deadline=5)
    assert service.given == 2
    await client.close()


async def test_a_token_that_ran_out_early_is_worth_another_try_and_a_fresh_one_that_is_refused_is_not(
    sign_in: str, service: SignIn, monkeypatch
) -> None:
    now = keeping.monotonic()
    monkeypatch.setattr(keeping, "monotonic", lambda: now)
    client = Client(policy=LOOPBACK)
    server = OpenAI("/openai/v1", token=f"{TOKEN}1")
    with serving(server) as address:
        there = Endpoint("azure", f"{address}/openai/v1", "gpt", **entra(sign_in))
        assert isinstance(await client.ask(there, HELLO, deadline=5), Completed)
        server.token = f"{TOKEN}2"  # the vendor no longer takes the first one
        now += 60
        first, second = [await client.ask(there, HELLO, deadline=5) for _ in range(2)]
        server.token = "another"
        third = await client.ask(there, HELLO, deadline=5)
    await client.close()
    assert isinstance(first, Failed) and first.retry == "now" and TOKEN not in first.message
    assert isinstance(second, Completed)
    assert failure(third) == ("unauthorised", "park") and TOKEN not in repr(third)


@pytest.mark.parametrize(
    ("more", "kind", "words"),
    [
        (
            {"credentials": (("client_secret", "quite-wrong"),)},
            "unauthorised",
            "a client secret or a key may have",
        ),
        ({"client_id": "quite-wrong"}, "unauthorised", "AADSTS7000215"),
        ({"client_id": ""}, "bad_request", "Enter all three"),
        ({"credentials": ()}, "bad_request", "Enter all three"),
        ({"token_url": "http://192.0.2.1/token"}, "bad_request", "https://"),
        ({"token_url": "https://127.0.0.1:1/token"}, "refused_connection", "127.0.0.1:1"),
    ],
)
async def test_a_sign_in_that_fails_says_what_to_enter(
    azure: str, sign_in: str, more: dict[str, Any], kind: str, words: str
) -> None:
    outcome = await ask("azure", azure, "gpt", **entra(sign_in, **more))
    assert failure(outcome)[0] == kind and words in outcome.message and not outcome.reached


async def test_a_busy_sign_in_service_is_asked_again_later(azure: str, sign_in: str, service: SignIn) -> None:
    service.busy = [whole({"error": "temporarily_unavailable"}, 503)]
    assert failure(await ask("azure", azure, "gpt", **entra(sign_in))) == ("overloaded", "later")


@pytest.mark.parametrize("told", [{}, {"access_token": "two\r\nlines"}, {"access_token": 7}])
async def test_an_answer_without_a_token_is_a_sentence(
    azure: str, sign_in: str, service: SignIn, told: Any
) -> None:
    service.busy = [whole(told)]
    outcome = await ask("azure", azure, "gpt", **entra(sign_in))
    assert failure(outcome) == ("unauthorised", "park") and "without a token" in outcome.message


async def test_the_sign_in_service_obeys_the_rule_on_addresses(azure: str) -> None:
    port = int(azure.split(":")[2].split("/")[0])
    only_azure = Client(policy=AddressPolicy(allow=(("127.0.0.1", port),)))
    given = entra("https://169.254.169.254")
    outcome = await only_azure.ask(Endpoint("azure", azure, "gpt", **given), HELLO, deadline=5)
    await only_azure.close()
    assert failure(outcome) == ("blocked_address", "park")


async def test_a_redirect_of_the_sign_in_service_is_not_followed(
    azure: str, sign_in: str, service: SignIn
) -> None:
    service.busy = [whole({}, 302, Location=azure)]
    assert failure(await ask("azure", azure, "gpt", **entra(sign_in)))[0] == "unauthorised"


# ── Google ───────────────────────────────────────────────────────────────────


def google(service: SignIn, sign_in: str, **more: Any) -> dict[str, Any]:
    account = service.account(sign_in)
    given = {"api_key": "", "region": "europe-west4", "project": "project-1"}
    return {**given, "credentials": (("service_account", account),), **more}


async def test_a_service_account_opens_gemini_on_vertex(sign_in: str, service: SignIn) -> None:
    vertex = Gemini(token=f"{TOKEN}1")
    with serving(vertex) as address:
        outcome = await answered("vertex", address, "gemini", FULL, **google(service, sign_in))
    assert outcome.tool_calls
    assert vertex.asked[0].path == (
        "/v1/projects/project-1/locations/europe-west4/publishers/google/models/gemini:streamGenerateContent"
    )


async def test_a_token_that_a_person_pasted_does_as_well() -> None:
    with serving(Gemini(token="ya29.token-of-a-person")) as address:
        given = {"auth": "bearer", "api_key": "ya29.token-of-a-person", "region": "global", "project": "p"}
        assert (await answered("vertex", address, "gemini", **given)).text == "Hello!"
        expired = await ask("vertex", address, "gemini", **given | {"api_key": "ya29.old"})
    assert failure(expired) == ("unauthorised", "park")


async def test_a_service_account_opens_claude_on_vertex(sign_in: str, service: SignIn) -> None:
    import anthropic  # seconds to load: only for the process that needs it

    claude = Anthropic(vertex_token=f"{TOKEN}1")
    with serving(claude) as address:
        outcome = await answered("vertex_anthropic", address, "claude", FULL, **google(service, sign_in))
        sdk = anthropic.AsyncAnthropicVertex(
            region="eu", project_id="p", access_token=f"{TOKEN}1", base_url=f"{address}/v1", max_retries=0
        )
        hello = [{"role": "user", "content": "Hello?"}]
        stream = await sdk.messages.create(model="claude", max_tokens=9, messages=hello, stream=True)
        kinds = [event.type async for event in stream]
        await sdk.close()
    assert outcome.tool_calls and tokens(outcome) == (3210, 3000, 200, 25, None)
    assert kinds[-1] == "message_stop", "the vendor's own SDK talks to the same server"


async def test_open_models_on_vertex_speak_openais_protocol(sign_in: str, service: SignIn) -> None:
    prefix = "/v1/projects/project-1/locations/europe-west4/endpoints/openapi"
    server = OpenAI(prefix, token=f"{TOKEN}1")
    with serving(server) as address:
        assert (await answered("vertex_openai", address, "gpt", **google(service, sign_in))).text == "Hello!"


@pytest.mark.parametrize(
    "account", ["", "not JSON", "{}", '{"client_email": "a@b", "private_key": "nonsense"}']
)
async def test_a_file_that_is_no_service_account_is_refused_before_anything_is_sent(account: str) -> None:
    given = {"api_key": "", "region": "r", "project": "p", "credentials": (("service_account", account),)}
    outcome = await ask("vertex", "http://127.0.0.1:1", "gemini", **given)
    assert failure(outcome) == ("bad_request", "park") and "whole file" in outcome.message
