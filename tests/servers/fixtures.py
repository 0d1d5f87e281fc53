"""The scripted server as a fixture: in a process of its own, on a port of its own.

In a conftest: `from tests.servers.fixtures import scripted_server`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
# Whatever proxy the environment names is none of this server's business.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class ScriptedServer:
    """A running scripted server. `base_url` is what a connection would be given."""

    port: int
    pid: int
    scheme: str = "http"

    @property
    def root(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.root}/v1"

    def log(self) -> dict[str, Any]:
        """What it served: "requests", "in_flight", "most_in_flight", "connections", "freezes", "now"."""
        with _DIRECT.open(f"{self.root}/__log", timeout=60) as answer:
            return json.load(answer)

    def reset(self) -> None:
        """Forget the log and the attempts."""
        self._post("/__reset", {})

    def behave(self, **models: dict[str, Any]) -> None:
        """Set models' behaviours (see `behaviour.Behaviour`)."""
        self._post("/__behaviours", models)

    def _post(self, path: str, value: object) -> None:
        request = urllib.request.Request(self.root + path, data=json.dumps(value).encode(), method="POST")
        _DIRECT.open(request, timeout=60).close()


@contextmanager
def scripted(
    behaviours: dict[str, dict[str, Any]], *arguments: str, scheme: str = "http"
) -> Iterator[ScriptedServer]:
    """Run a scripted server for the length of a `with`."""
    command = [sys.executable, "-m", "tests.servers.scripted", "--behaviours", json.dumps(behaviours)]
    process = subprocess.Popen(
        [*command, *arguments], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        told = json.loads(process.stdout.readline())
        yield ScriptedServer(told["port"], process.pid, scheme)
    finally:
        process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@pytest.fixture(scope="session")
def scripted_server() -> Iterator[ScriptedServer]:
    """One server for the session: model-a answers at once, model-b slowly and with half the accuracy."""
    models = {
        "model-a": {"tokens": 8},
        "model-b": {"tokens": 8, "first_token": 0.05, "gap": 0.005, "accuracy": 0.5},
    }
    with scripted(models) as server:
        yield server
