"""Kill -9 of server, worker or all while clients write: what was acknowledged stands, once, with its audit and effect.

The list of acknowledged writes is kept outside. One answer in ten is thrown away and the write sent
again with the same key. HEADWAY_KILLS sets the number of kills for a long run.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from headway.kernel import audit, jobs
from headway.kernel.database.elsewhere import as_default, connection_to
from headway.kernel.jobs_models import InstallationNote
from headway.kernel.models import AuditEntry
from tests.reliability.harness import PATIENCE, Installation, wait_until

KILLS = int(os.environ.get("HEADWAY_KILLS", "5"))
SEED = int(os.environ.get("HEADWAY_SEED", "20260302"))
CLIENTS = 4
ANSWERS_LOST = 0.1
WRITES_BETWEEN_KILLS = 10, 40  # from, to
TARGETS = ["web", "web worker", "worker", "root", "all"]
TWO = "--workers", "2"
pytestmark = pytest.mark.timeout(1800)


@dataclass
class Client:
    """Appends one entry after another; sends again with the same key until it has an answer it keeps."""

    name: str
    installation: Installation
    chance: random.Random
    acknowledged: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    def write_until(self, stop: threading.Event) -> None:
        """Append until told to stop; the entry in hand is finished."""
        number = 0
        while not stop.is_set():
            number += 1
            if not self._append(number):
                return

    def _append(self, number: int) -> bool:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            body = {"client": self.name, "number": number}
            status, _ = self.installation.post("/append", body, key=f"{self.name}-{number}")
            if status == 200 and self.chance.random() >= ANSWERS_LOST:
                self.acknowledged.append(number)
                return True
            if status not in (0, 200, 503):
                self.refused.append(status)
                return False
            if status != 200:
                time.sleep(0.05)
        return False


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    one = Installation.ready(tmp_path / "home", on=request.param)
    yield one
    if one.process is not None and one.process.poll() is None:
        one.stop()


def test_no_acknowledged_write_is_lost_doubled_or_without_audit(
    installation: Installation, django_db_blocker: Any
) -> None:
    installation.start(*TWO)
    stop = threading.Event()
    clients = [Client(f"c{number}", installation, random.Random(SEED + number)) for number in range(CLIENTS)]
    threads = [threading.Thread(target=client.write_until, args=(stop,)) for client in clients]
    for thread in threads:
        thread.start()
    chance = random.Random(SEED)

    def acknowledged() -> int:
        return sum(len(client.acknowledged) for client in clients)

    try:
        for turn in range(KILLS):
            wanted = acknowledged() + chance.randint(*WRITES_BETWEEN_KILLS)
            assert wait_until(lambda wanted=wanted: acknowledged() >= wanted), installation.log.read_text()[-3000:]
            time.sleep(chance.uniform(0, 0.1))  # so that the kill meets a write at any point of it
            kind = TARGETS[turn % len(TARGETS)]
            installation.kill(kind)
            if kind in ("root", "all"):
                installation.start(*TWO, wait=False)
            assert wait_until(installation.is_ready), installation.log.read_text()[-3000:]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [client.refused for client in clients] == [[]] * CLIENTS
    url = installation.environment["HEADWAY_DATABASE_URL"]
    with django_db_blocker.unblock(), as_default(connection_to(url, installation.home)):
        assert wait_until(lambda: jobs.waiting_count() == 0)
        check_ledger(clients)
    doctor = installation.operate("doctor", "--json", check=False).stdout
    assert '"bad"' not in doctor, doctor


def check_ledger(clients: list[Client]) -> None:
    """Compare the database with the list of what was acknowledged."""
    acknowledged = {f"{client.name}:{number:06d}" for client in clients for number in client.acknowledged}
    notes = InstallationNote.objects.order_by("name")
    entries = {note.name.removeprefix("entry:"): note for note in notes.filter(name__startswith="entry:")}
    effects = {note.name.removeprefix("effect:"): note for note in notes.filter(name__startswith="effect:")}
    assert acknowledged - set(entries) == set(), "acknowledged and lost"
    asked = {f"{client.name}:{len(client.acknowledged) + 1:06d}" for client in clients}
    assert set(entries) - acknowledged - asked == set(), "never asked for"
    places = [note.value["order"] for note in entries.values()]
    assert sorted(places) == list(range(1, len(places) + 1)), "a place given twice or left out"
    for client in clients:
        own = [entries[f"{client.name}:{number:06d}"].value["order"] for number in client.acknowledged]
        assert own == sorted(own), "acknowledged appends out of order"
    assert set(effects) == set(entries), "an effect lost, or without its entry"
    audited = Counter(
        f"{entry.detail['inputs']['client']}:{entry.detail['inputs']['number']:06d}"
        for entry in AuditEntry.objects.filter(use_case="reliability.append")
    )
    assert audited == Counter(dict.fromkeys(entries, 1)), "not one audit entry per write"
    assert list(audit.verify()) == []
    assert jobs.failed_tray() == []
