"""Placeholders in the place of what is private, in every text of a request."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest

from migration_app.workloads.drafts import Draft
from migration_app.workloads.redaction import BY_KEY, example_of, find, mask
from migration_app.workloads.redaction.texts import joined, put_back


class Numbered:
    """Placeholders as an import gives them: the same value, the same number."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, int]] = defaultdict(dict)

    def __call__(self, kind: str, value: str) -> str:
        number = self.known[kind].setdefault(value, len(self.known[kind]) + 1)
        return f"<{BY_KEY[kind].word}_{number}>"


def masked(text: str) -> str:
    return mask(text, find(text), Numbered())


def test_the_same_person_stays_the_same_placeholder() -> None:
    text = "From ann@example.com to bob@example.com, copy to ann@example.com"
    assert masked(text) == "From <EMAIL_1> to <EMAIL_2>, copy to <EMAIL_1>"


def test_a_placeholder_holds_nothing_more_to_find() -> None:
    text = "ann@example.com, 4111 1111 1111 1111, +49 30 1234567, 10.20.30.40"
    assert find(masked(text)) == []


def test_a_kind_that_is_kept_stays() -> None:
    text = "ann@example.com from 10.20.30.40"
    assert (
        mask(text, find(text), lambda kind, value: None if kind == "ip" else "<X>") == "<X> from 10.20.30.40"
    )


def test_numbers_in_json_become_texts_so_that_it_stays_json() -> None:
    arguments = '{"card": 4111111111111111, "cards": [4111111111111111, 5], "to": "ann@example.com"}'
    assert json.loads(masked(arguments)) == {"card": "<CARD_1>", "cards": ["<CARD_1>", 5], "to": "<EMAIL_1>"}


def a_request() -> Draft:
    return Draft(
        line=1,
        messages=[
            {"role": "system", "content": "You help ann@example.com."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Mail bob@example.com"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                ],
            },
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [
                    {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a":"c@x.io"}'}}
                ],
            },
            {"role": "tool", "content": "done for d@x.io", "tool_call_id": "1"},
        ],
        tools=[{"type": "function", "function": {"name": "f", "description": "asks e@x.io"}}],
        references=["f@x.io"],
        logged={"text": "g@x.io", "tool_calls": [{"function": {"name": "f", "arguments": '{"b":"h@x.io"}'}}]},
        external_id="i@x.io",
        cluster="j@x.io",
    )


def test_every_text_of_a_request_is_masked_and_nothing_else_changes() -> None:
    draft = a_request()
    texts = joined(draft)
    put_back(draft, mask(texts, find(texts), Numbered()))
    stored = json.dumps(
        [draft.messages, draft.tools, draft.references, draft.logged, draft.external_id, draft.cluster]
    )
    assert "@" not in stored
    assert stored.count("<EMAIL_") == 10
    assert draft.messages[1]["content"][1]["image_url"]["url"] == "data:image/png;base64,AAAA"
    assert json.loads(draft.messages[2]["tool_calls"][0]["function"]["arguments"]) == {"a": "<EMAIL_3>"}


def test_texts_that_do_not_fit_the_request_are_not_written() -> None:
    with pytest.raises(ValueError, match="seam"):
        put_back(a_request(), "one\0two")


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("email", "jane.doe@example.com", "j•••@•••.com"),
        ("card", "4111 1111 1111 1111", "•••• •••• •••• ••11"),
        ("phone", "+49 30 1234567", "+•• •• •••••67"),
        ("api_key", "sk-ant-api03-abcDEF1234567890", "sk-ant•••"),
        ("private_key", "-----BEGIN PRIVATE KEY-----\nabc", "-----BEGIN PRIVATE KEY-----"),
    ],
)
def test_an_example_is_recognised_and_gives_nothing_away(kind: str, value: str, shown: str) -> None:
    assert example_of(kind, value) == shown
