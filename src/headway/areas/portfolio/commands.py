"""Changes of the portfolio: colours set by hand, saved views. Standings are kept by `computing`, from jobs."""

from __future__ import annotations

from typing import Any

from headway.areas.people.queries import team_ids_of
from headway.areas.people.types import TeamId
from headway.areas.portfolio.computing import compute
from headway.areas.portfolio.models import DefaultView, SavedView
from headway.areas.portfolio.queries import default_of, view_row
from headway.areas.portfolio.types import Dimension, Group, Health, Sharing, Sort, ViewRow
from headway.areas.projects import commands as projects
from headway.areas.projects.lines import lines_inside
from headway.areas.projects.queries import my_person_id
from headway.areas.projects.types import OverrideRow, ProjectId
from headway.engine import rag
from headway.engine.rag import Override, RagError, check_override
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid
from headway.kernel.schema import Name, Text

# --- health ---------------------------------------------------------------------------------


@command(permission="projects.override_health", name="projects.override_health")
def override_health(
    ctx: Context, *, project: ProjectId, dimension: Dimension, colour: Health, reason: Text
) -> OverrideRow:
    """Set a colour worse than the computed one; better needs an approver (`approve_better_health`).

    colour  green, amber or red.
    """
    return _override(ctx, project, dimension, colour, reason, approver="")


@command(permission="projects.approve_better_health", name="projects.approve_better_health")
def approve_better_health(
    ctx: Context, *, project: ProjectId, dimension: Dimension, colour: Health, reason: Text
) -> OverrideRow:
    """Set a colour better than the computed one, as an approver, with a reason that stays visible.

    colour  green, amber or red.
    """
    return _override(ctx, project, dimension, colour, reason, approver=ctx.actor.name)


def _override(
    ctx: Context, project: int, dimension: Dimension, colour: Health, reason: str, *, approver: str
) -> OverrideRow:
    """Keep the colour beside what the rule says now, when the rule allows it."""
    line = next(line for line in lines_inside(ctx.as_system("the colour to overrule")) if line.id == project)
    readings = compute(ctx, line, past={}).figures.readings
    reading = next((item for item in readings if item.dimension is dimension), None)
    if reading is None:
        raise Conflict(f"This project has no {dimension.word}, so there is no colour to overrule.")
    own = Override(rag.Colour[colour.name], ctx.actor.name, ctx.now.date(), reason, approver)
    try:
        check_override(rag.Colour[reading.by_rule.name], own)
    except RagError as fault:
        raise Conflict(str(fault)) from fault
    return projects.keep_override(
        ctx.as_system("allowed beside what the figures say"),
        project=project,
        dimension=dimension.value,
        colour=colour.value,
        computed=reading.by_rule.value,
        reason=reason,
        set_by=ctx.actor.name,
        approved_by=approver,
    )


# --- saved views ----------------------------------------------------------------------------

# Columns of the grid in the order they are offered, and which of them stand there unasked.
COLUMNS = (
    "health",
    "trend",
    "milestone",
    "finish",
    "slip",
    "history-finish",
    "deadline-chance",
    "complete",
    "spent",
    "burn",
    "forecast",
    "people",
    "risks",
    "decisions",
    "changes",
    "report",
    "client",
    "manager",
    "stage",
    "history",
    "age",
)
USUAL_COLUMNS = (
    "health",
    "milestone",
    "finish",
    "slip",
    "complete",
    "spent",
    "people",
    "risks",
    "decisions",
    "history",
)
_FILTERS = frozenset({"q", "client", "manager", "stage", "health", "programme"})
_MOST_VIEWS = 100


