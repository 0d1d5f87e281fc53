"""The design holds in light and dark, on a desk and on a phone, with and without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from migration_app.reports.palette import OPTIONS

ERRORS = ("400", "403", "403_csrf", "404", "500")


@pytest.fixture(autouse=True)
def gallery(settings, live_server) -> str:
    settings.ROOT_URLCONF = "tests.browser.gallery"
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], Path(__file__).parent / "templates"]}]
    return live_server.url


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def painted(page: Page, colour: str) -> None:
    """Wait until the first option's point has this colour."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    point = page.locator(".plot .point").first
    expect(point).to_have_css("fill", f"rgb({red}, {green}, {blue})")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_every_component_is_accessible_and_fits_the_window(page: Page, gallery, axe, scheme, width):
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(gallery)
    painted(page, getattr(OPTIONS[0], scheme))
    assert axe(page) == []
    assert sideways(page) <= 0
    assert complaints == []  # the security policy forbids nothing that the page needs


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_is_accessible_and_fits_a_phone(page: Page, gallery, axe, name):
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{gallery}/errors/{name}/")
    assert axe(page) == []
    assert sideways(page) <= 0


def test_nothing_is_fetched_from_elsewhere(page: Page, gallery):
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(gallery)
    painted(page, OPTIONS[0].light)
    assert [address for address in addresses if not address.startswith((gallery, "data:"))] == []


def test_a_chosen_theme_repaints_the_charts_and_outlives_the_page(page: Page, gallery):
    page.emulate_media(color_scheme="light")
    page.goto(gallery)
    painted(page, OPTIONS[0].light)
    page.get_by_text("Support", exact=True).first.click()
    page.get_by_role("radio", name="Dark").check()
    painted(page, OPTIONS[0].dark)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_systems_theme_is_followed_while_no_other_is_chosen(page: Page, gallery):
    page.emulate_media(color_scheme="light")
    page.goto(gallery)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    painted(page, OPTIONS[0].dark)


def test_the_menu_of_a_phone_opens_without_javascript(browser: Browser, gallery):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(gallery)
    page.get_by_text("Menu", exact=True).click()
    expect(page.get_by_role("link", name="Workloads")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    context.close()


def test_escape_closes_a_menu_and_gives_the_focus_back(page: Page, gallery):
    page.goto(gallery)
    page.get_by_text("Support", exact=True).first.click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(page.locator("summary", has_text="Support").first).to_be_focused()


def test_the_first_tab_stop_skips_to_the_content(page: Page, gallery):
    page.goto(gallery)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_j_and_k_walk_the_list_but_not_while_someone_types(page: Page, gallery):
    page.goto(gallery)
    page.keyboard.press("j")
    expect(page).to_have_url(f"{gallery}/#went-next")
    page.keyboard.press("k")
    expect(page).to_have_url(f"{gallery}/#went-back")
    name = page.get_by_role("textbox", name="Name")
    name.focus()
    page.keyboard.press("j")
    expect(name).to_have_value("j")
    assert page.url.endswith("#went-back")


def test_a_refresh_that_fails_says_so_until_one_works_again(page: Page, gallery):
    page.goto(gallery)
    notice = page.locator("#connection-lost")
    expect(notice).to_be_hidden()
    page.route("**/workloads/", lambda route: route.abort())
    page.evaluate("htmx.ajax('GET', '/workloads/', {target: '#next', swap: 'none'}).catch(() => null)")
    expect(notice).to_be_visible()
    page.unroute("**/workloads/")
    page.evaluate("htmx.ajax('GET', '/workloads/', {target: '#next', swap: 'none'})")
    expect(notice).to_be_hidden()
