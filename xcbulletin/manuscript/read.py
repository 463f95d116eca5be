"""An issue's folder to an `Issue`, or everything that is wrong with it."""

import datetime
import os
import re
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import cache, partial
from pathlib import Path, PurePosixPath

from xcbulletin.errors import ProblemsError
from xcbulletin.manuscript.evidence import EVIDENCE_FOLDER, TO_BE_REWRITTEN, digest
from xcbulletin.manuscript.frontmatter import ArticleFields, IssueFields, split, split_names
from xcbulletin.manuscript.new import PLACEHOLDER, TO_BE_WRITTEN
from xcbulletin.model import (
    REPORT_PARTS,
    Article,
    Column,
    Correction,
    Evidence,
    Issue,
    IssueId,
    Kind,
    Place,
    Problem,
    Severity,
    Source,
)
from xcbulletin.settings import Workspace, resolve_industries
from xcbulletin.workspace import SIGNED_FOLDER, SIGNOFFS_FILE, issue_folder
from xcbulletin.yamltext import YamlText, decode, parse_yaml, validate

ISSUE_FILE = "issue.yaml"
ASSETS_FOLDER = "assets"
_Resolve = Callable[[tuple[str, ...]], tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]
"""`resolve_industries` for the industries that there are."""


def read_issue(workspace: Workspace, issue_id: IssueId) -> tuple[Issue, tuple[Problem, ...]]:
    """Return the issue, and everything that is wrong with it.

    With an error among the problems the issue is a stand-in, as far as it could be read: good for finding
    what else is wrong, never for printing. Raises WorkspaceError where there is no such issue.
    """
    folder = issue_folder(workspace.root, issue_id)
    parsed, fields, problems = _read_issue_file(workspace.root, folder)
    kind = _kind_of(parsed) if fields is None else fields.kind
    names = _listed_industries(parsed) if fields is None else fields.industries
    fields = fields or IssueFields.model_construct(date=datetime.date.min)
    columns = REPORT_PARTS if kind is Kind.REPORT else workspace.columns
    # Most articles of an issue name the same few.
    resolve = cache(partial(resolve_industries, industries=workspace.industries))
    articles, more = _read_articles(workspace.root, folder, columns, resolve)
    problems += more
    codes, unknown = _industries(names, resolve, parsed)
    problems += unknown
    problems += _placeholders(parsed.place(("title",)), fields.title or "")
    masthead = workspace.settings.masthead
    return Issue(
        id=issue_id,
        kind=kind,
        title=fields.title or masthead.title,
        subtitle=fields.subtitle,
        publishers=fields.publisher or masthead.publisher,
        number=fields.number,
        total_number=fields.total_number,
        date=fields.date,
        columns=columns,
        articles=tuple(articles),
        industries=codes,
        numbered=fields.numbered,
        draft=fields.draft,
        imprint=fields.imprint.over(workspace.settings.imprint),
    ), tuple(problems)


def _read_issue_file(root: Path, folder: Path) -> tuple[YamlText, IssueFields | None, list[Problem]]:
    path = folder / ISSUE_FILE
    file = path.relative_to(root).as_posix()
    if not path.is_file():
        missing = Problem(
            place=Place(file=file),
            rule="issue-file",
            message="缺少这个文件，不知道这一期的日期和期号",
            suggestion="请新建它，至少写一行“date: 2021-01-29”",
        )
        return YamlText(file=file, data={}, lines={}), None, [missing]
    try:
        parsed = parse_yaml(decode(path.read_bytes(), file), file)
    except ProblemsError as error:
        return YamlText(file=file, data={}, lines={}), None, list(error.problems)
    fields, problems = validate(IssueFields, parsed)
    return parsed, fields, list(problems)


def _kind_of(parsed: YamlText) -> Kind:
    kind = parsed.data.get("kind") if isinstance(parsed.data, dict) else None
    return Kind.REPORT if kind == Kind.REPORT else Kind.BULLETIN


def _read_articles(
    root: Path, folder: Path, columns: tuple[Column, ...], resolve: _Resolve
) -> tuple[list[Article], list[Problem]]:
    articles: list[Article] = []
    problems = list(_strangers(root, folder, columns))
    base = folder.relative_to(root).as_posix()
    for column in columns:
        for name in _column_files(folder, column.code):
            if _is_foreign(name):
                problems.append(_foreign(f"{base}/{name}"))
                continue
            article, more = _read_article(root, f"{base}/{name}", column.code, resolve)
            problems += [*more, *_evidence_problems(folder, article)]
            articles += [article] if article else []
    return articles, problems


