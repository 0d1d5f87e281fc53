"""`manage.py seed_catalogue`: the models and prices that come with this version."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from migration_app.candidates.catalogue.seeding import seed_catalogue


class Command(BaseCommand):
    help = "Write the catalogue of models and listed prices. Safe to run again; done at every launch."

    def handle(self, **options: Any) -> None:
        count = seed_catalogue(timezone.localdate())
        if options["verbosity"]:
            self.stdout.write(f"The catalogue has {count:,} models.")
