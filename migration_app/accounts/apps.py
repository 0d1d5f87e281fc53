from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "migration_app.accounts"
    label = "accounts"
