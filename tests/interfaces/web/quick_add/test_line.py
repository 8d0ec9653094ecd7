"""What a line means: kinds, names, days and durations; and what is asked for because it is unclear."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.areas.hours.line_words import Chosen, Named, chosen, named_in
from headway.interfaces.web.quick_add.line import Kind, read

TODAY = date(2026, 3, 4)  # a Wednesday


def parts(text: str) -> dict[str, Any]:
    """What a line says, without what it does not say."""
    line = read(text, today=TODAY)
    values = {name: getattr(line, name) for name in ("kind", "title", "project", "person", "day", "amount", "scale")}
    return {name: value for name, value in values.items() if value not in (None, "")}


EXAMPLES: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "2h ACME design review yesterday",
        {"kind": Kind.HOURS, "amount": "2h", "title": "ACME design review", "day": date(2026, 3, 3)},
    ),
    (
        "task #ACME Write the brief @max 3d by fri",
        {
            "kind": Kind.TASK,
            "project": "ACME",
            "title": "Write the brief",
            "person": "max",
            "amount": "3d",
            "day": date(2026, 3, 6),
        },
    ),
    ("risk: supplier is late 4x5", {"kind": Kind.RISK, "title": "supplier is late", "scale": (4, 5)}),
    ("issue server down @asha.associate", {"kind": Kind.ISSUE, "title": "server down", "person": "asha.associate"}),
    (
        "decision Which vendor? #site-web next fri",
        {"kind": Kind.DECISION, "title": "Which vendor?", "project": "site-web", "day": date(2026, 3, 13)},
    ),
    ("hours 1:30 #ACME mon", {"kind": Kind.HOURS, "amount": "1:30", "project": "ACME", "day": date(2026, 3, 2)}),
    ("1,5 h review", {"kind": Kind.HOURS, "amount": "1,5h", "title": "review"}),
    ("90m call today", {"kind": Kind.HOURS, "amount": "90m", "title": "call", "day": TODAY}),
    ("log 1h 30m call", {"kind": Kind.HOURS, "amount": "1h30m", "title": "call"}),
    ("task Build 2 weeks", {"kind": Kind.TASK, "title": "Build", "amount": "2w"}),
    ("task Call 4h", {"kind": Kind.TASK, "title": "Call", "amount": "4h"}),
    ("task Ship tomorrow", {"kind": Kind.TASK, "title": "Ship", "day": date(2026, 3, 5)}),
    ("task Ship in 3 days", {"kind": Kind.TASK, "title": "Ship", "day": date(2026, 3, 7)}),
    ("task Ship in two weeks", {"kind": Kind.TASK, "title": "Ship", "day": date(2026, 3, 18)}),
    ("task Ship 12 mar", {"kind": Kind.TASK, "title": "Ship", "day": date(2026, 3, 12)}),
    ("task Ship Mar 12", {"kind": Kind.TASK, "title": "Ship", "day": date(2026, 3, 12)}),
    ("task Ship 1 feb", {"kind": Kind.TASK, "title": "Ship", "day": date(2027, 2, 1)}),
    ("task Ship 1 Feb 2028", {"kind": Kind.TASK, "title": "Ship", "day": date(2028, 2, 1)}),
    ("task Ship on 2026-04-01", {"kind": Kind.TASK, "title": "Ship", "day": date(2026, 4, 1)}),
    ("task Ship 12.3.", {"kind": Kind.TASK, "title": "Ship", "day": date(2026, 3, 12)}),
    ("task Ship 25/3", {"kind": Kind.TASK, "title": "Ship", "day": date(2026, 3, 25)}),
    ("task Ship 3/25/2026", {"kind": Kind.TASK, "title": "Ship", "day": date(2026, 3, 25)}),
    ("task Ship wed", {"kind": Kind.TASK, "title": "Ship", "day": date(2026, 3, 11)}),
    ("task Ship this friday", {"kind": Kind.TASK, "title": "Ship", "day": date(2026, 3, 6)}),
    ("2h review wed", {"kind": Kind.HOURS, "amount": "2h", "title": "review", "day": TODAY}),
    ("2h review fri", {"kind": Kind.HOURS, "amount": "2h", "title": "review", "day": date(2026, 2, 27)}),
    ("2h review 28 feb", {"kind": Kind.HOURS, "amount": "2h", "title": "review", "day": date(2026, 2, 28)}),
    ("2h review 5 mar", {"kind": Kind.HOURS, "amount": "2h", "title": "review", "day": date(2025, 3, 5)}),
    ("2h review 2 days ago", {"kind": Kind.HOURS, "amount": "2h", "title": "review", "day": date(2026, 3, 2)}),
    ("task Move to version 2.0 of the API", {"kind": Kind.TASK, "title": "Move to version 2.0 of the API"}),
    ("task Ask Monika about March's plan", {"kind": Kind.TASK, "title": "Ask Monika about March's plan"}),
    ("issue mail a@example.org bounces", {"kind": Kind.ISSUE, "title": "mail a@example.org bounces"}),
)


@pytest.mark.parametrize(("text", "meant"), EXAMPLES, ids=[text for text, _ in EXAMPLES])
def test_a_line_means(text: str, meant: dict[str, Any]) -> None:
    assert parts(text) == meant


def questions(text: str) -> dict[str, str]:
    return dict(read(text, today=TODAY).unclear)


def test_what_is_unclear_is_asked() -> None:
    assert "task, risk" in questions("Write the brief by fri")["kind"]
    assert "3/4" in questions("task Ship 3/4")["day"]
    assert read("task Ship 3/4", today=TODAY).day is None
    assert "no day '31 feb'" in questions("task Ship 31 feb")["day"]
    assert "how long" in questions("hours #ACME review")["amount"]
    assert questions("task Ship fri") == {}


PROJECTS = (Named("ACME-WEB", "Acme web site"), Named("ACME-SEO", "Acme SEO"), Named("CPQ", "Order entry"))
PEOPLE = (Named("1", "Max Member"), Named("2", "Maximilian Stone"), Named("3", "Zoë Müller"))


@pytest.mark.parametrize(
    ("name", "known", "found"),
    [
        ("CPQ", PROJECTS, "CPQ"),
        ("cpq", PROJECTS, "CPQ"),
        ("acme-web", PROJECTS, "ACME-WEB"),
        ("order", PROJECTS, "CPQ"),
        ("seo", PROJECTS, "ACME-SEO"),
        ("zoe", PEOPLE, "3"),
        ("muller", PEOPLE, "3"),
        ("max.member", PEOPLE, "1"),
    ],
)
def test_a_name_that_fits_one_is_that_one(name: str, known: tuple[Named, ...], found: str) -> None:
    assert chosen(name, known) == Chosen(found)


def test_a_name_that_fits_several_is_asked_for() -> None:
    assert chosen("acme", PROJECTS) == Chosen(among=PROJECTS[:2])
    assert chosen("max", PEOPLE) == Chosen(among=PEOPLE[:2])
    assert chosen("nobody", PEOPLE) == Chosen()


def test_a_project_may_be_named_without_a_sign() -> None:
    assert named_in("CPQ design review", PROJECTS) == ("CPQ", "design review")
    assert named_in("review of Acme web site texts", PROJECTS) == ("ACME-WEB", "review of texts")
    assert named_in("an acme thing", PROJECTS) == ("", "an acme thing")
    assert named_in("the cpq", PROJECTS) == ("", "the cpq")


@given(st.text(max_size=120))
def test_no_line_is_too_strange(text: str) -> None:
    line = read(text, today=TODAY)
    chosen(line.project, PROJECTS)
    named_in(line.title, PROJECTS)
