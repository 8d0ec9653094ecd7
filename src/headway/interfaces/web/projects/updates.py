"""News of tasks, and what all requests share: the list, the mails that wait for approval, answering, taking it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.areas.schedule import answering, asking, figures, queries, updates
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.update_types import (
    AskedOf,
    Outcome,
    PersonToAsk,
    UpdateDetail,
    UpdateField,
    UpdateRow,
    UpdateState,
    UpdateTaskRow,
)
from headway.interfaces.web.frame import Link
from headway.interfaces.web.news.figures import asked_figures, figures_from, told_figures
from headway.interfaces.web.news.forms import LABELS, asked_tasks, news_from, told_words
from headway.interfaces.web.news.pages import taken
from headway.interfaces.web.page import act, offered, page, say, show, today_in, warn, working_project
from headway.interfaces.web.projects import figure_requests
from headway.interfaces.web.projects.asking import active_persons, is_number, prepared, some_days_on
from headway.interfaces.web.projects.update_mails import ApproversForm, found_request, shown_mail
from headway.interfaces.web.reports.asking import approvers_among
from headway.interfaces.web.submitting import (
    attempt,
    day,
    pressed,
    words,
)
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid

_STATES = {
    UpdateState.DRAFT: ("Not sent yet", "amber"),
    UpdateState.OPEN: ("Asked", "accent"),
    UpdateState.ANSWERED: ("News to decide upon", "amber"),
    UpdateState.SETTLED: ("Settled", "green"),
    UpdateState.WITHDRAWN: ("Withdrawn", ""),
}
_SHOWN = (("", "All"), ("waiting", "Waiting"), ("late", "Late"), ("answered", "Answered"))


class AskForm(forms.Form):
    """What is asked, beside the people and their tasks."""

    asks = forms.MultipleChoiceField(
        label="What they should tell",
        choices=[(field.value, LABELS[field]) for field in UpdateField],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    words = words("Your words", rows=3, hint="They stand above the tasks. Left open, the mail asks how far they are.")
    due = day("Answer wanted by", required=True)
    auto_accept = forms.BooleanField(
        label="Take the answers into the plan when they come, without looking first",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


@page()
def requests(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """What was asked on this project, the newest first."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read_updates", project)
    rows = updates.update_requests(ctx, project=project.id)
    wanted = request.GET.get("show", "")
    here = reverse("updates", args=[key])
    filters = [Link(label, f"{here}?show={name}" if name else here, active=name == wanted) for name, label in _SHOWN]
    kept = [row for row in rows if _stands(row, wanted)]
    values = {
        "rows": [(row, *_state(row)) for row in kept],
        "any": bool(rows),
        "filters": filters,
        "answer": _answer(rows),
    }
    return show(request, ctx, "updates/list.html", values, project=project, tab="updates")


def _stands(row: UpdateRow, wanted: str) -> bool:
    if wanted == "late":
        return row.late
    if wanted == "waiting":
        return row.state in (UpdateState.DRAFT, UpdateState.OPEN)
    return row.state is UpdateState.ANSWERED if wanted == "answered" else True


def _answer(rows: Sequence[UpdateRow]) -> str:
    count = dict.fromkeys(UpdateState, 0)
    for row in rows:
        count[row.state] += 1
    said = [
        (count[UpdateState.ANSWERED], "to decide upon"),
        (count[UpdateState.OPEN], "not answered yet"),
        (sum(1 for row in rows if row.late), "of them late"),
        (count[UpdateState.DRAFT], "not sent yet"),
    ]
    told = ", ".join(f"{number} {what}" for number, what in said if number)
    return f"{told[:1].upper()}{told[1:]}." if told else "Nothing waits." if any(count.values()) else ""


def _state(row: UpdateRow) -> tuple[str, str]:
    if row.expired:
        return "Expired without an answer", "red"
    if row.late:
        return "Late", "red"
    if row.figures and row.state is UpdateState.ANSWERED:
        return "Figures to decide upon", "amber"
    return _STATES[row.state]


# --- asking ----------------------------------------------------------------------------------------


