"""`headway plan`: plan files without a database.

Every file is read in the limited child process; the schedule is computed here. The JSON of each
command is listed in docs/reference/plan-json.md. Not here: the projects of the workspace.
"""

from __future__ import annotations

import argparse
import os
import time as clock
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from headway.documents.child import Refused
from headway.documents.exchange import (
    LOCAL_PLAN,
    WRITE_SUFFIXES,
    FidelityRow,
    PlanFile,
    plan_as_json,
    psplib,
    read_plan,
    write_plan,
)
from headway.documents.exchange.diff import PlanDiff, diff, with_dates
from headway.documents.exchange.fidelity import CHANGED, DROPPED, KEPT
from headway.documents.exchange.plan_json import minutes_as_json, moment_as_json, strict_json
from headway.documents.exchange.risk_files import read_correlations, read_risks
from headway.documents.exchange.scheduled import with_schedule
from headway.engine.compare import Comparison, compare
from headway.engine.cpm import schedule
from headway.engine.plan import Plan, PlanError, Schedule, Task
from headway.engine.risk import Shape, Share, Simulation, Spread, simulate
from headway.engine.statistics import EstimateError
from headway.engine.units import WorkTime
from headway.interfaces.cli import level_peaks, level_rules, levelling, plan_moves, plan_why
from headway.interfaces.cli.arguments import local_moment
from headway.interfaces.cli.output import DONE, Output, table

