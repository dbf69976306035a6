"""Logs of a host: asked by a real shell, read in every format of the time, bounded, and without secrets."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.hosts.commands import Asked
from harness.hosts.facts.secrets import Secrets
from harness.hosts.logs import Clock, Entry, Logs, Told, component_of, logs_of, parse, read_logs
from harness.hosts.logs.cutting import cut
from harness.hosts.logs.reading import WINDOW, ignored
from harness.hosts.logs.script import MOST_ENTRIES, quoted

NOON = 1336111200.0  # 2012-05-04 06:00:00 UTC
CLOCK = Clock(now=NOON + 60)
SHELLS = [shell for shell in ("dash", "bash", "busybox") if shutil.which(shell)]


def asking(shell: str = "sh", zone: str = "UTC", path: str = "") -> Any:
    environment = {**os.environ, "TZ": zone, "PATH": path or os.environ["PATH"]}
    words = [shell, *(["sh"] if shell == "busybox" else []), "-s"]

    def ask(script: str, limit: int, timeout: float) -> Asked:
        done = subprocess.run(words, input=script.encode(), capture_output=True, check=False, env=environment)
        return Asked(done.stdout[:limit].decode("utf-8", "replace"), error=done.stderr.decode())

    return ask


def stamp(at: float, zone: float = 0) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at + zone))


NOVA = """2012-05-04 06:00:01 INFO nova.api.openstack.wsgi [req-1a 7e 0a] GET http://10.1.0.10:8774/v2/0a/servers
2012-05-04 06:00:02 ERROR nova.compute.manager [req-2b 7e 0a] [instance: 9f] Instance failed to spawn
2012-05-04 06:00:02 TRACE nova.compute.manager [instance: 9f] Traceback (most recent call last):
2012-05-04 06:00:02 TRACE nova.compute.manager [instance: 9f]   File "manager.py", line 591, in _spawn
2012-05-04 06:00:02 TRACE nova.compute.manager [instance: 9f] ProcessExecutionError: no such image
2012-05-04 06:00:03 DEBUG nova.utils [-] it says ERROR and means nothing by it
"""
KEYSTONE = """(keystone.common.wsgi): 2012-05-04 06:00:01,250 ERROR wsgi __call__ (OperationalError) gone away
Traceback (most recent call last):
  File "/usr/lib/python2.7/dist-packages/keystone/common/wsgi.py", line 188, in __call__
OperationalError: (2006, 'MySQL server has gone away')
(eventlet.wsgi.server): 2012-05-04 06:00:02 DEBUG wsgi write 10.1.0.10 "POST /v2.0/tokens HTTP/1.1" 500
"""
GLANCE = """2012-05-04 06:00:01    ERROR [glance.api.v1.images] Unable to upload
2012-05-04 06:00:02 12 INFO [x] ok
"""
SYSLOG = """May  4 06:00:01 storage-1 object-server ERROR __call__ error with PUT /sdb/7/AUTH_1/c/o
May  4 06:00:02 storage-1 kernel: [123.4] EXT4-fs ERROR (device sda1): unable to read
May  4 06:00:03 storage-1 proxy-server 10.1.0.10 GET /v1/AUTH_1 200 (txn: tx9a)
2012-05-04T06:00:04.5+00:00 storage-1 container-server[99]: ERROR container update failed
"""
LIBVIRT = "2012-05-04 06:00:01.123+0000: 1234: error : virDomainLookup:42 : Domain not found\n"
MYSQL = "120504  6:00:01 [ERROR] Out of memory\n120504 06:00:02 [Note] ready\n"
RABBIT = """=ERROR REPORT==== 4-May-2012::06:00:01 ===
closing AMQP connection <0.1.0>

