"""The gallery's pages as Chromium shows them on a computer and on a telephone."""

import html
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gallery.elements import Element
from gallery.printing import APPROVED, HERE

CHROMIUM = shutil.which("chromium")
_OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom")
_FRAMES = """<!doctype html><meta charset="utf-8"><pre></pre>
{}
<script>
const told = [];
addEventListener("message", ({{ data }}) => {{
  told.push(data);
  document.querySelector("pre").textContent = JSON.stringify(told);
}});
</script>"""


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """A page of the gallery on a screen of some width."""

    page: str
    title: str
    width: int
    """In CSS pixels."""

    @property
    def name(self) -> str:
        """The name of its approved layout."""
        return f"web-{self.page}-{self.width}"

    @property
    def approved(self) -> Path:
        """The file of its approved layout."""
        return APPROVED / f"{self.name}.txt"


VIEWS = tuple(
    View(page=page, title=f"{title}网页 {width} 像素", width=width)
    for page, title in (("bulletin", "快递"), ("report", "报告"))
    for width in (1280, 375)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Screen:
    """What a page shows."""

    wrong: Sequence[str]
    """What a reader of it could not see, read or tap."""
    elements: Sequence[Element]


def look(folder: Path, files: Iterable[tuple[str, bytes]], views: Sequence[View]) -> dict[str, Screen]:
    """Return what the pages among the files show in each view, by its name; the folder is left full of them."""
    for name, content in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(_scripted(content) if name.endswith("/index.html") else content)
    return {f"web-{one['page']}-{one['width']}": _screen(one) for one in _dump(folder, views)}


def _scripted(page: bytes) -> bytes:
    scripts = "".join((HERE / name).read_text(encoding="utf-8") for name in ("elements.js", "screen.js"))
    return page.replace(b"</head>", f"<script>{scripts}</script></head>".encode(), 1)


def _dump(folder: Path, views: Sequence[View]) -> Iterator[Any]:
    frames = folder / "frames.html"
    frames.write_text(_FRAMES.format("\n".join(map(_frame, views))), encoding="utf-8")
    options = (*_OPTIONS, f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=20000")
    done = subprocess.run(
        [str(CHROMIUM), *options, frames.resolve().as_uri()], capture_output=True, check=True, timeout=60
    )
    yield from json.loads(html.unescape(done.stdout.decode().split("<pre>")[1].split("</pre>")[0]))


def _frame(view: View) -> str:
    source = f"{view.page}/index.html#{view.page}"
    return f'<iframe src="{source}" width="{view.width}" height="900" style="border: 0"></iframe>'


def _screen(told: Any) -> Screen:
    return Screen(wrong=told["wrong"], elements=[Element.measured(**one) for one in told["elements"]])
