"""A letter says what the issue says, however much of it fits, with its PDF or without."""

import re
from dataclasses import replace

import pytest
from conftest import ROOT
from lettercheck import CHROMIUM, check_all, elements, look_without_style, open_letter, squeezed, texts, tree
from lettersamples import (
    EVERYTHING,
    MAIL,
    UNSUBSCRIBE,
    full_edition,
    long_articles,
    make_article,
    make_edition,
    make_letter,
    make_report,
    pdf_of_one_page,
)

from xcbulletin.model import IssueId
from xcbulletin.publishing.documents import make_letter as make_letter_of
from xcbulletin.publishing.edition import Edition
from xcbulletin.publishing.letter import (
    ATTACHED,
    BYTES_OF_LETTER,
    LEFT_OUT,
    Letter,
    PdfOffer,
    as_page,
    summary_of,
)
from xcbulletin.publishing.message import message
from xcbulletin.workshop import Workshop

LETTER = make_letter(full_edition())
LARGE = make_letter(full_edition(), large_print=True)


# What every letter must show


PDF = pdf_of_one_page()
LINKED = PdfOffer(address="http://192.168.1.20/bulletin/2021-01/bulletin.pdf?a=1&b=2")
SELECTION = make_edition(make_article(body=EVERYTHING, industries=("ai",)), selection=("ai",))
REPORT = make_report(
    make_article(column="foreword", title="前言"),
    make_article(column="body", title="一、政策", body=EVERYTHING),
)
LETTERS = {
    "bulletin": (full_edition(), {}),
    "linked": (full_edition(), {"pdf": LINKED}),
    "left out": (full_edition(), {"pdf": LEFT_OUT}),
    "large print": (full_edition(), {"large_print": True}),
    "brief": (full_edition(), {"profile": "brief"}),
    "selection": (SELECTION, {}),
    "report": (REPORT, {}),
    "report, linked": (REPORT, {"pdf": LINKED}),
    "summaries": (make_edition(*long_articles(60, 60)), {}),
    "summaries, linked": (make_edition(*long_articles(60, 60)), {"pdf": LINKED}),
    "summaries, left out": (make_edition(*long_articles(60, 60)), {"pdf": LEFT_OUT}),
    "many summaries": (make_edition(*long_articles(80, 60)), {}),
    "titles": (make_edition(*long_articles(500, 10)), {}),
    "some titles, linked": (make_edition(*long_articles(3000, 1)), {"pdf": LINKED}),
}


def as_message(edition: Edition, letter: Letter) -> bytes:
    return message(letter, edition, MAIL, PDF if letter.pdf.attached else None)


@pytest.mark.parametrize("name", LETTERS)
def test_every_letter_shows_what_it_must(name):
    edition, options = LETTERS[name]
    assert check_all(as_message(edition, make_letter(edition, **options))) == []


@pytest.mark.parametrize("issue", sorted(path.name for path in (ROOT / "issues").iterdir()))
@pytest.mark.parametrize("pdf", [ATTACHED, LINKED], ids=["attached", "linked"])
@pytest.mark.usefixtures("fonts")
def test_the_letters_of_real_issues_show_what_they_must(issue, pdf, tmp_path):
    with Workshop(ROOT, {}) as workshop:
        composed = workshop.compose(IssueId(issue))
    letter = make_letter_of(composed.edition, replace(composed.material, drawings=tmp_path), pdf)
    assert check_all(as_message(composed.edition, letter)) == []


BROKEN = [
    ("</table>", "", "for Word </td> closes ['table']"),
    ("</table><![endif]-->", "</table>", "a comment stays open for Word"),
    ('src="cid:image01', 'src="http://example.org/image01', "img fetches http://example.org/image01"),
    ('src="cid:image01', 'src="cid:image09', "no part for cid:image09"),
    (' alt="图标"', ' alt=""', "a picture without words"),
    (' width="24"', "", "a picture of width None"),
    ('<meta charset="utf-8">', "", "charset is not the first thing in <head>"),
    ('<html lang="zh-CN"', "<html", "no doctype, or no lang"),
    ("<head>", '<head><base href="/">', "<base> stands in it"),
    ("第二篇", "&#31532;二篇", "a numeric entity"),
    ("第二篇", "{{ title }}", "something of the template is left"),
    ('<p style="margin:', '<p style="float:left;margin:', "<p> has float"),
    ('<p style="margin:', '<p style="padding:1px;margin:', "<p> has padding"),
    ('<p style="margin:0', '<p style="margin:-1px', "<p> has a margin of -1px"),
    ("font-size:13px", "font-size:11px", "has a font-size of 11px"),
    ("color:#5b6470", "color:#8b9098", "is #8b9098 on #ffffff in light"),
    ("color:#e4e7eb!", "color:#5b6470!", "is #5b6470 on #1b1d21 in dark"),
    ("mso-hide:all;", "", "no preheader that is hidden from all"),
    ("本期要目：编者的话；销量&lt;增长&gt;；第二篇", "短", "a preheader of 1 characters"),
    ('href="#news-1"', 'href="#news-9"', "a link to nowhere: #news-9"),
    ("width:24px;", "", "a picture without a width in its style, which Apple Mail needs"),
    (
        "padding:0 12px 8px 0",
        "padding:4px 12px 8px 0",
        "cells of a row have paddings of [('0', '8px'), ('4px', '8px')]",
    ),
    ("border-left:5px", "border-left:9px", "<td> has a border-left of 9px solid #b3261e"),
    ('role="presentation" ', "", "a table that is neither for presentation nor of data"),
    ("<h3", "<h5", "headings of levels"),
    ("https://example.org/a", "https://example.org/b", "the text part lacks the link https://example.org/b"),
    ("见附件 PDF", "见网上", "the HTML and the attachment disagree"),
    ("退订", "离开", "the HTML does not say how to leave"),
]


