"""Signing in: what is asked, what is said, what is stored, and when a session ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.urls import get_resolver

from headway.areas.people import commands as people
from headway.areas.people import queries
from headway.config.settings import sign_in
from headway.interfaces.web.accounts import secrets, urls
from headway.kernel import audit
from headway.kernel.context import Context, real_clock
from headway.kernel.errors import Denied
from headway.kernel.models import AuditEntry
from tests.conftest import PASSWORD

EMAIL = "member@example.org"
LOGIN = "/accounts/login/"
House = Callable[[str], Context]


def sign_in_as(client: Client, email: str = EMAIL, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def signed_in(client: Client) -> bool:
    return client.get("/accounts/security/").status_code == 200


def words(answer: Any) -> str:
    """A page without what differs by nature: tokens, references, what was typed."""
    text = answer.content.decode()
    for pattern in (r'name="csrfmiddlewaretoken" value="\w+"', r"Reference <code>\w+", r'value="[^"]*@[^"]*"'):
        text = re.sub(pattern, "", text)
    return text


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def with_app(house: House) -> str:
    """The member has an authenticator app; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(_user(EMAIL), secret)
    return secret


def _user(email: str) -> Any:
    return get_user_model()._default_manager.get(email=email)


def test_the_right_password_signs_in_and_the_wrong_does_not(house: House) -> None:
    client = Client()
    assert sign_in_as(client, password="wrong").status_code == 200
    assert not signed_in(client)
    assert sign_in_as(client).status_code == 302
    assert signed_in(client)


def test_a_known_and_an_unknown_name_get_the_same_answer(house: House) -> None:
    known, unknown = sign_in_as(Client(), password="wrong"), sign_in_as(Client(), "nobody@example.org", "wrong")
    assert known.status_code == unknown.status_code
    assert words(known) == words(unknown)


