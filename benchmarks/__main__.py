"""How fast and how large we are, beside our peers: python benchmarks [NAME…] [--rounds N]

Every figure is a median of interleaved rounds in one run, each in a fresh process; what counts is the ratios. A peer
that is not installed is left out, with a word on how to get it. Without names, all are measured.

Words behind a name say what of it: archive [1000] [10000] [peers] [site] [phone] [answers]
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import workspaces
from archive import archive
from classification import classification
from collecting import collecting
from composing import composing
from ledger import ledger
from measuring import Run, measure, report
from peers import bare_weasyprint, chromium, typst
from proofreading import proofreading
from samestory import samestory
from searching import searching
from sending import sending
from suggesting import suggesting

XCBULLETIN = [sys.executable, "-m", "xcbulletin", "--workspace"]
ISSUE = "2021-03"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="|".join(BENCHMARKS), default=list(BENCHMARKS))
    parser.add_argument("--rounds", type=int, help="how often each command is run")
    options = parser.parse_args()
    for name, words in _with_words(options.names):
        benchmark, rounds = BENCHMARKS[name]
        with tempfile.TemporaryDirectory() as folder:
            benchmark(Path(folder), options.rounds or rounds, *words)


def _with_words(names: list[str]) -> list[tuple[str, list[str]]]:
    """Return each benchmark's name with the words behind it."""
    found: list[tuple[str, list[str]]] = []
    for word in names:
        if word in BENCHMARKS or not found:
            found.append((word, []))
        else:
            found[-1][1].append(word)
    return found


def issue(folder: Path, rounds: int) -> None:
    """Measure one issue: cold, unchanged and with one article changed, and its peers on the same pages."""
    workspace = workspaces.make(folder / "workspace")
    build = [*XCBULLETIN, str(workspace), "build", ISSUE]
    article = next((workspace / "issues" / ISSUE / "news").glob("*.md"))
    runs = [
        Run("build --format pdf", [*build, "--format", "pdf"], lambda: workspaces.forget(workspace, ISSUE)),
        bare_weasyprint(workspace, ISSUE, folder),
        chromium(workspace, ISSUE, folder),
        typst(workspace, ISSUE, folder),
        Run("build", build, lambda: workspaces.forget(workspace, ISSUE)),
        Run("build, nothing changed", build),
        Run("build, one article changed", build, lambda: workspaces.touch(article)),
        Run("--help", [*XCBULLETIN[:-1], "--help"]),
        Run("import typer", [sys.executable, "-c", "import typer"]),
    ]
    goals = [
        ("build --format pdf", "bare WeasyPrint", 1.15),
        ("build --format pdf", "Chromium", 1.0),
        ("build --format pdf", "Typst", None),
        ("build, nothing changed", "build", 0.1),
        ("build, one article changed", "build", None),
        ("--help", "import typer", 1.5),
    ]
    report(f"one issue ({ISSUE})", measure(runs, rounds), goals)


def many(folder: Path, rounds: int) -> None:
    """Measure 24 issues in one command, and one after another."""
    workspace = workspaces.make_many(folder / "workspace", 24)
    build = [*XCBULLETIN, str(workspace), "build"]
    each = " && ".join(f"{' '.join(build)} {name}" for name in workspaces.issues(workspace))
    runs = [
        Run("build --all", [*build, "--all"], lambda: workspaces.forget(workspace)),
        Run("24 × build", ["sh", "-c", each], lambda: workspaces.forget(workspace)),
    ]
    report("24 issues, all formats", measure(runs, rounds), [("build --all", "24 × build", 0.3)])


def long_report(folder: Path, rounds: int) -> None:
    """Measure what a report of 170 pages needs."""
    workspace = workspaces.make_report(folder / "workspace", pages=170)
    build = [*XCBULLETIN, str(workspace), "build", "report"]
    runs = [
        Run("build", build, lambda: workspaces.forget(workspace)),
        bare_weasyprint(workspace, "report", folder),
        chromium(workspace, "report", folder),
        typst(workspace, "report", folder),
    ]
    goals = [("build", "bare WeasyPrint", None), ("build", "Chromium", None), ("build", "Typst", None)]
    measured = measure(runs, rounds)
    pages = workspaces.count_pages(workspace / "build" / "report" / "bulletin.pdf")
    report(f"a report of {pages} pages (goal ≤ 250 MB)", measured, goals)


BENCHMARKS: dict[str, tuple[Callable[..., None], int]] = {
    "issue": (issue, 9),
    "many": (many, 3),
    "report": (long_report, 3),
    "archive": (archive, 3),
    "classification": (classification, 3),
    "collecting": (collecting, 3),
    "composing": (composing, 3),
    "ledger": (ledger, 3),
    "proofreading": (proofreading, 5),
    "samestory": (samestory, 1),
    "searching": (searching, 3),
    "suggesting": (suggesting, 5),
    "sending": (sending, 3),
}


if __name__ == "__main__":
    main()
