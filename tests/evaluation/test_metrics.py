"""One candidate's numbers, from columns."""

import math
import time
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from migration_app.evaluation.metrics import Calls, Scores, summarise, summarise_costs, summarise_quality
from migration_app.evaluation.statistics import proportion_interval

NAN = math.nan


def some_calls(**changes):
    """Four calls: a long answer, a short one, a refusal, and a failure."""
    calls = Calls(
        failed=np.array([False, False, False, True]),
        refused=np.array([False, False, True, False]),
        ttft=np.array([0.1, 0.2, 0.3, NAN]),
        total=np.array([1.0, 0.6, 0.4, 30.0]),
        input_tokens=np.array([100.0, 200.0, 300.0, NAN]),
        output_tokens=np.array([10.0, 5.0, 1.0, NAN]),
        costs=[Decimal("0.001"), Decimal("0.002"), None, None],
        token_gaps=np.array([0.01, 0.02, 0.03]),
    )
    return replace(calls, **changes)


def scores_of(values, clusters=None, failed=None):
    values = np.array(values, dtype=float)
    return Scores(
        values,
        np.arange(values.size) if clusters is None else np.array(clusters),
        np.zeros(values.size, dtype=bool) if failed is None else np.array(failed),
    )


def test_a_failure_counts_in_the_error_rate_and_not_in_the_latency():
    metrics = summarise(some_calls(), scores_of([1, 1, 0, 0], failed=[False, False, False, True]))
    assert (metrics.error_rate.count, metrics.error_rate.value) == (1, 0.25)
    assert metrics.error_rate.interval == proportion_interval(1, 4)
    assert (metrics.total.n, metrics.total.p99.value) == (3, 1.0)
    assert metrics.refusal_rate.value == 0.25


def test_a_failed_sample_is_in_the_mean_and_an_unscored_one_is_not():
    quality = summarise_quality(scores_of([1, 1, 0, NAN], failed=[False, False, True, False]))
    assert (quality.mean, quality.n_scored, quality.n_unscored, quality.n_failed) == (2 / 3, 3, 1, 1)


def test_right_or_wrong_scores_get_wilsons_interval():
    assert summarise_quality(scores_of([1] * 70 + [0] * 10)).interval == proportion_interval(70, 80)


def test_clustered_scores_get_a_wider_interval_than_as_many_single_ones():
    values = np.repeat([1, 0, 1, 1, 1, 0, 1, 1], 10)
    single = summarise_quality(scores_of(values)).interval
    clustered = summarise_quality(scores_of(values, np.repeat(np.arange(8), 10))).interval
    assert clustered.low < single.low < single.high < clustered.high


def test_tpot_needs_two_tokens_and_tokens_are_averaged_over_the_known():
    metrics = summarise(some_calls(), scores_of([1, 1, 0, 0]))
    assert metrics.tpot.n == 2
    assert metrics.tpot.p50.value == pytest.approx(0.1)  # (1.0 − 0.1)/9 and (0.6 − 0.2)/4
    assert metrics.tokens_per_second == pytest.approx(10)
    assert (metrics.mean_input_tokens, metrics.mean_output_tokens) == (200.0, 16 / 3)


def test_thinking_is_timed_apart_and_its_tokens_set_no_pace():
    """The first call thought over 1,000 tokens before ten of answer; of the second nobody knows."""
    calls = some_calls(
        output_tokens=np.array([1010.0, 5.0, 1.0, NAN]),
        content_tokens=np.array([10.0, NAN, 1.0, NAN]),
        thinking=np.array([0.08, NAN, NAN, NAN]),
    )
    metrics = summarise(calls, scores_of([1, 1, 0, 0]))
    assert (metrics.tpot.n, metrics.tpot.p50.value) == (1, pytest.approx(0.1))
    assert (metrics.thinking.n, metrics.thinking.mean) == (1, pytest.approx(0.08))
    assert metrics.mean_output_tokens == pytest.approx(1016 / 3), "they are paid for all the same"
    assert summarise(some_calls(), scores_of([1, 1, 0, 0])).thinking.n == 0


def test_the_cost_of_a_thousand_is_exact_and_unpriced_calls_are_counted():
    metrics = summarise(some_calls(), scores_of([1, 1, 0, 0]))
    assert metrics.cost.per_1000 == Decimal("1.5")
    assert (metrics.cost.priced, metrics.cost.unpriced) == (2, 2)


def test_a_tenth_of_a_cent_a_million_times_is_a_thousand_exactly():
    cost = summarise_costs([Decimal("0.1")] * 3 + [Decimal("0.2")])
    assert cost.per_1000 == Decimal("125")
    assert cost.interval.low < 125 < cost.interval.high


def test_when_no_price_is_known_the_cost_is_unknown():
    cost = summarise_costs([None, None])
    assert (cost.per_1000, cost.interval, cost.unpriced) == (None, None, 2)


def test_one_priced_call_has_a_cost_and_no_interval():
    cost = summarise_costs(np.array([0.002, NAN]))
    assert (cost.per_1000, cost.interval) == (Decimal("2.000"), None)


def test_nothing_at_all_is_shown_as_unknown():
    empty = np.array([])
    calls = Calls(empty.astype(bool), empty.astype(bool), empty, empty, empty, empty, [], empty)
    metrics = summarise(calls, scores_of([]))
    assert metrics.calls == 0
    unknown = (metrics.quality.mean, metrics.error_rate.value, metrics.ttft.mean, metrics.cost.per_1000)
    assert {*unknown, metrics.tokens_per_second} == {None}
    assert not metrics.quality.interval.estimable


def test_all_samples_unscored_gives_no_quality():
    quality = summarise_quality(scores_of([NAN, NAN]))
    assert (quality.mean, quality.n_scored, quality.n_unscored) == (None, 0, 2)
    assert not quality.interval.estimable


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="one entry per call"):
        some_calls(ttft=np.array([0.1]))


def test_a_million_calls_are_summarised_without_a_loop():
    n, rng = 1_000_000, np.random.default_rng(2)
    ttft = rng.exponential(0.2, n)
    calls = Calls(
        rng.random(n) < 0.01, rng.random(n) < 0.02, ttft, ttft + rng.exponential(1.0, n),
        np.full(n, 300.0), np.full(n, 40.0), rng.exponential(0.001, n), rng.exponential(0.005, n),
    )  # fmt: skip
    scores = Scores(rng.random(n), np.arange(n) // 3, np.zeros(n, dtype=bool))
    started = time.process_time()
    metrics = summarise(calls, scores)
    assert time.process_time() - started < 5  # about half a second on an idle core
    assert metrics.ttft.p50.interval.low < metrics.ttft.p50.value < metrics.ttft.p50.interval.high


def test_the_range_of_a_cost_counts_a_sample_once_however_often_it_was_asked():
    once, sources = np.array([1.0, 2, 3, 4, 5, 9]), np.repeat(np.arange(6), 5)
    alone = summarise_costs(once)
    repeated = summarise_costs(np.repeat(once, 5), sources=sources)
    assert repeated.per_1000 == alone.per_1000
    assert repeated.interval.high == pytest.approx(alone.interval.high)
