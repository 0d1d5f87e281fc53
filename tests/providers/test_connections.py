"""Connections: kept, found dead, verified, cancelled."""

import asyncio
import datetime
import ipaddress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from migration_app.evaluation.conversations import Conversation, Message
from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Retry
from migration_app.providers.client import Client, Endpoint
from tests.servers.fixtures import ScriptedServer, scripted

from .conftest import LOOPBACK, Ask, conversation, endpoint, until


async def test_calls_one_after_another_share_a_connection(ask: Ask, scripted_server: ScriptedServer) -> None:
    for number in range(5):
        assert isinstance(await ask(f"hi {number}"), Completed)
    assert len({one["connection"] for one in scripted_server.log()["requests"]}) == 1


async def test_the_connection_used_last_is_used_first(ask: Ask, scripted_server: ScriptedServer) -> None:
    await asyncio.gather(*(ask(f"together {number}", model="model-b") for number in range(4)))
    await ask("the last of them")
    for number in range(3):
        await ask(f"alone {number}")
    requests = scripted_server.log()["requests"]
    assert len({one["connection"] for one in requests[:4]}) == 4
    assert len({one["connection"] for one in requests[4:]}) == 1


async def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(
    ask: Ask, scripted_server: ScriptedServer
) -> None:
    assert isinstance(await ask("[[fault:closes_idle,after=0.02]]"), Completed)
    await asyncio.sleep(0.3)
    assert isinstance(await ask("again"), Completed)
    assert [one["attempt"] for one in scripted_server.log()["requests"]] == [1, 1]


async def test_a_request_is_never_sent_twice_in_secret(scripted_server: ScriptedServer) -> None:
    """A kept connection closes just as the request goes out: the peer may have read it, and may bill it."""
    handled = 0

    async def flaky(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal handled
        while await reader.readuntil(b"\r\n\r\n"):
            handled += 1
            if handled == 2:
                await asyncio.sleep(0.2)
                writer.transport.abort()
                return
            await reader.read(65536)
            body = b'{"choices": [{"message": {"content": "ok"}, "finish_reason": "stop"}]}'
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    server = await asyncio.start_server(flaky, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        client, there = Client(policy=LOOPBACK), Endpoint("other", f"http://127.0.0.1:{port}", "m", "k")
        await client.ask(there, conversation("one"), deadline=60)
        outcome = await client.ask(there, conversation("two"), deadline=60)
        assert isinstance(outcome, Failed) and outcome.kind == FailureKind.DISCONNECTED
        assert (outcome.reached, outcome.retry) == (True, Retry.NOW)
        assert client.replaced_connections == 0 and handled == 2
        await client.close()


async def test_a_fresh_connection_that_dies_is_a_failure_and_not_asked_twice(
    ask: Ask, scripted_server: ScriptedServer
) -> None:
    outcome = await ask("[[fault:hang_up]]")
    assert isinstance(outcome, Failed) and outcome.kind == FailureKind.DISCONNECTED
    assert len(scripted_server.log()["requests"]) == 1


async def test_a_cancelled_call_leaves_nothing_behind(
    client: Client, ask: Ask, scripted_server: ScriptedServer
) -> None:
    scripted_server.behave(endless={"tokens": 5_000, "gap": 0.02})
    call = asyncio.create_task(ask("hi", model="endless"))
    await until(lambda: scripted_server.log()["in_flight"])
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await until(lambda: not scripted_server.log()["in_flight"])
    assert scripted_server.log()["requests"][0]["client_left"] is not None
    assert isinstance(await ask("next"), Completed)


async def test_closing_ends_calls_in_flight_as_disconnected(
    client: Client, scripted_server: ScriptedServer
) -> None:
    scripted_server.behave(endless={"tokens": 5_000, "gap": 0.02})
    call = asyncio.create_task(
        client.ask(endpoint(scripted_server, "endless"), conversation("hi"), deadline=60)
    )
    await until(lambda: scripted_server.log()["in_flight"])
    await client.close()
    outcome = await call
    assert isinstance(outcome, Failed) and outcome.kind == FailureKind.DISCONNECTED


async def test_a_large_request_starts_its_clock_when_the_last_byte_is_handed_over(
    client: Client, scripted_server: ScriptedServer
) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 8_000_000}}
    asked = Conversation((Message("user", ({"type": "text", "text": "what is this?"}, image)),))
    outcome = await client.ask(endpoint(scripted_server), asked, deadline=60)
    assert isinstance(outcome, Completed)
    served = scripted_server.log()["requests"][-1]
    assert len(served["body"]["messages"][0]["content"][1]["image_url"]["url"]) > 8_000_000
    true_total = served["last_byte_sent"] - served["received"]
    assert outcome.timing.total < true_total + 1