@pytest.mark.parametrize(("what", "into", "wrong"), BROKEN)
def test_a_letter_that_lacks_it_is_found_out(what, into, wrong):
    assert what in LETTER.html
    letter = replace(LETTER, html=LETTER.html.replace(what, into))
    found = check_all(message(letter, full_edition(), MAIL, PDF))
    assert any(wrong in one for one in found), found


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.parametrize("name", ["bulletin", "summaries, linked", "report", "large print"])
def test_a_letter_without_its_style_looks_the_same(name, tmp_path):
    edition, options = LETTERS[name]
    page, files = as_page(make_letter(edition, **options))
    for seen in look_without_style(page, files, tmp_path).values():
        assert seen.changed < 0.001
        assert not seen.too_wide


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_a_letter_that_needs_its_style_is_found_out(tmp_path):
    page = (
        "<style>td{width:900px;color:red}</style><body><table width=700><tr><td>正文</td></tr></table></body>"
    )
    seen = look_without_style(page, {}, tmp_path)
    assert all(one.changed > 0 for one in seen.values())
    assert [one.too_wide for one in seen.values()] == [False, True]


# The letter


def test_no_entity_is_written_by_number():
    edition = make_edition(make_article(title='It\'s "quoted" & <tagged>', body='It\'s "quoted"'))
    html = make_letter(edition).html
    assert "&#" not in html
    assert 'It\'s "quoted" & <tagged>' in tree(html).text_content()


def test_pictures_have_a_width_and_words():
    images = [one for one in elements(LETTER.html) if one.tag == "img"]
    assert [(one.get("width"), one.get("alt")) for one in images] == [("592", "销量（万辆）"), ("24", "图标")]


def test_the_preheader_is_hidden_and_says_what_is_in_it():
    first = tree(LETTER.html).find("body")[0]
    assert first.get("style") == "display:none;mso-hide:all;max-height:0;overflow:hidden"
    assert first.text == "本期要目：编者的话；销量<增长>；第二篇"


def test_contents_lead_to_their_articles():
    targets = {one.get("id") for one in elements(LETTER.html)}
    links = [one.get("href") for one in elements(LETTER.html) if one.tag == "a"]
    inner = [link[1:] for link in links if link.startswith("#")]
    assert inner == ["editorial-1", "news-1", "reports-1"]
    assert set(inner) <= targets


def test_a_link_to_a_file_of_the_issue_is_left_out():
    links = [one.get("href") for one in elements(LETTER.html) if one.tag == "a"]
    assert "https://example.org/a?b=1&c=2" in links
    assert "assets/x.pdf" not in links


def test_an_article_named_like_its_column_is_not_headed_twice():
    headings = [one.text for one in elements(LETTER.html) if re.fullmatch(r"h[1-6]", one.tag)]
    assert headings.count("编者的话") == 1


def test_each_profile_has_its_imprint():
    permit, brief = (make_letter(full_edition(), profile) for profile in ("permit", "brief"))
    assert "准印证号" in permit.html
    assert "印数　200册" in permit.text
    assert "准印证号" not in brief.html
    assert "共印　200份" in brief.text


def test_a_letter_with_its_pdf_says_so_twice():
    assert LETTER.html.count("完整版见附件 PDF") == LETTER.text.count("完整版见附件 PDF") == 2


