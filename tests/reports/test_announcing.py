"""A run that is over announces itself by e-mail, once, to whoever started it and wants to know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from migration_app.accounts.models import Membership, User
from migration_app.reports.announcing import announce, due
from migration_app.reports.models import Announcement
from migration_app.runs.models import Run, RunState
from tests import builders
from tests.reports.finished import a_question, finished, right
from tests.servers.mail import MailServer, mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings: Any) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
        settings.PUBLIC_URL = "https://crossover.example.com"
        yield server


@pytest.fixture
def run(settings: Any, tmp_path: Any) -> Run:
    settings.MEDIA_ROOT = tmp_path
    question = a_question(builders.a_team(), "Today", "Lumen", samples=30, name="Support\n desk")
    run = finished(question, {"Today": right, "Lumen": right})
    User.objects.filter(username="alice").update(email="alice@example.com")
    return Run.objects.get(pk=run.pk)


def tell() -> list[bool]:
    return [announce(run) for run in due()]


def test_the_message_names_the_assessment_and_leads_to_the_results(post: MailServer, run: Run) -> None:
    assert tell() == [True]
    (message,) = post.received
    assert message["to"] == "alice@example.com" and message["subject"] == "Support desk: the verdict is in"
    body = message.get_content()  # type: ignore[attr-defined]
    assert f"https://crossover.example.com{reverse('results', args=[run.pk])}" in body
    assert "answer1x" not in body and "%" not in body and "$" not in body


def test_it_is_sent_once_however_often_it_is_looked_for(post: MailServer, run: Run) -> None:
    assert [tell(), tell(), announce(run)] == [[True], [], False]
    assert len(post.received) == 1


def test_a_mail_server_that_is_busy_is_tried_again_later(post: MailServer, run: Run) -> None:
    post.refuses = True
    assert tell() == [False] and tell() == []
    post.refuses = False
    Announcement.objects.update(tried_at=timezone.now() - timedelta(minutes=3))
    assert tell() == [True] and len(post.received) == 1


def test_after_five_tries_it_gives_up(post: MailServer, run: Run) -> None:
    Announcement.objects.create(run=run, edition=1, event="finished", tries=5, tried_at="2026-01-01T00:00Z")
    assert tell() == [] and not post.received


@pytest.mark.parametrize(
    "change",
    [{"email": ""}, {"wants_mail": False}],
    ids=["no address", "does not want it"],
)
def test_nobody_is_written_to_who_did_not_ask_for_it(post: MailServer, run: Run, change: Any) -> None:
    User.objects.filter(username="alice").update(**change)
    assert tell() == []


def test_whoever_left_the_team_or_was_locked_out_hears_no_more_of_it(post: MailServer, run: Run) -> None:
    alice = User.objects.filter(username="alice")
    alice.update(is_active=False)
    assert tell() == []
    alice.update(is_active=True)
    Membership.objects.filter(user__username="alice").delete()
    assert tell() == []


def test_without_a_mail_server_nothing_is_due(settings: Any, run: Run) -> None:
    settings.EMAIL_HOST = ""
    assert due() == []


def test_a_run_that_waits_says_so_but_not_a_pause_that_somebody_made(post: MailServer, run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state=RunState.PAUSED, state_note="", finished_at=None)
    assert tell() == []
    Run.objects.filter(pk=run.pk).update(state=RunState.BUDGET_REACHED)
    assert tell() == [True]
    assert post.received[0]["subject"] == "Support desk: the spending cap is reached, the test waits for you"


def test_old_news_is_none(post: MailServer, run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now() - timedelta(days=2))
    assert tell() == []


def test_the_account_page_takes_the_wish(post: MailServer, run: Run, client: Client) -> None:
    client.force_login(User.objects.get(username="alice"))
    assert "Your e-mail address" in client.get(reverse("account")).content.decode()
    client.post(reverse("account-mail"), {"email": "new@example.com", "language": "en"})
    alice = User.objects.get(username="alice")
    assert (alice.email, alice.wants_mail, alice.language) == ("new@example.com", False, "en")
    wrong = client.post(reverse("account-mail"), {"email": "no address", "language": "xx"}, follow=True)
    assert "valid" in wrong.content.decode().lower()
