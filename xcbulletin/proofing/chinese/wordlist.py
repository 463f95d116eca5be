"""`sources/proofing.yaml`: the words that an institute has found wrong, and how it writes names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from xcbulletin.errors import ProblemsError
from xcbulletin.settings import Section, Text, TextList
from xcbulletin.yamltext import parse_yaml, validate

PROOFING_FILE = "sources/proofing.yaml"


class WordFields(Section):
    """One wrong word."""

    wrong: Text
    right: Text | None = None
    """What is meant, where that is certain."""
    unless: TextList = ()
    """Wordings with the word in them that are right."""
    why: Text | None = None


class GroupFields(Section):
    """Words that rest on one source."""

    source: Text
    why: Text | None = None
    words: tuple[WordFields, ...]


class WordListFields(Section):
    """The whole file."""

    confusions: tuple[GroupFields, ...] = ()
    names: tuple[GroupFields, ...] = ()
    sensitive: tuple[GroupFields, ...] = ()
    same: tuple[TextList, ...] = ()
    quoted: TextList = ()
    acronyms: TextList = ()
    latin: TextList = ()
    untranslated: TextList = ()
    copied: TextList = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A wrong word, and why it is one."""

    wrong: str
    right: str | None
    unless: tuple[str, ...]
    why: str
    source: str

    def excused(self, text: str, start: int) -> bool:
        """Tell whether the word at `start` stands in a wording that is right."""
        return any(
            text.startswith(whole, start - at.start())
            for whole in self.unless
            for at in re.finditer(f"(?={re.escape(self.wrong)})", whole)
            if start >= at.start()
        )


@dataclass(frozen=True)
class Words:
    """Some wrong words, looked for all at once; the longest wins."""

    words: tuple[Word, ...] = ()

    @cached_property
    def _by_wrong(self) -> dict[str, Word]:
        return {word.wrong: word for word in self.words}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        wrong = "|".join(map(re.escape, sorted(self._by_wrong, key=len, reverse=True)))
        return re.compile(f"(?=({wrong}))" if wrong else "(?!)")

    def find(self, text: str) -> Iterator[tuple[Word, int]]:
        """Yield each wrong word in `text`, and where it stands."""
        for match in self._pattern.finditer(text):
            word = self._by_wrong[match[1]]
            if not word.excused(text, match.start()):
                yield word, match.start()


@dataclass(frozen=True, kw_only=True, slots=True)
class WordList:
    """The file, as rules use it."""

    confusions: Words = field(default_factory=Words)
    names: Words = field(default_factory=Words)
    sensitive: Words = field(default_factory=Words)
    same: tuple[tuple[str, ...], ...] = ()
    """Ways to write one name; the first is the house's."""
    quoted: tuple[str, ...] = ()
    """Names that take quotes."""
    acronyms: frozenset[str] = frozenset()
    """Abbreviations that never end in a figure."""
    latin: frozenset[str] = frozenset()
    """Foreign words in small letters that may stand in Chinese."""
    untranslated: frozenset[str] = frozenset()
    """Foreign words that stand in Chinese only where a translator forgot them."""
    copied: tuple[str, ...] = ()
    """What web pages put around an article."""


def parse_words(text: str, file: str = PROOFING_FILE) -> WordList:
    """Return the list written in `text`. Raises ProblemsError with all that is wrong with it."""
    fields, problems = validate(WordListFields, parse_yaml(text, file))
    if fields is None:
        raise ProblemsError(problems)
    return WordList(
        confusions=_words(fields.confusions),
        names=_words(fields.names),
        sensitive=_words(fields.sensitive),
        same=tuple(tuple(forms) for forms in fields.same),
        quoted=tuple(fields.quoted),
        acronyms=frozenset(fields.acronyms),
        latin=frozenset(word.casefold() for word in fields.latin),
        untranslated=frozenset(word.casefold() for word in fields.untranslated),
        copied=tuple(fields.copied),
    )


def _words(groups: Sequence[GroupFields]) -> Words:
    return Words(
        tuple(
            Word(
                wrong=word.wrong,
                right=word.right,
                unless=tuple(word.unless),
                why=word.why or group.why or "",
                source=group.source,
            )
            for group in groups
            for word in group.words
        )
    )
