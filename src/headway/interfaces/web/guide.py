"""The first week: what leads a new house from nothing to its first approved status report.

Nothing is ticked and stored: every step is read from what is really there, so it cannot be wrong, and the guide goes
away by itself with the first approved report. Whoever does not want it hides it, in this browser.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from headway.areas.deliverables import queries as deliverables
from headway.areas.deliverables.types import VersionRow, VersionState
from headway.areas.people.queries import self_approval_allowed
from headway.areas.projects import queries as projects
from headway.areas.projects.types import ProjectRow
from headway.areas.schedule import plan_rows as schedule
from headway.kernel.access import may
from headway.kernel.context import Context

COOKIE = "headway_guide"
HIDDEN = "hidden"
_FEW = 3  # whoever sees more projects is past the first week
_APPROVERS = ("administrator", "approver", "manager", "senior_reader", "client")


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step: what to do, what it gives, where it is done. state: 'done', 'here' or 'ahead'."""

    label: str
    gives: str
    href: str
    act: str
    state: str


@dataclass(frozen=True, slots=True)
class Guide:
    """The steps in order; `step` is the one to take now, the `number`th."""

    steps: tuple[GuideStep, ...]
    number: int
    step: GuideStep


def guide_of(request: HttpRequest, ctx: Context) -> Guide | None:
    """The guide of a person who may begin projects, as long as they see few and nothing in them is approved yet."""
    if request.COOKIES.get(COOKIE) == HIDDEN or not may(ctx, "projects.create"):
        return None
    if projects.sees_more_than(ctx, _FEW) or deliverables.has_approved(ctx):
        return None
    found = projects.list_projects(ctx, limit=_FEW).items
    led = (row for row in found if may(ctx, "deliverables.prepare", project_id=row.id))
    return _guide(_steps(ctx, next(led, None)))


def _steps(ctx: Context, project: ProjectRow | None) -> list[tuple[bool, GuideStep]]:
    """Each step with whether it is done."""
    key = project.key if project is not None else ""
    planned = project is not None and schedule.has_tasks(project.id)
    has_baseline = project is not None and planned and schedule.has_baseline(project.id)
    versions = deliverables.versions(ctx, project=project.id) if project is not None else ()
    asked = any(row.state is VersionState.IN_REVIEW for row in versions)
    steps = [
        (
            project is not None,
            _step(
                "Begin a project", "A place for its plan, hours, risks and reports.", "project-new", "", "New project"
            ),
        ),
        (
            planned,
            _step(
                "Bring its plan",
                "From Microsoft Project, Primavera or Excel; you see what comes in before anything does. "
                "Or type the first tasks.",
                "import-new",
                key,
                "Import a plan",
            ),
        ),
        (
            has_baseline,
            _step(
                "Take a baseline",
                "The plan as it was promised: slip, earned value and health are measured from it.",
                "baseline-new",
                key,
                "Take a baseline",
            ),
        ),
        (
            project is not None and _has_approver(ctx, project.id),
            _step(
                "Bring in who approves",
                "Nothing leaves the house without a person's approval, and not the one's who prepared it.",
                "members",
                key,
                "Add a person",
            ),
        ),
        (
            bool(versions),
            _step(
                "Prepare the status report",
                "Drafted from the figures, in Word, PowerPoint, Excel and PDF, each number checked.",
                "report-new",
                key,
                "Prepare it",
            ),
        ),
    ]
    return [*steps, (False, _approval(key, versions[0] if versions else None, asked=asked))]


def _approval(key: str, version: VersionRow | None, *, asked: bool) -> GuideStep:
    label = "Have it approved"
    if version is None:
        return GuideStep(label, "", "", "", "")
    if asked:
        return GuideStep(label, "It is asked for; the approver answers here.", reverse("approvals"), "To approve", "")
    gives = f"Look at {version.document}, version {version.number}, then ask for its approval."
    return GuideStep(label, gives, reverse("report", args=[key, version.id]), "Look at it", "")


def _step(label: str, gives: str, address: str, key: str, act_name: str) -> GuideStep:
    where = reverse(address, args=[key] if key else []) if key or address == "project-new" else ""
    return GuideStep(label, gives, where, act_name, "")


def _has_approver(ctx: Context, project_id: int) -> bool:
    if self_approval_allowed():
        return True
    own = projects.my_person_id(ctx)
    return any(person != own for person in projects.people_with_role(project_id, _APPROVERS))


def _guide(steps: list[tuple[bool, GuideStep]]) -> Guide:
    here = next(number for number, (done, _) in enumerate(steps) if not done)
    shown = tuple(
        GuideStep(
            step.label, step.gives, step.href, step.act, "done" if done else "here" if number == here else "ahead"
        )
        for number, (done, step) in enumerate(steps)
    )
    return Guide(shown, here + 1, shown[here])
