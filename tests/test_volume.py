"""What an annual volume is made of: names found and marked, places renamed, pages joined, names in order."""

import datetime
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import chain, groupby, pairwise

import pytest
from conftest import AI, ROBOT, make_article, make_issue
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.archive.volume.collation import LETTERS, RARE, collation_key, initial
from xcbulletin.archive.volume.indexing import make_index, number_spans, spans_of
from xcbulletin.archive.volume.mentions import Mention, Mentioned, with_mentions
from xcbulletin.archive.volume.names import Companies, Subject, companies_of, find_names
from xcbulletin.archive.volume.prefixing import prefixed
from xcbulletin.model import Correction, IssueId, Source
from xcbulletin.publishing.edition import Edition, compose
from xcbulletin.publishing.nodes import (
    Figure,
    Heading,
    Node,
    Note,
    Reference,
    Table,
    plain,
    walk,
)

COMPANIES = Companies(("许继", "许继电气", "宇通客车", "宇通", "南网", "AMD", "GE Vernova"), ("河南网",))


def names_in(text: str) -> list[str]:
    return [one.name for one in find_names(text, COMPANIES)]


def edition_of(*bodies: str, **fields: object) -> Edition:
    articles = (make_article(body, **fields) for body in bodies)
    return compose(make_issue(*articles), (AI, ROBOT))[0]


def mentioned_in(edition: Edition, pictured: str = "") -> tuple[Edition, dict[str, list[str]]]:
    """Return the edition marked, and the names at each place."""
    marked, found = with_mentions(edition, COMPANIES, lambda _figure: pictured)
    by_anchor: dict[str, list[str]] = {}
    for one in found:
        by_anchor.setdefault(one.anchor, []).append(one.name)
    return marked, by_anchor


def marks_in(nodes: Iterable[Node]) -> list[Mention]:
    return [node for node in walk(nodes) if isinstance(node, Mention)]


# Names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("许继电气与许继、宇通客车", ["许继电气", "许继", "宇通客车"]),
        ("河南网讯：南网中标", ["南网"]),
        ("用AMD芯片，不是AMDX、2AMD", ["AMD"]),
        ("GE Vernova交付GE Vernovas", ["GE Vernova"]),
        ("", []),
        ("《许继电气智能制造规划》", ["许继电气", "《许继电气智能制造规划》"]),
    ],
)
def test_companies_are_found_by_their_longest_names(text: str, expected: list[str]) -> None:
    assert sorted(names_in(text)) == sorted(expected)


@pytest.mark.parametrize(
    "name",
    [
        *("新能源汽车产业发展规划（2021—2035年）", "碳排放权交易管理办法（试行）", "医疗器械监督管理条例"),
        *(
            "中华人民共和国数据安全法",
            "民法典",
            "数据市场法案",
            "智能汽车创新发展战略",
            "关于印发〈规划〉的通知",
        ),
        *("国家标准体系建设指南(2018年版)", "若干措施", "信息安全技术　个人信息安全规范"),
    ],
)
def test_documents_of_policy_are_told_by_how_they_end(name: str) -> None:
    assert names_in(f"印发《{name}》。") == [f"《{' '.join(name.split())}》"]


@pytest.mark.parametrize(
    "name",
    [
        "快递",
        "规划纲要解读",
        "深度学习方法",
        "我的看法",
        "人工智能指数报告2021",
        "免疫疗法",
        "规划（试行）评述",
    ],
)
def test_other_titles_are_no_documents_of_policy(name: str) -> None:
    assert names_in(f"见《{name}》。") == []


def test_companies_of_the_city_and_of_the_industries_are_known_and_stop_contexts_mean_none() -> None:
    power = replace(AI, companies=("南网",), stop_contexts=("河南网",))
    found = find_names("河南网、南网、黄河旋风", companies_of((power,), ("黄河旋风",)))
    assert [one.name for one in found] == ["南网", "黄河旋风"]


@given(st.text("许继电气南网河宇通客车，A《》规划", max_size=40))
def test_names_stand_where_they_are_said_to(text: str) -> None:
    found = find_names(text, COMPANIES)
    assert all(text[one.start : one.end] == one.name for one in found)
    companies = [one for one in found if one.subject is Subject.COMPANY]
    assert all(one.end <= after.start for one, after in pairwise(companies))


# Marks


def test_a_name_is_marked_at_its_first_word_and_the_text_stays_the_same() -> None:
    edition = edition_of("近日，许继电气、**宇**通客车和《“双碳”规划》见AMD。")
    marked, found = mentioned_in(edition)
    body = marked.entries[0].body
    assert plain(body) == plain(edition.entries[0].body)
    assert [(plain((one,)), found[one.id]) for one in marks_in(body)] == [
        ("许继电气", ["许继电气"]),
        ("宇", ["宇通客车"]),
        ("双碳", ["《“双碳”规划》"]),
        ("AMD", ["AMD"]),
    ]


