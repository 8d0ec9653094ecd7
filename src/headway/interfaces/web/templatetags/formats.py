"""How values are written for people: money, hours, days, percent, dates, states.

Every filter that depends on the organisation takes its Locale as the argument: {{ cost|money:frame.locale }}.
None gives an en dash, never 'None' and never 0.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from headway.areas.hours.types import Amount
from headway.engine.units import Money, WorkTime
from headway.interfaces.web.locale import BRITISH, Locale

register = template.Library()

ABSENT = "–"
MINUS = "−"
_NO_BREAK = "\u00a0"
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WORDS = {"green": "Green", "amber": "Amber", "red": "Red", "grey": "Not measured"}
# The first mark found decides: Edge also calls itself Chrome, Chrome also Safari, Android also Linux.
_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_ONE_YEAR = 365
_DAYS_AS_WORDS = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def _locale(locale: Any) -> Locale:
    return locale if isinstance(locale, Locale) else BRITISH


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        number_ = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number_ if number_.is_finite() else None


def _written(value: Decimal, digits: int, locale: Locale) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = f"{abs(rounded):,.{digits}f}"
    text = text.replace(",", "\0").replace(".", locale.decimal).replace("\0", locale.group)
    return f"{MINUS}{text}" if rounded < 0 else text


@register.filter
def number(value: Any, locale: Any = None) -> str:
    """A whole number with separators: 12,480. A fraction keeps up to two digits."""
    amount = _decimal(value)
    if amount is None:
        return ABSENT
    digits = 0 if amount == amount.to_integral_value() else min(2, -int(amount.normalize().as_tuple().exponent))
    return _written(amount, digits, _locale(locale))


@register.filter
def ratio(value: Any, locale: Any = None) -> str:
    """An index such as CPI, always with two digits: 0.92."""
    amount = _decimal(value)
    return ABSENT if amount is None else _written(amount, 2, _locale(locale))


@register.filter
def money(value: Any, locale: Any = None) -> str:
    """An amount with its currency, to the minor unit: 'EUR 12,480.50', '12.480,50 EUR'. Takes Money, Amount or None."""
    return _money(value, _locale(locale), minor=True)


@register.filter
def in_currency(value: Any, currency: str) -> Money | None:
    """A number as an amount of a currency, for `money` to write: {{ row.fee|in_currency:row.currency|money }}."""
    amount = _decimal(value)
    return None if amount is None or not currency else Money(amount, currency)


@register.filter
def money_short(value: Any, locale: Any = None) -> str:
    """An amount with its currency, to whole units, for key figures and dense tables."""
    return _money(value, _locale(locale), minor=False)


def _money(value: Any, locale: Locale, *, minor: bool) -> str:
    if isinstance(value, Amount):
        value = Money(value.amount, value.currency)
    if not isinstance(value, Money):
        return ABSENT
    rounded = value.rounded()
    digits = max(0, -int(rounded.amount.as_tuple().exponent)) if minor else 0
    text = _written(rounded.amount, digits, locale)
    if not locale.currency_first:
        return f"{text}{_NO_BREAK}{value.currency}"
    sign, text = (MINUS, text[1:]) if text.startswith(MINUS) else ("", text)
    return f"{sign}{value.currency}{_NO_BREAK}{text}"


@register.filter
def hours(value: Any, locale: Any = None) -> str:
    """Hours with at most two digits and their unit: '37.5 h'. Takes WorkTime or a number of hours."""
    amount = value.hours if isinstance(value, WorkTime) else _decimal(value)
    return ABSENT if amount is None else f"{number(round(amount, 2), locale)}{_NO_BREAK}h"


@register.filter
def days(value: Any, locale: Any = None) -> str:
    """Working days with at most one digit: '6 days', '1 day', '0.5 days'. Takes a number."""
    amount = _decimal(value)
    if amount is None:
        return ABSENT
    amount = round(amount, 1)
    return f"{number(amount, locale)}{_NO_BREAK}{'day' if abs(amount) == 1 else 'days'}"


@register.filter
def percent(value: Any, locale: Any = None) -> str:
    """A share of one as percent without digits: 0.624 gives '62 %'."""
    amount = _decimal(value)
    return ABSENT if amount is None else f"{_written(amount * 100, 0, _locale(locale))}{_NO_BREAK}%"


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value if isinstance(value, date) else None


def _day_and_month(day: date, locale: Locale) -> str:
    month = _MONTHS[day.month - 1]
    return f"{month} {day.day}" if locale.month_first else f"{day.day} {month}"


@register.filter
def weekday_date(value: Any, locale: Any = None) -> str:
    """A date with its weekday and year: 'Fri 14 Mar 2026', 'Fri, Mar 14, 2026'."""
    day = _day(value)
    if day is None:
        return ABSENT
    words = _day_and_month(day, _locale(locale))
    if _locale(locale).month_first:
        return f"{_WEEKDAYS[day.weekday()]}, {words}, {day.year}"
    return f"{_WEEKDAYS[day.weekday()]} {words} {day.year}"


@register.filter
def short_date(value: Any, locale: Any = None) -> str:
    """A date with its weekday, without the year: 'Fri 14 Mar'."""
    day = _day(value)
    if day is None:
        return ABSENT
    comma = "," if _locale(locale).month_first else ""
    return f"{_WEEKDAYS[day.weekday()]}{comma} {_day_and_month(day, _locale(locale))}"


@register.filter
def exact_date(value: Any, locale: Any = None) -> str:
    """The whole date, with the time and zone where there is one, as shown when the pointer rests on a date."""
    text = weekday_date(value, locale)
    if not isinstance(value, datetime):
        return text
    if timezone.is_naive(value):
        return f"{text}, {value:%H:%M}"
    local = timezone.localtime(value)
    return f"{text}, {local:%H:%M} {local.tzname()}"


@register.filter
def relative_date(value: Any, today: Any) -> str:
    """How far a date lies from `today`: 'in 3 days', '2 weeks ago'. Without `today`, the date with its weekday."""
    day, here = _day(value), _day(today)
    if day is None:
        return ABSENT
    if here is None:
        return weekday_date(value)
    apart = (day - here).days
    if apart in _DAYS_AS_WORDS:
        return _DAYS_AS_WORDS[apart]
    if abs(apart) > _ONE_YEAR:
        return weekday_date(value)
    count, unit = (abs(apart), "day") if abs(apart) < 14 else (abs(apart) // 7, "week")
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"in {words}" if apart > 0 else f"{words} ago"


@register.filter
def iso(value: Any) -> str:
    """A date or instant as machines read it."""
    return value.isoformat() if isinstance(value, date) else ""


@register.filter
def initials(value: Any) -> str:
    """The first letters of the first and last word of a name: 'Ada Lovelace King' gives 'AK'."""
    words = [word for word in str(value or "").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def browser_words(user_agent: Any) -> str:
    """A browser and its system in words, 'Firefox on Windows'; what is not known stays as it was sent."""
    text = str(user_agent)
    browser = next((word for mark, word in _BROWSERS if mark in text), "")
    system = next((word for mark, word in _SYSTEMS if mark in text), "")
    return f"{browser} on {system}" if browser and system else text


@register.filter
def rag_state(value: Any) -> str:
    """'green', 'amber', 'red' or 'grey' for a state, an enum of that name, or anything else (grey)."""
    name = str(getattr(value, "value", value) or "").lower()
    return name if name in _WORDS else "grey"


@register.filter
def rag_word(value: Any) -> str:
    """The word that stands beside a state's shape."""
    return _WORDS[rag_state(value)]


