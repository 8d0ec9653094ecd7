"""What the undo list calls a change, in a few words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from headway.areas.schedule.acts import Act, PlanChange

_LONGEST = 60
_VERBS = {
    Act.ADD: "Add",
    Act.REMOVE: "Remove",
    Act.INDENT: "Indent",
    Act.OUTDENT: "Outdent",
    Act.MOVE: "Move",
    Act.SPLIT: "Split",
    Act.JOIN: "Join",
}


def words_of(fields: Iterable[str]) -> str:
    """'Duration', 'Duration, deadline'."""
    said = ", ".join(name.removeprefix("custom:").replace("_", " ") for name in fields)
    return said[:1].upper() + said[1:] if said else "Nothing"


def label_of(changes: Sequence[PlanChange], name_of: Callable[[int | None], str]) -> str:
    """'Duration of Build: 5d', 'Duration of 12 tasks', 'Add 3 tasks', 'Link Design to Build', '12 changes'.

    name_of  the name of the row that a change names, as it is after all of them.
    """
    added = [change for change in changes if change.act is Act.ADD]
    if added:
        made = {change.new for change in added}
        if all(change.act is Act.ADD or change.task in made for change in changes):
            return f"Add {_rows([change.new for change in added], name_of)}"
        return f"{len(changes)} changes"
    acts = {change.act for change in changes}
    if len(acts) > 1:
        return f"{len(changes)} changes"
    act, tasks = acts.pop(), list(dict.fromkeys(change.task for change in changes))
    if act is Act.SET:
        fields = list(dict.fromkeys(change.field for change in changes))
        said = f"{words_of(fields)} of {_rows(tasks, name_of)}" if len(fields) <= 3 else f"{len(changes)} changes"
        return f"{said}: {_short(changes[0].value) or 'cleared'}" if len(changes) == 1 else said
    if act in (Act.LINK, Act.UNLINK):
        verb, between = ("Link", "to") if act is Act.LINK else ("Unlink", "and")
        if len(changes) > 1:
            return f"{verb} {len(changes)} pairs of tasks"
        return f"{verb} {name_of(changes[0].other)} {between} {name_of(changes[0].task)}"
    return f"{_VERBS[act]} {_rows(tasks, name_of)}"


def _rows(uids: Sequence[int | None], name_of: Callable[[int | None], str]) -> str:
    return _short(name_of(uids[0])) or "a task" if len(uids) == 1 else f"{len(uids)} tasks"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
