"""Tables worked out again: totals, growth and shares."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xcbulletin.model import Severity
from xcbulletin.proofing.findings import Family, Rule
from xcbulletin.proofing.numbers.quantities import Quantity, cell_quantity
from xcbulletin.proofing.numbers.reckoning import HUNDRED, growth, percentage, total
from xcbulletin.proofing.numbers.slips import Slip, wrong_figure
from xcbulletin.proofing.numbers.units import COUNTED, PERCENT, UNITS
from xcbulletin.proofing.passages import Passage, PassageKind

TABLE_TOTAL = Rule(
    id="table-total-wrong",
    family=Family.NUMBERS,
    name="表中合计与分项不符",
    severity=Severity.WARNING,
    why="表中写“合计”的行或列，与各分项相加的结果不同，超出四舍五入可以解释的范围。",
    basis="统计表编制的通例：合计等于分项之和，因四舍五入不等时应注明",
    weight=1,
)
TABLE_GROWTH = Rule(
    id="table-growth-wrong",
    family=Family.NUMBERS,
    name="表中增幅算不对",
    severity=Severity.WARNING,
    why="表中列了相邻两年的数和增幅；按两年的数重算，结果与表中不同。如按可比口径计算，请在表注写明。",
    basis="国家统计局关于同比的指标解释",
    weight=1,
)
TABLE_SHARE = Rule(
    id="table-share-wrong",
    family=Family.NUMBERS,
    name="表中占比算不对",
    severity=Severity.WARNING,
    why="表中的占比与各项除以合计的结果不同，或者各项占比加起来不是 100%。",
    basis="统计表编制的通例",
    weight=1,
)

_TOTAL = re.compile(r"(?:合\s*计|总\s*计|共\s*计|总和|全部)(?:[（(].*[）)])?")
_RATE = re.compile(r"[%％率均价]|增速|增幅|增长|同比|环比|密度|指数|排名|位次|序号|年份|时间|日期")
_GROWTH = re.compile(r"同比|增长|增幅|增速|涨幅|变动|变化")
_SHARE = re.compile(r"占比|比重|份额|构成|比例|占.{0,6}的?[%％]")
_PER_CENT = re.compile(r"[%％]")
_UNIT = re.compile(r"[（(/／]\s*([^（）()/／]{1,6})[）)]?\s*\Z")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_SUBSET = re.compile("其中|小计|#")

Found = tuple[Passage, Slip]


@dataclass(frozen=True, kw_only=True)
class Table:
    """The cells of one table, by row and column from 0; row 0 holds the heads."""

    cells: dict[tuple[int, int], Passage]

    @property
    def rows(self) -> list[int]:
        """The rows below the heads."""
        return sorted({row for row, _ in self.cells if row})

    @property
    def columns(self) -> list[int]:
        """The columns beside the labels."""
        return sorted({column for _, column in self.cells if column})

    def text(self, row: int, column: int) -> str:
        """Return what a cell holds."""
        cell = self.cells.get((row, column))
        return cell.text.strip() if cell else ""

    def quantity(self, row: int, column: int) -> Quantity | None:
        """Return what a cell says, in the unit that its head names."""
        named = _UNIT.search(self.text(0, column))
        unit = named[1] if named else ""
        known = UNITS[unit][0] if unit in UNITS else ""
        return cell_quantity(self.text(row, column), known if known in COUNTED else "")

    def column(self, column: int, rows: Sequence[int]) -> list[Quantity] | None:
        """Return a column's figures in one unit, or None where one is missing."""
        found = [self.quantity(row, column) for row in rows]
        figures = [figure for figure in found if figure]
        whole = len(figures) == len(found) >= 2 and len({figure.unit for figure in figures}) == 1
        return figures if whole else None

    def slip(self, row: int, column: int, slip: Slip) -> Found:
        """Return what is wrong with a cell, with the cell."""
        return self.cells[row, column], slip


def tables(passages: Sequence[Passage]) -> list[Table]:
    """Return the tables that cells make up."""
    found: dict[int, dict[tuple[int, int], Passage]] = defaultdict(dict)
    for passage in passages:
        if passage.kind is PassageKind.CELL and passage.cell:
            found[passage.cell.table][passage.cell.row, passage.cell.column] = passage
    return [Table(cells=cells) for cells in found.values()]


def check_table(table: Table) -> Iterator[Found]:
    """Yield what does not add up in a table."""
    yield from _total_row(table)
    yield from _total_column(table)
    yield from _growth(table)
    yield from _shares(table)


def _parts(table: Table) -> tuple[list[int], int | None]:
    """Return the rows that a total's row adds up, and that row; no rows where some stand within others."""
    totals = [row for row in table.rows if _TOTAL.fullmatch(table.text(row, 0))]
    rest = [row for row in table.rows if row not in totals]
    if any(_SUBSET.search(table.text(row, 0)) for row in rest) or len(totals) > 1:
        return [], None
    if totals and totals[0] in (table.rows[0], table.rows[-1]):
        return rest, totals[0]
    return rest, None


