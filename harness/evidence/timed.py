"""What a run that had to end in time (``--within``) left out: it was in scope, there is no GO without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.evidence.answer import Answer
from harness.evidence.reader import Row

LEFT_OUT = "left_out"
"""The outcome of a scenario that there was no time for, to begin it or to end it."""
_SHOWN = 3


@dataclass(frozen=True)
class Timed:
    """``asked`` is the time as it was asked for (``30m``), "" where the run had all the time; ``waited`` how
    long its cloud was waited for in vain, as it was asked for.
    """

    asked: str = ""
    left_out: tuple[str, ...] = ()
    waited: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """What the banner says of it."""
        waited = (f"waited {self.waited} in vain",) if self.waited else ()
        within = (f"within {self.asked}: {len(self.left_out) or 'nothing'} left out",) if self.asked else ()
        return waited + within

    def over(self, said: Answer) -> Answer:
        """The answer with what was left out: no GO, and nothing against the cloud."""
        if not self.left_out:
            return said
        names = "; ".join(self.left_out[:_SHOWN])
        more = f" and {len(self.left_out) - _SHOWN} more" if len(self.left_out) > _SHOWN else ""
        many = "1 scenario was" if len(self.left_out) == 1 else f"{len(self.left_out)} scenarios were"
        sentence = f"{many} left out: {names}{more} (--within {self.asked})."
        if said.go == "NO-GO":
            return Answer(said.go, (*said.because, sentence))
        because = said.because if said.go == "COULD NOT JUDGE" else ()
        return Answer("COULD NOT JUDGE", (sentence, *because))


def timed(rows: Sequence[Row]) -> Timed:
    """Read it from the record of a run."""
    walls = [row for row in rows if row["kind"] == "run" and row.get("phase") == "wall"]
    waits = [row for row in rows if row["kind"] == "run" and row.get("phase") == "waited"]
    vain = str(waits[-1].get("asked") or "")[:40] if waits and not waits[-1].get("open") else ""
    if not walls:
        return Timed(waited=vain)
    verdicts = {str(row.get("scenario")): row.get("outcome") for row in rows if row["kind"] == "verdict"}
    out = tuple(key for key, outcome in verdicts.items() if outcome == LEFT_OUT)
    return Timed(str(walls[-1].get("within") or "")[:40], out, vain)
