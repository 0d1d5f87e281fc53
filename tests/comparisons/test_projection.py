"""A run's answers as stored columns: what they hold, and what is unknown in them."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from migration_app.comparisons.archive import pack, unpack
from migration_app.comparisons.columns import read_run
from migration_app.comparisons.gaps import GapCounts
from migration_app.comparisons.models import Projection
from migration_app.comparisons.projection import project_run
from migration_app.evaluation.latency import summarise_counted, summarise_latencies
from migration_app.evaluation.metrics import summarise_costs
from migration_app.runs.models import Attempt, AttemptState, Item, ItemState
from migration_app.scoring.models import SampleScore
from migration_app.workloads.models import Sample
from tests.builders import a_team
from tests.reports.finished import a_question, replayed


@pytest.fixture
def run(db):
    """Three samples asked of two models; the second model failed on the last sample."""
    question = a_question(a_team(), "Old", "New", samples=3)
    said = {"Old": lambda position: "yes", "New": lambda position: "no" if position < 2 else None}
    return replayed(question, said)


def test_an_item_is_its_last_try_and_costs_all_of_them(run):
    item = Item.objects.filter(run=run, run_candidate__label="New", state=ItemState.DONE).first()
    Attempt.objects.filter(item=item).update(number=2, cost_nanos=5)
    Attempt.objects.create(
        item=item, number=1, state=AttemptState.UNKNOWN, cost_nanos=7, failure="unknown", total=99.0
    )
    Item.objects.filter(pk=item.pk).update(tries=2)
    project_run(run)
    _, (_, new) = read_run(run)
    assert sorted(new.calls.costs.tolist())[:2] == [-1, 12], "the failed one has no cost"
    assert np.nanmax(new.calls.total) < 99.0
    assert new.calls.failed.tolist().count(True) == 1


def test_what_a_vendor_did_not_say_is_unknown_and_not_zero(run):
    Attempt.objects.filter(item__run_candidate__label="Old").update(
        ttft=None, input_tokens=None, cost_nanos=None, token_gaps=None
    )
    project_run(run)
    _, (old, _) = read_run(run)
    assert np.isnan(old.calls.ttft).all() and (old.calls.input_tokens == -1).all()
    assert summarise_costs(old.calls.costs).per_1000 is None
    assert old.calls.token_gaps.size == 0


def test_the_tokens_of_an_answer_are_known_without_its_thinking_or_not_at_all(run):
    old = Attempt.objects.filter(item__run_candidate__label="Old").order_by("item__sample_id")
    for attempt, thought, counted in zip(old, ("", "Hm.", "Hm."), (None, 90, None), strict=True):
        attempt.output_tokens, attempt.reasoning, attempt.reasoning_tokens = 100, thought, counted
        attempt.ttft, attempt.first_reasoning = 2.0, 0.5 if thought else None
        attempt.save()
    project_run(run)
    _, (columns, _) = read_run(run)
    np.testing.assert_array_equal(columns.calls.content_tokens, [100, 10, -1])
    np.testing.assert_array_equal(columns.calls.thinking, [np.nan, 1.5, 1.5])


def test_a_projection_of_before_thinking_was_kept_is_read(run):
    project_run(run)
    for row in Projection.objects.exclude(run_candidate=None):
        arrays = unpack(row.data)
        row.data = pack({key: arrays[key] for key in arrays if key not in ("content_tokens", "thinking")})
        row.save()
    _, (old, _) = read_run(run)
    assert old.calls.thinking is None and old.calls.content is old.calls.output_tokens


def test_scores_are_means_over_repetitions_in_the_samples_order(run):
    for item in Item.objects.filter(run=run):
        value = None if item.state == ItemState.FAILED else item.sample.position / 2
        SampleScore.objects.create(
            item=item, scorer="s", value=value, unscored="" if value is not None else "no answer"
        )
    project_run(run)
    samples, (_, new) = read_run(run)
    assert samples.ids.tolist() == sorted(samples.ids.tolist())
    assert new.scores.values[:2].tolist() == [0.0, 0.5] and np.isnan(new.scores.values[2])
    assert new.scores.failed.tolist() == [False, False, True]
    assert samples.categories[new.sample_rows].tolist() == ["routing", "sentiment", "routing"]


def test_of_several_repetitions_is_kept_what_was_unscored_and_what_failed(db):
    question = a_question(a_team(), "Old", "New", samples=4, repetitions=2)
    run = replayed(question, {"Old": lambda _position: "yes", "New": lambda _position: "yes"})
    second = Item.objects.filter(run=run, repetition=1, sample__position=1)
    Item.objects.filter(pk__in=[item.pk for item in second]).update(state=ItemState.FAILED)
    for item in Item.objects.filter(run=run):
        value = 0.0 if item in second else 1.0
        if item.sample.position == 2 and item.repetition:
            value = None
        SampleScore.objects.create(
            item=item, scorer="s", value=value, unscored="" if value is not None else "broken"
        )
    project_run(run)
    _, (old, _) = read_run(run)
    assert old.scores.values.tolist() == [1, 0.5, 1, 1]
    assert old.scores.lowest.tolist() == [1, 0.5, 0.5, 1]
    assert old.scores.heard.tolist() == [1, 1, 1, 1]
    Item.objects.filter(run=run, sample__position=1).update(state=ItemState.FAILED)
    SampleScore.objects.filter(item__sample__position=2).update(value=1, unscored="")
    project_run(run)
    _, (old, _) = read_run(run)
    assert old.scores.lowest is old.scores.answered is None
    assert np.isnan(old.scores.heard[1])


def test_the_same_request_in_two_conversations_is_one_source(run):
    samples = list(Sample.objects.filter(workload=run.assessment.workload).order_by("position"))
    for sample, cluster, prompt in zip(samples, ("one", "two", ""), ("a", "a", "b"), strict=True):
        Sample.objects.filter(pk=sample.pk).update(cluster=cluster, prompt_hash=prompt)
    project_run(run)
    assert read_run(run)[0].clusters.tolist() == [0, 0, 1]


def test_projecting_again_replaces_what_was_stored(run):
    project_run(run)
    Item.objects.filter(run=run, run_candidate__label="New").update(state=ItemState.PENDING)
    project_run(run)
    assert Projection.objects.filter(run=run).count() == 3
    _, (_, new) = read_run(run)
    assert (new.calls.failed.size, new.unanswered) == (0, 3)


def test_counted_gaps_have_the_percentiles_of_all_of_them():
    calls = [[0.001 * (n % 7), 0.02, 0.000_123] for n in range(500)]
    counts = GapCounts()
    counts.add([None, "[]", *map(str, calls[:200])])
    counts.add(list(map(str, calls[200:])))
    lengths, often = counts.columns()
    assert lengths.size == 9 and often.sum() == 1_500
    every = summarise_latencies([gap for call in calls for gap in call], independent=False)
    counted = summarise_counted(lengths / 1e6, often)
    assert (counted.n, counted.p50, counted.p95, counted.p99) == (every.n, every.p50, every.p95, every.p99)
    assert counted.mean == pytest.approx(every.mean)


def test_costs_in_nanos_are_added_exactly():
    cost = summarise_costs(np.array([1, 2, -1, 3], dtype=np.int64))
    assert (cost.per_1000, cost.priced, cost.unpriced) == (Decimal("2E-6"), 3, 1)


def test_an_archive_gives_back_what_was_packed():
    arrays = {
        "one": np.array([True, False, True]),
        "names": np.array(["", "chaîne"]),
        "none": np.empty(0, dtype=np.int32),
        "figures": np.array([1.5, np.nan]),
        "alone": np.array(True),
    }
    found = unpack(pack(arrays))
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype and found[name].shape == array.shape
        np.testing.assert_array_equal(found[name], array)
