"""Burn by deliverable and contract line, and by phase, role and person: percent complete beside percent spent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from headway.areas.budgets.figures import change_of, current_amount, ground, main_ids, percent_complete
from headway.areas.budgets.models import Budget, BudgetChange
from headway.areas.budgets.part_types import BurnByPart, BurnLine, EntriesOf, Side
from headway.areas.budgets.types import Basis, BudgetScope, ChangeState
from headway.areas.hours.queries import sees_costs, sees_rates
from headway.areas.hours.spent import SpentPart, spent_parts
from headway.areas.people.queries import names_of
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.rows import done_percent, numbered_rows, rows_by_uid
from headway.areas.scope.made import ContractLine, MadeByChange, contract_lines, made_by_changes
from headway.areas.scope.types import ItemKind
from headway.engine.measures import HUNDRED, ZERO
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.queries import once, query

_BY_ROWS = "by the durations of its rows, as their owners say"
_NO_ROWS = "no row of the plan delivers it"
_NOT_BY_ROLE = "progress is known by task, not by role"
_NOT_BY_PERSON = "progress is known by task, not by person"


@query(permission="budgets.read", name="budgets.burn_by_part")
def burn_by_part(ctx: Context, *, project: ProjectId, as_of: date) -> BurnByPart:
    """What each deliverable, contract line, phase, role and person burned, with what of it is complete.

    In scope and outside of it: hours on rows that a contract line names are in scope, on rows of an approved change
    are that change's, on rows of a line that is marked out of scope are outside. Hours count once: where a row
    delivers two lines, for the first.
    """
    sorted_ = sort_out(ctx, project, as_of)
    stand = ground(ctx, project)
    money = _Money(stand.about.currency, sees_rates(ctx, project), sees_costs(ctx, project))
    budgets = _budgets(ctx, project)
    lines = tuple(_line_of(bucket, money, budgets) for bucket in sorted_.buckets if bucket.told)
    whole_done, whole_by = percent_complete(stand, on=as_of)
    main = budgets.project
    whole = _line(None, "Whole project", sorted_.parts, money, main, whole_done, whole_by)
    notes = list(sorted_.notes)
    if money.left_out(sorted_.parts):
        notes.append(f"Amounts in other currencies than {stand.about.currency} are left out of value and cost.")
    return BurnByPart(
        as_of=as_of,
        currency=stand.about.currency,
        whole=whole,
        lines=lines,
        sides=_sides(sorted_.buckets, money),
        phases=_phases(project, sorted_.parts, money, budgets),
        roles=_grouped(sorted_.parts, lambda part: part.role, "No role", money, budgets.role, _NOT_BY_ROLE),
        people=_people(sorted_.parts, money, budgets) if may(ctx, "hours.read_team", project_id=project) else None,
        agreed=sorted_.agreed,
        notes=tuple(notes),
    )


# --- which hours are for what -----------------------------------------------------------------


@dataclass(slots=True)
class Bucket:
    """Hours that are for one contract line, one change, or for none. `item`, `change`: what it is, where it is one."""

    side: Side
    name: str
    item: ContractLine | None = None
    change: MadeByChange | None = None
    parts: list[SpentPart] = field(default_factory=list)

    @property
    def told(self) -> bool:
        """Whether it is worth a line: it has hours, or is to get some."""
        return bool(self.parts) or (self.item is not None and self.side is Side.IN)


@dataclass(frozen=True, slots=True)
class SortedOut:
    """All hours of a project by what they are for.

    agreed     an approved scope statement says what is in scope.
    unplanned  hours on rows of no contract line that the current baseline does not hold either.
    """

    parts: tuple[SpentPart, ...]
    buckets: tuple[Bucket, ...]
    agreed: bool
    notes: tuple[str, ...]
    unplanned: Decimal = ZERO

    def hours(self, side: Side) -> Decimal:
        """Hours of one side."""
        return sum((part.hours for one in self.buckets if one.side is side for part in one.parts), ZERO)


def sort_out(ctx: Context, project_id: int, as_of: date) -> SortedOut:
    """The hours of a project to a day by contract line and change; the caller has passed its door."""
    return once(ctx, ("budgets.sorted hours", project_id, as_of), lambda: _sort_out(ctx, project_id, as_of))


def _sort_out(ctx: Context, project_id: int, as_of: date) -> SortedOut:
    parts = _parts_to(project_id, as_of)
    items, agreed = contract_lines(ctx, project_id)
    made = made_by_changes(project_id)
    buckets = [Bucket(Side.CHANGE, one.title, change=one) for one in made]
    buckets += [Bucket(_SIDES[item.kind], item.text, item=item) for item in items]
    by_uid, shared = _rows_of(buckets)
    names = _names_of(project_id, by_uid, parts)
    unnamed, standing = Bucket(Side.UNNAMED, "Rows of no contract line"), Bucket(Side.STANDING, "Standing work")
    of_no_line: dict[int, Decimal] = {}
    for part in parts:
        uid = part.task_uid if part.task_uid is not None else names.get(part.phase.casefold())
        bucket = standing if uid is None else by_uid.get(uid, unnamed)
        bucket.parts.append(part)
        if uid is not None and bucket is unnamed:
            of_no_line[uid] = of_no_line.get(uid, ZERO) + part.hours
    notes = []
    if shared:
        notes.append(
            f"{shared} {'row of the plan delivers' if shared == 1 else 'rows of the plan deliver'} more than one "
            "contract line: their hours count for the first of them."
        )
    if items and not agreed and unnamed.parts:
        notes.append("The scope statement is not approved: hours on rows of no contract line are not called outside.")
    order = {side: place for place, side in enumerate(Side)}
    ordered = sorted([*buckets, unnamed, standing], key=lambda one: order[one.side])
    return SortedOut(parts, tuple(ordered), agreed, tuple(notes), _unplanned(ctx, project_id, of_no_line))


def _unplanned(ctx: Context, project_id: int, hours: Mapping[int, Decimal]) -> Decimal:
    """Those of some rows' hours that the current baseline holds no work for; a summary is as planned as its tasks."""
    planned = {line.uid for line in ground(ctx, project_id).planned}
    rows = rows_by_uid(project_id, set(hours)) if planned else {}
    held = {uid for uid, row in rows.items() if any(leaf.uid in planned for leaf in row.leaves)}
    return sum((amount for uid, amount in hours.items() if uid not in planned | held), ZERO)


