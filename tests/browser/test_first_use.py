"""Nina has an empty account, no mouse and no patience for motion: three keystrokes of Enter to a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from migration_app.accounts.actions import create_team
from migration_app.candidates.starters import Starter, offer
from migration_app.runs.models import Run, RunState
from tests.browser.journeys import PASSWORD
from tests.browser.keyboard import Typist
from tests.browser.test_journey import quiet
from tests.pipeline.conftest import Workers, broker, workers  # noqa: F401
from tests.servers.fixtures import ScriptedServer, scripted


@pytest.fixture
def vendor() -> Iterator[ScriptedServer]:
    manner = {"tokens": 4, "first_token": 0.02}
    with scripted({"today": manner, "other": manner}) as server:
        yield server


@pytest.fixture
def nina(
    transactional_db: None,
    live_server: Any,
    page: Page,
    settings: Any,
    tmp_path: Path,
    vendor: ScriptedServer,
) -> Typist:
    """The installation offers two models; her team has nothing."""
    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
    settings.STARTER_MODELS = tmp_path / "starter-models.json"
    offer(
        [
            Starter("Today", "today", "other", vendor.base_url, api_key="k", incumbent=True),
            Starter("Other", "other", "other", vendor.base_url, api_key="k"),
        ]
    )
    create_team(name="New", owner=get_user_model().objects.create_user("nina", password=PASSWORD))
    page.emulate_media(reduced_motion="reduce")
    return Typist(page, live_server.url)


def test_three_steps_by_keyboard_from_an_empty_account_to_a_verdict(
    nina: Typist,
    vendor: ScriptedServer,
    workers: Workers,  # noqa: F811
    broker: str,  # noqa: F811
) -> None:
    workers.start()
    page, complaints = nina.page, quiet(nina.page)
    nina.signs_in("nina")
    nina.sees("See a verdict in three clicks")
    assert not vendor.log()["requests"], "nothing is sent by looking"

    nina.presses("Try it with the sample")
    nina.sees("Start the test")
    assert not vendor.log()["requests"], "nor by putting the question together"
    nina.presses("Start the test")
    expect(page.get_by_role("link", name="See the results").first).to_be_visible(timeout=180_000)
    nina.follows("See the results")
    expect(page.locator(".verdict, #verdict, h1").first).to_be_visible()
    nina.sees("What was asked")

    assert Run.objects.get(parent=None).state == RunState.FINISHED
    assert complaints == []
