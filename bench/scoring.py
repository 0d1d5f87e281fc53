"""Rows about scoring: samples a second of every scorer that needs no judge, on answers of some 60 words.

`python -m bench.scoring SCORER` is one of them in a process of its own; it prints samples a second.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from time import monotonic, process_time
from typing import Any

from bench.table import Row, not_measured

CHEAP, EMBEDDINGS = 5_000, 300  # samples a second
_DIFFERENT, _SECONDS = 400, 1.0
_SCHEMA = {"type": "object", "required": ["id", "total"], "properties": {"id": {"type": "string"}}}
PARAMETERS: dict[str, dict[str, Any]] = {
    "exact_match": {},
    "normalised_match": {},
    "contains": {},
    "not_contains": {"phrases": ["as an AI", "I cannot"]},
    "regex": {"pattern": r"order \d+"},
    "numeric": {},
    "json_validity": {},
    "json_schema": {"schema": _SCHEMA},
    "field_f1": {},
    "tool_calls": {},
    "rouge": {},
    "chrf": {},
    "bleu": {},
    "length": {"max_words": 80},
    "language": {"language": "en"},
    "not_refused": {},
    "composite": {
        "parts": [
            {"name": "normalised_match", "weight": 1},
            {"name": "contains", "weight": 2, "must_pass": True},
        ]
    },
    "embedding": {},
}
_WORDS = "the parcel was sent on Monday and should have come by now please ask the carrier about it".split()


def rows() -> Iterator[Row]:
    from bench.verdict import step

    for name in PARAMETERS:
        wanted = EMBEDDINGS if name == "embedding" else CHEAP
        title, bar = f"scoring: {name}, samples a second", f"≥ {wanted:,}"
        found = step("bench.scoring", name)
        if found is None:
            yield not_measured(title, bar, "the step failed")
            continue
        shown = f"{found['rate']:,.0f} (CPU {found['cpu'] * 1e6:,.0f} µs each)"
        yield Row(title, bar, shown, found["rate"] >= wanted, values=found)


def measured(name: str) -> dict[str, float]:
    """Rounds over answers that differ, until a second has gone by; the first round warms up."""
    from migration_app.evaluation.scorers import build, score_outcome

    scorer, answers = build(name, **PARAMETERS[name]), [asked(name, number) for number in range(_DIFFERENT)]
    for outcome, expected in answers[:20]:
        if score_outcome(scorer, outcome, expected).value is None:
            raise RuntimeError(f"{name} gave no mark: nothing would be measured.")
    began, cpu, done = monotonic(), process_time(), 0
    while monotonic() - began < _SECONDS:
        for outcome, expected in answers:
            score_outcome(scorer, outcome, expected)
        done += len(answers)
    seconds, cpu = monotonic() - began, process_time() - cpu
    return {"rate": done / seconds, "cpu": cpu / done}


def asked(name: str, number: int) -> tuple[Any, Any]:
    """An answer and what a good one looks like; one in three is right to the letter."""
    from migration_app.evaluation.conversations import ToolCall
    from migration_app.evaluation.outcomes import Completed, Timing, Usage
    from migration_app.evaluation.scorers import Expected

    said, due = _text(number), _text(number if number % 3 == 0 else number + 7)
    calls: tuple[ToolCall, ...] = ()
    if name in ("json_validity", "json_schema", "field_f1"):
        said, due = _object(number), _object(number if number % 3 == 0 else number + 7)
    if name == "tool_calls":
        calls = (ToolCall(id="1", name="find_order", arguments=_object(number)),)
        due = json.dumps([{"name": "find_order", "arguments": json.loads(_object(number))}])
    timing = Timing(first_byte=0.1, ttft=0.2, total=0.9)
    outcome = Completed(
        text=said, usage=Usage(), timing=timing, finish_reason="stop", tool_calls=calls, refusal=None
    )
    return outcome, Expected(references=(due,))


def _text(number: int) -> str:
    words = (_WORDS[(number * 7 + k * (1 + number % 5)) % len(_WORDS)] for k in range(58))
    return " ".join(words) + f" order {number}"


def _object(number: int) -> str:
    lines = [{"sku": f"A-{number + k}", "count": k + 1, "price": f"{9 + k}.50"} for k in range(4)]
    return json.dumps({"id": f"INV-{number}", "total": 40 + number, "lines": lines, "note": "paid by card"})


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1])))
