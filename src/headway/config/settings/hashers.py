"""A fast password hasher, for tests only."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class OneRoundHasher(PBKDF2PasswordHasher):
    """PBKDF2 with one round: quick, and never in production settings."""

    iterations = 1
