"""Where numbers become text: the page, the charts and the PDF all come here.

Each number is rounded once, half away from zero as a reader would by hand, in decimal
arithmetic: binary floats made two formatters disagree about 76.25. Nothing here computes
a result. `None` is shown as unknown, never as zero.

Marks, currency signs, months and words are those of the language that is active: 1,234.50 and
$0.42 in English are 1.234,50 and US$ 0,42 in Brazilian Portuguese. UNKNOWN and NOT_ESTIMABLE are
looked up at each use (`formatting.UNKNOWN`), so import the module, not the names.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.utils.dateformat import format as date_format
from django.utils.translation import get_language, ngettext, npgettext, pgettext
from django.utils.translation import gettext as _

Number = int | float | Decimal | str

MINUS = "\u2212"
NO_BREAK = "\u00a0"  # between a number and its unit: no line ends there

CURRENCY_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "BRL": "R$\u00a0"}
_MILLION, _BILLION = Decimal(10) ** 6, Decimal(10) ** 9
# By language, where it is not as in English: the marks of a number, and signs of currencies.
_MARKS = {"pt": str.maketrans(",.", ".,")}
_SIGNS = {"pt": {"USD": "US$\u00a0", "EUR": "€\u00a0", "GBP": "£\u00a0", "JPY": "¥\u00a0", "BRL": "R$\u00a0"}}

if TYPE_CHECKING:
    UNKNOWN: str
    NOT_ESTIMABLE: str


def __getattr__(name: str) -> str:
    if name == "UNKNOWN":
        return unknown()
    if name == "NOT_ESTIMABLE":
        return not_estimable()
    raise AttributeError(name)


def unknown() -> str:
    return _("unknown")


def not_estimable() -> str:
    return _("not estimable")


def separators() -> str:
    """The decimal mark and the mark of thousands, as the charts take them."""
    return ",." if _language() in _MARKS else ".,"


def _language() -> str:
    return (get_language() or "en").partition("-")[0]


def _marked(text: str) -> str:
    """Digits as English writes them, with the marks of the active language."""
    marks = _MARKS.get(_language())
    return text.translate(marks) if marks else text


def number(value: Number | None, digits: int = 2, *, signed: bool = False) -> str:
    """A plain number with a fixed count of decimals: 0.914 → "0.91", −3 → "−3.00"."""
    exact = _exact(value)
    if exact is None:
        return unknown()
    rounded = _rounded(exact, digits)
    return _sign(rounded, signed=signed) + _marked(f"{abs(rounded):,}")


def count(value: Number | None) -> str:
    """A count of things: 1200 → "1,200"."""
    return number(value, 0)


def count_about(value: Number | None) -> str:
    """A large count in words, for sentences: 3100000 → "3.1 million"; below a million in full."""
    exact = _exact(value)
    if exact is None or abs(exact) < _MILLION:
        return count(exact)
    if abs(exact) >= _BILLION:
        text, few = _short(exact / _BILLION)
        return ngettext("{n} billion", "{n} billion", few).format(n=text)
    text, few = _short(exact / _MILLION)
    return ngettext("{n} million", "{n} million", few).format(n=text)


def count_of(value: Number | None) -> str:
    """`count_about` right before what is counted: Portuguese says “3,1 milhões de requisições”."""
    exact = _exact(value)
    if exact is None or abs(exact) < _MILLION:
        return count(exact)
    if abs(exact) >= _BILLION:
        text, few = _short(exact / _BILLION)
        return npgettext("right before what is counted", "{n} billion", "{n} billion", few).format(n=text)
    text, few = _short(exact / _MILLION)
    return npgettext("right before what is counted", "{n} million", "{n} million", few).format(n=text)


def _short(value: Decimal) -> tuple[str, int]:
    """A number without a needless decimal, and the count that its noun follows: below 2 is singular."""
    text = _without_zero(number(value, 1))
    return text, 1 if abs(value) < 2 else 2


def _without_zero(text: str) -> str:
    return text.removesuffix(".0").removesuffix(",0")


def percent(value: Number | None, digits: int = 1) -> str:
    """A share in [0, 1] as a percentage: 0.914 → "91.4%".

    Rounding never turns few into none or most into all: 0.0004 is "<0.1%", 0.9999 ">99.9%".
    """
    exact = _exact(value)
    if exact is None:
        return unknown()
    step = Decimal(1).scaleb(-digits)
    share = _rounded(exact * 100, digits)
    if share == 0 and exact > 0:
        return f"<{_marked(str(step))}%"
    if share == 100 and exact < 1:
        return f">{_marked(str(100 - step))}%"
    return number(exact * 100, digits) + "%"


def level(alpha: Number) -> str:
    """A level of a test, without needless decimals: 0.05 → "5%", 0.025 → "2.5%"."""
    text = percent(alpha, 1)
    return _without_zero(text.removesuffix("%")) + "%" if text.endswith("%") else text


def points(difference: Number | None, digits: int = 1, *, unit: str | None = None) -> str:
    """A difference of two shares in percentage points: −0.002 → "−0.2 pts", 0.014 → "+1.4 pts"."""
    exact = _exact(difference)
    if exact is None:
        return unknown()
    named = pgettext("points", " pts") if unit is None else unit
    return number(exact * 100, digits, signed=True) + named.replace(" ", NO_BREAK)


def bare_points(difference: Number | None, digits: int = 1) -> str:
    """`points` without its unit, where a heading or the sentence names it."""
    return points(difference, digits, unit="")


def size_in_points(share: Number, digits: int = 1) -> str:
    """How large a margin is, without sign and needless decimals: 0.05 → "5", 0.025 → "2.5"."""
    text = number(Decimal(str(share)) * 100, digits)
    return text.rstrip("0").rstrip(".,") if digits else text


def seconds(value: Number | None, *, signed: bool = False) -> str:
    """A duration in seconds: 0.32 → "320 ms", 1.5 → "1.5 s", 125 → "2 min 5 s", 4320 → "1 h 12 min"."""
    exact = _exact(value)
    if exact is None:
        return unknown()
    text = _duration(abs(exact)).replace(" ", NO_BREAK)
    is_zero = not any(digit in text for digit in "123456789")
    return _marked(text) if is_zero else _sign(exact, signed=signed) + _marked(text)


def money(amount: Number | None, currency: str = "USD") -> str:
    """An amount: "$25,877", "$38.20", "$0.42", "$0.0042"; cents from one cent to a thousand.

    Below a cent two significant digits are kept, so that the price of one request is
    never shown as nothing.
    """
    exact = _exact(amount)
    if exact is None:
        return unknown()
    rounded = _rounded(exact, _money_digits(exact, currency))
    return _sign(rounded) + _currency_sign(currency) + _marked(f"{abs(rounded):,f}")


def money_about(amount: Number | None, currency: str = "USD") -> str:
    """An amount for a sentence, to three significant digits: 25,877.25 → "$25,900", 940.2 → "$940"."""
    exact = _exact(amount)
    if exact is None or abs(exact) < 100:
        return money(exact, currency)
    rounded = _rounded(exact, min(0, 2 - exact.adjusted()))
    return _sign(rounded) + _currency_sign(currency) + _marked(f"{abs(rounded):,f}")


def money_tick(amount: Number, step: Number, currency: str = "USD") -> str:
    """An amount on an axis, with the cents that its step needs: "$2" beside "$4", "$0.50" beside "$1.00"."""
    places = Decimal(str(step)).normalize().as_tuple().exponent
    digits = max(2, -places) if isinstance(places, int) and places < 0 else 0
    rounded = _rounded(Decimal(str(amount)), digits)
    return _sign(rounded) + _currency_sign(currency) + _marked(f"{abs(rounded):,f}")


def price(amount: Number | None, currency: str = "USD") -> str:
    """A price as its list states it, never rounded, with cents at least: "$0.075", "$15.00"."""
    exact = _exact(amount)
    if exact is None:
        return unknown()
    plain = exact.normalize()
    exponent = plain.as_tuple().exponent
    digits = max(2, -exponent) if isinstance(exponent, int) else 2
    return _sign(plain) + _currency_sign(currency) + _marked(f"{abs(plain):,.{digits}f}")


def rate(value: Number | None) -> str:
    """An exchange rate as it was written down, never rounded: "1.0834"."""
    exact = _exact(value)
    return unknown() if exact is None else _marked(f"{exact.normalize():,f}")


def day(value: date | datetime | str | None) -> str:
    """A date: "18 Nov 2026", 18/11/2026 in Portuguese; also from ISO 8601 text, as a report holds it."""
    if value is None or value == "":
        return unknown()
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return date_format(moment, pgettext("a day, as Django writes dates", "j M Y"))


def range_text(interval: Any, formatter: Callable[[Any], str]) -> str:
    """An interval in words: "−1.8 to +1.4 pts", "153 ms or more" without an upper bound.

    `interval` has `low` and `high` (attributes or keys) or is a pair. A unit shared by both bounds is
    said once, and two that read alike are: "$2.80 throughout". Without any bound it is "not estimable".
    """
    low, high = bounds(interval)
    if low is None and high is None:
        return not_estimable()
    if high is None:
        return _("{low} or more").format(low=formatter(low))
    if low is None:
        return _("{high} or less").format(high=formatter(high))
    first, last = formatter(low), formatter(high)
    if first == last:
        return _("{value} throughout").format(value=last)
    return _("{low} to {high}").format(low=_without_shared_unit(first, last), high=last)


def bounds(interval: Any) -> tuple[Any, Any]:
    """The two bounds of an interval, whichever shape it comes in; `None` gives (None, None)."""
    if interval is None:
        return None, None
    if isinstance(interval, Mapping):
        return interval.get("low"), interval.get("high")
    if hasattr(interval, "low"):
        return interval.low, interval.high
    low, high = interval
    return low, high


def _exact(value: Number | None) -> Decimal | None:
    """The value as a decimal. `str` of a float is its shortest exact spelling. NaN is unknown."""
    if value is None or value == "":
        return None
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact if exact.is_finite() else None


def _rounded(exact: Decimal, digits: int) -> Decimal:
    rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return Decimal(f"{rounded:f}")


def _sign(value: Decimal, *, signed: bool = False) -> str:
    if value < 0:
        return MINUS
    return "+" if signed and value > 0 else ""


def _duration(exact: Decimal) -> str:
    if _rounded(exact, 3) < Decimal("0.010") and exact > 0:
        return f"{_rounded(exact * 1000, 1)} ms"
    if _rounded(exact, 3) < 1:
        return f"{_rounded(exact * 1000, 0)} ms"
    if _rounded(exact, 1) < 60:
        return f"{_rounded(exact, 1)} s"
    return _minutes(int(_rounded(exact, 0)))


def _minutes(whole: int) -> str:
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def _money_digits(exact: Decimal, currency: str) -> int:
    size = abs(exact)
    if exact == 0 or size >= Decimal("999.995") or (currency == "JPY" and size >= 100):
        return 0
    if size >= Decimal("0.1") or (size >= Decimal("0.01") and _rounded(size, 4) == _rounded(size, 2)):
        return 2
    return 1 - exact.adjusted()


def _currency_sign(currency: str) -> str:
    own = _SIGNS.get(_language(), {}).get(currency)
    return own or CURRENCY_SIGNS.get(currency, f"{currency}\u00a0")


def _without_shared_unit(first: str, last: str) -> str:
    """The first bound without its unit, if the last has the same; "2 min 5 s" and "US$ 5" have none alone."""
    _amount, space, unit = last.partition(NO_BREAK)
    return first.removesuffix(space + unit) if unit.isalpha() else first
