"""The demo's story, told with the product's own actions: nothing here writes a table by itself.

You run Qwen2.5-Coder-0.5B today. May we move to the 1.5B, or to the tiny 135M?

Imported only after Django was set up with a complete environment (`show.open_story`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.urls import reverse

from migration_app.accounts.actions import create_first_user, reset_password
from migration_app.accounts.models import Team, User
from migration_app.candidates import actions as candidates
from migration_app.candidates import starters
from migration_app.candidates.models import Candidate
from migration_app.launch.console import Bar
from migration_app.launch.errors import StepFailedError
from migration_app.reports.actions import is_ready, make_pdf, make_report
from migration_app.runs import queries as runs
from migration_app.runs.actions import create_assessment
from migration_app.runs.models import ENDED, WAITING, Assessment, Run, RunState
from migration_app.runs.queries import OptionProgress
from migration_app.workloads.bundled import add_bundled
from migration_app.workloads.models import Workload
from migration_app.workloads.samples import SUPPORT_DESK

if TYPE_CHECKING:
    from migration_app.demo.models import ModelServer

USER, TEAM = "demo", "Quillmere Home"
QUESTION = "May we replace"
MACHINE = "this computer"
# Today's model, then whoever would stand in for it if its weights cannot be had.
INCUMBENTS = ("Qwen2.5-Coder-0.5B-Instruct", "Qwen2.5-Coder-1.5B-Instruct", "SmolLM2-135M-Instruct")
PER_HOUR = "0.10"
PRICE_SOURCE = "Assumed for the demo: a rented machine with 2 processors. Put your own figure here."
REQUESTS_PER_MONTH = 500_000  # what the invented company's support desk sends
SETTINGS = {
    "max_output_tokens": SUPPORT_DESK.max_output_tokens, "temperature": SUPPORT_DESK.temperature, "seed": 7,
}


@dataclass(frozen=True)
class VerdictLine:
    """A candidate's verdict: its code, and in words for the terminal."""

    model: str
    verdict: str

    @property
    def words(self) -> str:
        return self.verdict.replace("_", " ")


class Story:
    """The demo's user, workload, connections and question, found where they exist already."""

    def __init__(self) -> None:
        self.user: User
        self.team: Team
        self.workload: Workload

    def ensure_user(self, *, new_password: bool) -> tuple[str, str | None]:
        """The demo's user, and a password if one was made just now."""
        self.user, self.team, password = create_first_user(username=USER, team_name=TEAM)
        if new_password and password is None:
            password = reset_password(user=self.user)
        return self.user.username, password

    def ensure_workload(self) -> str:
        """The bundled workload, imported once."""
        self.workload = add_bundled(team=self.team, user=self.user)
        return f"{self.workload.name}, {self.workload.sample_count} samples"

    def ensure_models(self, servers: Sequence[ModelServer]) -> str:
        """A connection and a candidate for each server, at its present address."""
        incumbent = incumbent_of([server.weights.name for server in servers])
        served = [_starter(server, incumbent) for server in servers]
        starters.offer(served)
        for candidate in starters.give(served, team=self.team, user=self.user):
            if candidate.is_incumbent != (candidate.label == incumbent):
                candidates.mark_incumbent(candidate=candidate, serves_today=candidate.label == incumbent)
        return f"{len(servers)} models on {MACHINE}, {incumbent} serves today"

    def start_run(self, names: Sequence[str]) -> Run:
        """Put the question about these models and start it; go on with one that was interrupted."""
        from migration_app.pipeline import control  # loads every task: seconds that a ready page saves

        run = self._open_run(names)
        if run is None:
            return control.start(assessment=self._assessment(names), user=self.user)
        if run.state in WAITING:
            control.resume(run=run, user=self.user)
        return run

    def finished_run(self, names: Sequence[str]) -> Run | None:
        """The newest finished run of the demo's question that covers at least these models."""
        covering = (run for run in self._runs().filter(state=RunState.FINISHED) if covers(run, names))
        return next(covering, None)

    def is_finished(self, run: Run) -> bool:
        """Whether the run has its report. Raises StepFailedError where it cannot get there by itself."""
        run.refresh_from_db()
        if run.state in (*WAITING, RunState.CANCELLED, RunState.FAILED):
            raise StepFailedError(f"the assessment stopped: {run.state_note or run.get_state_display()}")
        return run.state == RunState.FINISHED

    def progress(self, run: Run) -> list[Bar]:
        """A bar per model."""
        return [_bar(option) for option in runs.progress(run, events=0).options]

    def verdicts(self, run: Run) -> list[VerdictLine]:
        """A line for each candidate, in the report's order."""
        rows = run.comparison.verdicts.select_related("run_candidate").order_by("run_candidate__position")
        return [VerdictLine(row.run_candidate.label, row.kind) for row in rows]

    def page_of(self, run: Run) -> str:
        """The path of the run's results page."""
        return reverse("results", args=[run.pk])

    def pdf_of(self, run: Run) -> Path:
        """The report's file, made again where it is missing. Raises StepFailedError."""
        export = make_pdf(report=make_report(run=run))
        if not is_ready(export):
            raise StepFailedError(f"the PDF could not be made: {export.error}")
        return Path(export.file.path)

    # ── what the story is made of ─────────────────────────────────────────────

    def _assessment(self, names: Sequence[str]) -> Assessment:
        incumbent = incumbent_of(names)
        parts = {part.label: part for part in Candidate.objects.of(self.team).filter(label__in=names)}
        others = [parts[name] for name in names if name != incumbent]
        return create_assessment(
            team=self.team, user=self.user, name=question_about(incumbent),
            workload=self.workload, baseline=parts[incumbent], candidates=others, settings=SETTINGS,
            requests_per_month=REQUESTS_PER_MONTH,
        )

    def _open_run(self, names: Sequence[str]) -> Run | None:
        return next((run for run in self._runs().exclude(state__in=ENDED) if covers(run, names)), None)

    def _runs(self) -> QuerySet[Run]:
        """The runs of the demo's own questions, the newest first."""
        own = Run.objects.filter(team__name=TEAM, team__members__username=USER)
        return own.filter(assessment__name__startswith=QUESTION).select_related("assessment")


def _starter(server: ModelServer, incumbent: str) -> starters.Starter:
    """The same model, offered to whoever signs in with a team of their own."""
    name = server.weights.name
    return starters.Starter(
        label=name, model=name, vendor="llamacpp", base_url=server.base_url, api_key=server.api_key,
        machine=MACHINE, incumbent=name == incumbent, per_hour=PER_HOUR, price_source=PRICE_SOURCE,
        notes=f"{server.weights.quantisation}, {server.weights.licence}, {server.weights.maker}",
    )


def incumbent_of(names: Sequence[str]) -> str:
    """Which of these models serves today."""
    return next(name for name in INCUMBENTS if name in names)


def covers(run: Run, names: Sequence[str]) -> bool:
    """Whether a run is about at least these models."""
    return set(names) <= set(run.candidates.values_list("label", flat=True))


def question_about(incumbent: str) -> str:
    """The assessment's name, as the question it is."""
    return f"{QUESTION} {incumbent}?"


def _bar(option: OptionProgress) -> Bar:
    note = option.state_word + (f", {option.failed} failed" if option.failed else "")
    return Bar(option.label, option.done + option.failed, option.total, note)
