"""Every way a vendor's answer can go wrong, over a real socket."""

import pytest

from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Retry
from migration_app.providers.client import Client
from tests.servers.fixtures import ScriptedServer

from .conftest import KEY, PATIENCE, Ask

K = FailureKind
# Other work shares the machine, which may wake a reader late; the accuracy test measures how close we come.
SLACK = 0.25
LATE = {"tokens": 8, "first_token": 2 * SLACK, "gap": 0.005}


def true_ttft(server: ScriptedServer) -> float:
    """Seconds from the request's arrival to the first token's sending, by the server's own clock."""
    served = server.log()["requests"][-1]
    return served["first_token_sent"] - served["received"]


async def test_a_plain_stream_completes(ask: Ask) -> None:
    outcome = await ask("[[gold:The answer is 42]]")
    assert isinstance(outcome, Completed)
    assert (outcome.text, outcome.finish_reason, outcome.served_model) == (
        "The answer is 42",
        "stop",
        "model-a",
    )
    assert (outcome.usage.input_tokens, outcome.usage.output_tokens) == (4, 4)
    assert outcome.request_id == "req-scripted"
    assert len(outcome.timing.token_gaps) == 3


@pytest.mark.parametrize(
    "fault",
    ["one_byte", "crlf", "comments", "no_done", "doubled_finish", "not_streamed", "gzip", "close_delimited"]
    + ["cut_after_finish"],
)
async def test_unusual_but_whole_answers_complete(ask: Ask, fault: str) -> None:
    outcome = await ask(f"[[gold:The answer is 42]] [[fault:{fault}]]")
    assert isinstance(outcome, Completed), outcome
    assert (outcome.text, outcome.finish_reason) == ("The answer is 42", "stop")
    timing = outcome.timing
    assert timing.first_byte is not None and timing.ttft is not None
    assert 0 < timing.first_byte <= timing.ttft <= timing.total


async def test_letters_split_between_two_reads_are_whole(ask: Ask) -> None:
    outcome = await ask("[[gold:one]] [[fault:split_utf8]]")
    assert isinstance(outcome, Completed) and outcome.text == "one\u00e9\u20ac"
    assert outcome.timing.token_gaps[-1] > 0.01, "it came with its last byte"


async def test_an_answer_in_one_piece_has_its_total_as_ttft(ask: Ask) -> None:
    outcome = await ask("[[fault:not_streamed]]", model="model-b")
    assert isinstance(outcome, Completed)
    assert outcome.timing.ttft == outcome.timing.total >= 0.08


async def test_compressed_reads_keep_their_moments(ask: Ask) -> None:
    outcome = await ask("[[gold:The answer is 42]] [[fault:gzip]]")
    assert outcome.timing.total - outcome.timing.first_byte >= 0.015


@pytest.mark.parametrize(
    ("fault", "kind", "retry"),
    [
        ("drop,after=3", K.DISCONNECTED, Retry.NOW),
        ("hang_up", K.DISCONNECTED, Retry.NOW),
        ("stall,after=3", K.TIMEOUT, Retry.LATER),
        ("silence", K.TIMEOUT, Retry.LATER),
        ("no_answer", K.TIMEOUT, Retry.LATER),
        ("invalid_json", K.BROKEN_STREAM, Retry.NOW),
        ("cut_utf8", K.BROKEN_STREAM, Retry.NOW),
        ("no_end", K.BROKEN_STREAM, Retry.NOW),
        ("error_event", K.BROKEN_STREAM, Retry.LATER),
        ("html", K.NOT_AN_API, Retry.PARK),
        ("other_json", K.NOT_AN_API, Retry.PARK),
        ("brotli", K.NOT_AN_API, Retry.PARK),
        ("not_http", K.NOT_AN_API, Retry.PARK),
        ("huge", K.ANSWER_TOO_LONG, Retry.NEVER),
        ("gzip_bomb", K.ANSWER_TOO_LONG, Retry.NEVER),
        ("filtered", K.CONTENT_FILTER, Retry.NEVER),
        ("status,status=302", K.REDIRECTED, Retry.PARK),
        ("status,status=400", K.BAD_REQUEST, Retry.NEVER),
        ("status,status=400,code=context_length_exceeded", K.TOO_LARGE, Retry.NEVER),
        ("status,status=400,code=content_filter", K.CONTENT_FILTER, Retry.NEVER),
        ("status,status=401", K.UNAUTHORISED, Retry.PARK),
        ("status,status=402", K.QUOTA, Retry.PARK),
        ("status,status=403", K.FORBIDDEN, Retry.PARK),
        ("status,status=404", K.NOT_FOUND, Retry.PARK),
        ("status,status=413", K.TOO_LARGE, Retry.NEVER),
        ("status,status=422", K.BAD_REQUEST, Retry.NEVER),
        ("status,status=429", K.RATE_LIMITED, Retry.LATER),
        ("status,status=429,code=insufficient_quota", K.QUOTA, Retry.PARK),
        ("status,status=500", K.SERVER_ERROR, Retry.LATER),
        ("status,status=503", K.OVERLOADED, Retry.LATER),
        ("status,status=504", K.TIMEOUT, Retry.LATER),
        ("status,status=529", K.OVERLOADED, Retry.LATER),
    ],
)
async def test_a_fault_becomes_a_typed_failure(ask: Ask, fault: str, kind: FailureKind, retry: Retry) -> None:
    outcome = await ask(f"[[fault:{fault}]]")
    assert isinstance(outcome, Failed), outcome
    assert (outcome.kind, outcome.retry, outcome.reached) == (kind, retry, True)
    assert KEY not in repr(outcome), "the server repeats the key in its message; we must not"
    assert outcome.message.endswith((".", "”")) and len(outcome.message) < 500


