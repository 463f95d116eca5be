"""The pages outside the archive: web editions, the page of a check, the preview's pages."""

from pathlib import Path

from xcbulletin import usage
from xcbulletin.cli import app
from xcbulletin.errors import ProblemsError
from xcbulletin.model import Place, Problem, Severity
from xcbulletin.preview import Made, view_of
from xcbulletin.publishing.pages import render_alone
from xcbulletin.starter import template_folders

_EDITIONS = ("2021-01", "ai-governance-2021", "gallery", "gallery-report", "2022-01")
_CHECKED = ("2021-01", "2022-01")


def make_house_pages(root: Path) -> tuple[Path, ...]:
    """Make the web editions of a workspace, and pages of checks; return their files."""
    assert usage.run(app, ("--workspace", str(root), "build", "--format", "html", *_EDITIONS)) == 0
    usage.run(app, ("--workspace", str(root), "check", "--report", *_CHECKED))
    editions = [root / "build" / issue / "index.html" for issue in _EDITIONS]
    checks = [root / "build" / "check" / f"{issue}.html" for issue in _CHECKED]
    return (*editions, *checks)


def make_preview_pages(root: Path, edition: Path) -> tuple[Path, ...]:
    """Write what the preview serves for an issue with remarks, and for one with mistakes; return the files."""
    problems = tuple(
        Problem(
            place=Place(file="issues/2021-01/news/01.md", line=3),
            rule="some-rule",
            severity=severity,
            message=f"{severity}：<b>这里</b>" + "很长" * 200,
            suggestion="请改正",
        )
        for severity in Severity
    )
    shown = {
        edition.parent / "preview.html": Made(files={"index.html": edition.read_bytes()}, remarks=problems),
        root / "build" / "problems.html": problems,
    }
    for path, view in shown.items():
        path.write_bytes(_view(root, view))
    return tuple(shown)


def _view(root: Path, shown: Made | tuple[Problem, ...]) -> bytes:
    def make() -> Made:
        if isinstance(shown, Made):
            return shown
        raise ProblemsError(shown)

    def render(name: str, **context: object) -> str:
        return render_alone(template_folders(root), name, **context)

    return view_of(make, render).files["index.html"]
