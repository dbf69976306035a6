"""Visits to many hosts at once: each entered once, a dead or hanging one costs its own time only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.errors import OutOfReach
from harness.hostlist import Host
from harness.hosts import Node, connect, visiting
from harness.hosts.facts.model import System, Unknown
from harness.hosts.facts.questions import Questions
from harness.hosts.facts.secrets import Secrets
from harness.hosts.visiting import Visit, visit
from tests.clients.fake import Rows
from tests.hosts.posix import Posix, posix

SMALL = Questions(sections=("system", "memory"))
HANGS = '#!/bin/sh\n/bin/sh "$@" | sed -u "/ { memory/q"\nsleep 60\n'


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Posix]:
    with posix(tmp_path / "machine") as one:
        yield one


class Rack:
    """Nodes by name, on one machine or at other addresses."""

    def __init__(self, machine: Posix) -> None:
        self.machine, self.rows = machine, Rows()
        self.others: dict[str, Callable[[], Node]] = {}
        self.made: list[Node] = []

    def __call__(self, name: str) -> Node:
        made = self.others.get(name, lambda: self.node(name, self.machine.host, self.machine))()
        self.made.append(made)
        return made

    def node(self, name: str, host: Host, machine: Posix) -> Node:
        return Node(name, connect(host, machine.ssh()), self.rows)

    def close(self) -> None:
        for node in self.made:
            node.close()


@pytest.fixture
def rack(machine: Posix) -> Iterator[Rack]:
    found = Rack(machine)
    yield found
    found.close()


def test_a_visit_brings_facts_and_the_raw_answer(rack: Rack) -> None:
    heard: list[tuple[bool, str]] = []
    found = visit(rack, {"a": SMALL}, Secrets(), lambda seen, raw: heard.append((seen.over, raw)))["a"]
    assert found.facts is not None
    assert isinstance(found.facts.system, System)
    assert found.banner.startswith("SSH-2.0-")
    assert (found.refused, found.mute, found.torn) == ("", "", "")
    assert [over for over, _ in heard] == [False, True]
    assert found.facts.system.kernel in heard[1][1]
    assert found.row == "test:2"
    assert Visit.model_validate_json(found.model_dump_json()) == found
    assert rack.machine.entered == 1


def test_one_dead_and_one_hanging_host_of_fifty(
    rack: Rack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visiting, "ANSWER_TIMEOUT", 6.0)
    names = [f"node-{number:02d}" for number in range(1, 51)]
    with posix(tmp_path / "hanging") as hanging:
        (hanging.folder / "bin/sh").write_text(HANGS)
        (hanging.folder / "bin/sh").chmod(0o755)
        rack.others["node-07"] = lambda: rack.node("node-07", Host("127.0.0.1", 9), rack.machine)
        rack.others["node-33"] = lambda: rack.node("node-33", hanging.host, hanging)
        begin = time.monotonic()
        found = visit(rack, dict.fromkeys(names, SMALL), Secrets(), lambda *_: None)
        took = time.monotonic() - begin
    assert took < 60, "each bad host costs its own bound once, beside the others"
    assert "node-07" in found["node-07"].refused
    assert found["node-07"].facts is None
    assert found["node-33"].torn == "it was not done within 6 s"
    facts = found["node-33"].facts
    assert facts is not None
    assert isinstance(facts.system, System), "what came before it hung is kept"
    assert isinstance(facts.memory, Unknown)
    sound = [each for name, each in found.items() if name not in ("node-07", "node-33")]
    assert all(each.facts is not None and not each.torn for each in sound)
    assert rack.machine.entered == 48


def test_a_login_without_a_shell_is_out_of_reach(rack: Rack) -> None:
    (rack.machine.folder / "bin/sh").write_text("#!/bin/sh\necho 'no shell for you' >&2\nexit 126\n")
    (rack.machine.folder / "bin/sh").chmod(0o755)
    found = visit(rack, {"a": SMALL}, Secrets(), lambda *_: None)["a"]
    assert (found.mute, found.torn) == ("it says no shell for you", "")
    assert found.banner


def test_a_shell_that_says_something_else_is_told(rack: Rack) -> None:
    (rack.machine.folder / "bin/sh").write_text("#!/bin/sh\necho This account is not available.\nexit 1\n")
    (rack.machine.folder / "bin/sh").chmod(0o755)
    found = visit(rack, {"a": SMALL}, Secrets(), lambda *_: None)["a"]
    assert (found.mute, found.torn) == ("", "it says This account is not available.")


def test_a_host_that_nobody_knows_is_mute() -> None:
    def nowhere(name: str) -> Node:
        raise OutOfReach(f"the site does not say where {name} is")

    found = visit(nowhere, {"a": SMALL}, Secrets(), lambda *_: None)["a"]
    assert (found.mute, found.banner) == ("the site does not say where a is", "")


def test_hosts_are_visited_beside_each_other(rack: Rack) -> None:
    meet = threading.Barrier(8)

    def told(seen: Visit, _: str) -> None:
        if not seen.over:
            meet.wait(30)

    found = visit(rack, dict.fromkeys("abcdefgh", SMALL), Secrets(), told)
    assert all(each.facts for each in found.values())
