"""What a preview of hours says: what was found, what is taken of it and what is left out, what would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from headway.areas.hours.types import ImportEffect
from headway.areas.projects.queries import charter
from headway.areas.projects.types import Charter
from headway.documents.exchange.hours import HoursFile
from headway.journeys.hours_names import Names
from headway.kernel.context import Context

MOST_ERRORS = 500
MOST_QUESTIONS = 200


def changes(effects: Mapping[int, ImportEffect], own: int) -> dict[str, Any]:
    """The counts of all projects together. Missing entries are named for the own project alone."""
    named = effects.get(own) or ImportEffect(0, 0, 0, 0, (), ())
    counts = {name: sum(getattr(one, name) for one in effects.values()) for name in ("create", "update", "unchanged")}
    return named.as_json() | counts | {"missing": sum(one.missing_count for one in effects.values())}


@dataclass
class _Tally:
    rows: int = 0
    hours: Decimal = Decimal(0)

    def add(self, rows: int, hours: Decimal) -> None:
        self.rows += rows
        self.hours += hours

    def as_json(self) -> dict[str, Any]:
        return {"rows": self.rows, "hours": format(self.hours, "f")}


class Split:
    """What of a file is taken, by project and person, and what is left out.

    projects    those that are taken, the one first that the file was brought for.
    by_project  what is taken of each.
    """

    def __init__(
        self,
        ctx: Context,
        about: Charter,
        found: HoursFile,
        ours: Mapping[Names, int],
        people: Mapping[Names, int],
    ) -> None:
        self._people = people
        others = sorted(set(ours.values()) - {about.id})
        self.projects = {about.id: about} | {pk: charter(ctx, project=pk) for pk in others}
        self.by_project = {project_id: _Tally() for project_id in self.projects}
        self._by_person: dict[Names, _Tally] = {}
        self._others: dict[str, _Tally] = {}
        for (name, email, project, code), hours_worked in found.worked.items():
            rows, target = found.who.get((name, email, project, code), 0), ours.get((project, code))
            if target is None:
                self._others.setdefault(project or code, _Tally()).add(rows, hours_worked)
                continue
            self.by_project[target].add(rows, hours_worked)
            self._by_person.setdefault((name, email), _Tally()).add(rows, hours_worked)

    def as_json(self, effects: Mapping[int, ImportEffect]) -> dict[str, Any]:
        """What is taken, by person and by project, and what is left out, by project."""
        whole = _Tally()
        for tally in self.by_project.values():
            whole.add(tally.rows, tally.hours)
        return {
            "taken": whole.as_json(),
            "people": [
                {"name": name, "email": email, "person_id": self._people[name, email], **tally.as_json()}
                for (name, email), tally in sorted(self._by_person.items())
            ],
            "projects": [
                {
                    "key": self.projects[pk].key,
                    "name": self.projects[pk].name,
                    **tally.as_json(),
                    "create": effects[pk].create,
                    "update": effects[pk].update,
                    "unchanged": effects[pk].unchanged,
                    "missing": effects[pk].missing_count,
                }
                for pk, tally in self.by_project.items()
            ],
            "other_projects": [
                {"name": name or "(no project)", **tally.as_json()} for name, tally in sorted(self._others.items())
            ],
        }


def described(found: HoursFile, errors: list[dict[str, Any]], questions: list[dict[str, Any]]) -> dict[str, Any]:
    """What every preview of hours says; the counts are 0 until the rows can be taken."""
    return {
        "applied": False,
        "create": 0,
        "update": 0,
        "unchanged": 0,
        "missing": 0,
        "missing_entries": [],
        "questions": questions,
        "errors": errors,
        "error_count": max(found.error_count, len(errors)),
        "warnings": list(found.warnings),
        "source": found.source,
        "label": found.label,
        "sheet": found.sheet,
        "fields": dict(found.fields),
        "columns": list(found.columns),
        "rows": found.count,
        "first_day": _iso(found.first_day),
        "last_day": _iso(found.last_day),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def blocked(text: str, file_name: str) -> dict[str, Any]:
    """An error of the whole file."""
    return {"file": file_name, "field": "", "message": text}
