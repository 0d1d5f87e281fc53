"""A run's answers, once more, as columns: what a figure needs of a million attempts in a few milliseconds.

`project_run` reads every ended item once, as a stream, and stores one archive (`archive.py`) for the
samples and one for each candidate, in `Projection.data`:

    samples     ids int64 · category int32 · categories str · cluster int32
    candidate   one entry a call, the last try of an ended item, by sample and repetition:
                sample int32 (row in the samples) · failed, refused bool · ttft, total float64
                seconds, NaN unknown · input_tokens, output_tokens, content_tokens int32, −1 unknown ·
                thinking float64 seconds, NaN none · without these two where no model thinks ·
                cost int64 nanos of all tries together, −1 unknown
                one entry a sample: score float64, NaN unscored · all_failed bool · where repetitions
                differ: lowest, the score with unscored ones as wrong, and answered, that of those that
                did not fail, NaN none
                gaps int64 µs · gap_counts int64: each distinct gap between chunks, how often it was
                estimated bool, one: some usage was counted here and not by the vendor

The comparison makes it, and whoever compares again makes it anew; the rows stay the truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from migration_app.evaluation.labels import joined
from migration_app.runs.models import Attempt, AttemptState, Item, ItemState, Run, RunCandidate
from migration_app.scoring.models import SampleScore
from migration_app.workloads.drafts import REQUEST
from migration_app.workloads.models import Sample

from .archive import pack, unpack
from .gaps import GapCounts
from .models import Projection

_ROWS = 20_000  # read at a time
_REFUSED = "content_filter"
# Where no vendor counted tokens, the ledger holds the most a call could cost; a figure wants the likely.
_COST = Coalesce("estimated_cost_nanos", "cost_nanos")

# What is read of each call, and what it is read as.
_READ = {
    "item": ("item.id", "i8"),
    "tries": ("item.tries", "i4"),
    "sample": ("item.sample_id", "i8"),
    "failed": (f"attempt.state <> '{AttemptState.COMPLETED.value}'", "?"),
    "refused": (f"attempt.refusal <> '' OR attempt.finish_reason = '{_REFUSED}'", "?"),
    # From the moment a request was due, where it had one. NULL becomes NaN.
    "ttft": ("attempt.ttft + COALESCE(attempt.lateness, 0)", "f8"),
    "total": ("attempt.total + COALESCE(attempt.lateness, 0)", "f8"),
    "input_tokens": ("COALESCE(attempt.input_tokens, -1)", "i4"),
    "output_tokens": ("COALESCE(attempt.output_tokens, -1)", "i4"),
    # Without its thinking; where that was sent and not counted, its share is unknown.
    "content_tokens": (
        "CASE WHEN attempt.output_tokens IS NULL THEN -1 WHEN attempt.reasoning_tokens > 0"
        " THEN attempt.output_tokens - attempt.reasoning_tokens"
        " WHEN attempt.reasoning <> '' THEN -1 ELSE attempt.output_tokens END",
        "i4",
    ),
    "thinking": ("attempt.ttft - attempt.first_reasoning", "f8"),
    "cost": ("COALESCE(attempt.estimated_cost_nanos, attempt.cost_nanos, -1)", "i8"),
    "estimated": ("attempt.usage_estimated", "?"),
}
_CALLS = f"""
    SELECT {", ".join(expression for expression, _ in _READ.values())}, attempt.token_gaps
    FROM {Item._meta.db_table} AS item
    JOIN {Attempt._meta.db_table} AS attempt ON attempt.item_id = item.id AND attempt.number = item.tries
    WHERE item.run_candidate_id = %s AND item.state IN ('{ItemState.DONE.value}', '{ItemState.FAILED.value}')
    ORDER BY item.sample_id, item.repetition
"""  # noqa: S608
_SCORES = f"""
    SELECT item.sample_id, score.value, item.state <> '{ItemState.FAILED.value}'
    FROM {Item._meta.db_table} AS item JOIN {SampleScore._meta.db_table} AS score ON score.item_id = item.id
    WHERE item.run_candidate_id = %s ORDER BY item.sample_id, item.repetition
"""  # noqa: S608


@transaction.atomic
def project_run(run: Run) -> None:
    """Make the projection of a run's ended items, in place of an earlier one."""
    Projection.objects.filter(run=run).delete()
    samples = _samples(run)
    Projection.objects.create(run=run, data=pack(samples))
    for entry in run.candidates.all():
        data = pack(_calls(entry, samples["ids"]) | _scores(entry, samples["ids"]))
        Projection.objects.create(run=run, run_candidate=entry, data=data)


