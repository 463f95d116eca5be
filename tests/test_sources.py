"""sources/feeds.yaml: every mistake at once with its line, and one bad entry stops no other."""

import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import AI, COLUMNS, ROBOT, ROOT, make_workspace, write
from hypothesis import given
from hypothesis import strategies as st

from xcbulletin.collecting.following import adding
from xcbulletin.collecting.following.adding import add_sources, append_sources
from xcbulletin.collecting.following.sources import (
    Authority,
    DataStep,
    Fields,
    Source,
    SourceKind,
    read_sources,
    sources_of,
)
from xcbulletin.errors import BulletinError, ProblemsError
from xcbulletin.model import Severity
from xcbulletin.settings import Workspace, open_workspace
from xcbulletin.workspace import write_whole
from xcbulletin.yamltext import parse_yaml

FILE = "sources/feeds.yaml"


def read(text: str, rsshub: str | None = None) -> tuple[tuple[Source, ...], list[str]]:
    sources, problems = read_sources(text, FILE, (AI, ROBOT), COLUMNS, rsshub)
    return sources, list(map(str, problems))


def said(text: str) -> list[str]:
    return read(text)[1]


def test_a_feed_needs_a_name_and_an_address() -> None:
    sources, problems = read("- {name: 量子位, url: https://www.qbitai.com/feed}\n")
    assert problems == []
    assert sources == (
        Source(
            name="量子位",
            kind=SourceKind.FEED,
            url="https://www.qbitai.com/feed",
            key="https://www.qbitai.com/feed",
            line=1,
        ),
    )


def test_everything_that_can_be_said_of_a_source() -> None:
    (source,), problems = read(
        "- name: 能源局\n"
        "  kind: page\n"
        "  url: https://www.nea.gov.cn/sjzz/dls/index.htm\n"
        "  data: {find: 'ul#showData0', url: 'ds_{data}.json', after: ':'}\n"
        "  items: datasource\n"
        "  title: title\n"
        "  link: publishUrl\n"
        "  date: publishTime\n"
        "  summary: summary\n"
        "  industries: [机器人产业, AI]\n"
        "  column: 行业动态\n"
        "  zone: Asia/Tokyo\n"
        "  authority: 政府\n"
        "  evidence: RSSHub\n"
        "  note: 备注\n"
        "  paused: true\n".replace("机器人产业", "工业机器人")
    )
    assert problems == []
    assert source == Source(
        name="能源局",
        kind=SourceKind.PAGE,
        url="https://www.nea.gov.cn/sjzz/dls/index.htm",
        key="https://www.nea.gov.cn/sjzz/dls/index.htm",
        zone=ZoneInfo("Asia/Tokyo"),
        industries=("ai", "robot"),
        column="news",
        authority=Authority.GOVERNMENT,
        fields=Fields(
            items="datasource", title="title", link="publishUrl", date="publishTime", summary="summary"
        ),
        data=DataStep(find="ul#showData0", url="ds_{data}.json", after=":"),
        evidence="RSSHub",
        note="备注",
        paused=True,
        line=1,
    )


@pytest.mark.parametrize("text", ["", "[]\n", "# 还没有\n", "# 还没有\n[]\n"])
def test_an_empty_list_is_a_list(text: str) -> None:
    assert read(text) == ((), [])


def test_a_workspace_without_the_file_has_no_sources(workspace: Workspace) -> None:
    (workspace.root / FILE).unlink()
    assert sources_of(workspace) == ((), ())


def test_one_bad_entry_stops_no_other() -> None:
    sources, problems = read(
        "- {name: 甲, url: https://a.cn/1}\n- {name: 乙}\n- {name: 丙, url: https://a.cn/3}\n"
    )
    assert [source.name for source in sources] == ["甲", "丙"]
    assert problems == [f"{FILE}:2: feed 类的信息源缺少“url”；请加一行“url: https://……”"]


