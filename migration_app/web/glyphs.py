"""The geometry of the small drawings inside tables, in percent of their width.

The drawings are SVG with plain attributes: no style attribute, no script. The numbers are
positions, not results; the text beside them comes from `reports.formatting`.
"""

from dataclasses import dataclass

from migration_app.reports.formatting import percent

LABEL_FITS = 10.0  # percent of the width from which a two-digit label has room


@dataclass(frozen=True)
class Part:
    """One stretch of a bar. `x` and `width` in percent; `label` is empty where it has no room."""

    tone: str
    x: str
    width: str
    middle: str
    label: str
    words: str


@dataclass(frozen=True)
class Progress:
    """A bar of work: `done` (percent) without the `failed` share that follows it."""

    succeeded: str
    failed: str
    value: int
    total: int
    percent: str


@dataclass(frozen=True)
class IntervalGlyph:
    """Positions in percent; `None` where there is nothing to draw. Open ends reach the edge."""

    value: str | None
    low: str | None
    width: str | None
    limit: str | None


def progress(done: int, failed: int, total: int) -> Progress:
    """`done` counts every settled item, the `failed` ones included."""
    share = min(done / total, 1.0) if total else 0.0
    broken = min(failed / total, share) if total else 0.0
    floored = int(share * 100)  # 99.9% is not yet 100%
    return Progress(_width(share - broken), _width(broken), done, total, f"{floored}%")


def better_same_worse(better: int, same: int, worse: int) -> list[Part]:
    """Three stretches side by side; none where nothing was compared."""
    total = better + same + worse
    parts, start = [], 0.0
    for tone, size in (("better", better), ("same", same), ("worse", worse)):
        share = size / total if total else 0.0
        words = percent(share, 0)
        label = words.rstrip("%") if share * 100 >= LABEL_FITS else ""
        parts.append(Part(tone, _width(start), _width(share), _width(start + share / 2), label, words))
        start += share
    return parts if total else []


def interval(
    value: float | None,
    low: float | None,
    high: float | None,
    axis: tuple[float, float],
    limit: float | None = None,
) -> IntervalGlyph:
    """A value and its interval on `axis` (its two ends). A bound that does not exist is drawn to the edge."""
    if value is None:
        return IntervalGlyph(None, None, None, _place(limit, axis))
    left = 0.0 if low is None else _share(low, axis)
    right = 1.0 if high is None else _share(high, axis)
    return IntervalGlyph(_place(value, axis), _width(left), _width(right - left), _place(limit, axis))


def _share(value: float, axis: tuple[float, float]) -> float:
    first, last = axis
    return min(max((float(value) - first) / (last - first), 0.0), 1.0)


def _place(value: float | None, axis: tuple[float, float]) -> str | None:
    return None if value is None else _width(_share(value, axis))


def _width(share: float) -> str:
    return f"{share * 100:.2f}%"
