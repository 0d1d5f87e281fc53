"""A step before the verdict is acted on: what, why, and who would usually take it by when."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as lazy

TESTERS = lazy("Engineering, before the decision")
ENGINEERING = lazy("Engineering, before the move")
TRIAL = lazy("Engineering, two weeks from the go-ahead")
PROCUREMENT = lazy("Procurement, before the contract")
FINANCE = lazy("Finance, before the decision")
DATA_PROTECTION = lazy("Data protection, before the contract")
LEGAL = lazy("Legal, before the contract")
READERS = lazy("People who know these requests, before the move")
OWNERS = lazy("Whoever set the rule, before the next test")


def item(title: str, text: str, by: Any = TESTERS) -> dict[str, str]:
    """`by`: the part of a company whose work it usually is, and by when."""
    return {"title": title, "text": text, "by": str(by)}
