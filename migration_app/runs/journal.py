"""A feed's journal on its machine's disk: what a killed process had claimed, sent and been answered.

An answer waits up to half a second for its batch. Each is written here first, by one write that
outlives the process (not the machine); `recovery.py` settles what it finds in the journals of the
dead. Two files take turns: while a batch is on its way to the database, the next is written to the
other file, which begins with what is held; the batch's file is emptied once it is stored.

    file      <feed>-<seat's token>.0 and .1, mode 0600, locked for as long as their process lives
    record    length and CRC-32 of what follows, 4 bytes each, big-endian · a JSON array, by its first item:
              ["seat", feed, token, run]   ["held", [claim …], [sent token …]]
              ["sent", token]              ["answer", completed?, result]

A record that is cut off or does not match its sum ends its file. Nothing secret is in it: the
answers, as the database has them. Where it cannot be written (a full disk), the feed goes on
without: what it loses when killed is then *unknown*, as after a machine's end.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from migration_app.evaluation.outcomes import Completed

from .leases import Claimed
from .settling import Result

logger = logging.getLogger(__name__)

_HEAD = 8
_LARGEST = 1 << 28  # bytes; no record is near, whatever a broken one says of itself


def folder() -> Path:
    """Where this machine's journals are."""
    return Path(settings.JOURNAL_DIR)


class Journal:
    """The journal of one slice. Every method is a write or two to the page cache, some microseconds."""

    def __init__(self, feed_id: int, token: int, run_id: Any) -> None:
        self._seat = ["seat", feed_id, token, str(run_id)]
        self._sent: set[int] = set()
        self._paths = [folder() / f"{feed_id}-{token:x}.{turn}" for turn in (0, 1)]
        self._files: list[int] = []  # the one that is written to first; locked until they are closed
        self._kept = True
        try:
            folder().mkdir(parents=True, exist_ok=True, mode=0o700)
            for path in self._paths:
                self._files.append(_opened(path))
        except OSError as error:
            self._give_up(error)
        self._write(self._seat)

    def claimed(self, items: Iterable[Claimed]) -> None:
        """These are held from now on, and not sent."""
        self._write(["held", [*items], []])

    def sent(self, item: Claimed) -> None:
        """From now on the vendor may bill it."""
        self._sent.add(item.token)
        self._write(["sent", item.token])

    def answered(self, result: Result) -> None:
        """Safe from now on, should this process be killed."""
        self._write(["answer", isinstance(result.outcome, Completed), result])

    def turn(self, held: Iterable[Claimed]) -> None:
        """The answers so far are on their way to the database; `held` are the others."""
        others = [*held]
        self._sent &= {item.token for item in others}
        self._files.reverse()
        self._write(self._seat)
        self._write(["held", others, [*self._sent]])

    def stored(self) -> None:
        """What was on its way is in the database."""
        if self._kept:
            os.ftruncate(self._files[1], 0)

    def close(self, *, done: bool) -> None:
        """Take the journal away when all is stored; else leave it to whoever looks for it next."""
        if done:
            self._remove()
        for file in self._files:
            os.close(file)

    def _write(self, record: list[Any]) -> None:
        if not self._kept:
            return
        try:
            data = _framed(record)
            if os.write(self._files[0], data) < len(data):
                raise OSError("the disk took only a part of it")
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """A journal that knows only half would have calls given back that were sent: none is better."""
        logger.warning("Answers are not kept on disk before they are stored: %s", error)
        self._kept = False
        self._remove()

    def _remove(self) -> None:
        for path in self._paths:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _opened(path: Path) -> int:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def _framed(record: list[Any]) -> bytes:
    try:
        data = orjson.dumps(record, default=dict)
    except TypeError:  # half of a surrogate pair, which a model may write and UTF-8 cannot
        data = json.dumps(record, default=_plain).encode()
    return len(data).to_bytes(4, "big") + zlib.crc32(data).to_bytes(4, "big") + data


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    return value.isoformat() if hasattr(value, "isoformat") else dict(value)


def records(file: int) -> Iterator[list[Any]]:
    """The records of a file, up to the first that is cut off or broken."""
    with os.fdopen(os.dup(file), "rb") as data:
        while len(head := data.read(_HEAD)) == _HEAD:
            size, checksum = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
            body = data.read(min(size, _LARGEST))
            if len(body) != size or zlib.crc32(body) != checksum:
                return
            yield json.loads(body)
