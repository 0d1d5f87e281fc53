"""The pages. One view module per noun, each with its own `urlpatterns`."""

from importlib import import_module

_NOUNS = (
    "auth",
    "team",
    "assessments",
    "first_use",
    "assessment_judges",
    "assessment_trial",
    "workloads",
    "uploads",
    "columns",
    "import_pages",
    "connections",
    "candidates",
    "catalogue",
    "hosting",
    "prices",
    "exchange",
    "terms",
    "runs",
    "run_more",
    "results",
    "reviews",
    "files",
    "shares",
    "shared",
)

urlpatterns = [
    pattern for noun in _NOUNS for pattern in import_module(f"migration_app.web.{noun}").urlpatterns
]
