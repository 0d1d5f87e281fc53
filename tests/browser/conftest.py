"""A real browser against a real server. Chromium is the system's own; nothing is downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

# Playwright's sync API runs an event loop in the test's thread, where Django then empties its tables.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# Whatever a test expects is waited for, however busy the machine is; only what never comes takes this long.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CROSSOVER_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: install it, or name it in CROSSOVER_CHROMIUM")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": flags}


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Iterator[Browser]:
    """Whose pages are as patient as we are, whoever opens them."""

    def patient(open_one: Callable[..., BrowserContext], **options: Any) -> BrowserContext:
        context = open_one(**options)
        context.set_default_timeout(PATIENCE)
        return context

    with patch.object(browser, "new_context", partial(patient, browser.new_context)):
        yield browser


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    """Serve static files as they are, without a manifest."""
    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """Check a page for accessibility; what comes back is one sentence for each violation.

    Options are axe's own: `{"runOnly": [rule, …]}`.
    """
    source = (HERE / "vendor" / "axe" / "axe.min.js").read_text()

    def check(page: Page, options: dict[str, Any] | None = None) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
        wanted = {"resultTypes": ["violations"]} | (options or {})
        found = page.evaluate("options => axe.run(document, options)", wanted)["violations"]
        return [
            f"{each['id']}: {each['help']}: {[_told(node) for node in each['nodes']]}" for each in found
        ]

    return check


def _told(node: dict[str, Any]) -> str:
    """Where it is, and what axe measured there: for colours, both of them and their ratio."""
    data = next((check["data"] for check in node["any"] if isinstance(check.get("data"), dict)), {})
    seen = [str(data[key]) for key in ("fgColor", "bgColor", "contrastRatio") if key in data]
    return " ".join([*map(str, node["target"]), *seen])
