"""What is written down about data and licences, and what a team accepts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from migration_app.candidates.catalogue.seeding import seed_catalogue
from migration_app.candidates.errors import InvalidCandidateError
from migration_app.candidates.terms.actions import set_policy, state_terms
from migration_app.candidates.terms.queries import facts_of, policy_rules
from migration_app.candidates.terms.vocabulary import kind_of
from tests import builders


@pytest.mark.parametrize(
    ("licence", "kind"),
    [
        ("Apache-2.0", "permissive"),
        ("MIT", "permissive"),
        ("Llama 3.1 Community License", "conditions"),
        ("Gemma Terms of Use", "conditions"),
        ("CC-BY-SA-3.0", "conditions"),
        ("CC-BY-NC-SA-4.0", "research"),
        ("Mistral Research License", "research"),
        ("Qwen Research License", "research"),
        ("", ""),
    ],
)
def test_a_licence_is_sorted_by_what_it_lets_one_do(licence: str, kind: str) -> None:
    assert kind_of(licence) == kind


@pytest.fixture
def connection(db):
    return builders.a_connection(builders.a_team(), "http://127.0.0.1:9/v1")


def test_what_is_stated_is_known_with_its_source_and_the_rest_is_unknown(connection) -> None:
    model = builders.a_candidate(connection, "good")
    assert facts_of(model)["place"] == "" and facts_of(model)["retention_days"] is None
    day = date(2026, 11, 1)
    state_terms(
        connection=connection, user=None, place="eu", retention_days=0, source="contract, §4", as_of=day
    )
    facts = facts_of(model)
    assert (facts["place"], facts["retention_days"], facts["training"]) == ("eu", 0, "")
    assert (facts["source"], facts["as_of"]) == ("contract, §4", "2026-11-01")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"place": "moon", "source": "x"}, "place"),
        ({"training": "maybe", "source": "x"}, "training"),
        ({"retention_days": -1, "source": "x"}, "retention_days"),
        ({"retention_days": 100_000, "source": "x"}, "retention_days"),
        ({"place": "eu"}, "source"),
        ({"place": "eu", "source": "x", "as_of": timezone.localdate() + timedelta(days=2)}, "as_of"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(connection, wrong, field) -> None:
    with pytest.raises(InvalidCandidateError) as refusal:
        state_terms(connection=connection, user=None, **wrong)
    assert refusal.value.field == field


def test_the_licence_comes_from_the_catalogue_unless_it_is_stated(connection) -> None:
    seed_catalogue(date(2026, 11, 25))
    connection.vendor = "vllm"
    connection.save()
    llama = builders.a_candidate(connection, "meta-llama/Llama-3.1-8B-Instruct")
    facts = facts_of(llama)
    assert (facts["licence"], facts["licence_kind"]) == ("Llama 3.1 Community License", "conditions")
    unknown = builders.a_candidate(connection, "our-own-finetune")
    assert facts_of(unknown)["licence_kind"] == "", "never guessed"
    unknown.licence_kind = "permissive"
    assert facts_of(unknown)["licence_kind"] == "permissive"


def test_a_closed_model_of_a_vendor_comes_under_its_terms_of_service(connection) -> None:
    seed_catalogue(date(2026, 11, 25))
    connection.vendor = "openai"
    connection.save()
    assert facts_of(builders.a_candidate(connection, "gpt-4o-mini"))["licence_kind"] == "service"


def test_a_policy_is_the_rules_it_asks_for_and_no_others(connection) -> None:
    team = connection.team
    assert policy_rules(team.pk) == {}
    set_policy(team=team, user=None, places=["eu", "own"], max_retention_days=0)
    assert policy_rules(team.pk) == {"places": ["eu", "own"], "max_retention_days": 0}
    with pytest.raises(InvalidCandidateError):
        set_policy(team=team, user=None, licences=["stolen"])
