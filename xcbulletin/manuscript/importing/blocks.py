"""What every reader of a file gives: a document as a row of blocks, each with its place in the file."""

from collections.abc import Iterable
from dataclasses import dataclass

from xcbulletin.manuscript.importing.inline import Inline, plain
from xcbulletin.model import Place, Problem, Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """The file that is imported, and what its places are counted in."""

    file: str
    unit: str = "行"

    def remark(self, line: int | None, rule: str, message: str, suggestion: str | None = None) -> Problem:
        """Return something the editor should look at after the import."""
        return Problem(
            place=Place(file=self.file, line=line),
            rule=f"import-{rule}",
            message=message,
            suggestion=suggestion,
            severity=Severity.WARNING,
        )

    def where(self, lines: Iterable[int]) -> str:
        """Return places in words: 第 3、5–7 行."""
        return f"第 {'、'.join(_ranges(sorted(set(lines))))} {self.unit}"


def _ranges(lines: list[int]) -> list[str]:
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """A picture that came with the document."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """A line that the file itself marks as a heading."""

    line: int
    text: Inline
    level: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """A paragraph, or a line that stands alone."""

    line: int
    text: Inline
    quoted: bool = False
    is_cut: bool = False
    """Whether the paragraph goes on after a line break: the next block is its next line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """An entry of a list; `number` is None where the list has bullets."""

    line: int
    text: Inline
    depth: int = 0
    number: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table, its first row the head; all rows are equally long."""

    line: int
    rows: tuple[tuple[Inline, ...], ...]
    caption: Inline = ()
    label: str = ""
    """The whole caption as it stood in the file, with its number."""
    kind: str = "表"
    source: Inline = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture in the file; `asset` is None where the picture itself did not come along."""

    line: int
    alt: str = ""
    asset: Asset | None = None
    reference: str = ""
    """Where the file says that the picture is, or what kept it from being taken."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A captioned picture, or the place that waits for one."""

    line: int
    caption: Inline
    label: str = ""
    asset: Asset | None = None
    source: Inline = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """Lines between fences, kept as they are."""

    line: int
    info: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A line drawn across the page."""

    line: int
    text: str


Block = Heading | Paragraph | Item | Table | Picture | Figure | Code | Rule


@dataclass(frozen=True, kw_only=True, slots=True)
class Footnote:
    """The text of a footnote."""

    line: int
    label: str
    text: Inline


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A file as read, before anybody asked what its parts mean."""

    origin: Origin
    blocks: tuple[Block, ...]
    notes: tuple[Footnote, ...] = ()
    remarks: tuple[Problem, ...] = ()


def text_of(block: Block) -> str:
    """Return the running text of a heading, paragraph or list entry, else nothing."""
    return plain(block.text) if isinstance(block, Heading | Paragraph | Item) else ""


def even_rows(rows: Iterable[Iterable[Inline]]) -> tuple[tuple[Inline, ...], ...]:
    """Return rows filled up with empty cells to the width of the widest."""
    fixed = [tuple(row) for row in rows]
    width = max(map(len, fixed), default=0)
    return tuple(row + ((),) * (width - len(row)) for row in fixed)
