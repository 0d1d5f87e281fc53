"""A number in the answer against a number in the reference."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import ClassVar

from ..wording import english, gettext_noop
from .base import Answer, Expected, Score, best_of, parameter, scored, unscored
from .text import excerpt

MAX_DIGITS = 400
LOOKED_AT = 20_000  # characters at the end of an answer in which its last number is sought
_ARITHMETIC = Context(prec=60)
_LETTERS = r"A-Za-z\u00c0-\u024f\u0370-\u04ff"
_CODES = "USD|EUR|GBP|BRL|JPY|CHF|CAD|AUD|INR|CNY|MXN|SEK|NOK|DKK|PLN|ZAR|US|Rs"
# Digits behind a letter are part of a name (m2, v1.5, Q3), which is read over; a currency is no name.
# Groups are joined by one separator at a time, so matching takes linear time.
_NUMBER = re.compile(
    r"(?P<time>(?<![\d:.,])\d{1,2}:[0-5]\d(?::[0-5]\d)?(?![\d:]))|"
    rf"(?P<name>(?<![{_LETTERS}])(?!(?:{_CODES})\d|(?<=\d)[xX]\d)[{_LETTERS}]+\d[\w.]*)"
    r"|(?P<number>(?:(?<!\w)[-+−][$£€¥]?)?"
    r"(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'’]\d+)*|\.\d+)"
    r"(?:[eE][-+]?\d{1,4}(?![\d\w]))?)"
    r"(?P<over>(?<!\d\d\d\d)/\d{1,3}(?![\d/]|[.,]\d))?"
)
_POWER = re.compile(r"(?<=\d)\s?[×x*·⋅]\s?10(?:(?:\^|\*\*)\(?([-+−]?\d{1,4})\)?|([⁻⁺]?[⁰¹²³⁴-⁹]{1,4}))(?!\d)")
_MIXED = re.compile(r"(?<![\d.,/])(\d{1,3}) (\d{1,3})/(\d{1,3})(?![\d/])")
_RAISED = re.compile("[⁻⁺]?[⁰¹²³⁴-⁹₀-₉]+")
_FRACTION = re.compile("(\\d{0,9})[ \u2009]?([¼-¾⅐-⅞])")


@dataclass(frozen=True, slots=True)
class NumericMatch:
    """1 when |answer − reference| ≤ max(absolute, relative × |reference|); otherwise 0."""

    name: ClassVar[str] = "numeric"
    label: ClassVar[str] = gettext_noop("Right number")
    explanation: ClassVar[str] = gettext_noop(
        "Right if the answer's number is the expected one, within the tolerance."
    )
    needs_reference: ClassVar[bool] = True

    absolute: float = parameter(
        0.0, gettext_noop("Largest difference allowed, in the number's own unit."), kind="number", low=0
    )
    relative: float = parameter(
        0.0, gettext_noop("Largest difference allowed, as a share (0.01 is 1%)."), kind="number", low=0
    )
    take: str = parameter(
        "last",
        gettext_noop("Which number counts when the answer holds several?"),
        kind="choice",
        choices=("last", "first"),
    )
    decimal_mark: str = parameter(
        ".",
        gettext_noop("Sign before the decimals where a number could be read two ways (1.234)."),
        kind="choice",
        choices=".,",
    )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        said = self._pick(answer.text)
        return best_of(expected.references, lambda reference: self._compare(said, answer.text, reference))

    def _pick(self, text: str) -> Decimal | None:
        if self.take == "first":
            return next(numbers_in(text, self.decimal_mark), None)
        return next(iter(deque(numbers_in(_end_of(text), self.decimal_mark), maxlen=1)), None)

    def _compare(self, said: Decimal | None, text: str, reference: str) -> Score:
        wanted = self._pick(reference)
        if wanted is None:
            return unscored(
                english("The reference {reference} holds no number.", reference=excerpt(reference))
            )
        if said is None:
            return scored(
                0,
                english(
                    "The answer {value} holds no number; {wanted:.12g} was expected.",
                    value=excerpt(text),
                    wanted=wanted,
                ),
            )
        inside = abs(_ARITHMETIC.subtract(said, wanted)) <= self._tolerance(wanted)
        return scored(
            inside,
            english(
                "The answer says {said:.12g}; the reference says {wanted:.12g}.", said=said, wanted=wanted
            ),
        )

    def _tolerance(self, wanted: Decimal) -> Decimal:
        share = _ARITHMETIC.multiply(Decimal(str(self.relative)), abs(wanted))
        return max(Decimal(str(self.absolute)), share)


def _end_of(text: str) -> str:
    """The end of a very long text, beginning between words so that no number is cut in two."""
    return text if len(text) <= LOOKED_AT else text[-LOOKED_AT:].partition(" ")[2]


def numbers_in(text: str, decimal_mark: str = ".") -> Iterator[Decimal]:
    """Every number written in digits, in order; those beyond `MAX_DIGITS` digits are passed over.

    1.5 × 10⁶ is one number, ¾ and 3/4 are 0.75, 10:30 is so many minutes; m² and Q3 hold none.
    """
    for match in _NUMBER.finditer(_on_one_line(text)):
        if match["time"]:
            yield _minutes(match["time"])
        if match["number"] is None or match.end() - match.start() > MAX_DIGITS:
            continue
        found = _as_decimals(match["number"], decimal_mark)
        if match["over"]:
            found += _over(
                found.pop(), int(match["over"][1:]), match.string[match.start() - 1 : match.start()]
            )
        yield from found


def _minutes(time: str) -> Decimal:
    """A time of day, or a length of time, as one number: its end alone would be another's."""
    hours, minutes, seconds = (*map(Decimal, time.split(":")), Decimal(0))[:3]
    return hours * 60 + minutes + _ARITHMETIC.divide(seconds, Decimal(60))


