from __future__ import annotations

import pytest

from harness.hosts.facts.files import read_files, read_sysctl
from harness.hosts.facts.model import File, Unknown
from tests.hosts.facts.answers import part, section

DIGEST = "ab" * 32
LOOKED = part("looked", "absent /nope\ndenied /root/x\n")


def files(*parts: str, asked: tuple[str, ...], whole: bool = True) -> dict[str, File | Unknown]:
    found = read_files(section(*parts, whole=whole), asked)
    assert not isinstance(found, Unknown)
    return found


def test_files_by_stat() -> None:
    stat = (
        "81a0|1234|root|nova|/etc/nova/nova.conf\n41ed|4096|root|root|/etc\n"
        "a1ff|7|root|root|/bin\n2190|0|root|tty|/dev/tty\n"
    )
    digests = f"{DIGEST}  /etc/nova/nova.conf\n{DIGEST}  /bin\n"
    asked = ("/etc/nova/nova.conf", "/etc", "/bin", "/dev/tty", "/nope", "/root/x")
    assert files(LOOKED, part("stat", stat), part("sha256sum", digests), asked=asked) == {
        "/etc/nova/nova.conf": File(
            kind="file", owner="root", group="nova", mode="0640", size=1234, sha256=DIGEST
        ),
        "/etc": File(kind="folder", owner="root", group="root", mode="0755", size=4096),
        "/bin": File(kind="link", owner="root", group="root", mode="0777", size=7, sha256=DIGEST),
        "/dev/tty": File(kind="other", owner="root", group="tty", mode="0620", size=0),
        "/nope": File(kind="absent"),
        "/root/x": Unknown(unknown="this user may not look there", denied=True),
    }


def test_files_by_ls() -> None:
    listing = (
        "-rw-r-----. 1 root nova  1234 Nov 21 19:28 /etc/nova/nova.conf\n"
        "drwxrwsr-T 2 root root 4096 Nov 21 2011 /var/my folder\n"
        "lrwxrwxrwx 1 root root 7 Jan  1 00:00 /bin -> usr/bin\n"
        "crw--w---- 1 root tty 4, 0 Jan  1 00:00 /dev/tty0\n"
        "-rwsr-xr-x 1 root root 10 Jan 1 00:00 /other/bin\n"
    )
    asked = ("/etc/nova/nova.conf", "/var/my folder", "/bin", "/dev/tty0", "/other/bin")
    found = files(
        part("looked"), part("ls", listing), part("openssl", f"SHA256(/other/bin)= {DIGEST}\n"), asked=asked
    )
    assert found == {
        "/etc/nova/nova.conf": File(kind="file", owner="root", group="nova", mode="0640", size=1234),
        "/var/my folder": File(kind="folder", owner="root", group="root", mode="3774", size=4096),
        "/bin": File(kind="link", owner="root", group="root", mode="0777", size=7),
        "/dev/tty0": File(kind="other", owner="root", group="tty", mode="0620"),
        "/other/bin": File(kind="file", owner="root", group="root", mode="4755", size=10, sha256=DIGEST),
    }


@pytest.mark.parametrize("line", [f"SHA256(/a)= {DIGEST}\n", f"SHA2-256(/a)= {DIGEST}\n"])
def test_digests_of_openssl(line: str) -> None:
    found = files(part("looked"), part("stat", "81a4|1|root|root|/a\n"), part("openssl", line), asked=("/a",))
    assert found["/a"] == File(kind="file", owner="root", group="root", mode="0644", size=1, sha256=DIGEST)


def test_what_came_before_the_answer_was_cut_is_kept() -> None:
    cut = part("stat", "81a4|1|root|root|/a\n81a4|1|root|ro", "")
    found = files(LOOKED, cut, asked=("/a", "/b", "/nope"), whole=False)
    assert found == {
        "/a": File(kind="file", owner="root", group="root", mode="0644", size=1),
        "/b": Unknown(unknown="the answer ended before it was told"),
        "/nope": File(kind="absent"),
    }


def test_nobody_is_told_of_paths_that_were_not_asked() -> None:
    stat = part("stat", "81a4|1|root|root|/etc/shadow\n81a4|1|UNKNOWN|UNKNOWN|/a\n")
    assert files(part("looked", "absent /x\n"), stat, asked=("/a",)) == {
        "/a": File(kind="file", mode="0644", size=1)
    }


def test_settings_of_the_kernel() -> None:
    text = (
        "/proc/sys/net/ipv4/ip_forward:1\n/proc/sys/net/ipv4/tcp_rmem:4096\t87380\t6291456\n"
        "grep: /proc/sys/net/nope: No such file or directory\n"
        "/proc/sys/net/ipv4/conf/eth0.100/forwarding:0\n/proc/sys/dev/cdrom/info:CD-ROM\n"
        "/proc/sys/dev/cdrom/info:\n"
    )
    asked = (
        "net.ipv4.ip_forward",
        "net.ipv4.tcp_rmem",
        "net.nope",
        "net.ipv4.conf.eth0/100.forwarding",
        "dev.cdrom.info",
    )
    assert read_sysctl(section(part("settings", text, "2")), asked) == {
        "net.ipv4.ip_forward": "1",
        "net.ipv4.tcp_rmem": "4096 87380 6291456",
        "net.ipv4.conf.eth0/100.forwarding": "0",
        "dev.cdrom.info": "CD-ROM",
    }
    assert read_sysctl(section(), ()) == {}


def test_a_setting_that_nobody_may_read() -> None:
    found = read_sysctl(
        section(part("settings", "grep: /proc/sys/kernel/x: Permission denied\n", "2")), ("kernel.x",)
    )
    assert found == Unknown(unknown="this user may not read kernel.x", denied=True)
