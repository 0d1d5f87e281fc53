"""Reading stamped bodies: what no server can be scripted to send in one go."""

from time import process_time

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migration_app.evaluation.outcomes import Completed, Failed, FailureKind
from migration_app.providers.answers import Answer
from migration_app.providers.errors import DisconnectedError
from migration_app.providers.reading import read_outcome, read_outcome_politely
from migration_app.providers.sse import events
from migration_app.providers.vendors import vendor_named

STREAM = {"content-type": "text/event-stream"}


def answer(*reads: bytes, status: int = 200, headers: dict[str, str] = STREAM, fault=None) -> Answer:
    """An answer whose read number n (from 1) arrived n seconds after the request."""
    ends = [len(b"".join(reads[: n + 1])) for n in range(len(reads))]
    stamps = [float(n + 1) for n in range(len(reads))]
    return Answer(status, headers, b"".join(reads), stamps, ends, 0.0, 0.5, float(len(reads)), fault)


def chunk(delta: object, finish: str | None = None, **more: object) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + orjson.dumps({"choices": [choice], **more}) + b"\n\n"


def read(*reads: bytes, vendor: str = "other", **more) -> Completed | Failed:
    return read_outcome(answer(*reads, **more), vendor_named(vendor))


END = chunk({}, "stop") + b"data: [DONE]\n\n"


def test_each_token_has_the_moment_its_last_byte_arrived() -> None:
    first = chunk({"content": "a"})
    outcome = read(chunk({"role": "assistant"}), first[:20], first[20:], chunk({"content": "b"}), b"", END)
    assert isinstance(outcome, Completed) and outcome.text == "ab"
    assert (outcome.timing.ttft, outcome.timing.token_gaps, outcome.timing.total) == (3.0, (1.0,), 6.0)


def test_tokens_that_share_a_read_have_no_gap() -> None:
    outcome = read(chunk({"content": "a"}) + chunk({"content": "b"}), END)
    assert outcome.timing.token_gaps == (0.0,)


def test_empty_pieces_are_no_tokens() -> None:
    outcome = read(chunk({"content": ""}), chunk({"content": None}), chunk({"tool_calls": []}), END)
    assert isinstance(outcome, Completed)
    assert (outcome.text, outcome.timing.ttft, outcome.timing.token_gaps) == ("", None, ())


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content"])
def test_reasoning_by_either_name_is_no_content(name: str) -> None:
    outcome = read(chunk({name: "hm"}), chunk({"content": "yes"}), END)
    assert (outcome.reasoning, outcome.text) == ("hm", "yes")
    assert (outcome.timing.first_reasoning, outcome.timing.ttft) == (1.0, 2.0)


def test_reasoning_sent_under_both_names_is_read_once() -> None:
    assert read(chunk({"reasoning": "hm", "reasoning_content": "hm"}), END).reasoning == "hm"


def test_content_in_parts_with_thinking_among_them() -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    outcome = read(chunk({"content": [thinking]}), chunk({"content": [{"type": "text", "text": "yes"}]}), END)
    assert (outcome.reasoning, outcome.text, outcome.timing.ttft) == ("hm", "yes", 2.0)


def test_the_last_of_running_usage_totals_counts() -> None:
    first = chunk({"content": "a"}, usage={"prompt_tokens": 3, "completion_tokens": 1})
    last = chunk({"content": "b"}, usage={"prompt_tokens": 3, "completion_tokens": 2})
    assert read(first, last, END).usage.output_tokens == 2


def test_groqs_usage_is_found_where_groq_puts_it() -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 1}
    assert read(chunk({"content": "a"}), chunk({}, "stop", x_groq={"usage": usage})).usage.input_tokens == 3


def test_done_without_a_reason_completes_and_an_empty_stream_does_not() -> None:
    assert isinstance(read(chunk({"content": "a"}), b"data: [DONE]\n\n"), Completed)
    assert read(b"data: [DONE]\n\n").kind == FailureKind.BROKEN_STREAM
    assert read(b"").kind == FailureKind.BROKEN_STREAM


def test_a_finished_answer_survives_a_connection_that_breaks_afterwards() -> None:
    outcome = read(
        chunk({"content": "a"}), chunk({}, "stop"), b'data: {"cho', fault=DisconnectedError("cut.")
    )
    assert isinstance(outcome, Completed) and outcome.text == "a"


def test_half_a_line_on_a_broken_connection_is_a_disconnection_not_bad_json() -> None:
    outcome = read(chunk({"content": "a"}), b'data: {"cho', fault=DisconnectedError("cut."))
    assert (outcome.kind, outcome.message) == (FailureKind.DISCONNECTED, "cut.")


