from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "migration_app.web"
    label = "web"
