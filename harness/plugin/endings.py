"""How a story ended, by what it raised."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from harness.errors import CloudError, OutOfReach, Untold
from harness.plugin.interrupting import OutOfTime, Stopped

_LONGEST = 500
_TIMEOUT = "Timeout (>"


@dataclass(frozen=True)
class Ending:
    """``outcome`` is completed, failed, crashed, out_of_reach or, where it was interrupted, not_reached, or
    left_out where the run's time was over; without having run, what the board says.
    """

    outcome: str
    reason: str = ""
    component: str = ""
    cites: tuple[str, ...] = ()
    root: str | None = None

    @property
    def met(self) -> bool:
        """Whether what needs this one may run."""
        return self.outcome == "completed"

    def seen_in(self, rows: list[dict[str, object]]) -> Ending:
        """The same, with what the rows of the story add: the service behind its last exchange or command."""
        if self.outcome not in ("failed", "crashed") or (self.component and self.cites):
            return self
        last = next((row for row in reversed(rows) if row.get("component")), None)
        if last is None:
            return self
        cites = self.cites or (f"{last['worker']}:{last['seq']}",)
        return replace(self, component=self.component or str(last["component"]), cites=cites)


COMPLETED = Ending("completed")


def ending_of(error: BaseException) -> Ending:
    """A failed check or a refusing cloud fails the story; what nobody foresaw crashes it: never a pass."""
    text = _line(error)
    component = str(getattr(error, "component", "") or "")
    cites = tuple(getattr(error, "cites", ()) or ())
    if isinstance(error, OutOfTime):
        return Ending("left_out", text)
    if isinstance(error, Stopped):
        return Ending("not_reached", "interrupted while it ran")
    if isinstance(error, OutOfReach):
        return Ending("out_of_reach", text)
    if isinstance(error, Untold):
        return Ending("crashed", text)
    if isinstance(error, pytest.skip.Exception):
        return Ending("crashed", f"a story cannot skip; say `requires=` or `applies=` ({text})")
    if isinstance(error, pytest.fail.Exception) and _TIMEOUT in str(error):
        seconds = str(error).partition(_TIMEOUT)[2].partition("s)")[0]
        return Ending("crashed", f"hung: stopped after {seconds} s")
    if isinstance(error, AssertionError | CloudError | pytest.fail.Exception):
        return Ending("failed", text, component, cites)
    return Ending("crashed", f"{type(error).__name__}: {text}", component, cites)


def _line(error: BaseException) -> str:
    text = str(error).strip().partition("\n")[0].strip()
    return text[:_LONGEST] or type(error).__name__
