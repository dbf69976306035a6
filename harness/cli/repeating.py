"""``--repeat N``: the same several times, as runs of one tag, and at the end what they tell together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from harness.evidence.folder import RunFolder

Repeat = Annotated[
    int,
    typer.Option(
        "--repeat", min=1, max=1000, metavar="N", help="The same so many times, as runs of one tag."
    ),
]
_WORST = (0, 2, 1)
"""Exit codes, each worse than the one before: GO, could not judge, NO-GO."""


@dataclass(frozen=True)
class Ended:
    """How one run ended: its exit code, and whether somebody interrupted it."""

    code: int
    interrupted: bool = False


@dataclass
class Turns:
    """The runs of one command; iterating ends early where one was interrupted."""

    count: int
    given: Sequence[str] = ()
    folders: list[RunFolder] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    _tag: str = ""
    _stopped: bool = False

    def __iter__(self) -> Iterator[Turns]:
        for number in range(1, self.count + 1):
            if self._stopped:
                return
            if self.count > 1:
                typer.echo(f"run {number} of {self.count}")
            yield self

    def tags(self, folder: RunFolder) -> list[str]:
        """The tags of the next run; where there are several, one that all of them have."""
        self._tag = self._tag or f"repeat-{folder.short}"
        return [*self.given, *([self._tag] if self.count > 1 else [])]

    def over(self, folder: RunFolder, ended: Ended) -> None:
        """A run has ended; one that never began left no folder."""
        self.folders += [folder] if folder.run.exists() else []
        self.codes.append(ended.code)
        self._stopped = ended.interrupted

    @property
    def code(self) -> int:
        """The worst of all."""
        return max(self.codes, key=_WORST.index, default=2)

    def show(self, home: Path) -> None:
        """Print what the runs tell together, where there are several."""
        if self.count > 1:
            from reports.repeats import read_repeats, to_terminal

            told = to_terminal(read_repeats([folder.path for folder in self.folders], self.count))
            typer.echo(f"\n{told}", nl=False)
            typer.echo(f"deployday compare --tag {self._tag}")
