"""Secrets of machines: private keys, signed tokens, vendors' API keys, passwords in addresses.

Every run of characters is read once: a pattern begins only where its run begins, so no text, however
it is made, costs more than a few passes over it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

import orjson

from .spans import Found

_BEGIN = "-----BEGIN "
_HEADER = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
_END = re.compile(r"-----END (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
_BODY = re.compile(r"[A-Za-z0-9+/=\\\s:,-]*")  # of a key whose end is missing

_START = r"(?<![A-Za-z0-9_-])"
_JWT = re.compile(_START + r"eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{4,20000}\.[A-Za-z0-9_-]{0,2000}")

# What to look for first, and what then must follow. Letters and digits after a prefix are random, so
# a word of the language ("sk-learn") is not one.
_KEYS: tuple[tuple[str, str], ...] = (
    ("sk-", r"sk-(?:ant-|proj-|svcacct-|admin-|or-v1-|lf-)?[A-Za-z0-9_-]{20,300}"),
    ("pk-lf-", r"pk-lf-[A-Za-z0-9-]{20,60}"),
    ("AKIA", r"AKIA[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("ASIA", r"ASIA[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("ABSK", r"ABSK[A-Za-z0-9+/]{60,200}={0,2}"),
    ("AIza", r"AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    ("ya29.", r"ya29\.[A-Za-z0-9_-]{20,500}"),
    ("GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{20,40}"),
    ("ghp_", r"ghp_[A-Za-z0-9]{30,260}"),
    ("gho_", r"gho_[A-Za-z0-9]{30,260}"),
    ("ghs_", r"gh[usr]_[A-Za-z0-9]{30,260}"),
    ("github_pat_", r"github_pat_[A-Za-z0-9_]{22,255}"),
    ("glpat-", r"glpat-[A-Za-z0-9_.-]{20,60}"),
    ("xai-", r"xai-[A-Za-z0-9]{20,200}"),
    ("gsk_", r"gsk_[A-Za-z0-9]{20,200}"),
    ("hf_", r"hf_[A-Za-z0-9]{20,100}"),
    ("r8_", r"r8_[A-Za-z0-9]{30,60}"),
    ("pplx-", r"pplx-[A-Za-z0-9]{20,100}"),
    ("nvapi-", r"nvapi-[A-Za-z0-9_-]{40,100}"),
    ("tgp_v1_", r"tgp_v1_[A-Za-z0-9_-]{20,100}"),
    ("fw_", r"fw_[A-Za-z0-9]{20,60}"),
    ("csk-", r"csk-[A-Za-z0-9]{30,80}"),
    ("lsv2_", r"lsv2_(?:pt|sk)_[A-Za-z0-9_]{20,100}"),
    ("dop_v1_", r"dop_v1_[a-f0-9]{64}"),
    ("xox", r"xox[abeoprs]-[A-Za-z0-9-]{10,250}"),
    ("_live_", r"[rsp]k_live_[A-Za-z0-9]{16,250}"),
    ("_test_", r"[rs]k_test_[A-Za-z0-9]{16,250}"),
    ("whsec_", r"whsec_[A-Za-z0-9+/]{20,100}={0,2}"),
    ("SG.", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"),
    ("npm_", r"npm_[A-Za-z0-9]{36}"),
    ("pypi-", r"pypi-[A-Za-z0-9_-]{50,300}"),
    ("shp", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    ("AGE-SECRET-KEY-", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
)


def _by_sign() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """The patterns by a sign that their prefix holds: without it none of them need be looked for."""
    grouped: dict[str, list[tuple[str, re.Pattern[str]]]] = {"_": [], "-": [], "": []}
    for prefix, pattern in _KEYS:
        sign = next((sign for sign in "_-" if sign in prefix), "")
        grouped[sign].append((prefix, re.compile(_START + pattern)))
    return grouped


_PATTERNS = _by_sign()
_MIXED = re.compile(r"[0-9]|[a-z][A-Z]|[A-Z][a-z]")
_BEARER = re.compile(r"(?i:\bbearer\s{1,3})([A-Za-z0-9_~+/.-]{20,2000}={0,2})")
_PASSWORD = re.compile(r"://[^\s/:@\"'<>]{0,100}:([^\s/@\"'<>]{1,200})@")


def credentials(text: str) -> Iterator[Found]:
    if _BEGIN in text:
        yield from _private_keys(text)
    if "eyJ" in text:
        yield from _tokens(text)
    for sign, patterns in _PATTERNS.items():
        if sign in text:
            for prefix, pattern in patterns:
                if prefix in text:
                    yield from _keys(text, pattern)
    if "earer" in text or "EARER" in text:
        yield from (_group(match) for match in _BEARER.finditer(text) if _MIXED.search(match[1]))
    if "://" in text and "@" in text:
        yield from (_group(match) for match in _PASSWORD.finditer(text))


def _group(match: re.Match[str]) -> Found:
    return Found(*match.span(1), "api_key")


def _keys(text: str, pattern: re.Pattern[str]) -> Iterator[Found]:
    for match in pattern.finditer(text):
        if _MIXED.search(match[0][8:]):  # a name made of small letters and dashes is no key
            yield Found(*match.span(), "api_key")


def _tokens(text: str) -> Iterator[Found]:
    for match in _JWT.finditer(text):
        if _is_header(match[0].partition(".")[0]):
            yield Found(*match.span(), "token")


def _is_header(part: str) -> bool:
    """Whether a token's first part is a JSON object that names an algorithm (RFC 7519)."""
    try:
        header = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(header, dict) and "alg" in header


def _private_keys(text: str) -> Iterator[Found]:
    """From BEGIN to the next END; what was cut off before its end goes as far as a key's characters do."""
    at = 0
    while header := _HEADER.search(text, at):
        end = _END.search(text, header.end())
        if end is None:
            body = _BODY.match(text, header.end())
            at = body.end() if body else header.end()
        else:
            at = end.end()
        yield Found(header.start(), at, "private_key")
