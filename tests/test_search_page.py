"""The search page in a real browser, from a server and from a disk: it finds what reading everything finds."""

import gzip
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from browser import serving, watch
from conftest import ROOT, write
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined
from searched import INDUSTRIES, SHELVES, Hit, files_of, make_filed_article, make_filed_issue, read_all

from xcbulletin.archive.catalogue.queries import parse_words
from xcbulletin.archive.filed import FiledIssue
from xcbulletin.archive.siteindex.pieces import gram_hash
from xcbulletin.model import Column, Industry

BASE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<link rel="icon" href="data:,"><title>{% block title %}{% endblock %}</title>{% block head %}{% endblock %}</head>
<body><main>{% block main %}{% endblock %}</main>{% block scripts %}{% endblock %}</body></html>"""
_QUERIES = """
芯片 储能 氢能 光伏 许昌 智造 算力 量子 电网 机器人 新能源 特高压 高纯硅 车联网 信通院 独角兽 路线图 人工智能 自动驾驶
动力电池 知识产权 专精特新 再生金属 风电光伏 智能电网 新能源汽车 工业机器人 粤港澳大湾区 智能网联汽车 产业链供应链
"""
QUERIES = tuple(_QUERIES.split())
TYPED = (
    *(
        "片",
        "。",
        "，",
        "5G",
        "５ｇ",
        "ｎｅｖ",
        "👍",
        "𠮷",
        "25.3%",
        "…",
        "—",
        "\\",
        "<b>",
        "&amp;",
        "%",
        "*",
        "'",
    ),
    *(
        "光伏 储能",
        "储能　光伏　 ",
        "“光 伏”",
        '"NEV 汽车"',
        "“NEV 汽车",
        "光伏 光伏",
        "光伏 片",
        "㎡",
        "不会有的词",
        "'\"' 光伏",
    ),
)
_ODD = ("5G", "ＮＥＶ 汽车", "光 伏", "👍", "𠮷野家", "25.3%", "……", "<b>&amp;", "\\", "㎡")
WORDS = (*QUERIES, *_ODD)
HOSTILE = (
    "<img src=x onerror=document.title='破'>",
    '</script><script>document.title="破"</script>',
    "引号\"与'与\\与`与${1}",
    "长" * 300,
    "__proto__",
    "标题\u2028分行",
)


def make_issues(count: int = 6, articles: int = 50) -> list[FiledIssue]:
    """Make issues of generated articles; some of them have a query in the title, a few are hostile."""
    chance = random.Random(6)
    return [
        make_filed_issue(
            f"{2020 + number // 4}-{1 + number % 4 * 3:02}",
            *(
                make_filed_article(
                    one,
                    "\n".join(_paragraph(chance) for _ in range(chance.randint(1, 6))),
                    HOSTILE[one] if number == 2 and one < len(HOSTILE) else _paragraph(chance)[:20],
                    column=chance.choice(SHELVES),
                    industries=tuple(chance.sample(INDUSTRIES, chance.choice((0, 1, 1, 2)))),
                )
                for one in range(articles)
            ),
        )
        for number in range(count)
    ]


def _paragraph(chance: random.Random) -> str:
    filling = "".join(
        chance.choices("的在和产业发展技术企业市场许电力网智能光伏新源汽车，。", k=chance.randint(10, 80))
    )
    at = chance.randrange(len(filling))
    return f"{filling[:at]}{chance.choice(WORDS) if chance.random() < 0.6 else ''}{filling[at:]}".strip()


def write_site(folder: Path, *issues: FiledIssue) -> Path:
    environment = Environment(
        loader=ChoiceLoader([DictLoader({"archive/base.html": BASE}), FileSystemLoader(ROOT / "templates")]),
        autoescape=True,
        undefined=StrictUndefined,
    )
    site = {
        "title": "快递",
        "industries": [Industry(code=code, name=f"{code}产业", short_name=code) for code in INDUSTRIES],
        "columns": [Column(code=code, name=f"{code}栏") for code in SHELVES],
    }
    months = sorted({f"{issue.date:%Y-%m}" for issue in issues})
    for name in ("search.html", "search.js"):
        template = environment.get_template(f"archive/{name}")
        text = template.render(site=site, months=months, root="", page=name)
        write(folder / name, text)
    for path, content in files_of(*issues).items():
        write(folder / path, content)
    return folder


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody before the search page."""

    page: Any
    address: str

    def open(self, **state: object) -> None:
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}search.html#{urlencode(state, quote_via=quote)}")
        self.wait()

    def wait(self) -> None:
        self.page.wait_for_function(
            "!/^(正在查找……)?$/.test(document.getElementById('search-status').textContent) || !document.getElementById('search-problem').hidden"
        )

    def type(self, words: str) -> None:
        self.page.fill("#q", words)
        self.page.press("#q", "Enter")
        self.wait()

    @property
    def said(self) -> str:
        return str(self.page.inner_text("#search-status"))

    @property
    def shown(self) -> list[Hit]:
        links = self.page.eval_on_selector_all(
            "#search-results h3 a", "all => all.map(one => one.getAttribute('href'))"
        )
        return [(link.split("/")[1], link.split("/")[2].removesuffix(".html")) for link in links]

    @property
    def marked(self) -> list[str]:
        return list(
            self.page.eval_on_selector_all("#search-results mark", "all => all.map(one => one.textContent)")
        )

    def found(self, **state: object) -> list[Hit]:
        """Ask by the address and read all pages of the results."""
        self.open(**state)
        hits = self.shown
        while self.page.query_selector("#search-pages a >> text=下一页"):
            self.page.click("#search-pages a >> text=下一页")
            self.wait()
            hits += self.shown
        return hits


