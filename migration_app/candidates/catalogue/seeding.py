"""The catalogue into the database. Doing it again changes nothing; what vanished is only hidden."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Concat

from migration_app.evaluation.wording import english

from .families import family_of, maker_of
from .limits import LIST, limits_of_hosted
from .limits import NONE as NO_LIMITS
from .models import OWN_SERVERS, CatalogueModel, CataloguePrice, CatalogueSeed, Weights
from .open_weights import CHECKED_ON, OpenModel, Said, open_models, said_of_hosted, tables_digest
from .price_data import AS_OF, SOURCE, HostedModel, hosted_models

FORM = 2  # raise it when the same sources become other rows
_BATCH = 200
_KEY = ("host", "model")


def seed_catalogue(today: date) -> int:
    """Write every model and price that is known, unless that was done; returns how many models there are.

    today: which of the dated prices counts, for sorting by price.
    """
    digest = hashlib.sha256(f"{FORM} {SOURCE} {today} {tables_digest()}".encode()).hexdigest()
    if not CatalogueSeed.objects.filter(digest=digest).exists():
        _seed(today)
        CatalogueSeed.objects.update_or_create(pk=1, defaults={"digest": digest, "seeded_on": today})
    return CatalogueModel.objects.filter(listed=True).count()


@transaction.atomic
def _seed(today: date) -> None:
    hosted = list(hosted_models())
    entries = [*_own_servers(), *(_hosted(model, today) for model in hosted)]
    written = [field.name for field in CatalogueModel._meta.concrete_fields if field.name != "id"]
    CatalogueModel.objects.bulk_create(
        entries,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=_KEY,
        update_fields=[name for name in written if name not in _KEY],
    )
    _hide_others(entries)
    _write_prices(hosted)


def _own_servers() -> Iterator[CatalogueModel]:
    for model in open_models():
        yield _searchable(
            CatalogueModel(
                host=OWN_SERVERS,
                host_label=english("Your own servers"),
                model=model.model,
                name=model.name,
                context_window=model.context,
                source=english("The maker's model page"),
                source_url=model.url,
                as_of=CHECKED_ON,
                **_weights(model.family, model),
            )
        )


def _hosted(hosted: HostedModel, today: date) -> CatalogueModel:
    family = family_of(hosted.model)
    key = (hosted.host, hosted.model)
    said, limits = said_of_hosted().get(key, Said()), limits_of_hosted().get(key, NO_LIMITS)
    known = _weights(family, _open_by_family().get(family))
    price = price_on(hosted.prices, today) or {}
    return _searchable(
        CatalogueModel(
            host=hosted.host,
            host_label=hosted.host_label[:120],
            model=hosted.model[:200],
            name=hosted.name[:200],
            context_window=hosted.context_window or limits.context,
            output_limit=said.output or limits.output,
            deprecated=hosted.deprecated,
            retires_on=said.retires_on or limits.retires_on,
            note=hosted.note,
            source=SOURCE if limits is NO_LIMITS else f"{SOURCE}, {LIST}",
            source_url=hosted.url[:300],
            as_of=AS_OF,
            input_per_million=_decimal(price.get("input_per_million")),
            output_per_million=_decimal(price.get("output_per_million")),
            **known | {"capabilities": " ".join(said.can or limits.can) or known["capabilities"]},
        )
    )


@cache
def _open_by_family() -> dict[str, OpenModel]:
    return {model.family: model for model in reversed(open_models())}


def _weights(family: str, open_model: OpenModel | None) -> dict[str, Any]:
    if open_model is not None:
        return {
            "family": family,
            "maker": open_model.maker,
            "licence": open_model.licence,
            "weights": Weights.OPEN,
            "parameters": open_model.parameters,
            "active_parameters": open_model.active,
            "architecture": dict(open_model.architecture),
            "capabilities": " ".join(open_model.can),
        }
    maker, closed = maker_of(family)
    kind = Weights.UNKNOWN if closed is None else Weights.CLOSED if closed else Weights.OPEN
    return {"family": family[:200], "maker": maker, "weights": kind, "capabilities": ""}


def _searchable(entry: CatalogueModel) -> CatalogueModel:
    words = (entry.name, entry.model, entry.maker, entry.host_label)
    entry.search_text = " ".join(words).lower()[:700]
    return entry


def price_on(prices: Iterable[tuple[date | None, dict[str, Any]]], day: date) -> dict[str, Any] | None:
    """The terms that count on a day: those of the latest start that is not later."""
    begun = [(start or date.min, terms) for start, terms in prices if start is None or start <= day]
    return max(begun, key=lambda price: price[0])[1] if begun else None


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _hide_others(entries: Iterable[CatalogueModel]) -> None:
    kept = {f"{entry.host} {entry.model}" for entry in entries}
    keyed = CatalogueModel.objects.filter(listed=True).annotate(
        key=Concat("host", Value(" "), "model", output_field=CharField())
    )
    gone = [pk for pk, key in keyed.values_list("pk", "key") if key not in kept]
    for start in range(0, len(gone), _BATCH):
        CatalogueModel.objects.filter(pk__in=gone[start : start + _BATCH]).update(listed=False)


def _write_prices(hosted: Iterable[HostedModel]) -> None:
    ids = {(host, model): pk for pk, host, model in CatalogueModel.objects.values_list("pk", *_KEY)}
    prices = [
        CataloguePrice(
            model_id=ids[model.host, model.model[:200]], effective_from=start, terms=terms,
            source=SOURCE, source_url=model.url[:300], as_of=AS_OF,
        )
        for model in hosted
        for start, terms in model.prices
    ]  # fmt: skip
    kept = {(price.model_id, price.effective_from) for price in prices}
    present = CataloguePrice.objects.values_list("pk", "model_id", "effective_from", "terms", "source")
    same = {(row[1], row[2]): row for row in present}
    changed = [
        price
        for price in prices
        if (row := same.get((price.model_id, price.effective_from))) is None
        or (row[3], row[4]) != (price.terms, price.source)
    ]
    stale = [row[0] for key, row in same.items() if key not in kept]
    stale += [same[key][0] for price in changed if (key := (price.model_id, price.effective_from)) in same]
    for start in range(0, len(stale), _BATCH):
        CataloguePrice.objects.filter(pk__in=stale[start : start + _BATCH]).delete()
    CataloguePrice.objects.bulk_create(changed, batch_size=_BATCH)
