"""Lines as they stand in produced PDFs: the checks of CLREQ on whole issues, and each rule on a small page."""

import logging
import re
from html import escape
from itertools import pairwise, permutations

import pagecheck
import pytest
import weasyprint
from conftest import ROOT, pdf_of
from pagecheck import Column

from xcbulletin.publishing.typesetting import lines
from xcbulletin.publishing.typesetting.press import Job

MM = 72 / 25.4
PAGE = Column(left=24 * MM, right=186 * MM, top=26 * MM - 5, bottom=272 * MM + 5)
ISSUE_FILES = ROOT / "issues"
CSS = """
@page { size: A4; margin: 26mm 24mm 25mm }
html { font: 11.5pt/1.7 "XC Song"; font-feature-settings: "chws" 1 }
body { margin: 0 }
p { margin: 0; text-indent: 2em; text-align: justify }
li, td { text-align: justify }
"""


@pytest.fixture
def print_page(press, tmp_path):
    """Print a body and return the PDF."""

    def print_page(body, css=""):
        path = tmp_path / "page.pdf"
        html = f'<!doctype html><html lang="zh-CN"><title>t</title><style>{CSS}{css}</style><body>{body}'
        path.write_bytes(press.result(press.submit(Job(html=html))))
        return path

    return print_page


@pytest.fixture
def read(print_page):
    """Print a body and read the lines of its text."""

    def read(body, css="", columns=(PAGE,)):
        return pagecheck.read_page_lines(print_page(body, css), columns, size=11.5, fonts="Song")

    return read


ISSUES = ("2021-01", "2021-02", "2021-03", "ai-governance-2021", "real-bulletin", "real-report")


def faults_in(checks):
    return {name: found for name, found in checks.items() if found}


@pytest.mark.parametrize("issue", ISSUES)
def test_lines_are_as_clreq_asks(printed, issue):
    path = pdf_of(printed, issue)
    assert faults_in(pagecheck.check_running_text(pagecheck.running_text(path))) == {}
    notes = pagecheck.read_blocks(path, "Note")
    assert faults_in(pagecheck.check_block(notes)) == {}
    assert pagecheck.check_flush(notes) == []


@pytest.mark.parametrize("issue", ISSUES)
def test_cells_captions_and_titles_are_broken_as_clreq_asks(printed, issue):
    path = pdf_of(printed, issue)
    assert faults_in(pagecheck.check_block(pagecheck.read_blocks(path, "TD", "TH"))) == {}
    titles = pagecheck.read_blocks(path, "Caption", "H1", "H2", "H3", "H4", "H5", "H6")
    assert faults_in(pagecheck.check_block(titles)) == {}
    assert pagecheck.check_balance(titles) == []


def plain_paragraphs(folder):
    """Yield the paragraphs of an issue's articles, without Markdown."""
    for file in sorted(folder.rglob("*.md")):
        for line in file.read_text().rpartition("\n---\n")[2].splitlines():
            if line and not re.match(r"[#|>!\-*\[`:{ ]|\d|表：|图：", line):
                yield re.sub(r"\[\^?([^]]*)\](\([^)]*\)|\{[^}]*\})?|\*\*?|`", r"\1", line)


EDITIONS = {
    "two columns": "@page{size:A4;margin:26mm 27.2mm} body{columns:2;column-gap:2em} html{font-size:10.5pt;line-height:18pt}",
    "large print": "html{font-size:16pt;line-height:28pt}",
    "16K": "@page{size:184mm 260mm;margin:22mm 20mm} html{font-size:10.5pt;line-height:18pt}",
}


@pytest.mark.parametrize("edition", EDITIONS)
def test_any_measure_is_set_as_clreq_asks(print_page, edition):
    paragraphs = [
        text for month in ("2021-01", "2021-02", "2021-03") for text in plain_paragraphs(ISSUE_FILES / month)
    ]
    assert len(paragraphs) > 100
    lines = pagecheck.running_text(
        print_page("".join(f"<p>{escape(text)}</p>" for text in paragraphs), EDITIONS[edition])
    )
    faults = faults_in(pagecheck.check_running_text(lines))
    # Rather than leave a hole, a number parts from its unit.
    assert len(faults.pop("3 separation", ())) < 0.01 * len(lines)
    if edition == "two columns":
        faults.pop("7 Han-Latin", None)
        assert pagecheck.check_mixed_gaps(lines, most=0.56) == []
    assert faults == {}


