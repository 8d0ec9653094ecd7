"""What a demo project is made of. Weeks count from its start, `due` in calendar days from the loading day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from headway.areas.people.types import OrganisationKind, Role
from headway.areas.projects.types import DecisionOption, Engagement, Objective, Raci, Severity

WEEKS_GONE = 10


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the demo. `email` '' = a person who cannot sign in; `bill`, `cost` = rates an hour, 0 = none.

    most  of a working day that they work when their tasks ask for more.
    """

    name: str
    email: str
    role: Role | None
    title: str
    organisation: str = ""
    bill: int = 0
    cost: int = 0
    most: Decimal = Decimal("1.1")

    @property
    def first(self) -> str:
        """The first name, which is unique in the demo."""
        return self.name.split(" ")[0]


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk, entered in a week; `closed` = since closed."""

    week: int
    title: str
    probability: int
    impact: int
    owner: str
    cause: str
    effect: str
    response: str = ""
    due: int | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue, entered in a week; with a resolution it is closed."""

    week: int
    title: str
    severity: Severity
    owner: str
    description: str
    due: int
    resolution: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A question, raised in a week; with an outcome it is decided."""

    week: int
    question: str
    options: tuple[DecisionOption, ...]
    recommendation: str
    owner: str
    due: int
    waiting: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something taken as true; with an outcome it has been checked."""

    week: int
    text: str
    owner: str
    due: int
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Stakeholder:
    """Somebody who matters to the project. `person` = whether they are a person of the demo."""

    name: str
    power: int
    interest: int
    now: Engagement
    wanted: Engagement
    raci: Raci
    notes: str = ""
    organisation: str = ""
    person: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the budget asked for in a week; approved or still open."""

    week: int
    title: str
    reason: str
    hours: int
    days: int
    approved: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The client's status report of a past week (1 = last week), and how far it has come."""

    weeks_ago: int
    state: str  # 'sent', 'approved' or 'in review'


@dataclass(frozen=True, slots=True)
class Story:
    """One project of the demo.

    effort  hours worked for each hour planned: above 1, the hours burn ahead of the progress.
    late    first names of those whose hours of this week are not in.
    """

    key: str
    name: str
    client: str
    manager: str
    purpose: str
    rows: str
    notes: dict[str, str]
    team: tuple[tuple[str, Role], ...]
    objectives: tuple[Objective, ...]
    measures: tuple[Objective, ...]
    scope_in: tuple[str, ...]
    scope_out: tuple[str, ...]
    budget: int
    effort: Decimal
    late: tuple[str, ...]
    changes: tuple[Change, ...]
    risks: tuple[Risk, ...]
    issues: tuple[Issue, ...]
    decisions: tuple[Decision, ...]
    assumptions: tuple[Assumption, ...]
    stakeholders: tuple[Stakeholder, ...]
    reports: tuple[Report, ...]
    greeting: str
    receivers: tuple[str, ...]


def start_of(today: date) -> date:
    """The Monday ten weeks before this week's."""
    return today - timedelta(days=today.weekday(), weeks=WEEKS_GONE)


ORGANISATIONS = (
    ("Northline Communications", OrganisationKind.CLIENT),
    ("Acme Outdoor", OrganisationKind.CLIENT),
    ("Vantage Quoting", OrganisationKind.PARTNER),
)
OWN = "Brightwater Digital"
_NORTHLINE, _ACME, _VANTAGE = (name for name, _ in ORGANISATIONS)

CAST = (
    Member("Sofia Brandt", "sofia@brightwater.example", Role.SENIOR_READER, "Managing director"),
    Member("Ines Duarte", "ines@brightwater.example", Role.APPROVER, "Account director"),
    Member("Mara Lindqvist", "mara@brightwater.example", Role.MANAGER, "Project manager", bill=115, cost=68),
    Member("Tom Okafor", "tom@brightwater.example", Role.ASSOCIATE, "Associate project manager", bill=95, cost=52),
    Member("Nina Castell", "nina@brightwater.example", Role.MEMBER, "Business analyst", bill=105, cost=58),
    Member("Ben Sato", "ben@brightwater.example", Role.MEMBER, "UX designer", bill=110, cost=60),
    Member("Lea Novak", "lea@brightwater.example", Role.MEMBER, "Front-end developer", bill=110, cost=61),
    Member(
        "Omar Haddad",
        "omar@brightwater.example",
        Role.MEMBER,
        "Integration engineer",
        bill=115,
        cost=64,
        most=Decimal("1.35"),
    ),
    Member("Eva Lindgren", "eva@brightwater.example", Role.MEMBER, "SEO and content specialist", bill=95, cost=51),
    Member("Priya Raman", "priya@brightwater.example", Role.TESTER, "Quality lead", bill=100, cost=56),
    Member("Grant Ellison", "grant@northline.example", Role.CLIENT, "Director, Sales Operations", _NORTHLINE),
    Member("Carol Whitfield", "carol@acme.example", Role.CLIENT, "Head of e-commerce", _ACME),
    Member("Yuki Mori", "yuki@vantage.example", Role.GUEST, "Implementation consultant", _VANTAGE),
    Member("Denise Pruitt", "", None, "Senior counsel", _NORTHLINE),
    Member("Marcus Bell", "", None, "Revenue assurance manager", _NORTHLINE),
    Member("Janet Osei", "", None, "Systems and Tools lead", _NORTHLINE),
    Member("Rob Tanner", "", None, "Field sales manager, North-East", _NORTHLINE),
    Member("Peter Lowe", "", None, "IT operations manager", _ACME),
    Member("Hanna Vik", "", None, "Content editor", _ACME),
)
TEAMS = (
    ("Delivery", ("Mara", "Tom", "Nina", "Priya")),
    ("Design and build", ("Ben", "Lea", "Omar", "Eva")),
)
NAMES = {member.first: member.name for member in CAST}
