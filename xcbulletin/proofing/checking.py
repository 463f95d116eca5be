"""An issue proofed: every family of rules over it, less what is switched off."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xcbulletin.model import Article, Issue, Printed
from xcbulletin.proofing import chinese, numbers
from xcbulletin.proofing.context import Context
from xcbulletin.proofing.findings import Finding, Switches
from xcbulletin.proofing.imprint import items, naming, wording
from xcbulletin.proofing.passages import Passage, passages
from xcbulletin.proofing.structure import corrections, duplicates, figures, links, personal, sources
from xcbulletin.switches import line_switches


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What was read, and what was found in it."""

    findings: tuple[Finding, ...]
    """By file, in the order of printing, and by place."""
    passages: tuple[Passage, ...]


def check(issue: Issue, texts: Mapping[str, str], context: Context) -> Proof:
    """Proof an issue but for its drafts.

    `texts` are its files as `yamltext.decode` gives them, by their path in the workspace: the articles, and
    `issue.yaml` and `bulletin.yaml` for the places in them.
    """
    articles = [one for one in issue.articles if not one.draft and one.file in texts]
    read = {article.file: passages(article, texts[article.file]) for article in articles}
    switched = switched_off(texts, context.off)
    found = [
        finding for finding in _find(issue, articles, read, texts, context) if not switched.silences(finding)
    ]
    order = {file: number for number, file in enumerate(read, start=1)}
    found.sort(key=lambda one: (order.get(one.place.file, 0), one.place.line or 0, one.place.column or 0))
    return Proof(
        findings=tuple(dict.fromkeys(found)),
        passages=tuple(passage for every in read.values() for passage in every),
    )


def _find(
    issue: Issue,
    articles: Sequence[Article],
    read: Mapping[str, Sequence[Passage]],
    texts: Mapping[str, str],
    context: Context,
) -> Iterator[Finding]:
    yield from items.find(issue, texts, context)
    yield from naming.find(issue, texts, context)
    if context.profile == "permit":
        yield from wording.find_in_imprint(issue, texts)
    yield from chinese.find([passage for every in read.values() for passage in every], context.word_list)
    yield from numbers.find(
        read, printed=_others(issue, context), evidence=context.evidence, data=context.data
    )
    yield from duplicates.find(issue, context.printed)
    for article in articles:
        text = texts[article.file]
        if context.profile == "permit":
            yield from wording.find(article, read[article.file])
        yield from sources.find(issue, article, text)
        yield from corrections.find(article, text, context.today)
        yield from links.find(article, text)
        yield from figures.find(article, text, read[article.file], context)
        yield from personal.find(article, read[article.file])


def _others(issue: Issue, context: Context) -> list[Printed]:
    return [one for one in context.printed if one.issue != issue.id]


def switched_off(texts: Mapping[str, str], off: frozenset[str]) -> Switches:
    """Return the rules that are switched off: everywhere, and by lines of the files."""
    lines = {(file, line): ids for file, text in texts.items() for line, ids in line_switches(text).items()}
    return Switches(off=off, lines=lines)
