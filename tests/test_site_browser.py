"""The archive in a real browser: by a server and from a disk, by keyboard, narrow, without a script, old, on paper."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Seen, serving, slow_down, watch
from lxml import html as lxml_html
from web.archive import ARTICLES, hostile_articles, kinds
from web.checks import expect_none
from web.workspace import HOSTILE_TITLES

ARTICLE = ARTICLES[0]
KIB = 1024
NARROW = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def http_site(archive_site: Path) -> Iterator[str]:
    with serving(archive_site, compressed=True) as address:
        yield address


@pytest.fixture(params=["http", "file"])
def address(request: pytest.FixtureRequest, archive_site: Path) -> str:
    """Where the archive is, by a server and from a disk; ends in a slash."""
    if request.param == "file":
        return archive_site.as_uri() + "/"
    served: str = request.getfixturevalue("http_site")
    return served


def outside(seen: Seen, address: str) -> list[str]:
    return [one for one in seen.addresses if not one.startswith(address)]


# What a page asks for


def test_no_page_fails_asks_for_anything_outside_or_runs_a_title(
    page: Any, archive_site: Path, address: str
) -> None:
    seen = watch(page)
    faults: list[str] = []
    for name in kinds(archive_site):
        page.goto(address + name)
        faults += [f"{name}: {fault}" for fault in (*seen.errors, *outside(seen, address))]
        faults += [f"{name}: a title was run"] if page.evaluate("'harmed' in window") else []
        seen.errors.clear()
        seen.addresses.clear()
    expect_none(faults)


@pytest.mark.parametrize("name", ARTICLES)
def test_a_page_of_an_article_is_light(page: Any, http_site: str, archive_site: Path, name: str) -> None:
    seen = watch(page)
    page.goto(http_site + name)
    asked = [one.removeprefix(http_site) for one in seen.addresses]
    read = [one for one in asked if not one.endswith((".svg", ".png", ".jpg", ".jpeg"))]
    weight = sum(len(gzip.compress((archive_site / one).read_bytes(), 6)) for one in read)
    assert weight <= 30 * KIB
    assert len(read) <= 5
    assert page.evaluate("document.querySelectorAll('*').length") <= 1500


@pytest.mark.parametrize("name", ["index.html", ARTICLE, "issues/gallery/reports-02-charts.html"])
def test_nothing_jumps_while_a_page_is_loaded_by_a_slow_telephone(
    page: Any, http_site: str, name: str
) -> None:
    page.set_viewport_size({"width": 375, "height": 700})
    page.add_init_script(_SHIFTS)
    slow_down(page)
    page.goto(http_site + name)
    page.wait_for_function("window.seen.largest > 0")
    seen = page.evaluate("window.seen")
    print(f"{name}: largest contentful paint after {seen['largest']:.0f} ms")  # seen with pytest -rP
    assert seen["shift"] == 0


_SHIFTS = """
window.seen = { shift: 0, largest: 0 };
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.seen.shift += one.value; })
  .observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.seen.largest = one.startTime; })
  .observe({ type: "largest-contentful-paint", buffered: true });
"""


# Narrow screens


@pytest.mark.parametrize("size", ["", "largest"])
def test_no_page_scrolls_sideways_at_320_pixels(page: Any, archive_site: Path, size: str) -> None:
    """320 px is also what 1,280 px are at 400 % (WCAG 1.4.10)."""
    page.set_viewport_size(NARROW)
    page.add_init_script(f"try {{ localStorage.setItem('xcbulletin-size', '{size}') }} catch (refused) {{}}")
    faults = []
    for name in kinds(archive_site):
        page.goto((archive_site / name).as_uri())
        if wide := page.evaluate(_WIDE):
            faults.append(f"{name}: {', '.join(wide)}")
    expect_none(faults)


_WIDE = """() => {
  const root = document.scrollingElement, width = root.clientWidth;
  if (root.scrollWidth <= width) return [];
  const scrolls = (one) => one && one !== root
    && (/auto|scroll|hidden/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > width + 1 && !scrolls(one.parentElement))
    .slice(0, 5)
    .map((one) => `${one.tagName.toLowerCase()}.${one.className} to ${Math.round(one.getBoundingClientRect().right)}`);
}"""


# By keyboard


def focused(page: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(_FOCUSED)
    return found


_FOCUSED = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  return {
    name: one.tagName.toLowerCase(), id: one.id, text: (one.textContent || one.value || "").trim().slice(0, 30),
    number: [...document.querySelectorAll("*")].indexOf(one),
    visible: box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth
      && box.bottom > 0 && box.top < innerHeight,
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}"""
_REACHABLE = """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
  .filter((one) => !one.disabled && one.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))
  .map((one) => [...document.querySelectorAll("*")].indexOf(one))"""


