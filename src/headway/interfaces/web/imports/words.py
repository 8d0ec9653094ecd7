"""How imports are worded on their pages."""

from __future__ import annotations

from headway.areas.projects.types import ImportState
from headway.interfaces.web.frame import Step

KINDS = {
    "plan": (
        "A plan",
        ".mpp,.mpt,.mpx,.xml,.xer,.pod,.gan,.planner,.xlsx,.csv,.json",
        "Microsoft Project, Primavera, ProjectLibre, GanttProject, Excel or CSV",
    ),
    "hours": (
        "Hours",
        ".csv,.xlsx,.ods,.tsv,.txt",
        "An export of Harvest, Toggl, Clockify, Tempo, Kimai and others, Excel or CSV",
    ),
    "invoices": (
        "Invoices",
        ".csv,.xlsx,.ods,.tsv,.txt",
        "A list of your accounting: number, day, due day, amount, currency, state; Excel or CSV",
    ),
}
STATES = {
    ImportState.READING: ("Being read", ""),
    ImportState.PREVIEW: ("Waits for you", "amber"),
    ImportState.FAILED: ("Cannot be read", "red"),
    ImportState.APPLIED: ("Applied", "green"),
    ImportState.UNDONE: ("Undone", ""),
}


def steps(here: int) -> tuple[Step, ...]:
    """The three steps of an import, with the present one marked."""
    names = ("Choose a file", "Check what it changes", "Done")
    return tuple(
        Step(name, "done" if place < here else "here" if place == here else "ahead") for place, name in enumerate(names)
    )


def many(count: int) -> str:
    """'1 import', '3 imports'."""
    return f"{count} import{'' if count == 1 else 's'}"
