"""The search index: records find themselves here in the transaction that writes them, and hits only what one may see.

A Root declares `searched`; `Root.add` and `Root.change` keep its entry, what writes many rows at once calls `keep_all`
and `forget`. `query` asks the database's own index and joins what it finds to each kind's `visible_to(ctx)`.
Not here: which kinds there are (they declare themselves), and names of projects (their area gives them).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef, Q

from headway.kernel.bulk import insert_models
from headway.kernel.context import Context
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.search_models import SearchEntry, quoted
from headway.kernel.search_words import (
    SHORTEST_PART,
    Excerpt,
    Term,
    excerpt,
    fold,
    grams_of,
    holds_all,
    terms_of,
    words_of,
)

if TYPE_CHECKING:
    from headway.kernel.models import Root

MOST_TITLE = 1_000
MOST_BODY = 20_000
MOST_HITS = 200
_LETTERS = 300  # of a title that are looked into
_BATCH = 500
MOST_RANKED = 20_000  # records with the words that are put in order; those beyond come after them
_FIRST_LOOK, _NEXT_LOOK = 300, 5_000  # candidates that are joined to what one may see at once


@dataclass(frozen=True, slots=True)
class Searched:
    """What of a record is searched: names of its fields, those of a related record or of JSON behind '__'.

    title  joined by a space, what people know it by: 'RISK-3 Supplier late'.
    """

    title: tuple[str, ...]
    body: tuple[str, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """The record's own fields that count; when one of them is changed, the entry is."""
        return frozenset(path.split("__")[0] for path in (*self.title, *self.body)) | {"removed_at"}


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found. `project_id` None = it belongs to no project."""

    kind: str
    id: int
    project_id: int | None
    title: Excerpt
    body: Excerpt


# --- keeping the index -------------------------------------------------------------------------


def keep(row: Root) -> None:
    """Let a record be found by what it says now, or no more when it was taken out. Call inside a command."""
    keep_all(type(row), [row], project_id=row.scope_project_id())


def keep_all(kind: type[Root], rows: Sequence[Root], *, project_id: int | None) -> None:
    """The same for many records of one kind and project."""
    if kind.searched is None:
        return
    gone = [row.pk for row in rows if getattr(row, "removed_at", None) is not None]
    forget(kind, gone)
    _write(_entry(kind.searched, row, project_id) for row in rows if getattr(row, "removed_at", None) is None)


def forget(kind: type[Root], ids: Sequence[int]) -> None:
    """Let records be found no more. Call inside a command."""
    for place in range(0, len(ids), _BATCH):
        SearchEntry.objects.filter(kind=kind._meta.label, record_id__in=ids[place : place + _BATCH]).delete()


def _write(entries: Iterable[SearchEntry]) -> None:
    insert_models(list(entries), renew=("kind", "record_id"))


def _entry(searched: Searched, row: Root, project_id: int | None) -> SearchEntry:
    title = _text(row, searched.title)[:MOST_TITLE]
    body = _text(row, searched.body)[:MOST_BODY]
    return SearchEntry(
        kind=row._meta.label,
        record_id=row.pk,
        project_id=project_id,
        title=title,
        body=body,
        title_words=" ".join(words_of(title)),
        body_words=" ".join(words_of(body)),
        letters=fold(title)[:_LETTERS],
    )


def title_of(row: Root) -> str:
    """What people know a record by; '' for one of a kind that is not searched."""
    return "" if row.searched is None else _text(row, row.searched.title)


def _text(row: Root, paths: tuple[str, ...]) -> str:
    found = (" ".join(_words_in(_value(row, path.split("__")))) for path in paths)
    return " ".join(text for text in found if text)


def _value(value: Any, path: list[str]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    return value


def _words_in(value: Any) -> Iterator[str]:
    """All texts of a value, however deep its JSON is."""
    if isinstance(value, str):
        yield value.replace("\0", "")
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _words_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _words_in(item)


# --- asking ------------------------------------------------------------------------------------


def searchable() -> tuple[type[Root], ...]:
    """All kinds that declare what of them is searched, by label."""
    found = [model for model in apps.get_models() if getattr(model, "searched", None) is not None]
    return tuple(sorted(found, key=lambda model: model._meta.label))  # type: ignore[arg-type]


@cache
def _by_label() -> dict[str, type[Root]]:
    return {kind._meta.label: kind for kind in searchable()}


def query(
    ctx: Context,
    text: str,
    kinds: Collection[str] = (),
    limit: int = 20,
    within: Collection[int] | None = None,
) -> tuple[Hit, ...]:
    """Visible records that hold every word of the text, the best first; then those with it inside a title's words.

    A reference ('RISK-3') is taken exactly where there is one.
    kinds   labels ('projects.Risk'); none = all.
    within  ids of the projects to look in, with what belongs to none; None = everywhere. It only narrows.
    """
    limit = max(1, min(limit, MOST_HITS))
    wanted = [label for label in (kinds or _by_label()) if label in _by_label()]
    asked = _Asked(ctx, terms_of(text), wanted, within)
    if not asked.terms or not wanted:
        return ()
    hits = asked.by_words(limit)
    if hits and any(term.exact for term in asked.terms):
        return tuple(_hit(entry, asked.terms) for entry in hits)
    if any(term.exact for term in asked.terms):
        asked = _Asked(ctx, terms_of(text, loosely=True), wanted, within)
        hits = asked.by_words(limit)
    if len(hits) < limit:
        known = {hit.pk for hit in hits}
        hits += [hit for hit in asked.by_letters(limit) if hit.pk not in known][: limit - len(hits)]
    return tuple(_hit(entry, asked.terms) for entry in hits)


def _hit(entry: SearchEntry, terms: tuple[Term, ...]) -> Hit:
    return Hit(
        entry.kind,
        entry.record_id,
        entry.project_id,
        excerpt(entry.title, terms, whole=True),
        excerpt(entry.body, terms),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question to the index."""

    ctx: Context
    terms: tuple[Term, ...]
    kinds: list[str]
    within: Collection[int] | None

    def by_words(self, limit: int) -> list[SearchEntry]:
        """Entries with every word, the best first, that this actor may see.

        Titles count ten times, so where they alone give enough, the texts of all records need not be looked at too.
        """
        if connection.vendor == "sqlite":
            question = _fts_words(self.terms)
            found = self._ranked(_WORDS_SQLITE, f"title_words : ({question})", limit)
            return found if len(found) == limit else self._ranked(_WORDS_SQLITE, question, limit)
        question = _tsquery(self.terms)
        found = self._ranked(_TITLES_POSTGRESQL, question, limit)
        if len(found) == limit:
            return found
        known = {entry.pk for entry in found}
        others = self._ranked(_WORDS_POSTGRESQL, question, limit)
        return [*found, *(entry for entry in others if entry.pk not in known)][:limit]

    def by_letters(self, limit: int) -> list[SearchEntry]:
        """Entries whose titles hold every word, inside other words too."""
        if any(len(term.word) < SHORTEST_PART for term in self.terms):
            return []
        if connection.vendor == "sqlite":
            sql, question = _LETTERS_SQLITE, " AND ".join(f'"{term.word}"' for term in self.terms)
        else:
            grams = {gram for term in self.terms for gram in grams_of(term.word)}
            sql, question = _LETTERS_POSTGRESQL, " & ".join(map(quoted, sorted(grams)))
        found, _ = self._visible(sql, question, limit)
        return [entry for entry in found if holds_all(entry.title, self.terms)]

    def _ranked(self, words: _Words, question: str, limit: int) -> list[SearchEntry]:
        """The best that this actor may see; where hidden records take all the places that are ranked, those beyond."""
        found, looked = self._visible(words.ranked, question, limit)
        if len(found) == limit or looked < MOST_RANKED:
            return found
        known = {entry.pk for entry in found}
        others, _ = self._visible(words.every, question, limit + len(known))
        return [*found, *(entry for entry in others if entry.pk not in known)][:limit]

    def _visible(self, sql: str, question: str, limit: int) -> tuple[list[SearchEntry], int]:
        """Join candidates to what one may see, look by look, until there are enough or no more.

        Gives what was found, and how many candidates it looked through.
        """
        found: list[SearchEntry] = []
        kinds, offset, size = self.kinds, 0, max(_FIRST_LOOK, limit)
        while True:
            ids = self._candidates(sql, question, kinds, size, offset)
            found += self._seen_among(ids)
            if len(found) >= limit or len(ids) < size:
                return found[:limit], offset + len(ids)
            if kinds is self.kinds:
                kinds = [label for label in kinds if _by_label()[label].visible_to(self.ctx).exists()]
                found, offset, size = [], 0, _NEXT_LOOK
            else:
                offset += size

    def _candidates(self, sql: str, question: str, kinds: list[str], size: int, offset: int) -> list[int]:
        narrow = ""
        values: list[Any] = []
        if len(kinds) < len(_by_label()):
            narrow += f" AND e.kind IN ({', '.join(['%s'] * len(kinds))})" if kinds else " AND 1 = 0"
            values += kinds
        if self.within is not None:
            places = ", ".join(["%s"] * len(self.within))
            narrow += (
                f" AND (e.project_id IS NULL OR e.project_id IN ({places}))"
                if places
                else (" AND e.project_id IS NULL")
            )
            values += self.within
        order = [question] if "ts_rank" in sql else []
        join = _JOIN if narrow else ""
        with connection.cursor() as cursor:
            statement = sql.format(join=join, narrow=narrow, most=MOST_RANKED)
            cursor.execute(statement, [question, *values, *order, size, offset])
            return [row[0] for row in cursor.fetchall()]

    def _seen_among(self, ids: list[int]) -> list[SearchEntry]:
        if not ids:
            return []
        entries = SearchEntry.objects.filter(pk__in=ids)
        present = set(entries.order_by().values_list("kind", flat=True).distinct())
        rules = [
            Q(kind=label) & Exists(_by_label()[label].visible_to(self.ctx).filter(pk=OuterRef("record_id")))
            for label in sorted(present)
        ]
        if not rules:
            return []
        seen = entries.filter(reduce(or_, rules)).only("kind", "record_id", "project_id", "title", "body")
        place = {pk: number for number, pk in enumerate(ids)}
        return sorted(seen, key=lambda entry: place[entry.pk])