@pytest.mark.parametrize("name", ["index.html", "search.html", "issues/gallery/reports-01-tables.html"])
def test_the_tab_key_reaches_everything_in_order_and_shows_where_it_is(
    page: Any, archive_site: Path, name: str
) -> None:
    page.emulate_media(reduced_motion="reduce")  # a page that glides is not there yet when we look
    page.goto((archive_site / name).as_uri())
    wanted, reached, faults = page.evaluate(_REACHABLE), [], []
    page.evaluate("document.activeElement.blur()")
    for _step in wanted:
        page.keyboard.press("Tab")
        here = focused(page)
        reached.append(here["number"])
        if not (here["visible"] and here["marked"]):
            faults.append(f"{here}")
    expect_none(faults)
    assert reached == wanted


@pytest.mark.parametrize("name", ["index.html", ARTICLE, "search.html"])
def test_the_first_link_leads_to_the_text(page: Any, archive_site: Path, name: str) -> None:
    page.goto((archive_site / name).as_uri())
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    here = focused(page)
    assert (here["text"], here["visible"]) == ("跳到正文", True)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_enter_in_the_search_box_leads_to_the_search_page(page: Any, address: str) -> None:
    page.goto(f"{address}index.html")
    page.fill("input[type=search]", "光伏 & 许昌")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/search\\.html#"))
    assert page.url.startswith(f"{address}search.html#q=%E5%85%89%E4%BC%8F%20%26%20%E8%AE%B8%E6%98%8C")
    assert page.input_value("input[type=search]") == "光伏 & 许昌"


def test_targets_are_large_enough_to_be_hit(page: Any, archive_site: Path) -> None:
    """24 px, or in a line of text (WCAG 2.5.8)."""
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto((archive_site / "index.html").as_uri())
    sizes = page.evaluate(
        "[...document.querySelectorAll('button, input, nav a')].map((one) => one.getBoundingClientRect())"
        ".filter((box) => box.width).map((box) => Math.min(box.width, box.height))"
    )
    assert min(sizes) >= 24


# Size and contrast


def test_size_and_contrast_are_kept_from_page_to_page(page: Any, address: str) -> None:
    def looks() -> tuple[str, str]:
        size, ground = page.evaluate(
            "[getComputedStyle(document.documentElement).fontSize,"
            " getComputedStyle(document.documentElement).backgroundColor]"
        )
        return size, ground

    page.goto(f"{address}index.html")
    plain = looks()
    page.click("button[data-set=size][data-value=largest]")
    page.click("button[data-set=contrast]")
    chosen = looks()
    assert chosen[0] != plain[0]
    assert chosen[1] != plain[1]
    page.goto(address + ARTICLE)
    assert looks() == chosen
    assert page.get_attribute("button[data-value=largest]", "aria-pressed") == "true"
    page.click("button[data-set=size][data-value='']")
    page.click("button[data-set=contrast]")
    assert looks() == plain
    page.goto(f"{address}index.html")
    assert looks() == plain


@pytest.mark.parametrize("width", [1024, 1280, 1600])
@pytest.mark.parametrize("size", ["", "large", "largest"])
def test_what_stands_beside_an_article_has_room_in_every_size(
    page: Any, archive_site: Path, size: str, width: int
) -> None:
    """It was one character wide where a reader took the largest letters."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((archive_site / ARTICLE).as_uri())
    page.click(f"button[data-set=size][data-value='{size}']")
    characters = page.evaluate(
        "['.text p', '.citation'].map((one) => document.querySelector(one)).map((one) =>"
        " one.getBoundingClientRect().width / parseFloat(getComputedStyle(one).fontSize))"
    )
    assert characters[0] >= 30
    assert characters[1] >= 12


def test_the_day_of_reading_is_put_into_a_reference_and_not_into_a_title(
    page: Any, archive_site: Path
) -> None:
    cited = "甲. [引用日期]之争[J/OL]. 快递, 2021(1)[引用日期]. http://192.168.1.20/a/b.html."
    page.clock.set_fixed_time("2026-03-05T12:00:00")
    page.set_content(f"<p class=citation>{cited}</p><p class=citation>甲. [引用日期][J]. 快递, 2021(1).</p>")
    page.add_script_tag(path=archive_site / "site.js")
    assert page.locator(".citation").all_inner_texts() == [
        "甲. [引用日期]之争[J/OL]. 快递, 2021(1)[2026-03-05]. http://192.168.1.20/a/b.html.",
        "甲. [引用日期][J]. 快递, 2021(1).",
    ]


# Without a script, and with an old browser


@pytest.fixture
def scriptless(browser: Any) -> Iterator[Any]:
    with browser.new_context(java_script_enabled=False) as context:
        yield context.new_page()


def test_everything_can_be_read_without_a_script(scriptless: Any, address: str) -> None:
    scriptless.goto(f"{address}index.html")
    scriptless.click("main a[href='industries/ai/index.html']")
    scriptless.click("main .entries a >> nth=0")
    assert scriptless.inner_text("h1")
    assert scriptless.inner_text(".text")
    for button in scriptless.locator("button").all():
        assert not button.is_visible(), "a button that does nothing"


def test_the_search_page_says_without_a_script_what_else_there_is(scriptless: Any, address: str) -> None:
    scriptless.goto(f"{address}search.html")
    told = scriptless.inner_text("main")
    assert "正在" not in told
    links = scriptless.locator("main a").all()
    targets = [one.get_attribute("href") for one in links if one.is_visible()]
    assert "issues/index.html" in targets
    assert not scriptless.locator("main input[type=search]").is_visible()


_OLD = """
for (const name of ["Promise", "Map", "Set", "WeakMap", "Symbol", "fetch", "URLSearchParams", "Intl", "Proxy",
  "IntersectionObserver", "MutationObserver", "TextDecoder"]) { try { delete window[name]; } catch (kept) {} }
