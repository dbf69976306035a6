"""A lab comes up whole, alone on loopback, and goes without a trace."""

import json
import os
import signal
import stat
import time
from pathlib import Path

import pytest

from harness.arch import load
from harness.errors import LabError, UsageError
from harness.lab import down, status, switch, up
from harness.lab.process import started
from tests.lab.live import LiveLab, send

pytestmark = pytest.mark.lab


def processes(pid):
    """A process and all below it."""
    below = [
        int(path.name)
        for path in Path("/proc").iterdir()
        if path.name.isdigit() and started(int(path.name)) and _parent(path) == pid
    ]
    return [pid, *(inner for each in below for inner in processes(each))]


def _parent(path):
    try:
        return int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return None


def listening(pids):
    """Every (address, port) on which these processes listen, from the kernel's own tables."""
    inodes = set()
    for pid in pids:
        for fd in Path(f"/proc/{pid}/fd").iterdir():
            link = str(fd.readlink())
            if link.startswith("socket:["):
                inodes.add(link[8:-1])
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            parts = row.split()
            if parts[9] in inodes and (parts[3] == "0A" or table.startswith("udp")):
                address, port = parts[1].split(":")
                found.add((".".join(str(b) for b in reversed(bytes.fromhex(address))), int(port, 16)))
    return found


def gone(pids, limit=5.0):
    deadline = time.monotonic() + limit
    while any(started(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    return [pid for pid in pids if started(pid)]


def test_everything_described_listens_and_nothing_off_the_lab_s_own_addresses(live_lab):
    found = listening(processes(live_lab.info.pids[0]))
    addresses = set(live_lab.nodes.values()) | {f"{live_lab.info.prefix}.254"}
    assert {address for address, _ in found} == addresses
    assert {(live_lab.nodes["controller"], port) for port in (5000, 35357, 8774, 8776, 8080, 9292)} <= found
    assert {(address, 10022) for address in live_lab.nodes.values()} <= found
    assert {(live_lab.nodes["storage-2"], port) for port in (6000, 6001, 6002)} <= found


def test_no_secret_can_be_read_by_others(live_lab):
    folder = live_lab.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    secrets = {auth["auth"]["password"] for auth in live_lab.clouds.values()}
    secrets.add(json.loads((folder / "settings.json").read_text())["hash_suffix"])
    for path in (path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if any(secret.encode() in content for secret in secrets):
            assert not path.stat().st_mode & 0o077, path
    assert not (folder / "ssh_key").stat().st_mode & 0o077


def test_its_site_is_an_ordinary_one(live_lab):
    from harness.site import load_site

    site = load_site(live_lab.info.site_file)
    assert site.arch.fingerprint == load("essex/six-node").fingerprint
    assert {name: host.address for name, host in site.hosts.items()} == live_lab.nodes
    assert site.credentials().username == "admin"
    assert site.file.lab.control == live_lab.info.control_url


def test_the_same_name_twice_is_refused(live_lab, lab_home):
    with pytest.raises(UsageError, match=r"is running.*lab down shared"):
        up(load("essex/six-node"), home=lab_home, name="shared")
    assert live_lab.login("admin").token


def test_an_unknown_fault_is_refused_before_anything_starts(lab_home):
    with pytest.raises(UsageError, match=r"did you mean rings\.ring_missing"):
        up(load("essex/six-node"), home=lab_home, name="other", faults=("rings.ring_mising",))
    assert not (lab_home / "other").exists()


def test_a_second_lab_lives_beside_the_first_and_ends_with_its_parent(live_lab, lab_home):
    info = up(load("essex/six-node"), home=lab_home, name="second", faults=("rings.ring_missing",))
    second = LiveLab.of(info)
    assert info.prefix != live_lab.info.prefix
    assert second.login("admin").send("PUT", "object-store/only-here").status == 201
    assert live_lab.login("admin").send("HEAD", "object-store/only-here").status == 404
    refused = send(
        "GET",
        live_lab.login("admin").urls["compute"] + "/servers",
        {"X-Auth-Token": second.login("admin").token},
    )
    assert refused.status == 401
    assert status("second", home=lab_home)[0].faults == ("rings.ring_missing",)
    pids = processes(info.pids[0])
    assert len(pids) > 10
    os.kill(info.pids[0], signal.SIGKILL)
    assert not gone(pids)
    assert status("second", home=lab_home)[0].state == "dead"
    down("second", home=lab_home)
    assert status("second", home=lab_home)[0].state == "stopped"
    left = {path.name for path in (lab_home / "second").iterdir()}
    assert left == {".lock", "host_keys", "log"}


def test_a_lab_that_cannot_start_leaves_nothing_running(lab_home, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/no-such-place")
    with pytest.raises(LabError, match="ended while it was starting"):
        up(load("essex/six-node"), home=lab_home, name="hopeless")
    assert status("hopeless", home=lab_home)[0].state == "stopped"
    assert "no-such-place" in (lab_home / "hopeless" / "log" / "control.log").read_text()


def test_down_of_what_is_not_there_names_what_is(live_lab, lab_home):
    with pytest.raises(UsageError, match=r"no lab 'nope'.*shared"):
        down("nope", home=lab_home)


def test_the_parts_of_the_extra_are_named_when_missing(monkeypatch, tmp_path):
    monkeypatch.setattr("harness.lab.launch.find_spec", lambda name: None)
    with pytest.raises(LabError, match=r"swift, asyncssh.*deployday\[lab\]"):
        up(load("essex/six-node"), home=tmp_path)


def test_a_running_lab_is_broken_and_mended(live_lab, lab_home):
    name = live_lab.info.name
    assert switch(name, "images.dead", on=True, home=lab_home) == ("images.dead",)
    assert status(name, home=lab_home)[0].faults == ("images.dead",)
    assert switch(name, "images.dead", on=False, home=lab_home) == ()
    with pytest.raises(UsageError, match=r"images\.dead is not on; there is: none"):
        switch(name, "images.dead", on=False, home=lab_home)
    with pytest.raises(UsageError, match=r"did you mean images\.dead"):
        switch(name, "images.daed", on=True, home=lab_home)
    with pytest.raises(UsageError, match="does not run"):
        switch("nowhere", "images.dead", on=True, home=lab_home)
