"""Which logs are brought when a story fails, what of them is shown, and what counts at the end of a run."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.arch import load
from harness.arch.model import ReferenceArchitecture
from harness.clients.trail import Trail
from harness.cloud.logchoice import (
    CONTEXT,
    MOST_CHARACTERS,
    MOST_NODES,
    Request,
    chosen,
    joined,
    nodes_that_matter,
    places,
    requests_of,
    shown,
)
from harness.cloud.logs import NodeLogs, _answers, _kind
from harness.cloud.logwindows import MOST, PATIENCE, LogWindows, file_name
from harness.errors import OutOfReach, Untold
from harness.evidence import Recorder, RunFolder
from harness.hosts import HostUnreachable
from harness.hosts.commands import Asked
from harness.hosts.logs import Entry

MODEL: ReferenceArchitecture = load("essex/six-node").model
SECRET = "hunter2-in-a-log"


def exchange(status: int | None = 200, **fields: Any) -> dict[str, Any]:
    known = {
        "kind": "exchange",
        "t": 100.0,
        "ms": 10.0,
        "method": "GET",
        "component": "nova",
        "worker": "m",
        "seq": 1,
    }
    return {**known, "url": "http://10.0.0.1:8774/v2/x/servers", "request_id": "", "status": status, **fields}


def entry(
    text: str = "x", level: str = "INFO", at: float = 100.0, file: str = "/var/log/nova/nova-api.log"
) -> Entry:
    return Entry(file, at, level, text)


class TestWhoseLogs:
    @pytest.mark.parametrize(
        ("component", "first"),
        [
            ("keystone", "controller"),
            ("glance", "controller"),
            ("nova", "controller"),
            ("swift", "controller"),
        ],
    )
    def test_the_nodes_with_the_roles_behind_a_component(self, component: str, first: str) -> None:
        assert nodes_that_matter(component, [exchange()], None, MODEL)[0] == first

    def test_the_compute_host_that_the_story_speaks_of(self) -> None:
        rows = [exchange(response={"body": '{"OS-EXT-SRV-ATTR:host": "compute-2"}'})]
        assert nodes_that_matter("nova", rows, None, MODEL) == ["controller", "compute-2"]
        assert "compute-1" in nodes_that_matter("nova", [exchange()], "compute-1", MODEL)

    def test_of_many_nodes_some(self) -> None:
        rows = [exchange(url=f"http://{name}/") for name in MODEL.nodes]
        assert len(nodes_that_matter("nova", rows, None, MODEL)) <= MOST_NODES

    def test_what_is_no_service_has_no_logs(self) -> None:
        assert nodes_that_matter("ssh", [exchange()], "controller", MODEL) == []
        assert nodes_that_matter("", [exchange()], "controller", MODEL) == []

    def test_only_the_files_that_belong_to_it(self) -> None:
        assert {place.component for place in places("glance", "controller", MODEL)} == {"glance"}
        assert {place.component for place in places("nova", "compute-1", MODEL)} == {"nova", "libvirt"}


class TestJoining:
    def test_by_the_id_of_a_refused_request(self) -> None:
        rows = [exchange(200, request_id="req-ok"), exchange(500, request_id="req-bad")]
        requests = requests_of(rows)
        assert [request.id for request in requests] == ["req-bad"]
        assert joined(entry("a [req-bad x y] b"), requests) == "req-bad"
        assert joined(entry("a [req-ok x y] b"), requests) == ""

    def test_by_method_and_path_where_there_is_no_id(self) -> None:
        requests = requests_of([exchange(500, url="http://c:9292/v1/images/7?x=1", method="PUT")])
        assert joined(entry('"PUT /v1/images/7 HTTP/1.1" 500'), requests) == "PUT /v1/images/7"
        assert joined(entry('"PUT /v1/images/7 HTTP/1.1" 500', at=300.0), requests) == ""

    def test_the_last_request_where_none_was_refused(self) -> None:
        rows = [exchange(request_id="req-1"), exchange(request_id="req-2")]
        assert [request.id for request in requests_of(rows)] == ["req-2"]

    def test_errors_and_joined_entries_come_first_and_order_stays(self) -> None:
        entries = [entry(f"quiet {number}", at=number) for number in range(200)]
        entries[3] = entry("bad", "ERROR", at=3)
        entries[5] = entry("req-1", at=5)
        kept = chosen(entries, [Request("GET", "/", 5.0, "req-1")])
        assert [pair[0].text for pair in kept[:2]] == ["bad", "req-1"]
        assert len(kept) == 2 + CONTEXT
        assert [pair[0].at for pair in kept] == sorted(pair[0].at or 0 for pair in kept)

    def test_it_is_bounded(self) -> None:
        entries = [entry("\n".join(["y" * 400] * 50), "ERROR", at=number) for number in range(100)]
        kept = chosen(entries, [])
        assert sum(len(shown(each)) for each, _ in kept) <= MOST_CHARACTERS
        assert kept
        assert "lines …" in shown(entries[0])


class Node:
    def __init__(self, answer: Callable[[str], Asked]) -> None:
        self.answer = answer
        self.asked = 0

    def ask(self, script: str, *, limit: int, timeout: float) -> Asked:
        self.asked += 1
        return self.answer(script)


def nonce(script: str) -> str:
    return script.partition("\n")[0].removeprefix("N=")


def saying(*lines: str, path: str = "/var/log/nova/nova-api.log", first: str = "") -> Callable[[str], Asked]:
    def answer(script: str) -> Asked:
        nonce = script.partition("\n")[0].removeprefix("N=")
        text = "\n".join(lines)
        clock = f"{nonce} clock {int(time.time())} +0000\n"
        return Asked(f"{clock}{nonce} file {len(text)} {path}\n{first}{text}\n{nonce} end\n")

    return answer


def now(text: str) -> str:
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())} {text}"


def refusing(script: str) -> Asked:
    raise HostUnreachable("no answer", component="ssh")


class Attached:
    """A recorder, a folder and nodes."""

    def __init__(self, tmp_path: Path, nodes: Mapping[str, Node], refused: tuple[str, ...] = ()) -> None:
        self.path = tmp_path
        self.recorder = Recorder(tmp_path / "events.jsonl")
        self.recorder.secret(SECRET)
        self.recorder.scenario = "compute.boot"
        self.nodes = nodes
        self.windows = LogWindows(
            MODEL,
            self.recorder,
            tmp_path / "logs",
            lambda name: nodes[name],  # type: ignore[arg-type,return-value]
            lambda name: "no answer" if name in refused else "",
        )

    def attach(
        self, key: str = "compute.boot", component: str = "nova", **fields: Any
    ) -> list[dict[str, Any]]:
        rows = [exchange(500, t=time.time(), request_id="req-7", url="http://compute-1/", **fields)]
        self.windows.attach(key, None, component, rows)
        text = (self.path / "events.jsonl").read_text()
        return [row for row in map(json.loads, text.splitlines()) if row["kind"] == "log"]


class TestAttaching:
    def test_a_row_a_node_and_a_file_without_secrets(self, tmp_path: Path) -> None:
        lines = (now(f"ERROR nova.rpc [req-7 a b] token {SECRET}"), now("TRACE nova.rpc password=abcdefgh"))
        nodes = {"controller": Node(saying(*lines)), "compute-1": Node(saying(now("INFO nova fine")))}
        rows = Attached(tmp_path, nodes).attach()
        assert [(row["host"], row["component"], row["errors"]) for row in rows] == [
            ("controller", "nova", 1), ("compute-1", "nova", 0),
        ]  # fmt: skip
        assert rows[0]["scenario"] == "compute.boot"
        assert rows[0]["lines"][0]["request"] == "req-7"
        assert rows[0]["kept"] == "logs/compute.boot.txt"
        kept = tmp_path / "logs" / "compute.boot.txt"
        assert kept.stat().st_mode & 0o777 == 0o600
        for text in (kept.read_text(), (tmp_path / "events.jsonl").read_text()):
            assert "nova.rpc" in text
            assert SECRET not in text
            assert "abcdefgh" not in text

    def test_a_hanging_node_costs_two_seconds_and_is_not_asked_again(self, tmp_path: Path) -> None:
        release = threading.Event()

        def hangs(script: str) -> Asked:
            release.wait(20)
            return Asked("")

        nodes = {"controller": Node(saying(now("ERROR nova bad"))), "compute-1": Node(hangs)}
        attached = Attached(tmp_path, nodes)
        begin = time.monotonic()
        rows = attached.attach()
        assert time.monotonic() - begin < PATIENCE + 1
        assert [row["host"] for row in rows] == ["controller", "compute-1"]
        assert "not within" in rows[1]["why"]
        begin = time.monotonic()
        attached.attach("compute.other")
        assert time.monotonic() - begin < 1
        assert nodes["compute-1"].asked == 1
        release.set()

    def test_an_unreachable_node_is_skipped(self, tmp_path: Path) -> None:
        nodes = {"controller": Node(refusing), "compute-1": Node(saying(now("ERROR nova bad")))}
        attached = Attached(tmp_path, nodes)
        assert [row["host"] for row in attached.attach()] == ["compute-1"]
        attached.attach("compute.other")
        assert nodes["controller"].asked == 1
        (tmp_path / "other").mkdir()
        Attached(tmp_path / "other", nodes, ("compute-1",)).attach()
        assert nodes["compute-1"].asked == 2

    def test_after_some_failures_it_ends(self, tmp_path: Path) -> None:
        nodes = {"controller": Node(saying(now("ERROR nova bad"))), "compute-1": Node(saying())}
        attached = Attached(tmp_path, nodes)
        for number in range(MOST + 5):
            attached.attach(f"compute.n{number}")
        assert nodes["controller"].asked == MOST

    def test_nothing_where_nothing_is_known_of_the_component(self, tmp_path: Path) -> None:
        attached = Attached(tmp_path, {})
        assert attached.attach(component="ssh") == []
        assert not (tmp_path / "logs").exists()

    def test_keys_are_file_names(self) -> None:
        assert file_name("compute.states[../../etc/passwd]") == "compute.states-..-..-etc-passwd.txt"


class Run:
    """What the logs of a story ask of a run."""

    def __init__(self, tmp_path: Path, node: Node, ignore: tuple[str, ...] = ()) -> None:
        self.folder = RunFolder(tmp_path)
        self.recorder = Recorder(self.folder.events)
        self.trail = Trail(self.recorder)
        self.nodes = {"controller": node}
        self.started = time.time() - 60
        row = MODEL.nodes["controller"]
        row = row.model_copy(update={"logs": row.logs.model_copy(update={"ignore": list(ignore)})})
        model = MODEL.model_copy(update={"nodes": {**MODEL.nodes, "controller": row}})
        self.site = type("Site", (), {"arch": type("Arch", (), {"model": model})})


class TestTheWholeRun:
    def errors(self, tmp_path: Path, *lines: str, ignore: tuple[str, ...] = (), **how: Any) -> Any:
        run = Run(tmp_path, Node(saying(*lines, **how)), ignore)
        self.run = run
        return NodeLogs(run).errors("controller")  # type: ignore[arg-type]

    def test_no_error_is_none(self, tmp_path: Path) -> None:
        found = self.errors(tmp_path, now("INFO nova.api fine"), now("DEBUG nova.api says ERROR"))
        assert (found.count, str(found)) == (0, "none in 1 files")

    def test_errors_are_counted_by_kind_and_written_down(self, tmp_path: Path) -> None:
        one, two = (now(f"ERROR nova.rpc [req-{n} a b] [instance: {n}f] it broke") for n in "12")
        found = self.errors(tmp_path, one, two, now("CRITICAL nova [-] the end"))
        assert found.count == 3
        assert found.kinds[0] == "nova-api.log: ERROR nova.rpc … … it broke (2 times)"
        rows = [json.loads(text) for text in self.run.folder.events.read_text().splitlines()]
        assert [(row["kind"], row["component"], row["errors"]) for row in rows] == [("log", "nova", 3)]
        assert self.run.trail.component == "nova"

    def test_what_the_description_lets_pass(self, tmp_path: Path) -> None:
        found = self.errors(tmp_path, now("ERROR nova.rpc Returning exception Nope to caller"),
                            ignore=("Returning exception * to caller",))  # fmt: skip
        assert (found.count, found.let_pass) == (0, 1)

    @pytest.mark.parametrize(
        ("answer", "error", "why"),
        [
            (lambda script: Asked("", error="sh: not found"), Untold, "sh: not found"),
            (lambda s: Asked(f"{nonce(s)} clock 1 +0000\n"), OutOfReach, "none of the"),
            (lambda s: Asked(f"{nonce(s)} denied /var/log/nova/nova-api.log\n"), OutOfReach, "may not"),
        ],
    )  # fmt: skip
    def test_where_there_is_nothing_to_see_nothing_is_claimed(
        self, tmp_path: Path, answer: Any, error: type[Exception], why: str
    ) -> None:
        with pytest.raises(error, match=why):
            NodeLogs(Run(tmp_path, Node(answer))).errors("controller")  # type: ignore[arg-type]


class TestAnswers:
    """What an API wrote while it refused a request of this run is that story's business."""

    def test_by_id(self) -> None:
        bad = [
            entry("a [req-1a x y]", "ERROR", file="/var/log/nova/nova-network.log"),
            entry("[req-2b]", "ERROR"),
        ]
        rows = [exchange(404, request_id="req-1a"), exchange(202, request_id="req-2b", t=500.0)]
        assert _answers(bad, rows) == bad[:1]

    def test_by_time_in_the_log_of_the_api_alone(self) -> None:
        files = ("/var/log/nova/nova-api.log", "/var/log/nova/nova-compute.log", "/var/log/glance/api.log")
        bad = [entry("broken", "ERROR", file=file) for file in files]
        assert _answers(bad, [exchange(500)]) == bad[:1]
        assert _answers(bad, [exchange(500, t=200.0)]) == []
        assert _answers(bad, [exchange(404)]) == []

    def test_alike_errors_have_one_name(self) -> None:
        texts = ("2012-05-04 06:00:01,250 ERROR x", "2012-05-04 07:00:02,1 ERROR x")
        assert len({_kind(entry(text)) for text in texts}) == 1
        assert _kind(entry("May  4 06:00:01 c proxy-server ERROR y", file="/var/log/syslog")).startswith(
            "syslog: "
        )
