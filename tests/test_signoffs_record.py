"""signoffs.yaml on disk: written whole, read back, and told on whenever anybody has been at it."""

import datetime
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from conftest import write
from hypothesis import given
from hypothesis import strategies as st
from signatures import MORNING, PEOPLE, SETTINGS, STAGES, Texts, chain, rejected

from xcbulletin.errors import ProblemsError
from xcbulletin.model import Severity
from xcbulletin.proofing.signoffs.entries import Signoff, fingerprint, format_signoffs
from xcbulletin.proofing.signoffs.reading import parse_signoffs
from xcbulletin.proofing.signoffs.record import Record, read, read_covered, sign
from xcbulletin.proofing.signoffs.standing import Signing, SigningError

FILE = "issues/2021-01/signoffs.yaml"
RESTORE = "；请从备份里找回原来的 signoffs.yaml，不要手改"
THREE = chain(Texts().files, "一审", "二审", "三审")
WHOLE = format_signoffs(chain(Texts().files, *STAGES[:2], rejected("三审"), "一审")).encode()


def told(content: bytes | str) -> list[str]:
    content = content.encode() if isinstance(content, str) else content
    return [str(problem) for problem in parse_signoffs(content, FILE, STAGES)[1]]


def rechained(signoffs: list[Signoff]) -> str:
    """Return sign-offs with fingerprints of their own but the links as they were."""
    return format_signoffs(replace(one, sha256=fingerprint(one)) for one in signoffs)


# What is written is read


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(
    lambda name: name.strip() == name
)
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(
    NAMES,
    st.none() | NAMES,
    st.booleans(),
    st.dictionaries(NAMES.map(lambda name: f"news/{name}.md"), DIGESTS),
)
def test_a_sign_off_is_read_as_it_was_written(by: str, why: str | None, correction: bool, files) -> None:
    signoffs = chain(files, {"stage": "一校", "by": by, "why": why, "correction": correction}, "二校")
    assert parse_signoffs(format_signoffs(signoffs).encode(), FILE, STAGES) == (signoffs, ())


def test_the_file_is_yaml_that_anybody_can_read() -> None:
    first = yaml.safe_load(WHOLE)[2]
    assert (first["stage"], first["by"], first["decision"], first["why"]) == (
        "三审",
        "王五",
        "rejected",
        "数字与来源不符",
    )
    assert first["files"] == Texts().files


def test_a_sign_off_more_leaves_what_was_there_as_it_was() -> None:
    assert format_signoffs(THREE).startswith(format_signoffs(THREE[:2]))


def test_a_checkout_on_windows_changes_nothing() -> None:
    assert told(WHOLE.replace(b"\n", b"\r\n")) == []
    assert told(b"\xef\xbb\xbf" + WHOLE) == []


# Tampering


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_any_byte_changed_is_told(at: int, by: int) -> None:
    assert told(WHOLE[:at] + bytes([WHOLE[at] ^ by]) + WHOLE[at + 1 :])


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=3))
def test_any_byte_taken_away_or_put_in_is_told(at: int, more: bytes) -> None:
    assert told(WHOLE[:at] + WHOLE[at + 1 :])
    assert told(WHOLE[:at] + more + WHOLE[at:]) or more == b"\xef\xbb\xbf"


def test_an_edited_sign_off_is_told_and_no_other() -> None:
    text = format_signoffs(THREE).replace("李四", "李五")
    assert told(text) == [f"{FILE}:14: 第 2 条（二审 李五）被改过：内容与它的校验码对不上{RESTORE}"]


def test_a_sign_off_edited_with_its_fingerprint_breaks_the_next() -> None:
    text = rechained([THREE[0], replace(THREE[1], by="李五"), THREE[2]])
    assert told(text) == [f"{FILE}:25: 第 3 条（三审 王五）前面缺了一条：它接着的那条被删去或改写了{RESTORE}"]


