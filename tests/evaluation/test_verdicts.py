"""The verdict: the table row by row, what must never happen, and bad input."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migration_app.evaluation.exact import exact_p_value
from migration_app.evaluation.judging import JudgeEvidence, swap_consistency
from migration_app.evaluation.looks import Looks
from migration_app.evaluation.reasons import RuleResult
from migration_app.evaluation.statistics import Interval, tango_p_value
from migration_app.evaluation.verdicts import (
    InvalidPlanError,
    InvalidSamplesError,
    PairedSamples,
    Plan,
    Standing,
    VerdictKind,
    decide,
)

from .builders import category, counted, joined, paired

SWITCH, CONDITIONS = VerdictKind.SWITCH, VerdictKind.SWITCH_WITH_CONDITIONS
KEEP, UNSURE = VerdictKind.KEEP, VerdictKind.NOT_ENOUGH_EVIDENCE


def verdict(samples, plan=None, rules=()):
    return decide({"it": samples}, plan or Plan(), {"it": rules})["it"]


def codes(found):
    return [reason.code for reason in found.reasons]


# The table


def test_equal_quality_on_enough_samples_is_a_switch():
    found = verdict(counted(400, better=20, worse=20))
    assert (found.kind, found.standing) == (SWITCH, Standing.HOLDS_QUALITY)
    assert found.p_value == found.p_adjusted == exact_p_value(20, 20, 400, 0.05)
    assert found.p_value == pytest.approx(tango_p_value(20, 20, 400, 0.05), rel=0.02)
    assert found.samples_needed is found.more_samples_needed is None


def test_a_finding_holds_the_whole_comparison():
    whole = verdict(counted(100, better=5, worse=10)).overall
    assert (whole.scope, whole.n, whole.clusters, whole.method) == (None, 100, 100, "tango")
    assert (whole.better, whole.same, whole.worse, whole.difference) == (5, 85, 10, -0.05)
    assert whole.interval.low < -0.05 < whole.interval.high


def test_scores_that_differ_by_rounding_alone_are_the_same():
    assert verdict(paired([0.1 + 0.2] * 60, [0.3] * 60)).overall.same == 60


def test_clearly_worse_quality_is_keep_and_says_where():
    found = verdict(counted(400, better=10, worse=70))
    assert (found.kind, found.standing, codes(found)) == (KEEP, Standing.TOO_LOW, ["inferior"])
    assert found.reasons[0].params["scope"] is None
    assert found.samples_needed is None


def test_better_quality_stands_as_better():
    assert verdict(counted(200, better=30, worse=5)).standing is Standing.BETTER


def test_52_clean_samples_are_enough_and_51_are_not():
    assert verdict(counted(52)).kind is SWITCH
    short = verdict(counted(51))
    assert (short.kind, short.samples_needed, short.more_samples_needed) == (UNSURE, 52, 1)


def test_a_switch_whose_two_sided_interval_is_wide_says_so():
    found = verdict(counted(52))
    assert (found.standing, codes(found)) == (Standing.NOT_PROVEN, ["noninferior", "wide_interval"])


def test_24_samples_are_never_enough_however_they_come_out():
    everything = [counted(24), counted(24, better=24), counted(24, worse=24), category("a", 24, better=24)]
    assert {verdict(samples).kind for samples in everything} == {UNSURE}
    assert codes(verdict(counted(24, worse=24))) == ["too_few_samples", "not_proven"]


def test_the_advice_to_add_samples_keeps_its_word():
    found = verdict(counted(100, better=4, worse=5))
    assert (found.kind, found.more_samples_needed) == (UNSURE, found.samples_needed - 100)
    grown = found.samples_needed / 100
    assert verdict(counted(found.samples_needed, better=int(4 * grown), worse=int(5 * grown))).kind is SWITCH


def test_no_number_of_samples_settles_a_difference_on_the_margin():
    assert verdict(counted(100, worse=5)).samples_needed is None


def test_graded_scores_and_shared_clusters_use_the_pseudo_sample_t():
    graded = paired(np.full(60, 0.8), np.full(60, 0.8))
    shared = counted(60, clusters=np.arange(60) // 2)
    assert verdict(graded).overall.method == verdict(shared).overall.method == "pseudo_sample_t"


def test_a_hundred_clean_answers_in_ten_conversations_are_not_enough():
    assert verdict(counted(100)).kind is SWITCH
    assert verdict(counted(100, clusters=np.arange(100) // 10)).kind is UNSURE


# Categories


def test_a_proven_category_becomes_the_condition():
    found = verdict(joined(category("routing", 200), category("extraction", 200, worse=80)))
    assert (found.kind, found.proven_categories) == (CONDITIONS, ("routing",))
    assert found.reasons[0].params == {"categories": ("routing",)}
    assert [finding.scope for finding in found.categories] == ["extraction", "routing"]
    assert {finding.margin for finding in found.categories} == {0.10}


def test_all_categories_together_are_no_condition():
    # Each holds its own wide margin, the whole does not hold the narrow one.
    parts = [category(name, 800, better=40, worse=88) for name in "ab"]
    found = verdict(joined(*parts))
    assert (found.kind, found.proven_categories) == (UNSURE, ("a", "b"))
    assert codes(found) == ["not_proven", "all_categories_but_not_overall"]


def test_one_category_is_no_way_around_the_overall_margin():
    assert verdict(category("all", 400, better=20, worse=44)).kind is UNSURE


def test_samples_without_a_category_belong_to_none():
    found = verdict(joined(category("a", 200), category("", 200, worse=80)))
    assert (found.kind, [finding.scope for finding in found.categories]) == (CONDITIONS, ["a"])


def test_a_critical_category_must_hold_by_itself():
    samples = joined(category("legal", 40, worse=5), category("chat", 2000, better=20, worse=20))
    assert verdict(samples).kind is SWITCH
    guarded = verdict(samples, Plan(critical_categories=frozenset({"legal"})))
    assert (guarded.kind, guarded.proven_categories) == (CONDITIONS, ("chat",))
    assert guarded.p_value == exact_p_value(0, 5, 40, 0.10)


@pytest.mark.parametrize("legal", [0, 19])
def test_a_critical_category_with_too_few_samples_stops_a_switch(legal):
    samples = joined(category("legal", legal), category("chat", 500))
    found = verdict(samples, Plan(critical_categories=frozenset({"legal"})))
    assert found.kind is not SWITCH
    short = next(reason for reason in found.reasons if reason.code == "too_few_samples")
    assert short.params == {"scope": "legal", "n": legal, "minimum": 20}


def test_one_critical_category_shown_to_be_too_low_is_enough_to_keep():
    samples = joined(category("legal", 200, worse=60), category("chat", 200, better=30, worse=35))
    found = verdict(samples, Plan(critical_categories=frozenset({"legal"}), category_margin=0.05))
    assert (found.kind, found.reasons[0].params["scope"]) == (KEEP, "legal")
    legal = next(finding for finding in found.categories if finding.scope == "legal")
    assert found.p_inferior == pytest.approx(2 * legal.p_inferior)


def test_19_samples_prove_no_category():
    samples = joined(category("small", 19, better=19), category("big", 200, worse=80))
    assert verdict(samples).proven_categories == ()


# Several candidates


def test_holm_asks_more_of_one_candidate_among_several():
    alone, many = counted(55), {str(number): counted(55) for number in range(4)}
    assert verdict(alone).kind is SWITCH
    found = decide(many, Plan())
    assert {each.kind for each in found.values()} == {UNSURE}
    assert codes(found["0"]) == ["not_proven_among_many"]
    assert found["0"].p_adjusted == pytest.approx(4 * found["0"].p_value)
    assert found["0"].more_samples_needed > 20


def test_category_claims_of_all_candidates_share_one_error_rate():
    # A clean category of 36 has p = 0.023: enough beside one other claim, not beside seven.
    one = joined(category("a", 36), category("b", 60, worse=30))
    assert verdict(one).proven_categories == ("a",)
    assert decide({str(number): one for number in range(4)}, Plan())["0"].proven_categories == ()


def test_a_candidate_that_cannot_be_judged_stays_in_the_family():
    found = decide({"good": counted(60), "unfinished": counted(500, complete=False)}, Plan())
    assert found["good"].p_adjusted == pytest.approx(2 * found["good"].p_value)


# What must never happen


@pytest.mark.parametrize("counts", [{}, {"better": 400}, {"worse": 300}])
def test_an_incomplete_run_is_never_decided(counts):
    found = verdict(counted(500, complete=False, **counts))
    assert (found.kind, found.samples_needed) == (UNSURE, None)
    assert codes(found)[0] == "incomplete"


def test_an_incomplete_run_proves_no_category_either():
    parts = joined(category("a", 300), category("b", 300, worse=150))
    unfinished = PairedSamples(
        parts.baseline, parts.candidate, parts.clusters, parts.categories, complete=False
    )
    assert verdict(parts).kind is CONDITIONS
    assert verdict(unfinished).kind is UNSURE


def test_unscored_samples_are_left_out_and_counted_on_either_side():
    samples = counted(100)
    samples.baseline[:3] = math.nan
    samples.candidate[2:7] = math.nan
    found = verdict(samples)
    assert (found.overall.n, found.unscored) == (93, 7)
    assert found.reasons[-1].params == {"unscored": 7, "samples": 100}


@pytest.mark.parametrize(("passed", "expected"), [(True, SWITCH), (False, KEEP), (None, UNSURE)])
def test_a_rule_can_only_lower_a_switch(passed, expected):
    rule = RuleResult("error_rate", passed, {"limit": 0.01})
    found = verdict(counted(400), rules=[rule])
    assert found.kind is expected
    assert found.broken_rules == ((rule,) if passed is False else ())
    assert found.unknown_rules == ((rule,) if passed is None else ())
    if passed is not True:
        assert found.reasons[0].params == {"rule": "error_rate", "limit": 0.01}


def test_what_nobody_stated_is_a_condition_of_a_switch_and_no_lack_of_evidence():
    unstated = RuleResult("places", None, {"limit": ["eu"], "measured": None}, stated=True)
    found = verdict(counted(400), rules=[unstated])
    assert (found.kind, found.settled, found.unknown_rules) == (CONDITIONS, True, (unstated,))
    unmeasured = RuleResult("cost", None)
    assert verdict(counted(400), rules=[unstated, unmeasured]).kind is UNSURE
    broken = RuleResult("licences", False, stated=True)
    assert verdict(counted(400), rules=[unstated, broken]).kind is KEEP


@pytest.mark.parametrize("passed", [True, False, None])
def test_no_rule_lifts_or_decides_what_the_evidence_does_not(passed):
    rule = RuleResult("cost", passed)
    assert verdict(counted(400, worse=80), rules=[rule]).kind is KEEP
    assert verdict(counted(24), rules=[rule]).kind is UNSURE


# Bad input

NOTHING = np.array([])


@pytest.mark.parametrize(
    "samples",
    [
        paired(NOTHING, NOTHING),
        paired([1], [1]),
        paired([0.5], [0.7]),
        paired([math.nan] * 90, [math.nan] * 90),
        paired([1.0] * 90, [math.nan] * 90),
        counted(90, clusters=["the same prompt"] * 90),
        paired([0.5] * 90, [0.5] * 90, clusters=[7] * 90, categories=["a"] * 90),
        counted(500, clusters=np.zeros(500), categories=[f"category {number}" for number in range(500)]),
    ],
    ids=[
        "none",
        "one",
        "one graded",
        "all unscored",
        "candidate unscored",
        "one cluster",
        "one category",
        "500",
    ],
)
def test_bad_input_is_not_enough_evidence(samples):
    found = verdict(samples, Plan(critical_categories=frozenset({"a"})))
    assert found.kind is UNSURE
    assert found.reasons


def test_500_categories_of_one_sample_each_change_nothing():
    names = [f"category {number}" for number in range(500)]
    assert verdict(counted(500, categories=names)).kind is SWITCH
    assert verdict(counted(500, worse=100, categories=names)).kind is KEEP


def test_no_candidates_give_no_verdicts():
    assert decide({}, Plan()) == {}


@pytest.mark.parametrize("score", [1.0001, -0.2, math.inf])
def test_a_score_outside_0_to_1_is_refused(score):
    with pytest.raises(InvalidSamplesError, match="outside 0 to 1"):
        paired([score], [1.0])


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(InvalidSamplesError, match="one entry per sample"):
        PairedSamples(np.ones(3), np.ones(2), np.arange(3), np.array(["", "", ""]))


@pytest.mark.parametrize(
    "wrong",
    [{"margin": 0}, {"category_margin": 1}, {"alpha": 0.7}, {"minimum_samples": 1}, {"margin": math.nan}],
)
def test_a_plan_that_cannot_be_tested_is_refused(wrong):
    with pytest.raises(InvalidPlanError):
        Plan(**wrong)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 1.0, 0.5, math.nan]), st.sampled_from([0.0, 1.0, 0.25, math.nan]),
            st.integers(0, 30), st.sampled_from(["", "a", "b"]),
        ),
        max_size=120,
    ),
    st.booleans(),
)  # fmt: skip
def test_whatever_comes_a_verdict_is_sound(rows, complete):
    baseline, candidate, clusters, categories = ([row[place] for row in rows] for place in range(4))
    found = verdict(
        paired(
            baseline,
            candidate,
            clusters=clusters,
            categories=np.array(categories, dtype=str),
            complete=complete,
        ),
        Plan(critical_categories=frozenset({"a"})),
    )
    assert 0 <= found.p_value <= found.p_adjusted <= 1
    assert found.reasons
    if found.kind is SWITCH:
        assert complete and found.overall.n >= 30 and found.overall.difference > -0.05
    if found.kind is KEEP:
        assert complete and found.overall.n >= 30
    if found.overall:
        assert found.overall.better + found.overall.same + found.overall.worse == found.overall.n


def test_the_standing_is_read_from_the_interval():
    found = verdict(counted(1))
    assert isinstance(found.overall.interval, Interval)
    assert found.standing is Standing.NOT_PROVEN


def test_where_no_answer_got_any_mark_equal_failure_is_no_switch():
    found = verdict(paired(np.zeros(400), np.zeros(400)))
    assert (found.kind, found.p_value) == (UNSURE, 1.0)
    assert "no_marks" in codes(found)
    part = joined(category("dead", 200), category("fine", 200))
    part.baseline[:200] = part.candidate[:200] = 0
    assert "dead" not in verdict(part).proven_categories


def rarely_right(n, today, candidate, **more):
    """The first `today` answers of the baseline are right, and the first `candidate` of the other."""
    places = np.arange(n)
    return paired(places < today, places < candidate, **more)


def test_where_todays_model_hardly_scores_a_model_that_is_always_wrong_does_not_pass():
    """An exact match on free text: 3 of 400 are right today. Losing them all is a drop of 0.75 points."""
    for candidate in (0, 1, 3):
        found = verdict(rarely_right(400, 3, candidate))
        assert (found.kind, found.samples_needed) == (UNSURE, None)
    assert codes(verdict(rarely_right(400, 3, 3))) == ["low_today"]
    assert found.standing is Standing.NOT_PROVEN
    assert found.overall.p_margin <= 0.05 < found.overall.p_half


def test_at_most_half_of_what_todays_model_scores_may_be_lost():
    """8% right today: five points less is 3%, half is 4%."""
    assert codes(verdict(rarely_right(4_000, 320, 150))) == ["low_today"]
    assert verdict(rarely_right(4_000, 320, 250)).kind is SWITCH
    assert verdict(rarely_right(4_000, 320, 80)).kind is KEEP


def test_from_a_tenth_on_the_margin_is_the_plans_own():
    found = verdict(rarely_right(4_000, 400, 260))
    assert (found.kind, found.overall.p_half) == (SWITCH, 0.0)


def test_what_is_much_better_than_a_model_that_never_scores_may_replace_it():
    found = verdict(rarely_right(100, 0, 60))
    assert (found.kind, found.standing) == (SWITCH, Standing.BETTER)
    graded = paired(np.zeros(100), np.full(100, 0.4))
    assert verdict(graded).kind is SWITCH


def test_a_critical_category_in_which_todays_model_fails_holds_back_the_whole():
    parts = joined(category("fine", 400), category("dead", 100))
    parts.baseline[400:] = parts.candidate[400:] = 0
    parts.baseline[400], parts.candidate[401] = 1, 1
    found = verdict(parts, Plan(critical_categories=frozenset({"dead"})))
    assert found.kind is CONDITIONS and found.proven_categories == ("fine",)
    assert {reason.params["scope"] for reason in found.reasons if reason.code == "low_today"} == {"dead"}


def unscored(samples, count, *, both=False):
    """The last answers of the candidate could not be scored, or nobody's could."""
    samples.candidate[-count:] = math.nan
    if both:
        samples.baseline[-count:] = math.nan
    return samples


