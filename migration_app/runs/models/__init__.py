"""Runs: a question, its plan, and every call that was made to answer it.

Money is kept as whole nanos (10⁻⁹ of the run's currency), so that sums in the database are
exact on every engine. Lease times are seconds since the epoch on the *database's* clock.
"""

from __future__ import annotations

from .assessments import Assessment, Load
from .attempts import Attempt, AttemptState, WarmUp, WarmUpState
from .events import ClockReading, RunEvent
from .items import MAX_TRIES, SUSPECT, Item, ItemState, OwnRequest
from .lanes import Feed, Lane, RunCandidate
from .ledgers import TeamLedger
from .runs import ENDED, STAGES, WAITING, Extension, ExtensionKind, Run, RunState

__all__ = [
    "ENDED",
    "MAX_TRIES",
    "STAGES",
    "SUSPECT",
    "WAITING",
    "Assessment",
    "Attempt",
    "AttemptState",
    "ClockReading",
    "Extension",
    "ExtensionKind",
    "Feed",
    "Item",
    "ItemState",
    "Lane",
    "Load",
    "OwnRequest",
    "Run",
    "RunCandidate",
    "RunEvent",
    "RunState",
    "TeamLedger",
    "WarmUp",
    "WarmUpState",
]
