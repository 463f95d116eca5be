"""Figures of an article that the kept text of its source does not have."""

from collections.abc import Iterator

from xcbulletin.model import Severity
from xcbulletin.proofing.findings import Family, Rule
from xcbulletin.proofing.numbers.headlines import Support, figures_to_check
from xcbulletin.proofing.numbers.slips import Slip

NOT_IN_SOURCE = Rule(
    id="figure-not-in-source",
    family=Family.NUMBERS,
    name="来源正文里没有的数",
    severity=Severity.WARNING,
    why="文章的数字应当能在保存下来的来源正文里找到，或由其中的数字算出。",
    basis="编辑部核数的规矩：每个数都能找到出处",
    weight=1,
)


def unsupported(text: str, source: Support, article: Support) -> Iterator[Slip]:
    """Yield the figures of a passage that neither stand in the source nor follow from figures that do."""
    for figure in figures_to_check(text):
        if not (source.holds(figure) or source.yields(figure) or article.yields(figure)):
            yield Slip(
                rule=NOT_IN_SOURCE,
                start=figure.start,
                end=figure.end,
                message=f"“{figure.words}”在保存的来源正文里找不到，也算不出来",
                suggestion="对照来源改正；出自别处的，写明出处",
            )


def source_of(text: str) -> Support:
    """Return what a kept page says in figures."""
    return Support(text.splitlines(), data=text)


def none_of(figures: int, first: Slip) -> Slip:
    """Return the one thing to say, at the first of them, where no figure stands in what was kept."""
    message = f"文中 {figures} 个数在保存的来源正文里一个也没有，保存的可能不是全文"
    suggestion = "重新保存来源全文，再核对数字"
    return Slip(rule=NOT_IN_SOURCE, start=first.start, end=first.end, message=message, suggestion=suggestion)
