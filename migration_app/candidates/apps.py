from django.apps import AppConfig


class CandidatesConfig(AppConfig):
    name = "migration_app.candidates"
    label = "candidates"
