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

MAX_FILES = 50  # in one upload
_FIELD = "file"
_NAME_BYTES = 200
_TAKES_A_FILE = "upload"  # the one address with a form that sends a file


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes files to a temporary place, together up to UPLOAD_MAX_BYTES, for a person who may upload.

    Over the limit the rest is read and thrown away, so that the browser gets an answer; the
    request is marked, and the view says why there is no file.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._sha256 = hashlib.sha256()
        self._may_write = request is not None and _may_upload(request)
        self._files_left = MAX_FILES
        self._before = 0  # bytes of the files that came before

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        if not self._may_write or field_name != _FIELD:
            raise SkipFile
        if not self._files_left:
            self.request.upload_too_many = True  # type: ignore[union-attr]
            raise SkipFile
        self._sha256 = hashlib.sha256()
        self._files_left -= 1
        super().new_file(field_name, _nameable(file_name), *args, **kwargs)
        self.file.name = file_name

    def receive_data_chunk(self, raw_data: bytes, start: int) -> Any:
        if self._before + start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            self.request.upload_over_limit = True  # type: ignore[union-attr]
            self.upload_interrupted()
            raise StopUpload(connection_reset=False)
        self._sha256.update(raw_data)
        return super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        """The file, with its `sha256`: taken on the way, so that nobody waits for it afterwards."""
        whole: Any = super().file_complete(file_size)
        whole.sha256 = self._sha256.hexdigest()
        self._before += file_size
        del self.file  # skipping a later one closes what the handler still holds
        return whole


def _nameable(name: str) -> str:
    """A name whose ending a temporary file may bear: a disk takes 255 bytes, and emoji have four each."""
    return name if len(name.encode()) <= _NAME_BYTES else name[-_NAME_BYTES // 5 :]


def _may_upload(request: HttpRequest) -> bool:
    match, membership = request.resolver_match, getattr(request, "membership", None)
    return bool(match and match.url_name == _TAKES_A_FILE and membership and membership.may_write)


def too_many(request: HttpRequest) -> bool:
    """Whether this request had more files than are taken at once."""
    _ = request.FILES
    return getattr(request, "upload_too_many", False)


def over_limit(request: HttpRequest) -> bool:
    """Whether a file of this request was too large and was thrown away."""
    _ = request.FILES  # reading the body is what finds out
    return getattr(request, "upload_over_limit", False)
