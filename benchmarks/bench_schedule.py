"""Times the schedule engine on made-up plans, with peers on the same plans in the same run.

    python benchmarks/bench_schedule.py [tasks ...]

A plan of n tasks has 1.5 n links (finish to start, one in ten with a lag), a summary over every ten tasks, five
calendars in turn, and workstreams of 10,000 tasks beside each other. Seconds are of this process's processor time, so
that other load on the machine counts less; the best of three. Peers that are not installed are named as absent.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import random
import resource
import subprocess
import sys
import tempfile
import time as clock
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

from headway.documents.exchange.foreign import find_java
from headway.documents.exchange.msproject_writer import write_mspdi
from headway.engine.calendars import standard_calendar
from headway.engine.cpm import calculation, schedule
from headway.engine.cpm.whatif import scheduled
from headway.engine.plan import Calendar, Duration, Lag, Link, Plan, ProjectSettings, Shift, Task
from headway.engine.units import WorkTime

_STREAM = 10_000
_PEERS_TO = 10_000  # tasks: above, peers take minutes
_WHAT_IF_TO = 100_000
_ABSENT = ("pmcontrols", "trueppm_scheduler")  # peers known by name, without a run of ours on their interface

_MPXJ = """
import java.time.LocalDateTime;
public class Peer {
    public static void main(String[] args) throws Exception {
        var file = new org.mpxj.mspdi.MSPDIReader().read(args[0]);
        for (int call = 0; call < 3; call++) {
            long start = System.nanoTime();
            new org.mpxj.cpm.MicrosoftScheduler().schedule(file, LocalDateTime.parse(args[1]));
            System.out.println((System.nanoTime() - start) / 1e9);
        }
    }
}
"""

_MEMORY = """
import re, sys
from pathlib import Path
import numba, numpy
from headway.engine.cpm import calculation, schedule
def most():  # of this program alone: what getrusage tells starts with the most that its parent had
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
bare = most()
from benchmarks.bench_schedule import made_up_plan
calculation.compiled_code(calculation.COMPILED_FROM, patience=600)
code = most()
plan = made_up_plan(int(sys.argv[1]))
held = most()
schedule(plan, compiled=True)
print(held - code, most() - held + code - bare)
"""
_FIRST = """
import time
from benchmarks.bench_schedule import made_up_plan
from headway.engine.cpm import schedule
plan = made_up_plan(50)
start = time.perf_counter()
schedule(plan, compiled=True)
print(time.perf_counter() - start)
"""


def made_up_plan(tasks: int, *, calendars: int = 5, seed: int = 7) -> Plan:
    """A plan of so many leaf tasks; the same for the same numbers."""
    draw = random.Random(seed)
    weeks = [standard_calendar(uid=1)]
    for uid in range(2, calendars + 1):
        shift = (Shift(time(5 + uid), time(11 + uid)),)
        weeks.append(Calendar(uid, f"Calendar {uid}", (shift,) * 6 + ((),)))
    rows: list[Task] = []
    for number in range(tasks):
        if number % 10 == 0:
            rows.append(Task(tasks + number // 10, len(rows) + 1, f"Phase {number // 10}", None, summary=True))
        uid = number
        duration = Duration(WorkTime(draw.randint(1, 10) * 4800))
        phase, calendar = tasks + number // 10, 1 + number % calendars
        name = f"Task {number}"
        rows.append(Task(uid, len(rows) + 1, name, duration, outline_level=2, parent_uid=phase, calendar_uid=calendar))
    links = []
    for number in range(1, tasks):
        first = number - number % _STREAM  # of the workstream
        for _ in range(1 + number % 2 if number > first else 0):
            lag = Lag(WorkTime(draw.randint(1, 3) * 4800)) if draw.random() < 0.1 else Lag()
            links.append(Link(draw.randint(max(first, number - 50), number - 1), number, lag=lag))
    unique = {(link.predecessor_uid, link.successor_uid): link for link in links}
    return Plan(
        ProjectSettings(start=datetime(2026, 1, 5, 8), calendar_uid=1),
        tuple(weeks),
        tuple(rows),
        tuple(unique.values()),
    )


def best(act: Callable[[], object], *, times: int = 3) -> float:
    """The least processor time of some calls, in seconds."""
    found = []
    for _ in range(times):
        start = clock.process_time()
        act()
        found.append(clock.process_time() - start)
    return min(found)


def line(what: str, seconds: float | None, note: str = "") -> None:
    """One figure; without one, why there is none."""
    figure = f"{seconds:>10.4f} s" if seconds is not None else f"{'-':>12}"
    print(f"  {what:<58}{figure}  {note}".rstrip(), flush=True)


def ours(plan: Plan) -> float:
    """Our own figures on one plan; gives the seconds from plan to dates by plain code."""
    size = len(plan.tasks)
    plain = best(lambda: schedule(plan), times=1 if size > 200_000 else 3)
    line("Headway, plan to dates, plain", plain)
    if size >= calculation.COMPILED_FROM and importlib.util.find_spec("numba") is not None:
        calculation.compiled_code(size, patience=600)
        before = _resident()
        line("Headway, plan to dates, compiled", best(lambda: schedule(plan, compiled=True)), "goal 1.0 s at 100,000")
        if size <= 1.2 * _WHAT_IF_TO:
            line(
                "Headway, the same with an object for each row",
                best(lambda: [*schedule(plan, compiled=True).tasks], times=1),
            )
        tables = calculation.calculate(plan, compiled=True)
        line("Headway, both passes and slack from arrays", best(lambda: _passes(tables)), "goal 0.06 s at 100,000")
        print(f"  {'Headway, memory above the plan and numba':<58}{_resident() - before:>9.0f} MB", flush=True)
    if size <= 1.2 * _WHAT_IF_TO:
        _what_if(plan)
    return plain


def _passes(tables: calculation.Tables) -> None:
    tables.forward()
    tables.backward()
    tables.slacks()


def _what_if(plan: Plan) -> None:
    state = scheduled(plan)
    leaves = [row for row in plan.tasks if row.duration is not None]
    ranked = sorted(leaves, key=lambda row: state.task(row.uid).total_slack.tenths)
    for name, row in (("much", ranked[-1]), ("middling", ranked[len(ranked) // 2]), ("no", ranked[0])):
        length = row.duration.amount if row.duration else WorkTime(0)
        after = state.with_changes(tasks=[replace(row, duration=Duration(length + WorkTime(2400)))])
        line(
            f"Headway, what-if: a task with {name} slack half a day longer",
            best(lambda plan=after.plan: state.with_plan(plan)),  # type: ignore[misc]
            f"{len(after.moved)} entries differ; goal 0.01 s at 10,000",
        )


def _resident() -> float:
    """Megabytes at the highest point of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# ---- peers --------------------------------------------------------------------------------------


