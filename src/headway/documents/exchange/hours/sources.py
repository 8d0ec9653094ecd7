"""What is known of each time tracker's export: its column names, its marks, its habits.

Columns are matched by name, never by place; any subset in any order. A source is recognised by
names that it alone uses. Not here: reading the rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FIELDS = frozenset(
    {
        "date", "person", "first_name", "last_name", "user", "email", "employee_id", "role",
        "start_date", "start_time", "end_date", "end_time", "start", "end", "duration", "hours",
        "project", "project_code", "client", "task", "task_code", "note", "billable", "tags",
        "bill_rate", "bill_amount", "cost_rate", "cost_amount", "currency", "source_key",
    }
)  # fmt: skip
_MONEY = re.compile(r"^(.*\S)\s*\(([A-Z]{3})?\)$")


@dataclass(frozen=True)
class Source:
    """One layout of one tracker.

    family        what counts as the same tracker when rows are compared.
    columns       column name (lower case) -> field.
    marks         column names that speak for this layout alone.
    spelled       marks that count only with exactly these capitals.
    no_entries    the file is a list of projects, not of time entries.
    """

    name: str
    family: str
    label: str
    columns: Mapping[str, str]
    marks: frozenset[str] = frozenset()
    spelled: frozenset[str] = frozenset()
    dash_is_empty: bool = False
    seconds: bool = False
    hours_may_be_empty: bool = False
    no_entries: bool = False


@dataclass(frozen=True)
class Match:
    """The layout recognised and the column of each field; `currency` where a header names it."""

    source: Source
    places: Mapping[str, int]
    currency: str = ""
    points: float = 0
    marks: int = 0


def _names(text: str) -> dict[str, str]:
    """'field: Name | Other name' per line -> lower-case name -> field."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, labels = line.partition(":")
        for label in labels.split("|"):
            found[label.strip().casefold()] = name.strip()
    return found


