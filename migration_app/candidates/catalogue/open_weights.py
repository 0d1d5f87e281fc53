"""The tables of this folder in TOML, read; and whether any of all three changed."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from .families import family_of

_HERE = Path(__file__).parent
_TABLES = ("open_models.toml", "hosted_models.toml", "hosted_limits.csv")
# When open_models.toml was last gone through.
CHECKED_ON = date(2026, 11, 25)
_ATTENTION = (
    "layers", "hidden", "kv_heads", "head_dim", "latent", "window", "full_layers", "native_bits",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenModel:
    """Open weights. `parameters` in units, `active` of them per token; None is unknown."""

    model: str
    name: str
    maker: str
    licence: str
    parameters: int | None
    active: int | None
    context: int | None
    can: tuple[str, ...]
    architecture: Mapping[str, Any]

    @property
    def family(self) -> str:
        return family_of(self.model)

    @property
    def url(self) -> str:
        return f"https://huggingface.co/{self.model}"


@dataclass(frozen=True, slots=True)
class Said:
    """What a vendor says of a model that it hosts, beyond its price."""

    output: int | None = None
    can: tuple[str, ...] = ()
    retires_on: date | None = None
    urls: tuple[str, ...] = field(default=())


@cache
def open_models() -> tuple[OpenModel, ...]:
    return tuple(_open(row) for row in _read("open_models.toml")["model"])


@cache
def said_of_hosted() -> Mapping[tuple[str, str], Said]:
    """By (host, model)."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for source in _read("hosted_models.toml")["source"]:
        for row in (*source.get("retires", ()), *source.get("models", ())):
            for model in row["ids"]:
                said = found.setdefault((source["host"], model), {"urls": ()})
                said["urls"] += (source["url"],)
                if "on" in row:
                    said["retires_on"] = row["on"]
                if "output" in row:
                    said |= {"output": row["output"], "can": tuple(row["can"])}
    return {key: Said(**said) for key, said in found.items()}


def _open(row: Mapping[str, Any]) -> OpenModel:
    return OpenModel(
        model=row["id"],
        name=row["name"],
        maker=row["maker"],
        licence=row["licence"],
        parameters=_units(row.get("parameters")),
        active=_units(row.get("active")),
        context=row.get("context"),
        can=tuple(row.get("can", ())),
        architecture={name: row[name] for name in _ATTENTION if name in row},
    )


def _units(thousand_millions: float | None) -> int | None:
    return None if thousand_millions is None else round(thousand_millions * 1e9)


def tables_digest() -> str:
    """The SHA-256 of all tables: whether they changed."""
    return hashlib.sha256(b"".join((_HERE / name).read_bytes() for name in _TABLES)).hexdigest()


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / name).read_text())
