"""One run over every protocol: each is asked in its own terms, and one that breaks stops nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from pytest_django import Settings

from migration_app.candidates.actions import add_connection
from migration_app.evaluation.outcomes import FailureKind
from migration_app.runs.actions import start_run
from migration_app.runs.feed import replay
from migration_app.runs.models import Attempt, Feed, Run
from tests.builders import a_candidate, a_question, a_team, a_workload
from tests.servers.wire.anthropic import Anthropic
from tests.servers.wire.base import KEY, WireVendor, serving
from tests.servers.wire.bedrock import ACCESS_KEY, REGION, SECRET_KEY, SESSION, Bedrock
from tests.servers.wire.cohere import Cohere
from tests.servers.wire.gemini import Gemini
from tests.servers.wire.openai import OpenAI

AWS = {"access_key_id": ACCESS_KEY, "secret_access_key": SECRET_KEY, "session_token": SESSION}
ASKED: dict[str, tuple[WireVendor, str, dict[str, str]]] = {
    "openai": (OpenAI(), "gpt", {"api_key": KEY}),
    "anthropic": (Anthropic(), "claude", {"api_key": KEY}),
    "gemini": (Gemini(), "gemini", {"api_key": KEY}),
    "cohere": (Cohere(), "command", {"api_key": KEY}),
    "bedrock": (Bedrock(), "anthropic.claude-v1:0", {"region": REGION, **AWS}),
}
# (input, cached read, cache write, output, reasoning) of each vendor's scripted answer.
COUNTED = {
    "openai": (2006, 1920, None, 300, 192),
    "anthropic": (3210, 3000, 200, 25, None),
    "gemini": (120, 100, None, 20, 14),
    "cohere": (11, 8, None, 5, None),
    "bedrock": (3210, 3000, 200, 25, None),
}


@pytest.fixture
def run(transactional_db: None, open_loopback: None, brisk: None, settings: Settings) -> Iterator[Run]:
    """Six models behind five vendors: one of the models is retired."""
    settings.FEED_SLICE_SECONDS = 20.0
    team = a_team()
    candidates = []
    with ExitStack() as servers:
        for vendor, (server, model, more) in ASKED.items():
            url = servers.enter_context(serving(server))
            url += "/v1" if vendor == "openai" else ""
            ours = add_connection(team=team, user=None, name=vendor, vendor=vendor, base_url=url, **more)
            candidates.append(a_candidate(ours, model, label=vendor))
            if vendor == "anthropic":
                candidates.append(a_candidate(ours, "retired", label="retired"))
        question = a_question(team, a_workload(team, 3), *candidates, settings={"seed": 7})
        yield start_run(assessment=question, user=None).run


def test_every_vendor_answers_in_its_own_protocol_and_a_retired_model_stops_alone(run: Run) -> None:
    for feed in Feed.objects.filter(lane__run=run):
        replay(feed.pk)
    for vendor, counted in COUNTED.items():
        attempts = Attempt.objects.filter(item__run_candidate__label=vendor, item__run=run)
        assert {attempt.text for attempt in attempts} == {"Hello!"}, vendor
        parts = "input_tokens cached_input_tokens cache_write_tokens output_tokens reasoning_tokens".split()
        assert {tuple(getattr(attempt, part) for part in parts) for attempt in attempts} == {counted}
        assert len(attempts) == 3 and all(attempt.ttft for attempt in attempts)
    retired = run.candidates.get(label="retired")
    assert retired.items_done == 0 and "retired this model" in retired.parked_reason
    assert Attempt.objects.filter(item__run_candidate=retired).first().failure == FailureKind.NOT_FOUND