def test_answers_that_only_the_candidate_has_unscored_count_as_wrong_before_a_switch():
    """A scorer that gives no number on what a model gets wrong must not let the rest pass for the whole."""
    assert verdict(counted(400)).kind is SWITCH
    assert verdict(unscored(counted(400), 4)).kind is SWITCH  # 1 point at the worst
    found = verdict(unscored(counted(400), 40))
    assert (found.kind, found.samples_needed) == (UNSURE, None)
    assert codes(found) == ["hidden_answers", "unscored"]
    assert found.reasons[0].params["hidden"] == 40
    assert found.overall.n == 360 and found.overall.difference == 0
    assert found.overall.p_margin <= 0.05 < found.overall.p_worst


def test_samples_that_nobody_could_be_scored_on_hide_nothing():
    assert verdict(unscored(counted(400), 200, both=True)).kind is SWITCH


def test_unscored_answers_are_feared_in_the_category_where_they_are():
    parts = joined(category("a", 300), category("b", 300), category("c", 300, worse=150))
    assert verdict(parts).proven_categories == ("a", "b")
    parts.candidate[:60] = math.nan
    assert verdict(parts).proven_categories == ("b",)


def unanswered(samples, count):
    """Today's model failed on the last ones: every request, so the score is 0."""
    samples.baseline[-count:] = 0
    silent = np.arange(samples.baseline.size) >= samples.baseline.size - count
    return replace(samples, silent=silent)


