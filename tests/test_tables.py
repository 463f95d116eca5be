"""Tables as they stand in produced PDFs: repeated heads, 续表, turned pages."""

import logging
import re
from pathlib import Path
from typing import Any

import page as validation
import pdfplumber
import pytest
import weasyprint
from conftest import make_workspace, write, write_article, write_issue
from pagecheck import check_block, read_blocks

from xcbulletin import usage
from xcbulletin.cli import app
from xcbulletin.publishing.typesetting import tables

PARAGRAPH = "正文说明各地情况，文字有一定长度，用来看版面如何安排。" * 6
MM = 72 / 25.4


def table(columns: int, rows: int, caption: str = "") -> str:
    """Return a table in Markdown: names in the first column, numbers in the others."""
    head = ["地区", *(f"指标{column}" for column in range(1, columns))]
    body = [
        [f"第{row}市", *(f"{row * 137}.{column % 10}" for column in range(1, columns))]
        for row in range(1, rows + 1)
    ]
    lines = ["|".join(cells) for cells in (head, ["---"] * columns, *body)]
    return (
        (f"表：{caption}\n\n" if caption else "")
        + "\n".join(f"|{line}|" for line in lines)
        + "\n\n数据来源：某处统计"
    )


def build(
    root: Path,
    *blocks: str,
    kind: str = "bulletin",
    size: str = "A4",
    columns: int = 1,
    edition: str = "standard",
) -> Path:
    """Build an issue of one article, a report of two chapters; return its PDF."""
    workspace = make_workspace(root)
    settings = (root / "bulletin.yaml").read_text()
    write(
        root / "bulletin.yaml",
        settings.replace("size: A4", f"size: {size}").replace("columns: 1", f"columns: {columns}"),
    )
    folder = write_issue(workspace, text=f"date: 2021-01-29\nkind: {kind}\ntitle: 快递\n")
    for name in ("body/01.md", "body/02.md") if kind == "report" else ("news/01.md",):
        write_article(folder, name, "\n\n".join(blocks), title="要闻")
    formats = "pdf,html,email" if edition == "standard" else "pdf"
    command = ("--workspace", str(root), "build", "--format", formats, "--edition", edition)
    assert usage.run(app, command) == 0
    folder = root / "build" / "2021-01"
    return (folder if edition == "standard" else folder / edition) / "bulletin.pdf"


def lines_of(pdf: Path) -> list[list[str]]:
    """Return the lines of each page, without blanks."""
    with pdfplumber.open(pdf) as opened:
        return [[line.replace(" ", "") for line in page.extract_text().splitlines()] for page in opened.pages]


# Cells

INDICATORS = (
    ("企业名称", "许继集团有限公司"),
    ("营业收入（亿元）", "12.5"),
    ("利润总额（亿元）", "3.20"),
    ("研发投入（亿元）", "1,234"),
    ("从业人员（人）", "98%"),
    ("资产总额（亿元）", "12,345.6"),
    ("用电量（万千瓦时）", "-3.5"),
    ("出口交货值（万美元）", "7"),
    ("专利授权量（件）", "88.8"),
    ("税收（万元）", "45"),
    ("占全市比重（%）", "6"),
)
FIRMS = """表：企业

|企业名称|所属产业|注册地|成立日期|注册资本（万元）|2020年营业收入（亿元）|同比增长|研发投入占比|联系人|
|---|---|---|---|---|---|---|---|---|
|许继集团有限公司|智能电力装备|许昌市魏都区|1996年12月27日|319,039.50|152.36|12.5%|6.8%|张三|
|河南森源电气股份有限公司|智能电力装备|长葛市|2000年10月23日|92,975.69|15.20|3.5%|4.2%|欧阳锋|
"""
POLICY = "《许昌市加快推进新能源汽车产业发展实施方案（2021—2025年）》|许昌市人民政府办公室|2021年3月31日"
CONTENT = (
    "到2025年，全市新能源汽车整车产能达到20万辆，产值突破300亿元，培育国家级专精特新“小巨人”企业5家以上。"
)
POLICIES = (
    "表：政策\n\n|序号|政策名称|发布机构|发布日期|文号|主要内容|\n|---|---|---|---|---|---|\n"
    + "\n".join(f"|{row}|{POLICY}|许政办〔2021〕12号|{CONTENT}|" for row in range(1, 5))
)


