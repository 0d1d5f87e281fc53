"""manage.py rotate_secrets: encrypt vendors' secrets with the first key of CROSSOVER_FIELD_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from migration_app.candidates.actions import rotate_secrets


class Command(BaseCommand):
    help = (
        "Encrypt every stored secret with the first key of CROSSOVER_FIELD_KEYS. "
        "Put a new key first, restart, run this, then drop the old key."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        rotation = rotate_secrets()
        self.stdout.write(f"Encrypted the secrets of {rotation.done} connections with the first key.")
        if rotation.unreadable:
            names = ", ".join(f"{one.name} ({one.team})" for one in rotation.unreadable)
            raise CommandError(
                f"No key decrypts the secrets of {names}. "
                "Add the key they were encrypted with, or enter these secrets again."
            )
