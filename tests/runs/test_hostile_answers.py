"""One answer, however it is made, never keeps the others of its batch from being stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from migration_app.candidates.prices import thaw
from migration_app.evaluation.outcomes import Completed, Outcome, Timing, Usage
from migration_app.providers.answers import Answer
from migration_app.providers.reading import read_outcome
from migration_app.providers.usage import ABSURD
from migration_app.providers.vendors import vendor_named
from migration_app.runs.claims import claim
from migration_app.runs.models import Attempt, AttemptState, Item, ItemState, RunCandidate
from migration_app.runs.settling import Result, settle

LARGEST = 2**63 - 1
NUL = "a\0b"


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


def sent(status: int = 200, **body: Any) -> Outcome:
    """The outcome of an answer that came in one piece."""
    data = orjson.dumps(body) if "raw" not in body else body["raw"]
    answer = Answer(status, {"content-type": "application/json"}, data, [1.0], [len(data)], 0.0, 0.5, 1.0)
    return read_outcome(answer, vendor_named("other"))


def said(usage: Any = None, **more: Any) -> Outcome:
    message = {"content": "yes", **more.pop("message", {})}
    choice = {"message": message, "finish_reason": more.pop("finish_reason", "stop")}
    return sent(choices=[choice], usage=usage or {"prompt_tokens": 3, "completion_tokens": 2}, **more)


CALL = {"id": NUL, "function": {"name": NUL, "arguments": NUL}}
HOSTILE = {
    "NUL everywhere": lambda: said(
        id=NUL, model=NUL, finish_reason=NUL, message={"content": NUL, "refusal": NUL, "tool_calls": [CALL]}
    ),
    "NUL in usage": lambda: said(usage={NUL: NUL, "prompt_tokens": 3, "completion_tokens": 2}),
    "deep usage": lambda: said(usage={"completion_tokens": 2, "a": deep(200)}),
    "deeper usage": lambda: sent(
        raw=b'{"choices":[{"message":{"content":"a"}}],"usage":' + b'{"a":' * 1000 + b"1" + b"}" * 1002
    ),
    "counts past every column": lambda: said(usage={"prompt_tokens": 10**18, "completion_tokens": 2}),
    "negative counts": lambda: said(usage={"prompt_tokens": -1, "completion_tokens": -(10**9)}),
    "counts as texts": lambda: said(usage={"prompt_tokens": "12", "completion_tokens": [1]}),
    "floats past every column": lambda: said(usage={"prompt_tokens": 1e300, "completion_tokens": 1.5}),
    "an endless name": lambda: said(model="m" * 5_000, id="i" * 5_000, finish_reason="f" * 5_000),
    "an error with NUL": lambda: sent(500, error={"message": NUL, "code": NUL}),
    "an unheard-of status": lambda: sent(999, error={"message": "no"}),
}


def settled(bench: Any, *outcomes: Outcome) -> list[Attempt]:
    """Claim as many items, settle them in one batch, and return their attempts in that order."""
    run = bench.run
    claimed = claim(run.lanes.get().pk, run.pk, len(outcomes)).items
    prices = {entry.pk: thaw(entry.price) for entry in run.candidates.all()}
    now = datetime.now(UTC)
    results = [Result(one, outcome, now) for one, outcome in zip(claimed, outcomes, strict=True)]
    assert settle(run.pk, results, prices) == len(outcomes)
    run.refresh_from_db()
    return [Attempt.objects.get(item=one.item_id, number=one.number) for one in claimed]


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_answer_is_stored_beside_a_good_one(started, make) -> None:
    bench = started("weak", samples=4)
    odd, good = settled(bench, make(), said())
    assert (good.state, good.text, good.input_tokens) == (AttemptState.COMPLETED, "yes", 3)
    assert odd.state in (AttemptState.COMPLETED, AttemptState.FAILED)
    stored = json.dumps([odd.text, odd.tool_calls, odd.usage_raw, odd.request_id, odd.finish_reason])
    assert "\\u0000" not in stored and len(stored) < 10_000
    assert not Item.objects.filter(state=ItemState.LEASED).exists()


def test_a_ledger_that_is_full_stays_full(started) -> None:
    """A price frozen before prices had bounds, and a vendor's largest count: the sum fits no column."""
    bench = started("weak", samples=4)
    slip = {"kind": "tokens", "currency": "USD", "input_per_million": "99999999", "output_per_million": "9"}
    RunCandidate.objects.update(price=slip)
    dear = Completed("yes", Usage(ABSURD, None, None, ABSURD), Timing(0.1, 0.2, 0.3), "stop")
    attempts = settled(bench, dear, dear, dear)
    assert sum(attempt.cost_nanos for attempt in attempts) == bench.run.spent_nanos == LARGEST
    assert sum(RunCandidate.objects.values_list("spent_nanos", flat=True)) == LARGEST


def test_every_part_of_the_usage_is_stored(started) -> None:
    bench = started("weak", samples=4)
    usage = Usage(90, 20, 30, 9, 4, cache_write_1h_tokens=10, image_input_tokens=40, images=2)
    [row] = settled(bench, Completed("yes", usage, Timing(0.1, 0.2, 0.3), "stop"))
    assert (row.cache_write_1h_tokens, row.image_input_tokens, row.images) == (10, 40, 2)
