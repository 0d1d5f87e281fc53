"""What a feed needs to know of its lane, read once when it takes its seat."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from migration_app.candidates.endpoints import endpoint_of
from migration_app.candidates.prices import thaw
from migration_app.candidates.secrets import SecretUnreadable
from migration_app.evaluation.outcomes import Failed, FailureKind, Retry
from migration_app.evaluation.price_lists import Price
from migration_app.providers.endpoints import Endpoint

from ..leases import take_seat
from ..models import Feed, RunCandidate
from ..pacing import Limit, limits_of
from ..requests import settings_from
from ..schedule import Schedule, is_open


@dataclass(slots=True)
class Work:
    """A seat, its lane, and how to speak to each of the lane's candidates."""

    feed_id: int
    token: int
    slots: int
    lane_id: int
    run_id: Any
    endpoints: dict[int, Endpoint | Failed] = field(default_factory=dict)
    prices: dict[int, Price | None] = field(default_factory=dict)
    connections: dict[int, Any] = field(default_factory=dict)  # ids, by candidate
    allowed: int | None = None  # calls at a time that the vendor bore in the last slice
    # Those that have a limit a minute, by candidate: its connection's, on requests and on tokens.
    limits: dict[int, tuple[Any, Limit | None, Limit | None]] = field(default_factory=dict)
    settings: Any = None
    has_schedule: bool = False  # the load is open
    schedule: Schedule | None = None  # once the lane's models are warm
    asks_samples: bool = True  # False: each item brings a request of its own


def open_work(feed_id: int) -> Work | None:
    """Take the seat and read what is needed; None when somebody sits there."""
    token = take_seat(feed_id)
    if token is None:
        return None
    feed = Feed.objects.select_related("lane__run__assessment").get(pk=feed_id)
    run = feed.lane.run
    work = Work(feed_id, token, feed.slots, feed.lane_id, run.pk, allowed=feed.allowed)
    work.settings = settings_from(run.assessment.settings)
    work.asks_samples = run.parent_id is None
    work.has_schedule = is_open(run)
    for entry in RunCandidate.objects.filter(lane=feed.lane).select_related("connection"):
        work.connections[entry.pk] = entry.connection_id
        work.endpoints[entry.pk] = _endpoint(entry)
        work.prices[entry.pk] = thaw(entry.price)
        if isinstance(endpoint := work.endpoints[entry.pk], Endpoint):
            requests, tokens = limits_of(entry.connection, endpoint.api_key)
            if requests or tokens:
                work.limits[entry.pk] = (entry.connection_id, requests, tokens)
    return work


def _endpoint(entry: RunCandidate) -> Endpoint | Failed:
    try:
        return endpoint_of(entry.connection, model=entry.model)
    except SecretUnreadable as error:
        return Failed(FailureKind.UNAUTHORISED, str(error), Retry.PARK, reached=False)
