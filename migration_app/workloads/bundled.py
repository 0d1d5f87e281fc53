"""Gives a team a workload that comes with Crossover, for a first look without data of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from migration_app.accounts.models import Team, User
from migration_app.evaluation.wording import english

from .actions import create_workload_from_samples
from .models import Workload
from .samples import SAMPLE_WORKLOADS, SampleWorkload


def rows_of(bundled: SampleWorkload) -> Iterator[dict[str, Any]]:
    with bundled.path.open("rb") as file:
        yield from (orjson.loads(line) for line in file if line.strip())


def add_bundled(*, team: Team, user: User | None, key: str = "support-desk") -> Workload:
    """Give the team a bundled workload; the one that it has already when asked twice."""
    bundled = SAMPLE_WORKLOADS[key]
    return create_workload_from_samples(
        team=team,
        user=user,
        name=bundled.name,
        rows=rows_of(bundled),
        source=english("Bundled with Crossover"),
        description=bundled.description,
        scoring=bundled.scoring(),
    )
