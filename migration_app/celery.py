"""Celery carries hints; the database holds the truth.

Two queues, so that a feed (which keeps its process for a slice of a minute) never stands in
the way of the short stages: `feeds` and `stages`.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migration_app.settings")
# A worker answers no page; Django's checks would load them all into each. `make check` runs them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("crossover")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["migration_app.pipeline"])
app.steps["consumer"].add("migration_app.pipeline.pulse:Pulse")
