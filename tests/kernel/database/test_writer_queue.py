"""First come, first served; a budget; nothing inherited over a fork."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db.utils import OperationalError

from headway.kernel.database.writer_queue import DatabaseBusy, WriterQueue, queue_for
from headway.kernel.errors import Unavailable


def test_threads_are_served_in_order_of_arrival(tmp_path: Path) -> None:
    queue = WriterQueue(str(tmp_path / "a.wlock"))
    first = queue.take(1)
    served: list[int] = []

    def write(number: int) -> None:
        turn = queue.take(10)
        served.append(number)
        queue.give_back(turn)

    threads = []
    for number in range(12):
        thread = threading.Thread(target=write, args=(number,))
        thread.start()
        threads.append(thread)
        while len(queue._waiting) <= number:
            time.sleep(0.001)
    queue.give_back(first)
    for thread in threads:
        thread.join()
    assert served == list(range(12))


def test_a_full_wait_ends_with_a_clear_refusal_that_says_try_again(tmp_path: Path) -> None:
    queue = WriterQueue(str(tmp_path / "a.wlock"))
    turn = queue.take(1)
    with pytest.raises(DatabaseBusy, match="Nothing was changed; try again") as refusal:
        queue.take(0.05)
    assert isinstance(refusal.value, Unavailable)
    assert isinstance(refusal.value, OperationalError)
    assert refusal.value.status == 503
    queue.give_back(turn)
    queue.give_back(queue.take(0.05))


def test_one_who_gave_up_does_not_hold_up_the_next(tmp_path: Path) -> None:
    queue = WriterQueue(str(tmp_path / "a.wlock"))
    turn = queue.take(1)
    refused: list[bool] = []

    def give_up() -> None:
        try:
            queue.take(0.05)
        except DatabaseBusy:
            refused.append(True)

    impatient = threading.Thread(target=give_up)
    impatient.start()
    impatient.join()
    served: list[bool] = []
    patient = threading.Thread(target=lambda: (queue.give_back(queue.take(5)), served.append(True)))
    patient.start()
    queue.give_back(turn)
    patient.join()
    assert refused == [True]
    assert served == [True]


def test_a_turn_given_back_twice_ends_nobody_elses(tmp_path: Path) -> None:
    queue = WriterQueue(str(tmp_path / "a.wlock"))
    old = queue.take(1)
    queue.give_back(old)
    queue.take(1)
    queue.give_back(old)
    with pytest.raises(DatabaseBusy):
        queue.take(0.02)


def test_another_process_waits_and_the_lock_file_is_private_and_stays(tmp_path: Path) -> None:
    database = str(tmp_path / "headway.sqlite3")
    queue = queue_for(database)
    turn = queue.take(1)
    code = (
        "import sys, headway\n"
        "from headway.kernel.database.writer_queue import queue_for, DatabaseBusy\n"
        "try:\n    queue_for(sys.argv[1]).take(0.1)\n"
        "except DatabaseBusy:\n    sys.exit(7)\n"
    )
    command = [sys.executable, "-c", code, database]
    assert subprocess.run(command, check=False).returncode == 7
    queue.give_back(turn)
    assert subprocess.run(command, check=False).returncode == 0
    assert os.stat(database + ".wlock").st_mode & 0o777 == 0o600


def test_a_killed_process_leaves_no_lock_behind(tmp_path: Path) -> None:
    database = str(tmp_path / "headway.sqlite3")
    code = (
        "import sys, os, time\n"
        "from headway.kernel.database.writer_queue import queue_for\n"
        "turn = queue_for(sys.argv[1]).take(1)\n"
        "print('held', flush=True)\ntime.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, database], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.wait()
    queue = queue_for(database)
    queue.give_back(queue.take(1))


def test_a_fork_inherits_neither_turn_nor_lock(tmp_path: Path) -> None:
    database = str(tmp_path / "headway.sqlite3")
    queue = queue_for(database)
    turn = queue.take(1)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            queue.give_back(turn)  # the parent's turn: must not end it
            try:
                queue.take(0.1)
            except DatabaseBusy:
                status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    other = WriterQueue(database + ".wlock")
    with pytest.raises(DatabaseBusy):
        other.take(0.05)
    queue.give_back(turn)
    other.give_back(other.take(0.5))