def _parts_to(project_id: int, as_of: date) -> tuple[SpentPart, ...]:
    """What was burned to a day: all there is less what came later, since whole months are added up already."""
    later = spent_parts(project_id, first=as_of + timedelta(days=1), by_task=True)
    found = {_key(part): part for part in spent_parts(project_id, by_task=True)}
    for less in later:
        part = found.get(_key(less))
        if part is not None:  # else it was removed since it was read
            left = {name: getattr(part, name) - getattr(less, name) for name in ("hours", "bill", "cost")}
            found[_key(less)] = replace(part, **left)
    return tuple(part for part in found.values() if part.hours or part.bill or part.cost)


def _key(part: SpentPart) -> tuple[object, ...]:
    names = (part.phase, part.role, part.person_id, part.billable)
    return (*names, part.bill_currency, part.cost_currency, part.task_uid)


_SIDES = {ItemKind.IN: Side.IN, ItemKind.OUT: Side.OUT}


def _rows_of(buckets: Sequence[Bucket]) -> tuple[dict[int, Bucket], int]:
    """The bucket of each row, and how many rows are wanted by two contract lines. Changes come before lines."""
    found: dict[int, Bucket] = {}
    shared: set[int] = set()
    for bucket in buckets:
        uids: set[int] = set(bucket.change.uids) if bucket.change is not None else set()
        uids |= bucket.item.uids if bucket.item is not None else frozenset()
        for uid in uids:
            if found.setdefault(uid, bucket) is not bucket and found[uid].item is not None:
                shared.add(uid)
    return found, len(shared)


