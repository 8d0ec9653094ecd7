"""Kill -9 of the whole product while programs write through its API and a person sends approved reports by mail.

What was acknowledged stands, once, with one audit entry; no report goes out under two Message-IDs and none is lost,
although the mail server itself puts off, cuts lines and is slow. HEADWAY_KILLS sets the number of kills for a long
run, HEADWAY_SEED another course.
"""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from headway.areas.comms.models import Mail
from headway.areas.projects.models import Issue
from headway.kernel import audit, jobs
from headway.kernel.database.elsewhere import as_default, connection_to
from headway.kernel.models import AuditEntry
from tests.reliability.harness import ANSWER_WITHIN, PATIENCE, REPOSITORY, Installation, wait_until
from tests.reliability.mail_server import REFUSED, MailServer
from tests.reliability.product_seed import PASSWORD, SENDER

KILLS = int(os.environ.get("HEADWAY_KILLS", "2"))
SEED = int(os.environ.get("HEADWAY_SEED", "20260302"))
CLIENTS = 3
REPORTS_PER_KILL = 4
ISSUES_BETWEEN_KILLS = 5, 20  # from, to
ANSWERS_LOST = 0.1
# Each is killed once, half of them on each database; test_kill_loop.py kills everything on both.
TARGETS = ["worker", "all", "web worker", "web"]
SMTP_FAULTS = 3  # of ten messages
TWO = "--workers", "2"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def send(
    installation: Installation, opener: urllib.request.OpenerDirector, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, bytes]:
    """Status and body of an answer; (0, b'') when the line broke."""
    request = urllib.request.Request(f"http://127.0.0.1:{installation.port}{path}", data=body, headers=headers)
    try:
        try:
            with opener.open(request, timeout=ANSWER_WITHIN) as answer:
                return int(answer.status), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
    except (OSError, http.client.HTTPException):
        return 0, b""


@dataclass
class Writer:
    """A program with a token that enters one issue after another, each again until it is acknowledged."""

    name: str
    token: str
    project: int
    installation: Installation
    chance: random.Random
    acknowledged: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    refused: list[tuple[int, bytes]] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        """Until told to stop; the entry in hand is finished."""
        opener = urllib.request.build_opener()
        while not stop.is_set() and not self.refused:
            title = f"{self.name}-{len(self.asked):05d}"
            self.asked.add(title)
            self._until_acknowledged(opener, title)

    def _until_acknowledged(self, opener: urllib.request.OpenerDirector, title: str) -> None:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": title,
        }
        path, body = f"/api/v1/projects/{self.project}/issues", json.dumps({"title": title}).encode()
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            status, answer = send(self.installation, opener, path, body, headers)
            if status == 200 and self.chance.random() >= ANSWERS_LOST:
                self.acknowledged.append(title)
                return
            if status not in (0, 200, 503):
                self.refused.append((status, answer))
                return
            if status != 200:
                time.sleep(0.05)


class Sender:
    """A person who has signed in on the page and sends approved reports from the workspace."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.acknowledged: list[int] = []

    def sign_in(self) -> None:
        """Through the form, as a browser does."""
        address = f"http://127.0.0.1:{self.installation.port}/accounts/login/"
        with self.opener.open(address, timeout=ANSWER_WITHIN) as page:
            found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
        assert found is not None
        form = {"login": SENDER, "password": PASSWORD, "csrfmiddlewaretoken": found[1]}
        status, _ = self.post("/accounts/login/", urllib.parse.urlencode(form).encode())
        assert status == 200
        assert any("session" in cookie.name for cookie in self.cookies)

    def send_report(self, version: int) -> None:
        """Again until it is acknowledged."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            status, answer = self.post(
                f"/api/v1/reports/{version}/send", b"{}", **{"Idempotency-Key": f"send-{version}"}
            )
            if status == 200:
                self.acknowledged.append(version)
                return
            assert status in (0, 503), (status, answer)
            time.sleep(0.05)

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
        proof = next((str(cookie.value) for cookie in self.cookies if "csrf" in cookie.name), "")
        kind = "application/json" if path.startswith("/api/") else "application/x-www-form-urlencoded"
        address = f"http://127.0.0.1:{self.installation.port}"
        headers |= {"X-CSRFToken": proof, "Content-Type": kind, "Origin": address, "Referer": f"{address}/"}
        return send(self.installation, self.opener, path, body, headers)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer(seed=SEED, faults=SMTP_FAULTS) as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, mail: MailServer, tmp_path: Path) -> Iterator[Installation]:
    one = Installation.ready(tmp_path / "home", on=request.param, settings="headway.config.settings.prod")
    one.environment |= {"HEADWAY_SMTP_URL": mail.url, "HEADWAY_TOKEN_WRITES": "0", "HEADWAY_MAIL_FROM": SENDER}
    yield one
    if one.process is not None and one.process.poll() is None:
        one.stop()


