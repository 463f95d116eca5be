"""Importing: raw text, Markdown, HTML and Word give the same issue, and lose no word on the way."""

import base64
import html
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from conftest import CORPUS
from docx.oxml.ns import qn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_cjk_friendly import cjk_friendly
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.footnote import footnote_plugin

from xcbulletin.errors import BulletinError, ImportFailedError
from xcbulletin.manuscript.frontmatter import split
from xcbulletin.manuscript.importing import Imported, import_document
from xcbulletin.manuscript.importing.blocks import (
    Block,
    Figure,
    Footnote,
    Heading,
    Item,
    Origin,
    Paragraph,
    Picture,
    Table,
)
from xcbulletin.manuscript.importing.contents import Entry, check_contents
from xcbulletin.manuscript.importing.cover import cover_length
from xcbulletin.manuscript.importing.dates import find_date, find_number, find_total_number
from xcbulletin.manuscript.importing.docx_numbering import format_number
from xcbulletin.manuscript.importing.docx_package import Package
from xcbulletin.manuscript.importing.formats import read_document
from xcbulletin.manuscript.importing.inline import Inline, Span, literal, plain, tidy
from xcbulletin.manuscript.importing.markdown import format_blocks
from xcbulletin.manuscript.importing.pictures import keep
from xcbulletin.manuscript.importing.residue import join_broken
from xcbulletin.model import Column, Industry, Kind
from xcbulletin.yamltext import parse_yaml

DATA = Path(__file__).parent / "data" / "importing"
BULLETIN = CORPUS / "001_ce03aee5babbea04.txt"
REPORT = CORPUS / "000_f1bac5af8bc0680e.txt"
with_corpus = pytest.mark.skipif(not BULLETIN.exists(), reason="the corpus is not here")

COLUMNS = tuple(
    Column(code=code, name=name)
    for code, name in {
        "editorial": "编者的话",
        "news": "行业动态",
        "trends": "行业趋势",
        "reports": "行业报告",
        "finance": "财经数据",
    }.items()
)
INDUSTRIES = (
    Industry(code="power", name="智能电力装备产业", short_name="智能电力", aliases=("智能电网",)),
    Industry(code="5g", name="5G产业", short_name="5G"),
    Industry(code="robot", name="工业机器人产业", short_name="工业机器人", aliases=("机器人",)),
    Industry(code="ai", name="新一代人工智能产业", short_name="人工智能", aliases=("AI",)),
)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


TODAY = date(2021, 3, 1)


def imported(
    content: str | bytes, name: str = "一期.txt", kind: Kind = Kind.BULLETIN, issue_date: date | None = None
) -> Imported:
    raw = content.encode() if isinstance(content, str) else content
    return import_document(raw, name, kind, COLUMNS, INDUSTRIES, issue_date, TODAY)


def imported_file(path: Path, kind: Kind) -> Imported:
    return imported(path.read_bytes(), path.name, kind)


def report(content: str, name: str = "报告.md") -> Imported:
    return imported(content, name, Kind.REPORT)


def text(result: Imported, path: str) -> str:
    return result.files[path].decode()


def fields(result: Imported, path: str) -> dict[str, Any]:
    """Return front matter, or the whole of `issue.yaml`, as the program reads it."""
    content = text(result, path)
    parts = split(content)
    parsed = parse_yaml(content if parts is None else parts[0], path)
    assert parsed.problems == ()
    data = parsed.data
    assert isinstance(data, dict)
    return data


def body(result: Imported, path: str) -> str:
    parts = split(text(result, path))
    assert parts is not None
    return parts[1].strip("\n")


def articles(result: Imported) -> list[str]:
    return [path for path in result.files if path.endswith(".md")]


def rules(result: Imported) -> list[str]:
    return [problem.rule for problem in result.remarks]


def remark(result: Imported, rule: str) -> str:
    (found,) = [problem for problem in result.remarks if problem.rule == rule]
    return str(found)


def headings(result: Imported, path: str) -> list[str]:
    return [line for line in body(result, path).split("\n") if re.match("#{1,6} ", line)]


