"""What the guests of a broken cloud are like: each broken decision by its symptom."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from harness.lab.compute.machine import Row
from harness.lab.faults import decisions as broken
from harness.lab.guests.policies import KEY
from tests.lab.guest_cloud import Guests

SSH = {"ip_protocol": "tcp", "from_port": 22, "to_port": 22}


@pytest.fixture
def lab():
    return Guests()


@contextmanager
def deciding(lab, **changed):
    with lab.cloud.bench.machine(KEY, replace(lab.world.machines[KEY], **changed)):
        yield


def test_a_guest_that_never_boots_does_not_answer(lab):
    lab.rule(cidr="0.0.0.0/0", **SSH)
    with lab.cloud.bench.machine("guests.first_boot", (Row("booting"),)):
        server = lab.boot()
        assert lab.cloud.show(server)["status"] == "ACTIVE"
        assert lab.outcome(lab.address(server)) == "no route"
    assert lab.outcome(lab.address(lab.boot())) == "open"


def test_steps_that_are_left_out(lab):
    for step, line in (("user data", "cat /etc/u"), ("files", "cat /etc/f")):
        files = [{"path": "/etc/f", "contents": "eA=="}]
        with lab.cloud.bench.machine("guests.first_boot", broken.without(step)):
            server = lab.boot(personality=files, user_data=b"#!/bin/sh\necho u > /etc/u\n")
        both = [lab.do(server, each).status for each in ("cat /etc/u", "cat /etc/f")]
        assert lab.do(server, line).status == 1
        assert sorted(both) == [0, 1]


def test_names_and_sizes_that_are_wrong(lab):
    with deciding(lab, hostname=broken.localhost):
        assert lab.text(lab.boot(), "hostname") == "localhost\n"
    server = lab.boot(flavorRef="2")
    whole = int(lab.text(server, "cat /proc/meminfo").split()[1])
    with deciding(lab, size=broken.half_the_memory):
        assert int(lab.text(server, "cat /proc/meminfo").split()[1]) < whole * 0.6
    with deciding(lab, size=broken.small_disk):
        small = lab.boot(flavorRef="2")
    sizes = [lab.text(row, "grep vda /proc/partitions").split()[2] for row in (server, small)]
    assert int(sizes[1]) < int(sizes[0])


def test_metadata_of_another(lab):
    one = lab.boot("one")
    with deciding(lab, told_of=broken.somebody_else):
        asked = "wget -q -O - http://169.254.169.254/latest/meta-data/local-ipv4"
        assert lab.text(one, asked) != lab.address(one)
        two = lab.boot("two")
        assert lab.text(one, asked) == lab.address(two)


def test_disks_that_forget_or_remember_too_much(lab):
    server = lab.boot()
    lab.text(server, "echo mine > kept")
    with deciding(lab, rebuilt=broken.as_before):
        lab.act(server, rebuild={"imageRef": lab.cloud.image})
        assert lab.text(server, "cat kept") == "mine\n"
    with deciding(lab, saved=broken.as_the_image):
        copy = lab.boot(imageRef=lab.image_of(server))
        assert lab.do(copy, "cat kept").status == 1
    with deciding(lab, restarts=lambda guest: False):
        before = lab.guest(server).booted
        lab.act(server, reboot={"type": "HARD"})
        assert lab.guest(server).booted == before


def test_volumes_that_lose_their_bytes(lab):
    server, volume = lab.boot(), lab.volume()
    lab.attach(server, volume)
    lab.text(server, "echo hello | sudo dd of=/dev/vdb")
    with lab.cloud.bench.machine("snapshot.create", (Row("creating"), Row("available"))):
        empty = lab.volume(snapshot_id=lab.snapshot(volume))
    lab.attach(server, empty, "/dev/vdc")
    assert lab.text(server, "sudo dd if=/dev/vdc bs=5 count=1 2>/dev/null") == "\0" * 5
    lab.detach(server, volume)
    with deciding(lab, keeps_bytes=lambda number: False):
        lab.attach(server, volume)
    assert lab.text(server, "sudo dd if=/dev/vdb bs=5 count=1 2>/dev/null") == "\0" * 5


def test_a_root_that_does_not_come_from_the_volume(lab):
    server, volume = lab.boot(), lab.volume()
    lab.attach(server, volume)
    lab.text(server, "echo mine > kept; sudo dd if=/dev/vda of=/dev/vdb bs=1M")
    lab.detach(server, volume)
    mapping = [{"device_name": "vda", "volume_id": str(volume), "delete_on_termination": 0}]
    with deciding(lab, root=lambda server: ""):
        other = lab.boot(block_device_mapping=mapping)
    assert lab.do(other, "cat kept").status == 1


def test_groups_that_count_for_nothing_or_for_ever(lab):
    one, two = lab.boot("a"), lab.boot("b")
    with deciding(lab, admits=broken.let_all_in):
        assert lab.outcome(lab.address(one)) == "open"
    with deciding(lab, admits=broken.KeepsRules()):
        assert lab.outcome(lab.address(one)) == "timeout"
        rule = lab.rule(cidr="0.0.0.0/0", **SSH)
        assert lab.outcome(lab.address(one)) == "open"
        lab.cloud.ask("DELETE", f"os-security-group-rules/{rule}")
        assert lab.outcome(lab.address(one)) == "open"
    assert lab.outcome(lab.address(one)) == "timeout"
    with deciding(lab, admits=broken.all_from_inside):
        assert lab.between(two, lab.address(one)) == "open"
        assert lab.outcome(lab.address(one)) == "timeout"
    lab.rule(cidr="0.0.0.0/0", **SSH)
    with deciding(lab, admits=broken.nothing_from_inside):
        assert lab.between(two, lab.address(one)) == "timeout"
        assert lab.outcome(lab.address(one)) == "open"
    with deciding(lab, admits=broken.NotOn(lab.world.servers[one].host)):
        assert lab.outcome(lab.address(one)) == "timeout"
        assert lab.outcome(lab.address(two)) == "open"


def test_floating_addresses_that_stay(lab):
    lab.rule(cidr="0.0.0.0/0", **SSH)
    one, two = lab.boot("a"), lab.boot("b")
    address = lab.cloud.ask("POST", "os-floating-ips", {}).json()["floating_ip"]["ip"]

    def to(server):
        lab.act(server, addFloatingIp={"address": address})

    with deciding(lab, behind=broken.FloatingStays(first=False)):
        to(one)
        assert lab.outcome(address) == "open"
        lab.act(one, removeFloatingIp={"address": address})
        assert lab.outcome(address) == "open"
    assert lab.outcome(address) == "no route"
    with deciding(lab, behind=broken.FloatingStays(first=True)):
        to(one)
        assert lab.outcome(address) == "open"
        lab.act(one, removeFloatingIp={"address": address})
        to(two)
        lab.act(one, **{"os-stop": None})
        assert lab.outcome(address) == "no route"
    assert lab.outcome(address) == "open"
    with deciding(lab, behind=broken.nobody_behind):
        assert lab.outcome(address) == "no route"
