"""Blind review: what is drawn, who is shown what, and what people's words come to."""

from __future__ import annotations

import pytest

from migration_app.comparisons.actions import compare_run
from migration_app.evaluation.judging import JudgeEvidence
from migration_app.reports.build import freeze
from migration_app.reports.public import public
from migration_app.runs.models import RunState
from migration_app.scoring.judging.evidence import describe_judging, judge_evidence
from migration_app.scoring.models import ReviewCase, ReviewLabel
from migration_app.scoring.reviews import (
    CannotReview,
    agreement_of,
    bring_back,
    draw_more,
    hidden_names,
    human_differences,
    label_case,
    next_case,
    reviews_of,
    skip_case,
    take_back,
    without_names,
)
from migration_app.scoring.reviews.labelling import _open_cases
from tests.builders import person
from tests.scoring.test_judging import RUBRIC, judged, marks, through  # noqa: F401


@pytest.fixture
def reviewed(judged):  # noqa: F811
    """A finished run that a fair judge marked; `weak` is wrong on about half of the requests."""

    def play(*judges: str, samples: int = 20, **options):
        bench = judged("weak", *(judges or ("fair",)), samples=samples, **options)
        through(bench.run)
        bench.run.state = RunState.FINISHED
        bench.run.save(update_fields=["state"])
        return bench.run

    return play


def says(case, *, better: str) -> str:
    """The choice that prefers the candidate's answer, today's, or neither, wherever they lie."""
    if better == "neither":
        return "same"
    return "left" if (better == "candidate") == case.subject_left else "right"


def label_all(round_, name: str, better: str) -> int:
    count = 0
    while shown := next_case(round_=round_, reviewer=person(name)):
        case = ReviewCase.objects.get(pk=shown.key)
        assert label_case(
            round_=round_, case_id=case.pk, reviewer=person(name), choice=says(case, better=better)
        )
        count += 1
    return count


def test_the_draw_is_random_by_its_seed_and_more_takes_more_of_the_same(reviewed):
    run = reviewed()
    first = draw_more(run=run, user=None, to=8)
    drawn = set(ReviewCase.objects.values_list("subject__sample_id", flat=True))
    assert len(drawn) == 8
    draw_more(run=run, user=None, to=8)
    assert ReviewCase.objects.count() == 8
    draw_more(run=run, user=None, to=15)
    more = set(ReviewCase.objects.values_list("subject__sample_id", flat=True))
    assert drawn < more
    assert len(more) == 15
    first.refresh_from_db()
    assert first.samples == 15


def test_answers_that_are_the_same_need_no_person(reviewed):
    run = reviewed()
    draw_more(run=run, user=None, to=20)
    same = ReviewCase.objects.filter(known=0.5).count()
    assert same == sum(mark == 0.5 for mark in marks("weak"))
    assert ReviewCase.objects.filter(known=None).count() == 20 - same


def test_sides_are_swapped_at_random_and_a_case_says_nothing_of_its_owner(reviewed):
    run = reviewed(samples=30)
    round_ = draw_more(run=run, user=None, to=30)
    assert set(ReviewCase.objects.values_list("subject_left", flat=True)) == {True, False}
    shown = next_case(round_=round_, reviewer=person("alice"))
    case = ReviewCase.objects.select_related("subject", "rival").get(pk=shown.key)
    left = case.subject if case.subject_left else case.rival
    assert shown.left.item_id == left.pk


def test_words_count_the_same_wherever_the_answers_lay(reviewed):
    run = reviewed()
    round_ = draw_more(run=run, user=None, to=20)
    count = label_all(round_, "alice", "candidate")
    assert count == ReviewCase.objects.filter(known=None).count() > 0
    weak = run.candidates.get(label="weak")
    differences = human_differences(run)[weak.pk]
    assert sorted(set(differences.values())) == [0.0, 0.5]
    assert sum(value == 0.5 for value in differences.values()) == count
    assert len(differences) == 20


