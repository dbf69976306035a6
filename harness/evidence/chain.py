"""The longest chain: stories that had to wait for each other, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Chain:
    """Keys from the first to the last, the seconds of each, and their sum."""

    links: tuple[tuple[str, float], ...] = ()

    @property
    def seconds(self) -> float:
        """How long the chain takes when nothing else holds it up."""
        return round(sum(lasted for _, lasted in self.links), 3)


def longest(waits: Mapping[str, Iterable[str]], seconds: Mapping[str, float]) -> Chain:
    """The chain that takes longest.

    ``waits`` says for each key, in running order, which keys it waits for (others than those of the mapping
    count for nothing); ``seconds`` how long each takes. Of equally long ones it is the first.
    """
    until: dict[str, float] = {}
    before: dict[str, str | None] = {}
    for key, others in waits.items():
        known = [other for other in others if other in until]
        last = max(known, key=lambda other: until[other], default=None)
        before[key] = last
        until[key] = seconds.get(key, 0.0) + (until[last] if last is not None else 0.0)
    end = max(until, key=lambda each: until[each], default=None)
    links: list[tuple[str, float]] = []
    while end is not None:
        links.append((end, round(seconds.get(end, 0.0), 3)))
        end = before[end]
    return Chain(tuple(reversed(links)))