def test_a_sign_off_removed_is_told() -> None:
    assert told(format_signoffs([THREE[0], THREE[2]])) == [
        f"{FILE}:14: 第 2 条（三审 王五）前面缺了一条：它接着的那条被删去或改写了{RESTORE}"
    ]
    assert told(format_signoffs(THREE[1:])) == [
        f"{FILE}:4: 第 1 条（二审 李四）前面缺了一条：它接着的那条不在了{RESTORE}"
    ]


def test_sign_offs_put_in_another_order_are_told() -> None:
    assert told(format_signoffs([THREE[0], THREE[2], THREE[1]])) == [
        f"{FILE}:14: 第 2 条（三审 王五）不在原来的位置：次序被调换过，或多出了一条{RESTORE}",
        f"{FILE}:25: 第 3 条（二审 李四）不在原来的位置：次序被调换过，或多出了一条{RESTORE}",
    ]


def test_a_clock_set_back_is_told() -> None:
    files = Texts().files
    signoffs = chain(files, "一审", {"stage": "二审", "at": MORNING - datetime.timedelta(hours=1)})
    assert told(format_signoffs(signoffs)) == [
        f"{FILE}:14: 第 2 条（二审 李四）签于 2021-01-29 08:00:00+08:00，"
        f"比上一条（2021-01-29 09:00:00+08:00）还早：时钟被拨回过{RESTORE}"
    ]


