"""The letter is read back as mail programs read it: parsed as a message, without <style>, as plain text."""

import base64
import datetime
import email
import email.policy
import hashlib
import io
import itertools
import re
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from PIL import Image

from xcbulletin.model import REPORT_PARTS, Article, Column, Imprint, Industry, Issue, IssueId, Kind, Source
from xcbulletin.publishing.edition import Edition, compose
from xcbulletin.publishing.figures import PNG, Picture
from xcbulletin.publishing.letter import BYTES_OF_LETTER, Letter, as_page, render_letter, summary_of
from xcbulletin.publishing.message import BYTES_OF_NAME, attachment_name, message
from xcbulletin.publishing.pages import Templates
from xcbulletin.settings import MailSettings, Settings

TEMPLATES = Path(__file__).parent.parent / "templates"
INDUSTRIES = (
    Industry(code="nev", name="新能源及网联汽车产业", short_name="新能源汽车"),
    Industry(code="ai", name="新一代人工智能产业", short_name="人工智能"),
    Industry(code="bio", name="现代生物和生命健康产业", short_name="生物健康"),
)
COLUMNS = (
    Column(code="editorial", name="编者的话"),
    Column(code="news", name="行业动态"),
    Column(code="reports", name="行业报告"),
)
MAIL = MailSettings(sender="许昌竞争情报快递 <bulletin@example.org>")
PDF = b"%PDF-1.7 of this issue"

EVERYTHING = """
“引号”与 & < > 都照样印出；见[@fig-sales]和[@tbl-sales]。[^1]*产业*、**要点**、~~旧稿~~、`A<B`，详见[公报](https://example.org/a?b=1&c=2)和[附件](assets/x.pdf)。

## 一、总体

### （一）分类

- 纯电动
- 混合动力
  - 插电式
  - 增程式

3. 第三步
4. 第四步

> 引文一段。

![销量（万辆）](assets/sales.svg "数据来源：样例协会"){#fig-sales}

![待画的图](待补)

表：销量 {#tbl-sales}

| 年份 | 销量 | 增长/% |
|---|--:|--:|
| 2019年 | 120.6 | −4.0 |
| 2020年12月 | 136.7 | 10.9 |

资料来源：样例协会

| 甲 | 乙 | 丙 | 丁 | 戊 | 己 | 庚 |
|---|---|---|---|---|---|---|
| 1001 | 1002 | 1003 | 1004 | 1005 | 1006 | 1007 |

```
代码 一行

代码 二行
```

---

句中有图![图标](assets/icon.png)一枚。

[^1]: 样例注释，口径见公报。
"""


def make_article(**fields: Any) -> Article:
    given = {
        "file": "issues/2021-01/news/01.md",
        "title": "样例标题",
        "column": "news",
        "body": "样例正文。",
        "body_line": 5,
    }
    return Article(**(given | fields))


def make_edition(*articles: Article, selection: tuple[str, ...] = (), **fields: Any) -> Edition:
    given: dict[str, Any] = {
        "id": IssueId("2021-01"),
        "kind": Kind.BULLETIN,
        "title": "许昌竞争情报快递",
        "date": datetime.date(2021, 1, 29),
        "columns": COLUMNS,
        "articles": articles or (make_article(),),
        "publishers": ("许昌市科学技术情报研究所",),
        "number": 1,
        "total_number": 37,
        "imprint": Imprint(
            permit_number="样例准印证第000号", copies=200, contact="请寄 bulletin@example.org"
        ),
    }
    return compose(Issue(**(given | fields)), INDUSTRIES, selection)[0]


def make_picture(name: str, color: str, width: int = 1184, height: int = 600) -> Picture:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), color).save(stream, "PNG")
    return Picture(name=name, content=stream.getvalue(), media_type=PNG, width=width, height=height)


PICTURES = {
    "assets/sales.svg": make_picture("assets/sales.png", "navy"),
    "assets/icon.png": make_picture("assets/icon.png", "red", 48, 48),
    "assets/unused.png": make_picture("assets/unused.png", "green"),
}


