"""Which waivers count now, and what each covers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harness.arch.paths import Path
from harness.evidence.verdicts import PRESENT
from harness.evidence.waivers import Waiver


class Accepted:
    """The waivers of a run as of a moment (epoch seconds)."""

    def __init__(self, waivers: Iterable[Waiver], now: float) -> None:
        self.all = tuple(waivers)
        self.now = now
        self._valid = tuple(waiver for waiver in self.all if not waiver.expired(now))

    def clause(self, path: Path, observed: Any) -> Waiver | None:
        """The waiver that covers this observation of a clause."""
        return _first(w for w in self._valid if w.clause is not None and w.covers_clause(path, observed))

    def uninvited(self, path: Path) -> Waiver | None:
        """The waiver that covers an undescribed name."""
        return _first(w for w in self._valid if w.clause == path and w.observed == PRESENT)

    def scenario(self, key: str, reason: str, step: str = "") -> Waiver | None:
        """The waiver that covers this scenario, not passing for this reason, in this step."""
        return _first(w for w in self._valid if w.covers_scenario(key, reason, step))


def _first(covering: Iterable[Waiver]) -> Waiver | None:
    return next(iter(covering), None)
