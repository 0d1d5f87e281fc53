"""Marks words of this package, which knows no Django, for the catalogue: they are translated where shown."""


def gettext_noop(text: str) -> str:
    """The text itself. Extraction finds it by this name; pages pass the value through gettext."""
    return text


def english(text: str, **values: object) -> str:
    """A sentence to store: the text with its values, in English. Extraction finds the text by this name.

    Whoever shows it puts it into the reader's language (`migration_app.said`), which finds the text again.
    """
    return text.format(**values) if values else text