def test_a_named_error_event_is_an_error() -> None:
    outcome = read(chunk({"content": "a"}), b'event: error\ndata: {"message": "overloaded"}\n\n')
    assert (outcome.kind, outcome.timing.ttft) == (FailureKind.OVERLOADED, 1.0)


def test_usage_reported_before_a_failure_is_kept() -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 1}
    outcome = read(chunk({"content": "a"}, usage=usage), b'data: {"error": {"message": "boom"}}\n\n')
    assert isinstance(outcome, Failed) and outcome.usage is not None and outcome.usage.input_tokens == 3


def test_an_error_in_a_whole_answer_with_status_200_is_a_failure() -> None:
    body = b'{"error": {"message": "slow down", "code": "rate_limit_exceeded"}}'
    assert read(body, headers={"content-type": "application/json"}).kind == FailureKind.RATE_LIMITED


def test_a_stream_with_the_wrong_label_is_still_read() -> None:
    assert isinstance(read(chunk({"content": "a"}), END, headers={"content-type": "text/plain"}), Completed)


def test_arguments_that_come_as_an_object_become_json_text() -> None:
    call = {"index": 0, "id": "c", "function": {"name": "f", "arguments": {"a": 1}}}
    outcome = read(chunk({"tool_calls": [call]}), END)
    assert outcome.tool_calls[0].arguments == '{"a":1}'


async def test_reading_politely_comes_to_the_same() -> None:
    whole = answer(*(chunk({"content": f"{n} "}, model="m") for n in range(500)), END)
    vendor = vendor_named("other")
    assert await read_outcome_politely(whole, vendor) == read_outcome(whole, vendor)


def test_events_in_every_spelling() -> None:
    body = b": hi\n\ndata:1\n\nevent: x\ndata: 2\ndata: 3\n\n\n\nid: 4\ndata: 5\n\ndata: 6"
    wanted = [(b"1", b""), (b"2\n3", b"x"), (b"5", b""), (b"6", b"")]
    for ending in (b"\n", b"\r\n", b"\r"):
        found = events(body.replace(b"\n", ending))
        assert [(b"\n".join(p.strip() for p in data.split(b"\n")), name) for data, _, name in found] == wanted


def _keys() -> st.SearchStrategy[str]:
    return st.sampled_from(
        [
            "choices",
            "delta",
            "message",
            "content",
            "tool_calls",
            "function",
            "arguments",
            "name",
            "index",
            "id",
        ]
        + [
            "usage",
            "prompt_tokens",
            "prompt_tokens_details",
            "cached_tokens",
            "error",
            "code",
            "type",
            "text",
        ]
        + ["finish_reason", "refusal", "reasoning", "x_groq", "model", "thinking"]
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys(), inner, max_size=4),
    max_leaves=12,
)


@given(
    values=st.lists(json_values, max_size=5), status=st.sampled_from([200, 400, 429, 500]), sse=st.booleans()
)
@settings(max_examples=150, deadline=None)
def test_no_shape_of_json_can_crash_the_reader(values: list[object], status: int, sse: bool) -> None:
    reads = [b"data: " + orjson.dumps(value) + b"\n\n" if sse else orjson.dumps(value) for value in values]
    nested = [b"data: " + orjson.dumps({"choices": [{"delta": value}]}) + b"\n\n" for value in values if sse]
    headers = STREAM if sse else {"content-type": "application/json"}
    assert isinstance(read(*reads, *nested, status=status, headers=headers), Completed | Failed)


@given(body=st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_no_bytes_can_crash_the_reader(body: bytes) -> None:
    assert isinstance(read(b"data: " + body, END), Completed | Failed)
    assert isinstance(read(body, headers={}), Completed | Failed)


DEEP = b'{"a":' * 600 + b"1" + b"}" * 600


@pytest.mark.parametrize(
    "place",
    [
        b'{"error": {"message": %s}}',
        b'{"error": {"code": %s}}',
        b'{"choices": [{"delta": {"tool_calls": [{"function": {"name": "f", "arguments": %s}}]}}]}',
        b'{"choices": [{"delta": {"content": "a"}}], "usage": {"x": %s}}',
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_no_depth_of_json_can_crash_the_reader(place: bytes, status: int) -> None:
    whole = place % DEEP
    assert isinstance(read(b"data: " + whole + b"\n\n", END, status=status), Completed | Failed)
    assert isinstance(read(whole, status=status, headers={}), Completed | Failed)


def test_millions_of_blank_lines_are_passed_over_at_once() -> None:
    """The feed's one thread reads answers: seconds spent on nothing are seconds taken from other calls."""
    body = b"\n" * 8_000_000
    started = process_time()
    assert sum(len(block) for block in body.split(b"\n\n")) == 0
    passing_over = process_time() - started
    started = process_time()
    assert list(events(body)) == []
    assert process_time() - started < 5 * passing_over + 0.5
