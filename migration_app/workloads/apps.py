from django.apps import AppConfig


class WorkloadsConfig(AppConfig):
    name = "migration_app.workloads"
    label = "workloads"