_HARVEST = _names("""
    date: Date | Datum
    client: Client | Kunde
    project: Project | Projekt
    project_code: Project Code | Projektcode
    task: Task | Aufgabe
    note: Notes | Notizen
    hours: Hours | Stunden
    billable: Billable? | Billable | Abrechenbar?
    first_name: First Name | Vorname
    last_name: Last Name | Nachname
    employee_id: Employee Id | Mitarbeiter-ID
    role: Roles | Rollen | Department
    bill_rate: Billable Rate | Abrechenbarer Satz
    bill_amount: Billable Amount | Abrechenbarer Betrag
    cost_rate: Cost Rate | Kostensatz
    cost_amount: Cost Amount | Kostenbetrag
    currency: Currency | Währung
""")
_TOGGL = _names("""
    person: User | Member | Benutzer | Mitglied
    email: Email | E-Mail
    client: Client | Kunde
    project: Project | Projekt
    task: Task | Aufgabe
    note: Description | Beschreibung
    billable: Billable | Abrechenbar
    start_date: Start date | Startdatum
    start_time: Start time | Startzeit
    end_date: End date | Stop date | Enddatum
    end_time: End time | Stop time | Endzeit
    duration: Duration | Dauer
    tags: Tags
    bill_amount: Amount | Betrag
""")
_CLOCKIFY = _names("""
    project: Project | Projekt
    client: Client | Kunde
    note: Description | Beschreibung
    task: Task | Activity | Aufgabe | Aktivität
    person: User | Benutzer
    email: Email | E-Mail
    tags: Tags
    billable: Billable | Abrechenbar
    start_date: Start Date | Startdatum
    start_time: Start Time | Startzeit
    end_date: End Date | Enddatum
    end_time: End Time | Endzeit
    duration: Duration (h) | Dauer (h) | Time (h)
    hours: Duration (decimal) | Dauer (dezimal) | Time (decimal)
    bill_rate: Billable Rate | Abrechenbarer Satz
    bill_amount: Billable Amount | Abrechenbarer Betrag
""")
_KIMAI = _names("""
    date: Date | Datum
    start_time: From | Von
    end_time: To | Bis
    duration: Duration | Dauer
    currency: Currency | Währung
    bill_amount: Price | Preis
    cost_amount: Internal price | Interner Preis
    bill_rate: Hourly price | Stundenpreis | Preis pro Stunde | Stundensatz
    person: Name
    user: User | Benutzer
    email: E-mail | E-Mail
    employee_id: Staff number | Personalnummer
    client: Customer | Kunde
    project: Project | Projekt
    project_code: Project number | Projektnummer
    task: Activity | Tätigkeit
    note: Description | Beschreibung
    billable: Billable | Abrechenbar
    tags: Tags | Schlagworte | Schlagwörter
""")
_KIMAI_FILE = _names("""
    date: Date
    start_time: From
    end_time: To
    duration: Duration
    bill_amount: Rate
    person: User
    email: Email
    client: Customer
    project: Project
    task: Activity
    note: Description
    tags: Tags
    bill_rate: HourlyRate
    cost_amount: InternalRate
""")
_TEMPO = _names("""
    task_code: Issue Key | Ключ запроса | Ключ задачи | Vorgangsschlüssel | Vorgangs-Key
    task: Issue summary | Тема запроса | Резюме | Сводка задачи | Vorgangszusammenfassung
    hours: Hours | Часы | Stunden
    date: Work date | Дата работы | Рабочая дата | Arbeitsdatum
    user: Username | Имя пользователя | Benutzername
    person: Full name | Полное имя | Vollständiger Name
    client: Account Customer | Клиент аккаунта
    project_code: Project Key | Ключ проекта | Projektschlüssel
    project: Project Name | Название проекта | Имя проекта | Projektname
    note: Work Description | Описание работы | Arbeitsbeschreibung
""")
_TEMPO_CLOUD = _names("""
    task_code: Issue key
    task: Issue summary
    date: Date
    hours: Logged time (h)
    note: Work description
    project_code: Project key
    person: Work author
    source_key: Work ID
""")
_SOLIDTIME = _names("""
    note: description
    billable: billable
    client: client
    project: project
    tags: tags
    start: start
    end: end
    task: task
    person: user_name
    email: user_email
""")
_GENERIC = _names("""
    date: Date | Day | Work date | Entry date | Spent on | Datum | Tag | Дата | День | Fecha | Data | Jour
    person: Person | Name | Employee | User | Member | Consultant | Full name | Who | Team member | Resource
    person: Mitarbeiter | Mitarbeiterin | Mitarbeiter/in | Benutzer | Bearbeiter
    person: Сотрудник | Пользователь | ФИО | Исполнитель | Empleado | Collaborateur | Dipendente
    first_name: First name | Vorname | Имя
    last_name: Last name | Surname | Nachname | Фамилия
    email: Email | E-mail | Mail | User email | Эл. почта | Почта
    employee_id: Employee id | Employee no | Staff number | Personalnummer | Табельный номер
    role: Role | Rolle | Роль
    start_date: Start date | Startdatum | Дата начала
    end_date: End date | Stop date | Enddatum | Дата окончания
    start_time: Start time | From | Begin | Von | Beginn | Начало
    end_time: End time | To | Until | Bis | Ende | Окончание | Конец
    start: Start | Started at | Start datetime
    end: End | Stop | Ended at | End datetime
    hours: Hours | Hours worked | Time (h) | Duration (h) | Hrs | Quantity | Effort | Logged hours | Time spent (h)
    hours: Stunden | Std. | Std | Aufwand | Aufwand (h) | Часы | Часов | Трудозатраты | Horas | Heures | Ore
    duration: Duration | Time | Time spent | Dauer | Zeit | Длительность | Время
    project: Project | Project name | Projekt | Projektname | Проект | Proyecto | Projet | Progetto
    project_code: Project code | Project key | Project number | Projektnummer | Projektcode | Код проекта
    client: Client | Customer | Account | Kunde | Auftraggeber | Клиент | Заказчик | Cliente
    task: Task | Activity | Phase | Aufgabe | Tätigkeit | Vorgang | Задача | Вид работ | Tarea | Tâche
    task_code: Task id | Task key | Issue key | Issue
    note: Note | Notes | Description | Comment | Comments | Beschreibung | Bemerkung | Kommentar | Notiz | Notizen
    note: Описание | Комментарий | Примечание
    billable: Billable | Billable? | Chargeable | Abrechenbar | Fakturierbar | Verrechenbar | Оплачиваемое
    tags: Tags | Labels | Schlagworte | Теги
    bill_rate: Rate | Bill rate | Billable rate | Hourly rate | Stundensatz | Ставка
    bill_amount: Amount | Bill amount | Billable amount | Betrag | Umsatz | Сумма
    cost_rate: Cost rate | Kostensatz
    cost_amount: Cost | Cost amount | Kosten
    currency: Currency | Währung | Валюта
    source_key: Id | Entry id | Time entry id | Worklog id | Work id | Key | Schlüssel
""")


def _marks(text: str) -> frozenset[str]:
    return frozenset(label.strip().casefold() for label in text.split("|"))


