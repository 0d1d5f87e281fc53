"""Connections, models, the catalogue, prices and own servers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from migration_app.candidates.actions import add_price
from migration_app.candidates.catalogue.models import CatalogueModel
from migration_app.candidates.catalogue.seeding import seed_catalogue
from migration_app.candidates.hosting.actions import add_plan
from migration_app.candidates.models import Connection
from migration_app.providers.checks import LABELS
from migration_app.web.hosting_forms import HostingForm
from tests.web.test_hosting_pages import PLAN

from .team import World, a_full_team

TODAY = date(2026, 11, 20)


def market() -> dict[str, str]:
    world = a_full_team()
    _tested(world.models[0].connection)
    return _connections(world) | _priced(world) | _own_servers(world)


def _tested(connection: Connection) -> None:
    """It works, but takes no images; and whether it repeats itself cannot be told."""
    less = {
        "images": (False, "It refused a request with an image."),
        "seed": (None, "It takes no seed, so answers differ from time to time."),
    }
    told = [(name, label, *less.get(name, (True, ""))) for name, label in LABELS.items()]
    keys = ("name", "label", "passed", "detail")
    connection.checks = [dict(zip(keys, one, strict=True)) for one in told]
    connection.checked_at = timezone.now()
    connection.save()


def _connections(world: World) -> dict[str, str]:
    connection, model = world.models[0].connection_id, world.models[0].pk
    keys = dict.fromkeys(
        ("connection", "connection-edit", "connection-key", "connection-terms", "candidate-new"), connection
    )
    new = reverse("connection-new")
    return {
        "connections": reverse("connections"),
        "connection-new": new,
        "connection-new-form": f"{new}?vendor=openai",
        "connection-new-amazon": f"{new}?vendor=bedrock",
        "connection-new-entra": f"{new}?vendor=azure&auth=entra",
        **{name: reverse(name, args=[key]) for name, key in keys.items()},
        **{name: reverse(name, args=[model]) for name in ("candidate", "candidate-edit")},
    }


def _priced(world: World) -> dict[str, str]:
    seed_catalogue(TODAY)
    run = world.finished()
    add_price(
        candidate=world.models[1], user=None, kind="tokens", source="a new list", as_of=TODAY,
        input_per_million=Decimal(4), output_per_million=Decimal(8),
    )  # fmt: skip
    entry = CatalogueModel.objects.order_by("pk").values_list("pk", flat=True)[0]
    return {
        "catalogue": reverse("catalogue"),
        "catalogue-model": reverse("catalogue-model", args=[entry]),
        "prices": reverse("prices"),
        "prices-run": reverse("prices-run", args=[run.pk]),
    }


def _own_servers(world: World) -> dict[str, str]:
    form = HostingForm(PLAN)
    assert form.is_valid(), form.errors
    plan = add_plan(team=world.team, user=world.dana, **form.fields_of_plan())
    new = reverse("hosting-new")
    return {
        "hosting": reverse("hosting"),
        "hosting-new": new,
        "hosting-new-worked-out": f"{new}?{urlencode(PLAN)}",
        "hosting-plan": reverse("hosting-plan", args=[plan.pk]),
        "hosting-edit": reverse("hosting-edit", args=[plan.pk]),
    }
