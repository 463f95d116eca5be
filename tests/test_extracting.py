"""What readers find in outputs, block by block."""

import email.message
import io

import pikepdf
import pytest

from xcbulletin.publishing.extracting import ExtractionError, Message, html_blocks, pdf_blocks, text_blocks
from xcbulletin.publishing.typesetting.press import Job, Press

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>样例</title><style>
@page { size: 12cm 8cm; margin: 1cm; @top-left { content: "页眉" } @bottom-center { content: counter(page) } }
* { font-family: "XC Song"; font-size: 12pt } .footnote { float: footnote }
</style></head><body>BODY</body></html>"""


@pytest.fixture
def printed(press: Press):
    def printed(body: str) -> tuple[str, ...]:
        content = press.result(press.submit(Job(html=PAGE.replace("BODY", body))))
        return tuple("".join(block.split()) for block in pdf_blocks(content))

    return printed


def test_a_pdf_gives_its_blocks_without_heads_and_page_numbers(printed):
    body = "<h1>标题</h1><p>一段“引文”，5G 网络——完。</p><ul><li>一条</li></ul>"
    assert printed(body) == ("标题", "一段“引文”，5G网络——完。", "•", "一条")


def test_a_paragraph_over_several_pages_is_one_block(printed):
    long = "这是很长的一段话里的一句。" * 60
    assert printed(f"<p>{long}</p>") == (long,)


def test_a_note_stands_behind_its_paragraph_and_its_call_is_left_out(printed):
    note = '<span class="footnote">注释的话。</span>'
    assert [one for one in printed(f"<p>前一句{note}后一句。</p><p>下一段。</p>") if len(one) > 2] == [
        "前一句后一句。",
        "注释的话。",
        "下一段。",
    ]


def test_a_table_is_read_cell_by_cell_its_repeated_head_once(printed):
    rows = "".join(f"<tr><td>第{row}行</td><td>{row}</td></tr>" for row in range(20))
    found = printed(
        f"<table><caption>题</caption><thead><tr><th>甲</th><th>乙</th></tr></thead>{rows}</table>"
    )
    assert found[:5] == ("题", "甲", "乙", "第0行", "0")
    assert len(found) == 3 + 40


def test_entries_that_lead_elsewhere_in_the_document_are_left_out(printed):
    body = '<p><a href="#x">目录里的标题</a></p><p>见<a href="#x">图1</a>。</p><h1 id="x">标题</h1>'
    assert printed(body) == ("见图1。", "标题")
    assert html_blocks(PAGE.replace("BODY", body)) == ("见图1。", "标题")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"nothing"])
def test_what_is_no_pdf_is_not_read(content):
    with pytest.raises(ExtractionError, match="这份 PDF 读不懂，可能已经损坏"):
        pdf_blocks(content)


def test_a_pdf_without_tags_is_not_ours():
    whole = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(whole)
    with pytest.raises(ExtractionError, match="这份 PDF 没有结构标记，不是本程序编印的"):
        pdf_blocks(whole.getvalue())


@pytest.mark.parametrize(
    ("body", "blocks"),
    [
        ("<p>一<b>二</b>三</p><p>四</p>", ["一二三", "四"]),
        ("<li>一<p>二</p>三</li>", ["一", "二", "三"]),
        ("<td>一<br>二</td>", ["一\n二"]),
        ("<p>一<sup>[1]</sup>二</p>", ["一二"]),
        ("<div style='display:none'>一</div><p hidden>二</p><!-- 三 --><script>四</script><p>五", ["五"]),
        ("<nav><p>一</p></nav><figure>二<details><summary>三</summary></details></figure>", ["二"]),
        ("<details><summary>一</summary>二</details>", ["一", "二"]),
        ("", []),
    ],
)
def test_html_gives_its_blocks(body, blocks):
    assert [one.strip() for one in html_blocks(f"<body>{body}</body>")] == blocks


def test_the_text_part_gives_its_lines_and_cells_without_addresses():
    text = "■ 标题\n\n甲 | 乙\n一句<5>话，链接 <https://example.org/a>在中间。\n"
    assert text_blocks(text) == ("■ 标题", "甲", "乙", "一句<5>话，链接在中间。")


def test_a_message_gives_its_parts():
    message = email.message.EmailMessage()
    message.set_content("正文\n")
    message.add_alternative("<p>网页</p>\n", subtype="html")
    assert Message(message.as_bytes()).pdf is None
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf")
    found = Message(message.as_bytes())
    assert (found.text, found.html, found.pdf) == ("正文\n", "<p>网页</p>\n", b"%PDF")
    assert Message(b"nothing").html == ""
