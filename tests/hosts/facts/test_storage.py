from __future__ import annotations

from harness.hosts.facts.model import Mount, Space, Target, Unknown, VolumeGroup
from harness.hosts.facts.storage import read_mounts, read_space, read_targets, read_volume_groups
from tests.hosts.facts.answers import part, recorded, section


def test_mounts_of_the_kernel() -> None:
    text = (
        "rootfs / rootfs rw 0 0\n/dev/sda1 / ext4 rw,relatime 0 0\n"
        "/dev/sdb1 /srv/node/my\\040disk xfs rw,noatime,nobarrier 0 0\n"
    )
    assert read_mounts(section(part("/proc/mounts", text))) == {
        "/": Mount(device="/dev/sda1", type="ext4", options=("rw", "relatime")),
        "/srv/node/my disk": Mount(device="/dev/sdb1", type="xfs", options=("rw", "noatime", "nobarrier")),
    }


def test_control_characters_in_a_path_stay_written() -> None:
    found = read_mounts(section(part("/proc/mounts", "x /a\\012b\\033c tmpfs rw 0 0\n")))
    assert list(found if isinstance(found, dict) else ()) == ["/a\\012b\\033c"]


def test_mounts_of_the_command() -> None:
    text = (
        "/dev/sda1 on / type ext4 (rw,errors=remount-ro)\n"
        "nfs:/images on /var/lib/glance on site type nfs (rw)\n"
    )
    assert read_mounts(section(part("mount", text))) == {
        "/": Mount(device="/dev/sda1", type="ext4", options=("rw", "errors=remount-ro")),
        "/var/lib/glance on site": Mount(device="nfs:/images", type="nfs", options=("rw",)),
    }


def test_space() -> None:
    text = (
        "Filesystem 1024-blocks Used Available Capacity Mounted on\n"
        "/dev/sda1 19223252 1 17123252 5% /\n/dev/sdb1 1024 1024 -50 100% /srv/node/my disk\n"
    )
    assert read_space(section(part("local", text))) == {
        "/": Space(size_mb=18772, free_mb=16721),
        "/srv/node/my disk": Space(size_mb=1, free_mb=0),
    }


def test_a_file_system_that_hangs_hides_no_other() -> None:
    local = part("local", "/dev/sda1 2048 1 1024 5% /\n")
    hanging = section(local, part("far", "", ""), whole=False, why="late")
    assert read_space(hanging) == {"/": Space(size_mb=2, free_mb=1)}
    assert read_space(section(part("local", "", ""), whole=False, why="late")) == Unknown(
        unknown="it took too long and was ended"
    )


def test_volume_groups() -> None:
    groups = "  nova-volumes|214748364800|107374182400\n  empty|1073741824|1073741824\n"
    volumes = "  nova-volumes|volume-00000001\n  nova-volumes|volume-00000002\n"
    assert read_volume_groups(section(part("vgs", groups), part("lvs", volumes))) == {
        "nova-volumes": VolumeGroup(
            size_gb=200.0, free_gb=100.0, volumes=("volume-00000001", "volume-00000002")
        ),
        "empty": VolumeGroup(size_gb=1.0, free_gb=1.0),
    }


def test_volume_groups_are_for_root() -> None:
    found = read_volume_groups(section(part("vgs", recorded("vgs-denied.txt"), "5"), part("lvs", "", "5")))
    assert isinstance(found, Unknown)
    assert found.denied
    quiet = "  WARNING: Running as a non-root user. Functionality may be unavailable.\n"
    found = read_volume_groups(section(part("vgs", quiet), part("lvs", quiet)))
    assert isinstance(found, Unknown)
    assert found.denied


def test_a_host_without_volume_groups_has_none() -> None:
    assert read_volume_groups(section(part("vgs"), part("lvs"))) == {}


def test_targets_of_tgt() -> None:
    assert read_targets(section(part("tgtadm", recorded("tgtadm-show.txt")))) == (
        Target(name="iqn.2010-10.org.openstack:volume-00000001", stores=("/tmp/volume-00000001",)),
    )
    assert read_targets(section(part("tgtadm", recorded("tgtadm-session.txt")))) == (
        Target(name="iqn.2001-04.com.nas-0-1-volume", stores=("/dev/tank/volume",), sessions=1),
    )


def test_targets_of_the_kernel() -> None:
    name = "iqn.2010-10.org.openstack:volume-83c2e877-feed-46be-8435-77884fe55b45"
    volumes = f"tid:1 name:{name}\n\tlun:0 state:0 iotype:fileio iomode:wt path:/dev/nova-volumes/volume-1\n"
    parts = (
        part("tgtadm", "", "missing"),
        part("/proc/net/iet/volume", volumes),
        part("/proc/net/iet/session", recorded("iet-session.txt")),
    )
    assert read_targets(section(*parts)) == (
        Target(name=name, stores=("/dev/nova-volumes/volume-1",), sessions=1),
    )


def test_targets_of_todays_kernel() -> None:
    text = (
        "target iqn.2010-10.org.openstack:volume-1\nstore /dev/cinder-volumes/volume-1\n"
        "session iqn.1994-05.com.redhat:5a6894679665\n"
        "target iqn.2010-10.org.openstack:volume-2\nsession No active iSCSI Session\n"
    )
    assert read_targets(section(part("tgtadm", "", "missing"), part("lio", text))) == (
        Target(
            name="iqn.2010-10.org.openstack:volume-1", stores=("/dev/cinder-volumes/volume-1",), sessions=1
        ),
        Target(name="iqn.2010-10.org.openstack:volume-2"),
    )


def test_no_target_daemon_is_unknown() -> None:
    dead = "tgtadm: failed to send request hdr to tgt daemon, Transport endpoint is not connected\n"
    found = read_targets(section(part("tgtadm", dead, "107")))
    assert isinstance(found, Unknown)
    assert found.unknown.startswith("tgtadm ended with 107: tgtadm: failed")
