"""The commands of an issue: laid out, imported, checked, built, shown."""

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xcbulletin.cli.app import app
from xcbulletin.cli.words import (
    IssueArgument,
    IssuesArgument,
    chosen_issues,
    complain,
    counted,
    list_problems,
    open_workshop,
    problems_document,
    say,
    say_json,
    selected_industries,
    split,
)
from xcbulletin.errors import BulletinError, ProblemsError, UsageMistakeError, WorkspaceError, reason
from xcbulletin.model import Audience, IssueId, Kind

if TYPE_CHECKING:
    import datetime

    from xcbulletin.proofroom.checking import Checked
    from xcbulletin.publishing.outputs import Format
    from xcbulletin.workshop import Built, Workshop

# Heavy imports stand inside the commands that need them, so that --help answers at once.

KindOption = Annotated[Kind, typer.Option("--kind", metavar="bulletin|report", help="快递，或长报告")]


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="新工作区，默认为当前文件夹")] = Path(),
) -> None:
    """新建一个工作区：设置、模板、产业表，和排好栏目的第一期。"""
    import datetime

    from xcbulletin.manuscript.new import lay_out
    from xcbulletin.manuscript.write import add_issue
    from xcbulletin.settings import open_workspace
    from xcbulletin.starter import starter_files
    from xcbulletin.workspace import SETTINGS_FILE, issue_ids, parse_issue_id, write_whole

    root = folder.resolve()
    if (root / SETTINGS_FILE).exists():
        raise WorkspaceError(f"{folder}: 这里已经是工作区（有 {SETTINGS_FILE}），没有改动它；请换一个文件夹")
    taken = [name for name in starter_files() if (root / name).exists() and name != ".gitignore"]
    if taken:
        raise WorkspaceError(
            f"{folder}: 已有同名文件（{'、'.join(taken[:3])}），没有改动它；请换一个空文件夹"
        )
    for name, content in starter_files().items():
        if not (root / name).exists():
            write_whole(root / name, content)
    workspace = open_workspace(root, {})
    today = datetime.date.today()
    issue = parse_issue_id(f"{today:%Y-%m}")
    if not issue_ids(root):
        add_issue(root / "issues" / issue, lay_out(issue, Kind.BULLETIN, workspace.columns, today))
    say(f"新工作区：{root}")
    say(f"第一期在 {root / 'issues' / issue}；写好后在工作区里运行 xcbulletin build {issue}")


@app.command()
def new(context: typer.Context, issue: IssueArgument, kind: KindOption = Kind.BULLETIN) -> None:
    """新建一期，栏目都排好。"""
    import datetime

    from xcbulletin.manuscript.new import lay_out
    from xcbulletin.manuscript.write import add_issue
    from xcbulletin.model import REPORT_PARTS
    from xcbulletin.workspace import parse_issue_id

    workspace = open_workshop(context).workspace
    issue_id = parse_issue_id(issue)
    columns = REPORT_PARTS if kind is Kind.REPORT else workspace.columns
    files = lay_out(issue_id, kind, columns, datetime.date.today())
    add_issue(workspace.root / "issues" / issue_id, files)
    say(f"新建了 issues/{issue_id}：{'、'.join(files)}")


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件", help="纯文本、Markdown、HTML 或 DOCX")],
    issue: IssueArgument,
    kind: KindOption = Kind.BULLETIN,
) -> None:
    """把现成的一期或一份报告导入为文稿；没有看懂的地方逐条列出。"""
    import datetime

    from xcbulletin.manuscript.importing import import_document
    from xcbulletin.manuscript.new import last_day
    from xcbulletin.manuscript.write import add_issue
    from xcbulletin.model import REPORT_PARTS
    from xcbulletin.workspace import parse_issue_id

    workspace = open_workshop(context).workspace
    issue_id = parse_issue_id(issue)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise WorkspaceError(
            f"{file}: 读不到这个文件（{reason(error)}）；请检查文件名和所在文件夹"
        ) from error
    columns = REPORT_PARTS if kind is Kind.REPORT else workspace.columns
    imported = import_document(
        content, file.name, kind, columns, workspace.industries, last_day(issue_id), datetime.date.today()
    )
    add_issue(workspace.root / "issues" / issue_id, imported.files)
    for remark in sorted(imported.remarks, key=lambda one: one.place.line or 0):
        complain(str(remark))
    articles = sum(name.endswith(".md") for name in imported.files)
    say(
        f"导入到 issues/{issue_id}：{articles} 篇文章；{len(imported.remarks)} 处需要看一看"
        + ("（见上）" if imported.remarks else "")
    )


