"""Hosts that should be the same and are not: the odd ones out of a hundred, with nothing described.

Where two thirds of the hosts say the same, the others are odd. Where they do not, that is told once, as a
split. What differs on every host of three or more is identity if it may be a host's own (an option, a digest,
a kernel setting), and so is what differs only by the host's own name or address.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from statistics import median

from harness.arch.layout import natural
from harness.arch.summing import by_value, listed
from harness.fleet.comparable import KINDS
from harness.fleet.ownness import masking
from harness.fleet.values import Kind, Value, Values
from harness.hosts.facts.model import Facts, Unknown

ABSENT = "absent"
_LONGEST = 200
_SET = 4
_MANY = 12
_VALUES = 3
_OTHERS = "what the others have"
_SEAL = re.compile(r"hmac:([0-9a-f]{4})[0-9a-f]{12}")

Mask = Callable[[Value], Value] | None


@dataclass(frozen=True)
class Odd:
    """One thing in which hosts differ: what most of them say, and the value of each that says otherwise.

    ``expected`` is None where no two thirds agree: then ``hosts`` are all of them. ``kind`` is the part of
    the facts; ``of`` is how many hosts told it. Texts come from hosts: escape them where they are shown.
    """

    what: str
    expected: str | None
    hosts: Mapping[str, str]
    of: int
    kind: str

    def __str__(self) -> str:
        groups = by_value(self.hosts)
        if self.expected is not None:
            told = "; ".join(f"{value} on {listed(nodes)}" for value, nodes in _first(groups))
            return f"{self.what}: {told}; {self.expected} on the other {self.of - len(self.hosts)}"
        if len(groups) == self.of > 2:
            return f"{self.what}: no two of {self.of} agree"
        counts = ":".join(str(len(nodes)) for nodes in groups.values())
        told = "; ".join(f"{value} on {listed(nodes)}" for value, nodes in _first(groups))
        return f"{self.what}: split {counts}: {told}"


def _first(groups: Mapping[str, list[str]]) -> list[tuple[str, list[str]]]:
    """The values that most hosts have."""
    return list(islice(groups.items(), _VALUES))


def odd_ones(facts: Mapping[str, Facts]) -> tuple[Odd, ...]:
    """In what the hosts differ, in the order in which a person would look at it.

    A host of which a part is unknown is not held against the others in it.
    """
    masks = {name: masking(each) for name, each in facts.items()}
    return tuple(odd for kind in KINDS for odd in _odd_of(kind, facts, masks))


def _odd_of(kind: Kind, facts: Mapping[str, Facts], masks: Mapping[str, Mask]) -> Iterator[Odd]:
    told: dict[str, Values] = {}
    for host, each in facts.items():
        if not isinstance(values := kind.values(each), Unknown):
            told[host] = values
    for name in _differing(list(told.values())):
        values = _of(name, kind, told, facts)
        if len(values) > 1 and (odd := _judged(kind, name, values, masks)) is not None:
            yield odd


def _differing(told: list[Values]) -> list[str]:
    """The names whose value is not the same everywhere: held against one host, which is fast for all."""
    if not told:
        return []
    first = told[0].items()
    names = {name for values in told[1:] if values != told[0] for name, _ in first ^ values.items()}
    return sorted(names, key=natural)


def _of(name: str, kind: Kind, told: Mapping[str, Values], facts: Mapping[str, Facts]) -> dict[str, Value]:
    """Host → its value of that name; that it is not there is a value too, where presence counts."""
    if not kind.presence:
        return {host: values[name] for host, values in told.items() if name in values}
    seen = (host for host in told if not kind.hidden(facts[host], name))
    return {host: told[host].get(name, ABSENT) for host in seen}


def _judged(kind: Kind, name: str, values: Mapping[str, Value], masks: Mapping[str, Mask]) -> Odd | None:
    """Values as they are, then without what is each host's own: the way in which more hosts agree counts."""
    plain, size = _near(values, kind.within), len(values)
    best, count = _top(plain)
    if count < size:
        masked = {host: mask(plain[host]) for host in plain if (mask := masks[host]) is not None}
        if masked and _top(masked)[1] * size > count * len(masked):
            plain, size, (best, count) = masked, len(masked), _top(masked)
    if count == size or (kind.own and size > 2 and len(set(plain.values())) >= size - size // 10):
        return None
    what = kind.label.format(name)
    if 3 * count < 2 * size:
        return Odd(what, None, _apart({host: values[host] for host in plain}), size, kind.name)
    odd = {host: shown(values[host], best) for host, value in plain.items() if value != best}
    parts = any(_by_parts(values[host], best) for host in odd)
    return Odd(what, _OTHERS if parts else shown(best), odd, size, kind.name)


def _apart(values: Mapping[str, Value]) -> dict[str, str]:
    """Values for people, of sets only what not all of them have."""
    sets = {host: value for host, value in values.items() if isinstance(value, tuple)}
    if len(sets) < len(values):
        return {host: shown(value) for host, value in values.items()}
    common = set.intersection(*map(set, sets.values()))
    rest = {host: tuple(each for each in value if each not in common) for host, value in sets.items()}
    if not any(rest.values()):
        return {host: shown(value) for host, value in values.items()}
    return {host: f"with {shown(value)}" if value else "with nothing more" for host, value in rest.items()}


def _by_parts(value: Value, expected: Value) -> bool:
    """Whether only what is otherwise of a set is shown."""
    if not isinstance(value, tuple) or not isinstance(expected, tuple):
        return False
    return max(len(value), len(expected)) > _SET


def _top(values: Mapping[str, Value]) -> tuple[Value, int]:
    return Counter(values.values()).most_common(1)[0]


def _near(values: Mapping[str, Value], within: float) -> Mapping[str, Value]:
    """Numbers that are near to the middle one are that one."""
    numbers = [value for value in values.values() if isinstance(value, int | float)]
    if not within or not numbers:
        return values
    middle = median(numbers)
    return {
        host: middle
        if not isinstance(value, str | tuple) and abs(value - middle) <= within * middle
        else value
        for host, value in values.items()
    }


def shown(value: Value, expected: Value | None = None) -> str:
    """A value for people: a number without needless digits, of a long set what is otherwise than expected."""
    if isinstance(value, tuple):
        if isinstance(expected, tuple) and _by_parts(value, expected):
            lacks, more = [v for v in expected if v not in value], [v for v in value if v not in expected]
            words = [f"without {', '.join(lacks)}"] * bool(lacks) + [f"with {', '.join(more)}"] * bool(more)
            return _cut("; ".join(words) or "in another order")
        return _cut(f"{len(value)} of them" if len(value) > _MANY else ", ".join(value) or "none")
    return (
        _cut(_SEAL.sub(r"secret \1", value))
        if isinstance(value, str)
        else f"{value:g}"
        if value < 1e6
        else f"{value:.0f}"
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
