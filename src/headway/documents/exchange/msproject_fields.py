"""Codes and field numbers of Microsoft Project's XML format, used by its reader and its writer."""

from __future__ import annotations

from headway.engine.plan import ConstraintType, LinkType, TaskType, WorkContour

NAMESPACE = "http://schemas.microsoft.com/project"
UNASSIGNED = -65535
PROJECT_CALENDAR = "Standard"
# Texts that stand where a manual task has no date or duration yet; kept among its custom values.
FREE_TEXT_FIELDS = ("StartText", "FinishText", "DurationText")

CONSTRAINTS = tuple(ConstraintType[name] for name in ("ASAP", "ALAP", "MSO", "MFO", "SNET", "SNLT", "FNET", "FNLT"))
TASK_TYPES = (TaskType.FIXED_UNITS, TaskType.FIXED_DURATION, TaskType.FIXED_WORK)
LINK_TYPES = (LinkType.FF, LinkType.FS, LinkType.SF, LinkType.SS)
CONTOURS = (
    WorkContour.FLAT,
    WorkContour.BACK_LOADED,
    WorkContour.FRONT_LOADED,
    WorkContour.DOUBLE_PEAK,
    WorkContour.EARLY_PEAK,
    WorkContour.LATE_PEAK,
    WorkContour.BELL,
    WorkContour.TURTLE,
    WorkContour.EDITED,
)

# What the first to the last of a month counts: any day, Monday to Friday, the weekend, or one weekday from Sunday on.
MONTH_ITEMS = (tuple(range(7)), (0, 1, 2, 3, 4), (5, 6), (6,), (0,), (1,), (2,), (3,), (4,), (5,))

# Duration formats: even codes are elapsed, +32 means estimated.
_UNITS = {3: "m", 5: "h", 7: "d", 9: "w", 11: "mo", 19: "%"}
NO_FORMAT = 21
ESTIMATED = 32


def unit_of(code: int) -> tuple[str, bool, bool]:
    """Unit, elapsed, estimated of a duration format; an unknown code reads as days."""
    estimated = code >= 3 + ESTIMATED
    code = code - ESTIMATED if estimated else code
    elapsed = code % 2 == 0
    return _UNITS.get(code - 1 if elapsed else code, "d"), elapsed, estimated


def code_of(unit: str, *, elapsed: bool = False, estimated: bool = False) -> int:
    """The duration format of a unit."""
    code = next(code for code, name in _UNITS.items() if name == unit)
    return code + (1 if elapsed else 0) + (ESTIMATED if estimated else 0)


def _numbers() -> dict[str, int]:
    base = 188_743_680
    offsets: dict[str, int] = {}
    for kind, first, ranges in (
        ("Text", 1, ((51, 5, 3), (66, 5, 1), (317, 20, 1))),
        ("Start", 1, ((52, 5, 3), (282, 5, 2))),
        ("Finish", 1, ((53, 5, 3), (283, 5, 2))),
        ("Flag", 1, ((72, 10, 1), (292, 10, 1))),
        ("Number", 1, ((87, 5, 1), (302, 15, 1))),
        ("Duration", 1, ((103, 3, 1), (275, 7, 1))),
        ("Cost", 1, ((106, 3, 1), (258, 7, 1))),
        ("Date", 1, ((265, 10, 1),)),
        ("Outline Code", 1, ((416, 10, 2),)),
    ):
        number = first
        for start, count, step in ranges:
            for index in range(count):
                offsets[f"{kind}{number}"] = base + start + index * step
                number += 1
    return offsets


FIELD_IDS: dict[str, int] = _numbers()
FIELD_NAMES: dict[int, str] = {number: name for name, number in FIELD_IDS.items()}


def kind_of(field_name: str) -> str:
    """The kind of a custom field by its own name: 'Text', 'Number', 'Cost', 'Duration', 'Date', 'Flag'."""
    kind = field_name.rstrip("0123456789")
    return {"Start": "Date", "Finish": "Date", "Outline Code": "Text"}.get(kind, kind)