NOT_YAML = (
    "这里不合 YAML 写法，读不下去；请检查引号、方括号是否成对，同级各行缩进是否一样；"
    "内容里有“: ”或以符号开头时，给整段内容加英文引号"
)
MISTAKES: Mapping[str, tuple[str, str]] = {
    "no name": ("- url: https://a.cn/\n", "1: 缺少“name”；请加一行“name: ……”"),
    "no address": (
        "- {name: 甲, url: www.a.cn/feed}\n",
        "1: “url”应为 http:// 或 https:// 开头的网址，现为“www.a.cn/feed”",
    ),
    "file address": (
        "- {name: 甲, url: 'file:///etc/passwd'}\n",
        "1: “url”应为 http:// 或 https:// 开头的网址，现为“file:///etc/passwd”",
    ),
    "kind": (
        "- name: 甲\n  kind: atom\n  url: https://a.cn/\n",
        "2: “kind”应为 feed、rsshub、page 或 json，现为“atom”",
    ),
    "unknown key": (
        "- name: 甲\n  url: https://a.cn/\n  industry: ai\n",
        "3: 不认识的项目“industry”；是否想写“industries”？",
    ),
    "unknown industry": (
        "- name: 甲\n  url: https://a.cn/\n  industries: [机器人, 钢铁]\n",
        "3: 没有“机器人”这个产业；最接近的是 robot（工业机器人产业）",
    ),
    "unknown column": (
        "- name: 甲\n  url: https://a.cn/\n  column: 动态\n",
        "3: 没有“动态”这个栏目；可用：editorial（编者的话）、news（行业动态）、reports（行业报告）",
    ),
    "zone": (
        "- name: 甲\n  url: https://a.cn/\n  zone: 北京\n",
        "3: “zone”应为时区名（如 Asia/Shanghai、America/New_York），现为“北京”",
    ),
    "zone path": (
        "- name: 甲\n  url: https://a.cn/\n  zone: ../../etc\n",
        "3: “zone”应为时区名（如 Asia/Shanghai、America/New_York），现为“../../etc”",
    ),
    "authority": (
        "- name: 甲\n  url: https://a.cn/\n  authority: 官媒\n",
        "3: “authority”应为 government（政府）、company（企业）、association（协会）、media（媒体）、portal（门户）之一，现为“官媒”",
    ),
    "paused": (
        "- name: 甲\n  url: https://a.cn/\n  paused: 是\n",
        "3: “paused”应为 true（是）或 false（否），现为“是”",
    ),
    "page without items": (
        "- name: 甲\n  kind: page\n  url: https://a.cn/\n",
        "1: page 类的信息源缺少“items”；请加一行“items: ul.list li”",
    ),
    "json without paths": (
        "- {name: 甲, kind: json, url: https://a.cn/, items: data, title: t}\n",
        "1: json 类的信息源缺少“link”；请加一行“link: url”",
    ),
    "two steps without paths": (
        "- {name: 甲, kind: page, url: https://a.cn/, items: d, title: t, data: {find: ul, url: '{data}'}}\n",
        "1: page 类的信息源缺少“link”；请加一行“link: url”",
    ),
    "selector of a feed": (
        "- name: 甲\n  url: https://a.cn/\n  items: li\n",
        "3: “items”不能用在 feed 类的信息源里；它用于 page、json 类；请删去，或改 kind",
    ),
    "route of a feed": (
        "- name: 甲\n  url: https://a.cn/\n  route: /gov\n",
        "3: “route”不能用在 feed 类的信息源里；它用于 rsshub 类；请删去，或改 kind",
    ),
    "data of json": (
        "- name: 甲\n  kind: json\n  url: https://a.cn/\n  items: d\n  title: t\n  link: u\n  data: {find: ul, url: '{data}'}\n",
        "7: “data”不能用在 json 类的信息源里；它用于 page 类；请删去，或改 kind",
    ),
    "css": (
        "- name: 甲\n  kind: page\n  url: https://a.cn/\n  items: 'ul >> li'\n",
        "4: “items”的选择器“ul >> li”读不懂；请写 CSS 选择器，如 ul.list li，要属性时写 a@href",
    ),
    "css of the title": (
        "- name: 甲\n  kind: page\n  url: https://a.cn/\n  items: li\n  title: 'a['\n",
        "5: “title”的选择器“a[”读不懂；请写 CSS 选择器，如 ul.list li，要属性时写 a@href",
    ),
    "css pseudo": (
        "- name: 甲\n  kind: page\n  url: https://a.cn/\n  items: 'li:nosuch'\n",
        "4: “items”的选择器“li:nosuch”读不懂；请写 CSS 选择器，如 ul.list li，要属性时写 a@href",
    ),
    "path": (
        "- name: 甲\n  kind: json\n  url: https://a.cn/\n  items: 'data..list'\n  title: t\n  link: u\n",
        "4: “items”的路径“data..list”读不懂；请用点隔开各层，如 data.list、rows[0].title、groups[].items",
    ),
    "path in an address": (
        "- name: 甲\n  kind: json\n  url: https://a.cn/\n  items: d\n  title: t\n  link: '/a/{i d}'\n",
        "6: “link”的路径“i d”读不懂；请用点隔开各层，如 data.list、rows[0].title、groups[].items",
    ),
    "data without attribute": (
        "- name: 甲\n  kind: page\n  url: https://a.cn/\n  items: d\n  title: t\n  link: u\n  data:\n    find: ul\n    url: ds.json\n",
        "9: “data.url”里没有写用哪个属性；请把元素的属性名写在花括号里，如 ds_{data}.json",
    ),
    "data without find": (
        "- {name: 甲, kind: page, url: https://a.cn/, items: d, title: t, link: u, data: {url: '{a}'}}\n",
        "1: 缺少“data.find”；请加一行“find: ……”",
    ),
    "rsshub with an address": (
        "- name: 甲\n  kind: rsshub\n  route: https://rsshub.app/gov\n",
        "3: “route”应为 RSSHub 的路由（如 /gov/nea/sjzz/dls），现为“https://rsshub.app/gov”",
    ),
    "no list": ("name: 甲\nurl: https://a.cn/\n", "1: 这里应是一列信息源；每个以“- name: 名称”开头"),
    "no mapping": (
        "- https://a.cn/feed\n",
        "1: 每个信息源应是“名称: 内容”的若干行；例如 - {name: 名称, url: https://…}",
    ),
    "nothing after a key": (
        "- name: 甲\n  kind: page\n  url: https://a.cn/\n  items: #list li\n",
        "4: “items”后面没有内容；请写上，如 items: ul.list li；内容以 # 开头的要加英文引号，否则算说明",
    ),
    "same name": (
        "- {name: 甲, url: https://a.cn/1}\n- {name: 甲, url: https://a.cn/2}\n",
        "2: 与第 1 行的信息源同名（甲）；请删去一个，或改正",
    ),
    "same address": (
        "- {name: 甲, url: https://a.cn}\n- {name: 乙, url: 'HTTP://A.cn:80/#top'}\n",
        "2: 与第 1 行的信息源同网址（HTTP://A.cn:80/#top）；请删去一个，或改正",
    ),
    "full-width colon": (
        "- name: 甲\n  url：https://a.cn/\n",
        "2: “url”后面用了中文冒号“：”；请改为英文冒号加一个空格“url: ”",
    ),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_said_with_its_line(text: str, message: str) -> None:
    assert f"{FILE}:{message}" in said(text)


def test_all_mistakes_of_an_entry_are_told_at_once() -> None:
    assert said("- name: 甲\n  kind: page\n  url: a.cn\n  industries: 钢\n  item: li\n  zone: 东八区\n") == [
        f"{FILE}:1: page 类的信息源缺少“items”；请加一行“items: ul.list li”",
        f"{FILE}:3: “url”应为 http:// 或 https:// 开头的网址，现为“a.cn”",
        f"{FILE}:4: 没有“钢”这个产业；可用：ai（人工智能）、robot（工业机器人）",
        f"{FILE}:5: 不认识的项目“item”；是否想写“items”？",
        f"{FILE}:6: “zone”应为时区名（如 Asia/Shanghai、America/New_York），现为“东八区”",
    ]


def test_the_first_of_two_with_the_same_address_is_kept() -> None:
    sources, _ = read("- {name: 甲, url: https://a.cn/}\n- {name: 乙, url: http://a.cn/}\n")
    assert [source.name for source in sources] == ["甲"]


def test_of_two_alike_on_one_line_the_first_is_kept() -> None:
    sources, problems = read("[{name: 甲, url: 'https://a.cn/1'}, {name: 甲, url: 'https://a.cn/2'}]\n")
    assert [source.url for source in sources] == ["https://a.cn/1"]
    assert problems == [f"{FILE}:1: 与第 1 行的信息源同名（甲）；请删去一个，或改正"]


def test_a_broken_line_leaves_the_rest() -> None:
    sources, problems = read(
        "- {name: 甲, url: https://a.cn/1}\n- {name: '乙\n- {name: 丙, url: https://a.cn/3}\n"
    )
    assert "甲" in [source.name for source in sources]
    assert problems


def test_an_entry_out_of_line_is_told_on_its_line_and_spoils_no_other() -> None:
    sources, problems = read(
        "- name: 甲\n  url: https://a.cn/1\n"
        " - name: 乙\n   url: https://a.cn/2\n- name: 丙\n  url: https://a.cn/3\n"
    )
    assert [source.name for source in sources] == ["甲", "乙", "丙"]
    assert problems == [f"{FILE}:3: 这一条的“-”没有与上面各条对齐；请让各条的“-”前面空格一样多"]


SPOILERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "no dash": ("name: 乙\nurl: https://a.cn/2\n", ("这里应是一列信息源；每个以“- name: 名称”开头",)),
    "full-width dash": (
        "－ name: 乙\n   url: https://a.cn/2\n",
        ("开头的“－”不是英文减号；请写成“- name: 名称”，英文减号加一个空格",),
    ),
    "no blank after the dash": (
        "-name: 乙\n  url: https://a.cn/2\n",
        ("开头的“-”后面少一个空格；请写成“- name: 名称”，英文减号加一个空格",),
    ),
    "tab": ("- name: 乙\n\turl: https://a.cn/2\n", ("行首用了制表符（Tab）；请改为两个空格",)),
    "ideographic spaces": (
        "- name: 乙\n　　url: https://a.cn/2\n",
        ("行首用了全角或别的特殊空格；请改为两个空格",),
    ),
    "indented by one": ("- name: 乙\n url: https://a.cn/2\n", (NOT_YAML,)),
    "not indented": ("- name: 乙\nurl: https://a.cn/2\n", (NOT_YAML,)),
    "colon in a name": ("- name: 乙: 科技\n  url: https://a.cn/2\n", (NOT_YAML,)),
    "selector with brackets": (
        "- name: 乙\n  kind: page\n  url: https://a.cn/2\n  items: [class=a] li\n",
        (NOT_YAML,),
    ),
    "quote never closed": ("- name: '乙\n  url: https://a.cn/2\n", (NOT_YAML,)),
    "under a key": (
        "feeds:\n- name: 乙\n  url: https://a.cn/2\n",
        ("这里应是一列信息源；每个以“- name: 名称”开头",),
    ),
    "ruler": ("---\n- name: 乙\n  url: https://a.cn/2\n---\n", ()),
}


