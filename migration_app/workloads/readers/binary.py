"""Tell files that are not text from those that are, and say what they are."""

from __future__ import annotations

from migration_app.evaluation.wording import english

_SAVE_AS = english("Save the data as CSV or JSON Lines and upload that.")

# (first bytes, what it is, what to do)
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n", "a PNG image", _SAVE_AS),
    (b"\xff\xd8\xff", "a JPEG image", _SAVE_AS),
    (b"GIF8", "a GIF image", _SAVE_AS),
    (b"%PDF-", "a PDF document", _SAVE_AS),
    (b"BZh", "a bzip2 archive", english("Unpack it and upload the file inside.")),
    (b"7z\xbc\xaf\x27\x1c", english("a 7-Zip archive"), english("Unpack it and upload the file inside.")),
    (b"\x28\xb5\x2f\xfd", english("a Zstandard archive"), english("Unpack it and upload the file inside.")),
    (b"SQLite format 3\0", english("an SQLite database"), _SAVE_AS),
    (b"\xd0\xcf\x11\xe0", english("an old Office document"), english("Open it and save the sheet as CSV.")),
    (b"{\\rtf", english("a rich text document"), _SAVE_AS),
)
_ZIPS: tuple[tuple[str, str, str], ...] = (
    (".xlsx", english("a damaged Excel workbook"), english("Open it and save the sheet as CSV (UTF-8).")),
    (".ods", "a spreadsheet", english("Open it and save the sheet as CSV (UTF-8).")),
    (".docx", english("a Word document"), _SAVE_AS),
)
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x0b\x1b\x1a\0")  # NUL has a sentence of its own


def what_it_is(head: bytes, filename: str) -> str | None:
    """A sentence about a file that is not text; None when it may be text.

    `head` is the beginning of the file, a few kilobytes.
    """
    for signature, name, advice in _SIGNATURES:
        if head.startswith(signature):
            return english("This is {name}, not a table of requests. {advice}", name=name, advice=advice)
    if head.startswith(b"PK\x03\x04"):
        return _zip_sentence(filename.lower())
    controls = sum(1 for byte in head if byte < 32 and byte not in _TEXT_CONTROLS)
    if head and controls > max(8, len(head) // 50):
        return english("This looks like a binary file, not text. {save_as}", save_as=_SAVE_AS)
    return None


def _zip_sentence(filename: str) -> str:
    for extension, name, advice in _ZIPS:
        if filename.endswith(extension):
            return english("This is {name}, not a text file. {advice}", name=name, advice=advice)
    return english("This is a zip archive. Unpack it and upload the file inside.")
