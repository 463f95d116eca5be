"""The search page of an archive in Chromium: what a first query costs on a slow telephone, and what is found.

The telephone has a line of 4 Mbit/s with 100 ms a request, and a processor four times slower than this one; all comes
compressed from a server on loopback, and each query has a browser context of its own, which has nothing in its cache.
"""

import gzip
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any
from urllib.parse import quote

from articles import QUERIES, ROOT

sys.path.append(str(ROOT / "tests"))

SUBSTRINGS = 200
"""How many pieces of two to six characters are asked for besides."""
KIB, SECONDS = 300, 1.0
ARTICLE_KIB, ARTICLE_REQUESTS = 30, 5
FIELD, FOUND = "#q", 'document.querySelectorAll("#search-results .snippet").length > 0'
ALL_FOUND = '/^共找到/.test(document.getElementById("search-status").textContent)'
WALK = """async (query) => {
    const status = document.getElementById("search-status"), found = [];
    const arrive = (hash, isThere) => new Promise((done, fail) => {
        const look = () => {
            if (!document.getElementById("search-problem").hidden) { return fail(Error("the page says that it cannot search")); }
            return isThere(status.textContent) ? done() : setTimeout(look);
        };
        location.hash = hash;
        look();
    });
    await arrive("", (said) => said.startsWith("请输入"));
    for (let page = 1, last = 1; page <= last; page++) {
        const isThere = (said) => page === 1 ? /^(共找到|没有找到)/.test(said) : said.includes(`第${page}页`);
        await arrive(`q=${encodeURIComponent(query)}&page=${page}`, isThere);
        last = Number((/共(\\d+)页/.exec(status.textContent) || [0, 1])[1]);
        document.querySelectorAll("#search-results h3 a").forEach((link) => found.push(link.getAttribute("href")));
    }
    return found;
}"""
"""Turns all pages of results and returns where they lead."""


