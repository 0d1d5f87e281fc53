"""The bundled workload: sound, varied, and judged by scorers that suit it."""

import json
import re
from collections import Counter

import pytest

from migration_app.evaluation.scorers import Answer, Expected, build, suggest
from migration_app.evaluation.scorers.text import normalise
from migration_app.workloads.samples import SAMPLE_WORKLOADS, SUPPORT_DESK

SAMPLES = [json.loads(line) for line in SUPPORT_DESK.path.read_text(encoding="utf-8").splitlines()]
CATEGORIES = ("routing", "extraction", "answers", "sentiment")


def of(category: str) -> list[dict]:
    return [sample for sample in SAMPLES if sample["category"] == category]


def request_of(sample: dict) -> str:
    return sample["messages"][-1]["content"]


def test_every_listed_workload_has_its_file_and_its_description():
    for workload in SAMPLE_WORKLOADS.values():
        assert workload.path.is_file()
        assert workload.path.with_suffix(".md").is_file()


def test_every_category_holds_enough_samples_for_a_verdict():
    counts = Counter(sample["category"] for sample in SAMPLES)
    assert set(counts) == set(CATEGORIES) == set(SUPPORT_DESK.scorers)
    assert min(counts.values()) >= 20
    assert sum(counts.values()) == int(SUPPORT_DESK.description.split()[0]) >= 80


def test_every_sample_has_a_name_of_its_own_and_a_request_of_its_own():
    assert len({sample["id"] for sample in SAMPLES}) == len(SAMPLES)
    assert len({normalise(request_of(sample)) for sample in SAMPLES}) == len(SAMPLES)


def test_requests_are_not_variations_of_one_another():
    for category in CATEGORIES:
        bodies = [set(normalise(request_of(sample)).split()) for sample in of(category)]
        for index, one in enumerate(bodies):
            for other in bodies[:index]:
                assert len(one & other) / len(one | other) < 0.5


def test_the_worked_examples_are_not_among_the_requests():
    shown = {message["content"] for sample in SAMPLES for message in sample["messages"][1:-1]}
    assert not shown & {request_of(sample) for sample in SAMPLES}


def test_a_conversation_begins_with_the_system_prompt_and_ends_with_the_customer():
    for sample in SAMPLES:
        roles = [message["role"] for message in sample["messages"]]
        assert roles[0] == "system"
        assert roles[1:] == ["user", "assistant"] * ((len(roles) - 2) // 2) + ["user"]


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_reference_gets_full_marks_and_a_wrong_answer_none(category):
    choice = SUPPORT_DESK.scorers[category]
    scorer = build(choice.name, **choice.parameters)
    for sample in of(category):
        expected = Expected((sample["reference"],))
        assert scorer(Answer(sample["reference"]), expected).value == 1
        assert scorer(Answer("zebra"), expected).value == 0


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_chosen_scorer_is_the_one_that_would_be_suggested(category):
    suggestion = suggest(Expected((sample["reference"],)) for sample in of(category))
    choice = SUPPORT_DESK.scorers[category]
    assert (suggestion.name, dict(suggestion.parameters)) == (choice.name, dict(choice.parameters))


@pytest.mark.parametrize("category", ["routing", "sentiment"])
def test_labels_are_named_in_the_prompt_and_fairly_spread(category):
    counts = Counter(sample["reference"] for sample in of(category))
    prompt = of(category)[0]["messages"][0]["content"]
    assert all(re.search(rf"^{label}:", prompt, re.MULTILINE) for label in counts)
    assert max(counts.values()) <= 2 * min(counts.values())


def test_every_answer_can_be_given_in_words_of_the_passage():
    for sample in of("answers"):
        passage, _, _ = request_of(sample).partition("Question:")
        missing = set(normalise(sample["reference"]).split()) - set(normalise(passage).split())
        assert not missing, sample["id"]


def test_extracted_orders_and_amounts_are_in_the_message():
    for sample in of("extraction"):
        wanted, text = json.loads(sample["reference"]), request_of(sample)
        assert list(wanted) == ["order", "date", "amount"]
        assert (wanted["order"] or "").lower() in text.lower()
        assert wanted["amount"] is None or f"{wanted['amount']:.2f}".rstrip("0").rstrip(".") in text.replace(
            ",", ""
        )


def test_some_facts_are_missing_so_that_inventing_them_shows():
    references = [json.loads(sample["reference"]) for sample in of("extraction")]
    for name in ("order", "date", "amount"):
        assert any(reference[name] is None for reference in references)


def test_the_scorers_are_given_as_an_assessment_stores_them():
    stored = SUPPORT_DESK.scoring()["by_category"]
    assert {
        category: build(choice["name"], **choice["parameters"]).name for category, choice in stored.items()
    } == {category: choice.name for category, choice in SUPPORT_DESK.scorers.items()}