def test_names_are_marked_wherever_they_stand() -> None:
    body = (
        "## 许继的小标题\n\n- 南网一项\n\n> 南网二处\n\n见注[^1]与[宇通](https://example.org)、`许继`。\n\n"
        "表：许继产量 {#t}\n\n| 企业 | 量 |\n|---|---|\n| 宇通客车 | 5 |\n\n数据来源：南网\n\n"
        '![宇通图](assets/a.svg "数据来源：许继电气")\n\n[^1]: 许继电气年报。\n'
    )
    fields = {
        "title": "宇通客车上市",
        "author": "许继",
        "source": Source(name="AMD"),
        "corrections": (Correction(date=datetime.date(2021, 2, 1), note="“宇通”应为“南网”"),),
    }
    marked, found = mentioned_in(edition_of(body, **fields), pictured="AMD")
    in_text = [found[one.id] for one in marks_in(marked.entries[0].body)]
    assert in_text == [
        *(["许继"], ["南网"], ["南网"], ["许继电气"], ["宇通"], ["许继"], ["宇通客车"], ["南网"], ["宇通"]),
    ]
    assert {anchor: names for anchor, names in found.items() if "-m" not in anchor} == {
        "news-1": ["宇通客车"],
        "news-1-correction-1": ["宇通", "南网"],
        "news-1-source": ["许继", "AMD"],
        "tbl-1": ["许继"],
        "fig-1": ["许继电气", "AMD"],
    }


def test_the_source_of_a_table_stands_below_it_where_it_names_somebody() -> None:
    table = "表：产量\n\n| 年 | 量 |\n|---|---|\n| 2020 | 5 |\n\n数据来源：{}\n"
    kinds = [
        [node.kind for node in mentioned_in(edition_of(table.format(source)))[0].entries[0].body]
        for source in ("统计局", "南网")
    ]
    assert kinds == [["table"], ["table", "source_line"]]


def test_a_box_of_key_figures_that_names_somebody_can_be_led_to() -> None:
    figures = "```keyfigures\ntitle: 许继一年\nfigures:\n  - {value: 5, label: 南网订单}\n```\n"
    marked, found = mentioned_in(edition_of(figures))
    (box,) = (node for node in marked.entries[0].body if node.kind == "mentioning_key_figures")
    assert found == {box.id: ["许继", "南网"]}  # type: ignore[attr-defined]


def test_notes_of_an_entry_are_those_of_its_marked_body() -> None:
    (entry,) = mentioned_in(edition_of("见[^1]。\n\n[^1]: 许继。\n"))[0].entries
    assert entry.notes == tuple(node for node in walk(entry.body) if isinstance(node, Note))
    assert marks_in(entry.notes)


PIECES = st.lists(
    st.sampled_from(
        ["许继", "电气", "**宇**通", "客车", "，", "《", "规划", "》", "`南网`", "[^1]", " ", "AMD"]
    )
)


@given(PIECES)
def test_marking_changes_no_text_and_finds_what_is_in_it(pieces: list[str]) -> None:
    edition = edition_of("甲" + "".join(pieces) + "\n\n[^1]: 许继电气注。\n")
    marked, found = mentioned_in(edition)
    before, after = edition.entries[0].body, marked.entries[0].body
    assert [plain((node,)) for node in before] == [plain((node,)) for node in after]
    marks = marks_in(after)
    assert sorted(one.id for one in marks) == sorted(found)
    lines = [node for node in before if plain((node,))]
    notes = [node for node in walk(before) if isinstance(node, Note)]
    expected = [names_in(plain((node,))) for node in lines] + [
        names_in(plain(node.children)) for node in notes
    ]
    assert sorted(chain(*found.values())) == sorted(chain(*expected))
    assert all(plain((one,)).strip("，《》 ") for one in marks)


# Places


BODY = (
    "## 小标题\n\n见[@f]和[@t][^1]。\n\n![图](a.svg){#f}\n\n表：表题 {#t}\n\n| 年 | 量 |\n|---|---|\n| 1 | 2[^2] |\n\n"
    "[^1]: 注。\n[^2]: 又注。\n"
)
IDS = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,8}[a-z0-9]", fullmatch=True)


def places(edition: Edition) -> list[str]:
    """Return the names of all places of an edition, in their order."""
    nodes = [node for entry in edition.entries for node in walk(entry.body)]
    named = [node.id for node in nodes if isinstance(node, Figure | Heading | Note | Table) and node.id]
    return [*(entry.anchor for entry in edition.entries), *named]


