"""What must hold when a run is over, whatever happened to it: asked of the database and of the vendor.

    aftermath(run, vendor.log()["requests"])

A vendor bills a request from its receipt on. Each request carries the number of its attempt, so
that every call the vendor saw can be held against a row, and every row against a call.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from migration_app.runs.models import Attempt, AttemptState, Item, ItemState, Run
from migration_app.scoring.models import SampleScore

# What the builders' candidates cost: 1 and 2 a million tokens, in nanos a token.
INPUT_NANOS, OUTPUT_NANOS = 1_000, 2_000
# Faults whose answer is unusual and whole. Any other fault leaves nothing that may be scored.
WHOLE = {"one_byte", "crlf", "comments", "no_done", "doubled_finish", "gzip"}


@dataclass(frozen=True)
class After:
    """What a test may want to look at beyond what `aftermath` asserts."""

    run: Run
    items: dict[int, Item]
    attempts: dict[tuple[int, int], Attempt]
    requests: dict[tuple[int, int], dict[str, Any]]

    def failures(self) -> Counter[str]:
        """How the items that failed did: by the last attempt's name."""
        failed = [item for item in self.items.values() if item.state == ItemState.FAILED]
        return Counter(self.attempts[item.pk, item.tries].failure for item in failed)

    def unknown(self) -> int:
        return sum(attempt.state == AttemptState.UNKNOWN for attempt in self.attempts.values())


def aftermath(run: Run, served: Sequence[dict[str, Any]]) -> After:
    """Assert all of it; what was found."""
    run.refresh_from_db()
    rows = Attempt.objects.filter(item__run=run).select_related("item__run_candidate")
    after = After(
        run=run,
        items=Item.objects.filter(run=run).in_bulk(),
        attempts={(row.item_id, row.number): row for row in rows},
        requests=_by_attempt(run, served),
    )
    _every_item_ended(after)
    _no_result_twice(after)
    _every_call_is_an_attempt(after)
    _no_broken_stream_was_scored(after)
    _the_ledger_holds(after)
    return after


def _by_attempt(run: Run, served: Sequence[dict[str, Any]]) -> dict[tuple[int, int], dict[str, Any]]:
    """The vendor's log by (item, number); no attempt was sent twice."""
    mine = set(Item.objects.filter(run=run).values_list("pk", flat=True))
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for request in served:
        _, item, number = request["headers"]["idempotency-key"].split("-")
        if int(item) in mine:
            key = int(item), int(number)
            assert key not in found, f"attempt {key} was sent twice"
            found[key] = request
    return found


def _every_item_ended(after: After) -> None:
    states = Counter(item.state for item in after.items.values())
    assert set(states) <= {ItemState.DONE, ItemState.FAILED}, states
    assert len(after.items) == after.run.items_total
    for item in after.items.values():
        last = after.attempts[item.pk, item.tries]
        if item.state == ItemState.FAILED:
            assert last.failure and last.message, f"a failure without a name: {last}"
        else:
            assert last.state == AttemptState.COMPLETED
    for entry in after.run.candidates.all():
        ended = [item.state for item in after.items.values() if item.run_candidate_id == entry.pk]
        counts = ended.count(ItemState.DONE), ended.count(ItemState.FAILED)
        assert counts == (entry.items_done, entry.items_failed), f"the counts of {entry} are wrong"


def _no_result_twice(after: After) -> None:
    answers = Counter(
        attempt.item_id for attempt in after.attempts.values() if attempt.state == AttemptState.COMPLETED
    )
    assert max(answers.values(), default=0) <= 1, "an item has two answers"
    done = {item.pk for item in after.items.values() if item.state == ItemState.DONE}
    assert set(answers) == done
    scores = Counter(SampleScore.objects.filter(item__run=after.run).values_list("item_id", flat=True))
    assert max(scores.values(), default=0) <= 1, "an item was scored twice"


def _every_call_is_an_attempt(after: After) -> None:
    """What the vendor saw and no answer came of is a row that says so."""
    in_flight = [key for key, row in after.attempts.items() if row.state == AttemptState.IN_FLIGHT]
    assert not in_flight, f"attempts that never ended: {in_flight}"
    hidden = set(after.requests) - set(after.attempts)
    assert not hidden, f"calls without an attempt: {hidden}"
    numbers: dict[int, list[int]] = defaultdict(list)
    for item, number in after.attempts:
        numbers[item].append(number)
    for item, given in numbers.items():
        assert sorted(given) == list(range(1, after.items[item].tries + 1)), "an attempt is missing"
    for key, attempt in after.attempts.items():
        if attempt.state == AttemptState.COMPLETED:
            assert key in after.requests, f"an answer that nobody gave: {key}"
        else:
            assert attempt.failure, f"an attempt that failed without a name: {key}"


def _no_broken_stream_was_scored(after: After) -> None:
    for key, attempt in after.attempts.items():
        if attempt.state == AttemptState.COMPLETED:
            request = after.requests[key]
            assert request["fault"] is None or request["fault"] in WHOLE, f"{request['fault']} was scored"
            assert attempt.text == request["answer"], f"half an answer was stored as whole: {key}"
    credited = SampleScore.objects.filter(item__run=after.run, value__gt=0)
    assert not credited.exclude(item__state=ItemState.DONE).exists()


def _the_ledger_holds(after: After) -> None:
    """reserved = 0; billed ≤ spent ≤ cap, for the run, its candidates and the team."""
    run = after.run
    assert run.ledger is not None
    assert (run.reserved_nanos, run.ledger.reserved_nanos) == (0, 0)
    spent = sum(attempt.cost_nanos or 0 for attempt in after.attempts.values())
    assert run.spent_nanos == spent == sum(run.candidates.values_list("spent_nanos", flat=True))
    assert run.ledger.spent_nanos >= run.spent_nanos
    for key, request in after.requests.items():
        assert (after.attempts[key].cost_nanos or 0) >= billed(request), f"{key} was billed more than counted"
    total = sum(map(billed, after.requests.values()))
    assert total <= run.spent_nanos
    if run.cap_nanos is not None:
        assert run.spent_nanos <= run.cap_nanos


def billed(request: dict[str, Any]) -> int:
    """What the vendor bills for a request, in nanos."""
    if not request["billed"]:
        return 0
    return request["prompt_tokens"] * INPUT_NANOS + request["completion_tokens"] * OUTPUT_NANOS
