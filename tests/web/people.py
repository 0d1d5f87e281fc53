"""Alice owns, Bob is on her team, Vera may only look, Charlie has a team of his own."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from migration_app.accounts.models import Membership, Role, Team, User
from tests.builders import a_team


@dataclass(frozen=True)
class People:
    """Signed-in browsers, and the two teams."""

    team: Team
    other_team: Team
    alice: Client
    bob: Client
    vera: Client
    charlie: Client


def _browser(name: str) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=name))
    return browser


def the_people() -> People:
    team, other = a_team("Acme", owner="alice"), a_team("Rivals", owner="charlie")
    for name, role in (("bob", Role.EDITOR), ("vera", Role.VIEWER)):
        Membership.objects.create(team=team, user=User.objects.create_user(name), role=role)
    return People(team, other, *(_browser(name) for name in ("alice", "bob", "vera", "charlie")))
