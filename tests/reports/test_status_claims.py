"""The whole way: snapshot, document, finished file, claims check; and every forged figure is caught."""

from __future__ import annotations

import importlib
import importlib.util
import re
from dataclasses import replace
from functools import cache
from itertools import cycle
from pathlib import Path

import pytest

from headway.documents import child
from headway.documents.claim_set import ClaimSet
from headway.documents.claims import check
from headway.documents.tree import Document, Rag
from headway.reports.registry import build
from headway.reports.status_claims import claims_of
from headway.reports.status_snapshot import Audience
from tests.reports.altering import altered
from tests.reports.samples import almost_empty, in_trouble, varied, with_kpis

WRITERS = {
    "md": ("headway.documents.text", "write_markdown"),
    "html": ("headway.documents.html", "write_html"),
    "docx": ("headway.documents.docx", "write_docx"),
    "pptx": ("headway.documents.pptx", "write_pptx"),
    "xlsx": ("headway.documents.xlsx", "write_xlsx"),
    "pdf": ("headway.documents.pdf", "write_pdf"),
}
FORMS = tuple(form for form, (module, _) in WRITERS.items() if importlib.util.find_spec(module))


def written(form: str, document: Document) -> bytes:
    module, name = WRITERS[form]
    return getattr(importlib.import_module(module), name)(document)


@cache
def finished(form: str, snapshot) -> bytes:
    return written(form, build("status", form, snapshot))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "snapshot",
    [in_trouble(), in_trouble(audience=Audience.CLIENT), almost_empty(), *(varied(seed) for seed in range(6))],
    ids=["trouble", "client", "empty", *(f"seed{seed}" for seed in range(6))],
)
def test_an_unaltered_pack_passes(form, snapshot):
    assert check(finished(form, snapshot), form, claims_of(snapshot)) == ()


@pytest.mark.parametrize("form", FORMS)
def test_a_pack_with_kpis_passes_whatever_they_are_called(form):
    names = ("Orders in time", "Overall schedule", "Cost / hours of 3 teams")
    for snapshot in (with_kpis(in_trouble(), *names), with_kpis(almost_empty(), *names)):
        assert check(finished(form, snapshot), form, claims_of(snapshot)) == ()


NAMES = (
    "Phase 2: 3 sites | 50 % <b>done</b> & more",
    "Green Energy roll-out *2026*",
    "=SUM(A1)",
    "Line one\nline two 7",
    "\u202eمشروع 12",
    "x_y `code` [link](http://a.b/1)",
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("first", range(3))
def test_what_people_call_things_is_quoted_and_never_a_fault(form, first):
    """Each name is the project's or the client's once, and takes its turn everywhere else."""
    whole = in_trouble()
    assert whole.plan is not None
    turn = cycle(NAMES[first:] + NAMES[:first])
    snapshot = replace(
        whole,
        project=replace(whole.project, name=f"{NAMES[first]} project", client=NAMES[first + 3]),
        milestones=tuple(replace(each, name=f"{next(turn)} {each.name}") for each in whole.milestones or ()),
        plan=replace(
            whole.plan, rows=tuple(replace(each, name=f"{next(turn)} {each.uid}") for each in whole.plan.rows)
        ),
        risks=tuple(replace(each, title=next(turn), owner="Zoë O'Neil-Smith") for each in whole.risks or ()),
        decisions=tuple(
            replace(each, title=next(turn), options=(next(turn), "none")) for each in whole.decisions or ()
        ),
    )

    assert check(finished(form, snapshot), form, claims_of(snapshot)) == ()


ALTERATIONS = {
    "md": (("219,504", "219,404"), ("21 Jul 2026", "22 Jul 2026"), ("2 of 6 mile", "1 of 6 mile")),
    "html": (("219,504", "219,404"), ("21 Jul 2026", "22 Jul 2026"), ("2 of 6 mile", "1 of 6 mile")),
    "docx": (("219,504", "219,404"), ("21 Jul 2026", "22 Jul 2026"), ("2 of 6 mile", "1 of 6 mile")),
    "pptx": (("219,504", "219,404"), ("21 Jul 2026", "22 Jul 2026"), ("2 of 6 mile", "1 of 6 mile")),
    "xlsx": (("<v>600<", "<v>601<"), ("219,504", "219,404"), ("<v>65300<", "<v>65301<")),
    "pdf": (("219,504", "219,404"), ("21 Jul 2026", "22 Jul 2026"), ("2 of 6 mile", "1 of 6 mile")),
}


@pytest.mark.parametrize(("form", "old", "new"), [(form, *pair) for form in FORMS for pair in ALTERATIONS[form]])
def test_one_altered_figure_is_caught_in_every_format(form, old, new):
    snapshot = in_trouble()
    forged = altered(finished(form, snapshot), form, old, new)

    assert check(forged, form, claims_of(snapshot))


@pytest.mark.parametrize("form", FORMS)
def test_overall_amber_with_cost_red_is_caught_in_every_format(form):
    snapshot = in_trouble()
    said = build("status", form, snapshot)
    rosy = replace(
        build("status", form, _with_colours(snapshot, Rag.RED, Rag.AMBER)), meta=said.meta
    )  # a document that says Amber of a Red project

    faults = check(written(form, rosy), form, claims_of(snapshot))

    assert "colour" in {fault.kind for fault in faults}
    assert "the overall colour" in " ".join(fault.why for fault in faults)


def _with_colours(snapshot, old: Rag, new: Rag):
    rag = tuple(replace(each, colour=new if each.colour is old else each.colour) for each in snapshot.rag)
    return replace(snapshot, rag=rag, overall=new)


def test_nearly_every_single_digit_forged_in_the_page_is_caught():
    snapshot = in_trouble()
    claims = claims_of(snapshot)
    page = finished("md", snapshot).decode()
    digits = [match.end() for match in re.finditer(r"\d+", page)][::14]
    missed = [
        page[max(0, end - 40) : end]
        for end in digits
        if not check((page[: end - 1] + str((int(page[end - 1]) + 1) % 10) + page[end:]).encode(), "md", claims)
    ]

    assert len(digits) > 40
    assert missed == []


def test_cost_in_a_clients_file_is_caught():
    inside, client = in_trouble(), in_trouble(audience=Audience.CLIENT)

    assert any(fault.kind == "number" for fault in check(finished("md", inside), "md", claims_of(client)))


def test_claims_are_judged_from_the_records_not_from_the_stored_overall():
    snapshot = in_trouble()
    object.__setattr__(snapshot, "overall", Rag.AMBER)  # a forged store

    faults = check(finished("md", snapshot), "md", claims_of(snapshot))

    assert {fault.found for fault in faults if fault.kind == "colour"} >= {"Amber"}


@pytest.mark.parametrize("form", FORMS)
def test_the_check_runs_in_the_limited_child(form, tmp_path: Path):
    snapshot = in_trouble()
    claims = claims_of(snapshot)
    (tmp_path / "claims.json").write_text(claims.to_json(), encoding="utf-8")
    (tmp_path / "report").write_bytes(finished(form, snapshot))
    inputs = {"claims.json": tmp_path / "claims.json", "report": tmp_path / "report"}

    answer = child.run("headway.documents.claims:check_file", {"name": "report", "format": form}, inputs=inputs)

    assert answer.value == {"faults": []}
    assert ClaimSet.from_json(claims.to_json()) == claims
