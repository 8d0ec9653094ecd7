"""A promotion launch with a referral programme at the telecom company, on time and in budget."""

from __future__ import annotations

from decimal import Decimal

from headway.areas.people.types import Role
from headway.areas.projects.types import DecisionOption, Engagement, Objective, Raci, Severity
from headway.journeys.demo.story import Assumption, Change, Decision, Issue, Report, Risk, Stakeholder, Story

_ROWS = """
Offer
  Kick-off with Product and Sales Operations      | a1 | 1     |            | Mara 70%, Tom 70%
  Competing offers compared                       | a2 | 5     | a1         | Nina 30%
  Customer segments and expected take-up          | a3 | 5     | a2         | Nina 30%
  Offer, price and term drafted                   | a4 | 6     | a3         | Nina 30%
  Margin checked with Finance                     | a5 | 4     | a4         | Nina 30%
  Offer approved                                  | a6 | ms    | a5         | | Grant
Terms and compliance
  Terms of the promotion written                  | b1 | 5     | a4         | Tom 30%
  Advertising claims reviewed                     | b2 | 6     | b1         | | Denise
  Tax treatment of rewards cleared                | b3 | 6     | b1         | | Marcus
  Data protection notice for referrers            | b4 | 3     | b1         | Tom 30%
  Terms published in the policy library           | b5 | 1     | b2, b3, b4 | Tom 70%
  Terms final                                     | b6 | ms    | b5         | | Denise
Referral programme
  Results of the old programme analysed           | c1 | 5     | a1         | Eva 30%
  Rules: who may refer, what counts, who is paid  | c2 | 7     | c1         | Tom 30%
  Reward levels modelled                          | c3 | 5     | c2         | Nina 20%
  Attribution and duplicate rules                 | c4 | 3     | c2         | Nina 20%
  Programme rules approved                        | c5 | ms    | c3, c4, b2 | | Grant
  Referral form designed                          | c6 | 6     | c2         | Ben 40%
  Referral form built                             | c7 | 9     | c5, c6     | Lea 30%
  Status page for referrers                       | c8 | 7     | c7         | Lea 30%
  Reward file for payroll and partners            | c9 | 6     | c5         | Omar 20%
  Fraud checks and limits                         | c10 | 4    | c9         | Omar 20%
  Referral programme ready                        | c11 | ms   | c8, c10    | | Mara
Systems
  Promotion codes in the price book               | d1 | 4     | a6         | Nina 30%
  Eligibility check in order entry                | d2 | 8     | d1         | Omar 20%
  Landing page with availability check            | d3 | 11    | a6         | Lea 30%
  Campaign tracking and referral source           | d4 | 4     | d3 SS+6    | Eva 40%
  Report of leads, orders and rewards             | d5 | 7     | c10, d4    | Eva 30%
  Systems ready                                   | d6 | ms    | d2, d5     | | Mara
Material
  Message house and names                         | e1 | 4     | a6         | Eva 40%
  Sales sheet and objection guide                 | e2 | 6     | e1         | Eva 40%
  Mail and advertising copy                       | e3 | 7     | e2         | Eva 40%
  Visuals                                         | e4 | 8     | e1         | Ben 40%
  Partner kit for referrals                       | e5 | 6     | e3, c5     | Eva 30%
  Material approved                               | e6 | ms    | e3, e4, e5 | | Grant
Sales enablement
  Regional coaches named                          | f1 | 2     | a6         | Tom 20%
  Training for sellers and order desks            | f2 | 8     | e2, c5     | Tom 20%
  Training given in four regions                  | f3 | 6     | f2, e6     | Tom 30%
  Questions and answers for the service desk      | f4 | 4     | f2         | Tom 20%
  Sales teams ready                               | f5 | ms    | f3, f4     | | Rob
Test
  Test cases for eligibility and rewards          | g1 | 6     | c5         | Priya 10%
  Test of codes, form and reward file             | g2 | 6     | c11, d2, g1 | Priya 20%
  Defects corrected                               | g3 | 4     | g2         | Lea 20%
  Pilot with 40 employees                         | g4 | 8     | g3         | Tom 20%
  Acceptance signed                               | g5 | ms    | g4         | | Grant | 14
Launch
  Go or no-go decided                             | h1 | ms    | b6, d6, f5, g5 | | Grant
  Launch day                                      | h2 | 1     | h1         | Mara 70%, Tom 70%, Eva 70%
  Promotion live                                  | h3 | ms    | h2         | | Grant | 14
  Daily watch of orders and referrals             | h4 | 10    | h3         | Tom 20%
  First rewards paid                              | h5 | 3     | h3 FS+10   | Omar 30%
  Offer and reward levels reviewed                | h6 | 3     | h4         | Nina 40%
  Results and recommendations                     | h7 | 4     | h5, h6     | Tom 40%
  Programme handed to Sales Operations            | h8 | 2     | h7         | Tom 70%, Eva 40%
  Project closed                                  | h9 | ms    | h8         | | Mara
"""

