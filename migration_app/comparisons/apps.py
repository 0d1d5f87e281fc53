from django.apps import AppConfig


class ComparisonsConfig(AppConfig):
    name = "migration_app.comparisons"
    label = "comparisons"
