"""Make the virtual environment and install what a make target needs; quick where it is done.

    python tools/setup.py run|demo|dev

Run by the machine's own Python before anything is installed: standard library only.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SETS = {
    "run": ["requirements.txt"],
    "demo": ["requirements.txt", "requirements-demo.txt"],
    "dev": ["requirements-dev.txt"],
}
COVERS = {"run": {"run", "demo", "dev"}, "demo": {"demo", "dev"}, "dev": {"dev"}}
EVERY = 10  # seconds between progress lines where the output is not a terminal
NO_COMPILER = re.compile(
    r"command '[^']*(cc|gcc|clang|g\+\+)[^']*' failed: No such file|[Uu]nable to find a compatible compiler"
    r"|error: command 'cc' failed|[Nn]o (C )?compiler found"
)
UNREACHABLE = re.compile(
    r"Could not fetch URL|ConnectionError|Temporary failure in name resolution|ReadTimeout"
)


class SetupError(Exception):
    """A sentence that says what to do."""


def main() -> int:
    wanted = sys.argv[1]
    try:
        prepare(wanted)
    except SetupError as reason:
        print(f"make setup: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("make setup: interrupted; start again and it goes on.", file=sys.stderr)
        return 130
    return 0


def prepare(wanted: str) -> None:
    if any(_holds(VENV / f".crossover-{other}", fingerprint_of(other)) for other in COVERS[wanted]):
        return
    make_environment()
    install(wanted)
    (VENV / f".crossover-{wanted}").write_text(fingerprint_of(wanted))


def fingerprint_of(wanted: str) -> str:
    """Of the environment's Python and every requirement file that `wanted` reads."""
    files = sorted(name for one in SETS[wanted] for name in _with_included(one))
    content = "".join((ROOT / name).read_text() for name in files)
    configuration = VENV / "pyvenv.cfg"
    python = configuration.read_text() if configuration.exists() else ""
    return hashlib.sha256((python + content).encode()).hexdigest()


def make_environment() -> None:
    if PYTHON.exists() and _works(PYTHON):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    say(f"Making a virtual environment with Python {sys.version.split()[0]} …")
    command = [sys.executable, "-m", "venv", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            f"Python {version} cannot make a virtual environment. On Debian and Ubuntu: "
            f"apt install python{version}-venv ({last_line(made.stderr + made.stdout)})"
        )


def install(wanted: str) -> None:
    log = ROOT / "var" / "log" / "setup.log"
    log.parent.parent.mkdir(exist_ok=True, mode=0o700)
    log.parent.mkdir(exist_ok=True)
    # Without --no-compile, pip spends a minute on byte code of modules that are never imported.
    command = [str(PYTHON), "-m", "pip", "install", "--no-compile", "--no-input"]
    command += ["--disable-pip-version-check"]
    for name in SETS[wanted]:
        command += ["--requirement", str(ROOT / name)]
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True
        )
        follow(process, output)
    if process.wait():
        raise SetupError(explain(log.read_text(), log))


def follow(process: subprocess.Popen[str], output: TextIO) -> None:
    """Say now and then how many packages are on their way."""
    live, began, said = sys.stdout.isatty(), time.monotonic(), 0.0
    packages, stage = 0, "fetching"
    say("Installing the pinned packages (a few minutes the first time) …")
    assert process.stdout is not None
    for line in process.stdout:
        output.write(line)
        output.flush()
        packages += line.startswith("Collecting ")
        if line.startswith("Installing collected"):
            stage, said = "installing", 0.0
        now = time.monotonic()
        if now - said > (0.2 if live else EVERY):
            said = now
            text = f"  {packages} packages, {stage}, {now - began:.0f} s"
            print(f"\r\033[K{text}" if live else text, end="" if live else "\n", flush=True)
    print("\r\033[K" if live else "", end="")
    say(f"  {packages} packages in {time.monotonic() - began:.0f} s.")


def explain(text: str, log: Path) -> str:
    """One line that says why pip failed and what to do."""
    if NO_COMPILER.search(text):
        return (
            "a package must be built here and no C compiler was found. On Debian and Ubuntu: "
            f"apt install build-essential, on macOS: xcode-select --install. Details: {log}"
        )
    if "No space left on device" in text:
        return f"the disk is full; about 1.5 GB are needed. Details: {log}"
    if UNREACHABLE.search(text):
        return f"the package registry did not answer. Check the network or pip's settings. Details: {log}"
    errors = [line for line in text.splitlines() if line.startswith("ERROR")]
    return f"pip failed: {last_line(chr(10).join(errors) or text)} Details: {log}"


def say(sentence: str) -> None:
    print(sentence, flush=True)


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1].strip()


def _with_included(name: str) -> set[str]:
    lines = (ROOT / name).read_text().splitlines()
    included = [line.split()[1] for line in lines if line.startswith("-r ")]
    return {name}.union(*(_with_included(other) for other in included))


def _holds(stamp: Path, fingerprint: str) -> bool:
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == fingerprint


def _works(python: Path) -> bool:
    command = [str(python), "-m", "pip", "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603


if __name__ == "__main__":
    raise SystemExit(main())