def full_edition() -> Edition:
    return make_edition(
        make_article(column="editorial", title="编者的话", body="新年第一期。"),
        make_article(
            title="销量<增长>",
            body=EVERYTHING,
            industries=("nev", "ai"),
            author="样例作者",
            source=Source(name="样例协会", url="https://example.org/", date=datetime.date(2021, 1, 13)),
        ),
        make_article(title="第二篇", column="reports"),
    )


def make_letter(edition: Edition, profile: str = "permit", **options: Any) -> Letter:
    settings = Settings.model_validate(
        {
            "masthead": {"title": "许昌竞争情报快递", "notice": "内部资料　免费交流"},
            "profile": profile,
            "columns": [{"code": column.code, "name": column.name} for column in COLUMNS],
        }
    )
    return render_letter(Templates([TEMPLATES], settings, INDUSTRIES), edition, PICTURES, **options)


def make_message(edition: Edition, mail: MailSettings = MAIL, pdf: bytes | None = PDF) -> bytes:
    return message(make_letter(edition), edition, mail, pdf)


def parsed(content: bytes) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(content, policy=email.policy.default))


def parsed_as_of_old(content: bytes) -> Message:
    return email.message_from_bytes(content, policy=email.policy.compat32)


def structure(part: Message) -> Any:
    kind = part.get_content_type()
    return [kind, *map(structure, cast(list[Message], part.get_payload()))] if part.is_multipart() else kind


def tree(html: str) -> Any:
    return lxml_html.document_fromstring(re.sub(r"<!--\[if mso\]>.*?<!\[endif\]-->", "", html, flags=re.S))


def elements(html: str) -> list[Any]:
    return list(tree(html).find("body").iter(etree.Element))


def declarations(element: Any) -> dict[str, str]:
    pairs = (one.partition(":") for one in (element.get("style") or "").split(";") if one)
    return {name: value for name, _, value in pairs}


def inherited(element: Any, name: str) -> str | None:
    while element is not None:
        if value := declarations(element).get(name):
            return value
        element = element.getparent()
    return None


def visible_text(html: str) -> list[str]:
    body = tree(html).find("body")
    for hidden in body.xpath("//div[contains(@style, 'display:none')]"):
        hidden.drop_tree()
    return [text.strip() for text in body.itertext() if text.strip()]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


LETTER = make_letter(full_edition())
MESSAGE = message(LETTER, full_edition(), MAIL, PDF)


# The message


def test_the_parts_stand_in_the_order_that_mail_programs_expect():
    expected = [
        "multipart/mixed",
        [
            "multipart/alternative",
            "text/plain",
            ["multipart/related", "text/html", "image/png", "image/png"],
        ],
        "application/pdf",
    ]
    assert structure(parsed(MESSAGE)) == expected
    assert structure(parsed_as_of_old(MESSAGE)) == expected


def test_without_pictures_and_pdf_only_the_two_texts_are_left():
    content = make_message(make_edition(), pdf=None)
    assert structure(parsed(content)) == ["multipart/alternative", "text/plain", "text/html"]


def test_no_part_has_a_defect():
    assert [part.defects for part in parsed(MESSAGE).walk()] == [[]] * 8


def test_bodies_come_back_as_they_were_written():
    read = parsed(MESSAGE)
    html, text = read.get_body(("html",)), read.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert html.get_content().replace("\r\n", "\n") == LETTER.html
    assert text.get_content().replace("\r\n", "\n") == LETTER.text


def test_every_picture_of_the_letter_has_its_part_and_every_part_its_picture():
    parts = [part for part in parsed(MESSAGE).walk() if part.get_content_maintype() == "image"]
    ids = [part["Content-ID"].strip("<>") for part in parts]
    assert ids == re.findall(r'src="cid:([^"]+)"', LETTER.html)
    assert [part.get_content() for part in parts] == [
        PICTURES["assets/sales.svg"].content,
        PICTURES["assets/icon.png"].content,
    ]
    assert [part.get_filename() for part in parts] == ["image01.png", "image02.png"]
    assert {part.get_content_disposition() for part in parts} == {"inline"}


def test_a_picture_shown_twice_is_sent_once():
    body = "![一](assets/sales.svg)\n\n![二](assets/sales.svg)"
    letter = make_letter(make_edition(make_article(body=body)))
    assert len(letter.images) == 1
    assert letter.html.count(letter.images[0][0]) == 2


