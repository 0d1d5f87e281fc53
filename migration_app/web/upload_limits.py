"""Stop an upload that nobody may send, or that is over the limit, before it fills the disk.

A form's body is read for its CSRF token, before any view or sign-in is asked. So the one who
decides whether a file is written is the handler that would write it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

_TAKES_A_FILE = "upload"  # the one address with a form that sends a file


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes one file to a temporary place, up to UPLOAD_MAX_BYTES, for a person who may upload.

    Over the limit the rest is read and thrown away, so that the browser gets an answer; the
    request is marked, and the view says why there is no file.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._sha256 = hashlib.sha256()
        self._may_write = request is not None and _may_upload(request)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if not self._may_write:
            raise SkipFile
        self._sha256 = hashlib.sha256()
        self._may_write = False  # the limit is for one file; a second would be beyond it
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> Any:
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            self.request.upload_over_limit = True  # type: ignore[union-attr]
            self.upload_interrupted()
            raise StopUpload(connection_reset=False)
        self._sha256.update(raw_data)
        return super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        """The file, with its `sha256`: taken on the way, so that nobody waits for it afterwards."""
        whole: Any = super().file_complete(file_size)
        whole.sha256 = self._sha256.hexdigest()
        del self.file  # skipping a later one closes what the handler still holds
        return whole


def _may_upload(request: HttpRequest) -> bool:
    match, membership = request.resolver_match, getattr(request, "membership", None)
    return bool(match and match.url_name == _TAKES_A_FILE and membership and membership.may_write)


def over_limit(request: HttpRequest) -> bool:
    """Whether a file of this request was too large and was thrown away."""
    _ = request.FILES  # reading the body is what finds out
    return getattr(request, "upload_over_limit", False)
