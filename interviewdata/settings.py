"""Settings, all of them from the environment; README lists the variables."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from interviewdata.common import env
from interviewdata.common.local_secret import local_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
env.load_dotenv(BASE_DIR / ".env")

# --- Where it runs ---------------------------------------------------------------------------
DEBUG = env.boolean("DEBUG", default=False)
DATA_DIR = env.path("DATA_DIR", BASE_DIR)
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY: is required when DEBUG is off. Set it to 50 or more random characters, "
            'for example from: python -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    SECRET_KEY = local_secret_key(DATA_DIR)

ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS")
PUBLIC_ORIGINS = env.origins("PUBLIC_ORIGINS")
CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS")
CSRF_TRUSTED_ORIGINS = PUBLIC_ORIGINS
BEHIND_TLS_PROXY = env.boolean("BEHIND_TLS_PROXY", default=False)
if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Cookies and redirects insist on TLS as soon as the public address does.
SERVED_OVER_TLS = bool(PUBLIC_ORIGINS) and all(o.startswith("https://") for o in PUBLIC_ORIGINS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SERVED_OVER_TLS
SECURE_HSTS_SECONDS = 31_536_000 if SERVED_OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SERVED_OVER_TLS
SECURE_REFERRER_POLICY = "same-origin"

# --- Who may do what -------------------------------------------------------------------------
OPEN_API = env.boolean("OPEN_API", default=False)
ADMISSION = env.choice("ADMISSION", ("open", "invite", "staff"), default="open")
EMOTION_ANALYSIS = env.boolean("EMOTION_ANALYSIS", default=True)
ANSWERING_GRACE_DAYS = 7
READING_AFTER_COMPLETION_HOURS = 24
# An interview that gave no sign of life for so long is marked abandoned (`mark_abandoned`).
ABANDONED_AFTER_MINUTES = env.integer(
    "ABANDONED_AFTER_MINUTES", default=120, minimum=5, maximum=525_600
)

# A group of fewer people is not told apart in the adverse-impact report.
SMALLEST_GROUP_SHOWN = env.integer("SMALLEST_GROUP_SHOWN", default=5, minimum=3, maximum=1000)

# --- Limits, announced in the schema and answered with 413 ------------------------------------
MAX_JSON_BYTES = 16 * 1024 * 1024
MAX_AUDIO_MB = env.integer("MAX_AUDIO_MB", default=100, minimum=1, maximum=2048)
MAX_AUDIO_BYTES = MAX_AUDIO_MB * 1024 * 1024
# Recordings that arrive in parts, of one interview and not yet used by an answer.
MAX_OPEN_UPLOADS = env.integer("MAX_OPEN_UPLOADS", default=20, minimum=1, maximum=1000)
MAX_UPLOADS_MB = env.integer(
    "MAX_UPLOADS_MB", default=10 * MAX_AUDIO_MB, minimum=1, maximum=1_000_000
)
MAX_UPLOAD_PART_BYTES = 16 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_JSON_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_PERMISSIONS = 0o640

# --- The house -------------------------------------------------------------------------------
ROOT_URLCONF = "interviewdata.urls"
WSGI_APPLICATION = "interviewdata.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "rest_framework",
    "csp",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_tasks",
    "django_tasks_db",
    "interviewdata.apps.LoginsConfig",
    "sessions.apps.InterviewSessionsConfig",
    "analytics.apps.AnalyticsConfig",
    "interviewdata.apps.InterviewDataConfig",
]
# The API needs neither logins' middleware nor forms': its requests pass only the first three.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "interviewdata.common.gate.ApiGate",
    "interviewdata.common.pages_only.PageSessionMiddleware",
    "interviewdata.common.pages_only.PageLocaleMiddleware",
    "interviewdata.common.pages_only.PageCommonMiddleware",
    "interviewdata.common.pages_only.PageCsrfMiddleware",
    "interviewdata.common.pages_only.PageAuthenticationMiddleware",
    "interviewdata.common.pages_only.PageMessageMiddleware",
    "interviewdata.common.pages_only.PageXFrameOptionsMiddleware",
    "interviewdata.common.pages_only.PageCSPMiddleware",
    "interviewdata.common.zone.ReaderZoneMiddleware",
    "interviewdata.common.pages_only.PageAxesMiddleware",
]
# These look for the class names of Django and axes; ours are subclasses of them, which the check
# interviewdata.E002 makes sure of. models.W040: SQLite does without the further columns that an
# index on PostgreSQL carries.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W003", "axes.W002", "models.W040"]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTHENTICATION_BACKENDS = ["interviewdata.common.staff_backend.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# A name is locked at one address, not everywhere: nobody can lock others out of their account.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = env.integer("LOGIN_FAILURES_BEFORE_LOCK", default=5, minimum=1, maximum=1000)
AXES_COOLOFF_TIME = timedelta(
    minutes=env.integer("LOGIN_LOCK_MINUTES", default=15, minimum=1, maximum=10_080)
)
PROXIES_IN_FRONT = env.integer("PROXIES_IN_FRONT", default=0, minimum=0, maximum=10)
AXES_CLIENT_IP_CALLABLE = "interviewdata.common.client_address.client_address"
AXES_USERNAME_CALLABLE = "interviewdata.common.login_lock.name_tried"
AXES_LOCKOUT_CALLABLE = "interviewdata.common.login_lock.locked_reply"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # a lock ends when its page said it would
AXES_DISABLE_ACCESS_LOG = True  # who looked at what is in access_records; logins alone say little
AXES_ENABLE_ADMIN = False  # sessions.admin.logins has a page in our words
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken"]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "home"
SESSION_ENGINE = "interviewdata.common.browser_session"
# Over TLS the prefix has browsers refuse these cookies from a sibling domain, which could
# otherwise plant a browser id of its own and read the interviews made under it.
_COOKIE_PREFIX = "__Host-" if SERVED_OVER_TLS else ""
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}interviewdata_session"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_AGE = 30 * 86_400
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True

# --- Data ------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a deferred writer meets "database is locked"
        "timeout": 20,
        # FULL: an acknowledged answer survives a power cut. secure_delete: erased means erased.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
            "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
        ),
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {})
    DATABASES["default"]["OPTIONS"] |= {
        # Every statement is planned once a connection and its values travel apart from it.
        "server_side_binding": True,
        "prepare_threshold": 0,
    }
DATABASES["default"]["TEST"] = (
    {"NAME": DATA_DIR / "test.sqlite3"}  # a file: several threads share it
    if DATABASES["default"]["ENGINE"].endswith("sqlite3")
    else {}
)
DATABASES["default"]["CONN_MAX_AGE"] = None  # a new connection a request costs eight times more
if env.text("DATABASE_REPLICA_URL"):
    DATABASES["replica"] = env.database("DATABASE_REPLICA_URL", "")
    DATABASES["replica"]["CONN_MAX_AGE"] = None
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
    DATABASE_ROUTERS = ["interviewdata.common.replica.ReplicaRouter"]

MEDIA_ROOT = env.path("MEDIA_ROOT", DATA_DIR / "media")
MEDIA_URL = ""  # audio is served by a view that checks permission, never by URL
_bucket = env.storage("STORAGE_URL")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "interviewdata.common.storage.DurableFileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "interviewdata.common.static_files.HashedModuleStorage"
    },
}
if _bucket:
    STORAGES["default"] = {
        "BACKEND": "interviewdata.common.object_storage.AudioBucket",
        "OPTIONS": {
            "bucket_name": _bucket["bucket"],
            "location": _bucket.get("prefix", ""),
            "endpoint_url": _bucket.get("endpoint"),
            "region_name": _bucket.get("region"),
            "access_key": _bucket.get("access_key"),
            "secret_key": _bucket.get("secret_key"),
        },
    }

REDIS_URL = env.redis_url("REDIS_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# --- Work in the background (`manage.py work`) ------------------------------------------------
# The queue is only a bell: what is to be done stands in analysis_jobs, wherever the queue is.
ANALYSIS = env.boolean("ANALYSIS", default=True)
TASKS_URL = env.redis_url("TASKS_URL", package="django_tasks_rq")
TASKS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django_tasks_rq.RQBackend" if TASKS_URL else "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default"],
    }
}
if TASKS_URL:
    INSTALLED_APPS.append("django_rq")
    RQ_QUEUES = {"default": {"URL": TASKS_URL}}

# --- Events as they happen: the address of the process that keeps streams open, if one runs -----
EVENTS_URL = next(iter(env.origins("EVENTS_URL")), "")
MOST_STREAMS = env.integer("MOST_STREAMS", default=1000, minimum=1, maximum=100_000)

# --- Questions from a language model, off until an address is set -----------------------------
QUESTIONS_LLM_URL = env.http_url("QUESTIONS_LLM_URL")
QUESTIONS_LLM_MODEL = env.text("QUESTIONS_LLM_MODEL", "gpt-4o-mini")
QUESTIONS_LLM_KEY = env.text("QUESTIONS_LLM_KEY")
QUESTIONS_LLM_TIMEOUT = env.number("QUESTIONS_LLM_TIMEOUT", default=20, minimum=0.1, maximum=120)

# --- Drafts of feedback by a language model, off until an address is set ----------------------
DRAFTS_LLM_URL = env.http_url("DRAFTS_LLM_URL")
DRAFTS_LLM_MODEL = env.text("DRAFTS_LLM_MODEL", "gpt-4o-mini")
DRAFTS_LLM_KEY = env.text("DRAFTS_LLM_KEY")
DRAFTS_LLM_TIMEOUT = env.number("DRAFTS_LLM_TIMEOUT", default=60, minimum=0.1, maximum=600)

# --- Speech to text: on this machine, or by an endpoint that is named here ---------------------
TRANSCRIPTION = env.choice("TRANSCRIPTION", ("auto", "off", "whisper", "endpoint"), default="auto")
# None: the model that requirements-speech.txt brings along.
TRANSCRIPTION_MODEL = (
    env.path("TRANSCRIPTION_MODEL", BASE_DIR) if env.text("TRANSCRIPTION_MODEL") else None
)
TRANSCRIPTION_THREADS = env.integer("TRANSCRIPTION_THREADS", default=1, minimum=1, maximum=64)
TRANSCRIPTION_LANGUAGE = env.language("TRANSCRIPTION_LANGUAGE")
TRANSCRIPTION_URL = env.http_url("TRANSCRIPTION_URL")
TRANSCRIPTION_KEY = env.text("TRANSCRIPTION_KEY")
TRANSCRIPTION_MODEL_NAME = env.text("TRANSCRIPTION_MODEL_NAME", "whisper-1")
TRANSCRIPTION_TIMEOUT = env.number("TRANSCRIPTION_TIMEOUT", default=300, minimum=1, maximum=3600)
if TRANSCRIPTION == "endpoint" and not TRANSCRIPTION_URL:
    raise ImproperlyConfigured(
        "TRANSCRIPTION_URL: is required with TRANSCRIPTION=endpoint. Set it to the base address of "
        "the endpoint, such as https://models.example.org/v1."
    )

# --- Static files, language, time ------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", DATA_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = False
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "interviewdata" / "locale"]
FORMAT_MODULE_PATH = ["interviewdata.formats"]
LANGUAGE_COOKIE_NAME = f"{_COOKIE_PREFIX}language"
LANGUAGE_COOKIE_AGE = 365 * 86_400
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = SERVED_OVER_TLS
USE_TZ = True
TIME_ZONE = "UTC"

# --- API -------------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["interviewdata.common.nobody.Nobody"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "interviewdata.common.wire.replies.exception_reply",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": False,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Interview data",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "PREPROCESSING_HOOKS": ["interviewdata.openapi.hooks.with_heads"],
    "POSTPROCESSING_HOOKS": ["interviewdata.openapi.hooks.finish"],
    "GET_LIB_DOC_EXCLUDES": "interviewdata.openapi.hooks.without_words",
    # The badge of Swagger UI's validator would call an outside host.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'", *filter(None, [EVENTS_URL])],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Log -------------------------------------------------------------------------------------
LOG_LEVEL = env.choice(
    "LOG_LEVEL", ("debug", "info", "warning", "error", "critical"), default="info"
).upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # A line for each task and each look into the queue would hide what matters.
    "loggers": {
        name: {"level": "WARNING"} for name in ("django_tasks", "django_tasks_db", "faster_whisper")
    },
}
