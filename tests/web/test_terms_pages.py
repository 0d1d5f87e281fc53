"""The pages on data, licences and the team's policy, and what the wizard makes of them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from migration_app.candidates.models import Candidate, Connection
from migration_app.candidates.terms.actions import set_policy, state_terms
from migration_app.candidates.terms.queries import policy_of
from migration_app.runs.actions import cancel_run
from migration_app.runs.models import Assessment, Run
from tests.web.people import People
from tests.web.test_wizard import RULES


@pytest.fixture
def connection(models: list[Candidate]) -> Connection:
    return models[0].connection


def test_terms_are_written_down_and_shown_with_their_source(people: People, connection: Connection) -> None:
    before = people.alice.get(reverse("connection", args=[connection.pk])).content.decode()
    assert '<dt>Processed in</dt><dd class="breaks">unknown</dd>' in before
    wish = {"place": "eu", "retention_days": "0", "training": "no", "as_of": "2026-11-01"}
    wish["source"] = "contract, §4"
    answer = people.alice.post(reverse("connection-terms", args=[connection.pk]), wish, follow=True)
    page = answer.content.decode()
    for words in ("European Union or EEA", "not at all", "Not used for training", "contract, §4"):
        assert words in page, words


def test_terms_without_a_source_are_sent_back(people: People, connection: Connection) -> None:
    page = people.alice.post(reverse("connection-terms", args=[connection.pk]), {"place": "eu"})
    assert "Say where this is written" in page.content.decode()


def test_all_read_the_policy_and_only_an_owner_changes_it(people: People) -> None:
    for browser in (people.vera, people.bob):
        page = browser.get(reverse("policy")).content.decode()
        assert "Only an owner of the team changes its policy: alice." in page and "Save policy" not in page
        refused = browser.post(reverse("policy"), {"places": ["eu"]})
        assert refused.status_code == 403 and "Only an owner" in refused.content.decode()
    assert "Save policy" in people.alice.get(reverse("policy")).content.decode()
    assert policy_of(people.team.pk) is None


def test_the_policy_stands_beside_what_is_known_of_each_connection(
    people: People, connection: Connection
) -> None:
    state_terms(connection=connection, user=None, place="us", source="their page")
    for reader in (people.alice, people.vera):
        page = reader.get(reverse("policy")).content.decode()
        assert connection.name in page and "United States" in page.partition("</form>")[2]
    assert (
        reverse("connection-terms", args=[connection.pk])
        not in people.vera.get(reverse("policy")).content.decode()
    )


def test_a_policy_becomes_the_rules_of_the_next_question(
    people: People, models: list[Candidate], draft: Assessment
) -> None:
    people.alice.post(reverse("policy"), {"places": ["eu", "own"], "no_training": "on"})
    form = {"name": "Q", "baseline": str(models[0].pk), "candidates": [str(models[1].pk)]}
    people.alice.post(f"{reverse('assessment-new')}?workload={draft.workload.pk}", form)
    made = Assessment.objects.get(name="Q")
    assert made.rules == {"places": ["eu", "own"], "no_training": True}
    page = people.alice.get(reverse("assessment-rules", args=[made.pk])).content.decode()
    assert page.count("checked") >= 3 and "team&#x27;s policy" in page or "team's policy" in page
    people.alice.post(reverse("assessment-rules", args=[made.pk]), RULES | {"places": ["us"]})
    made.refresh_from_db()
    assert made.rules["places"] == ["us"] and "no_training" not in made.rules


def test_a_conflict_is_shown_before_the_start_and_must_be_accepted(
    people: People, models: list[Candidate], draft: Assessment, connection: Connection
) -> None:
    state_terms(connection=connection, user=None, place="us", source="their page")
    draft.rules = {"places": ["eu"]}
    draft.save()
    check = reverse("assessment-check", args=[draft.pk])
    page = people.alice.get(check).content.decode()
    assert "breaks your rule on where requests are processed: United States" in page
    assert "You allow only European Union or EEA." in page and 'name="accepts_conflicts"' in page
    start = reverse("assessment-start", args=[draft.pk])
    refused = people.alice.post(start, {"runs": "0"}, follow=True)
    assert "Say in a sentence" in refused.content.decode() and not Run.objects.exists()
    people.alice.post(start, {"runs": "0", "accepts_conflicts": "Only made-up requests are sent."})
    assert Run.objects.get().candidates.first().terms["place"] == "us"


def test_a_question_that_a_later_policy_forbids_is_run_again_with_a_sentence_or_copied(
    people: People, draft: Assessment, connection: Connection
) -> None:
    start = reverse("assessment-start", args=[draft.pk])
    people.alice.post(start, {"runs": "0"})
    run = Run.objects.get()
    cancel_run(run=run, user=None)
    state_terms(connection=connection, user=None, place="us", source="their page")
    set_policy(team=people.team, user=None, places=["eu"])
    again = people.alice.get(reverse("run", args=[run.pk])).content.decode()
    check = reverse("assessment-check", args=[draft.pk])
    assert f'href="{check}"' in again and reverse("assessment-copy", args=[draft.pk]) in again
    refused = people.alice.post(start, {"runs": "1"}, follow=True)
    assert refused.redirect_chain[-1][0] == check
    page = refused.content.decode()
    assert "copied on its run" in page and 'name="accepts_conflicts"' in page and 'value="1"' in page
    assert "Discard draft" not in page and "Send the trial" not in page
    people.alice.post(start, {"runs": "1", "accepts_conflicts": "Only made-up requests are sent."})
    assert Run.objects.get(number=2).accepted[0]["by"] == "alice"


def test_a_copy_asks_the_same_and_may_be_changed(people: People, draft: Assessment) -> None:
    draft.rules, draft.margin, draft.sample_limit = {"places": ["eu"]}, 0.03, 5
    draft.save()
    people.alice.post(reverse("assessment-start", args=[draft.pk]), {"runs": "0"})
    copy = reverse("assessment-copy", args=[draft.pk])
    assert people.vera.post(copy).status_code == 403
    answer = people.alice.post(copy, follow=True)
    made = Assessment.objects.exclude(pk=draft.pk).get()
    assert answer.redirect_chain[-1][0] == reverse("assessment-options", args=[made.pk])
    assert (made.rules, made.margin, made.sample_limit, made.frozen_at) == ({"places": ["eu"]}, 0.03, 5, None)
    assert set(made.candidates.all()) == set(draft.candidates.all()) and made.created_by.username == "alice"
    assert not made.runs.exists() and draft.runs.count() == 1


def test_what_nobody_wrote_down_is_said_and_asks_for_nothing_more(people: People, draft: Assessment) -> None:
    set_policy(team=people.team, user=None, places=["eu"])
    draft.rules = {"places": ["eu"]}
    draft.save()
    page = people.alice.get(reverse("assessment-check", args=[draft.pk])).content.decode()
    assert "nobody has written it down yet" in page and 'name="accepts_conflicts"' not in page


def test_an_own_model_server_is_taken_for_ones_own_premises_until_somebody_says_otherwise(
    people: People, connection: Connection
) -> None:
    Connection.objects.filter(pk=connection.pk).update(vendor="vllm")
    page = people.alice.get(reverse("connection", args=[connection.pk])).content.decode()
    assert "Our own premises" in page and "a server of your own" in page
    form = people.alice.get(reverse("connection-terms", args=[connection.pk])).content.decode()
    assert '<option value="own" selected>' in form
    people.alice.post(
        reverse("connection-terms", args=[connection.pk]), {"place": "us", "source": "a gateway"}
    )
    page = people.alice.get(reverse("connection", args=[connection.pk])).content.decode()
    assert "United States" in page and "a gateway, as of " in page and "written down by alice" in page


def test_a_trial_needs_the_same_sentence(people: People, draft: Assessment, connection: Connection) -> None:
    state_terms(connection=connection, user=None, place="us", source="their page")
    draft.rules = {"places": ["eu"]}
    draft.save()
    trial = reverse("assessment-trial", args=[draft.pk])
    assert (
        f'form="start" formaction="{trial}"'
        in people.alice.get(reverse("assessment-check", args=[draft.pk])).content.decode()
    )
    people.alice.post(trial)
    assert not Run.objects.exists()
    people.alice.post(trial, {"accepts_conflicts": "Only made-up requests are sent."})
    assert Run.objects.get().accepted[0]["by"] == "alice"


def test_another_teams_terms_are_not_there(people: People, connection: Connection) -> None:
    address = reverse("connection-terms", args=[connection.pk])
    assert people.charlie.get(address).status_code == 404
    assert people.charlie.post(address, {"place": "eu", "source": "x"}).status_code == 404
    people.alice.post(reverse("policy"), {"places": ["eu"]})
    assert "checked" not in people.charlie.get(reverse("policy")).content.decode()


def test_stopping_early_where_a_judge_scores_is_said_not_to_happen(people: People, draft: Assessment) -> None:
    draft.looks = True
    draft.save()
    check = reverse("assessment-check", args=[draft.pk])
    assert "three quarters of the requests settle every model" in people.alice.get(check).content.decode()
    draft.scoring = {"default": {"name": "rubric_judge", "parameters": {}}, "by_category": {}}
    draft.save()
    assert "no: judges read once all answers are in" in people.alice.get(check).content.decode()
