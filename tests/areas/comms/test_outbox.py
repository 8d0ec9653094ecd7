"""A mail is put into the outbox at once and written by the delivery, once: the same bytes at every try."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from headway.areas.comms import commands, reactions
from headway.areas.comms.models import Mail
from headway.areas.comms.queries import outbox
from headway.areas.comms.types import MailRow, MailState
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.kernel import ports
from headway.kernel.context import Context
from headway.kernel.errors import Invalid, Unavailable

pytestmark = pytest.mark.django_db
House = Callable[[str], Context]


class Server:
    """A mail server that takes what it is given, or breaks off as often as it is told to."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.breaks = 0

    def send(self, *, sender: str, recipients: list[str], message: bytes) -> None:
        """Take a mail."""
        self.taken.append(message)
        if self.breaks:
            self.breaks -= 1
            raise OSError("the line broke")


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    ports.provide("mail", one)
    yield one
    ports.provide("mail", None)


def put(house: House, content: bytes = b"figures") -> int:
    kept = store.put([content], limit=10**8)
    ctx = house("administrator")
    return files.keep(ctx, name="a.xlsx", media_type="x/y", sha256=kept.sha256, size=kept.size).id


def queue(house: House, *attachments: dict[str, Any], key: str = "system:1", **given: Any) -> MailRow:
    return commands.queue(
        house("administrator").as_system("test"),
        event_key=key,
        subject_kind="",
        subject_id=0,
        project_id=None,
        approval_id=None,
        **{"recipients": ("a@b.example",), "subject": "Status", "body": "Here it is.", **given},
        attachments=attachments,
    )


def test_queueing_reads_and_writes_no_bytes(house: House, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    file = put(house)
    with monkeypatch.context() as patched:
        patched.setattr(store, "read", lambda *_: pytest.fail("read under the write lock"))
        patched.setattr(store, "put", lambda *_, **__: pytest.fail("written under the write lock"))
        row = queue(house, {"file": file, "name": "a.xlsx"})
        assert queue(house, {"file": file, "name": "a.xlsx"}).message_id == row.message_id
    reactions.deliver({"mail": row.id})
    (sent,) = server.taken
    mail = message_from_bytes(sent, policy=default)
    assert mail["Message-ID"] == row.message_id
    assert [part.get_content() for part in mail.iter_attachments()] == [b"figures"]  # type: ignore[attr-defined]
    assert outbox(house("administrator"))[0].state is MailState.SENT


def test_every_try_sends_the_same_bytes(house: House, server: Server) -> None:
    row = queue(house, {"file": put(house), "name": "a.xlsx"}, {"file": put(house), "name": "b.xlsx"})
    server.breaks = 2
    for _ in range(2):
        with pytest.raises(Unavailable):
            reactions.deliver({"mail": row.id})
    reactions.deliver({"mail": row.id})
    assert len(server.taken) == 3
    assert len(set(server.taken)) == 1


def test_bytes_that_another_delivery_has_made_are_the_ones_that_go(house: House, server: Server) -> None:
    """Two workers may hold a mail for a moment; there is one file of it all the same."""
    row = queue(house)
    first = store.put([b"first"], limit=100)
    system = house("administrator").as_system("test")
    kept = commands.keep_content(system, mail=row.id, sha256=first.sha256, size=first.size)
    again = store.put([b"second"], limit=100)
    assert commands.keep_content(system, mail=row.id, sha256=again.sha256, size=again.size) == kept
    reactions.deliver({"mail": row.id})
    assert server.taken == [b"first"]


@pytest.mark.parametrize("wrong", [{"recipients": ("nobody",)}, {"subject": "two\nlines"}, {"recipients": ()}])
def test_what_cannot_be_written_is_refused_at_once(house: House, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        queue(house, **wrong)
    assert Mail.unscoped(reason="test").count() == 0


def test_too_many_bytes_are_refused_at_once(house: House) -> None:
    file = put(house, b"x" * 10 * commands.MEGABYTE)
    with pytest.raises(Invalid, match="the limit is 25 MB"):
        queue(house, {"file": file, "name": "a.xlsx"}, {"file": file, "name": "b.xlsx"})


def test_a_lost_attachment_fails_for_good_and_says_so(house: House, server: Server) -> None:
    file = put(house, b"to be lost")
    row = queue(house, {"file": file, "name": "a.xlsx"})
    store.place_of(store.put([b"to be lost"], limit=100).sha256).unlink()
    reactions.deliver({"mail": row.id})
    failed = outbox(house("administrator"))[0]
    assert (failed.state, server.taken) == (MailState.FAILED, [])
    assert failed.last_error
