"""The wizard's page on judges: which models mark the answers, and what that may cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from migration_app.candidates.models import Candidate
from migration_app.candidates.queries import candidates_of, current_price
from migration_app.runs import drafts
from migration_app.runs.judge_estimates import estimate_judging
from migration_app.runs.judge_favour import favour_of, favour_said
from migration_app.runs.models import Assessment
from migration_app.runs.money import from_nanos
from migration_app.runs.plans import plan_of

from .access import team_object_or_404, team_of, writer_required
from .assessment_pages import steps
from .refusals import refusals_on


class JudgesForm(forms.Form):
    """Judges by box, drawn by hand in the template; and the most that judging may cost."""

    judges = forms.MultipleChoiceField(required=False)
    cap = forms.DecimalField(required=False, min_value=Decimal("0.000001"), max_digits=14, decimal_places=6)

    def __init__(self, *args: Any, models: Sequence[Candidate], currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.models = {str(model.pk): model for model in models}
        judges = self.fields["judges"]
        assert isinstance(judges, forms.ChoiceField)
        judges.choices = [(key, model.label) for key, model in self.models.items()]
        self.fields["cap"].label = _("Stop judging if it costs more than ({currency})").format(
            currency=currency
        )
        self.fields["cap"].help_text = _(
            "On top of the test's own cap. Left empty: only the team's cap holds."
        )

    def chosen(self) -> list[Candidate]:
        return [self.models[key] for key in self.cleaned_data["judges"]]


@writer_required
def assessment_judges(request: HttpRequest, pk: UUID) -> HttpResponse:
    rows = Assessment.objects.select_related("workload", "baseline__connection", "team")
    draft = team_object_or_404(request, rows, pk)
    if draft.frozen_at:
        return redirect("assessment", pk)
    models = list(candidates_of(team_of(request)))
    cap = draft.judging.get("cap_nanos")
    initial = {"judges": draft.judging.get("judges", []), "cap": None if cap is None else from_nanos(cap)}
    form = JudgesForm(request.POST or None, models=models, currency=draft.currency, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form, "judges"):
            drafts.choose_judges(assessment=draft, judges=form.chosen(), cap=form.cleaned_data["cap"])
            return redirect("assessment-check", pk)
    return render(request, "assessments/judges.html", _describe(draft, form))


def _describe(draft: Assessment, form: JudgesForm) -> dict[str, Any]:
    ticked = set(form["judges"].value() or ())
    candidates = plan_of(draft).candidates
    return {
        "assessment": draft,
        "form": form,
        "steps": steps(draft, "rules"),
        "estimates": estimate_judging(draft),
        "rows": [
            {
                "model": model,
                "price": current_price(model),
                "ticked": key in ticked,
                "warning": favour_said(favour_of(model, candidates)),
            }
            for key, model in form.models.items()
        ],
    }


urlpatterns = [path("assessments/<uuid:pk>/judges/", assessment_judges, name="assessment-judges")]
