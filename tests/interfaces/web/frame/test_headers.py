"""Every answer carries the headers, whoever makes it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from headway.interfaces.web.headers import CONTENT_SECURITY_POLICY, HEADERS

GOLDEN = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def test_the_content_policy_is_the_agreed_one() -> None:
    assert CONTENT_SECURITY_POLICY == GOLDEN


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/gallery/", 200),
        ("/accounts/login/", 200),
        ("/accounts/security/", 302),
        ("/nowhere/", 404),
        ("/gallery/broken/boom/", 500),
        ("/gallery/broken/busy/", 503),
        ("/static/dist/app.js", 200),
        ("/static/dist/headway.css", 200),
        ("/static/dist/absent.js", 404),
    ],
)
def test_pages_errors_and_static_files_carry_them(with_gallery: None, db: None, path: str, status: int) -> None:
    answer = Client(raise_request_exception=False).get(path)
    assert answer.status_code == status
    for name in HEADERS.keys() - {"Cache-Control"}:
        assert answer.headers[name] == HEADERS[name], name
    assert answer.headers["X-Request-Id"]
    if not path.startswith("/static/") or status != 200:
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_wrong_host_gets_them_too(with_gallery: None, db: None, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["headway.example"]
    answer = Client().get("/gallery/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert answer.headers["Content-Security-Policy"] == GOLDEN


def test_hsts_is_sent_over_https_alone(with_gallery: None, db: None, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    assert "Strict-Transport-Security" not in Client().get("/gallery/").headers
    secure = Client().get("/gallery/", secure=True)
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_a_form_without_its_token_is_refused(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@example.org", "password": "x"})
    assert answer.status_code == 403
    assert b"too old" in answer.content


def test_two_requests_have_two_references(db: None) -> None:
    client = Client()
    assert client.get("/nowhere/").headers["X-Request-Id"] != client.get("/nowhere/").headers["X-Request-Id"]
