"""Somebody without a mouse: what has the focus is in sight and drawn round, and nothing is ever clicked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.journeys import Person

MOST_TABS = 150
# Whether the focus stands on what is wanted, and whether a reader sees where it stands.
LOOK = """async wanted => {
  const one = document.activeElement;
  const drawn = box => {
    const style = getComputedStyle(box);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  };
  const inSight = () => {
    const box = one.getBoundingClientRect();
    return box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  };
  // Pages scroll to it smoothly.
  for (let frame = 0; frame < 60 && !inSight(); frame++) await new Promise(requestAnimationFrame);
  const around = one.closest('label');
  return {
    nowhere: one === document.body,
    gone: !wanted.isConnected,
    there: one === wanted,
    drawn: drawn(one) || Boolean(around && drawn(around)),
    inSight: inSight(),
    what: one.outerHTML.slice(0, 160),
  };
}"""


class Typist(Person):
    """Does all that a `Person` does with Tab, Enter, the space bar, the arrows and letters."""

    def presses(self, name: str) -> None:
        self.goes_on_by(self.button(name))

    def follows(self, name: str) -> None:
        self.goes_on_by(self.link(name))

    def fills(self, label: str, value: str) -> None:
        self.reaches(self.field(label))
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(value)

    def ticks(self, name: re.Pattern[str]) -> None:
        box = self.page.get_by_role("checkbox", name=name)
        self.reaches(box)
        self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    def chooses_file(self, file: Path) -> None:
        # The browser is told to hand its chooser over, and does not answer: the way there gives it the time.
        with self.page.expect_file_chooser() as waiting:
            self.reaches(self.page.locator("input[type=file]"))
            self.page.keyboard.press("Enter")
        waiting.value.set_files(file)

    def goes_on_by(self, target: Locator) -> None:
        """To another page."""
        self.reaches(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def enters(self, target: Locator) -> None:
        """Without leaving the page."""
        self.reaches(target)
        self.page.keyboard.press("Enter")

    def skips_to_content(self) -> None:
        """By the first stop of every page, past the menu."""
        self.enters(self.link("Skip to content"))
        expect(self.page.locator("main")).to_be_focused()

    def reaches(self, target: Locator) -> None:
        """Tab until the target has the focus, looking at every stop on the way."""
        wanted = target.element_handle()
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            stop: dict[str, Any] = self.page.evaluate(LOOK, wanted)
            assert stop["nowhere"] or (stop["drawn"] and stop["inSight"]), f"no focus is seen: {stop}"
            if stop["there"]:
                return
            if stop["gone"]:  # a live page has drawn it anew
                wanted = target.element_handle()
        raise AssertionError(f"{target} cannot be reached by Tab")