@pytest.mark.parametrize("issue", ISSUES)
def test_pages_have_our_fonts_and_real_characters(printed, issue):
    path = pdf_of(printed, issue)
    assert pagecheck.check_fonts(path, families="XC-(Song|Hei|Kai)") == []
    assert pagecheck.check_tofu(path) == []


SENTENCE = (
    "人工智能在语音识别、文本识别、视频识别等感知领域取得了新突破，而它的应用也陆续出现在越来越多的场景中；"
)


def test_inline_markup_does_not_matter(read):
    body = (
        "<p>截至<strong>2020年12月</strong>，全球已有<strong>39</strong>个国家制定了<em>战略政策</em>、规划文件，"
        "<a href='https://example.org'>OpenAI</a>发布了<a href='https://example.org'>GPT-3</a>模型。<strong>重视人工智能的影响。</strong>（2020年6月，"
        "国会提出“三个两党”法案。）其中，在<strong>《军队人工智能法案》</strong>、《国家安全》<strong>（重要）</strong>中，"
        "进一步提高其重要性<span style='float:footnote'>来源：2020年第3期。</span>。<em>“自主意识”</em>，"
        f"{SENTENCE}{SENTENCE}最后<strong>一</strong><em>校</em>。</p>"
    )
    css = "strong,em{font-family:inherit} ::footnote-call{font-size:7pt;vertical-align:super;line-height:0}"
    found = pagecheck.check_all(read(body, css))
    assert {name: violations for name, violations in found.items() if violations} == {}


def test_columns_and_lists_are_justified(read):
    gap = 8 * MM
    width = (PAGE.right - PAGE.left - gap) / 2
    columns = [
        Column(left=left, right=left + width, top=PAGE.top) for left in (PAGE.left, PAGE.left + width + gap)
    ]
    body = f"<div style='columns:2;column-gap:8mm'>{f'<p>{SENTENCE}2020年达5亿元，{SENTENCE}</p>' * 4}</div>"
    found = read(body, columns=columns)
    assert (
        pagecheck.check_flush(found) == pagecheck.check_halved(found) == pagecheck.check_indent(found) == []
    )
    assert pagecheck.check_gaps(found, usual=0.1) == []
    body = f"<ul><li>{SENTENCE}{SENTENCE}</li><li><p>{SENTENCE}{SENTENCE}</p></li></ul>"
    column = Column(left=PAGE.left + 30, right=PAGE.right, top=PAGE.top)
    found = read(body, "p{text-indent:0}", columns=[column])
    assert len(found) > 4
    assert all(pagecheck.raggedness(line) < 0.02 for line in found if len(line.text) > 35)


def test_a_table_cell_is_justified_and_keeps_its_blanks(read):
    body = (
        f"<table><tr><td style='font-size:11.5pt;width:20em'>中国 美国{SENTENCE}</td><td></td></tr></table>"
    )
    found = read(body)
    assert found[0].text.startswith("中国\u3000美国")
    assert max(line.x1 for line in found[:-1]) - min(line.x1 for line in found[:-1]) < 0.6 * 11.5


def test_a_heading_is_left_alone(read):
    body = f"<h2 style='font:11.5pt/1.7 XC Song'>{SENTENCE}</h2>"
    assert max(gap for gap, _ in pagecheck.gaps(read(body))) < 0.001


def test_a_line_that_fits_exactly_also_has_its_last_mark_halved(read):
    body = "<p style='text-indent:0;width:20em'>" + "一二三四五六七八九十一二三四五六七八九，" * 3 + "</p>"
    found = read(body, columns=[Column(left=PAGE.left, right=PAGE.left + 230)])
    assert [line.text[-1] for line in found[:2]] == ["，", "，"]
    assert found[0].x1 - found[0].column.right == pytest.approx(0.5 * 11.5, abs=0.1)


def test_a_halved_mark_lets_one_more_character_onto_the_line(read):
    body = (
        "<p style='text-indent:0;width:19.6em'>"
        + "一二三四五六七八九十一二三四五六七八九，" * 3
        + "一二三</p>"
    )
    found = read(body, columns=[Column(left=PAGE.left, right=PAGE.left + 225.4)])
    assert [line.text[-1] for line in found] == ["，", "，", "，", "三"]
    assert pagecheck.check_flush(found) == pagecheck.check_halved(found) == []


