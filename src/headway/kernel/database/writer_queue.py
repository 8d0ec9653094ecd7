"""First come, first served, for those who write to one SQLite file.

SQLite lets waiting writers sleep and try again, so some of them starve. Here threads of one process
stand in a queue, and only the head of that queue asks for the lock between processes: an exclusive
`flock` on `<database>.wlock`, a file that is made once and never deleted.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import deque

from django.db.utils import OperationalError

from headway.kernel.errors import Unavailable

# How long the head of the queue waits before it asks again for the lock between processes.
ASK_AGAIN_SECONDS = 0.0003


class DatabaseBusy(Unavailable, OperationalError):
    """Others kept writing for the whole of the time a request may wait."""

    code = "database_busy"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The database was busy with other changes for {seconds:g} seconds. Nothing was changed; try again.",
            extra={"retry_after": 2},
        )


class Turn:
    """The right to write, until it is given back."""

    __slots__ = ()


class WriterQueue:
    """The queue of one database file within this process, and its hold on the lock between processes."""

    def __init__(self, lock_path: str) -> None:
        self.lock_path = lock_path
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._occupied = False
        self._turn: Turn | None = None
        self._file: int | None = None

    def take(self, seconds: float) -> Turn:
        """Wait for one's turn, at most so many seconds; raises DatabaseBusy after that."""
        deadline = time.monotonic() + seconds
        self._stand_in_line(deadline, seconds)
        try:
            self._lock_file(deadline, seconds)
        except BaseException:
            self._call_next()
            raise
        self._turn = turn = Turn()
        return turn

    def give_back(self, turn: Turn) -> None:
        """End a turn. One that was taken before a fork, in the parent, ends nothing here."""
        if turn is not self._turn or self._file is None:
            return
        self._turn = None
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._call_next()

    def forget(self) -> None:
        """In a forked child: drop what belongs to the parent without unlocking it."""
        if self._file is not None:
            os.close(self._file)
        self.__init__(self.lock_path)  # type: ignore[misc]  # the parent's locks may be held for ever here

    def _stand_in_line(self, deadline: float, seconds: float) -> None:
        with self._mutex:
            if not self._occupied:
                self._occupied = True
                return
            gate = threading.Lock()
            gate.acquire()
            self._waiting.append(gate)
        try:
            called = gate.acquire(timeout=max(0.0, deadline - time.monotonic()))
        except BaseException:
            self._leave_line(gate)
            raise
        if not called:
            self._leave_line(gate)
            raise DatabaseBusy(seconds)

    def _leave_line(self, gate: threading.Lock) -> None:
        """Stop waiting; a turn that came in the last instant goes to the next in line."""
        with self._mutex:
            if gate in self._waiting:
                self._waiting.remove(gate)
                return
        self._call_next()

    def _call_next(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._occupied = False

    def _lock_file(self, deadline: float, seconds: float) -> None:
        if self._file is None:
            self._file = os.open(self.lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise DatabaseBusy(seconds) from None
                time.sleep(ASK_AGAIN_SECONDS)
            else:
                return


_queues: dict[str, WriterQueue] = {}
_queues_mutex = threading.Lock()


def queue_for(database: str) -> WriterQueue:
    """The one queue of this database file in this process."""
    key = os.path.realpath(database)
    with _queues_mutex:
        queue = _queues.get(key)
        if queue is None:
            queue = _queues[key] = WriterQueue(key + ".wlock")
        return queue


def _forget_all_after_fork() -> None:
    global _queues_mutex  # noqa: PLW0603 - the parent's mutex may have been held at the fork
    _queues_mutex = threading.Lock()
    for queue in _queues.values():
        queue.forget()


os.register_at_fork(after_in_child=_forget_all_after_fork)