def _names_of(project_id: int, by_uid: Mapping[int, Bucket], parts: Iterable[SpentPart]) -> dict[str, int]:
    """Rows of the plan by their names in small letters, for hours that name a phase alone; named rows come first."""
    if all(part.task_uid is not None or not part.phase for part in parts):
        return {}
    found: dict[str, int] = {}
    for row in numbered_rows(project_id):
        name = row.name.casefold()
        if name and (name not in found or (row.uid in by_uid and found[name] not in by_uid)):
            found[name] = row.uid
    return found


# --- lines ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Money:
    """What of money a reader may see, in the project's currency."""

    currency: str
    bill: bool
    cost: bool

    def value_of(self, parts: Iterable[SpentPart]) -> Decimal | None:
        if not self.bill:
            return None
        return sum((part.bill for part in parts if part.bill_currency == self.currency), ZERO)

    def cost_of(self, parts: Iterable[SpentPart]) -> Decimal | None:
        if not self.cost:
            return None
        return sum((part.cost for part in parts if part.cost_currency == self.currency), ZERO)

    def left_out(self, parts: Iterable[SpentPart]) -> bool:
        own = ("", self.currency)
        return any(
            (self.bill and part.bill_currency not in own) or (self.cost and part.cost_currency not in own)
            for part in parts
        )


@dataclass(frozen=True, slots=True)
class _Budgets:
    """Budgets in hours as they stand: of the project, and by what else they are for. Names in small letters."""

    project: Decimal | None
    phase: Mapping[object, Decimal | None]
    role: Mapping[object, Decimal | None]
    person: Mapping[object, Decimal | None]
    item: Mapping[object, Decimal | None]


def _budgets(ctx: Context, project_id: int) -> _Budgets:
    rows = list(Budget.visible_to(ctx).filter(project_id=project_id, basis=Basis.HOURS.value).order_by("-id"))
    changes = list(BudgetChange.unscoped(reason="amounts of visible budgets").filter(project_id=project_id))
    mains = main_ids(rows)
    by: dict[str, dict[object, Decimal | None]] = {scope.value: {} for scope in BudgetScope}
    for row in rows:
        amount = current_amount(row, changes, mains)
        by[row.scope][row.person_id or row.item_id or row.of.casefold()] = amount
    main = next((row for row in rows if row.pk == mains.get("hours")), None)
    return _Budgets(
        current_amount(main, changes, mains) if main is not None else None,
        by[BudgetScope.PHASE.value],
        by[BudgetScope.ROLE.value],
        by[BudgetScope.PERSON.value],
        by[BudgetScope.ITEM.value],
    )


def approved_budget(ctx: Context, project_id: int, column: str) -> tuple[Decimal | None, Decimal, tuple[str, ...]]:
    """Baseline of a main budget ('hours' or 'money'), what approved changes add to it, and their numbers."""
    rows = list(Budget.visible_to(ctx).filter(project_id=project_id).order_by("id"))
    mains = main_ids(rows)
    main = next((row for row in rows if row.pk == mains.get(column)), None)
    if main is None:
        return None, ZERO, ()
    every = BudgetChange.unscoped(reason="amounts of visible budgets").filter(project_id=project_id)
    changes = list(every.order_by("number"))
    counting = tuple(row.ref for row in changes if change_of(main, [row], mains, ChangeState.APPROVED))
    return main.amount, change_of(main, changes, mains, ChangeState.APPROVED), counting


def _line(
    side: Side | None,
    name: str,
    parts: Sequence[SpentPart],
    money: _Money,
    budget: Decimal | None,
    complete: Decimal | None,
    complete_by: str,
) -> BurnLine:
    hours = sum((part.hours for part in parts), ZERO)
    return BurnLine(
        side=side,
        name=name,
        ref="",
        deliverable="",
        item_id=None,
        person_id=None,
        hours=hours,
        billable_hours=sum((part.hours for part in parts if part.billable), ZERO),
        value=money.value_of(parts),
        cost=money.cost_of(parts),
        budget=budget,
        percent_spent=HUNDRED * hours / budget if budget else None,
        percent_complete=complete,
        complete_by=complete_by,
    )


