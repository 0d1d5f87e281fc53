"""Every page there is: accessible, quiet, no wider than its window, in each look and language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from playwright.sync_api import Browser, Page, expect

from migration_app.web.urls import urlpatterns
from tests.browser.journeys import PASSWORD
from tests.browser.looking import Axe, Watch, faults_of, faults_of_words
from tests.browser.places import AREAS, NOT_PAGES
from tests.browser.places.team import dana

LANGUAGES = {"en-GB": "en", "pt-BR": "pt-br"}
Faults = Callable[[Page, Axe, str], list[str]]


@pytest.fixture
def addresses(transactional_db: None, settings: Any, tmp_path: Any, request: Any) -> dict[str, str]:
    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
    settings.MEDIA_ROOT = tmp_path
    if request.param == "errors":
        settings.ROOT_URLCONF = "tests.browser.places.errors"
    return AREAS[request.param]()


@pytest.mark.parametrize("addresses", AREAS, indirect=True)
def test_every_page_in_every_look_and_language(
    browser: Browser, addresses: dict[str, str], live_server: Any, axe: Axe
) -> None:
    english = walked(browser, "en-GB", live_server.url, addresses, axe, faults_of)
    portuguese = walked(browser, "pt-BR", live_server.url, addresses, axe, faults_of_words)
    assert english == {}
    assert portuguese == {}


def walked(
    browser: Browser, locale: str, root: str, addresses: dict[str, str], axe: Axe, faults: Faults
) -> dict[str, list[str]]:
    """Sign in and open each page once; what is wrong with which."""
    context = browser.new_context(locale=locale)
    page = context.new_page()
    watch = Watch(page)
    page.goto(f"{root}/sign-in/")
    found = {"sign-in": faults(page, axe, "sign-in")}
    page.locator("input[name=username]").fill("dana")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(f"{root}/")
    for name, address in addresses.items():
        page.goto(root + address, wait_until="load")
        found[name] = faults(page, axe, name) + watch.complaints
        watch.complaints.clear()
        expect(page.locator("html")).to_have_attribute("lang", LANGUAGES[locale])
    context.close()
    return {name: wrong for name, wrong in found.items() if wrong}


@pytest.mark.django_db
def test_no_page_is_without_a_picture(settings: Any, tmp_path: Any) -> None:
    """A new page fails here until an area of `places` names an address of it."""
    settings.MEDIA_ROOT = tmp_path
    looked_at = {"login"} | {name for build in AREAS.values() for name in _names(build)}
    with transaction.atomic():
        pages = {pattern.name for pattern in urlpatterns if _is_read(pattern)}
        transaction.set_rollback(True)
    assert pages - looked_at - set(NOT_PAGES) == set()
    assert looked_at & set(NOT_PAGES) == set()
    assert set(NOT_PAGES) <= {pattern.name for pattern in urlpatterns}, "one is gone"


def _names(build: Callable[[], dict[str, str]]) -> set[str]:
    with transaction.atomic():
        addresses = build().values()
        transaction.set_rollback(True)
    return {name for address in addresses if (name := _name(address))}


def _name(address: str) -> str | None:
    try:
        return resolve(address.partition("?")[0]).url_name
    except Resolver404:
        return None


def _is_read(pattern: Any) -> bool:
    """Whether an address answers a GET: what only takes a form's POST is no page."""
    client = Client()
    client.force_login(get_user_model().objects.filter(username="dana").first() or dana())
    for values in ([], [uuid4()], [1], ["token"], [uuid4(), "pdf"]):
        try:
            address = reverse(pattern.name, args=values)
        except NoReverseMatch:
            continue
        return client.get(address).status_code != 405
    raise AssertionError(f"{pattern.name}: say here what its address is made of")