def phone(workspace: Path) -> None:
    """Print what an article and a first query cost."""
    from browser import serving

    site = workspace / "build" / "archive"
    pages = [path for path in sorted(site.glob("issues/*/*.html")) if path.name != "index.html"]
    heaviest = max(pages, key=lambda path: len(gzip.compress(path.read_bytes())))
    with _chromium() as chromium, serving(site, compressed=True) as address:
        for name, path in (("an article", pages[len(pages) // 2]), ("the heaviest article", heaviest)):
            cost = _open(chromium, address + path.relative_to(site).as_posix(), "true")
            limits = f"(goal ≤ {ARTICLE_KIB} KiB, {ARTICLE_REQUESTS} requests)"
            print(f"{name}: {cost.kib:.1f} KiB, {cost.requests} requests  {limits}")
        opened = [
            _open(chromium, f"{address}search.html#q={quote(query)}", FOUND, ALL_FOUND) for query in QUERIES
        ]
        typed = [_type(chromium, f"{address}search.html", query) for query in QUERIES]
    _report("first query, in the address", opened)
    _report("first query, typed", typed)


@dataclass(frozen=True)
class Cost:
    """What it took until something was seen."""

    seconds: tuple[float, ...]
    """Until each thing that was waited for."""
    kib: float
    """What came over the line, compressed and with its headers."""
    requests: int


def _open(chromium: Any, address: str, *seen: str) -> Cost:
    """Return what it costs to open an address until each of `seen`, counted from the navigation."""
    with _telephone(chromium) as (page, sizes):
        page.goto(address, wait_until="commit")
        seconds = tuple(_when(page, one) for one in seen)
        page.wait_for_load_state("networkidle")
        return Cost(seconds, sum(sizes) / 1024, len(sizes))


def _type(chromium: Any, address: str, query: str) -> Cost:
    """Return what a query costs on a page that is open, counted from the last key."""
    with _telephone(chromium) as (page, sizes):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        before = page.evaluate("performance.now() / 1000")
        page.fill(FIELD, query)
        seconds = tuple(_when(page, one) - before for one in (FOUND, ALL_FOUND))
        page.wait_for_load_state("networkidle")
        return Cost(seconds, sum(sizes) / 1024, len(sizes))


def _when(page: Any, seen: str) -> float:
    return float(page.wait_for_function(f"() => ({seen}) && performance.now() / 1000").json_value())


def _report(title: str, costs: Sequence[Cost]) -> None:
    seconds, sizes = sorted(one.seconds[0] for one in costs), sorted(one.kib for one in costs)
    nearly_last = -(-len(costs) * 95 // 100) - 1
    print(
        f"{title}: p50 {median(seconds):.2f} s, p95 {seconds[nearly_last]:.2f} s, most {seconds[-1]:.2f} s"
        f"  (goal ≤ {SECONDS} s); p50 {median(sizes):.0f} KiB, most {sizes[-1]:.0f} KiB  (goal ≤ {KIB} KiB);"
        f" {max(one.requests for one in costs)} requests; the whole page of results: p50"
        f" {median(one.seconds[-1] for one in costs):.2f} s"
    )


@contextmanager
def _chromium() -> Iterator[Any]:
    from browser import CHROMIUM
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@contextmanager
def _telephone(chromium: Any) -> Iterator[tuple[Any, list[float]]]:
    """Yield a slow page, and a list that grows by the bytes of each answer."""
    from browser import slow_down

    sizes: list[float] = []
    with chromium.new_context(viewport={"width": 375, "height": 667}, locale="zh-CN") as context:
        page = context.new_page()
        slow_down(page)
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
        yield page, sizes


def answers(workspace: Path) -> None:
    """Print whether queries find what plain reading finds, by http and from the disk."""
    from browser import serving

    documents = _documents(workspace)
    asked = {
        "the thirty queries": QUERIES,
        f"{SUBSTRINGS} substrings": tuple(_substrings(list(documents.values()))),
    }
    site = workspace / "build" / "archive"
    with _chromium() as chromium, serving(site) as address:
        for way, start in (("http", address), ("file", f"{site.as_uri()}/")):
            page = chromium.new_page()
            page.goto(f"{start}search.html")
            for name, queries in asked.items():
                _compare(
                    f"{name}, by {way}", {query: page.evaluate(WALK, query) for query in queries}, documents
                )


def _documents(workspace: Path) -> dict[str, str]:
    """Return all that is searched, by the page it is on: newest issue first, each as it is printed."""
    from xcbulletin.archive.addresses import article_page
    from xcbulletin.archive.filed import file_issue
    from xcbulletin.archive.folding import fold
    from xcbulletin.manuscript.read import read_issue
    from xcbulletin.publishing.edition import compose
    from xcbulletin.workshop import Workshop
    from xcbulletin.workspace import issue_ids

    settings = Workshop(workspace, {}).workspace
    issues = []
    for name in issue_ids(workspace):
        issue, _problems = read_issue(settings, name)
        issues.append(file_issue(issue, compose(issue, settings.industries)[0]))
    return {
        article_page(issue.id, one.slug): fold(f"{one.title}\n{one.text}")
        for issue in sorted(issues, key=lambda one: one.order, reverse=True)
        for one in issue.articles
    }


def _substrings(documents: Sequence[str]) -> Iterator[str]:
    """Yield pieces of texts, whatever stands in them but what parts words."""
    dice = random.Random(1)
    for _ in range(SUBSTRINGS):
        found = ""
        while len(found) < 2 or set(found) & set(' \n"“”'):
            document = dice.choice(documents)
            start = dice.randrange(len(document))
            found = document[start : start + dice.randint(2, 6)]
        yield found


def _compare(title: str, answered: dict[str, list[str]], documents: dict[str, str]) -> None:
    """Print recall and precision, as means over the queries, and how many answers are right to the last, in order."""
    truth = {query: [page for page, text in documents.items() if query in text] for query in answered}
    recall = [len({*found} & {*truth[query]}) / len(truth[query]) for query, found in answered.items()]
    precision = [len({*found} & {*truth[query]}) / max(1, len(found)) for query, found in answered.items()]
    exact = sum(found == truth[query] for query, found in answered.items())
    print(
        f"{title}: recall {fmean(recall):.3f}, precision {fmean(precision):.3f}  (goal 1.000);"
        f" {exact} of {len(answered)} the same in the same order; {sum(map(len, truth.values())):,} hits"
    )


if __name__ == "__main__":
    {"phone": phone, "answers": answers}[sys.argv[1]](Path(sys.argv[2]))
