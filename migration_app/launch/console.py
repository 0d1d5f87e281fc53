"""What the person at the terminal sees: numbered steps, progress bars, plain lines elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

QUIET_INTERVAL = 15.0  # seconds between progress lines where the output is not a terminal
REDRAW_INTERVAL = 0.1  # seconds between redraws where it is


@dataclass(frozen=True)
class Bar:
    """How far something has come. `total` of 0: not known yet. `note` follows the figures."""

    name: str
    done: int
    total: int
    note: str = ""

    @property
    def share(self) -> float:
        return min(self.done / self.total, 1.0) if self.total else 0.0


class Console:
    """Writes to one stream. Bars are redrawn in place on a terminal, printed now and then elsewhere."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self.live = self.stream.isatty()
        self._drawn = 0
        self._last = 0.0
        self._shown = ""

    def say(self, sentence: str = "") -> None:
        self._erase()
        print(sentence, file=self.stream, flush=True)

    def bars(self, bars: Sequence[Bar], *, last: bool = False) -> None:
        """Show how far things are. `last` draws in any case and leaves the bars standing."""
        now = time.monotonic()
        if not last and now - self._last < (REDRAW_INTERVAL if self.live else QUIET_INTERVAL):
            return
        self._last = now
        if self.live:
            self._draw(bars)
            self._drawn = 0 if last else self._drawn
        else:
            self._list(bars)

    def _draw(self, bars: Sequence[Bar]) -> None:
        self._erase()
        width = shutil.get_terminal_size().columns - 1
        for bar in bars:
            print(drawn(bar)[:width], file=self.stream)
        self._drawn = len(bars)
        self.stream.flush()

    def _list(self, bars: Sequence[Bar]) -> None:
        line = "; ".join(f"{bar.name}: {bar.share:.0%} {bar.note}".rstrip() for bar in bars)
        if line != self._shown:
            print(f"      {line}", file=self.stream, flush=True)
        self._shown = line

    def _erase(self) -> None:
        if self._drawn:
            print(f"\033[{self._drawn}A\033[J", end="", file=self.stream, flush=True)
        self._drawn = 0


def drawn(bar: Bar, *, width: int = 24) -> str:
    """One bar as one line of text."""
    full = round(bar.share * width)
    return f"      {bar.name:<28.28} {'█' * full}{'░' * (width - full)} {bar.share:>4.0%} {bar.note}".rstrip()


class Steps:
    """Numbered steps, one line each, with the time each took."""

    def __init__(self, console: Console, names: Sequence[str]) -> None:
        self.console = console
        self._names = list(names)
        self._began = time.monotonic()

    @contextmanager
    def step(self, name: str, *, long: bool = False) -> Iterator[list[str]]:
        """Run a step; what the block appends to the list becomes the text of its line.

        Args:
            long: announce the step first, since its end may be minutes away.
        """
        began, said = time.monotonic(), list[str]()
        head = f"[{self._names.index(name) + 1:>2}/{len(self._names)}] {name}:"
        if long:
            self.console.say(f"{head} …")
        yield said
        self.console.say(f"{head} {'; '.join(said) or 'ready'} ({time.monotonic() - began:.1f} s)")

    @property
    def elapsed(self) -> float:
        """Seconds since the first step."""
        return time.monotonic() - self._began
