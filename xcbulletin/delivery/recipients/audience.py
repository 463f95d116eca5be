"""Who gets which letter of an issue, decided from the list alone."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import count

from xcbulletin.delivery.mailing import RECIPIENTS_FILE, PdfChoice, Planned, Recipient, Variant
from xcbulletin.delivery.recipients.merging import by_address, merge
from xcbulletin.errors import UsageMistakeError
from xcbulletin.model import Industry


def plan(
    recipients: Sequence[Recipient],
    printed: AbstractSet[str],
    industries: Sequence[Industry],
    *,
    list_name: str | None = None,
    copy_numbers_from: int | None = None,
) -> tuple[Planned, ...]:
    """Return the letters of an issue, one an address, in the order of the list.

    `printed` are the codes of industries that the issue has articles on. Copy numbers run over everybody who gets
    the PDF attached, whatever list is sent to, so that no two lists share one. Raises UsageMistakeError where
    nobody is on the list named.
    """
    merged = [merge(same) for same in by_address(recipients).values()]
    chosen = merged if list_name is None else _on_list(merged, list_name)
    numbers = _copy_numbers(merged, printed, industries, copy_numbers_from)
    return tuple(
        Planned(
            address=one.address,
            name=one.name,
            variant=Variant(_selection(one, industries), one.pdf),
            copy_number=numbers.get(one.address),
            is_empty=_is_empty(one, printed, industries),
        )
        for one in chosen
        if one.address is not None
    )


def _on_list(recipients: Sequence[Recipient], name: str) -> list[Recipient]:
    found = [one for one in recipients if name.strip() in one.lists]
    if found:
        return found
    known = dict.fromkeys(one for recipient in recipients for one in recipient.lists)
    there = f"已有的名单：{'、'.join(known)}" if known else f"{RECIPIENTS_FILE} 的“lists”（名单）一列还是空的"
    raise UsageMistakeError(f"--list 没有“{name}”这个名单；{there}")


def _selection(recipient: Recipient, industries: Sequence[Industry]) -> tuple[str, ...]:
    """Return the codes of those wanted, in the order of `industries`; all of them are the whole issue."""
    codes = tuple(one.code for one in industries if one.code in recipient.industries)
    return () if len(codes) == len(industries) else codes


def _is_empty(recipient: Recipient, printed: AbstractSet[str], industries: Sequence[Industry]) -> bool:
    selection = _selection(recipient, industries)
    return bool(selection) and printed.isdisjoint(selection)


def _copy_numbers(
    recipients: Sequence[Recipient],
    printed: AbstractSet[str],
    industries: Sequence[Industry],
    first: int | None,
) -> dict[str | None, int]:
    if first is None:
        return {}
    numbered = [
        one.address
        for one in recipients
        if one.pdf is PdfChoice.ATTACH and not _is_empty(one, printed, industries)
    ]
    return dict(zip(numbered, count(first), strict=False))
