"""Dana and those she shows it to read what a finished run found: at a desk, on a phone, by keyboard."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from migration_app.reports.actions import make_pdf
from migration_app.reports.models import ShareLink
from migration_app.runs.models import Run
from migration_app.scoring.models import ReviewLabel
from tests.browser.figures import figures_of, missing
from tests.browser.journeys import Person
from tests.browser.looking import Watch, too_wide
from tests.browser.places.team import a_full_team


@pytest.fixture
def run(transactional_db: None, settings: Any, tmp_path: Path) -> Run:
    settings.MEDIA_ROOT = tmp_path
    return a_full_team().finished()


@pytest.fixture
def dana(run: Run, page: Page, live_server: Any) -> Person:
    person = Person(page, live_server.url)
    person.signs_in("dana")
    return person


def test_dana_filters_the_samples_and_walks_them_by_key(dana: Person, run: Run) -> None:
    page = dana.page
    dana.opens(reverse("samples", args=[run.pk]))
    page.get_by_label("Candidate").select_option("Wren 8B")
    page.get_by_label("Category").select_option("routing")
    dana.presses("Show")
    expect(page).to_have_url(re.compile(r"[?&]category=routing"))
    expect(page).to_have_url(re.compile(r"[?&]option=2"))
    expect(page.locator(".sample-item").first).to_contain_text("routing")
    assert page.locator(".sample-item", has_text="sentiment").count() == 0
    first = page.locator("#sample h2").inner_text()
    dana.strikes("j")
    expect(page.locator("#sample h2")).not_to_have_text(first)
    dana.strikes("k")
    expect(page.locator("#sample h2")).to_have_text(first)
    expect(page).to_have_url(re.compile(r"category=routing"))
    assert page.locator("del").all_inner_texts() == ["answer0x"], "what differs is marked"
    assert page.locator("ins").all_inner_texts() == ["I do not know"]
    page.reload()
    expect(page.locator("#sample h2")).to_have_text(first)


def test_dana_reviews_blindly_with_the_keyboard_alone(dana: Person, run: Run) -> None:
    page = dana.page
    dana.opens(reverse("review", args=[run.pk]))
    page.get_by_label("Requests to review").fill("30")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Left answer")).to_be_visible()
    pair = page.locator("main").inner_text()
    assert not [name for name in ("Aurora Large", "Borealis 70B", "Wren 8B") if name in pair], "blind"
    for done, key in enumerate("123", start=1):
        dana.strikes(key)
        expect(page.locator(".review-progress")).to_contain_text(re.compile(rf"\b{done} by you"))
    assert sorted(ReviewLabel.objects.values_list("choice", flat=True)).count("same") == 1
    assert ReviewLabel.objects.count() == 3
    dana.strikes("u")
    expect(page.locator(".review-progress")).to_contain_text("2 by you")
    assert ReviewLabel.objects.count() == 2
    taken_back = page.locator("#review-form").inner_text()
    page.keyboard.press("s")
    expect(page.locator("#review-form")).not_to_have_text(taken_back)
    assert ReviewLabel.objects.count() == 2, "a skip is no word"


def test_a_link_shows_a_stranger_the_verdict_and_no_samples_until_it_is_closed(
    dana: Person, run: Run, browser: Browser
) -> None:
    dana.opens(reverse("shares", args=[run.pk]))
    dana.fills("Password", "a good password")
    dana.presses("Make a link")
    address = _address(dana.page)
    stranger = browser.new_context().new_page()
    stranger.goto(address)
    stranger.get_by_label("Password").fill("a bad password")
    with stranger.expect_navigation():
        stranger.keyboard.press("Enter")
    expect(stranger.get_by_label("Password")).to_be_visible()
    stranger.get_by_label("Password").fill("a good password")
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", level=2).first).to_contain_text("Aurora Large")
    assert stranger.get_by_role("link", name="Samples").count() == 0
    answer = stranger.goto(address)
    assert answer is not None and "noindex" in answer.headers["x-robots-tag"]
    samples = stranger.goto(address + "samples/")
    assert samples is not None and samples.status == 404
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    _is_closed_to(stranger, address)
    ShareLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    dana.opens(reverse("shares", args=[run.pk]))
    revoke = dana.page.get_by_role("button", name=re.compile("^Revoke")).locator("visible=true")
    revoke.first.click()
    expect(revoke).to_have_count(0)
    _is_closed_to(stranger, address)
    stranger.context.close()


def _address(page: Page) -> str:
    page.wait_for_function("/\\/s\\/[\\w-]{22,}/.test(document.body.innerHTML)")
    found = re.search(r"http://[^\s\"<]+/s/[\w-]{22,}/", page.content())
    assert found is not None, "the new link is shown once, 128 bits or more"
    return found[0]


def _is_closed_to(page: Page, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None and answer.status == 404


@pytest.mark.parametrize("locale", ["en-GB", "pt-BR"])
def test_the_pdf_holds_every_figure_of_the_page(
    browser: Browser, run: Run, live_server: Any, tmp_path: Path, locale: str
) -> None:
    from django.utils import translation

    with translation.override("pt-br" if locale == "pt-BR" else "en"):
        make_pdf(report=run.reports.get())
    page = browser.new_context(locale=locale).new_page()
    page.goto(live_server.url)
    page.locator("input[name=username]").fill("dana")
    page.locator("input[name=password]").fill("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url(live_server.url + "/")
    page.goto(live_server.url + reverse("results", args=[run.pk]))
    shown = figures_of(page)
    with page.expect_download() as waiting:
        page.locator("a[href*='report.pdf']").first.click()
    file = tmp_path / "report.pdf"
    waiting.value.save_as(file)
    page.context.close()
    assert len(shown) > 20, "the page has figures"
    assert missing(shown, file) == set()


def test_a_verdict_is_read_on_a_phone(browser: Browser, run: Run, live_server: Any) -> None:
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = phone.new_page()
    Person(page, live_server.url).signs_in("dana")
    watch = Watch(page)
    with page.expect_navigation():
        page.get_by_role("link", name="May we move?").first.tap()
    tabs = page.get_by_role("navigation", name="Results")
    for tab in ("Summary", "Evidence", "Samples", "Method"):
        with page.expect_navigation():
            tabs.get_by_role("link", name=tab).tap()
        expect(tabs.locator("[aria-current]")).to_have_text(tab)
        assert too_wide(page) == [], tab
    tabs.get_by_role("link", name="Summary").tap()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Aurora Large")
    phone.close()
    assert watch.complaints == []


def test_everything_is_read_and_sent_without_javascript(browser: Browser, run: Run, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    person = Person(page, live_server.url)
    person.signs_in("dana")
    for name in ("results", "evidence", "samples", "method", "files", "shares", "run", "review"):
        answer = page.goto(live_server.url + reverse(name, args=[run.pk]))
        assert answer is not None and answer.status == 200, name
        expect(page.locator("main")).to_be_visible()
    page.get_by_label("Requests to review").fill("2")
    person.presses("Start the review")
    page.get_by_role("button", name="Left is better").click()
    person.sees("1 by you")
    person.opens(reverse("samples", args=[run.pk]))
    page.get_by_label("Category").select_option("sentiment")
    person.presses("Show")
    expect(page).to_have_url(re.compile("category=sentiment"))
    person.opens(reverse("assessment-new"))
    person.follows("Desk")
    expect(page).to_have_url(re.compile("workload="))
    page.get_by_role("radio", name=re.compile("Aurora Large")).check()
    page.get_by_role("checkbox", name=re.compile("Wren 8B")).check()
    page.get_by_role("button", name=re.compile("^Continue")).locator("visible=true").first.click()
    person.presses("Continue to check")
    person.sees("What is sent, and to whom")
    context.close()
