"""Tell a story into the record: steps, observations, checks.

Nothing is compared here; the judge does that later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from harness.arch.paths import Path, show
from harness.clients.trail import Trail
from harness.evidence import Recorder


class CheckFailed(AssertionError):  # noqa: N818 - what it is, in the stories' words
    """A fact that a story needs does not hold; carries the service it was asked of,
    and the rows that show it.
    """

    def __init__(self, message: str, component: str, cites: tuple[str, ...]) -> None:
        self.component = component
        self.cites = cites
        super().__init__(message)


class Telling:
    """One scenario's part of the record. ``known`` says whether a row of another process is in this run."""

    def __init__(self, recorder: Recorder, trail: Trail, known: Callable[[str], bool]) -> None:
        self._recorder = recorder
        self._trail = trail
        self._known = known
        self._steps = 0
        trail.turn()

    @contextmanager
    def step(self, sentence: str) -> Iterator[None]:
        """Number a step, and write how it ended."""
        self._steps += 1
        number, outer = self._steps, self._recorder.step
        self._recorder.step = number
        self._trail.turn()
        self._trail.write("step", phase="start", number=number, title=sentence, ok=None, error=None)
        error: str | None = None
        try:
            yield
        except BaseException as raised:
            error = str(raised).strip() or type(raised).__name__
            raise
        finally:
            self._trail.write(
                "step", phase="end", number=number, title=sentence, ok=error is None, error=error
            )
            self._recorder.step = outer

    def observe(self, path: Path, value: Any, resource: str | None, cites: Sequence[str] | None) -> None:
        """Write an observation."""
        self._trail.write(
            "observation", clause=show(path), observed=value, cites=self._cites(cites), resource=resource
        )

    def observe_names(self, path: Path, names: Iterable[str], cites: Sequence[str] | None) -> None:
        """Write the names of a collection."""
        self._trail.write("names", collection=show(path), names=sorted(set(names)), cites=self._cites(cites))

    def cannot_see(self, path: Path, why: str) -> None:
        """Write that a clause is out of reach here."""
        self._trail.write("unseen", clause=show(path), reason=why)

    def cannot_tell(self, path: Path, why: str) -> None:
        """Write that nobody could say whether a clause holds."""
        self._trail.write("unseen", clause=show(path), reason=why, unknown=True)

    def check(self, sentence: str, ok: bool, expected: object, found: object) -> str:
        """Write a check, and raise where it does not hold."""
        cites = (self._trail.last,) if self._trail.last else ()
        facts = {"expected": str(expected), "found": str(found)}
        row = self._trail.write("check", sentence=sentence, ok=bool(ok), **facts, cites=list(cites))
        if not ok:
            details = [f"{name} {text}" for name, text in facts.items() if text]
            message = f"not so: {sentence}" + (f" ({', '.join(details)})" if details else "")
            raise CheckFailed(message, self._trail.component, (row, *cites))
        return row

    def _cites(self, cites: Sequence[str] | None) -> list[str]:
        """The rows given, or the last one of this step;
        raises ``ValueError`` for none, or one of another run.
        """
        if cites is None:
            if self._trail.last is None:
                raise ValueError("nothing was asked in this step that an observation could cite")
            return [self._trail.last]
        strangers = [row for row in cites if not self._trail.wrote(row) and not self._known(row)]
        if strangers or not cites:
            raise ValueError(
                f"an observation cites {', '.join(strangers) or 'nothing'}: not in this run's record"
            )
        return list(cites)
