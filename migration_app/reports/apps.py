from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "migration_app.reports"
    label = "reports"
