"""What of a frozen report is for eyes outside the team.

No requests and no answers; and none of the texts that people set the scoring up with, such as a
judge's rubric, since those may quote either.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from .option import Json

# How a rubric ends, in every language: reports of before facts were marked as private hold them unmarked.
_RUBRIC = re.compile(r"\(SHA-256 [0-9a-f]{12}…\)\s*$")


def public(report: Json) -> dict[str, Any]:
    """The same report without what is the team's own; nothing else of it changes."""
    method = report["method"]
    hidden = {
        "scoring": [_without(row, "parameters") for row in method["scoring"]],
        "sections": [
            {**section, "facts": [_hidden(fact) for fact in section["facts"]]}
            for section in method["sections"]
        ],
    }
    return {**report, "worst": [], "method": {**method, **hidden}}


def _hidden(fact: Json) -> Json:
    is_private = fact.get("private") or _RUBRIC.search(fact["value"])
    return _without(fact, "value") if is_private else fact


def _without(row: Json, name: str) -> Json:
    """That nothing was set is no secret."""
    return row if row[name] == _("none") else {**row, name: _("kept within the team")}