@page("POST")
def new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Choose people, their tasks, and what they should tell; each gets a request of their own."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.ask_updates", project)
    people = updates.people_to_ask(ctx, project=project.id)
    initial = {"asks": [field.value for field in UpdateField], "due": some_days_on(today_in(ctx, project))}
    form = AskForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        chosen = _chosen(request.POST)
        done = attempt(form, lambda given: _ask(ctx, project, chosen, given))
        if done.done:
            made: list[UpdateDetail] = done.result
            drafts = sum(1 for item in made if item.row.by_link)
            say(request, prepared(len(made), drafts))
            target = reverse("update", args=[key, made[0].row.id]) if len(made) == 1 else reverse("updates", args=[key])
            return redirect(target)
        status = done.status
    else:
        chosen = _suggested(request, people)
    known = {one.person_id for one in people}
    values = {
        "form": form,
        "people": [(one, [(task, (one.person_id, task.uid) in chosen) for task in one.tasks]) for one in people],
        "others": [row for row in active_persons(ctx) if row.id not in known],
        "open_tasks": _open_tasks(ctx, project),
        "other": request.POST.get("other", ""),
        "other_tasks": request.POST.getlist("other_task"),
        "back": reverse("updates", args=[key]),
    }
    crumbs = (Link("Ask for news"),)
    return show(request, ctx, "updates/new.html", values, project=project, tab="updates", crumbs=crumbs, status=status)


def _chosen(posted: QueryDict) -> dict[tuple[int, int], None]:
    """Pairs of person and task, in the order of the page; the one asked besides with the tasks chosen for them."""
    found = dict.fromkeys(_pairs(posted.getlist("ask")))
    other = posted.get("other", "")
    if is_number(other):
        found |= dict.fromkeys((int(other), int(uid)) for uid in posted.getlist("other_task") if is_number(uid))
    return found


def _pairs(given: Iterable[str]) -> Iterable[tuple[int, int]]:
    for item in given:
        person, _, uid = item.partition(":")
        if is_number(person) and is_number(uid):
            yield int(person), int(uid)


def _suggested(request: HttpRequest, people: Iterable[PersonToAsk]) -> dict[tuple[int, int], None]:
    """What the page begins with: all that should be under way, one task, or nothing."""
    if request.GET.get("choose") == "under_way":
        return dict.fromkeys((one.person_id, task.uid) for one in people for task in one.tasks if task.under_way)
    uid = request.GET.get("task", "")
    return dict.fromkeys((one.person_id, task.uid) for one in people for task in one.tasks if str(task.uid) == uid)


def _open_tasks(ctx: Context, project: Charter) -> list[tuple[int, str]]:
    found = queries.tasks(ctx, project=project.id, limit=200).items
    return [(row.uid, row.name) for row in found if not row.summary and row.percent_complete < 100]


def _ask(
    ctx: Context, project: Charter, chosen: Iterable[tuple[int, int]], given: dict[str, Any]
) -> list[UpdateDetail]:
    by_person: dict[int, list[int]] = {}
    for person, uid in chosen:
        by_person.setdefault(person, []).append(uid)
    if not by_person:
        raise Invalid("Choose at least one task of somebody first.")

    def asked(ctx: Context) -> list[UpdateDetail]:
        return [
            asking.ask_for_news(
                ctx,
                project=project.id,
                person=person,
                tasks=tuple(uids),
                asks=tuple(given["asks"]),
                words=given["words"],
                due=given["due"],
                auto_accept=given["auto_accept"],
            )
            for person, uids in by_person.items()
        ]

    if len(by_person) > 1:
        asked(ctx.but(dry_run=True))  # so that all are asked, or nobody
    return asked(ctx)


# --- one request -----------------------------------------------------------------------------------


@page("POST")
def one(request: HttpRequest, ctx: Context, key: str, update: int) -> HttpResponse:
    """One request; a POST takes chosen news into the plan, or with `try` shows what that would do."""
    project = working_project(ctx, key)
    if not may(ctx, "schedule.read_updates", project_id=project.id):
        return redirect(reverse("update-answer", args=[key, update]))
    found = found_request(ctx, project, update)
    if found.row.figures:
        return figure_requests.shown(request, ctx, project, found, _beside(ctx, project, found))
    chosen = [task.uid for task in found.tasks if task.answer and task.there]
    effect, refused = None, ""
    if request.method == "POST":
        offered(ctx, "schedule.accept_update", project)
        chosen = [int(uid) for uid in request.POST.getlist("take") if is_number(uid)]
        if "try" not in request.POST:
            done = _settle(request, ctx, found, () if "leave" in request.POST else tuple(chosen))
            if done:
                return redirect(reverse("update", args=[key, update]))
    if found.row.state is UpdateState.ANSWERED and may(ctx, "schedule.accept_update", project_id=project.id):
        effect, refused = _effect(ctx, found, tuple(chosen))
    values = _beside(ctx, project, found) | {
        "row": found.row,
        "tasks": [(task, told_words(task), task.uid in chosen, _outcome(task)) for task in found.tasks],
        "effect": effect,
        "refused": refused,
        "asked": ", ".join(LABELS[field].lower() for field in found.row.asks),
    }
    crumbs = (Link(f"News of {found.row.person}"),)
    return show(request, ctx, "updates/one.html", values, project=project, tab="updates", crumbs=crumbs)


