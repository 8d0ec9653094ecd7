"""A client's web shop with search engine work at an agency, amber: some days late, and costs creeping up."""

from __future__ import annotations

from decimal import Decimal

from headway.areas.people.types import Role
from headway.areas.projects.types import DecisionOption, Engagement, Objective, Raci, Severity
from headway.journeys.demo.story import Assumption, Change, Decision, Issue, Report, Risk, Stakeholder, Story

_ROWS = """
Discover
  Kick-off workshop                              | a1 | 1     |            | Mara 80%, Tom 80%, Ben 40%
  Stakeholder interviews                         | a2 | 5     | a1         | Ben 80%
  Analytics audit                                | a3 | 4     | a1         | Eva 80%
  SEO audit: crawl, index, backlinks             | a4 | 5     | a3         | Eva 80%
  Keyword research by product family             | a5 | 6     | a4         | Eva 80%
  Competitors compared                           | a6 | 2     | a2         | Ben 80%
  Brief agreed                                   | a7 | ms    | a4, a6     | | Carol
Design
  Information architecture                       | b1 | 6     | a7         | Ben 80%
  Address plan and internal links for search     | b2 | 3     | a5, b1     | Eva 80%
  Wireframes                                     | b3 | 8>9   | b1         | Ben 80%
  Visual design                                  | b4 | 10>11 | b3         | Ben 80%
  Content model                                  | b5 | 6     | b1         | Lea 40%
  Prototype tried with eight customers           | b6 | 4     | b3 FS+2    | Ben 40%
  Tracking and consent concept                   | b7 | 3     | a3 FS+5    | Eva 80%
  Design approved                                | b8 | ms    | b4, b6     | | Carol
Build
  Platform and environments                      | c1 | 6     | a7         | Omar 50%
  Design system in code                          | c2 | 10    | b3 FS+1    | Lea 60%
  Templates: home, family, product               | c3 | 10>11 | b8, c2     | Lea 60%
  Templates: basket, account, service            | c4 | 9     | c3         | Lea 60%
  Catalogue import from the inventory system     | c5 | 12>14 | b5, c1     | Omar 40%
  Search and filters                             | c6 | 9     | c5         | Omar 40%
  Checkout with two payment methods              | c7 | 12    | c6         | Omar 60%
  Order mails and confirmations                  | c8 | 3     | c4         | Lea 60%
  Structured data and meta data                  | c9 | 5     | c3         | Eva 40%
  Analytics and consent built in                 | c10 | 4    | b7, c4     | Lea 60%
  Feature complete                               | c11 | ms   | c7, c8, c9, c10 | | Mara
Content
  Content plan                                   | d1 | 3     | b5         | Eva 40%
  Texts for 40 landing pages by keyword          | d2 | 14>16 | a5, d1     | Eva 60%
  Product texts from Acme                        | d3 | 20>24 | d1         | | Hanna
  Pictures chosen and cut                        | d4 | 10    | b4         | Ben 40%
  Texts translated for three countries           | d5 | 10    | d2 SS+5    | | Hanna
  Content entered                                | d6 | 10    | c3, d2, d3 | Tom 30%, Eva 30%
  Content complete                               | d7 | ms    | d4, d5, d6 | | Carol
Search engine launch
  Old addresses listed from crawl and logs       | e1 | 4     | b2         | Eva 30%
  Redirect map                                   | e2 | 6     | e1, d1     | Eva 30%
  Redirects tested against 1,200 addresses       | e3 | 2     | e2, c11    | Eva 80%
  Search console, sitemaps and robots rules      | e4 | 2     | c11        | Eva 80%
  Rankings measured before launch                | e5 | 1     | e4         | Eva 80%
  Search launch ready                            | e6 | ms    | e3, e5     | | Eva
Test
  Test plan                                      | f1 | 3     | b8         | Priya 20%
  Test cases for catalogue and checkout          | f2 | 9     | f1         | Priya 20%
  System test                                    | f3 | 6     | c11, f2    | Priya 40%
  Accessibility checked by keyboard and reader   | f4 | 3     | c11        | Priya 30%
  Speed on phones                                | f5 | 2     | c11        | Lea 80%
  Defects corrected                              | f6 | 5     | f3 SS+3, f4 | Omar 50%, Lea 40%
  Payment provider certifies the checkout        | f7 | 5     | f3         | | Peter
  Acceptance by Acme                             | f8 | 5     | d7, f5, f6 | Priya 20%, Tom 20% | Carol
  Acceptance signed                              | f9 | ms    | f7, f8     | | Carol | 14
Launch
  Cut-over rehearsal                             | g1 | 2     | e6, f3     | Omar
  Service team trained                           | g2 | 2     | f3         | Tom 80%
  Go or no-go decided                            | g3 | ms    | f9, g1, g2 | | Carol
  Domain and redirects switched                  | g4 | 1     | g3         | Omar
  Shop live                                      | g5 | ms    | g4         | | Mara | 14
  Hypercare                                      | g6 | 10    | g5         | Omar 40%, Lea 30%
  Index and rankings watched for four weeks      | g7 | 20    | g5         | Eva 20%
  Crawl errors mended                            | g8 | 5     | g5 FS+3    | Eva 20%
  Results compared with the targets              | g9 | 2     | g6         | Tom 80%
  Handover to Acme's team                        | g10 | 2    | g6         | Lea 80%
  Project closed                                 | g11 | ms   | g7, g8, g9, g10 | | Mara
"""

