"""The `openai` package reads the same answers the same way: the fast path held against it."""

import pytest

from migration_app.evaluation.outcomes import Completed
from tests.servers.fixtures import ScriptedServer

from .conftest import KEY, Ask


async def by_reference(server: ScriptedServer, prompt: str) -> tuple[str, str | None, list, int | None]:
    import openai  # seconds to load: only for the process that needs it

    text, finish, calls, output = "", None, {}, None
    async with openai.AsyncOpenAI(api_key=KEY, base_url=server.base_url, max_retries=0) as client:
        stream = await client.chat.completions.create(
            model="model-a",
            messages=[{"role": "user", "content": prompt}],
            stream=True,
            stream_options={"include_usage": True},
        )
        async for chunk in stream:
            output = chunk.usage.completion_tokens if chunk.usage else output
            for choice in chunk.choices:
                text += choice.delta.content or ""
                finish = finish or choice.finish_reason
                for piece in choice.delta.tool_calls or ():
                    call = calls.setdefault(piece.index, ["", "", ""])
                    call[0] += piece.id or ""
                    call[1] += piece.function.name or ""
                    call[2] += piece.function.arguments or ""
    return text, finish, list(calls.values()), output


@pytest.mark.parametrize(
    "prompt",
    ["hello", "[[gold:The answer is 42]]", "[[gold:a]] [[fault:crlf]]", "[[gold:b]] [[fault:comments]]"]
    + [
        "c [[fault:no_done]]",
        "d [[fault:one_byte]]",
        "[[gold:e]] [[fault:split_utf8]]",
        "f [[fault:tool_calls]]",
    ]
    + ["g [[fault:close_delimited]]"],
)
async def test_both_read_the_same(ask: Ask, scripted_server: ScriptedServer, prompt: str) -> None:
    ours = await ask(prompt)
    scripted_server.reset()  # The same attempt, so the same answer.
    text, finish, calls, output = await by_reference(scripted_server, prompt)
    assert isinstance(ours, Completed)
    assert (ours.text, ours.finish_reason, ours.usage.output_tokens) == (text, finish, output)
    assert [[call.id, call.name, call.arguments] for call in ours.tool_calls] == calls


async def test_both_send_the_same_request(ask: Ask, scripted_server: ScriptedServer) -> None:
    await ask("hello")
    await by_reference(scripted_server, "hello")
    ours, theirs = scripted_server.log()["requests"]
    assert ours["body"] == theirs["body"]
    assert ours["headers"]["authorization"] == theirs["headers"]["authorization"]


async def test_the_package_asks_once_only(scripted_server: ScriptedServer) -> None:
    import openai

    scripted_server.reset()
    with pytest.raises(openai.InternalServerError):
        await by_reference(scripted_server, "[[fault:status,status=500]]")
    assert len(scripted_server.log()["requests"]) == 1