=INFO REPORT==== 4-May-2012::06:00:02 ===
x
"""


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (NOVA, [(1, "INFO", 1), (2, "ERROR", 4), (3, "DEBUG", 1)]),
        (KEYSTONE, [(1.25, "ERROR", 4), (2, "DEBUG", 1)]),
        (GLANCE, [(1, "ERROR", 1), (2, "INFO", 1)]),
        (SYSLOG, [(1, "ERROR", 1), (2, "ERROR", 1), (3, "", 1), (4.5, "ERROR", 1)]),
        (LIBVIRT, [(1.123, "ERROR", 1)]),
        (MYSQL, [(1, "ERROR", 1), (2, "NOTE", 1)]),
        (RABBIT, [(1, "ERROR", 2), (2, "INFO", 2)]),
    ],
    ids=["nova", "keystone", "glance", "syslog", "libvirt", "mysql", "rabbitmq"],
)
def test_the_formats_of_the_time(text: str, seen: list[tuple[float, str, int]]) -> None:
    name = "/var/log/libvirt/libvirtd.log" if text is LIBVIRT else "/var/log/x.log"
    found = parse(name, text, CLOCK)
    told = [(round((e.at or 0) - NOON, 3), e.level, e.text.count("\n") + 1) for e in found]
    assert told == seen


def test_a_plain_traceback_makes_an_error_of_its_entry() -> None:
    text = "2012-05-04 06:00:01 INFO x y\nTraceback (most recent call last):\n  File\nValueError: no\n"
    assert [(e.level, e.text.count("\n")) for e in parse("f", text, CLOCK)] == [("ERROR", 3)]


def test_a_new_year_and_zones_and_clocks_that_are_off() -> None:
    january = 1325376060.0  # 2012-01-01 00:01:00 UTC
    [entry] = parse("f", "Dec 31 23:59:00 a proxy-server ERROR x\n", Clock(now=january))
    assert entry.at == january - 120
    [entry] = parse("f", "2012-05-04 08:00:01 ERROR a b\n", Clock(offset=30, zone=7200, now=NOON))
    assert entry.at == NOON + 1 - 30
    assert parse("f", "2012-13-45 99:99:99 ERROR a b\n", CLOCK)[0].at is None


@given(st.text(max_size=300))
def test_whatever_stands_there(text: str) -> None:
    for entry in parse("/var/log/nova/nova-api.log", f"2012-05-04 06:00:01 ERROR a b\n{text}", CLOCK):
        assert "\x1b" not in entry.text
        assert len(entry.text) < 61 * 502


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "nova").mkdir()
    return tmp_path


def window(ask: Any, place: Logs, before: float = 60, **how: Any) -> Told:
    now = time.time()
    return read_logs(ask, [place], now - before, now + 5, **how)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("errors", [False, True])
def test_one_round_trip_brings_the_window_of_all_files(shell: str, errors: bool, folder: Path) -> None:
    now = time.time()
    log = folder / "nova" / "nova-api.log"
    log.write_text(
        f"{stamp(now - 4000)} ERROR nova.old before the window\n"
        + f"{stamp(now - 9)} ERROR nova.rpc [req-1 a b] broken\n{stamp(now - 9)} TRACE nova.rpc Traceback\n"
        + f"{stamp(now - 8)} INFO nova.api [req-2 a b] fine\n"
    )
    log.with_name("nova-api.log.1").write_text(f"{stamp(now - 20)} CRITICAL nova the end\n")
    (folder / "nova" / "with space.log").write_text(
        f"{stamp(now - 7)} INFO nova x\nTraceback (most recent call last)\n"
    )
    place = Logs("nova", (f"{folder}/nova/*.log", f"{folder}/none/*.log"))
    told = window(asking(shell), place, errors=errors)
    seen = [(Path(e.file).name, e.level) for e in told.entries if e.bad]
    assert seen == [("nova-api.log.1", "CRITICAL"), ("nova-api.log", "ERROR"), ("with space.log", "ERROR")]
    assert told.entries[1].text.endswith("TRACE nova.rpc Traceback")
    assert len(told.entries) == (3 if errors else 4)
    assert [Path(path).name for path in told.files] == ["nova-api.log.1", "nova-api.log", "with space.log"]
    assert (told.denied, told.short, told.why) == ((), (), "")


@pytest.mark.skipif("busybox" not in SHELLS, reason="there is no busybox")
def test_busyboxs_own_tools_are_enough(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = folder / "bin"
    tools.mkdir()
    busybox = shutil.which("busybox")
    assert busybox
    for name in ("sh", "awk", "tail", "wc", "date", "cat", "printf"):
        (tools / name).symlink_to(busybox)
    now = time.time()
    (folder / "nova" / "a.log").write_text(
        f"{stamp(now - 9)} INFO nova x\n{stamp(now - 9)} ERROR nova broken\n"
        f"{stamp(now - 9)} TRACE nova Traceback\n"
    )
    (folder / "keystone.log").write_text(
        KEYSTONE.replace("2012-05-04 06:00:01,250", f"{stamp(now - 5)},250").replace(
            "2012-05-04 06:00:02", "x"
        )
    )
    ask = asking(str(tools / "sh"), path=str(tools))
    told = window(ask, Logs("nova", (f"{folder}/nova/*.log", f"{folder}/keystone.log")), errors=True)
    assert [(each.level, each.text.count("\n")) for each in told.entries] == [("ERROR", 1), ("ERROR", 4)]


def test_the_hosts_zone_counts(folder: Path) -> None:
    now = time.time()
    (folder / "nova" / "a.log").write_text(f"{stamp(now - 5, 5.5 * 3600)} ERROR nova x\n")
    told = window(asking(zone="IST-5:30"), Logs("nova", (f"{folder}/nova/*.log",)))
    [entry] = told.entries
    assert abs(now - 5 - (entry.at or 0)) < 2.5


@pytest.mark.parametrize("errors", [False, True])
def test_what_is_large_is_read_from_its_end(errors: bool, folder: Path) -> None:
    now = time.time()
    line = f"{stamp(now - 3)} {'ERROR' if errors else 'INFO'} nova {'x' * 200}\n"
    many = (WINDOW // len(line)) * 3
    (folder / "nova" / "a.log").write_text(line * many)
    told = window(asking(), Logs("nova", (f"{folder}/nova/*.log",)), errors=errors)
    assert len(told.entries) == (MOST_ENTRIES if errors else WINDOW // len(line))
    assert bool(told.short) is not errors


def test_what_may_not_be_read_and_what_is_no_file(folder: Path) -> None:
    (folder / "nova" / "dir.log").mkdir()
    os.mkfifo(folder / "nova" / "pipe.log")
    denied = folder / "nova" / "secret.log"
    denied.write_text("x")
    denied.chmod(0)
    if os.access(denied, os.R_OK):
        denied.unlink()
    told = window(asking(), Logs("nova", (f"{folder}/nova/*.log",)))
    assert told.files == ()
    assert told.denied == ((str(denied),) if denied.exists() else ())


def test_secrets_are_cut_out(folder: Path) -> None:
    now = time.time()
    (folder / "nova" / "a.log").write_text(
        f"{stamp(now - 3)} ERROR nova sql_connection=mysql://nova:hunter2pass@10.1.0.10/nova "
        "password=hunter3pass\n"
    )
    told = window(asking(), Logs("nova", (f"{folder}/nova/*.log",)))
    assert "hunter" not in told.entries[0].text
    assert "mysql://nova:" in told.entries[0].text


TOKEN = "61a7d49774999267c0557af8093cb6a8"
TELLING = (
    f'"GET /v2.0/tokens/{TOKEN} HTTP/1.1" 200',
    f"controller proxy-server 10.1.0.1 10.1.0.1 21/Nov/2026 PUT /v1/AUTH_0a/x HTTP/1.0 201 - - {TOKEN} 0 18",
    f"controller proxy-server 10.1.0.1 - - GET /v1/AUTH_0a HTTP/1.0 200 - curl AUTH_tk{TOKEN} - 18 -",
    f"nova.rpc [-] received {{u'_context_auth_token': u'{TOKEN}', u'args': {{u'password': u'{TOKEN}'}}}}",
    f"keystone HTTP_X_AUTH_TOKEN = {TOKEN}",
    f"nova X-Auth-Token: {TOKEN}",
    f"nova.auth signature: {TOKEN} AWSSecretKey {TOKEN}",
    f'keystone {{"auth": {{"passwordCredentials": {{"username": "x", "password": "{TOKEN}"}}}}}}',
    f"glance [x] admin_token                    = {TOKEN}",
    f"nova.utils Running cmd: mysql -u root -p{TOKEN} x",
)


@pytest.mark.parametrize("text", TELLING)
def test_what_services_of_the_time_wrote_of_secrets(text: str) -> None:
    shown = cut(f"2012-05-04 06:00:01 DEBUG {text}\nnext", Secrets())
    assert TOKEN not in shown
    assert shown.endswith("\nnext")


@pytest.mark.parametrize(
    "text",
    [
        "2012-05-04 06:00:01 ERROR nova.auth Unable to find token",
        "2012-05-04 06:00:01 WARNING keystone.common.wsgi Authorization failed. The request you made",
        "2012-05-04 06:00:01 INFO nova.api [req-61a7d497-7499-9267-c055-7af8093cb6a8 7e 0a] GET /v2",
        f"May  4 06:00:01 storage-1 object-server 10.1.0.1 PUT /sdb/7/AUTH_{TOKEN}/c/o 201 tx61a7d4977499 x",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert cut(text, Secrets()) == text


def test_a_hostile_line_takes_no_time() -> None:
    begin = time.process_time()
    for text in ("token" * 400, "a" * 2000, "token=" * 300, "secret " * 280):
        cut("\n".join([text] * 60), Secrets())
    assert time.process_time() - begin < 5


def test_in_a_shared_file_other_programs_do_not_count(folder: Path) -> None:
    now = time.time()
    day = time.strftime("%b %e %H:%M:%S", time.gmtime(now - 3))
    (folder / "syslog").write_text(
        f"{day} host object-server ERROR __call__ error\n{day} host cron[12]: ERROR cannot mail\n"
    )
    swift = next(place for place in logs_of(["swift-object"]) if place.programs)
    told = window(asking(), Logs("swift", (f"{folder}/syslog",), programs=swift.programs))
    assert [e.program for e in told.entries] == ["object-server"]


def test_a_host_that_answers_nonsense_tells_nothing() -> None:
    for text in ("", "sh: not found", "x" * 1000):
        told = window(lambda *_, text=text: Asked(text, error="sh: 1: Syntax error"), Logs("nova", ("/a",)))
        assert told.entries == ()
        assert "Syntax error" in told.why


def test_patterns_are_no_commands() -> None:
    assert quoted("/var/log/a b;$(x)'`*.log") == r"/var/log/a\ b\;\$\(x\)\'\`*.log"


def test_where_services_write() -> None:
    found = {
        place.component: place
        for place in logs_of(["nova-api", "nova-volume", "swift-object", "tgt", "keystone"])
    }
    assert list(found) == ["nova", "nova-volume", "swift", "keystone"]
    assert found["nova"].patterns == ("/var/log/nova/nova-api.log",)
    assert found["swift"].patterns[0] == "/var/log/swift/*.log"
    assert not any(place.judged for place in logs_of(["rabbitmq-server", "libvirt-bin"]))
    assert [place.component for place in logs_of([], ["/opt/nova/api.log", "/srv/ha.log"])] == ["nova", "ha"]
    assert component_of("/var/log/glance/api.log") == "glance"


def test_what_is_let_pass() -> None:
    entry = Entry(
        "f", 1.0, "ERROR", "2012-05-04 06:00:01 ERROR nova.rpc Returning exception Nope to caller\nmore"
    )
    assert ignored(entry, ["Returning exception * to caller"])
    assert ignored(entry, ["nova.rpc*more"])
    assert not ignored(entry, ["nova.api", ""][:1])