def test_a_model_that_answers_while_todays_is_down_is_no_switch_by_that():
    found = verdict(unanswered(counted(400), 400))
    assert (found.kind, codes(found), found.samples_needed) == (UNSURE, ["baseline_failed"], None)
    assert found.reasons[0].params["silent"] == found.overall.silent == found.overall.n == 400
    assert found.overall.p_heard == 1


def test_failures_of_todays_model_do_not_outweigh_what_a_candidate_gets_wrong():
    """45 worse of 400 would be five points too many; 100 failures of today's model hid that."""
    found = verdict(unanswered(counted(400, worse=45), 100))
    assert found.kind is UNSURE and codes(found) == ["baseline_failed"]
    assert found.overall.p_margin <= 0.05 < found.overall.p_heard


def test_nobody_is_better_by_what_todays_model_failed_to_answer():
    found = verdict(unanswered(counted(400), 40))
    assert (found.kind, found.standing) == (SWITCH, Standing.HOLDS_QUALITY)
    assert found.overall.interval.low > 0
    wins = counted(400, better=80)
    assert verdict(replace(wins, silent=np.arange(400) == 399)).standing is Standing.BETTER


def test_a_few_failures_of_todays_model_change_no_verdict():
    assert verdict(unanswered(counted(400), 8)).kind is SWITCH


