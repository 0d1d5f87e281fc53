"""The pages. One view module per noun."""

from django.urls import path

urlpatterns: list = []
