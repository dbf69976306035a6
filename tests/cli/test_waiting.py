"""``--wait``: what is asked again and when, what is not waited for, and how it is told."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rich.console import Console

from harness.cli import polling
from harness.cli.polling import Answers, answers, poller
from harness.cli.waiting import Told, Waited, limit_of, state, wait
from harness.errors import DeployDayError, UsageError
from harness.evidence import Recorder, RunFolder
from harness.evidence.folder import make_folder, write_json

TOKEN, IMAGE, HOST = "identity.token", "preflight.endpoints_answer[image]", "hosts.reachable[node-1]"
REFUSED = "keystone: POST http://10.0.0.1:5000/v2.0/tokens was not answered: connection refused"
CHANGED = "node-1: its host key has changed: expected ssh-rsa a, found ssh-rsa b"


@dataclass
class Coming:
    """A cloud whose stories open at certain seconds; a poll lasts one."""

    opens: Mapping[str, float]
    why: str = REFUSED
    clock: float = 0.0
    asked: list[list[str]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def __call__(self, keys: Sequence[str], end: float) -> Answers:
        self.asked.append(list(keys))
        self.clock += 1.0
        told = self.opens if "all" in keys else {TOKEN: 0.0} | {key: self.opens[key] for key in keys}
        shut = {key for key, opens in told.items() if opens > self.clock}
        down = TOKEN in shut
        closed = dict.fromkeys(told, "") | dict.fromkeys(shut, self.why)
        blocked = {key for key in told if down and key not in (TOKEN, HOST)}
        closed |= dict.fromkeys(blocked, f"blocked by {TOKEN}")
        return Answers(closed, frozenset(blocked), 2 * (len(told) - len(blocked)))

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock += seconds

    def wait(self, limit: float = 100.0, chance: float = 0.5) -> Waited:
        return wait(
            "100s",
            self,
            limit=limit,
            tell=lambda waited: None,
            now=lambda: self.clock,
            sleep=self.sleep,
            chance=lambda: chance,
        )


def test_it_waits_until_all_is_open_and_knows_when_each_opened() -> None:
    cloud = Coming({TOKEN: 10.0, IMAGE: 30.0, HOST: 0.0})
    waited = cloud.wait()
    assert waited.open
    assert waited.opened[HOST] == 1.0
    assert 10.0 <= waited.opened[TOKEN] < 15.0
    assert 30.0 <= waited.opened[IMAGE] == waited.seconds < 42.0
    assert waited.polls == len(cloud.asked)


def test_what_is_open_is_not_asked_again() -> None:
    cloud = Coming({TOKEN: 10.0, IMAGE: 30.0, HOST: 0.0})
    waited = cloud.wait()
    assert cloud.asked[0] == ["all"]
    assert set(cloud.asked[1]) == {TOKEN, IMAGE}
    assert cloud.asked[-1] == [IMAGE]
    assert waited.requests <= 6 + 4 * len(cloud.asked)


def test_polls_become_rarer_and_their_number_is_bounded() -> None:
    cloud = Coming({TOKEN: 1e9, IMAGE: 1e9})
    waited = cloud.wait(limit=1800.0)
    assert not waited.open
    assert cloud.slept[:3] == [2.0, 3.0, 4.5]
    assert max(cloud.slept) == 30.0
    assert waited.polls < 70
    assert 1800 <= waited.seconds < 1803


@pytest.mark.parametrize(("chance", "first"), [(0.0, 1.6), (1.0, 2.4)])
def test_pauses_vary_by_chance(chance: float, first: float) -> None:
    cloud = Coming({TOKEN: 5.0})
    cloud.wait(chance=chance)
    assert cloud.slept[0] == pytest.approx(first)


def test_a_cloud_that_is_there_is_asked_once() -> None:
    cloud = Coming({TOKEN: 0.0, IMAGE: 0.0})
    assert cloud.wait().open
    assert (cloud.asked, cloud.slept) == ([["all"]], [])


def test_a_strange_host_key_is_not_waited_for_alone_but_beside_others() -> None:
    strange = Coming({TOKEN: 0.0, HOST: 1e9}, why=CHANGED)
    waited = strange.wait()
    assert (waited.polls, waited.open) == (1, False)
    assert waited.closed == {HOST: CHANGED}
    assert Coming({TOKEN: 1e9, HOST: 0.0}).wait().polls > 5


def test_what_is_closed_is_told_in_one_line() -> None:
    waited = Waited("30m", 1800.0, closed={TOKEN: REFUSED, IMAGE: f"blocked by {TOKEN}"})
    assert state(waited, 200.0).plain == "waiting for identity: connection refused (3 min 20 s of 30 min)"
    waited = Waited("30m", 1800.0)
    assert state(waited, 3.0).plain == "waiting for preflight (3 s of 30 min)"


def test_refused_credentials_are_waited_for_and_said_to_be_refused() -> None:
    why = "keystone: POST http://10.0.0.1:5000/v2.0/tokens answered 401 (request id a): Invalid user"
    told = state(Waited("30m", 1800.0, closed={TOKEN: why}), 1.0).plain
    assert "the credentials are refused: wrong ones, or its users are not there yet" in told
    assert Coming({TOKEN: 9.0}, why=why).wait().open


def test_what_a_cloud_says_cannot_steer_a_terminal() -> None:
    told = state(Waited("30m", 1800.0, closed={TOKEN: "\x1b[2J\x1b]0;x\x07[red]a\nb" * 99}), 1.0).plain
    assert "\x1b" not in told
    assert "\n" not in told
    assert len(told) < 300


def test_without_a_terminal_each_change_is_a_line() -> None:
    out = io.StringIO()
    waited = Waited("30m", 1800.0, polls=1, closed={TOKEN: REFUSED})
    with Told(Console(file=out, width=100), "30m", 1800.0) as tell:
        tell(waited)
        waited.polls = 2
        tell(waited)
        waited.polls, waited.closed, waited.opened = 3, {IMAGE: "connection reset"}, {TOKEN: 31.4}
        tell(waited)
    lines = out.getvalue().splitlines()
    assert [line.partition(" (")[0] for line in lines] == [
        "waiting for identity: connection refused",
        "identity after 31.4 s",
        "waiting for image: connection reset",
    ]


def test_a_poll_is_read_from_its_record(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert answers(folder, [TOKEN]).closed == {TOKEN: "it was not asked to the end"}
    write_json(folder.plan, {"scenarios": [{"key": key} for key in (TOKEN, IMAGE, HOST, "x.y")]})
    with Recorder(folder.events) as record:
        for key, outcome in ((TOKEN, "failed"), (IMAGE, "blocked"), (HOST, "out_of_reach")):
            record.scenario = key
            record.write("exchange", url="http://a")
            record.write("verdict", outcome=outcome, reason="why")
    read = answers(folder, [TOKEN])
    assert read.closed == {TOKEN: "why", IMAGE: "why", HOST: "", "x.y": "it was not asked to the end"}
    assert read.blocked == {IMAGE}
    assert read.requests == 3


def _child(monkeypatch: pytest.MonkeyPatch, line: str) -> list[subprocess.Popen[bytes]]:
    """A child that does something else than pytest."""
    started: list[subprocess.Popen[bytes]] = []

    def start(folder: RunFolder, words: Sequence[str], output: object) -> subprocess.Popen[bytes]:
        make_folder(folder.path)
        command = [sys.executable, "-c", line, str(folder.path)]
        child = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)  # type: ignore[call-overload]
        started.append(child)
        return child

    monkeypatch.setattr(polling, "start", start)
    return started


def test_a_poll_that_hangs_is_given_up_with_the_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "_SHORTEST", 0.5)
    children = _child(monkeypatch, "import time; time.sleep(60)")
    assert poller(["--site", "s"])([TOKEN], 0.0).closed == {TOKEN: "it was not asked to the end"}
    assert [child.poll() for child in children] == [-9]


def test_wrong_usage_ends_the_waiting_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    _child(monkeypatch, "print('x\\nERROR: site.yaml:3: not YAML'); raise SystemExit(4)")
    with pytest.raises(UsageError, match=r"site\.yaml:3: not YAML"):
        poller(["--site", "s"])(["all"], 1e9)


def test_a_poll_that_breaks_is_no_open_cloud(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _child(monkeypatch, "print('INTERNALERROR> a defect'); raise SystemExit(3)")
    with pytest.raises(DeployDayError, match="could not be asked"):
        poller(["--site", "s"])(["all"], 1e9)
    assert "a defect" in capfd.readouterr().err


def test_the_run_is_left_a_note(tmp_path: Path) -> None:
    waited = Waited("30m", 1800.0, 3, 40, 12.345, {TOKEN: 12.345}, {IMAGE: "why"})
    waited.write(RunFolder(tmp_path))
    assert json.loads(RunFolder(tmp_path).waited.read_text()) == {
        "asked": "30m",
        "seconds": 12.3,
        "polls": 3,
        "requests": 40,
        "open": False,
        "opened": {TOKEN: 12.3},
        "closed": {IMAGE: "why"},
    }


@pytest.mark.parametrize("text", ["", "soon", "30", "-1m"])
def test_what_is_no_time_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="--wait"):
        limit_of(text)