def of_indicators(columns: int) -> str:
    heads, cells = zip(*INDICATORS[:columns], strict=True)
    return f"|{'|'.join(heads)}|\n|{'---|' * columns}\n|{'|'.join(cells)}|"


@pytest.fixture(
    scope="module",
    params=[("A4", 1, "standard"), ("A4", 1, "large"), ("A4", 2, "standard"), ("16K", 1, "large")],
    ids=str,
)
def crowded(request: pytest.FixtureRequest, fonts: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001
    """A PDF of tables whose columns have little room."""
    size, columns, edition = request.param
    blocks = [of_indicators(count) for count in range(5, 12)]
    folder = tmp_path_factory.mktemp("crowded") / "快递"
    return build(folder, POLICIES, FIRMS, *blocks, size=size, columns=columns, edition=edition)


def test_cells_are_broken_as_clreq_asks(crowded: Path) -> None:
    lines = read_blocks(crowded, "TD", "TH")
    faults = check_block(lines)
    faults["9 lonely"] = [one for one in faults["9 lonely"] if one.text not in ("（人）", "（件）", "（%）")]
    assert {name: found for name, found in faults.items() if found} == {}
    texts = {line.text.replace(" ", "") for line in lines}
    assert {"1996年12月27日", "2021年3月31日", "319,039.50", "12.5%", "6.8%", "欧阳锋"} <= texts
    assert {"（万元）", "（万千瓦时）", "（万美元）", "（%）"} <= {
        re.sub("^[^（]+", "", text) for text in texts if "（" in text
    }


def test_no_table_is_wider_than_the_text(crowded: Path) -> None:
    with pdfplumber.open(crowded) as opened:
        for page in opened.pages:
            edges = [page.width, 0.0]
            for line in page.lines:
                edges = [min(edges[0], line["x0"]), max(edges[1], line["x1"])]
            text = [char for char in page.chars if char["tag"] in ("TD", "TH")]
            assert edges[0] + edges[1] == pytest.approx(page.width, abs=1) or page.width > page.height
            assert all(edges[0] - 0.5 < char["x0"] and char["x1"] < edges[1] + 0.5 for char in text)


def test_a_column_of_much_text_is_not_narrow(crowded: Path) -> None:
    lines = [line.text for line in read_blocks(crowded, "TD")]
    places = [at for at, line in enumerate(lines) if line.startswith("到 2025 年")]
    assert places
    assert all("以上" in "".join(lines[at : at + 10]) for at in places)


def test_names_are_whole_beside_columns_of_little_text(fonts: Any, tmp_path: Path) -> None:  # noqa: ARG001
    text = "Internationalization and localization of multidisciplinary telecommunications infrastructure"
    rows = f"|OpenAI|https://www.example.org/very/long/path/to/a/document/index.html|{text}|\n|甲|乙|x|"
    for edition in ("standard", "large"):
        body = f"|名称|网址|Description|\n|---|---|---|\n{rows}"
        pdf = build(tmp_path / edition, body, edition=edition)
        assert "OpenAI" in [line.text for line in read_blocks(pdf, "TD", "TH")]


def test_a_table_that_is_too_wide_for_any_page_is_told(
    fonts: Any,  # noqa: ARG001
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    build(tmp_path / "快递", "前文。", table(30, 3, "宽表").replace(".", "123."))
    told = [line for line in capsys.readouterr().err.splitlines() if "太挤" in line]
    assert told == [
        "提醒：issues/2021-01/news/01.md:8: 表1太挤，用最小的字也放不下，有的数字或词会从中间断开；"
        "请拆成两张表，换用大一些的单位，或缩短长词"
    ]


# Over several pages


@pytest.fixture(scope="module")
def long_table(fonts: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001
    blocks = (PARAGRAPH, table(4, 90, "跨页的长表"), PARAGRAPH, table(3, 60), PARAGRAPH)
    return build(tmp_path_factory.mktemp("long") / "快递", *blocks)


def test_a_table_carries_its_caption_and_head_on_every_page(long_table: Path) -> None:
    pages = [page for page in lines_of(long_table) if any("指标3" in line for line in page)]
    assert len(pages) == 4
    for number, page in enumerate(pages):
        assert [line for line in page if "跨页的长表" in line] == [
            "续表1跨页的长表" if number else "表1跨页的长表"
        ]
        assert sum(line == "地区指标1指标2指标3" for line in page) == 1


def test_a_caption_stands_over_the_head_and_two_rows_at_least(long_table: Path) -> None:
    lines = next(page for page in lines_of(long_table) if "表1跨页的长表" in page)
    at = lines.index("表1跨页的长表")
    assert lines[at + 1] == "地区指标1指标2指标3"
    assert all(line.startswith("第") for line in lines[at + 2 : at + 4])


def test_a_table_goes_on_only_on_paper(long_table: Path) -> None:
    for name in ("index.html", "email.html", "email.txt"):
        text = (long_table.parent / name).read_text()
        assert "跨页的长表" in text
        assert "续表" not in text


def test_every_row_is_printed_once(long_table: Path) -> None:
    rows = [line for page in lines_of(long_table) for line in page if line.startswith("第") and "市" in line]
    assert len(rows) == len(set(rows)) == 90 + 60


def test_a_table_without_a_caption_repeats_its_head_alone(long_table: Path) -> None:
    pages = [page for page in lines_of(long_table) if "地区指标1指标2" in page]
    assert len(pages) > 1
    assert not any("续表" in line for page in pages[1:] for line in page)


def test_the_rule_over_a_table_stands_below_its_caption(long_table: Path) -> None:
    with pdfplumber.open(long_table) as opened:
        for page in opened.pages[1:3]:
            caption = next(word for word in page.extract_words() if word["text"].startswith("续表"))
            head = next(word for word in page.extract_words() if word["text"] == "地区")
            heavy = [line for line in page.lines if line["linewidth"] > 1 and line["top"] < head["top"]]
            assert heavy
            assert all(caption["bottom"] < line["top"] for line in heavy)


def test_a_file_with_continued_tables_is_still_accessible(long_table: Path) -> None:
    checked = validation.validate_pdf(str(long_table), profile=validation.ValidationProfile.PDF_UA_1)
    assert checked.is_compliant


def test_the_mark_of_a_note_in_a_head_is_printed_once(fonts: Any, tmp_path: Path) -> None:  # noqa: ARG001
    rows = "\n".join(f"|第{row}市|{row}|" for row in range(1, 120))
    notes = "[^1]: 地区的注。\n\n[^2]: 数值的注。"
    pdf = build(tmp_path / "快递", f"表：有注的表\n\n|地区[^1]|数值[^2]|\n|---|--:|\n{rows}\n\n{notes}")
    pages = [page for page in lines_of(pdf) if any(line.startswith("地区") for line in page)]
    heads = [line for page in pages for line in page if re.fullmatch("地区.?数值.?", line)]
    assert heads[1:] == ["地区数值"] * (len(heads) - 1)
    assert len(heads) > 2
    assert heads[0] != "地区数值"
    assert any("地区的注" in line for line in pages[0])
    assert validation.validate_pdf(str(pdf), profile=validation.ValidationProfile.PDF_UA_1).is_compliant


def test_a_table_is_broken_between_rows_and_its_source_stays_with_the_last(long_table: Path) -> None:
    for page in lines_of(long_table):
        if source := [index for index, line in enumerate(page) if line.startswith("数据来源")]:
            assert page[source[0] - 1].startswith("第")
            assert page[source[0] - 2].startswith("第")


def test_a_cell_longer_than_a_page_is_broken(fonts: Any, tmp_path: Path) -> None:  # noqa: ARG001
    text = "两千字的内容很长，" * 222
    pages = lines_of(
        build(tmp_path / "快递", PARAGRAPH, f"表：长格\n\n|项目|内容|\n|---|---|\n|甲|{text}|\n|乙|短|")
    )
    assert "".join("".join(page) for page in pages).count("两千字") >= 222 - len(pages) - 60
    assert any("表1长格" in page for page in pages[:1])


def test_the_notes_of_a_broken_row_stand_below_the_table(fonts: Any, tmp_path: Path) -> None:  # noqa: ARG001
    rows = f"|一|{'很长的内容，' * 400}|数[^2]|\n|二|短|数[^3]|"
    text = f"前文[^1]。\n\n表：长格\n\n|项|内容|备注|\n|---|---|---|\n{rows}\n\n数据来源：某处\n\n后文[^4]。"
    notes = "\n\n".join(f"[^{number}]: 第{number}条注。" for number in range(1, 5))
    pdf = build(tmp_path / "快递", text, notes)
    pages = [page for page in lines_of(pdf) if any("长的内容" in line for line in page)]
    assert len(pages) > 1
    for number, page in enumerate(pages):
        at = page.index("续表1长格" if number else "表1长格")
        assert page[at + 1] == "项内容备注"
    below = [line.lstrip("1234.") for line in pages[-1]]
    at = below.index("第2条注。")
    assert below[at : at + 3] == ["第2条注。", "第3条注。", "数据来源：某处"]
    assert any(line.endswith("第1条注。") for line in pages[0])
    assert validation.validate_pdf(str(pdf), profile=validation.ValidationProfile.PDF_UA_1).is_compliant


def assert_inside(pdf: Path) -> None:
    """Assert that all text of a PDF keeps clear of the edges of its pages."""
    with pdfplumber.open(pdf) as opened:
        for page in opened.pages:
            for char in page.chars:
                assert 10 * MM <= char["x0"] <= char["x1"] <= page.width - 10 * MM
                assert 5 * MM <= char["top"] <= char["bottom"] <= page.height - 5 * MM


def test_a_word_without_end_stays_on_the_paper(fonts: Any, tmp_path: Path) -> None:  # noqa: ARG001
    words = ("A1" * 100, "https://www.example.org/" + "abcdefghij/" * 15)
    blocks = [
        f"|{'项目|' * columns}\n|{'---|' * columns}\n|{'甲|' * (columns - 1)}{word}|"
        for columns in (2, 4, 6)
        for word in words
    ]
    pdf = build(tmp_path / "快递", *blocks, size="16K")
    assert_inside(pdf)
    text = "".join("".join(page) for page in lines_of(pdf))
    assert text.count("A") == 300
    assert text.count("j") == 45


def test_the_note_of_a_short_cell_is_set_in_lines(fonts: Any, tmp_path: Path) -> None:  # noqa: ARG001
    notes = f"[^1]: {'注' * 100}\n\n[^2]: https://www.example.org/{'abcdefghij' * 15}"
    pdf = build(tmp_path / "快递", f"|甲|乙|\n|---|--:|\n|丙[^1]|1[^2]|\n\n{notes}")
    assert_inside(pdf)
    assert "".join("".join(page) for page in lines_of(pdf)).count("注") == 100


@pytest.mark.parametrize("columns", [14, 20])
def test_a_table_of_many_columns_fits_a_small_page_in_large_print(
    fonts: Any,  # noqa: ARG001
    tmp_path: Path,
    columns: int,
) -> None:
    pdf = build(tmp_path / "快递", table(columns, 8, "宽表"), size="16K", edition="large")
    assert_inside(pdf)
    with pdfplumber.open(pdf) as opened:
        pages = [page for page in opened.pages if page.width > page.height]
        assert len(pages) <= 2
        assert all("宽表" in page.extract_text() and "地区" in page.extract_text() for page in pages)


def test_a_table_of_however_many_columns_stays_on_the_paper(fonts: Any, tmp_path: Path) -> None:  # noqa: ARG001
    pdf = build(tmp_path / "快递", table(40, 8, "宽表"), size="16K", edition="large")
    assert_inside(pdf)
    with pdfplumber.open(pdf) as opened:
        assert len(opened.pages) <= 4


# Turned


@pytest.fixture(
    scope="module",
    params=[
        ("bulletin", "A4", 1),
        ("bulletin", "16K", 1),
        ("bulletin", "A4", 2),
        ("report", "A4", 1),
        ("report", "16K", 1),
    ],
    ids=str,
)
def turned(request: pytest.FixtureRequest, fonts: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001
    """A PDF in which two turned tables stand between paragraphs, the second over two pages."""
    kind, size, columns = request.param
    blocks = (
        PARAGRAPH,
        PARAGRAPH,
        table(14, 8, "短的宽表"),
        table(14, 30, "长的宽表"),
        PARAGRAPH,
        PARAGRAPH,
        table(9, 5, "九列"),
        PARAGRAPH,
    )
    return build(tmp_path_factory.mktemp("turned") / "快递", *blocks, kind=kind, size=size, columns=columns)


def turned_pages(pdf: Any) -> list[Any]:
    return [page for page in pdf.pages if page.width > page.height]


def test_a_table_of_fourteen_columns_is_turned_and_one_of_nine_is_not(turned: Path) -> None:
    with pdfplumber.open(turned) as opened:
        for page in opened.pages:
            text = page.extract_text().replace(" ", "")
            assert ("宽表" in text) == (page.width > page.height) or "目录" in text
            assert "正文说明" not in text or page.width < page.height


def test_wide_tables_in_a_row_share_a_page(turned: Path) -> None:
    with pdfplumber.open(turned) as opened:
        texts = [page.extract_text().replace(" ", "") for page in turned_pages(opened)]
    assert any("短的宽表" in text and "长的宽表" in text for text in texts)


def test_a_turned_page_is_the_other_pages_on_their_side(turned: Path) -> None:
    with pdfplumber.open(turned) as opened:
        upright = opened.pages[0]
        for page in turned_pages(opened):
            assert (page.width, page.height) == (upright.height, upright.width)


def test_no_page_is_blank(turned: Path) -> None:
    with pdfplumber.open(turned) as opened:
        assert all(len(page.chars) > 20 for page in opened.pages)


def bottom_of(page: Any) -> list[Any]:
    """Return the characters at the foot of a page, in reading order: on a turned page that is its left edge."""
    if page.width > page.height:
        return sorted((char for char in page.chars if char["x1"] < 20 * MM), key=lambda char: char["top"])
    return sorted(
        (char for char in page.chars if char["top"] > page.height - 20 * MM), key=lambda char: char["x0"]
    )


def test_numbers_count_on_over_turned_pages(turned: Path) -> None:
    with pdfplumber.open(turned) as opened:
        feet = ["".join(char["text"] for char in bottom_of(page)).strip("— ") for page in opened.pages]
    body = [int(foot) for foot in feet if foot.isdigit()]
    assert body == list(range(1, len(body) + 1))
    assert len(body) >= 3


def test_number_and_head_stand_where_they_do_on_other_pages(turned: Path) -> None:
    """The bound page is turned clockwise to be read: (x, y) upright is (height − y, x) turned."""
    with pdfplumber.open(turned) as opened:
        number = [page for page in opened.pages if page.width < page.height and bottom_of(page)][-1]
        expected_y = (bottom_of(number)[0]["top"] + bottom_of(number)[0]["bottom"]) / 2
        expected_head = next(char for char in number.chars if char["top"] < 30 * MM and char["text"] == "快")
        for page in turned_pages(opened):
            foot = bottom_of(page)
            middle = (foot[0]["x0"] + foot[0]["x1"]) / 2
            assert page.width - middle == pytest.approx(expected_y, abs=1.5)
            assert (foot[0]["top"] + foot[-1]["bottom"]) / 2 == pytest.approx(page.height / 2, abs=1.5)
            head = next(
                char for char in page.chars if char["x0"] > page.width - 30 * MM and char["text"] == "快"
            )
            assert page.width - head["x1"] == pytest.approx(expected_head["top"], abs=1.5)
            assert head["top"] == pytest.approx(expected_head["x0"], abs=1.5)


def test_a_heading_goes_to_the_page_of_its_turned_table(fonts: Any, tmp_path: Path) -> None:  # noqa: ARG001
    pdf = build(tmp_path / "快递", PARAGRAPH, "# 一、小节", table(14, 5, "宽表"), PARAGRAPH)
    with pdfplumber.open(pdf) as opened:
        texts = ["小节" in page.extract_text() for page in opened.pages]
        assert texts == [page.width > page.height for page in opened.pages]


# The module


def test_another_weasyprint_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    with caplog.at_level(logging.WARNING):
        assert not tables.install()
    assert caplog.messages == ["WeasyPrint 71.0 is not 70.*: tables go on without 续表"]
