"""The product's settings, with a data folder of this test run's own and cheap passwords."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Processes that test side by side share nothing on the disk: a feed's journals, above all, are for one
# database. What a test starts works in its folder.
_shared, _worker = os.environ.get("CROSSOVER_TESTS_DIR"), os.environ.get("PYTEST_XDIST_WORKER")
if "CROSSOVER_DATA_DIR" not in os.environ:
    _folder = tempfile.mkdtemp(prefix="crossover-tests-")
    os.environ |= {"CROSSOVER_TESTS_DIR": _folder, "CROSSOVER_DATA_DIR": _folder}
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
elif _worker and _shared == os.environ["CROSSOVER_DATA_DIR"]:
    _own = Path(_shared) / _worker
    _own.mkdir(mode=0o700, exist_ok=True)
    os.environ["CROSSOVER_DATA_DIR"] = str(_own)

from migration_app.settings import *  # noqa: E402, F403
from migration_app.settings import DATABASES, STORAGES  # noqa: E402

# The manifest is made by `collectstatic`, which a test run does not need.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = True
# Two thousand rows that few tests need: those that do seed it themselves.
SEED_CATALOGUE = False
# The tables as the models have them; the migrations have a test of their own.
DATABASES["default"].setdefault("TEST", {})["MIGRATE"] = False