@app.command()
def check(
    context: typer.Context,
    issues: IssuesArgument = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="改正有把握的差错，列出改了哪里；其余的照样列出")
    ] = False,
    report: Annotated[
        bool, typer.Option("--report", help="另写成网页 build/check/期号.html，标出每一处")
    ] = False,
    links: Annotated[bool, typer.Option("--links", help="另上网查一查，文中的网址还打得开没有")] = False,
) -> None:
    """检查和校对文稿，逐条列出问题所在的文件、行和改法，估算差错率。不写期号就检查每一期。"""
    from xcbulletin.proofroom.checking import check as check_issue
    from xcbulletin.proofroom.reporting import write_page

    if fix and as_json:
        raise UsageMistakeError("--fix 和 --json 不能一起用：改动要给人看；请先 --fix，再 --json")
    with open_workshop(context) as workshop:
        chosen = chosen_issues(workshop.root, issues, every=not issues)
        if fix:
            for issue in chosen:
                _mend(workshop, issue)
        results = [check_issue(workshop, issue, _today()) for issue in chosen]
        if links:
            results = _with_links(workshop, results)
        written = [write_page(workshop, checked) for checked in results] if report else []
    if as_json:
        documents = [_checked_document(checked) for checked in results]
        say_json(documents[0] if len(documents) == 1 else documents)
    else:
        for checked in results:
            list_problems(checked.problems)
            rate = f"；{checked.error_rate}" if checked.error_rate.characters else ""
            say(f"{checked.issue}: {counted(checked.problems)}{rate}")
        for path in written:
            say(f"标出各处的网页：{path.relative_to(workshop.root).as_posix()}")
    if any(checked.has_errors for checked in results):
        raise typer.Exit(1)


def _with_links(workshop: "Workshop", results: list["Checked"]) -> list["Checked"]:
    from xcbulletin.proofroom.linking import with_links

    return [with_links(workshop, checked) if checked.texts else checked for checked in results]


def _mend(workshop: "Workshop", issue: IssueId) -> None:
    """Make the safe corrections in an issue, and show them."""
    from xcbulletin.proofroom.checking import check as check_issue
    from xcbulletin.proofroom.checking import mend, write_mended

    mended = mend(workshop.root, check_issue(workshop, issue, _today()))
    for difference in mended.differences:
        say(difference)
    write_mended(workshop.root, mended)
    say(
        f"{issue}: 在 {len(mended.files)} 个文件里改正了 {mended.corrections} 处"
        if mended.corrections
        else f"{issue}: 没有可以放心自动改正的地方"
    )


def _today() -> "datetime.date":
    """Return the day it is where editors are."""
    import datetime

    from xcbulletin.zone import SHANGHAI

    return datetime.datetime.now(SHANGHAI).date()


def _checked_document(checked: "Checked") -> dict[str, Any]:
    rate = checked.error_rate
    return {
        **problems_document(checked.issue, checked.problems),
        "errorrate": {
            "slips": rate.slips,
            "characters": rate.characters,
            "per_10000": round(rate.rate, 2),
            "yardstick": rate.yardstick,
            "passes": rate.passes,
        }
        if rate.characters
        else None,
    }


