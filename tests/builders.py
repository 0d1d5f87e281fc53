"""Teams, workloads and questions for tests: real rows, as a person would have made them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from migration_app.accounts.actions import create_team
from migration_app.accounts.models import Team, User
from migration_app.candidates.models import Candidate, Connection, PriceKind, PriceQuote
from migration_app.candidates.secrets import Secret
from migration_app.runs.actions import create_assessment
from migration_app.runs.drafts import choose_load
from migration_app.runs.models import Assessment
from migration_app.workloads.models import Sample, Workload


def person(name: str = "alice") -> User:
    user, _ = User.objects.get_or_create(username=name)
    return user


def a_team(name: str = "Acme", owner: str = "alice") -> Team:
    return create_team(name=name, owner=person(owner))


def a_workload(
    team: Team, samples: int = 12, *, categories: Sequence[str] = ("routing", "sentiment"), name: str = "Desk"
) -> Workload:
    """Samples whose prompts carry the answer that a scripted model may give: [[gold:…]]."""
    workload = Workload.objects.create(
        team=team,
        name=name,
        content_hash=hashlib.sha256(f"{name}{samples}".encode()).hexdigest(),
        sample_count=samples,
        scoring={"default": {"name": "contains", "parameters": {}}, "by_category": {}},
    )
    Sample.objects.bulk_create(
        Sample(
            workload=workload,
            position=index,
            external_id=f"s-{index}",
            messages=[{"role": "user", "content": f"Question {index} [[gold:answer{index}x]]"}],
            references=[f"answer{index}x"],
            category=categories[index % len(categories)] if categories else "",
            content_hash=hashlib.sha256(f"{name}{index}".encode()).hexdigest(),
        )
        for index in range(samples)
    )
    return workload


def a_connection(team: Team, base_url: str, *, name: str = "Scripted", **fields: Any) -> Connection:
    return Connection.objects.create(
        team=team, name=name, vendor="other", base_url=base_url, api_key=Secret.of("sk-test"), **fields
    )


def a_candidate(
    connection: Connection, model: str, *, price: tuple[str, str] | None = ("1", "2"), **fields: Any
) -> Candidate:
    """A model with a price per million input and output tokens, or none."""
    candidate = Candidate.objects.create(
        team=connection.team, connection=connection, label=fields.pop("label", model), model=model, **fields
    )
    if price is not None:
        PriceQuote.objects.create(
            candidate=candidate,
            kind=PriceKind.TOKENS,
            input_per_million=Decimal(price[0]),
            output_per_million=Decimal(price[1]),
            source="a test",
            as_of=date(2026, 11, 1),
        )
    return candidate


LOAD_FIELDS = ("load", "peak_per_minute", "slo_ttft", "slo_total")


def a_question(
    team: Team, workload: Workload, baseline: Candidate, *candidates: Candidate, **fields: Any
) -> Assessment:
    load = {name: fields.pop(name) for name in LOAD_FIELDS if name in fields}
    question = create_assessment(
        team=team,
        user=person(),
        name=fields.pop("name", "May we move?"),
        workload=workload,
        baseline=baseline,
        candidates=candidates,
        settings=fields.pop("settings", {"max_output_tokens": 32}),
        warm_up_calls=fields.pop("warm_up_calls", 0),
        **fields,
    )
    if load:
        choose_load(assessment=question, **load)
    return question