ISSUES = make_issues()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("档案"), *ISSUES)


@pytest.fixture
def opened(page: Any) -> Iterator[Callable[..., Reader]]:
    with ExitStack() as stack:

        def open_site(folder: Path, scheme: str = "file") -> Reader:
            address = folder.as_uri() + "/" if scheme == "file" else stack.enter_context(serving(folder))
            return Reader(page=page, address=address)

        yield open_site


@pytest.fixture(params=["http", "file"])
def reader(request: pytest.FixtureRequest, site: Path, opened: Callable[..., Reader]) -> Reader:
    return opened(site, request.param)


# All queries at once inside the page: the way through form, address and results is another test's.
ALL = """typed => new Promise(done => {
  const found = [];
  const next = () => {
    if (found.length === typed.length) { done(found); return; }
    archiveSearch.find(typed[found.length], hits => { found.push(hits); next(); });
  };
  next();
})"""


def asked(words: str, **filters: str) -> dict[str, str]:
    return {"q": words, "industry": "", "column": "", "since": "", "until": "", "sort": "newest", **filters}


def in_page(reader: Reader, queries: list[dict[str, str]]) -> list[list[Hit]]:
    reader.open()
    names = [(issue.id, article.slug) for issue in ISSUES for article in issue.articles]
    return [[names[number] for number in hits] for hits in reader.page.evaluate(ALL, queries)]


def read(query: dict[str, str]) -> list[Hit]:
    return read_all(
        ISSUES,
        parse_words(query["q"]),
        industry=query["industry"],
        column=query["column"],
        since=query["since"],
        until=query["until"] or "9999-12",
        relevance=query["sort"] == "relevance",
    )