@app.command()
def build(
    context: typer.Context,
    issues: IssuesArgument = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="格式", help="pdf、html、email，可用逗号连写；默认全部"),
    ] = None,
    industries: Annotated[
        list[str] | None,
        typer.Option("--industry", metavar="产业", help="只编入这些产业的文章，可用逗号连写，也可重复"),
    ] = None,
    edition: Annotated[
        str,
        typer.Option("--edition", metavar="standard|large", help="通常的版本，或大字版（正文三号字）"),
    ] = "standard",
    every: Annotated[bool, typer.Option("--all", help="编印每一期")] = False,
    final: Annotated[
        bool, typer.Option("--final", help="定稿：有错误，或要求三审三校而没有签完，就不编印")
    ] = False,
) -> None:
    """编印成刊：build/期号/ 里的 PDF、网页和邮件。不写期号就编印最新一期。"""
    wanted, large_print = _formats(formats), _is_large(edition)
    failed = False
    with open_workshop(context) as workshop:
        chosen = chosen_issues(workshop.root, issues, every=every)
        if final:
            settled = tuple(issue for issue in chosen if _is_final(workshop, issue))
            chosen, failed = settled, settled != chosen
        selection = (
            selected_industries(workshop.workspace.industries, split(industries)) if industries else ()
        )
        audience = Audience(industries=selection, large_print=large_print)
        for issue, outcome in zip(chosen, workshop.build_each(chosen, wanted, audience), strict=True):
            if isinstance(outcome, BulletinError):
                failed = True
                _tell(outcome)
                complain(f"{issue}: 没有编印；请先改正以上问题")
            else:
                _report(outcome, workshop.root)
    if failed:
        raise typer.Exit(1)


def _is_final(workshop: "Workshop", issue: IssueId) -> bool:
    """Tell whether an issue may be built as it is to go out; say why not."""
    from xcbulletin.proofroom.checking import require_sound
    from xcbulletin.proofroom.signing import require_signatures

    try:
        require_sound(workshop, issue, _today())
        require_signatures(workshop, issue, "定稿")
    except BulletinError as error:
        _tell(error)
        complain(f"{issue}: 没有编印；请先改正以上问题")
        return False
    return True


def _tell(error: BulletinError) -> None:
    if isinstance(error, ProblemsError):
        list_problems(error.problems)
    else:
        complain(str(error))


def _report(built: "Built", root: Path) -> None:
    list_problems(built.problems)
    made = "、".join(name for name in built.files if "/" not in name)
    say(f"{built.folder.relative_to(root).as_posix()}: {made or '没有变化，不必重印'}")


@app.command()
def preview(
    context: typer.Context,
    issue: Annotated[
        str | None, typer.Argument(metavar="期号", help="如 2021-01；不写就预览最新一期", show_default=False)
    ] = None,
    port: Annotated[
        str | None,
        typer.Option("--port", metavar="端口", help="默认 8000，被占用就用后面空着的", show_default=False),
    ] = None,
) -> None:
    """在浏览器里看网页版，文件一保存就更新；有错时告诉你错在哪里。草稿和编印时一样不出现。"""
    from xcbulletin.preview import PORT

    workshop = open_workshop(context)
    (chosen,) = chosen_issues(workshop.root, [issue] if issue else None, every=False)
    with suppress(KeyboardInterrupt), workshop.preview(chosen, _ports(port)) as shown:
        if port is None and shown.port != PORT:
            say(f"端口 {PORT} 已被占用，改用 {shown.port}")
        say(f"{chosen} 的网页版：{shown.address}")
        say("文件一保存，网页就会更新；看完了按 Ctrl+C 结束")
        shown.wait()


def _ports(port: str | None) -> Sequence[int]:
    from xcbulletin.preview import PORT

    if port is None:
        return range(PORT, PORT + 20)
    if not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        raise UsageMistakeError(f"--port 后面应为 1024 到 65535 的整数，现为“{port}”")
    return [int(port)]


def _formats(names: Sequence[str] | None) -> tuple["Format", ...]:
    from xcbulletin.publishing.outputs import Format

    try:
        return tuple(dict.fromkeys(Format(name.lower()) for name in split(names))) or tuple(Format)
    except ValueError as error:
        raise UsageMistakeError(
            f"--format 只能是 {'、'.join(Format)}，可用逗号连写，如 --format pdf,html"
        ) from error


def _is_large(edition: str) -> bool:
    if edition not in ("standard", "large"):
        raise UsageMistakeError(f"--edition 只能是 standard（通常的版本）或 large（大字版），现为“{edition}”")
    return edition == "large"


@app.command()
def fonts() -> None:
    """准备印刷用的字体（宋、黑、楷、仿宋）；每台机器只需一次。"""
    from xcbulletin.publishing.typefaces.fonts import fonts_directory
    from xcbulletin.publishing.typefaces.typefoundry import prepare

    prepare(fonts_directory(), say)
