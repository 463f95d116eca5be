"""Letters that wait to be sent: the domains take turns, so that none gets many at once; pure."""

from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterable

from xcbulletin.delivery.mailing import Delivery, domain_of


class Waiting:
    """Letters by domain; those of one domain keep their order."""

    def __init__(self) -> None:
        self._by_domain: OrderedDict[str, deque[Delivery]] = OrderedDict()

    @property
    def domains(self) -> Collection[str]:
        """Domains that letters wait for."""
        return self._by_domain.keys()

    def add(self, letters: Iterable[Delivery]) -> None:
        """Add letters behind those that wait."""
        for letter in letters:
            self._by_domain.setdefault(domain_of(letter.address), deque()).append(letter)

    def take(self, is_free: Callable[[str], bool]) -> Delivery | None:
        """Take out the next letter to a domain that is free, the domain served longest ago first."""
        domain = next(filter(is_free, self._by_domain), None)
        if domain is None:
            return None
        letters = self._by_domain[domain]
        letter = letters.popleft()
        self._by_domain.move_to_end(domain)
        if not letters:
            del self._by_domain[domain]
        return letter