@pytest.mark.parametrize(("entry", "messages"), SPOILERS.values(), ids=SPOILERS)
def test_an_entry_that_is_not_yaml_costs_no_other(entry: str, messages: tuple[str, ...]) -> None:
    others = [f"- name: 第{number}\n  url: https://b.cn/{number}\n\n" for number in range(30)]
    sources, problems = read("".join((*others[:15], entry, "\n", *others[15:])))
    assert [one.name for one in sources if one.name != "乙"] == [f"第{number}" for number in range(30)]
    assert tuple(problem.partition(" ")[2] for problem in problems) == messages
    lines = [int(problem.split(":")[1]) for problem in problems]
    assert all(46 <= line <= 49 for line in lines)


@given(
    st.text(max_size=200)
    | st.lists(
        st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "kind",
                    "url",
                    "route",
                    "industries",
                    "column",
                    "zone",
                    "authority",
                    "items",
                    "link",
                    "html",
                    "data",
                    "paused",
                ]
            ),
            st.sampled_from(
                [
                    "page",
                    "json",
                    "rsshub",
                    "https://a.cn/",
                    "/gov",
                    "[",
                    "a[",
                    "{x}",
                    "[[a]]",
                    "{find: '['}",
                    "{url: x}",
                    "~",
                    "''",
                    "[~]",
                ]
            ),
            max_size=6,
        ),
        max_size=3,
    ).map(
        lambda entries: "".join(
            f"- {{{', '.join(f'{k}: {v}' for k, v in entry.items())}}}\n" for entry in entries
        )
    )
)
def test_whatever_is_typed_is_read_or_told(text: str) -> None:
    sources, problems = read(text)
    assert all(source.name and (source.url.startswith("http") or source.needs_rsshub) for source in sources)
    assert all(problem.startswith(FILE) for problem in problems)


