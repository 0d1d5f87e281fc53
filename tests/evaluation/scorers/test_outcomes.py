import pytest

from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Retry, Timing, Usage
from migration_app.evaluation.scorers import Expected, build, score_outcome

WANTED = Expected(("billing",))


def completed(text: str, refusal: str | None = None) -> Completed:
    return Completed(text, Usage(), Timing(0.1, 0.2, 0.3), refusal=refusal)


@pytest.fixture
def match():
    return build("normalised_match")


def test_an_answer_is_scored_by_the_scorer(match):
    assert score_outcome(match, completed("Billing"), WANTED).value == 1
    assert score_outcome(match, completed("Sales"), WANTED).value == 0


def test_a_failed_call_scores_zero_and_keeps_its_own_words(match):
    failed = Failed(FailureKind.TIMEOUT, "No answer within 60 s; raise the deadline.", Retry.LATER)
    score = score_outcome(match, failed, WANTED)
    assert score.value == 0
    assert score.explanation == "No answer came: No answer within 60 s; raise the deadline."


def test_a_call_whose_worker_died_is_no_fault_of_the_models(match):
    lost = Failed(FailureKind.UNKNOWN, "The worker stopped.", Retry.NEVER)
    score = score_outcome(match, lost, WANTED)
    assert (score.value, score.unscored) == (None, "Nobody knows the answer. The worker stopped.")


def test_a_refusal_scores_zero_even_beside_the_right_text(match):
    score = score_outcome(match, completed("billing", refusal="I can't help with that."), WANTED)
    assert score.value == 0
    assert "refused: “I can't help with that.”" in score.explanation


def test_a_blank_refusal_is_no_refusal(match):
    assert score_outcome(match, completed("billing", refusal=" "), WANTED).value == 1


@pytest.mark.parametrize("outcome", [completed("billing"), Failed(FailureKind.TIMEOUT, "Late.", Retry.LATER)])
def test_without_the_reference_it_needs_no_candidate_is_scored(match, outcome):
    score = score_outcome(match, outcome, Expected())
    assert score.value is None
    assert "needs a reference" in score.unscored


def test_a_scorer_that_needs_no_reference_works_without_one():
    assert score_outcome(build("json_validity"), completed("{}"), Expected()).value == 1
