"""What a person sees when something goes wrong, from the handlers that answer in production."""

from __future__ import annotations

from typing import NoReturn

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils.module_loading import import_string

from .team import dana


def errors() -> dict[str, str]:
    dana()
    return {
        "not-found": "/nowhere/",
        "bad-request": "/fails/400/",
        "not-allowed": "/fails/403/",
        "form-expired": "/fails/form/",
        "locked-out": "/fails/locked/",
        "server-error": "/fails/500/",
    }


def bad_request(request: HttpRequest) -> NoReturn:
    raise BadRequest("planted")


def not_allowed(request: HttpRequest) -> NoReturn:
    raise PermissionDenied


def broken(request: HttpRequest) -> NoReturn:
    raise RuntimeError("planted")


@login_not_required
def form_expired(request: HttpRequest) -> HttpResponse:
    answer = import_string(settings.CSRF_FAILURE_VIEW)(request)
    assert isinstance(answer, HttpResponse)
    return answer


def locked_out(request: HttpRequest) -> HttpResponse:
    return render(request, settings.AXES_LOCKOUT_TEMPLATE, status=429)


# The product's addresses, and one for each way to fail.
urlpatterns = [
    path("", include("migration_app.urls")),
    path("fails/400/", bad_request),
    path("fails/403/", not_allowed),
    path("fails/500/", broken),
    path("fails/form/", form_expired),
    path("fails/locked/", locked_out),
]