# RSSHub


def test_a_route_is_joined_to_the_base() -> None:
    (source,), problems = read("- {name: 甲, kind: rsshub, route: gov/nea}\n", "http://10.0.0.5:1200/")
    assert problems == []
    assert (source.url, source.key, source.paused) == (
        "http://10.0.0.5:1200/gov/nea",
        "rsshub:/gov/nea",
        False,
    )


def test_without_a_base_the_routes_are_paused_and_told_in_one_line() -> None:
    text = "".join(f"- {{name: 源{n}, kind: rsshub, route: /gov/{n}}}\n" for n in range(40))
    sources, problems = read_sources(text, FILE, (), (), None)
    assert len(sources) == 40
    assert all(source.paused and source.needs_rsshub for source in sources)
    assert [(str(one), one.severity) for one in problems] == [
        (
            f"{FILE}:1: 有 40 个 rsshub 类的信息源没有采集，因为还没有设置 RSSHub 的地址；"
            "自建 RSSHub 后，在 bulletin.yaml 的 collector 里写 rsshub: http://……",
            Severity.WARNING,
        )
    ]


def test_a_base_that_is_no_address_is_a_problem_of_the_settings() -> None:
    sources, problems = read("- {name: 甲, kind: rsshub, route: /gov/nea}\n", "rsshub.local:1200")
    assert sources[0].paused
    assert problems == [
        "bulletin.yaml: “collector.rsshub”应为 http:// 或 https:// 开头的网址，现为“rsshub.local:1200”"
    ]


