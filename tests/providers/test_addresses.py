"""Where a customer's base URL may lead us."""

import asyncio
import socket
from ipaddress import ip_address

import pytest

from migration_app.evaluation.outcomes import Completed
from migration_app.providers.addresses import AddressPolicy, permitted, resolve, resolve_now
from migration_app.providers.client import Client, Endpoint
from migration_app.providers.errors import BlockedAddressError, UnreachableError
from tests.servers.fixtures import ScriptedServer

from .conftest import LOOPBACK, conversation

CLOSED = AddressPolicy()
WIDE_OPEN = AddressPolicy(allow=(("0.0.0.0/0", None), ("::/0", None)))


@pytest.mark.parametrize("address", ["8.8.8.8", "104.18.6.192", "2606:4700::6812:7c0", "64:ff9b::808:808"])
def test_public_addresses_may_be_called_without_a_list(address: str) -> None:
    assert CLOSED.judge(ip_address(address), 443) is None


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "198.18.0.1", "::1", "fd12::1"]
    + ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "192.0.2.1", "2001:db8::1", "64:ff9b::7f00:1"],
)
def test_private_addresses_are_closed_by_default(address: str) -> None:
    assert CLOSED.judge(ip_address(address), 443)


NEVER = [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "2002:808:808::1",
    "2001:0:a9fe:a9fe::1",
    "::169.254.169.254",
    "::7f00:1",
    "::ffff:0:169.254.169.254",
    "::ffff:0:10.0.0.1",
    "2600::5efe:169.254.169.254",
    "fd12::200:5efe:7f00:1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "224.0.0.1",
    "239.255.255.250",
    "ff02::1",
    "240.0.0.1",
    "255.255.255.255",
]


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_no_list_can_open(address: str) -> None:
    assert WIDE_OPEN.judge(ip_address(address), 80)


def test_an_operator_opens_a_network_on_one_port() -> None:
    policy = AddressPolicy(allow=(("10.0.0.0/8", 8000), ("fd12::/16", None)))
    assert policy.judge(ip_address("10.1.2.3"), 8000) is None
    assert policy.judge(ip_address("::ffff:10.1.2.3"), 8000) is None
    assert policy.judge(ip_address("fd12::5"), 9) is None
    assert "8001" in str(policy.judge(ip_address("10.1.2.3"), 8001))
    assert policy.judge(ip_address("11.1.2.3"), 8001) is None, "public"
    assert policy.judge(ip_address("192.168.1.1"), 8000)


def test_a_list_can_be_written_as_text() -> None:
    policy = AddressPolicy.from_text("127.0.0.1, 10.0.0.0/8:8000 [fd12::/16]:80, fd13::/16")
    assert policy.allow == (("127.0.0.1", None), ("10.0.0.0/8", 8000), ("fd12::/16", 80), ("fd13::/16", None))
    assert AddressPolicy.from_text("").allow == ()


@pytest.mark.parametrize("text", ["10.0.0.0/99", "vendor.example", "10.0.0.0/8:http", "10.0.0.0/8:70000"])
def test_a_list_that_cannot_be_read_says_which_line(text: str) -> None:
    with pytest.raises(ValueError, match="allow-list"):
        AddressPolicy.from_text(text)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "[::1]"]
)
async def test_other_spellings_of_loopback_are_loopback(host: str) -> None:
    with pytest.raises(BlockedAddressError):
        await resolve(host.strip("[]"), 80, CLOSED)


@pytest.mark.parametrize(
    "typed",
    [
        "http://169.254.169.254/latest",
        "http://169.254.169.254./v1",
        "http://2852039166/v1",
        "http://0xa9fea9fe/v1",
        "http://0XA9.254.0xA9FE/v1",
        "http://0251.0376.0251.0376/v1",
        "http://169.254.43518/v1",
        "http://１６９.254.169.254/v1",
        "http://169。254。169。254/v1",
        "http://[::ffff:169.254.169.254]/v1",
        "http://[::ffff:a9fe:a9fe]/v1",
        "http://[64:ff9b::a9fe:a9fe]/v1",
        "http://[2002:a9fe:a9fe::]/v1",
        "http://[2001:0:a9fe:a9fe::]/v1",
        "http://[fe80::1]/v1",
        "http://[fe80::1%25lo]/v1",
        "http://[fd00:ec2::254]/v1",
        "http://0/v1",
        "http://[::]/v1",
    ],
)
async def test_the_metadata_service_is_not_reached_however_its_address_is_typed(typed: str) -> None:
    client = Client(policy=WIDE_OPEN, connect_timeout=1)
    outcome = await client.ask(Endpoint("other", typed, "m", "k"), conversation("hi"), deadline=2)
    await client.close()
    assert outcome.kind in ("blocked_address", "bad_request", "refused_connection") and not outcome.reached
    if outcome.kind == "refused_connection":
        assert "has no address" in outcome.message, "the resolver makes nothing of it"


@pytest.mark.parametrize("host", ["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "0xa9.0xfe.0xa9.0xfe"])
def test_other_spellings_of_the_metadata_service_are_refused_even_when_all_is_open(host: str) -> None:
    with pytest.raises(BlockedAddressError, match="metadata"):
        resolve_now(host, 80, WIDE_OPEN)


def test_of_a_names_addresses_only_the_permitted_ones_are_used() -> None:
    found = ["169.254.169.254", "93.184.215.14", "10.0.0.1", "93.184.215.14"]
    assert permitted("mixed.example", 443, found, CLOSED) == ("93.184.215.14",)


def test_a_refusal_does_not_tell_what_our_own_dns_knows() -> None:
    with pytest.raises(BlockedAddressError) as refusal:
        permitted("intranet.example", 443, ["10.9.8.7"], CLOSED)
    assert "10.9.8.7" not in refusal.value.message and "allow-list" in refusal.value.message


async def test_a_name_without_an_address_is_a_sentence() -> None:
    with pytest.raises(UnreachableError, match=r"nowhere\.invalid has no address"):
        await resolve("nowhere.invalid", 443, CLOSED)


async def test_a_call_to_a_closed_address_is_blocked_before_anything_is_sent() -> None:
    client = Client(policy=CLOSED)
    outcome = await client.ask(
        Endpoint("other", "http://127.0.0.1:1/v1", "m", "k"), conversation("hi"), deadline=2
    )
    assert (outcome.kind, outcome.reached, outcome.retry) == ("blocked_address", False, "park")


async def test_resolving_returns_literals_to_connect_to() -> None:
    assert await resolve("127.0.0.1", 80, LOOPBACK) == ("127.0.0.1",)


async def test_a_name_that_answers_differently_the_second_time_gains_nothing(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def rebinding(self: object, host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        found = "127.0.0.1" if len(asked) == 1 else "169.254.169.254"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", rebinding)
    only_here = AddressPolicy(allow=(("127.0.0.1", scripted_server.port),))
    client = Client(policy=only_here)
    there = Endpoint("other", f"http://rebinding.example:{scripted_server.port}/v1", "model-a", "k")
    first = await client.ask(there, conversation("hi"), deadline=5)
    assert isinstance(first, Completed) and asked == ["rebinding.example"], "judged once, and used as judged"
    await client.close()
    second = await client.ask(there, conversation("hi"), deadline=5)
    assert second.kind == "blocked_address", "judged again for each new connection, in mid-run too"
