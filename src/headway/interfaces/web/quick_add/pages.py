"""The page of quick add: a line, what was understood of it, and one act that saves it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from headway.areas.hours.types import LineChoice
from headway.areas.projects import queries
from headway.interfaces.web.hours.line import tell_logged, too_long
from headway.interfaces.web.once import ONCE, Made, SavedAlready, make_once, renew_key
from headway.interfaces.web.page import page, say, show
from headway.interfaces.web.quick_add.forms import KINDS, Adding, Understood, UnderstoodForm, begin, offered, understood
from headway.interfaces.web.quick_add.line import Kind
from headway.interfaces.web.submitting import Attempt, attempt
from headway.kernel.context import Context

EXAMPLES = (
    "task #{key} Write the brief @name 3d by fri",
    "2h {key} design review yesterday",
    "risk #{key} supplier is late 4x5",
    "issue #{key} sign-in fails @name tomorrow",
    "decision #{key} Which vendor? 12 mar",
)


@page("POST")
def add(request: HttpRequest, ctx: Context) -> HttpResponse:
    """One line, read at once; nothing is saved before what was understood has been looked at."""
    given = request.POST if request.method == "POST" else request.GET
    written, here = given.get("line", "").strip(), given.get("project_here", "")
    values: dict[str, Any] = {
        "written": written,
        "here": here,
        "next": _next(request),
        "examples": _examples(ctx, here),
    }
    if request.method == "POST":
        return _save(request, ctx, values)
    if not written:
        return show(request, ctx, "quick_add/page.html", values)
    if refused := too_long(written):
        return show(request, ctx, "quick_add/page.html", {**values, "refused": refused})
    found = understood(ctx, request, written, here=here)
    initial = begin(found, ctx.now.date())
    form = UnderstoodForm(ctx, found.line.kind, found.project.id, initial=initial, tasks=_tasks(found))
    if not request.headers.get("HX-Request"):  # while somebody types, the line keeps the focus
        _focus(form, found.questions)
    asked = [(form[name], words) for name, words in found.questions.items() if name in form.fields]
    more = [words for name, words in found.questions.items() if name not in form.fields]
    return show(request, ctx, "quick_add/page.html", {**values, "form": form, "asked": asked, "more": more})


def _focus(form: UnderstoodForm, questions: dict[str, str]) -> None:
    """The first open question, else the title, in which Enter saves."""
    name = next((name for name in form.fields if name in questions), "title")
    form.fields[name].widget.attrs["autofocus"] = True


def _save(request: HttpRequest, ctx: Context, values: dict[str, Any]) -> HttpResponse:
    kind = next((one for one in Kind if one.value == request.POST.get("kind")), None)
    key = request.POST.get("project", "")
    known = {item.id for item in offered(ctx, kind)}
    form = UnderstoodForm(ctx, kind, key if key in known else "", request.POST)
    done = Attempt(False, 422)
    if kind is not None:
        done = attempt(form, lambda cleaned: _added(ctx, KINDS[kind], cleaned))
        if isinstance(done.refusal, SavedAlready):
            renew_key(form)
        if done.done:
            if done.result.again:
                say(request, f"This {KINDS[kind].noun} was saved already; nothing was added a second time.")
            elif kind is Kind.HOURS:
                tell_logged(request, ctx, done.result.result)
            else:
                say(request, _told(ctx, kind, form.cleaned_data))
            return redirect(values["next"] or reverse(KINDS[kind].page, args=[key]))
    else:
        form.add_error("kind", "Say what it is.")
    return show(request, ctx, "quick_add/page.html", {**values, "form": form}, status=done.status)


def _added(ctx: Context, adding: Adding, cleaned: dict[str, Any]) -> Made[Any]:
    return make_once(ctx, cleaned[ONCE], adding.case, lambda acting: adding.add(acting, {**_NOTHING, **cleaned}))


_NOTHING = {
    "day": None,
    "person": "",
    "amount": "",
    "severity": "medium",
    "task": "",
    "task_uid": None,
    "billable": "",
    "start": None,
    "end": None,
}


def _tasks(found: Understood) -> tuple[LineChoice, ...]:
    """The tasks of one name among which a line must choose."""
    questions = found.read.questions if found.read else ()
    return next((one.choices for one in questions if one.field == "task_uid"), ())


def _told(ctx: Context, kind: Kind, cleaned: dict[str, Any]) -> str:
    project = queries.charter(ctx, project=cleaned["project"])
    what = cleaned["title"] or KINDS[kind].noun
    return f"{KINDS[kind].noun.capitalize()} “{what}” is added to {project.name}."


def _next(request: HttpRequest) -> str:
    """Where one came from, when that is a page of ours."""
    given = request.POST.get("next", "") or request.GET.get("next", "")
    inside = url_has_allowed_host_and_scheme(given, allowed_hosts=None) and given.startswith("/")
    return given if inside and not given.startswith("/add") else ""


def _examples(ctx: Context, here: str) -> list[str]:
    known = offered(ctx, None)
    key = here if here in {item.id for item in known} else next((item.id for item in known), "KEY")
    return [example.format(key=key) for example in EXAMPLES]