def _column_files(folder: Path, code: str) -> list[str]:
    """Return the paths of a column's manuscripts below the issue's folder, in printing order."""
    inside = _entries(folder / code) if (folder / code).is_dir() else []
    names = [entry.name for entry in inside if _is_manuscript(entry)]
    single = [f"{code}.md"] if (folder / f"{code}.md").is_file() else []
    return [*single, *(f"{code}/{name}" for name in sorted(names, key=lambda name: (_natural(name), name)))]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _is_manuscript(entry: os.DirEntry[str]) -> bool:
    is_named_so = entry.name.lower().endswith(".md") and not entry.name.startswith((".", "~$"))
    # Only a link has to be asked for where it leads; a link to itself leads to no file.
    return is_named_so and (entry.is_file(follow_symlinks=False) or Path(entry).is_file())


def _is_foreign(name: str) -> bool:
    """Tell whether a name was written by a system that does not write UTF-8."""
    return any("\ud800" <= character <= "\udfff" for character in name)


def _foreign(file: str) -> Problem:
    return Problem(
        place=Place(file=file.encode(errors="replace").decode()),
        rule="file-name",
        message="文件名不是 UTF-8 编码（多半是旧电脑或压缩包里带来的），读不了",
        suggestion="请改名",
    )


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key that puts 2-x.md before 10-x.md."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name) if part]


def _strangers(root: Path, folder: Path, columns: Iterable[Column]) -> Iterator[Problem]:
    """Yield a problem for whatever lies in the folder and would not be printed."""
    codes = [column.code for column in columns]
    files = {ISSUE_FILE, SIGNOFFS_FILE, *(f"{code}.md" for code in codes)}
    folders = {ASSETS_FOLDER, EVIDENCE_FOLDER, SIGNED_FOLDER, *codes}
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~$")) or path.name in ("Thumbs.db", "desktop.ini"):
            continue
        if path.name not in (folders if path.is_dir() else files):
            yield _stranger(path.relative_to(root).as_posix(), path, codes)
        elif path.name in codes:
            yield from _strangers_in_column(root, path)


def _stranger(file: str, path: Path, codes: list[str]) -> Problem:
    near = get_close_matches(path.stem.lower(), codes, n=1, cutoff=0.5)
    remedy = f"是否想用“{near[0]}”？" if near else f"栏目的文件或文件夹只能叫：{'、'.join(codes)}"
    if path.name in codes:
        remedy = f"请把它改名为“{path.name}.md”"
    if path.is_dir() or path.suffix.lower() == ".md" or path.name in codes:
        return Problem(
            place=Place(file=file),
            rule="unknown-column",
            message="不属于任何栏目，不会被印出来",
            suggestion=remedy,
        )
    return _left_out(file)


def _strangers_in_column(root: Path, folder: Path) -> Iterator[Problem]:
    for entry in _entries(folder):
        if entry.name.startswith((".", "~$")) or _is_manuscript(entry):
            continue
        path = Path(entry)
        file = path.relative_to(root).as_posix()
        yield _too_far_down(file) if any(path.glob("**/*.md")) else _left_out(file)


def _too_far_down(file: str) -> Problem:
    return Problem(
        place=Place(file=file),
        rule="unknown-column",
        message="里面的文稿不会被印出来",
        suggestion="请把文稿移到上一层的栏目文件夹里",
    )


def _left_out(file: str) -> Problem:
    return Problem(
        place=Place(file=file),
        rule="unused-file",
        severity=Severity.WARNING,
        message="不是文稿（.md），不会被印出来",
        suggestion=f"文稿请把文字复制进 .md 文件；图片和数据请放进 {ASSETS_FOLDER} 文件夹；没有用的请删去",
    )