def _line_of(bucket: Bucket, money: _Money, budgets: _Budgets) -> BurnLine:
    item, change = bucket.item, bucket.change
    complete, how, budget = None, _NO_ROWS, None
    if item is not None:
        budget = budgets.item.get(item.id, item.hours)
        complete, how = item.percent, _BY_ROWS if item.percent is not None else _NO_ROWS
    elif change is not None:
        complete, how = change.percent, _BY_ROWS if change.percent is not None else "its rows left the plan"
    elif bucket.side is Side.STANDING:
        how = "it goes on as long as the project does"
    elif bucket.side is Side.UNNAMED:
        how = "no contract line names these rows"
    line = _line(bucket.side, bucket.name, bucket.parts, money, budget, complete, how)
    return replace(
        line,
        ref=item.ref if item is not None else change.ref if change is not None else "",
        deliverable=item.deliverable if item is not None else "",
        item_id=item.id if item is not None else None,
        entries=_entries_of(bucket.parts),
    )


def _entries_of(parts: Iterable[SpentPart]) -> tuple[EntriesOf, ...]:
    hours: dict[tuple[int | None, str], Decimal] = {}
    for part in parts:
        key = (part.task_uid, part.phase)
        hours[key] = hours.get(key, ZERO) + part.hours
    found = [EntriesOf(phase or "No task", uid, phase, amount) for (uid, phase), amount in hours.items()]
    return tuple(sorted(found, key=lambda one: (-one.hours, one.label, one.task_uid or 0)))


def _sides(buckets: Sequence[Bucket], money: _Money) -> tuple[BurnLine, ...]:
    found = []
    for side in Side:
        parts = [part for bucket in buckets if bucket.side is side for part in bucket.parts]
        if parts:
            found.append(_line(side, side.value.capitalize(), parts, money, None, None, ""))
    return tuple(found)


def _phases(project_id: int, parts: Sequence[SpentPart], money: _Money, budgets: _Budgets) -> tuple[BurnLine, ...]:
    """By phase; one that is called as a row of the plan is as far as that row."""
    wanted = {part.phase.casefold() for part in parts if part.phase}
    uids: dict[str, int] = {}
    for row in numbered_rows(project_id) if wanted else ():
        if row.name.casefold() in wanted:
            uids.setdefault(row.name.casefold(), row.uid)
    planned = rows_by_uid(project_id, set(uids.values()))
    done = {name: done_percent(planned[uid].leaves) for name, uid in uids.items() if uid in planned}
    lines = _grouped(parts, lambda part: part.phase, "No task", money, budgets.phase, "no row of the plan has its name")
    return tuple(
        replace(line, percent_complete=done[line.name.casefold()], complete_by=_BY_ROWS)
        if line.name.casefold() in done
        else line
        for line in lines
    )


def _grouped(
    parts: Sequence[SpentPart],
    name_of: Callable[[SpentPart], str],
    nameless: str,
    money: _Money,
    budgets: Mapping[object, Decimal | None],
    complete_by: str,
) -> tuple[BurnLine, ...]:
    groups: dict[str, list[SpentPart]] = {}
    for part in parts:
        groups.setdefault(name_of(part), []).append(part)
    lines = [
        _line(None, name or nameless, some, money, budgets.get(name.casefold()), None, complete_by)
        for name, some in groups.items()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.hours, line.name)))


def _people(parts: Sequence[SpentPart], money: _Money, budgets: _Budgets) -> tuple[BurnLine, ...]:
    groups: dict[int, list[SpentPart]] = {}
    for part in parts:
        groups.setdefault(part.person_id, []).append(part)
    names = names_of(groups)
    lines = [
        replace(_line(None, names[who], some, money, budgets.person.get(who), None, _NOT_BY_PERSON), person_id=who)
        for who, some in groups.items()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.hours, line.name)))