def _total_row(table: Table) -> Iterator[Found]:
    rows, last = _parts(table)
    for column in table.columns if last is not None else ():
        head = table.text(0, column)
        share = bool(_SHARE.search(head)) and not _GROWTH.search(head)
        if last is None or (_RATE.search(head) and not share):
            continue
        printed, parts = table.quantity(last, column), table.column(column, rows)
        if printed and parts and printed.unit == parts[0].unit:
            if share and abs(printed.value - HUNDRED) > 1:
                continue
            if not (reckoned := total(parts)).agrees(printed):
                how = f"“{head}”一列各行相加"
                yield table.slip(
                    last, column, wrong_figure(TABLE_TOTAL, printed, reckoned, how, certain=True)
                )


def _total_column(table: Table) -> Iterator[Found]:
    heads = {column: table.text(0, column) for column in table.columns}
    if len(heads) < 3 or not _TOTAL.fullmatch(list(heads.values())[-1]):
        return
    *parts, last = heads
    if any(_RATE.search(heads[column]) or _SUBSET.search(heads[column]) for column in parts):
        return
    for row in table.rows:
        printed = table.quantity(row, last)
        figures = [table.quantity(row, column) for column in parts]
        given = [figure for figure in figures if figure]
        if printed is None or len(given) != len(figures) or _RATE.search(table.text(row, 0)):
            continue
        reckoned = total(given)
        if all(figure.unit == printed.unit for figure in given) and not reckoned.agrees(printed):
            how = f"“{table.text(row, 0)}”一行各列相加"
            yield table.slip(row, last, wrong_figure(TABLE_TOTAL, printed, reckoned, how, certain=True))


def _growth(table: Table) -> Iterator[Found]:
    heads = {column: table.text(0, column) for column in table.columns}
    years = {column: int(match[1]) for column, head in heads.items() if (match := _YEAR.search(head))}
    values = {column: year for column, year in years.items() if not _RATE.search(heads[column])}
    rates = [column for column, head in heads.items() if _GROWTH.search(head) and _PER_CENT.search(head)]
    if len(values) != 2 or len(rates) != 1 or max(values.values()) - min(values.values()) != 1:
        return
    old, new = sorted(values, key=lambda column: values[column])
    for row in table.rows:
        before, after, printed = (table.quantity(row, column) for column in (old, new, rates[0]))
        reckoned = growth(after, before) if before and after and before.unit == after.unit else None
        if before and after and printed and reckoned and not reckoned.agrees(printed):
            how = f"{after.words}与{before.words}相比"
            yield table.slip(row, rates[0], wrong_figure(TABLE_GROWTH, printed, reckoned, how, signed=False))


def _shares(table: Table) -> Iterator[Found]:
    heads = {column: table.text(0, column) for column in table.columns}
    share = [column for column, head in heads.items() if _SHARE.search(head) and not _GROWTH.search(head)]
    values = [column for column, head in heads.items() if not _RATE.search(head) and not _SHARE.search(head)]
    rows, last = _parts(table)
    if len(share) != 1 or not rows:
        return
    if len(values) == 1 and last is not None and (whole := table.quantity(last, values[0])):
        yield from _share_of_total(table, rows, values[0], share[0], whole)
    if last is None and re.match("其他|其它|其余", table.text(rows[-1], 0)):
        yield from _shares_of_hundred(table, rows, share[0])


def _share_of_total(
    table: Table, rows: Sequence[int], value: int, share: int, whole: Quantity
) -> Iterator[Found]:
    for row in rows:
        part, printed = table.quantity(row, value), table.quantity(row, share)
        reckoned = percentage(part, whole) if part and part.unit == whole.unit else None
        if part and printed and reckoned and printed.unit in ("", PERCENT) and not reckoned.agrees(printed):
            slip = wrong_figure(TABLE_SHARE, printed, reckoned, f"{part.words}占{whole.words}", certain=True)
            yield table.slip(row, share, slip)


def _shares_of_hundred(table: Table, rows: Sequence[int], share: int) -> Iterator[Found]:
    figures = table.column(share, rows)
    reckoned = total(figures) if figures else None
    if (
        figures
        and reckoned
        and not reckoned.interval[0] - Decimal("0.1") <= HUNDRED <= reckoned.interval[1] + Decimal("0.1")
    ):
        message = f"“{table.text(0, share)}”一列各项加起来是{reckoned.value}%，不是 100%"
        slip = Slip(
            rule=TABLE_SHARE,
            start=figures[-1].start,
            end=figures[-1].end,
            message=message,
            suggestion="核对各项占比",
        )
        yield table.slip(rows[-1], share, slip)
