import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.reading.cleaning import clean, page_text, plain_text

BASE = "https://www.example.cn/news/1.html"


def test_only_what_is_listed_stays():
    html = (
        '<div onclick="x()"><script>alert(1)</script><style>p{}</style><p style="color:red" class="a">好<b>事</b></p>'
        '<iframe src="//evil"></iframe><form><input name="q"><button>发</button></form><!-- 注 --></div>'
    )
    assert clean(html, BASE) == "<p>好<b>事</b></p>"


@pytest.mark.parametrize(
    "html",
    [
        '<a href="javascript:alert(1)">x</a>',
        '<a href="java&#10;script:alert(1)">x</a>',
        '<a href="data:text/html,x">x</a>',
        '<a href="vbscript:x">x</a>',
        '<a href=" &#14;javascript:alert(1)">x</a>',
    ],
)
def test_links_that_run_are_links_no_more(html: str):
    assert "href" not in clean(html, BASE)


@pytest.mark.parametrize(
    "html",
    [
        "<svg><script>alert(1)</script></svg>",
        '<img src=x onerror="alert(1)">',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        '<img alt="><script>alert(1)</script>" src="/a.png">',
        "<scr<script>ipt>alert(1)</script>",
    ],
)
def test_nothing_runs(html: str):
    cleaned = clean(html, BASE)
    assert not re.search(r"<script|<[^>\"]*\bonerror\s*=", re.sub(r'"[^"]*"', '""', cleaned))


def test_links_and_images_are_absolute():
    html = '<a href="../2.html" target="_blank" title="二">二</a><img src="/i.png" width="600" alt="图 &lt;1&gt;"><img src="//c.cn/j.png">'
    assert clean(html, BASE) == (
        '<a href="https://www.example.cn/2.html" title="二" rel="nofollow noopener">二</a>'
        '<img src="https://www.example.cn/i.png" alt="图 &lt;1&gt;"><img src="https://c.cn/j.png">'
    )


@pytest.mark.parametrize(
    "image",
    [
        '<img src="/x.gif" width="1" height="1">',
        '<img src="/x.gif" height="0">',
        '<img src="/x.gif" style="display: none">',
        '<img src="/x.gif" style="width:1px;height:1px">',
        '<img src="https://pixel.wp.com/b.gif?x=1">',
        '<img src="https://hm.baidu.com/hm.gif?a=1&b=2">',
        '<img src="http://feeds.example.com/~r/x/~4/y">',
        '<img alt="没有地址">',
        '<img src="data:image/gif;base64,R0lGOD">',
    ],
)
def test_counters_are_no_pictures(image: str):
    assert clean(f"<p>文{image}</p>", BASE) == "<p>文</p>"


@pytest.mark.parametrize(
    "image", ['<img src="/a.png" width="100" style="max-width:1px">', '<img src="/a.png" height="120">']
)
def test_pictures_stay(image: str):
    assert clean(image, BASE) == '<img src="https://www.example.cn/a.png">'


def test_a_picture_loaded_later_is_shown_now():
    html = '<img src="data:image/svg+xml,x" data-src="https://mmbiz.qpic.cn/a?wx_fmt=png&amp;x=1">'
    assert clean(html, BASE) == '<img src="https://mmbiz.qpic.cn/a?wx_fmt=png&amp;x=1">'


def test_text_keeps_its_paragraphs():
    html = "<h1>题</h1><p>第一段\n接着写。<br>换行</p><ul><li>甲</li><li>乙</li></ul><table><tr><td>1</td><td>2</td></tr></table>"
    assert plain_text(html) == "题\n第一段接着写。\n换行\n甲\n乙\n1 2"


def test_what_stands_in_attributes_is_neither_shown_as_text_nor_parts_it():
    html = '<section><p>甲<abbr title="a&gt;b">乙</abbr>丙</p><table><tr><td colspan="2">1</td><td rowspan="3">2</td></tr></table></section>'
    assert plain_text(html) == "甲乙丙\n1 2"
    assert plain_text('<p>甲<img src="/a.png" alt="x > y <div>">乙</p>') == "甲乙"


def test_what_only_parts_paragraphs_is_not_shown():
    html = "<div>甲</div><div>乙</div><details><summary>丙</summary>丁</details>"
    assert clean(html, BASE) == "甲乙丙丁"
    assert plain_text(html) == "甲\n乙\n丙\n丁"


def test_text_without_tags_keeps_its_lines():
    assert plain_text("第一行\n\n  第二行 &amp; &nbsp;三\u3000\u200b") == "第一行\n第二行 & 三"
    assert plain_text("当 x < y 且 y > z 时") == "当 x < y 且 y > z 时"


def test_english_keeps_the_spaces_between_words():
    assert plain_text("<p>one\ntwo <b>three</b>\n中文\n接 four</p>") == "one two three 中文接 four"


def test_a_page_shows_its_words_and_not_what_stands_around_them():
    html = """<!doctype html><html><head><title>题目_某网</title><style>a{}</style><script>var a = "<p>不是</p>";</script></head>
    <body><nav><a>首页</a></nav><aside>热门</aside><article><header><h1>题目</h1></header><p>正文一。</p><p>正文二。</p></article>
    <noscript>请启用脚本</noscript><select><option>选</option></select><footer>版权</footer></body></html>"""
    assert page_text(html) == "题目_某网\n题目\n正文一。\n正文二。"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200000,
        "<p><b>" * 100000,
        "<table><tr><td>" * 50000,
        "<" * 900000,
        "<a " + "x=1 " * 200000,
        "&" * 900000,
        "中" + "\n" * 900000 + "文",
        "<b><i><a>" * 9000,
        "<!--" * 200000,
        "<select>" * 100000,
    ],
)
def test_hostile_html_costs_seconds_at_most(html: str):
    started = time.monotonic()
    clean(html, BASE)
    plain_text(html)
    page_text(html)
    assert time.monotonic() - started < 30


TAGS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div",
        ">",
        '<a href="',
        '"',
        "<img src=x",
        " style='",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<![CDATA[",
        "&lt;",
        "&#0;",
        "&#x110000;",
        "\x00",
        "\ud800",
        "中",
    ]
)


@given(st.one_of(st.text(), st.lists(TAGS).map("".join)))
def test_any_text_is_cleaned(html: str):
    for base in (BASE, "", "http://[bad"):
        cleaned = clean(html, base)
        assert "<script" not in cleaned
    assert "\n\n" not in plain_text(html)
    page_text(html)
