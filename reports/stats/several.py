"""Many statements at once: what a single p is worth among them (Benjamini and Hochberg, JRSS B 57, 1995)."""

from __future__ import annotations

from collections.abc import Sequence


def adjusted(chances: Sequence[float]) -> list[float]:
    """For each p, the least level at which it counts among all of them.

    Of what counts at 5 %, at most one in twenty is expected to be a false alarm; where nothing differs at
    all, the chance of any alarm is 5 %. That holds for independent and for positively dependent p, as the
    times of a scenario and of its steps are.
    """
    found = [1.0] * len(chances)
    best = 1.0
    for rank, place in reversed(list(enumerate(sorted(range(len(chances)), key=chances.__getitem__), 1))):
        best = min(best, chances[place] * len(chances) / rank)
        found[place] = best
    return found
