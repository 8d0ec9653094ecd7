"""Levelling beside its goals.

    python -m benchmarks.bench_levelling [SECONDS [SETS [EVERY]]]
    python -m benchmarks.bench_levelling schedules [SETS [EVERY]]

Each PSPLIB instance of the shared sample is searched for SECONDS (5) on two threads by the command line, as a user
would, and where OR-Tools is installed by plain CP-SAT with two workers on the same machine in the same run. SETS
names the sets (j30,j60,j90,j120), EVERY takes each n-th instance. Printed are mean gaps to the best makespans known,
and first the time of levelling large plans by rules.

With the word "schedules" the search is judged by what it has made, not by the clock: so it compares with what is
published, and on a busy machine. Gaps after 1,000, 5,000, 50,000 and 300,000 schedules are means over three seeds.
"""

from __future__ import annotations

import csv
import gc
import importlib.util
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.bench_schedule import made_up_plan
from headway.documents.exchange.psplib import read_sm
from headway.engine.cpm import schedule
from headway.engine.levelling.order import Order
from headway.engine.levelling.problem import makespan, violations
from headway.engine.levelling.rules import Options, level
from headway.engine.levelling.search import Code, search
from headway.engine.plan import Assignment, Plan, Resource

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(os.environ.get("HEADWAY_SHARED", ROOT.parent / "shared")) / "data" / "psplib"
GOALS = {"j30": 0.0, "j60": 0.4, "j120": 1.5}  # percent
SETS = ["j30", "j60", "j90", "j120"]
SCHEDULES, SEEDS = (1_000, 5_000, 50_000, 300_000), 3
TASKS, PEOPLE = 10_000, 50

# Plain CP-SAT in a process of its own, with no hint from us.
_PEER = """
import json, sys
from ortools.sat.python import cp_model
durations, links, demands, capacities, seconds = json.load(sys.stdin)
model = cp_model.CpModel()
top = sum(durations)
starts = [model.new_int_var(0, top, "") for _ in durations]
for before, after in links:
    model.add(starts[after] >= starts[before] + durations[before])
rows = [model.new_fixed_size_interval_var(s, d, "") for s, d in zip(starts, durations)]
for number, capacity in enumerate(capacities):
    model.add_cumulative(rows, [row[number] for row in demands], capacity)
end = model.new_int_var(0, top, "")
model.add_max_equality(end, [s + d for s, d in zip(starts, durations)])
model.minimize(end)
solver = cp_model.CpSolver()
solver.parameters.max_time_in_seconds, solver.parameters.num_workers = seconds, 2
found = solver.solve(model)
print(round(solver.objective_value) if found in (cp_model.OPTIMAL, cp_model.FEASIBLE) else top)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One instance: percent above the best known, seconds of the whole process, whether proven."""

    gap: float
    seconds: float
    proven: bool
    peer_gap: float | None


def main() -> None:
    """Run the sets named on the command line."""
    words = sys.argv[1:]
    by_schedules = words[:1] == ["schedules"]
    seconds = float(words[0]) if words and not by_schedules else 5.0
    sets = words[1].split(",") if len(words) > 1 else SETS
    every = int(words[2]) if len(words) > 2 else 1
    if not by_schedules:
        gc.set_threshold(50_000, 20, 50)  # as the command line does
        _by_rules()
    if not FOLDER.is_dir():
        print(f"No instances in {FOLDER}; set HEADWAY_SHARED.")
        return
    with (FOLDER / "bestknown.csv").open() as stream:
        known = {(row["set"], row["instance"]): row for row in csv.DictReader(stream)}
    if by_schedules:
        for name in sets:
            _by_schedules(name, sorted((FOLDER / name).glob("*.sm"))[::every], known)
        return
    best = {key: int(row["ub"]) for key, row in known.items()}
    peer = importlib.util.find_spec("ortools") is not None
    _once(next(FOLDER.glob("*/*.sm")), 1.0)  # compiles, where nothing is compiled yet
    for name in sets:
        rows = [
            _row(path, best[name, path.stem], seconds, peer) for path in sorted((FOLDER / name).glob("*.sm"))[::every]
        ]
        _tell(name, rows, seconds)


def _by_schedules(name: str, paths: list[Path], known: dict[tuple[str, str], dict[str, str]]) -> None:
    for schedules in SCHEDULES:
        gaps, above = [], []
        begun = time.process_time()
        for path in paths:
            problem, row = read_sm(path), known[name, path.stem]
            for seed in range(SEEDS):
                length = search(problem, schedules=schedules, seed=seed, code=Code.COMPILED).makespan
                gaps.append(100 * (length - int(row["ub"])) / int(row["ub"]))
                above.append(100 * (length - int(row["cpm"])) / int(row["cpm"]))
        spent = (time.process_time() - begun) / len(gaps)
        print(
            f"{name}, {len(paths)} instances, {schedules:,} schedules: mean gap {sum(gaps) / len(gaps):.2f} %, above "
            f"the longest path {sum(above) / len(above):.2f} %; processor {spent:.3f} s each",
            flush=True,
        )


