"""A new issue with its columns laid out, for an editor to write over."""

import calendar
import datetime
import re
from collections.abc import Sequence

from xcbulletin.manuscript.write import format_article
from xcbulletin.model import Column, Kind

PLACEHOLDER = "（请在这里写正文）"
TO_BE_WRITTEN = "（请改写）"

_BULLETIN = """\
# 这一期的期号、日期和版记。“#”后面是说明，写好后可以删去。
kind: bulletin
number: {number}                  # 年内第几期
# total_number: 37          # 总第几期
date: {date}
imprint:
  print_date: {date}
  # permit_number: 准印证号
  # recipients: 发送对象
  # printer: 印刷单位
  # copies: 200             # 印数
"""

_REPORT = """\
# 报告的封面和版记。“#”后面是说明，写好后可以删去。
kind: report
title: {title}
# subtitle: ——副标题
date: {date}
# publisher: [编写单位]       # 不写就用 bulletin.yaml 里的
# industries: [ai]          # 报告所属的产业
imprint:
  print_date: {date}
"""

_LEADS = {
    "body": f"一、第一章标题{TO_BE_WRITTEN}",
}


def lay_out(issue: str, kind: Kind, columns: Sequence[Column], today: datetime.date) -> dict[str, bytes]:
    """Return the files of a new issue, by their path in its folder."""
    date = last_day(issue) or today
    if kind is Kind.REPORT:
        head = _REPORT.format(title=f"报告标题{TO_BE_WRITTEN}", date=date)
    else:
        head = _BULLETIN.format(number=date.month, date=date)
    texts = {"issue.yaml": head}
    for column in columns:
        texts[_first_file(column, kind)] = _article(column, kind)
    return {name: text.encode() for name, text in texts.items()}


def last_day(issue: str) -> datetime.date | None:
    """Return the last day of the month that an issue is named for, if it is named for one."""
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", issue)
    if match is None or match[1] == "0000":
        return None
    year, month = int(match[1]), int(match[2])
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def _first_file(column: Column, kind: Kind) -> str:
    single = column.code == "editorial" or (kind is Kind.REPORT and column.code != "body")
    return f"{column.code}.md" if single else f"{column.code}/01.md"


def _article(column: Column, kind: Kind) -> str:
    if kind is Kind.REPORT:
        title = _LEADS.get(column.code, column.name)
        return format_article({"title": title}, f"\n{PLACEHOLDER}\n")
    if column.code == "editorial":
        return format_article({"title": column.name}, f"\n{PLACEHOLDER}\n")
    return _WITH_SOURCE.format(name=column.name)


_WITH_SOURCE = f"""\
---
title: {{name}}标题{TO_BE_WRITTEN}
industries: []              # 如 [ai, robot]，也可写“人工智能”
# source: {{{{name: 来源单位, url: https://example.org/, date: 2021-01-05}}}}
# summary: 一句话摘要，全文太长、邮件放不下时用
---

{PLACEHOLDER}
"""