def printed(markdown: str) -> str:
    """Return the text that the publication makes of Markdown: parsed as it parses it."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("reference")
    parser.use(cjk_friendly).use(footnote_plugin, inline=False).use(attrs_plugin)
    return "".join(token_text(token) for token in parser.parse(markdown))


def token_text(token: Token) -> str:
    title = str(token.attrs.get("title", "")) if token.type == "image" else ""
    if token.children:
        return "".join(map(token_text, token.children)) + title
    return (token.content if token.type in ("text", "code_inline", "text_special") else "") + title


def visible(content: str) -> str:
    return re.sub(r"\s", "", content)


# --- the two texts of the corpus


@with_corpus
def test_the_bulletin_of_the_corpus_becomes_five_articles() -> None:
    result = imported_file(BULLETIN, Kind.BULLETIN)
    assert list(result.files) == [
        "issue.yaml",
        "editorial.md",
        "news.md",
        "trends.md",
        "reports/01-世界主要国家人工智能战略.md",
        "reports/02-我国人工智能发展重点与机.md",
    ]
    assert fields(result, "editorial.md") == {"title": "编者的话"}
    assert fields(result, "reports/02-我国人工智能发展重点与机.md") == {
        "title": "我国人工智能发展重点与机遇",
        "industries": ["ai"],
    }
    second = headings(result, "reports/02-我国人工智能发展重点与机.md")
    assert second[:2] == ["## （一）十三五期间我国总体发展情况", "### 1.人工智能政策环境持续优化。"]
    assert [line.count("#") for line in second] == [2, 3, 3, 3, 3, 3, 2, 3, 3, 3]
    assert [line.count("#") for line in headings(result, "reports/01-世界主要国家人工智能战略.md")] == [2] * 4
    assert Counter(rules(result)) == {
        "import-date": 1,
        "import-article": 1,
        "import-joined-heading": 2,
        "import-industry": 4,
    }
    assert [problem.place.line for problem in result.remarks if problem.rule == "import-joined-heading"] == [
        55,
        59,
    ]


@with_corpus
def test_the_bulletin_of_the_corpus_keeps_every_character_in_order() -> None:
    result = imported_file(BULLETIN, Kind.BULLETIN)
    source = BULLETIN.read_text(encoding="utf-8")
    wanted = re.sub("●(?:行业动态|行业趋势|行业报告)", "", source).replace("●", "")
    found = "".join(fields(result, path)["title"] + printed(body(result, path)) for path in articles(result))
    assert visible(found) == visible(wanted)


@with_corpus
def test_the_report_of_the_corpus_has_its_parts_and_levels() -> None:
    result = imported_file(REPORT, Kind.REPORT)
    assert fields(result, "issue.yaml") == {
        "kind": "report",
        "title": "全球人工智能战略与政策观察（2020）",
        "subtitle": "——共筑合作新生态",
        "date": "2020-12-31",
        "publisher": ["中国信息通信研究院政策与经济研究所", "人工智能与经济社会研究中心"],
        "industries": ["ai"],
    }
    chapters = [path for path in articles(result) if path.startswith("body/")]
    assert [fields(result, path)["title"][:2] for path in chapters] == ["一、", "二、", "三、"]
    levels = Counter(line.count("#") for path in chapters for line in headings(result, path))
    assert levels == {2: 12, 3: 15, 4: 6}
    expected = {2: "（[一二三四]）", 3: r"\d、", 4: r"（\d）"}
    lines = [line.split(" ", 1) for path in chapters for line in headings(result, path)]
    assert all(re.match(expected[len(marks)], title) for marks, title in lines)
    others = [path for path in articles(result) if not path.startswith("body/")]
    assert others == ["copyright.md", "foreword.md", "appendix.md", "contributors.md", "contact.md"]


@with_corpus
def test_the_report_of_the_corpus_has_its_figures_tables_and_whole_paragraphs() -> None:
    result = imported_file(REPORT, Kind.REPORT)
    everything = "\n".join(body(result, path) for path in articles(result))
    assert everything.count("](待补") == 4
    assert '![全球人工智能企业地区分布](待补 "数据来源：中国信通院")' in everything
    assert re.findall("^(附?表：)", everything, re.MULTILINE) == ["表：", "附表："]
    assert len(re.findall(r"^\| --- ", everything, re.MULTILINE)) == 2
    assert "联邦政府预算" in everything
    assert "\n\n2014-2020H1 科技8巨头" in everything
    assert "\n\n何 伟 " in everything
    assert Counter(rules(result)) == {
        "import-date": 1,
        "import-industry": 1,
        "import-rule": 1,
        "import-residue": 1,
        "import-contents": 1,
        "import-joined-paragraphs": 1,
        "import-joined-table": 1,
        "import-figure-missing": 4,
        "import-short-line": 1,
    }


def dropped_lines(result: Imported) -> set[int]:
    """Return the lines that the remarks say were left out."""
    found = set()
    for problem in result.remarks:
        if problem.rule in ("import-residue", "import-contents", "import-rule"):
            for first, last in re.findall(r"(\d+)(?:–(\d+))?(?=[、\d–]*(?: 行|、))", problem.message):
                found |= set(range(int(first), int(last or first) + 1))
    return found


@with_corpus
def test_the_report_of_the_corpus_loses_nothing_but_what_the_remarks_say() -> None:
    result = imported_file(REPORT, Kind.REPORT)
    dropped = dropped_lines(result)
    lines = REPORT.read_text(encoding="utf-8").split("\n")
    kept = [line for number, line in enumerate(lines, start=1) if number > 11 and number not in dropped]
    bare = (re.sub(r"^#+ |\*\*|^[表图] ?\d ", "", line) for line in kept)
    made_up = {"appendix.md", "contact.md"}
    found = "".join(
        ("" if path in made_up else fields(result, path)["title"]) + printed(body(result, path))
        for path in articles(result)
    )
    assert Counter(visible(found)) == Counter(visible("".join(bare))) + Counter("表：")


@with_corpus
@pytest.mark.parametrize(("path", "kind"), [(BULLETIN, Kind.BULLETIN), (REPORT, Kind.REPORT)])
@pytest.mark.parametrize("ending", ["docx", "html", "md"])
def test_a_text_of_the_corpus_comes_out_the_same_from_any_format(path: Path, kind: Kind, ending: str) -> None:
    document = read_document(path.read_bytes(), path.name)
    content = {
        "docx": lambda: as_docx(document.blocks, document.notes),
        "html": lambda: as_html(document.blocks, document.notes).encode(),
        "md": path.read_bytes,
    }[ending]()
    plain_result = imported_file(path, kind)
    result = imported(content, f"{path.stem}.{ending}", kind)
    if ending == "md" and kind is Kind.BULLETIN:
        # Raw text under the name of Markdown: lines below each other are one paragraph there.
        assert visible("".join(map(str, result.files.values())))
        return
    assert dict(result.files) == dict(plain_result.files)
    unlike = {"import-rule", "import-merged-cells"}
    assert set(rules(result)) - unlike == set(rules(plain_result)) - unlike


# --- the same blocks as a Word document and as a page


def as_docx(blocks: Iterable[Block], notes: Sequence[Footnote] = ()) -> bytes:
    document = docx.Document()
    for block in blocks:
        match block:
            case Heading():
                add_runs(document.add_heading("", min(block.level, 9)), block.text)
            case Item():
                add_runs(document.add_paragraph(style="List Bullet"), block.text)
            case Paragraph():
                add_runs(document.add_paragraph(), block.text)
            case Table():
                add_table(document, block)
            case Picture() if block.asset is not None:
                document.add_paragraph().add_run().add_picture(io.BytesIO(block.asset.content))
    target = io.BytesIO()
    document.save(target)
    return with_footnotes(target.getvalue(), notes) if notes else target.getvalue()


def add_runs(paragraph: Any, inline: Inline) -> None:
    for span in inline:
        run = paragraph.add_run("" if span.note else span.text)
        run.bold, run.italic = span.strong or None, span.emphasis or None
        if span.note:
            mark = run._r.makeelement(qn("w:footnoteReference"), {qn("w:id"): span.text})
            run._r.append(mark)


def add_table(document: Any, table: Table) -> None:
    grid = document.add_table(rows=len(table.rows), cols=len(table.rows[0]))
    for cells, row in zip(grid.rows, table.rows, strict=True):
        for cell, inline in zip(cells.cells, row, strict=True):
            add_runs(cell.paragraphs[0], inline)


def with_footnotes(content: bytes, notes: Sequence[Footnote]) -> bytes:
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    entries = "".join(
        f'<w:footnote w:id="{note.label}"><w:p><w:r><w:t>{html.escape(plain(note.text))}</w:t></w:r></w:p></w:footnote>'
        for note in notes
    )
    separator = '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
    part = f'<w:footnotes xmlns:w="{namespace}">{separator}{entries}</w:footnotes>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    relation = f'<Relationship Id="rIdNotes" Type="{kind}" Target="footnotes.xml"/></Relationships>'
    return edited(
        content,
        {"word/_rels/document.xml.rels": lambda old: old.replace("</Relationships>", relation)},
        {"word/footnotes.xml": part},
    )


def edited(content: bytes, changes: dict[str, Any], additions: dict[str, str]) -> bytes:
    """Return a .docx with parts changed or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            change = changes.get(name)
            data = old.read(name)
            new.writestr(name, data if change is None else change(data.decode()))
        for name, part in additions.items():
            new.writestr(name, part)
    return target.getvalue()


def as_html(blocks: Iterable[Block], notes: Sequence[Footnote] = ()) -> str:
    inner = "\n".join(html_block(block) for block in blocks)
    listed = "".join(
        f'<li id="fn{note.label}">{html.escape(plain(note.text))} <a href="#ref{note.label}">↩</a></li>'
        for note in notes
    )
    ending = f"<ol>{listed}</ol>" if notes else ""
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title></head><body>{inner}{ending}</body></html>'


