"""Other programs that make a site of the same articles: Hugo, Pelican, and a bare loop of what we are made of.

All make a page an article with links to its neighbours, lists of fifty of everything, by industry, column and issue,
and feeds of thirty, of everything and by industry. Pelican has its own simple theme; the others share short templates.
"""

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from articles import Article, headed, make, write_workspace
from measuring import Run, put_aside

TAXONOMIES = {"industry": "industries", "column": "columns", "issue": "issues"}
PAGE, FEED = 50, 30
_MISSING = "{} is not here: pip install '.[bench]'"

HUGO = {
    "baseURL": "https://archive.example/",
    "title": "产业简报",
    "locale": "zh-CN",
    "hasCJKLanguage": True,
    "taxonomies": TAXONOMIES,
    "pagination": {"pagerSize": PAGE},
    "services": {"rss": {"limit": FEED}},
    "disableKinds": ["404", "section", "sitemap"],
    "outputs": {"home": ["html", "rss"], "taxonomy": ["html"], "term": ["html"]},
}
HUGO_FEED = """{{ `<?xml version="1.0" encoding="utf-8"?>` | safeHTML }}
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN"><title>{{ .Title }}</title><id>{{ .Permalink }}</id>
{{ range first 30 (cond .IsHome site.RegularPages .RegularPages) }}<entry><title>{{ .Title }}</title><id>{{ .Permalink }}</id><link href="{{ .Permalink }}"/><updated>{{ .Date.Format "2006-01-02" }}T00:00:00+08:00</updated><summary>{{ .Summary | plainify }}</summary></entry>
{{ end }}</feed>
"""
HUGO_TEMPLATES = {
    "baseof.html": """<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>{{ .Title }} · {{ site.Title }}</title><link rel="stylesheet" href="/site.css"></head>
<body><a href="#main">跳到正文</a>
<header><nav><a href="/">首页</a> <a href="/industries/">产业</a> <a href="/columns/">栏目</a> <a href="/issues/">期刊</a></nav></header>
<main id="main"><h1>{{ .Title }}</h1>
{{ block "main" . }}{{ end }}</main>
</body>
</html>
""",
    "single.html": """{{ define "main" }}<p><time>{{ .Date.Format "2006-01-02" }}</time> {{ .Params.source }}
{{ range .GetTerms "industries" }}<a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a> {{ end }}{{ range .GetTerms "columns" }}<a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a> {{ end }}{{ range .GetTerms "issues" }}<a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a>{{ end }}</p>
{{ .Content }}
<nav>{{ with .PrevInSection }}<a rel="prev" href="{{ .RelPermalink }}">{{ .LinkTitle }}</a>{{ end }} {{ with .NextInSection }}<a rel="next" href="{{ .RelPermalink }}">{{ .LinkTitle }}</a>{{ end }}</nav>
{{ end }}""",
    "list.html": """{{ define "main" }}<ul>
{{ range .Paginator.Pages }}<li><a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a> <time>{{ .Date.Format "2006-01-02" }}</time></li>
{{ end }}</ul>
<nav>{{ with .Paginator.Prev }}<a rel="prev" href="{{ .URL }}">上一页</a>{{ end }} {{ with .Paginator.Next }}<a rel="next" href="{{ .URL }}">下一页</a>{{ end }}</nav>
{{ end }}""",
    "home.rss.xml": HUGO_FEED,
    "term.rss.xml": HUGO_FEED,
}
PELICAN = f"""\
SITENAME, SITEURL, PATH, OUTPUT_PATH = "产业简报", "https://archive.example", "content", "output"
TIMEZONE, DEFAULT_LANG, THEME, DEFAULT_PAGINATION = "Asia/Shanghai", "zh-cn", "simple", {PAGE}
FEED_ALL_ATOM, TAG_FEED_ATOM, FEED_MAX_ITEMS = "feeds/all.xml", "feeds/{{slug}}.xml", {FEED}
CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
"""
BARE = {
    "page": """<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>{{ title }} · 产业简报</title><link rel="stylesheet" href="{{ root }}site.css"></head>
<body><a href="#main">跳到正文</a>
<header><nav><a href="{{ root }}index.html">首页</a> <a href="{{ root }}industries/index.html">产业</a> <a href="{{ root }}columns/index.html">栏目</a> <a href="{{ root }}issues/index.html">期刊</a></nav></header>
<main id="main"><h1>{{ title }}</h1>
{% block main %}{% endblock %}</main>
</body>
</html>
""",
    "article": """{% extends "page" %}{% block main %}<p><time>{{ article.date }}</time> {{ article.source }}
{% for kind, term in article.terms %}<a href="../{{ kind }}/{{ term }}/index.html">{{ term }}</a> {% endfor %}</p>
{{ article.html | safe }}
<nav>{% if before %}<a rel="prev" href="{{ before.name }}.html">{{ before.title }}</a>{% endif %} {% if after %}<a rel="next" href="{{ after.name }}.html">{{ after.title }}</a>{% endif %}</nav>
{% endblock %}""",
    "list": """{% extends "page" %}{% block main %}<ul>
{% for article in articles %}<li><a href="{{ root }}articles/{{ article.name }}.html">{{ article.title }}</a> <time>{{ article.date }}</time></li>
{% endfor %}</ul>
<nav>{% if number > 1 %}<a rel="prev" href="{{ number - 1 }}.html">上一页</a>{% endif %} {% if number < last %}<a rel="next" href="{{ number + 1 }}.html">下一页</a>{% endif %}</nav>
{% endblock %}""",
    "terms": """{% extends "page" %}{% block main %}<ul>
{% for term in terms %}<li><a href="{{ term }}/index.html">{{ term }}</a></li>
{% endfor %}</ul>
{% endblock %}""",
    "feed": """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN"><title>{{ title }}</title><id>{{ title }}</id>
{% for article in articles %}<entry><title>{{ article.title }}</title><id>{{ article.name }}</id><link href="../articles/{{ article.name }}.html"/><updated>{{ article.date }}T00:00:00+08:00</updated><summary>{{ article.body[:140] }}</summary></entry>
{% endfor %}</feed>
""",
}


