"""An empty account: it explains itself, and one click puts a first question together."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from migration_app.accounts.actions import create_team
from migration_app.accounts.models import Membership, Role, Team, User
from migration_app.candidates.models import Candidate, Connection
from migration_app.candidates.starters import Starter, offer, offered
from migration_app.runs.models import Assessment, Run
from migration_app.workloads.models import Workload
from tests.builders import a_candidate, a_connection

pytestmark = pytest.mark.django_db
SERVERS = [
    Starter("Small", "small", "llamacpp", "http://127.0.0.1:8101/v1", api_key="sk-planted-key-1234"),
    Starter("Today", "today", "llamacpp", "http://127.0.0.1:8102/v1", incumbent=True, machine="this computer",
            per_hour="0.10", price_source="Assumed"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    settings.STARTER_MODELS = tmp_path / "starter-models.json"
    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
    return settings.STARTER_MODELS


@pytest.fixture
def nina(db: None) -> Client:
    """She signs in for the first time; her team has nothing."""
    create_team(name="New", owner=User.objects.create_user("nina"))
    browser = Client()
    browser.force_login(User.objects.get(username="nina"))
    return browser


def test_one_click_puts_the_samples_question_together_and_sends_nothing(nina: Client) -> None:
    offer(SERVERS)
    page = nina.get(reverse("assessments")).content.decode()
    assert "Try it with the sample" in page and page.index("Today") < page.index("Small")
    answer = nina.post(reverse("try-sample"))
    draft = Assessment.objects.get()
    assert answer["Location"] == reverse("assessment-check", args=[draft.pk])
    assert draft.name == "May we replace Today?" and draft.baseline.label == "Today"
    assert [model.label for model in draft.candidates.all()] == ["Small"]
    check = nina.get(answer["Location"]).content.decode()
    assert "Start the test" in check and "127.0.0.1" in check
    assert not Run.objects.exists()
    assert "sk-planted-key" not in page + check


def test_a_second_click_makes_no_second_connection(nina: Client) -> None:
    offer(SERVERS)
    nina.post(reverse("try-sample"))
    nina.post(reverse("try-sample"))
    assert (Connection.objects.count(), Candidate.objects.count()) == (2, 2)
    assert Assessment.objects.count() == 1


def test_a_server_that_moved_to_another_port_is_followed(nina: Client) -> None:
    offer(SERVERS)
    nina.post(reverse("try-sample"))
    Candidate.objects.all().update(archived_at="2026-11-25T00:00Z")
    for model in Candidate.objects.all():
        Candidate.objects.filter(pk=model.pk).update(label=f"{model.label} of before")
    offer([Starter("Small", "small", "llamacpp", "http://127.0.0.1:9101/v1", api_key="k"), SERVERS[1]])
    nina.post(reverse("try-sample"))
    assert Connection.objects.get(name="Small").base_url == "http://127.0.0.1:9101/v1"


def test_where_no_model_is_there_the_page_says_so_and_the_sample_is_kept(nina: Client) -> None:
    page = nina.get(reverse("assessments")).content.decode()
    assert "no model comes with this server" in page
    answer = nina.post(reverse("try-sample"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("connection-new")
    assert "then press “Try it with the sample” again" in answer.content.decode()
    assert Workload.objects.count() == 1 and not Assessment.objects.exists()


def test_a_model_of_ones_own_is_not_enough_and_the_page_names_it(nina: Client) -> None:
    team = Team.objects.get(name="New")
    a_candidate(a_connection(team, "http://127.0.0.1:9/v1"), "mine", label="Mine")
    assert "Only Mine so far" in nina.get(reverse("assessments")).content.decode()
    answer = nina.post(reverse("try-sample"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("connections")
    assert "a comparison needs two" in answer.content.decode()


@pytest.mark.parametrize("content", ["", "no json", "{}", '[{"label": "x"}]', '[{"odd": 1}]', "[1, 2]"])
def test_an_offer_that_makes_no_sense_is_none(place: Path, content: str) -> None:
    place.write_text(content)
    assert offered() == []


def test_the_offer_is_for_the_servers_eyes_and_can_be_taken_back(place: Path) -> None:
    place.touch(mode=0o644)
    offer(SERVERS)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert "sk-planted" not in repr(offered())
    offer([])
    assert not place.exists() and offered() == []


def test_a_viewer_is_not_offered_what_a_viewer_may_not_do(nina: Client) -> None:
    offer(SERVERS)
    Membership.objects.update(role=Role.VIEWER)
    assert "Try it with the sample" not in nina.get(reverse("assessments")).content.decode()
    assert nina.post(reverse("try-sample")).status_code == 403
