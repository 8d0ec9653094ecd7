"""Encryption of the second factor's secrets at rest, with a key derived from the installation's secret key.

Fernet (AES-128-CBC with HMAC-SHA256); the key comes from HKDF over SECRET_KEY, and every SECRET_KEY_FALLBACKS entry
is tried when reading, so that the secret key can be changed on a live store.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE = b"headway sign-in secrets 1"
_KEY_BYTES = 32


@lru_cache(maxsize=8)
def _cipher(secret_keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in secret_keys])


def _derived(secret_key: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE)
    return base64.urlsafe_b64encode(kdf.derive(secret_key.encode()))


def _current() -> MultiFernet:
    return _cipher((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


def encrypt(text: str) -> str:
    """The text, unreadable without the secret key; two calls give two results."""
    return _current().encrypt(text.encode()).decode("ascii")


def decrypt(token: str) -> str:
    """The text again. Raises cryptography.fernet.InvalidToken when the key is another or the token was altered."""
    return _current().decrypt(token.encode("ascii")).decode()
