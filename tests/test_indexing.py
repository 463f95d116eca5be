"""The search index of the archive changed between two builds: it is what it would be if it was joined anew."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from searched import INDUSTRIES, SHELVES, make_filed_article, make_filed_issue

from xcbulletin.archive.filed import FiledIssue
from xcbulletin.archive.placing import Placed, Placing
from xcbulletin.archive.siteindex import shards
from xcbulletin.archive.siteindex.pieces import cut
from xcbulletin.readingroom.indexing import IndexedIssue, Indexing
from xcbulletin.workspace import write_kept


@dataclass(frozen=True)
class Room:
    """Where archives are built, each issue with a stamp that names its texts."""

    root: Path

    @property
    def state(self) -> Path:
        return self.root / "index.state"

    def build(self, issues: Sequence[FiledIssue]) -> Placed:
        placing = Placing(self.root / "archive", self.root / "place.state")
        placing.begin()
        filed = [self._indexed(issue) for issue in issues]
        indexing = Indexing(filed, placing, self.state, industries=INDUSTRIES, columns=SHELVES)
        made = indexing.make(0, 2) | indexing.make(1, 2)
        indexing.forget()
        placed = placing.commit(made)
        indexing.keep()
        return placed

    def files(self) -> dict[str, bytes]:
        found = (self.root / "archive").rglob("*.js")
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}

    def piece(self, issue: FiledIssue) -> Path:
        return self.root / f"{issue.id}.{_stamp(issue)}.piece"

    def _indexed(self, issue: FiledIssue) -> IndexedIssue:
        write_kept(self.piece(issue), cut(issue))
        return IndexedIssue(issue=issue, stamp=_stamp(issue), piece=self.piece(issue))


def _stamp(issue: FiledIssue) -> str:
    return "-".join(str(len(article.text)) for article in issue.articles)


ISSUES = tuple(
    make_filed_issue(
        f"2021-{month:02}", *(make_filed_article(n, f"第{n}篇说{'光伏储能'[n]}的事" * 30) for n in range(4))
    )
    for month in (1, 2, 3)
)
FIRST, *_ = ISSUES
_ARTICLE, *_ARTICLES = FIRST.articles
LONGER = replace(FIRST, articles=(replace(_ARTICLE, text=f"{_ARTICLE.text}芯片"), *_ARTICLES))
CHANGED = (LONGER, *ISSUES[1:])


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setattr(shards, "_BYTES", 100)
    room = Room(tmp_path)
    room.build(ISSUES)
    return room


def _anew(folder: Path, issues: Sequence[FiledIssue]) -> dict[str, bytes]:
    folder.mkdir()
    other = Room(folder)
    other.build(issues)
    return other.files()


def test_what_an_article_gains_is_all_that_is_written(room: Room, tmp_path: Path) -> None:
    count = len([path for path in room.files() if "/g/" in path])
    placed = room.build(CHANGED)
    assert 0 < placed.written <= 5 < count
    assert room.files() == _anew(tmp_path / "anew", CHANGED)
    assert room.build(CHANGED).written == 0


@pytest.mark.parametrize(
    "after",
    [
        (*ISSUES, make_filed_issue("2021-04", make_filed_article(1, "芯片"))),
        (FIRST, replace(ISSUES[1], articles=()), ISSUES[2]),
        (ISSUES[2], ISSUES[1]),
        (),
    ],
    ids=["one more", "one emptied", "one fewer, in another order", "none"],
)
def test_the_index_is_what_it_would_be_made_anew(
    room: Room, tmp_path: Path, after: tuple[FiledIssue, ...]
) -> None:
    room.build(after)
    assert room.files() == _anew(tmp_path / "anew", after)


def test_a_piece_that_is_gone_is_not_missed(room: Room, tmp_path: Path) -> None:
    room.piece(FIRST).unlink()
    room.build(CHANGED)
    assert room.files() == _anew(tmp_path / "anew", CHANGED)


def test_a_piece_that_is_damaged_is_not_believed(room: Room, tmp_path: Path) -> None:
    whole = room.piece(FIRST).read_bytes()
    room.piece(FIRST).write_bytes(whole[:-9] + b"x" + whole[-8:])
    room.build(CHANGED)
    assert room.files() == _anew(tmp_path / "anew", CHANGED)


@pytest.mark.parametrize(
    "told", ["", "[]", "[{0}, [null, 1, 2]]", '[{0}, [["2021-01", "x", "../index.state"]]]']
)
def test_a_state_that_says_nothing_is_not_minded(room: Room, tmp_path: Path, told: str) -> None:
    count, _issues = json.loads(room.state.read_bytes())
    room.state.write_text(told.replace("{0}", str(count)), encoding="utf-8")
    room.build(CHANGED)
    assert room.files() == _anew(tmp_path / "anew", CHANGED)
