"""The list exchanged with other readers, as OPML."""

from pathlib import Path
from typing import Annotated

import typer

from xcbulletin.cli.sources.words import group
from xcbulletin.cli.words import complain, list_problems, open_newsroom, say
from xcbulletin.errors import ImportFailedError, WorkspaceError, reason

# Heavy imports stand inside the commands that need them, so that --help answers at once.

FileArgument = Annotated[Path, typer.Argument(metavar="文件.opml", help="OPML 文件")]


@group.command("import")
def import_(context: typer.Context, file: FileArgument) -> None:
    """把别的阅读器导出的 OPML 加进 sources/feeds.yaml；已经有的略去，逐条说明。"""
    from xcbulletin.collecting.following.adding import append_sources
    from xcbulletin.collecting.following.opml import read_opml

    try:
        content = file.read_bytes()
    except OSError as error:
        raise ImportFailedError(
            f"{file}: 读不到这个文件（{reason(error)}）；请检查文件名和所在文件夹"
        ) from error
    with open_newsroom(context) as newsroom:
        workspace = newsroom.workspace
        rsshub = workspace.settings.collector.rsshub
        imported = read_opml(content, file.name, newsroom.sources, workspace.industries, rsshub)
    if imported.outlines:
        append_sources(workspace, [one.entry for one in imported.outlines])
    for remark in imported.remarks:
        complain(remark)
    say(f"从 {file.name} 加入 {len(imported.outlines)} 个信息源，略去 {len(imported.remarks)} 个")


@group.command()
def export(context: typer.Context, file: FileArgument) -> None:
    """把订阅类的信息源写成 OPML，给别的阅读器用。"""
    from xcbulletin.collecting.following.opml import format_opml
    from xcbulletin.workspace import write_whole

    if file.exists():
        raise WorkspaceError(f"{file}: 已有这个文件，没有改动它；请换一个文件名")
    with open_newsroom(context) as newsroom:
        workspace = newsroom.workspace
        title = workspace.settings.masthead.title
        content, left_out = format_opml(newsroom.sources, workspace.industries, title)
        problems = newsroom.source_problems
    write_whole(file.absolute(), content)
    list_problems(problems)
    if left_out:
        shown = "、".join(left_out[:3]) + ("等" if len(left_out) > 3 else "")
        complain(f"提醒：有 {len(left_out)} 个没有写入（{shown}），OPML 只能写订阅地址")
    say(f"{file}: 写入 {len(newsroom.sources) - len(left_out)} 个信息源")
