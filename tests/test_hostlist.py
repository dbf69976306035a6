"""Hosts are read from the files that operators already have."""

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.hostlist import Host, read_hosts

INVENTORY = """\
# the rack
[controllers]
controller ansible_host=10.1.0.10 ansible_port=2222

[storage]
storage-1 ansible_host=10.1.0.31 rack=A
10.1.0.32

[storage:vars]
ansible_user=ops
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_an_inventory_gives_addresses_ports_and_racks(tmp_path: Path) -> None:
    assert read_hosts(write(tmp_path, "inventory.ini", INVENTORY)) == {
        "controller": Host("10.1.0.10", 2222),
        "storage-1": Host("10.1.0.31", 22, "A"),
        "10.1.0.32": Host("10.1.0.32"),
    }


def test_a_hosts_file_gives_every_name_but_this_machine(tmp_path: Path) -> None:
    text = "127.0.0.1 localhost\n::1 ip6-localhost\nff02::1 ip6-allnodes\n10.1.0.10 controller ctl # main\n"
    assert read_hosts(write(tmp_path, "hosts", text)) == {
        "controller": Host("10.1.0.10"),
        "ctl": Host("10.1.0.10"),
    }


def test_a_csv_file_has_a_header(tmp_path: Path) -> None:
    text = "node,address,port,rack\ncontroller,10.1.0.10,,A\n"
    assert read_hosts(write(tmp_path, "hosts.csv", text)) == {"controller": Host("10.1.0.10", 22, "A")}
    with pytest.raises(UsageError, match=r"hosts\.csv:1: not a CSV file of hosts"):
        read_hosts(write(tmp_path, "hosts.csv", "a,b\n1,2\n"))


def test_every_bad_line_is_told(tmp_path: Path) -> None:
    text = "node,address,port\na,10.0.0.1,99999\nb,;rm -rf,22\nc,10.0.0.3,22\nc,10.0.0.4,22\n"
    with pytest.raises(UsageError) as caught:
        read_hosts(write(tmp_path, "hosts.csv", text))
    told = str(caught.value)
    assert "hosts.csv:2: not a port" in told
    assert "hosts.csv:3: no address" in told
    assert "hosts.csv:5: c has a second address" in told


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file of hosts"):
        read_hosts(tmp_path / "none.ini")
