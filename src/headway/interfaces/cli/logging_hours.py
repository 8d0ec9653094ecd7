"""Runs `headway log`: says what was logged and how to take it back, or what the line leaves open."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from headway.areas.hours.meetings import propose_meetings
from headway.areas.hours.quick import log_line, read_line
from headway.areas.hours.types import EntryRow, LineRead, MeetingsRead
from headway.interfaces.cli.acting import context, database_faults
from headway.interfaces.cli.output import DONE, Output
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.schema import to_json


def run(given: argparse.Namespace, out: Output) -> int:
    """Log a line, or propose the meetings of a calendar."""
    ctx = context(given)
    line = " ".join(given.words).strip()
    if bool(line) == (given.calendar is not None):
        message = "Give either a line such as '2h Acme design review yesterday', or --calendar FILE."
        raise Invalid(message, fields=[FieldError("line", "required")])
    with database_faults():
        if given.calendar is not None:
            text = given.calendar.read_text(encoding="utf-8-sig", errors="replace")
            read: MeetingsRead = propose_meetings(ctx, calendar=text)
            out.answer(to_json(read), _proposed(read))
            return DONE
        understood: LineRead = read_line(ctx, line=line, project=given.project)
        entry: EntryRow = log_line(ctx, line=line, project=given.project)
    out.answer(to_json(entry), [_logged(entry, understood)])
    return DONE


def _logged(entry: EntryRow, understood: LineRead) -> str:
    day = f"{entry.day:%a} {entry.day.day} {entry.day:%b %Y}"
    parts = [understood.project, entry.phase, entry.note, "" if entry.billable else "not billable"]
    what = ", ".join(part for part in parts if part)
    return f"{entry.hours:f} h on {day}: {what}. Take it back: headway hours remove --entry {entry.id}"


def _proposed(read: MeetingsRead) -> Iterator[str]:
    """The new proposals, each with its project and the reason."""
    yield f"{len(read.new)} meetings proposed from {read.first} to {read.last}; {read.known} were known already."
    for row in read.new:
        where = f"{row.project_key} ({row.why})" if row.project_key else row.why
        yield f"{row.id:>6}  {row.day:%a} {row.day}  {row.start:%H:%M}-{row.end:%H:%M}  {row.title}  {where}"
    for why, count in read.left_out.items():
        yield f"Left out: {count} {why}."
    if read.new:
        yield "Accept with: headway hours accept-meeting --meeting ID [--project KEY]"
