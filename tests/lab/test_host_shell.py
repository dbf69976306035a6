"""Nodes of the lab answer a real shell, in a room that is theirs alone."""

import os
import shlex
import subprocess
import time
from pathlib import Path

import paramiko
import pytest

from harness.arch import load
from harness.lab import down, up
from harness.lab.hostside import room

pytestmark = pytest.mark.lab


def opened(folder, address):
    client = paramiko.SSHClient()
    client.load_host_keys(str(folder / "known_hosts"))
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    key = paramiko.Ed25519Key.from_private_key_file(str(folder / "ssh_key"))
    client.connect(address, 10022, username="lab", pkey=key, look_for_keys=False, allow_agent=False)
    return client


def said(client, command, stdin=b"", ended=0):
    channel = client.get_transport().open_session()
    channel.settimeout(30)
    channel.exec_command(command)
    channel.sendall(stdin)
    channel.shutdown_write()
    out, err = channel.makefile("rb").read(), channel.makefile_stderr("rb").read()
    assert channel.recv_exit_status() == ended, (out, err)
    return out.decode(), err.decode()


@pytest.fixture(scope="module")
def nodes(live_lab):
    clients = {name: opened(live_lab.folder, address) for name, address in live_lab.nodes.items()}
    if not _has_rooms(clients):
        pytest.skip("this machine allows no user namespaces")
    yield clients
    for client in clients.values():
        client.close()


def _has_rooms(clients):
    channel = clients["controller"].get_transport().open_session()
    channel.exec_command("exit 7")
    return channel.recv_exit_status() == 7


