"""The suites, each in a pytest process of its own, with its closing line shown.

    python -m tests.run quick [pytest arguments]     on SQLite, then on PostgreSQL
    python -m tests.run slow [pytest arguments]      browser, faults, verification, accuracy
    python -m tests.run screenshots [pytest arguments]

PostgreSQL is started privately from the binaries on the machine; where there are none the second
half is left out and the reason printed. What works on the database is run on both; what does not, and
the pages and papers, which only read through it, on SQLite.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.services.postgres import PostgresUnavailable, private_postgres

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
LOGS = ROOT / "build/tests"
SLOW = ("browser", "faults", "accuracy", "verification")
# Most tests wait for a server or a database: three at a time keep two cores busy. `tests/conftest.py`
# has the order in which files are handed out.
SIDE_BY_SIDE = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
# Fault tests wait for leases to expire and servers to come back: more of them fit side by side.
WAITING = ("-n", "4", "--dist", "worksteal")
# A browser waits for its server and the server for it.
BROWSERS = ("-n", "2", "--dist", "worksteal")
QUICK = f"not ({' or '.join(SLOW)})"
# Nothing quick lies in these folders or needs these plugins, which take seconds to load.
WITHOUT = ("--ignore=tests/browser", "--ignore=tests/faults", "-p", "no:playwright", "-p", "no:valkey")
ON_BOTH = (
    "accounts",
    "workloads",
    "candidates",
    "runs",
    "scoring",
    "comparisons",
    "reports",
    "pipeline",
)
# Of these, what draws and prints a report that was frozen before.
DRAWN = ("comparisons/test_bad_input", *(f"reports/test_{name}" for name in ("charts", "pdf", "long_names")))
FAILED, NOTHING_COLLECTED = 1, 5


def main(arguments: list[str]) -> int:
    suite, *extra = arguments
    suites = {"quick": quick, "slow": slow, "screenshots": screenshots}
    results = suites[suite](extra)
    print()
    for name, passed in results.items():
        print(f"{'passed' if passed else 'FAILED':>7}  {name}")
    return 0 if all(results.values()) else 1


def quick(extra: list[str]) -> dict[str, bool]:
    if _names_paths(extra):
        return {"named tests": pytest("named tests", extra)}
    results = {
        "SQLite": pytest(
            "SQLite", ["-m", f"{QUICK} and not postgres", *WITHOUT, *SIDE_BY_SIDE, *extra], DATABASE_URL=""
        )
    }
    try:
        with private_postgres() as url:
            folders = [str(path) for name in ON_BOTH if (path := ROOT / "tests" / name).is_dir()]
            drawn = [f"--ignore={ROOT / 'tests' / name}.py" for name in DRAWN]
            chosen = ["-m", f"(database and {QUICK}) or postgres", *folders, *drawn, *WITHOUT]
            chosen += [*SIDE_BY_SIDE, *extra]
            results["PostgreSQL"] = pytest("PostgreSQL", chosen, DATABASE_URL=url)
    except PostgresUnavailable as reason:
        print(f"\nPostgreSQL: skipped, {reason}.")
    return results


def slow(extra: list[str]) -> dict[str, bool]:
    """One process per marker: a browser's event loop and the others' do not share one.

    The faults mostly wait, for a worker to be missed or a server to come back. Meanwhile the browsers
    and the simulations take what the faults leave of the processors. Accuracy wants a still machine.
    """
    if _names_paths(extra):
        return {"named tests": pytest("named tests", extra)}
    beside = [Beside("browser", [*_marked("browser"), *BROWSERS, *extra], nice=5)]
    beside.append(Beside("verification", [*_marked("verification"), *extra], nice=19))
    results = {"faults": pytest("faults", [*_marked("faults"), *WAITING, *extra])}
    results |= {suite.name: suite.passed() for suite in beside}
    results["accuracy"] = pytest("accuracy", [*_marked("accuracy"), *extra])
    return results


def _marked(marker: str) -> list[str]:
    """What chooses these tests: the marker, and the files that name it, since to load all takes its time."""
    named = [path for path in sorted(TESTS.rglob("*.py")) if f"mark.{marker}" in path.read_text()]
    # A conftest marks what lies beside it.
    places = [path.parent if path.name == "conftest.py" else path for path in named]
    return ["-m", marker, *map(str, places)]


def screenshots(extra: list[str]) -> dict[str, bool]:
    """The pictures are a by-product of looking at every page."""
    chosen = ["tests/browser/test_pages.py", *extra]
    return {"screenshots": pytest("screenshots", chosen, CROSSOVER_SCREENSHOTS="1")}


def pytest(name: str, arguments: list[str], **environment: str) -> bool:
    """Run one pytest to its end; whether it passed. Finding nothing passes only under a filter.

    What failed is asked once more, alone: a machine that was busy for a moment is told from a
    fault, and both runs are shown.
    """
    print(f"\n== {name}", flush=True)
    return _ended(name, _run(name, arguments, environment), arguments, environment)


class Beside:
    """A pytest beside others; its output is shown when it is waited for."""

    def __init__(self, name: str, arguments: list[str], *, nice: int) -> None:
        self.name, self._arguments = name, arguments
        self._log = LOGS / f"{name}.txt"
        LOGS.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as output:
            command = ["nice", "-n", str(nice), *_command(name, arguments)]
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)

    def passed(self) -> bool:
        """Once it is over."""
        code = self._process.wait()
        print(f"\n== {self.name}\n{self._log.read_text(errors='replace')}", flush=True)
        return _ended(self.name, code, self._arguments, {})


def _ended(name: str, code: int, arguments: list[str], environment: Mapping[str, str]) -> bool:
    if code == FAILED:
        print(f"\n== {name}, what failed once more", flush=True)
        code = _run(name, [*_one_at_a_time(arguments), "--last-failed"], environment)
    return code == 0 or (code == NOTHING_COLLECTED and "-k" in arguments)


def _run(name: str, arguments: list[str], environment: Mapping[str, str]) -> int:
    command = _command(name, arguments)
    return subprocess.run(command, cwd=ROOT, env=_merged(environment), check=False).returncode


def _command(name: str, arguments: list[str]) -> list[str]:
    """Each suite remembers for itself what failed."""
    remembers = ["-o", f"cache_dir={LOGS / name}"]
    return [sys.executable, "-m", "pytest", "-q", *remembers, *arguments]


def _one_at_a_time(arguments: list[str]) -> list[str]:
    return [argument for argument in arguments if argument not in (*SIDE_BY_SIDE, *WAITING, *BROWSERS)]


def _merged(environment: Mapping[str, str]) -> dict[str, str]:
    """Our own environment with the given values; an empty one removes the name."""
    merged = {**os.environ, **environment}
    return {name: value for name, value in merged.items() if value or name not in environment}


def _names_paths(arguments: list[str]) -> bool:
    return any((ROOT / argument.partition("::")[0]).exists() for argument in arguments if argument[:1] != "-")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
