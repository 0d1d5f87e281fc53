"""The steps of a person's way through Crossover, so that a journey reads as a story."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PASSWORD = "correct horse battery"


def write_requests(path: Path, count: int = 40) -> Path:
    """A CSV as a support team would export it; each question carries what a scripted model answers."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["ticket", "question", "expected_answer", "topic"])
        for index in range(count):
            answer = f"answer{index}"
            topic = ("billing", "delivery")[index % 2]
            rows.writerow([f"T-{index}", f"Request {index}: [[gold:{answer}]]", answer, topic])
    return path


@dataclass
class Person:
    """Somebody at a browser."""

    page: Page
    root: str

    def opens(self, path: str = "/") -> None:
        self.page.goto(self.root + path)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True).locator("visible=true").first

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name).first

    def field(self, label: str) -> Locator:
        # A label may go on: "API key (optional)".
        return self.page.get_by_label(re.compile("^" + re.escape(label))).first

    def presses(self, name: str) -> None:
        self.button(name).click()

    def follows(self, name: str) -> None:
        self.link(name).click()

    def fills(self, label: str, value: str) -> None:
        self.field(label).fill(value)

    def ticks(self, name: re.Pattern[str]) -> None:
        self.page.get_by_role("checkbox", name=name).check()

    def chooses_file(self, file: Path) -> None:
        self.page.locator("input[type=file]").set_input_files(file)

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()

    def strikes(self, key: str) -> None:
        """A key to which the page itself answers, so once its scripts are there."""
        self.page.wait_for_load_state()
        self.page.keyboard.press(key)

    def signs_in(self, username: str) -> None:
        self.opens()
        self.fills("Username", username)
        self.fills("Password", PASSWORD)
        self.presses("Sign in")
        expect(self.page).not_to_have_url(re.compile("/sign-in/"))
        self.page.wait_for_load_state()

    def uploads(self, file: Path) -> None:
        self.follows("Upload a workload")
        self.chooses_file(file)
        self.presses("Upload and look at the columns")
        self.sees("Check what was guessed")
        self.presses("Next: privacy and size")
        self.sees("What stays private, and how many?")
        self.presses("Store the workload")

    def connects(self, base_url: str, key: str) -> None:
        self.follows("Connections")
        self.follows("Add a connection")
        self.follows("Any OpenAI-compatible server")
        self.fills("Name", "Scripted vendor")
        self.fills("Base URL", base_url)
        self.fills("API key", key)
        self.presses("Save connection")

    def adds_model(self, model: str, *, label: str, serves_today: bool = False) -> None:
        self.follows("Add a model")
        self.fills("Model", model)
        self.fills("Name in reports", label)
        if serves_today:
            self.ticks(re.compile("This model serves the workload today"))
        self.presses("Add model")
