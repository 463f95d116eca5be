"""Blocks of charts: code that is a chart's description becomes the figure that it describes."""

import hashlib
from collections.abc import Sequence

from xcbulletin.publishing.charts.block import ReadData, read_block
from xcbulletin.publishing.charts.words import alt_text
from xcbulletin.publishing.markup.remarks import Remarks
from xcbulletin.publishing.nodes import ChartFigure, Code, Node, Text, rewrite

CHART_WORDS = ("chart", "图表")
"""What an editor writes behind the fence."""


def with_charts(nodes: Sequence[Node], remarks: Remarks, read_data: ReadData) -> tuple[Node, ...]:
    """Return the blocks with each chart as a figure; `read_data` gives the data that stand in files."""

    def read(node: Node) -> Node:
        is_chart = isinstance(node, Code) and node.info.split()[:1] and node.info.split()[0] in CHART_WORDS
        return _figure(node, remarks, read_data) if is_chart else node

    return rewrite(nodes, read)


def _figure(node: Node, remarks: Remarks, read_data: ReadData) -> ChartFigure:
    first_line = (node.line or remarks.body_line) + 1
    block, problems = read_block(node.text, remarks.file, first_line, read_data)
    remarks.problems += problems
    digest = hashlib.sha256(repr(block.chart).encode()).hexdigest()[:12]
    return ChartFigure(
        children=(Text(text=block.title),),
        src=f"assets/chart-{digest}.svg",
        source=block.source,
        id=block.id,
        chart=block.chart,
        alt=alt_text(block.chart) if block.chart else "",
        alt_in_full=alt_text(block.chart, in_full=True) if block.chart else "",
        line=node.line,
    )
