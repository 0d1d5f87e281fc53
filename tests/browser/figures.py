"""The figures of a page and of its PDF, as their readers see them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from playwright.sync_api import Page

# A figure as the pages write it: 97%, −3.3, $2.80, 1,000 (and 2,80 or 1.000 in Portuguese).
FIGURE = re.compile(r"[−+]?\$?\d+(?:[.,]\d+)*%?")


def figures_of(page: Page) -> set[str]:
    """What the verdict, its figures and the table of all options say; weights are the reader's own."""
    return figures_in(" ".join(page.locator(".verdict, .kpi, main table").all_inner_texts()))


def figures_in(text: str) -> set[str]:
    """Every figure of a text, whole: 5 is not in 15."""
    # Without the spaces that only typesetting puts between a sign and its number.
    return set(FIGURE.findall(re.sub(r"[\u00a0\u202f\u2009]", " ", text)))


def missing(shown: set[str], pdf: Path) -> set[str]:
    """The figures of a page that its PDF has not; a bar's label says "65" where the PDF says "65%"."""
    written = figures_in(text_of(pdf))
    return {figure for figure in shown if not {figure, f"{figure}%"} & written}


def text_of(pdf: Path) -> str:
    """What is written in a PDF, line by line as it stands there."""
    return subprocess.check_output(["pdftotext", "-layout", str(pdf), "-"], text=True)
