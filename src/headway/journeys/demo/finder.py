"""A small project that is finished: a size finder in the old shop, a little dearer than estimated, closed in time."""

from __future__ import annotations

from decimal import Decimal

from headway.areas.people.types import Role
from headway.areas.projects.types import Engagement, Objective, Raci, Severity
from headway.journeys.demo.estimate import Sold
from headway.journeys.demo.story import Issue, Report, Risk, Stakeholder, Story

WEEKS = 8  # from its first day to the day on which it was closed

_ROWS = """
Discover
  Kick-off and goals                              | a1 | 1    |            | Mara 50%, Nina 50%
  How customers choose a size                     | a2 | 4    | a1         | Nina 50%
Design
  Questions and answers designed                  | b1 | 5>6  | a2         | Ben 50%
  Design agreed                                   | b2 | ms   | b1         | | Carol
Build
  Size finder on product pages                    | c1 | 8>10 | b2         | Lea 60%
  Size data of the catalogue                      | c2 | 6    | b2         | Omar 40%
  Texts and help                                  | c3 | 4    | b2         | Eva 30%
Test
  Test on phones and in the shop                  | d1 | 4    | c1, c2, c3 | Priya 40%
  Defects corrected                               | d2 | 2>3  | d1         | Lea 60%
Launch
  Go-live                                         | e1 | 1    | d2         | Lea 50%, Mara 50%
  Size finder live                                | e2 | ms   | e1         | | Carol | 10
  First week watched                              | e3 | 5    | e2         | Tom 20%
  Project closed                                  | e4 | ms   | e3         | | Mara
"""

FINDER = Story(
    key="FINDER",
    name="Size finder for the old shop",
    client="Acme Outdoor",
    manager="Mara",
    purpose="Fewer boots sent back: customers answer four questions and are shown the size that will fit.",
    rows=_ROWS,
    notes={"c2": "Lasts of eleven makers, measured by Acme's own staff."},
    team=(
        ("Tom", Role.ASSOCIATE), ("Ines", Role.APPROVER), ("Nina", Role.MEMBER), ("Ben", Role.MEMBER),
        ("Lea", Role.MEMBER), ("Omar", Role.MEMBER), ("Eva", Role.MEMBER), ("Priya", Role.TESTER),
        ("Carol", Role.CLIENT),
    ),
    objectives=(Objective("Fewer returns", "boots sent back for their size", "from 19 % to 14 %"),),
    measures=(Objective("Used", "visitors of a boot's page who answer the questions", "10 %"),),
    scope_in=("Size finder on pages of boots", "Size data of eleven makers"),
    scope_out=("Clothing", "Advice by chat"),
    budget=230,
    effort=Decimal("0.95"),
    late=(),
    changes=(),
    risks=(
        Risk(0, "Makers do not give their lasts", 3, 3, "Nina", "Nobody has asked them before",
             "Sizes are guessed from reviews", "Acme's staff measure the boots in the warehouse", -90, closed=True),
    ),
    issues=(
        Issue(0, "Answers are lost on old phones", Severity.MEDIUM, "Lea", "Found in the test in the shop.", -80,
              "Answers are kept in the page's address."),
    ),
    decisions=(),
    assumptions=(),
    stakeholders=(
        Stakeholder("Carol Whitfield", 5, 4, Engagement.SUPPORTIVE, Engagement.LEADING, Raci.ACCOUNTABLE),
    ),
    reports=(Report(0, "sent"),),
    greeting="Dear Carol,\n\nattached is the final report of the size finder: live and handed over.\n\n"
    "Kind regards\nTom Okafor",
    receivers=("carol@acme.example", "ines@brightwater.example"),
)  # fmt: skip

# Line; role; optimistic; most likely; pessimistic.
SOLD = Sold(
    title="Size finder as sold",
    lines="""
Discover
  Kick-off and goals; Project manager; 3; 4; 6
  How customers choose a size; Business analyst; 14; 20; 28
Design
  Questions and answers designed; UX designer; 16; 20; 30
Build
  Size finder on product pages; Front-end developer; 32; 38; 56
  Size data of the catalogue; Integration engineer; 16; 20; 32
  Texts and help; SEO and content specialist; 8; 10; 14
Test
  Test on phones and in the shop; Quality lead; 10; 13; 20
  Defects corrected; Front-end developer; 6; 9; 16
Launch
  Go-live and first week; Project manager; 8; 12; 16
""",
    basis_note="Line by line with the people who do the work.",
    assumptions="Acme measures what makers do not tell",
    exclusions="Clothing",
)
