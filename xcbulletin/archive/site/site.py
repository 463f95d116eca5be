"""What all pages of the archive share."""

from dataclasses import dataclass

from xcbulletin.model import Column, Industry


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """The archive of one bulletin."""

    title: str
    publishers: tuple[str, ...]
    notice: str | None
    """What the head of every page says of who may read it; None where everybody may, and search engines list it."""
    base_url: str | None
    """Where the archive is served, for feeds and citations; None where it is only passed on."""
    industries: tuple[Industry, ...]
    columns: tuple[Column, ...]
    """The bulletin's, and what parts of reports are shelved under."""
    volumes: tuple[int, ...]
    """The years that have an annual volume."""
    contact: str | None = None
    """Whom readers tell what they cannot read."""

    def address(self, page: str) -> str | None:
        """Return the address of a page wherever it is read from, if it has one."""
        return None if self.base_url is None else f"{self.base_url.rstrip('/')}/{page}"
