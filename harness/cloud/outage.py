"""One service of one node taken out for a while, inside of what the site allows, and brought back for sure.

What is stopped stands in the ledger first. It is started again when the block ends, however that ends; where
this process does not live so long, the clean-up of the run does it, or ``deployday clean``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harness.cloud.telling import Telling
from harness.cloud.waits import wait_for
from harness.errors import OutOfReach
from harness.evidence.folder import read_json
from harness.hosts.services import Service

if TYPE_CHECKING:
    from harness.cloud.run import RunSession

_ANSWERING = 30.0


class Outage:
    """``cloud.outage``: what the plan lets this story take out.

    >>> with cloud.outage.stopped(answers):
    ...     with cloud.step("store an object while storage-1 is out"):
    """

    def __init__(self, run: RunSession, told: Telling, key: str) -> None:
        self._run, self._told = run, told
        rows = read_json(run.folder.plan)["scenarios"]
        self.place = next((str(row.get("disturbs", "")) for row in rows if row["key"] == key), "")
        if not self.place:
            raise ValueError(f"{key} does not declare that it disturbs anything")

    @property
    def node(self) -> str:
        """The node whose service is taken out."""
        return self.place.partition("/")[0]

    @property
    def service(self) -> str:
        """The service, in the words of ``swift-init``."""
        return self.place.partition("/")[2]

    def allow(self) -> None:
        """Raise ``OutOfReach`` where the site does not allow it now: a plan may be older than its grant."""
        site = self._run.site
        if not (site.granted(datetime.now(UTC)) and site.may_disturb(self.node, self.service)):
            raise OutOfReach(f"the site does not allow any more to stop {self.service} on {self.node}")

    @contextmanager
    def stopped(self, answers: Callable[[], bool]) -> Iterator[None]:
        """The service does not run inside the block; both ends are steps of the story.

        ``answers`` says whether it does its work: it runs again only when that does. Raises ``CloudError``
        where it did not run before, cannot be stopped, or does not come back; ``OutOfReach`` without a grant.
        """
        service = self._run.service_at(self.place)
        with self._told.step(f"look whether {service} runs"):
            self.allow()
            runs = service.runs()
            self._told.check("it runs", runs, "running", "running" if runs else "stopped")
        entry = self._run.ledger.stopping(self.place)
        try:
            with self._told.step(f"stop {service}"):
                service.stop()
            yield
        finally:
            with self._told.step(f"start {service} again"):
                self._start(service, answers)
                entry.gone()

    def _start(self, service: Service, answers: Callable[[], bool]) -> None:
        service.start()
        what = f"{service} answers"
        wait_for(self._run.trail, what, answers, goal=bool, limit=_ANSWERING, state=_state)


def _state(answers: bool) -> str:
    return "answers" if answers else "silent"
