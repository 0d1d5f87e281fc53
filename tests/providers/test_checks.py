"""“Test connection”: a clear sentence for each thing that can be wrong."""

import asyncio
from collections.abc import Iterator

import pytest

from migration_app.providers.addresses import AddressPolicy
from migration_app.providers.checks import LABELS, Check, check_connection
from migration_app.providers.client import Endpoint
from tests.servers.fixtures import ScriptedServer, scripted

from .conftest import KEY, LOOPBACK, examined


@pytest.fixture(scope="module")
def guarded() -> Iterator[ScriptedServer]:
    """A server that asks for a key and repeats wrong ones in its complaint."""
    with scripted({"model-a": {}, "mute": {"usage": False}}, "--key", KEY) as server:
        yield server


async def checks(base_url: str, model: str = "model-a", key: str = KEY, **more) -> dict[str, Check]:
    there = Endpoint("other", base_url, model, key)
    seconds = more.pop("seconds", 20.0)
    found = (await examined(there, more.pop("policy", LOOPBACK), seconds=seconds)).checks
    assert [one.name for one in found] == list(LABELS)
    assert not any(key in one.detail for one in found), "no key in any message"
    return {one.name: one for one in found}


async def test_all_is_well(guarded: ScriptedServer) -> None:
    found = await checks(guarded.base_url)
    assert all(found[name].passed for name in list(LABELS)[:6]), found
    assert "2 models; model-a is among them" in found["models"].detail


def test_the_blocking_form_says_the_same(guarded: ScriptedServer) -> None:
    found = check_connection(Endpoint("azure", guarded.base_url, "model-a", KEY), LOOPBACK, seconds=20)
    assert [one.passed for one in found.checks][:6] == [True] * 6


async def test_a_wrong_key(guarded: ScriptedServer) -> None:
    found = await checks(guarded.base_url, key="sk-a-wrong-key-5678")
    assert found["reaches"].passed and found["authorises"].passed is False
    assert "valid" in found["authorises"].detail and found["answers"].passed is None


async def test_an_unknown_model(guarded: ScriptedServer) -> None:
    found = await checks(guarded.base_url, model="model-z")
    assert found["authorises"].passed and found["models"].passed is False and found["answers"].passed is False
    assert "model-a" in found["models"].detail


async def test_no_usage_in_streams(guarded: ScriptedServer) -> None:
    found = await checks(guarded.base_url, model="mute")
    assert found["streams"].passed and found["usage"].passed is False and "estimates" in found["usage"].detail


async def test_nobody_listens() -> None:
    found = await checks("http://127.0.0.1:1/v1")
    assert found["reaches"].passed is False and "127.0.0.1:1" in found["reaches"].detail
    assert all(one.passed is None for one in list(found.values())[1:])


@pytest.mark.parametrize(
    "base_url", ["http://169.254.169.254/v1", "http://0xa9fea9fe/v1", "http://10.0.0.1/v1"]
)
async def test_a_forbidden_address(base_url: str) -> None:
    found = await checks(base_url, policy=AddressPolicy())
    assert found["reaches"].passed is False and "allow-list" in found["reaches"].detail


async def test_a_base_url_that_is_none() -> None:
    assert "https://" in (await checks("api.example"))["reaches"].detail


async def test_tls_to_a_plain_port(guarded: ScriptedServer) -> None:
    found = await checks(guarded.base_url.replace("http:", "https:"))
    assert found["reaches"].passed is False and "http://" in found["reaches"].detail


async def canned(answer: bytes, *, silent: bool = False, **more) -> dict[str, Check]:
    """Check a server that says the same to everything."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(answer)
        await asyncio.sleep(60 if silent else 0)
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    try:
        return await checks(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", **more)
    finally:
        server.close()


def http(body: bytes, kind: str = "application/json", status: str = "200 OK", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


async def test_html_instead_of_an_api() -> None:
    found = await canned(http(b"<html>Welcome</html>", "text/html"))
    assert found["reaches"].passed and found["models"].passed is False and found["answers"].passed is False
    assert "base URL" in found["answers"].detail


async def test_json_of_another_kind() -> None:
    assert (await canned(http(b'{"status": "ok"}')))["answers"].passed is False


async def test_a_server_that_never_answers_is_given_up_in_time() -> None:
    found = await canned(b"", silent=True, seconds=0.3)
    assert found["reaches"].passed is False and "0.3 seconds" in found["reaches"].detail


async def test_a_server_that_drips_is_given_up_in_time() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(2_000):
            writer.write(b"X-More: 1\r\n")
            await asyncio.sleep(0.05)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with asyncio.timeout(30):
        port = server.sockets[0].getsockname()[1]
        found = await checks(f"http://127.0.0.1:{port}/v1", seconds=0.4)
    server.close()
    assert found["reaches"].passed is False


async def test_a_redirect_is_not_followed(guarded: ScriptedServer) -> None:
    found = await canned(http(b"", status="302 Found", more=f"Location: {guarded.base_url}/models\r\n"))
    assert found["models"].passed is False and "redirects" in found["models"].detail


async def test_something_that_is_not_http() -> None:
    found = await canned(b"SSH-2.0-OpenSSH_9.2\r\n")
    assert found["reaches"].passed is False and "https://" in found["reaches"].detail


async def test_the_environment_says_nothing_to_a_vendor(
    guarded: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-private")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert (await checks(guarded.base_url))["answers"].passed
    assert "org-private" not in str(guarded.log()["requests"][-1]["headers"])


async def test_a_vendor_that_answers_the_openai_package_is_told_apart(guarded: ScriptedServer) -> None:
    found = await checks(guarded.base_url)
    assert found["package"].passed, found["package"].detail
    assert "another address, key and model" in found["package"].detail


async def test_what_the_package_sends_goes_out_by_our_rules(guarded: ScriptedServer, monkeypatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-environment")
    await checks(guarded.base_url)
    headers = [one["headers"] for one in guarded.log()["requests"]][-1]
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["user-agent"] == "crossover"
    assert not any("openai" in name or "stainless" in name for name in headers)


async def test_a_vendor_with_a_protocol_of_its_own_says_that_programs_must_change() -> None:
    from migration_app.providers.reference import answers_the_package

    async def nobody(body: bytes):
        raise AssertionError("nothing is sent")

    shown = await answers_the_package(Endpoint("anthropic", "https://h/v1", "m", "k"), nobody, seconds=1)
    assert shown.passed is None and "must be changed" in shown.detail
