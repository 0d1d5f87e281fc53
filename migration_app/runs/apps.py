from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "migration_app.runs"
    label = "runs"
