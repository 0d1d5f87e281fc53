"""The stage after scoring by rules. Killed anywhere, it goes on where it was.

1. Score what needs no judge; ask the judges about the rest.
2. Wait until their run is through, or was ended by a person.
3. Read the replies; ask once more for those that cannot be read, and wait again.
4. Write the scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from migration_app.evaluation.scorers import Expected
from migration_app.runs.models import Run, RunState
from migration_app.runs.queries import seats_of
from migration_app.runs.reconcile import hint
from migration_app.runs.stages import keep_stage

from ..models import SampleScore
from .marks import as_row, scores_from, without_a_judge
from .planning import add_calls, ask_all, open_judging, questions_about, repairs_of
from .reading import read_replies
from .subjects import Subject, subjects_of

_NOTHING = Expected()


@dataclass(frozen=True, slots=True)
class Step:
    """What the stage came to: done, or waiting for the judges. `feed_ids`: seats to wake for them."""

    done: bool
    feed_ids: tuple[int, ...] = ()


def judge_run(*, run: Run) -> Step:
    """Do what can be done now."""
    judging = _ask(run)
    if judging is None:
        return Step(done=True)
    judging.refresh_from_db()
    if judging.state == RunState.RUNNING:
        return Step(done=False, feed_ids=tuple(hint(seats_of(judging))))
    if judging.is_open:
        return Step(done=False)
    unreadable = read_replies(judging)
    if judging.state == RunState.FINISHED and unreadable and add_calls(judging, repairs_of(unreadable)):
        return Step(done=False, feed_ids=tuple(hint(seats_of(judging))))
    _write(run, ended_early=judging.state != RunState.FINISHED)
    return Step(done=True)


def _ask(run: Run) -> Run | None:
    """Ask the judges what was not asked yet. Returns their run, None where no judge is needed."""
    judging: Run | None = Run.objects.filter(parent=run).first()
    for chunk in subjects_of(run):
        waiting = _score_at_once(chunk)
        if waiting and judging is None:
            judging = open_judging(run)
            if judging is None:
                _store(
                    [as_row(one.item, one.scorer.name, one.scorer(one.answer, _NOTHING)) for one in waiting]
                )
                continue
        if waiting and judging is not None and judging.state != RunState.CANCELLED:
            ask_all(judging, questions_about(waiting))
        keep_stage(run.pk, RunState.JUDGING)
    return judging


def _score_at_once(subjects: Sequence[Subject]) -> list[Subject]:
    """Store the scores that need no judge; the subjects that do."""
    known = [(subject, without_a_judge(subject)) for subject in subjects]
    _store([as_row(subject.item, subject.scorer.name, score) for subject, score in known if score])
    return [subject for subject, score in known if score is None]


def _write(run: Run, *, ended_early: bool) -> None:
    for chunk in subjects_of(run):
        _store(scores_from(chunk, ended_early))
        keep_stage(run.pk, RunState.JUDGING)


def _store(rows: list[SampleScore]) -> None:
    SampleScore.objects.bulk_create(rows, ignore_conflicts=True)
