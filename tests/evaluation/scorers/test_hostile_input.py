"""Whatever a model writes, every scorer answers: quickly, with a number or a reason."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migration_app.evaluation.scorers import SCORERS, Answer, Expected, Score, build

MEGABYTE = 1_000_000
SCHEMA = {"type": "object", "properties": {"a": {"type": "array", "uniqueItems": True}}}
SCALARS = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20)
REFERENCES = {"numeric": "12", "field_f1": '{"a": 1}', "tool_calls": '{"name": "f", "arguments": {"a": 1}}'}

HOSTILE = {
    "a megabyte of one letter": "a" * MEGABYTE,
    "a megabyte of words": "word " * (MEGABYTE // 5),
    "a megabyte of digits": "1" * MEGABYTE,
    "a megabyte of numbers": "1,1 " * (MEGABYTE // 4),
    "a megabyte of signs": "-.,'" * (MEGABYTE // 4),
    "a megabyte of spaces": " " * MEGABYTE,
    "open brackets": "[" * MEGABYTE,
    "deep objects": '{"a":' * 90_000 + "1" + "}" * 90_000,
    "nested below the reader's own limit": "[" * 500 + "]" * 500,
    "a long list": '{"a": [' + "1," * 200_000 + "1]}",
    "many fields": json.dumps({str(n): n for n in range(50_000)}),
    "a huge number in JSON": '{"a": ' + "9" * 500_000 + "}",
    "an infinite number in JSON": '{"a": 1e99999}',
    "a huge exponent": "1e999999999999",
    "a large exponent": "1e9999 -1e-9999",
    "NaN": "NaN",
    "lone surrogates": "\ud800 \udfff",
    "lone surrogates in JSON": '{"a": "\\ud800", "\\udc00": 1}',
    "nulls and controls": "\x00\x01\x7f billing \x1b[2J",
    "combining marks": "a" + "\u0301" * 100_000,
    "growing ligatures": "\ufdfa" * 50_000,
    "backticks": "`" * MEGABYTE,
    "fences": "```json\n" * 100_000,
    "right-to-left override": "\u202ebilling",
}


SETTINGS = {
    "json_schema": {"schema": SCHEMA},
    "regex": {"pattern": r"(\w+\s*)+billing$"},
    "not_contains": {"phrases": ["never", "always"]},
    "length": {"max_words": 50},
    "language": {"language": "en"},
    "composite": {
        "parts": [{"name": "normalised_match"}, {"name": "length", "parameters": {"max_words": 9}}]
    },
}


def made(name: str):
    return build(name, **SETTINGS.get(name, {}))


@pytest.mark.parametrize("name", SCORERS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_answer_gets_a_score_in_reasonable_time(name, kind):
    began = time.process_time()
    score = made(name)(Answer(HOSTILE[kind]), Expected((REFERENCES.get(name, "billing"),)))
    assert time.process_time() - began < 5
    assert_usable(score)


@pytest.mark.parametrize("name", SCORERS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_reference_gets_a_score_in_reasonable_time(name, kind):
    began = time.process_time()
    score = made(name)(Answer('{"a": 1} 12'), Expected((HOSTILE[kind],)))
    assert time.process_time() - began < 5
    assert_usable(score)


@pytest.mark.parametrize("name", SCORERS)
@settings(max_examples=40)
@given(text=st.text(st.characters()), reference=st.text(st.characters(), min_size=1))
def test_any_text_gets_a_score(name, text, reference):
    assert_usable(made(name)(Answer(text), Expected((reference,))))


@pytest.mark.parametrize("name", ["json_validity", "json_schema", "field_f1"])
@settings(max_examples=40)
@given(value=st.recursive(SCALARS, st.lists, max_leaves=8), more=st.text(max_size=20))
def test_any_json_and_any_text_after_it_gets_a_score(name, value, more):
    text = json.dumps(value)
    for answer in (text, text + more, more + text):
        assert_usable(made(name)(Answer(answer), Expected((text,))))


def assert_usable(score: Score) -> None:
    """A score that a database can keep and a page can show; `Score` itself rules out NaN."""
    shown = score.explanation + (score.unscored or "")
    assert shown
    assert len(shown) < 1000
    shown.encode("utf-8")
    assert "\x00" not in shown
