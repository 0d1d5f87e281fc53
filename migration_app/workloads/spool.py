"""What was found in a file, kept until its samples are stored: the file is read and judged once.

A folder for each upload, `imports/<id>/` beside the uploads, readable by the server alone:

    drafts      one JSON line a sample, with where something private stands in it
    problems    one JSON line a line that was left out
    offsets     for each sample, where it begins in `drafts`: one array of numbers, as are
    categories  the code of its category
    groups      equal for requests that are alike or share a named source
    alike       the position of the first of its kind; −1 where nothing else is alike

The drafts hold a customer's texts unmasked. They go when the samples are stored, the columns are
changed, or the file is discarded.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from uuid import UUID

import numpy as np
import orjson
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from .conversations import text_of
from .drafts import Draft
from .errors import UnreadableFile
from .likeness import BINS, LONGEST, Signer, groups
from .number_files import NumberFile, mapped
from .readers import Problem
from .redaction import KINDS, Found

_TOGETHER = 500  # texts that are signed at once
_TOGETHER_NAMED = 1 << 19  # names of sources that are sorted at once
_CODES = {kind.key: code for code, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Index:
    """One number a sample in each array; they lie in files, and only what is looked at is in memory."""

    offsets: NDArray[np.uint64]
    categories: NDArray[np.int16]  # codes in the order of first appearance
    groups: NDArray[np.int32]
    alike: NDArray[np.int32]

    def __len__(self) -> int:
        return int(self.offsets.size)


_ARRAYS = {"offsets": "Q", "categories": "h", "groups": "i", "alike": "i"}


def folder_of(upload_id: UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / upload_id.hex


def clear(upload_id: UUID) -> None:
    """Remove what was kept, and what writers that died left; nothing happens where there is nothing."""
    place = folder_of(upload_id)
    for folder in (place, *place.parent.glob(f"{upload_id.hex}.*")):
        shutil.rmtree(folder, ignore_errors=True)


def clear_drafts(upload_id: UUID) -> None:
    """Remove the texts, and keep the list of lines that were left out."""
    for name in ("drafts", *_ARRAYS):
        (folder_of(upload_id) / name).unlink(missing_ok=True)


def is_there(upload_id: UUID) -> bool:
    return (folder_of(upload_id) / "alike").exists()


class Spool:
    """Takes drafts and problems as they are found. What is noted about each waits on disk.

    It is written under the token of whoever writes it, and takes its place when it is finished.
    """

    def __init__(self, upload_id: UUID, token: str) -> None:
        self._place = folder_of(upload_id)
        self._folder = self._place.with_name(f"{upload_id.hex}.{token}")
        self._codes: dict[str, int] = {}
        self._sources = NumberFile("Q")
        self._named = False
        self._waiting: list[str] = []
        self._signer = Signer()
        self._signatures = NumberFile("B", width=BINS)
        self._at = 0

    def __enter__(self) -> Spool:
        self._folder.mkdir(parents=True, mode=0o700)
        self._drafts = _create(self._folder / "drafts")
        self._problems = _create(self._folder / "problems")
        self._arrays = {name: NumberFile(code, self._folder / name) for name, code in _ARRAYS.items()}
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        self._drafts.close()
        self._problems.close()
        for numbers in (*self._arrays.values(), self._sources, self._signatures):
            numbers.close()
        if kind is not None:  # a writer that was stopped leaves nothing
            shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, draft: Draft, found: Sequence[Found]) -> None:
        """Raises UnreadableFile where all samples together become too large."""
        draft.call = None  # counted already
        line = orjson.dumps([draft, [(one.start, one.end, _CODES[one.kind]) for one in found]])
        self._arrays["offsets"].append(self._at)
        self._at += self._drafts.write(line + b"\n")
        if self._at > settings.UPLOAD_MAX_UNPACKED_BYTES:
            raise UnreadableFile(
                _("Its samples take more room than can be kept: a few long prompts are asked of many tests.")
            )
        self._arrays["categories"].append(self._codes.setdefault(draft.category, len(self._codes)))
        self._sources.append(_number(draft.cluster) if draft.cluster else 0)
        self._named = self._named or bool(draft.cluster)
        self._waiting.append(_asked(draft))
        if len(self._waiting) >= _TOGETHER:
            self._sign()

    def leave_out(self, problem: Problem) -> None:
        self._problems.write(orjson.dumps(tuple(problem)) + b"\n")

    def _sign(self) -> None:
        if self._waiting:
            self._signatures.extend(self._signer.signatures(self._waiting))
            self._waiting = []

    def finish(self, beat: Callable[[], None] = lambda: None) -> Index:
        """Find what is alike, and put everything in its place. `beat` is called on the way."""
        self._sign()
        alike = groups(self._signatures, beat=beat)
        self._arrays["groups"].extend(_sources(alike, self._sources if self._named else None))
        self._arrays["alike"].extend(_with_others(alike))
        self._drafts.flush()
        self._problems.flush()
        for numbers in self._arrays.values():
            numbers.flush()
        shutil.rmtree(self._place, ignore_errors=True)
        self._folder.rename(self._place)
        return _index(self._place)


def _asked(draft: Draft) -> str:
    """What makes a request this one: everything but the instructions that many share, from both ends."""
    texts = [text_of(one) for one in draft.messages if one["role"] in ("user", "tool")]
    whole = "\n".join(texts)
    return whole if len(whole) <= LONGEST else whole[: LONGEST // 2] + whole[-LONGEST // 2 :]


def _create(path: Path) -> BinaryIO:
    path.touch(mode=0o600)
    return path.open("wb")


def _number(text: str) -> int:
    """64 bits of a source's name, never 0."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) | 1


