"""Importing an existing issue or report: a file of raw text, Markdown, HTML or Word to the files of an issue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xcbulletin.errors import ImportFailedError
from xcbulletin.manuscript.importing.bulletin import arrange_bulletin
from xcbulletin.manuscript.importing.formats import read_document
from xcbulletin.manuscript.importing.kinds import kind_remark
from xcbulletin.manuscript.importing.report import arrange_report
from xcbulletin.model import Column, Industry, Kind, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What a file became: the files of an issue's folder, and what the editor should look at."""

    files: Mapping[str, bytes]
    """By path in the issue's folder."""
    remarks: tuple[Problem, ...]


def import_document(
    content: bytes,
    name: str,
    kind: Kind,
    columns: Sequence[Column],
    industries: Sequence[Industry],
    issue_date: date | None,
    today: date,
) -> Imported:
    """Return a file's content as an issue; `issue_date` counts where the file gives no date,
    and where there is neither, `today`, with a remark.

    `columns` are those of the bulletin. Raises ImportFailedError where the file cannot be imported.
    """
    document = read_document(content, name)
    if not document.blocks:
        raise ImportFailedError(f"{name}: 文件里没有文字，无法导入；请确认选对了文件")
    if kind is Kind.REPORT:
        laid = arrange_report(document, industries, issue_date, today)
    else:
        laid = arrange_bulletin(document, columns, industries, issue_date, today)
    return Imported(
        files=laid.files, remarks=(*kind_remark(document, kind, columns), *document.remarks, *laid.remarks)
    )
