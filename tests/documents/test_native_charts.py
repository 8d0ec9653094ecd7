"""Native Office charts: parts that hold together, in the schema's order, with figures that agree."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from lxml import etree

from headway.documents.charts import main_axis
from headway.documents.native_charts import WORKBOOK_RELATION, chart_parts
from headway.documents.tree import Chart, ChartKind, Kind, Series
from tests.documents import status_sample as sample

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
D = Decimal


def columns(kind: ChartKind = ChartKind.BAR, **more) -> Chart:
    values = (Series("Planned", (D(10), D("12.5"), D(3))), Series("Used", (D(9), None, D(-2)), highlight=True))
    return Chart(kind, "t", ("Discovery", "Design", "Build"), values, **more)


CHARTS = {
    "s-curve": sample.s_curve(),
    "s-curve of lines": replace(sample.s_curve(), series=sample.s_curve().series[:3]),
    "stacked": sample.hours_by_phase(),
    "waterfall": sample.cost_bridge(),
    "bar": columns(value_kind=Kind.PERCENT, digits=1, marker=1, x_title="Phase", y_title="Share"),
    "line": columns(ChartKind.LINE, marker=2),
}
# The order of children that ECMA-376 part 1 gives (those that we write).
ORDERS = {
    "chartSpace": "date1904 roundedCorners chart spPr txPr externalData",
    "chart": "autoTitleDeleted plotArea legend plotVisOnly dispBlanksAs",
    "legend": "legendPos overlay txPr",
    "barChart": "barDir grouping varyColors ser gapWidth overlap axId",
    "lineChart": "grouping varyColors ser marker axId",
    "catAx": "axId scaling delete axPos title numFmt majorTickMark minorTickMark tickLblPos spPr txPr crossAx crosses "
    "auto lblAlgn lblOffset tickLblSkip noMultiLvlLbl",
    "valAx": "axId scaling delete axPos majorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr "
    "crossAx crosses crossBetween majorUnit",
    "scaling": "orientation max min",
    "ser": "idx order tx spPr invertIfNegative marker dPt dLbls errBars cat val smooth",
    "dLbls": "dLbl numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent showBubbleSize "
    "extLst",
    "dLbl": "idx delete layout numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent "
    "showBubbleSize",
    "errBars": "errDir errBarType errValType noEndCap val spPr",
    "dPt": "idx marker bubble3D",
}


def root_of(chart: Chart):
    return etree.fromstring(chart_parts(chart).xml)


def sheet_of(chart: Chart):
    return openpyxl.load_workbook(io.BytesIO(chart_parts(chart).workbook)).active


@pytest.mark.parametrize("name", CHARTS)
def test_elements_stand_in_the_order_of_the_schema(name):
    seen = set()
    for node in root_of(CHARTS[name]).iter():
        kind = etree.QName(node).localname
        if kind in ORDERS and node.tag.startswith(C) and len(node):
            order = ORDERS[kind].split()
            places = [order.index(etree.QName(child).localname) for child in node]
            assert places == sorted(places), (kind, [etree.QName(child).localname for child in node])
            seen.add(kind)
    assert {"chartSpace", "chart", "ser", "catAx", "valAx"} <= seen


@pytest.mark.parametrize("name", CHARTS)
def test_each_reference_finds_the_same_figures_in_the_workbook(name):
    chart = CHARTS[name]
    root, sheet = root_of(chart), sheet_of(chart)
    references = list(root.iter(f"{C}strRef", f"{C}numRef"))
    assert len(references) >= 3

    for reference in references:
        cells = sheet[reference.findtext(f"{C}f").split("!")[1].replace("$", "")]
        flat = [line[0] for line in cells] if isinstance(cells, tuple) else [cells]
        kept = {int(point.get("idx")): point.findtext(f"{C}v") for point in reference.iter(f"{C}pt")}
        for index, cell in enumerate(flat):
            stored = kept.get(index)
            if isinstance(cell.value, str) or cell.value is None:
                assert stored == cell.value
            else:
                assert D(stored) == D(str(cell.value))
    assert root.find(f"{C}externalData").get(f"{R}id") == WORKBOOK_RELATION


@pytest.mark.parametrize("name", CHARTS)
def test_each_plot_has_its_axes_and_each_axis_its_partner(name):
    root = root_of(CHARTS[name])
    axes = {node.find(f"{C}axId").get("val"): node for node in root.iter(f"{C}catAx", f"{C}valAx")}
    used = {node.get("val") for plot in root.iter(f"{C}barChart", f"{C}lineChart") for node in plot.iter(f"{C}axId")}

    assert used == set(axes)
    for identifier, axis in axes.items():
        partner = axis.find(f"{C}crossAx").get("val")
        assert axes[partner].find(f"{C}crossAx").get("val") == identifier


@pytest.mark.parametrize("name", CHARTS)
def test_equal_charts_give_equal_bytes(name):
    assert chart_parts(CHARTS[name]) == chart_parts(CHARTS[name])


def test_columns_of_the_period_stand_on_a_second_axis_and_lines_on_the_first():
    root = root_of(sample.s_curve())
    lines = next(root.iter(f"{C}lineChart"))
    bars = next(root.iter(f"{C}barChart"))

    assert [node.findtext(f".//{C}tx//{C}v") for node in bars.iter(f"{C}ser")] == ["Hours of the week"]
    assert {node.get("val") for node in lines.iter(f"{C}axId")}.isdisjoint(
        node.get("val") for node in bars.iter(f"{C}axId")
    )
    second = [axis for axis in root.iter(f"{C}valAx") if axis.find(f"{C}axPos").get("val") == "r"]
    assert [axis.find(f"{C}crosses").get("val") for axis in second] == ["max"]
    assert second[0].find(f"{C}majorGridlines") is None


def test_the_status_date_is_one_point_with_an_error_bar_over_the_whole_axis():
    chart = sample.s_curve()
    axis = main_axis(chart)
    series = next(node for node in root_of(chart).iter(f"{C}ser") if node.findtext(f".//{C}tx//{C}v") == "Status date")

    assert [(p.get("idx"), p.findtext(f"{C}v")) for p in series.find(f"{C}val").iter(f"{C}pt")] == [
        ("10", f"{axis.high:f}")
    ]
    assert D(series.find(f"{C}errBars/{C}val").get("val")) == axis.high - axis.low


def test_a_bridge_stands_on_feet_that_nobody_sees():
    chart = sample.cost_bridge()
    foot, *shown = root_of(chart).iter(f"{C}ser")

    assert foot.find(f"{C}spPr/{A}noFill") is not None
    assert foot.find(f"{C}dLbls") is None
    assert all(series.find(f"{C}spPr/{A}solidFill") is not None for series in shown)
    sheet = sheet_of(chart)
    tops = [sum(cell.value or 0 for cell in line[1:]) for line in sheet.iter_rows(min_row=2)]
    assert tops == [184000, 187900, 209300, 218500, 222804, 222804, 219504]


def test_a_single_value_between_gaps_is_a_dot():
    chart = Chart(ChartKind.LINE, "t", ("a", "b", "c", "d"), (Series("x", (D(1), None, D(2), D(3))),))
    assert [node.find(f"{C}idx").get("val") for node in root_of(chart).iter(f"{C}dPt")] == ["0"]


def test_percentages_stay_points_with_a_quoted_sign():
    root = root_of(CHARTS["bar"])
    formats = {axis.find(f"{C}numFmt").get("formatCode") for axis in root.iter(f"{C}valAx")}

    assert formats == {'#,##0"\u00a0%";"−"#,##0"\u00a0%";#,##0"\u00a0%"'}
    assert sheet_of(CHARTS["bar"])["B3"].value == 12.5
    assert "%" not in sheet_of(CHARTS["bar"])["B3"].number_format


def test_thousands_are_shortened_only_where_nothing_is_lost():
    values = (Series("a", (D(20000), D(30500))),)
    chart = Chart(ChartKind.BAR, "t", ("x", "y"), values, value_kind=Kind.MONEY, unit="EUR")
    odd = replace(chart, series=(Series("a", (D(20000), D(30512))),))

    def label(each):
        return next(root_of(each).iter(f"{C}dLbls")).find(f"{C}numFmt").get("formatCode").split(";")[0]

    assert label(chart) == '"€"#,##0.0,"k"'
    assert label(odd) == '"€"#,##0'


def test_a_half_is_shown_in_full_so_that_no_program_rounds_it_otherwise():
    chart = columns(value_kind=Kind.HOURS, digits=1)
    halves = replace(chart, series=(Series("a", (D("102.25"), D(3), D(4))),))

    def label(each):
        return next(root_of(each).iter(f"{C}dLbls")).find(f"{C}numFmt").get("formatCode").split(";")[0]

    assert label(chart) == "#,##0.0"
    assert label(halves) == "#,##0.00"


def test_hostile_text_stays_text_and_no_formula():
    chart = next(block for block in sample.hostile_pack().blocks if isinstance(block, Chart))
    root, sheet = root_of(chart), sheet_of(chart)
    name = next(root.iter(f"{C}ser")).findtext(f".//{C}tx//{C}v")

    assert name.startswith("=1+1<b>&amp;")
    assert not [cell for line in sheet.iter_rows() for cell in line if cell.data_type == "f" or cell.hyperlink]
    assert sheet["B1"].value.startswith("=1+1<b>")


def test_a_chart_without_values_is_refused():
    with pytest.raises(ValueError, match="has no values"):
        chart_parts(Chart(ChartKind.LINE, "t", ("a",), (Series("x", (None,)),)))


def test_all_words_of_a_chart_are_in_the_office_font():
    root = root_of(CHARTS["bar"])
    faces = {node.get("typeface") for node in root.iter(f"{A}latin")}
    assert faces == {"Calibri"}
    assert root.find(f"{C}txPr") is not None


def test_a_line_whose_variation_is_the_message_begins_near_its_lowest_value():
    values = (Series("Kept", (D("96.5"), D("97.2"), D(99)), highlight=True),)
    far = Chart(ChartKind.LINE, "t", ("a", "b", "c"), values, value_kind=Kind.PERCENT)
    near = replace(far, near=True)
    scaling = next(root_of(near).iter(f"{C}valAx")).find(f"{C}scaling")
    assert (main_axis(far).low, main_axis(near).low, main_axis(near).high) == (0, D("96.5"), 99)
    assert scaling.find(f"{C}min").get("val") == "96.5"
    assert next(root_of(far).iter(f"{C}valAx")).find(f"{C}scaling/{C}min") is None
    assert main_axis(replace(near, kind=ChartKind.BAR)).low == 0