def html_block(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{html_inline(block.text)}</h{block.level}>"
        case Item():
            return f"<ul><li>{html_inline(block.text)}</li></ul>"
        case Paragraph():
            return f"<p>{html_inline(block.text)}</p>"
        case Table():
            rows = ("".join(f"<td>{html_inline(cell)}</td>" for cell in row) for row in block.rows)
            return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
        case Picture() if block.asset is not None:
            return (
                f'<p><img src="data:image/png;base64,{base64.b64encode(block.asset.content).decode()}"></p>'
            )
        case _:
            return "<hr>"


def html_inline(inline: Inline) -> str:
    return "".join(map(html_span, inline))


def html_span(span: Span) -> str:
    if span.note:
        return f'<sup id="ref{span.text}"><a href="#fn{span.text}">[{span.text}]</a></sup>'
    inner = html.escape(span.text)
    inner = f"<em>{inner}</em>" if span.emphasis else inner
    return f"<strong>{inner}</strong>" if span.strong else inner


def sample_blocks() -> tuple[Block, ...]:
    cells = (("项目", "数量"), ("甲", "1 | 2"))
    return (
        Paragraph(line=1, text=literal("●行业动态")),
        Heading(line=2, text=literal("某公司发布 5G 产品"), level=2),
        Paragraph(
            line=3,
            text=(
                Span(text="重要。", strong=True),
                Span(text="产品*在*本周发布"),
                Span(text="1", note=True),
                Span(text="。"),
            ),
        ),
        Paragraph(line=4, text=literal("表1 有关数据")),
        Table(line=5, rows=tuple(tuple(map(literal, row)) for row in cells)),
        Picture(line=6, asset=keep(PNG)),
        Paragraph(line=7, text=literal("图 1 产品外观")),
        Item(line=8, text=literal("第一点。")),
        Item(line=9, text=literal("第二点。")),
    )


SAMPLE_NOTES = (Footnote(line=1, label="1", text=literal("据公司公告。")),)


@pytest.mark.parametrize("ending", ["docx", "html"])
def test_a_table_a_picture_and_a_footnote_come_through(ending: str) -> None:
    build = as_docx if ending == "docx" else lambda *given: as_html(*given).encode()
    result = imported(build(sample_blocks(), SAMPLE_NOTES), f"一期.{ending}")
    picture = next(path for path in result.files if path.startswith("assets/"))
    assert result.files[picture] == PNG
    assert fields(result, "news.md") == {"title": "某公司发布 5G 产品", "industries": ["5g"]}
    assert body(result, "news.md") == (
        "**重要。**产品\\*在\\*本周发布[^1]。\n\n"
        "表：有关数据\n\n"
        "| 项目 | 数量 |\n| --- | --- |\n| 甲 | 1 \\| 2 |\n\n"
        f"![产品外观]({picture})\n\n"
        "- 第一点。\n- 第二点。\n\n"
        "[^1]: 据公司公告。"
    )


# --- bulletins


def test_a_bulletin_of_our_own_comes_in_whole() -> None:
    result = imported_file(DATA / "bulletin.txt", Kind.BULLETIN)
    assert fields(result, "issue.yaml") == {
        "kind": "bulletin",
        "title": "示例产业快报",
        "number": "3",
        "total_number": "15",
        "publisher": ["示例信息研究所"],
        "date": "2022-03-31",
    }
    assert articles(result) == [
        "editorial.md",
        "news/01-本市机器人企业签下大单.md",
        "news/02-乙公司的智能电网项目开工.md",
        "news/03-钢材价格平稳.md",
        "reports.md",
    ]
    assert body(result, "editorial.md").startswith("各位读者，")
    assert headings(result, "news/02-乙公司的智能电网项目开工.md") == ["## 一、建设内容", "## 二、工期"]
    assert "占地 20 亩\\*。" in body(result, "news/02-乙公司的智能电网项目开工.md")
    assert fields(result, "news/01-本市机器人企业签下大单.md")["industries"] == ["robot"]
    assert headings(result, "reports.md") == ["## 1.产能稳步增长。", "## 2.需求没有变化。"]
    assert "\n\n3.下一步是建设共享平台今后两年" in body(result, "reports.md")
    assert [str(problem) for problem in result.remarks] == [
        "bulletin.txt:1: “内部资料 免费交流”没有导入，报头上印的是 bulletin.yaml 里的 notice；如有不同，请改那里",
        "bulletin.txt:19: 没有“市场动态”这个栏目，下面的文章放进了“行业动态”；"
        "请把文件移到合适的栏目，或在 bulletin.yaml 里增加这个栏目",
        "bulletin.txt:12: 把单独的一行“乙公司的智能电网项目开工”当作新文章的标题；请核对；如是小标题，请并回上一篇",
        "bulletin.txt:27: 标题“3.下一步是建设共享平台今后两年……”与正文连在一起，分不出标题到哪里为止，整段保留；"
        "请在文稿里的标题后另起一行",
        "bulletin.txt:10: 按标题中的“机器人”标为工业机器人产业（robot）；请核对文稿开头的 industries",
        "bulletin.txt:12: 按标题中的“智能电网”标为智能电力装备产业（power）；请核对文稿开头的 industries",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "●行业动态",
        " ●行业动态",
        "■ 行业动态",
        "◆行业动态：",
        "★行业动态",
        "【行业动态】",
        "行业动态",
        "## ●行业动态",
        "行 业 动 态",
    ],
)
def test_a_column_is_known_in_any_dress(line: str) -> None:
    result = imported(f"{line}\n某公司投产\n公司今天投产。\n", issue_date=date(2022, 1, 31))
    assert fields(result, "news.md") == {"title": "某公司投产"}
    assert body(result, "news.md") == "公司今天投产。"
    assert rules(result) == ["import-date"]


def test_a_text_without_columns_is_kept_in_one() -> None:
    result = imported("某公司投产\n公司今天投产。\n", issue_date=date(2022, 1, 31))
    assert articles(result) == ["news.md"]
    assert remark(result, "import-column") == (
        "一期.txt:1: 没有找到栏目行（如“●行业动态”），全文放进了“行业动态”；请把文章分到各栏目的文件夹里"
    )


def test_a_column_without_a_title_gives_its_name() -> None:
    result = imported("●行业趋势\n今年的趋势是上升，各地都在增加投入。\n")
    assert fields(result, "trends.md") == {"title": "行业趋势"}
    assert "请在文稿开头的 title 里写上标题" in remark(result, "import-title")


@pytest.mark.parametrize(
    ("title", "codes"),
    [
        ("某地AI项目开工", ["ai"]),
        ("RAIL 项目开工", None),
        ("5g基站与机器人", ["5g", "robot"]),
        ("15G 内存", None),
    ],
)
def test_industries_are_found_by_whole_names(title: str, codes: list[str] | None) -> None:
    result = imported(f"●行业动态\n{title}\n今天开工。\n")
    assert fields(result, "news.md").get("industries") == codes


def test_headings_that_are_marked_open_articles_and_mere_lines_do_not() -> None:
    source = "# 行业动态\n## 甲\n第一段。\n\n小标题\n\n第二段。\n### 更小\n第三段。\n## 乙\n第四段。\n"
    result = imported(source, "一期.md")
    assert articles(result) == ["news/01-甲.md", "news/02-乙.md"]
    assert body(result, "news/01-甲.md") == "第一段。\n\n小标题\n\n第二段。\n\n## 更小\n\n第三段。"


def test_source_and_author_lines_are_no_titles() -> None:
    result = imported("●行业动态\n甲\n来源：某报\n第一段。\n（记者某某）\n后面一段。\n")
    assert articles(result) == ["news.md"]
    assert "来源：某报" in body(result, "news.md")


def test_lines_that_enumerate_are_no_headings() -> None:
    result = imported("●行业动态\n标题\n有三件事。\n1.第一件\n2.第二件\n3.第三件\n都已办好。\n")
    assert headings(result, "news.md") == []
    assert "1.第一件\n\n2.第二件" in body(result, "news.md")


def test_a_column_that_is_opened_twice_goes_on() -> None:
    result = imported("●行业动态\n甲\n第一段。\n●行业动态\n第二段。\n")
    assert body(result, "news.md") == "第一段。\n\n第二段。"
    assert remark(result, "import-column") == (
        "一期.txt:4: 栏目“行业动态”又出现一次，下面的内容接着上面的文章；请核对"
    )


def test_the_head_of_a_table_in_pieces_is_kept_once() -> None:
    source = "●行业动态\n标题\n见表。\n名\t数\n甲\t1\n\n名\t数\n乙\t2\n"
    result = imported(source)
    assert body(result, "news.md").endswith("| 名 | 数 |\n| --- | --- |\n| 甲 | 1 |\n| 乙 | 2 |")
    assert remark(result, "import-joined-table") == (
        "一期.txt:7: 这里的几行与上面的表格列数相同，已接成一张表，重复的表头“名、数”只留一次；"
        "请核对；如是另一张表，请分开并加表题"
    )


def test_a_printed_list_of_contents_opens_no_columns() -> None:
    source = "某快报\n目录\n行业动态……1\n某公司投产……1\n●行业动态\n某公司投产\n公司今天投产。\n"
    result = imported(source)
    assert articles(result) == ["news.md"]
    assert "（第 2–4 行）" in remark(result, "import-contents")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_usual_encoding_gives_the_same_files(encoding: str, newline: str) -> None:
    source = (DATA / "bulletin.txt").read_text(encoding="utf-8")
    result = imported(source.replace("\n", newline).encode(encoding))
    assert dict(result.files) == dict(imported(source).files)
    assert not any(b"\r" in content for content in result.files.values())


@pytest.mark.parametrize(
    "title", ["#1 在线: 新品", "甲 - 乙", "2021-01-31", "“引号”与'单引号'", "[甲] {乙}", "true", "a: b"]
)
def test_any_title_is_written_as_safe_yaml(title: str) -> None:
    result = imported(f"●行业动态\n{title}\n公司今天投产。\n")
    (path,) = articles(result)
    assert fields(result, path)["title"] == title


# --- reports


