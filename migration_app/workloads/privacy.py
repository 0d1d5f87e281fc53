"""The privacy gate: what was found in a file, and what a person decided about it.

Findings, as JSON on `Upload.reading["summary"]["privacy"]`:
    {kind: {"found": 13, "values": 10, "samples": 9, "examples": ["j•••@•••.com"]}}

The decision, as JSON on `Upload.decision["privacy"]` and, with what came of it, on `Workload.privacy`:
    {"found": findings of the whole file, "keep": ["ip"], "allow": ["acme.com"], "names": false,
     "by": "alice", "at": "2026-11-25T10:00:00+00:00", "masked": {kind: values replaced in what is stored}}
Kinds that are not in `keep` are masked. `masked` is there once the samples are stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import dateformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from .number_files import NumberFile
from .redaction import BY_KEY, KINDS, Found, example_of

_EXAMPLES = 3
_MOST_ALLOWED = 500


class PrivacyCensus:
    """Counts findings as they pass. Memory does not grow with them."""

    def __init__(self) -> None:
        self._kinds: dict[str, _Counts] = {}

    def add(self, text: str, found: Sequence[Found]) -> None:
        for kind in {one.kind for one in found}:
            self._kinds.setdefault(kind, _Counts()).samples += 1
        for one in found:
            self._kinds[one.kind].add(text[one.start : one.end], one.kind)

    def findings(self) -> dict[str, Any]:
        """In the order of the table of kinds; kinds that were not found are not there."""
        return {kind.key: self._kinds[kind.key].as_json() for kind in KINDS if kind.key in self._kinds}


class _Counts:
    def __init__(self) -> None:
        self.samples = 0
        self.hashes = NumberFile("q")
        self.examples: dict[str, None] = {}

    def add(self, value: str, kind: str) -> None:
        self.hashes.append(hash(plain(value)))
        if len(self.examples) < _EXAMPLES:
            self.examples[example_of(kind, value)] = None

    def as_json(self) -> dict[str, Any]:
        return {
            "found": len(self.hashes),
            "values": self.hashes.distinct(),
            "samples": self.samples,
            "examples": list(self.examples),
        }


_SIGNS = str.maketrans("", "", " \t\r\n\u00a0-./()")


def plain(value: str) -> str:
    """A value as it is compared: however it is grouped or capitalised, it is the same one."""
    if "@" in value:
        return value.casefold()
    return value.translate(_SIGNS).upper() if any(sign.isdigit() for sign in value) else value


def decided(
    *, keep: Iterable[str], allow: Iterable[str], names: bool, by: str, at: datetime
) -> dict[str, Any]:
    """A decision as it is kept. Kinds that do not exist are dropped; the allow-list is plain and sorted."""
    allowed = {entry.strip().casefold().removeprefix("@") for entry in allow}
    return {
        "keep": [kind.key for kind in KINDS if kind.key in set(keep)],
        "allow": sorted(entry for entry in allowed if entry)[:_MOST_ALLOWED],
        "names": names,
        "by": by,
        "at": at.isoformat(),
    }


class Allowed:
    """Whether a value may stay: kinds that are kept, and what is on the allow-list.

    An entry is a whole value, or a domain, which stands for every address in it.
    """

    def __init__(self, decision: Mapping[str, Any]) -> None:
        self.kinds = frozenset(decision.get("keep", ()))
        self.entries = frozenset(decision.get("allow", ()))
        self._plain = frozenset(plain(entry) for entry in self.entries)

    def __call__(self, kind: str, value: str) -> bool:
        if kind in self.kinds:
            return True
        if not self.entries:
            return False
        if kind == "email":
            return self._is_allowed_address(value.casefold())
        return value.casefold() in self.entries or plain(value) in self._plain

    def _is_allowed_address(self, address: str) -> bool:
        domain = address.rpartition("@")[2]
        parts = domain.split(".")
        domains = {".".join(parts[start:]) for start in range(len(parts))}
        return address in self.entries or not domains.isdisjoint(self.entries)


def gist_of(privacy: Mapping[str, Any]) -> dict[str, Any]:
    """What a report freezes of a workload's privacy: the decision and its counts, no example of anything."""
    kept = {name: privacy[name] for name in ("keep", "names", "by", "at", "masked") if name in privacy}
    found = {kind: counts["found"] for kind, counts in (privacy.get("found") or {}).items()}
    return kept | ({"found": found, "allowed": len(privacy.get("allow", ()))} if kept else {})


def _day(moment: str) -> str:
    """The day of a moment in ISO 8601, as the reader's language writes it."""
    return dateformat.format(
        datetime.fromisoformat(moment), pgettext("a day, as Django writes dates", "j M Y")
    )


def sentence_of(privacy: Mapping[str, Any]) -> str:
    """How the privacy of a workload was decided, for the method page; "" where it never was."""
    if not privacy.get("by") and not privacy.get("at"):
        return ""
    masked = sum((privacy.get("masked") or {}).values())
    parts = [
        ngettext(
            "%(count)s private value was replaced by a placeholder before anything was sent.",
            "%(count)s private values were replaced by placeholders before anything was sent.",
            masked,
        )
        % {"count": number_format(masked, force_grouping=True)}
    ]
    if kept := [kind for kind in privacy.get("keep", ()) if kind in (privacy.get("found") or {})]:
        labels = ", ".join(str(BY_KEY[kind].label) for kind in kept)
        parts.append(_("Left as they are: %(kinds)s.") % {"kinds": labels})
    if privacy.get("by"):
        parts.append(
            _("Decided by %(person)s on %(day)s.") % {"person": privacy["by"], "day": _day(privacy["at"])}
        )
    else:
        parts.append(_("Masking is what happens when nobody decides."))
    if not privacy.get("names"):
        parts.append(_("Rules do not find names."))
    return " ".join(parts)