@pytest.mark.parametrize("read", [parsed, parsed_as_of_old])
def test_the_pdf_has_its_name_in_both_places(read):
    part = read(MESSAGE).get_payload()[-1]
    name = "许昌竞争情报快递2021年第1期.pdf"
    encoded = base64.b64encode(name.encode()).decode()
    assert part.get_filename() == name
    assert f'name="=?UTF-8?B?{encoded}?="'.encode() in MESSAGE
    assert part.get_content_disposition() == "attachment"
    assert part.get_payload(decode=True) == PDF


def test_the_name_in_content_type_is_one_encoded_word():
    raw = re.search(rb'application/pdf; name="([^"]+)"', MESSAGE)
    assert raw is not None
    assert len(raw[1]) <= 75
    assert str(make_header(decode_header(raw[1].decode()))) == "许昌竞争情报快递2021年第1期.pdf"


def test_headers_say_what_kind_of_letter_it_is():
    read = parsed(MESSAGE)
    digest = hashlib.sha256(b"xcbulletin|2021-01|bulletin@example.org").hexdigest()[:32]
    assert dict(read.items()) == {
        "From": "许昌竞争情报快递 <bulletin@example.org>",
        "To": "许昌竞争情报快递 <bulletin@example.org>",
        "Subject": "《许昌竞争情报快递》2021年第1期",
        "Date": "Fri, 29 Jan 2021 09:00:00 +0800",
        "Message-ID": f"<{digest}@example.org>",
        "List-Id": "许昌竞争情报快递 <bulletin.example.org>",
        "List-Unsubscribe": "<mailto:bulletin@example.org?subject=unsubscribe>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "X-Unsent": "1",
        "MIME-Version": "1.0",
        "Content-Type": read["Content-Type"],
    }


def test_whoever_leaves_writes_to_the_address_for_replies():
    mail = MailSettings(sender="bulletin@example.org", reply_to="编辑部 <desk@example.org>")
    read = parsed(make_message(make_edition(), mail))
    assert read["From"] == "bulletin@example.org"
    assert read["Reply-To"] == "编辑部 <desk@example.org>"
    assert read["List-Unsubscribe"] == "<mailto:desk@example.org?subject=unsubscribe>"
    assert read["List-Id"] == "<bulletin.example.org>"


def test_from_is_one_line_even_with_a_long_name():
    mail = MailSettings(sender=f"{'许昌市科学技术情报研究所' * 3} <bulletin@example.org>")
    content = make_message(make_edition(), mail)
    line = next(line for line in content.split(b"\r\n") if line.startswith(b"From:"))
    assert line.endswith(b" <bulletin@example.org>")
    assert all(len(word) <= 75 for word in line.split()[1:])
    name = str(make_header(decode_header(parsed_as_of_old(content)["From"].partition(" <")[0])))
    assert name == "许昌市科学技术情报研究所" * 3


@pytest.mark.parametrize(
    "title", ["长" * 80, "🚀" * 40, "a" * 200, "混排 mixed 標題 ①②③" * 6, "=?UTF-8?B?5oGt?="]
)
def test_subjects_of_every_kind_arrive_whole(title):
    content = make_message(make_edition(title=title))
    header = content[content.index(b"Subject:") : content.index(b"\r\nDate:")]
    assert all(len(line) <= 76 for line in header.split(b"\r\n"))
    for word in re.findall(rb"=\?UTF-8\?B\?([^?]+)\?=", header):
        base64.b64decode(word).decode()  # whole characters only
    assert parsed(content)["Subject"] == f"《{title}》2021年第1期"
    old = parsed_as_of_old(content)["Subject"]
    assert str(make_header(decode_header(old))) == f"《{title}》2021年第1期"


def test_a_title_cannot_add_a_header():
    content = make_message(make_edition(title="快递\r\nBcc: all@example.org\n\n<b>"))
    assert parsed(content)["Bcc"] is None
    assert parsed(content)["Subject"] == "《快递 Bcc: all@example.org <b>》2021年第1期"
    assert "<b>》" not in make_letter(make_edition(title="快递\r\n<b>")).html


def test_a_sender_cannot_add_a_header():
    mail = MailSettings(sender="许昌\rBcc: all@example.org <bulletin@example.org>")
    assert parsed(make_message(make_edition(), mail))["Bcc"] is None


