"""Nobody sees another team's work, wherever they look, and who may only look may not change it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, reverse

from migration_app.accounts.models import TeamOwned, User
from migration_app.candidates.models import PriceQuote
from migration_app.runs.actions import start_run
from migration_app.runs.models import Assessment, Run, RunEvent
from migration_app.web.urls import urlpatterns
from migration_app.workloads.models import Sample, Upload
from tests.web.people import People

# Opened by a link's token, by anybody who has it (see test_sharing); no key of the team's opens them.
BY_TOKEN = [pattern for pattern in urlpatterns if "token" in pattern.pattern.converters]
WITH_A_KEY = [pattern for pattern in urlpatterns if pattern.pattern.converters and pattern not in BY_TOKEN]


@pytest.fixture
def run(draft: Assessment) -> Run:
    run = start_run(assessment=draft, user=None).run
    Upload.objects.create(
        team=run.team,
        file=ContentFile(b"a,b\n1,2\n", "a.csv"),
        filename="a.csv",
        size=8,
        sha256="0",
        format="csv",
    )
    return run


def _keys(model: type[Any]) -> list[Any]:
    """One thing of the kind is enough: none of them is Charlie's."""
    return list(model.objects.values_list("pk", flat=True)[:1])


def _candidates_for(pattern: URLPattern) -> Iterator[dict[str, Any]]:
    """Every way to fill the address in with keys of things that Alice's team owns."""
    wholes: list[Any] = [key for kind in TeamOwned.__subclasses__() for key in _keys(kind)]
    parts = _keys(Sample) or [1]
    fillings: list[dict[str, Any]] = [{}]
    for name, converter in pattern.pattern.converters.items():
        values = wholes if type(converter).__name__ == "UUIDConverter" else parts
        fillings = [{**filling, name: value} for filling in fillings for value in values]
    yield from fillings


def _statuses(browser: Client, pattern: URLPattern) -> set[int]:
    found = set()
    for keys in _candidates_for(pattern):
        address = reverse(pattern.name, kwargs=keys)
        got = browser.get(address).status_code
        found.add(browser.post(address).status_code if got == 405 else got)
    return found


def _addresses() -> list[str]:
    """Every page of a thing of the team's, and each with the keys of every other kind."""
    found = [reverse(each.name, kwargs=keys) for each in WITH_A_KEY for keys in _candidates_for(each)]
    assert len(found) > len(WITH_A_KEY) > 50
    return found


def test_charlie_gets_a_404_and_a_stranger_the_door(people: People, run: Run) -> None:
    stranger, door = Client(), reverse("login")
    for address in _addresses():
        statuses = {people.charlie.get(address).status_code, people.charlie.post(address).status_code}
        assert statuses in ({404}, {404, 405}), address
        answer = stranger.get(address)
        assert answer.status_code == 302 and answer["Location"].startswith(door), address


def test_no_key_of_a_team_opens_what_a_token_opens(people: People, run: Run) -> None:
    tokens = [{"token": str(key)} for kind in TeamOwned.__subclasses__() for key in _keys(kind)]
    for address in [reverse(pattern.name, kwargs=token) for pattern in BY_TOKEN for token in tokens]:
        for browser in (Client(), people.charlie, people.alice):
            assert browser.get(address).status_code == 404, address


def _everything() -> dict[str, list[Any]]:
    kinds = (*TeamOwned.__subclasses__(), PriceQuote, RunEvent)
    return {kind.__name__: list(kind.objects.order_by("pk").values()) for kind in kinds}


def test_vera_may_look_and_change_nothing(people: People, run: Run) -> None:
    before = _everything()
    for address in _addresses():
        assert people.vera.get(address).status_code in (200, 302, 403, 404, 405), address
        assert people.vera.post(address).status_code in (200, 302, 403, 404, 405), address
    assert _everything() == before


OWN = (
    "connection",
    "connection-edit",
    "connection-key",
    "candidate-new",
    "candidate",
    "candidate-edit",
    "run",
)


@pytest.mark.parametrize("name", OWN)
def test_bob_reaches_what_his_team_owns(name: str, people: People, run: Run) -> None:
    """The walk above proves something only if the same keys open the doors for those who may."""
    pattern = next(pattern for pattern in WITH_A_KEY if pattern.name == name)
    assert 200 in _statuses(people.bob, pattern)


def test_a_person_of_no_team_is_told_so(people: People) -> None:
    browser = Client()
    browser.force_login(User.objects.create_user("dora"))
    assert browser.get(reverse("account")).status_code == 200
    assert browser.get(reverse("connections")).status_code == 404


def test_an_id_that_nobody_has_is_a_404(people: People) -> None:
    assert people.alice.get(reverse("run", args=[UUID(int=1)])).status_code == 404
    assert people.alice.get(reverse("assessment-new"), {"workload": "no key at all"}).status_code == 404
