"""Which kinds of records can be talked about: each area above names its own, so that this one need know none.

A comment is reached only through the record that holds it: whoever may not see the record sees no word of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from headway.kernel.access import NOTHING
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.models import Root
from headway.kernel.search import title_of

_labels: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Holder:
    """A record that is talked about, seen by the actor. `kind` is its model's label."""

    kind: str
    id: int
    project_id: int
    title: str


def holds_comments(word: str, model: type[Root]) -> None:
    """Let records of this kind be talked about. Called once, by the area that knows it.

    word  what addresses and programs call the kind ('risk').
    """
    if model.project_path is None:
        raise TypeError(f"{model._meta.label} belongs to no project: nobody could say who may read its comments.")
    _labels[word] = model._meta.label


def word_of(label: str) -> str:
    """What addresses call a kind of record; KeyError when it is not talked about."""
    return {known: word for word, known in _labels.items()}[label]


def is_talked_about(label: str) -> bool:
    """Whether records of this kind can be talked about, followed and muted."""
    return label in _labels.values()


def kind_of(word: str) -> str:
    """The model's label of what addresses call so; NotFound when it is not talked about."""
    if word not in _labels:
        raise NotFound("There is nothing here.")
    return _labels[word]


def holder_of(ctx: Context, *, project_id: int, about: str, record: int) -> Holder:
    """The record of this project; NotFound alike for absent and hidden ones and for those of another project."""
    if about not in _labels:
        known = ", ".join(sorted(_labels))
        raise Invalid(
            f"Nothing is said about a '{about}'. Give one of: {known}.",
            fields=[FieldError("about", f"one of {known}", value=about)],
        )
    model: type[Root] = apps.get_model(_labels[about])
    row = model.visible_to(ctx).filter(pk=record, **{model.project_path or "": project_id}).first()
    if row is None:
        raise NotFound(f"{model.noun} not found.")
    return Holder(_labels[about], row.pk, project_id, title_of(row))


def on_seen_records(ctx: Context) -> Q:
    """Comments whose record the actor may see."""
    models: list[type[Root]] = [apps.get_model(label) for label in sorted(_labels.values())]
    seen = (
        Q(about_kind=model._meta.label) & Q(Exists(model.visible_to(ctx).filter(pk=OuterRef("about_id"))))
        for model in models
    )
    return reduce(or_, seen, NOTHING)
