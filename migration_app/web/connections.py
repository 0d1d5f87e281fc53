"""Connections: the vendors' endpoints that the team has keys for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from migration_app.candidates import actions, queries
from migration_app.candidates.models import Connection
from migration_app.candidates.terms.queries import connection_facts
from migration_app.candidates.ways import way_in, way_of
from migration_app.pipeline import testing
from migration_app.providers.checks import LABELS, NEEDED
from migration_app.providers.vendors import VENDORS, Vendor, vendor_named
from migration_app.reports import terms

from .access import team_object_or_404, team_of, user_of, writer_required, writers_only
from .connection_forms import ConnectionForm, KeyForm
from .refusals import refusals_on


@require_safe
def connections(request: HttpRequest) -> HttpResponse:
    rows = [describe(connection) for connection in queries.connections_of(team_of(request))]
    return render(request, "connections/list.html", {"rows": rows})


@writers_only
@sensitive_post_parameters()
def connection_new(request: HttpRequest) -> HttpResponse:
    """First which vendor and which way in, then the rest: no script has to show or hide a field."""
    vendor = VENDORS.get(request.GET.get("vendor", ""))
    if vendor is None:
        own = [vendor for vendor in VENDORS.values() if vendor.own_server]
        hosted = [vendor for vendor in VENDORS.values() if not vendor.own_server]
        return render(request, "connections/vendors.html", {"hosted": hosted, "own": own})
    auth = way_of(vendor, request.GET.get("auth", ""))
    base_url = "" if "{region}" in vendor.base_url else vendor.base_url
    form = ConnectionForm(
        vendor, auth, request.POST or None, initial={"name": _(vendor.label), "base_url": base_url}
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            connection = actions.add_connection(
                team=team_of(request),
                user=user_of(request),
                vendor=vendor.name,
                auth=auth,
                **form.cleaned_data,
            )
            messages.success(request, _("%(name)s is saved. Test it next.") % {"name": connection.name})
            return redirect("connection", connection.pk)
    context = {"form": form, "vendor": vendor, "ways": _ways(vendor, auth)}
    return render(request, "connections/new.html", context)


@require_safe
def connection(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, _in_use(), pk)
    candidates = [
        candidate for candidate in queries.candidates_of(team_of(request)) if candidate.connection_id == pk
    ]
    rows = [{"candidate": row, "price": queries.current_price(row)} for row in candidates]
    context = {**describe(found), "rows": rows, "terms": told_terms(found)}
    return render(request, "connections/detail.html", context)


@writers_only
@sensitive_post_parameters()
def connection_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything may change but the vendor; another address or way in asks for the secrets again."""
    found = team_object_or_404(request, _in_use(), pk)
    shown, vendor = describe(found), vendor_named(found.vendor)
    auth = way_of(vendor, request.GET.get("auth", found.auth))
    initial = {name: getattr(found, name) for name in ConnectionForm.base_fields}
    if "{region}" in vendor.base_url and found.base_url == vendor.address(found.region):
        initial["base_url"] = ""  # It follows from the region, another one included.
    held = bool(found.secret_names) and auth == way_of(vendor, found.auth)
    form = ConnectionForm(vendor, auth, request.POST or None, initial=initial, held=held)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            changed = actions.change_connection(
                connection=found, user=user_of(request), vendor=found.vendor, auth=auth, **form.cleaned_data
            )
            messages.success(request, _("%(name)s is changed.") % {"name": changed.name})
            return redirect("connection", pk)
    return render(request, "connections/edit.html", {**shown, "form": form, "ways": _ways(vendor, auth)})


