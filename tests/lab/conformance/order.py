"""The order of a replay: exchanges that change nothing may change places, as the seed says."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import groupby

from tests.lab.conformance.recording import Exchange
from tests.lab.conformance.shapes import IDENTIFIER
from tests.lab.conformance.tables import FIXED_CASES, FIXED_ORDER

Item = tuple[Exchange, ...]
"""One exchange, or all polls of one wait."""


def ordered(exchanges: Sequence[Exchange], rng: random.Random) -> list[Item]:
    """The exchanges as they are sent: waits together, independent neighbours shuffled."""
    items: list[Item] = []
    for movable, group in groupby(_items(exchanges), key=_movable):
        run = list(group)
        items.extend(_shuffled(run, rng) if movable else run)
    return items


def _items(exchanges: Sequence[Exchange]) -> Iterator[Item]:
    for watched, group in groupby(exchanges, key=lambda e: (e.watched, e.case) if e.watched else None):
        if watched:
            yield tuple(group)
        else:
            yield from ((exchange,) for exchange in group)


def _movable(item: Item) -> bool:
    """Whether sending it leaves no trace that its neighbours could see."""
    first = item[0]
    if first.watched or first.file in FIXED_ORDER or first.case in FIXED_CASES:
        return False
    reads = first.method in ("GET", "HEAD", "OPTIONS")
    return reads or first.answer.status >= 400 or first.path.endswith("/v2.0/tokens")


def _shuffled(run: list[Item], rng: random.Random) -> Iterator[Item]:
    """A random order in which nobody uses an identifier before the exchange that first shows it."""
    shown: dict[str, int] = {}
    needs: list[set[int]] = []
    for at, (exchange,) in enumerate(run):
        asked = _identifiers(exchange.path, exchange.body, *dict(exchange.headers).values())
        needs.append({shown[key] for key in asked if key in shown})
        for key in _identifiers(exchange.answer.body, exchange.answer.header("location")) - asked:
            shown.setdefault(key, at)
    left = list(range(len(run)))
    while left:
        ready = [at for at in left if not needs[at] & set(left)]
        at = rng.choice(ready)
        left.remove(at)
        yield run[at]


def _identifiers(*texts: str | bytes | None) -> set[str]:
    decoded = (text.decode("utf-8", "replace") if isinstance(text, bytes) else text or "" for text in texts)
    return {found for text in decoded for found in IDENTIFIER.findall(text)}
