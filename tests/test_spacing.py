"""Blanks where none belongs."""

import pytest
from proofed import mended, said


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("检测服务、 认证。", "blank-stray: “检测服务、 认证。”里多了空格；请删去空格"),
        ("检测 服务，认证。", "blank-stray: “检测 服务，认证。”里多了空格；请删去空格"),
        ("比例为1: 20，偏低。", "blank-stray: “比例为1: 20，偏低。”里多了空格；请删去空格"),
        ("增长12 %。", "blank-stray: “增长12 %。”里多了空格；请删去空格"),
    ],
)
def test_a_stray_blank_is_told(body: str, expected: str) -> None:
    assert said(body) == [expected]
    assert " " not in mended(body)


@pytest.mark.parametrize(
    "body",
    [
        "何 伟　副所长",
        "以“绿色制造 智慧工厂”为主题。",
        "**口径不同。** 同样的名称。",
        "用 AI 芯片和 5G 网络，占 12% 以上。",
        "软件和Google 地图",
    ],
)
def test_a_blank_that_is_meant_stays(body: str) -> None:
    assert said(body) == []
