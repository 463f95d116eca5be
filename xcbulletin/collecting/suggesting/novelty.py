"""Which stories were printed before, or are being written: by their address, or because they tell the same."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from xcbulletin.collecting.stories.retelling import DismissedStories
from xcbulletin.collecting.stories.samestory import Gist, Kind, compare, gist
from xcbulletin.collecting.suggesting.ranking import Candidate, Earlier, Suggestion
from xcbulletin.collecting.urls import is_front_page, item_key
from xcbulletin.model import Printed

_ALIKE = 0.2
"""Share of bigrams below which two titles need no closer look."""


Texts = Callable[[Sequence[int]], Mapping[int, tuple[str, str | None]]]
"""From the numbers of items to the beginnings of their texts, and their addresses as these are compared."""


class Archive:
    """The articles of all issues, made ready for finding what a story repeats."""

    def __init__(self, articles: Iterable[Printed]) -> None:
        self._articles = tuple(articles)
        self._gists = tuple(gist(one.title, one.text) for one in self._articles)
        by_key = {item_key(one.url): one for one in self._articles if one.url}
        self._by_key = {key: one for key, one in by_key.items() if not is_front_page(key)}
        self._by_bigram: dict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(self._gists):
            for bigram in one.bigrams:
                self._by_bigram[bigram].append(place)

    def find(self, title: str, text: str, key: str | None) -> Earlier | None:
        """Return what a story repeats; `key` is its address as addresses are compared."""
        if key is not None and key in self._by_key:
            return _earlier(self._by_key[key], same=True)
        this = gist(title, text)
        found = [(compare(this, self._gists[place]).kind, place) for place in self._near(this)]
        for kind in (Kind.SAME, Kind.EVENT):
            for each, place in found:
                if each is kind:
                    return _earlier(self._articles[place], same=kind is Kind.SAME)
        return None

    def _near(self, this: Gist) -> Sequence[int]:
        shared = Counter(place for bigram in this.bigrams for place in self._by_bigram.get(bigram, ()))
        size = len(this.bigrams)
        return [
            place
            for place, count in shared.most_common()
            if count >= _ALIKE * (size + len(self._gists[place].bigrams) - count)
        ]


def _earlier(article: Printed, *, same: bool) -> Earlier:
    return Earlier(issue=article.issue, title=article.title, draft=article.draft, same=same)


def rank_new(
    candidates: Iterable[Candidate],
    archive: Archive,
    dismissed: DismissedStories,
    texts: Texts,
    rank: Callable[[Iterable[Candidate]], tuple[Suggestion, ...]],
) -> tuple[Suggestion, ...]:
    """Return the list that `rank` makes once it knows of all that is in it whether it was printed or dismissed before.

    Only what stands in the list is looked up; when something goes down for it, what moves up is looked up in turn.
    """
    known = {one.id: one for one in candidates}
    looked_up: set[int] = set()
    while True:
        suggestions = rank(known.values())
        new = [one.candidate for one in suggestions if one.candidate.id not in looked_up]
        if not new:
            return suggestions
        found = texts([one.id for one in new])
        for one in new:
            text, key = found[one.id]
            earlier, again = archive.find(one.title, text, key), dismissed.find(one.id, one.title, text)
            known[one.id] = replace(one, earlier=earlier, dismissed=again)
            looked_up.add(one.id)
