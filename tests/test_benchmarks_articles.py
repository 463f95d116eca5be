"""The made-up articles that benchmarks measure with."""

import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from xcbulletin.manuscript.read import read_issue
from xcbulletin.model import IssueId
from xcbulletin.publishing.edition import compose
from xcbulletin.workshop import Workshop

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def articles() -> Any:
    sys.path.append(str(BENCHMARKS))
    try:
        import articles
    finally:
        sys.path.remove(str(BENCHMARKS))
    return articles


def text_of(made: Sequence[Any]) -> str:
    return "\n".join(f"{one.title}\n{one.body}" for one in made)


def test_the_same_number_makes_the_same_articles(articles):
    assert list(articles.make(30, 3)) == list(articles.make(30, 3))


def test_articles_are_spread_over_the_months_up_to_december_2021(articles):
    made = list(articles.make(36, 12))

    assert sorted({one.issue for one in made}) == [f"2021-{month:02}" for month in range(1, 13)]
    assert [one.issue for one in made].count("2021-06") == 3


def test_articles_are_of_the_length_that_was_asked_for(articles):
    made = list(articles.make(400, 24))

    assert articles.LENGTH * 0.9 < sum(len(one.body) for one in made) / len(made) < articles.LENGTH * 1.1


def test_as_many_bigrams_differ_as_in_real_text(articles):
    """In 600,000 characters of ../shared/corpus 126,000 do; a search index of fewer would be too easily made."""
    text = text_of(list(articles.make(400, 24)))[:600_000]

    assert len(text) == 600_000
    assert 110_000 < len(set(pairwise(text))) < 150_000


def test_what_is_searched_for_is_in_some_articles_and_not_in_most(articles):
    made = list(articles.make(1_000, 24))
    texts = [text_of([one]) for one in made]

    assert all(0 < sum(query in text for text in texts) < 500 for query in articles.QUERIES)


def test_a_workspace_of_them_is_read_without_a_problem(articles, tmp_path):
    made = list(articles.make(40, 2))
    articles.write_workspace(made, tmp_path / "workspace")
    workspace = Workshop(tmp_path / "workspace", {}).workspace

    editions = []
    for issue_id in ("2021-11", "2021-12"):
        issue, problems = read_issue(workspace, IssueId(issue_id))
        edition, more = compose(issue, workspace.industries)
        assert [*problems, *more] == []
        editions.append(edition)

    assert sum(len(edition.entries) for edition in editions) == 40
