"""Judges' replies, read strictly. What cannot be read is asked for once more."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from migration_app.evaluation.judge_questions import word_of
from migration_app.evaluation.judge_replies import Reply, read_choice, read_grade
from migration_app.evaluation.wording import english
from migration_app.runs.models import Attempt, AttemptState, OwnRequest, Run

from ..models import Judgement, Order
from .subjects import ENDED

_CHUNK = 500


def read_replies(judging: Run) -> list[tuple[Judgement, str]]:
    """Read every reply that is in and not read yet. Returns those to be asked for again, with the reply."""
    again: list[tuple[Judgement, str]] = []
    while chunk := _unread(judging):
        attempts = {
            attempt.item_id: attempt
            for attempt in Attempt.objects.filter(
                item__in=[judgement.item_id for judgement in chunk], number=F("item__tries")
            )
        }
        requests = OwnRequest.objects.in_bulk([judgement.item_id for judgement in chunk])
        for judgement in chunk:
            word = word_of(requests[judgement.item_id].request["messages"])
            reply = _reply(judgement, attempts.get(judgement.item_id), word)
            _keep(judgement, reply)
            answered = attempts.get(judgement.item_id)
            if reply.problem and judgement.repairs_id is None and answered and _completed(answered):
                again.append((judgement, answered.text))
        fields = ["is_read", "grade", "preference", "reason", "problem"]
        Judgement.objects.bulk_update(chunk, fields, batch_size=100)
    return again


def _unread(judging: Run) -> Sequence[Judgement]:
    ended = Judgement.objects.filter(item__run=judging, item__state__in=ENDED, is_read=False)
    return list(ended.select_related("judge", "subject__run_candidate").order_by("pk")[:_CHUNK])


def _completed(attempt: Attempt) -> bool:
    return attempt.state == AttemptState.COMPLETED


def _reply(judgement: Judgement, attempt: Attempt | None, word: str) -> Reply:
    if attempt is None or not _completed(attempt):
        why = attempt.message if attempt else english("It was never asked.")
        return Reply(problem=english("The judge did not answer: {why}", why=why))
    if attempt.refusal:
        return Reply(problem=english("The judge refused to judge."))
    read = read_grade if judgement.order == Order.ALONE else read_choice
    return read(attempt.text, word)


def _keep(judgement: Judgement, reply: Reply) -> None:
    judgement.is_read = True
    judgement.grade, judgement.preference = reply.grade, reply.preference.value if reply.preference else ""
    judgement.reason, judgement.problem = reply.reason, reply.problem[:300]
