"""Guessing what columns are for, and what a mapping makes of a row."""

import pytest

from migration_app.workloads.errors import BadRow, InvalidMapping
from migration_app.workloads.mapping import guess, validate_columns
from migration_app.workloads.readers import Row
from migration_app.workloads.sources.columns import draft_from

TALK = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi there"}]


def guessed(**columns):
    """A guess from one row per position of the given lists."""
    count = max(len(values) for values in columns.values())
    rows = [Row(n, {name: values[n % len(values)] for name, values in columns.items()}) for n in range(count)]
    return guess(list(columns), rows)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("prompt", "reference"), {"prompt": "prompt", "reference": "reference"}),
        (("User Message", "Expected-Answer"), {"prompt": "User Message", "reference": "Expected-Answer"}),
        (("userPrompt", "groundTruth"), {"prompt": "userPrompt", "reference": "groundTruth"}),
        (("Pergunta", "Resposta"), {"prompt": "Pergunta", "reference": "Resposta"}),
        (("Frage", "Antwort"), {"prompt": "Frage", "reference": "Antwort"}),
        (("text", "label"), {"prompt": "text", "reference": "label"}),
        (("utterance", "intent"), {"prompt": "utterance", "reference": "intent"}),
        (("prompt", "completion"), {"prompt": "prompt", "logged": "completion"}),
        (("input", "ideal"), {"prompt": "input", "reference": "ideal"}),
    ],
)
def test_names_are_understood_however_they_are_written(columns, expected):
    values = {columns[0]: ["Where is my parcel?"], columns[1]: ["shipping"]}
    assert guessed(**values) == expected


def test_output_is_what_was_logged_when_another_column_is_expected():
    mapping = guessed(input=["q"], output=["a"], expected_output=["b"])
    assert mapping == {"prompt": "input", "logged": "output", "reference": "expected_output"}


def test_an_intent_beside_an_answer_is_a_category():
    mapping = guessed(question=["q"], answer=["a"], intent=["x"], conversation_id=["7"], id=["1"])
    assert mapping == {
        "prompt": "question",
        "reference": "answer",
        "category": "intent",
        "cluster": "conversation_id",
        "id": "id",
    }


def test_content_overrules_a_name():
    assert "weight" not in guessed(prompt=["q"], weight=["heavy"])
    assert "messages" not in guessed(messages=["just text"], prompt=["q"])
    assert guessed(foo=[TALK])["messages"] == "foo"


def test_a_column_of_all_different_values_is_no_category():
    assert "category" not in guessed(prompt=["q"], topic=[f"topic {n}" for n in range(20)])


def test_without_a_telling_name_the_longest_text_is_the_question():
    assert guessed(a=["yes"], b=["A much longer text than that"])["prompt"] == "b"


def test_a_conversation_that_ends_with_an_answer_gives_the_reference():
    assert guessed(messages=[TALK]) == {"messages": "messages", "last_turn": "reference"}
    assert guessed(messages=[TALK], reference=["Hi"])["last_turn"] == "logged"


def test_a_column_that_does_not_exist_is_named():
    with pytest.raises(InvalidMapping, match="no column “qestion”.*It has: “question”, “answer”"):
        validate_columns({"prompt": "qestion"}, ["question", "answer"])


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({}, "Choose the column that holds the question"),
        ({"reference": "a"}, "Choose the column that holds the question"),
        ({"prompt": "a", "messages": "b"}, "not both"),
        ({"prompt": "a", "reference": "a"}, "must not be sent with the question"),
        ({"prompt": "a", "system": "b", "logged": "b"}, "must not be sent with the question"),
    ],
)
def test_a_mapping_that_cannot_work_says_why(mapping, said):
    with pytest.raises(InvalidMapping, match=said):
        validate_columns(mapping, ["a", "b"])


def test_a_flat_row_becomes_a_conversation():
    row = Row(2, {"q": "Where?", "s": "Be brief", "a": 89.5, "w": "0,5", "c": " x "})
    draft = draft_from(row, {"prompt": "q", "system": "s", "reference": "a", "weight": "w", "category": "c"})
    assert draft.messages == [
        {"role": "system", "content": "Be brief"},
        {"role": "user", "content": "Where?"},
    ]
    assert (draft.references, draft.weight, draft.category) == (["89.5"], 0.5, "x")
    assert draft.input_characters == len("Be brief") + len("Where?")


@pytest.mark.parametrize(
    ("value", "references"),
    [
        ("a", ["a"]),
        (["a", "b"], ["a", "b"]),
        ({"x": 1}, ['{"x":1}']),
        ([1, 2], ["[1,2]"]),
        (True, ["true"]),
        ("", []),
    ],
)
def test_expected_answers_are_texts(value, references):
    draft = draft_from(Row(1, {"q": "?", "a": value}), {"prompt": "q", "reference": "a"})
    assert draft.references == references


