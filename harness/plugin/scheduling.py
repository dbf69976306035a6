"""Several workers tell the stories: a scheduler for pytest-xdist that asks the board.

A story is sent, with a tick behind it, when its needs are met, the servers suffice and a worker is idle.
What never runs is never sent; the main process reports it. The collection here makes the plan, those of the
workers must equal it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from harness.plugin.conducting import Conducting
from harness.plugin.referee import Referee
from harness.plugin.state import Run
from harness.plugin.tick import TICK
from harness.plugin.verdicts import Said

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController


class Scheduling:
    """The main process's hooks into pytest-xdist."""

    def __init__(self, run: Run, referee: Referee, conducting: Conducting) -> None:
        self.run = run
        self.referee = referee
        self.conducting = conducting
        self.session: pytest.Session | None = None
        self.scheduler: BoardScheduler | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keep the session for ``pytest_xdist_setupnodes``, which is not told of it."""
        self.session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_xdist_setupnodes(self) -> None:
        """The last moment before workers start."""
        if self.session is not None:
            self.conducting.prepare(self.session)

    def processes(self) -> list[int]:
        """Ids of the workers' processes."""
        nodes = self.scheduler.nodes if self.scheduler is not None else []
        return [node.gateway._io.popen.pid for node in nodes]

    def pytest_configure_node(self, node: WorkerController) -> None:
        """Tell a worker where the run is written and, in memory only, with which accounts it works."""
        if not node.gateway.spec.popen:
            raise pytest.UsageError("all workers of a run live on this machine: --tx popen, or -n NUMBER")
        if self.run.began:
            node.workerinput["deployday"] = {
                "folder": str(self.run.folder.path.resolve()),
                "accounts": dict(self.run.accounts),
                "missing": dict(self.run.missing),
                "parent": os.getpid(),
                "stories_until": self.run.stories_until,
            }

    @pytest.hookimpl(tryfirst=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> BoardScheduler:
        """Play on the board, whatever ``--dist`` says."""
        self.scheduler = BoardScheduler(self.run, self.referee, self.session)
        return self.scheduler

    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """A worker died during a story: that story is unknown, the others go on."""
        planned = self.run.planned(crashitem)
        if planned is None or self.scheduler is None:
            return
        Said(planned.key, "crashed", final=True).on(report)
        self.referee.crashed(planned.key, "the process that told it died")
        self.scheduler.pump()


class BoardScheduler:
    """What pytest-xdist asks of a scheduler (``xdist.scheduler.Scheduling``)."""

    def __init__(self, run: Run, referee: Referee, session: pytest.Session | None = None) -> None:
        self.run = run
        self.referee = referee
        self.session = session
        self._pending: dict[WorkerController, list[int]] = {}
        self._collected: set[WorkerController] = set()
        self._index: dict[str, int] = {}
        self._nodeids: list[str] = []

    @property
    def nodes(self) -> list[WorkerController]:
        """Workers that are ready or about to be."""
        return list(self._pending)

    @property
    def collection_is_completed(self) -> bool:
        """The first worker that has collected may begin: the plan is known here."""
        return bool(self._nodeids)

    @property
    def has_pending(self) -> bool:
        """Whether anything runs or waits."""
        return not self.referee.board.done

    @property
    def tests_finished(self) -> bool:
        """Whether the workers can be sent home."""
        return self.collection_is_completed and self.referee.board.done

    def add_node(self, node: WorkerController) -> None:
        """A worker has started; it is given nothing before it has collected, but can be sent home."""
        self._pending[node] = []

    def add_node_collection(self, node: WorkerController, collection: Sequence[str]) -> None:
        """A worker has collected; it must have found what the plan was made of."""
        nodeids = list(collection)
        planned = [row.nodeid for row in self.run.plan.scenarios]
        if nodeids != [*planned, TICK]:
            odd = sorted(set(nodeids[:-1]) ^ set(planned))[:3] or ["another order"]
            raise pytest.UsageError(
                f"{node.gateway.id} collected other scenarios than planned: {', '.join(odd)}"
            )
        if self.session is not None:
            self.session.testscollected = len(planned)
        self._nodeids = nodeids
        self._index = {nodeid: index for index, nodeid in enumerate(nodeids)}
        self._collected.add(node)

    def schedule(self) -> None:
        """A worker has become ready."""
        self.pump()

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """A worker is through with an item."""
        self._pending[node].remove(item_index)
        if self._nodeids[item_index] != TICK:
            self.pump()

    def mark_test_pending(self, item: str) -> None:
        """Running a story twice is not for a scheduler to decide."""
        raise NotImplementedError

    def remove_pending_tests_from_node(self, node: WorkerController, indices: Sequence[int]) -> None:
        """Nothing is ever sent that could be taken back."""
        raise NotImplementedError

    def remove_node(self, node: WorkerController) -> str | None:
        """A worker has gone; gives the node id of the story that it was telling, if any."""
        self._collected.discard(node)
        pending = self._pending.pop(node)
        return next((self._nodeids[index] for index in pending if self._nodeids[index] != TICK), None)

    def pump(self) -> None:
        """Report what never runs, then give each idle worker the story that comes next."""
        self.referee.settle()
        tick = self._index[TICK]
        for node, pending in self._pending.items():
            if node not in self._collected or node.shutting_down or any(index != tick for index in pending):
                continue
            key = self.referee.pick()
            if key is None:
                return
            self.referee.start(key)
            items = [self._index[self.run.plan.by_key[key].nodeid], tick]
            pending += items
            node.send_runtest_some(items)
