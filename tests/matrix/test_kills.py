"""``kill -9`` at sixty points: the record reads, the report says so, and ``clean`` brings the cloud back."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from harness.evidence import read_record
from harness.ledger import Ledger
from harness.ledger.file import KINDS, STOPPED
from harness.site import load_site
from tests.matrix.rig import Rig, inventory

pytestmark = [pytest.mark.matrix, pytest.mark.lab]

NEVER = 1_000_000
OBJECT_PORT = 6000
"""As described."""
VICTIMS = ("command", "controller", "everything")
POINTS = [(victim, number) for victim in VICTIMS for number in range(20)]
MADE = {
    "attachment": "/v2/[^/]+/servers/[^/]+/os-volume_attachments",
    "server": "/v2/[^/]+/servers",
    "address": "/v2/[^/]+/os-floating-ips",
    "snapshot": "/v1/[^/]+/snapshots",
    "volume": "/v1/[^/]+/volumes",
    "image": "/v1/images",
    "group": "/v2/[^/]+/os-security-groups",
    "keypair": "/v2/[^/]+/os-keypairs",
    "credential": "/v2.0/users/[^/]+/credentials/OS-EC2",
    "user": "/v2.0/users",
    "tenant": "/v2.0/tenants",
    "role": "/v2.0/OS-KSADM/roles",
}
"""Kind of thing → where it is asked for: a run is killed when the cloud has made it, before the answer."""


@pytest.mark.parametrize(("victim", "number"), POINTS)
def test_a_killed_run_is_read_reported_and_cleaned(
    rig: Rig, seed: str, undisturbed: Undisturbed, victim: str, number: int
) -> None:
    chance = random.Random(f"{seed} {victim} {number}")
    between = number % 3 == 0
    whole = undisturbed.seen if between else undisturbed.recorded
    point = chance.randrange(1, whole * 9 // 10)  # there are a few more or less each time
    with killed(rig, victim, workers=chance.choice((1, 2))) as run:
        run.until_held(point) if between else run.until_recorded(point)
    clean_after(rig, run)


UNHELD = {"object", "container"}
"""Swift's own processes answer these; the random points meet them."""
UNMADE = {"aggregate"}
"""No story asks for one yet."""


def test_every_kind_of_thing_is_met_before_its_answer() -> None:
    assert set(KINDS) - set(MADE) == UNHELD | UNMADE


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("victim", VICTIMS)
def test_what_was_made_and_never_told_is_found(
    rig: Rig, seed: str, undisturbed: Undisturbed, victim: str, kind: str
) -> None:
    """Between the request for a thing and its answer: nobody here knows its id."""
    chance = random.Random(f"{seed} {victim} {kind}")
    times = undisturbed.asked[kind]
    assert times, f"no story asks for a {kind} at {MADE[kind]}"
    with killed(rig, victim, workers=2) as run:
        run.until_held(chance.randint(1, times), "POST", MADE[kind])
    clean_after(rig, run)


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_node_that_was_out_when_the_run_was_killed_comes_back(rig: Rig, victim: str) -> None:
    with killed(rig, victim, workers=1, words=("-k", "node_out")) as run:
        run.until_told(b'swift-init object-server stop"')
    assert until(lambda: not alive(str(run.folder)))
    noted = Ledger(run.folder / "ledger.jsonl").open_entries()
    stopped = [entry.name for entry in noted if entry.kind == STOPPED]
    assert len(stopped) == 1, "a service was out, and the ledger says which"
    node, _, service = stopped[0].partition("/")
    assert service == "object-server"
    assert not listens(rig, node)
    clean_after(rig, run, f"runs again {stopped[0]}")
    assert listens(rig, node)


def listens(rig: Rig, node: str) -> bool:
    """Whether an object server is there, by the address that the site gives the node."""
    try:
        with socket.create_connection((load_site(rig.site).hosts[node].address, OBJECT_PORT), 2):
            return True
    except OSError:
        return False


@dataclass
class Run:
    """A run under way that will be killed."""

    rig: Rig
    child: subprocess.Popen[bytes]
    runs: Path
    before: Counter[tuple[str, str]]

    def until_recorded(self, count: int) -> None:
        """Wait for so many answers in the record."""
        counted = Counted(self.runs)
        self._until(lambda: counted() >= count)

    def until_held(self, at: int, method: str = "", path: str = ".*") -> None:
        """Wait until the lab has carried out so many requests; the answer to the last one is held back."""
        hold(self.rig, at, method, path)
        self._until(lambda: self.rig.ask("GET", "/_lab/hold")["reached"])

    def until_told(self, words: bytes) -> None:
        """Wait until these words stand in the record."""
        self._until(lambda: any(words in path.read_bytes() for path in self.runs.glob("*/events.jsonl")))

    def _until(self, reached: Callable[[], bool]) -> None:
        assert until(lambda: reached() or self.child.poll() is not None), "the point was not reached"
        assert self.child.poll() is None, "the run ended before its point"

    @property
    def folder(self) -> Path:
        return next(path.parent for path in self.runs.glob("*/run.json"))


