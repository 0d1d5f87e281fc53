"""A run that is over: real rows, real scores, a real comparison, without a network."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from django.utils import timezone

from migration_app.accounts.models import Team
from migration_app.comparisons.actions import compare_run
from migration_app.reports.actions import make_report
from migration_app.runs.actions import start_run
from migration_app.runs.models import (
    Assessment,
    Attempt,
    AttemptState,
    Item,
    ItemState,
    OwnRequest,
    Run,
    RunState,
)
from migration_app.scoring.actions import score_run
from migration_app.scoring.judging import judge_run
from tests import builders
from tests.servers.judges import judge_reply

Speak = Callable[[int], str | None]  # the answer to sample n; None is a failed call


def right(index: int) -> str:
    return f"answer{index}x"


def wrong_on(*indexes: int, text: str = "I do not know") -> Speak:
    return lambda index: text if index in indexes else right(index)


def every(step: int, text: str | None = "I do not know") -> Speak:
    """Wrong (or failed) on every `step`-th sample."""
    return lambda index: text if index % step == 0 else right(index)


def replayed(assessment: Assessment, speech: Mapping[str, Speak], seconds: float = 0.4) -> Run:
    """Answer every item as `speech` says, by the option's label, and leave the run to be scored."""
    run = start_run(assessment=assessment, user=builders.person()).run
    dice = random.Random(1)
    items = list(Item.objects.filter(run=run).select_related("run_candidate", "sample").order_by("pk"))
    attempts = []
    for item in items:
        said = speech[item.run_candidate.label](item.sample.position)
        item.state, item.tries = ItemState.DONE if said is not None else ItemState.FAILED, 1
        total = seconds * dice.lognormvariate(0, 0.4) * (1 + item.run_candidate.position / 2)
        cost_nanos = 56_000 // (1 + item.run_candidate.position)
        attempts.append(Attempt(item=item, number=1, **_attempt(said, total, cost_nanos)))
    Item.objects.bulk_update(items, ["state", "tries"], batch_size=200)
    Attempt.objects.bulk_create(attempts)
    Run.objects.filter(pk=run.pk).update(state=RunState.SCORING, replayed_at=timezone.now())
    run.refresh_from_db()
    return run


def judges_say(run: Run, manner: str) -> None:
    """Let scripted judges answer whatever they are asked about the run's answers, to the end."""
    while not judge_run(run=run).done:
        judging = Run.objects.get(parent=run)
        asked = list(OwnRequest.objects.filter(item__run=judging, item__state=ItemState.PENDING))
        Attempt.objects.bulk_create(
            Attempt(item_id=one.pk, number=1, **_attempt(_judgement(manner, one.request), 0.2, 1_000))
            for one in asked
        )
        Item.objects.filter(own_request__in=asked).update(state=ItemState.DONE, tries=1)
        Run.objects.filter(pk=judging.pk).update(state=RunState.FINISHED)


def _judgement(manner: str, request: Mapping[str, list[dict[str, str]]]) -> str:
    return judge_reply(manner, "\n".join(message["content"] for message in request["messages"]))


def _attempt(said: str | None, total: float, cost_nanos: int) -> dict[str, object]:
    if said is None:
        return {
            "state": AttemptState.FAILED,
            "failure": "timeout",
            "message": "No answer within 120 seconds.",
        }
    return {
        "state": AttemptState.COMPLETED,
        "text": said,
        "finish_reason": "stop",
        "total": total,
        "ttft": total / 4,
        "first_byte": total / 8,
        "input_tokens": 40,
        "output_tokens": 8,
        "cost_nanos": cost_nanos,
        "token_gaps": [total / 16] * 7,
    }


def finished(assessment: Assessment, speech: Mapping[str, Speak]) -> Run:
    """Replayed, scored, compared and reported; the PDF is not made."""
    return concluded(replayed(assessment, speech))


def concluded(run: Run) -> Run:
    """Scored, compared and reported."""
    score_run(run=run)
    compare_run(run=run)
    make_report(run=run)
    Run.objects.filter(pk=run.pk).update(state=RunState.FINISHED, finished_at=timezone.now())
    run.refresh_from_db()
    return run


def a_question(team: Team, *labels: str, samples: int = 60, **fields: object) -> Assessment:
    """The first label is the baseline's."""
    connection = builders.a_connection(team, "http://127.0.0.1:9/v1")
    baseline, *others = [builders.a_candidate(connection, label.lower(), label=label) for label in labels]
    workload = builders.a_workload(team, samples)
    return builders.a_question(team, workload, baseline, *others, **({"name": "Support desk"} | fields))