def random_queries(count: int) -> list[dict[str, str]]:
    chance = random.Random(7)
    lines = [
        line
        for issue in ISSUES
        for one in issue.articles
        for line in (one.title, *one.text.split("\n"))
        if line
    ]

    def substring() -> str:
        line = chance.choice(lines)
        start = chance.randrange(len(line))
        return line[start : start + chance.choice((1, 2, 2, 2, 3, 3, 4, 5, 8, 30))]

    return [
        asked(
            " ".join(substring() for _ in range(chance.choice((1, 1, 1, 2, 3)))),
            industry=chance.choice(("", "", *INDUSTRIES)),
            column=chance.choice(("", "", *SHELVES)),
            since=chance.choice(("", "", "2020-04")),
            until=chance.choice(("", "", "2021-01")),
            sort=chance.choice(("newest", "relevance")),
        )
        for _ in range(count)
    ]


@cache
def cases() -> list[tuple[dict[str, str], list[Hit]]]:
    """Queries, and what reading finds."""
    queries = [asked(words) for words in (*QUERIES, *TYPED)] + random_queries(250)
    return [(query, read(query)) for query in queries]


def test_what_reading_finds_is_found_in_the_same_order(reader: Reader) -> None:
    found = in_page(reader, [query for query, _hits in cases()])
    assert [query for (query, hits), own in zip(cases(), found, strict=True) if own != hits] == []
    assert sum(map(bool, found)) > 150


@pytest.fixture
def at_hand(site: Path, opened: Callable[..., Reader]) -> Reader:
    return opened(site)


def test_results_are_shown_page_by_page(reader: Reader) -> None:
    seen = watch(reader.page)
    state = {"q": "光伏", "industry": "ai", "sort": "relevance"}
    assert reader.found(**state) == read(asked("光伏", industry="ai", sort="relevance"))
    total = len(read(asked("光伏", industry="ai")))
    assert reader.said == f"共找到{total}篇，这是第{-(-total // 10)}页，共{-(-total // 10)}页"
    assert seen.errors == []


def test_a_hit_says_where_it_is_from_and_shows_the_words(
    tmp_path: Path, opened: Callable[..., Reader]
) -> None:
    text = "第一句没有。" + "从" * 40 + "许昌的ＮＥＶ产业，" + "又" * 200 + "\nNEV"
    article = make_filed_article(1, text, "许昌 nev", column="editorial", industries=("nev", "ai"))
    reader = opened(write_site(tmp_path, make_filed_issue("2021-01", article)))
    reader.open(q="nev 许昌")
    entry = reader.page.inner_text("#search-results li")
    assert [line for line in entry.split("\n") if line][:2] == [
        "许昌 nev",
        "2021年第1期 · 2021-01-25 · editorial栏 · nev产业 · ai产业",
    ]
    assert reader.marked == ["许昌", "nev", "许昌", "ＮＥＶ"]
    assert reader.page.inner_text(".snippet").startswith("……" + "从" * 30 + "许昌的ＮＥＶ产业，又")
    assert reader.page.get_attribute("#search-results h3 a", "href") == "issues/2021-01/news-001.html"


def test_filters_alone_list_what_passes_them(at_hand: Reader) -> None:
    assert at_hand.found(column="report", since="2020-10", until="2021-01") == read(
        asked("", column="report", since="2020-10", until="2021-01")
    )


def test_nothing_asked_nothing_found_and_months_crossed_are_said(at_hand: Reader) -> None:
    at_hand.open()
    assert at_hand.said == "请输入要找的字词，或选择产业、栏目、时间。"
    at_hand.type("不会有的词")
    assert at_hand.said == "没有找到。可以少写几个字，或放宽产业、栏目和时间。"
    at_hand.open(q="光伏", since="2021-01", until="2020-01")
    assert at_hand.said == "起始月份晚于截止月份，没有可找的文章。"
    at_hand.open(q="“ ”")
    assert at_hand.shown == []


