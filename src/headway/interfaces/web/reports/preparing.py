"""Preparing a report: what is wanted, how far the work in the background is, calling it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from headway.areas.deliverables import queries
from headway.areas.deliverables.types import PreparationRow, Progress
from headway.areas.projects.types import Charter
from headway.areas.schedule import queries as schedule
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, offered, page, say, show, today_in, working_project
from headway.interfaces.web.projects.pages import status_day
from headway.interfaces.web.reports.states import FORMATS
from headway.interfaces.web.submitting import Choices, attempt, day, one_of, pressed
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.journeys import preparing as journey
from headway.journeys.month_pack import PACK
from headway.kernel import jobs
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.jobs_worker import workers_alive
from headway.reports.registry import REPORTS

_MOST_SNAPSHOTS = 50


class PrepareForm(forms.Form):
    """What to prepare."""

    kind = one_of("Report", [(report.kind, f"{report.title}: {report.summary}") for report in REPORTS.values()])
    as_of = day("Status date", required=True)
    copy = one_of(
        "Copy for",
        [("internal", "Us: with cost rates where they count"), ("client", "The client: bill values only")],
    )
    formats = forms.MultipleChoiceField(
        label="Files",
        choices=[(form.value, words_) for form, words_ in FORMATS.items()],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        required=False,
        help_text="None chosen: all that the report has.",
    )

    def __init__(self, snapshots: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["snapshot"] = one_of(
            "Frozen data", snapshots, required=False, number=True, hint="Leave open to freeze the data of now."
        )


@page("POST")
def prepare(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Prepare a report: say what is wanted; the work is done in the background."""
    project = working_project(ctx, key)
    offered(ctx, "deliverables.prepare", project)
    frozen = [row for row in queries.snapshots(ctx, project=project.id) if row.kind == "status"]
    snapshots = [
        (row.number, f"Snapshot {row.number} of {weekday_date(row.as_of, locale_of(request))}, {row.audience} copy")
        for row in frozen[:_MOST_SNAPSHOTS]
    ]
    form = PrepareForm(snapshots, request.POST or None, initial=_initial(request, ctx, project))
    status = 200
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: journey.begin(
                ctx,
                project=project.id,
                kind=given["kind"],
                as_of=given["as_of"],
                client_copy=given["copy"] == "client",
                formats=tuple(given["formats"]),
                snapshot=given["snapshot"],
            ),
        )
        if done.done:
            return redirect(reverse("report-preparing", args=[key, done.result.id]))
        status = done.status
    values = {
        "form": form,
        "title": "Prepare a report",
        "intro": "The data is frozen under a number; the files are written from it and read back to check each figure.",
        "back": reverse("reports", args=[key]),
    }
    crumbs = (Link("Prepare a report"),)
    return show(
        request, ctx, "reports/prepare.html", values, project=project, tab="reports", crumbs=crumbs, status=status
    )


def _initial(request: HttpRequest, ctx: Context, project: Charter) -> dict[str, Any]:
    """The status of the status date for us, or what `?again=` was asked for."""
    again = request.GET.get("again", "")
    if again.isascii() and again.isdigit():
        row = _preparation(ctx, project, int(again))
        return {
            "kind": row.kind,
            "as_of": row.as_of,
            "copy": row.audience,
            "formats": [form.value for form in row.formats],
            "snapshot": row.snapshot_number,
        }
    summary = schedule.summary_if_any(ctx, project.id)
    return {"as_of": status_day(ctx, project, summary), "kind": "status", "copy": "internal"}


@page()
def preparing(request: HttpRequest, ctx: Context, key: str, preparation: int) -> HttpResponse:
    """How far a report is; on to it once it is there."""
    project = working_project(ctx, key)
    offered(ctx, "deliverables.prepare", project)
    row = _preparation(ctx, project, preparation)
    if row.kind == PACK and not row.is_open:
        first = (row.as_of or today_in(ctx, project)).replace(day=1)
        return redirect(f"{reverse('project-month', args=[key])}?month={first}")
    if row.result is not None:
        say(request, "The report is prepared, and every statement in its files matches the frozen data.")
        return redirect(reverse("report", args=[key, row.result]))
    title = _title(row)
    files = ", ".join(FORMATS[form] for form in row.formats)
    how = "in preparation" if row.is_open else "stopped" if row.stopped_by else "not prepared"
    head = f"{title}, {how}"
    values = {"row": row, "title": title, "head": head, "files": files, **_work(row, key)}
    crumbs = (Link(head),)
    return show(request, ctx, "reports/preparing.html", values, project=project, tab="reports", crumbs=crumbs)


@page()
def progress(request: HttpRequest, ctx: Context, key: str, preparation: int) -> HttpResponse:
    """The part of that page which moves on."""
    project = working_project(ctx, key)
    offered(ctx, "deliverables.prepare", project)
    return render(request, "reports/progress.html", _work(_preparation(ctx, project, preparation), key))


