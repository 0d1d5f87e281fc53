"""Stop an upload that is over the limit while it arrives, before it fills the disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes to a temporary file, up to UPLOAD_MAX_BYTES for one file.

    Over it the rest is read and thrown away, so that the browser gets an answer; the
    request is marked, and the view says why there is no file.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> Any:
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            self.request.upload_over_limit = True  # type: ignore[union-attr]
            self.upload_interrupted()
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)


def over_limit(request: HttpRequest) -> bool:
    """Whether a file of this request was too large and was thrown away."""
    _ = request.FILES  # reading the body is what finds out
    return getattr(request, "upload_over_limit", False)
