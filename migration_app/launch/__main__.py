"""Run Crossover on this machine: broker, workers, beat and web, until Ctrl-C.

    make serve                 http://127.0.0.1:8000
    PORT=8010 make serve
"""

from __future__ import annotations

import argparse
import os
import sys
import time

from migration_app.launch import ports, services
from migration_app.launch.broker import ensure_broker
from migration_app.launch.console import Console, Steps
from migration_app.launch.errors import LaunchError
from migration_app.launch.interrupts import listen
from migration_app.launch.ledger import only_launcher
from migration_app.launch.supervisor import Supervisor


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make serve", description="Run Crossover until Ctrl-C.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    options = parser.parse_args(arguments)
    console = Console()
    listen()
    try:
        serve(console, port=options.port)
    except LaunchError as reason:
        print(f"make serve: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        console.say("Stopped.")
    return 0


def serve(console: Console, *, port: int) -> None:
    """Start everything, in order, and keep watch until a signal or a death ends it."""
    data = services.data_folder()
    steps = Steps(console, ["Broker", "Database", "Workers", "Web"])
    ports.require_free(port, target="serve")
    with only_launcher(data / "run" / "launcher.lock"), Supervisor(data, say=console.say) as supervisor:
        with steps.step("Broker") as said:
            broker = ensure_broker(supervisor, data=data)
            said.append(broker.description)
        environment = {"REDIS_URL": broker.url, "CROSSOVER_DATA_DIR": str(data)}
        with steps.step("Database"):
            services.prepare(environment)
        with steps.step("Workers"):
            start_workers(supervisor, environment)
        with steps.step("Web"):
            supervisor.wait_ready(supervisor.start(services.web(port=port, environment=environment)))
        console.say(f"Crossover is ready at http://{ports.HOST}:{port} (Ctrl-C stops it).")
        watch(supervisor)


def start_workers(supervisor: Supervisor, environment: dict[str, str]) -> None:
    """Start the workers and beat side by side, then wait for all of them."""
    data = services.data_folder(environment)
    supervisor.wait_ready(
        supervisor.start(services.feeds(environment=environment)),
        supervisor.start(services.stages(environment=environment)),
        supervisor.start(services.beat(data=data, environment=environment)),
    )


def watch(supervisor: Supervisor) -> None:
    """Keep watch until an interrupt, or until a child dies.

    Raises:
        ChildDiedError: one did.
    """
    while True:
        supervisor.check()
        time.sleep(0.3)


if __name__ == "__main__":
    raise SystemExit(main())
