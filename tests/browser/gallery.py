"""Every component on one page, with invented numbers: what the design's tests look at."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from migration_app.accounts.models import Team, User
from migration_app.reports.palette import OPTIONS


class EveryControl(forms.Form):
    name = forms.CharField(label="Name", help_text="How the team finds it again.")
    kind = forms.ChoiceField(label="Kind", choices=[("hosted", "Hosted"), ("own", "Self-hosted")])
    privacy = forms.ChoiceField(label="Privacy", choices=[("mask", "Mask names")], widget=forms.RadioSelect)
    scorers = forms.MultipleChoiceField(
        label="Scorers", choices=[("exact", "Exact match")], widget=forms.CheckboxSelectMultiple
    )
    agree = forms.BooleanField(label="I may upload this data")
    file = forms.FileField(label="File", required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)


def _rows() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            index=style.index,
            name=f"Fictional model {style.index}",
            quality=0.92 - style.index / 50,
            low=0.90 - style.index / 50,
            high=None if style.index == 6 else 0.94 - style.index / 50,
            better=100,
            same=900 - 40 * style.index,
            worse=100 + 40 * style.index,
            done=1200 - 150 * style.index,
        )
        for style in OPTIONS
    ]


def _figure() -> dict[str, Any]:
    traces = [
        {
            "type": "scatter",
            "x": [row.index],
            "y": [row.quality * 100],
            "mode": "markers",
            "marker": {"size": 14, "symbol": OPTIONS[row.index].symbol, "color": OPTIONS[row.index].token},
        }
        for row in _rows()
    ]
    narrow = {"layout": {"yaxis": {"title": {"text": ""}}}}
    return {"data": traces, "layout": {"yaxis": {"title": {"text": "Quality"}}}, "narrow": narrow}


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    for level in (messages.INFO, messages.SUCCESS, messages.WARNING, messages.ERROR):
        messages.add_message(request, level, "Something happened.")
    context = {
        "user": User(username="dana", first_name="Dana", last_name="Okafor"),
        "team": Team(name="Support"),
        "rows": _rows(),
        "axis": (0.7, 0.98),
        "figure": _figure(),
        "form": EveryControl({}),
        "page": Paginator(range(1200), 50).page(2),
        "crumbs": [{"label": "Assessments", "url": "/"}, {"label": "Gallery"}],
        "tabs": [
            {"label": name, "url": "/", "current": name == "Summary"} for name in ("Summary", "Evidence")
        ],
        "steps": [
            {"label": "Upload", "state": "done", "url": "/"},
            {"label": "Options", "note": "6 chosen", "state": "now"},
            {"label": "Rules", "state": "next"},
        ],
    }
    return render(request, "gallery.html", context)


@login_not_required
def broken(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, f"{name}.html", {})


urlpatterns = [
    path("", gallery, name="assessments"),
    path("new/", gallery, name="assessment-new"),
    path("workloads/", gallery, name="workloads"),
    path("connections/", gallery, name="connections"),
    path("account/", gallery, name="account"),
    path("sign-out/", gallery, name="logout"),
    path("sign-in/", gallery, name="login"),
    path("language/", gallery, name="choose-language"),
    path("errors/<name>/", broken),
]
