"""Labels kept as numbers say the same as the labels themselves, whatever is computed from them."""

from __future__ import annotations

import numpy as np
import pytest

from migration_app.evaluation.clustered import cluster_sums, codes_of, rows_by_label
from migration_app.evaluation.labels import CodedLabels, are_rising, joined
from migration_app.evaluation.pairs import PairedSamples
from migration_app.evaluation.plan import Plan
from migration_app.evaluation.savings import saving
from migration_app.evaluation.splits import Choices, recommend
from migration_app.evaluation.verdicts import decide

NAMES = ("refunds", "", "billing", "never asked", "über")
N = 600


@pytest.fixture
def draw():
    return np.random.default_rng(5)


def coded(draw) -> CodedLabels:
    codes = draw.choice([0, 1, 2, 4], N)
    return CodedLabels(NAMES, codes.astype(np.int32))


def scores(draw, right: float):
    found = (draw.random(N) < right).astype(np.float64)
    found[draw.random(N) < 0.02] = np.nan
    return found


def test_they_read_like_an_array_of_the_labels(draw):
    labels = coded(draw)
    whole = np.asarray(labels)
    assert len(labels) == N and labels.tolist() == [NAMES[code] for code in labels.codes]
    assert labels[whole == "billing"].tolist() == ["billing"] * int((whole == "billing").sum())
    assert np.asarray(CodedLabels((), np.empty(0, np.int32))).tolist() == []


def test_rows_of_each_label_are_those_of_the_plain_labels(draw):
    labels = coded(draw)
    expected = rows_by_label(np.asarray(labels))
    found = rows_by_label(labels)
    assert list(found) == list(expected) == ["", "billing", "refunds", "über"], "none that never occurs"
    assert all(np.array_equal(found[name], expected[name]) for name in expected)


def test_verdict_saving_and_split_do_not_depend_on_how_labels_are_kept(draw):
    labels, clusters = coded(draw), np.arange(N)
    before, after = scores(draw, 0.9), scores(draw, 0.93)
    costs = [draw.uniform(1, 2, N), draw.uniform(0.5, 2, N)]
    costs[1][:7] = np.nan
    volumes = {"billing": 500.0, "refunds": 100.0, "never asked": 50.0, "": 10.0}
    plan = Plan(critical_categories=frozenset({"billing"}), minimum_category_samples=10)

    def all_of(kept):
        choices = Choices(before, costs[0], {"it": after}, {"it": costs[1]}, kept, clusters)
        return (
            decide({"it": PairedSamples(before, after, clusters, kept)}, plan),
            saving(*costs, kept, clusters, volumes),
            recommend(choices, plan, allowed=["it"], volumes=volumes, seed=3),
        )

    assert all_of(labels) == all_of(np.asarray(labels))


def test_labels_that_rise_are_told_apart_without_sorting(draw):
    rising = np.cumsum(draw.integers(1, 9, N))
    mixed = draw.permutation(rising)
    assert are_rising(rising) and not are_rising(mixed) and not are_rising(np.zeros(2, np.int64))
    values = draw.random(N)
    values[::9] = np.nan
    one, other = cluster_sums(values, rising), cluster_sums(values, [f"{label:09}" for label in rising])
    assert np.array_equal(one.sums, other.sums) and np.array_equal(one.sizes, other.sizes)
    assert codes_of(rising).tolist() == list(range(N))


def test_rows_tied_by_either_label_are_one_source_through_others_too():
    """Talks 0, 0, 1, 2, 3, 4; talk 1 asks what talk 0 asked, talk 3 what talk 1 asked besides."""
    talks, asked = (np.array(codes, np.int32) for codes in ([0, 0, 1, 1, 2, 3, 4], [0, 1, 0, 2, 3, 2, 4]))
    assert joined(talks, asked).tolist() == [0, 0, 0, 0, 1, 0, 2]


def test_where_nothing_is_asked_twice_sources_stay_as_they_are():
    talks = np.array([0, 0, 1], np.int32)
    assert joined(talks, np.arange(3, dtype=np.int32)).tolist() == [0, 0, 1]
    assert joined(np.empty(0, np.int32), np.empty(0, np.int32)).size == 0
    assert are_rising(joined(np.arange(4, dtype=np.int32), np.arange(4, dtype=np.int32)))