def hugo(folder: Path) -> Run | str:
    """Return Hugo, the program itself without the Python around it."""
    here = importlib.util.find_spec("hugo")
    programs = [Path(path, "binaries", "hugo") for path in (here and here.submodule_search_locations) or ()]
    program = next((path for path in programs if path.is_file()), shutil.which("hugo"))
    if program is None:
        return _MISSING.format("Hugo")
    command = [str(program), "--quiet", "--source", str(folder / "hugo"), "--cacheDir", str(folder / "cache")]
    return Run("Hugo", command, lambda: put_aside(site(folder, "Hugo")))


def pelican(folder: Path) -> Run | str:
    """Return Pelican; issues are its authors."""
    if importlib.util.find_spec("pelican") is None:
        return _MISSING.format("Pelican")
    settings = folder / "pelican" / "settings.py"
    command = [sys.executable, "-m", "pelican", "--quiet", "--settings", str(settings)]
    return Run("Pelican", command, lambda: put_aside(site(folder, "Pelican")))


def bare(folder: Path) -> Run:
    """Return a loop of markdown-it-py and Jinja2 that checks nothing."""
    content, made = folder / "hugo" / "content" / "articles", site(folder, "bare loop")
    command = [sys.executable, __file__, "loop", str(content), str(made)]
    return Run("bare loop", command, lambda: put_aside(made))


def site(folder: Path, name: str) -> Path:
    """Return the folder in which a program's site is made."""
    return folder / {"Hugo": "hugo/public", "Pelican": "pelican/output", "bare loop": "bare"}[name]


def lay_out(number: int, months: int, folder: Path) -> None:
    """Write so many articles into `folder`: as a workspace, for Hugo and for Pelican.

    In a process of its own: what this one has loaded would count as memory of all its children.
    """
    command = [sys.executable, __file__, "lay-out", str(number), str(months), str(folder)]
    subprocess.run(command, check=True)