def peers(plan: Plan) -> None:
    """What others need for the same plan."""
    _criticalpath(plan)
    _mpxj(plan)
    for name in _ABSENT:
        line(name, None, "absent: not installed" if importlib.util.find_spec(name) is None else "absent: no run here")


def _criticalpath(plan: Plan) -> None:
    if importlib.util.find_spec("criticalpath") is None:
        line("criticalpath", None, "absent: not installed")
        return
    node = importlib.import_module("criticalpath").Node

    def run() -> None:
        project = node("project")
        nodes = {row.uid: project.add(node(str(row.uid), duration=_days(row))) for row in plan.tasks if row.duration}
        for one in plan.links:
            project.link(nodes[one.predecessor_uid], nodes[one.successor_uid])
        project.update_all()

    line("criticalpath (no calendars, no lags)", best(run, times=1))


def _days(row: Task) -> float:
    return row.duration.amount.tenths / 4800 if row.duration else 0


def _mpxj(plan: Plan) -> None:
    found = importlib.util.find_spec("mpxj")
    java = find_java()
    if java is None or found is None or found.origin is None or not (java.parent / "javac").exists():
        line("MPXJ MicrosoftScheduler", None, "absent: needs mpxj and a Java compiler")
        return
    with tempfile.TemporaryDirectory() as folder:
        source, file = Path(folder, "Peer.java"), Path(folder, "plan.xml")
        source.write_text(_MPXJ)
        rows = (
            replace(row, actual_duration=WorkTime(0), remaining_duration=row.duration.amount) if row.duration else row
            for row in plan.tasks
        )
        write_mspdi(replace(plan, tasks=tuple(rows)), file)  # MPXJ wants both amounts told
        command = [str(java), "-Xmx2g", "-cp", f"{Path(found.origin).parent / 'lib'}/*", str(source), str(file)]
        done = subprocess.run(
            [*command, "2026-01-05T08:00:00"], capture_output=True, text=True, timeout=600, check=False
        )
    times = [float(word) for word in done.stdout.split()]
    if times:
        line("MPXJ MicrosoftScheduler, first call", times[0], "wall time; reading the file comes on top")
        line("MPXJ MicrosoftScheduler, best", min(times), "wall time")
    else:
        line("MPXJ MicrosoftScheduler", None, f"absent: {(done.stderr.strip().splitlines() or ['failed'])[-1][:60]}")


def memory(size: int) -> None:
    """What a plan and its schedule take in a fresh process, above the interpreter with numpy and numba."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY, str(size)], capture_output=True, text=True, env=environment, check=True
    )
    plan, engine = map(float, done.stdout.split())
    goal = "goal 250 MB in all at 100,000"
    print(
        f"  {'Headway, memory of a fresh process: plan, engine':<58}{plan:>6.0f} + {engine:.0f} MB  {goal}", flush=True
    )


def first_call() -> None:
    """A small plan in a fresh process with nothing compiled."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder, "PYTHONPATH": str(Path(__file__).parents[1])}
        done = subprocess.run(
            [sys.executable, "-c", _FIRST], capture_output=True, text=True, env=environment, check=True
        )
    line("Headway, first call in a fresh process, 50 tasks, no cache", float(done.stdout), "wall time; goal 1 s")


def main() -> None:
    """Times one plan per size named on the command line."""
    first_call()
    known: tuple[int, float] | None = None
    for size in [int(word) for word in sys.argv[1:]] or [1_000, 10_000, 100_000]:
        plan = made_up_plan(size)
        finish = schedule(plan).finish if size <= _PEERS_TO else None
        ends = f", until {finish:%Y}" if finish else ""
        print(f"{size:,} tasks, {len(plan.links):,} links{ends}", flush=True)
        plain = ours(plan)
        if known is not None:
            grown = f"{size / known[0]:.0f} times the tasks and links take {plain / known[1]:.1f} times as long"
            print(f"  {'Headway, growth since the plan before':<58}{grown}; goal: in proportion", flush=True)
        known = size, plain
        if calculation.COMPILED_FROM <= size <= 1.2 * _WHAT_IF_TO and importlib.util.find_spec("numba") is not None:
            memory(size)
        if size <= _PEERS_TO:
            peers(plan)


if __name__ == "__main__":
    main()