def test_an_address_of_an_unknown_industry_and_a_page_too_far_is_mended(at_hand: Reader) -> None:
    at_hand.open(q="光伏", industry="none", sort="odd", page="999")
    assert at_hand.page.eval_on_selector_all("select", "all => all.map(one => one.value)") == [
        "",
        "",
        "",
        "",
        "newest",
    ]
    assert at_hand.shown == read(asked("光伏"))[-len(at_hand.shown) :]
    at_hand.open(q="光伏", page="-1")
    assert at_hand.shown == read(asked("光伏"))[:10]
    at_hand.page.goto(f"{at_hand.address}search.html#q=%E5%85%89%ZZ&page=x")
    at_hand.wait()
    assert at_hand.page.input_value("#q") == "%E5%85%89%ZZ"


def test_a_month_without_an_issue_is_a_month_to_ask_for(at_hand: Reader) -> None:
    at_hand.open(q="光伏", since="2020-02", until="2020-12")
    assert at_hand.shown == read(asked("光伏", since="2020-02", until="2020-12"))[:10]
    months = at_hand.page.eval_on_selector_all("#since option", "all => all.map(one => one.text)")
    assert months == [
        "最早",
        "2021年4月",
        "2021年1月",
        "2020年10月",
        "2020年7月",
        "2020年4月",
        "2020年2月",
        "2020年1月",
    ]
    at_hand.open(q="光伏", since="1月", until="2020-13")
    assert (at_hand.page.input_value("#since"), at_hand.page.input_value("#until")) == ("", "")


def test_the_window_and_the_paper_tell_what_was_asked(at_hand: Reader) -> None:
    """A bookmark is named after the window, and on paper there is no form."""
    at_hand.open(q=" 光伏　芯片 ", industry="ai", since="2020-04", until="2021-01")
    said = "光伏 芯片，ai产业，从2020年4月到2021年1月"
    assert at_hand.page.title() == f"{said} · 检索 · 快递"
    assert at_hand.page.inner_text("#search-heading") == f"检索结果：{said}"
    at_hand.open(column="news", until="2021-01")
    assert at_hand.page.title() == "news栏，到2021年1月 · 检索 · 快递"
    at_hand.open()
    assert at_hand.page.title() == "检索 · 快递"


def test_an_address_with_a_question_mark_is_understood(reader: Reader) -> None:
    reader.page.goto(f"{reader.address}search.html?q={quote('光伏')}&column=news")
    reader.wait()
    assert reader.shown == read(asked("光伏", column="news"))[:10]
    reader.type("芯片")
    assert reader.shown == read(asked("芯片", column="news"))[:10]
    reader.page.reload()
    reader.wait()
    assert reader.shown == read(asked("芯片", column="news"))[:10]


def test_a_plus_in_an_address_is_a_blank_and_results_are_numbered_on(at_hand: Reader) -> None:
    at_hand.page.goto("about:blank")
    at_hand.page.goto(f"{at_hand.address}search.html#q={quote('光伏')}+{quote('许')}&page=2")
    at_hand.wait()
    assert at_hand.shown == read(asked("光伏 许"))[10:20]
    assert at_hand.page.get_attribute("#search-results", "start") == "11"


@pytest.mark.parametrize(
    ("text", "snippet"),
    [
        ("光伏" + "从" * 300 + "光伏", "光伏" + "从" * 98 + "……"),
        ("👍" * 40 + "，光伏", "……" + "👍" * 15 + "，光伏"),
        ("👍" + "从" * 28 + "光伏" + "从" * 67 + "👍👍从", "👍" + "从" * 28 + "光伏" + "从" * 67 + "……"),
    ],
)
def test_a_snippet_is_short_and_parts_no_character(
    tmp_path: Path, opened: Callable[..., Reader], text: str, snippet: str
) -> None:
    reader = opened(write_site(tmp_path, make_filed_issue("2021-01", make_filed_article(1, text))))
    reader.open(q="光伏")
    assert reader.page.text_content(".snippet") == snippet
    assert reader.marked == ["光伏"]