def _beside(ctx: Context, project: Charter, found: UpdateDetail) -> dict[str, Any]:
    """What the page of every request shows: how it stands, and its mails with what can be done with them."""
    state, tone = _state(found.row)
    who = approvers_among(ctx, projects.members(ctx, project=project.id), clients=False)
    return {
        "state": state,
        "tone": tone,
        "mails": [shown_mail(mail) for mail in found.mails],
        "approvers_form": ApproversForm(who),
        "waiting": found.row.state in (UpdateState.DRAFT, UpdateState.OPEN),
    }


def _settle(request: HttpRequest, ctx: Context, found: UpdateDetail, tasks: tuple[int, ...]) -> bool:
    try:
        effect = answering.accept_update(ctx, update=found.row.id, tasks=tasks)
    except (Invalid, Conflict) as refusal:
        warn(request, refusal.message)
        return False
    say(
        request, f"Taken into the plan. {effect.sentence}" if effect is not None else "Nothing was taken into the plan."
    )
    return True


def _effect(ctx: Context, found: UpdateDetail, chosen: tuple[int, ...]) -> tuple[PlanEffect | None, str]:
    """What the chosen news would do, or why the plan would not take it."""
    try:
        return answering.accept_update(ctx.but(dry_run=True), update=found.row.id, tasks=chosen), ""
    except (Invalid, Conflict) as refusal:
        return None, refusal.message


def _outcome(task: UpdateTaskRow) -> str:
    return {Outcome.ACCEPTED: "Taken into the plan", Outcome.LEFT: "Left", None: ""}[task.outcome]


@act
def withdraw(request: HttpRequest, ctx: Context, key: str, update: int) -> HttpResponse:
    """Take a request back."""
    project = working_project(ctx, key)
    found = found_request(ctx, project, update)
    return pressed(
        request,
        lambda: asking.withdraw_update(ctx, update=found.row.id),
        done="The request is withdrawn; its link opens nothing any more.",
        to=reverse("update", args=[key, update]),
    )


# --- telling one's own news ------------------------------------------------------------------------


@page("POST")
def answer(request: HttpRequest, ctx: Context, key: str, update: int) -> HttpResponse:
    """Tell the news that one was asked for, inside."""
    project = working_project(ctx, key)
    asked: AskedOf = updates.my_update(ctx, update=update)
    back = reverse("update-answer", args=[key, update])
    refusal: Invalid | None = None
    items: Sequence[object] = ()
    if request.method == "POST" and asked.open:
        refusal, items = _told(request, ctx, asked)
        if refusal is None:
            return redirect(back)
    elif asked.open:
        items = asked_figures(asked) if asked.questions else asked_tasks(asked)
    values = {
        "asked": asked,
        "items": items,
        "refusal": refusal,
        "told": [(row, told_words(row)) for row in asked.tasks if row.answer],
        "figures": told_figures(asked.questions),
    }
    crumbs = (Link("Your figures" if asked.questions else "Your news"),)
    status = 422 if refusal is not None else 200
    return show(
        request, ctx, "updates/answer.html", values, project=project, tab="updates", crumbs=crumbs, status=status
    )


def _told(request: HttpRequest, ctx: Context, asked: AskedOf) -> tuple[Invalid | None, Sequence[object]]:
    """Keep or send what was typed; else why not, and the inputs as they were typed."""
    if asked.questions:
        answers = figures_from(request, asked)
        refusal = taken(
            request, asked, lambda send: figures.answer_figures(ctx, update=asked.id, answers=answers, send=send)
        )
        return refusal, asked_figures(asked, answers, refusal)
    news = news_from(request, asked)
    refusal = taken(request, asked, lambda send: answering.answer_update(ctx, update=asked.id, news=news, send=send))
    return refusal, asked_tasks(asked, news, refusal)
