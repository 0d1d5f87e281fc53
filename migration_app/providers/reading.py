"""From a stamped answer to an Outcome: the skeleton that all protocols share.

An answer is complete when the vendor said why it finished, or said that it is over; a stream
that merely stops is broken, however much text came. What an event means is the protocol's
business (`protocols`), when it arrived is known from the stamps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import orjson

from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Outcome, Retry, Timing

from .answers import Answer
from .diagnoses import Diagnosis
from .errors import BrokenAnswerError, CallError
from .failures import Complaint, judge_event, judge_status, sentence
from .protocols import protocol_of
from .vendors import Vendor
from .waits import wait_wished
from .wording import gettext_noop

__all__ = ["read_outcome", "read_outcome_politely"]

_NO_END = Diagnosis(
    FailureKind.BROKEN_STREAM,
    Retry.NOW,
    gettext_noop(
        "The stream stopped before the answer was finished. Ask again; if it stays, tell the vendor."
    ),
)
_NO_JSON = Diagnosis(
    FailureKind.BROKEN_STREAM,
    Retry.NOW,
    gettext_noop("The stream held something that is not JSON. Ask again; if it stays, tell the vendor."),
)
_NO_API = Diagnosis(
    FailureKind.NOT_AN_API,
    Retry.PARK,
    gettext_noop(
        "The address answered with something that is no chat answer. Check the base URL; many end in /v1."
    ),
)
_FILTERED = Diagnosis(
    FailureKind.CONTENT_FILTER,
    Retry.NEVER,
    gettext_noop("The vendor's content filter cut the answer off. Review this sample."),
)
_NOTHING = Complaint("", "")
# Events read at a stretch: a fraction of a millisecond.
PAUSE_EVERY = 100
_REQUEST_ID = ("x-request-id", "request-id", "apim-request-id", "x-amzn-requestid")


def read_outcome(answer: Answer, vendor: Vendor, secrets: Sequence[str] = ()) -> Outcome:
    """What `answer` amounts to. Never raises for what a vendor may send.

    secrets: the key and whatever else must stand in no message.
    """
    reading = _Reading(answer, vendor, secrets)
    for _ in reading.steps():
        pass
    return reading.outcome()


async def read_outcome_politely(answer: Answer, vendor: Vendor, secrets: Sequence[str] = ()) -> Outcome:
    """`read_outcome`, letting other calls' reads be stamped in between: a long answer takes a while."""
    reading = _Reading(answer, vendor, secrets)
    for _ in reading.steps():
        await asyncio.sleep(0)
    return reading.outcome()


class _Reading:
    """One answer, being read."""

    def __init__(self, answer: Answer, vendor: Vendor, secrets: Sequence[str]) -> None:
        self.answer, self.secrets = answer, secrets
        self.protocol = protocol_of(vendor)
        self.assembly = self.protocol.pieces(vendor)
        self.broken: Diagnosis | None = None

    def steps(self) -> Iterator[None]:
        """Read the body, pausing every few events."""
        if not 200 <= self.answer.status < 300:
            return
        try:
            if self.protocol.streams(self.answer.body, self.answer.headers.get("content-type", "")):
                yield from self._read_events()
            elif not self._read_whole():
                self.broken = _NO_API
        except BrokenAnswerError:
            self.broken = _NO_JSON

    def outcome(self) -> Outcome:
        """What the body, once read, amounts to."""
        put = self.assembly
        if not 200 <= self.answer.status < 300:
            return self._failed(*judge_status(self.answer.status, self.answer.body, self.answer.headers))
        # Half a line at the end of a broken connection is that connection's fault.
        if self.broken is not None and self.answer.fault is None:
            return self._failed(self.broken)
        if put.error is not None or put.finish_reason == "error":
            return self._failed(*judge_event(put.error))
        if put.finish_reason == "content_filter":
            return self._failed(_FILTERED)
        if put.ended:
            return self._completed()
        return self._interrupted(self.answer.fault) if self.answer.fault else self._failed(_NO_END)

    # ── reading ───────────────────────────────────────────────────────────────

    def _read_events(self) -> Iterator[None]:
        add, stamps, ends = self.assembly.add, self.answer.stamps, self.answer.ends
        read = 0
        for number, (data, last, name) in enumerate(self.protocol.frames(self.answer.body), 1):
            if data.lstrip().startswith(b"[DONE]"):
                self.assembly.done = True
                return
            chunk = _object(data)
            while read < len(ends) - 1 and ends[read] <= last:
                read += 1
            add(chunk, stamps[read], name)
            if not number % PAUSE_EVERY:
                yield

    def _read_whole(self) -> bool:
        """A vendor that does not stream answers in one piece: every time is the total."""
        try:
            whole = _object(self.answer.body)
        except BrokenAnswerError:
            return False
        self.assembly.add_whole(whole, self.answer.ended)
        return bool(self.assembly.chunks or self.assembly.error)

    # ── the result ────────────────────────────────────────────────────────────

    def _completed(self) -> Completed:
        put = self.assembly
        return Completed(
            text="".join(put.text),
            usage=self.assembly.counted(),
            timing=self._timing(),
            finish_reason=put.finish_reason,
            tool_calls=put.tool_calls(),
            refusal="".join(put.refusal) or None,
            reasoning="".join(put.reasoning),
            served_model=put.model,
            request_id=self._request_id(),
        )

    def _failed(self, diagnosis: Diagnosis, complaint: Complaint = _NOTHING) -> Failed:
        return Failed(
            kind=diagnosis.kind,
            message=sentence(diagnosis, complaint, self.secrets),
            retry=diagnosis.retry,
            status=self.answer.status,
            retry_after=self._wish(),
            timing=self._timing(),
            usage=self.assembly.counted() if self.assembly.usage is not None else None,
            request_id=self._request_id(),
        )

    def _wish(self) -> float | None:
        refused = not 200 <= self.answer.status < 300
        return wait_wished(self.answer.headers, body=self.answer.body if refused else b"")

    def _interrupted(self, fault: CallError) -> Failed:
        return self._failed(Diagnosis(fault.kind, fault.retry, fault.message))

    def _timing(self) -> Timing:
        sent, content = self.answer.sent, self.assembly.content_at
        thought = self.assembly.reasoning_at
        return Timing(
            first_byte=self.answer.first_byte - sent,
            ttft=content[0] - sent if content else None,
            total=self.answer.ended - sent,
            token_gaps=tuple([after - before for before, after in pairwise(content)]),
            first_reasoning=thought[0] - sent if thought else None,
            sent=sent,
        )

    def _request_id(self) -> str:
        named = (self.answer.headers.get(name) for name in _REQUEST_ID)
        return (next((value for value in named if value), "") or self.assembly.id)[:200]


def _object(data: bytes) -> dict[str, Any]:
    """`data` as a JSON object. Raises BrokenAnswerError when it is none, UTF-8 cut in two included."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BrokenAnswerError from error
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        raise BrokenAnswerError
    return value
