"""The run of judges: what each is asked, written as items that the engine replays like any others."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from migration_app.candidates.prices import thaw
from migration_app.evaluation.judge_questions import (
    MAX_REPLY_TOKENS,
    Material,
    comparing_messages,
    grading_messages,
    repair_messages,
)
from migration_app.evaluation.pricing import most_a_call_can_cost
from migration_app.evaluation.scorers.judged import PairwiseJudge, RubricJudge
from migration_app.evaluation.wording import english
from migration_app.runs.events import log
from migration_app.runs.judges import judges_of
from migration_app.runs.models import Item, OwnRequest, Run, RunCandidate, RunState
from migration_app.runs.money import to_nanos
from migration_app.runs.planning import add_feeds, enter_candidates
from migration_app.runs.requests import own_input_tokens_at_most

from ..models import Judgement, Order
from .subjects import Subject, answer_of

_ORDERS = tuple(Order)


@dataclass(frozen=True, slots=True)
class Question:
    """One call to plan: what is asked, about which answer, in which order."""

    subject: Item
    messages: list[dict[str, str]]
    order: Order = Order.ALONE
    repairs: Judgement | None = None


@transaction.atomic
def open_judging(run: Run) -> Run | None:
    """The run of judges that belongs to `run`, made when it is first needed; None without judges."""
    run = Run.objects.select_for_update().get(pk=run.pk)
    if found := Run.objects.filter(parent=run).first():
        return found
    judges = judges_of(run.assessment)
    if not judges:
        return None
    judging = Run.objects.create(
        team_id=run.team_id,
        created_by_id=run.created_by_id,
        assessment_id=run.assessment_id,
        parent=run,
        number=0,
        currency=run.currency,
        cap_nanos=run.assessment.judging.get("cap_nanos"),
        ledger_id=run.ledger_id,
    )
    enter_candidates(judging, judges)
    add_feeds(judging)
    return judging


def questions_about(subjects: Iterable[Subject]) -> list[Question]:
    """What a judge is asked about answers that need one."""
    return [question for subject in subjects for question in _questions(subject)]


def _questions(subject: Subject) -> list[Question]:
    scorer: Any = subject.scorer
    sample = subject.item.sample
    material = Material(sample.messages, sample.references if scorer.show_reference else ())
    if isinstance(scorer, RubricJudge):
        return [Question(subject.item, grading_messages(scorer.rubric, material, subject.answer, _word()))]
    assert isinstance(scorer, PairwiseJudge)
    assert subject.rival is not None
    own, rival = subject.answer, answer_of(subject.rival)
    straight = comparing_messages(scorer.rubric, material, own, rival, _word())
    swapped = comparing_messages(scorer.rubric, material, rival, own, _word())
    return [
        Question(subject.item, straight, Order.STRAIGHT),
        Question(subject.item, swapped, Order.SWAPPED),
    ]


def _word() -> str:
    """What only somebody who read the instructions can say: no answer was written with it in view."""
    return secrets.token_hex(4)


def repairs_of(unreadable: Sequence[tuple[Judgement, str]]) -> list[tuple[RunCandidate, Question]]:
    """The same questions once more, each with the reply that could not be read."""
    requests = OwnRequest.objects.in_bulk([judgement.item_id for judgement, _ in unreadable])
    return [
        (
            judgement.judge,
            Question(
                judgement.subject,
                repair_messages(requests[judgement.item_id].request["messages"], reply),
                Order(judgement.order),
                judgement,
            ),
        )
        for judgement, reply in unreadable
    ]


def ask_all(judging: Run, questions: Sequence[Question]) -> int:
    """Ask every judge every question that it was not asked yet; how many calls were added."""
    entries = list(judging.candidates.select_related("lane"))
    return add_calls(judging, [(entry, question) for question in questions for entry in entries])


@transaction.atomic
def add_calls(judging: Run, wanted: Sequence[tuple[RunCandidate, Question]]) -> int:
    """Write calls to judges, each once, shuffled; the run goes on if it had ended."""
    Run.objects.select_for_update().only("pk").get(pk=judging.pk)
    asked = set(
        Judgement.objects.filter(subject__in={question.subject.pk for _, question in wanted}).values_list(
            "judge_id", "subject_id", "order", "repairs_id"
        )
    )
    missing = [pair for pair in wanted if _key(*pair) not in asked]
    if not missing:
        return 0
    random.Random(judging.assessment.seed).shuffle(missing)
    first = judging.items.count()
    items = Item.objects.bulk_create(
        _item(judging, entry, question, first + place) for place, (entry, question) in enumerate(missing)
    )
    OwnRequest.objects.bulk_create(
        OwnRequest(item=item, request=_request(question))
        for item, (_, question) in zip(items, missing, strict=True)
    )
    Judgement.objects.bulk_create(
        Judgement(
            item=item, judge=entry, subject=question.subject, order=question.order, repairs=question.repairs
        )
        for item, (entry, question) in zip(items, missing, strict=True)
    )
    _count(judging, [entry for entry, _ in missing])
    return len(missing)


def _key(entry: RunCandidate, question: Question) -> tuple[Any, ...]:
    repairs = question.repairs.pk if question.repairs else None
    return (entry.pk, question.subject.pk, question.order.value, repairs)


def _request(question: Question) -> dict[str, Any]:
    return {"messages": question.messages, "max_output_tokens": MAX_REPLY_TOKENS}


def _item(judging: Run, entry: RunCandidate, question: Question, place: int) -> Item:
    return Item(
        run=judging,
        lane_id=entry.lane_id,
        run_candidate=entry,
        sample_id=question.subject.sample_id,
        repetition=_number(question),
        order=place,
        reserve_nanos=_ceiling(entry, question),
    )


def _number(question: Question) -> int:
    """Tells a judge's questions about one sample apart: candidate, repetition, order, repair."""
    subject = question.subject
    which = subject.repetition * 8 + subject.run_candidate.position
    return (which * 3 + _ORDERS.index(question.order)) * 2 + (question.repairs is not None)


def _ceiling(entry: RunCandidate, question: Question) -> int:
    price = thaw(entry.price)
    if price is None:
        return 0
    tokens = own_input_tokens_at_most(_request(question))
    most = most_a_call_can_cost(price, tokens, MAX_REPLY_TOKENS, settings.CALL_DEADLINE_SECONDS)
    return to_nanos(most or Decimal(0))


def _count(judging: Run, entries: Sequence[RunCandidate]) -> None:
    Run.objects.filter(pk=judging.pk).update(items_total=F("items_total") + len(entries))
    for entry in {entry.pk: entry for entry in entries}.values():
        added = sum(other.pk == entry.pk for other in entries)
        RunCandidate.objects.filter(pk=entry.pk).update(items_total=F("items_total") + added)
    if Run.objects.filter(pk=judging.pk, state=RunState.FINISHED).update(
        state=RunState.RUNNING, finished_at=None
    ):
        log(judging.pk, english("{entries:,} more questions to the judges.", entries=len(entries)))
