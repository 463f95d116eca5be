"""The shortcuts give the very pages that WeasyPrint gives without them."""

import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import weasyprint
from conftest import ROOT, make_workspace

from xcbulletin.model import IssueId
from xcbulletin.publishing.documents import print_job
from xcbulletin.publishing.typefaces.fonts import FontSet
from xcbulletin.publishing.typesetting import shortcuts
from xcbulletin.publishing.typesetting.press import Job, Press
from xcbulletin.workshop import Workshop

PRINT = """
import pickle, sys
from xcbulletin.publishing.typesetting import lines, press, shortcuts
lines.install()
if sys.argv[1] == "with":
    assert shortcuts.install()
sys.stdout.buffer.write(press.print_page(pickle.load(sys.stdin.buffer)))
"""
BODY = """
<style>
  .grid { display: grid; grid-template-columns: auto 1fr } .flex { display: flex } td { white-space: nowrap }
  .far { letter-spacing: 3px; word-spacing: 5px } .sum { padding: calc(1px + 2%) 1em; width: 50%; min-width: 9em }
  .end { direction: rtl; margin-inline-start: 3em; border-inline-end: 2px solid; padding-block: 3px 1em }
  .logical { inline-size: 50%; max-inline-size: 9em; min-block-size: 4em; margin-left: 1em; margin-inline-start: 2em }
  .var { --wide: 4px; border: var(--wide) dashed; outline: thick; border-right-style: hidden } .under { text-decoration: underline }
  .box { box-sizing: border-box; padding: 3px 5%; border: 2px solid; height: 90px; max-width: 70%; margin: auto 1em }
  .lines { border-collapse: collapse } .lines td { border: 3px solid; padding: 1px } .next { break-before: page }
  @page { size: 9cm 12cm; margin: 10vh 2cm; @top-left { content: counter(page); width: 40% } }
  @page :right { @top-left { margin: 0 5vw } } @page :nth(2) { margin-left: 1cm; @bottom-right { content: "二" } }
</style>
<div class="box"><p class="box">盒中盒</p></div><table class="lines"><tr><td>甲<td>乙</table><p class="next">另页</p>
<div class="grid"><p>短</p><p>《关于“十四五”期间2021—2025年的规划》，增长5.5%，见https://example.org/a-very-long-address。</p></div>
<div class="flex"><p>甲 乙 丙</p><p class="far">Han 与 Latin 相间</p><p>supercalifragilistic 一二三四五六七八九十</p></div>
<table><tr><td>不换行的一格，比十二个字长得多</td><td style="white-space: normal">换行的一格，比十二个字长得多</td></tr></table>
<p class="sum">百分之五十</p><p class="end">反向</p><p class="logical">流向<p class="var">变量</p><p class="under">加线<br>分行</p>
<p lang="en" style="hyphens: auto; width: 3em">internationalization</p>
<p style="overflow-wrap: anywhere; width: 1em; display: inline-block">internationalization</p>
<svg width="90" height="20"><text y="15" font-family="XC Hei, serif" font-size="12">图中的字</text></svg>
"""


def printed(job: Job, fonts: FontSet, folder: Path, how: str) -> bytes:
    return subprocess.run(
        [sys.executable, "-c", PRINT, how],
        input=pickle.dumps(job),
        env=Press(fonts, folder)._environment,
        capture_output=True,
        check=True,
    ).stdout


def test_odd_styles_come_out_the_same(fonts: FontSet, tmp_path: Path) -> None:
    job = Job(
        html=f"<!doctype html><html lang=zh-CN><title>题</title><body style='font-family:\"XC Song\"'>{BODY}"
    )
    assert printed(job, fonts, tmp_path, "with") == printed(job, fonts, tmp_path, "without")


@pytest.mark.parametrize("issue", ["2021-01", "2021-03", "ai-governance-2021"])
def test_issues_come_out_the_same(fonts: FontSet, tmp_path: Path, issue: str) -> None:
    workspace = make_workspace(tmp_path / "快递")
    shutil.copytree(ROOT / "issues" / issue, workspace.root / "issues" / issue)
    with Workshop(workspace.root, {}) as workshop:
        composed = workshop.compose(IssueId(issue))
    job = print_job(composed.edition, composed.material)
    assert printed(job, fonts, tmp_path, "with") == printed(job, fonts, tmp_path, "without")


def test_another_weasyprint_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    assert not shortcuts.install()
