"""How an observed value is held against a described one, and how a described value can be made wrong.

``violate`` gives a description that every cloud which matched the old one must contradict, or ``None`` where
there is none: whoever promised "at least 200" may have any number above, so no other such promise is surely
broken. Observed values may be of any JSON type; a value of the wrong type does not hold, it never raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

NOBODY = "deployday-no-such-name"


@dataclass(frozen=True)
class Comparator:
    """``holds(described, observed)`` and ``violate(described)``, both on JSON-able values."""

    name: str
    holds: Callable[[Any, Any], bool]
    violate: Callable[[Any], Any]


def comparator(name: str) -> Comparator:
    """The comparator of that name; raises ``KeyError`` for another."""
    return _BY_NAME[name]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(described: Any, observed: Any) -> bool:
    """1 and 1.0 are the same number, true and 1 are not."""
    return bool(described == observed) and isinstance(described, bool) == isinstance(observed, bool)


def _unequal(described: Any) -> Any:
    if isinstance(described, bool):
        return not described
    if _is_number(described):
        return described - 1 if described >= 65535 else described + 1
    return f"{described}-{NOBODY}" if isinstance(described, str) else None


def _at_least(described: Any, observed: Any) -> bool:
    return _is_number(observed) and bool(observed >= described)


def _nearly(described: Any, observed: Any) -> bool:
    """What is sold as 4 GB of memory or 500 GB of disk: firmware and decimal units take their share."""
    return _is_number(described) and _at_least(0.93 * described, observed)


_YES, _NO = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})


def _option(described: Any, observed: Any) -> bool:
    """A value of an option file: the words for yes and no are each other's equals, as oslo reads them."""
    if not isinstance(observed, str) or not isinstance(described, str):
        return False
    words = {described.lower(), observed.lower()}
    return described == observed or words <= _YES or words <= _NO


def _at_most(described: Any, observed: Any) -> bool:
    return _is_number(observed) and bool(observed <= described)


def _within(described: Any, observed: Any) -> bool:
    """Nothing is done in no time: an objective of 0 never holds."""
    return described > 0 and _at_most(described, observed)


def _about(described: Any, observed: Any) -> bool:
    return _is_number(observed) and abs(observed - described) <= 0.01 * abs(described)


def _includes(described: Any, observed: Any) -> bool:
    return isinstance(observed, list) and all(item in observed for item in described)


def _one_more(described: Any) -> Any:
    if described and all(map(_is_number, described)):
        return sorted([*described, next(n for n in range(65535, 0, -1) if n not in described)])
    return sorted([*described, NOBODY])


def _exactly(described: Any, observed: Any) -> bool:
    return _includes(described, observed) and all(item in described for item in observed)


def _one_fewer(described: Any) -> Any:
    return described[:-1] if len(set(described)) > 1 else _one_more(described)


def _matches(described: Any, observed: Any) -> bool:
    return isinstance(observed, str) and fnmatchcase(observed, described)


def _same_digest(described: Any, observed: Any) -> bool:
    return isinstance(observed, str) and observed.lower() == described.lower()


def _other_digest(described: Any) -> Any:
    return ("1" if described[:1] == "0" else "0") + described[1:]


def _never(described: Any) -> Any:
    return None


_ALL = (
    Comparator("equal", _equal, _unequal),
    Comparator("at_least", _at_least, _never),
    Comparator("nearly", _nearly, _never),
    Comparator("option", _option, _unequal),
    Comparator("at_most", _at_most, _never),
    Comparator("objective", _within, lambda described: 0),
    Comparator("about", _about, lambda described: described * 2 or 1),
    Comparator("includes", _includes, _one_more),
    Comparator("exactly", _exactly, _one_fewer),
    Comparator("matches", _matches, lambda described: NOBODY),
    Comparator("digest", _same_digest, _other_digest),
)
_BY_NAME = {each.name: each for each in _ALL}
NAMES = tuple(_BY_NAME)
