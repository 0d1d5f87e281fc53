"""The wizard, the list of assessments, and a run in every state."""

from __future__ import annotations

from django.urls import reverse

from migration_app.runs.models import RunState
from tests.builders import a_candidate

from .team import World, a_full_team

STEPS = ("options", "rules", "judges", "check")


def questions() -> dict[str, str]:
    world = a_full_team()
    draft = world.question(name="A draft")
    new = reverse("assessment-new")
    return {
        "assessment-new": new,
        "assessment-new-options": f"{new}?workload={world.workload.pk}",
        **{f"assessment-{step}": reverse(f"assessment-{step}", args=[draft.pk]) for step in STEPS},
        **_runs(world),
        "assessments": reverse("assessments"),
        "team": reverse("team"),
    }


def _runs(world: World) -> dict[str, str]:
    run = world.finished(name="Finished")
    newcomer = a_candidate(world.models[0].connection, "kite 3b", label="Kite 3B")
    more = reverse("run-more", args=[run.pk])
    states = [state for state in RunState.values if state != RunState.FINISHED]
    runs = {state: world.run_that_is(state) for state in states}
    return {
        "run": reverse("run", args=[run.pk]),
        "run-more": f"{more}?what=candidate&model={newcomer.pk}",
        **{f"run-{state}": reverse("run", args=[run.pk]) for state, run in runs.items()},
        "assessment-again": reverse("assessment-check", args=[runs["cancelled"].assessment_id]),
        "results-waiting": reverse("results", args=[runs["running"].pk]),
        "results-cancelled": reverse("results", args=[runs["cancelled"].pk]),
    }
