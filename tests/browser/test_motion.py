"""Olga asked her system for less motion: nothing on our pages moves by itself, or because she touched it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from migration_app.runs.models import Run, RunCandidate
from tests.browser.journeys import Person
from tests.browser.places.team import a_full_team

# Notes whatever begins to move for longer than the blink that stands for "at once".
NOTED = """
  window.moved = [];
  for (const begun of ['transitionrun', 'animationstart']) addEventListener(begun, event => {
    const style = getComputedStyle(event.target, event.pseudoElement || null);
    const lasting = `${style.transitionDuration},${style.animationDuration}`.split(',').map(parseFloat);
    if (Math.max(...lasting) > 0.001)
      moved.push(`${event.target.tagName}: ${event.propertyName ?? event.animationName}`);
  }, true);
"""
# What a reader and a refresh do to a page that was drawn once, all of it at a time.
STIRRED = """async () => {
  const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  await drawn();
  for (const bar of document.querySelectorAll('svg rect')) bar.setAttribute('width', '37%');
  for (const folded of document.querySelectorAll('details')) folded.open = true;
  for (const box of document.querySelectorAll('input[type=checkbox]')) box.click();
  document.body.classList.add('htmx-request');
  document.documentElement.dataset.bsTheme = 'dark';
  scrollTo({top: 900});
  await drawn();
  await new Promise(done => setTimeout(done, 100));
}"""


@pytest.fixture
def pages(transactional_db: None, settings: Any, tmp_path: Any) -> dict[str, str]:
    settings.MEDIA_ROOT = tmp_path
    world = a_full_team()
    draft, finished = world.question(name="A draft"), world.finished()
    running = world.run_that_is("running")
    steps = {f"assessment-{step}": draft.pk for step in ("options", "rules", "check")}
    keys = {"run": running.pk, "results": finished.pk, "evidence": finished.pk, **steps}
    return {name: reverse(name, args=[key]) for name, key in keys.items()} | {"upload": reverse("upload")}


def test_nothing_moves_for_whoever_asked_for_less_motion(
    browser: Browser, pages: dict[str, str], live_server: Any
) -> None:
    context = browser.new_context(reduced_motion="reduce")
    context.add_init_script(NOTED)
    olga = Person(context.new_page(), live_server.url)
    olga.signs_in("dana")
    olga.opens(pages["run"])
    _more_answers(olga.page)
    moved = {name: moving for name, address in pages.items() if (moving := _moving(olga, address))}
    assert olga.page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")
    assert moved == {}
    olga.page.emulate_media(reduced_motion="no-preference")
    _moving(olga, pages["run"])
    olga.page.wait_for_function("moved.length")  # so this would be seen, were there any
    context.close()


def _more_answers(page: Page) -> None:
    """The live part is refreshed before her eyes."""
    RunCandidate.objects.filter(run=Run.objects.get(state="running"), position=1).update(items_done=30)
    expect(page.locator("#live")).to_contain_text("78 of 120 answers collected")
    assert page.evaluate("moved") == []


def _moving(person: Person, address: str) -> list[str]:
    person.opens(address)
    person.page.evaluate(STIRRED)
    return person.page.evaluate("moved")