def test_an_issue_without_a_number_is_told_by_its_month():
    edition = make_edition(number=None)
    assert parsed(make_message(edition))["Subject"] == "《许昌竞争情报快递》2021年1月"


def test_a_selection_is_another_letter():
    edition = make_edition(make_article(industries=("ai",)), selection=("ai",))
    read = parsed(make_message(edition))
    assert read["Subject"] == "《许昌竞争情报快递》2021年第1期（选编）"
    assert read["Message-ID"] != parsed(MESSAGE)["Message-ID"]


def test_lines_are_short_and_end_in_crlf():
    assert max(map(len, MESSAGE.split(b"\r\n"))) <= 998
    assert b"\n" not in MESSAGE.replace(b"\r\n", b"")
    assert b"\r" not in MESSAGE.replace(b"\r\n", b"")
    assert MESSAGE.isascii()


def test_the_same_issue_gives_the_same_bytes():
    assert make_message(full_edition()) == MESSAGE


# The name of the attachment


@given(st.text(), st.sampled_from(["", "2021年第1期", "2021年12月", "9" * 60]))
@example("全球人工智能治理与产业合作观察", "")
@example("e\u0301" * 30, "2021年第1期")
@example("👩‍🔬🇨🇳" * 9, "2021年第1期")
@example("a" * 40 + "\u0301", "")
@example("\xa0", "")  # parsers strip every kind of space
def test_every_name_is_short_and_comes_back(title, number):
    name = attachment_name(title, number)
    assert len(name.encode()) <= BYTES_OF_NAME
    assert name.endswith(".pdf")
    edition = replace(make_edition(), title=title, number=None, kind=Kind.REPORT)
    content = message(Letter(html="", text="", images=(), shortened=None), edition, MAIL, PDF)
    for read in (parsed, parsed_as_of_old):
        part = cast(list[Message], read(content).get_payload())[-1]
        assert part.get_filename() == attachment_name(title)


@pytest.mark.parametrize(
    ("title", "number", "name"),
    [
        ("许昌竞争情报快递", "2021年第1期", "许昌竞争情报快递2021年第1期.pdf"),
        ("许昌市科学技术竞争情报快递", "2021年第12期", "许昌市科学技术竞2021年第12期.pdf"),
        ("全球人工智能治理与产业合作观察", "", "全球人工智能治理与产业合作.pdf"),
        ("许昌AI/芯片: 现状?", "", "许昌AI／芯片： 现状？.pdf"),
        ("\u202e许昌\r\n", "", "许昌.pdf"),
        (" . ", "", "bulletin.pdf"),
    ],
)
def test_names_are_cut_and_mended_sensibly(title, number, name):
    assert attachment_name(title, number) == name


# The letter


def test_nothing_is_fetched_from_elsewhere():
    sources = [
        value for one in elements(LETTER.html) for key in ("src", "background") if (value := one.get(key))
    ]
    assert sources
    assert all(source.startswith("cid:") for source in sources)
    assert not tree(LETTER.html).xpath("//link | //script | //base | //form | //svg")
    assert "url(" not in LETTER.html
    assert "@import" not in LETTER.html
    assert "data:" not in LETTER.html


def test_no_entity_is_written_by_number():
    edition = make_edition(make_article(title='It\'s "quoted" & <tagged>', body='It\'s "quoted"'))
    html = make_letter(edition).html
    assert "&#" not in html
    assert 'It\'s "quoted" & <tagged>' in tree(html).text_content()


def test_layout_tables_are_for_presentation_and_data_tables_are_not():
    tables = [one for one in elements(LETTER.html) if one.tag == "table"]
    data = [one for one in tables if one.get("role") is None]
    assert len(data) == 2
    assert all(one.get("role") in (None, "presentation") for one in tables)
    assert all(cell.get("scope") == "col" for one in data for cell in one.iter("th"))


def test_pictures_have_a_width_and_words():
    images = [one for one in elements(LETTER.html) if one.tag == "img"]
    assert [(one.get("width"), one.get("alt")) for one in images] == [("592", "销量（万辆）"), ("24", "图标")]


