"""All checks of figures over an issue."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xcbulletin.model import Printed
from xcbulletin.proofing.findings import Finding
from xcbulletin.proofing.numbers.agreement import PRINTED_OTHERWISE, TWO_VALUES, Record, may_speak_of
from xcbulletin.proofing.numbers.claims import Claim, claims
from xcbulletin.proofing.numbers.comparing import comparisons, movements, multiples, years
from xcbulletin.proofing.numbers.evidence import none_of, source_of, unsupported
from xcbulletin.proofing.numbers.headlines import Support, figures_to_check, headline_slips
from xcbulletin.proofing.numbers.quantities import quantities
from xcbulletin.proofing.numbers.sentences import Sentence, split
from xcbulletin.proofing.numbers.sharing import parts, respectively, shares, shares_of_sums, sums
from xcbulletin.proofing.numbers.slips import Slip
from xcbulletin.proofing.numbers.tables import check_table, tables
from xcbulletin.proofing.passages import Passage, PassageKind

_HEADLINES = (PassageKind.TITLE, PassageKind.SUMMARY, PassageKind.HEADING)
_RUNNING = (PassageKind.PARAGRAPH, PassageKind.ITEM, PassageKind.NOTE, PassageKind.SUMMARY)
_NONE_OF = 5
"""Figures none of which stands in the source: then it is hardly the whole page."""
_CHECKS = (comparisons, movements, years, multiples, shares, shares_of_sums, sums, parts, respectively)


@dataclass(frozen=True, kw_only=True)
class _Article:
    passages: Sequence[Passage]
    data: str

    @cached_property
    def body(self) -> Support:
        """What its body says in figures."""
        inside = [passage for passage in self.passages if passage.kind not in _HEADLINES]
        cells = "\n".join(passage.text for passage in inside if passage.kind is PassageKind.CELL)
        return Support([passage.text for passage in inside], data=f"{cells}\n{self.data}")

    @property
    def title(self) -> str:
        """The title and the headings, in which a subject may be completed."""
        heads = (PassageKind.TITLE, PassageKind.HEADING)
        return "\n".join(passage.text for passage in self.passages if passage.kind in heads)


def find(
    articles: Mapping[str, Sequence[Passage]],
    *,
    printed: Sequence[Printed] = (),
    evidence: Mapping[str, str] | None = None,
    data: Mapping[str, str] | None = None,
) -> Iterator[Finding]:
    """Yield what does not hold in the figures of an issue's articles, given by file.

    `printed` are articles of other issues, `evidence` the kept texts of the sources and `data` the figures of charts,
    both by the article's file.
    """
    read = {
        file: _Article(passages=passages, data=(data or {}).get(file, ""))
        for file, passages in articles.items()
    }
    for file, article in read.items():
        yield from _in_running_text(article)
        yield from _in_tables(article)
        yield from _in_headlines(article)
        if evidence and file in evidence:
            yield from _against_source(article, evidence[file])
    yield from _twice(read, printed)


def sentence_slips(sentences: Sequence[Sentence]) -> Iterator[Slip]:
    """Yield what does not add up in sentences that follow one another, one slip a figure."""
    seen: set[int] = set()
    for before, sentence in zip((None, *sentences), sentences, strict=False):
        for check in _CHECKS if len(sentence.quantities) > 1 or (before and sentence.quantities) else ():
            for slip in check(sentence, before):
                if slip.start not in seen:
                    seen.add(slip.start)
                    yield slip


_MARKS = re.compile(r"[*_`#>|]")
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?”’』」）)》]*")


def sentence_ends(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the sentences of a plain text begin and end."""
    return (match.span() for match in _SENTENCE.finditer(text))


def _finding(passage: Passage, slip: Slip) -> Finding:
    return Finding(
        rule=slip.rule,
        place=passage.place(slip.start),
        excerpt=passage.text[slip.start : slip.end],
        message=slip.message,
        suggestion=slip.suggestion,
        severity=slip.severity,
    )


def _sentences(passage: Passage) -> list[Sentence]:
    return split(passage.text, quantities(passage.text), passage.sentences())


def _in_running_text(article: _Article) -> Iterator[Finding]:
    for passage in article.passages:
        if passage.kind in _RUNNING and _has_figures(passage.text):
            yield from (_finding(passage, slip) for slip in sentence_slips(_sentences(passage)))


def _in_tables(article: _Article) -> Iterator[Finding]:
    for table in tables(article.passages):
        yield from (_finding(passage, slip) for passage, slip in check_table(table))


def _in_headlines(article: _Article) -> Iterator[Finding]:
    for passage in article.passages:
        if passage.kind in _HEADLINES and _has_figures(passage.text):
            yield from (_finding(passage, slip) for slip in headline_slips(passage.text, article.body))


def _against_source(article: _Article, text: str) -> Iterator[Finding]:
    source = source_of(text)
    read = [one for one in article.passages if one.kind is not PassageKind.SOURCE and _has_figures(one.text)]
    missing = [(one, slip) for one in read for slip in unsupported(one.text, source, article.body)]
    figures = [figure for one in read for figure in figures_to_check(one.text)]
    if missing and len(figures) >= _NONE_OF and not any(source.holds(figure) for figure in figures):
        passage, slip = missing[0]
        yield _finding(passage, none_of(len(figures), slip))
    else:
        yield from (_finding(passage, slip) for passage, slip in missing)


def _has_figures(text: str) -> bool:
    return re.search(r"[\d０-９]|[倍成半番]|分之", text) is not None


# The same quantity twice


def _twice(articles: Mapping[str, _Article], printed: Sequence[Printed]) -> Iterator[Finding]:
    told = [(passage, claim) for article in articles.values() for passage, claim in _told(article)]
    before = Record()
    subjects = {claim.subject for _, claim in told}
    for article in printed:
        if article.file not in articles and not article.draft and may_speak_of(subjects, article.text):
            before.add(f"{article.issue} 期《{article.title}》里", _printed_claims(article))
    here = Record()
    for passage, claim in told:
        for rule, record, suggestion in (
            (TWO_VALUES, here, "核对来源；口径或时段不同的，请写明"),
            (PRINTED_OTHERWISE, before, "核对来源；数据修订过的，请说明"),
        ):
            if message := record.objection(claim):
                start, end = claim.quantity.start, claim.quantity.end
                slip = Slip(rule=rule, start=start, end=end, message=message, suggestion=suggestion)
                yield _finding(passage, slip)
        here.add(f"{passage.place(claim.quantity.start)} ", [claim])


def _told(article: _Article) -> Iterator[tuple[Passage, Claim]]:
    for passage in article.passages:
        if passage.kind in (PassageKind.PARAGRAPH, PassageKind.ITEM) and _has_figures(passage.text):
            context = f"{article.title}\n{passage.text}"
            yield from ((passage, claim) for claim in claims(_sentences(passage), context))


def _printed_claims(article: Printed) -> Iterator[Claim]:
    text = _MARKS.sub(" ", article.text)
    return claims(split(text, quantities(text), sentence_ends(text)), f"{article.title}\n{text}")
