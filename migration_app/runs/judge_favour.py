"""Whom a judge may favour: models of its own kind, its own maker, and its own vendor.

Judges tend to prefer answers like their own (Panickssery et al. 2024, arXiv:2404.13076). What is kept is who
resembles whom; the sentence is made for whoever reads it, in their language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from migration_app.candidates.catalogue.families import family_of as listed_family_of
from migration_app.candidates.catalogue.families import maker_of
from migration_app.candidates.models import Candidate
from migration_app.providers.vendors import vendor_named

Favour = Mapping[str, Any]  # {"by": "kind", "maker" or "vendor", "judge": label, "models": [labels], "maker"}


def favour_of(judge: Candidate, candidates: Sequence[Candidate]) -> Favour | None:
    """The models that a judge is akin to among those that it judges; None where it is akin to none."""
    own = [one.label for one in candidates if family_of(one.model) == family_of(judge.model)]
    if own:
        return {"by": "kind", "judge": judge.label, "models": own}
    maker = _maker(judge)
    kin = [one.label for one in candidates if maker and _maker(one) == maker]
    if kin:
        return {"by": "maker", "judge": judge.label, "models": kin, "maker": maker}
    near = [
        one.label for one in candidates if _vendor(one) == _vendor(judge) and not judge.connection.machine
    ]
    return {"by": "vendor", "judge": judge.label, "models": near} if near else None


def favour_said(favour: Favour | None) -> str:
    """It as a sentence in the active language; "" for none."""
    if not favour:
        return ""
    if favour["by"] == "kind":
        text = _("{label} judges its own kind: {own}. Judges tend to favour answers like theirs.")
        return text.format(label=favour["judge"], own=", ".join(favour["models"]))
    if favour["by"] == "maker":
        text = _("{label} and {names} are both made by {maker}. Prefer a judge from another maker.")
        names = ", ".join(favour["models"])
        return text.format(label=favour["judge"], names=names, maker=favour["maker"])
    text = _("{label} and {near} come from one vendor. Prefer a judge from another.")
    return text.format(label=favour["judge"], near=", ".join(favour["models"]))


_FAMILIES = (
    "gpt", "o1", "o3", "o4", "claude", "gemini", "gemma", "mistral", "mixtral", "ministral", "command",
    "llama", "qwen", "falcon", "mpt", "phi", "olmo", "smollm", "deepseek", "grok", "nova", "titan", "jamba",
)  # fmt: skip
# Short ones stand at the beginning of a word: "o1" is not in "nemo12b", nor "phi" in "dolphin".
_FAMILY = [
    (family, re.compile(("" if len(family) > 3 or family == "gpt" else r"(?<![a-z0-9])") + family))
    for family in _FAMILIES
]


def family_of(model: str) -> str:
    """A model's family by its name; the whole name where none is known."""
    name = model.lower().rsplit("/", 1)[-1]
    return next((family for family, pattern in _FAMILY if pattern.search(name)), name)


def _maker(candidate: Candidate) -> str:
    return maker_of(listed_family_of(candidate.model))[0]


def _vendor(candidate: Candidate) -> str:
    """Who serves it; servers of one's own are each their own."""
    vendor = candidate.connection.vendor
    return vendor if vendor_named(vendor).own_server is False else str(candidate.connection_id)
