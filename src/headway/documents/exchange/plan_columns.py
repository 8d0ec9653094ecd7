"""The columns of a plan as a table: the names they go by, and their texts for links and durations.

Names are matched without regard to capitals and spaces; English and German names of the usual
planning programs are known. Not here: reading and writing the files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from headway.documents.exchange.cells import CellError, plain
from headway.engine.durations import minutes_per, parse_duration
from headway.engine.plan import Duration, Lag, LinkType, ProjectSettings
from headway.engine.units import WorkTime


@dataclass(frozen=True)
class Column:
    """One column. `header` is the name we write; `kind` says how its cells are read and written.

    kind  text, int, duration, hours (working time as a number), moment, end (a moment that is the
          end of the day when only a day is given), flag, percent, number or one of the choices.
    """

    field: str
    header: str
    kind: str = "text"
    others: str = ""
    width: int = 12

    @property
    def names(self) -> Iterator[str]:
        """All names it is known by, normal form."""
        yield normal(self.header)
        yield from (normal(name) for name in self.others.split("|") if name.strip())


def normal(name: str) -> str:
    """A column name without capitals, doubled spaces, underscores and closing marks."""
    return " ".join(name.replace("\ufeff", "").replace("_", " ").casefold().split()).rstrip(":*").strip()


TASK_COLUMNS = (
    Column("uid", "Unique ID", "int", "UID | Eindeutige ID | Eindeutige Nr. | Einmalige Nr.", 9),
    Column("id", "ID", "text", "Nr. | Nr | No | No. | # | Row | Zeile | Task ID | Vorgangs-ID | Vorgangsnr."
           " | Issue key | Key | Schlüssel | Vorgangsschlüssel", 6),
    Column("wbs", "WBS", "text", "WBS Code | PSP | PSP-Code | Outline Number | Gliederungsnummer | Gliederungsnr.", 9),
    Column("level", "Outline Level", "int", "Level | Gliederungsebene | Ebene | Indent", 8),
    Column("name", "Name", "text", "Task Name | Task | Title | Activity | Activity Name | Subject | Issue summary"
           " | Vorgangsname | Vorgang | Aufgabe | Aufgabenname | Bezeichnung | Titel | Arbeitspaket | Primary"
           " | Item", 44),
    Column("duration", "Duration", "duration", "Dauer | Length | Laufzeit | Scheduled Duration | Geplante Dauer", 11),
    Column("start", "Start", "moment", "Start Date | Begin | Begin Date | Anfang | Startdatum | Beginn | Start time"
           " | Geplanter Anfang | Scheduled Start | Planned Start", 17),
    Column("finish", "Finish", "end", "End | End Date | Finish Date | Due | Due Date | Ende | Enddatum | Fällig"
           " | Fertigstellung | Fällig am | Fälligkeitsdatum | Geplantes Ende | Scheduled Finish | Planned Finish"
           " | Target Date", 17),
    Column("percent", "% Complete", "percent", "Percent Complete | % Done | Progress | Complete | Done %"
           " | % abgeschlossen | Abgeschlossen | Fortschritt | Fertigstellungsgrad"
           " | Prozent abgeschlossen | % Completed", 10),
    Column("predecessors", "Predecessors", "text", "Predecessor | Vorgänger | Dependencies"
           " | Depends on | Abhängigkeiten"
           " | Abhängig von | Blocked by | Blocked By (Dependencies) | Inward issue link (Blocks)", 18),
    Column("uid_predecessors", "Unique ID Predecessors", "text", "Eindeutige Vorgänger-ID", 18),
    Column("resources", "Resource Names", "text", "Resources | Resource | Assigned To | Assignee | Assignees | Who"
           " | Assigned | Ressourcennamen | Ressourcen | Ressource | Zugewiesen | Zugewiesen an"
           " | Bearbeiter | Zuständig", 28),
    Column("milestone", "Milestone", "flag", "Is Milestone | Meilenstein", 9),
    Column("summary", "Summary", "flag", "Is Summary | Sammelvorgang", 9),
    Column("mode", "Mode", "mode", "Task Mode | Vorgangsmodus", 8),
    Column("constraint", "Constraint Type", "constraint", "Constraint | Einschränkungsart | Einschränkung", 10),
    Column("constraint_date", "Constraint Date", "moment", "Einschränkungstermin", 17),
    Column("deadline", "Deadline", "end", "Stichtag | Termin", 17),
    Column("optimistic", "Optimistic", "duration", "Optimistic Duration | Optimistisch | Optimistische Dauer", 10),
    Column("pessimistic", "Pessimistic", "duration", "Pessimistic Duration | Pessimistisch | Pessimistische Dauer", 10),
    Column("active", "Active", "flag", "Aktiv", 8),
    Column("external", "External", "flag", "Extern", 8),
    Column("type", "Task Type", "type", "Vorgangsart", 14),
    Column("effort_driven", "Effort Driven", "flag", "Leistungsgesteuert", 8),
    Column("calendar_uid", "Task Calendar ID", "int", "", 8),
    Column("ignore_resource_calendar", "Ignore Resource Calendar", "flag", "", 8),
    Column("priority", "Priority", "int", "", 8),
    Column("leveling_delay", "Leveling Delay", "duration", "", 10),
    Column("work", "Work (h)", "hours", "Work | Arbeit | Effort | Aufwand | Arbeit (h)", 10),
    Column("actual_work", "Actual Work (h)", "hours", "Actual Work | Aktuelle Arbeit", 10),
    Column("remaining_work", "Remaining Work (h)", "hours", "Remaining Work | Verbleibende Arbeit", 10),
    Column("cost", "Cost", "number", "Kosten", 12),
    Column("actual_cost", "Actual Cost", "number", "Aktuelle Kosten | Ist-Kosten", 12),
    Column("fixed_cost", "Fixed Cost", "number", "Feste Kosten", 12),
    Column("percent_work_complete", "% Work Complete", "percent", "% Arbeit abgeschlossen", 10),
    Column("physical_percent_complete", "Physical % Complete", "percent", "Physisch % abgeschlossen", 10),
    Column("actual_start", "Actual Start", "moment", "Aktueller Anfang | Tatsächlicher Beginn", 17),
    Column("actual_finish", "Actual Finish", "end", "Aktuelles Ende | Tatsächliches Ende | Completed At", 17),
    Column("actual_duration", "Actual Duration (h)", "hours", "", 10),
    Column("remaining_duration", "Remaining Duration (h)", "hours", "", 10),
    Column("stop", "Stop", "moment", "", 17),
    Column("resume", "Resume", "moment", "", 17),
    Column("manual_start", "Manual Start", "moment", "", 17),
    Column("manual_finish", "Manual Finish", "moment", "", 17),
    Column("manual_duration", "Manual Duration", "duration", "", 10),
    Column("recurring", "Recurring", "flag", "", 8),
    Column("owner", "Owner", "text", "Verantwortlich | Responsible | Accountable", 18),
    Column("notes", "Notes", "text", "Note | Description | Comments | Comment | Notizen | Beschreibung | Bemerkung"
           " | Bemerkungen | Kommentar", 40),
    Column("total_slack", "Total Slack (h)", "hours", "", 10),
    Column("critical", "Critical", "flag", "Kritisch", 8),
)  # fmt: skip

# Columns that only tables of other programs have.
FOREIGN_COLUMNS = (
    Column("parent", "Parent", "text", "Parent Task | Parent ID | Parent Key | Parent Issue | Übergeordnet"
           " | Übergeordneter Vorgang | Übergeordnete Aufgabe"),
    Column("status", "Status", "text", "State | Stand"),
    Column("estimate", "Original Estimate", "number", "Σ Original Estimate | Ursprüngliche Schätzung"),
)  # fmt: skip
# In a tracker's list 'Summary' is the title of the issue.
TRACKER_COLUMNS = (Column("name", "Summary", "text", "Zusammenfassung"),)

OWN_MARKS = ("Unique ID", "Outline Level", "Mode", "Constraint Type")


# ---- durations ---------------------------------------------------------------------------------

_GERMAN = {
    "t": "d", "tag": "d", "tage": "d", "tagen": "d", "woche": "w", "wochen": "w", "wch": "w", "std": "h", "stunde": "h",
    "stunden": "h", "monat": "mo", "monate": "mo", "minute": "m", "minuten": "m",
}  # fmt: skip
_DURATION = re.compile(r"([+-]?\d{1,12}(?:[.,]\d{1,12})?)\s*([^\W\d_]*)\.?\s*(\?)?")


def duration_of(text: str, settings: ProjectSettings) -> Duration:
    """A duration in English or German: '3d', '2 Wochen', '2ed', '3 fTage', '5 days?'."""
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise CellError("Expected a duration such as 3d, 2w or 8h.")
    word = found[2].casefold()
    if word in _GERMAN:
        word = _GERMAN[word]
    elif word[:1] == "f" and word[1:] in _GERMAN:
        word = f"e{_GERMAN[word[1:]]}"
    try:
        return parse_duration(f"{found[1].lstrip('+')}{word}{found[3] or ''}", settings)
    except ValueError:
        raise CellError("Expected a duration such as 3d, 2w or 8h.") from None


def duration_text(duration: Duration, settings: ProjectSettings) -> str:
    """The duration so exactly that reading it gives the same tenth of a minute."""
    amount = duration.amount.minutes / minutes_per(duration.unit, settings, elapsed=duration.elapsed)
    number = plain(Decimal(f"{amount:.6f}"))
    return f"{number}{'e' if duration.elapsed else ''}{duration.unit}{'?' if duration.estimated else ''}"


# ---- links -------------------------------------------------------------------------------------

_TYPES = {**{kind.value: kind for kind in LinkType}, "EA": LinkType.FS, "AA": LinkType.SS, "EE": LinkType.FF,
          "AE": LinkType.SF}  # fmt: skip
_LINK = re.compile(
    r"(?P<task>.+?)\s*(?:\(?(?P<type>FS|SS|FF|SF|EA|AA|EE|AE)\)?)?\s*"
    r"(?:(?P<sign>[+-])\s*(?P<amount>\d{1,9}(?:[.,]\d{1,9})?)\s*(?P<unit>e?%|[^\W\d_]+\.?))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class LinkText:
    """One predecessor as written: the task's id, key or name still to be found."""

    task: str
    type: LinkType
    lag: Lag


