"""The stock rate limiter of nova: a leaky bucket a user and rule.

Rules come from the architecture, written ``POST * 10/MINUTE``; none means that the limiter is off. The URIs
of the stock rules have the regular expressions that nova ships; others match as globs.
"""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

UNITS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86400}
_STOCK = {"*": ".*", "*/servers": "^/servers", "*changes-since*": ".*changes-since.*"}


@dataclass(frozen=True)
class Limit:
    """A rule: so many ``verb`` requests to ``uri`` a unit of time."""

    verb: str
    uri: str
    value: int
    unit: str

    @property
    def regex(self) -> str:
        """What the rest of the URL behind the tenant, query included, is matched with."""
        return _STOCK.get(self.uri) or fnmatch.translate(self.uri)

    def concerns(self, verb: str, rest: str) -> bool:
        """Whether a request falls under the rule."""
        return verb == self.verb and re.match(self.regex, rest) is not None

    @classmethod
    def parse(cls, text: str) -> Limit:
        """From ``POST * 10/MINUTE``."""
        verb, uri, rate = text.split()
        value, _, unit = rate.partition("/")
        return cls(verb.upper(), uri, int(value), unit.upper())


@dataclass
class Bucket:
    """How full one user's bucket for one rule is, in seconds of the rule's unit."""

    limit: Limit
    water: float = 0.0
    seen: float | None = None
    free_at: float = 0.0

    def pour(self, now: float) -> float:
        """Count a request; the seconds to wait if it does not fit any more (then it is not counted), or 0."""
        self._leak(now)
        capacity = UNITS[self.limit.unit]
        drop = capacity / self.limit.value
        over = self.water + drop - capacity
        if over > 1e-9:
            self.free_at = now + over
            return over
        self.water += drop
        self.free_at = now
        return 0.0

    def remaining(self, now: float) -> int:
        """How many requests still fit."""
        self._leak(now)
        capacity = UNITS[self.limit.unit]
        return math.floor((capacity - self.water) / capacity * self.limit.value + 1e-9)

    def _leak(self, now: float) -> None:
        self.water = max(0.0, self.water - (now - (self.seen if self.seen is not None else now)))
        self.seen = now


@dataclass
class Limiter:
    """All buckets; a rule has one for every user."""

    limits: tuple[Limit, ...] = ()
    buckets: dict[tuple[str, Limit], Bucket] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Limiter:
        """From the rules of an architecture."""
        return cls(tuple(Limit.parse(text) for text in texts))

    def bucket(self, user: str, limit: Limit) -> Bucket:
        """The bucket of a user for a rule."""
        return self.buckets.setdefault((user, limit), Bucket(limit))

    def check(self, user: str, verb: str, rest: str, now: float) -> tuple[Limit, float] | None:
        """Count a request in every bucket that it falls under;
        the strictest rule that refuses it, and its delay.
        """
        refused = [
            (limit, delay)
            for limit in self.limits
            if limit.concerns(verb, rest) and (delay := self.bucket(user, limit).pour(now)) > 0
        ]
        return max(refused, key=lambda pair: pair[1]) if refused else None
