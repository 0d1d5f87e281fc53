"""The settings of a way of scoring. Alice may change them, Vera may look, Charlie sees nothing."""

import pytest
from django.urls import reverse

from migration_app.evaluation.scorers import SCORERS, parameters_of
from migration_app.web.scorer_words import LABELS, choices_of
from tests.builders import a_workload
from tests.web.people import the_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return the_people()


@pytest.fixture
def workload(people):
    return a_workload(people.team, 6)


def address(workload):
    return reverse("workload-scorer", args=[workload.pk])


def test_alice_sees_the_settings_of_the_scorer_she_asks_for(people, workload):
    page = people.alice.get(address(workload), {"scorer": "regex"}).content.decode()
    assert "The regular expression." in page
    assert "Must it match anywhere" in page


def test_alice_saves_a_pattern_and_what_equals_the_default_is_left_out(people, workload):
    sent = {"scorer": "regex", "pattern": r"\d{4}", "where": "anywhere"}
    answer = people.alice.post(address(workload), sent)
    assert answer.status_code == 302
    workload.refresh_from_db()
    assert workload.scoring["default"]["name"] == "regex"
    assert workload.scoring["default"]["parameters"] == {"pattern": r"\d{4}"}


def test_a_pattern_that_is_none_is_answered_with_a_sentence_and_nothing_is_saved(people, workload):
    before = workload.scoring
    answer = people.alice.post(address(workload), {"scorer": "regex", "pattern": "(", "where": "anywhere"})
    assert answer.status_code == 422
    assert "is not a regular expression" in answer.content.decode()
    workload.refresh_from_db()
    assert workload.scoring == before


def test_alice_combines_two_ways_and_makes_one_a_must(people, workload):
    sent = {
        "scorer": "composite",
        "part-0-name": "contains", "part-0-weight": "3",
        "part-1-name": "length", "part-1-weight": "0", "part-1-must_pass": "on", "part-1-at_least": "1",
        "part-1-shown": "length", "part-1-set-max_words": "9",
    }  # fmt: skip
    assert people.alice.post(address(workload), sent).status_code == 302
    workload.refresh_from_db()
    assert workload.scoring["default"]["parameters"]["parts"] == [
        {"name": "contains", "weight": 3.0},
        {"name": "length", "weight": 0.0, "must_pass": True, "at_least": 1.0, "parameters": {"max_words": 9}},
    ]
    page = people.alice.get(address(workload))
    assert page.context["form"]["part-1-set-max_words"].value() == 9
    assert "Part 3" in page.content.decode(), "there is room for one more"


def test_a_part_begins_with_its_own_settings_when_another_way_is_chosen(people, workload):
    sent = {
        "scorer": "composite", "show": "1", "part-0-shown": "length", "part-0-name": "contains",
        "part-0-set-max_words": "9", "part-1-name": "", "part-1-shown": "",
    }  # fmt: skip
    answer = people.alice.post(address(workload), sent)
    form = answer.context["form"]
    assert answer.status_code == 200
    assert {field.name for field in form.parts[0].setting_fields()} == {
        "part-0-set-require", "part-0-set-whole_words"
    }  # fmt: skip
    assert form["part-0-set-whole_words"].value() is True, "as the way itself begins"
    assert form["part-0-weight"].value() == 1
    more = people.alice.post(address(workload), sent | {"more": "1"}).context["form"]
    assert len(more.parts) == 3
    del sent["show"]
    people.alice.post(address(workload), sent)
    workload.refresh_from_db()
    assert workload.scoring["default"]["parameters"]["parts"] == [{"name": "contains", "weight": 1.0}]


def test_alice_sees_her_own_samples_scored_before_she_saves(people, workload):
    page = people.alice.get(address(workload), {"scorer": "exact_match"})
    preview = page.context["preview"]
    assert preview.tone == "good" and len(preview.samples) == 3
    assert [[one.score.value for one in sample.tried] for sample in preview.samples] == [[1, 0]] * 3
    assert "The expected answer of another sample" in page.content.decode()
    blind = people.alice.get(address(workload), {"scorer": "json_validity"}).context["preview"]
    assert (blind.tone, blind.finding) == (
        "warn", "Even the expected answer does not get full marks. Check the settings."
    )  # fmt: skip


