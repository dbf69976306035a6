"""What a story saw to be otherwise than described, while the run goes on; the report judges again."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from functools import cached_property

from harness.evidence.accepted import Accepted
from harness.evidence.aside import Aside
from harness.evidence.reader import Row, Tail
from harness.evidence.stories import deviations, extras
from harness.evidence.waiverfile import load_waivers
from harness.evidence.waivers import Waiver
from harness.ledger.file import MadeSoFar
from harness.plugin.state import Run


class Judging:
    """Reads the record on behalf of one process."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._tail = Tail(run.folder.events)

    def skip(self) -> None:
        """What was written so far belongs to earlier stories."""
        self._tail.read()

    def rows(self, key: str) -> list[Row]:
        """The rows of a story that this process has told since ``skip``."""
        worker = self.run.recorder.worker
        return [row for row in self._tail.read() if row.get("scenario") == key and row["worker"] == worker]

    def deviations(self, key: str, rows: Sequence[Row]) -> list[str]:
        """Each unwaived deviation from a ``must``: path, what was described and what was observed."""
        table, now = self.run.site.arch.table, time.time()
        accepted, aside = Accepted(self._waivers, now), Aside.of(table, self.run.site.absent, now)
        seen, strangers = aside.sights(table, rows, self._created(), None)
        found = deviations(table, seen, extras(table, strangers, accepted), accepted)
        return [each.text for each in found.get(key, ()) if each.level == "must" and each.waiver is None]

    @cached_property
    def _waivers(self) -> Sequence[Waiver]:
        path = self.run.folder.waivers
        return load_waivers(path) if path.exists() else ()

    def _created(self) -> Collection[str]:
        """Ids of what this run made: such things prove nothing about what was deployed."""
        return self._made.ids()

    @cached_property
    def _made(self) -> MadeSoFar:
        return MadeSoFar(self.run.folder.ledger)
