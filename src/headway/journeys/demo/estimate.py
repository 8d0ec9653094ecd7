"""Estimates that work was sold on: approved, with the rates by role that they are priced at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from headway.areas.approvals.types import Vote
from headway.areas.estimates import approving, commands
from headway.areas.estimates.lines import read_table
from headway.areas.estimates.types import Basis
from headway.areas.hours import commands as hours
from headway.areas.hours.types import RateKind
from headway.engine.estimating import Together
from headway.engine.statistics import EstimateClass
from headway.journeys import reports
from headway.journeys.demo.story import CAST
from headway.kernel.context import Context

_Acting = Callable[[str], Context]
_VALID = timedelta(days=60)

# Line; role; optimistic; most likely; pessimistic; rate; assumptions; exclusions.
_LINES = """
Discover
  Business case, targets and measures; Business analyst; 16; 24; 40
  Keyword and competitor research; SEO and content specialist; 24; 32; 56
  Workshops and charter; Project manager; 16; 20; 32
Design
  Structure, wireframes and visual design; UX designer; 120; 150; 230;; Two rounds of changes; Photography
  Content model and tracking concept; SEO and content specialist; 24; 32; 48
Build
  Design system and templates; Front-end developer; 130; 160; 240
  Catalogue import, search and checkout; Integration engineer; 140; 180; 300;; The inventory export keeps its columns
  Search service, first year;; EUR 2,400; EUR 2,800; EUR 3,600
Content
  Texts and pictures entered; SEO and content specialist; 80; 110; 180;; Product texts come weekly; Product texts
Test
  System and acceptance test; Quality lead; 60; 80; 130
  Defects corrected; Integration engineer; 24; 40; 80
Launch
  Redirects, cut-over and hypercare; Integration engineer; 40; 56; 90
  Project management over all phases; Project manager; 90; 110; 150
"""


@dataclass(frozen=True, slots=True)
class Sold:
    """An estimate as it was written, and what it states."""

    title: str
    lines: str
    basis_note: str
    assumptions: str
    exclusions: str


SHOP = Sold(
    title="Web shop as sold",
    lines=_LINES,
    basis_note="Line by line with the people who do the work; checked against two shops of like size.",
    assumptions="Acme decides within three working days\nOne language at launch, two more after it",
    exclusions="Hosting\nMarketing campaigns",
)


def estimate_sold(acting: _Acting, project: int, day: date, approver: int, sold: Sold) -> None:
    """What stands on the page Estimate: written by the associate, approved by the account director."""
    mara, tom = acting("Mara"), acting("Tom")
    for member in CAST:
        for kind, rate in ((RateKind.BILL, member.bill), (RateKind.COST, member.cost)):
            if rate:
                hours.set_project_rate(
                    mara,
                    project=project,
                    kind=kind,
                    rate=Decimal(rate),
                    currency="EUR",
                    first=day - timedelta(days=120),
                    role=member.title,
                )
    row = commands.add_estimate(tom, project=project, title=sold.title, kind=EstimateClass.BUDGET).row
    commands.add_lines(tom, estimate=row.id, lines=read_table(sold.lines))
    commands.edit_estimate(
        tom,
        estimate=row.id,
        basis=Basis.BOTTOM_UP,
        basis_note=sold.basis_note,
        valid_until=day + _VALID,
        assumptions=sold.assumptions,
        exclusions=sold.exclusions,
        together=Together.SOMEWHAT,
    )
    asked = approving.ask_estimate(tom, estimate=row.id, approvers=(approver,), note="As offered to Acme Outdoor.")
    reports.decide(acting("Ines"), approval=asked.id, decision=Vote.APPROVE, digest=asked.digest)
