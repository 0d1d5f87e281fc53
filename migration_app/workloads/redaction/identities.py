"""National identity and tax numbers: a table of rules, checked by python-stdnum.

A number whose check digits leave little to chance (one in a hundred or better), or that is written with
its country's own punctuation, is taken as it stands. Any other needs its name nearby ("SSN", "BSN"):
one in ten of all order numbers would pass its check.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from stdnum.ar import cuit
from stdnum.au import tfn
from stdnum.be import nn
from stdnum.br import cnpj, cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ahv
from stdnum.cl import rut
from stdnum.cn import ric
from stdnum.de import idnr
from stdnum.dk import cpr
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.in_ import aadhaar, pan
from stdnum.it import codicefiscale
from stdnum.kr import rrn
from stdnum.mx import curp
from stdnum.nl import bsn
from stdnum.no import fodselsnummer
from stdnum.pl import pesel
from stdnum.pt import nif
from stdnum.ro import cnp
from stdnum.se import personnummer
from stdnum.tr import tckimlik
from stdnum.us import itin, ssn
from stdnum.za import idnr as south_african


class Rule(NamedTuple):
    """`shape`: how people write it. `named`: words nearby that let plain digits be it."""

    country: str
    shape: re.Pattern[str]
    is_valid: Callable[[str], bool]
    digits: int = 0  # of the bare form; 0 where it holds letters
    strong: bool = False  # the bare form is taken without its name
    named: tuple[str, ...] = ()


def _rule(
    country: str, shape: str, module: object, digits: int = 0, strong: bool = False, named: str = ""
) -> Rule:
    is_valid: Callable[[str], bool] = module.is_valid  # type: ignore[attr-defined]
    words = tuple(word.strip() for word in named.split(",") if word.strip())
    return Rule(country, re.compile(shape), is_valid, digits, strong, words)


# Only digits and signs.
NUMBERS: tuple[Rule, ...] = (
    _rule("US", r"\d{3}-\d{2}-\d{4}", ssn, 9, named="ssn, social security"),
    _rule("US", r"9\d{2}-\d{2}-\d{4}", itin, 9, named="itin"),
    _rule("BR", r"\d{3}\.\d{3}\.\d{3}-\d{2}", cpf, 11, strong=True, named="cpf"),
    _rule("BR", r"\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}", cnpj, 14, strong=True, named="cnpj"),
    _rule("DE", r"\d{2} \d{3} \d{3} \d{3}", idnr, 11, named="steuer, idnr, tax id, tin"),
    _rule(
        "FR", r"[12] \d{2} \d{2} \d{2} \d{3} \d{3}(?: \d{2})?", nir, 15, strong=True, named="nir, sécu, secu"
    ),
    _rule("CH", r"756\.\d{4}\.\d{4}\.\d{2}", ahv, 13, strong=True, named="ahv, avs"),
    _rule("NL", r"\d{4}\.\d{2}\.\d{3}", bsn, 9, named="bsn, burgerservice, sofi"),
    _rule("BE", r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", nn, 11, strong=True, named="rijksregister, national"),
    _rule("PL", r"\d{11}", pesel, 11, named="pesel"),
    _rule("PT", r"[1235689]\d{2} \d{3} \d{3}", nif, 9, named="nif, contribuinte"),
    _rule("GB", r"\d{3} \d{3} \d{4}", nhs, 10, named="nhs"),
    _rule("SE", r"(?:\d{2})?\d{6}[-+]\d{4}", personnummer, 10, named="personnummer, person nr"),
    _rule("DK", r"\d{6}-\d{4}", cpr, 10, named="cpr"),
    _rule("NO", r"\d{6} \d{5}", fodselsnummer, 11, named="fødsel, fodsel, personnummer"),
    _rule("RO", r"[1-9]\d{12}", cnp, 13, strong=True, named="cnp"),
    _rule("TR", r"[1-9]\d{10}", tckimlik, 11, strong=True, named="kimlik, tc no"),
    _rule("AR", r"\d{2}-\d{8}-\d", cuit, 11, named="cuit, cuil"),
    _rule("CA", r"\d{3}[- ]\d{3}[- ]\d{3}", sin, 9, named="sin, social insurance, nas"),
    _rule("AU", r"\d{3} \d{3} \d{3}", tfn, 9, named="tfn, tax file"),
    _rule("IN", r"\d{4}[ -]\d{4}[ -]\d{4}", aadhaar, 12, named="aadhaar, aadhar, uid"),
    _rule("KR", r"\d{6}-[1-8]\d{6}", rrn, 13, named="rrn, 주민"),
    _rule("ZA", r"\d{13}", south_african, 13, named="id number, identity, sa id"),
    _rule("CL", r"\d{1,2}\.\d{3}\.\d{3}-\d", rut, 9, named="rut, run"),
    _rule("CL", r"\d\.\d{3}\.\d{3}-\d", rut, 8, named="rut, run"),
    _rule("CN", r"\d{18}", ric, 18, strong=True, named="身份证, ric, id card"),
)

# With letters. The shape is found first, in one pass over the text.
LETTERED: tuple[Rule, ...] = (
    _rule("ES", r"\d{8}[- ]?[A-HJ-NP-TV-Z]", dni),
    _rule("ES", r"[XYZ][- ]?\d{7}[- ]?[A-HJ-NP-TV-Z]", nie),
    _rule("IT", r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", codicefiscale),
    _rule("MX", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d", curp),
    _rule("IN", r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", pan),
    _rule("FI", r"\d{6}[-+A]\d{3}[0-9A-FHJ-NPR-Y]", hetu),
    _rule("CL", r"\d{1,2}\.\d{3}\.\d{3}-K", rut),
    _rule("CN", r"\d{17}X", ric),
)
# The United Kingdom's National Insurance number has no check digit, but prefixes that are never given.
_NINO = r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]"
_SHAPES = "|".join(rule.shape.pattern for rule in LETTERED)
LETTERED_SHAPE = re.compile(rf"(?<![A-Za-z0-9])(?:(?P<nino>{_NINO})|{_SHAPES})(?![A-Za-z0-9])")
_BY_DIGITS: dict[int, tuple[Rule, ...]] = {
    length: tuple(rule for rule in NUMBERS if rule.digits == length) for length in range(8, 19)
}
# Most runs of short numbers are none of these; one question is enough to know.
_SPACED = re.compile("|".join(rule.shape.pattern for rule in NUMBERS if " " in rule.shape.pattern))
_NEARBY = 40  # characters before a number in which its name may stand


def is_lettered_id(match: re.Match[str]) -> bool:
    """`match` is of LETTERED_SHAPE."""
    return match["nino"] is not None or _is_lettered(match[0])


def _is_lettered(written: str) -> bool:
    return any(rule.shape.fullmatch(written) and _valid(rule.is_valid, written) for rule in LETTERED)


def is_number_id(written: str, digits: str, before: str) -> bool:
    """Whether a number is somebody's. `before`: the text in front of it, of which the last part is read."""
    if " " in written and not _SPACED.fullmatch(written):
        return False
    rules = _BY_DIGITS.get(len(digits), ())
    if len(digits) == 12:  # a Swedish number with its century
        rules += _BY_DIGITS[10]
    return any(_fits(rule, written, digits, before) for rule in rules)


def _fits(rule: Rule, written: str, digits: str, before: str) -> bool:
    if written != digits and rule.shape.fullmatch(written):
        return _valid(rule.is_valid, written)
    if " " in written or not _valid(rule.is_valid, digits):
        return False
    return (rule.strong and written == digits) or _is_named(rule, before)


def _is_named(rule: Rule, before: str) -> bool:
    nearby = before[-_NEARBY:].lower()
    return any(_names(word, nearby) for word in rule.named)


def _names(word: str, nearby: str) -> bool:
    """Whether the word stands there on its own: "sin" is not in "using"."""
    at = nearby.rfind(word)
    if at < 0:
        return False
    edges = nearby[at - 1 : at] + nearby[at + len(word) : at + len(word) + 1]
    return len(word) > 4 or not any(edge.isalpha() for edge in edges)


@lru_cache(maxsize=8192)
def _valid(is_valid: Callable[[str], bool], written: str) -> bool:
    try:
        return is_valid(written)
    except (ValueError, IndexError):  # stdnum on dates that no calendar has
        return False
