"""Recipients that stand in the list more than once, as one: whoever is written down twice gets one letter."""

from collections.abc import Iterable, Sequence

from xcbulletin.delivery.mailing import PdfChoice, Recipient, key_of

_STRONGEST_FIRST = tuple(PdfChoice)


def by_address(recipients: Iterable[Recipient]) -> dict[str, list[Recipient]]:
    """Return those who have an address, by what it is told from others by, in the order of the list."""
    found: dict[str, list[Recipient]] = {}
    for one in recipients:
        if one.address is not None:
            found.setdefault(key_of(one.address), []).append(one)
    return found


def merge(same: Sequence[Recipient]) -> Recipient:
    """Return the recipient that several lines of one address stand for.

    All their industries (the whole issue, where one wants it) and lists, the strongest choice of PDF, the sum of
    their copies; of everything else what is written first.
    """
    first = same[0]
    return Recipient(
        name=_written([one.name for one in same]),
        address=first.address,
        organisation=_written([one.organisation for one in same]),
        role=_written([one.role for one in same]),
        relation=_written([one.relation for one in same]),
        industries=_each_once(one.industries for one in same) if all(one.industries for one in same) else (),
        pdf=min((one.pdf for one in same), key=_STRONGEST_FIRST.index),
        copies=sum(one.copies for one in same),
        lists=_each_once(one.lists for one in same),
        line=first.line,
    )


def _written(texts: Iterable[str]) -> str:
    return next(filter(None, texts), "")


def _each_once(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in names for name in group))
