"""Secrets are planted wherever a connection keeps them, and then looked for wherever they must not be."""

from __future__ import annotations

import asyncio
import logging
import traceback
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection as database
from pytest_django import Settings

from migration_app.accounts.models import AuditEvent, Team
from migration_app.candidates import actions
from migration_app.candidates.endpoints import address_policy, endpoint_of
from migration_app.candidates.models import Connection
from migration_app.evaluation.conversations import Conversation, Message
from migration_app.providers.client import Client
from tests.builders import a_candidate, a_team
from tests.servers.wire.base import Asked, Reply, WireVendor, serving, whole
from tests.servers.wire.sign_in import CLIENT, SECRET, TOKEN, SignIn

pytestmark = pytest.mark.django_db
PLANT = "planted-Zq7secret"


class Parrot(WireVendor):
    """Refuses every call and repeats all it was told: headers, body, address."""

    def route(self, asked: Asked) -> Reply:
        said = f"{dict(asked.headers)} {asked.target} {asked.raw[:500]!r}"
        return whole({"error": {"message": said, "code": 400}}, 400)


def ways(service: SignIn, sign_in: str) -> dict[str, dict[str, str]]:
    """A connection by every way in, with something planted in each secret."""
    account = service.account(sign_in).replace("PRIVATE KEY-----\\n", f"PRIVATE KEY-----\\n{PLANT}", 1)
    return {
        "openai": {"api_key": f"{PLANT}-1"},
        "azure": {"api_key": f"{PLANT}-2"},
        "anthropic": {"api_key": f"{PLANT}-3"},
        "gemini": {"api_key": f"{PLANT}-4"},
        "cohere": {"api_key": f"{PLANT}-5"},
        "bedrock": {
            "access_key_id": f"{PLANT}-6",
            "secret_access_key": f"{PLANT}-7",
            "session_token": f"{PLANT}-8",
            "region": "eu-central-1",
        },
        "azure_foundry": {
            "auth": "entra",
            "tenant_id": "t",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "token_url": f"{sign_in}/token",
        },
        "vertex": {"service_account": account, "region": "global", "project": "p"},
    }


def everything_stored() -> str:
    """All that the database holds, as text."""
    told = StringIO()
    call_command("dumpdata", stdout=told)
    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM candidates_connection")
        rows = str(cursor.fetchall())
    return told.getvalue() + rows


def call(connection: Connection) -> Any:
    async def once() -> Any:
        client = Client(policy=address_policy(), connect_timeout=2)
        try:
            asked = Conversation((Message("user", "Hello?"),))
            return await client.ask(endpoint_of(connection, model="m"), asked, deadline=5)
        finally:
            await client.close()

    return asyncio.run(once())


@pytest.fixture
def team(settings: Settings) -> Team:
    settings.PRIVATE_ADDRESSES = ["127.0.0.1"]
    return a_team()


def test_no_secret_is_in_a_log_a_message_a_row_or_a_traceback(
    team: Team, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    service, told = SignIn(), []
    with serving(Parrot()) as url, serving(service) as sign_in:
        for vendor, more in ways(service, sign_in).items():
            ours = actions.add_connection(
                team=team, user=None, name=vendor, vendor=vendor, base_url=url, **more
            )
            a_candidate(ours, "m", label=vendor, price=None)
            told += [repr(ours), str(vars(ours)), repr(endpoint_of(ours)), repr(call(ours))]
            told.append(str(actions.test_connection(connection=ours)))
            try:
                endpoint_of(ours).unknown  # noqa: B018
            except AttributeError:
                told.append(traceback.format_exc())
    told += [everything_stored(), caplog.text, *capfd.readouterr()]
    told += [str(list(AuditEvent.objects.values()))]
    assert service.given >= 1, "a token was fetched, and is in none of it either"
    for planted in (PLANT, SECRET, TOKEN):
        found = [text[max(0, text.find(planted) - 200) :][:300] for text in told if planted in text]
        assert not found, found[0]
