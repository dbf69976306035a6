"""Known deviations that somebody accepted, for a while; ``waiverfile`` reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from harness.arch.paths import Path, show

SOON = 14 * 86400.0
"""So many seconds before its end, a waiver is said to end soon."""

_LITERAL = re.compile(r"([\[?])")


@dataclass(frozen=True)
class Waiver:
    """One accepted deviation: of a ``clause`` (a path) or of a ``scenario`` (a key).

    ``until`` is epoch seconds; ``step`` is the sentence of the step that a waived scenario fails in, empty
    where any step will do. A range of subjects is as many waivers.
    """

    clause: Path | None
    scenario: str | None
    observed: Any
    reason: str
    owner: str
    ticket: str
    until: float
    where: str = ""
    step: str = ""

    @property
    def what(self) -> str:
        """What it is about, as the user wrote it."""
        return show(self.clause) if self.clause else str(self.scenario)

    @property
    def until_text(self) -> str:
        """The end in UTC, for people."""
        return datetime.fromtimestamp(self.until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def expired(self, now: float) -> bool:
        """Whether it counts no more at that time (epoch seconds)."""
        return now > self.until

    def ends_soon(self, now: float) -> bool:
        """Whether it still counts at that time, and not for much longer."""
        return now <= self.until < now + SOON

    def covers_clause(self, path: Path, observed: Any) -> bool:
        """Whether it is about this clause, and about what was seen there."""
        expected = None if self.observed == "absent" and observed is None else self.observed
        if isinstance(expected, list) and isinstance(observed, list):
            expected, observed = sorted(map(repr, expected)), sorted(map(repr, observed))
        return (
            path == self.clause
            and expected == observed
            and isinstance(expected, bool) == isinstance(observed, bool)
        )

    def covers_scenario(self, key: str, reason: str, step: str = "") -> bool:
        """Whether it is about this scenario on this subject, failing for this reason and in this step."""
        return (
            key == self.scenario
            and _like(reason, str(self.observed))
            and (not self.step or _like(step, self.step))
        )


def _like(text: str, pattern: str) -> bool:
    """Whether a text is what a pattern says; ``*`` alone stands for something else."""
    return fnmatchcase(text, _LITERAL.sub(r"[\1]", pattern))
