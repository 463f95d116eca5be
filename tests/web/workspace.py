"""A workspace that has everything a page can show: the sample issues, the gallery's, and hostile ones."""

import shutil
from pathlib import Path

from conftest import ROOT, write, write_article

_COPIED = ("bulletin.yaml", "sources/industries.yaml", "sources/feeds.yaml", "issues", "tests/gallery/issues")

LONG = "三百字的标题" * 50
HOSTILE_TITLES = (
    "</title><script>window.harmed = true</script>",
    "“引号”、\"quotes\"、'apostrophes' & <b>尖括号</b>",
    "a/b\\c:d?e#f%20g 光伏",
    "生僻字𠮷 {{ 7 * 7 }} {% raw %}",
    LONG,
    "两篇同名的文章",
    "两篇同名的文章",
    "Artificial Intelligence in Manufacturing: A Review",
    "PerovskiteSolarCellsWithoutAnySpaceInTheirName" * 3,
)
_BODY = """第一段说光伏和芯片，有一个很长的网址 https://example.org/{0}，有“引号”和<尖括号>。

> 引文一段。

- 列表一
- 列表二

正文里的 `代码` 和脚注[^1]，**重点**和*斜体*。

```
for i in range(10): print("代码块里很长很长的一行，窄的屏幕上放不下，但是不能把整页撑宽", i)
```

[^1]: 脚注的内容。
"""


def make_web_workspace(root: Path) -> Path:
    """Write the workspace; return its root."""
    for name in _COPIED:
        _copy(ROOT / name, root / name.removeprefix("tests/gallery/"))
    _release(root / "issues")
    _write_hostile(root / "issues" / "2022-01")
    _write_second(root / "issues" / "2022-01-extra")
    _write_draft(root / "issues" / "2022-02")
    return root


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def _release(issues: Path) -> None:
    """Say of every issue that its readers have it."""
    for path in issues.glob("*/issue.yaml"):
        if "draft:" not in (text := path.read_text(encoding="utf-8")):
            path.write_text(f"{text.rstrip()}\ndraft: false\n", encoding="utf-8")


def _write_hostile(folder: Path) -> None:
    write(folder / "issue.yaml", "date: 2022-01-28\nnumber: 1\ntotal_number: 49\ndraft: false\n")
    write_article(folder, "editorial.md", title="编者的话")
    for number, title in enumerate(HOSTILE_TITLES, start=1):
        write_article(
            folder,
            f"news/{number:02} 名字.md",
            _BODY.format("a" * 150),
            title=title,
            industries=["ai", "robot"],
            author="<作者>",
            source={"name": title[:80], "url": "https://example.org/?a=1&b=%22%3E", "date": "2022-01-20"},
            summary=f"摘要：{title[:60]}",
            corrections=[{"date": "2022-02-08", "note": "第一段“光付”应为“光伏”"}] if number == 1 else [],
        )


def _write_second(folder: Path) -> None:
    """Another issue of the same month, with next to nothing in it; no font for print has the title's first character."""
    write(folder / "issue.yaml", "date: 2022-01-31\ndraft: false\n")
    write_article(folder, "trends/only.md", title="😀同一个月的另一期")


def _write_draft(folder: Path) -> None:
    write(folder / "issue.yaml", "date: 2022-02-28\nnumber: 2\ndraft: true\n")
    write_article(folder, "news/secret.md", title="还没有定稿的文章")
