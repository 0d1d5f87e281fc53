"""Whoever prepares a test needs no script: every link leads on, every form can be sent as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from migration_app.accounts.models import Membership, Role, Team, User
from tests.web.plain_browser import Form, PlainPage

PREPARING = ("start", "workloads", "market", "questions")


@pytest.fixture
def addresses(db: None, settings: Any, tmp_path: Any, request: Any) -> dict[str, str]:
    from tests.browser.places import AREAS  # with the browser's driver: only for the process that needs it

    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
    settings.MEDIA_ROOT = tmp_path
    return AREAS[request.param]()


@pytest.mark.parametrize("addresses", PREPARING, indirect=True)
def test_links_lead_on_and_forms_can_be_sent(addresses: dict[str, str]) -> None:
    browser = Client()
    browser.force_login(User.objects.get(username="dana"))
    pages = {address: PlainPage(browser.get(address).content.decode()) for address in addresses.values()}
    assert _dead_links(browser, pages) == []
    assert [form.action for page in pages.values() for form in page.forms if not form.buttons] == []
    assert _unsent_forms(browser, pages) == []
    assert [(address, page.live) for address, page in pages.items() if page.live] == []
    viewer = _a_viewer()
    answers = {address: viewer.get(address) for address in pages}
    seen = {
        address: PlainPage(answer.content.decode())
        for address, answer in answers.items()
        if answer.status_code == 200
    }
    assert {answer.status_code for answer in answers.values()} <= {200, 403}
    assert _dead_links(viewer, seen) == []
    assert _unsent_forms(viewer, seen) == [], "whoever may only look is offered nothing that is refused"


def _a_viewer() -> Client:
    team, vera = Team.objects.get(name="Acme"), User.objects.create_user("vera")
    Membership.objects.create(team=team, user=vera, role=Role.VIEWER)
    browser = Client()
    browser.force_login(vera)
    return browser


def _dead_links(browser: Client, pages: dict[str, PlainPage]) -> list[str]:
    """Links whose page is not there. One of each kind is followed; places within the page are looked up."""
    seen: set[tuple[str | None, str]] = set()
    dead = []
    for address, page in pages.items():
        for link in page.links:
            target = urlsplit(urljoin(address, link))
            if target.netloc:
                continue
            if link.startswith("#"):
                dead += [] if target.fragment in page.ids else [f"{address} {link}"]
                continue
            kind = (resolve(target.path).url_name, target.query)
            if kind not in seen:
                status = browser.get(f"{target.path}?{target.query}", follow=True).status_code
                dead += [] if status == 200 else [f"{address} {link}: {status}"]
            seen.add(kind)
    return dead


def _unsent_forms(browser: Client, pages: dict[str, PlainPage]) -> list[str]:
    """Forms whose answer is an error page, or the door. What they did is taken back."""
    wrong, seen = [], set()
    for address, page in pages.items():
        for form in page.forms:
            for adds, elsewhere in form.buttons:
                target = urljoin(address, elsewhere or form.action)
                kind = (
                    resolve(urlsplit(target).path).url_name,
                    str(adds),
                    address if not form.action else "",
                )
                if kind not in seen:
                    wrong += [
                        f"{address} → {target}: {fault}" for fault in _faults(browser, form, adds, target)
                    ]
                seen.add(kind)
    return wrong


def _faults(browser: Client, form: Form, adds: list[tuple[str, str]], target: str) -> Iterator[str]:
    if form.method == "post" and "csrfmiddlewaretoken" not in dict(form.fields):
        yield "no token"
    sender = Client()
    sender.cookies = SimpleCookie({name: morsel.value for name, morsel in browser.cookies.items()})
    with transaction.atomic():
        send = sender.post if form.method == "post" else sender.get
        answer = send(target, form.sent_by(adds))
        transaction.set_rollback(True)
    onward = answer.headers.get("Location", "")
    if answer.status_code not in (200, 302, 422) or (onward.startswith(reverse("login") + "?")):
        yield f"{answer.status_code} {onward}"