def test_a_letter_leads_to_the_pdf_that_it_does_not_bring():
    address = "http://192.168.1.20/bulletin/2021-01/industry-ai+bio/bulletin.pdf"
    letter = make_letter(full_edition(), pdf=PdfOffer(address=address))
    assert "见附件" not in letter.html + letter.text
    links = [one for one in elements(letter.html) if one.get("href") == address]
    assert [link.text for link in links] == ["PDF 版", "PDF 版"]
    assert links[0].getparent().text_content() == "完整版见 PDF 版"
    assert letter.text.count(f"完整版见 PDF 版 <{address}>") == 2
    assert "【图1 销量（万辆）】（见 PDF 版）" in letter.text


def test_a_letter_without_pdf_promises_none():
    letter = make_letter(full_edition(), pdf=LEFT_OUT)
    assert "PDF" not in letter.html + letter.text
    assert "完整版" not in letter.html + letter.text
    assert "【图1 销量（万辆）】（图略）" in letter.text


def test_large_print_is_larger_but_for_the_title():
    plain, large = (re.findall(r"font-size:(\d+)px", one.html) for one in (LETTER, LARGE))
    assert [int(two) for two in large if two != "34"] == [
        round(int(one) * 4 / 3) for one in plain if one != "34"
    ]
    assert plain.count("34") == large.count("34") == 1


def test_a_preheader_too_short_begins_with_the_title():
    html = make_letter(make_edition()).html
    assert tree(html).find("body")[0].text == "《许昌竞争情报快递》本期要目：样例标题"


def test_every_letter_says_how_to_leave():
    link = tree(LETTER.html).xpath("//a[text()='发信退订']")[0]
    assert link.get("href") == UNSUBSCRIBE
    assert LETTER.text.endswith(f"如不愿再收到，请发信退订 <{UNSUBSCRIBE}>，或回复本邮件写明“退订”。\n")


# Tables


def wide_table(names: str, columns: int, cell: str = "1,234.5") -> str:
    rows = [f"| {name} |" + f" {cell} |" * columns for name in names]
    head = "| 指标 |" + "".join(f" {year}年 |" for year in range(2001, 2001 + columns))
    return "\n".join(["表：宽表", "", head, "|" + "---|" * (columns + 1), *rows])


def tables_of(letter: Letter) -> list[list[list[str]]]:
    """Return the words of the cells of each table of data."""
    tables = [one for one in elements(letter.html) if one.tag == "table" and one.get("class")]
    return [[[cell.text_content() for cell in row] for row in one.iter("tr")] for one in tables]


@pytest.mark.parametrize(("large_print", "columns"), [(False, [9, 9, 7]), (True, [7, 7, 7, 5])])
def test_a_table_wider_than_a_letter_is_several_with_the_same_first_column(
    large_print: bool, columns: list[int]
):
    edition = make_edition(make_article(body=wide_table("甲乙", 22)))
    letter = make_letter(edition, large_print=large_print)
    tables = tables_of(letter)
    assert [len(one[0]) for one in tables] == columns
    assert [[row[0] for row in one] for one in tables] == [["指标", "甲", "乙"]] * len(columns)
    heads = [head for one in tables for head in one[0][1:]]
    assert heads == [f"{year}年" for year in range(2001, 2023)]
    assert letter.html.count("续表1</p>") == len(columns) - 1
    assert "\n".join(check_all(as_message(edition, letter))) == ""


def test_a_column_that_counts_the_rows_goes_with_the_one_that_names_them():
    body = wide_table("甲乙", 13).replace("| 指标 |", "| 序号 | 指标 |").replace("|---|", "|---|---|", 1)
    body = body.replace("| 甲 |", "| 1 | 甲 |").replace("| 乙 |", "| 2 | 乙 |")
    tables = tables_of(make_letter(make_edition(make_article(body=body))))
    assert [one[2][:2] for one in tables] == [["2", "乙"]] * 2


def test_a_table_that_fits_a_letter_is_one():
    assert len(tables_of(make_letter(make_edition(make_article(body=wide_table("甲乙", 8)))))) == 1


def test_a_long_address_in_a_table_may_be_broken():
    address = "https://example.org/a/long/path/to/a/page.html"
    letter = make_letter(make_edition(make_article(body=wide_table("甲", 2, address))))
    assert letter.html.count("word-break:break-all") == 2


# A report


def test_a_report_is_dated_as_its_cover_is():
    letter = make_letter(REPORT)
    assert "2021年1月29日" not in letter.html + letter.text
    assert ">2021年1月</td>" in letter.html
    assert "许昌市科学技术情报研究所　2021年1月\n" in letter.text