def test_failures_and_answers_without_a_score_are_feared_together():
    samples = unanswered(counted(400), 20)
    samples.candidate[:30] = math.nan
    found = verdict(samples)
    assert found.kind is UNSURE
    assert (found.overall.hidden, found.overall.silent) == (30, 20)


def repeated(n, reps, *, unscored=0.0, failed=0.0):
    """All right where an answer came and was scored. The candidate's wrong ones could not be; of the
    baseline's requests some failed. Means over repetitions, as a projection keeps them."""
    rng = np.random.default_rng(7)
    lost, down = rng.random((n, reps)) < unscored, rng.random((n, reps)) < failed
    candidate = np.where(lost.all(axis=1), math.nan, 1.0)
    return replace(
        paired((~down).mean(axis=1), candidate),
        lowest=np.where(lost.all(axis=1), math.nan, (~lost).mean(axis=1)),
        silent=down.all(axis=1),
        answered=np.where(down.all(axis=1), math.nan, 1.0),
    )


def test_a_repetition_that_could_not_be_scored_counts_as_wrong_before_a_switch_too():
    """One answer in ten is wrong and unscored: both of two are in one sample of a hundred."""
    found = verdict(repeated(400, 2, unscored=0.1))
    assert (found.kind, codes(found)[0]) == (UNSURE, "hidden_answers")
    assert found.overall.p_margin <= 0.05 < found.overall.p_worst
    assert 60 < found.overall.hidden < 100
    assert verdict(repeated(400, 2, unscored=0.005)).kind is SWITCH


