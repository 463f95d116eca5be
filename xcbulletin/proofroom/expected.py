"""What outputs should hold of each article: all of it, or as much as a letter that is shortened gives."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xcbulletin.model import Article, Issue
from xcbulletin.proofing.passages import OBJECT, Passage, PassageKind, passages
from xcbulletin.proofing.sameness.words import Words, words_of
from xcbulletin.publishing.letter import first_sentences
from xcbulletin.yamltext import decode


@dataclass(frozen=True, kw_only=True, slots=True)
class Manuscript:
    """An article and its words."""

    article: Article
    passages: tuple[Passage, ...]
    words: tuple[Words, ...]

    @property
    def title(self) -> Words:
        """Its title."""
        return next(one for one in self.words if one.kind is PassageKind.TITLE)

    def summary(self, length: int) -> tuple[Words, ...]:
        """Return what a letter of summaries holds of it, its title first."""
        source = [one for one in self.words if one.kind is PassageKind.SOURCE and self._is_in_front(one)]
        return (self.title, *self._summary(length), *source)

    def _is_in_front(self, words: Words) -> bool:
        return words.passage.spots[0][0] < self.article.body_line

    def _summary(self, length: int) -> Iterator[Words]:
        for one in self.passages:
            if one.kind is PassageKind.SUMMARY:
                title = self.title
                yield Words(kind=one.kind, text=one.text, passage=one, start=0, row=title.row)
                return
        yield from _first_of([one for one in self.words if one.kind is PassageKind.PARAGRAPH], length)


def _first_of(paragraphs: Sequence[Words], length: int) -> Iterator[Words]:
    """Yield as much of the paragraphs as a letter gives for a summary, up to what is no words."""
    whole = "".join(one.text for one in paragraphs)
    left = len(first_sentences(whole, length).removesuffix("…"))
    for one in paragraphs:
        text = one.text[:left]
        if kept := text[: text.find(OBJECT) + 1] or text:
            yield replace(one, text=kept)
        left -= len(text)
        if left <= 0 or OBJECT in text:
            return


def read_manuscripts(root: Path, issue: Issue) -> list[Manuscript]:
    """Return the articles of an issue but for its drafts. Raises ProblemsError, OSError."""
    return [_read_manuscript(root, article) for article in issue.articles if not article.draft]


def _read_manuscript(root: Path, article: Article) -> Manuscript:
    text = decode((root / article.file).read_bytes(), article.file)
    found = (*passages(article, text), *_author(article, text))
    return Manuscript(article=article, passages=found, words=words_of(found, text))


def _author(article: Article, text: str) -> Iterator[Passage]:
    lines = enumerate(text.split("\n")[: article.body_line], start=1)
    line = next((number for number, row in lines if row.startswith("author:")), None)
    if article.author and line:
        spots = tuple((line, column) for column in range(1, len(article.author) + 1))
        yield Passage(kind=PassageKind.SOURCE, text=article.author, file=article.file, spots=spots)


def titles(manuscripts: Iterable[Manuscript], blocks: Sequence[str]) -> Iterator[Words]:
    """Yield the titles that a letter of titles should hold: in each column as many as it holds in any."""
    there = {"".join(block.split()) for block in blocks}
    columns: dict[str, list[Words]] = defaultdict(list)
    for one in manuscripts:
        columns[one.article.column].append(one.title)
    most = max(
        (
            rank
            for column in columns.values()
            for rank, one in enumerate(column, 1)
            if "".join(one.text.split()) in there
        ),
        default=1,
    )
    for column in columns.values():
        yield from column[:most]
