"""What killed feeds left on this machine: their journals are read, and nothing they knew is lost.

    answered        settled, as the feed would have done
    never sent      given back, uncharged
    sent, no more   their leases end now: `reconcile.expire_leases` charges them as *unknown*
    the seat        is free at once

A journal's lock tells whether its process lives. Every step is fenced by the tokens of the leases,
so a journal that is read twice, late, or for a database that knows nothing of it changes nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DatabaseError, OperationalError

from migration_app.candidates.prices import thaw
from migration_app.evaluation.conversations import ToolCall
from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Outcome, Retry, Timing, Usage

from .journal import folder, records
from .leases import Claimed, leave_seat, let_expire, release
from .models import Run, RunCandidate
from .settling import Result, settle

logger = logging.getLogger(__name__)

_BATCH = 500


@dataclass(slots=True)
class Left:
    """What a journal says: its seat (feed, token), its run, and each call by its lease's token."""

    seat: tuple[int, int] | None = None
    run_id: UUID | None = None
    held: dict[int, Claimed] = field(default_factory=dict)
    sent: set[int] = field(default_factory=set)
    answers: dict[int, Result] = field(default_factory=dict)


def recover() -> int:
    """Put to use what the dead left on this machine; how many of their answers were stored.

    Two at once do no harm: a journal is read by whoever locks it.
    """
    return sum(map(_recover_one, _journals()))


def _recover_one(paths: Sequence[Path]) -> int:
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(_locked(path)) for path in paths]
        dead = [file for file in files if file is not None]
        if len(dead) < len(files) or not any(os.fstat(file).st_size for file in dead):
            return 0  # it lives, or is about to begin
        try:
            stored = _put_to_use(_read(dead))
        except OperationalError:
            raise  # the database is away: the journal waits for it
        except Exception:
            logger.exception("A killed feed's journal cannot be put to use; it is kept beside the others.")
            for path in paths:
                path.rename(path.with_name(f"{path.name}.failed"))
            return 0
        for path in paths:
            path.unlink(missing_ok=True)
    return stored


def _journals() -> list[list[Path]]:
    together: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder().glob("*-*.[01]")):
        together[path.stem].append(path)
    return list(together.values())


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int | None]:
    """The file, locked; None when its process lives, somebody else reads it, or nobody can tell."""
    try:
        # For writing too: network file systems give no exclusive lock on what is only read (flock(2)).
        file = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    try:
        yield file if _takes_lock(file, path) else None
    finally:
        os.close(file)


def _takes_lock(file: int, path: Path) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        # Read as if its process lived: what it held becomes unknown once the leases are over.
        logger.warning("Whether %s is a dead feed's cannot be told: %s", path, error)
        return False
    return True


def _read(files: Sequence[int]) -> Left:
    left = Left()
    for file in files:
        for record in records(file):
            try:
                _note(left, *record)
            except (TypeError, ValueError, KeyError) as error:
                logger.warning("A record of a killed feed makes no sense and is passed over: %s", error)
    return left


def _note(left: Left, kind: str, *said: Any) -> None:
    if kind == "seat":
        left.seat, left.run_id = (int(said[0]), int(said[1])), UUID(said[2])
    elif kind == "held":
        left.held |= {claimed["token"]: Claimed(**claimed) for claimed in said[0]}
        left.sent |= {*said[1]}
    elif kind == "sent":
        left.sent.add(said[0])
    elif kind == "answer":
        result = _result(said[1], completed=said[0])
        left.answers[result.claimed.token] = result


def _put_to_use(left: Left) -> int:
    if left.run_id is None or left.seat is None or not Run.objects.filter(pk=left.run_id).exists():
        return 0
    stored = _settle(left.run_id, list(left.answers.values()))
    unsent = left.held.keys() - left.sent - left.answers.keys()
    release(left.run_id, [left.held[token] for token in unsent])
    let_expire([left.held[token] for token in left.held.keys() - unsent - left.answers.keys()])
    leave_seat(*left.seat)
    logger.warning("A feed was killed: %s of its answers are stored, %s calls not sent.", stored, len(unsent))
    return stored


def _settle(run_id: UUID, results: Sequence[Result]) -> int:
    prices = {entry.pk: thaw(entry.price) for entry in RunCandidate.objects.filter(run=run_id)}
    stored = 0
    for start in range(0, len(results), _BATCH):
        batch = results[start : start + _BATCH]
        try:
            stored += settle(run_id, batch, prices)
        except OperationalError:
            raise
        except (DatabaseError, KeyError):
            # One answer that cannot be stored must not keep the others from it.
            stored += sum(_settle_alone(run_id, result, prices) for result in batch)
    return stored


def _settle_alone(run_id: UUID, result: Result, prices: Any) -> int:
    try:
        return settle(run_id, [result], prices)
    except OperationalError:
        raise
    except (DatabaseError, KeyError):
        logger.exception("An answer of a killed feed cannot be stored.")
        return 0


def _result(said: dict[str, Any], *, completed: bool) -> Result:
    claimed, outcome = Claimed(**said["claimed"]), said["outcome"]
    read = _completed(outcome) if completed else _failed(outcome)
    began = datetime.fromisoformat(said["started_at"])
    return Result(**said | {"claimed": claimed, "outcome": read, "started_at": began})


def _completed(said: dict[str, Any]) -> Outcome:
    calls = tuple(ToolCall(**call) for call in said["tool_calls"])
    return Completed(**said | {"usage": _usage(said), "timing": _timing(said), "tool_calls": calls})


def _failed(said: dict[str, Any]) -> Outcome:
    kind, retry = FailureKind(said["kind"]), Retry(said["retry"])
    return Failed(**said | {"usage": _usage(said), "timing": _timing(said), "kind": kind, "retry": retry})


def _usage(said: dict[str, Any]) -> Any:
    return said["usage"] and Usage(**said["usage"])


def _timing(said: dict[str, Any]) -> Any:
    timing = said["timing"]
    return timing and Timing(**timing | {"token_gaps": tuple(timing["token_gaps"])})
