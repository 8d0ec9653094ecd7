"""Settings that every kind of start shares."""

from pathlib import Path

from headway.config.settings.sign_in import *  # noqa: F403
from headway.kernel import settings as headway_settings
from headway.kernel.database.address import database_settings

HEADWAY = headway_settings.read()
PACKAGE = Path(__file__).resolve().parents[2]

DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "headway.config.urls"
WSGI_APPLICATION = "headway.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
HEADWAY_PERMISSION_TABLE = PACKAGE / "areas" / "permissions.toml"

AREAS = [
    "headway.areas.people",
    "headway.areas.files",
    "headway.areas.desk",
    "headway.areas.comms",
    "headway.areas.approvals",
    "headway.areas.metrics",
    "headway.areas.projects",
    "headway.areas.schedule",
    "headway.areas.deliverables",
    "headway.areas.hours",
    "headway.areas.programme",
    "headway.areas.method",
    "headway.areas.capacity",
    "headway.areas.scope",
    "headway.areas.estimates",
    "headway.areas.budgets",
    "headway.areas.portfolio",
]

INSTALLED_APPS = [
    "headway.kernel",
    *AREAS,
    "headway.interfaces.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "headway.config",
]

MIDDLEWARE = [
    "headway.interfaces.web.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "headway.interfaces.web.static_files.ServedFiles",
    "django.middleware.gzip.GZipMiddleware",  # pads its answers, so that their length tells no secret
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "headway.interfaces.web.sessions.SessionLife",
    "headway.interfaces.web.typed.AcceptedForms",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "headway.interfaces.web.accounts.second_factor.SecondFactorFirst",
    "headway.interfaces.web.errors.ExpectedFailures",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "headway.interfaces.web.context.frame",
            ],
        },
    }
]

DATABASES = {"default": database_settings(HEADWAY.database_url, HEADWAY.home)}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "long"]}}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "en-us"
USE_I18N = False
TIME_ZONE = HEADWAY.time_zone
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the packages themselves: nothing to collect before a start
WHITENOISE_MAX_AGE = 365 * 24 * 3600  # an address names its content's version
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "headway.interfaces.web.static_files.VersionedFiles"},
}
FILE_UPLOAD_HANDLERS = ["headway.interfaces.transfers.Quota"]  # stops reading what is too large
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
EMAIL_BACKEND = "headway.config.system_mail.OutboxBackend"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["err"], "level": "WARNING"},
}
