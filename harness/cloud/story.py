"""The cloud as one scenario sees it: clients in the stories' words, steps, observations, checks and waits.

A story never loops over clients, sleeps or cleans up: every exchange is recorded at the door, everything
that is created stands in the ledger first, and what is observed is only written down; the judge compares it
later.
"""

from __future__ import annotations

import os
import secrets
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from harness.arch import Architecture
from harness.arch.paths import Path
from harness.clients.errors import ServiceError, WaitTimeout
from harness.clients.session import CloudSession
from harness.clients.values import Server
from harness.cloud.budgets import Budget, budget_of
from harness.cloud.guests import Guests
from harness.cloud.hosts import Hosts
from harness.cloud.logs import NodeLogs
from harness.cloud.nodes import Nodes
from harness.cloud.outage import Outage
from harness.cloud.placing import Placing
from harness.cloud.rings import CloudRings
from harness.cloud.storage import Storage
from harness.cloud.telling import Telling
from harness.cloud.waits import Failing, Goal, patience, wait_for, wait_gone
from harness.hosts import Guest
from harness.ledger import Ledger
from harness.plan.spreading import stranger
from harness.waiting import Clock, Stopwatch

if TYPE_CHECKING:
    from harness.cloud.run import RunSession

T = TypeVar("T")