def _read_article(
    root: Path, file: str, column: str, resolve: _Resolve
) -> tuple[Article | None, list[Problem]]:
    try:
        text = decode(_content(f"{root}/{file}"), file)
    except ProblemsError as error:
        return None, list(error.problems)
    parts = split(text)
    if parts is None:
        return None, [_no_front_matter(file, text)]
    front, body, body_line = parts
    parsed = parse_yaml(front, file, first_line=2)
    fields, found = validate(ArticleFields, parsed)
    names = _listed_industries(parsed) if fields is None else fields.industries
    fields = fields or ArticleFields.model_construct(title=PurePosixPath(file).stem)
    codes, unknown = _industries(names, resolve, parsed)
    source = fields.source
    return Article(
        file=file,
        title=fields.title,
        column=column,
        body=body,
        body_line=body_line,
        industries=codes,
        source=None if source is None else Source(name=source.name, url=source.url, date=source.date),
        author=fields.author,
        summary=fields.summary,
        draft=fields.draft,
        evidence=None if fields.evidence is None else Evidence(**dict(fields.evidence)),
        corrections=tuple(
            Correction(date=one.date, note=one.note)
            for one in sorted(fields.corrections, key=lambda one: one.date)
        ),
    ), [
        *found,
        *unknown,
        *_placeholders(parsed.place(("title",)), fields.title, body, body_line),
        *(() if fields.draft else _not_rewritten(file, body, body_line)),
    ]


def _content(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123  asks the system half as much, for thousands
        return file.read()


def _evidence_problems(folder: Path, article: Article | None) -> Iterator[Problem]:
    """Yield a remark where the text that an article draws on is gone, or is no longer what was fetched."""
    if article is None or article.evidence is None:
        return
    path = folder / article.evidence.file
    if not path.is_file():
        message, remedy = f"找不到证据 {article.evidence.file}", "请从备份里找回，或删去 evidence 一行"
    elif digest(path.read_bytes()) != article.evidence.sha256:
        message = f"证据 {article.evidence.file} 已不是抓取时的样子（SHA-256 对不上）"
        remedy = "证据不要改动；请从备份里找回"
    else:
        return
    yield Problem(
        place=Place(file=article.file),
        rule="evidence",
        severity=Severity.WARNING,
        message=message,
        suggestion=remedy,
    )


def _not_rewritten(file: str, body: str, body_line: int) -> Iterator[Problem]:
    """Yield a problem where an article that is no longer a draft still has the words of its source."""
    if TO_BE_REWRITTEN in body:
        yield Problem(
            place=_line_of(TO_BE_REWRITTEN, file, body, body_line),
            rule="not-rewritten",
            message="这里还是别人的原文，不能就这样印出来",
            suggestion=f"请用自己的话改写，再删去“{TO_BE_REWRITTEN}……”这一行；没写好以前请写 draft: true",
        )


def _line_of(words: str, file: str, body: str, body_line: int) -> Place:
    return Place(file=file, line=body.count("\n", 0, body.index(words)) + body_line)


def _placeholders(place: Place, title: str, body: str = "", body_line: int = 0) -> Iterator[Problem]:
    """Yield a remark where the words of a newly laid out issue still stand."""
    if PLACEHOLDER in body:
        place = _line_of(PLACEHOLDER, place.file, body, body_line)
    elif TO_BE_WRITTEN not in title:
        return
    yield Problem(
        place=place,
        rule="placeholder",
        severity=Severity.WARNING,
        message="这里还是样板文字，会照样印出来",
        suggestion="请改写；不用的文章请删去文件",
    )


def _no_front_matter(file: str, text: str) -> Problem:
    first = text.strip().partition("\n")[0].strip()
    message = "开头没有用两行“---”围起来的文章信息"
    suggestion = "请在最前面写：第一行“---”，第二行“title: 标题”，第三行“---”，然后是正文"
    if re.fullmatch("[-—－–]{2,}", first) and first != "---":
        message = f"文章信息要用三个英文减号“---”围起来，现为“{first}”"
    elif first == "---" and not text.startswith("---"):
        message = "“---”要写在第一行，前面不能有空行或空格"
    elif first == "---":
        message, suggestion = "文章信息后面少一行“---”", "请在文章信息与正文之间加一行“---”"
    return Problem(
        place=Place(file=file, line=1),
        rule="front-matter",
        message=message,
        suggestion=suggestion,
    )


def _listed_industries(parsed: YamlText) -> tuple[str, ...]:
    listed = split_names(parsed.data.get("industries")) if isinstance(parsed.data, dict) else None
    return tuple(name for name in listed if isinstance(name, str)) if isinstance(listed, list) else ()


def _industries(
    names: tuple[str, ...], resolve: _Resolve, parsed: YamlText
) -> tuple[tuple[str, ...], list[Problem]]:
    codes, unknown = resolve(names)
    return codes, [
        Problem(
            place=parsed.place(("industries", names.index(name))),
            rule="unknown-industry",
            message=f"没有“{name}”这个产业",
            suggestion=advice,
        )
        for name, advice in unknown
    ]
