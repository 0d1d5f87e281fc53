"""A log to import, the same bytes every time: about a kilobyte a request, every third with private values."""

from __future__ import annotations

import json
import random
from pathlib import Path

_WORDS = (
    "please help with the order that was sent yesterday and has not arrived at our office in the city yet "
    "because delivery failed thanks for your quick answer about invoice refund account login contract "
    "customer number change address cancel renew subscription broken screen missing part colour size"
).split()
_SENTENCES = 20_000


def write_log(path: Path, size: int) -> int:
    """Write JSON Lines of at least `size` bytes; returns how many."""
    rnd = random.Random(20261125)
    sentences = [_sentence(rnd) for _ in range(_SENTENCES)]
    written = count = 0
    with path.open("w", encoding="utf-8") as file:
        while written < size:
            written += file.write(_line(rnd, sentences, count))
            count += 1
    return count


def _sentence(rnd: random.Random) -> str:
    return " ".join(rnd.choices(_WORDS, k=rnd.randrange(10, 22))).capitalize() + "."


def _line(rnd: random.Random, sentences: list[str], number: int) -> str:
    text = " ".join(rnd.choices(sentences, k=9))
    if number % 3 == 0:
        person = rnd.randrange(200_000)
        text += f" Write to user{person}@example.com or call +49 30 {1_000_000 + person}."
    if number % 10 == 0:
        text += (
            f" Order {rnd.randrange(10**8)} of 2026-11-0{rnd.randrange(1, 9)}, paid by 4111 1111 1111 1111."
        )
    return (
        json.dumps(
            {
                "id": f"r-{number}",
                "messages": [
                    {"role": "system", "content": "You answer letters of customers. Be brief and kind."},
                    {"role": "user", "content": text},
                ],
                "reference": f"department {number % 9}",
                "category": f"c{number % 9}",
            }
        )
        + "\n"
    )
