"""The demo: real models on this machine, a real workload, a verdict and a PDF.

    make demo                       stays up until Ctrl-C
    make demo ARGS=--exit           stops afterwards and prints one JSON line
    make demo ARGS=--light          the two small models only
    make demo ARGS=--new-password   gives the demo's user another password

Run again, it shows what is there: a finished assessment is not run twice, an interrupted one
goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from migration_app.demo.show import Show
from migration_app.launch import ports, services
from migration_app.launch.__main__ import watch
from migration_app.launch.console import Console
from migration_app.launch.errors import LaunchError
from migration_app.launch.interrupts import listen
from migration_app.launch.ledger import only_launcher
from migration_app.launch.supervisor import Supervisor


def main(arguments: list[str] | None = None) -> int:
    """Run the demo; returns the exit code."""
    options = _options(arguments)
    console = Console()
    listen()
    try:
        summary = _run(options, console)
    except LaunchError as reason:
        print(f"make demo: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        console.say("\nStopped; everything the demo started has ended. What was measured is kept.")
        return 130 if options.exit else 0
    console.say(json.dumps(summary, ensure_ascii=False))
    return 0


def _run(options: argparse.Namespace, console: Console) -> dict[str, object]:
    """Bring everything up and tell the story; the summary is returned after everything has stopped."""
    data = services.data_folder()
    with only_launcher(data / "run" / "launcher.lock"), Supervisor(data, say=console.say) as supervisor:
        ports.require_free(options.port, target="demo")
        show = Show(console, supervisor, data=data, port=options.port)
        result = show.perform(light=options.light, new_password=options.new_password)
        if not options.exit:
            show.stay_ready()
            watch(supervisor)
        return show.summary(result)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description="Show Crossover on real models.")
    parser.add_argument("--exit", action="store_true", help="stop everything afterwards; print one JSON line")
    parser.add_argument("--light", action="store_true", help="only the two small models")
    parser.add_argument("--new-password", action="store_true", help="give the demo's user another password")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
