"""Whom a judge may favour: its own kind, its maker's models, its vendor's."""

from __future__ import annotations

import pytest

from migration_app.runs.judge_favour import family_of, favour_of, favour_said
from tests.builders import a_candidate, a_connection, a_team


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gpt-4o-mini", "gpt"), ("o3-mini", "o3"), ("openai/o1", "o1"), ("mistral-nemo12b", "mistral"),
        ("nemo12b-tune", "nemo12b-tune"), ("dolphin-2-tune", "dolphin-2-tune"), ("codellama-34b", "llama"),
        ("allenai/OLMo-2", "olmo"), ("SmolLM2-1.7B", "smollm"), ("phi-4", "phi"),
    ],
)  # fmt: skip
def test_a_family_is_told_by_the_name(model, family):
    assert family_of(model) == family


@pytest.mark.django_db
def test_one_maker_at_two_vendors_is_a_tie_too():
    team = a_team()
    one, other = (
        a_connection(team, f"https://{host}.example.com/v1", name=host) for host in ("one", "other")
    )
    one.vendor, other.vendor = "azure", "openai"
    one.save()
    other.save()
    judge, gpt, qwen = a_candidate(one, "o3-judge"), a_candidate(other, "gpt-4o"), a_candidate(other, "qwen3")
    found = favour_of(judge, [gpt, qwen])
    assert (found["by"], found["models"]) == ("maker", [gpt.label])
    assert f"{judge.label} and {gpt.label} are both made by OpenAI" in favour_said(found)
    assert favour_of(judge, [qwen]) is None and favour_said(None) == ""