@act
def stop(request: HttpRequest, ctx: Context, key: str, preparation: int) -> HttpResponse:
    """Call the preparing off."""
    project = working_project(ctx, key)
    offered(ctx, "deliverables.prepare", project)
    row = _preparation(ctx, project, preparation)
    return pressed(
        request,
        lambda: journey.stop(ctx, preparation=row.id),
        done="Stopped. No file was kept.",
        to=reverse("report-preparing", args=[key, row.id]),
    )


def _title(row: PreparationRow) -> str:
    if row.kind == PACK:
        return "The pack of a month"
    return REPORTS[row.kind].title if row.kind in REPORTS else row.kind


def _preparation(ctx: Context, project: Charter, preparation: int) -> PreparationRow:
    row: PreparationRow = queries.preparation(ctx, preparation=preparation)
    if row.project_id != project.id:
        raise NotFound("There is nothing here.")
    return row


# --- how far it is -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the work. `state`: 'done', 'here' or '' for what is still to come."""

    label: str
    state: str
    told: str = ""


def _work(row: PreparationRow, key: str) -> dict[str, Any]:
    return {
        "address": reverse("report-progress", args=[key, row.id]),
        "ended": "" if row.is_open else reverse("report-preparing", args=[key, row.id]),
        "answer": sentence(row),
        "percent": round(100 * row.done / row.steps) if row.steps else 0,
        "steps": _steps(row),
        "is_open": row.is_open,
    }


def sentence(row: PreparationRow) -> str:
    """What is being done, or how it ended, and what to do."""
    if row.progress is Progress.READY:
        return "It is ready."
    if row.progress is Progress.STOPPED:
        return f"{row.stopped_by} stopped it. No file was kept."
    if row.progress is Progress.FAILED:
        return row.fault or (
            "It failed through a fault of Headway's own, which is noted for the administrator. "
            "Prepare the report again; the same fault a second time is one for the administrator."
        )
    if row.progress is Progress.WAITING:
        if not workers_alive(queue=jobs.LONG):
            return "It waits: no worker is running. It begins as soon as 'headway serve' or 'headway worker' runs."
        return "It is begun again: the first try did not come to its end." if row.tried else "It waits for its turn."
    here = next(step for step in _steps(row) if step.state == "here")
    return f"{here.label}: {here.told}." if here.told else f"{here.label}."


def _steps(row: PreparationRow) -> tuple[Step, ...]:
    """The steps of `journeys.reports.Steps` in words: one for freezing, one each a format twice, one for keeping."""
    if row.kind == PACK:
        return _steps_of_pack(row)
    count = max(0, (row.steps - 2) // 2)
    frozen = f"snapshot {row.snapshot_number}" if row.snapshot_number is not None else ""
    written, read = min(count, max(0, row.done - 1)), min(count, max(0, row.done - 1 - count))
    parts = (
        ("Freeze the data", row.done >= 1 or row.snapshot_number is not None, frozen),
        ("Write the files", bool(count) and written == count, f"{written} of {count} formats" if count else ""),
        (
            "Read the files back and compare every statement with the data",
            bool(count) and read == count,
            f"{read} of {count} formats" if count and written == count else "",
        ),
        ("Keep the draft", False, ""),
    )
    return _placed(row, parts)


def _steps_of_pack(row: PreparationRow) -> tuple[Step, ...]:
    """The steps of `journeys.month_pack`: one for each report, one for keeping them."""
    count = max(0, row.steps - 1)
    told = f"{min(row.done, count)} of {count} reports" if count else ""
    parts = (
        ("Freeze the data", True, f"snapshot {row.snapshot_number}"),
        ("Write the files", bool(count) and row.done >= count, told),
        ("Keep the drafts", False, ""),
    )
    return _placed(row, parts)


def _placed(row: PreparationRow, parts: Sequence[tuple[str, bool, str]]) -> tuple[Step, ...]:
    here = next(index for index, part in enumerate(parts) if not part[1])
    works = row.progress is Progress.WORKING
    return tuple(
        Step(label, "done" if done else "here" if works and index == here else "", told)
        for index, (label, done, told) in enumerate(parts)
    )


@dataclass(frozen=True, slots=True)
class AtWork:
    """A report that is being prepared, or could not be, as a list shows it."""

    title: str
    answer: str
    url: str
    failed: bool
    asked_by: str

    @property
    def kind(self) -> str:
        """The tone of its notice."""
        return "error" if self.failed else "info"


def at_work(ctx: Context, project: Charter) -> tuple[AtWork, ...]:
    """What is being prepared in a project, and what failed since its newest report, for those who may prepare."""
    if not may(ctx, "deliverables.prepare", project_id=project.id):
        return ()
    return tuple(
        AtWork(
            _title(row),
            sentence(row),
            reverse("report-preparing", args=[project.key, row.id]),
            row.progress is Progress.FAILED,
            row.asked_by,
        )
        for row in queries.preparations(ctx, project=project.id)
    )