def test_a_title_of_latin_letters_says_so(tmp_path: Path, opened: Callable[..., Reader]) -> None:
    titles = ("Solar in 2021", "𠮷 A", "ai 光伏", "2021")
    articles = (make_filed_article(number, "光伏", title) for number, title in enumerate(titles))
    reader = opened(write_site(tmp_path, make_filed_issue("2021-01", *articles)))
    reader.open(q="光伏")
    languages = reader.page.eval_on_selector_all("#search-results h3 a", "all => all.map(one => one.lang)")
    assert languages == ["en", "", "", ""]


def test_what_is_typed_is_looked_for_without_a_key_and_stays_in_the_address(at_hand: Reader) -> None:
    at_hand.open()
    at_hand.page.locator("#q").press_sequentially("光伏", delay=20)
    at_hand.page.wait_for_function("document.querySelector('#search-results li')")
    assert at_hand.shown == read(asked("光伏"))[:10]
    assert at_hand.page.evaluate("document.activeElement.id") == "q"
    assert at_hand.page.evaluate("location.hash") == f"#q={quote('光伏')}"
    at_hand.page.reload()
    at_hand.wait()
    assert (at_hand.page.input_value("#q"), at_hand.shown) == ("光伏", read(asked("光伏"))[:10])


def test_back_returns_to_what_was_looked_at(at_hand: Reader) -> None:
    at_hand.open(q="光伏")
    at_hand.page.click("#search-pages a >> text=下一页")
    at_hand.page.wait_for_function("document.activeElement.id === 'search-heading'")
    assert at_hand.shown == read(asked("光伏"))[10:20]
    at_hand.page.fill("#q", "")
    at_hand.page.locator("#q").press_sequentially("芯片", delay=300)
    at_hand.page.press("#q", "Enter")
    at_hand.page.select_option("#industry", "ai")
    at_hand.wait()
    assert at_hand.shown == read(asked("芯片", industry="ai"))[:10]
    at_hand.page.go_back()
    at_hand.wait()
    assert (at_hand.page.input_value("#q"), at_hand.page.input_value("#industry")) == ("芯片", "")
    assert at_hand.shown == read(asked("芯片"))[:10]
    at_hand.page.go_back()
    at_hand.page.wait_for_function("document.getElementById('q').value === '光伏'")
    at_hand.wait()
    assert at_hand.shown == read(asked("光伏"))[10:20]


def test_what_comes_late_does_not_replace_what_was_asked_since(
    site: Path, opened: Callable[..., Reader]
) -> None:
    reader = opened(site, "http")
    # Counts the scripts that have been run.
    reader.page.add_init_script(
        "window.loaded = 0; document.addEventListener('load', event => { window.loaded += event.target.tagName === 'SCRIPT' }, true)"
    )
    reader.open()
    held: list[Any] = []
    shard = gram_hash("光伏") % len(list((site / "search" / "g").iterdir()))
    reader.page.route(f"**/search/g/{shard}.js", lambda route: held.append(route))
    with reader.page.expect_request(f"**/search/g/{shard}.js"):
        reader.page.fill("#q", "光伏")
    reader.type("芯片")
    for route in held:
        route.continue_()
    reader.page.wait_for_function("document.querySelectorAll('script[src]').length === window.loaded")
    assert reader.shown == read(asked("芯片"))[:10]


def test_nothing_is_looked_for_while_a_word_is_composed(at_hand: Reader) -> None:
    at_hand.open()
    session = at_hand.page.context.new_cdp_session(at_hand.page)
    at_hand.page.focus("#q")
    for written in ("guang", "guangfu"):
        session.send("Input.imeSetComposition", {"text": written, "selectionStart": 0, "selectionEnd": 0})
    at_hand.page.wait_for_timeout(350)
    assert at_hand.said == "请输入要找的字词，或选择产业、栏目、时间。"
    session.send("Input.insertText", {"text": "光伏"})
    at_hand.page.wait_for_function("document.querySelector('#search-results li')")
    assert at_hand.shown == read(asked("光伏"))[:10]


