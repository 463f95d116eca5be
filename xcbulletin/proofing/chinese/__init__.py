"""Chinese text: marks, blanks, words, figures as they are written, names, and what copying leaves behind."""

from collections.abc import Iterator, Sequence

from xcbulletin.proofing.chinese import numerals, punctuation, residue, spacing, terms, words
from xcbulletin.proofing.chinese.wordlist import WordList
from xcbulletin.proofing.findings import Finding, Rule
from xcbulletin.proofing.passages import Passage

RULES: tuple[Rule, ...] = (
    *punctuation.RULES,
    *spacing.RULES,
    *words.RULES,
    *residue.RULES,
    *numerals.RULES,
    *terms.RULES,
)


def find(passages: Sequence[Passage], word_list: WordList) -> Iterator[Finding]:
    """Yield what is wrong with the Chinese of an issue, whose passages are given in order; each place once."""
    told: set[tuple[str, int | None, int]] = set()
    for finding in _all(passages, word_list):
        place = finding.place
        here = {(place.file, place.line, (place.column or 0) + step) for step in range(len(finding.excerpt))}
        if not here & told:
            yield finding
        told |= here


def _all(passages: Sequence[Passage], word_list: WordList) -> Iterator[Finding]:
    """Yield what the rules find, the surest first: what is on a list, then what its form shows."""
    yield from words.find(passages, word_list)
    yield from punctuation.find(passages)
    yield from spacing.find(passages)
    yield from residue.find(passages, word_list)
    yield from numerals.find(passages)
    yield from terms.find(passages, word_list)
