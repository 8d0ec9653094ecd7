"""KPIs as one dimension of health: the worst of those that can be judged; stale is Grey, no data is not measured."""

import pytest

from headway.engine.rag import Colour, Dimension, cell, overall
from headway.engine.rag_kpis import KpiJudged, deciding, judge_kpis

G, A, R, GREY, NONE = Colour.GREEN, Colour.AMBER, Colour.RED, Colour.GREY, Colour.NOT_MEASURED


def kpi(number, colour, *, stale=False, said="91 % in Feb 2026, wanted at least 97 %", limits="Green from 97 %"):
    return KpiJudged(f"KPI-{number} Orders", colour, said, limits, stale)


def several(*colours):
    """'r' red, 'a' amber, 'g' green, '-' without a colour; in capitals: that colour, and stale."""
    words = {"r": R, "a": A, "g": G, "-": NONE}
    return [kpi(number, words[one.lower()], stale=one.isupper()) for number, one in enumerate(colours, 1)]


@pytest.mark.parametrize(
    ("kpis", "colour", "beneath"),
    [
        ("g", G, G),
        ("gg-", G, G),
        ("ga", A, A),
        ("gar", R, R),
        ("gR", GREY, R),
        ("gG", GREY, G),
        ("aR", A, A),
        ("rG", R, R),
        ("-", NONE, None),
        ("--", NONE, None),
    ],
)
def test_the_worst_that_can_be_judged_decides(kpis, colour, beneath):
    found = judge_kpis(several(*kpis))
    assert (found.dimension, found.colour, found.beneath) == (Dimension.KPIS, colour, beneath)
    assert "thresholds" in found.limits


def test_without_kpis_there_is_no_such_dimension():
    assert judge_kpis([]) is None


def test_the_reason_names_those_that_decide_and_what_was_not_judged():
    found = judge_kpis([kpi(1, R), kpi(2, G), kpi(3, NONE, said="no data"), kpi(4, G, stale=True)], left_out=1)
    assert found.reason == (
        "KPI-1 Orders is red: 91 % in Feb 2026, wanted at least 97 %. 1 KPI is stale. 1 KPI is not judged. "
        "1 KPI is left out, for not everybody who reads this may see it."
    )
    assert found.limits.endswith("KPI-1 Orders: Green from 97 %.")
    assert found.measure_text == "KPIs amber or red 1"
    assert [(one.name, one.value) for one in found.driver.measure.inputs] == [
        ("Red", 1),
        ("Stale", 1),
        ("Green", 1),
        ("Not judged", 1),
    ]


def test_many_are_counted_after_the_second():
    assert judge_kpis(several(*"rrrrr")).reason.endswith("3 more are red.")
    assert judge_kpis(several(*"ggggg")).reason == "5 KPIs are green."
    assert judge_kpis(several(*"g")).reason == "1 KPI is green."
    assert judge_kpis(several(*"GGG")).reason.endswith("green then. 1 more is stale.")
    assert judge_kpis(several(*"g--")).reason == "1 KPI is green. 2 KPIs are not judged."
    assert judge_kpis(several(*"---")).reason.endswith("and 1 more.")


def test_where_all_are_hidden_from_some_nothing_is_measured():
    found = judge_kpis([], left_out=2)
    assert found.colour is NONE
    assert found.reason.startswith("No KPI can be judged. 2 KPIs are left out")


def test_those_that_decide_are_all_of_the_colour():
    kpis = several(*"rgRr")
    assert deciding(kpis) == (kpis[0], kpis[3])
    assert deciding(several(*"--")) == ()


def test_grey_kpis_are_named_in_the_overall_and_red_waits_for_no_second_reading():
    stale, red, green = (judge_kpis(several(one)) for one in ("G", "r", "g"))
    assert overall([cell(stale)]).text == "Grey: KPIs."
    assert cell(stale).text == "Grey (the figures at hand say Green)"
    assert cell(red, previous=(green,)).colour is R
    assert cell(green, previous=(red,)).colour is R
