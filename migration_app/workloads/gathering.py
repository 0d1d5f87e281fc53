"""Several files uploaded at once become one archive, so that they are read as one workload."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Sequence
from typing import BinaryIO, cast

from django.core.files import File
from django.utils.translation import ngettext

from .errors import UnreadableFile
from .readers import packing

_CHUNK = 1 << 20
_SAME_TIME = (1980, 1, 1, 0, 0, 0)  # the same files give the same archive, which is then recognised


def gathered(files: Sequence[File]) -> File:
    """The one file, or an archive of all. Files in gzip are unpacked on the way. Raises UnreadableFile."""
    if len(files) == 1:
        return files[0]
    archive = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - closed with the File around it
    names: set[str] = set()
    with zipfile.ZipFile(archive, "w", allowZip64=True) as packed:
        for file in files:
            _add(packed, file, names)
    archive.seek(0)
    others = len(files) - 1
    named = ngettext("%(name)s and %(count)s other", "%(name)s and %(count)s others", others)
    return File(archive, named % {"name": _own_name(files[0]), "count": others})


def _own_name(file: File) -> str:
    return packing.shown_name(file.name or "file")


def _add(packed: zipfile.ZipFile, file: File, names: set[str]) -> None:
    content, name = cast(BinaryIO, file), _own_name(file)
    content.seek(0)
    if content.read(2) == b"\x1f\x8b":
        content, name = packing.gunzipped(content), name.removesuffix(".gz")
    content.seek(0, io.SEEK_SET)
    entry = zipfile.ZipInfo(_name_once(name, names), _SAME_TIME)
    with packed.open(entry, "w", force_zip64=True) as member:
        while chunk := content.read(_CHUNK):
            member.write(chunk)
    if isinstance(content, packing.Unpacked) and content.damage:
        raise UnreadableFile(f"“{name}”: {content.damage}")


def _name_once(name: str, names: set[str]) -> str:
    fresh, again = name, 2
    while fresh in names:
        fresh, again = f"{again} {name}", again + 1
    names.add(fresh)
    return fresh
