"""`python -m bench.site`: a team with a finished test of eight models and one that is going on.

In a process of its own, on the data folder of the environment. Prints one JSON line: the addresses of
the pages, and the password of dana, who may see them.
"""

from __future__ import annotations

import json
import os


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migration_app.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    print(json.dumps(_made()))


def _made() -> dict[str, str]:
    from django.urls import reverse

    from migration_app.accounts.actions import reset_password
    from migration_app.reports.actions import make_pdf
    from migration_app.runs.actions import start_run
    from tests.builders import a_candidate, a_connection, a_question, a_team, a_workload, person
    from tests.reports.finished import every, finished, right

    team = a_team("Acme", owner="dana")
    workload = a_workload(team, 400, categories=("routing", "sentiment", "extraction", "passage"))
    connection = a_connection(team, "http://127.0.0.1:9/v1", name="Northwind AI")
    names = ["Aurora Large 3", *(f"Alternative {number}" for number in range(1, 8))]
    models = [a_candidate(connection, name.lower(), label=name) for name in names]
    speech = {name: right if number < 2 else every(30 // number) for number, name in enumerate(names)}
    asked = {"requests_per_month": 3_100_000}
    run = finished(a_question(team, workload, *models, name="Support assistant", **asked), speech)
    make_pdf(report=run.reports.get())
    question = a_question(team, workload, *models, name="Going on")
    going = start_run(assessment=question, user=person("dana")).run
    return {
        "summary": reverse("results", args=[run.pk]),
        "evidence": reverse("evidence", args=[run.pk]),
        "run": reverse("run", args=[going.pk]),
        "password": reset_password(user=person("dana")),
    }


if __name__ == "__main__":
    main()
