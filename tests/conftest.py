"""A workspace of real files, and values that name only what matters to a test."""

import datetime
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from browser import browser, page  # noqa: F401
from databases import database_url, engine, postgresql  # noqa: F401
from web.fixtures import (  # noqa: F401
    archive_site,
    empty_archive_site,
    house_pages,
    preview_pages,
    web_workspace,
)

from xcbulletin import usage
from xcbulletin.cli import app
from xcbulletin.errors import FontError
from xcbulletin.manuscript.write import format_article
from xcbulletin.model import REPORT_PARTS, Article, Column, Industry, Issue, IssueId, Kind
from xcbulletin.publishing.typefaces.fonts import FontSet, load_fonts
from xcbulletin.publishing.typesetting.press import Press
from xcbulletin.settings import Workspace, open_workspace
from xcbulletin.starter import starter_files

hypothesis.settings.register_profile("house", deadline=None, max_examples=100, derandomize=True)
hypothesis.settings.load_profile("house")

COLUMNS = (
    Column(code="editorial", name="编者的话"),
    Column(code="news", name="行业动态"),
    Column(code="reports", name="行业报告"),
)
AI = Industry(code="ai", name="新一代人工智能产业", short_name="人工智能", aliases=("AI",))
ROBOT = Industry(code="robot", name="工业机器人产业", short_name="工业机器人")

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
REAL_TEXTS = (
    ("001_ce03aee5babbea04.txt", "real-bulletin", "bulletin"),
    ("000_f1bac5af8bc0680e.txt", "real-report", "report"),
)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        name for name in os.environ if name.startswith("XCBULLETIN_") and name != "XCBULLETIN_FONTS"
    ]:
        monkeypatch.delenv(name)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "快递")


@pytest.fixture(scope="session")
def fonts() -> FontSet:
    try:
        return load_fonts()
    except FontError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def press(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    with Press(fonts, tmp_path_factory.mktemp("press")) as running:
        yield running


@pytest.fixture(scope="session")
def printed(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001  skipped without
    """A workspace with the sample issues and, where they are at hand, the two real texts, all printed."""
    root = tmp_path_factory.mktemp("快递")
    for name in ("bulletin.yaml", "sources", "issues"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    for file, issue, kind in REAL_TEXTS:
        if (CORPUS / file).exists():
            words = ("import", str(CORPUS / file), issue, "--kind", kind)
            assert usage.run(app, ("--workspace", str(root), *words)) == 0
    assert usage.run(app, ("--workspace", str(root), "build", "--all")) == 0
    return root / "build"


def pdf_of(printed: Path, issue: str) -> Path:
    path = printed / issue / "bulletin.pdf"
    if not path.exists():
        pytest.skip("the corpus is not here")
    return path


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Run a command line in the workspace, all of it but the process."""
    monkeypatch.chdir(workspace.root)

    def run(*words: str) -> Outcome:
        code = usage.run(app, words)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Outcome(code=code, out=said.out, err=said.err)

    return run


def make_workspace(root: Path) -> Workspace:
    for name, content in starter_files().items():
        write(root / name, content)
    return open_workspace(root, {})


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def write_issue(workspace: Workspace, issue: str = "2021-01", text: str = "date: 2021-01-29\n") -> Path:
    """Write an issue that has no article yet; return its folder."""
    return write(workspace.root / "issues" / issue / "issue.yaml", text).parent


def write_article(folder: Path, name: str, body: str = "正文。\n", **fields: Any) -> Path:
    return write(folder / name, format_article({"title": "标题", **fields}, body))


def make_article(body: str = "正文。\n", **fields: Any) -> Article:
    """Make an article whose body begins on line 4, after a front matter of one field."""
    column = fields.get("column", "news")
    own = {"file": f"issues/2021-01/{column}/01.md", "title": "标题", "column": column, "body_line": 4}
    return Article(**{**own, **fields, "body": body})


def make_issue(*articles: Article, **fields: Any) -> Issue:
    kind = fields.get("kind", Kind.BULLETIN)
    own: Mapping[str, Any] = {
        "id": IssueId("2021-01"),
        "kind": kind,
        "title": "许昌竞争情报快递",
        "date": datetime.date(2021, 1, 29),
        "columns": REPORT_PARTS if kind is Kind.REPORT else COLUMNS,
    }
    return Issue(**{**own, **fields, "articles": articles})
