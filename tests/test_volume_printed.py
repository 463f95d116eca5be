"""An annual volume as a reader finds it: every number in contents and indexes is that of the page."""

import datetime
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import page as validation
import pikepdf
import pytest
from bound import unspaced
from conftest import ROOT, make_workspace, write, write_article, write_issue
from pagecheck import check_all, running_text

from xcbulletin.archive.volume.names import POLICY_ENDINGS
from xcbulletin.errors import PrintError, ProblemsError, WorkspaceError
from xcbulletin.model import IssueId, Problem
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.pages import issue_label
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.readingroom.binding import bind_volume
from xcbulletin.readingroom.reading import issues_out
from xcbulletin.settings import Workspace, open_workspace
from xcbulletin.workshop import Workshop
from xcbulletin.workspace import issue_ids

ARTICLES = {
    "01.md": """---
title: 许继集团与“</script>/”同题
industries: [nev]
source: {name: 《河南省氢能产业发展规划（2021—2025年）》与瑞贝卡}
author: 远东传动
corrections: [{date: 2021-05-30, note: 原文“森源电气”误作“森源集团”}]
---
MANY

## 西继迅达的小标题

见[@fig-1]和[@tbl-1][^1]，**宇**通客车与**许昌智**能电网股份，《**关于**加快许昌智能产业的若干措施》。

```chart
kind: bar
title: 各家产量
id: fig-1
rows: [[企业, 量], [许继电气, 5], [平高电气, 7]]
source: 众品
```

表：特变电工产量 {#tbl-1}

| 企业 | 量 |
|---|---|
| 思源电气 | 5 |

数据来源：金风科技

```keyfigures
title: 国电南瑞一年
figures:
  - {value: 5, label: 明阳智能订单}
```

[^1]: 脚注里的东方电缆。
""",
    "02.md": "---\ntitle: 许继集团与“</script>/”同题\nindustries: [nev]\n---\n短文，见《“双碳”行动方案》（试行）。\n",
}


FOLIO = re.compile(r"— (\d+) —|[IVX]+")
ENTRY = re.compile(r"(.+?)((?:\d+(?:–\d+)?，)*\d+(?:–\d+)?)")


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page as it is read aloud: its lines without blanks, what stands above and below them apart."""

    label: str
    head: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.lines)


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A volume that was bound, with what was said of it."""

    path: Path
    problems: tuple[Problem, ...]
    workspace: Workspace
    pages: tuple[Page, ...]

    @property
    def body(self) -> dict[int, Page]:
        """The pages of the issues, by number."""
        numbered = [one for one in self.pages if one.label.isdecimal()]
        return {int(one.label): one for one in numbered if re.search(r"\d期（总第\d", one.head)}

    def part(self, name: str) -> list[str]:
        """Return the lines of a contents or an index, without its heading."""
        return [line for one in self.pages if one.head.endswith(name) for line in one.lines if line != name]

    def index(self, name: str) -> dict[str, list[int]]:
        """Return the names of an index with all their pages; a long name takes several lines."""
        found, pending = {}, ""
        for line in self.part(name)[1:]:
            if re.fullmatch("[A-Z]|0—9A—Z|其他", line):
                continue
            pending += line
            if match := ENTRY.fullmatch(pending):
                found[match[1]] = [page for span in match[2].split("，") for page in pages_of(span)]
                pending = ""
        assert pending == ""
        return found


def pages_of(span: str) -> range:
    first, _, last = span.partition("–")
    return range(int(first), int(last or first) + 1)


