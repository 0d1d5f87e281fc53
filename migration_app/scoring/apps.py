from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "migration_app.scoring"
    label = "scoring"
