"""A Sales Operations system rollout at a telecom company, in trouble: Legal's approval holds the critical path."""

from __future__ import annotations

from decimal import Decimal

from headway.areas.people.types import Role
from headway.areas.projects.types import DecisionOption, Engagement, Objective, Raci, Severity
from headway.journeys.demo.story import Assumption, Change, Decision, Issue, Report, Risk, Stakeholder, Story

_ROWS = """
Initiate
  Kick-off with Sales Operations                        | a1 | 1     |            | Mara 80%, Tom 80%, Nina 80%
  Stakeholder map and communications plan               | a2 | 3     | a1         | Tom 80%
  Order process walked with three sales teams           | a3 | 5     | a1         | Nina 80%
  Charter and scope agreed                              | a4 | ms    | a2, a3     | | Grant
Requirements and design
  Order types and product rules collected               | b1 | 8     | a4         | Nina 80%
  Pricing and promotion rules collected                 | b2 | 7>8   | b1         | Nina 80%
  Quote-to-order process described                      | b3 | 7     | b1         | Tom 50%
  Roles, limits and discount approvals described        | b4 | 4     | b3         | Tom 50%
  Interface to billing specified                        | b5 | 6     | a4 FS+2    | Omar 80%
  Interface to CRM accounts specified                   | b6 | 5     | b5         | Omar 80%
  Screens for sales drawn and tried with six sellers    | b7 | 8     | b1 SS+3    | Ben 40%
  Data model agreed with Systems and Tools              | b8 | 2     | b2, b6     | Omar, Nina 40%
  Design review with Systems and Tools                  | b9 | 1     | b4, b7, b8 | Omar, Nina 80%, Mara 40%
  Design signed off                                     | b10 | ms   | b9         | | Janet
Approval by Legal and Revenue Assurance
  Contract clauses and credit rules submitted           | c1 | 4     | b3         | Tom 40%
  Review by Legal and Revenue Assurance                 | c2 | 10>40 | c1         | | Denise
  Order validation rules approved                       | c3 | ms    | c2         | | Denise | 7
Configuration and build
  Sandbox, test and production environments             | d1 | 5     | b5         | Omar
  Product catalogue loaded                              | d2 | 9>11  | b2, d1     | Nina 80%
  Price book and discount limits                        | d3 | 8>9   | d2         | Nina 80%
  Guided selling for Internet access and Ethernet       | d4 | 10>12 | b10        | Lea 40%
  Guided selling for voice and managed services         | d5 | 10    | d4         | Lea 40%
  Billing interface                                     | d6 | 16>34 | b10        | Omar
  CRM account interface                                 | d7 | 12>27 | d6 SS+9    | Omar 60%
  Order validation rules                                | d8 | 8     | c3, d2     | Omar
  Contract document templates                           | d9 | 5     | c3         | Lea 50%
  Approval workflow for non-standard discounts          | d10 | 6    | d3         | Nina 50%
  Order status dashboard                                | d11 | 7    | d7         | Lea 50%
  Configuration complete                                | d12 | ms   | d5, d8, d9, d10, d11 | | Mara
Data migration
  Migration rules for open quotes and orders            | e1 | 5     | b8         | Nina 40%
  Customer records extracted and cleaned                | e2 | 12>15 | e1         | Nina 40%
  Trial load 1                                          | e3 | 4     | d2, e2     | Omar 40%
  Trial load reconciled                                 | e4 | 5     | e3         | Nina 40%
  Trial load 2                                          | e5 | 4     | e4 FS+3    | Omar 60%
  Migration ready                                       | e6 | ms    | e5         | | Mara
System test
  Test strategy and plan                                | f1 | 5     | b10        | Priya 50%
  System test cases written                             | f2 | 12    | f1         | Priya 50%
  System test, cycle 1                                  | f3 | 6     | d12, f2    | Priya 80%
  Defects corrected with Systems and Tools              | f4 | 5     | f3 SS+3    | Omar
  System test, cycle 2                                  | f5 | 4     | f3, f4     | Priya 80%
  Ready for acceptance test                             | f6 | ms    | f5         | | Priya
User acceptance test (UAT)
  UAT scenarios written with the sales teams            | g1 | 14    | f1         | Priya 30%, Tom 20%
  UAT testers named by each region                      | g2 | 3     | b10        | Tom 20%
  UAT testers trained                                   | g3 | 2     | g1, g2     | Tom 80%
  UAT cycle 1                                           | g4 | 8     | f6, g3, e6 | Priya 80%, Tom 40%
  UAT defects corrected                                 | g5 | 5     | g4 SS+4    | Omar, Lea 40%
  UAT cycle 2 and retest                                | g6 | 5     | g4, g5     | Priya 80%
  UAT signed off                                        | g7 | ms    | g6         | | Grant | 5
Operational readiness test (ORT)
  Support desk, monitoring and batch windows rehearsed  | h1 | 5     | f6         | Priya 40%
  Failover and recovery rehearsed                       | h2 | 3     | h1         | Omar
  Service levels and escalation agreed                  | h3 | 3     | f6         | Tom 40%
  ORT signed off                                        | h4 | ms    | h2, h3     | | Janet | 5
Training and change
  Training needs by sales channel                       | k1 | 3     | b10        | Tom 40%
  Quick reference cards                                 | k2 | 5     | k1, d4     | Eva 40%
  Training environment with sample accounts             | k3 | 3     | d12        | Nina 80%
  Trainers trained                                      | k4 | 2     | k2, k3     | Nina 80%
  Sales teams trained, wave 1                           | k5 | 5     | k4, g4     | Nina 80%
  Sales teams trained, wave 2                           | k6 | 5     | k5         | Nina 80%
  Order policy and price policy updated                 | k7 | 3     | c3         | Tom 40%
Deployment
  Readiness checklist                                   | m1 | 3     | g7, h4     | Priya 80%
  Go or no-go decided                                   | m2 | ms    | m1, k5     | | Grant
  Open orders moved, pilot region                       | m3 | 2     | m2         | Omar
  Pilot region live                                     | m4 | ms    | m3         | | Grant | 10
  Pilot hypercare                                       | m5 | 10    | m4         | Omar 60%, Priya 30%
  Open orders moved, all regions                        | m6 | 2     | m5, k6     | Omar
  All regions live                                      | m7 | ms    | m6         | | Grant | 10
  Quality checks after deployment                       | m8 | 3     | m7         | Priya 80%
  Hypercare                                             | m9 | 10    | m7         | Omar 60%, Lea 20%
  Results and recommendations for senior leadership     | m10 | 4    | m9 SS+5    | Tom 80%, Mara 40%
  Handover to operations                                | m11 | 2    | m8, m9     | Omar, Nina 40%
  Project closed                                        | m12 | ms   | m10, m11   | | Mara
"""

