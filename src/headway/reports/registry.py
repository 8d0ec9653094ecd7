"""Which reports there are: kind, title, and for each file format the function that builds its document.

Not here: making a snapshot, writing files, permissions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from headway.documents.tree import Document, Mark
from headway.reports import status, steering, workbook
from headway.reports.status_snapshot import StatusSnapshot
from headway.reports.template import STANDARD, Template


class Builder(Protocol):
    """From a snapshot to a document tree."""

    def __call__(
        self, snapshot: StatusSnapshot, *, mark: Mark = Mark.DRAFT, template: Template = STANDARD
    ) -> Document: ...


@dataclass(frozen=True, slots=True)
class Report:
    """One kind of report. `builders` maps a format ('docx', 'pptx', 'xlsx', 'pdf', 'html', 'md') to its builder."""

    kind: str
    title: str
    summary: str
    builders: Mapping[str, Builder]


_STATUS: dict[str, Builder] = {
    "docx": status.build,
    "pdf": status.build,
    "html": status.build,
    "md": status.build,
    "pptx": steering.build,
    "xlsx": workbook.build,
}
_STEERING: dict[str, Builder] = {"pptx": steering.build, "pdf": steering.build}

REPORTS: Mapping[str, Report] = {
    "status": Report(
        "status", "Weekly status", "The week's page with its annex; as PowerPoint the steering deck.", _STATUS
    ),
    "steering": Report("steering", "Steering deck", "The decision paper for a steering meeting.", _STEERING),
}


def build(
    kind: str, form: str, snapshot: StatusSnapshot, *, mark: Mark = Mark.DRAFT, template: Template = STANDARD
) -> Document:
    """The document tree of one report for one format. Raises KeyError naming what is offered instead."""
    report = REPORTS.get(kind)
    if report is None:
        raise KeyError(f"There is no report {kind!r}; there are {', '.join(REPORTS)}.")
    builder = report.builders.get(form)
    if builder is None:
        raise KeyError(f"The report {kind!r} is not written as {form!r}, but as {', '.join(report.builders)}.")
    return builder(snapshot, mark=mark, template=template)
