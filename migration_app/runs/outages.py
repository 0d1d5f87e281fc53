"""A connection that is out is asked once in a while, by one worker, until it answers again.

    faults in a row ──► out: every candidate of the connection waits
                          │  one probe when the wait is over (`claims.claim`), then a longer wait
                          ├──► it answers: everybody goes on
                          └──► nothing for 15 minutes: stopped with a sentence (`settling.py`)

While it is out, a fault of the vendor's uses up no try.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Case, F, FloatField, When
from django.db.models.functions import Greatest

from migration_app.clock import DatabaseNow
from migration_app.evaluation.wording import english

from .events import log
from .leases import lock_run
from .models import RunCandidate
from .retries import OUT, UNREACHABLE, probe_wait


@transaction.atomic
def begin_outage(run_id: Any, connection_id: Any) -> None:
    """Let every candidate of the connection wait, and ask by probes from now on."""
    lock_run(run_id)
    entries = RunCandidate.objects.filter(run_id=run_id, connection_id=connection_id)
    if entries.filter(is_out=False).update(
        is_out=True,
        waiting_until=Greatest(F("waiting_until"), DatabaseNow() + probe_wait(0.0)),
        waiting_reason=OUT,
        unanswered_since=silent_since(),
    ):
        log(
            run_id,
            english(
                "{entries} does not answer. It is tried again now and then; the others go on.",
                entries=_name(entries),
            ),
        )


def silent_since() -> Case:
    """Since when a candidate has answered nothing: since now, unless it was silent already."""
    return Case(
        When(unanswered_since=0.0, then=DatabaseNow()),
        default=F("unanswered_since"),
        output_field=FloatField(),
    )


@transaction.atomic
def end_outage(run_id: Any, connection_id: Any) -> None:
    """It answered: everybody goes on."""
    lock_run(run_id)
    entries = RunCandidate.objects.filter(run_id=run_id, connection_id=connection_id)
    if entries.filter(is_out=True).update(is_out=False, unanswered_since=0.0):
        entries.filter(waiting_reason__in=[OUT, UNREACHABLE]).update(waiting_until=0, waiting_reason="")
        log(run_id, english("{entries} answers again.", entries=_name(entries)))


def _name(entries: Any) -> str:
    return str(entries.values_list("connection__name", flat=True).first())