SOURCES = (
    Source(
        "harvest-projects", "harvest", "Harvest projects", _names("project: Project"),
        _marks("Total Hours | Budget By | Budget Spent | Budget Remaining | Project Notes | Total Costs | Team Costs"),
        no_entries=True,
    ),
    Source(
        "clockify-projects", "clockify", "Clockify projects", _names("project: Project"),
        _marks("Tracked (h) | Estimated (h) | Remaining (h) | Overage (h) | Progress(%) | Billable (h)"),
        no_entries=True,
    ),
    Source(
        "harvest", "harvest", "Harvest detailed time", _HARVEST,
        _marks("Invoiced? | Billable? | Approved? | Employee? | External Reference URL | Hours Rounded | Cost Rate"),
    ),
    Source(
        "harvest-template", "harvest", "Harvest import template",
        _HARVEST, spelled=frozenset({"First name", "Last name"}),
    ),
    Source(
        "toggl", "toggl", "Toggl detailed", _TOGGL, _marks("Member | Stop date | Stop time"),
        spelled=frozenset({"Start date", "End date", "Start time", "End time"}), dash_is_empty=True,
    ),
    Source(
        "clockify", "clockify", "Clockify detailed", _CLOCKIFY,
        _marks("Duration (h) | Duration (decimal) | Group | Billable Rate | Invoice ID | Date of creation | Dauer (h)"),
    ),
    Source(
        "kimai-file", "kimai", "Kimai import file", _KIMAI_FILE,
        _marks("HourlyRate | FixedRate | InternalRate | Exported"), seconds=True,
    ),
    Source(
        "kimai", "kimai", "Kimai export", _KIMAI,
        _marks(
            "From | To | Internal price | Hourly price | Fixed price | Staff number | Customer | Activity | VAT-ID"
            " | Order number | Von | Bis | Interner Preis | Festpreis | Tätigkeit | Personalnummer"
        ),
    ),
    Source(
        "tempo", "tempo", "Tempo for Jira Server and Data Center", _TEMPO,
        _marks(
            "Issue Key | Issue summary | Work date | Work Description | Account Key | Billed Hours | External Hours"
            " | Ключ запроса | Тема запроса | Дата работы | Описание работы | Ключ аккаунта | Ключ задачи"
        ),
        hours_may_be_empty=True,
    ),
    Source(
        "tempo-cloud", "tempo", "Tempo Cloud", _TEMPO_CLOUD, _marks("Logged time (h) | Work author | Work ID"),
        hours_may_be_empty=True,
    ),
    Source("solidtime", "solidtime", "solidtime", _SOLIDTIME, _marks("user_name | user_email")),
)  # fmt: skip
GENERIC = Source("generic", "generic", "table of hours", _GENERIC)


def normal(name: str) -> tuple[str, str]:
    """A column name without case, doubled spaces and currency, and that currency."""
    name = " ".join(name.replace("\ufeff", "").split())
    found = _MONEY.match(name)
    return (found[1].casefold(), found[2] or "") if found else (name.casefold(), "")


def match(source: Source, columns: Sequence[str]) -> Match:
    """How well the columns fit a layout; more points are better."""
    places: dict[str, int] = {}
    currency = ""
    marks = 0
    for place, column in enumerate(columns):
        name, code = normal(column)
        found = source.columns.get(name)
        if found and found not in places:
            places[found] = place
            currency = currency or code
        marks += name in source.marks or column.strip() in source.spelled
    return Match(source, places, currency, len(places) + 2 * marks, marks)


def complete(found: Match) -> bool:
    """Whether the columns tell when and how long."""
    has = found.places.keys()
    when = bool(has & {"date", "start_date", "start"})
    return when and bool(has & {"hours", "duration"} or {"start", "end"} <= has or {"start_time", "end_time"} <= has)


def names_person(found: Match) -> bool:
    """Whether the columns tell who worked."""
    return bool(found.places.keys() & {"person", "first_name", "last_name", "user", "email", "employee_id"})


def looks_like_hours(columns: Sequence[str]) -> bool:
    """Whether these are the columns of a known tracker, or name a person, a day and hours."""
    found = recognise(columns)
    certain = bool(found.marks) or {"date", "hours"} <= found.places.keys()
    return certain and complete(found) and names_person(found)


def recognise(columns: Sequence[str]) -> Match:
    """The best layout for these columns; the generic one when no tracker's marks are seen."""
    generic = best = match(GENERIC, columns)
    for source in SOURCES:
        found = match(source, columns)
        if source.no_entries:
            if found.marks >= 2 and not complete(generic):
                return found
        elif found.marks and complete(found) and names_person(found) >= names_person(generic):
            best = max(best, found, key=lambda m: m.points)
    return best


def score(columns: Sequence[str]) -> float:
    """How much a row looks like the header of an hours table."""
    return max(match(source, columns).points for source in (*SOURCES, GENERIC)) if any(columns) else 0
