"""Asking more in a run that is there: what failed, more samples, one more model.

    finished ──► a new edition ──► running ──► scored, compared and reported anew
    running, waiting ────────────► running

What was answered is never asked again. A report that was there stays as it was frozen. Each
verb is an absolute wish (*so many samples*, *this model too*), so that saying it twice, as a
double click does, changes nothing more.

Whatever is asked leaves the machine now, so the rules on data and licences are held against it as
they are now: `accepts_conflicts` is why it is sent although one is broken, as a sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Count, F, Max, QuerySet
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import User
from migration_app.candidates.models import Candidate
from migration_app.evaluation.wording import english
from migration_app.workloads.models import Sample

from ..conflicts import acceptance, conflicts_asking, to_accept
from ..events import log
from ..models import (
    Assessment,
    Extension,
    ExtensionKind,
    Item,
    ItemState,
    Run,
    RunCandidate,
    RunState,
)
from ..money import BeyondLedger
from ..planning import add_feeds, add_items, choose_samples, enter_candidates, reschedule
from .assessments import MAX_CANDIDATES
from .errors import CannotChange, CannotStart
from .refusals import refuse_unexplained, refuse_unpriced
from .reopening import edition_after, go_on, locked_run, reopen
from .start import note_acceptance


@transaction.atomic
def ask_failed_again(*, run: Run, user: User | None, accepts_conflicts: str = "") -> tuple[int, ...]:
    """Give every item that failed three new tries, and ask what an early end left out.

    Returns the feeds to wake; none when there is nothing to ask. Raises CannotChange.
    """
    locked = locked_run(run)
    failed = Item.objects.filter(run=locked, state=ItemState.FAILED)
    counts = _by_candidate(failed)
    # A run that is still asking comes to what waits by itself.
    waiting = {} if locked.state != RunState.FINISHED else _by_candidate(_waiting(locked))
    if not counts and not waiting:
        return ()
    _accept(locked, _models(locked, counts.keys() | waiting.keys()), accepts_conflicts, user)
    for pk, count in sorted(counts.items()):
        RunCandidate.objects.filter(pk=pk).update(items_failed=F("items_failed") - count)
    # Earlier tries stay as attempts; they count no more towards the three.
    reschedule(locked, failed)
    failed.update(state=ItemState.PENDING, refusals=F("tries"), not_before=0)
    asked = sum(counts.values()) + sum(waiting.values())
    return go_on(locked, ExtensionKind.FAILURES, asked, user)


@transaction.atomic
def extend_samples(*, run: Run, user: User | None, to: int, accepts_conflicts: str = "") -> tuple[int, ...]:
    """Ask every model `to` samples of the workload in all; those it answered are not asked again.

    Returns the feeds to wake; none when the run has as many already. Raises CannotChange.
    """
    locked = locked_run(run)
    assessment = Assessment.objects.select_for_update().select_related("workload").get(pk=run.assessment_id)
    asked = set(_asked(locked))
    samples = [sample for sample in choose_samples(assessment, to) if sample.pk not in asked]
    if to <= len(asked) or not samples:
        return ()
    entries = list(locked.candidates.order_by("position"))
    _accept(locked, _models(locked, {entry.pk for entry in entries}), accepts_conflicts, user)
    added = _add(locked, entries, samples)
    assessment.sample_limit = None if to >= assessment.workload.sample_count else to
    assessment.save(update_fields=["sample_limit"])
    return go_on(locked, ExtensionKind.SAMPLES, added, user)


@transaction.atomic
def add_candidate(
    *, run: Run, user: User | None, candidate: Candidate, accepts_conflicts: str = ""
) -> tuple[int, ...]:
    """Ask one more model the same samples. Returns the feeds to wake; none when it takes part already.

    Raises CannotChange, also where its price is unknown and a cap must be kept.
    """
    locked = locked_run(run)
    if locked.candidates.filter(candidate=candidate).exists():
        return ()
    _refuse(locked, candidate)
    _accept(locked, [candidate], accepts_conflicts, user)
    samples = list(Sample.objects.filter(pk__in=_asked(locked)).order_by("position", "pk"))
    last = locked.candidates.aggregate(last=Max("position"))["last"]
    following = edition_after(locked)
    locked.edition, before = following, locked.edition
    (entry,) = enter_candidates(locked, [candidate], first=last + 1)
    locked.edition = before
    added = _add(locked, [entry], samples)
    locked.assessment.candidates.add(candidate)
    return go_on(locked, ExtensionKind.CANDIDATE, added, user, subject=candidate.label)


@transaction.atomic
def weigh_reviews(*, run: Run, user: User | None, reviews: int) -> RunState:
    """Compare a finished run anew with what people said since, in a new edition. Returns the next stage.

    Nothing is asked of any model. Raises CannotChange.
    """
    locked = locked_run(run)
    if locked.state != RunState.FINISHED:
        raise CannotChange(_("The run is still asking. Weigh the reviews once its report is there."))
    edition = edition_after(locked)
    reopen(locked, edition, RunState.COMPARING)
    Extension.objects.create(
        run=locked,
        kind=ExtensionKind.REVIEWS,
        requests=reviews,
        edition=edition,
        after_report=locked.extensions.filter(after_report=True).exists(),
        created_by=user,
    )
    log(
        locked.pk,
        english("One review is weighed.")
        if reviews == 1
        else english("{count:,} reviews are weighed.", count=reviews),
    )
    record(team=run.team, user=user, verb=english("weighed reviews of"), subject=str(run))
    return RunState.COMPARING


def _refuse(run: Run, candidate: Candidate) -> None:
    if candidate.team_id != run.team_id:
        raise CannotChange(_("Choose a model of your own team."))
    if candidate.archived_at or candidate.connection.archived_at:
        raise CannotChange(_("{name} is archived. Choose another model.").format(name=candidate.label))
    if run.candidates.count() >= MAX_CANDIDATES:
        raise CannotChange(
            _("A run compares at most {count} models with today's.").format(count=MAX_CANDIDATES - 1)
        )
    if run.cap_nanos is not None or (run.ledger and run.ledger.cap_nanos is not None):
        try:
            refuse_unpriced([candidate], run.currency)
        except CannotStart as refusal:
            raise CannotChange(str(refusal)) from refusal


def _accept(run: Run, asked: Sequence[Candidate], reason: str, user: User | None) -> None:
    """Keep why requests are sent against a rule. Raises CannotChange where nobody says it."""
    broken = to_accept(conflicts_asking(asked, run.assessment), run.assessment)
    try:
        refuse_unexplained(broken, reason)
    except CannotStart as refusal:
        raise CannotChange(str(refusal)) from refusal
    if broken:
        accepted = acceptance(broken, reason, user)
        Run.objects.filter(pk=run.pk).update(accepted=[*run.accepted, accepted])
        note_acceptance(run, accepted, user)


def _asked(run: Run) -> QuerySet[Item, int]:
    """Keys of the samples that the run asks about."""
    return Item.objects.filter(run=run).order_by().values_list("sample_id", flat=True).distinct()


def _by_candidate(items: QuerySet[Item]) -> dict[int, int]:
    """How many there are of each of the run's models, by its entry's key."""
    return dict(items.order_by().values_list("run_candidate").annotate(count=Count("pk")))


def _models(run: Run, entries: Collection[int]) -> list[Candidate]:
    asked = run.candidates.filter(pk__in=entries).select_related("candidate__connection")
    return [entry.candidate for entry in asked]


def _waiting(run: Run) -> QuerySet[Item]:
    return Item.objects.filter(run=run, state=ItemState.PENDING)


def _add(run: Run, entries: list[RunCandidate], samples: list[Sample]) -> int:
    add_feeds(run)
    last = Item.objects.filter(run=run).aggregate(last=Max("order"))["last"]
    try:
        added = add_items(run, entries, samples, first_order=0 if last is None else last + 1)
    except BeyondLedger as error:
        raise CannotChange(str(error)) from error
    each = added // len(entries)
    RunCandidate.objects.filter(pk__in=[entry.pk for entry in entries]).update(
        items_total=F("items_total") + each
    )
    Run.objects.filter(pk=run.pk).update(items_total=F("items_total") + added)
    return added