def test_a_report_of_our_own_comes_in_whole() -> None:
    result = imported_file(DATA / "report.md", Kind.REPORT)
    assert fields(result, "issue.yaml") == {
        "kind": "report",
        "title": "示例产业观察（2021）",
        "subtitle": "——以本地为例",
        "date": "2021-06-30",
        "publisher": ["示例研究院", "示例产业中心"],
    }
    assert body(result, "body/01-产业现状.md") == (
        "示例产业已有十年历史，企业数量逐年增加，其中多数企业集中在东部地区，西部也有少量企业。\n\n"
        "## （一）规模，仍在增长\n\n"
        "**产值上升。**去年产值上升，见表 1 和图 1。\n\n"
        "表：主要企业产值（亿元）\n\n"
        "| 企业 | 前年 | 去年 |\n| --- | --- | --- |\n| 甲\\|公司 | 1 | 2 |\n| 乙公司 |  | 3 |\n\n"
        "数据来源：示例统计\n\n"
        "### 1、东部\n\n"
        "东部较快。[^a]\n\n"
        "#### （1）沿海地区：港口多\n\n"
        "沿海地区港口多。\n\n"
        '![产值变化](待补 "数据来源：示例统计")\n\n'
        "[^a]: 按示例口径计算。"
    )
    assert (
        body(result, "appendix.md") == "附表：有关文件\n\n| 年份 | 文件 |\n| --- | --- |\n| 2020 | 示例文件 |"
    )
    assert body(result, "contributors.md").startswith("张 三 示例研究院研究员、统稿人\n\n李四光")
    assert body(result, "contact.md") == "## 示例研究院\n\n地址：示例市一号\n\n电话：000-0000"
    assert remark(result, "import-contents-missing") == (
        "report.md:20: 原目录里的“三、没有写的一章”在正文里没有找到；请核对是否漏了这一节，或没有认出这个标题"
    )
    assert remark(result, "import-residue") == (
        "report.md:22: 像是页眉、页脚或页码，没有导入（第 22、28、57 行）：“示例研究院 蓝皮书”、“3”；如是正文，请补进文稿"
    )
    assert "第 26+30 行" in remark(result, "import-joined-paragraphs")
    assert "已接成一张表" in remark(result, "import-joined-table")


def test_latin_words_at_the_turn_of_a_page_keep_their_blank() -> None:
    result = report(
        "# 报告\n\n## 一、章\n\n这一段话有足够的长度，讲到了一个名为 Open\n\nSource 的软件，并且讲完了。\n"
    )
    assert (
        body(result, "body/01-章.md")
        == "这一段话有足够的长度，讲到了一个名为 Open Source 的软件，并且讲完了。"
    )


def test_a_report_without_numbers_takes_its_highest_headings_as_chapters() -> None:
    result = report(
        "# 某报告\n\n2021年5月\n\n## 背景\n\n第一段。\n\n### 由来\n\n第二段。\n\n## 结语\n\n第三段。\n"
    )
    assert articles(result) == ["body/01-背景.md", "body/02-结语.md"]
    assert headings(result, "body/01-背景.md") == ["## 由来"]


def test_chapters_and_sections_in_words_are_levels_too() -> None:
    result = report(
        "某报告\n\n第一章 总论\n\n第一段。\n\n第一节 目的\n\n第二段。\n\n一、起因\n\n第三段。\n", "报告.txt"
    )
    assert fields(result, "body/01-总论.md") == {"title": "第一章 总论"}
    assert headings(result, "body/01-总论.md") == ["## 第一节 目的", "### 一、起因"]


def test_what_a_cover_has_no_place_for_is_named() -> None:
    result = report("# 某报告\n\n第 12 号\n\n2021年5月20日\n\n## 一、章\n\n第一段。\n")
    assert fields(result, "issue.yaml")["date"] == "2021-05-20"
    assert "没有导入（第 3 行）：“第 12 号”" in remark(result, "import-cover")


def test_a_table_as_text_recognition_writes_it_is_read() -> None:
    table = '<table><tr><td rowspan="2">甲</td><td>1</td></tr><tr><td>2</td></tr></table>'
    result = report(f"# 报告\n\n## 一、章\n\n表1 数目\n\n{table}\n\n完。\n")
    assert "表：数目\n\n| 甲 | 1 |\n| --- | --- |\n|  | 2 |" in body(result, "body/01-章.md")


def test_the_date_that_is_given_counts_where_the_file_has_none() -> None:
    result = imported("# 报告\n\n## 一、章\n\n完。\n", "报告.md", Kind.REPORT, date(2021, 3, 31))
    assert fields(result, "issue.yaml")["date"] == "2021-03-31"
    assert remark(result, "import-date") == (
        "报告.md:1: 原文没有出版日期，按期号记为 2021-03-31；请核对 issue.yaml 里的 date"
    )


@pytest.mark.parametrize("name", ["一期.txt", "一期.html"])
def test_a_bulletin_without_a_date_is_dated_by_its_issue_and_says_so(name: str) -> None:
    source = "●行业动态\n标题\n今天投产。\n"
    content = source if name.endswith("txt") else "".join(f"<p>{line}</p>" for line in source.split())
    result = imported(content, name, issue_date=date(2021, 1, 31))
    assert fields(result, "issue.yaml")["date"] == "2021-01-31"
    assert remark(result, "import-date") == (
        f"{name}:1: 原文没有出版日期，按期号记为 2021-01-31；请核对 issue.yaml 里的 date"
    )


REPORT_TEXT = "某报告\n\n版权声明\n\n本报告版权属于某院。\n\n前言\n\n前言的一段。\n\n一、现状\n\n第一段。\n\n二、展望\n\n第二段。\n"


def test_a_report_imported_as_a_bulletin_is_told() -> None:
    assert remark(imported(REPORT_TEXT), "import-kind") == (
        "一期.txt:1: 像是一份报告；请换一个期号，加上 --kind report 再导入一次"
    )
    assert "import-kind" not in rules(report(REPORT_TEXT, "报告.txt"))


def test_a_bulletin_imported_as_a_report_is_told() -> None:
    source = "某快报\n●行业动态\n甲公司投产\n今天投产。\n一、背景\n说明。\n●行业趋势\n趋势上升，各地投入。\n"
    assert remark(report(source, "一期.txt"), "import-kind") == (
        "一期.txt:2: 像是一期快报；请换一个期号，不加 --kind report 再导入一次"
    )
    assert "import-kind" not in rules(imported(source))


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("●行业动态\n甲\n前言\n第一段。\n一、背景\n说明。\n二、展望\n说明。\n", Kind.BULLETIN),
        ("# 行业动态\n## 甲\n前言\n\n一、背景\n\n说明。\n\n二、展望\n\n说明。\n", Kind.BULLETIN),
        ("甲公司投产\n今天投产。\n一、背景\n说明。\n二、展望\n说明。\n", Kind.BULLETIN),
        ("某报告\n一、现状\n●第一点\n说明。\n●第二点\n说明。\n", Kind.REPORT),
        ("某报告\n●第一点\n●第二点\n●第三点\n一、现状\n说明。\n", Kind.REPORT),
    ],
)
def test_what_may_be_either_kind_is_taken_as_told(source: str, kind: Kind) -> None:
    assert "import-kind" not in rules(imported(source, "一期.txt", kind))


# --- Word


