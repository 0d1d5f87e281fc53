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
# Groups are joined by one separator at a time, so matching takes linear time.
_NUMBER = re.compile(
    r"(?:(?<!\w)[-+−][$£€¥]?)?"
    r"(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'’]\d+)*|\.\d+)"
    r"(?:[eE][-+]?\d{1,4}(?![\d\w]))?"
)


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
    """Every number written in digits, in order; those beyond `MAX_DIGITS` digits are passed over."""
    for match in _NUMBER.finditer(unicodedata.normalize("NFKC", text)):
        if match.end() - match.start() <= MAX_DIGITS:
            yield _as_decimal(match.group(), decimal_mark)


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