_JOIN = " JOIN kernel_searchentry e ON e.id = w.rowid"  # left out where nothing narrows: it doubles the time
# Each names the index, then what narrows it, the order (of equal ones the newest first), and which part of the
# candidates is wanted. A word that stands in very many records says little of any: only so many are ranked. PostgreSQL
# ranks by the title alone: putting both vectors of 50,000 rows together takes longer than finding them.


class _Words(NamedTuple):
    """Two statements for one question: the first so many, the best first; and every record, the newest first."""

    ranked: str
    every: str


def _every_sqlite(index: str) -> str:
    return f"""
SELECT w.rowid FROM {index} w{{join}} WHERE {index} MATCH %s{{narrow}}
ORDER BY w.rowid DESC LIMIT %s OFFSET %s
"""  # noqa: S608 - our own names


def _every_postgresql(words: str) -> str:
    return f"""
SELECT e.id FROM kernel_searchentry e WHERE {words} @@ %s::tsquery{{narrow}} ORDER BY e.id DESC LIMIT %s OFFSET %s
"""  # noqa: S608 - our own names


_RANKED_SQLITE = """
SELECT id FROM (
    SELECT w.rowid AS id, bm25(kernel_searchwords, 10.0, 1.0) AS weight
    FROM kernel_searchwords w{join} WHERE kernel_searchwords MATCH %s{narrow} LIMIT {most}
) ORDER BY weight, id DESC LIMIT %s OFFSET %s
"""
_WORDS_SQLITE = _Words(_RANKED_SQLITE, _every_sqlite("kernel_searchwords"))
_LETTERS_SQLITE = _every_sqlite("kernel_searchletters")
_RANKED_TITLES_POSTGRESQL = """
SELECT id FROM (
    SELECT e.id, e.title_words FROM kernel_searchentry e WHERE e.title_words @@ %s::tsquery{narrow}
    LIMIT {most}
) AS titles ORDER BY ts_rank(title_words, %s::tsquery) DESC, id DESC LIMIT %s OFFSET %s
"""
_TITLES_POSTGRESQL = _Words(_RANKED_TITLES_POSTGRESQL, _every_postgresql("e.title_words"))
_RANKED_POSTGRESQL = """
SELECT id FROM (
    SELECT e.id FROM kernel_searchentry e WHERE (e.title_words || e.body_words) @@ %s::tsquery{narrow}
    LIMIT {most}
) AS words ORDER BY id DESC LIMIT %s OFFSET %s
"""
_WORDS_POSTGRESQL = _Words(_RANKED_POSTGRESQL, _every_postgresql("(e.title_words || e.body_words)"))
_LETTERS_POSTGRESQL = _every_postgresql("e.letters")


