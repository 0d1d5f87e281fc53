"""Weights from the release named in the table, by HTTPS, for machines that reach it.

Many machines reach only a package registry: connecting has a short timeout, and a failure is a
sentence, not a stop. A download that broke off goes on where it stopped, where the server can.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from pathlib import Path

from migration_app.demo.weights import CHUNK, OnProgress, Weights, WeightsUnavailableError

TIMEOUT = 8.0  # seconds without a byte


def fetch_from_release(weights: Weights, target: Path, on_progress: OnProgress) -> None:
    """Fill `target` from `weights.release`.

    Raises:
        WeightsUnavailableError: the address does not answer, refuses, or breaks off.
    """
    done = target.stat().st_size if target.exists() else 0
    if done >= weights.size:
        done = 0
    request = urllib.request.Request(weights.release)  # noqa: S310 - the table names the address
    if done:
        request.add_header("Range", f"bytes={done}-")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            _receive(answer, target, done if answer.status == 206 else 0, weights, on_progress)
    except (OSError, http.client.HTTPException) as reason:
        sentence = f"{_host(weights.release)} cannot be used ({_cause(reason)})"
        raise WeightsUnavailableError(sentence) from reason


def _receive(
    answer: http.client.HTTPResponse, target: Path, done: int, weights: Weights, on_progress: OnProgress
) -> None:
    with target.open("ab" if done else "wb") as file:
        while chunk := answer.read(CHUNK):
            file.write(chunk)
            done += len(chunk)
            on_progress(done, weights.size, "downloading")
            if done > weights.size:
                break  # not the file we know; the hash will refuse it
    if done < weights.size:
        raise WeightsUnavailableError(f"{_host(weights.release)} broke off after {done / 1e6:.0f} MB")


def _host(url: str) -> str:
    return urllib.request.Request(url).host  # noqa: S310 - nothing is opened


def _cause(reason: Exception) -> str:
    inner = reason.reason if isinstance(reason, urllib.error.URLError) else reason
    return str(inner) or type(inner).__name__
