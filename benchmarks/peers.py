"""Other programs that make a PDF of the same text, in the same fonts."""

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from measuring import Run

BARE = """
import sys, weasyprint
weasyprint.HTML(sys.argv[1]).write_pdf(sys.argv[2], pdf_variant="pdf/ua-1", dpi=300)
"""
TYPST = """
import sys, typst
typst.compile(sys.argv[1], output=sys.argv[2], font_paths=[sys.argv[3]], ignore_system_fonts=True, pdf_standards=["ua-1"])
"""


def bare_weasyprint(workspace: Path, issue: str, folder: Path) -> Run:
    """Return WeasyPrint on the very page that `build` prints, tagged but without anything that we teach it."""
    page = _page(workspace, issue, folder)
    command = [sys.executable, "-c", BARE, str(page), str(folder / "bare.pdf")]
    return Run("bare WeasyPrint", command, environment=_fonts_only(page))


def chromium(workspace: Path, issue: str, folder: Path) -> Run | str:
    """Return Chromium's print-to-pdf of that page, with our fonts by FontConfig, and each time a new profile."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        return "Chromium is not here: apt-get install chromium"
    page, profile = _page(workspace, issue, folder), folder / "chromium"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    command = [
        program,
        *options,
        f"--user-data-dir={profile}",
        f"--print-to-pdf={folder / 'chromium.pdf'}",
    ]
    return Run(
        "Chromium",
        [*command, page.as_uri()],
        prepare=lambda: shutil.rmtree(profile, ignore_errors=True),
        environment=_fonts_only(page),
    )


def typst(workspace: Path, issue: str, folder: Path) -> Run | str:
    """Return Typst on the same text in a plain style of its own: no pictures, no cover, no running heads."""
    if importlib.util.find_spec("typst") is None:
        return "Typst is not here: pip install '.[bench]'"
    page = _page(workspace, issue, folder)
    fonts = (page.parent / "fonts").read_text(encoding="utf-8")
    command = [
        sys.executable,
        "-c",
        TYPST,
        str(page.with_suffix(".typ")),
        str(folder / "typst.pdf"),
        fonts,
    ]
    return Run("Typst", command)


def _fonts_only(page: Path) -> dict[str, str]:
    return {"FONTCONFIG_FILE": str(page.parent / "fontconfig" / "fonts.conf")}


def _page(workspace: Path, issue: str, folder: Path) -> Path:
    """Write the page that `build` prints, once; return its path.

    In a process of its own: what this one has loaded would count as memory of all its children.
    """
    page = folder / "page" / "page.html"
    if not page.is_file():
        subprocess.run([sys.executable, __file__, str(workspace), issue, str(page)], check=True)
    return page


def write_page(workspace: Path, issue: str, page: Path) -> None:
    """Write the HTML that is printed, with its pictures, a Typst source and a FontConfig folder beside it."""
    from xcbulletin.model import IssueId
    from xcbulletin.publishing.documents import print_job
    from xcbulletin.publishing.typesetting.press import PICTURE_SCHEME
    from xcbulletin.workshop import Workshop

    workshop = Workshop(workspace, {})
    composed = workshop.compose(IssueId(issue))
    job = print_job(composed.edition, composed.material)
    page.parent.mkdir()
    html = job.html
    for name, (media_type, content) in job.pictures.items():
        file = f"{name}.{media_type[6:9]}"
        (page.parent / file).write_bytes(content)
        html = html.replace(f'"{PICTURE_SCHEME}{name}"', f'"{file}"')
    page.write_text(html, encoding="utf-8")
    page.with_suffix(".typ").write_text("\n\n".join(_typst(composed.edition)), encoding="utf-8")
    (page.parent / "fonts").write_text(str(workshop.fonts.directory), encoding="utf-8")
    workshop.fonts.write_fontconfig(page.parent / "fontconfig")


STYLE = """\
#set document(title: "Bulletin")
#set page(paper: "a4", margin: (x: 24mm, y: 26mm), numbering: "1")
#set text(font: "XC Song", size: 11.5pt, lang: "zh", region: "cn")
#set par(justify: true, leading: 0.7em, spacing: 0.7em, first-line-indent: (amount: 2em, all: true))
#show heading: set text(font: "XC Hei")
#show table: set text(size: 9pt)
#outline(title: [目录])"""


def _typst(edition: Any) -> Iterator[str]:
    yield STYLE
    for column in edition.columns:
        yield f"#pagebreak(weak: true)\n= {_words(column.name)}"
        for entry in column.entries:
            yield f"== {_words(entry.title)}"
            yield from _blocks(entry.body)


def _blocks(nodes: Iterable[Any]) -> Iterator[str]:
    from xcbulletin.publishing.nodes import Heading, Table, plain

    for node in nodes:
        if isinstance(node, Heading):
            yield f"{'=' * (node.level + 2)} {_words(plain(node.children))}"
        elif isinstance(node, Table):
            cells = ", ".join(
                f"[{_words(plain(cell.children))}]" for row in node.children for cell in row.children
            )
            yield f"#table(columns: {len(node.children[0].children)}, {cells})"
        elif text := plain(node.children).strip():
            yield _words(text)


def _words(text: str) -> str:
    """Return text as Typst takes it, whatever stands in it."""
    return f"#{json.dumps(' '.join(text.split()), ensure_ascii=False)};"


if __name__ == "__main__":
    write_page(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
