"""What a log says its requests were sent with stays with them, and is offered to an assessment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from migration_app.workloads.log_settings import SettingsCensus, shown, usual
from migration_app.workloads.shapes.settings import settings_in
from tests.workloads.sources.reading import gives

CHAT = [{"role": "user", "content": "How do I renew?"}]
TIME = "2026-11-01T10:00:00Z"


def otlp(**facts: Any) -> dict[str, Any]:
    facts = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"} | facts
    facts["gen_ai.input.messages"] = json.dumps(CHAT)
    attributes = [{"key": key, "value": {"stringValue": str(value)}} for key, value in facts.items()]
    span = {"traceId": "a", "spanId": "b", "name": "chat", "attributes": attributes}
    return {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}


BODY = {"model": "m", "messages": CHAT, "temperature": 0.2, "max_tokens": 200, "stop": "###"}
CONVERSE = {
    "messages": [{"role": "user", "content": [{"text": "How do I renew?"}]}],
    "inferenceConfig": {"temperature": 0.2, "maxTokens": 200, "stopSequences": ["###"]},
}
LOGS: dict[str, dict[str, Any]] = {
    "openai_batch": {"custom_id": "r", "method": "POST", "url": "/v1/chat/completions", "body": BODY},
    "helicone": {"request_id": "r", "request_path": "/v1", "request_body": BODY, "response_status": 200},
    "azure_gateway": {"category": "GatewayLogs", "properties": {"backendRequestBody": json.dumps(BODY)}},
    "langfuse": {
        "id": "r", "traceId": "t", "type": "GENERATION", "startTime": TIME, "input": CHAT, "output": "x",
        "modelParameters": json.dumps({"temperature": 0.2, "max_tokens": "200", "stop": ["###"]}),
    },
    "litellm": {
        "id": "r", "call_type": "acompletion", "startTime": 1.7e9, "response_cost": 0.1, "messages": CHAT,
        "model_parameters": {"temperature": 0.2, "max_tokens": 200, "stop": ["###"]}, "response": "x",
    },
    "langsmith": {
        "id": "r", "run_type": "llm", "inputs": {"messages": CHAT}, "outputs": {"output": "x"},
        "extra": {"invocation_params": {"temperature": 0.2, "max_tokens": 200, "stop": ["###"]}},
    },
    "opentelemetry": otlp(
        **{
            "gen_ai.request.temperature": 0.2, "gen_ai.request.max_tokens": 200,
            "gen_ai.request.stop_sequences": '["###"]',
        }
    ),
    "bedrock": {
        "schemaType": "ModelInvocationLog", "operation": "Converse", "modelId": "m", "requestId": "r",
        "input": {"inputBodyJson": CONVERSE}, "output": {"outputBodyJson": {}},
    },
    "columns": BODY | {"of": "a program of our own"},
}  # fmt: skip


@pytest.mark.parametrize("source", LOGS)
def test_every_log_that_tells_them_gives_its_settings(source):
    found = gives((json.dumps(LOGS[source]) + "\n").encode(), "log.jsonl")
    assert found.source == source
    assert [draft.settings for draft in found.drafts] == [
        {"temperature": 0.2, "max_output_tokens": 200, "stop": ["###"]}
    ], found.problems


def test_the_vendors_other_names_are_known():
    gemini = {"generationConfig": {"topP": 0.9, "topK": 40, "maxOutputTokens": 64, "temperature": 0}}
    assert settings_in(gemini) == {"temperature": 0.0, "top_p": 0.9, "max_output_tokens": 64, "top_k": 40}
    responses = {"max_output_tokens": 50, "reasoning": {"effort": "low"}, "seed": 7}
    assert settings_in(responses) == {"max_output_tokens": 50, "seed": 7, "reasoning_effort": "low"}


@pytest.mark.parametrize(
    "nonsense",
    [
        {"temperature": 21, "max_tokens": -1, "top_p": "warm", "stop": 4, "seed": 1e40},
        {"temperature": True, "stop": [None, {}], "reasoning": ["x"], "inferenceConfig": [1]},
        {"temperature": float("nan"), "max_tokens": float("inf")},
        None,
        [1],
        "{",
    ],
)
def test_what_cannot_be_a_setting_is_left_out(nonsense):
    assert settings_in(nonsense) == {}


def test_what_most_requests_had_is_offered_and_the_rest_is_only_shown():
    census = SettingsCensus()
    for number in range(10):
        census.add({"temperature": 0.2 if number < 8 else 0.9, "seed": number})
    profile = {"settings": census.as_json()}
    assert usual(profile, 10) == {"temperature": 0.2}
    assert usual(profile, 17) == {}  # eight of seventeen is not most
    rows = {str(row.label): row for row in shown(profile)}
    assert (rows["Temperature"].value, rows["Temperature"].times, rows["Temperature"].different) == (
        "0.2",
        8,
        2,
    )
    assert rows["Seed"].different == 10


def test_requests_that_differ_in_their_settings_alone_are_other_content():
    def of(temperature: float) -> str:
        line = {**LOGS["openai_batch"], "body": {**BODY, "temperature": temperature}}
        (draft,) = gives((json.dumps(line) + "\n").encode()).drafts
        return draft.content_hash

    assert of(0.1) != of(0.2)
