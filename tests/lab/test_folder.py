"""The folder of a lab."""

import errno
import os

import pytest

from harness.errors import LabError, UsageError
from harness.lab.folder import LabFolder, check_file_system, write_secret


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc", "-x", "a b", "x" * 64])
def test_a_name_cannot_lead_out_of_the_home(name, tmp_path):
    with pytest.raises(UsageError, match="not a name for a lab"):
        LabFolder.of(tmp_path, name)


def test_a_secret_is_the_users_alone_from_its_first_byte(tmp_path):
    old = os.umask(0)
    try:
        write_secret(tmp_path / "secret", "s3cr3t")
    finally:
        os.umask(old)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_clearing_keeps_logs_and_host_keys(tmp_path):
    folder = LabFolder.of(tmp_path, "mine")
    folder.make()
    (folder.log / "control.log").write_text("why")
    (folder.host_keys / "controller").write_text("key")
    write_secret(folder.clouds, "s3cr3t")
    (folder.path / "link").symlink_to(tmp_path)
    folder.clear()
    assert sorted(part.name for part in folder.path.iterdir()) == ["host_keys", "log"]
    assert tmp_path.exists()


def test_two_commands_do_not_work_on_one_lab(tmp_path):
    folder = LabFolder.of(tmp_path, "mine")
    with folder.locked(), pytest.raises(LabError, match="another process"), folder.locked():
        pass


def test_a_file_system_without_user_attributes_is_said(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(os, "setxattr", refuse)
    with pytest.raises(LabError, match=r"no user attributes.*--home"):
        check_file_system(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_torn_state_file_counts_as_none(tmp_path):
    folder = LabFolder.of(tmp_path, "mine")
    folder.make()
    folder.state.write_text('{"pid": 1')
    assert folder.read_state() is None
