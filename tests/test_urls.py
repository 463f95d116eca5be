from string import printable, whitespace
from urllib.parse import quote, urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.urls import absolute, host, url_key

BASE = "https://www.example.cn/news/list.html"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("a/1.html", "https://www.example.cn/news/a/1.html"),
        ("/1.html", "https://www.example.cn/1.html"),
        ("../1.html", "https://www.example.cn/1.html"),
        ("//cdn.example.cn/1", "https://cdn.example.cn/1"),
        ("?page=2", "https://www.example.cn/news/list.html?page=2"),
        (" http://other.cn/x ", "http://other.cn/x"),
        ("HTTP://Other.cn/X", "HTTP://Other.cn/X"),
        ("http://x.cn/a\n b", "http://x.cn/a b"),
        ("java\tscript:alert(1)", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@b.cn", None),
        ("ftp://x.cn/", None),
        ("file:///etc/passwd", None),
        ("http://", None),
        ("http://[::1", None),
        ("http://x.cn:port/", None),
        ("http://x.cn:99999/", None),
    ],
)
def test_links_become_absolute_or_nothing(href: str, url: str | None):
    assert absolute(BASE, href) == url


PIECES = [
    "http",
    "HTTPS",
    "https:",
    "//",
    "/",
    "a.cn",
    "..",
    "?",
    "#",
    "x=1",
    "&",
    ";",
    "%20",
    "中",
    ":80",
    "[",
    " ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_links_are_joined_as_the_standard_library_joins_them(href: str):
    found = absolute(BASE, href)
    if found is not None:
        assert found == urljoin(BASE, href.strip())


def test_a_base_may_be_nonsense():
    assert absolute("http://[bad", "x") is None
    assert absolute("", "x") is None
    assert absolute("", "https://a.cn/x") == "https://a.cn/x"


def test_the_host_of_an_address():
    assert host("https://User@WWW.Example.cn.:8080/x") == "www.example.cn"
    assert host("nothing") == ""
    assert host("http://[::1") == ""


ALIKE = [
    ("http://www.example.cn/a?id=1", "https://www.example.cn/a?id=1"),
    ("https://WWW.EXAMPLE.cn:443/a?id=1", "https://www.example.cn/a?id=1"),
    ("http://www.example.cn:80/a?id=1#top", "https://www.example.cn/a?id=1"),
    ("https://www.example.cn./a?id=1&", "https://www.example.cn/a?id=1"),
    ("https://user:secret@www.example.cn/a?id=1", "https://www.example.cn/a?id=1"),
    ("https://www.example.cn/a;jsessionid=0A1B2C.node1?id=1&PHPSESSID=9f", "https://www.example.cn/a?id=1"),
    (
        "https://www.example.cn/a?utm_source=x&id=1&spm=2&from=timeline&isappinstalled=0",
        "https://www.example.cn/a?id=1",
    ),
    ("https://www.example.cn/a?b=2&a=1", "https://www.example.cn/a?a=1&b=2"),
    ("https://www.example.cn/a?a=1&amp;b=2", "https://www.example.cn/a?a=1&b=2"),
    ("https://www.example.cn/%e4%b8%ad", "https://www.example.cn/中"),
    ("https://www.example.cn/%7Ea%2fb", "https://www.example.cn/~a%2Fb"),
    ("https://www.example.cn", "https://www.example.cn/"),
    ("https://www.example.cn/a?q=x+y", "https://www.example.cn/a?q=x%20y"),
    ("https://例子.中国/a", "https://xn--fsqu00a.xn--fiqs8s/a"),
    ("https://m.huxiu.com/article/1.html?f=rss", "https://www.huxiu.com/article/1.html"),
    ("http://36kr.com/p/5055230.html?ktm_source=feed", "https://www.36kr.com/p/5055230.html"),
    ("https://blog.example.com/p/1?source=rss", "https://blog.example.com/p/1"),
    (
        "http://mp.weixin.qq.com/s?__biz=MzA3NA==&mid=2650&idx=2&sn=abc&chksm=def&scene=21#wechat_redirect",
        "https://mp.weixin.qq.com/s?__biz=MzA3NA%3D%3D&idx=2&mid=2650&scene=0&xtrack=1",
    ),
    ("https://mp.weixin.qq.com/s/AbC_d-1?scene=1&click_id=2", "https://mp.weixin.qq.com/s/AbC_d-1"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_addresses_of_one_article_have_one_key(one: str, other: str):
    assert url_key(one) == url_key(other)


UNLIKE = [
    ("https://www.cnmn.com.cn/ShowNews1.aspx?id=1", "https://www.cnmn.com.cn/ShowNews1.aspx?id=2"),
    ("http://www.x.cn/show.asp?ID=1&Page=1", "http://www.x.cn/show.asp?ID=1&Page=2"),
    ("https://a.cn/#/news/1", "https://a.cn/#/news/2"),
    ("https://a.cn/#!1", "https://a.cn/#!2"),
    ("https://a.cn/A", "https://a.cn/a"),
    ("https://a.cn/a%2Fb", "https://a.cn/a/b"),
    ("https://a.cn:8080/", "https://a.cn/"),
    ("https://m.a.cn/1", "https://www.a.cn/1"),
    ("https://a.cn/?source=2", "https://a.cn/?source=3"),
    ("https://mp.weixin.qq.com/s/AbC", "https://mp.weixin.qq.com/s/abc"),
    ("https://mp.weixin.qq.com/s?__biz=a&mid=1&idx=1", "https://mp.weixin.qq.com/s?__biz=a&mid=1&idx=2"),
]


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_addresses_of_two_articles_have_two_keys(one: str, other: str):
    assert url_key(one) != url_key(other)


def test_a_key_reads_like_an_address():
    assert url_key("http://Www.X.cn/a b/中?b=%e4%b8%ad&a") == "https://www.x.cn/a%20b/%E4%B8%AD?a&b=%E4%B8%AD"


@pytest.mark.parametrize(
    "url", ["", "x", "javascript:1", "http://[::1", "http://x.cn:port", "http://", "//x.cn/a"]
)
def test_what_is_no_address_is_its_own_key(url: str):
    assert url_key(url) == url


@given(st.text(st.sampled_from(sorted(set(printable + "中é") - set(whitespace + "%?#")))))
def test_a_path_keeps_what_needs_no_escape_and_nothing_else(path: str):
    assert url_key(f"https://a.cn/x{path}") == "https://a.cn/x" + quote(path, safe="/:@!$&'()*+,;=-._~")


PARTS = st.sampled_from(
    [
        "http://",
        "https://",
        "a.cn",
        "[::1]",
        "%",
        "%25",
        "%2",
        "?",
        "&",
        "=",
        "#",
        "#/",
        "/",
        ":80",
        "@",
        "+",
        "中",
        "utm_x=1",
        " ",
        ";",
        "\\",
    ]
)


@given(
    st.one_of(
        st.text(),
        st.lists(PARTS).map(lambda parts: "http://a.cn/" + "".join(parts)),
        st.lists(PARTS).map("".join),
    )
)
def test_any_text_has_a_key_that_is_its_own_key(url: str):
    key = url_key(url)
    assert url_key(key) == key
    absolute(url, url)
    host(url)
