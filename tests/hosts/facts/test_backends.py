from __future__ import annotations

import pytest

from harness.hosts.facts.backends import read_broker, read_database
from harness.hosts.facts.model import Broker, Database, Unknown
from tests.hosts.facts.answers import part, recorded, section


def test_rabbit_of_today() -> None:
    found = read_broker(
        section(
            part("status", recorded("rabbit-status.txt")),
            part("cluster", recorded("rabbit-cluster.txt")),
            part("queues", recorded("rabbit-queues.txt")),
        )
    )
    assert found == Broker(version="3.10.8", nodes=("rabbit@controller",), queues={"compute.compute-1": 0})


@pytest.mark.parametrize(
    ("name", "version"), [("rabbit-2.4-status.txt", "2.4.1"), ("rabbit-2.8-status.txt", "2.8.4")]
)
def test_rabbit_of_then(name: str, version: str) -> None:
    found = read_broker(
        section(
            part("status", recorded(name)),
            part("cluster", recorded("rabbit-3-cluster.txt")),
            part("queues", "Listing queues ...\ncompute\t0\ncompute.compute-1\t12\n...done.\n"),
        )
    )
    assert found == Broker(
        version=version,
        nodes=("rabbit@rabbit3", "rabbit@rabbit2"),
        queues={"compute": 0, "compute.compute-1": 12},
    )


@pytest.mark.parametrize(
    "text",
    [
        recorded("rabbit-dead.txt"),
        "Error: unable to connect to node rabbit@controller: nodedown\ndiagnostics:\n",
        "Error: unable to perform an operation on node 'rabbit@controller'. Please see diagnostics\n",
    ],
)
def test_a_broker_that_is_down_has_no_running_node(text: str) -> None:
    found = read_broker(section(part("status", text, "2")))
    assert isinstance(found, Broker)
    assert found.nodes == ()
    assert isinstance(found.queues, Unknown)


def test_a_broker_whose_cookie_nobody_may_read_is_unknown() -> None:
    found = read_broker(section(part("status", recorded("rabbit-denied.txt"), "1")))
    assert found == Unknown(unknown="this user may not see it", denied=True)
    assert read_broker(section(part("rabbitmqctl", "", "missing"))) == Unknown(
        unknown="rabbitmqctl is not on this host"
    )


def test_mysql() -> None:
    assert read_database(section(part("mysql", recorded("mysqladmin.txt")))) == Database(
        kind="mysql", version="10.11.18-MariaDB-0+deb12u1", answers=True
    )
    assert read_database(section(part("mysql", recorded("mysqladmin-dead.txt"), "1"))) == Database(
        kind="mysql", answers=False
    )


def test_mysql_that_refuses_a_user_answers() -> None:
    found = read_database(section(part("mysql", recorded("mysqladmin-refused.txt"), "1")))
    assert found == Database(kind="mysql", answers=True)


def test_mysql_behind_a_socket_that_nobody_may_open_is_unknown() -> None:
    text = "error: 'Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (13)'\n"
    assert read_database(section(part("mysql", text, "1"))) == Unknown(
        unknown="this user may not see it", denied=True
    )


def test_postgresql() -> None:
    text = "PostgreSQL 9.1.24 on x86_64-unknown-linux-gnu, compiled by gcc\n"
    assert read_database(section(part("psql", text))) == Database(
        kind="postgresql", version="9.1.24", answers=True
    )
    dead = "psql: could not connect to server: No such file or directory\n"
    assert read_database(section(part("psql", dead, "2"))) == Database(kind="postgresql", answers=False)


def test_no_database_here() -> None:
    found = read_database(section(part("none", "", "missing")))
    assert found == Unknown(unknown="there is no database server on this host")