@command(permission="portfolio.keep_view", idempotent=True)
def save_view(ctx: Context, *, name: Name, settings: dict[str, Any], default: bool = False) -> ViewRow:
    """Keep columns, order, grouping and filters under a name; a view of one's own with this name is replaced.

    settings  columns (a list), sort, descending, group, and the filters q, client, manager, stage, health, programme.
    default   let it open when one opens the portfolio.
    """
    user = _user(ctx)
    title = name.strip()[:120]
    if not title:
        raise Invalid("Give the view a name.", fields=[FieldError("name", "required")])
    kept = _checked(settings)
    own = SavedView.unscoped(reason="one's own views").filter(owner_user=user)
    row = own.filter(name=title).first()
    if row is None:
        if own.count() >= _MOST_VIEWS:
            raise Conflict(f"You keep {_MOST_VIEWS} views already. Remove one first.")
        row = SavedView.add(ctx, name=title, owner_user=user, owner=ctx.actor.name, settings=kept)
    else:
        row.change(ctx, settings=kept)
    if default:
        _set_default(user, row)
    return view_row(ctx, row, default=default_of(ctx) == row.pk)


def _user(ctx: Context) -> int:
    if ctx.actor.user_id is None:
        raise Denied("Views belong to persons.")
    return ctx.actor.user_id


def _checked(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that are known and hold something; Invalid names the first that is not right."""
    allowed: dict[str, Any] = {
        "sort": {item.value for item in Sort},
        "group": {item.value for item in Group},
        "descending": {"1", ""},
    }
    kept: dict[str, Any] = {}
    for name, value in settings.items():
        if name == "columns":
            kept[name] = _columns(value)
        elif name in allowed and (not isinstance(value, str) or value not in allowed[name]):
            raise _wrong(f"settings.{name}", f"choose of {', '.join(sorted(allowed[name] - {''}))}", value)
        elif name not in allowed and name not in _FILTERS:
            raise _wrong("settings", f"'{name}' is no setting of a view", name)
        elif not isinstance(value, str) or len(value) > 200:
            raise _wrong(f"settings.{name}", "text of at most 200 characters", value)
        elif value:
            kept[name] = value
    return kept


def _columns(value: Any) -> list[str]:
    if not isinstance(value, list) or not value or any(item not in COLUMNS for item in value):
        raise _wrong("settings.columns", f"a list of {', '.join(COLUMNS)}", value)
    return list(dict.fromkeys(value))


def _wrong(field: str, what: str, value: Any) -> Invalid:
    return Invalid(f"{field}: {what}.", fields=[FieldError(field, what, value=str(value)[:100])])


def _set_default(user: int, row: SavedView | None) -> None:
    rows = DefaultView.unscoped(reason="one's own default")
    rows.filter(user=user).delete()
    if row is not None:
        rows.create(user=user, view=row)


@command(permission="portfolio.change_view", changes="view", idempotent=True)
def share_view(ctx: Context, *, view: SavedView, sharing: Sharing, team: TeamId | None = None) -> ViewRow:
    """Let others open a view of one's own: everyone in the house, or a team one is in; or keep it to oneself."""
    if sharing is Sharing.TEAM:
        if team is None:
            raise Invalid("Say which team may open it.", fields=[FieldError("team", "required")])
        if team not in team_ids_of(my_person_id(ctx)):
            raise Invalid("You are not in that team.", fields=[FieldError("team", "one of your own teams")])
    view.change(ctx, sharing=sharing.value, team_id=team if sharing is Sharing.TEAM else None)
    row = SavedView.unscoped(reason="the view above").select_related("team").get(pk=view.pk)
    return view_row(ctx, row, default=default_of(ctx) == row.pk)


@command(permission="portfolio.change_view", destructive=True)
def remove_view(ctx: Context, *, view: SavedView) -> None:
    """Remove a view of one's own; whoever opens the portfolio with it gets the usual one."""
    ctx.record("portfolio.SavedView", view.pk, "", view.name, None)
    SavedView.unscoped(reason="the view above").filter(pk=view.pk).delete()


@command(permission="portfolio.keep_view", idempotent=True)
def open_with(ctx: Context, *, view: SavedView | None = None) -> None:
    """Choose the view that opens when one opens the portfolio; without one, the usual one opens."""
    _set_default(_user(ctx), view)