async def test_the_connection_serves_the_next_call_after_any_fault(ask: Ask, client: Client) -> None:
    for fault in ("drop", "stall", "invalid_json", "huge", "not_http", "status,status=500", "hang_up"):
        patience = PATIENCE if fault == "stall" else 60.0
        assert isinstance(await ask(f"[[fault:{fault}]]", by=client, deadline=patience), Failed)
        assert isinstance(await ask(f"[[gold:fine]] after {fault}"), Completed)


async def test_a_fault_in_mid_stream_keeps_what_was_measured(
    ask: Ask, scripted_server: ScriptedServer
) -> None:
    scripted_server.behave(late=LATE)
    outcome = await ask("[[fault:drop,after=4]]", model="late")
    assert isinstance(outcome, Failed) and outcome.timing is not None
    assert outcome.timing.ttft == pytest.approx(true_ttft(scripted_server), abs=SLACK)
    assert len(outcome.timing.token_gaps) == 2


async def test_silence_is_cut_at_the_idle_limit_and_no_later(ask: Ask) -> None:
    outcome = await ask("[[fault:stall,after=3]]")
    assert outcome.timing.total < PATIENCE, "the last byte came before the silence"
    waited = await ask("[[fault:no_answer]]")
    assert PATIENCE <= waited.timing.total < 20


async def test_the_deadline_holds_while_tokens_still_come(ask: Ask, scripted_server: ScriptedServer) -> None:
    scripted_server.behave(slow={"tokens": 2_000, "gap": 0.02})
    outcome = await ask("hi", model="slow", deadline=0.25)
    assert outcome.kind == K.TIMEOUT and outcome.timing.total < 20, "the whole would take forty seconds"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [("retry_after=7", 7.0), ("retry_after=0.5", 0.5), ("retry_after=soon", None), ("retry_after=-3", None)]
    + [("retry_after=9,retry_after_ms=1500", 1.5), ("retry_after=nan", None)],
)
async def test_a_vendors_wish_to_wait_is_kept(ask: Ask, headers: str, seconds: float | None) -> None:
    outcome = await ask(f"[[fault:status,status=429,{headers}]]")
    assert outcome.retry_after == seconds


@pytest.mark.parametrize("style", ["indexed", "same_index", "unindexed"])
async def test_tool_calls_are_put_together_from_their_pieces(ask: Ask, style: str) -> None:
    outcome = await ask(f"[[fault:tool_calls,style={style}]]")
    assert isinstance(outcome, Completed)
    assert [(call.id, call.name, call.arguments) for call in outcome.tool_calls] == [
        ("call_a", "weather", '{"city": "Oslo"}'),
        ("call_b", "time", "{}"),
    ]
    assert outcome.finish_reason == "tool_calls" and outcome.text == ""
    assert outcome.timing.ttft is not None, "a tool call is content"


async def test_a_refusal_is_an_answer_of_its_own_kind(ask: Ask) -> None:
    outcome = await ask("[[fault:refusal]]")
    assert isinstance(outcome, Completed)
    assert (outcome.refusal, outcome.text) == ("I cannot help with that.", "")


async def test_reasoning_is_told_apart_from_the_answer(ask: Ask, scripted_server: ScriptedServer) -> None:
    scripted_server.behave(thinker={"tokens": 2, "reasoning_tokens": 3, "first_token": 0.03, "gap": 0.15})
    outcome = await ask("[[gold:so it is]]", model="thinker")
    assert (outcome.text, outcome.reasoning) == ("so it is", "thought0 thought1 thought2 ")
    assert outcome.usage.reasoning_tokens == 3 and outcome.usage.output_tokens == 6
    assert outcome.timing.ttft == pytest.approx(true_ttft(scripted_server), abs=SLACK)
    assert outcome.timing.ttft - outcome.timing.first_reasoning > 0.1, "three gaps lie between them"


async def test_the_first_token_is_content_not_the_role(ask: Ask, scripted_server: ScriptedServer) -> None:
    scripted_server.behave(late=LATE)
    outcome = await ask("hi", model="late")
    assert outcome.timing.ttft == pytest.approx(true_ttft(scripted_server), abs=SLACK)
    assert outcome.timing.ttft - outcome.timing.first_byte > 0.03, "head and role come at once"


async def test_missing_usage_is_unknown(ask: Ask, scripted_server: ScriptedServer) -> None:
    scripted_server.behave(mute={"usage": False})
    outcome = await ask("hi", model="mute")
    assert (outcome.usage.input_tokens, outcome.usage.output_tokens, outcome.usage.raw) == (None, None, {})


async def test_absurd_usage_is_unknown_and_kept_raw(ask: Ask) -> None:
    outcome = await ask("[[fault:odd_usage,usage={'prompt_tokens':-5;'completion_tokens':1e30}]]")
    assert isinstance(outcome, Completed)
    assert (outcome.usage.input_tokens, outcome.usage.output_tokens) == (None, None)
    assert outcome.usage.raw == {"prompt_tokens": -5, "completion_tokens": 1e30}
