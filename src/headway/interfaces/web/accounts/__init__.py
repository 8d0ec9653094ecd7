"""Signing in: password, TOTP, passkeys, recovery codes, sessions. The library is django-allauth; the rules are here.

Users are made by commands or by invitation, never by signing up, so only the pages listed in urls.py exist.
"""
