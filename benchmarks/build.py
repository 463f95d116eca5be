"""How fast `build` is, as ratios of medians in one run: python benchmarks/build.py [ISSUE]

Peers: bare WeasyPrint on the very HTML that `build` renders, and `python -c "import typer"`. Runs are
interleaved, each in a fresh process. Memory is the peak of the largest process.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 9
ROOT = Path(__file__).resolve().parent.parent
XCBULLETIN = [sys.executable, "-m", "xcbulletin"]
BARE = """
import sys, weasyprint
weasyprint.HTML(sys.argv[1]).write_pdf(sys.argv[2], pdf_variant="pdf/ua-1", dpi=300)
"""


def main() -> None:
    if sys.argv[1:2] == ["--page"]:
        dump_page(Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
        return
    issue = sys.argv[1] if len(sys.argv) > 1 else "2021-03"
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        shutil.copytree(ROOT, workspace, ignore=shutil.ignore_patterns(".*", "build", "tests", "*.egg-info"))
        page, fontconfig = (
            Path(folder) / "page" / "page.html",
            Path(folder) / "page" / "fontconfig" / "fonts.conf",
        )
        # In a process of its own: what this one has loaded would count as memory of all its children.
        subprocess.run([sys.executable, __file__, "--page", str(workspace), issue, str(page)], check=True)
        environment = {"FONTCONFIG_FILE": str(fontconfig)}
        build = [*XCBULLETIN, "--workspace", str(workspace), "build", issue]
        output = workspace / "build" / issue
        article = next((workspace / "issues" / issue / "news").glob("*.md"))
        pdf = str(page.with_suffix(".pdf"))
        runs: dict[str, tuple[list[str], dict[str, str], Callable[[], object]]] = {
            "bare WeasyPrint": ([sys.executable, "-c", BARE, str(page), pdf], environment, nothing),
            "build --format pdf": ([*build, "--format", "pdf"], {}, lambda: shutil.rmtree(output, True)),
            "build": (build, {}, lambda: shutil.rmtree(output, True)),
            "build, nothing changed": (build, {}, nothing),
            "build, one article changed": (build, {}, lambda: touch(article)),
            "import typer": ([sys.executable, "-c", "import typer"], {}, nothing),
            "--help": ([*XCBULLETIN, "--help"], {}, nothing),
        }
        times, peaks = measure(runs)
    for name in runs:
        print(f"{name:28} {statistics.median(times[name]):7.3f} s  {max(peaks[name]) / 1024:6.0f} MB")
    for numerator, denominator, goal in (
        ("build --format pdf", "bare WeasyPrint", 1.15),
        ("build, nothing changed", "build", 0.1),
        ("build, one article changed", "build", None),
        ("--help", "import typer", 1.5),
    ):
        ratio = statistics.median(times[numerator]) / statistics.median(times[denominator])
        print(f"{numerator} / {denominator}: {ratio:.3f}" + (f"  (goal ≤ {goal})" if goal else ""))


def nothing() -> None:
    pass


def touch(article: Path) -> None:
    article.write_text(article.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def dump_page(workspace: Path, issue: str, page: Path) -> None:
    """Write the HTML that `build` prints, with its pictures and a FontConfig folder beside it."""
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
    workshop.fonts.write_fontconfig(page.parent / "fontconfig")


def measure(
    runs: dict[str, tuple[list[str], dict[str, str], Callable[[], object]]],
) -> tuple[dict[str, list[float]], dict[str, list[int]]]:
    times: dict[str, list[float]] = {name: [] for name in runs}
    peaks: dict[str, list[int]] = {name: [] for name in runs}
    for turn in range(ROUNDS + 1):
        for name, (command, environment, prepare) in runs.items():
            prepare()
            started = time.perf_counter()
            process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
            _pid, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            assert process.returncode == 0, name
            if turn:  # the first round warms the caches
                times[name].append(time.perf_counter() - started)
                peaks[name].append(usage.ru_maxrss)
    return times, peaks


if __name__ == "__main__":
    main()
