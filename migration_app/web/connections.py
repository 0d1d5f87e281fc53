"""Connections: the vendors' endpoints that the team has keys for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from migration_app.candidates import actions, queries
from migration_app.candidates.models import Connection
from migration_app.providers.vendors import VENDORS

from .access import team_object_or_404, team_of, user_of, writer_required
from .connection_forms import ConnectionForm, KeyForm, NewConnectionForm
from .refusals import refusals_on


@require_safe
def connections(request: HttpRequest) -> HttpResponse:
    rows = [describe(connection) for connection in queries.connections_of(team_of(request))]
    return render(request, "connections/list.html", {"rows": rows})


@writer_required
@sensitive_post_parameters("api_key")
def connection_new(request: HttpRequest) -> HttpResponse:
    """First which vendor, then the rest: the address then stands there without a script."""
    vendor = VENDORS.get(request.GET.get("vendor", ""))
    if vendor is None:
        own = [vendor for vendor in VENDORS.values() if vendor.own_server]
        hosted = [vendor for vendor in VENDORS.values() if not vendor.own_server]
        return render(request, "connections/vendors.html", {"hosted": hosted, "own": own})
    form = NewConnectionForm(
        request.POST or None, initial={"name": vendor.label, "base_url": vendor.base_url}
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            connection = actions.add_connection(
                team=team_of(request), user=user_of(request), vendor=vendor.name, **form.cleaned_data
            )
            messages.success(request, f"{connection.name} is saved. Test it next.")
            return redirect("connection", connection.pk)
    return render(request, "connections/new.html", {"form": form, "vendor": vendor})


@require_safe
def connection(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, _in_use(), pk)
    candidates = [
        candidate for candidate in queries.candidates_of(team_of(request)) if candidate.connection_id == pk
    ]
    rows = [{"candidate": row, "price": queries.current_price(row)} for row in candidates]
    return render(request, "connections/detail.html", {**describe(found), "rows": rows})


@writer_required
def connection_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, _in_use(), pk)
    initial = {name: getattr(found, name) for name in ConnectionForm.base_fields}
    form = ConnectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        had_key = bool(found.api_key)
        with refusals_on(form):
            changed = actions.change_connection(
                connection=found, user=user_of(request), vendor=found.vendor, **form.cleaned_data
            )
            messages.success(request, f"{changed.name} is changed.")
            if had_key and not changed.api_key:
                messages.warning(
                    request, "The address is another server's, so its key was removed. Enter its key."
                )
            return redirect("connection", pk)
    return render(request, "connections/edit.html", {"form": form, **describe(found)})


@writer_required
@sensitive_post_parameters("api_key")
def connection_key(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, _in_use(), pk)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["api_key"]
        with refusals_on(form):
            actions.replace_key(connection=found, user=user_of(request), api_key=key)
            messages.success(request, "The key is replaced. Test it next." if key else "The key is removed.")
            return redirect("connection", pk)
    return render(request, "connections/key.html", {"form": form, **describe(found)})


@require_POST
@writer_required
def connection_test(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try the connection now. With htmx only the table of ticks comes back."""
    found = team_object_or_404(request, _in_use(), pk)
    actions.test_connection(connection=found)
    if request.headers.get("HX-Request"):
        return render(request, "connections/_checks.html", describe(found))
    return redirect(f"{reverse('connection', args=[pk])}#checks")


@require_POST
@writer_required
def connection_archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, _in_use(), pk)
    name = found.name
    actions.archive_connection(connection=found, user=user_of(request))
    messages.success(request, f"{name} is archived and its key deleted. Finished results stay as they are.")
    return redirect("connections")


def describe(connection: Connection) -> dict[str, Any]:
    """A connection as the pages show it. The key itself is never part of it."""
    vendor = VENDORS.get(connection.vendor)
    return {
        "connection": connection,
        "vendor": vendor,
        "vendor_label": vendor.label if vendor else connection.vendor,
        "key_words": _key_words(connection),
        "state": _STATES[connection.works],
        "failed": connection.failed_checks,
    }


_STATES = {
    True: {"text": "Works", "tone": "good", "icon": "check"},
    False: {"text": "Does not work", "tone": "bad", "icon": "ban"},
    None: {"text": "Not tested", "tone": "neu", "icon": "question"},
}


def _key_words(connection: Connection) -> str:
    if not connection.api_key:
        return "No key"
    return f"Ends in {connection.key_hint}" if connection.key_hint else "Set"


def _in_use() -> Any:
    return Connection.objects.filter(archived_at=None)


urlpatterns = [
    path("connections/", connections, name="connections"),
    path("connections/new/", connection_new, name="connection-new"),
    path("connections/<uuid:pk>/", connection, name="connection"),
    path("connections/<uuid:pk>/edit/", connection_edit, name="connection-edit"),
    path("connections/<uuid:pk>/key/", connection_key, name="connection-key"),
    path("connections/<uuid:pk>/test/", connection_test, name="connection-test"),
    path("connections/<uuid:pk>/archive/", connection_archive, name="connection-archive"),
]
