"""From answers to scores."""

from __future__ import annotations

from migration_app.runs.models import Item
from migration_app.scoring.actions import score_run
from migration_app.scoring.models import SampleScore
from migration_app.workloads.models import Sample

PARTS = {"parts": [{"name": "contains"}, {"name": "tool_calls", "weight": 0}, {"name": "not_refused"}]}


def test_right_answers_score_one_and_wrong_ones_zero(started):
    bench = started("weak", samples=12)
    bench.replay()
    assert score_run(run=bench.run) == 24
    by_model = {"good": [], "weak": []}
    for score in SampleScore.objects.select_related("item__run_candidate"):
        by_model[score.item.run_candidate.label].append(score.value)
    assert by_model["good"] == [1.0] * 12
    assert set(by_model["weak"]) == {0.0, 1.0}


def test_scoring_twice_changes_nothing(started):
    bench = started("weak", samples=4)
    bench.replay()
    score_run(run=bench.run)
    before = list(SampleScore.objects.values_list("pk", "value"))
    assert score_run(run=bench.run) == 0
    assert list(SampleScore.objects.values_list("pk", "value")) == before


def test_a_failed_item_scores_zero_and_says_that_it_failed(started):
    bench = started("broken", samples=3)
    bench.replay()
    score_run(run=bench.run)
    broken = SampleScore.objects.filter(item__run_candidate__label="broken")
    assert [score.value for score in broken] == [0.0] * 3
    assert all(score.explanation for score in broken)


def test_a_sample_without_a_reference_is_unscored_with_a_reason(started):
    bench = started("weak", samples=3)
    Sample.objects.filter(position=0).update(references=[])
    bench.replay()
    score_run(run=bench.run)
    unscored = SampleScore.objects.filter(item__sample__position=0)
    assert [score.value for score in unscored] == [None, None]
    assert all("reference" in score.unscored for score in unscored)


def test_each_category_has_its_own_scorer(started):
    choice = {
        "default": {"name": "contains", "parameters": {}},
        "by_category": {"sentiment": {"name": "exact_match", "parameters": {}}},
    }
    bench = started("weak", samples=4, scoring=choice)
    bench.replay()
    score_run(run=bench.run)
    used = dict(SampleScore.objects.values_list("item__sample__category", "scorer"))
    assert used == {"routing": "contains", "sentiment": "exact_match"}


def test_an_item_that_was_never_asked_has_no_score(started):
    bench = started("weak", samples=3)
    assert score_run(run=bench.run) == 0
    assert Item.objects.count() == 6


def test_a_run_is_scored_in_as_many_queries_however_many_its_answers(started, django_assert_max_num_queries):
    """Nothing is read again for each answer: a tool call, a refusal, a failure's sentence."""
    bench = started("broken", samples=3, scoring={"default": {"name": "composite", "parameters": PARTS}})
    bench.replay()
    with django_assert_max_num_queries(7):
        assert score_run(run=bench.run) == 6
