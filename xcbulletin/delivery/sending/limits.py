"""How fast letters may go: a token bucket for the relay and for each domain that has a limit, and pauses; pure."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from xcbulletin.delivery.mailing import Level


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """A limit: no minute sees more than `per_minute`, and no burst more than a sixth of it, or one."""

    per_minute: int

    @property
    def capacity(self) -> float:
        """Tokens of a full level."""
        return max(1.0, self.per_minute / 6)

    @property
    def per_second(self) -> float:
        """Tokens that come in a second."""
        return self.per_minute * 5 / 6 / 60


_NEWS = 0.005
"""Part of a full level by which it has to be lower than what is kept of it, to be kept anew."""


class Limits:
    """What may be sent now. The caller holds the clock, and lets one thread at a time in."""

    def __init__(
        self, relay: str, per_minute: int, domains: Mapping[str, int], kept: Mapping[str, Level] | None = None
    ) -> None:
        self._relay = relay
        self._rates = {relay: Rate(per_minute=per_minute)}
        self._rates |= {_name(domain.lower()): Rate(per_minute=limit) for domain, limit in domains.items()}
        self._levels, self._kept = dict(kept or {}), dict(kept or {})

    def wait(self, domain: str | None, now: datetime.datetime) -> float:
        """Return in how many seconds a letter may go to a domain, or to any; 0 for now."""
        names = [self._relay] if domain is None else [self._relay, _name(domain)]
        return max(self._wait(name, now) for name in names)

    def take(self, domain: str, now: datetime.datetime) -> None:
        """Count a letter to a domain."""
        for name in (self._relay, _name(domain)):
            if name in self._rates:
                level = self._filled(name, now)
                self._levels[name] = replace(level, tokens=level.tokens - 1)

    def pause(self, domain: str | None, now: datetime.datetime, until: datetime.datetime) -> None:
        """Let no letter go to a domain, or none at all, before a moment."""
        name = self._relay if domain is None else _name(domain)
        level = self._filled(name, now)
        later = max(filter(None, (level.paused_until, until)))
        self._levels[name] = replace(level, paused_until=later)

    def seconds(self, letters: Mapping[str, int]) -> float:
        """Return how long so many letters to each domain take at the least, pauses apart."""
        counts = {self._relay: sum(letters.values()), **{_name(one): n for one, n in letters.items()}}
        return max(counts[name] / rate.per_second for name, rate in self._rates.items() if name in counts)

    def levels(self, domain: str, now: datetime.datetime) -> dict[str, Level]:
        """Return the levels that a letter to a domain has to do with, where they are to be kept for the next run.

        They are not where that run would take them for about the same: what is kept fills up by itself.
        """
        levels = {
            name: self._filled(name, now)
            for name in (self._relay, _name(domain))
            if name in self._levels and self._is_news(name, now)
        }
        self._kept |= levels
        return levels

    def _is_news(self, name: str, now: datetime.datetime) -> bool:
        level, kept = self._filled(name, now), self._fill(name, self._kept.get(name), now)
        missing = kept.tokens - level.tokens
        return level.paused_until != kept.paused_until or missing > _NEWS * self._capacity(name)

    def _wait(self, name: str, now: datetime.datetime) -> float:
        level, rate = self._filled(name, now), self._rates.get(name)
        paused = (level.paused_until - now).total_seconds() if level.paused_until else 0.0
        # A token that lacks a billionth is one: sums of floats do not come out even.
        missing = 1 - 1e-9 - level.tokens
        return max(0.0, paused, missing / rate.per_second if rate and missing > 0 else 0.0)

    def _filled(self, name: str, now: datetime.datetime) -> Level:
        return self._fill(name, self._levels.get(name), now)

    def _fill(self, name: str, level: Level | None, now: datetime.datetime) -> Level:
        rate = self._rates.get(name)
        if level is None:
            return Level(tokens=self._capacity(name), at=now)
        if rate is None:
            return level
        came = max(0.0, (now - level.at).total_seconds()) * rate.per_second  # clocks are put back at times
        return replace(level, tokens=min(rate.capacity, level.tokens + came), at=now)

    def _capacity(self, name: str) -> float:
        return self._rates[name].capacity if name in self._rates else 0.0


def _name(domain: str) -> str:
    return f"@{domain}"
