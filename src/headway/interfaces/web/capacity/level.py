"""Asking for a levelling proposal: which plans, in which order, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.capacity.proposal_types import MOST_PROJECTS, Aim, GivesWay, Method
from headway.areas.people.queries import names_of
from headway.areas.projects.lines import ProjectLine, lines_inside
from headway.areas.projects.types import Stage
from headway.areas.schedule.workloads import matched_persons, stamps_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import page, show
from headway.interfaces.web.submitting import attempt, day, one_of
from headway.journeys import levelling
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Denied

_METHODS = (
    (Method.RULES.value, "By rules: task by task, in a moment; moves little"),
    (Method.SEARCH.value, "By search: thousands of whole schedules, for the best of them"),
)
_ORDERS = (
    (GivesWay.STANDARD.value, "The one with the most slack for it, then the lower priority"),
    (GivesWay.PRIORITY.value, "The lower priority first, then the one with the most slack"),
    (GivesWay.ID.value, "The one further down in the plan"),
)
_AIMS = (
    (Aim.FINISH.value, "The earliest finish; deadlines come before it"),
    (Aim.DISTURBANCE.value, "The least delay against the dates of now"),
)


class LevelForm(forms.Form):
    """How plans are to be levelled."""

    method = one_of("How", _METHODS)
    gives_way = one_of("Who gives way", _ORDERS)
    within_slack = forms.BooleanField(
        label="Only within slack",
        required=False,
        help_text="No finish moves; what does not fit is named.",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    split = forms.BooleanField(
        label="Work may pause",
        required=False,
        help_text="A task may be interrupted instead of waiting; also the rest of one that has started.",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    first = day("Only from", hint="Only what is too much from this day on.")
    last = day("Only until")
    aim = one_of("Look for", _AIMS)
    seconds = forms.IntegerField(
        label="Seconds of search", min_value=1, max_value=levelling.MOST_SECONDS, help_text="For all projects together."
    )
    other_work = forms.BooleanField(
        label="Count their work in other projects",
        required=False,
        help_text="It stays where it is, and the plans go around it.",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, people: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people:
            self.fields["people"] = forms.TypedMultipleChoiceField(
                label="Only these people",
                choices=people,
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
                help_text="None chosen: everybody.",
            )


# The form's fields under what they belong to.
_GROUPS = (
    ("By rules", ("gives_way", "within_slack", "split", "first", "last", "people")),
    ("By search", ("aim", "seconds")),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A project that is to be levelled, and when its turn is."""

    line: ProjectLine
    place: int


@page("POST")
def level(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Say which plans to level and how; the work is done in the background."""
    offered = _offered(ctx)
    given = request.POST if request.method == "POST" else request.GET
    chosen = _chosen(given, offered)
    people = _people([item.line.id for item in chosen])
    adding = "more" in given
    posted = request.POST if request.method == "POST" and not adding else None
    form = LevelForm(people, posted, initial=_initial(given, anew=not adding))
    status = 200
    if posted is not None:
        keys = tuple(item.line.key for item in chosen)
        done = attempt(form, lambda values: levelling.propose(ctx, **_inputs(values, keys)))
        if done.done:
            return redirect(reverse("capacity-proposal", args=[done.result.id]))
        status = done.status
    taken = {item.line.id for item in chosen}
    values = {
        "form": form,
        "groups": [(label, [form[name] for name in names if name in form.fields]) for label, names in _GROUPS],
        "chosen": chosen,
        "others": [line for line in offered if line.id not in taken] if len(chosen) < MOST_PROJECTS else [],
    }
    crumbs = (Link("Capacity", reverse("capacity")), Link("Level plans"))
    return show(request, ctx, "capacity/level.html", values, crumbs=crumbs, status=status)


def _offered(ctx: Context) -> list[ProjectLine]:
    """The projects with a plan that this person may change."""
    lines = [
        line
        for line in lines_inside(ctx)
        if line.stage is not Stage.CLOSED and may(ctx, "schedule.edit", project_id=line.id)
    ]
    planned = stamps_of([line.id for line in lines])
    found = [line for line in lines if line.id in planned]
    if not found:
        raise Denied("There is no plan that your role lets you change.")
    return found


def _chosen(given: Any, offered: Sequence[ProjectLine]) -> list[Place]:
    """The projects that the form or the address names, in the order of their numbers; a number 0 takes one out."""
    by_key = {line.key: line for line in offered}
    keys = [key for key in dict.fromkeys([*given.getlist("project"), given.get("add", "")]) if key in by_key]
    numbered = []
    for index, key in enumerate(keys, start=1):
        typed = given.get(f"place-{key}", "").strip()
        place = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len("9999") else index
        if place:
            numbered.append((place, index, by_key[key]))
    return [Place(line, place) for place, (_, _, line) in enumerate(sorted(numbered, key=lambda item: item[:2]), 1)]


def _initial(given: Any, *, anew: bool) -> dict[str, Any]:
    """What the form begins with: the usual choices and what the address names; or what was typed before a plan came."""
    people = [int(pk) for pk in given.getlist("person" if anew else "people") if pk.isascii() and pk.isdigit()]
    return {
        "method": given.get("method", Method.RULES.value),
        "gives_way": given.get("gives_way", GivesWay.STANDARD.value),
        "aim": given.get("aim", Aim.FINISH.value),
        "seconds": given.get("seconds", "20"),
        "within_slack": "within_slack" in given,
        "split": "split" in given,
        "other_work": anew or "other_work" in given,
        "people": people,
        "first": given.get("first", ""),
        "last": given.get("last", ""),
    }


def _people(project_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Everybody who is matched to somebody in these plans, by name."""
    persons = set(matched_persons(project_ids).values())
    return sorted(names_of(persons).items(), key=lambda item: item[1].casefold())


def _inputs(values: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """As `capacity.propose` takes it: what belongs to the other way of levelling is left out."""
    method = Method(values["method"])
    common = {"projects": keys, "method": method, "other_work": values["other_work"]}
    if method is Method.SEARCH:
        return common | {"aim": Aim(values["aim"]), "seconds": values["seconds"]}
    return common | {
        "gives_way": GivesWay(values["gives_way"]),
        "within_slack": values["within_slack"],
        "split": values["split"],
        "people": tuple(values.get("people") or ()),
        "first": values["first"],
        "last": values["last"],
    }