_NOTES = {
    "c2": "Denise Pruitt asked for the credit rules of resold access in writing before she continues. "
    "Agreed were ten working days.",
    "d6": "The billing system's test window is open on Tuesdays and Thursdays only.",
    "d8": "Cannot begin before Legal has approved the rules: they decide which orders are refused.",
    "e2": "Eleven per cent of the records had no valid service address; the regions correct them.",
    "g4": "Each region names four testers; two of them from order desks.",
    "m4": "Date promised to the regional vice presidents: North-East first.",
}

ROLLOUT = Story(
    key="ORDERS",
    name="Order entry on CPQ",
    client="Northline Communications",
    manager="Mara",
    purpose="Sales Operations replaces four order forms and two spreadsheets by one configure, price, quote system "
    "that hands complete orders to billing, so that orders are right the first time.",
    rows=_ROWS,
    notes=_NOTES,
    team=(
        ("Tom", Role.ASSOCIATE), ("Ines", Role.APPROVER), ("Nina", Role.MEMBER), ("Ben", Role.MEMBER),
        ("Lea", Role.MEMBER), ("Omar", Role.MEMBER), ("Eva", Role.MEMBER), ("Priya", Role.TESTER),
        ("Grant", Role.CLIENT), ("Yuki", Role.GUEST),
    ),
    objectives=(
        Objective("Orders right the first time", "orders returned by billing", "from 18 % to 5 % in three months"),
        Objective("Quotes leave sooner", "median hours from request to quote", "from 26 to 8"),
    ),
    measures=(
        Objective("Sellers use it", "orders entered through CPQ", "95 % four weeks after each wave"),
        Objective("Discounts stay in policy", "orders above the limit without approval", "none"),
    ),
    scope_in=(
        "Internet access, Ethernet, voice and managed services",
        "Discount approval", "Billing and CRM interfaces", "Open quotes and orders", "UAT and ORT",
    ),
    scope_out=("Wholesale orders", "Commission statements", "Change of the billing system"),
    budget=1850,
    effort=Decimal("1.38"),
    late=("Lea",),
    changes=(
        Change(3, "Resold access in guided selling", "Left out of the first scope by mistake", 48, 4, approved=True),
        Change(6, "Customer records of the acquired region", "Taken over this year; 9,000 records", 60, 5,
               approved=True),
        Change(9, "Second rehearsal of failover", "Asked for by Systems and Tools", 24, 2, approved=False),
    ),
    risks=(
        Risk(1, "Legal approves the order rules too late for the pilot date", 5, 5, "Tom",
             "One counsel covers all product launches of the quarter", "The pilot and every date after it move"),
        Risk(2, "Sellers keep the old forms", 3, 4, "Nina", "Targets at quarter end", "Orders are entered twice",
             "Old forms switched off with each wave; coaches in the regions", 21),
        Risk(4, "Billing's test window is too short for two cycles", 4, 4, "Omar",
             "Two days a week shared with billing's own release", "System test takes two weeks longer",
             "Third day asked for; night runs prepared", 6),
        Risk(5, "Knowledge of the billing interface sits with one person", 3, 4, "Mara",
             "Omar Haddad wrote it and is on two projects", "Defects wait for him", "Lea Novak pairs twice a week", 14),
        Risk(2, "Price book changes during configuration", 2, 3, "Nina", "Promotions start each quarter",
             "Prices are loaded twice", "Freeze agreed with Product until the pilot", -20, closed=True),
    ),
    issues=(
        Issue(8, "Order validation rules are still with Legal", Severity.CRITICAL, "Tom",
              "Submitted in week 4, promised within ten working days. Order validation rules and contract templates "
              "cannot begin.", 1),
        Issue(7, "Service addresses are missing for 11 % of the records", Severity.HIGH, "Nina",
              "The regions correct them; two regions have not named anybody yet.", 4),
        Issue(9, "Omar Haddad is planned on two projects at once", Severity.HIGH, "Mara",
              "Validation rules, CRM interface and Acme's checkout fall into the same weeks.", 2),
        Issue(5, "Sandbox refused the product catalogue", Severity.MEDIUM, "Omar",
              "Import limit of 5,000 options.", -25, "Catalogue split by product family; Vantage raised the limit."),
    ),
    decisions=(
        Decision(9, "Go on with the pilot date, or move it behind Legal's approval?",
                 (DecisionOption("Move the pilot", "One new date, told once; training moves with it"),
                  DecisionOption("Pilot without resold access", "Two weeks nearer; resold orders stay on the form"),
                  DecisionOption("Escalate to the general counsel", "May save a week; uses up goodwill")),
                 "Pilot without resold access, and escalate", "Grant", -2,
                 "Each week of waiting moves the pilot by a week and costs about 90 hours"),
        Decision(8, "Who replaces Omar on Acme's checkout for three weeks?",
                 (DecisionOption("A freelancer from the pool", "Two days of hand-over, 5,500 euros"),
                  DecisionOption("Nobody: Acme's checkout waits", "Acme's feature complete moves by eight days")),
                 "A freelancer from the pool", "Ines", 3, "From next week on, one of the two projects waits for him"),
        Decision(4, "Load the catalogue by family or as a whole?",
                 (DecisionOption("By family", "Six loads, each can be undone"), DecisionOption("As a whole", "Once")),
                 "By family", "Mara", -38, "Configuration cannot begin",
                 "By family: each load can be undone by itself."),
    ),
    assumptions=(
        Assumption(0, "Every region names four testers for the acceptance test", "Tom", 8),
        Assumption(0, "Billing keeps its interface as it is until the pilot is over", "Omar", 12),
        Assumption(1, "Vantage delivers the connector for our CRM version", "Omar", -30,
                   "Delivered and installed in the sandbox."),
    ),
    stakeholders=(
        Stakeholder("Grant Ellison", 5, 5, Engagement.SUPPORTIVE, Engagement.LEADING, Raci.ACCOUNTABLE,
                    "Sponsor. Wants one page a week and bad news first."),
        Stakeholder("Denise Pruitt", 4, 2, Engagement.NEUTRAL, Engagement.SUPPORTIVE, Raci.CONSULTED,
                    "Reads on paper. Answers fastest on Tuesday mornings."),
        Stakeholder("Marcus Bell", 3, 3, Engagement.SUPPORTIVE, Engagement.SUPPORTIVE, Raci.CONSULTED,
                    "Needs the list of refused orders each week."),
        Stakeholder("Janet Osei", 4, 4, Engagement.SUPPORTIVE, Engagement.SUPPORTIVE, Raci.RESPONSIBLE,
                    "Owns the environments and the ORT sign-off."),
        Stakeholder("Rob Tanner", 3, 5, Engagement.RESISTANT, Engagement.SUPPORTIVE, Raci.CONSULTED,
                    "Fears slower quotes at quarter end. Has seen the screens once; show him the timings."),
        Stakeholder("Yuki Mori", 2, 4, Engagement.SUPPORTIVE, Engagement.SUPPORTIVE, Raci.CONSULTED),
        Stakeholder("Regional vice presidents", 5, 2, Engagement.UNAWARE, Engagement.SUPPORTIVE, Raci.INFORMED,
                    "Have been promised the pilot date.", organisation="Northline Communications", person=False),
    ),
    reports=(Report(2, "sent"), Report(1, "in review")),
    greeting="Dear Grant,\n\nthe week's status of the order entry project is attached. The pilot date depends on the "
    "approval by Legal; page one says what we ask you to decide.\n\nKind regards\nTom Okafor",
    receivers=("grant@northline.example",),
)  # fmt: skip
