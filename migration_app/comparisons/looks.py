"""The looks that were taken at a run, as its verdict counts them. `due` plans them and says when.

Which samples a look sees is fixed by the plan, never by which answers came first: a look waits for
the last of its samples. A run stops at a look only where every candidate is settled there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from migration_app.evaluation.looks import Looks
from migration_app.runs.models import Run

from .due import last_orders
from .models import Look


@dataclass(frozen=True, slots=True, eq=False)
class TakenLooks:
    """The looks that were taken at a run, as its comparison counts them.

    looks: for the plan; `None` where there was none, so that the run is judged once. counted: the
    samples of the look at which it stopped; `None` where all count.
    """

    rows: Sequence[Look] = ()
    looks: Looks | None = None
    counted: NDArray[np.int64] | None = None
    planned: int = 0

    def plain(self) -> dict[str, Any] | None:
        """For the stored comparison; `None` without looks."""
        if not self.rows:
            return None
        return {
            "planned": self.planned,
            "stopped": self.counted is not None,
            "taken": [
                {"number": row.number, "share": row.share, "samples": row.samples, "settled": row.settled}
                for row in self.rows
            ],
        }


def samples_of(look: Look) -> NDArray[np.int64]:
    """The samples that a look sees, by id."""
    ends = last_orders(look.run)
    return np.array(sorted(pk for pk, order in ends.items() if order <= look.last_order), dtype=np.int64)


def looks_until(look: Look) -> Looks:
    """The looks taken before this one, and this one."""
    before = Look.objects.filter(run=look.run, number__lt=look.number, taken_at__isnull=False)
    return Looks((*before.values_list("share", flat=True), look.share))


def looks_of(run: Run) -> TakenLooks:
    """What a run's comparison has to count."""
    rows = list(run.looks.filter(taken_at__isnull=False))
    if not rows:
        return TakenLooks()
    planned = len(last_orders(run))
    if rows[-1].stopped and run.edition == 1:
        counted = samples_of(rows[-1])
        return TakenLooks(rows, Looks(tuple(row.share for row in rows)), counted, planned)
    return TakenLooks(rows, Looks((*(row.share for row in rows), 1.0)), None, planned)