_MOST_LINES = 40


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the verbs of `headway plan` to its parser."""
    verbs = parser.add_subparsers(metavar="VERB", required=True)

    show = _verb(verbs, "show", "read any supported plan file and print what it holds")
    show.add_argument("file", type=Path, metavar="FILE")
    show.set_defaults(run=_show)

    compute = _verb(verbs, "schedule", "compute the schedule from the file's inputs, ignoring its computed dates")
    compute.add_argument("file", type=Path, metavar="FILE")
    compute.add_argument("--status-date", type=local_moment, metavar="D", help="local date or date and time")
    compute.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help=f"also write the plan: {', '.join(WRITE_SUFFIXES)}"
    )
    compute.set_defaults(run=_schedule)

    against = _verb(verbs, "compare", "our dates against the dates the file stores")
    against.add_argument("file", type=Path, metavar="FILE")
    against.set_defaults(run=_compare)

    convert = _verb(verbs, "convert", "write the plan in another format and report what it cannot carry")
    convert.add_argument("file", type=Path, metavar="FILE")
    convert.add_argument("-o", "--output", type=Path, metavar="OUT", required=True, help=", ".join(WRITE_SUFFIXES))
    convert.set_defaults(run=_convert)

    chances = _verb(verbs, "simulate", "when the plan will end, with which probability (Monte Carlo)")
    chances.add_argument("file", type=Path, metavar="FILE")
    chances.add_argument("--runs", type=int, default=10_000, metavar="N", help="how often the durations are drawn")
    chances.add_argument("--seed", type=int, default=0, metavar="N", help="the same seed draws the same durations")
    chances.add_argument("--distribution", choices=[shape.value for shape in Shape], default=Shape.PERT.value)
    chances.add_argument(
        "--spread",
        type=_spread,
        metavar="LOW,HIGH",
        help="percent, for tasks without an estimate: 80,130 is from 80 to 130 percent of the duration, "
        "20,30 the same as 80,130: 20 percent off and 30 percent on",
    )
    chances.add_argument(
        "--risks",
        type=Path,
        metavar="FILE",
        help="CSV or JSON: name, probability, likely (its impact) and tasks",
    )
    chances.add_argument(
        "--correlations", type=Path, metavar="FILE", help="CSV or JSON: one, other, rank correlation of two durations"
    )
    chances.set_defaults(run=_simulate)

    levelled = _verb(verbs, "level", "place the work within its resources; also reads PSPLIB files (.sm)")
    levelled.add_argument("file", type=Path, metavar="FILE")
    levelling.add_limits(levelled)
    levelling.add_objective(levelled)
    levelling.add_staffing(levelled)
    level_rules.add_rules(levelled)
    levelled.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help=f"also write the plan: {', '.join(WRITE_SUFFIXES)}"
    )
    levelled.set_defaults(run=_level)

    changes = _verb(verbs, "diff", "what changed between two plan files")
    changes.add_argument("old", type=Path, metavar="OLD")
    changes.add_argument("new", type=Path, metavar="NEW")
    changes.set_defaults(run=_diff)

    why = _verb(verbs, "why", "what sets a task's dates, and the path of tasks that places it")
    why.add_argument("file", type=Path, metavar="FILE")
    plan_why.add_task(why)
    why.set_defaults(run=_why)

    what_if = _verb(verbs, "what-if", "what changes would move, and why; the file stays as it is")
    what_if.add_argument("file", type=Path, metavar="FILE")
    plan_moves.add_changes(what_if)
    what_if.set_defaults(run=_what_if)

    for verb in (show, compute, against, convert, chances, levelled, changes, why, what_if):
        verb.add_argument(
            "--set",
            action="append",
            default=[],
            type=_answer,
            metavar="NAME=VALUE",
            help="answer a question of the file, such as encoding=cp1251 or date_order=dmy",
        )
        verb.add_argument("--mapping", type=Path, metavar="M", help="JSON file saying which column is which field")


def _verb(verbs: Any, name: str, help_text: str) -> argparse.ArgumentParser:  # argparse keeps this class private
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=help_text,
        description=f"{help_text[:1].upper()}{help_text[1:]}.",
        epilog="--json: one JSON document.",
    )
    return parser


def _answer(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise argparse.ArgumentTypeError(f"'{text}' is not NAME=VALUE")
    return name, value


def _spread(text: str) -> Spread:
    """Two percentages: shares of the duration, or, with a negative first or both under 100, what goes off and on."""
    low_text, _, high_text = text.partition(",")
    try:
        low, high = float(low_text), float(high_text)
        if low < 0 or high < 100:
            return Spread(1 - abs(low) / 100, 1 + high / 100)
        return Spread(low / 100, high / 100)
    except EstimateError as error:
        raise argparse.ArgumentTypeError(
            f"'{text}' does not hold the duration itself, 100 percent. Write for example 80,130 or 20,30"
        ) from error
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not LOW,HIGH in percent, such as 80,130") from error


def _read(path: Path, arguments: argparse.Namespace, out: Output) -> PlanFile:
    with out.progress(f"Reading {path.name}"):
        found = read_plan(path, limits=LOCAL_PLAN, mapping=_mapping(arguments.mapping), answers=dict(arguments.set))
    for question in found.questions:
        choices = "|".join(question.choices)
        out.note(
            f"{path.name}: {question.message} Assumed '{question.assumed}'; "
            f"change it with --set {question.field}={choices}."
        )
    return found


def _mapping(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    found = strict_json(path)
    if not isinstance(found, dict):
        raise Refused("The mapping file holds no JSON object.", {"file": path.name})
    return found


def _scheduled(plan: Plan, out: Output, status_date: datetime | None = None) -> Schedule:
    with out.progress("Scheduling"):
        return schedule(plan, status_date=status_date, compiled=True)


# ---- show -------------------------------------------------------------------------------------


def _show(arguments: argparse.Namespace, out: Output) -> int:
    found = _read(arguments.file, arguments, out)
    document = plan_as_json(found.plan) if out.as_json else {}
    document |= {
        "fidelity": [row.as_json() for row in found.fidelity],
        "questions": [question.as_json() for question in found.questions],
    }
    out.answer(document, _plan_lines(found))
    return DONE


def _plan_lines(found: PlanFile) -> Iterator[str]:
    plan, project = found.plan, found.plan.project
    yield f"{project.title or project.name or 'Plan'} ({project.application})"
    yield (
        f"{len(plan.tasks)} tasks, {len(plan.links)} links, {len(plan.resources)} resources, "
        f"{len(plan.assignments)} assignments, {len(plan.calendars)} calendars"
    )
    yield f"Start {_moment(project.start)}, status date {_moment(project.status_date)}"
    yield ""
    rows = [
        (
            task.id,
            task.uid,
            task.wbs,
            "  " * (task.outline_level - 1) + task.name,
            *_dates(task),
            f"{task.percent_complete:f}",
        )
        for task in plan.tasks
    ]
    yield from _some(table(("ID", "UID", "WBS", "Name", "Start", "Finish", "%"), rows[:_MOST_LINES]), len(rows))
    yield ""
    yield from _fidelity_lines(found.fidelity)


def _dates(task: Task) -> tuple[str, str]:
    return (_moment(task.stored.start), _moment(task.stored.finish)) if task.stored else ("", "")


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment_as_json(moment).replace("T", " ")


def _some(lines: Iterable[str], count: int) -> Iterator[str]:
    yield from lines
    if count > _MOST_LINES:
        yield f"… {count - _MOST_LINES} more; --json gives all."


def _fidelity_lines(rows: Sequence[FidelityRow]) -> Iterator[str]:
    counts = Counter(row.status for row in rows)
    yield f"Fields kept {counts[KEPT]}, changed {counts[CHANGED]}, not carried {counts[DROPPED]}."
    told = [row for row in rows if row.status != KEPT]
    cells = [(row.status, row.entity, row.field, row.count, "; ".join(row.examples)) for row in told[:_MOST_LINES]]
    if cells:
        yield from _some(table(("What", "Of", "Field", "Count", "For example"), cells), len(told))


# ---- schedule, compare ------------------------------------------------------------------------


def _schedule(arguments: argparse.Namespace, out: Output) -> int:
    plan = _read(arguments.file, arguments, out).plan
    computed = _scheduled(plan, out, arguments.status_date)
    if arguments.output is not None:
        _write(with_schedule(plan, computed), arguments.output, (arguments.file,))
    out.answer(_schedule_json(plan, computed), _schedule_lines(plan, computed))
    return DONE


def _schedule_json(plan: Plan, computed: Schedule) -> dict[str, Any]:
    tasks = {task.uid: task for task in plan.tasks}
    return {
        "project": {"start": moment_as_json(computed.start), "finish": moment_as_json(computed.finish)},
        "tasks": [
            {
                "uid": row.uid,
                "id": tasks[row.uid].id,
                "wbs": tasks[row.uid].wbs,
                "name": tasks[row.uid].name,
                "summary": tasks[row.uid].summary,
                "milestone": tasks[row.uid].milestone,
                "start": moment_as_json(row.start),
                "finish": moment_as_json(row.finish),
                "early_start": moment_as_json(row.early_start),
                "early_finish": moment_as_json(row.early_finish),
                "late_start": moment_as_json(row.late_start),
                "late_finish": moment_as_json(row.late_finish),
                "total_slack_minutes": minutes_as_json(row.total_slack),
                "free_slack_minutes": minutes_as_json(row.free_slack),
                "critical": row.critical,
                "driver": {"kind": row.driver.kind, "uid": row.driver.uid, "text": row.driver.text},
            }
            for row in computed.tasks
        ],
        "warnings": list(computed.warnings),
    }


def _schedule_lines(plan: Plan, computed: Schedule) -> Iterator[str]:
    tasks = {task.uid: task for task in plan.tasks}
    yield f"Start {_moment(computed.start)}, finish {_moment(computed.finish)}"
    rows = []
    for row in computed.tasks[:_MOST_LINES]:
        task = tasks[row.uid]
        name = "  " * (task.outline_level - 1) + task.name
        hours = f"{row.total_slack.hours:.1f}"
        rows.append(
            (
                task.id,
                name,
                _moment(row.start),
                _moment(row.finish),
                hours,
                "yes" if row.critical else "",
                row.driver.text,
            )
        )
    heads = ("ID", "Name", "Start", "Finish", "Slack h", "Critical", "Why then")
    yield from _some(table(heads, rows), len(computed.tasks))
    for warning in computed.warnings:
        yield f"Warning: {warning}"


def _compare(arguments: argparse.Namespace, out: Output) -> int:
    plan = _read(arguments.file, arguments, out).plan
    comparison = compare(plan, _scheduled(plan, out))
    out.answer(_comparison_json(comparison), _comparison_lines(plan, comparison))
    return DONE


def _comparison_json(comparison: Comparison) -> dict[str, Any]:
    return {
        "tasks": comparison.tasks,
        "start_equal": comparison.start_equal,
        "finish_equal": comparison.finish_equal,
        "start_equal_working": comparison.start_equal_working,
        "finish_equal_working": comparison.finish_equal_working,
        "dates_equal": comparison.dates_equal,
        "all_equal": comparison.all_equal,
        "differences": [
            {
                "uid": row.uid,
                "field": row.field,
                "stored": _date_or_minutes(row.stored),
                "computed": _date_or_minutes(row.computed),
                "reason": row.reason.value,
            }
            for row in comparison.differences
        ],
    }


def _date_or_minutes(value: datetime | WorkTime) -> str | int | float:
    return minutes_as_json(value) if isinstance(value, WorkTime) else moment_as_json(value)


def _comparison_lines(plan: Plan, comparison: Comparison) -> Iterator[str]:
    total = comparison.tasks
    yield f"{total} tasks: start equal {comparison.start_equal}, finish equal {comparison.finish_equal}"
    yield f"same working instant: start {comparison.start_equal_working}, finish {comparison.finish_equal_working}"
    names = {task.uid: task.name for task in plan.tasks}
    rows = [
        (names[row.uid], row.field, _date_or_minutes(row.stored), _date_or_minutes(row.computed), row.reason.value)
        for row in comparison.differences[:_MOST_LINES]
    ]
    if rows:
        lines = table(("Task", "Field", "Stored", "Computed", "Reason"), rows)
        yield from _some(lines, len(comparison.differences))


# ---- level ------------------------------------------------------------------------------------


def _level(arguments: argparse.Namespace, out: Output) -> int:
    level_rules.refuse_without_rules(arguments)
    is_problem = arguments.file.suffix.lower() == psplib.SUFFIX
    by_rules = arguments.method == level_rules.RULES
    levelling.refuse_objective(arguments, by_rules=by_rules, of_plan=not is_problem)
    if is_problem:
        levelling.refuse_for_problem(arguments, by_rules=by_rules)
        peaks = arguments.objective == levelling.PEAK
        return level_peaks.level_peaks(arguments, out) if peaks else levelling.level_problem(arguments, out)
    begun = clock.monotonic()
    plan = _read(arguments.file, arguments, out).plan
    if arguments.objective == levelling.PEAK:
        return _smooth(plan, arguments, out, begun)
    way = level_rules.level_by_rules if by_rules else levelling.level_plan
    found = way(plan, arguments, out, begun)
    if arguments.output is not None:
        _write(with_schedule(found.levelled.plan, found.levelled.schedule), arguments.output, (arguments.file,))
    out.answer(levelling.plan_as_json(found), levelling.plan_lines(found))
    return DONE


def _smooth(plan: Plan, arguments: argparse.Namespace, out: Output, begun: float) -> int:
    answer = level_peaks.smooth_plan(plan, arguments, out, begun)
    levelled = answer.found.levelled
    if arguments.output is not None:
        _write(with_schedule(levelled.plan, levelled.schedule), arguments.output, (arguments.file,))
    out.answer(level_peaks.smoothed_as_json(answer), level_peaks.smoothed_lines(answer))
    return DONE


# ---- simulate ---------------------------------------------------------------------------------


def _simulate(arguments: argparse.Namespace, out: Output) -> int:
    plan = _read(arguments.file, arguments, out).plan
    shape = Shape(arguments.distribution)
    risks = read_risks(arguments.risks, plan, shape) if arguments.risks else ()
    correlations = read_correlations(arguments.correlations, plan) if arguments.correlations else None
    try:
        with out.progress(f"Simulating {arguments.runs:,} runs"):
            found = simulate(
                plan,
                runs=arguments.runs,
                seed=arguments.seed,
                shape=shape,
                spread=arguments.spread,
                correlations=correlations,
                risks=risks,
                threads=os.cpu_count() or 1,
            )
    except EstimateError as error:
        more = " --spread LOW,HIGH gives one to every task." if arguments.spread is None else ""
        raise Refused(f"{error}{more}", {"file": arguments.file.name}) from error
    out.answer(_simulation_json(found), _simulation_lines(found))
    return DONE


def _simulation_json(found: Simulation) -> dict[str, Any]:
    named = [(f"p{row.share * 100:.0f}", row) for row in found.percentiles]
    spread = found.spread
    return {
        "runs": found.runs,
        "seed": found.seed,
        "distribution": found.shape.value,
        "spread": {"low": spread.low, "high": spread.high} if spread else None,
        "finish": {name: moment_as_json(row.date) for name, row in named}
        | {
            "mean": moment_as_json(found.mean),
            "deterministic": moment_as_json(found.deterministic),
            "deterministic_percentile": found.on_time.value,
            "intervals": {name: [moment_as_json(row.low), moment_as_json(row.high)] for name, row in named},
        },
        "probability_by_deadline": {"project": found.on_time.value}
        | {str(row.uid): row.probability.value for row in found.dates if row.has_deadline},
        "dates": [
            {
                "uid": row.uid,
                "name": row.name,
                "target": moment_as_json(row.target),
                "deadline": row.has_deadline,
                "deterministic": moment_as_json(row.deterministic),
                "p50": moment_as_json(row.p50),
                "p80": moment_as_json(row.p80),
                "probability": row.probability.value,
                "low": row.probability.low,
                "high": row.probability.high,
            }
            for row in found.dates
        ],
        "tasks": [
            {
                "uid": row.uid,
                "name": row.name,
                "criticality_index": row.criticality_index,
                "cruciality": row.cruciality,
                "schedule_sensitivity": row.schedule_sensitivity,
            }
            for row in found.tasks
        ],
        "tornado": [
            {"kind": bar.kind, "uid": bar.number, "name": bar.name, "correlation": bar.correlation}
            for bar in found.tornado
        ],
        "cruciality_is": "absolute Pearson correlation of the duration with the project finish",
        "warnings": list(found.warnings),
    }


def _simulation_lines(found: Simulation) -> Iterator[str]:
    spread = found.spread
    told = f", spread {spread.low:.0%} to {spread.high:.0%} of the duration" if spread else ""
    yield f"{found.runs:,} runs, seed {found.seed}, {found.shape.value}{told}"
    yield f"Planned finish {_moment(found.deterministic)}: {_chance(found.on_time)} of the runs end by then."
    yield f"Mean finish {_moment(found.mean)}"
    yield ""
    rows = [(f"P{row.share * 100:.0f}", *map(_moment, (row.date, row.low, row.high))) for row in found.percentiles]
    yield from table(("Finish", "Date", "95 % from", "to"), rows)
    if found.dates:
        yield ""
        heads = ("Deadline or milestone", "Target", "P50", "P80", "Met in")
        dates = [
            (row.name, _moment(row.target), _moment(row.p50), _moment(row.p80), _chance(row.probability))
            for row in found.dates
        ]
        yield from _some(table(heads, dates[:_MOST_LINES]), len(dates))
    yield ""
    names = {row.uid: row for row in found.tasks}
    bars = [
        (
            bar.name,
            f"{abs(bar.correlation):.2f}",
            f"{names[bar.number].criticality_index:.2f}" if bar.kind == "task" else "risk",
        )
        for bar in found.tornado
    ]
    yield from _some(table(("What moves the finish", "Cruciality", "Criticality"), bars[:_MOST_LINES]), len(bars))
    yield "Cruciality: |Pearson correlation| of the duration with the finish. Criticality: share of runs critical."
    for warning in found.warnings:
        yield f"Warning: {warning}"


def _chance(share: Share) -> str:
    return f"{share.value:.1%} ({share.low:.1%} to {share.high:.1%})"


# ---- convert, diff ----------------------------------------------------------------------------


def _convert(arguments: argparse.Namespace, out: Output) -> int:
    found = _read(arguments.file, arguments, out)
    with out.progress(f"Writing {arguments.output.name}"):
        rows = _write(found.plan, arguments.output, (arguments.file,))
    document = {
        "output": str(arguments.output),
        "read": [row.as_json() for row in found.fidelity],
        "fidelity": [row.as_json() for row in rows],
    }
    out.answer(document, [f"Written: {arguments.output}", *_fidelity_lines(rows)])
    return DONE


def _write(plan: Plan, target: Path, sources: Sequence[Path]) -> list[FidelityRow]:
    """Write beside the target first, so that a failure leaves no half file, and never over a source."""
    if any(target.exists() and target.samefile(source) for source in sources):
        raise Refused("The output would overwrite the file it is made from. Name another file.", {"file": target.name})
    if not target.parent.is_dir():
        raise Refused(f"There is no folder '{target.parent}'. Make it first.", {"file": target.name})
    if target.suffix.lower() not in WRITE_SUFFIXES:
        raise Refused(f"Plans are written as {', '.join(WRITE_SUFFIXES)}. Name such a file.", {"file": target.name})
    beside = target.with_name(f".{target.stem}.part{target.suffix}")
    try:
        rows = write_plan(plan, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return rows


def _diff(arguments: argparse.Namespace, out: Output) -> int:
    old, new = (_read(path, arguments, out).plan for path in (arguments.old, arguments.new))
    changes = diff(_dated(old, out), _dated(new, out))
    computed, why_not = None, None
    try:
        computed = plan_moves.compared(old, _scheduled(old, out), new, _scheduled(new, out))
    except PlanError as error:
        why_not = str(error)
    document = {"computed": plan_moves.as_json(computed) if computed else None, "not_computed": why_not}
    out.answer(changes.as_json() | document, [*_diff_lines(changes), "", *_computed_lines(computed, why_not)])
    return DONE


def _computed_lines(computed: plan_moves.Compared | None, why_not: str | None) -> Iterator[str]:
    if computed is None:
        yield f"Which change moved what is not known, as one of the plans has no schedule: {why_not}"
    else:
        yield "Computed anew:"
        yield from plan_moves.lines(computed)


def _dated(plan: Plan, out: Output) -> Plan:
    """With dates for every active task: the file's own, else ours."""
    missing = [task for task in plan.tasks if task.active and (task.stored is None or task.stored.start is None)]
    return with_dates(plan, _scheduled(plan, out)) if missing else plan


