"""“Test connection” for every protocol: the same lines, each telling the truth."""

from __future__ import annotations

from typing import Any

import pytest

from migration_app.providers.checks import LABELS, MOST_CALLS, Check
from migration_app.providers.client import Endpoint
from tests.providers.conftest import LOOPBACK, examined
from tests.servers.wire.anthropic import Anthropic
from tests.servers.wire.base import KEY, WireVendor, serving
from tests.servers.wire.bedrock import ACCESS_KEY, REGION, SECRET_KEY, SESSION, Bedrock
from tests.servers.wire.cohere import Cohere
from tests.servers.wire.gemini import Gemini
from tests.servers.wire.openai import OpenAI
from tests.servers.wire.sign_in import TOKEN, SignIn

KEYS = (("access_key_id", ACCESS_KEY), ("secret_access_key", SECRET_KEY), ("session_token", SESSION))
AWS: dict[str, Any] = {"api_key": "", "region": REGION, "credentials": KEYS}
VENDORS: dict[str, tuple[type[WireVendor], str, str, dict[str, Any]]] = {
    "openai": (OpenAI, "/v1", "gpt", {}),
    "anthropic": (Anthropic, "", "claude", {}),
    "gemini": (Gemini, "", "gemini", {}),
    "cohere": (Cohere, "", "command", {}),
    "bedrock": (Bedrock, "", "anthropic.claude-v1:0", AWS),
}
# What the vendor has no place for; those with a protocol of their own do not answer the openai package.
LACKING = {
    "anthropic": {"seed", "package"},
    "bedrock": {"seed", "package"},
    "cohere": {"package"},
    "gemini": {"package"},
}


async def checks(vendor: str, url: str, model: str, **more: Any) -> dict[str, Check]:
    there = Endpoint(vendor, url, model, **{"api_key": KEY, **more})
    found = await examined(there, LOOPBACK, seconds=20)
    assert [check.name for check in found.checks] == list(LABELS)
    said = " ".join(check.detail for check in found.checks)
    assert not any(secret and secret in said for secret in there.secrets)
    return {check.name: check for check in found.checks}


@pytest.mark.parametrize("vendor", VENDORS)
async def test_all_that_works_is_ticked_and_what_is_lacking_is_said(vendor: str) -> None:
    kind, path, model, more = VENDORS[vendor]
    server = kind()
    with serving(server) as url:
        found = await checks(vendor, url + path, model, **more)
    failed = {name for name, check in found.items() if check.passed is not True}
    assert failed == LACKING.get(vendor, set()), {name: found[name] for name in failed}
    assert f"{model} is among them" in found["models"].detail
    assert len(server.asked) <= MOST_CALLS


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_wrong_key_is_told_from_a_wrong_model(vendor: str) -> None:
    kind, path, model, more = VENDORS[vendor]
    wrong_keys = {"api_key": "" if more else "quite-wrong-key"}
    if more:
        wrong_keys["credentials"] = (("access_key_id", ACCESS_KEY), ("secret_access_key", "quite-wrong"))
    with serving(kind()) as url:
        denied = await checks(vendor, url + path, model, **{**more, **wrong_keys})
        lost = await checks(vendor, url + path, "no-such-model", **more)
    assert denied["reaches"].passed and denied["authorises"].passed is False
    assert denied["answers"].passed is None
    assert lost["authorises"].passed and lost["models"].passed is False and lost["answers"].passed is False


async def test_a_sign_in_that_fails_is_no_fault_of_the_vendors_address() -> None:
    service = SignIn()
    with serving(Gemini(token=f"{TOKEN}1")) as url, serving(service) as sign_in:
        account = (("service_account", service.account(sign_in)),)
        there = {"api_key": "", "region": "global", "project": "p", "token_url": f"{sign_in}/token"}
        good = await checks("vertex", url, "gemini", **there, credentials=account)
        other = (("service_account", SignIn().account(sign_in)),)
        bad = await checks("vertex", url, "gemini", **there, credentials=other)
    assert good["answers"].passed and good["models"].passed is None and "no list" in good["models"].detail
    assert bad["authorises"].passed is False and bad["reaches"].passed is None


async def test_a_model_that_takes_no_images_and_no_tools_says_so_and_still_works() -> None:
    class Plain(OpenAI):
        def route(self, asked: Any) -> Any:
            from tests.servers.wire.openai import error

            messages = (asked.body or {}).get("messages", [])
            if (asked.body or {}).get("tools") or any(isinstance(one["content"], list) for one in messages):
                return error(400, "This model supports text only.")
            return super().route(asked)

    with serving(Plain()) as url:
        found = await checks("openai", f"{url}/v1", "gpt")
    assert found["answers"].passed and found["json_schema"].passed and found["seed"].passed
    assert found["tools"].passed is False and "Leave samples with tools out" in found["tools"].detail
    assert found["images"].passed is False and "text only" in found["images"].detail