@register.simple_tag
@lru_cache(maxsize=1)
def sprite() -> str:
    """The address of the file with all icons; the same for the life of the process."""
    return static("dist/icons.svg")


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether a form's field is a single box to tick."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_optional(field: BoundField) -> bool:
    """Whether a form's field may be left empty; what a form calls `needed` may not, where its other answers show it."""
    return not field.field.required and field.name not in getattr(field.form, "needed", ())


@register.filter
def is_group(field: BoundField) -> bool:
    """Whether a form's field is several boxes to tick, under one legend."""
    return isinstance(field.field.widget, forms.CheckboxSelectMultiple)


@register.filter
def drawn(field: BoundField) -> SafeString:
    """A form's field with the classes and descriptions that the frame's styles and screen readers expect."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        name = "form-check-input"
    else:
        name = "form-select" if isinstance(widget, forms.Select) else "form-control"
    described = [f"{field.auto_id}_helptext"] if field.help_text else []
    attrs: dict[str, Any] = {"class": name}
    if field.errors:
        described.append(f"{field.auto_id}_error")
        attrs |= {"class": f"{name} is-invalid", "aria-invalid": "true"}
        if field.name == next((one for one in field.form.fields if one in field.form.errors), ""):
            attrs["autofocus"] = True  # what is to be mended first is in sight, however long the page
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return format_html("{}{}", field.as_widget(attrs=attrs), began_with(field))


@register.filter
def began_with(field: BoundField) -> SafeString:
    """What a field began with, hidden, where its form notes that."""
    return field.as_hidden(only_initial=True) if field.field.show_hidden_initial else SafeString("")
