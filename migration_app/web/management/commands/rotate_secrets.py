"""manage.py rotate_secrets: encrypt what is secret with the first key of CROSSOVER_FIELD_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from migration_app.candidates.actions import rotate_secrets
from migration_app.workloads.rotating import rotate_masked_values


class Command(BaseCommand):
    help = (
        "Encrypt every stored secret with the first key of CROSSOVER_FIELD_KEYS. "
        "Put a new key first, restart, run this, then drop the old key."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        rotation = rotate_secrets()
        values, lost = rotate_masked_values()
        self.stdout.write(
            f"The secrets of {rotation.done:,} connections and {values:,} masked values of workloads "
            "are now encrypted with the first key."
        )
        if rotation.unreadable or lost:
            names = ", ".join(f"{one.name} ({one.team})" for one in rotation.unreadable) or "no connection"
            raise CommandError(
                f"No key decrypts the secrets of {names}, nor {lost:,} masked values. "
                "Add the key they were encrypted with, or enter these secrets again."
            )
