"""Answers whose framing is made to keep us busy, from a server that is nothing but a socket."""

from __future__ import annotations

import asyncio
from time import process_time

import pytest

from migration_app.evaluation.outcomes import Completed
from migration_app.providers.client import Client, Endpoint

from .conftest import LOOPBACK, conversation

EVENTS = b'data: {"choices": [{"delta": {"content": "yes"}, "finish_reason": "stop"}]}\n\n'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


async def serving(answer: bytes) -> asyncio.Server:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(talk, "127.0.0.1", 0)


@pytest.mark.parametrize("trailer", [b"a: b\r\n" * 400_000, b"Content-Encoding: br\r\nRetry-After: 900\r\n"])
async def test_headers_after_the_body_are_passed_over(trailer: bytes) -> None:
    answer = HEAD + b"%x\r\n%s\r\n0\r\n" % (len(EVENTS), EVENTS) + trailer + b"\r\n"
    server = await serving(answer)
    client = Client(policy=LOOPBACK)
    started = process_time()
    try:
        port = server.sockets[0].getsockname()[1]
        endpoint = Endpoint("other", f"http://127.0.0.1:{port}/v1", "m")
        outcome = await client.ask(endpoint, conversation("?"), deadline=60)
    finally:
        await client.close()
        server.close()
    assert isinstance(outcome, Completed) and outcome.text == "yes", outcome
    assert process_time() - started < 2, "thousands of headers under one name are not joined one by one"