def links_of(text: str, known: Callable[[str], bool], settings: ProjectSettings) -> Iterator[LinkText]:
    """The predecessors of one cell, such as '12FS+2d;15SS'; raises CellError at the first bad one.

    known  whether a text names a task; asked first, for keys such as ABC-12 look like a lag.
    """
    whole = text.strip()
    parts = [whole] if known(whole) else re.split(r"[;\n]" if ";" in text or "\n" in text else ",", text)
    for part in filter(None, map(str.strip, parts)):
        if known(part):
            yield LinkText(part, LinkType.FS, Lag())
            continue
        found = _LINK.fullmatch(part)
        if not found or not known(found["task"]):
            raise CellError(f"There is no task '{found['task'] if found else part}'. Name a task by its id.")
        kind = _TYPES[(found["type"] or "FS").upper()]
        yield LinkText(found["task"], kind, _lag(found.groupdict(), settings))


def _lag(found: Mapping[str, str | None], settings: ProjectSettings) -> Lag:
    if not found["sign"]:
        return Lag()
    number = f"{'-' if found['sign'] == '-' else ''}{found['amount']}".replace(",", ".")
    unit = found["unit"] or ""
    if unit.endswith("%"):
        return Lag(unit="%", elapsed=unit.startswith("e"), percent=Decimal(number))
    span = duration_of(f"{number}{unit}", settings)
    return Lag(span.amount, span.unit, span.elapsed)


