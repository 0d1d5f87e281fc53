"""One option of a comparison, with names for what the report reads out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Option:
    """The baseline or a candidate. Shares in [0, 1], seconds, money as `Decimal`; `None` is unknown."""

    raw: Json

    @property
    def position(self) -> int:
        return int(self.raw["position"])

    @property
    def label(self) -> str:
        return str(self.raw["label"])

    @property
    def host(self) -> str:
        return str(self.raw.get("vendor") or "")

    @property
    def is_baseline(self) -> bool:
        return bool(self.raw["is_baseline"])

    @property
    def metrics(self) -> Json:
        return self.raw["metrics"]

    @property
    def quality(self) -> float | None:
        return self.metrics["quality"]["mean"]

    @property
    def verdict(self) -> Json:
        """The comparison with the baseline; empty for the baseline itself."""
        return self.raw.get("comparison") or {}

    @property
    def kind(self) -> str:
        return str(self.verdict.get("kind", ""))

    @property
    def overall(self) -> Json | None:
        """The finding on the whole workload; `None` when no sample was scored on both sides."""
        return self.verdict.get("overall")

    @property
    def difference(self) -> float | None:
        return self.overall["difference"] if self.overall else None

    @property
    def findings(self) -> dict[str, Json]:
        return {finding["scope"]: finding for finding in self.verdict.get("categories", ())}

    @property
    def proven_categories(self) -> tuple[str, ...]:
        """The categories where it was shown to hold quality."""
        return tuple(self.verdict.get("proven_categories", ()))

    @property
    def weak_findings(self) -> list[Json]:
        """The categories that got worse and were not shown to hold, worst first."""
        weak = [
            finding
            for finding in self.findings.values()
            if finding["standing"] in ("not_proven", "too_low") and finding["difference"] < 0
        ]
        return sorted(weak, key=lambda finding: finding["difference"])

    @property
    def price(self) -> Json | None:
        return self.raw.get("price")

    @property
    def stated_price(self) -> Json | None:
        """The price as its source states it, in its own currency."""
        return (self.price or {}).get("stated") or self.price

    @property
    def exchange(self) -> Json | None:
        """The rate that its price was converted at; `None` where it is in the question's currency."""
        return (self.price or {}).get("exchange")

    @property
    def is_priced_by_the_hour(self) -> bool:
        return (self.price or {}).get("kind") == "machine_time"

    @property
    def is_priced_by_token(self) -> bool:
        return (self.price or {}).get("kind") == "tokens"

    @property
    def is_estimated(self) -> bool:
        """Whether some of its tokens, and with them its cost, were counted here and not by the vendor."""
        return bool((self.metrics.get("tokens") or {}).get("estimated"))

    @property
    def plan(self) -> Json | None:
        """The plan for own servers that it is priced by, as it was when the run started."""
        return (self.price or {}).get("plan")

    @property
    def move(self) -> Json:
        """What moving to it would change; empty for the baseline and in reports of before."""
        return self.raw.get("move") or {}

    @property
    def reviews_needed(self) -> int | None:
        """Answers that people have yet to review before a judge's *switch* counts."""
        return self.verdict.get("reviews_needed")

    @property
    def is_proven_everywhere(self) -> bool:
        """Whether it holds on the whole, so that its verdict waits at most for reviews, or for a fact that a
        rule asks for: where only categories were proven, a judge may have found these alone as well."""
        return bool(self.verdict.get("settled"))

    @property
    def unconfirmed(self) -> list[Json]:
        """The must-have rules on what people state, where nobody has stated it."""
        return [rule for rule in self.verdict.get("unknown_rules", ()) if rule.get("stated")]

    @property
    def keeps_rules(self) -> bool:
        """Whether no must-have rule is broken or unknown."""
        return not (self.verdict.get("broken_rules") or self.verdict.get("unknown_rules"))

    def latency(self, name: str, percentile: str) -> float | None:
        return ((self.metrics.get(name) or {}).get(percentile) or {}).get("value")

    @property
    def error_rate(self) -> float | None:
        return self.metrics["error_rate"]["value"]

    @property
    def answered_nothing(self) -> bool:
        """Whether every single request to it failed for good."""
        return self.error_rate == 1
