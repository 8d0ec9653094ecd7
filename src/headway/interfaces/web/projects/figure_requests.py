"""Asking people for figures: what is missing stands chosen, and what they told is taken where it belongs, or left."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.areas.schedule import updates
from headway.areas.schedule.question_types import (
    MOST_QUESTIONS,
    Chasing,
    Outcome,
    Part,
    Question,
    QuestionKind,
    QuestionRow,
)
from headway.areas.schedule.question_words import asked_text
from headway.areas.schedule.update_types import UpdateDetail, UpdateState
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import offered, page, say, show, today_in, warn, working_project
from headway.interfaces.web.projects.asking import active_persons, is_number, prepared, some_days_on
from headway.interfaces.web.submitting import attempt, day, started_from, words
from headway.journeys import collecting
from headway.journeys.collecting import MOST_PEOPLE, FigureToAsk
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid

_PARTS = ((QuestionKind.HOURS, "Hours to go"), (QuestionKind.PERCENT, "Percent"), (QuestionKind.FINISH, "Finish"))
_USUAL = Chasing()
_MOST_CHOSEN = 15  # of what is missing, before anybody chooses: a longer form is not answered


class AskForm(forms.Form):
    """What goes with the questions."""

    words = words("Your words", rows=3, hint="They stand above the questions. Left open, the mail asks plainly.")
    due = day("Answer wanted by", required=True)
    auto_accept = forms.BooleanField(
        label="Take the answers when they come, without looking first",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )


class ChasingForm(forms.Form):
    """When who has not answered is reminded."""

    most = forms.IntegerField(
        label="Reminders at most",
        min_value=0,
        max_value=10,
        help_text="0 sends none. They are fixed words, go in the person's working time, and end with the answer.",
    )
    before = forms.IntegerField(label="Working days before the day", min_value=0, max_value=10)
    every = forms.IntegerField(label="Then every so many working days", min_value=1, max_value=20)


@page("POST")
def new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Choose figures and people; each person gets one request with all the questions."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.ask_updates", project)
    found = collecting.figures_to_ask(ctx, project=project.id)
    posted = request.POST if request.method == "POST" else None
    form = AskForm(posted, initial={"due": some_days_on(today_in(ctx, project))})
    usual = {"most": _USUAL.most, "before": _USUAL.before, "every": _USUAL.every}
    chasing = ChasingForm(posted, prefix="chase", initial=usual)
    status = 200
    missing = [_key(one) for one in found if one.why]
    chosen = set(missing[:_MOST_CHOSEN]) if posted is None else set(posted.getlist("ask"))
    persons = set(posted.getlist("person")) if posted is not None else set()
    if posted is not None and not chasing.is_valid():
        form.is_valid()
        status = 422
    elif posted is not None:
        done = attempt(form, lambda given: _ask(ctx, project, posted, {**given, **chasing.cleaned_data}))
        if done.done:
            made: tuple[UpdateDetail, ...] = done.result
            say(request, prepared(len(made), sum(1 for item in made if item.row.by_link)))
            target = reverse("update", args=[key, made[0].row.id]) if len(made) == 1 else reverse("updates", args=[key])
            return redirect(target)
        status = done.status
    near, others = _people(ctx, project)
    values = {
        "form": form,
        "chasing": chasing,
        "missing": [(one, _key(one), _key(one) in chosen) for one in found if one.why],
        "further": [(one, _key(one), _key(one) in chosen) for one in found if not one.why and _stands_alone(one)],
        "rows": _rows(found, chosen),
        "near": [(person, name, str(person) in persons) for person, name in near],
        "others": others,
        "other": posted.get("other", "") if posted is not None else "",
        "back": reverse("updates", args=[key]),
    }
    crumbs = (Link("Ask for figures"),)
    template = "updates/new_figures.html"
    return show(request, ctx, template, values, project=project, tab="updates", crumbs=crumbs, status=status)


def _stands_alone(one: FigureToAsk) -> bool:
    """Whether it is asked by a line of its own, and not in the table of the plan's rows."""
    return one.question.target is None or one.question.kind not in {kind for kind, _ in _PARTS}


