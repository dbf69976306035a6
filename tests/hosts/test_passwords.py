"""sudo's password: where it comes from, and where it does not go."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from harness.errors import UsageError
from harness.hosts import passwords
from harness.hosts.becoming import Become, become_of
from harness.hosts.passwords import VARIABLE, prepare, sudo_password
from harness.site import Ssh
from tests.clients.fake import Rows


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(VARIABLE, "")
    passwords._from_keyring.cache_clear()
    yield
    passwords._from_keyring.cache_clear()


def ssh(**keys: object) -> Ssh:
    return Ssh.model_validate({"user": "ops", "become": "sudo", **keys})


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_word_of_the_site_the_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sudo_password(ssh()) is None
    monkeypatch.setenv(VARIABLE, "from-outside")
    assert sudo_password(ssh()) == "from-outside"
    for source in ("environment", "keyring", "prompt"):
        assert sudo_password(ssh(become_password=source)) == "from-outside"


def test_an_environment_without_it() -> None:
    with pytest.raises(UsageError, match=VARIABLE):
        sudo_password(ssh(become_password="environment"))


def test_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("deployday-sudo", "ops"): "from-the-ring"}
    ring = SimpleNamespace(get_password=lambda service, user: kept.get((service, user)))
    monkeypatch.setitem(sys.modules, "keyring", ring)
    prepare(ssh(become_password="keyring"))
    assert os.environ[VARIABLE] == "from-the-ring", "workers need no keyring"
    monkeypatch.setenv(VARIABLE, "")
    with pytest.raises(UsageError, match=r"no password of other[\s\S]*keyring set deployday-sudo other"):
        sudo_password(ssh(user="other", become_password="keyring"))


def test_a_keyring_that_fails_or_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError("no backend")

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=fails))
    with pytest.raises(UsageError, match=r"cannot be read: no backend"):
        sudo_password(ssh(become_password="keyring"))
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UsageError, match=r"deployday\[keyring\]"):
        sudo_password(ssh(become_password="keyring"))


def test_the_terminal_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return "typed-in"

    monkeypatch.setattr("getpass.getpass", typed)
    monkeypatch.setattr("sys.stdin", Terminal())
    prepare(ssh(become_password="prompt"))
    assert sudo_password(ssh(become_password="prompt")) == "typed-in"
    assert asked == ["sudo password of ops on the nodes: "]


def test_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(UsageError, match="there is no terminal"):
        prepare(ssh(become_password="prompt"))


def test_nobody_is_asked_where_nobody_becomes_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    prepare(ssh(become=None, become_password="prompt"))
    prepare(ssh())
    assert become_of(ssh(become=None)) is None


def test_the_record_knows_it_as_a_secret_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "open-sesame")
    rows = Rows()
    become = become_of(ssh(), rows)
    assert become is not None
    assert become.words("p")[:2] == ("sudo", "-S")
    assert rows.secrets == {"open-sesame"}
    assert "open-sesame" not in repr(become) + " ".join(become.words("p"))
    assert Become().words("p") == ("sudo", "-n", "--")