def docx_of(*build: Any) -> bytes:
    document = docx.Document()
    for step in build:
        step(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_chinese_style_names_are_headings() -> None:
    def headings_in_chinese(document: Any) -> None:
        document.styles["Heading 1"].element.find(qn("w:name")).set(qn("w:val"), "标题 1")
        document.styles["Heading 2"].element.find(qn("w:name")).set(qn("w:val"), "标题2")
        document.add_paragraph("行业动态", style=document.styles["标题 1"])
        document.add_paragraph("甲", style=document.styles["标题2"])
        document.add_paragraph("第一段。")
        document.add_paragraph("乙", style=document.styles["标题2"])
        document.add_paragraph("第二段。")

    result = imported(docx_of(headings_in_chinese), "一期.docx")
    assert articles(result) == ["news/01-甲.md", "news/02-乙.md"]


def test_merged_cells_are_taken_apart_with_a_remark() -> None:
    def merged_table(document: Any) -> None:
        document.add_paragraph("●行业动态")
        document.add_paragraph("标题")
        document.add_paragraph("见下表。")
        table = document.add_table(rows=3, cols=3)
        for index, cell in enumerate(cell for row in table.rows for cell in row.cells):
            cell.text = str(index)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "宽"
        table.cell(1, 0).merge(table.cell(2, 0)).text = "高"

    result = imported(docx_of(merged_table), "一期.docx")
    assert "| 宽 |  | 2 |\n| --- | --- | --- |\n| 高 | 4 | 5 |\n|  | 7 | 8 |" in body(result, "news.md")
    assert remark(result, "import-merged-cells") == (
        "一期.docx:4: 表格中有合并的单元格（第 4 段），已拆开：内容放在第一格，其余留空；请核对表格"
    )


def test_automatic_numbers_stand_in_the_text() -> None:
    def numbered(document: Any) -> None:
        document.add_paragraph("行业动态")
        document.add_paragraph("标题")
        document.add_paragraph("第一段。")
        for name in ("建设内容", "工期"):
            document.add_paragraph(name, style="List Number")
            document.add_paragraph(f"{name}已经确定。")

    content = docx_of(numbered)
    chinese = edited(content, {"word/numbering.xml": in_chinese}, {})
    assert headings(imported(content, "一期.docx"), "news.md") == ["## 1.建设内容", "## 2.工期"]
    assert headings(imported(chinese, "一期.docx"), "news.md") == ["## 一、建设内容", "## 二、工期"]


def in_chinese(numbering: str) -> str:
    chinese = numbering.replace('w:numFmt w:val="decimal"', 'w:numFmt w:val="chineseCountingThousand"')
    return re.sub(r'w:lvlText w:val="%1\."', 'w:lvlText w:val="%1、"', chinese)


def test_changes_are_accepted_and_remarked() -> None:
    def text_only(document: Any) -> None:
        for line in ("●行业动态", "标题", "今天投产。"):
            document.add_paragraph(line)

    def revised(old: str) -> str:
        gone = (
            "<w:del><w:r><w:delText>昨天</w:delText></w:r></w:del><w:ins><w:r><w:t>前天</w:t></w:r></w:ins>"
        )
        return old.replace("<w:r><w:t>今天", f"{gone}<w:r><w:t>今天")

    result = imported(edited(docx_of(text_only), {"word/document.xml": revised}, {}), "一期.docx")
    assert body(result, "news.md") == "前天今天投产。"
    assert "已按“接受全部修订”导入" in remark(result, "import-revisions")


def test_a_running_header_is_named_and_not_taken() -> None:
    def with_header(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "某快报"
        for line in ("●行业动态", "标题", "今天投产。"):
            document.add_paragraph(line)

    result = imported(docx_of(with_header), "一期.docx")
    assert "页眉、页脚没有导入：“某快报”" in remark(result, "import-residue")


def test_a_picture_that_is_shown_many_times_is_unpacked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_pictures(document: Any) -> None:
        for line in ("●行业动态", "标题", "今天投产。"):
            document.add_paragraph(line)
        for _ in range(20):
            document.add_paragraph().add_run().add_picture(io.BytesIO(PNG))

    unpacked: list[str] = []
    read = Package.read

    def counted(package: Package, name: str) -> bytes | None:
        unpacked.append(name)
        return read(package, name)

    monkeypatch.setattr(Package, "read", counted)
    result = imported(docx_of(with_pictures), "一期.docx")
    assert body(result, "news.md").count("](assets/picture-") == 20
    assert [name for name in unpacked if "media" in name] == ["word/media/image1.png"]


OF_ARTICLE = ("●行业动态", "标题")
MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def article_in_word(runs: str, name: str = "一期.docx") -> Imported:
    """Import an article whose only paragraph is given as WordprocessingML."""

    def text_only(document: Any) -> None:
        for line in (*OF_ARTICLE, "正文在此。"):
            document.add_paragraph(line)

    def with_runs(old: str) -> str:
        return old.replace("<w:r><w:t>正文在此。</w:t></w:r>", runs)

    return imported(edited(docx_of(text_only), {"word/document.xml": with_runs}, {}), name)


def run(content: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{content}</w:t></w:r>'


SUPER, SUB = '<w:vertAlign w:val="superscript"/>', '<w:vertAlign w:val="subscript"/>'


def test_scripts_of_word_are_characters() -> None:
    runs = run("产值 10") + run("−", SUPER) + run("8", SUPER) + run("，CO") + run("2", SUB) + run("。")
    result = article_in_word(runs)
    assert body(result, "news.md") == "产值 10⁻⁸，CO₂。"
    assert "import-script" not in rules(result)


def test_scripts_without_characters_are_kept_and_listed() -> None:
    result = article_in_word(run("排放 NO") + run("x", SUB) + run("，见") + run("注", SUPER) + run("。"))
    assert body(result, "news.md") == "排放 NO_x，见^注。"
    assert remark(result, "import-script") == (
        "一期.docx:3: 上标、下标没有对应的小字，写在“^”“_”后面（第 3 段）：“排放 NO_x”、“放 NO_x，见^注”；请对照原件"
    )


@pytest.mark.parametrize("content", ["[1]", "①", "*", "®", "th"])
def test_marks_that_mean_the_same_on_the_line_stay_there(content: str) -> None:
    result = article_in_word(run("正文 20") + run(content, SUPER) + run("。"))
    assert printed(body(result, "news.md")) == f"正文 20{content}。"
    assert "import-script" not in rules(result)


def test_scripts_in_notes_and_tables_of_word_are_characters() -> None:
    def with_table(document: Any) -> None:
        for line in (*OF_ARTICLE, "见表。"):
            document.add_paragraph(line)
        table = document.add_table(rows=2, cols=2)
        for index, cell in enumerate(cell for row in table.rows for cell in row.cells):
            cell.text = str(index)
        table.cell(0, 1).paragraphs[0].add_run("3").font.superscript = True
        mark = document.paragraphs[2].add_run()._r
        mark.append(mark.makeelement(qn("w:footnoteReference"), {qn("w:id"): "1"}))

    content = with_footnotes(docx_of(with_table), (Footnote(line=1, label="1", text=literal("注。")),))
    raised = edited(
        content,
        {
            "word/footnotes.xml": lambda old: old.replace(
                "</w:p></w:footnote>", run("2", SUPER) + "</w:p></w:footnote>"
            )
        },
        {},
    )
    result = imported(raised, "一期.docx")
    assert body(result, "news.md") == "见表。[^1]\n\n| 0 | 1³ |\n| --- | --- |\n| 2 | 3 |\n\n[^1]: 注。²"


def formula(inner: str) -> str:
    return f'<m:oMath xmlns:m="{MATH}">{inner}</m:oMath>'


def letters(content: str) -> str:
    return f"<m:r><m:t>{content}</m:t></m:r>"


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        (
            f"<m:f><m:fPr/><m:num>{letters('1')}</m:num><m:den>{letters('20')}</m:den></m:f>{letters('·')}"
            f"<m:sSup><m:e>{letters('10')}</m:e><m:sup>{letters('6')}</m:sup></m:sSup>",
            "(1)/(20)·10⁶",
        ),
        (f"<m:sSub><m:e>{letters('x')}</m:e><m:sub>{letters('ij')}</m:sub></m:sSub>", "x_(ij)"),
        (f"<m:rad><m:deg>{letters('3')}</m:deg><m:e>{letters('x')}</m:e></m:rad>", "³√(x)"),
        (
            f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{letters("1")}</m:sub>'
            f"<m:sup>{letters('n')}</m:sup><m:e>{letters('a')}</m:e></m:nary>",
            "∑₁ⁿ(a)",
        ),
        (
            f'<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e>{letters("a+b")}</m:e></m:d>',
            "[a+b]",
        ),
        (f"<m:m><m:mr><m:e>{letters('a')}</m:e><m:e>{letters('b')}</m:e></m:mr></m:m>", "a，b"),
        (f"<m:unknown><m:e>{letters('甲')}</m:e></m:unknown>", "甲"),
    ],
)
def test_formulas_of_word_stand_on_the_line_and_are_listed(inner: str, shown: str) -> None:
    result = article_in_word(run("即 ") + formula(inner) + run("。"))
    assert printed(body(result, "news.md")) == f"即 {shown}。"
    assert remark(result, "import-formula") == (f"一期.docx:3: 公式按文字导入（第 3 段）：“{shown}”；请核对")


@pytest.mark.parametrize("mark", ["<w:strike/>", "<w:dstrike/>"])
def test_struck_text_of_word_stays_struck(mark: str) -> None:
    result = article_in_word(run("原价") + run("一百", mark) + run("九十元。"))
    assert body(result, "news.md") == "原价~~一百~~九十元。"
    assert remark(result, "import-struck") == (
        "一期.docx:3: 有删除线的文字仍带删除线（~~…~~；文章标题里只留文字）（第 3 段）：“一百”；请核对，不要的请删去"
    )


def test_hidden_text_of_word_is_left_out_and_quoted() -> None:
    vanish = "<w:vanish/>"
    off = '<w:vanish w:val="0"/>'
    result = article_in_word(run("看得见") + run("内部", vanish) + run("批语", vanish) + run("的字。", off))
    assert body(result, "news.md") == "看得见的字。"
    assert remark(result, "import-hidden") == (
        "一期.docx:3: 隐藏的文字没有导入（第 3 段）：“内部批语”；如是正文，请补进文稿"
    )


def test_lists_of_word_keep_their_levels() -> None:
    def nested(document: Any) -> None:
        for line in (*OF_ARTICLE, "有三层。"):
            document.add_paragraph(line)
        for entry, depth in (("甲", ""), ("乙", " 2"), ("丙", " 3"), ("丁", "")):
            document.add_paragraph(entry, style=f"List Bullet{depth}")

    result = imported(docx_of(nested), "一期.docx")
    assert body(result, "news.md") == "有三层。\n\n- 甲\n    - 乙\n        - 丙\n- 丁"


def test_a_numbered_list_of_several_levels_is_a_list() -> None:
    def nested(document: Any) -> None:
        for line in (*OF_ARTICLE, "有两层。"):
            document.add_paragraph(line)
        for entry, style in (
            ("甲", "List Number"),
            ("乙", "List Bullet 2"),
            ("丙", "List Bullet 2"),
            ("丁", "List Number"),
        ):
            document.add_paragraph(entry, style=style)

    result = imported(docx_of(nested), "一期.docx")
    assert body(result, "news.md") == "有两层。\n\n1. 甲\n    - 乙\n    - 丙\n\n2. 丁"
    chinese = edited(docx_of(nested), {"word/numbering.xml": in_chinese}, {})
    assert headings(imported(chinese, "一期.docx"), "news.md") == ["## 一、甲", "## 二、丁"]


def test_a_table_within_a_table_is_listed() -> None:
    def nested_table(document: Any) -> None:
        for line in (*OF_ARTICLE, "见下表。"):
            document.add_paragraph(line)
        table = document.add_table(rows=2, cols=2)
        for index, cell in enumerate(cell for row in table.rows for cell in row.cells):
            cell.text = str(index)
        inner = table.cell(1, 1).add_table(rows=1, cols=2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "甲", "乙"

    result = imported(docx_of(nested_table), "一期.docx")
    assert "| 2 | 3 甲 乙 |" in body(result, "news.md")
    assert remark(result, "import-nested-table") == (
        "一期.docx:7: 表格里还有表格（第 7 段），里面各格的文字并进了外面的一格；请核对，需要时另列一张表"
    )


def test_the_line_before_a_break_of_word_is_named_where_it_becomes_a_title() -> None:
    def broken(document: Any) -> None:
        document.add_paragraph("●行业动态")
        document.add_paragraph("某公司投产\n公司今天投产。")

    result = imported(docx_of(broken), "一期.docx")
    assert fields(result, "news.md")["title"] == "某公司投产"
    assert "把段内换行前的一行“某公司投产”当作文章的标题" in remark(result, "import-article")


@pytest.mark.parametrize(
    ("number", "form", "shown"),
    [
        (1, "decimal", "1"),
        (10, "chineseCounting", "十"),
        (21, "chineseCountingThousand", "二十一"),
        (3, "decimalEnclosedCircle", "③"),
        (4, "lowerRoman", "iv"),
        (2, "upperLetter", "B"),
    ],
)
def test_word_numbers(number: int, form: str, shown: str) -> None:
    assert format_number(number, form) == shown


# --- pages


def test_a_page_is_read_as_it_is_seen() -> None:
    page = """<html><head><meta charset="gbk"><style>p{}</style></head><body><script>x()</script>
    <h1>行业动态</h1><h2>某公司&amp;乙</h2><p>第一段，
    接着写。<br>第二行<b>重</b>点。</p><div style="display: none">看不见</div>
    <ul><li>甲<ul><li>乙</li></ul></li></ul><ol start="3"><li>丙</li></ol>
    <blockquote>引文。</blockquote><p><img src="https://example.org/a.png" alt="照片"></p>
    <p>见<a href="https://example.org/">网站</a>，不见<a href="javascript:x()">这里</a>。</p></body></html>"""
    result = imported(page.encode("gbk"), "一期.html")
    assert fields(result, "news.md") == {"title": "某公司&乙"}
    assert body(result, "news.md") == (
        "第一段，接着写。\n\n第二行**重**点。\n\n"
        "- 甲\n    - 乙\n\n3. 丙\n\n"
        "> 引文。\n\n"
        "![照片](待补)\n\n"
        "见[网站](<https://example.org/>)，不见这里。"
    )
    assert "（原文件里是“https://example.org/a.png”）" in remark(result, "import-figure-missing")


def test_notes_of_a_page_saved_by_word_are_notes() -> None:
    page = """<body><p>行业动态</p><p>标题</p><p>正文<a href="#_ftn1" name="_ftnref1"><sup>[1]</sup></a>。</p>
    <div id="ftn1"><p><a href="#_ftnref1" name="_ftn1">[1]</a> 注文。</p></div></body>"""
    assert body(imported(page, "一期.html"), "news.md") == "正文[^1]。\n\n[^1]: 注文。"


def test_a_page_of_many_references_to_a_long_note_is_read() -> None:
    # Looking for each link in all of the note took many minutes here.
    references = '<a href="#fn1">1</a>' * 20_000
    page = f"<p>行业动态</p><p>标题</p><p>正文{references}。</p><p id=fn1>注{'<b></b>' * 60_000}文。</p>"
    assert body(imported(page, "一期.html"), "news.md") == f"正文{'[^1]' * 20_000}。\n\n[^1]: 注文。"


def article_page(content: str, around: str = "{}") -> Imported:
    return imported(around.format(f"<p>行业动态</p><p>标题</p>{content}"), "一期.html")


def test_scripts_of_a_page_are_characters() -> None:
    result = article_page(
        "<p>产值 10<sup>12</sup> 元，占地 5 m<sup>3</sup>，x<sup>n+1</sup>，CO<sub>2</sub>，"
        "y<span style='vertical-align: super'>2</span>，NO<sub>x</sub>，10<sup>a<b>b</b></sup>。</p>"
    )
    assert body(result, "news.md") == "产值 10¹² 元，占地 5 m³，xⁿ⁺¹，CO₂，y²，NO_x，10^a**b**。"
    assert "（第 1 行）：“O₂，y²，NO_x”、“，NO_x，10^ab”" in remark(result, "import-script")


def test_a_raised_mark_of_a_note_or_link_stays_what_it_is() -> None:
    result = article_page(
        "<p>甲<sup>[1]</sup>，乙<sup><a href='https://a.cn/'>2</a></sup>，"
        "丙<a href='https://a.cn/'><sup>3</sup></a>，<a href='https://a.cn/'>10<sup>8</sup></a>。</p>"
    )
    link = "(<https://a.cn/>)"
    assert body(result, "news.md") == f"甲\\[1\\]，乙[2]{link}，丙[3]{link}，[10⁸]{link}。"
    assert "import-script" not in rules(result)


def test_scripts_of_markdown_and_its_tables_are_characters() -> None:
    table = "<table><caption>面积（m<sup>2</sup>）</caption><tr><td>甲<td>10<sup>3</sup></tr></table>"
    result = imported(f"# 行业动态\n## 标题\n产值 10<sup>8</sup> 元，~~旧~~新。\n\n{table}\n", "一期.md")
    assert (
        body(result, "news.md") == "产值 10⁸ 元，~~旧~~新。\n\n表：面积（m²）\n\n| 甲 | 10³ |\n| --- | --- |"
    )


def test_formulas_of_a_page_stand_on_the_line_and_are_listed() -> None:
    result = article_page(
        "<p>即 <math><mfrac><mn>1</mn><mn>20</mn></mfrac> <mo>·</mo> <msup><mn>10</mn><mn>6</mn></msup>"
        "<annotation>x</annotation></math>。</p>"
    )
    assert body(result, "news.md") == "即 (1)/(20)·10⁶。"
    assert remark(result, "import-formula") == (
        "一期.html:1: 公式按文字导入（第 1 行）：“(1)/(20)·10⁶”；请核对"
    )


def test_a_formula_nested_a_thousand_times_is_read() -> None:
    result = article_page(f"<p>即<math>{'<mrow>' * 1_000}x</math>。</p>")
    assert body(result, "news.md") == "即x。"


@pytest.mark.parametrize("tag", ["del", "s", "strike", "span style='text-decoration: line-through'"])
def test_struck_text_of_a_page_stays_struck(tag: str) -> None:
    result = article_page(f"<p>原价<{tag}>一百<b>元</b>整</{tag.split()[0]}>九十元。</p>")
    assert body(result, "news.md") == "原价~~一百**元**整~~九十元。"
    assert "（第 1 行）：“一百元整”" in remark(result, "import-struck")


@pytest.mark.parametrize("mark", ["hidden", "style='display: none'"])
def test_hidden_text_of_a_page_is_left_out_and_quoted(mark: str) -> None:
    result = article_page(
        f"<p>正文<span {mark}>暗语</span>在此。</p><table><tr><td>甲<td>乙</tr><tr {mark}><td>丙<td>丁</tr></table>"
    )
    assert body(result, "news.md") == "正文在此。\n\n| 甲 | 乙 |\n| --- | --- |"
    assert remark(result, "import-hidden") == (
        "一期.html:1: 隐藏的文字没有导入（第 1 行）：“暗语”、“丙 丁”；如是正文，请补进文稿"
    )


def test_the_furniture_of_a_page_is_left_out_and_quoted() -> None:
    result = imported(
        """<header>首页 | 登录</header><nav><a href="/">导航</a></nav>
        <h1>某快报</h1><p>行业动态</p><p>标题</p><p>今天投产。<select><option>甲</option></select></p>
        <button>分享</button><input type=submit value=搜索><input type=hidden value=x>
        <aside>相关阅读</aside><footer><a href="/">关于</a> · <a href="/">联系</a></footer>""",
        "一期.html",
    )
    assert fields(result, "issue.yaml")["title"] == "某快报"
    assert body(result, "news.md") == "今天投产。"
    assert remark(result, "import-left-out") == (
        "一期.html:1: 网页上正文以外的导航、按钮等没有导入（第 1–4 行）："
        "“首页 | 登录”、“导航”、“甲”、“分享”、“搜索”、“相关阅读”、“关于 · 联系”；如是正文，请补进文稿"
    )


def test_a_header_or_footer_with_words_of_its_own_is_kept() -> None:
    result = imported(
        "<header><h1><a href='/'>某快报</a></h1></header><p>行业动态</p><p>标题</p><p>今天投产。</p>"
        "<footer><p>本刊由<a href='/'>某所</a>编印。</p></footer>",
        "一期.html",
    )
    assert fields(result, "issue.yaml")["title"] == "某快报"
    assert body(result, "news.md") == "今天投产。\n\n本刊由某所编印。"
    assert "import-left-out" not in rules(result)


@pytest.mark.parametrize("tag", ["main", "article"])
def test_the_only_main_part_of_a_page_is_preferred(tag: str) -> None:
    result = article_page("<p>今天投产。</p>", f"<div>某网 欢迎</div><{tag}>{{}}</{tag}><p>版权所有</p>")
    assert body(result, "news.md") == "今天投产。"
    assert "：“某网 欢迎”、“版权所有”" in remark(result, "import-left-out")


def test_a_main_part_with_less_than_is_around_it_is_not_preferred() -> None:
    result = article_page("<p>今天投产。</p><article>短讯。</article>")
    assert body(result, "news.md") == "今天投产。\n\n短讯。"
    assert "import-left-out" not in rules(result)


def test_notes_in_a_side_box_are_still_notes() -> None:
    result = article_page("<p>正文<a href='#fn1'>1</a>。</p><aside id=fn1 hidden>注文。</aside>")
    assert body(result, "news.md") == "正文[^1]。\n\n[^1]: 注文。"
    result = article_page("<p>正文<a href='#fn1'>1</a>。</p><aside>本文的注。<p id=fn1>注文。</p></aside>")
    assert body(result, "news.md") == "正文[^1]。\n\n本文的注。\n\n[^1]: 注文。"
    assert "import-left-out" not in rules(result)


def test_a_page_that_is_nothing_but_furniture_is_read() -> None:
    result = imported("<aside><p>行业动态</p><p>标题</p><p>今天投产。</p></aside>", "一期.html")
    assert body(result, "news.md") == "今天投产。"


def test_the_line_before_a_break_is_named_where_it_becomes_a_title() -> None:
    page = "<p>行业动态</p><p>某公司投产<br>公司今天投产。<br></p>"
    assert remark(imported(page, "一期.html"), "import-article") == (
        "一期.html:1: 把段内换行前的一行“某公司投产”当作文章的标题；请核对；如是正文，请并回正文"
    )
    page = "<p>行业动态</p><p>某公司投产<br></p><p>公司今天投产。</p>"
    assert "import-article" not in rules(imported(page, "一期.html"))


def test_a_page_of_many_headers_and_hidden_places_is_read() -> None:
    page = f"{'<header>' * 1_000}{'<i hidden>x</i>' * 20_000}<p>行业动态</p><p>标题</p><p>今天投产。</p>"
    assert body(imported(page, "一期.html"), "news.md") == "今天投产。"


# --- where a line is drawn


def paragraph(content: str) -> Paragraph:
    return Paragraph(line=1, text=literal(content))


@pytest.mark.parametrize(("heading", "is_near"), [("甲乙丙子丑", True), ("甲乙丙子丑寅", False)])
def test_a_heading_is_named_if_six_tenths_of_it_are_as_in_the_contents(heading: str, is_near: bool) -> None:
    (found,) = check_contents([Entry(line=1, text="甲乙丙丁戊")], [heading], Origin(file="a.txt"))
    assert (found.suggestion == f"最接近的是“{heading}”，请核对") is is_near


@pytest.mark.parametrize(("length", "is_joined"), [(60, True), (59, False)])
def test_a_line_without_a_stop_goes_on_if_it_is_as_long_as_a_line_of_print(
    length: int, is_joined: bool
) -> None:
    joined = join_broken([paragraph("文" * length), paragraph("接着写完。")])
    assert len(joined.blocks) == (1 if is_joined else 2)


@pytest.mark.parametrize(("length", "count"), [(41, 2), (40, 1)])
def test_a_line_opens_an_article_if_what_follows_is_too_long_for_a_title(length: int, count: int) -> None:
    result = imported(f"●行业动态\n甲\n第一段。\n乙\n{'文' * length}\n")
    assert len(articles(result)) == count


@pytest.mark.parametrize(("length", "expected"), [(60, 2), (61, 1)])
def test_a_cover_ends_where_a_line_is_too_long_for_one(length: int, expected: int) -> None:
    blocks = [paragraph("某报告"), paragraph("文" * length), paragraph("第一段。")]
    assert cover_length(blocks) == expected


# --- Markdown that gives the text back

TRICKY = st.text(alphabet="ab1.)-+*_#>[](){}!|\\`<&;~=:\"'“”。，中文^$%@/\t １①", max_size=30)
TEXTS = TRICKY | st.text(max_size=30)


@settings(max_examples=500, deadline=None)
@given(TEXTS)
@example("1. 甲")
@example("# 甲 #")
@example("*甲*和_乙_")
@example("[^1]: 甲 <b> &amp; \\*")
@example("~~甲~~")
def test_text_comes_out_of_markdown_as_it_went_in(content: str) -> None:
    inline = literal(content)
    blocks: tuple[Block, ...] = (
        Paragraph(line=1, text=inline),
        Heading(line=1, text=inline, level=1),
        Item(line=1, text=inline),
        Item(line=1, text=inline, number=3, depth=1),
        Paragraph(line=1, text=inline, quoted=True),
        Table(line=1, rows=((inline, inline), (inline, inline)), caption=inline),
        Figure(line=1, caption=inline, source=inline),
    )
    markdown = format_blocks(blocks, [None, 2, *[None] * 5], [])
    expected = plain(inline) * 12
    assert printed(markdown).replace("表：", "", 1 if inline else 0) == expected


SPANS = st.lists(
    st.builds(
        Span,
        text=TRICKY,
        strong=st.booleans(),
        emphasis=st.booleans(),
        strike=st.booleans(),
        url=st.none() | st.just("https://example.org/a_(b)?c=*d*") | TRICKY,
    ),
    max_size=5,
)


@settings(max_examples=500, deadline=None)
@given(SPANS)
def test_bold_italic_and_links_never_cost_a_character(spans: list[Span]) -> None:
    inline = tidy(spans)
    assert printed(format_blocks([Paragraph(line=1, text=inline)], [None], [])) == plain(inline)


# --- files that cannot be imported, and files that should not be trusted


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "空.txt", "空.txt: 文件是空的；请确认选对了文件"),
        (b" \n", "空.md", "空.md: 文件是空的；请确认选对了文件"),
        (b"\xef\xbb\xbf\n", "空.txt", "空.txt: 文件里没有文字，无法导入；请确认选对了文件"),
        (
            b"%PDF-1.7 ...",
            "刊.txt",
            "刊.txt: 这是 PDF，不能直接导入；请导入它的 Word 原稿，或用文字识别软件转成 .docx 或 .txt",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"W\0o\0r\0d\0",
            "刊.doc",
            "刊.doc: 这是旧格式的 Word 文档（.doc）；请用 Word 另存为 .docx",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "刊.docx",
            "刊.docx: 文件有密码保护，无法读取；请在 Word 中取消密码后另存为 .docx",
        ),
        (
            b"PK\x03\x04 not a zip",
            "刊.docx",
            "刊.docx: 文件已损坏，无法读取；请用 Word 打开并另存为 .docx，或重新取得这个文件",
        ),
        (
            bytes(range(256)) * 4,
            "刊.txt",
            "刊.txt: 文件不是文字（像是程序数据或损坏的文件），无法导入；请另存为 .docx、.html 或 UTF-8 编码的 .txt",
        ),
        (b"{\\rtf1}", "刊.doc", "刊.doc: 这是 RTF 文档；请用 Word 打开，另存为 .docx"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why(content: bytes, name: str, message: str) -> None:
    with pytest.raises(ImportFailedError) as caught:
        imported(content, name)
    assert str(caught.value) == message


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_a_zip_bomb_is_refused() -> None:
    bomb = zipped({"word/document.xml": b"\0" * (65 * 2**20)})
    assert len(bomb) < 2**17
    with pytest.raises(ImportFailedError, match="解压后过大"):
        imported(bomb, "刊.docx")


@pytest.mark.parametrize(("count", "is_read"), [(10_000, True), (10_001, False)])
def test_a_package_of_too_many_parts_is_refused(count: int, is_read: bool) -> None:
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in ("行业动态", "标题", "今天投产。"))
    xml = f'<w:document xmlns:w="{namespace}"><w:body>{text}</w:body></w:document>'
    content = zipped({"word/document.xml": xml.encode(), **{str(name): b"" for name in range(count - 1)}})
    if is_read:
        assert body(imported(content, "刊.docx"), "news.md") == "今天投产。"
    else:
        with pytest.raises(ImportFailedError, match="解压后过大"):
            imported(content, "刊.docx")


def test_another_kind_of_package_is_refused() -> None:
    with pytest.raises(ImportFailedError, match="这不是 Word 文档"):
        imported(zipped({"xl/workbook.xml": b"<workbook/>"}), "表.xlsx")


def test_entities_are_not_resolved() -> None:
    laughs = '<!DOCTYPE d [<!ENTITY a "哈哈哈"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    inner = "".join(
        f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in ("行业动态", "标题", "今天投产。&a;&f;")
    )
    xml = f'{laughs}<w:document xmlns:w="{namespace}"><w:body>{inner}</w:body></w:document>'
    result = imported(zipped({"word/document.xml": xml.encode()}), "刊.docx")
    assert body(result, "news.md") == "今天投产。"


