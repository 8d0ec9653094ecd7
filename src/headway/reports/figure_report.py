"""What reports of figures share: who asked for what and when, the frame of the document, and the sheet of sources.

A report of figures is built from the answer of a query, as it stands when it is asked for: one tree with running text
(Word, PDF), slides (PowerPoint) and sheets with live formulas (Excel). Each report has a module beside this one that
gives `Parts`; `framed` puts them into a document. Not here: reading the figures, writing files, the register of the
reports (`journeys.figure_reports`), reports of a frozen snapshot (`registry`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from headway.documents import tree
from headway.documents.tree import (
    Block,
    Column,
    Document,
    Heading,
    Kind,
    Layout,
    Mark,
    Meta,
    Paragraph,
    Runs,
    Sheet,
    Slide,
    Table,
    Tone,
    Value,
    plain,
    row,
    runs,
)
from headway.engine.units import Money


@dataclass(frozen=True, slots=True)
class About:
    """What stands around a report. asked: the filters in words, (name, value).

    at  aware instant at which it was made; day: the local date up to which records count.
    """

    organisation: str
    day: date
    at: datetime
    by: str
    asked: Sequence[tuple[str, str]]
    language: str = "en-GB"


@dataclass(frozen=True, slots=True)
class Section:
    """One finding with what shows it: a heading in running text, a slide in a deck.

    finding  a full sentence: the conclusion that the reader takes along.
    slide    the blocks of its slide where they differ from those of the text (a chart for a long table).
    deck     False = not on a slide. text: False = not in running text.
    """

    finding: Runs
    blocks: tuple[Block, ...]
    slide: tuple[Block, ...] = ()
    layout: Layout = Layout.STACK
    deck: bool = True
    text: bool = True


@dataclass(frozen=True, slots=True)
class Parts:
    """What one report says.

    subtitle  of what and of when: the project or client, the days.
    scope     what the footer names first: a project's name, '12 projects'.
    source    where the records come from, in words.
    lead      the sentence under the title.
    figures   blocks between the lead and the first section (key figures).
    sheets    of the workbook, without the sheet of sources.
    sources   more lines of the sheet of sources, (what, value).
    """

    title: str
    subtitle: str
    scope: str
    source: str
    lead: Runs
    sections: tuple[Section, ...]
    sheets: tuple[Sheet, ...]
    figures: tuple[Block, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    confidential: str = ""


def framed(parts: Parts, about: About) -> Document:
    """The whole document: lead, figures, a heading and a slide a section, and the sheet 'Sources' behind the others.

    With figures, the first section shares the slide of the lead, and its finding goes to that slide's notes.
    """
    return Document(
        title=parts.title,
        subtitle=parts.subtitle,
        meta=Meta(
            project=parts.scope,
            data_date=about.day,
            snapshot=None,
            timestamp=about.at,
            source=parts.source,
            language=about.language,
            author=about.by,
            organisation=about.organisation,
            confidential=parts.confidential,
            mark=Mark.NONE,
        ),
        blocks=tuple(_running(parts, about)),
        slides=tuple(_slides(parts, about)),
        sheets=(*parts.sheets, Sheet("Sources", tuple(_sources(parts, about)), landscape=False)),
    )


def _running(parts: Parts, about: About) -> Iterable[Block]:
    yield Paragraph(parts.lead, Tone.LEAD)
    yield from parts.figures
    for section in parts.sections:
        if section.text:
            yield Heading(plain(section.finding))
            yield from section.blocks
    yield Paragraph(runs(f"{parts.source}. {_asked(about)}".rstrip()), Tone.SMALL)


def _asked(about: About) -> str:
    """The filters in words; '' where nothing was filtered."""
    return "; ".join(f"{name}: {value}" for name, value in about.asked) + "." if about.asked else ""


def _slides(parts: Parts, about: About) -> Iterable[Slide]:
    """A cover, the lead with the figures over what shows the first finding, and a slide for each further finding."""
    said = (f"{about.organisation}, {tree.day_text(about.day, weekday=True)}", _asked(about))
    yield Slide(f"{parts.title}: {parts.subtitle}", tuple(Paragraph(runs(line)) for line in said if line), Layout.COVER)
    shown = [section for section in parts.sections if section.deck]
    if parts.figures:
        first, *shown = shown or [Section((), ())]
        blocks = first.slide or first.blocks
        yield Slide(plain(parts.lead), (*parts.figures, *blocks), notes=plain(first.finding))
    for section in shown:
        yield Slide(plain(section.finding), section.slide or section.blocks, section.layout)


def _sources(parts: Parts, about: About) -> Iterable[Block]:
    columns = (Column("What", width=1.4), Column("Value", width=4))
    said = (
        *about.asked,
        *parts.sources,
        ("Made", f"{tree.day_text(about.at.date(), weekday=True)} {about.at:%H:%M} UTC"),
        ("By", about.by),
        ("Basis", parts.source),
    )
    yield Paragraph(runs("What stands in this workbook, and where it comes from."), Tone.LEAD)
    yield Table(columns, tuple(row(name, value) for name, value in said), caption="Asked for")


# --- figures as cells ------------------------------------------------------------------------------


def hours(value: Decimal | None) -> Value:
    """Hours with two decimals, for a column headed in hours; a dash where there are none."""
    if value is None:
        return tree.no_value(Kind.HOURS)
    return Value(Kind.HOURS, value, tree.grouped(value, 2), 2)


def amount(value: Decimal | None, *, digits: int = 2) -> Value:
    """An amount for a column that has its currency in another column or in its head; a dash where there is none."""
    return tree.no_value(Kind.NUMBER) if value is None else tree.number(value, digits=digits)


def money(value: Decimal | None, currency: str) -> Value:
    """An amount with its currency, to the cent; a dash where there is none."""
    return tree.no_value(Kind.MONEY) if value is None else tree.money(Money(value, currency), digits=2)


def percent(points: Decimal | None) -> Value:
    """Percentage points with one decimal; a dash where there are none."""
    return tree.no_value(Kind.PERCENT) if points is None else tree.percent(points, digits=1)


def days_text(first: date, last: date) -> str:
    """'1 Mar 2026 to 31 Mar 2026'."""
    return f"{tree.day_text(first)} to {tree.day_text(last)}"
