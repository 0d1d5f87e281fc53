"""Files that are packed: gzip and zip, unpacked while they are read, never onto the disk whole.

Names in an archive are only ever shown. What unpacks to more than the limit, or to a multiple of
itself that no log does, is refused where that shows; an archive inside an archive is refused.
"""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, BinaryIO, cast

from django.conf import settings
from django.utils.translation import gettext as _

from ..errors import UnreadableFile

MAX_MEMBERS = 500
# The most repetitive logs seen pack 60:1; deflate's own limit is 1032:1.
_MAX_RATIO = 200
_RATIO_FROM = 10_000_000  # unpacked bytes; a small file may be as repetitive as it likes
_RANDOM_ACCESS_MOST = 1_000_000_000
_INNER = {
    b"PK\x03\x04": "zip",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"7z\xbc\xaf": "7-Zip",
    b"\xfd7zXZ": "xz",
}


class Unpacked(io.RawIOBase, BinaryIO):
    """What is in a packed file, as a file that can be read and begun again.

    Where the packed bytes are damaged it ends, and `damage` says so.
    """

    def __init__(self, begin: Callable[[], IO[bytes]], packed_size: int) -> None:
        self._begin = begin
        self._packed_size = max(1, packed_size)
        self._stream: IO[bytes] | None = None
        self._given = 0
        self.damage: str | None = None

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Only to the beginning: that is all a reader needs."""
        if offset or whence:
            raise io.UnsupportedOperation("a packed file can only be begun again")
        if self._stream is not None:
            self._stream.close()
        self._stream, self._given, self.damage = self._begin(), 0, None
        return 0

    def read(self, size: int = -1) -> bytes:
        """Raises UnreadableFile when the file unpacks to too much."""
        if self._stream is None:
            self.seek(0)
        if self.damage:
            return b""
        try:
            given = cast(IO[bytes], self._stream).read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, OSError):
            self.damage = _("The packed file is damaged from here on; what came before is kept.")
            return b""
        self._given += len(given)
        refuse_bomb(self._given, self._packed_size)
        return given

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
        super().close()


def refuse_bomb(unpacked: int, packed: int) -> None:
    """Raises UnreadableFile for what no honest file unpacks to."""
    if unpacked > settings.UPLOAD_MAX_UNPACKED_BYTES:
        most = settings.UPLOAD_MAX_UNPACKED_BYTES / 1e9
        raise UnreadableFile(
            _("The archive unpacks to more than %(most)g GB, the most that is read. Upload a part of it.")
            % {"most": most}
        )
    if unpacked > _RATIO_FROM and unpacked > _MAX_RATIO * packed:
        raise UnreadableFile(
            _(
                "The archive unpacks to more than %(ratio)s times its size, which no log does, so it is "
                "not read. "
                "Unpack it yourself and upload the file inside."
            )
            % {"ratio": _MAX_RATIO}
        )


def gunzipped(file: BinaryIO) -> Unpacked:
    """What a gzip file holds."""

    def begin() -> IO[bytes]:
        file.seek(0)
        return cast(IO[bytes], gzip.GzipFile(fileobj=file, mode="rb"))

    return Unpacked(begin, _size_of(file))


def _size_of(file: BinaryIO) -> int:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def members_of(file: BinaryIO) -> list[zipfile.ZipInfo]:
    """The files of a zip archive worth reading. Raises UnreadableFile before anything is unpacked."""
    file.seek(0)
    try:
        listed = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile(_("The zip archive is damaged. Pack it again and upload it.")) from error
    members = [
        member for member in listed if not member.is_dir() and not _is_beside_the_point(member.filename)
    ]
    if len(members) > MAX_MEMBERS:
        raise UnreadableFile(
            _("The archive holds %(count)s files; the most that is read is %(most)s.")
            % {"count": f"{len(members):,}", "most": MAX_MEMBERS}
        )
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFile(_("The archive is protected by a password. Pack it without one and upload it."))
    for member in members:
        refuse_bomb(member.file_size, member.compress_size)
    refuse_bomb(sum(member.file_size for member in members), _size_of(file))
    return members


def _is_beside_the_point(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "__MACOSX" or parts[-1].startswith(".") or not parts[-1]


def opened_member(file: BinaryIO, name: str) -> Unpacked:
    """A file of a zip archive. Raises UnreadableFile when it is not there."""

    def begin() -> IO[bytes]:
        file.seek(0)
        try:
            return zipfile.ZipFile(file).open(name)
        except (KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise UnreadableFile(_("A file of the archive cannot be unpacked. Pack it again.")) from error

    try:
        packed = zipfile.ZipFile(file).getinfo(name).compress_size
    except (KeyError, zipfile.BadZipFile) as error:
        raise UnreadableFile(_("A file of the archive cannot be unpacked. Pack it again.")) from error
    return Unpacked(begin, packed)


def shown_name(name: str) -> str:
    """A member's own name without its folders, which lead nowhere here."""
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in plain if letter.isprintable())[:100] or "?"


def refuse_nested(head: bytes, name: str) -> None:
    """Raises UnreadableFile for an archive inside an archive."""
    kind = next((kind for mark, kind in _INNER.items() if head.startswith(mark)), None)
    if kind is None and head[257:262] == b"ustar":
        kind = "tar"
    if kind and not (kind == "zip" and name.lower().endswith(".xlsx")):
        raise UnreadableFile(
            _("“%(name)s” is an archive (%(kind)s) inside an archive. Unpack it and upload the files inside.")
            % {"name": shown_name(name), "kind": kind}
        )


def with_random_access(file: BinaryIO) -> BinaryIO:
    """The file itself, or a temporary copy of a packed one that can be read from any place."""
    if not isinstance(file, Unpacked):
        return file
    copy = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - closed with its last reference
    file.seek(0)
    while chunk := file.read(1 << 20):
        copy.write(chunk)
        if copy.tell() > _RANDOM_ACCESS_MOST:
            raise UnreadableFile(_("A packed table of more than 1 GB is not read. Upload it unpacked."))
    copy.seek(0)
    return copy
