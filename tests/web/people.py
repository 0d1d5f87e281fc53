"""Alice owns, Bob is on her team, Vera may only look, Charlie has a team of his own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.test import Client

from migration_app.accounts.models import Membership, Role, Team, User
from tests.builders import a_team


@dataclass(frozen=True)
class People:
    """The two teams, and a browser for each person, who signs in when it is first used."""

    team: Team
    other_team: Team

    @cached_property
    def alice(self) -> Client:
        return _browser("alice")

    @cached_property
    def bob(self) -> Client:
        return _browser("bob")

    @cached_property
    def vera(self) -> Client:
        return _browser("vera")

    @cached_property
    def charlie(self) -> Client:
        return _browser("charlie")


def _browser(name: str) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=name))
    return browser


def the_people() -> People:
    team, other = a_team("Acme", owner="alice"), a_team("Rivals", owner="charlie")
    for name, role in (("bob", Role.EDITOR), ("vera", Role.VIEWER)):
        Membership.objects.create(team=team, user=User.objects.create_user(name), role=role)
    return People(team, other)