def test_a_way_that_cannot_tell_right_from_wrong_says_so(people, workload):
    sent = {"scorer": "regex", "pattern": ".", "where": "anywhere", "show": "1"}
    assert "form of an answer" in people.alice.post(address(workload), sent).context["preview"].finding
    workload.samples.update(references=["1"])
    workload.samples.filter(position=0).update(references=["2"])
    sent = {"scorer": "numeric", "absolute": "5", "take": "last", "decimal_mark": ".", "show": "1"}
    preview = people.alice.post(address(workload), sent).context["preview"]
    assert preview.tone == "warn" and "cannot tell them apart" in preview.finding
    bad = people.alice.post(
        address(workload), {"scorer": "regex", "pattern": "(", "where": "anywhere", "show": "1"}
    )
    assert bad.context["preview"] is None and "Put the settings right" in bad.content.decode()


def test_the_logged_answer_and_samples_without_any_are_previewed_too(people, workload):
    workload.samples.update(
        references=[], logged={"text": "soon", "tool_calls": [{"name": "f", "arguments": "{}"}]}
    )
    page = people.alice.get(address(workload), {"scorer": "not_refused"})
    assert [one.kind for one in page.context["preview"].samples[0].tried] == ["logged"]
    assert "soon f({})" in page.content.decode()
    workload.samples.update(logged=None)
    assert "hold no answer" in people.alice.get(address(workload), {"scorer": "length"}).content.decode()


def test_before_a_judge_is_paid_alice_reads_what_it_would_be_asked(people, workload):
    sent = {"scorer": "rubric_judge", "rubric": "Mind the tone.", "show": "1"}
    page = people.alice.post(address(workload), sent)
    system, user = page.context["question"]
    assert "Mind the tone." in system["content"] and "Mind the tone." in page.content.decode()
    assert "Question 0" in user["content"]
    compared = people.alice.get(address(workload), {"scorer": "pairwise_judge"}).context["question"]
    assert "second_answer" in compared[1]["content"]


@pytest.mark.parametrize(
    "broken",
    [
        '{"max_words"',
        "[1]",
        "[" * 10_000,
        '{"x": NaN}',
        '{"\\ud800": 1}',
        '{"\\u0000": 1}',
        '{"a":' * 200 + "1" + "}" * 200,
    ],
)
def test_settings_that_are_no_json_object_or_cannot_be_stored_are_refused(people, workload, broken):
    sent = {
        "scorer": "composite", "part-0-name": "json_schema", "part-0-shown": "json_schema",
        "part-0-set-schema": broken,
    }  # fmt: skip
    assert people.alice.post(address(workload), sent).status_code == 422
    assert people.alice.get(address(workload)).status_code == 200


def test_alice_tries_an_answer_before_she_saves(people, workload):
    before = workload.scoring
    sent = {
        "scorer": "rouge", "variant": "rouge1", "try": "1",
        "tried_answer": "seven <b>days</b>", "tried_reference": "seven weeks",
    }  # fmt: skip
    page = people.alice.post(address(workload), sent).content.decode()
    assert "Shared words with “seven weeks”" in page
    assert "<b>days</b>" not in page
    workload.refresh_from_db()
    assert workload.scoring == before


def test_an_unknown_scorer_or_category_is_not_an_accident(people, workload):
    assert people.alice.get(address(workload), {"scorer": "magic"}).status_code == 200
    assert people.alice.get(address(workload), {"category": "nope"}).status_code == 404


def test_vera_may_look_but_not_change_and_charlie_sees_nothing(people, workload):
    assert people.vera.get(address(workload)).status_code == 200
    assert people.vera.post(address(workload), {"scorer": "rouge", "variant": "rouge1"}).status_code == 403
    assert people.charlie.get(address(workload)).status_code == 404
    assert people.charlie.post(address(workload), {"scorer": "rouge"}).status_code == 404


def test_every_setting_has_words_of_its_own():
    for item in {item.name: item for scorer in SCORERS.values() for item in parameters_of(scorer)}.values():
        assert item.name in LABELS
        said = [str(words) for _, words in choices_of(item)]
        assert len(set(said)) == len(said) and not set(said) & set(item.choices), item.name
