"""What goes out: the body by vendor, and the head by endpoint."""

from types import MappingProxyType
from typing import Any

import orjson
import pytest

from migration_app.evaluation.conversations import Conversation, Message, Settings, ToolCall
from migration_app.providers.client import Client, Endpoint
from migration_app.providers.endpoints import prepare
from migration_app.providers.errors import BadEndpointError
from migration_app.providers.limits import not_taken
from migration_app.providers.protocols.openai_request import request_body
from migration_app.providers.urls import read_url
from migration_app.providers.vendors import VENDORS, vendor_named

from .conftest import LOOPBACK, conversation

FULL = Conversation(
    (
        Message("developer", "Be brief."),
        Message("user", ({"type": "text", "text": "Weather?"},), name="ann"),
        Message("assistant", "", tool_calls=(ToolCall("c1", "weather", '{"city": "Oslo"}'),)),
        Message("tool", "4 degrees", tool_call_id="c1"),
    ),
    tools=(MappingProxyType({"type": "function", "function": {"name": "weather"}}),),
    response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": {}}},
    settings=Settings(max_output_tokens=9, temperature=0.0, top_p=0.5, seed=0, stop=("END",)),
)


def body(vendor: str, asked: Conversation = FULL) -> dict[str, Any]:
    return orjson.loads(request_body(asked, "some-model", vendor_named(vendor)))


def test_openai_gets_its_own_names_for_everything() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}
    assert body("openai") == {
        "model": "some-model",
        "messages": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "Weather?"}], "name": "ann"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "content": "4 degrees", "tool_call_id": "c1"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "tools": [{"type": "function", "function": {"name": "weather"}}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}},
        "max_completion_tokens": 9,
        "temperature": 0.0,
        "top_p": 0.5,
        "stop": ["END"],
        "seed": 0,
    }


def test_other_vendors_get_what_they_take() -> None:
    mistral = body("mistral")
    assert mistral["max_tokens"] == 9 and mistral["random_seed"] == 0 and "seed" not in mistral
    assert "stream_options" not in mistral
    assert mistral["messages"][0]["role"] == "system"
    assert "seed" not in body("deepseek")


def test_settings_left_open_are_not_sent() -> None:
    assert set(body("other", conversation("hi"))) == {"model", "messages", "stream", "stream_options"}


def test_what_a_vendor_does_not_take_is_said_before_anything_is_sent() -> None:
    everything = {"seed": True, "tools": True, "json_schema": True}
    no_seed, no_schema = not_taken(vendor_named("deepseek"), **everything)
    assert "DeepSeek takes no seed" in no_seed and "does not take a JSON schema" in no_schema
    assert not_taken(vendor_named("deepseek"), seed=False, tools=True, json_schema=False) == ()
    assert not_taken(vendor_named("openai"), **everything) == ()


async def test_a_conversation_json_cannot_hold_fails_without_a_call() -> None:
    asked = Conversation((Message("user", ({"type": "text", "text": object()},)),))
    outcome = await Client(policy=LOOPBACK).ask(Endpoint("other", "http://h/v1", "m", "k"), asked, deadline=1)
    assert (outcome.kind, outcome.reached) == ("bad_request", False)


def test_every_vendor_has_a_readable_row() -> None:
    for name, vendor in VENDORS.items():
        assert vendor.name == name and vendor.label
        if vendor.base_url:
            assert read_url(vendor.base_url).scheme == ("http" if vendor.own_server else "https")
    assert vendor_named("unheard of").name == "other"


@pytest.mark.parametrize(
    ("base_url", "authority", "path", "query"),
    [
        ("https://api.example/v1/", "api.example", "/v1", ""),
        ("https://api.example/v1/chat/completions", "api.example", "/v1", ""),
        ("http://HOST:8000", "host:8000", "", ""),
        ("http://[::1]:8000/v1", "[::1]:8000", "/v1", ""),
        ("https://api.example:443/a b".replace(" ", "%20"), "api.example", "/a%20b", ""),
        ("https://bücher.example/v1", "xn--bcher-kva.example", "/v1", ""),
        ("https://r.example/v1?api-version=1", "r.example", "/v1", "?api-version=1"),
    ],
)
def test_base_urls_as_people_write_them(base_url: str, authority: str, path: str, query: str) -> None:
    url = read_url(base_url)
    assert (url.authority, url.path, url.query) == (authority, path, query)


@pytest.mark.parametrize(
    "base_url",
    ["", "api.example/v1", "ftp://api.example", "https://", "https://a b/v1", "https://x/v1\r\nEvil: 1"]
    + ["https://user:pass@api.example/v1", "https://api.example/v1#x", "https://x:99999/", "http://[::1/v1"],
)
def test_base_urls_that_cannot_be_called(base_url: str) -> None:
    with pytest.raises(BadEndpointError):
        read_url(base_url)


@pytest.mark.parametrize(
    "wrong",
    [
        {"api_key": "sk-secret\r\nEvil: 1"},
        {"api_key": "sk-secret\u2026"},
        {"extra_headers": (("Host", "evil.example"),)},
        {"extra_headers": (("Authorization", "Bearer other"),)},
        {"extra_headers": (("X-Bad Name", "1"),)},
        {"extra_headers": (("X-Fine", "sk-secret\n"),)},
    ],
)
async def test_headers_that_would_break_the_request_are_refused(wrong: dict[str, Any]) -> None:
    there = Endpoint("other", "http://127.0.0.1:1/v1", "m", **wrong)
    outcome = await Client(policy=LOOPBACK).ask(there, conversation("hi"), deadline=1)
    assert (outcome.kind, outcome.reached, outcome.retry) == ("bad_request", False, "park")
    assert "sk-secret" not in outcome.message


def test_azure_takes_its_key_in_a_header_of_its_own() -> None:
    target = prepare(Endpoint("azure", "https://r.openai.azure.com/openai/v1/", "m", "k"))
    assert b"\r\napi-key: k\r\n" in target.chat_head and b"Authorization" not in target.chat_head


def test_the_request_is_framed_exactly() -> None:
    request = prepare(Endpoint("other", "http://h:1/v1", "m", "k")).request(b'{"a":1}', "id-1")
    head, _, rest = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/chat/completions HTTP/1.1\r\nHost: h:1\r\n") and rest == b'{"a":1}'
    assert b"\r\nContent-Length: 7\r\nIdempotency-Key: id-1" in head


def test_a_key_is_never_printed() -> None:
    there = Endpoint("other", "http://h/v1", "m", "sk-secret", extra_headers=(("X-Key", "sk-secret"),))
    assert "sk-secret" not in repr(there) and "sk-secret" not in repr(prepare(there))