class Cloud(CloudSession):
    """One scenario's view of the cloud, as one of the run's users; ``other`` and ``admin`` are more sessions.

    ``CloudSession`` gives ``identity``, ``compute``, ``network``, ``images``, ``volumes`` and ``objects``
    (their methods: ``harness.clients.protocols``), ``account`` (username, tenant_name, tenant_id…),
    ``login()``, ``endpoint(service, interface)``, ``versions(service)`` and ``raw(service)``.
    """

    def __init__(self, run: RunSession, who: str = "main", key: str = "") -> None:
        super().__init__(run.link(who), run.dialect)
        self._who, self._key = who, key
        self.arch: Architecture = run.site.arch
        self.ledger: Ledger = run.ledger
        self._run = run
        self._told = Telling(run.recorder, run.trail, run.has_row)

    @cached_property
    def other(self) -> CloudSession:
        """The same clients as a user of another tenant; raises ``OutOfReach`` without a second account."""
        return CloudSession(self._run.link(stranger(self._who)), self._run.dialect)

    @cached_property
    def admin(self) -> CloudSession:
        """The same clients as an administrator; raises ``OutOfReach`` without such credentials."""
        return CloudSession(self._run.link("admin"), self._run.dialect)

    @property
    def users(self) -> tuple[str, ...]:
        """The run's users that the plan asks for servers, the main one first."""
        asked = self._run.accounts.asked
        return tuple(name for name in self._run.accounts.users if name == "main" or asked.get(name))

    def budget(self, user: str) -> Budget:
        """What one of ``users`` may still do, and what the plan asks of it; raises ``CloudError``."""
        session = CloudSession(self._run.link(user), self._run.dialect)
        compute = self.arch.model.compute
        asked = self._run.accounts.asked.get(user, 0)
        return budget_of(session, asked, compute.flavors if compute else {})

    @property
    def nodes(self) -> Nodes:
        """The described nodes: ``cloud.nodes["storage-1"].fetch(path)``;
        an unknown address is ``OutOfReach``.
        """
        return self._run.nodes

    @cached_property
    def storage(self) -> Storage:
        """The storage servers behind the proxies, asked directly; see ``harness.cloud.storage``."""
        return Storage(self, self._run.storage)

    @cached_property
    def guests(self) -> Guests:
        """The run's key and group for servers that are to be entered; see ``harness.cloud.guests``."""
        return Guests(self._run, self)

    @cached_property
    def other_guests(self) -> Guests:
        """The same for the user of the other tenant; raises ``OutOfReach`` without a second account."""
        return Guests(self._run, self.other)

    def server_on(self, node: str, *, image: str, flavor: str) -> Server:
        """Ask for a server of this user's on a compute node (administrators): ``harness.cloud.placing``."""
        return self.placing.server_on(node, image=image, flavor=flavor)

    @cached_property
    def placing(self) -> Placing:
        """Which compute node is which host; raises ``OutOfReach`` without an administrator."""
        return Placing(self._run, self, self.admin)

    @cached_property
    def admin_guests(self) -> Guests:
        """The same for an administrator, who enters every user's; ``OutOfReach`` without such credentials."""
        return Guests(self._run, self.admin)

    def guest(self, server: Server | str, address: str | None = None, login: str | None = None) -> Guest:
        """The inside of one of this user's servers, at its own address or the one given.

        It is not entered yet: ``guest.answers()``, ``guest.run("hostname")``… (``harness.hosts.guest``).
        """
        return self.guests.guest(server, address, login)

    def reaches(self, address: str, port: int = 22) -> bool:
        """Whether TCP to an address is taken up, seen from where guests are entered."""
        return self.guests.reaches(address, port)

    @property
    def site_network(self) -> Mapping[str, str]:
        """What the site says of addresses: ``fixed``, ``floating.POOL``, ``outside``, ``outside_name``."""
        return self._run.site.file.network

    # telling

    def step(self, sentence: str) -> AbstractContextManager[None]:
        """One step of the story, told as a sentence."""
        return self._told.step(sentence)

    def observe(
        self, path: Path, value: Any, *, resource: str | None = None, cites: Sequence[str] | None = None
    ) -> None:
        """Write down one fact with the clause that it bears on; no described value is passed, none compared.

        Cites the last exchange or command of this step, or the rows given; raises ``ValueError`` if there
        is none, or one is not in this run. ``resource`` is the id of the thing that the fact was seen at,
        where it is one.
        """
        self._told.observe(path, value, resource, cites)

    def observe_names(self, path: Path, names: Iterable[str], *, cites: Sequence[str] | None = None) -> None:
        """Write down which names a collection really has, so that what is missing or undescribed is seen."""
        self._told.observe_names(path, names, cites)

    def cannot_see(self, path: Path, why: str) -> None:
        """Write down that a clause is out of reach with this access."""
        self._told.cannot_see(path, why)

    def cannot_tell(self, path: Path, why: str) -> None:
        """Write down that whoever should know could not say whether a clause holds: it stays unknown."""
        self._told.cannot_tell(path, why)

    def check(self, sentence: str, ok: bool, expected: object = "", found: object = "") -> str:
        """A fact that the story needs: recorded either way;
        raises ``AssertionError`` where it does not hold.
        """
        return self._told.check(sentence, ok, expected, found)

    @contextmanager
    def expects(self, sentence: str, *errors: type[ServiceError]) -> Iterator[None]:
        """A step that the cloud must refuse with one of these errors; any other outcome fails the story."""
        expected = " or ".join(error.__name__ for error in errors)
        with self.step(sentence):
            try:
                yield
            except errors as refused:
                self._told.check(sentence, True, expected, _outcome(refused))
            except ServiceError as other:
                self._told.check(sentence, False, expected, _outcome(other))
            else:
                self._told.check(sentence, False, expected, "it was done")

    # waiting

    def wait(
        self,
        what: str,
        probe: Callable[[], T],
        goal: Goal[T],
        *,
        limit: float,
        fail_on: Failing[T] = (),
        state: Callable[[T], str] | None = None,
    ) -> T:
        """Probe until the goal holds and give the last value; ``limit`` is in seconds (see ``patience``).

        ``goal`` and ``fail_on`` are status names (``"ACTIVE"``, ``("ERROR",)``) or functions of the value;
        ``state`` names what the record calls its state. Raises ``WaitTimeout`` or another ``CloudError``.
        """
        return wait_for(self._run.trail, what, probe, goal, limit=limit, fail_on=fail_on, state=state)

    def wait_gone(self, what: str, probe: Callable[[], Any], *, limit: float) -> None:
        """Probe until it raises ``NotFound``: the thing is gone. Raises ``WaitTimeout``."""
        wait_gone(self._run.trail, what, probe, limit=limit)

    def patience(self, objective: str) -> float:
        """Seconds to wait for what an objective is about: longer than it, so that slow and stuck differ."""
        return patience(float(getattr(self.arch.model.objectives, objective)))

    @contextmanager
    def timed(self, objective: str) -> Iterator[Stopwatch]:
        """Measure what happens inside and observe it as an objective;
        so is a wait that ended without its goal.

        What fails otherwise was not measured: it says nothing about time.
        """
        watch = Stopwatch(Clock(self._run.trail.now))
        try:
            yield watch
        except WaitTimeout:
            self.observe(("objectives", objective), round(watch.seconds, 3))
            raise
        watch.stop()
        self.observe(("objectives", objective), round(watch.seconds, 3))

    # hosts, rings, clocks

    def node_at(self, address: str) -> str:
        """The described node that has an address or host name; the address itself where none has it.

        Raises ``OutOfReach`` where the site names no hosts.
        """
        return self._run.nodes.at(address)

    @cached_property
    def hosts(self) -> Hosts:
        """What the described nodes say of themselves: ``harness.cloud.hosts``."""
        return Hosts(self._run, self)

    @cached_property
    def logs(self) -> NodeLogs:
        """What the services of a node wrote during the run: ``harness.cloud.logs``."""
        return NodeLogs(self._run)

    @property
    def rings(self) -> CloudRings:
        """The rings of all nodes, compared and audited: ``harness.cloud.rings``."""
        return self._run.rings

    @cached_property
    def outage(self) -> Outage:
        """What this story, declared with ``disturbs``, may take out: ``harness.cloud.outage``."""
        return Outage(self._run, self._told, self._key)

    def clock_skews(self) -> dict[str, float]:
        """Seconds by which each clock behind an API is surely off ours,
        from the Date of all answers of this run.
        """
        found = self._run.clock_skews()
        worst = max(found.values(), key=lambda skew: skew.seconds, default=None)
        if worst is not None:
            self._run.trail.touch(worst.row)
        return {name: round(skew.seconds, 3) for name, skew in found.items()}

    # from story to story

    def share(self, key: str, value: Any) -> None:
        """Hand a JSON-able value, never a secret, to later stories of this run,
        whichever worker they run on.
        """
        self._run.shares.share(key, value)

    def shared(self, key: str) -> Any:
        """What an earlier story shared; raises ``KeyError`` naming what there is."""
        return self._run.shares.shared(key)

    def shared_or_none(self, key: str) -> Any:
        """The same; None where no story has shared it, because it was not told or did not get that far."""
        try:
            return self.shared(key)
        except KeyError:
            return None

    def is_ours(self, kind: str, id: str) -> bool:
        """Whether this run made the thing of a kind (``harness.ledger.KINDS``) with this id:
        such a thing proves nothing about what was deployed.
        """
        return (kind, id) in self.ledger.made()

    # inventing

    def name(self, kind: str) -> str:
        """A fresh name of this run."""
        return self._run.names(kind)

    def invented_uuid(self) -> str:
        """An id that nothing has."""
        return str(uuid.uuid4())

    def invented_token(self) -> str:
        """A token in the form of this release that identity never gave."""
        token = uuid.uuid4().hex
        self._run.trail.secret(token)
        return token

    def new_password(self) -> str:
        """A password that nobody had; it is kept out of the record."""
        password = secrets.token_urlsafe(16)
        self._run.trail.secret(password)
        return password

    def random_bytes(self, count: int) -> bytes:
        """Content that no cache has seen."""
        return os.urandom(count)

    # the end

    def clean_up(self) -> list[str]:
        """Remove everything that this run made, what uses others first; gives what is left, in words."""
        return self._run.clean_up()

    def leaks(self) -> list[str]:
        """What the run's tenants hold now and did not hold before, and that this run made; in words."""
        return self._run.leaks()


def _outcome(error: ServiceError) -> str:
    return f"{type(error).__name__}: {error.status} {error.message}".strip()