def stored(run: Run, entry: RunCandidate | None = None) -> dict[str, NDArray[Any]]:
    """The arrays of a candidate, or of the run's samples. Raises Projection.DoesNotExist."""
    asked = {"run": run, "run_candidate": None} if entry is None else {"run_candidate": entry}
    wanted = Projection.objects.filter(**asked)
    if connection.vendor != "sqlite":
        return unpack(wanted.values_list("data", flat=True).get())
    # A row's 60 MB would be copied twice, and walked through for any column that is behind them.
    place = Projection._meta.db_table, "data", wanted.values_list("pk", flat=True).get()
    with connection.connection.blobopen(*place, readonly=True) as archive:
        return unpack(archive.read())


def _samples(run: Run) -> dict[str, NDArray[Any]]:
    rows = list(
        Sample.objects.filter(pk__in=Item.objects.filter(run=run).values("sample_id"))
        .order_by("pk")
        .values_list("pk", "category", "cluster", "content_hash", "prompt_hash")
    )
    names, categories = _codes([row[1] for row in rows])
    _, named = _codes([row[2] or row[3] for row in rows])
    _, asked = _codes([row[4] or row[2].removeprefix(REQUEST) or row[3] for row in rows])
    clusters = joined(named, asked)
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    return {"ids": ids, "category": categories, "categories": np.array(names, dtype=str), "cluster": clusters}


def _codes(labels: list[str]) -> tuple[list[str], NDArray[np.int32]]:
    """The distinct labels as they come, and each label's number among them."""
    codes = {label: code for code, label in enumerate(dict.fromkeys(labels))}
    return list(codes), np.array([codes[label] for label in labels], dtype=np.int32)


def _pages(sql: str, entry: RunCandidate) -> Iterator[tuple[tuple[Any, ...], ...]]:
    """The columns of the next so many rows, until there are none; never all rows at once."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, [entry.pk])
        while rows := cursor.fetchmany(_ROWS):
            yield tuple(zip(*rows, strict=True))


def _calls(entry: RunCandidate, sample_ids: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    gaps, pages = GapCounts(), [[np.empty(0, kind) for _, kind in _READ.values()]]
    for *page, lengths in _pages(_CALLS, entry):
        pages.append([np.array(column, kind) for column, (_, kind) in zip(page, _READ.values(), strict=True)])
        gaps.add(lengths)
    columns = dict(zip(_READ, map(np.concatenate, zip(*pages, strict=True)), strict=True))
    columns["sample"] = np.searchsorted(sample_ids, columns["sample"]).astype(np.int32)
    _add_other_tries(entry, columns["cost"], columns.pop("item"), columns.pop("tries"))
    columns["estimated"] = np.array(columns["estimated"].any())
    for name in _told_by_others(columns):
        del columns[name]
    columns["gaps"], columns["gap_counts"] = gaps.columns()
    return columns


def _told_by_others(columns: Mapping[str, NDArray[Any]]) -> Iterator[str]:
    """Columns that say nothing of their own: most models do not think, a sixth of the archive."""
    if np.isnan(columns["thinking"]).all():
        yield "thinking"
    if np.array_equal(columns["content_tokens"], columns["output_tokens"]):
        yield "content_tokens"


def _add_other_tries(
    entry: RunCandidate, cost: NDArray[np.int64], items: NDArray[np.int64], tries: NDArray[np.int32]
) -> None:
    """Where an item took several tries, put what they cost together in place of the last one's cost."""
    attempts = Attempt.objects.filter(item__run_candidate=entry, item__tries__gt=1)
    sums = dict(attempts.order_by().values_list("item_id").annotate(cost=Sum(_COST)))
    for row in np.flatnonzero(tries > 1):
        together = sums.get(int(items[row]))
        cost[row] = -1 if together is None else together


def _scores(entry: RunCandidate, sample_ids: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """One score a sample, its scored repetitions averaged; a failed sample is one without a living one."""
    size = sample_ids.size
    sums, scored, alive, seen, heard, answered = (np.zeros(size) for _ in range(6))
    for sample, values, lives in _pages(_SCORES, entry):
        rows = np.searchsorted(sample_ids, np.array(sample, dtype=np.int64))
        value = np.array(values, dtype=np.float64)
        known = ~np.isnan(value)
        living = np.array(lives, dtype=bool)
        sums += np.bincount(rows[known], weights=value[known], minlength=size)
        scored += np.bincount(rows[known], minlength=size)
        alive += np.bincount(rows[living], minlength=size)
        seen += np.bincount(rows, minlength=size)
        heard += np.bincount(rows[known & living], weights=value[known & living], minlength=size)
        answered += np.bincount(rows[known & living], minlength=size)
    with np.errstate(invalid="ignore"):
        found = {"score": sums / scored, "all_failed": (seen > 0) & (alive == 0)}
        if np.any((scored > 0) & (scored < seen)):
            found["lowest"] = np.where(scored > 0, sums / seen, np.nan)
        if np.any((alive > 0) & (alive < seen)):
            found["answered"] = heard / answered
    return found
