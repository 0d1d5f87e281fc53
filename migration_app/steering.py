"""Signs that turn around the text after them, taken out of names.

A name stands in one line with amounts and verdicts. One that holds a "right-to-left override" shows
whatever follows it backwards: 52 reads as 25. The marks that scripts need for themselves have no such
effect and stay.
"""

from __future__ import annotations

import re

_STEERING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # embeddings, overrides, isolates (UAX #9)


def unsteered(name: str) -> str:
    return _STEERING.sub("", name)