def test_a_repetition_that_failed_of_todays_model_recommends_nobody():
    """A third of its requests failed, hardly ever all three of a sample. The candidate loses ten points."""
    samples = repeated(600, 3, failed=0.33)
    samples.candidate[:60] = 0
    found = verdict(replace(samples, lowest=None))
    assert (found.kind, codes(found)[0]) == (UNSURE, "baseline_failed")
    assert found.overall.difference > 0.15 and found.overall.p_margin < 0.001 < 0.9 < found.overall.p_heard
    assert found.overall.silent > 300
    assert verdict(repeated(600, 3, failed=0.33)).kind is SWITCH, "where the candidate loses nothing"


def test_people_say_whether_what_a_judge_could_not_read_was_right():
    """They reviewed every second answer; the judge could not read one in ten."""
    judged, human = unscored(counted(800), 80), np.full(800, np.nan)
    human[::2] = 0.0
    right = verdict(by_a_judge(judged, JudgeEvidence(labels=400), human))
    assert (right.kind, right.overall.method) == (SWITCH, "ppi")
    human[720::2] = -1.0
    wrong = verdict(by_a_judge(judged, JudgeEvidence(labels=400), human))
    assert wrong.kind is UNSURE
    assert wrong.overall.p_margin <= 0.05 < wrong.overall.p_worst


