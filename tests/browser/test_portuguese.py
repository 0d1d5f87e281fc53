"""A reader chooses the language, and the choice stays."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect


@pytest.mark.django_db(transaction=True)
def test_the_reader_switches_the_language_and_keeps_the_page(browser: Browser, live_server: Any) -> None:
    context = browser.new_context(locale="pt-BR")
    page = context.new_page()
    page.goto(live_server.url)
    expect(page.get_by_role("heading", name="Entrar")).to_be_visible()
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(live_server.url)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()
