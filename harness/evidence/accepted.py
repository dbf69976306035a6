"""Which waivers count now, what each covers, and which were of no use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harness.arch.paths import Path
from harness.evidence.verdicts import PRESENT
from harness.evidence.waivers import Waiver


class Accepted:
    """The waivers of a run as of a moment (epoch seconds); it remembers which were used."""

    def __init__(self, waivers: Iterable[Waiver], now: float) -> None:
        self._all = tuple(waivers)
        self._valid = tuple(waiver for waiver in self._all if not waiver.expired(now))
        self._used: set[int] = set()

    @property
    def expired(self) -> tuple[Waiver, ...]:
        """Those whose time is over."""
        return tuple(waiver for waiver in self._all if waiver not in self._valid)

    @property
    def unused(self) -> tuple[Waiver, ...]:
        """Those still valid that covered nothing: what they waive was not seen, or was seen otherwise."""
        return tuple(w for index, w in enumerate(self._valid) if index not in self._used)

    def clause(self, path: Path, observed: Any) -> Waiver | None:
        """The waiver that covers this observation of a clause."""
        return self._first(w.clause is not None and w.covers_clause(path, observed) for w in self._valid)

    def uninvited(self, path: Path) -> Waiver | None:
        """The waiver that covers an undescribed name."""
        return self._first(w.clause == path and w.observed == PRESENT for w in self._valid)

    def scenario(self, key: str, reason: str) -> Waiver | None:
        """The waiver that covers this scenario, not passing for this reason."""
        return self._first(w.scenario is not None and w.covers_scenario(key, reason) for w in self._valid)

    def _first(self, covering: Iterable[bool]) -> Waiver | None:
        for index, covers in enumerate(covering):
            if covers:
                self._used.add(index)
                return self._valid[index]
        return None