def _over(above: Decimal, below: int, before: str) -> list[Decimal]:
    """3/4 as a number; two of them where it is part of a date."""
    return [above, Decimal(below)] if before == "/" or not below else [_ARITHMETIC.divide(above, below)]


def _on_one_line(text: str) -> str:
    """`text` without raised digits and signs for fractions, which NFKC would run together with others."""
    if "10" in text:
        text = _POWER.sub(lambda power: "e" + unicodedata.normalize("NFKC", power[1] or power[2]), text)
    if not text.isascii():
        plain = _FRACTION.sub(lambda found: f"{found[1]} {_spelled_out(found[2])}", _RAISED.sub(" ", text))
        text = unicodedata.normalize("NFKC", plain).replace("e−", "e-")
    return _MIXED.sub(_as_one, text) if "/" in text else text


def _spelled_out(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign).replace("\N{FRACTION SLASH}", "/")


def _as_one(mixed: re.Match[str]) -> str:
    """1 1/2 as 3/2; left as it is where the fraction is none."""
    whole, above, below = map(int, mixed.groups())
    return (
        f"{whole * below + above}/{below}" if 0 < above < below and whole * below + above < 1000 else mixed[0]
    )


def _as_decimals(written: str, decimal_mark: str) -> list[Decimal]:
    """One number, or several that only a comma parts: 1,2,3 groups no thousands."""
    first, *groups = written.split(",")
    if (
        len(groups) > 1
        and "." not in written
        and not (len(groups[-1]) == 3 and all(len(group) in (2, 3) for group in groups))
    ):
        return [_as_decimal(part, decimal_mark) for part in (first, *groups)]
    return [_as_decimal(written, decimal_mark)]


def _as_decimal(written: str, decimal_mark: str) -> Decimal:
    """1,234.5 and 1.234,5 and 1 234,5 are one number; 1,234 is read by the decimal mark."""
    plain = re.sub(r"[ \u00a0\u202f'’$£€¥]", "", written).replace("−", "-")
    if "," not in plain:
        # One point is a decimal point, several can only group thousands.
        single = plain.count(".") <= 1 and not (decimal_mark == "," and _is_grouped(plain, "."))
        return Decimal(plain if single else plain.replace(".", ""))
    if "." in plain:
        grouping = "," if plain.rindex(",") < plain.rindex(".") else "."
        return _pointed(plain.replace(grouping, ""))
    grouped = plain.count(",") > 1 or (decimal_mark == "." and _is_grouped(plain, ","))
    return Decimal(plain.replace(",", "")) if grouped else _pointed(plain)


def _pointed(written: str) -> Decimal:
    """The number with its last mark as the decimal point and any earlier ones dropped."""
    whole, _, decimals = written.replace(",", ".").rpartition(".")
    return Decimal(f"{whole.replace('.', '')}.{decimals}")


def _is_grouped(plain: str, mark: str) -> bool:
    head, _, tail = re.split(r"[eE]", plain)[0].partition(mark)
    return len(tail) == 3 and 1 <= len(head.lstrip("+-")) <= 3 and head.lstrip("+-") != "0"