def test_a_source_keeps_its_key_when_the_base_moves() -> None:
    text = "- {name: 甲, kind: rsshub, route: 'rsshub:/gov/nea'}\n"
    assert {read(text, base)[0][0].key for base in (None, "http://a", "http://b")} == {"rsshub:/gov/nea"}


# The starter list


@pytest.fixture
def starter() -> tuple[Source, ...]:
    workspace = open_workspace(ROOT, {"XCBULLETIN_COLLECTOR__RSSHUB": "http://127.0.0.1:1200"})
    sources, problems = sources_of(workspace)
    assert problems == ()
    return sources


def test_the_starter_list_covers_every_industry_and_policy(starter: tuple[Source, ...]) -> None:
    hinted = {code for source in starter for code in source.industries}
    assert hinted == {industry.code for industry in open_workspace(ROOT, {}).industries}
    assert len(starter) >= 60
    assert {source.kind for source in starter} == set(SourceKind)
    assert any(source.data for source in starter)
    assert sum(source.authority is Authority.GOVERNMENT for source in starter) >= 10


def test_every_source_of_the_starter_list_has_its_evidence(starter: tuple[Source, ...]) -> None:
    assert [source.name for source in starter if not source.evidence] == []


def test_most_of_the_starter_list_needs_no_rsshub(starter: tuple[Source, ...]) -> None:
    assert sum(source.kind is not SourceKind.RSSHUB for source in starter) >= 50


# Adding