def _fts_words(terms: tuple[Term, ...]) -> str:
    """A question to SQLite's index; every word is quoted, so that none is an operator."""
    return " AND ".join(_either(term, '"{}"', "*", "OR", "AND") for term in terms)


def _tsquery(terms: tuple[Term, ...]) -> str:
    """A question to PostgreSQL's index."""
    return " & ".join(_either(term, "'{}'", ":*", "|", "&") for term in terms)


def _either(term: Term, quotes: str, star: str, either: str, both: str) -> str:
    """The word as it stands, or its parts apart. Words hold letters, digits, hyphens and underscores alone."""
    whole = quotes.format(term.word) + ("" if term.exact else star)
    if not term.parts:
        return whole
    parts = f" {both} ".join(quotes.format(part) + (star if len(part) > 1 else "") for part in term.parts)
    return f"({whole} {either} ({parts}))"


# --- making it anew ----------------------------------------------------------------------------


def mend() -> int:
    """Compare the index with all records and correct what differs, a piece at a time; gives how many entries did."""
    mended = sum(_mend_kind(kind) for kind in searchable())
    with allow_writes("search index"), transaction.atomic():
        stray, _ = SearchEntry.objects.exclude(kind__in=_by_label()).delete()
    return mended + stray + _mend_inner_index()


