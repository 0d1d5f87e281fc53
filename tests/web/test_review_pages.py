"""The blind review page. Alice reviews, Vera may only look, Charlie sees nothing."""

import pytest
from django.urls import reverse

from migration_app.comparisons.models import Comparison
from migration_app.runs.models import Assessment, Run, RunState
from migration_app.scoring.models import ReviewCase, ReviewLabel
from migration_app.scoring.reviews import Agreement
from migration_app.web.reviews import agreement_words
from tests.reports.finished import a_question, every, finished, right

pytestmark = pytest.mark.django_db
HOSTILE = "<img src=x onerror=alert(1)> \u202e"


@pytest.fixture
def run(people) -> Run:
    question = a_question(people.team, "Secretname", "Lumenmodel", samples=20)
    return finished(question, {"Secretname": right, "Lumenmodel": every(2, text=HOSTILE)})


def address(run, page="review"):
    return reverse(page, args=[run.pk])


def test_an_empty_review_explains_itself_and_draws_pairs(people, run):
    assert "Start a blind review" in people.alice.get(address(run)).content.decode()
    people.alice.post(address(run, "review-draw"), {"to": "20"})
    assert ReviewCase.objects.count() == 20


def test_the_page_names_nobody_and_runs_nothing(people, run):
    people.alice.post(address(run, "review-draw"), {"to": "20"})
    page = people.alice.get(address(run)).content.decode()
    shown = page[page.index("review-request") : page.index("review-draw")]
    assert "Lumenmodel" not in shown
    assert "Secretname" not in shown
    assert "<img src=x" not in page
    assert 'data-key="1"' in page
    assert '<p class="turn-role">User</p>' in shown


def test_alice_says_which_is_better_and_gets_the_next_pair(people, run):
    people.alice.post(address(run, "review-draw"), {"to": "20"})
    seen = set()
    for _ in range(3):
        case = people.alice.get(address(run)).context["case"]
        seen.add(case.key)
        people.alice.post(address(run, "review-label"), {"case": case.key, "choice": "left"})
    assert len(seen) == ReviewLabel.objects.count() == 3
    people.alice.post(address(run, "review-undo"))
    assert ReviewLabel.objects.count() == 2


def test_alice_skips_what_she_cannot_judge_and_asks_for_it_again_at_the_end(people, run):
    people.alice.post(address(run, "review-draw"), {"to": "20"})
    first = people.alice.get(address(run)).context["case"].key
    people.alice.post(address(run, "review-label"), {"case": first, "choice": "skip"})
    while case := people.alice.get(address(run)).context["case"]:
        assert case.key != first
        people.alice.post(address(run, "review-label"), {"case": case.key, "choice": "same"})
    assert "Show the 1 pair that you skipped" in people.alice.get(address(run)).content.decode()
    people.alice.post(address(run, "review-again"))
    assert people.alice.get(address(run)).context["case"].key == first


@pytest.mark.parametrize("case", ["", "x", "99999999999999999999", "²", "-1"])
def test_a_case_that_is_none_is_a_404(people, run, case):
    people.alice.post(address(run, "review-draw"), {"to": "20"})
    answer = people.alice.post(address(run, "review-label"), {"case": case, "choice": "left"})
    assert answer.status_code == 404


def test_vera_may_look_but_not_review_and_charlie_sees_nothing(people, run):
    people.alice.post(address(run, "review-draw"), {"to": "20"})
    page = people.vera.get(address(run))
    assert page.status_code == 200
    assert page.context["case"] is None
    assert people.vera.post(address(run, "review-draw"), {"to": "30"}).status_code == 403
    assert people.charlie.get(address(run)).status_code == 404
    for page in ("review-draw", "review-label", "review-undo", "review-again", "review-weigh"):
        assert people.charlie.post(address(run, page)).status_code == 404


@pytest.mark.parametrize(
    ("reviewers", "shared", "agreed", "alpha", "words"),
    [
        (1, 0, None, None, "One person reviewed so far"),
        (2, 9, 1.0, None, "Too few pairs"),
        (2, 12, 1.0, None, "said the same every time"),
        (3, 12, 0.9, 0.81, "can be relied on"),
        (2, 12, 0.8, 0.7, "mostly agree"),
        (2, 12, 0.6, 0.3, "often disagree"),
        (2, 12, 0.2, -0.2, "more than chance"),
    ],
)
def test_how_far_people_agree_is_said_in_plain_words(reviewers, shared, agreed, alpha, words):
    assert words in agreement_words(Agreement(reviewers, shared, agreed, None, alpha, 0, None, None))


def judged(run: Run, **compared) -> None:
    """The run's scores are a judge's; its last comparison said this of the candidate."""
    Assessment.objects.filter(pk=run.assessment_id).update(
        scoring={"default": {"name": "rubric_judge", "parameters": {}}, "by_category": {}}
    )
    comparison = Comparison.objects.get(run=run)
    (told,) = [one for option in comparison.data["options"] if (one := option["comparison"])]
    told.update({"settled": False, "more_reviews_needed": None} | compared)
    told["overall"]["method"], told["overall"]["labels"] = ("ppi", 5) if compared else ("tango", None)
    comparison.save()


@pytest.mark.parametrize(
    ("compared", "words"),
    [
        ({}, "cannot be said before 30 of each model are in and weighed"),
        ({"more_reviews_needed": 60}, "about 61 more for each model would settle it"),
        ({"more_reviews_needed": None}, "for more reviews alone to settle it"),
        ({"settled": True}, "Those that were weighed settle it"),
    ],
)
def test_the_page_says_how_many_more_would_settle_it_or_that_nobody_can_say(people, run, compared, words):
    judged(run, **compared)
    people.alice.post(address(run, "review-draw"), {"to": "20"})
    for _ in range(2):
        case = people.alice.get(address(run)).context["case"]
        people.alice.post(address(run, "review-label"), {"case": case.key, "choice": "left"})
    page = people.alice.get(address(run))
    assert page.context["progress"].least == 4  # with two pairs of equal answers that come by themselves
    assert words in page.content.decode()


def test_weighing_makes_a_new_edition_once_somebody_reviewed(people, run):
    people.alice.post(address(run, "review-draw"), {"to": "20"})
    people.alice.post(address(run, "review-weigh"))
    run.refresh_from_db()
    assert run.state == RunState.FINISHED
    case = people.alice.get(address(run)).context["case"]
    people.alice.post(address(run, "review-label"), {"case": case.key, "choice": "same"})
    people.alice.post(address(run, "review-weigh"))
    run.refresh_from_db()
    assert (run.state, run.edition) == (RunState.COMPARING, 2)
