"""The models a server says it offers, as the connection test and the page that adds models need them."""

from __future__ import annotations

import asyncio

import httpx2
import openai

from .addresses import AddressPolicy
from .endpoints import Endpoint
from .errors import CallError
from .model_lists import openai_ids
from .reference import reference_client


def listed_models(endpoint: Endpoint, policy: AddressPolicy, *, seconds: float) -> list[str]:
    """The ids on offer, for callers without an event loop; [] when the list cannot be had.

    Why it cannot be had is told by `checks`. Takes `seconds` at most.
    """
    return asyncio.run(_listed(endpoint, policy, seconds))


async def fetch_models(client: openai.AsyncOpenAI) -> list[str] | None:
    """The ids on offer; `None` when the answer is no list of models. Raises what the client raises."""
    # The bytes, not the SDK's objects: it makes a list of models out of any JSON at all.
    raw = await client.get("/models", cast_to=httpx2.Response)
    return openai_ids(raw.content)


async def _listed(endpoint: Endpoint, policy: AddressPolicy, seconds: float) -> list[str]:
    try:
        async with asyncio.timeout(seconds), reference_client(endpoint, policy, seconds=seconds) as client:
            return await fetch_models(client) or []
    except (openai.OpenAIError, CallError, TimeoutError):
        return []