_NOTES = {
    "c4": "The first valid referral counts; the same business address within 90 days is a duplicate.",
    "b3": "Rewards to employees count as wages, to partners as commission.",
    "g4": "Employees refer as customers would; rewards are not paid in the pilot.",
}

PROMOTION = Story(
    key="REFER",
    name="Fiber 500 promotion and referral programme",
    client="Northline Communications",
    manager="Mara",
    purpose="Launch the Fiber 500 offer for small businesses, with a referral programme for employees, partners and "
    "customers that brings qualified leads and pays rewards without dispute.",
    rows=_ROWS,
    notes=_NOTES,
    team=(
        ("Tom", Role.ASSOCIATE), ("Ines", Role.APPROVER), ("Nina", Role.MEMBER), ("Ben", Role.MEMBER),
        ("Lea", Role.MEMBER), ("Omar", Role.MEMBER), ("Eva", Role.MEMBER), ("Priya", Role.TESTER),
        ("Grant", Role.CLIENT),
    ),
    objectives=(
        Objective("More qualified leads", "referred leads a month", "from 120 to 300 in the first quarter"),
        Objective("Revenue from referrals", "monthly recurring revenue of referred orders", "90,000 euros by year end"),
    ),
    measures=(
        Objective("Rewards paid on time", "paid within 30 days of activation", "98 %"),
        Objective("Few disputes", "disputed referrals", "under 2 %"),
    ),
    scope_in=("Offer and terms", "Referral rules, form, status page and reward file", "Landing page", "Sales material",
              "Training of four regions"),
    scope_out=("Television advertising", "Residential customers", "Change of the payroll system"),
    budget=520,
    effort=Decimal("1.2"),
    late=(),
    changes=(Change(5, "Spanish version of the partner kit", "Asked for by the South region", 12, 1, approved=True),),
    risks=(
        Risk(2, "More referrals than the order desks can take", 2, 4, "Tom", 
             "Launch mail goes to all customers at once",
             "Answers after more than two days", "Mails sent in three waves", 14),
        Risk(3, "Duplicate referrals by sellers and partners", 3, 3, "Nina", "Both know the same prospects",
             "Two rewards claimed for one order", "First valid referral counts; shown on the status page", 10),
        Risk(4, "A competitor answers with a lower price", 2, 3, "Mara", "The offer is public from the first day",
             "Take-up below plan", "Second offer prepared with Finance", 30),
        Risk(1, "Payroll cannot take the reward file", 2, 4, "Omar", "Fixed file layout",
             "Rewards are paid by hand", "Layout agreed and tested with payroll", -15, closed=True),
    ),
    issues=(
        Issue(8, "Two regions have not named their coach", Severity.LOW, "Tom", "North-East and Central.", 5),
        Issue(6, "Old programme still advertised on the partner site", Severity.MEDIUM, "Eva",
              "Found in the crawl of the partner pages.", -10, "Page taken down; visitors are led to the new form."),
    ),
    decisions=(
        Decision(9, "Pay rewards for renewals as well?",
                 (DecisionOption("New customers only", "Budget as planned"),
                  DecisionOption("Renewals at half the reward", "About 15 % more rewards")),
                 "New customers only for the first quarter", "Grant", 9,
                 "The rules are printed in the partner kit next week"),
        Decision(4, "Who may refer?",
                 (DecisionOption("Employees and partners", "Fewer leads, few disputes"),
                  DecisionOption("Customers too", "Form open to the public")),
                 "Customers too, with a limit of ten a year", "Grant", -30, "Rules cannot be written",
                 "Employees, partners and customers; customers at most ten a year."),
    ),
    assumptions=(
        Assumption(1, "Finance pays rewards with the monthly run", "Tom", -20, "Confirmed by Marcus Bell in writing."),
        Assumption(2, "Every region trains in the same week", "Tom", 12),
    ),
    stakeholders=(
        Stakeholder("Grant Ellison", 5, 4, Engagement.LEADING, Engagement.LEADING, Raci.ACCOUNTABLE),
        Stakeholder("Marcus Bell", 3, 4, Engagement.SUPPORTIVE, Engagement.SUPPORTIVE, Raci.CONSULTED,
                    "Pays the rewards; wants the file two days before the run."),
        Stakeholder("Rob Tanner", 3, 5, Engagement.LEADING, Engagement.LEADING, Raci.RESPONSIBLE,
                    "His region sold most in the old programme."),
        Stakeholder("Partner council", 3, 4, Engagement.NEUTRAL, Engagement.SUPPORTIVE, Raci.INFORMED,
                    "Meets on the first Thursday of the month.", organisation="Northline Communications", person=False),
    ),
    reports=(Report(1, "sent"),),
    greeting="Dear Grant,\n\nattached is the week's status of the Fiber 500 launch: on time, in budget.\n\n"
    "Kind regards\nTom Okafor",
    receivers=("grant@northline.example", "ines@brightwater.example"),
)  # fmt: skip
