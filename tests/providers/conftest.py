from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from migration_app.evaluation.conversations import Conversation, Message
from migration_app.evaluation.outcomes import Outcome
from migration_app.providers.addresses import AddressPolicy
from migration_app.providers.checks import Examination, examine_steps
from migration_app.providers.client import Client, Endpoint
from tests.servers.fixtures import ScriptedServer, scripted_server

__all__ = ["scripted_server"]

LOOPBACK = AddressPolicy(allow=(("127.0.0.0/8", None), ("::1/128", None)))
KEY = "sk-never-to-be-shown-1234"

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
    """A client with short patience and a small limit, so that faults show quickly."""
    client = Client(policy=LOOPBACK, connect_timeout=2, idle_timeout=0.3, max_answer_bytes=2_000_000)
    yield client
    await client.close()


@pytest.fixture
def ask(client: Client, scripted_server: ScriptedServer) -> Ask:
    """Ask model-a a prompt; directives in it say how the server fails."""
    scripted_server.reset()

    async def ask(
        prompt: str, *, model: str = "model-a", vendor: str = "other", deadline: float = 5.0
    ) -> Outcome:
        return await client.ask(
            endpoint(scripted_server, model, vendor), conversation(prompt), deadline=deadline
        )

    return ask
