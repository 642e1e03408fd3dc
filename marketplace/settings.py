"""All settings. What differs between machines comes from the environment, and only here.

Three ways to run: production (nothing set: every secret must be given), `DEMO=1` (a town to try
out: keys are made once in `.var/`) and `DEBUG=1` (the same for developing, with Django's admin).
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from marketplace import sqlite  # first: decides which SQLite Django finds
from marketplace.core import demo_keys, logs

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", "") or BASE_DIR / ".var")
DEMO = env.bool("DEMO", False)
DEBUG = env.bool("DEBUG", False)
PRODUCTION = not (DEMO or DEBUG)

REQUIRED = {
    "SECRET_KEY": "sessions and forms are signed with it",
    "LINK_KEY": "the secret links in mails are made with it",
    "BASE_URL": "mails need the address of this installation, beginning with https://",
    "DATABASE_URL": "reservations must lie in a database that somebody backs up",
    "EMAIL_URL": "shoppers wait for mails",
}
if PRODUCTION:
    for name, why in REQUIRED.items():
        if not env.str(name, ""):
            raise ImproperlyConfigured(
                f"{name} is not set: {why}. To try the town out without any setting, use DEMO=1."
            )
    for name in ("SECRET_KEY", "LINK_KEY"):
        if len(env.str(name)) < 32:
            raise ImproperlyConfigured(f"{name} is shorter than 32 characters and can be guessed.")
    if env.str("SECRET_KEY") == env.str("LINK_KEY"):
        raise ImproperlyConfigured("LINK_KEY equals SECRET_KEY: losing one must not lose both.")
    if not env.str("BASE_URL").startswith("https://"):
        raise ImproperlyConfigured("BASE_URL does not begin with https://.")
else:
    (VAR_DIR / "static").mkdir(parents=True, exist_ok=True)

_keys = {} if PRODUCTION else demo_keys.load(VAR_DIR / "demo-keys.json")
SECRET_KEY = env.str("SECRET_KEY", "") or _keys["SECRET_KEY"]
LINK_KEY = env.str("LINK_KEY", "") or _keys["LINK_KEY"]
BASE_URL = env.str("BASE_URL", "") or f"http://localhost:{env.int('PORT', 8000)}"
#: The one host `/cms/` answers on; empty means every city's host.
ADMIN_HOST = env.str("ADMIN_HOST", "").lower()
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)

# --- apps -----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "shops",
    "cms",
    "marketplace.core",
    "marketplace.payments",
    "marketplace.reservations",
    "marketplace.api",
    "marketplace.retail",
    "marketplace.operations",
    "marketplace.workbench",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "cms.apps.PeopleConfig",  # wagtail.users, with our User's one name
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
if DEBUG:
    INSTALLED_APPS.append("django.contrib.admin")

#: From the outside in: the first three dress every answer, the next four decide whether to listen.
MIDDLEWARE = [
    "marketplace.core.middleware.requests.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "marketplace.core.middleware.compress.CompressMiddleware",  # sees what the next one decided
    "marketplace.core.middleware.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "marketplace.core.middleware.language.LanguageMiddleware",
    "marketplace.core.middleware.guard.GuardMiddleware",
    "shops.middleware.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "marketplace.core.middleware.refused.RefusedMiddleware",
]

ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

#: Widgets take our templates too: some of Wagtail's begin with an inline script (`cms.desk`).
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- rows -----------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
_database = DATABASES["default"]
# Never ATOMIC_REQUESTS: on SQLite every page view would take the write lock.
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["ENGINE"] = sqlite.ENGINE
    _database["OPTIONS"] = sqlite.options()
    # Opening the file, setting it up and closing it again would cost more than most questions.
    _database["CONN_MAX_AGE"] = sqlite.KEEP
    _file = Path(_database["NAME"])
    DATABASES["cache"] = {
        "ENGINE": sqlite.ENGINE,
        "NAME": _file.with_name(f"{_file.stem}-cache{_file.suffix}"),
        "OPTIONS": sqlite.options(patience=5),
        "CONN_MAX_AGE": sqlite.KEEP,
        "TEST": {"MIGRATE": False},
    }
    DATABASE_ROUTERS = ["marketplace.core.cache.CacheRouter"]
else:
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", 16), "timeout": 20},
        # Milliseconds. A waiting claim gives up before the shopper does; migrations raise theirs.
        "options": " ".join(
            (
                f"-c lock_timeout={env.int('LOCK_TIMEOUT', 3_000)}",
                f"-c statement_timeout={env.int('STATEMENT_TIMEOUT', 10_000)}",
                "-c idle_in_transaction_session_timeout=15000",
            )
        ),
    }

CACHE_URL = env.str("CACHE_URL", "")
if CACHE_URL.startswith(("redis://", "rediss://", "unix://")):
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": CACHE_URL,
            "KEY_PREFIX": "stadtregal",
        }
    }
elif CACHE_URL:
    raise ImproperlyConfigured("CACHE_URL begins with none of redis://, rediss:// and unix://.")
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache_entries",
            "OPTIONS": {"MAX_ENTRIES": 50_000},
        }
    }

# Rows of made pictures, which Wagtail looks for here on every page and writes back each time it has
# found them. Their keys carry the file's hash, so what another process keeps is never wrong.
CACHES["renditions"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "renditions",
    "TIMEOUT": 600,
    "OPTIONS": {"MAX_ENTRIES": 2_000},
}

_backend = env.str("TASKS_BACKEND", "django_tasks_db.DatabaseBackend")
TASKS = {"default": {"BACKEND": _backend, "QUEUES": ["default", "mail", "pictures"]}}

# --- language, time, files ------------------------------------------------------------------------

#: The language of paths without prefix. Only the path decides: no cookie, no Accept-Language.
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
FORMAT_MODULE_PATH = "marketplace.core.formats"
LOCALE_PATHS = [BASE_DIR / "marketplace" / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "marketplace" / "static"]
STATICFILES_FINDERS = [
    "marketplace.core.bundles.Bundles",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
#: Sheets that pages link; what they import is put in (`marketplace.core.bundles`).
BUNDLES = ["css/site.css", "css/rooms.css"]
#: LAW: official drawings (`core.official`): path below static/ and SHA-256, a comma between.
OFFICIAL = {name: env.list(name, default=[]) for name in ("GUARANTEE_NOTICE", "GUARANTEE_LABEL")}
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = not PRODUCTION
FILE_UPLOAD_PERMISSIONS = 0o644
#: Where tills without a network put their lists: <shop>/<branch>/*.csv.
DROP_DIR = Path(env.str("DROP_DIR", "") or VAR_DIR / "drop")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # Wagtail's page editor sends a few thousand

# --- people ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "core.User"
# The address is unique whatever its case: constraint core_user_email_unique, not unique=True.
# X-Frame-Options is HeadersMiddleware's (W002); the preload list is the operator's choice (W021).
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W002", "security.W021"]
SILENCED_SYSTEM_CHECKS += env.str("SILENCED", "").split()
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/haendler/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "marketplace.core.accounts.AccountAdapter"
ACCOUNT_FORMS = {  # ours, without placeholders
    name: f"marketplace.core.account_forms.{name.title().replace('_', '')}"
    for name in (
        *("login", "change_password", "set_password", "reset_password", "reset_password_from_key"),
        *("reauthenticate", "request_login_code", "confirm_login_code"),
    )
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are invited by mail, nobody signs up
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # we write to nobody who is not ours
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(BASE_URL).scheme
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# --- mail -----------------------------------------------------------------------------------------

_email = env.email_url("EMAIL_URL", "consolemail://")
if env.str("EMAIL_URL", ""):
    EMAIL_BACKEND = _email["EMAIL_BACKEND"]
    EMAIL_HOST = _email["EMAIL_HOST"]
    EMAIL_PORT = _email["EMAIL_PORT"] or 25
    EMAIL_HOST_USER = _email["EMAIL_HOST_USER"] or ""
    EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "") or f"noreply@{urlsplit(BASE_URL).hostname}"
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- money ----------------------------------------------------------------------------------------

#: Without a key nobody can pay online and nothing speaks of it.
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
#: Several while one takes the place of another; each delivery is signed with one of them.
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[])
#: Another server that speaks like Stripe.
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "")
if STRIPE_API_BASE and STRIPE_SECRET_KEY.startswith(("sk_live", "rk_live")):
    raise ImproperlyConfigured("STRIPE_API_BASE would send a live Stripe key to another server.")

# --- safety ---------------------------------------------------------------------------------------

ALLOWED_HOSTS = ["*"]  # HostMiddleware answers 421 to every host that no city owns
_prefix = "__Host-" if PRODUCTION else ""
SESSION_COOKIE_NAME = f"{_prefix}session"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# A cookie and not the session: it is set by pages with a token in them and by no other.
CSRF_COOKIE_NAME = f"{_prefix}form"
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None  # until the browser closes
CSRF_FAILURE_VIEW = "marketplace.core.views.errors.csrf_failure"

SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
# The headers themselves are HeadersMiddleware's, which also reaches refusals and static files.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
#: A page that calls itself public and sets a cookie: raise (tests) instead of degrading it.
STRICT_PAGES = env.bool("STRICT_PAGES", DEBUG)

_self = ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": _self,
        "style-src": _self,
        "img-src": _self,
        "font-src": _self,
        "media-src": _self,
        "connect-src": _self,
        "form-action": _self,
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": _self,
    }
}
#: Under `/cms/` previews are framed and uploads shown before they are sent; nothing else differs.
CMS_POLICY = {
    "img-src": ["'self'", "data:", "blob:"],
    "frame-src": _self,
    "frame-ancestors": _self,
}

# --- city staff's desk ----------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Stadtregal"
WAGTAIL_PASSWORD_REQUIRED_TEMPLATE = "cms/password.html"  # noqa: S105 a path
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_REQUIRED = False  # they sign in by code until they choose one
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False  # no German words on an English page
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILIMAGES_IMAGE_MODEL = "cms.CityImage"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 25_000_000
WAGTAILIMAGES_EXTENSIONS = ["avif", "jpeg", "jpg", "png", "webp"]
WAGTAILDOCS_EXTENSIONS = ["mp4", "pdf", "webm"]  # films in sign language
WAGTAILDOCS_SERVE_METHOD = "serve_view"  # never by its storage address, which asks nobody
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []  # no third party is asked for anything
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database"}}

# --- logs -----------------------------------------------------------------------------------------

#: What follows one of these in a path is a secret and appears in no log.
MASKED_AFTER = ("abholung", "widerruf", "eingang", "key", "confirm-email")
LOGGING = logs.configuration(level=env.str("LOG_LEVEL", "INFO"))
