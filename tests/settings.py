"""The product's settings, with a data folder of this test run's own and cheap passwords."""

import atexit
import os
import shutil
import tempfile

if "CROSSOVER_DATA_DIR" not in os.environ:
    _folder = tempfile.mkdtemp(prefix="crossover-tests-")
    os.environ["CROSSOVER_DATA_DIR"] = _folder
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from migration_app.settings import *  # noqa: E402, F403
from migration_app.settings import STORAGES  # noqa: E402

# The manifest is made by `collectstatic`, which a test run does not need.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = True
# Two thousand rows that few tests need: those that do seed it themselves.
SEED_CATALOGUE = False