for (const name of ["normalize", "padStart", "includes", "startsWith", "codePointAt", "repeat", "matchAll"])
  delete String.prototype[name];
delete String.fromCodePoint;
for (const name of ["from", "of"]) delete Array[name];
for (const name of ["find", "includes", "findIndex", "fill", "flat", "flatMap"]) delete Array.prototype[name];
for (const name of ["assign", "entries", "values", "fromEntries"]) delete Object[name];
delete NodeList.prototype.forEach;
delete Element.prototype.closest;
delete Element.prototype.remove;
delete Element.prototype.append;
delete Element.prototype.prepend;
delete Element.prototype.replaceChildren;
"""
"""What browsers of about 2013 did not have."""


@pytest.mark.parametrize("name", ["index.html", ARTICLE, "industries/ai/index.html"])
def test_an_old_browser_is_left_with_the_lists(page: Any, archive_site: Path, name: str) -> None:
    seen = watch(page)
    page.add_init_script(_OLD)
    page.goto((archive_site / name).as_uri())
    assert seen.errors == []
    assert page.inner_text("main")


def test_an_old_browser_finds_or_is_told_that_it_cannot(page: Any, archive_site: Path) -> None:
    seen = watch(page)
    page.add_init_script(_OLD)
    page.goto((archive_site / "search.html").as_uri() + "#q=光伏")
    page.wait_for_selector("#search-problem:not([hidden]), #search-results a")
    assert "正在" not in page.inner_text("[role=status]")
    assert page.is_visible("main a[href='issues/index.html']")
    assert seen.errors == []


# On paper


@pytest.mark.parametrize("name", [*ARTICLES[:1], "industries/ai/2021.html", "index.html"])
def test_on_paper_the_text_stays_and_what_is_for_the_screen_goes(
    page: Any, archive_site: Path, name: str
) -> None:
    page.goto((archive_site / name).as_uri())
    page.click("button[data-set=contrast]")
    on_screen = page.inner_text("h1")
    page.emulate_media(media="print")
    shown = page.evaluate(
        "[...document.querySelectorAll('nav, form, button, .skip, [role=search]')]"
        ".filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one) => one.outerHTML.slice(0, 80))"
    )
    assert shown == []
    assert page.inner_text("h1") == on_screen
    assert len(page.inner_text("main")) > 50
    assert page.evaluate(_BLACK_ON_WHITE)


_BLACK_ON_WHITE = """() => {
  const bright = (colour) => colour.match(/\\d+/g).slice(0, 3).reduce((sum, one) => sum + Number(one), 0) / 3;
  const style = getComputedStyle(document.documentElement), text = getComputedStyle(document.querySelector("h1"));
  const ground = style.backgroundColor === "rgba(0, 0, 0, 0)" ? 255 : bright(style.backgroundColor);
  return ground > 200 && bright(text.color) < 120;
}"""


# What readers are told


def test_two_articles_of_one_title_have_pages_and_the_first_correction_is_told(
    page: Any, archive_site: Path
) -> None:
    names = hostile_articles(archive_site)
    titles = []
    for name in names:
        page.goto((archive_site / name).as_uri())
        titles.append(page.inner_text("h1"))
        assert page.title().strip() not in ("", titles[-1]), "the title of a page tells the issue"
    assert titles.count("两篇同名的文章") == 2
    page.goto((archive_site / names[titles.index(HOSTILE_TITLES[0])]).as_uri())
    assert "2022年2月8日" in page.inner_text("article")
    assert "“光付”应为“光伏”" in page.inner_text("article")


def test_what_is_not_released_is_nowhere(archive_site: Path) -> None:
    told = [
        path
        for path in archive_site.rglob("*")
        if path.is_file() and "没有定稿".encode() in path.read_bytes()
    ]
    assert told == []
    assert not (archive_site / "issues" / "2022-02").exists()


def test_every_page_has_one_first_heading_a_language_and_is_not_indexed(archive_site: Path) -> None:
    for path in archive_site.rglob("*.html"):
        tree = lxml_html.document_fromstring(path.read_bytes())
        assert len(tree.cssselect("h1")) == 1, path
        assert tree.get("lang") == "zh-CN"
        assert [one.get("content") for one in tree.cssselect("meta[name=robots]")] == ["noindex"]
