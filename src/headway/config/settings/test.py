"""For the tests: a fast hasher, SQLite in memory or the PostgreSQL that HEADWAY_DATABASE_URL names."""

import os
import tempfile

os.environ.setdefault("HEADWAY_HOME", tempfile.mkdtemp(prefix="headway-test-"))

from headway.config.settings.base import *  # noqa: F403
from headway.config.settings.base import DATABASES, HEADWAY

SECRET_KEY = "tests-only-" + "x" * 40
PASSWORD_HASHERS = ["headway.config.settings.hashers.OneRoundHasher"]
if not HEADWAY.database_url:
    DATABASES["default"]["NAME"] = ":memory:"
ALLOWED_HOSTS = ["*"]
