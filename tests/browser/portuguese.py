"""What a page or a PDF in Portuguese must not hold: our English, its decimals, a number cut from its unit."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from playwright.sync_api import Page

CATALOGUE = Path(__file__).parents[2] / "locale" / "pt_BR" / "LC_MESSAGES" / "django.po"
# Every text of a page, folded away or only read out; what people and models wrote is theirs.
TEXTS = """() => {
  const theirs = 'script, style, template, code, pre, .prompt-text, .answer-body, [lang=en]';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode())
    if (!walker.currentNode.parentElement.closest(theirs)) texts.push(walker.currentNode.data);
  for (const name of ['aria-label', 'title', 'alt', 'placeholder', 'data-label'])
    for (const one of document.querySelectorAll(`[${name}]`)) texts.push(one.getAttribute(name));
  return [document.title, ...texts];
}"""
# Where a text is filled, marked up, or ends a sentence.
SEAMS = re.compile(r"\{[^{}]*\}|%\(\w+\)[a-z]|%%|<[^<>]+>|[.:;!?]")
WORDS = re.compile(
    r"\b(?:the|and|of|with|this|your|are|was|were|from|which|that|january|february|april|june|july|august"
    r"|september|october|november|december)\b",
    re.IGNORECASE,
)
DECIMALS = re.compile(r"(?<![\d.,])\d+\.\d{1,2}(?![\d.])|(?<!US)(?<!R)\$\d")  # 0.42 and $5, but not 1.234
UNITS = r"(?:ms|s|min|h|pts)\b"
BREAKABLE, BROKEN = re.compile(r"\d " + UNITS), re.compile(r"\d\n" + UNITS)
# A licence's name, and what the scripted vendor says where it errs.
NAMES = re.compile(r"Apache 2\.0|none of these \d+")


def wrong_in_page(page: Page) -> list[str]:
    texts = page.evaluate(TEXTS)
    return [f"{page.url}: {wrong}" for text in texts for wrong in wrong_in(text, BREAKABLE)]


def wrong_in(text: str, cut: re.Pattern[str] = BROKEN) -> list[str]:
    """Each piece that no reader of Portuguese should meet, with what stands around it."""
    text = NAMES.sub("", text)
    found = [match for pattern in (WORDS, DECIMALS, cut) for match in pattern.finditer(text)]
    around = [text[max(0, match.start() - 40) : match.end() + 40] for match in found]
    whole = " ".join(text.split())
    return around + [phrase for phrase in english_phrases() if phrase in whole]


@cache
def english_phrases() -> frozenset[str]:
    """What we say in English, in pieces of three words and more, wherever Portuguese says it otherwise."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="pt_BR")
    phrases = set()
    for message in catalogue:
        sources = message.id if isinstance(message.id, tuple | list) else (message.id,)
        said = " ".join(message.string) if isinstance(message.string, tuple | list) else str(message.string)
        pieces = [" ".join(piece.split()) for source in sources for piece in SEAMS.split(source)]
        phrases |= {piece for piece in pieces if piece.count(" ") >= 2 and piece not in said}
    return frozenset(phrases)
