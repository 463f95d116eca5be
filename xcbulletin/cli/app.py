"""The command line itself: its name, and the workspace that a command works in."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

app = typer.Typer(
    name="xcbulletin",
    help="编印《许昌竞争情报快递》：从一个文件夹的 Markdown 文稿，到可印的 PDF、网页和邮件。",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def _workspace(
    context: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option(
            "--workspace",
            metavar="文件夹",
            envvar="XCBULLETIN_WORKSPACE",
            help="工作区所在的文件夹，默认为当前文件夹",
        ),
    ] = None,
) -> None:
    context.obj = workspace or Path.cwd()


def list_in_order(commands: typer.Typer, modules: Sequence[ModuleType]) -> None:
    """List the commands as their modules are given here; they were imported in the order of the alphabet."""
    order = [module.__name__ for module in modules]
    commands.registered_commands.sort(key=lambda one: order.index(getattr(one.callback, "__module__", "")))