def _diff_lines(changes: PlanDiff) -> Iterator[str]:
    for title, rows in (("Added", changes.added), ("Removed", changes.removed)):
        for row in rows[:_MOST_LINES]:
            yield f"{title}: {row['wbs']} {row['name']} (uid {row['uid']})"
    moved = [(row["name"], row["field"], row["old"], row["new"], row["days"]) for row in changes.moved]
    if moved:
        yield from _some(table(("Moved", "Date", "Old", "New", "Days"), moved[:_MOST_LINES]), len(moved))
    changed = [(row["name"], row["field"], row["old"], row["new"]) for row in changes.changed]
    if changed:
        yield from _some(table(("Changed", "Field", "Old", "New"), changed[:_MOST_LINES]), len(changed))
    links = changes.links
    yield f"Links: {len(links['added'])} added, {len(links['removed'])} removed, {len(links['changed'])} changed"
    yield f"Work: {changes.work['old_minutes'] / 60:.1f} h → {changes.work['new_minutes'] / 60:.1f} h"
    yield f"Cost: {changes.cost['old']} → {changes.cost['new']}"


# ---- why, what-if -----------------------------------------------------------------------------


def _why(arguments: argparse.Namespace, out: Output) -> int:
    plan = _read(arguments.file, arguments, out).plan
    found = plan_why.reasons(plan, _scheduled(plan, out), arguments.task)
    out.answer(plan_why.as_json(found), plan_why.lines(found))
    return DONE


def _what_if(arguments: argparse.Namespace, out: Output) -> int:
    plan = _read(arguments.file, arguments, out).plan
    with out.progress("Scheduling"):
        found = plan_moves.tried(plan, arguments.change)
    if arguments.output is not None:
        _write(with_schedule(found.new, found.after), arguments.output, (arguments.file,))
    written = {"output": str(arguments.output) if arguments.output is not None else None}
    out.answer(plan_moves.as_json(found) | written, plan_moves.lines(found))
    return DONE
