"""Addresses."""

from django.urls import include, path

urlpatterns = [path("", include("migration_app.web.urls"))]
