"""The commands of the archive: its site, and its annual volumes."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from xcbulletin.cli.app import app
from xcbulletin.cli.terminal import MovingLine
from xcbulletin.cli.words import complain, list_problems, open_readingroom, say
from xcbulletin.errors import UsageMistakeError, has_errors

if TYPE_CHECKING:
    from xcbulletin.readingroom.building import BuiltArchive

# Heavy imports stand inside the commands that need them, so that --help answers at once.

group = typer.Typer(help="归档：全部各期做成可检索的网站，全年做成合订本。", rich_markup_mode=None)
app.add_typer(group, name="archive")

_MOST_NAMED = 6


@group.command()
def build(
    context: typer.Context,
    pdf: Annotated[bool, typer.Option("--pdf", help="没有现成 PDF 的各期，先印出来")] = False,
    without_search: Annotated[
        bool, typer.Option("--without-search", help="不做检索的索引，文件少得多；检索页会说明用不了")
    ] = False,
) -> None:
    """把已经出刊的各期做成网站：build/archive/，从服务器、共享盘、U 盘都能打开。只重写有变化的文件。"""
    from xcbulletin.readingroom.building import build_archive

    line = MovingLine()
    with open_readingroom(context) as room:
        try:
            built = build_archive(
                room,
                with_search=not without_search,
                print_pdfs=pdf,
                tell=lambda how_far: line.show(f"整理 {how_far}"),
            )
        finally:
            line.clear()
    _report(built)
    if has_errors(built.problems) or built.unprinted:
        raise typer.Exit(1)


def _report(built: "BuiltArchive") -> None:
    list_problems(built.problems)
    for issue, why in built.left_out:
        say(f"{issue}: 没有收进归档，{why}")
    for issue in built.failed:
        complain(f"{issue}: 没有收进归档；请先改正以上问题")
    for why in built.unprinted:
        complain(why)
    for year in built.old_volumes:
        say(
            f"{year} 年的合订本订好以后，这一年的文稿又有改动；要更新，请运行 xcbulletin archive volume {year}"
        )
    if built.without_pdf:
        remedy = "请先改正以上问题" if built.unprinted else "要有，请加 --pdf"
        say(f"{_named(built.without_pdf)}没有现成的 PDF，归档里没有它们的 PDF 链接；{remedy}")
    articles = sum(len(one.matter.articles) for one in built.issues)
    placed = built.placed
    say(
        f"build/archive: {len(built.issues)} 期 {articles} 篇；"
        f"写了 {placed.written} 个文件，删去 {placed.removed} 个，{placed.kept} 个没有变化"
    )
    say(
        "打开 build/archive/index.html 就能看；要给别人看，把整个 build/archive 文件夹拷到服务器、共享盘或 U 盘"
    )


def _named(issues: Sequence[str]) -> str:
    named = "、".join(issues[:_MOST_NAMED])
    return f"{named}等 {len(issues)} 期" if len(issues) > _MOST_NAMED else f"{named} "


@group.command()
def volume(
    context: typer.Context,
    year: Annotated[str, typer.Argument(metavar="年份", help="如 2021", show_default=False)],
) -> None:
    """把一年里已经出刊的各期订成一册 PDF：总目录、连续页码，产业、企业、政策文件索引。"""
    from xcbulletin.readingroom.binding import bind_volume
    from xcbulletin.readingroom.reading import issues_out

    if not re.fullmatch("[0-9]{4}", year):
        raise UsageMistakeError(f"年份应为四位数字，如 2021，现为“{year}”")
    with open_readingroom(context) as room:
        path, problems = bind_volume(room.workshop, int(year), issues_out(room.workshop, room.today))
    list_problems(problems)
    say(f"{path.relative_to(room.root).as_posix()}；再运行 xcbulletin archive build，归档里就有它的链接")
    if has_errors(problems):
        raise typer.Exit(1)
