"""How figures and dates are written in one organisation: a frozen value made from its settings.

Formats take it as an argument, so that a page, a document and a test can each use their own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Locale:
    """Separators, the place of the currency, and the order of a date.

    language        BCP 47 tag of the page.
    decimal, group  separators; the group is a narrow no-break space where the language uses one.
    currency_first  whether the currency stands before the amount.
    month_first     'Mar 14' instead of '14 Mar'.
    """

    language: str = "en-GB"
    decimal: str = "."
    group: str = ","
    currency_first: bool = True
    month_first: bool = False


BRITISH = Locale()
AMERICAN = Locale(language="en-US", month_first=True)
CONTINENTAL = Locale(decimal=",", group=".", currency_first=False)

_BY_SPELLING = {"gb": BRITISH, "us": AMERICAN}


def locale_for(spelling: str) -> Locale:
    """The locale of an organisation's spelling setting ('gb' or 'us'); British where it is neither."""
    return _BY_SPELLING.get(spelling, BRITISH)