def link_text(task: int, kind: LinkType, lag: Lag, settings: ProjectSettings) -> str:
    """The predecessor as people write it: '12', '12SS', '12FS+2d'."""
    if lag == Lag():
        return f"{task}" if kind is LinkType.FS else f"{task}{kind.value}"
    if lag.percent is not None:
        sign = "-" if lag.percent < 0 else "+"
        return f"{task}{kind.value}{sign}{plain(abs(lag.percent))}{'e' if lag.elapsed else ''}%"
    sign = "-" if lag.amount.tenths < 0 else "+"
    span = Duration(WorkTime(abs(lag.amount.tenths)), lag.unit, lag.elapsed)
    return f"{task}{kind.value}{sign}{duration_text(span, settings)}"


# ---- resources ---------------------------------------------------------------------------------

_RESOURCE = re.compile(r"(?P<name>[^\[\]]+?)\s*(?:\[(?P<units>[^\[\]]*)\])?")
_UNITS = re.compile(r"(\d{1,7}(?:[.,]\d{1,7})?)\s*%")


def resources_of(text: str) -> Iterator[tuple[str, Decimal]]:
    """Names and units of one cell, such as 'Ann[50%];Bob'; raises CellError at a bad one."""
    outside = re.sub(r"\[[^\]]*\]", "", text)
    mark = ";" if ";" in outside else r"[,\n]"
    for part in filter(None, map(str.strip, re.split(rf"(?:{mark})(?![^\[]*\])", text))):
        found = _RESOURCE.fullmatch(part)
        if not found:
            raise CellError("Expected names such as 'Ann[50%];Bob'.")
        units = _UNITS.fullmatch((found["units"] or "100%").strip())
        if not units:
            raise CellError(f"Expected a percentage in the brackets after '{found['name']}'.")
        yield found["name"], Decimal(units[1].replace(",", ".")) / 100


def resource_text(name: str, units: Decimal) -> str:
    """The assignment as people write it: 'Ann', 'Ann[50%]'."""
    return name if units == 1 else f"{name}[{plain(units * 100)}%]"
