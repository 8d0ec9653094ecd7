"""Where the figures of tables come from, as the panel tells it that they open (`pieces.opens`, `pieces.explained`).

A row of figures has one panel: the formula of each, what went into them, and the records behind. Not here: key
figures, whose panels hold one figure each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from headway.engine.measures import Measure, shown
from headway.interfaces.web.frame import Input, Source

_NOWHERE: Mapping[str, str] = {}


def formula_of(measure: Measure) -> str:
    """'Gap = % spent − % complete', with the reason where it has no value."""
    said = f"{measure.name} = {measure.formula}"
    return f"{said}. {measure.reason}" if measure.reason and measure.value is None else said


def of_measure(
    measure: Measure,
    *,
    as_of: date | datetime | None = None,
    records: str = "",
    href: str = "",
    hrefs: Mapping[str, str] = _NOWHERE,
) -> Source:
    """Where one figure comes from. hrefs: input -> the page of its records."""
    return Source(
        formula=formula_of(measure),
        inputs=inputs_of(measure, hrefs),
        as_of=as_of,
        records=records,
        href=href,
        short=measure.formula,
    )


def inputs_of(measure: Measure, hrefs: Mapping[str, str] = _NOWHERE) -> tuple[Input, ...]:
    """What went into a figure, as people read it."""
    return tuple(Input(one.name, shown(one.value, one.unit), hrefs.get(one.name, "")) for one in measure.inputs)


def of_row(
    formulas: Iterable[str],
    inputs: Iterable[Input],
    *,
    as_of: date | datetime | None = None,
    records: str = "",
    href: str = "",
) -> Source:
    """Where the figures of a row come from: a formula a line."""
    return Source(formula="\n".join(formulas), inputs=tuple(inputs), as_of=as_of, records=records, href=href)