def test_a_number_parts_from_its_unit_rather_than_leave_a_hole(read):
    body = "<p style='text-indent:0;width:12em'>一二三四五六七八九1000万元一二三四五六七八九十</p>"
    found = read(body)
    assert [line.text for line in found][:2] == ["一二三四五六七八九 1000", "万元一二三四五六七八九十"]


def test_a_line_is_not_opened_too_far(read):
    body = "<p style='text-indent:0;width:10em'>标准化工作<code>INTERNATIONAL-STANDARD</code></p>"
    found = read(body)
    assert max(gap for gap, _ in pagecheck.gaps(found)) < 0.001


@pytest.mark.parametrize(
    ("width", "text", "expected"),
    [
        ("20em", "一二三四五六七八九十一二三四五六七2020年", "一二三四五六七八九十一二三四五六七"),
        ("20em", "一二三四五，六七八九（十）一二三四2020年", "一二三四五，六七八九（十）一二三四 2020 年"),
        ("10em", "一二三四五Internationalization", "一二三四五 Interna-"),
        ("11em", "一二三四五六（FANG+BAT）", "一二三四五六（FANG+"),
        ("14em", "一二三四五见https://www.example.org/a/b", "一二三四五见 https://www"),
        ("14em", "一二三四五六见https://example.org/0123456789", "一二三四五六见 https://"),
    ],
)
def test_a_line_is_filled_before_it_is_opened(read, width, text, expected):
    found = read(f"<p style='text-indent:0;width:{width}'>{text}一二三四五六七八九十一二三四五六七八九十</p>")
    assert found[0].text == expected


def test_marks_give_room(read):
    (line, *_) = read(
        f"<p style='text-indent:0;width:20em'>一二三四五，六七八九（十）一二三四2020年{SENTENCE}</p>"
    )
    assert line.x1 - PAGE.left == pytest.approx(20 * 11.5, abs=0.1)
    advances = {left.text: (right.x0 - left.x0) / 11.5 for left, right in pairwise(line.glyphs)}
    assert all(0.5 < advances[mark] < 0.9 for mark in "，）九")
    assert advances["一"] == pytest.approx(1, abs=0.01)


FIGURES = (
    "一季度规模以上工业增加值同比增长24.5%，其中高技术制造业增长31.2%，快于全部工业6.7个百分点。",
    "据样例统计，2021年全球AI市场规模为850.3亿美元，同比增长16.5%；企业“上云用数赋智”步伐加快。",
    "要坚持创新驱动——把科技自立自强作为战略支撑……",
    "CO₂排放强度下降18%，H₂O耗量为每吨3.5m³，温度保持在25℃以下。",
    "全市今年计划新建5G基站1200个，累计超过4.6万个，完成三年计划（2018-2020年）的87.25%。",
)


@pytest.mark.parametrize("width", ["18em", "19em", "20em"])
def test_text_full_of_figures_is_flush_in_a_narrow_column(print_page, width):
    body = "".join(f"<p>{''.join(order) * 3}</p>" for order in permutations(FIGURES, 3))
    css = (
        f"p{{width:{width}}} p::after{{content:'';position:absolute;width:.5em;height:.5em;background:#000}}"
    )
    found = pagecheck.running_text(print_page(body, css))
    assert len(found) > 400
    assert pagecheck.check_flush(found) == pagecheck.check_gaps(found, usual=0.1) == []


LONG_ADDRESS = f"https://www.example.org/{'abcdefghij/' * 16}index.html?id=1"


@pytest.mark.parametrize("width", [20, 28, 38])
def test_an_address_is_broken_at_its_marks_and_never_stretched(read, width):
    body = f"<p>详见{LONG_ADDRESS}，又见{LONG_ADDRESS}。{SENTENCE}</p>"
    found = read(body, f"p{{width:{width}em;overflow-wrap:anywhere}}")
    starts = [after.text for before, after in pairwise(found) if re.search("[!-~]$", before.text)]
    assert len(starts) > 4
    assert [start for start in starts if not re.match(r"abcdefghij/|www\.|index|id=1|[.?&=]|又", start)] == []
    assert pagecheck.check_addresses(found) == pagecheck.check_mixed_gaps(found, most=0.4) == []
    comma = next(line for line in found if "，又" in line.text or line.text.endswith("，"))
    before, mark = (comma.glyphs[comma.text.index("，") - 1 + step] for step in (0, 1))
    assert mark.x0 - before.x1 < 0.1 * 11.5


