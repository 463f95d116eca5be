"""Items that the law (profile permit) or the custom of 简报 (profile brief) wants printed."""

import datetime
import re
from collections.abc import Iterator, Mapping

from xcbulletin.model import Issue, Kind, Place, Severity
from xcbulletin.proofing.context import Context
from xcbulletin.proofing.findings import Family, Finding, Rule
from xcbulletin.workspace import SETTINGS_FILE

PERMIT_NUMBER = Rule(
    id="imprint-permit",
    family=Family.IMPRINT,
    name="准印证号",
    severity=Severity.WARNING,
    why="内部资料性出版物须在封面印出准印证编号，没有编号不得印刷。",
    basis="《内部资料性出版物管理办法》（2015）第十四条",
)
NOTICE = Rule(
    id="imprint-notice",
    family=Family.IMPRINT,
    name="“内部资料，免费交流”",
    severity=Severity.WARNING,
    why="内部资料性出版物须在封面印出“内部资料，免费交流”。",
    basis="《内部资料性出版物管理办法》（2015）第十四条",
)
ITEMS = Rule(
    id="imprint-items",
    family=Family.IMPRINT,
    name="版记项目",
    severity=Severity.WARNING,
    why="编印单位、发送对象、印刷单位、印刷日期、印数须印在明显的位置，连续性的还要印期号；"
    "公文性简报按习惯印编印单位、期号、报送发和共印份数。",
    basis="《内部资料性出版物管理办法》（2015）第十四条；简报格式的习惯",
)
RULES = (PERMIT_NUMBER, NOTICE, ITEMS)

_NOTICE = re.compile(r"内部资料[，,　 、·]*免费交流")


def find(issue: Issue, texts: Mapping[str, str], context: Context) -> Iterator[Finding]:
    """Yield what is not there yet; nothing where `issue.yaml` could not be read."""
    if issue.date == datetime.date.min:
        return
    file = f"issues/{issue.id}/issue.yaml"
    here = _line_of("imprint", file, texts)
    if context.profile == "permit":
        if not issue.imprint.permit_number:
            yield Finding(
                rule=PERMIT_NUMBER,
                place=here,
                excerpt="",
                message="版记缺少准印证号（permit_number）",
                suggestion="请填写准印证上的编号；按公文性简报印行的，请在 bulletin.yaml 写 profile: brief",
            )
        yield from _notice(texts, context)
    if missing := _missing(issue, context):
        yield Finding(
            rule=ITEMS,
            place=here,
            excerpt="",
            message=f"版记还缺{'、'.join(missing)}",
            suggestion="请在 issue.yaml 里补上；每期都一样的，写在 bulletin.yaml 里",
        )


def _notice(texts: Mapping[str, str], context: Context) -> Iterator[Finding]:
    if not _NOTICE.search(context.notice or ""):
        yield Finding(
            rule=NOTICE,
            place=_line_of("notice" if context.notice else "masthead", SETTINGS_FILE, texts),
            excerpt=context.notice or "",
            message=f"封面的提示语应含“内部资料，免费交流”，现为“{context.notice}”"
            if context.notice
            else "封面没有“内部资料，免费交流”",
            suggestion="请在 bulletin.yaml 的 masthead 里写 notice: 内部资料，免费交流",
        )


def _missing(issue: Issue, context: Context) -> list[str]:
    imprint = issue.imprint
    permit = context.profile == "permit"
    items = (
        ("编印单位（publisher）", bool(issue.publishers)),
        ("期号（number）", issue.number is not None or (issue.kind is Kind.REPORT and not permit)),
        ("发送对象（recipients）" if permit else "报、送、发（recipients）", bool(imprint.recipients)),
        ("印刷单位（printer）", bool(imprint.printer) or not permit),
        ("印刷日期（print_date）", imprint.print_date is not None or not permit),
        ("印数（copies）" if permit else "共印份数（copies）", bool(imprint.copies)),
    )
    return [name for name, there in items if not there]


def _line_of(key: str, file: str, texts: Mapping[str, str]) -> Place:
    """Return the line on which a key stands; without it, the file."""
    text = texts.get(file, "")
    match = re.search(rf"^\s*{key}:", text, re.MULTILINE)
    return Place(file=file, line=text.count("\n", 0, match.end()) + 1 if match else None)