def _rows(found: Iterable[FigureToAsk], chosen: set[str]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """The plan's rows, each with what can be asked of it: label, key, whether chosen. Missing ones stand above."""
    rows: dict[int, tuple[str, list[tuple[str, str, bool]]]] = {}
    labels = dict(_PARTS)
    for one in found:
        asked = one.question
        if asked.target is not None and asked.kind in labels:
            _, cells = rows.setdefault(asked.target, (asked.name, []))
            if not one.why:
                cells.append((labels[asked.kind], _key(one), _key(one) in chosen))
    return list(rows.values())


def _key(one: FigureToAsk) -> str:
    asked = one.question
    return f"{asked.kind.value}|{'' if asked.target is None else asked.target}|{asked.begins}"


def _people(ctx: Context, project: Charter) -> tuple[list[tuple[int, str]], list[Any]]:
    """Who is near the project, by name: members, stakeholders, those with open tasks; and everybody else."""
    near = {row.person_id: row.name for row in projects.members(ctx, project=project.id)}
    near |= {row.person_id: row.name for row in updates.people_to_ask(ctx, project=project.id)}
    for row in projects.stakeholders(ctx, project=project.id):
        if row.person_id is not None:
            near[row.person_id] = row.name
    others = [row for row in active_persons(ctx) if row.id not in near and row.id != ctx.actor.person_id]
    near.pop(ctx.actor.person_id or 0, None)
    return sorted(near.items(), key=lambda item: (item[1], item[0])), others


def _ask(ctx: Context, project: Charter, posted: QueryDict, given: dict[str, Any]) -> tuple[UpdateDetail, ...]:
    persons = [int(item) for item in (*posted.getlist("person"), posted.get("other", "")) if is_number(item)]
    questions = [found for item in posted.getlist("ask") if (found := _question(item)) is not None]
    if not questions:
        raise Invalid("Choose at least one figure first.")
    if len(questions) > MOST_QUESTIONS:
        raise Invalid(f"{len(questions)} figures are too many for one request. Choose at most {MOST_QUESTIONS}.")
    if not persons:
        raise Invalid("Choose whom to ask first.")
    if len(persons) > MOST_PEOPLE:
        raise Invalid(f"{len(persons)} people are too many at once. Choose at most {MOST_PEOPLE}.")
    return collecting.ask_for_figures(
        ctx,
        project=project.id,
        persons=tuple(persons),
        questions=tuple(questions),
        due=given["due"],
        words=given["words"],
        auto_accept=given["auto_accept"],
        chasing=Chasing(given["before"], given["every"], given["most"]),
    )


def _question(text: str) -> Question | None:
    kind, _, rest = text.partition("|")
    target, _, period = rest.partition("|")
    if kind not in {item.value for item in QuestionKind} or (target and not is_number(target)):
        return None
    return Question(QuestionKind(kind), int(target) if target else None, period[:40])


# --- one request -----------------------------------------------------------------------------------


def shown(
    request: HttpRequest, ctx: Context, project: Charter, found: UpdateDetail, beside: dict[str, Any]
) -> HttpResponse:
    """A request for figures; a POST takes the chosen figures, or leaves them. beside: what every request shows."""
    chosen = [row.number for row in found.questions if row.answer.get(Part.VALUE.value)]
    if request.method == "POST":
        offered(ctx, "schedule.accept_update", project)
        chosen = [int(number) for number in request.POST.getlist("take") if is_number(number)]
        if _settle(request, ctx, found, () if "leave" in request.POST else tuple(chosen)):
            return redirect(reverse("update", args=[project.key, found.row.id]))
        found = updates.update_request(ctx, update=found.row.id)
    refused = ""
    if found.row.state is UpdateState.ANSWERED and may(ctx, "schedule.accept_update", project_id=project.id):
        refused = _refused(ctx, found, tuple(chosen))
    values = beside | {
        "row": found.row,
        "questions": [(row, asked_text(row), row.number in chosen, _outcome(row)) for row in found.questions],
        "chasers": found.chasers,
        "next_chaser": found.next_chaser,
        "refused": refused,
    }
    crumbs = (Link(f"Figures of {found.row.person}"),)
    return show(request, ctx, "updates/figures.html", values, project=project, tab="updates", crumbs=crumbs)


def _settle(request: HttpRequest, ctx: Context, found: UpdateDetail, chosen: tuple[int, ...]) -> bool:
    version = request.POST.get("version", "")
    at = started_from(ctx, int(version) if is_number(version) else None)
    try:
        done = collecting.accept_figures(at, update=found.row.id, questions=chosen)
    except (Invalid, Conflict) as refusal:
        warn(request, refusal.message)
        return False
    count = sum(1 for row in done.questions if row.outcome is Outcome.ACCEPTED)
    say(request, f"{count} {'figure is' if count == 1 else 'figures are'} taken." if count else "Nothing was taken.")
    return True


def _refused(ctx: Context, found: UpdateDetail, chosen: tuple[int, ...]) -> str:
    """Why the chosen figures would not be taken; '' where they would."""
    try:
        collecting.accept_figures(ctx.but(dry_run=True), update=found.row.id, questions=chosen)
    except (Invalid, Conflict) as refusal:
        return refusal.message
    return ""


def _outcome(row: QuestionRow) -> str:
    return {Outcome.ACCEPTED: "Taken", Outcome.LEFT: "Left", None: ""}[row.outcome]
