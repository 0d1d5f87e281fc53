"""Every page as a reader of Portuguese has it, whose words are longer: accessible, never too wide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.journeys import PASSWORD
from tests.browser.test_pages import PICTURES, addresses, faults_of  # noqa: F401  the fixture is used below


@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_in_portuguese(
    browser: Browser,
    width: int,
    addresses: dict[str, str],  # noqa: F811
    live_server: Any,
    axe: Callable[[Page], list[str]],
) -> None:
    folder = PICTURES / f"{width}-portuguese"
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(
        locale="pt-BR", viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(live_server.url)
    found = {"sign-in": faults_of(page, axe, folder / "sign-in.png")}
    page.locator("input[name=username]").fill("dana")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Entrar", exact=True).click()
    for name, address in addresses.items():
        page.goto(live_server.url + address)
        expect(page.locator("html")).to_have_attribute("lang", "pt-br")
        found[name] = faults_of(page, axe, folder / f"{name}.png")
    context.close()
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_the_reader_switches_the_language_and_keeps_the_page(
    browser: Browser,
    addresses: dict[str, str],  # noqa: F811
    live_server: Any,
) -> None:
    context = browser.new_context(locale="pt-BR")
    page = context.new_page()
    page.goto(live_server.url)
    expect(page.get_by_role("heading", name="Entrar")).to_be_visible()
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(live_server.url)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()
