"""Where a lab lives on loopback."""

import socket

import pytest

from harness.errors import LabError
from harness.lab.layout import Layout, claim, lab_port

NODES = ("controller", "storage-1", "storage-2")


def test_node_i_of_lab_n_has_the_address_127_77_n_i():
    assert Layout(7, NODES).addresses() == {
        "controller": "127.77.7.1", "storage-1": "127.77.7.2", "storage-2": "127.77.7.3"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("described", "found"), [(22, 10022), (80, 10080), (1023, 11023), (1024, 1024), (8774, 8774)]
)
def test_ports_that_need_root_are_ten_thousand_higher(described, found):
    assert lab_port(described) == found


def test_a_node_that_nobody_described_has_no_address():
    with pytest.raises(KeyError, match="storage-9"):
        Layout(1, NODES).address("storage-9")


def test_two_labs_get_two_prefixes():
    first, held = claim(NODES, [("controller", 5000)])
    with held:
        second, other = claim(NODES, [("controller", 5000)])
        with other:
            assert first.prefix != second.prefix
            assert other.getsockname() == second.control


def test_a_prefix_with_a_taken_port_is_passed_over():
    first, held = claim(NODES, [])
    held.close()
    with socket.create_server(first.socket_of("storage-2", 6000)):
        second, other = claim(NODES, [("storage-2", 6000)])
        other.close()
        assert second.number != first.number


def test_more_nodes_than_addresses_is_said():
    with pytest.raises(LabError, match="251 nodes"):
        claim([f"node-{n}" for n in range(251)], [])
