"""Figures checked: against each other, against the headline, the issue, the archive and the source."""

from xcbulletin.proofing.numbers.agreement import PRINTED_OTHERWISE, TWO_VALUES
from xcbulletin.proofing.numbers.comparing import COMPARISON, GROWTH, MULTIPLE
from xcbulletin.proofing.numbers.evidence import NOT_IN_SOURCE
from xcbulletin.proofing.numbers.finding import find
from xcbulletin.proofing.numbers.headlines import HEADLINE
from xcbulletin.proofing.numbers.sharing import RESPECTIVELY, SHARE, SUM
from xcbulletin.proofing.numbers.tables import TABLE_GROWTH, TABLE_SHARE, TABLE_TOTAL

RULES = (
    COMPARISON,
    GROWTH,
    MULTIPLE,
    SHARE,
    SUM,
    RESPECTIVELY,
    TABLE_TOTAL,
    TABLE_GROWTH,
    TABLE_SHARE,
    HEADLINE,
    TWO_VALUES,
    PRINTED_OTHERWISE,
    NOT_IN_SOURCE,
)

__all__ = ["RULES", "find"]
