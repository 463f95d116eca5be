"""What rules on Chinese text say of a few sentences: for tests."""

from functools import cache

from conftest import ROOT, make_article

from xcbulletin.proofing import chinese
from xcbulletin.proofing.chinese.wordlist import WordList, parse_words
from xcbulletin.proofing.findings import Finding
from xcbulletin.proofing.passages import passages

FRONT = "---\ntitle: 标题\n---\n"


@cache
def word_list() -> WordList:
    return parse_words((ROOT / "sources" / "proofing.yaml").read_text("utf-8"))


def found(*bodies: str, words: WordList | None = None) -> list[Finding]:
    """Proof an issue of articles with these bodies."""
    articles = [make_article(body, file=f"{number}.md") for number, body in enumerate(bodies, start=1)]
    read = [one for article in articles for one in passages(article, FRONT + article.body)]
    return list(chinese.find(read, word_list() if words is None else words))


def said(*bodies: str, words: WordList | None = None) -> list[str]:
    """Return the rule and message of each finding."""
    return [f"{one.rule.id}: {one.message}；{one.suggestion}" for one in found(*bodies, words=words)]


def mended(body: str) -> str:
    """Return a body with every safe correction made."""
    lines = (FRONT + body).split("\n")
    edits = sorted((one.fix for one in found(body) if one.fix), key=lambda edit: (-edit.line, -edit.column))
    for edit in edits:
        line, start = lines[edit.line - 1], edit.column - 1
        assert line[start : start + len(edit.old)] == edit.old
        lines[edit.line - 1] = line[:start] + edit.new + line[start + len(edit.old) :]
    return "\n".join(lines)[len(FRONT) :]