FEED = {"name": "量子位", "kind": "feed", "url": "https://www.qbitai.com/feed", "industries": ["ai"]}
ADDED = "- name: 量子位\n  kind: feed\n  url: https://www.qbitai.com/feed\n  industries: [ai]\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ADDED),
        ("[]\n", ADDED),
        ("# 说明\n[]\n# 尾注\n", "# 说明\n" + ADDED + "# 尾注\n"),
        (
            "# 说明\n- {name: 甲, url: https://a.cn/}  # 好\n",
            "# 说明\n- {name: 甲, url: https://a.cn/}  # 好\n" + ADDED,
        ),
        ("- {name: 甲, url: https://a.cn/}", "- {name: 甲, url: https://a.cn/}\n" + ADDED),
        (
            "  - name: 甲\n    url: https://a.cn/\n",
            "  - name: 甲\n    url: https://a.cn/\n" + "".join(f"  {line}\n" for line in ADDED.splitlines()),
        ),
        (
            "[{name: 甲, url: https://a.cn/}]\n",
            "[{name: 甲, url: https://a.cn/},\n"
            "  {name: 量子位, kind: feed, url: 'https://www.qbitai.com/feed', industries: [ai]}\n]\n",
        ),
    ],
)
def test_an_entry_is_appended_and_every_line_stays(before: str, after: str) -> None:
    assert add_sources(before, [FEED]) == after


def test_a_file_that_cannot_be_added_to_is_left_alone() -> None:
    with pytest.raises(
        BulletinError,
        match=r"^sources/feeds.yaml: 文件的写法不便自动添加，没有改动；请先改正其中的错误，或手工加上\n- name: 量子位",
    ):
        add_sources("name: 甲\n", [FEED])


@given(
    st.lists(
        st.fixed_dictionaries(
            {"name": st.text(min_size=1), "url": st.text(min_size=1)},
            optional={
                "industries": st.lists(st.text(), min_size=1),
                "data": st.just({"find": "a", "url": "{b}"}),
            },
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from(["", "[]\n", "# 一\n- {name: 甲, url: https://a.cn/}\n", "[{name: 甲}]\n"]),
)
def test_whatever_is_added_is_read_back_or_refused(entries: list[dict[str, Any]], before: str) -> None:
    try:
        text = add_sources(before, entries)
    except BulletinError:
        return
    data = parse_yaml(text, FILE).data
    assert data[-len(entries) :] == entries


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# 名单\r\n- {name: 甲, url: https://a.cn/}\r\n".encode(), ADDED.replace("\n", "\r\n").encode()),
        ("# 名单\n- {name: 甲, url: https://a.cn/}\n".encode("gb18030"), ADDED.encode("gb18030")),
        ("# 名单\n".encode("utf-8-sig"), ADDED.encode()),
        ("# 名单\n".encode("utf-16"), ADDED.encode("utf-16-le")),
        ("# 名\u200b单\n".encode(), ADDED.encode()),
    ],
    ids=["crlf", "gbk", "mark", "utf-16", "unseen"],
)
def test_encoding_and_line_ends_of_the_file_stay(workspace: Workspace, old: bytes, new: bytes) -> None:
    path = write(workspace.root / FILE, old)
    append_sources(workspace, [FEED])
    assert path.read_bytes() == old + new


def test_sources_added_at_the_same_time_are_all_there(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(path: Path, content: bytes) -> None:
        time.sleep(0.05)
        write_whole(path, content)

    monkeypatch.setattr(adding, "write_whole", slowly)
    path = write(workspace.root / FILE, "[]\n")
    entries = [{"name": f"并{number}", "url": f"https://{number}.cn/"} for number in range(6)]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda entry: append_sources(workspace, [entry]), entries))
    assert sorted(re.findall("name: (.*)", path.read_text())) == [entry["name"] for entry in entries]


def test_what_would_be_wrong_is_not_written(workspace: Workspace) -> None:
    path = write(workspace.root / FILE, "- {name: 量子位, url: https://a.cn/}\n")
    before = path.read_bytes()
    with pytest.raises(BulletinError, match=r"^没有加入：与第 1 行的信息源同名（量子位）$"):
        append_sources(workspace, [FEED])
    assert path.read_bytes() == before


def test_a_mistake_that_was_there_before_stops_no_addition(workspace: Workspace) -> None:
    path = write(workspace.root / FILE, "- {name: 甲}\n")
    append_sources(workspace, [FEED])
    assert path.read_text() == "- {name: 甲}\n" + ADDED


def test_a_file_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    write(workspace.root / FILE, b"\xff\xff\xff\x00\x81")
    with pytest.raises(ProblemsError, match=r"^sources/feeds.yaml:1: 有无法辨认的字节"):
        sources_of(workspace)
