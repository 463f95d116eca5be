"""Proof that letters arrived: a copy of each went to an archive mailbox, too, with the same Message-ID."""

from collections.abc import Collection, Iterable

from xcbulletin.delivery.returns.received import read_headers


def seen(headers: Iterable[bytes], message_ids: Collection[str]) -> frozenset[str]:
    """Return those of `message_ids` that letters bear; reading ends when all were seen.

    `headers` are letters, or their header fields; a Message-ID has its angle brackets.
    """
    missing = set(message_ids)
    for content in headers:
        missing.discard(read_headers(content).get("message-id", ""))
        if not missing:
            break
    return frozenset(message_ids) - missing