def test_titles_are_text_whatever_they_hold(at_hand: Reader) -> None:
    shown = []
    for number in range(len(HOSTILE)):
        at_hand.open(q=HOSTILE[number].replace('"', " ").replace("\u2028", " "))
        shown += at_hand.page.eval_on_selector_all("h3", "all => all.map(one => one.textContent)")
    assert set(HOSTILE) <= set(shown)
    assert at_hand.page.title() == "标题 分行 · 检索 · 快递"
    assert at_hand.page.query_selector("#search-results img, #search-results script") is None


def test_the_keyboard_is_enough(at_hand: Reader) -> None:
    at_hand.open(q="光伏")
    at_hand.page.focus("#q")
    passed: list[str] = []
    while not passed or passed[-1] != "下一页":
        at_hand.page.keyboard.press("Tab")
        passed.append(at_hand.page.evaluate("document.activeElement.textContent"))
        assert len(passed) < 60
    at_hand.page.keyboard.press("Enter")
    at_hand.page.wait_for_function("document.activeElement.id === 'search-heading'")
    assert at_hand.shown == read(asked("光伏"))[10:20]


@pytest.fixture
def damaged(site: Path, tmp_path: Path, opened: Callable[..., Reader]) -> Callable[[str], Reader]:
    """The site without what a pattern names."""

    def damage(pattern: str) -> Reader:
        folder = shutil.copytree(site, tmp_path / "损坏", ignore=shutil.ignore_patterns(pattern))
        return opened(folder)

    return damage


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("g", ".js。可以再按一次“查找”；还不行，多半是归档的文件夹没有拷全。"),
        ("g", "检索用的文件没有找到：search/g/"),
        ("t", "检索用的文件没有找到：search/t/"),
        ("meta.js", "检索用的文件没有找到：search/meta.js。这份归档没有带检索，或文件夹没有拷全。"),
        ("articles.js", "检索用的文件没有找到：search/articles.js。这份归档没有带检索，或文件夹没有拷全。"),
        ("search.js", "这个浏览器太旧，或检索程序没有找到。"),
    ],
)
def test_what_is_missing_is_said(damaged: Callable[[str], Reader], pattern: str, said: str) -> None:
    reader = damaged(pattern)
    reader.page.goto(f"{reader.address}search.html#q=%E5%85%89%E4%BC%8F")
    problem = reader.page.wait_for_selector("#search-problem")
    assert said in problem.inner_text()
    assert "现在不能检索。" in problem.inner_text()
    assert "查找" not in reader.said
    assert reader.page.is_visible(".search-lists a >> text=历期目录")


def test_files_of_two_builds_are_not_read_together(damaged: Callable[[str], Reader], tmp_path: Path) -> None:
    reader = damaged("no-such-file")
    earlier = files_of(make_filed_issue("2021-01", make_filed_article(1, "光伏")))["search/articles.js"]
    (tmp_path / "损坏" / "search" / "articles.js").write_bytes(earlier)
    reader.page.goto(f"{reader.address}search.html#q=%E5%85%89%E4%BC%8F")
    said = "检索用的文件有新有旧：归档刚更新过，或文件夹没有拷全。请刷新这一页；还不行，请把归档的文件夹重新拷贝一份。"
    assert said in reader.page.wait_for_selector("#search-problem").inner_text()


@pytest.mark.parametrize(
    ("content", "said"),
    [("<!doctype html>", "检索用的文件坏了：search/t/2021-04-"), ("{name}", "检索程序出错了，没有查完。")],
)
def test_a_broken_file_is_said_and_a_later_search_works(
    damaged: Callable[[str], Reader], tmp_path: Path, content: str, said: str
) -> None:
    reader = damaged("no-such-file")
    for path in (tmp_path / "损坏" / "search" / "t").glob("2021-04-*"):
        path.write_text(content.replace("{name}", f'archiveSearch.text("{path.stem}", []);'))
    reader.open(q="光伏")
    # A script that cannot be read may be told as a mistake before it is told as loaded.
    told = reader.page.inner_text("#search-problem")
    assert said in told or "检索程序出错了，没有查完。" in told
    reader.open(q="光伏", until="2021-01")
    assert reader.shown == read(asked("光伏", until="2021-01"))[:10]
    assert not reader.page.is_visible("#search-problem")