def test_a_report_has_its_chapters_as_main_headings():
    edition = make_report(
        make_article(column="foreword", title="前言"),
        make_article(column="body", title="一、政策", body="## （一）战略\n\n正文。"),
    )
    letter = make_letter(edition)
    headings = [(one.tag, one.text) for one in elements(letter.html) if re.fullmatch(r"h[1-6]", one.tag)]
    assert headings == [
        ("h1", "人工智能观察"),
        ("h2", "目录"),
        ("h2", "前言"),
        ("h2", "一、政策"),
        ("h3", "（一）战略"),
    ]
    assert "——十个数字" in letter.html
    assert "——十个数字" in letter.text
    assert open_letter(as_message(edition, letter)).message["Subject"] == "《人工智能观察》"


# Its size


@pytest.mark.parametrize(
    ("count", "length", "shortened"),
    [(20, 20, None), (60, 60, "summaries"), (80, 60, "summaries"), (500, 60, "titles"), (3000, 1, "titles")],
)
def test_a_letter_is_never_too_large_for_a_mailbox(count, length, shortened):
    edition = make_edition(*long_articles(count, length))
    letter = make_letter(edition)
    assert letter.shortened == shortened
    assert len(letter.html.replace("\n", "\r\n").encode()) <= BYTES_OF_LETTER < 102_000
    assert ("全文见附件 PDF" in letter.html) == (shortened is not None)
    assert all(entry.title in letter.text for entry in edition.entries)
    assert letter.text.count("这一句话正好有十六个字一个也不多。") == count * length


def test_a_shortened_letter_carries_only_the_pictures_it_shows():
    pictured = make_article(column="editorial", title="有图", body="![销量](assets/sales.svg)")
    letter = make_letter(make_edition(pictured, *long_articles(60, 60)))
    assert letter.shortened == "summaries"
    assert letter.images == ()


def test_a_list_of_titles_says_how_many_are_left_out():
    letter = make_letter(make_edition(*long_articles(3000, 1)))
    shown = len(re.findall(r"第\d+篇文章的标题", letter.html.partition("</div>")[2]))
    left = sum(map(int, re.findall(r"另有(\d+)篇", letter.html)))
    assert shown + left == 3000


@pytest.mark.parametrize(
    ("fields", "summary"),
    [
        ({"summary": "编辑写的摘要。", "body": "正文。"}, "编辑写的摘要。"),
        ({"body": "短正文，见[@none]。[^1]\n\n[^1]: 注。"}, "短正文，见［none］。"),
        ({"body": "## 标题\n\n" + "一句有十个字的样例话。" * 20}, "一句有十个字的样例话。" * 10),
        ({"body": "长" * 300}, "长" * 119 + "…"),
        ({"body": "- 只有列表"}, "只有列表"),
    ],
)
def test_a_summary_is_the_editors_or_the_first_sentences(fields, summary):
    assert summary_of(make_edition(make_article(**fields)).entries[0]) == summary


# The text part


def test_the_text_part_has_all_that_the_letter_shows():
    shown = [piece for _, piece in texts(LETTER.html)]
    text = squeezed(LETTER.text)
    found = sum(len(squeezed(piece)) for piece in shown if squeezed(piece) in text)
    assert found / sum(len(squeezed(piece)) for piece in shown) >= 0.95


def test_the_text_part_reads_well():
    body = LETTER.text[LETTER.text.index("■ 销量") : LETTER.text.index("行业报告\n═")]
    assert body.removesuffix("════════════════\n").strip() == EXPECTED_TEXT.strip()


EXPECTED_TEXT = """
■ 销量<增长>
［新能源汽车］［人工智能］

“引号”与 & < > 都照样印出；见图1和表1。[1]产业、要点、旧稿、A<B，详见公报 <https://example.org/a?b=1&c=2>和附件。

一、总体

（一）分类

- 纯电动
- 混合动力
  - 插电式
  - 增程式

3. 第三步
4. 第四步

> 引文一段。

【图1 销量（万辆）】（见附件）
数据来源：样例协会

【图2 待画的图】（图片待补）

表1 销量
年份 | 销量 | 增长/%
2019年 | 120.6 | −4.0
2020年12月 | 136.7 | 10.9
资料来源：样例协会

甲 | 乙 | 丙 | 丁 | 戊 | 己 | 庚
1001 | 1002 | 1003 | 1004 | 1005 | 1006 | 1007

    代码 一行

    代码 二行

＊　＊　＊

句中有图［图标］一枚。

[1] 样例注释，口径见公报。

样例作者　来源：样例协会 <https://example.org/>，2021年1月13日
"""


# On disk


def test_the_page_on_disk_shows_its_pictures_from_files():
    html, files = as_page(LETTER)
    assert list(files) == ["email/image01.png", "email/image02.png"]
    assert "cid:" not in html
    assert re.findall(r'src="([^"]+)"', html) == list(files)
