from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate


class CandidatesConfig(AppConfig):
    name = "migration_app.candidates"
    label = "candidates"

    def ready(self) -> None:
        post_migrate.connect(_seed_catalogue, sender=self)


def _seed_catalogue(using: str, apps: Any = None, **_: Any) -> None:
    """The catalogue comes with the tables, so that a server is complete after `migrate`.

    apps: as they are once migrated; a `flush` tells of none, and leaves every table there.
    """
    from django.utils import timezone

    from .catalogue.seeding import seed_catalogue

    models = [] if apps is None else apps.get_models()
    migrated_back = apps is not None and not any(model.__name__ == "CatalogueSeed" for model in models)
    if settings.SEED_CATALOGUE and using == "default" and not migrated_back:
        seed_catalogue(timezone.localdate())