# Judges and people


def by_a_judge(samples, judge, human=None):
    columns = (samples.baseline, samples.candidate, samples.clusters, samples.categories)
    return PairedSamples(*columns, judge=judge, human=human)


def test_a_judge_alone_makes_no_switch_and_asks_for_reviews():
    found = verdict(by_a_judge(counted(400), JudgeEvidence(labels=0, wanted=100)))
    assert (found.kind, found.reviews_needed) == (CONDITIONS, 100)
    assert found.reasons[0].params == {"labels": 0, "more": 100}
    assert found.settled


def test_a_judge_that_people_set_right_can_make_a_switch():
    human = np.full(400, np.nan)
    human[:100] = 0.0
    found = verdict(by_a_judge(counted(400), JudgeEvidence(labels=100), human))
    assert (found.kind, found.reviews_needed) == (SWITCH, None)
    assert (found.overall.method, found.overall.labels) == ("ppi", 100)


def test_too_few_reviews_leave_it_a_judge_alone():
    human = np.full(400, np.nan)
    human[:10] = 0.0
    found = verdict(by_a_judge(counted(400), JudgeEvidence(labels=10, wanted=100), human))
    assert (found.kind, found.reviews_needed, found.overall.method) == (CONDITIONS, 90, "tango")


def test_where_judge_and_people_leave_it_open_the_reviews_still_to_come_are_told():
    human = np.full(2_000, np.nan)
    human[:40] = np.where(np.arange(40) % 10 == 0, -1.0, 0.0) + np.where(np.arange(40) % 10 == 5, 1.0, 0.0)
    found = verdict(by_a_judge(counted(2_000), JudgeEvidence(labels=40), human))
    assert (found.kind, found.overall.method, found.settled) == (UNSURE, "ppi", False)
    needed = found.overall.spread.labels_needed(0.05, alpha=0.05)
    assert found.more_reviews_needed == needed - 40 > 0
    human[:1_500] = np.tile(human[:10], 150)
    assert verdict(by_a_judge(counted(2_000), JudgeEvidence(labels=1_500), human)).kind is SWITCH


def test_before_enough_reviews_are_in_no_number_is_guessed():
    human = np.full(400, np.nan)
    human[:10] = 0.0
    assert verdict(by_a_judge(counted(400), JudgeEvidence(labels=10), human)).more_reviews_needed is None