def test_a_stage_that_there_is_not_is_told() -> None:
    assert told(format_signoffs(chain(Texts().files, "四审"))) == [
        f"{FILE}:4: 第 1 条（四审 某人）：没有“四审”这一级；"
        "bulletin.yaml 的 review.stages 现有：一审、二审、三审、一校、二校、三校；"
        "级的名称改过的，改回去，以前签的才算数"
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  by: 李四\n", "", f"{FILE}:14: 缺少“签审.2.by”；请加一行“by: ……”"),
        ("by: 李四", "by: [李四", f"{FILE}:15: 这里不合 YAML 写法，读不下去；请检查引号"),
        (
            "09:01:00+08:00",
            "09:01:00",
            f"{FILE}:16: “签审.2.at”应为带时区的时刻（如 2021-01-29T09:00:00+08:00），现为“2021-01-29T09:01:00”",
        ),
        (
            "decision: signed",
            "decision: 同意",
            f"{FILE}:7: “签审.1.decision”应为 signed 或 rejected，现为“同意”",
        ),
        ("# 签审记录", "# 签审纪录", f"{FILE}:1: 这里被手改过：与程序写的不一样{RESTORE}"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(old: str, new: str, message: str) -> None:
    problems = told(format_signoffs(THREE).replace(old, new))
    assert any(problem.startswith(message) for problem in problems), problems


@pytest.mark.parametrize(
    "content",
    ["无", "stage: 一审\n", "- 一审\n", "[" * 60, "- {stage: 一审, files: [a]}\n", "\x00", b"\xff\xfe\xff"],
)
def test_what_is_no_list_of_sign_offs_is_told(content: str | bytes) -> None:
    assert told(content)


@given(st.binary(max_size=60))
def test_whatever_the_file_holds_is_read_or_told(content: bytes) -> None:
    signoffs, problems = parse_signoffs(content, FILE, STAGES)
    assert problems or not signoffs


# The folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "issues" / "2021-01"
    write(folder / "issue.yaml", "date: 2021-01-29\n")
    write(folder / "news" / "01.md", "---\ntitle: 标题\n---\n正文一句话。\n")
    write(folder / "assets" / "a.png", b"\x89PNG")
    write(folder / "evidence" / "01.txt", "证据")
    write(folder / ".swp", "x")
    return folder


@pytest.fixture
def put(folder: Path) -> Callable[..., Signoff]:
    """Sign a stage, a minute after the one before."""
    clock = iter(MORNING + datetime.timedelta(minutes=minute) for minute in range(1000))

    def put(stage: str, **fields) -> Signoff:
        at = fields.pop("at", None)
        asked = Signing(**{"stage": stage, "by": PEOPLE.get(stage, "某人"), **fields})
        return sign(folder, asked, SETTINGS, lambda: read_covered(folder, {}), lambda: at or next(clock))

    return put


def record(folder: Path) -> Record:
    return read(folder, STAGES)


def problems(folder: Path) -> list[str]:
    return [str(one) for one in record(folder).problems]


def test_what_is_printed_is_covered(folder: Path) -> None:
    write(folder / "news" / "02.md", "草稿")
    covered = read_covered(folder, {"news/02.md": True}, {"刊头.yaml": b"a: 1\n"})
    assert sorted(covered.files) == ["assets/a.png", "issue.yaml", "news/01.md", "刊头.yaml"]
    assert sorted(name.rpartition(".")[2] for name in covered.texts) == ["md", "yaml", "yaml"]


def test_an_article_is_covered_wherever_it_is_kept(folder: Path) -> None:
    (folder.parent / "elsewhere").mkdir()
    write(folder.parent / "elsewhere" / "01.md", "趋势")
    (folder / "trends").symlink_to(folder.parent / "elsewhere")
    covered = read_covered(folder, {"news/01.md": False, "trends/01.md": False, "evidence/01.txt": False})
    assert {"trends/01.md", "evidence/01.txt"} <= covered.files.keys()


def test_a_signed_text_is_kept_beside_the_sign_offs(folder: Path, put: Callable[..., Signoff]) -> None:
    signoff = put("一审")
    text = (folder / "news" / "01.md").read_bytes()
    assert (folder / "signed" / f"{signoff.files['news/01.md']}.md").read_bytes() == text
    assert sorted(signoff.files) == ["assets/a.png", "issue.yaml", "news/01.md"]
    (folder / "news" / "01.md").unlink()
    now = record(folder)
    assert now.text_of(read_covered(folder, {}))(signoff.files["news/01.md"]) == text.decode()
    assert now.signoffs == (signoff,)
    assert now.problems == ()


def test_signing_does_not_count_itself(put: Callable[..., Signoff]) -> None:
    assert put("一审").files == put("二审").files


def test_a_clock_that_runs_behind_stops_the_signing(folder: Path, put: Callable[..., Signoff]) -> None:
    put("一审", at=MORNING)
    before = (folder / "signoffs.yaml").read_bytes()
    with pytest.raises(SigningError) as raised:
        put("二审", at=MORNING - datetime.timedelta(seconds=1))
    assert str(raised.value) == (
        "这台电脑的时钟是 2021-01-29 08:59:59+08:00，比上一条签审（一审 2021-01-29 09:00:00+08:00）还早；请先校准时钟；"
        "如果是上一条签的时候时钟快了，请从备份里找回那以前的 signoffs.yaml 和 signed 文件夹"
    )
    assert (folder / "signoffs.yaml").read_bytes() == before


def test_nobody_signs_where_somebody_has_been_at_the_file(folder: Path, put: Callable[..., Signoff]) -> None:
    put("一审")
    path = folder / "signoffs.yaml"
    path.write_text(path.read_text().replace("张三", "张四"))
    with pytest.raises(ProblemsError, match="第 1 条（一审 张四）被改过"):
        put("二审")


def test_the_last_sign_off_cut_off_is_told_by_the_copy(folder: Path, put: Callable[..., Signoff]) -> None:
    first = put("一审")
    put("二审", by="李四", decision="rejected", why="有误")
    write(folder / "signoffs.yaml", format_signoffs([first]))
    lost = "issues/2021-01/signed/signoffs.yaml 不一样，少了 二审（李四 2021-01-29 09:01）；存底本身是连贯的；查明原因后，可以把它复制回来"
    assert problems(folder) == [f"{FILE}: 与存底 {lost}"]
    (folder / "signoffs.yaml").unlink()
    assert "少了 一审（张三 2021-01-29 09:00）、二审（李四 2021-01-29 09:01）" in problems(folder)[0]


@pytest.mark.parametrize("move", [shutil.copytree, Path.rename])
def test_signatures_do_not_go_along_with_a_copy_or_another_name(
    folder: Path, put: Callable[..., Signoff], move: Callable[[Path, Path], object]
) -> None:
    put("一审")
    put("二审")
    other = folder.parent / "2021-02"
    move(folder, other)
    assert problems(other) == [
        "issues/2021-02/signoffs.yaml: 第 1 条（一审 张三）签的是 2021-01，不是这一期；从那一期复制来的，"
        "请删去这里的 signoffs.yaml 和 signed 文件夹，从头签；是改了名的，请改回 2021-01"
    ]
    with pytest.raises(ProblemsError, match="不是这一期"):
        sign(
            other,
            Signing(stage="三审", by="王五"),
            SETTINGS,
            lambda: read_covered(other, {}),
            lambda: MORNING,
        )


@pytest.mark.parametrize("name", ["2021", "2021-01-29", "1e5", "on"])
def test_whatever_an_issue_is_called_its_name_is_read_as_text(folder: Path, name: str) -> None:
    other = folder.rename(folder.parent / name)
    sign(other, Signing(stage="一审", by="张三"), SETTINGS, lambda: read_covered(other, {}), lambda: MORNING)
    assert problems(other) == []
    if name != "on":
        assert yaml.safe_load((other / "signoffs.yaml").read_bytes())[0]["issue"] == name


def test_the_last_sign_off_forged_is_told_by_the_copy(folder: Path, put: Callable[..., Signoff]) -> None:
    write(folder / "signoffs.yaml", rechained([replace(put("一审"), by="王五")]))
    assert problems(folder)[0].startswith(
        f"{FILE}: 与存底 issues/2021-01/signed/signoffs.yaml 不一样，少了 一审（张三"
    )


def test_whoever_was_stopped_before_the_copy_was_written_is_no_forger(
    folder: Path, put: Callable[..., Signoff]
) -> None:
    put("一审")
    copy = (folder / "signed" / "signoffs.yaml").read_bytes()
    put("二审")
    write(folder / "signed" / "signoffs.yaml", copy)
    assert problems(folder) == []
    put("三审")
    assert (folder / "signed" / "signoffs.yaml").read_bytes() == (folder / "signoffs.yaml").read_bytes()


@pytest.mark.parametrize(("altered", "told"), [("改", "被改过"), (None, "不见了")])
def test_a_kept_text_altered_or_lost_is_a_remark(
    folder: Path, put: Callable[..., Signoff], altered: str | None, told: str
) -> None:
    name = f"signed/{put('一审').files['news/01.md']}.md"
    (folder / name).unlink() if altered is None else write(folder / name, altered)
    (problem,) = record(folder).problems
    assert str(problem) == (
        f"issues/2021-01/{name}: 签过的 news/01.md 的存底{told}，看不出签后改了哪里；请从备份里找回"
    )
    assert problem.severity is Severity.WARNING
    put("二审")
    assert problems(folder) == []


def test_many_who_sign_at_once_lose_nothing(folder: Path, put: Callable[..., Signoff]) -> None:
    def sign_in_turn(stage: str) -> None:
        while True:
            try:
                put(stage, at=MORNING)
            except SigningError:  # not his turn yet
                continue
            else:
                return

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(sign_in_turn, reversed(STAGES)))
    assert [one.stage for one in record(folder).signoffs] == list(STAGES)
    assert problems(folder) == []


def test_of_two_who_sign_one_stage_at_once_one_has(folder: Path, put: Callable[..., Signoff]) -> None:
    def attempt(name: str) -> str:
        try:
            return put("一审", by=name, at=MORNING).by
        except SigningError as error:
            return str(error)

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(attempt, "甲乙丙丁戊己庚辛"))
    (signoff,) = record(folder).signoffs
    assert said.count(signoff.by) == 1
    assert sum(one.startswith(f"{signoff.by}已在") for one in said) == 7
