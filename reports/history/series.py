"""The runs of one cloud beside each other: a row a run, oldest first, and a column a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reports.history.entry import VERDICTS, Facts

PASS, FAIL, UNKNOWN = (VERDICTS.index(word) for word in ("pass", "fail", "unknown"))
_FIGURE = "run/"


@dataclass(frozen=True)
class Steps:
    """(scenario, sentence) of steps that passed, and the seconds of each (rows) in each run (columns), NaN
    where it has none.
    """

    names: Sequence[tuple[str, str]]
    seconds: NDArray[np.float32]


@dataclass(frozen=True)
class Series:
    """``verdicts`` are numbers of ``VERDICTS``; ``seconds`` is NaN where a scenario does not stand in a run;
    ``versions`` numbers the contents that a scenario had, which ``contents`` spells; -1 where nobody knows.
    """

    runs: Sequence[Facts]
    keys: Sequence[str]
    verdicts: NDArray[np.uint8]
    seconds: NDArray[np.float32]
    versions: NDArray[np.int32]
    contents: Mapping[int, str]

    @cached_property
    def scenarios(self) -> NDArray[np.intp]:
        """The columns of scenarios."""
        return np.array([n for n, key in enumerate(self.keys) if not key.startswith(_FIGURE)], np.intp)

    @cached_property
    def figures(self) -> NDArray[np.intp]:
        """The columns of figures of the whole run."""
        return np.array([n for n, key in enumerate(self.keys) if key.startswith(_FIGURE)], np.intp)

    @cached_property
    def told(self) -> NDArray[np.bool_]:
        """Where a scenario was judged for itself: it passed, failed, or could not be judged."""
        where: NDArray[np.bool_] = np.isin(self.verdicts, (PASS, FAIL, UNKNOWN))
        return where

    @cached_property
    def latest(self) -> NDArray[np.bool_]:
        """Where a scenario had the content that it has in the newest run that told it: others are another
        story under the same name.
        """
        present: NDArray[np.bool_] = self.verdicts > 0
        if not present.size:
            return present
        last = len(self.runs) - 1 - np.argmax(present[::-1], axis=0)
        newest: NDArray[np.bool_] = self.versions == self.versions[last, np.arange(len(self.keys))]
        return present & newest

    @cached_property
    def marks(self) -> NDArray[np.bool_]:
        """The runs whose description is another than that of the run before."""
        prints = [run.fingerprint for run in self.runs]
        return np.array([a != b for a, b in pairwise([*prints[:1], *prints])], bool)

    def column(self, key: str) -> int:
        """The place of a scenario; raises ``ValueError`` where no run has it."""
        return list(self.keys).index(key)