def test_a_damaged_part_is_reported() -> None:
    with pytest.raises(ImportFailedError, match="文件已损坏"):
        imported(zipped({"word/document.xml": b"<w:document"}), "刊.docx")


SAFE_PATH = re.compile(
    r"issue\.yaml|[a-z]+\.md|[a-z]+/\d{2,}(?:-[0-9A-Za-z\u3400-\u9fff]{1,12})?\.md|assets/picture-[0-9a-f]{8}\.(?:png|jpg)"
)
NAMES = st.sampled_from(["a.txt", "a.md", "a.html", "a.docx", "a", "../../a.txt", "a.csv"])
KINDS = st.sampled_from(list(Kind))
LINES = st.lists(
    st.sampled_from(
        (DATA / "bulletin.txt").read_text(encoding="utf-8").split("\n")
        + (DATA / "report.md").read_text(encoding="utf-8").split("\n")
        + [
            "",
            "---",
            "```",
            "- 甲",
            "> 乙",
            "| 甲 | 乙 |",
            "| - | - |",
            "![图](a.png)",
            "<table><tr><td>甲<td>乙</table>",
        ]
    )
    | TRICKY,
    max_size=25,
)


def assert_sound(content: bytes, name: str, kind: Kind) -> None:
    """Import, and check that all files can be written, read as UTF-8, and their front matter understood."""
    try:
        result = imported(content, name, kind)
    except BulletinError:
        return
    for path, written in result.files.items():
        assert SAFE_PATH.fullmatch(path)
        if not path.startswith("assets/"):
            assert "\r" not in written.decode()
            assert fields(result, path)
    assert all(problem.rule.startswith("import-") for problem in result.remarks)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), NAMES, KINDS)
