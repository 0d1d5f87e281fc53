"""Which team a request acts for, that what it is shown stays between the two, and how it travels."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_cache_control

from migration_app.accounts.queries import current_membership


class CompressPages(GZipMiddleware):
    """Compress pages alone: files that are sent keep their length, and mostly are compressed already.

    Django adds random bytes to each, so that its size tells nothing of a secret in it (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class TeamMiddleware:
    """Set `request.membership` and `request.team`; both are None for a signed-out visitor.

    What a signed-in person gets is kept by nobody: neither by a proxy, nor by the browser for
    whoever sits down at it next and presses Back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        membership = None
        if request.user.is_authenticated:
            membership = current_membership(request.user, preferred=request.session.get("team"))
        request.membership = membership  # type: ignore[attr-defined]
        request.team = membership.team if membership else None  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.user.is_authenticated:
            patch_cache_control(response, private=True, no_store=True)
        return response