def test_half_reviewed_takes_half_of_what_needs_no_person(reviewed):
    run = reviewed(samples=40)
    round_ = draw_more(run=run, user=None, to=40)
    asked = ReviewCase.objects.filter(known=None).count()
    for _ in range(asked // 2):
        shown = next_case(round_=round_, reviewer=person("alice"))
        label_case(round_=round_, case_id=shown.key, reviewer=person("alice"), choice="same")
    weak = run.candidates.get(label="weak")
    settled = 40 - asked
    expected = asked // 2 + round(settled * (asked // 2) / asked)
    assert len(human_differences(run)[weak.pk]) == expected


def test_a_second_reviewer_gets_what_is_left_and_every_fifth_to_agree_on(reviewed):
    run = reviewed(samples=60)
    round_ = draw_more(run=run, user=None, to=60)
    asked = label_all(round_, "alice", "incumbent")
    again = label_all(round_, "bob", "incumbent")
    assert again == len(range(0, asked, 5))
    agreement = agreement_of(run)
    assert agreement.shared == again
    assert agreement.agreed == 1.0
    # Both always said the same thing, so chance explains it all.
    assert agreement.kappa is None
    assert agreement.judge_agreed == 1.0
    progress = reviews_of(round_, person("bob").pk)
    assert (progress.labelled, progress.mine, progress.reviewers) == (asked, again, 2)
    assert progress.labelled == progress.cases


def test_a_word_can_be_taken_back_and_comes_again(reviewed):
    run = reviewed()
    round_ = draw_more(run=run, user=None, to=20)
    shown = next_case(round_=round_, reviewer=person("alice"))
    label_case(round_=round_, case_id=shown.key, reviewer=person("alice"), choice="left")
    assert next_case(round_=round_, reviewer=person("alice")).key != shown.key
    assert take_back(round_=round_, reviewer=person("alice"))
    assert next_case(round_=round_, reviewer=person("alice")).key == shown.key
    assert not take_back(round_=round_, reviewer=person("alice"))


def test_a_case_that_a_reviewer_cannot_judge_goes_to_others_and_comes_back_when_asked_for(reviewed):
    run = reviewed()
    round_ = draw_more(run=run, user=None, to=20)
    alice, bob = person("alice"), person("bob")
    first = next_case(round_=round_, reviewer=alice).key
    assert skip_case(round_=round_, case_id=first, reviewer=alice)
    assert next_case(round_=round_, reviewer=alice).key != first
    assert take_back(round_=round_, reviewer=alice), "the skip was the last thing she did"
    assert next_case(round_=round_, reviewer=alice).key == first
    skip_case(round_=round_, case_id=first, reviewer=alice)
    assert label_all(round_, "alice", "candidate") > 0
    assert reviews_of(round_, alice.pk).skipped == 1
    assert not skip_case(round_=round_, case_id=ReviewLabel.objects.first().case_id, reviewer=alice)
    assert next_case(round_=round_, reviewer=alice) is None
    assert first in {case.pk for case in _open_cases(round_, bob)}
    assert bring_back(round_=round_, reviewer=alice) == 1
    assert next_case(round_=round_, reviewer=alice).key == first


def test_two_reviewers_at_one_pace_do_not_label_the_same_cases(reviewed):
    run = reviewed(samples=60)
    round_ = draw_more(run=run, user=None, to=60)
    alice, bob = person("alice"), person("bob")
    for _ in range(6):
        shown = [(one, next_case(round_=round_, reviewer=one).key) for one in (alice, bob)]
        for one, key in shown:
            label_case(round_=round_, case_id=key, reviewer=one, choice="same")
    assert ReviewCase.objects.filter(labels__isnull=False).distinct().count() > 9


def test_a_request_comes_twice_to_one_reviewer_only_when_nothing_else_is_left(reviewed):
    """Of two pairs with the same request the answer that comes again is today's: that would tell."""
    run = reviewed()
    round_ = draw_more(run=run, user=None, to=20)
    alice = person("alice")
    cases = list(_open_cases(round_, alice))
    label_case(round_=round_, case_id=cases[0].pk, reviewer=alice, choice="same")
    again = ReviewCase.objects.get(pk=cases[0].pk)
    again.pk, again.subject, again.order = None, again.rival, -1  # another model's answer to the same
    again.save()
    following = list(_open_cases(round_, alice))
    assert following[-1].pk == again.pk and len(following) == len(cases)


def test_names_that_an_answer_mentions_itself_are_covered_unless_the_request_has_them(reviewed):
    names = hidden_names(reviewed(samples=2))
    for said, shown in [
        ("I am GPT-4o-mini, made by OpenAI.", "I am ▮▮▮, made by ▮▮▮."),
        ("As weak I say no.", "As ▮▮▮ I say no."),
        ("Claude 3.5 Sonnet here", "▮▮▮ Sonnet here"),
        ("A weakness of Egypt and graphite.", "A weakness of Egypt and graphite."),
        ("Gemini is a sign of the zodiac", "Gemini is a sign of the zodiac"),
    ]:
        assert without_names(said, names, "Which signs follow Gemini?") == shown


@pytest.mark.parametrize("choice", ["", "middle", "LEFT", "skip"])
def test_a_word_that_is_none_and_a_case_of_another_round_are_not_kept(reviewed, choice):
    run = reviewed()
    round_ = draw_more(run=run, user=None, to=20)
    shown = next_case(round_=round_, reviewer=person("alice"))
    assert not label_case(round_=round_, case_id=shown.key, reviewer=person("alice"), choice=choice)
    assert not label_case(round_=round_, case_id=10**12, reviewer=person("alice"), choice="left")
    assert not ReviewLabel.objects.exists()


def test_a_run_that_is_not_finished_cannot_be_reviewed(reviewed):
    run = reviewed()
    run.state = RunState.RUNNING
    with pytest.raises(CannotReview, match="not finished"):
        draw_more(run=run, user=None, to=10)
    run.state = RunState.FINISHED
    with pytest.raises(CannotReview, match="between 1 and"):
        draw_more(run=run, user=None, to=0)


def test_the_verdict_knows_the_judge_and_how_many_answers_people_saw(reviewed):
    run = reviewed("fair", samples=40)
    weak = run.candidates.get(label="weak")
    assert judge_evidence(run)[weak.pk].labels == 0
    assert judge_evidence(run)[weak.pk].consistency.value == 1.0
    round_ = draw_more(run=run, user=None, to=40)
    label_all(round_, "alice", "incumbent")
    evidence = judge_evidence(run)[weak.pk]
    assert isinstance(evidence, JudgeEvidence)
    assert evidence.labels == 40
    compare_run(run=run)
    assert run.comparison.verdicts.get().kind == "keep"


def test_a_judge_that_contradicts_itself_never_lets_anybody_switch(reviewed):
    run = reviewed("first", samples=80)
    weak = run.candidates.get(label="weak")
    assert judge_evidence(run)[weak.pk].consistency.value == 0.0
    compare_run(run=run)
    assert run.comparison.verdicts.get().kind not in ("switch", "switch_with_conditions")


def test_a_good_model_that_only_judges_saw_is_not_let_through_without_people(reviewed):
    run = reviewed("fair", samples=80, scoring=RUBRIC)
    run.candidates.filter(label="weak")
    compare_run(run=run)
    assert run.comparison.verdicts.get().kind != "switch"


def test_the_method_names_judges_rubric_and_cost(reviewed):
    run = reviewed("fair", "prose", scoring=RUBRIC, samples=6)
    told = describe_judging(run)
    assert [judge.label for judge in told.judges] == ["fair", "prose"]
    assert [judge.questions for judge in told.judges] == [12, 12]
    assert [judge.unreadable for judge in told.judges] == [0, 12]
    assert told.judges[0].spent > 0
    assert [rubric["version"] for rubric in told.rubrics] == [1]
    assert describe_judging(run).rubrics == told.rubrics


def test_the_report_s_method_tells_of_judges_and_people(reviewed):
    run = reviewed("fair", samples=20)
    round_ = draw_more(run=run, user=None, to=20)
    label_all(round_, "alice", "incumbent")
    report = freeze(compare_run(run=run).data)
    sections = {section["title"]: section["facts"] for section in report["method"]["sections"]}
    judges = " ".join(fact["value"] for fact in sections["The judges"])
    assert "same winner in both orders 100% of the time" in judges
    assert "Length is no merit" in judges
    people = {fact["term"]: fact["value"] for fact in sections["Reviews by people"]}
    assert people["Reviewers"] == "1"
    assert people["Judges said the same as people"] == "100%"
    assert "Length is no merit" not in str(public(report)), "the rubric stays within the team"