# What the processes do


def write(number: int, months: int, folder: Path) -> None:
    """Write the articles in each form."""
    folder.mkdir(parents=True)
    articles = list(make(number, months))
    write_workspace(articles, folder / "workspace")
    _write_for_hugo(articles, folder / "hugo")
    _write_for_pelican(articles, folder / "pelican")


def _write_for_hugo(articles: Iterable[Article], folder: Path) -> None:
    _write(folder / "hugo.json", json.dumps(HUGO))
    for name, template in HUGO_TEMPLATES.items():
        _write(folder / "layouts" / name, template)
    for code in sorted({code for one in articles for code in one.industries}):
        about = {"title": code, "outputs": ["html", "rss"]}
        _write(folder / "content" / "industries" / code / "_index.md", headed(about, ""))
    for one in articles:
        head = {
            "title": one.title,
            "date": f"{one.date}",
            "industries": one.industries,
            "columns": [one.column],
            "issues": [one.issue],
            "source": one.source,
        }
        _write(folder / "content" / "articles" / f"{one.name}.md", headed(head, one.body))


def _write_for_pelican(articles: Iterable[Article], folder: Path) -> None:
    _write(folder / "settings.py", PELICAN)
    for one in articles:
        head = {
            "Title": one.title,
            "Date": one.date,
            "Slug": one.name,
            "Category": one.column,
            "Tags": ", ".join(one.industries),
            "Author": one.issue,
        }
        lines = "\n".join(f"{key}: {value}" for key, value in head.items())
        _write(folder / "content" / f"{one.name}.md", f"{lines}\n\n{one.body}\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def make_site(content: Path, site: Path) -> None:
    """Make a site of a folder of Markdown."""
    from jinja2 import DictLoader, Environment
    from markdown_it import MarkdownIt

    templates = Environment(loader=DictLoader(BARE), autoescape=True)
    markdown = MarkdownIt("commonmark").enable("table")
    articles = [_read(path, markdown) for path in sorted(content.glob("*.md"), reverse=True)]
    for name, template, values in _pages(articles):
        values["root"] = "../" * name.count("/")
        _write(site / name, templates.get_template(template).render(values))


def _read(path: Path, markdown: Any) -> dict[str, Any]:
    import yaml

    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    values: dict[str, Any] = yaml.load(head, yaml.CSafeLoader)
    terms = [(kind, term) for kind in TAXONOMIES.values() for term in values[kind]]
    return {**values, "name": path.stem, "body": body, "terms": terms, "html": markdown.render(body)}


def _pages(articles: list[dict[str, Any]]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the name of each file, its template and what that is told."""
    for after, one, before in zip([None, *articles], articles, [*articles[1:], None], strict=False):
        told = {"title": one["title"], "article": one, "before": before, "after": after}
        yield f"articles/{one['name']}.html", "article", told
    yield from _lists("", "产业简报", articles)
    yield "feeds/all.xml", "feed", {"title": "产业简报", "articles": articles[:FEED]}
    for kind in TAXONOMIES.values():
        terms = sorted({term for one in articles for term in one[kind]})
        yield f"{kind}/index.html", "terms", {"title": kind, "terms": terms}
        for term in terms:
            some = [one for one in articles if term in one[kind]]
            yield from _lists(f"{kind}/{term}/", term, some)
            if kind == "industries":
                yield f"feeds/{term}.xml", "feed", {"title": term, "articles": some[:FEED]}


def _lists(folder: str, title: str, articles: list[Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    last = -(-len(articles) // PAGE)
    for number in range(1, last + 1):
        some = articles[(number - 1) * PAGE : number * PAGE]
        name = f"{number}.html" if number > 1 else "index.html"
        yield folder + name, "list", {"title": title, "articles": some, "number": number, "last": last}


if __name__ == "__main__":
    if sys.argv[1] == "lay-out":
        write(int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
    else:
        make_site(Path(sys.argv[2]), Path(sys.argv[3]))