SIGNS = (
    "水H₂O、二氧化碳CO₂排放下降，面积120m²，温度25℃，粒径2.5μm，浓度10⁻³ mol/L，加速度9.8 m/s²，Na⁺和Cl⁻，"
    "推进“5G＋工业互联网”，用时3—5年，2020—2021年完成A/B测试，用C++语言编写，比例1∶10，单价￥100，"
    "增幅100%～200%，他说：“会上提到‘双碳’目标，还提到‘新基建’。”另一人说：「这是『试点』。」——这正是要点……"
    "镕、喆、堃、體、龍、臺灣。"
)
ADDRESS = "https://www.example-industry.gov.cn/" + "policy/2021/art_a1b2c3-d4/" * 4 + "0123456789abcdef" * 4


@pytest.mark.parametrize("width", ["20em", "28em", "40em"])
def test_bad_cases_are_set_well(print_page, width):
    body = f"<p>{SIGNS * 4}</p><p>全文见{ADDRESS}，另见<a href='{ADDRESS}'>{ADDRESS}</a>。{SENTENCE}</p><p>{'工业互联网平台' * 285}</p>"
    path = print_page(body, f"p{{width:{width};overflow-wrap:anywhere}}")
    faults = faults_in(pagecheck.check_running_text(pagecheck.running_text(path)))
    faults.pop("7 Han-Latin", None)
    assert faults == {}
    assert pagecheck.check_fidelity(path, [ADDRESS, "10⁻³ mol/L"], column=PAGE) == []
    assert pagecheck.check_tofu(path) == []


@pytest.mark.parametrize("width", ["4em", "6em", "9em"])
def test_a_narrow_cell_breaks_where_it_may(print_page, width):
    cells = (
        "2020年",
        "3.5亿元",
        "（亿元）",
        "工业和信息化部",
        "H₂O、CO₂",
        "1.5万吨",
        "C++",
        "“双碳”政策",
        "《条例》全文",
    )
    body = f"<table><tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr></table>"
    path = print_page(body, f"td{{width:{width};font-size:9pt;padding:0;overflow-wrap:break-word}}")
    assert faults_in(pagecheck.check_block(pagecheck.read_blocks(path, "TD"))) == {}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("修订的《器械监督管理条例》6月1日起施行", ["修订的《器械监督管理条例》", "6 月 1 日起施行"]),
        ("规划开局之年，读指标也读口径，更要看结果", ["规划开局之年，读指标", "也读口径，更要看结果"]),
        ("一二三四五六七八九十一二三四五六七", ["一二三四五六七八九", "十一二三四五六七"]),
        ("短标题", ["短标题"]),
        ("我国百万千瓦级超超临界二次再热机组", ["我国百万千瓦级", "超超临界二次再热机组"]),
        ("印发《“十四五”新型储能实施方案》通知", ["印发《“十四五”新型", "储能实施方案》通知"]),
        ("许昌高纯硅材料企业产能居全国第一", ["许昌高纯硅材料企业", "产能居全国第一"]),
    ],
)
def test_the_lines_of_a_title_are_even(print_page, title, expected):
    path = print_page(f"<h3>{title}</h3>", "h3{font:700 15pt/23pt 'XC Song';width:14em;margin:0}")
    found = pagecheck.read_blocks(path, "H1", "H2", "H3")
    assert [line.text for line in found] == expected


def test_the_last_line_is_spread_when_asked(read):
    body = "<p style='text-indent:0;width:10em;text-align-last:justify'>编者的话</p>"
    (line,) = read(body)
    assert line.x1 - PAGE.left == pytest.approx(115, abs=0.1)


def test_latin_quotes_are_narrow(read):
    (line,) = read("<p>We don’t know “it”.</p>")
    assert line.text.endswith("We don’t know “it”.")
    assert all(glyph.x1 - glyph.x0 < 0.6 * glyph.size for glyph in line.glyphs if glyph.text in "“”’")


def test_a_spaced_title_keeps_its_spacing_even(read):
    (line,) = read("<p style='text-indent:0;letter-spacing:1em'>本期要目</p>")
    starts = [glyph.x0 for glyph in line.glyphs]
    assert {round(after - before) for before, after in pairwise(starts)} == {23}


def test_another_weasyprint_is_left_alone(monkeypatch, caplog):
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    monkeypatch.setattr(lines.inline, "justify_line", "untouched")
    with caplog.at_level(logging.WARNING):
        assert not lines.install()
    assert lines.inline.justify_line == "untouched"
    assert "71.0" in caplog.text
