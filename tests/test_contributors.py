import pytest

from xcbulletin.publishing.contributors import align_names
from xcbulletin.publishing.nodes import Heading, Paragraph, Text, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("何 伟 中国信通院副所长", "何　伟　中国信通院副所长"),
        ("付江 研究员", "付　江　研究员"),
        ("王爱华 副总工程师", "王爱华　副总工程师"),
        ("欧阳修文　研究员", "欧阳修文　研究员"),
        ("何伟", "何伟"),
        ("感谢以上各位的支持。", "感谢以上各位的支持。"),
        ("Wei He 研究员", "Wei He 研究员"),
    ],
)
def test_names_are_three_ems_wide(text: str, expected: str) -> None:
    (node,) = align_names((Paragraph(children=(Text(text=text),)),))
    assert plain(node.children) == expected


def test_only_paragraphs_begin_with_names() -> None:
    nodes = (Heading(level=1, children=(Text(text="指 导"),)), Paragraph(children=()))
    assert align_names(nodes) == nodes
