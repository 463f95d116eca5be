"""What copying leaves behind."""

import pytest
from proofed import said


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "公布最新的SOTA13榜单名次",
            "residue-note: “布最新的SOTA13榜单名次”里的“13”像是原文的注释号；请删去“13”；要保留注释的，请写成 [^1]",
        ),
        (
            "增长迅猛。12我国企业",
            "residue-note: “增长迅猛。12我国企业”里的“12”像是原文的注释号；请删去“12”；要保留注释的，请写成 [^1]",
        ),
        (
            "增长迅猛[3]，企业",
            "residue-note: “增长迅猛[3]，企业”里的“[3]”像是原文的注释号；请删去“[3]”；要保留注释的，请写成 [^1]",
        ),
        (
            "市场空间达千亿元①。",
            "residue-note: “市场空间达千亿元①。”里的“①”像是原文的注释号；请删去“①”；要保留注释的，请写成 [^1]",
        ),
        (
            "发展\u200d\u200d产业",
            "residue-character: “发展\u200d\u200d产业”里有看不见的多余字符（U+200D U+200D）；请删去",
        ),
        ("甲。\n\n— 12 —\n\n乙。", "residue-page: 单独一行的“— 12 —”像是页码；请删去这一行"),
        ("发展。责任编辑：某某", "residue-web: “发展。责任编辑：某某”是网页上带来的文字；请删去"),
        (
            "推动转型和 innovation。",
            "residue-latin: “推动转型和 innovation。”里夹着外文词“innovation”；请译成中文；确实要用的，请加进 sources/proofing.yaml 的 latin",
        ),
        ("发展\ufffd产业", "residue-character: “发展\ufffd产业”里有无法显示的字符（U+FFFD）；请对照原文改正"),
        (
            "所谓“-体化”发展",
            "residue-hyphen: “所谓“-体化”发展”里的“-”不是连接号；请核对是否认错的字（如“一”），或删去",
        ),
    ],
)
def test_residue_is_told(body: str, expected: str) -> None:
    assert said(body) == [expected]


def test_a_line_that_comes_again_and_again_is_a_running_head() -> None:
    assert (
        said("中国信通院 CAICT\n\n甲。\n\n中国信通院 CAICT\n\n乙。\n\n中国信通院 CAICT")
        == ["residue-page: “中国信通院 CAICT”单独成段出现 3 次，像是页眉或页脚；请删去这一行"] * 3
    )


@pytest.mark.parametrize(
    "body",
    [
        "用GPT3模型、5G、PM2.5、ISO9001、G20、CVPR2020和H1N1，GDP3万亿元，GPU4块。",
        "增长迅猛。12月，我国企业。3家企业。2020年我国出台。",
        "面积12米²，排放CO₂。",
        "所谓transformer模型、iPhone手机，即英语中的emotion。",
        "“一体化”发展，郑州-许昌。",
        "据外媒 autoevolution 报道，销量增长。",
        "①融资难，②用工难；③用地难。",
    ],
)
def test_what_belongs_there_stays(body: str) -> None:
    assert said(body) == []
