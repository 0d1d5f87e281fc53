"""Looking at a page: wide and narrow, light and dark, without loading it again."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request

PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
WIDE, NARROW = 1440, 390
LOOKS = [(width, scheme) for width in (WIDE, NARROW) for scheme in ("light", "dark")]
# What the colours decide; everything else that axe checks is the same in the dark.
OF_COLOUR = ["color-contrast", "link-in-text-block"]
# What else another width may bring: parts that scroll, and those that are shown on a phone alone. Which
# they are, `test_design.py` looks at with all of axe's rules.
OF_NAMES = ["button-name", "link-name", "label", "summary-name"]
OF_LAYOUT = [*OF_COLOUR, *OF_NAMES, "scrollable-region-focusable", "nested-interactive"]
RULES = {
    (WIDE, "dark"): {"runOnly": OF_COLOUR},
    (NARROW, "light"): {"runOnly": OF_LAYOUT},
    (NARROW, "dark"): {"runOnly": OF_COLOUR},
}
# The innermost elements past the right edge that nothing around them scrolls or cuts off.
STICKING_OUT = """() => {
  const cuts = box => getComputedStyle(box).overflowX !== 'visible';
  const within = box => box !== document.body && (cuts(box) || within(box.parentElement));
  const kept = one => one.closest('details:not([open])') || within(one.parentElement);
  const out = [...document.body.querySelectorAll('*')]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !kept(one));
  return out.filter(one => !out.some(other => other !== one && one.contains(other)))
    .map(one => `${one.parentElement.getAttribute('class')} > ${one.tagName} ${one.getAttribute('class')}`);
}"""
# Where each visible piece of text stands, box by box, and what is wrong with it: cut off, or squeezed to a
# letter or two a line. A text is not lost where it scrolls into sight, or where its whole is in a title.
TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  const boxes = (node, home) => {
    if (home instanceof SVGElement) return [home.getBoundingClientRect()];
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()];
  };
  const limits = home => {
    let [left, right] = [0, innerWidth];
    for (let up = home; up !== document.documentElement; up = up.parentElement) {
      const style = getComputedStyle(up), edge = up.getBoundingClientRect();
      if (style.clipPath !== 'none') return null;
      if (/auto|scroll/.test(style.overflowX)) return [-1e9, 1e9];
      if (!/hidden|clip/.test(style.overflowX)) continue;
      [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
    }
    return [left, right];
  };
  const unseen = 'title, select, textarea, script, noscript, .visually-hidden, .skip, .sticky-bar';
  while (walker.nextNode()) {
    const node = walker.currentNode, home = node.parentElement, words = node.data.trim();
    if (!words || home.closest(unseen)) continue;
    if (!home.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    const edges = limits(home);
    if (!edges) continue;
    const [left, right] = edges, kept = !!home.closest('[title]');
    const seen = boxes(node, home).filter(({width}) => width >= 1);
    const squeezed = seen.length > 2 && words.length < 2.5 * seen.length;
    for (const {x, y, width, height} of seen) {
      const cut = !kept && (x < left - 2 || x + width > right + 2);
      found.push([words.slice(0, 40), x, y, width, height, cut ? 'cut off' : squeezed ? 'squeezed' : '']);
    }
  }
  return found;
}"""
Axe = Callable[..., list[str]]


class Watch:
    """What a browser complains of, and what it asks of other sites, from now on."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._said)
        page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        # That an error page was answered with its status is what it is for.
        if message.type == "error" and not re.search(r"status of 4|status of 500", message.text):
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def _asked(self, request: Request) -> None:
        if not re.match(r"http://(localhost|127\.0\.0\.1)[:/]|data:|blob:", request.url):
            self.complaints.append(f"left the site: {request.url}")


def faults_of(page: Page, axe: Axe, name: str) -> list[str]:
    """What is wrong with the page that is open, in each look; its pictures are taken where asked for."""
    faults: list[str] = []
    for width, scheme in LOOKS:
        _look(page, width, scheme)
        _picture(page, f"{width}-{scheme}", name)
        found = axe(page, RULES.get((width, scheme))) + (too_wide(page) if scheme == "light" else [])
        faults += [f"{width} {scheme}: {fault}" for fault in found]
    return faults


def faults_of_words(page: Page, _axe: Axe, name: str) -> list[str]:
    """What other words may spoil: the width on both screens. All else is built the same in every language,
    and no translation is empty (`tests/locale`), so that what has a name in English has one in all."""
    faults: list[str] = []
    for width in (WIDE, NARROW):
        _look(page, width, "light")
        _picture(page, f"{width}-portuguese", name)
        faults += [f"{width}: {fault}" for fault in too_wide(page)]
    return faults


def too_wide(page: Page) -> list[str]:
    """Whether the page scrolls sideways."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if wide <= window:
        return []
    return [f"{wide} pixels wide in a window of {window}: {', '.join(page.evaluate(STICKING_OUT)[:6])}"]


def unreadable(page: Page) -> list[str]:
    """Texts that are cut off with no way to read the rest, and texts that lie on top of each other."""
    texts = sorted(page.evaluate(TEXTS), key=lambda text: text[2])
    lost = [f"“{words}” is {fault}" for words, *_box, fault in texts if fault]
    return sorted({*lost, *_covered(texts)})[:8]


def _covered(texts: list[list[Any]]) -> list[str]:
    """`texts` from the top down: [words, x, y, width, height, …]. Lines of one text touch, and may."""
    found = []
    for index, (words, x, y, width, height, _cut) in enumerate(texts):
        for other, x2, y2, width2, height2, _other_cut in texts[index + 1 :]:
            if y2 >= y + height:
                break
            across = min(x + width, x2 + width2) - max(x, x2)
            down = min(y + height, y2 + height2) - max(y, y2)
            if across > 2 and down > 0.4 * min(height, height2):
                found.append(f"“{words}” and “{other}” lie on top of each other")
    return found


def _look(page: Page, width: int, scheme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def _picture(page: Page, folder: str, name: str) -> None:
    if os.environ.get("CROSSOVER_SCREENSHOTS"):
        page.screenshot(path=PICTURES / folder / f"{name}.png", full_page=True)
