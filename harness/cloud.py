"""What a scenario sees of a cloud: clients in the stories' words, steps, observations, checks and waits.

A story never loops over clients, sleeps or cleans up: every exchange is recorded at the door, everything that is created
stands in the ledger first, and what is observed is only written down here; the judge compares it later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from harness.arch import Architecture
from harness.arch.paths import Path
from harness.clients.raw import Answer, Raw
from harness.clients.session import CloudSession
from harness.hosts import Node
from harness.rings import Builder, Ring
from harness.waiting import Stopwatch

T = TypeVar("T")

__all__ = ["Answer", "Cloud", "CloudSession", "Node", "Raw"]


class Cloud(CloudSession):
    """One scenario's view of the cloud, as the run's own user; ``other`` and ``admin`` are further sessions.

    ``CloudSession`` gives: ``identity``, ``compute``, ``images``, ``volumes``, ``objects`` (see
    ``harness.clients.protocols``), ``account`` (username, tenant_name, tenant_id…), ``endpoint(type, interface)``,
    ``versions(type)``, ``raw(type)``.
    """

    arch: Architecture

    @property
    def other(self) -> CloudSession:
        """The same clients as a user of another tenant; raises ``OutOfReach`` without a second account."""
        raise NotImplementedError

    @property
    def admin(self) -> CloudSession:
        """The same clients as an administrator; raises ``OutOfReach`` without such credentials."""
        raise NotImplementedError

    @property
    def nodes(self) -> dict[str, Node]:
        """The described nodes that can be reached: ``cloud.nodes["storage-1"].fetch(path)``; raises ``OutOfReach``."""
        raise NotImplementedError

    def node_of(self, url: str) -> str | None:
        """The described node behind a URL, or None where no host of the site has its address."""
        raise NotImplementedError

    @contextmanager
    def step(self, sentence: str) -> Iterator[None]:
        """One step of the story, told as a sentence; what happens inside cites it."""
        raise NotImplementedError
        yield

    def observe(
        self, path: Path, value: Any, *, resource: str | None = None, cites: Sequence[str] | None = None
    ) -> None:
        """Write down one fact with the clause that it bears on; nothing is compared here.

        Cites the last exchange or command of this step, or the rows given; raises ``ValueError`` if one is not in
        this run. ``resource`` is the id of what the fact was seen at, where that is one thing of the cloud.
        """
        raise NotImplementedError

    def observe_names(self, path: Path, names: Iterable[str], *, cites: Sequence[str] | None = None) -> None:
        """Write down which names a collection really has, so that what is missing or undescribed is seen."""
        raise NotImplementedError

    def check(self, sentence: str, ok: bool, *, expected: object = "", found: object = "") -> str:
        """A fact that the story needs: recorded either way; raises ``AssertionError`` where it does not hold."""
        raise NotImplementedError

    def wait(
        self,
        what: str,
        probe: Callable[[], T],
        goal: Callable[[T], bool] | str,
        *,
        limit: float,
        fail_on: Sequence[str] | Callable[[T], bool] = (),
    ) -> T:
        """Probe until the goal holds and give the last value; raises ``WaitTimeout`` (a ``CloudError``) otherwise.

        ``goal`` and ``fail_on`` are status names (``"ACTIVE"``) or functions of the value; ``limit`` is in seconds.
        """
        raise NotImplementedError

    def wait_gone(
        self, what: str, probe: Callable[[], object], *, limit: float, fail_on: Sequence[str] = ()
    ) -> None:
        """Probe until it raises ``NotFound``: the thing is gone."""
        raise NotImplementedError

    @contextmanager
    def timed(self) -> Iterator[Stopwatch]:
        """Measure a part of the story: ``with cloud.timed() as watch: …``, then ``watch.seconds``."""
        raise NotImplementedError
        yield

    def ring(self, node: str, ring: str) -> Ring:
        """The ring file (``account``, ``container``, ``object``) of a node, read; raises ``CloudError``."""
        raise NotImplementedError

    def builder(self, node: str, ring: str) -> Builder:
        """The builder file of a ring on a node, read; raises ``CloudError``."""
        raise NotImplementedError

    def name(self, kind: str) -> str:
        """A fresh name of this run for a thing of some kind: ``deployday-1f2e-server-3``."""
        raise NotImplementedError

    def share(self, key: str, value: Any) -> None:
        """Hand a JSON-able value, never a secret, to later stories of this run, whichever worker they run on."""
        raise NotImplementedError

    def shared(self, key: str) -> Any:
        """What an earlier story shared; raises ``KeyError`` naming what is there."""
        raise NotImplementedError
