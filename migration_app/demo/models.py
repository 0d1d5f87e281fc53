"""The demo's model servers: one process each, on loopback, behind a key that is kept."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from migration_app.demo.weights import Weights
from migration_app.keys import kept_key
from migration_app.launch import ports
from migration_app.launch.programs import Program, url_answers

FIRST_PORT = 8101


@dataclass(frozen=True)
class ModelServer:
    """A model and where it is served. The key is the same for all of them."""

    weights: Weights
    port: int
    api_key: str

    @property
    def base_url(self) -> str:
        """What an OpenAI-compatible client is given."""
        return f"http://{ports.HOST}:{self.port}/v1"

    @property
    def reachable(self) -> str:
        """The entry that lets connections reach this server inside the private network."""
        return f"{ports.HOST}/32:{self.port}"

    def program(self, file: Path) -> Program:
        """The process to keep running, with the weights in `file`."""
        return Program(
            name=f"model-{self.weights.key}",
            command=(
                sys.executable, "-m", "migration_app.demo.serve_model", "--weights", str(file),
                "--port", str(self.port), "--alias", self.weights.name,
            ),
            environment={"MODEL_API_KEY": self.api_key, "OMP_WAIT_POLICY": "passive"},
            ready=url_answers(f"http://{ports.HOST}:{self.port}/health"),
            ready_within=120,
            remedy="Is memory short? `ARGS=--light` takes the two small models only.",
        )


def plan_servers(models: Iterable[Weights], *, data: Path) -> list[ModelServer]:
    """A port and the kept key for each model. Ports stay the same where they can."""
    key = kept_key(data / "keys" / "models", lambda: f"demo-{secrets.token_urlsafe(24)}")
    servers: list[ModelServer] = []
    for number, weights in enumerate(models):
        port = ports.preferred(FIRST_PORT + number)
        while port in {server.port for server in servers}:
            port = ports.any_free()
        servers.append(ModelServer(weights, port, key))
    return servers