def test_what_failed_is_looked_for_again_on_demand(site: Path, opened: Callable[..., Reader]) -> None:
    """The network was away for a moment: the same question has to work afterwards."""
    reader = opened(site, "http")
    reader.page.route("**/search/g/*", lambda route: route.abort())
    reader.open(q="光伏", column="news")
    assert reader.page.is_visible("#search-problem")
    reader.page.unroute("**/search/g/*")
    reader.page.click("#search-form button")
    reader.page.wait_for_selector("#search-results li")
    assert reader.shown == read(asked("光伏", column="news"))[:10]
    assert not reader.page.is_visible("#search-problem")


def test_what_the_address_asks_for_is_fetched_before_all_is_here_and_only_once(
    site: Path, opened: Callable[..., Reader]
) -> None:
    reader, asked_for = opened(site, "http"), []
    reader.page.on("request", lambda one: asked_for.append(one.url))
    held: list[Any] = []
    reader.page.route("**/search/articles.js", lambda route: held.append(route))
    with reader.page.expect_request("**/search/g/*"):
        reader.page.goto(f"{reader.address}search.html#q={quote('光伏')}", wait_until="commit")
    held[0].continue_()
    reader.wait()
    assert reader.shown == read(asked("光伏"))[:10]
    assert len(set(asked_for)) == len(asked_for)


def test_first_results_are_seen_while_others_are_on_their_way(
    tmp_path: Path, opened: Callable[..., Reader]
) -> None:
    long = [make_filed_article(n, "光伏" + "长" * 3_000) for n in range(8)]
    reader = opened(write_site(tmp_path, make_filed_issue("2021-01", *long)), "http")
    reader.open()
    held: list[Any] = []
    reader.page.route("**/search/t/2021-01-7.js", lambda route: held.append(route))
    reader.page.fill("#q", "光伏")
    reader.page.wait_for_selector("#search-results li")
    assert (reader.said, len(reader.shown)) == ("正在查找……", 6)
    held[0].continue_()
    reader.wait()
    assert (reader.said, len(reader.shown)) == ("共找到8篇", 8)


def test_without_a_script_the_lists_are_there(site: Path, browser: Any) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site.as_uri()}/search.html")
        assert "检索要用脚本，这个浏览器没有开启。" in page.inner_text("main")
        assert not page.is_visible("form")
        links = page.eval_on_selector_all("main a", "all => all.map(one => one.getAttribute('href'))")
        assert {"issues/index.html", "industries/ai/index.html", "columns/report/index.html"} <= set(links)


def test_an_old_browser_folds_what_matters(at_hand: Reader) -> None:
    at_hand.page.add_init_script("delete String.prototype.normalize")
    at_hand.open(q="５Ｇ")
    assert at_hand.shown == read(asked("5g"))[:10]


def test_an_empty_archive_can_be_asked(tmp_path: Path, opened: Callable[..., Reader]) -> None:
    reader = opened(write_site(tmp_path))
    seen = watch(reader.page)
    reader.open(q="光伏")
    assert reader.said == "归档里还没有文章。"
    assert seen.errors == []


def test_the_script_is_small_and_puts_no_markup_together() -> None:
    script = (ROOT / "templates" / "archive" / "search.js").read_bytes()
    assert len(gzip.compress(script, 9)) <= 10 * 1024
    assert not any(
        word in script for word in (b"innerHTML", b"document.write", b"eval(", b"fetch(", b"const ", b"let ")
    )