def test_any_bytes_are_imported_or_refused(content: bytes, name: str, kind: Kind) -> None:
    assert_sound(content, name, kind)


@settings(max_examples=300, deadline=None)
@given(LINES, NAMES, KINDS)
def test_any_lines_are_imported(lines: list[str], name: str, kind: Kind) -> None:
    assert_sound("\n".join(lines).encode("utf-8", "replace"), name, kind)


WHOLE = as_docx(sample_blocks(), SAMPLE_NOTES)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8), KINDS)
def test_a_word_file_with_some_bytes_wrong_is_imported_or_refused(
    position: int, wrong: bytes, kind: Kind
) -> None:
    assert_sound(WHOLE[:position] + wrong + WHOLE[position + len(wrong) :], "a.docx", kind)


TAGS = [
    "p",
    "div",
    "h1",
    "h2",
    "table",
    "tr",
    "td",
    "ul",
    "li",
    "ol",
    "b",
    "a href='#fn1'",
    "pre",
    "br",
    "img",
    "sup",
    "s",
    "nav",
    "header",
    "main",
    "aside id=fn1",
    "p hidden",
    "math",
    "msup",
    "mtable",
]
PIECES = st.lists(
    st.sampled_from(
        [f"<{tag}>" for tag in TAGS]
        + ["</p>", "</table>", "</td>", "<td rowspan=99999 colspan=9>", "行业动态"]
    )
    | TRICKY,
    max_size=30,
)