def test_a_judge_that_always_prefers_the_first_answer_never_makes_a_switch():
    always_first = swap_consistency([("first", "first")] * 400)
    halves = paired(np.full(400, 0.5), np.full(400, 0.5))
    for human in (None, np.zeros(400)):
        found = verdict(by_a_judge(halves, JudgeEvidence(always_first, labels=400), human))
        assert found.kind is UNSURE
        assert codes(found)[0] == "judge_contradicts_itself"


def consistent(right, n):
    return swap_consistency([("first", "second")] * right + [("first", "first")] * (n - right))


@pytest.mark.parametrize(
    ("agreed", "pairs", "kind"),
    [
        (510, 1_000, UNSURE),
        (690, 1_000, UNSURE),
        (710, 1_000, CONDITIONS),
        (3, 4, UNSURE),
        (9, 10, CONDITIONS),
    ],
)
def test_a_judge_hardly_steadier_than_a_coin_proves_nothing_without_people(agreed, pairs, kind):
    """What it contradicts itself on counts as even, so that losses are hidden."""
    judge = JudgeEvidence(consistent(agreed, pairs))
    found = verdict(by_a_judge(counted(400), judge))
    assert (found.kind, found.reviews_needed) == (kind, 100)
    if kind is UNSURE:
        assert codes(found)[0] == "judge_unsteady"
        assert found.reasons[0].params["consistency"] == agreed / pairs
    human = np.full(400, np.nan)
    human[:100] = 0.0
    assert verdict(by_a_judge(counted(400), replace(judge, labels=100), human)).kind is SWITCH


def test_a_category_that_a_judge_alone_found_proven_waits_for_reviews():
    """People reviewed enough of the whole, and too little of the category that is to move."""
    parts = joined(category("chat", 900, worse=180), category("notes", 100))
    human = np.full(1_000, np.nan)
    human[:95], human[900:905] = np.where(np.arange(95) % 5 == 0, -1.0, 0.0), 0.0
    judged = replace(parts, judge=JudgeEvidence(labels=100), human=human)
    found = verdict(judged)
    assert (found.kind, found.proven_categories) == (CONDITIONS, ("notes",))
    assert (codes(found)[0], found.reviews_needed) == ("judge_alone", 150), "15 more of one in ten"
    by_rule = verdict(replace(judged, judge=JudgeEvidence(labels=100, categories=frozenset({"chat"}))))
    assert (by_rule.kind, by_rule.reviews_needed) == (CONDITIONS, None)
    assert "judge_alone" not in codes(by_rule)


def test_people_unmask_a_judge_that_is_too_kind():
    human = np.full(1000, np.nan)
    human[:200] = -(np.arange(200) % 5 == 0).astype(float)  # people see every fifth answer get worse
    found = verdict(by_a_judge(counted(1000), JudgeEvidence(labels=200), human))
    assert (found.kind, found.standing) == (KEEP, Standing.TOO_LOW)
    assert found.overall.difference < -0.15


@pytest.mark.parametrize("human", [[0.0] * 3, [2.0] * 5])
def test_labels_that_make_no_sense_are_refused(human):
    with pytest.raises(InvalidSamplesError, match=r"label"):
        by_a_judge(counted(5), JudgeEvidence(), np.array(human))


# Looks


def test_what_passes_at_the_end_may_not_yet_pass_at_a_look():
    samples = counted(200, better=3, worse=3)
    assert verdict(samples).kind is SWITCH
    early = verdict(samples, Plan(looks=Looks((0.25,))))
    assert (early.kind, early.settled) == (UNSURE, False)
    assert verdict(counted(400), Plan(looks=Looks((0.25,)))).settled


def test_a_look_can_settle_that_a_candidate_is_worse():
    found = verdict(counted(100, worse=50), Plan(looks=Looks((0.25,))))
    assert (found.kind, found.settled) == (KEEP, True)


def test_the_first_of_many_looks_finds_nothing_at_the_plain_level():
    assert verdict(counted(52), Plan(looks=Looks((0.25, 0.5)))).kind is UNSURE
