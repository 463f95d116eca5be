"""A chart as a value: what is to be shown, and nothing of how it looks."""

from dataclasses import dataclass
from enum import StrEnum


class ChartKind(StrEnum):
    """What a chart is drawn as."""

    BAR = "bar"
    STACKED = "stacked"
    LINE = "line"
    AREA = "area"
    PIE = "pie"
    DONUT = "donut"
    SCATTER = "scatter"


KIND_NAMES = {
    ChartKind.BAR: "柱状图",
    ChartKind.STACKED: "堆积柱状图",
    ChartKind.LINE: "折线图",
    ChartKind.AREA: "面积图",
    ChartKind.PIE: "饼图",
    ChartKind.DONUT: "环形图",
    ChartKind.SCATTER: "散点图",
}
ROUND = (ChartKind.PIE, ChartKind.DONUT)
"""The kinds that show the parts of one whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """A number and how it is printed: with the decimals and the “约” that its editor wrote."""

    number: float
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A column of numbers, one for each category; None where the number is not known."""

    name: str
    values: tuple[Value | None, ...]

    @property
    def known(self) -> tuple[Value, ...]:
        """The values that are there."""
        return tuple(value for value in self.values if value is not None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """A chart whose data have been read and found fit for its kind."""

    kind: ChartKind
    title: str
    categories_name: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    """Of a scatter plot two: across, then up. Of a pie one."""
    unit: str | None = None
    highlight: str | None = None
    """The one category or series that is red."""
    horizontal: bool | None = None
    """Whether bars lie; None leaves it to the length of their names."""
    percent: bool = False
    """Whether stacks are shown as shares of 100."""
    height: float | None = None
    """Millimetres on paper, of the drawing without caption."""

    @property
    def known(self) -> tuple[Value, ...]:
        """All values that are there, by series."""
        return tuple(value for one in self.series for value in one.known)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """Its data as a table: first the names of the columns, then a row for each category."""
        head = (self.categories_name, *(one.name for one in self.series))
        columns = [[value.text if value else "—" for value in one.values] for one in self.series]
        return (head, *zip(self.categories, *columns, strict=True))
