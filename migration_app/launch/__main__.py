"""Run Crossover on this machine: broker, workers and web, until Ctrl-C.

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
from migration_app.launch.supervisor import Child, Supervisor


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
            newcomer = services.manage("add_person", "admin", "--if-nobody", environment=environment)
        workers, web = start_all(supervisor, port=port, environment=environment)
        with steps.step("Workers"):
            supervisor.wait_ready(*workers)
        with steps.step("Web"):
            supervisor.wait_ready(web)
        if newcomer:
            console.say(f"Sign in with this, shown only once: {newcomer.splitlines()[-1]}")
        console.say(f"Crossover is ready at http://{ports.HOST}:{port} (Ctrl-C stops it).")
        watch(supervisor)


def start_all(
    supervisor: Supervisor, *, port: int, environment: dict[str, str]
) -> tuple[list[Child], Child]:
    """Start the workers and the web side by side; returned as they load, not yet ready."""
    workers = [
        supervisor.start(services.feeds(environment=environment)),
        supervisor.start(services.stages(environment=environment)),
    ]
    return workers, supervisor.start(services.web(port=port, environment=environment))


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