async def test_the_idempotency_key_and_extra_headers_are_sent(
    client: Client, scripted_server: ScriptedServer
) -> None:
    there = Endpoint("other", scripted_server.base_url, "model-a", "k", extra_headers=(("X-Team", "red"),))
    await client.ask(there, conversation("hi"), deadline=5, idempotency_key="attempt-7")
    headers = scripted_server.log()["requests"][-1]["headers"]
    assert (headers["idempotency-key"], headers["x-team"]) == ("attempt-7", "red")
    assert headers["authorization"] == "Bearer k" and headers["accept-encoding"] == "identity"


async def test_nobody_listening_is_a_sentence(client: Client) -> None:
    outcome = await client.ask(
        Endpoint("other", "http://127.0.0.1:1/v1", "m", "k"), conversation("hi"), deadline=5
    )
    assert isinstance(outcome, Failed) and not outcome.reached
    assert outcome.kind == FailureKind.REFUSED_CONNECTION and "127.0.0.1:1" in outcome.message


async def test_the_environments_proxies_are_not_used(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert isinstance(await ask("hi"), Completed)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, as a company's own server has it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "own server")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + signed.public_bytes(pem))
    return path


@pytest.fixture(scope="module")
def as_text(certificate: Path) -> str:
    return "".join(certificate.read_text().partition("-----BEGIN CERT")[1:])


async def test_a_stranger_certificate_is_refused_and_an_own_authority_accepted(
    client: Client, certificate: Path, as_text: str
) -> None:
    with scripted({"m": {}}, "--certificate", str(certificate), scheme="https") as server:
        stranger = Endpoint("other", server.base_url, "m", "k")
        refused = await client.ask(stranger, conversation("hi"), deadline=60)
        assert isinstance(refused, Failed) and refused.kind == FailureKind.REFUSED_CONNECTION
        assert "not trusted" in refused.message and not refused.reached
        own = Endpoint("other", server.base_url, "m", "k", ca_bundle=as_text)
        assert isinstance(await client.ask(own, conversation("hi"), deadline=60), Completed)


async def test_authorities_are_text_and_never_a_file_of_this_machine(
    client: Client, certificate: Path
) -> None:
    named = Endpoint("other", "https://127.0.0.1:1/v1", "m", "k", ca_bundle=str(certificate))
    outcome = await client.ask(named, conversation("hi"), deadline=60)
    assert isinstance(outcome, Failed) and "PEM" in outcome.message and not outcome.reached


async def test_the_name_in_the_certificate_must_be_the_name_that_was_asked(
    client: Client, certificate: Path, as_text: str
) -> None:
    with scripted({"m": {}}, "--certificate", str(certificate), scheme="https") as server:
        other = Endpoint("other", f"https://localhost:{server.port}/v1", "m", "k", ca_bundle=as_text)
        outcome = await client.ask(other, conversation("hi"), deadline=60)
        assert isinstance(outcome, Failed) and "not trusted" in outcome.message


async def test_tls_spoken_to_a_plain_port_is_a_sentence(
    client: Client, scripted_server: ScriptedServer
) -> None:
    wrong = Endpoint("other", scripted_server.base_url.replace("http:", "https:"), "model-a", "k")
    outcome = await client.ask(wrong, conversation("hi"), deadline=60)
    assert isinstance(outcome, Failed) and "http://" in outcome.message