def test_asking_for_a_reset_says_nothing_of_who_exists(house: House, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    answers = [Client().post("/accounts/password/reset/", {"email": name}) for name in (EMAIL, "nobody@example.org")]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert [message.to for message in mail.outbox] == [[EMAIL]]


def test_a_reset_link_works_once_and_ends_other_sessions(house: House, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    other = Client()
    sign_in_as(other)
    client = Client()
    client.post("/accounts/password/reset/", {"email": EMAIL})
    link = re.search(r"http://[^/]+(/\S+)", str(mail.outbox[0].body))
    assert link is not None
    form = client.get(link.group(1), follow=True)
    new = "a wholly new long password"
    answer = client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert answer.status_code == 302
    assert not signed_in(client)  # a reset does not sign in: the second step would be skipped
    assert not signed_in(other)
    assert b"no longer works" in Client().get(link.group(1), follow=True).content
    assert sign_in_as(Client(), password=new).status_code == 302


def test_twenty_wrong_passwords_slow_a_stranger_but_not_the_owner(house: House) -> None:
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    last = [sign_in_as(stranger, password=f"wrong {turn}") for turn in range(20)][-1]
    assert b"Too many wrong tries" in last.content
    assert sign_in_as(stranger).status_code == 200  # even the right one, for now
    assert sign_in_as(Client(REMOTE_ADDR="198.51.100.7")).status_code == 302


def test_a_burst_is_answered_with_429_and_when_to_come_back(house: House) -> None:
    client = Client()
    answers = [sign_in_as(client, f"{turn}@example.org", "wrong") for turn in range(31)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"]


def test_the_second_step_is_asked_and_each_code_works_once(house: House, with_app: str) -> None:
    with time_machine.travel(real_clock(), tick=False):
        client = Client()
        assert sign_in_as(client).headers["Location"].startswith("/accounts/second-step/")
        assert not signed_in(client)
        code = code_of(with_app)
        assert client.post("/accounts/second-step/", {"code": "000000"}).status_code == 200
        assert client.post("/accounts/second-step/", {"code": code}).status_code == 302
        assert signed_in(client)
        again = Client()
        sign_in_as(again)
        again.post("/accounts/second-step/", {"code": code})
        assert not signed_in(again)


def test_a_code_of_the_step_before_is_refused(house: House, with_app: str) -> None:
    with time_machine.travel(real_clock(), tick=False) as clock:
        code = code_of(with_app)
        clock.shift(timedelta(seconds=30))
        client = Client()
        sign_in_as(client)
        client.post("/accounts/second-step/", {"code": code})
        assert not signed_in(client)


def test_secrets_of_the_second_factor_are_stored_encrypted(house: House, with_app: str) -> None:
    stored = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert with_app not in str(stored.data)
    assert secrets.decrypt(stored.data["secret"]) == with_app


def test_a_changed_secret_key_still_reads_with_the_old_one_as_fallback(settings: Any) -> None:
    written = secrets.encrypt("seed")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another " * 8
    assert secrets.decrypt(written) == "seed"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Exception, match=r"^$"):
        secrets.decrypt(written)


def test_where_a_second_factor_is_demanded_nobody_works_without_one(house: House, with_gallery: None) -> None:
    admin = house("administrator")
    people.edit_house_rules(admin, organisation=queries.house_rules(admin).organisation_id, second_factor=True)
    client = Client()
    sign_in_as(client)
    answer = client.get("/gallery/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/security/?needed=1"
    assert b"asks everybody for a second step" in client.get(answer.headers["Location"]).content
    TOTP.activate(_user(EMAIL), generate_totp_secret())
    assert client.get("/gallery/").status_code == 200


def test_a_session_ends_when_it_is_not_used(house: House) -> None:
    with time_machine.travel(real_clock(), tick=False) as clock:
        client = Client()
        sign_in_as(client)
        clock.shift(timedelta(seconds=sign_in.HEADWAY_SESSION_IDLE_SECONDS - 60))
        assert signed_in(client)
        clock.shift(timedelta(seconds=sign_in.HEADWAY_SESSION_IDLE_SECONDS + 1))
        assert not signed_in(client)


def test_a_session_ends_in_any_case_after_its_longest_life(house: House) -> None:
    with time_machine.travel(real_clock(), tick=False) as clock:
        client = Client()
        sign_in_as(client)
        for _ in range(12):
            clock.shift(timedelta(minutes=59))
            assert signed_in(client)
        clock.shift(timedelta(minutes=13))
        assert not signed_in(client)


def test_reading_pages_writes_the_last_use_at_most_every_five_minutes(house: House) -> None:
    with time_machine.travel(real_clock(), tick=False) as clock:
        client = Client()
        sign_in_as(client)
        session = client.session
        clock.shift(timedelta(seconds=200))
        signed_in(client)
        assert client.session["last_used_at"] == session["last_used_at"]
        clock.shift(timedelta(seconds=200))
        signed_in(client)
        assert client.session["last_used_at"] == session["last_used_at"] + 400


def test_signing_in_gives_a_new_session_id_and_guarded_cookies(house: House, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.get(LOGIN)
    before = client.cookies.get(settings.SESSION_COOKIE_NAME)
    answer = sign_in_as(client)
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert before is None or before.value != cookie.value
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""


def test_changing_the_password_asks_for_it_again_is_audited_and_ends_the_others(house: House) -> None:
    other, client = Client(), Client()
    sign_in_as(other)
    sign_in_as(client)
    new = "a wholly new long password"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", {**given, "oldpassword": "wrong"}).status_code == 200
    assert client.post("/accounts/password/change/", given).status_code == 302
    assert signed_in(client)
    assert not signed_in(other)
    assert sign_in_as(Client(), password=new).status_code == 302


@pytest.mark.parametrize("weak", ["short", "password1234"])
def test_weak_passwords_are_refused_with_the_reason(house: House, weak: str) -> None:
    client = Client()
    sign_in_as(client)
    given = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    answer = client.post("/accounts/password/change/", given)
    assert answer.status_code == 200
    assert b"hw-field-error" in answer.content


def test_changing_security_late_in_a_session_asks_for_the_password_again(house: House) -> None:
    with time_machine.travel(real_clock(), tick=False) as clock:
        client = Client()
        sign_in_as(client)
        clock.shift(timedelta(seconds=sign_in.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1))
        answer = client.get("/accounts/security/app/add/")
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/")


def test_signing_out_needs_a_post_and_clears_what_the_browser_kept(house: House) -> None:
    client = Client()
    sign_in_as(client)
    client.get("/accounts/logout/")
    assert signed_in(client)
    answer = client.post("/accounts/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not signed_in(client)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "\thttps://evil.example",
    ],
)
def test_one_is_sent_on_to_our_own_pages_only(house: House, target: str) -> None:
    answer = Client().post(LOGIN, {"login": EMAIL, "password": PASSWORD, "next": target})
    assert answer.headers["Location"] == "/"


def test_a_disabled_user_is_out_at_the_next_request(house: House) -> None:
    client = Client()
    sign_in_as(client)
    row = next(row for row in queries.persons(house("administrator")).items if row.email == EMAIL)
    people.disable_user(house("administrator"), person=row.id)
    assert not signed_in(client)
    sign_in_as(client)
    assert not signed_in(client)


def test_one_sees_ones_sessions_and_ends_the_others(house: House) -> None:
    other, client = Client(HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Firefox/140.0"), Client()
    sign_in_as(other)
    sign_in_as(client)
    assert b"Firefox on Linux" in client.get("/accounts/sessions/").content
    client.post("/accounts/sessions/")
    assert signed_in(client)
    assert not signed_in(other)


def test_the_routes_of_signing_in_are_these_and_no_more(house: House) -> None:
    mounted = {pattern.name for pattern in urls.urlpatterns}
    names = [name for name in get_resolver().reverse_dict if isinstance(name, str)]
    library = {name for name in names if name.startswith(("account_", "mfa_", "usersessions_"))}
    assert library == mounted
    assert Client().get("/accounts/signup/").status_code == 404
    assert Client().get("/accounts/email/").status_code == 404


def test_nobody_sets_anothers_password_but_an_administrator(house: House) -> None:
    with pytest.raises(Denied):
        people.set_password(house("member"), person=EMAIL, password="a wholly new long password")


def test_security_events_are_audited_without_what_was_typed(house: House, with_app: str) -> None:
    client = Client(REMOTE_ADDR="203.0.113.9")
    sign_in_as(client, password="hunter2 mistyped")
    sign_in_as(client, "hunter2@example.org", "x")
    answer = sign_in_as(client)
    client.post("/accounts/second-step/", {"code": "000000"})
    client.post("/accounts/second-step/", {"code": code_of(with_app)})
    client.post("/accounts/logout/")
    entries = list(AuditEntry.objects.filter(use_case__startswith="security.").order_by("sequence"))
    assert [entry.use_case.removeprefix("security.") for entry in entries] == [
        "sign_in_failed",
        "sign_in_failed",
        "second_step_failed",
        "signed_in",
        "signed_out",
    ]
    user = _user(EMAIL).pk
    assert [entry.detail.get("against") for entry in entries] == [user, None, user, None, None]
    assert [entry.actor_id for entry in entries] == [None, None, None, user, user]
    assert {entry.detail["address"] for entry in entries} == {"203.0.113.9"}
    assert "hunter2" not in str([vars(entry) for entry in entries])
    assert answer.headers["X-Request-Id"]
    assert all(entry.correlation for entry in entries)
    assert list(audit.verify()) == []
