"""An open load: requests leave at their own times, whatever the answers do.

    plan ──► due (seconds after zero, per candidate, seeded) ──► claimed a second ahead ──► sent when due

A latency is counted from the moment a request was *due*. Where all the calls that may be in flight
are, the next one waits, and its wait is lateness that counts: a server that stalls cannot hide it by
keeping requests from being sent (coordinated omission).

The schedule stands still while no feed keeps it: a pause, a deployment or a crash of ours is no
vendor's lateness. All feeds of a lane share its row, and with it one schedule.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

from django.db import connection, transaction

from migration_app.clock import database_now
from migration_app.evaluation.wording import english

from .events import log
from .models import Assessment, Lane, Load, Run

MOST_IN_FLIGHT = 256  # calls of a lane at a time; beyond it requests are late, and counted as late
AHEAD_SECONDS = 1.0  # how long before it is due a request is claimed
LATE_SECONDS = 0.1  # a request sent so long after it was due is counted as late
_ABSENT_SECONDS = 5.0  # a schedule that nobody kept for so long stood still meanwhile


def is_open(run: Run) -> bool:
    """Whether the run's requests leave on a schedule. Judges are always asked a few at a time."""
    return run.parent_id is None and run.assessment.load != Load.CLOSED


def moments(assessment: Assessment, position: int, begin: float = 0.0) -> Iterator[float]:
    """When the requests to the candidate at `position` are due: seconds, after `begin`, without end.

    Poisson arrivals have exponential gaps, as requests of many people who do not know of each
    other have; uniform ones are evenly spaced. Seeded: every run of a question has the same.
    """
    assert assessment.peak_per_minute is not None
    gap = 60.0 / assessment.peak_per_minute
    generator = random.Random(f"{assessment.seed}/{position}/{begin}")
    moment = begin
    while True:
        moment += generator.expovariate(1 / gap) if assessment.load == Load.POISSON else gap
        yield moment


@dataclass(slots=True)
class Schedule:
    """A lane's schedule as a feed knows it. zero: its beginning on this machine's monotonic clock."""

    zero: float

    @property
    def now(self) -> float:
        """Seconds on the schedule."""
        return monotonic() - self.zero

    def moment(self, due: float) -> float:
        """When that is due, on the monotonic clock."""
        return self.zero + due


@transaction.atomic
def keep_schedule(lane_id: int) -> Schedule:
    """Say that a feed is there, and where the schedule begins. Begins it where it has not begun."""
    lanes = Lane.objects.filter(pk=lane_id)
    if connection.features.has_select_for_update:
        lanes = lanes.select_for_update()
    lane, now = lanes.get(), database_now()
    here = monotonic()
    zero = now if lane.schedule_zero is None else lane.schedule_zero
    away = now - lane.schedule_seen
    if lane.schedule_zero is not None and abs(away) > _ABSENT_SECONDS:
        zero += away
        log(
            lane.run_id,
            english("The schedule stood still for {away:.0f} seconds, as no worker kept it.", away=abs(away)),
        )
    Lane.objects.filter(pk=lane_id).update(schedule_zero=zero, schedule_seen=now)
    return Schedule(zero=here - (now - zero))
