"""From a question to a plan: which item is asked of whom, in which order."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings as django_settings
from django.db.models import Max, QuerySet

from migration_app.candidates.exchange.queries import rates_of
from migration_app.candidates.models import Candidate, Connection
from migration_app.candidates.prices import thaw
from migration_app.candidates.queries import price_in
from migration_app.candidates.terms.queries import facts_of
from migration_app.evaluation.pricing import most_a_call_can_cost
from migration_app.providers.vendors import vendor_named
from migration_app.workloads.models import Sample

from .models import Assessment, Feed, Item, Lane, Run, RunCandidate
from .money import check_ledger_holds, to_nanos
from .requests import images_of, input_tokens_at_most, settings_from
from .schedule import MOST_IN_FLIGHT, is_open, moments

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Ask:
    """One planned call: indices into the run's candidates and samples."""

    candidate: int
    sample: int
    repetition: int


def shuffled_asks(*, candidates: int, samples: int, repetitions: int, seed: int) -> Iterator[Ask]:
    """Every candidate × sample × repetition, samples shuffled, candidates interleaved in time.

    Within one sample the candidates follow each other in an order that is shuffled anew, so
    that none always goes first: whatever happens to the network or the machine in a given
    minute happens to all of them.
    """
    generator = random.Random(seed)
    blocks = [(sample, repetition) for repetition in range(repetitions) for sample in range(samples)]
    generator.shuffle(blocks)
    order = list(range(candidates))
    for sample, repetition in blocks:
        generator.shuffle(order)
        for candidate in order:
            yield Ask(candidate, sample, repetition)


def choose_samples(assessment: Assessment, limit: int | None = None) -> Sequence[Sample]:
    """All samples, or as many as the limit, in the workload's order.

    Drawn with the assessment's seed so that a larger limit keeps what a smaller one drew. limit:
    instead of the assessment's own.
    """
    samples = list(assessment.workload.samples.all())
    limit = assessment.sample_limit if limit is None else limit
    if limit is None or limit >= len(samples):
        return samples
    drawn = list(range(len(samples)))
    random.Random(assessment.seed).shuffle(drawn)
    return [samples[index] for index in sorted(drawn[:limit])]


def enter_candidates(run: Run, candidates: Sequence[Candidate], first: int = 0) -> list[RunCandidate]:
    """Freeze each candidate as it is now, from position `first` on.

    That at 0 is the baseline, unless the run is one of judges. A price in another currency is
    frozen in the run's, with the team's rate; without one it is unknown.
    """
    rates, entries = rates_of(run.team_id), []
    for position, candidate in enumerate(candidates, first):
        connection = candidate.connection
        entries.append(
            RunCandidate(
                run=run,
                candidate=candidate,
                connection=connection,
                position=position,
                is_baseline=position == 0 and run.parent_id is None,
                edition=run.edition,
                label=candidate.label,
                vendor_label=_host(connection),
                model=candidate.model,
                price=price_in(run.currency, candidate, rates),
                terms=facts_of(candidate),
                lane=_lane(run, candidate),
            )
        )
    return RunCandidate.objects.bulk_create(entries)


def _host(connection: Connection) -> str:
    """Where a model runs: the machine it shares, or the connection's name."""
    if connection.machine:
        return f"{vendor_named(connection.vendor).label} ({connection.machine})"
    return connection.name


def _lane(run: Run, candidate: Candidate) -> Lane:
    connection = candidate.connection
    # What shares a machine takes turns: one call at a time, whoever it is for.
    concurrency = 1 if connection.machine else connection.max_concurrency
    if is_open(run):
        concurrency = MOST_IN_FLIGHT
    lane, _ = Lane.objects.get_or_create(
        run=run, key=connection.lane, defaults={"concurrency": max(1, concurrency)}
    )
    return lane


def add_feeds(run: Run) -> None:
    """Give every lane that has none its seats; together they hold the lane's concurrency."""
    seats = []
    for lane in run.lanes.filter(feeds=None):
        count = max(1, min(django_settings.FEEDS_PER_LANE, lane.concurrency))
        base, extra = divmod(lane.concurrency, count)
        seats += [Feed(lane=lane, slots=base + (index < extra)) for index in range(count)]
    Feed.objects.bulk_create(seats)


def add_items(
    run: Run, entries: Sequence[RunCandidate], samples: Sequence[Sample], *, first_order: int = 0
) -> int:
    """Write the plan, after what is there already; returns how many items it has. Raises BeyondLedger."""
    assessment = run.assessment
    ceilings = _ceilings(entries, samples, assessment)
    check_ledger_holds(sum(map(sum, ceilings)) * assessment.repetitions, run.currency)
    due = _dues(run, entries)
    items = (
        Item(
            run=run,
            lane_id=entries[ask.candidate].lane_id,
            run_candidate=entries[ask.candidate],
            sample=samples[ask.sample],
            repetition=ask.repetition,
            order=order,
            due=next(due[ask.candidate]) if due else None,
            reserve_nanos=ceilings[ask.candidate][ask.sample],
        )
        for order, ask in enumerate(
            shuffled_asks(
                candidates=len(entries),
                samples=len(samples),
                repetitions=assessment.repetitions,
                seed=assessment.seed,
            ),
            first_order,
        )
    )
    return sum(len(Item.objects.bulk_create(batch)) for batch in _batches(items))


def _dues(run: Run, entries: Sequence[RunCandidate]) -> list[Iterator[float]]:
    """When each candidate's next requests are due, after those it has; nothing unless the load is open."""
    if not is_open(run):
        return []
    last = dict(
        Item.objects.filter(run=run).order_by().values_list("run_candidate").annotate(last=Max("due"))
    )
    # One that joins a schedule under way begins where the others are by now.
    joins = min((value for value in last.values() if value is not None), default=0.0)
    return [moments(run.assessment, entry.position, last.get(entry.pk) or joins) for entry in entries]


def reschedule(run: Run, items: QuerySet[Item]) -> None:
    """Let items that are asked again be due after all others; nothing unless the load is open."""
    if not is_open(run):
        return
    entries = list(run.candidates.all())
    due = dict(zip([entry.pk for entry in entries], _dues(run, entries), strict=True))
    again = list(items.order_by("due", "pk").only("pk", "run_candidate_id"))
    for item in again:
        item.due = next(due[item.run_candidate_id])
    Item.objects.bulk_update(again, ["due"], batch_size=500)


def _ceilings(
    entries: Sequence[RunCandidate], samples: Sequence[Sample], assessment: Assessment
) -> list[list[int]]:
    """The most a call can cost, in nanos, per candidate and sample; 0 where the price is unknown."""
    settings = settings_from(assessment.settings)
    assert settings.max_output_tokens is not None
    sizes = [(input_tokens_at_most(sample), images_of(sample)) for sample in samples]
    rows = []
    for entry in entries:
        price = thaw(entry.price)
        row = []
        for count, images in sizes:
            amount = (
                most_a_call_can_cost(
                    price, count, settings.max_output_tokens, django_settings.CALL_DEADLINE_SECONDS, images
                )
                if price
                else None
            )
            row.append(to_nanos(amount or Decimal(0)))
        rows.append(row)
    return rows


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