def _with_others(alike: NDArray[np.int32]) -> NDArray[np.int32]:
    """For each request the position of the first that is alike or equal; −1 where there is none."""
    lone = np.bincount(alike, minlength=1) < 2
    return np.where(lone[alike], np.int32(-1), alike)


def _sources(alike: NDArray[np.int32], named: NumberFile | None) -> NDArray[np.int32]:
    """Numbers of independent sources: the file's own name for it, else the requests that are alike."""
    if named is None:
        return alike
    names, found = named[:], alike.copy()
    shares = np.uint64(names.size // _TOGETHER_NAMED * 2 + 1)  # odd, because every name's number is
    known = alike.size
    for share in range(int(shares)):  # part by part: sorting all at once would take much memory
        places = np.flatnonzero((names % shares == share) & (names > 0))
        different, codes = np.unique(names[places], return_inverse=True)
        found[places] = known + codes
        known += different.size
    return found


def index_of(upload_id: UUID) -> Index:
    """Raises FileNotFoundError where nothing was kept."""
    return _index(folder_of(upload_id))


def _index(folder: Path) -> Index:
    return Index(**{name: mapped(folder / name, code) for name, code in _ARRAYS.items()})


def drafts_at(upload_id: UUID, offsets: NDArray[np.uint64]) -> Iterator[tuple[Draft, list[Found]]]:
    """The drafts at these places of the file, which ascend."""
    with (folder_of(upload_id) / "drafts").open("rb") as file:
        at = 0
        for offset in map(int, offsets):
            if offset != at:
                file.seek(offset)
            line = file.readline()
            at = offset + len(line)
            yield _draft(line)


def _draft(line: bytes) -> tuple[Draft, list[Found]]:
    stored, found = orjson.loads(line)
    draft = Draft(**{name: value for name, value in stored.items() if name not in ("call", "warnings")})
    return draft, [Found(start, end, KINDS[code].key) for start, end, code in found]


def problems_in(upload_id: UUID) -> Iterator[Problem]:
    """Every line that was left out, with its reason. Raises FileNotFoundError where nothing was kept."""
    with (folder_of(upload_id) / "problems").open("rb") as file:
        for line in file:
            yield Problem(*orjson.loads(line))
