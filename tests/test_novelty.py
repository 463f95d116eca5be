"""What was printed before is known again, by its address or by what it says; what is like it is not."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from xcbulletin.collecting.following.sources import Authority
from xcbulletin.collecting.stories.retelling import Dismissed, DismissedStories
from xcbulletin.collecting.suggesting.novelty import Archive, rank_new
from xcbulletin.collecting.suggesting.ranking import Candidate, Earlier, Judgement, Suggestion
from xcbulletin.collecting.urls import item_key
from xcbulletin.model import Printed


def make_archive(*titles: str, **fields: Any) -> Archive:
    own: dict[str, Any] = {"issue": "2021-02", "file": "", "column": "news", "text": ""}
    return Archive(Printed(title=title, **{**own, **fields}) for title in titles)


def found(archive: Archive, title: str, text: str = "", key: str | None = None) -> Earlier | None:
    return archive.find(title, text, key)


def test_a_story_is_known_by_its_address() -> None:
    archive = make_archive("旧文", url="http://example.org/a?utm_source=x")
    assert found(archive, "改过的标题", key="https://example.org/a") == Earlier(
        issue="2021-02", title="旧文", draft=False, same=True
    )


def test_a_story_is_known_by_an_address_too_long_for_an_index() -> None:
    url = f"https://example.org/a?{'b' * 600}"
    assert found(make_archive("旧文", url=url), "改过的标题", key=item_key(url)) is not None
    assert found(make_archive("旧文", url=url), "改过的标题", key=item_key(f"{url}c")) is None


def test_the_front_page_of_a_site_is_no_storys_address() -> None:
    assert found(make_archive("旧文", url="https://www.gov.cn/"), "新文", key="https://www.gov.cn/") is None


def test_a_story_is_known_by_its_title() -> None:
    earlier = found(
        make_archive("国家能源局印发新型储能发展实施方案"), "【要闻】国家能源局印发新型储能发展实施方案"
    )
    assert earlier is not None
    assert earlier.same


@pytest.mark.parametrize(
    "title",
    ["2021年2月全国工业机器人产量公布", "许继电气中标特高压项目", "", "。", "中国人工智能产业发展报告发布"],
)
def test_another_story_is_not(title: str) -> None:
    assert found(make_archive("2021年1月全国工业机器人产量公布", "第36期"), title) is None


def test_an_empty_archive_knows_nothing() -> None:
    assert found(make_archive(), "标题", key="https://example.org/a") is None


def test_only_what_is_in_the_list_is_looked_up_and_what_moves_up_is_too() -> None:
    looked_up: list[int] = []

    def texts(ids: Sequence[int]) -> dict[int, tuple[str, str | None]]:
        looked_up.extend(ids)
        return dict.fromkeys(ids, ("", None))

    def rank(candidates: Iterable[Candidate]) -> tuple[Suggestion, ...]:
        order = sorted(candidates, key=lambda one: (one.earlier is not None, one.id))
        return tuple(Suggestion(candidate=one, score=0, reasons=()) for one in order[:2])

    titles = ["国家能源局印发新型储能实施方案", "工业机器人产量创新高", "第三条", "第四条", "第五条"]
    some = [
        Candidate(
            id=number,
            title=title,
            url=None,
            source="",
            source_key="",
            authority=Authority.MEDIA,
            at=datetime(2026, 1, 1, tzinfo=UTC),
            published=None,
            judgement=Judgement(),
        )
        for number, title in enumerate(titles)
    ]
    dismissed = DismissedStories([Dismissed(id=9, title="【观察】工业机器人产量创新高", text="")])
    ranked = rank_new(some, make_archive(titles[0]), dismissed, texts, rank)
    assert [one.candidate.dismissed for one in ranked] == [9, None]
    assert [one.candidate.id for one in ranked] == [1, 2]
    assert looked_up == [0, 1, 2]
