"""Takes a look at a running run, and stops it there where that settles every candidate."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.db.models.functions import Now

from migration_app.evaluation.metrics import summarise
from migration_app.evaluation.wording import english
from migration_app.runs.models import Run
from migration_app.runs.stages import end_early
from migration_app.scoring.actions import score_run

from .columns import read_run
from .cut import cut_to
from .due import claim
from .inputs import plan_of
from .looks import looks_until, samples_of
from .measured import verdicts_of
from .models import Look
from .projection import project_run


def take_look(look_id: int) -> tuple[Run, str] | None:
    """Score and compare the look's samples. The run and its next stage where it stopped, else None.

    1. Claim the look; whoever comes second finds nothing to do.
    2. Score what is in, compare the look's samples at the level that the look may spend.
    3. Write down that it was taken; a look that was seen is spent, whatever it showed.
    4. Where every candidate is settled, end the run there.
    """
    if not claim(look_id):
        return None
    look = Look.objects.select_related("run__assessment").get(pk=look_id)
    stage = _note(look, _is_settled(look))
    return None if stage is None else (look.run, stage)


@transaction.atomic
def _note(look: Look, settled: bool) -> str | None:
    stage = None
    if settled:
        what = english(
            "after {samples:,} of the planned requests every model is settled", samples=look.samples
        )
        stage = end_early(look.run_id, english("Stopped early: {what}.", what=what))
    # None where it ended or was paused meanwhile.
    stopped = stage is not None
    Look.objects.filter(pk=look.pk).update(taken_at=Now(), settled=settled, stopped=stopped)
    return stage


def _is_settled(look: Look) -> bool:
    run = look.run
    score_run(run=run)
    project_run(run)
    samples, cut = cut_to(*read_run(run), samples_of(look), run.assessment.repetitions)
    candidates = list(cut)
    metrics = {columns.entry.pk: summarise(columns.calls, columns.scores) for columns in candidates}
    plan = replace(plan_of(run.assessment), looks=looks_until(look))
    verdicts = verdicts_of(run, plan, samples, candidates, metrics, {})
    return bool(verdicts) and all(verdict.settled for verdict in verdicts.values())
