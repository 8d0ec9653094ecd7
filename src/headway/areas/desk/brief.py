"""The morning brief: five sentences over a Desk's lines, each figure with how it was found. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from headway.areas.desk.types import DeskLine, Group, Piece, Sentence
from headway.areas.desk.wording import ended, names_text, short


def brief(lines: Sequence[DeskLine], *, day: date) -> tuple[Sentence, ...]:
    """What stands, what waits for a decision, what is late, what is to be sent, and who waits for whom."""
    return tuple(
        Sentence("".join(piece.text for piece in pieces), tuple(pieces))
        for pieces in (_standing(lines, day), _decide(lines), _late(lines), _send(lines), _people(lines))
    )


def _figure(lines: Sequence[DeskLine], one: str, many: str, formula: str) -> Piece:
    """'3 decisions' with the lines it counts."""
    return Piece(_count(len(lines), one, many), formula, tuple(line.key for line in lines))


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}".rstrip()


def _s(lines: Sequence[DeskLine]) -> str:
    return "s" if len(lines) == 1 else ""


def _is(lines: Sequence[DeskLine]) -> str:
    return "is" if len(lines) == 1 else "are"


def _of(lines: Iterable[DeskLine], *groups: Group) -> list[DeskLine]:
    return [line for line in lines if line.group in groups]


def _standing(lines: Sequence[DeskLine], day: date) -> list[Piece]:
    now = [line for line in lines if line.group not in (Group.WAITING, Group.AHEAD)]
    if not now:
        return [Piece("Nothing needs you now.")]
    formula = "lines of all groups but “I wait for people” and “Ahead this week”"
    pieces = [_figure(now, "line", "lines", formula), Piece(f" need{_s(now)} you")]
    projects = {line.project_id for line in now if line.project_id is not None}
    if projects:
        text = _count(len(projects), "project", "projects")
        keys = tuple(line.key for line in now if line.project_id is not None)
        pieces += [Piece(" on "), Piece(text, "different projects of these lines", keys)]
    today = [line for line in now if line.due == day]
    if today:
        count = _figure(today, "", "", "of these, those whose day is today")
        pieces += [Piece("; "), count, Piece(f" {_is(today)} due today")]
    return [*pieces, Piece(".")]


def _decide(lines: Sequence[DeskLine]) -> list[Piece]:
    found = _of(lines, Group.DECIDE)
    if not found:
        return [Piece("No decision waits for you.")]
    overdue = [line for line in found if _is_late(line)]
    pieces = [_figure(found, "decision", "decisions", "lines in “To decide”"), Piece(f" wait{_s(found)} for you")]
    if overdue:
        pieces += [Piece(", "), _figure(overdue, "", "", "of these, those past their day"), Piece(" of them late")]
        return [*pieces, Piece(ended(f"; the heaviest is {short(found[0].what)}"))]
    return [*pieces, Piece(".")]


def _late(lines: Sequence[DeskLine]) -> list[Piece]:
    found = _of(lines, Group.LATE)
    if not found:
        return [Piece("Nothing is late or about to be.")]
    worst = found[0]
    pieces = [_figure(found, "thing", "things", "lines in “Late or about to be”")]
    pieces += [Piece(f" {_is(found)} late or about to be")]
    said = worst.consequence or worst.reason
    where = f" on {worst.project}" if worst.project else ""
    return [*pieces, Piece(ended(f"; first {short(worst.what)}{where}: {said}"))]


def _send(lines: Sequence[DeskLine]) -> list[Piece]:
    found = _of(lines, Group.SEND)
    if not found:
        return [Piece("No draft waits to be sent.")]
    return [
        _figure(found, "draft or report", "drafts or reports", "lines in “To send”"),
        Piece(f" wait{_s(found)} to go out."),
    ]


def _people(lines: Sequence[DeskLine]) -> list[Piece]:
    asked, waiting = _of(lines, Group.ASKED), _of(lines, Group.WAITING)
    pieces = [Piece("Nobody waits for you")]
    if asked:
        count = _figure(asked, "thing", "things", "lines in “People waiting for me”")
        pieces = [count, Piece(f" {_is(asked)} wanted of you{_by(_people_of(asked))}")]
    if not waiting:
        return [*pieces, Piece(", and you wait for nobody.")]
    count = _figure(waiting, "thing", "things", "lines in “I wait for people”")
    return [*pieces, Piece(", and you wait for "), count, Piece(f" of others{_from(_people_of(waiting))}.")]


def _people_of(lines: Iterable[DeskLine]) -> list[str]:
    return sorted({name for line in lines for name in line.people})


def _by(names: list[str]) -> str:
    return f" by {names_text(names)}" if names else ""


def _from(names: list[str]) -> str:
    return f" ({names_text(names)})" if names else ""


def _is_late(line: DeskLine) -> bool:
    return any(factor.words.endswith(" late") for factor in line.factors)
