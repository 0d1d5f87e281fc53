"""Blind review: two answers side by side, no names, one key for each word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from migration_app.comparisons.review_advice import review_advice
from migration_app.evaluation.findings import FEWEST_LABELS
from migration_app.evaluation.judging import LABELS_WANTED
from migration_app.pipeline import control
from migration_app.runs.actions import CannotChange
from migration_app.runs.judges import needs_judge
from migration_app.runs.models import Run
from migration_app.scoring.models import ReviewRound
from migration_app.scoring.reviews import (
    MOST_SAMPLES,
    Agreement,
    CannotReview,
    Shown,
    agreement_of,
    bring_back,
    draw_more,
    hidden_names,
    label_case,
    next_case,
    reviews_of,
    skip_case,
    take_back,
    without_names,
)
from migration_app.scoring.reviews.hiding import HIDDEN

from .access import may_write, team_object_or_404, user_of, writer_required
from .navigation import result_tabs
from .samples import turn_of

_LONGEST = 40_000  # characters of one text on the page
SKIP = "skip"  # what the page sends beside the choices
FEWEST_SHARED = 10  # pairs that several saw, before a word is said about their agreement


class DrawForm(forms.Form):
    """How many requests are reviewed in all."""

    to = forms.IntegerField(min_value=1, max_value=MOST_SAMPLES)

    def __init__(self, *args: Any, least: int = 1, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["to"]
        assert isinstance(field, forms.IntegerField)
        field.label = _("Requests to review")
        field.help_text = _(
            "Drawn at random. With {wanted} for each model, people's choices can correct a judge."
        ).format(wanted=LABELS_WANTED)
        self.initial.setdefault("to", max(least, LABELS_WANTED))


@require_safe
@never_cache
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    run = _run(request, pk)
    round_ = ReviewRound.objects.filter(run=run).first()
    person = user_of(request)
    shown = next_case(round_=round_, reviewer=person) if round_ and may_write(request) else None
    progress = reviews_of(round_, person.pk)
    turns = _turns(shown) if shown else []
    left, right = _answers(run, shown, turns) if shown else ({}, {})
    agreement = agreement_of(run)
    context = {
        "run": run,
        "assessment": run.assessment,
        "round": round_,
        "case": shown,
        "turns": turns,
        "left": left,
        "right": right,
        "progress": progress,
        "advice": review_advice(run, progress.least),
        "fewest": FEWEST_LABELS,
        "agreement": agreement,
        "agreement_words": agreement_words(agreement) if agreement else "",
        "judged": needs_judge(run.assessment),
        "draw": DrawForm(initial={"to": 2 * round_.samples} if round_ else {}),
        "tabs": result_tabs(run.pk, "review"),
    }
    return render(request, "reviews/review.html", context)


@require_POST
@writer_required
def review_draw(request: HttpRequest, pk: UUID) -> HttpResponse:
    run = _run(request, pk)
    form = DrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["to"])))
        return redirect("review", pk)
    try:
        draw_more(run=run, user=user_of(request), to=form.cleaned_data["to"])
    except CannotReview as refusal:
        messages.error(request, str(refusal))
    return redirect("review", pk)


@require_POST
@writer_required
def review_label(request: HttpRequest, pk: UUID) -> HttpResponse:
    round_ = _round(request, pk)
    case = request.POST.get("case", "")
    if not (case.isascii() and case.isdigit() and len(case) < 18):
        raise Http404(_("This review has no such case."))
    choice, reviewer = request.POST.get("choice", ""), user_of(request)
    if choice == SKIP:
        kept = skip_case(round_=round_, case_id=int(case), reviewer=reviewer)
    else:
        kept = label_case(round_=round_, case_id=int(case), reviewer=reviewer, choice=choice)
    if not kept:
        raise Http404(_("This review has no such case."))
    return redirect("review", pk)


@require_POST
@writer_required
def review_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    if not take_back(round_=_round(request, pk), reviewer=user_of(request)):
        messages.error(request, _("There is nothing to take back."))
    return redirect("review", pk)


@require_POST
@writer_required
def review_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have the pairs that this reviewer skipped come again."""
    bring_back(round_=_round(request, pk), reviewer=user_of(request))
    return redirect("review", pk)


@require_POST
@writer_required
def review_weigh(request: HttpRequest, pk: UUID) -> HttpResponse:
    run = _run(request, pk)
    progress = reviews_of(ReviewRound.objects.filter(run=run).first())
    if not progress.labelled:
        messages.error(request, _("Nobody has reviewed an answer yet."))
        return redirect("review", pk)
    try:
        control.weigh_reviews(run=run, user=user_of(request), reviews=progress.labelled)
        messages.success(request, _("The verdict is worked out anew with the reviews."))
    except CannotChange as refusal:
        messages.error(request, str(refusal))
        return redirect("review", pk)
    return redirect("run", pk)


def agreement_words(agreement: Agreement) -> str:
    """What the figures mean, by Krippendorff's own limits (2004, chapter 11): 0.8 and two thirds."""
    if agreement.reviewers < 2:
        return _("One person reviewed so far. With a second one, the page says how far people agree.")
    if agreement.shared >= FEWEST_SHARED and agreement.agreed == 1:
        return _("People said the same every time.")
    if agreement.shared < FEWEST_SHARED or agreement.alpha is None:
        return _("Too few pairs were seen by several people to say how far they agree.")
    if agreement.alpha >= 0.8:
        return _("People agree: their word can be relied on.")
    if agreement.alpha >= 2 / 3:
        return _("People mostly agree: good enough for a first conclusion.")
    if agreement.alpha >= 0:
        return _(
            "People often disagree. Say more clearly what makes an answer good before you rely on their word."
        )
    return _("People disagree more than chance would have it. They seem to understand the task differently.")


def _run(request: HttpRequest, pk: UUID) -> Run:
    rows = Run.objects.filter(parent=None).select_related("assessment__workload", "assessment__baseline")
    return team_object_or_404(request, rows, pk)


def _round(request: HttpRequest, pk: UUID) -> ReviewRound:
    round_ = ReviewRound.objects.filter(run=_run(request, pk)).first()
    if round_ is None:
        raise Http404(_("Nothing is being reviewed in this run."))
    return round_


def _turns(shown: Shown) -> list[dict[str, str]]:
    turns = [turn_of(message) for message in shown.messages]
    return [{"speaker": turn["speaker"], "text": _cut(turn["text"])} for turn in turns]


def _answers(run: Run, shown: Shown, turns: list[dict[str, str]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both answers, with models' names covered unless the request speaks of them."""
    names, asked = hidden_names(run), "\n".join(turn["text"] for turn in turns)
    covered = lambda text: without_names(_cut(text), names, asked)  # noqa: E731
    return _answer(shown.left, covered), _answer(shown.right, covered)


def _answer(attempt: Any, covered: Callable[[str], str]) -> dict[str, Any]:
    calls = [f"{call.get('name')}({covered(str(call.get('arguments', '')))})" for call in attempt.tool_calls]
    text = covered(attempt.text)
    return {"text": text, "calls": calls, "names_hidden": HIDDEN in text}


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " […]"


urlpatterns = [
    path("runs/<uuid:pk>/review/", review, name="review"),
    path("runs/<uuid:pk>/review/draw/", review_draw, name="review-draw"),
    path("runs/<uuid:pk>/review/label/", review_label, name="review-label"),
    path("runs/<uuid:pk>/review/undo/", review_undo, name="review-undo"),
    path("runs/<uuid:pk>/review/again/", review_again, name="review-again"),
    path("runs/<uuid:pk>/review/weigh/", review_weigh, name="review-weigh"),
]