def _by_rules() -> None:
    crowd = replace(made_up_plan(TASKS), links=())
    _timed_by_rules("linked, one calendar", made_up_plan(TASKS, calendars=1))
    _timed_by_rules("linked, five calendars", made_up_plan(TASKS))
    _timed_by_rules("a crowd without links, five calendars", crowd)
    _timed_by_rules("the same, a second person on one task in twenty", crowd, seconds=0.05)
    small = replace(made_up_plan(TASKS // 5), links=())
    _timed_by_rules("a smaller crowd, two people on each", small, seconds=1.0)


def _timed_by_rules(what: str, unstaffed: Plan, *, seconds: float = 0.0) -> None:
    """seconds: the share of tasks that get a second person."""
    plan = _with_seconds(_staffed(unstaffed), seconds)
    before = schedule(plan)
    for order in (Order.STANDARD, Order.PRIORITY):
        times = []
        for _ in range(3):
            begun = time.process_time()
            levelled = level(plan, before, Options(order=order))
            times.append(time.process_time() - begun)
        print(
            f"by rules, {order.value}, {what}: {len(plan.assignments):,} assignments, {PEOPLE} people, "
            f"{len(levelled.delayed):,} delayed; processor {times[0]:.1f} s first, {min(times[1:]):.1f} s best, goal "
            f"2 s; {before.finish:%Y-%m-%d} becomes {levelled.schedule.finish:%Y-%m-%d}",
            flush=True,
        )


def _staffed(plan: Plan, seed: int = 7) -> Plan:
    """The plan with one person on every task, out of so few that they are asked for at once."""
    draw = random.Random(seed)
    people = tuple(Resource(uid, uid, f"Person {uid}", max_units=Decimal(1)) for uid in range(1, PEOPLE + 1))
    work = tuple(
        Assignment(task.uid + 1, task.uid, draw.randint(1, PEOPLE), work=task.duration.amount)
        for task in plan.tasks
        if task.duration is not None and not task.summary
    )
    return replace(plan, resources=people, assignments=work)


def _with_seconds(plan: Plan, share: float, seed: int = 3) -> Plan:
    """The plan with another person on such a share of its assigned tasks."""
    draw = random.Random(seed)
    more: list[Assignment] = []
    for one in plan.assignments:
        if draw.random() < share:
            second = draw.randint(1, PEOPLE)
            if second != one.resource_uid:
                more.append(replace(one, uid=len(plan.tasks) + 1 + one.uid, resource_uid=second))
    return replace(plan, assignments=plan.assignments + tuple(more))


def _row(path: Path, best: int, seconds: float, peer: bool) -> Row:
    answer, gone = _once(path, seconds)
    problem = read_sm(path)
    starts = [answer["starts"][str(job)] for job in range(1, len(problem.activities) + 1)]
    if violations(problem, starts) or makespan(problem, starts) != answer["makespan"]:
        raise SystemExit(f"{path.name}: the answer is no schedule of that length")
    peer_gap = 100 * (_by_peer(path, seconds) - best) / best if peer else None
    return Row(100 * (answer["makespan"] - best) / best, gone, answer["status"] == "optimal", peer_gap)


def _once(path: Path, seconds: float) -> tuple[dict[str, Any], float]:
    begun = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "headway.interfaces.cli.main",
        "plan",
        "level",
        str(path),
        "--time-limit",
        str(seconds),
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer, time.monotonic() - begun


def _by_peer(path: Path, seconds: float) -> int:
    problem = read_sm(path)
    question = (
        [a.duration for a in problem.activities],
        [(p.before, p.after) for p in problem.precedences],
        [a.demands for a in problem.activities],
        [units[0] for units in problem.capacities],
        seconds,
    )
    done = subprocess.run(
        [sys.executable, "-c", _PEER], input=json.dumps(question), capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def _tell(name: str, rows: list[Row], seconds: float) -> None:
    gap = sum(row.gap for row in rows) / len(rows)
    goal = f", goal {GOALS[name]:.2f} %" if name in GOALS else ""
    met = sum(row.gap <= 0 for row in rows)
    longest = max(row.seconds for row in rows)
    peers = [row.peer_gap for row in rows if row.peer_gap is not None]
    peer = f"; plain CP-SAT {sum(peers) / len(peers):.2f} %" if peers else ""
    print(
        f"{name}, {len(rows)} instances, {seconds:g} s: mean gap {gap:.2f} %{goal}; best known met {met}, "
        f"proven {sum(row.proven for row in rows)}, longest process {longest:.1f} s{peer}",
        flush=True,
    )


if __name__ == "__main__":
    main()
