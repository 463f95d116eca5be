"""The pages of the archive: what they say, and where they lead."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from archivesite import SITE, archive, broken_links, links, page, print_issue, print_report, texts
from conftest import make_article, write
from lxml import html as lxml_html

from xcbulletin.model import Correction, Source
from xcbulletin.publishing.pages import TemplateFailedError

LABEL = "2021年第1期"
EVERYTHING = """\
开头一段，见[@fig-one]和[@tbl-one]，有注[^1]。

## 小标题

### 更小的

![图题](assets/a.png "数据来源：年报"){#fig-one width=58%}

表：产量 {#tbl-one}

| 年 | 量 |
|---|---:|
| 2020 | 5 |

```chart
kind: bar
title: 增长
source: 统计局
rows:
  - [年, 量]
  - [2019, 4]
  - [2020, 5]
```

3. 三
4. 四

[^1]: 见*年报*。
"""


def test_every_link_leads_to_a_file_and_to_a_place_in_it() -> None:
    january = print_issue(
        make_article("见[@fig-one]。", column="editorial", title="卷首"),
        make_article(EVERYTHING, title="一切", industries=("ai", "robot"), source=Source(name="统计局")),
        make_article(title="又一篇", column="reports"),
    )
    files = archive(
        january,
        print_issue(make_article(), month="2021-02"),
        print_report(month="2021-02"),
        site=replace(SITE, volumes=(2021,)),
        pdfs=("2021-01",),
    )
    chart = next(node.src for node in january.edition.entries[1].pictures if node.kind == "chart")
    assets = [f"issues/2021-01/{name}" for name in ("assets/a.png", chart, f"narrow-{chart}", "2021-01.pdf")]
    assert broken_links(files, (*assets, "volumes/2021.pdf")) == []


def test_every_page_holds_for_every_reader() -> None:
    files = archive(print_issue(make_article(EVERYTHING)), print_report())
    for path in files:
        if not path.endswith(".html"):
            continue
        tree = page(files, path)
        assert tree.get("lang") == "zh-CN"
        assert len(tree.cssselect("h1")) == 1, path
        assert len(tree.cssselect("main#main")) == 1
        assert links(tree, "a.skip") == ["#main"]
        assert tree.cssselect('meta[name="robots"]')[0].get("content") == "noindex"
        assert texts(tree, ".notice") == ["内部资料"]
        assert texts(tree, ".sections a") == ["首页", "期刊", "产业", "栏目", "专题报告", "检索"]
        assert not tree.xpath("//*[@style or @onclick]")
        levels = [int(one.tag[1]) for one in tree.cssselect("h1, h2, h3, h4, h5, h6")]
        assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False)), path
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids)), path


def test_a_public_archive_has_no_notice_and_may_be_found() -> None:
    files = archive(print_issue(make_article()), site=replace(SITE, notice=None))
    tree = page(files, "index.html")
    assert tree.cssselect(".notice, meta[name=robots]") == []
    assert files["robots.txt"] == b"User-agent: *\nDisallow:\n"


def test_an_archive_for_the_house_is_closed_to_search_engines() -> None:
    assert archive()["robots.txt"] == b"User-agent: *\nDisallow: /\n"


def test_an_empty_archive_says_so_and_holds_together() -> None:
    files = archive()
    assert broken_links(files) == []
    assert texts(page(files, "index.html"), "#latest") == ["还没有刊物"]
    assert texts(page(files, "industries/ai/index.html"), "main > p") == ["还没有文章。"]
    assert texts(page(files, "issues/index.html"), "main > p") == ["还没有。定稿归档以后，会出现在这里。"]


def test_the_front_page_shows_the_newest_issue_and_counts_what_there_is() -> None:
    files = archive(
        print_issue(make_article(title="旧闻", industries=("ai",))),
        print_issue(
            make_article(title="新闻", industries=("ai",)),
            make_article(title="报告", column="reports"),
            month="2021-02",
        ),
        print_report(month="2021-03", industries=("ai",)),
        pdfs=("2021-02",),
    )
    tree = page(files, "index.html")
    assert texts(tree, "h1") == ["许昌竞争情报快递"]
    assert texts(tree, "#latest") == ["2021年第2期"]
    assert links(tree, ".latest .about a") == ["issues/2021-02/2021-02.pdf"]
    assert texts(tree, ".latest h3") == ["行业动态", "行业报告"]
    assert texts(tree, ".latest .titles a") == ["新闻", "报告"]
    assert texts(tree, "section[aria-labelledby=industries] li") == [
        "工业机器人产业 0 篇",
        "新一代人工智能产业 3 篇",
    ]
    assert texts(tree, ".months dt") == ["2021年"]
    assert texts(tree, ".months a") == ["3月", "2月", "1月"]
    assert texts(tree, "section[aria-labelledby=reports] a") == ["人工智能报告"]


def test_an_issue_page_has_its_contents_by_column_and_its_neighbours() -> None:
    corrected = Correction(date=datetime.date(2021, 3, 1), note="数字有误")
    files = archive(
        print_issue(make_article(), month="2020-12"),
        print_issue(
            make_article("正文如此。", title="甲", column="reports", summary="一句话。", industries=("ai",)),
            make_article("第一句。第二句。", title="乙", corrections=(corrected,)),
        ),
        print_report(),
        print_issue(make_article(), month="2021-02"),
        pdfs=("2021-01",),
    )
    tree = page(files, "issues/2021-01/index.html")
    assert texts(tree, "h1") == [LABEL]
    assert texts(tree, "main h2") == ["行业动态", "行业报告"]
    assert texts(tree, ".entries .title") == ["乙", "甲"]
    assert texts(tree, ".gist") == ["第一句。第二句。", "一句话。"]
    assert texts(tree, ".mended") == ["有更正（2021年3月1日）"]
    assert links(tree, "header.heading a") == ["../../issues/2021-01/2021-01.pdf"]
    assert texts(tree, ".turn a") == ["上一期 2020年第12期", "下一期 2021年第2期"]


def test_an_article_page_says_all_that_is_known_of_it() -> None:
    article = make_article(
        EVERYTHING,
        title="一切",
        industries=("ai",),
        author="张三",
        summary="一句话。",
        source=Source(name="统计局", url="https://example.org/?a=1&b=2", date=datetime.date(2021, 1, 20)),
        corrections=(Correction(date=datetime.date(2021, 3, 1), note="产量应为 5"),),
    )
    before, after = make_article(title="前"), make_article(title="后")
    files = archive(print_issue(before, article, after), pdfs=("2021-01",))
    tree = page(files, "issues/2021-01/news-02.html")
    assert texts(tree, "title") == [f"一切 · {LABEL}"]
    assert texts(tree, "h1") == ["一切"]
    assert texts(tree, ".path li") == ["首页", "期刊", LABEL, "一切"]
    assert texts(tree, ".heading .tag") == ["人工智能"]
    assert texts(tree, ".heading .about > *") == [LABEL, "2021年1月25日", "行业动态", "张三"]
    assert [one.get("datetime") for one in tree.cssselect(".heading time")] == ["2021-01-25"]
    assert texts(tree, ".heading .mended") == ["本文有更正（2021年3月1日）"]
    assert texts(tree, ".correction") == ["更正2021年3月1日：产量应为 5"]
    assert texts(tree, ".source") == ["来源：统计局，2021年1月20日"]
    assert links(tree, ".source a") == ["https://example.org/?a=1&b=2"]
    assert texts(tree, ".notes li") == ["见年报。 ↩"]
    assert texts(tree, ".inside li") == ["小标题", "更小的"]
    assert texts(tree, ".citation") == ["张三. 一切[J]. 许昌竞争情报快递, 2021(1)."]
    assert links(tree, ".pdf a") == ["../../issues/2021-01/2021-01.pdf"]
    assert texts(tree, ".turn a") == ["上一篇 前", "下一篇 后"]
    assert links(tree, ".turn a") == ["news-01.html", "news-03.html"]
    assert tree.cssselect("meta[name=description]")[0].get("content") == "一句话。"


def test_figures_tables_and_charts_stand_in_their_article_with_the_numbers_of_the_issue() -> None:
    first = make_article("![先有一图](assets/a.png)", column="editorial")
    files = archive(print_issue(first, make_article(EVERYTHING)))
    tree = page(files, "issues/2021-01/news-02.html")
    assert texts(tree, "figure .label") == ["图2", "图3"]
    picture, chart = tree.cssselect("figure img")
    assert (picture.get("width"), picture.get("height")) == ("640", "480")
    assert tree.cssselect("figure")[0].get("class") == "width-60"
    assert chart.get("alt")
    assert texts(tree, "details caption") == ["增长"]
    assert texts(tree, ".text > .table caption") == ["表1 产量"]
    table = tree.cssselect(".text > .table")[0]
    assert (table.get("tabindex"), table.get("aria-label")) == ("0", "表1 产量")
    assert tree.cssselect("ol[start='3']")


def test_what_refers_to_a_figure_of_another_article_leads_to_its_page() -> None:
    files = archive(print_issue(make_article("见[@fig-one]。", column="editorial"), make_article(EVERYTHING)))
    tree = page(files, "issues/2021-01/editorial-01.html")
    assert links(tree, ".text a") == ["news-02.html#fig-1"]
    assert links(page(files, "issues/2021-01/news-02.html"), ".text a.reference") == ["#fig-1", "#tbl-1"]


def test_a_report_has_its_parts_and_only_its_own_page_lists_what_says_nothing() -> None:
    parts = [
        make_article(column="copyright", title="版权声明"),
        make_article(column="body", title="第一章"),
        make_article(column="contact", title="联系方式"),
    ]
    files = archive(print_report(*parts, industries=("ai",), subtitle="——十个数字"))
    tree = page(files, "issues/ai-2021/index.html")
    assert texts(tree, "h1") == ["人工智能报告"]
    assert texts(tree, ".entries .title") == ["版权声明", "第一章", "联系方式"]
    assert texts(tree, ".citation")[0].startswith("许昌市科学技术情报研究所. 人工智能报告: 十个数字[R].")
    for name in ("industries/ai/index", "columns/report/index", "columns/report/2021", "months/2021-01"):
        assert texts(page(files, f"{name}.html"), ".entries .title") == ["第一章"]
    assert texts(page(files, "index.html"), ".made span")[1] == "收录 1 期、1 篇"
    assert texts(page(files, "reports/index.html"), ".issues .title") == ["人工智能报告"]
    assert texts(page(files, "issues/index.html"), ".issues .title") == []


def test_the_front_page_shows_the_newest_reports_and_leads_to_the_others() -> None:
    reports = [print_report(id=f"report-{n}", title=f"报告{n}", month=f"2021-{n:02}") for n in range(1, 11)]
    for shown, more in ((reports, ["全部专题报告"]), (reports[:8], [])):
        tree = page(archive(*shown), "index.html")
        names = [one.filed.title for one in reversed(shown)][:8]
        assert texts(tree, "section[aria-labelledby=reports] .titles a") == names
        assert texts(tree, "section[aria-labelledby=reports] .more a") == more


def test_annual_volumes_stand_on_the_front_page_and_with_their_year() -> None:
    issues = [print_issue(make_article(), month=month) for month in ("2019-05", "2020-05", "2021-05")]
    files = archive(*issues, site=replace(SITE, volumes=(2019, 2021)))
    assert texts(page(files, "index.html"), ".volumes a") == ["2021年合订本（PDF）", "2019年合订本（PDF）"]
    years = page(files, "issues/index.html").cssselect("section.within")
    assert [links(year, ".volume a") for year in years] == [
        ["../volumes/2021.pdf"],
        [],
        ["../volumes/2019.pdf"],
    ]


def test_the_last_of_several_corrections_is_told_first() -> None:
    corrections = tuple(Correction(date=datetime.date(2021, month, 1), note=f"{month}") for month in (3, 4))
    files = archive(print_issue(make_article(corrections=corrections)))
    assert texts(page(files, "issues/2021-01/index.html"), ".mended") == ["有更正（2021年4月1日）"]
    tree = page(files, "issues/2021-01/news-01.html")
    assert texts(tree, ".mended") == ["本文有更正（2021年4月1日）"]
    assert texts(tree, ".correction") == ["更正2021年3月1日：3", "更正2021年4月1日：4"]


def test_a_month_holds_all_its_issues_by_column() -> None:
    files = archive(
        print_issue(make_article(title="甲"), month="2020-11"),
        print_issue(make_article(title="乙"), id="2021-01", month="2021-01", date=datetime.date(2021, 1, 5)),
        print_issue(
            make_article(title="丙"),
            make_article(title="社论", column="editorial"),
            id="special",
            month="2021-01",
            title="增刊",
            number=None,
        ),
    )
    tree = page(files, "months/2021-01.html")
    assert texts(tree, ".printed li") == [LABEL, "增刊"]
    assert texts(tree, "main h2") == ["编者的话", "行业动态"]
    assert texts(tree, ".entries .title") == ["社论", "乙", "丙"]
    assert texts(tree, ".turn a") == ["上一月 2020年11月"]
    assert texts(page(files, "months/2020-11.html"), ".turn a") == ["下一月 2021年1月"]


def test_two_articles_of_one_title_are_told_apart() -> None:
    files = archive(
        print_issue(make_article(title="国内联播快讯")),
        print_issue(make_article(title="国内联播快讯"), month="2021-02"),
    )
    titles = [texts(page(files, f"issues/2021-{month}/news-01.html"), "title")[0] for month in ("01", "02")]
    assert titles == ["国内联播快讯 · 2021年第1期", "国内联播快讯 · 2021年第2期"]


def test_an_issue_without_a_number_is_told_by_its_day_and_named_once() -> None:
    plain, special = (
        print_issue(make_article(), month=month, title=title, number=None, total_number=None)
        for month, title in (("2021-01", SITE.title), ("2021-02", "特刊"))
    )
    files = archive(plain, special, print_issue(make_article(), month="2021-03"))
    trees = [page(files, f"issues/2021-0{month}/index.html") for month in (1, 2, 3)]
    assert [texts(tree, "title, .kicker, h1") for tree in trees] == [
        [f"{SITE.title}（2021年1月25日） · {SITE.title}", SITE.title],
        [f"特刊（2021年2月25日） · {SITE.title}", SITE.title, "特刊"],
        [f"2021年第3期 · {SITE.title}", SITE.title, "2021年第3期"],
    ]


def test_the_shelf_of_parts_of_reports_is_not_taken_for_the_list_of_reports() -> None:
    files = archive(print_report())
    pages = ("reports/index.html", "columns/report/index.html", "columns/report/2021.html")
    assert [texts(page(files, one), "title")[0] for one in pages] == [
        f"专题报告 · {SITE.title}",
        f"栏目：专题报告 · {SITE.title}",
        f"栏目：专题报告 2021年 · {SITE.title}",
    ]


@pytest.mark.parametrize(
    "title",
    [
        "</title></script><script>alert(1)</script>",
        "\"引号\" 'a' & <b> {{ 7 * 7 }} {% raw %}",
        "../../斜杠\\与?问号#井号",
        "表情🦾和👨‍👩‍👧",
        "长" * 300,
    ],
)
def test_whatever_a_title_holds_is_text(title: str) -> None:
    article = make_article(
        title=title, author=title, industries=("ai",), summary=title, source=Source(name=title)
    )
    files = archive(print_issue(article, title=title), print_report(title=title, subtitle=title))
    assert broken_links(files) == []
    tree = page(files, "issues/2021-01/news-01.html")
    assert texts(tree, "h1") == [" ".join(title.split())]
    for path, content in files.items():
        if path.endswith(".html"):
            own = lxml_html.document_fromstring(content.decode())
            assert all("alert(1)" not in (one.text or "") for one in own.iter("script")), path
            assert title[:41] not in texts(own, "title")[0] or len(title) <= 40


def test_a_title_of_latin_letters_says_so() -> None:
    files = archive(print_issue(make_article(title="Robots of 2021"), make_article(title="5G 与 AI")))
    tree = page(files, "issues/2021-01/index.html")
    assert [one.get("lang") for one in tree.cssselect(".entries .title")] == ["en", None]
    assert page(files, "issues/2021-01/news-01.html").cssselect("h1")[0].get("lang") == "en"


def test_the_pages_of_an_issue_do_not_change_with_other_issues() -> None:
    january = print_issue(make_article())
    alone = archive(january)
    among = archive(
        print_issue(make_article(), month="2020-12"), january, print_issue(make_article(), month="2021-02")
    )
    assert alone["issues/2021-01/news-01.html"] == among["issues/2021-01/news-01.html"]


def test_the_same_issues_give_the_same_bytes() -> None:
    def made() -> dict[str, bytes]:
        return archive(print_issue(make_article(EVERYTHING, industries=("ai", "robot"))), print_report())

    assert made() == made()


def test_nothing_is_asked_of_the_outside() -> None:
    files = archive(print_issue(make_article()))
    assert b"http" not in files["site.css"] + files["site.js"]
    assert b"@font-face" not in files["site.css"]
    for path in files:
        if path.endswith(".html"):
            tree = page(files, path)
            fetched = [*tree.xpath("//@src"), *links(tree, 'link[rel="stylesheet"]')]
            assert not any("//" in one for one in fetched)
            assert not tree.cssselect('script[type="module"]')


def test_an_article_page_is_small_and_asks_for_little() -> None:
    files = archive(print_issue(make_article("一段文字。" * 500)))
    tree = page(files, "issues/2021-01/news-01.html")
    assert [*links(tree, 'link[rel="stylesheet"]'), *tree.xpath("//@src")] == [
        "../../site.css",
        "../../site.js",
    ]
    assert len(list(tree.iter())) < 200


def test_a_workspaces_own_template_is_used_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    own = write(tmp_path / "templates" / "archive" / "accessibility.html", "{{ site.title }}的声明")
    assert archive(root=tmp_path)["accessibility.html"].decode() == "许昌竞争情报快递的声明"
    own.write_text("{{ site.nothing }}")
    with pytest.raises(TemplateFailedError, match=r"^templates/archive/accessibility.html:1: 模板有误"):
        archive(root=tmp_path)


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("index.html", [("index.html", "page")]),
        ("issues/index.html", [("../issues/index.html", "page")]),
        ("issues/2021-01/index.html", [("../../issues/index.html", "true")]),
        ("issues/2021-01/news-01.html", [("../../issues/index.html", "true")]),
        ("reports/index.html", [("../reports/index.html", "page")]),
        ("issues/ai-2021/index.html", [("../../reports/index.html", "true")]),
        ("industries/ai/index.html", [("../../index.html#industries", "true")]),
        ("columns/news/2021.html", [("../../index.html#columns", "true")]),
        ("months/2021-01.html", []),
        ("search.html", [("search.html", "page")]),
        ("accessibility.html", []),
    ],
)
def test_every_page_says_in_which_section_it_is(path: str, current: list[tuple[str, str]]) -> None:
    files = archive(print_report(), print_issue(make_article(industries=("ai",))))
    marked = page(files, path).cssselect(".sections [aria-current]")
    assert [(one.get("href"), one.get("aria-current")) for one in marked] == current
