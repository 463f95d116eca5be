"""What is wrong with pages: axe-core in a browser, html-validate and the Nu checker on files.

The tools stand in tests/web/node_modules, where `scripts/setup.sh venv dev` puts what package-lock.json names;
tests that want one that is not there are skipped. Each check returns a line a fault.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_HERE = Path(__file__).parent
_MODULES = _HERE / "node_modules"
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def expect_none(faults: Iterable[str]) -> None:
    """Fail with the faults, each once, a line each."""
    if told := list(dict.fromkeys(faults)):
        pytest.fail("\n".join((f"{len(told)} faults", *told[:60])), pytrace=False)


def axe(page: Any, *without: str) -> list[str]:
    """Return what axe-core finds in the page as it is now, by rule and element; `without` names rules to leave out."""
    page.evaluate(_axe_source())
    options = {
        "runOnly": {"type": "tag", "values": list(_TAGS)},
        "resultTypes": ["violations"],
        "rules": {rule: {"enabled": False} for rule in without},
    }
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{rule['id']}: {' '.join(node['target'])}: {' '.join(node['failureSummary'].split())[:300]}"
        for rule in found
        for node in rule["nodes"]
    ]


def html_validate(files: Sequence[Path]) -> list[str]:
    """Return what html-validate finds, with tests/web/htmlvalidate.cjs for its settings."""
    script = _tool("html-validate/bin/html-validate.mjs")
    settings = _HERE / "htmlvalidate.cjs"
    with tempfile.TemporaryDirectory() as folder:
        # Its process ends before a pipe has taken all that it says.
        told = Path(folder) / "told.json"
        said = _run(_program("node"), script, "--config", settings, "--formatter", f"json={told}", *files)
        results = json.loads(told.read_text(encoding="utf-8") if told.exists() else _told(said))
    return [
        f"{Path(result['filePath']).name}:{one['line']}: {one['ruleId']}: {one['message']}"
        for result in results
        for one in result["messages"]
    ]


def nu(files: Sequence[Path]) -> list[str]:
    """Return what the Nu checker (https://validator.github.io/validator/) calls errors."""
    jar = _tool("vnu-jar/build/dist/vnu.jar")
    said = _run(
        _program("java"), "-jar", jar, "--errors-only", "--format", "json", "--exit-zero-always", *files
    )
    return [
        f"{one.get('url', '').rpartition('/')[2]}:{one.get('lastLine', '')}: {one['message']}"
        for one in json.loads(said.stderr or _told(said))["messages"]
    ]


@cache
def _axe_source() -> str:
    return _tool("axe-core/axe.min.js").read_text(encoding="utf-8")


def _tool(name: str) -> Path:
    path = _MODULES / name
    if not path.exists():
        pytest.skip(f"{name.partition('/')[0]} is not installed (scripts/setup.sh venv dev)")
    return path


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (scripts/setup.sh system dev)")
    return found


def _run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)


def _told(said: subprocess.CompletedProcess[str]) -> str:
    raise AssertionError(f"{said.args[:4]} ended with {said.returncode}: {said.stdout}{said.stderr}")
