"""A new issue reads at once, and says where its own words still stand."""

import datetime

import pytest

from xcbulletin.manuscript.new import PLACEHOLDER, last_day, lay_out
from xcbulletin.manuscript.read import read_issue
from xcbulletin.manuscript.write import add_issue
from xcbulletin.model import REPORT_PARTS, IssueId, Kind
from xcbulletin.settings import Workspace

TODAY = datetime.date(2021, 3, 7)


@pytest.mark.parametrize("kind", Kind)
def test_a_new_issue_reads_and_names_what_is_to_be_written(workspace: Workspace, kind: Kind) -> None:
    columns = REPORT_PARTS if kind is Kind.REPORT else workspace.columns
    add_issue(workspace.root / "issues" / "2021-02", lay_out("2021-02", kind, columns, TODAY))
    issue, problems = read_issue(workspace, IssueId("2021-02"))
    assert {problem.rule for problem in problems} == {"placeholder"}
    assert {problem.place.file for problem in problems} >= {article.file for article in issue.articles}
    assert (issue.kind, issue.date) == (kind, datetime.date(2021, 2, 28))
    assert [article.column for article in issue.articles] == [column.code for column in columns]
    assert {article.body.strip() for article in issue.articles} == {PLACEHOLDER}


def test_the_columns_of_a_bulletin_are_laid_out(workspace: Workspace) -> None:
    files = lay_out("2021-12", Kind.BULLETIN, workspace.columns, TODAY)
    assert list(files) == [
        "issue.yaml",
        "editorial.md",
        "news/01.md",
        "trends/01.md",
        "reports/01.md",
        "finance/01.md",
    ]
    assert "number: 12 " in files["issue.yaml"].decode()


def test_a_special_issue_is_dated_today(workspace: Workspace) -> None:
    files = lay_out("ai-report", Kind.REPORT, workspace.columns, TODAY)
    assert "date: 2021-03-07\n" in files["issue.yaml"].decode()


@pytest.mark.parametrize(
    ("issue", "date"),
    [
        ("2021-01", datetime.date(2021, 1, 31)),
        ("2020-02", datetime.date(2020, 2, 29)),
        ("2021-13", None),
        ("2021-00", None),
        ("0000-01", None),
        ("report", None),
    ],
)
def test_a_months_issue_is_dated_its_last_day(issue: str, date: datetime.date | None) -> None:
    assert last_day(issue) == date
