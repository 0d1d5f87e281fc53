"""The scripted server: compiled once into build/bench, started on a free port, its log read after."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bench.table import FOLDER
from migration_app.launch import ports

SOURCE = Path(__file__).with_name("mockllm.c")


class Served(NamedTuple):
    """One answer by the server's own clock, seconds. `ask` is (model, sample, attempt)."""

    ask: tuple[str, str, int]
    arrived: float
    first_token: float
    last_byte: float
    complete: bool


@dataclass(slots=True)
class Mock:
    """A running server."""

    url: str
    log: list[str] = field(default_factory=list)

    def served(self) -> list[Served]:
        """What it answered, warm-up left out. Known only after the server has stopped."""
        lines = (json.loads(line) for line in self.log)
        return [_served(line) for line in lines if line["tag"] and not line["tag"].startswith("warm")]


@contextmanager
def mock(models: Mapping[str, str]) -> Iterator[Mock]:
    """Start a server with these models ({"a": "ttft=200,itl=5"}), stop it and read its log."""
    port = ports.any_free()
    log = FOLDER / f"mock-{port}.log"
    command = [str(compiled()), "--port", str(port), "--log", str(log)]
    for model, options in models.items():
        command += ["--model", f"{model}:{options}"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if not process.stdout.readline().startswith("ready"):
            raise RuntimeError("The scripted server did not start.")
        running = Mock(f"http://{ports.HOST}:{port}/v1")
        yield running
        _stop(process)
        running.log += log.read_text().splitlines()
    finally:
        _stop(process)
        log.unlink(missing_ok=True)


def _stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)


def compiled() -> Path:
    """The server's program; compiled when it is missing or older than its source."""
    program = FOLDER / "mockllm"
    if program.exists() and program.stat().st_mtime >= SOURCE.stat().st_mtime:
        return program
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("The bench needs a C compiler (cc). Install one and run it again.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run([compiler, "-O2", "-w", "-o", str(program), str(SOURCE), "-lm"], check=True)
    return program


def _served(line: Mapping[str, Any]) -> Served:
    return Served(
        (line["model"], line["tag"], line["att"]),
        line["t_arr"] / 1e6,
        line["t_ft"] / 1e6,
        line["t_lb"] / 1e6,
        bool(line["complete"]),
    )