@contextmanager
def killed(rig: Rig, victim: str, *, workers: int, words: Sequence[str] = ()) -> Iterator[Run]:
    """A run that goes on inside the context and is killed at its end."""
    runs = rig.home / f"kill-{os.urandom(4).hex()}"
    before = inventory(rig)
    child = subprocess.Popen(
        rig.command("run", rig.site, "--runs", str(runs), "--workers", str(workers), *words),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=rig.home,
        start_new_session=True,
    )
    try:
        yield Run(rig, child, runs, before)
    finally:
        kill(child.pid, victim)
        child.wait()
        rig.ask("DELETE", "/_lab/hold")


def clean_after(rig: Rig, run: Run, said: str = "") -> None:
    """The record can be read, the report says that the run ended early, and ``clean`` removes everything."""
    assert until(lambda: not alive(str(run.folder)))
    rows = read_record(run.folder / "events.jsonl")
    failed = any(row["kind"] == "verdict" and row["outcome"] == "failed" for row in rows)
    report = rig.call("report", str(run.folder))
    assert report.returncode == (1 if failed else 2), report.stdout + report.stderr
    assert "ended early" in report.stdout
    clean = rig.call("clean", rig.site, "--runs", str(run.runs))
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert inventory(rig) == run.before, clean.stdout
    assert said in clean.stdout


def hold(rig: Rig, at: int, method: str = "", path: str = ".*") -> None:
    rig.ask("POST", f"/_lab/hold/{at}?{urlencode({'method': method, 'path': path})}")


@dataclass(frozen=True)
class Undisturbed:
    """What a run is like that nobody kills.

    ``recorded`` is how many answers it records, ``seen`` how many requests the lab's services see of it;
    ``asked`` how often it asks for a thing of each kind.
    """

    recorded: int
    seen: int
    asked: Mapping[str, int]


@pytest.fixture(scope="module")
def undisturbed(rig: Rig) -> Undisturbed:
    """The second run on a cloud, for only the first makes the lasting accounts."""
    rig.run(workers=2)
    hold(rig, NEVER)
    ran = rig.run(workers=2)
    seen = rig.ask("DELETE", "/_lab/hold")["count"]
    sent = [row for row in read_record(ran.folder / "events.jsonl") if row["kind"] == "exchange"]
    posted = [urlsplit(row["url"]).path for row in sent if row["method"] == "POST"]
    asked = {kind: sum(re.fullmatch(path, row) is not None for row in posted) for kind, path in MADE.items()}
    return Undisturbed(len(sent), seen, asked)


class Counted:
    """How many answers the record of a run holds so far; each part of it is read once."""

    def __init__(self, runs: Path) -> None:
        self._runs, self._rows, self._rest, self._at = runs, 0, b"", 0

    def __call__(self) -> int:
        for path in self._runs.glob("*/events.jsonl"):
            with path.open("rb") as file:
                file.seek(self._at)
                new = file.read()
            self._at += len(new)
            *rows, self._rest = (self._rest + new).split(b"\n")
            self._rows += sum(b'"kind":"exchange"' in row for row in rows)
        return self._rows


def until(done: object, limit: float = 400.0) -> bool:
    """Ask until it holds; False at the limit."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if done():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def kill(command: int, victim: str) -> None:
    """End the command, its child (pytest's controller), or every process of the run at once."""
    children = [command]
    for pid in children:
        children += descendants(pid)
    if victim == "command":
        chosen = [command]
    elif victim == "controller":
        chosen = descendants(command)[:1]
    else:
        chosen = children
    for pid in chosen:
        os.kill(pid, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """The direct children of a process."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def alive(folder: str) -> bool:
    """Whether a process of this run still runs."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes()
        except OSError:
            continue
        if folder.encode() in words and b"pytest" in words:
            return True
    return False


def test_a_run_leaves_the_cloud_as_it_was(rig: Rig) -> None:
    before = inventory(rig)
    ran = rig.run()
    assert ran.code == 0, ran.output
    assert inventory(rig) == before
    kinds = {row["kind"] for row in ran.report["remainders"]}
    assert kinds <= {"tenant", "user", "account", "group"}, json.dumps(ran.report["remainders"])