@cache
def written(articles: int) -> Edition:
    """Return an edition of so many articles, with places of every kind in each."""
    return edition_of(*(BODY,) * articles)


@given(st.lists(IDS, unique=True, min_size=2, max_size=3), st.integers(1, 3))
def test_no_two_issues_have_a_place_of_one_name(ids: list[str], articles: int) -> None:
    editions = [prefixed(replace(written(articles), id=IssueId(id_))) for id_ in ids]
    names = [name for edition in editions for name in places(edition)]
    assert len(names) == len(set(names))


@given(IDS)
def test_renamed_places_are_found_by_what_leads_to_them(id_: str) -> None:
    edition = replace(written(1), id=IssueId(id_))
    renamed = prefixed(edition)
    assert places(renamed) == [f"{id_}:{name}" for name in places(edition)]
    references = [node for node in walk(renamed.entries[0].body) if isinstance(node, Reference)]
    assert [node.label for node in references] == ["图1", "表1"]
    assert [node.id for node in references] == [renamed.figures[0].anchor, renamed.tables[0].anchor]
    assert {node.id for node in references} <= set(places(renamed))
    assert [one.anchor for one in renamed.entries[0].headings] == [f"{id_}:news-1-h1"]
    assert [note.id for note in renamed.entries[0].notes] == [f"{id_}:note-1", f"{id_}:note-2"]


# Pages


def test_pages_that_follow_one_another_are_joined_and_stand_once() -> None:
    pages = {"a": 12, "b": 12, "c": 13, "d": 14, "e": 20, "f": 3}
    spans = spans_of(list(pages), pages)
    assert [(str(one), one.anchor) for one in spans] == [("3", "f"), ("12–14", "a"), ("20", "e")]
    assert spans_of(list(pages), {}) == ()


@given(st.lists(st.integers(1, 60)))
def test_spans_hold_the_pages_and_no_others(numbers: list[int]) -> None:
    pages = {f"m{index}": number for index, number in enumerate(numbers)}
    spans = spans_of(list(pages), pages)
    covered = [page for span in spans for page in range(span.first, span.last + 1)]
    assert covered == sorted(set(numbers))
    assert all(one.last + 1 < after.first for one, after in pairwise(spans))
    assert all(pages[span.anchor] == span.first for span in spans)


@pytest.mark.parametrize(
    ("numbers", "expected"), [((), ""), ((3,), "3"), ((2, 1, 3), "1—3"), ((1, 2, 4, 6, 7), "1—2、4、6—7")]
)
def test_numbers_of_issues_are_joined_too(numbers: tuple[int, ...], expected: str) -> None:
    assert number_spans(numbers) == expected


def test_an_index_has_one_subject_in_order_under_initials() -> None:
    names = ("宇通", "AMD", "许继", "安川", "许昌智能", "晟科", "3M", "“长安”")
    mentioned = [Mentioned(subject=Subject.COMPANY, name=name, anchor=name) for name in names]
    mentioned += [Mentioned(subject=Subject.POLICY, name="《规划》", anchor="p")]
    groups = make_index(Subject.COMPANY, mentioned, dict.fromkeys((*names, "p"), 7)).groups
    assert [(one.initial, [name.name for name in one.names]) for one in groups] == [
        (LETTERS, ["3M", "AMD"]),
        *(("A", ["安川"]), ("C", ["“长安”"]), ("X", ["许昌智能", "许继"]), ("Y", ["宇通"]), (RARE, ["晟科"])),
    ]
    assert all(str(name.spans[0]) == "7" for one in groups for name in one.names)


INITIALS = {
    "啊": "A",
    "八": "B",
    "擦": "C",
    "地": "D",
    "发": "F",
    "光": "G",
    "河": "H",
    "九": "J",
    "卡": "K",
    "罗": "L",
}


@pytest.mark.parametrize(
    ("character", "letter"), [*INITIALS.items(), ("座", "Z"), ("压", "Y"), ("鑫", RARE), ("㐀", RARE)]
)
def test_initials_are_those_of_pinyin(character: str, letter: str) -> None:
    assert initial(character) == letter


@given(st.lists(st.text(min_size=1, max_size=4), unique=True))
def test_names_of_one_initial_stand_together(names: list[str]) -> None:
    ordered = sorted(names, key=collation_key)
    letters = [letter for letter, _ in groupby(ordered, initial)]
    assert len(letters) == len(set(letters))
    backwards = names[::-1]
    assert ordered == sorted(backwards, key=collation_key)
