"""The bad cases: issues of one article and of eighty, titles and addresses without end, pictures higher than a page."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from conftest import make_workspace, write, write_article, write_issue
from gallery.layout import Piece, read_layout
from gallery.printing import Variant, print_variants
from pagecheck import check_balance, check_block, check_flush, check_gaps, read_blocks
from textblock import check_text_block, lost_characters

from xcbulletin.publishing.layout import lay_out_page
from xcbulletin.publishing.typesetting.press import Press
from xcbulletin.settings import PageSettings
from xcbulletin.workshop import Composed, Workshop
from xcbulletin.workspace import parse_issue_id

PAGES = {
    "a4": (PageSettings(), False),
    "columns": (PageSettings(columns=2), False),
    "16k": (PageSettings(size="16K"), False),
    "large": (PageSettings(), True),
}
TITLE = "关于进一步推动全市重点产业链上下游企业协同创新和数字化转型升级并加快建设区域性科技情报服务共享平台若干政策措施的解读与建议"
ADDRESS = "https://example.org/" + "a-very-long-path/" * 10 + "?q=0123456789"
WITHOUT_BREAK = "这一段没有任何标点只是为了看看一段两千字没有断点的文字怎样分行每一行都应当是满的" * 50
LINE = "全文只有这一句话。"
TALL = """<svg xmlns="http://www.w3.org/2000/svg" width="300" height="3000"><rect width="300" height="3000" fill="#123456"/></svg>"""
BAD = (
    (TITLE, LINE),
    ("很长的网址", f"网址{ADDRESS}写在正文里[^1]。\n\n[^1]: 网址{ADDRESS}写在注释里。"),
    ("表里的网址", f"|名称|网址|\n|---|---|\n|甲|{ADDRESS}|\n|乙|没有|"),
    ("很高的图", '前面的话。\n\n![很高的图](assets/tall.svg "图片来源：样例")\n\n后面的话。'),
    ("没有断点的一段", WITHOUT_BREAK),
    ("一行", LINE),
)
COLUMNS = ("news", "trends", "reports", "finance")
MANY = [f"第{number:02d}篇标题" for number in range(1, 81)]
CASES = (
    *(
        Variant(name=f"{issue}-{name}", title=name, issue=issue, page=page, large=large)
        for issue in ("bad", "many", "one")
        for name, (page, large) in PAGES.items()
    ),
    Variant(name="report", title="report", issue="report"),
)
Pdfs = Mapping[str, bytes]


def write_bad_issue(folder: Path, column: str) -> None:
    write(folder / "assets" / "tall.svg", TALL)
    for number, (title, body) in enumerate(BAD, 1):
        write_article(folder, f"{column}/{number}.md", body, title=title)


@pytest.fixture(scope="module")
def editions(press: Press, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Composed]:  # noqa: ARG001  skipped without fonts
    workspace = make_workspace(tmp_path_factory.mktemp("extremes") / "快递")
    head = "date: 2021-01-29\n"
    write_bad_issue(write_issue(workspace, "bad", head), "news")
    write_bad_issue(write_issue(workspace, "report", f"{head}kind: report\ntitle: {TITLE}\n"), "body")
    write_article(write_issue(workspace, "one", head), "news/01.md", LINE, title="唯一的文章")
    many = write_issue(workspace, "many", head)
    for index, title in enumerate(MANY):
        write_article(many, f"{COLUMNS[index // 20]}/{index}.md", LINE, title=title)
    with Workshop(workspace.root, {}) as workshop:
        return {name: workshop.compose(parse_issue_id(name)) for name in ("bad", "report", "one", "many")}


@pytest.fixture(scope="module")
def pdfs(editions: Mapping[str, Composed], press: Press) -> Pdfs:
    return print_variants(editions, press, CASES)


def each(cases: Sequence[Variant]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


@each(CASES)
def test_nothing_stands_outside_of_the_text_block(
    editions: Mapping[str, Composed], pdfs: Pdfs, case: Variant
) -> None:
    layout = lay_out_page(case.page, editions[case.issue].edition.kind, large=case.large)
    assert check_text_block(pdfs[case.name], layout) == []


@each(CASES)
def test_nothing_is_lost(editions: Mapping[str, Composed], pdfs: Pdfs, case: Variant) -> None:
    assert not lost_characters(pdfs[case.name], editions[case.issue].edition)


@each([case for case in CASES if case.issue in ("bad", "report")])
def test_the_lines_of_bad_cases_keep_the_rules(pdfs: Pdfs, case: Variant, tmp_path: Path) -> None:
    path = write(tmp_path / "a.pdf", pdfs[case.name])
    lines = read_blocks(path, "P", "TD", "Note")
    assert {name: found for name, found in check_block(lines).items() if found} == {}
    long = [line for line in read_blocks(path, "P") if line.text.count("没有") and "标点" in line.text]
    assert len(long) > 30
    assert check_flush(long) == check_gaps(long) == []


@each([case for case in CASES if case.issue == "bad"])
def test_a_title_of_sixty_characters_stands_in_even_lines(pdfs: Pdfs, case: Variant, tmp_path: Path) -> None:
    titles = read_blocks(write(tmp_path / "a.pdf", pdfs[case.name]), "H3")
    lines = [line for line in titles if line.text in TITLE]
    assert "".join(line.text for line in lines) == TITLE
    assert check_balance(lines, least=0.5) == []


@each([case for case in CASES if case.issue in ("bad", "report")])
def test_a_picture_higher_than_the_page_stands_on_one_with_its_caption(pdfs: Pdfs, case: Variant) -> None:
    pieces = read_layout(pdfs[case.name])
    (picture,) = [one for one in pieces if one.colour == "123456"]
    (caption,) = [
        one
        for one in pieces
        if one.text == "图1很高的图" and one.page == picture.page and one.top > picture.bottom
    ]
    assert 0 < caption.top - picture.bottom < 40
    assert (picture.bottom - picture.top) / (picture.x1 - picture.x0) == pytest.approx(10, rel=0.02)


@each([case for case in CASES if case.issue == "many"])
def test_the_contents_of_eighty_articles_are_true(pdfs: Pdfs, case: Variant) -> None:
    pieces = read_layout(pdfs[case.name])
    printed = dict(contents(pieces))
    assert list(printed) == MANY
    assert printed == {one.text: one.page for one in pieces if one.text in MANY and one.face == "Song-Bold"}
    assert len({one.page for one in pieces if one.text.startswith("··")}) > 1


def contents(pieces: Sequence[Piece]) -> Iterator[tuple[str, int]]:
    """Yield the titles that leaders stand behind, with the numbers behind those."""
    for title, leader, number in zip(pieces, pieces[1:], pieces[2:], strict=False):
        if found := re.fullmatch(r"··.*[·…](\d*)", leader.text):
            assert title.page == leader.page
            assert title.top == pytest.approx(leader.top, abs=0.3)
            yield title.text, int(found[1] or number.text)


@each([case for case in CASES if case.issue == "one"])
def test_an_issue_of_one_line_is_one_page(pdfs: Pdfs, case: Variant) -> None:
    assert {piece.page for piece in read_layout(pdfs[case.name])} == {1}
