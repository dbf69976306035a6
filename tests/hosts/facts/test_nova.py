from __future__ import annotations

import pytest

from harness.hosts.facts.model import Managed, ManagedService, Unknown
from harness.hosts.facts.nova import read_domains, read_managed
from tests.hosts.facts.answers import part, recorded, section


def managed(*parts: str) -> Managed:
    found = read_managed(section(*parts))
    assert isinstance(found, Managed), found
    return found


def test_services_of_essex() -> None:
    found = managed(part("service", recorded("nova-service-list-essex.txt"))).services
    assert isinstance(found, tuple)
    assert found[0] == ManagedService(
        binary="nova-compute", host="cn25.example.net", enabled=True, alive=False
    )
    assert [one.alive for one in found] == [False, False, False, False, True, True]


def test_services_as_a_readme_shows_them() -> None:
    found = managed(part("service", recorded("nova-service-list-puppet.txt"))).services
    assert isinstance(found, tuple)
    assert {one.binary for one in found if one.alive and one.host == "<your_host>"} == {
        f"nova-{name}" for name in ("volume", "consoleauth", "scheduler", "compute", "network", "cert")
    }


def test_services_without_a_zone_or_that_are_disabled() -> None:
    text = "nova-compute h1 disabled XXX 2012-01-01 00:00:00\nnova-compute h2 nova disabled :-) None\n"
    found = managed(part("service", text)).services
    assert found == (
        ManagedService(binary="nova-compute", host="h1", enabled=False, alive=False),
        ManagedService(binary="nova-compute", host="h2", enabled=False, alive=True),
    )


def test_floating_addresses_by_pool() -> None:
    assert managed(part("floating", recorded("nova-floating-list.txt"))).floating == {"public": 3}
    assert managed(part("floating", recorded("nova-floating-list-used.txt"))).floating == {"nova": 2}
    assert managed(part("floating", "None\t10.1.0.1\tNone\n")).floating == {"": 1}
    assert managed(part("floating", "None\t10.1.0.1\tNone\topen sea\teth0\n")).floating == {"open sea": 1}
    assert managed(part("floating", "No floating IP addresses have been defined.\n")).floating == {}


def test_networks_and_version() -> None:
    found = managed(
        part("version", "/usr/lib/x.py:7: DeprecationWarning: 2.6\n" + recorded("nova-version-list.txt")),
        part("network", recorded("nova-network-list.txt")),
    )
    assert found.version == "2012.1.3-dev"
    assert found.networks == ("10.0.0.0/24",)
    assert found.services == Unknown(unknown="service: a format never seen")


def test_a_tool_of_today_has_no_list_of_services() -> None:
    usage = (
        "usage: nova-manage [-h] {api_db,cell_v2,db} ...\n"
        "nova-manage: error: argument category: invalid choice: 'service'\n"
    )
    found = managed(part("version", "29.2.0\n"), part("service", usage, "2"))
    assert found.version == "29.2.0"
    assert isinstance(found.services, Unknown)


def test_a_configuration_that_nobody_may_read() -> None:
    trace = (
        "Traceback (most recent call last):\nIOError: [Errno 13] Permission denied: '/etc/nova/nova.conf'\n"
    )
    found = managed(part("service", trace, "1"), part("floating", trace, "1"))
    assert found.services == found.floating == Unknown(unknown="this user may not see it", denied=True)
    assert read_managed(section(part("nova-manage", "", "missing"))) == Unknown(
        unknown="nova-manage is not on this host"
    )


def test_domains() -> None:
    assert read_domains(section(part("virsh", recorded("virsh-test.txt")))) == {"test": "running"}
    assert read_domains(section(part("virsh", recorded("virsh-list-rhel.txt")))) == {
        "rhel7.4": "running",
        "rhel7.0": "paused",
        "centos6.8-router": "shut off",
        "fedora-saio_fedoraSaio": "shut off",
    }


@pytest.mark.parametrize(
    "text", ["", " Id Name                 State\n----------------------------------\n\n"]
)
def test_no_domain_at_all(text: str) -> None:
    assert read_domains(section(part("virsh", text))) == {}


def test_no_hypervisor_is_unknown() -> None:
    found = read_domains(section(part("virsh", recorded("virsh-dead.txt"), "1")))
    assert found == Unknown(unknown="virsh ended with 1: error: failed to connect to the hypervisor")