def test_the_last_answer_of_a_conversation_is_never_sent():
    row = Row(1, {"m": TALK})
    as_reference = draft_from(row, {"messages": "m", "last_turn": "reference"})
    as_log = draft_from(row, {"messages": "m", "last_turn": "logged"})
    assert as_reference.messages == as_log.messages == [{"role": "user", "content": "Hello"}]
    assert (as_reference.references, as_reference.logged) == (["Hi there"], None)
    assert (as_log.references, as_log.logged) == ([], {"text": "Hi there"})


def test_a_bare_schema_becomes_a_response_format():
    schema = '{"type": "object", "properties": {"a": {"type": "string"}}}'
    draft = draft_from(Row(1, {"q": "?", "f": schema}), {"prompt": "q", "response_format": "f"})
    assert draft.response_format["type"] == "json_schema"
    assert draft.response_format["json_schema"]["schema"]["properties"] == {"a": {"type": "string"}}


def test_tool_calls_keep_their_arguments_as_text():
    call = {"id": "1", "function": {"name": "find", "arguments": {"id": 7}}}
    talk = [
        {"role": "user", "content": "Find it"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": "found"},
    ]
    draft = draft_from(Row(1, {"m": talk}), {"messages": "m"})
    assert draft.messages[1]["tool_calls"][0]["function"] == {"name": "find", "arguments": '{"id":7}'}
    assert draft.messages[2]["tool_call_id"] == "1"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"q": "  "}, "no text in “q”"),
        ({"q": {"a": 1}}, "must be text"),
        ({"q": "?", "w": "-1"}, "not a number above 0"),
        ({"q": "?", "w": "nan"}, "not a number above 0"),
        ({"q": "?", "c": "x" * 201}, "201 characters"),
        ({"q": "?", "f": "{"}, "not valid JSON"),
    ],
)
def test_a_row_that_cannot_be_a_sample_says_why(values, said):
    mapping = {"prompt": "q", "weight": "w", "category": "c", "response_format": "f"}
    with pytest.raises(BadRow, match=said):
        draft_from(Row(1, values), mapping)


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        ([], "no conversation"),
        ("hello", "not valid JSON"),
        ([{"role": "wizard", "content": "x"}], "role “wizard”"),
        ([{"role": "user", "content": ""}], "is empty"),
        ([{"role": "user", "content": [{"type": "sound"}]}], "text and image parts"),
        ([{"role": "system", "content": "x"}], "no question"),
        (["x"], "not an object"),
    ],
)
def test_a_broken_conversation_says_why(talk, said):
    with pytest.raises(BadRow, match=said):
        draft_from(Row(1, {"m": talk}), {"messages": "m"})


def test_what_is_nested_without_end_is_refused():
    deep = "x"
    for _ in range(300):
        deep = {"a": deep}
    with pytest.raises(BadRow, match="nested too deeply"):
        draft_from(Row(1, {"q": "?", "a": deep}), {"prompt": "q", "reference": "a"})


def test_the_same_request_has_the_same_hash_and_another_answer_another_one():
    mapping = {"prompt": "q", "reference": "a"}
    first, again = (draft_from(Row(line, {"q": "?", "a": "x"}), mapping) for line in (1, 9))
    other = draft_from(Row(1, {"q": "?", "a": "y"}), mapping)
    assert first.content_hash == again.content_hash != other.content_hash
    assert first.shared_source == other.shared_source


def test_a_log_in_a_table_keeps_when_how_long_and_how_much():
    rows = [
        Row(
            2,
            {
                "prompt": "Where is my parcel?",
                "response": "On its way.",
                "timestamp": "2025-01-01 00:00:00",
                "model": "gpt-4o",
                "latency": "850",
                "prompt_tokens": "12",
                "completion_tokens": 5,
                "cost": "0.002",
            },
        )
    ]
    mapping = guess(list(rows[0].values), rows)
    assert mapping["time"] == "timestamp"
    assert (mapping["latency"], mapping["unit"]) == ("latency", "ms")
    draft = draft_from(rows[0], mapping)
    assert draft.logged == {
        "text": "On its way.",
        "model": "gpt-4o",
        "at": 1735689600.0,
        "latency_s": 0.85,
        "tokens": {"input": 12, "output": 5},
        "cost_usd": 0.002,
    }


@pytest.mark.parametrize(
    ("column", "value", "unit"),
    [("latency_s", 300, "s"), ("duration_ms", 2, "ms"), ("latency", 1.4, "s"), ("latency", 1400, "ms")],
)
def test_durations_are_in_the_unit_that_their_name_or_size_says(column, value, unit):
    row = Row(2, {"prompt": "Where?", column: value})
    assert guess(list(row.values), [row])["unit"] == unit


def test_a_duration_below_zero_is_left_out_and_said():
    row = Row(2, {"prompt": "Where?", "latency": -3})
    draft = draft_from(row, {"prompt": "prompt", "latency": "latency", "unit": "s"})
    assert draft.call.latency_s is None
    assert "negative" in draft.warnings[0]
