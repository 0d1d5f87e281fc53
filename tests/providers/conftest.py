import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

import tests.steady  # noqa: F401
from migration_app.evaluation.conversations import Conversation, Message
from migration_app.evaluation.outcomes import Outcome
from migration_app.providers.addresses import AddressPolicy
from migration_app.providers.checks import Examination, examine_steps
from migration_app.providers.client import Client, Endpoint
from tests.servers.fixtures import ScriptedServer, scripted_server

__all__ = ["scripted_server"]

LOOPBACK = AddressPolicy(allow=(("127.0.0.0/8", None), ("::1/128", None)))
KEY = "sk-never-to-be-shown-1234"
PATIENCE = 0.5
SILENCE = re.compile(r"\[\[fault:(stall|silence|no_answer)\b")

Ask = Callable[..., Awaitable[Outcome]]


def conversation(prompt: str) -> Conversation:
    return Conversation((Message("user", prompt),))


def endpoint(server: ScriptedServer, model: str = "model-a", vendor: str = "other") -> Endpoint:
    return Endpoint(vendor, server.base_url, model, KEY)


async def examined(endpoint: Endpoint, policy: AddressPolicy, *, seconds: float) -> Examination:
    """All that a connection's test finds, from inside an event loop."""
    return [known async for known in examine_steps(endpoint, policy, seconds=seconds)][-1]


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    """A client with a small limit, so that faults show quickly, and patience with a busy machine."""
    client = Client(policy=LOOPBACK, connect_timeout=20, idle_timeout=20, max_answer_bytes=2_000_000)
    yield client
    await client.close()


@pytest_asyncio.fixture
async def impatient() -> AsyncIterator[Client]:
    """For servers that fall silent: it waits for PATIENCE."""
    client = Client(policy=LOOPBACK, connect_timeout=20, idle_timeout=PATIENCE, max_answer_bytes=2_000_000)
    yield client
    await client.close()


@pytest.fixture
def ask(client: Client, impatient: Client, scripted_server: ScriptedServer) -> Ask:
    """Ask model-a a prompt; directives in it say how the server fails.

    `by`: the client; without it an impatient one where the prompt lets the server fall silent.
    """
    scripted_server.reset()

    async def ask(
        prompt: str,
        *,
        model: str = "model-a",
        vendor: str = "other",
        deadline: float = 60.0,
        by: Client | None = None,
    ) -> Outcome:
        asker = by or (impatient if SILENCE.search(prompt) else client)
        return await asker.ask(
            endpoint(scripted_server, model, vendor), conversation(prompt), deadline=deadline
        )

    return ask


async def until(happened: Callable[[], object]) -> None:
    """Wait for what happens on the other end, within a minute."""
    for _ in range(3_000):
        if happened():
            return
        await asyncio.sleep(0.02)
    pytest.fail("nothing happened")
