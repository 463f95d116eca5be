"""The archive beside other site generators, on made-up articles: its time, its memory, its files, and its search."""

import hashlib
import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import generators
import workspaces
from measuring import Measured, Run, measure, put_aside, report

MONTHS = {1_000: 24, 10_000: 120}
"""How many months so many articles come from."""
FULL = "archive build"
PLAIN, CHANGED, UNCHANGED = (
    "archive build, no search",
    "archive build, one changed",
    "archive build, unchanged",
)
SECONDS: dict[int, dict[str, float]] = {1_000: {FULL: 3.5}, 10_000: {FULL: 30, CHANGED: 3}}
USUAL = {1_000: ("site", "phone", "answers"), 10_000: ("site", "phone")}
"""What is measured of so many articles; to turn all pages of results of 10,000 takes too long."""
MEGABYTES = 700
"""The most that the processes of a build may take together."""


def archive(folder: Path, rounds: int, *words: str) -> None:
    """Measure what the words name: 1000, 10000 articles or both; the PARTS named, or those of that many articles."""
    for number in [number for number in MONTHS if str(number) in words] or MONTHS:
        place, parts = folder / str(number), [word for word in words if word in PARTS] or USUAL[number]
        generators.lay_out(number, MONTHS[number], place)
        print(f"\n{number:,} articles are written; the machine's load is {os.getloadavg()[0]:.1f}")
        for part in parts:
            PARTS[part](place, number, rounds)


def peers(folder: Path, number: int, rounds: int) -> None:
    """Measure the others alone."""
    measured = measure(_peers(folder), rounds)
    report(f"{number:,} articles, the others", measured, [])
    _report_speed(measured, number)
    _report_sites(folder, measured)


def site(folder: Path, number: int, rounds: int) -> None:
    """Measure the builds beside the others, from nothing and after a change, and compare what they come to."""
    runs = [
        Run(PLAIN, [*_build(folder), "--without-search"], lambda: _forget(folder)),
        *_peers(folder),
        Run(FULL, _build(folder), lambda: _forget(folder)),
        Run(CHANGED, _build(folder), lambda: _change(_some_article(folder))),
        Run(UNCHANGED, _build(folder)),
    ]
    measured = measure(runs, rounds)
    goals = [
        (PLAIN, "Hugo", 1.0),
        (PLAIN, "Pelican", 0.5),
        (PLAIN, "bare loop", None),
        (UNCHANGED, FULL, None),
    ]
    report(f"{number:,} articles", measured, goals)
    _report_speed(measured, number)
    _report_limits(measured, SECONDS[number])
    _report_sites(folder, measured)
    _compare_builds(folder)


def phone(folder: Path, _number: int, _rounds: int) -> None:
    """Measure reading and searching on a slow telephone."""
    _ask("phone", folder)


def answers(folder: Path, _number: int, _rounds: int) -> None:
    """Compare what the search page finds with what is there."""
    _ask("answers", folder)


PARTS: dict[str, Callable[[Path, int, int], None]] = {
    "peers": peers,
    "site": site,
    "phone": phone,
    "answers": answers,
}


def _peers(folder: Path) -> list[Run | str]:
    return [generators.hugo(folder), generators.pelican(folder), generators.bare(folder)]


def _build(folder: Path) -> list[str]:
    workspace = str(folder / "workspace")
    return [sys.executable, "-m", "xcbulletin", "--workspace", workspace, "archive", "build"]


def _forget(folder: Path) -> None:
    put_aside(folder / "workspace" / "build")


def _some_article(folder: Path) -> Path:
    """Return an article of an issue in the middle."""
    articles = sorted((folder / "workspace" / "issues").glob("*/*/*.md"))
    return articles[len(articles) // 2]


def _change(article: Path) -> None:
    article.write_text(article.read_text(encoding="utf-8") + "\n又讯：新增产能已经投产。\n", encoding="utf-8")


def _site(folder: Path, name: str) -> Path:
    return folder / "workspace/build/archive" if name.startswith(FULL) else generators.site(folder, name)


def _report_speed(measured: dict[str, list[Measured]], number: int) -> None:
    """Print how many articles a second are made by those that make all of them, also by the processor's time."""
    for name, some in measured.items():
        if name not in (CHANGED, UNCHANGED):
            seconds = statistics.median(one.seconds for one in some)
            cpu = statistics.median(one.cpu_seconds for one in some)
            print(f"{name}: {number / seconds:,.0f} articles/s, {number / cpu:,.0f} a CPU second")


def _report_limits(measured: dict[str, list[Measured]], limits: dict[str, float]) -> None:
    for name, limit in limits.items():
        print(f"{name}: {statistics.median(one.seconds for one in measured[name]):.2f} s  (goal ≤ {limit} s)")
    most = max(one.tree for name, some in measured.items() if name.startswith(FULL) for one in some)
    print(f"most memory of a build: {most:.0f} MB all together  (goal ≤ {MEGABYTES} MB)")


def _report_sites(folder: Path, measured: dict[str, list[Measured]]) -> None:
    for name in measured:
        if name not in (PLAIN, CHANGED, UNCHANGED):
            sizes = [path.stat().st_size for path in _files(_site(folder, name))]
            print(f"{name}: {len(sizes):,} files, {sum(sizes) / 1e6:.1f} MB")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _compare_builds(folder: Path) -> None:
    """Say whether a build after many changes comes to the same, byte for byte, as one from nothing."""
    issues = folder / "workspace" / "issues"
    first, *_others, last = workspaces.issues(folder / "workspace")
    _change(_some_article(folder))
    next((issues / first).glob("*/*.md")).unlink()
    (issues / last).rename(issues / f"{last}-extra")
    changed = _digests_of_build(folder)
    _forget(folder)
    unlike = sorted({path for path, _digest in changed.items() ^ _digests_of_build(folder).items()})
    print(
        "after changes the same as from nothing: "
        + ("yes" if not unlike else f"no, {len(unlike)}: {unlike[:5]}")
    )


def _digests_of_build(folder: Path) -> dict[str, str]:
    subprocess.run(_build(folder), check=True, stdout=subprocess.DEVNULL)
    site = _site(folder, FULL)
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in _files(site)
    }


def _ask(part: str, folder: Path) -> None:
    """Build the archive and measure it in a browser, in a process of its own."""
    if missing := [name for name in ("playwright", "pytest") if importlib.util.find_spec(name) is None]:
        print(f"{' and '.join(missing)} not here: pip install '.[dev]'")
        return
    if shutil.which("chromium") is None:
        print("Chromium is not here: apt-get install chromium")
        return
    subprocess.run(_build(folder), check=True, stdout=subprocess.DEVNULL)
    script = Path(__file__).with_name("searchpage.py")
    subprocess.run([sys.executable, script, part, folder / "workspace"], check=True)
