"""Rows about how quick, accessible and well made the summary and the run page are, by Lighthouse.

    python -m bench lighthouse

Lighthouse comes from npm (Node.js 18.16 or newer), Chromium from the system; the pages from a web
server as `make serve` starts it, on a folder of its own. A person signs in through the form. Each page
is measured as Lighthouse does by default, a phone on a slow network, and as a desktop.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from bench.table import FOLDER, Row, not_measured, tell
from migration_app.launch import ports, services

VERSION = "12.8.2"
PLACE = FOLDER.parent / "lighthouse"
PROGRAM = PLACE / "node_modules" / "lighthouse" / "cli" / "index.js"
BAR = 95
CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
}
PAGES = ("summary", "run")
LOOKS: dict[str, tuple[str, ...]] = {"phone": (), "desktop": ("--preset=desktop",)}
TIMES = 3  # the median counts: other programs take the processor for a moment
SECONDS = 180


class CannotMeasure(Exception):
    """Something is missing on this machine; the message says what, and how to get it."""


def main() -> bool:
    return tell("lighthouse", _all())


def _all() -> Iterator[Row]:
    try:
        yield from _measured()
    except CannotMeasure as missing:
        yield from (not_measured(_name(*place), f"≥ {BAR}", str(missing)) for place in _places())


def _places() -> Iterator[tuple[str, str, str]]:
    return ((page, look, category) for page in PAGES for look in LOOKS for category in CATEGORIES)


def _name(page: str, look: str, category: str) -> str:
    return f"{page} on a {look}: {CATEGORIES[category]}"


def _measured() -> Iterator[Row]:
    chromium, node = _chromium(), _node()
    with (
        tempfile.TemporaryDirectory(prefix="crossover-bench-") as folder,
        _site(Path(folder)) as (root, pages),
    ):
        for page in PAGES:
            for look, options in LOOKS.items():
                found = [
                    _scores(node, chromium, root, root + pages[page], pages["password"], options)
                    for _ in range(TIMES)
                ]
                yield from _rows(page, look, found)


def _rows(page: str, look: str, found: list[Mapping[str, float]]) -> Iterator[Row]:
    for category in CATEGORIES:
        scores = [scores[category] for scores in found]
        score = statistics.median(scores)
        shown = f"{score:.0f} (of {', '.join(f'{each:.0f}' for each in sorted(scores))})"
        yield Row(_name(page, look, category), f"≥ {BAR}", shown, score >= BAR, values={"score": score})


# ── what it takes ────────────────────────────────────────────────────────────


def _chromium() -> str:
    named = os.environ.get("CROSSOVER_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not named:
        raise CannotMeasure("no Chromium here: `apt install chromium`, or name it in CROSSOVER_CHROMIUM")
    return named


def _node() -> str:
    """Node, with Lighthouse installed once into build/lighthouse."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise CannotMeasure("no Node.js here: `apt install nodejs npm`")
    if not PROGRAM.exists():
        PLACE.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--prefix", str(PLACE), "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(
            [*command, f"lighthouse@{VERSION}"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CannotMeasure(f"npm could not install Lighthouse: {_last(done.stderr)}")
    return node


@contextmanager
def _site(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """(its root, the pages' addresses and the password) of a server with something on it."""
    environment = {**os.environ, "CROSSOVER_DATA_DIR": str(folder), "DATABASE_URL": ""}
    made = subprocess.run(
        [sys.executable, "-m", "bench.site"], env=environment, capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise CannotMeasure(f"the pages could not be made: {_last(made.stderr)}")
    program = services.web(port=ports.any_free(), environment=environment)
    with (folder / "web.log").open("wb") as log:
        server = subprocess.Popen(
            program.command, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait(program.ready, server)
            address = program.command[program.command.index("--bind") + 1]
            yield f"http://{address}", json.loads(made.stdout.splitlines()[-1])
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(20)


def _wait(ready: Any, server: subprocess.Popen[bytes]) -> None:
    import time

    until = monotonic() + 60
    while not ready():
        if server.poll() is not None or monotonic() > until:
            raise CannotMeasure("the web server did not start")
        time.sleep(0.2)


# ── one measurement ──────────────────────────────────────────────────────────


def _scores(
    node: str, chromium: str, root: str, address: str, password: str, options: tuple[str, ...]
) -> dict[str, float]:
    """Each category's score, 0 to 100. Raises CannotMeasure."""
    from playwright.sync_api import Error

    command = [node, str(PROGRAM), address, "--disable-storage-reset", "--output=json", "--quiet"]
    command += [f"--only-categories={','.join(CATEGORIES)}", *options]
    try:
        with _signed_in(chromium, root, password) as port:
            done = subprocess.run(
                [*command, f"--port={port}"], capture_output=True, text=True, check=False, timeout=SECONDS
            )
    except subprocess.TimeoutExpired as late:
        raise CannotMeasure(f"Lighthouse took longer than {SECONDS} seconds") from late
    except Error as refused:
        raise CannotMeasure(f"the browser could not sign in: {_last(refused.message)}") from refused
    if done.returncode:
        raise CannotMeasure(f"Lighthouse failed: {_last(done.stderr)}")
    report = json.loads(done.stdout)
    if report["finalDisplayedUrl"].partition("?")[0] != address:
        raise CannotMeasure(f"Lighthouse saw {report['finalDisplayedUrl']} instead of {address}")
    return {name: (report["categories"][name]["score"] or 0) * 100 for name in CATEGORIES}


@contextmanager
def _signed_in(chromium: str, root: str, password: str) -> Iterator[int]:
    """The debugging port of a browser in which a person has signed in. What it loaded then is forgotten:
    Lighthouse empties the cache for each measurement."""
    from playwright.sync_api import sync_playwright

    port = ports.any_free()
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with tempfile.TemporaryDirectory(prefix="crossover-chromium-") as profile, sync_playwright() as player:
        browser = player.chromium.launch_persistent_context(
            profile, executable_path=chromium, args=[*flags, f"--remote-debugging-port={port}"]
        )
        try:
            page = browser.pages[0]
            page.goto(f"{root}/sign-in/")
            page.get_by_label("Username").fill("dana")
            page.get_by_label("Password").fill(password)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(f"{root}/")
            yield port
        finally:
            browser.close()


def _last(said: str) -> str:
    return (said.strip().splitlines() or ["it said nothing"])[-1][:300]