def _mend_kind(kind: type[Root]) -> int:
    searched = kind.searched
    assert searched is not None  # noqa: S101 - searchable() gives no others
    last, mended = 0, 0
    related = {path.split("__")[0] for path in (*searched.title, *searched.body, *_scope_path(kind)) if "__" in path}
    foreign = {field.name for field in kind._meta.concrete_fields if field.is_relation}
    while True:
        with allow_writes("search index"), transaction.atomic():
            rows: list[Any] = list(
                kind.unscoped(reason="the index holds all records; hits are narrowed")
                .filter(pk__gt=last)
                .select_related(*sorted(related & foreign))
                .order_by("pk")[:_BATCH]
            )
            upto = rows[-1].pk if len(rows) == _BATCH else None
            mended += _mend_piece(kind, searched, rows, last, upto)
        if upto is None:
            return mended
        last = upto


def _scope_path(kind: type[Root]) -> tuple[str, ...]:
    return (kind.project_path,) if kind.project_path else ()


def _mend_piece(kind: type[Root], searched: Searched, rows: list[Any], after: int, upto: int | None) -> int:
    entries = SearchEntry.objects.filter(kind=kind._meta.label, record_id__gt=after)
    if upto is not None:
        entries = entries.filter(record_id__lte=upto)
    present = {record_id: rest for record_id, *rest in entries.values_list("record_id", "project_id", "title", "body")}
    right = {
        row.pk: _entry(searched, row, row.scope_project_id())
        for row in rows
        if getattr(row, "removed_at", None) is None
    }
    wrong = [entry for pk, entry in right.items() if present.get(pk) != [entry.project_id, entry.title, entry.body]]
    stray = [pk for pk in present if pk not in right]
    _write(wrong)
    forget(kind, stray)
    return len(wrong) + len(stray)


def _mend_inner_index() -> int:
    """SQLite's index tables follow the entries by triggers; where they do not, they are made from the entries."""
    if connection.vendor != "sqlite":
        return 0
    mended = 0
    for table in ("kernel_searchwords", "kernel_searchletters"):
        with allow_writes("search index"), connection.cursor() as cursor:
            try:
                with transaction.atomic():
                    cursor.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
            except DatabaseError:
                cursor.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")  # noqa: S608 - a fixed name
                mended += 1
    return mended