def read_pages(path: Path) -> tuple[Page, ...]:
    texts = subprocess.run(
        ["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    with pikepdf.open(path) as pdf:
        labels = [page.label for page in pdf.pages]
    return tuple(
        read_page(label, text.strip().split("\n"))
        for label, text in zip(labels, texts.split("\f")[:-1], strict=True)
    )


def read_page(label: str, lines: list[str]) -> Page:
    """Tell a page's running head and number, which stand last, from its text."""
    if (folio := FOLIO.fullmatch(lines[-1])) is None:
        assert label == "封面"
        return Page(label=label, head="", lines=tuple(map(unspaced, lines)))
    assert label == (folio[1] or folio[0])
    return Page(label=label, head=unspaced(lines[-2]), lines=tuple(map(unspaced, lines[:-2])))


@pytest.fixture(scope="module")
def root(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001  skipped without
    root = tmp_path_factory.mktemp("合订")
    shutil.copy(ROOT / "bulletin.yaml", root)
    shutil.copytree(ROOT / "sources", root / "sources", ignore=shutil.ignore_patterns("*.db*"))
    for issue in ("2021-01", "2021-03", "ai-governance-2021"):
        shutil.copytree(ROOT / "issues" / issue, root / "issues" / issue)
    write(
        root / "issues/2021-05/issue.yaml",
        "date: 2021-05-31\nnumber: 5\ntotal_number: 41\nimprint: {permit_number: 准印第5号}\n",
    )
    # So many names that some are broken at the end of a line, and one at the end of a page.
    names = sorted(name for name in known_companies(open_workspace(root, {})) if len(name) == 4)[:300]
    for name, text in ARTICLES.items():
        write(root / "issues/2021-05/news" / name, text.replace("MANY", f"黄河旋风与{'与'.join(names)}。"))
    write(root / "issues/2021-06/issue.yaml", "date: 2021-06-30\nnumber: 六\n")
    write(root / "issues/2020-12/issue.yaml", "date: 2020-12-31\nnumber: 十二\n")
    return root


@pytest.fixture(scope="module")
def bound(root: Path) -> Bound:
    with Workshop(root, {}) as workshop:
        path, problems = bind_volume(workshop, 2021, issue_ids(root))
    assert path == root / "build/archive/volumes/2021.pdf"
    return Bound(path=path, problems=problems, workspace=open_workspace(root, {}), pages=read_pages(path))


# Indexes


def names_on(text: str, names: Sequence[str]) -> set[str]:
    """Return which names stand in a text, those inside longer ones left out: a slow way that is plainly right."""
    found = set()
    for name in sorted(names, key=len, reverse=True):
        if name in text:
            found.add(name)
            text = text.replace(name, "\n")
    return found


def known_companies(workspace: Workspace) -> list[str]:
    """Return the companies whose names have no blank, which is lost where a line ends."""
    names = {
        *workspace.settings.locality.companies,
        *workspace.settings.archive.companies,
        *(name for one in workspace.industries for name in one.companies),
    }
    return [name for name in names if not name.isascii()]


def expected_index(bound: Bound, names: Sequence[str]) -> dict[str, list[int]]:
    """Return the pages of each name; one that goes on overleaf is on the page where it begins."""
    found: dict[str, set[int]] = {}
    for number, page in bound.body.items():
        following = bound.body.get(number + 1)
        overleaf = following.lines[0] if following else ""
        for name in names_on(page.text, names):
            found.setdefault(name, set()).add(number)
        for name in names:
            if goes_on_overleaf(name, page, overleaf):
                found.setdefault(name, set()).add(number)
    return {name: sorted(pages) for name, pages in found.items()}


def goes_on_overleaf(name: str, page: Page, overleaf: str) -> bool:
    """Tell whether a name is broken at the end of a page, below which notes may stand."""
    return any(
        overleaf.startswith(name[at:]) and any(line.endswith(name[:at]) for line in page.lines)
        for at in range(1, len(name))
    )


def test_a_company_has_every_page_on_which_it_is_named_and_no_other(bound: Bound) -> None:
    names = known_companies(bound.workspace)
    found = {name: pages for name, pages in bound.index("企业索引").items() if not name.isascii()}
    assert found == expected_index(bound, names)
    hidden = (
        "许继集团",
        "远东传动",
        "西继迅达",
        "许昌智能",
        "许继电气",
        "平高电气",
        "众品",
        "特变电工",
        "思源电气",
    )
    assert {*hidden, "金风科技", "国电南瑞", "明阳智能", "东方电缆", "瑞贝卡", "森源电气", "森源集团"} <= set(
        found
    )
    ends = [(page, after.lines[0]) for page, after in pairwise(bound.body.values())]
    assert any(goes_on_overleaf(name, page, overleaf) for name in names for page, overleaf in ends)


def test_a_document_of_policy_has_every_page_on_which_it_is_named_and_no_other(bound: Bound) -> None:
    found = bound.index("政策文件索引")
    titles = set(re.findall("《[^《》]+》", "".join(page.text for page in bound.body.values())))
    bare = {title: re.sub("（[^（）]*）》$", "》", title) for title in titles}
    documents = [title for title in titles if bare[title][:-1].endswith((*POLICY_ENDINGS, "法"))]
    assert found == expected_index(bound, documents)
    assert {"《河南省氢能产业发展规划（2021—2025年）》", "《“双碳”行动方案》"} <= set(found)
    assert "《关于加快许昌智能产业的若干措施》" in found


def test_names_stand_in_order_under_their_initials(bound: Bound) -> None:
    lines = bound.part("企业索引")
    letters = [line for line in lines if re.fullmatch("[A-Z]", line)]
    assert letters == sorted(letters)
    assert lines.index("Y") < next(at for at, line in enumerate(lines) if line.startswith("远东传动"))


def test_every_article_stands_under_its_industries_with_its_page(bound: Bound) -> None:
    for industry in bound.workspace.industries:
        entries = [one for each in editions(bound) for one in each.entries if industry in one.industries]
        assert numbered_wrongly(bound, "产业索引", industry.name, [one.title for one in entries]) == []


# Contents


def editions(bound: Bound) -> list[Edition]:
    with Workshop(bound.workspace.root, {}) as workshop:
        return [workshop.compose(IssueId(f"2021-0{month}")).edition for month in (1, 3, 5)]


def numbered_wrongly(
    bound: Bound, part: str, above: str, titles: Sequence[str], beside: str = ""
) -> list[str]:
    """Return the titles below a line of a part that have not the number of their page behind them.

    `beside` is what may stand in front of a title, as a pattern.
    """
    text = "\n".join((*bound.part(part), "")).replace("·", "")
    own = (r"\n?".join(map(re.escape, unspaced(title))) for title in titles)
    pattern = above + r"\n" + "".join(rf"(?:(?:{beside})\n?)?{title}\n?(\d+)\n" for title in own)
    match = re.search(pattern, text)
    assert match, pattern
    numbers = map(int, match.groups())
    return [
        title for title, at in zip(titles, numbers, strict=True) if unspaced(title) not in bound.body[at].text
    ]


def test_every_article_stands_in_the_contents_with_its_page(bound: Bound) -> None:
    columns = "|".join(one.name for one in bound.workspace.settings.columns)
    for edition in editions(bound):
        titles = [entry.title for entry in edition.entries]
        above = re.escape(issue_label(edition)) + r"\d+"
        assert numbered_wrongly(bound, "总目录", above, titles, columns) == []


def test_the_cover_says_which_issues_are_bound(bound: Bound) -> None:
    issues = "第1、3、5期（总第37、39、41期）"
    for text in (
        "内部资料免费交流",
        "准印第5号",
        "许昌竞争情报快递",
        f"2021年合订本{issues}",
        "许昌市科学技术情报研究所",
    ):
        assert text in bound.pages[0].text


def test_reports_of_the_year_are_listed(bound: Bound) -> None:
    assert bound.part("专题报告目录")[1] == "全球人工智能治理与产业合作观察"
    assert "共筑" not in "".join(page.text for page in bound.body.values())


# The whole


def test_pages_are_numbered_through_the_volume(bound: Bound) -> None:
    labels = [page.label for page in bound.pages]
    front = labels.index("1")
    assert labels[:front] == ["封面", "I", "II"][:front]
    assert labels[front:] == [str(number) for number in range(1, len(labels) - front + 1)]


def test_each_issue_begins_on_a_page_of_its_own_under_its_own_head(bound: Bound) -> None:
    heads = [re.search(r"第(\d)期", page.head)[1] for page in bound.body.values()]  # type: ignore[index]
    assert [head for head, after in pairwise((*heads, "")) if head != after] == ["1", "3", "5"]
    for month in "135":
        first = list(bound.body.values())[heads.index(month)]
        label = f"2021年第{month}期（总第{36 + int(month)}期）"
        assert (first.lines[1], first.head) == (label, f"许昌竞争情报快递2021年合订本{label}")


def test_bookmarks_lead_to_issues_and_their_articles(bound: Bound) -> None:
    with pikepdf.open(bound.path) as pdf, pdf.open_outline() as outline:
        tree = {item.title: [child.title for child in item.children] for item in outline.root}
    issues = [f"2021年第{month}期（总第{36 + month}期）" for month in (1, 3, 5)]
    indexes = ["产业索引", "企业索引", "政策文件索引"]
    assert list(tree) == ["许昌竞争情报快递", "总目录", *issues, "专题报告目录", *indexes]
    assert tree[issues[0]][:2] == ["新年第一件事：把数据读准", "2020年我国新能源汽车销量达136.7万辆"]
    assert tree[issues[2]] == ["许继集团与“</script>/”同题"] * 2


def test_figures_keep_their_numbers_and_references_lead_to_them(bound: Bound) -> None:
    with pikepdf.open(bound.path) as pdf:
        names = list(pdf.Root.Names.Dests.Names)
        numbers = {page.obj.objgen: page.label for page in pdf.pages}
        places = {
            str(name): numbers[place[0].objgen] for name, place in zip(names[::2], names[1::2], strict=True)
        }
        links = {str(link.Dest) for page in pdf.pages for link in page.get("/Annots", []) if "/Dest" in link}
    figures = [place for place in places if re.search(":(fig|tbl)-", place)]
    assert {place for place in figures if place.startswith("2021-05")} == {"2021-05:fig-1", "2021-05:tbl-1"}
    for place in figures:
        label = place.rpartition(":")[2].replace("fig-", "图").replace("tbl-", "表")
        assert any(line.startswith(label) for line in bound.body[int(places[place])].lines)
    assert {"2021-01:fig-1", "2021-03:fig-1", "2021-05:fig-1"} <= links <= set(places)


def test_a_volume_is_pdf_a_and_pdf_ua(bound: Bound) -> None:
    for profile in (validation.ValidationProfile.PDF_A_2A, validation.ValidationProfile.PDF_UA_1):
        report = validation.validate_pdf(str(bound.path), profile=profile)
        assert report.is_compliant, report.failures
    with pikepdf.open(bound.path) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert str(pdf.docinfo.Title) == "许昌竞争情报快递 2021年合订本"
        assert str(pdf.docinfo.CreationDate).startswith("D:20210531")


OF_WHAT_IS_NO_RUNNING_TEXT = {"7 Han-Latin", "8 indent"}


def test_its_lines_keep_the_rules_though_names_are_marked(bound: Bound) -> None:
    found = check_all(running_text(bound.path))
    assert {rule: one for rule, one in found.items() if one and rule not in OF_WHAT_IS_NO_RUNNING_TEXT} == {}


# What is wrong


def test_an_issue_that_cannot_be_read_is_named_and_the_rest_is_bound(bound: Bound) -> None:
    assert list(map(str, bound.problems)) == [
        "issues/2021-06/issue.yaml:2: “number”应为整数（如 12），现为“六”",
    ]


def test_a_year_without_issues_is_told(root: Path) -> None:
    with Workshop(root, {}) as workshop, pytest.raises(WorkspaceError) as raised:
        bind_volume(workshop, 2019, issue_ids(root))
    assert (
        str(raised.value) == "2019 年没有可以合订的快递；请核对年份（写四位，如 2021），或先把该年的各期定稿"
    )


def test_a_year_of_which_nothing_can_be_read_is_told_why(root: Path) -> None:
    with Workshop(root, {}) as workshop, pytest.raises(ProblemsError) as raised:
        bind_volume(workshop, 2020, issue_ids(root))
    assert str(raised.value) == "issues/2020-12/issue.yaml:2: “number”应为整数（如 12），现为“十二”"
    assert not (root / "build/archive/volumes/2020.pdf").exists()


def test_an_issue_that_the_machine_does_not_give_is_named_and_the_rest_is_bound(small: Path) -> None:
    settings = small / "issues/2021-01/issue.yaml"
    settings.unlink()
    settings.symlink_to("/proc/self/mem")  # not even root can read it
    with Workshop(small, {}) as workshop:
        out = issues_out(workshop, datetime.date(2026, 1, 1))
        path, problems = bind_volume(workshop, 2021, out)
    assert [problem.place.file for problem in problems] == ["issues/2021-01"]
    assert path.exists()


@pytest.fixture
def small(fonts: FontSet, tmp_path: Path) -> Path:  # noqa: ARG001  skipped without
    """A workspace with two short issues."""
    workspace = make_workspace(tmp_path)
    for month in (1, 2):
        folder = write_issue(workspace, f"2021-0{month}", f"date: 2021-0{month}-20\n")
        write_article(folder, "news/01.md", "许继电气中标。\n", title="许继电气中标")
    return tmp_path


def test_the_same_issues_are_the_same_bytes_in_whatever_order_they_are_given(small: Path) -> None:
    with Workshop(small, {}) as workshop:
        path, _ = bind_volume(workshop, 2021, issue_ids(small))
        before = path.read_bytes()
        bind_volume(workshop, 2021, issue_ids(small)[::-1])
    assert path.read_bytes() == before


def test_a_template_that_loses_a_place_is_told(small: Path) -> None:
    blocks = '{% extends "shared/blocks.html" %}{% macro mention(node, content) %}{ content }{% endmacro %}'
    write(small / "templates/volume/blocks.html", blocks)
    with Workshop(small, {}) as workshop, pytest.raises(PrintError) as raised:
        bind_volume(workshop, 2021, issue_ids(small))
    assert str(raised.value) == (
        "合订本里没有印出索引要指的位置（2021-01:news-1-m1）；多半是 templates/volume/ 里的模板改过："
        "请改回原样，或删去改过的文件以改用程序自带的模板"
    )