def test_padding_stands_on_cells_only():
    padded = {one.tag for one in elements(LETTER.html) if declarations(one).get("padding", "0") != "0"}
    assert padded == {"td", "th"}


def test_nothing_is_smaller_than_twelve_pixels():
    sizes = re.findall(r"font-size:(\d+)px", LETTER.html)
    assert min(map(int, sizes)) >= 12


def test_colours_have_six_digits():
    assert set(map(len, re.findall(r"#([0-9a-f]+)[;\"!}]", LETTER.html))) == {6}


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_all_text_has_a_contrast_of_four_and_a_half():
    for one in elements(LETTER.html):
        if (one.text or "").strip() and "display" not in declarations(one):
            ink, paper = inherited(one, "color"), inherited(one, "background-color")
            assert ink is not None
            assert paper is not None
            darker, lighter = sorted((_luminance(ink), _luminance(paper)))
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (one.tag, one.text, ink, paper)


@pytest.mark.parametrize("property_", ["font-family", "font-size", "line-height", "color"])
def test_all_text_is_styled_inline(property_):
    for one in elements(LETTER.html):
        if (one.text or "").strip() and "display" not in declarations(one):
            assert inherited(one, property_), (one.tag, one.text)


def test_headings_bring_their_own_size_and_margin():
    headings = [one for one in elements(LETTER.html) if re.fullmatch(r"h[1-6]", one.tag)]
    assert len(headings) == 9
    for one in headings:
        assert {"margin", "font-size", "line-height", "font-weight"} <= set(declarations(one))


def test_headings_go_down_step_by_step():
    levels = [int(one.tag[1]) for one in elements(LETTER.html) if re.fullmatch(r"h[1-6]", one.tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_a_letter_without_its_style_is_the_same_letter():
    bare = re.sub(r"<style>.*?</style>", "", LETTER.html, flags=re.S)
    assert "@media" not in bare
    assert [one.tag for one in elements(bare)] == [one.tag for one in elements(LETTER.html)]
    widths = [declarations(one).get("width") for one in elements(bare) if one.tag == "table"]
    assert set(widths) <= {None, "100%"}
    assert "max-width:640px" in bare


def test_word_gets_a_table_of_fixed_width_and_nothing_open():
    comments = re.findall(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", LETTER.html, flags=re.S)
    assert len(comments) == LETTER.html.count("<!--") == 3
    assert '<table role="presentation" width="640"' in comments[1]
    assert comments[2] == "</td></tr></table>"


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


def test_a_letter_without_pdf_promises_none():
    letter = make_letter(full_edition(), attached=False)
    assert "见附件" not in letter.html + letter.text
    assert "完整版见 PDF 版" in letter.text


# A report


def make_report(*articles: Article) -> Edition:
    return make_edition(
        *articles,
        kind=Kind.REPORT,
        id=IssueId("ai-2021"),
        title="人工智能观察",
        subtitle="——十个数字",
        columns=REPORT_PARTS,
    )


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
    assert parsed(message(letter, edition, MAIL, PDF))["Subject"] == "《人工智能观察》"


# Its size


def long_articles(count: int, length: int, **fields: Any) -> tuple[Article, ...]:
    columns = [column.code for column in COLUMNS]
    return tuple(
        make_article(
            title=f"第{index}篇文章的标题大约有二十个字那么长",
            column=columns[index * len(columns) // count],
            body=f"正文第{index}篇。" + "这一句话正好有十六个字一个也不多。" * length,
            industries=("ai",),
            **fields,
        )
        for index in range(count)
    )


@pytest.mark.parametrize(
    ("count", "length", "shortened"),
    [(20, 20, None), (60, 60, "summaries"), (250, 60, "titles"), (3000, 1, "titles")],
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
    shown = visible_text(LETTER.html)
    text = squeezed(LETTER.text)
    found = sum(len(squeezed(piece)) for piece in shown if squeezed(piece) in text)
    assert found / sum(len(squeezed(piece)) for piece in shown) >= 0.95


def test_the_text_part_has_all_headings_on_lines_of_their_own():
    lines = [line.removeprefix("■ ") for line in LETTER.text.split("\n")]
    for one in elements(LETTER.html):
        if re.fullmatch(r"h[1-6]", one.tag):
            assert one.text in lines


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
