"""For the server, the worker and the command line."""

from headway.config.settings.base import *  # noqa: F403
from headway.config.settings.base import HEADWAY
from headway.kernel.settings import secret_key

SECRET_KEY = secret_key()
_host = HEADWAY.base_url.split("://", 1)[-1].split("/")[0].rsplit(":", 1)[0]
ALLOWED_HOSTS = sorted({"localhost", "127.0.0.1", "[::1]", _host})
_https = HEADWAY.base_url.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_NAME = "__Host-session" if _https else "headway_session"
CSRF_COOKIE_NAME = "__Host-csrf" if _https else "headway_csrf"
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