def of_rooms(part):
    """Processes of this machine that serve a session of the node whose folder ends so."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if room.__file__.encode() in words and any(word.decode().endswith(part) for word in words):
            found.append(int(path.parent.name))
    return found


def gone(part, limit=5.0):
    end = time.monotonic() + limit
    while of_rooms(part):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_a_script_is_read_from_standard_input(nodes):
    script = b"for one in a b; do echo $one; done; echo late >&2; exit 3\n"
    assert said(nodes["compute-1"], "sh -s", script, ended=3) == ("a\nb\n", "late\n")
    assert said(nodes["compute-1"], "sudo -n sh -s", b"id -u\n") == ("0\n", "")
    assert said(nodes["compute-1"], "sudo -n sh -c 'id -un; echo $HOME'") == ("root\n/root\n", "")
    assert said(nodes["compute-1"], "id -un") == ("lab\n", "")
    assert said(nodes["compute-1"], "no-such-thing", ended=127)[1].endswith("not found\n")


def test_a_shell_stays_open_and_answers_line_by_line(nodes):
    channel = nodes["storage-1"].get_transport().open_session()
    channel.settimeout(30)
    channel.exec_command("sudo -n /bin/sh")
    answers = channel.makefile("rb")
    for number in range(20):
        channel.sendall(b"n=$((n + %d)); echo $n\n" % number)
        assert answers.readline() == b"%d\n" % (number * (number + 1) // 2)
    channel.sendall(b"exit 9\n")
    assert channel.recv_exit_status() == 9


def test_a_lot_goes_through_in_both_directions(nodes):
    big = os.urandom(3_000_000).hex().encode()
    out, _ = said(nodes["compute-1"], "cat | wc -c; head -c 2000000 /dev/zero | tr '\\000' x", big)
    count, _, rest = out.partition("\n")
    assert int(count) == len(big)
    assert rest == "x" * 2_000_000


def test_a_node_sees_its_own_files_and_programs_and_nothing_else_of_the_machine(nodes, live_lab, tmp_path):
    (tmp_path / "secret").write_text("machine")
    places = [
        str(Path(__file__).parents[2]),
        "/root/.ssh",
        str(tmp_path),
        str(live_lab.folder),
        "/opt/deployday-lab/../../..",
        "/home",
    ]
    out, _ = said(
        nodes["storage-2"],
        f"ls -d {shlex.join(places)} /* 2>/dev/null; cat {tmp_path}/secret; cat /etc/hostname",
    )
    assert "machine" not in out
    assert str(tmp_path) not in out
    assert str(live_lab.folder) not in out
    assert out.endswith("storage-2\n")
    escapes = (
        "cd /; cd ../../../..; pwd; ls -d work proc/1/root 2>/dev/null; mkdir -p /tmp/x && chroot /tmp/x ls"
    )
    assert said(nodes["storage-2"], escapes, ended=127)[0] == "/\n"


def test_the_machines_programs_cannot_be_changed(nodes):
    for path in (
        "/usr/bin/ls",
        "/opt/deployday-lab/lib.sh",
        "/usr/lib/x",
        "/opt/deployday-lab/machine/usr/bin/x",
    ):
        assert "ead-only" in said(nodes["compute-2"], f"echo x >{path}", ended=2)[1]
    said(nodes["compute-2"], "echo mine >/tmp/mine && grep -q mine /tmp/mine && rm /tmp/mine")


def test_what_a_session_leaves_running_ends_with_it(nodes):
    said(nodes["compute-1"], "sleep 300 >/dev/null 2>&1 & setsid sleep 300 >/dev/null 2>&1 & echo")
    assert gone("nodes/compute-1")


def test_a_hang_up_ends_the_whole_tree(live_lab, nodes):
    client = opened(live_lab.folder, live_lab.nodes["compute-2"])
    channel = client.get_transport().open_session()
    channel.exec_command("sh -c 'sleep 300 & trap : TERM HUP INT; echo there; while :; do sleep 1; done'")
    assert channel.recv(100) == b"there\n"
    assert of_rooms("nodes/compute-2")
    client.get_transport().sock.close()
    assert gone("nodes/compute-2")


def test_a_closed_channel_ends_the_tree_and_leaves_the_connection(nodes):
    channel = nodes["compute-2"].get_transport().open_session()
    channel.exec_command("yes")
    assert channel.recv(2) == b"y\n"
    channel.close()
    assert gone("nodes/compute-2")
    assert said(nodes["compute-2"], "echo fine") == ("fine\n", "")


def test_no_process_is_left_after_the_lab(lab_home):
    info = up(load("essex/devstack-single"), home=lab_home, name="shells")
    try:
        client = opened(info.folder, f"{info.prefix}.1")
        channel = client.get_transport().open_session()
        channel.exec_command("sh -c 'trap : TERM; sleep 300 & echo there; sleep 300'")
        assert channel.recv(100) in (b"there\n", b"")
    finally:
        down("shells", home=lab_home)
    assert gone("shells/nodes/devstack")


def test_a_lab_that_is_killed_takes_its_rooms_along(lab_home):
    info = up(load("essex/devstack-single"), home=lab_home, name="killed-shells")
    try:
        client = opened(info.folder, f"{info.prefix}.1")
        channel = client.get_transport().open_session()
        channel.exec_command("sh -c 'trap : TERM; echo there; sleep 300'")
        assert channel.recv(100) in (b"there\n", b"")
        os.kill(info.pids[0], 9)
        assert gone("killed-shells/nodes/devstack")
    finally:
        down("killed-shells", home=lab_home)


def test_swift_init_has_real_effect_in_the_room(nodes):
    assert "running" in said(nodes["storage-3"], "swift-init account-server status")[0]
    assert "No permission" in said(nodes["storage-3"], "swift-init account-server stop", ended=1)[0]
    words = "swift-init account-server stop; swift-init account-server status; initctl status swift-account"
    stop = f"sudo -n sh -c '{words}'"
    try:
        out, _ = said(nodes["storage-3"], stop)
        assert "No account-server running" in out
        assert "swift-account stop/waiting" in out
    finally:
        assert "Starting" in said(nodes["storage-3"], "sudo -n swift-init account-server start")[0]
    assert "start/running" in said(nodes["storage-3"], "initctl status swift-account")[0]


def test_too_many_sessions_at_once_are_turned_away(live_lab, nodes, monkeypatch):
    """The bound is the lab's, over all nodes; whoever comes after it is told so."""
    from harness.lab.hostside.sessions import AT_ONCE

    held = []
    try:
        for number in range(AT_ONCE + 8):
            channel = nodes[f"storage-{number % 3 + 1}"].get_transport().open_session()
            channel.exec_command("cat")
            held.append(channel)
        refused = [one for one in held if _refused(one)]
        assert 1 <= len(refused) <= 9
    finally:
        for channel in held:
            channel.close()
    assert gone("nodes/storage-1", 10)


def _refused(channel):
    channel.settimeout(20)
    channel.sendall(b"here\n") if not channel.closed else None
    told = channel.recv(5)
    return not told


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_has_rooms_as_well(tmp_path):
    """Where the machine allows it to root only, the node says so; here it is tried as ``nobody``."""
    base = Path("/var/tmp") / f"deployday-room-{os.getpid()}"
    try:
        for name in ("node/dev", "node/opt/deployday-lab", "programs/machine/usr", "programs/machine/proc"):
            (base / name).mkdir(parents=True)
        for name in ("bin", "lib", "lib64"):
            (base / "node" / name).symlink_to(f"opt/deployday-lab/machine/usr/{name}")
        (base / "room.py").write_bytes(Path(room.__file__).read_bytes())
        subprocess.run(["chown", "-R", "65534:65534", base], check=True)
        words = ["python3", "-I", "-S", f"{base}/room.py", "$$", f"{base}/node", f"{base}/programs", "--"]
        line = f"{' '.join(words)} /bin/sh -c 'id -u; echo *'; exit $?"
        as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        done = subprocess.run(
            [*as_nobody, "sh", "-c", f"sh -c '{line.replace(chr(39), chr(39) + chr(92) + chr(39) * 2)}'"],
            capture_output=True, text=True, timeout=30,
        )  # fmt: skip
    finally:
        subprocess.run(["rm", "-rf", base], check=True)
    assert done.stdout.split("\n")[0] == "0" or "user namespace" in done.stderr, done
