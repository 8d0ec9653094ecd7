"""Small pieces that stand on a page many times: icons, dates, people, colours, where a figure comes from.

The components of the same names are made from them, so that both look alike. Written by hand, for a template of a few
words takes ten times as long: where a list draws hundreds, it uses these; everywhere else, the component.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.templatetags.formats import (
    ABSENT,
    exact_date,
    initials,
    iso,
    rag_state,
    rag_word,
    relative_date,
    short_date,
    sprite,
    weekday_date,
)

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """An icon of the sprite: silent beside words, or with a label of its own."""
    sized = f" hw-icon-{escape(size)}" if size else ""
    said = f'role="img" aria-label="{escape(str(label))}"' if label else 'aria-hidden="true"'
    return _safe(f'<svg class="hw-icon{sized}" {said}><use href="{sprite()}#{escape(str(name))}"></use></svg>')


@register.filter
def dated(value: Any, locale: Locale | None = None) -> SafeString:
    """A date with its weekday, and with all there is to know of it where the pointer rests."""
    return _safe(_time(value, weekday_date(value, locale), locale) if value else ABSENT)


@register.filter
def dated_short(value: Any, locale: Locale | None = None) -> SafeString:
    """As `dated`, without the year: where a row holds several dates."""
    return _safe(_time(value, short_date(value, locale), locale) if value else ABSENT)


@register.simple_tag
def date_or(value: Any, locale: Locale | None, today: Any, relative: Any, empty: str) -> SafeString:
    """As `dated`, or how far it is from `today`; `empty` where there is none."""
    if not value:
        return _safe(escape(str(empty)))
    return _safe(_time(value, relative_date(value, today) if relative else weekday_date(value, locale), locale))


def _time(value: Any, words: str, locale: Locale | None) -> str:
    exact = escape(exact_date(value, locale))
    return f'<time datetime="{iso(value)}" title="{exact}">{escape(words)}</time>'


@register.simple_tag
def rag(state: Any, text: str = "", boxed: Any = "") -> SafeString:
    """A colour of health as shape and word."""
    shape = rag_state(state)
    box = " hw-rag-boxed" if boxed else ""
    drawn = f'<svg class="hw-icon" aria-hidden="true"><use href="{sprite()}#rag-{shape}"></use></svg>'
    words = escape(text or rag_word(state))
    return _safe(f'<span class="hw-rag hw-rag-{shape}{box}">{drawn}<span>{words}</span></span>')


@register.filter
def person(name: Any) -> SafeString:
    """Somebody with their initials."""
    said = escape(str(name))
    avatar = f'<span class="hw-avatar" aria-hidden="true">{escape(initials(name))}</span>'
    return _safe(f'<span class="hw-person">{avatar}<bdi>{said}</bdi></span>')


@register.simple_tag
def opens(id: str, value: Any, short: str = "Where this comes from") -> SafeString:
    """A figure that opens the panel `id` (see `explained`); the figures of one row may open the same."""
    return _safe(
        f'<button class="hw-figure-open" type="button" popovertarget="{escape(str(id))}" aria-expanded="false"'
        f' title="{escape(short)}">{conditional_escape(value)}</button>'
    )


@register.simple_tag
def explained(id: str, label: Any, source: Source, locale: Locale | None) -> SafeString:
    """The panel that a figure opens: its formula, its inputs, as of when, and the records it is counted from."""
    name = escape(str(label))
    formula = f'<span class="hw-source-formula">{escape(source.formula)}</span>' if source.formula else ""
    as_of = f"<dt>As of</dt><dd>{dated(source.as_of, locale)}</dd>" if source.as_of else ""
    records = f"<dt>Source</dt><dd>{_linked(source.records, source.href)}</dd>" if source.records else ""
    return _safe(
        f'<div class="hw-float hw-source" id="{escape(str(id))}" popover role="dialog"'
        f' aria-label="Where {name} comes from"><p class="h3">Where “{name}” comes from</p>'
        f"{formula}{_inputs(source.inputs)}<dl>{as_of}{records}</dl></div>"
    )


def _inputs(inputs: Iterable[Input]) -> str:
    rows = [
        f'<tr><th scope="row">{_linked(item.name, item.href)}</th><td>{escape(str(item.value))}</td></tr>'
        for item in inputs
    ]
    if not rows:
        return ""
    return f'<table class="hw-source-inputs"><caption class="hw-hidden-text">Inputs</caption>{"".join(rows)}</table>'


def _linked(words: str, href: str) -> str:
    said = escape(str(words))
    return f'<a href="{escape(href)}">{said}</a>' if href else said


def _safe(markup: str) -> SafeString:
    """What is put together here from escaped parts."""
    return mark_safe(markup)  # noqa: S308 - every part that is not ours is escaped
