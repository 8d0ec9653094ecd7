"""Search: one line of words over everything a person may see, whatever kind of record it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from headway.areas.projects import queries as projects
from headway.areas.projects.types import ProjectRow
from headway.kernel import search
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.queries import query
from headway.kernel.schema import ShortText
from headway.kernel.search_words import terms_of, words_of

_MOST = 100
_MOST_SPLITS = 4  # ways to share the words between a project and what is in it that are tried


class FoundKind(Enum):
    """What kind of thing was found."""

    PROJECT = "project"
    TASK = "task"
    RISK = "risk"
    ISSUE = "issue"
    DECISION = "decision"
    ASSUMPTION = "assumption"
    CHANGE = "change"
    STAKEHOLDER = "stakeholder"
    REPORT = "report"
    DOCUMENT = "document"
    FILE = "file"
    IMPORT = "import"
    COMMENT = "comment"
    PERSON = "person"
    ORGANISATION = "organisation"
    PROGRAMME = "programme"
    ESTIMATE = "estimate"
    SCOPE_ITEM = "scope_item"
    CHANGE_REQUEST = "change_request"
    GATE = "gate"
    TEMPLATE = "template"
    EXPENSE = "expense"
    INVOICE = "invoice"


LABELS = {
    FoundKind.PROJECT: "projects.Project",
    FoundKind.TASK: "schedule.PlanTask",
    FoundKind.RISK: "projects.Risk",
    FoundKind.ISSUE: "projects.Issue",
    FoundKind.DECISION: "projects.Decision",
    FoundKind.ASSUMPTION: "projects.Assumption",
    FoundKind.CHANGE: "budgets.BudgetChange",
    FoundKind.STAKEHOLDER: "projects.Stakeholder",
    FoundKind.REPORT: "deliverables.DocumentVersion",
    FoundKind.DOCUMENT: "deliverables.UploadedDocument",
    FoundKind.FILE: "deliverables.UploadedVersion",
    FoundKind.IMPORT: "projects.ImportBatch",
    FoundKind.COMMENT: "comms.Comment",
    FoundKind.PERSON: "people.Person",
    FoundKind.ORGANISATION: "people.Organisation",
    FoundKind.PROGRAMME: "programme.Programme",
    FoundKind.ESTIMATE: "estimates.Estimate",
    FoundKind.SCOPE_ITEM: "scope.ScopeItem",
    FoundKind.CHANGE_REQUEST: "scope.ChangeRequest",
    FoundKind.GATE: "method.Gate",
    FoundKind.TEMPLATE: "method.ProjectTemplate",
    FoundKind.EXPENSE: "budgets.Expense",
    FoundKind.INVOICE: "budgets.Invoice",
}
_KINDS = {label: kind for kind, label in LABELS.items()}


@dataclass(frozen=True, slots=True)
class Found:
    """One record that was found.

    record         its kind as records name it ('projects.Risk'), with `id` the way to its page.
    title_marks    places (start, length) in the title of what was looked for; `snippet_marks` likewise.
    project_key    '' = it belongs to no project.
    """

    kind: FoundKind
    record: str
    id: int
    title: str
    title_marks: tuple[tuple[int, int], ...]
    snippet: str
    snippet_marks: tuple[tuple[int, int], ...]
    project_key: str = ""
    project_name: str = ""


@query(permission="search.find", name="search.find")
def find(ctx: Context, *, text: ShortText, kinds: tuple[FoundKind, ...] = (), limit: int = 20) -> tuple[Found, ...]:
    """Find records by their words, the best first: names, texts, references such as RISK-3, beginnings of words.

    text   every word of it must stand in a record, or in the name or key of its project with one at least in the
           record. kinds  none = all. limit  1 to 100.
    """
    if not 1 <= limit <= _MOST:
        raise Invalid(f"limit is {limit}; give 1 to {_MOST}.", fields=[FieldError("limit", f"1 to {_MOST}")])
    labels = [LABELS[kind] for kind in kinds or FoundKind]
    hits = search.query(ctx, text, labels, limit, within=projects_to_search(ctx))
    if len(hits) < limit:
        hits = (*hits, *_by_project_too(ctx, text, labels, limit, hits))[:limit]
    named = projects.named_projects(ctx, {hit.project_id for hit in hits if hit.project_id is not None})
    return tuple(_found(hit, named.get(hit.project_id or 0)) for hit in hits)


def _by_project_too(
    ctx: Context, text: str, labels: list[str], limit: int, known: Iterable[search.Hit]
) -> list[search.Hit]:
    """Records with some of the words, in projects whose names hold the others; those known already left out."""
    words = [term.word for term in terms_of(text)]
    if len(words) < 2:
        return []
    found: dict[tuple[str, int], search.Hit] = {}
    rests = _rests(words, projects.named_projects(ctx).values())
    for rest, within in sorted(rests.items(), key=lambda item: (len(item[0]), item[0]))[:_MOST_SPLITS]:
        for hit in search.query(ctx, " ".join(rest), labels, limit, within=within):
            if hit.project_id is not None:  # what belongs to no project is in none whose name was asked for
                found.setdefault((hit.kind, hit.id), hit)
    for hit in known:
        found.pop((hit.kind, hit.id), None)
    return list(found.values())


def _rests(words: Sequence[str], rows: Iterable[ProjectRow]) -> dict[tuple[str, ...], list[int]]:
    """The words that the names of projects leave to be looked for in them, with these projects."""
    rests: dict[tuple[str, ...], list[int]] = {}
    for row in rows:
        named = words_of(f"{row.key} {row.name}")
        rest = tuple(word for word in words if not any(name.startswith(word) for name in named))
        if 0 < len(rest) < len(words):
            rests.setdefault(rest, []).append(row.id)
    return rests


def projects_to_search(ctx: Context) -> list[int] | None:
    """The projects to look in, so that the index need not offer what is hidden anyway; None = all."""
    if projects.inside_project_ids(ctx) is None:
        return None
    return projects.seen_project_ids(ctx)


def _found(hit: search.Hit, project: ProjectRow | None) -> Found:
    return Found(
        _KINDS[hit.kind],
        hit.kind,
        hit.id,
        hit.title.text,
        hit.title.marks,
        hit.body.text,
        hit.body.marks,
        project.key if project else "",
        project.name if project else "",
    )
