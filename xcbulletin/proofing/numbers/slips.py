"""What the checks of a text hand over, by offset."""

from dataclasses import dataclass

from xcbulletin.model import Severity
from xcbulletin.proofing.findings import Rule
from xcbulletin.proofing.numbers.quantities import Quantity
from xcbulletin.proofing.numbers.reckoning import Reckoned, is_cut_off, is_far, restate


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """A figure that does not hold."""

    rule: Rule
    start: int
    end: int
    message: str
    suggestion: str | None = None
    severity: Severity | None = None


def wrong_figure(
    rule: Rule, printed: Quantity, reckoned: Reckoned, how: str, *, certain: bool = False, signed: bool = True
) -> Slip:
    """Return what to say of a figure that ought to be another; `how` is the sum as an editor would write it."""
    right = restate(printed, reckoned.value)
    cut = is_cut_off(printed, reckoned.value)
    verdict = f"印成{printed.words}，似是截尾" if cut else f"印成{printed.words}"
    direction = "（方向相反）" if signed and reckoned.value < 0 <= printed.value and not cut else ""
    severe = certain and printed.is_exact and not cut and is_far(printed, reckoned)
    return Slip(
        rule=rule,
        start=printed.start,
        end=printed.end,
        message=f"{how}，应为{right}{direction}，{verdict}",
        suggestion=f"改为“{right}”，或核对原始数字",
        severity=Severity.ERROR if severe else Severity.WARNING,
    )
