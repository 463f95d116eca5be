"""Whatever is edited between builds: the archive is the one that is made at once, and search finds what is in it."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Outcome, write, write_article, write_issue

from xcbulletin.settings import Workspace

Run = Callable[..., Outcome]
Edit = Callable[[Path, random.Random], None]
SEED, ROUNDS = 3, 8
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="3"><rect width="{0}" height="3"/></svg>'


def _articles(root: Path) -> list[Path]:
    return sorted(root.glob("issues/*/*/*.md"))


def _settings(root: Path) -> list[Path]:
    return sorted(root.glob("issues/*/issue.yaml"))


def _append(file: Path, text: str) -> None:
    write(file, f"{file.read_text(encoding='utf-8')}{text}")


def _write_on(root: Path, chance: random.Random) -> None:
    _append(chance.choice(_articles(root)), f"\n又写了第{chance.randrange(99)}段。\n")


def _link(root: Path, chance: random.Random) -> None:
    article, other = chance.choices(_articles(root), k=2)
    issue = chance.choice(_settings(root)).parent.name
    _append(
        article,
        f"\n见[那篇](../../{other.relative_to(root / 'issues').as_posix()})和[那期](../../{issue})。\n",
    )


def _retitle(root: Path, chance: random.Random) -> None:
    article = chance.choice(_articles(root))
    write(
        article, article.read_text(encoding="utf-8").replace("title: ", f"title: 改{chance.randrange(99)}", 1)
    )


def _hide_or_show(root: Path, chance: random.Random) -> None:
    article = chance.choice(_articles(root))
    text = article.read_text(encoding="utf-8")
    hidden = text.replace("title: ", "draft: true\ntitle: ", 1)
    write(article, text.replace("draft: true\n", "") if "draft: true" in text else hidden)


def _hide_or_show_issue(root: Path, chance: random.Random) -> None:
    settings = chance.choice(_settings(root))
    text = settings.read_text(encoding="utf-8")
    write(settings, text.replace("draft: true\n", "") if "draft" in text else f"{text}draft: true\n")


def _break_or_mend(root: Path, chance: random.Random) -> None:
    settings = chance.choice(_settings(root))
    text = settings.read_text(encoding="utf-8")
    write(settings, text.replace("dte:", "date:") if "dte:" in text else text.replace("date:", "dte:"))


def _date_anew(root: Path, chance: random.Random) -> None:
    write(
        chance.choice(_settings(root)),
        f"date: 20{chance.randrange(19, 23)}-{chance.randrange(1, 13):02}-20\n",
    )


def _move(root: Path, chance: random.Random) -> None:
    article = chance.choice(_articles(root))
    column = chance.choice(("news", "trends", "finance"))
    target = article.parent.parent / column / f"{chance.randrange(10, 99)}-moved.md"
    target.parent.mkdir(exist_ok=True)
    shutil.move(article, target)


def _rename_issue(root: Path, chance: random.Random) -> None:
    folder = chance.choice(_settings(root)).parent
    folder.rename(folder.with_name(f"special-{chance.randrange(999)}"))


def _copy_issue(root: Path, chance: random.Random) -> None:
    name = f"2022-{chance.randrange(1, 13):02}"
    shutil.copytree(chance.choice(_settings(root)).parent, root / "issues" / name, dirs_exist_ok=True)


def _change_picture(root: Path, chance: random.Random) -> None:
    picture = chance.choice(_settings(root)).parent / "assets" / "a.svg"
    if picture.exists() and chance.random() < 0.5:
        picture.unlink()
    else:
        write(picture, SVG.format(chance.randrange(4, 99)))


def _change_masthead(root: Path, chance: random.Random) -> None:
    file = root / "bulletin.yaml"
    write(
        file,
        file.read_text(encoding="utf-8").replace("publisher: [", f"publisher: [甲{chance.randrange(9)}, ", 1),
    )


def _forget(root: Path, _chance: random.Random) -> None:
    shutil.rmtree(root / "build" / ".cache", ignore_errors=True)


EDITS: tuple[Edit, ...] = (
    *(_write_on, _link, _link, _retitle, _hide_or_show, _hide_or_show, _hide_or_show_issue),
    *(_break_or_mend, _break_or_mend, _date_anew, _move, _rename_issue, _copy_issue),
    *(_change_picture, _change_masthead, _forget),
)


@pytest.fixture
def three_issues(workspace: Workspace) -> Path:
    for month in (1, 2, 3):
        folder = write_issue(workspace, f"2021-0{month}", f"date: 2021-0{month}-26\n")
        write(folder / "assets" / "a.svg", SVG.format(month))
        for number, industry in enumerate(("ai", "power"), 1):
            body = f"第{month}期光伏。\n\n![图](assets/a.svg)\n" if number == 1 else "芯片。\n"
            write_article(
                folder, f"news/0{number}.md", body, title=f"题{month}{number}", industries=[industry]
            )
    return workspace.root


def _files(root: Path) -> dict[str, bytes]:
    folder = root / "build" / "archive"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def _found(run: Run, root: Path) -> object:
    return json.loads(run("--workspace", str(root), "search", "第", "--json").out)


def test_edits_come_to_what_is_made_at_once(three_issues: Path, tmp_path: Path, run: Run) -> None:
    chance = random.Random(SEED)
    for _ in range(ROUNDS):
        edits = chance.choices(EDITS, k=chance.choice((1, 1, 2, 3)))
        for edit in edits:
            edit(three_issues, chance)
        bit_by_bit = run("archive", "build")
        anew = tmp_path / "anew"
        shutil.rmtree(anew, ignore_errors=True)
        shutil.copytree(three_issues, anew, ignore=shutil.ignore_patterns("build", "desk.db*"))
        at_once = run("--workspace", str(anew), "archive", "build")
        told = [edit.__name__ for edit in edits]
        assert (told, _files(three_issues)) == (told, _files(anew))
        assert (bit_by_bit.code, bit_by_bit.err) == (at_once.code, at_once.err), told
        assert _found(run, three_issues) == _found(run, anew), told