@settings(max_examples=300, deadline=None)
@given(PIECES, KINDS)
def test_any_tangle_of_tags_is_imported(pieces: list[str], kind: Kind) -> None:
    assert_sound("".join(pieces).encode(), "a.html", kind)


def test_a_page_nested_without_end_is_read() -> None:
    page = "<div>" * 20_000 + "今天投产。"
    assert_sound(page.encode(), "a.html", Kind.BULLETIN)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        TRICKY | st.sampled_from(["●行业动态", "标题", "今天投产。", "一、某事", "1.某事。说明。"]),
        max_size=12,
    )
)
def test_raw_text_loses_no_character(lines: list[str]) -> None:
    source = "●行业动态\n标题\n第一段。\n" + "\n".join(lines)
    if re.search(r"(?m)^\s*#{1,6}\s|\*\*", source):
        return
    result = imported(source)
    if any("重复的表头" in problem.message for problem in result.remarks):
        return
    found = "".join(fields(result, path)["title"] + printed(body(result, path)) for path in articles(result))
    assert Counter(visible(found)) == Counter(visible(source.replace("●行业动态", "")))


# --- dates


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("2021年1月29日", (date(2021, 1, 29), True)),
        ("2020 年 12 月", (date(2020, 12, 31), False)),
        ("二〇二一年二月", (date(2021, 2, 28), False)),
        ("2021-01-29", (date(2021, 1, 29), True)),
        ("2021年13月", None),
        ("2021年第1期", None),
    ],
)
def test_dates_as_covers_print_them(line: str, found: tuple[date, bool] | None) -> None:
    assert find_date(line) == found


def test_issue_numbers_as_mastheads_print_them() -> None:
    assert (find_number("2021年第3期（总第15期）"), find_total_number("2021年第3期（总第15期）")) == (3, 15)
    assert (find_number("总第二十一期"), find_total_number("总第二十一期")) == (None, 21)
