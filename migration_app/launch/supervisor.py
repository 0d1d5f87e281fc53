"""Starts programs in their own process groups, watches them, and leaves none behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from migration_app.launch.errors import ChildDiedError, NotReadyError
from migration_app.launch.identity import signal_group
from migration_app.launch.interrupts import hold
from migration_app.launch.ledger import Ledger
from migration_app.launch.programs import Program

POLL = 0.05  # seconds between looks
KEPT_LOG = 5_000_000  # bytes; an older log is set aside as NAME.log.1
REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass
class Child:
    """A program and the process that runs it."""

    program: Program
    process: subprocess.Popen[bytes]
    log: Path
    log_began: int  # bytes that earlier starts had left in the log


class Supervisor:
    """A context manager: leaving it stops every child, last started first.

    Args:
        data: the data directory; logs go to `log/`, the list of children to `run/`.
        say: receives one sentence at a time for the person at the terminal.
    """

    def __init__(self, data: Path, *, say: Callable[[str], None] = print) -> None:
        self.logs = data / "log"
        self.ledger = Ledger(data / "run" / "children.json")
        self.children: list[Child] = []
        self._say = say
        self._watchdog: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Supervisor:
        self.logs.mkdir(parents=True, exist_ok=True)
        for sentence in self.ledger.sweep():
            self._say(sentence)
        self._watchdog = subprocess.Popen(  # noqa: S603
            [sys.executable, "-S", "-E", str(Path(__file__).with_name("watchdog.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._watchdog is not None and self._watchdog.stdin is not None:
            self._watchdog.stdin.close()
            self._watchdog.wait()

    def start(self, program: Program) -> Child:
        """Start one program; does not wait until it is ready."""
        log = self._fresh_log(program.name)
        with hold(), log.open("ab") as output:
            began = output.tell()
            process = subprocess.Popen(  # noqa: S603
                list(program.command), env={**os.environ, **program.environment}, cwd=REPOSITORY,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, process_group=0,
            )
            self._tell_watchdog(f"+{process.pid}\n")
            child = Child(program, process, log, began)
            self.children.append(child)
            self.ledger.add(program.name, process.pid)
        return child

    def wait_ready(self, *waited_for: Child) -> None:
        """Wait until each child answers; all children are watched meanwhile.

        Raises:
            ChildDiedError: any child, waited for or not, ended by itself.
            NotReadyError: one did not answer within its time.
        """
        for child in waited_for or tuple(self.children):
            deadline = time.monotonic() + child.program.ready_within
            while not child.program.ready():
                self.check()
                if time.monotonic() > deadline:
                    raise NotReadyError(_never_answered(child))
                time.sleep(POLL)

    def check(self) -> None:
        """Raise ChildDiedError if any child has ended by itself."""
        for child in self.children:
            code = child.process.poll()
            if code is not None:
                raise ChildDiedError(_obituary(child, code))

    def stop(self) -> None:
        """Stop all, last started first. An interrupt meanwhile shortens every grace to nothing."""
        hurry = False
        while self.children:
            child = self.children[-1]
            try:
                self._stop_one(child, grace=0 if hurry else child.program.grace)
            except KeyboardInterrupt:
                hurry = True
                continue
            self.children.pop()
            self.ledger.remove(child.program.name)

    def forget_last(self) -> None:
        """Take the last child off the list after it has ended, to start another in its place."""
        child = self.children.pop()
        self._stop_one(child, grace=0)
        self.ledger.remove(child.program.name)

    def _stop_one(self, child: Child, *, grace: float) -> None:
        if child.process.poll() is None:
            with suppress(ProcessLookupError):
                child.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=grace)
        signal_group(child.process.pid, signal.SIGKILL)  # and whatever it left in its group
        child.process.wait()
        self._tell_watchdog(f"-{child.process.pid}\n")

    def _tell_watchdog(self, line: str) -> None:
        if self._watchdog is not None and self._watchdog.stdin is not None:
            with suppress(BrokenPipeError):
                self._watchdog.stdin.write(line.encode())
                self._watchdog.stdin.flush()

    def _fresh_log(self, name: str) -> Path:
        log = self.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > KEPT_LOG:
            log.replace(log.with_suffix(".log.1"))
        return log


def last_lines(child: Child, count: int = 3) -> str:
    """The end of what a child wrote, as one line, so that it fits into a sentence."""
    with child.log.open("rb") as file:
        file.seek(max(child.log_began, child.log.stat().st_size - 4000))
        lines = [line.strip() for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    return " | ".join(lines[-count:]) or "(nothing)"


def _ending(code: int) -> str:
    if code >= 0:
        return f"stopped by itself with exit code {code}"
    with suppress(ValueError):
        return f"was killed ({signal.Signals(-code).name})"
    return f"was killed by signal {-code}"


def _obituary(child: Child, code: int) -> str:
    return (
        f"{child.program.name} {_ending(code)}. {child.program.remedy} "
        f"Its log {child.log} ends: {last_lines(child)}"
    )


def _never_answered(child: Child) -> str:
    return (
        f"{child.program.name} did not answer within {child.program.ready_within:.0f} s. "
        f"{child.program.remedy} Its log {child.log} ends: {last_lines(child)}"
    )
