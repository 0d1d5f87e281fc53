"""The comparison's JSON, with names for what the report reads out of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from .option import Json, Option


@dataclass(frozen=True)
class Facts:
    """A comparison, read."""

    raw: Json

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """In the order of their positions; without what only failures on both sides would show."""
        found = tuple(Option(raw) for raw in sorted(self.raw["options"], key=lambda raw: raw["position"]))
        if not all(option.answered_nothing for option in found if option.is_baseline):
            return found
        return tuple(_unmeasured(option) if option.answered_nothing else option for option in found)

    @cached_property
    def baseline(self) -> Option:
        return next(option for option in self.options if option.is_baseline)

    @cached_property
    def candidates(self) -> tuple[Option, ...]:
        return tuple(option for option in self.options if not option.is_baseline)

    @property
    def question(self) -> Json:
        return self.raw["question"]

    @property
    def run(self) -> Json:
        return self.raw["run"]

    @property
    def load(self) -> Json:
        """How requests were sent; empty in a comparison made before that was kept."""
        return self.raw.get("load") or {}

    @property
    def samples(self) -> Json:
        return self.raw["samples"]

    @property
    def currency(self) -> str:
        return str(self.question.get("currency") or "USD")

    @property
    def monthly(self) -> bool:
        """Whether costs are told per month; without a volume they are told per 1,000 requests."""
        return bool(self.question.get("requests_per_month"))

    def cost(self, option: Option) -> Decimal | None:
        return _money(self._cost(option).get("amount"))

    def cost_range(self, option: Option) -> dict[str, Decimal | None]:
        cost = self._cost(option)
        return {"low": _money(cost.get("low")), "high": _money(cost.get("high"))}

    def saving(self, option: Option) -> Decimal | None:
        """What the candidate saves against the baseline; negative when it costs more."""
        paired = option.move.get("saving")
        if paired:
            return _money(paired["amount"])
        before, after = self.cost(self.baseline), self.cost(option)
        return None if before is None or after is None else before - after

    def today(self, option: Option) -> Decimal | None:
        """What the baseline costs over the volume, on the requests that both were priced on."""
        paired = option.move.get("saving") or {}
        return _money(paired["today"]) if paired else self.cost(self.baseline)

    def saving_range(self, option: Option) -> dict[str, Decimal | None]:
        """The 95% range of the saving; `None` where it is not known."""
        paired = option.move.get("saving") or {}
        return {"low": _money(paired.get("low")), "high": _money(paired.get("high"))}

    def payback(self, option: Option) -> Json | None:
        """Months until the one-off cost is repaid, and the first year, of moving all of it; `None` where
        it was not asked, or where only a part is to move."""
        return None if self.moves_in_part(option) else option.move.get("payback")

    def saved_share(self, option: Option) -> float | None:
        """The saving as a share of today's cost; `None` when that is unknown or nothing."""
        before, saving = self.today(option), self.saving(option)
        return float(saving / before) if saving is not None and before else None

    def covered(self, option: Option) -> float:
        """Share of the samples in the categories where the candidate was shown to hold quality."""
        counts = {category["name"]: category["count"] for category in self.samples.get("categories") or []}
        proven = sum(counts.get(name, 0) for name in option.proven_categories)
        return proven / self.samples["total"] if self.samples["total"] else 0.0

    def proven(self, option: Option) -> list[Json]:
        """The findings of the categories where the candidate was shown to hold quality, largest first."""
        found = [option.findings[name] for name in option.proven_categories if name in option.findings]
        return sorted(found, key=lambda finding: -finding["n"])

    def moves_in_part(self, option: Option) -> bool:
        """Whether its verdict is on some categories only; one that holds on the whole and waits for
        reviews, or for a fact that a rule asks for, is on all of them."""
        return option.kind == "switch_with_conditions" and not option.is_proven_everywhere

    def claimed_share(self, option: Option) -> float:
        """The share of requests that would move: all with *switch*, the proven part with conditions."""
        return self.covered(option) if self.moves_in_part(option) else 1.0

    def claimed_saving(self, option: Option) -> Decimal | None:
        """The saving on what would move: of the proven categories, where their own is known."""
        saving = self.saving(option)
        parts = (option.move.get("saving") or {}).get("by_category") or {}
        if self.moves_in_part(option) and any(name in parts for name in option.proven_categories):
            return sum((Decimal(parts.get(name) or 0) for name in option.proven_categories), Decimal(0))
        return None if saving is None else saving * Decimal(str(self.claimed_share(option)))

    @property
    def split(self) -> Json | None:
        """The split recommendation; `None` where there is none."""
        return self.raw.get("split")

    @property
    def steadiness(self) -> Json:
        """`drift`, `noise`, `timeline` of the baseline; each `None` or empty where the run cannot tell."""
        return self.raw.get("steadiness") or {}

    @property
    def looks(self) -> Json | None:
        return self.raw.get("looks")

    @property
    def traffic(self) -> Json:
        return self.raw.get("traffic") or {}

    def by_id(self, pk: int | None) -> Option:
        """The option of an entry; the baseline for `None`."""
        return next((option for option in self.candidates if option.raw["id"] == pk), self.baseline)

    def _cost(self, option: Option) -> Json:
        return option.metrics.get("cost_per_month" if self.monthly else "cost_per_1000") or {}


def _unmeasured(option: Option) -> Option:
    """An option that failed as wholly as today's model did: two zeros are no quality and no change."""
    quality = option.metrics["quality"] | {"mean": None, "interval": _UNKNOWN_RANGE}
    categories = [entry | {"mean": None, "interval": _UNKNOWN_RANGE} for entry in option.raw["categories"]]
    raw = {**option.raw, "metrics": {**option.metrics, "quality": quality}, "categories": categories}
    if option.verdict:
        raw["comparison"] = {**option.verdict, "overall": None, "categories": []}
    return Option(raw)


_UNKNOWN_RANGE = {"low": None, "high": None}


def _money(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
