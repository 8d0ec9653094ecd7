"""How KPIs are shown: colours of their states, sources of their figures, where their pages are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.safestring import SafeString

from headway.areas.metrics.types import Flag, Scorecard, ScoreRow, State
from headway.engine.kpi.quality import Quality
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.metrics.drawing import spark

TONES = {
    State.RED: "red",
    State.AMBER: "amber",
    State.GREEN: "green",
    State.STALE: "",
    State.NO_DATA: "",
    State.TOO_FEW: "",
    State.NOT_JUDGED: "",
}
WORDS = {
    State.RED: "red",
    State.AMBER: "amber",
    State.GREEN: "green",
    State.STALE: "stale",
    State.NO_DATA: "without data",
    State.TOO_FEW: "with too few cases",
    State.NOT_JUDGED: "not judged",
}
FLAGS = {
    Flag.STALE: "stale",
    Flag.MISSING: "gap before it",
    Flag.OUTLIER: "outlier",
    Flag.NOT_CONFIRMED: "not confirmed",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of a scorecard as it is drawn."""

    row: ScoreRow
    tone: str
    spark: SafeString
    source: Source
    flags: tuple[str, ...]
    project: str = ""
    key: str = ""

    @property
    def panel(self) -> str:
        """The id of what its figures open."""
        return f"kpi-{self.row.id}-source"


def shown(row: ScoreRow, project: str = "", key: str = "") -> Shown:
    """A line with its colour, its picture, and where its value comes from."""
    flags = tuple(FLAGS[flag] for flag in row.flags if flag is not Flag.STALE)
    return Shown(row, TONES[row.state], spark(row), source(row), flags, project, key)


def source(row: ScoreRow) -> Source:
    """Where a KPI's newest value comes from."""
    inputs = [
        Input(name, f"{value.normalize():f}")
        for name, value in (("Numerator", row.numerator), ("Denominator", row.denominator))
        if value is not None
    ]
    if row.n is not None:
        inputs.append(Input("Cases", str(row.n)))
    if row.attained_text:
        inputs.append(Input("Attained", row.attained_text))
    if row.target:
        inputs.append(Input("Target", row.target))
    if row.thresholds:
        inputs.append(Input("Colours", row.thresholds))
    if row.basis:
        inputs.append(Input("Basis", row.basis))
    return Source(
        formula=row.formula_words,
        inputs=tuple(inputs),
        as_of=row.as_of,
        records=f"{row.period}, {row.source_words}" if row.period else row.source_words,
        href=reverse("kpi", args=[row.id]),
    )


def sentence(found: Scorecard) -> str:
    """'12 KPIs: 1 red, 2 amber, 9 green; 1 shows a signal.'"""
    if not found.total:
        return ""
    parts = [f"{one.count} {WORDS[one.state]}" for one in found.counts]
    said = f"{found.total} {'KPI' if found.total == 1 else 'KPIs'}: {', '.join(parts)}"
    if found.signals:
        said += f"; {found.signals} {'shows' if found.signals == 1 else 'show'} a signal"
    return f"{said}."


def quality_text(one: Quality) -> str:
    """'9 of 10' with what could not be judged."""
    said = f"{one.good} of {one.of}"
    return f"{said}, {one.unjudged} could not be judged" if one.unjudged else said


_QUALITY = {
    "completeness": "rows that are filled / rows",
    "validity": "rows that are right / rows that are filled",
    "uniqueness": "rows that stand alone under their key / rows with a key",
    "timeliness": "rows that came in time / rows whose time is known",
}


def quality_source(one: Quality, as_of: datetime | None) -> Source:
    """Where a measure of the data's quality comes from."""
    inputs = [Input("Good", str(one.good)), Input("Judged", str(one.of))]
    if one.unjudged:
        inputs.append(Input("Could not be judged", str(one.unjudged)))
    return Source(f"{one.name.capitalize()} = {_QUALITY[one.name]}", tuple(inputs), as_of, one.field, "#samples")
