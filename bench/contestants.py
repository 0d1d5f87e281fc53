"""The same work by others: `python -m bench.contestants aiohttp|openai URL REQUESTS SLOTS OUTPUT`.

Each asks two models in turn, reads every answer as it comes, notes when its first text and its
end came, and keeps the text. It writes nothing to a database: a lead the product has to make good.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic, process_time
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:  # each loads its own alone, and a bench that only looks at its table neither
    import aiohttp
    import openai

WARM_UP = 100
MODELS = ("alpha", "beta")

# (model, sample) → (seconds to the first text, seconds in all, text)
Ask = Callable[[str, str], Awaitable[tuple[float, float, str]]]


def prompt(tag: str) -> str:
    """The prompt of a sample, the same for every contestant."""
    return f"[[id:{tag}]] Which team should handle this request? Answer in one word. [[gold:answer]]"


def over_aiohttp(session: aiohttp.ClientSession, url: str) -> Ask:
    async def ask(model: str, tag: str) -> tuple[float, float, str]:
        body = {
            "model": model,
            "messages": [{"role": "user", "content": prompt(tag)}],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        started, first, parts = monotonic(), 0.0, []
        async with session.post(f"{url}/chat/completions", json=body) as answer:
            async for line in answer.content:
                if not line.startswith(b"data:") or line.startswith(b"data: [DONE]"):
                    continue
                choices = orjson.loads(line[5:])["choices"]
                if choices and (text := choices[0]["delta"].get("content")):
                    first = first or monotonic()
                    parts.append(text)
        return first - started, monotonic() - started, "".join(parts)

    return ask


def over_openai(client: openai.AsyncOpenAI) -> Ask:
    async def ask(model: str, tag: str) -> tuple[float, float, str]:
        started, first, parts = monotonic(), 0.0, []
        stream = await client.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": prompt(tag)}],
            stream=True,
            stream_options={"include_usage": True},
        )
        async for chunk in stream:
            if chunk.choices and (text := chunk.choices[0].delta.content):
                first = first or monotonic()
                parts.append(text)
        return first - started, monotonic() - started, "".join(parts)

    return ask


async def work(ask: Ask, prefix: str, requests: int, slots: int) -> list[tuple[str, str, float, float]]:
    """Ask `requests` questions, `slots` at a time: (model, sample, first text, total) of each."""
    asks = iter([(model, f"{prefix}-{index}") for index in range(requests // 2) for model in MODELS])
    done: list[tuple[str, str, float, float]] = []

    async def slot() -> None:
        for model, tag in asks:
            first, total, _ = await ask(model, tag)
            done.append((model, tag, first, total))

    await asyncio.gather(*(slot() for _ in range(slots)))
    return done


async def measure(ask: Ask, requests: int, slots: int) -> dict[str, Any]:
    await work(ask, "warm", WARM_UP, slots)
    wall, cpu = monotonic(), process_time()
    done = await work(ask, "s", requests, slots)
    return {
        "cpu": process_time() - cpu,
        "wall": monotonic() - wall,
        "timings": [[model, tag, 1, first, total] for model, tag, first, total in done],
    }


async def compete(name: str, url: str, requests: int, slots: int) -> dict[str, Any]:
    if name == "openai":
        import openai

        async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:
            return await measure(over_openai(client), requests, slots)
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        return await measure(over_aiohttp(session, url), requests, slots)


if __name__ == "__main__":
    name, url, requests, slots, output = sys.argv[1:]
    Path(output).write_text(json.dumps(asyncio.run(compete(name, url, int(requests), int(slots)))))
