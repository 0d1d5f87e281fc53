"""Settings. Everything that differs between machines comes from the environment; see README."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

from .databases import database_at
from .keys import key_from


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(int(default))).strip().lower() in {"1", "true", "yes", "on"}


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


# Workers share few cores, and none multiplies large matrices: threads of numpy's would only spin.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("CROSSOVER_DATA_DIR", BASE_DIR / "var"))
# Uploads, answers, sessions and the database are in it: made for its owner alone. A folder that is
# there already keeps the modes its operator chose.
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)

DEBUG = _flag("CROSSOVER_DEBUG")
SECRET_KEY = key_from("CROSSOVER_SECRET_KEY", DATA_DIR / "keys" / "django", get_random_secret_key)
# Encrypts vendors' keys. Separate from Django's; the first of the list encrypts, all decrypt.
FIELD_KEYS = key_from(
    "CROSSOVER_FIELD_KEYS", DATA_DIR / "keys" / "fields", lambda: Fernet.generate_key().decode()
).split(",")

ALLOWED_HOSTS = _list("CROSSOVER_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _list("CROSSOVER_TRUSTED_ORIGINS")
# Where connections may reach inside private networks: "CIDR:port" or "CIDR", comma-separated.
PRIVATE_ADDRESSES = _list("CROSSOVER_PRIVATE_ADDRESSES")

# Models that this installation offers to every team, for a first try (candidates.starters).
STARTER_MODELS = os.environ.get("CROSSOVER_STARTER_MODELS", DATA_DIR / "starter-models.json")

# Set on a server that is reached over HTTPS; a laptop's demo speaks plain HTTP on loopback.
HTTPS = _flag("CROSSOVER_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# The proxy must set X-Forwarded-Proto itself and add the visitor to X-Forwarded-For.
BEHIND_PROXY = _flag("CROSSOVER_BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = "Lax"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "migration_app.accounts",
    "migration_app.workloads",
    "migration_app.candidates",
    "migration_app.runs",
    "migration_app.scoring",
    "migration_app.comparisons",
    "migration_app.reports",
    "migration_app.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "migration_app.web.middleware.CompressPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "migration_app.web.middleware.TeamMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "migration_app.urls"
WSGI_APPLICATION = "migration_app.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "migration_app.web.context.team",
            ],
            "loaders": [
                ("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])
            ]
            if not DEBUG
            else ["django.template.loaders.filesystem.Loader"],
        },
    }
]

DATABASES = {
    "default": database_at(os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'crossover.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: the feed writes from a thread of its own.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "migration_app.accounts.throttling.AddressCeiling",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "assessments"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
SIGN_IN_FAILURES_PER_ADDRESS = 100  # under all names together, in the same time
AXES_CLIENT_IP_CALLABLE = "migration_app.accounts.visitors.address_of"
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
# Each under its own name, and offered once all its texts are there: half a page in each is worse than none.
LANGUAGES = [("en", "English"), ("pt-br", "Português (Brasil)")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # a choice is remembered, not asked again with each browser session
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = os.environ.get("CROSSOVER_TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_ROOT = DATA_DIR / "media"  # uploads and reports; served by views that check the team, never by URL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
FILE_UPLOAD_PERMISSIONS = 0o600
# Beside where they will lie, so that keeping a file of a gigabyte moves it and copies nothing.
FILE_UPLOAD_TEMP_DIR = MEDIA_ROOT / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
FILE_UPLOAD_HANDLERS = ["migration_app.web.upload_limits.LimitedUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # Plotly writes style attributes; scripts stay strict.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None  # nothing is awaited through results
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "stages"
CELERY_TASK_ROUTES = {"feed": {"queue": "feeds"}}
# A hint is worth a second of a person's time, not more: the reconciler sends it again.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0.1, "interval_max": 0.3}
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 10}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# KB. A process that drew charts and wrote a PDF gives its memory back by making room for a fresh one.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 150_000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its message server as long as it takes
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# The replay engine. Seconds, on the database's clock.
LEASE_SECONDS = float(os.environ.get("CROSSOVER_LEASE_SECONDS", "9"))
FEED_SLICE_SECONDS = float(os.environ.get("CROSSOVER_FEED_SLICE_SECONDS", "45"))
CALL_DEADLINE_SECONDS = float(os.environ.get("CROSSOVER_CALL_DEADLINE_SECONDS", "120"))
IDLE_STREAM_SECONDS = float(os.environ.get("CROSSOVER_IDLE_STREAM_SECONDS", "30"))
# Answers on their way to the database; a folder of this machine's own, where the data folder is shared.
JOURNAL_DIR = os.environ.get("CROSSOVER_JOURNAL_DIR", DATA_DIR / "spool")
# A model that answers nothing for so long is stopped, with a sentence, until a person goes on.
OUTAGE_SECONDS = float(os.environ.get("CROSSOVER_OUTAGE_SECONDS", "900"))
# How often each worker that does stages looks for what a crash left behind.
RECONCILE_SECONDS = float(os.environ.get("CROSSOVER_RECONCILE_SECONDS", "3"))
# Write the catalogue of models and listed prices whenever the tables are migrated.
SEED_CATALOGUE = True
FEEDS_PER_LANE = int(os.environ.get("CROSSOVER_FEEDS_PER_LANE", "1"))
# Files up to this size are read while the person waits; a worker reads larger ones, so many at a time.
IMPORT_AT_ONCE_BYTES = int(os.environ.get("CROSSOVER_IMPORT_AT_ONCE_BYTES", "1000000"))
IMPORTS_AT_ONCE = int(os.environ.get("CROSSOVER_IMPORTS_AT_ONCE", "1"))
UPLOAD_MAX_BYTES = int(os.environ.get("CROSSOVER_UPLOAD_MAX_BYTES", str(2_000_000_000)))
UPLOAD_MAX_UNPACKED_BYTES = 2 * UPLOAD_MAX_BYTES  # of a gzip or zip archive

# Mail, where a host is given: a run that is over announces itself to whoever started it.
EMAIL_HOST = os.environ.get("CROSSOVER_EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("CROSSOVER_EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("CROSSOVER_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("CROSSOVER_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = _flag("CROSSOVER_EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("CROSSOVER_EMAIL_FROM", "crossover@localhost")
# Where people reach this server, for links in mail: https://crossover.example.com
PUBLIC_URL = os.environ.get("CROSSOVER_PUBLIC_URL", next(iter(CSRF_TRUSTED_ORIGINS), ""))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"links": {"()": "migration_app.kept_out_of_logs.HideLinks"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["links"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("CROSSOVER_LOG_LEVEL", "INFO")},
}