def seed(installation: Installation, reports: int) -> dict[str, Any]:
    """What the loop needs; made through commands in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.reliability.product_seed", str(CLIENTS), str(reports)],
        cwd=REPOSITORY,
        env=installation.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@contextmanager
def database(installation: Installation, blocker: Any) -> Iterator[None]:
    """The installation's database as this thread's own."""
    url = installation.environment["HEADWAY_DATABASE_URL"]
    with blocker.unblock(), as_default(connection_to(url, installation.home)):
        yield


def assert_sound() -> None:
    """The database's own check of itself (PostgreSQL recovers by itself or not at all)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            assert cursor.fetchall() == [("ok",)]
            cursor.execute("PRAGMA foreign_key_check")
            assert cursor.fetchall() == []


def test_a_killed_product_keeps_what_it_acknowledged_and_mails_each_report_under_one_name(
    installation: Installation, mail: MailServer, django_db_blocker: Any
) -> None:
    about = seed(installation, KILLS * REPORTS_PER_KILL)
    installation.start(*TWO)
    writers = [
        Writer(f"c{number}", token, about["project"], installation, random.Random(SEED + number))
        for number, token in enumerate(about["tokens"])
    ]
    person = Sender(installation)
    person.sign_in()
    stop = threading.Event()
    threads = [threading.Thread(target=writer.run, args=(stop,)) for writer in writers]
    for thread in threads:
        thread.start()
    chance = random.Random(SEED)
    versions = list(about["versions"])
    targets = TARGETS[::-1] if installation.environment["HEADWAY_DATABASE_URL"] else TARGETS

    def acknowledged() -> int:
        return sum(len(writer.acknowledged) for writer in writers)

    try:
        for turn in range(KILLS):
            for _ in range(REPORTS_PER_KILL):
                person.send_report(versions.pop())
            wanted = acknowledged() + chance.randint(*ISSUES_BETWEEN_KILLS)
            assert wait_until(lambda wanted=wanted: acknowledged() >= wanted), installation.log.read_text()[-3000:]
            time.sleep(chance.uniform(0, 0.1))  # so that the kill meets a write at any point of it
            kind = targets[turn % len(targets)]
            installation.kill(kind)
            if kind == "all":
                installation.start(*TWO, wait=False)
            assert wait_until(installation.is_ready), installation.log.read_text()[-3000:]
            with database(installation, django_db_blocker):
                assert_sound()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [writer.refused for writer in writers] == [[]] * CLIENTS
    with database(installation, django_db_blocker):
        drained = wait_until(lambda: jobs.waiting_count() == 0)
        assert drained, list(Mail.unscoped(reason="test").values_list("state", "attempts", "last_error"))
        check_issues(writers)
        check_mails(person, mail)
        assert list(audit.verify()) == []
        assert jobs.failed_tray() == []
    doctor = installation.operate("doctor", "--json", check=False).stdout
    assert '"bad"' not in doctor, doctor


def check_issues(writers: list[Writer]) -> None:
    """Every acknowledged issue present, none twice, none unasked, each with one audit entry."""
    stored = Counter(Issue.unscoped(reason="test").values_list("title", flat=True))
    acknowledged = {title for writer in writers for title in writer.acknowledged}
    assert acknowledged - set(stored) == set(), "acknowledged and lost"
    assert set(stored) - {title for writer in writers for title in writer.asked} == set(), "never asked for"
    assert set(stored.values()) == {1}, "entered twice"
    numbers = sorted(Issue.unscoped(reason="test").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1)), "a number given twice or left out"
    entries = AuditEntry.objects.filter(use_case="projects.add_issue")
    assert Counter(entry.detail["inputs"]["title"] for entry in entries) == stored, "not one audit entry per write"


def check_mails(person: Sender, server: MailServer) -> None:
    """Each acknowledged sending: one mail, one Message-ID, the same bytes each time, taken at least once."""
    rows = {row.subject_id: row for row in Mail.unscoped(reason="test")}
    assert set(rows) == set(person.acknowledged)
    taken = server.taken()
    assert set(taken) <= {row.message_id for row in rows.values()}, "a mail under a name of its own"
    for row in rows.values():
        if REFUSED in row.recipients:
            assert (row.state, row.message_id in taken) == ("failed", False)
            assert "550" in row.last_error
            continue
        assert row.state == "sent", (row.subject, row.last_error)
        copies = taken[row.message_id]
        assert any(copy.answered for copy in copies), "noted as sent, and never taken"
        assert len({copy.content for copy in copies}) == 1, "sent again with other bytes"
        assert {copy.recipients for copy in copies} == {tuple(row.recipients)}
    again = sum(len(copies) - 1 for copies in taken.values())
    assert again <= KILLS + server.modes_met.get("cut", 0), "sent again without a kill or a cut line"
    sent = AuditEntry.objects.filter(use_case="reports.send")
    assert Counter(int(entry.detail["inputs"]["version"]) for entry in sent) == Counter(person.acknowledged)
