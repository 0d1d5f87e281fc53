"""Tokens counted here: as OpenAI's own encodings cut them, whatever the text holds."""

from __future__ import annotations

import inspect
from time import process_time

import pytest
import tiktoken_ext.openai_public as published

from migration_app.evaluation.conversations import Conversation, Message, Settings, ToolCall
from migration_app.evaluation.outcomes import Completed, Timing, Usage
from migration_app.providers import tokenizers
from migration_app.providers.tokenizers import count_text, encoding_of, estimate_usage


def test_the_encodings_are_the_published_ones() -> None:
    encoder = tokenizers._encoder("cl100k_base")
    assert encoder.encode_ordinary("hello world") == [15339, 1917]
    assert tokenizers._encoder("o200k_base").encode_ordinary("hello world") == [24912, 2375]
    source = inspect.getsource(published)
    assert all(digest in source for digest, _ in tokenizers._TABLES.values())


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("gpt-4", "cl100k_base"),
        ("gpt-4-turbo", "cl100k_base"),
        ("gpt-35-turbo", "cl100k_base"),
        ("gpt-4o-mini", "o200k_base"),
        ("gpt-4.1", "o200k_base"),
        ("openai/gpt-4-0613", "cl100k_base"),
        ("ft:gpt-3.5-turbo:acme", "cl100k_base"),
        ("meta-llama/Llama-3.3-70B", "o200k_base"),
    ],
)
def test_a_model_is_counted_by_its_own_encoding_or_by_the_newest(model: str, encoding: str) -> None:
    assert encoding_of(model) == encoding


@pytest.mark.parametrize("text", ["x" * 300_000, " " * 300_000, "=-" * 150_000, "日" * 100_000, "\ud800"])
def test_hostile_text_is_counted_in_no_time(text: str) -> None:
    began = process_time()
    assert count_text(text, "o200k_base") > 0
    assert process_time() - began < 5


def conversation() -> Conversation:
    return Conversation(
        messages=(Message("system", "Be brief."), Message("user", "hello world")),
        tools=({"type": "function", "function": {"name": "weather"}},),
        settings=Settings(max_output_tokens=32),
    )


def answer(**changes: object) -> Completed:
    said: dict = {"text": "hello world", "usage": Usage(), "timing": Timing(0.1, 0.1, 0.2)}
    return Completed(**(said | changes))


def test_what_the_vendor_left_out_is_counted_and_marked() -> None:
    usage = estimate_usage(conversation(), answer(), "gpt-4o")
    assert usage.estimated and usage.output_tokens == 2
    assert usage.input_tokens is not None and 25 < usage.input_tokens < 40


def test_what_the_vendor_did_count_stands() -> None:
    usage = estimate_usage(conversation(), answer(usage=Usage(input_tokens=7)), "gpt-4o")
    assert (usage.input_tokens, usage.output_tokens) == (7, 2)


def test_reasoning_and_tool_calls_are_output_too() -> None:
    call = ToolCall("a", "weather", '{"city":"Oslo"}')
    more = estimate_usage(conversation(), answer(reasoning="hello world", tool_calls=(call,)), "gpt-4o")
    assert more.output_tokens is not None and more.output_tokens > 2 + 2 + 4
    assert more.reasoning_tokens == 2


def test_a_damaged_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    digest, pattern = tokenizers._TABLES["o200k_base"]
    monkeypatch.setitem(tokenizers._TABLES, "o200k_base", (digest[::-1], pattern))
    tokenizers._encoder.cache_clear()
    with pytest.raises(tokenizers.TokenTableError, match="Install the requirements again"):
        count_text("x", "o200k_base")
    tokenizers._encoder.cache_clear()
