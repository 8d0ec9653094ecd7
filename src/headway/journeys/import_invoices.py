"""A list of invoices into a project: read in a child process, previewed, taken whole, undone whole.

An invoice is known by its number: the same file again changes nothing, a newer one changes what it says otherwise.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from headway.areas.budgets.invoices import (
    changed_since,
    differs,
    of_file,
    stored_invoices,
    take_invoices,
    untake_invoices,
)
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import charter
from headway.areas.projects.types import Charter, ImportRow
from headway.documents.child import ChildError, Refused
from headway.documents.exchange.columns import suffix_of
from headway.documents.exchange.invoices import INVOICES, read_invoices
from headway.engine.currencies import digits_fault, fault_of
from headway.journeys.refusals import error_rows
from headway.journeys.undoing import UndoEffect
from headway.kernel.context import Context

_SHOWN = 200


def preview_invoices(
    ctx: Context,
    *,
    project: int,
    path: Path,
    file_id: int,
    file_name: str,
    answers: dict[str, str],
    mapping: dict[str, Any],
) -> ImportRow:
    """Read a list of invoices and keep what it would change; no invoice is written.

    answers  to questions: date_order, decimal_sign, encoding.
    """
    batch = projects.open_import(
        ctx, project=project, kind=INVOICES, file_id=file_id, file_name=file_name, answers=answers, mapping=mapping
    )
    return read_again(ctx, batch=batch, path=path)


def read_again(ctx: Context, *, batch: ImportRow, path: Path) -> ImportRow:
    """Read the file of an import with its present answers and mapping, and keep the preview."""
    about = charter(ctx, project=batch.project_id)
    try:
        found = read_invoices(
            path,
            name=f"invoices{suffix_of(batch.file_name) or '.csv'}",
            answers=batch.answers,
            mapping={name: batch.mapping[name] for name in ("columns", "sheet") if name in batch.mapping},
        )
    except (Refused, ChildError) as error:
        refused = {"errors": error_rows(error, file=batch.file_name), "questions": []}
        return projects.keep_preview(ctx, batch=batch.id, parsed=None, preview=refused, failed=True)
    errors = [{**error, "file": batch.file_name} for error in found.errors]
    preview: dict[str, Any] = {
        "errors": errors,
        "error_count": len(errors),
        "questions": list(found.questions),
        "warnings": list(found.warnings),
    }
    if errors or found.questions:
        return projects.keep_preview(ctx, batch=batch.id, parsed=None, preview=preview, failed=bool(errors))
    rows, others = _of_project(found.rows, about)
    if faults := [fault | {"file": batch.file_name} for row in rows for fault in _faults(row)]:
        preview |= {"errors": faults, "error_count": len(faults)}
        return projects.keep_preview(ctx, batch=batch.id, parsed=None, preview=preview, failed=True)
    preview |= _effect(rows, about) | {"others": others}
    return projects.keep_preview(
        ctx, batch=batch.id, parsed={"rows": rows, "preview": preview}, preview=preview, failed=False
    )


def _of_project(rows: tuple[dict[str, str], ...], about: Charter) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """The rows of this project, or that name none; and how many name which other."""
    ours: list[dict[str, str]] = []
    others: dict[str, int] = {}
    known = {about.key.casefold(), about.name.casefold()}
    for row in rows:
        named = row["project"]
        if not named or named.casefold() in known:
            ours.append(row | {"currency": row["currency"] or about.currency})
        else:
            others[named] = others.get(named, 0) + 1
    return ours, [{"name": name, "rows": count} for name, count in sorted(others.items())]


def _faults(row: dict[str, str]) -> list[dict[str, Any]]:
    """What is wrong with the money of a row, now that its currency is known."""
    place = {"row": int(row["row"])}
    if unknown := fault_of(row["currency"]):
        message = f"{unknown[:1].upper()}{unknown[1:]}. Correct it in the file."
        return [place | {"field": "Currency", "value": row["currency"], "message": message}]
    too_fine = digits_fault(Decimal(row["amount"]), row["currency"])
    if too_fine:
        return [place | {"field": "Amount", "value": row["amount"], "message": f"{too_fine} Correct it in the file."}]
    return []


def _effect(rows: list[dict[str, str]], about: Charter) -> dict[str, Any]:
    """What the rows would change: new ones, changed ones with their fields, and sums by currency to hold against."""
    stored = stored_invoices(about.id)
    create, update, unchanged = 0, 0, 0
    differences: list[dict[str, str]] = []
    sums: dict[str, Any] = {}
    for row in rows:
        values = of_file(row)
        sums[row["currency"]] = sums.get(row["currency"], 0) + values["amount"]
        known = stored.get(row["number"].casefold())
        if known is None:
            create += 1
            differences.append({"name": row["number"], "field": "new", "old": "", "new": _said(row)})
        elif differs(known, values):
            update += 1
            differences += [
                {"name": row["number"], "field": name, "old": str(getattr(known, name) or ""), "new": str(value or "")}
                for name, value in values.items()
                if getattr(known, name) != value
            ]
        else:
            unchanged += 1
    return {
        "create": create,
        "update": update,
        "unchanged": unchanged,
        "differences": differences[:_SHOWN],
        "sums": {currency: format(amount, "f") for currency, amount in sorted(sums.items())},
    }


def _said(row: dict[str, str]) -> str:
    due = f", due {row['due']}" if row["due"] else ""
    return f"{row['amount']} {row['currency']} of {row['day']}{due}, {row['status']}"


def read_first(ctx: Context, batch: ImportRow) -> None:
    """Nothing is needed before the transaction."""


def apply_invoices(ctx: Context, *, batch: ImportRow) -> ImportRow:
    """Enter the previewed invoices, all or none."""
    return take_invoices(ctx, project=batch.project_id, batch=batch.id)


def undo_invoices(ctx: Context, *, batch: ImportRow) -> ImportRow:
    """Take a whole import back: its invoices go, those it changed are as they were."""
    return untake_invoices(ctx, project=batch.project_id, batch=batch.id)


def undo_effect(ctx: Context, *, batch: ImportRow) -> UndoEffect:
    """What undoing would do to the invoices."""
    created, changed, later = changed_since(ctx, batch.project_id, batch.id)
    noun = "invoice of it was" if later == 1 else "invoices of it were"
    return UndoEffect(created, changed, "invoices", f"{later} {noun} changed since." if later else "", "")
