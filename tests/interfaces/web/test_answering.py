"""The wait for what the served house still answers."""

from __future__ import annotations

from threading import Event, Thread

from django.core.signals import request_finished, request_started

from tests.interfaces.web.answering import wait_until_quiet


def test_an_answer_of_another_thread_is_waited_for() -> None:
    begun, let_go = Event(), Event()

    def answer() -> None:
        request_started.send(sender=None)
        begun.set()
        let_go.wait()
        request_finished.send(sender=None)

    server = Thread(target=answer)
    server.start()
    begun.wait()
    assert not wait_until_quiet(0.05)
    let_go.set()
    server.join()
    assert wait_until_quiet(60)
