"""What guests have, and what becomes of it while nova works on their servers."""

import base64
from dataclasses import replace

import pytest

from tests.lab.guest_cloud import Guests


@pytest.fixture
def lab():
    return Guests()


def test_a_guest_is_as_its_server_was_asked_for(lab):
    server = lab.boot("Web_1", personality=[
        {"path": "/etc/motd.d/hello", "contents": base64.b64encode(b"in the file").decode()},
    ])  # fmt: skip
    flavor = lab.world.servers[server].flavor
    assert lab.text(server, "hostname") == "web-1\n"
    assert lab.text(server, "nproc") == f"{flavor.vcpus}\n"
    assert lab.text(server, "grep -c ^processor /proc/cpuinfo") == f"{flavor.vcpus}\n"
    memory = int(lab.text(server, "cat /proc/meminfo").split()[1])
    assert flavor.ram * 1024 * 0.9 < memory < flavor.ram * 1024
    blocks = [row.split() for row in lab.text(server, "grep vd /proc/partitions").splitlines()]
    assert blocks == [["253", "0", str(max(flavor.disk, 1) << 20), "vda"]]
    assert lab.text(server, "cat /etc/motd.d/hello") == "in the file"


def test_the_disks_of_a_flavor(lab):
    server = lab.boot(flavorRef="4")
    flavor = lab.world.servers[server].flavor
    names = [row.split()[3] for row in lab.text(server, "grep vd /proc/partitions").splitlines()]
    assert names == ["vda", *(["vdb"] if flavor.ephemeral else [])]


def test_metadata_and_user_data(lab):
    script = b"#!/bin/sh\nhostname > /etc/seen\nwget -q -O /etc/ami http://169.254.169.254/latest/meta-data/ami-id\n"
    server = lab.boot(user_data=script, metadata={"a": "b"})

    def told(path):
        return lab.text(server, f"wget -q -O - http://169.254.169.254/latest/{path}")

    assert told("user-data") == script.decode()
    assert told("meta-data/instance-id") == f"i-{lab.world.servers[server].number:08x}"
    assert told("meta-data/local-ipv4") == lab.address(server)
    assert told("meta-data/hostname") == "vm.novalocal"
    assert "placement/" in told("meta-data/").splitlines()
    assert told("meta-data/placement/availability-zone") == "nova"
    assert told("meta-data/instance-type") == lab.world.servers[server].flavor.name
    assert lab.do(server, "wget -q -O - http://169.254.169.254/latest/meta-data/nothing").status == 1
    assert lab.do(server, "wget -q -O - http://169.254.169.254/openstack").status == 1
    assert lab.text(server, "cat /etc/seen /etc/ami") == f"vm\n{told('meta-data/ami-id')}"


def test_a_reboot_starts_the_clock_again_and_keeps_files(lab):
    server = lab.boot(user_data=b"#!/bin/sh\necho once >> /etc/count\n")
    lab.text(server, "echo mine > kept")
    before = float(lab.text(server, "cat /proc/uptime").split()[0])
    for kind in ("SOFT", "HARD"):
        lab.act(server, reboot={"type": kind})
        after = float(lab.text(server, "cat /proc/uptime").split()[0])
        assert after < before + 1
    assert lab.text(server, "cat kept /etc/count") == "mine\nonce\n"


def test_a_rebuild_has_a_new_root_and_a_resize_the_old_one(lab):
    server = lab.boot()
    key = lab.guest(server).host_key
    lab.text(server, "echo mine > kept")
    lab.act(server, resize={"flavorRef": "2"})
    assert lab.text(server, "cat kept") == "mine\n"
    assert int(lab.text(server, "cat /proc/meminfo").split()[1]) > 1_500_000
    lab.act(server, revertResize=None)
    assert int(lab.text(server, "cat /proc/meminfo").split()[1]) < 600_000
    lab.act(server, rebuild={"imageRef": lab.cloud.image})
    assert lab.do(server, "cat kept").err == b"cat: can't open 'kept': No such file or directory\n"
    assert lab.guest(server).host_key is not key


def test_rescue_runs_from_another_disk_and_shows_the_own_one(lab):
    server = lab.boot()
    lab.text(server, "echo mine > kept")
    lab.act(server, rescue={})
    assert lab.do(server, "cat kept").status == 1
    lab.text(
        server, "sudo mount /dev/vdb /mnt && cat /mnt/home/cirros/kept && sudo sh -c 'echo more > /mnt/etc/x'"
    )
    lab.act(server, unrescue=None)
    assert lab.text(server, "cat kept /etc/x") == "mine\nmore\n"
    assert "vdb" not in lab.text(server, "cat /proc/partitions")


def test_an_image_of_a_server_carries_its_files(lab):
    server = lab.boot()
    lab.text(server, "echo mine > kept")
    image = lab.image_of(server)
    lab.text(server, "echo later > kept")
    copy = lab.boot("copy", imageRef=image)
    assert lab.text(copy, "cat kept; hostname") == "mine\ncopy\n"
    raw = b"".join(lab.world.images[image].content.chunks())
    assert len(raw) == lab.world.images[image].size
    assert b"kept" in raw


def test_an_image_that_is_no_disk_boots_nothing(lab):
    row = next(row for row in lab.world.images.values() if row.id == lab.cloud.image)
    row.content, row.checksum = b"nothing that boots", "0" * 32
    server = lab.boot()
    assert lab.guest(server).status == "no disk"
    assert not lab.guest(server).up


@pytest.mark.parametrize(
    ("action", "outcome"),
    [("pause", "timeout"), ("suspend", "no route"), ("os-stop", "no route"), (None, "no route")],
)
def test_who_does_not_run_does_not_answer(lab, action, outcome):
    lab.rule(cidr="0.0.0.0/0", ip_protocol="tcp", from_port=22, to_port=22)
    server = lab.boot()
    assert lab.outcome(lab.address(server)) == "open"
    address = lab.address(server)
    if action:
        lab.act(server, **{action: None})
    else:
        lab.cloud.ask("DELETE", f"servers/{server}")
        lab.settle()
    assert lab.outcome(address) == outcome


def test_a_guest_needs_a_moment_to_boot(lab):
    lab.rule(cidr="0.0.0.0/0", ip_protocol="tcp", from_port=22, to_port=22)
    kernel, *steps = lab.world.machines["guests.first_boot"]
    lab.world.machines["guests.first_boot"] = (replace(kernel, seconds=6000), *steps)
    server = lab.boot()
    assert lab.cloud.show(server)["status"] == "ACTIVE"
    assert lab.outcome(lab.address(server)) == "no route"
    assert "login:" not in "\n".join(lab.guest(server).console)
    lab.cloud.later(700)
    assert lab.outcome(lab.address(server)) == "open"
    assert lab.guest(server).console[-1] == "vm login:"


def test_a_config_drive_has_what_the_server_was_given(lab):
    server = lab.boot(config_drive="true", metadata={"colour": "blue"})
    lab.text(server, "sudo mount /dev/vdz /mnt")
    assert lab.text(server, "cat /mnt/meta.js") == '{"colour": "blue"}'
