"""The child process that proves bounds: `python -m headway.interfaces.cli.proving`, a problem in, a proof out, as JSON.

A process of its own, since OR-Tools takes half a second and much memory to load and cannot be stopped by a thread.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from typing import Any

from headway.engine.levelling.problem import Activity, Precedence, Problem
from headway.engine.levelling.proof import Proof, prove

_STARTING_SECONDS = 1.0  # for the interpreter and OR-Tools


class Prover:
    """One child at work on one problem; `proof` is there once it has answered."""

    def __init__(
        self,
        problem: Problem,
        hint: tuple[int, ...],
        *,
        lower_bound: int,
        seconds: float,
        workers: int = 1,
        seed: int = 0,
    ) -> None:
        self.proof: Proof | None = None
        self._question = json.dumps(
            {
                "problem": asdict(problem),
                "hint": hint,
                "lower_bound": lower_bound,
                "seconds": max(0.1, seconds - _STARTING_SECONDS),
                "workers": workers,
                "seed": seed,
            }
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", "headway.interfaces.cli.proving"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._thread = threading.Thread(target=self._listen, name="wait for the proof", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Do nothing until the child has answered, or for so many seconds."""
        self._thread.join(max(0, seconds))

    def end(self) -> Proof | None:
        """The proof, if there is one by now; the child is gone afterwards."""
        self._process.kill()
        self._thread.join()
        return self.proof

    def _listen(self) -> None:
        with contextlib.suppress(BrokenPipeError, ValueError):  # killed, or died without an answer
            answer = json.loads(self._process.communicate(self._question)[0])
            starts = answer["starts"]
            self.proof = Proof(answer["lower_bound"], None if starts is None else tuple(starts))


def main() -> None:
    """Answer the question on standard input."""
    os.nice(5)  # the search next door goes first
    question = json.load(sys.stdin)
    proof = prove(
        _problem(question["problem"]),
        hint=question["hint"],
        lower_bound=question["lower_bound"],
        seconds=question["seconds"],
        workers=question["workers"],
        seed=question["seed"],
    )
    json.dump(asdict(proof), sys.stdout)


def _problem(told: dict[str, Any]) -> Problem:
    return Problem(
        tuple(Activity(**{**row, "demands": tuple(row["demands"])}) for row in told["activities"]),
        tuple(Precedence(**row) for row in told["precedences"]),
        tuple(tuple(units) for units in told["capacities"]),
        tuple(tuple(worked) for worked in told["calendars"]),
    )


if __name__ == "__main__":
    main()