_NOTES = {
    "b2": "Product families get readable addresses; colours and sizes stay out of the index.",
    "c5": "Acme's export changes its column order with each release; the import reads by name.",
    "d3": "Two writers at Acme, one of them on leave until the month's end. Delivered in weekly batches.",
    "e2": "Top 200 addresses by traffic one to one, the rest by rule.",
    "f7": "Certification slots are booked six weeks ahead; ours is reserved.",
}

WEBSITE = Story(
    key="ACME",
    name="Acme web shop",
    client="Acme Outdoor",
    manager="Mara",
    purpose="Replace Acme Outdoor's ageing shop before the season, keep its rankings through the move, and win more "
    "orders from phones.",
    rows=_ROWS,
    notes=_NOTES,
    team=(
        ("Tom", Role.ASSOCIATE), ("Ines", Role.APPROVER), ("Ben", Role.MEMBER), ("Lea", Role.MEMBER),
        ("Omar", Role.MEMBER), ("Eva", Role.MEMBER), ("Priya", Role.TESTER), ("Carol", Role.CLIENT),
    ),
    objectives=(
        Objective("More orders from phones", "share of phone orders", "from 31 % to 45 % in six months"),
        Objective("More visitors from search", "visits from organic search", "up 20 % in six months"),
    ),
    measures=(
        Objective("Checkout completed", "completed / started", "at least 62 %"),
        Objective("Pages answer quickly", "largest contentful paint, p75", "under 2.0 s"),
        Objective("Rankings kept", "keywords in the top ten after four weeks", "at least 95 % of those before"),
    ),
    scope_in=("Catalogue of 1,200 products", "Search", "Checkout with two payment methods", "Content migration",
              "Redirects and search engine launch"),
    scope_out=("Warehouse interface", "Loyalty programme", "Hosting contract", "Paid search"),
    budget=1180,
    effort=Decimal("1.25"),
    late=("Priya",),
    changes=(
        Change(4, "Second payment method", "Asked for by the client", 30, 3, approved=True),
        Change(9, "Gift vouchers in the checkout", "Client's marketing", 20, 4, approved=False),
    ),
    risks=(
        Risk(2, "Product texts arrive too late for content entry", 4, 4, "Tom",
             "Two writers on the client's side, one on leave", "Acceptance starts without content",
             "Weekly delivery in batches; freelance writer on call", 7),
        Risk(3, "Payment provider certifies after the go-live date", 3, 4, "Omar",
             "Certification slots are booked for six weeks", "Go-live with one payment method",
             "Slot reserved; invoice payment as fall-back", 14),
        Risk(3, "Rankings fall after the move", 3, 4, "Eva", "1,200 addresses change",
             "A quarter of the visitors from search is lost for months",
             "Redirects tested one by one; old sitemap kept for a month", 21),
        Risk(4, "Search quality below expectations with real data", 3, 3, "Omar", "Product names without families",
             "Customers do not find what is there", "Test with the full catalogue before feature complete", 10),
        Risk(1, "Consent rules change before launch", 2, 3, "Eva", "New guidance expected",
             "Tracking is built twice", "Guidance read; concept needs no change", -18, closed=True),
    ),
    issues=(
        Issue(8, "Staging runs on an outdated product export", Severity.HIGH, "Omar",
              "Acme's export job fails since the last release; a manual export is used.", 3),
        Issue(7, "Consent banner not yet agreed with legal", Severity.MEDIUM, "Carol",
              "Wording is with Acme's legal department.", 7),
        Issue(4, "Pictures of last season have no rights for the web", Severity.LOW, "Carol",
              "Forty pictures concerned.", -12, "Acme extended the licence by two years."),
    ),
    decisions=(
        Decision(8, "Launch with or without gift vouchers?",
                 (DecisionOption("Without, vouchers in a second release", "Go-live date holds"),
                  DecisionOption("With vouchers", "20 hours and four working days more")),
                 "Launch without; vouchers six weeks later", "Carol", 4,
                 "Each week of waiting moves the go-live by as much"),
        Decision(5, "Keep the old colour and size pages in the index?",
                 (DecisionOption("Keep", "Thin pages compete with the families"),
                  DecisionOption("Redirect to the family", "One strong page for each family")),
                 "Redirect to the family", "Carol", -24, "Address plan waits",
                 "Redirect to the family page, except for the 30 best sellers."),
    ),
    assumptions=(
        Assumption(1, "Acme's product data are complete by the start of content entry", "Tom", 7),
        Assumption(1, "The domain can be switched outside business hours", "Omar", 28),
    ),
    stakeholders=(
        Stakeholder("Carol Whitfield", 5, 5, Engagement.SUPPORTIVE, Engagement.LEADING, Raci.ACCOUNTABLE,
                    "Decides fast when she sees two options side by side."),
        Stakeholder("Ines Duarte", 4, 4, Engagement.LEADING, Engagement.LEADING, Raci.ACCOUNTABLE),
        Stakeholder("Peter Lowe", 3, 2, Engagement.NEUTRAL, Engagement.SUPPORTIVE, Raci.CONSULTED,
                    "Runs the product export and the domain."),
        Stakeholder("Hanna Vik", 2, 5, Engagement.SUPPORTIVE, Engagement.SUPPORTIVE, Raci.RESPONSIBLE,
                    "Writes the product texts; alone until the month's end."),
    ),
    reports=(Report(1, "approved"),),
    greeting="Dear Carol,\n\nplease find the week's status of the web shop attached. We need your decision on gift "
    "vouchers this week.\n\nKind regards\nTom Okafor",
    receivers=("carol@acme.example",),
)  # fmt: skip
