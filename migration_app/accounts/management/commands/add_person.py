"""manage.py add_person ALICE --team "Support": a person for a team, mostly a new one."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from migration_app.accounts.actions import add_person, add_to_team
from migration_app.accounts.errors import CannotAddPerson
from migration_app.accounts.models import Role, User


class Command(BaseCommand):
    help = "Add a person to a team (made when there is none of that name); new ones get a printed password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--team", default="My team")
        parser.add_argument("--role", choices=[role.value for role in Role], default=Role.EDITOR.value)
        parser.add_argument("--existing", action="store_true", help="the person has an account already")
        parser.add_argument("--if-nobody", action="store_true", help="do nothing when anybody exists")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_nobody"] and User.objects.exists():
            return
        name = options["username"]
        wish = {"username": name, "team_name": options["team"], "role": options["role"]}
        try:
            if options["existing"]:
                add_to_team(**wish)
                self.stdout.write(f"User {name} is in {options['team']} too.")
            else:
                self.stdout.write(f"User {name}, password {add_person(**wish)}")
        except CannotAddPerson as error:
            raise CommandError(str(error)) from None
