"""A Chart to the Vega-Lite that draws it."""

from math import inf

from xcbulletin.publishing.charts.bars import bars_spec
from xcbulletin.publishing.charts.chart import Chart, ChartKind
from xcbulletin.publishing.charts.frame import WIDE, Room, Spec
from xcbulletin.publishing.charts.lines import areas_spec, lines_spec
from xcbulletin.publishing.charts.rounds import rounds_spec
from xcbulletin.publishing.charts.scatter import scatter_spec

_DRAWN_BY = {
    ChartKind.BAR: bars_spec,
    ChartKind.STACKED: bars_spec,
    ChartKind.LINE: lines_spec,
    ChartKind.AREA: areas_spec,
    ChartKind.PIE: rounds_spec,
    ChartKind.DONUT: rounds_spec,
    ChartKind.SCATTER: scatter_spec,
}


def chart_spec(chart: Chart, full_width: float = WIDE, tallest: float = inf) -> Spec:
    """Return a chart as Vega-Lite, `full_width` pixels wide and if it can be no higher than `tallest`.

    It is the same dict for the same chart.
    """
    return _DRAWN_BY[chart.kind](chart, Room(width=full_width, height=tallest))
