"""manage.py add_person ALICE --team "Support": a new person with a generated password."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from migration_app.accounts.actions import CannotAddPerson, add_person
from migration_app.accounts.models import Role, User


class Command(BaseCommand):
    help = "Add a person to a team (made when there is none of that name) and print a generated password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--team", default="My team")
        parser.add_argument("--role", choices=[role.value for role in Role], default=Role.EDITOR.value)
        parser.add_argument("--if-nobody", action="store_true", help="do nothing when anybody exists")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_nobody"] and User.objects.exists():
            return
        name = options["username"]
        try:
            password = add_person(username=name, team_name=options["team"], role=options["role"])
        except CannotAddPerson as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"User {name}, password {password}")
