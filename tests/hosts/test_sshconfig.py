"""``~/.ssh/config``: files that include others, and what the site says before all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.hosts.sshconfig import ssh_config


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".ssh/conf.d").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path / ".ssh"


def test_files_that_include_others(home: Path) -> None:
    (home / "config").write_text(
        "Include conf.d/* ~/.ssh/more\nUser anybody\nHost b\n  Include conf.b\n  Port 2\nHost *\n  Port 9\n"
    )
    (home / "conf.d/10").write_text("Host a\n  Port 1\n")
    (home / "conf.d/20").write_text("Host a\n  Port 3\n  User first\n")
    (home / "more").write_text("Host c\n  HostName c.example\n")
    (home / "conf.b").write_text("HostName b.example\n")
    a, b, c = (ssh_config(name, None, None).lookup(name) for name in "abc")
    assert (a["port"], a["user"], a["hostname"]) == ("1", "first", "a")
    assert (b["port"], b["user"], b["hostname"]) == ("2", "anybody", "b.example")
    assert (c["port"], c["hostname"]) == ("9", "c.example")


def test_a_file_that_includes_itself_ends(home: Path) -> None:
    (home / "config").write_text("Include config\nHost a\n  Port 7\n")
    assert ssh_config("a", None, None).lookup("a")["port"] == "7"


def test_what_the_site_says_comes_first(home: Path) -> None:
    (home / "config").write_text("Host a\n  Port 7\n  User config\n  ProxyCommand relay %h %p %r\n")
    found = ssh_config("a", "site", 99).lookup("a")
    assert (found["port"], found["user"], found["proxycommand"]) == ("99", "site", "relay a 99 site")
    assert ssh_config("b", "site", 99).lookup("a")["port"] == "7"


def test_a_file_that_is_none(home: Path) -> None:
    (home / "config").write_text("Host a\n  nonsense\n")
    with pytest.raises(UsageError, match=r"~/.ssh/config: cannot be read"):
        ssh_config("a", None, None)
    (home / "config").write_bytes(b"\xff\xfe\x00\n")
    with pytest.raises(UsageError):
        ssh_config("a", None, None)


def test_no_file_at_all(home: Path) -> None:
    assert ssh_config("a", None, None).lookup("a")["hostname"] == "a"
