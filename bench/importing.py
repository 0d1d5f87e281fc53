"""An import's own way, one step a process: `python -m bench.importing STEP OUTPUT FILE`.

parse     the file is recognised and every line becomes a request; nothing is kept
store     kept, recognised, looked through for what is private, masked, stored: all of it
redact    100 kB of text, plain and made to be slow (no FILE)
"""

from __future__ import annotations

import json
import random
import resource
import sys
from pathlib import Path
from time import monotonic, process_time
from typing import Any

import django

django.setup()

from django.core.files import File  # noqa: E402

from migration_app.accounts.actions import create_team  # noqa: E402
from migration_app.accounts.models import User  # noqa: E402
from migration_app.workloads import importing, stages  # noqa: E402
from migration_app.workloads.drafts import Draft  # noqa: E402
from migration_app.workloads.mapping import guess  # noqa: E402
from migration_app.workloads.models import Upload, UploadState  # noqa: E402
from migration_app.workloads.redaction import find  # noqa: E402
from migration_app.workloads.sources import found_in  # noqa: E402
from migration_app.workloads.uploads import survey  # noqa: E402


def parse(path: str) -> dict[str, Any]:
    with Path(path).open("rb") as file:
        reading, rows = survey(file, path)
        mapping = guess(reading.columns, rows)
        count = sum(isinstance(one, Draft) for one in found_in(file, reading, mapping))
    return {"samples": count}


def store(path: str) -> dict[str, Any]:
    user = User.objects.create(username="bench")
    team = create_team(name="Bench", owner=user)
    with Path(path).open("rb") as file:
        upload = importing.keep_upload(team=team, user=user, file=File(file, name="log.jsonl"))
    read = _timed(upload)
    importing.confirm_columns(upload=upload, name="Letters")
    importing.decide(upload=upload, user=user)
    stored = _timed(upload)
    if upload.state != UploadState.IMPORTED or upload.workload is None:
        raise SystemExit(f"not imported: {upload.state} {upload.note}")
    return {
        "samples": upload.workload.samples.count(),
        "masked": upload.workload.privacy["masked"],
        "read_seconds": read,
        "store_seconds": stored,
    }


def _timed(upload: Upload) -> float:
    began = monotonic()
    stages.work(upload.pk)
    upload.refresh_from_db()
    return monotonic() - began


def redact() -> dict[str, Any]:
    """Seconds of CPU for 100 kB of prose with private values, and for the slowest of some hard texts."""
    rnd = random.Random(1)
    words = "the order that was sent yesterday has not arrived, please help us with it".split()
    said = [
        rnd.choice(words) if n % 60 else f"user{n}@example.com +49 30 {1_000_000 + n}" for n in range(17_000)
    ]
    hard = {
        "numbers": " ".join(str(rnd.randrange(100)) for _ in range(35_000)),
        "phones": " ".join(f"0{rnd.randrange(10, 99)} {rnd.randrange(10**7)}" for _ in range(9_000)),
        "zeros": "00 1" * 25_000,
        "ats": "a@" * 50_000,
        "accounts": "DE89 3704 " * 10_000,
        "cards": "4111 1111 1111 1111 " * 5_000,
        "tokens": "eyJaaaaaaaaaa." * 7_200,
    }
    find(said[0])
    return {"plain": _cpu(" ".join(said)), "hard": max(_cpu(text) for text in hard.values())}


def _cpu(text: str) -> float:
    text = text[:100_000]
    began = process_time()
    find(text)
    return process_time() - began


def main(step: str, output: str, *arguments: str) -> None:
    began, cpu = monotonic(), process_time()
    result = {"parse": parse, "store": store, "redact": redact}[step](*arguments)
    result |= {
        "wall": monotonic() - began,
        "cpu": process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    Path(output).write_text(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