@writers_only
@sensitive_post_parameters()
def connection_key(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, _in_use(), pk)
    form = KeyForm(vendor_named(found.vendor), found.auth, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_on(form):
            actions.replace_key(connection=found, user=user_of(request), **given)
            done = (
                _("The key is replaced. Test it next.") if any(given.values()) else _("The key is removed.")
            )
            messages.success(request, done)
            return redirect("connection", pk)
    return render(request, "connections/key.html", {"form": form, **describe(found)})


@require_POST
@writer_required
def connection_test(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try the connection in the background. With htmx only the table of ticks comes back."""
    found = team_object_or_404(request, _in_use(), pk)
    testing.begin(connection=found)
    if request.headers.get("HX-Request"):
        found.refresh_from_db()
        return render(request, "connections/_checks.html", describe(found))
    return redirect(f"{reverse('connection', args=[pk])}#checks")


@require_safe
def connection_checks(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The table of ticks as far as it is: the page asks for it again while the test goes on."""
    found = team_object_or_404(request, _in_use(), pk)
    return render(request, "connections/_checks.html", describe(found))


@require_POST
@writer_required
def connection_archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, _in_use(), pk)
    name = found.name
    actions.archive_connection(connection=found, user=user_of(request))
    messages.success(
        request,
        _("%(name)s is archived and its key deleted. Finished results stay as they are.") % {"name": name},
    )
    return redirect("connections")


def describe(connection: Connection) -> dict[str, Any]:
    """A connection as the pages show it. No secret is ever part of it."""
    vendor = vendor_named(connection.vendor)
    return {
        "connection": connection,
        "vendor": vendor,
        "vendor_label": _(vendor.label),
        "way": connection.way.label if len(vendor.auth) > 1 else "",
        "key_words": _key_words(connection),
        "state": _PARTLY if connection.works and connection.is_partly_tested else _STATES[connection.works],
        "failed": connection.failed_checks,
        "is_partly_tested": connection.is_partly_tested,
        "check_rows": [{**check, "tone": _tone(check)} for check in connection.checks],
        "expected": len(LABELS),
        "is_slow": _nobody_tests(connection),
    }


def _tone(check: dict[str, Any]) -> str:
    """yes, no, skipped; and limit, for what is missing without being in the way of a run."""
    if check["passed"] is None:
        return "skipped"
    if check["passed"]:
        return "yes"
    return "no" if check["name"] in NEEDED else "limit"


def _nobody_tests(connection: Connection) -> bool:
    """A test was asked for, and no worker seems to have taken it up."""
    since = connection.testing_since
    return bool(since and not connection.checks and timezone.now() - since > _PATIENCE)


def _ways(vendor: Vendor, auth: str) -> list[dict[str, Any]]:
    """The vendor's ways in as links, where there is more than one."""
    if len(vendor.auth) == 1:
        return []
    return [
        {
            "label": way_in(vendor, way).label,
            "query": urlencode({"vendor": vendor.name, "auth": way}),
            "current": way == auth,
        }
        for way in vendor.auth
    ]


_PATIENCE = timedelta(seconds=45)
_STATES = {
    True: {"text": gettext_lazy("Works"), "tone": "good", "icon": "check"},
    False: {"text": gettext_lazy("Does not work"), "tone": "bad", "icon": "ban"},
    None: {"text": gettext_lazy("Not tested"), "tone": "neu", "icon": "question"},
}
_PARTLY = {"text": gettext_lazy("Tested in part"), "tone": "neu", "icon": "question"}


def _key_words(connection: Connection) -> str:
    """Which secrets there are, by their last four characters."""
    hints = [connection.key_hint] if connection.api_key else []
    hints += connection.credential_hints.values()
    if not hints:
        return _("No key")
    known = [hint for hint in hints if hint]
    return _("Ends in %(hints)s") % {"hints": ", ".join(known)} if known else _("Set")


def told_terms(connection: Connection) -> list[tuple[str, str]]:
    """What is known of the data there, and from where; what nobody wrote down is unknown."""
    facts = connection_facts(connection)
    rows = [
        (_("Processed in"), terms.place(facts)),
        (_("Kept"), terms.kept(facts)),
        (_("Training"), terms.training(facts)),
    ]
    return rows + ([(_("Source"), terms.source(facts))] if facts["basis"] else [])


def _in_use() -> Any:
    return Connection.objects.filter(archived_at=None)


urlpatterns = [
    path("connections/", connections, name="connections"),
    path("connections/new/", connection_new, name="connection-new"),
    path("connections/<uuid:pk>/", connection, name="connection"),
    path("connections/<uuid:pk>/edit/", connection_edit, name="connection-edit"),
    path("connections/<uuid:pk>/key/", connection_key, name="connection-key"),
    path("connections/<uuid:pk>/test/", connection_test, name="connection-test"),
    path("connections/<uuid:pk>/checks/", connection_checks, name="connection-checks"),
    path("connections/<uuid:pk>/archive/", connection_archive, name="connection-archive"),
]
